//! What a verification proves, as the translator needs it: blocks with their entry states.

use super::check::{Checker, NIL, get};
use super::refusal::Step;
use crate::view::Repr;
use std::ops::Range;

/// A function that passed: its blocks and the state at each block's entry. The translator walks the code once more, block
/// by block, and needs no checks.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The blocks, sorted by their start; together they cover the code.
    pub blocks: Vec<Block>,
    /// True if it makes no call, may not suspend, has no backward edge, and at most [`super::MAX_LEAF`] instructions: its
    /// blocks' fuel may be tested by its caller (machine.md §6 "Fuel").
    pub leaf: bool,
    /// True if it has a reachable `push_try`.
    pub is_try_user: bool,
    /// Number of instructions, unreachable ones included.
    pub instructions: u32,
    /// The greatest stack height that is reached; at most the function's `max_stack`.
    pub max_height: u32,
    types: Vec<Repr>,
    regions: Vec<Region>,
    params: u32,
    locals: u32,
    row: u32,
    assigned: Vec<u64>,
}

/// A basic block: entered only at its start, left only at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Offset of its first instruction.
    pub start: u32,
    /// Offset after its last instruction.
    pub end: u32,
    /// Can control get here? If not, the rest says nothing.
    pub reachable: bool,
    /// Target of a backward edge.
    pub loop_head: bool,
    /// Control goes on from its last instruction into the next block.
    pub falls_through: bool,
    /// Fuel of its instructions (machine.md §4 "Fuel").
    pub cost: u32,
    index: u32,
    stack: Range<u32>,
    tries: Range<u32>,
}

/// What a try region does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// The handler gets thrown values and catchable faults.
    Catch,
    /// The handler gets everything that unwinds the frame, as a token.
    Finally,
}

/// An open try region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Offset of the `push_try` that opened it; tells regions apart.
    pub push_try: u32,
    /// Offset of its handler.
    pub handler: u32,
    /// What it does.
    pub kind: RegionKind,
    /// Stack height that the handler keeps; what is pending comes on top.
    pub height: u32,
}

impl Verified {
    /// Types of the stack at a block's entry, deepest first.
    pub fn stack(&self, block: &Block) -> &[Repr] {
        self.types
            .get(block.stack.start as usize..block.stack.end as usize)
            .unwrap_or_default()
    }

    /// Is a local (parameters first) assigned on every path to the block?
    pub fn assigned(&self, block: &Block, local: u32) -> bool {
        match local.checked_sub(self.params) {
            None => true,
            Some(bit) if bit < self.locals => get(
                &self.assigned,
                block.index as usize * self.row as usize * 64 + bit as usize,
            ),
            Some(_) => false,
        }
    }

    /// Regions open in the block, outermost first. (The last instruction may open or close one for the next block.)
    pub fn tries(&self, block: &Block) -> &[Region] {
        self.regions
            .get(block.tries.start as usize..block.tries.end as usize)
            .unwrap_or_default()
    }

    /// The block that contains an offset.
    pub fn block_of(&self, offset: u32) -> Option<&Block> {
        let after = self.blocks.partition_point(|block| block.start <= offset);
        self.blocks
            .get(after.checked_sub(1)?)
            .filter(|block| offset < block.end)
    }
}

impl Checker<'_> {
    /// The proof, after a run that filled all of it.
    pub(super) fn verified(&mut self) -> Step<Verified> {
        let mut verified = Verified {
            blocks: vec![],
            leaf: self.leaf,
            is_try_user: !self.regions.is_empty(),
            instructions: self.instructions,
            max_height: self.height_reached as u32,
            types: vec![],
            regions: vec![],
            params: self.function.params,
            locals: self.function.locals,
            row: self.row as u32,
            assigned: std::mem::take(&mut self.assigned),
        };
        let room = verified.blocks.try_reserve_exact(self.nodes.len()).is_ok()
            && verified.types.try_reserve_exact(self.types.len()).is_ok()
            && verified
                .regions
                .try_reserve_exact(self.open_total as usize)
                .is_ok();
        if !room {
            return self.no_memory();
        }
        verified.types.extend(self.types.iter().map(|ty| ty.repr()));
        // Each region's list of itself and those around it, one after the other.
        let mut lists: Vec<Range<u32>> = vec![];
        if lists.try_reserve_exact(self.regions.len()).is_err() {
            return self.no_memory();
        }
        for open in &self.regions {
            let start = verified.regions.len();
            let around = lists.get(open.parent as usize).cloned().unwrap_or(0..0);
            verified
                .regions
                .extend_from_within(around.start as usize..around.end as usize);
            verified.regions.push(Region {
                push_try: open.push_try,
                handler: open.handler,
                kind: if open.finally {
                    RegionKind::Finally
                } else {
                    RegionKind::Catch
                },
                height: open.height,
            });
            lists.push(start as u32..verified.regions.len() as u32);
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let tries = if node.region == NIL {
                0..0
            } else {
                lists.get(node.region as usize).cloned().unwrap_or(0..0)
            };
            verified.blocks.push(Block {
                start: node.start,
                end: node.end,
                reachable: node.reached,
                loop_head: node.head,
                falls_through: node.falls,
                cost: node.cost,
                index: index as u32,
                stack: node.stack..node.stack + node.height,
                tries,
            });
        }
        Ok(verified)
    }
}
