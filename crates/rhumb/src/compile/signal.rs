//! Signals, replies, proclamations (docs/specs/rhumb.md §5).

use emit::{Const, Label, Local};
use fzb::tables::TypeId;
use isa::Op;

use crate::tree::{
    Arg, ArgKind, Emission, Event, EventKind, Expr, ExprId, Pattern, Rule, RuleKind, Span,
};

use super::code::{Code, Want};
use super::rules;
use super::units::UnitKind;

/// Flags of `post`, `reply` and `write`.
const RECEIVER: u32 = 1;
pub(super) const SPREAD: u32 = 2;
const NAMED: u32 = 4;
const TAIL: u32 = 8;
/// One's own, or everybody's if one has made the realm (§5.6).
const RETRACT_FLAGS: u32 = 12;
/// Most arguments of an emission that are not one list.
const MOST: usize = 255;
/// Topic that retracts (§5.6).
pub(super) const RETRACT: &str = "empty";

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
                    self.spread(*id);
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
    pub(super) fn event_args(&mut self, args: &[Arg]) -> (u32, u32) {
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

    pub(super) fn reply(&mut self, emission: &Emission, target: bool, span: Span, tail: bool) {
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
            flags |= RETRACT_FLAGS;
            let name = self.module().name(literal_topic.as_deref().unwrap_or(""));
            return self.f.op(Op::Write, &[name.0, 0, flags]);
        }
        let name = self.module().name(topic);
        if single.is_some_and(|id| self.is_literally_empty(id)) {
            flags |= RETRACT_FLAGS;
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
        self.reply_rules(
            list,
            event,
            end,
            |_, _, _| {},
            |code, action| code.dynamic(action, Want::Value),
        );
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

    /// The rules of replies, in their order, for the reply in `event`: one that matches goes on at `next` where `guard` says so,
    /// else it does what `taken` makes of its action and goes on at `end`.
    pub(super) fn reply_rules(
        &mut self,
        list: &[Rule],
        event: Local,
        end: Label,
        guard: impl Fn(&mut Self, &Event, Label),
        taken: impl Fn(&mut Self, ExprId),
    ) {
        let tree = self.tree();
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
            guard(self, found, next);
            taken(self, *action);
            self.f.jump(end);
            self.f.bind(next);
        }
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
}
