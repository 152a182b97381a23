//! Dense tables: where all keys are integers and close enough to each other, values stand in slots in the order of their
//! keys, found without a hash, and the order in which they came is a list of slot numbers beside them.
//!
//! Such a table takes about as much memory as a hashed one, at most a fourth more, and less than half of it where the keys
//! leave no gaps. Which of the two a table is depends on its keys alone. It is decided when the table is rebuilt
//! (`rebuild.rs`); a key that a dense table cannot take causes a rebuild. Only empty slots take a key: one that was deleted
//! would stand in the list twice.

use lemari::Ticket;

use super::{FLAGS_MASK, FLAGS_SHIFT, TABLE_HEADER};
use crate::heap::object::{BLOB_HEADER, BlobObj, TableObj};
use crate::value::{Value, tag};
use crate::world::World;

/// Bit of an entry's number that says that the rest of it is a slot, not a place in the order. The same entry may be
/// called by either.
const SLOT: u32 = 1 << 31;
/// Tag of a slot whose entry was deleted; that of one that never had any is 0, as memory comes.
const DELETED: u64 = 1 << 30;
/// Mark in the tag of the value empty, which would look like a free slot without.
const STANDS: u64 = 1 << 31;

/// The value empty where an entry has it.
static STORED_EMPTY: Value = Value::EMPTY;

/// What a slot keeps of a value and the entry's flags, which are below 2^14 (`legend::entry_flags` has four).
#[inline(always)]
pub(super) const fn kept(value: Value, flags: u16) -> Value {
    let stands = if value.tag == tag::EMPTY { STANDS } else { 0 };
    Value {
        tag: value.tag | (flags as u64) << FLAGS_SHIFT | stands,
        payload: value.payload,
    }
}

/// True if a slot with that tag word has an entry.
#[inline(always)]
pub(super) const fn has_entry(tag: u64) -> bool {
    tag != 0 && tag != DELETED
}

/// A slot of a dense table.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The key that it belongs to.
    pub key: i64,
    address: *mut Value,
}

impl Slot {
    /// The value of its entry; `None` if it has none.
    ///
    /// # Safety
    /// Nothing was allocated since the slot was asked for.
    pub unsafe fn value(self) -> Option<Value> {
        // SAFETY: the caller's promise.
        let mut value = unsafe { self.address.read() };
        if !has_entry(value.tag) {
            return None;
        }
        value.tag &= !FLAGS_MASK;
        Some(value)
    }

    /// The flags of its entry.
    ///
    /// # Safety
    /// As [`Slot::value`].
    pub unsafe fn flags(self) -> u16 {
        // SAFETY: the caller's promise.
        unsafe { (((*self.address).tag & !(DELETED | STANDS)) >> FLAGS_SHIFT) as u16 }
    }

    /// Sets the flags of its entry, if it has one.
    ///
    /// # Safety
    /// As [`Slot::value`].
    pub unsafe fn set_flags(self, flags: u16) {
        // SAFETY: the caller's promise; the low byte, which the collector reads, stays.
        unsafe {
            if let Some(value) = self.value() {
                self.address.write(kept(value, flags));
            }
        }
    }

    /// Takes its entry away; was there one?
    ///
    /// # Safety
    /// As [`Slot::value`].
    pub unsafe fn delete(self) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let had = has_entry((*self.address).tag);
            if had {
                self.address.write(Value {
                    tag: DELETED,
                    payload: 0,
                });
            }
            had
        }
    }
}

impl World {
    /// True if a table object is dense.
    ///
    /// # Safety
    /// A live table.
    #[inline(always)]
    pub(crate) unsafe fn is_dense(&self, table: Ticket) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*self.at::<TableObj>(table)).slots != 0 }
    }

    /// First slot of a dense table.
    ///
    /// # Safety
    /// A live dense table.
    #[inline(always)]
    pub(super) unsafe fn slots_of(&self, table: Ticket) -> *mut Value {
        // SAFETY: the caller's promise.
        unsafe { self.at::<u8>(table).add(TABLE_HEADER).cast() }
    }

    /// Address of a key's slot; null if the table has none for it, or is not dense.
    ///
    /// # Safety
    /// A live table.
    #[inline(always)]
    unsafe fn slot_of_key(&self, table: Ticket, key: i64) -> *mut Value {
        // SAFETY: the caller's promise; the slot is inside. A hashed table has no slots. The last slot's key is an i64, so
        // that keys below the base wrap to numbers beyond the slots.
        unsafe {
            let object = self.at::<TableObj>(table);
            let at = key.wrapping_sub((*object).base) as u64;
            if at >= u64::from((*object).slots) {
                return std::ptr::null_mut();
            }
            self.slots_of(table).add(at as usize)
        }
    }

    /// The list of a dense table's slots in the order of its entries; its length is that of [`World::entries_of`].
    ///
    /// # Safety
    /// A live dense table.
    #[inline(always)]
    pub(super) unsafe fn order_of(&self, table: Ticket) -> *mut u32 {
        // SAFETY: the caller's promise: a live table has a live index.
        unsafe {
            let index = Ticket((*self.at::<TableObj>(table)).index);
            self.at::<u8>(index).add(BLOB_HEADER).cast()
        }
    }

    /// The slot that an entry's number means in a dense table; `None` if there is no such entry.
    ///
    /// # Safety
    /// A live dense table.
    pub(super) unsafe fn slot_of_entry(&self, table: Ticket, entry: u32) -> Option<Slot> {
        // SAFETY: the caller's promise; the order lists slots of the table.
        unsafe {
            let object = self.at::<TableObj>(table);
            let at = if entry & SLOT != 0 {
                entry & !SLOT
            } else if entry < self.entries_of(table) {
                self.order_of(table).add(entry as usize).read()
            } else {
                return None;
            };
            (at < (*object).slots).then(|| Slot {
                key: (*object).base.wrapping_add(i64::from(at)),
                address: self.slots_of(table).add(at as usize),
            })
        }
    }

    /// The entry of a key in a dense table.
    ///
    /// # Safety
    /// A live dense table.
    #[inline(always)]
    pub(super) unsafe fn dense_entry(&self, table: Ticket, key: i64) -> Option<u32> {
        // SAFETY: the caller's promise.
        unsafe {
            let slot = self.slot_of_key(table, key);
            if slot.is_null() || !has_entry((*slot).tag) {
                return None;
            }
            Some(slot.offset_from(self.slots_of(table)) as u32 | SLOT)
        }
    }

    /// True if an entry of that key, which the table does not have, can be added to a dense table as it is.
    ///
    /// # Safety
    /// A live dense table.
    pub(super) unsafe fn dense_takes(&self, table: Ticket, key: Value) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let slot = match key.as_int() {
                Some(key) => self.slot_of_key(table, key),
                None => std::ptr::null_mut(),
            };
            !slot.is_null() && (*slot).tag == 0
        }
    }

    /// True if a dense table had an entry of that key which was deleted.
    ///
    /// # Safety
    /// A live dense table.
    pub(super) unsafe fn dense_deleted(&self, table: Ticket, key: Value) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let slot = match key.as_int() {
                Some(key) => self.slot_of_key(table, key),
                None => std::ptr::null_mut(),
            };
            !slot.is_null() && (*slot).tag == DELETED
        }
    }

    /// Adds an entry to a dense table; its number.
    ///
    /// # Safety
    /// A live dense table with room for an entry, and a free slot of that key.
    #[inline(always)]
    pub(super) unsafe fn dense_append(&mut self, table: Ticket, key: i64, value: Value) -> u32 {
        // SAFETY: the caller's promise; nothing is allocated.
        unsafe {
            let slot = self.slot_of_key(table, key);
            let at = slot.offset_from(self.slots_of(table)) as u32;
            let index = self.at::<BlobObj>(Ticket((*self.at::<TableObj>(table)).index));
            self.order_of(table).add((*index).cap as usize).write(at);
            (*index).cap += 1;
            (*index).len += 1;
            let object = self.at::<TableObj>(table);
            (*object).pairs = (*object).pairs.max(at + 1);
            self.store(table, slot, kept(value, 0));
            at | SLOT
        }
    }

    /// Stores the value of an entry, if the slot has one; its flags stay.
    ///
    /// # Safety
    /// A slot of that live table, nothing allocated since it was asked for.
    pub(super) unsafe fn store_slot(&mut self, table: Ticket, slot: Slot, value: Value) {
        // SAFETY: the caller's promise.
        unsafe {
            if has_entry((*slot.address).tag) {
                self.store(table, slot.address, kept(value, slot.flags()));
            }
        }
    }

    /// Sets the entry of a key in a dense table as [`World::table_set_whole`] does.
    ///
    /// # Safety
    /// A live dense table.
    #[inline(always)]
    pub(super) unsafe fn dense_set(
        &mut self,
        table: Ticket,
        key: i64,
        value: Value,
        add: bool,
    ) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let slot = self.slot_of_key(table, key);
            if slot.is_null() {
                return false;
            }
            if (*slot).tag == 0 {
                let may = add && !self.table_is_full(table);
                if may {
                    self.dense_append(table, key, value);
                }
                return may;
            }
            // Deleted, or flags that somebody must look at.
            if (*slot).tag & (FLAGS_MASK & !STANDS) != 0 {
                return false;
            }
            self.store(table, slot, kept(value, 0));
            true
        }
    }

    /// Address of the value that a map's table has for an integer, if it is dense and it is at hand; else null.
    #[inline(always)]
    pub(crate) fn dense_value(&self, map: Ticket, key: i64) -> *const Value {
        let table = self.map_table(map);
        // SAFETY: a live table.
        unsafe {
            if table.0 == 0 {
                return std::ptr::null();
            }
            let slot = self.slot_of_key(table, key);
            if slot.is_null() || (*slot).tag == 0 || (*slot).tag & FLAGS_MASK != 0 {
                return std::ptr::null();
            }
            slot
        }
    }

    /// As [`World::whole_value`], of a dense table.
    ///
    /// # Safety
    /// A live dense table.
    pub(super) unsafe fn dense_whole_value(
        &self,
        table: Ticket,
        key: i64,
        nothing: *const Value,
    ) -> *const Value {
        // SAFETY: the caller's promise.
        unsafe {
            let slot = self.slot_of_key(table, key);
            if slot.is_null() || !has_entry((*slot).tag) {
                nothing
            } else if (*slot).tag & FLAGS_MASK == 0 {
                slot
            } else if (*slot).tag == STANDS {
                &raw const STORED_EMPTY
            } else {
                std::ptr::null()
            }
        }
    }
}

#[cfg(test)]
mod tests;
