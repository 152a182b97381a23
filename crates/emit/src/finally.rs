//! `finally`: the front end writes its body once, and it runs on every way out.
//!
//! The format has two forms of the body, because a pending completion exists only on the way of a throw (rule 6 of the
//! verifier: its local is assigned only there): the handler, entered with the completion, which `end_finally` goes on
//! with; and one copy for all other ways together. Each of these stores a number before it goes there, and a switch
//! behind the copy goes on to where it was headed: behind the try, to the loop's end or next turn, out of the function,
//! or into the next `finally` around.

use crate::control::{Exit, Frame};
use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::item::{Instr, Item};
use crate::label::Label;
use fzb::tables::TypeId;
use fzb::view::Repr;
use isa::Op;
use std::collections::HashMap;

/// The most items that copies of bodies may make a function grow to; one item is at least a byte of code.
const MAX_ITEMS: usize = 1 << 20;

/// A `finally` from its opening on.
#[derive(Clone, Debug)]
pub(crate) struct FinallyInfo {
    /// Stack height around it.
    base: usize,
    handler: Label,
    /// Beginning of the copy for ways other than throws.
    normal: Label,
    /// Number of the way.
    code: Local,
    /// Ways out, from number 1 on.
    exits: Vec<Exit>,
    /// The guarded code may end by itself: number 0.
    completes: bool,
    /// What the guarded code left, and how it was held.
    results: Vec<(Local, Repr)>,
    token: Local,
    body: usize,
}

impl FunctionBuilder<'_> {
    /// A local that can wait for a value held like that: one that has a neutral value, so that it may be loaded on a way
    /// on which it was not assigned.
    pub(crate) fn carrier(&mut self, repr: Repr) -> Local {
        match repr {
            Repr::Rec(_) | Repr::Fn | Repr::Ref | Repr::Tok => self.temp_of(Repr::Dyn),
            repr => self.temp_of(repr),
        }
    }

    /// What follows is guarded.
    pub fn open_finally(&mut self) {
        let (handler, normal) = (self.label(), self.label());
        let base = self.height();
        let code = self.temp(TypeId::INT);
        self.push_try(true, handler);
        self.frames.push(Frame::Finally(self.finallys.len()));
        self.finallys.push(FinallyInfo {
            base,
            handler,
            normal,
            code,
            exits: Vec::new(),
            completes: false,
            results: Vec::new(),
            token: Local(0),
            body: 0,
        });
    }

    /// The guarded code ends; what follows is the body, which must leave the stack as it found it. Values that the
    /// guarded code left are there again after `close_finally`.
    pub fn begin_finally(&mut self) {
        let Some(Frame::Finally(number)) = self.frames.pop() else {
            return self.fail(EmitError::Nesting {
                what: "begin_finally",
            });
        };
        self.frames.push(Frame::FinallyBody(number));
        let Some(info) = self.finallys.get(number).cloned() else {
            return;
        };
        if self.state.is_some() {
            let mut results = Vec::new();
            while self.height() > info.base && self.error.is_none() {
                let repr = self.top().unwrap_or(Repr::Dyn);
                let local = self.carrier(repr);
                self.store(local);
                results.push((local, repr));
            }
            if let Some(info) = self.finallys.get_mut(number) {
                info.completes = true;
                info.results = results;
            }
            self.go_to_copy(&info, 0);
        }
        self.bind(info.handler);
        let token = self.temp(TypeId::TOK);
        if self.state.is_some() && self.take(Op::Store, 1) {
            self.put(Instr::counted(Op::Store, &[token.0], 1, 0));
        }
        let body = self.items.len();
        if let Some(info) = self.finallys.get_mut(number) {
            info.token = token;
            info.body = body;
        }
    }

    fn go_to_copy(&mut self, info: &FinallyInfo, code: i64) {
        self.push_int(code);
        self.store(info.code);
        self.pop_try();
        self.jump(info.normal);
    }

    /// A way out crosses the `finally`: it goes through the copy first.
    pub(crate) fn leave_by_finally(&mut self, number: usize, exit: Exit) {
        let Some(info) = self.finallys.get_mut(number) else {
            return;
        };
        let known = info.exits.iter().position(|known| *known == exit);
        let index = known.unwrap_or_else(|| {
            info.exits.push(exit);
            info.exits.len() - 1
        });
        let info = info.clone();
        self.drop_to(info.base);
        self.go_to_copy(&info, index as i64 + 1);
    }

    /// The body ends.
    pub fn close_finally(&mut self) {
        let Some(Frame::FinallyBody(number)) = self.frames.pop() else {
            return self.fail(EmitError::Nesting {
                what: "close_finally",
            });
        };
        let Some(info) = self.finallys.get(number).cloned() else {
            return;
        };
        let body = info.body..self.items.len();
        if self.state.is_some() {
            if self.height() != info.base {
                return self.fail(EmitError::Join {
                    label: info.handler,
                    what: "stack height at the end of a finally body",
                });
            }
            self.put(Instr::counted(Op::Load, &[info.token.0], 0, 1));
            self.pushed(Repr::Tok);
            self.take(Op::EndFinally, 1);
            self.put(Instr::counted(Op::EndFinally, &[], 1, 0));
            self.state = None;
        }
        self.bind(info.normal);
        if self.state.is_none() {
            return;
        }
        self.copy(body);
        if self.state.is_none() {
            return;
        }
        let done = self.label();
        let labels: Vec<Label> = info.exits.iter().map(|_| self.label()).collect();
        if let Some(last) = labels.last().copied() {
            if info.completes || labels.len() > 1 {
                // The last way is where the switch falls through to.
                let mut targets = vec![if info.completes { done } else { last }];
                targets.extend(labels.iter().take(labels.len() - 1));
                self.load(info.code);
                self.switch(&targets);
            }
            self.jump(last);
            for (label, exit) in labels.iter().zip(&info.exits) {
                self.bind(*label);
                self.leave(*exit);
            }
        }
        self.bind(done);
        for (local, repr) in info.results.iter().rev() {
            self.load(*local);
            self.coerce_repr(*repr, "finally");
        }
    }

    /// Emits items once more, with labels of their own for those that are bound in them.
    fn copy(&mut self, range: std::ops::Range<usize>) {
        if self.items.len() + range.len() > MAX_ITEMS {
            return self.fail(EmitError::Limit {
                what: "copies of finally bodies",
            });
        }
        let items = self.items.get(range).unwrap_or_default().to_vec();
        let mut labels: HashMap<Label, Label> = HashMap::new();
        for item in &items {
            if let Item::Bind(label) = item {
                let copy = self.label();
                labels.insert(*label, copy);
            }
        }
        let of = |label: Label| labels.get(&label).copied().unwrap_or(label);
        let position = self.position;
        for item in items {
            match item {
                Item::Bind(label) => self.bind(of(label)),
                _ if self.state.is_none() => {}
                Item::Declare(_) | Item::Ratchet { .. } => self.items.push(item),
                Item::Op(instr) => {
                    self.position = instr.position;
                    self.copy_instr(instr, &of);
                }
            }
        }
        self.position = position;
    }

    fn copy_instr(&mut self, instr: Instr, of: &dyn Fn(Label) -> Label) {
        match (instr.op, instr.target) {
            (Op::Jump, Some(target)) => self.jump(of(target)),
            (Op::JumpIf, Some(target)) => self.jump_if(of(target)),
            (Op::JumpIfNot, Some(target)) => self.jump_if_not(of(target)),
            (Op::IterNext, Some(target)) => self.iter_next(instr.args[0] == 1, of(target)),
            (Op::PushTry, Some(target)) => self.push_try(instr.args[0] == 1, of(target)),
            (Op::PopTry, _) => self.pop_try(),
            (Op::Dup, _) => self.dup(),
            (Op::Swap, _) => self.swap(),
            (Op::Switch | Op::SwitchTag | Op::SwitchText, _) => {
                if let Some(table) = self.tables.get(instr.args[0] as usize).cloned() {
                    let targets: Vec<Label> =
                        table.targets.iter().map(|label| of(*label)).collect();
                    self.switch_op(instr.op, table.texts, &targets);
                }
            }
            (Op::Load, _) if self.local_repr(Local(instr.args[0])) == Some(Repr::Tok) => {
                self.put(instr);
                self.pushed(Repr::Tok);
            }
            (op, _) => match self.effect(op, &instr.args) {
                // What fitted the first time fits again.
                Ok(effect) => self.put_effect(instr, &effect),
                Err(error) => self.fail(error),
            },
        }
    }
}
