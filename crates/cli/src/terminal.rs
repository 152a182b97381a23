//! `fox term`: a program in a terminal whose plugins see and change what passes.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::terminal::{Front, Options, Outcome, Size};
use diag::{Catalogue, Diagnostic};
use foxvm::Limits;
use plugins::{Config, Entry, Granted, Host};
use serde_json::json;

use crate::arguments::{Bounds, Term};
use crate::plugin_host;
use crate::report::{Report, exit};
use crate::session;
use crate::usage;

/// What stands for none of something.
const NONE: &str = "none";

/// Runs the program; the exit code.
pub fn run(arguments: &Term, report: &mut Report) -> u8 {
    match start(arguments, report) {
        Ok(code) | Err(code) => code,
    }
}

fn start(arguments: &Term, report: &mut Report) -> Result<u8, u8> {
    let options = options(arguments, report)?;
    let host = host(arguments, report)?;
    let outcome = ::terminal::run(host, options).map_err(|error| {
        report.tell(&error.diagnostic());
        error.exit_code()
    })?;
    tell(&outcome.reports, report);
    let text = match arguments.headless {
        true => outcome.text(),
        false => String::new(),
    };
    for line in outcome.log.iter().filter(|_| arguments.headless) {
        report.line(&format!(
            "{}: {}: {}",
            diag::escape(&line.plugin),
            line.level,
            diag::escape(&line.text)
        ));
    }
    report.result(json!(outcome));
    Ok(printed(&text, &outcome, report))
}

/// The screen and the notices, where nobody saw them; the program's exit code unless they cannot be written.
fn printed(text: &str, outcome: &Outcome, report: &Report) -> u8 {
    if report.json() || text.is_empty() {
        return outcome.exit;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => outcome.exit,
        Err(_) => outcome.exit.max(exit::FAULT),
    }
}

/// Tells what happened to plugins: each sentence once, since a plugin may fail at every line.
fn tell(reports: &[Diagnostic], report: &mut Report) {
    let catalogue = Catalogue::for_lang(report.lang());
    let mut told = BTreeSet::new();
    for diagnostic in reports {
        if told.insert(catalogue.message(diagnostic)) {
            report.tell(diagnostic);
        }
    }
}

fn options(arguments: &Term, report: &mut Report) -> Result<Options, u8> {
    let words = match arguments.program.as_slice() {
        [] => vec![std::env::var_os("SHELL").unwrap_or_else(|| "/bin/sh".into())],
        words => words.to_vec(),
    };
    let mut options = Options::new(words);
    options.lang = report.lang();
    options.theme.clone_from(&arguments.theme);
    options.opener.clone_from(&arguments.opener);
    if arguments.headless {
        options.front = Front::Headless;
    }
    if let Some(name) = arguments.leader.as_deref().filter(|name| *name != NONE) {
        let key = ::terminal::key(name).ok_or_else(|| wrong("--leader", name, "ctrl-g", report))?;
        options.leader = Some(key);
    }
    options.size = size(arguments);
    options.timeout = timeout(arguments, report)?;
    let set = || std::env::var(shm::NAME_VARIABLE).ok();
    let shared = arguments.shared.clone().or_else(set);
    let shared = shared.unwrap_or_else(|| shm::DEFAULT_NAME.to_owned());
    options.shared = (shared != NONE).then_some(shared);
    Ok(options)
}

/// The size that the flags name; what they leave out is usual.
fn size(arguments: &Term) -> Option<Size> {
    let usual = |given: Option<u16>, usual: usize| {
        given.unwrap_or_else(|| u16::try_from(usual).unwrap_or(u16::MAX))
    };
    (arguments.columns.is_some() || arguments.rows.is_some()).then(|| {
        Size::new(
            usual(arguments.columns, Size::USUAL.columns()),
            usual(arguments.rows, Size::USUAL.rows()),
        )
    })
}

fn timeout(arguments: &Term, report: &mut Report) -> Result<Option<Duration>, u8> {
    if arguments.timeout.is_none() {
        return Ok(None);
    }
    let bounds = Bounds {
        timeout: arguments.timeout.clone(),
        ..Bounds::default()
    };
    session::limits(&bounds, Limits::plugin(), report).map(|limits| limits.deadline)
}

fn wrong(option: &str, value: &str, suggestion: &str, report: &mut Report) -> u8 {
    let told = usage::because("value")
        .arg("option", option)
        .arg("value", value)
        .arg("suggestion", suggestion);
    report.tell(&told);
    exit::USAGE
}

/// A host with the plugins that the flags name. One that cannot be loaded is told, and the others go on.
fn host(arguments: &Term, report: &mut Report) -> Result<Host, u8> {
    let bounds = Bounds {
        allow: arguments.allow.clone(),
        ..Bounds::default()
    };
    let grants = session::grants(&bounds, &[], report)?;
    let mut entries = Vec::new();
    let mut granted = Granted::default();
    let mut configured = |file: &Path, report: &mut Report| match Config::read(file) {
        Ok(config) => {
            entries.extend(config.plugins);
            granted.add(plugin_host::granted(file, report)?);
            Ok(())
        }
        Err(failure) => {
            plugin_host::tell(failure, report);
            Err(exit::FILE)
        }
    };
    for file in &arguments.config {
        configured(file, report)?;
    }
    let mut folders: Vec<PathBuf> = arguments.plugins.clone();
    for folder in &folders {
        if let Err(error) = std::fs::read_dir(folder) {
            let shown = folder.display().to_string();
            let told = match error.kind() {
                std::io::ErrorKind::NotFound => Diagnostic::error(diag::fc::FILE_NOT_FOUND),
                _ => Diagnostic::error(diag::fc::FILE_UNREADABLE).arg("cause", error.to_string()),
            };
            report.tell(&told.arg("path", shown));
            return Err(exit::FILE);
        }
    }
    if folders.is_empty() && arguments.config.is_empty() && !arguments.no_plugins {
        folders = plugins::default_folders(|name| std::env::var_os(name));
    }
    let mut found = Vec::new();
    for folder in folders {
        let file = folder.join("plugins.toml");
        match file.is_file() {
            true => configured(&file, report)?,
            false => found.push(folder),
        }
    }
    let found = plugins::discover(&found, &plugin_host::ENDS);
    entries.extend(found.into_iter().map(|entry| Entry {
        grants: grants.clone(),
        ..entry
    }));
    let mut host = plugin_host::host(granted, report)?;
    for entry in entries {
        let name = entry.name.clone();
        let again = host.state(&name).is_some();
        // Of one name the first counts; other failures are told by the session.
        if let (Err(failure), true) = (host.load(entry), again) {
            report.tell(&failure.diagnostic);
        }
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser;

    use super::*;
    use crate::arguments::{Cli, Verb};

    fn parsed(words: &[&str]) -> Term {
        match Cli::try_parse_from(["fox", "term"].iter().chain(words))
            .unwrap()
            .verb
        {
            Verb::Term(term) => term,
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn what_stands_behind_two_dashes_is_the_programs() {
        let term = parsed(&["--rows", "10", "--", "ls", "--rows", "-l"]);
        assert_eq!(term.program, ["ls", "--rows", "-l"].map(OsString::from));
        assert_eq!(size(&term), Some(Size::new(80, 10)));
        assert_eq!(size(&parsed(&[])), None);
    }
}
