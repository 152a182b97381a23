//! The gate: finds the tables in an archive that nobody trusts, from its raw bytes, in constant time and without `unsafe`.
//!
//! After it every table lies inside the payload, is aligned, has at most its bound of records, and shares no byte with
//! the root or another table, because all stand in their order. Everything else reads through the offsets that it returns; rkyv's own checked access runs
//! only behind it (docs/security.md).

use crate::error::{FileError, Rule};
use crate::layout::{
    ALIGN, ENTRY_AT, FLAGS_AT, LANG_AT, MAGIC_AT, METADATA_AT, MIN_MACHINE_AT, MODULE_VERSION_AT,
    NAME_AT, PAYLOAD_LIMIT, POLICY_AT, ROOT_SIZE, Table, VECTORS_AT, VERSION_AT, u32_at,
};
use crate::tables::Range;

/// Where a table stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Area {
    /// Byte offset of the first record in the payload.
    pub start: u32,
    /// Number of records.
    pub len: u32,
}

/// The root as the raw bytes say it. The scalars are not judged yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Root {
    /// `FZB\0` if it is a module.
    pub magic: [u8; 4],
    /// Version of the format.
    pub version: u32,
    /// Name of the module, a range of strings.
    pub name: Range,
    /// Version of the module, a range of strings.
    pub module_version: Range,
    /// Source language.
    pub lang: u32,
    /// Default policy.
    pub policy: u32,
    /// Least machine version.
    pub min_machine: u32,
    /// Entry function or NONE.
    pub entry: u32,
    /// Reserved.
    pub flags: u32,
    /// Free metadata, a range of bytes.
    pub metadata: Range,
    /// Where the tables stand, in the order of [`Table::ALL`].
    pub areas: [Area; Table::COUNT],
}

impl Root {
    /// Where a table stands.
    pub const fn area(&self, table: Table) -> Area {
        self.areas[table.index()]
    }
}

/// Reads and checks the root at the end of `payload`.
pub fn check(payload: &[u8]) -> Result<Root, FileError> {
    let root_at = payload.len().checked_sub(ROOT_SIZE).ok_or_else(|| {
        FileError::new(Rule::ArchiveStructure, "payload", || {
            (
                said!("{} bytes", payload.len()),
                said!("at least the {} bytes of a root", ROOT_SIZE),
            )
        })
    })?;
    if payload.len() > PAYLOAD_LIMIT as usize {
        return Err(FileError::new(Rule::PayloadLimit, "payload", || {
            (
                said!("{} bytes", payload.len()),
                said!("at most {}", PAYLOAD_LIMIT),
            )
        }));
    }
    if root_at % ALIGN != 0 {
        return Err(FileError::new(Rule::ArchiveAlignment, "root", || {
            (
                said!("offset {}", root_at),
                said!("a multiple of {}", ALIGN),
            )
        }));
    }
    let word = |at: usize| u32_at(payload, root_at + at).unwrap_or_default();
    let range = |at: usize| Range {
        start: word(at),
        len: word(at + 4),
    };
    let mut areas = [Area::default(); Table::COUNT];
    for &table in Table::ALL {
        let field = VECTORS_AT + 8 * table.index();
        areas[table.index()] = area(
            table,
            root_at,
            root_at + field,
            word(field) as i32,
            word(field + 4),
        )?;
    }
    in_order(&areas)?;
    Ok(Root {
        magic: word(MAGIC_AT).to_le_bytes(),
        version: word(VERSION_AT),
        name: range(NAME_AT),
        module_version: range(MODULE_VERSION_AT),
        lang: word(LANG_AT),
        policy: word(POLICY_AT),
        min_machine: word(MIN_MACHINE_AT),
        entry: word(ENTRY_AT),
        flags: word(FLAGS_AT),
        metadata: range(METADATA_AT),
        areas,
    })
}

/// Judges one pair (offset, length) that stands at `at`; tables end where the root begins.
fn area(table: Table, root_at: usize, at: usize, offset: i32, len: u32) -> Result<Area, FileError> {
    if len > table.bound() {
        return Err(FileError::new(Rule::Count, table.text(), || {
            (said!("{}", len), said!("at most {}", table.bound()))
        }));
    }
    // No overflow: the payload is below 2^27, the offset is 32 bits, the length is at most 2^26 with records below 2^7.
    let start = at as i64 + i64::from(offset);
    let end = start + i64::from(len) * table.record_size() as i64;
    if start < 0 || end > root_at as i64 {
        return Err(FileError::new(Rule::ArchiveRange, table.text(), || {
            (
                said!("bytes {}..{}", start, end),
                said!("a range within 0..{}", root_at),
            )
        }));
    }
    if start % table.align() as i64 != 0 {
        return Err(FileError::new(Rule::ArchiveAlignment, table.text(), || {
            (
                said!("offset {}", start),
                said!("a multiple of {}", table.align()),
            )
        }));
    }
    Ok(Area {
        start: start as u32,
        len,
    })
}

/// Tables stand in the order of the root, so no two of them share a byte. (None shares one with the root: all end before
/// it.) Writers make no other order and rkyv's checked access refuses every other one.
fn in_order(areas: &[Area; Table::COUNT]) -> Result<(), FileError> {
    let mut last = (0u32, Table::Names);
    for &table in Table::ALL {
        let Area { start, len } = areas[table.index()];
        let end = start + len * table.record_size() as u32;
        if start < last.0 {
            return Err(FileError::new(Rule::ArchiveOverlap, table.text(), || {
                (
                    said!("bytes {}..{}", start, end),
                    said!(
                        "a range after the end of {}, which is {}",
                        last.1.text(),
                        last.0
                    ),
                )
            }));
        }
        last = (end, table);
    }
    Ok(())
}
