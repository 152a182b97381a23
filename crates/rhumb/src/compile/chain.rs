//! Chains: reads, calls, indexes and field operators behind an expression (docs/specs/rhumb.md §2.2, §3.4, §3.12).

use emit::{Const, Local};
use fzb::tables::{ArgKind as Stands, ConstId, TypeId};
use isa::Op;

use crate::tree::{
    Arg, ArgKind, Expr, ExprId, FieldName, FieldOp, LabelId, Mutability, Span, Step, StepKind,
};

use super::code::{Code, Want};
use super::rules::{self, Attachment};

/// Most arguments of a call without a shape.
const MOST_POSITIONAL: usize = 255;
/// Flag of `set_index`.
const MUTABLE: u32 = 2;

/// Is there a selector among steps that is only a default?
fn has_gate(steps: &[Step]) -> bool {
    steps
        .iter()
        .any(|step| matches!(&step.kind, StepKind::Attach(list) if rules::is_gate(list)))
}

impl Code<'_> {
    /// A head with steps.
    pub fn chain(&mut self, head: ExprId, steps: &[Step], want: Want) {
        let outer = self.gated;
        self.gated |= has_gate(steps);
        self.head_and_steps(head, steps, want);
        self.gated = outer;
    }

    fn head_and_steps(&mut self, head: ExprId, steps: &[Step], want: Want) {
        let tree = self.tree();
        // The last selector that listens takes everything before it as its subject.
        let monitored = steps.iter().enumerate().rev().find_map(|(index, step)| {
            let StepKind::Attach(list) = &step.kind else {
                return None;
            };
            let before = steps.get(..index).unwrap_or(&[]);
            (rules::attachment(tree, head, before, list) == Attachment::Monitor)
                .then_some((index, list, step.span))
        });
        if let Some((index, list, span)) = monitored {
            let before = steps.get(..index).unwrap_or(&[]);
            self.monitored(head, before, list, span);
            let rest = steps.get(index + 1..).unwrap_or(&[]);
            return self.steps(rest, 0, false, want);
        }
        let first = steps.first().map(|step| &step.kind);
        let reads_only = steps.iter().all(|step| {
            matches!(
                step.kind,
                StepKind::Field { .. }
                    | StepKind::Subfield { .. }
                    | StepKind::Operator(_)
                    | StepKind::Index(_)
            )
        });
        let reference = matches!(tree.expr(head), Expr::Reference(_));
        let by_reference = want == Want::Reference || reference && reads_only;
        match (tree.expr(head), first) {
            // `<f>(a; b)`: a curry (§3.7).
            (Expr::Reference(inner), Some(StepKind::Call(args))) => {
                self.dynamic(*inner, Want::Reference);
                let shape = self.shape_of(args, true);
                self.arguments(args, true);
                if let Some(step) = steps.first() {
                    self.at(step.span);
                }
                self.f.op(Op::Partial, &[shape.0]);
                self.steps(steps, 1, by_reference, want)
            }
            (_, Some(StepKind::Call(args))) => {
                self.dynamic(head, Want::Reference);
                if let Some(step) = steps.first() {
                    self.at(step.span.to(step.span));
                }
                self.call(args, tree.span(head));
                self.steps(steps, 1, by_reference, want)
            }
            // A label that holds a routine is invoked, whatever its parameters (rulings B34).
            (Expr::Label(_), Some(StepKind::Attach(_))) => {
                self.dynamic(head, Want::Reference);
                self.at(tree.span(head));
                self.forget_answers();
                self.f.op(Op::CallClosure, &[0]);
                self.steps(steps, 0, by_reference, want)
            }
            (_, Some(StepKind::Operator(FieldOp::Freeze))) if self.freeze_label(head) => {
                self.steps(steps, 1, by_reference, want)
            }
            (_, Some(StepKind::Operator(_))) if reference => {
                self.dynamic(head, Want::Reference);
                self.steps(steps, 0, by_reference, want)
            }
            (Expr::Emit(emission), Some(StepKind::Attach(list)))
                if rules::attachment(tree, head, &[], list) == Attachment::Trap =>
            {
                let span = steps.first().map_or(Span::default(), |step| step.span);
                self.at(tree.span(head));
                self.trap(emission, false, list, span);
                self.steps(steps, 1, by_reference, want)
            }
            (Expr::Subroutine(_), Some(StepKind::Attach(list)))
                if rules::attachment(tree, head, &[], list) == Attachment::Supply =>
            {
                let span = steps.first().map_or(Span::default(), |step| step.span);
                self.dynamic(head, Want::Reference);
                self.supply(list, span);
                self.steps(steps, 1, by_reference, want)
            }
            _ => {
                let read = if by_reference {
                    Want::Reference
                } else {
                    Want::Value
                };
                self.forget_answers();
                self.expr(head, read);
                self.steps(steps, 0, by_reference, want)
            }
        }
    }

    /// Steps from a number on; what they apply to is on the stack.
    fn steps(&mut self, steps: &[Step], from: usize, by_reference: bool, want: Want) {
        let tree = self.tree();
        let mut index = from;
        while let Some(step) = steps.get(index) {
            let next = steps.get(index + 1);
            let last = next.is_none();
            index += 1;
            match &step.kind {
                StepKind::Field {
                    name,
                    by_reference: quiet,
                } => {
                    self.f.coerce(TypeId::DYN);
                    let called = match next.map(|step| &step.kind) {
                        Some(StepKind::Call(args)) if !quiet => Some(args),
                        _ => None,
                    };
                    match (called, self.static_name(name)) {
                        (Some(args), Some(name)) => {
                            index += 1;
                            match self.plain_arguments(args) {
                                Some(count) => {
                                    self.at(step.span);
                                    self.forget_answers();
                                    self.f.op(Op::CallName, &[name.0, count]);
                                }
                                None => {
                                    let shape = self.shape_of(args, false);
                                    self.arguments(args, false);
                                    self.at(step.span);
                                    self.forget_answers();
                                    self.f.op(Op::CallNameShape, &[name.0, shape.0]);
                                }
                            }
                        }
                        (_, Some(name))
                            if !quiet
                                && !by_reference
                                && matches!(
                                    next.map(|step| &step.kind),
                                    Some(StepKind::Attach(_))
                                ) =>
                        {
                            self.at(step.span);
                            self.forget_answers();
                            self.f.op(Op::CallName, &[name.0, 0]);
                        }
                        (_, Some(name)) => {
                            self.at(step.span);
                            self.forget_answers();
                            if *quiet || by_reference {
                                self.f.op(Op::GetName, &[name.0]);
                            } else {
                                self.f.op(Op::ReadName, &[name.0]);
                            }
                        }
                        (_, None) => {
                            self.computed_name(name);
                            self.at(step.span);
                            self.f.op(Op::GetIndex, &[]);
                        }
                    }
                }
                StepKind::Subfield {
                    name,
                    by_reference: quiet,
                } => {
                    self.f.coerce(TypeId::DYN);
                    match self.static_name(name) {
                        Some(name) => {
                            self.at(step.span);
                            self.f.op(Op::GetSub, &[name.0]);
                            let called =
                                matches!(next.map(|step| &step.kind), Some(StepKind::Call(_)));
                            self.forget_answers();
                            if !quiet && !by_reference && !called {
                                self.f.op(Op::AutoCall, &[]);
                            }
                        }
                        None => {
                            self.computed_name(name);
                            self.f.op(Op::GetIndex, &[]);
                        }
                    }
                }
                StepKind::Matching(label) => {
                    self.f.coerce(TypeId::DYN);
                    self.matching(*label);
                }
                StepKind::SearchName(FieldName::Label(label)) => {
                    self.search(&[self.text(*label).to_owned()]);
                }
                StepKind::SearchName(name) => {
                    // Only texts and labels are searched for; others are read here.
                    self.f.coerce(TypeId::DYN);
                    self.computed_name(name);
                    self.f.op(Op::GetIndex, &[]);
                }
                StepKind::SearchMatching(label) => {
                    self.search(&[self.text(*label).to_owned()]);
                }
                StepKind::SearchPaths(id) => self.search_paths(*id, step.span),
                StepKind::Overlay(id) => {
                    self.f.coerce(TypeId::DYN);
                    self.dynamic(*id, Want::Reference);
                    let name = match tree.expr(*id) {
                        Expr::Label(label) => self.name(*label),
                        _ => self.module().name("overlay"),
                    };
                    self.at(step.span);
                    self.f.op(Op::WithSub, &[name.0]);
                }
                StepKind::Emit(emission) => {
                    self.f.coerce(TypeId::DYN);
                    self.at(step.span);
                    match next.map(|step| (&step.kind, step.span)) {
                        Some((StepKind::Attach(list), span))
                            if rules::has_replies(tree, list) && !rules::has_events(tree, list) =>
                        {
                            index += 1;
                            self.trap(emission, true, list, span);
                        }
                        _ => self.emission(emission, true, step.span, Want::Value),
                    }
                }
                StepKind::Call(args) => {
                    self.f.coerce(TypeId::DYN);
                    self.call(args, step.span);
                }
                StepKind::Operator(op) => {
                    self.f.coerce(TypeId::DYN);
                    self.at(step.span);
                    self.field_operator(*op);
                }
                StepKind::Index(id) => {
                    self.f.coerce(TypeId::DYN);
                    self.dynamic(*id, Want::Value);
                    self.at(step.span);
                    self.forget_answers();
                    self.f.op(Op::GetIndex, &[]);
                }
                StepKind::Attach(list) => {
                    let inner = if last { want } else { Want::Value };
                    let outer = self.gated;
                    self.gated = has_gate(steps.get(index..).unwrap_or(&[]));
                    self.dispatch(list, step.span.start, inner);
                    self.gated = outer;
                    if inner == Want::Nothing {
                        return;
                    }
                }
            }
        }
        self.done(want);
    }

    /// What was answered on purpose so far is not what a gated subject comes to (D-21).
    pub fn forget_answers(&mut self) {
        if self.gated {
            self.f.unit();
            let gate = isa::Intrinsic::SignalGate as u32;
            self.f.op(Op::Intrinsic, &[gate]);
            self.f.pop();
        }
    }

    /// Calls what is on the stack.
    pub fn call(&mut self, args: &[Arg], span: Span) {
        match self.plain_arguments(args) {
            Some(count) => {
                self.at(span);
                self.forget_answers();
                self.f.op(Op::CallClosure, &[count]);
            }
            None => {
                let shape = self.shape_of(args, false);
                self.arguments(args, false);
                self.at(span);
                self.forget_answers();
                self.f.op(Op::CallShape, &[shape.0]);
            }
        }
    }

    /// Pushes arguments that are all positional; `None`, with nothing pushed, if they are not.
    pub fn plain_arguments(&mut self, args: &[Arg]) -> Option<u32> {
        let plain = args
            .iter()
            .all(|arg| matches!(arg.kind, ArgKind::Positional(_)));
        if !plain || args.len() > MOST_POSITIONAL {
            return None;
        }
        self.arguments(args, false);
        Some(args.len() as u32)
    }

    /// Pushes arguments as their shape says.
    fn arguments(&mut self, args: &[Arg], holes: bool) {
        let tree = self.tree();
        let outer = std::mem::take(&mut self.gated);
        for arg in args {
            match &arg.kind {
                ArgKind::Positional(id) if holes && matches!(tree.expr(*id), Expr::Void) => {}
                ArgKind::Positional(id) => self.dynamic(*id, Want::Value),
                ArgKind::Spread(id) => self.spread(*id),
                ArgKind::Named { name, value, .. } => {
                    self.computed_name(name);
                    self.dynamic(*value, Want::Value);
                }
            }
        }
        self.gated = outer;
    }

    fn shape_of(&self, args: &[Arg], holes: bool) -> ConstId {
        let tree = self.tree();
        let shape = args
            .iter()
            .map(|arg| match &arg.kind {
                ArgKind::Positional(id) if holes && matches!(tree.expr(*id), Expr::Void) => {
                    (Stands::Hole, None)
                }
                ArgKind::Positional(_) => (Stands::Positional, None),
                ArgKind::Spread(_) => (Stands::Spread, None),
                ArgKind::Named {
                    name, mutability, ..
                } => match (name, mutability) {
                    (FieldName::Label(label), Mutability::Mutable) => {
                        (Stands::Named, Some(self.name(*label)))
                    }
                    (FieldName::Label(label), Mutability::Immutable) => {
                        (Stands::Fixed, Some(self.name(*label)))
                    }
                    (_, Mutability::Mutable) => (Stands::Computed, None),
                    (_, Mutability::Immutable) => (Stands::ComputedFixed, None),
                },
            })
            .collect();
        self.module().constant(Const::Shape(shape))
    }

    // Searches

    /// `m\*`, `m\*.ext`: values of the map's own fields whose labels match.
    fn matching(&mut self, label: LabelId) {
        let pattern = self.text(label);
        if pattern == "*" {
            return self.field_operator(FieldOp::FieldNames);
        }
        let pattern = pattern.to_owned();
        // A map of the names alone is searched, so that only this map's own labels are found.
        let map = self.f.temp(TypeId::DYN);
        self.f.store(map);
        let [names, list] = [(); 2].map(|()| self.draft());
        self.f.load(map);
        self.field_operator(FieldOp::FieldNames);
        self.f.coerce(TypeId::DYN);
        let name = self.for_each();
        self.f.load(names);
        self.f.load(name);
        self.f.load(name);
        self.f.op(Op::SetIndex, &[MUTABLE]);
        self.f.close_loop();
        self.f.free_temp(name);
        self.drafted(names);
        self.search(&[pattern]);
        let name = self.for_each();
        self.f.load(list);
        self.f.load(map);
        self.f.load(name);
        self.f.op(Op::GetIndex, &[]);
        self.f.op(Op::PushAt, &[0]);
        self.f.pop();
        self.f.close_loop();
        self.drafted(list);
        for temp in [map, name] {
            self.f.free_temp(temp);
        }
    }

    /// Opens a loop over the collection on top; each element is in the local given.
    fn for_each(&mut self) -> Local {
        self.f.open_iter(0);
        self.f.coerce(TypeId::DYN);
        let element = self.f.temp(TypeId::DYN);
        self.f.store(element);
        element
    }

    fn search(&mut self, names: &[String]) {
        self.f.coerce(TypeId::DYN);
        let names = names.iter().map(|name| self.module().name(name)).collect();
        let names = self.module().constant(Const::Names(names));
        self.f.op(Op::Nested, &[names.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// `m \\ [list of path texts]`: each is resolved.
    fn search_paths(&mut self, id: ExprId, span: Span) {
        self.f.coerce(TypeId::DYN);
        let map = self.f.temp(TypeId::DYN);
        self.f.store(map);
        let list = self.draft();
        self.dynamic(id, Want::Value);
        self.at(span);
        let path = self.for_each();
        self.f.load(list);
        self.f.load(map);
        self.f.load(path);
        self.f.op(Op::GetIndex, &[]);
        self.f.op(Op::PushAt, &[0]);
        self.f.pop();
        self.f.close_loop();
        self.drafted(list);
        for temp in [map, path] {
            self.f.free_temp(temp);
        }
    }
}
