//! Types during inference: an arena of nodes with variables, unification, generalisation and display (docs/specs/fusabi.md §2.2).
//!
//! Types can be as deep and as shared as a program makes them, so nothing here recurses on the native stack without a limit, and
//! every walk marks what it saw: a type is treated as the graph that it is. Nodes that were unified become one, so two
//! graphs of `n` nodes take about `n` steps even if the trees that they stand for are exponential.
//!
//! Layout: `store.rs` nodes, variables, undoing; `numbers.rs` sets of numeric types; `unify.rs` unification; `scheme.rs`
//! generalisation and instantiation; `display.rs` text; `freeze.rs` the final types.

mod display;
mod freeze;
mod numbers;
mod scheme;
mod store;
mod unify;

pub use display::{Namer, show, show_pair};
pub use freeze::Freezer;
pub use numbers::NumberSet;
pub use scheme::{Rows, Scheme};
pub use store::{Mark, Node, Obligation, Ty, Types, Variable};
pub use unify::Mismatch;
