//! What a host or command line decides about reading a text.

/// Options of [`crate::parse()`] and [`crate::format()`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// `--compat=fusabi` (docs/specs/fusabi.md §1.14): `[1, 2]` has two elements, and `a.[i] <- v` is a new array wherever it
    /// stands. A text that says `#fusabi "compat"` in its first lines is read so too. What else that table says of the peer
    /// holds always (`Map.empty ()`, `List.nth`, recursion without `rec`) or is a fault of the peer that no program means
    /// (parts of patterns that are not looked at, `&&` that evaluates both sides).
    pub compat: bool,
    /// The symbols for which `#if` holds.
    pub defined: Vec<String>,
}
