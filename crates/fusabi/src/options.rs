//! What a host or command line decides about reading a text.

/// Options of [`crate::parse()`] and [`crate::format()`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// `--compat=fusabi`: what docs/specs/fusabi.md §1.14 says of the peer. Of the syntax, `[1, 2]` has two elements then. A text
    /// that says `#fusabi "compat"` in its first lines is read so too.
    pub compat: bool,
    /// The symbols for which `#if` holds.
    pub defined: Vec<String>,
}
