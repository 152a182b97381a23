//! Numbers (docs/specs/fusabi.md §1.1).

use super::lexer::Lexer;
use super::token::TokenKind;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::syntax::tree::{IntKind, Literal};

impl Lexer<'_> {
    /// Reads a number. A whole one may be one more than the largest of its type: the parser knows whether it is negated.
    pub fn number(&mut self) {
        let start = self.at;
        let radix = match (self.byte(0), self.byte(1)) {
            (b'0', b'x' | b'X') => 16,
            (b'0', b'o' | b'O') => 8,
            (b'0', b'b' | b'B') => 2,
            _ => 10,
        };
        if radix != 10 {
            self.at += 2;
        }
        let digits_at = self.at;
        self.digits(radix);
        let mut is_float = false;
        if radix == 10 {
            is_float = self.fraction();
        }
        let digits: String = self
            .text
            .get(digits_at..self.at)
            .unwrap_or("")
            .replace('_', "");
        let suffix_at = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| !(c == '_' || c.is_alphanumeric()));
        self.at += end.unwrap_or(rest.len());
        let suffix = self.text.get(suffix_at..self.at).unwrap_or("");
        let value = match suffix {
            "f" | "F" if radix == 10 => digits.parse().ok().map(Literal::Float32),
            "" if is_float => digits.parse().ok().map(Literal::Float),
            "m" | "M" | "I" | "n" | "un" | "lf" | "LF" | "N" | "Z" | "Q" | "R" | "G" => {
                let suffix = suffix.to_owned();
                self.error(Kind::NumberSuffix(suffix), start);
                Some(Literal::Int(0, IntKind::Int))
            }
            _ if is_float || digits.is_empty() => None,
            _ => IntKind::of_suffix(suffix).map(|kind| self.whole(&digits, radix, kind, start)),
        };
        let value = value.unwrap_or_else(|| {
            self.error(Kind::BadNumber, start);
            Literal::Int(0, IntKind::Int)
        });
        let id = self.constant(value);
        self.push(TokenKind::Literal(id), start);
    }

    fn digits(&mut self, radix: u32) {
        while char::from(self.byte(0)).is_digit(radix)
            || (self.byte(0) == b'_'
                && (self.byte(1) == b'_' || char::from(self.byte(1)).is_digit(radix)))
        {
            self.at += 1;
        }
    }

    /// Passes a fraction and an exponent, if there are any.
    fn fraction(&mut self) -> bool {
        let mut is_float = false;
        if self.byte(0) == b'.' {
            let next = self.byte(1);
            let begins_name = next == b'_' || next == b'(' || next == b'[' || next >= 0x80;
            let exponent = matches!(next, b'e' | b'E') && self.exponent_at(1);
            if next.is_ascii_digit()
                || exponent
                || !(next == b'.' || begins_name || next.is_ascii_alphabetic())
            {
                is_float = true;
                self.at += 1;
                self.digits(10);
            }
        }
        if matches!(self.byte(0), b'e' | b'E') && self.exponent_at(0) {
            is_float = true;
            self.at += 2;
            self.digits(10);
        }
        is_float
    }

    /// Whether an exponent's digits stand behind the `e` that far ahead.
    fn exponent_at(&self, ahead: usize) -> bool {
        let next = self.byte(ahead + 1);
        next.is_ascii_digit()
            || (matches!(next, b'+' | b'-') && self.byte(ahead + 2).is_ascii_digit())
    }

    fn whole(&mut self, digits: &str, radix: u32, kind: IntKind, start: usize) -> Literal {
        let (least, most) = kind.range();
        let value = i128::from_str_radix(digits, radix).unwrap_or(i128::MAX);
        // Other bases write bits: `0xFFuy` and `0xFFy` are both one byte.
        let bits = if least < 0 { most * 2 + 1 } else { most };
        let limit = if radix != 10 {
            bits
        } else if least < 0 {
            most + 1
        } else {
            most
        };
        if value > limit {
            self.error(Kind::OutOfRange(kind), start);
            return Literal::Int(0, kind);
        }
        if radix != 10 && value > most {
            return Literal::Int(value - bits - 1, kind);
        }
        Literal::Int(value, kind)
    }
}
