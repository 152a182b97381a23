//! What is wrong with a document that parses (codes RH01nn, docs/specs/rhumb.md §2.5, §7.5).

use emit::EmitError;

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
    /// Too much for one function or module; the text names what.
    Limit(String),
    /// No library answers to that literal.
    Library {
        /// The literal.
        wanted: String,
        /// Why it was not found.
        reason: String,
    },
    /// Something that cannot stand there; the text names it.
    Misplaced(&'static str),
    /// The compiler's own mistake.
    Internal(String),
}

impl Problem {
    pub(super) fn of_emit(error: &EmitError, span: Span) -> Problem {
        let kind = match error {
            EmitError::Limit { what } => ProblemKind::Limit((*what).to_owned()),
            other => ProblemKind::Internal(other.to_string()),
        };
        Problem { span, kind }
    }
}
