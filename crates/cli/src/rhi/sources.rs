//! What is done with sources without running them: checking and laying out.

use std::io::Write;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, fc};
use loader::Book;
use serde_json::json;

use super::Rhi;
use super::run::Ground;
use crate::fusabi::How;
use crate::load::{self, shown};
use crate::report::{Report, exit, paths};
use crate::{fusabi, rhumb as front};

/// `fox check`: reads and compiles each source, as if it were a program of its own; of Fusabi's, names and types are checked.
pub(crate) fn check(flags: &Rhi, files: &[PathBuf], how: How, report: &mut Report) -> u8 {
    each(files, report, |path, report| {
        if fusabi::is_source(path) {
            return fusabi::check(path, how, report);
        }
        let ground = Ground::new(flags, path, report)?;
        let text = load::text(path, report)?;
        let book = Book {
            path: path.to_owned(),
            text,
        };
        let compiled = ground.loader.program(&front::name_of(path), &[book]);
        let document = ground.accepted(compiled, flags, report)?;
        ground.module(&document, report)?;
        Ok("ok")
    })
}

/// `fox fmt`: lays each source out in place, or says which are not.
pub(crate) fn format(files: &[PathBuf], check: bool, how: How, report: &mut Report) -> u8 {
    each(files, report, |path, report| {
        let text = load::text(path, report)?;
        let formatted = laid_out(path, &text, how, report)?;
        if formatted == text {
            return Ok("unchanged");
        }
        if check {
            let told = Diagnostic::error(fc::NOT_LAID_OUT).arg("path", shown(path));
            report.tell(&told);
            return Err(exit::FAULT);
        }
        match crate::files::written(path, formatted.as_bytes(), report) {
            exit::OK => Ok("formatted"),
            code => Err(code),
        }
    })
}

/// The text of a source as its language's formatter lays it out; the exit code if it is wrong, which is told.
fn laid_out(path: &Path, text: &str, how: How, report: &mut Report) -> Result<String, u8> {
    if fusabi::is_source(path) {
        return fusabi::format(path, text, how, report);
    }
    let options = rhumb::Options::default();
    rhumb::format(text, options).map_err(|errors| {
        let read = rhumb::parse(text, options).source.text().to_owned();
        let file = report.sources.add(shown(path), read);
        for error in &errors {
            report.tell(&error.diagnostic(file));
        }
        exit::FILE
    })
}

fn each(
    files: &[PathBuf],
    report: &mut Report,
    mut work: impl FnMut(&Path, &mut Report) -> Result<&'static str, u8>,
) -> u8 {
    if files.is_empty() {
        report.tell(&paths("none"));
        return exit::USAGE;
    }
    let mut worst = exit::OK;
    let mut told = Vec::new();
    for path in files {
        match work(path, report) {
            Ok(what) => {
                told.push(json!({ "file": shown(path), "ok": true, "is": what }));
                if !report.json() {
                    // Who reads no answer needs none.
                    let _ = writeln!(std::io::stdout(), "{}: {what}", diag::escape(&shown(path)));
                }
            }
            Err(code) => {
                told.push(json!({ "file": shown(path), "ok": false }));
                worst = worst.max(code);
            }
        }
    }
    report.result(json!(told));
    worst
}
