//! Texts: raw ones and the escapes of interpolated ones (docs/specs/rhumb.md §1.10).

/// What a raw text came to.
pub(crate) enum RawText {
    /// It ends: bytes taken with both quotes, and its value.
    Closed(usize, String),
    /// The line or the source ends first, after that many bytes.
    Open(usize),
}

/// Reads the raw text that begins with `'`.
pub(crate) fn read_raw(text: &str) -> RawText {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => return RawText::Closed(at + 1, value),
            '\n' => return RawText::Open(at),
            '`' => match chars.next_if(|&(_, next)| matches!(next, '\'' | '`')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('`'),
            },
            _ => value.push(c),
        }
    }
    RawText::Open(text.len())
}

/// Reads the escape that begins with a backtick: bytes taken and the character, or none if there is no such escape.
pub(crate) fn read_escape(text: &str) -> (usize, Option<char>) {
    let Some(sign) = text[1..].chars().next() else {
        return (1, None);
    };
    let plain = match sign {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{C}',
        '`' | '$' | '"' => sign,
        'u' => return read_scalar(text),
        // The sign itself is read on as text.
        _ => return (1, None),
    };
    (2, Some(plain))
}

/// `` `u{hex} ``, one to six digits of a Unicode scalar value.
fn read_scalar(text: &str) -> (usize, Option<char>) {
    let Some(inner) = text[2..].strip_prefix('{') else {
        return (2, None);
    };
    let digits = inner.bytes().take_while(u8::is_ascii_hexdigit).count();
    if inner.as_bytes().get(digits) != Some(&b'}') {
        return (2, None);
    }
    let value = u32::from_str_radix(&inner[..digits], 16).ok();
    (
        digits + 4,
        value.filter(|_| digits <= 6).and_then(char::from_u32),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_texts_know_two_escapes() {
        let value = |text: &str| match read_raw(text) {
            RawText::Closed(length, value) => Ok((length, value)),
            RawText::Open(length) => Err(length),
        };
        assert_eq!(value("'it`'s' x"), Ok((7, "it's".to_owned())));
        assert_eq!(value("'a``b'"), Ok((6, "a`b".to_owned())));
        assert_eq!(value("'a`n$x'"), Ok((7, "a`n$x".to_owned())));
        assert_eq!(value("''"), Ok((2, String::new())));
        assert_eq!(value("'a\nb'"), Err(2));
        assert_eq!(value("'a"), Err(2));
        assert_eq!(value("'a`"), Err(3));
    }

    #[test]
    fn escapes_of_interpolated_texts() {
        for (text, expected) in [
            ("`n", (2, Some('\n'))),
            ("`$", (2, Some('$'))),
            ("`\"", (2, Some('"'))),
            ("`u{1F9EE}x", (9, Some('🧮'))),
            ("`u{}", (4, None)),
            ("`u{D800}", (8, None)),
            ("`u{110000}", (10, None)),
            ("`u12", (2, None)),
            ("`u{12", (2, None)),
            ("`x", (1, None)),
            ("`", (1, None)),
        ] {
            assert_eq!(read_escape(text), expected, "{text}");
        }
    }
}
