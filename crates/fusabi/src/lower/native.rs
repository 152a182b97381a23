//! Functions of the host: imports. What the library's own code calls: intrinsics, imports and instructions.

use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::apply::Arg;
use super::code::{Code, Want};
use super::unit::{Origin, Part};
use crate::library::{NativeKind, natives};
use crate::typed::{DefinedId, HostId, Index, TypeForm, TypeIndex};

impl Part<'_> {
    /// The types of a host function's parameters, `()` alone is none, and of its result.
    fn host_shape(&self, host: HostId) -> (Vec<TypeIndex>, Option<TypeIndex>) {
        let mut params = Vec::new();
        let Some(mut ty) = self.program.host.get(host).map(|row| row.ty) else {
            return (params, None);
        };
        while let Some(TypeForm::Function(from, to)) = self.program.forms.get(ty) {
            params.push(*from);
            ty = *to;
        }
        if let [only] = params[..]
            && self.program.forms.named(only) == Some(DefinedId::UNIT)
        {
            params.clear();
            params.push(only);
        }
        (params, Some(ty))
    }

    /// How many arguments a host function is written with.
    pub fn host_arity(&self, host: HostId) -> usize {
        self.host_shape(host).0.len()
    }
}

impl Code<'_, '_> {
    /// Calls a host function with any number of arguments.
    pub fn call_host(&mut self, host: HostId, args: Vec<Arg>, want: Want) {
        let arity = self.part.host_arity(host);
        if args.len() < arity {
            let wrapper = self.unit.wrap_host(self.part, host);
            for arg in &args {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.apply(wrapper, args.len());
            return self.give(want);
        }
        let (direct, rest) = args.split_at(arity);
        self.host_instruction(host, direct);
        if !rest.is_empty() {
            self.f.coerce(TypeId::DYN);
            for arg in rest {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.call_closure(rest.len() as u32);
        }
        self.give(want);
    }

    /// The call itself: as many arguments as the function takes.
    pub fn host_instruction(&mut self, host: HostId, args: &[Arg]) {
        if self.part.origin == Origin::Library {
            return self.native(host, args);
        }
        let Some(row) = self.part.program.host.get(host) else {
            return self.f.unit();
        };
        let name = row.name.to_string();
        self.import(host, &name, args);
    }

    fn import(&mut self, host: HostId, name: &str, args: &[Arg]) {
        let (params, result) = self.part.host_shape(host);
        let is_unit = |code: &Self, ty: &TypeIndex| code.part.is_unit(*ty);
        // `f : unit -> t` is a host function without parameters.
        let params: Vec<TypeIndex> = match params[..] {
            [only] if is_unit(self, &only) => {
                for arg in args {
                    if let Arg::Expr(id) = arg {
                        self.expr(*id, Want::Nothing);
                    }
                }
                Vec::new()
            }
            _ => params,
        };
        let held: Vec<TypeId> = params.iter().map(|ty| self.part.held(*ty)).collect();
        if !held.is_empty() {
            for (arg, held) in args.iter().zip(&held) {
                self.arg(*arg, *held);
            }
        }
        let result = result.map_or(TypeId::DYN, |ty| self.part.held(ty));
        let module = &self.unit.module;
        let import = module.import_host(module.name(name), &held, result, &[], false);
        self.f.op(Op::CallFfi, &[import.0]);
    }

    /// What the library's code calls.
    fn native(&mut self, host: HostId, args: &[Arg]) {
        let Some(row) = natives().get(host.index()) else {
            return self.f.unit();
        };
        match row.kind {
            NativeKind::Host(name) => self.import(host, name, args),
            NativeKind::Intrinsic(name) => match Intrinsic::from_name(name) {
                Some(intrinsic) => {
                    for (arg, slot) in args.iter().zip(intrinsic.args()) {
                        self.arg(*arg, of_slot(*slot));
                    }
                    self.intrinsic(intrinsic);
                }
                None => self.f.unit(),
            },
            NativeKind::Operation(name) => self.operation(name, args),
        }
    }

    fn operation(&mut self, name: &str, args: &[Arg]) {
        let arg = |code: &mut Self, at: usize, held: TypeId| {
            if let Some(arg) = args.get(at) {
                code.arg(*arg, held);
            }
        };
        match name {
            "arrayNew" => {
                arg(self, 0, TypeId::INT);
                arg(self, 1, TypeId::DYN);
                self.f.op(Op::ArrNew, &[0]);
            }
            "cast" => arg(self, 0, TypeId::DYN),
            "compare" => {
                arg(self, 0, TypeId::DYN);
                arg(self, 1, TypeId::DYN);
                self.f.op(Op::Compare, &[]);
            }
            "equal" => {
                arg(self, 0, TypeId::DYN);
                arg(self, 1, TypeId::DYN);
                self.f.op(Op::Eq, &[]);
            }
            "display" => {
                arg(self, 0, TypeId::DYN);
                self.f.op(Op::Display, &[0]);
            }
            "structural" => {
                arg(self, 0, TypeId::DYN);
                self.f.op(Op::Display, &[1]);
            }
            "hash" => {
                arg(self, 0, TypeId::DYN);
                self.f.op(Op::Hash, &[]);
            }
            "slice" => {
                for at in 0..3 {
                    arg(self, at, TypeId::DYN);
                }
                self.f.op(Op::Slice, &[]);
            }
            "iterator" => {
                arg(self, 0, TypeId::DYN);
                self.sequence_source();
                self.f.op(Op::IterNew, &[0]);
            }
            "next" => {
                arg(self, 0, TypeId::DYN);
                self.next_of_iterator();
            }
            "await" => {
                arg(self, 0, TypeId::DYN);
                self.f.op(Op::Await, &[]);
            }
            _ => self.f.unit(),
        }
    }

    /// `Some` of the next element of the iterator on the stack, or `None`.
    fn next_of_iterator(&mut self) {
        let typedef = self.unit.typedef(&self.unit.user, DefinedId::OPTION);
        let result = self.f.temp(TypeId::DYN);
        let (ended, done) = (self.f.label(), self.f.label());
        self.f.iter_next(false, ended);
        // The iterator stays below the value until here.
        self.f.op(Op::Case, &[typedef.0, 1]);
        self.f.store(result);
        self.f.pop();
        self.f.jump(done);
        self.f.bind(ended);
        self.f.op(Op::Case, &[typedef.0, 0]);
        self.f.store(result);
        self.f.bind(done);
        self.take_back(result);
    }
}

fn of_slot(slot: isa::Slot) -> TypeId {
    match slot {
        isa::Slot::Int => TypeId::INT,
        isa::Slot::Float => TypeId::FLOAT,
        isa::Slot::Bool => TypeId::BOOL,
        isa::Slot::Char => TypeId::CHAR,
        isa::Slot::Text => TypeId::TEXT,
        isa::Slot::List => TypeId::LIST,
        isa::Slot::Bytes => TypeId::BYTES,
        _ => TypeId::DYN,
    }
}
