//! One cell of the grid.

/// Bits of [`Cell::flags`]; others are kept as they are.
pub mod flags {
    /// Bold.
    pub const BOLD: u8 = 1;
    /// Italic.
    pub const ITALIC: u8 = 2;
    /// Underlined.
    pub const UNDERLINE: u8 = 4;
    /// Foreground and background exchanged.
    pub const INVERSE: u8 = 8;
    /// Dim.
    pub const DIM: u8 = 16;
}

/// The published foreground of a cell that nobody coloured, 0xAARRGGBB.
pub const DEFAULT_FOREGROUND: u32 = 0xFFA8_DF5A;
/// The published background of a cell that nobody coloured, 0xAARRGGBB.
pub const DEFAULT_BACKGROUND: u32 = 0xFF0D_1208;

/// A cell as it is published: 16 bytes, the last three of them unused.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Cell {
    /// Unicode scalar value; 0 for an empty cell. A reader may find anything here: see [`Cell::scalar`].
    pub codepoint: u32,
    /// Foreground, 0xAARRGGBB.
    pub foreground: u32,
    /// Background, 0xAARRGGBB.
    pub background: u32,
    /// Bits of [`flags`].
    pub flags: u8,
    padding: [u8; 3],
}

const _: () = assert!(size_of::<Cell>() == 16 && align_of::<Cell>() == 4);

impl Default for Cell {
    /// A blank in the default colours.
    fn default() -> Cell {
        Cell::new(' ')
    }
}

impl Cell {
    /// A character in the default colours.
    pub const fn new(scalar: char) -> Cell {
        Cell {
            codepoint: scalar as u32,
            foreground: DEFAULT_FOREGROUND,
            background: DEFAULT_BACKGROUND,
            flags: 0,
            padding: [0; 3],
        }
    }

    /// With colours, 0xAARRGGBB.
    #[must_use]
    pub const fn colors(mut self, foreground: u32, background: u32) -> Cell {
        self.foreground = foreground;
        self.background = background;
        self
    }

    /// With bits of [`flags`].
    #[must_use]
    pub const fn flags(mut self, flags: u8) -> Cell {
        self.flags = flags;
        self
    }

    /// The character: a blank for an empty cell, U+FFFD for what is no scalar value.
    pub fn scalar(&self) -> char {
        match self.codepoint {
            0 => ' ',
            code => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
        }
    }

    /// As two words in the byte order of memory, so that a cell is read and written by two atomics.
    pub(crate) fn to_words(self) -> [u64; 2] {
        let pair = |low: u32, high: [u8; 4]| {
            let [a, b, c, d] = low.to_ne_bytes();
            let [e, f, g, h] = high;
            u64::from_ne_bytes([a, b, c, d, e, f, g, h])
        };
        let [x, y, z] = self.padding;
        [
            pair(self.codepoint, self.foreground.to_ne_bytes()),
            pair(self.background, [self.flags, x, y, z]),
        ]
    }

    /// The cell of two words; every word is one.
    pub(crate) fn from_words([first, second]: [u64; 2]) -> Cell {
        let [a, b, c, d, e, f, g, h] = first.to_ne_bytes();
        let [i, j, k, l, flags, ..] = second.to_ne_bytes();
        Cell {
            codepoint: u32::from_ne_bytes([a, b, c, d]),
            foreground: u32::from_ne_bytes([e, f, g, h]),
            background: u32::from_ne_bytes([i, j, k, l]),
            flags,
            padding: [0; 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_a_cell_in_its_published_bytes() {
        let cell = Cell::new('🦊')
            .colors(0x1122_3344, 0x5566_7788)
            .flags(flags::BOLD | flags::DIM);
        assert_eq!(Cell::from_words(cell.to_words()), cell);
        let bytes: Vec<u8> = cell
            .to_words()
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        assert_eq!(bytes[0..4], ('🦊' as u32).to_ne_bytes());
        assert_eq!(bytes[4..8], 0x1122_3344_u32.to_ne_bytes());
        assert_eq!(bytes[8..12], 0x5566_7788_u32.to_ne_bytes());
        assert_eq!(bytes[12..16], [17, 0, 0, 0]);
    }

    #[test]
    fn what_is_no_scalar_value_is_shown_as_such() {
        let shown = |codepoint| {
            Cell {
                codepoint,
                ..Cell::default()
            }
            .scalar()
        };
        assert_eq!(shown(0), ' ');
        assert_eq!(shown(0xD800), '\u{FFFD}');
        assert_eq!(shown(0x11_0000), '\u{FFFD}');
        assert_eq!(shown(u32::MAX), '\u{FFFD}');
        assert_eq!(shown('ß' as u32), 'ß');
    }
}
