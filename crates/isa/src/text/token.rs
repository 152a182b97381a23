//! Tokens of text assembly: words, numbers, quoted text, punctuation and line ends.
//!
//! A comment runs from `;` to the end of the line. Line ends within `( )` and `[ ]` are not tokens, so a list may span
//! lines; a line that starts in its first column with one of the caller's item words or with `}` ends all open brackets,
//! so that one forgotten bracket spoils one item and not the whole file.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A name, keyword or mnemonic: letters, digits, `_` and `.`, not starting with a digit.
    Word,
    /// An integer: `12`, `-3`, `1_000`, `0xFF`.
    Int,
    /// A float: `1.5`, `-2e10`.
    Float,
    /// Anything else that starts with a digit: `1.2.3`, a hash.
    Digits,
    /// `"…"`.
    Str,
    /// `b"…"`.
    Bytes,
    /// `'…'`.
    Char,
    /// `->`.
    Arrow,
    /// Any other character.
    Punct(char),
    /// The end of a line outside of brackets.
    Newline,
    /// A quote that is not closed before the end of its line.
    Unclosed,
}

/// A token and where it stands in the source, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Token {
    /// Its place.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.span()).unwrap_or("")
    }
}

fn word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '.'
}

fn word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// True if `text` reads back as one word and can stand for a name.
pub fn is_word(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(word_part)
        && text != "_"
}

/// Splits a source into tokens; `items` are the words that begin an item of the caller's grammar.
pub fn tokens(source: &str, items: &[&str]) -> Vec<Token> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut depth = 0usize;
    while let Some(c) = source.get(at..).and_then(|rest| rest.chars().next()) {
        let start = at;
        at += c.len_utf8();
        let kind = match c {
            '\n' => {
                if depth > 0 && begins_item(source, at, items) {
                    depth = 0;
                }
                if depth > 0 {
                    continue;
                }
                Kind::Newline
            }
            ';' => {
                at = source[at..].find('\n').map_or(source.len(), |n| at + n);
                continue;
            }
            c if c.is_whitespace() => continue,
            'b' if bytes.get(at) == Some(&b'"') => {
                at += 1;
                if quoted(bytes, &mut at, b'"') {
                    Kind::Bytes
                } else {
                    Kind::Unclosed
                }
            }
            '"' => {
                if quoted(bytes, &mut at, b'"') {
                    Kind::Str
                } else {
                    Kind::Unclosed
                }
            }
            '\'' => {
                if quoted(bytes, &mut at, b'\'') {
                    Kind::Char
                } else {
                    Kind::Unclosed
                }
            }
            '-' if bytes.get(at) == Some(&b'>') => {
                at += 1;
                Kind::Arrow
            }
            c if c.is_ascii_digit()
                || (matches!(c, '-' | '+') && bytes.get(at).is_some_and(u8::is_ascii_digit)) =>
            {
                number(source, start, &mut at)
            }
            c if word_start(c) => {
                at += source[at..]
                    .find(|c| !word_part(c))
                    .unwrap_or(source.len() - at);
                Kind::Word
            }
            c => {
                match c {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                Kind::Punct(c)
            }
        };
        found.push(Token {
            kind,
            start,
            end: at,
        });
    }
    found.push(Token {
        kind: Kind::Newline,
        start: source.len(),
        end: source.len(),
    });
    found
}

fn begins_item(source: &str, at: usize, items: &[&str]) -> bool {
    let rest = source.get(at..).unwrap_or("");
    if rest.starts_with('}') {
        return true;
    }
    let end = rest.find(|c| !word_part(c)).unwrap_or(rest.len());
    items.contains(&&rest[..end])
}

/// Moves `at` behind the closing quote; false (and `at` at the line's end) if there is none on this line.
fn quoted(bytes: &[u8], at: &mut usize, quote: u8) -> bool {
    while let Some(&byte) = bytes.get(*at) {
        match byte {
            b'\n' => return false,
            b'\\'
                if bytes
                    .get(*at + 1)
                    .is_some_and(|next| next.is_ascii() && *next != b'\n') =>
            {
                *at += 2
            }
            _ => {
                *at += 1;
                if byte == quote {
                    return true;
                }
            }
        }
    }
    false
}

fn number(source: &str, start: usize, at: &mut usize) -> Kind {
    let rest = &source[*at..];
    let digits = source[start..].trim_start_matches(['-', '+']);
    let hex = digits.starts_with("0x");
    let mut last = ' ';
    let mut end = rest.len();
    for (index, c) in rest.char_indices() {
        let exponent_sign = matches!(c, '-' | '+')
            && matches!(last, 'e' | 'E')
            && !hex
            && rest[index + 1..].starts_with(|c: char| c.is_ascii_digit());
        if !word_part(c) && !exponent_sign {
            end = index;
            break;
        }
        last = c;
    }
    *at += end;
    let text = &source[start..*at];
    if int_value(text).is_some() {
        Kind::Int
    } else if !hex && text.contains(['.', 'e', 'E']) && float_value(text).is_some() {
        Kind::Float
    } else if is_int(text) {
        Kind::Int
    } else {
        Kind::Digits
    }
}

/// True if `text` is a decimal integer of any size.
pub fn is_int(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// Value of an integer token, if it lies within 128 bits.
pub fn int_value(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.strip_prefix("0x") {
        Some(rest) => (16, rest),
        None => (10, digits),
    };
    let mut value: i128 = 0;
    let mut any = false;
    for c in digits.chars() {
        if c == '_' && any {
            continue;
        }
        value = value
            .checked_mul(radix as i128)?
            .checked_add(i128::from(c.to_digit(radix)?))?;
        any = true;
    }
    any.then_some(if negative { -value } else { value })
}

/// Value of a float token (also of an integer).
pub fn float_value(text: &str) -> Option<f64> {
    text.replace('_', "").parse().ok()
}

/// The text that a `"…"` token stands for; an error names the byte within the token.
pub fn text_value(token: &str) -> Result<String, (usize, &'static str)> {
    let inner = token
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or((0, "a text in double quotes is expected"))?;
    unescape(inner, 1, false).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes that a `b"…"` token stands for.
pub fn bytes_value(token: &str) -> Result<Vec<u8>, (usize, &'static str)> {
    let inner = token
        .strip_prefix("b\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or((0, "bytes as `b\"…\"` are expected"))?;
    unescape(inner, 2, true)
}

/// The scalar that a `'…'` token stands for.
pub fn char_value(token: &str) -> Result<char, (usize, &'static str)> {
    let inner = token
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .ok_or((0, "a character in single quotes is expected"))?;
    let bytes = unescape(inner, 1, false)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err((0, "exactly one character is expected between single quotes")),
    }
}

fn unescape(inner: &str, offset: usize, raw: bool) -> Result<Vec<u8>, (usize, &'static str)> {
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let place = offset + (inner.len() - rest.len()) + at;
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else {
            return Err((place, "nothing follows the backslash"));
        };
        rest = &rest[c.len_utf8()..];
        match c {
            'n' => out.push(b'\n'),
            't' => out.push(b'\t'),
            'r' => out.push(b'\r'),
            '0' => out.push(0),
            '\\' | '"' | '\'' => out.push(c as u8),
            'x' if raw => {
                let byte = rest
                    .get(..2)
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok())
                    .ok_or((place, "two hexadecimal digits must follow `\\x`"))?;
                out.push(byte);
                rest = &rest[2..];
            }
            'u' => {
                let scalar = rest
                    .strip_prefix('{')
                    .and_then(|rest| rest.split_once('}'))
                    .and_then(|(hex, after)| {
                        Some((
                            u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?,
                            after,
                        ))
                    });
                let (scalar, after) = scalar.ok_or((
                    place,
                    "`\\u` needs a scalar value in braces, as in `\\u{1F98A}`",
                ))?;
                out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
            }
            'x' => return Err((place, "`\\x` is for bytes `b\"…\"` only; use `\\u{…}`")),
            _ => {
                return Err((
                    place,
                    "unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" \\' \\u{…} and, in bytes, \\xHH",
                ));
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// `text` as a `"…"` token.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        escape(c, '"', &mut out);
    }
    out.push('"');
    out
}

/// A scalar as a `'…'` token.
pub fn quote_char(c: char) -> String {
    let mut out = String::from("'");
    escape(c, '\'', &mut out);
    out.push('\'');
    out
}

fn escape(c: char, quote: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        // Invisible characters and those that turn the reading direction would let a listing look like another program.
        c if c.is_control()
            || (c.is_whitespace() && c != ' ')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}') =>
        {
            out.push_str(&format!("\\u{{{:X}}}", c as u32));
        }
        c => out.push(c),
    }
}

/// `bytes` as a `b"…"` token.
pub fn quote_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push_str("b\"");
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b'"' => out.push_str("\\\""),
            0x20..=0x7E => out.push(byte as char),
            _ => out.push_str(&format!("\\x{byte:02X}")),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<Kind> {
        tokens(source, &["fn"])
            .iter()
            .map(|token| token.kind)
            .collect()
    }

    #[test]
    fn tokens_have_their_kinds() {
        use Kind::*;
        assert_eq!(
            kinds("i64.add -3 1.5 1e-3 0xFF 1.2.3 -> \"a;b\" b\"x\" 'c' ; end"),
            [
                Word, Int, Float, Float, Int, Digits, Arrow, Str, Bytes, Char, Newline
            ]
        );
        assert_eq!(
            kinds("a: [1,\n 2]\nb"),
            [
                Word,
                Punct(':'),
                Punct('['),
                Int,
                Punct(','),
                Int,
                Punct(']'),
                Newline,
                Word,
                Newline
            ]
        );
        assert_eq!(
            kinds("[1\nfn x"),
            [Punct('['), Int, Newline, Word, Word, Newline]
        );
        assert_eq!(kinds("\"open\nx"), [Unclosed, Newline, Word, Newline]);
    }

    #[test]
    fn quoting_survives() {
        for text in ["", "a\"b\\c\n\t\u{0}\u{7f}\u{202e}🦊'", "\\u{41}"] {
            assert_eq!(text_value(&quote(text)).as_deref(), Ok(text));
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes_value(&quote_bytes(&all)), Ok(all));
        for c in ['a', '\'', '"', '\u{FEFF}', '🦊'] {
            assert_eq!(char_value(&quote_char(c)), Ok(c));
        }
        assert!(
            text_value("\"\\q\"").is_err()
                && text_value("\"\\u{D800}\"").is_err()
                && char_value("'ab'").is_err()
        );
    }
}
