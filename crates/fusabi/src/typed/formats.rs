//! Format strings (§1.11).

use super::ids::TypeIndex;
use crate::tree::FormatPart;

/// A typed format string.
#[derive(Clone, PartialEq, Debug)]
pub struct Format {
    /// Text and specifiers in order.
    pub parts: Box<[FormatPart]>,
    /// The types of the values it takes in order, one per specifier, with one `int` more before it per `*` in it (and for `%a`
    /// the function before the value).
    pub values: Box<[TypeIndex]>,
}

/// How a call of the `printf` family is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatUse {
    /// The literal is a typed format: see [`Meaning::Format`](super::Meaning::Format) of the literal.
    Typed,
    /// `sprintf FMT [a; b]` (E7 a): the callee takes the text and a list of any values.
    List,
    /// `printfn e` (E7 b): displays any value.
    Display,
}
