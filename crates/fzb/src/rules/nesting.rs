//! How deep and large types are: every type of the table ends, so whoever walks one needs a stack of bounded size.

use super::{Checked, Context, refuse};
use crate::error::{FileError, Rule};
use crate::layout::Table;
use crate::phrase::Term;
use crate::tables::{Range, TypeId, TypeKind};
use crate::view::Indexes;

/// How deep types nest at most; a type definition's name ends a type. Readers may keep a stack of that size.
const DEPTH_LIMIT: u8 = 64;
/// How many types a type may consist of when it is written out.
const SIZE_LIMIT: u32 = 65_536;

/// What is known of a type once all its parts are.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    /// Levels, 1 for a type without parts; 0 not yet measured, [`Measure::OPEN`] being measured.
    depth: u8,
    /// Types that it consists of.
    size: u32,
    /// One more than the greatest variable, 0 without variables.
    pub(super) vars: u32,
}

impl Measure {
    const OPEN: u8 = u8::MAX;
    const LEAF: Measure = Measure {
        depth: 1,
        size: 1,
        vars: 0,
    };
}

/// The types that a type consists of, by position.
struct Parts<'a> {
    /// Element of a list or array, result of a function.
    first: Option<u32>,
    words: Indexes<'a>,
    /// 2 where only every second word is a type.
    stride: u32,
}

impl Parts<'_> {
    fn get(&self, position: u32) -> Option<u32> {
        let position = match self.first {
            Some(first) if position == 0 => return Some(first),
            Some(_) => position - 1,
            None => position,
        };
        self.words.get(
            position
                .checked_mul(self.stride)?
                .checked_add(self.stride - 1)?,
        )
    }
}

fn parts<'a>(context: &Context<'a>, index: u32) -> Parts<'a> {
    let [kind, arg, start, len] = context.record(Table::Types, index);
    let words = context
        .module
        .words(Range { start, len })
        .unwrap_or(Indexes::over(&[]));
    let kind = TypeKind::from_number(kind);
    let first =
        matches!(kind, Some(TypeKind::List | TypeKind::Array | TypeKind::Fn)).then_some(arg);
    Parts {
        first,
        words,
        stride: if kind == Some(TypeKind::Row) { 2 } else { 1 },
    }
}

/// Measures every type of the table and refuses those without end, depth first with a stack of its own. Every part of
/// every entry is looked at once. Parts are entries that exist: [`super::types`] has judged all of them.
pub(super) fn measure(context: &Context<'_>) -> Result<Vec<Measure>, FileError> {
    let count = context.module.types() as usize;
    let mut measures: Vec<Measure> = Vec::new();
    // (entry, next part); as long as the present nesting.
    let mut open: Vec<(u32, u32)> = Vec::new();
    if measures.try_reserve_exact(count).is_err()
        || open.try_reserve_exact(usize::from(DEPTH_LIMIT)).is_err()
    {
        return Err(FileError::no_memory());
    }
    let unmeasured = Measure {
        depth: 0,
        size: 1,
        vars: 0,
    };
    measures.resize(count, unmeasured);
    // Levels of the deepest part met so far, per open entry.
    let mut levels = [0u8; DEPTH_LIMIT as usize + 1];
    for root in 0..count as u32 {
        if measures[root as usize].depth != 0 {
            continue;
        }
        measures[root as usize].depth = Measure::OPEN;
        open.push((root, 0));
        levels[0] = 0;
        while let Some((index, position)) = open.last_mut() {
            let (index, at) = (*index, *position);
            *position += 1;
            let level = open.len() - 1;
            let found = match parts(context, index).get(at) {
                Some(part) => match part.checked_sub(TypeId::FIRST_TABLE) {
                    Some(child) => match measures[child as usize] {
                        Measure {
                            depth: Measure::OPEN,
                            ..
                        } => return Err(endless(index, term!("a type that contains itself"))),
                        Measure { depth: 0, .. } => {
                            if open.len() >= usize::from(DEPTH_LIMIT) {
                                return Err(endless(index, term!("a deeper nesting")));
                            }
                            measures[child as usize].depth = Measure::OPEN;
                            open.push((child, 0));
                            levels[open.len() - 1] = 0;
                            // Its measure is added when it is closed.
                            continue;
                        }
                        known => known,
                    },
                    None => Measure::LEAF,
                },
                None => {
                    // All parts are measured: close this entry and add it to the one around it.
                    let [kind, arg, ..] = context.record::<4>(Table::Types, index);
                    let own = &mut measures[index as usize];
                    if kind == TypeKind::Var as u32 {
                        own.vars = arg + 1;
                    }
                    own.depth = levels[level] + 1;
                    let closed = *own;
                    open.pop();
                    match open.last() {
                        Some((around, _)) => {
                            add(
                                &mut measures[*around as usize],
                                &mut levels[level - 1],
                                closed,
                                *around,
                            )?;
                            continue;
                        }
                        None => break,
                    }
                }
            };
            add(
                &mut measures[index as usize],
                &mut levels[level],
                found,
                index,
            )?;
        }
    }
    Ok(measures)
}

/// Adds a part to the measure of an open entry.
fn add(measure: &mut Measure, levels: &mut u8, part: Measure, index: u32) -> Checked {
    measure.size = measure.size.saturating_add(part.size);
    measure.vars = measure.vars.max(part.vars);
    *levels = (*levels).max(part.depth);
    if measure.size > SIZE_LIMIT {
        return Err(endless(index, term!("more types when written out")));
    }
    if *levels >= DEPTH_LIMIT {
        return Err(endless(index, term!("a deeper nesting")));
    }
    Ok(())
}

fn endless(index: u32, found: Term) -> FileError {
    refuse(Rule::TypeCycle, format_args!("types[{index}]"), || {
        (
            found.into(),
            said!(
                "types of at most {} levels and {} parts",
                DEPTH_LIMIT,
                SIZE_LIMIT
            ),
        )
    })
}
