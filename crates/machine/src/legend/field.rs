//! Fields and their names.

use fzb::view::Repr;

use crate::value::{Kind, Value};
use crate::world::World;

/// A field's name: an interned text, an interned key, or a fresh key that only its holder can present.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct FieldName(pub u64);

impl FieldName {
    /// Set in names that are keys.
    const KEY: u64 = 1 << 62;
    /// The hidden field that holds an unshared implicit delegate.
    pub const PROTO: FieldName = FieldName(u64::MAX);

    /// The hidden field of a map of named arguments that says how many others there are.
    pub const POSITIONAL: FieldName = FieldName(u64::MAX - 1);

    /// The hidden field of a submap that holds the routine which binds its labels, if it does more than take arguments in order.
    pub const BINDER: FieldName = FieldName(u64::MAX - 2);

    /// The hidden field of a submap with parameters that have no name: the list of all in their order, those empty.
    pub const ORDER: FieldName = FieldName(u64::MAX - 3);

    /// An interned text.
    pub const fn text(id: u32) -> FieldName {
        FieldName(id as u64)
    }
    /// A key, by the payload of its value.
    pub const fn key(payload: u64) -> FieldName {
        FieldName(payload | FieldName::KEY)
    }
    /// True for keys: fields that are private.
    pub const fn is_key(self) -> bool {
        self.0 & FieldName::KEY != 0
    }
    /// The interned text's number.
    pub const fn text_id(self) -> Option<u32> {
        if self.0 < FieldName::KEY {
            Some(self.0 as u32)
        } else {
            None
        }
    }
}

/// A static of an instance as the value in a slot of a field with [`field_flags::LIVE`].
pub(crate) fn static_number(instance: u32, index: u32) -> Value {
    Value::int(i64::from(instance) << 32 | i64::from(index))
}

/// Flags of a field.
pub mod field_flags {
    /// It may be changed.
    pub const MUTABLE: u8 = 1;
    /// It is a delegate.
    pub const SUB: u8 = 2;
    /// Its slot holds a cell whose value is shown: read, tested and matched, but not listed, spread or displayed.
    pub const EXPOSED: u8 = 4;
    /// It is the machine's own.
    pub const HIDDEN: u8 = 8;
    /// Its slot holds the number of a static, [`super::static_number`], whose value is shown: an export that may change.
    pub const LIVE: u8 = 16;
}

/// Flags of an entry of a map in dictionary mode. 0, which a new entry has, is a mutable field.
pub mod entry_flags {
    /// It may not be changed.
    pub const IMMUTABLE: u16 = 1;
    /// It is a delegate.
    pub const SUB: u16 = 2;
    /// Its value is a cell whose value is shown.
    pub const EXPOSED: u16 = 4;
    /// It is the machine's own.
    pub const HIDDEN: u16 = 8;
    /// Its value is the number of a static whose value is shown.
    pub const LIVE: u16 = 16;
    /// All that a field may have as well.
    const OF_FIELDS: u16 = SUB | EXPOSED | HIDDEN | LIVE;

    /// As flags of a field.
    pub const fn of_field(flags: u8) -> u16 {
        (flags & !super::field_flags::MUTABLE) as u16
            | if flags & super::field_flags::MUTABLE == 0 {
                IMMUTABLE
            } else {
                0
            }
    }
    /// As flags of a field.
    pub const fn to_field(flags: u16) -> u8 {
        (flags & OF_FIELDS) as u8
            | if flags & IMMUTABLE == 0 {
                super::field_flags::MUTABLE
            } else {
                0
            }
    }
}

/// A field of a legend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// How its values are declared; every untyped store is tested against it.
    pub repr: Repr,
    /// Where it stands: an inline slot, or one of the overflow vector if the map has fewer.
    pub slot: u16,
    /// [`field_flags`].
    pub flags: u8,
}

impl Field {
    /// True if a flag is set.
    pub const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
    /// True if lists of names, spreading and display show it.
    pub const fn listed(&self) -> bool {
        self.flags & (field_flags::EXPOSED | field_flags::HIDDEN) == 0 && !self.name.is_key()
    }
}

impl World {
    /// A field's name as a value: its text, or the key.
    pub(crate) fn field_name_value(&self, name: FieldName) -> Value {
        match name.text_id() {
            Some(id) => self.name_value(id),
            None => Value::new(Kind::Key, 0, 0, name.0 & !FieldName::KEY),
        }
    }
}
