//! Fusabi's sources: read, and their names and types checked.

use std::path::{Path, PathBuf};

use diag::Diagnostic;
use fusabi::CompileOptions;
use fusabi::check::{CheckOptions, Loader, codes};
use fusabi::typed::{Index, Program};

use crate::load::{self, shown};
use crate::report::{Report, exit};

/// Is this the name of a Fusabi source?
pub(crate) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "fsx" || it == "fs")
}

/// Checks a program and the files that it loads; what is wrong is told.
pub(crate) fn check(path: &Path, report: &mut Report) -> Result<&'static str, u8> {
    program(path, report).map(|_| "ok")
}

/// Compiles a program and the files that it loads to the bytes of a module; what is wrong is told.
pub(crate) fn compile(path: &Path, report: &mut Report) -> Result<Vec<u8>, u8> {
    let program = program(path, report)?;
    let name = path
        .file_stem()
        .map_or_else(|| "module".to_owned(), |stem| stem.display().to_string());
    let options = CompileOptions {
        name: &name,
        ..CompileOptions::default()
    };
    let too_large = |reason: String, report: &mut Report| {
        report.tell(&Diagnostic::error(codes::MODULE).arg("reason", reason));
        exit::FILE
    };
    let tables = fusabi::compile(&program, &options)
        .map_err(|error| too_large(error.to_string(), report))?;
    fzb::write::write(&tables).map_err(|error| too_large(error.to_string(), report))
}

/// Reads and checks a program and the files that it loads; what is wrong is told.
fn program(path: &Path, report: &mut Report) -> Result<Program, u8> {
    let text = load::text(path, report)?;
    let name = name_of(path).unwrap_or_else(|_| shown(path));
    let checked = fusabi::check::check(&name, &text, &mut Files, &CheckOptions::default());
    let files: Vec<_> = checked
        .files
        .iter()
        .map(|(name, parsed)| report.sources.add(name.to_string(), parsed.source.text()))
        .collect();
    for ((_, parsed), file) in checked.files.iter().zip(&files) {
        for error in &parsed.errors {
            report.tell(&error.diagnostic(*file));
        }
    }
    for problem in &checked.problems {
        if let Some(file) = files.get(problem.file.index()) {
            report.tell(&problem.diagnostic(*file));
        }
    }
    checked.program.ok_or(exit::FILE)
}

/// Lays a source out; the exit code if it is wrong, which is told.
pub(crate) fn format(path: &Path, text: &str, report: &mut Report) -> Result<String, u8> {
    let options = fusabi::Options::default();
    fusabi::format(text, &options).map_err(|errors| {
        let read = fusabi::parse(text, &options).source.text().to_owned();
        let file = report.sources.add(shown(path), read);
        for error in &errors {
            report.tell(&error.diagnostic(file));
        }
        exit::FILE
    })
}

/// Loaded files: paths begin at the file that names them (docs/specs/fusabi.md §1.4).
struct Files;

impl Loader for Files {
    fn load(&mut self, from: &str, path: &str) -> Result<(String, String), String> {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        let path = folder.join(path);
        let name = name_of(&path).map_err(|error| error.to_string())?;
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok((name, text))
    }
}

/// One name for a file however it is written: below the working folder without that, else whole.
fn name_of(path: &Path) -> std::io::Result<String> {
    let whole = path.canonicalize()?;
    let here: PathBuf = std::env::current_dir()?.canonicalize()?;
    Ok(shown(whole.strip_prefix(&here).unwrap_or(&whole)))
}
