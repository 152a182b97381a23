//! The write barrier: which old objects may hold young tickets (docs/specs/machine.md §8, "Write barrier").

use crate::cupboard::Lemari;
use crate::drawers::State;
use crate::ticket::{CARD, DRAWER, GRANULE, Header, LARGE, REMEMBERED, Ticket};

impl Lemari {
    /// To be called after the ticket `stored` was stored into `object`. `slot` is the address of the stored pair or word
    /// (it is not read; for a large object it tells the card). Stores into young objects, and of old tickets or none, cost
    /// two compares. If `slot` is not in the object, all of it counts as written.
    #[inline(always)]
    pub fn barrier(&mut self, object: Ticket, slot: *mut u64, stored: Ticket) {
        if self.is_young(stored) && object.0 >= self.young_end() {
            let header = self.header(object);
            if header.0 & (REMEMBERED | LARGE) != REMEMBERED {
                self.remember(object, header, slot);
            }
        }
    }

    /// For stores of many slots at once (copying into an old object): all of it counts as written.
    #[inline]
    pub fn barrier_all(&mut self, object: Ticket) {
        if object.0 >= self.young_end() {
            let header = self.header(object);
            self.remember(object, header, std::ptr::null_mut());
        }
    }

    #[inline(never)]
    fn remember(&mut self, object: Ticket, header: Header, slot: *mut u64) {
        let at = self.at(object);
        if header.has(LARGE) {
            let offset = (slot as usize).wrapping_sub(at as usize);
            let (cards, count) = self.cards(at, header);
            // SAFETY: the cards lie in the object's run, behind it (see `cards`).
            unsafe {
                if offset < header.bytes() {
                    *cards.add(offset / CARD) = 1;
                } else {
                    cards.write_bytes(1, count);
                }
            }
        }
        if !header.has(REMEMBERED) {
            self.push_remembered(object, header);
        }
    }

    /// The cards of a large object: their address and number. They stand directly behind it, in its run, and are zero
    /// when it is made.
    pub(crate) fn cards(&self, object: *mut u64, header: Header) -> (*mut u8, usize) {
        (
            object.cast::<u8>().wrapping_add(header.bytes()),
            header.bytes().div_ceil(CARD),
        )
    }

    /// Sets the bit and appends; if the list cannot grow, the next minor collection scans everything instead.
    pub(crate) fn push_remembered(&mut self, object: Ticket, header: Header) {
        if self.remembered.len() == self.remembered.capacity() && !self.grow_remembered() {
            self.scan_all = true;
            return;
        }
        self.remembered.push(object.0);
        // SAFETY: a live object's header is writable and ours.
        unsafe { *self.at(object) = header.with(REMEMBERED).0 };
    }

    fn grow_remembered(&mut self) -> bool {
        let more = self.remembered.capacity().max(256);
        if self.charge(more * 4).is_err() {
            return false;
        }
        let before = self.remembered.capacity();
        if self.remembered.try_reserve_exact(more).is_err() {
            self.refund(more * 4);
            return false;
        }
        // The allocator may have given more than was asked for; the meter counts what is held.
        let extra = self.remembered.capacity().saturating_sub(before + more);
        if extra > 0 && self.charge(extra * 4).is_err() {
            self.remembered.shrink_to(before + more);
        }
        true
    }

    /// Minor collection: forwards the slots of remembered objects, and forgets those that hold nothing young any more.
    pub(crate) fn scan_remembered(&mut self) {
        if self.scan_all {
            self.scan_all_old();
            return;
        }
        let mut kept = 0;
        let mut i = 0;
        // Nothing is appended while this runs: promoted objects are scanned later.
        while let Some(&ticket) = self.remembered.get(i) {
            i += 1;
            if self.scan_old_object(Ticket(ticket), false) {
                if let Some(place) = self.remembered.get_mut(kept) {
                    *place = ticket;
                }
                kept += 1;
            } else {
                let at = self.at(Ticket(ticket));
                // SAFETY: remembered objects stay until a major collection, which purges the list.
                unsafe { *at = Header(*at).without(REMEMBERED).0 };
            }
        }
        self.remembered.truncate(kept);
    }

    /// The fallback: every object in every old drawer, dead ones since the last major collection included (their slots
    /// are kept valid exactly so that this is possible; holes are fillers). Builds the list anew.
    fn scan_all_old(&mut self) {
        self.full_scans += 1;
        self.scan_all = false;
        self.remembered.clear();
        for index in self.drawer_indexes() {
            let Some(&drawer) = self.drawer(index) else {
                continue;
            };
            let start = index as usize * DRAWER;
            match drawer.state {
                State::Small => {
                    // The current drawer ends where promotion began: what is promoted now is scanned as promoted.
                    let end = if index == self.scan_drawer {
                        self.scan_at
                    } else {
                        start + drawer.fill as usize
                    };
                    let mut at = start;
                    while at < end {
                        at += self.rescan_old(Ticket((at / GRANULE) as u32));
                    }
                }
                State::Large => {
                    self.rescan_old(Ticket((start / GRANULE) as u32));
                }
                State::Closed | State::Tail | State::Leaving => {}
            }
        }
    }

    /// Scans one object whatever its bits say; remembers it if it is to be. Answers its size in bytes.
    fn rescan_old(&mut self, ticket: Ticket) -> usize {
        let header = self.header(ticket).without(REMEMBERED);
        // SAFETY: the caller walks filled drawers object by object.
        unsafe { *self.at(ticket) = header.0 };
        if self.scan_old_object(ticket, true) {
            self.push_remembered(ticket, header);
        }
        header.bytes()
    }

    /// Forwards the slots of one old object (of a large one, those in dirty cards, or all). True if it still holds a
    /// young ticket.
    pub(crate) fn scan_old_object(&mut self, ticket: Ticket, all: bool) -> bool {
        let (object, header) = (self.at(ticket), self.header(ticket));
        let shape = &self.shapes[(header.kind() & 63) as usize];
        let mut young = false;
        if !shape.has_refs() || header.kind() == crate::FILLER_KIND {
            return false;
        }
        if !header.has(LARGE) {
            // SAFETY: the object is whole and initialised; forwarding writes to other objects and to the slot only.
            unsafe {
                shape.each_slot(object, header, |slot| {
                    self.forward_slot(slot);
                    young |= self.is_young(Ticket(*slot));
                });
            }
            return young;
        }
        let (cards, count) = self.cards(object, header);
        let mut card = 0;
        while card < count {
            // SAFETY: card < count, and cards + count lies in the run; eight at once only while they all do.
            unsafe {
                if !all && card + 8 <= count && cards.add(card).cast::<u64>().read_unaligned() == 0
                {
                    card += 8;
                    continue;
                }
                if all || *cards.add(card) != 0 {
                    let mut here = false;
                    shape.each_slot_of_card(object, header, card, |slot| {
                        self.forward_slot(slot);
                        here |= self.is_young(Ticket(*slot));
                    });
                    *cards.add(card) = u8::from(here);
                    young |= here;
                }
            }
            card += 1;
        }
        young
    }
}
