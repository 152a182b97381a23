//! Conditions, loops, `try`, `assert`.

use fzb::tables::TypeId;
use isa::Op;

use super::code::{Code, Want};
use super::function::plain;
use super::represent::Scalar;
use crate::tree::{Branch, Expr, ExprId, Many, Pattern, PatternId, Rule};
use crate::typed::{Binds, Meaning, Sequenced};

/// Number of `floor`… in `isa::table::COERCIONS`: to `float`.
pub(super) const TO_FLOAT: u32 = 2;

impl Code<'_, '_> {
    /// `if … then … elif … else …`
    pub fn conditional(
        &mut self,
        id: ExprId,
        branches: Many<Branch>,
        otherwise: Option<ExprId>,
        want: Want,
    ) {
        let held = self.held(id);
        let branches = self.tree().list(branches);
        for branch in branches {
            self.value(branch.condition);
            self.f.open_if();
            self.expr(branch.body, want);
            self.meet(held, want);
            self.f.otherwise();
        }
        match otherwise {
            Some(body) => self.expr(body, want),
            None => self.give_unit(want),
        }
        self.meet(held, want);
        for _ in branches {
            self.f.close_if();
        }
    }

    /// The value of a branch is held as that of the others.
    pub fn meet(&mut self, held: TypeId, want: Want) {
        if want == Want::Value && self.f.reachable() {
            self.f.coerce(held);
        }
    }

    /// `while c do …`
    pub fn while_loop(&mut self, condition: ExprId, body: impl FnOnce(&mut Self)) {
        let around = self.f.open_loop();
        self.value(condition);
        self.f.break_if_not(around);
        self.loops.push(around);
        self.f.open_block();
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.close_loop();
    }

    /// `for i = a to b do …`
    pub fn count(
        &mut self,
        variable: PatternId,
        from: ExprId,
        to: ExprId,
        down: bool,
        body: impl FnOnce(&mut Self),
    ) {
        self.f.open_block();
        self.value(from);
        self.count_by_one(Some(variable), to, down, body);
        self.f.close_block();
    }

    /// Counts by one from the number on the stack: one comparison a turn, which finds the last turn before the counter moves
    /// on, so it never passes the end of the numbers. A plain variable is the counter itself: nothing can assign to it, and
    /// closures capture its value.
    fn count_by_one(
        &mut self,
        variable: Option<PatternId>,
        to: ExprId,
        down: bool,
        body: impl FnOnce(&mut Self),
    ) {
        let first = self.keep(TypeId::INT);
        self.value(to);
        let end = self.keep(TypeId::INT);
        let name = variable.map(|variable| plain(self.file, variable));
        let counter = match name.map(|name| (self.file.bind(name), self.tree().pattern(name))) {
            Some((Binds::Local(local), Pattern::Name(_))) => Some(local),
            _ => None,
        };
        let is_name = counter.is_some();
        let at = match counter {
            Some(local) => self.declare(local),
            None => self.f.temp(TypeId::INT),
        };
        let pair = if down { [end, first] } else { [first, end] };
        for local in pair {
            self.f.load(local);
        }
        self.f.op(Op::I64Le, &[]);
        self.f.open_if();
        self.f.load(first);
        self.f.store(at);
        let around = self.f.open_loop();
        self.loops.push(around);
        self.f.open_block();
        if !is_name {
            self.f.load(at);
            self.element(variable);
        }
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.begin_step();
        let pair = if down { [end, at] } else { [at, end] };
        for local in pair {
            self.f.load(local);
        }
        self.f.op(Op::I64Lt, &[]);
        self.f.break_if_not(around);
        self.f.load(at);
        self.f.push_int(1);
        self.f.op(if down { Op::I64Sub } else { Op::I64Add }, &[]);
        self.f.store(at);
        self.f.close_loop();
        self.f.otherwise();
        self.f.close_if();
        if !is_name {
            self.f.free_temp(at);
        }
        for temp in [end, first] {
            self.f.free_temp(temp);
        }
    }

    /// Counts from `at` to `end` by `step`, all ints; the variable is a new one in each turn. The last turn is found before the
    /// counter moves on, so it never passes the end of the numbers. `up` says the direction where it is known. Without a
    /// variable the body finds the number on the stack.
    fn counted(
        &mut self,
        variable: Option<PatternId>,
        at: emit::Local,
        end: emit::Local,
        step: emit::Local,
        up: Option<bool>,
        body: impl FnOnce(&mut Self),
    ) {
        let around = self.f.open_loop();
        self.within(at, end, step, up);
        self.f.break_if_not(around);
        self.loops.push(around);
        self.f.open_block();
        self.f.load(at);
        if let Some(variable) = variable {
            self.store_pattern(variable);
        }
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.begin_step();
        // at = at + step, unless that passes the end of the numbers: then the loop is over.
        self.f.load(at);
        self.f.load(step);
        self.f.op(Op::I64Add, &[]);
        let next = self.keep(TypeId::INT);
        match up {
            Some(true) => {
                self.f.load(at);
                self.f.load(next);
                self.f.op(Op::I64Lt, &[]);
            }
            Some(false) => {
                self.f.load(next);
                self.f.load(at);
                self.f.op(Op::I64Lt, &[]);
            }
            None => {
                // (at < next) = (0 < step)
                self.f.load(at);
                self.f.load(next);
                self.f.op(Op::I64Lt, &[]);
                self.f.push_int(0);
                self.f.load(step);
                self.f.op(Op::I64Lt, &[]);
                self.f.op(Op::Eq, &[]);
            }
        }
        self.f.break_if_not(around);
        self.f.load(next);
        self.f.store(at);
        self.f.free_temp(next);
        self.f.close_loop();
    }

    /// Whether a counter has not passed its end.
    fn within(&mut self, at: emit::Local, end: emit::Local, step: emit::Local, up: Option<bool>) {
        let (up_way, down_way) = ([at, end], [end, at]);
        let le = |code: &mut Self, pair: [emit::Local; 2]| {
            for local in pair {
                code.f.load(local);
            }
            code.f.op(Op::I64Le, &[]);
        };
        match up {
            Some(true) => le(self, up_way),
            Some(false) => le(self, down_way),
            None => {
                self.f.push_int(0);
                self.f.load(step);
                self.f.op(Op::I64Lt, &[]);
                self.f.open_if();
                le(self, up_way);
                self.f.otherwise();
                le(self, down_way);
                self.f.close_if();
            }
        }
    }

    /// `for p in e do …`
    pub fn walk(
        &mut self,
        id: ExprId,
        pattern: PatternId,
        source: ExprId,
        body: impl FnOnce(&mut Self),
    ) {
        let how = match self.meaning(id) {
            Meaning::Walk(how) => how,
            _ => Sequenced::Seq,
        };
        self.f.open_block();
        match how {
            Sequenced::Range => self.walk_range(Some(pattern), source, body),
            Sequenced::List => {
                self.value(source);
                self.walk_list(Some(pattern), body);
            }
            Sequenced::Array => {
                self.boxed(source);
                self.walk_array(pattern, body);
            }
            Sequenced::Map => {
                self.boxed(source);
                self.library_call("Map", "toList", 1);
                self.f.coerce(TypeId::LIST);
                self.walk_list(Some(pattern), body);
            }
            Sequenced::Set => {
                self.boxed(source);
                self.library_call("Set", "toList", 1);
                self.f.coerce(TypeId::LIST);
                self.walk_list(Some(pattern), body);
            }
            Sequenced::String | Sequenced::Seq => {
                self.boxed(source);
                if how == Sequenced::Seq {
                    self.sequence_source();
                }
                self.walk_iteration(pattern, body);
            }
        }
        self.f.close_block();
    }

    /// Walks over the iterable value on the stack.
    fn walk_iteration(&mut self, pattern: PatternId, body: impl FnOnce(&mut Self)) {
        let around = self.f.open_iter(0);
        self.loops.push(around);
        self.f.open_block();
        self.element(Some(pattern));
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.close_loop();
    }

    /// The element on the stack becomes what the pattern binds; without one it stays there.
    pub fn element(&mut self, pattern: Option<PatternId>) {
        let Some(pattern) = pattern else { return };
        let pattern = plain(self.file, pattern);
        if matches!(self.tree().pattern(pattern), Pattern::Wildcard)
            && self.file.bind(pattern) == Binds::Plain
        {
            self.f.pop();
        } else {
            self.store_pattern(pattern);
        }
    }

    /// Walks over the list on the stack.
    pub fn walk_list(&mut self, pattern: Option<PatternId>, body: impl FnOnce(&mut Self)) {
        self.walk_heads(|code| {
            code.element(pattern);
            body(code);
        });
    }

    /// Walks over the list on the stack, whose elements wait in a local.
    pub fn walk_items(&mut self, body: impl FnOnce(&mut Self, emit::Local)) {
        self.walk_heads(|code| {
            let item = code.keep(TypeId::DYN);
            body(code, item);
            code.f.free_temp(item);
        });
    }

    /// Walks over the list on the stack, whose elements come on the stack.
    fn walk_heads(&mut self, body: impl FnOnce(&mut Self)) {
        let rest = self.keep(TypeId::LIST);
        let around = self.f.open_loop();
        self.f.load(rest);
        self.f.op(Op::IsNil, &[]);
        self.f.op(Op::Not, &[]);
        self.f.break_if_not(around);
        self.loops.push(around);
        self.f.open_block();
        self.f.load(rest);
        self.f.op(Op::Head, &[]);
        self.f.load(rest);
        self.f.op(Op::Tail, &[]);
        self.f.store(rest);
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.close_loop();
        self.f.free_temp(rest);
    }

    /// Walks over the array on the stack, as long as it is at the start.
    fn walk_array(&mut self, pattern: PatternId, body: impl FnOnce(&mut Self)) {
        let array = self.keep(TypeId::DYN);
        self.f.load(array);
        self.intrinsic(isa::Intrinsic::ArrayLength);
        let end = self.keep(TypeId::INT);
        self.f.push_int(0);
        let at = self.keep(TypeId::INT);
        let around = self.f.open_loop();
        self.f.load(at);
        self.f.load(end);
        self.f.op(Op::I64Lt, &[]);
        self.f.break_if_not(around);
        self.loops.push(around);
        self.f.open_block();
        self.f.load(array);
        self.f.load(at);
        self.f.op(Op::ArrGet, &[0]);
        self.element(Some(pattern));
        body(self);
        self.f.close_block();
        self.loops.pop();
        self.f.begin_step();
        self.f.load(at);
        self.f.push_int(1);
        self.f.op(Op::I64Add, &[]);
        self.f.store(at);
        self.f.close_loop();
        for temp in [at, end, array] {
            self.f.free_temp(temp);
        }
    }

    /// `for p in a .. s .. b do …`: ints are counted, other numbers come from the library. Without a pattern the body finds the
    /// element on the stack: `seq { a .. b }`.
    pub fn walk_range(
        &mut self,
        pattern: Option<PatternId>,
        source: ExprId,
        body: impl FnOnce(&mut Self),
    ) {
        let source = self.bare(source);
        let Expr::Range { from, step, to } = self.tree().expr(source) else {
            return;
        };
        if Scalar::of(self.part, self.type_of(from)) != Scalar::Int {
            self.range_list(source, from, step, to);
            return self.walk_list(pattern, body);
        }
        self.value(from);
        let one = match step {
            Some(step) => self.literal_step(step).filter(|step| step.abs() == 1),
            None => Some(1),
        };
        let (Some(step), None) = (step, one) else {
            return self.count_by_one(pattern, to, one == Some(-1), body);
        };
        let at = self.keep(TypeId::INT);
        let up = self.literal_step(step).map(|step| step > 0);
        self.value(step);
        let step_local = self.keep(TypeId::INT);
        if up.is_none() {
            self.at(source);
            self.f.load(step_local);
            self.library_call("Range'", "step", 1);
            self.f.pop();
        }
        self.value(to);
        let end = self.keep(TypeId::INT);
        self.counted(pattern, at, end, step_local, up, body);
        for temp in [end, step_local, at] {
            self.f.free_temp(temp);
        }
    }

    /// A step that is written as a number, not zero.
    fn literal_step(&self, step: ExprId) -> Option<i128> {
        let Expr::Literal(literal) = self.tree().expr(self.bare(step)) else {
            return None;
        };
        match self.tree().constant(literal).value {
            crate::tree::Literal::Int(value, _) if value != 0 => Some(value),
            _ => None,
        }
    }

    /// `try e with …`
    pub fn try_with(&mut self, id: ExprId, body: ExprId, rules: Many<Rule>, want: Want) {
        let held = self.held(id);
        let inner = if want == Want::Nothing {
            Want::Nothing
        } else {
            Want::Value
        };
        self.f.open_try();
        self.scoped(|code| code.expr(body, inner));
        self.meet(held, inner);
        self.f.begin_catch();
        self.caught(rules, inner, held);
        self.f.close_try();
        if want == Want::Return {
            self.give(want);
        }
    }

    /// What follows a failure, which is on the stack.
    fn caught(&mut self, rules: Many<Rule>, want: Want, held: TypeId) {
        let error = self.keep(TypeId::DYN);
        self.f.load(error);
        self.errors.push(error);
        self.arms_of(
            rules,
            |code, body| {
                code.expr(body, want);
                code.meet(held, want);
            },
            |code| {
                code.f.load(error);
                code.f.op(Op::Rethrow, &[]);
            },
        );
        self.errors.pop();
        self.f.free_temp(error);
    }

    /// `try e with …` among the statements of a computation: nothing is left on the stack.
    pub fn try_statements(
        &mut self,
        body: impl FnOnce(&mut Self),
        rules: Many<Rule>,
        mut rule: impl FnMut(&mut Self, ExprId),
    ) {
        self.f.open_try();
        self.scoped(body);
        self.f.begin_catch();
        let error = self.keep(TypeId::DYN);
        self.f.load(error);
        self.errors.push(error);
        self.arms_of(
            rules,
            |code, body| rule(code, body),
            |code| {
                code.f.load(error);
                code.f.op(Op::Rethrow, &[]);
            },
        );
        self.errors.pop();
        self.f.free_temp(error);
        self.f.close_try();
    }

    /// `try e finally f`
    pub fn try_finally(&mut self, id: ExprId, body: ExprId, last: ExprId, want: Want) {
        let held = self.held(id);
        let inner = if want == Want::Nothing {
            Want::Nothing
        } else {
            Want::Value
        };
        self.f.open_finally();
        self.scoped(|code| code.expr(body, inner));
        self.meet(held, inner);
        self.f.begin_finally();
        self.scoped(|code| code.expr(last, Want::Nothing));
        self.f.close_finally();
        if want == Want::Return {
            self.give(want);
        }
    }

    /// `assert c`
    pub fn assert(&mut self, id: ExprId, condition: ExprId) {
        self.value(condition);
        self.f.op(Op::Not, &[]);
        self.f.open_if();
        self.at(id);
        let span = self.tree().span(condition);
        let text = self
            .file
            .parsed
            .source
            .text()
            .get(span.range())
            .unwrap_or_default();
        let text = format!("assertion failed: {text}");
        self.f.push_text(&text);
        self.fail_with();
        self.f.otherwise();
        self.f.close_if();
    }
}
