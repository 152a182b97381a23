//! The plugin host of this command; `fox plug check` and `fox plug list`: the plugins that a plugins.toml names.

use std::io::Write;

use foxvm::Engine;
use plugins::{Config, Failure, Host, Report as Told, State};
use serde_json::json;
use stdlib::Settings;

use crate::arguments::PlugFile;
use crate::load::shown;
use crate::natives;
use crate::report::{Report, exit};

/// `fox plug check`: nothing of a plugin runs.
pub fn check(arguments: &PlugFile, report: &mut Report) -> u8 {
    let (config, host) = match prepared(arguments, report) {
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
    let (config, mut host) = match prepared(arguments, report) {
        Ok(prepared) => prepared,
        Err(code) => return code,
    };
    host.load_all(&config);
    let mut code = exit::OK;
    for told in host.take_reports() {
        match told {
            Told::State {
                to: State::Failed,
                why: Some(why),
                ..
            } => {
                report.tell(&why);
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

/// The configuration and a host.
fn prepared(arguments: &PlugFile, report: &mut Report) -> Result<(Config, Host), u8> {
    let config = Config::read(&arguments.file).map_err(|failure| {
        tell(failure, report);
        exit::FILE
    })?;
    let host = host(report)?;
    report.field("file", shown(&arguments.file));
    Ok((config, host))
}

/// Ends of the names of plugins' files.
pub const ENDS: [&str; 2] = ["fzb", "fza"];

/// A host without plugins, with the functions of crate `stdlib` beside those for plugins.
pub fn host(report: &mut Report) -> Result<Host, u8> {
    let engine = Engine::new();
    natives::offer(&engine, Settings::new().input(std::io::empty())).map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    Host::builder().engine(engine).build().map_err(|failure| {
        tell(failure, report);
        exit::INTERNAL
    })
}

/// Tells a failure with the source that it points into.
pub fn tell(failure: Failure, report: &mut Report) {
    report.sources = failure.sources;
    report.tell(&failure.diagnostic);
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
