//! A copy of the grid in a reader's own memory.

use crate::cell::Cell;
use crate::layout::{MAX_COLUMNS, MAX_ROWS};

/// Where the cursor stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor {
    /// Column, from 0.
    pub column: u16,
    /// Row, from 0.
    pub row: u16,
}

/// The grid as it was. Made empty; [`crate::Reader::update`] brings it up to date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    pub(crate) generation: u64,
    pub(crate) sequence: u64,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) cursor: Cursor,
    pub(crate) error_mode: bool,
    pub(crate) cells: Box<[[Cell; MAX_COLUMNS]]>,
    /// Number of each row when it was copied; an odd one for "never".
    pub(crate) copied: Box<[u64; MAX_ROWS]>,
}

/// A number that no whole row has.
pub(crate) const NEVER: u64 = u64::MAX;

impl Default for Snapshot {
    fn default() -> Snapshot {
        Snapshot::new()
    }
}

impl Snapshot {
    /// An empty one.
    pub fn new() -> Snapshot {
        Snapshot {
            generation: 0,
            sequence: 0,
            columns: 0,
            rows: 0,
            cursor: Cursor::default(),
            error_mode: false,
            cells: vec![[Cell::default(); MAX_COLUMNS]; MAX_ROWS].into_boxed_slice(),
            copied: Box::new([NEVER; MAX_ROWS]),
        }
    }

    /// Columns and rows of the terminal.
    pub fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// Where the cursor is; it may stand outside of the terminal.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Does the grid hold a message of failure in place of the terminal?
    pub fn error_mode(&self) -> bool {
        self.error_mode
    }

    /// Number of the frame that was copied; it grows.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Which run of the daemon wrote it; 0 before the first update.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The cells of a row of the terminal.
    pub fn row(&self, row: usize) -> Option<&[Cell]> {
        if row >= self.rows {
            return None;
        }
        self.cells.get(row)?.get(..self.columns)
    }

    /// A cell of the terminal.
    pub fn cell(&self, column: usize, row: usize) -> Option<Cell> {
        self.row(row)?.get(column).copied()
    }

    /// The text of a row, without blanks at its end.
    pub fn line(&self, row: usize) -> Option<String> {
        let text: String = self.row(row)?.iter().map(Cell::scalar).collect();
        Some(text.trim_end().to_owned())
    }
}
