//! What the collector asks of the machine: its roots, and how they are shown to it.

use crate::cupboard::Lemari;
use crate::ticket::{FIRST_TICKET_KIND, Ticket};

/// Which roots are wanted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those that may hold young tickets (docs/specs/machine.md §8, "Young collection"); remembered objects are
    /// the Lemari's own affair.
    Minor,
    /// All strong roots, to mark from. Slots are not changed.
    Major,
    /// The same roots once more, after objects have moved.
    Fix,
}

/// The machine's roots.
pub trait Roots {
    /// Calls the visitor with every root slot of `scope`. A slot shown twice is harmless.
    fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>);
    /// During a major collection, when everything reached so far is marked: shows roots that hang on objects which
    /// [`Visitor::reached`] says are live (stacks behind handles). Asked again until it answers that there were none.
    fn visit_reached(&mut self, v: &mut Visitor<'_>) -> bool {
        let _ = v;
        false
    }
    /// After a major collection, for weak tables: `alive` gives a live object's (perhaps new) ticket, `None` if
    /// it died. Tickets of the weak table must be those from before the collection's evacuation, which is what
    /// they are if `visit` does not show them.
    fn swept(&mut self, alive: &mut dyn FnMut(Ticket) -> Option<Ticket>);
    /// After a minor collection, for weak holders of young tickets: `forward` gives the new ticket, `None` if the
    /// object died. Tickets of old objects come back unchanged.
    fn moved_young(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        let _ = forward;
    }
}

#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    Copy,
    Mark,
    Fix,
}

/// Shown to [`Roots::visit`]: takes root slots, and updates them.
pub struct Visitor<'a> {
    pub(crate) lemari: &'a mut Lemari,
    pub(crate) mode: Mode,
}

impl Visitor<'_> {
    /// A tagged pair of two words. Answers true if it holds a young ticket afterwards (so that a dirty bit must stay).
    ///
    /// # Safety
    /// `pair` is valid for reads and writes of two u64, aligned to 8, and holds a value in the sense of the crate's page.
    #[inline]
    pub unsafe fn pair(&mut self, pair: *mut u64) -> bool {
        // SAFETY: the caller's promise; the low half of word 1 is its first four bytes (little-endian only).
        unsafe {
            if (*pair) as u8 >= FIRST_TICKET_KIND {
                self.slot(pair.add(1).cast::<u32>())
            } else {
                false
            }
        }
    }

    /// As [`Visitor::pair`], for a pair the borrow checker can see.
    #[inline]
    pub fn value(&mut self, pair: &mut [u64; 2]) -> bool {
        // SAFETY: an exclusive borrow of two words is valid and aligned.
        unsafe { self.pair(pair.as_mut_ptr()) }
    }

    /// A bare ticket (0 = none). Answers true if it is young afterwards.
    #[inline]
    pub fn ticket(&mut self, ticket: &mut u32) -> bool {
        // SAFETY: an exclusive borrow is valid and aligned.
        unsafe { self.slot(ticket) }
    }

    /// While marking: is the object marked? False for no object.
    #[inline]
    pub fn reached(&self, ticket: Ticket) -> bool {
        !ticket.is_none() && self.lemari.is_marked(ticket)
    }

    /// A run of `count` tagged pairs. Answers true if any holds a young ticket afterwards.
    ///
    /// # Safety
    /// As [`Visitor::pair`], for each of them.
    pub unsafe fn pairs(&mut self, first: *mut u64, count: usize) -> bool {
        let mut young = false;
        for i in 0..count {
            // SAFETY: the caller's promise for the whole run.
            young |= unsafe { self.pair(first.add(2 * i)) };
        }
        young
    }

    /// # Safety
    /// `slot` is valid for reads and writes and holds a ticket.
    #[inline(always)]
    unsafe fn slot(&mut self, slot: *mut u32) -> bool {
        // SAFETY: passed on.
        unsafe {
            match self.mode {
                Mode::Copy => self.lemari.forward_slot(slot),
                Mode::Mark => self.lemari.mark_root(*slot),
                Mode::Fix => self.lemari.fix_slot(slot),
            }
            self.lemari.is_young(Ticket(*slot))
        }
    }
}
