//! `fox plug check`, `fox plug list` and `fox plug grant`: the plugins that a plugins.toml names.

use std::io::Write;
use std::path::Path;

use diag::{Diagnostic, fp};
use foxvm::Engine;
use plugins::{Config, Failure, Granted, Host, Report as Told};
use serde_json::json;
use stdlib::Settings;

use crate::arguments::{PlugFile, PlugGrant};
use crate::load::shown;
use crate::natives;
use crate::report::{Report, exit};

/// `fox plug check`: nothing of a plugin runs.
pub fn check(arguments: &PlugFile, report: &mut Report) -> u8 {
    let (config, host) = match prepared(&arguments.file, report) {
        Ok(prepared) => prepared,
        Err(code) => return code,
    };
    let mut code = exit::OK;
    let mut found = Vec::new();
    let mut text = String::new();
    for entry in &config.plugins {
        match host.check(entry) {
            Ok(checked) => {
                let hooks: Vec<&str> = checked.hooks.iter().map(|hook| hook.name()).collect();
                let powers: Vec<String> = checked.powers.iter().map(ToString::to_string).collect();
                let listed = [hooks.join(", "), powers.join(", ")].map(|list| {
                    if list.is_empty() {
                        "-".to_owned()
                    } else {
                        list
                    }
                });
                text.push_str(&format!(
                    "{}: ok, hooks: {}, grants: {}\n",
                    diag::escape(&entry.name),
                    listed[0],
                    listed[1]
                ));
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
    let (config, mut host) = match prepared(&arguments.file, report) {
        Ok(prepared) => prepared,
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
    let (config, mut host) = match prepared(&arguments.file, report) {
        Ok(prepared) => prepared,
        Err(code) => return code,
    };
    let named = |entry: &&plugins::Entry| entry.name == arguments.plugin;
    let Some(entry) = config.plugins.iter().find(named) else {
        report.tell(&Diagnostic::error(fp::UNKNOWN).arg("plugin", arguments.plugin.as_str()));
        return exit::USAGE;
    };
    let store = Granted::beside(&arguments.file);
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

/// The configuration, and a host with the functions of crate `stdlib` beside those for plugins.
fn prepared(file: &Path, report: &mut Report) -> Result<(Config, Host), u8> {
    let config = Config::read(file).map_err(|failure| {
        tell(failure, report);
        exit::FILE
    })?;
    let engine = Engine::new();
    natives::offer(&engine, Settings::new().input(std::io::empty())).map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    let granted = Granted::read(&Granted::beside(file)).map_err(|failure| {
        tell(failure, report);
        exit::FILE
    })?;
    let builder = Host::builder().engine(engine).granted(granted);
    let host = builder.build().map_err(|failure| {
        tell(failure, report);
        exit::INTERNAL
    })?;
    report.field("file", shown(file));
    Ok((config, host))
}

/// Tells a failure with the source that it points into.
fn tell(failure: Failure, report: &mut Report) {
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
