//! A client's side. The order of its loads is half of the protocol; `writer.rs` is the other half.
//!
//! A row counts if its number was even before, its cells were read relaxed behind an acquire fence, and its number is the same
//! behind another. Loads are relaxed because the mapping is read-only (`mapping.rs`); the fences order them.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use crate::cell::Cell;
use crate::error::Error;
use crate::layout::{Layout, MAGIC, MAX_COLUMNS, MAX_ROWS, Status, VERSION, size_of_word};
use crate::mapping::Mapping;
use crate::snapshot::{Cursor, NEVER, Snapshot};

/// How often a row is read again because it was being written; then the old copy stays.
const ROW_TRIES: u32 = 64;
/// How often rows that changed meanwhile are fetched for a grid of one frame; each time there are fewer.
const GRID_TRIES: u32 = 8;

/// Reads the grid that another process writes.
#[derive(Debug)]
pub struct Reader {
    mapping: Mapping,
    name: String,
    generation: u64,
}

/// What an update did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// Rows that were copied.
    pub rows: usize,
    /// Are all rows of one frame? If not, the writer was faster: each row is whole, but some are newer than others.
    pub whole: bool,
}

impl Reader {
    /// Opens the object.
    ///
    /// # Errors
    /// [`Error::System`] if there is none or it may not be read, [`Error::Layout`], [`Error::Gone`], [`Error::Name`].
    pub fn open(name: &str) -> Result<Reader, Error> {
        let mapping = Mapping::read(name)?;
        let layout = mapping.layout();
        let (magic, version) = (
            layout.magic.load(Ordering::Relaxed),
            layout.version.load(Ordering::Relaxed),
        );
        if magic != MAGIC || version != VERSION {
            return Err(Error::Layout);
        }
        let generation = layout.generation.load(Ordering::Relaxed);
        if generation == 0 {
            return Err(Error::Gone);
        }
        Ok(Reader {
            mapping,
            name: name.to_owned(),
            generation,
        })
    }

    /// Opens the object of the same name again, after [`Error::Gone`].
    ///
    /// # Errors
    /// As [`Reader::open`]; this reader stays as it is.
    pub fn reopen(&mut self) -> Result<(), Error> {
        *self = Reader::open(&self.name)?;
        Ok(())
    }

    /// Which run of the daemon is read.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Has anything changed since that snapshot? One load.
    pub fn changed(&self, snapshot: &Snapshot) -> bool {
        snapshot.generation != self.generation
            || self.layout().sequence.load(Ordering::Relaxed) != snapshot.sequence
    }

    /// Copies the rows that changed since the snapshot was last updated. It ends after a bounded number of tries, however the
    /// writer behaves.
    ///
    /// # Errors
    /// [`Error::Gone`] if the writer has ended or another one began; the snapshot is as it was, or has whole rows of the new
    /// one and is copied anew next time.
    pub fn update(&self, snapshot: &mut Snapshot) -> Result<Update, Error> {
        self.living()?;
        if snapshot.generation != self.generation {
            snapshot.generation = self.generation;
            snapshot.copied.fill(NEVER);
        }
        let layout = self.layout();
        let mut update = Update {
            rows: 0,
            whole: false,
        };
        for _ in 0..GRID_TRIES {
            let before = layout.sequence.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            let status = Status::from_word(layout.status.load(Ordering::Relaxed));
            (snapshot.columns, snapshot.rows) = size_of_word(layout.size.load(Ordering::Relaxed));
            snapshot.cursor = Cursor {
                column: status.column,
                row: status.row,
            };
            snapshot.error_mode = status.error_mode;
            let mut all = true;
            for row in 0..snapshot.rows {
                match copy_row(layout, row, snapshot) {
                    Copied::Same => {}
                    Copied::Fresh => update.rows += 1,
                    Copied::Busy => all = false,
                }
            }
            fence(Ordering::Acquire);
            let after = layout.sequence.load(Ordering::Relaxed);
            if all && before == after && before & 1 == 0 {
                snapshot.sequence = before;
                update.whole = true;
                break;
            }
            std::hint::spin_loop();
        }
        if let Err(gone) = self.living() {
            snapshot.generation = 0;
            return Err(gone);
        }
        Ok(update)
    }

    fn living(&self) -> Result<(), Error> {
        if self.layout().generation.load(Ordering::Relaxed) == self.generation {
            Ok(())
        } else {
            Err(Error::Gone)
        }
    }

    fn layout(&self) -> &Layout {
        self.mapping.layout()
    }
}

enum Copied {
    Same,
    Fresh,
    Busy,
}

/// Copies a row if it changed, whole or not at all.
fn copy_row(layout: &Layout, row: usize, snapshot: &mut Snapshot) -> Copied {
    let (Some(words), Some(number)) = (layout.cells.get(row), layout.rows.get(row)) else {
        return Copied::Same;
    };
    let (Some(cells), Some(copied)) = (snapshot.cells.get_mut(row), snapshot.copied.get_mut(row))
    else {
        return Copied::Same;
    };
    let mut fresh = [Cell::default(); MAX_COLUMNS];
    for _ in 0..ROW_TRIES {
        let before = number.load(Ordering::Relaxed);
        if before == *copied {
            return Copied::Same;
        }
        if before & 1 == 1 {
            std::hint::spin_loop();
            continue;
        }
        fence(Ordering::Acquire);
        for (cell, words) in fresh.iter_mut().zip(words) {
            let word = |word: &AtomicU64| word.load(Ordering::Relaxed);
            *cell = Cell::from_words([word(&words[0]), word(&words[1])]);
        }
        fence(Ordering::Acquire);
        if number.load(Ordering::Relaxed) == before {
            *cells = fresh;
            *copied = before;
            return Copied::Fresh;
        }
    }
    Copied::Busy
}

const _: () = assert!(NEVER & 1 == 1 && MAX_ROWS <= u16::MAX as usize);
