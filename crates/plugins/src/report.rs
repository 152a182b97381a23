//! What a host has to tell: its daemon takes the reports between events.

use diag::Diagnostic;

use crate::failure::Failure;
use crate::hook::Hook;
use crate::state::State;

/// How grave a line of a plugin's log is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something may fail.
    Warn,
    /// Worth knowing.
    Info,
    /// For who looks for a mistake.
    Debug,
}

impl Level {
    /// The level of that name, in any case; info for others.
    pub fn parse(name: &str) -> Level {
        match name.to_ascii_lowercase().as_str() {
            "error" => Level::Error,
            "warn" | "warning" => Level::Warn,
            "debug" => Level::Debug,
            _ => Level::Info,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Report {
    /// A plugin is in another state.
    State {
        /// The plugin.
        plugin: String,
        /// Where it stood.
        from: State,
        /// Where it stands.
        to: State,
        /// Why, if it failed or was switched off.
        why: Option<Box<Diagnostic>>,
    },
    /// A hook failed; the event went on without it.
    Fault {
        /// The plugin.
        plugin: String,
        /// The hook.
        hook: Hook,
        /// Why.
        why: Box<Diagnostic>,
    },
    /// A new version took the place of the old one.
    Reloaded {
        /// The plugin.
        plugin: String,
    },
    /// A new version was not taken; the old one goes on.
    Kept {
        /// The plugin.
        plugin: String,
        /// Why.
        why: Box<Diagnostic>,
    },
    /// A plugin, or a new version of it, cannot be taken: all that is wrong, with the sources that it points into. The change of
    /// state or [`Report::Kept`] comes next.
    Refused {
        /// The plugin.
        plugin: String,
        /// What is wrong.
        failure: Failure,
    },
    /// A plugin has something that its user should know.
    Warning {
        /// The plugin.
        plugin: String,
        /// What.
        what: Box<Diagnostic>,
    },
    /// A plugin logged a line.
    Log {
        /// The plugin.
        plugin: String,
        /// How grave.
        level: Level,
        /// The line.
        text: String,
    },
    /// So many reports were dropped because nobody took them.
    Dropped(u64),
}
