//! The table of old drawers: opening and closing, ordinary and emergency, one at a time or in runs.

use crate::config::EmergencyPolicy;
use crate::cupboard::Lemari;
use crate::ticket::{DRAWER, GRANULE};

/// What a drawer is used for.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum State {
    /// Nothing; its pages are not committed.
    #[default]
    Closed,
    /// Small objects side by side.
    Small,
    /// The first drawer of a large object's run.
    Large,
    /// A further drawer of such a run.
    Tail,
    /// Being emptied by the major collection that is running: its live objects are forwarded.
    Leaving,
}

/// No drawer, in links and cursors.
pub(crate) const NO_DRAWER: u32 = u32::MAX;

/// A drawer's entry in the table.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Drawer {
    pub state: State,
    /// Opened by the major collection that is running: no ticket from before it can point here.
    pub fresh: bool,
    /// Takes what is evacuated now, so it cannot be evacuated itself.
    pub target: bool,
    /// Holds marked objects whose slots have not been looked at, because the mark stack was full.
    pub rescan: bool,
    /// How often it was closed.
    pub generation: u32,
    /// Small: bytes filled (of the current drawer, valid only once it is retired). Large: drawers of the run.
    pub fill: u32,
    /// Granules marked.
    pub live: u32,
    /// The next drawer with promoted objects to scan.
    pub next: u32,
}

impl Drawer {
    const CLOSED: Drawer = Drawer {
        state: State::Closed,
        fresh: false,
        target: false,
        rescan: false,
        generation: 0,
        fill: 0,
        live: 0,
        next: NO_DRAWER,
    };
}

/// One part of the old space: `places` drawers from index `first`, of which the table knows those ever used.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Drawer index (from the base of the reservation) of the first.
    pub first: u32,
    pub places: u32,
    pub table: Vec<Drawer>,
    /// No closed drawer lies below this place.
    hint: u32,
    /// Drawers open.
    pub open: u32,
}

impl Part {
    pub fn new(first: u32, places: u32) -> Part {
        Part {
            first,
            places,
            table: Vec::new(),
            hint: 0,
            open: 0,
        }
    }

    /// The lowest run of `count` closed drawers, with the table extended over it; None if there is none or the table
    /// cannot grow.
    pub fn find(&mut self, count: u32) -> Option<u32> {
        let mut run = 0;
        let mut at = self.hint;
        let known = self.table.len() as u32;
        while at < known {
            if self
                .table
                .get(at as usize)
                .is_some_and(|d| d.state == State::Closed)
            {
                run += 1;
                if run == count {
                    return Some(at + 1 - count);
                }
            } else {
                run = 0;
                if at == self.hint {
                    self.hint += 1;
                }
            }
            at += 1;
        }
        // The run may begin in the known part and end beyond it.
        let start = at - run;
        let end = start.checked_add(count)?;
        if end > self.places {
            return None;
        }
        let more = (end as usize).saturating_sub(self.table.len());
        self.table.try_reserve(more).ok()?;
        self.table.resize(self.table.len() + more, Drawer::CLOSED);
        Some(start)
    }
}

impl Lemari {
    /// The entry of drawer `index`, which must have been opened at some time.
    #[inline(always)]
    pub(crate) fn drawer(&self, index: u32) -> Option<&Drawer> {
        let part = if index >= self.emergency.first {
            &self.emergency
        } else {
            &self.ordinary
        };
        part.table.get(index.wrapping_sub(part.first) as usize)
    }

    #[inline(always)]
    pub(crate) fn drawer_mut(&mut self, index: u32) -> Option<&mut Drawer> {
        let part = if index >= self.emergency.first {
            &mut self.emergency
        } else {
            &mut self.ordinary
        };
        part.table.get_mut(index.wrapping_sub(part.first) as usize)
    }

    /// The drawer a ticket lies in.
    #[inline(always)]
    pub(crate) fn drawer_of(ticket: u32) -> u32 {
        ticket / (DRAWER / GRANULE) as u32
    }

    /// All drawers ever opened: index ranges of the two parts.
    pub(crate) fn drawer_indexes(&self) -> impl Iterator<Item = u32> + use<> {
        let of = |p: &Part| p.first..p.first + p.table.len() as u32;
        of(&self.ordinary).chain(of(&self.emergency))
    }

    /// The emergency policy in force: a host panic arms at least *automatic* for the rest of the call.
    pub(crate) fn policy(&self) -> EmergencyPolicy {
        match self.config.emergency {
            EmergencyPolicy::Off if self.armed => EmergencyPolicy::Automatic,
            policy => policy,
        }
    }

    /// True if `count` more ordinary drawers fit under the limit.
    pub(crate) fn fits(&self, count: u32) -> bool {
        (count as usize).saturating_mul(DRAWER) <= self.config.limit.saturating_sub(self.used)
    }

    /// Opens `count` drawers side by side: ordinary ones, or emergency ones if the policy now allows them.
    pub(crate) fn open(&mut self, count: u32) -> Option<u32> {
        if let Some(index) = self.open_ordinary(count) {
            return Some(index);
        }
        if self.policy() == EmergencyPolicy::Always || self.emergency_now {
            return self.open_emergency(count);
        }
        None
    }

    pub(crate) fn open_ordinary(&mut self, count: u32) -> Option<u32> {
        if !self.fits(count) || !self.step() {
            return None;
        }
        let index = self.open_in(count, false)?;
        self.used += count as usize * DRAWER;
        self.peak = self.peak.max(self.used);
        Some(index)
    }

    pub(crate) fn open_emergency(&mut self, count: u32) -> Option<u32> {
        let bytes = (count as usize).checked_mul(DRAWER)?;
        let bound = self.config.emergency_bound;
        if bytes > bound.saturating_sub(self.emergency_bytes()) || !self.step() {
            return None;
        }
        let index = self.open_in(count, true)?;
        self.emergency_openings += 1;
        self.emergency_peak = self.emergency_peak.max(self.emergency_bytes());
        Some(index)
    }

    /// Opens without asking the meter: for evacuation, which settles its account at its end.
    pub(crate) fn open_in(&mut self, count: u32, emergency: bool) -> Option<u32> {
        let part = if emergency {
            &mut self.emergency
        } else {
            &mut self.ordinary
        };
        let place = part.find(count)?;
        for drawer in part
            .table
            .get_mut(place as usize..(place + count) as usize)?
        {
            *drawer = Drawer {
                state: State::Tail,
                generation: drawer.generation,
                ..Drawer::CLOSED
            };
        }
        part.table.get_mut(place as usize)?.state = State::Small;
        part.open += count;
        Some(part.first + place)
    }

    /// Closes `count` drawers from `index` on and hands their pages back. The meter is the caller's affair.
    pub(crate) fn close(&mut self, index: u32, count: u32) {
        let part = if index >= self.emergency.first {
            &mut self.emergency
        } else {
            &mut self.ordinary
        };
        let place = index - part.first;
        for drawer in part
            .table
            .iter_mut()
            .skip(place as usize)
            .take(count as usize)
        {
            *drawer = Drawer {
                generation: drawer.generation.wrapping_add(1),
                ..Drawer::CLOSED
            };
        }
        part.hint = part.hint.min(place);
        part.open -= count;
        self.reservation
            .hand_back(index as usize * DRAWER, count as usize * DRAWER);
    }

    /// As [`Lemari::close`], and takes them off the meter.
    pub(crate) fn close_counted(&mut self, index: u32, count: u32) {
        self.close(index, count);
        if index < self.emergency.first {
            self.used -= count as usize * DRAWER;
        }
    }

    /// Bytes in emergency drawers and emergency charges now.
    pub(crate) fn emergency_bytes(&self) -> usize {
        self.emergency.open as usize * DRAWER + self.emergency_charged
    }

    /// Room for `bytes` (rounded) in the current old drawer, or in a fresh one. None if no drawer can be had.
    pub(crate) fn old_bump(&mut self, bytes: usize) -> Option<usize> {
        if bytes > self.old_end - self.old_cursor {
            if self.promotion_closed {
                return None;
            }
            let Some(index) = self.open(1) else {
                self.promotion_closed = true;
                return None;
            };
            self.use_drawer(index);
        }
        let at = self.old_cursor;
        self.old_cursor += bytes;
        self.old_bytes += bytes;
        Some(at)
    }

    /// Writes the current old drawer's fill to the table, so that it can be walked like the others.
    pub(crate) fn note_fill(&mut self) {
        let (current, cursor) = (self.old_drawer, self.old_cursor);
        if let Some(d) = self.drawer_mut(current) {
            d.fill = (cursor - current as usize * DRAWER) as u32;
        }
    }

    /// Retires the current old drawer: the next old object opens a fresh one.
    pub(crate) fn retire(&mut self) {
        self.note_fill();
        self.old_drawer = NO_DRAWER;
        self.old_cursor = 0;
        self.old_end = 0;
    }

    /// Makes `index`, just opened, the current old drawer.
    pub(crate) fn use_drawer(&mut self, index: u32) {
        let before = self.old_drawer;
        self.retire();
        if let Some(d) = self.drawer_mut(before) {
            d.next = index;
        } else if self.scan_drawer == NO_DRAWER {
            self.scan_drawer = index;
            self.scan_at = index as usize * DRAWER;
        }
        self.old_drawer = index;
        self.old_cursor = index as usize * DRAWER;
        self.old_end = self.old_cursor + DRAWER;
    }
}
