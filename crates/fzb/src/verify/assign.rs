//! Definite assignment (rule 5), on whole blocks: the second pass noted what each block stores and what it loads before
//! storing. Along a path the set only grows, and joins intersect, so sweeps over bit sets end quickly.

use super::check::{Checker, get, refill};
use super::refusal::Step;
use isa::Op;

impl Checker<'_> {
    /// Fills `assigned` and refuses loads of what may be unassigned. Without `rows` that is skipped where no block loads
    /// before it stores.
    pub(super) fn assignment(&mut self, rows: bool) -> Step {
        let row = self.row;
        if row == 0 || !rows && self.wanted.iter().all(|word| *word == 0) {
            self.assigned.clear();
            return Ok(());
        }
        let blocks = self.nodes.len();
        // Above every real state: all assigned. The entry begins with nothing.
        if !refill(&mut self.assigned, blocks * row, u64::MAX)
            || !refill(&mut self.dirty, blocks / 64 + 1, 0)
        {
            return self.no_memory();
        }
        for word in self.assigned.iter_mut().take(row) {
            *word = 0;
        }
        for (block, node) in self.nodes.iter().enumerate() {
            if node.reached
                && let Some(word) = self.dirty.get_mut(block / 64)
            {
                *word |= 1 << (block % 64);
            }
        }
        let mut out = vec![];
        if !refill(&mut out, row, 0) {
            return self.no_memory();
        }
        loop {
            let mut changed = false;
            for word in 0..self.dirty.len() {
                while let Some(bits) = self.dirty.get(word).copied().filter(|bits| *bits != 0) {
                    if let Some(word) = self.dirty.get_mut(word) {
                        *word &= bits - 1;
                    }
                    self.propagate(word * 64 + bits.trailing_zeros() as usize, &mut out)?;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for block in 0..blocks {
            let range = block * row..(block + 1) * row;
            let (Some(wanted), Some(assigned)) =
                (self.wanted.get(range.clone()), self.assigned.get(range))
            else {
                break;
            };
            if wanted
                .iter()
                .zip(assigned)
                .any(|(wanted, assigned)| wanted & !assigned != 0)
            {
                return self.unassigned(block);
            }
        }
        Ok(())
    }

    /// What is assigned at the end of a block flows into its successors.
    fn propagate(&mut self, block: usize, out: &mut [u64]) -> Step {
        let row = self.row;
        let Some(&node) = self.nodes.get(block) else {
            return Ok(());
        };
        let range = block * row..(block + 1) * row;
        let (Some(at_entry), Some(stored)) =
            (self.assigned.get(range.clone()), self.stored.get(range))
        else {
            return Ok(());
        };
        for ((out, at_entry), stored) in out.iter_mut().zip(at_entry).zip(stored) {
            *out = at_entry | stored;
        }
        if node.falls {
            self.narrow(block + 1, out)?;
        }
        let single = match self
            .code
            .get(node.last as usize)
            .map(|byte| self.entries[usize::from(*byte)].op)
        {
            Some(Op::Switch | Op::SwitchTag) => {
                let function = self.function;
                let table = self.table_operand(node.last);
                for target in function.jump_table(table).into_iter().flatten() {
                    self.narrow(self.block_at(target), out)?;
                }
                None
            }
            Some(Op::SwitchText) => {
                let function = self.function;
                let table = self.table_operand(node.last);
                for (_, target) in function.text_table(table).into_iter().flatten() {
                    self.narrow(self.block_at(target), out)?;
                }
                None
            }
            _ => self.jump_target(node.last),
        };
        match single {
            Some(target) => self.narrow(self.block_at(target), out),
            None => Ok(()),
        }
    }

    fn table_operand(&self, at: u32) -> u32 {
        self.word(at) & 0xFFFF
    }

    /// Intersects the entry set of `block` with `out`.
    fn narrow(&mut self, block: usize, out: &[u64]) -> Step {
        self.spend(1 + self.row as u64 / 8)?;
        let row = self.row;
        let mut changed = false;
        for (there, here) in self
            .assigned
            .get_mut(block * row..(block + 1) * row)
            .unwrap_or_default()
            .iter_mut()
            .zip(out)
        {
            changed |= *there & !here != 0;
            *there &= here;
        }
        if changed && let Some(word) = self.dirty.get_mut(block / 64) {
            *word |= 1 << (block % 64);
        }
        Ok(())
    }

    /// Finds the load to blame.
    fn unassigned(&self, block: usize) -> Step {
        let Some(&node) = self.nodes.get(block) else {
            return Ok(());
        };
        let params = self.function.params as usize;
        let mut stored = vec![];
        let mut at = node.start;
        while at < node.end {
            let Some(entry) = self
                .code
                .get(at as usize)
                .map(|byte| &self.entries[usize::from(*byte)])
            else {
                break;
            };
            let local = self.word(at) as usize;
            if entry.op == Op::Store {
                stored.push(local);
            } else if entry.op == Op::Load
                && local >= params
                && !stored.contains(&local)
                && !get(&self.assigned, block * self.row * 64 + local - params)
            {
                return self.refuse(at, 5, || {
                    (
                        said!("load of local {}", local),
                        said!("a store to it on every path before"),
                    )
                });
            }
            at += u32::from(entry.size);
        }
        self.refuse(node.start, 5, || {
            (
                said!("a load of an unassigned local"),
                said!("a store to it on every path before"),
            )
        })
    }
}
