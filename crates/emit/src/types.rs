//! Types and type definitions of a module under construction.

use fzb::tables::{NameId, TypeId, TypeKind, TypedefId, TypedefKind};
use fzb::view::{RecType, Repr};

/// A field of a case or record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// Its name.
    pub name: NameId,
    /// Its type.
    pub ty: TypeId,
    /// [`fzb::tables::field_flags`].
    pub flags: u32,
}

/// A case; records and exceptions have one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseDef {
    /// Its name.
    pub name: NameId,
    /// Its fields.
    pub fields: Vec<FieldDef>,
}

/// A type definition.
#[derive(Clone, Debug)]
pub(crate) struct Typedef {
    pub kind: TypedefKind,
    pub name: NameId,
    pub params: u32,
    /// `None` until it is defined.
    pub cases: Option<Vec<CaseDef>>,
}

/// What makes two entries of the type table the same. Names are those of the builder.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TypeKey {
    pub kind: TypeKind,
    pub arg: u32,
    pub args: Vec<u32>,
}

/// Width of f32 in `isa::table::WIDTHS`.
const F32: u32 = 8;

/// How values of a type are held; `None` for numbers that are no type.
pub(crate) fn repr(id: TypeId, types: &[TypeKey], typedefs: &[Typedef]) -> Option<Repr> {
    Some(match id {
        TypeId::INT => Repr::I64,
        TypeId::FLOAT => Repr::F64,
        TypeId::BOOL => Repr::Bool,
        TypeId::CHAR => Repr::Char,
        TypeId::TEXT => Repr::Text,
        TypeId::BYTES => Repr::Bytes,
        TypeId::LIST => Repr::List,
        TypeId::FN => Repr::Fn,
        TypeId::REF => Repr::Ref,
        TypeId::TOK => Repr::Tok,
        TypeId::DYN | TypeId::UNIT => Repr::Dyn,
        TypeId(number) => {
            let key = types.get(number.checked_sub(TypeId::FIRST_TABLE)? as usize)?;
            match key.kind {
                TypeKind::Sized if key.arg == F32 => Repr::F64,
                TypeKind::Sized => Repr::I64,
                TypeKind::List => Repr::List,
                TypeKind::Fn => Repr::Fn,
                TypeKind::Array => Repr::Ref,
                TypeKind::Tuple | TypeKind::Row => Repr::Rec(RecType::of_type(id)),
                TypeKind::Named => match typedefs.get(key.arg as usize)?.kind {
                    TypedefKind::Record => Repr::Rec(RecType::of_typedef(TypedefId(key.arg))),
                    _ => Repr::Dyn,
                },
                TypeKind::Var | TypeKind::Opaque => Repr::Dyn,
            }
        }
    })
}

/// The basic type held like that; `None` for records.
pub(crate) fn basic(repr: Repr) -> Option<TypeId> {
    Some(match repr {
        Repr::I64 => TypeId::INT,
        Repr::F64 => TypeId::FLOAT,
        Repr::Bool => TypeId::BOOL,
        Repr::Char => TypeId::CHAR,
        Repr::Text => TypeId::TEXT,
        Repr::Bytes => TypeId::BYTES,
        Repr::List => TypeId::LIST,
        Repr::Fn => TypeId::FN,
        Repr::Ref => TypeId::REF,
        Repr::Dyn => TypeId::DYN,
        Repr::Tok => TypeId::TOK,
        Repr::Rec(_) => return None,
    })
}

/// Order of the tagged types: `fn` < `ref` < `dyn`.
fn rank(repr: Repr) -> u32 {
    match repr {
        Repr::Fn => 0,
        Repr::Ref => 1,
        _ => 2,
    }
}

/// May `found` stand where `declared` does without code?
pub(crate) fn passes(found: Repr, declared: Repr) -> bool {
    found == declared || found.is_dyn() && declared.is_dyn() && rank(found) <= rank(declared)
}

/// The type of a position where both meet: `dyn` where representations differ; `None` if one is a pending completion.
pub(crate) fn join(a: Repr, b: Repr) -> Option<Repr> {
    if a == b {
        Some(a)
    } else if a == Repr::Tok || b == Repr::Tok {
        None
    } else if a.is_dyn() && b.is_dyn() {
        Some(if rank(a) > rank(b) { a } else { b })
    } else {
        Some(Repr::Dyn)
    }
}
