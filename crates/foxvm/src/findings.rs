//! Errors as diagnostics: which catalogue entry says what, and with which arguments.

use diag::{
    Argument, ArgumentKind, Catalogue, Code, Diagnostic, Frame, Lang, Message, Trace, fc, fv,
};
use fzb::verify::Refusal;
use fzb::{FileError, Part, Phrase, said};
use machine::fault::FaultReport;

use crate::Fault;
use crate::error::ErrorKind;

/// Frames at each end of a long trace; the machine keeps as many (docs/specs/machine.md §7).
const TRACE_END: usize = 64;

pub(crate) fn diagnostic(kind: &ErrorKind) -> Diagnostic {
    match kind {
        ErrorKind::Fault(report) => fault(report),
        ErrorKind::File(error) => file(error),
        ErrorKind::Refused {
            refusal,
            function,
            instruction,
        } => refused(refusal, function, instruction),
        ErrorKind::Text(errors) => {
            let first = errors.first().map_or_else(String::new, ToString::to_string);
            Diagnostic::error(fc::ASSEMBLY).arg("reason", first)
        }
        ErrorKind::Io { path, error } => {
            let path = path.display().to_string();
            match error.kind() {
                std::io::ErrorKind::NotFound => {
                    Diagnostic::error(fc::FILE_NOT_FOUND).arg("path", path)
                }
                std::io::ErrorKind::IsADirectory => {
                    Diagnostic::error(fc::FILE_IS_FOLDER).arg("path", path)
                }
                _ => Diagnostic::error(fc::FILE_UNREADABLE)
                    .arg("path", path)
                    .arg("cause", error.to_string()),
            }
        }
        ErrorKind::ImportUnknown { name } => {
            Diagnostic::error(fv::IMPORT_UNKNOWN).arg("name", name.as_str())
        }
        ErrorKind::ImportDiffers {
            name,
            expected,
            found,
        } => Diagnostic::error(fv::IMPORT_SIGNATURE)
            .arg("name", name.as_str())
            .arg("expected", expected.as_str())
            .arg("found", found.as_str()),
        ErrorKind::ImportDenied { name, capability } => Diagnostic::error(fv::IMPORT_CAPABILITY)
            .arg("name", name.as_str())
            .arg("capability", capability.as_str()),
        ErrorKind::ExportUnknown { name, exports } => {
            let found = Diagnostic::error(fc::EXPORT_UNKNOWN)
                .arg("name", name.as_str())
                .arg("path", "");
            if exports.is_empty() {
                found
            } else {
                found.arg("exports", exports.clone())
            }
        }
        ErrorKind::ExportNotFunction { name, found } => Diagnostic::error(fc::EXPORT_NOT_FUNCTION)
            .arg("name", name.as_str())
            .arg("found", found.as_str()),
        ErrorKind::Signature {
            name,
            expected,
            found,
        } => Diagnostic::error(Code::fault(Fault::Type as u8))
            .arg("name", name.as_str())
            .arg("expected", expected.as_str())
            .arg("found", found.as_str()),
        ErrorKind::Arguments {
            name,
            expected,
            found,
        } => Diagnostic::error(fc::EXPORT_ARGUMENTS)
            .arg("name", name.as_str())
            .arg("expected", *expected)
            .arg("found", *found),
        ErrorKind::Conversion { expected, found } => {
            Diagnostic::error(Code::fault(Fault::Type as u8))
                .arg("expected", expected.as_str())
                .arg("found", found.as_str())
        }
        ErrorKind::Handle(error) => note(
            Diagnostic::error(Code::fault(Fault::State as u8)),
            &error.to_string(),
        ),
        ErrorKind::Foreign(what) => note(
            Diagnostic::error(Code::fault(Fault::State as u8)),
            &format!("the {what} belongs to another World"),
        ),
        ErrorKind::UnknownCapability(name) => Diagnostic::error(fc::ALLOW_VALUE)
            .arg("name", name.as_str())
            .arg("known", &crate::Capability::NAMES[..]),
        ErrorKind::Inline { name, intrinsic } => Diagnostic::error(fv::IMPORT_SIGNATURE)
            .arg("name", name.as_str())
            .arg("expected", "an intrinsic of the same signature")
            .arg("found", intrinsic.as_str()),
        ErrorKind::Resources { what, cause } => Diagnostic::error(fc::HOST_RESOURCES)
            .arg("what", *what)
            .arg("cause", cause.as_str()),
        ErrorKind::Host { fault, message, .. } => {
            let found = Diagnostic::error(Code::fault(*fault as u8));
            match fault {
                Fault::Host => found.arg("function", "").arg("cause", message.as_str()),
                _ => described(found, *fault, message),
            }
        }
    }
}

/// Words of a crate below, for the catalogue of whoever reads them.
fn phrase(words: &Phrase) -> diag::Phrase {
    let parts = words.parts().iter().map(|part| match part {
        Part::Text(text) => Argument::from(text.as_str()),
        Part::Phrase(inner) => Argument::from(phrase(inner)),
    });
    diag::Phrase {
        template: words.template(),
        parts: parts.collect(),
    }
}

/// What the machine or a program said, as a note.
fn note(diagnostic: Diagnostic, text: &str) -> Diagnostic {
    if text.is_empty() {
        diagnostic
    } else {
        diagnostic.note(Message::new("note.said").arg("text", crate::sentences::sentence(text)))
    }
}

fn fault(report: &FaultReport) -> Diagnostic {
    let mut found = described(
        Diagnostic::error(Code::fault(report.fault as u8)),
        report.fault,
        &report.message,
    );
    if let (Fault::Verify, Some(words)) = (report.fault, &report.words) {
        found = found.arg("reason", phrase(words));
    }
    let frames = report.trace.iter().map(|frame| Frame {
        function: frame.function.clone(),
        file: frame
            .file
            .clone()
            .or_else(|| (!frame.module.is_empty()).then(|| frame.module.clone())),
        line: frame.line,
        column: frame.column,
        language: frame.lang.text().into(),
    });
    found.trace(Trace {
        frames: frames.collect(),
        omitted: u64::from(report.omitted),
        omitted_at: TRACE_END,
    })
}

/// The arguments of a fault's entry, taken from the machine's message where it has them; else the message as a note.
fn described(found: Diagnostic, fault: Fault, message: &str) -> Diagnostic {
    match fault {
        Fault::User | Fault::Uncaught => found.arg("text", message),
        Fault::Cap => {
            let function = message
                .split_once(" needs the capability")
                .or_else(|| message.split_once(": "))
                .map(|(function, _)| function);
            match between(message, "capability ", [",", " "]) {
                Some(capability) => found
                    .arg("capability", capability)
                    .arg_if("function", function),
                // A part that was not granted: the message says which, and what grants it.
                None => {
                    let part = between(message, "--allow ", [" ", "\n"]).unwrap_or("?");
                    let found = found.arg("capability", part).arg_if("function", function);
                    note(found, message)
                }
            }
        }
        Fault::Host => {
            let (function, cause) = message
                .split_once(" panicked: ")
                .or_else(|| message.split_once(": "))
                .unwrap_or(("?", message));
            found.arg("function", function).arg("cause", cause)
        }
        Fault::Type => match message
            .rsplit_once("expected ")
            .and_then(|(_, rest)| rest.rsplit_once(", found "))
        {
            Some((expected, kind)) => {
                let found = found.arg("expected", expected).arg("found", kind);
                if message.starts_with("expected ") {
                    found
                } else {
                    note(found, message)
                }
            }
            None => note(found, message),
        },
        Fault::Arity => {
            let parts = message.split_once(" takes ").and_then(|(function, rest)| {
                let (expected, rest) = rest.split_once(" arguments, ")?;
                Some((function, number(expected)?, number(rest)?))
            });
            match parts {
                Some((function, expected, given)) => found
                    .arg("function", function)
                    .arg("expected", expected)
                    .arg("found", given),
                None => note(found, message),
            }
        }
        Fault::Call => match between(message, "a value of kind ", [" ", "\n"]) {
            Some(kind) => found.arg("found", kind),
            None => note(found, message),
        },
        Fault::Module => module_problem(found, message),
        Fault::Verify => found.arg("reason", message),
        Fault::Import => match between(message, "import ", [" ", "\n"])
            .or_else(|| message.rsplit_once("is called ").map(|(_, name)| name))
        {
            Some(name) => found.arg("name", name),
            None => note(found, message),
        },
        Fault::Internal => found.arg("detail", message).help("help.report"),
        Fault::Zero | Fault::Fuel | Fault::Deadline | Fault::Fibers | Fault::Output => found,
        Fault::Depth if message.ends_with("depth limit is reached") => found,
        Fault::Mem if message.contains("limit") && !message.contains("byte") => found,
        _ => note(found, message),
    }
}

/// A module that cannot be used: which, and why as far as the machine's message says it.
fn module_problem(found: Diagnostic, message: &str) -> Diagnostic {
    // Nobody caught it, in Rhumb.
    let message = message.strip_prefix("panic: ").unwrap_or(message);
    if let Some(circle) = message.strip_prefix("circular dependency detected: ") {
        let mut way = circle.split(" -> ");
        let first = way.next().unwrap_or("?");
        let mut chain: Vec<&str> = way.collect();
        // It ends where it began.
        chain.pop();
        let found = found.arg("module", first);
        return match chain.as_slice() {
            [] => found.reason("itself"),
            chain => found.reason("cycle").arg("chain", chain),
        };
    }
    if let Some(name) = between(message, "the module ", [" failed when", "\n"]) {
        return found.reason("failed").arg("module", name);
    }
    match message.rsplit_once("is called ") {
        Some((_, name)) => found.reason("missing").arg("module", name),
        None => note(found.arg("module", quoted(message).unwrap_or("?")), message),
    }
}

fn refused(refusal: &Refusal, function: &str, instruction: &str) -> Diagnostic {
    let code = Code::verifier_rule(refusal.rule).unwrap_or(fv::RULE_DECODE);
    let found = Diagnostic::error(code)
        .arg("function", function)
        .arg("offset", refusal.offset);
    let reason = phrase(&refusal.difference());
    match refusal.rule {
        9 => found
            .arg("instruction", instruction)
            .arg("found", phrase(&refusal.found))
            .arg("expected", phrase(&refusal.expected)),
        7 => found.arg("instruction", instruction).arg("reason", reason),
        _ => found.arg("reason", reason),
    }
}

/// A broken file rule. Its entry declares what its message shows of the place, of what was found and what was expected.
fn file(error: &FileError) -> Diagnostic {
    let code = Code::parse(error.code()).unwrap_or(fv::ARCHIVE_STRUCTURE);
    let mut diagnostic = Diagnostic::error(code);
    let declared = Catalogue::for_lang(Lang::English)
        .entry(code)
        .and_then(|entry| entry.declarations().ok())
        .unwrap_or_default();
    let mut placed = false;
    for declaration in declared {
        let words = match declaration.name {
            "expected" | "limit" | "needed" => &error.expected,
            _ => &error.found,
        };
        let value = match (declaration.name, declaration.kind) {
            ("place" | "name" | "table", _) => {
                placed = true;
                Some(Argument::from(error.place.as_str()))
            }
            (_, ArgumentKind::Integer) => number(&words.to_string()).map(Argument::Integer),
            _ => Some(phrase(words).into()),
        };
        if let Some(value) = value {
            diagnostic.args.set(declaration.name, value);
        }
    }
    if placed || error.found.is_empty() {
        return diagnostic;
    }
    let words = said!("{}: {}", error.place.as_str(), error.difference());
    diagnostic.note(Message::new("note.said").arg("text", phrase(&words)))
}

/// The first whole number in a text, decimal or after `0x`.
fn number(text: &str) -> Option<i128> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let rest = text.get(start..)?;
    if let Some(hex) = rest.strip_prefix("0x") {
        let end = hex
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(hex.len());
        return i128::from_str_radix(hex.get(..end)?, 16).ok();
    }
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let value: i128 = rest.get(..end)?.parse().ok()?;
    Some(
        if text
            .get(..start)
            .is_some_and(|before| before.ends_with('-'))
        {
            -value
        } else {
            value
        },
    )
}

/// What stands in the first quotes of a text.
fn quoted(text: &str) -> Option<&str> {
    let mut parts = text.splitn(3, ['"', '`']);
    parts.next()?;
    let inner = parts.next()?;
    parts.next().map(|_| inner)
}

/// What stands after `before` up to one of `ends`, or to the end.
fn between<'t>(text: &'t str, before: &str, ends: [&str; 2]) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    let end = ends
        .iter()
        .filter_map(|end| rest.find(end))
        .min()
        .unwrap_or(rest.len());
    rest.get(..end).filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_quotes_are_found_in_texts() {
        assert_eq!(number("index 12 of 40"), Some(12));
        assert_eq!(number("-7"), Some(-7));
        assert_eq!(number("flags 0x1F"), Some(31));
        assert_eq!(number("none"), None);
        assert_eq!(quoted("the module \"m\" is"), Some("m"));
        assert_eq!(quoted("no \"end"), None);
        assert_eq!(
            between(
                "f needs the capability clock, which",
                "capability ",
                [",", " "]
            ),
            Some("clock")
        );
    }

    #[test]
    fn what_faults_say_reaches_the_arguments() {
        let text = |fault: Fault, message: &str| {
            let found = described(Diagnostic::error(Code::fault(fault as u8)), fault, message);
            let english = Catalogue::for_lang(Lang::English);
            assert_eq!(english.faults_of(&found), Vec::<String>::new(), "{fault:?}");
            english.message(&found)
        };
        assert_eq!(
            text(Fault::Type, "expected int, found text"),
            "wrong kind of value: expected int, found text"
        );
        assert_eq!(
            text(Fault::Arity, "f takes 2 arguments, 3 were given"),
            "wrong number of arguments for `f`: expected 2, found 3"
        );
        assert_eq!(
            text(Fault::Host, "log: disk full"),
            "the host function `log` failed: disk full"
        );
        assert_eq!(
            text(
                Fault::Cap,
                "now needs the capability clock, which was revoked"
            ),
            "`now` needs the capability `clock`, which was not granted"
        );
        for fault in Fault::ALL {
            text(*fault, "something happened");
            text(*fault, "");
        }
    }
}
