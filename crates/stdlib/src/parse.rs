//! Texts that are numbers or truth values, as .NET's `Parse` takes them.

use std::num::IntErrorKind;

use foxvm::{Context, Error, Fault, Native};

use crate::failure;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        int::native(),
        int_in::native(),
        uint64::native(),
        float::native(),
        truth_value::native(),
        is_int::native(),
        is_float::native(),
        is_bool::native(),
    ]
}

/// Why a text is no integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wrong {
    Form,
    Size,
}

impl Wrong {
    fn error(self, what: &str) -> Error {
        match self {
            Wrong::Form => failure::conv(format!("the text is no {what}")),
            Wrong::Size => Error::host(Fault::Ovf, format!("the number does not fit {what}")),
        }
    }
}

/// Digits and their radix behind a sign: `0x`, `0o`, `0b` or none.
fn radix(digits: &str) -> (u32, &str) {
    let marked = [(16, ["0x", "0X"]), (8, ["0o", "0O"]), (2, ["0b", "0B"])];
    for (radix, marks) in marked {
        for mark in marks {
            if let Some(rest) = digits.strip_prefix(mark) {
                return (radix, rest);
            }
        }
    }
    (10, digits)
}

/// The number of a text: its sign, its size, and whether its digits are those of a radix, which say the bits.
fn whole(text: &str) -> Result<(bool, u64, bool), Wrong> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = radix(digits);
    // `from_str_radix` takes a sign of its own.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return Err(Wrong::Form);
    }
    match u64::from_str_radix(digits, radix) {
        Ok(size) => Ok((negative, size, radix != 10)),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(Wrong::Size),
        Err(_) => Err(Wrong::Form),
    }
}

fn signed(text: &str) -> Result<i64, Wrong> {
    match whole(text)? {
        (negative, size, true) if negative => Ok((size as i64).wrapping_neg()),
        (_, size, true) => Ok(size as i64),
        (true, size, false) => 0i64.checked_sub_unsigned(size).ok_or(Wrong::Size),
        (false, size, false) => i64::try_from(size).map_err(|_| Wrong::Size),
    }
}

/// The integer of a text: decimal, or `0x`, `0o`, `0b` and the digits of its bits, with a sign before it and blanks around it
/// or not.
#[foxvm::native(name = "parse.int")]
fn int(cx: &mut Context<'_>, text: &str) -> Result<i64, Error> {
    cx.work(text.len())?;
    signed(text).map_err(|wrong| wrong.error("integer of 64 bits"))
}

/// The same within two limits; fault ovf beyond them.
#[foxvm::native(name = "parse.int_in")]
fn int_in(cx: &mut Context<'_>, text: &str, least: i64, most: i64) -> Result<i64, Error> {
    cx.work(text.len())?;
    let found = signed(text).map_err(|wrong| wrong.error("integer of 64 bits"))?;
    if (least..=most).contains(&found) {
        return Ok(found);
    }
    Err(Error::host(
        Fault::Ovf,
        format!("{found} does not lie between {least} and {most}"),
    ))
}

/// The bits of the unsigned integer of a text, which goes to 2^64 - 1.
#[foxvm::native(name = "parse.uint64")]
fn uint64(cx: &mut Context<'_>, text: &str) -> Result<i64, Error> {
    const WHAT: &str = "unsigned integer of 64 bits";
    cx.work(text.len())?;
    match whole(text) {
        Ok((true, 1.., _)) => Err(Wrong::Size.error(WHAT)),
        Ok((_, size, _)) => Ok(size as i64),
        Err(wrong) => Err(wrong.error(WHAT)),
    }
}

fn real(text: &str) -> Option<f64> {
    numeric::parse_float(text.trim(), true).ok()
}

/// The float of a text, `nan` and `infinity` among them, with blanks around it or not.
#[foxvm::native(name = "parse.float")]
fn float(cx: &mut Context<'_>, text: &str) -> Result<f64, Error> {
    cx.work(text.len())?;
    real(text).ok_or_else(|| Wrong::Form.error("number"))
}

fn truth(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") {
        Some(true)
    } else if is("false") {
        Some(false)
    } else {
        None
    }
}

/// The truth value of a text, `true` or `false` in letters of any case, with blanks around it or not.
#[foxvm::native(name = "parse.bool")]
fn truth_value(cx: &mut Context<'_>, text: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    truth(text).ok_or_else(|| Wrong::Form.error("truth value"))
}

/// Does `parse.int` take the text?
#[foxvm::native(name = "parse.is_int")]
fn is_int(cx: &mut Context<'_>, text: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    Ok(signed(text).is_ok())
}

/// Does `parse.float` take the text?
#[foxvm::native(name = "parse.is_float")]
fn is_float(cx: &mut Context<'_>, text: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    Ok(real(text).is_some())
}

/// Does `parse.bool` take the text?
#[foxvm::native(name = "parse.is_bool")]
fn is_bool(cx: &mut Context<'_>, text: &str) -> Result<bool, Error> {
    cx.work(text.len())?;
    Ok(truth(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(signed(" -9223372036854775808 "), Ok(i64::MIN));
        assert_eq!(signed("0xffffffffffffffff"), Ok(-1));
        assert_eq!(signed("-0x8000000000000000"), Ok(i64::MIN));
        assert_eq!(signed("+0o17"), Ok(15));
        assert_eq!(signed("9223372036854775808"), Err(Wrong::Size));
        assert_eq!(signed("0x10000000000000000"), Err(Wrong::Size));
        for none in ["", "-", "0x", "0x+1", "--1", "1 2", "1.0", "0b2", "x"] {
            assert_eq!(signed(none), Err(Wrong::Form), "{none}");
        }
    }
}
