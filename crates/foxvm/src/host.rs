//! Host functions as typed closures: `|a: i64, b: &str| -> Result<(), Error> { … }`, with an optional first parameter
//! `&mut Context<'_>`, up to six arguments.
//!
//! Without a context nothing can change the World while the closure runs, so `&str` and `&[u8]` are lent from its memory;
//! with one they are copies.

use machine::host::{Answer, HostError};
use machine::value::Value as Raw;
use machine::world::World as Machine;

use crate::context::Context;
use crate::convert::{FromFox, IntoFox, mismatch};
use crate::error::Error;
use crate::sequence::push;
use crate::signature::{Signature, Type};

/// A type that a host function may take.
pub trait HostArg {
    /// The same type with another lifetime.
    type Of<'a>;
    /// What is read before the closure runs.
    #[doc(hidden)]
    type Kept;
    /// What is read where a context may change the World.
    #[doc(hidden)]
    type Owned;
    #[doc(hidden)]
    const WANTS: Type;
    #[doc(hidden)]
    const SIMPLE: bool;
    #[doc(hidden)]
    fn keep(world: &mut Machine, value: Raw) -> Result<Self::Kept, Error>;
    #[doc(hidden)]
    fn lend<'a>(
        kept: &'a mut Self::Kept,
        world: &'a Machine,
        value: Raw,
    ) -> Result<Self::Of<'a>, Error>;
    #[doc(hidden)]
    fn own(world: &mut Machine, value: Raw) -> Result<Self::Owned, Error>;
    #[doc(hidden)]
    fn give(owned: &mut Self::Owned) -> Result<Self::Of<'_>, Error>;
}

#[cold]
fn taken() -> Error {
    Error::new("an argument was taken twice")
}

impl<T: FromFox> HostArg for T {
    type Of<'a> = T;
    type Kept = Option<T>;
    type Owned = Option<T>;
    const WANTS: Type = T::WANTS;
    const SIMPLE: bool = T::SIMPLE;
    #[inline]
    fn keep(world: &mut Machine, value: Raw) -> Result<Option<T>, Error> {
        T::from_raw(world, value).map(Some)
    }
    #[inline]
    fn lend<'a>(kept: &'a mut Option<T>, _: &'a Machine, _: Raw) -> Result<T, Error> {
        kept.take().ok_or_else(taken)
    }
    #[inline]
    fn own(world: &mut Machine, value: Raw) -> Result<Option<T>, Error> {
        T::from_raw(world, value).map(Some)
    }
    #[inline]
    fn give(owned: &mut Option<T>) -> Result<T, Error> {
        owned.take().ok_or_else(taken)
    }
}

impl HostArg for &str {
    type Of<'a> = &'a str;
    type Kept = ();
    type Owned = String;
    const WANTS: Type = Type::Text;
    const SIMPLE: bool = true;
    #[inline]
    fn keep(_: &mut Machine, _: Raw) -> Result<(), Error> {
        Ok(())
    }
    #[inline]
    fn lend<'a>((): &'a mut (), world: &'a Machine, value: Raw) -> Result<&'a str, Error> {
        world
            .flat_text(value)
            .ok_or_else(|| mismatch(world, "text", value))
    }
    fn own(world: &mut Machine, value: Raw) -> Result<String, Error> {
        String::from_raw(world, value)
    }
    fn give(owned: &mut String) -> Result<&str, Error> {
        Ok(owned)
    }
}

impl HostArg for &[u8] {
    type Of<'a> = &'a [u8];
    type Kept = ();
    type Owned = Vec<u8>;
    const WANTS: Type = Type::Bytes;
    const SIMPLE: bool = true;
    #[inline]
    fn keep(_: &mut Machine, _: Raw) -> Result<(), Error> {
        Ok(())
    }
    #[inline]
    fn lend<'a>((): &'a mut (), world: &'a Machine, value: Raw) -> Result<&'a [u8], Error> {
        world
            .flat_bytes(value)
            .ok_or_else(|| mismatch(world, "bytes", value))
    }
    fn own(world: &mut Machine, value: Raw) -> Result<Vec<u8>, Error> {
        Vec::<u8>::from_raw(world, value)
    }
    fn give(owned: &mut Vec<u8>) -> Result<&[u8], Error> {
        Ok(owned)
    }
}

/// What a host function answers when it may have to wait: `Later(token)` parks the calling fiber until the host calls
/// `Run::wake` with that token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suspend<T> {
    /// The answer.
    Now(T),
    /// The answer comes later, under this token.
    Later(u64),
}

/// What a host function may return: a value, a `Result` of one, or a [`Suspend`] of one.
pub trait HostReturn {
    #[doc(hidden)]
    const TYPE: Type;
    #[doc(hidden)]
    fn answer(self, world: &mut Machine) -> Result<Answer, HostError>;
}

impl<T: IntoFox> HostReturn for T {
    const TYPE: Type = T::TYPE;
    #[inline]
    fn answer(self, world: &mut Machine) -> Result<Answer, HostError> {
        match self.into_raw(world, T::TYPE) {
            Ok(value) => Ok(Answer::Value(value)),
            Err(error) => Err(error.into_host(world)),
        }
    }
}

impl<T: IntoFox> HostReturn for Suspend<T> {
    const TYPE: Type = T::TYPE;
    fn answer(self, world: &mut Machine) -> Result<Answer, HostError> {
        match self {
            Suspend::Now(value) => value.answer(world),
            Suspend::Later(token) => Ok(Answer::Pending(token)),
        }
    }
}

impl<T: HostReturn, E: Into<Error>> HostReturn for Result<T, E> {
    const TYPE: Type = T::TYPE;
    #[inline]
    fn answer(self, world: &mut Machine) -> Result<Answer, HostError> {
        match self {
            Ok(value) => value.answer(world),
            Err(error) => Err(error.into().into_host(world)),
        }
    }
}

/// A closure or function that can be a host function. The parameter tells its shapes apart and is always inferred.
pub trait HostFn<Shape>: Send + Sync + 'static {
    #[doc(hidden)]
    fn signature() -> Signature;
    #[doc(hidden)]
    fn invoke(&self, world: &mut Machine, args: &[Raw]) -> Result<Answer, HostError>;
}

/// Marks the shapes that take a context.
#[derive(Debug)]
pub struct WithContext;

#[cold]
fn wrong_count(expected: usize, found: usize) -> HostError {
    HostError::Failed {
        fault: crate::Fault::Arity,
        message: format!("expected {expected} arguments, found {found}"),
    }
}

#[inline]
fn fixed<const N: usize>(args: &[Raw]) -> Result<[Raw; N], HostError> {
    <[Raw; N]>::try_from(args).map_err(|_| wrong_count(N, args.len()))
}

/// Reads the arguments while they are rooted; needed where reading one may move the others.
fn rooted<T, const N: usize>(
    world: &mut Machine,
    values: &mut [Raw; N],
    read: impl FnOnce(&mut Machine, usize) -> Result<T, Error>,
) -> Result<T, Error> {
    let mark = world.host_mark();
    let result = values
        .iter()
        .try_for_each(|value| push(world, *value).map(|_| ()))
        .and_then(|()| read(world, mark));
    for (index, value) in values.iter_mut().enumerate() {
        *value = world.host_temp(mark + index);
    }
    world.host_truncate(mark);
    result
}

macro_rules! closures {
    ($($count:literal: $($name:ident $value:ident $at:tt)*;)*) => {$(
        impl<Func, R, $($name),*> HostFn<fn($($name),*) -> R> for Func
        where
            R: HostReturn,
            $($name: HostArg,)*
            Func: Fn($($name),*) -> R + for<'a> Fn($($name::Of<'a>),*) -> R + Send + Sync + 'static,
        {
            fn signature() -> Signature {
                Signature { params: vec![$($name::WANTS),*], result: R::TYPE }
            }
            #[inline]
            #[allow(unused_mut, unused_variables, reason = "the shape without arguments has none")]
            #[allow(clippy::redundant_closure_call, reason = "a closure is how `?` ends a part of a macro's body")]
            fn invoke(&self, world: &mut Machine, args: &[Raw]) -> Result<Answer, HostError> {
                let mut values = fixed::<$count>(args)?;
                if let Err(raised) = world.flatten_all(&mut values) {
                    return Err(raised.into());
                }
                let kept = if const { true $(&& $name::SIMPLE)* } {
                    (|| -> Result<_, Error> { Ok(($($name::keep(world, values[$at])?,)*)) })()
                } else {
                    rooted(world, &mut values, |world, mark| Ok(($({
                        let value = world.host_temp(mark + $at);
                        $name::keep(world, value)?
                    },)*)))
                };
                let ($(mut $value,)*) = kept.map_err(|error| error.into_host(world))?;
                let lent = {
                    let world: &Machine = world;
                    (|| -> Result<R, Error> { Ok(self($($name::lend(&mut $value, world, values[$at])?),*)) })()
                };
                lent.map_err(|error| error.into_host(world))?.answer(world)
            }
        }

        impl<Func, R, $($name),*> HostFn<(WithContext, fn($($name),*) -> R)> for Func
        where
            R: HostReturn,
            $($name: HostArg,)*
            Func: Fn(&mut Context<'_>, $($name),*) -> R
                + for<'a> Fn(&mut Context<'_>, $($name::Of<'a>),*) -> R
                + Send + Sync + 'static,
        {
            fn signature() -> Signature {
                Signature { params: vec![$($name::WANTS),*], result: R::TYPE }
            }
            #[allow(unused_mut, unused_variables, reason = "the shape without arguments has none")]
            #[allow(clippy::redundant_closure_call, reason = "a closure is how `?` ends a part of a macro's body")]
            fn invoke(&self, world: &mut Machine, args: &[Raw]) -> Result<Answer, HostError> {
                let mut values = fixed::<$count>(args)?;
                let owned = rooted(world, &mut values, |world, mark| Ok(($({
                    let value = world.host_temp(mark + $at);
                    $name::own(world, value)?
                },)*)));
                let ($(mut $value,)*) = owned.map_err(|error| error.into_host(world))?;
                let answer = {
                    let mut context = Context::new(world);
                    (|| -> Result<R, Error> { Ok(self(&mut context, $($name::give(&mut $value)?),*)) })()
                };
                answer.map_err(|error| error.into_host(world))?.answer(world)
            }
        }
    )*};
}

closures! {
    0: ;
    1: A a 0;
    2: A a 0 B b 1;
    3: A a 0 B b 1 C c 2;
    4: A a 0 B b 1 C c 2 D d 3;
    5: A a 0 B b 1 C c 2 D d 3 E e 4;
    6: A a 0 B b 1 C c 2 D d 3 E e 4 F f 5;
}
