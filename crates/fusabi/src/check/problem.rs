//! What the checker reports (catalogue entries in `fusabi.cat`).

use diag::{Argument, Code, Diagnostic, FileId, Message};

use crate::tree::Span;
use crate::typed::FileIndex;

/// Something wrong or noteworthy about names, types or patterns. Types stand in it as texts.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem {
    /// Its code.
    pub code: Code,
    /// Whether the program has a meaning all the same.
    pub warning: bool,
    /// In which file.
    pub file: FileIndex,
    /// Where.
    pub span: Span,
    /// Arguments of the message.
    pub args: Vec<(&'static str, Argument)>,
    /// A place that explains it, in the same file, and what is said there.
    pub other: Option<(Span, &'static str)>,
    /// What to do: a field `help.…` of the entry.
    pub hint: Option<&'static str>,
}

impl Problem {
    /// An error.
    #[must_use]
    pub const fn error(code: Code, file: FileIndex, span: Span) -> Self {
        Self {
            code,
            warning: false,
            file,
            span,
            args: Vec::new(),
            other: None,
            hint: None,
        }
    }

    /// A warning.
    #[must_use]
    pub const fn warning(code: Code, file: FileIndex, span: Span) -> Self {
        let mut problem = Self::error(code, file, span);
        problem.warning = true;
        problem
    }

    /// With an argument.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// With a reason: a field `reason.…` of the entry.
    #[must_use]
    pub fn reason(self, key: &'static str) -> Self {
        self.arg("reason", Argument::Key(key))
    }

    /// With advice.
    #[must_use]
    pub const fn hint(mut self, key: &'static str) -> Self {
        self.hint = Some(key);
        self
    }

    /// The diagnostic; `file` is the problem's file among the sources.
    #[must_use]
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        let place = |span: Span| diag::Span::new(file, span.start, span.end);
        let mut diagnostic = if self.warning {
            Diagnostic::warning(self.code)
        } else {
            Diagnostic::error(self.code)
        };
        for (name, value) in &self.args {
            diagnostic = diagnostic.arg(name, value.clone());
        }
        diagnostic = diagnostic.primary(place(self.span), None);
        if let Some((span, key)) = self.other {
            diagnostic = diagnostic.label(place(span), Message::new(key));
        }
        if let Some(key) = self.hint {
            diagnostic = diagnostic.help(Message::new(key));
        }
        diagnostic
    }
}
