//! Fusabi's sources: read, their names and types checked, compiled. `files.rs` finds what they load, `build.rs` is
//! `fox build`, `plugins.rs` the compiler of the plugin host, `failed.rs` tells how programs ended.

mod build;
mod failed;
mod files;
mod plugins;

use std::path::Path;

use diag::{Diagnostic, Sources};
use fusabi::check::{CheckOptions, Checked, codes};
use fusabi::typed::Index;
use fusabi::{CompileOptions, Options};

use crate::arguments::Compat;
use crate::load::{self, shown};
use crate::report::{Report, exit};

pub(crate) use build::build;
pub(crate) use failed::failed;
use files::Files;
pub(crate) use files::Naming;
pub(crate) use plugins::compiler;

/// How sources are read and compiled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct How {
    /// `--compat=fusabi`
    pub compat: Option<Compat>,
    /// Without positions and names of variables, in a file that is kept.
    pub stripped: bool,
    /// With the types and functions that plugin hosts offer.
    pub plugin: bool,
}

impl How {
    /// With a flag's value.
    pub(crate) fn compat(compat: Option<Compat>) -> How {
        How {
            compat,
            ..How::default()
        }
    }

    fn syntax(self) -> Options {
        Options {
            compat: self.compat.is_some(),
            ..Options::default()
        }
    }
}

/// Is this the name of a Fusabi source?
pub(crate) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "fsx" || it == "fs")
}

/// Checks a program and the files that it loads; what is wrong is told.
pub(crate) fn check(path: &Path, how: How, report: &mut Report) -> Result<&'static str, u8> {
    checked(path, how, Naming::Shown, report).map(|_| "ok")
}

/// Compiles a program and the files that it loads to the bytes of a module; what is wrong is told.
pub(crate) fn compile(
    path: &Path,
    how: How,
    naming: Naming,
    report: &mut Report,
) -> Result<Vec<u8>, u8> {
    let checked = checked(path, how, naming, report)?;
    module(path, &checked, how).map_err(|told| {
        report.tell(&told);
        exit::FILE
    })
}

/// Reads and checks a program and the files that it loads; what is wrong is told. It has a program.
fn checked(path: &Path, how: How, naming: Naming, report: &mut Report) -> Result<Checked, u8> {
    let text = load::text(path, report)?;
    let mut files = Files::of(path, naming);
    let checked = if how.plugin {
        plugins::checked(&text, how, &mut files)
    } else {
        let options = CheckOptions {
            syntax: how.syntax(),
            ..CheckOptions::default()
        };
        let name = files.main().to_owned();
        fusabi::check::check(&name, &text, &mut files, &options)
    };
    for told in diagnostics(&checked, &files, &mut report.sources) {
        report.tell(&told);
    }
    match checked.program {
        Some(_) => Ok(checked),
        None => Err(exit::FILE),
    }
}

/// What is wrong with a program, file by file: what cannot be read, then names and types.
fn diagnostics(checked: &Checked, files: &Files, sources: &mut Sources) -> Vec<Diagnostic> {
    let ids: Vec<_> = checked
        .files
        .iter()
        .map(|(name, parsed)| sources.add(files.shown(name), parsed.source.text()))
        .collect();
    let mut told = Vec::new();
    for ((_, parsed), file) in checked.files.iter().zip(&ids) {
        told.extend(parsed.errors.iter().map(|error| error.diagnostic(*file)));
    }
    for problem in &checked.problems {
        if let Some(file) = ids.get(problem.file.index()) {
            told.push(problem.diagnostic(*file));
        }
    }
    told
}

/// The bytes of the module of a program, whose metadata is what its main file's header says.
fn module(path: &Path, checked: &Checked, how: How) -> Result<Vec<u8>, Box<Diagnostic>> {
    let too_large =
        |reason: String| Box::new(Diagnostic::error(codes::MODULE).arg("reason", reason));
    let name = path
        .file_stem()
        .map_or_else(|| "module".to_owned(), |stem| stem.display().to_string());
    let metadata = checked
        .files
        .last()
        .map(|(_, parsed)| fusabi::metadata(parsed))
        .unwrap_or_default();
    let options = CompileOptions {
        name: &name,
        metadata: &metadata,
        stripped: how.stripped,
    };
    let Some(program) = &checked.program else {
        return Err(too_large("no program".to_owned()));
    };
    let tables =
        fusabi::compile(program, &options).map_err(|error| too_large(error.to_string()))?;
    fzb::write::write(&tables).map_err(|error| too_large(error.to_string()))
}

/// Lays a source out; the exit code if it is wrong, which is told.
pub(crate) fn format(path: &Path, text: &str, how: How, report: &mut Report) -> Result<String, u8> {
    let options = how.syntax();
    fusabi::format(text, &options).map_err(|errors| {
        let read = fusabi::parse(text, &options).source.text().to_owned();
        let file = report.sources.add(shown(path), read);
        for error in &errors {
            report.tell(&error.diagnostic(file));
        }
        exit::FILE
    })
}
