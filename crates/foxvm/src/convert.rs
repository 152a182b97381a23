//! Rust values into the machine and out of it.
//!
//! Both traits are sealed: their hidden methods work on bare values of the machine, which are current only until the next
//! allocation, and that is a promise that only this crate can keep. Types of your own go through these.

use machine::value::{Kind, Value as Raw};
use machine::world::World as Machine;

use crate::error::Error;
use crate::signature::Type;

mod sealed {
    /// Implemented here only.
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// What making a machine value of a Rust value may do to values made before it.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// An inline value.
    Plain,
    /// A value of the machine's memory, made or fetched: others must be rooted while it is made.
    Heap,
}

/// A Rust type whose values may be handed to the machine: as an argument, or as the result of a host function.
pub trait IntoFox: Sized + Sealed {
    /// The same type with another lifetime, for borrowed arguments.
    #[doc(hidden)]
    type Of<'a>: IntoFox;
    #[doc(hidden)]
    const WEIGHT: Weight = Weight::Plain;
    /// Its type as the result of a host function.
    #[doc(hidden)]
    const TYPE: Type;
    /// May it stand where a module wants `ty`?
    #[doc(hidden)]
    fn fits(ty: Type) -> bool {
        ty == Self::TYPE || ty == Type::Dyn
    }
    /// The machine's value, current until the next allocation.
    #[doc(hidden)]
    fn into_raw(self, world: &mut Machine, ty: Type) -> Result<Raw, Error>;
    /// A sequence of such values.
    #[doc(hidden)]
    fn many_into(items: Vec<Self>, world: &mut Machine, ty: Type) -> Result<Raw, Error> {
        crate::sequence::sequence_into(items, world, ty)
    }
    /// May a sequence of such values stand where a module wants `ty`?
    #[doc(hidden)]
    fn many_fit(ty: Type) -> bool {
        matches!(ty, Type::Dyn | Type::Ref | Type::List)
    }
    /// The type of a sequence of such values.
    #[doc(hidden)]
    const MANY: Type = Type::Dyn;
}

/// A Rust type that may be made of a value of the machine: a result, or an argument of a host function.
pub trait FromFox: Sized + Sealed {
    /// Its type as a parameter of a host function.
    #[doc(hidden)]
    const WANTS: Type;
    /// True if reading it allocates nothing in the World once texts are joined.
    #[doc(hidden)]
    const SIMPLE: bool = true;
    /// May it be made of what a module gives as `ty`?
    #[doc(hidden)]
    fn reads(ty: Type) -> bool {
        ty == Self::WANTS || ty == Type::Dyn
    }
    /// Reads a value that is current.
    #[doc(hidden)]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Self, Error>;
    /// Reads a sequence of them.
    #[doc(hidden)]
    fn many_from(world: &mut Machine, value: Raw) -> Result<Vec<Self>, Error> {
        crate::sequence::sequence_from(world, value)
    }
    /// May a sequence of them be made of what a module gives as `ty`?
    #[doc(hidden)]
    fn many_read(ty: Type) -> bool {
        matches!(
            ty,
            Type::Dyn | Type::Ref | Type::List | Type::Array | Type::Tuple(_)
        )
    }
    /// The type of a sequence of them as a parameter of a host function.
    #[doc(hidden)]
    const MANY_WANT: Type = Type::Dyn;
}

#[cold]
pub(crate) fn mismatch(world: &Machine, expected: &str, value: Raw) -> Error {
    Error::conversion(expected, world.kind_text(value))
}

impl Sealed for () {}
impl IntoFox for () {
    type Of<'a> = ();
    const TYPE: Type = Type::Unit;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Unit | Type::Dyn)
    }
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::EMPTY)
    }
}
impl FromFox for () {
    const WANTS: Type = Type::Unit;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Unit | Type::Dyn)
    }
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<(), Error> {
        if value.is_empty() {
            Ok(())
        } else {
            Err(mismatch(world, "unit", value))
        }
    }
}

impl Sealed for bool {}
impl IntoFox for bool {
    type Of<'a> = bool;
    const TYPE: Type = Type::Bool;
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::bool(self))
    }
}
impl FromFox for bool {
    const WANTS: Type = Type::Bool;
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<bool, Error> {
        value
            .as_bool()
            .ok_or_else(|| mismatch(world, "bool", value))
    }
}

/// Number of a width in `isa::table::WIDTHS`; 0 for 64-bit integers, which are `int`.
macro_rules! integers {
    ($($rust:ty, $width:literal;)*) => {$(
        impl Sealed for $rust {}
        impl IntoFox for $rust {
            type Of<'a> = $rust;
            const TYPE: Type = Type::Int;
            fn fits(ty: Type) -> bool {
                matches!(ty, Type::Int | Type::Dyn) || ($width != 0 && ty == Type::Sized($width))
            }
            #[inline]
            fn into_raw(self, _: &mut Machine, ty: Type) -> Result<Raw, Error> {
                // Only u64 and the pointer-wide ones can be too large; the sized u64 keeps its bits.
                match i64::try_from(self) {
                    Ok(number) => Ok(Raw::int(number)),
                    Err(_) if matches!(ty, Type::Sized(_)) => Ok(Raw::int(self as i64)),
                    Err(_) => Err(Error::conversion("int", "an unsigned integer above the largest int")),
                }
            }
        }
        impl FromFox for $rust {
            const WANTS: Type = Type::Int;
            fn reads(ty: Type) -> bool {
                matches!(ty, Type::Int | Type::Dyn | Type::Sized(1..=7))
            }
            #[inline]
            fn from_raw(world: &mut Machine, value: Raw) -> Result<$rust, Error> {
                match value.as_int() {
                    Some(number) => <$rust>::try_from(number).map_err(|_| out_of_range(stringify!($rust), number)),
                    None => sized_integer(value).and_then(|number| <$rust>::try_from(number).ok())
                        .ok_or_else(|| mismatch(world, stringify!($rust), value)),
                }
            }
        }
    )*};
}

#[cold]
fn out_of_range(expected: &str, number: i64) -> Error {
    Error::conversion(expected, &format!("the integer {number}"))
}

/// The number of a sized integer as a dynamic value holds it: bits extended to 64 as the width says.
fn sized_integer(value: Raw) -> Option<i128> {
    /// Numbers of `u64` and `f32` in `isa::table::WIDTHS`.
    const U64: u8 = 7;
    const F32: u8 = 8;
    match (value.kind(), value.sub()) {
        (Kind::Sized, F32) => None,
        (Kind::Sized, U64) => Some(i128::from(value.payload)),
        (Kind::Sized, _) => Some(i128::from(value.payload as i64)),
        _ => None,
    }
}

impl Sealed for u8 {}
impl IntoFox for u8 {
    type Of<'a> = u8;
    const TYPE: Type = Type::Int;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Int | Type::Dyn | Type::Sized(4))
    }
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::int(i64::from(self)))
    }
    const WEIGHT: Weight = Weight::Plain;
    const MANY: Type = Type::Bytes;
    fn many_fit(ty: Type) -> bool {
        matches!(ty, Type::Bytes | Type::Dyn | Type::Ref)
    }
    fn many_into(items: Vec<u8>, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        bytes_into(&items, world)
    }
}
impl FromFox for u8 {
    const WANTS: Type = Type::Int;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Int | Type::Dyn | Type::Sized(1..=7))
    }
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<u8, Error> {
        let number = value
            .as_int()
            .map(i128::from)
            .or_else(|| sized_integer(value));
        number
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| mismatch(world, "u8", value))
    }
    const MANY_WANT: Type = Type::Bytes;
    fn many_read(ty: Type) -> bool {
        matches!(ty, Type::Bytes | Type::Dyn | Type::Ref)
    }
    fn many_from(world: &mut Machine, value: Raw) -> Result<Vec<u8>, Error> {
        match world.flat_bytes(value) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(mismatch(world, "bytes", value)),
        }
    }
}

integers! {
    i64, 0;
    i8, 1;
    i16, 2;
    i32, 3;
    u16, 5;
    u32, 6;
    u64, 7;
    isize, 0;
    usize, 0;
}

impl Sealed for f64 {}
impl IntoFox for f64 {
    type Of<'a> = f64;
    const TYPE: Type = Type::Float;
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::float(self))
    }
}
impl FromFox for f64 {
    const WANTS: Type = Type::Float;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Float | Type::Dyn | Type::Sized(8))
    }
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<f64, Error> {
        match value.as_float() {
            Some(number) => Ok(number),
            None if value.kind() == Kind::Sized && value.sub() == 8 => {
                Ok(f64::from_bits(value.payload))
            }
            None => Err(mismatch(world, "float", value)),
        }
    }
}

impl Sealed for f32 {}
impl IntoFox for f32 {
    type Of<'a> = f32;
    const TYPE: Type = Type::Float;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Float | Type::Dyn | Type::Sized(8))
    }
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::float(f64::from(self)))
    }
}
impl FromFox for f32 {
    const WANTS: Type = Type::Float;
    fn reads(ty: Type) -> bool {
        f64::reads(ty)
    }
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<f32, Error> {
        // Rounds to the nearest single; what is beyond becomes infinite, as IEEE rounding says.
        Ok(f64::from_raw(world, value)? as f32)
    }
}

impl Sealed for char {}
impl IntoFox for char {
    type Of<'a> = char;
    const TYPE: Type = Type::Char;
    #[inline]
    fn into_raw(self, _: &mut Machine, _: Type) -> Result<Raw, Error> {
        Ok(Raw::char(self))
    }
}
impl FromFox for char {
    const WANTS: Type = Type::Char;
    #[inline]
    fn from_raw(world: &mut Machine, value: Raw) -> Result<char, Error> {
        if let Some(scalar) = value.as_char() {
            return Ok(scalar);
        }
        // Elsewhere than in Fusabi a char is a text of one scalar.
        let mut scalars = world.flat_text(value).unwrap_or_default().chars();
        match (scalars.next(), scalars.next()) {
            (Some(scalar), None) => Ok(scalar),
            _ => Err(mismatch(world, "char", value)),
        }
    }
}

#[inline]
pub(crate) fn text_into(text: &str, world: &mut Machine) -> Result<Raw, Error> {
    match world.text_value(text) {
        Ok(value) => Ok(value),
        Err(raised) => Err(world.report(raised).into()),
    }
}

fn bytes_into(bytes: &[u8], world: &mut Machine) -> Result<Raw, Error> {
    match world.bytes_value(bytes) {
        Ok(value) => Ok(value),
        Err(raised) => Err(world.report(raised).into()),
    }
}

impl Sealed for &str {}
impl IntoFox for &str {
    type Of<'a> = &'a str;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Text;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Text | Type::Dyn | Type::Ref)
    }
    #[inline]
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        text_into(self, world)
    }
}

impl Sealed for String {}
impl IntoFox for String {
    type Of<'a> = String;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Text;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Text | Type::Dyn | Type::Ref)
    }
    #[inline]
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        text_into(&self, world)
    }
}
impl FromFox for String {
    const WANTS: Type = Type::Text;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Text | Type::Dyn | Type::Ref)
    }
    fn from_raw(world: &mut Machine, value: Raw) -> Result<String, Error> {
        if let Some(text) = world.flat_text(value) {
            return Ok(text.to_owned());
        }
        if let Some(scalar) = value.as_char() {
            return Ok(scalar.to_string());
        }
        let mut values = [value];
        if let Err(raised) = world.flatten_all(&mut values) {
            return Err(world.report(raised).into());
        }
        let [value] = values;
        match world.flat_text(value) {
            Some(text) => Ok(text.to_owned()),
            None => Err(mismatch(world, "text", value)),
        }
    }
}

impl Sealed for &[u8] {}
impl IntoFox for &[u8] {
    type Of<'a> = &'a [u8];
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = Type::Bytes;
    fn fits(ty: Type) -> bool {
        matches!(ty, Type::Bytes | Type::Dyn | Type::Ref)
    }
    fn into_raw(self, world: &mut Machine, _: Type) -> Result<Raw, Error> {
        bytes_into(self, world)
    }
}

/// Bytes, or the UTF-8 bytes of a text: what functions take that do not care which.
#[derive(Clone, PartialEq, Eq, Debug, Default, Hash)]
pub struct Octets(pub Vec<u8>);

impl Sealed for Octets {}
impl FromFox for Octets {
    const WANTS: Type = Type::Dyn;
    fn reads(ty: Type) -> bool {
        matches!(ty, Type::Dyn | Type::Text | Type::Bytes)
    }
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Octets, Error> {
        match value.kind() {
            Kind::Bytes => Vec::<u8>::from_raw(world, value).map(Octets),
            Kind::Text => String::from_raw(world, value).map(|text| Octets(text.into_bytes())),
            _ => Err(mismatch(world, "text or bytes", value)),
        }
    }
}

impl<T: Sealed> Sealed for Vec<T> {}
impl<T: IntoFox> IntoFox for Vec<T> {
    type Of<'a> = Vec<T>;
    const WEIGHT: Weight = Weight::Heap;
    const TYPE: Type = T::MANY;
    fn fits(ty: Type) -> bool {
        T::many_fit(ty)
    }
    fn into_raw(self, world: &mut Machine, ty: Type) -> Result<Raw, Error> {
        T::many_into(self, world, ty)
    }
}
impl<T: FromFox> FromFox for Vec<T> {
    const WANTS: Type = T::MANY_WANT;
    const SIMPLE: bool = false;
    fn reads(ty: Type) -> bool {
        T::many_read(ty)
    }
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Vec<T>, Error> {
        T::many_from(world, value)
    }
}

impl<T: Sealed> Sealed for Option<T> {}
impl<T: IntoFox> IntoFox for Option<T> {
    type Of<'a> = Option<T::Of<'a>>;
    const WEIGHT: Weight = T::WEIGHT;
    const TYPE: Type = Type::Dyn;
    fn fits(ty: Type) -> bool {
        ty == Type::Dyn
    }
    /// `None` is empty, `Some(v)` is `v` (docs/specs/machine.md §9).
    fn into_raw(self, world: &mut Machine, ty: Type) -> Result<Raw, Error> {
        match self {
            None => Ok(Raw::EMPTY),
            Some(value) => value.into_raw(world, ty),
        }
    }
}
impl<T: FromFox> FromFox for Option<T> {
    const WANTS: Type = Type::Dyn;
    const SIMPLE: bool = T::SIMPLE;
    fn reads(ty: Type) -> bool {
        ty == Type::Dyn || T::reads(ty)
    }
    /// Empty and a case named `None` are `None`; a case `Some` is unwrapped.
    fn from_raw(world: &mut Machine, value: Raw) -> Result<Option<T>, Error> {
        match world.option_for_host(value) {
            Some(None) => Ok(None),
            Some(Some(inner)) => T::from_raw(world, inner).map(Some),
            None => T::from_raw(world, value).map(Some),
        }
    }
}
