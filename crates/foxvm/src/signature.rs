//! Types of parameters and results, as hosts see them.

use std::fmt;

use fzb::tables::TypeId;
use fzb::view::{Module as File, Type as FileType};

/// A type of a parameter, result or static, as far as a host can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum Type {
    /// Any value.
    Dyn,
    /// Nothing: always empty.
    Unit,
    /// A 64-bit integer.
    Int,
    /// A 64-bit float.
    Float,
    /// A truth value.
    Bool,
    /// A Unicode scalar value.
    Char,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// An immutable list.
    List,
    /// An array.
    Array,
    /// A function.
    Fn,
    /// Any value of the machine's memory.
    Ref,
    /// A tuple of so many members.
    Tuple(u32),
    /// A record or row.
    Record,
    /// A number of fixed width, by its number in `isa::table::WIDTHS`.
    Sized(u8),
}

impl Type {
    pub(crate) fn of(file: &File, id: TypeId) -> Type {
        match file.type_of(id) {
            Some(FileType::Basic(basic)) => Type::basic(basic),
            Some(FileType::Sized(width)) => Type::Sized(width),
            Some(FileType::Tuple(members)) => Type::Tuple(members.len()),
            Some(FileType::List(_)) => Type::List,
            Some(FileType::Array(_)) => Type::Array,
            Some(FileType::Fn { .. }) => Type::Fn,
            Some(FileType::Row(_)) => Type::Record,
            Some(FileType::Named { typedef, .. }) => {
                match file.typedef(typedef).map(|found| found.kind) {
                    Some(fzb::tables::TypedefKind::Record) => Type::Record,
                    _ => Type::Dyn,
                }
            }
            Some(FileType::Var(_) | FileType::Opaque(_)) | None => Type::Dyn,
        }
    }

    pub(crate) fn basic(id: TypeId) -> Type {
        match id {
            TypeId::UNIT => Type::Unit,
            TypeId::INT => Type::Int,
            TypeId::FLOAT => Type::Float,
            TypeId::BOOL => Type::Bool,
            TypeId::CHAR => Type::Char,
            TypeId::TEXT => Type::Text,
            TypeId::BYTES => Type::Bytes,
            TypeId::LIST => Type::List,
            TypeId::FN => Type::Fn,
            TypeId::REF => Type::Ref,
            _ => Type::Dyn,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Dyn => "dyn",
            Type::Unit => "unit",
            Type::Int => "int",
            Type::Float => "float",
            Type::Bool => "bool",
            Type::Char => "char",
            Type::Text => "text",
            Type::Bytes => "bytes",
            Type::List => "list",
            Type::Array => "array",
            Type::Fn => "fn",
            Type::Ref => "ref",
            Type::Tuple(members) => return write!(f, "tuple of {members}"),
            Type::Record => "record",
            Type::Sized(width) => isa::table::WIDTHS
                .get(*width as usize)
                .copied()
                .unwrap_or("sized"),
        })
    }
}

/// Parameters and result of a function.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Signature {
    /// Types of the parameters, in order.
    pub params: Vec<Type>,
    /// Type of the result.
    pub result: Type,
}

impl fmt::Display for Signature {
    /// `(text, int) -> unit`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, param) in self.params.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            param.fmt(f)?;
        }
        write!(f, ") -> {}", self.result)
    }
}
