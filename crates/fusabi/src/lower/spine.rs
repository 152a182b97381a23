//! What extends to the left as far as the text goes: operators, applications, fields, indexes. It is walked by a loop.

use emit::Short;
use fzb::tables::TypeId;
use isa::Op;

use super::apply::Arg;
use super::code::{Code, Want};
use crate::tree::{Expr, ExprId};
use crate::typed::{CallShape, Indexed, Meaning, Operator};

/// What is done with a value on the stack.
#[derive(Clone, Copy, Debug)]
enum Extension {
    /// An operator with a right side, a pipe too.
    Binary(ExprId),
    /// A field, a property or a method that is read.
    Field(ExprId),
    /// A member or method that is called: the application, the field.
    Call(ExprId, ExprId),
    /// A value that is called.
    Apply(ExprId),
    /// An index or a slice.
    Index(ExprId),
    /// A type test.
    Cast(ExprId),
}

impl Code<'_, '_> {
    /// A node with a left operand.
    pub fn spine(&mut self, id: ExprId, want: Want) {
        let mut steps = Vec::new();
        let mut at = id;
        while let Some((step, next)) = self.extension(at) {
            steps.extend(step);
            at = next;
        }
        let Some((last, others)) = steps.split_first() else {
            return self.base(at, want);
        };
        self.base(at, Want::Value);
        for step in others.iter().rev() {
            self.extend(*step, Want::Value);
        }
        self.extend(*last, want);
    }

    /// What a node adds to its left operand, and that operand; `None` for a node that is no extension.
    fn extension(&self, id: ExprId) -> Option<(Option<Extension>, ExprId)> {
        let tree = self.tree();
        let meaning = self.meaning(id);
        match (tree.expr(id), meaning) {
            (_, Meaning::Replaced(other)) => Some((None, other)),
            (_, Meaning::Silent) => None,
            (Expr::Binary { left, .. }, Meaning::Operator(operator, _)) => match operator {
                // These evaluate the callee first.
                Operator::PipeBack | Operator::PipeBack2 | Operator::PipeBack3 => None,
                _ => Some((Some(Extension::Binary(id)), left)),
            },
            (Expr::Binary { .. }, _) => None,
            (Expr::Cast { value, .. }, _) => Some((Some(Extension::Cast(id)), value)),
            (Expr::Annotated { value, .. }, _) => Some((None, value)),
            (Expr::TypeApply { target, .. }, _) => Some((None, target)),
            (
                Expr::Field { target, .. },
                Meaning::Field(..) | Meaning::NamedField | Meaning::Member(_) | Meaning::Method(_),
            ) => Some((Some(Extension::Field(id)), target)),
            (Expr::Index { target, .. }, _) => Some((Some(Extension::Index(id)), target)),
            (Expr::Apply { callee, .. }, Meaning::Plain | Meaning::Call(CallShape::DropUnit)) => {
                let mut at = callee;
                while let Expr::TypeApply { target, .. } = tree.expr(at) {
                    at = target;
                }
                match (tree.expr(at), self.meaning(at)) {
                    (Expr::Field { target, .. }, Meaning::Member(_) | Meaning::Method(_)) => {
                        Some((Some(Extension::Call(id, at)), target))
                    }
                    // What is called is itself on the spine, and no name that is called directly.
                    (Expr::Apply { .. } | Expr::Index { .. } | Expr::Binary { .. }, _)
                    | (Expr::Field { .. }, Meaning::Field(..) | Meaning::NamedField) => {
                        Some((Some(Extension::Apply(id)), at))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The innermost node of a spine.
    fn base(&mut self, id: ExprId, want: Want) {
        match (self.tree().expr(id), self.meaning(id)) {
            (Expr::Apply { callee, args, .. }, meaning) if meaning != Meaning::Silent => {
                let args: Vec<Arg> = self
                    .tree()
                    .list(args)
                    .iter()
                    .map(|id| Arg::Expr(*id))
                    .collect();
                self.application(id, callee, args, want);
            }
            (Expr::Binary { left, right, .. }, Meaning::Operator(operator, _)) => {
                let args = match operator {
                    Operator::PipeBack => vec![Arg::Expr(right)],
                    _ => {
                        let parts = if operator == Operator::PipeBack2 {
                            2
                        } else {
                            3
                        };
                        self.parts_of(right, parts)
                    }
                };
                self.call_expr(left, args, want);
            }
            (Expr::Binary { left, right, .. }, Meaning::OperatorCall(callee)) => {
                self.at(id);
                self.call_operator(callee, &[left, right], want);
            }
            (Expr::Computation { body, .. }, Meaning::Computation(builder, function)) => {
                self.at(id);
                match function {
                    Some(function) => self.delayed(function, builder),
                    None => self.computation(id, builder, body),
                }
                self.give(want);
            }
            (Expr::Field { .. }, _) => {
                self.at(id);
                self.name(id);
                self.give(want);
            }
            _ => self.expr(id, want),
        }
    }

    /// Does something with the value on the stack.
    fn extend(&mut self, step: Extension, want: Want) {
        match step {
            Extension::Binary(id) => self.binary(id, want),
            Extension::Field(id) => {
                self.at(id);
                self.read_field(id);
                self.give(want);
            }
            Extension::Call(id, field) => {
                let Expr::Apply { args, .. } = self.tree().expr(id) else {
                    return;
                };
                let drop_unit = self.meaning(id) == Meaning::Call(CallShape::DropUnit);
                let args: Vec<Arg> = if drop_unit {
                    Vec::new()
                } else {
                    self.tree()
                        .list(args)
                        .iter()
                        .map(|id| Arg::Expr(*id))
                        .collect()
                };
                self.call_member(id, field, args, want);
            }
            Extension::Apply(id) => {
                let Expr::Apply { args, .. } = self.tree().expr(id) else {
                    return;
                };
                let args: Vec<Arg> = self
                    .tree()
                    .list(args)
                    .iter()
                    .map(|id| Arg::Expr(*id))
                    .collect();
                self.f.coerce(TypeId::DYN);
                self.call_value(args, id, want);
            }
            Extension::Index(id) => {
                self.index(id);
                self.give(want);
            }
            Extension::Cast(id) => {
                self.cast(id);
                self.give(want);
            }
        }
    }

    /// The right side of an operator whose left side is on the stack.
    fn binary(&mut self, id: ExprId, want: Want) {
        let (Expr::Binary { left, right, .. }, Meaning::Operator(operator, operand)) =
            (self.tree().expr(id), self.meaning(id))
        else {
            return;
        };
        match operator {
            Operator::And | Operator::Or => {
                self.f.coerce(TypeId::BOOL);
                if want == Want::Return && self.f.signature().result == TypeId::BOOL {
                    self.f.open_if();
                    let (first, second) = if operator == Operator::And {
                        (Some(right), None)
                    } else {
                        (None, Some(right))
                    };
                    for (side, known) in [(first, true), (second, false)] {
                        match side {
                            Some(right) => self.expr(right, Want::Return),
                            None => {
                                self.f.push_bool(known);
                                self.give(Want::Return);
                            }
                        }
                        if known {
                            self.f.otherwise();
                        }
                    }
                    self.f.close_if();
                    return;
                }
                let kind = if operator == Operator::And {
                    Short::And
                } else {
                    Short::Or
                };
                self.f.open_short(kind);
                self.value(right);
                self.f.close_short();
                self.give(want);
            }
            Operator::Pipe => {
                let held = self.held(left);
                let value = self.keep(held);
                self.call_expr(right, vec![Arg::Temp(value)], want);
                self.f.free_temp(value);
            }
            Operator::Pipe2 | Operator::Pipe3 => {
                let count = if operator == Operator::Pipe2 { 2 } else { 3 };
                let whole = self.keep(TypeId::DYN);
                let mut args = Vec::new();
                for at in 0..count {
                    self.f.load(whole);
                    self.f.op(Op::TupleGet, &[at]);
                    args.push(Arg::Temp(self.keep(TypeId::DYN)));
                }
                self.call_expr(right, args.clone(), want);
                for arg in args {
                    if let Arg::Temp(temp) = arg {
                        self.f.free_temp(temp);
                    }
                }
                self.f.free_temp(whole);
            }
            _ => {
                self.infix(id, operator, operand, right);
                self.give(want);
            }
        }
    }

    /// The parts of a tuple as arguments; taken apart at run time if it is not written as one.
    fn parts_of(&mut self, id: ExprId, count: u32) -> Vec<Arg> {
        if let Expr::Tuple { items, .. } = self.tree().expr(self.bare(id)) {
            return self
                .tree()
                .list(items)
                .iter()
                .map(|id| Arg::Expr(*id))
                .collect();
        }
        self.boxed(id);
        let whole = self.keep(TypeId::DYN);
        (0..count)
            .map(|at| {
                self.f.load(whole);
                self.f.op(Op::TupleGet, &[at]);
                Arg::Temp(self.keep(TypeId::DYN))
            })
            .collect()
    }

    /// A field, property or method that is read, of the value on the stack.
    fn read_field(&mut self, id: ExprId) {
        match self.meaning(id) {
            Meaning::Field(owner, slot) => {
                let typedef = self.unit.typedef(self.part, owner);
                self.f.op(Op::GetSlot, &[typedef.0, slot]);
            }
            Meaning::Member(_) | Meaning::Method(_) => {
                self.call_member(id, id, Vec::new(), Want::Value);
            }
            _ => {
                let Expr::Field { name, .. } = self.tree().expr(id) else {
                    return;
                };
                let name = self.unit.module.name(self.tree().text(name));
                self.f.get_name(name);
            }
        }
    }

    /// `t.[i]`, `t.[a..b]` of the value on the stack.
    fn index(&mut self, id: ExprId) {
        let (Expr::Index { slices, .. }, Meaning::Index(how)) =
            (self.tree().expr(id), self.meaning(id))
        else {
            return;
        };
        let slices = self.tree().list(slices);
        self.at(id);
        if let Indexed::Member(member) = how {
            let this = self.keep(TypeId::DYN);
            let args = slices.iter().filter_map(|slice| match slice {
                crate::tree::Slice::Item(at) => Some(Arg::Expr(*at)),
                _ => None,
            });
            let args: Vec<Arg> = args.collect();
            self.f.load(this);
            self.call_member_function(member, args, Want::Value);
            self.f.free_temp(this);
            return;
        }
        for slice in slices {
            self.slice(id, how, *slice);
        }
    }
}
