//! What the verifier needs to know of constants: their types, and how many stack values they describe.

use super::check::Checker;
use super::format_spec;
use super::state::Ty;
use crate::tables::{ArgKind, ConstId, ConstKind, ItemKind, StaticId, TypedefId};
use crate::view::{Constant, RecType, Repr, Table};
use std::collections::HashMap;

/// Numbers of stack values of constants already read: a constant is counted once, however often it is used.
pub(super) type Memo = HashMap<u32, Option<Values>>;

/// What a shape, map literal or format takes from the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Values {
    pub(super) count: u32,
    pub(super) holes: bool,
}

/// Width of f32 in `isa::table::WIDTHS`.
const F32: u32 = 8;

impl Checker<'_> {
    /// The type that `push` leaves; `None` for constants that are not values.
    #[inline]
    pub(super) fn constant_type(&mut self, id: u32) -> Option<Ty> {
        let slot = id as usize % self.constant_cache.len();
        let (kept, ty) = self.constant_cache[slot];
        if kept == id {
            return ty;
        }
        let ty = self.read_constant_type(id);
        self.constant_cache[slot] = (id, ty);
        ty
    }

    /// The type of a static; `None` if it is not one of values.
    #[inline]
    pub(super) fn static_type(&mut self, id: u32) -> Option<Ty> {
        let slot = id as usize % self.static_cache.len();
        let (kept, ty) = self.static_cache[slot];
        if kept == id {
            return ty;
        }
        let ty = self
            .module
            .static_(StaticId(id))
            .and_then(|found| self.type_of(found.ty))
            .filter(|ty| *ty != Ty::TOK);
        self.static_cache[slot] = (id, ty);
        ty
    }

    fn read_constant_type(&self, id: u32) -> Option<Ty> {
        let [kind, first, ..] = self.module.record::<5>(Table::Constants, id)?;
        Some(match ConstKind::from_number(kind)? {
            ConstKind::Bool => Ty::BOOL,
            ConstKind::Int => Ty::I64,
            ConstKind::Float => Ty::F64,
            ConstKind::Char => Ty::CHAR,
            ConstKind::Sized if first == F32 => Ty::F64,
            ConstKind::Sized => Ty::I64,
            ConstKind::Text => Ty::TEXT,
            ConstKind::Bytes => Ty::BYTES,
            ConstKind::List => Ty::LIST,
            ConstKind::Tuple => Ty::REF,
            ConstKind::Record => Ty::of(Repr::Rec(RecType::of_typedef(TypedefId(first))))?,
            ConstKind::Empty
            | ConstKind::Key
            | ConstKind::Date
            | ConstKind::Duration
            | ConstKind::Version
            | ConstKind::Decimal
            | ConstKind::Case => Ty::DYN,
            ConstKind::Shape
            | ConstKind::Topics
            | ConstKind::Names
            | ConstKind::Slots
            | ConstKind::Format
            | ConstKind::MapLit
            | ConstKind::Class => return None,
        })
    }

    /// Number of stack values of a shape (entries without holes), map literal, class (methods), name or slot list, or
    /// format; `None` for other constants and malformed ones.
    pub(super) fn constant_values(&mut self, id: u32) -> Option<Values> {
        if let Some(known) = self.memo.get(&id) {
            return *known;
        }
        let values = self.count_values(id);
        if self.memo.try_reserve(1).is_ok() {
            self.memo.insert(id, values);
        }
        values
    }

    fn count_values(&self, id: u32) -> Option<Values> {
        let mut values = Values {
            count: 0,
            holes: false,
        };
        match self.module.constant(ConstId(id))? {
            Constant::Shape(shape) => {
                for (kind, _) in shape.iter() {
                    values.holes |= kind == ArgKind::Hole;
                    values.count += kind.values();
                }
            }
            Constant::MapLit(items) => {
                for (kind, ..) in items.iter() {
                    values.count += match kind {
                        ItemKind::Positional | ItemKind::Named | ItemKind::Spread => 1,
                        ItemKind::Computed => 2,
                    };
                }
            }
            Constant::Names(list)
            | Constant::Slots(list)
            | Constant::Class { methods: list, .. } => values.count = list.len(),
            Constant::Format(spec) => values.count = format_spec::arguments(spec)?,
            _ => return None,
        }
        Some(values)
    }
}
