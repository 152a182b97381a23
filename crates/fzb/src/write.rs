//! Tables → file. Writes what the tables say, in their order: nothing is sorted, merged or repaired here; a module that
//! breaks a rule is written as it is and refused by the checks.

use crate::archive;
use crate::error::{FileError, Rule};
use crate::header::{
    FORMAT_VERSION, HEADER_SIZE, Header, MACHINE_VERSION, MAGIC, ModuleHash, header_flags,
};
use crate::layout::PAYLOAD_LIMIT;
use crate::tables::{ConstKind, Lang, NONE, Range, Tables};

impl Tables {
    /// A module without functions: magic, version and language are set, there is no entry, all tables are empty, and the
    /// name stands at the start of `strings`.
    pub fn new(name: &str, lang: Lang) -> Tables {
        Tables {
            magic: MAGIC,
            version: FORMAT_VERSION,
            name: Range {
                start: 0,
                len: name.len() as u32,
            },
            strings: name.as_bytes().to_vec(),
            lang: lang as u32,
            policy: lang as u32,
            min_machine: MACHINE_VERSION,
            entry: NONE,
            ..Tables::default()
        }
    }

    /// True if a debug table has a record.
    pub fn has_debug(&self) -> bool {
        !(self.files.is_empty()
            && self.lines.is_empty()
            && self.locals.is_empty()
            && self.docs.is_empty())
    }

    /// The same module without debug tables. Strings behind the last one that anything else uses go too, so a writer
    /// that puts debug strings last loses all of them.
    pub fn without_debug(&self) -> Tables {
        let mut tables = self.clone();
        tables.files.clear();
        tables.lines.clear();
        tables.locals.clear();
        tables.docs.clear();
        let texts = tables
            .constants
            .iter()
            .filter(|record| {
                [ConstKind::Text as u32, ConstKind::Format as u32].contains(&record.kind)
            })
            .map(|record| Range {
                start: record.p[0],
                len: record.p[1],
            });
        let used = texts
            .chain(tables.names.iter().copied())
            .chain([tables.name, tables.module_version])
            .map(|range| range.start.saturating_add(range.len))
            .max()
            .unwrap_or(0);
        tables.strings.truncate(used as usize);
        tables
    }
}

/// The bytes of a file: header and archive. Fails if the payload is larger than 64 MiB or the language number unknown;
/// other rules are not looked at.
pub fn write(tables: &Tables) -> Result<Vec<u8>, FileError> {
    let lang = Lang::from_number(tables.lang).ok_or_else(|| {
        FileError::new(Rule::Language, "module.lang", || {
            (
                said!("{}", tables.lang),
                said!("a number from {} to {}", 0, 3),
            )
        })
    })?;
    let payload = archive::serialise(tables)?;
    if payload.len() > PAYLOAD_LIMIT as usize {
        return Err(FileError::new(Rule::PayloadLimit, "payload", || {
            (
                said!("{} bytes", payload.len()),
                said!("at most {}", PAYLOAD_LIMIT),
            )
        }));
    }
    let mut flags = 0;
    if tables.has_debug() {
        flags |= header_flags::DEBUG;
    }
    if !tables.exports.is_empty() {
        flags |= header_flags::EXPORTS;
    }
    let header = Header {
        flags,
        payload_len: payload.len() as u32,
        min_machine: tables.min_machine,
        lang,
        hash: ModuleHash::of(&payload),
    };
    let mut file = Vec::with_capacity(HEADER_SIZE + payload.len());
    file.extend_from_slice(&header.write());
    file.extend_from_slice(&payload);
    Ok(file)
}
