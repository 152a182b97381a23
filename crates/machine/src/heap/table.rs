//! Hash tables of maps: entries in insertion order beside an index of slots (docs/specs/machine.md §2 "Dictionary mode").
//!
//! Entries are pairs of key and value under a hashed index (`index.rs`), or, where keys are near integers, values in slots
//! beside a list of these (`dense.rs`). Both show the same: entries have numbers from 0 on in the order in which they came.
//! What finds an entry may call it by another number, which [`World::table_entry`] and its like take too.
//!
//! A deleted entry stays as a hole until the table is rebuilt, so that numbers of entries stay what they are. Growing
//! always makes a new table object: an iteration that began before keeps the old one and finds its keys there, in order
//! (`heap/iter.rs`). Keys are compared as the policy of the running function compares values, hashes are keyed per World;
//! neither shows, because order is insertion order.

mod dense;
mod greatest;
mod index;
mod rebuild;
mod whole;

pub(crate) use whole::Found;

use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::object::{BlobObj, MapObj, TABLE_HEADER, TableObj};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Entries of a new table.
const BIRTH: u32 = 6;
/// Most entries of a table.
const MAX_ENTRIES: u32 = 1 << 29;
/// Bits of a stored key's tag word, in a dense table of a stored value's, that hold the entry's flags; a value's own tag has
/// zeros there.
const FLAGS_SHIFT: u32 = 16;
const FLAGS_MASK: u64 = 0xFFFF << FLAGS_SHIFT;

/// Slots of the index for so many entries: a power of two, never more than 3/4 full.
fn slots_for(entries: u32) -> u32 {
    entries
        .saturating_add(entries.div_ceil(3))
        .max(8)
        .next_power_of_two()
}

/// The half of a hash that a slot keeps.
fn slot_hash(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}

impl World {
    /// Table of a map, ticket 0 if it has none.
    #[inline(always)]
    pub(crate) fn map_table(&self, map: Ticket) -> Ticket {
        // SAFETY: a live map.
        unsafe { Ticket((*self.at::<MapObj>(map)).table) }
    }

    /// Number of entries of a map's table, deleted ones not counted.
    pub(crate) fn table_live(&self, map: Ticket) -> u32 {
        self.live_of(self.map_table(map))
    }

    /// As [`World::table_live`], of a table object (ticket 0: none).
    fn live_of(&self, table: Ticket) -> u32 {
        if table.0 == 0 {
            return 0;
        }
        // SAFETY: a live table has a live index.
        unsafe {
            let index = Ticket((*self.at::<TableObj>(table)).index);
            (*self.at::<BlobObj>(index)).len
        }
    }

    /// Entries of a map's table, deleted ones included: what [`World::table_entry`] may be asked for.
    pub(crate) fn table_entries(&self, map: Ticket) -> u32 {
        self.entries_of(self.map_table(map))
    }

    /// Entries of a table object (ticket 0: none), deleted ones included.
    #[inline]
    pub(crate) fn entries_of(&self, table: Ticket) -> u32 {
        if table.0 == 0 {
            return 0;
        }
        // SAFETY: a live table has a live index.
        unsafe {
            let object = self.at::<TableObj>(table);
            if self.is_dense(table) {
                (*self.at::<BlobObj>(Ticket((*object).index))).cap
            } else {
                (*object).pairs / 2
            }
        }
    }

    /// Key and value of an entry of a map's table; a deleted entry's key, and that of a number that does not exist, is a
    /// hole.
    pub(crate) fn table_entry(&self, map: Ticket, entry: u32) -> (Value, Value) {
        self.entry_of(self.map_table(map), entry)
    }

    /// As [`World::table_entry`], of a table object.
    pub(crate) fn entry_of(&self, table: Ticket, entry: u32) -> (Value, Value) {
        let nothing = (Value::HOLE, Value::EMPTY);
        // SAFETY: a live table with that entry.
        unsafe {
            if table.0 != 0 && self.is_dense(table) {
                let Some(slot) = self.slot_of_entry(table, entry) else {
                    return nothing;
                };
                return slot
                    .value()
                    .map_or(nothing, |value| (Value::int(slot.key), value));
            }
            if entry >= self.entries_of(table) {
                return nothing;
            }
            let pair = self.entry_slot(table, entry);
            let mut key = pair.read();
            key.tag &= !FLAGS_MASK;
            (key, pair.add(1).read())
        }
    }

    /// The flags kept beside an entry of a map's table (0 if nothing was set).
    pub(crate) fn table_flags(&self, map: Ticket, entry: u32) -> u16 {
        self.flags_of(self.map_table(map), entry)
    }

    /// As [`World::table_flags`], of a table object.
    pub(crate) fn flags_of(&self, table: Ticket, entry: u32) -> u16 {
        // SAFETY: a live table with that entry.
        unsafe {
            if table.0 != 0 && self.is_dense(table) {
                return self
                    .slot_of_entry(table, entry)
                    .map_or(0, |slot| slot.flags());
            }
            if entry >= self.entries_of(table) {
                return 0;
            }
            ((*self.entry_slot(table, entry)).tag >> FLAGS_SHIFT) as u16
        }
    }

    /// Sets the flags of an entry.
    pub(crate) fn table_set_flags(&mut self, map: Ticket, entry: u32, flags: u16) {
        let table = self.map_table(map);
        // SAFETY: a live table with that entry; the tag's low byte, which the collector reads, stays.
        unsafe {
            if table.0 != 0 && self.is_dense(table) {
                if let Some(slot) = self.slot_of_entry(table, entry) {
                    slot.set_flags(flags);
                }
            } else if entry < self.entries_of(table) {
                let key = self.entry_slot(table, entry);
                (*key).tag = (*key).tag & !FLAGS_MASK | u64::from(flags) << FLAGS_SHIFT;
            }
        }
    }

    /// Address of the key of a hashed table's entry; its value follows.
    #[inline(always)]
    unsafe fn entry_slot(&self, table: Ticket, entry: u32) -> *mut Value {
        // SAFETY: the caller's promise: a live hashed table with that entry.
        unsafe {
            self.at::<u8>(table)
                .add(TABLE_HEADER)
                .cast::<Value>()
                .add(2 * entry as usize)
        }
    }

    /// Stores the value of an existing entry of a map's table.
    pub(crate) fn table_set_value(&mut self, map: Ticket, entry: u32, value: Value) {
        let table = self.map_table(map);
        // SAFETY: a live table with that entry.
        unsafe {
            if table.0 != 0 && self.is_dense(table) {
                if let Some(slot) = self.slot_of_entry(table, entry) {
                    self.store_slot(table, slot, value);
                }
            } else if entry < self.entries_of(table) {
                let slot = self.entry_slot(table, entry).add(1);
                self.store(table, slot, value);
            }
        }
    }

    /// The entry of a key in a map's table. May allocate (texts are flattened) and fault (hash: the key cannot be one).
    pub(crate) fn table_get(&mut self, map: Ticket, key: Value) -> Raise<Option<u32>> {
        if self.table_live(map) == 0 {
            return Ok(None);
        }
        let mark = self.temps.len();
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        let key = self.temp(key)?;
        let found = self.table_find(map, key)?;
        self.temps.truncate(mark);
        Ok(found)
    }

    /// As [`World::table_get`], of a map and a key in `temps`.
    pub(crate) fn table_find(&mut self, map: usize, key: usize) -> Raise<Option<u32>> {
        Ok(self.table_look(map, key)?.1)
    }

    /// The hash of `temps[key]`, and its entry.
    fn table_look(&mut self, map: usize, key: usize) -> Raise<(u32, Option<u32>)> {
        let (hash, number) = self.key_hash(key)?;
        let table = self.map_table(self.temps[map].as_ticket());
        if let Some(number) = number {
            match self.table_whole_hashed(table, number, hash) {
                Found::Entry(entry) => return Ok((hash, Some(entry))),
                Found::Absent => return Ok((hash, None)),
                Found::Unsure => {}
            }
        // SAFETY: a live table.
        } else if table.0 != 0 && unsafe { self.is_dense(table) } {
            // Its keys are integers all, and this is none.
            return Ok((hash, None));
        }
        Ok((hash, self.table_probe(map, key, hash)?))
    }

    /// What an index keeps of the hash of `temps[key]`, and the integer that it equals. A text's is that of its
    /// content, which `heap/map.rs` relies on; a char's is that of the text that it equals.
    fn key_hash(&mut self, key: usize) -> Raise<(u32, Option<i64>)> {
        let value = self.temps[key];
        match value.kind() {
            Kind::Text => Ok((self.text_hash(value.as_ticket())?, None)),
            Kind::Char => {
                let scalar = value.as_char().unwrap_or_default();
                let hash = self.hash_bytes(scalar.encode_utf8(&mut [0; 4]).as_bytes());
                Ok((hash, None))
            }
            _ => self.plain_key_hash(value),
        }
    }

    /// Goes through the index of a hashed table.
    fn table_probe(&mut self, map: usize, key: usize, hash: u32) -> Raise<Option<u32>> {
        let mut table = self.map_table(self.temps[map].as_ticket());
        if table.0 == 0 {
            return Ok(None);
        }
        let mut step = 0u32;
        loop {
            // SAFETY: a live table; a slot below the mask.
            let slot = unsafe {
                let (mask, slots) = self.index_of(table).slots();
                if step > mask {
                    return Ok(None);
                }
                slots.add((hash.wrapping_add(step) & mask) as usize).read()
            };
            if slot == 0 {
                return Ok(None);
            }
            if (slot >> 32) as u32 == hash {
                let entry = slot as u32 - 1;
                let (found, _) = self.entry_of(table, entry);
                if self.key_equal(found, self.temps[key])? {
                    return Ok(Some(entry));
                }
                // Comparing may have moved everything.
                table = self.map_table(self.temps[map].as_ticket());
            }
            step += 1;
        }
    }

    /// Are these the same key? Identical bits always are, so that a NaN finds itself.
    fn key_equal(&mut self, found: Value, key: Value) -> Raise<bool> {
        if found.same(key) {
            return Ok(true);
        }
        match (found.tag, key.tag) {
            (tag::I64, tag::I64) => Ok(false),
            (tag::TEXT, tag::TEXT) => self.text_eq(found.as_ticket(), key.as_ticket()),
            _ if found.same(Value::HOLE) => Ok(false),
            _ => self.equal(found, key),
        }
    }

    /// Sets the entry of `temps[key]` in the table of the map `temps[map]` to `temps[value]`; the table is made on first
    /// use. Its number. Faults hash, mem; then nothing has changed.
    pub(crate) fn table_put(&mut self, map: usize, key: usize, value: usize) -> Raise<u32> {
        let (hash, found) = self.table_look(map, key)?;
        if let Some(entry) = found {
            self.table_set_value(self.temps[map].as_ticket(), entry, self.temps[value]);
            return Ok(entry);
        }
        let table = self.map_table(self.temps[map].as_ticket());
        let room = if table.0 == 0 || self.table_is_full(table) {
            Some(self.live_of(table).saturating_mul(2).max(BIRTH))
        // SAFETY: a live table.
        } else if unsafe { self.is_dense(table) && !self.dense_takes(table, self.temps[key]) } {
            // SAFETY: as above.
            Some(unsafe { (*self.at::<TableObj>(table)).cap })
        } else {
            None
        };
        if let Some(cap) = room {
            self.table_rebuild(map, cap, self.temps[key])?;
        }
        let table = self.map_table(self.temps[map].as_ticket());
        let (key, value) = (self.temps[key], self.temps[value]);
        // SAFETY: a live table, which has room and takes the key now.
        unsafe {
            match key.as_int() {
                Some(number) if self.is_dense(table) => Ok(self.dense_append(table, number, value)),
                _ => Ok(self.table_append(table, hash, key, value)),
            }
        }
    }

    /// True if a table object has no room for another entry.
    #[inline(always)]
    fn table_is_full(&self, table: Ticket) -> bool {
        // SAFETY: a live table.
        self.entries_of(table) >= unsafe { (*self.at::<TableObj>(table)).cap }
    }

    /// Adds an entry of a key that a hashed table does not have; its number.
    ///
    /// # Safety
    /// A live hashed table with room for an entry.
    unsafe fn table_append(&mut self, table: Ticket, hash: u32, key: Value, value: Value) -> u32 {
        // SAFETY: the caller's promise; the count grows before the stores, so that the slots belong to the object for the
        // collector, and nothing is allocated in between.
        unsafe {
            let object = self.at::<TableObj>(table);
            let entry = (*object).pairs / 2;
            (*object).pairs += 2;
            if key.tag == tag::I64 && key.payload as i64 > (*object).base {
                (*object).base = key.payload as i64;
            }
            (*self.at::<BlobObj>(Ticket((*object).index))).len += 1;
            let slot = self.entry_slot(table, entry);
            self.store(table, slot, key);
            self.store(table, slot.add(1), value);
            self.index_of(table).insert(hash, entry);
            entry
        }
    }

    /// Room for at least `entries` entries without growing again.
    pub(crate) fn table_reserve(&mut self, map: usize, entries: u32) -> Raise<()> {
        let table = self.map_table(self.temps[map].as_ticket());
        // SAFETY: a live table.
        if table.0 == 0 || unsafe { (*self.at::<TableObj>(table)).cap } < entries {
            self.table_rebuild(map, entries.max(BIRTH), Value::HOLE)?;
        }
        Ok(())
    }

    /// Removes the entry of `temps[key]`; was it there?
    pub(crate) fn table_remove(&mut self, map: usize, key: usize) -> Raise<bool> {
        let Some(entry) = self.table_find(map, key)? else {
            return Ok(false);
        };
        self.table_remove_entry(self.temps[map].as_ticket(), entry);
        Ok(true)
    }

    /// Removes an entry by its number.
    pub(crate) fn table_remove_entry(&mut self, map: Ticket, entry: u32) {
        let table = self.map_table(map);
        if table.0 == 0 {
            return;
        }
        // SAFETY: a live table with that entry and a live index.
        unsafe {
            let deleted = if self.is_dense(table) {
                self.slot_of_entry(table, entry)
                    .is_some_and(|slot| slot.delete())
            } else if entry < self.entries_of(table) {
                let slot = self.entry_slot(table, entry);
                let had = (*slot).tag as u8 != Kind::Hole as u8;
                if had {
                    self.key_goes(table, slot.read());
                    slot.write(Value::HOLE);
                    slot.add(1).write(Value::EMPTY);
                }
                had
            } else {
                false
            };
            if deleted {
                let index = Ticket((*self.at::<TableObj>(table)).index);
                (*self.at::<BlobObj>(index)).len -= 1;
            }
        }
    }
}
