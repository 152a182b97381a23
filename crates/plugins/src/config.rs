//! `plugins.toml`: which plugins, in which order, with which grants and limits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diag::{Diagnostic, Span, fc, fp};
use foxvm::{Capability, Limits};
use serde::Deserialize;

use crate::failure::Failure;
use crate::hook::Hook;
use crate::store::QUOTA;

/// Failures in a row that switch a plugin off if nothing is said.
const FAILURES: u32 = 3;

/// The plugins of a host, in the order of their hooks.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The plugins.
    pub plugins: Vec<Entry>,
}

/// A plugin: where it is and what it may do.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its file: `.fzb`, `.fza`, or what the host was given a compiler for.
    pub path: PathBuf,
    /// Is it loaded?
    pub enabled: bool,
    /// What its user grants.
    pub grants: Vec<Capability>,
    /// Does it run only as it was when it was granted ([`crate::Granted`])?
    pub ask_again: bool,
    /// Its limits.
    pub bounds: Bounds,
    /// Its own settings, as texts (`Config.Get`).
    pub settings: Vec<(String, String)>,
}

/// Limits of a plugin (docs/specs/fusabi.md §5.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Bytes of memory.
    pub memory: usize,
    /// Fuel of one hook.
    pub fuel: u64,
    /// Time of one hook; `None` is each hook's own.
    pub deadline: Option<Duration>,
    /// Calls inside each other.
    pub depth: u32,
    /// Bytes of the data store.
    pub data: usize,
    /// Failures in a row that switch it off; at least 1.
    pub failures: u32,
}

impl Default for Bounds {
    fn default() -> Bounds {
        let limits = Limits::plugin();
        Bounds {
            memory: limits.memory,
            fuel: limits.fuel.unwrap_or(10_000_000),
            deadline: None,
            depth: limits.depth,
            data: QUOTA,
            failures: FAILURES,
        }
    }
}

impl Bounds {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory: self.memory,
            fuel: Some(self.fuel),
            deadline: Some(self.of(Hook::Load)),
            depth: self.depth,
            ..Limits::plugin()
        }
    }

    pub(crate) fn of(&self, hook: Hook) -> Duration {
        self.deadline.unwrap_or(hook.deadline())
    }
}

impl Entry {
    /// A plugin with the default limits and no grant.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Entry {
        Entry {
            name: name.into(),
            path: path.into(),
            enabled: true,
            grants: Vec::new(),
            ask_again: false,
            bounds: Bounds::default(),
            settings: Vec::new(),
        }
    }

    /// With a grant; a name that is no capability changes nothing.
    #[must_use]
    pub fn grant(mut self, capability: &str) -> Entry {
        self.grants.extend(Capability::parse(capability));
        self
    }
}

/// As the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    plugin: Vec<toml::Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    name: String,
    path: PathBuf,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    grants: Vec<toml::Spanned<String>>,
    #[serde(default)]
    ask_again: bool,
    #[serde(default)]
    limits: FileLimits,
    #[serde(default)]
    config: toml::Table,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileLimits {
    memory_mib: Option<u32>,
    fuel: Option<u64>,
    deadline_ms: Option<u32>,
    depth: Option<u32>,
    data_kib: Option<u32>,
    failures: Option<u32>,
}

fn yes() -> bool {
    true
}

impl Config {
    /// Reads a file; paths in it are taken from its folder.
    ///
    /// # Errors
    /// If it cannot be read, or what [`Config::parse`] says.
    pub fn read(path: &Path) -> Result<Config, Failure> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let diagnostic = match error.kind() {
                std::io::ErrorKind::NotFound => Diagnostic::error(fc::FILE_NOT_FOUND),
                _ => Diagnostic::error(fc::FILE_UNREADABLE).arg("cause", error.to_string()),
            };
            Failure::from(diagnostic.arg("path", shown.as_str()))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Config::parse(&text, &shown, folder)
    }

    /// Reads the text of such a file; `shown` names it in messages.
    ///
    /// # Errors
    /// FP01 with the line, FP02 for two plugins of one name, FC18 for what is no capability.
    pub fn parse(text: &str, shown: &str, folder: &Path) -> Result<Config, Failure> {
        let at = |span: Option<std::ops::Range<usize>>, diagnostic: Diagnostic| {
            pointed(text, shown, span, diagnostic)
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let diagnostic = Diagnostic::error(fp::CONFIG)
                .arg("path", shown)
                .arg("detail", error.message());
            at(error.span(), diagnostic)
        })?;
        let mut names = BTreeSet::new();
        let mut plugins = Vec::new();
        for table in file.plugin {
            let span = table.span();
            let table = table.into_inner();
            if !names.insert(table.name.clone()) {
                let diagnostic = Diagnostic::error(fp::DOUBLE).arg("plugin", table.name.as_str());
                return Err(at(Some(span), diagnostic));
            }
            let mut grants = Vec::new();
            for grant in table.grants {
                let Some(capability) = Capability::parse(grant.get_ref()) else {
                    let diagnostic = Diagnostic::error(fc::ALLOW_VALUE)
                        .arg("name", grant.get_ref().as_str())
                        .arg("known", &Capability::NAMES[..]);
                    return Err(at(Some(grant.span()), diagnostic));
                };
                grants.push(capability);
            }
            plugins.push(Entry {
                name: table.name,
                path: folder.join(table.path),
                enabled: table.enabled,
                grants,
                ask_again: table.ask_again,
                bounds: bounds(&table.limits),
                settings: table
                    .config
                    .into_iter()
                    .map(|(key, value)| (key, plain(value)))
                    .collect(),
            });
        }
        Ok(Config { plugins })
    }
}

fn bounds(limits: &FileLimits) -> Bounds {
    let usual = Bounds::default();
    let bytes = |count: Option<u32>, unit: usize, usual: usize| {
        count.map_or(usual, |count| (count as usize).saturating_mul(unit))
    };
    Bounds {
        // The hard cap of docs/specs/fusabi.md §5.5.
        memory: bytes(limits.memory_mib, 1 << 20, usual.memory).clamp(1 << 20, 1 << 30),
        fuel: limits.fuel.unwrap_or(usual.fuel),
        deadline: limits
            .deadline_ms
            .map(|count| Duration::from_millis(u64::from(count.max(1)))),
        depth: limits.depth.unwrap_or(usual.depth),
        data: bytes(limits.data_kib, 1 << 10, usual.data),
        failures: limits.failures.unwrap_or(usual.failures).max(1),
    }
}

/// A setting as a text: texts and dates as they are, the rest as JSON.
fn plain(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        toml::Value::Datetime(date) => date.to_string(),
        other => serde_json::to_string(&other).unwrap_or_default(),
    }
}

/// A failure that points into a text.
pub(crate) fn pointed(
    text: &str,
    shown: &str,
    span: Option<std::ops::Range<usize>>,
    diagnostic: Diagnostic,
) -> Failure {
    let mut failure = Failure::from(diagnostic);
    let Some(span) = span else { return failure };
    let file = failure.sources.add(shown, text);
    let line = failure
        .sources
        .position(file, span.start)
        .map(|place| place.line);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let diagnostic = failure
        .diagnostic
        .arg_if("line", line)
        .primary(Span::new(file, place(span.start), place(span.end)), None);
    failure.diagnostic = Box::new(diagnostic);
    failure
}
