//! Library literals (docs/specs/rhumb.md §1.11, §7.5): what they stand for is found by the host before the document is
//! compiled, as it is asked through [`Libraries`].

use diag::Diagnostic;
use emit::{Const, EmitError, ModuleBuilder, Param, Signature};
use fzb::tables::{Arity, FuncId, ItemKind, Lang, Tables, TypeId, field_flags, static_flags};
use isa::Op;

use crate::diagnostics::codes;
use crate::tree::{
    Expr, ExprId, FieldName, LabelId, Library, LibraryVersion, Resolver, Span, StepKind, Tree,
    Version, VersionPart,
};

use super::code::Code;
use super::literal::version_text;
use super::problem::{Problem, ProblemKind};
use super::units::{Meaning, VarKind};

/// Flag of `store_static_r`: nothing can be stored any more.
const FREEZES: u32 = 1;

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
    /// Functions of the host.
    Natives(Vec<Native>),
    /// A text.
    Text(String),
    /// A module that the Engine knows under that name, made by [`json_module`]: the literal is the value of its text.
    Json(String),
    /// What the host opens under that name (`slip.open`).
    Slip(String),
    /// `nat_core`: the map with `***`.
    Core,
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
pub fn known_versions(tree: &Tree, earlier: &[(String, String)]) -> Vec<(String, String)> {
    let analysis = super::analysis::analyse(tree, Some(&[]));
    let mut known: Vec<(String, String)> = earlier.to_vec();
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

/// The label of a resource's module that holds its value.
const VALUE: &str = "value";

/// The module of a JSON text: its value is read once in a World, and nothing can change it (§7.5).
///
/// # Errors
/// What the text is too large for.
pub fn json_module(name: &str, text: &str) -> Result<Tables, EmitError> {
    let module = ModuleBuilder::new(name, Lang::Rhumb);
    let label = module.name(VALUE);
    let value = module.static_(
        label,
        TypeId::DYN,
        static_flags::MUTABLE | static_flags::EXPORTED,
    );
    module.export_static(VALUE, value);
    let entry = module.declare(Signature {
        // What messages know the host function by.
        name: Some(module.name(name)),
        params: Vec::new(),
        result: TypeId::DYN,
        policy: Lang::Rhumb,
        arity: Arity::Exact,
        flags: 0,
        captures: Vec::new(),
    });
    let mut f = module.build(entry);
    let read = module.name("json.constant");
    let read = module.import_host(read, &[TypeId::TEXT], TypeId::DYN, &[], true);
    f.push_text(text);
    f.op(Op::CallFfi, &[read.0]);
    f.op(Op::StoreStaticR, &[value.0, FREEZES]);
    f.unit();
    f.ret();
    f.finish()?;
    module.set_entry(entry);
    module.finish()
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
            Ok(Found::Module(name)) => {
                let name = self.module().name(&name);
                let import = self.module().import_module(name, false);
                self.f.op(Op::LoadModule, &[import.0]);
            }
            Ok(Found::Text(text)) => self.f.push_text(&text),
            Ok(Found::Natives(natives)) => {
                self.natives(&natives);
                let mut known = self.shared.natives.borrow_mut();
                known.insert(span.start, natives);
            }
            Ok(Found::Json(name)) => {
                let name = self.module().name(&name);
                let import = self.module().import_module(name, false);
                self.f.op(Op::LoadModule, &[import.0]);
                self.f.op(Op::GetName, &[self.module().name(VALUE).0]);
            }
            Ok(Found::Core) => self.core(),
            Ok(Found::Slip(path)) => {
                // Messages name what stands for a host function: here the literal.
                let opens = Native {
                    field: wanted.to_string(),
                    import: "slip.open".to_owned(),
                    params: vec!["text".to_owned()],
                    result: "dyn".to_owned(),
                    capabilities: Vec::new(),
                };
                match self.native(&opens) {
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
        let known = self.shared.options.versions.iter();
        let mut known = known.filter(|(name, _)| name == label);
        known.next_back().map(|(_, version)| version.clone())
    }

    /// The map with `***`.
    fn core(&mut self) {
        let Some(function) = super::prelude::panic_routine(self.module()) else {
            return;
        };
        self.f.op(Op::MakeClosure, &[function.0, 0]);
        self.f.coerce(TypeId::DYN);
        let name = self.module().name("***");
        let items = vec![(ItemKind::Named, Some(name), field_flags::IMMUTABLE)];
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// A map of host functions.
    fn natives(&mut self, natives: &[Native]) {
        let mut items = Vec::new();
        for native in natives {
            let Some(function) = self.native(native) else {
                continue;
            };
            self.f.op(Op::MakeClosure, &[function.0, 0]);
            self.f.coerce(TypeId::DYN);
            let name = self.module().name(&native.field);
            items.push((ItemKind::Named, Some(name), field_flags::IMMUTABLE));
        }
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// Pushes the host function that an expression takes from a native library by reference, as a routine of the name under which
    /// it is stored first (§3.17); false, with nothing pushed, if the expression is anything else.
    pub fn named_native(&mut self, value: ExprId, name: &str) -> bool {
        let tree = self.tree();
        let Expr::Reference(inner) = tree.expr(value) else {
            return false;
        };
        let Expr::Chain { head, steps } = tree.expr(*inner) else {
            return false;
        };
        let (Expr::Label(_), [step]) = (tree.expr(*head), steps.as_slice()) else {
            return false;
        };
        let StepKind::Field {
            name: FieldName::Label(field),
            ..
        } = &step.kind
        else {
            return false;
        };
        let Some(var) = self.slot_at(tree.span(*head).start) else {
            return false;
        };
        let library = self.analysis().var(var);
        let (1, Some(literal)) = (library.assignments, library.value) else {
            return false;
        };
        let native = {
            let known = self.shared.natives.borrow();
            let listed = known.get(&tree.span(literal).start);
            let field = self.text(*field);
            listed.and_then(|listed| listed.iter().find(|native| native.field == field).cloned())
        };
        let Some(native) = native else {
            return false;
        };
        let native = Native {
            field: name.to_owned(),
            ..native
        };
        self.at(tree.span(value));
        match self.native(&native) {
            Some(function) => {
                self.f.op(Op::MakeClosure, &[function.0, 0]);
                self.f.coerce(TypeId::DYN);
                true
            }
            None => false,
        }
    }

    /// A routine that calls a host function: it takes what its parameters say, or faults type.
    fn native(&self, native: &Native) -> Option<FuncId> {
        let module = self.module();
        let params: Option<Vec<TypeId>> = native.params.iter().map(|name| basic(name)).collect();
        let (params, result) = (params?, basic(&native.result)?);
        let caps: Vec<_> = native
            .capabilities
            .iter()
            .map(|cap| module.name(cap))
            .collect();
        let name = module.name(&native.import);
        let import = module.import_host(name, &params, result, &caps, true);
        let function = module.declare(Signature {
            name: Some(module.name(&native.field)),
            params: params
                .iter()
                .map(|_| Param {
                    ty: TypeId::DYN,
                    name: None,
                })
                .collect(),
            result: TypeId::DYN,
            policy: Lang::Rhumb,
            arity: Arity::Loose,
            flags: 0,
            captures: Vec::new(),
        });
        let mut f = module.build(function);
        for (index, ty) in params.iter().enumerate() {
            let param = f.param(index as u32);
            f.load(param);
            f.coerce(*ty);
        }
        f.op(Op::CallFfi, &[import.0]);
        f.coerce(TypeId::DYN);
        f.ret();
        f.finish().ok()?;
        Some(function)
    }
}

/// A basic type by its name in module text.
fn basic(name: &str) -> Option<TypeId> {
    Some(match name {
        "dyn" => TypeId::DYN,
        "unit" => TypeId::UNIT,
        "int" => TypeId::INT,
        "float" => TypeId::FLOAT,
        "bool" => TypeId::BOOL,
        "char" => TypeId::CHAR,
        "text" => TypeId::TEXT,
        "bytes" => TypeId::BYTES,
        "list" => TypeId::LIST,
        "fn" => TypeId::FN,
        "ref" => TypeId::REF,
        _ => return None,
    })
}
