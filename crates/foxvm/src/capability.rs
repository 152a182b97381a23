//! Capabilities: the powers that a host grants by name (docs/design.md §8).

use std::fmt;
use std::str::FromStr;

/// A power that a module may be granted. Some take a part: `env=HOME`, `fs-read=/var/log`, `net-connect=example.org`.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Capability(String);

impl Capability {
    /// The names that exist, in the order of docs/design.md §8.
    pub const NAMES: [&'static str; 15] = [
        "stdin",
        "clock",
        "random",
        "env",
        "fs-read",
        "fs-write",
        "net-connect",
        "net-listen",
        "process",
        "kernel",
        "output-filtering",
        "input-filtering",
        "ui-overlay",
        "terminal-control",
        "command-registration",
    ];
    /// Those of them that may be granted in part.
    pub const WITH_PARTS: [&'static str; 4] = ["env", "fs-read", "fs-write", "net-connect"];
    /// Those that plugins use.
    pub const OF_PLUGINS: [&'static str; 5] = [
        "output-filtering",
        "input-filtering",
        "ui-overlay",
        "terminal-control",
        "command-registration",
    ];

    /// The capability of that name, `NAME` or `NAME=PART`.
    pub fn parse(text: &str) -> Option<Capability> {
        let (name, part) = match text.split_once('=') {
            Some((name, part)) => (name, Some(part)),
            None => (text, None),
        };
        let known = Capability::NAMES.contains(&name);
        let fits = match part {
            None => true,
            Some(part) => !part.is_empty() && Capability::WITH_PARTS.contains(&name),
        };
        (known && fits).then(|| Capability(text.to_owned()))
    }

    /// All of them, whole.
    pub fn all() -> Vec<Capability> {
        Capability::NAMES
            .iter()
            .map(|name| Capability((*name).to_owned()))
            .collect()
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its name without the part.
    pub fn name(&self) -> &str {
        self.0.split('=').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Capability {
    type Err = crate::Error;
    fn from_str(text: &str) -> Result<Capability, crate::Error> {
        Capability::parse(text)
            .ok_or_else(|| crate::ErrorKind::UnknownCapability(text.to_owned()).into())
    }
}
