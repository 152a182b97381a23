//! Blanks between two tokens on one line.

use crate::syntax::lex::{Punct as P, Token, TokenKind as T};
use crate::syntax::tree::{Symbol, Tree};

/// Whether a blank stands between two tokens; `gap` says whether one was there. Where a blank means something, as before
/// brackets and operators, it stays what it was.
pub(super) fn blank(tree: &Tree, left: &Token, right: &Token, gap: bool) -> bool {
    match (left.kind, right.kind) {
        (T::InterpolatedStart(_) | T::InterpolatedMiddle(_), _) => false,
        (
            _,
            T::InterpolatedMiddle(_)
            | T::InterpolatedEnd(_)
            | T::HoleAlignment(_)
            | T::HoleFormat(_),
        ) => false,
        (T::Punct(P::Comma | P::Semicolon), T::Punct(closer)) if closer.is_closer() => gap,
        (T::Punct(P::Comma), T::Punct(P::Comma)) => false,
        (_, T::Punct(P::Comma | P::Semicolon)) => false,
        (T::Punct(P::Comma | P::Semicolon), _) => true,
        // `( *)` must not become a comment, nor `( |` an active pattern.
        (T::Punct(P::ParenOpen), T::Operator(_) | T::Punct(P::Bar)) => gap,
        (T::Operator(_) | T::Punct(P::Bar), T::Punct(P::ParenClose)) => gap,
        (T::Punct(P::ParenOpen), _) | (_, T::Punct(P::ParenClose)) => false,
        (T::Punct(P::Dot), _) | (_, T::Punct(P::Dot)) => false,
        (T::Punct(P::Colon), T::Punct(P::Colon)) => gap,
        (T::Punct(P::Colon), _) => true,
        _ => gap || wants_blanks(tree, left.kind) || wants_blanks(tree, right.kind),
    }
}

/// Signs that always have blanks around them; those that can stand before an operand, or in types and units, do not.
fn wants_blanks(tree: &Tree, kind: T) -> bool {
    match kind {
        T::Punct(P::Equals | P::Arrow | P::Assign) => true,
        T::Operator(symbol) => {
            symbol == Symbol::ASSIGN
                || symbol == Symbol::OR
                || symbol == Symbol::CONS
                || (tree.text(symbol).ends_with("|>") && tree.text(symbol).starts_with('|'))
        }
        _ => false,
    }
}
