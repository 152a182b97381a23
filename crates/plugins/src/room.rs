//! What the host functions find of the plugin that calls them: the data of its World.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::grid::Screen;
use crate::queue::Queue;
use crate::report::Level;
use crate::store::Store;

/// Lines of log of one call that are kept.
const LINES: usize = 64;
/// Bytes of a line of log.
const LINE: usize = 1 << 10;

/// What all plugins see of the daemon.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub screen: Screen,
    pub shared: Arc<Mutex<Shared>>,
}

/// Facts that the daemon tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub leader: bool,
    pub theme: String,
}

impl Surroundings {
    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A plugin's own room.
#[derive(Debug)]
pub(crate) struct Room {
    pub surroundings: Surroundings,
    pub queue: Queue,
    /// Kept from version to version, so both Worlds have it while one takes the other's place.
    pub store: Arc<Mutex<Store>>,
    pub settings: Arc<[(String, String)]>,
    log: Vec<(Level, String)>,
}

impl Room {
    pub fn new(
        surroundings: Surroundings,
        store: Arc<Mutex<Store>>,
        settings: Arc<[(String, String)]>,
        now: Instant,
    ) -> Room {
        Room {
            surroundings,
            queue: Queue::new(now),
            store,
            settings,
            log: Vec::new(),
        }
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a line for the host's log, cut to its bound; beyond a number of lines none.
    pub fn log(&mut self, level: Level, text: &str) {
        if self.log.len() < LINES {
            let end = text.floor_char_boundary(text.len().min(LINE));
            let line = text.get(..end).unwrap_or_default().to_owned();
            self.log.push((level, line));
        }
    }

    pub fn take_log(&mut self) -> Vec<(Level, String)> {
        std::mem::take(&mut self.log)
    }
}
