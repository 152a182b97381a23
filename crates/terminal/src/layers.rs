//! What lies above the grid: notices, overlays, the status bar, what can be activated. All of it belongs to a plugin and goes
//! with it. How much there can be is the host's to bound (docs/plugins.md, "Commands").

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use plugins::Target;

use crate::glyph::{Paint, Style};

/// How long a notice is shown (docs/specs/fusabi.md §6.3).
const SHOWN: Duration = Duration::from_secs(5);
/// Notices that are shown at a time; older ones go.
const AT_A_TIME: usize = 4;
/// Notices that are kept for the end; later ones are counted only.
const KEPT: usize = 1_000;

/// A message to the user.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Notice {
    /// The plugin that it comes from, or that it is about.
    pub plugin: String,
    /// Title; may be empty.
    pub title: String,
    /// Text.
    pub body: String,
    /// `info`, `success`, `warning` or `error`.
    pub level: String,
}

/// A text above the grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Overlay {
    pub column: usize,
    pub row: usize,
    pub text: String,
    pub style: Style,
    /// Columns and rows of the box in which it stands, if it has one.
    pub extent: Option<(usize, usize)>,
}

/// A picture: for each cell the colours of its upper and its lower half, where they are not transparent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Image {
    pub column: usize,
    pub row: usize,
    pub columns: usize,
    /// Row by row.
    pub cells: Vec<[Option<Paint>; 2]>,
}

impl Image {
    /// A picture from pixels of red, green, blue, alpha, cut to as many cells as the largest published grid has. A half of a cell
    /// has the colour of the pixel in its middle.
    pub fn of(place: (usize, usize), cells: (usize, usize), width: usize, pixels: &[u8]) -> Image {
        let height = pixels.len() / 4 / width.max(1);
        let (columns, rows) = (cells.0.min(shm::MAX_COLUMNS), cells.1.min(shm::MAX_ROWS));
        let half = |column: usize, half: usize| {
            let x = (2 * column + 1) * width / (2 * cells.0.max(1));
            let y = (2 * half + 1) * height / (4 * cells.1.max(1));
            match pixels.get((y * width + x) * 4..)? {
                [red, green, blue, alpha, ..] if *alpha >= 128 => {
                    Some(Paint::Rgb(*red, *green, *blue))
                }
                _ => None,
            }
        };
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        Image {
            column: place.0,
            row: place.1,
            columns,
            cells: places
                .map(|(column, row)| [half(column, 2 * row), half(column, 2 * row + 1)])
                .collect(),
        }
    }
}

/// A part of the screen that can be activated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Focusable {
    pub column: usize,
    pub row: usize,
    pub action: Target,
}

/// A plugin, and a name in it.
pub(crate) type Of = (String, String);

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    shown: VecDeque<(Notice, Instant)>,
    /// What was told, from the beginning.
    pub told: Vec<Notice>,
    /// Notices that had no room in `told`.
    pub untold: u64,
    pub overlays: BTreeMap<Of, Overlay>,
    pub images: BTreeMap<Of, Image>,
    /// How hints look, and the letters of which they are made, where plugins said so.
    pub hint_style: Option<Style>,
    pub hint_letters: Option<String>,
    /// Content and priority.
    pub status: BTreeMap<Of, (String, i64)>,
    /// What `onStatusBar` answered, by plugin.
    pub status_hooks: Vec<(String, String)>,
    /// In the order in which they came.
    pub focusables: Vec<(Of, Focusable)>,
    /// Commands that plugins registered: label and description.
    pub commands: BTreeMap<Of, (String, String)>,
}

impl Layers {
    /// Shows a notice for a while.
    pub fn notify(&mut self, notice: Notice, now: Instant) {
        if self.told.len() < KEPT {
            self.told.push(notice.clone());
        } else {
            self.untold += 1;
        }
        self.flash(notice, now);
    }

    /// Shows a notice of the terminal's own, which is told elsewhere.
    pub fn flash(&mut self, notice: Notice, now: Instant) {
        self.shown.push_back((notice, now + SHOWN));
        while self.shown.len() > AT_A_TIME {
            self.shown.pop_front();
        }
    }

    /// The notices that are shown, oldest first.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.shown.iter().map(|(notice, _)| notice)
    }

    /// Takes away what was shown long enough; whether anything was.
    pub fn expire(&mut self, now: Instant) -> bool {
        let before = self.shown.len();
        self.shown.retain(|(_, until)| *until > now);
        self.shown.len() != before
    }

    /// When the next notice goes.
    pub fn next_end(&self) -> Option<Instant> {
        self.shown.iter().map(|(_, until)| *until).min()
    }

    /// Takes away all that a plugin has on the screen.
    pub fn forget(&mut self, plugin: &str) {
        self.overlays.retain(|(owner, _), _| owner != plugin);
        self.images.retain(|(owner, _), _| owner != plugin);
        self.status.retain(|(owner, _), _| owner != plugin);
        self.status_hooks.retain(|(owner, _)| owner != plugin);
        self.focusables.retain(|((owner, _), _)| owner != plugin);
        self.commands.retain(|(owner, _), _| owner != plugin);
    }

    /// Adds or replaces something that can be activated.
    pub fn focusable(&mut self, of: Of, focusable: Focusable) {
        match self.focusables.iter_mut().find(|(known, _)| *known == of) {
            Some((_, place)) => *place = focusable,
            None => self.focusables.push((of, focusable)),
        }
    }

    /// The letters of which hints are made.
    pub fn hint_letters(&self) -> &str {
        self.hint_letters
            .as_deref()
            .unwrap_or("abcdefghijklmnopqrstuvwxyz")
    }

    /// Is there anything for a status bar?
    pub fn has_status(&self) -> bool {
        !self.status.is_empty() || !self.status_hooks.is_empty()
    }

    /// The texts of the status bar: items by priority, greater first, then what the hooks answered.
    pub fn status_texts(&self) -> Vec<&str> {
        let mut items: Vec<_> = self.status.values().collect();
        items.sort_by_key(|(_, priority)| std::cmp::Reverse(*priority));
        let hooks = self.status_hooks.iter().map(|(_, text)| text.as_str());
        items
            .into_iter()
            .map(|(content, _)| content.as_str())
            .chain(hooks)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(body: &str) -> Notice {
        Notice {
            plugin: "p".to_owned(),
            title: String::new(),
            body: body.to_owned(),
            level: "info".to_owned(),
        }
    }

    #[test]
    fn notices_go_after_a_while_and_are_remembered() {
        let mut layers = Layers::default();
        let now = Instant::now();
        (0..6).for_each(|number| layers.notify(notice(&number.to_string()), now));
        let shown: Vec<&str> = layers
            .notices()
            .map(|notice| notice.body.as_str())
            .collect();
        assert_eq!(shown, ["2", "3", "4", "5"]);
        assert!(!layers.expire(now + Duration::from_secs(4)));
        assert!(layers.expire(now + SHOWN));
        assert_eq!((layers.notices().count(), layers.told.len()), (0, 6));
        (0..2_000).for_each(|_| layers.notify(notice("x"), now));
        assert_eq!((layers.told.len(), layers.untold), (1_000, 1_006));
    }

    #[test]
    fn a_picture_has_the_colours_of_its_pixels() {
        // Two pixels above two others; the last one is transparent.
        let pixels = [1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 0];
        let rgb = |number| Some(Paint::Rgb(number, number, number));
        let image = Image::of((0, 0), (2, 1), 2, &pixels);
        assert_eq!(image.cells, [[rgb(1), rgb(3)], [rgb(2), None]]);
        let image = Image::of((0, 0), (999, 999), 2, &pixels);
        assert_eq!(image.cells.len(), shm::MAX_COLUMNS * shm::MAX_ROWS);
        assert_eq!(image.cells[0], [rgb(1), rgb(1)]);
        assert!(Image::of((0, 0), (1, 1), 5, &[]).cells[0] == [None, None]);
    }

    #[test]
    fn a_plugin_takes_what_it_has_with_it() {
        let mut layers = Layers::default();
        for plugin in ["a", "b"] {
            let of = (plugin.to_owned(), "1".to_owned());
            layers.status.insert(of.clone(), (plugin.to_owned(), 1));
            layers.commands.insert(of, (String::new(), String::new()));
        }
        layers
            .status
            .insert(("b".to_owned(), "2".to_owned()), ("first".to_owned(), 9));
        assert_eq!(layers.status_texts(), ["first", "a", "b"]);
        layers.forget("b");
        assert_eq!(layers.status_texts(), ["a"]);
        assert_eq!(layers.commands.len(), 1);
    }
}
