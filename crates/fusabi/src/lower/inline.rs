//! Functions of the library that walk over a list with a lambda that is written at the place: the lambda's body stands in the
//! loop, without a closure and without tags on what it takes and gives.

use emit::Local;
use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::apply::Arg;
use super::code::{Code, Want};
use crate::library::Entry;
use crate::tree::{Expr, ExprId, PatternId};
use crate::typed::Meaning;

impl<'p> Code<'_, 'p> {
    /// Emits a call of a row of the library in place, if that is one of these with a lambda. `args` are as many as it takes.
    pub fn inlined(&mut self, entry: &Entry, args: &[Arg], want: Want) -> bool {
        if entry.module != "List" {
            return false;
        }
        let Some((params, body)) = args.first().and_then(|arg| self.lambda(*arg)) else {
            return false;
        };
        match (entry.name, params, args) {
            ("iter", [x], [_, list]) => {
                self.f.open_block();
                self.arg(*list, TypeId::LIST);
                self.walk_list(Some(*x), |code| code.expr(body, Want::Nothing));
                self.f.close_block();
                self.give_unit(want);
            }
            ("map", [x], [_, list]) => {
                self.collected(*list, want, |code, made| {
                    code.walk_list(Some(*x), |code| {
                        code.boxed(body);
                        code.prepend(made);
                    });
                });
            }
            ("filter", [x], [_, list]) => {
                self.collected(*list, want, |code, made| {
                    code.walk_items(|code, item| {
                        code.f.load(item);
                        code.element(Some(*x));
                        code.value(body);
                        code.f.open_if();
                        code.f.load(item);
                        code.prepend(made);
                        code.f.otherwise();
                        code.f.close_if();
                    });
                });
            }
            ("fold", [state, x], [_, first, list]) => {
                let held = self.part.held(self.file.pattern_type(*state));
                self.f.open_block();
                self.arg(*first, held);
                let kept = self.keep(held);
                self.arg(*list, TypeId::LIST);
                self.walk_items(|code, item| {
                    code.f.load(kept);
                    code.element(Some(*state));
                    code.f.load(item);
                    code.element(Some(*x));
                    code.expr(body, Want::Value);
                    code.f.coerce(held);
                    code.f.store(kept);
                });
                self.take_back(kept);
                self.f.close_block();
                self.give(want);
            }
            _ => return false,
        }
        true
    }

    /// The parameters and the body of a lambda that is written as an argument.
    fn lambda(&self, arg: Arg) -> Option<(&'p [PatternId], ExprId)> {
        let Arg::Expr(id) = arg else {
            return None;
        };
        let id = self.bare(id);
        match (self.tree().expr(id), self.meaning(id)) {
            (Expr::Lambda { params, body }, Meaning::Function(_)) => {
                Some((self.tree().list(params), body))
            }
            _ => None,
        }
    }

    /// The list of what is put before a list of its own in a walk over another one, turned round.
    fn collected(&mut self, list: Arg, want: Want, walk: impl FnOnce(&mut Self, Local)) {
        self.f.open_block();
        self.f.op(Op::Nil, &[]);
        let made = self.keep(TypeId::LIST);
        self.arg(list, TypeId::LIST);
        walk(self, made);
        self.take_back(made);
        self.intrinsic(Intrinsic::ListReverse);
        self.f.close_block();
        self.give(want);
    }

    /// The value on the stack becomes the first of a list in a local.
    fn prepend(&mut self, made: Local) {
        self.f.load(made);
        self.f.op(Op::Cons, &[]);
        self.f.store(made);
    }
}
