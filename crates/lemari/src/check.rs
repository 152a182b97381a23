//! A walk over the old space that checks its invariants, for tests and for hosts that suspect something.

use crate::cupboard::Lemari;
use crate::drawers::{NO_DRAWER, State};
use crate::ticket::{DRAWER, FORWARDED, GRANULE, LARGE, MARK, REMEMBERED, Ticket};

impl Lemari {
    /// Checks the old space's invariants by walking it, for tests: drawers are filled with whole objects, no mark is left,
    /// remembered bits and list agree, and the account is right. Answers what is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        let mut open = 0usize;
        let mut large = 0;
        let mut flagged = 0;
        for index in self.drawer_indexes() {
            let Some(&d) = self.drawer(index) else {
                continue;
            };
            let start = index as usize * DRAWER;
            if d.state != State::Closed && index < self.emergency.first {
                open += 1;
            }
            let end = match d.state {
                State::Small if index == self.old_drawer => self.old_cursor,
                State::Small => start + d.fill as usize,
                State::Large => start + 1,
                State::Closed | State::Tail => start,
                State::Leaving => return Err("a leaving drawer outside a collection"),
            };
            large += usize::from(d.state == State::Large);
            let mut at = start;
            while at < end {
                let header = self.header(Ticket((at / GRANULE) as u32));
                if header.granules() == 0 {
                    return Err("an object without size");
                }
                if header.has(MARK) || header.has(FORWARDED) {
                    return Err("a mark outside a collection");
                }
                if header.has(LARGE) != (d.state == State::Large) {
                    return Err("a large bit in the wrong place");
                }
                flagged += usize::from(header.has(REMEMBERED));
                at += header.bytes();
            }
            if d.state == State::Small && at != end {
                return Err("objects do not fill their drawer");
            }
        }
        if open != self.ordinary.open as usize || large != self.large {
            return Err("the counts of drawers are wrong");
        }
        if flagged != self.remembered.len() {
            return Err("remembered bits and list differ");
        }
        let stats = self.stats();
        if stats.used != stats.charged + 2 * stats.tray + open * DRAWER || stats.used > stats.limit
        {
            return Err("the meter is wrong");
        }
        if self.old_drawer != NO_DRAWER && self.old_cursor > self.old_end {
            return Err("the current drawer is overfull");
        }
        Ok(())
    }
}
