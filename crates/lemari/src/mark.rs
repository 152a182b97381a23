//! Marking: which objects are live, with an explicit stack and a way out when it cannot grow.

use crate::cupboard::Lemari;
use crate::drawers::State;
use crate::ticket::{DRAWER, GRANULE, Header, MARK, Ticket};

/// Mark-stack entries kept between collections.
pub(crate) const KEPT_MARKS: usize = 128;

impl Lemari {
    /// Marks what a root slot names, and all that hangs on it.
    pub(crate) fn mark_root(&mut self, ticket: u32) {
        if ticket != 0 && self.mark(ticket) {
            self.walk(ticket, 0);
            self.drain();
        }
    }

    /// Sets the mark. True if it was new and the object has slots to follow.
    #[inline(always)]
    fn mark(&mut self, ticket: u32) -> bool {
        let object = self.at(Ticket(ticket));
        // SAFETY: roots and slots of live objects name whole objects.
        let header = Header(unsafe { *object });
        if header.has(MARK) {
            return false;
        }
        // SAFETY: as above.
        unsafe { *object = header.with(MARK).0 };
        if ticket >= self.young_end()
            && let Some(d) = self.drawer_mut(Self::drawer_of(ticket))
        {
            d.live += header.granules();
        }
        self.shapes[(header.kind() & 63) as usize].has_refs()
    }

    pub(crate) fn drain(&mut self) {
        while let Some((ticket, position)) = self.marks.pop() {
            self.walk(ticket, position);
        }
    }

    /// Follows an object's slots from `position` on (pairs first, then halves), going down into each newly marked one and
    /// leaving the rest on the stack. The last child takes its parent's place, so lists need no depth.
    fn walk(&mut self, ticket: u32, position: u32) {
        let (mut ticket, mut position) = (ticket, position as usize);
        'object: loop {
            let object = self.at(Ticket(ticket));
            let header = self.header(Ticket(ticket));
            let shape = &self.shapes[(header.kind() & 63) as usize];
            // SAFETY: marked objects are whole and initialised; indexes are cut to the object.
            unsafe {
                let count = shape.pair_count(object, header);
                let halves = shape.halves_of(header);
                while position < count {
                    let slot = shape.pair_slot(object, position);
                    position += 1;
                    if let Some(slot) = slot
                        && *slot != 0
                        && self.mark(*slot)
                    {
                        if position < count || halves != 0 {
                            self.leave_for_later(ticket, position);
                        }
                        (ticket, position) = (*slot, 0);
                        continue 'object;
                    }
                }
                let done = position - count;
                let mut rest = if done < 32 { halves >> done << done } else { 0 };
                while rest != 0 {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    let child = *object.cast::<u32>().add(2 + bit);
                    if child != 0 && self.mark(child) {
                        if rest != 0 {
                            self.leave_for_later(ticket, count + bit + 1);
                        }
                        (ticket, position) = (child, 0);
                        continue 'object;
                    }
                }
            }
            return;
        }
    }

    /// Pushes the rest of an object; if the stack cannot grow, flags its drawer to be rescanned.
    fn leave_for_later(&mut self, ticket: u32, position: usize) {
        if self.marks.len() < self.marks.capacity() || self.grow_marks() {
            self.marks.push((ticket, position as u32));
            return;
        }
        self.rescan = true;
        if ticket < self.young_end() {
            self.rescan_tray = true;
        } else if let Some(d) = self.drawer_mut(Self::drawer_of(ticket)) {
            d.rescan = true;
        }
    }

    /// The mark stack lives in the room of the evacuation reserve (it is gone before evacuation begins), because a
    /// collection at the limit must not ask for more than the limit.
    fn grow_marks(&mut self) -> bool {
        let capacity = self.marks.capacity();
        let bound = self.config.reserve_drawers() * DRAWER / size_of::<(u32, u32)>();
        let more = capacity.max(KEPT_MARKS).min(bound.saturating_sub(capacity));
        more > 0 && self.step() && self.marks.try_reserve_exact(more).is_ok()
    }

    /// Follows again the slots of marked objects in flagged drawers until no drawer is flagged. Every new flag comes with
    /// a new mark, so this ends.
    pub(crate) fn rescan_until_done(&mut self) {
        while std::mem::take(&mut self.rescan) {
            self.rescans += 1;
            if std::mem::take(&mut self.rescan_tray) {
                let start = Self::tray_start(self.tray);
                self.rescan_range(start, self.bump);
            }
            for index in self.drawer_indexes() {
                let Some(d) = self.drawer_mut(index) else {
                    continue;
                };
                if std::mem::take(&mut d.rescan) {
                    let start = index as usize * DRAWER;
                    let end = match d.state {
                        State::Small => start + d.fill as usize,
                        State::Large => start + 1,
                        _ => start,
                    };
                    self.rescan_range(start, end);
                }
            }
        }
    }

    fn rescan_range(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let ticket = (at / GRANULE) as u32;
            let header = self.header(Ticket(ticket));
            if header.has(MARK) {
                self.walk(ticket, 0);
                self.drain();
            }
            at += header.bytes();
        }
    }
}
