//! Why a plugin could not be loaded, found, or do what it was to do.

use std::fmt;

use diag::{Catalogue, Diagnostic, Lang, Sources};

/// An error of the host: a diagnostic, and the source that it points into if there is one.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is wrong, for renderers of crate `diag`: the first thing.
    pub diagnostic: Box<Diagnostic>,
    /// What else is wrong, and warnings: a compiler tells all at once.
    pub more: Vec<Diagnostic>,
    /// What its labels point into.
    pub sources: Sources,
}

impl Failure {
    /// Several diagnostics with the sources that they point into; `None` if there is none.
    pub fn of(
        diagnostics: impl IntoIterator<Item = Diagnostic>,
        sources: Sources,
    ) -> Option<Failure> {
        let mut all = diagnostics.into_iter();
        let first = all.next()?;
        Some(Failure {
            diagnostic: Box::new(first),
            more: all.collect(),
            sources,
        })
    }

    /// All that is wrong, in order.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        std::iter::once(&*self.diagnostic).chain(&self.more)
    }

    /// The sentences in a language, each with what to do, one per line.
    pub fn message(&self, lang: Lang) -> String {
        let catalogue = Catalogue::for_lang(lang);
        let sentences: Vec<String> = self
            .diagnostics()
            .map(|diagnostic| sentence(catalogue, diagnostic))
            .collect();
        sentences.join("\n")
    }
}

/// A diagnostic's sentence with what to do.
fn sentence(catalogue: &Catalogue, diagnostic: &Diagnostic) -> String {
    let mut text = catalogue.message(diagnostic);
    for help in &diagnostic.helps {
        text.push_str("; ");
        text.push_str(&catalogue.detail(diagnostic, help));
    }
    text
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Failure {
        Failure {
            diagnostic: Box::new(diagnostic),
            more: Vec::new(),
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
        let catalogue = Catalogue::for_lang(Lang::English);
        for (index, diagnostic) in self.diagnostics().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(
                f,
                "{}: {}",
                diagnostic.code,
                sentence(catalogue, diagnostic)
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
