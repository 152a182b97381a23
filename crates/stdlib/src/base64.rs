//! Base64 (RFC 4648).

use ::base64::Engine as _;
use ::base64::engine::DecodePaddingMode;
use ::base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD,
};
use foxvm::{Context, Error, Native, Octets};

use crate::failure;
use crate::gather::too_long;

/// The alphabet of addresses, read with and without padding.
const URL_READER: GeneralPurpose = GeneralPurpose::new(
    &::base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn natives() -> Vec<Native> {
    vec![
        encode::native(),
        decode::native(),
        encode_url::native(),
        decode_url::native(),
    ]
}

fn encoded(cx: &mut Context<'_>, data: &[u8], engine: &GeneralPurpose) -> Result<String, Error> {
    let bytes = ::base64::encoded_len(data.len(), true).unwrap_or(usize::MAX);
    if bytes > cx.largest() {
        return Err(too_long(cx.largest()));
    }
    cx.work(bytes)?;
    Ok(engine.encode(data))
}

fn decoded(cx: &mut Context<'_>, text: &str, engine: &GeneralPurpose) -> Result<Vec<u8>, Error> {
    cx.work(text.len())?;
    engine
        .decode(text)
        .map_err(|error| failure::conv(error.to_string()))
}

/// Text of bytes, or of the UTF-8 of a text: A-Z a-z 0-9 + /, padded with =.
#[foxvm::native(name = "base64.encode")]
fn encode(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    encoded(cx, &data.0, &STANDARD)
}

/// Bytes of a text that `base64.encode` made; padding is needed, blanks are not allowed.
#[foxvm::native(name = "base64.decode")]
fn decode(cx: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Error> {
    decoded(cx, text, &STANDARD)
}

/// Text for addresses and file names: with - and _ in place of + and /, without padding.
#[foxvm::native(name = "base64.encode_url")]
fn encode_url(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    encoded(cx, &data.0, &URL_SAFE_NO_PAD)
}

/// Bytes of a text that `base64.encode_url` made, padded or not.
#[foxvm::native(name = "base64.decode_url")]
fn decode_url(cx: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Error> {
    decoded(cx, text, &URL_READER)
}
