//! What a printed text writes in place, and what it declares: constants and tables of targets.

use super::literal::Literal;
use crate::tables::{ConstKind, FuncRec, TableRec, Tables};
use isa::text::token::quote;
use isa::{ConstUse, Operand, decode};
use std::collections::HashMap;

/// Which constants a text declares, and which it writes where they are used.
///
/// The assembler numbers declared constants first, then those written in place by their first use. So the ones in place
/// are the longest tail of the table in which each is used, is unlike all others, and is first used after the one before.
pub(super) struct Inline {
    /// So many are declared.
    pub declared: usize,
    literals: Vec<Option<Literal>>,
}

/// A longer text is declared, so that its many uses stay short.
const MAX_INLINE: usize = 200;

impl Inline {
    pub fn of(tables: &Tables) -> Inline {
        let literals: Vec<Option<Literal>> = tables
            .constants
            .iter()
            .map(|record| Literal::of(tables, record))
            .collect();
        let mut seen: HashMap<&Literal, usize> = HashMap::new();
        for literal in literals.iter().flatten() {
            *seen.entry(literal).or_default() += 1;
        }
        let mut first_use = vec![None; literals.len()];
        let mut clock = 0usize;
        let mut used = |constant: u32, use_: ConstUse, literals: &[Option<Literal>]| {
            let fits = literals
                .get(constant as usize)
                .and_then(Option::as_ref)
                .is_some_and(|literal| in_place(literal, use_).is_some());
            if let Some(slot) = first_use.get_mut(constant as usize)
                && slot.is_none()
            {
                // A use that cannot write it in place forces the declaration.
                *slot = Some(if fits { Some(clock) } else { None });
                clock += 1;
            }
        };
        for function in &tables.functions {
            let code = code_of(tables, function);
            let listed = TableUse::of(tables, function);
            if !listed.in_place {
                listed
                    .text_entries(tables, function)
                    .for_each(|constant| used(constant, ConstUse::Value, &literals));
            }
            let mut at = 0;
            while let Ok(instr) = decode(code, at) {
                for (operand, value) in instr.op.info().operands.iter().zip(&instr.args) {
                    match operand {
                        Operand::Const(use_) => used(*value, *use_, &literals),
                        Operand::TextTable if listed.in_place => {
                            let entries = table_of(tables, function, *value)
                                .map(|table| entries(tables, table))
                                .unwrap_or(&[]);
                            entries
                                .chunks_exact(2)
                                .for_each(|pair| used(pair[0], ConstUse::Value, &literals));
                        }
                        _ => {}
                    }
                }
                at = instr.next;
            }
        }
        let mut attributes = vec![false; literals.len()];
        for record in &tables.attributes {
            if let Some(slot) = attributes.get_mut(record.value as usize) {
                *slot = true;
            }
        }
        let mut declared = literals.len();
        let mut next = usize::MAX;
        while declared > 0 {
            let index = declared - 1;
            let unlike = literals[index]
                .as_ref()
                .is_some_and(|literal| seen.get(literal) == Some(&1));
            match first_use[index].flatten() {
                Some(time) if time < next && unlike && !attributes[index] => next = time,
                _ => break,
            }
            declared = index;
        }
        Inline { declared, literals }
    }

    pub fn show(&self, constant: u32, use_: ConstUse) -> Option<String> {
        if (constant as usize) < self.declared {
            return None;
        }
        in_place(self.literals.get(constant as usize)?.as_ref()?, use_)
    }
}

/// A constant as an operand of that use, if it may stand there.
fn in_place(literal: &Literal, use_: ConstUse) -> Option<String> {
    let kind = match use_ {
        ConstUse::Value => {
            let long = match literal {
                Literal::Text(text) | Literal::Key(text) => text.len() > MAX_INLINE,
                Literal::Bytes(bytes) | Literal::Decimal(_, bytes) => bytes.len() > MAX_INLINE,
                _ => false,
            };
            // Descriptions under `push` are refused by the verifier; they are declared.
            if long || literal.is_composite() || literal.kind() as u32 >= ConstKind::Shape as u32 {
                return None;
            }
            let none = |_: u32| String::new();
            let shown = literal.show(&none, &none, &|_, _| String::new());
            return Some(if literal.is_atom() {
                shown
            } else {
                format!("({shown})")
            });
        }
        ConstUse::Shape => ConstKind::Shape,
        ConstUse::Names => ConstKind::Names,
        ConstUse::Slots => ConstKind::Slots,
        ConstUse::Topics => ConstKind::Topics,
        ConstUse::Format => ConstKind::Format,
        ConstUse::MapLit => ConstKind::MapLit,
        ConstUse::Class => ConstKind::Class,
    };
    if literal.kind() != kind {
        return None;
    }
    let shown = match literal {
        Literal::Format(text) => quote(text),
        _ => format!("[{}]", literal.items()),
    };
    (shown.len() <= MAX_INLINE).then_some(shown)
}

pub(super) fn code_of<'a>(tables: &'a Tables, function: &FuncRec) -> &'a [u8] {
    tables
        .code
        .get(
            function.code.start as usize..function.code.start as usize + function.code.len as usize,
        )
        .unwrap_or(&[])
}

pub(super) fn table_of<'a>(
    tables: &'a Tables,
    function: &FuncRec,
    index: u32,
) -> Option<&'a TableRec> {
    let range = function.tables;
    tables
        .tables
        .get(range.start as usize..range.start as usize + range.len as usize)?
        .get(index as usize)
}

pub(super) fn entries<'a>(tables: &'a Tables, table: &TableRec) -> &'a [u32] {
    tables
        .words
        .get(
            table.entries.start as usize..table.entries.start as usize + table.entries.len as usize,
        )
        .unwrap_or(&[])
}

/// How a function uses its tables.
pub(super) struct TableUse {
    /// Each table is used once, in the order of the code, by an instruction of its kind: it is written there.
    pub in_place: bool,
}

impl TableUse {
    pub fn of(tables: &Tables, function: &FuncRec) -> TableUse {
        let code = code_of(tables, function);
        let mut next = 0;
        let mut at = 0;
        let mut in_place = true;
        while let Ok(instr) = decode(code, at) {
            for (operand, value) in instr.op.info().operands.iter().zip(&instr.args) {
                let kind = match operand {
                    Operand::Table => 0,
                    Operand::TextTable => 1,
                    _ => continue,
                };
                in_place &= *value == next
                    && table_of(tables, function, *value).is_some_and(|table| table.kind == kind);
                next += 1;
            }
            at = instr.next;
        }
        TableUse {
            in_place: in_place && next == function.tables.len,
        }
    }

    fn text_entries<'a>(
        &self,
        tables: &'a Tables,
        function: &'a FuncRec,
    ) -> impl Iterator<Item = u32> + 'a {
        let tables_of =
            (0..function.tables.len).filter_map(|index| table_of(tables, function, index));
        tables_of
            .filter(|table| table.kind == 1)
            .flat_map(|table| entries(tables, table).chunks_exact(2).map(|pair| pair[0]))
    }
}
