//! Typed format strings (docs/specs/fusabi.md §1.11): `%d`, `%-8.3f`, `%*d`.

/// One `%…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormatSpec {
    /// What it takes.
    pub kind: FormatKind,
    /// `0`: filled with zeros.
    pub zero: bool,
    /// `-`: left-justified.
    pub left: bool,
    /// `+`: with its sign.
    pub plus: bool,
    /// A blank where the sign of a positive number would stand.
    pub space: bool,
    /// Least width.
    pub width: Amount,
    /// Digits behind the point.
    pub precision: Amount,
}

/// A width or precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Amount {
    /// Not given.
    #[default]
    None,
    /// That many.
    Fixed(u16),
    /// `*`: an `int` argument says how many, before the value.
    Argument,
}

/// What a format specifier takes and how it shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "named for the character behind `%`")]
pub enum FormatKind {
    D,
    I,
    U,
    LowerX,
    UpperX,
    O,
    UpperB,
    B,
    C,
    S,
    LowerF,
    UpperF,
    LowerE,
    UpperE,
    LowerG,
    UpperG,
    /// `%M`, decimal: not supported by the type checker, there is no such type.
    M,
    /// `%A`
    Structural,
    /// `%O`
    Text,
    /// `%a`: a function and its value.
    Printer,
    /// `%t`: a function.
    Thunk,
}

impl FormatKind {
    /// The kind of that character.
    #[must_use]
    pub const fn of(character: char) -> Option<Self> {
        Some(match character {
            'd' => Self::D,
            'i' => Self::I,
            'u' => Self::U,
            'x' => Self::LowerX,
            'X' => Self::UpperX,
            'o' => Self::O,
            'B' => Self::UpperB,
            'b' => Self::B,
            'c' => Self::C,
            's' => Self::S,
            'f' => Self::LowerF,
            'F' => Self::UpperF,
            'e' => Self::LowerE,
            'E' => Self::UpperE,
            'g' => Self::LowerG,
            'G' => Self::UpperG,
            'M' => Self::M,
            'A' => Self::Structural,
            'O' => Self::Text,
            'a' => Self::Printer,
            't' => Self::Thunk,
            _ => return None,
        })
    }
}

/// A part of a format string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatPart {
    /// Text, `%%` resolved.
    Text(String),
    /// A specifier.
    Spec(FormatSpec),
}

/// A `%` that begins no specifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadFormat {
    /// Its place in the text with escapes resolved, in bytes.
    pub at: usize,
}

/// Reads a format string.
///
/// # Errors
/// [`BadFormat`]: a `%` with nothing behind it that belongs there, or a width beyond 65535.
pub fn parse_format(text: &str) -> Result<Vec<FormatPart>, BadFormat> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(percent) = rest.find('%') else {
            plain.push_str(rest);
            break;
        };
        plain.push_str(rest.get(..percent).unwrap_or(""));
        at += percent;
        let behind = text.get(at + 1..).unwrap_or("");
        if behind.starts_with('%') {
            plain.push('%');
            at += 2;
            continue;
        }
        let (spec, length) = spec(behind).ok_or(BadFormat { at })?;
        if !plain.is_empty() {
            parts.push(FormatPart::Text(std::mem::take(&mut plain)));
        }
        parts.push(FormatPart::Spec(spec));
        at += 1 + length;
    }
    if !plain.is_empty() {
        parts.push(FormatPart::Text(plain));
    }
    Ok(parts)
}

/// The specifier behind a `%` and its length in bytes.
fn spec(text: &str) -> Option<(FormatSpec, usize)> {
    let mut spec = FormatSpec {
        kind: FormatKind::D,
        zero: false,
        left: false,
        plus: false,
        space: false,
        width: Amount::None,
        precision: Amount::None,
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(flag) = bytes.get(at) {
        match flag {
            b'0' => spec.zero = true,
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            _ => break,
        }
        at += 1;
    }
    spec.width = amount(bytes, &mut at)?;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        spec.precision = amount(bytes, &mut at)?;
        if spec.precision == Amount::None {
            return None;
        }
    }
    let character = text.get(at..)?.chars().next()?;
    spec.kind = FormatKind::of(character)?;
    Some((spec, at + character.len_utf8()))
}

fn amount(bytes: &[u8], at: &mut usize) -> Option<Amount> {
    if bytes.get(*at) == Some(&b'*') {
        *at += 1;
        return Some(Amount::Argument);
    }
    let mut value = None;
    while let Some(digit) = bytes.get(*at).filter(|byte| byte.is_ascii_digit()) {
        let so_far: u16 = value.unwrap_or(0);
        value = Some(
            so_far
                .checked_mul(10)?
                .checked_add(u16::from(digit - b'0'))?,
        );
        *at += 1;
    }
    Some(value.map_or(Amount::None, Amount::Fixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_in_order() {
        let parts = parse_format("a %-8.3f%%b%*d").unwrap();
        assert_eq!(parts.len(), 4);
        assert_eq!(parts[0], FormatPart::Text("a ".into()));
        let FormatPart::Spec(first) = &parts[1] else {
            panic!("{parts:?}")
        };
        assert_eq!(
            (first.kind, first.left, first.width, first.precision),
            (FormatKind::LowerF, true, Amount::Fixed(8), Amount::Fixed(3))
        );
        assert_eq!(parts[2], FormatPart::Text("%b".into()));
        assert!(matches!(
            &parts[3],
            FormatPart::Spec(FormatSpec {
                width: Amount::Argument,
                ..
            })
        ));
    }

    #[test]
    fn a_lone_percent_is_an_error_at_its_place() {
        for (text, at) in [
            ("100 % ", 4),
            ("%", 0),
            ("é%.d", 2),
            ("%99999d", 0),
            ("%q", 0),
        ] {
            assert_eq!(parse_format(text), Err(BadFormat { at }), "{text}");
        }
    }
}
