//! Rebuilding a table: with more room, without deleted entries, dense or hashed as its keys are then.

use lemari::Ticket;

use super::dense::{has_entry, kept};
use super::greatest::NO_INTEGER;
use super::{FLAGS_MASK, FLAGS_SHIFT, MAX_ENTRIES, TABLE_HEADER};
use crate::fault::{Fault, Raise};
use crate::heap::object::{BlobObj, MapObj, TableObj, kind};
use crate::heap::vector::rooted;
use crate::value::{Kind, Value};
use crate::world::World;

/// Fewest live entries of a dense table.
const DENSE_MIN: u32 = 4;

/// The keys that a dense table has slots for.
#[derive(Clone, Copy)]
struct Span {
    /// Key of the first slot.
    base: i64,
    /// Slots.
    slots: u32,
}

impl World {
    /// The least and the greatest key of a table; `None` if it has a key that is no integer, or none at all.
    fn extremes(&self, table: Ticket) -> Option<(i64, i64)> {
        if table.0 == 0 {
            return None;
        }
        // SAFETY: a live table with those entries or slots; flags stand in a key's tag, below them the kind.
        unsafe {
            let object = self.at::<TableObj>(table);
            if self.is_dense(table) {
                let slots =
                    std::slice::from_raw_parts(self.slots_of(table), (*object).slots as usize);
                let first = slots.iter().position(|slot| has_entry(slot.tag))?;
                let last = slots.iter().rposition(|slot| has_entry(slot.tag))?;
                let key = |at: usize| (*object).base.wrapping_add(at as i64);
                return Some((key(first), key(last)));
            }
            let (mut least, mut greatest) = (i64::MAX, i64::MIN);
            for entry in 0..self.entries_of(table) {
                let known = self.entry_slot(table, entry).read();
                if known.tag as u8 == Kind::Hole as u8 {
                    continue;
                }
                if known.tag as u8 != Kind::I64 as u8 {
                    return None;
                }
                least = least.min(known.payload as i64);
                greatest = greatest.max(known.payload as i64);
            }
            (least <= greatest).then_some((least, greatest))
        }
    }

    /// What a dense table with room for `cap` entries would span for a table's keys and one more; `None` if it must be
    /// hashed. What replaces a dense table that is not full keeps all its slots and adds to them by an eighth at least, so
    /// that there are only so many such rebuilds.
    fn dense_span(&self, table: Ticket, key: Value, cap: u32) -> Option<Span> {
        let key = key.as_int()?;
        if self.live_of(table) < DENSE_MIN {
            return None;
        }
        // SAFETY: a live table.
        let (least, greatest) = unsafe {
            if self.is_dense(table) && !self.table_is_full(table) {
                if self.dense_deleted(table, Value::int(key)) {
                    // Taking a key away and putting it back again and again must not rebuild the table each time.
                    return None;
                }
                let object = self.at::<TableObj>(table);
                let last = (*object).base.wrapping_add(i64::from((*object).slots) - 1);
                ((*object).base, last)
            } else {
                self.extremes(table)?
            }
        };
        let (first, last) = (least.min(key), greatest.max(key));
        let span = last.abs_diff(first).checked_add(1)?;
        // 52 bytes per entry at most, where a hashed table takes 43 to 53, and no more in one object than is allowed: there
        // a hashed table, whose memory is two objects, may still have room.
        let bound = self.limits.one_allocation.saturating_sub(TABLE_HEADER) / size_of::<Value>();
        let most = (u64::from(cap) * 3).min(bound as u64);
        if span.checked_add(span / 8)? > most {
            return None;
        }
        // Keys that grow or fall will go on like that until the table is full; others keep where they are, more or less.
        let (wanted, below) = if key > greatest {
            (span, 0)
        } else if key < least {
            (span, 4)
        } else {
            (span / 2, 1)
        };
        let spare = wanted.min(most - span);
        let slots = span + spare;
        // Below 0 only where keys are.
        let floor = if first < 0 { i64::MIN } else { 0 };
        let base = first.saturating_sub((spare / 4 * below) as i64).max(floor);
        let base = base.min(i64::MAX - (slots as i64 - 1));
        (base <= first && last.abs_diff(base) < slots).then_some(Span {
            base,
            slots: slots as u32,
        })
    }

    /// Gives the map `temps[map]` a new table with room for `cap` entries (at least the live ones), without deleted ones,
    /// for an entry of `key` to be added next.
    pub(super) fn table_rebuild(&mut self, map: usize, cap: u32, key: Value) -> Raise<()> {
        let live = self.table_live(self.temps[map].as_ticket());
        let cap = cap.max(live);
        if cap > MAX_ENTRIES {
            return Err(self.fault(Fault::Mem, "a table with too many entries"));
        }
        self.charge_fuel(u64::from(cap) / 2)?;
        let mark = self.temps.len();
        let old = self.map_table(self.temps[map].as_ticket());
        let span = self.dense_span(old, key, cap);
        let index = self.index_new(cap, span.is_some())?;
        let index = self.temp(rooted(index))?;
        let body = match span {
            Some(span) => span.slots as usize * size_of::<Value>(),
            None => cap as usize * 2 * size_of::<Value>(),
        };
        let table = self.alloc(kind::TABLE, 0, TABLE_HEADER + body)?;
        let map = self.temps[map].as_ticket();
        let index = self.temps[index].as_ticket();
        self.temps.truncate(mark);
        // SAFETY: nothing is allocated until the map holds the new table; all objects are live. Large objects come zeroed.
        unsafe {
            let object = self.at::<TableObj>(table);
            (*object).cap = cap;
            (*object).index = index.0;
            (*object).slots = span.map_or(0, |span| span.slots);
            (*object).pairs = 0;
            (*object).base = span.map_or(NO_INTEGER, |span| span.base);
            if span.is_some() && TABLE_HEADER + body <= lemari::SMALL_MAX {
                self.slots_of(table).cast::<u8>().write_bytes(0, body);
            }
            let old = self.map_table(map);
            if old.0 != 0 {
                match (self.is_dense(old), span.is_some()) {
                    (false, false) => self.hashed_to_hashed(old, table),
                    (false, true) => self.hashed_to_dense(old, table),
                    (true, true) => self.dense_to_dense(old, table),
                    (true, false) => self.dense_to_hashed(old, table),
                }
            }
            (*self.at::<BlobObj>(index)).len = live;
            self.lemari.barrier_all(table);
            let slot = &raw mut (*self.at::<MapObj>(map)).table;
            self.store_ticket(map, slot, table);
        }
        Ok(())
    }

    /// Copies the live entries of `old` to `new` and fills its index. Hashes are those of the old index, so that no key is
    /// looked at. Where none was deleted, entries keep their numbers; else each old entry's value, which nobody reads any
    /// more, becomes the entry's new number on the way.
    ///
    /// # Safety
    /// Live hashed tables, room for all live entries, nothing allocated meanwhile.
    unsafe fn hashed_to_hashed(&mut self, old: Ticket, new: Ticket) {
        // SAFETY: the caller's promise.
        unsafe {
            let (from_index, to_index) = (self.index_of(old), self.index_of(new));
            let entries = self.entries_of(old);
            let whole = self.live_of(old) == entries;
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
                if !whole {
                    from.add(1).write(Value::int(i64::from(next)));
                }
                next += 1;
            }
            (*self.at::<TableObj>(new)).pairs = next * 2;
            (*self.at::<TableObj>(new)).base = (*self.at::<TableObj>(old)).base;
            let (mask, slots) = from_index.slots();
            for at in 0..=mask {
                let slot = slots.add(at as usize).read();
                if slot == 0 {
                    continue;
                }
                let entry = slot as u32 - 1;
                let from = self.entry_slot(old, entry);
                if whole {
                    to_index.insert((slot >> 32) as u32, entry);
                } else if (*from).tag as u8 != Kind::Hole as u8 {
                    to_index.insert((slot >> 32) as u32, (*from.add(1)).payload as u32);
                }
            }
        }
    }

    /// As [`World::hashed_to_hashed`], to a dense table, which spans all keys.
    ///
    /// # Safety
    /// Live tables of those forms, room for all live entries, nothing allocated meanwhile.
    unsafe fn hashed_to_dense(&mut self, old: Ticket, new: Ticket) {
        // SAFETY: the caller's promise.
        unsafe {
            let base = (*self.at::<TableObj>(new)).base;
            let (slots, order) = (self.slots_of(new), self.order_of(new));
            let (mut next, mut end) = (0, 0);
            for entry in 0..self.entries_of(old) {
                let from = self.entry_slot(old, entry);
                let key = from.read();
                if key.tag as u8 == Kind::Hole as u8 {
                    continue;
                }
                let at = (key.payload as i64).wrapping_sub(base) as u32;
                let flags = (key.tag >> FLAGS_SHIFT) as u16;
                slots
                    .add(at as usize)
                    .write(kept(from.add(1).read(), flags));
                order.add(next as usize).write(at);
                next += 1;
                end = end.max(at + 1);
            }
            (*self.at::<TableObj>(new)).pairs = end;
            self.set_order_len(new, next);
        }
    }

    /// As [`World::hashed_to_dense`], from a dense table.
    ///
    /// # Safety
    /// As there.
    unsafe fn dense_to_dense(&mut self, old: Ticket, new: Ticket) {
        // SAFETY: the caller's promise.
        unsafe {
            let (from, to) = (self.at::<TableObj>(old), self.at::<TableObj>(new));
            // Slot numbers grow by this, or shrink, which wraps.
            let shift = (*from).base.wrapping_sub((*to).base) as u32;
            let (from_slots, to_slots) = (self.slots_of(old), self.slots_of(new));
            let (from_order, to_order) = (self.order_of(old), self.order_of(new));
            for at in 0..(*from).slots {
                let value = from_slots.add(at as usize).read();
                if has_entry(value.tag) {
                    let at = at.wrapping_add(shift);
                    to_slots.add(at as usize).write(value);
                    (*to).pairs = at + 1;
                }
            }
            let entries = self.entries_of(old);
            let whole = self.live_of(old) == entries;
            let mut next = 0;
            for entry in 0..entries {
                let at = from_order.add(entry as usize).read();
                if whole || has_entry((*from_slots.add(at as usize)).tag) {
                    to_order.add(next as usize).write(at.wrapping_add(shift));
                    next += 1;
                }
            }
            self.set_order_len(new, next);
        }
    }

    /// As [`World::hashed_to_hashed`], from a dense table, whose keys are hashed now.
    ///
    /// # Safety
    /// Live tables of those forms, room for all live entries, nothing allocated meanwhile.
    unsafe fn dense_to_hashed(&mut self, old: Ticket, new: Ticket) {
        // SAFETY: the caller's promise.
        unsafe {
            let base = (*self.at::<TableObj>(old)).base;
            let (slots, order) = (self.slots_of(old), self.order_of(old));
            let index = self.index_of(new);
            let mut greatest = NO_INTEGER;
            let mut next = 0;
            for entry in 0..self.entries_of(old) {
                let at = order.add(entry as usize).read();
                let value = slots.add(at as usize).read();
                if !has_entry(value.tag) {
                    continue;
                }
                let key = base.wrapping_add(i64::from(at));
                greatest = greatest.max(key);
                let flags = self
                    .slot_of_entry(old, entry)
                    .map_or(0, |slot| slot.flags());
                let to = self.entry_slot(new, next);
                to.write(Value {
                    tag: Value::int(key).tag | u64::from(flags) << FLAGS_SHIFT,
                    payload: key as u64,
                });
                to.add(1).write(Value {
                    tag: value.tag & !FLAGS_MASK,
                    payload: value.payload,
                });
                index.insert(self.whole_hash(key), next);
                next += 1;
            }
            (*self.at::<TableObj>(new)).base = greatest;
            (*self.at::<TableObj>(new)).pairs = next * 2;
        }
    }

    /// Says how many slots a dense table's order lists.
    ///
    /// # Safety
    /// A live dense table whose order lists them.
    unsafe fn set_order_len(&mut self, table: Ticket, entries: u32) {
        // SAFETY: the caller's promise.
        unsafe {
            let index = Ticket((*self.at::<TableObj>(table)).index);
            (*self.at::<BlobObj>(index)).cap = entries;
        }
    }
}
