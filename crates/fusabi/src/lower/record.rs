//! Records, and what `<-` stores into.

use emit::Const;
use fzb::tables::{ItemKind, TypeId};
use isa::Op;

use super::code::{Code, Place, Want};
use crate::tree::{Expr, ExprId, FieldInit, Record, RecordId, Slice};
use crate::typed::{DefinedId, Indexed, Meaning, TypeForm, TypeShape};

/// Flags of `set_name`: the field exists.
const EXISTING: u32 = 1;

impl Code<'_, '_> {
    /// The slot of a declared type's field.
    pub fn slot_of(&self, owner: DefinedId, name: &str) -> Option<u32> {
        let Some(TypeShape::Record(fields)) =
            self.part.program.types.get(owner).map(|row| &row.shape)
        else {
            return None;
        };
        fields
            .iter()
            .position(|field| self.part.text(field.name) == name)
            .map(|at| at as u32)
    }

    fn field_held(&self, owner: DefinedId, slot: u32) -> TypeId {
        match self.part.program.types.get(owner).map(|row| &row.shape) {
            Some(TypeShape::Record(fields)) => fields
                .get(slot as usize)
                .map_or(TypeId::DYN, |field| self.part.held(field.ty)),
            _ => TypeId::DYN,
        }
    }

    /// `{ … }` with fields.
    pub fn record(&mut self, id: ExprId, record: RecordId) {
        let Some(record) = self.tree().record(record).copied() else {
            return self.f.unit();
        };
        match (self.meaning(id), record.copied) {
            (Meaning::RecordOf(owner), None) => self.new_record(id, owner, &record),
            (Meaning::CopyOf(owner), Some(copied)) => {
                self.boxed(copied);
                self.copy(id, owner, &record);
            }
            (_, Some(copied)) => {
                self.boxed(copied);
                self.structural_copy(id, &record);
            }
            (_, None) => self.structural(id, &record),
        }
    }

    /// Fields are evaluated in the order of writing and taken in that of the declaration.
    fn new_record(&mut self, id: ExprId, owner: DefinedId, record: &Record) {
        let typedef = self.unit.typedef(self.part, owner);
        let mut slots = Vec::new();
        for field in self.tree().list(record.fields) {
            let Some(name) = self.tree().list(field.path).last() else {
                continue;
            };
            if let Some(slot) = self.slot_of(owner, self.tree().text(name.symbol)) {
                slots.push((slot, field.value));
            }
        }
        if slots.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            for (slot, value) in slots {
                self.expr(value, Want::Value);
                let held = self.field_held(owner, slot);
                self.f.coerce(held);
            }
        } else {
            let mut temps = Vec::new();
            for (slot, value) in slots {
                self.expr(value, Want::Value);
                let held = self.field_held(owner, slot);
                temps.push((slot, self.keep(held)));
            }
            temps.sort_by_key(|(slot, _)| *slot);
            for (_, temp) in &temps {
                self.f.load(*temp);
            }
            for (_, temp) in temps {
                self.f.free_temp(temp);
            }
        }
        self.at(id);
        self.f.op(Op::Record, &[typedef.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// `{ r with A = e; B.C = f }` of a declared type; `r` is on the stack.
    fn copy(&mut self, id: ExprId, owner: DefinedId, record: &Record) {
        let fields: Vec<FieldInit> = self.tree().list(record.fields).to_vec();
        let source = self.keep(TypeId::DYN);
        self.f.load(source);
        self.copied(id, owner, source, &fields, 0);
        self.f.free_temp(source);
    }

    /// A copy of the record on the stack with fields changed; those with more than one name left are inside of a field.
    fn copied(
        &mut self,
        id: ExprId,
        owner: DefinedId,
        source: emit::Local,
        fields: &[FieldInit],
        depth: usize,
    ) {
        let typedef = self.unit.typedef(self.part, owner);
        let mut slots = Vec::new();
        let mut done: Vec<u32> = Vec::new();
        for field in fields {
            let path = self.tree().list(field.path);
            // Names before the first field say the type or its module.
            let skipped = path
                .iter()
                .skip(depth)
                .take_while(|name| self.slot_of(owner, self.tree().text(name.symbol)).is_none())
                .count();
            let Some(name) = path.get(depth + skipped) else {
                continue;
            };
            let Some(slot) = self.slot_of(owner, self.tree().text(name.symbol)) else {
                continue;
            };
            if done.contains(&slot) {
                continue;
            }
            done.push(slot);
            let held = self.field_held(owner, slot);
            let next = depth + skipped + 1;
            if path.len() == next {
                self.expr(field.value, Want::Value);
                self.f.coerce(held);
            } else {
                // All changes inside of this field at once.
                let same: Vec<FieldInit> = fields
                    .iter()
                    .filter(|other| {
                        let other = self.tree().list(other.path);
                        other.get(depth + skipped).map(|name| name.symbol) == Some(name.symbol)
                            && other.len() > next
                    })
                    .copied()
                    .collect();
                let inner = self.field_owner(owner, slot);
                self.f.load(source);
                self.f.op(Op::GetSlot, &[typedef.0, slot]);
                self.f.coerce(TypeId::DYN);
                let part = self.keep(TypeId::DYN);
                self.f.load(part);
                match inner {
                    Some(inner) => self.copied(id, inner, part, &same, next),
                    None => self.names_copied(part, &same, next),
                }
                self.f.free_temp(part);
                self.f.coerce(held);
            }
            slots.push(slot);
        }
        // Values were pushed in the order of writing, and `slots` names them in that order.
        let slots = self.unit.module.constant(Const::Slots(slots));
        self.at(id);
        self.f.op(Op::WithSlots, &[typedef.0, slots.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// The declared record that a field's values are.
    fn field_owner(&self, owner: DefinedId, slot: u32) -> Option<DefinedId> {
        let Some(TypeShape::Record(fields)) =
            self.part.program.types.get(owner).map(|row| &row.shape)
        else {
            return None;
        };
        let ty = fields.get(slot as usize)?.ty;
        match self.part.program.forms.get(ty) {
            Some(TypeForm::Named(id, _)) => match self.part.program.types.get(*id)?.shape {
                TypeShape::Record(_) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    /// `{ r with a = e }` of a structural record, or of one that is known by its fields only; `r` is on the stack.
    fn structural_copy(&mut self, id: ExprId, record: &Record) {
        let fields: Vec<FieldInit> = self.tree().list(record.fields).to_vec();
        let source = self.keep(TypeId::DYN);
        self.f.load(source);
        self.at(id);
        self.names_copied(source, &fields, 0);
        self.f.free_temp(source);
    }

    fn names_copied(&mut self, source: emit::Local, fields: &[FieldInit], depth: usize) {
        let mut names = Vec::new();
        for field in fields {
            let path = self.tree().list(field.path);
            let Some(name) = path.get(depth) else {
                continue;
            };
            let text = self.tree().text(name.symbol);
            let name_id = self.unit.module.name(text);
            if names.contains(&name_id) {
                continue;
            }
            if path.len() == depth + 1 {
                self.boxed(field.value);
            } else {
                let same: Vec<FieldInit> = fields
                    .iter()
                    .filter(|other| {
                        let other = self.tree().list(other.path);
                        other.get(depth).map(|name| name.symbol) == Some(name.symbol)
                            && other.len() > depth + 1
                    })
                    .copied()
                    .collect();
                self.f.load(source);
                self.f.get_name(name_id);
                let part = self.keep(TypeId::DYN);
                self.f.load(part);
                self.names_copied(part, &same, depth + 1);
                self.f.free_temp(part);
            }
            names.push(name_id);
        }
        let names = self.unit.module.constant(Const::Names(names));
        self.f.op(Op::WithNames, &[names.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// A structural record: its fields are sorted by name, whatever the order of writing.
    fn structural(&mut self, id: ExprId, record: &Record) {
        let mut fields: Vec<(&str, ExprId)> = Vec::new();
        for field in self.tree().list(record.fields) {
            if let Some(name) = self.tree().list(field.path).last() {
                fields.push((self.tree().text(name.symbol), field.value));
            }
        }
        let sorted = fields.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let mut temps = Vec::new();
        for (name, value) in &fields {
            self.boxed(*value);
            if !sorted {
                temps.push((*name, self.keep(TypeId::DYN)));
            }
        }
        temps.sort_by_key(|(name, _)| *name);
        for (_, temp) in &temps {
            self.f.load(*temp);
        }
        for (_, temp) in temps {
            self.f.free_temp(temp);
        }
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let items = names
            .into_iter()
            .map(|name| (ItemKind::Named, Some(self.unit.module.name(name)), 0))
            .collect();
        let shape = self.unit.module.constant(Const::Map(items));
        self.at(id);
        self.f.op(Op::MapLit, &[shape.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// `target <- …`
    pub fn store_into(&mut self, target: ExprId, value: impl FnOnce(&mut Self)) {
        match (self.tree().expr(target), self.meaning(target)) {
            (_, Meaning::Local(local)) => {
                value(self);
                if let Some(Place::Local(place)) = self.places.get(&local).copied() {
                    self.f.store(place);
                } else {
                    self.f.pop();
                }
            }
            (_, Meaning::Global(global)) => {
                value(self);
                self.at(target);
                self.store_global(global);
            }
            (
                Expr::Field {
                    target: owner_of, ..
                },
                Meaning::Field(owner, slot),
            ) => {
                let typedef = self.unit.typedef(self.part, owner);
                self.boxed(owner_of);
                value(self);
                let held = self.field_held(owner, slot);
                self.f.coerce(held);
                self.at(target);
                self.f.op(Op::SetSlot, &[typedef.0, slot]);
            }
            (
                Expr::Field {
                    target: owner_of,
                    name,
                    ..
                },
                Meaning::Method(_),
            ) => {
                // `r.Value <- v` of a reference cell.
                let _ = name;
                self.boxed(owner_of);
                value(self);
                self.f.coerce(TypeId::DYN);
                self.at(target);
                self.f.op(Op::CellSet, &[]);
            }
            (
                Expr::Field {
                    target: owner_of,
                    name,
                    ..
                },
                _,
            ) => {
                self.boxed(owner_of);
                value(self);
                self.f.coerce(TypeId::DYN);
                let name = self.unit.module.name(self.tree().text(name));
                self.at(target);
                self.f.op(Op::SetName, &[name.0, EXISTING]);
            }
            (
                Expr::Index {
                    target: array,
                    slices,
                    ..
                },
                Meaning::Index(Indexed::Array),
            ) => {
                self.boxed(array);
                if let [Slice::Item(at)] = self.tree().list(slices) {
                    self.value(*at);
                    value(self);
                    self.f.coerce(TypeId::DYN);
                    self.at(target);
                    self.f.op(Op::ArrSet, &[0]);
                } else {
                    value(self);
                    self.f.pop();
                    self.f.pop();
                }
            }
            _ => {
                value(self);
                self.f.pop();
            }
        }
    }
}
