//! From a path to a module, whatever the file is.

use std::io::Read;
use std::path::Path;

use diag::{Diagnostic, Message, Span, fc};
use foxvm::{Engine, Error, ErrorKind, Limits, Module};
use fzb::Rule;
use rhumb::Locale;
use stdlib::Library;

use crate::advice;
use crate::fusabi::{How, Naming};
use crate::report::{Report, code_of, exit};

/// Ends of names and what they mean.
const KNOWN: [&str; 5] = [".fzb", ".fza", ".fox", ".fsx", ".rh"];

/// What stands at the beginning of a module file.
const MAGIC: &[u8] = b"FZB\0";

/// Bytes in which the first word of a module text is looked for, comments before it included.
const TEXT_START: u64 = 64 << 10;

/// Loads a program for an Engine with those host functions; what is wrong is told, and the exit code answered.
pub fn module(
    engine: &Engine,
    natives: &Library,
    path: &Path,
    report: &mut Report,
) -> Result<Module, u8> {
    program(engine, natives, path, How::default(), report).map(|(module, _)| module)
}

/// The same with the locale of its source, where it has one. `how` concerns Fusabi's sources.
pub fn program(
    engine: &Engine,
    natives: &Library,
    path: &Path,
    how: How,
    report: &mut Report,
) -> Result<(Module, Option<Locale>), u8> {
    let mut locale = None;
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let result = match ending.as_str() {
        "fza" => {
            let source = text(path, report)?;
            let bytes = assembled(engine, path, source, report)?;
            engine.load(bytes)
        }
        "fox" => return Err(language(path, "Morph", report)),
        "fsx" | "fs" => {
            let bytes = crate::fusabi::compile(path, how, Naming::Shown, report)?;
            engine.load(bytes)
        }
        "rh" | "rhs" => {
            let source = text(path, report)?;
            let document = crate::rhumb::program(engine, natives, path, source, report)?;
            locale = Some(document.locale);
            engine.load(document.bytes)
        }
        "fzb" => engine.load_file(path),
        _ => {
            let bytes = read(path, report)?;
            if !bytes.starts_with(MAGIC) {
                report.tell(
                    &Diagnostic::error(fc::FILE_KIND)
                        .arg("path", shown(path))
                        .arg("known", &KNOWN[..]),
                );
                return Err(exit::FILE);
            }
            engine.load(bytes)
        }
    };
    match result {
        Ok(module) => Ok((module, locale)),
        Err(error) => {
            tell(&error, path, report);
            Err(code_of(&error))
        }
    }
}

fn language(path: &Path, name: &str, report: &mut Report) -> u8 {
    if !path.exists() {
        report.tell(&Diagnostic::error(fc::FILE_NOT_FOUND).arg("path", shown(path)));
    } else {
        report.tell(
            &Diagnostic::error(fc::LANGUAGE_ABSENT)
                .arg("path", shown(path))
                .arg("language", name),
        );
    }
    exit::FILE
}

/// A path as messages show it.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A file's bytes.
pub fn read(path: &Path, report: &mut Report) -> Result<Vec<u8>, u8> {
    std::fs::read(path).map_err(|error| {
        tell(
            &ErrorKind::Io {
                path: path.to_owned(),
                error,
            }
            .into(),
            path,
            report,
        );
        exit::FILE
    })
}

/// A source file's text.
pub fn text(path: &Path, report: &mut Report) -> Result<String, u8> {
    String::from_utf8(read(path, report)?).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        report.tell(
            &Diagnostic::error(fc::FILE_ENCODING)
                .arg("path", shown(path))
                .arg("offset", offset),
        );
        exit::FILE
    })
}

/// Assembles a module text; every mistake is told with its place.
pub fn assembled(
    engine: &Engine,
    path: &Path,
    source: String,
    report: &mut Report,
) -> Result<Vec<u8>, u8> {
    match engine.assemble(&source) {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            match error.kind() {
                ErrorKind::Text(mistakes) => {
                    let file = report.sources.add(shown(path), source);
                    for mistake in mistakes {
                        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                        let span =
                            Span::new(file, offset(mistake.span.start), offset(mistake.span.end));
                        let told = Diagnostic::error(fc::ASSEMBLY)
                            .arg("reason", mistake.message.as_str())
                            .primary(span, Some(Message::new("label.here")));
                        report.tell(&told);
                    }
                }
                _ => tell(&error, path, report),
            }
            Err(exit::FILE)
        }
    }
}

/// Whether the file that was no module is the text of one.
fn begins_text(path: &Path) -> bool {
    let mut start = Vec::new();
    // What cannot be read again gets no advice.
    std::fs::File::open(path)
        .and_then(|file| file.take(TEXT_START).read_to_end(&mut start))
        .is_ok_and(|_| fzb::text::begins_text(&start))
}

/// Tells an error that concerns a file; grants that are missing are named with their flag.
pub fn tell(error: &Error, path: &Path, report: &mut Report) {
    tell_within(error, path, None, report);
}

/// As [`tell`], for what failed within limits.
pub fn tell_within(error: &Error, path: &Path, limits: Option<&Limits>, report: &mut Report) {
    let mut told = error.diagnostic();
    if let (Some(fault), Some(limits)) = (error.fault(), limits) {
        told = advice::on_limit(told, fault, limits);
    }
    match error.kind() {
        ErrorKind::ImportDenied { capability, .. } => {
            let flag = format!("--allow {capability}");
            told.args.set("flag", flag.as_str());
            let cap = Diagnostic::error(fc::DENIED)
                .arg("capability", capability.as_str())
                .arg("flag", flag.as_str())
                .help("help.allow");
            report.tell(&told);
            report.tell(&cap);
            return;
        }
        ErrorKind::Fault(fault) if fault.fault == foxvm::Fault::Cap => {
            if let Some(diag::Argument::Text(capability)) = told.args.get("capability") {
                let flag = format!("--allow {capability}");
                told.args.set("flag", flag);
                told = told.help("help.allow");
            }
        }
        ErrorKind::ExportUnknown { exports, .. } => {
            told.args.set("path", shown(path));
            if let Some(first) = exports.first() {
                told.args.set("suggestion", first.as_str());
                told = told.help("help.entry");
            }
        }
        ErrorKind::File(_) | ErrorKind::Refused { .. } => {
            if let ErrorKind::File(error) = error.kind()
                && matches!(error.rule, Rule::TooShort | Rule::Magic)
                && begins_text(path)
            {
                told = told.help(Message::new("help.assemble").arg("file", shown(path)));
            }
            report.tell(&told);
            report.tell(
                &Diagnostic::error(fc::FILE_REFUSED)
                    .arg("path", shown(path))
                    .arg("count", 1),
            );
            return;
        }
        _ => {}
    }
    report.tell(&told);
}
