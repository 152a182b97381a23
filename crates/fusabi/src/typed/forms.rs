//! Types without variables of inference: every type of a program, each once.

use std::collections::HashMap;

use super::ids::{DefinedId, Index, NameId, ParameterId, TypeIndex};

/// A type. Parts are always older than the whole, so a table of types can be filled by one loop.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeForm {
    /// Any type: a parameter of the generic value or declared type at hand. Its values are represented uniformly.
    Parameter(ParameterId),
    /// `int`, `string list`, `Map<string, int>`, `Shape`: a declared type and its arguments.
    Named(DefinedId, Box<[TypeIndex]>),
    /// `a -> b`
    Function(TypeIndex, TypeIndex),
    /// `a * b`, two or more.
    Tuple(Box<[TypeIndex]>),
    /// A structural record with exactly these fields, sorted by name (the text, not the index). None for `{ }`.
    Record(Box<[RecordField]>),
    /// Any record, structural or declared, with at least these fields, sorted by name: the type of a parameter on which only
    /// field access is known (§2.2). Fields are found by name at run time. Its parameter tells one unknown record from another.
    Row(ParameterId, Box<[RecordField]>),
}

/// A field of a structural record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RecordField {
    /// Its name.
    pub name: NameId,
    /// Its type.
    pub ty: TypeIndex,
}

/// All types.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    forms: Vec<TypeForm>,
    index: HashMap<TypeForm, TypeIndex>,
}

impl Forms {
    /// The form of a type; `None` for an index of another table.
    #[must_use]
    pub fn get(&self, ty: TypeIndex) -> Option<&TypeForm> {
        self.forms.get(ty.index())
    }

    /// The type of that form.
    pub fn intern(&mut self, form: TypeForm) -> TypeIndex {
        if let Some(&ty) = self.index.get(&form) {
            return ty;
        }
        let ty = TypeIndex::from_index(self.forms.len());
        self.forms.push(form.clone());
        self.index.insert(form, ty);
        ty
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.forms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The declared type that it is, whatever its arguments.
    #[must_use]
    pub fn named(&self, ty: TypeIndex) -> Option<DefinedId> {
        match self.get(ty) {
            Some(TypeForm::Named(id, _)) => Some(*id),
            _ => None,
        }
    }
}
