//! Tokens, errors, recovery and depth.

use std::collections::{BTreeMap, HashMap};

use crate::MAX_DEPTH;
use crate::diagnostics::{Expected, Found, SyntaxError, SyntaxErrorKind as Kind};
use crate::lex::{Bracket, Comment, CommentKind, Lexed, Literal, Sign, Token, TokenKind};
use crate::locale::Locale;
use crate::tree::{Expr, ExprId, LabelId, Meta, MetaKind, Span, Tree};

/// Most errors of a text that are kept: more help nobody.
pub const MOST_ERRORS: usize = 100;

/// What of a text an error shows, in characters.
const LONGEST_FOUND: usize = 24;

pub(super) struct Parser<'t> {
    pub text: &'t str,
    tokens: Vec<Token>,
    literals: Vec<Literal>,
    comments: Vec<Comment>,
    pub tree: Tree,
    pub locale: Locale,
    /// Index of the next token.
    at: usize,
    /// Index of the first comment that does not stand before the next token.
    comment: usize,
    depth: usize,
    /// The text was too deep: what is missing from there on says nothing.
    given_up: bool,
    errors: Vec<SyntaxError>,
    /// Token at which the last error was reported: one error per place.
    last_error: Option<usize>,
    /// It is known why the text ends too early.
    end_explained: bool,
    /// Brackets that are open, outermost first.
    open: Vec<(TokenKind, Span)>,
    /// `..` and `::` are no assignments here: inside `[ ]`, `{ }` and arguments (§2.2).
    pub fields: bool,
    /// Errors that hold unless the expression turns out to be part of a name, a pattern or a negative number.
    pub unless_consumed: BTreeMap<ExprId, Kind>,
    /// `@s[…]`: the expression that stands for it, its name and its map.
    pub subfield_patterns: HashMap<ExprId, (LabelId, ExprId)>,
}

type Run = (Tree, Vec<SyntaxError>, Vec<Token>, Vec<Comment>);

impl<'t> Parser<'t> {
    pub fn run(text: &'t str, lexed: Lexed, locale: Locale) -> Run {
        let mut parser = Parser {
            text,
            tree: Tree::with_labels(lexed.labels),
            tokens: lexed.tokens,
            literals: lexed.literals,
            comments: lexed.comments,
            locale,
            at: 0,
            comment: 0,
            depth: 0,
            given_up: false,
            errors: Vec::new(),
            last_error: None,
            end_explained: false,
            open: Vec::new(),
            fields: false,
            unless_consumed: BTreeMap::new(),
            subfield_patterns: HashMap::new(),
        };
        // A text or comment that is not closed explains whatever is missing at the end.
        if lexed.errors.iter().any(SyntaxError::is_incomplete) {
            parser.end_explained = true;
        }
        let statements = parser.document();
        parser.tree.set_statements(statements);
        parser.errors.extend(lexed.errors);
        if parser.given_up {
            parser.unless_consumed.clear();
        }
        let spans = parser.unless_consumed.into_iter().map(|(id, kind)| {
            let span = parser.tree.span(id);
            SyntaxError::new(kind, span)
        });
        parser.errors.extend(spans);
        parser.errors.sort_by_key(|error| error.span);
        parser.errors.truncate(MOST_ERRORS);
        (parser.tree, parser.errors, parser.tokens, parser.comments)
    }

    // Tokens.

    pub fn token(&self) -> Token {
        self.token_at(0)
    }

    /// The token that many places on; the last one is [`TokenKind::End`] and repeats.
    pub fn token_at(&self, ahead: usize) -> Token {
        let last = || self.tokens.last().copied();
        let token = self.tokens.get(self.at + ahead).copied().or_else(last);
        token.unwrap_or(Token {
            kind: TokenKind::End,
            span: Span::default(),
        })
    }

    pub fn kind(&self) -> TokenKind {
        self.token().kind
    }

    pub fn sign(&self) -> Option<Sign> {
        match self.kind() {
            TokenKind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    pub fn advance(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    pub fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.advance();
        }
        found
    }

    pub fn skip_newlines(&mut self) {
        while self.eat(TokenKind::Newline) {}
    }

    /// What a literal token carries.
    pub fn literal(&self, index: u32) -> Option<Literal> {
        self.literals.get(index as usize).cloned()
    }

    /// Where the next token begins.
    pub fn here(&self) -> Span {
        self.token().span
    }

    /// From there to the end of the last token.
    pub fn since(&self, start: Span) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        match before {
            Some(token) if token.span.end >= start.start => start.to(token.span),
            _ => Span::new(start.start, start.start),
        }
    }

    pub fn source(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    // Errors.

    fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// An error about a place; it does not disturb the reading.
    pub fn error(&mut self, kind: Kind, span: Span) {
        self.report(SyntaxError::new(kind, span));
    }

    /// An error about the next token, unless one was reported there.
    fn error_here(&mut self, kind: Kind, opened: Option<Span>) {
        if self.explained() {
            return;
        }
        self.explain();
        let span = self.here();
        self.report(SyntaxError {
            opened,
            ..SyntaxError::new(kind, span)
        });
    }

    /// Whether an error was reported at the next token.
    fn explained(&self) -> bool {
        self.last_error == Some(self.at) || (self.end_explained && self.kind() == TokenKind::End)
    }

    /// Remembers that an error was reported at the next token.
    fn explain(&mut self) {
        self.last_error = Some(self.at);
        self.end_explained |= self.kind() == TokenKind::End;
    }

    fn found(&self) -> Found {
        let token = self.token();
        match token.kind {
            TokenKind::End => Found::End,
            TokenKind::Newline => Found::Newline,
            _ => {
                let text = self.source(token.span);
                let mut shown: String = text.chars().take(LONGEST_FOUND).collect();
                if shown.len() < text.len() {
                    shown.push('…');
                }
                Found::Text(shown)
            }
        }
    }

    pub fn expected(&mut self, expected: Expected) {
        let found = self.found();
        // A token that is none was reported by the lexer.
        if self.kind() != TokenKind::Bad {
            let opened = self.open.last().map(|open| open.1);
            let opened = opened.filter(|_| !matches!(expected, Expected::Operand(_)));
            self.error_here(Kind::Expected(expected, found), opened);
        }
    }

    /// An expression was expected here; says after which operator.
    pub fn expected_expression(&mut self) {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let expected = match before.map(|token| token.kind) {
            Some(TokenKind::Sign(sign)) if sign != Sign::Less => Expected::Operand(sign.text()),
            _ => Expected::Expression,
        };
        self.expected(expected);
    }

    pub fn bad(&mut self, span: Span) -> ExprId {
        self.tree.add(Expr::Error, span)
    }

    // Depth.

    /// Runs a part one level deeper. Past the limit it reports so, and the rest of the text is given up.
    pub fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.error_here(Kind::TooDeep, None);
            self.given_up = true;
            self.at = self.tokens.len().saturating_sub(1);
            self.explain();
            return None;
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        Some(result)
    }

    /// Runs a part that makes an expression one level deeper.
    pub fn deeper_expr(&mut self, part: impl FnOnce(&mut Self) -> ExprId) -> ExprId {
        let start = self.here();
        match self.deeper(part) {
            Some(expr) => expr,
            None => self.bad(start),
        }
    }

    // Lists in brackets.

    /// Reads items up to a closing token, which is taken, or to the end of the text if none is given.
    ///
    /// The opening token was taken and stands at `opened`. `fields` says how `..` and `::` read inside. An item
    /// returns the expression that a meta-operator behind it attaches to.
    pub fn list(
        &mut self,
        close: Option<TokenKind>,
        opened: Span,
        fields: bool,
        mut item: impl FnMut(&mut Self) -> ExprId,
    ) {
        let outer = std::mem::replace(&mut self.fields, fields);
        if let Some(close) = close {
            self.open.push((close, opened));
        }
        self.deeper(|parser| parser.items(close, opened, &mut item));
        if close.is_some() {
            self.open.pop();
        }
        self.fields = outer;
    }

    fn items(
        &mut self,
        close: Option<TokenKind>,
        opened: Span,
        item: &mut dyn FnMut(&mut Self) -> ExprId,
    ) {
        loop {
            while matches!(self.kind(), TokenKind::Newline | TokenKind::Semicolon) {
                self.advance();
            }
            if self.closed(close, opened) {
                return;
            }
            let before = self.at;
            let expr = item(self);
            self.attach_meta(expr);
            if self.kind() == TokenKind::Semicolon {
                // Those before a meta-operator are ignored (rulings B19).
                while self.kind() == TokenKind::Semicolon {
                    self.advance();
                    self.attach_meta(expr);
                }
                continue;
            }
            if !self.at_end_of_item() {
                let bracket = close.map(bracket_of);
                self.expected(Expected::StatementEnd(bracket));
                self.recover();
            }
            // An item that could not begin takes its token, or the loop would not end.
            if self.at == before && !matches!(self.kind(), TokenKind::Newline | TokenKind::Close(_))
            {
                self.advance();
            }
        }
    }

    fn at_end_of_item(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Newline
                | TokenKind::Semicolon
                | TokenKind::Close(_)
                | TokenKind::TextCodeEnd(_)
                | TokenKind::End
        )
    }

    /// Whether the list ends here: at its bracket, which is taken, at the end, or at the bracket of an outer list.
    fn closed(&mut self, close: Option<TokenKind>, opened: Span) -> bool {
        loop {
            let kind = self.kind();
            if Some(kind) == close {
                self.advance();
                return true;
            }
            match kind {
                TokenKind::End => {
                    if let Some(close) = close
                        && !self.explained()
                    {
                        self.explain();
                        self.error(Kind::Unclosed(bracket_of(close)), opened);
                    }
                    return true;
                }
                TokenKind::Close(bracket) => {
                    if let (Some(close), true) = (close, self.is_open(kind)) {
                        self.expected(Expected::Close(bracket_of(close)));
                        return true;
                    }
                    self.error_here(Kind::Stray(bracket), None);
                    self.advance();
                    while matches!(self.kind(), TokenKind::Newline | TokenKind::Semicolon) {
                        self.advance();
                    }
                }
                TokenKind::TextCodeEnd(_) if self.is_open(kind) => {
                    if let Some(close) = close {
                        self.expected(Expected::Close(bracket_of(close)));
                    }
                    return true;
                }
                _ => return false,
            }
        }
    }

    fn is_open(&self, close: TokenKind) -> bool {
        // Looked at only where brackets do not match; the depth is limited.
        self.open.iter().any(|open| open.0 == close)
    }

    /// Skips to the end of the item: a terminator or a closing bracket outside of brackets that open on the way.
    fn recover(&mut self) {
        let mut open = 0usize;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::Newline | TokenKind::Semicolon if open == 0 => return,
                TokenKind::Close(_) | TokenKind::TextCodeEnd(_) if open == 0 => return,
                TokenKind::Open(_) | TokenKind::TextCode(_) => open += 1,
                TokenKind::Close(_) | TokenKind::TextCodeEnd(_) => open -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    /// Takes the bracket that closes a single expression; if something else stands there, skips to it.
    pub fn close_one(&mut self, bracket: Bracket, opened: Span) {
        self.skip_newlines();
        let close = TokenKind::Close(bracket);
        if self.eat(close) {
            return;
        }
        if self.kind() == TokenKind::End && !self.explained() {
            self.explain();
            return self.error(Kind::Unclosed(bracket), opened);
        }
        self.expected(Expected::Close(bracket));
        while self.kind() == TokenKind::Semicolon || !self.at_end_of_item() {
            self.recover();
            self.eat(TokenKind::Semicolon);
        }
        self.eat(close);
    }

    /// Takes the `>` that closes a reference; says whether it was there.
    pub fn close_reference(&mut self) -> bool {
        let closed = self.eat(TokenKind::Sign(Sign::Greater));
        if !closed {
            self.expected(Expected::CloseReference);
        }
        closed
    }

    // Meta-operators.

    /// Attaches the meta-operator directly behind the last token, if there is one, to an expression.
    fn attach_meta(&mut self, expr: ExprId) {
        let at = self.at as u32;
        while let Some(comment) = self.comments.get(self.comment).copied()
            && comment.after <= at
        {
            self.comment += 1;
            let kind = match comment.kind {
                _ if comment.after != at => continue,
                CommentKind::Inspection => MetaKind::Inspection,
                CommentKind::Assertion => assertion(self.source(comment.span)),
                CommentKind::Line | CommentKind::Block => continue,
            };
            self.tree.add_meta(Meta {
                expr,
                span: comment.span,
                kind,
            });
        }
    }
}

fn assertion(text: &str) -> MetaKind {
    let text = text.strip_prefix("%=").unwrap_or(text);
    let (expected, name) = match text.split_once('%') {
        Some((expected, name)) => (expected, Some(name.trim().to_owned())),
        None => (text, None),
    };
    MetaKind::Assertion {
        expected: expected.trim().to_owned(),
        name,
    }
}

const fn bracket_of(close: TokenKind) -> Bracket {
    match close {
        TokenKind::Close(bracket) | TokenKind::TextCodeEnd(bracket) => bracket,
        // No other token closes a list.
        _ => Bracket::Round,
    }
}
