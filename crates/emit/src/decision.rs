//! Decisions: from a list of arms to tests that share what they have in common.
//!
//! Neighbouring rows that ask the same question of the same value are answered by one test (`switch`, `switch_tag`,
//! `switch_text`, or a chain); where they differ, the later rows are tried after the earlier ones failed. No row is ever
//! emitted twice, so the code is as long as the patterns. A guard that fails goes on with the next arm.
//!
//! [`FunctionBuilder::open_match`] takes the subject from the stack; the front end then asks [`Match::next`] what to
//! emit, until it says [`Step::Done`]. The work is kept in a list: however deep patterns are, nothing recurses.

use crate::constant::Const;
use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::label::Label;
use crate::pattern::{Arm, Pattern, Step, Target};
use crate::scope::Var;
use crate::variable::Place;
use fzb::tables::{ConstId, NameId, TypeId, TypedefId};
use fzb::view::Repr;
use isa::Op;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Rows with what they ask.
type Group = Vec<(Pattern, Row)>;

#[derive(Clone, Debug)]
struct Row {
    tests: VecDeque<(Local, Pattern)>,
    binds: Vec<(Local, Target)>,
    leaf: Label,
}

/// How parts are taken out of a value that passed a test.
#[derive(Clone, Debug)]
enum Extract {
    Nothing,
    Case(TypedefId, u32),
    Tuple,
    Record(TypedefId, Vec<u32>),
    Cons,
    Seq {
        items: u32,
        rest: bool,
    },
    Cast(TypeId),
    Event,
    /// The part is in a local already.
    Ready(Local),
}

#[derive(Clone, Debug)]
enum Task {
    At(Label),
    Rows(Vec<Row>, Label),
    Enter {
        label: Option<Label>,
        subject: Local,
        extract: Extract,
        rows: Vec<(Vec<Pattern>, Row)>,
        fail: Label,
    },
    AfterTest(Row, Label),
    Arm(usize, Label),
    AfterGuard(usize, Label),
    Body(usize),
    AfterBody,
    NoMatch(Label),
    End,
}

/// A match being emitted.
#[derive(Debug)]
pub struct Match {
    guards: Vec<bool>,
    leaves: Vec<Label>,
    tasks: Vec<Task>,
    end: Label,
    temps: Vec<Local>,
}

/// What rows must have in common to be answered by one test.
#[derive(Clone, PartialEq, Debug)]
enum Question {
    Case(TypedefId, bool),
    CaseName(NameId),
    Int,
    Text,
    Bool,
    Same(ConstId),
    Tuple(usize),
    Record(TypedefId, Vec<u32>),
    List,
    Seq(usize, bool, bool),
    Field(NameId),
    Index(u32),
    Type(TypeId),
    Event(ConstId, usize),
    Alone,
}

impl FunctionBuilder<'_> {
    /// Pops the subject and begins to match it against the arms, in order.
    pub fn open_match(&mut self, arms: Vec<Arm>) -> Match {
        let end = self.label();
        let none = self.label();
        self.open_block();
        let subject = match self.top() {
            Some(Repr::Tok) | None => self.temp(TypeId::DYN),
            Some(repr) => self.temp_of(repr),
        };
        self.store(subject);
        let mut leaves = Vec::new();
        let mut guards = Vec::new();
        // A list of tasks is worked off from its end; pieces of arms end at a guard.
        let mut tasks = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        let mut piece: Vec<usize> = Vec::new();
        let count = arms.len();
        for (index, arm) in arms.into_iter().enumerate() {
            self.declare_targets(&arm.pattern);
            let leaf = self.label();
            leaves.push(leaf);
            guards.push(arm.guard);
            rows.push(Row {
                tests: VecDeque::from([(subject, arm.pattern)]),
                binds: Vec::new(),
                leaf,
            });
            piece.push(index);
            if arm.guard || index + 1 == count {
                let fail = if index + 1 == count {
                    none
                } else {
                    self.label()
                };
                tasks.push(Task::Rows(std::mem::take(&mut rows), fail));
                tasks.extend(piece.drain(..).map(|index| Task::Arm(index, fail)));
                if fail != none {
                    tasks.push(Task::At(fail));
                }
            }
        }
        if count == 0 {
            tasks.push(Task::Rows(Vec::new(), none));
        }
        tasks.push(Task::NoMatch(none));
        tasks.push(Task::End);
        tasks.reverse();
        Match {
            guards,
            leaves,
            tasks,
            end,
            temps: vec![subject],
        }
    }

    /// Gives every variable that a pattern binds its place, before any row does.
    fn declare_targets(&mut self, pattern: &Pattern) {
        let mut work = vec![pattern];
        while let Some(pattern) = work.pop() {
            match pattern {
                Pattern::Bind(Target::Var(var)) if !self.places.contains_key(var) => {
                    self.reserve_var(*var);
                }
                Pattern::All(items) | Pattern::Or(items) | Pattern::Tuple(items) => {
                    work.extend(items);
                }
                Pattern::Case { fields, .. } => work.extend(fields),
                Pattern::Event(_, items) => work.extend(items),
                Pattern::Record(_, fields) => work.extend(fields.iter().map(|(_, p)| p)),
                Pattern::Cons(head, tail) => work.extend([head.as_ref(), tail.as_ref()]),
                Pattern::Seq { items, rest, .. } => {
                    work.extend(items);
                    work.extend(rest.as_deref());
                }
                Pattern::Field(_, inner) | Pattern::Index(_, inner) | Pattern::Type(_, inner) => {
                    work.push(inner);
                }
                _ => {}
            }
        }
    }

    fn bind_all(&mut self, binds: &[(Local, Target)]) {
        for (from, target) in binds {
            self.load(*from);
            self.bind_top(*target);
        }
    }

    /// Stores the value on top where it is bound.
    fn bind_top(&mut self, target: Target) {
        match target {
            Target::Local(local) => self.store(local),
            Target::Var(var) => self.set_reserved(var),
        }
    }

    fn question(&self, subject: Local, pattern: &Pattern) -> Question {
        match pattern {
            Pattern::Equal(id) => match (self.local_repr(subject), self.module.constant_value(*id))
            {
                (Some(Repr::I64), Some(Const::Int(_))) => Question::Int,
                (Some(Repr::Text), Some(Const::Text(_))) => Question::Text,
                (Some(Repr::Bool), Some(Const::Bool(_))) => Question::Bool,
                // Two constants may both be equal to a value whose kind is not known.
                _ => Question::Same(*id),
            },
            Pattern::Case {
                typedef, proven, ..
            } => Question::Case(*typedef, *proven),
            Pattern::CaseName(name) => Question::CaseName(*name),
            Pattern::Tuple(items) => Question::Tuple(items.len()),
            Pattern::Record(typedef, fields) => {
                Question::Record(*typedef, fields.iter().map(|(slot, _)| *slot).collect())
            }
            Pattern::Nil | Pattern::Cons(..) => Question::List,
            Pattern::Seq { items, more, rest } => Question::Seq(items.len(), *more, rest.is_some()),
            Pattern::Field(name, _) => Question::Field(*name),
            Pattern::Index(index, _) => Question::Index(*index),
            Pattern::Type(ty, _) => Question::Type(*ty),
            Pattern::Event(topics, items) => Question::Event(*topics, items.len()),
            Pattern::Any | Pattern::Bind(_) | Pattern::All(_) => Question::Alone,
            Pattern::Or(_) | Pattern::Test(_) => Question::Alone,
        }
    }
}

/// Rows of one key together, in the order in which the keys come first, each with a new label.
fn grouped<K: Copy + Eq + Hash>(
    f: &mut FunctionBuilder<'_>,
    group: Group,
    key: impl Fn(&Pattern) -> Option<K>,
) -> Vec<(K, Label, Group)> {
    let mut found: Vec<(K, Label, Group)> = Vec::new();
    let mut places: HashMap<K, usize> = HashMap::new();
    for (pattern, row) in group {
        let Some(key) = key(&pattern) else {
            continue;
        };
        let place = *places.entry(key).or_insert(found.len());
        match found.get_mut(place) {
            Some((.., rows)) => rows.push((pattern, row)),
            None => found.push((key, f.label(), vec![(pattern, row)])),
        }
    }
    found
}

impl Row {
    /// Brings the next test that may fail (or takes something out) to the front.
    fn settle(&mut self) {
        while let Some((subject, pattern)) = self.tests.pop_front() {
            match pattern {
                Pattern::Any => {}
                Pattern::Bind(target) => self.binds.push((subject, target)),
                Pattern::All(items) => {
                    for item in items.into_iter().rev() {
                        self.tests.push_front((subject, item));
                    }
                }
                other => {
                    self.tests.push_front((subject, other));
                    return;
                }
            }
        }
    }
}

impl Match {
    /// Emits up to the next thing that the front end has to.
    pub fn next(&mut self, f: &mut FunctionBuilder<'_>) -> Step {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::At(label) => f.bind(label),
                Task::Rows(rows, fail) => {
                    if let Some(step) = self.rows(f, rows, fail) {
                        return step;
                    }
                }
                Task::Enter {
                    label,
                    subject,
                    extract,
                    rows,
                    fail,
                } => {
                    if let Some(label) = label {
                        f.bind(label);
                    }
                    let rows = self.enter(f, subject, &extract, rows);
                    self.tasks.push(Task::Rows(rows, fail));
                }
                Task::AfterTest(row, fail) => {
                    f.jump_if_not(fail);
                    self.tasks.push(Task::Rows(vec![row], fail));
                }
                Task::Arm(index, fail) => {
                    if let Some(leaf) = self.leaves.get(index) {
                        f.bind(*leaf);
                    }
                    if self.guards.get(index) == Some(&true) {
                        self.tasks.push(Task::AfterGuard(index, fail));
                        return Step::Guard(index);
                    }
                    self.tasks.push(Task::Body(index));
                }
                Task::AfterGuard(index, fail) => {
                    f.jump_if_not(fail);
                    self.tasks.push(Task::Body(index));
                }
                Task::Body(index) => {
                    self.tasks.push(Task::AfterBody);
                    return Step::Body(index);
                }
                Task::AfterBody => f.jump(self.end),
                Task::NoMatch(label) => {
                    f.bind(label);
                    if f.reachable() {
                        return Step::NoMatch;
                    }
                }
                Task::End => {
                    f.bind(self.end);
                    f.close_block();
                    for temp in self.temps.drain(..) {
                        f.free_temp(temp);
                    }
                }
            }
        }
        Step::Done
    }

    fn temp(&mut self, f: &mut FunctionBuilder<'_>, repr: Repr) -> Local {
        let temp = f.temp_of(repr);
        self.temps.push(temp);
        temp
    }

    /// Pops into a new temporary.
    fn keep(&mut self, f: &mut FunctionBuilder<'_>) -> Local {
        let repr = f.top().unwrap_or(Repr::Dyn);
        let temp = self.temp(f, repr);
        f.store(temp);
        temp
    }

    /// Emits the first question of some rows, and plans the rest.
    fn rows(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        mut rows: Vec<Row>,
        fail: Label,
    ) -> Option<Step> {
        let Some(first) = rows.first_mut() else {
            f.jump(fail);
            return None;
        };
        first.settle();
        let Some((subject, pattern)) = first.tests.front().cloned() else {
            let (binds, leaf) = (first.binds.clone(), first.leaf);
            f.bind_all(&binds);
            f.jump(leaf);
            return None;
        };
        let question = f.question(subject, &pattern);
        let mut group: Group = Vec::new();
        let mut others = rows.into_iter();
        let mut rest: Vec<Row> = Vec::new();
        for mut row in others.by_ref() {
            row.settle();
            let same = match row.tests.front() {
                Some((at, pattern)) => {
                    *at == subject
                        && f.question(*at, pattern) == question
                        && (question != Question::Alone || group.is_empty())
                }
                None => false,
            };
            if !same {
                rest.push(row);
                break;
            }
            if let Some((_, pattern)) = row.tests.pop_front() {
                group.push((pattern, row));
            }
        }
        rest.extend(others);
        let rest = if rest.is_empty() {
            fail
        } else {
            let label = f.label();
            self.tasks.push(Task::Rows(rest, fail));
            self.tasks.push(Task::At(label));
            label
        };
        self.ask(f, subject, question, group, rest)
    }

    fn ask(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        question: Question,
        group: Group,
        fail: Label,
    ) -> Option<Step> {
        // Tests that leave (subject, answer).
        let answer = |f: &mut FunctionBuilder<'_>, op: Op, args: &[u32]| {
            f.load(subject);
            f.op(op, args);
            f.swap();
            f.pop();
            f.jump_if_not(fail);
        };
        let mut extract = Extract::Nothing;
        match question {
            Question::Alone => return self.alone(f, subject, group, fail),
            Question::Case(typedef, proven) => {
                self.by_tag(f, subject, typedef, proven, group, fail);
                return None;
            }
            Question::Int | Question::Text | Question::Bool => {
                self.by_constant(f, subject, &question, group, fail);
                return None;
            }
            Question::List => {
                let (nils, conses): (Vec<_>, Vec<_>) = group
                    .into_iter()
                    .partition(|(pattern, _)| *pattern == Pattern::Nil);
                let (at_nil, at_cons) = (f.label(), f.label());
                f.load(subject);
                f.op(Op::IsNil, &[]);
                f.jump_if(if nils.is_empty() { fail } else { at_nil });
                f.jump(if conses.is_empty() { fail } else { at_cons });
                for (label, extract, group) in [
                    (at_cons, Extract::Cons, conses),
                    (at_nil, Extract::Nothing, nils),
                ] {
                    if !group.is_empty() {
                        self.plan(Some(label), subject, extract, group, fail);
                    }
                }
                return None;
            }
            Question::Same(id) => {
                f.load(subject);
                f.push(id);
                f.op(Op::Eq, &[]);
                f.jump_if_not(fail);
            }
            Question::CaseName(name) => {
                f.load(subject);
                f.op(Op::CaseIs, &[name.0]);
                f.jump_if_not(fail);
            }
            Question::Tuple(_) => extract = Extract::Tuple,
            Question::Record(typedef, slots) => extract = Extract::Record(typedef, slots),
            Question::Seq(items, more, rest) => {
                let items = items as u32;
                answer(f, Op::CheckLen, &[items, u32::from(more || rest)]);
                extract = Extract::Seq { items, rest };
            }
            Question::Field(_) | Question::Index(_) => {
                f.load(subject);
                match question {
                    Question::Field(name) => f.op(Op::TryName, &[name.0]),
                    Question::Index(index) => f.op(Op::TryIndex, &[index]),
                    _ => {}
                }
                let there = self.keep(f);
                let value = self.keep(f);
                f.pop();
                f.load(there);
                f.jump_if_not(fail);
                extract = Extract::Ready(value);
            }
            Question::Type(ty) => {
                f.load(subject);
                f.op(Op::IsType, &[ty.0]);
                f.jump_if_not(fail);
                extract = Extract::Cast(ty);
            }
            Question::Event(topics, _) => {
                answer(f, Op::MatchEvent, &[topics.0]);
                extract = Extract::Event;
            }
        }
        self.plan(None, subject, extract, group, fail);
        None
    }

    fn plan(
        &mut self,
        label: Option<Label>,
        subject: Local,
        extract: Extract,
        group: Group,
        fail: Label,
    ) {
        let rows = group
            .into_iter()
            .map(|(pattern, row)| (parts(pattern), row))
            .collect();
        self.tasks.push(Task::Enter {
            label,
            subject,
            extract,
            rows,
            fail,
        });
    }

    /// Alternatives, and tests of the front end.
    fn alone(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        group: Group,
        fail: Label,
    ) -> Option<Step> {
        for (pattern, mut row) in group {
            match pattern {
                Pattern::Or(items) => {
                    let matched = f.label();
                    let alternatives = items
                        .into_iter()
                        .map(|item| Row {
                            tests: VecDeque::from([(subject, item)]),
                            binds: Vec::new(),
                            leaf: matched,
                        })
                        .collect();
                    self.tasks.push(Task::Rows(vec![row], fail));
                    self.tasks.push(Task::At(matched));
                    self.tasks.push(Task::Rows(alternatives, fail));
                }
                Pattern::Test(number) => {
                    f.bind_all(&row.binds);
                    row.binds.clear();
                    f.load(subject);
                    self.tasks.push(Task::AfterTest(row, fail));
                    return Some(Step::Test(number));
                }
                _ => {}
            }
        }
        None
    }

    fn by_tag(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        typedef: TypedefId,
        proven: bool,
        group: Group,
        fail: Label,
    ) {
        let tags = grouped(f, group, |pattern| match pattern {
            Pattern::Case { tag, .. } => Some(*tag),
            _ => None,
        });
        let cases = f
            .module()
            .typedef_shape(typedef)
            .map_or(0, |(_, cases)| cases);
        if tags.iter().any(|(tag, ..)| *tag >= cases) {
            return f.fail(EmitError::Operand {
                op: Op::TagIs,
                what: "a case that the union has",
            });
        }
        if proven && tags.len() >= 2 {
            let mut targets = vec![fail; cases as usize];
            for (tag, label, _) in &tags {
                if let Some(target) = targets.get_mut(*tag as usize) {
                    *target = *label;
                }
            }
            f.load(subject);
            f.switch_tag(&targets);
        } else {
            for (tag, label, _) in &tags {
                f.load(subject);
                f.op(Op::TagIs, &[typedef.0, *tag]);
                f.jump_if(*label);
            }
        }
        f.jump(fail);
        for (tag, label, rows) in tags.into_iter().rev() {
            self.plan(
                Some(label),
                subject,
                Extract::Case(typedef, tag),
                rows,
                fail,
            );
        }
    }

    /// Constants of a kind of which a value equals at most one.
    fn by_constant(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        question: &Question,
        group: Group,
        fail: Label,
    ) {
        let values = grouped(f, group, |pattern| match pattern {
            Pattern::Equal(id) => Some(*id),
            _ => None,
        });
        match question {
            Question::Text if values.len() >= 3 => {
                let targets: Vec<(ConstId, Label)> =
                    values.iter().map(|(id, label, _)| (*id, *label)).collect();
                f.load(subject);
                f.switch_text(&targets);
            }
            Question::Int => {
                let numbers: Vec<(i64, Label)> = values
                    .iter()
                    .filter_map(|(id, label, _)| match f.module().constant_value(*id) {
                        Some(Const::Int(value)) => Some((value, *label)),
                        _ => None,
                    })
                    .collect();
                integers(f, subject, numbers, fail);
            }
            _ => {
                for (id, label, _) in &values {
                    f.load(subject);
                    match f.module().constant_value(*id) {
                        Some(Const::Bool(true)) => f.jump_if(*label),
                        Some(Const::Bool(false)) => f.jump_if_not(*label),
                        _ => {
                            f.push(*id);
                            f.op(Op::Eq, &[]);
                            f.jump_if(*label);
                        }
                    }
                }
            }
        }
        f.jump(fail);
        for (_, label, rows) in values.into_iter().rev() {
            self.plan(Some(label), subject, Extract::Nothing, rows, fail);
        }
    }

    /// Takes out the parts that some row looks at; the rows ask about them first.
    fn enter(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        extract: &Extract,
        mut rows: Vec<(Vec<Pattern>, Row)>,
    ) -> Vec<Row> {
        let count = rows.iter().map(|(parts, _)| parts.len()).max().unwrap_or(0);
        let mut wanted = vec![false; count];
        for (parts, _) in &rows {
            for (wanted, part) in wanted.iter_mut().zip(parts) {
                *wanted |= *part != Pattern::Any;
            }
        }
        let mut places: Vec<Option<Local>> = vec![None; count];
        if let Extract::Seq { items, rest } = extract {
            let needed = wanted.iter().take(*items as usize).any(|wanted| *wanted);
            if needed {
                f.load(subject);
                f.op(Op::Unpack, &[*items, 0]);
                for index in (0..*items as usize).rev() {
                    if wanted.get(index) == Some(&true) {
                        let place = self.keep(f);
                        if let Some(slot) = places.get_mut(index) {
                            *slot = Some(place);
                        }
                    } else {
                        f.pop();
                    }
                }
            }
            if *rest && wanted.get(*items as usize) == Some(&true) {
                let names = f.module().constant(Const::Names(Vec::new()));
                f.load(subject);
                f.op(Op::Rest, &[*items, names.0]);
                let place = self.keep(f);
                if let Some(slot) = places.get_mut(*items as usize) {
                    *slot = Some(place);
                }
            }
        } else {
            if !matches!(extract, Extract::Ready(_)) {
                self.bind_parts(f, subject, extract, &mut rows, &mut wanted);
            }
            for (index, place) in places.iter_mut().enumerate() {
                if wanted.get(index) == Some(&true) {
                    *place = Some(self.part(f, subject, extract, index as u32));
                }
            }
        }
        rows.into_iter()
            .map(|(parts, mut row)| {
                for (part, place) in parts.into_iter().zip(&places).rev() {
                    if let Some(place) = place {
                        row.tests.push_front((*place, part));
                    }
                }
                row
            })
            .collect()
    }

    /// Where one row is left whose parts are bound and nothing is asked of them, it has matched: they go straight to where
    /// they are bound.
    fn bind_parts(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        extract: &Extract,
        rows: &mut [(Vec<Pattern>, Row)],
        wanted: &mut [bool],
    ) {
        let [(parts, row)] = rows else {
            return;
        };
        let matched = row.tests.is_empty()
            && parts
                .iter()
                .all(|part| matches!(part, Pattern::Any | Pattern::Bind(_)));
        if !matched {
            return;
        }
        for (index, (part, wanted)) in parts.iter_mut().zip(wanted).enumerate() {
            if let Pattern::Bind(target) = std::mem::replace(part, Pattern::Any) {
                f.load(subject);
                Self::take_out(f, extract, index as u32);
                f.bind_top(target);
                *wanted = false;
            }
        }
    }

    fn part(
        &mut self,
        f: &mut FunctionBuilder<'_>,
        subject: Local,
        extract: &Extract,
        index: u32,
    ) -> Local {
        if let Extract::Ready(place) = extract {
            return *place;
        }
        f.load(subject);
        Self::take_out(f, extract, index);
        self.keep(f)
    }

    /// Replaces the subject on the stack by one of its parts.
    fn take_out(f: &mut FunctionBuilder<'_>, extract: &Extract, index: u32) {
        match extract {
            Extract::Case(typedef, tag) => f.op(Op::GetCase, &[typedef.0, *tag, index]),
            Extract::Tuple => f.op(Op::TupleGet, &[index]),
            Extract::Record(typedef, slots) => {
                let slot = slots.get(index as usize).copied().unwrap_or_default();
                f.op(Op::GetSlot, &[typedef.0, slot]);
            }
            Extract::Cons if index == 0 => f.op(Op::Head, &[]),
            Extract::Cons => f.op(Op::Tail, &[]),
            Extract::Cast(ty) => f.op(Op::Cast, &[ty.0]),
            Extract::Event => {
                f.op(Op::EventArg, &[index]);
                f.swap();
                f.pop();
            }
            Extract::Nothing | Extract::Ready(_) | Extract::Seq { .. } => {}
        }
    }
}

/// The patterns inside one, in the order in which its parts are taken out.
fn parts(pattern: Pattern) -> Vec<Pattern> {
    match pattern {
        Pattern::Case { fields, .. } => fields,
        Pattern::Tuple(items) | Pattern::Event(_, items) => items,
        Pattern::Record(_, fields) => fields.into_iter().map(|(_, pattern)| pattern).collect(),
        Pattern::Cons(head, tail) => vec![*head, *tail],
        Pattern::Seq {
            mut items, rest, ..
        } => {
            items.extend(rest.map(|rest| *rest));
            items
        }
        Pattern::Field(_, inner) | Pattern::Index(_, inner) | Pattern::Type(_, inner) => {
            vec![*inner]
        }
        _ => Vec::new(),
    }
}

/// Goes to the label of an integer: by table where they are dense, else one by one.
fn integers(f: &mut FunctionBuilder<'_>, subject: Local, numbers: Vec<(i64, Label)>, fail: Label) {
    let least = numbers.iter().map(|(value, _)| *value).min().unwrap_or(0);
    let most = numbers.iter().map(|(value, _)| *value).max().unwrap_or(0);
    let span = most
        .checked_sub(least)
        .and_then(|span| usize::try_from(span).ok());
    let dense = span.filter(|span| numbers.len() >= 4 && *span < 4 * numbers.len());
    if let Some(span) = dense {
        let mut targets = vec![fail; span + 1];
        for (value, label) in &numbers {
            if let Some(slot) = targets.get_mut(value.wrapping_sub(least) as usize) {
                *slot = *label;
            }
        }
        f.load(subject);
        if least != 0 {
            // Wrapping is a bijection, so what is out of the table stays out.
            f.push_int(least);
            f.op(Op::I64Sub, &[]);
        }
        return f.switch(&targets);
    }
    for (value, label) in numbers {
        f.load(subject);
        f.push_int(value);
        f.op(Op::I64Eq, &[]);
        f.jump_if(label);
    }
}

impl FunctionBuilder<'_> {
    /// Gives a variable its place without a value.
    fn reserve_var(&mut self, var: Var) {
        self.place_var(var);
    }

    /// Pops the value of a variable that has its place: into the local, or into a new cell.
    fn set_reserved(&mut self, var: Var) {
        match self.places.get(&var).copied() {
            Some(Place::Local(local)) => self.store(local),
            Some(Place::Cell(local)) => {
                self.op(Op::CellNew, &[]);
                self.store(local);
            }
            _ => self.fail(EmitError::Invalid {
                what: "a variable of this function for a pattern",
            }),
        }
    }
}
