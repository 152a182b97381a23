//! The code of one function being emitted.

use emit::debug::Position;
use emit::{FunctionBuilder, Local, Loop};
use fzb::tables::TypeId;

use super::unit::{Part, Unit};
use crate::id_map::IdMap;
use crate::tree::{ExprId, Tree};
use crate::typed::{
    DefinedId, FileIndex, FunctionId, GlobalId, LocalId, Meaning, TypeIndex, TypedFile,
};

/// What becomes of an expression's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Want {
    /// It is left on the stack.
    Value,
    /// The function returns it.
    Return,
    /// Nobody wants it.
    Nothing,
}

/// Where a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In a local.
    Local(Local),
    /// A capture of the closure.
    Capture(u32),
    /// A field of the object whose member runs: of a type, by its slot.
    Field(DefinedId, u32),
}

/// Into what the statements of a computation put their values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Collector {
    /// A list in reverse order, in a local.
    List(Local),
    /// The consumer of the generator that runs.
    Generator,
    /// The function that runs is the computation: `async`.
    Async,
    /// The result in a local, behind the end of a loop of one turn: `option` and `result`.
    Early {
        /// Where the result goes.
        result: Local,
        /// The loop to leave.
        exit: Loop,
        /// It is `result`, else `option`.
        is_result: bool,
    },
}

/// The code being emitted.
pub(super) struct Code<'u, 'p> {
    pub unit: &'u Unit<'p>,
    pub part: &'u Part<'p>,
    pub file: &'p TypedFile,
    pub file_index: FileIndex,
    pub f: FunctionBuilder<'u>,
    /// The function, unless it is a step or made for what is no function.
    pub function: Option<FunctionId>,
    pub places: IdMap<LocalId, Place>,
    /// The local with `this`, in members of objects.
    pub this: Option<Local>,
    /// Loops of the program around the place, innermost last.
    pub loops: Vec<Loop>,
    /// Computations of lists, arrays, options and results around the place, innermost last.
    pub collectors: Vec<Collector>,
    /// Module-level values that the pattern at hand binds, and the locals that they are in first.
    pub global_places: Vec<(GlobalId, Local)>,
    /// The failures that the handlers around the place have caught, innermost last.
    pub errors: Vec<Local>,
}

impl<'p> Code<'_, 'p> {
    /// The tree of the file.
    pub fn tree(&self) -> &'p Tree {
        &self.file.parsed.tree
    }

    /// What an expression means.
    pub fn meaning(&self, id: ExprId) -> Meaning {
        self.file.meaning(id)
    }

    /// The type of an expression.
    pub fn type_of(&self, id: ExprId) -> TypeIndex {
        self.file.expr_type(id)
    }

    /// How the values of an expression are held.
    pub fn held(&self, id: ExprId) -> TypeId {
        self.part.held(self.type_of(id))
    }

    /// What is emitted from here on comes from that expression.
    pub fn at(&mut self, id: ExprId) {
        if self.unit.stripped {
            return;
        }
        let start = self.tree().span(id).start;
        self.at_place(start);
    }

    /// What is emitted from here on comes from that place.
    pub fn at_place(&mut self, start: u32) {
        let Some(lines) = self.part.lines(self.unit.positions(), self.file_index) else {
            return;
        };
        let Some(file) = lines.file else {
            return;
        };
        let (line, column) = lines.line_and_column(start);
        self.f.at(Position { file, line, column });
    }

    /// The value on top of the stack is that of an expression: it goes where it is wanted.
    pub fn give(&mut self, want: Want) {
        match want {
            Want::Value => {}
            Want::Return => {
                if self.f.reachable() {
                    let result = self.f.signature().result;
                    self.f.coerce(result);
                    self.f.ret();
                }
            }
            Want::Nothing => self.f.pop(),
        }
    }

    /// `()` goes where it is wanted.
    pub fn give_unit(&mut self, want: Want) {
        if want != Want::Nothing {
            self.f.unit();
            self.give(want);
        }
    }

    /// A local for values of a type, with a variable's name.
    pub fn new_local(&mut self, ty: TypeId, name: Option<&str>) -> Local {
        let name = name
            .filter(|_| !self.unit.stripped)
            .map(|name| self.unit.module.name(name));
        self.f.local(ty, name)
    }

    /// Pops into a temporary held as the value on the stack is.
    pub fn keep(&mut self, ty: TypeId) -> Local {
        self.f.coerce(ty);
        let temp = self.f.temp(ty);
        self.f.store(temp);
        temp
    }

    /// Loads a temporary and gives it back.
    pub fn take_back(&mut self, temp: Local) {
        self.f.load(temp);
        self.f.free_temp(temp);
    }

    /// Makes the place of a variable: a new local of the innermost block.
    pub fn declare(&mut self, local: LocalId) -> Local {
        if let Some(Place::Local(known)) = self.places.get(&local) {
            return *known;
        }
        let (ty, name) = match self.file.locals.get(local) {
            Some(row) => (self.part.held(row.ty), Some(self.part.text(row.name))),
            None => (TypeId::DYN, None),
        };
        let place = self.new_local(ty, name);
        self.places.insert(local, Place::Local(place));
        place
    }

    /// Pushes a variable.
    pub fn load_local(&mut self, local: LocalId) {
        match self.places.get(&local).copied() {
            Some(Place::Local(place)) => self.f.load(place),
            Some(Place::Capture(index)) => self.f.op(isa::Op::LoadCap, &[index]),
            Some(Place::Field(owner, slot)) => {
                let typedef = self.unit.typedef(self.part, owner);
                if let Some(this) = self.this {
                    self.f.load(this);
                    self.f.op(isa::Op::GetSlot, &[typedef.0, slot]);
                }
            }
            // Its binding has not run: only a recursive value that uses itself while it is made.
            None => self.f.unit(),
        }
    }

    /// Runs something in a block: the variables declared in it are forgotten afterwards.
    pub fn scoped<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        self.f.open_block();
        let value = run(self);
        self.f.close_block();
        value
    }
}
