//! The instruction table of `isa` in the shape that the two passes want: one small entry per opcode byte.

use super::cost;
use super::state::{self, Mask, Ty};
use isa::{Effect, Op, Operand};
use std::sync::LazyLock;

/// How the second pass treats an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// No instruction has this byte.
    Unknown,
    /// The stack effect is fixed, control goes on, nothing else happens.
    Plain,
    /// The same, with one value left and none, one, two taken.
    Plain01,
    Plain11,
    Plain21,
    /// `pop`.
    Pop,
    /// `dup`.
    Dup,
    /// `push`.
    Push,
    /// `load`.
    Load,
    /// `store`.
    Store,
    /// Has an arm of its own in [`super::effect`].
    Special,
}

/// What the first pass checks of an instruction's immediates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scan {
    /// Nothing.
    Free,
    /// One local.
    Local,
    /// One jump.
    Jump,
    /// One name.
    Name,
    /// Each operand by its kind, and the place of the instruction.
    Each,
}

/// One opcode byte.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) op: Op,
    pub(super) class: Class,
    pub(super) scan: Scan,
    /// The commonest classes and scans, as bits of [`hot`].
    pub(super) hot: u16,
    /// Size in bytes, at least 1.
    pub(super) size: u8,
    /// Number of immediates and their sizes in bytes.
    pub(super) operands: u8,
    pub(super) sizes: [u8; 4],
    pub(super) cost: u8,
    pub(super) pops: u8,
    pub(super) pushes: u8,
    /// The next instruction begins a block.
    pub(super) ends: bool,
    /// May run guest or host code or suspend: bars a function from being a leaf.
    pub(super) leaves: bool,
    /// Accepted kinds, deepest first.
    pub(super) masks: [Mask; 6],
    /// Types left, deepest first.
    pub(super) left: [Ty; 3],
}

const UNKNOWN: Entry = Entry {
    op: Op::Nop,
    class: Class::Unknown,
    scan: Scan::Free,
    hot: 0,
    size: 1,
    operands: 0,
    sizes: [0; 4],
    cost: 0,
    pops: 0,
    pushes: 0,
    ends: false,
    leaves: false,
    masks: [0; 6],
    left: [Ty::DYN; 3],
};

/// All 256 entries, made once.
pub(super) static ENTRIES: LazyLock<[Entry; 256]> = LazyLock::new(|| {
    let mut entries = [UNKNOWN; 256];
    for &op in Op::ALL {
        entries[op as usize] = entry(op);
    }
    entries
});

/// Control may go elsewhere than to the next instruction, or the open regions change.
fn ends_block(op: Op) -> bool {
    !op.info().falls_through()
        || matches!(
            op,
            Op::JumpIf
                | Op::JumpIfNot
                | Op::Switch
                | Op::SwitchTag
                | Op::SwitchText
                | Op::IterNext
                | Op::PushTry
                | Op::PopTry
        )
        || op == Op::Reply
}

fn entry(op: Op) -> Entry {
    let info = op.info();
    let mut entry = Entry {
        op,
        size: info.size() as u8,
        cost: cost::of(op) as u8,
        ends: ends_block(op),
        ..UNKNOWN
    };
    entry.operands = info.operands.len() as u8;
    for (size, operand) in entry.sizes.iter_mut().zip(info.operands) {
        *size = operand.size() as u8;
    }
    entry.leaves = info.effects.contains(['c', 's']);
    entry.class = match (op, info.effect()) {
        (Op::Load, _) => Class::Load,
        (Op::Store, _) => Class::Store,
        (Op::Pop, _) => Class::Pop,
        (Op::Dup, _) => Class::Dup,
        (Op::Push, _) => Class::Push,
        (Op::EnterCtor, _) => Class::Special,
        (
            _,
            Effect::Fixed {
                pops,
                pushes,
                falls_through: true,
            },
        ) if !entry.ends => {
            entry.pops = pops.len() as u8;
            entry.pushes = pushes.len() as u8;
            for (mask, slot) in entry.masks.iter_mut().zip(pops) {
                *mask = state::accepted(*slot);
            }
            for (left, slot) in entry.left.iter_mut().zip(pushes) {
                *left = state::produced(*slot);
            }
            match (pops.len(), pushes.len()) {
                (0, 1) => Class::Plain01,
                (1, 1) => Class::Plain11,
                (2, 1) => Class::Plain21,
                _ => Class::Plain,
            }
        }
        _ => Class::Special,
    };
    entry.scan = match info.operands {
        [] if !super::place::restricted(op) => Scan::Free,
        [Operand::Int | Operand::Line | Operand::Count8 | Operand::Count16]
            if !super::place::restricted(op) =>
        {
            Scan::Free
        }
        [Operand::Name] if !matches!(op, Op::GetSuper | Op::Inspect) => Scan::Name,
        [Operand::Local] => Scan::Local,
        [Operand::Jump] => Scan::Jump,
        _ => Scan::Each,
    };
    entry.hot = match (entry.class, entry.size) {
        (Class::Plain01, 1) => hot::PLAIN01,
        (Class::Plain01, 5) => hot::PLAIN01_LONG,
        (Class::Plain11, 1) => hot::PLAIN11,
        (Class::Plain11, 5) => hot::PLAIN11_LONG,
        (Class::Plain21, 1) => hot::PLAIN21,
        (Class::Load, _) => hot::LOAD,
        (Class::Store, _) => hot::STORE,
        (Class::Pop, _) => hot::POP,
        (Class::Dup, _) => hot::DUP,
        (Class::Push, _) => hot::PUSH,
        _ => 0,
    } | match (entry.scan, entry.size) {
        // What ends a block takes the long way.
        _ if entry.ends => 0,
        (Scan::Free, 1) => hot::FREE,
        (Scan::Free, 5) => hot::FREE_LONG,
        (Scan::Local, _) => hot::LOCAL,
        _ => 0,
    };
    entry
}

/// Bits of [`Entry::hot`]; the names without `LONG` are instructions of one byte, `load`, `store`, `push` and the others of
/// five. A branch that knows the size lets the processor begin the next instruction before this one's entry is read, and
/// that wait is most of the time that the passes take.
pub(super) mod hot {
    pub const PLAIN01: u16 = 1;
    pub const PLAIN01_LONG: u16 = 2;
    pub const PLAIN11: u16 = 4;
    pub const PLAIN11_LONG: u16 = 8;
    pub const PLAIN21: u16 = 16;
    pub const LOAD: u16 = 32;
    pub const STORE: u16 = 64;
    pub const POP: u16 = 128;
    pub const FREE: u16 = 256;
    pub const FREE_LONG: u16 = 512;
    pub const LOCAL: u16 = 1_024;
    pub const DUP: u16 = 2_048;
    pub const PUSH: u16 = 4_096;
}

/// Bytes of an instruction with one 32-bit immediate.
pub(super) const LONG: u32 = 5;
