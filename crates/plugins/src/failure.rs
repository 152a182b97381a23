//! Why a plugin could not be loaded, found, or do what it was to do.

use std::fmt;

use diag::{Catalogue, Diagnostic, Lang, Sources};

/// An error of the host: a diagnostic, and the source that it points into if there is one.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is wrong, for renderers of crate `diag`.
    pub diagnostic: Box<Diagnostic>,
    /// What its labels point into.
    pub sources: Sources,
}

impl Failure {
    /// The sentence in a language, with what to do.
    pub fn message(&self, lang: Lang) -> String {
        let catalogue = Catalogue::for_lang(lang);
        let mut text = catalogue.message(&self.diagnostic);
        for help in &self.diagnostic.helps {
            text.push_str("; ");
            text.push_str(&catalogue.detail(&self.diagnostic, help));
        }
        text
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Failure {
        Failure {
            diagnostic: Box::new(diagnostic),
            sources: Sources::new(),
        }
    }
}

impl From<foxvm::Error> for Failure {
    fn from(error: foxvm::Error) -> Failure {
        error.diagnostic().into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}",
            self.diagnostic.code,
            self.message(Lang::English)
        )
    }
}

impl std::error::Error for Failure {}
