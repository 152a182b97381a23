//! Reading tokens one after another.

use isa::text::token::{self, Kind, Token};
use isa::text::{LineError, Term};

/// A result whose error has a place in the source.
pub(super) type Parsed<T> = Result<T, LineError>;

/// A place in a list of tokens.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub source: &'a str,
    pub tokens: &'a [Token],
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(source: &'a str, tokens: &'a [Token]) -> Cursor<'a> {
        Cursor {
            source,
            tokens,
            at: 0,
        }
    }

    pub fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    pub fn peek_text(&self) -> &'a str {
        self.peek().map_or("", |token| token.text(self.source))
    }

    pub fn next(&mut self) -> Option<Token> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    pub fn at_end(&self) -> bool {
        self.peek().is_none_or(|token| token.kind == Kind::Newline)
    }

    pub fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let end = self.tokens.last().map_or(0, |token| token.end);
        let span = self.peek().map_or(end..end, |token| token.span());
        Err(LineError {
            span,
            message: message.into(),
        })
    }

    pub fn is_punct(&self, c: char) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == Kind::Punct(c))
    }

    pub fn punct(&mut self, c: char) -> bool {
        let found = self.is_punct(c);
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, c: char) -> Parsed<()> {
        if self.punct(c) {
            Ok(())
        } else {
            self.error(format!("expected `{c}`"))
        }
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == Kind::Word) && self.peek_text() == word
    }

    pub fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub fn arrow(&mut self) -> Parsed<()> {
        if self.peek().is_some_and(|token| token.kind == Kind::Arrow) {
            self.at += 1;
            return Ok(());
        }
        self.error("expected `->`")
    }

    pub fn skip_lines(&mut self) {
        while self.peek().is_some_and(|token| token.kind == Kind::Newline) {
            self.at += 1;
        }
    }

    pub fn end_of_line(&mut self) -> Parsed<()> {
        if self.at_end() {
            Ok(())
        } else {
            self.error("expected the end of the line")
        }
    }

    pub fn is_name(&self) -> bool {
        self.peek()
            .is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Str))
    }

    /// A word, or any name in quotes.
    pub fn name(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Some(token) if token.kind == Kind::Word => {
                self.at += 1;
                Ok(token.text(self.source).to_owned())
            }
            Some(token) if token.kind == Kind::Str => self.text(what),
            _ => self.error(format!("expected {what}")),
        }
    }

    pub fn text(&mut self, what: &str) -> Parsed<String> {
        let Some(token) = self.peek().filter(|token| token.kind == Kind::Str) else {
            return self.error(format!("expected {what} in double quotes"));
        };
        self.at += 1;
        token::text_value(token.text(self.source))
            .map_err(|(offset, message)| escape_error(token, offset, message))
    }

    /// `"…"` or `b"…"`.
    pub fn bytes(&mut self, what: &str) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(token) if token.kind == Kind::Bytes => {
                self.at += 1;
                token::bytes_value(token.text(self.source))
                    .map_err(|(offset, message)| escape_error(token, offset, message))
            }
            _ => self.text(what).map(String::into_bytes),
        }
    }

    pub fn int(&mut self, what: &str, low: i128, high: i128) -> Parsed<i128> {
        let value = self
            .peek()
            .filter(|token| token.kind == Kind::Int)
            .and_then(|token| token::int_value(token.text(self.source)));
        match value {
            Some(value) if (low..=high).contains(&value) => {
                self.at += 1;
                Ok(value)
            }
            _ => self.error(format!("expected {what}: a number from {low} to {high}")),
        }
    }

    pub fn number(&mut self, what: &str) -> Parsed<u32> {
        self.int(what, 0, u32::MAX.into()).map(|value| value as u32)
    }

    /// `#N`.
    pub fn raw_index(&mut self) -> Option<u32> {
        if !self.is_punct('#') {
            return None;
        }
        let number = self
            .tokens
            .get(self.at + 1)
            .filter(|token| token.kind == Kind::Int)?;
        let value = token::int_value(number.text(self.source))
            .and_then(|value| u32::try_from(value).ok())?;
        self.at += 2;
        Some(value)
    }

    /// The next operand as instructions write them.
    pub fn term(&mut self, what: &str) -> Parsed<Term<'a>> {
        let all = self.tokens.get(self.at..).unwrap_or(&[]);
        let line = all
            .iter()
            .position(|token| token.kind == Kind::Newline)
            .unwrap_or(all.len());
        let mut rest = &all[..line];
        let before = rest.len();
        match isa::text::term(self.source, &mut rest)? {
            Some(term) => {
                self.at += before - rest.len();
                Ok(term)
            }
            None => self.error(format!("expected {what}")),
        }
    }
}

pub(super) fn escape_error(token: Token, offset: usize, message: &str) -> LineError {
    LineError {
        span: token.start + offset..token.end,
        message: message.to_owned(),
    }
}
