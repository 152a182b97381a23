//! Legends: what the fields of a map are called and where they stand (docs/specs/machine.md §2).
//!
//! A legend is a record of the World, named by a number that never changes its meaning; it is not in trays and never
//! moves. Maps that were built the same way share one, so that a compare of two numbers tells an inline cache everything
//! about a map but its values. The legends that every World has (one per nature) are constants of the program; a World
//! allocates only those that its programs make. Start with [`Legend`], then `transition.rs` for how one leads to another.

mod field;
mod table;
mod transition;
mod types;

pub(crate) use field::static_number;
pub use field::{Field, FieldName, entry_flags, field_flags};
pub use table::Legends;

use std::borrow::Cow;

use fzb::tables::Lang;

/// Number of a legend.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct LegendId(pub u32);

/// What a map is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Nature {
    /// A map of Rhumb, or of machine code.
    Plain,
    /// A routine's template.
    Template,
    /// Morph's `daftar`.
    List,
    /// Fusabi's array.
    Array,
    /// A dictionary.
    Dict,
    /// A declared record.
    Record,
    /// A structural record.
    Row,
    /// A tuple.
    Tuple,
    /// A union case with fields.
    Case,
    /// A class.
    Class,
    /// An instance of a class or of a constructor.
    Instance,
    /// A module's exports.
    Module,
    /// An error.
    Error,
    /// An event (Rhumb's tuples).
    Event,
    /// A parameter list.
    Submap,
    /// A view: slot 0 is what is viewed, slot 1 its first subfield or a hole, slot 2 that subfield's name.
    View,
    /// A version with a wildcard or suffix.
    Version,
    /// A date beyond 64-bit nanoseconds.
    WideDate,
}

/// An ordered tree of Fusabi's library ([`isa::SORTED_MAP`], [`isa::SORTED_SET`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Sorted {
    /// Its entries are keys with values.
    Map,
    /// Its entries are keys.
    Set,
}

impl Nature {
    /// True if the fields are those of a declared type: none can be added or removed.
    pub const fn typed(self) -> bool {
        matches!(
            self,
            Nature::Record | Nature::Row | Nature::Tuple | Nature::Case
        )
    }
}

/// What may be done with a map's positional elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ElementMode {
    /// There are none.
    None,
    /// They may be changed.
    Mutable,
    /// They may not.
    Immutable,
}

/// Flags of a legend.
pub mod legend_flags {
    /// No additions, nothing may be changed.
    pub const FROZEN: u8 = 1;
    /// Named fields stand in the map's table; the legend says nothing of them.
    pub const DICT: u8 = 2;
    /// A cached lookup passed through maps of this legend: their changes are told to the World's epoch.
    pub const WATCHED: u8 = 4;
    /// The legend does not determine the delegates: lookups through it are not cached.
    pub const UNSHARED: u8 = 8;
}

/// A declared type: a module instance and a type in it, as [`fzb::view::RecType`] numbers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct LegendType {
    /// Module instance.
    pub instance: u32,
    /// Record typedef, or the type table's entry with the table bit.
    pub rec: u32,
}

/// Most fields of a map that is not in dictionary mode, if its type does not say more.
pub const MAX_FIELDS: usize = 32;
/// Most transitions out of one legend.
pub const MAX_CHILDREN: u16 = 64;
/// Most transitions out of one legend that are keyed by the same name but different delegates.
pub const MAX_DELEGATES: usize = 8;
/// No name, no legend.
pub const NONE: u32 = u32::MAX;

/// A legend. Immutable but for the count of its children.
#[derive(Clone, Debug)]
pub struct Legend {
    /// What maps of it are.
    pub nature: Nature,
    /// Language that made them.
    pub lang: Lang,
    /// [`legend_flags`].
    pub flags: u8,
    /// What may be done with elements.
    pub elements: ElementMode,
    /// Declared type.
    pub ty: Option<LegendType>,
    /// Case number.
    pub tag: u32,
    /// Set for cases of an ordered tree, whose values are the sequences of their entries.
    pub sorted: Option<Sorted>,
    /// Name of the type, class or case, or [`NONE`].
    pub name: u32,
    /// Constructor and delegates: index + 1 of a record in [`Legends`], 0 for none.
    pub(crate) family: u32,
    /// Legend that it came from; itself for a root.
    pub parent: u32,
    /// Root of its tree: the same without fields.
    pub(crate) root: u32,
    /// Number of transitions out of it.
    pub(crate) children: u16,
    /// Next legend reached by the same name with another delegate, or [`NONE`].
    pub(crate) sibling: u32,
    /// Fields in the order in which they were added, which is the order of slots.
    pub fields: Cow<'static, [Field]>,
}

impl Legend {
    /// A legend without fields and delegates.
    pub(crate) const fn plain(
        id: u32,
        nature: Nature,
        lang: Lang,
        elements: ElementMode,
        flags: u8,
    ) -> Legend {
        Legend {
            nature,
            lang,
            flags,
            elements,
            ty: None,
            tag: 0,
            sorted: None,
            name: NONE,
            family: 0,
            parent: id,
            root: id,
            children: 0,
            sibling: NONE,
            fields: Cow::Borrowed(&[]),
        }
    }

    /// True if a flag is set.
    #[inline]
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The field of that name.
    #[inline]
    pub fn field(&self, name: FieldName) -> Option<Field> {
        self.fields.iter().find(|field| field.name == name).copied()
    }

    /// The field at a slot.
    pub fn field_at(&self, slot: u16) -> Option<Field> {
        self.fields.iter().find(|field| field.slot == slot).copied()
    }

    /// True if one of the fields is a delegate.
    pub fn has_subs(&self) -> bool {
        self.fields.iter().any(|field| field.is(field_flags::SUB))
    }
}
