//! What a constant holds, free of pools and name numbers, and its record.

use super::build::Builder;
use crate::tables::{ArgKind, ConstKind, ConstRec, EventKind, ItemKind, NONE, Range, Tables};

/// What a constant holds, free of pools and name numbers; elements are constants' numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Literal {
    Empty,
    Bool(bool),
    Int(i64),
    Float(u64),
    Char(char),
    Sized(u32, u64),
    Text(String),
    Bytes(Vec<u8>),
    Key(String),
    Date(i64),
    Duration(i64),
    Version(u16, u16, u32),
    /// Scale, and the coefficient as the record has it: two's complement, little-endian.
    Decimal(u32, Vec<u8>),
    Tuple(Vec<u32>),
    List(Vec<u32>),
    Record(u32, Vec<u32>),
    Case(u32, u32, Vec<u32>),
    Shape(Vec<(ArgKind, Option<String>)>),
    Topics(Vec<(EventKind, Option<String>)>),
    Names(Vec<String>),
    Slots(Vec<u32>),
    Format(String),
    Map(Vec<(ItemKind, Option<String>, u32)>),
    Class(String, Vec<String>),
}

impl Literal {
    pub fn kind(&self) -> ConstKind {
        match self {
            Literal::Empty => ConstKind::Empty,
            Literal::Bool(_) => ConstKind::Bool,
            Literal::Int(_) => ConstKind::Int,
            Literal::Float(_) => ConstKind::Float,
            Literal::Char(_) => ConstKind::Char,
            Literal::Sized(..) => ConstKind::Sized,
            Literal::Text(_) => ConstKind::Text,
            Literal::Bytes(_) => ConstKind::Bytes,
            Literal::Key(_) => ConstKind::Key,
            Literal::Date(_) => ConstKind::Date,
            Literal::Duration(_) => ConstKind::Duration,
            Literal::Version(..) => ConstKind::Version,
            Literal::Decimal(..) => ConstKind::Decimal,
            Literal::Tuple(_) => ConstKind::Tuple,
            Literal::List(_) => ConstKind::List,
            Literal::Record(..) => ConstKind::Record,
            Literal::Case(..) => ConstKind::Case,
            Literal::Shape(_) => ConstKind::Shape,
            Literal::Topics(_) => ConstKind::Topics,
            Literal::Names(_) => ConstKind::Names,
            Literal::Slots(_) => ConstKind::Slots,
            Literal::Format(_) => ConstKind::Format,
            Literal::Map(_) => ConstKind::MapLit,
            Literal::Class(..) => ConstKind::Class,
        }
    }

    /// The record, with its contents appended to the builder's pools.
    pub fn record(&self, builder: &mut Builder<'_>) -> ConstRec {
        let wide = |value: u64| [value as u32, (value >> 32) as u32, 0, 0];
        let range = |range: Range| [range.start, range.len, 0, 0];
        let p = match self {
            Literal::Empty => [0; 4],
            Literal::Bool(value) => [u32::from(*value), 0, 0, 0],
            Literal::Char(value) => [*value as u32, 0, 0, 0],
            Literal::Int(value) | Literal::Date(value) | Literal::Duration(value) => {
                wide(*value as u64)
            }
            Literal::Float(bits) => wide(*bits),
            Literal::Sized(width, bits) => [*width, *bits as u32, (*bits >> 32) as u32, 0],
            Literal::Version(major, minor, patch) => {
                [*patch, u32::from(*major) << 16 | u32::from(*minor), 0, 0]
            }
            Literal::Text(text) | Literal::Format(text) => range(builder.string(text)),
            Literal::Bytes(bytes) => range(builder.bytes(bytes)),
            Literal::Key(name) => [builder.name(name), 0, 0, 0],
            Literal::Decimal(scale, coefficient) => {
                let at = builder.bytes(coefficient);
                [*scale, at.start, at.len, 0]
            }
            Literal::Tuple(items) | Literal::List(items) | Literal::Slots(items) => {
                range(builder.words(items))
            }
            Literal::Record(typedef, items) => {
                let at = builder.words(items);
                [*typedef, at.start, at.len, 0]
            }
            Literal::Case(typedef, tag, items) => {
                let at = builder.words(items);
                [*typedef, *tag, at.start, at.len]
            }
            Literal::Shape(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name)| [*kind as u32, builder.optional_name(name.as_deref())])
                    .collect();
                range(builder.words(&words))
            }
            Literal::Topics(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name)| [*kind as u32, builder.optional_name(name.as_deref())])
                    .collect();
                range(builder.words(&words))
            }
            Literal::Map(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name, flags)| {
                        [*kind as u32, builder.optional_name(name.as_deref()), *flags]
                    })
                    .collect();
                range(builder.words(&words))
            }
            Literal::Names(names) => {
                let words: Vec<u32> = names.iter().map(|name| builder.name(name)).collect();
                range(builder.words(&words))
            }
            Literal::Class(name, methods) => {
                let words: Vec<u32> = methods.iter().map(|name| builder.name(name)).collect();
                let at = builder.words(&words);
                [builder.name(name), at.start, at.len, 0]
            }
        };
        ConstRec {
            kind: self.kind() as u32,
            p,
        }
    }

    /// What a record holds; `None` where no text stands for it.
    pub fn of(tables: &Tables, record: &ConstRec) -> Option<Literal> {
        let p = record.p;
        let wide = u64::from(p[0]) | u64::from(p[1]) << 32;
        let words = |start: u32, len: u32| {
            tables
                .words
                .get(start as usize..start as usize + len as usize)
        };
        let bytes = |start: u32, len: u32| {
            tables
                .bytes
                .get(start as usize..start as usize + len as usize)
                .map(<[u8]>::to_vec)
        };
        let text = |start: u32, len: u32| {
            String::from_utf8(
                tables
                    .strings
                    .get(start as usize..start as usize + len as usize)?
                    .to_vec(),
            )
            .ok()
        };
        let name = |index: u32| {
            let range = tables.names.get(index as usize)?;
            text(range.start, range.len)
        };
        let optional = |index: u32| {
            if index == NONE {
                Some(None)
            } else {
                name(index).map(Some)
            }
        };
        Some(match ConstKind::from_number(record.kind)? {
            ConstKind::Empty => Literal::Empty,
            ConstKind::Bool => Literal::Bool(p[0] != 0),
            ConstKind::Int => Literal::Int(wide as i64),
            ConstKind::Float => Literal::Float(wide),
            ConstKind::Char => Literal::Char(char::from_u32(p[0])?),
            ConstKind::Sized => {
                isa::table::WIDTHS.get(p[0] as usize).filter(|_| p[0] > 0)?;
                Literal::Sized(p[0], u64::from(p[1]) | u64::from(p[2]) << 32)
            }
            ConstKind::Text => Literal::Text(text(p[0], p[1])?),
            ConstKind::Bytes => Literal::Bytes(bytes(p[0], p[1])?),
            ConstKind::Key => Literal::Key(name(p[0])?),
            ConstKind::Date => Literal::Date(wide as i64),
            ConstKind::Duration => Literal::Duration(wide as i64),
            ConstKind::Version => Literal::Version((p[1] >> 16) as u16, p[1] as u16, p[0]),
            ConstKind::Decimal => Literal::Decimal(p[0], bytes(p[1], p[2])?),
            ConstKind::Tuple => Literal::Tuple(words(p[0], p[1])?.to_vec()),
            ConstKind::List => Literal::List(words(p[0], p[1])?.to_vec()),
            ConstKind::Record => Literal::Record(p[0], words(p[1], p[2])?.to_vec()),
            ConstKind::Case => Literal::Case(p[0], p[1], words(p[2], p[3])?.to_vec()),
            ConstKind::Shape => Literal::Shape(
                words(p[0], p[1])?
                    .chunks_exact(2)
                    .map(|pair| Some((ArgKind::from_number(pair[0])?, optional(pair[1])?)))
                    .collect::<Option<_>>()?,
            ),
            ConstKind::Topics => Literal::Topics(
                words(p[0], p[1])?
                    .chunks_exact(2)
                    .map(|pair| Some((EventKind::from_number(pair[0])?, optional(pair[1])?)))
                    .collect::<Option<_>>()?,
            ),
            ConstKind::MapLit => Literal::Map(
                words(p[0], p[1])?
                    .chunks_exact(3)
                    .map(|item| {
                        Some((ItemKind::from_number(item[0])?, optional(item[1])?, item[2]))
                    })
                    .collect::<Option<_>>()?,
            ),
            ConstKind::Names => Literal::Names(
                words(p[0], p[1])?
                    .iter()
                    .map(|index| name(*index))
                    .collect::<Option<_>>()?,
            ),
            ConstKind::Slots => Literal::Slots(words(p[0], p[1])?.to_vec()),
            ConstKind::Format => Literal::Format(text(p[0], p[1])?),
            ConstKind::Class => Literal::Class(
                name(p[0])?,
                words(p[1], p[2])?
                    .iter()
                    .map(|index| name(*index))
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// True if it may stand as one token in an instruction, without its kind's word.
    pub fn is_atom(&self) -> bool {
        match self {
            Literal::Float(bits) => f64::from_bits(*bits).is_finite(),
            Literal::Empty
            | Literal::Bool(_)
            | Literal::Int(_)
            | Literal::Char(_)
            | Literal::Text(_)
            | Literal::Bytes(_) => true,
            _ => false,
        }
    }

    /// True if it has elements, which are other constants.
    pub fn is_composite(&self) -> bool {
        matches!(
            self,
            Literal::Tuple(_) | Literal::List(_) | Literal::Record(..) | Literal::Case(..)
        )
    }
}
