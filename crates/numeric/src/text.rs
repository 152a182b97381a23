//! Numbers to texts, in the styles of the languages.

use dashu_int::ops::BitTest;

use crate::division::div_rem;
use crate::exact::Exact;
use crate::number::Number;
use crate::scale::ten_pow;

/// How a language writes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextStyle {
    /// Rhumb (`rhumb.md` §3.17, `rulings.md` B15, B16): floats in plain digits without a trailing
    /// `.0`, decimals with a `0` before their digits.
    Rhumb,
    /// Fusabi's display (`rulings.md` Fusabi 14): `1`, `0.1`, `1e+16`, `1e-05`, `infinity`, `nan`.
    Fusabi,
    /// Fusabi's `%A`: as the display, but a whole float shows its point (`3.0`).
    FusabiStructural,
    /// Morph (`morph.md` §3.4), as Python's `repr`: `5.0`, `1e+16`, `1e-05`, `inf`, `nan`, `-0.0`.
    Morph,
}

/// The text of a number.
pub fn text(number: &Number, style: TextStyle) -> String {
    match number {
        Number::I64(value) => integer_text(*value),
        Number::F64(value) => float_text(*value, style),
        Number::Exact(value) => exact_text(value, style),
    }
}

/// Decimal digits, `-` before negative ones.
pub fn integer_text(value: i64) -> String {
    value.to_string()
}

/// Plain digits, with `.` when there is a fraction; in Rhumb a `0` before them (`01.5`, `-01.5`, `00.5`).
pub fn exact_text(value: &Exact, style: TextStyle) -> String {
    let digits = digits(value);
    let mut out = String::new();
    if value.is_negative() {
        out.push('-');
    }
    if style == TextStyle::Rhumb {
        out.push('0');
    }
    // The position of the point behind the first digit.
    let exponent = digits.len() as i64 - 1 - i64::from(value.scale());
    push_plain(&mut out, &digits, exponent);
    out
}

/// Decimal digits of the coefficient's magnitude.
fn digits(value: &Exact) -> String {
    /// Digits per part, and a length up to which one part is enough: the library's own conversion
    /// divides, so long numbers go to it in parts (see `division.rs`).
    const PART: u32 = 100_000;
    const ONE_PART: usize = 400_000;
    let (_, mut magnitude) = value.coefficient().clone().into_parts();
    let mut parts = Vec::new();
    while magnitude.bit_len() > ONE_PART {
        let (rest, part) = div_rem(&magnitude, &ten_pow(PART));
        let part = part.to_string();
        let zeros = (PART as usize).saturating_sub(part.len());
        parts.push("0".repeat(zeros) + &part);
        magnitude = rest;
    }
    parts.push(magnitude.to_string());
    parts.reverse();
    parts.concat()
}

/// The fewest digits that read back as the same float, in the language's form.
pub fn float_text(value: f64, style: TextStyle) -> String {
    if value.is_nan() {
        return String::from("nan");
    }
    let mut out = String::new();
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str(match style {
            TextStyle::Morph => "inf",
            TextStyle::Rhumb | TextStyle::Fusabi | TextStyle::FusabiStructural => "infinity",
        });
        return out;
    }
    let (digits, exponent) = shortest(value.abs());
    let count = digits.len() as i64;
    let scientific = match style {
        TextStyle::Rhumb => false,
        // .NET counts the point from before the first digit and allows 15 places, or as many as there
        // are digits.
        TextStyle::Fusabi | TextStyle::FusabiStructural => {
            exponent + 1 > count.max(15) || exponent + 1 < -3
        }
        TextStyle::Morph => !(-4..16).contains(&exponent),
    };
    if scientific {
        push_scientific(&mut out, &digits, exponent);
        return out;
    }
    push_plain(&mut out, &digits, exponent);
    let pointed = matches!(style, TextStyle::Morph | TextStyle::FusabiStructural);
    if pointed && exponent + 1 >= count {
        out.push_str(".0");
    }
    out
}

/// The shortest digits of a finite, non-negative float and the exponent of the first: d.ddd · 10^e.
fn shortest(value: f64) -> (String, i64) {
    // `{:e}` is documented to give the fewest digits that round-trip.
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// Digits with the point where `exponent` puts it, and the zeros that this takes.
fn push_plain(out: &mut String, digits: &str, exponent: i64) {
    let before = exponent + 1;
    let places = usize::try_from(before.unsigned_abs()).unwrap_or(usize::MAX);
    if before <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', places));
        out.push_str(digits);
        return;
    }
    match digits.split_at_checked(places) {
        Some((whole, "")) => out.push_str(whole),
        Some((whole, fraction)) => {
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        None => {
            out.push_str(digits);
            out.extend(std::iter::repeat_n('0', places - digits.len()));
        }
    }
}

/// `d[.ddd]e±XX`, at least two digits of exponent.
fn push_scientific(out: &mut String, digits: &str, exponent: i64) {
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    out.push_str(first);
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out.push('e');
    out.push(if exponent < 0 { '-' } else { '+' });
    out.push_str(&format!("{:02}", exponent.unsigned_abs()));
}
