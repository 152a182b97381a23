//! Hexadecimal.

use foxvm::{Context, Error, Native, Octets};

use crate::failure;
use crate::gather::too_long;

pub(crate) fn natives() -> Vec<Native> {
    vec![encode::native(), decode::native()]
}

/// Lower-case digits of bytes.
pub(crate) fn digits(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Two lower-case digits for each byte, or each byte of a text's UTF-8.
#[foxvm::native(name = "hex.encode")]
fn encode(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    let bytes = data.0.len().saturating_mul(2);
    if bytes > cx.largest() {
        return Err(too_long(cx.largest()));
    }
    cx.work(bytes)?;
    Ok(digits(&data.0))
}

/// Bytes of pairs of digits, upper or lower case.
#[foxvm::native(name = "hex.decode")]
fn decode(cx: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Error> {
    cx.work(text.len())?;
    if !text.len().is_multiple_of(2) {
        return Err(failure::conv("a byte is two digits: one is missing"));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .enumerate()
        .map(|(index, pair)| {
            match pair {
                [high, low] => digit(*high)
                    .zip(digit(*low))
                    .map(|(high, low)| (high << 4 | low) as u8),
                _ => None,
            }
            .ok_or_else(|| failure::conv(format!("no hexadecimal digits at place {}", 2 * index)))
        })
        .collect()
}
