//! Functions made for what is no function of the program: operators, cases, instructions and host functions as values.

use emit::{Param, Signature};
use fzb::tables::{Arity, FuncId, Lang, TypeId};

use super::apply::Arg;
use super::code::{Code, Want};
use super::represent::Scalar;
use super::unit::{Origin, Part, Unit, arity};
use crate::id_map::IdMap;
use crate::library::library;
use crate::typed::{
    CallShape, CaseId, DefinedId, FileIndex, FormatId, HostId, Index, LibraryId, Operand, Operator,
};

/// What a function was made for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Wrapped {
    Library(LibraryId, Scalar),
    Operator(Operator, OperandKey),
    Case(Origin, CaseId),
    Construct(Origin, DefinedId),
    Host(Origin, HostId),
    /// What `for` walks over for a `seq`.
    Source,
    /// A format string that makes a text, of a file; of a function of the `printf` family by its row.
    Format(Origin, FileIndex, FormatId, Option<LibraryId>),
}

/// An operand as a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct OperandKey(u8, u32);

impl OperandKey {
    fn of(operand: Operand) -> Self {
        match operand {
            Operand::Int => Self(0, 0),
            Operand::Sized(kind) => Self(1, super::represent::width(kind).unwrap_or_default()),
            Operand::Float => Self(2, 0),
            Operand::Float32 => Self(3, 0),
            Operand::String => Self(4, 0),
            Operand::Char => Self(5, 0),
            Operand::Bool => Self(6, 0),
            Operand::AnyNumber => Self(7, 0),
            Operand::Structural => Self(8, 0),
        }
    }
}

impl<'p> Unit<'p> {
    /// The function made for something: it takes `arity` tagged values and is built at the first use.
    pub fn wrap(
        &self,
        part: &Part<'p>,
        key: Wrapped,
        name: &str,
        arity: usize,
        build: impl FnOnce(&mut Code<'_, 'p>, Vec<Arg>),
    ) -> FuncId {
        if let Some(known) = self.wrapped.borrow().get(&key) {
            return *known;
        }
        let made = self.module.declare(Signature {
            name: Some(self.module.name(name)),
            params: vec![
                Param {
                    ty: TypeId::DYN,
                    name: None
                };
                arity
            ],
            result: TypeId::DYN,
            policy: Lang::Fusabi,
            arity: Arity::Curry,
            flags: 0,
            captures: Vec::new(),
        });
        self.wrapped.borrow_mut().insert(key, made);
        let index = match key {
            Wrapped::Format(_, file, ..) => file,
            _ => FileIndex::from_index(0),
        };
        let part = self.part(part.origin);
        let Some(file) = part.program.files.get(index) else {
            return made;
        };
        let mut code = Code {
            unit: self,
            part,
            file,
            file_index: index,
            f: self.module.build(made),
            function: None,
            places: IdMap::default(),
            this: None,
            loops: Vec::new(),
            collectors: Vec::new(),
            global_places: Vec::new(),
            errors: Vec::new(),
        };
        code.f.at_no_place();
        let args = (0..arity)
            .map(|at| Arg::Temp(code.f.param(at as u32)))
            .collect();
        build(&mut code, args);
        code.give(Want::Return);
        // What is wrong with it is the module's to report.
        let _ = code.f.finish();
        made
    }

    /// A row of the library that is instructions, as a function.
    pub fn wrap_library(&self, part: &Part<'p>, row: LibraryId, scalar: Scalar) -> FuncId {
        let Some(entry) = library().get(row) else {
            return FuncId(0);
        };
        let arity = arity(entry);
        let key = Wrapped::Library(row, scalar);
        self.wrap(part, key, entry.name, arity.max(1), |code, args| {
            let args = args.get(..arity).unwrap_or_default().to_vec();
            code.instruction(entry, scalar, &args);
        })
    }

    /// An operator as a function of two arguments, of one for a prefix.
    pub fn wrap_operator(&self, part: &Part<'p>, operator: Operator, operand: Operand) -> FuncId {
        let arity = super::operator::operands(operator);
        let key = Wrapped::Operator(operator, OperandKey::of(operand));
        self.wrap(part, key, "operator", arity, |code, args| {
            let held = super::operator::held_operand(operator, operand);
            for arg in args {
                code.arg(arg, held);
            }
            code.operate(operator, operand);
        })
    }

    /// A case as a function of its fields, a tuple for several.
    pub fn wrap_case(&self, part: &Part<'p>, case: CaseId) -> FuncId {
        let row = part.program.cases.get(case);
        let name = row.map_or("", |row| part.text(row.name));
        let count = row.map_or(0, |row| row.fields.len());
        let key = Wrapped::Case(part.origin, case);
        self.wrap(part, key, name, 1, |code, args| {
            let mut parts = args.clone();
            if let (Some(Arg::Temp(whole)), true) = (args.first(), count > 1) {
                parts.clear();
                for at in 0..count {
                    code.f.load(*whole);
                    code.f.op(isa::Op::TupleGet, &[at as u32]);
                    let part = code.keep(TypeId::DYN);
                    parts.push(Arg::Temp(part));
                }
            }
            code.construct_case(case, CallShape::CaseArguments, &parts);
        })
    }

    /// A constructor as a function.
    pub fn wrap_construct(&self, part: &Part<'p>, owner: DefinedId) -> FuncId {
        let name = part
            .program
            .types
            .get(owner)
            .map_or("", |row| part.text(row.name));
        let key = Wrapped::Construct(part.origin, owner);
        self.wrap(part, key, name, 1, |code, args| {
            code.construct(owner, args.first().copied());
        })
    }

    /// A host function as a function.
    pub fn wrap_host(&self, part: &Part<'p>, host: HostId) -> FuncId {
        let name = part
            .program
            .host
            .get(host)
            .map_or("", |row| row.name.as_ref());
        let arity = part.host_arity(host).max(1);
        let key = Wrapped::Host(part.origin, host);
        self.wrap(part, key, name, arity, |code, args| {
            code.host_instruction(host, &args);
        })
    }
}
