//! Which bytes of which plugins were granted what: kept by name and hash (docs/specs/fusabi.md §6.4).
//!
//! A plugin whose entry says `ask-again` runs only as it was when somebody granted it: with that module and those grants. The
//! store is a file of JSON, one entry per plugin.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use diag::{Diagnostic, fp};
use foxvm::Module;
use serde::{Deserialize, Serialize};

use crate::config::Entry;
use crate::failure::Failure;

/// Digits of a hash that messages show.
const SHOWN: usize = 12;

/// The plugins that were granted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    #[serde(default)]
    plugin: BTreeMap<String, Grant>,
}

/// What was granted to a plugin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    /// Of its module, in hexadecimal digits.
    hash: String,
    /// Its capabilities, sorted.
    capabilities: Vec<String>,
}

impl Granted {
    /// The store that belongs to a configuration: `plugins.toml` has `plugins.granted.json` beside it.
    pub fn beside(config: &Path) -> PathBuf {
        config.with_extension("granted.json")
    }

    /// Reads a store; one that is not there is empty.
    ///
    /// # Errors
    /// FP18.
    pub fn read(path: &Path) -> Result<Granted, Failure> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|error| unusable(path, &error.to_string()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Granted::default()),
            Err(error) => Err(unusable(path, &error.to_string())),
        }
    }

    /// Writes the store: a reader finds the old one or the new one, never a part.
    ///
    /// # Errors
    /// FP18.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| unusable(path, &error.to_string()))?;
        let beside = path.with_extension(format!("json.{}", std::process::id()));
        let written = std::fs::File::create(&beside)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&beside, path));
        written.map_err(|error| {
            // What is left of it is of no use.
            let _ = std::fs::remove_file(&beside);
            unusable(path, &error.to_string())
        })
    }

    /// Adds what stands in another store; of one plugin the first counts.
    pub fn add(&mut self, other: Granted) {
        for (plugin, grant) in other.plugin {
            self.plugin.entry(plugin).or_insert(grant);
        }
    }

    /// Grants a plugin what its entry grants, as its module is now.
    pub fn grant(&mut self, entry: &Entry, module: &Module) {
        self.plugin
            .insert(entry.name.clone(), Grant::of(entry, module));
    }

    /// Takes back what a plugin was granted; was there anything?
    pub fn revoke(&mut self, plugin: &str) -> bool {
        self.plugin.remove(plugin).is_some()
    }

    /// Checks that a plugin is as it was granted, if its entry asks for that.
    pub(crate) fn check(&self, entry: &Entry, module: &Module) -> Result<(), Failure> {
        if !entry.ask_again {
            return Ok(());
        }
        let now = Grant::of(entry, module);
        let then = self.plugin.get(&entry.name);
        let reason = match then {
            Some(then) if *then == now => return Ok(()),
            Some(then) if then.hash == now.hash => "grants",
            Some(_) => "changed",
            None => "new",
        };
        let short = |hash: &str| hash.get(..SHOWN).unwrap_or(hash).to_owned();
        Err(Diagnostic::error(fp::NOT_AS_GRANTED)
            .arg("plugin", entry.name.as_str())
            .reason(reason)
            .arg("now", short(&now.hash))
            .arg_if("then", then.map(|then| short(&then.hash)))
            .help("help.grant")
            .into())
    }
}

impl Grant {
    fn of(entry: &Entry, module: &Module) -> Grant {
        let mut capabilities: Vec<String> = entry.grants.iter().map(ToString::to_string).collect();
        capabilities.sort_unstable();
        capabilities.dedup();
        Grant {
            hash: module.hash().to_string(),
            capabilities,
        }
    }
}

fn unusable(path: &Path, detail: &str) -> Failure {
    Diagnostic::error(fp::GRANTED)
        .arg("path", path.display().to_string())
        .arg("detail", detail)
        .into()
}
