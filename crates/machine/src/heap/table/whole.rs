//! Whole numbers as keys: one hash for all kinds that can hold one, and the ways to an entry that need no roots because
//! they neither allocate nor compare values of other kinds (docs/specs/machine.md §1 "equal and hash equal").

use lemari::Ticket;
use numeric::Operation;

use super::{FLAGS_MASK, slot_hash};
use crate::fault::Raise;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// What a look for a whole number among a table's keys came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// The entry of that number.
    Entry(u32),
    /// There is none.
    Absent,
    /// A key of another kind has the same hash: only the policy's equality can tell.
    Unsure,
}

/// One round of SipHash.
#[inline(always)]
const fn round(mut v: [u64; 4]) -> [u64; 4] {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
    v
}

/// SipHash-1-3 of one word, written out: the hasher for messages of any length takes ten times as many instructions for
/// the eight bytes of an integer. All messages are of one length, so the block that tells lengths apart is left out;
/// whoever does not know the key can find colliding numbers no faster than by trying.
#[inline(always)]
const fn sip_word(key: (u64, u64), word: u64) -> u64 {
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573 ^ word,
    ];
    v = round(v);
    v[0] ^= word;
    v[2] ^= 0xFF;
    v = round(round(round(v)));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

impl World {
    /// What an index keeps of the hash of a whole number.
    #[inline(always)]
    pub(crate) fn whole_hash(&self, number: i64) -> u32 {
        slot_hash(sip_word(self.hash_key, number as u64))
    }

    /// What an index keeps of the hash of a key that is neither text nor char: that of the integer which it equals, and
    /// this integer, else that of its value. Faults hash, fuel, mem.
    pub(super) fn plain_key_hash(&mut self, value: Value) -> Raise<(u32, Option<i64>)> {
        if let Some(number) = value.as_int() {
            return Ok((self.whole_hash(number), Some(number)));
        }
        if matches!(
            value.kind(),
            Kind::F64 | Kind::Sized | Kind::Dec | Kind::Big
        ) && let Some(number) = self.number_of(value)?
            && let Ok(whole) = numeric::to_i64(&number)
        {
            self.charge_number(Operation::Sum, &number, &number)?;
            return Ok((self.whole_hash(whole), Some(whole)));
        }
        Ok((slot_hash(self.hash_value(value)?), None))
    }

    /// Looks for a whole number among a table's keys. Neither allocates nor faults.
    #[inline]
    pub(crate) fn table_whole(&self, table: Ticket, number: i64) -> Found {
        // SAFETY: a live table.
        if table.0 != 0 && unsafe { self.is_dense(table) } {
            // No hash is needed.
            return self.table_whole_hashed(table, number, 0);
        }
        self.table_whole_hashed(table, number, self.whole_hash(number))
    }

    /// As [`World::table_whole`], with the number's hash, which a dense table does not look at.
    #[inline(always)]
    pub(super) fn table_whole_hashed(&self, table: Ticket, number: i64, hash: u32) -> Found {
        if table.0 == 0 {
            return Found::Absent;
        }
        // SAFETY: a live table and its index; slots name entries of that table.
        unsafe {
            if self.is_dense(table) {
                return self
                    .dense_entry(table, number)
                    .map_or(Found::Absent, Found::Entry);
            }
            let (mask, slots) = self.index_of(table).slots();
            for step in 0..=mask {
                let slot = slots.add((hash.wrapping_add(step) & mask) as usize).read();
                if slot == 0 {
                    return Found::Absent;
                }
                if (slot >> 32) as u32 == hash {
                    let entry = (slot as u32).wrapping_sub(1);
                    let key = self.entry_slot(table, entry).read();
                    match key.tag & !FLAGS_MASK {
                        tag::I64 if key.payload as i64 == number => return Found::Entry(entry),
                        tag::I64 => {}
                        known if known as u8 == Kind::Hole as u8 => {}
                        _ => return Found::Unsure,
                    }
                }
            }
        }
        Found::Absent
    }

    /// Address of the value of a whole number's entry in a map's table; `nothing` if there is none; null if it takes more to
    /// tell.
    ///
    /// A function of its own for handlers: it keeps its state in machine registers.
    #[inline(never)]
    pub(crate) fn whole_value(
        &self,
        map: Ticket,
        number: i64,
        nothing: *const Value,
    ) -> *const Value {
        let table = self.map_table(map);
        // SAFETY: a live table.
        if table.0 != 0 && unsafe { self.is_dense(table) } {
            // SAFETY: it is dense.
            return unsafe { self.dense_whole_value(table, number, nothing) };
        }
        match self.table_whole_hashed(table, number, self.whole_hash(number)) {
            // SAFETY: a live table with that entry.
            Found::Entry(entry) => unsafe { self.entry_slot(table, entry).add(1) },
            Found::Absent => nothing,
            Found::Unsure => std::ptr::null(),
        }
    }

    /// Sets the entry of a whole number if that needs no allocation, no test and no message: a mutable field that exists,
    /// or a new one for which there is room; a new one only if `add`. Else false, and nothing has happened.
    #[inline]
    pub(crate) fn table_set_whole(
        &mut self,
        table: Ticket,
        number: i64,
        value: Value,
        add: bool,
    ) -> bool {
        if table.0 == 0 {
            return false;
        }
        // SAFETY: a live table with that entry, or with room for one.
        unsafe {
            if self.is_dense(table) {
                return self.dense_set(table, number, value, add);
            }
            let hash = self.whole_hash(number);
            match self.table_whole_hashed(table, number, hash) {
                Found::Entry(entry) => {
                    let pair = self.entry_slot(table, entry);
                    if (*pair).tag & FLAGS_MASK != 0 {
                        return false;
                    }
                    self.store(table, pair.add(1), value);
                    true
                }
                Found::Absent if add && !self.table_is_full(table) => {
                    self.table_append(table, hash, Value::int(number), value);
                    true
                }
                Found::Absent | Found::Unsure => false,
            }
        }
    }
}

#[cfg(test)]
mod tests;
