//! Debug tables: where code comes from, names of locals, documentation. All answers are `None` without debug tables.

use super::{Module, Table};
use crate::tables::{FuncId, NameId, Range};

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceLine<'a> {
    /// Path of the file, relative.
    pub file: &'a str,
    /// Line, 1-based.
    pub line: u32,
    /// Column, 1-based, in scalars.
    pub column: u32,
}

impl Module {
    /// Where the instruction at offset `pc` of a function comes from.
    pub fn line_at(&self, func: FuncId, pc: u32) -> Option<SourceLine<'_>> {
        let after = self.lower_bound::<5>(Table::Lines, |[f, p, ..]| (*f, *p) <= (func.0, pc))?;
        let [found, _, file, line, column] = self.record(Table::Lines, after.checked_sub(1)?)?;
        if found != func.0 {
            return None;
        }
        let [start, len, ..] = self.record::<4>(Table::Files, file)?;
        Some(SourceLine {
            file: self.string(Range { start, len })?,
            line,
            column,
        })
    }

    /// Name of a local (parameters first): from the debug tables, or the parameter's own.
    pub fn local_name(&self, func: FuncId, local: u32) -> Option<&str> {
        let at = self.lower_bound::<3>(Table::Locals, |[f, l, _]| (*f, *l) < (func.0, local))?;
        match self.record::<3>(Table::Locals, at) {
            Some([f, l, name]) if (f, l) == (func.0, local) => self.name(NameId(name)),
            _ => self.name(self.function(func)?.param_name(local)?),
        }
    }

    /// Documentation of a function.
    pub fn doc(&self, func: FuncId) -> Option<&str> {
        let at = self.lower_bound::<3>(Table::Docs, |[f, ..]| *f < func.0)?;
        let [found, start, len] = self.record(Table::Docs, at)?;
        if found == func.0 {
            self.string(Range { start, len })
        } else {
            None
        }
    }

    /// Number of records at the start of a sorted table for which `before` holds.
    fn lower_bound<const N: usize>(
        &self,
        table: Table,
        before: impl Fn(&[u32; N]) -> bool,
    ) -> Option<u32> {
        let (mut low, mut high) = (0, self.count(table));
        while low < high {
            let middle = low + (high - low) / 2;
            if before(&self.record(table, middle)?) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        Some(low)
    }
}
