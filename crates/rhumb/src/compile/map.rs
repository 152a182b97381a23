//! Map literals and destructuring (docs/specs/rhumb.md §3.11, §3.19).

use std::collections::HashSet;

use emit::{Const, Local};
use fzb::tables::{ItemKind, NameId, TypeId, field_flags};
use isa::Op;

use crate::tree::{
    DestructureId, DestructureKind, Expr, ExprId, Field, FieldKind, FieldName, LabelId, LambdaKind,
    Mutability, Span, SubfieldInto, Target,
};

use super::code::{Code, Want};
use super::problem::{Much, Problem, ProblemKind};
use super::units::UnitKind;

/// Flags of `set_name` and `set_index`.
const MUTABLE: u32 = 2;
const IMMUTABLE: u32 = 4;
const SUBFIELD: u32 = 8;

/// Items of a literal that are on the stack at once, at most: a function has only so many registers. Those behind them are
/// put into the map one by one.
const MOST_ITEMS: usize = 512;

/// An item of a literal: what it is, its name, its flags.
type MapItem = (ItemKind, Option<NameId>, u32);
/// A routine that is put into the map that it is in: its name there, itself, its mutability.
type Homed = (NameId, ExprId, Mutability);

/// The flag of a store that leaves a field in that state.
fn store_flag(mutability: Mutability) -> u32 {
    match mutability {
        Mutability::Mutable => MUTABLE,
        Mutability::Immutable => IMMUTABLE,
    }
}

impl Code<'_> {
    /// `[ … ]`.
    pub fn map(&mut self, fields: &[Field]) {
        if let Some((label, span)) = self.twice(fields) {
            return self.named_twice(label, span);
        }
        let (first, more) = fields.split_at(fields.len().min(MOST_ITEMS));
        // Routines that may need the map as their home (D-09) are put in when it is there.
        let mut homed = Vec::new();
        let items = first
            .iter()
            .map(|field| self.item(field, &mut homed))
            .collect();
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        if homed.is_empty() && more.is_empty() {
            return;
        }
        let map = if more.is_empty() {
            let map = self.f.temp(TypeId::DYN);
            self.f.coerce(TypeId::DYN);
            self.f.store(map);
            map
        } else {
            self.draft_of_top()
        };
        for field in more {
            self.f.load(map);
            self.put(field, &mut homed);
        }
        for (name, value, mutability) in homed {
            self.f.load(map);
            self.routine(value, Some(map));
            self.f.coerce(TypeId::DYN);
            self.f.op(Op::SetName, &[name.0, store_flag(mutability)]);
        }
        if more.is_empty() {
            self.f.load(map);
            self.f.free_temp(map);
        } else {
            self.drafted(map);
        }
    }

    /// A new map that the code behind this fills, in a local. Until [`Code::drafted`] it belongs to the activation: if a reply
    /// makes another branch of that, the branch has a copy (§5.4).
    pub fn draft(&mut self) -> Local {
        self.f.op(Op::MapNew, &[0, 0]);
        self.draft_of_top()
    }

    /// Pops a map that nothing else has seen and makes it a draft, as [`Code::draft`] does.
    pub fn draft_of_top(&mut self) -> Local {
        let draft = self.f.temp(TypeId::DYN);
        self.f.coerce(TypeId::DYN);
        self.f.op(Op::Intrinsic, &[isa::Intrinsic::MapDraft as u32]);
        self.f.store(draft);
        draft
    }

    /// Pushes a draft, which is done, and frees its local.
    pub fn drafted(&mut self, draft: Local) {
        self.f.load(draft);
        self.f.op(Op::Intrinsic, &[isa::Intrinsic::MapDone as u32]);
        self.f.free_temp(draft);
    }

    /// Pushes what an item of a literal holds.
    fn item(&mut self, field: &Field, homed: &mut Vec<Homed>) -> MapItem {
        match &field.kind {
            FieldKind::Element(id) => {
                self.dynamic(*id, Want::Value);
                (ItemKind::Positional, None, 0)
            }
            FieldKind::Spread(id) => {
                self.spread(*id);
                (ItemKind::Spread, None, 0)
            }
            FieldKind::Named {
                subfield,
                name,
                mutability,
                value,
            } => {
                let mut flags = literal_flags(*mutability, *subfield);
                let known = self.static_name(name);
                if known.is_none() {
                    self.computed_name(name);
                }
                if let (Some(known), true) = (known, self.wants_home(*value)) {
                    self.f.unit();
                    flags = literal_flags(Mutability::Mutable, *subfield);
                    homed.push((known, *value, *mutability));
                } else if let FieldName::Label(label) = name
                    && self.named_native(*value, self.text(*label))
                {
                    self.checks(*value);
                } else {
                    self.field_value(*value);
                }
                match known {
                    Some(name) => (ItemKind::Named, Some(name), flags),
                    None => (ItemKind::Computed, None, flags),
                }
            }
            FieldKind::Pun {
                subfield,
                label,
                mutability,
                value,
            } => {
                self.label(*label, field.span.start, false);
                self.f.coerce(TypeId::DYN);
                self.checks(*value);
                let flags = literal_flags(*mutability, *subfield);
                (ItemKind::Named, Some(self.name(*label)), flags)
            }
        }
    }

    /// Pops a map that is being made and adds an item of its literal.
    fn put(&mut self, field: &Field, homed: &mut Vec<Homed>) {
        if let FieldKind::Spread(_) = field.kind {
            self.f.pop();
            self.problem(Problem {
                span: field.span,
                kind: ProblemKind::Limit(Much::Items),
            });
            return;
        }
        let (kind, name, flags) = self.item(field, homed);
        let mut store = if flags & field_flags::IMMUTABLE == 0 {
            MUTABLE
        } else {
            IMMUTABLE
        };
        match (kind, name) {
            (ItemKind::Named, Some(name)) => {
                if flags & field_flags::SUBFIELD != 0 {
                    store |= SUBFIELD;
                }
                self.f.op(Op::SetName, &[name.0, store]);
            }
            (ItemKind::Computed, _) => self.f.op(Op::SetIndex, &[store]),
            _ => {
                self.f.op(Op::PushAt, &[0]);
                self.f.pop();
            }
        }
    }

    fn field_value(&mut self, value: ExprId) {
        match self.tree().expr(value) {
            Expr::Lambda { .. } | Expr::Subroutine(_) => {
                self.routine(value, None);
                self.f.coerce(TypeId::DYN);
                self.checks(value);
            }
            _ => self.dynamic(value, Want::Value),
        }
    }

    /// Is a field's value a routine whose `!` may be the map that it is in?
    fn wants_home(&self, value: ExprId) -> bool {
        matches!(
            self.tree().expr(value),
            Expr::Lambda {
                kind: LambdaKind::Function | LambdaKind::Method,
                ..
            } | Expr::Subroutine(_)
        ) && self.analysis().unit_of.get(&value).is_some_and(|unit| {
            let unit = self.analysis().unit(*unit);
            unit.needs_base && unit.kind == UnitKind::Activation
        })
    }

    /// A label that a literal names twice (rulings B27).
    fn twice(&self, fields: &[Field]) -> Option<(LabelId, Span)> {
        let mut seen = HashSet::new();
        fields.iter().find_map(|field| match &field.kind {
            FieldKind::Named {
                name: FieldName::Label(label),
                ..
            }
            | FieldKind::Pun { label, .. } => {
                (!seen.insert(*label)).then_some((*label, field.span))
            }
            _ => None,
        })
    }

    /// Raises what assigning to an immutable field raises.
    fn named_twice(&mut self, label: LabelId, span: Span) {
        self.at(span);
        self.f.push_int(409);
        let text = self.text(label);
        self.f
            .push_text(&format!("cannot assign value to immutable field '{text}'"));
        self.f.push_text("WriteViolation");
        let name = self.module().name("***");
        self.f.op(Op::Post, &[name.0, 3, 0]);
    }

    // Destructuring

    /// Pops a value and takes it apart. All values are read before any is stored, so that a swap works.
    pub fn destructure(&mut self, items: DestructureId) {
        let source = self.f.temp(TypeId::DYN);
        self.f.coerce(TypeId::DYN);
        self.f.store(source);
        let tree = self.tree();
        let mut values = Vec::new();
        let mut position = 0;
        let list = tree.destructure(items);
        let claimed = claimed_names(list);
        // Where fixed items follow a slurp, it leaves them that many elements at the end.
        let mut behind = None;
        let mut taken = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let local = self.f.temp(TypeId::DYN);
            let from = behind.unwrap_or(source);
            match &item.kind {
                DestructureKind::Label { label, .. } => {
                    position += 1;
                    self.named_or(source, *label, |code| code.element(from, position));
                }
                DestructureKind::Void => {
                    position += 1;
                    self.f.unit();
                }
                DestructureKind::Nested(_) => {
                    position += 1;
                    self.element(from, position);
                }
                DestructureKind::Field { subfield, name, .. } => match name {
                    FieldName::Label(label) => {
                        self.f.load(source);
                        let name = self.name(*label);
                        let op = if *subfield { Op::GetSub } else { Op::GetName };
                        self.f.op(op, &[name.0]);
                    }
                    FieldName::Integer(number) => {
                        // Bare items behind an explicit number go on from it (§3.19).
                        position = u32::try_from(*number).unwrap_or(position);
                        self.element(source, position);
                    }
                    other => {
                        self.f.load(source);
                        self.computed_name(other);
                        self.f.op(Op::GetIndex, &[]);
                    }
                },
                DestructureKind::Subfield { label, .. } => {
                    self.f.load(source);
                    let name = self.name(*label);
                    self.f.op(Op::GetSub, &[name.0]);
                }
                DestructureKind::Slurp(_) => {
                    self.f.load(from);
                    let names = claimed.iter().map(|label| self.name(*label)).collect();
                    let names = self.module().constant(Const::Names(names));
                    self.f.op(Op::Rest, &[position, names.0]);
                    let later = fixed(list.get(index + 1..).unwrap_or(&[]));
                    if later > 0 {
                        let kept = behind.replace(self.leave_behind(later));
                        taken.extend(kept);
                        position = 0;
                    }
                }
                DestructureKind::Error => self.f.unit(),
            }
            self.f.coerce(TypeId::DYN);
            if let Some(default) = item.default {
                let given = self.f.label();
                self.f.dup();
                self.f.unit();
                self.f.op(Op::Same, &[]);
                self.f.jump_if_not(given);
                self.f.pop();
                self.dynamic(default, Want::Value);
                self.f.bind(given);
            }
            self.f.store(local);
            values.push(local);
        }
        for (item, local) in list.iter().zip(&values) {
            let at = item.span.start;
            match &item.kind {
                DestructureKind::Label { mutability, .. } => {
                    self.f.load(*local);
                    self.assign_label(at, *mutability);
                }
                DestructureKind::Slurp(Some(_)) => {
                    self.f.load(*local);
                    self.assign_label(at, None);
                }
                DestructureKind::Nested(inner) => {
                    self.f.load(*local);
                    self.destructure(*inner);
                }
                DestructureKind::Field {
                    target, mutability, ..
                } => match target {
                    Target::Label(_) => {
                        self.f.load(*local);
                        self.assign_label(at, Some(*mutability));
                    }
                    Target::Nested(inner) => {
                        self.f.load(*local);
                        self.destructure(*inner);
                    }
                    Target::Void | Target::Error => {}
                    chain => {
                        self.receiver(chain);
                        self.f.load(*local);
                        self.store_into(chain, *mutability, Want::Nothing);
                    }
                },
                DestructureKind::Subfield { into, .. } => {
                    self.f.load(*local);
                    match into {
                        SubfieldInto::Items(inner) => self.destructure(*inner),
                        SubfieldInto::Label(mutability) => self.assign_label(at, Some(*mutability)),
                    }
                }
                DestructureKind::Slurp(None) | DestructureKind::Void | DestructureKind::Error => {}
            }
        }
        for local in values {
            self.f.free_temp(local);
        }
        for local in behind.into_iter().chain(taken) {
            self.f.free_temp(local);
        }
        self.f.free_temp(source);
    }

    /// Takes that many elements off the end of the map on top; gives a local with the map of them.
    pub fn leave_behind(&mut self, count: u32) -> Local {
        let [all, element, number, last] = [(); 4].map(|()| self.f.temp(TypeId::DYN));
        self.f.coerce(TypeId::DYN);
        self.f.store(all);
        self.f.load(all);
        self.f.op(Op::Len, &[]);
        self.f.push_int(i64::from(count));
        self.f.op(Op::I64Sub, &[]);
        self.f.coerce(TypeId::DYN);
        self.f.store(last);
        // What stays has the named fields.
        let none = self.module().constant(Const::Names(Vec::new()));
        self.f.load(all);
        self.f.op(Op::Rest, &[u32::from(u16::MAX), none.0]);
        let kept = self.draft_of_top();
        let behind = self.draft();
        self.f.load(all);
        self.f.open_iter(1);
        self.f.coerce(TypeId::DYN);
        self.f.store(number);
        self.f.coerce(TypeId::DYN);
        self.f.store(element);
        let (late, next) = (self.f.label(), self.f.label());
        self.f.load(number);
        self.f.load(last);
        self.f.op(Op::Le, &[]);
        self.f.jump_if_not(late);
        for to in [kept, behind] {
            self.f.load(to);
            self.f.load(element);
            self.f.op(Op::PushAt, &[0]);
            self.f.pop();
            if to == kept {
                self.f.jump(next);
                self.f.bind(late);
            }
        }
        self.f.bind(next);
        self.f.close_loop();
        self.drafted(behind);
        let behind = self.f.temp(TypeId::DYN);
        self.f.store(behind);
        self.drafted(kept);
        for temp in [all, element, number, last] {
            self.f.free_temp(temp);
        }
        behind
    }

    /// Pops into a label; a bare one keeps its mutability.
    fn assign_label(&mut self, at: u32, mutability: Option<Mutability>) {
        match self.slot_at(at) {
            Some(var) => {
                self.assign(
                    var,
                    mutability.unwrap_or(Mutability::Mutable),
                    Want::Nothing,
                );
            }
            None => self.f.pop(),
        }
    }

    /// The field of that name if there is one, else what `other` pushes.
    fn named_or(&mut self, source: Local, label: LabelId, other: impl FnOnce(&mut Self)) {
        let found = self.f.label();
        let name = self.name(label);
        self.f.load(source);
        self.f.op(Op::TryName, &[name.0]);
        let there = self.f.temp(TypeId::BOOL);
        self.f.store(there);
        self.f.coerce(TypeId::DYN);
        self.f.swap();
        self.f.pop();
        self.f.load(there);
        self.f.jump_if(found);
        self.f.pop();
        other(self);
        self.f.bind(found);
        self.f.free_temp(there);
    }

    /// The element at a position; empty where there is none.
    pub fn element(&mut self, source: Local, position: u32) {
        self.f.load(source);
        self.f.op(Op::TryIndex, &[position]);
        self.f.pop();
        self.f.swap();
        self.f.pop();
        self.f.coerce(TypeId::DYN);
    }
}

/// How many items of a list take an element each.
fn fixed(list: &[crate::tree::DestructureItem]) -> u32 {
    list.iter()
        .filter(|item| {
            matches!(
                item.kind,
                DestructureKind::Label { .. } | DestructureKind::Void | DestructureKind::Nested(_)
            )
        })
        .count() as u32
}

fn claimed_names(list: &[crate::tree::DestructureItem]) -> Vec<LabelId> {
    list.iter()
        .filter_map(|item| match &item.kind {
            DestructureKind::Label { label, .. } => Some(*label),
            DestructureKind::Field {
                name: FieldName::Label(label),
                ..
            } => Some(*label),
            _ => None,
        })
        .collect()
}

fn literal_flags(mutability: Mutability, subfield: bool) -> u32 {
    let state = match mutability {
        Mutability::Mutable => field_flags::MUTABLE,
        Mutability::Immutable => field_flags::IMMUTABLE,
    };
    if subfield {
        state | field_flags::SUBFIELD
    } else {
        state
    }
}
