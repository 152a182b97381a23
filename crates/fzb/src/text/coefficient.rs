//! Coefficients of decimals: digits in a text, two's complement bytes in a record.

use isa::text::token;

/// Coefficients beyond this many bytes are written as bytes, not digits: turning digits takes quadratic time.
const MAX_DIGIT_BYTES: usize = 4096;
/// Decimal digits that may stand in a text.
pub(super) const MAX_DIGITS: usize = 10_000;

/// Two's complement, little-endian, shortest form, of a decimal integer; `None` if it has too many digits.
pub(super) fn coefficient_of(text: &str) -> Option<Vec<u8>> {
    let negative = text.starts_with('-');
    let hex = text.trim_start_matches(['-', '+']).starts_with("0x");
    let mut limbs: Vec<u32> = Vec::new();
    if hex {
        let value = token::int_value(text)?.unsigned_abs();
        limbs.extend((0..4).map(|n| (value >> (32 * n)) as u32));
    } else {
        if text.len() > MAX_DIGITS {
            return None;
        }
        for digit in text.bytes().filter(u8::is_ascii_digit) {
            let mut carry = u64::from(digit - b'0');
            for limb in &mut limbs {
                let value = u64::from(*limb) * 10 + carry;
                *limb = value as u32;
                carry = value >> 32;
            }
            if carry > 0 {
                limbs.push(carry as u32);
            }
        }
    }
    let mut bytes: Vec<u8> = limbs
        .iter()
        .flat_map(|limb| limb.to_le_bytes())
        .chain([0])
        .collect();
    if negative {
        negate(&mut bytes);
    }
    shorten(&mut bytes);
    Some(bytes)
}

fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (value, over) = (!*byte).overflowing_add(u8::from(carry));
        *byte = value;
        carry = over;
    }
}

fn shorten(bytes: &mut Vec<u8>) {
    while let [.., below, top] = bytes[..] {
        let sign = if below & 0x80 != 0 { 0xFF } else { 0 };
        if top != sign {
            break;
        }
        bytes.pop();
    }
}

/// The digits of a coefficient; `None` if it is not in its shortest form or too long to be worth it.
pub(super) fn digits_of(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > MAX_DIGIT_BYTES {
        return None;
    }
    let mut shortest = bytes.to_vec();
    shorten(&mut shortest);
    if shortest.len() != bytes.len() {
        return None;
    }
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    shortest.push(if negative { 0xFF } else { 0 });
    if negative {
        negate(&mut shortest);
    }
    let mut digits = Vec::new();
    while shortest.iter().any(|byte| *byte != 0) {
        let mut rest = 0u32;
        for byte in shortest.iter_mut().rev() {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        while shortest.last() == Some(&0) {
            shortest.pop();
        }
        digits.push(b'0' + rest as u8);
    }
    if digits.is_empty() {
        digits.push(b'0');
    }
    if negative {
        digits.push(b'-');
    }
    digits.reverse();
    let text = String::from_utf8(digits).ok()?;
    (text.len() <= MAX_DIGITS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_survive() {
        for text in [
            "0",
            "1",
            "-1",
            "127",
            "128",
            "-128",
            "-129",
            "255",
            "-256",
            "12345678901234567890123456789",
            "-170141183460469231731687303715884105728",
        ] {
            let bytes = coefficient_of(text).unwrap();
            assert_eq!(digits_of(&bytes).as_deref(), Some(text));
        }
        assert_eq!(coefficient_of("128"), Some(vec![0x80, 0]));
        assert_eq!(coefficient_of("-128"), Some(vec![0x80]));
        assert_eq!(coefficient_of("0xFF"), coefficient_of("255"));
        assert_eq!(digits_of(&[1, 0]), None);
    }
}
