//! The lexer's loop.

use super::chars::{hook_length, is_start, key_length, label_length, wildcard_length};
use super::date::{self, Components, DateError};
use super::library;
use super::number::{self, NumberError};
use super::text::{RawText, read_escape, read_raw};
use super::token::{
    Bracket, Comment, CommentKind, DateComponent, DateLiteral, Literal, Sign, Token, TokenKind,
};
use crate::diagnostics::{SyntaxError, SyntaxErrorKind as Kind};
use crate::tree::{ClockTime, Duration, Labels, Span};

/// The tokens of a text.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lexed {
    /// Tokens in order; the last is [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// What literal tokens carry.
    pub literals: Vec<Literal>,
    /// Comments in order.
    pub comments: Vec<Comment>,
    /// Labels, hooks and keys.
    pub labels: Labels,
    /// Errors and warnings, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// Where the lexer is: in code at the bottom of the stack, else in a text or in the code inside of one.
enum Mode {
    /// In an interpolated text, which began at that byte.
    Text { start: usize },
    /// In `$( … )` or `${ … }`; how many brackets of that kind are open inside.
    Code { bracket: Bracket, open: usize },
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    modes: Vec<Mode>,
    /// The first line end since the last token.
    newline: Option<usize>,
    /// A meta-operator was seen since the last token: the expression ends with the line (rulings B19).
    ended: bool,
    out: Lexed,
}

/// Takes a normalised text apart ([`crate::Source::text`]). Never fails: what is no token becomes [`TokenKind::Bad`] and an error.
#[must_use]
pub fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        at: 0,
        modes: Vec::new(),
        newline: None,
        ended: false,
        out: Lexed::default(),
    };
    while lexer.at < text.len() {
        match lexer.modes.last() {
            Some(Mode::Text { .. }) => lexer.text_part(),
            _ => lexer.code(),
        }
    }
    // The innermost text that is still open says all: what is around it cannot be closed either.
    let open = lexer.modes.iter().rev().find_map(|mode| match mode {
        Mode::Text { start } => Some(*start),
        Mode::Code { .. } => None,
    });
    if let Some(start) = open {
        lexer.error(Kind::UnclosedText, start, start + 1);
    }
    lexer.modes.clear();
    lexer.push(TokenKind::End, 0);
    lexer.out.errors.sort_by_key(|error| error.span.start);
    lexer.out
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Offsets fit: a source has less than 4 GiB.
    const fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start as u32, end as u32)
    }

    fn error(&mut self, kind: Kind, start: usize, end: usize) {
        let span = self.span(start, end);
        self.out.errors.push(SyntaxError::new(kind, span));
    }

    /// Adds the token of that many bytes here, and before it the line end that it makes one.
    fn push(&mut self, kind: TokenKind, length: usize) {
        if let Some(at) = self.newline.take() {
            let joined =
                matches!(kind, TokenKind::Sign(sign) if sign.continues_before()) && !self.ended;
            let before = self.out.tokens.last().map(|token| token.kind);
            let open = matches!(before, Some(TokenKind::Sign(sign)) if sign.continues_after());
            if !joined && !open && before.is_some() {
                let span = self.span(at, at + 1);
                self.out.tokens.push(Token {
                    kind: TokenKind::Newline,
                    span,
                });
            }
        }
        self.ended = false;
        let span = self.span(self.at, self.at + length);
        self.out.tokens.push(Token { kind, span });
        self.at += length;
    }

    fn push_literal(&mut self, literal: Literal, length: usize) {
        let index = self.out.literals.len() as u32;
        self.out.literals.push(literal);
        self.push(TokenKind::Literal(index), length);
    }

    fn push_bad(&mut self, kind: Kind, length: usize) {
        self.error(kind, self.at, self.at + length);
        self.push(TokenKind::Bad, length);
    }

    /// One token, comment or blank of code.
    fn code(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        match first {
            ' ' | '\t' => self.at += 1,
            '\n' => {
                self.newline.get_or_insert(self.at);
                self.at += 1;
            }
            '%' => self.comment(),
            ';' => self.push(TokenKind::Semicolon, 1),
            '(' => self.open(Bracket::Round),
            ')' => self.close(Bracket::Round),
            '[' => self.open(Bracket::Square),
            ']' => self.close(Bracket::Square),
            '{' => match library::read(&self.text[self.at..], &mut self.out.labels) {
                Some((length, library)) => self.push_literal(Literal::Library(library), length),
                None => self.open(Bracket::Curly),
            },
            '}' => self.close(Bracket::Curly),
            '\'' => match read_raw(rest) {
                RawText::Closed(length, value) => self.push_literal(Literal::Text(value), length),
                RawText::Open(length) => self.push_bad(Kind::UnclosedRawText, length),
            },
            '"' => {
                let start = self.at;
                self.push(TokenKind::TextStart, 1);
                self.modes.push(Mode::Text { start });
            }
            '`' => {
                let length = key_length(&rest[1..]);
                if length == 0 {
                    return self.push(TokenKind::Sign(Sign::Backtick), 1);
                }
                let key = self.out.labels.intern(&self.text[self.at + 1..][..length]);
                self.push(TokenKind::Key(key), 1 + length);
            }
            '0'..='9' => {
                if !self.date() {
                    self.number();
                }
            }
            '$' | '?' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.argument(),
            '$' if self.date() => {}
            '+' | '-' if self.duration() => {}
            '*' | '-' | '.' if self.wildcard() => {}
            _ if is_start(first) => {
                if !self.wildcard() {
                    self.word();
                }
            }
            _ => self.sign(first),
        }
    }

    fn sign(&mut self, first: char) {
        if self.rest().starts_with("***") {
            let label = self.out.labels.intern("***");
            return self.push(TokenKind::Label(label), 3);
        }
        let rest = self.rest();
        let fits = |sign: &&Sign| sign.text().starts_with(first) && rest.starts_with(sign.text());
        match Sign::ALL.iter().find(fits) {
            Some(&sign) => self.push(TokenKind::Sign(sign), sign.text().len()),
            None => self.push_bad(Kind::UnknownCharacter(first), first.len_utf8()),
        }
    }

    /// A label, a hook label, or one of the two signs made of underscores.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let (label, hook) = (label_length(rest), hook_length(rest));
        if hook > label {
            let name = self.out.labels.intern(&rest[..hook]);
            return self.push(TokenKind::Hook(name), hook);
        }
        let kind = match &rest[..label] {
            "_" => TokenKind::Sign(Sign::Underscore),
            "___" => TokenKind::Sign(Sign::Empty),
            word => TokenKind::Label(self.out.labels.intern(word)),
        };
        self.push(kind, label);
    }

    /// A pattern of names directly behind `\` or `\\`. A hook label such as `_*_` is none.
    fn wildcard(&mut self) -> bool {
        let behind = self.out.tokens.last().is_some_and(|token| {
            let sign = matches!(
                token.kind,
                TokenKind::Sign(Sign::Backslash | Sign::BackslashBackslash)
            );
            sign && token.span.end as usize == self.at
        });
        let rest = &self.text[self.at..];
        let length = if behind { wildcard_length(rest) } else { 0 };
        if length == 0 || hook_length(rest) >= length {
            return false;
        }
        let pattern = self.out.labels.intern(&rest[..length]);
        self.push(TokenKind::Wildcard(pattern), length);
        true
    }

    fn number(&mut self) {
        let read = number::read(self.rest());
        let (start, end) = (self.at, self.at + read.length);
        match read.value {
            Ok(literal) => {
                if read.misleading {
                    let kind = match literal {
                        Literal::Version(_) => Kind::LooksGroupedVersion,
                        _ => Kind::LooksGroupedFloat,
                    };
                    self.error(kind, start, end);
                }
                self.push_literal(literal, read.length);
            }
            Err(NumberError::Malformed) => self.push_bad(Kind::BadNumber, read.length),
            Err(NumberError::TooLarge) => self.push_bad(Kind::NumberTooLarge, read.length),
        }
    }

    /// `$N` or `?N`.
    fn argument(&mut self) {
        let digits = self.rest()[1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        match self.rest()[1..1 + digits].parse() {
            Ok(number) => self.push(TokenKind::Argument(number), 1 + digits),
            Err(_) => self.push_bad(Kind::NumberTooLarge, 1 + digits),
        }
    }

    /// A component of a date at that byte: bytes taken and the component.
    fn date_component(&mut self, at: usize) -> Option<(usize, DateComponent)> {
        let rest = &self.text[at..];
        let Some(behind) = rest.strip_prefix('$') else {
            return date::read_digits(rest);
        };
        let length = label_length(behind);
        if length == 0 {
            return None;
        }
        // Interned only if it turns out to be a date: a label too many does no harm, but would show.
        let span = self.span(at + 1, at + 1 + length);
        let label = self.out.labels.intern(&behind[..length]);
        Some((1 + length, DateComponent::Label(label, span)))
    }

    /// `a/b/c` at that byte: the byte after it and the components.
    fn date_components(&mut self, at: usize) -> Option<(usize, Components)> {
        // Cheap refusal before anything is interned.
        let first = label_or_digits(&self.text[at..])?;
        let middle = at + first;
        let second = self.text[middle..]
            .strip_prefix('/')
            .and_then(label_or_digits)?;
        let last = middle + 1 + second;
        let third = self.text[last..]
            .strip_prefix('/')
            .and_then(label_or_digits)?;
        let a = self.date_component(at)?.1;
        let b = self.date_component(middle + 1)?.1;
        let c = self.date_component(last + 1)?.1;
        Some((last + 1 + third, [a, b, c]))
    }

    /// `[date][@][time]` at that byte: the byte after it and what was read; none if neither is there.
    #[allow(clippy::type_complexity, reason = "three parts, used in two places")]
    fn moment(
        &mut self,
        at: usize,
    ) -> Option<(
        usize,
        Option<Components>,
        Result<Option<ClockTime>, DateError>,
    )> {
        if let Some((length, time)) = date::read_time(&self.text[at..]) {
            return Some((at + length, None, time.map(Some)));
        }
        let (end, components) = self.date_components(at)?;
        let blanks = |from: usize| {
            let rest = self.text[from..].bytes();
            from + rest.take_while(|b| matches!(b, b' ' | b'\t')).count()
        };
        let sign = blanks(end);
        if self.text[sign..].starts_with('@') {
            let start = blanks(sign + 1);
            if let Some((length, time)) = date::read_time(&self.text[start..]) {
                return Some((start + length, Some(components), time.map(Some)));
            }
        }
        Some((end, Some(components), Ok(None)))
    }

    /// A date or time here, if there is one.
    fn date(&mut self) -> bool {
        let Some((end, components, time)) = self.moment(self.at) else {
            return false;
        };
        let length = end - self.at;
        let literal = time.and_then(|time| date::literal(components, time));
        let checked = literal.and_then(|literal| {
            if let DateLiteral::Fixed(moment) = &literal {
                date::check(moment)?;
            }
            Ok(literal)
        });
        match checked {
            Ok(literal) => self.push_literal(Literal::Date(literal), length),
            Err(error) => self.push_bad(Kind::BadDate(error), length),
        }
        true
    }

    /// A duration here, if the sign and what follows make one.
    fn duration(&mut self) -> bool {
        if !self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let negative = self.rest().starts_with('-');
        let Some((end, components, Ok(time))) = self.moment(self.at + 1) else {
            return false;
        };
        let Ok(DateLiteral::Fixed(moment)) = date::literal(components, time) else {
            return false;
        };
        if !date::is_duration(&moment) {
            return false;
        }
        let (duration, length) = (Duration { negative, moment }, end - self.at);
        if duration.nanoseconds().is_some() {
            self.push_literal(Literal::Duration(duration), length);
        } else {
            self.push_bad(Kind::BadDate(DateError::Length), length);
        }
        true
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let (kind, length) = match rest.as_bytes().get(1) {
            Some(b'(') => {
                let (length, closed) = block_comment(rest);
                if !closed {
                    self.error(Kind::UnclosedComment, self.at, self.at + 2);
                }
                (CommentKind::Block, length)
            }
            sign => {
                let line = rest.find('\n').unwrap_or(rest.len());
                // Only behind something on the same line; alone it attaches to nothing (§10.3).
                let behind = self.newline.is_none() && !self.out.tokens.is_empty();
                let kind = match sign {
                    Some(b'=') if behind => CommentKind::Assertion,
                    Some(b'?') if behind => CommentKind::Inspection,
                    _ => CommentKind::Line,
                };
                self.ended |= kind != CommentKind::Line;
                (kind, line)
            }
        };
        let span = self.span(self.at, self.at + length);
        self.out.comments.push(Comment {
            span,
            kind,
            after: self.out.tokens.len() as u32,
        });
        self.at += length;
    }

    fn open(&mut self, bracket: Bracket) {
        if let Some(Mode::Code { bracket: own, open }) = self.modes.last_mut()
            && *own == bracket
        {
            *open += 1;
        }
        self.push(TokenKind::Open(bracket), 1);
    }

    fn close(&mut self, bracket: Bracket) {
        if let Some(Mode::Code { bracket: own, open }) = self.modes.last_mut()
            && *own == bracket
        {
            if *open == 0 {
                self.modes.pop();
                return self.push(TokenKind::TextCodeEnd(bracket), 1);
            }
            *open -= 1;
        }
        self.push(TokenKind::Close(bracket), 1);
    }

    /// The next piece of an interpolated text, and what ends the piece.
    fn text_part(&mut self) {
        let start = self.at;
        let mut value = String::new();
        let mut at = self.at;
        while let Some(c) = self.text[at..].chars().next() {
            match c {
                '"' => break,
                '$' if interpolates(&self.text[at + 1..]) => break,
                '`' => {
                    let (length, escaped) = read_escape(&self.text[at..]);
                    match escaped {
                        Some(escaped) => value.push(escaped),
                        None => self.error(
                            Kind::BadEscape,
                            at,
                            (at + length.max(2)).min(self.text.len()),
                        ),
                    }
                    at += length;
                }
                _ => {
                    value.push(c);
                    at += c.len_utf8();
                }
            }
        }
        if at > start {
            let index = self.out.literals.len() as u32;
            self.out.literals.push(Literal::Text(value));
            self.push(TokenKind::TextPiece(index), at - start);
        }
        self.text_stop();
    }

    /// The quote or interpolation that ends a piece.
    fn text_stop(&mut self) {
        let rest = self.rest();
        if rest.starts_with('"') {
            self.modes.pop();
            return self.push(TokenKind::TextEnd, 1);
        }
        let Some(behind) = rest.strip_prefix('$') else {
            return;
        };
        let bracket = match behind.chars().next() {
            Some('(') => Bracket::Round,
            Some('{') => Bracket::Curly,
            Some('0'..='9') => {
                if !rest[1..].starts_with('0') {
                    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
                    self.error(Kind::LooksLikeMoney, self.at, self.at + 1 + digits);
                }
                return self.argument();
            }
            _ => return self.text_name(),
        };
        self.push(TokenKind::TextCode(bracket), 2);
        self.modes.push(Mode::Code { bracket, open: 0 });
    }

    /// `$label` and its steps.
    fn text_name(&mut self) {
        let length = label_length(&self.rest()[1..]);
        let label = self.out.labels.intern(&self.text[self.at + 1..][..length]);
        self.push(TokenKind::TextName(label), 1 + length);
        loop {
            let sign = match self.rest().as_bytes().first() {
                Some(b'\\') => Sign::Backslash,
                Some(b'@') => Sign::At,
                _ => return,
            };
            let length = label_length(&self.rest()[1..]);
            if length == 0 {
                return;
            }
            self.push(TokenKind::Sign(sign), 1);
            let label = self.out.labels.intern(&self.text[self.at..][..length]);
            self.push(TokenKind::Label(label), length);
        }
    }
}

/// Whether `$` before this text interpolates.
fn interpolates(behind: &str) -> bool {
    behind.starts_with(|c: char| matches!(c, '(' | '{' | '0'..='9') || is_start(c))
}

/// Length of digits or of `$label`.
fn label_or_digits(text: &str) -> Option<usize> {
    let length = match text.strip_prefix('$') {
        Some(behind) => match label_length(behind) {
            0 => 0,
            length => length + 1,
        },
        None => text.bytes().take_while(u8::is_ascii_digit).count(),
    };
    (length > 0).then_some(length)
}

/// Length of the block comment that begins the text, and whether it is closed.
fn block_comment(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut at, mut open) = (2, 1usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'%', Some(b'(')) => {
                open += 1;
                at += 2;
            }
            (b'%', Some(b')')) => {
                open -= 1;
                at += 2;
                if open == 0 {
                    return (at, true);
                }
            }
            _ => at += 1,
        }
    }
    (bytes.len(), false)
}
