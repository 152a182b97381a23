//! The daemon's grid as plugins see it: a snapshot that the daemon brings up to date between events.

use std::sync::{Arc, PoisonError, RwLock};

use shm::{Cell, MAX_COLUMNS, MAX_ROWS};

/// A grid of cells. Plugins read it through host functions, and never write it: what they want written is a command.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    cursor: (usize, usize),
    sequence: u64,
}

impl Grid {
    /// An empty grid, cut to 200 × 100.
    pub fn new(columns: usize, rows: usize) -> Grid {
        let mut grid = Grid::default();
        grid.resize(columns, rows);
        grid
    }

    /// Sets the size; everything is blank afterwards.
    pub fn resize(&mut self, columns: usize, rows: usize) {
        self.columns = columns.min(MAX_COLUMNS);
        self.rows = rows.min(MAX_ROWS);
        self.cells.clear();
        self.cells.resize(self.columns * self.rows, Cell::default());
        self.sequence += 1;
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// Replaces a row; what is missing is blank. `false` if there is none.
    pub fn set_row(&mut self, row: usize, cells: &[Cell]) -> bool {
        if row >= self.rows {
            return false;
        }
        let start = row * self.columns;
        let Some(to) = self.cells.get_mut(start..start + self.columns) else {
            return false;
        };
        let from = cells
            .iter()
            .copied()
            .chain(std::iter::repeat(Cell::default()));
        to.iter_mut().zip(from).for_each(|(to, from)| *to = from);
        self.sequence += 1;
        true
    }

    /// Replaces a cell; `false` if there is none.
    pub fn set_cell(&mut self, column: usize, row: usize, cell: Cell) -> bool {
        let at = self.place(column, row);
        match at.and_then(|at| self.cells.get_mut(at)) {
            Some(to) => {
                *to = cell;
                self.sequence += 1;
                true
            }
            None => false,
        }
    }

    /// Places the cursor.
    pub fn set_cursor(&mut self, column: usize, row: usize) {
        self.cursor = (column, row);
        self.sequence += 1;
    }

    /// Column and row of the cursor.
    pub fn cursor(&self) -> (usize, usize) {
        self.cursor
    }

    /// A cell.
    pub fn cell(&self, column: usize, row: usize) -> Option<Cell> {
        self.cells.get(self.place(column, row)?).copied()
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> Option<&[Cell]> {
        let start = (row < self.rows).then_some(row * self.columns)?;
        self.cells.get(start..start + self.columns)
    }

    /// The text of a row without blanks at its end.
    pub fn line(&self, row: usize) -> Option<String> {
        let text: String = self.row(row)?.iter().map(Cell::scalar).collect();
        Some(text.trim_end().to_owned())
    }

    /// Grows with every change.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    fn place(&self, column: usize, row: usize) -> Option<usize> {
        (column < self.columns && row < self.rows).then_some(row * self.columns + column)
    }
}

/// The grid, shared by the daemon's host and the host functions of its plugins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen(Arc<RwLock<Grid>>);

impl Screen {
    pub fn read<T>(&self, read: impl FnOnce(&Grid) -> T) -> T {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn write<T>(&self, write: impl FnOnce(&mut Grid) -> T) -> T {
        write(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}
