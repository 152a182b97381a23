//! Inline caches: one 32-byte entry per site, in the World, beside the shared register code (docs/specs/machine.md §2).

/// A site's cache. A cold one has a legend that no value has, so that no key equals it: not a tag (call sites compare whole
/// words, and the tag of empty is 0), not the number of a legend.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Cache {
    /// Legend that the entry is for (sites of fields), or the low half of what was called.
    pub legend: u32,
    /// One of [`action`].
    pub action: u32,
    /// Slot or table index that the action names.
    pub slot: u32,
    /// Ticket of the holder (old generation only), or 0.
    pub holder: u32,
    /// `lookup_epoch` when a delegated lookup was cached.
    pub epoch: u32,
    /// Kinds of operand seen, a bit set, for the compiler.
    pub seen: u32,
    /// Address of the callee's code (call sites), else 0.
    pub target: u64,
}

impl Default for Cache {
    fn default() -> Cache {
        Cache {
            legend: u32::MAX,
            action: action::COLD,
            slot: 0,
            holder: 0,
            epoch: 0,
            seen: 0,
            target: 0,
        }
    }
}

/// What a hit does.
pub mod action {
    /// Nothing cached.
    pub const COLD: u32 = 0;
    /// The receiver's own inline slot.
    pub const OWN: u32 = 1;
    /// An inline slot of the holder.
    pub const HOLDER: u32 = 2;
    /// Absent.
    pub const ABSENT: u32 = 3;
    /// A call whose target is cached.
    pub const CALL: u32 = 4;
    /// The receiver's own slot, stored into; the legend says it is mutable and untyped.
    pub const STORE: u32 = 5;
    /// Adding a field: `slot` is the new slot, `holder` the new legend.
    pub const ADD: u32 = 6;
}

const _: () = assert!(size_of::<Cache>() == 32);
