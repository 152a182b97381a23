//! The lexer's loop.

use super::token::{Comment, CommentKind, DirectiveWord, Keyword, Punct, Token, TokenKind};
use crate::diagnostics::{SyntaxError, SyntaxErrorKind as Kind};
use crate::options::Options;
use crate::syntax::tree::{Constant, Literal, LiteralId, Span, Symbol, Symbols};

/// What the lexer makes of a text.
#[derive(Clone, Debug)]
pub struct Lexed {
    /// Tokens in order; the last one is [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// Comments in order.
    pub comments: Vec<Comment>,
    /// Names and operators.
    pub symbols: Symbols,
    /// What literal tokens hold.
    pub constants: Vec<Constant>,
    /// What is wrong, in order.
    pub errors: Vec<SyntaxError>,
}

/// Reads a text.
#[must_use]
pub fn lex(text: &str, options: &Options) -> Lexed {
    let mut lexer = Lexer {
        text,
        at: 0,
        line_start: 0,
        counted: (0, 0),
        first: true,
        holes: Vec::new(),
        conditions: Vec::new(),
        defined: &options.defined,
        out: Lexed {
            tokens: Vec::with_capacity(text.len() / 4 + 1),
            comments: Vec::new(),
            symbols: Symbols::default(),
            constants: Vec::new(),
            errors: Vec::new(),
        },
    };
    lexer.run();
    lexer.out
}

pub(super) struct Lexer<'t> {
    pub text: &'t str,
    pub at: usize,
    line_start: usize,
    /// A place on the current line and its column, so that columns of a long line are counted once.
    counted: (usize, u32),
    first: bool,
    /// The interpolated strings around this place, outermost first.
    pub holes: Vec<Hole>,
    /// The `#if`s around this place: whether their text is read, and whether `#else` was seen.
    pub conditions: Vec<(bool, bool)>,
    pub defined: &'t [String],
    pub out: Lexed,
}

/// An interpolated string whose hole is read.
pub(super) struct Hole {
    pub form: super::text::Form,
    /// Brackets open in the hole.
    pub depth: u32,
    /// Where the string begins.
    pub start: usize,
}

impl<'t> Lexer<'t> {
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub fn byte(&self, ahead: usize) -> u8 {
        let byte = self.text.as_bytes().get(self.at + ahead);
        byte.copied().unwrap_or(0)
    }

    pub fn span(&self, start: usize) -> Span {
        Span::new(start as u32, self.at as u32)
    }

    pub fn error(&mut self, kind: Kind, start: usize) {
        let span = self.span(start);
        self.out.errors.push(SyntaxError::new(kind, span));
    }

    fn column(&mut self, at: usize) -> u32 {
        let (from, before) = if self.counted.0 >= self.line_start && self.counted.0 <= at {
            self.counted
        } else {
            (self.line_start, 0)
        };
        let passed = self.text.get(from..at).unwrap_or("");
        let column = before + passed.chars().count() as u32;
        self.counted = (at, column);
        column
    }

    /// Remembers the line that is reached after everything from `start` on was passed.
    pub fn passed(&mut self, start: usize) {
        let passed = self.text.get(start..self.at).unwrap_or("");
        if let Some(newline) = passed.rfind('\n') {
            self.line_start = start + newline + 1;
        }
    }

    pub fn push(&mut self, kind: TokenKind, start: usize) {
        let column = self.column(start);
        self.out.tokens.push(Token {
            kind,
            span: self.span(start),
            column,
            first: std::mem::take(&mut self.first),
        });
        self.passed(start);
    }

    pub fn comment(&mut self, kind: CommentKind, start: usize) {
        let (span, first) = (self.span(start), self.first);
        self.out.comments.push(Comment { kind, span, first });
        self.passed(start);
    }

    pub fn constant(&mut self, value: Literal) -> LiteralId {
        self.out.constants.push(Constant {
            value,
            measure: None,
        });
        LiteralId::new(self.out.constants.len() - 1)
    }

    fn run(&mut self) {
        if self.rest().starts_with("#!") {
            self.skip_line();
            self.comment(CommentKind::Line, 0);
        }
        while self.at < self.text.len() {
            self.next();
        }
        let explained = |error: &SyntaxError| error.kind == Kind::UnclosedText;
        if let Some(hole) = self.holes.first()
            && !self.out.errors.iter().any(explained)
        {
            let start = hole.start;
            self.error(Kind::UnclosedText, start);
        }
        if !self.conditions.is_empty() {
            let end = self.at;
            self.error(Kind::UnclosedCondition, end);
        }
        let end = self.at;
        self.push(TokenKind::End, end);
    }

    pub fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn next(&mut self) {
        let start = self.at;
        match self.byte(0) {
            b'\n' => {
                self.at += 1;
                self.line_start = self.at;
                self.first = true;
            }
            b' ' => self.at += 1,
            b'\t' => {
                self.at += 1;
                if self.first {
                    while self.byte(0) == b'\t' {
                        self.at += 1;
                    }
                    self.error(Kind::Tab, start);
                }
            }
            b'/' if self.byte(1) == b'/' => {
                self.skip_line();
                self.comment(CommentKind::Line, start);
            }
            b'(' if self.byte(1) == b'*' && self.byte(2) != b')' => self.block_comment(),
            b'#' if self.first && self.byte(1).is_ascii_alphabetic() => self.directive(),
            b'0'..=b'9' => self.number(),
            b'"' => self.string(start),
            b'@' if self.byte(1) == b'"' => self.string(start),
            b'$' if self.byte(1) == b'"' || self.rest().starts_with("$@\"") => self.string(start),
            b'@' if self.rest().starts_with("@$\"") => self.string(start),
            b'\'' => self.quote(),
            b'`' if self.byte(1) == b'`' => self.quoted_name(),
            b'}' if self.holes.last().is_some_and(|hole| hole.depth == 0) => self.resume_string(),
            b':' | b','
                if self.holes.last().is_some_and(|hole| hole.depth == 0) && self.hole_end() => {}
            byte if byte == b'_' || byte.is_ascii_alphabetic() => self.word(),
            byte if byte.is_ascii() => self.sign(),
            _ => {
                let character = self.rest().chars().next().unwrap_or(' ');
                if character.is_alphabetic() {
                    self.word();
                } else {
                    self.at += character.len_utf8();
                    if !character.is_whitespace() {
                        self.error(Kind::UnknownCharacter(character), start);
                    }
                }
            }
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let rest = self.rest();
            let Some(found) = rest.find(['(', '*']) else {
                self.at = self.text.len();
                self.error(Kind::UnclosedComment, start);
                break;
            };
            self.at += found;
            match (self.byte(0), self.byte(1)) {
                (b'(', b'*') if self.byte(2) != b')' => {
                    depth += 1;
                    self.at += 2;
                }
                // `(*)` inside of a comment is no end of it.
                (b'(', b'*') => self.at += 3,
                (b'*', b')') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.comment(CommentKind::Block, start);
    }

    fn directive(&mut self) {
        let start = self.at;
        let rest = self.rest().get(1..).unwrap_or("");
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        self.at += 1 + word.len();
        let kind = match word {
            "if" | "else" | "endif" => {
                self.conditional(word, start);
                return;
            }
            "load" => DirectiveWord::Load,
            "r" => DirectiveWord::Reference,
            "fusabi" => DirectiveWord::Fusabi,
            "nowarn" | "light" => DirectiveWord::Ignored,
            _ => {
                self.error(Kind::UnknownDirective(word.to_owned()), start);
                self.skip_line();
                return;
            }
        };
        self.push(TokenKind::Directive(kind), start);
        if kind == DirectiveWord::Ignored {
            // What follows on the line is not looked at: `#nowarn FS0025` and `#nowarn "25"` are the same.
            self.skip_line();
            if let Some(token) = self.out.tokens.last_mut() {
                let text = self.text.get(start..self.at).unwrap_or("");
                token.span.end = (start + text.trim_end().len()) as u32;
            }
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c == '_' || c == '\'' || c.is_alphanumeric()))
            .unwrap_or(rest.len());
        let mut word = rest.get(..end).unwrap_or("");
        if self.byte(end) == b'!'
            && let Some(with_bang) = rest.get(..=end)
            && Keyword::of(with_bang).is_some()
        {
            word = with_bang;
        }
        self.at += word.len();
        let kind = match Keyword::of(word) {
            Some(keyword) => TokenKind::Keyword(keyword),
            None if word == "_" => TokenKind::Punct(Punct::Underscore),
            None if word == "or" => TokenKind::Operator(Symbol::OR_WORD),
            None => TokenKind::Ident(self.out.symbols.intern(word)),
        };
        self.push(kind, start);
    }

    fn quoted_name(&mut self) {
        let start = self.at;
        let rest = self.rest().get(2..).unwrap_or("");
        let name = rest.find("``").and_then(|end| rest.get(..end));
        let Some(name) = name.filter(|name| !name.is_empty() && !name.contains('\n')) else {
            self.at += 2;
            self.error(Kind::BadQuotedName, start);
            return;
        };
        self.at += name.len() + 4;
        let symbol = self.out.symbols.intern(name);
        self.push(TokenKind::Ident(symbol), start);
    }

    fn punct(&mut self, punct: Punct) {
        let start = self.at;
        self.at += punct.text().len();
        if let Some(hole) = self.holes.last_mut() {
            if punct.closer().is_some() {
                hole.depth += 1;
            } else if punct.is_closer() {
                hole.depth = hole.depth.saturating_sub(1);
            }
        }
        self.push(TokenKind::Punct(punct), start);
    }

    fn sign(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let two = (self.byte(0), self.byte(1));
        let punct = match two {
            (b'[', b'<') => Punct::AttributeOpen,
            (b'[', b'|') => Punct::ArrayOpen,
            (b'{', b'|') => Punct::RecordOpen,
            (b'|', b']') => Punct::ArrayClose,
            (b'|', b'}') => Punct::RecordClose,
            (b'>', b']') => Punct::AttributeClose,
            (b';', b';') => Punct::SemicolonTwice,
            (b'.', b'.') => Punct::DotDot,
            (b':', b'?') if self.byte(2) == b'>' => Punct::Downcast,
            (b':', b'?') => Punct::TypeTest,
            (b':', b'>') => Punct::Upcast,
            (b'(', _) => Punct::ParenOpen,
            (b')', _) => Punct::ParenClose,
            (b'[', _) => Punct::ListOpen,
            (b']', _) => Punct::ListClose,
            (b'{', _) => Punct::BraceOpen,
            (b'}', _) => Punct::BraceClose,
            (b',', _) => Punct::Comma,
            (b';', _) => Punct::Semicolon,
            (b'#', _) => Punct::Hash,
            (b':', b':' | b'=') => {
                self.at += 2;
                let symbol = if two.1 == b':' {
                    Symbol::CONS
                } else {
                    Symbol::ASSIGN
                };
                self.push(TokenKind::Operator(symbol), start);
                return;
            }
            (b':', _) => Punct::Colon,
            (b'.', next) if !b"+-*/^%=<>&|@!~?".contains(&next) => Punct::Dot,
            _ => {
                self.operator(rest);
                return;
            }
        };
        self.punct(punct);
    }

    fn operator(&mut self, rest: &str) {
        let start = self.at;
        let is_operator = |c: char| "!%&*+-./<=>?@^|~$".contains(c);
        let mut end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
        if end == 0 {
            let character = rest.chars().next().unwrap_or(' ');
            self.at += character.len_utf8();
            self.error(Kind::UnknownCharacter(character), start);
            return;
        }
        let run = rest.get(..end).unwrap_or("");
        // `..` ends an operator: `[1..-1..0]` has none that holds it.
        if let Some(dots) = run.find("..").filter(|&dots| dots > 0) {
            end = dots;
        }
        // `[|1>|]`: the last bar belongs to the bracket.
        let behind = rest.as_bytes().get(end).copied();
        if end > 1 && rest.get(..end).is_some_and(|run| run.ends_with('|')) {
            let closes = matches!(behind, Some(b']' | b'}'));
            end -= usize::from(closes);
        }
        let run = rest.get(..end).unwrap_or("");
        self.at += end;
        let kind = match Punct::of(run) {
            Some(punct) => TokenKind::Punct(punct),
            None => TokenKind::Operator(self.out.symbols.intern(run)),
        };
        self.push(kind, start);
    }
}
