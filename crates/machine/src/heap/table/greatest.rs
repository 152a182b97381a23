//! The greatest integer key of a table, kept so that appending behind it needs no walk (rhumb.md §3.11).
//!
//! A dense table's slots in use end behind it, or behind entries deleted since. A hashed table, which has no first slot, keeps
//! it where a dense one keeps that slot's key.

use lemari::Ticket;

use super::dense::has_entry;
use crate::fault::Raise;
use crate::heap::object::TableObj;
use crate::value::{Value, tag};
use crate::world::World;

/// No key of the table is an integer.
pub(super) const NO_INTEGER: i64 = i64::MIN;
/// The greatest key was deleted: the others have to be looked at.
const UNKNOWN: i64 = i64::MAX;

impl World {
    /// A key of a hashed table is about to go.
    ///
    /// # Safety
    /// A live hashed table.
    pub(super) unsafe fn key_goes(&mut self, table: Ticket, key: Value) {
        // SAFETY: the caller's promise; flags stand in a key's tag, below them the kind.
        unsafe {
            let base = &raw mut (*self.at::<TableObj>(table)).base;
            if key.tag as u8 == tag::I64 as u8 && key.payload as i64 == *base {
                *base = UNKNOWN;
            }
        }
    }

    /// The greatest integer key of a map's table, at least 0. Charged for what is walked.
    pub(crate) fn greatest_number(&mut self, map: Ticket) -> Raise<i64> {
        let table = self.map_table(map);
        if table.0 == 0 {
            return Ok(0);
        }
        // SAFETY: a live table; slots below `pairs` are its own.
        unsafe {
            let object = self.at::<TableObj>(table);
            if !self.is_dense(table) {
                return self.greatest_hashed(table);
            }
            let slots = self.slots_of(table);
            let (mut end, before) = ((*object).pairs, (*object).pairs);
            while end > 0 && !has_entry((*slots.add(end as usize - 1)).tag) {
                end -= 1;
            }
            (*object).pairs = end;
            let last = (*object).base.wrapping_add(i64::from(end) - 1);
            self.charge_fuel(u64::from(before - end) / 4)?;
            Ok(if end == 0 { 0 } else { last.max(0) })
        }
    }

    /// # Safety
    /// A live hashed table.
    unsafe fn greatest_hashed(&mut self, table: Ticket) -> Raise<i64> {
        // SAFETY: the caller's promise.
        let known = unsafe { (*self.at::<TableObj>(table)).base };
        if known != UNKNOWN {
            return Ok(known.max(0));
        }
        let entries = self.entries_of(table);
        self.charge_fuel(u64::from(entries) / 4)?;
        let keys = (0..entries).filter_map(|entry| self.entry_of(table, entry).0.as_int());
        let greatest = keys.max().unwrap_or(NO_INTEGER);
        // SAFETY: the caller's promise.
        unsafe { (*self.at::<TableObj>(table)).base = greatest };
        Ok(greatest.max(0))
    }
}
