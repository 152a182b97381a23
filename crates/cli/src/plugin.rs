//! `fox plug run`: the standard input, line by line, to a plugin's hook.

use std::io::{IsTerminal, Read};

use diag::{Diagnostic, fc};
use foxvm::{Engine, Function, Instance, Lang, Limits};
use indicatif::{ProgressBar, ProgressStyle};
use stdlib::Settings;

use crate::arguments::PlugRun;
use crate::load;
use crate::natives;
use crate::report::{Report, exit};
use crate::session::{self, Session};

/// Names of the hook, in the order in which they are looked for (docs/specs/fusabi.md §6.2).
const HOOKS: [&str; 2] = ["on_output", "onOutput"];
/// What the trial host of this command grants without being asked: its functions do nothing but count.
const GRANTED: [&str; 3] = ["output-filtering", "ui-overlay", "terminal-control"];
/// A plugin that fails so often in a row is switched off (docs/specs/fusabi.md §6.1).
const FAILURES: u64 = 3;
/// Bytes read at once; a longer line makes the buffer grow.
const CHUNK: usize = 256 << 10;
/// The longest line that is handed on whole, in bytes; the rest of a longer one comes as further lines.
const LONGEST_LINE: usize = 16 << 20;

/// Runs a plugin over the standard input; the exit code.
pub fn run(arguments: &PlugRun, report: &mut Report) -> u8 {
    let ran = if crate::fusabi::is_source(&arguments.file) {
        crate::plugin_source::run(arguments, report)
    } else {
        start(arguments, report)
    };
    match ran {
        Ok(code) | Err(code) => code,
    }
}

fn start(arguments: &PlugRun, report: &mut Report) -> Result<u8, u8> {
    let limits = session::limits(
        &arguments.bounds,
        Limits {
            output: None,
            ..Limits::plugin()
        },
        report,
    )?;
    let granted = session::grants(&arguments.bounds, &GRANTED, report)?;
    let engine = Engine::new();
    // The standard input is what the plugin is fed with, not the plugin's to read.
    let settings = Settings::new().input(std::io::empty());
    let offered = natives::offer(&engine, settings)
        .and_then(|library| Ok((library, natives::offer_plugins(&engine, arguments.show)?)));
    let (library, counts) = offered.map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    let module = load::module(&engine, &library, &arguments.file, report)?;
    let mut session = Session::open(&engine, limits, &granted, &arguments.bounds, report)?;
    if module.lang() == Lang::Rhumb {
        crate::rhumb::prepare(&engine, &mut session.world, None, report)?;
    }
    let mut feed = Feed::default();
    let code = match session.world.bind(&module) {
        Ok(instance) => match hook(&instance, arguments, report) {
            Ok(function) => feed.run(&mut session, &function, arguments, library.ended(), report),
            Err(code) => code,
        },
        Err(error) => session.failed(&error, library.ended(), &arguments.file, report),
    };
    if feed.repaired > 0 {
        let told = Diagnostic::warning(fc::INPUT_ENCODING)
            .arg("count", feed.repaired)
            .arg("line", feed.first_repaired);
        report.tell(&told);
    }
    report.field("lines", feed.lines);
    report.field("notify", counts.notify());
    report.field("set_color", counts.set_color());
    report.field("failures", feed.failures);
    if !report.json() {
        let counted = format!(
            "lines {}, notify {}, set_color {}\n",
            feed.lines,
            counts.notify(),
            counts.set_color()
        );
        session.console.print(counted.trim_end());
    }
    Ok(session.close(code, report))
}

/// The plugin's hook.
fn hook(
    instance: &Instance,
    arguments: &PlugRun,
    report: &mut Report,
) -> Result<Function<(&'static str,), ()>, u8> {
    for name in HOOKS {
        match instance.function::<(&str,), ()>(name) {
            Ok(function) => return Ok(function),
            Err(error) if matches!(error.kind(), foxvm::ErrorKind::ExportUnknown { .. }) => {}
            Err(error) => {
                load::tell(&error, &arguments.file, report);
                return Err(exit::FILE);
            }
        }
    }
    report.tell(
        &Diagnostic::error(fc::HOOK_ABSENT)
            .arg("path", load::shown(&arguments.file))
            .arg("hooks", &HOOKS[..]),
    );
    Err(exit::FILE)
}

/// What was fed.
#[derive(Default)]
struct Feed {
    lines: u64,
    failures: u64,
    in_a_row: u64,
    repaired: u64,
    first_repaired: u64,
}

impl Feed {
    fn run(
        &mut self,
        session: &mut Session,
        function: &Function<(&'static str,), ()>,
        arguments: &PlugRun,
        ended: &stdlib::ExitCode,
        report: &mut Report,
    ) -> u8 {
        let bar = progress();
        let mut input = std::io::stdin().lock();
        let mut buffer = vec![0; CHUNK];
        let mut filled = 0;
        let mut total = 0;
        let code = loop {
            session.interrupts.wait(true);
            let read = input.read(buffer.get_mut(filled..).unwrap_or_default());
            session.interrupts.wait(false);
            let read = match read {
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    report.tell(
                        &Diagnostic::error(fc::INPUT_UNREADABLE).arg("cause", error.to_string()),
                    );
                    break exit::FILE;
                }
            };
            filled += read;
            total += read as u64;
            let whole = if read == 0 {
                filled
            } else {
                self.lines_end(&buffer, filled)
            };
            let result = self.feed(
                buffer.get(..whole).unwrap_or_default(),
                session,
                function,
                arguments,
                ended,
                report,
            );
            if let Err(code) = result {
                break code;
            }
            if read == 0 {
                break if self.failures > 0 {
                    exit::FAULT
                } else {
                    exit::OK
                };
            }
            buffer.copy_within(whole..filled, 0);
            filled -= whole;
            if filled == buffer.len() && buffer.len() < LONGEST_LINE {
                buffer.resize(buffer.len() * 2, 0);
            }
            if let Some(bar) = &bar {
                bar.set_position(total);
                bar.set_message(format!("{} lines", self.lines));
            }
        };
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        code
    }

    /// How much of the buffer is whole lines; all of it if it is full and cannot grow.
    fn lines_end(&self, buffer: &[u8], filled: usize) -> usize {
        let held = buffer.get(..filled).unwrap_or_default();
        match memchr::memrchr(b'\n', held) {
            Some(at) => at + 1,
            None if filled >= LONGEST_LINE => filled,
            None => 0,
        }
    }

    /// Hands whole lines to the hook.
    fn feed(
        &mut self,
        bytes: &[u8],
        session: &mut Session,
        function: &Function<(&'static str,), ()>,
        arguments: &PlugRun,
        ended: &stdlib::ExitCode,
        report: &mut Report,
    ) -> Result<(), u8> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (line, after) = match memchr::memchr(b'\n', rest) {
                Some(at) => (
                    rest.get(..at).unwrap_or_default(),
                    rest.get(at + 1..).unwrap_or_default(),
                ),
                None => (rest, &[][..]),
            };
            rest = after;
            self.lines += 1;
            let result = match std::str::from_utf8(line) {
                Ok(line) => function.call(&mut session.world, (line,)),
                Err(_) => {
                    self.repaired += 1;
                    if self.repaired == 1 {
                        self.first_repaired = self.lines;
                    }
                    function.call(&mut session.world, (&String::from_utf8_lossy(line),))
                }
            };
            match result {
                Ok(()) => self.in_a_row = 0,
                Err(error) => self.failed(&error, session, arguments, ended, report)?,
            }
        }
        Ok(())
    }

    /// A call failed: told, and the plugin switched off if it fails again and again. The events go on.
    #[cold]
    fn failed(
        &mut self,
        error: &foxvm::Error,
        session: &Session,
        arguments: &PlugRun,
        ended: &stdlib::ExitCode,
        report: &mut Report,
    ) -> Result<(), u8> {
        let code = session.failed(error, ended, &arguments.file, report);
        if ended.get().is_some() || session.interrupts.asked() {
            return Err(code);
        }
        self.failures += 1;
        self.in_a_row += 1;
        if self.in_a_row < FAILURES {
            return Ok(());
        }
        let told = Diagnostic::error(fc::PLUGIN_DISABLED)
            .arg("plugin", load::shown(&arguments.file))
            .arg("count", self.in_a_row);
        report.tell(&told);
        Err(exit::FAULT)
    }
}

/// A bar where somebody looks at the standard error and the input is no person typing: by bytes if the input's length is
/// known, else a spinner.
fn progress() -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() || std::io::stdin().is_terminal() {
        return None;
    }
    match input_length() {
        Some(length) => {
            let bar = ProgressBar::new(length);
            if let Ok(style) = ProgressStyle::with_template(
                "{bar:40} {percent:>3}% {bytes}/{total_bytes} {msg} {eta}",
            ) {
                bar.set_style(style);
            }
            Some(bar)
        }
        None => Some(ProgressBar::new_spinner()),
    }
}

/// Length of the standard input if it is a regular file.
#[cfg(unix)]
fn input_length() -> Option<u64> {
    use std::os::fd::AsFd;
    let file = std::fs::File::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
    let meta = file.metadata().ok()?;
    (meta.is_file() && meta.len() > 0).then_some(meta.len())
}

#[cfg(not(unix))]
fn input_length() -> Option<u64> {
    None
}
