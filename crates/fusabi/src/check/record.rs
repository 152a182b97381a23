//! Record expressions (§1.8, E1).

use super::codes;
use super::env::TypeName;
use super::state::Checker;
use crate::id_map::IdMap;
use crate::tree::{ExprId, FieldInit, RecordId};
use crate::typed::{DefinedId, Meaning, NameId};
use crate::types::{Node, Ty};

impl Checker<'_> {
    /// `{ … }` or `{| … |}`
    pub fn record(&mut self, id: ExprId, record: RecordId, expected: Ty) {
        let Some(record) = self.tree().record(record).copied() else {
            return;
        };
        let fields = self.tree().list(record.fields).to_vec();
        let span = self.tree().span(id);
        if let Some(copied) = record.copied {
            let ty = self.copy_record(id, copied, &fields, expected);
            self.want_type(span, expected, ty);
            return;
        }
        let mut names = Vec::with_capacity(fields.len());
        for field in &fields {
            let path = self.tree().list(field.path).to_vec();
            let path = self.path_names(&path);
            let Some(&name) = path.last() else { continue };
            if names.contains(&name) {
                let text = self.names.text(name).to_owned();
                let problem = self.error(codes::TWICE, field.span).arg("name", text);
                self.report(problem);
            }
            names.push(name);
        }
        let declared = if record.anonymous {
            None
        } else {
            self.declared_record(&names, &fields, expected)
        };
        match declared {
            Some(declared) => {
                let ty = self.make_declared(id, declared, &names, &fields, expected);
                self.want_type(span, expected, ty);
            }
            None => {
                let hints: Vec<Ty> = names
                    .iter()
                    .map(|&name| self.record_hint(expected, name))
                    .collect();
                for (field, &hint) in fields.iter().zip(&hints) {
                    self.expr(field.value, hint);
                }
                let ty = self.record_type(names.into_iter().zip(hints).collect());
                self.mean(id, Meaning::Structural);
                self.want_type(span, expected, ty);
            }
        }
    }

    fn record_hint(&mut self, expected: Ty, name: NameId) -> Ty {
        let known = match self.types.node(expected) {
            Node::Record(items) => self
                .types
                .fields(items)
                .iter()
                .find(|field| field.0 == name)
                .copied(),
            _ => None,
        };
        match known {
            Some((_, ty)) => ty,
            None => self.fresh(),
        }
    }

    /// The declared record that a literal with these fields is: the one that is wanted, or named, or the latest with that set.
    fn declared_record(
        &mut self,
        names: &[NameId],
        fields: &[FieldInit],
        expected: Ty,
    ) -> Option<DefinedId> {
        if let Some(id) = self.types.defined(expected)
            && self
                .defined
                .get(id)
                .is_some_and(|info| !info.fields.is_empty())
        {
            return Some(id);
        }
        if let Some(first) = fields.first() {
            let path = self.tree().list(first.path).to_vec();
            let path = self.path_names(&path);
            if let Some((&name, owner)) = path.split_last()
                && let Some(id) = self.record_of_path(owner, name)
            {
                return Some(id);
            }
        }
        self.env.records.iter().rev().copied().find(|&id| {
            self.defined.get(id).is_some_and(|info| {
                info.fields.len() == names.len()
                    && info.fields.iter().all(|field| names.contains(&field.0))
            })
        })
    }

    /// The record that `Type.Field` or `Module.Field` is of; `None` without anything before the dot.
    pub fn record_of_path(&mut self, owner: &[NameId], field: NameId) -> Option<DefinedId> {
        let (&first, rest) = owner.split_first()?;
        if let Some(TypeName::Defined(id)) = self.find_type(owner) {
            return Some(id);
        }
        let mut among = self.env.modules(first).to_vec();
        for &name in rest {
            among = self.modules.inner(&among, name);
        }
        self.modules.find(&among, |module| {
            module.records.iter().rev().copied().find(|&id| {
                self.defined
                    .get(id)
                    .is_some_and(|info| info.fields.iter().any(|known| known.0 == field))
            })
        })
    }

    fn make_declared(
        &mut self,
        id: ExprId,
        declared: DefinedId,
        names: &[NameId],
        fields: &[FieldInit],
        expected: Ty,
    ) -> Ty {
        let Some(info) = self.defined.get(declared).cloned() else {
            return self.fresh();
        };
        self.mean(id, Meaning::RecordOf(declared));
        let args: Vec<Ty> = info.params.iter().map(|_| self.fresh()).collect();
        let ty = self.types.named(declared, &args);
        if self.types.defined(expected) == Some(declared) && self.unify(expected, ty).is_err() {
            // Parts differ: said when the fields are looked at.
        }
        let chosen: IdMap<_, _> = info.row.parameters.iter().copied().zip(args).collect();
        let mut memo = IdMap::default();
        for (&name, field) in names.iter().zip(fields) {
            match info.fields.iter().find(|known| known.0 == name) {
                Some(&(_, known, _)) => {
                    let known = self.types.copy(known, &chosen, &mut memo);
                    self.expr(field.value, known);
                }
                None => {
                    self.infer(field.value);
                    self.no_field(field, ty, name);
                }
            }
        }
        let missing: Vec<String> = info
            .fields
            .iter()
            .filter(|field| !names.contains(&field.0))
            .map(|field| self.names.text(field.0).to_owned())
            .collect();
        if !missing.is_empty() {
            let span = self.tree().span(id);
            let shown = self.show(ty);
            let problem = self
                .error(codes::MISSING_FIELDS, span)
                .arg("type", shown)
                .arg("fields", missing);
            self.report(problem);
        }
        ty
    }

    fn no_field(&mut self, field: &FieldInit, ty: Ty, name: NameId) {
        let shown = self.show(ty);
        let text = self.names.text(name).to_owned();
        let problem = self
            .error(codes::NO_FIELD, field.span)
            .arg("type", shown)
            .arg("name", text);
        self.report(problem);
    }

    /// `{ r with A = 1; B.C = 2 }`
    fn copy_record(
        &mut self,
        id: ExprId,
        copied: ExprId,
        fields: &[FieldInit],
        expected: Ty,
    ) -> Ty {
        let hint = if self.types.defined(expected).is_some() {
            expected
        } else {
            self.fresh()
        };
        self.expr(copied, hint);
        let ty = hint;
        self.guess_copied(ty, fields);
        let mut added: Vec<(NameId, Ty)> = match self.types.node(ty) {
            Node::Record(items) => self.types.fields(items).to_vec(),
            _ => Vec::new(),
        };
        let structural = matches!(self.types.node(ty), Node::Record(_));
        for field in fields {
            let path = self.tree().list(field.path).to_vec();
            let mut path = self.path_names(&path);
            // `{ r with Type.Field = 1 }`: the type says nothing new.
            if path.len() > 1
                && let Some(&first) = path.first()
                && self.find_field(ty, first).is_none()
                && (self.env.ty(first).is_some() || !self.env.modules(first).is_empty())
            {
                path.drain(..path.len() - 1);
            }
            let mut owner = ty;
            let mut wanted = None;
            for (at, &name) in path.iter().enumerate() {
                let found = match self.types.node(owner) {
                    Node::Variable(_) => match self.row_field(owner, name) {
                        Some(ty) => Some(ty),
                        None => break,
                    },
                    _ => match self.find_field(owner, name) {
                        Some(
                            super::field::Found::Field(_, _, ty) | super::field::Found::Named(ty),
                        ) => Some(ty),
                        _ => None,
                    },
                };
                match found {
                    // A structural record may get a field of another type.
                    Some(_) if structural && path.len() == 1 => break,
                    Some(found) if at + 1 == path.len() => wanted = Some(found),
                    Some(found) => owner = found,
                    None if structural && at == 0 && path.len() == 1 => break,
                    None => {
                        self.no_field(field, owner, name);
                        break;
                    }
                }
            }
            let value = match wanted {
                Some(wanted) => wanted,
                None => self.fresh(),
            };
            self.expr(field.value, value);
            if structural && let [name] = *path {
                match added.iter_mut().find(|known| known.0 == name) {
                    Some(known) => known.1 = value,
                    None => added.push((name, value)),
                }
            }
        }
        if structural {
            self.mean(id, Meaning::Structural);
            return self.record_type(added);
        }
        match self.types.defined(ty) {
            Some(declared)
                if self
                    .defined
                    .get(declared)
                    .is_some_and(|info| !info.fields.is_empty()) =>
            {
                self.mean(id, Meaning::CopyOf(declared));
            }
            Some(_) => {
                let span = self.tree().span(copied);
                let shown = self.show(ty);
                let problem = self
                    .error(codes::NO_FIELD, span)
                    .arg("type", shown)
                    .arg("name", "with");
                self.report(problem);
            }
            None => self.mean(id, Meaning::Structural),
        }
        ty
    }

    /// A record of which nothing is known but fields is of the latest declared type that has them and those that the copy changes,
    /// if there is one: F#'s rule, without which the copy would be of no declared type.
    fn guess_copied(&mut self, ty: Ty, fields: &[FieldInit]) {
        let mut names = Vec::new();
        for field in fields {
            let path = self.tree().list(field.path).to_vec();
            names.extend(self.path_names(&path).first());
        }
        self.guess_record(ty, names);
    }

    /// What is known only as the field of an unknown record: that record is guessed as F# does, so that the field's own fields
    /// and methods are known.
    pub fn guess_owner(&mut self, field: Ty) {
        let mut owners = Vec::new();
        let mut at = field;
        while let Some(&owner) = self.row_owners.get(&self.types.find(at)) {
            if self.types.variable(owner).is_none() || owners.contains(&owner) {
                break;
            }
            owners.push(owner);
            at = owner;
        }
        while let Some(owner) = owners.pop() {
            self.guess_record(owner, Vec::new());
        }
    }

    /// The latest declared record that has those fields and all that an unknown type must have.
    fn guess_record(&mut self, ty: Ty, mut names: Vec<NameId>) {
        let Some(variable) = self.types.variable(ty) else {
            return;
        };
        names.extend(self.types.row(variable.row).iter().map(|field| field.0));
        let found = self.env.records.iter().rev().copied().find(|&id| {
            self.defined.get(id).is_some_and(|info| {
                names
                    .iter()
                    .all(|name| info.fields.iter().any(|field| field.0 == *name))
            })
        });
        if let Some(id) = found {
            let count = self.defined.get(id).map_or(0, |info| info.params.len());
            let args: Vec<Ty> = (0..count).map(|_| self.fresh()).collect();
            let declared = self.types.named(id, &args);
            if self.unify(ty, declared).is_err() {
                // Its fields are of other types: it stays known by its fields alone.
            }
        }
    }

    /// The type of a field that an unknown record must have.
    pub fn row_field(&mut self, owner: Ty, name: NameId) -> Option<Ty> {
        let variable = self.types.variable(owner)?;
        if let Some(&(_, ty)) = self
            .types
            .row(variable.row)
            .iter()
            .find(|field| field.0 == name)
        {
            return Some(ty);
        }
        let ty = self.fresh();
        self.row_owners.insert(ty, owner);
        // The field is as old as the record: it is not generalised before it.
        if let Some(field) = self.types.variable(ty) {
            let level = field.level.min(variable.level);
            self.types.solve(
                ty,
                Node::Variable(crate::types::Variable { level, ..field }),
            );
        }
        let mut fields = self.types.row(variable.row).to_vec();
        fields.push((name, ty));
        let row = Some(self.types.add_row(fields));
        self.types.solve(
            owner,
            Node::Variable(crate::types::Variable { row, ..variable }),
        );
        Some(ty)
    }
}
