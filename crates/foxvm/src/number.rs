//! Numbers of any kind, dates and durations at the border.

use machine::value::{Kind, Value as Raw};
use machine::world::World as Machine;
use numeric::Number;

use crate::convert::{FromFox, IntoFox, Sealed, Weight, mismatch};
use crate::error::Error;
use crate::signature::Type;

impl Sealed for Number {}
impl IntoFox for Number {
    type Of<'a> = Number;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Dyn;
    fn fits(ty: Type) -> bool {
        ty == Type::Dyn
    }
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        match world.number_from_host(self) {
            Ok(value) => Ok(value),
            Err(raised) => Err(world.report(raised).into()),
        }
    }
}
impl FromFox for Number {
    const WANTS: Type = Type::Dyn;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Dyn | Type::Int | Type::Float | Type::Sized(_))
    }
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Number, Error> {
        match world.number_for_host(value) {
            Ok(Some(number)) => Ok(number),
            Ok(None) => Err(mismatch(world, "a number", value)),
            Err(raised) => Err(world.report(raised).into()),
        }
    }
}

macro_rules! times {
    ($($(#[$about:meta])* $name:ident, $kind:ident, $text:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        pub struct $name(pub i64);

        impl Sealed for $name {}
        impl IntoFox for $name {
            type Of<'a> = $name;
            const TYPE: Type = Type::Dyn;
            fn fits(ty: Type) -> bool {
                ty == Type::Dyn
            }
            fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
                Ok(Raw::new(Kind::$kind, 0, 0, self.0 as u64))
            }
        }
        impl FromFox for $name {
            const WANTS: Type = Type::Dyn;
            fn reads(ty: Type) -> bool {
                ty == Type::Dyn
            }
            fn from_raw(world: &mut Machine, value: Raw) -> Result<$name, Error> {
                if value.kind() == Kind::$kind {
                    Ok($name(value.payload as i64))
                } else {
                    Err(mismatch(world, $text, value))
                }
            }
        }
    )*};
}

times! {
    /// A date: nanoseconds since 1970-01-01 00:00 UTC.
    Date, Date, "a date";
    /// A span of time in nanoseconds.
    Span, Duration, "a duration";
}
