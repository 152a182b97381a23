//! Rhumb programs: from sources to a module, the World that they expect, and how their ends are told.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diag::{Catalogue, Diagnostic, Lang, Message, Severity, fc};
use foxvm::{Engine, Error, Fault, World};
use loader::{Book, Document, Failure, Loader, Project, SourceFailure};
use rhumb::Locale;
use stdlib::{ExitCode, Library};

use crate::advice;
use crate::load::shown;
use crate::report::{Report, exit};
use crate::session::Session;

/// The loader for a program at a path. The Engine has the host functions of `natives`.
pub fn loader(
    engine: &Engine,
    natives: &Library,
    path: &Path,
    settings: loader::Settings,
    report: &mut Report,
) -> Result<Loader, u8> {
    if !path.exists() {
        report.tell(&Diagnostic::error(fc::FILE_NOT_FOUND).arg("path", shown(path)));
        return Err(exit::FILE);
    }
    let project = Project::of(path).map_err(|why| unusable(&why, report))?;
    let settings = loader::Settings {
        base: settings
            .base
            .or_else(|| std::env::var_os("RHUMB_LIB").map(PathBuf::from)),
        ..settings
    };
    Ok(Loader::new(engine, natives.clone(), project, settings))
}

/// Compiles a program of one source; its mistakes are told, and the exit code answered.
pub fn program(
    engine: &Engine,
    natives: &Library,
    path: &Path,
    text: String,
    report: &mut Report,
) -> Result<Document, u8> {
    let settings = loader::Settings::default();
    let loader = loader(engine, natives, path, settings, report)?;
    let book = Book {
        path: path.to_owned(),
        text,
    };
    let result = loader.program(&name_of(path), &[book]);
    warned(&loader, false, report);
    result.map_err(|failure| tell(failure, report))
}

/// The name of a program's module.
pub fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(|| "module".to_owned(), |stem| stem.display().to_string())
}

/// Tells the warnings of what was compiled, as errors if `strict`; how many there were.
pub fn warned(loader: &Loader, strict: bool, report: &mut Report) -> usize {
    let warnings = loader.take_warnings();
    let count = warnings.iter().map(|source| source.errors.len()).sum();
    let severity = strict.then_some(Severity::Error);
    for source in &warnings {
        tell_source(source, severity, report);
    }
    count
}

/// Tells why something was not compiled; the exit code.
pub fn tell(failure: Failure, report: &mut Report) -> u8 {
    match failure {
        Failure::Sources(sources) => {
            for source in &sources {
                tell_source(source, None, report);
            }
            exit::FILE
        }
        Failure::Unusable(why) => unusable(&why, report),
        Failure::Refused(error) => {
            report.tell(&error.diagnostic());
            exit::INTERNAL
        }
    }
}

/// Tells what is wrong with a source, as gravely as it is or as `severity` says.
fn tell_source(source: &SourceFailure, severity: Option<Severity>, report: &mut Report) {
    let file = report.sources.add(source.path.clone(), source.text.clone());
    let full = source.errors.len() >= rhumb::MOST_ERRORS;
    let mut diagnostics = source.diagnostics(file);
    if let (true, Some(last)) = (full, diagnostics.last_mut()) {
        last.notes.push(Message::new("note.more"));
    }
    for mut diagnostic in diagnostics {
        diagnostic.severity = severity.unwrap_or(diagnostic.severity);
        report.tell(&diagnostic);
    }
}

/// Tells that a file cannot be used; the exit code.
pub fn unusable(why: &Diagnostic, report: &mut Report) -> u8 {
    report.tell(why);
    exit::FILE
}

/// Makes a World ready for Rhumb: the World map, and the truth words of the program's locale.
pub fn prepare(
    engine: &Engine,
    world: &mut World,
    locale: Option<Locale>,
    report: &mut Report,
) -> Result<(), u8> {
    let natives = Library::new(stdlib::Settings::new());
    let module = loader::prelude(engine, natives).map_err(|failure| tell(failure, report))?;
    let bound = world
        .bind(&module)
        .and_then(|instance| world.set_world_map(&instance.result().clone()));
    bound.map_err(|error| {
        let Some(fault) = error.fault() else {
            report.tell(&error.diagnostic());
            return crate::report::code_of(&error);
        };
        report.tell(&advice::on_limit(error.diagnostic(), fault, world.limits()));
        if let Some(limit) = limit(fault.fault) {
            report.line(&format!("limit: {limit}"));
        }
        crate::report::code_of(&error)
    })?;
    if let Some(locale) = locale {
        world.set_truth_words(locale.yes, locale.no);
    }
    Ok(())
}

/// Tells how a program failed; the exit code. What no program can see is told as other languages' faults are; what nobody
/// caught is a panic.
pub fn failed(
    session: &Session,
    error: &Error,
    ended: &ExitCode,
    path: &Path,
    report: &mut Report,
) -> u8 {
    session.console.flush();
    let Some(fault) = error.fault() else {
        return session.failed(error, ended, path, report);
    };
    let Some(panic) = &fault.panic else {
        let code = session.failed(error, ended, path, report);
        if let Some(limit) = limit(fault.fault) {
            report.line(&format!("limit: {limit}"));
        }
        return code;
    };
    let told = advice::on_limit(error.diagnostic(), fault, session.world.limits());
    let catalogue = Catalogue::for_lang(report.lang());
    // The message is data of the program, in English if the machine made it. Where the catalogue says all of it, it does so in
    // the language of messages; else its sentence may have a translation.
    let by_program = matches!(fault.fault, Fault::User | Fault::Uncaught);
    let own = matches!(fault.fault, Fault::Module | Fault::Zero) && told.notes.is_empty();
    let message = if by_program || report.lang() == Lang::English {
        diag::escape(&panic.message).to_string()
    } else if own {
        catalogue.message(&told)
    } else {
        let said = Message::new("note.said").arg("text", foxvm::sentence(&panic.message));
        catalogue.detail(&told, &said)
    };
    let mut code = Message::new("panic.code").arg("code", panic.code.to_string());
    if panic.data != "___" {
        code = code.arg("data", panic.data.as_str());
    }
    let mut text = format!("panic: {message}\n");
    let _ = writeln!(text, "  {}", catalogue.detail(&told, &code));
    for help in &told.helps {
        let word = catalogue.word("severity.help");
        let _ = writeln!(text, "  = {word}: {}", catalogue.detail(&told, help));
    }
    text.push_str(&diag::render_trace(&told, catalogue));
    if let Some(limit) = limit(fault.fault) {
        let _ = writeln!(text, "limit: {limit}");
    }
    report.tell_as(&text, &told);
    exit::FAULT
}

/// The limit that a fault is about (docs/specs/rulings.md B48).
pub fn limit(fault: Fault) -> Option<&'static str> {
    Some(match fault {
        Fault::Fuel => "steps",
        Fault::Mem => "heap",
        Fault::Depth => "depth",
        Fault::Deadline => "time",
        Fault::Fibers => "fibers",
        Fault::Output => "output",
        _ => return None,
    })
}
