//! Register code: what a function is translated to, and the tables beside it (docs/specs/machine.md §6).

use std::sync::atomic::{AtomicU32, Ordering};

use fzb::tables::{Arity, FuncId, Lang};
use fzb::view::Repr;

/// One 64-bit word of register code: an operation and three operands, which are register offsets in bytes, small
/// immediates or word offsets, as the operation says. Wide immediates follow as a word of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Word {
    /// Operation ([`crate::exec::ops`]).
    pub op: u16,
    /// First operand.
    pub a: u16,
    /// Second operand.
    pub b: u16,
    /// Third operand.
    pub c: u16,
}

impl Word {
    /// An operation with its operands.
    pub const fn new(op: u16, a: u16, b: u16, c: u16) -> Word {
        Word { op, a, b, c }
    }
    /// A wide immediate.
    pub const fn wide(value: u64) -> Word {
        Word {
            op: value as u16,
            a: (value >> 16) as u16,
            b: (value >> 32) as u16,
            c: (value >> 48) as u16,
        }
    }
    /// The wide immediate that this word is.
    pub const fn as_wide(self) -> u64 {
        self.op as u64 | (self.a as u64) << 16 | (self.b as u64) << 32 | (self.c as u64) << 48
    }
}

/// Which register words of a frame hold what, at a safepoint.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct StackMap {
    /// Word indexes where a tagged pair begins.
    pub pairs: Box<[u16]>,
    /// Word indexes that hold a bare ticket.
    pub tickets: Box<[u16]>,
}

impl StackMap {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        size_of::<StackMap>() + size_of_val(&*self.pairs) + size_of_val(&*self.tickets)
    }
}

/// A safepoint: from this word on (up to the next one) this map holds.
#[derive(Clone, Copy, Debug)]
pub struct Safepoint {
    /// Index of the instruction's first word.
    pub word: u32,
    /// Index in [`Code::maps`].
    pub map: u32,
    /// First register word that is free: where a call made by the instruction puts its window.
    pub top: u32,
}

/// A try region in register code.
#[derive(Clone, Copy, Debug)]
pub struct TryRegion {
    /// First word covered.
    pub start: u32,
    /// First word after it.
    pub end: u32,
    /// Where the handler begins.
    pub handler: u32,
    /// Register word that receives the error (a tagged pair).
    pub error: u32,
    /// True for finally.
    pub finally: bool,
}

/// Where a stretch of register code comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// First word.
    pub word: u32,
    /// Offset in the file's code.
    pub pc: u32,
}

/// [`Code::direct`] of a function that is only entered the general way.
pub const NOT_DIRECT: u32 = u32::MAX;

/// What a call of a value tests of a tagged argument before the callee takes it.
#[derive(Clone, Copy, Debug)]
pub struct ArgCheck {
    /// The tag that it must have; [`ArgCheck::ANY`] for a parameter that takes pairs.
    pub tag: u64,
    /// The record type definition that it must be of, or [`ArgCheck::NO_RECORD`].
    pub typedef: u32,
}

impl ArgCheck {
    /// Any value will do, and keeps its tag. No value has this tag.
    pub const ANY: u64 = u64::MAX;
    /// The tag says all.
    pub const NO_RECORD: u32 = u32::MAX;

    /// What is tested for a parameter; `None` if that takes more than a tag and a legend.
    pub fn of(repr: Repr) -> Option<ArgCheck> {
        let tag = match repr {
            Repr::Dyn => ArgCheck::ANY,
            Repr::Rec(record) => {
                return Some(ArgCheck {
                    tag: crate::world::static_tag(repr)?,
                    typedef: record.typedef()?.0,
                });
            }
            other => crate::world::static_tag(other)?,
        };
        Some(ArgCheck {
            tag,
            typedef: ArgCheck::NO_RECORD,
        })
    }
}

/// A function in register code. Immutable, shared by all Worlds of an Engine; names, statics and caches are referred to
/// by module-local numbers.
#[repr(C)]
pub struct Code {
    /// First word of the typed entry.
    pub entry: *const Word,
    /// First word of the body, where entries that set the hidden registers themselves go.
    pub body: *const Word,
    /// Bytes of its register window.
    pub frame_bytes: u32,
    /// Number of parameters.
    pub params: u32,
    /// Number of arguments with which a call of a value may enter without the general way ([`Code::checks`] first);
    /// [`NOT_DIRECT`] if none may: there are hidden registers, a fiber is made, or an argument needs more than its tag.
    pub direct: u32,
    /// True if all parameters are dynamic: arguments need no check and stand as the callee wants them.
    pub plain: bool,
    /// True if it is a selector that takes two tagged arguments and nothing else: its frame can be pushed as it is.
    pub selects: bool,
    /// Frame flags of a direct call: 0, or `CHECKED` if the result must be tagged.
    pub direct_flags: u16,
    /// The tag that results have; that of empty if they carry their own.
    pub result_tag: u64,
    /// True if it has no call and no backward jump and at most 256 instructions: its blocks are charged but not tested.
    pub leaf: bool,
    /// Policy of dynamic instructions.
    pub policy: Lang,
    /// Arity mode.
    pub arity: Arity,
    /// Number of inline-cache sites.
    pub sites: u32,
    /// Flags of the function (`fzb::tables::function_flags`).
    pub flags: u32,
    /// Which function.
    pub func: FuncId,
    /// Byte offset of the hidden `self`, `rest` and `closure` registers; `u16::MAX` if absent.
    pub hidden: [u16; 3],
    /// Parameters' representations.
    pub param_reprs: Box<[Repr]>,
    /// What a direct call tests of its arguments, one per parameter; empty if `direct` is [`NOT_DIRECT`].
    pub checks: Box<[ArgCheck]>,
    /// Result's representation.
    pub result: Repr,
    /// The code. Never changed after construction: `entry` points into it.
    pub words: Box<[Word]>,
    /// Safepoints by word.
    pub safepoints: Box<[Safepoint]>,
    /// Stack maps, shared by index.
    pub maps: Box<[StackMap]>,
    /// Try regions, innermost first where they nest.
    pub tries: Box<[TryRegion]>,
    /// Origins by word.
    pub origins: Box<[Origin]>,
    /// Jump tables: targets as word indexes.
    pub tables: Box<[Box<[u32]>]>,
    /// The safepoint that was asked for last: a loop asks for the same one again and again.
    pub asked: AtomicU32,
}

// SAFETY: `entry` and `body` point into `words`, which is owned, never mutated and never moved (boxed slice).
unsafe impl Send for Code {}
// SAFETY: as above; all other fields are plain data.
unsafe impl Sync for Code {}

impl Code {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let maps: usize = self.maps.iter().map(StackMap::bytes).sum();
        let tables: usize = self.tables.iter().map(|table| 16 + table.len() * 4).sum();
        size_of::<Code>()
            + size_of_val(&*self.words)
            + size_of_val(&*self.safepoints)
            + size_of_val(&*self.tries)
            + size_of_val(&*self.origins)
            + size_of_val(&*self.param_reprs)
            + size_of_val(&*self.checks)
            + maps
            + tables
    }

    /// Index of the word at `pc`, which must lie in this code.
    pub fn index_of(&self, pc: *const Word) -> u32 {
        ((pc as usize).wrapping_sub(self.words.as_ptr() as usize) / size_of::<Word>()) as u32
    }

    /// The safepoint that covers the instruction before `pc` (frames keep the address after the instruction).
    pub fn safepoint_before(&self, pc: *const Word) -> Option<&Safepoint> {
        let word = self.index_of(pc).wrapping_sub(1);
        let asked = self.asked.load(Ordering::Relaxed) as usize;
        if let Some(point) = self.safepoints.get(asked)
            && point.word <= word
            && self
                .safepoints
                .get(asked + 1)
                .is_none_or(|next| next.word > word)
        {
            return Some(point);
        }
        let at = self.safepoints.partition_point(|point| point.word <= word);
        let at = at.checked_sub(1)?;
        self.asked.store(at as u32, Ordering::Relaxed);
        self.safepoints.get(at)
    }

    /// Bytes of its window that are in use while the instruction before `pc` waits for what it called.
    pub fn free_window(&self, pc: *const Word) -> u32 {
        self.safepoint_before(pc)
            .map_or(self.frame_bytes, |point| point.top * 8)
    }

    /// The offset in the file's code of the instruction before `pc`.
    pub fn file_pc(&self, pc: *const Word) -> u32 {
        let word = self.index_of(pc).wrapping_sub(1);
        let at = self.origins.partition_point(|origin| origin.word <= word);
        self.origins
            .get(at.wrapping_sub(1))
            .map_or(0, |origin| origin.pc)
    }
}
