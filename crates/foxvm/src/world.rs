//! Worlds: one isolated program each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fzb::tables::Lang;
use lemari::Pauses;
use machine::fault::Counters;
use machine::host::{Grants, Stream};
use machine::space_trace::SpaceNote;
use machine::trace::Entered;
use machine::world::{Settle, TestCount, Warning, World as Machine, signals};

use crate::Limits;
use crate::builder::Builder;
use crate::capability::Capability;
use crate::context::Context;
use crate::convert::{FromFox, IntoFox};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::instance::Instance;
use crate::module::{ImportSource, Module};
use crate::signature::{Signature, Type};
use crate::ticker::Watch;
use crate::value::Value;
use crate::walk::Walk;

/// A watched cell that was written ([`World::watch_cell`]).
#[derive(Clone, Debug)]
pub struct WrittenCell {
    /// The cell.
    pub cell: Value,
    /// What it held before.
    pub held: Value,
    /// Was it frozen?
    pub frozen: bool,
}

/// One isolated program: memory, module instances, limits, grants. It shares nothing with others but verified modules.
pub struct World {
    machine: Machine,
    /// Watches the time of calls; made at the first call if there is a deadline.
    watch: Option<Arc<Watch>>,
    timed: bool,
    engine: Engine,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "World({})", self.machine.number())
    }
}

/// Interrupts a World from any thread. What runs ends with fault cancel at the next loop head or function entry, or after
/// the host function that is running; if nothing runs, the next call does.
#[derive(Clone, Debug)]
pub struct InterruptHandle(Arc<AtomicU32>);

impl InterruptHandle {
    /// Asks the World to stop.
    pub fn interrupt(&self) {
        self.0.fetch_or(signals::INTERRUPT, Ordering::Relaxed);
    }

    /// Takes the request back if nothing has seen it.
    pub fn clear(&self) {
        self.0.fetch_and(!signals::INTERRUPT, Ordering::Relaxed);
    }
}

impl World {
    pub(crate) fn new(
        engine: &Engine,
        limits: Limits,
        capabilities: &[Capability],
    ) -> Result<World, Error> {
        let mut grants = Grants::none();
        for capability in capabilities {
            grants.grant(capability.as_str());
        }
        let timed = limits.deadline.is_some();
        match Machine::new(engine.0.shared.clone(), limits, grants) {
            Ok(mut machine) => {
                machine.set_spaces(Box::new(spaces::Tuplespaces::new()));
                Ok(World {
                    machine,
                    watch: None,
                    timed,
                    engine: engine.clone(),
                })
            }
            Err(error) => Err(ErrorKind::Resources {
                what: "address space for a World",
                cause: error.to_string(),
            }
            .into()),
        }
    }

    /// The Engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes the instance of a module in this World, if there is none yet: checks its imports against the host functions
    /// and the grants, links it, and runs its entry.
    ///
    /// # Errors
    /// [`ErrorKind::ImportUnknown`], [`ErrorKind::ImportDiffers`], [`ErrorKind::ImportDenied`]; the fault with which the entry
    /// ended.
    pub fn bind(&mut self, module: &Module) -> Result<Instance, Error> {
        self.check_imports(module)?;
        self.begin()?;
        let loaded = self.machine.load(&module.loaded);
        self.finish();
        let instance = loaded?;
        let result = self.machine.entry_result(instance);
        let result = Value::hold(&mut self.machine, result)?;
        self.machine.wash();
        Ok(Instance::new(
            self.machine.number(),
            module,
            instance,
            result,
        ))
    }

    /// Lets processes go on that the calls so far have made ready, until none is. Call it between the calls of a conversation
    /// (the blocks of a prompt): what waits for a reply goes on waiting, for the next call may give it. They have the fuel
    /// that the last call left, and its time anew.
    ///
    /// # Errors
    /// The fault of a process that nobody took. What else is ready may go on by calling again.
    pub fn run_ready(&mut self) -> Result<(), Error> {
        self.settle(Settle::Call)
    }

    /// As [`World::run_ready`], at the end of a program: when nothing is ready, what waits for a reply goes on with empty,
    /// the oldest first, each with a warning (docs/specs/rhumb.md §5.4). Then only what the host has to wake is left.
    ///
    /// # Errors
    /// As [`World::run_ready`].
    pub fn conclude(&mut self) -> Result<(), Error> {
        self.settle(Settle::Program)
    }

    /// Whether calls wait for fibers that sleep ([`Context::sleep`]), as they do at first, on the thread that calls. If they do
    /// not, the host moves the World's time on ([`World::advance`]), and a call that itself has to wait ends by fault state.
    pub fn set_driven(&mut self, driven: bool) {
        self.machine.set_driven(driven);
    }

    /// How far the World's time has to move for the next fiber that sleeps to go on; `None` if none sleeps.
    pub fn due(&mut self) -> Option<Duration> {
        self.machine.sleeps_until()
    }

    /// Moves the World's time on and lets those go on that sleep until then, in the order of their times. Each has the fuel
    /// that the last call left, and its time anew.
    ///
    /// # Errors
    /// As [`World::run_ready`]; the World's time then stands where the fiber that failed went on.
    pub fn advance(&mut self, time: Duration) -> Result<(), Error> {
        let mut left = time;
        while let Some(rest) = self.machine.advance(left) {
            left = rest;
            self.run_ready()?;
        }
        Ok(())
    }

    fn settle(&mut self, after: Settle) -> Result<(), Error> {
        self.begin()?;
        let settled = self.machine.settle(after);
        self.machine.wash();
        self.finish();
        settled.map_err(Error::from)
    }

    /// Checks the imports of a module against the host functions and the grants, as [`World::bind`] does before it links.
    /// Nothing runs.
    ///
    /// # Errors
    /// [`ErrorKind::ImportUnknown`], [`ErrorKind::ImportDiffers`], [`ErrorKind::ImportDenied`].
    pub fn check_imports(&self, module: &Module) -> Result<(), Error> {
        for import in module.imports() {
            if import.source != ImportSource::Host || import.optional {
                continue;
            }
            let Some(host) = self.engine.0.shared.host(&import.name) else {
                return Err(ErrorKind::ImportUnknown { name: import.name }.into());
            };
            let offered = Signature {
                params: host.params.iter().map(|ty| Type::basic(*ty)).collect(),
                result: Type::basic(host.result),
            };
            let wanted = import.signature.unwrap_or_else(|| offered.clone());
            if !alike(&wanted, &offered) {
                return Err(ErrorKind::ImportDiffers {
                    name: import.name,
                    expected: wanted.to_string(),
                    found: offered.to_string(),
                }
                .into());
            }
            let grants = self.machine.grants();
            let needed = host.caps.iter().chain(&import.capabilities);
            for capability in needed {
                let name = capability.split('=').next().unwrap_or(capability);
                if !grants.has(name) {
                    return Err(ErrorKind::ImportDenied {
                        name: import.name,
                        capability: capability.clone(),
                    }
                    .into());
                }
            }
        }
        Ok(())
    }

    /// Sends what the program writes to a sink; without one it is counted and dropped.
    pub fn set_output(
        &mut self,
        sink: impl FnMut(Stream, &[u8]) -> std::io::Result<()> + Send + 'static,
    ) {
        self.machine.set_output(sink);
    }

    /// Sets the data that host functions find with `Context::data`.
    pub fn set_data<T: std::any::Any + Send>(&mut self, data: T) {
        self.machine.set_host_data(Box::new(data));
    }

    /// The host's data, if it is of that type.
    pub fn data<T: 'static>(&mut self) -> Option<&mut T> {
        self.machine.host_data()?.downcast_mut()
    }

    /// Grants a capability to modules bound from now on.
    pub fn grant(&mut self, capability: &Capability) {
        self.machine.grants_mut().grant(capability.as_str());
    }

    /// Takes a capability back, from bound modules too.
    pub fn revoke(&mut self, capability: &Capability) {
        self.machine.grants_mut().revoke(capability.as_str());
    }

    /// The counters now.
    pub fn counters(&self) -> Counters {
        self.machine.counters()
    }

    /// Fuel used so far: one of the counters, for who asks after every call.
    pub fn fuel_used(&self) -> u64 {
        self.machine.fuel_used()
    }

    /// How long the collections of the trays stopped the program, each; wall time. No part of [`World::counters`], which
    /// are the same whenever the same program runs.
    pub fn minor_pauses(&self) -> &Pauses {
        self.machine.minor_pauses()
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        self.machine.limits()
    }

    /// Tells each function that is entered from now on, also by tail calls and callbacks. Costs a test per instruction, and
    /// the loop dispatcher; a World that was never traced pays nothing.
    pub fn trace(&mut self, tell: impl FnMut(&Entered) + Send + 'static) {
        self.machine.set_tracer(Some(Box::new(tell)));
    }

    /// Ends [`World::trace`].
    pub fn untrace(&mut self) {
        self.machine.set_tracer(None);
    }

    /// Tells what happens to events, pins and subscriptions from now on.
    pub fn trace_spaces(&mut self, tell: impl FnMut(&SpaceNote) + Send + 'static) {
        self.machine.set_space_tracer(Some(Box::new(tell)));
    }

    /// A handle by which any thread interrupts this World.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.machine.signal_word())
    }

    /// Collects everything that is unreachable, now.
    pub fn collect(&mut self) {
        self.machine.collect();
    }

    /// A switch for tests: collects at every allocation, which finds values that are not rooted.
    pub fn collect_always(&mut self, on: bool) {
        self.machine.collect_always(on);
    }

    /// Makes a value of this World.
    ///
    /// # Errors
    /// Fault mem at the limit.
    pub fn value<T: IntoFox>(&mut self, rust: T) -> Result<Value, Error> {
        let raw = rust.into_raw(&mut self.machine, Type::Dyn)?;
        Value::hold(&mut self.machine, raw)
    }

    /// Reads a value of this World.
    ///
    /// # Errors
    /// If it is of another kind, or of another World.
    pub fn read<T: FromFox>(&mut self, value: &Value) -> Result<T, Error> {
        let raw = value.raw(&self.machine)?;
        T::from_raw(&mut self.machine, raw)
    }

    /// What a map has under a name of its own; `None` if it has nothing there, or the value is no map.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn member(&mut self, map: &Value, name: &str) -> Result<Option<Value>, Error> {
        let raw = map.raw(&self.machine)?;
        match self.machine.member_for_host(raw, name) {
            Ok(None) => Ok(None),
            Ok(Some(found)) => Value::hold(&mut self.machine, found).map(Some),
            Err(raised) => Err(self.machine.report(raised).into()),
        }
    }

    /// Names of a map's own fields and subfields that are texts, among its first `most`; none if the value is no map. Nothing of
    /// the program runs: hooks are not asked.
    ///
    /// # Errors
    /// If it belongs to another World.
    pub fn field_names(&self, map: &Value, most: u32) -> Result<Vec<String>, Error> {
        let raw = map.raw(&self.machine)?;
        Ok(self.machine.field_names_for_host(raw, most))
    }

    /// What a cell holds, and whether it is frozen; `None` if the value is no cell. Cells are what the labels of a prompt live in
    /// (`rhumb::compile::BLOCK`).
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn cell(&mut self, cell: &Value) -> Result<Option<(Value, bool)>, Error> {
        let raw = cell.raw(&self.machine)?;
        let Some((value, frozen)) = self.machine.cell_for_host(raw) else {
            return Ok(None);
        };
        Ok(Some((Value::hold(&mut self.machine, value)?, frozen)))
    }

    /// Sets what a cell holds and whether it is frozen, whatever it was: for hosts that take back what a program did. Nothing
    /// happens if the value is no cell.
    ///
    /// # Errors
    /// If one of them belongs to another World.
    pub fn set_cell(&mut self, cell: &Value, value: &Value, frozen: bool) -> Result<(), Error> {
        let (cell, value) = (cell.raw(&self.machine)?, value.raw(&self.machine)?);
        self.machine.set_cell_for_host(cell, value, frozen);
        Ok(())
    }

    /// Watches a cell until it is next written, which [`World::written_cell`] tells. Nothing happens if the value is no cell.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn watch_cell(&mut self, cell: &Value) -> Result<(), Error> {
        let cell = cell.raw(&self.machine)?;
        match self.machine.watch_cell_for_host(cell) {
            Ok(()) => Ok(()),
            Err(raised) => Err(self.machine.report(raised).into()),
        }
    }

    /// Takes one of the watched cells that were written since, with what it held before; `None` when all were taken. Its watch
    /// has ended.
    ///
    /// # Errors
    /// Fault mem: it can be taken later.
    pub fn written_cell(&mut self) -> Result<Option<WrittenCell>, Error> {
        let Some(written) = self.machine.written_cell_for_host() else {
            return Ok(None);
        };
        // Rooting one neither moves nor frees the other: handles are no part of the collected memory.
        let taken = WrittenCell {
            cell: Value::hold(&mut self.machine, written.cell)?,
            held: Value::hold(&mut self.machine, written.held)?,
            frozen: written.frozen,
        };
        self.machine.take_written_cell_for_host();
        Ok(Some(taken))
    }

    /// The name of a union case and its fields; `None` if the value is none.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem.
    pub fn case(&mut self, value: &Value) -> Result<Option<(String, Vec<Value>)>, Error> {
        let raw = value.raw(&self.machine)?;
        let Some((name, count)) = self.machine.case_for_host(raw) else {
            return Ok(None);
        };
        let name = name.to_owned();
        let mut fields = Vec::new();
        for index in 0..count {
            // Read anew each time: holding a field may move the case.
            let raw = value.raw(&self.machine)?;
            if let Some(field) = self.machine.case_field_for_host(raw, index) {
                fields.push(Value::hold(&mut self.machine, field)?);
            }
        }
        Ok(Some((name, fields)))
    }

    /// Makes a compound value, as host functions do by [`crate::Context::builder`].
    ///
    /// # Errors
    /// What `make` fails with; fault mem.
    pub fn build(
        &mut self,
        make: impl FnOnce(&mut Builder<'_, '_>) -> Result<(), Error>,
    ) -> Result<Value, Error> {
        self.machine.host_work_begins();
        let mut context = Context::new(&mut self.machine);
        let mut builder = context.builder();
        let made = make(&mut builder).and_then(|()| builder.finish());
        self.machine.host_work_ends();
        made
    }

    /// Reads a value node by node, as host functions do by [`crate::Context::walk`], at most `depth` lists and maps deep, with
    /// the fuel of one call.
    ///
    /// # Errors
    /// What `read` fails with; if the value belongs to another World; fault mem.
    pub fn walk<T>(
        &mut self,
        value: &Value,
        depth: usize,
        read: impl FnOnce(&mut Walk<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.machine.host_work_begins();
        let mut context = Context::new(&mut self.machine);
        let result = context
            .walk(value, depth)
            .and_then(|mut walk| read(&mut walk));
        self.machine.host_work_ends();
        result
    }

    /// Calls any callable value of this World, as a call from outside.
    ///
    /// # Errors
    /// The fault that ended the call; if a value belongs to another World.
    pub fn call(&mut self, callee: &Value, args: &[Value]) -> Result<Value, Error> {
        let callee = callee.raw(&self.machine)?;
        let args = args
            .iter()
            .map(|arg| arg.raw(&self.machine))
            .collect::<Result<Vec<_>, _>>()?;
        self.begin()?;
        let result = match self.machine.call_routine(callee, &args) {
            Ok(value) => Value::hold(&mut self.machine, value),
            Err(report) => Err(report.into()),
        };
        self.machine.wash();
        self.finish();
        result
    }

    /// Sets fuel and time of the calls from now on, e.g. because hooks have different ones. Another deadline than before costs
    /// a lock.
    pub fn set_call_limits(&mut self, fuel: Option<u64>, deadline: Option<Duration>) {
        if self.machine.limits().deadline != deadline {
            self.watch = None;
            self.timed = deadline.is_some();
        }
        self.machine.set_call_limits(fuel, deadline);
    }

    /// The display of a value, as a program of the machine's policy would show it.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem or fuel.
    pub fn display(&mut self, value: &Value) -> Result<String, Error> {
        self.display_as(Lang::Machine, value, false)
    }

    /// The text of a value as a language shows it: its display, or (`canonical`) the form that reads back where there is one.
    ///
    /// # Errors
    /// If it belongs to another World; fault mem or fuel.
    pub fn display_as(
        &mut self,
        lang: Lang,
        value: &Value,
        canonical: bool,
    ) -> Result<String, Error> {
        let raw = value.raw(&self.machine)?;
        match self.machine.display_text(lang, raw, canonical) {
            Ok(text) => Ok(text),
            Err(raised) => Err(self.machine.report(raised).into()),
        }
    }

    /// Sets the World map, at which every search of Rhumb for a field ends (docs/specs/rhumb.md §3.8): its subfield `console`
    /// is what programs print with. Set it before programs run.
    ///
    /// # Errors
    /// If the value belongs to another World.
    pub fn set_world_map(&mut self, map: &Value) -> Result<(), Error> {
        let raw = map.raw(&self.machine)?;
        self.machine.set_world_map(raw);
        Ok(())
    }

    /// The words that Rhumb shows truth values with: those of the program's locale; `yes` and `no` if never set.
    pub fn set_truth_words(&mut self, yes: &str, no: &str) {
        self.machine.set_truth_words(yes, no);
    }

    /// Switches the test mode (docs/specs/rhumb.md §10.3): in it assertions are checked, counted and written to the output.
    pub fn set_test_mode(&mut self, on: bool) {
        self.machine.set_test_mode(on);
    }

    /// Assertions that ran so far in test mode.
    pub fn test_count(&self) -> TestCount {
        self.machine.test_count()
    }

    /// Sends warnings (uncaught signals, late replies) to a sink; `Display` says them in English. At first nobody hears them.
    pub fn set_warnings(&mut self, sink: impl FnMut(&Warning<'_>) + Send + 'static) {
        self.machine.set_warnings(Some(Box::new(sink)));
    }

    /// How many warnings were given, heard or not.
    pub fn warnings(&self) -> u64 {
        self.machine.warnings()
    }

    #[inline]
    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }

    #[inline]
    pub(crate) fn machine_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }

    /// A call begins: its deadline, if there is one.
    #[inline]
    pub(crate) fn begin(&mut self) -> Result<Option<Instant>, Error> {
        if !self.timed {
            return Ok(None);
        }
        match &self.watch {
            Some(watch) => Ok(Some(watch.arm())),
            None => self.begin_watched(),
        }
    }

    #[cold]
    fn begin_watched(&mut self) -> Result<Option<Instant>, Error> {
        let Some(limit) = self.machine.limits().deadline else {
            return Ok(None);
        };
        match self
            .engine
            .0
            .ticker
            .watch(self.machine.signal_word(), limit)
        {
            Ok(watch) => {
                let deadline = watch.arm();
                self.watch = Some(watch);
                Ok(Some(deadline))
            }
            Err(error) => Err(ErrorKind::Resources {
                what: "a thread for deadlines",
                cause: error.to_string(),
            }
            .into()),
        }
    }

    /// The call is over.
    #[inline]
    pub(crate) fn finish(&self) {
        if let Some(watch) = &self.watch {
            watch.disarm();
        }
    }
}

/// True if values of both signatures can cross: tagged values do, each checked where it is read, so what is dynamic on one
/// side fits every type of the other.
fn alike(wanted: &Signature, offered: &Signature) -> bool {
    let same = |a: Type, b: Type| {
        a == b
            || a == Type::Dyn
            || b == Type::Dyn
            || matches!(
                (a, b),
                (Type::Sized(1..=7), Type::Int) | (Type::Sized(8), Type::Float)
            )
    };
    wanted.params.len() == offered.params.len()
        && wanted
            .params
            .iter()
            .zip(&offered.params)
            .all(|(a, b)| same(*a, *b))
        && same(wanted.result, offered.result)
}
