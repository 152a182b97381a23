//! The peephole: rewrites of neighbouring instructions that change nothing a program can see.
//!
//! An instruction goes only if the table of `isa` calls it pure, gives it no fault, and none of its operands is dynamic
//! (a dynamic operand may fault `type`). Jumps are led past jumps, and code that nothing leads to goes.

use crate::assemble::Graph;
use crate::function::FunctionBuilder;
use crate::item::{Instr, Item};
use crate::label::Label;
use isa::{Effect, Op, Slot};

/// Number of operands of an instruction that may go if its result is not wanted.
fn removable(instr: &Instr) -> Option<u32> {
    let info = instr.op.info();
    if info.effects != "p" || !info.faults.is_empty() || instr.pushes != 1 {
        return None;
    }
    match instr.op {
        Op::Load | Op::LoadCap => return Some(0),
        Op::Box => return Some(1),
        _ => {}
    }
    match info.effect() {
        Effect::Fixed {
            pops,
            pushes,
            falls_through: true,
        } if pushes.len() == 1 => {
            let typed = |slot: &Slot| !matches!(slot, Slot::Dyn | Slot::Fn | Slot::Ref);
            pops.iter().all(typed).then_some(pops.len() as u32)
        }
        _ => None,
    }
}

fn op(item: Option<&Item>) -> Option<Instr> {
    match item {
        Some(Item::Op(instr)) => Some(*instr),
        _ => None,
    }
}

/// True if an instruction puts the value on top into a place and leaves nothing.
fn stores(instr: &Instr) -> bool {
    instr.pops == 1
        && instr.pushes == 0
        && matches!(instr.op, Op::Store | Op::StoreStatic | Op::StoreStaticR)
}

/// True if the instruction before the last two repeats a value.
fn dup_before(out: &[Item]) -> bool {
    let at = out.len().checked_sub(3);
    at.and_then(|at| op(out.get(at)))
        .is_some_and(|instr| instr.op == Op::Dup)
}

/// Rewrites at the end of `out`; true if something changed.
fn reduce(out: &mut Vec<Item>) -> bool {
    if let Some(Item::Bind(_)) = out.last() {
        return reduce_bind(out);
    }
    let Some(last) = op(out.last()) else {
        return false;
    };
    if last.op == Op::Nop {
        out.pop();
        return true;
    }
    let Some(before) = out.len().checked_sub(2).and_then(|at| op(out.get(at))) else {
        return false;
    };
    let flipped = |last: &Instr| {
        let op = if last.op == Op::JumpIf {
            Op::JumpIfNot
        } else {
            Op::JumpIf
        };
        Item::Op(Instr { op, ..*last })
    };
    let replacement: Vec<Item> = match (before.op, last.op) {
        (Op::Dup, Op::Pop) => vec![],
        (_, Op::Pop) if stores(&before) && dup_before(out) => {
            // The value of an assignment that nobody wants.
            out.truncate(out.len() - 3);
            out.push(Item::Op(before));
            return true;
        }
        (_, Op::Pop) => match removable(&before) {
            Some(count) => {
                let pop = Instr {
                    position: last.position,
                    ..Instr::counted(Op::Pop, &[], 1, 0)
                };
                vec![Item::Op(pop); count as usize]
            }
            None => return false,
        },
        (Op::Swap, Op::Swap) | (Op::Not, Op::Not) => vec![],
        (Op::Load, Op::Store) if before.args[0] == last.args[0] => vec![],
        (Op::Not, Op::JumpIf | Op::JumpIfNot) => vec![flipped(&last)],
        (Op::True, Op::JumpIf) | (Op::False, Op::JumpIfNot) => vec![Item::Op(Instr {
            op: Op::Jump,
            pops: 0,
            ..last
        })],
        (Op::True, Op::JumpIfNot) | (Op::False, Op::JumpIf) => vec![],
        _ => return false,
    };
    out.truncate(out.len() - 2);
    for item in replacement {
        out.push(item);
        meet_pop(out);
    }
    true
}

/// A pop that replaces a removed instruction may meet what made its operand.
fn meet_pop(out: &mut Vec<Item>) {
    let pops = matches!(out.last(), Some(Item::Op(instr)) if instr.op == Op::Pop);
    let before = out.len().checked_sub(2).and_then(|at| op(out.get(at)));
    if let Some(before) = before
        && pops
        && (before.op == Op::Dup || removable(&before) == Some(0))
    {
        out.truncate(out.len() - 2);
    }
}

/// A jump to the labels that follow it.
fn reduce_bind(out: &mut Vec<Item>) -> bool {
    let binds = out
        .iter()
        .rev()
        .take_while(|item| matches!(item, Item::Bind(_)))
        .count();
    let Some(at) = out.len().checked_sub(binds + 1) else {
        return false;
    };
    let Some(jump) = op(out.get(at)) else {
        return false;
    };
    let leads_here = jump.target.is_some_and(|target| {
        out.iter()
            .skip(at + 1)
            .any(|item| *item == Item::Bind(target))
    });
    if !leads_here {
        return over_a_jump(out, at);
    }
    match jump.op {
        Op::Jump => {
            out.remove(at);
            true
        }
        Op::JumpIf | Op::JumpIfNot => {
            if let Some(item) = out.get_mut(at) {
                *item = Item::Op(Instr {
                    position: jump.position,
                    ..Instr::counted(Op::Pop, &[], 1, 0)
                });
            }
            false
        }
        _ => false,
    }
}

/// A branch over a jump is the opposite branch; `at` is the jump before the labels at the end.
fn over_a_jump(out: &mut Vec<Item>, at: usize) -> bool {
    let (Some(branch), Some(jump)) = (
        at.checked_sub(1).and_then(|at| op(out.get(at))),
        op(out.get(at)),
    ) else {
        return false;
    };
    let opposite = match branch.op {
        Op::JumpIf => Op::JumpIfNot,
        Op::JumpIfNot => Op::JumpIf,
        _ => return false,
    };
    let over = branch.target.is_some_and(|target| {
        out.iter()
            .skip(at + 1)
            .any(|item| *item == Item::Bind(target))
    });
    if jump.op != Op::Jump || !over {
        return false;
    }
    out.remove(at);
    if let Some(item) = out.get_mut(at - 1) {
        *item = Item::Op(Instr {
            op: opposite,
            target: jump.target,
            ..branch
        });
    }
    true
}

impl FunctionBuilder<'_> {
    /// Two rounds: what goes in the first makes neighbours for the second.
    pub(crate) fn peephole(&mut self) {
        for _ in 0..2 {
            self.rewrite();
            self.thread();
            self.drop_unreachable();
        }
    }

    fn rewrite(&mut self) {
        let mut out: Vec<Item> = Vec::with_capacity(self.items.len());
        for item in std::mem::take(&mut self.items) {
            out.push(item);
            while reduce(&mut out) {}
        }
        self.items = out;
    }

    /// Leads jumps to a jump to where that one leads.
    fn thread(&mut self) {
        let mut onward: Vec<Option<Label>> = vec![None; self.labels.len()];
        let mut next = None;
        for item in self.items.iter().rev() {
            match item {
                Item::Bind(label) => {
                    if let (Some(slot), Some(target)) = (onward.get_mut(label.0 as usize), next) {
                        *slot = Some(target);
                    }
                }
                Item::Op(instr) if instr.op == Op::Jump => next = instr.target,
                _ => next = None,
            }
        }
        let follow = |label: Label| {
            let mut at = label;
            // Jumps in a circle stay as they are.
            for _ in 0..16 {
                match onward.get(at.0 as usize).copied().flatten() {
                    Some(target) if target != label => at = target,
                    _ => return at,
                }
            }
            label
        };
        for item in &mut self.items {
            if let Item::Op(instr) = item
                && matches!(
                    instr.op,
                    Op::Jump | Op::JumpIf | Op::JumpIfNot | Op::IterNext
                )
            {
                instr.target = instr.target.map(follow);
            }
        }
        for table in &mut self.tables {
            for target in &mut table.targets {
                *target = follow(*target);
            }
        }
    }

    fn drop_unreachable(&mut self) {
        let graph = Graph::of(&self.items, &self.tables, self.labels.len());
        let mut reached = vec![false; graph.blocks.len()];
        let mut work = vec![0];
        while let Some(block) = work.pop() {
            match reached.get_mut(block) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            work.extend(graph.successors(block));
        }
        let mut out = Vec::with_capacity(self.items.len());
        for (range, reached) in graph.blocks.iter().zip(reached) {
            if reached {
                out.extend_from_slice(self.items.get(range.clone()).unwrap_or_default());
            }
        }
        self.items = out;
    }
}
