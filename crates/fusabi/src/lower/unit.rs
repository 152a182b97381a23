//! The module being made, and what is known of the two programs that it is made of: the user's and the library's.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use emit::ModuleBuilder;
use emit::debug::FileId;
use fzb::tables::{FuncId, StaticId, TypedefId};

use super::captures::Lifted;
use super::represent::Scalar;
use super::wrapper::Wrapped;
use crate::id_map::IdMap;
use crate::library::{Entry, Numeric, bodies, library};
use crate::tree::Type as Written;
use crate::typed::{
    CaseId, DefinedId, FileIndex, FunctionId, GlobalId, Index, LibraryId, LocalId, NameId, Program,
};

/// How many arguments a row of the library takes, the value before the dot of a method included.
pub(super) fn arity(entry: &Entry) -> usize {
    let tree = &library().parsed.tree;
    let mut at = entry.ty;
    while let Written::Paren(inner) | Written::Constrained { ty: inner, .. } = tree.ty(at) {
        at = inner;
    }
    let written = match tree.ty(at) {
        Written::Function(items) => items.len() - 1,
        _ => 0,
    };
    written + usize::from(entry.receiver().is_some())
}

/// One of the two programs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Origin {
    /// The user's.
    User,
    /// The standard library.
    Library,
}

/// What a body that runs later is, besides `lazy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Delayed {
    /// `seq { … }`
    Generator,
    /// `async { … }`
    Async,
}

/// A program, and what of it has its place in the module.
pub(super) struct Part<'p> {
    pub origin: Origin,
    pub program: &'p Program,
    /// Local functions whose captured variables are parameters.
    pub lifted: Arc<Lifted>,
    pub functions: RefCell<IdMap<FunctionId, FuncId>>,
    pub captures: RefCell<IdMap<FunctionId, Rc<[LocalId]>>>,
    pub statics: RefCell<IdMap<GlobalId, StaticId>>,
    pub types: RefCell<IdMap<DefinedId, TypedefId>>,
    pub exceptions: RefCell<IdMap<CaseId, TypedefId>>,
    /// What the bodies that were met are.
    pub delayed: RefCell<IdMap<FunctionId, Delayed>>,
    /// Where the lines of each file begin, and its number in the module; of those that code comes from.
    files: RefCell<Vec<Option<Rc<Lines>>>>,
}

/// A file of a module's positions.
pub(super) struct Lines {
    /// Its number in the module, unless that is stripped.
    pub file: Option<FileId>,
    /// Where its lines begin.
    starts: Vec<u32>,
    /// Where the bytes of its text stand that begin no scalar.
    inside: Vec<u32>,
}

impl Lines {
    fn of(name: &str, text: &str, module: Option<&ModuleBuilder>) -> Self {
        let hash = blake3::hash(text.as_bytes());
        let mut start = [0; 8];
        for (to, from) in start.iter_mut().zip(hash.as_bytes()) {
            *to = *from;
        }
        let mut starts = vec![0];
        let mut inside = Vec::new();
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(at as u32 + 1);
            } else if byte & 0xC0 == 0x80 {
                inside.push(at as u32);
            }
        }
        Self {
            file: module.map(|module| module.file(name, start)),
            starts,
            inside,
        }
    }

    /// Line and column of a place, from 1; columns count scalars.
    pub fn line_and_column(&self, at: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let up_to = |place: u32| self.inside.partition_point(|inside| *inside < place) as u32;
        let bytes = at.saturating_sub(start);
        let inside = up_to(at).saturating_sub(up_to(start));
        (line as u32, bytes.saturating_sub(inside) + 1)
    }
}

impl<'p> Part<'p> {
    fn new(origin: Origin, program: &'p Program, lifted: Arc<Lifted>) -> Self {
        Self {
            origin,
            program,
            lifted,
            functions: RefCell::default(),
            captures: RefCell::default(),
            statics: RefCell::default(),
            types: RefCell::default(),
            exceptions: RefCell::default(),
            delayed: RefCell::default(),
            files: RefCell::new(vec![None; program.files.len()]),
        }
    }

    /// The text of a name.
    pub fn text(&self, name: NameId) -> &'p str {
        self.program.names.text(name)
    }

    /// The lines of a file, which belongs to the module from then on.
    pub fn lines(&self, module: Option<&ModuleBuilder>, file: FileIndex) -> Option<Rc<Lines>> {
        let mut files = self.files.borrow_mut();
        let place = files.get_mut(file.index())?;
        if place.is_none() {
            let row = self.program.files.get(file)?;
            let lines = Lines::of(&row.name, row.parsed.source.text(), module);
            *place = Some(Rc::new(lines));
        }
        place.clone()
    }
}

/// The module being made.
pub(super) struct Unit<'p> {
    pub module: ModuleBuilder,
    pub user: Part<'p>,
    pub library: Part<'p>,
    pub stripped: bool,
    /// Functions that were declared and have no code yet.
    pub work: RefCell<Vec<(Origin, FunctionId)>>,
    /// Functions made for what is none.
    pub wrapped: RefCell<HashMap<Wrapped, FuncId>>,
}

impl<'p> Unit<'p> {
    /// An empty module for a program.
    pub fn new(
        module: ModuleBuilder,
        program: &'p Program,
        library: &'p Program,
        stripped: bool,
    ) -> Self {
        /// Those of the library, which is always the same program.
        static LIFTED: OnceLock<Arc<Lifted>> = OnceLock::new();
        let user = Part::new(Origin::User, program, Arc::new(Lifted::of(program)));
        let lifted = LIFTED.get_or_init(|| Arc::new(Lifted::of(library)));
        let library = Part::new(Origin::Library, library, Arc::clone(lifted));
        Self {
            module,
            user,
            library,
            stripped,
            work: RefCell::default(),
            wrapped: RefCell::default(),
        }
    }

    /// The body of a row of the library, and what it takes first.
    pub fn library_function(
        &self,
        row: LibraryId,
        scalar: Scalar,
    ) -> Option<(FunctionId, &'static [Numeric])> {
        let body = bodies()?.body(row, scalar.operand())?;
        let function = self.library.program.globals.get(body.global)?.function?;
        Some((function, body.numeric))
    }

    /// A function of the library by its innermost module and its name.
    pub fn library_body(&self, module: &str, name: &str) -> Option<FunctionId> {
        let global = bodies()?.find(module, name)?;
        self.library.program.globals.get(global)?.function
    }

    /// The type of the library's trees: of module `Map` or `Set`.
    pub fn tree_type(&self, module: &str) -> Option<TypedefId> {
        let program = self.library.program;
        let (id, _) = program.types.iter().find(|(_, row)| {
            row.definition.is_some()
                && row
                    .modules
                    .last()
                    .is_some_and(|name| program.names.text(*name) == module)
                && program.names.text(row.name).eq_ignore_ascii_case(module)
        })?;
        Some(self.typedef(&self.library, id))
    }

    /// The exception that `failwith` throws.
    pub fn failure(&self) -> Option<CaseId> {
        let program = self.user.program;
        program
            .cases
            .iter()
            .find(|(_, case)| {
                case.owner == DefinedId::EXN
                    && case.definition.is_none()
                    && program.names.text(case.name) == "Failure"
            })
            .map(|(id, _)| id)
    }

    /// The module, if it has positions of its sources.
    pub fn positions(&self) -> Option<&ModuleBuilder> {
        (!self.stripped).then_some(&self.module)
    }

    /// One of its programs.
    pub const fn part(&self, origin: Origin) -> &Part<'p> {
        match origin {
            Origin::User => &self.user,
            Origin::Library => &self.library,
        }
    }
}
