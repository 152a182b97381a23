//! Constants (docs/specs/fusabi.md §1.1).

use super::ids::MeasureId;

/// A constant and the unit that was written behind it.
#[derive(Clone, PartialEq, Debug)]
pub struct Constant {
    /// Its value.
    pub value: Literal,
    /// `1.0<m>`
    pub measure: Option<MeasureId>,
}

/// The value of a constant.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// `()`
    Unit,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number in the range of its kind; `'a'B` too.
    Int(i128, IntKind),
    /// `1.5`
    Float(f64),
    /// `1.5f`
    Float32(f32),
    /// `'a'`
    Char(char),
    /// Every form of text, escapes resolved.
    String(Box<str>),
    /// `"…"B`
    Bytes(Box<[u8]>),
}

/// The type of a whole number; its suffix decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntKind {
    /// None or `L`: 64 bits, with sign (§2.2).
    Int,
    /// `y`
    I8,
    /// `uy`
    U8,
    /// `s`
    I16,
    /// `us`
    U16,
    /// `l`
    I32,
    /// `u`, `ul`
    U32,
    /// `UL`
    U64,
}

impl IntKind {
    /// Smallest and largest value.
    #[must_use]
    pub const fn range(self) -> (i128, i128) {
        match self {
            Self::Int => (i64::MIN as i128, i64::MAX as i128),
            Self::I8 => (i8::MIN as i128, i8::MAX as i128),
            Self::U8 => (0, u8::MAX as i128),
            Self::I16 => (i16::MIN as i128, i16::MAX as i128),
            Self::U16 => (0, u16::MAX as i128),
            Self::I32 => (i32::MIN as i128, i32::MAX as i128),
            Self::U32 => (0, u32::MAX as i128),
            Self::U64 => (0, u64::MAX as i128),
        }
    }

    /// Its type's name.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::I8 => "sbyte",
            Self::U8 => "byte",
            Self::I16 => "int16",
            Self::U16 => "uint16",
            Self::I32 => "int32",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
        }
    }

    /// The kind of that suffix.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Some(match suffix {
            "" | "L" => Self::Int,
            "y" => Self::I8,
            "uy" => Self::U8,
            "s" => Self::I16,
            "us" => Self::U16,
            "l" => Self::I32,
            "u" | "ul" => Self::U32,
            "UL" | "uL" => Self::U64,
            _ => return None,
        })
    }
}
