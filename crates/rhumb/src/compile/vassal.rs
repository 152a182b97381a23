//! Vassals: routines that events cross, and what becomes of them there (docs/specs/rhumb.md §5.8).

use emit::{Const, Local};
use fzb::tables::{EventKind, NameId, TypeId};
use isa::Op;

use crate::tree::{
    Event, EventKind as Sign, Expr, ExprId, Pattern, Rule, RuleKind, RuleMode, Topic,
};

use super::code::{Code, Want};
use super::rules;
use super::signal::{RETRACT, SPREAD};

/// The rules of a vassal are called with the kind of the event plus this, if it comes from what is behind the vassal.
const OUTWARD: i64 = 8;
/// What they are called with for a proclamation of who holds the vassal.
const PROCLAIMED: i64 = 6;
/// And plus this, if it tells that what crossed with it before is gone.
const DEPARTURE: i64 = 12;

/// Where the rules of a vassal keep what they are called with, and whether they have answered.
#[derive(Clone, Copy)]
struct Crossing {
    way: Local,
    event: Local,
    answered: Local,
}

impl Code<'_> {
    /// `<{ … }>`: a routine that gets the events crossing it.
    pub fn vassal(&mut self, id: ExprId, list: &[Rule]) {
        let tree = self.tree();
        let Some(unit) = self.analysis().unit_of.get(&id).copied() else {
            return self.f.unit();
        };
        // What is only dropped is blocked like what has no rule.
        let passes = |rule: &&Rule| match &rule.kind {
            RuleKind::Match { action, .. } => !rules::is_nothing(tree, *action),
            _ => true,
        };
        let mut topics = Vec::new();
        for rule in list.iter().filter(passes) {
            if let Some(event) = rules::event_of(tree, rule)
                && event.kind != Sign::Reply
            {
                let topic = self.topic(event);
                if !topics.contains(&topic) {
                    topics.push(topic);
                }
            }
        }
        let function = Code::declare(self.shared, unit, None);
        let mut inner = Code::open(self.shared, unit, function);
        let crossing = Crossing {
            way: inner.f.param(0),
            event: inner.f.param(1),
            answered: inner.f.temp(TypeId::BOOL),
        };
        inner.event = Some(crossing.event);
        inner.f.push_bool(false);
        inner.f.store(crossing.answered);
        inner.take_back(list, crossing);
        for rule in list {
            let (pattern, action, mode) = match &rule.kind {
                RuleKind::Match {
                    pattern,
                    action,
                    mode,
                } => match tree.pattern(*pattern) {
                    Pattern::Event(found) if found.kind != Sign::Reply => {
                        (found, Some(*action), *mode)
                    }
                    _ => continue,
                },
                RuleKind::Pass { event, mode } => (event, None, *mode),
                RuleKind::Default(_) => continue,
            };
            let next = inner.f.label();
            inner.match_event(pattern, crossing.event, next);
            inner.crossing(list, pattern, action, crossing, mode);
            inner.f.bind(next);
        }
        inner.blocked(crossing);
        inner.finish();
        self.lexical(unit, function);
        let topics = self.module().constant(Const::Topics(topics));
        self.f.op(Op::MakeVassal, &[topics.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// Proclaiming nothing takes back what one has proclaimed, through every rule that may have let it pass.
    fn take_back(&mut self, list: &[Rule], crossing: Crossing) {
        let tree = self.tree();
        let mut passed = Vec::new();
        for rule in list {
            let Some(event) = rules::event_of(tree, rule) else {
                continue;
            };
            let becomes = match &rule.kind {
                RuleKind::Match { action, .. } => match tree.expr(*action) {
                    Expr::Emit(emission) if self.is_onward(emission) => {
                        Some((emission.kind, emission.topic.map(|label| self.name(label))))
                    }
                    _ => None,
                },
                RuleKind::Pass { event, .. } => Some((event.kind, self.topic(event).1)),
                RuleKind::Default(_) => None,
            };
            if let Some((Sign::Proclamation, Some(name))) = becomes
                && event.kind == Sign::Proclamation
            {
                passed.push((self.topic(event), name));
            }
        }
        if passed.is_empty() {
            return;
        }
        let goes_on = self.f.label();
        self.f.load(crossing.way);
        self.f.push_int(PROCLAIMED);
        self.f.coerce(TypeId::DYN);
        self.f.op(Op::Eq, &[]);
        self.f.jump_if_not(goes_on);
        self.f.load(crossing.event);
        self.f.op(Op::Len, &[]);
        self.f.push_int(1);
        self.f.op(Op::I64Eq, &[]);
        self.f.jump_if_not(goes_on);
        self.f.load(crossing.event);
        self.f.op(Op::EventArg, &[0]);
        self.f.swap();
        self.f.pop();
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if_not(goes_on);
        for (topic, name) in passed {
            let next = self.f.label();
            let topics = self.module().constant(Const::Topics(vec![topic]));
            self.f.load(crossing.event);
            self.f.op(Op::MatchEvent, &[topics.0]);
            self.f.swap();
            self.f.pop();
            self.f.jump_if_not(next);
            self.payload_through(crossing);
            self.f.op(Op::Write, &[name.0, 1, SPREAD]);
            self.f.pop();
            self.f.bind(next);
        }
        self.f.unit();
        self.f.ret();
        self.f.bind(goes_on);
    }

    /// Pushes the arguments of the event that crosses, as one list.
    fn payload_through(&mut self, crossing: Crossing) {
        self.f.load(crossing.event);
        self.field_operator(crate::tree::FieldOp::Elements);
        self.f.coerce(TypeId::DYN);
    }

    /// Nothing has crossed: what holds the vassal gets empty; what is behind it keeps the event.
    fn blocked(&mut self, crossing: Crossing) {
        let outward = self.f.label();
        self.goes(crossing, OUTWARD);
        self.f.jump_if(outward);
        self.f.unit();
        self.f.ret();
        self.f.bind(outward);
        self.f.op(Op::RetMiss, &[]);
    }

    /// Pushes whether the event crosses that way, or one further on.
    fn goes(&mut self, crossing: Crossing, way: i64) {
        self.f.load(crossing.way);
        self.f.push_int(way);
        self.f.coerce(TypeId::DYN);
        self.f.op(Op::Ge, &[]);
    }

    /// What a rule that has matched lets through. A take ends there.
    fn crossing(
        &mut self,
        list: &[Rule],
        pattern: &Event,
        action: Option<ExprId>,
        crossing: Crossing,
        mode: RuleMode,
    ) {
        let tree = self.tree();
        let end = self.f.label();
        let onward = match action.map(|id| tree.expr(id)) {
            None => Some((pattern.kind, self.topic(pattern).1, None)),
            Some(Expr::Emit(emission)) if self.is_onward(emission) => Some((
                emission.kind,
                emission.topic.map(|label| self.name(label)),
                emission.args.as_deref(),
            )),
            Some(_) => None,
        };
        match (onward, action) {
            (Some((kind, name, args)), _) => {
                let signal = kind == Sign::Signal;
                if signal {
                    // A signal does not depart.
                    self.goes(crossing, DEPARTURE);
                    self.f.jump_if(end);
                }
                let name = name.unwrap_or_else(|| self.module().name(""));
                let (count, flags) = match args {
                    Some(args) => self.event_args(args),
                    None => {
                        self.payload_through(crossing);
                        (1, SPREAD)
                    }
                };
                if signal {
                    self.post_through(list, crossing, name, count, flags);
                } else {
                    self.f.op(Op::Write, &[name.0, count, flags]);
                    self.f.pop();
                }
                if mode == RuleMode::Consume {
                    self.f.unit();
                    self.f.ret();
                }
            }
            (None, Some(action)) => {
                // What is dropped stays where it is; any other right side answers who holds the vassal.
                let outward = self.f.label();
                self.goes(crossing, OUTWARD);
                self.f.jump_if(outward);
                if !rules::is_nothing(tree, action) {
                    self.in_action = true;
                    self.dynamic(action, Want::Value);
                    self.in_action = false;
                    self.answer_once(crossing);
                }
                if mode == RuleMode::Consume {
                    self.f.unit();
                    self.f.ret();
                    self.f.bind(outward);
                    self.f.op(Op::RetMiss, &[]);
                } else {
                    self.f.bind(outward);
                }
            }
            (None, None) => {}
        }
        self.f.bind(end);
    }

    /// Is an emission on the right of a rule what the event becomes? Replies and retractions are actions.
    fn is_onward(&self, emission: &crate::tree::Emission) -> bool {
        match emission.kind {
            Sign::Signal => true,
            Sign::Reply => false,
            Sign::Proclamation => {
                let topic = emission.topic.map_or("", |label| self.text(label));
                let nothing = match emission.args.as_deref() {
                    Some([only]) => {
                        matches!(only.kind, crate::tree::ArgKind::Positional(id) if rules::is_nothing(self.tree(), id))
                    }
                    _ => false,
                };
                topic != RETRACT && !nothing
            }
        }
    }

    /// Posts what a signal becomes; the reply goes back as the vassal's rules for replies make it, else as it is.
    fn post_through(
        &mut self,
        list: &[Rule],
        crossing: Crossing,
        name: NameId,
        count: u32,
        flags: u32,
    ) {
        let any = self
            .module()
            .constant(Const::Topics(vec![(EventKind::Signal, None)]));
        self.f.op(Op::PostTrap, &[name.0, count, flags, any.0]);
        let reply = self.f.temp(TypeId::DYN);
        self.f.coerce(TypeId::DYN);
        self.f.store(reply);
        let end = self.f.label();
        self.reply_rules(
            list,
            reply,
            end,
            |code, event, next| {
                if event.topic == Topic::Anonymous {
                    // No reply looks like one that says nothing.
                    code.has_arguments(reply);
                    code.f.jump_if_not(next);
                }
            },
            |code, action| {
                code.in_action = true;
                code.dynamic(action, Want::Value);
                code.in_action = false;
                code.answer_once(crossing);
            },
        );
        self.f.load(crossing.answered);
        self.f.jump_if(end);
        self.has_arguments(reply);
        self.f.store(crossing.answered);
        // An event as the list of arguments is passed on with its name; without name and arguments it was no reply.
        self.f.load(reply);
        let none = self.module().name("");
        self.f.op(Op::Reply, &[none.0, 1, SPREAD]);
        self.f.pop();
        self.f.bind(end);
        self.f.free_temp(reply);
    }

    /// Pushes whether an event has arguments.
    fn has_arguments(&mut self, event: Local) {
        self.f.push_int(0);
        self.f.load(event);
        self.f.op(Op::Len, &[]);
        self.f.op(Op::I64Lt, &[]);
    }

    /// Replies with the top, unless it is empty or an earlier rule has replied.
    fn answer_once(&mut self, crossing: Crossing) {
        let (silent, end) = (self.f.label(), self.f.label());
        self.f.coerce(TypeId::DYN);
        self.f.dup();
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if(silent);
        self.f.load(crossing.answered);
        self.f.jump_if(silent);
        self.f.push_bool(true);
        self.f.store(crossing.answered);
        let none = self.module().name("");
        self.f.op(Op::Reply, &[none.0, 1, 0]);
        self.f.pop();
        self.f.jump(end);
        self.f.bind(silent);
        self.f.pop();
        self.f.bind(end);
    }
}
