//! # rhumb: the language Rhumb
//!
//! From source text to a tree: [`parse()`] reads a text and returns the [`tree`] with all errors, [`format()`] lays a text out,
//! [`highlight()`] classifies its pieces.
//!
//! **What this crate never does.** No text, however long, deep or odd, panics or overflows the native stack: what nests is
//! limited to [`MAX_DEPTH`], what does not is read by loops, and the tree is an arena. Time is linear in the text. It
//! prints nothing and reads no file.
//!
//! **Where to start reading.** `tree/expr.rs` says what a text can mean, `tree/operator.rs` the operators in one table,
//! `parse/mod.rs` how the parser works, `lex/mod.rs` the tokens, `diagnostics.rs` what can be wrong. The sentences stand in
//! `crates/diag/catalog/*/rhumb.cat`. `cargo run -p rhumb --example tree` prints the tree of a text.
//!
//! **Decisions where the specification leaves room** (see also `docs/specs/rulings.md`):
//! - Whether a label is declared is not asked here: pin or bind, parameter or realm before an arrow, are the compiler's.
//! - An assignment, a destructuring or an arrow may stand as any right operand; before an assignment no prefix operator may.
//! - In `[ ]`, `{ }` and arguments, `..` and `::` never assign; inside of `( )` they do, whatever is around it.
//! - A parameter named by a label or text with `..` or `::` has a default; by another name it is destructured.
//! - `{R|path|version}` is a library literal only with a path and a version of the forms of §7.5, so `{x || f}` is a selector.
//! - `<$t>` without a receiver reads the pins of the current space; `\\` also takes a list in `[ ]`, `( )` or `< >`.
//! - A time has two digits in each part; a fraction of a second has nine at most.
//!
//! Specification: `docs/specs/rhumb.md` §1, §2 and the sections on syntax of §3 to §5, `docs/specs/rulings.md`.
#![forbid(unsafe_code)]

pub mod compile;
pub mod diagnostics;
mod format;
mod highlight;
pub mod lex;
mod lint;
mod locale;
mod parse;
mod source;
pub mod tree;

pub use format::format;
pub use highlight::{Highlight, TokenClass, highlight};
pub use locale::{LOCALES, Locale};
pub use parse::{Completeness, MOST_ERRORS, Options, Parsed, parse};
pub use source::{NewlineKind, Source, TooLong};

/// How deeply brackets, prefix operators, right operands of right-grouping operators, assignments and arrow bodies may
/// be nested; deeper texts are refused with RH0005, so that no pass over the tree overflows the native stack.
pub const MAX_DEPTH: usize = 256;
