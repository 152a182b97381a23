//! Test mode (docs/specs/rhumb.md §10.3, docs/rhumb-cli.md): runs files and counts assertions.

use std::io::Write;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, fc};
use foxvm::Error;
use loader::Failure;
use serde_json::json;

use super::Rhi;
use super::expect::{Expectations, ExpectedError};
use super::run::{self, Ground};
use crate::arguments;
use crate::interrupt::Interrupts;
use crate::load::shown;
use crate::report::{Report, exit, paths};
use crate::rhumb as front;

/// Begins of the lines that test mode writes between those of the program.
const OWN_LINES: [&str; 3] = ["PASS: ", "FAIL: ", "INSPECT: "];

/// `fox test`.
pub(crate) fn fox(arguments: &arguments::Test, report: &mut Report) -> u8 {
    let flags = Rhi {
        paths: arguments.paths.clone(),
        bounds: arguments.bounds.clone(),
        test: true,
        ..Rhi::default()
    };
    test(&flags, report)
}

/// Assertions of a file.
#[derive(Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    fn note(&mut self, holds: bool) {
        if holds {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }
}

/// Runs the files that the paths mean; 0 if everything in them passed.
pub(crate) fn test(flags: &Rhi, report: &mut Report) -> u8 {
    let files = match gathered(&flags.paths) {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => {
            report.tell(&paths("no-test"));
            return exit::USAGE;
        }
        Err(why) => return front::unusable(&why, report),
    };
    let mut total = Count::default();
    let mut interrupts = None;
    let mut told = Vec::new();
    let mut code = exit::OK;
    for path in &files {
        let (count, ended) = one(flags, path, &mut interrupts, report);
        total.passed += count.passed;
        total.failed += count.failed;
        told.push(json!({
            "file": shown(path),
            "passed": count.passed,
            "failed": count.failed,
        }));
        if ended == exit::INTERRUPTED {
            code = ended;
            break;
        }
    }
    report.result(json!({
        "passed": total.passed,
        "failed": total.failed,
        "files": told,
    }));
    say(&format!("{} passed, {} failed", total.passed, total.failed));
    match code {
        exit::OK if total.failed > 0 => exit::FAULT,
        code => code,
    }
}

/// The files that paths mean: themselves, and all `.rh` files in folders, by name.
fn gathered(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            let because = |error: std::io::Error| {
                let told = Diagnostic::error(fc::FILE_UNREADABLE).arg("path", shown(&folder));
                Box::new(told.arg("cause", error.to_string()))
            };
            for item in std::fs::read_dir(&folder).map_err(because)? {
                let item = item.map_err(because)?;
                if item.file_name().to_string_lossy().starts_with('.') {
                    continue;
                }
                let kind = item.file_type().map_err(because)?;
                let path = item.path();
                if kind.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rh") {
                    found.push(path);
                }
            }
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// Writes a line to the standard output.
fn say(line: &str) {
    // Who reads no results needs none; the exit code says it all.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs a file: its assertions, and how it ended.
fn one(
    flags: &Rhi,
    path: &Path,
    interrupts: &mut Option<Interrupts>,
    report: &mut Report,
) -> (Count, u8) {
    let base = path.file_name().unwrap_or_default().to_string_lossy();
    say(&format!(
        "Checking assertions in file '{}'...",
        diag::escape(&base)
    ));
    let mut count = Count::default();
    let code = match run_one(flags, path, interrupts, &mut count, report) {
        Ok(code) => code,
        Err(code) => {
            count.failed += 1;
            code
        }
    };
    if count.passed + count.failed == 0 && !flags.silent {
        report.tell(&Diagnostic::warning(fc::NO_ASSERTION).arg("path", shown(path)));
    }
    (count, code)
}

fn run_one(
    flags: &Rhi,
    path: &Path,
    interrupts: &mut Option<Interrupts>,
    count: &mut Count,
    report: &mut Report,
) -> Result<u8, u8> {
    let text = crate::load::text(path, report)?;
    let expected = Expectations::read(&text);
    let ground = Ground::new(flags, path, report)?;
    let books = run::books(path, report)?;
    let compiled = ground.loader.program(&front::name_of(path), &books);
    if let (Some(error), Err(Failure::Sources(_))) = (&expected.error, &compiled) {
        ground.loader.take_warnings();
        let found = compiled
            .err()
            .map_or_else(Vec::new, |failure| codes(&failure));
        note_error(error, &found, "", count);
        return Ok(exit::OK);
    }
    let document = ground.accepted(compiled, flags, report)?;
    let module = ground.module(&document, report)?;
    let mut session = ground.session(flags, Some(document.locale), interrupts, report)?;
    if expected.output.is_some() {
        session.console.keep();
    }
    session.world.set_test_mode(true);
    let result = run::run_module(&mut session.world, &module);
    session.console.flush();
    let ran = session.world.test_count();
    count.passed += ran.passed;
    count.failed += ran.failed;
    let mut code = exit::OK;
    match (&expected.error, result) {
        (None, Ok(_)) => {}
        (Some(expected), Ok(_)) => note_error(expected, &["no error".to_owned()], "", count),
        (Some(expected), Err(error)) => {
            let (codes, message) = ended(&error);
            note_error(expected, &codes, &message, count);
        }
        (None, Err(error)) => {
            code = front::failed(&session, &error, ground.library.ended(), path, report);
            if code != exit::OK {
                count.failed += 1;
            }
        }
    }
    if let Some(expected) = &expected.output {
        let kept = String::from_utf8_lossy(&session.console.kept()).into_owned();
        let written: String = kept
            .split_inclusive('\n')
            .filter(|line| !OWN_LINES.iter().any(|own| line.starts_with(own)))
            .collect();
        note("output", expected, &written, count);
    }
    Ok(session.close(code, report))
}

/// What an error is called, and its message.
fn ended(error: &Error) -> (Vec<String>, String) {
    let mut codes = Vec::new();
    let mut message = String::new();
    if let Some(fault) = error.fault() {
        message.clone_from(&fault.message);
        if let Some(panic) = &fault.panic {
            codes.push(panic.code.to_string());
            message.clone_from(&panic.message);
        }
        if let Some(limit) = front::limit(fault.fault) {
            codes.push(format!("limit:{limit}"));
        }
    }
    codes.push(error.diagnostic().code.as_str().to_owned());
    (codes, message)
}

/// Codes of the mistakes in sources.
fn codes(failure: &Failure) -> Vec<String> {
    let Failure::Sources(sources) = failure else {
        return Vec::new();
    };
    let file = diag::Sources::new().add("", "");
    sources
        .iter()
        .flat_map(|source| source.diagnostics(file))
        .map(|diagnostic| diagnostic.code.as_str().to_owned())
        .collect()
}

fn note_error(expected: &ExpectedError, codes: &[String], message: &str, count: &mut Count) {
    let known = codes.contains(&expected.code);
    match &expected.message {
        Some(wanted) if known => note("error", wanted, message, count),
        _ if known => note("error", &expected.code, &expected.code, count),
        _ => note("error", &expected.code, &codes.join(", "), count),
    }
}

/// Writes the line of an expectation, as those of assertions are.
fn note(name: &str, expected: &str, actual: &str, count: &mut Count) {
    let holds = expected == actual;
    count.note(holds);
    if holds {
        say(&format!("PASS: {} ({name})", one_line(actual)));
    } else {
        say(&format!(
            "FAIL: Expected '{}', got '{}' ({name})",
            one_line(expected),
            one_line(actual)
        ));
    }
}

fn one_line(text: &str) -> String {
    diag::escape(text.trim_end()).replace('\n', "\\n")
}
