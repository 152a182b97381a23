//! The picture: the grid, and what lies above it.

use shm::flags;

use crate::emulator::Emulator;
use crate::glyph::{Glyph, Paint, Style, columns, put, write};
use crate::layers::{Image, Layers, Notice, Overlay};
use crate::popup::{List, Popup, hint};
use crate::size::Size;

/// Columns of a notice at most.
const NOTICE: usize = 50;
/// Lines of a notice at most, so that one leaves room for others.
const LINES: usize = 6;

/// What a screen shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Picture {
    pub rows: Vec<Vec<Glyph>>,
    /// Column and row of the cursor, if it is shown.
    pub cursor: Option<(usize, usize)>,
}

impl Picture {
    /// The grid with overlays and status bar; with `all`, also what takes the user's attention only for a while.
    pub fn of(
        size: Size,
        emulator: &Emulator,
        layers: &Layers,
        popup: Option<&Popup>,
        all: bool,
    ) -> Picture {
        let mut rows = Vec::with_capacity(size.rows());
        for row in 0..size.rows() {
            let mut glyphs = Vec::with_capacity(size.columns());
            emulator.row(row, all, &mut glyphs);
            glyphs.resize(size.columns(), Glyph::default());
            rows.push(glyphs);
        }
        let mut picture = Picture {
            rows,
            cursor: emulator.shown_cursor(),
        };
        for image in layers.images.values() {
            picture.image(image);
        }
        for overlay in layers.overlays.values() {
            if let Some((width, height)) = overlay.extent {
                picture.boxed(overlay, width, height);
                continue;
            }
            for (line, text) in overlay.text.lines().enumerate() {
                picture.text(overlay.column, overlay.row + line, text, overlay.style);
            }
        }
        if size.above_status(layers.has_status()) != size {
            picture.status(layers);
        }
        if all {
            picture.notices(layers);
            match popup {
                Some(Popup::List(list)) => picture.list(list),
                Some(Popup::Hints(typed)) => picture.hints(layers, typed),
                None => {}
            }
        }
        picture
    }

    fn text(&mut self, column: usize, row: usize, text: &str, style: Style) -> usize {
        match self.rows.get_mut(row) {
            Some(glyphs) => write(glyphs, column, text, style),
            None => column,
        }
    }

    fn size(&self) -> (usize, usize) {
        (self.rows.first().map_or(0, Vec::len), self.rows.len())
    }

    /// A text in a box, as far as it fits.
    fn boxed(&mut self, overlay: &Overlay, width: usize, height: usize) {
        let width = width.min(self.size().0);
        let lines = overlay
            .text
            .lines()
            .flat_map(|line| wrapped(line, width, height));
        let mut lines = lines.take(height);
        for row in (overlay.row..overlay.row.saturating_add(height)).take(self.rows.len()) {
            self.text(overlay.column, row, &" ".repeat(width), overlay.style);
            let line = lines.next().unwrap_or_default();
            self.text(overlay.column, row, &line, overlay.style);
        }
    }

    /// A picture by halves of cells; what is transparent in both halves stays as it is.
    fn image(&mut self, image: &Image) {
        for (row, cells) in image.cells.chunks(image.columns.max(1)).enumerate() {
            let Some(glyphs) = self.rows.get_mut(image.row + row) else {
                return;
            };
            for (at, halves) in cells.iter().enumerate() {
                let column = image.column + at;
                let (scalar, foreground, background) = match halves {
                    _ if column >= glyphs.len() => break,
                    [None, None] => continue,
                    [Some(upper), lower] => ('▀', *upper, lower.unwrap_or_default()),
                    [None, Some(lower)] => ('▄', *lower, Paint::Default),
                };
                let style = Style {
                    foreground,
                    background,
                    flags: 0,
                };
                put(glyphs, column, Glyph::new(scalar, style));
            }
        }
    }

    fn status(&mut self, layers: &Layers) {
        let style = Style {
            flags: flags::INVERSE,
            ..Style::default()
        };
        let (width, height) = self.size();
        let row = height.saturating_sub(1);
        self.text(0, row, &" ".repeat(width), style);
        let mut column = 1;
        for text in layers.status_texts() {
            let text = text.lines().next().unwrap_or_default();
            column = self.text(column, row, text, style) + 3;
        }
    }

    fn notices(&mut self, layers: &Layers) {
        let mut row = 0;
        for notice in layers.notices() {
            let (width, height) = self.size();
            let lines = wrapped(&said(notice), NOTICE.min(width.saturating_sub(4)), LINES);
            let widest = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
            if row + lines.len() > height {
                break;
            }
            let style = Style {
                foreground: match notice.level.as_str() {
                    "error" => Paint::Index(9),
                    "warning" => Paint::Index(11),
                    "success" => Paint::Index(10),
                    _ => Paint::Index(14),
                },
                background: Paint::Index(0),
                flags: flags::BOLD,
            };
            let left = width.saturating_sub(widest + 2);
            for line in lines {
                self.text(left, row, &" ".repeat(widest + 2), style);
                self.text(left + 1, row, &line, style);
                row += 1;
            }
        }
    }

    fn list(&mut self, list: &List) {
        let (width, height) = self.size();
        let widest = list.entries.iter().map(|entry| columns(&entry.label));
        let inner = widest
            .chain([columns(&list.title)])
            .max()
            .unwrap_or(0)
            .min(width.saturating_sub(4));
        let shown = list.entries.len().min(height.saturating_sub(3)).max(1);
        // The chosen one is always among those that are shown.
        let first = (list.at + 1).saturating_sub(shown);
        let left = width.saturating_sub(inner + 4) / 2;
        let top = height.saturating_sub(shown + 2) / 2;
        let plain = Style {
            foreground: Paint::Index(15),
            background: Paint::Index(4),
            flags: 0,
        };
        let chosen = Style {
            flags: flags::INVERSE,
            ..plain
        };
        let bold = Style {
            flags: flags::BOLD,
            ..plain
        };
        let mut line = |row: usize, text: &str, style: Style| {
            self.text(left, row, &" ".repeat(inner + 4), style);
            let fitting = wrapped(text, inner, 1)
                .into_iter()
                .next()
                .unwrap_or_default();
            self.text(left + 2, row, &fitting, style);
        };
        line(top, &list.title, bold);
        for (at, entry) in list.entries.iter().enumerate().skip(first).take(shown) {
            let style = if at == list.at { chosen } else { plain };
            line(top + 1 + at - first, &entry.label, style);
        }
        line(top + 1 + shown, "", plain);
        self.cursor = None;
    }

    fn hints(&mut self, layers: &Layers, typed: &str) {
        let usual = Style {
            foreground: Paint::Index(0),
            background: Paint::Index(11),
            flags: flags::BOLD,
        };
        let style = layers.hint_style.unwrap_or(usual);
        let count = layers.focusables.len();
        for (at, (_, focusable)) in layers.focusables.iter().enumerate() {
            let name = hint(at, count, layers.hint_letters());
            if name.starts_with(typed) {
                self.text(focusable.column, focusable.row, &name, style);
            }
        }
        self.cursor = None;
    }
}

/// A notice as one text.
pub(crate) fn said(notice: &Notice) -> String {
    match notice.title.is_empty() {
        true => notice.body.clone(),
        false => format!("{}: {}", notice.title, notice.body),
    }
}

/// A text in at most so many lines of so many columns.
fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for scalar in text.chars() {
        let wide = columns(scalar.encode_utf8(&mut [0; 4]));
        let full = lines
            .last()
            .is_some_and(|line| columns(line) + wide > width);
        if scalar == '\n' || full {
            if lines.len() >= most {
                break;
            }
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut()
            && !scalar.is_control()
        {
            line.push(scalar);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::layers::Overlay;
    use crate::popup::Choice;

    fn texts(picture: &Picture) -> Vec<String> {
        let text = |row: &Vec<Glyph>| row.iter().map(|glyph| glyph.scalar).collect::<String>();
        picture
            .rows
            .iter()
            .map(|row| text(row).trim_end().to_owned())
            .collect()
    }

    #[test]
    fn layers_lie_above_the_grid() {
        let size = Size::new(30, 8);
        let mut emulator = Emulator::new(size.above_status(true));
        emulator.feed(b"hello world");
        let mut layers = Layers::default();
        let overlay = |column, text: &str| Overlay {
            column,
            row: 0,
            text: text.to_owned(),
            style: Style::parse("red"),
            extent: None,
        };
        layers
            .overlays
            .insert(("p".into(), "a".into()), overlay(6, "THERE"));
        layers
            .overlays
            .insert(("p".into(), "b".into()), overlay(28, "cut off"));
        layers.overlays.insert(
            ("p".into(), "c".into()),
            Overlay {
                row: 999,
                ..overlay(0, "x")
            },
        );
        layers
            .status
            .insert(("p".into(), "s".into()), ("ready".into(), 1));
        let plain = Picture::of(size, &emulator, &layers, None, false);
        assert_eq!(texts(&plain)[0], "hello THERE                 cu");
        assert_eq!(texts(&plain)[7], " ready");
        assert_eq!(plain.rows[0][6].style.foreground, Paint::Index(1));
        let notice = Notice {
            plugin: "p".into(),
            title: "note".into(),
            body: "text".into(),
            level: "error".into(),
        };
        layers.notify(notice, Instant::now());
        let choice = |label: &str| Choice {
            plugin: String::new(),
            id: String::new(),
            label: label.to_owned(),
        };
        let popup = Popup::List(List {
            title: "Choose".into(),
            entries: vec![choice("one"), choice("two")],
            at: 1,
        });
        let all = Picture::of(size, &emulator, &layers, Some(&popup), true);
        assert_eq!(texts(&all)[0].trim_end(), "hello THERE        note: text");
        assert!(texts(&all).iter().any(|row| row.contains("two")));
        assert_eq!(all.cursor, None);
    }

    #[test]
    fn no_size_is_too_small() {
        for (columns, rows) in [(2, 1), (2, 2), (3, 3), (5, 4)] {
            let size = Size::new(columns, rows);
            let emulator = Emulator::new(size);
            let mut layers = Layers::default();
            let notice = Notice {
                plugin: "p".into(),
                title: String::new(),
                body: "a long text that does not fit 漢字".into(),
                level: "info".into(),
            };
            layers.notify(notice, Instant::now());
            layers.status_hooks.push(("p".into(), "status".into()));
            let popup = Popup::List(List {
                title: "A title".into(),
                entries: Vec::new(),
                at: 0,
            });
            let picture = Picture::of(size, &emulator, &layers, Some(&popup), true);
            assert_eq!(picture.size(), (usize::from(columns), usize::from(rows)));
        }
    }
}
