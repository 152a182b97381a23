//! Cells that a host watches: what they held before they were first written is kept for it (docs/specs/rhumb.md §10.2: a
//! prompt takes blocks back). A write costs nothing unless its cell is watched, and a watch ends with the first write, so
//! what is kept are the differences and nothing else.

use crate::fault::Raise;
use crate::heap::object::{CellObj, cell_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// What a watched cell was before it was written.
#[derive(Clone, Copy, Debug)]
pub struct WrittenCell {
    /// The cell.
    pub cell: Value,
    /// What it held.
    pub held: Value,
    /// Was it frozen?
    pub frozen: bool,
}

/// Watched cells of a World.
#[derive(Default)]
pub(crate) struct WatchedCells {
    /// Cells that are watched. There is room for all of them in `written`: writing to one needs no memory.
    watched: usize,
    /// Those that were written and not taken yet: roots.
    pub(crate) written: Vec<WrittenCell>,
}

impl World {
    /// Watches a cell until it is written; nothing happens if it is watched or the value is no cell.
    ///
    /// # Errors
    /// Fault mem.
    pub fn watch_cell_for_host(&mut self, cell: Value) -> Raise<()> {
        if cell.kind() != Kind::Cell {
            return Ok(());
        }
        let cells = &mut self.watched_cells;
        if cells.written.try_reserve(cells.watched + 1).is_err() {
            return Err(self.no_host_memory());
        }
        // SAFETY: a live cell.
        unsafe {
            let object = self.at::<CellObj>(cell.as_ticket());
            if (*object).flags & cell_flags::WATCHED == 0 {
                (*object).flags |= cell_flags::WATCHED;
                self.watched_cells.watched += 1;
            }
        }
        Ok(())
    }

    /// The watched cell that was written last, of those that were not taken.
    pub fn written_cell_for_host(&self) -> Option<WrittenCell> {
        self.watched_cells.written.last().copied()
    }

    /// Takes the watched cell that was written last.
    pub fn take_written_cell_for_host(&mut self) {
        self.watched_cells.written.pop();
    }

    /// Keeps what a watched cell holds, which is about to be written, and ends the watch.
    #[cold]
    pub(crate) fn keep_watched(&mut self, cell: Value) {
        // SAFETY: a live cell; nothing is allocated.
        let (held, frozen) = unsafe {
            let object = self.at::<CellObj>(cell.as_ticket());
            let frozen = (*object).flags & cell_flags::FROZEN != 0;
            (*object).flags &= !cell_flags::WATCHED;
            ((*object).value, frozen)
        };
        let cells = &mut self.watched_cells;
        cells.watched = cells.watched.saturating_sub(1);
        if cells.written.len() < cells.written.capacity() {
            cells.written.push(WrittenCell { cell, held, frozen });
        }
    }
}
