//! What to colour how: the text as pieces with classes, for prompts and editors.

use crate::lex::{CommentKind, Literal, Sign, TokenKind, lex};
use crate::locale::Locale;
use crate::tree::Span;

/// What a piece of text is to the eye.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenClass {
    /// A comment.
    Comment,
    /// `%= …` or `%? …` behind an expression.
    Meta,
    /// A number or version.
    Number,
    /// A date, time or duration.
    Date,
    /// A text, without what it interpolates.
    Text,
    /// `$name`, `$(` and `)` in a text.
    Interpolation,
    /// A label.
    Label,
    /// A label behind `\` or `@`, a hook label, or a pattern of names.
    Field,
    /// A topic and its sign.
    Event,
    /// A truth word or `___`.
    Constant,
    /// `_`, `*`, `!`, `$N` or `?N`.
    Placeholder,
    /// `` `name ``
    Key,
    /// A library literal.
    Library,
    /// An operator or another sign.
    Operator,
    /// A bracket, `;`, `<$>`, `<|>`.
    Bracket,
    /// What is no token.
    Bad,
}

/// A piece of text with its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Highlight {
    /// Which bytes of the text that was given; never empty, in order, without overlap.
    pub span: Span,
    /// How to show them.
    pub class: TokenClass,
}

/// Classifies a text as it is, right or wrong; blanks and line ends are left out.
///
/// The text is not normalised, so that the places fit what is on the screen. Only its first 4 GiB are looked at.
#[must_use]
pub fn highlight(text: &str, locale: Locale) -> Vec<Highlight> {
    let mut end = text.len().min(u32::MAX as usize);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lexed = lex(text.get(..end).unwrap_or(""));
    let mut pieces = Vec::with_capacity(lexed.tokens.len() + lexed.comments.len());
    let mut before = TokenKind::Newline;
    for token in &lexed.tokens {
        let class = match token.kind {
            TokenKind::Newline | TokenKind::End => None,
            TokenKind::Label(label) => Some(match before {
                TokenKind::Sign(Sign::Backslash | Sign::BackslashBackslash | Sign::At) => {
                    TokenClass::Field
                }
                TokenKind::Sign(Sign::Hash | Sign::Caret | Sign::Dollar) => TokenClass::Event,
                _ if locale.truth(lexed.labels.text(label)).is_some() => TokenClass::Constant,
                _ => TokenClass::Label,
            }),
            TokenKind::Literal(index) => lexed.literals.get(index as usize).map(literal_class),
            kind => Some(class(kind)),
        };
        if let Some(class) = class.filter(|_| token.span.end > token.span.start) {
            pieces.push(Highlight {
                span: token.span,
                class,
            });
        }
        before = token.kind;
    }
    pieces.extend(lexed.comments.iter().map(|comment| Highlight {
        span: comment.span,
        class: match comment.kind {
            CommentKind::Line | CommentKind::Block => TokenClass::Comment,
            CommentKind::Assertion | CommentKind::Inspection => TokenClass::Meta,
        },
    }));
    pieces.sort_by_key(|piece| piece.span);
    pieces
}

const fn literal_class(literal: &Literal) -> TokenClass {
    match literal {
        Literal::Number(_) | Literal::Version(_) => TokenClass::Number,
        Literal::Date(_) | Literal::Duration(_) => TokenClass::Date,
        Literal::Text(_) => TokenClass::Text,
        Literal::Library(_) => TokenClass::Library,
    }
}

const fn class(kind: TokenKind) -> TokenClass {
    match kind {
        TokenKind::Open(_) | TokenKind::Close(_) | TokenKind::Semicolon => TokenClass::Bracket,
        TokenKind::Sign(sign) => match sign {
            Sign::Empty => TokenClass::Constant,
            Sign::Underscore | Sign::Star | Sign::Bang => TokenClass::Placeholder,
            Sign::ChildRealm | Sign::DetachedRealm => TokenClass::Bracket,
            Sign::Hash | Sign::Caret | Sign::Dollar => TokenClass::Event,
            _ => TokenClass::Operator,
        },
        TokenKind::Hook(_) | TokenKind::Wildcard(_) => TokenClass::Field,
        TokenKind::Key(_) => TokenClass::Key,
        TokenKind::Argument(_) => TokenClass::Placeholder,
        TokenKind::TextStart | TokenKind::TextPiece(_) | TokenKind::TextEnd => TokenClass::Text,
        TokenKind::TextName(_) | TokenKind::TextCode(_) | TokenKind::TextCodeEnd(_) => {
            TokenClass::Interpolation
        }
        TokenKind::Label(_) => TokenClass::Label,
        TokenKind::Literal(_) | TokenKind::Newline | TokenKind::End | TokenKind::Bad => {
            TokenClass::Bad
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class() {
        use TokenClass::*;
        let text =
            "x := 1 % c\nm\\f#t(yes; ___; _; $1) %= 2\n\"a $b $(c)\" `k 2025/01/01 {!|m|1.-} €";
        let shown: Vec<_> = highlight(text, Locale::default())
            .into_iter()
            .map(|piece| (&text[piece.span.range()], piece.class))
            .collect();
        assert_eq!(
            shown,
            [
                ("x", Label),
                (":=", Operator),
                ("1", Number),
                ("% c", Comment),
                ("m", Label),
                ("\\", Operator),
                ("f", Field),
                ("#", Event),
                ("t", Event),
                ("(", Bracket),
                ("yes", Constant),
                (";", Bracket),
                ("___", Constant),
                (";", Bracket),
                ("_", Placeholder),
                (";", Bracket),
                ("$1", Placeholder),
                (")", Bracket),
                ("%= 2", Meta),
                ("\"", Text),
                ("a ", Text),
                ("$b", Interpolation),
                (" ", Text),
                ("$(", Interpolation),
                ("c", Label),
                (")", Interpolation),
                ("\"", Text),
                ("`k", Key),
                ("2025/01/01", Date),
                ("{!|m|1.-}", Library),
                ("€", Bad),
            ]
        );
    }
}
