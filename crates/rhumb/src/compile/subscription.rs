//! Subscriptions: which events they want, and what their handlers do when one arrives and when it departs
//! (docs/specs/rhumb.md §5.5).

use emit::{Const, Local};
use fzb::tables::{EventKind as Kind, ItemKind, NameId, TypeId};
use isa::Op;

use crate::tree::{
    EventKind, Expr, ExprId, LambdaHead, Param, ParamKind, Pattern, PatternItem, PatternItemKind,
    Rule, RuleKind, RuleMode, Span,
};

use super::code::{Code, Want};
use super::pattern::Failure;
use super::rules;
use super::signal::RETRACT;
use super::units::{VarId, VarKind};

impl Code<'_> {
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
                let event = inner.f.param(1);
                topics = inner.subscription_topics(list);
                inner.departure_rules(list, event, &mut topics);
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
                        inner.departure_rules(list, event, &mut topics);
                        inner.selector_code(list, at, false);
                    }
                } else {
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
                            // That something departs is no tuple.
                            inner.is_departure_event(event);
                            inner.f.jump_if(next);
                            if let Some(var) = inner.slot_at(param.span.start) {
                                inner.f.load(event);
                                inner.init(var, false);
                            }
                        }
                        inner.arrival(param, *body, event);
                        inner.f.bind(next);
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
        self.filter(id);
        self.subscribe_with(topics);
    }

    fn subscribe_with(&mut self, topics: Vec<(Kind, Option<NameId>)>) {
        let topics = self.module().constant(Const::Topics(topics));
        self.f.op(Op::Subscribe, &[topics.0, 0]);
        self.f.coerce(TypeId::DYN);
    }

    /// The routine on top gets every event of the realm below it.
    pub fn subscribe_all(&mut self) {
        self.subscribe_with(vec![(Kind::Signal, None), (Kind::Proclamation, None)]);
    }

    fn subscription_topics(&self, list: &[Rule]) -> Vec<(Kind, Option<NameId>)> {
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

    /// Says which argument the events of a subscription must have, if its one pattern has a literal there, or a label that
    /// cannot change any more, so that the others are not even tried.
    fn filter(&mut self, id: ExprId) {
        let tree = self.tree();
        let Expr::Lambda {
            head: LambdaHead::Params(params),
            ..
        } = tree.expr(id)
        else {
            return;
        };
        let [
            Param {
                kind: ParamKind::Event(event),
                ..
            },
        ] = params.as_slice()
        else {
            return;
        };
        for (position, item) in event.payload.iter().flatten().enumerate() {
            let PatternItemKind::Element(pattern) = item.kind else {
                return;
            };
            match tree.pattern(pattern) {
                Pattern::Literal(literal) => {
                    self.f.push_int(position as i64);
                    self.f.coerce(TypeId::DYN);
                    self.dynamic(*literal, Want::Value);
                }
                Pattern::Label(_) => {
                    let at = tree.pattern_span(pattern).start;
                    let Some(var) = self.slot_at(at).filter(|var| {
                        !self.analysis().binds.contains(&at) && self.is_settled(*var)
                    }) else {
                        continue;
                    };
                    self.f.push_int(position as i64);
                    self.f.coerce(TypeId::DYN);
                    self.load(var);
                }
                _ => continue,
            }
            self.f
                .op(Op::Intrinsic, &[isa::Intrinsic::SignalFilter as u32]);
            self.f.pop();
            return;
        }
    }

    /// Does a slot keep the value that it has here? Parameters and bindings that nothing assigns do, and labels that are
    /// assigned once, for good; one that is still empty here is no filter.
    fn is_settled(&self, var: VarId) -> bool {
        let found = self.analysis().var(var);
        match found.kind {
            VarKind::Param(_) | VarKind::Bound => !found.assigned,
            VarKind::Local | VarKind::Static => found.assignments == 1 && found.value.is_some(),
            _ => false,
        }
    }

    /// An event of the pattern came: runs the body.
    fn arrival(&mut self, param: &Param, body: ExprId, event: Local) {
        let tree = self.tree();
        self.in_action = true;
        match rules::selector_body(tree, body) {
            Some((list, at)) if self.departures(list).next().is_some() => {
                self.thread(param, list, at, event);
            }
            Some((list, at)) => {
                // The payload is the subject; what is no rule is setup, run at arrival after the first match (§5.5).
                let took = self.f.temp(TypeId::BOOL);
                self.event_payload(event);
                self.arrival_rules(list, at, None, took);
                let missed = self.f.label();
                self.f.load(took);
                self.f.jump_if_not(missed);
                self.f.unit();
                self.f.ret();
                self.f.bind(missed);
                self.f.op(Op::RetMiss, &[]);
                self.f.free_temp(took);
            }
            None => {
                self.dynamic(body, Want::Tail);
                self.f.ret();
            }
        }
        self.in_action = false;
    }

    /// A body with a rule for the departure: the process stays, sees the events with equal bindings, and runs that rule at
    /// last (§5.5). Setup runs once.
    fn thread(&mut self, param: &Param, list: &[Rule], at: u32, event: Local) {
        let bound = self.bound_by(param);
        // What one turn leaves in a slot the next one sees: they all begin before the first.
        let vars = self.analysis().unit(self.unit).vars.clone();
        for var in vars.iter().filter(|var| !bound.contains(var)) {
            let kind = self.analysis().var(*var).kind;
            if matches!(kind, VarKind::Local | VarKind::Bound) {
                self.f.unit();
                self.init(*var, false);
            }
        }
        let (set_up, took) = (self.f.temp(TypeId::BOOL), self.f.temp(TypeId::BOOL));
        self.f.push_bool(false);
        self.f.store(set_up);
        self.f.push_bool(true);
        self.f.store(took);
        let current = self.f.temp(TypeId::DYN);
        let outer = self.event.replace(current);
        self.f.open_loop();
        let mut items = Vec::new();
        for var in &bound {
            self.load(*var);
            items.push((ItemKind::Positional, None, 0));
        }
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        self.f.coerce(TypeId::DYN);
        // What no rule has taken goes on to others while the process waits (§5.3 2).
        let (missed, waits) = (self.f.label(), self.f.label());
        self.f.load(took);
        self.f.jump_if_not(missed);
        self.f.load(event);
        self.f.jump(waits);
        self.f.bind(missed);
        self.f.unit();
        self.f.bind(waits);
        self.f.op(Op::NextEvent, &[]);
        self.f.store(current);
        let (stays, arrives) = (self.f.label(), self.f.label());
        self.f.load(current);
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if_not(stays);
        self.f.unit();
        self.f.ret();
        self.f.bind(stays);
        self.is_departure_event(current);
        self.f.jump_if_not(arrives);
        self.departed(list, at);
        self.f.bind(arrives);
        self.event_payload(current);
        self.arrival_rules(list, at, Some(set_up), took);
        self.f.close_loop();
        self.event = outer;
        self.f.free_temp(current);
        self.f.free_temp(set_up);
        self.f.free_temp(took);
    }

    /// The slots that an item of a subscription binds.
    fn bound_by(&self, param: &Param) -> Vec<VarId> {
        let tree = self.tree();
        let mut bound = Vec::new();
        let mut add = |at: u32| {
            if let Some(var) = self.slot_at(at)
                && self.analysis().binds.contains(&at)
                && !bound.contains(&var)
            {
                bound.push(var);
            }
        };
        let payload = match &param.kind {
            ParamKind::Event(event) => event.payload.as_deref(),
            _ => {
                add(param.span.start);
                None
            }
        };
        let mut work: Vec<&PatternItem> = payload.into_iter().flatten().rev().collect();
        while let Some(item) = work.pop() {
            match &item.kind {
                PatternItemKind::Element(pattern) | PatternItemKind::Named { pattern, .. } => {
                    match tree.pattern(*pattern) {
                        Pattern::Structure(items) => work.extend(items.iter().rev()),
                        Pattern::Label(_) => add(tree.pattern_span(*pattern).start),
                        _ => {}
                    }
                }
                PatternItemKind::Pun { .. } | PatternItemKind::Slurp(_) => add(item.span.start),
            }
        }
        bound
    }

    /// The value rules, whose subject is on the stack, then what is no rule; with `set_up`, that only once. `took` notes that
    /// a rule has taken the event (§5.3 2).
    fn arrival_rules(&mut self, list: &[Rule], at: u32, set_up: Option<Local>, took: Local) {
        let source = self.f.temp(TypeId::DYN);
        self.f.store(source);
        self.f.load(source);
        let subject = self.analysis().subjects.get(&at).copied();
        match subject {
            Some(var) => {
                self.init(var, false);
                self.subjects.push(var);
            }
            None => self.f.pop(),
        }
        self.f.push_bool(false);
        self.f.store(took);
        let done = self.f.label();
        for rule in list {
            let RuleKind::Match {
                pattern,
                mode,
                action,
            } = &rule.kind
            else {
                continue;
            };
            if self.is_departure(rule) || rules::event_of(self.tree(), rule).is_some() {
                continue;
            }
            let next = self.f.label();
            self.pattern(*pattern, source, Failure::at(next));
            self.action(*action, source, Want::Nothing);
            if *mode == RuleMode::Consume {
                self.f.push_bool(true);
                self.f.store(took);
                self.f.jump(done);
            }
            self.f.bind(next);
        }
        self.f.bind(done);
        let end = self.f.label();
        if let Some(set_up) = set_up {
            self.f.load(set_up);
            self.f.jump_if(end);
            self.f.push_bool(true);
            self.f.store(set_up);
        }
        for rule in list {
            if let RuleKind::Default(id) = &rule.kind {
                self.expr(*id, Want::Nothing);
            }
        }
        self.f.bind(end);
        if subject.is_some() {
            self.subjects.pop();
        }
        self.f.free_temp(source);
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

    /// Pushes whether an event says that another has departed.
    fn is_departure_event(&mut self, event: Local) {
        let name = self.module().name(RETRACT);
        let topics = self
            .module()
            .constant(Const::Topics(vec![(Kind::Proclamation, Some(name))]));
        self.f.load(event);
        self.f.op(Op::MatchEvent, &[topics.0]);
        self.f.swap();
        self.f.pop();
    }

    /// What a process came for has departed: its rules for that, then it ends.
    fn departed(&mut self, list: &[Rule], at: u32) {
        let subject = self.analysis().subjects.get(&at).copied();
        if let Some(subject) = subject {
            self.f.unit();
            self.init(subject, false);
            self.subjects.push(subject);
        }
        let rules: Vec<Rule> = self.departures(list).cloned().collect();
        for rule in rules {
            if let RuleKind::Match { action, .. } = &rule.kind {
                self.expr(*action, Want::Nothing);
            }
        }
        if subject.is_some() {
            self.subjects.pop();
        }
        self.f.unit();
        self.f.ret();
    }

    /// Adds what tells departures to a set of events, if a rule sees them.
    pub(super) fn departure_topic(&self, list: &[Rule], topics: &mut Vec<(Kind, Option<NameId>)>) {
        let departure = (Kind::Proclamation, Some(self.module().name(RETRACT)));
        if self.departures(list).next().is_some() && !topics.contains(&departure) {
            topics.push(departure);
        }
    }

    /// `empty` and `___` as rules among event rules: they see that something has departed.
    pub(super) fn departure_rules(
        &mut self,
        list: &[Rule],
        event: Local,
        topics: &mut Vec<(Kind, Option<NameId>)>,
    ) {
        let tree = self.tree();
        let rules: Vec<Rule> = self
            .departures(list)
            .filter(|rule| rules::event_of(tree, rule).is_none())
            .cloned()
            .collect();
        if rules.is_empty() {
            return;
        }
        self.departure_topic(list, topics);
        let next = self.f.label();
        self.is_departure_event(event);
        self.f.jump_if_not(next);
        for rule in rules {
            if let RuleKind::Match { action, .. } = &rule.kind {
                self.expr(*action, Want::Nothing);
            }
        }
        self.f.bind(next);
    }
}
