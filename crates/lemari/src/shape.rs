//! How the collector reads objects of one kind: which bytes are tickets.

use crate::ticket::{CARD, FIRST_TICKET_KIND, Header};

/// How the collector reads objects of one kind.
///
/// An object may have bare tickets near its start and one run of tagged pairs.
#[derive(Copy, Clone, Debug)]
pub struct Shape {
    /// The kind's name, for reports.
    pub name: &'static str,
    /// Bit i set: the u32 at byte 8 + 4·i of the object is a bare ticket (0 = none).
    pub halves: u32,
    /// Byte offset of the first tagged pair, a multiple of 8; 0 = no pairs.
    pub pairs_from: u16,
    /// Byte offset of a u32 giving the number of pairs; 0 = the pairs go to the end of the object. A count
    /// larger than the object is cut to its end.
    pub count_at: u16,
}

/// One shape per object kind (kind modulo 64). Entry 0 is that of [`crate::FILLER_KIND`] and is never read.
pub type Shapes = [Shape; 64];

/// The shape of an object without tickets.
pub const NO_SHAPE: Shape = Shape {
    name: "raw",
    halves: 0,
    pairs_from: 0,
    count_at: 0,
};

impl Shape {
    /// True if objects of this shape can hold tickets at all.
    #[inline(always)]
    pub(crate) fn has_refs(&self) -> bool {
        self.halves != 0 || self.pairs_from != 0
    }

    /// The number of pairs of `object`, never more than fit into it.
    ///
    /// # Safety
    /// `object` points to a live object with header `header`, readable for its whole size.
    #[inline(always)]
    pub(crate) unsafe fn pair_count(&self, object: *mut u64, header: Header) -> usize {
        if self.pairs_from == 0 {
            return 0;
        }
        let room = header.bytes().saturating_sub(self.pairs_from as usize) / 16;
        if self.count_at == 0 || self.count_at as usize + 4 > header.bytes() {
            return room;
        }
        // SAFETY: count_at + 4 lies within the object (tested above), which is readable.
        let count = unsafe {
            object
                .cast::<u8>()
                .add(self.count_at as usize)
                .cast::<u32>()
                .read_unaligned()
        };
        room.min(count as usize)
    }

    /// The slot of pair `index` if it holds a ticket: the address of the low half of its second word.
    ///
    /// # Safety
    /// As [`Shape::pair_count`], and `index` is below its answer.
    #[inline(always)]
    pub(crate) unsafe fn pair_slot(&self, object: *mut u64, index: usize) -> Option<*mut u32> {
        // SAFETY: the pair lies within the object because index < pair_count.
        unsafe {
            let pair = object
                .cast::<u8>()
                .add(self.pairs_from as usize + 16 * index);
            (*pair >= FIRST_TICKET_KIND).then(|| pair.add(8).cast::<u32>())
        }
    }

    /// The halves that lie within an object of `header`'s size.
    #[inline(always)]
    pub(crate) fn halves_of(&self, header: Header) -> u32 {
        let words = (header.bytes() - 8) / 4;
        if words >= 32 {
            self.halves
        } else {
            self.halves & ((1 << words) - 1)
        }
    }

    /// Calls `f` with the address of every ticket slot of `object` (pairs first, then halves; slots may hold 0).
    ///
    /// # Safety
    /// `object` points to an initialised object with header `header`, and nothing else refers to its slots meanwhile.
    #[inline(always)]
    pub(crate) unsafe fn each_slot(
        &self,
        object: *mut u64,
        header: Header,
        mut f: impl FnMut(*mut u32),
    ) {
        // SAFETY: passed on from the caller; halves_of keeps only words within the object.
        unsafe {
            for index in 0..self.pair_count(object, header) {
                if let Some(slot) = self.pair_slot(object, index) {
                    f(slot);
                }
            }
            let mut halves = self.halves_of(header);
            while halves != 0 {
                f(object
                    .cast::<u32>()
                    .add(2 + halves.trailing_zeros() as usize));
                halves &= halves - 1;
            }
        }
    }

    /// As [`Shape::each_slot`], for the slots that lie wholly or partly in card `card` of a large object.
    ///
    /// # Safety
    /// As [`Shape::each_slot`].
    pub(crate) unsafe fn each_slot_of_card(
        &self,
        object: *mut u64,
        header: Header,
        card: usize,
        mut f: impl FnMut(*mut u32),
    ) {
        // SAFETY: passed on from the caller; indexes are cut to pair_count and halves_of.
        unsafe {
            let (low, high) = (card * CARD, card * CARD + CARD);
            let from = self.pairs_from as usize;
            let count = self.pair_count(object, header);
            // A pair may straddle two cards when pairs start at 8 modulo 16; both cards own it.
            let first = low.saturating_sub(from) / 16;
            let end = (high + 15).saturating_sub(from) / 16;
            for index in first..end.min(count) {
                if let Some(slot) = self.pair_slot(object, index) {
                    f(slot);
                }
            }
            // Halves end at byte 136, so they all lie in card 0.
            if card == 0 {
                let mut halves = self.halves_of(header);
                while halves != 0 {
                    f(object
                        .cast::<u32>()
                        .add(2 + halves.trailing_zeros() as usize));
                    halves &= halves - 1;
                }
            }
        }
    }
}
