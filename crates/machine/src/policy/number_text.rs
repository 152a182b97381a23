//! The number literals of Rhumb, as texts that become numbers (docs/specs/rhumb.md §1.8, §3.14 `[+]`).

/// What a literal is, and its digits in the form that crate `numeric` reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Literal {
    /// Digits only.
    Integer(String),
    /// With a decimal mark, or groups and no significant decimals.
    Float(String),
    /// With an extra `0` before it.
    Decimal(String),
}

/// Bytes of host memory that [`literal`] takes for a text of that many bytes: the digits, once.
pub(crate) const fn memory(bytes: usize) -> usize {
    bytes + 1
}

/// Takes a literal apart; `None` for what is no number, versions among it. A sign may stand before it.
pub(crate) fn literal(text: &str) -> Option<Literal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let mut plain = String::with_capacity(sign.len() + digits.len());
        plain.push_str(sign);
        plain.push_str(digits);
        return Some(Literal::Integer(plain));
    }
    let exact = digits.starts_with('0')
        && digits
            .as_bytes()
            .get(1)
            .is_some_and(|byte| byte.is_ascii_digit());
    // A mark and `-` at the end: no significant decimals.
    let (digits, open) = match digits.strip_suffix('-') {
        Some(rest) => (rest, true),
        None => (digits, false),
    };
    let (whole, fraction) = digits.rsplit_once(['.', ','])?;
    let mark = digits.as_bytes().get(whole.len())?;
    // Group separators are the other mark; two of one kind make a version.
    if whole.as_bytes().contains(mark) {
        return None;
    }
    let grouped = whole.contains(['.', ',']);
    if open != fraction.is_empty() || (open && !grouped && !exact) {
        return None;
    }
    // Between and behind the marks stand digits.
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(['.', ',']);
    if !groups.all(|group| !group.is_empty() && all_digits(group)) || !all_digits(fraction) {
        return None;
    }
    let mut plain = String::with_capacity(sign.len() + digits.len());
    plain.push_str(sign);
    plain.extend(whole.split(['.', ',']));
    if !open {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(if exact {
        Literal::Decimal(plain)
    } else {
        Literal::Float(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        let float = |text: &str| Some(Literal::Float(text.to_owned()));
        let decimal = |text: &str| Some(Literal::Decimal(text.to_owned()));
        assert_eq!(literal("007"), Some(Literal::Integer("007".to_owned())));
        assert_eq!(literal("-12"), Some(Literal::Integer("-12".to_owned())));
        assert_eq!(literal("1.5"), float("1.5"));
        assert_eq!(literal("10,2"), float("10.2"));
        assert_eq!(literal("0.5"), float("0.5"));
        assert_eq!(literal("1,000.5"), float("1000.5"));
        assert_eq!(literal("1.000.000,5"), float("1000000.5"));
        assert_eq!(literal("2,000.-"), float("2000"));
        assert_eq!(literal("2.000,-"), float("2000"));
        assert_eq!(literal("1,000"), float("1.000"));
        assert_eq!(literal("01.5"), decimal("01.5"));
        assert_eq!(literal("-01,5"), decimal("-01.5"));
        assert_eq!(literal("05.-"), decimal("05"));
        assert_eq!(literal("00.123"), decimal("00.123"));
        for bad in [
            "",
            "-",
            "+",
            ".5",
            "5.",
            "1.2.3",
            "1,000,000",
            "10.-",
            "1.-",
            "1e5",
            "1 000",
            "1,,0.5",
            "1,.5",
            "--1",
            "1.5-",
            "inf",
            "0x10",
        ] {
            assert_eq!(literal(bad), None, "{bad}");
        }
    }
}
