//! The contexts of the layout rule and when a token ends them.

use super::signs::{grace, is_infix};
use crate::syntax::lex::{Keyword as K, Punct as P, Token, TokenKind as T};

/// A context: something that was begun at a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub kind: Kind,
    pub column: u32,
    /// Index of the token that opened a bracket, in the output.
    pub opener: usize,
    /// Index of the token that it began at.
    pub token: usize,
}

/// What was begun.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    /// A block of statements, declarations, elements or fields.
    Block(Block),
    /// A bracket; the block in it stands on top of it.
    Bracket(Closer),
    /// `let`, `use`, `member` and the like; the head is read up to `=`.
    Let { head: bool },
    /// `type`
    Type { head: bool },
    /// `module`
    Module { head: bool },
    /// `if`
    If(Stage),
    /// `match`, up to `with`.
    Match { head: bool },
    /// `try`
    Try { head: bool },
    /// The rules of `match`, `try` or `function`.
    Rules { leading_bar: bool },
    /// `fun`; the column is that of the first token of its line.
    Fun { head: bool },
    /// `for` and `while`, up to `do`.
    Loop { head: bool },
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Block {
    /// Index of its first token.
    pub start: usize,
    /// Begins and ends with a virtual token; blocks in brackets do not.
    pub emits: bool,
    /// Only a bracket ends it, no column.
    pub bracketed: bool,
    /// Of declarations.
    pub decls: bool,
    /// Of the fields of a record: `=` begins a value.
    pub fields: bool,
    /// The value of a field: `;` ends it.
    pub value: bool,
}

/// How far an `if` was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    Condition,
    Then,
    Else,
}

/// What closes a bracket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Closer {
    Sign(P),
    /// `end`
    End,
    /// `}` of a hole.
    Hole,
}

impl Closer {
    /// A number for each, to count them by.
    pub const fn index(self) -> usize {
        match self {
            Self::Sign(P::ParenClose) => 0,
            Self::Sign(P::ListClose) => 1,
            Self::Sign(P::ArrayClose) => 2,
            Self::Sign(P::BraceClose) => 3,
            Self::Sign(P::RecordClose) => 4,
            Self::Sign(_) => 5,
            Self::End => 6,
            Self::Hole => 7,
        }
    }

    pub const COUNT: usize = 8;

    /// What a token closes.
    pub const fn of(token: T) -> Option<Self> {
        match token {
            T::Punct(punct) if punct.is_closer() => Some(Self::Sign(punct)),
            T::Keyword(K::End) => Some(Self::End),
            T::InterpolatedMiddle(_) | T::InterpolatedEnd(_) => Some(Self::Hole),
            _ => None,
        }
    }

    /// What closes the bracket that a token opens.
    pub fn opened_by(token: T) -> Option<Self> {
        match token {
            T::Punct(punct) => punct.closer().map(Self::Sign),
            T::Keyword(K::Begin) => Some(Self::End),
            T::InterpolatedStart(_) => Some(Self::Hole),
            _ => None,
        }
    }
}

impl Context {
    /// Whether a token that is first on its line ends this context, which is no block.
    pub fn ends_at(self, token: &Token) -> bool {
        let goes_on = match (self.kind, token.kind) {
            (Kind::Let { .. }, T::Keyword(K::And | K::AndBang | K::In))
            | (Kind::Type { .. }, T::Keyword(K::And | K::With) | T::Punct(P::Bar))
            | (Kind::If(_), T::Keyword(K::Then | K::Else | K::Elif))
            | (Kind::Match { .. }, T::Keyword(K::With))
            | (Kind::Try { .. }, T::Keyword(K::With | K::Finally))
            | (Kind::Loop { .. }, T::Keyword(K::Do | K::Done | K::In)) => true,
            (Kind::Rules { leading_bar }, T::Punct(P::Bar)) => {
                let grace = if leading_bar { 0 } else { 2 };
                return token.column + grace < self.column;
            }
            (Kind::Bracket(_), _) => return false,
            _ => false,
        };
        if goes_on {
            token.column < self.column
        } else {
            token.column <= self.column
        }
    }
}

/// Whether a token that is first on its line ends the block on top of `below`.
pub(super) fn block_ends_at(
    block: &Block,
    column: u32,
    below: &Context,
    token: &Token,
    next: Option<&Token>,
    after_infix: bool,
) -> bool {
    if block.bracketed {
        return false;
    }
    let infix = is_infix(token, next);
    match below.kind {
        Kind::Block(_) if !infix && token.column <= below.column => return true,
        Kind::Block(_) => {}
        _ if below.ends_at(token) => return true,
        _ => {}
    }
    // What follows an operator at a line end may stand anywhere to the right of what began the block.
    if after_infix {
        return false;
    }
    let grace = if infix { grace(token) } else { 0 };
    token.column + grace < column
}
