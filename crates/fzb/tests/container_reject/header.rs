//! Files with a bad header.

use fzb::Rule;
use fzb::header::HEADER_SIZE;

use super::{Reject, bytes, put};

pub fn files() -> Vec<Reject> {
    vec![
        bytes("empty", Rule::TooShort, "found 0 bytes", |file| {
            file.clear()
        }),
        bytes("too-short", Rule::TooShort, "found 63 bytes", |file| {
            file.truncate(63)
        }),
        bytes("magic", Rule::Magic, "found 46 5a 42 01", |file| {
            file[3] = 1
        }),
        bytes("version", Rule::Version, "found 2, expected 1", |file| {
            file[4] = 2
        }),
        bytes("header-length", Rule::HeaderLength, "found 128", |file| {
            file[12] = 128
        }),
        bytes(
            "payload-length",
            Rule::PayloadLength,
            "payload: found",
            |file| file.truncate(file.len() - 1),
        ),
        bytes(
            "payload-limit",
            Rule::PayloadLimit,
            "at most 67108864",
            |file| put(file, 16, (64 << 20) + 1),
        ),
        bytes(
            "payload-limit-high",
            Rule::PayloadLimit,
            "header.payload_len",
            |file| put(file, 20, 1),
        ),
        bytes("flags", Rule::Flags, "header.flags", |file| file[11] = 0x80),
        bytes("min-machine", Rule::MinMachine, "header.min_vm", |file| {
            file[24] = 2
        }),
        bytes("language", Rule::Language, "found 4", |file| file[28] = 4),
        bytes("hash", Rule::Hash, "header.hash", |file| file[32] ^= 1),
        bytes("hash-of-payload", Rule::Hash, "header.hash", |file| {
            file[HEADER_SIZE] ^= 1
        }),
        bytes("reserved", Rule::Reserved, "header[48..64]", |file| {
            file[63] = 1
        }),
        bytes("trailing", Rule::Trailing, "found 1 bytes", |file| {
            file.push(0)
        }),
        bytes("signature", Rule::Signature, "a signature", |file| {
            file[8] |= 2
        }),
    ]
}
