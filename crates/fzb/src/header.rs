//! The 64 bytes before the archive (docs/specs/fusabi.md §4.2): reading, writing, and every check of a field.

use crate::error::{FileError, Rule};
use crate::layout::{PAYLOAD_LIMIT, u32_at, u64_at};
use crate::tables::Lang;

/// First four bytes of a file and of the module record.
pub const MAGIC: [u8; 4] = *b"FZB\0";
/// Version of the format that this crate reads and writes.
pub const FORMAT_VERSION: u32 = 1;
/// Version of the machine; a module's `min_machine` may not be above it.
pub const MACHINE_VERSION: u32 = 1;
/// Size of the header; keeps the archive 16-byte aligned in an aligned buffer.
pub const HEADER_SIZE: usize = 64;

/// Bits of the header's flags.
pub mod header_flags {
    /// There are debug tables.
    pub const DEBUG: u32 = 1;
    /// A signature block follows the payload (no reader supports it yet).
    pub const SIGNED: u32 = 2;
    /// There are exports.
    pub const EXPORTS: u32 = 4;
    /// All bits that have a meaning.
    pub const ALL: u32 = 7;
}

/// The first 128 bits of the BLAKE3 hash of a module's payload; names a module everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ModuleHash(pub [u8; 16]);

impl ModuleHash {
    /// The hash of a payload.
    pub fn of(payload: &[u8]) -> ModuleHash {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(payload).as_bytes()[..16]);
        ModuleHash(short)
    }
}

impl std::fmt::Display for ModuleHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A header whose fields are in their ranges. Magic, version, length and reserved bytes are implied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// [`header_flags`].
    pub flags: u32,
    /// Bytes after the header; at most [`PAYLOAD_LIMIT`].
    pub payload_len: u32,
    /// Least machine version.
    pub min_machine: u32,
    /// Source language.
    pub lang: Lang,
    /// Hash of the payload.
    pub hash: ModuleHash,
}

impl Header {
    /// The header's bytes.
    pub fn write(&self) -> [u8; HEADER_SIZE] {
        let mut out = [0; HEADER_SIZE];
        out[0..4].copy_from_slice(&MAGIC);
        out[4..8].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        out[8..12].copy_from_slice(&self.flags.to_le_bytes());
        out[12..16].copy_from_slice(&(HEADER_SIZE as u32).to_le_bytes());
        out[16..24].copy_from_slice(&u64::from(self.payload_len).to_le_bytes());
        out[24..28].copy_from_slice(&self.min_machine.to_le_bytes());
        out[28..32].copy_from_slice(&(self.lang as u32).to_le_bytes());
        out[32..48].copy_from_slice(&self.hash.0);
        out
    }

    /// Reads and checks the header of a whole file; the hash is read but not compared with the payload's
    /// ([`Header::check_hash`]). Each field has its own [`Rule`]; constant work.
    pub fn read(file: &[u8]) -> Result<Header, FileError> {
        let bytes = file.get(..HEADER_SIZE).ok_or_else(|| {
            FileError::new(Rule::TooShort, "file", || {
                (
                    said!("{} bytes", file.len()),
                    said!("{} bytes", HEADER_SIZE),
                )
            })
        })?;
        let word = |at: usize| u32_at(bytes, at).unwrap_or_default();
        if bytes[..4] != MAGIC {
            return Err(FileError::new(Rule::Magic, "header[0..4]", || {
                (said!("{}", hex(&bytes[..4])), said!("{}", hex(&MAGIC)))
            }));
        }
        if word(4) != FORMAT_VERSION {
            return Err(FileError::new(Rule::Version, "header.version", || {
                (said!("{}", word(4)), said!("{}", FORMAT_VERSION))
            }));
        }
        if word(12) as usize != HEADER_SIZE {
            return Err(FileError::new(
                Rule::HeaderLength,
                "header.header_len",
                || (said!("{}", word(12)), said!("{}", HEADER_SIZE)),
            ));
        }
        let flags = word(8);
        if flags & !header_flags::ALL != 0 {
            return Err(FileError::new(Rule::Flags, "header.flags", || {
                (
                    said!("{}", format!("{flags:#x}")),
                    said!("only bits of {}", format!("{:#x}", header_flags::ALL)),
                )
            }));
        }
        if flags & header_flags::SIGNED != 0 {
            return Err(FileError::new(Rule::Signature, "header.flags", || {
                (said!("the bit of a signature"), said!("no signature"))
            }));
        }
        if bytes[48..].iter().any(|byte| *byte != 0) {
            return Err(FileError::new(Rule::Reserved, "header[48..64]", || {
                (said!("{}", hex(&bytes[48..])), said!("zeroes"))
            }));
        }
        let payload_len = u64_at(bytes, 16).unwrap_or_default();
        if payload_len > u64::from(PAYLOAD_LIMIT) {
            return Err(FileError::new(
                Rule::PayloadLimit,
                "header.payload_len",
                || (said!("{}", payload_len), said!("at most {}", PAYLOAD_LIMIT)),
            ));
        }
        let present = (file.len() - HEADER_SIZE) as u64;
        if present < payload_len {
            return Err(FileError::new(Rule::PayloadLength, "payload", || {
                (said!("{} bytes", present), said!("{} bytes", payload_len))
            }));
        }
        if present > payload_len {
            return Err(FileError::new(Rule::Trailing, "file", || {
                (
                    said!("{} bytes after the payload", present - payload_len),
                    said!("the end of the file"),
                )
            }));
        }
        let min_machine = word(24);
        if min_machine > MACHINE_VERSION {
            return Err(FileError::new(Rule::MinMachine, "header.min_vm", || {
                (
                    said!("{}", min_machine),
                    said!("at most {}", MACHINE_VERSION),
                )
            }));
        }
        let lang = Lang::from_number(word(28)).ok_or_else(|| {
            FileError::new(Rule::Language, "header.lang", || {
                (said!("{}", word(28)), said!("a number from {} to {}", 0, 3))
            })
        })?;
        let mut hash = [0; 16];
        hash.copy_from_slice(&bytes[32..48]);
        Ok(Header {
            flags,
            payload_len: payload_len as u32,
            min_machine,
            lang,
            hash: ModuleHash(hash),
        })
    }

    /// Compares the hash with the payload's; linear work.
    pub fn check_hash(&self, payload: &[u8]) -> Result<(), FileError> {
        let found = ModuleHash::of(payload);
        if found == self.hash {
            Ok(())
        } else {
            Err(FileError::new(Rule::Hash, "header.hash", || {
                (
                    said!("{}", self.hash.to_string()),
                    said!("{}", found.to_string()),
                )
            }))
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}
