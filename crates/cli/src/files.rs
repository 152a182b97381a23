//! Verbs that look at files: `asm`, `disasm`, `verify`, `explain`.

use std::io::Write;
use std::path::{Path, PathBuf};

use diag::{Catalogue, Code, Diagnostic, fc};
use foxvm::{Engine, Error};
use fzb::tables::FuncId;
use fzb::view::Checks;
use serde_json::json;

use crate::arguments::{Asm, Disasm, Explain, Verify};
use crate::load::{self, shown};
use crate::report::{Report, exit};

/// Most findings that are told of one file.
const MOST_FINDINGS: usize = 50;

/// `fox asm`.
pub fn asm(arguments: &Asm, report: &mut Report) -> u8 {
    let made = load::text(&arguments.file, report)
        .and_then(|source| load::assembled(&Engine::new(), &arguments.file, source, report));
    let bytes = match made {
        Ok(bytes) => bytes,
        Err(code) => return code,
    };
    let place = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.file.with_extension("fzb"));
    if place == arguments.file {
        report.tell(&crate::usage::because("replaces"));
        return exit::USAGE;
    }
    report.result(json!({ "file": shown(&place), "bytes": bytes.len() }));
    written(&place, &bytes, report)
}

/// `fox disasm`.
pub fn disasm(arguments: &Disasm, report: &mut Report) -> u8 {
    let bytes = match load::read(&arguments.file, report) {
        Ok(bytes) => bytes,
        Err(code) => return code,
    };
    let module = match fzb::Module::check(bytes, Checks::Full) {
        Ok(module) => module,
        Err(error) => {
            load::tell(&error.into(), &arguments.file, report);
            return exit::FILE;
        }
    };
    let text = fzb::text::disassemble(&module.to_tables());
    report.result(json!({ "lines": text.lines().count() }));
    match &arguments.output {
        Some(place) => written(place, text.as_bytes(), report),
        None => {
            let mut out = std::io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                Ok(()) => exit::OK,
                Err(error) => {
                    report.tell(
                        &Diagnostic::error(fc::OUTPUT_CLOSED).arg("cause", error.to_string()),
                    );
                    exit::FAULT
                }
            }
        }
    }
}

/// `fox verify`.
pub fn verify(arguments: &Verify, report: &mut Report) -> u8 {
    let mut code = exit::OK;
    let mut files = Vec::new();
    for path in &arguments.files {
        match verified(path, report) {
            Ok(functions) => {
                files.push(json!({ "file": shown(path), "ok": true, "functions": functions }));
                if !report.json() {
                    // Who reads no answer needs none.
                    let _ = writeln!(
                        std::io::stdout(),
                        "{}: ok ({functions})",
                        diag::escape(&shown(path))
                    );
                }
            }
            Err(worse) => {
                files.push(json!({ "file": shown(path), "ok": false }));
                code = code.max(worse);
            }
        }
    }
    report.result(json!(files));
    code
}

/// Checks one file in full and verifies all its functions; how many there are.
fn verified(path: &Path, report: &mut Report) -> Result<u32, u8> {
    let bytes = load::read(path, report)?;
    let module = fzb::Module::check(bytes, Checks::Full).map_err(|error| {
        load::tell(&Error::from(error), path, report);
        exit::FILE
    })?;
    let mut count = 0;
    for id in 0..module.functions() {
        if let Err(refusal) = fzb::verify::function(&module, FuncId(id)) {
            count += 1;
            if count <= MOST_FINDINGS {
                report.tell(&Error::refused(&module, refusal).diagnostic());
            }
        }
    }
    if count > 0 {
        report.tell(
            &Diagnostic::error(fc::FILE_REFUSED)
                .arg("path", shown(path))
                .arg("count", count),
        );
        return Err(exit::FILE);
    }
    Ok(module.functions())
}

/// `fox explain`.
pub fn explain(arguments: &Explain, report: &mut Report) -> u8 {
    let catalogue = Catalogue::for_lang(report.lang());
    let found = Code::parse(&arguments.code)
        .ok()
        .and_then(|code| Some((code, catalogue.explain(code)?)));
    let Some((code, text)) = found else {
        report.tell(&Diagnostic::error(fc::CODE_UNKNOWN).arg("value", arguments.code.as_str()));
        return exit::USAGE;
    };
    report.result(json!({ "code": code.as_str(), "text": text }));
    if report.json() {
        return exit::OK;
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit::OK,
        Err(_) => exit::FAULT,
    }
}

/// Writes a file beside its place, syncs and renames it.
pub fn written(place: &Path, bytes: &[u8], report: &mut Report) -> u8 {
    let name = place
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let beside: PathBuf = place.with_file_name(format!(".{name}.{}", std::process::id()));
    let result = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, place)
    });
    match result {
        Ok(()) => exit::OK,
        Err(error) => {
            // What is left over is nobody's; removing it is a courtesy.
            let _ = std::fs::remove_file(&beside);
            let told = match error.kind() {
                std::io::ErrorKind::IsADirectory => {
                    Diagnostic::error(fc::FILE_IS_FOLDER).arg("path", shown(place))
                }
                _ => Diagnostic::error(fc::FILE_UNWRITABLE)
                    .arg("path", shown(place))
                    .arg("cause", error.to_string()),
            };
            report.tell(&told);
            exit::FILE
        }
    }
}
