//! `fox build`: a program and all files that it loads in one module.

use diag::{Diagnostic, fc};
use foxvm::Engine;
use serde_json::json;

use super::{How, Naming, compile, is_source};
use crate::arguments::Build;
use crate::load::shown;
use crate::report::{Report, exit};

/// Ends of names of what can be built.
const BUILT: [&str; 2] = [".fsx", ".fs"];

/// Builds a module; the exit code. Nothing is written if anything is wrong.
pub(crate) fn build(arguments: &Build, report: &mut Report) -> u8 {
    match bytes(arguments, report) {
        Ok(bytes) => {
            let place = arguments
                .output
                .clone()
                .unwrap_or_else(|| arguments.file.with_extension("fzb"));
            report.result(json!({ "file": shown(&place), "bytes": bytes.len() }));
            crate::files::written(&place, &bytes, report)
        }
        Err(code) => code,
    }
}

fn bytes(arguments: &Build, report: &mut Report) -> Result<Vec<u8>, u8> {
    let source = &arguments.file;
    if !is_source(source) {
        let told = if source.exists() {
            Diagnostic::error(fc::FILE_KIND).arg("known", &BUILT[..])
        } else {
            Diagnostic::error(fc::FILE_NOT_FOUND)
        };
        report.tell(&told.arg("path", shown(source)));
        return Err(exit::FILE);
    }
    let replaces = arguments.output.as_ref().is_some_and(|place| {
        place == source
            || matches!((place.canonicalize(), source.canonicalize()), (Ok(a), Ok(b)) if a == b)
    });
    if replaces {
        report.tell(&crate::usage::because("replaces"));
        return Err(exit::USAGE);
    }
    let how = How {
        compat: arguments.compat.compat,
        stripped: arguments.stripped,
        plugin: arguments.plugin,
    };
    let bytes = compile(source, how, Naming::Portable, report)?;
    // What this compiler makes is verified like anyone's: a module that would be refused is a bug of this program.
    match Engine::new().load(bytes.clone()) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            report.tell(&error.diagnostic());
            Err(exit::INTERNAL)
        }
    }
}
