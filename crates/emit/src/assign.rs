//! Definite assignment: finds locals that may be read before they have a value and gives them their neutral one, where
//! they are declared (so that each turn of a loop begins anew) or at the function's beginning.

use crate::assemble::Graph;
use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::item::{Instr, Item};
use fzb::view::Repr;
use isa::Op;

/// A set of locals.
type Row = Vec<u64>;

fn set(row: &mut Row, local: u32, value: bool) {
    if let Some(word) = row.get_mut(local as usize / 64) {
        let bit = 1 << (local % 64);
        if value {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }
}

fn get(row: &Row, local: u32) -> bool {
    row.get(local as usize / 64)
        .is_some_and(|word| word >> (local % 64) & 1 != 0)
}

impl FunctionBuilder<'_> {
    /// Puts stores of neutral values where they are needed; marks of declarations go. True if there were any.
    pub(crate) fn insert_neutral(&mut self) -> Result<bool, EmitError> {
        let unassigned = self.unassigned();
        if unassigned.is_empty() {
            // Without the marks, which take values away, nothing more is unassigned either.
            self.items.retain(|item| !matches!(item, Item::Declare(_)));
            return Ok(false);
        }
        let mut wanted = vec![0u64; self.slots.len() / 64 + 1];
        for local in &unassigned {
            set(&mut wanted, *local, true);
        }
        let mut out = Vec::with_capacity(self.items.len());
        for item in std::mem::take(&mut self.items) {
            match item {
                Item::Declare(local) if get(&wanted, local.0) => {
                    self.neutral(local, &mut out)?;
                }
                Item::Declare(_) => {}
                other => out.push(other),
            }
        }
        self.items = out;
        // What no declaration leads to gets its value at the beginning.
        let mut first = Vec::new();
        for local in self.unassigned() {
            self.neutral(Local(local), &mut first)?;
        }
        let ctor = matches!(self.items.first(), Some(Item::Op(i)) if i.op == Op::EnterCtor);
        let at = usize::from(ctor);
        self.items.splice(at..at, first);
        Ok(true)
    }

    fn neutral(&self, local: Local, out: &mut Vec<Item>) -> Result<(), EmitError> {
        use crate::constant::Const;
        let push = |value: Const| {
            let id = self.module.constant(value);
            Instr::counted(Op::Push, &[id.0], 0, 1)
        };
        let repr = self.local_repr(local).unwrap_or(Repr::Tok);
        let value = match repr {
            Repr::Dyn => Instr::counted(Op::Unit, &[], 0, 1),
            Repr::I64 => Instr::counted(Op::PushInt, &[0], 0, 1),
            Repr::Bool => Instr::counted(Op::False, &[], 0, 1),
            Repr::List => Instr::counted(Op::Nil, &[], 0, 1),
            Repr::F64 => push(Const::float(0.0)),
            Repr::Char => push(Const::Char('\0')),
            Repr::Text => push(Const::Text(String::new())),
            Repr::Bytes => push(Const::Bytes(Vec::new())),
            Repr::Fn | Repr::Ref | Repr::Rec(_) | Repr::Tok => {
                return Err(EmitError::Unassigned { local });
            }
        };
        out.push(Item::Op(value));
        out.push(Item::Op(Instr::counted(Op::Store, &[local.0], 1, 0)));
        Ok(())
    }

    /// Locals that some reachable `load` may read unassigned, in order.
    fn unassigned(&self) -> Vec<u32> {
        let params = self.signature.params.len() as u32;
        if self.slots.len() == params as usize {
            // Parameters always have a value.
            return Vec::new();
        }
        let words = self.slots.len() / 64 + 1;
        let graph = Graph::of(&self.items, &self.tables, self.labels.len());
        let mut start: Row = vec![0; words];
        for local in 0..params {
            set(&mut start, local, true);
        }
        // Rows of all blocks, one after the other, and whether a block was reached.
        let mut rows: Row = vec![0; words * graph.blocks.len()];
        let mut reached = vec![false; graph.blocks.len()];
        if let (Some(first), Some(reached)) = (rows.get_mut(..words), reached.first_mut()) {
            first.copy_from_slice(&start);
            *reached = true;
        }
        let mut row: Row = vec![0; words];
        let step = |row: &mut Row, item: &Item| match item {
            Item::Op(instr) if instr.op == Op::Store => set(row, instr.args[0], true),
            Item::Op(instr) if instr.op == Op::EnterCtor => {
                let names = self
                    .module
                    .constant_value(fzb::tables::ConstId(instr.args[0]));
                if let Some(crate::constant::Const::Names(names)) = names {
                    for local in params..params + names.len() as u32 {
                        set(row, local, true);
                    }
                }
            }
            Item::Declare(local) => set(row, local.0, false),
            _ => {}
        };
        let mut work = vec![0];
        while let Some(block) = work.pop() {
            let Some(from) = rows.get(words * block..words * (block + 1)) else {
                continue;
            };
            row.copy_from_slice(from);
            for item in graph.items(&self.items, block) {
                step(&mut row, item);
            }
            for successor in graph.successors(block) {
                let place = words * successor..words * (successor + 1);
                let (Some(there), Some(known)) = (rows.get_mut(place), reached.get_mut(successor))
                else {
                    continue;
                };
                if !std::mem::replace(known, true) {
                    there.copy_from_slice(&row);
                    work.push(successor);
                    continue;
                }
                let mut changed = false;
                for (there, here) in there.iter_mut().zip(&row) {
                    changed |= *there & !here != 0;
                    *there &= here;
                }
                if changed {
                    work.push(successor);
                }
            }
        }
        let mut found: Row = vec![0; words];
        for (block, from) in rows.chunks(words).enumerate() {
            if reached.get(block) != Some(&true) {
                continue;
            }
            row.copy_from_slice(from);
            for item in graph.items(&self.items, block) {
                if let Item::Op(instr) = item
                    && instr.op == Op::Load
                    && !get(&row, instr.args[0])
                {
                    set(&mut found, instr.args[0], true);
                }
                step(&mut row, item);
            }
        }
        (0..self.slots.len() as u32)
            .filter(|local| get(&found, *local))
            .collect()
    }
}
