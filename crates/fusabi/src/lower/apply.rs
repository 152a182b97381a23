//! Calls.

use emit::Local;
use fzb::tables::{FuncId, TypeId};
use isa::Op;

use super::code::{Code, Want};
use super::represent::Scalar;
use super::unit::{Origin, arity};
use crate::library::{Made, library};
use crate::tree::{Expr, ExprId};
use crate::typed::{
    ActivePattern, CallShape, Callee, CaseId, DefinedId, FunctionId, GlobalId, LibraryId, Meaning,
    MemberId,
};

/// An argument that is not evaluated yet, or waits in a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Arg {
    Expr(ExprId),
    Temp(Local),
    /// `()`
    Unit,
}

/// So many arguments `call_closure` takes.
const MOST_ARGUMENTS: usize = 255;

impl<'p> Code<'_, 'p> {
    /// An application node.
    pub fn application(&mut self, id: ExprId, callee: ExprId, args: Vec<Arg>, want: Want) {
        match self.meaning(id) {
            Meaning::Call(CallShape::DropUnit) => self.expr(callee, want),
            Meaning::Call(CallShape::Swapped) => {
                let mut args = args;
                if args.len() >= 2 {
                    args.swap(0, 1);
                }
                self.call_expr(callee, args, want);
            }
            Meaning::Call(CallShape::Spread) => {
                let parts = self.tuple_items(&args);
                self.at(id);
                self.call_expr(callee, parts, want);
            }
            Meaning::Call(
                shape @ (CallShape::CaseFields | CallShape::CaseArguments | CallShape::CaseNamed),
            ) => {
                if let Meaning::Case(case) = self.meaning(self.bare_callee(callee)) {
                    self.construct_case(case, shape, &args);
                }
                self.give(want);
            }
            Meaning::Formatted(how) => self.formatted(id, callee, args, how, want),
            _ => self.call_expr(callee, args, want),
        }
    }

    /// A callee without the types that were applied to it.
    fn bare_callee(&self, callee: ExprId) -> ExprId {
        let mut at = self.bare(callee);
        while let Expr::TypeApply { target, .. } = self.tree().expr(at) {
            at = self.bare(target);
        }
        at
    }

    /// The items of the tuple that is the only argument.
    fn tuple_items(&self, args: &[Arg]) -> Vec<Arg> {
        if let [Arg::Expr(arg)] = args
            && let Expr::Tuple { items, .. } = self.tree().expr(self.bare(*arg))
        {
            return self
                .tree()
                .list(items)
                .iter()
                .map(|id| Arg::Expr(*id))
                .collect();
        }
        args.to_vec()
    }

    /// Applies an expression to arguments.
    pub fn call_expr(&mut self, callee: ExprId, args: Vec<Arg>, want: Want) {
        let mut callee = self.bare_callee(callee);
        let mut args = args;
        // `xs |> List.map f` is `List.map f xs`.
        while let (
            Expr::Apply {
                callee: inner,
                args: first,
                ..
            },
            Meaning::Plain,
        ) = (self.tree().expr(callee), self.meaning(callee))
        {
            if self.calls_member(inner) {
                break;
            }
            let mut all: Vec<Arg> = self
                .tree()
                .list(first)
                .iter()
                .map(|id| Arg::Expr(*id))
                .collect();
            all.extend(args);
            args = all;
            callee = self.bare_callee(inner);
        }
        self.at(callee);
        match (self.tree().expr(callee), self.meaning(callee)) {
            (Expr::Lambda { params, body }, Meaning::Function(_)) if params.len() == args.len() => {
                // Called where it stands: its parameters are variables of this function.
                let params = self.tree().list(params);
                self.f.open_block();
                for (param, arg) in params.iter().zip(&args) {
                    let held = self.part.held(self.file.pattern_type(*param));
                    self.arg(*arg, held);
                    self.store_pattern(*param);
                }
                let held = self.held(body);
                self.expr(body, want);
                self.meet(held, want);
                self.f.close_block();
            }
            (_, Meaning::Local(local)) => {
                let function = self
                    .file
                    .locals
                    .get(local)
                    .and_then(|row| row.function)
                    .filter(|_| self.part.lifted.contains(self.file_index, local));
                match function {
                    Some(function) => {
                        self.call_function(self.part.origin, function, &args, want);
                    }
                    None => {
                        self.load_local(local);
                        self.f.coerce(TypeId::DYN);
                        self.call_value(args, callee, want);
                    }
                }
            }
            (_, Meaning::Global(global)) => self.call_global(global, args, callee, want),
            (_, Meaning::Library(row)) => {
                if self.printf(row, &args, want) {
                    return;
                }
                let scalar = self.library_scalar(row, self.type_of(callee));
                self.call_library(row, scalar, args, want);
            }
            (_, Meaning::Host(host)) => self.call_host(host, args, want),
            (_, Meaning::Case(case)) => {
                let args = match self
                    .part
                    .program
                    .cases
                    .get(case)
                    .map(|row| row.fields.len())
                {
                    Some(count) if count > 1 => {
                        let parts = self.tuple_items(&args);
                        if parts.len() == count {
                            parts
                        } else {
                            return self.call_by_wrapper(callee, args, want);
                        }
                    }
                    _ => args,
                };
                self.construct_case(case, CallShape::CaseArguments, &args);
                self.give(want);
            }
            (_, Meaning::ActiveResult { case, cases }) => {
                self.active_result(case, cases, args.first().copied());
                self.give(want);
            }
            (_, Meaning::Construct(owner)) => {
                self.construct(owner, args.first().copied());
                self.give(want);
            }
            (_, Meaning::StaticMember(member)) => {
                let Some(row) = self.part.program.members.get(member) else {
                    return;
                };
                if row.is_property {
                    self.name(callee);
                    return self.call_value(args, callee, want);
                }
                self.call_function(self.part.origin, row.function, &args, want);
            }
            (_, Meaning::OperatorValue(operator, operand)) if args.len() == 2 => {
                let [first, second] = args[..] else { return };
                let held = super::operator::held_operand(operator, operand);
                self.arg(first, held);
                let first = self.keep(held);
                self.arg(second, held);
                let second = self.keep(held);
                self.f.load(first);
                self.f.load(second);
                self.operate(operator, operand);
                self.give(want);
                self.f.free_temp(first);
                self.f.free_temp(second);
            }
            _ => self.call_by_wrapper(callee, args, want),
        }
    }

    /// Applies the value of an expression.
    fn call_by_wrapper(&mut self, callee: ExprId, args: Vec<Arg>, want: Want) {
        self.boxed(callee);
        self.call_value(args, callee, want);
    }

    /// Whether a callee is a member or method with a target: then the target comes first.
    fn calls_member(&self, callee: ExprId) -> bool {
        matches!(
            self.meaning(self.bare_callee(callee)),
            Meaning::Member(_) | Meaning::Method(_)
        )
    }

    /// Applies the function value on the stack.
    pub fn call_value(&mut self, args: Vec<Arg>, at: ExprId, want: Want) {
        let mut rest = args.as_slice();
        loop {
            let (some, more) = rest.split_at(rest.len().min(MOST_ARGUMENTS));
            for arg in some {
                self.arg(*arg, TypeId::DYN);
            }
            self.at(at);
            if more.is_empty() && want == Want::Return {
                return self.f.tail_call_closure(some.len() as u32);
            }
            self.f.call_closure(some.len() as u32);
            if more.is_empty() {
                return self.give(want);
            }
            rest = more;
        }
    }

    /// Pushes an argument, held like that. What comes behind it stands where what came before it does: a call is where its
    /// function is named, not where its last argument is.
    pub fn arg(&mut self, arg: Arg, held: TypeId) {
        match arg {
            Arg::Expr(id) => {
                let place = self.f.place();
                self.expr(id, Want::Value);
                if let Some(place) = place {
                    self.f.at(place);
                }
            }
            Arg::Temp(local) => self.f.load(local),
            Arg::Unit => self.f.unit(),
        }
        self.f.coerce(held);
    }

    /// Calls a function of one of the programs with any number of arguments.
    pub fn call_function(&mut self, origin: Origin, id: FunctionId, args: &[Arg], want: Want) {
        let part = self.unit.part(origin);
        let function = self.unit.function(part, id);
        let mut lifted = 0;
        if part.lifted.is_lifted(id) {
            let captured = part.captures(id);
            for local in captured.iter() {
                self.load_local(*local);
            }
            lifted = captured.len();
        }
        self.call_declared(function, lifted, args, want);
    }

    /// Calls a function of the module whose first arguments are on the stack.
    fn call_declared(&mut self, function: FuncId, given: usize, args: &[Arg], want: Want) {
        let Some(signature) = self.unit.module.function_signature(function) else {
            return;
        };
        let params = signature.params.get(given..).unwrap_or_default();
        if args.len() < params.len() {
            // A partial application holds its arguments with their tags.
            for arg in args {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.apply(function, args.len());
            return self.give(want);
        }
        let (direct, rest) = args.split_at(params.len());
        for (arg, param) in direct.iter().zip(params) {
            self.arg(*arg, param.ty);
        }
        if rest.is_empty() {
            if want == Want::Return {
                return self.f.tail_call(function);
            }
            self.f.call(function);
            return self.give(want);
        }
        self.f.call(function);
        self.f.coerce(TypeId::DYN);
        let called = rest.to_vec();
        let mut rest = called.as_slice();
        while !rest.is_empty() {
            let (some, more) = rest.split_at(rest.len().min(MOST_ARGUMENTS));
            for arg in some {
                self.arg(*arg, TypeId::DYN);
            }
            if more.is_empty() && want == Want::Return {
                return self.f.tail_call_closure(some.len() as u32);
            }
            self.f.call_closure(some.len() as u32);
            rest = more;
        }
        self.give(want);
    }

    fn call_global(&mut self, global: GlobalId, args: Vec<Arg>, at: ExprId, want: Want) {
        let function = self
            .part
            .program
            .globals
            .get(global)
            .filter(|row| !row.mutable)
            .and_then(|row| row.function);
        match function {
            Some(function) if self.part.captures(function).is_empty() => {
                self.call_function(self.part.origin, function, &args, want);
            }
            _ => {
                self.load_global(global);
                self.f.coerce(TypeId::DYN);
                self.call_value(args, at, want);
            }
        }
    }

    /// Calls a row of the library. `scalar` is what its number, or its first type parameter, is at the place.
    pub fn call_library(&mut self, row: LibraryId, scalar: Scalar, args: Vec<Arg>, want: Want) {
        let Some(entry) = library().get(row) else {
            return self.give_unit(want);
        };
        if entry.made == Made::Fusabi {
            let Some((function, numeric)) = self.unit.library_function(row, scalar) else {
                return self.give_unit(want);
            };
            if args.len() == arity(entry) && self.inlined(entry, &args, want) {
                return;
            }
            if numeric.is_empty() {
                return self.call_function(Origin::Library, function, &args, want);
            }
            // What the body cannot know of the number comes first.
            let mut all = self.numeric(numeric, scalar);
            let given = all.clone();
            all.extend(args);
            self.call_function(Origin::Library, function, &all, want);
            for arg in given {
                if let Arg::Temp(temp) = arg {
                    self.f.free_temp(temp);
                }
            }
            return;
        }
        let arity = arity(entry);
        if args.len() < arity {
            let wrapper = self.unit.wrap_library(self.part, row, scalar);
            for arg in &args {
                self.arg(*arg, TypeId::DYN);
            }
            self.f.apply(wrapper, args.len());
            return self.give(want);
        }
        let (direct, rest) = args.split_at(arity);
        self.instruction(entry, scalar, direct);
        if rest.is_empty() {
            return self.give(want);
        }
        self.f.coerce(TypeId::DYN);
        for arg in rest {
            self.arg(*arg, TypeId::DYN);
        }
        self.f.call_closure(rest.len() as u32);
        self.give(want);
    }

    /// Calls a function of the library by name, with `count` arguments on the stack.
    pub fn library_call(&mut self, module: &str, name: &str, count: usize) {
        let Some(function) = self.unit.library_body(module, name) else {
            // Every name that is asked for here stands in the library (tested).
            for _ in 0..count {
                self.f.pop();
            }
            return self.f.unit();
        };
        let function = self.unit.function(&self.unit.library, function);
        self.f.apply(function, count);
    }

    /// `t.M(args)` or `t.P`: the target is on the stack.
    pub fn call_member(&mut self, id: ExprId, field: ExprId, args: Vec<Arg>, want: Want) {
        match self.meaning(field) {
            Meaning::Member(member) => {
                self.at(id);
                self.call_member_function(member, args, want);
            }
            Meaning::Method(row) => {
                let held = match self.tree().expr(field) {
                    Expr::Field { target, .. } => self.held(target),
                    _ => TypeId::DYN,
                };
                let target = self.keep(held);
                let mut all = vec![Arg::Temp(target)];
                all.extend(args);
                self.at(id);
                let scalar = match self.tree().expr(field) {
                    Expr::Field { target, .. } => Scalar::of(self.part, self.type_of(target)),
                    _ => Scalar::Other,
                };
                self.call_library(row, scalar, all, want);
                self.f.free_temp(target);
            }
            _ => {}
        }
    }

    /// Calls an instance member of the value on the stack.
    pub fn call_member_function(&mut self, member: MemberId, args: Vec<Arg>, want: Want) {
        let Some(row) = self.part.program.members.get(member) else {
            return;
        };
        let this = self.keep(TypeId::DYN);
        let mut all = vec![Arg::Temp(this)];
        all.extend(args);
        self.call_function(self.part.origin, row.function, &all, want);
        self.f.free_temp(this);
    }

    /// An operator that is a function of the user's.
    pub fn call_operator(&mut self, callee: Callee, operands: &[ExprId], want: Want) {
        let args: Vec<Arg> = operands.iter().map(|id| Arg::Expr(*id)).collect();
        match callee {
            Callee::Local(local) => {
                let function = self.file.locals.get(local).and_then(|row| row.function);
                match function {
                    Some(function) if self.part.lifted.contains(self.file_index, local) => {
                        self.call_function(self.part.origin, function, &args, want);
                    }
                    _ => {
                        self.load_local(local);
                        self.f.coerce(TypeId::DYN);
                        if let Some(at) = operands.first() {
                            self.call_value(args, *at, want);
                        }
                    }
                }
            }
            Callee::Global(global) => {
                if let Some(at) = operands.first() {
                    self.call_global(global, args, *at, want);
                }
            }
            Callee::Member(member) => {
                let Some(row) = self.part.program.members.get(member) else {
                    return;
                };
                let arity = self
                    .part
                    .program
                    .functions
                    .get(row.function)
                    .map_or(1, |function| function.arity);
                if arity == 1 && operands.len() > 1 {
                    for operand in operands {
                        self.boxed(*operand);
                    }
                    self.f.op(Op::Tuple, &[operands.len() as u32]);
                    let both = self.keep(TypeId::DYN);
                    self.call_function(self.part.origin, row.function, &[Arg::Temp(both)], want);
                    self.f.free_temp(both);
                } else {
                    self.call_function(self.part.origin, row.function, &args, want);
                }
            }
            Callee::Library(row) => self.call_library(row, Scalar::Other, args, want),
        }
    }

    /// Runs the function of an active pattern on a value.
    pub fn call_active(&mut self, active: &ActivePattern, subject: Local) {
        let mut args: Vec<Arg> = active.arguments.iter().map(|id| Arg::Expr(*id)).collect();
        args.push(Arg::Temp(subject));
        match active.function {
            Callee::Local(local) => {
                self.load_local(local);
                self.f.coerce(TypeId::DYN);
                for arg in &args {
                    self.arg(*arg, TypeId::DYN);
                }
                self.f.call_closure(args.len() as u32);
            }
            Callee::Global(global) => {
                let function = self
                    .part
                    .program
                    .globals
                    .get(global)
                    .and_then(|row| row.function);
                if let Some(function) = function {
                    self.call_function(self.part.origin, function, &args, Want::Value);
                }
            }
            Callee::Member(_) | Callee::Library(_) => self.f.load(subject),
        }
    }

    /// Makes a case of a union, or an exception.
    pub fn construct_case(&mut self, case: CaseId, shape: CallShape, args: &[Arg]) {
        let Some(row) = self.part.program.cases.get(case) else {
            return;
        };
        let (typedef, tag) = self.unit.case_of(self.part, case);
        let held: Vec<TypeId> = row
            .fields
            .iter()
            .map(|field| self.part.held(field.ty))
            .collect();
        let parts = match shape {
            CallShape::CaseArguments => args.to_vec(),
            _ => self.tuple_items(args),
        };
        if shape == CallShape::CaseNamed {
            // Evaluated in the order of writing, taken in that of the declaration.
            let mut temps: Vec<(usize, Local)> = Vec::new();
            for part in parts {
                let Arg::Expr(part) = part else { continue };
                let Expr::Binary { left, right, .. } = self.tree().expr(self.bare(part)) else {
                    continue;
                };
                let Expr::Name(symbol) = self.tree().expr(left) else {
                    continue;
                };
                let text = self.tree().text(symbol);
                let at = row
                    .fields
                    .iter()
                    .position(|field| self.part.text(field.name) == text);
                if let Some(at) = at {
                    let held = held.get(at).copied().unwrap_or(TypeId::DYN);
                    self.arg(Arg::Expr(right), held);
                    let temp = self.keep(held);
                    temps.push((at, temp));
                }
            }
            temps.sort_by_key(|(at, _)| *at);
            for (_, temp) in &temps {
                self.f.load(*temp);
            }
            for (_, temp) in temps {
                self.f.free_temp(temp);
            }
        } else {
            for (part, held) in parts.iter().zip(&held) {
                self.arg(*part, *held);
            }
        }
        self.f.op(Op::Case, &[typedef.0, tag]);
    }

    /// A result of the active pattern around the place.
    pub fn active_result(&mut self, case: u32, cases: u32, value: Option<Arg>) {
        match value {
            Some(value) => self.arg(value, TypeId::DYN),
            None => self.f.unit(),
        }
        if cases > 1 {
            let (typedef, tag) = self.choice(cases, case);
            self.f.op(Op::Case, &[typedef.0, tag]);
        }
    }

    /// The case of [`DefinedId::CHOICE`] with so many cases.
    pub fn choice(&self, cases: u32, case: u32) -> (fzb::tables::TypedefId, u32) {
        let typedef = self.unit.typedef(&self.unit.user, DefinedId::CHOICE);
        // Choice1Of2, Choice2Of2, Choice1Of3 and so on stand one after the other.
        let before: u32 = (2..cases).sum();
        (typedef, before + case)
    }

    /// `T(args)`: the variables that the constructor's parameters bind are the fields of the value.
    pub fn construct(&mut self, owner: DefinedId, arg: Option<Arg>) {
        let Some((params, _, locals)) = super::declare::object_variables(self.part, owner) else {
            return self.f.unit();
        };
        let typedef = self.unit.typedef(self.part, owner);
        // The constructor's patterns belong to the file that declares the type.
        let file = self
            .part
            .program
            .types
            .get(owner)
            .and_then(|row| row.definition)
            .map(|definition| definition.file);
        match arg {
            Some(arg) => self.arg(arg, TypeId::DYN),
            None => self.f.unit(),
        }
        let outer = (self.file, self.file_index);
        if let Some(index) = file
            && let Some(file) = self.part.program.files.get(index)
        {
            (self.file, self.file_index) = (file, index);
        }
        let places = std::mem::take(&mut self.places);
        self.f.open_block();
        let held = self.part.held(self.file.pattern_type(params));
        self.f.coerce(held);
        self.store_pattern(params);
        for local in &locals {
            self.load_local(*local);
        }
        self.f.op(Op::Record, &[typedef.0]);
        self.f.coerce(TypeId::DYN);
        self.f.close_block();
        self.places = places;
        (self.file, self.file_index) = outer;
    }
}
