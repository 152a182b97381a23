//! What a host function may do while it runs.

use machine::host::{Resource, Stream};
use machine::value::Value as Raw;
use machine::world::{Started, World as Machine};

use crate::Fault;
use crate::Policy;
use crate::args::Args;
use crate::builder::Builder;
use crate::convert::{FromFox, IntoFox};
use crate::error::{Error, ErrorKind};
use crate::function::Function;
use crate::host::Suspend;
use crate::signature::Type;
use crate::value::Value;
use crate::walk::Walk;

/// Bytes that a host function handles for one unit of fuel.
pub const BYTES_PER_FUEL: u64 = 16;

/// The World as a running host function sees it. Ask for it as the first parameter: `|cx: &mut Context<'_>, …|`.
pub struct Context<'w> {
    world: &'w mut Machine,
}

impl<'w> Context<'w> {
    pub(crate) fn new(world: &'w mut Machine) -> Context<'w> {
        Context { world }
    }

    pub(crate) fn machine(&mut self) -> &mut Machine {
        self.world
    }

    /// Calls back a function value of the module: nested, on the same fuel and time, at most as deep as the limits say
    /// (docs/specs/machine.md §3). The calling program cannot be suspended meanwhile.
    ///
    /// # Errors
    /// The fault that ended the call. Hand it on with `?` where the host has no answer to it.
    pub fn call<A: Args, R: FromFox>(
        &mut self,
        callee: &Value,
        args: A::Of<'_>,
    ) -> Result<R, Error> {
        let callee = callee.raw(self.world)?;
        self.call_raw::<A, R>(callee, args)
    }

    /// Calls back a function of an instance.
    ///
    /// # Errors
    /// As [`Context::call`]; [`ErrorKind::Foreign`] if it belongs to another World.
    pub fn call_function<A: Args, R: FromFox>(
        &mut self,
        function: &Function<A, R>,
        args: A::Of<'_>,
    ) -> Result<R, Error> {
        let entry = function.entry();
        if entry.world() != self.world.number() {
            return Err(ErrorKind::Foreign("function").into());
        }
        self.call_raw::<A, R>(Raw::func(entry.instance(), entry.function().0), args)
    }

    fn call_raw<A: Args, R: FromFox>(&mut self, callee: Raw, args: A::Of<'_>) -> Result<R, Error> {
        let before = self.world.host_mark();
        let result = self.call_rooted::<A, R>(callee, args);
        self.world.host_truncate(before);
        result
    }

    fn call_rooted<A: Args, R: FromFox>(
        &mut self,
        callee: Raw,
        args: A::Of<'_>,
    ) -> Result<R, Error> {
        let at = crate::sequence::push(self.world, callee)?;
        let first = A::root(args, self.world)?;
        let callee = self.world.host_temp(at);
        let mut values = [Raw::EMPTY; 6];
        for (index, value) in values.iter_mut().enumerate().take(A::COUNT) {
            *value = self.world.host_temp(first + index);
        }
        let given = values.get(..A::COUNT).unwrap_or_default();
        match self.world.call_back(callee, given) {
            Ok(value) => R::from_raw(self.world, value),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Writes to the program's standard output, counted against the output limit.
    ///
    /// # Errors
    /// Fault output at the limit, fault host if the sink fails.
    pub fn write(&mut self, text: &str) -> Result<(), Error> {
        self.write_to(Stream::Out, text.as_bytes())
    }

    /// Writes bytes to one of the program's streams, counted against the output limit.
    ///
    /// # Errors
    /// As [`Context::write`].
    pub fn write_to(&mut self, stream: Stream, bytes: &[u8]) -> Result<(), Error> {
        match self.world.write_output(stream, bytes) {
            Ok(()) => Ok(()),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// The host's own data of this World, if it is of that type (`World::set_data`).
    pub fn data<T: 'static>(&mut self) -> Option<&mut T> {
        self.world.host_data()?.downcast_mut()
    }

    /// Fuel left of this call; `None` without a limit.
    pub fn fuel_left(&self) -> Option<u64> {
        self.world.fuel_left()
    }

    /// Bytes of output left; `None` without a limit.
    pub fn output_left(&self) -> Option<u64> {
        self.world.output_left()
    }

    /// Charges fuel for work that the host does for the program.
    ///
    /// # Errors
    /// Fault fuel if it is used up; hand it on.
    pub fn charge(&mut self, units: u64) -> Result<(), Error> {
        match self.world.charge_for_host(units) {
            Ok(()) => Ok(()),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Charges fuel for `bytes` that are handled, one unit per [`BYTES_PER_FUEL`] and one for the step, and ends the call
    /// where an interrupt or the deadline asks for it. Long work calls it as it goes on.
    ///
    /// # Errors
    /// Fault fuel, cancel or deadline; hand it on.
    pub fn work(&mut self, bytes: usize) -> Result<(), Error> {
        match self.world.step_for_host(bytes as u64 / BYTES_PER_FUEL) {
            Ok(()) => Ok(()),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// The most bytes that one value of this World may have: what is gathered for one need not grow further.
    pub fn largest(&self) -> usize {
        self.world.largest_for_host()
    }

    /// Counts memory that a library keeps for this World (a cache, say) against its limit, until
    /// [`Context::give_back`].
    ///
    /// # Errors
    /// Fault mem; hand it on.
    pub fn keep(&mut self, bytes: usize) -> Result<(), Error> {
        match self.world.keep_for_host(bytes) {
            Ok(()) => Ok(()),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Takes what [`Context::keep`] counted off again.
    pub fn give_back(&mut self, bytes: usize) {
        self.world.refund_for_host(bytes);
    }

    /// A token for [`crate::Suspend::Later`]: the calling fiber goes on when the World's time has moved on by `time`. That time
    /// moves only while nothing can go on, or as the host says ([`crate::World::advance`]), so a program learns nothing of the
    /// host's clock by it.
    ///
    /// # Errors
    /// Fault mem; hand it on.
    pub fn sleep(&mut self, time: std::time::Duration) -> Result<u64, Error> {
        match self.world.sleep_token(time) {
            Ok(token) => Ok(token),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Starts a coroutine over a function of the program, which is called with empty: it runs until it first waits, then the
    /// caller goes on with the fiber. Where the caller cannot wait, in a callback, it runs later.
    ///
    /// # Errors
    /// Faults type, mem and fibers; hand them on.
    pub fn start(&mut self, function: &Value) -> Result<Suspend<Value>, Error> {
        let function = function.raw(self.world)?;
        match self.world.start_coroutine(function) {
            Ok(Started::Next(token)) => Ok(Suspend::Later(token)),
            Ok(Started::Ready(fiber)) => Value::hold(self.world, fiber).map(Suspend::Now),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// The calling fiber.
    ///
    /// # Errors
    /// Fault mem; hand it on.
    pub fn fiber(&mut self) -> Result<Value, Error> {
        match self.world.running_fiber() {
            Ok(fiber) => Value::hold(self.world, fiber),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Whether the call waits for fibers that sleep, or its host moves the World's time on ([`crate::World::set_driven`]).
    pub fn waits(&self) -> bool {
        !self.world.is_driven()
    }

    /// Ends a fiber that waits: its finally handlers run, no others. If the caller is that fiber, or is called by it, the answer
    /// is the token with which it has to wait for its end ([`crate::Suspend::Later`]). One that has ended stays as it is.
    ///
    /// # Errors
    /// Faults type, mem and fuel; fault state for the fiber of a call of the host. Hand them on.
    pub fn cancel(&mut self, fiber: &Value) -> Result<Option<u64>, Error> {
        let fiber = fiber.raw(self.world)?;
        match self.world.cancel_fiber(fiber) {
            Ok(token) => Ok(token),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// Policy of the function that called: which language asks.
    pub fn policy(&self) -> Policy {
        self.world.language()
    }

    /// Makes a compound value.
    pub fn builder(&mut self) -> Builder<'_, 'w> {
        Builder::new(self)
    }

    /// Reads a value node by node, at most `depth` lists and maps deep.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn walk(&mut self, value: &Value, depth: usize) -> Result<Walk<'_, 'w>, Error> {
        Walk::new(self, value, depth)
    }

    /// What a map has under a name; `None` if it has nothing there, or the value is no map.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn member(&mut self, map: &Value, name: &str) -> Result<Option<Value>, Error> {
        let raw = map.raw(self.world)?;
        match self.world.member_for_host(raw, name) {
            Ok(None) => Ok(None),
            Ok(Some(found)) => Value::hold(self.world, found).map(Some),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// The members of a map under their names or keys, in order; `None` if the value is no map with such.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem or fuel.
    pub fn members(&mut self, map: &Value) -> Result<Option<Vec<(Value, Value)>>, Error> {
        let mark = self.world.host_mark();
        let raw = map.raw(self.world)?;
        let places = match self.world.members_for_host(raw) {
            Ok(Some(places)) => places,
            Ok(None) => return Ok(None),
            Err(raised) => return Err(self.world.report(raised).into()),
        };
        let mut members = Vec::new();
        let room = members.try_reserve_exact(places.len() / 2);
        let made = match room {
            Ok(()) => places.step_by(2).try_for_each(|at| {
                let key = self.world.host_temp(at);
                let key = Value::hold(self.world, key)?;
                // Read after the key was held, which may move what is rooted.
                let value = self.world.host_temp(at + 1);
                members.push((key, Value::hold(self.world, value)?));
                Ok(())
            }),
            Err(_) => Err(Error::host(Fault::Mem, "the host has no memory left")),
        };
        self.world.host_truncate(mark);
        made.map(|()| Some(members))
    }

    /// The text of a value in the language of the function that called: as it is displayed, or (`canonical`) as it reads
    /// back.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem or fuel.
    pub fn display(&mut self, value: &Value, canonical: bool) -> Result<String, Error> {
        let raw = value.raw(self.world)?;
        let lang = self.world.language();
        match self.world.display_text(lang, raw, canonical) {
            Ok(text) => Ok(text),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// What an exception or a fault that was caught says.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem or fuel.
    pub fn exception_message(&mut self, exception: &Value) -> Result<String, Error> {
        let raw = exception.raw(self.world)?;
        match self.world.exception_text(raw) {
            Ok(text) => Ok(text),
            Err(raised) => Err(self.world.report(raised).into()),
        }
    }

    /// The text of a specification of `printf` and the values of a list.
    ///
    /// # Errors
    /// If the list belongs to another World; fault conv if its values are not as many as the specification takes, type if one
    /// does not fit, range, mem or fuel.
    pub fn format(&mut self, specification: &str, values: &Value) -> Result<String, Error> {
        let raw = values.raw(self.world)?;
        let mark = self.world.host_mark();
        let made = self.world.format_text(specification, raw);
        self.world.host_truncate(mark);
        made.map_err(|raised| self.world.report(raised).into())
    }

    /// The name of a union case; `None` if the value is none.
    ///
    /// # Errors
    /// If it belongs to another World.
    pub fn case_name(&mut self, value: &Value) -> Result<Option<String>, Error> {
        let raw = value.raw(self.world)?;
        Ok(self
            .world
            .case_for_host(raw)
            .map(|(name, _)| name.to_owned()))
    }

    /// The fields of a union case, in order; none if the value is none or has none.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn case_fields(&mut self, value: &Value) -> Result<Vec<Value>, Error> {
        let count = self.world.case_for_host(value.raw(self.world)?);
        let count = count.map_or(0, |(_, count)| count);
        let mut fields = Vec::new();
        for index in 0..count {
            // Read anew each time: holding a field may move the case.
            let raw = value.raw(self.world)?;
            if let Some(field) = self.world.case_field_for_host(raw, index) {
                fields.push(Value::hold(self.world, field)?);
            }
        }
        Ok(fields)
    }

    /// What a library of host functions keeps in this World, by its type, made on first use; `World::set_data` is the
    /// embedder's own.
    ///
    /// # Errors
    /// Fault mem if the host has no memory left.
    pub fn state<T: std::any::Any + Send + Default>(&mut self) -> Result<&mut T, Error> {
        self.world
            .host_state()
            .ok_or_else(|| Error::host(Fault::Mem, "the host has no memory left"))
    }

    /// Was the World granted this capability, whole or in part?
    pub fn may(&self, capability: &str) -> bool {
        self.world.grants().has(capability)
    }

    /// The parts for which a capability was granted (`fs-read=DIR` gives DIR); `None` if it was granted whole.
    pub fn parts(&self, capability: &str) -> Option<Vec<String>> {
        let parts = self.world.grants().parts(capability)?;
        Some(parts.into_iter().map(str::to_owned).collect())
    }

    /// Makes a value of the World.
    ///
    /// # Errors
    /// Fault mem at the limit.
    pub fn value<T: IntoFox>(&mut self, rust: T) -> Result<Value, Error> {
        let raw = rust.into_raw(self.world, Type::Dyn)?;
        Value::hold(self.world, raw)
    }

    /// Reads a value of the World.
    ///
    /// # Errors
    /// If it is of another kind, or of another World.
    pub fn read<T: FromFox>(&mut self, value: &Value) -> Result<T, Error> {
        let raw = value.raw(self.world)?;
        T::from_raw(self.world, raw)
    }

    /// Opens a resource: an opaque handle for the module, whose data the host keeps. `kind` tells sorts of resources apart.
    ///
    /// # Errors
    /// If the host has no memory left.
    pub fn open<T: std::any::Any + Send>(&mut self, kind: u32, data: T) -> Result<Value, Error> {
        self.open_named(kind, "", data)
    }

    /// The same with a name that programs see where the handle is shown, e.g. that of a file.
    ///
    /// # Errors
    /// If the host has no memory left.
    pub fn open_named<T: std::any::Any + Send>(
        &mut self,
        kind: u32,
        name: &str,
        data: T,
    ) -> Result<Value, Error> {
        match self.world.resources_mut().open(Resource {
            kind,
            name: name.to_owned(),
            data: Box::new(data),
        }) {
            Some(raw) => Value::hold(self.world, raw),
            None => Err(Error::new("the host has no memory left")),
        }
    }

    /// The open resource of that kind and type whose data fits, if there is one.
    ///
    /// # Errors
    /// If the host has no memory left.
    pub fn find_open<T: 'static>(
        &mut self,
        kind: u32,
        fits: impl Fn(&T) -> bool,
    ) -> Result<Option<Value>, Error> {
        let found = self
            .world
            .resources_mut()
            .find(kind, |data| data.downcast_ref().is_some_and(&fits));
        found.map(|raw| Value::hold(self.world, raw)).transpose()
    }

    /// The data of an open resource of that type.
    ///
    /// # Errors
    /// If the handle belongs to another World.
    pub fn resource<T: 'static>(&mut self, handle: &Value) -> Result<Option<&mut T>, Error> {
        let raw = handle.raw(self.world)?;
        Ok(self
            .world
            .resources_mut()
            .get(raw)
            .and_then(|resource| resource.data.downcast_mut()))
    }

    /// Closes a resource; was it open?
    ///
    /// # Errors
    /// If the handle belongs to another World.
    pub fn close(&mut self, handle: &Value) -> Result<bool, Error> {
        let raw = handle.raw(self.world)?;
        Ok(self.world.resources_mut().close(raw))
    }
}
