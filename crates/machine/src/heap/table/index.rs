//! The index of a hash table: slots that lead from a key to its entry.
//!
//! A *hashed* index is an open-addressed table of words {hash, entry + 1}. Where all keys are integers and close enough to
//! each other, a *direct* one takes its place in the same room: slot `key - base` is a half word {entry + 1}, found without
//! a hash, and neighbours stand side by side. Which of the two an index is depends on the keys alone. It is decided when
//! the table is rebuilt; a key that a direct index cannot take turns it into a hashed one, once until the next rebuild.

use lemari::Ticket;

use super::{TABLE_HEADER, slots_for};
use crate::fault::Raise;
use crate::heap::object::{BLOB_HEADER, BlobObj, TableObj, kind};
use crate::heap::vector::rooted;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// `BlobObj::len` of a hashed index.
const HASHED: u32 = 0;
/// `BlobObj::len` of a direct one.
const DIRECT: u32 = 1;
/// Fewest live entries for which a direct index is made.
const DIRECT_MIN: u32 = 4;

/// A table's index as it stands in memory, until the next allocation.
#[derive(Clone, Copy)]
pub(crate) struct Index {
    object: *mut BlobObj,
    /// Key of slot 0 of a direct index.
    base: i64,
}

impl Index {
    /// True if slots are found by key.
    ///
    /// # Safety
    /// Nothing was allocated since [`World::index_of`].
    #[inline(always)]
    pub unsafe fn is_direct(self) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*self.object).len == DIRECT }
    }

    /// Mask of the slot numbers and first slot of a hashed index, whose slots are a power of two and never all taken.
    ///
    /// # Safety
    /// As [`Index::is_direct`].
    #[inline(always)]
    pub unsafe fn hashed(self) -> (u32, *mut u64) {
        // SAFETY: the caller's promise.
        unsafe {
            (
                (*self.object).cap.wrapping_sub(1),
                self.object.cast::<u8>().add(BLOB_HEADER).cast(),
            )
        }
    }

    /// The slot of a key in a direct index: entry + 1, or 0; null if it has none.
    ///
    /// # Safety
    /// As [`Index::is_direct`], and the index is direct.
    #[inline(always)]
    pub unsafe fn direct(self, key: i64) -> *mut u32 {
        // A base is at most i64::MAX less the number of slots, so that keys below it wrap to numbers beyond the slots.
        let at = key.wrapping_sub(self.base) as u64;
        // SAFETY: the caller's promise; the slot is inside.
        unsafe {
            if at >= u64::from((*self.object).cap) {
                return std::ptr::null_mut();
            }
            self.object
                .cast::<u8>()
                .add(BLOB_HEADER)
                .cast::<u32>()
                .add(at as usize)
        }
    }

    /// True if an entry of that key can be added as it is.
    ///
    /// # Safety
    /// As [`Index::is_direct`].
    #[inline(always)]
    pub unsafe fn takes(self, key: Value) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            !self.is_direct() || (key.tag == tag::I64 && !self.direct(key.payload as i64).is_null())
        }
    }

    /// Enters an entry of a key that the index takes and does not have.
    ///
    /// # Safety
    /// As [`Index::is_direct`]; a free slot if it is hashed.
    #[inline(always)]
    pub unsafe fn insert(self, key: i64, hash: u32, entry: u32) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.is_direct() {
                let slot = self.direct(key);
                if !slot.is_null() {
                    slot.write(entry + 1);
                }
                return;
            }
            let (mask, slots) = self.hashed();
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
    /// The index of a table object.
    ///
    /// # Safety
    /// A live table.
    #[inline(always)]
    pub(crate) unsafe fn index_of(&self, table: Ticket) -> Index {
        // SAFETY: the caller's promise: a live table has a live index.
        unsafe {
            let object = self.at::<TableObj>(table);
            Index {
                object: self.at::<BlobObj>(Ticket((*object).index)),
                base: (*object).base,
            }
        }
    }

    /// An empty index for so many entries: direct from a base on, or hashed.
    pub(super) fn index_new(&mut self, cap: u32, base: Option<i64>) -> Raise<Ticket> {
        let slots = slots_for(cap);
        let bytes = BLOB_HEADER + slots as usize * 8;
        let index = self.alloc(kind::INDEX, 0, bytes)?;
        // SAFETY: a fresh object of that size; its kind has no tickets, so any content is valid. Large ones come zeroed.
        unsafe {
            let object = self.at::<BlobObj>(index);
            ((*object).len, (*object).cap) = match base {
                Some(_) => (DIRECT, slots.saturating_mul(2)),
                None => (HASHED, slots),
            };
            if bytes <= lemari::SMALL_MAX {
                object
                    .cast::<u8>()
                    .add(BLOB_HEADER)
                    .write_bytes(0, bytes - BLOB_HEADER);
            }
        }
        Ok(index)
    }

    /// The base of a direct index for a table's keys and one more in room for `cap` entries; `None` if it must be hashed.
    pub(super) fn direct_base(&self, table: Ticket, key: Value, cap: u32) -> Option<i64> {
        let (mut least, mut greatest) = (key.as_int()?, key.as_int()?);
        let mut live = 0;
        for entry in 0..self.entries_of(table) {
            // SAFETY: a live table with that entry. Flags stand in the tag, below them the kind.
            let known = unsafe { self.entry_slot(table, entry).read() };
            if known.tag as u8 == Kind::Hole as u8 {
                continue;
            }
            if known.tag as u8 != Kind::I64 as u8 {
                return None;
            }
            live += 1;
            least = least.min(known.payload as i64);
            greatest = greatest.max(known.payload as i64);
        }
        let slots = u64::from(slots_for(cap)) * 2;
        let span = greatest.abs_diff(least);
        if live < DIRECT_MIN || span >= slots {
            return None;
        }
        // Keys mostly grow: three quarters of the free slots stand behind the greatest. Below 0 only where keys are.
        let spare = ((slots - span) / 4) as i64;
        let floor = if least < 0 { i64::MIN } else { 0 };
        let base = least.saturating_sub(spare).max(floor);
        (base <= i64::MAX - slots as i64).then_some(base)
    }

    /// Gives the table of the map `temps[map]` a hashed index in place of a direct one.
    pub(super) fn index_to_hashed(&mut self, map: usize) -> Raise<()> {
        let table = self.map_table(self.temps[map].as_ticket());
        // SAFETY: a live table.
        let cap = unsafe { (*self.at::<TableObj>(table)).cap };
        self.charge_fuel(u64::from(cap) / 2)?;
        let index = self.index_new(cap, None)?;
        let table = self.map_table(self.temps[map].as_ticket());
        // SAFETY: live objects; all keys of a direct index are integers; nothing is allocated meanwhile.
        unsafe {
            let new = Index {
                object: self.at::<BlobObj>(index),
                base: 0,
            };
            for entry in 0..self.entries_of(table) {
                let key = self.entry_slot(table, entry).read();
                if key.tag as u8 != Kind::Hole as u8 {
                    let number = key.payload as i64;
                    new.insert(number, self.whole_hash(number), entry);
                }
            }
            let slot = &raw mut (*self.at::<TableObj>(table)).index;
            self.store_ticket(table, slot, index);
        }
        Ok(())
    }

    /// Gives the map `temps[map]` a new table with room for `cap` entries (at least the live ones), without deleted ones,
    /// for an entry of `key` to be added next.
    pub(super) fn table_rebuild(&mut self, map: usize, cap: u32, key: Value) -> Raise<()> {
        let live = self.table_live(self.temps[map].as_ticket());
        let cap = cap.max(live);
        if cap > super::MAX_ENTRIES {
            return Err(self.fault(crate::fault::Fault::Mem, "a table with too many entries"));
        }
        self.charge_fuel(u64::from(cap) / 2)?;
        let mark = self.temps.len();
        let old = self.map_table(self.temps[map].as_ticket());
        let base = self.direct_base(old, key, cap);
        let index = self.index_new(cap, base)?;
        let index = self.temp(rooted(index))?;
        let table = self.alloc(kind::TABLE, 0, TABLE_HEADER + cap as usize * 32)?;
        let map = self.temps[map].as_ticket();
        let index = self.temps[index].as_ticket();
        self.temps.truncate(mark);
        // SAFETY: nothing is allocated until the map holds the new table; all objects are live.
        unsafe {
            let object = self.at::<TableObj>(table);
            (*object).live = live;
            (*object).pairs = live * 2;
            (*object).cap = cap;
            (*object).index = index.0;
            (*object).base = base.unwrap_or(0);
            let old = self.map_table(map);
            if old.0 != 0 {
                self.move_entries(old, table);
            }
            self.lemari.barrier_all(table);
            let slot = &raw mut (*self.at::<crate::heap::object::MapObj>(map)).table;
            self.store_ticket(map, slot, table);
        }
        Ok(())
    }

    /// Copies the live entries of `old` to `new` and fills its index. Hashes are those of the old index where it has any,
    /// so that no key but an integer is looked at. Where none was deleted, entries keep their numbers; else each old
    /// entry's value, which nobody reads any more, becomes the entry's new number on the way.
    ///
    /// # Safety
    /// Live tables, room for all live entries, nothing allocated meanwhile; integers only if an index is direct.
    unsafe fn move_entries(&mut self, old: Ticket, new: Ticket) {
        // SAFETY: the caller's promise.
        unsafe {
            let (from_index, to_index) = (self.index_of(old), self.index_of(new));
            let rehash = from_index.is_direct() || to_index.is_direct();
            let entries = self.entries_of(old);
            let whole = (*self.at::<TableObj>(old)).live == entries;
            let mut next = 0;
            for entry in 0..entries {
                let from = self.entry_slot(old, entry);
                let key = from.read();
                if key.tag as u8 == Kind::Hole as u8 {
                    continue;
                }
                let to = self.entry_slot(new, next);
                to.write(key);
                to.add(1).write(from.add(1).read());
                if rehash {
                    let number = key.payload as i64;
                    let hash = if to_index.is_direct() {
                        0
                    } else {
                        self.whole_hash(number)
                    };
                    to_index.insert(number, hash, next);
                } else if !whole {
                    from.add(1).write(Value::int(i64::from(next)));
                }
                next += 1;
            }
            if rehash {
                return;
            }
            let (mask, slots) = from_index.hashed();
            for at in 0..=mask {
                let slot = slots.add(at as usize).read();
                if slot == 0 {
                    continue;
                }
                let entry = slot as u32 - 1;
                let from = self.entry_slot(old, entry);
                if whole {
                    to_index.insert(0, (slot >> 32) as u32, entry);
                } else if (*from).tag as u8 != Kind::Hole as u8 {
                    to_index.insert(0, (slot >> 32) as u32, (*from.add(1)).payload as u32);
                }
            }
        }
    }
}
