//! What the layout rule wants to know about a token.

use crate::syntax::lex::{Keyword as K, Punct as P, Token, TokenKind as T};
use crate::syntax::tree::Symbol;

/// Whether a token stands between two operands here. An operator that can stand before its operand does so if a blank stands
/// before it and none behind it.
pub(super) fn is_infix(token: &Token, next: Option<&Token>) -> bool {
    match token.kind {
        T::Operator(symbol) => {
            let prefix = symbol == Symbol::MINUS || symbol == Symbol::PLUS || symbol == Symbol::AMP;
            let only_prefix = symbol == Symbol::BANG || symbol == Symbol::TILDE3;
            let touches = next.is_some_and(|next| next.span.start == token.span.end);
            !(only_prefix || (prefix && touches))
        }
        T::Punct(P::Comma | P::Equals | P::Upcast | P::Downcast | P::TypeTest | P::Assign) => true,
        _ => false,
    }
}

/// How many columns to the left of a block an infix operator may stand.
pub(super) const fn grace(token: &Token) -> u32 {
    token.span.end - token.span.start + 1
}

/// Whether a token goes on with what stands before it, so that it begins no statement at the column of one.
pub(super) fn is_continuator(token: &Token, next: Option<&Token>) -> bool {
    match token.kind {
        T::Keyword(word) => matches!(
            word,
            K::Then
                | K::Else
                | K::Elif
                | K::With
                | K::In
                | K::And
                | K::AndBang
                | K::Done
                | K::End
                | K::Of
                | K::Finally
        ),
        T::Punct(punct) => {
            punct.is_closer() || matches!(punct, P::Arrow | P::Bar) || is_infix(token, next)
        }
        T::InterpolatedMiddle(_)
        | T::InterpolatedEnd(_)
        | T::HoleAlignment(_)
        | T::HoleFormat(_)
        | T::End => true,
        _ => is_infix(token, next),
    }
}

/// Whether a word begins a declaration and nothing else at the column of declarations.
pub(super) const fn begins_declaration(token: &Token) -> bool {
    matches!(
        token.kind,
        T::Keyword(K::Let | K::Type | K::Module | K::Open | K::Namespace | K::Exception)
            | T::Punct(P::AttributeOpen)
    )
}
