//! What goes to the user: diagnostics on the standard error, and with `--json` one object on the standard output, last.

use std::io::{IsTerminal, Write};

use diag::{
    Catalogue, Diagnostic, JsonDiagnostic, Lang, Severity, Sources, TextOptions, fc, json_line,
    render_text,
};
use foxvm::{Counters, Pauses};
use serde_json::{Map, Value, json};

/// Exit codes (docs/specs: item 8 of the founding issue).
pub mod exit {
    /// All is well.
    pub const OK: u8 = 0;
    /// A fault, limit or denied call.
    pub const FAULT: u8 = 1;
    /// The command line is wrong.
    pub const USAGE: u8 = 2;
    /// A missing, unreadable or refused file, or an import that was not granted.
    pub const FILE: u8 = 65;
    /// A bug of this program.
    pub const INTERNAL: u8 = 70;
    /// Interrupted.
    pub const INTERRUPTED: u8 = 130;
}

/// Collects what happened and tells it.
pub struct Report {
    lang: Lang,
    json: bool,
    /// Sources that labels point into.
    pub sources: Sources,
    /// The first error, for the object.
    fault: Option<Value>,
    /// All errors and warnings, for the object.
    findings: Vec<Value>,
    result: Value,
    counters: Value,
    extra: Map<String, Value>,
}

impl Report {
    /// A report in a language.
    pub fn new(lang: Lang, json: bool) -> Report {
        Report {
            lang,
            json,
            sources: Sources::new(),
            fault: None,
            findings: Vec::new(),
            result: Value::Null,
            counters: json!({}),
            extra: Map::new(),
        }
    }

    /// The language of messages.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// True if the last line will be an object.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Tells something: as text now, and in the object later.
    pub fn tell(&mut self, diagnostic: &Diagnostic) {
        let catalogue = Catalogue::for_lang(self.lang);
        let error = std::io::stderr();
        let options = TextOptions {
            color: error.is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            ..TextOptions::default()
        };
        let text = render_text(diagnostic, catalogue, &self.sources, options);
        // Nothing can be told to whom nobody listens.
        let _ = error.lock().write_all(text.as_bytes());
        self.note(diagnostic);
    }

    /// Tells something in a text of its own in place of the catalogue's; the object has the diagnostic.
    pub fn tell_as(&mut self, text: &str, diagnostic: &Diagnostic) {
        // As above.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        self.note(diagnostic);
    }

    /// Writes a line to the standard error.
    pub fn line(&self, text: &str) {
        // As above.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Keeps something for the object.
    fn note(&mut self, diagnostic: &Diagnostic) {
        if !self.json {
            return;
        }
        let catalogue = Catalogue::for_lang(self.lang);
        let shape = JsonDiagnostic::new(diagnostic, catalogue, &self.sources);
        let Ok(shape) = serde_json::to_value(&shape) else {
            return;
        };
        if diagnostic.severity == Severity::Error && self.fault.is_none() {
            self.fault = Some(shape.clone());
        }
        self.findings.push(shape);
    }

    /// Sets the result of the object.
    pub fn result(&mut self, result: Value) {
        self.result = result;
    }

    /// Sets the counters of the object.
    pub fn counters(&mut self, counters: &Counters) {
        self.counters = counters_json(counters);
    }

    /// Sets a field of the object beside the usual ones.
    pub fn field(&mut self, name: &str, value: impl Into<Value>) {
        self.extra.insert(name.to_owned(), value.into());
    }

    /// Writes the object, if one was asked for. The exit code says whether all is well.
    pub fn finish(self, code: u8) -> u8 {
        if !self.json {
            return code;
        }
        let mut object = Map::new();
        object.insert("v".to_owned(), json!(1));
        object.insert("ok".to_owned(), json!(code == exit::OK));
        object.insert("exit".to_owned(), json!(code));
        object.insert("result".to_owned(), self.result);
        object.insert("fault".to_owned(), self.fault.unwrap_or(Value::Null));
        object.insert("counters".to_owned(), self.counters);
        object.insert("findings".to_owned(), Value::Array(self.findings));
        object.extend(self.extra);
        let line = json_line(&object).unwrap_or_else(|_| "{\"v\":1,\"ok\":false}".to_owned());
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            Ok(()) => code,
            Err(_) => code.max(exit::FAULT),
        }
    }
}

/// The counters by name, in the order in which they are shown.
pub fn counter_list(counters: &Counters) -> [(&'static str, u64); 12] {
    [
        ("fuel_used", counters.fuel_used),
        ("memory", counters.memory as u64),
        ("memory_peak", counters.memory_peak as u64),
        ("allocated", counters.allocated),
        ("minor_collections", counters.minor_collections),
        ("major_collections", counters.major_collections),
        ("washes", counters.washes),
        ("host_calls", counters.host_calls),
        ("max_depth", u64::from(counters.max_depth)),
        ("fibers", counters.fibers),
        ("output", counters.output),
        ("faults", counters.faults),
    ]
}

fn counters_json(counters: &Counters) -> Value {
    Value::Object(
        counter_list(counters)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect(),
    )
}

/// The counters and the pauses of tray collections, in nanoseconds, as a table on the standard error. The pauses stand in no
/// JSON object: the same run takes another time each time.
pub fn print_counters(counters: &Counters, minor: &Pauses) {
    let pauses = [
        ("minor_pause_total", minor.total()),
        ("minor_pause_p50", minor.percentile(50)),
        ("minor_pause_p99", minor.percentile(99)),
        ("minor_pause_longest", minor.longest()),
    ]
    .map(|(name, pause)| (name, u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX)));
    let mut out = std::io::stderr().lock();
    for (name, value) in counter_list(counters).into_iter().chain(pauses) {
        // As above: nothing can be told to whom nobody listens.
        let _ = writeln!(out, "{name:<19} {value:>16}");
    }
}

/// The exit code of a kind of error.
pub fn code_of(error: &foxvm::Error) -> u8 {
    use foxvm::ErrorKind::*;
    match error.kind() {
        Fault(report) => match report.fault {
            foxvm::Fault::Verify
            | foxvm::Fault::Import
            | foxvm::Fault::Underflow
            | foxvm::Fault::Opcode => exit::FILE,
            foxvm::Fault::Internal => exit::INTERNAL,
            _ => exit::FAULT,
        },
        File(_)
        | Refused { .. }
        | Text(_)
        | Io { .. }
        | ImportUnknown { .. }
        | ImportDiffers { .. }
        | ImportDenied { .. } => exit::FILE,
        ExportUnknown { .. }
        | ExportNotFunction { .. }
        | Arguments { .. }
        | UnknownCapability(_) => exit::USAGE,
        Signature { .. } => exit::FILE,
        _ => exit::FAULT,
    }
}

/// The name under which this program was called: `rhi`, else `fox`.
pub fn command() -> &'static str {
    let called = std::env::args_os().next().unwrap_or_default();
    match std::path::Path::new(&called).file_stem() {
        Some(name) if name == "rhi" => "rhi",
        _ => "fox",
    }
}

/// The diagnostic of paths that a command cannot work on; `reason` is a field of the catalogue's entry.
pub fn paths(reason: &'static str) -> Diagnostic {
    Diagnostic::error(fc::PATHS).reason(reason)
}
