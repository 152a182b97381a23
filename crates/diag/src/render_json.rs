//! Diagnostics for programs. Field names are stable: new ones may come, none changes its meaning.

use serde::Serialize;

use crate::argument::Arguments;
use crate::catalogue::Catalogue;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Frame, Severity};
use crate::escape::is_hazardous;
use crate::sources::Sources;

/// The JSON shape of a diagnostic; to be embedded in larger objects, or written by [`render_json`].
///
/// `args` and names hold the raw values; `message` and the other sentences are meant for people, with
/// hazardous characters escaped.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct JsonDiagnostic {
    code: Code,
    severity: Severity,
    title: String,
    message: String,
    args: Arguments,
    labels: Vec<JsonLabel>,
    notes: Vec<String>,
    helps: Vec<String>,
    trace: Vec<Frame>,
    trace_omitted: u64,
}

/// Lines and columns count from 1; they and `file` are null if the source is not at hand.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct JsonLabel {
    file: Option<String>,
    start: u32,
    end: u32,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    text: Option<String>,
    primary: bool,
}

impl JsonDiagnostic {
    /// The shape of a diagnostic, with sentences of the catalogue.
    #[must_use]
    pub fn new(diagnostic: &Diagnostic, catalogue: &Catalogue, sources: &Sources) -> Self {
        let sentences = |messages: &[crate::Message]| {
            messages
                .iter()
                .map(|message| catalogue.detail(diagnostic, message))
                .collect()
        };
        let labels = diagnostic.labels.iter().map(|label| {
            let file = label.span.file;
            let range = sources.range(label.span);
            let position = |at: Option<usize>| at.and_then(|at| sources.position(file, at));
            let from = position(range.as_ref().map(|range| range.start));
            let to = position(range.as_ref().map(|range| range.end));
            JsonLabel {
                file: sources.name(file).map(str::to_owned),
                start: label.span.start,
                end: label.span.end,
                line: from.map(|at| at.line),
                column: from.map(|at| at.column),
                end_line: to.map(|at| at.line),
                end_column: to.map(|at| at.column),
                text: label
                    .message
                    .as_ref()
                    .map(|message| catalogue.detail(diagnostic, message)),
                primary: label.primary,
            }
        });
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity,
            title: catalogue
                .entry(diagnostic.code)
                .map_or_else(String::new, |entry| entry.title().to_owned()),
            message: catalogue.message(diagnostic),
            args: diagnostic.args.clone(),
            labels: labels.collect(),
            notes: sentences(&diagnostic.notes),
            helps: sentences(&diagnostic.helps),
            trace: diagnostic.trace.frames.clone(),
            trace_omitted: diagnostic.trace.omitted,
        }
    }
}

/// One diagnostic as one JSON object on one line, without a line end.
#[must_use]
pub fn render_json(diagnostic: &Diagnostic, catalogue: &Catalogue, sources: &Sources) -> String {
    // These types always serialise: names are strings, numbers finite.
    json_line(&JsonDiagnostic::new(diagnostic, catalogue, sources)).unwrap_or_else(|error| {
        format!("{{\"code\":\"{}\",\"json\":\"{error}\"}}", diagnostic.code)
    })
}

/// Any value as JSON on one line that is safe to show on a terminal: hazardous characters inside
/// texts, which JSON would allow, are written as `\u…`. A reader gets the exact value back.
///
/// # Errors
/// Those of `serde_json`, when the value has no JSON form.
pub fn json_line<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    if !json.chars().any(is_hazardous) {
        return Ok(json);
    }
    // serde_json writes nothing hazardous but inside strings, where an escape means the same.
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_hazardous(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Ok(out)
}
