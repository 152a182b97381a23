//! The Lemari itself: its state, allocation, and the triggers of collection.

use crate::config::{Config, EmergencyPolicy, ForcedCollection, MemError, Sabotage};
use crate::drawers::{NO_DRAWER, Part, State};
use crate::pauses::Pauses;
use crate::reservation::Reservation;
use crate::roots::Roots;
use crate::shape::Shapes;
use crate::ticket::{CARD, DRAWER, GRANULE, Header, LARGE, SMALL_MAX, TRAY_MAX, Ticket, round_up};

/// Byte offset of tray 0; the drawer before it stays empty, so that granule 0 is never an object.
pub(crate) const TRAYS_AT: usize = DRAWER;
/// First drawer index of the old space, directly behind the two trays.
const OLD_AT: u32 = ((TRAYS_AT + 2 * TRAY_MAX) / DRAWER) as u32;
/// Tickets below this are young (or none).
const YOUNG_END: u32 = OLD_AT * (DRAWER / GRANULE) as u32;
/// Consecutive quiet collections or washes after which trays are halved.
pub(crate) const IDLE_TURNS: u32 = 64;

/// One World's memory. See the crate's page.
pub struct Lemari {
    pub(crate) base: *mut u8,
    /// Byte offset from `base` where the next young object goes.
    pub(crate) bump: usize,
    /// Where `try_alloc` stops.
    pub(crate) end: usize,
    pub(crate) old_cursor: usize,
    pub(crate) old_end: usize,
    pub(crate) old_drawer: u32,
    pub(crate) shapes: &'static Shapes,

    // Minor collection: the tray copied from, in granules; where copies go; what is still to be scanned.
    pub(crate) from_low: u32,
    pub(crate) from_len: u32,
    pub(crate) to_bump: usize,
    pub(crate) scan_drawer: u32,
    pub(crate) scan_at: usize,
    pub(crate) promotion_closed: bool,
    pub(crate) promoted_now: usize,

    pub(crate) remembered: Vec<u32>,
    /// The remembered list could not grow: the next minor collection scans all old drawers.
    pub(crate) scan_all: bool,

    // Major collection.
    pub(crate) marks: Vec<(u32, u32)>,
    pub(crate) rescan: bool,
    pub(crate) rescan_tray: bool,

    /// Which tray is written (0 or 1).
    pub(crate) tray: usize,
    /// Size of each tray; 0 until the first allocation.
    pub(crate) tray_cap: usize,
    /// The most `tray_cap` ever was.
    pub(crate) tray_high: usize,
    /// Where the current count of allocated bytes starts in the write tray.
    pub(crate) counted_to: usize,
    pub(crate) idle_turns: u32,

    pub(crate) config: Config,
    pub(crate) ordinary: Part,
    pub(crate) emergency: Part,
    pub(crate) used: usize,
    pub(crate) peak: usize,
    pub(crate) charged: usize,
    /// Bytes put into old drawers and not known dead.
    pub(crate) old_bytes: usize,
    /// `old_bytes` above which a major collection is due.
    pub(crate) trigger: usize,
    pub(crate) live: usize,
    pub(crate) large: usize,

    pub(crate) armed: bool,
    pub(crate) emergency_now: bool,
    pub(crate) emergency_charged: usize,
    pub(crate) emergency_peak: usize,
    pub(crate) emergency_openings: u64,
    pub(crate) reported_openings: u64,
    /// Size of the large object `make_room` made room for, and whether in the emergency part.
    pub(crate) granted: usize,
    pub(crate) granted_emergency: bool,

    pub(crate) sabotage: Sabotage,
    pub(crate) sabotaged: bool,
    pub(crate) steps: u64,

    pub(crate) minors: u64,
    pub(crate) minor_pauses: Pauses,
    pub(crate) majors: u64,
    pub(crate) washes: u64,
    pub(crate) promoted: u64,
    pub(crate) copied: u64,
    pub(crate) evacuated: u64,
    pub(crate) allocated: u64,
    pub(crate) full_scans: u64,
    pub(crate) rescans: u64,
    pub(crate) evacuation_peak: usize,
    pub(crate) tray_generation: u64,

    pub(crate) reservation: Reservation,
}

// SAFETY: the pointers lead into the reservation, which this Lemari owns alone; nothing is tied to a thread.
unsafe impl Send for Lemari {}

impl Lemari {
    /// A Lemari in `reservation`, which must have at least [`Config::reservation_bytes`]. Touches no page.
    pub fn new(
        reservation: Reservation,
        config: Config,
        shapes: &'static Shapes,
    ) -> Result<Lemari, MemError> {
        let config = config.checked()?;
        let needed = config.reservation_bytes();
        if reservation.len() < needed {
            return Err(MemError::Reservation {
                needed,
                has: reservation.len(),
            });
        }
        let ordinary = config.ordinary_drawers() as u32;
        Ok(Lemari {
            base: reservation.base(),
            bump: TRAYS_AT,
            end: TRAYS_AT,
            old_cursor: 0,
            old_end: 0,
            old_drawer: NO_DRAWER,
            shapes,
            from_low: 0,
            from_len: 0,
            to_bump: 0,
            scan_drawer: NO_DRAWER,
            scan_at: 0,
            promotion_closed: false,
            promoted_now: 0,
            remembered: Vec::new(),
            scan_all: false,
            marks: Vec::new(),
            rescan: false,
            rescan_tray: false,
            tray: 0,
            tray_cap: 0,
            tray_high: 0,
            counted_to: TRAYS_AT,
            idle_turns: 0,
            ordinary: Part::new(OLD_AT, ordinary),
            emergency: Part::new(OLD_AT + ordinary, config.emergency_drawers() as u32),
            used: 0,
            peak: 0,
            charged: 0,
            old_bytes: 0,
            trigger: config.major_floor,
            live: 0,
            large: 0,
            armed: false,
            emergency_now: false,
            emergency_charged: 0,
            emergency_peak: 0,
            emergency_openings: 0,
            reported_openings: 0,
            granted: 0,
            granted_emergency: false,
            sabotage: Sabotage::default(),
            sabotaged: false,
            steps: 0,
            minors: 0,
            minor_pauses: Pauses::default(),
            majors: 0,
            washes: 0,
            promoted: 0,
            copied: 0,
            evacuated: 0,
            allocated: 0,
            full_scans: 0,
            rescans: 0,
            evacuation_peak: 0,
            tray_generation: 0,
            config,
            reservation,
        })
    }

    /// The reservation's first byte. The same for the life of the Lemari.
    #[inline(always)]
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// The address of the object `t` names: base + 16·t. Reading it is up to the caller.
    #[inline(always)]
    pub fn at(&self, t: Ticket) -> *mut u64 {
        self.base.wrapping_add(t.0 as usize * GRANULE).cast::<u64>()
    }

    /// The header of the object `t`, which must be a live one (see the crate's page).
    #[inline(always)]
    pub fn header(&self, t: Ticket) -> Header {
        // SAFETY: a live ticket names an initialised header within the reservation.
        Header(unsafe { *self.at(t) })
    }

    /// True if `t` names an object in a tray. False for [`Ticket::NONE`].
    #[inline(always)]
    pub fn is_young(&self, t: Ticket) -> bool {
        t.0.wrapping_sub(1) < YOUNG_END - 1
    }

    /// Tickets from 1 up to (not including) this are young.
    #[inline(always)]
    pub fn young_end(&self) -> u32 {
        YOUNG_END
    }

    /// A new object in the write tray, by moving a pointer: `bytes` in all, the 8-byte header included. Only the header
    /// is written; the body holds whatever lay there. `None` if it is larger than [`SMALL_MAX`] or the tray is full: call
    /// [`Lemari::make_room`]. `kind` must not be [`crate::FILLER_KIND`].
    #[inline(always)]
    pub fn try_alloc(&mut self, kind: u8, aux: u16, bytes: usize) -> Option<Ticket> {
        if bytes > SMALL_MAX {
            return None;
        }
        let size = round_up(bytes);
        let start = self.bump;
        if size > self.end - start {
            return None;
        }
        self.bump = start + size;
        let header = Header::new(kind, aux, (size / GRANULE) as u32);
        // SAFETY: [start, start + size) lies in the open write tray (end is never beyond it), which nobody else refers to.
        unsafe { *self.base.add(start).cast::<u64>() = header.0 };
        Some(Ticket((start / GRANULE) as u32))
    }

    /// Makes room for one object of `bytes` (header included), or for several small ones whose sizes, each rounded up to
    /// 16, add up to at most `bytes` ≤ [`SMALL_MAX`]. After `Ok`, [`Lemari::try_alloc`] or [`Lemari::alloc_large`] of that
    /// size succeeds. May collect: every ticket not shown by `roots` is stale afterwards.
    pub fn make_room(&mut self, bytes: usize, roots: &mut dyn Roots) -> Result<(), MemError> {
        let size = round_up(bytes);
        if size > self.config.one_allocation {
            return Err(MemError::OneAllocation {
                asked: bytes,
                bound: self.config.one_allocation,
            });
        }
        if !self.step() {
            return Err(MemError::Host);
        }
        self.granted = 0;
        let done = if size > SMALL_MAX {
            self.make_large_room(size, roots)
        } else {
            self.make_small_room(size, roots)
        };
        self.emergency_now = false;
        self.set_end(if done.is_ok() && size <= SMALL_MAX {
            size
        } else {
            0
        });
        done
    }

    fn make_small_room(&mut self, size: usize, roots: &mut dyn Roots) -> Result<(), MemError> {
        if self.tray_cap == 0 {
            self.open_trays()?;
        }
        match self.sabotage.collect {
            ForcedCollection::None => {}
            ForcedCollection::Minor => self.minor(roots),
            ForcedCollection::Major => self.major(roots),
        }
        if self.has_room(size) {
            return Ok(());
        }
        self.minor(roots);
        let mut collected = false;
        // Near the limit the trigger may lie beyond what can be had; then promotion that failed tells.
        let stuck = self.promotion_closed && self.old_bytes > self.live + self.config.limit / 32;
        if self.old_bytes > self.trigger || stuck {
            self.collect_old(roots);
            collected = true;
        }
        if self.has_room(size) {
            return Ok(());
        }
        // What survived is still there because it was copied for the first time: a second copy promotes it.
        self.minor(roots);
        if self.has_room(size) || (self.grow_trays(size) && self.has_room(size)) {
            return Ok(());
        }
        if self.policy() != EmergencyPolicy::Always && !collected {
            self.collect_old(roots);
            self.minor(roots);
            if self.has_room(size) {
                return Ok(());
            }
        }
        if self.policy() != EmergencyPolicy::Off {
            self.emergency_now = true;
            self.minor(roots);
            if self.has_room(size) {
                return Ok(());
            }
        }
        Err(self.at_limit(size))
    }

    fn make_large_room(&mut self, size: usize, roots: &mut dyn Roots) -> Result<(), MemError> {
        let run = run_of(size).ok_or(self.at_limit(size))?;
        if self.sabotage.collect != ForcedCollection::None {
            self.major(roots);
        }
        let bytes = run as usize * DRAWER;
        let mut collected = false;
        if self.old_bytes.saturating_add(bytes) > self.trigger {
            self.major(roots);
            collected = true;
            // Room is made for this one object even if it alone exceeds the trigger.
            self.trigger = self.trigger.max(self.old_bytes.saturating_add(bytes));
        }
        let mut ordinary = self.fits(run) && self.ordinary.find(run).is_some();
        if !ordinary && self.policy() != EmergencyPolicy::Always && !collected {
            self.major(roots);
            self.trigger = self.trigger.max(self.old_bytes.saturating_add(bytes));
            ordinary = self.fits(run) && self.ordinary.find(run).is_some();
        }
        if !ordinary && self.shrink_trays() {
            ordinary = self.fits(run) && self.ordinary.find(run).is_some();
        }
        if ordinary {
            self.granted = size;
            self.granted_emergency = false;
            return Ok(());
        }
        if self.policy() != EmergencyPolicy::Off
            && bytes
                <= self
                    .config
                    .emergency_bound
                    .saturating_sub(self.emergency_bytes())
            && self.emergency.find(run).is_some()
        {
            self.granted = size;
            self.granted_emergency = true;
            return Ok(());
        }
        Err(self.at_limit(size))
    }

    /// A large object (> [`SMALL_MAX`]): a run of whole drawers, zeroed behind its header, never moved. `None` if it is not
    /// large, or a collection is due first, or there is no room: call [`Lemari::make_room`].
    pub fn alloc_large(&mut self, kind: u8, aux: u16, bytes: usize) -> Option<Ticket> {
        let size = round_up(bytes);
        if size <= SMALL_MAX || size > self.config.one_allocation {
            return None;
        }
        let run = run_of(size)?;
        let run_bytes = run as usize * DRAWER;
        let granted = size <= self.granted;
        if !granted && (self.sabotaged || self.old_bytes.saturating_add(run_bytes) > self.trigger) {
            return None;
        }
        let emergency = granted && self.granted_emergency;
        self.granted = 0;
        // A granted object was already counted as a step by make_room.
        let sabotaged = std::mem::replace(&mut self.sabotaged, false);
        let index = if emergency {
            self.open_emergency(run)
        } else {
            self.open_ordinary(run)
        };
        self.sabotaged = sabotaged;
        let index = index?;
        let drawer = self.drawer_mut(index)?;
        drawer.state = State::Large;
        drawer.fill = run;
        self.reservation.dirty = true;
        self.reservation
            .will_fill(index as usize * DRAWER, run_bytes);
        self.old_bytes += run_bytes;
        self.large += 1;
        self.allocated += size as u64;
        let ticket = Ticket(index * (DRAWER / GRANULE) as u32);
        let header = Header::new(kind, aux, (size / GRANULE) as u32).with(LARGE);
        // SAFETY: the run was closed until now, so nobody refers to it; its pages read as zero (hand_back's promise).
        unsafe { *self.at(ticket) = header.0 };
        Some(ticket)
    }

    /// An object of any size, with collection if needed. The body of a small one is not zeroed, that of a large one is.
    pub fn alloc(
        &mut self,
        kind: u8,
        aux: u16,
        bytes: usize,
        roots: &mut dyn Roots,
    ) -> Result<Ticket, MemError> {
        if let Some(ticket) = self.try_any(kind, aux, bytes) {
            return Ok(ticket);
        }
        self.make_room(bytes, roots)?;
        self.try_any(kind, aux, bytes).ok_or(MemError::Host)
    }

    fn try_any(&mut self, kind: u8, aux: u16, bytes: usize) -> Option<Ticket> {
        if bytes > SMALL_MAX {
            self.alloc_large(kind, aux, bytes)
        } else {
            self.try_alloc(kind, aux, bytes)
        }
    }

    /// An object directly in an old drawer, its body zeroed: for what lives as long as the World, like interned texts. Stores
    /// of young tickets into it need the barrier from the start.
    pub fn alloc_old(
        &mut self,
        kind: u8,
        aux: u16,
        bytes: usize,
        roots: &mut dyn Roots,
    ) -> Result<Ticket, MemError> {
        if bytes > SMALL_MAX {
            return self.alloc(kind, aux, bytes, roots);
        }
        let size = round_up(bytes);
        if size > self.config.one_allocation {
            return Err(MemError::OneAllocation {
                asked: bytes,
                bound: self.config.one_allocation,
            });
        }
        if self.sabotaged {
            if !self.step() {
                return Err(MemError::Host);
            }
            if self.sabotage.collect != ForcedCollection::None {
                self.major(roots);
            }
        }
        if self.old_bytes.saturating_add(size) > self.trigger {
            self.major(roots);
        }
        self.promotion_closed = false;
        let mut place = self.old_bump(size);
        if place.is_none() && self.policy() != EmergencyPolicy::Always {
            self.major(roots);
            self.promotion_closed = false;
            place = self.old_bump(size);
        }
        if place.is_none() && self.policy() != EmergencyPolicy::Off {
            self.emergency_now = true;
            self.promotion_closed = false;
            place = self.old_bump(size);
            self.emergency_now = false;
        }
        let at = place.ok_or(self.at_limit(size))?;
        self.reservation.dirty = true;
        self.allocated += size as u64;
        // SAFETY: [at, at + size) was just taken from the open current drawer, beyond every object in it.
        unsafe {
            *self.base.add(at).cast::<u64>() = Header::new(kind, aux, (size / GRANULE) as u32).0
        };
        Ok(Ticket((at / GRANULE) as u32))
    }

    pub(crate) fn at_limit(&self, asked: usize) -> MemError {
        MemError::Limit {
            asked,
            used: self.used,
            limit: self.config.limit,
        }
    }
}

impl Drop for Lemari {
    /// Hands back every page that may hold data, so that the reservation can be used by another World.
    fn drop(&mut self) {
        if !self.reservation.dirty {
            return;
        }
        if self.tray_high > 0 {
            for tray in 0..2 {
                let bytes = self.tray_high.next_multiple_of(DRAWER);
                self.reservation.hand_back(Self::tray_start(tray), bytes);
            }
        }
        for part in [&self.ordinary, &self.emergency] {
            let bytes = part.table.len() * DRAWER;
            self.reservation
                .hand_back(part.first as usize * DRAWER, bytes);
        }
        self.reservation.dirty = false;
    }
}

/// Drawers of a large object of `size` bytes and its cards behind it.
fn run_of(size: usize) -> Option<u32> {
    u32::try_from(size.checked_add(size.div_ceil(CARD))?.div_ceil(DRAWER)).ok()
}
