//! Digests.

use ::sha1::Sha1;
use foxvm::{Context, Error, Native, Octets};
use sha2::{Digest, Sha256, Sha512};

use crate::hex::digits;

/// Bytes that are hashed between two looks at interrupt and deadline.
const STEP: usize = 1 << 20;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        sha256::native(),
        sha512::native(),
        sha1::native(),
        blake3::native(),
        crc32::native(),
    ]
}

fn fed(cx: &mut Context<'_>, data: &Octets, mut feed: impl FnMut(&[u8])) -> Result<(), Error> {
    cx.work(0)?;
    for part in data.0.chunks(STEP) {
        // A digest takes several times as long as a copy.
        cx.work(part.len() * 4)?;
        feed(part);
    }
    Ok(())
}

/// SHA-256 of bytes or of a text's UTF-8.
#[foxvm::native(name = "hash.sha256")]
fn sha256(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    let mut hasher = Sha256::new();
    fed(cx, &data, |part| hasher.update(part))?;
    Ok(digits(&hasher.finalize()))
}

/// SHA-512 of bytes or of a text's UTF-8.
#[foxvm::native(name = "hash.sha512")]
fn sha512(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    let mut hasher = Sha512::new();
    fed(cx, &data, |part| hasher.update(part))?;
    Ok(digits(&hasher.finalize()))
}

/// SHA-1 of bytes or of a text's UTF-8, for old formats: it is broken as a proof of origin.
#[foxvm::native(name = "hash.sha1")]
fn sha1(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    let mut hasher = Sha1::new();
    fed(cx, &data, |part| hasher.update(part))?;
    Ok(digits(&hasher.finalize()))
}

/// BLAKE3 of bytes or of a text's UTF-8.
#[foxvm::native(name = "hash.blake3")]
fn blake3(cx: &mut Context<'_>, data: Octets) -> Result<String, Error> {
    let mut hasher = ::blake3::Hasher::new();
    fed(cx, &data, |part| {
        hasher.update(part);
    })?;
    Ok(digits(hasher.finalize().as_bytes()))
}

/// CRC-32 (ISO-HDLC, as in zip and gzip) of bytes or of a text's UTF-8, as an integer.
#[foxvm::native(name = "hash.crc32")]
fn crc32(cx: &mut Context<'_>, data: Octets) -> Result<i64, Error> {
    let mut hasher = crc32fast::Hasher::new();
    fed(cx, &data, |part| hasher.update(part))?;
    Ok(i64::from(hasher.finalize()))
}
