//! The two trays: opening, doubling, halving, and the wash at the end of a call.

use crate::config::MemError;
use crate::cupboard::{IDLE_TURNS, Lemari, TRAYS_AT};
use crate::ticket::{DRAWER, GRANULE, TRAY_MAX, round_up};

impl Lemari {
    /// Byte offset of tray `tray`'s first object.
    #[inline(always)]
    pub(crate) fn tray_start(tray: usize) -> usize {
        TRAYS_AT + tray * TRAY_MAX
    }

    /// The current end for `try_alloc`: the tray's, or `grant` bytes on if every allocation is to be seen.
    pub(crate) fn set_end(&mut self, grant: usize) {
        self.end = if self.sabotaged {
            self.bump + grant
        } else {
            Self::tray_start(self.tray) + self.tray_cap
        };
    }

    pub(crate) fn has_room(&self, size: usize) -> bool {
        let start = Self::tray_start(self.tray);
        let used = self.bump - start;
        size <= self.tray_cap - used && used <= self.tray_cap / 8 * 7
    }

    pub(crate) fn open_trays(&mut self) -> Result<(), MemError> {
        let both = 2 * self.config.tray;
        if !self.step() {
            return Err(MemError::Host);
        }
        if both > self.config.limit.saturating_sub(self.used) {
            return Err(self.at_limit(both));
        }
        self.count(both);
        self.reservation.dirty = true;
        self.tray_cap = self.config.tray;
        self.tray_high = self.tray_high.max(self.tray_cap);
        self.bump = Self::tray_start(self.tray);
        self.counted_to = self.bump;
        self.set_end(0);
        Ok(())
    }

    pub(crate) fn count(&mut self, bytes: usize) {
        self.used += bytes;
        self.peak = self.peak.max(self.used);
    }

    /// Doubles both trays, if limits allow.
    pub(crate) fn double_trays(&mut self) -> bool {
        let cap = self.tray_cap;
        let most = self
            .config
            .tray_max
            .min((self.config.limit / 8).max(self.config.tray));
        let more = (most - cap.min(most)).min(cap) & !(GRANULE - 1);
        if more == 0
            || 2 * more > self.config.limit - self.used.min(self.config.limit)
            || !self.step()
        {
            return false;
        }
        self.count(2 * more);
        self.tray_cap += more;
        self.tray_high = self.tray_high.max(self.tray_cap);
        true
    }

    /// Grows the trays until `size` can be had in one that is half full.
    pub(crate) fn grow_trays(&mut self, size: usize) -> bool {
        let mut grown = false;
        while !self.has_room(size) || self.tray_cap < 2 * size {
            if !self.double_trays() {
                break;
            }
            grown = true;
        }
        grown
    }

    /// Halves both trays while what is in the write tray stays under half of it. True if they changed.
    pub(crate) fn shrink_trays(&mut self) -> bool {
        let used = self.bump - Self::tray_start(self.tray);
        let before = self.tray_cap;
        let mut cap = before;
        while cap / 2 >= self.config.tray && used <= cap / 4 {
            cap = (cap / 2) & !(GRANULE - 1);
        }
        if cap == before {
            return false;
        }
        self.tray_cap = cap;
        self.used -= 2 * (before - cap);
        for tray in 0..2 {
            // Whole 64 KiB units, so that any page size divides them.
            let from = (Self::tray_start(tray) + cap).next_multiple_of(DRAWER);
            let to = (Self::tray_start(tray) + before).next_multiple_of(DRAWER);
            self.reservation.hand_back(from, to - from);
        }
        self.set_end(0);
        true
    }

    /// After a minor collection of `before` bytes of which `survived`: the trays' next size.
    pub(crate) fn size_trays(&mut self, survived: usize) {
        if survived > self.tray_cap / 4 {
            self.idle_turns = 0;
            self.double_trays();
        } else if survived <= self.tray_cap / 64 {
            self.turn_idle();
        } else {
            self.idle_turns = 0;
        }
    }

    pub(crate) fn turn_idle(&mut self) {
        self.idle_turns += 1;
        if self.idle_turns >= IDLE_TURNS {
            self.idle_turns = 0;
            let cap = self.tray_cap;
            let used = self.bump - Self::tray_start(self.tray);
            if cap / 2 >= self.config.tray && used <= cap / 4 {
                let keep = self.config.tray;
                self.config.tray = cap / 2;
                self.shrink_trays();
                self.config.tray = keep;
            }
        }
    }

    /// The wash at the end of a plugin call: if nothing can refer to the write tray, it is emptied in constant time,
    /// whatever lies in it. `quiet` is the machine's part of the test: no frames, no handle, suspended fiber or static that
    /// may hold a young ticket. False, and nothing done, if some old object may (then the next minor collection sorts it
    /// out). Ends the arming of the emergency policy either way.
    ///
    /// After `true`, whatever names young objects without being a root must forget them: weak tables drop their young
    /// tickets, and [`crate::handles::Handles::washed`] is to be called.
    pub fn wash(&mut self, quiet: bool) -> bool {
        self.armed = false;
        if !quiet || self.scan_all || !self.remembered.is_empty() {
            return false;
        }
        if self.tray_cap != 0 {
            self.note_allocated();
            let start = Self::tray_start(self.tray);
            let used = self.bump - start;
            self.bump = start;
            self.counted_to = start;
            self.tray_generation = self.tray_generation.wrapping_add(1);
            self.poison(self.tray, used);
            if used <= self.tray_cap / 4 {
                self.turn_idle();
            } else {
                self.idle_turns = 0;
            }
            self.set_end(0);
        }
        self.washes += 1;
        true
    }

    /// Under the sabotage switch, makes what lies in a washed tray unreadable as values.
    pub(crate) fn poison(&mut self, tray: usize, used: usize) {
        if self.sabotage.poison {
            // SAFETY: [start, start + used) was this tray's filled part; it holds nothing any more.
            unsafe {
                self.base
                    .add(Self::tray_start(tray))
                    .write_bytes(0x1F, used)
            };
        }
    }

    /// Counts what was allocated in the write tray since the last count.
    pub(crate) fn note_allocated(&mut self) {
        self.allocated += (self.bump - self.counted_to) as u64;
        self.counted_to = self.bump;
    }

    /// Sets the size of new and halved trays, 1 KiB to 4 MiB; trays that are open grow to it when they next can.
    pub fn set_tray(&mut self, bytes: usize) {
        let bytes = round_up(bytes.clamp(1024, self.config.tray_max));
        self.config.tray = bytes.min((self.config.limit / 2) & !(GRANULE - 1));
        while self.tray_cap != 0 && self.tray_cap < self.config.tray && self.double_trays() {}
        self.set_end(0);
    }
}
