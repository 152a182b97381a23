//! Map literals and destructuring (docs/specs/rhumb.md §3.11, §3.19).

use emit::Const;
use fzb::tables::{ItemKind, TypeId, field_flags};
use isa::Op;

use crate::tree::{
    DestructureId, DestructureKind, Expr, ExprId, Field, FieldKind, FieldName, LabelId, LambdaKind,
    Mutability, SubfieldInto, Target,
};

use super::code::{Code, Want};

/// Flags of `set_name` and `set_index`.
const MUTABLE: u32 = 2;
const IMMUTABLE: u32 = 4;
const SUBFIELD: u32 = 8;

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
        if fields.iter().any(|field| self.is_method(field)) {
            return self.map_step_by_step(fields);
        }
        let mut items = Vec::new();
        for field in fields {
            match &field.kind {
                FieldKind::Element(id) => {
                    self.dynamic(*id, Want::Value);
                    items.push((ItemKind::Positional, None, 0));
                }
                FieldKind::Spread(id) => {
                    self.dynamic(*id, Want::Value);
                    items.push((ItemKind::Spread, None, 0));
                }
                FieldKind::Named {
                    subfield,
                    name,
                    mutability,
                    value,
                } => {
                    let flags = literal_flags(*mutability, *subfield);
                    match self.static_name(name) {
                        Some(name) => {
                            self.field_value(*value);
                            items.push((ItemKind::Named, Some(name), flags));
                        }
                        None => {
                            self.computed_name(name);
                            self.field_value(*value);
                            items.push((ItemKind::Computed, None, flags));
                        }
                    }
                }
                FieldKind::Pun {
                    subfield,
                    label,
                    mutability,
                } => {
                    self.label(*label, field.span.start, false);
                    self.f.coerce(TypeId::DYN);
                    let flags = literal_flags(*mutability, *subfield);
                    items.push((ItemKind::Named, Some(self.name(*label)), flags));
                }
            }
        }
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
    }

    fn field_value(&mut self, value: ExprId) {
        match self.tree().expr(value) {
            Expr::Lambda { .. } | Expr::Subroutine(_) => {
                self.routine(value, None);
                self.f.coerce(TypeId::DYN);
            }
            _ => self.dynamic(value, Want::Value),
        }
    }

    /// A method needs the map that it is in as its home, so the map is made first (D-09).
    fn is_method(&self, field: &Field) -> bool {
        let FieldKind::Named { value, .. } = &field.kind else {
            return false;
        };
        let Expr::Lambda {
            kind: LambdaKind::Method,
            ..
        } = self.tree().expr(*value)
        else {
            return false;
        };
        self.analysis()
            .unit_of
            .get(value)
            .is_some_and(|unit| self.analysis().unit(*unit).needs_base)
    }

    fn map_step_by_step(&mut self, fields: &[Field]) {
        let map = self.f.temp(TypeId::DYN);
        self.f.op(Op::MapNew, &[0, fields.len().min(32) as u32]);
        self.f.coerce(TypeId::DYN);
        self.f.store(map);
        for field in fields {
            self.f.load(map);
            match &field.kind {
                FieldKind::Element(id) => {
                    self.dynamic(*id, Want::Value);
                    self.f.op(Op::PushAt, &[0]);
                    self.f.pop();
                }
                FieldKind::Spread(id) => {
                    self.dynamic(*id, Want::Value);
                    self.f.op(Op::Join, &[]);
                    self.f.store(map);
                }
                FieldKind::Named {
                    subfield,
                    name,
                    mutability,
                    value,
                } => {
                    self.computed_name(name);
                    match self.tree().expr(*value) {
                        Expr::Lambda { .. } | Expr::Subroutine(_) => {
                            self.routine(*value, Some(map));
                            self.f.coerce(TypeId::DYN);
                        }
                        _ => self.dynamic(*value, Want::Value),
                    }
                    self.set(name, store_flag(*mutability), *subfield);
                }
                FieldKind::Pun {
                    subfield,
                    label,
                    mutability,
                } => {
                    self.label(*label, field.span.start, false);
                    self.f.coerce(TypeId::DYN);
                    self.set(
                        &FieldName::Label(*label),
                        store_flag(*mutability),
                        *subfield,
                    );
                }
            }
        }
        self.f.load(map);
        self.f.free_temp(map);
    }

    fn set(&mut self, name: &FieldName, flag: u32, subfield: bool) {
        let sub = if subfield { SUBFIELD } else { 0 };
        match self.static_name(name) {
            Some(name) => self.f.op(Op::SetName, &[name.0, flag | sub]),
            None => self.f.op(Op::SetIndex, &[flag]),
        }
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
        let positions = list
            .iter()
            .filter(|item| {
                matches!(
                    item.kind,
                    DestructureKind::Label { .. }
                        | DestructureKind::Void
                        | DestructureKind::Nested(_)
                )
            })
            .count() as u32;
        let _ = positions;
        for item in list {
            let local = self.f.temp(TypeId::DYN);
            match &item.kind {
                DestructureKind::Label { label, .. } => {
                    position += 1;
                    self.named_or_positional(source, *label, position);
                }
                DestructureKind::Void => {
                    position += 1;
                    self.f.unit();
                }
                DestructureKind::Nested(_) => {
                    position += 1;
                    self.element(source, position);
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
                    self.f.load(source);
                    let names = claimed.iter().map(|label| self.name(*label)).collect();
                    let names = self.module().constant(Const::Names(names));
                    self.f.op(Op::Rest, &[position, names.0]);
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
                    self.into_label(at, *mutability);
                }
                DestructureKind::Slurp(Some(_)) => {
                    self.f.load(*local);
                    self.into_label(at, None);
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
                        self.into_label(at, Some(*mutability));
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
                        SubfieldInto::Label(mutability) => self.into_label(at, Some(*mutability)),
                    }
                }
                DestructureKind::Slurp(None) | DestructureKind::Void | DestructureKind::Error => {}
            }
        }
        for local in values {
            self.f.free_temp(local);
        }
        self.f.free_temp(source);
    }

    /// Pops into a label; a bare one keeps its mutability.
    fn into_label(&mut self, at: u32, mutability: Option<Mutability>) {
        match self.slot_at(at) {
            Some(var) => {
                self.assign(var, mutability.unwrap_or(Mutability::Mutable));
                self.f.pop();
            }
            None => self.f.pop(),
        }
    }

    /// The field of that name if there is one, else the element at that position.
    fn named_or_positional(&mut self, source: emit::Local, label: LabelId, position: u32) {
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
        self.element(source, position);
        self.f.bind(found);
        self.f.free_temp(there);
    }

    /// The element at a position; empty where there is none.
    pub fn element(&mut self, source: emit::Local, position: u32) {
        self.f.load(source);
        self.f.op(Op::TryIndex, &[position]);
        self.f.pop();
        self.f.swap();
        self.f.pop();
        self.f.coerce(TypeId::DYN);
    }
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
