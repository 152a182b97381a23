//! Draws pictures on the user's terminal: what changed, in one write.

use std::io::Write;

use alacritty_terminal::term::TermMode;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::{
    Attribute, Color, Print, SetAttribute, SetBackgroundColor, SetForegroundColor,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, SetTitle,
};
use shm::flags;

use crate::compose::Picture;
use crate::glyph::{Paint, STRIKE, Style};
use crate::theme::{Colors, Ground};

/// Modes of the program that the user's terminal takes over, so that its bytes can be passed on: their numbers as private modes.
const MIRRORED: [(TermMode, u16); 6] = [
    (TermMode::MOUSE_REPORT_CLICK, 1000),
    (TermMode::MOUSE_DRAG, 1002),
    (TermMode::MOUSE_MOTION, 1003),
    (TermMode::FOCUS_IN_OUT, 1004),
    (TermMode::SGR_MOUSE, 1006),
    (TermMode::BRACKETED_PASTE, 2004),
];

/// What the user's terminal shows.
#[derive(Debug, Default)]
pub(crate) struct Painter {
    shown: Option<Picture>,
    /// What decided how colours look; another one makes everything new.
    theme: Option<Vec<Paint>>,
    modes: Vec<u16>,
    title: Option<String>,
}

/// What is drawn.
pub(crate) struct Drawing<'d> {
    pub picture: Picture,
    pub colors: &'d Colors,
    pub mode: TermMode,
    pub title: Option<&'d str>,
    pub bell: bool,
}

impl Painter {
    /// Everything is drawn anew the next time.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Writes what makes the terminal show this.
    ///
    /// # Errors
    /// The terminal's.
    pub fn draw(&mut self, out: &mut impl Write, drawing: Drawing<'_>) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate, Hide)?;
        self.mirror(&mut bytes, drawing.mode)?;
        if drawing.title != self.title.as_deref()
            && let Some(title) = drawing.title
        {
            self.title = Some(title.to_owned());
            queue!(bytes, SetTitle(title))?;
        }
        if drawing.bell {
            bytes.push(7);
        }
        let theme: Vec<Paint> = (0..=255)
            .map(|index| drawing.colors.shown(Paint::Index(index), Ground::Fore))
            .chain([
                drawing.colors.shown(Paint::Default, Ground::Fore),
                drawing.colors.shown(Paint::Default, Ground::Back),
            ])
            .collect();
        if self.theme.as_ref() != Some(&theme) {
            self.theme = Some(theme);
            self.shown = None;
        }
        let size =
            |picture: &Picture| (picture.rows.len(), picture.rows.first().map_or(0, Vec::len));
        let before = self
            .shown
            .take()
            .filter(|shown| size(shown) == size(&drawing.picture));
        if before.is_none() {
            queue!(bytes, SetAttribute(Attribute::Reset), Clear(ClearType::All))?;
        }
        for (number, row) in drawing.picture.rows.iter().enumerate() {
            let old = before.as_ref().and_then(|before| before.rows.get(number));
            if old == Some(row) {
                continue;
            }
            // From the first place that differs to the last.
            let differs = |at: usize| old.is_none_or(|old| old.get(at) != row.get(at));
            let Some(mut first) = (0..row.len()).find(|at| differs(*at)) else {
                continue;
            };
            let last = (0..row.len()).rfind(|at| differs(*at)).unwrap_or(first);
            // A wide character is drawn from its first half.
            while first > 0 && row.get(first).is_some_and(|glyph| glyph.width == 0) {
                first -= 1;
            }
            queue!(bytes, MoveTo(place(first), place(number)))?;
            let mut style = None;
            for glyph in row.iter().take(last + 1).skip(first) {
                if glyph.width == 0 {
                    continue;
                }
                if style != Some(glyph.style) {
                    style = Some(glyph.style);
                    dress(&mut bytes, glyph.style, drawing.colors)?;
                }
                queue!(bytes, Print(glyph.scalar), Print(&glyph.marks))?;
            }
        }
        queue!(bytes, SetAttribute(Attribute::Reset))?;
        if let Some((column, row)) = drawing.picture.cursor {
            queue!(bytes, MoveTo(place(column), place(row)), Show)?;
        }
        queue!(bytes, EndSynchronizedUpdate)?;
        self.shown = Some(drawing.picture);
        out.write_all(&bytes)?;
        out.flush()
    }

    fn mirror(&mut self, bytes: &mut Vec<u8>, mode: TermMode) -> std::io::Result<()> {
        let wanted: Vec<u16> = MIRRORED
            .iter()
            .filter(|(bit, _)| mode.contains(*bit))
            .map(|(_, number)| *number)
            .collect();
        for number in self.modes.iter().filter(|number| !wanted.contains(number)) {
            write!(bytes, "\x1b[?{number}l")?;
        }
        for number in wanted.iter().filter(|number| !self.modes.contains(number)) {
            write!(bytes, "\x1b[?{number}h")?;
        }
        self.modes = wanted;
        Ok(())
    }
}

/// What takes all mirrored modes back, whichever there are.
pub(crate) fn unmirror() -> String {
    MIRRORED
        .iter()
        .map(|(_, number)| format!("\x1b[?{number}l"))
        .collect()
}

fn place(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn dress(bytes: &mut Vec<u8>, style: Style, colors: &Colors) -> std::io::Result<()> {
    let color = |paint, ground| match colors.shown(paint, ground) {
        Paint::Default => Color::Reset,
        Paint::Index(index) => Color::AnsiValue(index),
        Paint::Rgb(r, g, b) => Color::Rgb { r, g, b },
    };
    queue!(
        bytes,
        SetAttribute(Attribute::Reset),
        SetForegroundColor(color(style.foreground, Ground::Fore)),
        SetBackgroundColor(color(style.background, Ground::Back))
    )?;
    let attributes = [
        (flags::BOLD, Attribute::Bold),
        (flags::ITALIC, Attribute::Italic),
        (flags::UNDERLINE, Attribute::Underlined),
        (flags::INVERSE, Attribute::Reverse),
        (flags::DIM, Attribute::Dim),
        (STRIKE, Attribute::CrossedOut),
    ];
    for (bit, attribute) in attributes {
        if style.flags & bit != 0 {
            queue!(bytes, SetAttribute(attribute))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::Emulator;
    use crate::layers::Layers;
    use crate::size::Size;

    /// What one emulator shows, drawn on another, is what that one shows.
    #[test]
    fn what_is_drawn_is_what_was_there() {
        let size = Size::new(20, 4);
        let (mut inner, mut outer) = (Emulator::new(size), Emulator::new(size));
        let mut painter = Painter::default();
        let colors = Colors::default();
        let outputs: [&[u8]; 5] = [
            "plain \x1b[1;31mred bold\x1b[0m 漢字\r\n".as_bytes(),
            "e\u{301} \x1b[48;2;1;2;3mback\x1b[0m\x1b[2;9Hx".as_bytes(),
            b"\x1b[4mline\r\nmore\r\nand more\r\nthe end",
            "\x1b[H字".as_bytes(),
            b"\x1b[2J\x1b[38;5;200mlast",
        ];
        for output in outputs {
            inner.feed(output);
            let picture = Picture::of(size, &inner, &Layers::default(), None, true);
            let mut bytes = Vec::new();
            let drawing = Drawing {
                picture: picture.clone(),
                colors: &colors,
                mode: inner.mode(),
                title: Some("a title"),
                bell: false,
            };
            painter.draw(&mut bytes, drawing).unwrap();
            outer.feed(&bytes);
            let seen = Picture::of(size, &outer, &Layers::default(), None, true);
            assert_eq!(seen, picture);
        }
    }

    #[test]
    fn what_did_not_change_is_not_drawn() {
        let size = Size::new(80, 24);
        let mut emulator = Emulator::new(size);
        emulator.feed("x".repeat(80 * 24).as_bytes());
        let mut painter = Painter::default();
        let colors = Colors::default();
        let mut draw = |emulator: &Emulator| {
            let mut bytes = Vec::new();
            let drawing = Drawing {
                picture: Picture::of(size, emulator, &Layers::default(), None, true),
                colors: &colors,
                mode: emulator.mode(),
                title: None,
                bell: false,
            };
            painter.draw(&mut bytes, drawing).unwrap();
            bytes.len()
        };
        assert!(draw(&emulator) > 80 * 24);
        emulator.feed(b"\x1b[5;5Hy");
        assert!(draw(&emulator) < 120);
    }
}
