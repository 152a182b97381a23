//! Patterns of rules (docs/specs/rhumb.md §4.2).

use emit::{Const, Label, Local};
use fzb::tables::TypeId;
use isa::Op;

use crate::tree::{Expr, FieldName, LabelId, Pattern, PatternId, PatternItem, PatternItemKind};

use super::code::{Code, Want};
use super::rules;

/// Where a pattern that does not match goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    label: Label,
    /// Binding accepts empty: in the payload of an event.
    payload: bool,
}

impl Failure {
    pub fn at(label: Label) -> Failure {
        Failure {
            label,
            payload: false,
        }
    }
}

impl Code<'_> {
    /// Goes on if the value of a local matches.
    pub fn pattern(&mut self, id: PatternId, source: Local, fail: Failure) {
        let tree = self.tree();
        let span = tree.pattern_span(id);
        self.at(span);
        match tree.pattern(id) {
            Pattern::Any | Pattern::Error => {}
            Pattern::Empty => self.is_empty(source, fail),
            Pattern::Label(label) => self.pin_or_bind(*label, span.start, source, fail),
            Pattern::Literal(value) => {
                self.f.load(source);
                self.expr(*value, Want::Value);
                self.f.op(Op::Eq, &[]);
                self.f.jump_if_not(fail.label);
            }
            Pattern::Value(value) => {
                self.expr(*value, Want::Value);
                self.f.load(source);
                self.f.op(Op::Eq, &[]);
                self.f.jump_if_not(fail.label);
            }
            Pattern::Range { start, end } => {
                let (low, high) = (self.f.temp(TypeId::DYN), self.f.temp(TypeId::DYN));
                self.dynamic(*start, Want::Value);
                self.f.store(low);
                self.dynamic(*end, Want::Value);
                self.f.store(high);
                // From either end: `5|1` holds what `1|5` holds.
                let (up, inside) = (self.f.label(), self.f.label());
                self.f.load(low);
                self.f.load(high);
                self.f.op(Op::Gt, &[]);
                self.f.jump_if_not(up);
                for (a, op) in [(low, Op::Le), (high, Op::Ge)] {
                    self.f.load(source);
                    self.f.load(a);
                    self.f.op(op, &[]);
                    self.f.jump_if_not(fail.label);
                }
                self.f.jump(inside);
                self.f.bind(up);
                for (a, op) in [(low, Op::Ge), (high, Op::Le)] {
                    self.f.load(source);
                    self.f.load(a);
                    self.f.op(op, &[]);
                    self.f.jump_if_not(fail.label);
                }
                self.f.bind(inside);
                self.f.free_temp(low);
                self.f.free_temp(high);
            }
            Pattern::Predicate(test) => {
                let bound = self.analysis().predicates.get(&span.start);
                for var in bound.cloned().unwrap_or_default() {
                    self.f.load(source);
                    self.init(var, false);
                }
                self.expr(*test, Want::Value);
                self.truth();
                self.f.jump_if_not(fail.label);
            }
            Pattern::Structure(items) => {
                self.f.load(source);
                self.f.op(Op::CheckLen, &[0, 2]);
                let sequence = self.f.temp(TypeId::BOOL);
                self.f.store(sequence);
                self.f.pop();
                self.f.load(sequence);
                self.f.free_temp(sequence);
                self.f.jump_if_not(fail.label);
                self.items(items, source, fail);
            }
            // Event patterns never match values.
            Pattern::Event(_) => self.f.jump(fail.label),
        }
    }

    fn is_empty(&mut self, source: Local, fail: Failure) {
        self.f.load(source);
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if_not(fail.label);
    }

    fn is_not_empty(&mut self, source: Local, fail: Failure) {
        self.f.load(source);
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if(fail.label);
    }

    fn pin_or_bind(&mut self, label: LabelId, at: u32, source: Local, fail: Failure) {
        match self.slot_at(at) {
            Some(var) if self.analysis().binds.contains(&at) => {
                if !fail.payload {
                    self.is_not_empty(source, fail);
                }
                self.f.load(source);
                self.init(var, false);
            }
            Some(var) => {
                if !fail.payload {
                    self.is_not_empty(source, fail);
                }
                self.load(var);
                self.f.load(source);
                self.f.op(Op::Eq, &[]);
                self.f.jump_if_not(fail.label);
            }
            None if rules::is_empty_word(self.tree(), label) => self.is_empty(source, fail),
            None => {}
        }
    }

    /// The items of a structural pattern.
    fn items(&mut self, items: &[PatternItem], source: Local, fail: Failure) {
        let mut position = 0;
        let named = named(items);
        // Elements behind a slurp are those at the end, as in destructuring.
        let mut behind = None;
        let mut taken = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let part = self.f.temp(TypeId::DYN);
            match &item.kind {
                PatternItemKind::Element(pattern) => {
                    position += 1;
                    if matches!(self.tree().pattern(*pattern), Pattern::Any) {
                        self.f.free_temp(part);
                        continue;
                    }
                    self.f.load(behind.unwrap_or(source));
                    self.f.op(Op::TryIndex, &[position]);
                    self.try_part(part, fail);
                    self.pattern(*pattern, part, fail);
                }
                PatternItemKind::Named {
                    subfield,
                    name,
                    pattern,
                } => {
                    self.part_named(source, name, *subfield, part, fail);
                    self.pattern(*pattern, part, fail);
                }
                PatternItemKind::Pun {
                    subfield, label, ..
                } => {
                    self.part_named(source, &FieldName::Label(*label), *subfield, part, fail);
                    self.pin_or_bind(*label, item.span.start, part, fail);
                }
                PatternItemKind::Slurp(label) => {
                    let from = behind.unwrap_or(source);
                    let later = elements(items.get(index + 1..).unwrap_or(&[]));
                    let kept = self.slurp((*label, item), (from, position), &named, later);
                    if kept.is_some() {
                        taken.extend(std::mem::replace(&mut behind, kept));
                        position = 0;
                    }
                }
            }
            self.f.free_temp(part);
        }
        for local in behind.into_iter().chain(taken) {
            self.f.free_temp(local);
        }
    }

    /// What is left of a map or event from a position on, without the fields `named`, for a slurp's label; if `later` elements
    /// follow the slurp, it leaves them so many at the end, of which there is a map then.
    fn slurp(
        &mut self,
        (label, item): (Option<LabelId>, &PatternItem),
        (from, position): (Local, u32),
        named: &[LabelId],
        later: u32,
    ) -> Option<Local> {
        let var = label.and_then(|_| self.slot_at(item.span.start));
        if var.is_none() && later == 0 {
            return None;
        }
        let names = named.iter().map(|label| self.name(*label)).collect();
        let names = self.module().constant(Const::Names(names));
        self.f.load(from);
        self.f.op(Op::Rest, &[position, names.0]);
        let behind = (later > 0).then(|| self.leave_behind(later));
        self.f.coerce(TypeId::DYN);
        match var {
            Some(var) => self.init(var, false),
            None => self.f.pop(),
        }
        behind
    }

    /// What a `try_*` left: the source, the part, whether it is there.
    fn try_part(&mut self, part: Local, fail: Failure) {
        let there = self.f.temp(TypeId::BOOL);
        self.f.store(there);
        self.f.coerce(TypeId::DYN);
        self.f.store(part);
        self.f.pop();
        self.f.load(there);
        self.f.free_temp(there);
        self.f.jump_if_not(fail.label);
    }

    fn part_named(
        &mut self,
        source: Local,
        name: &FieldName,
        subfield: bool,
        part: Local,
        fail: Failure,
    ) {
        match name {
            FieldName::Label(label) if !subfield => {
                let name = self.name(*label);
                self.f.load(source);
                self.f.op(Op::TryName, &[name.0]);
                self.try_part(part, fail);
            }
            FieldName::Label(label) => {
                let name = self.name(*label);
                self.f.load(source);
                self.f.op(Op::GetSub, &[name.0]);
                self.f.store(part);
                self.is_not_empty(part, fail);
            }
            FieldName::Integer(number) if u32::try_from(*number).is_ok() => {
                self.f.load(source);
                self.f.op(Op::TryIndex, &[*number as u32]);
                self.try_part(part, fail);
            }
            other => {
                self.f.load(source);
                self.computed_name(other);
                self.f.op(Op::Has, &[0]);
                self.f.jump_if_not(fail.label);
                self.f.load(source);
                self.computed_name(other);
                self.f.op(Op::GetIndex, &[]);
                self.f.store(part);
            }
        }
    }

    /// The items of an event's payload.
    pub fn payload_items(&mut self, items: &[PatternItem], event: Local, fail: Failure) {
        let fail = Failure {
            payload: true,
            ..fail
        };
        let mut position = 0;
        let mut behind = None;
        let mut taken = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let part = self.f.temp(TypeId::DYN);
            match &item.kind {
                PatternItemKind::Element(pattern) => {
                    if !matches!(self.tree().pattern(*pattern), Pattern::Any) {
                        match behind {
                            None => self.event_part(event, position, part),
                            Some(behind) => {
                                self.element(behind, position + 1);
                                self.f.store(part);
                            }
                        }
                        self.pattern(*pattern, part, fail);
                    }
                    position += 1;
                }
                PatternItemKind::Named { name, pattern, .. } => {
                    self.part_named(event, name, false, part, fail);
                    self.pattern(*pattern, part, fail);
                }
                PatternItemKind::Pun { label, .. } => {
                    self.part_named(event, &FieldName::Label(*label), false, part, fail);
                    self.pin_or_bind(*label, item.span.start, part, fail);
                }
                PatternItemKind::Slurp(label) => {
                    let from = behind.unwrap_or(event);
                    let later = elements(items.get(index + 1..).unwrap_or(&[]));
                    let kept = self.slurp((*label, item), (from, position), &[], later);
                    if kept.is_some() {
                        taken.extend(std::mem::replace(&mut behind, kept));
                        position = 0;
                    }
                }
            }
            self.f.free_temp(part);
        }
        for local in behind.into_iter().chain(taken) {
            self.f.free_temp(local);
        }
    }

    /// An argument of an event (0-based), into a local.
    pub fn event_part(&mut self, event: Local, position: u32, part: Local) {
        self.f.load(event);
        self.f.op(Op::EventArg, &[position]);
        self.f.coerce(TypeId::DYN);
        self.f.store(part);
        self.f.pop();
    }

    /// Is an expression a plain `___`?
    pub fn is_literally_empty(&self, id: crate::tree::ExprId) -> bool {
        matches!(self.tree().expr(id), Expr::Empty)
    }
}

/// How many items take an element each.
fn elements(items: &[PatternItem]) -> u32 {
    let takes = |item: &&PatternItem| matches!(item.kind, PatternItemKind::Element(_));
    items.iter().filter(takes).count() as u32
}

fn named(items: &[PatternItem]) -> Vec<LabelId> {
    items
        .iter()
        .filter_map(|item| match &item.kind {
            PatternItemKind::Named {
                name: FieldName::Label(label),
                ..
            } => Some(*label),
            PatternItemKind::Pun { label, .. } => Some(*label),
            _ => None,
        })
        .collect()
}
