//! Number and version literals (docs/specs/rhumb.md §1.8).

use super::token::Literal;
use crate::tree::{Number, Version, VersionPart};

/// Most significant digits of a decimal, and most behind its point: as many nines as fit the machine's longest coefficient of
/// 2^20 bits, and its greatest scale (docs/specs/machine.md §1; docs/decisions/0005-where-the-machine-differs.md).
const MOST_DIGITS: usize = 315_652;

/// What is wrong with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumberError {
    /// No form of the table.
    Malformed,
    /// An integer or a part of a version beyond 64 bits, a decimal beyond what the machine holds.
    TooLarge,
}

/// A number at the start of a text.
pub(crate) struct ReadNumber {
    /// Bytes it takes; at least 1.
    pub length: usize,
    /// Its value.
    pub value: Result<Literal, NumberError>,
    /// `1,000` or `1,000,000`: reads like a grouped integer and is none.
    pub misleading: bool,
}

/// Digit groups with the marks between and behind them.
struct Groups<'t> {
    groups: Vec<&'t str>,
    marks: Vec<u8>,
    /// The mark of a closing `.-` or `,-`.
    closing: Option<u8>,
    length: usize,
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn groups(text: &str) -> Groups<'_> {
    let bytes = text.as_bytes();
    let mut length = digits(text);
    let mut groups = vec![&text[..length]];
    let mut marks = Vec::new();
    let mut closing = None;
    while let Some(&mark @ (b'.' | b',')) = bytes.get(length) {
        let run = digits(&text[length + 1..]);
        if run == 0 {
            if bytes.get(length + 1) == Some(&b'-') {
                closing = Some(mark);
                length += 2;
            }
            break;
        }
        groups.push(&text[length + 1..length + 1 + run]);
        marks.push(mark);
        length += 1 + run;
    }
    Groups {
        groups,
        marks,
        closing,
        length,
    }
}

/// Reads the number that begins the text, which begins with an ASCII digit.
pub(crate) fn read(text: &str) -> ReadNumber {
    let mut read = groups(text);
    let same = read.marks.windows(2).all(|pair| pair[0] == pair[1]);
    let count = read.marks.len();
    let mut misleading = false;
    let value = match (count, read.closing) {
        (0, None) => integer(read.groups[0]),
        (0, Some(_)) => match strip_zero(read.groups[0]) {
            Some(rest) => decimal(rest, ""),
            None => version(&[read.groups[0]], ""),
        },
        (1, Some(closing)) if read.marks[0] == closing => version(&read.groups, ""),
        (2, None) if same => {
            misleading = read.marks[0] == b',' && grouped(&read.groups);
            let suffix = suffix_length(&text[read.length..]);
            let suffix = &text[read.length..read.length + suffix];
            read.length += suffix.len();
            version(&read.groups, suffix)
        }
        (_, Some(closing)) if same && read.marks[0] != closing => fraction(&read.groups, &[]),
        (1, None) => {
            misleading = read.marks[0] == b',' && grouped(&read.groups);
            fraction(&read.groups[..1], &read.groups[1..])
        }
        (_, None) => {
            let (last, first) = (read.marks[count - 1], &read.marks[..count - 1]);
            if first.iter().all(|&mark| mark == first[0] && mark != last) {
                fraction(&read.groups[..count], &read.groups[count..])
            } else {
                Err(NumberError::Malformed)
            }
        }
        _ => Err(NumberError::Malformed),
    };
    ReadNumber {
        length: read.length,
        value,
        misleading,
    }
}

/// An integer; 2^63 is the smallest one, which stands behind a minus sign or is refused by the parser.
fn integer(digits: &str) -> Result<Literal, NumberError> {
    let value: u64 = digits.parse().map_err(|_| NumberError::TooLarge)?;
    let value = match i64::try_from(value) {
        Ok(value) => value,
        Err(_) if value == i64::MIN.unsigned_abs() => i64::MIN,
        Err(_) => return Err(NumberError::TooLarge),
    };
    Ok(Literal::Number(Number::Integer(value)))
}

/// Without the leading extra zero that marks a decimal.
fn strip_zero(group: &str) -> Option<&str> {
    group.strip_prefix('0').filter(|rest| !rest.is_empty())
}

/// Whether every group but the first has three digits, as groups of thousands have.
fn grouped(groups: &[&str]) -> bool {
    groups[1..].iter().all(|group| group.len() == 3) && !groups[0].starts_with('0')
}

fn decimal(whole: &str, fraction: &str) -> Result<Literal, NumberError> {
    let whole = whole.trim_start_matches('0');
    let significant = if whole.is_empty() {
        fraction.trim_start_matches('0').len()
    } else {
        whole.len() + fraction.len()
    };
    if significant > MOST_DIGITS || fraction.len() > MOST_DIGITS {
        return Err(NumberError::TooLarge);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(Literal::Number(Number::Decimal(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    })))
}

/// A float, or a decimal if a zero too many stands in front.
fn fraction(whole: &[&str], fraction: &[&str]) -> Result<Literal, NumberError> {
    let fraction = fraction.concat();
    if let Some(rest) = strip_zero(whole[0]) {
        return decimal(&(rest.to_owned() + &whole[1..].concat()), &fraction);
    }
    // Digits around a point are always a float; hundreds of them make an infinite one, which is no value here.
    let text = format!("{}.{fraction}0", whole.concat());
    let value = text.parse::<f64>().unwrap_or(f64::MAX);
    Ok(Literal::Number(Number::Float(value.min(f64::MAX))))
}

fn version(groups: &[&str], suffix: &str) -> Result<Literal, NumberError> {
    let part = |index: usize| match groups.get(index) {
        Some(digits) => digits
            .parse()
            .map(VersionPart::Number)
            .map_err(|_| NumberError::TooLarge),
        None => Ok(VersionPart::Any),
    };
    let major = groups[0].parse().map_err(|_| NumberError::TooLarge)?;
    Ok(Literal::Version(Version {
        major,
        minor: part(1)?,
        patch: part(2)?,
        suffix: suffix.to_owned(),
    }))
}

/// Length of `-rc1+b7` behind a version: a sign directly before a letter or digit, inner `-` and `.` likewise.
fn suffix_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let alphanumeric = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let mut at = 0;
    for sign in [b'-', b'+'] {
        if bytes.get(at) == Some(&sign) && alphanumeric(at + 1) {
            at += 1;
            while alphanumeric(at)
                || (matches!(bytes.get(at), Some(b'-' | b'.')) && alphanumeric(at + 1))
            {
                at += 1;
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let read = read(text);
        let rest = &text[read.length..];
        let rest = if rest.is_empty() {
            String::new()
        } else {
            format!(" | {rest}")
        };
        let lint = if read.misleading { " !" } else { "" };
        let value = match read.value {
            Ok(Literal::Number(Number::Integer(value))) => format!("int {value}"),
            Ok(Literal::Number(Number::Float(value))) => format!("float {value}"),
            Ok(Literal::Number(Number::Decimal(value))) => format!("dec {value}"),
            Ok(Literal::Version(v)) => {
                let part = |part| match part {
                    VersionPart::Number(n) => n.to_string(),
                    VersionPart::Any => "-".to_owned(),
                };
                format!(
                    "ver {} {} {} {}",
                    v.major,
                    part(v.minor),
                    part(v.patch),
                    v.suffix
                )
            }
            other => format!("{other:?}"),
        };
        value.trim_end().to_owned() + lint + &rest
    }

    #[test]
    fn decimals_have_as_many_digits_as_the_machine_holds() {
        let nines = "9".repeat(MOST_DIGITS);
        for text in [format!("00{nines}.-"), format!("00.{nines}")] {
            assert!(read(&text).value.is_ok());
        }
        for text in [
            format!("01{nines}.-"),
            format!("01.{nines}"),
            format!("00.{}1", "0".repeat(MOST_DIGITS)),
        ] {
            assert!(matches!(read(&text).value, Err(NumberError::TooLarge)));
        }
    }

    #[test]
    fn every_form_of_the_table() {
        for (text, expected) in [
            ("0", "int 0"),
            ("10", "int 10"),
            ("007", "int 7"),
            ("9223372036854775807", "int 9223372036854775807"),
            ("9223372036854775808", "int -9223372036854775808"),
            ("9223372036854775809", "Err(TooLarge)"),
            ("1.5", "float 1.5"),
            ("10,2", "float 10.2"),
            ("0.5", "float 0.5"),
            ("1,000.5", "float 1000.5"),
            ("1.000,5", "float 1000.5"),
            ("1,0,0.5", "float 100.5"),
            ("2,000.-", "float 2000"),
            ("2.000,-", "float 2000"),
            ("1,000,000.-", "float 1000000"),
            ("01.5", "dec 1.5"),
            ("00.123", "dec 0.123"),
            ("05.-", "dec 5"),
            ("02,000.5", "dec 2000.5"),
            ("001.50", "dec 1.50"),
            ("099999999999999999999.1", "dec 99999999999999999999.1"),
            ("1.2.3", "ver 1 2 3"),
            ("1,2,3", "ver 1 2 3"),
            ("1.2.-", "ver 1 2 -"),
            ("1.0.0-rc1+b7", "ver 1 0 0 -rc1+b7"),
            ("1.0.0+b7", "ver 1 0 0 +b7"),
            ("1.0.0--1", "ver 1 0 0 | --1"),
            ("1.-", "ver 1 - -"),
            ("10.-", "ver 10 - -"),
            ("1,000", "float 1 !"),
            ("1,000,000", "ver 1 0 0 !"),
            ("1..5", "int 1 | ..5"),
            ("1.x", "int 1 | .x"),
            ("1.2.3.4", "Err(Malformed)"),
            ("1.2,3.4", "Err(Malformed)"),
            ("1.2.3.-", "Err(Malformed)"),
            ("5--3", "int 5 | --3"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }
}
