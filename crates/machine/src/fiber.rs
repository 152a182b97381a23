//! Fibers: a growable register stack and frame stack each, linked to the fiber that started them (docs/specs/machine.md §10).

use crate::frame::Frame;
use crate::value::Value;

/// Index of a fiber in its World.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct FiberId(pub u32);

/// Register words of a fiber at birth.
pub const BIRTH_WORDS: usize = 24;
/// Frames of a fiber at birth, the sentinel included.
pub const BIRTH_FRAMES: usize = 3;

/// What a fiber is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Made, not started: its arguments stand in its registers.
    New,
    /// Running, or waiting for a fiber that it started.
    Running,
    /// Suspended at a yield.
    Suspended,
    /// In the ready queue.
    Ready,
    /// Waits for another fiber, or for a reply to an emission that was kept.
    Waiting,
    /// The handler of a subscription, which waits for events that are handed to it.
    Listening,
    /// Part of a zombie: unlinked by a post.
    Captured,
    /// Parked until the host wakes it.
    Parked,
    /// Returned or failed.
    Finished,
}

/// Why a fiber exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Runs the host's calls.
    Main,
    /// A generator.
    Generator,
    /// A coroutine.
    Async,
    /// A process.
    Process,
    /// The child of a prompt.
    Prompt,
    /// A process that handles an event: whoever posted it goes on when it ends or is suspended.
    Handler,
}

/// Where an emission that no prompt of a fiber took goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// To whoever resumed it.
    Parent,
    /// To a fiber (index and generation) that need not wait for it.
    Fiber(u32, u32),
    /// To a space.
    Space(u32),
}

/// A selector attached to a fiber's bottom.
#[derive(Clone, Copy)]
pub struct Prompt {
    /// The selector function.
    pub selector: Value,
    /// Number of the topic set in the World.
    pub topics: u32,
    /// Flags of the instruction ([`prompt_flags`]), and whether `***` is in the set.
    pub flags: u8,
}

/// Flags of a prompt.
pub mod prompt_flags {
    /// A reply resumes a copy of what was captured.
    pub const MULTI: u8 = 1;
    /// The selector may keep events.
    pub const PARKS: u8 = 2;
    /// The selector is called with the completion value.
    pub const COMPLETES: u8 = 4;
    /// `***` is in the topic set (not in files).
    pub const ERRORS: u8 = 128;
    /// The selector has a rule for anonymous signals.
    pub const ANONYMOUS: u8 = 64;
}

/// Flags of a fiber that somebody ends before its time (docs/specs/machine.md §10 "Cancelling").
pub mod cancelled {
    /// It is the one that ends: what unwinds it stops at its bottom.
    pub const ENDS: u8 = 1;
    /// It is the innermost of the chain: instead of going on it is unwound.
    pub const UNWINDS: u8 = 2;
}

/// A fiber.
pub struct Fiber {
    /// Register words. Only the first `cap` matter; the vector's length is its capacity.
    pub regs: Vec<u64>,
    /// Frames; the first is a sentinel.
    pub frames: Vec<Frame>,
    /// Index of the frame on top while it does not run.
    pub top: u32,
    /// First register word of the frame on top while it does not run.
    pub base: u32,
    /// Where the value that it is resumed with goes: byte offset in the window of the frame on top.
    pub dst: u16,
    /// True if that value is dropped.
    pub drop_result: bool,
    /// What it is doing.
    pub state: State,
    /// Why it exists.
    pub role: Role,
    /// Who resumed it.
    pub parent: Option<FiberId>,
    /// Where in the parent's frame its results go.
    pub parent_dst: u16,
    /// Generation of its slot, so that a handle object of a freed fiber is known.
    pub generation: u32,
    /// Its prompt, if it is the child of one.
    pub prompt: Option<Prompt>,
    /// Its result once finished, or the event it was captured with.
    pub result: Value,
    /// Ran since the last minor collection, or holds young values.
    pub young: bool,
    /// Somebody waits for its end: whoever waits gets one value, without "finished".
    pub awaited: bool,
    /// A loop resumed it: the value alone is wanted, and its end ends the loop.
    pub looped: bool,
    /// It ended by a throw: `result` is what was thrown.
    pub failed: bool,
    /// Somebody ended it before its time ([`cancelled`]).
    pub cancelled: u8,
    /// The host's token, while it is parked.
    pub token: u64,
    /// Where its emissions go on.
    pub home: Home,
    /// Its handle object, ticket or 0. Weak: the fiber is freed when nothing else holds it.
    pub handle: u32,
    /// Its space, 0 until one is made.
    pub space: u32,
    /// Innermost selector that runs in it: index + 1 of its record, 0 for none.
    pub selector: u32,
    /// It runs as a branch: index + 1 of the selector that replied, 0 for none.
    pub branch: u32,
    /// While it is discarded as the outermost of a chain: index + 1 of the emission; what follows stands there.
    pub discards: u32,
    /// Subscriptions or pins belong to it.
    pub owns: bool,
    /// It was just made and nothing names it yet: collections leave it alone.
    pub newborn: bool,
    /// The last collection of young values found some in it that are young still.
    pub holds_young: bool,
    /// Number of the last collection that reached it.
    pub mark: u32,
    /// First of those that wait for its end: index + 1.
    pub first_waiter: u32,
    /// Next of those that wait for the same fiber: index + 1.
    pub next_waiter: u32,
}

// SAFETY: the pointers lead into register code, which is immutable and kept alive by the World that owns the fiber.
unsafe impl Send for Fiber {}

/// At birth a fiber is 528 bytes in all; with its handle, a closure and their share of a drawer it stays below 640
/// (docs/benchmarks.md).
const _: () =
    assert!(size_of::<Fiber>() + BIRTH_WORDS * 8 + BIRTH_FRAMES * size_of::<Frame>() <= 528);

impl Fiber {
    /// The most frames that it ever had.
    pub fn depth_reached(&self) -> u32 {
        self.frames
            .iter()
            .rposition(|frame| !frame.code.is_null())
            .map_or(0, |index| index as u32)
    }

    /// Bytes that it counts for.
    pub fn footprint(&self) -> usize {
        size_of::<Fiber>()
            + self.regs.capacity() * size_of::<u64>()
            + self.frames.capacity() * size_of::<Frame>()
    }
}
