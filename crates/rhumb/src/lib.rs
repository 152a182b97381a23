//! # rhumb: the language Rhumb
//!
//! Source text to tree: [`tree`] is what the parser makes and the compiler reads.
//!
//! Specification: `docs/specs/rhumb.md`, `docs/specs/rulings.md`.
#![forbid(unsafe_code)]

pub mod diagnostics;
mod format;
pub mod lex;
mod locale;
mod parse;
mod source;
pub mod tree;

pub use format::format;
pub use locale::{LOCALES, Locale};
pub use parse::{Completeness, Options, Parsed, parse};
pub use source::{NewlineKind, Source, TooLong};

/// How deeply brackets, prefix operators, right operands of right-grouping operators, assignments and arrow bodies may
/// be nested; deeper texts are refused with RH0005, so that no pass over the tree overflows the native stack.
pub const MAX_DEPTH: usize = 256;
