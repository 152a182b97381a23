//! Guest drawers: memory that a guest program manages itself, by trays and tickets (docs/specs/machine.md §8, "Guest
//! drawers"; docs/specs/morph.md §6.3).
//!
//! Separate from the World's own memory. A drawer (*laci*) has two trays (*nampan*): one is written, the other read. A
//! glass (*gelas*) is put by moving an offset and never freed by itself; a tray is washed as a whole by setting its offset
//! to 0 and counting its generation up. Tickets (*tiket*) carry the generation and are checked on every use, so a stale one
//! is an error, never other bytes. Every failure is soft and distinct. When a drawer is full and the emergency policy
//! allows it, an extra drawer of the host (*laci tamu*) with an id of its own range takes the glass, counted against the
//! emergency bound, and is handed back when its tray is washed.

mod ticket;
mod tray;

pub use ticket::{GuestError, GuestTicket};
pub use tray::LAST_GENERATION;

use self::tray::{BYTES, HEADER, Tray, VALUE, hand_back, pour, prepare, reserve_value};
use crate::config::{EmergencyPolicy, MemError};
use crate::cupboard::Lemari;
use crate::roots::{Scope, Visitor};
use crate::ticket::{FIRST_TICKET_KIND, Ticket};

/// Drawer ids from here on are extra drawers opened by the emergency policy.
pub const FIRST_EXTRA: u16 = 0x8000;

/// A drawer's state, for `stat`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct GuestStat {
    /// Bytes each tray can hold, glasses' headers included.
    pub capacity: u32,
    /// The tray being written: 0 (A) or 1 (B).
    pub write_tray: u8,
    /// Bytes in tray A and B.
    pub offset: [u32; 2],
    /// Generation of tray A and B.
    pub generation: [u32; 2],
    /// Readers of tray A and B.
    pub readers: [u32; 2],
    /// Bytes of memory committed, extra drawers not included.
    pub committed: u32,
    /// Extra drawers held for this one (a number).
    pub extra: u32,
    /// Its owner left; trays with readers are kept until they are released.
    pub left: bool,
}

#[derive(Debug)]
struct Drawer {
    capacity: u32,
    write: u8,
    open: bool,
    left: bool,
    trays: [Tray; 2],
}

/// An extra drawer: one tray, belonging to one tray of an ordinary drawer.
#[derive(Debug)]
struct Extra {
    /// The drawer and tray it belongs to; None while handed back.
    of: Option<(u16, u8)>,
    tray: Tray,
}

/// One set of guest drawers.
#[derive(Debug)]
pub struct GuestDrawers {
    lemari: u16,
    drawers: Vec<Drawer>,
    extras: Vec<Extra>,
    /// Some glass may hold a young value (cleared by the minor collection that finds none).
    young: bool,
    openings: u64,
}

impl GuestDrawers {
    /// An empty set with identity `lemari`. Allocates nothing.
    pub fn new(lemari: u16) -> GuestDrawers {
        GuestDrawers {
            lemari,
            drawers: Vec::new(),
            extras: Vec::new(),
            young: false,
            openings: 0,
        }
    }

    /// Makes a drawer of `capacity` bytes per tray (rounded up to 8). No bytes are taken until the first put.
    pub fn open(&mut self, capacity: u32, meter: &mut Lemari) -> Result<u16, GuestError> {
        let capacity = capacity
            .checked_next_multiple_of(8)
            .ok_or(GuestError::TooMany)?;
        // A place whose owner left and whose trays are washed is used again; generations go on counting.
        let reusable = |d: &Drawer| !d.open && d.trays.iter().all(|t| !t.used_up);
        if let Some(index) = self.drawers.iter().position(reusable)
            && let Some(d) = self.drawers.get_mut(index)
        {
            (d.capacity, d.write, d.open, d.left) = (capacity, 0, true, false);
            return Ok(index as u16);
        }
        if self.drawers.len() >= FIRST_EXTRA as usize {
            return Err(GuestError::TooMany);
        }
        meter.charge(size_of::<Drawer>())?;
        if self.drawers.try_reserve(1).is_err() {
            meter.refund(size_of::<Drawer>());
            return Err(MemError::Host.into());
        }
        self.drawers.push(Drawer {
            capacity,
            write: 0,
            open: true,
            left: false,
            trays: Default::default(),
        });
        Ok((self.drawers.len() - 1) as u16)
    }

    /// Copies bytes into a glass of the write tray (or of an extra drawer).
    pub fn put(
        &mut self,
        drawer: u16,
        bytes: &[u8],
        meter: &mut Lemari,
    ) -> Result<GuestTicket, GuestError> {
        let length = u32::try_from(bytes.len()).map_err(|_| GuestError::Full {
            asked: u32::MAX,
            free: 0,
        })?;
        let ticket = self.take(drawer, length, BYTES, meter)?;
        if let Some(tray) = self.tray_mut(ticket.drawer, ticket.tray) {
            tray.write(ticket.offset, bytes);
        }
        Ok(ticket)
    }

    /// Puts a (frozen) value; it is a root until the tray is washed.
    pub fn put_value(
        &mut self,
        drawer: u16,
        value: [u64; 2],
        meter: &mut Lemari,
    ) -> Result<GuestTicket, GuestError> {
        let ticket = self.take(drawer, 16, VALUE, meter)?;
        if let Some(tray) = self.tray_mut(ticket.drawer, ticket.tray) {
            tray.write(ticket.offset, &value[0].to_le_bytes());
            tray.write(ticket.offset + 8, &value[1].to_le_bytes());
        }
        self.young |=
            value[0] as u8 >= FIRST_TICKET_KIND && meter.is_young(Ticket(value[1] as u32));
        Ok(ticket)
    }

    /// Takes a glass of `length` bytes and writes its header.
    fn take(
        &mut self,
        drawer: u16,
        length: u32,
        what: u32,
        meter: &mut Lemari,
    ) -> Result<GuestTicket, GuestError> {
        let d = self.writable(drawer)?;
        let (capacity, write) = (d.capacity, d.write);
        let tray = d
            .trays
            .get_mut(write as usize)
            .ok_or(GuestError::NoDrawer)?;
        if tray.used_up {
            return Err(GuestError::UsedUp);
        }
        let full = GuestError::Full {
            asked: length,
            free: tray.free(capacity),
        };
        let needed = length
            .checked_next_multiple_of(8)
            .and_then(|n| n.checked_add(HEADER))
            .ok_or(full)?;
        let refusal = if needed > tray.free(capacity) {
            full
        } else {
            match prepare(tray, capacity, what, meter, false) {
                Ok(first) => {
                    let offset = pour(tray, needed, length, what);
                    let generation = tray.generation;
                    self.openings += u64::from(first);
                    return Ok(GuestTicket {
                        lemari: self.lemari,
                        drawer,
                        tray: write,
                        generation,
                        offset,
                    });
                }
                Err(e) => GuestError::Memory(e),
            }
        };
        if meter.stats().emergency.policy == EmergencyPolicy::Off {
            return Err(refusal);
        }
        self.take_extra((drawer, write), capacity, needed, length, what, meter)
            .map_err(|e| match e {
                // The first refusal says more than "and no emergency room either".
                GuestError::Memory(_) => refusal,
                other => other,
            })
    }

    fn take_extra(
        &mut self,
        of: (u16, u8),
        capacity: u32,
        needed: u32,
        length: u32,
        what: u32,
        meter: &mut Lemari,
    ) -> Result<GuestTicket, GuestError> {
        let has_room =
            |e: &Extra| e.of == Some(of) && e.tray.free(e.tray.backing.len() as u32) >= needed;
        let index = match self.extras.iter().position(has_room) {
            Some(index) => index,
            None => {
                let index = match self
                    .extras
                    .iter()
                    .position(|e| e.of.is_none() && !e.tray.used_up)
                {
                    Some(index) => index,
                    None if self.extras.len() >= FIRST_EXTRA as usize => {
                        return Err(GuestError::TooMany);
                    }
                    None => {
                        meter.charge_emergency(size_of::<Extra>())?;
                        if self.extras.try_reserve(1).is_err() {
                            meter.refund_emergency(size_of::<Extra>());
                            return Err(MemError::Host.into());
                        }
                        self.extras.push(Extra {
                            of: None,
                            tray: Tray::default(),
                        });
                        self.extras.len() - 1
                    }
                };
                let extra = self.extras.get_mut(index).ok_or(GuestError::NoDrawer)?;
                prepare(&mut extra.tray, capacity.max(needed), BYTES, meter, true)?;
                extra.of = Some(of);
                meter.note_emergency_opening();
                self.openings += 1;
                index
            }
        };
        let tray = &mut self.extras.get_mut(index).ok_or(GuestError::NoDrawer)?.tray;
        if what == VALUE {
            reserve_value(tray, meter, true)?;
        }
        let offset = pour(tray, needed, length, what);
        Ok(GuestTicket {
            lemari: self.lemari,
            drawer: FIRST_EXTRA + index as u16,
            tray: 0,
            generation: tray.generation,
            offset,
        })
    }

    /// The bytes of a glass. They are copied out or read at once: the borrow ends before anything can wash.
    pub fn get(&self, ticket: GuestTicket) -> Result<&[u8], GuestError> {
        match self.checked(ticket)?.glass(ticket.offset)? {
            (BYTES, bytes) => Ok(bytes),
            _ => Err(GuestError::WrongContents),
        }
    }

    /// The value of a glass.
    pub fn get_value(&self, ticket: GuestTicket) -> Result<[u64; 2], GuestError> {
        let tray = self.checked(ticket)?;
        tray.glass(ticket.offset)?;
        // The list decides, not the glass's header: an offset into the middle of someone's bytes must never be read as a value.
        if tray.values.binary_search(&ticket.offset).is_err() {
            return Err(GuestError::WrongContents);
        }
        tray.value(ticket.offset).ok_or(GuestError::Stale)
    }

    /// Length in bytes of a glass: whether a ticket is good.
    pub fn check(&self, ticket: GuestTicket) -> Result<u32, GuestError> {
        Ok(self.checked(ticket)?.glass(ticket.offset)?.1.len() as u32)
    }

    /// Exchanges the trays: what was written can be read on, and the other tray, washed first, is written. Refused while
    /// that one has readers.
    pub fn swap(&mut self, drawer: u16, meter: &mut Lemari) -> Result<(), GuestError> {
        let other = 1 - self.writable(drawer)?.write;
        self.wash_tray(drawer, other, meter)?;
        self.writable(drawer)?.write = other;
        Ok(())
    }

    /// Washes one tray (0 = A, 1 = B), in constant time plus its extra drawers. Refused while it has readers.
    pub fn wash(&mut self, drawer: u16, tray: u8, meter: &mut Lemari) -> Result<(), GuestError> {
        if drawer >= FIRST_EXTRA {
            let of = self
                .extras
                .get(usize::from(drawer - FIRST_EXTRA))
                .and_then(|e| e.of);
            let (owner, of_tray) = of.ok_or(GuestError::NoDrawer)?;
            return self.wash_tray(owner, of_tray, meter);
        }
        self.writable(drawer)?;
        self.wash_tray(drawer, tray & 1, meter)
    }

    /// Its owner leaves: the write tray is washed at once, the read tray when its last reader has gone; then the drawer's
    /// memory is handed back. (A write tray that somebody pinned waits like the read tray.)
    pub fn leave(&mut self, drawer: u16, meter: &mut Lemari) -> Result<(), GuestError> {
        self.writable(drawer)?.left = true;
        self.settle(drawer, meter);
        Ok(())
    }

    /// A reader of the ticket's tray: until it is unpinned, that tray cannot be washed.
    pub fn pin(&mut self, ticket: GuestTicket) -> Result<(), GuestError> {
        self.check(ticket)?;
        let tray = self
            .tray_mut(ticket.drawer, ticket.tray)
            .ok_or(GuestError::Stale)?;
        tray.readers = tray
            .readers
            .checked_add(1)
            .ok_or(GuestError::Busy { readers: u32::MAX })?;
        Ok(())
    }

    /// Ends a [`GuestDrawers::pin`].
    pub fn unpin(&mut self, ticket: GuestTicket, meter: &mut Lemari) -> Result<(), GuestError> {
        self.check(ticket)?;
        let tray = self
            .tray_mut(ticket.drawer, ticket.tray)
            .ok_or(GuestError::Stale)?;
        tray.readers = tray.readers.checked_sub(1).ok_or(GuestError::NotPinned)?;
        let owner = match ticket.drawer.checked_sub(FIRST_EXTRA) {
            Some(index) => self
                .extras
                .get(index as usize)
                .and_then(|e| e.of)
                .map(|of| of.0),
            None => Some(ticket.drawer),
        };
        if let Some(owner) = owner {
            self.settle(owner, meter);
        }
        Ok(())
    }

    /// A drawer's state. Drawers whose owner left are shown until they are used again.
    pub fn stat(&self, drawer: u16) -> Result<GuestStat, GuestError> {
        let d = self
            .drawers
            .get(drawer as usize)
            .ok_or(GuestError::NoDrawer)?;
        let [a, b] = &d.trays;
        Ok(GuestStat {
            capacity: d.capacity,
            write_tray: d.write,
            offset: [a.offset, b.offset],
            generation: [a.generation, b.generation],
            readers: [a.readers, b.readers],
            committed: (a.backing.len() + b.backing.len()) as u32,
            extra: self
                .extras
                .iter()
                .filter(|e| e.of.is_some_and(|of| of.0 == drawer))
                .count() as u32,
            left: d.left,
        })
    }

    /// How often a tray's memory was taken, extra drawers included: the event "drawer opened".
    pub fn openings(&self) -> u64 {
        self.openings
    }

    /// Shows the values in glasses as roots.
    pub fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        if scope == Scope::Minor && !self.young {
            return;
        }
        let mut young = false;
        let trays = self.drawers.iter_mut().flat_map(|d| d.trays.iter_mut());
        for tray in trays.chain(self.extras.iter_mut().map(|e| &mut e.tray)) {
            for i in 0..tray.values.len() {
                let Some(&offset) = tray.values.get(i) else {
                    break;
                };
                let Some(mut value) = tray.value(offset) else {
                    break;
                };
                young |= v.value(&mut value);
                tray.write(offset, &value[0].to_le_bytes());
                tray.write(offset + 8, &value[1].to_le_bytes());
            }
        }
        self.young = young;
    }

    /// True if a glass may hold a young value: these drawers' part of the wash test, in constant time.
    pub fn holds_young(&self) -> bool {
        self.young
    }

    fn writable(&mut self, drawer: u16) -> Result<&mut Drawer, GuestError> {
        self.drawers
            .get_mut(drawer as usize)
            .filter(|d| d.open && !d.left)
            .ok_or(GuestError::NoDrawer)
    }

    fn tray_mut(&mut self, drawer: u16, tray: u8) -> Option<&mut Tray> {
        match drawer.checked_sub(FIRST_EXTRA) {
            Some(index) => self.extras.get_mut(index as usize).map(|e| &mut e.tray),
            None => self
                .drawers
                .get_mut(drawer as usize)?
                .trays
                .get_mut(tray as usize),
        }
    }

    /// The tray a ticket may be used with.
    fn checked(&self, ticket: GuestTicket) -> Result<&Tray, GuestError> {
        if ticket.lemari != self.lemari {
            return Err(GuestError::Foreign);
        }
        let tray = match ticket.drawer.checked_sub(FIRST_EXTRA) {
            Some(index) if ticket.tray == 0 => self
                .extras
                .get(index as usize)
                .filter(|e| e.of.is_some())
                .map(|e| &e.tray),
            Some(_) => None,
            None => self
                .drawers
                .get(ticket.drawer as usize)
                .filter(|d| d.open)
                .and_then(|d| d.trays.get(ticket.tray as usize)),
        };
        let tray = tray.ok_or(GuestError::NoDrawer)?;
        if tray.used_up || tray.generation != ticket.generation {
            return Err(GuestError::Stale);
        }
        Ok(tray)
    }

    /// Washes a tray and hands its extra drawers back.
    fn wash_tray(&mut self, drawer: u16, tray: u8, meter: &mut Lemari) -> Result<(), GuestError> {
        let of = Some((drawer, tray));
        let own = self.tray_mut(drawer, tray).ok_or(GuestError::NoDrawer)?;
        if own.used_up {
            return Err(GuestError::UsedUp);
        }
        let mut readers = own.readers;
        for extra in self.extras.iter().filter(|e| e.of == of) {
            readers = readers.saturating_add(extra.tray.readers);
        }
        if readers > 0 {
            return Err(GuestError::Busy { readers });
        }
        if let Some(own) = self.tray_mut(drawer, tray) {
            own.wash();
            if own.used_up {
                hand_back(own, meter, false);
            }
        }
        for extra in self.extras.iter_mut().filter(|e| e.of == of) {
            extra.tray.wash();
            extra.of = None;
            hand_back(&mut extra.tray, meter, true);
        }
        Ok(())
    }

    /// After its owner left: washes what has no readers, and hands the memory back when nothing is read any more.
    fn settle(&mut self, drawer: u16, meter: &mut Lemari) {
        let Some(d) = self.drawers.get(drawer as usize) else {
            return;
        };
        if !d.left || !d.open {
            return;
        }
        let mut waiting = false;
        for tray in 0..2 {
            match self.wash_tray(drawer, tray, meter) {
                Ok(()) | Err(GuestError::UsedUp) => {
                    if let Some(tray) = self.tray_mut(drawer, tray) {
                        hand_back(tray, meter, false);
                    }
                }
                Err(_) => waiting = true,
            }
        }
        if let Some(d) = self.drawers.get_mut(drawer as usize) {
            d.open = waiting;
        }
    }
}
