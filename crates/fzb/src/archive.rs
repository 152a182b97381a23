//! rkyv's side of the archive: serialising, and its own checked access as a second opinion behind [`crate::gate`].

use rkyv::rancor::Error;
use rkyv::util::AlignedVec;

use crate::error::{FileError, Rule};
use crate::host_memory::{NoMemory, covered};
use crate::tables::{ArchivedTables, Tables};

/// Serialises tables; the root stands at the end. The same tables give the same bytes: rkyv writes the vectors in the
/// order of the fields and every byte of padding as zero.
pub(crate) fn serialise(tables: &Tables) -> Result<AlignedVec, FileError> {
    rkyv::to_bytes::<Error>(tables).map_err(|error| {
        FileError::new(Rule::ArchiveStructure, "payload", || {
            (
                said!("{}", error.to_string()),
                said!("tables that fit an archive with 32-bit offsets"),
            )
        })
    })
}

/// Runs rkyv's checked access, which accepts all that the gate accepts (tests/container.rs); copies the payload first if it does not stand at an aligned address.
pub(crate) fn check(payload: &[u8]) -> Result<(), FileError> {
    let refuse = |error: Error| {
        FileError::new(Rule::ArchiveStructure, "payload", || {
            (
                said!("{}", error.to_string()),
                said!("an archive that rkyv accepts"),
            )
        })
    };
    if payload.as_ptr().addr().is_multiple_of(crate::layout::ALIGN) {
        return rkyv::access::<ArchivedTables, Error>(payload)
            .map(|_| ())
            .map_err(refuse);
    }
    let copied = covered(payload.len() + 64, || {
        let mut aligned = AlignedVec::<16>::with_capacity(payload.len());
        aligned.extend_from_slice(payload);
        rkyv::access::<ArchivedTables, Error>(&aligned)
            .map(|_| ())
            .map_err(refuse)
    });
    copied.unwrap_or_else(|NoMemory| Err(FileError::no_memory()))
}
