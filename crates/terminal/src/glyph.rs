//! What stands at one place of the screen, and the words by which plugins say how it looks.

use shm::flags;
use unicode_width::UnicodeWidthChar;

/// A line through the character; beside the published bits of [`flags`], and not published.
pub(crate) const STRIKE: u8 = 32;

/// A colour as it was asked for, before a theme says what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Paint {
    /// The theme's foreground or background.
    #[default]
    Default,
    /// A colour of the palette.
    Index(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

const NAMES: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

impl Paint {
    /// A colour by its name, in any case: `red`, `BrightRed`, `bright-red`, `grey`, `default`, or `#rrggbb`.
    pub fn parse(name: &str) -> Option<Paint> {
        if let Some(rgb) = rgb(name) {
            let [_, red, green, blue] = rgb.to_be_bytes();
            return Some(Paint::Rgb(red, green, blue));
        }
        let plain: String = name
            .chars()
            .filter(|scalar| scalar.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let base = |name: &str| NAMES.iter().position(|known| *known == name);
        match plain.as_str() {
            "default" | "reset" | "none" => Some(Paint::Default),
            "grey" | "gray" => Some(Paint::Index(8)),
            "orange" => Some(Paint::Index(208)),
            plain => match plain.strip_prefix("bright") {
                Some(rest) => base(rest).map(|at| Paint::Index(at as u8 + 8)),
                None => base(plain).map(|at| Paint::Index(at as u8)),
            },
        }
    }
}

/// `#rrggbb` as 0x00RRGGBB.
pub(crate) fn rgb(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#')?;
    let good = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    /// Of the characters.
    pub foreground: Paint,
    /// Behind them.
    pub background: Paint,
    /// Bits of [`shm::flags`].
    pub flags: u8,
}

impl Style {
    /// A style by words: `bold red on black`, `underline #ff8800`. Unknown words say nothing.
    pub fn parse(words: &str) -> Style {
        let mut style = Style::default();
        let mut behind = false;
        for word in words.split([' ', ',']).filter(|word| !word.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "on" => {
                    behind = true;
                    continue;
                }
                "bold" => style.flags |= flags::BOLD,
                "italic" => style.flags |= flags::ITALIC,
                "underline" => style.flags |= flags::UNDERLINE,
                "inverse" | "reverse" => style.flags |= flags::INVERSE,
                "dim" => style.flags |= flags::DIM,
                _ => match (Paint::parse(word), behind) {
                    (Some(paint), true) => style.background = paint,
                    (Some(paint), false) => style.foreground = paint,
                    (None, _) => {}
                },
            }
            behind = false;
        }
        style
    }
}

/// What stands at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Glyph {
    /// Never a control character, so that it can be written to a terminal.
    pub scalar: char,
    /// Marks above and below it; at most [`MARKS`].
    pub marks: String,
    pub style: Style,
    /// Columns that it takes: 2 for a wide one, 0 for the place behind it.
    pub width: u8,
}

/// Marks of one character that are shown; more would only cost memory.
pub(crate) const MARKS: usize = 8;

impl Default for Glyph {
    fn default() -> Glyph {
        Glyph::new(' ', Style::default())
    }
}

impl Glyph {
    /// A character in a style; what is no character of its own is a blank.
    pub fn new(scalar: char, style: Style) -> Glyph {
        let width = scalar.width().unwrap_or(0);
        Glyph {
            scalar: if width == 0 { ' ' } else { scalar },
            marks: String::new(),
            style,
            width: width.clamp(1, 2) as u8,
        }
    }

    /// The place behind a wide character.
    pub fn behind(style: Style) -> Glyph {
        Glyph {
            width: 0,
            ..Glyph::new(' ', style)
        }
    }
}

/// Writes a text into a row from a column on, as far as there is room; the column behind it.
pub(crate) fn write(row: &mut [Glyph], mut column: usize, text: &str, style: Style) -> usize {
    for scalar in text.chars() {
        let Some(width) = scalar.width().filter(|width| *width > 0) else {
            continue;
        };
        if column + width > row.len() {
            break;
        }
        put(row, column, Glyph::new(scalar, style));
        column += width;
    }
    column
}

/// Puts a glyph into a row; a wide one that it cuts becomes a blank.
pub(crate) fn put(row: &mut [Glyph], column: usize, glyph: Glyph) {
    let width = usize::from(glyph.width).max(1);
    let end = column + width;
    if row.get(column).is_some_and(|old| old.width == 0)
        && let Some(before) = column.checked_sub(1).and_then(|at| row.get_mut(at))
    {
        *before = Glyph::new(' ', before.style);
    }
    if let Some(after) = row.get_mut(end).filter(|after| after.width == 0) {
        *after = Glyph::new(' ', after.style);
    }
    let style = glyph.style;
    if let Some(place) = row.get_mut(column) {
        *place = glyph;
    }
    for place in row.iter_mut().take(end).skip(column + 1) {
        *place = Glyph::behind(style);
    }
}

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().filter_map(|scalar| scalar.width()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_styles_are_read_from_words() {
        assert_eq!(Paint::parse("Red"), Some(Paint::Index(1)));
        assert_eq!(Paint::parse("bright-blue"), Some(Paint::Index(12)));
        assert_eq!(Paint::parse("BrightBlue"), Some(Paint::Index(12)));
        assert_eq!(Paint::parse("#102030"), Some(Paint::Rgb(16, 32, 48)));
        assert_eq!(Paint::parse("#1é345"), None);
        assert_eq!(Paint::parse("no colour"), None);
        let style = Style::parse("bold red on #000001, underline");
        assert_eq!(style.flags, flags::BOLD | flags::UNDERLINE);
        assert_eq!(style.foreground, Paint::Index(1));
        assert_eq!(style.background, Paint::Rgb(0, 0, 1));
    }

    #[test]
    fn half_of_a_wide_character_is_never_left() {
        let mut row = vec![Glyph::default(); 4];
        assert_eq!(write(&mut row, 0, "漢字", Style::default()), 4);
        write(&mut row, 1, "x", Style::default());
        let shown: Vec<(char, u8)> = row
            .iter()
            .map(|glyph| (glyph.scalar, glyph.width))
            .collect();
        assert_eq!(shown, [(' ', 1), ('x', 1), ('字', 2), (' ', 0)]);
        write(&mut row, 2, "y", Style::default());
        assert_eq!(row[3].width, 1);
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_a_glyph() {
        for steers in ['\u{1b}', '\n', '\u{7f}', '\u{9b}', '\u{200b}'] {
            assert_eq!(Glyph::new(steers, Style::default()).scalar, ' ');
        }
        let mut row = vec![Glyph::default(); 4];
        write(&mut row, 0, "a\u{1b}[31mb", Style::default());
        assert_eq!(row[1].scalar, '[');
    }
}
