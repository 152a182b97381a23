//! What compound objects are made of, as the walks over deep values see them: elements, fields and entries by position.
//! Nothing here allocates.

use lemari::Ticket;

use crate::heap::object::{BLOB_HEADER, BlobObj, RangeObj, kind};
use crate::legend::{
    FieldName, LegendId, LegendType, Nature, entry_flags, field_flags, legend_flags,
};
use crate::value::{Kind, Value};
use crate::world::World;

/// How a compound object is compared, hashed and walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Lists and arrays: by elements.
    Sequence,
    /// Records, rows, tuples, cases: by type and parts in order.
    Product,
    /// Dictionaries: by entries in any order.
    Dict,
    /// Other maps that may be taken by content: elements, then fields and entries in any order.
    Open,
    /// By identity in every policy.
    Identity,
}

/// A part of a map, by position.
pub(crate) enum Part {
    /// A positional element.
    Element(Value),
    /// A named field.
    Field {
        /// Its name.
        name: FieldName,
        /// True if lists and display show it.
        listed: bool,
        /// Its value.
        value: Value,
    },
    /// An entry of the table.
    Entry {
        /// Its key.
        key: Value,
        /// Its value.
        value: Value,
    },
    /// Nothing that shows: a deleted entry, a field of the machine.
    Skip,
    /// There are no more.
    End,
}

/// What a type test and an order need to know of a compound value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TypeKey {
    legend: LegendId,
    ty: Option<LegendType>,
    nature: Nature,
    /// Case number.
    pub tag: u32,
}

impl TypeKey {
    /// The legend.
    pub(crate) fn legend(&self) -> LegendId {
        self.legend
    }

    /// The declared type, if there is one.
    pub(crate) fn declared(&self) -> Option<LegendType> {
        self.ty
    }

    /// True if both are of one declared type, or tuples, or rows of the same fields.
    pub(crate) fn same_type(&self, other: &TypeKey) -> bool {
        self.legend == other.legend
            || (self.ty.is_some() && self.ty == other.ty)
            || (self.nature == Nature::Tuple && other.nature == Nature::Tuple)
    }

    /// A number that is the same for all legends of one type.
    pub(crate) fn hash(&self) -> u64 {
        match (self.ty, self.nature) {
            (Some(ty), _) => u64::from(ty.instance) << 32 | u64::from(ty.rec),
            (None, Nature::Tuple) => u64::MAX,
            (None, _) => u64::MAX << 32 | u64::from(self.legend.0),
        }
    }
}

impl World {
    /// Form of a map.
    pub(crate) fn form(&self, map: Ticket) -> Form {
        match self.nature(map) {
            Nature::List | Nature::Array => Form::Sequence,
            Nature::Record | Nature::Row | Nature::Tuple | Nature::Case => Form::Product,
            Nature::Dict => Form::Dict,
            Nature::Plain
            | Nature::Error
            | Nature::Event
            | Nature::Submap
            | Nature::Version
            | Nature::WideDate => Form::Open,
            Nature::Template | Nature::Class | Nature::Instance | Nature::Module | Nature::View => {
                Form::Identity
            }
        }
    }

    /// True for a list or array.
    pub(crate) fn has_elements_form(&self, value: Value) -> bool {
        value.kind() == Kind::Map && self.form(value.as_ticket()) == Form::Sequence
    }

    /// True for events and parameter lists, which Rhumb takes by content.
    pub(crate) fn is_message(&self, map: Ticket) -> bool {
        matches!(self.nature(map), Nature::Event | Nature::Submap)
    }

    /// True for versions and dates that do not fit inline: values, whatever the policy.
    pub(crate) fn is_value_nature(&self, map: Ticket) -> bool {
        matches!(self.nature(map), Nature::Version | Nature::WideDate)
    }

    /// Type of a compound value or nullary case; `None` for every other kind.
    pub(crate) fn type_key(&self, value: Value) -> Option<TypeKey> {
        let id = match value.kind() {
            Kind::Case0 => LegendId(value.aux()),
            Kind::Map => self.map_legend(value.as_ticket()),
            _ => return None,
        };
        let legend = self.legends.get(id);
        let tag = if value.kind() == Kind::Case0 {
            value.payload as u32
        } else {
            legend.tag
        };
        Some(TypeKey {
            legend: id,
            ty: legend.ty,
            nature: legend.nature,
            tag,
        })
    }

    /// Element `at` of a map; `None` beyond the end.
    pub(crate) fn element_at(&self, map: Ticket, at: u32) -> Option<Value> {
        (at < self.elements_len(map)).then(|| self.element(map, at))
    }

    /// Number of elements of a map.
    pub(crate) fn sequence_len(&self, map: Ticket) -> u32 {
        self.elements_len(map)
    }

    /// Part `at` of a record, row, tuple or case: its fields in the order of slots, then its elements.
    pub(crate) fn product_part(&self, map: Ticket, at: u32) -> Option<Value> {
        let legend = self.legends.get(self.map_legend(map));
        if legend.nature == Nature::Tuple {
            // A tuple's fields have no names; the tag of its legend is their number.
            return if at < legend.tag.min(u32::from(u16::MAX)) {
                Some(self.slot_value(map, at as u16))
            } else {
                self.element_at(map, at - legend.tag)
            };
        }
        match legend.fields.get(at as usize) {
            Some(field) => Some(self.slot_value(map, field.slot)),
            None => self.element_at(map, at - legend.fields.len() as u32),
        }
    }

    /// Number of parts of a record, row, tuple or case.
    pub(crate) fn product_len(&self, map: Ticket) -> u32 {
        let legend = self.legends.get(self.map_legend(map));
        let slots = if legend.nature == Nature::Tuple {
            legend.tag
        } else {
            legend.fields.len() as u32
        };
        slots + self.elements_len(map)
    }

    /// Part `at` of any map: elements, then fields, then entries.
    pub(crate) fn part(&self, map: Ticket, at: u32) -> Part {
        if let Some(element) = self.element_at(map, at) {
            return Part::Element(element);
        }
        let at = at - self.elements_len(map);
        let fields = &self.legends.get(self.map_legend(map)).fields;
        if let Some(field) = fields.get(at as usize) {
            if field.is(field_flags::HIDDEN) {
                return Part::Skip;
            }
            return Part::Field {
                name: field.name,
                listed: field.listed(),
                value: self.shown(
                    self.slot_value(map, field.slot),
                    field.flags & field_flags::LIVE,
                ),
            };
        }
        let entry = at - fields.len() as u32;
        if entry >= self.table_entries(map) {
            return Part::End;
        }
        let (key, value) = self.table_entry(map, entry);
        let flags = self.table_flags(map, entry);
        if key.same(Value::HOLE) || flags & entry_flags::HIDDEN != 0 {
            return Part::Skip;
        }
        let value = if flags & entry_flags::LIVE != 0 {
            self.shown(value, field_flags::LIVE)
        } else {
            value
        };
        Part::Entry { key, value }
    }

    /// Part `at` of a map as display shows it: records by name, tuples and cases by position, nothing private.
    pub(crate) fn shown_part(&self, map: Ticket, at: u32) -> Part {
        let nature = self.nature(map);
        if matches!(nature, Nature::Tuple | Nature::Case) {
            return self.product_part(map, at).map_or(Part::End, Part::Element);
        }
        match self.part(map, at) {
            Part::Field { listed: false, .. } => Part::Skip,
            Part::Entry { key, value } if nature != Nature::Dict => {
                let fields = self.legends.get(self.map_legend(map)).fields.len() as u32;
                let entry = at - self.elements_len(map) - fields;
                let exposed = self.table_flags(map, entry) & entry_flags::EXPOSED != 0;
                if exposed || key.kind() == Kind::Key {
                    Part::Skip
                } else {
                    Part::Entry { key, value }
                }
            }
            part => part,
        }
    }

    /// Number of a map's fields and entries, the machine's own left out.
    pub(crate) fn named_len(&self, map: Ticket) -> u32 {
        let legend = self.legends.get(self.map_legend(map));
        let fields = legend
            .fields
            .iter()
            .filter(|field| !field.is(field_flags::HIDDEN))
            .count() as u32;
        let mut entries = self.table_live(map);
        if legend.has(legend_flags::UNSHARED) && legend.has(legend_flags::DICT) {
            // An unshared delegate stands in the table as an entry of the machine's own.
            for entry in 0..self.table_entries(map) {
                let (key, _) = self.table_entry(map, entry);
                if !key.same(Value::HOLE) && self.table_flags(map, entry) & entry_flags::HIDDEN != 0
                {
                    entries = entries.saturating_sub(1);
                }
            }
        }
        fields + entries
    }

    /// The value of a map's own field that stands in a slot.
    pub(crate) fn slot_field(&self, map: Ticket, name: FieldName) -> Option<Value> {
        let field = self.legends.get(self.map_legend(map)).field(name)?;
        Some(self.shown(
            self.slot_value(map, field.slot),
            field.flags & field_flags::LIVE,
        ))
    }

    /// True for a list, array or dictionary without content.
    pub(crate) fn is_blank_map(&self, map: Ticket) -> bool {
        match self.form(map) {
            Form::Sequence => self.elements_len(map) == 0,
            Form::Dict => self.is_bare_map(map),
            Form::Product | Form::Open | Form::Identity => false,
        }
    }

    /// True for a map without elements, fields and entries.
    pub(crate) fn is_bare_map(&self, map: Ticket) -> bool {
        self.elements_len(map) == 0 && self.named_len(map) == 0
    }

    /// Bytes of the elements of two maps whose vectors hold the same kind of plain integers or bytes.
    pub(crate) fn plain_vectors(&self, a: Ticket, b: Ticket) -> Option<usize> {
        let (a, b) = (self.elements_vec(a), self.elements_vec(b));
        if a.0 == 0 || b.0 == 0 || self.object_kind(a) != self.object_kind(b) {
            return None;
        }
        let size = match self.object_kind(a) {
            kind::VEC_I64 => 8,
            kind::VEC_U8 => 1,
            _ => return None,
        };
        (self.vec_len(a) == self.vec_len(b)).then(|| self.vec_len(a) as usize * size)
    }

    /// Whether the first `bytes` bytes of two maps' plain vectors ([`World::plain_vectors`]) are equal.
    pub(crate) fn equal_vectors(&self, a: Ticket, b: Ticket, bytes: usize) -> bool {
        let (a, b) = (self.elements_vec(a), self.elements_vec(b));
        // SAFETY: live vectors of that many bytes of plain data.
        unsafe {
            let content = |vec: Ticket| {
                std::slice::from_raw_parts(
                    self.at::<BlobObj>(vec).byte_add(BLOB_HEADER).cast::<u8>(),
                    bytes,
                )
            };
            content(a) == content(b)
        }
    }

    /// Ends and step of a range.
    pub(crate) fn range_ends(&self, range: Ticket) -> [Value; 3] {
        // SAFETY: a live range.
        unsafe {
            let range = self.at::<RangeObj>(range);
            [(*range).from, (*range).to, (*range).step]
        }
    }
}
