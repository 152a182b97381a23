//! Declared types in the module's type table.

use emit::{CaseDef, FieldDef};
use fzb::tables::{TypedefId, TypedefKind, field_flags};

use super::unit::{Origin, Part, Unit};
use crate::tree::{Pattern, PatternId};
use crate::typed::{
    Binds, CaseId, DefinedId, Field, FileIndex, Index, LocalId, TypeShape, TypedFile,
};

impl Unit<'_> {
    /// The type in the module's table. The language's own unions are the same for both programs.
    pub fn typedef(&self, part: &Part<'_>, id: DefinedId) -> TypedefId {
        let part = if id.is_builtin() { &self.user } else { part };
        if let Some(known) = part.types.borrow().get(&id) {
            return *known;
        }
        let row = part.program.types.get(id);
        let text = row.map_or("", |row| part.text(row.name));
        // A name that no program can write: the machine knows the library's trees by it.
        let text = match part.origin {
            Origin::Library if !id.is_builtin() => format!("`{text}`"),
            _ => text.to_owned(),
        };
        let name = self.module.name(&text);
        let (kind, cases) = match row.map(|row| &row.shape) {
            Some(TypeShape::Union(cases)) => {
                let cases = cases.iter().map(|case| self.case(part, *case)).collect();
                (TypedefKind::Union, cases)
            }
            Some(TypeShape::Record(fields)) => {
                let fields = fields
                    .iter()
                    .map(|field| self.field(part, *field))
                    .collect();
                (TypedefKind::Record, vec![CaseDef { name, fields }])
            }
            Some(TypeShape::Object { .. }) => {
                let fields = self.object_fields(part, id);
                (TypedefKind::Record, vec![CaseDef { name, fields }])
            }
            _ => (
                TypedefKind::Record,
                vec![CaseDef {
                    name,
                    fields: Vec::new(),
                }],
            ),
        };
        let made = self.module.typedef(kind, name, 0, cases);
        part.types.borrow_mut().insert(id, made);
        made
    }

    /// The type of an exception.
    pub fn exception(&self, part: &Part<'_>, id: CaseId) -> TypedefId {
        let builtin = part
            .program
            .cases
            .get(id)
            .is_none_or(|case| case.definition.is_none());
        let part = if builtin { &self.user } else { part };
        if let Some(known) = part.exceptions.borrow().get(&id) {
            return *known;
        }
        let case = self.case(part, id);
        let made = self
            .module
            .typedef(TypedefKind::Exception, case.name, 0, vec![case]);
        part.exceptions.borrow_mut().insert(id, made);
        made
    }

    /// The type and tag of a case, of a union or an exception.
    pub fn case_of(&self, part: &Part<'_>, id: CaseId) -> (TypedefId, u32) {
        match part.program.cases.get(id) {
            Some(case) if case.owner != DefinedId::EXN => {
                // `Choice` has the cases of all its sizes: the place in the union tells them apart.
                let tag = match part.program.types.get(case.owner).map(|row| &row.shape) {
                    Some(TypeShape::Union(cases)) if case.owner == DefinedId::CHOICE => {
                        cases.iter().position(|known| *known == id).unwrap_or(0) as u32
                    }
                    _ => case.tag,
                };
                (self.typedef(part, case.owner), tag)
            }
            _ => (self.exception(part, id), 0),
        }
    }

    fn case(&self, part: &Part<'_>, id: CaseId) -> CaseDef {
        let row = part.program.cases.get(id);
        CaseDef {
            name: self.module.name(row.map_or("", |row| part.text(row.name))),
            fields: row
                .map_or(&[][..], |row| &row.fields)
                .iter()
                .map(|field| self.field(part, *field))
                .collect(),
        }
    }

    fn field(&self, part: &Part<'_>, field: Field) -> FieldDef {
        FieldDef {
            name: self.module.name(part.text(field.name)),
            ty: part.held(field.ty),
            flags: if field.mutable {
                field_flags::MUTABLE
            } else {
                0
            },
        }
    }

    /// What an object holds: the variables of its constructor.
    fn object_fields(&self, part: &Part<'_>, id: DefinedId) -> Vec<FieldDef> {
        let Some((_, file, locals)) = object_variables(part, id) else {
            return Vec::new();
        };
        locals
            .iter()
            .filter_map(|local| file.locals.get(*local))
            .map(|row| FieldDef {
                name: self.module.name(part.text(row.name)),
                ty: part.held(row.ty),
                flags: 0,
            })
            .collect()
    }
}

/// The variables that an object's constructor binds, in order, and the file they belong to.
pub(super) fn object_variables<'p>(
    part: &Part<'p>,
    id: DefinedId,
) -> Option<(PatternId, &'p TypedFile, Vec<LocalId>)> {
    let row = part.program.types.get(id)?;
    let TypeShape::Object { params, .. } = row.shape else {
        return None;
    };
    let file = row
        .definition
        .map_or(FileIndex::from_index(0), |definition| definition.file);
    let file = part.program.files.get(file)?;
    Some((params, file, variables(file, params)))
}

/// The variables that a pattern binds, from left to right, each once.
pub(super) fn variables(file: &TypedFile, pattern: PatternId) -> Vec<LocalId> {
    let tree = &file.parsed.tree;
    let mut found = Vec::new();
    let mut work = vec![pattern];
    while let Some(id) = work.pop() {
        match file.bind(id) {
            Binds::Local(local) => {
                if !found.contains(&local) {
                    found.push(local);
                }
                continue;
            }
            Binds::Silent => continue,
            Binds::Active(row) => {
                work.extend(
                    file.active
                        .get(row as usize)
                        .and_then(|active| active.inner),
                );
                continue;
            }
            _ => {}
        }
        let start = work.len();
        match tree.pattern(id) {
            Pattern::Case { args, .. } => work.extend(tree.list(args)),
            Pattern::CaseFields { fields, .. } | Pattern::Record(fields) => {
                work.extend(tree.list(fields).iter().map(|field| field.pattern));
            }
            Pattern::Tuple { items, .. }
            | Pattern::List(items)
            | Pattern::Array(items)
            | Pattern::Or(items)
            | Pattern::And(items) => work.extend(tree.list(items)),
            Pattern::Cons { head, tail } => work.extend([head, tail]),
            Pattern::As { pattern, name } => work.extend([pattern, name]),
            Pattern::Annotated { pattern, .. }
            | Pattern::Paren(pattern)
            | Pattern::Attributed { pattern, .. } => work.push(pattern),
            _ => {}
        }
        if let Some(new) = work.get_mut(start..) {
            new.reverse();
        }
    }
    found
}
