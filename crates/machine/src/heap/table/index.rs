//! The index of a hashed table: an open-addressed table of words {hash, entry + 1}, which lead from a key to its entry.

use lemari::Ticket;

use super::slots_for;
use crate::fault::Raise;
use crate::heap::object::{BLOB_HEADER, BlobObj, TableObj, kind};
use crate::world::World;

/// A table's index as it stands in memory, until the next allocation.
#[derive(Clone, Copy)]
pub(crate) struct Index {
    object: *mut BlobObj,
}

impl Index {
    /// Mask of the slot numbers and first slot. Slots are a power of two, and never all taken.
    ///
    /// # Safety
    /// Nothing was allocated since [`World::index_of`].
    #[inline(always)]
    pub unsafe fn slots(self) -> (u32, *mut u64) {
        // SAFETY: the caller's promise.
        unsafe {
            (
                (*self.object).cap.wrapping_sub(1),
                self.object.cast::<u8>().add(BLOB_HEADER).cast(),
            )
        }
    }

    /// Enters an entry of a key that the index does not have.
    ///
    /// # Safety
    /// As [`Index::slots`], and there is a free slot.
    #[inline(always)]
    pub unsafe fn insert(self, hash: u32, entry: u32) {
        // SAFETY: the caller's promise.
        unsafe {
            let (mask, slots) = self.slots();
            let mut at = hash & mask;
            while *slots.add(at as usize) != 0 {
                at = at.wrapping_add(1) & mask;
            }
            slots
                .add(at as usize)
                .write(u64::from(hash) << 32 | u64::from(entry + 1));
        }
    }
}

impl World {
    /// The index of a hashed table object.
    ///
    /// # Safety
    /// A live hashed table.
    #[inline(always)]
    pub(crate) unsafe fn index_of(&self, table: Ticket) -> Index {
        // SAFETY: the caller's promise: a live table has a live index.
        unsafe {
            let object = self.at::<TableObj>(table);
            Index {
                object: self.at::<BlobObj>(Ticket((*object).index)),
            }
        }
    }

    /// What stands beside the entries of a table with room for `cap` of them: an empty index, or for a dense one an empty
    /// list of slots.
    pub(super) fn index_new(&mut self, cap: u32, dense: bool) -> Raise<Ticket> {
        let slots = slots_for(cap);
        let bytes = BLOB_HEADER
            + if dense {
                cap as usize * 4
            } else {
                slots as usize * 8
            };
        let index = self.alloc(kind::INDEX, 0, bytes)?;
        // SAFETY: a fresh object of that size; its kind has no tickets, so any content is valid. Large ones come zeroed.
        unsafe {
            let object = self.at::<BlobObj>(index);
            ((*object).len, (*object).cap) = (0, if dense { 0 } else { slots });
            if !dense && bytes <= lemari::SMALL_MAX {
                object
                    .cast::<u8>()
                    .add(BLOB_HEADER)
                    .write_bytes(0, bytes - BLOB_HEADER);
            }
        }
        Ok(index)
    }
}
