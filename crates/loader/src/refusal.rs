//! Why something cannot be used, as data: codes and arguments of the catalogue (`rhumb.cat`), never sentences.

use std::io::{Error, ErrorKind};
use std::path::Path;

use diag::{Argument, Diagnostic};
use rhumb::diagnostics::codes;

/// What is to be told, without a place in a source.
pub type Refusal = Box<Diagnostic>;

/// A file or folder cannot be used; `reason` is a field `reason.…` of the entry.
pub(crate) fn path(path: &Path, reason: &'static str) -> Refusal {
    named(&path.display().to_string(), reason)
}

/// The same for a path as a program wrote it.
pub(crate) fn named(path: &str, reason: &'static str) -> Refusal {
    let told = Diagnostic::error(codes::PATH_UNUSABLE).reason(reason);
    Box::new(told.arg("path", path))
}

/// The system refused.
pub(crate) fn io(at: &Path, error: &Error) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound => path(at, "absent"),
        ErrorKind::PermissionDenied => path(at, "denied"),
        _ => {
            let told = path(at, "system");
            Box::new(told.arg("cause", error.to_string()))
        }
    }
}

/// Nothing answers to a literal.
pub(crate) fn library(reason: &'static str) -> Diagnostic {
    Diagnostic::error(codes::LIBRARY_NOT_FOUND).reason(reason)
}

/// A library is there, but cannot be used.
pub(crate) fn unusable(reason: &'static str) -> Diagnostic {
    Diagnostic::error(codes::LIBRARY_UNUSABLE).reason(reason)
}

/// No version of a library fits.
pub(crate) fn version(reason: &'static str) -> Diagnostic {
    Diagnostic::error(codes::NO_VERSION).reason(reason)
}

/// A line of a catalog is not understood.
pub(crate) fn catalog(line: usize, reason: &'static str) -> Diagnostic {
    let told = Diagnostic::error(codes::CATALOG).reason(reason);
    told.arg("line", line)
}

/// What a refusal is in a trace: its code and reason.
pub(crate) fn traced(refusal: &Diagnostic) -> String {
    match refusal.args.get("reason") {
        Some(Argument::Key(key)) => format!("{} {key}", refusal.code.as_str()),
        _ => refusal.code.as_str().to_owned(),
    }
}
