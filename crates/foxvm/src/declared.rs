//! Types that a module declares, as far as a host needs them to tell whether its own values can become theirs.

use fzb::tables::{TypeId, TypedefId, TypedefKind};
use fzb::view::{Module as File, Type as FileType};

use crate::signature::Type;

/// Types that are looked at for one signature; beyond them nothing is told.
const MOST: usize = 256;

/// A type definition of a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// A record's are one case of its name; a union's are its cases.
    pub cases: Vec<DeclaredCase>,
    /// A record: values have no case.
    pub record: bool,
}

/// A case of a union, or the fields of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredCase {
    /// Its name.
    pub name: String,
    /// Its fields, in order.
    pub fields: Vec<DeclaredField>,
}

/// A field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The name of its type where that is declared.
    pub type_name: Option<String>,
}

/// The records and unions that occur in types, those in fields of others included; each once.
pub(crate) fn declared(file: &File, types: impl IntoIterator<Item = TypeId>) -> Vec<Declared> {
    let mut waiting: Vec<TypeId> = types.into_iter().collect();
    let mut seen: Vec<TypedefId> = Vec::new();
    let mut found = Vec::new();
    let mut looked = 0;
    while let Some(ty) = waiting.pop() {
        looked += 1;
        if looked > MOST {
            break;
        }
        match file.type_of(ty) {
            Some(FileType::List(item) | FileType::Array(item)) => waiting.push(item),
            Some(FileType::Tuple(parts)) => waiting.extend(parts.iter().map(TypeId)),
            Some(FileType::Row(row)) => waiting.extend(row.iter().map(|(_, ty)| ty)),
            Some(FileType::Named { typedef, args }) => {
                waiting.extend(args.iter().map(TypeId));
                if seen.contains(&typedef) {
                    continue;
                }
                seen.push(typedef);
                found.extend(definition(file, typedef, &mut waiting));
            }
            _ => {}
        }
    }
    found
}

/// All records and unions of a file.
pub(crate) fn definitions(file: &File) -> Vec<Declared> {
    let mut waiting = Vec::new();
    (0..file.typedefs())
        .filter_map(|id| definition(file, TypedefId(id), &mut waiting))
        .collect()
}

/// A definition; the types of its fields wait.
fn definition(file: &File, id: TypedefId, waiting: &mut Vec<TypeId>) -> Option<Declared> {
    let typedef = file.typedef(id)?;
    let record = match typedef.kind {
        TypedefKind::Record => true,
        TypedefKind::Union | TypedefKind::Variant => false,
        TypedefKind::Enum | TypedefKind::Exception => return None,
    };
    let mut cases = Vec::new();
    for case in (0..typedef.cases).filter_map(|tag| typedef.case(tag)) {
        let mut fields = Vec::new();
        for field in (0..case.fields).filter_map(|index| case.field(index)) {
            if waiting.len() < MOST {
                waiting.push(field.ty);
            }
            fields.push(DeclaredField {
                name: file.name(field.name)?.to_owned(),
                ty: Type::of(file, field.ty),
                type_name: crate::module::type_name(file, field.ty),
            });
        }
        cases.push(DeclaredCase {
            name: file.name(case.name)?.to_owned(),
            fields,
        });
    }
    Some(Declared {
        name: file.name(typedef.name)?.to_owned(),
        cases,
        record,
    })
}
