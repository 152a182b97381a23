//! Strings and characters (docs/specs/fusabi.md §1.1).

use super::lexer::{Hole, Lexer};
use super::token::TokenKind;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::syntax::tree::{IntKind, Literal};

/// How a string is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quotes {
    /// `"…"`
    Plain,
    /// `@"…"`
    Verbatim,
    /// `"""…"""`
    Triple,
}

/// How a string is written, and whether it has holes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Form {
    pub quotes: Quotes,
    pub interpolated: bool,
}

/// What ended a run of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Quote,
    Hole,
    End,
}

impl Lexer<'_> {
    /// Reads a string of any form from its first sign on.
    pub fn string(&mut self, start: usize) {
        let rest = self.rest();
        let signs = rest.find('"').unwrap_or(0);
        let (interpolated, verbatim) = match rest.get(..signs).unwrap_or("") {
            "$" => (true, false),
            "@" => (false, true),
            "" => (false, false),
            _ => (true, true),
        };
        self.at += signs;
        let quotes = if verbatim {
            Quotes::Verbatim
        } else if self.rest().starts_with("\"\"\"") {
            Quotes::Triple
        } else {
            Quotes::Plain
        };
        self.at += if quotes == Quotes::Triple { 3 } else { 1 };
        let form = Form {
            quotes,
            interpolated,
        };
        let (text, stop) = self.run_of_text(form);
        if stop == Stop::End {
            self.error(Kind::UnclosedText, start);
        }
        if interpolated {
            let id = self.constant(Literal::String(text.into()));
            if stop == Stop::Hole {
                self.push(TokenKind::InterpolatedStart(id), start);
                self.holes.push(Hole {
                    form,
                    depth: 0,
                    start,
                });
            } else {
                self.push(TokenKind::InterpolatedPlain(id), start);
            }
            return;
        }
        let is_bytes = stop == Stop::Quote && self.byte(0) == b'B' && !self.name_goes_on(1);
        let literal = if is_bytes {
            self.at += 1;
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
            let bytes = bytes.unwrap_or_else(|| {
                self.error(Kind::NotBytes, start);
                Vec::new()
            });
            Literal::Bytes(bytes.into())
        } else {
            Literal::String(text.into())
        };
        let id = self.constant(literal);
        self.push(TokenKind::Literal(id), start);
    }

    /// Goes on with an interpolated string at the `}` of a hole.
    pub fn resume_string(&mut self) {
        let start = self.at;
        self.at += 1;
        let Some(hole) = self.holes.pop() else {
            return;
        };
        let (text, stop) = self.run_of_text(hole.form);
        let id = self.constant(Literal::String(text.into()));
        match stop {
            Stop::Hole => {
                self.push(TokenKind::InterpolatedMiddle(id), start);
                self.holes.push(hole);
            }
            Stop::Quote => self.push(TokenKind::InterpolatedEnd(id), start),
            Stop::End => {
                self.error(Kind::UnclosedText, hole.start);
                self.push(TokenKind::InterpolatedEnd(id), start);
            }
        }
    }

    /// Reads `,5` or `:0.00` before the end of a hole; `false` if it is something else.
    pub fn hole_end(&mut self) -> bool {
        let start = self.at;
        let rest = self.rest().get(1..).unwrap_or("");
        if self.byte(0) == b',' {
            let end = rest.find(|c: char| !(c == '-' || c == ' ' || c.is_ascii_digit()));
            let number = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
            let behind = rest.get(number.len()..).unwrap_or("");
            let Some(alignment) = number
                .trim()
                .parse::<i32>()
                .ok()
                .filter(|_| behind.starts_with(['}', ':']))
            else {
                return false;
            };
            self.at += 1 + number.len();
            self.push(TokenKind::HoleAlignment(alignment), start);
            return true;
        }
        if rest.starts_with([':', '=', '>', '?']) {
            return false;
        }
        let Some(end) = rest.find(['}', '\n']) else {
            return false;
        };
        self.at += 1 + end;
        let format = rest.get(..end).unwrap_or("");
        let id = self.constant(Literal::String(format.into()));
        self.push(TokenKind::HoleFormat(id), start);
        true
    }

    /// Passes text up to its end or a hole and resolves it.
    fn run_of_text(&mut self, form: Form) -> (String, Stop) {
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(found) = rest.find(['"', '\\', '{', '}']) else {
                text.push_str(rest);
                self.at = self.text.len();
                return (text, Stop::End);
            };
            text.push_str(rest.get(..found).unwrap_or(""));
            self.at += found;
            match self.byte(0) {
                b'"' => match form.quotes {
                    Quotes::Plain => {
                        self.at += 1;
                        return (text, Stop::Quote);
                    }
                    Quotes::Verbatim if self.byte(1) == b'"' => {
                        text.push('"');
                        self.at += 2;
                    }
                    Quotes::Verbatim => {
                        self.at += 1;
                        return (text, Stop::Quote);
                    }
                    Quotes::Triple if self.rest().starts_with("\"\"\"") => {
                        self.at += 3;
                        return (text, Stop::Quote);
                    }
                    Quotes::Triple => {
                        text.push('"');
                        self.at += 1;
                    }
                },
                b'\\' if form.quotes == Quotes::Plain => self.escape(&mut text),
                byte @ (b'{' | b'}') if form.interpolated => {
                    if self.byte(1) == byte {
                        text.push(char::from(byte));
                        self.at += 2;
                    } else if byte == b'{' {
                        self.at += 1;
                        return (text, Stop::Hole);
                    } else {
                        let start = self.at;
                        self.at += 1;
                        self.error(Kind::StrayHoleEnd, start);
                    }
                }
                byte => {
                    text.push(char::from(byte));
                    self.at += 1;
                }
            }
        }
    }

    /// Resolves what begins with a backslash. An unknown escape stands for itself, both characters.
    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        let Some(character) = self.rest().get(1..).and_then(|rest| rest.chars().next()) else {
            self.at += 1;
            return;
        };
        self.at += 1 + character.len_utf8();
        match character {
            '\n' => {
                let rest = self.rest();
                self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len();
            }
            'x' | 'u' | 'U' => {
                let length = match character {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits = self.rest().get(..length).unwrap_or("");
                if digits.len() < length || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    text.push('\\');
                    text.push(character);
                    return;
                }
                self.at += length;
                match u32::from_str_radix(digits, 16)
                    .ok()
                    .and_then(char::from_u32)
                {
                    Some(character) => text.push(character),
                    None => self.error(Kind::BadEscape, start),
                }
            }
            '0'..='9'
                if self
                    .rest()
                    .get(..2)
                    .is_some_and(|two| two.bytes().all(|b| b.is_ascii_digit())) =>
            {
                let number = self.text.get(start + 1..start + 4).unwrap_or("");
                self.at += 2;
                match number.parse::<u8>() {
                    Ok(byte) => text.push(char::from(byte)),
                    Err(_) => self.error(Kind::BadEscape, start),
                }
            }
            _ => match simple_escape(character) {
                Some(resolved) => text.push(resolved),
                None => {
                    text.push('\\');
                    text.push(character);
                }
            },
        }
    }

    /// Reads what begins with `'`: a character or a type variable.
    pub fn quote(&mut self) {
        let start = self.at;
        let mut characters = self.rest().chars().skip(1);
        let (first, second) = (characters.next(), characters.next());
        let mut text = String::new();
        match first {
            Some('\\') => {
                self.at += 1;
                self.escape(&mut text);
            }
            Some(character) if second == Some('\'') && character != '\n' => {
                self.at += 1 + character.len_utf8();
                text.push(character);
            }
            Some(character) if character == '_' || character.is_alphabetic() => {
                self.at += 1;
                let rest = self.rest();
                let end = rest.find(|c: char| !(c == '_' || c.is_alphanumeric()));
                let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
                self.at += name.len();
                let symbol = self.out.symbols.intern(name);
                self.push(TokenKind::TypeVar(symbol), start);
                return;
            }
            _ => {
                self.at += 1;
                self.error(Kind::BadCharacter, start);
                return;
            }
        }
        let mut characters = text.chars();
        let (character, more) = (characters.next(), characters.next());
        if self.byte(0) == b'\'' {
            self.at += 1;
        } else {
            self.error(Kind::BadCharacter, start);
        }
        if more.is_some() {
            self.error(Kind::BadCharacter, start);
        }
        let character = character.unwrap_or('\0');
        let literal = if self.byte(0) == b'B' && !self.name_goes_on(1) {
            self.at += 1;
            if !character.is_ascii() {
                self.error(Kind::NotBytes, start);
            }
            Literal::Int(i128::from(u32::from(character) & 0x7f), IntKind::U8)
        } else {
            Literal::Char(character)
        };
        let id = self.constant(literal);
        self.push(TokenKind::Literal(id), start);
    }

    fn name_goes_on(&self, ahead: usize) -> bool {
        let byte = self.byte(ahead);
        byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
    }
}

const fn simple_escape(character: char) -> Option<char> {
    Some(match character {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'a' => '\u{7}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0' => '\0',
        '\\' | '"' | '\'' => character,
        _ => return None,
    })
}
