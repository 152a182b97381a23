//! What single scalars are.

use foxvm::Native;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        is_digit::native(),
        is_letter::native(),
        is_letter_or_digit::native(),
        is_white_space::native(),
        is_upper::native(),
        is_lower::native(),
        to_upper::native(),
        to_lower::native(),
    ]
}

/// Is it a digit from 0 to 9, or one of the digits that another script has for these?
#[foxvm::native(name = "char.is_digit")]
fn is_digit(scalar: char) -> bool {
    // Of the numeric scalars those of category Nd; the others are Roman numerals, fractions, circled numbers and the like.
    scalar.is_ascii_digit() || (!scalar.is_ascii() && decimal(scalar))
}

/// Is the scalar one of ten that count from 0 to 9? Unicode gives each script's decimal digits ten places in a row, the
/// first of them a multiple of two from the block's begin, and no others their category; the table is that of category Nd.
fn decimal(scalar: char) -> bool {
    /// Zeroes of the scripts, Unicode 16.
    const ZEROES: [u32; 75] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
        0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
        0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
        0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450,
        0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50,
        0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
        0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
    ];
    let code = u32::from(scalar);
    let behind = ZEROES.partition_point(|zero| *zero <= code);
    behind
        .checked_sub(1)
        .and_then(|at| ZEROES.get(at))
        .is_some_and(|zero| code - zero < 10)
}

/// Is it a letter?
#[foxvm::native(name = "char.is_letter")]
fn is_letter(scalar: char) -> bool {
    scalar.is_alphabetic()
}

/// Is it a letter or a digit?
#[foxvm::native(name = "char.is_letter_or_digit")]
fn is_letter_or_digit(scalar: char) -> bool {
    is_letter(scalar) || is_digit(scalar)
}

/// Is it white space?
#[foxvm::native(name = "char.is_white_space")]
fn is_white_space(scalar: char) -> bool {
    scalar.is_whitespace()
}

/// Is it an upper-case letter?
#[foxvm::native(name = "char.is_upper")]
fn is_upper(scalar: char) -> bool {
    scalar.is_uppercase()
}

/// Is it a lower-case letter?
#[foxvm::native(name = "char.is_lower")]
fn is_lower(scalar: char) -> bool {
    scalar.is_lowercase()
}

/// The one scalar that it becomes, itself if there are several.
fn single(scalar: char, mut becomes: impl Iterator<Item = char>) -> char {
    match (becomes.next(), becomes.next()) {
        (Some(other), None) => other,
        _ => scalar,
    }
}

/// Its upper case; itself if it has none of one scalar.
#[foxvm::native(name = "char.to_upper")]
fn to_upper(scalar: char) -> char {
    single(scalar, scalar.to_uppercase())
}

/// Its lower case; itself if it has none of one scalar.
#[foxvm::native(name = "char.to_lower")]
fn to_lower(scalar: char) -> char {
    single(scalar, scalar.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_decimal() {
        for digit in [
            '0',
            '9',
            '\u{660}',
            '\u{96F}',
            '\u{FF15}',
            '\u{1D7FF}',
            '\u{1FBF9}',
        ] {
            assert!(is_digit(digit), "{digit}");
            assert!(digit.is_numeric(), "{digit}");
        }
        for other in ['a', '\u{B2}', '\u{BD}', '\u{2164}', '\u{2460}', '\u{66A}'] {
            assert!(!is_digit(other), "{other}");
        }
        assert!('\u{661}'.is_numeric() && is_letter_or_digit('\u{661}'));
    }

    #[test]
    fn cases_that_are_no_single_scalar_stay() {
        assert_eq!(to_upper('\u{DF}'), '\u{DF}');
        assert_eq!(to_upper('\u{E4}'), '\u{C4}');
        assert_eq!(to_lower('\u{130}'), '\u{130}');
        assert_eq!(to_lower('X'), 'x');
    }
}
