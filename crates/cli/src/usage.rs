//! What is wrong with a command line, in the words of the catalogue (FC29) instead of clap's.

use clap::error::{ContextKind, ErrorKind};
use diag::{Diagnostic, fc};

use crate::report;

/// What clap could not understand.
pub fn misunderstood(error: &clap::Error) -> Diagnostic {
    let said = |kind: ContextKind| error.get(kind).map(ToString::to_string);
    let option = said(ContextKind::InvalidArg);
    let value = said(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let suggestion = suggested.into_iter().find_map(said);
    let other = said(ContextKind::PriorArg);
    let reason = match (error.kind(), &option, &value) {
        (ErrorKind::UnknownArgument, Some(_), _) => "unknown-option",
        (ErrorKind::InvalidSubcommand, _, _) => "unknown-command",
        (
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            _,
            _,
        ) => "no-command",
        (ErrorKind::MissingRequiredArgument, Some(_), _) => "missing",
        (ErrorKind::ArgumentConflict, Some(_), _) if other.is_some() && other != option => {
            "conflict"
        }
        (ErrorKind::ArgumentConflict, Some(_), _) => "twice",
        (ErrorKind::InvalidValue, Some(_), None) => "no-value",
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(_), Some(_)) => "value",
        (ErrorKind::TooManyValues, Some(_), Some(_)) => "too-many",
        _ => return because("other").arg("detail", first_sentence(error)),
    };
    let option = option.or_else(|| said(ContextKind::InvalidSubcommand));
    because(reason)
        .arg_if("option", option)
        .arg_if("value", value)
        .arg_if("other", other)
        .arg_if("suggestion", suggestion)
}

/// Wrong use for one of the entry's reasons.
pub fn because(reason: &'static str) -> Diagnostic {
    Diagnostic::error(fc::USAGE)
        .reason(reason)
        .arg("command", report::command())
        .help("help.usage")
}

/// What clap says of what has no reason of its own in the catalogue.
fn first_sentence(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let detail = text.strip_prefix("error: ").unwrap_or(&text);
    let first = detail.split("\n\n").next().unwrap_or(detail);
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}
