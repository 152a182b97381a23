//! Selectors: dispatch on a value, monitors, supply of arguments (docs/specs/rhumb.md §4).

use emit::{Const, Label, Local};
use fzb::tables::{EventKind as Kind, TypeId};
use fzb::view::Repr;
use isa::Op;

use crate::tree::{
    Event, EventKind, Expr, ExprId, Pattern, Rule, RuleKind, RuleMode, Span, Step, Topic,
};

use super::capture;
use super::code::{Code, Want};
use super::flow::REALMS;
use super::pattern::Failure;
use super::rules;

/// Flags of `prompt`.
const MULTI: u32 = 1;
const PARKS: u32 = 2;
const COMPLETES: u32 = 4;

/// How the rules of a selector end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ends {
    /// With their value on the stack.
    Value,
    /// By returning from the selector function.
    Return,
    /// With their value on the stack; if none matches, with that of the rules behind them.
    Rest,
}

impl Code<'_> {
    /// Applies value rules to the top (§4.1 case 4 without listeners).
    pub fn dispatch(&mut self, list: &[Rule], at: u32, want: Want) {
        if self.f.top() == Some(Repr::Bool) && self.two_armed(list, at, want) {
            return;
        }
        self.dispatch_all(&[(list, at)], want);
    }

    /// Applies the value rules of selectors one behind the other to the top.
    pub fn dispatch_all(&mut self, lists: &[(&[Rule], u32)], want: Want) {
        self.dispatch_ending(lists, Ends::Value, want);
    }

    /// The rules of a selector value, whose subject is on the stack.
    pub fn selector_rules(&mut self, lists: &[(&[Rule], u32)]) {
        self.dispatch_ending(lists, Ends::Rest, Want::Tail);
    }

    fn dispatch_ending(&mut self, lists: &[(&[Rule], u32)], ends: Ends, want: Want) {
        self.f.coerce(TypeId::DYN);
        let tree = self.tree();
        let mut rules = lists.iter().flat_map(|(list, _)| list.iter());
        if rules.all(|rule| rules::event_of(tree, rule).is_some()) {
            // No rules of values: the subject is the value (§4.1).
            if ends == Ends::Rest {
                self.without_rules();
            }
            return self.done(want);
        }
        let only_default = matches!(lists, [(list, _)] if rules::is_gate(list));
        if !only_default {
            return self.value_rules(lists, ends, want);
        }
        let (closed, end) = (self.f.label(), self.f.label());
        self.f.dup();
        self.f
            .op(Op::Intrinsic, &[isa::Intrinsic::SignalGate as u32]);
        self.f.jump_if_not(closed);
        self.value_rules(lists, ends, want);
        self.f.jump(end);
        self.f.bind(closed);
        if want == Want::Nothing {
            self.f.pop();
        }
        self.f.bind(end);
    }

    /// Pops the subject of a selector into its slot.
    fn subject(&mut self, at: u32) {
        match self.analysis().subjects.get(&at).copied() {
            Some(var) => {
                self.init(var, false);
                self.subjects.push(var);
            }
            None => self.f.pop(),
        }
    }

    /// Rules of `yes` and `no` on a truth value cost what a branch costs.
    fn two_armed(&mut self, list: &[Rule], at: u32, want: Want) -> bool {
        let tree = self.tree();
        let mut arms: [Option<ExprId>; 2] = [None, None];
        for rule in list {
            let (sides, action): (&[bool], ExprId) = match &rule.kind {
                RuleKind::Match {
                    pattern,
                    mode: RuleMode::Consume,
                    action,
                } => match tree.pattern(*pattern) {
                    Pattern::Literal(id) => match tree.expr(*id) {
                        Expr::Truth(true) => (&[true], *action),
                        Expr::Truth(false) => (&[false], *action),
                        _ => return false,
                    },
                    Pattern::Any => (&[true, false], *action),
                    _ => return false,
                },
                RuleKind::Default(id) => (&[true, false], *id),
                _ => return false,
            };
            for side in sides {
                if let Some(arm) = arms.get_mut(usize::from(*side)) {
                    arm.get_or_insert(action);
                }
            }
        }
        let mentioned = self.analysis().subjects.get(&at).is_none_or(|var| {
            let found = self.analysis();
            found
                .meanings
                .values()
                .any(|meaning| *meaning == super::units::Meaning::Slot(*var))
        });
        if mentioned {
            return false;
        }
        let [no, yes] = arms;
        self.f.open_if();
        self.arm(yes, true, want);
        self.f.otherwise();
        self.arm(no, false, want);
        self.f.close_if();
        true
    }

    fn arm(&mut self, action: Option<ExprId>, subject: bool, want: Want) {
        match action {
            Some(id) if self.applies(id) => {
                self.dynamic(id, Want::Reference);
                self.f.push_bool(subject);
                self.f.op(Op::AutoApply, &[]);
                self.done(want);
            }
            Some(id) => {
                self.expr(id, want);
                if want != Want::Nothing {
                    self.f.coerce(TypeId::DYN);
                }
            }
            None => self.empty(want),
        }
    }

    /// The value rules of selectors one behind the other; their subject is on the stack.
    fn value_rules(&mut self, lists: &[(&[Rule], u32)], ends: Ends, want: Want) {
        let tree = self.tree();
        let source = self.f.temp(TypeId::DYN);
        self.f.store(source);
        let before = self.subjects.len();
        for (_, at) in lists {
            self.f.load(source);
            self.subject(*at);
        }
        let rules = || lists.iter().flat_map(|(list, _)| list.iter());
        let end = self.f.label();
        let peeks = rules().any(|rule| {
            matches!(
                rule.kind,
                RuleKind::Match {
                    mode: RuleMode::Peek,
                    ..
                }
            ) && rules::event_of(tree, rule).is_none()
        });
        let last = peeks.then(|| {
            let last = self.f.temp(TypeId::DYN);
            self.f.unit();
            self.f.store(last);
            last
        });
        for rule in rules() {
            if rules::event_of(tree, rule).is_some() {
                continue;
            }
            match &rule.kind {
                RuleKind::Match {
                    pattern,
                    mode,
                    action,
                } => {
                    let next = self.f.label();
                    self.pattern(*pattern, source, Failure::at(next));
                    let inner = if last.is_some() && want == Want::Nothing {
                        Want::Value
                    } else {
                        want
                    };
                    self.action(*action, source, inner);
                    match (mode, last) {
                        (RuleMode::Peek, Some(last)) => self.f.store(last),
                        _ => {
                            if last.is_some() && want == Want::Nothing {
                                self.f.pop();
                            }
                            self.leave(end, ends);
                        }
                    }
                    self.f.bind(next);
                }
                RuleKind::Default(id) => {
                    self.action(*id, source, want);
                    self.leave(end, ends);
                }
                RuleKind::Pass { .. } => {}
            }
        }
        match (last, want) {
            (_, Want::Nothing) => {}
            (Some(last), _) => self.f.load(last),
            (None, _) => self.f.unit(),
        }
        match ends {
            Ends::Return => self.f.ret(),
            Ends::Rest => self.rest_of_rules(),
            Ends::Value => {}
        }
        self.f.bind(end);
        self.f.free_temp(source);
        self.subjects.truncate(before);
    }

    fn leave(&mut self, end: Label, ends: Ends) {
        match ends {
            Ends::Value | Ends::Rest => self.f.jump(end),
            Ends::Return => self.f.ret(),
        }
    }

    /// An action's value; a bare label that holds a routine is called with the subject (§4.2).
    pub(super) fn action(&mut self, id: ExprId, source: Local, want: Want) {
        self.forget_answers();
        if self.applies(id) {
            self.dynamic(id, Want::Reference);
            self.f.load(source);
            self.f.op(Op::AutoApply, &[]);
            return self.done(want);
        }
        self.statement(id, want);
        if want != Want::Nothing {
            self.f.coerce(TypeId::DYN);
        }
    }

    /// Is an action a bare label, which is called with the subject if it holds a routine?
    fn applies(&self, id: ExprId) -> bool {
        let tree = self.tree();
        let at = tree.span(id).start;
        matches!(tree.expr(id), Expr::Label(_)) && self.slot_at(at).is_some() && !self.is_bound(at)
    }

    /// Does a label mean what a pattern bound or a parameter brought? Then it is a value, and not called with the subject.
    fn is_bound(&self, at: u32) -> bool {
        self.slot_at(at).is_some_and(|var| {
            matches!(self.analysis().var(var).kind, super::units::VarKind::Bound)
        })
    }

    // Monitors

    /// `S { rules }` with event rules: S runs under a prompt; the value is left.
    pub fn monitored(&mut self, head: ExprId, before: &[Step], list: &[Rule], span: Span) {
        let tree = self.tree();
        let Some((thunk, selector)) = self.analysis().attached.get(&span.start).copied() else {
            return self.f.unit();
        };
        let body = Code::declare(self.shared, thunk, None);
        let mut inner = Code::open(self.shared, thunk, body);
        inner.gated = self.gated;
        let plain = match tree.expr(head) {
            // A label or read that holds a routine is invoked, whatever its parameters (rulings B34).
            Expr::Label(_) | Expr::Reference(_) if before.is_empty() => true,
            _ => false,
        };
        if plain {
            inner.dynamic(head, Want::Reference);
            inner.at(span);
            inner.forget_answers();
            inner.f.op(Op::CallClosure, &[0]);
        } else if before.is_empty() {
            inner.dynamic(head, Want::Value);
            if matches!(tree.expr(head), Expr::Subroutine(_) | Expr::Lambda { .. }) {
                inner.forget_answers();
                inner.f.op(Op::CallClosure, &[0]);
            }
        } else if let Some((receiver, name)) = inner.method_of(head, before) {
            // A read that holds a routine likewise, with its receiver.
            inner.f.load(receiver);
            inner.at(span);
            inner.forget_answers();
            inner.f.op(Op::CallName, &[name.0, 0]);
        } else {
            inner.chain(head, before, Want::Value);
            inner.f.coerce(TypeId::DYN);
        }
        inner.finish();
        let function = Code::declare(self.shared, selector, None);
        self.selector_function(selector, function, list, span.start);
        let values = list
            .iter()
            .any(|rule| rules::event_of(tree, rule).is_none());
        let keeps = self.keeps(list);
        let mut flags = 0;
        if keeps || self.may_reply_again(list) {
            flags |= MULTI;
        }
        if keeps {
            flags |= PARKS;
        }
        if values {
            flags |= COMPLETES;
        }
        // A realm is subscribed to instead of being run (§4.1 case 4.3).
        let is_read = plain
            || !before.is_empty()
                && before.iter().all(|step| {
                    matches!(
                        step.kind,
                        crate::tree::StepKind::Field { .. }
                            | crate::tree::StepKind::Subfield { .. }
                            | crate::tree::StepKind::Index(_)
                    )
                });
        let topics = self.topics_of(list);
        self.lexical(thunk, body);
        self.lexical(selector, function);
        if !is_read {
            self.at(span);
            self.forget_answers();
            self.f.op(Op::Prompt, &[topics.0, flags]);
            return;
        }
        self.f.coerce(TypeId::DYN);
        let rules = self.f.temp(TypeId::DYN);
        self.f.store(rules);
        let (subscribe, end) = (self.f.label(), self.f.label());
        if values && plain {
            // What a label holds shows before it is run.
            let read = self.f.temp(TypeId::DYN);
            self.dynamic(head, Want::Reference);
            self.f.store(read);
            self.f.load(read);
            self.if_of(REALMS, subscribe);
            self.f.pop();
            self.f.load(rules);
            self.at(span);
            self.forget_answers();
            self.f.op(Op::Prompt, &[topics.0, flags]);
            self.f.jump(end);
            self.f.bind(subscribe);
            self.f.pop();
            self.f.pop();
            self.f.load(read);
            self.f.load(rules);
            self.f.op(Op::Subscribe, &[topics.0, 0]);
            self.f.pop();
            self.completes(rules, read);
            self.f.bind(end);
            self.f.free_temp(read);
        } else {
            // The read itself is what the rules listen to, so it runs first, once.
            self.f.load(rules);
            self.at(span);
            self.forget_answers();
            self.f.op(Op::Prompt, &[topics.0, flags & !COMPLETES]);
            let value = values.then(|| {
                let value = self.f.temp(TypeId::DYN);
                self.f.dup();
                self.f.store(value);
                value
            });
            self.if_of(REALMS, subscribe);
            self.f.jump(end);
            self.f.bind(subscribe);
            self.f.load(rules);
            self.f.op(Op::Subscribe, &[topics.0, 0]);
            self.f.bind(end);
            if let Some(value) = value {
                self.f.pop();
                self.completes(rules, value);
                self.f.free_temp(value);
            }
        }
        self.f.free_temp(rules);
    }

    /// Pushes what the value rules of a selector function make of a value.
    fn completes(&mut self, rules: Local, value: Local) {
        self.f.load(rules);
        self.f.push_int(0);
        self.f.coerce(TypeId::DYN);
        self.f.load(value);
        self.f.op(Op::CallClosure, &[2]);
        self.f.coerce(TypeId::DYN);
    }

    /// Fills a selector function: (kind, subject).
    fn selector_function(
        &mut self,
        unit: super::units::UnitId,
        function: fzb::tables::FuncId,
        list: &[Rule],
        at: u32,
    ) {
        let mut inner = Code::open(self.shared, unit, function);
        inner.selector_code(list, at, true);
        inner.finish();
    }

    /// The code of a selector function; `values`: it also sees the completion value.
    pub fn selector_code(&mut self, list: &[Rule], at: u32, values: bool) {
        let tree = self.tree();
        let (kind, subject) = (self.f.param(0), self.f.param(1));
        let events = self.f.label();
        let has_values = list
            .iter()
            .any(|rule| rules::event_of(tree, rule).is_none());
        if values && has_values {
            self.f.load(kind);
            self.f.push_int(0);
            self.f.op(Op::Eq, &[]);
            self.f.jump_if_not(events);
            self.f.load(subject);
            self.value_rules(&[(list, at)], Ends::Return, Want::Tail);
        }
        self.f.bind(events);
        self.event = Some(subject);
        if values && self.watches(list) {
            self.departure_rules(list, subject, &mut Vec::new());
        }
        self.event_rules(list, subject);
    }

    /// The event rules of a selector function; ends by returning.
    pub fn event_rules(&mut self, list: &[Rule], event: Local) {
        let tree = self.tree();
        let ran = self.f.temp(TypeId::BOOL);
        let last = self.f.temp(TypeId::DYN);
        let peeks = list.iter().any(|rule| {
            matches!(
                rule.kind,
                RuleKind::Match {
                    mode: RuleMode::Peek,
                    ..
                }
            )
        });
        if peeks {
            self.f.push_bool(false);
            self.f.store(ran);
            self.f.unit();
            self.f.store(last);
        }
        for rule in list {
            let RuleKind::Match {
                pattern,
                mode,
                action,
            } = &rule.kind
            else {
                continue;
            };
            let found = match tree.pattern(*pattern) {
                Pattern::Event(found) if found.kind != EventKind::Reply => found,
                _ => continue,
            };
            let next = self.f.label();
            self.match_event(found, event, next);
            self.in_action = true;
            self.captures_event = capture::captured(tree, self.analysis(), *action);
            match mode {
                RuleMode::Consume => {
                    self.dynamic(*action, Want::Tail);
                    self.f.ret();
                }
                RuleMode::Peek => {
                    // A reply counts as taking the event: no later rule sees it (rulings B22).
                    let replied = self.f.temp(TypeId::BOOL);
                    self.f.push_bool(false);
                    self.f.store(replied);
                    self.replied = Some(replied);
                    self.dynamic(*action, Want::Value);
                    self.replied = None;
                    self.f.store(last);
                    self.f.push_bool(true);
                    self.f.store(ran);
                    self.f.load(replied);
                    self.f.jump_if_not(next);
                    self.f.load(last);
                    self.f.op(Op::RetPeek, &[]);
                    self.f.free_temp(replied);
                }
            }
            self.in_action = false;
            self.f.bind(next);
        }
        if peeks {
            let missed = self.f.label();
            self.f.load(ran);
            self.f.jump_if_not(missed);
            self.f.load(last);
            self.f.op(Op::RetPeek, &[]);
            self.f.bind(missed);
        }
        self.f.op(Op::RetMiss, &[]);
    }

    /// Goes on if the event has the topic and payload of a pattern.
    pub fn match_event(&mut self, pattern: &Event, event: Local, next: Label) {
        let topics = self
            .module()
            .constant(Const::Topics(vec![self.topic(pattern)]));
        self.f.load(event);
        self.f.op(Op::MatchEvent, &[topics.0]);
        let matched = self.f.temp(TypeId::BOOL);
        self.f.store(matched);
        self.f.pop();
        self.f.load(matched);
        self.f.free_temp(matched);
        self.f.jump_if_not(next);
        if let Some(items) = &pattern.payload {
            self.payload_items(items, event, Failure::at(next));
        }
    }

    /// Kind and topic of an event pattern, as topic sets hold them.
    pub fn topic(&self, event: &Event) -> (Kind, Option<fzb::tables::NameId>) {
        let kind = match event.kind {
            EventKind::Proclamation => Kind::Proclamation,
            EventKind::Signal | EventKind::Reply => Kind::Signal,
        };
        let name = match event.topic {
            Topic::Named(label) => Some(self.name(label)),
            Topic::Any => None,
            Topic::Anonymous => Some(self.module().name("")),
        };
        (kind, name)
    }

    /// The topics that the event rules of a selector see.
    pub fn topics_of(&self, list: &[Rule]) -> fzb::tables::ConstId {
        let tree = self.tree();
        let mut topics = Vec::new();
        for rule in list {
            if let Some(event) = rules::event_of(tree, rule)
                && event.kind != EventKind::Reply
            {
                let topic = self.topic(event);
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
        }
        if self.watches(list) {
            self.departure_topic(list, &mut topics);
        }
        self.module().constant(Const::Topics(topics))
    }

    /// Has a selector rules of proclamations? If it is attached to a realm, it may see them depart.
    fn watches(&self, list: &[Rule]) -> bool {
        list.iter().any(|rule| {
            rules::event_of(self.tree(), rule)
                .is_some_and(|event| event.kind == EventKind::Proclamation)
        })
    }

    /// Does an action of the event rules keep its event (D-25)?
    fn keeps(&self, list: &[Rule]) -> bool {
        let tree = self.tree();
        list.iter().any(|rule| {
            let RuleKind::Match { action, .. } = &rule.kind else {
                return false;
            };
            rules::event_of(tree, rule).is_some_and(|event| event.kind != EventKind::Reply)
                && !capture::captured(tree, self.analysis(), *action).is_empty()
        })
    }

    /// May an action reply more than once (§5.4)? Not if it replies once, not in a loop, and calls nothing that replies.
    fn may_reply_again(&self, list: &[Rule]) -> bool {
        let tree = self.tree();
        list.iter().any(|rule| {
            let RuleKind::Match { action, mode, .. } = &rule.kind else {
                return false;
            };
            let Some(event) = rules::event_of(tree, rule) else {
                return false;
            };
            if event.kind != EventKind::Signal {
                return false;
            }
            let (mut replies, mut risky) = (0, *mode == RuleMode::Peek);
            rules::any(tree, *action, &mut |expr| {
                match expr {
                    Expr::Emit(emission) if emission.kind == EventKind::Reply => replies += 1,
                    Expr::Chain { steps, .. } => {
                        for step in steps {
                            match &step.kind {
                                crate::tree::StepKind::Emit(emission)
                                    if emission.kind == EventKind::Reply =>
                                {
                                    replies += 1;
                                }
                                crate::tree::StepKind::Call(_)
                                | crate::tree::StepKind::Field { .. }
                                | crate::tree::StepKind::Attach(_) => {
                                    risky |= self.shared.stray_replies;
                                }
                                _ => {}
                            }
                        }
                    }
                    Expr::Flow { .. }
                    | Expr::Lambda { .. }
                    | Expr::Subroutine(_)
                    | Expr::Selector(_) => {
                        risky |= self.shared.any_replies;
                    }
                    Expr::Label(_) => risky |= self.shared.stray_replies,
                    _ => {}
                }
                false
            });
            replies > 1 || risky
        })
    }

    // Supply

    /// `<( body )> { rules }`: the subroutine is on the stack (§4.3).
    pub fn supply(&mut self, list: &[Rule], span: Span) {
        self.at(span);
        self.f.coerce(TypeId::DYN);
        self.subject(span.start);
        let Some(subject) = self.subjects.pop() else {
            return self.f.unit();
        };
        let end = self.f.label();
        let last = self.f.temp(TypeId::DYN);
        self.f.unit();
        self.f.store(last);
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern,
                    mode,
                    action,
                } => {
                    self.supplied(*pattern, *action, subject);
                    self.f.coerce(TypeId::DYN);
                    self.f.store(last);
                    if *mode == RuleMode::Consume {
                        self.f.jump(end);
                    }
                }
                RuleKind::Default(id) => {
                    self.dynamic(*id, Want::Value);
                    self.f.store(last);
                    self.f.jump(end);
                }
                RuleKind::Pass { .. } => {}
            }
        }
        self.f.bind(end);
        self.f.load(last);
        self.f.free_temp(last);
    }

    fn supplied(
        &mut self,
        pattern: crate::tree::PatternId,
        action: ExprId,
        subject: super::units::VarId,
    ) {
        let tree = self.tree();
        let at = tree.pattern_span(pattern).start;
        let to_subject = matches!(tree.expr(action), Expr::Void);
        if let Pattern::Label(_) = tree.pattern(pattern)
            && self.analysis().binds.contains(&at)
        {
            // An undeclared label gets the subroutine itself.
            self.load(subject);
            if let Some(var) = self.slot_at(at) {
                self.assign(var, crate::tree::Mutability::Immutable, Want::Value);
            }
            return;
        }
        if to_subject {
            self.load(subject);
        } else {
            self.dynamic(action, Want::Reference);
        }
        let mut count = 0;
        match tree.pattern(pattern) {
            Pattern::Structure(items) => {
                for item in items {
                    if let crate::tree::PatternItemKind::Element(id) = &item.kind {
                        self.supplied_value(*id);
                        count += 1;
                    }
                }
            }
            _ => {
                self.supplied_value(pattern);
                count = 1;
            }
        }
        if !to_subject {
            self.load(subject);
            count += 1;
        }
        self.f.op(Op::CallClosure, &[count]);
    }

    fn supplied_value(&mut self, pattern: crate::tree::PatternId) {
        let tree = self.tree();
        match tree.pattern(pattern) {
            Pattern::Label(_) => {
                if let Some(var) = self.slot_at(tree.pattern_span(pattern).start) {
                    self.load(var);
                } else {
                    self.f.unit();
                }
            }
            Pattern::Literal(id) | Pattern::Value(id) | Pattern::Predicate(id) => {
                self.dynamic(*id, Want::Value);
            }
            Pattern::Range { start, end } => {
                self.dynamic(*start, Want::Value);
                self.dynamic(*end, Want::Value);
                self.f.op(Op::Range, &[]);
                self.f.coerce(TypeId::DYN);
            }
            _ => self.f.unit(),
        }
    }
}
