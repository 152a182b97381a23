//! Tokens, errors, recovery and depth.

use crate::MAX_DEPTH;
use crate::diagnostics::{Expected, Found, SyntaxError, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword, Punct, Token, TokenKind as T};
use crate::syntax::tree::{
    Expr, ExprId, Name, Pattern, PatternId, Span, Symbol, Tree, Type, TypeId,
};

/// Errors beyond this many are not kept: they help nobody.
pub(super) const MOST_ERRORS: usize = 100;

/// What of a text an error shows, in characters.
const LONGEST_FOUND: usize = 24;

pub(super) struct Parser<'t> {
    pub text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    pub tree: Tree,
    pub errors: Vec<SyntaxError>,
    pub compat: bool,
    /// Token at which the last error was reported: one error per place.
    last_error: Option<usize>,
    depth: usize,
    /// The text was too deep: what is missing from there on says nothing.
    given_up: bool,
    /// Where brackets that are open began.
    pub open: Vec<Span>,
    /// In a computation or collection: `let!`, `yield` and the like mean something.
    pub computation: bool,
    /// In a loop of this function.
    pub in_loop: bool,
    /// A name `break` or `continue` was bound: there it is no statement.
    pub bound_jump: bool,
}

impl<'t> Parser<'t> {
    pub fn new(text: &'t str, tokens: Vec<Token>, tree: Tree, compat: bool) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            tree,
            errors: Vec::new(),
            compat,
            last_error: None,
            depth: 0,
            given_up: false,
            open: Vec::new(),
            computation: false,
            in_loop: false,
            bound_jump: false,
        }
    }

    // Tokens.

    /// The token that many places on; the last one is [`T::End`] and repeats.
    pub fn token_at(&self, ahead: usize) -> Token {
        let token = self
            .tokens
            .get(self.at + ahead)
            .or_else(|| self.tokens.last());
        token.copied().unwrap_or(Token {
            kind: T::End,
            span: Span::default(),
            column: 0,
            first: false,
        })
    }

    pub fn token(&self) -> Token {
        self.token_at(0)
    }

    pub fn kind(&self) -> T {
        self.token().kind
    }

    pub fn kind_at(&self, ahead: usize) -> T {
        self.token_at(ahead).kind
    }

    pub fn advance(&mut self) -> Token {
        let token = self.token();
        if token.kind != T::End {
            self.at += 1;
        }
        token
    }

    pub fn eat(&mut self, kind: T) -> bool {
        let found = self.kind() == kind;
        if found {
            self.advance();
        }
        found
    }

    pub fn eat_punct(&mut self, punct: Punct) -> bool {
        self.eat(T::Punct(punct))
    }

    pub fn eat_word(&mut self, word: Keyword) -> bool {
        self.eat(T::Keyword(word))
    }

    pub fn is_punct(&self, punct: Punct) -> bool {
        self.kind() == T::Punct(punct)
    }

    pub fn is_word(&self, word: Keyword) -> bool {
        self.kind() == T::Keyword(word)
    }

    pub fn ident(&self) -> Option<Symbol> {
        match self.kind() {
            T::Ident(symbol) => Some(symbol),
            _ => None,
        }
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
            _ => Span::at(start.start),
        }
    }

    /// Whether the next token stands right behind the last one.
    pub fn touches(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| token.span.end == self.here().start)
    }

    /// Whether the token behind the next one touches it.
    pub fn touches_next(&self) -> bool {
        self.token().span.end == self.token_at(1).span.start
    }

    /// Takes `>` from an operator that begins with it; what is left of the operator stays.
    pub fn eat_greater(&mut self) -> bool {
        let token = self.token();
        let T::Operator(symbol) = token.kind else {
            return false;
        };
        let Some(rest) = self.tree.text(symbol).strip_prefix('>').map(str::to_owned) else {
            return false;
        };
        if rest.is_empty() {
            self.advance();
            return true;
        }
        let kind = match Punct::of(&rest) {
            Some(punct) => T::Punct(punct),
            None => T::Operator(self.tree.intern(&rest)),
        };
        if let Some(token) = self.tokens.get_mut(self.at) {
            token.kind = kind;
            token.span.start += 1;
            token.first = false;
        }
        true
    }

    // Errors.

    /// An error about a place; it does not disturb the reading.
    pub fn error(&mut self, kind: Kind, span: Span) {
        if self.errors.len() < MOST_ERRORS && !self.given_up {
            self.errors.push(SyntaxError::new(kind, span));
        }
    }

    /// An error that more lines may mend, or not.
    pub fn error_that_may_end(&mut self, kind: Kind, span: Span, incomplete: bool) {
        if self.errors.len() < MOST_ERRORS && !self.given_up {
            self.errors.push(SyntaxError {
                incomplete,
                ..SyntaxError::new(kind, span)
            });
        }
    }

    /// An error about the next token, unless one was reported there.
    pub fn error_here(&mut self, kind: Kind, opened: Option<Span>) {
        if self.last_error == Some(self.at) || self.given_up {
            return;
        }
        self.last_error = Some(self.at);
        let span = self.here();
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(SyntaxError {
                opened,
                ..SyntaxError::new(kind, span)
            });
        }
    }

    pub fn expected(&mut self, expected: Expected) {
        let kind = Kind::Expected(expected, self.found());
        self.error_here(kind, None);
    }

    fn found(&self) -> Found {
        let token = self.token();
        match token.kind {
            T::End => Found::End,
            T::Open | T::Separator | T::Close if self.rest_is_empty() => Found::End,
            T::Open | T::Separator | T::Close => Found::Newline,
            _ => {
                let text = self.text.get(token.span.range()).unwrap_or("");
                let mut shown: String = text
                    .lines()
                    .next()
                    .unwrap_or("")
                    .chars()
                    .take(LONGEST_FOUND)
                    .collect();
                if shown.len() < text.len() {
                    shown.push('…');
                }
                Found::Text(shown)
            }
        }
    }

    fn rest_is_empty(&self) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or(&[]);
        rest.iter()
            .all(|token| matches!(token.kind, T::Close | T::End))
    }

    pub fn expect_punct(&mut self, punct: Punct) -> bool {
        let found = self.eat_punct(punct);
        if !found {
            self.expected(Expected::Sign(punct.text()));
        }
        found
    }

    pub fn expect_word(&mut self, word: Keyword) -> bool {
        let found = self.eat_word(word);
        if !found {
            self.expected(Expected::Sign(word.text()));
        }
        found
    }

    // Recovery.

    /// Whether a statement can end here: a separator, or what ends the block around it.
    pub fn at_end_of_statement(&self) -> bool {
        match self.kind() {
            T::Separator
            | T::Close
            | T::End
            | T::InterpolatedMiddle(_)
            | T::InterpolatedEnd(_)
            | T::HoleAlignment(_)
            | T::HoleFormat(_) => true,
            T::Punct(punct) => {
                punct.is_closer() || matches!(punct, Punct::Semicolon | Punct::SemicolonTwice)
            }
            T::Keyword(word) => word == Keyword::End,
            _ => false,
        }
    }

    /// Passes everything up to the end of the statement: a separator or what ends the block around it.
    pub fn skip_statement(&mut self) {
        let (mut blocks, mut brackets) = (0_usize, 0_usize);
        loop {
            let token = self.token();
            match token.kind {
                T::End => return,
                T::Open => blocks += 1,
                T::Close if blocks == 0 => return,
                T::Close => blocks -= 1,
                // A declaration at the left edge is never inside of a bracket.
                T::Separator if blocks == 0 && (brackets == 0 || self.token_at(1).column == 0) => {
                    return;
                }
                T::Punct(punct) if punct.closer().is_some() => brackets += 1,
                T::CopyOpen => brackets += 1,
                T::Punct(punct) if punct.is_closer() => {
                    if brackets == 0 && !self.open.is_empty() && blocks == 0 {
                        return;
                    }
                    brackets = brackets.saturating_sub(1);
                }
                T::InterpolatedMiddle(_) | T::InterpolatedEnd(_) if blocks == 0 => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// Passes the end of a block and whatever is before it.
    pub fn close_block(&mut self) {
        loop {
            if self.eat(T::Close) || self.kind() == T::End {
                return;
            }
            self.expected(Expected::StatementEnd);
            self.skip_statement();
            if self.kind() != T::Close && self.kind() != T::End {
                self.advance();
            }
        }
    }

    // Depth.

    /// Runs a part of the parser one level deeper; `None`, and the rest of the text passed, if that is too deep.
    pub fn deeper<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.depth >= MAX_DEPTH {
            self.error_here(Kind::TooDeep, None);
            self.at = self.tokens.len().saturating_sub(1);
            self.given_up = true;
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// Counts what grows a type or pattern to the left (`int list list`, `p as a as b`); `false`, and the statement passed,
    /// if it is too much.
    pub fn may_grow(&mut self, length: &mut usize) -> bool {
        *length += 1;
        let fits = *length <= crate::MOST_SUFFIXES;
        if !fits {
            self.error_here(Kind::TooDeep, None);
            self.skip_statement();
        }
        fits
    }

    // Nodes.

    pub fn expr_since(&mut self, expr: Expr, start: Span) -> ExprId {
        let span = self.since(start);
        self.tree.add_expr(expr, span)
    }

    pub fn error_expr(&mut self) -> ExprId {
        let span = Span::at(self.here().start);
        self.tree.add_expr(Expr::Error, span)
    }

    pub fn pattern_since(&mut self, pattern: Pattern, start: Span) -> PatternId {
        let span = self.since(start);
        self.tree.add_pattern(pattern, span)
    }

    pub fn error_pattern(&mut self) -> PatternId {
        let span = Span::at(self.here().start);
        self.tree.add_pattern(Pattern::Error, span)
    }

    pub fn type_since(&mut self, ty: Type, start: Span) -> TypeId {
        let span = self.since(start);
        self.tree.add_type(ty, span)
    }

    /// Reads a name, or reports that there is none.
    pub fn name(&mut self) -> Option<Name> {
        let span = self.here();
        let Some(symbol) = self.ident() else {
            self.expected(Expected::Name);
            return None;
        };
        self.advance();
        Some(Name { symbol, span })
    }

    /// Reads `A.B.C`; empty if there is no name.
    pub fn path(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        loop {
            let Some(name) = self.name() else {
                return names;
            };
            names.push(name);
            if !self.eat_punct(Punct::Dot) {
                return names;
            }
        }
    }
}
