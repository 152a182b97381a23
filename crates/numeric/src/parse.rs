//! Texts to numbers. Which form a literal has, and which marks and separators it may carry, is the
//! language's affair: its lexer removes them and asks for an integer, a decimal or a float.

use std::error::Error;
use std::fmt;

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use crate::exact::Exact;
use crate::number::{MAX_BITS, MAX_SCALE, NumError, Number};

/// Why a text is no number of the form asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParseError {
    /// Not of that form.
    Syntax,
    /// Beyond [`MAX_BITS`] or [`MAX_SCALE`].
    TooLarge,
}

impl fmt::Display for ParseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            ParseError::Syntax => "not a number",
            ParseError::TooLarge => "number too large",
        })
    }
}

impl Error for ParseError {}

impl From<NumError> for ParseError {
    fn from(_: NumError) -> ParseError {
        ParseError::TooLarge
    }
}

/// Splits off an optional sign.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn all_digits(text: &str, radix: u32) -> bool {
    text.bytes().all(|byte| char::from(byte).is_digit(radix))
}

/// `[+-]?digits` in radix 2, 8, 10 or 16 (no prefix, no separators, either case): i64 if it fits, else
/// exact.
///
/// # Errors
/// [`ParseError`]; any other radix is a syntax error.
pub fn parse_integer(text: &str, radix: u32) -> Result<Number, ParseError> {
    let (negative, digits) = signed(text);
    if !matches!(radix, 2 | 8 | 10 | 16) || digits.is_empty() || !all_digits(digits, radix) {
        return Err(ParseError::Syntax);
    }
    let digits = digits.trim_start_matches('0');
    let value = coefficient(digits, radix, negative)?;
    Ok(match i64::try_from(&value) {
        Ok(small) => Number::I64(small),
        Err(_) => Number::Exact(Exact::integer(value)?),
    })
}

/// Digits without leading zeros, all of them valid, as an integer; its size is checked first.
fn coefficient(digits: &str, radix: u32, negative: bool) -> Result<IBig, ParseError> {
    if digits.is_empty() {
        return Ok(IBig::ZERO);
    }
    // All digits but the first stand for at least this many bits each.
    let (bits, per) = match radix {
        2 => (1u64, 1),
        8 => (3, 1),
        16 => (4, 1),
        _ => (332_192, 100_000),
    };
    let rest = digits.len() as u64 - 1;
    if rest.saturating_mul(bits) / per > MAX_BITS as u64 {
        return Err(ParseError::TooLarge);
    }
    let value = IBig::from_str_radix(digits, radix).map_err(|_| ParseError::Syntax)?;
    if value.bit_len() > MAX_BITS {
        return Err(ParseError::TooLarge);
    }
    Ok(if negative { -value } else { value })
}

/// `[+-]?digits[.digits]`, one side of the point may be empty: always exact (Rhumb's decimals, after
/// their leading `0`).
///
/// # Errors
/// [`ParseError`].
pub fn parse_decimal(text: &str) -> Result<Exact, ParseError> {
    let (negative, digits) = signed(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole, 10)
        || !all_digits(fraction, 10)
    {
        return Err(ParseError::Syntax);
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let scale = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    // A whole part longer than the largest integer cannot be saved by anything behind it.
    if scale > MAX_SCALE || whole.len() > MAX_SCALE as usize + 1 {
        return Err(ParseError::TooLarge);
    }
    let joined = [whole, fraction].concat();
    let value = coefficient(joined.trim_start_matches('0'), 10, negative)?;
    Ok(Exact::new(value, scale)?)
}

/// `[+-]?digits[.digits][e[+-]digits]`, one side of the point may be empty: the nearest float, infinite
/// beyond all floats.
///
/// With `words` also `inf`, `infinity` and `nan`, in any case, with a sign.
///
/// # Errors
/// [`ParseError::Syntax`].
pub fn parse_float(text: &str, words: bool) -> Result<f64, ParseError> {
    let (_, unsigned) = signed(text);
    let numeric = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    // Rust's parser has just this grammar and those words, runs in linear time and rounds right.
    if numeric || words {
        text.parse().map_err(|_| ParseError::Syntax)
    } else {
        Err(ParseError::Syntax)
    }
}
