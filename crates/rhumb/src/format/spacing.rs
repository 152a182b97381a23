//! Blanks between two atoms of one line.

use super::atom::{Atom, AtomKind};
use crate::lex::{Bracket, Sign, TokenKind, lex};

/// So many atoms without blanks between them are looked at together: signs that stand together may make a longer one, and
/// `_`, signs and `_` a hook label.
const WINDOW: usize = 8;

/// Whether a blank looks right between the two.
pub(super) fn wants_space(before: &Atom<'_>, after: &Atom<'_>) -> bool {
    use AtomKind::{BlockComment, Close, LineComment, Open, Semicolon, Sign as S};
    match (before.kind, after.kind) {
        (Open(Bracket::Curly), Close(_)) => false,
        (BlockComment | LineComment, _) | (_, BlockComment | LineComment) => true,
        (Open(Bracket::Curly), _) | (_, Close(Bracket::Curly)) => true,
        (Open(_), _) | (_, Close(_) | Semicolon) => false,
        (Semicolon, _) => true,
        (S(Sign::Bar), next) | (next, S(Sign::Bar)) => next == S(Sign::Underscore),
        (S(sign), _) if sign.continues_after() => true,
        (_, S(sign)) if sign.continues_after() => true,
        (S(sign), _) if binds_after(sign) => false,
        (_, S(sign)) => !binds_before(sign),
        (_, Open(bracket)) => bracket == Bracket::Curly,
        _ => true,
    }
}

/// Signs that belong to what follows them.
const fn binds_after(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::Question
            | Sign::Dot
            | Sign::Colon
            | Sign::Plus
            | Sign::Minus
            | Sign::Equal
            | Sign::Tilde
            | Sign::Amp
            | Sign::Hash
            | Sign::Caret
            | Sign::Dollar
            | Sign::At
            | Sign::Backslash
            | Sign::BackslashBackslash
            | Sign::Less
    )
}

/// Signs that go on with what stands before them.
const fn binds_before(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::Hash
            | Sign::Caret
            | Sign::Dollar
            | Sign::At
            | Sign::Backslash
            | Sign::BackslashBackslash
            | Sign::Greater
    )
}

/// The atoms at the end of a line that have no blanks between them.
#[derive(Default)]
pub(super) struct Run<'t> {
    texts: Vec<&'t str>,
}

impl<'t> Run<'t> {
    /// Begins anew behind a blank or line break.
    pub fn start(&mut self, atom: &Atom<'t>) {
        self.texts.clear();
        self.texts.push(atom.text);
    }

    /// Adds an atom if that leaves all of them the tokens that they are.
    pub fn glue(&mut self, atom: &Atom<'t>) -> bool {
        if self.texts.len() == WINDOW {
            self.texts.remove(0);
            // What a token is may depend on the one before it (`*.e` behind a backslash).
            while !keep_apart(&self.texts) {
                self.texts.remove(0);
            }
        }
        self.texts.push(atom.text);
        let kept = keep_apart(&self.texts);
        if !kept {
            self.texts.pop();
        }
        kept
    }
}

/// Do atoms without blanks between them stay the tokens that they are?
fn keep_apart(texts: &[&str]) -> bool {
    let together = lex(&texts.concat());
    let mut at = 0;
    together.errors.is_empty()
        && texts.iter().all(|text| {
            let (start, end) = (at, at + text.len());
            at = end;
            // Of an interpolated text, only its ends matter.
            let bounds = |token: &&crate::lex::Token| token.span.start as usize == start;
            together.tokens.iter().find(bounds).is_some_and(|token| {
                token.span.end as usize == end || token.kind == TokenKind::TextStart
            })
        })
}
