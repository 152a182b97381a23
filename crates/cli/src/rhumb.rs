//! Rhumb sources: from text to a module file, with every mistake told.

use std::path::Path;

use rhumb::compile::{Libraries, NoLibraries, Options, compile};

use crate::load;
use crate::report::{Report, exit};

/// Compiles a source; mistakes are told, and the exit code answered.
pub fn compiled(path: &Path, text: &str, report: &mut Report) -> Result<Vec<u8>, u8> {
    compiled_with(path, text, &NoLibraries, report)
}

/// The same with libraries.
pub fn compiled_with(
    path: &Path,
    text: &str,
    libraries: &(dyn Libraries + Sync),
    report: &mut Report,
) -> Result<Vec<u8>, u8> {
    let parsed = rhumb::parse(text, rhumb::Options::default());
    let shown = load::shown(path);
    let file = report
        .sources
        .add(shown.clone(), parsed.source.text().to_owned());
    for error in &parsed.errors {
        report.tell(&error.diagnostic(file));
    }
    if parsed.has_errors() {
        return Err(exit::FILE);
    }
    let name = path
        .file_stem()
        .map_or_else(|| "module".to_owned(), |stem| stem.display().to_string());
    let options = Options {
        name: &name,
        path: &shown,
        text: parsed.source.text(),
        libraries,
    };
    let tables = compile(&parsed.tree, &options).map_err(|problems| {
        for problem in &problems {
            report.tell(&problem.diagnostic(file));
        }
        exit::FILE
    })?;
    if let Some(to) = std::env::var_os("RH_DUMP") {
        let _ = std::fs::write(to, fzb::write::write(&tables).unwrap_or_default());
    }
    fzb::write::write(&tables).map_err(|error| {
        report.tell(&crate::report::usage(&error.to_string()));
        exit::INTERNAL
    })
}
