//! Final types: what is still unknown gets its default, and equal types become one.

use super::scheme::Rows;
use super::store::{Node, Ty, Types};
use crate::typed::{
    DefinedId, Forms, Names, Parameter, ParameterId, RecordField, Table, TypeForm, TypeIndex,
};

/// Turns types under inference into final ones.
pub struct Freezer<'a> {
    /// The types.
    pub types: &'a mut Types,
    /// What they become.
    pub forms: &'a mut Forms,
    /// Parameters; rows that were never generalised become one each.
    pub parameters: &'a mut Table<ParameterId, Parameter>,
    /// Fields of parameters.
    pub rows: &'a Rows,
    /// Names.
    pub names: &'a mut Names,
    done: Vec<Option<TypeIndex>>,
}

impl<'a> Freezer<'a> {
    /// A freezer of those types.
    pub fn new(
        types: &'a mut Types,
        forms: &'a mut Forms,
        parameters: &'a mut Table<ParameterId, Parameter>,
        rows: &'a Rows,
        names: &'a mut Names,
    ) -> Self {
        let done = vec![None; types.len()];
        Self {
            types,
            forms,
            parameters,
            rows,
            names,
            done,
        }
    }

    /// The final type.
    pub fn freeze(&mut self, ty: Ty) -> TypeIndex {
        let root = self.types.find(ty);
        if let Some(known) = self.known(root) {
            return known;
        }
        let mut work = vec![(ty, false)];
        let mut parts = Vec::new();
        while let Some((ty, parts_done)) = work.pop() {
            let root = self.types.find(ty);
            if self.known(root).is_some() {
                continue;
            }
            let node = self.types.node(root);
            parts.clear();
            self.types.push_parts(node, &mut parts);
            if let Node::Parameter(id) = node
                && let Some(fields) = self.rows.fields.get(&id)
            {
                parts.extend(fields.iter().map(|field| field.1));
            }
            if !parts_done && !parts.is_empty() {
                work.push((root, true));
                work.extend(parts.iter().map(|&part| (part, false)));
                continue;
            }
            let form = self.form(node);
            let index = self.forms.intern(form);
            if let Some(place) = self.done.get_mut(root.index()) {
                *place = Some(index);
            }
        }
        self.part(ty)
    }

    fn known(&self, root: Ty) -> Option<TypeIndex> {
        self.done.get(root.index()).copied().flatten()
    }

    fn part(&mut self, ty: Ty) -> TypeIndex {
        let root = self.types.find(ty);
        match self.known(root) {
            Some(index) => index,
            // A row that mentions itself through a parameter: what is inside of it is anything.
            None => self
                .forms
                .intern(TypeForm::Named(DefinedId::OBJ, Box::default())),
        }
    }

    fn parts(&mut self, parts: &[Ty]) -> Box<[TypeIndex]> {
        parts.iter().map(|&part| self.part(part)).collect()
    }

    fn fields(&mut self, fields: &[(crate::typed::NameId, Ty)]) -> Box<[RecordField]> {
        let mut fields: Vec<RecordField> = fields
            .iter()
            .map(|&(name, ty)| RecordField {
                name,
                ty: self.part(ty),
            })
            .collect();
        fields.sort_by(|a, b| self.names.text(a.name).cmp(self.names.text(b.name)));
        fields.into()
    }

    fn form(&mut self, node: Node) -> TypeForm {
        match node {
            Node::Parameter(id) => match self.rows.fields.get(&id) {
                Some(fields) => TypeForm::Row(id, self.fields(&fields.clone())),
                None => TypeForm::Parameter(id),
            },
            Node::Named(id, items) => {
                let items = self.types.items(items).to_vec();
                TypeForm::Named(id, self.parts(&items))
            }
            Node::Function(from, to) => {
                let (from, to) = (self.part(from), self.part(to));
                TypeForm::Function(from, to)
            }
            Node::Tuple(items) => {
                let items = self.types.items(items).to_vec();
                TypeForm::Tuple(self.parts(&items))
            }
            Node::Record(items) => {
                let fields = self.types.fields(items).to_vec();
                TypeForm::Record(self.fields(&fields))
            }
            Node::Variable(variable) => {
                if variable.row.is_some() {
                    let fields = self.types.row(variable.row).to_vec();
                    let name = self.names.intern("r");
                    let id = self.parameters.push(Parameter {
                        name,
                        requires: variable.requires,
                    });
                    return TypeForm::Row(id, self.fields(&fields));
                }
                let default = if variable.numbers.is_constraint() {
                    variable.numbers.default_type()
                } else {
                    None
                };
                TypeForm::Named(default.unwrap_or(DefinedId::OBJ), Box::default())
            }
            Node::Link(_) => TypeForm::Named(DefinedId::OBJ, Box::default()),
        }
    }
}
