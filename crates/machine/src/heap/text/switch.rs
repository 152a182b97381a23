//! Branching by text: an index of the constant texts of a `switch_text` table (docs/specs/machine.md §4, row 74).
//!
//! Each thread keeps the indexes of [`TABLES`] tables of at most [`ENTRIES_MAX`] texts, found by module, function and
//! table, so they hold for every World that runs the module and need no invalidation; the bound is fixed, so nothing is
//! charged for it. The texts stay in the module. A larger table is searched from its start, for fuel.

use std::cell::RefCell;

use fzb::tables::{ConstId, FuncId};
use fzb::view::{Constant, Module, ModuleHash};

/// Indexes kept per thread.
const TABLES: usize = 64;
/// Most texts of a table that is indexed.
const ENTRIES_MAX: usize = 2048;

/// A text of a table.
#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    constant: u32,
    /// Number in the table, + 1; 0 is free.
    entry: u32,
}
const FREE: Slot = Slot {
    hash: 0,
    constant: 0,
    entry: 0,
};

struct Index {
    module: ModuleHash,
    func: FuncId,
    table: u32,
    /// A power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
}

thread_local! {
    static INDEXES: RefCell<[Option<Index>; TABLES]> = const { RefCell::new([const { None }; TABLES]) };
}

/// A hash of length, first and last eight bytes: cheap, and enough to tell the words of a program apart. Texts that agree
/// in all of these are compared one by one.
fn mix(text: &[u8]) -> u32 {
    let word = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0u64, |word, byte| word << 8 | u64::from(*byte))
    };
    let eight = text.len().min(8);
    let first = text.get(..eight).map_or(0, word);
    let last = text.get(text.len() - eight..).map_or(0, word);
    let mixed = (first ^ last.rotate_left(29) ^ (text.len() as u64) << 56)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

fn constant_text(module: &Module, constant: u32) -> Option<&str> {
    match module.constant(ConstId(constant))? {
        Constant::Text(text) => Some(text),
        _ => None,
    }
}

/// What a search found, and how many texts it looked at.
pub(crate) struct Found {
    /// Number in the table.
    pub entry: Option<u32>,
    /// Texts compared.
    pub compared: u64,
}

/// The first entry of a function's text table that is equal to `text`.
pub(crate) fn find(module: &Module, func: FuncId, table: u32, text: &[u8]) -> Found {
    let place = (func.0.wrapping_mul(31) ^ table ^ u32::from(module.hash().0[0])) as usize % TABLES;
    let indexed = INDEXES.try_with(|indexes| {
        let mut indexes = indexes.try_borrow_mut().ok()?;
        let slot = indexes.get_mut(place)?;
        let known = slot.as_ref().is_some_and(|index| {
            index.func == func && index.table == table && index.module == module.hash()
        });
        if !known {
            *slot = Some(Index {
                module: module.hash(),
                func,
                table,
                slots: build(module, func, table)?,
            });
        }
        slot.as_ref().map(|index| probe(module, &index.slots, text))
    });
    match indexed {
        Ok(Some(found)) => found,
        _ => scan(module, func, table, text),
    }
}

fn probe(module: &Module, slots: &[Slot], text: &[u8]) -> Found {
    let hash = mix(text);
    let mask = slots.len().wrapping_sub(1);
    let mut at = hash as usize & mask;
    for compared in 0..slots.len() as u64 {
        match slots.get(at) {
            Some(slot) if slot.entry != 0 => {
                if slot.hash == hash
                    && constant_text(module, slot.constant)
                        .is_some_and(|known| known.as_bytes() == text)
                {
                    return Found {
                        entry: Some(slot.entry - 1),
                        compared,
                    };
                }
            }
            _ => {
                return Found {
                    entry: None,
                    compared,
                };
            }
        }
        at = (at + 1) & mask;
    }
    Found {
        entry: None,
        compared: slots.len() as u64,
    }
}

/// The slots of a table; `None` if it is too large or the host has no memory.
fn build(module: &Module, func: FuncId, table: u32) -> Option<Vec<Slot>> {
    let entries = module.function(func)?.text_table(table)?;
    let count = entries.len();
    if count > ENTRIES_MAX {
        return None;
    }
    let size = (count * 2).max(2).next_power_of_two();
    let mut slots = Vec::new();
    slots.try_reserve_exact(size).ok()?;
    slots.resize(size, FREE);
    for (entry, (constant, _)) in entries.enumerate() {
        let text = constant_text(module, constant.0)?;
        let hash = mix(text.as_bytes());
        let mut at = hash as usize & (size - 1);
        // Entries come in order, so of two equal texts the first is met first.
        while slots.get(at).is_some_and(|slot| slot.entry != 0) {
            at = (at + 1) & (size - 1);
        }
        *slots.get_mut(at)? = Slot {
            hash,
            constant: constant.0,
            entry: entry as u32 + 1,
        };
    }
    Some(slots)
}

fn scan(module: &Module, func: FuncId, table: u32, text: &[u8]) -> Found {
    let mut compared = 0;
    if let Some(entries) = module
        .function(func)
        .and_then(|function| function.text_table(table))
    {
        for (entry, (constant, _)) in entries.enumerate() {
            compared += 1;
            if constant_text(module, constant.0).is_some_and(|known| known.as_bytes() == text) {
                return Found {
                    entry: Some(entry as u32),
                    compared,
                };
            }
        }
    }
    Found {
        entry: None,
        compared,
    }
}
