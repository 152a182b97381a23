//! Errors of the public interface, as data; sentences come from crate `diag`'s catalogues.

use std::fmt;
use std::path::PathBuf;

use diag::{Catalogue, Diagnostic, Lang};
use fzb::FileError;
use fzb::text::TextError;
use fzb::verify::Refusal;
use lemari::handles::HandleError;
use machine::fault::FaultReport;
use machine::host::HostError;
use machine::world::World as Machine;

use crate::Fault;

/// What went wrong. One pointer wide.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// The kinds of errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A run ended with a fault.
    Fault(FaultReport),
    /// A file broke a rule of the header, the archive or the tables.
    File(FileError),
    /// The verifier refused a function.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The function's name, or `#n`.
        function: String,
        /// The instruction at the refusal's offset; empty if none can be read there.
        instruction: String,
    },
    /// A module text does not assemble; at least one error.
    Text(Vec<TextError>),
    /// A file could not be read.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The Engine has no host function of an import's name.
    ImportUnknown {
        /// The import.
        name: String,
    },
    /// An import's signature differs from the host function's.
    ImportDiffers {
        /// The import.
        name: String,
        /// What the module expects.
        expected: String,
        /// What the host offers.
        found: String,
    },
    /// An import needs a capability that the World was not granted.
    ImportDenied {
        /// The import.
        name: String,
        /// The capability.
        capability: String,
    },
    /// The module exports nothing of that name.
    ExportUnknown {
        /// The name.
        name: String,
        /// What it exports.
        exports: Vec<String>,
    },
    /// The export is no function.
    ExportNotFunction {
        /// The name.
        name: String,
        /// What it is.
        found: String,
    },
    /// The export's parameters or result are not those that were asked for.
    Signature {
        /// The export.
        name: String,
        /// What the host asked for.
        expected: String,
        /// What the module has.
        found: String,
    },
    /// A function got another number of arguments than it takes.
    Arguments {
        /// The function.
        name: String,
        /// How many it takes.
        expected: usize,
        /// How many it got.
        found: usize,
    },
    /// A value could not be converted.
    Conversion {
        /// What was wanted.
        expected: String,
        /// What it was.
        found: String,
    },
    /// A value handle is stale or belongs to another World.
    Handle(HandleError),
    /// A handle of a function or instance belongs to another World, or an instance to another Engine.
    Foreign(&'static str),
    /// There is no such capability.
    UnknownCapability(String),
    /// An inline form is no intrinsic, or has another signature.
    Inline {
        /// The host function.
        name: String,
        /// The intrinsic.
        intrinsic: String,
    },
    /// The system did not provide what a World takes, or a bound of the Engine is reached.
    Resources {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
    /// What a host function says of its failure.
    Host {
        /// The fault that the module gets: `host` if not said otherwise.
        fault: Fault,
        /// The cause.
        message: String,
        /// A code of its own in place of the fault's, and what a handler gets beside it.
        own: Option<(u16, crate::Value)>,
    },
}

impl Error {
    /// A host function's failure, fault `host`; the message names the cause.
    pub fn new(message: impl Into<String>) -> Error {
        Error::host(Fault::Host, message)
    }

    /// A host function's failure with a fault of the machine's table, e.g. [`Fault::Range`] for a bad argument, or
    /// [`Fault::Cancel`] to end the run.
    pub fn host(fault: Fault, message: impl Into<String>) -> Error {
        ErrorKind::Host {
            fault,
            message: message.into(),
            own: None,
        }
        .into()
    }

    /// With a code of its own in place of the fault's, which programs see (docs/specs/rhumb.md §3.20, e.g. 404 for what
    /// was not found): 256 to 999, another changes nothing. For failures of host functions only.
    #[must_use]
    pub fn with_code(mut self, code: u16) -> Error {
        if let ErrorKind::Host { own, .. } = &mut *self.0
            && (256..1000).contains(&code)
        {
            own.get_or_insert_with(|| (code, crate::Value::empty())).0 = code;
        }
        self
    }

    /// With data for the handler. For failures of host functions only.
    #[must_use]
    pub fn with_data(mut self, data: crate::Value) -> Error {
        if let ErrorKind::Host { fault, own, .. } = &mut *self.0 {
            let code = fault.rhumb();
            own.get_or_insert_with(|| (code, crate::Value::empty())).1 = data;
        }
        self
    }

    /// The verifier's refusal of a function of a file.
    pub fn refused(file: &fzb::Module, refusal: Refusal) -> Error {
        crate::engine::refused(file, refusal)
    }

    /// Which kind it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// The kind, taken out.
    pub fn into_kind(self) -> ErrorKind {
        *self.0
    }

    /// The fault's report, if a run ended with one.
    pub fn fault(&self) -> Option<&FaultReport> {
        match self.kind() {
            ErrorKind::Fault(report) => Some(report),
            _ => None,
        }
    }

    /// The error as data for renderers, e.g. with a trace. See crate `diag`.
    pub fn diagnostic(&self) -> Diagnostic {
        crate::findings::diagnostic(self.kind())
    }

    /// The sentence in a language.
    pub fn message(&self, lang: Lang) -> String {
        let diagnostic = self.diagnostic();
        let sentence = Catalogue::for_lang(lang).message(&diagnostic);
        match self.kind() {
            // The catalogue's sentence names the fault; what the machine or the program said is more exact.
            ErrorKind::Fault(report)
                if !report.message.is_empty() && !sentence.contains(&report.message) =>
            {
                format!("{sentence}: {}", diag::escape(&report.message))
            }
            _ => sentence,
        }
    }

    pub(crate) fn conversion(expected: &str, found: &str) -> Error {
        ErrorKind::Conversion {
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
        .into()
    }

    /// As a host function's body hands it to the machine.
    pub(crate) fn into_host(self, world: &Machine) -> HostError {
        match *self.0 {
            ErrorKind::Host {
                fault,
                message,
                own: Some((code, data)),
            } => HostError::Coded {
                fault,
                code,
                message,
                // Data of another World is nobody's here.
                data: data.raw(world).unwrap_or(machine::value::Value::EMPTY),
            },
            ErrorKind::Host { fault, message, .. } => HostError::Failed { fault, message },
            ErrorKind::Fault(report) => HostError::Failed {
                fault: report.fault,
                message: report.message,
            },
            ErrorKind::Conversion { expected, found } => HostError::Failed {
                fault: Fault::Type,
                message: format!("expected {expected}, found {found}"),
            },
            other => HostError::new(Error::from(other).to_string()),
        }
    }
}

impl fmt::Display for Error {
    /// The code and the sentence, in English; [`Error::message`] for other languages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}",
            self.diagnostic().code,
            self.message(Lang::English)
        )
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io { error, .. } => Some(error),
            ErrorKind::Handle(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }
}

impl From<Box<FaultReport>> for Error {
    fn from(report: Box<FaultReport>) -> Error {
        ErrorKind::Fault(*report).into()
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Error {
        ErrorKind::File(error).into()
    }
}

impl From<HandleError> for Error {
    fn from(error: HandleError) -> Error {
        ErrorKind::Handle(error).into()
    }
}

impl From<String> for Error {
    /// A host function's failure.
    fn from(message: String) -> Error {
        Error::new(message)
    }
}

impl From<&str> for Error {
    /// A host function's failure.
    fn from(message: &str) -> Error {
        Error::new(message)
    }
}

impl From<std::io::Error> for Error {
    /// A host function's failure.
    fn from(error: std::io::Error) -> Error {
        Error::new(error.to_string())
    }
}
