//! What plugins want of the daemon (docs/specs/fusabi.md §6.3), and what of it is refused before the daemon sees it.

use std::path::{Component, Path};

use shm::Cell;

/// Coordinates are below this.
const FARTHEST: i64 = 1_000;
/// Bytes of a label.
const LABEL: usize = 256;
/// Bytes of other texts.
const TEXT: usize = 4 << 10;
/// Items of a modal.
const ITEMS: usize = 100;
/// Parts of a theme that one wish changes.
const THEME: usize = 100;
/// Pixels of a side of an image.
pub const IMAGE_SIDE: usize = 4_096;
/// Parts of paths that nothing leads to.
const FORBIDDEN: [&str; 3] = ["/etc/passwd", "/proc/", ".ssh/"];

/// A wish of a plugin. The daemon carries it out between events, if it can.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Command {
    /// Show a message for a while.
    Notify {
        /// Title; may be empty.
        title: String,
        /// Text.
        body: String,
        /// `info`, `success`, `warning` or `error`.
        level: String,
    },
    /// Colour of what is written next, by name or `#rrggbb`.
    SetColor(String),
    /// Show the palette of commands.
    ShowCommandPalette,
    /// Write a cell.
    SetCell {
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// The cell.
        cell: Cell,
    },
    /// Show a text above the grid.
    DrawOverlay {
        /// Name, to remove it.
        id: String,
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// Text.
        text: String,
        /// How it looks, in the daemon's words.
        style: String,
    },
    /// Remove one overlay.
    RemoveOverlay(String),
    /// Remove all overlays of the plugin.
    ClearOverlays,
    /// Let the user choose.
    ShowModal {
        /// Title.
        title: String,
        /// What there is to choose.
        items: Vec<String>,
    },
    /// Show an item in the status bar.
    AddStatusItem {
        /// Name, to remove it.
        label: String,
        /// Text.
        content: String,
        /// Greater ones come first.
        priority: i64,
    },
    /// Remove an item of the status bar.
    RemoveStatusItem(String),
    /// Go to a prompt.
    PromptJump(Direction),
    /// Use a theme.
    ApplyTheme(String),
    /// Change a colour of the palette, `#rrggbb`.
    SetPaletteColor {
        /// 0 to 255.
        index: u8,
        /// `#rrggbb`.
        color: String,
    },
    /// Offer a command to the user.
    RegisterCommand {
        /// Its name, which `onRemoteCommand` gets.
        id: String,
        /// What the user reads.
        label: String,
        /// What it does.
        description: String,
    },
    /// Show hints on what can be activated.
    EnterHintMode,
    /// End hints and navigation.
    ExitNavMode,
    /// Something on the screen that can be activated.
    RegisterFocusable {
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// What the user reads.
        label: String,
        /// What happens.
        action: Target,
    },
    /// Remove what was registered under that label.
    UnregisterFocusable(String),
    /// Show a text in a box of its own above the grid.
    SpawnOverlay {
        /// Name, to remove it ([`Command::RemoveOverlay`]).
        id: String,
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Text.
        text: String,
    },
    /// Use another style of hints, in the daemon's words.
    SetNavStyle(String),
    /// Use another map of keys for navigation, in the daemon's words.
    SetNavKeymap(String),
    /// Change parts of the theme in use: a part's name, in the daemon's words, and `#rrggbb`.
    ThemeUpdate(Vec<(String, String)>),
    /// Show a picture over the cells of a rectangle.
    PlaceImage {
        /// Name, to replace and to remove it.
        id: String,
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// Columns that it covers.
        columns: usize,
        /// Rows that it covers.
        rows: usize,
        /// Pixels in a line, at most [`IMAGE_SIDE`].
        width: usize,
        /// Lines of pixels, at most [`IMAGE_SIDE`].
        height: usize,
        /// `width * height` pixels of four bytes: red, green, blue, alpha.
        pixels: Vec<u8>,
    },
    /// Remove a picture.
    RemoveImage(String),
}

/// Where to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// To the one before.
    Up,
    /// To the one behind.
    Down,
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// What a focusable does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// Opens an address: http, https or file.
    OpenUrl(String),
    /// Opens a file.
    OpenFile(String),
    /// Calls the plugin's `onRemoteCommand` with this.
    Custom(String),
}

/// A coordinate.
pub(crate) fn coordinate(number: i64) -> Result<usize, &'static str> {
    if (0..FARTHEST).contains(&number) {
        Ok(number as usize)
    } else {
        Err("a coordinate is from 0 to 999")
    }
}

/// A width or height.
pub(crate) fn extent(number: i64) -> Result<usize, &'static str> {
    if (1..=FARTHEST).contains(&number) {
        Ok(number as usize)
    } else {
        Err("a size is from 1 to 1000")
    }
}

/// A label or name.
pub(crate) fn label(text: &str) -> Result<String, &'static str> {
    if (1..=LABEL).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err("a label has 1 to 256 bytes")
    }
}

/// Another text.
pub(crate) fn text(text: &str) -> Result<String, &'static str> {
    if text.len() <= TEXT {
        Ok(text.to_owned())
    } else {
        Err("a text has at most 4096 bytes")
    }
}

/// The items of a modal.
pub(crate) fn items(texts: Vec<String>) -> Result<Vec<String>, &'static str> {
    if texts.len() > ITEMS {
        return Err("a modal has at most 100 items");
    }
    texts.iter().try_for_each(|item| label(item).map(drop))?;
    Ok(texts)
}

/// A colour as `#rrggbb`.
pub(crate) fn hex_color(text: &str) -> Result<String, &'static str> {
    let digits = text.strip_prefix('#').unwrap_or("");
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_owned())
    } else {
        Err("a colour is written #rrggbb")
    }
}

/// A box with a text.
pub(crate) fn spawn_overlay(
    id: &str,
    [x, y, width, height]: [i64; 4],
    body: &str,
) -> Result<Command, &'static str> {
    Ok(Command::SpawnOverlay {
        id: label(id)?,
        column: coordinate(x)?,
        row: coordinate(y)?,
        width: extent(width)?,
        height: extent(height)?,
        text: text(body)?,
    })
}

/// Parts of a theme.
pub(crate) fn theme(colors: Vec<(String, String)>) -> Result<Vec<(String, String)>, &'static str> {
    if colors.len() > THEME {
        return Err("a theme has at most 100 parts");
    }
    for (part, color) in &colors {
        label(part)?;
        hex_color(color)?;
    }
    Ok(colors)
}

/// A picture: its place and extent in cells, its size in pixels.
pub(crate) fn image(
    id: &str,
    [x, y, columns, rows]: [i64; 4],
    size: [i64; 2],
    pixels: Vec<u8>,
) -> Result<Command, &'static str> {
    let [Ok(width), Ok(height)] = size.map(usize::try_from) else {
        return Err("a picture has 1 to 4096 pixels a side");
    };
    if !(1..=IMAGE_SIDE).contains(&width) || !(1..=IMAGE_SIDE).contains(&height) {
        return Err("a picture has 1 to 4096 pixels a side");
    }
    if pixels.len() != width * height * 4 {
        return Err("a picture has four bytes for each pixel");
    }
    Ok(Command::PlaceImage {
        id: label(id)?,
        column: coordinate(x)?,
        row: coordinate(y)?,
        columns: extent(columns)?,
        rows: extent(rows)?,
        width,
        height,
        pixels,
    })
}

/// `up`, `down`, `first`, `last`, in any case.
pub(crate) fn direction(text: &str) -> Result<Direction, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "up" => Ok(Direction::Up),
        "down" => Ok(Direction::Down),
        "first" => Ok(Direction::First),
        "last" => Ok(Direction::Last),
        _ => Err("a direction is up, down, first or last"),
    }
}

/// `open-url:…`, `open-file:…` or `custom:…`.
pub(crate) fn target(text: &str) -> Result<Target, &'static str> {
    match text.split_once(':') {
        Some(("open-url", url)) => {
            let scheme = url.split_once(':').map(|(scheme, _)| scheme);
            match scheme {
                Some("http" | "https") => Ok(Target::OpenUrl(label(url)?)),
                Some("file") => {
                    let path = url.strip_prefix("file:").unwrap_or(url);
                    file(path)?;
                    Ok(Target::OpenUrl(label(url)?))
                }
                _ => Err("an address begins with http:, https: or file:"),
            }
        }
        Some(("open-file", path)) => {
            file(path)?;
            Ok(Target::OpenFile(label(path)?))
        }
        Some(("custom", name)) => Ok(Target::Custom(label(name)?)),
        _ => Err("an action is open-url:ADDRESS, open-file:PATH or custom:NAME"),
    }
}

/// A path that leads to nothing that it should not.
fn file(path: &str) -> Result<(), &'static str> {
    // Escapes of addresses would hide what follows from these checks.
    let hidden = path.contains('%') || path.contains('\0') || path.contains('\\');
    let upwards = Path::new(path)
        .components()
        .any(|part| part == Component::ParentDir);
    if hidden || upwards || FORBIDDEN.iter().any(|part| path.contains(part)) {
        Err("such a path may not be opened")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_that_lead_astray_are_refused() {
        for bad in [
            "open-url:javascript:alert(1)",
            "open-url:ftp://x",
            "open-url:file:///etc/passwd",
            "open-url:file:///home/%2e%2e/x",
            "open-file:../x",
            "open-file:/home/me/.ssh/id",
            "open-file:/proc/self/mem",
            "open-file:",
            "custom:",
            "run:ls",
            "",
        ] {
            assert!(target(bad).is_err(), "{bad}");
        }
        assert_eq!(
            target("open-url:https://example.org/a:b"),
            Ok(Target::OpenUrl("https://example.org/a:b".to_owned()))
        );
        assert_eq!(
            target("open-file:src/main.rs"),
            Ok(Target::OpenFile("src/main.rs".to_owned()))
        );
    }

    #[test]
    fn numbers_and_texts_have_their_bounds() {
        assert!(coordinate(999).is_ok() && coordinate(1_000).is_err() && coordinate(-1).is_err());
        assert!(extent(1).is_ok() && extent(0).is_err());
        assert!(label("").is_err() && label(&"x".repeat(256)).is_ok());
        assert!(label(&"x".repeat(257)).is_err());
        assert!(hex_color("#12aBff").is_ok() && hex_color("red").is_err());
        assert!(hex_color("#1é345").is_err());
        assert!(items(vec!["x".to_owned(); 101]).is_err());
    }

    #[test]
    fn pictures_have_four_bytes_for_each_pixel() {
        let of = |size, bytes| image("i", [0, 0, 1, 1], size, vec![0; bytes]);
        assert!(of([2, 3], 24).is_ok());
        assert!(of([2, 3], 23).is_err() && of([0, 3], 0).is_err());
        assert!(of([-1, -1], 4).is_err() && of([4_097, 1], 4 * 4_097).is_err());
    }

    #[test]
    fn themes_are_names_and_colours() {
        let of = |part: &str, color: &str| theme(vec![(part.to_owned(), color.to_owned())]);
        assert!(of("cursor", "#00ff00").is_ok());
        assert!(of("", "#00ff00").is_err() && of("cursor", "green").is_err());
    }
}
