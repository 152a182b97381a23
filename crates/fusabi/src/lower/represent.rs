//! How values of a type are held.

use fzb::tables::TypeId;

use super::unit::Part;
use crate::tree::IntKind;
use crate::typed::{DefinedId, Operand, TypeForm, TypeIndex, TypeShape};

/// The number of a width in `isa::table::WIDTHS`.
pub(super) const fn width(kind: IntKind) -> Option<u32> {
    Some(match kind {
        IntKind::Int => return None,
        IntKind::I8 => 1,
        IntKind::I16 => 2,
        IntKind::I32 => 3,
        IntKind::U8 => 4,
        IntKind::U16 => 5,
        IntKind::U32 => 6,
        IntKind::U64 => 7,
    })
}

/// Width of `float32`.
pub(super) const F32: u32 = 8;

/// What the operand of a conversion or of a numeric function is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Scalar {
    /// `int`
    Int,
    /// `float`
    Float,
    /// `float32`
    Float32,
    /// `byte` and its like, by its width.
    Sized(u32),
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `string`
    Text,
    /// Anything else, or not known before run time.
    Other,
}

impl Scalar {
    /// What a type is.
    pub fn of(part: &Part<'_>, ty: TypeIndex) -> Self {
        let Some(id) = part.program.forms.named(ty) else {
            return Self::Other;
        };
        Self::of_defined(part, id)
    }

    fn of_defined(part: &Part<'_>, id: DefinedId) -> Self {
        match id {
            DefinedId::INT => Self::Int,
            DefinedId::FLOAT => Self::Float,
            DefinedId::FLOAT32 => Self::Float32,
            DefinedId::BOOL => Self::Bool,
            DefinedId::CHAR => Self::Char,
            DefinedId::STRING => Self::Text,
            DefinedId::SBYTE => Self::Sized(1),
            DefinedId::INT16 => Self::Sized(2),
            DefinedId::INT32 => Self::Sized(3),
            DefinedId::BYTE => Self::Sized(4),
            DefinedId::UINT16 => Self::Sized(5),
            DefinedId::UINT32 => Self::Sized(6),
            DefinedId::UINT64 => Self::Sized(7),
            _ => match part.program.types.get(id).map(|row| &row.shape) {
                Some(TypeShape::Enum(_)) => Self::Int,
                _ => Self::Other,
            },
        }
    }

    /// What an operator on it works on, where that is known.
    pub const fn operand(self) -> Option<Operand> {
        Some(match self {
            Self::Int => Operand::Int,
            Self::Float => Operand::Float,
            Self::Float32 => Operand::Float32,
            Self::Sized(width) => Operand::Sized(match width {
                1 => IntKind::I8,
                2 => IntKind::I16,
                3 => IntKind::I32,
                4 => IntKind::U8,
                5 => IntKind::U16,
                6 => IntKind::U32,
                _ => IntKind::U64,
            }),
            Self::Bool => Operand::Bool,
            Self::Char => Operand::Char,
            Self::Text => Operand::String,
            Self::Other => return None,
        })
    }

    /// How its values are held.
    pub const fn held(self) -> TypeId {
        match self {
            Self::Int => TypeId::INT,
            Self::Float => TypeId::FLOAT,
            Self::Bool => TypeId::BOOL,
            Self::Char => TypeId::CHAR,
            Self::Text => TypeId::TEXT,
            Self::Float32 | Self::Sized(_) | Self::Other => TypeId::DYN,
        }
    }
}

impl Part<'_> {
    /// How values of a type are held.
    pub fn held(&self, ty: TypeIndex) -> TypeId {
        match self.program.forms.get(ty) {
            Some(TypeForm::Named(DefinedId::LIST, _)) => TypeId::LIST,
            Some(TypeForm::Named(id, _)) => Scalar::of_defined(self, *id).held(),
            _ => TypeId::DYN,
        }
    }

    /// Whether values of a type are `()` only.
    pub fn is_unit(&self, ty: TypeIndex) -> bool {
        self.program.forms.named(ty) == Some(DefinedId::UNIT)
    }
}
