//! Lists, arrays, ranges, indexes and slices.

use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::code::{Code, Collector, Want};
use super::represent::Scalar;
use super::wrapper::Wrapped;
use crate::tree::{CollectionBody, CollectionKind, Expr, ExprId, Slice};
use crate::typed::{Indexed, Meaning, Operand, Operator};

/// So many elements one instruction takes from the stack; more are made in parts.
const PART: usize = 1_000;

impl Code<'_, '_> {
    /// `[ … ]` or `[| … |]`
    pub fn collection(&mut self, id: ExprId, kind: CollectionKind, body: CollectionBody) {
        match body {
            CollectionBody::Elements(items) => {
                let items = self.tree().list(items).to_vec();
                self.elements(id, kind, &items);
            }
            CollectionBody::Computation(body) => {
                if let Expr::Range { from, step, to } = self.tree().expr(body) {
                    self.range_list(body, from, step, to);
                } else {
                    self.gathered(body);
                }
                self.at(id);
                if kind == CollectionKind::Array {
                    self.intrinsic(Intrinsic::ListToArray);
                }
            }
        }
    }

    /// The elements that are written.
    fn elements(&mut self, id: ExprId, kind: CollectionKind, items: &[ExprId]) {
        if kind == CollectionKind::Array && items.len() <= PART {
            for item in items {
                self.boxed(*item);
            }
            self.at(id);
            return self.f.op(Op::Array, &[items.len() as u32, 0]);
        }
        // Parts from the left, each appended to what stands before it: evaluated in order.
        let mut parts = items.chunks(PART);
        match parts.next() {
            None => self.f.op(Op::Nil, &[]),
            Some(first) => {
                self.list_part(id, first);
                for part in parts {
                    self.list_part(id, part);
                    self.intrinsic(Intrinsic::ListAppend);
                }
            }
        }
        if kind == CollectionKind::Array {
            self.intrinsic(Intrinsic::ListToArray);
        }
    }

    fn list_part(&mut self, id: ExprId, items: &[ExprId]) {
        for item in items {
            self.boxed(*item);
        }
        self.at(id);
        self.f.op(Op::List, &[items.len() as u32]);
    }

    /// The list of what statements yield.
    pub fn gathered(&mut self, body: ExprId) {
        self.f.open_block();
        self.f.op(Op::Nil, &[]);
        let into = self.keep(TypeId::LIST);
        self.collectors.push(Collector::List(into));
        self.scoped(|code| code.computed(body));
        self.collectors.pop();
        self.take_back(into);
        self.intrinsic(Intrinsic::ListReverse);
        self.f.close_block();
    }

    /// `a .. s .. b` as a list.
    pub fn range_list(&mut self, id: ExprId, from: ExprId, step: Option<ExprId>, to: ExprId) {
        let scalar = Scalar::of(self.part, self.type_of(from));
        let held = scalar.held();
        let operand = scalar.operand().unwrap_or(Operand::AnyNumber);
        let mut args = Vec::new();
        self.expr(from, Want::Value);
        args.push(self.keep(held));
        match step {
            Some(step) => self.expr(step, Want::Value),
            None => self.one(scalar),
        }
        let step_held = if scalar == Scalar::Char && step.is_none() {
            TypeId::INT
        } else {
            held
        };
        args.push(self.keep(step_held));
        self.expr(to, Want::Value);
        args.push(self.keep(held));
        self.at(id);
        let name = match scalar {
            Scalar::Int => "ints",
            Scalar::Float => "floats",
            Scalar::Char => "chars",
            _ => "numbers",
        };
        let mut count = 3;
        if name == "numbers" {
            for operator in [Operator::Add, Operator::Less] {
                let function = self.unit.wrap_operator(self.part, operator, operand);
                self.f.op(Op::MakeClosure, &[function.0, 0]);
            }
            self.zero(scalar);
            count = 6;
        }
        for arg in &args {
            self.f.load(*arg);
        }
        self.library_call("Range'", name, count);
        for arg in args {
            self.f.free_temp(arg);
        }
    }

    /// `a .. b` where a sequence is wanted.
    pub fn range_sequence(&mut self, id: ExprId, from: ExprId, step: Option<ExprId>, to: ExprId) {
        self.range_list(id, from, step, to);
    }

    /// `t.[i]` or `t.[a..b]`; the target is on the stack.
    pub fn slice(&mut self, id: ExprId, how: Indexed, slice: Slice) {
        let (from, to) = match slice {
            Slice::Item(at) => return self.item(id, how, at),
            Slice::Range(from, to) => (from, to),
            Slice::All => (None, None),
        };
        self.f.coerce(TypeId::DYN);
        for end in [from, to] {
            match end {
                Some(end) => self.boxed(end),
                None => self.f.unit(),
            }
        }
        self.at(id);
        self.f.op(Op::Slice, &[]);
    }

    fn item(&mut self, id: ExprId, how: Indexed, at: ExprId) {
        match how {
            Indexed::String => {
                self.f.coerce(TypeId::TEXT);
                self.value(at);
                self.at(id);
                self.f.op(Op::TextAt, &[]);
            }
            Indexed::Array => {
                self.f.coerce(TypeId::DYN);
                self.value(at);
                self.at(id);
                self.f.op(Op::ArrGet, &[0]);
            }
            Indexed::List => {
                let list = self.keep(TypeId::LIST);
                self.value(at);
                let index = self.keep(TypeId::INT);
                self.f.load(index);
                self.f.load(list);
                self.at(id);
                self.library_call("List", "item", 2);
                self.f.free_temp(index);
                self.f.free_temp(list);
            }
            Indexed::Map => {
                let map = self.keep(TypeId::DYN);
                self.boxed(at);
                self.f.load(map);
                self.at(id);
                self.library_call("Map", "find", 2);
                self.f.free_temp(map);
            }
            Indexed::Member(_) => {}
        }
    }

    /// `a.[i] <- v` as a new array (E5).
    pub fn functional_update(&mut self, target: ExprId, value: ExprId) {
        let Expr::Index {
            target: array,
            slices,
            ..
        } = self.tree().expr(target)
        else {
            return self.f.unit();
        };
        let array = self.bare(array);
        // `(a.[0] <- 1).[1] <- 2` updates what the inner one gives.
        if let (Expr::Assign { target, value }, Meaning::Update) =
            (self.tree().expr(array), self.meaning(array))
        {
            self.functional_update(target, value);
        } else {
            self.boxed(array);
        }
        if let [Slice::Item(at)] = self.tree().list(slices) {
            self.value(*at);
            self.boxed(value);
            self.at(target);
            self.f.op(Op::ArrWith, &[0]);
        }
        self.f.coerce(TypeId::DYN);
    }

    /// What is walked over for a `seq` on the stack: a lazy one begins, trees give their entries.
    pub fn sequence_source(&mut self) {
        let source = self
            .unit
            .wrap(self.part, Wrapped::Source, "Seq.source", 1, |code, args| {
                let Some(arg) = args.first().copied() else {
                    return;
                };
                code.arg(arg, TypeId::DYN);
                code.f.op(Op::IsType, &[TypeId::FN.0]);
                code.f.open_if();
                code.arg(arg, TypeId::DYN);
                code.f.call_closure(0);
                code.f.otherwise();
                for module in ["Map", "Set"] {
                    if let Some(tree) = code.unit.tree_type(module) {
                        code.arg(arg, TypeId::DYN);
                        let ty = code.unit.module.named_type(tree, &[]);
                        code.f.op(Op::IsType, &[ty.0]);
                        code.f.open_if();
                        code.arg(arg, TypeId::DYN);
                        code.library_call(module, "toList", 1);
                        code.f.coerce(TypeId::DYN);
                        code.f.otherwise();
                    } else {
                        code.f.push_bool(false);
                        code.f.open_if();
                        code.f.unit();
                        code.f.otherwise();
                    }
                }
                code.arg(arg, TypeId::DYN);
                for _ in 0..3 {
                    code.f.close_if();
                }
            });
        self.f.coerce(TypeId::DYN);
        self.f.call(source);
    }
}
