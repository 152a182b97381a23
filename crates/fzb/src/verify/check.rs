//! One verification: what the passes share, and the memory they reuse from function to function.

use super::opcodes::{ENTRIES, Entry};
use super::refusal::{Refusal, Step};
use super::state::Ty;
use super::{WORK_BASE, WORK_PER_BYTE, constants::Memo};
use crate::host_memory::fixed;
use crate::phrase::Phrase;
use crate::tables::{FuncId, TypeId};
use crate::view::{Function, Module};

/// Positions of `stack` below the deepest one of the function, so that two may be looked at without asking.
pub(super) const GROUND: usize = 2;
/// "No region", "no block".
pub(super) const NIL: u32 = u32::MAX;

/// A basic block while it is being verified.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Offset of the last instruction, once walked.
    pub(super) last: u32,
    /// Where its entry stack stands in `types`.
    pub(super) stack: u32,
    pub(super) height: u32,
    /// Innermost open region at its entry, or [`NIL`].
    pub(super) region: u32,
    /// The region that its last instruction, a `push_try`, opens, or [`NIL`].
    pub(super) opens: u32,
    pub(super) cost: u32,
    pub(super) reached: bool,
    /// Target of a backward edge.
    pub(super) head: bool,
    /// Control goes on from its last instruction into the next block.
    pub(super) falls: bool,
}

/// A `push_try`, once reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) push_try: u32,
    pub(super) handler: u32,
    pub(super) finally: bool,
    /// Stack height at the `push_try`; what stands below may not be popped while it is open.
    pub(super) height: u32,
    /// The region around it, or [`NIL`].
    pub(super) parent: u32,
    /// Number of regions around it.
    pub(super) depth: u32,
}

/// Everything that the passes over one function use.
pub(super) struct Checker<'m> {
    pub(super) module: &'m Module,
    pub(super) function: Function<'m>,
    pub(super) code: &'m [u8],
    pub(super) entry: bool,
    pub(super) result: Ty,
    pub(super) entries: &'static [Entry; 256],
    /// Types of parameters and locals.
    pub(super) slots: Vec<Ty>,
    /// Bits: offsets where an instruction begins; where a block begins.
    pub(super) starts: Vec<u64>,
    pub(super) leaders: Vec<u64>,
    /// Number of blocks that begin before each word of `leaders`.
    pub(super) ranks: Vec<u32>,
    /// Bits: tables whose targets are marked already.
    pub(super) tables_seen: Vec<u64>,
    pub(super) nodes: Vec<Node>,
    /// Entry stacks of the blocks.
    pub(super) types: Vec<Ty>,
    pub(super) regions: Vec<Open>,
    /// Sum over `regions` of the number of regions open in each.
    pub(super) open_total: u64,
    /// Bits: blocks to walk.
    pub(super) dirty: Vec<u64>,
    /// Words per row of the next three: one bit per local after the parameters.
    pub(super) row: usize,
    /// Per block: locals it stores, locals it loads before it stores them, locals assigned at its entry.
    pub(super) stored: Vec<u64>,
    pub(super) wanted: Vec<u64>,
    pub(super) assigned: Vec<u64>,
    /// The stack at the present instruction, above [`GROUND`].
    pub(super) stack: Vec<Ty>,
    pub(super) sp: usize,
    /// Height below which nothing may be popped: that of the innermost region.
    pub(super) floor: usize,
    pub(super) max_stack: usize,
    pub(super) region: u32,
    /// Steps left before the function counts as too complex.
    pub(super) budget: u64,
    pub(super) instructions: u32,
    pub(super) leaf: bool,
    pub(super) height_reached: usize,
    pub(super) memo: Memo,
    /// Types of constants and statics used last: slot = index modulo its length.
    pub(super) constant_cache: Cache,
    pub(super) static_cache: Cache,
}

/// Index and type; [`NIL`] where nothing is kept.
pub(super) type Cache = [(u32, Option<Ty>); 64];

impl<'m> Checker<'m> {
    /// Ready to verify functions of `module`; `None` if it has no function `id`.
    pub(super) fn new(module: &'m Module, id: FuncId) -> Option<Checker<'m>> {
        let function = module.function(id)?;
        Some(Checker {
            module,
            function,
            code: function.code,
            entry: false,
            result: Ty::DYN,
            entries: &ENTRIES,
            slots: vec![],
            starts: vec![],
            leaders: vec![],
            ranks: vec![],
            tables_seen: vec![],
            nodes: vec![],
            types: vec![],
            regions: vec![],
            open_total: 0,
            dirty: vec![],
            row: 0,
            stored: vec![],
            wanted: vec![],
            assigned: vec![],
            stack: vec![],
            sp: 0,
            floor: 0,
            max_stack: 0,
            region: NIL,
            budget: 0,
            instructions: 0,
            leaf: false,
            height_reached: 0,
            memo: Memo::default(),
            constant_cache: [(NIL, None); 64],
            static_cache: [(NIL, None); 64],
        })
    }

    /// Verifies one function within `work` steps; gives those that it took. With `rows` the sets of assigned locals are
    /// made even if no load needs them.
    pub(super) fn run(&mut self, function: Function<'m>, work: u64, rows: bool) -> Step<u64> {
        self.function = function;
        self.code = function.code;
        self.entry = self.module.entry() == Some(function.id);
        let work = work.min(WORK_BASE + WORK_PER_BYTE * function.code.len() as u64);
        self.budget = work;
        self.record()?;
        self.scan()?;
        self.walk()?;
        self.assignment(rows)?;
        Ok(work - self.budget)
    }

    /// Spends work.
    #[inline]
    pub(super) fn spend(&mut self, steps: u64) -> Step {
        match self.budget.checked_sub(steps) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => self.too_complex(|| said!("it takes too many steps to verify")),
        }
    }

    /// A refusal at `at`; the words are made only here.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse<T>(
        &self,
        offset: u32,
        rule: u8,
        words: impl FnOnce() -> (Phrase, Phrase),
    ) -> Step<T> {
        Err(fixed(|| {
            let (found, expected) = words();
            Box::new(Refusal {
                function: self.function.id,
                offset,
                rule,
                found,
                expected,
            })
        }))
    }

    /// The host has no memory for the verifier's tables.
    pub(super) fn no_memory<T>(&self) -> Step<T> {
        self.refuse(0, 10, || (Phrase::NONE, Phrase::NONE))
    }

    /// The function takes more work or memory than the bounds of rule 10 allow.
    pub(super) fn too_complex<T>(&self, what: impl FnOnce() -> Phrase) -> Step<T> {
        self.refuse(0, 10, || {
            (
                said!("function too complex: {}", what()),
                said!("a simpler function"),
            )
        })
    }

    /// How values of a declared type are held.
    pub(super) fn type_of(&self, id: TypeId) -> Option<Ty> {
        if id.0 < TypeId::FIRST_TABLE {
            const BASIC: [Ty; 12] = [
                Ty::DYN,
                Ty::DYN,
                Ty::I64,
                Ty::F64,
                Ty::BOOL,
                Ty::CHAR,
                Ty::TEXT,
                Ty::BYTES,
                Ty::LIST,
                Ty::FN,
                Ty::REF,
                Ty::TOK,
            ];
            return BASIC.get(id.0 as usize).copied();
        }
        self.module.repr(id).and_then(Ty::of)
    }

    /// The immediates of the instruction at `at`; those that it has not are 0.
    #[inline]
    pub(super) fn operands(&self, entry: &Entry, at: u32) -> [u32; 4] {
        let mut args = [0; 4];
        let mut offset = at as usize + 1;
        for (arg, size) in args
            .iter_mut()
            .zip(entry.sizes.iter().take(entry.operands.into()))
        {
            let bytes = self.code.get(offset..).unwrap_or_default();
            *arg = match (*size, bytes) {
                (1, [a, ..]) => u32::from(*a),
                (2, [a, b, ..]) => u32::from(u16::from_le_bytes([*a, *b])),
                (_, [a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]),
                _ => 0,
            };
            offset += usize::from(*size);
        }
        args
    }

    /// The `u32` that follows the opcode byte at `at`.
    #[inline]
    pub(super) fn word(&self, at: u32) -> u32 {
        crate::layout::u32_at(self.code, at as usize + 1).unwrap_or_default()
    }
}

/// Sets bit `index`; false if the set is too small.
#[inline]
pub(super) fn set(bits: &mut [u64], index: usize) {
    if let Some(word) = bits.get_mut(index / 64) {
        *word |= 1 << (index % 64);
    }
}

/// Bit `index`; false beyond the end.
#[inline]
pub(super) fn get(bits: &[u64], index: usize) -> bool {
    bits.get(index / 64)
        .is_some_and(|word| word >> (index % 64) & 1 != 0)
}

/// Makes `vector` hold `len` copies of `value`; false if there is no memory.
pub(super) fn refill<T: Copy>(vector: &mut Vec<T>, len: usize, value: T) -> bool {
    vector.clear();
    if vector.try_reserve(len).is_err() {
        return false;
    }
    vector.resize(len, value);
    true
}
