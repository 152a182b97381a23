//! The diagnostic itself: data only, no sentence.

use std::borrow::Cow;

use crate::argument::{Argument, Arguments};
use crate::code::Code;
use crate::sources::Span;

/// How grave it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What was asked for cannot be done, or a run ended.
    Error,
    /// It was done, but probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
    /// What to do next.
    Help,
}

impl Severity {
    /// Its name in catalogues and in JSON: `error`, `warning`, `note`, `help`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Help => "help",
        }
    }
}

/// A sentence of the catalogue with arguments of its own.
///
/// The key is a field of the diagnostic's entry, such as `help.grant`, or else of the entry
/// `[common]`. An argument that is missing here is looked up among the diagnostic's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Field of the catalogue entry.
    pub key: &'static str,
    /// Its own arguments.
    pub args: Arguments,
}

impl Message {
    /// The message of that key, without arguments.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Arguments::new(),
        }
    }

    /// With an argument.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.args.set(name, value);
        self
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

/// A place in the source and what is to be said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, or nothing but the mark.
    pub message: Option<Message>,
    /// Whether this is *the* place; the others explain it.
    pub primary: bool,
}

/// One call of a trace.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Frame {
    /// Name of the function, as its language writes it; empty if it has none.
    pub function: String,
    /// File as its debug section names it.
    pub file: Option<String>,
    /// Line, from 1; 0 = unknown.
    pub line: u32,
    /// Column in scalar values, from 1; 0 = unknown.
    pub column: u32,
    /// The function's language: `machine`, `fusabi`, `morph`, `rhumb`, or `host`.
    pub language: Cow<'static, str>,
}

/// The calls that were under way, innermost first (machine.md §7: 64 inner and 64 outer at most).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trace {
    /// What was kept.
    pub frames: Vec<Frame>,
    /// How many calls between `frames[omitted_at - 1]` and `frames[omitted_at]` were not kept.
    pub omitted: u64,
    /// Where they are missing; meaningless if `omitted` is 0.
    pub omitted_at: usize,
}

impl From<Vec<Frame>> for Trace {
    fn from(frames: Vec<Frame>) -> Self {
        Self {
            frames,
            ..Self::default()
        }
    }
}

/// Something to tell a person, as data. See the crate's front page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which catalogue entry says it.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// Arguments of the entry's `message`.
    pub args: Arguments,
    /// Places in sources.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<Message>,
    /// What to do.
    pub helps: Vec<Message>,
    /// Calls under way, for faults.
    pub trace: Trace,
}

impl Diagnostic {
    /// A diagnostic of that severity with nothing but its code.
    #[must_use]
    pub const fn new(severity: Severity, code: Code) -> Self {
        Self {
            code,
            severity,
            args: Arguments::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            trace: Trace {
                frames: Vec::new(),
                omitted: 0,
                omitted_at: 0,
            },
        }
    }

    /// An error.
    #[must_use]
    pub const fn error(code: Code) -> Self {
        Self::new(Severity::Error, code)
    }

    /// A warning.
    #[must_use]
    pub const fn warning(code: Code) -> Self {
        Self::new(Severity::Warning, code)
    }

    /// With an argument of the message.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.args.set(name, value);
        self
    }

    /// With an argument if it is known.
    #[must_use]
    pub fn arg_if(self, name: &'static str, value: Option<impl Into<Argument>>) -> Self {
        match value {
            Some(value) => self.arg(name, value),
            None => self,
        }
    }

    /// With the argument `reason` set to the entry's field `reason.<key>`.
    #[must_use]
    pub fn reason(self, key: &'static str) -> Self {
        self.arg("reason", Argument::Key(key))
    }

    /// With its primary place.
    #[must_use]
    pub fn primary(mut self, span: Span, message: Option<Message>) -> Self {
        self.labels.push(Label {
            span,
            message,
            primary: true,
        });
        self
    }

    /// With a further place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<Message>) -> Self {
        self.labels.push(Label {
            span,
            message: Some(message.into()),
            primary: false,
        });
        self
    }

    /// With a further fact.
    #[must_use]
    pub fn note(mut self, message: impl Into<Message>) -> Self {
        self.notes.push(message.into());
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, message: impl Into<Message>) -> Self {
        self.helps.push(message.into());
        self
    }

    /// With the calls that were under way.
    #[must_use]
    pub fn trace(mut self, trace: impl Into<Trace>) -> Self {
        self.trace = trace.into();
        self
    }

    /// The label to show first: the primary one, else the first.
    #[must_use]
    pub fn main_label(&self) -> Option<&Label> {
        self.labels
            .iter()
            .find(|label| label.primary)
            .or_else(|| self.labels.first())
    }
}
