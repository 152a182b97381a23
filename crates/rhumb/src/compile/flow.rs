//! Conditionals, loops and pipes (docs/specs/rhumb.md §3.18).

use emit::Label;
use fzb::tables::TypeId;
use isa::Op;

use crate::tree::{Expr, ExprId, FlowOp, LambdaHead, Step, StepKind, Term};

use super::code::{Code, Want};
use super::rules;

/// Kinds of what can be subscribed to.
pub(super) const REALMS: &[&str] = &["Realm", "Vassal"];

impl Code<'_> {
    /// `first || a ?? b …`.
    pub fn flow(&mut self, first: ExprId, rest: &[Term<FlowOp>], want: Want) {
        // `c |> body` evaluates its left side again and again, so that side is everything before it.
        let looping = rest.iter().rposition(|term| term.op == FlowOp::While);
        let (mut at, ends) =
            match looping.and_then(|index| rest.get(index).map(|term| (index, term))) {
                Some((index, term)) => {
                    let last = index + 1 == rest.len();
                    let inner = if last { want } else { Want::Value };
                    self.while_loop(first, rest.get(..index).unwrap_or(&[]), term, inner);
                    (index + 1, last)
                }
                None => {
                    let inner = if rest.is_empty() { want } else { Want::Value };
                    self.expr(first, inner);
                    (0, rest.is_empty())
                }
            };
        if ends {
            return;
        }
        // The others group to the left: one after the other, without native frames.
        while let Some(term) = rest.get(at) {
            at += 1;
            let inner = if at == rest.len() { want } else { Want::Value };
            self.f.coerce(TypeId::DYN);
            self.forget_answers();
            match term.op {
                FlowOp::Default => {
                    let end = self.f.label();
                    self.f.dup();
                    self.f.unit();
                    self.f.op(Op::Same, &[]);
                    self.f.jump_if_not(end);
                    self.f.pop();
                    self.dynamic(term.operand, Want::Value);
                    self.f.bind(end);
                    self.done(inner);
                }
                FlowOp::Pipe => {
                    self.pipe(term);
                    self.done(inner);
                }
                FlowOp::Each => self.each(term, inner),
                FlowOp::While => {}
            }
        }
    }

    fn while_loop(
        &mut self,
        first: ExprId,
        before: &[Term<FlowOp>],
        term: &Term<FlowOp>,
        want: Want,
    ) {
        let turn = self.f.open_loop();
        if before.is_empty() {
            self.turn(first, Want::Value);
        } else {
            self.flow(first, before, Want::Value);
        }
        self.truth();
        self.f.break_if_not(turn);
        self.turn(term.operand, Want::Nothing);
        self.f.close_loop();
        self.forget_answers();
        self.empty(want);
    }

    /// A side of a loop for one turn; a routine given by reference is called.
    fn turn(&mut self, id: ExprId, want: Want) {
        if !matches!(self.tree().expr(id), Expr::Reference(_)) {
            return self.expr(id, want);
        }
        self.dynamic(id, Want::Reference);
        self.at(self.tree().span(id));
        self.forget_answers();
        self.f.op(Op::CallClosure, &[0]);
        self.done(want);
    }

    /// An arm of a conditional chain is taken if all its conditions are truthy.
    pub fn conditional(&mut self, arms: &[Vec<ExprId>], want: Want) {
        let end = self.f.label();
        let mut ended = false;
        for (index, arm) in arms.iter().enumerate() {
            let last = index + 1 == arms.len();
            let Some((value, conditions)) = arm.split_last() else {
                continue;
            };
            if conditions.is_empty() && last {
                self.branch(*value, want);
                ended = true;
                break;
            }
            if conditions.is_empty() {
                // Condition and value at once.
                self.dynamic(*value, Want::Value);
                let next = self.f.label();
                self.f.dup();
                self.truth();
                self.f.jump_if_not(next);
                self.done(want);
                self.f.jump(end);
                self.f.bind(next);
                self.f.pop();
                continue;
            }
            let next = self.f.label();
            for condition in conditions {
                self.expr(*condition, Want::Value);
                self.truth();
                self.f.jump_if_not(next);
            }
            self.branch(*value, want);
            self.f.jump(end);
            self.f.bind(next);
        }
        if !ended {
            self.forget_answers();
            self.empty(want);
        }
        self.f.bind(end);
    }

    fn branch(&mut self, value: ExprId, want: Want) {
        self.forget_answers();
        self.expr(value, want);
        if want != Want::Nothing {
            self.f.coerce(TypeId::DYN);
        }
    }

    /// `x || f`: x is on the stack.
    fn pipe(&mut self, term: &Term<FlowOp>) {
        let value = self.f.temp(TypeId::DYN);
        self.f.store(value);
        if let Some((receiver, name)) = self.method(term.operand) {
            self.at(term.op_span);
            self.send(receiver, name, &[value]);
            self.f.free_temp(receiver);
            self.f.free_temp(value);
            return;
        }
        self.callee(term.operand);
        self.at(term.op_span);
        if self.certainly_called(term.operand) {
            self.f.load(value);
            self.forget_answers();
            self.f.op(Op::CallClosure, &[1]);
        } else {
            self.call_if_routine(&[value]);
        }
        self.f.free_temp(value);
    }

    /// Pushes the right operand of `||` or `<>`: a routine, or a value that may be one.
    fn callee(&mut self, id: ExprId) {
        if rules::is_implicit(self.tree(), id) {
            self.operand_routine(id);
        } else {
            self.expr(id, Want::Reference);
        }
        self.f.coerce(TypeId::DYN);
    }

    /// The receiver, in a local, and the name of an operand `m\f`, whose routine is called with m (rulings A11).
    fn method(&mut self, id: ExprId) -> Option<(emit::Local, fzb::tables::NameId)> {
        let tree = self.tree();
        if rules::is_implicit(tree, id) {
            return None;
        }
        let Expr::Chain { head, steps } = tree.expr(id) else {
            return None;
        };
        self.method_of(*head, steps)
    }

    /// The receiver, in a local, and the name of a chain that ends in `\\f`.
    pub fn method_of(
        &mut self,
        head: ExprId,
        steps: &[Step],
    ) -> Option<(emit::Local, fzb::tables::NameId)> {
        let (last, before) = steps.split_last()?;
        let StepKind::Field {
            name,
            by_reference: false,
        } = &last.kind
        else {
            return None;
        };
        if matches!(self.tree().expr(head), Expr::Reference(_)) {
            return None;
        }
        let name = self.static_name(name)?;
        if before.is_empty() {
            self.dynamic(head, Want::Value);
        } else {
            self.chain(head, before, Want::Value);
            self.f.coerce(TypeId::DYN);
        }
        let receiver = self.f.temp(TypeId::DYN);
        self.f.store(receiver);
        Some((receiver, name))
    }

    /// Calls a receiver's field if it is a routine or vassal; else it is the value.
    fn send(&mut self, receiver: emit::Local, name: fzb::tables::NameId, args: &[emit::Local]) {
        let end = self.f.label();
        self.f.load(receiver);
        self.f.op(Op::GetName, &[name.0]);
        self.f.coerce(TypeId::DYN);
        self.unless_of(&["Routine", "Vassal"], end);
        self.f.pop();
        self.f.load(receiver);
        for arg in args {
            self.f.load(*arg);
        }
        self.forget_answers();
        self.f.op(Op::CallName, &[name.0, args.len() as u32]);
        self.f.bind(end);
    }

    fn certainly_called(&self, id: ExprId) -> bool {
        let tree = self.tree();
        rules::is_implicit(tree, id)
            || matches!(
                tree.expr(id),
                Expr::Lambda { .. } | Expr::Subroutine(_) | Expr::Selector(_)
            )
    }

    /// Calls the top with these arguments if it is a routine or a vassal; else it is the value (rulings A11).
    fn call_if_routine(&mut self, args: &[emit::Local]) {
        let end = self.f.label();
        self.unless_of(&["Routine", "Vassal"], end);
        for arg in args {
            self.f.load(*arg);
        }
        self.forget_answers();
        self.f.op(Op::CallClosure, &[args.len() as u32]);
        self.f.bind(end);
    }

    /// Goes on if the top, which stays, is of one of those kinds; else at `other`.
    pub fn unless_of(&mut self, kinds: &[&str], other: Label) {
        let is = self.f.label();
        self.if_of(kinds, is);
        self.f.jump(other);
        self.f.bind(is);
    }

    /// Goes on at `is` if the top, which stays, is of one of those kinds.
    pub fn if_of(&mut self, kinds: &[&str], is: Label) {
        for kind in kinds {
            self.f.dup();
            self.f.push_text(kind);
            self.f.op(Op::IsInstance, &[]);
            self.f.jump_if(is);
        }
    }

    /// `xs <> f`: xs is on the stack.
    fn each(&mut self, term: &Term<FlowOp>, want: Want) {
        let tree = self.tree();
        let id = term.operand;
        let subscribes = match tree.expr(id) {
            Expr::Empty => true,
            Expr::Selector(list) => rules::has_events(tree, list),
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } => rules::is_subscription(tree, params, *body),
            _ => false,
        };
        if subscribes {
            self.subscription(id, term.op_span);
            return self.done(want);
        }
        // A realm is subscribed to by a routine that takes events; anything else is gone through.
        let end = self.f.label();
        let may_subscribe = match tree.expr(id) {
            Expr::Selector(_) => false,
            Expr::Lambda {
                head: LambdaHead::Params(params),
                ..
            } => params.len() <= 1,
            _ => !rules::is_implicit(tree, id),
        };
        if may_subscribe {
            let list = self.f.label();
            self.unless_of(REALMS, list);
            self.callee(id);
            self.at(term.op_span);
            self.subscribe_all();
            self.done(want);
            self.f.jump(end);
            self.f.bind(list);
        }
        self.go_through(term, want);
        self.f.bind(end);
    }

    fn go_through(&mut self, term: &Term<FlowOp>, want: Want) {
        let tree = self.tree();
        let id = term.operand;
        let inline = matches!(tree.expr(id), Expr::Selector(_));
        let method = self.method(id);
        let routine = (!inline && method.is_none()).then(|| self.f.temp(TypeId::DYN));
        if let Some(routine) = routine {
            self.callee(id);
            self.f.store(routine);
        }
        // Results are put before those of earlier turns, so that a branch of the activation has its own and shares what was
        // there (§5.4): to go on from a reply costs the same however many there are.
        let collected = (want != Want::Nothing).then(|| {
            let collected = self.f.temp(TypeId::LIST);
            self.f.op(Op::Nil, &[]);
            self.f.store(collected);
            collected
        });
        self.at(term.op_span);
        self.f.open_iter(1);
        self.f.coerce(TypeId::DYN);
        let (element, number) = (self.f.temp(TypeId::DYN), self.f.temp(TypeId::DYN));
        self.f.store(number);
        self.f.coerce(TypeId::DYN);
        self.f.store(element);
        match (tree.expr(id), routine) {
            (Expr::Selector(list), _) => {
                self.f.load(element);
                self.dispatch(list, tree.span(id).start, Want::Value);
            }
            (_, Some(routine)) => {
                self.f.load(routine);
                if self.certainly_called(id) {
                    self.f.load(element);
                    self.f.load(number);
                    self.forget_answers();
                    self.f.op(Op::CallClosure, &[2]);
                } else {
                    self.call_if_routine(&[element, number]);
                }
            }
            _ => match method {
                Some((receiver, name)) => self.send(receiver, name, &[element, number]),
                None => self.f.unit(),
            },
        }
        self.f.coerce(TypeId::DYN);
        match collected {
            Some(collected) => {
                self.f.load(collected);
                self.f.op(Op::Cons, &[]);
                self.f.store(collected);
            }
            None => self.f.pop(),
        }
        self.f.close_loop();
        if let Some(collected) = collected {
            self.f.load(collected);
            self.f
                .op(Op::Intrinsic, &[isa::Intrinsic::MapOfReversed as u32]);
            self.f.free_temp(collected);
        }
        let receiver = method.map(|(receiver, _)| receiver);
        for temp in [Some(element), Some(number), routine, receiver]
            .into_iter()
            .flatten()
        {
            self.f.free_temp(temp);
        }
    }
}
