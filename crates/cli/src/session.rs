//! What `run` and `plug run` share: an Engine, a World with limits and grants, and the end of a run.

use std::path::Path;

use diag::{Diagnostic, fc};
use foxvm::{Capability, Engine, Error, Fault, Limits, World};
use stdlib::ExitCode;

use crate::amounts;
use crate::arguments::Bounds;
use crate::interrupt::Interrupts;
use crate::load;
use crate::natives::Console;
use crate::report::{Report, code_of, exit, print_counters};

/// Grants that the flags name, or the exit code.
pub fn grants(bounds: &Bounds, given: &[&str], report: &mut Report) -> Result<Vec<Capability>, u8> {
    if bounds.allow_all {
        return Ok(Capability::all());
    }
    let mut granted = Vec::new();
    for name in given
        .iter()
        .copied()
        .chain(bounds.allow.iter().map(String::as_str))
    {
        for name in meant(name) {
            match name.parse::<Capability>() {
                Ok(capability) => granted.push(capability),
                Err(error) => {
                    report.tell(&error.diagnostic());
                    return Err(exit::USAGE);
                }
            }
        }
    }
    Ok(granted)
}

/// The capabilities that a word of `--allow` means: `files` is reading and writing files.
fn meant(word: &str) -> Vec<String> {
    let (name, part) = match word.split_once('=') {
        Some((name, part)) => (name, format!("={part}")),
        None => (word, String::new()),
    };
    match name {
        "files" => vec![format!("fs-read{part}"), format!("fs-write{part}")],
        "files.read" => vec![format!("fs-read{part}")],
        "files.write" => vec![format!("fs-write{part}")],
        _ => vec![word.to_owned()],
    }
}

/// Limits that the flags change, or the exit code.
pub fn limits(bounds: &Bounds, preset: Limits, report: &mut Report) -> Result<Limits, u8> {
    amounts::limits(bounds, preset).map_err(|diagnostic| {
        report.tell(&diagnostic);
        exit::USAGE
    })
}

/// A World that the user can interrupt, with its console.
pub struct Session {
    /// The World.
    pub world: World,
    /// Its output.
    pub console: Console,
    /// Ctrl-C.
    pub interrupts: Interrupts,
    stats: bool,
}

impl Session {
    /// Makes the World.
    pub fn open(
        engine: &Engine,
        limits: Limits,
        granted: &[Capability],
        bounds: &Bounds,
        report: &mut Report,
    ) -> Result<Session, u8> {
        let mut world = engine.world(limits, granted).map_err(|error| {
            report.tell(&error.diagnostic());
            code_of(&error)
        })?;
        let console = Console::connect(&mut world, report.lang());
        let interrupts = Interrupts::watch(world.interrupt_handle()).map_err(|error| {
            let told = Diagnostic::error(fc::HOST_RESOURCES)
                .arg("what", "a thread for signals")
                .arg("cause", error.to_string());
            report.tell(&told);
            exit::FAULT
        })?;
        Ok(Session::with(world, console, interrupts, bounds))
    }

    /// Makes another World whose interrupts are watched already.
    pub fn another(
        engine: &Engine,
        limits: Limits,
        granted: &[Capability],
        bounds: &Bounds,
        interrupts: &Interrupts,
        report: &mut Report,
    ) -> Result<Session, u8> {
        let mut world = engine.world(limits, granted).map_err(|error| {
            report.tell(&error.diagnostic());
            code_of(&error)
        })?;
        let console = Console::connect(&mut world, report.lang());
        interrupts.turn(world.interrupt_handle());
        Ok(Session::with(world, console, interrupts.clone(), bounds))
    }

    fn with(
        mut world: World,
        console: Console,
        interrupts: Interrupts,
        bounds: &Bounds,
    ) -> Session {
        if bounds.trace {
            world.trace(|entered| {
                // Nothing can be told to whom nobody listens.
                let _ = std::io::Write::write_fmt(
                    &mut std::io::stderr(),
                    format_args!(
                        "{:>width$} {}.{}\n",
                        ">",
                        diag::escape(&entered.module),
                        diag::escape(&entered.function),
                        width = depth_width(entered.depth)
                    ),
                );
            });
        }
        Session {
            world,
            console,
            interrupts,
            stats: bounds.stats,
        }
    }

    /// Tells how a run failed; the exit code.
    pub fn failed(&self, error: &Error, ended: &ExitCode, path: &Path, report: &mut Report) -> u8 {
        if let Some(fault) = error.fault()
            && fault.fault == Fault::Cancel
        {
            if let Some(code) = ended.get() {
                return code;
            }
            if self.interrupts.asked() {
                report.tell(&Diagnostic::error(fc::INTERRUPTED).trace(error.diagnostic().trace));
                return exit::INTERRUPTED;
            }
        }
        load::tell_within(error, path, Some(self.world.limits()), report);
        code_of(error)
    }

    /// Writes what is held back and the counters; the exit code, which a closed output makes worse.
    pub fn close(self, code: u8, report: &mut Report) -> u8 {
        let counters = self.world.counters();
        let lost = self.console.finish();
        report.counters(&counters);
        if self.stats {
            print_counters(&counters, self.world.minor_pauses());
        }
        match lost {
            Some(cause) if code == exit::OK => {
                report.tell(&Diagnostic::error(fc::OUTPUT_CLOSED).arg("cause", cause));
                exit::FAULT
            }
            _ => code,
        }
    }
}

/// Traces are indented by call depth, up to a width that terminals show.
fn depth_width(depth: u32) -> usize {
    1 + (depth as usize).min(40)
}
