//! What lies where. The first 320,016 bytes are the published layout; behind it stands what the protocol needs.
//!
//! Everything is atomics, so that a reference to it may be held while another process writes. Always the same widths are used
//! for the same bytes.

use std::sync::atomic::AtomicU64;

/// Cells from one row to the next, whatever the size of the terminal; columns at most.
pub const MAX_COLUMNS: usize = 200;
/// Rows at most.
pub const MAX_ROWS: usize = 100;
/// Bytes of the published part.
pub const PUBLISHED_BYTES: usize = 16 + MAX_COLUMNS * MAX_ROWS * 16;

/// Says that the part behind the published one is there; "SCARABSH" read as a number.
pub(crate) const MAGIC: u64 = 0x5343_4152_4142_5348;
/// Version of the part behind the published one.
pub(crate) const VERSION: u64 = 1;

/// A cell: code point and foreground in one word, background and flags in the other.
pub(crate) type CellWords = [AtomicU64; 2];
/// The cells of a row.
pub(crate) type RowWords = [CellWords; MAX_COLUMNS];

/// The whole mapping.
#[repr(C)]
pub(crate) struct Layout {
    /// Even when nobody writes, odd while somebody does; grows by two with every frame.
    pub sequence: AtomicU64,
    /// Dirty flag (u8), error mode (u8), cursor column and row (u16 each), two bytes unused: see [`Status`].
    pub status: AtomicU64,
    /// The grid by rows.
    pub cells: [RowWords; MAX_ROWS],
    /// [`MAGIC`].
    pub magic: AtomicU64,
    /// [`VERSION`].
    pub version: AtomicU64,
    /// Which run of the daemon writes; another number after every start, 0 when it has ended.
    pub generation: AtomicU64,
    /// Columns in the low half, rows in the high half.
    pub size: AtomicU64,
    /// For each row: even when it is whole, odd while it is written; grows by two with every change.
    pub rows: [AtomicU64; MAX_ROWS],
}

/// Bytes of the whole mapping.
pub(crate) const BYTES: usize = size_of::<Layout>();

const _: () = {
    assert!(PUBLISHED_BYTES == 320_016);
    assert!(std::mem::offset_of!(Layout, sequence) == 0);
    assert!(std::mem::offset_of!(Layout, status) == 8);
    assert!(std::mem::offset_of!(Layout, cells) == 16);
    assert!(std::mem::offset_of!(Layout, magic) == PUBLISHED_BYTES);
    assert!(size_of::<CellWords>() == size_of::<crate::Cell>());
};

/// The word at offset 8.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Status {
    /// Was anything ever written?
    pub dirty: bool,
    /// Does the grid hold a message of failure in place of the terminal?
    pub error_mode: bool,
    /// Column of the cursor.
    pub column: u16,
    /// Row of the cursor.
    pub row: u16,
}

impl Status {
    pub fn to_word(self) -> u64 {
        let [a, b] = self.column.to_ne_bytes();
        let [c, d] = self.row.to_ne_bytes();
        u64::from_ne_bytes([
            u8::from(self.dirty),
            u8::from(self.error_mode),
            a,
            b,
            c,
            d,
            0,
            0,
        ])
    }

    pub fn from_word(word: u64) -> Status {
        let [dirty, error_mode, a, b, c, d, ..] = word.to_ne_bytes();
        Status {
            dirty: dirty != 0,
            error_mode: error_mode != 0,
            column: u16::from_ne_bytes([a, b]),
            row: u16::from_ne_bytes([c, d]),
        }
    }
}

/// Columns and rows of the word that says the size; never more than there are.
pub(crate) fn size_of_word(word: u64) -> (usize, usize) {
    let columns = (word & 0xFFFF_FFFF) as usize;
    let rows = (word >> 32) as usize;
    (columns.min(MAX_COLUMNS), rows.min(MAX_ROWS))
}

/// The word that says the size.
pub(crate) fn word_of_size(columns: usize, rows: usize) -> u64 {
    (columns.min(MAX_COLUMNS) as u64) | (rows.min(MAX_ROWS) as u64) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_stands_in_its_published_bytes() {
        let status = Status {
            dirty: true,
            error_mode: false,
            column: 0x0102,
            row: 0x0304,
        };
        let bytes = status.to_word().to_ne_bytes();
        assert_eq!(bytes[0..2], [1, 0]);
        assert_eq!(bytes[2..4], 0x0102_u16.to_ne_bytes());
        assert_eq!(bytes[4..6], 0x0304_u16.to_ne_bytes());
        assert_eq!(Status::from_word(status.to_word()), status);
    }

    #[test]
    fn a_size_never_leaves_the_grid() {
        assert_eq!(size_of_word(word_of_size(80, 24)), (80, 24));
        assert_eq!(size_of_word(u64::MAX), (MAX_COLUMNS, MAX_ROWS));
        assert_eq!(size_of_word(word_of_size(9_999, 9_999)), (200, 100));
    }
}
