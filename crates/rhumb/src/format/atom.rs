//! What the formatter lays out: tokens, comments, and whole interpolated texts.

use crate::lex::{Bracket, Comment, CommentKind, Sign, Token, TokenKind};
use crate::tree::Span;

/// What an atom is, as far as layout goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum AtomKind {
    /// A label, literal, interpolated text.
    Operand,
    /// A sign.
    Sign(Sign),
    Open(Bracket),
    Close(Bracket),
    Semicolon,
    /// A comment that ends with its line.
    LineComment,
    BlockComment,
    /// A line end that ends an item.
    Newline,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Atom<'t> {
    pub kind: AtomKind,
    pub text: &'t str,
    /// Line ends between this atom and the one before it, up to two.
    pub breaks: u8,
    /// Of an opening bracket: its items stand on lines of their own.
    pub tall: bool,
}

pub(super) fn atoms<'t>(text: &'t str, tokens: &[Token], comments: &[Comment]) -> Vec<Atom<'t>> {
    let mut list = List {
        text,
        atoms: Vec::with_capacity(tokens.len() + comments.len()),
        end: 0,
    };
    let mut comments = comments.iter().peekable();
    // The interpolated texts that are open, and where the outermost began.
    let (mut texts, mut start) = (0usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        while let Some(comment) = comments.next_if(|comment| comment.after as usize <= index) {
            // A comment in the code of a text is part of that text.
            if texts == 0 {
                list.comment(comment);
            }
        }
        match token.kind {
            TokenKind::TextStart => {
                if texts == 0 {
                    start = token.span.start;
                }
                texts += 1;
            }
            TokenKind::TextEnd => {
                texts -= 1;
                if texts == 0 {
                    list.push(AtomKind::Operand, Span::new(start, token.span.end));
                }
            }
            _ if texts > 0 => {}
            // Where it stands does not matter: the breaks are counted between what is around it.
            TokenKind::Newline => list.atoms.push(Atom {
                kind: AtomKind::Newline,
                text: "",
                breaks: 0,
                tall: false,
            }),
            TokenKind::End => {}
            kind => list.push(kind_of(kind), token.span),
        }
    }
    for comment in comments {
        list.comment(comment);
    }
    mark_tall(&mut list.atoms);
    list.atoms
}

struct List<'t> {
    text: &'t str,
    atoms: Vec<Atom<'t>>,
    /// Where the last atom ended.
    end: usize,
}

impl List<'_> {
    fn comment(&mut self, comment: &Comment) {
        let kind = match comment.kind {
            CommentKind::Block => AtomKind::BlockComment,
            CommentKind::Line | CommentKind::Assertion | CommentKind::Inspection => {
                AtomKind::LineComment
            }
        };
        self.push(kind, comment.span);
    }

    fn push(&mut self, kind: AtomKind, span: Span) {
        let range = span.range();
        let between = self.text.get(self.end..range.start).unwrap_or("");
        let breaks = between
            .bytes()
            .filter(|&byte| byte == b'\n')
            .take(2)
            .count();
        self.end = range.end;
        let text = self.text.get(range).unwrap_or("");
        self.atoms.push(Atom {
            kind,
            // Blanks at the end of a comment's line are not part of what it says.
            text: if kind == AtomKind::LineComment {
                text.trim_end()
            } else {
                text
            },
            breaks: breaks as u8,
            tall: false,
        });
    }
}

const fn kind_of(kind: TokenKind) -> AtomKind {
    match kind {
        TokenKind::Sign(sign) => AtomKind::Sign(sign),
        TokenKind::Open(bracket) => AtomKind::Open(bracket),
        TokenKind::Close(bracket) => AtomKind::Close(bracket),
        TokenKind::Semicolon => AtomKind::Semicolon,
        _ => AtomKind::Operand,
    }
}

/// A bracket is tall if a line end or line comment stands directly in it, outside of inner brackets.
fn mark_tall(atoms: &mut [Atom<'_>]) {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut tall = Vec::new();
    for (index, atom) in atoms.iter().enumerate() {
        match atom.kind {
            AtomKind::Open(_) => open.push((index, false)),
            AtomKind::Close(_) => {
                if let Some((index, true)) = open.pop() {
                    tall.push(index);
                }
            }
            AtomKind::Newline | AtomKind::LineComment => {
                if let Some(innermost) = open.last_mut() {
                    innermost.1 = true;
                }
            }
            _ => {}
        }
    }
    for index in tall {
        if let Some(atom) = atoms.get_mut(index) {
            atom.tall = true;
        }
    }
}
