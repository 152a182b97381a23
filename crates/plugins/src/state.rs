//! The life of a plugin (docs/specs/fusabi.md §6.1).

use std::fmt;

/// Where a plugin stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Named or found; nothing was read.
    Discovered,
    /// Read, checked and verified.
    Loaded,
    /// Its imports and hooks are what the host offers, and granted.
    Linked,
    /// Its entry has run.
    Initialised,
    /// It gets events.
    Running,
    /// Switched off, by somebody or after failing again and again; it keeps its memory.
    Suspended,
    /// `onUnload` has run.
    Stopped,
    /// Its World is gone.
    Unloaded,
    /// It could not be loaded, linked or started.
    Failed,
}

impl State {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            State::Discovered => "discovered",
            State::Loaded => "loaded",
            State::Linked => "linked",
            State::Initialised => "initialised",
            State::Running => "running",
            State::Suspended => "suspended",
            State::Stopped => "stopped",
            State::Unloaded => "unloaded",
            State::Failed => "failed",
        }
    }

    /// May a plugin go from here to there?
    pub const fn leads_to(self, to: State) -> bool {
        use State::*;
        matches!(
            (self, to),
            (Discovered, Loaded)
                | (Loaded, Linked)
                | (Linked, Initialised)
                | (Initialised, Running)
                | (Running, Suspended)
                | (Suspended, Running)
                | (Running | Suspended, Stopped)
                | (Stopped, Unloaded)
                | (Failed | Unloaded, Discovered)
                | (_, Failed)
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
