//! Constants as front ends give them: free of pools and of the final numbers of names.

use crate::module::Inner;
use fzb::tables::{
    ArgKind, ConstId, ConstKind, ConstRec, EventKind, ItemKind, NONE, NameId, Range, TypeId,
    TypeKind, TypedefId, TypedefKind,
};
use fzb::view::Repr;

/// What a constant holds. Equal ones are one constant of the module.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Const {
    /// Empty.
    Empty,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float, by its bits.
    Float(u64),
    /// A scalar value.
    Char(char),
    /// A sized number: width as in `isa::table::WIDTHS` (1–8), and its bits, extended as the width says.
    Sized(u32, u64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A key.
    Key(NameId),
    /// Nanoseconds since 1970-01-01T00:00Z.
    Date(i64),
    /// Nanoseconds.
    Duration(i64),
    /// Major, minor, patch.
    Version(u16, u16, u32),
    /// Scale, and the coefficient in two's complement, little-endian; brought into its shortest form.
    Decimal(u32, Vec<u8>),
    /// A tuple of value constants.
    Tuple(Vec<ConstId>),
    /// A list of value constants.
    List(Vec<ConstId>),
    /// A record and its fields.
    Record(TypedefId, Vec<ConstId>),
    /// A case and its fields.
    Case(TypedefId, u32, Vec<ConstId>),
    /// A call shape: how each argument stands; only named ones have a name.
    Shape(Vec<(ArgKind, Option<NameId>)>),
    /// A topic set; no name is any topic.
    Topics(Vec<(EventKind, Option<NameId>)>),
    /// Names.
    Names(Vec<NameId>),
    /// Slot numbers.
    Slots(Vec<u32>),
    /// A format specification.
    Format(String),
    /// A map literal: items with their name (only named ones) and `fzb::tables::field_flags`.
    Map(Vec<(ItemKind, Option<NameId>, u32)>),
    /// A class's name and its methods' names.
    Class(NameId, Vec<NameId>),
}

/// Pools that records of constants refer to.
pub(crate) struct Pools<'a> {
    pub words: &'a mut Vec<u32>,
    pub strings: &'a mut Vec<u8>,
    pub bytes: &'a mut Vec<u8>,
    /// Final number of each name.
    pub names: &'a [u32],
}

impl Pools<'_> {
    pub fn name(&self, id: NameId) -> u32 {
        self.names.get(id.index()).copied().unwrap_or(NONE)
    }

    fn optional(&self, id: Option<NameId>) -> u32 {
        id.map_or(NONE, |id| self.name(id))
    }

    pub fn words(&mut self, words: impl IntoIterator<Item = u32>) -> Range {
        let start = self.words.len();
        self.words.extend(words);
        Range {
            start: start as u32,
            len: (self.words.len() - start) as u32,
        }
    }

    pub fn string(&mut self, text: &str) -> Range {
        let start = self.strings.len() as u32;
        self.strings.extend_from_slice(text.as_bytes());
        Range {
            start,
            len: text.len() as u32,
        }
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Range {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Range {
            start,
            len: bytes.len() as u32,
        }
    }
}

impl Const {
    /// A float.
    pub fn float(value: f64) -> Const {
        Const::Float(value.to_bits())
    }

    /// The kind of its record.
    pub fn kind(&self) -> ConstKind {
        match self {
            Const::Empty => ConstKind::Empty,
            Const::Bool(_) => ConstKind::Bool,
            Const::Int(_) => ConstKind::Int,
            Const::Float(_) => ConstKind::Float,
            Const::Char(_) => ConstKind::Char,
            Const::Sized(..) => ConstKind::Sized,
            Const::Text(_) => ConstKind::Text,
            Const::Bytes(_) => ConstKind::Bytes,
            Const::Key(_) => ConstKind::Key,
            Const::Date(_) => ConstKind::Date,
            Const::Duration(_) => ConstKind::Duration,
            Const::Version(..) => ConstKind::Version,
            Const::Decimal(..) => ConstKind::Decimal,
            Const::Tuple(_) => ConstKind::Tuple,
            Const::List(_) => ConstKind::List,
            Const::Record(..) => ConstKind::Record,
            Const::Case(..) => ConstKind::Case,
            Const::Shape(_) => ConstKind::Shape,
            Const::Topics(_) => ConstKind::Topics,
            Const::Names(_) => ConstKind::Names,
            Const::Slots(_) => ConstKind::Slots,
            Const::Format(_) => ConstKind::Format,
            Const::Map(_) => ConstKind::MapLit,
            Const::Class(..) => ConstKind::Class,
        }
    }

    /// True for what `push` takes.
    pub fn is_value(&self) -> bool {
        self.kind() as u32 <= ConstKind::Case as u32
    }

    /// The constants that it is made of.
    pub fn elements(&self) -> &[ConstId] {
        match self {
            Const::Tuple(items)
            | Const::List(items)
            | Const::Record(_, items)
            | Const::Case(_, _, items) => items,
            _ => &[],
        }
    }

    /// In the one form that equal constants have.
    pub(crate) fn normal(self) -> Const {
        match self {
            Const::Decimal(scale, mut bytes) => {
                while let [.., before, last] = bytes.as_slice() {
                    let extends =
                        *last == 0 && before & 0x80 == 0 || *last == 0xFF && before & 0x80 != 0;
                    if !extends {
                        break;
                    }
                    bytes.pop();
                }
                Const::Decimal(scale, bytes)
            }
            other => other,
        }
    }

    pub(crate) fn record(&self, pools: &mut Pools<'_>) -> ConstRec {
        let wide = |value: u64| [value as u32, (value >> 32) as u32, 0, 0];
        let range = |range: Range| [range.start, range.len, 0, 0];
        let numbers = |items: &[ConstId]| items.iter().map(|id| id.0).collect::<Vec<u32>>();
        let p = match self {
            Const::Empty => [0; 4],
            Const::Bool(value) => [u32::from(*value), 0, 0, 0],
            Const::Char(value) => [*value as u32, 0, 0, 0],
            Const::Int(value) | Const::Date(value) | Const::Duration(value) => wide(*value as u64),
            Const::Float(bits) => wide(*bits),
            Const::Sized(width, bits) => [*width, *bits as u32, (*bits >> 32) as u32, 0],
            Const::Version(major, minor, patch) => {
                [*patch, u32::from(*major) << 16 | u32::from(*minor), 0, 0]
            }
            Const::Text(text) | Const::Format(text) => range(pools.string(text)),
            Const::Bytes(bytes) => range(pools.bytes(bytes)),
            Const::Key(name) => [pools.name(*name), 0, 0, 0],
            Const::Decimal(scale, coefficient) => {
                let at = pools.bytes(coefficient);
                [*scale, at.start, at.len, 0]
            }
            Const::Tuple(items) | Const::List(items) => range(pools.words(numbers(items))),
            Const::Slots(items) => range(pools.words(items.iter().copied())),
            Const::Record(typedef, items) => {
                let at = pools.words(numbers(items));
                [typedef.0, at.start, at.len, 0]
            }
            Const::Case(typedef, tag, items) => {
                let at = pools.words(numbers(items));
                [typedef.0, *tag, at.start, at.len]
            }
            Const::Shape(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name)| [*kind as u32, pools.optional(*name)])
                    .collect();
                range(pools.words(words))
            }
            Const::Topics(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name)| [*kind as u32, pools.optional(*name)])
                    .collect();
                range(pools.words(words))
            }
            Const::Map(items) => {
                let words: Vec<u32> = items
                    .iter()
                    .flat_map(|(kind, name, flags)| [*kind as u32, pools.optional(*name), *flags])
                    .collect();
                range(pools.words(words))
            }
            Const::Names(names) => {
                let words: Vec<u32> = names.iter().map(|name| pools.name(*name)).collect();
                range(pools.words(words))
            }
            Const::Class(name, methods) => {
                let words: Vec<u32> = methods.iter().map(|name| pools.name(*name)).collect();
                let at = pools.words(words);
                [pools.name(*name), at.start, at.len, 0]
            }
        };
        ConstRec {
            kind: self.kind() as u32,
            p,
        }
    }
}

/// Elements are value constants that exist; records and cases have as many fields as their type says, held as it says.
pub(crate) fn good(inner: &Inner, value: &Const) -> bool {
    let value_of = |id: &ConstId| inner.consts.get(id.index());
    if !value
        .elements()
        .iter()
        .all(|id| value_of(id).is_some_and(Const::is_value))
    {
        return false;
    }
    let (typedef, tag, record, items) = match value {
        Const::Record(typedef, items) => (typedef, 0, true, items),
        Const::Case(typedef, tag, items) => (typedef, *tag, false, items),
        Const::Sized(width, _) => return (1..=8).contains(width),
        Const::Format(spec) => return fzb::verify::format_spec::arguments(spec).is_some(),
        _ => return true,
    };
    let Some(def) = inner.typedefs.get(typedef.index()) else {
        return false;
    };
    let fields = def.cases.as_ref().and_then(|cases| cases.get(tag as usize));
    let Some(fields) = fields.map(|case| &case.fields) else {
        return false;
    };
    if (def.kind == TypedefKind::Record) != record || fields.len() != items.len() {
        return false;
    }
    // Tuples are compared part by part, from a list of what is still to compare.
    let mut pending: Vec<(ConstId, TypeId)> = items
        .iter()
        .zip(fields)
        .map(|(id, field)| (*id, field.ty))
        .collect();
    while let Some((id, ty)) = pending.pop() {
        let Some(found) = value_of(&id) else {
            return false;
        };
        let key =
            ty.0.checked_sub(TypeId::FIRST_TABLE)
                .and_then(|index| inner.types.get(index as usize));
        let good = match (found, key.map(|key| (key.kind, key.arg, &key.args))) {
            (Const::Sized(width, _), Some((TypeKind::Sized, arg, _))) => *width == arg,
            (_, Some((TypeKind::Sized, ..))) => false,
            (Const::Tuple(items), Some((TypeKind::Tuple, _, args)))
                if items.len() == args.len() =>
            {
                pending.extend(items.iter().copied().zip(args.iter().map(|ty| TypeId(*ty))));
                true
            }
            (Const::Record(def, _) | Const::Case(def, ..), Some((TypeKind::Named, arg, _))) => {
                def.0 == arg
            }
            (_, Some((TypeKind::Named, ..))) => false,
            (found, _) if ty == TypeId::UNIT => *found == Const::Empty,
            (found, _) => match inner.repr(ty) {
                Some(Repr::Dyn) => true,
                Some(Repr::I64) => matches!(found, Const::Int(_)),
                Some(Repr::F64) => matches!(found, Const::Float(_)),
                Some(Repr::Bool) => matches!(found, Const::Bool(_)),
                Some(Repr::Char) => matches!(found, Const::Char(_)),
                Some(Repr::Text) => matches!(found, Const::Text(_)),
                Some(Repr::Bytes) => matches!(found, Const::Bytes(_)),
                Some(Repr::List) => matches!(found, Const::List(_)),
                _ => false,
            },
        };
        if !good {
            return false;
        }
    }
    true
}
