//! What the tables of a module may say (docs/specs/fusabi.md §4.4 layer B with the tables of machine.md §9). Each file
//! here judges one group of tables; together they prove what the verifier and the executor rely on.
//!
//! The work is linear in the file's size: ranges may share elements, so the total length of what is visited through them
//! is bounded ([`Context::charge`]). No rule recurses.

mod constants;
pub(crate) mod debug;
mod functions;
mod links;
mod nesting;
pub(crate) mod root;
mod types;

use std::fmt::{Arguments, Display};

use crate::error::{FileError, Rule};
use crate::host_memory::fixed;
use crate::layout::Table;
use crate::phrase::Phrase;
use crate::tables::{NONE, Range, TypeId};
use crate::view::{Indexes, Module};

/// The most bytes of one text (fusabi.md §4.4 rule 1).
const TEXT_LIMIT: u32 = 16 << 20;
/// How many elements may be visited through ranges, per byte of the payload.
const VISITS_PER_BYTE: u64 = 4;

type Checked = Result<(), FileError>;

/// Runs all rules of the tables except those of the debug tables, whose failure is not fatal.
pub(crate) fn check(module: &Module) -> Checked {
    let mut context = Context::new(module)?;
    root::check_ranges(&context)?;
    names(&mut context)?;
    types::check(&mut context)?;
    constants::check(&mut context)?;
    functions::check(&mut context)?;
    links::check(&mut context)
}

/// A module under check: its text pool, already proven to be UTF-8, and how much work is left.
pub(crate) struct Context<'a> {
    module: &'a Module,
    pool: &'a str,
    visits_left: u64,
}

#[cold]
fn refuse(rule: Rule, place: Arguments<'_>, words: impl FnOnce() -> (Phrase, Phrase)) -> FileError {
    fixed(|| FileError::new(rule, place.to_string(), words))
}

impl<'a> Context<'a> {
    fn new(module: &'a Module) -> Result<Context<'a>, FileError> {
        let bytes = module.whole(Table::Strings);
        let pool = std::str::from_utf8(bytes).map_err(|error| {
            refuse(Rule::Encoding, format_args!("strings"), || {
                (
                    said!("byte {} of no character", error.valid_up_to()),
                    said!("UTF-8"),
                )
            })
        })?;
        Ok(Context {
            module,
            pool,
            visits_left: module.payload().len() as u64 * VISITS_PER_BYTE,
        })
    }

    /// Counts `visits` elements that a range makes a rule (or the verifier) look at.
    fn charge(&mut self, visits: u32, place: Arguments<'_>) -> Checked {
        match self.visits_left.checked_sub(u64::from(visits)) {
            Some(left) => {
                self.visits_left = left;
                Ok(())
            }
            None => Err(refuse(Rule::RecordRange, place, || {
                (
                    said!("ranges that share too many elements"),
                    said!("at most {} visits per byte of the file", VISITS_PER_BYTE),
                )
            })),
        }
    }

    fn index(&self, table: Table, index: u32, place: Arguments<'_>) -> Checked {
        let count = self.module.count(table);
        if index < count {
            Ok(())
        } else {
            Err(refuse(Rule::RecordIndex, place, || {
                (
                    said!("{}", index),
                    said!("a number below {}, the number of {}", count, table.text()),
                )
            }))
        }
    }

    fn name(&self, index: u32, place: Arguments<'_>) -> Checked {
        self.index(Table::Names, index, place)
    }

    fn name_or_none(&self, index: u32, place: Arguments<'_>) -> Checked {
        if index == NONE {
            Ok(())
        } else {
            self.name(index, place)
        }
    }

    /// Any type that a value can have.
    fn ty(&self, ty: u32, place: Arguments<'_>) -> Checked {
        if ty == TypeId::TOK.0 {
            return Err(refuse(Rule::TypeIndex, place, || {
                (said!("tok"), said!("the type of a value"))
            }));
        }
        self.local_ty(ty, place)
    }

    /// Any type that a local can have.
    fn local_ty(&self, ty: u32, place: Arguments<'_>) -> Checked {
        let exists = match ty.checked_sub(TypeId::FIRST_TABLE) {
            Some(entry) => entry < self.module.types(),
            None => (ty as usize) < TypeId::BASIC.len(),
        };
        if exists {
            return Ok(());
        }
        Err(refuse(Rule::TypeIndex, place, || {
            (
                said!("{}", ty),
                said!(
                    "a number below {}, or from {} to below {}",
                    TypeId::BASIC.len(),
                    TypeId::FIRST_TABLE,
                    TypeId::FIRST_TABLE + self.module.types()
                ),
            )
        }))
    }

    /// A range of records.
    fn range(&self, table: Table, range: Range, place: Arguments<'_>) -> Checked {
        let count = self.module.count(table);
        match range.start.checked_add(range.len) {
            Some(end) if end <= count => Ok(()),
            _ => Err(refuse(Rule::RecordRange, place, || {
                (
                    said!("{}", Shown(range).to_string()),
                    said!("a range within 0..{} of {}", count, table.text()),
                )
            })),
        }
    }

    /// A range of words, counted as visited.
    fn words(&mut self, range: Range, place: Arguments<'_>) -> Result<Indexes<'a>, FileError> {
        self.charge(range.len, place)?;
        self.range(Table::Words, range, place)?;
        Ok(self.module.words(range).unwrap_or(Indexes::over(&[])))
    }

    /// The size of a text or of a bytes constant.
    fn text_size(&self, range: Range, place: Arguments<'_>) -> Checked {
        if range.len <= TEXT_LIMIT {
            return Ok(());
        }
        Err(refuse(Rule::TextSize, place, || {
            (
                said!("{} bytes", range.len),
                said!("at most {}", TEXT_LIMIT),
            )
        }))
    }

    /// A range of strings that is read as text.
    fn text(&self, range: Range, place: Arguments<'_>) -> Result<&'a str, FileError> {
        self.text_size(range, place)?;
        self.range(Table::Strings, range, place)?;
        self.pool
            .get(range.start as usize..range.start as usize + range.len as usize)
            .ok_or_else(|| {
                refuse(Rule::Encoding, place, || {
                    (
                        said!("{}", Shown(range).to_string()),
                        said!("a range that begins and ends between characters"),
                    )
                })
            })
    }

    /// Record `index`; the caller counts below the table's length.
    fn record<const N: usize>(&self, table: Table, index: u32) -> [u32; N] {
        self.module.record(table, index).unwrap_or([NONE; N])
    }
}

/// A range as messages show it.
struct Shown(Range);

impl Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}..{}",
            self.0.start,
            u64::from(self.0.start) + u64::from(self.0.len)
        )
    }
}

/// Names are texts, unique, and sorted by their bytes.
fn names(context: &mut Context<'_>) -> Checked {
    let mut last: Option<&str> = None;
    for index in 0..context.module.names() {
        let place = format_args!("names[{index}]");
        let [start, len] = context.record(Table::Names, index);
        let text = context.text(Range { start, len }, place)?;
        // Comparing with the one before reads at most as many bytes.
        context.charge(len, place)?;
        if last.is_some_and(|last| last >= text) {
            return Err(refuse(Rule::Names, place, || {
                (
                    said!("{}", format!("{:?}", clip(text))),
                    said!(
                        "a name after {}",
                        format!("{:?}", clip(last.unwrap_or_default()))
                    ),
                )
            }));
        }
        last = Some(text);
    }
    Ok(())
}

/// The start of a text, for messages.
fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}
