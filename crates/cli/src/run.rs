//! `fox run`.

use std::path::Path;

use diag::{Diagnostic, fc};
use foxvm::{Engine, ExportItem, Instance, Lang, Limits, Type, Value, World};
use serde_json::json;
use stdlib::Settings;

use crate::arguments::Run;
use crate::fusabi::How;
use crate::load;
use crate::natives;
use crate::report::{Report, code_of, exit};
use crate::session::{self, Session};

/// Runs a program; the exit code.
pub fn run(arguments: &Run, report: &mut Report) -> u8 {
    match start(arguments, report) {
        Ok(code) | Err(code) => code,
    }
}

fn start(arguments: &Run, report: &mut Report) -> Result<u8, u8> {
    let limits = session::limits(&arguments.bounds, Limits::program(), report)?;
    let granted = session::grants(&arguments.bounds, &[], report)?;
    let engine = Engine::new();
    let settings = Settings::new().arguments(arguments.arguments.clone());
    let library = natives::offer(&engine, settings).map_err(|error| {
        report.tell(&error.diagnostic());
        exit::INTERNAL
    })?;
    let how = How::compat(arguments.compat.compat);
    let (module, locale) = load::program(&engine, &library, &arguments.file, how, report)?;
    if arguments.entry.is_none() {
        if !module.has_entry() {
            let exports: Vec<String> = module
                .exports()
                .into_iter()
                .map(|export| export.name)
                .collect();
            let mut told =
                Diagnostic::error(fc::NOTHING_TO_DO).arg("path", load::shown(&arguments.file));
            if let Some(first) = exports.first().cloned() {
                told = told
                    .arg("suggestion", first)
                    .arg("exports", exports)
                    .help("help.entry");
            }
            report.tell(&told);
            return Err(exit::USAGE);
        }
        if let Some(word) = arguments.arguments.first() {
            report.tell(&crate::usage::because("entry").arg("value", word.as_str()));
            return Err(exit::USAGE);
        }
    }
    let mut session = Session::open(&engine, limits, &granted, &arguments.bounds, report)?;
    if module.lang() == Lang::Rhumb {
        crate::rhumb::prepare(&engine, &mut session.world, locale, report)?;
    }
    let result = session.world.bind(&module);
    let result = match (result, &arguments.entry) {
        (Ok(instance), None) => Ok(instance.result().clone()),
        (Ok(instance), Some(name)) => match words(
            &mut session.world,
            &instance,
            name,
            &arguments.arguments,
            report,
        ) {
            Ok(values) => instance.call(&mut session.world, name, &values),
            Err(code) => return Err(session.close(code, report)),
        },
        (Err(error), _) => Err(error),
    };
    // What a program leaves ready or waiting goes on when its main part has ended (docs/specs/rhumb.md §5.4, fusabi.md §1.12).
    let result = match result {
        Ok(value) => session.world.conclude().map(|()| value),
        failed => failed,
    };
    let code = match result {
        Ok(value) => {
            // Fusabi's other implementation always prints the value (docs/specs/fusabi.md §1.14).
            let print = arguments.show_result
                || arguments.compat.compat.is_some() && module.lang() == Lang::Fusabi;
            shown(&mut session, &value, module.lang(), print, report)
        }
        Err(error) if module.lang() == Lang::Fusabi => {
            crate::fusabi::failed(&session, &error, library.ended(), &arguments.file, report)
        }
        Err(error) if module.lang() == Lang::Rhumb => {
            crate::rhumb::failed(&session, &error, library.ended(), &arguments.file, report)
        }
        Err(error) => session.failed(&error, library.ended(), &arguments.file, report),
    };
    Ok(session.close(code, report))
}

/// Shows the result where that was asked for.
fn shown(session: &mut Session, value: &Value, lang: Lang, print: bool, report: &mut Report) -> u8 {
    let world = &mut session.world;
    if report.json() {
        let result = json_of(world, value, lang);
        report.result(result);
    }
    if !print {
        return exit::OK;
    }
    match display(world, value, lang) {
        Ok(text) => {
            session.console.print(&text);
            exit::OK
        }
        Err(error) => {
            report.tell(&error.diagnostic());
            code_of(&error)
        }
    }
}

/// A value as its program's language shows it: Fusabi's own display form, else the machine's.
fn display(world: &mut World, value: &Value, lang: Lang) -> Result<String, foxvm::Error> {
    match lang {
        Lang::Fusabi => world.display_as(lang, value, false),
        _ => world.display(value),
    }
}

/// A value in the object: itself where JSON has its like, else its display.
fn json_of(world: &mut World, value: &Value, lang: Lang) -> serde_json::Value {
    let shown = |world: &mut World| json!(display(world, value, lang).unwrap_or_default());
    match value.kind_name() {
        "empty" => serde_json::Value::Null,
        "int" => json!(value.as_int()),
        "bool" => world
            .read::<bool>(value)
            .map_or(serde_json::Value::Null, |truth| json!(truth)),
        "float" => match world.read::<f64>(value) {
            Ok(number) if number.is_finite() => json!(number),
            _ => shown(world),
        },
        _ => shown(world),
    }
}

/// The words of the command line as the function's parameters want them.
fn words(
    world: &mut World,
    instance: &Instance,
    name: &str,
    words: &[String],
    report: &mut Report,
) -> Result<Vec<Value>, u8> {
    let exports = instance.module().exports();
    let Some(found) = exports.iter().find(|export| export.name == name) else {
        let names = exports.iter().map(|export| export.name.clone()).collect();
        let unknown = foxvm::ErrorKind::ExportUnknown {
            name: name.to_owned(),
            exports: names,
        }
        .into();
        load::tell(&unknown, Path::new(instance.module().name()), report);
        return Err(exit::USAGE);
    };
    let ExportItem::Function(signature) = &found.item else {
        report.tell(
            &Diagnostic::error(fc::EXPORT_NOT_FUNCTION)
                .arg("name", name)
                .arg("found", "static"),
        );
        return Err(exit::USAGE);
    };
    if words.len() != signature.params.len() {
        let told = Diagnostic::error(fc::EXPORT_ARGUMENTS)
            .arg("name", name)
            .arg("expected", signature.params.len())
            .arg("found", words.len());
        report.tell(&told);
        return Err(exit::USAGE);
    }
    let mut values = Vec::new();
    for (word, ty) in words.iter().zip(&signature.params) {
        match word_value(world, word, *ty) {
            Ok(Some(value)) => values.push(value),
            Ok(None) => {
                report.tell(
                    &Diagnostic::error(fc::ARGUMENT_VALUE)
                        .arg("value", word.as_str())
                        .arg("type", ty.to_string()),
                );
                return Err(exit::USAGE);
            }
            Err(error) => {
                report.tell(&error.diagnostic());
                return Err(code_of(&error));
            }
        }
    }
    Ok(values)
}

/// A word as a value of a type; `None` if it has no meaning in it.
fn word_value(world: &mut World, word: &str, ty: Type) -> Result<Option<Value>, foxvm::Error> {
    Ok(match ty {
        Type::Int | Type::Sized(1..=7) => word.parse::<i64>().ok().map(Value::int),
        Type::Float | Type::Sized(_) => word.parse::<f64>().ok().map(Value::float),
        Type::Bool => word.parse::<bool>().ok().map(Value::bool),
        Type::Char => {
            let mut scalars = word.chars();
            match (scalars.next(), scalars.next()) {
                (Some(scalar), None) => Some(world.value(scalar)?),
                _ => None,
            }
        }
        Type::Text => Some(world.value(word)?),
        Type::Bytes => Some(world.value(word.as_bytes())?),
        Type::Unit => (word == "()").then(Value::empty),
        // Where anything goes, numbers and truth values are taken for what they look like.
        Type::Dyn => Some(
            match (
                word.parse::<i64>(),
                word.parse::<f64>(),
                word.parse::<bool>(),
            ) {
                (Ok(number), ..) => Value::int(number),
                (_, Ok(number), _) => Value::float(number),
                (.., Ok(truth)) => Value::bool(truth),
                _ => world.value(word)?,
            },
        ),
        _ => None,
    })
}
