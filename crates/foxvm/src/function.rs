//! Typed handles on functions of an instance.

use std::marker::PhantomData;
use std::sync::Arc;

use machine::world::TypedEntry;

use crate::args::Args;
use crate::convert::FromFox;
use crate::error::{Error, ErrorKind};
use crate::signature::Type;
use crate::world::World;

/// A function of a module instance with the types that the host calls it with: checked when the handle was made, never
/// again. It belongs to one World.
pub struct Function<A, R> {
    entry: TypedEntry,
    /// Types of the parameters.
    params: Arc<[Type]>,
    marker: PhantomData<fn(A) -> R>,
}

impl<A, R> Clone for Function<A, R> {
    fn clone(&self) -> Self {
        Function {
            entry: self.entry,
            params: self.params.clone(),
            marker: PhantomData,
        }
    }
}

impl<A, R> std::fmt::Debug for Function<A, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("entry", &self.entry)
            .field("params", &self.params)
            .finish()
    }
}

impl<A: Args, R: FromFox> Function<A, R> {
    pub(crate) fn new(entry: TypedEntry, params: Vec<Type>) -> Function<A, R> {
        Function {
            entry,
            params: params.into(),
            marker: PhantomData,
        }
    }

    pub(crate) fn entry(&self) -> &TypedEntry {
        &self.entry
    }

    /// Calls it and waits for its end. Texts and bytes are copied into the World. A call from outside gets the World's
    /// fuel and time anew, and ends with a wash of the trays if nothing young is held.
    ///
    /// # Errors
    /// The fault that ended the run, or [`ErrorKind::Foreign`] if the World is not the function's.
    #[inline]
    pub fn call(&self, world: &mut World, args: A::Of<'_>) -> Result<R, Error> {
        if self.entry.world() != world.machine().number() {
            return Err(ErrorKind::Foreign("function").into());
        }
        let deadline = world.begin()?;
        let machine = world.machine_mut();
        let result = match A::enter(args, machine, &self.params, &self.entry, deadline) {
            Ok(Ok(value)) => R::from_raw(machine, value),
            Ok(Err(report)) => Err(report.into()),
            Err(error) => Err(error),
        };
        machine.wash();
        world.finish();
        result
    }
}
