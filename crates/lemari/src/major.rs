//! The old collection: mark, evacuate sparse drawers, fix, sweep, close (docs/specs/machine.md §8, "Old collection").
//!
//! After it, every object in an old drawer that is not live has become part of a *filler* (kind 0), so that old drawers
//! can always be walked object by object and hold no stale ticket.

use crate::cupboard::Lemari;
use crate::drawers::State;
use crate::mark::KEPT_MARKS;
use crate::minor::copy_granules;
use crate::roots::{Mode, Roots, Scope, Visitor};
use crate::ticket::{DRAWER, FILLER_KIND, FORWARDED, GRANULE, Header, MARK, Ticket};

impl Lemari {
    /// Collects everything now: a minor collection first, so that what is live is old or in one tray.
    pub fn major(&mut self, roots: &mut dyn Roots) {
        self.minor(roots);
        self.collect_old(roots);
    }

    /// The old collection, right after a minor one.
    pub(crate) fn collect_old(&mut self, roots: &mut dyn Roots) {
        self.majors += 1;
        if self.old_drawer >= self.emergency.first {
            // So that it can be emptied.
            self.retire();
        }
        self.note_fill();
        for index in self.drawer_indexes() {
            if let Some(d) = self.drawer_mut(index) {
                (d.live, d.fresh, d.target, d.rescan) = (0, false, false, false);
            }
        }

        roots.visit(
            Scope::Major,
            &mut Visitor {
                lemari: self,
                mode: Mode::Mark,
            },
        );
        self.drain();
        self.rescan_until_done();
        while roots.visit_reached(&mut Visitor {
            lemari: self,
            mode: Mode::Mark,
        }) {
            self.drain();
            self.rescan_until_done();
        }
        self.marks.clear();
        self.marks.shrink_to(KEPT_MARKS);

        let live = self.close_empty();
        let moved = self.evacuate();
        self.purge_remembered();
        roots.swept(&mut |t| self.alive(t));
        if moved {
            roots.visit(
                Scope::Fix,
                &mut Visitor {
                    lemari: self,
                    mode: Mode::Fix,
                },
            );
        }
        self.sweep(moved);
        self.close_leaving();

        self.live = live;
        self.old_bytes = live;
        self.trigger = self
            .config
            .major_floor
            .max(live.saturating_add(live / 4 * 3));
    }

    /// Closes drawers and runs without a live object. Answers the live bytes of the old space.
    fn close_empty(&mut self) -> usize {
        let mut live = 0;
        for index in self.drawer_indexes() {
            let Some(&d) = self.drawer(index) else {
                continue;
            };
            match d.state {
                State::Small if d.live == 0 => {
                    if index == self.old_drawer {
                        self.retire();
                    }
                    self.close_counted(index, 1);
                }
                State::Small => live += d.live as usize * GRANULE,
                State::Large if d.live == 0 => {
                    self.large -= 1;
                    self.close_counted(index, d.fill);
                }
                State::Large => live += d.fill as usize * DRAWER,
                State::Closed | State::Tail | State::Leaving => {}
            }
        }
        live
    }

    /// Moves the live objects of sparse drawers (under 60 % live) and of emergency drawers into fresh ordinary drawers, the
    /// sparsest first, as far as the reserve allows. A drawer is only begun when all of it can be moved.
    fn evacuate(&mut self) -> bool {
        let reserve = self.config.reserve_drawers();
        // Fresh drawers opened, and ordinary drawers that will be closed for them.
        let (mut opened, mut emptied) = (0usize, 0usize);
        let mut moved = false;
        let current = self.old_drawer;
        if let Some(d) = self.drawer_mut(current) {
            d.target = true;
        }
        for (emergency, percent) in [
            (false, 15),
            (false, 30),
            (false, 45),
            (false, 60),
            (true, 101),
        ] {
            for index in self.drawer_indexes() {
                let Some(&d) = self.drawer(index) else {
                    continue;
                };
                if d.state != State::Small
                    || d.target
                    || (index >= self.emergency.first) != emergency
                {
                    continue;
                }
                // A drawer retired half full because a large neighbour did not fit is not sparse by that alone.
                let whole = (d.fill as usize).max(DRAWER / 2) / GRANULE;
                if d.live as usize * 100 >= whole * percent {
                    continue;
                }
                // A source needs at most one more drawer: what does not fit the current one fits an empty one.
                let fits_current = (d.live as usize) * GRANULE <= self.old_end - self.old_cursor;
                let mut spare = None;
                if !fits_current {
                    let held = self.used + opened * DRAWER;
                    let closing = emptied * DRAWER;
                    let within_limit = (held + DRAWER).saturating_sub(closing) <= self.config.limit;
                    if (emergency && !within_limit)
                        || (held + DRAWER > self.config.limit && opened >= reserve)
                    {
                        continue;
                    }
                    if !self.step() {
                        break;
                    }
                    spare = self.open_in(1, false);
                    if spare.is_none() {
                        break;
                    }
                    opened += 1;
                }
                self.empty_drawer(index, d.fill as usize, spare);
                moved = true;
                if !emergency {
                    emptied += 1;
                }
            }
        }
        let over = (self.used + opened * DRAWER).saturating_sub(self.config.limit) / DRAWER;
        self.evacuation_peak = self.evacuation_peak.max(over);
        // close_leaving takes the sources off the meter.
        self.used += opened * DRAWER;
        moved
    }

    /// Moves all live objects of a drawer; `spare` is an opened drawer for what does not fit the current one (it is given
    /// exactly if not all fits, so it is always used).
    fn empty_drawer(&mut self, index: u32, fill: usize, mut spare: Option<u32>) {
        if let Some(d) = self.drawer_mut(index) {
            d.state = State::Leaving;
        }
        let start = index as usize * DRAWER;
        let mut at = start;
        while at < start + fill {
            let object = self.at(Ticket((at / GRANULE) as u32));
            // SAFETY: the drawer is filled with whole objects up to `fill`; the target is bumped out of an open drawer and
            // large enough (see `evacuate`).
            unsafe {
                let header = Header(*object);
                let bytes = header.bytes();
                at += bytes;
                if !header.has(MARK) {
                    continue;
                }
                if bytes > self.old_end - self.old_cursor
                    && let Some(fresh) = spare.take()
                {
                    self.use_drawer(fresh);
                    if let Some(d) = self.drawer_mut(fresh) {
                        (d.fresh, d.target) = (true, true);
                    }
                }
                let place = self.old_cursor;
                self.old_cursor += bytes;
                let copy = self.base.add(place).cast::<u64>();
                copy_granules(object, copy, bytes / GRANULE);
                *object = header.with(FORWARDED).0;
                *object.add(1) = (place / GRANULE) as u64;
                self.evacuated += bytes as u64;
                let current = self.old_drawer;
                if let Some(d) = self.drawer_mut(current) {
                    d.live += header.granules();
                }
            }
        }
    }

    /// The ticket after this collection of an object from before it; None if it died.
    fn alive(&self, ticket: Ticket) -> Option<Ticket> {
        if ticket.is_none() {
            return None;
        }
        if ticket.0 >= self.young_end() {
            let d = self.drawer(Self::drawer_of(ticket.0))?;
            if d.fresh || d.state == State::Closed {
                return None;
            }
        }
        let header = self.header(ticket);
        if header.has(FORWARDED) {
            // SAFETY: a forwarded object's second word is its new ticket.
            return Some(Ticket(unsafe { *self.at(ticket).add(1) } as u32));
        }
        header.has(MARK).then_some(ticket)
    }

    /// Is an object marked?
    pub(crate) fn is_marked(&self, ticket: Ticket) -> bool {
        self.header(ticket).has(MARK)
    }

    fn purge_remembered(&mut self) {
        let mut kept = 0;
        for i in 0..self.remembered.len() {
            let Some(&ticket) = self.remembered.get(i) else {
                break;
            };
            if let Some(alive) = self.alive(Ticket(ticket))
                && let Some(place) = self.remembered.get_mut(kept)
            {
                *place = alive.0;
                kept += 1;
            }
        }
        self.remembered.truncate(kept);
    }

    /// Makes a slot that names a moved object name its new place.
    ///
    /// # Safety
    /// `slot` is readable and writable and holds a ticket of a live object.
    #[inline(always)]
    pub(crate) unsafe fn fix_slot(&mut self, slot: *mut u32) {
        // SAFETY: the caller's promise; a marked object in a leaving drawer is forwarded.
        unsafe {
            let ticket = *slot;
            if ticket >= self.young_end()
                && self
                    .drawer(Self::drawer_of(ticket))
                    .is_some_and(|d| d.state == State::Leaving)
            {
                *slot = *self.at(Ticket(ticket)).add(1) as u32;
            }
        }
    }

    /// One linear pass: clears marks, fixes slots if objects moved, turns dead objects of old drawers into fillers.
    fn sweep(&mut self, moved: bool) {
        let start = Self::tray_start(self.tray);
        self.sweep_range(start, self.bump, moved, false);
        self.note_fill();
        for index in self.drawer_indexes() {
            let Some(&d) = self.drawer(index) else {
                continue;
            };
            let start = index as usize * DRAWER;
            match d.state {
                State::Small => self.sweep_range(start, start + d.fill as usize, moved, true),
                State::Large => self.sweep_range(start, start + 1, moved, false),
                State::Closed | State::Tail | State::Leaving => {}
            }
        }
    }

    fn sweep_range(&mut self, start: usize, end: usize, moved: bool, fill: bool) {
        let mut at = start;
        let mut hole: Option<usize> = None;
        while at < end {
            // SAFETY: ranges are walked object by object; marked objects are whole and initialised.
            unsafe {
                let object = self.base.add(at).cast::<u64>();
                let header = Header(*object);
                if header.has(MARK) {
                    *object = header.without(MARK).0;
                    hole = None;
                    let shape = &self.shapes[(header.kind() & 63) as usize];
                    if moved && shape.has_refs() {
                        shape.each_slot(object, header, |slot| self.fix_slot(slot));
                    }
                } else if fill {
                    let from = *hole.get_or_insert(at);
                    let granules = (at + header.bytes() - from) / GRANULE;
                    *self.base.add(from).cast::<u64>() =
                        Header::new(FILLER_KIND, 0, granules as u32).0;
                }
                at += header.bytes();
            }
        }
    }

    fn close_leaving(&mut self) {
        for index in self.drawer_indexes() {
            let Some(&d) = self.drawer(index) else {
                continue;
            };
            if d.state == State::Leaving {
                self.close_counted(index, 1);
            }
        }
        debug_assert!(self.used <= self.config.limit);
    }
}
