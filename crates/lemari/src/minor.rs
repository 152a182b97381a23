//! The young collection: Cheney's copy from the write tray to the other one; what survives a second time is promoted.
//! It cannot fail: whatever cannot be promoted fits the other tray.

use std::time::Instant;

use crate::cupboard::Lemari;
use crate::drawers::NO_DRAWER;
use crate::roots::{Mode, Roots, Scope, Visitor};
use crate::ticket::{AGE, DRAWER, FORWARDED, GRANULE, Header, REMEMBERED, Ticket};

impl Lemari {
    /// Collects the write tray now.
    pub fn minor(&mut self, roots: &mut dyn Roots) {
        if self.tray_cap == 0 {
            return;
        }
        let begun = Instant::now();
        self.minors += 1;
        self.note_allocated();
        let (from, to) = (self.tray, 1 - self.tray);
        let from_start = Self::tray_start(from);
        let from_used = self.bump - from_start;
        let to_start = Self::tray_start(to);
        self.from_low = (from_start / GRANULE) as u32;
        self.from_len = (from_used / GRANULE) as u32;
        self.to_bump = to_start;
        self.scan_drawer = self.old_drawer;
        self.scan_at = self.old_cursor;
        self.promotion_closed = false;
        self.promoted_now = 0;

        roots.visit(
            Scope::Minor,
            &mut Visitor {
                lemari: self,
                mode: Mode::Copy,
            },
        );
        self.scan_remembered();
        self.scan_copies(to_start);
        roots.moved_young(&mut |t| self.forwarded(t));

        let copied = self.to_bump - to_start;
        self.from_len = 0;
        self.tray = to;
        self.bump = self.to_bump;
        self.counted_to = self.bump;
        self.tray_generation = self.tray_generation.wrapping_add(1);
        self.copied += copied as u64;
        self.promoted += self.promoted_now as u64;
        self.poison(from, from_used);
        self.size_trays(copied + self.promoted_now);
        self.set_end(0);
        self.minor_pauses.note(begun.elapsed());
    }

    /// Scans copies and promoted objects until none is left unscanned.
    fn scan_copies(&mut self, to_start: usize) {
        let mut at = to_start;
        loop {
            while at < self.to_bump {
                // SAFETY: [to_start, to_bump) holds whole copies side by side.
                unsafe {
                    let object = self.base.add(at).cast::<u64>();
                    let header = Header(*object);
                    let shape = &self.shapes[(header.kind() & 63) as usize];
                    if shape.has_refs() {
                        shape.each_slot(object, header, |slot| self.forward_slot(slot));
                    }
                    at += header.bytes();
                }
            }
            if !self.scan_promoted() && at == self.to_bump {
                return;
            }
        }
    }

    /// Scans objects promoted since the last call. False if there were none.
    fn scan_promoted(&mut self) -> bool {
        let mut any = false;
        while self.scan_drawer != NO_DRAWER {
            let current = self.scan_drawer == self.old_drawer;
            let end = if current {
                self.old_cursor
            } else {
                let fill = self.drawer(self.scan_drawer).map_or(0, |d| d.fill);
                self.scan_drawer as usize * DRAWER + fill as usize
            };
            if self.scan_at < end {
                any = true;
                let ticket = Ticket((self.scan_at / GRANULE) as u32);
                let header = self.header(ticket);
                self.scan_at += header.bytes();
                if self.scan_old_object(ticket, true) && !header.has(REMEMBERED) {
                    // (The fallback scan may have remembered it already.)
                    self.push_remembered(ticket, header);
                }
            } else if current {
                return any;
            } else {
                let next = self.drawer(self.scan_drawer).map_or(NO_DRAWER, |d| d.next);
                self.scan_drawer = next;
                self.scan_at = (next as usize).wrapping_mul(DRAWER);
            }
        }
        any
    }

    /// Makes the slot name the copy of what it names, copying it first if need be.
    ///
    /// # Safety
    /// `slot` is readable and writable and holds a ticket.
    #[inline(always)]
    pub(crate) unsafe fn forward_slot(&mut self, slot: *mut u32) {
        // SAFETY: the caller's promise; a ticket into the from-tray names a whole object there.
        unsafe {
            let ticket = *slot;
            if ticket.wrapping_sub(self.from_low) < self.from_len {
                *slot = self.copy(ticket);
            }
        }
    }

    /// # Safety
    /// `ticket` names an object in the from-tray.
    #[inline]
    unsafe fn copy(&mut self, ticket: u32) -> u32 {
        let object = self.at(Ticket(ticket));
        // SAFETY: objects have at least two words; the new place was just bumped out of the to-tray (which has room for all
        // of the from-tray) or an open old drawer, and overlaps nothing.
        unsafe {
            let header = Header(*object);
            if header.has(FORWARDED) {
                return *object.add(1) as u32;
            }
            let bytes = header.bytes();
            let (place, new_header) = match if header.has(AGE) {
                self.old_bump(bytes)
            } else {
                None
            } {
                Some(place) => {
                    self.promoted_now += bytes;
                    (place, header.without(AGE))
                }
                None => {
                    let place = self.to_bump;
                    self.to_bump += bytes;
                    (place, header.with(AGE))
                }
            };
            let copy = self.base.add(place).cast::<u64>();
            copy_granules(object, copy, bytes / GRANULE);
            *copy = new_header.0;
            *object = header.with(FORWARDED).0;
            let new = (place / GRANULE) as u32;
            *object.add(1) = new as u64;
            new
        }
    }

    /// Where a young object went in the collection that is running; None if it was not reached.
    fn forwarded(&self, ticket: Ticket) -> Option<Ticket> {
        if ticket.0.wrapping_sub(self.from_low) >= self.from_len {
            return (!ticket.is_none()).then_some(ticket);
        }
        let header = self.header(ticket);
        // SAFETY: a forwarded object's second word is its new ticket.
        header
            .has(FORWARDED)
            .then(|| Ticket(unsafe { *self.at(ticket).add(1) } as u32))
    }
}

/// Copies whole granules; most objects have two to four, where a call would cost more than the copy.
///
/// # Safety
/// Both ranges are valid, aligned to 8, and do not overlap.
#[inline(always)]
pub(crate) unsafe fn copy_granules(from: *const u64, to: *mut u64, granules: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if granules > 8 {
            std::ptr::copy_nonoverlapping(from, to, granules * 2);
            return;
        }
        for i in 0..granules {
            let (low, high) = (*from.add(2 * i), *from.add(2 * i + 1));
            *to.add(2 * i) = low;
            *to.add(2 * i + 1) = high;
        }
    }
}
