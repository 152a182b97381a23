//! Frames: one per call, forty-eight bytes in the fiber's frame array (docs/specs/machine.md §3).

use crate::cache::Cache;
use crate::code::{Code, Word};

/// Flags of a frame. A frame with any of these leaves through the slow return.
pub mod flags {
    /// Entered from the host: its return ends the run loop.
    pub const BARRIER: u16 = 1;
    /// Entered by the checked entry: the result is tagged before it is stored.
    pub const CHECKED: u16 = 2;
    /// Its caller runs in another module instance.
    pub const CROSS: u16 = 4;
    /// A constructor: the caller gets `self` (Morph's `inisiasi`), kept in the frame's receiver register.
    pub const CTOR: u16 = 8;
    /// The result decides a fused branch at the caller's instruction.
    pub const BRANCH: u16 = 16;
    /// The result is taken by truthiness and stored as one word.
    pub const TRUTH: u16 = 32;
    /// The result is called with the arguments that are left over (curry with too many).
    pub const APPLY: u16 = 64;
    /// The result is the module's entry value: the instance is ready.
    pub const ENTRY: u16 = 128;
    /// The bottom frame of a fiber.
    pub const BOTTOM: u16 = 256;
    /// A selector function's frame.
    pub const SELECTOR: u16 = 512;
    /// The call was made with a receiver.
    pub const METHOD: u16 = 1024;
    /// The result is negated after truthiness (`ne` by an `==` hook).
    pub const NEGATE: u16 = 2048;
    /// The result is dropped: the caller's register stays as it is.
    pub const DROP: u16 = 4096;
    /// A finally handler runs by unwinding above this frame.
    pub const UNWIND: u16 = 8192;
    /// The result is paired with "not finished" or "finished" (`resume`).
    pub const RESUME: u16 = 16384;
    /// The frames below have not run since a collection of young values found none in them. Whatever leaves the frame
    /// without a look at this flag loses it with the frame, which costs the next collection a longer way and nothing
    /// else: a frame is always pushed without it.
    pub const CLEAN: u16 = 32768;
}

/// Who proclaims from a frame, as far as it is known (docs/specs/rhumb.md §5.6).
pub mod proclaimer {
    /// Not asked yet: the activation, which gets a number then.
    pub const NOBODY: u32 = 0;
    /// Its `self`: it was called with a receiver, or is a constructor activation.
    pub const RECEIVER: u32 = 1;
}

/// An activation.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Frame {
    /// Its code; null for the sentinel at the bottom of a fiber.
    pub code: *const Code,
    /// Where it goes on: the address after the instruction that left it.
    pub pc: *const Word,
    /// Inline caches of its function in this World.
    pub caches: *mut Cache,
    /// Bytes from the caller's first register to its own.
    pub delta: u32,
    /// Byte offset in the caller's window where the result goes.
    pub ret: u16,
    /// [`flags`].
    pub flags: u16,
    /// Ticket of the running closure, 0 if none.
    pub closure: u32,
    /// Module instance.
    pub instance: u32,
    /// Who proclaims from it: [`proclaimer::NOBODY`], [`proclaimer::RECEIVER`], or the number of the activation.
    pub proclaimer: u32,
    /// Number of arguments given; left-over arguments of an `APPLY` frame.
    pub argc: u32,
}

impl Frame {
    /// Takes [`flags::CLEAN`] off a frame that is about to be left; true if nothing else keeps it from the fast return.
    #[inline(always)]
    pub const fn leaves_fast(&mut self) -> bool {
        self.flags &= !flags::CLEAN;
        self.flags == 0
    }
}

const _: () = assert!(size_of::<Frame>() == 48);
