//! From items to code: boxes on ways, ratchets, neutral values, peephole, then offsets, jump tables, line table.

use crate::debug::Position;
use crate::error::EmitError;
use crate::function::FunctionBuilder;
use crate::item::{Instr, Item, SwitchTable};
use crate::label::Label;
use fzb::tables::function_flags::{CLOSURE, REST, SELF};
use fzb::tables::{NameId, TypeId};
use fzb::verify::{MAX_CODE, MAX_COMPLEXITY, MAX_STACK};
use isa::{Op, Operand};
use std::ops::Range;

/// A finished function's code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub locals: Vec<TypeId>,
    pub max_stack: u32,
    pub bytes: Vec<u8>,
    /// Offsets of operands that are the builder's numbers of names.
    pub names: Vec<u32>,
    /// Kind and entries of jump and text tables.
    pub tables: Vec<(u32, Vec<u32>)>,
    pub lines: Vec<(u32, Position)>,
    pub local_names: Vec<(u32, NameId)>,
}

/// Basic blocks of a list of items.
pub(crate) struct Graph {
    /// Ranges of items, in order.
    pub blocks: Vec<Range<usize>>,
    /// Successors of all blocks, one after the other.
    successors: Vec<usize>,
    /// Of each block where its successors end.
    ends: Vec<usize>,
}

impl Graph {
    pub fn of(items: &[Item], tables: &[SwitchTable], labels: usize) -> Graph {
        let ends = |item: &Item| match item {
            Item::Op(instr) => {
                instr.target.is_some() || instr.table().is_some() || !instr.falls_through()
            }
            _ => false,
        };
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut block_of = vec![usize::MAX; labels];
        let mut start = 0;
        for (at, item) in items.iter().enumerate() {
            if let Item::Bind(label) = item {
                let before = at.checked_sub(1).and_then(|at| items.get(at));
                if at > start && !matches!(before, Some(Item::Bind(_))) {
                    blocks.push(start..at);
                    start = at;
                }
                if let Some(slot) = block_of.get_mut(label.0 as usize) {
                    *slot = blocks.len();
                }
            }
            if ends(item) {
                blocks.push(start..at + 1);
                start = at + 1;
            }
        }
        if start < items.len() {
            blocks.push(start..items.len());
        }
        let mut successors = Vec::with_capacity(2 * blocks.len());
        let mut successor_ends = Vec::with_capacity(blocks.len());
        for (number, range) in blocks.iter().enumerate() {
            let target = |label: Label| {
                block_of
                    .get(label.0 as usize)
                    .copied()
                    .filter(|block| *block != usize::MAX)
            };
            let last = range.end.checked_sub(1).and_then(|at| items.get(at));
            let mut falls = true;
            if let Some(Item::Op(instr)) = last {
                falls = instr.falls_through();
                successors.extend(instr.target.and_then(target));
                if let Some(table) = instr.table().and_then(|index| tables.get(index)) {
                    successors.extend(table.targets.iter().filter_map(|label| target(*label)));
                }
            }
            if falls && number + 1 < blocks.len() {
                successors.push(number + 1);
            }
            successor_ends.push(successors.len());
        }
        Graph {
            blocks,
            successors,
            ends: successor_ends,
        }
    }

    /// Where control may go from a block: its target or targets first, then the next block.
    pub fn successors(&self, block: usize) -> impl Iterator<Item = usize> {
        let end = self.ends.get(block).copied().unwrap_or_default();
        let start = block
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or_default();
        let range = start.min(end)..end;
        self.successors
            .get(range)
            .unwrap_or_default()
            .iter()
            .copied()
    }

    pub fn items<'a>(&self, items: &'a [Item], block: usize) -> &'a [Item] {
        self.blocks
            .get(block)
            .and_then(|range| items.get(range.clone()))
            .unwrap_or_default()
    }

    /// Does the block end by opening a try region?
    pub fn opens_try(&self, items: &[Item], block: usize) -> bool {
        matches!(self.items(items, block).last(), Some(Item::Op(instr)) if instr.op == Op::PushTry)
    }
}

/// Register words above its stack that a translated function may use while it moves operands about.
const SCRATCH_WORDS: u32 = 16;

impl FunctionBuilder<'_> {
    pub(crate) fn assemble(&mut self) -> Result<Code, EmitError> {
        self.apply_fixes();
        self.expand_ratchets()?;
        self.peephole();
        let mut max_stack = self.check_size()?;
        if self.insert_neutral()? {
            max_stack = self.max_stack();
        }
        // Its errors, if any, came with the last stores.
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if max_stack > MAX_STACK {
            return Err(EmitError::Limit {
                what: "values on the stack",
            });
        }
        let hidden = (self.signature.flags & (SELF | REST | CLOSURE)).count_ones();
        let words: u32 = self.slots.iter().map(|slot| slot.repr.words()).sum();
        if words + 2 * hidden + 2 * max_stack + SCRATCH_WORDS > isa::FRAME_WORDS {
            return Err(EmitError::Limit { what: "registers" });
        }
        if self.signature.captures.len() > isa::CLOSURE_CAPTURES as usize {
            return Err(EmitError::Limit { what: "captures" });
        }
        self.encode(max_stack)
    }

    /// Bounds the work of the passes, and of the verifier, before any is done; gives the greatest height of the stack.
    fn check_size(&self) -> Result<u32, EmitError> {
        let ops = self.items.iter().filter_map(|item| match item {
            Item::Op(instr) => Some(instr),
            _ => None,
        });
        let (mut size, mut blocks) = (0u64, 1u64);
        for instr in ops {
            size += instr.op.info().size() as u64;
            // The verifier also ends blocks where regions open and close, and after 1,024 instructions.
            let ends = instr.target.is_some() || !instr.falls_through() || instr.op == Op::PopTry;
            blocks += u64::from(ends || instr.table().is_some());
        }
        let bound = self
            .items
            .iter()
            .filter(|item| matches!(item, Item::Bind(_)));
        blocks += bound.count() as u64 + size / 1024;
        if size > u64::from(MAX_CODE) {
            return Err(EmitError::Limit { what: "code" });
        }
        let max_stack = self.max_stack();
        let per_block = self.slots.len() as u64 + u64::from(max_stack);
        if blocks * per_block > MAX_COMPLEXITY {
            return Err(EmitError::Limit {
                what: "blocks and locals (function too complex)",
            });
        }
        Ok(max_stack)
    }

    /// Puts boxes on the ways that need them: before a plain jump, else in a block of their own at the end.
    fn apply_fixes(&mut self) {
        let mut fixes = std::mem::take(&mut self.fixes);
        if fixes.is_empty() {
            return;
        }
        fixes.sort_by_key(|fix| (fix.item, fix.entry));
        let mut fixes = fixes.into_iter().peekable();
        let mut out = Vec::with_capacity(self.items.len());
        let mut blocks = Vec::new();
        for (at, mut item) in std::mem::take(&mut self.items).into_iter().enumerate() {
            while let Some(fix) = fixes.next_if(|fix| fix.item == at) {
                let Item::Op(instr) = &mut item else {
                    continue;
                };
                let mut code = fix.code;
                for step in &mut code {
                    if let Item::Op(step) = step {
                        step.position = instr.position;
                    }
                }
                if instr.op == Op::Jump {
                    out.append(&mut code);
                    continue;
                }
                let pad = self.label();
                let target = match (fix.entry, instr.table()) {
                    (Some(entry), Some(table)) => {
                        let slot = self
                            .tables
                            .get_mut(table)
                            .and_then(|table| table.targets.get_mut(entry));
                        slot.map(|slot| std::mem::replace(slot, pad))
                    }
                    _ => instr.target.replace(pad),
                };
                if let Some(target) = target {
                    blocks.push(Item::Bind(pad));
                    blocks.append(&mut code);
                    blocks.push(Item::Op(Instr::to(Op::Jump, target, 0)));
                }
            }
            out.push(item);
        }
        out.append(&mut blocks);
        self.items = out;
    }

    /// The greatest height of the stack.
    fn max_stack(&self) -> u32 {
        let graph = Graph::of(&self.items, &self.tables, self.labels.len());
        let mut entry: Vec<Option<u32>> = vec![None; graph.blocks.len()];
        if let Some(first) = entry.first_mut() {
            *first = Some(0);
        }
        let mut work = vec![0];
        let mut greatest = 0;
        while let Some(block) = work.pop() {
            let Some(mut height) = entry.get(block).copied().flatten() else {
                continue;
            };
            let mut at_target = height;
            for item in graph.items(&self.items, block) {
                if let Item::Op(instr) = item {
                    at_target = height.saturating_sub(instr.pops);
                    height = at_target + instr.pushes;
                    if instr.op == Op::PushTry {
                        at_target = height + 1;
                    }
                    greatest = greatest.max(height).max(at_target);
                }
            }
            let last = graph.items(&self.items, block).last();
            let jumps = matches!(last, Some(Item::Op(instr)) if instr.target.is_some());
            for (number, successor) in graph.successors(block).enumerate() {
                if let Some(slot) = entry.get_mut(successor)
                    && slot.is_none()
                {
                    *slot = Some(if jumps && number == 0 {
                        at_target
                    } else {
                        height
                    });
                    work.push(successor);
                }
            }
        }
        greatest
    }

    fn encode(&mut self, max_stack: u32) -> Result<Code, EmitError> {
        let mut offsets = vec![u32::MAX; self.labels.len()];
        let mut at = 0u32;
        for item in &self.items {
            match item {
                Item::Bind(label) => {
                    if let Some(slot) = offsets.get_mut(label.0 as usize) {
                        *slot = at;
                    }
                }
                Item::Op(instr) => at += instr.op.info().size() as u32,
                Item::Declare(_) | Item::Ratchet { .. } => {}
            }
        }
        if at > MAX_CODE {
            return Err(EmitError::Limit { what: "code" });
        }
        let offset = |label: Label| match offsets.get(label.0 as usize) {
            Some(at) if *at != u32::MAX => Ok(*at),
            _ => Err(EmitError::Label { label }),
        };
        let mut code = Code {
            locals: self
                .slots
                .iter()
                .skip(self.signature.params.len())
                .map(|slot| slot.ty)
                .collect(),
            max_stack,
            bytes: Vec::with_capacity(at as usize),
            names: Vec::new(),
            tables: Vec::new(),
            lines: Vec::new(),
            local_names: Vec::new(),
        };
        let mut last_position = None;
        for item in &self.items {
            let Item::Op(instr) = item else {
                continue;
            };
            let pc = code.bytes.len() as u32;
            if let Some(position) = instr.position
                && last_position != instr.position
            {
                code.lines.push((pc, position));
                last_position = instr.position;
            }
            let mut args = instr.args;
            let info = instr.op.info();
            let mut place = pc + 1;
            for (operand, arg) in info.operands.iter().zip(&mut args) {
                match operand {
                    Operand::Jump => {
                        if let Some(target) = instr.target {
                            let next = pc + info.size() as u32;
                            *arg = offset(target)?.wrapping_sub(next);
                        }
                    }
                    Operand::Name => code.names.push(place),
                    Operand::Table | Operand::TextTable => {
                        if let Some(table) = self.tables.get(*arg as usize) {
                            let mut entries = Vec::new();
                            for (entry, target) in table.targets.iter().enumerate() {
                                if let Some(texts) = &table.texts {
                                    entries.push(texts.get(entry).copied().unwrap_or_default());
                                }
                                entries.push(offset(*target)?);
                            }
                            *arg = code.tables.len() as u32;
                            code.tables
                                .push((u32::from(table.texts.is_some()), entries));
                        }
                    }
                    _ => {}
                }
                place += operand.size() as u32;
            }
            isa::encode(instr.op, &args, &mut code.bytes);
        }
        let params = self.signature.params.len();
        for (index, slot) in self.slots.iter().enumerate().skip(params) {
            if let Some(name) = slot.name {
                code.local_names.push((index as u32, name));
            }
        }
        Ok(code)
    }
}
