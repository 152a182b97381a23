//! The walk over expressions and chains.

use crate::tree::{
    Arg, ArgKind, Emission, EventKind, Expr, ExprId, Field, FieldKind, FieldName, FieldOp, FlowOp,
    LabelId, Mutability, Step, StepKind, Target, TextPiece,
};

use super::{Body, Walker};
use crate::compile::rules::{self, Attachment};
use crate::compile::scope::{Scope, scopes};
use crate::compile::units::{Meaning, UnitKind, VarKind, Written};

impl Walker<'_> {
    pub(super) fn each(&mut self, list: &[ExprId]) {
        for id in list {
            self.expr(*id);
        }
    }

    pub(super) fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        let at = tree.span(id).start;
        match tree.expr(id) {
            Expr::Error
            | Expr::Empty
            | Expr::Truth(_)
            | Expr::Number(_)
            | Expr::Version(_)
            | Expr::Duration(_)
            | Expr::Text(_)
            | Expr::Key(_)
            | Expr::Realm { .. } => {}
            Expr::Library(library) => {
                if let crate::tree::LibraryVersion::Label(label) = library.version {
                    self.mention(label, at);
                }
            }
            Expr::Date(moment) => {
                if let Some(crate::tree::CalendarDate::Interpolated(parts)) = &moment.date {
                    for part in parts {
                        if let crate::tree::DatePart::Value(id) = part {
                            self.expr(*id);
                        }
                    }
                }
            }
            Expr::Void => self.subject(at),
            Expr::Base => self.analysis.reach_base(self.unit),
            Expr::Interpolated(pieces) => {
                for piece in pieces {
                    if let TextPiece::Value(id) = piece {
                        self.expr(*id);
                    }
                }
            }
            Expr::Label(label) => self.mention(*label, at),
            Expr::Argument(number) => self.raw_argument(*number, at),
            Expr::Routine(list) => self.each(list),
            Expr::Subroutine(list) => {
                self.later(id, Body::Statements(list.clone()));
                self.written(id, Written::Anonymous, None);
            }
            Expr::Map(fields) => self.map(fields),
            Expr::Submap(_) => {
                self.later(id, Body::Submap(id));
            }
            Expr::Selector(_) | Expr::Vassal(_) => {
                self.later(id, Body::Selector(id));
            }
            Expr::Reference(inner) | Expr::Resource(inner) => self.expr(*inner),
            Expr::Emit(emission) => self.emission(emission),
            Expr::Chain { head, steps } => self.chain(*head, steps),
            Expr::Prefix { operand, .. } => self.expr(*operand),
            Expr::Binary { .. } if rules::joined_selectors(tree, id).is_some() => {
                self.later(id, Body::Selector(id));
            }
            Expr::Binary { first, rest } => {
                self.expr(*first);
                for term in rest {
                    self.expr(term.operand);
                }
            }
            Expr::Flow { first, rest } => {
                self.expr(*first);
                for term in rest {
                    match term.op {
                        FlowOp::Pipe => self.callee(term.operand),
                        FlowOp::Each => self.element_routine(term.operand),
                        FlowOp::Default | FlowOp::While => self.expr(term.operand),
                    }
                }
            }
            Expr::Conditional { arms } => {
                for arm in arms {
                    self.each(arm);
                }
            }
            Expr::Assign {
                target,
                target_span,
                mutability,
                value,
            } => {
                let written = match target {
                    Target::Label(label) => Some((Written::Label, Some(*label))),
                    Target::Field { name, .. } => Some((Written::Field, label_of(name))),
                    _ => None,
                };
                self.value(*value, written);
                let known = (*mutability == Mutability::Immutable).then_some(*value);
                self.target(target, target_span.start, known);
            }
            Expr::Destructure { items, value } => {
                self.expr(*value);
                self.destructure(*items, false);
            }
            Expr::Lambda { head, .. } => self.lambda(id, head),
        }
    }

    /// A value whose place says how a routine in it gets its `!`.
    pub(super) fn value(&mut self, id: ExprId, written: Option<(Written, Option<LabelId>)>) {
        self.expr(id);
        if let Some((written, label)) = written
            && matches!(
                self.tree.expr(id),
                Expr::Lambda { .. } | Expr::Subroutine(_)
            )
        {
            self.written(id, written, label);
        }
    }

    pub(super) fn written(&mut self, id: ExprId, written: Written, label: Option<LabelId>) {
        self.analysis.written.insert(id, (written, label));
    }

    /// The value that the predicate around tests.
    pub(super) fn tested(&mut self, at: u32) {
        let Some(predicate) = &mut self.predicate else {
            return;
        };
        let var = *predicate.tested.get_or_insert_with(|| {
            let var = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
            predicate.bound.push(var);
            var
        });
        self.mean(at, var);
    }

    pub(super) fn subject(&mut self, at: u32) {
        if self.predicate.is_some() {
            return self.tested(at);
        }
        let found = scopes(&self.chain).find_map(|scope| match scope {
            Scope::Subject(var) => Some(Some(*var)),
            Scope::Activation(_) => Some(None),
            _ => None,
        });
        if let Some(Some(var)) = found {
            self.mean(at, var);
        }
    }

    pub(super) fn raw_argument(&mut self, number: u32, at: u32) {
        if number == 0 && self.in_event() {
            return;
        }
        // In a predicate the argument is what is tested (§4.2).
        if number == 1 && self.predicate.is_some() {
            return self.tested(at);
        }
        if let Some(var) = self.argument(number) {
            self.analysis.meanings.insert(at, Meaning::Slot(var));
        }
    }

    pub(super) fn in_event(&self) -> bool {
        scopes(&self.chain)
            .find_map(|scope| match scope {
                Scope::Event => Some(true),
                Scope::Activation(_) => Some(false),
                _ => None,
            })
            .unwrap_or(false)
    }

    pub(super) fn name(&mut self, name: &FieldName) {
        if let FieldName::Computed(id) = name {
            self.expr(*id);
        }
    }

    pub(super) fn map(&mut self, fields: &[Field]) {
        for field in fields {
            match &field.kind {
                FieldKind::Element(id) | FieldKind::Spread(id) => self.expr(*id),
                FieldKind::Named { name, value, .. } => {
                    self.name(name);
                    self.value(*value, Some((Written::Field, label_of(name))));
                    // A method's home is the map, which the literal makes; the receiver's register of this unit is not its.
                }
                FieldKind::Pun { label, .. } => self.mention(*label, field.span.start),
            }
        }
    }

    pub(super) fn emission(&mut self, emission: &Emission) {
        if emission.kind == EventKind::Proclamation {
            let activation = self.activation();
            self.analysis.unit_mut(activation).proclaims = true;
        }
        if let Some(args) = &emission.args {
            self.args(args, false);
        }
    }

    pub(super) fn args(&mut self, args: &[Arg], holes: bool) {
        for arg in args {
            match &arg.kind {
                ArgKind::Positional(id) if holes && matches!(self.tree.expr(*id), Expr::Void) => {}
                ArgKind::Positional(id) | ArgKind::Spread(id) => self.expr(*id),
                ArgKind::Named { name, value, .. } => {
                    self.name(name);
                    self.expr(*value);
                }
            }
        }
    }

    pub(super) fn chain(&mut self, head: ExprId, steps: &[Step]) {
        let tree = self.tree;
        if let Expr::Reference(inner) = tree.expr(head)
            && let (Expr::Label(label), Some(StepKind::Operator(FieldOp::Base))) =
                (tree.expr(*inner), steps.first().map(|step| &step.kind))
        {
            self.analysis.templates.insert(*label);
        }
        let monitored = steps.iter().enumerate().rev().find_map(|(index, step)| {
            let StepKind::Attach(list) = &step.kind else {
                return None;
            };
            let before = steps.get(..index).unwrap_or(&[]);
            match rules::attachment(tree, head, before, list) {
                Attachment::Monitor => Some((index, list)),
                _ => None,
            }
        });
        let rest = match monitored {
            Some((index, list)) => {
                let at = steps.get(index).map_or(0, |step| step.span.start);
                let before = steps.get(..index).unwrap_or(&[]);
                let thunk = self.within(UnitKind::Thunk, |walker| walker.chain(head, before));
                let selector = self.within(UnitKind::Selector, |walker| walker.rules(list, at));
                self.analysis.attached.insert(at, (thunk, selector));
                // Replies that a signal's selector traps run where the signal was emitted.
                steps.get(index + 1..).unwrap_or(&[])
            }
            None => {
                self.expr(head);
                steps
            }
        };
        let curry = matches!(tree.expr(head), Expr::Reference(_));
        for (index, step) in rest.iter().enumerate() {
            match &step.kind {
                StepKind::Field { name, .. } | StepKind::Subfield { name, .. } => self.name(name),
                StepKind::SearchName(name) => self.name(name),
                StepKind::Matching(_) | StepKind::SearchMatching(_) | StepKind::Operator(_) => {}
                StepKind::SearchPaths(id) | StepKind::Overlay(id) | StepKind::Index(id) => {
                    self.expr(*id);
                }
                StepKind::Emit(emission) => self.emission(emission),
                StepKind::Call(args) => self.args(args, curry && index == 0),
                StepKind::Attach(list) => {
                    let argument_supply = rest.len() == steps.len()
                        && index == 0
                        && rules::attachment(tree, head, &[], list) == Attachment::Supply;
                    if argument_supply {
                        self.supply(list, step.span.start);
                    } else {
                        self.rules(list, step.span.start);
                    }
                }
            }
        }
    }
}

fn label_of(name: &FieldName) -> Option<LabelId> {
    match name {
        FieldName::Label(label) => Some(*label),
        _ => None,
    }
}
