//! Library literals (docs/specs/rhumb.md §1.11, §7.5): what they stand for is found by the host before the document is
//! compiled, as it is asked through [`Libraries`].

use std::collections::BTreeSet;

use diag::Diagnostic;
use fzb::tables::TypeId;
use isa::Op;

use crate::diagnostics::codes;
use crate::tree::{
    Expr, ExprId, LabelId, Library, LibraryVersion, Resolver, Span, Tree, Version, VersionPart,
};

use super::code::Code;
use super::literal::version_text;
use super::natives::{VALUE, native_routine};
use super::problem::{Problem, ProblemKind};
use super::units::{Meaning, VarKind};

/// A literal as the host is asked for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// `!`, `-`, `=`, `_`, `git` or a resolver that the host registered.
    pub resolver: String,
    /// Path as written.
    pub path: String,
    /// Version as written: `-`, `1.2.3`, `1.2.-`, `1.-`. A label stands for the version that it holds.
    pub version: String,
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{{{}|{}|{}}}", self.resolver, self.path, self.version)
    }
}

/// What a literal stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A module that the Engine knows under that name.
    Module(String),
    /// Functions of the host: the module that the Engine knows under that name, made by [`super::native_module`], and what it
    /// has.
    Natives {
        /// The module's name.
        module: String,
        /// Its functions.
        natives: Vec<Native>,
    },
    /// A text.
    Text(String),
    /// A module that the Engine knows under that name, made by [`super::json_module`]: the literal is the value of its text.
    Json(String),
    /// What the host opens under that name (`slip.open`).
    Slip(String),
}

/// A host function as a field of a library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Native {
    /// Name of the field.
    pub field: String,
    /// Name of the host function.
    pub import: String,
    /// Types of its parameters, as module text writes basic types: `int`, `text`, `dyn` …
    pub params: Vec<String>,
    /// Type of its result.
    pub result: String,
    /// Capabilities that it needs.
    pub capabilities: Vec<String>,
}

/// Finds libraries.
pub trait Libraries {
    /// What a literal stands for, or why nothing does.
    ///
    /// # Errors
    /// What is to be told; the compiler adds the literal's place.
    fn find(&self, wanted: &Wanted) -> Result<Found, Box<Diagnostic>>;

    /// Is there a resolver for a literal?
    ///
    /// # Errors
    /// What is to be told, as of [`Libraries::find`].
    fn knows(&self, wanted: &Wanted) -> Result<(), Box<Diagnostic>>;
}

/// No library.
pub struct NoLibraries;

impl Libraries for NoLibraries {
    fn find(&self, wanted: &Wanted) -> Result<Found, Box<Diagnostic>> {
        let told = Diagnostic::error(codes::LIBRARY_NOT_FOUND).reason("nowhere");
        Err(Box::new(told.arg("library", wanted.to_string())))
    }

    fn knows(&self, _wanted: &Wanted) -> Result<(), Box<Diagnostic>> {
        Ok(())
    }
}

/// The labels of a document itself that hold a version and nothing else ever, with the version's text.
#[must_use]
pub fn known_versions(tree: &Tree) -> Vec<(String, String)> {
    let analysis = super::analysis::analyse(tree, Some(&BTreeSet::new()));
    let mut known = Vec::new();
    for var in &analysis.vars {
        let (Some(label), Some(value), VarKind::Session) = (var.label, var.value, var.kind) else {
            continue;
        };
        if let Some(version) = written_version(tree, value) {
            known.push((tree.label(label).to_owned(), version));
        }
    }
    known
}

/// The text of a version literal.
fn written_version(tree: &Tree, id: ExprId) -> Option<String> {
    match tree.expr(id) {
        Expr::Version(version) => Some(version_text(version)),
        _ => None,
    }
}

/// How a literal is asked for; `label` is the text of a resolver's name, `held` the version that a label holds.
///
/// # Errors
/// The label, if it is not known to hold a version.
fn wanted(
    library: &Library,
    label: impl Fn(LabelId) -> String,
    held: impl Fn(LabelId) -> Option<String>,
) -> Result<Wanted, (Wanted, LabelId)> {
    let resolver = match library.resolver {
        Resolver::Base => "!".to_owned(),
        Resolver::Local => "-".to_owned(),
        Resolver::Resource => "=".to_owned(),
        Resolver::Native => "_".to_owned(),
        Resolver::Named(name) => label(name),
    };
    let version = match &library.version {
        LibraryVersion::Working => "-".to_owned(),
        LibraryVersion::Version(version) => version_text(version),
        LibraryVersion::Short { major, minor } => version_text(&Version {
            major: *major,
            minor: VersionPart::Number(*minor),
            patch: VersionPart::Any,
            suffix: String::new(),
        }),
        LibraryVersion::Label(name) => held(*name).unwrap_or_else(|| label(*name)),
    };
    let wanted = Wanted {
        resolver,
        path: library.path.clone(),
        version,
    };
    match library.version {
        LibraryVersion::Label(name) if held(name).is_none() => Err((wanted, name)),
        _ => Ok(wanted),
    }
}

impl Code<'_> {
    /// A library literal's value.
    pub fn library(&mut self, library: &Library, span: Span) {
        self.at(span);
        let tree = self.tree();
        let label = |label| tree.label(label).to_owned();
        let wanted = match wanted(library, label, |_| self.held_version(span)) {
            Ok(wanted) => wanted,
            // What no resolver can find has no version either: the resolver is told.
            Err((wanted, name)) => {
                self.f.unit();
                if let Err(told) = self.shared.options.libraries.knows(&wanted) {
                    return self.no_library(told, span);
                }
                let told = Diagnostic::error(codes::NO_VERSION)
                    .reason("label")
                    .arg("library", wanted.to_string())
                    .arg("label", label(name));
                return self.no_library(Box::new(told), span);
            }
        };
        match self.shared.options.libraries.find(&wanted) {
            Ok(Found::Module(name)) => self.exports(&name),
            Ok(Found::Text(text)) => self.f.push_text(&text),
            Ok(Found::Natives { module, natives }) => {
                self.exports(&module);
                let mut known = self.shared.natives.borrow_mut();
                known.insert(span.start, natives);
            }
            Ok(Found::Json(name)) => {
                self.exports(&name);
                self.f.op(Op::GetName, &[self.module().name(VALUE).0]);
            }
            Ok(Found::Slip(path)) => {
                // Messages name what stands for a host function: here the literal.
                let opens = Native {
                    field: wanted.to_string(),
                    import: "slip.open".to_owned(),
                    params: vec!["text".to_owned()],
                    result: "dyn".to_owned(),
                    capabilities: Vec::new(),
                };
                match native_routine(self.module(), &opens) {
                    Some(function) => {
                        self.f.push_text(&path);
                        self.f.coerce(TypeId::DYN);
                        self.f.call(function);
                    }
                    None => self.f.unit(),
                }
            }
            Err(told) => {
                self.f.unit();
                self.no_library(told, span);
            }
        }
    }

    /// Pushes the map of a module's exports.
    fn exports(&mut self, module: &str) {
        let name = self.module().name(module);
        let import = self.module().import_module(name, false);
        self.f.op(Op::LoadModule, &[import.0]);
    }

    fn no_library(&self, told: Box<Diagnostic>, span: Span) {
        self.problem(Problem {
            span,
            kind: ProblemKind::Library(told),
        });
    }

    /// The version that the label in a literal holds: one that is assigned a version with `.=`, and once only, for literals
    /// are looked up before anything runs.
    fn held_version(&self, literal: Span) -> Option<String> {
        let Meaning::Slot(var) = self.analysis().meaning(literal.start) else {
            return None;
        };
        let var = self.analysis().var(var);
        if let Some(value) = var.value {
            return written_version(self.tree(), value);
        }
        if var.kind != VarKind::Session || var.first > 0 {
            return None;
        }
        let label = self.text(var.label?);
        self.shared.options.versions?.get(label).cloned()
    }
}
