//! Compound values made by host functions, without a tree of them in the host's memory.

use machine::world::SequenceForm;

use crate::Policy;
use crate::context::Context;
use crate::convert::IntoFox;
use crate::error::Error;
use crate::sequence::push;
use crate::signature::Type;
use crate::value::Value;

/// Makes a compound value bottom up: push members, then close them to a list or map, which takes their place. All of it is
/// rooted in the World and counts as its memory; forgetting the builder forgets what is in it.
///
/// ```
/// # let engine = foxvm::Engine::new();
/// engine.function("pair", |cx: &mut foxvm::Context<'_>| -> Result<foxvm::Value, foxvm::Error> {
///     let mut made = cx.builder();
///     made.push("name")?;
///     made.push("rubah")?;
///     made.push("legs")?;
///     made.push(4)?;
///     made.map(2)?;
///     made.finish()
/// })?;
/// # Ok::<(), foxvm::Error>(())
/// ```
pub struct Builder<'c, 'w> {
    context: &'c mut Context<'w>,
    mark: usize,
}

impl<'c, 'w> Builder<'c, 'w> {
    pub(crate) fn new(context: &'c mut Context<'w>) -> Builder<'c, 'w> {
        let mark = context.machine().host_mark();
        Builder { context, mark }
    }

    /// The World's context, to charge work and to ask for room.
    pub fn context(&mut self) -> &mut Context<'w> {
        self.context
    }

    /// How many values are on the stack.
    pub fn height(&mut self) -> usize {
        self.context.machine().host_mark() - self.mark
    }

    /// Pushes a value.
    ///
    /// # Errors
    /// Fault mem.
    pub fn push<T: IntoFox>(&mut self, value: T) -> Result<(), Error> {
        let world = self.context.machine();
        let raw = value.into_raw(world, Type::Dyn)?;
        push(world, raw).map(|_| ())
    }

    /// Closes the `count` values on top to a sequence (Morph's `daftar`, Rhumb's positional map, Fusabi's list).
    ///
    /// # Errors
    /// Fault mem; fault internal if there are not so many.
    pub fn list(&mut self, count: usize) -> Result<(), Error> {
        let form = match self.context.policy() {
            Policy::Fusabi => SequenceForm::List,
            _ => SequenceForm::Elements,
        };
        self.close_sequence(count, form)
    }

    /// Closes the `count` values on top to an array of Fusabi; elsewhere to a list.
    ///
    /// # Errors
    /// As [`Builder::list`].
    pub fn array(&mut self, count: usize) -> Result<(), Error> {
        let form = match self.context.policy() {
            Policy::Fusabi => SequenceForm::Array,
            _ => SequenceForm::Elements,
        };
        self.close_sequence(count, form)
    }

    fn close_sequence(&mut self, count: usize, form: SequenceForm) -> Result<(), Error> {
        let first = self.first_of(count)?;
        let world = self.context.machine();
        let made = world.sequence_for_host(first, form);
        self.replace(first, made)
    }

    /// Closes the `pairs` pairs key, value on top to a map: Rhumb gets a map of fields, the other languages a dictionary. Of
    /// equal keys the last counts.
    ///
    /// # Errors
    /// Fault mem, hash; fault internal if there are not so many.
    pub fn map(&mut self, pairs: usize) -> Result<(), Error> {
        self.close_map(pairs, false)
    }

    /// As [`Builder::map`], for keys that are names from the host's own code: they are interned, so that access by name
    /// is cached.
    ///
    /// # Errors
    /// As [`Builder::map`].
    pub fn record(&mut self, fields: usize) -> Result<(), Error> {
        self.close_map(fields, true)
    }

    /// Freezes the list or map on top, if it is one of Rhumb's: nothing can be added to it, nothing in it replaced. What it holds
    /// is as it was.
    ///
    /// # Errors
    /// Fault mem; fault host if nothing was made.
    pub fn freeze(&mut self) -> Result<(), Error> {
        let at = self.first_of(1)?;
        let world = self.context.machine();
        match world.freeze_for_host(at) {
            Ok(()) => Ok(()),
            Err(raised) => Err(world.report(raised).into()),
        }
    }

    fn close_map(&mut self, pairs: usize, names: bool) -> Result<(), Error> {
        let first = self.first_of(pairs.saturating_mul(2))?;
        let made = self.context.machine().map_for_host(first, names);
        self.replace(first, made)
    }

    fn first_of(&mut self, count: usize) -> Result<usize, Error> {
        let height = self.height();
        match height.checked_sub(count) {
            Some(below) => Ok(self.mark + below),
            None => Err(Error::host(
                crate::Fault::Host,
                format!("a builder of {height} values was asked to close {count}"),
            )),
        }
    }

    fn replace(
        &mut self,
        first: usize,
        made: machine::fault::Raise<machine::value::Value>,
    ) -> Result<(), Error> {
        let world = self.context.machine();
        match made {
            Ok(value) => {
                // No room is needed for a value that takes the place of others; with none it is pushed anew.
                world.host_truncate(first);
                push(world, value).map(|_| ())
            }
            Err(raised) => Err(world.report(raised).into()),
        }
    }

    /// The one value that was made.
    ///
    /// # Errors
    /// Fault mem; fault host if there is not exactly one.
    pub fn finish(mut self) -> Result<Value, Error> {
        let height = self.height();
        if height != 1 {
            return Err(Error::new(format!("a builder ended with {height} values")));
        }
        let at = self.mark;
        let world = self.context.machine();
        let raw = world.host_temp(at);
        Value::hold(world, raw)
    }
}

impl Drop for Builder<'_, '_> {
    fn drop(&mut self) {
        let mark = self.mark;
        let world = self.context.machine();
        world.host_truncate(mark);
        world.trim_for_host();
    }
}
