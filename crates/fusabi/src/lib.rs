//! # fusabi: the language Fusabi
#![forbid(unsafe_code)]

pub mod diagnostics;
mod options;
mod source;
pub mod syntax;
pub mod typed;

pub use options::Options;
pub use source::{NewlineKind, Source, TooLong};
pub use syntax::lex;
pub use syntax::parse::{Completeness, Parsed, parse};
pub use syntax::tree;

/// How deeply brackets, blocks, prefix operators, right operands of right-grouping operators, patterns and types may be
/// nested; deeper texts are refused with FB0005, so that no pass over the tree overflows the native stack.
pub const MAX_DEPTH: usize = 256;
