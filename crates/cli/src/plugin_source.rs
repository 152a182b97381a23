//! `fox plug run` of a Fusabi source: the standard input, line by line, to a plugin in a host as daemons have it.

use std::io::{BufRead, Read};

use diag::{Diagnostic, fc};
use foxvm::{Engine, Limits};
use plugins::{Command, Entry, Host, Level, Report as Told, State};
use stdlib::Settings;

use crate::arguments::PlugRun;
use crate::load::shown;
use crate::plugin_host::tell;
use crate::report::{Report, exit};
use crate::{fusabi, natives, session};

/// The longest line that is handed on whole, in bytes; the rest of a longer one comes as further lines.
const LONGEST_LINE: u64 = 16 << 20;

/// What this host grants without being asked: it carries no wish of a plugin out.
const GRANTED: [&str; 5] = [
    "output-filtering",
    "input-filtering",
    "ui-overlay",
    "terminal-control",
    "command-registration",
];

/// The plugin's name in its host.
const NAME: &str = "plugin";

/// Runs a plugin over the standard input; the exit code.
pub(crate) fn run(arguments: &PlugRun, report: &mut Report) -> Result<u8, u8> {
    let limits = session::limits(&arguments.bounds, Limits::plugin(), report)?;
    let granted = session::grants(&arguments.bounds, &GRANTED, report)?;
    let engine = Engine::new();
    // The standard input is what the plugin is fed with, not the plugin's to read.
    natives::offer(&engine, Settings::new().input(std::io::empty())).map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    let host = Host::builder()
        .engine(engine)
        .compiler_of_files("fsx", fusabi::compiler())
        .compiler_of_files("fs", fusabi::compiler())
        .build();
    let mut host = host.map_err(|failure| {
        tell(failure, report);
        exit::INTERNAL
    })?;
    let mut entry = Entry::new(NAME, &arguments.file);
    entry.grants = granted;
    entry.bounds.memory = limits.memory;
    entry.bounds.fuel = limits.fuel.unwrap_or(u64::MAX);
    entry.bounds.depth = limits.depth;
    if arguments.bounds.timeout.is_some() {
        entry.bounds.deadline = limits.deadline;
    }
    if let Err(failure) = host.load(entry) {
        tell(failure, report);
        return Err(exit::FILE);
    }
    let mut feed = Feed::default();
    feed.take(&mut host, arguments, report);
    let code = feed.run(&mut host, arguments, report);
    host.shut_down();
    feed.take(&mut host, arguments, report);
    let metrics = host.metrics();
    report.field("lines", feed.lines);
    report.field("notify", feed.notify);
    report.field("set_color", feed.set_color);
    report.field("commands", feed.commands);
    report.field("failures", feed.failures);
    if !report.json() {
        let told = format!(
            "lines {}, notify {}, set_color {}, commands {}\n",
            feed.lines, feed.notify, feed.set_color, feed.commands
        );
        feed.print(&told);
    }
    if arguments.bounds.stats {
        report.line(plugins::table(&metrics).trim_end());
    }
    if let Some(cause) = feed.closed {
        report.tell(&Diagnostic::error(fc::OUTPUT_CLOSED).arg("cause", cause));
        return Ok(code.max(exit::FAULT));
    }
    Ok(code)
}

/// What was fed, and what came of it.
#[derive(Default)]
struct Feed {
    lines: u64,
    notify: u64,
    set_color: u64,
    commands: u64,
    failures: u64,
    ended: bool,
    closed: Option<String>,
}

impl Feed {
    fn run(&mut self, host: &mut Host, arguments: &PlugRun, report: &mut Report) -> u8 {
        let mut input = std::io::stdin().lock();
        let mut line = Vec::new();
        while !self.ended {
            line.clear();
            match input
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
            {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    report.tell(
                        &Diagnostic::error(fc::INPUT_UNREADABLE).arg("cause", error.to_string()),
                    );
                    return exit::FILE;
                }
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            self.lines += 1;
            // What the line becomes is for who shows it.
            let _ = host.output(&String::from_utf8_lossy(&line));
            self.take(host, arguments, report);
        }
        if self.ended || self.failures > 0 {
            exit::FAULT
        } else {
            exit::OK
        }
    }

    /// Takes what the plugin wishes for and what its host has to tell.
    fn take(&mut self, host: &mut Host, arguments: &PlugRun, report: &mut Report) {
        for (_, command) in host.take_commands() {
            self.commands += 1;
            match command {
                Command::Notify { title, body, .. } => {
                    self.notify += 1;
                    if arguments.show {
                        let gap = if title.is_empty() { "" } else { ": " };
                        self.print(&format!("{title}{gap}{body}\n"));
                    }
                }
                Command::SetColor(_) => self.set_color += 1,
                _ => {}
            }
        }
        for told in host.take_reports() {
            match told {
                Told::Fault { why, .. } => {
                    self.failures += 1;
                    report.tell(&why);
                }
                Told::State {
                    to: State::Suspended,
                    ..
                } => {
                    let told = Diagnostic::error(fc::PLUGIN_DISABLED)
                        .arg("plugin", shown(&arguments.file))
                        .arg("count", self.failures);
                    report.tell(&told);
                    self.ended = true;
                }
                Told::Warning { what, .. } => report.tell(&what),
                Told::Log { level, text, .. } => {
                    let level = match level {
                        Level::Error => "error",
                        Level::Warn => "warn",
                        Level::Info => "info",
                        Level::Debug => "debug",
                    };
                    report.line(&format!("{level}: {}", diag::escape(&text)));
                }
                _ => {}
            }
        }
    }

    fn print(&mut self, text: &str) {
        let mut out = std::io::stdout().lock();
        let written = std::io::Write::write_all(&mut out, text.as_bytes())
            .and_then(|()| std::io::Write::flush(&mut out));
        if let Err(error) = written {
            self.closed = Some(error.to_string());
            self.ended = true;
        }
    }
}
