//! The daemon's side. What it does in which order is half of the protocol; `reader.rs` is the other half.
//!
//! A row is written so: its number becomes odd; a release fence; its cells, relaxed; its number becomes even, release. A reader
//! that saw any of the new cells therefore sees, behind its acquire fence, at least the odd number. The number of the whole grid
//! encloses all rows of a frame in the same way.

use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cell::Cell;
use crate::error::Error;
use crate::layout::{
    Layout, MAGIC, MAX_COLUMNS, MAX_ROWS, Status, VERSION, size_of_word, word_of_size,
};
use crate::mapping::{self, Mapping};

/// Writes the grid. The only one under its name: another is refused until this one is dropped or its process ends.
#[derive(Debug)]
pub struct Writer {
    mapping: Mapping,
    name: String,
    unguarded: bool,
}

impl Writer {
    /// Makes the object, or takes over one that a writer left behind, with an empty grid of that size (cut to 200 × 100).
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::Owned`] while another writer lives, [`Error::Foreign`], [`Error::System`].
    pub fn create(name: &str, columns: usize, rows: usize) -> Result<Writer, Error> {
        let mapping = Mapping::write(name)?;
        let layout = mapping.layout();
        let known = layout.magic.load(Ordering::Relaxed) == MAGIC;
        let before = if known {
            layout.generation.load(Ordering::Relaxed)
        } else {
            0
        };
        // A writer that was ended while it wrote left odd numbers. They become even, and greater than any that a reader saw;
        // before that readers are sent away, since the rows behind those numbers may be torn.
        layout.generation.store(0, Ordering::Relaxed);
        fence(Ordering::Release);
        settle(&layout.sequence);
        layout.rows.iter().for_each(settle);
        let mut writer = Writer {
            mapping,
            name: name.to_owned(),
            unguarded: false,
        };
        let mut frame = writer.frame();
        let layout = frame.layout();
        layout.version.store(VERSION, Ordering::Relaxed);
        layout.magic.store(MAGIC, Ordering::Relaxed);
        frame.status = Status::default();
        frame.resize(columns, rows);
        for row in 0..MAX_ROWS {
            frame.row(row, &[]);
        }
        drop(frame);
        // Last: from here on readers come in.
        let layout = writer.mapping.layout();
        layout
            .generation
            .store(generation(before), Ordering::Release);
        Ok(writer)
    }

    /// The object's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Begins a frame: what is written until it is dropped belongs together. Readers go on meanwhile with what they have.
    pub fn frame(&mut self) -> Frame<'_> {
        let layout = self.mapping.layout();
        let sequence = begin(&layout.sequence, self.unguarded);
        let status = Status::from_word(layout.status.load(Ordering::Relaxed));
        Frame {
            writer: self,
            sequence,
            status,
        }
    }

    /// A switch for tests: writes as the published protocol does, with one count after each change and no mark while it
    /// lasts, so that a test can show that it would see torn rows.
    pub fn unguarded(&mut self, on: bool) {
        self.unguarded = on;
    }

    /// Leaves the object behind as a process does that is killed: with its name and its content.
    pub fn abandon(mut self) {
        self.name.clear();
    }
}

impl Drop for Writer {
    /// Readers are told that nobody writes any more, and the name is free again.
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        self.mapping.layout().generation.store(0, Ordering::Release);
        // The name may be gone already; there is nothing else to do about it.
        let _ = mapping::unlink(&self.name);
    }
}

/// What is written at once.
#[derive(Debug)]
pub struct Frame<'w> {
    writer: &'w mut Writer,
    /// The even number with which it ends.
    sequence: u64,
    status: Status,
}

impl Frame<'_> {
    fn layout(&self) -> &Layout {
        self.writer.mapping.layout()
    }

    /// Sets the terminal's size, cut to 200 × 100.
    pub fn resize(&mut self, columns: usize, rows: usize) {
        let word = word_of_size(columns, rows);
        self.layout().size.store(word, Ordering::Relaxed);
    }

    /// The terminal's size: columns, rows.
    pub fn size(&self) -> (usize, usize) {
        size_of_word(self.layout().size.load(Ordering::Relaxed))
    }

    /// Writes a row; cells that are not given are blank, more than 200 are left out. A row that is as it was is not touched, so
    /// that no reader copies it. `false` if there is no such row.
    pub fn row(&mut self, row: usize, cells: &[Cell]) -> bool {
        let layout = self.layout();
        let (Some(words), Some(number)) = (layout.cells.get(row), layout.rows.get(row)) else {
            return false;
        };
        let wanted = cells
            .iter()
            .copied()
            .chain(std::iter::repeat(Cell::default()))
            .take(MAX_COLUMNS);
        let same = words.iter().zip(wanted.clone()).all(|(words, cell)| {
            let [first, second] = cell.to_words();
            words[0].load(Ordering::Relaxed) == first && words[1].load(Ordering::Relaxed) == second
        });
        if same {
            return true;
        }
        let after = begin(number, self.writer.unguarded);
        for (words, cell) in words.iter().zip(wanted) {
            let [first, second] = cell.to_words();
            words[0].store(first, Ordering::Relaxed);
            words[1].store(second, Ordering::Relaxed);
        }
        number.store(after, Ordering::Release);
        true
    }

    /// Places the cursor.
    pub fn cursor(&mut self, column: u16, row: u16) {
        self.status.column = column;
        self.status.row = row;
    }

    /// Says whether the grid holds a message of failure in place of the terminal.
    pub fn error_mode(&mut self, on: bool) {
        self.status.error_mode = on;
    }
}

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        self.status.dirty = true;
        let layout = self.layout();
        layout
            .status
            .store(self.status.to_word(), Ordering::Relaxed);
        layout.sequence.store(self.sequence, Ordering::Release);
    }
}

/// Marks a number as being written; the number with which that ends.
fn begin(number: &AtomicU64, unguarded: bool) -> u64 {
    let before = number.load(Ordering::Relaxed) & !1;
    if !unguarded {
        number.store(before.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
    }
    before.wrapping_add(2)
}

/// Makes a number even.
fn settle(number: &AtomicU64) {
    let found = number.load(Ordering::Relaxed);
    number.store(found.wrapping_add(found & 1), Ordering::Relaxed);
}

/// A number that no earlier run had: later by the clock, or by one.
fn generation(before: u64) -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |since| u64::try_from(since.as_nanos()).unwrap_or(1));
    now.max(before.wrapping_add(1)).max(1)
}
