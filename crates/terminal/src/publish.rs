//! The grid in shared memory, for readers in other processes (docs/specs/fusabi.md §5.4).

use plugins::Host;
use shm::{Error, Writer};

/// Writes the grid that plugins read into shared memory as well.
#[derive(Debug)]
pub(crate) struct Publisher {
    writer: Writer,
    /// The number of the grid that was written last.
    written: Option<u64>,
}

impl Publisher {
    /// Makes the object of that name; while another terminal has it, one beside it that is named for this process.
    pub fn create(name: &str, host: &Host) -> Result<Publisher, Error> {
        let (columns, rows) = host.read_grid(plugins::Grid::size);
        let writer = match Writer::create(name, columns, rows) {
            Err(Error::Owned) => {
                Writer::create(&format!("{name}.{}", std::process::id()), columns, rows)?
            }
            other => other?,
        };
        Ok(Publisher {
            writer,
            written: None,
        })
    }

    /// The object's name.
    pub fn name(&self) -> &str {
        self.writer.name()
    }

    /// Writes what changed.
    pub fn publish(&mut self, host: &Host) {
        host.read_grid(|grid| {
            if self.written == Some(grid.sequence()) {
                return;
            }
            self.written = Some(grid.sequence());
            let (columns, rows) = grid.size();
            let mut frame = self.writer.frame();
            if frame.size() != (columns, rows) {
                frame.resize(columns, rows);
                // Rows that are no longer there are blank for whoever reads the whole of the published layout.
                for row in rows..shm::MAX_ROWS {
                    frame.row(row, &[]);
                }
            }
            for row in 0..rows {
                frame.row(row, grid.row(row).unwrap_or_default());
            }
            let (column, row) = grid.cursor();
            let place = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
            frame.cursor(place(column), place(row));
        });
    }
}
