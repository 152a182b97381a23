//! The plugin host of this command; `fox plug check`, `fox plug list` and `fox plug grant`: the plugins that a plugins.toml names.

use std::io::Write;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, fp};
use foxvm::{Capability, Engine};
use plugins::{Config, Entry, Failure, Granted, Host, Report as Told};
use serde_json::json;
use stdlib::Settings;

use crate::arguments::{PlugFile, PlugGrant};
use crate::load::shown;
use crate::report::{Report, exit};
use crate::{fusabi, natives};

/// `fox plug check`: nothing of a plugin runs.
pub fn check(arguments: &PlugFile, report: &mut Report) -> u8 {
    let prepared = match prepared(&arguments.file, true, report) {
        Ok(prepared) => prepared,
        Err(code) => return code,
    };
    let mut code = exit::OK;
    let mut found = Vec::new();
    let mut text = String::new();
    for entry in &prepared.config.plugins {
        match prepared.host.check(entry) {
            Ok(checked) => {
                let hooks: Vec<&str> = checked.hooks.iter().map(|hook| hook.name()).collect();
                // What was supposed is nothing to tell.
                let powers: Vec<String> = match prepared.supposed {
                    true => Vec::new(),
                    false => checked.powers.iter().map(ToString::to_string).collect(),
                };
                let [hooked, granted] = [hooks.join(", "), powers.join(", ")].map(|list| {
                    if list.is_empty() {
                        "-".to_owned()
                    } else {
                        list
                    }
                });
                let name = diag::escape(&entry.name);
                text.push_str(&format!("{name}: ok, hooks: {hooked}, grants: {granted}\n"));
                found.push(json!({
                    "plugin": entry.name,
                    "ok": true,
                    "enabled": entry.enabled,
                    "version": checked.version,
                    "hooks": hooks,
                    "powers": powers,
                }));
            }
            Err(failure) => {
                tell(failure, report);
                found.push(json!({
                    "plugin": entry.name,
                    "ok": false,
                    "enabled": entry.enabled,
                }));
                code = exit::FILE;
            }
        }
    }
    report.result(json!(found));
    printed(&text, code, report)
}

/// `fox plug list`: loads the plugins, and ends them again.
pub fn list(arguments: &PlugFile, report: &mut Report) -> u8 {
    let (config, mut host) = match prepared(&arguments.file, false, report) {
        Ok(prepared) => (prepared.config, prepared.host),
        Err(code) => return code,
    };
    host.load_all(&config);
    let mut code = exit::OK;
    for told in host.take_reports() {
        match told {
            // The change of state says no more.
            Told::Refused { failure, .. } => {
                tell(failure, report);
                code = exit::FILE;
            }
            Told::Fault { why, .. } | Told::Warning { what: why, .. } => report.tell(&why),
            _ => {}
        }
    }
    let metrics = host.metrics();
    let mut text = plugins::table(&metrics);
    for plugin in metrics.iter().filter(|plugin| !plugin.powers.is_empty()) {
        text.push_str(&format!(
            "{}: grants {}\n",
            diag::escape(&plugin.plugin),
            plugin.powers.join(", ")
        ));
    }
    host.shut_down();
    report.result(json!(metrics));
    printed(&text, code, report)
}

/// `fox plug grant`: nothing of the plugin runs.
pub fn grant(arguments: &PlugGrant, report: &mut Report) -> u8 {
    let (config, mut host, file) = match prepared(&arguments.file, false, report) {
        Ok(prepared) => (prepared.config, prepared.host, prepared.file),
        Err(code) => return code,
    };
    let named = |entry: &&Entry| entry.name == arguments.plugin;
    let Some(entry) = config.plugins.iter().find(named) else {
        report.tell(&Diagnostic::error(fp::UNKNOWN).arg("plugin", arguments.plugin.as_str()));
        return exit::USAGE;
    };
    let store = Granted::beside(&file);
    let granted = host
        .grant(entry)
        .and_then(|checked| host.granted().write(&store).map(|()| checked));
    match granted {
        Ok(checked) => {
            let powers: Vec<String> = checked.powers.iter().map(ToString::to_string).collect();
            let shown = match powers.join(", ") {
                none if none.is_empty() => "nothing".to_owned(),
                powers => powers,
            };
            let text = format!("{}: granted {shown}\n", diag::escape(&entry.name));
            report.result(json!({ "plugin": entry.name, "powers": powers }));
            printed(&text, exit::OK, report)
        }
        Err(failure) => {
            tell(failure, report);
            exit::FILE
        }
    }
}

/// Ends of the names of plugins' files.
pub const ENDS: [&str; 4] = ["fzb", "fza", "fsx", "fs"];

/// The configuration that a path means, and the file where its grants are kept beside: the file itself, that of a folder, or
/// plugins without one. Those have no grants; with `all` each has all, and who says so is told.
fn configuration(path: &Path, all: bool) -> Result<(Config, PathBuf, bool), Failure> {
    let inside = path.join("plugins.toml");
    if path.is_dir() && inside.exists() {
        return Ok((Config::read(&inside)?, inside, false));
    }
    let mut plugins = if path.is_dir() {
        plugins::discover(&[path.to_owned()], &ENDS)
    } else {
        let end = path.extension().and_then(|end| end.to_str());
        if !end.is_some_and(|end| ENDS.contains(&end)) {
            return Ok((Config::read(path)?, path.to_owned(), false));
        }
        let name = path.file_stem().map(|stem| stem.to_string_lossy());
        vec![Entry::new(name.unwrap_or_default(), path)]
    };
    if all {
        for plugin in &mut plugins {
            plugin.grants = Capability::all();
        }
    }
    let beside = if path.is_dir() {
        inside
    } else {
        path.with_file_name("plugins.toml")
    };
    Ok((Config { plugins }, beside, all))
}

/// A host and what it is to load.
struct Prepared {
    config: Config,
    /// With the functions of crate `stdlib` beside those for plugins.
    host: Host,
    /// Beside which its grants are kept.
    file: PathBuf,
    /// Are the grants nobody's, but supposed for a check?
    supposed: bool,
}

/// The configuration that a path means, and a host.
fn prepared(path: &Path, all: bool, report: &mut Report) -> Result<Prepared, u8> {
    let (config, file, supposed) = configuration(path, all).map_err(|failure| {
        tell(failure, report);
        exit::FILE
    })?;
    let granted = granted(&file, report)?;
    let host = host(granted, report)?;
    report.field("file", shown(path));
    Ok(Prepared {
        config,
        host,
        file,
        supposed,
    })
}

/// What was granted to the plugins of a plugins.toml.
pub fn granted(file: &Path, report: &mut Report) -> Result<Granted, u8> {
    Granted::read(&Granted::beside(file)).map_err(|failure| {
        tell(failure, report);
        exit::FILE
    })
}

/// A host without plugins, with the functions of crate `stdlib` beside those for plugins.
pub fn host(granted: Granted, report: &mut Report) -> Result<Host, u8> {
    let engine = Engine::new();
    natives::offer(&engine, Settings::new().input(std::io::empty())).map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    let builder = Host::builder()
        .engine(engine)
        .granted(granted)
        .compiler_of_files("fsx", fusabi::compiler())
        .compiler_of_files("fs", fusabi::compiler());
    builder.build().map_err(|failure| {
        tell(failure, report);
        exit::INTERNAL
    })
}

/// Tells a failure with the source that it points into.
pub fn tell(failure: Failure, report: &mut Report) {
    let diagnostics: Vec<Diagnostic> = failure.diagnostics().cloned().collect();
    report.sources = failure.sources;
    for diagnostic in &diagnostics {
        report.tell(diagnostic);
    }
}

fn printed(text: &str, code: u8, report: &Report) -> u8 {
    if report.json() {
        return code;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => code,
        Err(_) => code.max(exit::FAULT),
    }
}
