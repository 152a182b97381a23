//! Types, type definitions, and how values of a type are held.

use super::{Indexes, Module, Table};
use crate::tables::{FuncId, NameId, Range, TypeId, TypeKind, TypedefId, TypedefKind};

/// A type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type<'a> {
    /// One of the twelve basic types.
    Basic(TypeId),
    /// A number of a fixed width, numbered as in `isa::table::WIDTHS`.
    Sized(u8),
    /// A tuple ([`TypeId`] numbers).
    Tuple(Indexes<'a>),
    /// A list of elements of one type.
    List(TypeId),
    /// An array of elements of one type.
    Array(TypeId),
    /// A function.
    Fn {
        /// Its parameters ([`TypeId`] numbers).
        params: Indexes<'a>,
        /// Its result.
        result: TypeId,
    },
    /// A type definition with its arguments.
    Named {
        /// The definition.
        typedef: TypedefId,
        /// The arguments ([`TypeId`] numbers).
        args: Indexes<'a>,
    },
    /// A structural record.
    Row(RowView<'a>),
    /// A type variable.
    Var(u32),
    /// A type that only natives know.
    Opaque(NameId),
}

/// Fields of a structural record, sorted by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowView<'a>(Indexes<'a>);

impl<'a> RowView<'a> {
    /// Number of fields.
    pub const fn len(&self) -> u32 {
        self.0.len() / 2
    }

    /// True without fields.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Field `index`.
    pub fn get(&self, index: u32) -> Option<(NameId, TypeId)> {
        let at = index.checked_mul(2)?;
        Some((
            NameId(self.0.get(at)?),
            TypeId(self.0.get(at.checked_add(1)?)?),
        ))
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, TypeId)> + use<'a> {
        let view = *self;
        (0..view.len()).map_while(move |i| view.get(i))
    }
}

/// A record, tuple or row type as [`Repr::Rec`] names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct RecType(pub u32);

impl RecType {
    /// Set for entries of the type table.
    pub const TABLE_BIT: u32 = 0x8000_0000;

    /// A record type definition.
    pub const fn of_typedef(id: TypedefId) -> RecType {
        RecType(id.0)
    }

    /// A tuple or row type.
    pub const fn of_type(id: TypeId) -> RecType {
        RecType(RecType::TABLE_BIT | id.0.wrapping_sub(TypeId::FIRST_TABLE) & !RecType::TABLE_BIT)
    }

    /// The type definition, if it is one.
    pub const fn typedef(self) -> Option<TypedefId> {
        if self.0 & RecType::TABLE_BIT == 0 {
            Some(TypedefId(self.0))
        } else {
            None
        }
    }

    /// The tuple or row type, if it is one.
    pub const fn table_type(self) -> Option<TypeId> {
        if self.0 & RecType::TABLE_BIT == 0 {
            None
        } else {
            Some(TypeId((self.0 & !RecType::TABLE_BIT) + TypeId::FIRST_TABLE))
        }
    }
}

/// How values of a type are held (docs/specs/machine.md §5 "Types").
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Repr {
    /// A 64-bit integer.
    I64,
    /// A 64-bit float.
    F64,
    /// A truth value.
    Bool,
    /// A scalar value.
    Char,
    /// Ticket of a text.
    Text,
    /// Ticket of bytes.
    Bytes,
    /// Ticket of a list.
    List,
    /// Ticket of a record, tuple or row of this type.
    Rec(RecType),
    /// Tagged: a function value.
    Fn,
    /// Tagged: a heap value.
    Ref,
    /// Tagged: any value.
    Dyn,
    /// A pending completion.
    Tok,
}

impl Repr {
    /// Words of 8 bytes: 1 untagged, 2 tagged.
    pub const fn words(self) -> u32 {
        match self {
            Repr::Fn | Repr::Ref | Repr::Dyn | Repr::Tok => 2,
            _ => 1,
        }
    }

    /// Untagged, and a ticket?
    pub const fn is_ticket(self) -> bool {
        matches!(self, Repr::Text | Repr::Bytes | Repr::List | Repr::Rec(_))
    }

    /// Tagged, and a value?
    pub const fn is_dyn(self) -> bool {
        matches!(self, Repr::Fn | Repr::Ref | Repr::Dyn)
    }
}

/// A type definition.
#[derive(Clone, Copy, Debug)]
pub struct Typedef<'a> {
    /// Its index.
    pub id: TypedefId,
    /// Its nature.
    pub kind: TypedefKind,
    /// Its name.
    pub name: NameId,
    /// Number of cases; 1 for records and exceptions.
    pub cases: u32,
    /// Number of type parameters.
    pub params: u32,
    first_case: u32,
    module: &'a Module,
}

impl<'a> Typedef<'a> {
    /// A case.
    pub fn case(&self, tag: u32) -> Option<Case<'a>> {
        if tag >= self.cases {
            return None;
        }
        let [name, start, len] = self
            .module
            .record(Table::Cases, self.first_case.checked_add(tag)?)?;
        Some(Case {
            tag,
            name: NameId(name),
            fields: len,
            first_field: start,
            module: self.module,
        })
    }
}

/// A case of a type definition.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Its number in the definition.
    pub tag: u32,
    /// Its name.
    pub name: NameId,
    /// Number of fields.
    pub fields: u32,
    first_field: u32,
    module: &'a Module,
}

impl Case<'_> {
    /// A field.
    pub fn field(&self, index: u32) -> Option<Field> {
        if index >= self.fields {
            return None;
        }
        let [name, ty, flags] = self
            .module
            .record(Table::Fields, self.first_field.checked_add(index)?)?;
        Some(Field {
            name: NameId(name),
            ty: TypeId(ty),
            flags,
        })
    }
}

/// A field of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: NameId,
    /// Its type.
    pub ty: TypeId,
    /// [`crate::tables::field_flags`].
    pub flags: u32,
}

impl Module {
    /// A type; also the basic ones.
    pub fn type_of(&self, id: TypeId) -> Option<Type<'_>> {
        if (id.0 as usize) < TypeId::BASIC.len() {
            return Some(Type::Basic(id));
        }
        let [kind, arg, start, len] =
            self.record(Table::Types, id.0.checked_sub(TypeId::FIRST_TABLE)?)?;
        let args = self.words(Range { start, len })?;
        Some(match TypeKind::from_number(kind)? {
            TypeKind::Sized => Type::Sized(u8::try_from(arg).ok()?),
            TypeKind::Tuple => Type::Tuple(args),
            TypeKind::List => Type::List(TypeId(arg)),
            TypeKind::Array => Type::Array(TypeId(arg)),
            TypeKind::Fn => Type::Fn {
                params: args,
                result: TypeId(arg),
            },
            TypeKind::Named => Type::Named {
                typedef: TypedefId(arg),
                args,
            },
            TypeKind::Row => Type::Row(RowView(args)),
            TypeKind::Var => Type::Var(arg),
            TypeKind::Opaque => Type::Opaque(NameId(arg)),
        })
    }

    /// How values of a type are held.
    pub fn repr(&self, id: TypeId) -> Option<Repr> {
        /// Number of `f32` in `isa::table::WIDTHS`.
        const F32: u8 = 8;
        Some(match self.type_of(id)? {
            Type::Basic(TypeId::INT) => Repr::I64,
            Type::Basic(TypeId::FLOAT) => Repr::F64,
            Type::Basic(TypeId::BOOL) => Repr::Bool,
            Type::Basic(TypeId::CHAR) => Repr::Char,
            Type::Basic(TypeId::TEXT) => Repr::Text,
            Type::Basic(TypeId::BYTES) => Repr::Bytes,
            Type::Basic(TypeId::LIST) | Type::List(_) => Repr::List,
            Type::Basic(TypeId::FN) | Type::Fn { .. } => Repr::Fn,
            Type::Basic(TypeId::REF) | Type::Array(_) => Repr::Ref,
            Type::Basic(TypeId::TOK) => Repr::Tok,
            Type::Sized(F32) => Repr::F64,
            Type::Sized(_) => Repr::I64,
            Type::Tuple(_) | Type::Row(_) => Repr::Rec(RecType::of_type(id)),
            Type::Named { typedef, .. } => match self.typedef(typedef)?.kind {
                TypedefKind::Record => Repr::Rec(RecType::of_typedef(typedef)),
                TypedefKind::Union
                | TypedefKind::Enum
                | TypedefKind::Exception
                | TypedefKind::Variant => Repr::Dyn,
            },
            Type::Basic(_) | Type::Var(_) | Type::Opaque(_) => Repr::Dyn,
        })
    }

    /// A type definition.
    pub fn typedef(&self, id: TypedefId) -> Option<Typedef<'_>> {
        let [kind, name, first_case, cases, params] = self.record(Table::Typedefs, id.0)?;
        Some(Typedef {
            id,
            kind: TypedefKind::from_number(kind)?,
            name: NameId(name),
            cases,
            params,
            first_case,
            module: self,
        })
    }

    /// The type definition of cases that a parameter of a function declares, if it declares one.
    pub fn union_of_param(&self, function: FuncId, param: u32) -> Option<Typedef<'_>> {
        let ty = self.function(function)?.param_types().nth(param as usize)?;
        let Type::Named { typedef, .. } = self.type_of(ty)? else {
            return None;
        };
        self.typedef(typedef)
            .filter(|found| !matches!(found.kind, TypedefKind::Record | TypedefKind::Exception))
    }

    /// A case of a type definition.
    pub fn case(&self, id: TypedefId, tag: u32) -> Option<Case<'_>> {
        self.typedef(id)?.case(tag)
    }

    /// A field of a case of a type definition; tag 0 for records.
    pub fn field(&self, id: TypedefId, tag: u32, index: u32) -> Option<Field> {
        self.case(id, tag)?.field(index)
    }
}
