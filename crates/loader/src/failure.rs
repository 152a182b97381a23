//! What is wrong with the source of a library: found while something else is compiled, told afterwards.

use diag::{Diagnostic, FileId};
use rhumb::compile::Problem;
use rhumb::diagnostics::SyntaxError;

use crate::refusal::Refusal;

/// A source with mistakes.
#[derive(Clone, Debug)]
pub struct SourceFailure {
    /// Path as messages show it.
    pub path: String,
    /// The normalised text that places refer to.
    pub text: String,
    /// Errors and warnings of its text.
    pub errors: Vec<SyntaxError>,
    /// Mistakes that the compiler found.
    pub problems: Vec<Problem>,
}

impl SourceFailure {
    /// What is to be told, for a file that was added to the sources with [`SourceFailure::text`].
    pub fn diagnostics(&self, file: FileId) -> Vec<Diagnostic> {
        let errors = self.errors.iter().map(|error| error.diagnostic(file));
        let problems = self.problems.iter().map(|problem| problem.diagnostic(file));
        errors.chain(problems).collect()
    }
}

/// Why something was not compiled or loaded.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in sources; at least one.
    Sources(Vec<SourceFailure>),
    /// A file, folder or catalog cannot be used.
    Unusable(Refusal),
    /// The compiled module was refused: a mistake of the compiler.
    Refused(foxvm::Error),
}
