//! Argument lists: tuples of up to six arguments, each with a signature that is checked once and a way into registers.

use std::time::Instant;

use machine::fault::FaultReport;
use machine::value::Value as Raw;
use machine::world::{TypedEntry, World as Machine};

use crate::convert::{IntoFox, Weight};
use crate::error::Error;
use crate::sequence::push;
use crate::signature::Type;

/// A tuple of arguments, `()` to six. Sealed by its members' trait.
pub trait Args {
    /// The same arguments with another lifetime.
    type Of<'a>;
    /// How many.
    #[doc(hidden)]
    const COUNT: usize;
    /// The first argument whose type does not fit, or none.
    #[doc(hidden)]
    fn misfit(types: &[Type]) -> Option<usize>;
    /// What was asked for, for messages.
    #[doc(hidden)]
    fn types() -> Vec<Type>;
    /// Makes the machine's values and enters the function.
    #[doc(hidden)]
    fn enter(
        args: Self::Of<'_>,
        world: &mut Machine,
        types: &[Type],
        entry: &TypedEntry,
        deadline: Option<Instant>,
    ) -> Result<Result<Raw, Box<FaultReport>>, Error>;
    /// Makes the machine's values and roots them, in order, from the place that is answered.
    #[doc(hidden)]
    fn root(args: Self::Of<'_>, world: &mut Machine) -> Result<usize, Error>;
}

macro_rules! args {
    ($($count:literal: $($name:ident $at:tt)*;)*) => {$(
        impl<$($name: IntoFox),*> Args for ($($name,)*) {
            type Of<'a> = ($($name::Of<'a>,)*);
            const COUNT: usize = $count;
            fn misfit(types: &[Type]) -> Option<usize> {
                if types.len() != $count {
                    return Some(types.len().min($count));
                }
                let fits: [bool; $count] = [$($name::fits(types[$at])),*];
                fits.iter().position(|fits| !fits)
            }
            fn types() -> Vec<Type> {
                vec![$($name::TYPE),*]
            }
            #[inline]
            #[allow(unused_variables, reason = "the empty tuple has no members")]
            #[allow(clippy::redundant_closure_call, reason = "a closure is how `?` ends a part of a macro's body")]
            fn enter(
                args: Self::Of<'_>,
                world: &mut Machine,
                types: &[Type],
                entry: &TypedEntry,
                deadline: Option<Instant>,
            ) -> Result<Result<Raw, Box<FaultReport>>, Error> {
                /// At most one argument lies in the machine's memory: none can be moved while another is made.
                const fn lone(weights: &[Weight]) -> bool {
                    let mut heap = 0;
                    let mut at = 0;
                    while at < weights.len() {
                        if matches!(weights[at], Weight::Heap) {
                            heap += 1;
                        }
                        at += 1;
                    }
                    heap <= 1
                }
                let values: [Raw; $count] = if const { lone(&[$($name::WEIGHT),*]) } {
                    [$(args.$at.into_raw(world, types.get($at).copied().unwrap_or(Type::Dyn))?),*]
                } else {
                    let mark = world.host_mark();
                    let made = (|| -> Result<(), Error> {
                        $(
                            let value = args.$at.into_raw(world, types.get($at).copied().unwrap_or(Type::Dyn))?;
                            push(world, value)?;
                        )*
                        Ok(())
                    })();
                    let values = [$(world.host_temp(mark + $at)),*];
                    world.host_truncate(mark);
                    made?;
                    values
                };
                Ok(world.enter_typed(entry, &values, deadline))
            }
            #[allow(unused_variables, reason = "the empty tuple has no members")]
            fn root(args: Self::Of<'_>, world: &mut Machine) -> Result<usize, Error> {
                let mark = world.host_mark();
                $(
                    let value = args.$at.into_raw(world, Type::Dyn)?;
                    push(world, value)?;
                )*
                Ok(mark)
            }
        }
    )*};
}

args! {
    0: ;
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
}
