//! Fusabi's lists: cells of a head and a tail, ticket 0 at the end (docs/specs/machine.md §1). Every walk is a loop; a
//! list as long as memory allows takes no native stack.

use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::object::{ListObj, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// Cells walked between two charges of fuel, which pays for them.
const STRIDE: u32 = 64;

impl World {
    /// A cell of `temps[head]` before `temps[tail]`, a list.
    pub(crate) fn cons(&mut self, head: usize, tail: usize) -> Raise<Value> {
        let ticket = self.alloc(kind::LIST, 0, size_of::<ListObj>())?;
        // SAFETY: a fresh young object.
        unsafe {
            let object = self.at::<ListObj>(ticket);
            (*object).tail = self.temps[tail].as_ticket().0;
            (*object).pad = 0;
            (*object).head = self.temps[head];
        }
        Ok(Value::ticket(Kind::List, ticket))
    }

    /// Head of a cell, which must not be the empty list.
    #[inline(always)]
    pub(crate) fn list_head(&self, cell: Ticket) -> Value {
        // SAFETY: a live cell.
        unsafe { (*self.at::<ListObj>(cell)).head }
    }

    /// Tail of a cell, which must not be the empty list.
    #[inline(always)]
    pub(crate) fn list_tail(&self, cell: Ticket) -> Ticket {
        // SAFETY: a live cell.
        unsafe { Ticket((*self.at::<ListObj>(cell)).tail) }
    }

    /// Number of elements. Charged one unit of fuel per 64 of them. Does not allocate.
    pub(crate) fn list_len(&mut self, list: Ticket) -> Raise<u32> {
        self.list_len_up_to(list, u32::MAX)
    }

    /// Number of elements, or `most` if there are more.
    pub(crate) fn list_len_up_to(&mut self, list: Ticket, most: u32) -> Raise<u32> {
        let (mut at, mut count) = (list, 0u32);
        while at.0 != 0 && count < most {
            if count.is_multiple_of(STRIDE) {
                self.charge_fuel(1)?;
            }
            count += 1;
            at = self.list_tail(at);
        }
        Ok(count)
    }

    /// The list without its first `count` elements; `None` if it has fewer. Charged like [`World::list_len`].
    pub(crate) fn list_skip(&mut self, list: Ticket, count: u32) -> Raise<Option<Ticket>> {
        let mut at = list;
        for index in 0..count {
            if at.0 == 0 {
                return Ok(None);
            }
            if index.is_multiple_of(STRIDE) {
                self.charge_fuel(1)?;
            }
            at = self.list_tail(at);
        }
        Ok(Some(at))
    }

    /// Element `index`, 0-based; `None` beyond the end.
    pub(crate) fn list_at(&mut self, list: Ticket, index: u32) -> Raise<Option<Value>> {
        let rest = self.list_skip(list, index)?;
        Ok(rest
            .filter(|rest| rest.0 != 0)
            .map(|rest| self.list_head(rest)))
    }
}
