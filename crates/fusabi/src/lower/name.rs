//! Names as values, module-level values.

use fzb::tables::{StaticId, TypeId, static_flags};
use isa::Op;

use super::apply::Arg;
use super::code::{Code, Want};
use super::represent::Scalar;
use super::unit::{Part, Unit, arity};
use crate::library::{Made, library};
use crate::tree::{ExprId, Type as Written, TypeId as WrittenId};
use crate::typed::{GlobalId, LibraryId, Meaning, TypeForm, TypeIndex, TypeShape};

impl<'p> Unit<'p> {
    /// The place of a module-level value.
    pub fn static_of(&self, part: &Part<'p>, global: GlobalId) -> StaticId {
        if let Some(known) = part.statics.borrow().get(&global) {
            return *known;
        }
        let row = part.program.globals.get(global);
        let name = row.map_or("", |row| part.text(row.name));
        let flags = match row {
            Some(row) if row.mutable => static_flags::MUTABLE,
            _ => 0,
        };
        let held = row.map_or(TypeId::DYN, |row| part.static_held(row.ty));
        let made = self.module.static_(self.module.name(name), held, flags);
        part.statics.borrow_mut().insert(global, made);
        made
    }
}

impl Part<'_> {
    /// How a module-level value of a type is held: numbers without a tag, the rest with one.
    pub fn static_held(&self, ty: TypeIndex) -> TypeId {
        match self.held(ty) {
            held @ (TypeId::INT | TypeId::FLOAT | TypeId::BOOL | TypeId::CHAR) => held,
            _ => TypeId::DYN,
        }
    }
}

impl Code<'_, '_> {
    /// How a module-level value is held.
    pub fn global_held(&self, global: GlobalId) -> TypeId {
        self.part
            .program
            .globals
            .get(global)
            .map_or(TypeId::DYN, |row| self.part.static_held(row.ty))
    }

    /// Pushes a module-level value.
    pub fn load_global(&mut self, global: GlobalId) {
        let Some(row) = self.part.program.globals.get(global) else {
            return self.f.unit();
        };
        if let Some(function) = row.function.filter(|_| !row.mutable)
            && self.part.captures(function).is_empty()
        {
            return self.closure(function);
        }
        let place = self.unit.static_of(self.part, global);
        self.f.op(Op::LoadStatic, &[place.0]);
    }

    /// Pops into a module-level value.
    pub fn store_global(&mut self, global: GlobalId) {
        let place = self.unit.static_of(self.part, global);
        let held = self.global_held(global);
        self.f.coerce(held);
        self.f.op(Op::StoreStatic, &[place.0]);
    }

    /// The value that a name or a qualified name means.
    pub fn name(&mut self, id: ExprId) {
        match self.meaning(id) {
            Meaning::Local(local) => {
                let function = self
                    .file
                    .locals
                    .get(local)
                    .and_then(|row| row.function)
                    .filter(|_| self.part.lifted.contains(self.file_index, local));
                match function {
                    // Its uses are calls, so this is a call with no arguments left to give.
                    Some(function) => {
                        let origin = self.part.origin;
                        self.call_function(origin, function, &[], Want::Value);
                    }
                    None => self.load_local(local),
                }
            }
            Meaning::Global(global) => self.load_global(global),
            Meaning::Library(row) => {
                let scalar = self.library_scalar(row, self.type_of(id));
                self.library_value(row, scalar);
            }
            Meaning::Host(host) => {
                if self.part.host_arity(host) == 0 {
                    return self.host_instruction(host, &[]);
                }
                let wrapper = self.unit.wrap_host(self.part, host);
                self.f.op(Op::MakeClosure, &[wrapper.0, 0]);
            }
            Meaning::Case(case) => {
                let fields = self
                    .part
                    .program
                    .cases
                    .get(case)
                    .map_or(0, |row| row.fields.len());
                if fields == 0 {
                    let (typedef, tag) = self.unit.case_of(self.part, case);
                    return self.f.op(Op::Case, &[typedef.0, tag]);
                }
                let wrapper = self.unit.wrap_case(self.part, case);
                self.f.op(Op::MakeClosure, &[wrapper.0, 0]);
            }
            Meaning::EnumCase(owner, at) => {
                let number = match self.part.program.types.get(owner).map(|row| &row.shape) {
                    Some(TypeShape::Enum(items)) => {
                        items.get(at as usize).map_or(0, |item| item.value)
                    }
                    _ => 0,
                };
                self.f.push_int(number);
            }
            Meaning::ActiveResult { case, cases } => self.active_result(case, cases, None),
            Meaning::Construct(owner) => {
                let wrapper = self.unit.wrap_construct(self.part, owner);
                self.f.op(Op::MakeClosure, &[wrapper.0, 0]);
            }
            Meaning::OperatorValue(operator, operand) => {
                let wrapper = self.unit.wrap_operator(self.part, operator, operand);
                self.f.op(Op::MakeClosure, &[wrapper.0, 0]);
            }
            Meaning::StaticMember(member) => {
                let Some(row) = self.part.program.members.get(member) else {
                    return self.f.unit();
                };
                if row.is_property {
                    self.call_function(self.part.origin, row.function, &[Arg::Unit], Want::Value);
                } else {
                    self.closure(row.function);
                }
            }
            _ => self.f.unit(),
        }
    }

    /// A row of the library as a value.
    fn library_value(&mut self, row: LibraryId, scalar: Scalar) {
        let Some(entry) = library().get(row) else {
            return self.f.unit();
        };
        if arity(entry) == 0 {
            return self.call_library(row, scalar, Vec::new(), Want::Value);
        }
        if entry.made == Made::Instructions {
            let wrapper = self.unit.wrap_library(self.part, row, scalar);
            return self.f.op(Op::MakeClosure, &[wrapper.0, 0]);
        }
        self.call_library(row, scalar, Vec::new(), Want::Value);
    }

    /// The number or other scalar that a row of the library works on, by the type of its use: what stands for the type
    /// parameter that its signature restricts, else for the first one.
    pub fn library_scalar(&self, row: LibraryId, used: TypeIndex) -> Scalar {
        let Some(entry) = library().get(row) else {
            return Scalar::Other;
        };
        let letter = match entry.signature.split_once(" when '") {
            Some((_, rest)) => rest.split(' ').next().unwrap_or("a"),
            None => "a",
        };
        match self.stands_for(letter, entry.ty, used) {
            Some(ty) => Scalar::of(self.part, ty),
            None => Scalar::Other,
        }
    }

    /// What stands for a type parameter of a signature of the library.
    fn stands_for(&self, letter: &str, written: WrittenId, used: TypeIndex) -> Option<TypeIndex> {
        let tree = &library().parsed.tree;
        let forms = &self.part.program.forms;
        let mut work = vec![(written, used)];
        while let Some((written, used)) = work.pop() {
            match (tree.ty(written), forms.get(used)) {
                (Written::Variable(name), _) if tree.text(name) == letter => return Some(used),
                (Written::Paren(inner) | Written::Constrained { ty: inner, .. }, _) => {
                    work.push((inner, used));
                }
                (Written::Function(items), _) => {
                    let items = tree.list(items);
                    let mut used = used;
                    for (at, item) in items.iter().enumerate() {
                        match forms.get(used) {
                            Some(TypeForm::Function(first, rest)) if at + 1 < items.len() => {
                                work.push((*item, *first));
                                used = *rest;
                            }
                            _ => {
                                work.push((*item, used));
                                break;
                            }
                        }
                    }
                }
                (Written::Tuple { items, .. }, Some(TypeForm::Tuple(parts))) => {
                    work.extend(tree.list(items).iter().copied().zip(parts.iter().copied()));
                }
                (Written::Named { args, .. }, Some(TypeForm::Named(_, parts))) => {
                    work.extend(tree.list(args).iter().copied().zip(parts.iter().copied()));
                }
                _ => {}
            }
        }
        None
    }
}
