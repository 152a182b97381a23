//! Lines and their columns.

use super::spacing::blank;
use crate::syntax::layout::Anchor;
use crate::syntax::lex::{Comment, CommentKind, Token, TokenKind};
use crate::syntax::parse::Parsed;
use crate::syntax::tree::Span;

/// How far a body is indented.
const STEP: u32 = 4;

/// A token or a comment.
#[derive(Clone, Copy)]
enum Piece {
    /// Its index.
    Token(usize, Token),
    Comment(Comment),
}

impl Piece {
    const fn span(&self) -> Span {
        match self {
            Self::Token(_, token) => token.span,
            Self::Comment(comment) => comment.span,
        }
    }

    const fn first(&self) -> bool {
        match self {
            Self::Token(_, token) => token.first,
            Self::Comment(comment) => comment.first,
        }
    }
}

/// Lays a text without errors out once.
pub(super) fn lay_out(parsed: &Parsed) -> String {
    let text = parsed.source.text();
    let pieces = pieces(parsed);
    let mut writer = Writer {
        parsed,
        text,
        out: String::with_capacity(text.len() + text.len() / 8),
        columns: vec![0; parsed.tokens.len()],
        lines: vec![0; parsed.tokens.len()],
        anchors: parsed.anchors.iter(),
        line_start: 0,
        counted: (0, 0),
        line: 0,
        old: (0, 0),
        waiting: Vec::new(),
    };
    let mut before: Option<Piece> = None;
    for piece in &pieces {
        writer.piece(before.as_ref(), piece);
        before = Some(*piece);
    }
    writer.finish();
    writer.out
}

fn pieces(parsed: &Parsed) -> Vec<Piece> {
    let mut comments = parsed.comments.iter().copied().peekable();
    let mut pieces = Vec::with_capacity(parsed.tokens.len() + parsed.comments.len());
    for (index, token) in parsed.tokens.iter().enumerate() {
        while let Some(comment) = comments
            .next_if(|comment| comment.span.start < token.span.end.max(token.span.start + 1))
        {
            pieces.push(Piece::Comment(comment));
        }
        if token.kind != TokenKind::End {
            pieces.push(Piece::Token(index, *token));
        }
    }
    pieces.extend(comments.map(Piece::Comment));
    pieces
}

struct Writer<'p> {
    parsed: &'p Parsed,
    text: &'p str,
    out: String,
    /// New column of each token that was written.
    columns: Vec<u32>,
    /// The token that is first on the line of each.
    lines: Vec<usize>,
    anchors: std::slice::Iter<'p, (usize, Anchor)>,
    /// Where the line begins in the output.
    line_start: usize,
    /// A place in the output on this line and its column.
    counted: (usize, u32),
    /// The token that is first on this line.
    line: usize,
    /// Old and new column of the last line that begins with a token.
    old: (u32, u32),
    /// Comments on lines of their own whose column depends on the line behind them.
    waiting: Vec<(Comment, bool)>,
}

impl Writer<'_> {
    fn source(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn column(&mut self) -> u32 {
        let (from, before) = if self.counted.0 >= self.line_start {
            self.counted
        } else {
            (self.line_start, 0)
        };
        let column = before + self.out.get(from..).unwrap_or("").chars().count() as u32;
        self.counted = (self.out.len(), column);
        column
    }

    fn write(&mut self, span: Span) {
        let start = self.out.len();
        let text = self.text.get(span.range()).unwrap_or("");
        self.out.push_str(text);
        if let Some(newline) = text.rfind('\n') {
            self.line_start = start + newline + 1;
        }
    }

    /// Begins a line, behind a blank one if there was one.
    fn begin_line(&mut self, blank_line: bool, column: u32) {
        if !self.out.is_empty() {
            while self.out.ends_with(' ') {
                self.out.pop();
            }
            self.out.push_str(if blank_line { "\n\n" } else { "\n" });
        }
        self.line_start = self.out.len();
        self.out.extend(std::iter::repeat_n(' ', column as usize));
    }

    fn piece(&mut self, before: Option<&Piece>, piece: &Piece) {
        let between = Span::new(
            before.map_or(0, |piece| piece.span().end),
            piece.span().start,
        );
        let between = self.source(between);
        let (blank_line, gap) = (between.matches('\n').count() > 1, !between.is_empty());
        match piece {
            Piece::Comment(comment) if comment.first => {
                if comment.kind == CommentKind::Conditional {
                    let column = self.old_column(comment.span);
                    self.flush(None);
                    self.begin_line(blank_line, column);
                    self.write(comment.span);
                } else {
                    self.waiting.push((*comment, blank_line));
                }
            }
            Piece::Comment(comment) => {
                if gap && !self.out.is_empty() && self.waiting.is_empty() {
                    self.out.push(' ');
                }
                if let Some((last, _)) = self.waiting.last_mut() {
                    // Behind another comment on a line of comments: one piece.
                    last.span.end = comment.span.end;
                } else {
                    self.write(comment.span);
                }
            }
            Piece::Token(index, token) => self.token(before, *index, token, blank_line, gap),
        }
    }

    fn token(
        &mut self,
        before: Option<&Piece>,
        index: usize,
        token: &Token,
        blank_line: bool,
        gap: bool,
    ) {
        // A token behind a comment that begins the line is first on it, too.
        let starts = token.first && !before.is_some_and(|piece| matches!(piece, Piece::Comment(comment) if comment.kind == CommentKind::Block && piece.first() && !self.broken(comment.span, token.span)));
        if token.first {
            let column = self.new_column(index, token);
            if starts {
                self.flush(Some((token.column, column)));
                self.begin_line(blank_line, column);
            } else {
                // The comment takes the columns before the token as far as there are any.
                self.flush(Some((token.column, column)));
                self.out.push(' ');
            }
            self.line = index;
            self.old = (token.column, column);
        } else {
            let space = match before {
                Some(Piece::Token(_, left)) => blank(&self.parsed.tree, left, token, gap),
                _ => gap,
            };
            if space {
                self.out.push(' ');
            }
        }
        let column = self.column();
        if let (Some(known), Some(line)) = (self.columns.get_mut(index), self.lines.get_mut(index))
        {
            *known = column;
            *line = self.line;
        }
        self.write(token.span);
    }

    fn broken(&self, left: Span, right: Span) -> bool {
        self.source(Span::new(left.end, right.start)).contains('\n')
    }

    fn new_column(&mut self, index: usize, token: &Token) -> u32 {
        let anchor = loop {
            match self.anchors.as_slice().first() {
                Some(&(at, _)) if at < index => {
                    self.anchors.next();
                }
                Some(&(at, anchor)) if at == index => break Some(anchor),
                _ => break None,
            }
        };
        let column = |token: usize| self.columns.get(token).copied().unwrap_or(0);
        let line = |token: usize| column(self.lines.get(token).copied().unwrap_or(0));
        match anchor {
            None => token.column,
            Some(Anchor::Token(at, _)) if at == index => 0,
            Some(Anchor::Token(at, offset)) => {
                u32::try_from(i64::from(column(at)) + offset).unwrap_or(0)
            }
            Some(Anchor::Body(at)) => column(at) + STEP,
            Some(Anchor::BodyOfLine(at)) => line(at) + STEP,
            Some(Anchor::Bar(at, deeper)) => line(at) + if deeper { STEP } else { 0 },
            Some(Anchor::Line(at)) => line(at),
        }
    }

    fn old_column(&self, span: Span) -> u32 {
        let before = self.text.get(..span.start as usize).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        before.get(line..).unwrap_or("").chars().count() as u32
    }

    /// Writes the comments that wait: each at the column of the line before or behind it, whichever it stood nearer to.
    fn flush(&mut self, next: Option<(u32, u32)>) {
        for (comment, blank_line) in std::mem::take(&mut self.waiting) {
            let old = self.old_column(comment.span);
            let column = match next {
                Some((behind, column)) if behind.abs_diff(old) <= self.old.0.abs_diff(old) => {
                    column
                }
                _ if next.is_none() && old == 0 => 0,
                _ => self.old.1,
            };
            self.begin_line(blank_line, column);
            self.write(comment.span);
        }
    }

    fn finish(&mut self) {
        self.flush(None);
        while self.out.ends_with([' ', '\n']) {
            self.out.pop();
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}
