//! # fusabi: the language Fusabi
//!
//! From source text to a typed program: [`parse()`] reads a text and returns the [`tree`] with all errors and warnings,
//! [`format()`] lays a text out, [`check`](check::check) resolves names and infers types: it returns the tables of [`typed`] that
//! code is generated from. The signatures of the standard library stand in [`library`].
//!
//! **What this crate never does.** No text, however long, deep or odd, panics or overflows the native stack: what nests is
//! limited to [`MAX_DEPTH`], what does not is read by loops, and the tree is an arena. Time is linear in the text. It
//! prints nothing and reads no file.
//!
//! **Where to start reading.** `syntax/tree/expr.rs`, `pattern.rs`, `types.rs` and `decl.rs` say what a text can mean;
//! `syntax/layout/mod.rs` how columns become virtual tokens; `syntax/parse/mod.rs` how the parser works; `syntax/lex/mod.rs`
//! the tokens; `diagnostics.rs` what can be wrong. The sentences stand in `crates/diag/catalog/*/fusabi.cat`.
//! `cargo run -p fusabi --example fusabi_tree` prints the tree of a text. The programs of `spec/fusabi/` show every rule.
//!
//! **For those who build on the tree** (names, types, patterns, code):
//! - Every expression, pattern, type and declaration has an id. Ids count from 0 without gaps, so what a pass finds out about
//!   nodes goes into a `Vec` with [`Tree::expr_count`](tree::Tree::expr_count), `pattern_count` … rows, indexed by
//!   `id.index()`; nothing is written into the tree. An inferred type belongs to an [`ExprId`](tree::ExprId) or
//!   [`PatternId`](tree::PatternId); a [`TypeId`](tree::TypeId) is a type as it was *written*.
//! - Every place that binds a name is a pattern of its own: variables, parameters, loop variables, the names of functions and
//!   members ([`Binding::pattern`](tree::Binding::pattern)), `this`. A use is an [`Expr::Name`](tree::Expr::Name), so name
//!   resolution maps `ExprId` to `PatternId` or to what an outer module has.
//! - Children stand before their parents in each arena. Places are byte ranges of [`Parsed::source`]: `span`, `pattern_span`,
//!   `type_span`, `decl_span`; names inside of nodes carry their own ([`Name`](tree::Name)).
//! - Left operands, callees and targets form spines that can be as long as the text; walk them with
//!   [`Tree::left_spine`](tree::Tree::left_spine). Everything else nests at most [`MAX_DEPTH`] levels, in types and
//!   patterns times [`MOST_SUFFIXES`], so a pass may recurse on it.
//! - Nothing is resolved here. [`Pattern::Name`](tree::Pattern::Name) is a constructor if one of that name is in scope. A
//!   binding with parameters, `let Some x = …`, is a pattern if its name is a constructor's. `A.B.x` is a chain of fields
//!   ([`Tree::path_of`](tree::Tree::path_of)). `Circle(r)` is a call with a parenthesised argument. `type T = A` is an
//!   abbreviation until `A` is known to be no type. An operator is a symbol like any name, so one that a program defines is
//!   found like any name.
//! - What E3, E5 and E7 of the specification tell apart by its form is kept: [`Expr::Paren`](tree::Expr::Paren), whether an
//!   application has a blank, whether an index has a dot.
//! - Format strings are ordinary constants; [`tree::parse_format`] reads them when the type of a parameter asks for it. In
//!   interpolated strings they are read already ([`Piece::Hole`](tree::Piece::Hole)).
//! - A tree of a text with errors holds `Error` nodes where something could not be read: they have any type, and nothing is to
//!   be said about them.
//!
//! **Decisions where the specification leaves room** (see also `docs/specs/rulings.md`):
//! - `as` in patterns binds loosest and `,` looser than `&`, as in F#; §1.15 has them the other way round.
//! - `-f x` is `-(f x)` as in F#, `!r x` is `(!r) x`; constants and collections take no arguments.
//! - Behind `then`, `else`, `->` and `=` stands a block on one line too: `if c then a; b` does both or none.
//! - `e { … }` without fields is a computation whose builder is the name, path or call right before the brace, else the whole
//!   application.
//! - `break` and `continue` are statements where nothing else stands in the statement and no such name was bound before.
//! - The one class that is read is what a user's builder needs: `type T(…) =` with members only.
//! - A unit such as `float<m>` with one name reads as a type argument; nothing needs to tell them apart, both are erased.
//!
//! Specification: `docs/specs/fusabi.md` §1, `docs/specs/rulings.md`.
#![forbid(unsafe_code)]

pub mod check;
pub mod diagnostics;
mod format;
mod header;
mod id_map;
pub mod library;
mod lower;
mod options;
mod source;
pub mod syntax;
pub mod typed;
pub mod types;

pub use format::format;
pub use header::metadata;
pub use lower::{CompileOptions, compile};
pub use options::Options;
pub use source::{NewlineKind, Source, TooLong};
pub use syntax::lex;
pub use syntax::parse::{Completeness, Parsed, parse};
pub use syntax::tree;

/// How deeply brackets, blocks, prefix operators, right operands of right-grouping operators, patterns and types may be
/// nested; deeper texts are refused with FB0005, so that no pass over the tree overflows the native stack.
pub const MAX_DEPTH: usize = 256;

/// How many suffixes a type (`int list list`) and how many `as` a pattern may have; each level of [`MAX_DEPTH`] can have them.
pub const MOST_SUFFIXES: usize = 8;
