//! Format specifications: how many values `format` takes (docs/specs/fusabi.md §1.11).

/// Number of stack values that a specification takes; `None` if it is not one.
///
/// `%`, then flags `0 - + space`, a width or `*`, `.` and a precision or `*`, and a letter of `d i u x X o b c s f F e E
/// g G M A O a t`; `%%` is a percent sign. `*` takes a value, `a` two (function and value), each other letter one.
pub fn arguments(spec: &str) -> Option<u32> {
    let mut bytes = spec.bytes().peekable();
    let mut count = 0u32;
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            continue;
        }
        if bytes.next_if_eq(&b'%').is_some() {
            continue;
        }
        while bytes
            .next_if(|byte| matches!(byte, b'0' | b'-' | b'+' | b' '))
            .is_some()
        {}
        let mut number = |count: &mut u32| {
            if bytes.next_if_eq(&b'*').is_some() {
                *count = count.saturating_add(1);
            } else {
                while bytes.next_if(u8::is_ascii_digit).is_some() {}
            }
        };
        number(&mut count);
        if bytes.next_if_eq(&b'.').is_some() {
            let mut number = |count: &mut u32| {
                if bytes.next_if_eq(&b'*').is_some() {
                    *count = count.saturating_add(1);
                } else {
                    while bytes.next_if(u8::is_ascii_digit).is_some() {}
                }
            };
            number(&mut count);
        }
        count = count.saturating_add(match bytes.next()? {
            b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'b' | b'c' | b's' | b'f' | b'F' | b'e'
            | b'E' | b'g' | b'G' | b'M' | b'A' | b'O' | b't' => 1,
            b'a' => 2,
            _ => return None,
        });
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn values_are_counted() {
        for (spec, count) in [
            ("", Some(0)),
            ("100%%", Some(0)),
            ("%d of %s", Some(2)),
            ("%-8.3f|%+05d", Some(2)),
            ("%*d", Some(2)),
            ("%.*f", Some(2)),
            ("%*.*f", Some(3)),
            ("%a%t", Some(3)),
            ("%", None),
            ("%-", None),
            ("50% sure", Some(1)),
            ("%q", None),
            ("é%A", Some(1)),
        ] {
            assert_eq!(arguments(spec), count, "{spec}");
        }
    }
}
