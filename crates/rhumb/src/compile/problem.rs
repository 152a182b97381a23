//! What is wrong with a document that parses (codes RH01nn, docs/specs/rhumb.md §2.5, §7.5).

use diag::{Argument, Code, Diagnostic, FileId};
use emit::EmitError;

use crate::diagnostics::codes;
use crate::tree::Span;

/// A mistake that the compiler found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ProblemKind,
}

/// The mistakes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProblemKind {
    /// Too much for one function or module.
    Limit(Much),
    /// No library answers to a literal: what is to be told, without its place.
    Library(Box<Diagnostic>),
    /// Nothing defines that label (only where that is a mistake).
    Undefined(String),
    /// The compiler's own mistake.
    Internal(String),
}

/// What there may be too many of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Much {
    /// Parameters of a routine.
    Parameters,
    /// Labels of a routine.
    Labels,
    /// Values that are held at once: arguments of a call, items of a signal.
    Values,
    /// Selectors behind one expression.
    Selectors,
    /// Loops in one chain.
    Loops,
    /// Items before one that is spread.
    Items,
    /// Anything else that a function or module holds.
    Contents,
}

impl Much {
    /// Of a limit of the emitter's.
    fn of_emit(what: &str) -> Much {
        match what {
            "values on the stack" => Much::Values,
            "locals" | "registers" | "captures" => Much::Labels,
            _ => Much::Contents,
        }
    }

    /// Its word in the catalogues.
    const fn key(self) -> &'static str {
        match self {
            Much::Parameters => "parameters",
            Much::Labels => "labels",
            Much::Values => "values",
            Much::Selectors => "selectors",
            Much::Loops => "loops",
            Much::Items => "items",
            Much::Contents => "contents",
        }
    }
}

impl Problem {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        match &self.kind {
            ProblemKind::Library(told) => told.code,
            ProblemKind::Limit(_) => codes::TOO_LARGE,
            ProblemKind::Undefined(_) => codes::UNDEFINED,
            ProblemKind::Internal(_) => codes::COMPILER,
        }
    }

    /// The diagnostic, for a file that was added to [`diag::Sources`] with the normalised text.
    #[must_use]
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        let told = Diagnostic::error(self.code());
        let told = match &self.kind {
            ProblemKind::Library(own) => (**own).clone(),
            ProblemKind::Limit(what) => told.arg("what", Argument::Key(what.key())),
            ProblemKind::Internal(reason) => told.arg("reason", reason.as_str()),
            ProblemKind::Undefined(label) => told.arg("label", label.as_str()),
        };
        told.primary(diag::Span::new(file, self.span.start, self.span.end), None)
    }

    pub(super) fn of_emit(error: &EmitError, span: Span) -> Problem {
        let kind = match error {
            EmitError::Limit { what } => ProblemKind::Limit(Much::of_emit(what)),
            EmitError::In(_, error) => return Problem::of_emit(error, span),
            other => ProblemKind::Internal(other.to_string()),
        };
        Problem { span, kind }
    }
}
