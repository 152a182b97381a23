//! Constants.

use super::{Indexes, Module, Table, optional_name};
use crate::tables::{ArgKind, ConstId, ConstKind, EventKind, ItemKind, NameId, Range, TypedefId};

/// A constant. Element and field numbers are indexes of lower constants.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Constant<'a> {
    /// The empty value.
    Empty,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// The bits of a float.
    Float(u64),
    /// A scalar value.
    Char(char),
    /// A number of a fixed width.
    Sized {
        /// Number of the width in `isa::table::WIDTHS`, 1 to 8.
        width: u8,
        /// An integer's value extended to 64 bits by its sign rule; for f32 the bits of the same number as f64.
        bits: u64,
    },
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A key.
    Key(NameId),
    /// A date, nanoseconds since 1970.
    Date(i64),
    /// A duration, nanoseconds.
    Duration(i64),
    /// A version.
    Version {
        /// First number.
        major: u16,
        /// Second number.
        minor: u16,
        /// Third number.
        patch: u32,
    },
    /// A decimal number, coefficient × 10^-scale.
    Decimal {
        /// Digits after the point.
        scale: u32,
        /// Two's complement, little-endian, shortest form.
        coefficient: &'a [u8],
    },
    /// A tuple of constants.
    Tuple(Indexes<'a>),
    /// A list of constants.
    List(Indexes<'a>),
    /// A record of constants.
    Record {
        /// Its type.
        typedef: TypedefId,
        /// Its fields.
        fields: Indexes<'a>,
    },
    /// A union case of constants.
    Case {
        /// Its type.
        typedef: TypedefId,
        /// Which case.
        tag: u32,
        /// Its fields.
        fields: Indexes<'a>,
    },
    /// A call shape.
    Shape(ShapeView<'a>),
    /// A set of topics.
    Topics(TopicsView<'a>),
    /// A list of names ([`NameId`] numbers).
    Names(Indexes<'a>),
    /// A list of slot or local numbers.
    Slots(Indexes<'a>),
    /// A format specification.
    Format(&'a str),
    /// A map literal's description.
    MapLit(MapLitView<'a>),
    /// A class.
    Class {
        /// Its name.
        name: NameId,
        /// Names of its methods ([`NameId`] numbers).
        methods: Indexes<'a>,
    },
}

/// A call shape: how each argument stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShapeView<'a>(Indexes<'a>);

impl<'a> ShapeView<'a> {
    /// Number of arguments.
    pub const fn len(&self) -> u32 {
        self.0.len() / 2
    }

    /// True without arguments.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Argument `index`.
    pub fn get(&self, index: u32) -> Option<(ArgKind, Option<NameId>)> {
        let at = index.checked_mul(2)?;
        Some((
            ArgKind::from_number(self.0.get(at)?)?,
            optional_name(self.0.get(at.checked_add(1)?)?),
        ))
    }

    /// All arguments.
    pub fn iter(&self) -> impl Iterator<Item = (ArgKind, Option<NameId>)> + use<'a> {
        let view = *self;
        (0..view.len()).map_while(move |i| view.get(i))
    }
}

/// A set of event kinds and topics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopicsView<'a>(Indexes<'a>);

impl<'a> TopicsView<'a> {
    /// Number of topics.
    pub const fn len(&self) -> u32 {
        self.0.len() / 2
    }

    /// True without topics.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Topic `index`; no name means any.
    pub fn get(&self, index: u32) -> Option<(EventKind, Option<NameId>)> {
        let at = index.checked_mul(2)?;
        Some((
            EventKind::from_number(self.0.get(at)?)?,
            optional_name(self.0.get(at.checked_add(1)?)?),
        ))
    }

    /// All topics.
    pub fn iter(&self) -> impl Iterator<Item = (EventKind, Option<NameId>)> + use<'a> {
        let view = *self;
        (0..view.len()).map_while(move |i| view.get(i))
    }
}

/// A map literal: how each item stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapLitView<'a>(Indexes<'a>);

impl<'a> MapLitView<'a> {
    /// Number of items.
    pub const fn len(&self) -> u32 {
        self.0.len() / 3
    }

    /// True without items.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`: kind, name, [`crate::tables::field_flags`].
    pub fn get(&self, index: u32) -> Option<(ItemKind, Option<NameId>, u32)> {
        let at = index.checked_mul(3)?;
        Some((
            ItemKind::from_number(self.0.get(at)?)?,
            optional_name(self.0.get(at.checked_add(1)?)?),
            self.0.get(at.checked_add(2)?)?,
        ))
    }

    /// All items.
    pub fn iter(&self) -> impl Iterator<Item = (ItemKind, Option<NameId>, u32)> + use<'a> {
        let view = *self;
        (0..view.len()).map_while(move |i| view.get(i))
    }
}

/// Two words as one number, low word first.
const fn wide(low: u32, high: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

impl Module {
    /// The kind of a constant; cheaper than [`Module::constant`].
    pub fn constant_kind(&self, id: ConstId) -> Option<ConstKind> {
        let [kind, ..] = self.record::<5>(Table::Constants, id.0)?;
        ConstKind::from_number(kind)
    }

    /// A constant.
    pub fn constant(&self, id: ConstId) -> Option<Constant<'_>> {
        let [kind, p0, p1, p2, p3] = self.record(Table::Constants, id.0)?;
        let first = Range { start: p0, len: p1 };
        let second = Range { start: p1, len: p2 };
        Some(match ConstKind::from_number(kind)? {
            ConstKind::Empty => Constant::Empty,
            ConstKind::Bool => Constant::Bool(p0 != 0),
            ConstKind::Int => Constant::Int(wide(p0, p1) as i64),
            ConstKind::Float => Constant::Float(wide(p0, p1)),
            ConstKind::Char => Constant::Char(char::from_u32(p0)?),
            ConstKind::Sized => Constant::Sized {
                width: u8::try_from(p0).ok()?,
                bits: wide(p1, p2),
            },
            ConstKind::Text => Constant::Text(self.string(first)?),
            ConstKind::Bytes => Constant::Bytes(self.byte_range(first)?),
            ConstKind::Key => Constant::Key(NameId(p0)),
            ConstKind::Date => Constant::Date(wide(p0, p1) as i64),
            ConstKind::Duration => Constant::Duration(wide(p0, p1) as i64),
            ConstKind::Version => Constant::Version {
                major: (p1 >> 16) as u16,
                minor: p1 as u16,
                patch: p0,
            },
            ConstKind::Decimal => Constant::Decimal {
                scale: p0,
                coefficient: self.byte_range(second)?,
            },
            ConstKind::Tuple => Constant::Tuple(self.words(first)?),
            ConstKind::List => Constant::List(self.words(first)?),
            ConstKind::Record => Constant::Record {
                typedef: TypedefId(p0),
                fields: self.words(second)?,
            },
            ConstKind::Case => Constant::Case {
                typedef: TypedefId(p0),
                tag: p1,
                fields: self.words(Range { start: p2, len: p3 })?,
            },
            ConstKind::Shape => Constant::Shape(ShapeView(self.words(first)?)),
            ConstKind::Topics => Constant::Topics(TopicsView(self.words(first)?)),
            ConstKind::Names => Constant::Names(self.words(first)?),
            ConstKind::Slots => Constant::Slots(self.words(first)?),
            ConstKind::Format => Constant::Format(self.string(first)?),
            ConstKind::MapLit => Constant::MapLit(MapLitView(self.words(first)?)),
            ConstKind::Class => Constant::Class {
                name: NameId(p0),
                methods: self.words(second)?,
            },
        })
    }
}
