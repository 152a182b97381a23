//! Signals, replies, proclamations, subscriptions, vassals (docs/specs/rhumb.md §5).

use emit::{Const, Local};
use fzb::tables::{EventKind as Kind, TypeId};
use isa::Op;

use crate::tree::{
    Arg, ArgKind, Emission, EventKind, Expr, ExprId, LambdaHead, ParamKind, Pattern, Rule,
    RuleKind, RuleMode, Span,
};

use super::code::{Code, Want};
use super::pattern::Failure;
use super::rules;
use super::units::UnitKind;

/// Flags of `post`, `reply` and `write`.
const RECEIVER: u32 = 1;
const SPREAD: u32 = 2;
const NAMED: u32 = 4;
const TAIL: u32 = 8;
const RETRACT_OWN: u32 = 4;
/// Most arguments of an emission that are not one list.
const MOST: usize = 255;
/// Topic that retracts (§5.6).
const RETRACT: &str = "empty";

impl Code<'_> {
    /// A signal, reply or proclamation; with a receiver, it is on the stack.
    pub fn emission(&mut self, emission: &Emission, receiver: bool, span: Span, want: Want) {
        match emission.kind {
            EventKind::Signal => self.signal(emission, receiver, span, want),
            EventKind::Reply => {
                let tail = want == Want::Tail && self.in_action;
                self.reply(emission, receiver, span, tail);
                if want == Want::Nothing {
                    self.f.pop();
                }
            }
            EventKind::Proclamation => {
                self.proclaim(emission, receiver, span);
                self.done(want);
            }
        }
    }

    fn signal(&mut self, emission: &Emission, receiver: bool, span: Span, want: Want) {
        let args = emission.args.as_deref().unwrap_or(&[]);
        let Some(topic) = emission.topic else {
            return self.answer(args, receiver, span, want);
        };
        let (count, flags) = self.event_args(args);
        self.at(span);
        let name = self.name(topic);
        let flags = flags | if receiver { RECEIVER } else { 0 };
        self.f.op(Op::Post, &[name.0, count, flags]);
        self.done(want);
    }

    /// `#(v)`: returns from the activation, or is a signal where someone attached a rule for it (§5.3 6).
    fn answer(&mut self, args: &[Arg], receiver: bool, span: Span, want: Want) {
        if receiver {
            self.f.pop();
        }
        let kind = self.analysis().unit(self.unit).kind;
        let inner = matches!(kind, UnitKind::Thunk | UnitKind::Selector);
        self.payload_of(args);
        self.at(span);
        if inner {
            return self.f.op(Op::RetOuter, &[]);
        }
        let wanted = self.f.label();
        self.f
            .op(Op::Intrinsic, &[isa::Intrinsic::SignalWanted as u32]);
        self.f.jump_if(wanted);
        if args.is_empty() {
            // Empty on purpose (D-21).
            self.f
                .op(Op::Intrinsic, &[isa::Intrinsic::SignalAnswered as u32]);
            self.f.pop();
        }
        self.f.ret();
        self.f.bind(wanted);
        let name = self.module().name("");
        // Several stand in a map by now; the event has each of them.
        let flags = if args.len() > 1 { SPREAD } else { 0 };
        self.f.op(Op::Post, &[name.0, 1, flags]);
        self.done(want);
    }

    /// Pushes the payload of arguments: empty for none, the one, or a map of them.
    fn payload_of(&mut self, args: &[Arg]) {
        match args {
            [] => self.f.unit(),
            [
                Arg {
                    kind: ArgKind::Positional(id),
                    ..
                },
            ] => self.dynamic(*id, Want::Value),
            _ => self.argument_map(args),
        }
    }

    /// Pushes arguments as one map.
    fn argument_map(&mut self, args: &[Arg]) {
        use fzb::tables::ItemKind;
        let mut items = Vec::new();
        for arg in args {
            match &arg.kind {
                ArgKind::Positional(id) => {
                    self.dynamic(*id, Want::Value);
                    items.push((ItemKind::Positional, None, 0));
                }
                ArgKind::Spread(id) => {
                    self.dynamic(*id, Want::Value);
                    items.push((ItemKind::Spread, None, 0));
                }
                ArgKind::Named { name, value, .. } => match self.static_name(name) {
                    Some(name) => {
                        self.dynamic(*value, Want::Value);
                        items.push((ItemKind::Named, Some(name), 0));
                    }
                    None => {
                        self.computed_name(name);
                        self.dynamic(*value, Want::Value);
                        items.push((ItemKind::Computed, None, 0));
                    }
                },
            }
        }
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// Pushes the arguments of an emission: their count and the flag of a spread.
    fn event_args(&mut self, args: &[Arg]) -> (u32, u32) {
        let plain = args
            .iter()
            .all(|arg| matches!(arg.kind, ArgKind::Positional(_)));
        if !plain || args.len() > MOST {
            self.argument_map(args);
            return (1, SPREAD);
        }
        for arg in args {
            if let ArgKind::Positional(id) = &arg.kind {
                self.dynamic(*id, Want::Value);
            }
        }
        (args.len() as u32, 0)
    }

    fn reply(&mut self, emission: &Emission, target: bool, span: Span, tail: bool) {
        let args = emission.args.as_deref().unwrap_or(&[]);
        let (count, mut flags) = self.event_args(args);
        let name = match emission.topic {
            Some(label) => {
                flags |= NAMED;
                self.name(label)
            }
            None => self.module().name(""),
        };
        if target {
            flags |= RECEIVER;
        }
        if tail {
            flags |= TAIL;
        }
        self.at(span);
        self.f.op(Op::Reply, &[name.0, count, flags]);
        if let Some(replied) = self.replied
            && !target
        {
            self.f.push_bool(true);
            self.f.store(replied);
        }
    }

    fn proclaim(&mut self, emission: &Emission, receiver: bool, span: Span) {
        let tree = self.tree();
        let args = emission.args.as_deref().unwrap_or(&[]);
        let topic = emission.topic.map_or("", |label| self.text(label));
        let mut flags = if receiver { RECEIVER } else { 0 };
        let single = match args {
            [
                Arg {
                    kind: ArgKind::Positional(id),
                    ..
                },
            ] => Some(*id),
            _ => None,
        };
        let literal_topic = single.and_then(|id| match tree.expr(id) {
            Expr::Text(text) => Some(text.clone()),
            _ => None,
        });
        self.at(span);
        if topic == RETRACT && (args.is_empty() || literal_topic.is_some()) {
            flags |= RETRACT_OWN;
            let name = self.module().name(literal_topic.as_deref().unwrap_or(""));
            return self.f.op(Op::Write, &[name.0, 0, flags]);
        }
        let name = self.module().name(topic);
        if single.is_some_and(|id| self.is_literally_empty(id)) {
            flags |= RETRACT_OWN;
            return self.f.op(Op::Write, &[name.0, 0, flags]);
        }
        let (count, spread) = self.event_args(args);
        self.at(span);
        self.f.op(Op::Write, &[name.0, count, flags | spread]);
    }

    // Replies that are trapped where the signal was emitted

    /// `#t(args) { ^again(n) .. …; v .. … }`; with a receiver, it is on the stack.
    pub fn trap(&mut self, emission: &Emission, receiver: bool, list: &[Rule], span: Span) {
        let tree = self.tree();
        let args = emission.args.as_deref().unwrap_or(&[]);
        let (count, flags) = self.event_args(args);
        let flags = flags | if receiver { RECEIVER } else { 0 };
        let name = emission
            .topic
            .map_or_else(|| self.module().name(""), |label| self.name(label));
        let mut topics = Vec::new();
        for rule in list {
            if let Some(event) = rules::event_of(tree, rule)
                && event.kind == EventKind::Reply
            {
                let topic = self.topic(event);
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
        }
        let topics = self.module().constant(Const::Topics(topics));
        self.f.op(Op::PostTrap, &[name.0, count, flags, topics.0]);
        let event = self.f.temp(TypeId::DYN);
        self.f.coerce(TypeId::DYN);
        self.f.store(event);
        let end = self.f.label();
        for rule in list {
            let RuleKind::Match {
                pattern, action, ..
            } = &rule.kind
            else {
                continue;
            };
            let Pattern::Event(found) = tree.pattern(*pattern) else {
                continue;
            };
            if found.kind != EventKind::Reply {
                continue;
            }
            let next = self.f.label();
            self.match_event(found, event, next);
            self.dynamic(*action, Want::Value);
            self.f.jump(end);
            self.f.bind(next);
        }
        // No rule for it: the payload is the value, which the value rules see.
        self.event_payload(event);
        let values = list
            .iter()
            .any(|rule| rules::event_of(tree, rule).is_none());
        if values {
            self.dispatch(list, span.start, Want::Value);
        }
        self.f.bind(end);
        self.f.free_temp(event);
    }

    /// Pushes the payload of an event: empty, the one argument, or a map of them.
    pub fn event_payload(&mut self, event: Local) {
        let (many, end) = (self.f.label(), self.f.label());
        self.f.load(event);
        self.f.op(Op::Len, &[]);
        self.f.push_int(1);
        self.f.op(Op::I64Le, &[]);
        self.f.jump_if_not(many);
        self.f.load(event);
        self.f.op(Op::EventArg, &[0]);
        self.f.coerce(TypeId::DYN);
        self.f.swap();
        self.f.pop();
        self.f.jump(end);
        self.f.bind(many);
        self.f.load(event);
        self.field_operator(crate::tree::FieldOp::Elements);
        self.f.coerce(TypeId::DYN);
        self.f.bind(end);
    }

    // Subscriptions

    /// `R <> P -> body`, `R <> { … }`, `R <> ___`: R is on the stack; leaves empty.
    pub fn subscription(&mut self, id: ExprId, span: Span) {
        let tree = self.tree();
        if self.is_literally_empty(id) {
            self.f.unit();
            self.at(span);
            return self.subscribe_with(vec![(Kind::Signal, None)]);
        }
        let Some(unit) = self.analysis().unit_of.get(&id).copied() else {
            return;
        };
        let function = Code::declare(self.shared, unit, None);
        let mut topics = Vec::new();
        let mut inner = Code::open(self.shared, unit, function);
        match tree.expr(id) {
            Expr::Selector(list) => {
                topics = inner.subscription_topics(list);
                inner.selector_code(list, tree.span(id).start, false);
            }
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } => {
                let event = inner.f.param(1);
                inner.event = Some(event);
                if params.is_empty() {
                    if let Some((list, at)) = rules::selector_body(tree, *body) {
                        topics = inner.subscription_topics(list);
                        inner.selector_code(list, at, false);
                    }
                } else {
                    let departs = rules::selector_body(tree, *body)
                        .is_some_and(|(list, _)| inner.departures(list).next().is_some());
                    for param in params {
                        let next = inner.f.label();
                        if let ParamKind::Event(pattern) = &param.kind {
                            let topic = inner.topic(pattern);
                            if !topics.contains(&topic) {
                                topics.push(topic);
                            }
                            inner.match_event(pattern, event, next);
                        } else if let ParamKind::Label { .. } = &param.kind {
                            topics.extend([(Kind::Signal, None), (Kind::Proclamation, None)]);
                            if let Some(var) = inner.slot_at(param.span.start) {
                                inner.f.load(event);
                                inner.init(var, false);
                            }
                        }
                        inner.arrival(*body, event);
                        inner.f.bind(next);
                    }
                    if departs {
                        let name = self.module().name(RETRACT);
                        topics.push((Kind::Proclamation, Some(name)));
                        inner.departed(params, *body, event);
                    }
                    inner.f.op(Op::RetMiss, &[]);
                }
            }
            _ => {}
        }
        inner.finish();
        self.lexical(unit, function);
        self.f.coerce(TypeId::DYN);
        self.at(span);
        self.subscribe_with(topics);
    }

    fn subscribe_with(&mut self, topics: Vec<(Kind, Option<fzb::tables::NameId>)>) {
        let topics = self.module().constant(Const::Topics(topics));
        self.f.op(Op::Subscribe, &[topics.0, 0]);
        self.f.coerce(TypeId::DYN);
    }

    /// The routine on top gets every event of the realm below it.
    pub fn subscribe_all(&mut self) {
        self.subscribe_with(vec![(Kind::Signal, None), (Kind::Proclamation, None)]);
    }

    fn subscription_topics(&self, list: &[Rule]) -> Vec<(Kind, Option<fzb::tables::NameId>)> {
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
        topics
    }

    /// An event of the pattern came: runs the body once.
    fn arrival(&mut self, body: ExprId, event: Local) {
        let tree = self.tree();
        match rules::selector_body(tree, body) {
            Some((list, at)) => {
                // The payload is the subject; what is no rule is setup, run at arrival after the first match (§5.5).
                self.event_payload(event);
                self.arrival_rules(list, at);
                self.f.ret();
            }
            None => {
                self.in_action = true;
                self.dynamic(body, Want::Tail);
                self.in_action = false;
                self.f.ret();
            }
        }
    }

    fn arrival_rules(&mut self, list: &[Rule], at: u32) {
        let (setup, mut values): (Vec<&Rule>, Vec<Rule>) = (
            list.iter()
                .filter(|rule| matches!(rule.kind, RuleKind::Default(_)))
                .collect(),
            Vec::new(),
        );
        for rule in list {
            if matches!(rule.kind, RuleKind::Match { .. }) && !self.is_departure(rule) {
                values.push(rule.clone());
            }
        }
        self.dispatch(&values, at, Want::Value);
        let result = self.f.temp(TypeId::DYN);
        self.f.store(result);
        for rule in setup {
            if let RuleKind::Default(id) = &rule.kind {
                self.expr(*id, Want::Nothing);
            }
        }
        self.f.load(result);
        self.f.free_temp(result);
    }

    /// Rules of a subscription that see the departure: `empty`, `___`, `$empty`.
    fn departures<'t>(&'t self, list: &'t [Rule]) -> impl Iterator<Item = &'t Rule> {
        list.iter().filter(|rule| self.is_departure(rule))
    }

    fn is_departure(&self, rule: &Rule) -> bool {
        let tree = self.tree();
        let RuleKind::Match { pattern, .. } = &rule.kind else {
            return false;
        };
        match tree.pattern(*pattern) {
            Pattern::Empty => true,
            Pattern::Label(label) => rules::is_empty_word(tree, *label),
            Pattern::Event(event) => {
                event.kind == EventKind::Proclamation
                    && matches!(event.topic, crate::tree::Topic::Named(label) if self.text(label) == RETRACT)
            }
            _ => false,
        }
    }

    /// The departure of an event that this subscription saw arrive.
    fn departed(&mut self, params: &[crate::tree::Param], body: ExprId, event: Local) {
        let tree = self.tree();
        let missed = self.f.label();
        let name = self.module().name(RETRACT);
        let topics = self
            .module()
            .constant(Const::Topics(vec![(Kind::Proclamation, Some(name))]));
        self.f.load(event);
        self.f.op(Op::MatchEvent, &[topics.0]);
        let matched = self.f.temp(TypeId::BOOL);
        self.f.store(matched);
        self.f.pop();
        self.f.load(matched);
        self.f.free_temp(matched);
        self.f.jump_if_not(missed);
        // Its argument is the event that arrived.
        let arrived = self.f.temp(TypeId::DYN);
        self.event_part(event, 0, arrived);
        for param in params {
            let ParamKind::Event(pattern) = &param.kind else {
                continue;
            };
            let next = self.f.label();
            self.match_event(pattern, arrived, next);
            if let Some((list, at)) = rules::selector_body(tree, body) {
                if let Some(subject) = self.analysis().subjects.get(&at).copied() {
                    self.f.unit();
                    self.init(subject, false);
                }
                // What the value rules bind stays bound (§5.5).
                for rule in list {
                    if let RuleKind::Match { pattern, .. } = &rule.kind
                        && !self.is_departure(rule)
                        && rules::event_of(tree, rule).is_none()
                    {
                        let skip = self.f.label();
                        self.event_payload(arrived);
                        let payload = self.f.temp(TypeId::DYN);
                        self.f.store(payload);
                        self.pattern(*pattern, payload, Failure::at(skip));
                        self.f.bind(skip);
                        self.f.free_temp(payload);
                    }
                }
                let rules: Vec<Rule> = self.departures(list).cloned().collect();
                for rule in rules {
                    if let RuleKind::Match { action, .. } = &rule.kind {
                        self.expr(*action, Want::Nothing);
                    }
                }
            }
            self.f.unit();
            self.f.ret();
            self.f.bind(next);
        }
        self.f.free_temp(arrived);
        self.f.bind(missed);
    }

    // Vassals

    /// `<{ … }>`: a routine that gets the events crossing it (§5.8).
    pub fn vassal(&mut self, id: ExprId, list: &[Rule]) {
        let tree = self.tree();
        let Some(unit) = self.analysis().unit_of.get(&id).copied() else {
            return self.f.unit();
        };
        // What is only dropped is blocked like what has no rule, so that subscribers of the vassal do not hear it either.
        let passes = |rule: &&Rule| match &rule.kind {
            RuleKind::Match { action, .. } => !rules::is_nothing(tree, *action),
            _ => true,
        };
        let mut topics = Vec::new();
        for rule in list.iter().filter(passes) {
            if let Some(event) = rules::event_of(tree, rule)
                && event.kind != EventKind::Reply
            {
                let topic = self.topic(event);
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
        }
        let function = Code::declare(self.shared, unit, None);
        let mut inner = Code::open(self.shared, unit, function);
        let event = inner.f.param(0);
        inner.event = Some(event);
        for rule in list {
            let (pattern, action, mode) = match &rule.kind {
                RuleKind::Match {
                    pattern,
                    action,
                    mode,
                } => match tree.pattern(*pattern) {
                    Pattern::Event(found) if found.kind != EventKind::Reply => {
                        (found, Some(*action), *mode)
                    }
                    _ => continue,
                },
                RuleKind::Pass { event, mode } => (event, None, *mode),
                RuleKind::Default(_) => continue,
            };
            let next = inner.f.label();
            inner.match_event(pattern, event, next);
            inner.crossing(pattern, action, event);
            if mode == RuleMode::Consume {
                inner.f.ret();
            } else {
                inner.f.pop();
            }
            inner.f.bind(next);
        }
        inner.f.unit();
        inner.finish();
        self.lexical(unit, function);
        let topics = self.module().constant(Const::Topics(topics));
        self.f.op(Op::MakeVassal, &[topics.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// What a vassal's rule lets through: its action's event, whose reply crosses back; leaves a value.
    fn crossing(&mut self, pattern: &crate::tree::Event, action: Option<ExprId>, event: Local) {
        let tree = self.tree();
        let onward = match action.map(|id| tree.expr(id)) {
            None => Some((pattern.kind, self.topic(pattern).1, None)),
            Some(Expr::Emit(emission)) if emission.kind != EventKind::Reply => Some((
                emission.kind,
                emission.topic.map(|label| self.name(label)),
                emission.args.as_deref(),
            )),
            Some(_) => None,
        };
        match (onward, action) {
            (Some((kind, name, args)), _) => {
                let name = name.unwrap_or_else(|| self.module().name(""));
                let (count, flags) = match args {
                    Some(args) => self.event_args(args),
                    None => {
                        // The original payload, as one list.
                        self.f.load(event);
                        self.field_operator(crate::tree::FieldOp::Elements);
                        self.f.coerce(TypeId::DYN);
                        (1, SPREAD)
                    }
                };
                match kind {
                    EventKind::Signal => {
                        self.f.op(Op::Post, &[name.0, count, flags]);
                        let none = self.module().name("");
                        self.f.op(Op::Reply, &[none.0, 1, 0]);
                    }
                    _ => self.f.op(Op::Write, &[name.0, count, flags]),
                }
            }
            (None, Some(action)) => {
                if rules::is_nothing(tree, action) {
                    self.f.unit();
                } else {
                    self.in_action = true;
                    self.dynamic(action, Want::Value);
                    self.in_action = false;
                    let none = self.module().name("");
                    self.f.op(Op::Reply, &[none.0, 1, 0]);
                }
            }
            (None, None) => self.f.unit(),
        }
    }
}
