//! What the plugin host compiles Fusabi's sources with.

use std::path::{Path, PathBuf};

use diag::{Diagnostic, Severity, Sources, fc};
use foxvm::{Engine, Error, ErrorKind};
use fusabi::check::{CheckOptions, Checked, HostSignature};
use plugins::Failure;

use super::{Files, How, Naming, diagnostics, module};
use crate::load::shown;

/// Compiles a plugin's source for [`plugins::Builder::compiler_of_files`]: it sees the host's types and functions.
pub(crate) fn compiler()
-> impl Fn(&Engine, &Path, &mut Vec<PathBuf>) -> Result<Vec<u8>, Failure> + Send + Sync + 'static {
    |_, path, loaded| {
        let bytes = std::fs::read(path).map_err(|error| {
            let path = path.to_owned();
            Failure::from(Error::from(ErrorKind::Io { path, error }))
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            Diagnostic::error(fc::FILE_ENCODING)
                .arg("path", shown(path))
                .arg("offset", error.utf8_error().valid_up_to())
        })?;
        let mut files = Files::of(path, Naming::Portable);
        let checked = checked(&text, How::default(), &mut files);
        loaded.extend(files.loaded().map(Path::to_owned));
        if checked.program.is_none() {
            let mut sources = Sources::new();
            // What keeps it from running comes before what is merely told.
            let mut told = diagnostics(&checked, &files, &mut sources);
            told.sort_by_key(|told| told.severity != Severity::Error);
            if let Some(failure) = Failure::of(told, sources) {
                return Err(failure);
            }
        }
        module(path, &checked, How::default()).map_err(|told| Failure::from(*told))
    }
}

/// Checks a plugin: the host's types and functions are in scope.
pub(super) fn checked(text: &str, how: How, files: &mut Files) -> Checked {
    let types = plugins::api::types_text();
    let host: Vec<HostSignature<'_>> = plugins::api::declarations()
        .into_iter()
        .map(|declared| HostSignature {
            name: declared.name,
            signature: declared.signature,
        })
        .collect();
    let options = CheckOptions {
        syntax: how.syntax(),
        host_types: &types,
        host: &host,
    };
    let name = files.main().to_owned();
    fusabi::check::check(&name, text, files, &options)
}
