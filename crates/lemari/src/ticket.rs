//! Names of objects and the 8-byte header each begins with (docs/specs/machine.md §1, §8).

/// Bytes per granule: objects start at and are rounded up to multiples of this.
pub const GRANULE: usize = 16;
/// First value kind whose payload is a ticket; kinds below are inline.
pub const FIRST_TICKET_KIND: u8 = 0x20;
/// Bytes of one drawer: the unit in which old memory is opened, counted and closed.
pub const DRAWER: usize = 64 * 1024;
/// The largest object in bytes, header included, that lives in a tray or an ordinary drawer; anything larger is
/// a run of whole drawers of its own.
pub const SMALL_MAX: usize = 32 * 1024;
/// The most bytes one tray can grow to; address space for two such trays is part of every reservation.
pub const TRAY_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a large object covered by one card of the write barrier.
pub const CARD: usize = 512;
/// The object kind reserved for holes in old drawers: no object may be allocated with it.
pub const FILLER_KIND: u8 = 0;

/// The name of an object: its granule index from the base of the reservation. `NONE` names no object.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Ord, PartialOrd, Default, Debug)]
#[repr(transparent)]
pub struct Ticket(pub u32);

impl Ticket {
    /// No object.
    pub const NONE: Ticket = Ticket(0);

    /// True for [`Ticket::NONE`].
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// An object's first word: {kind u8, collector bits u8, aux u16, size in granules u32}, low byte first.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Header(pub u64);

/// Survived one copy; the next one promotes it.
pub(crate) const AGE: u64 = 1 << 8;
/// Reached by the major collection that is running.
pub(crate) const MARK: u64 = 1 << 9;
/// Stands in the remembered list.
pub(crate) const REMEMBERED: u64 = 1 << 10;
/// A run of whole drawers of its own, with cards behind it.
pub(crate) const LARGE: u64 = 1 << 11;
/// Moved: the low half of the second word is the new ticket.
pub(crate) const FORWARDED: u64 = 1 << 12;

impl Header {
    /// A new object's header. `granules` counts the header too.
    #[inline(always)]
    pub const fn new(kind: u8, aux: u16, granules: u32) -> Header {
        Header(kind as u64 | (aux as u64) << 16 | (granules as u64) << 32)
    }
    /// The object kind, an index into [`crate::Shapes`] (taken modulo 64).
    #[inline(always)]
    pub const fn kind(self) -> u8 {
        self.0 as u8
    }
    /// The 16 bits that belong to the machine.
    #[inline(always)]
    pub const fn aux(self) -> u16 {
        (self.0 >> 16) as u16
    }
    /// Size in granules, header included.
    #[inline(always)]
    pub const fn granules(self) -> u32 {
        (self.0 >> 32) as u32
    }
    /// Size in bytes, header included.
    #[inline(always)]
    pub const fn bytes(self) -> usize {
        self.granules() as usize * GRANULE
    }
    #[inline(always)]
    pub(crate) const fn has(self, bit: u64) -> bool {
        self.0 & bit != 0
    }
    #[inline(always)]
    pub(crate) const fn with(self, bit: u64) -> Header {
        Header(self.0 | bit)
    }
    #[inline(always)]
    pub(crate) const fn without(self, bit: u64) -> Header {
        Header(self.0 & !bit)
    }
}

/// `bytes` rounded up to granules, at least one granule. Saturates instead of overflowing.
#[inline(always)]
pub(crate) const fn round_up(bytes: usize) -> usize {
    let least = if bytes == 0 { 1 } else { bytes };
    least.saturating_add(GRANULE - 1) & !(GRANULE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_do_not_overlap() {
        let h = Header::new(0x23, 0xBEEF, 0xFFFF_FFFF);
        assert_eq!(
            (h.kind(), h.aux(), h.granules()),
            (0x23, 0xBEEF, 0xFFFF_FFFF)
        );
        for bit in [AGE, MARK, REMEMBERED, LARGE, FORWARDED] {
            let g = h.with(bit);
            assert!(g.has(bit) && !h.has(bit));
            assert_eq!(
                (g.kind(), g.aux(), g.granules()),
                (0x23, 0xBEEF, 0xFFFF_FFFF)
            );
            assert_eq!(g.without(bit), h);
        }
    }

    #[test]
    fn sizes_round_up_to_granules() {
        assert_eq!(
            [0, 1, 8, 16, 17, 32].map(round_up),
            [16, 16, 16, 16, 32, 32]
        );
        assert!(round_up(usize::MAX) > usize::MAX - 16);
    }
}
