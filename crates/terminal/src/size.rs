//! How large a terminal is.

/// Columns and rows: at least 2 and 1, which the emulator needs; at most 1000 each, which bounds its memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    columns: u16,
    rows: u16,
}

impl Size {
    /// The size of a terminal of which nothing is known.
    pub const USUAL: Size = Size {
        columns: 80,
        rows: 24,
    };

    /// A size, brought within its bounds.
    pub fn new(columns: u16, rows: u16) -> Size {
        Size {
            columns: columns.clamp(2, 1_000),
            rows: rows.clamp(1, 1_000),
        }
    }

    /// Columns, 2 to 1000.
    pub fn columns(self) -> usize {
        usize::from(self.columns)
    }

    /// Rows, 1 to 1000.
    pub fn rows(self) -> usize {
        usize::from(self.rows)
    }

    /// The rows above a status bar, if there is one and room for it.
    pub(crate) fn above_status(self, status: bool) -> Size {
        match status && self.rows >= 3 {
            true => Size::new(self.columns, self.rows - 1),
            false => self,
        }
    }

    pub(crate) fn pty(self) -> portable_pty::PtySize {
        portable_pty::PtySize {
            rows: self.rows,
            cols: self.columns,
            pixel_width: 0,
            pixel_height: 0,
        }
    }
}

impl alacritty_terminal::grid::Dimensions for Size {
    fn total_lines(&self) -> usize {
        Size::rows(*self)
    }

    fn screen_lines(&self) -> usize {
        Size::rows(*self)
    }

    fn columns(&self) -> usize {
        Size::columns(*self)
    }
}
