//! Expressions (docs/specs/rhumb.md §3).

use emit::Const;
use fzb::tables::TypeId;
use fzb::view::Repr;
use isa::Op;

use crate::tree::{
    BinaryOp, Expr, ExprId, FieldOp, MetaKind, Mutability, PrefixOp, Target, Term, TextPiece,
};

use super::code::{Code, Want};
use super::prelude::{self, Word};

/// Flag of `new_realm`.
const DETACHED: u32 = 1;

impl Code<'_> {
    /// A list of expressions, of which the last is the value; empty if there is none.
    pub fn statements(&mut self, list: &[ExprId], want: Want) {
        let Some((last, before)) = list.split_last() else {
            return self.empty(want);
        };
        for id in before {
            self.statement(*id, Want::Nothing);
        }
        if !before.is_empty() {
            self.forget_answers();
        }
        self.statement(*last, want);
    }

    /// A member of a list, with the assertions that stand behind it (§10.3).
    pub fn statement(&mut self, id: ExprId, want: Want) {
        let tree = self.tree();
        if tree.metas_of(id).next().is_none() {
            return self.expr(id, want);
        }
        let inner = if want == Want::Tail {
            Want::Value
        } else {
            want
        };
        let inner = if inner == Want::Nothing {
            Want::Value
        } else {
            inner
        };
        self.expr(id, inner);
        self.f.coerce(TypeId::DYN);
        self.checks(id);
        if want == Want::Nothing {
            self.f.pop();
        }
    }

    /// The assertions and inspections that stand behind an expression, whose value is on the stack as a dynamic one.
    pub fn checks(&mut self, id: ExprId) {
        let tree = self.tree();
        for meta in tree.metas_of(id) {
            self.at(meta.span);
            match &meta.kind {
                MetaKind::Assertion { expected, name } => {
                    let expected = self.module().text(expected);
                    let name = self.module().name(name.as_deref().unwrap_or(""));
                    self.f.op(Op::AssertEq, &[expected.0, name.0]);
                }
                MetaKind::Inspection => {
                    let name = self.module().name("");
                    self.f.op(Op::Inspect, &[name.0]);
                }
            }
        }
    }

    /// Empty, if a value is wanted.
    pub fn empty(&mut self, want: Want) {
        if want != Want::Nothing {
            self.f.unit();
        }
    }

    /// The top is the value; drops it if nothing is wanted.
    pub fn done(&mut self, want: Want) {
        if want == Want::Nothing {
            self.f.pop();
        }
    }

    /// An expression's value, held as a dynamic value.
    pub fn dynamic(&mut self, id: ExprId, want: Want) {
        self.expr(id, want);
        self.f.coerce(TypeId::DYN);
        self.checks(id);
    }

    /// An expression.
    pub fn expr(&mut self, id: ExprId, want: Want) {
        let tree = self.tree();
        let span = tree.span(id);
        match tree.expr(id) {
            Expr::Error => self.empty(want),
            Expr::Empty => self.empty(want),
            Expr::Void => {
                match self.slot_at(span.start) {
                    Some(var) => self.load(var),
                    None => self.f.unit(),
                }
                self.done(want);
            }
            Expr::Base => {
                self.base();
                self.done(want);
            }
            Expr::Truth(truth) => {
                self.f.push_bool(*truth);
                self.done(want);
            }
            Expr::Number(_)
            | Expr::Version(_)
            | Expr::Date(_)
            | Expr::Duration(_)
            | Expr::Text(_)
            | Expr::Key(_) => {
                self.literal(id);
                self.done(want);
            }
            Expr::Interpolated(pieces) => {
                self.interpolated(pieces);
                self.done(want);
            }
            Expr::Label(label) => {
                self.at(span);
                if want != Want::Reference {
                    self.forget_answers();
                }
                self.label(*label, span.start, want != Want::Reference);
                self.done(want);
            }
            Expr::Argument(number) => {
                self.argument(id, *number, span.start);
                self.done(want);
            }
            Expr::Routine(list) => self.statements(list, want),
            Expr::Subroutine(_) | Expr::Lambda { .. } => {
                self.routine(id, None);
                self.done(want);
            }
            Expr::Map(fields) => {
                self.map(fields);
                self.done(want);
            }
            Expr::Submap(_) => {
                self.submap(id);
                self.done(want);
            }
            Expr::Selector(_) => {
                self.selector_value(id);
                self.done(want);
            }
            Expr::Vassal(rules) => {
                self.vassal(id, rules);
                self.done(want);
            }
            Expr::Library(library) => {
                self.library(library, span);
                self.done(want);
            }
            Expr::Realm { detached } => {
                self.f
                    .op(Op::NewRealm, &[if *detached { DETACHED } else { 0 }]);
                self.done(want);
            }
            Expr::Reference(inner) => self.reference(*inner, want),
            Expr::Resource(inner) => self.expr(*inner, want),
            Expr::Emit(emission) => {
                self.at(span);
                self.emission(emission, false, span, want);
            }
            Expr::Chain { head, steps } => self.chain(*head, steps, want),
            Expr::Prefix { op, operand } => {
                self.prefix(*op, *operand, span);
                self.done(want);
            }
            Expr::Binary { .. } if super::rules::joined_selectors(tree, id).is_some() => {
                self.selector_value(id);
                self.done(want);
            }
            Expr::Binary { first, rest } => {
                self.binary(*first, rest);
                self.done(want);
            }
            Expr::Flow { first, rest } => self.flow(*first, rest, want),
            Expr::Conditional { arms } => self.conditional(arms, want),
            Expr::Assign {
                target,
                target_span,
                mutability,
                value,
            } => self.assignment(target, target_span.start, *mutability, *value, want),
            Expr::Destructure { items, value } => {
                self.dynamic(*value, Want::Value);
                if want != Want::Nothing {
                    self.f.dup();
                }
                self.destructure(*items);
            }
        }
    }

    /// A label's value; `invoke`: a routine of arity zero is called (§3.4).
    pub fn label(&mut self, label: crate::tree::LabelId, at: u32, invoke: bool) {
        match self.slot_at(at) {
            Some(var) => {
                self.load(var);
                if invoke {
                    self.f.op(Op::AutoCall, &[]);
                }
            }
            None if self.analysis().by_name.contains_key(&at) => {
                if let Some(values) = self.analysis().by_name.get(&at).copied() {
                    self.load(values);
                    let name = self.name(label);
                    self.f.op(Op::GetName, &[name.0]);
                    self.f.coerce(TypeId::DYN);
                    if invoke {
                        self.f.op(Op::AutoCall, &[]);
                    }
                }
            }
            None => match prelude::word(self.text(label)) {
                Some(Word::Empty) | None => self.f.unit(),
                Some(Word::Panic) if invoke => {
                    self.f.push_int(999);
                    self.f.push_text("***");
                    self.f.unit();
                    let name = self.module().name("***");
                    self.f.op(Op::Post, &[name.0, 3, 0]);
                }
                Some(word) => self.prelude(word),
            },
        }
    }

    /// `$N`.
    fn argument(&mut self, id: ExprId, number: u32, at: u32) {
        match self.slot_at(at) {
            Some(var) => self.load(var),
            None => match self.event {
                // What captures the event keeps it (docs/specs/rhumb.md §5.4 "Parking"); the others only look at it.
                Some(_) if number == 0 && self.captures_event.contains(&id) => {
                    self.f.op(Op::KeepEvent, &[]);
                }
                Some(event) if number == 0 && self.in_action => self.f.load(event),
                _ => self.f.unit(),
            },
        }
    }

    fn reference(&mut self, inner: ExprId, want: Want) {
        if !self.read_pins(inner) {
            self.expr(inner, Want::Reference);
        }
        self.done(want);
    }

    /// `<R$t>`: the payloads pinned under a topic (D-27); false if it is something else.
    fn read_pins(&mut self, inner: ExprId) -> bool {
        let tree = self.tree();
        let Expr::Chain { head, steps } = tree.expr(inner) else {
            return false;
        };
        let Some((last, before)) = steps.split_last() else {
            return false;
        };
        let crate::tree::StepKind::Emit(emission) = &last.kind else {
            return false;
        };
        let (crate::tree::EventKind::Proclamation, Some(topic), None) =
            (emission.kind, emission.topic, &emission.args)
        else {
            return false;
        };
        self.chain(*head, before, Want::Reference);
        self.f.coerce(TypeId::DYN);
        self.at(last.span);
        let name = self.name(topic);
        // What a vassal shows is pinned in a realm for the time of the reading.
        let (through, read) = (self.f.label(), self.f.label());
        self.if_of(&["Vassal"], through);
        self.f.jump(read);
        self.f.bind(through);
        let shown = self.f.temp(TypeId::DYN);
        self.f.op(Op::NewRealm, &[DETACHED]);
        self.f.coerce(TypeId::DYN);
        self.f.store(shown);
        self.f.load(shown);
        let topics = self.module().constant(Const::Topics(Vec::new()));
        self.f.op(Op::Subscribe, &[topics.0, 0]);
        self.f.pop();
        self.f.load(shown);
        self.f.free_temp(shown);
        self.f.bind(read);
        self.f.op(Op::ReadPins, &[name.0]);
        true
    }

    fn interpolated(&mut self, pieces: &[TextPiece]) {
        for piece in pieces {
            match piece {
                TextPiece::Literal(text) => self.f.push_text(text),
                TextPiece::Value(id) => {
                    self.dynamic(*id, Want::Value);
                    self.f.op(Op::Display, &[0]);
                }
            }
        }
        if pieces.len() != 1 {
            self.f.op(Op::Concat, &[pieces.len() as u32]);
        }
    }

    // Operators

    fn prefix(&mut self, op: PrefixOp, operand: ExprId, span: crate::tree::Span) {
        let tree = self.tree();
        // `:R(…)` is a fresh instance whatever `:` does to others (§3.9).
        if op == PrefixOp::Copy
            && let Expr::Chain { steps, .. } = tree.expr(operand)
            && matches!(
                steps.last().map(|step| &step.kind),
                Some(crate::tree::StepKind::Call(_))
            )
        {
            return self.dynamic(operand, Want::Value);
        }
        if op == PrefixOp::Negate
            && let Expr::Number(number) = tree.expr(operand)
        {
            return self.number(number, true);
        }
        if op == PrefixOp::Freeze && self.freeze_label(operand) {
            return;
        }
        self.dynamic(operand, Want::Value);
        self.at(span);
        if op == PrefixOp::Negate && matches!(tree.expr(operand), Expr::Date(_)) {
            // The duration since the epoch, as `+` before a date gives it (§1.9).
            self.field_operator(FieldOp::ToNumber);
        }
        self.field_operator(op.field_op());
    }

    /// `<label>[.]` and `.label`: the label itself is frozen (§3.14). Leaves its value.
    pub fn freeze_label(&mut self, operand: ExprId) -> bool {
        let tree = self.tree();
        let inner = match tree.expr(operand) {
            Expr::Reference(inner) => *inner,
            _ => return false,
        };
        let (Expr::Label(_), Some(var)) = (tree.expr(inner), self.slot_at(tree.span(inner).start))
        else {
            return false;
        };
        self.load(var);
        self.assign(var, Mutability::Immutable, Want::Value);
        true
    }

    /// A postfix field operator on the top.
    pub fn field_operator(&mut self, op: FieldOp) {
        use isa::FieldOp as Machine;
        let number = match op {
            FieldOp::Last => Machine::Last,
            FieldOp::First => Machine::First,
            FieldOp::Length => Machine::Length,
            FieldOp::IsEmpty => Machine::IsEmpty,
            FieldOp::Subfields => Machine::Subs,
            FieldOp::FieldNames => Machine::Names,
            FieldOp::Elements => Machine::Positional,
            FieldOp::Freeze => Machine::Freeze,
            FieldOp::Copy => Machine::Copy,
            FieldOp::Parameters => Machine::Params,
            FieldOp::Constructor => Machine::Ctor,
            FieldOp::Base => Machine::Base,
            FieldOp::Negate => Machine::Neg,
            FieldOp::Not => Machine::Not,
            FieldOp::Spread => Machine::Spread,
            FieldOp::ToNumber => return self.coercion("number"),
            FieldOp::ToTruth => return self.coercion("bool"),
            FieldOp::ToDate => return self.coercion("date"),
            FieldOp::ToKey => return self.coercion("key"),
        };
        self.f.op(Op::FieldOpOp, &[number as u32]);
    }

    /// Pushes what is to be spread: a map's hook may give something else (§3.14).
    pub fn spread(&mut self, id: ExprId) {
        self.dynamic(id, Want::Value);
        if !matches!(self.tree().expr(id), Expr::Map(_)) {
            self.field_operator(FieldOp::Spread);
            self.f.coerce(TypeId::DYN);
        }
    }

    fn coercion(&mut self, to: &str) {
        let number = isa::table::COERCIONS
            .iter()
            .position(|name| *name == to)
            .unwrap_or(0);
        self.f.op(Op::Coerce, &[number as u32]);
    }

    fn binary(&mut self, first: ExprId, rest: &[Term<BinaryOp>]) {
        let constructor = |code: &Self, id: ExprId| code.is_constructor_read(id);
        let mut reference = false;
        if let [term] = rest
            && matches!(term.op, BinaryOp::Equal | BinaryOp::NotEqual)
        {
            reference = constructor(self, term.operand);
        }
        let rebinds = rest.first().is_some_and(|term| term.op == BinaryOp::Rebind);
        self.expr(
            first,
            if reference || rebinds {
                Want::Reference
            } else {
                Want::Value
            },
        );
        for term in rest {
            self.operation(term, first);
        }
    }

    /// Is an operand `e[^]` or a reference, so that the other side is not invoked (D-07b)?
    fn is_constructor_read(&self, id: ExprId) -> bool {
        let tree = self.tree();
        match tree.expr(id) {
            Expr::Reference(_) => true,
            Expr::Chain { steps, .. } => matches!(
                steps.last().map(|step| &step.kind),
                Some(crate::tree::StepKind::Operator(FieldOp::Constructor))
            ),
            _ => false,
        }
    }

    fn operation(&mut self, term: &Term<BinaryOp>, first: ExprId) {
        let span = term.op_span;
        let plain = match term.op {
            BinaryOp::Power => Op::Pow,
            BinaryOp::Root => Op::Root,
            BinaryOp::Scientific => Op::Scale10,
            BinaryOp::Range => Op::Range,
            BinaryOp::Multiply => Op::Mul,
            BinaryOp::Divide => Op::Div,
            BinaryOp::Quotient => Op::FloorDiv,
            BinaryOp::Remainder => Op::Mod,
            BinaryOp::Rebind => Op::Rebind,
            BinaryOp::Add => Op::Add,
            BinaryOp::Subtract => Op::Sub,
            BinaryOp::Concatenate => {
                self.joins_selectors();
                Op::Join
            }
            BinaryOp::Greater => Op::Gt,
            BinaryOp::Less => Op::Lt,
            BinaryOp::GreaterEqual => Op::Ge,
            BinaryOp::LessEqual => Op::Le,
            BinaryOp::Equal => Op::Eq,
            BinaryOp::NotEqual => Op::Ne,
            BinaryOp::HasSubfield | BinaryOp::LacksSubfield => return self.has(term, 2),
            BinaryOp::HasField | BinaryOp::LacksField => return self.has(term, 0),
            BinaryOp::Around => {
                self.expr(term.operand, Want::Value);
                self.f.coerce(TypeId::DYN);
                let (width, middle) = (self.f.temp(TypeId::DYN), self.f.temp(TypeId::DYN));
                self.f.store(width);
                self.f.coerce(TypeId::DYN);
                self.f.store(middle);
                self.at(span);
                let (hooked, end) = (self.f.label(), self.f.label());
                for operand in [middle, width] {
                    self.f.load(operand);
                    self.f.op(Op::HasHook, &[isa::Hook::Around as u32]);
                    self.f.jump_if(hooked);
                    self.f.pop();
                }
                for op in [Op::Sub, Op::Add] {
                    self.f.load(middle);
                    self.f.load(width);
                    self.f.op(op, &[]);
                }
                self.f.op(Op::Range, &[]);
                self.f.coerce(TypeId::DYN);
                self.f.jump(end);
                self.f.bind(hooked);
                self.f.pop();
                self.f.load(middle);
                self.f.load(width);
                self.f.op(Op::CallHook, &[isa::Hook::Around as u32]);
                self.f.coerce(TypeId::DYN);
                self.f.bind(end);
                self.f.free_temp(width);
                self.f.free_temp(middle);
                return;
            }
            BinaryOp::And | BinaryOp::Or => return self.logic(term),
        };
        let reference = matches!(term.op, BinaryOp::Equal | BinaryOp::NotEqual)
            && self.is_constructor_read(first);
        let want = if reference {
            Want::Reference
        } else {
            Want::Value
        };
        self.expr(term.operand, want);
        self.at(span);
        self.f.op(plain, &[]);
    }

    fn has(&mut self, term: &Term<BinaryOp>, mode: u32) {
        self.expr(term.operand, Want::Value);
        self.at(term.op_span);
        self.f.op(Op::Has, &[mode]);
        if matches!(term.op, BinaryOp::LacksField | BinaryOp::LacksSubfield) {
            self.f.op(Op::Not, &[]);
        }
    }

    /// `/\` and `\/`: a short circuit, unless the left operand has the hook (D-15).
    fn logic(&mut self, term: &Term<BinaryOp>) {
        let and = term.op == BinaryOp::And;
        let hook = if and { isa::Hook::And } else { isa::Hook::Or };
        let end = self.f.label();
        if self.f.top() != Some(Repr::Bool) {
            let plain = self.f.label();
            self.f.coerce(TypeId::DYN);
            self.f.op(Op::HasHook, &[hook as u32]);
            self.f.jump_if_not(plain);
            self.dynamic(term.operand, Want::Value);
            self.at(term.op_span);
            self.f.op(Op::CallHook, &[hook as u32]);
            self.f.op(Op::Truthy, &[]);
            self.f.jump(end);
            self.f.bind(plain);
            self.f.op(Op::Truthy, &[]);
        }
        self.f.dup();
        if and {
            self.f.jump_if_not(end);
        } else {
            self.f.jump_if(end);
        }
        self.f.pop();
        self.expr(term.operand, Want::Value);
        self.truth();
        self.f.bind(end);
    }

    /// Makes the top a truth value.
    pub fn truth(&mut self) {
        if self.f.top() != Some(Repr::Bool) {
            self.f.op(Op::Truthy, &[]);
        }
    }

    // Assignment

    fn assignment(
        &mut self,
        target: &Target,
        at: u32,
        mutability: Mutability,
        value: ExprId,
        want: Want,
    ) {
        let tree = self.tree();
        if let Target::Field { receiver, .. } = target
            && matches!(tree.expr(value), Expr::Lambda { .. } | Expr::Subroutine(_))
        {
            // The map is the routine's home (D-09).
            self.dynamic(*receiver, Want::Reference);
            let home = self.f.temp(TypeId::DYN);
            self.f.store(home);
            self.f.load(home);
            self.routine(value, Some(home));
            self.f.coerce(TypeId::DYN);
            self.f.free_temp(home);
            self.store_into(target, mutability, want);
            return;
        }
        match target {
            Target::Label(label) => {
                if self.named_native(value, self.text(*label)) {
                    self.checks(value);
                } else {
                    self.dynamic(value, Want::Value);
                }
                if let Some(var) = self.slot_at(at) {
                    self.at(tree.span(value));
                    self.assign(var, mutability, want);
                } else {
                    self.done(want);
                }
            }
            Target::Void => {
                self.expr(value, Want::Nothing);
                self.f.push_int(400);
                self.f.push_text("cannot assign to void label");
                self.f.unit();
                let name = self.module().name("***");
                self.f.op(Op::Post, &[name.0, 3, 0]);
                self.done(want);
            }
            Target::Error => {
                self.expr(value, want);
            }
            Target::Nested(items) => {
                self.dynamic(value, Want::Value);
                if want != Want::Nothing {
                    self.f.dup();
                }
                self.destructure(*items);
            }
            Target::Field { .. }
            | Target::Index { .. }
            | Target::Append { .. }
            | Target::Unshift { .. } => {
                self.receiver(target);
                self.dynamic(value, Want::Value);
                self.store_into(target, mutability, want);
            }
        }
    }

    /// Pushes what a target is a part of, and the name or index where it is computed.
    pub fn receiver(&mut self, target: &Target) {
        match target {
            Target::Field { receiver, name, .. } => {
                self.dynamic(*receiver, Want::Reference);
                self.computed_name(name);
            }
            Target::Index { receiver, index } => {
                self.dynamic(*receiver, Want::Reference);
                self.dynamic(*index, Want::Value);
            }
            Target::Append { receiver } | Target::Unshift { receiver } => {
                self.dynamic(*receiver, Want::Reference);
            }
            _ => {}
        }
    }

    /// Pops a value and what [`Code::receiver`] pushed, and stores; leaves the value if it is wanted.
    pub fn store_into(&mut self, target: &Target, mutability: Mutability, want: Want) {
        let kept = self.kept(want);
        let flags = match mutability {
            Mutability::Mutable => 2,
            Mutability::Immutable => 4,
        };
        match target {
            Target::Field { name, subfield, .. } => {
                let sub = if *subfield { 8 } else { 0 };
                match self.static_name(name) {
                    Some(name) => self.f.op(Op::SetName, &[name.0, flags | sub]),
                    None => self.f.op(Op::SetIndex, &[flags]),
                }
            }
            Target::Index { .. } => self.f.op(Op::SetIndex, &[flags]),
            Target::Append { .. } | Target::Unshift { .. } => {
                let front = matches!(target, Target::Unshift { .. });
                self.add_element(front, mutability);
            }
            _ => {}
        }
        self.assigned(kept);
    }

    /// Pops a value and a collection and adds it at an end of that, unless the collection has a hook for it.
    fn add_element(&mut self, front: bool, mutability: Mutability) {
        let end = u32::from(front);
        if mutability == Mutability::Mutable {
            self.f.op(Op::PushAt, &[end]);
            return self.f.pop();
        }
        let hook = if front {
            isa::Hook::Unshift
        } else {
            isa::Hook::Append
        };
        let (hooked, done) = (self.f.label(), self.f.label());
        let value = self.f.temp(TypeId::DYN);
        self.f.store(value);
        self.f.op(Op::HasHook, &[hook as u32]);
        self.f.jump_if(hooked);
        self.f.load(value);
        self.f.push_int(i64::from(end));
        let adds = isa::Intrinsic::ElementsAddFixed;
        self.f.op(Op::Intrinsic, &[adds as u32]);
        self.f.jump(done);
        self.f.bind(hooked);
        self.f.load(value);
        self.f.op(Op::PushAt, &[end]);
        self.f.bind(done);
        self.f.pop();
        self.f.free_temp(value);
    }

    /// A field's name as an operand of instructions, if it is a label.
    pub fn static_name(&self, name: &crate::tree::FieldName) -> Option<fzb::tables::NameId> {
        match name {
            crate::tree::FieldName::Label(label) => Some(self.name(*label)),
            _ => None,
        }
    }

    /// Pushes a field's name that is no label.
    pub fn computed_name(&mut self, name: &crate::tree::FieldName) {
        use crate::tree::FieldName;
        match name {
            FieldName::Label(_) => {}
            FieldName::Integer(number) => {
                self.f.push_int(*number);
                self.f.coerce(TypeId::DYN);
            }
            FieldName::Key(label) => {
                let name = self.name(*label);
                let key = self.module().constant(Const::Key(name));
                self.f.push(key);
            }
            FieldName::Date(moment) => self.moment(moment),
            FieldName::Version(version) => self.version(version),
            FieldName::Computed(id) => self.dynamic(*id, Want::Value),
        }
    }
}
