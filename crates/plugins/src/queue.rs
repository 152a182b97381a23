//! The bounded list of a plugin's commands (docs/specs/fusabi.md §5.5).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::command::Command;

/// Commands that wait for the daemon.
const WAITING: usize = 256;
/// Overlays that a plugin shows at a time.
const OVERLAYS: usize = 10;
/// Items of the status bar.
const STATUS: usize = 5;
/// Focusables.
const FOCUSABLES: usize = 50;
/// Pictures that a plugin shows (docs/specs/fusabi.md §5.4: those of the image buffer).
const IMAGES: usize = 64;
/// Bytes of them together.
const IMAGE_BYTES: usize = 16 << 20;
/// Commands that a plugin registers.
const COMMANDS: usize = 100;
/// Actions that take the user's attention, in a second.
const ACTIONS: usize = 10;

/// Commands that wait, and what the plugin has on the screen.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Vec<Command>,
    overlays: BTreeSet<String>,
    status: BTreeSet<String>,
    focusables: BTreeSet<String>,
    /// Bytes by name.
    images: BTreeMap<String, usize>,
    commands: BTreeSet<String>,
    actions: usize,
    /// When the present second began.
    second: Instant,
    now: Instant,
    /// Commands that were refused.
    pub refused: u64,
}

/// Why a command does not wait.
pub(crate) const QUOTA: &str = "quota";
/// Why a command does not wait now.
pub(crate) const RATE: &str = "rate";

impl Queue {
    pub fn new(now: Instant) -> Queue {
        Queue {
            waiting: Vec::new(),
            overlays: BTreeSet::new(),
            status: BTreeSet::new(),
            focusables: BTreeSet::new(),
            images: BTreeMap::new(),
            commands: BTreeSet::new(),
            actions: 0,
            second: now,
            now,
            refused: 0,
        }
    }

    /// The time of the event that is under way.
    pub fn at(&mut self, now: Instant) {
        self.now = now;
    }

    /// Puts a command behind the others, or says why not.
    pub fn push(&mut self, command: Command) -> Result<(), &'static str> {
        let result = self.admit(&command);
        match result {
            Ok(()) => self.waiting.push(command),
            Err(_) => self.refused += 1,
        }
        result
    }

    fn admit(&mut self, command: &Command) -> Result<(), &'static str> {
        if self.waiting.len() >= WAITING {
            return Err(QUOTA);
        }
        let one_more = |names: &mut BTreeSet<String>, name: &str, most: usize| {
            if names.len() >= most && !names.contains(name) {
                return Err(QUOTA);
            }
            names.insert(name.to_owned());
            Ok(())
        };
        match command {
            Command::DrawOverlay { id, .. } | Command::SpawnOverlay { id, .. } => {
                one_more(&mut self.overlays, id, OVERLAYS)
            }
            Command::PlaceImage { id, pixels, .. } => self.place_image(id, pixels.len()),
            Command::RemoveImage(id) => {
                self.images.remove(id);
                Ok(())
            }
            Command::RemoveOverlay(id) => {
                self.overlays.remove(id);
                Ok(())
            }
            Command::ClearOverlays => {
                self.overlays.clear();
                Ok(())
            }
            Command::AddStatusItem { label, .. } => one_more(&mut self.status, label, STATUS),
            Command::RemoveStatusItem(label) => {
                self.status.remove(label);
                Ok(())
            }
            Command::RegisterFocusable { label, .. } => {
                one_more(&mut self.focusables, label, FOCUSABLES)
            }
            Command::UnregisterFocusable(label) => {
                self.focusables.remove(label);
                Ok(())
            }
            Command::RegisterCommand { id, .. } => one_more(&mut self.commands, id, COMMANDS),
            Command::ShowModal { .. }
            | Command::ShowCommandPalette
            | Command::PromptJump(_)
            | Command::ApplyTheme(_)
            | Command::EnterHintMode
            | Command::ExitNavMode
            | Command::SetNavStyle(_)
            | Command::SetNavKeymap(_)
            | Command::ThemeUpdate(_) => self.act(),
            Command::Notify { .. }
            | Command::SetColor(_)
            | Command::SetCell { .. }
            | Command::SetPaletteColor { .. } => Ok(()),
        }
    }

    /// One more picture, or another under the same name, if there is room for its bytes.
    fn place_image(&mut self, id: &str, bytes: usize) -> Result<(), &'static str> {
        let before = self.images.get(id).copied();
        let used: usize = self.images.values().sum();
        if before.is_none() && self.images.len() >= IMAGES
            || used - before.unwrap_or(0) + bytes > IMAGE_BYTES
        {
            return Err(QUOTA);
        }
        self.images.insert(id.to_owned(), bytes);
        Ok(())
    }

    /// One more action, if this second has room for it.
    fn act(&mut self) -> Result<(), &'static str> {
        if self.now.saturating_duration_since(self.second) >= Duration::from_secs(1) {
            self.second = self.now;
            self.actions = 0;
        }
        if self.actions >= ACTIONS {
            return Err(RATE);
        }
        self.actions += 1;
        Ok(())
    }

    /// Takes what waits.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(id: usize) -> Command {
        Command::DrawOverlay {
            id: id.to_string(),
            column: 0,
            row: 0,
            text: String::new(),
            style: String::new(),
        }
    }

    #[test]
    fn a_plugin_shows_no_more_than_its_overlays() {
        let mut queue = Queue::new(Instant::now());
        (0..10).for_each(|id| queue.push(overlay(id)).unwrap());
        assert_eq!(queue.push(overlay(10)), Err(QUOTA));
        assert_eq!(queue.push(overlay(3)), Ok(()), "the same again");
        queue.push(Command::RemoveOverlay("3".to_owned())).unwrap();
        assert_eq!(queue.push(overlay(10)), Ok(()));
        assert_eq!(queue.refused, 1);
    }

    #[test]
    fn actions_are_counted_by_the_second() {
        let now = Instant::now();
        let mut queue = Queue::new(now);
        (0..10).for_each(|_| queue.push(Command::EnterHintMode).unwrap());
        assert_eq!(queue.push(Command::EnterHintMode), Err(RATE));
        queue.at(now + Duration::from_millis(1_001));
        assert_eq!(queue.push(Command::EnterHintMode), Ok(()));
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let mut queue = Queue::new(Instant::now());
        let all = (0..300).filter(|_| queue.push(Command::SetColor("Red".to_owned())).is_ok());
        assert_eq!(all.count(), 256);
        assert_eq!(queue.take().len(), 256);
        assert!(queue.push(Command::ClearOverlays).is_ok());
    }

    #[test]
    fn pictures_are_bounded_by_number_and_by_bytes() {
        let image = |id: usize, bytes: usize| Command::PlaceImage {
            id: id.to_string(),
            column: 0,
            row: 0,
            columns: 1,
            rows: 1,
            width: bytes / 4,
            height: 1,
            pixels: vec![0; bytes],
        };
        let mut queue = Queue::new(Instant::now());
        (0..64).for_each(|id| queue.push(image(id, 4)).unwrap());
        assert_eq!(queue.push(image(64, 4)), Err(QUOTA));
        queue.push(Command::RemoveImage("0".to_owned())).unwrap();
        assert_eq!(queue.push(image(64, 16 << 20)), Err(QUOTA));
        assert_eq!(queue.push(image(64, 15 << 20)), Ok(()));
        assert_eq!(queue.push(image(64, 14 << 20)), Ok(()), "in its place");
    }
}
