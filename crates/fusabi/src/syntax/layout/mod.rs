//! The layout rule (docs/specs/fusabi.md §1.3): columns become virtual tokens.
//!
//! In: the lexer's tokens. Out: the same tokens with [`Open`](crate::syntax::lex::TokenKind::Open),
//! [`Separator`](crate::syntax::lex::TokenKind::Separator) and [`Close`](crate::syntax::lex::TokenKind::Close) between them.
//! What holds for any text:
//! - every `Open` has its `Close`, and they nest properly with the brackets that are closed;
//! - a block stands behind `=` of a binding, type, module, member or record field, behind `->` of a lambda, rule or loop, and
//!   behind `then else do try finally`, on one line too; behind `return yield lazy <- :=` only if a deeper line follows;
//! - a block in brackets has no `Open` and no `Close`, its items are separated;
//! - `else if` on one line is `elif`.
//!
//! How: a stack of contexts, each with a column, as in F#'s own filter. A token that is first on its line ends the contexts
//! that it stands left of; `then`, `with`, `in`, `|`, closing brackets and their like end what stands between them and what they
//! belong to, on one line too. The stack is bounded by [`MOST_CONTEXTS`], and every token is looked at once for each context
//! it ends, so time is linear in the text.
//!
//! Layout: `context.rs` contexts and when they end, `signs.rs` what counts as an infix operator, `stage.rs` the loop.

mod context;
mod signs;
mod stage;

pub use stage::{Anchor, LaidOut, lay_out};

/// How many contexts may be open: more than [`crate::MAX_DEPTH`] nested expressions can need.
pub const MOST_CONTEXTS: usize = 2048;
