//! Maps: fields by legend or by table, and how they change (docs/specs/machine.md §1, §2).
//!
//! Own fields only; delegation is `lookup.rs`, classes and instances `class.rs`. A map's fields stand in slots as its
//! legend says, or, in dictionary mode, in its table with the flags of [`entry_flags`] beside each entry. Functions that
//! may allocate take maps and values as places in [`World::temps`].

mod class;
mod lookup;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use lookup::{Place, Want};

use fzb::tables::Lang;
use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, BlobObj, CellObj, MAP_HEADER, MapObj};
use crate::heap::vector::{elem, rooted};
use crate::host_memory::{copied, written};
use crate::legend::{Field, FieldName, LegendId, Nature, entry_flags, field_flags, legend_flags};
use crate::policy::mode;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// How a field is set: the flags of `set_name`.
pub(crate) mod set {
    /// Only if it exists.
    pub const EXISTING: u8 = 1;
    /// It may be changed afterwards.
    pub const MUTABLE: u8 = 2;
    /// It may not.
    pub const IMMUTABLE: u8 = 4;
    /// It is a delegate.
    pub const SUB: u8 = 8;
}

/// Room of an overflow vector made for a first field.
const OVERFLOW_BIRTH: u32 = 4;

/// A member of a map as lists of names see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Name (text or key), or the entry's key; a hole for what is gone.
    pub key: Value,
    /// Its value, that of the cell if it is exposed.
    pub value: Value,
    /// [`field_flags`].
    pub flags: u8,
}

impl World {
    /// A map of a legend with room for `inline` fields, all empty.
    pub(crate) fn map_new(&mut self, legend: LegendId, inline: u16) -> Raise<Ticket> {
        let map = self.alloc(
            crate::heap::object::kind::MAP,
            inline,
            MAP_HEADER + inline as usize * size_of::<Value>(),
        )?;
        // SAFETY: a fresh object with room for the header and the slots.
        unsafe {
            let object = self.at::<MapObj>(map);
            (*object).legend = legend.0;
            (*object).id = 0;
            (*object).elements = 0;
            (*object).table = 0;
            (*object).overflow = 0;
            (*object).extra = 0;
            let fields = (&raw mut (*object).fields).cast::<Value>();
            for slot in 0..inline as usize {
                fields.add(slot).write(Value::EMPTY);
            }
        }
        Ok(map)
    }

    /// A map's legend.
    #[inline(always)]
    pub(crate) fn map_legend(&self, map: Ticket) -> LegendId {
        // SAFETY: a live map.
        unsafe { LegendId((*self.at::<MapObj>(map)).legend) }
    }

    /// Gives a map another legend, which must fit what it holds.
    #[inline]
    pub(crate) fn set_map_legend(&mut self, map: Ticket, legend: LegendId) {
        // SAFETY: a live map.
        unsafe { (*self.at::<MapObj>(map)).legend = legend.0 }
    }

    /// What a map is.
    #[inline]
    pub(crate) fn nature(&self, map: Ticket) -> Nature {
        self.legend(self.map_legend(map)).nature
    }

    /// Identity hash of a map, given at the first question; never 0.
    pub(crate) fn map_identity(&mut self, map: Ticket) -> u32 {
        // SAFETY: a live map.
        unsafe {
            let id = &raw mut (*self.at::<MapObj>(map)).id;
            if *id == 0 {
                *id = self.next_id;
                self.next_id = self.next_id.wrapping_add(1).max(1);
            }
            *id
        }
    }

    /// Address of a field's slot: inline, or in the overflow vector; `None` if the map has no such slot.
    #[inline]
    pub(crate) fn slot_address(&self, map: Ticket, slot: u16) -> Option<*mut Value> {
        let inline = self.object_aux(map);
        // SAFETY: a live map with `inline` slots and a live overflow vector.
        unsafe {
            let object = self.at::<MapObj>(map);
            if slot < inline {
                return Some(
                    (&raw mut (*object).fields)
                        .cast::<Value>()
                        .add(slot as usize),
                );
            }
            let overflow = Ticket((*object).overflow);
            if overflow.0 == 0 {
                return None;
            }
            let vec = self.at::<BlobObj>(overflow);
            let index = (slot - inline) as usize;
            if index >= (*vec).len as usize {
                return None;
            }
            Some(vec.cast::<u8>().add(BLOB_HEADER).cast::<Value>().add(index))
        }
    }

    /// The value in a slot; empty if there is none.
    #[inline]
    pub(crate) fn slot_value(&self, map: Ticket, slot: u16) -> Value {
        match self.slot_address(map, slot) {
            // SAFETY: a slot of a live map.
            Some(address) => unsafe { address.read() },
            None => Value::EMPTY,
        }
    }

    /// Stores into a slot that exists.
    pub(crate) fn set_slot_value(&mut self, map: Ticket, slot: u16, value: Value) {
        let inline = self.object_aux(map);
        if let Some(address) = self.slot_address(map, slot) {
            let owner = if slot < inline {
                map
            } else {
                // SAFETY: a live map.
                unsafe { Ticket((*self.at::<MapObj>(map)).overflow) }
            };
            // SAFETY: a slot of the live object `owner`.
            unsafe { self.store(owner, address, value) };
        }
    }

    /// What an exposed field shows: its cell's value, or that of a static.
    pub(crate) fn shown(&self, value: Value, flags: u8) -> Value {
        if flags & field_flags::LIVE != 0 {
            return self.static_shown(value);
        }
        if flags & field_flags::EXPOSED != 0 && value.tag == tag::CELL {
            // SAFETY: a live cell.
            return unsafe { (*self.at::<CellObj>(value.as_ticket())).value };
        }
        value
    }

    /// The value of a static by its number; empty before it is set.
    fn static_shown(&self, number: Value) -> Value {
        let number = number.as_int().unwrap_or(-1);
        let (instance, index) = (number >> 32, number & i64::from(u32::MAX));
        usize::try_from(instance)
            .ok()
            .and_then(|instance| self.instances.get(instance)?.statics.get(index as usize))
            .copied()
            .filter(|value| !value.same(Value::HOLE))
            .unwrap_or(Value::EMPTY)
    }

    /// The entry of an interned text in a map's table. Neither allocates nor faults.
    pub(crate) fn entry_of_name(&self, map: Ticket, id: u32) -> Option<u32> {
        let table = self.map_table(map);
        let name = self.name_value(id);
        if table.0 == 0 || !name.is_heap() {
            return None;
        }
        let text = name.as_ticket();
        // SAFETY: live texts, a live table and its index.
        unsafe {
            let hash = (*self.text_object(text)).hash;
            if self.is_dense(table) {
                return None;
            }
            let (mask, slots) = self.index_of(table).slots();
            for step in 0..=mask {
                let slot = slots.add((hash.wrapping_add(step) & mask) as usize).read();
                if slot == 0 {
                    return None;
                }
                if (slot >> 32) as u32 != hash {
                    continue;
                }
                let entry = (slot as u32).wrapping_sub(1);
                let (key, _) = self.entry_of(table, entry);
                if key.tag == tag::TEXT
                    && (key.as_ticket() == text
                        || self.text_str_unrooted(key.as_ticket()) == self.text_str_unrooted(text))
                {
                    return Some(entry);
                }
            }
        }
        None
    }

    /// Where a map has a field of its own.
    pub(crate) fn own_place(&mut self, map: Ticket, name: FieldName) -> Raise<Option<Place>> {
        let legend = self.legend(self.map_legend(map));
        if !legend.has(legend_flags::DICT) {
            return Ok(legend.field(name).map(Place::Slot));
        }
        let entry = match name.text_id() {
            Some(id) => self.entry_of_name(map, id),
            None => {
                let key = self.field_name_value(name);
                self.table_get(map, key)?
            }
        };
        Ok(entry.map(|entry| Place::Entry(entry, self.table_flags(map, entry))))
    }

    /// Where `temps[map]` has a field of its own under any key: a text, a key, or in dictionary mode anything.
    pub(crate) fn own_place_of(&mut self, map: usize, key: usize) -> Raise<Option<Place>> {
        if let Some(name) = self.name_of_key(key)? {
            return self.own_place(self.temps[map].as_ticket(), name);
        }
        let legend = self.legend(self.map_legend(self.temps[map].as_ticket()));
        if !legend.has(legend_flags::DICT) {
            return Ok(None);
        }
        let found = self.table_find(map, key)?;
        Ok(found
            .map(|entry| Place::Entry(entry, self.table_flags(self.temps[map].as_ticket(), entry))))
    }

    /// The field name that `temps[key]` is: a text that is interned, or a key.
    pub(crate) fn name_of_key(&mut self, key: usize) -> Raise<Option<FieldName>> {
        let value = self.temps[key];
        Ok(match value.kind() {
            Kind::Text => self.name_of_text(value.as_ticket())?.map(FieldName::text),
            Kind::Key => Some(FieldName::key(value.payload)),
            _ => None,
        })
    }

    /// The value at a place.
    pub(crate) fn place_value(&self, map: Ticket, place: Place) -> Value {
        match place {
            Place::Slot(field) => self.shown(self.slot_value(map, field.slot), field.flags),
            Place::Entry(entry, flags) => {
                self.shown(self.table_entry(map, entry).1, entry_flags::to_field(flags))
            }
        }
    }

    /// A map's own field, public or exposed. Neither allocates nor faults.
    pub(crate) fn field_get(&self, map: Ticket, name: u32) -> Option<Value> {
        let legend = self.legend(self.map_legend(map));
        if legend.has(legend_flags::DICT) {
            let entry = self.entry_of_name(map, name)?;
            let flags = self.table_flags(map, entry);
            return Some(self.place_value(map, Place::Entry(entry, flags)));
        }
        legend
            .field(FieldName::text(name))
            .map(|field| self.place_value(map, Place::Slot(field)))
    }

    /// Number of members that [`World::member`] may be asked for.
    pub(crate) fn members(&self, map: Ticket) -> u32 {
        let legend = self.legend(self.map_legend(map));
        if legend.has(legend_flags::DICT) {
            self.table_entries(map)
        } else {
            legend.fields.len() as u32
        }
    }

    /// Member `index` in the order in which they were added.
    pub(crate) fn member(&self, map: Ticket, index: u32) -> Member {
        let legend = self.legend(self.map_legend(map));
        if legend.has(legend_flags::DICT) {
            let (key, value) = self.table_entry(map, index);
            let flags = entry_flags::to_field(self.table_flags(map, index));
            return Member {
                key,
                value: self.shown(value, flags),
                flags,
            };
        }
        match legend.fields.get(index as usize) {
            Some(field) if !field.is(field_flags::HIDDEN) => Member {
                key: self.field_name_value(field.name),
                value: self.shown(self.slot_value(map, field.slot), field.flags),
                flags: field.flags,
            },
            _ => Member {
                key: Value::HOLE,
                value: Value::EMPTY,
                flags: 0,
            },
        }
    }

    /// Tells the World's caches that a watched map changed under a name; `None`: in its delegates.
    pub(crate) fn note_change(&mut self, map: Ticket, name: Option<FieldName>) {
        let watched = self.legend(self.map_legend(map)).has(legend_flags::WATCHED);
        if watched && name.is_none_or(|name| self.legends.maybe_cached(name)) {
            self.lookup_epoch = self.lookup_epoch.wrapping_add(1).max(1);
        }
    }

    /// Fault write for a field: in Rhumb in the words that its page fixes (docs/specs/rhumb.md §3.3, ruling B3).
    #[cold]
    pub(crate) fn write_fault(&mut self, what: &str, key: Value) -> crate::fault::Raised {
        if self.policy() == Lang::Rhumb {
            let name = match key.kind() {
                Kind::Text => copied(self.text_str_unrooted(key.as_ticket()).unwrap_or("…")),
                Kind::I64 => written(format_args!("{}", key.payload as i64)),
                // Whoever cannot name a private field does not learn its name.
                Kind::Key => copied("`"),
                _ => match self.display(key, mode::DISPLAY) {
                    Ok(text) => copied(self.text_str_unrooted(text).unwrap_or("…")),
                    Err(raised) => return raised,
                },
            };
            return self.fault_args(
                Fault::Write,
                format_args!("cannot assign value to immutable field '{name}'"),
            );
        }
        let name = if key.kind() == Kind::Text {
            copied(self.text_str_unrooted(key.as_ticket()).unwrap_or("…"))
        } else {
            String::new()
        };
        if name.is_empty() {
            self.fault_args(Fault::Write, format_args!("{what}"))
        } else {
            self.fault_args(Fault::Write, format_args!("{what}: {name}"))
        }
    }

    /// Sets the field `name` of the map `temps[map]` to `temps[value]`. Faults write, key, type, mem; then nothing has
    /// changed.
    pub(crate) fn set_field(
        &mut self,
        map: usize,
        name: FieldName,
        value: usize,
        how: u8,
    ) -> Raise<()> {
        let place = self.own_place(self.temps[map].as_ticket(), name)?;
        match place {
            Some(Place::Slot(field)) => self.change_slot(map, field, value, how),
            Some(Place::Entry(entry, flags)) => self.change_entry(map, entry, flags, value, how),
            None => {
                if how & set::EXISTING != 0 {
                    let name = self.name_shown(name);
                    return Err(
                        self.fault_args(Fault::Key, format_args!("there is no field {name}"))
                    );
                }
                let flags = if how & set::IMMUTABLE != 0 {
                    0
                } else {
                    field_flags::MUTABLE
                };
                let sub = if how & set::SUB != 0 {
                    field_flags::SUB
                } else {
                    0
                };
                self.add_field(map, name, value, flags | sub)
            }
        }
    }

    /// A field's name for messages.
    pub(crate) fn name_shown(&self, name: FieldName) -> String {
        copied(name.text_id().map_or("(key)", |id| self.name_text(id)))
    }

    fn change_slot(&mut self, map: usize, field: Field, value: usize, how: u8) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let key = self.field_name_value(field.name);
        if field.is(field_flags::EXPOSED | field_flags::HIDDEN) {
            return Err(self.write_fault("a constructor's label cannot be set from outside", key));
        }
        if !field.is(field_flags::MUTABLE) {
            return Err(self.write_fault("an immutable field", key));
        }
        if !self.fits_field(field, self.temps[value], self.map_legend(ticket)) {
            let expected = crate::world::registers::repr_name(field.repr);
            let found = self.temps[value];
            return Err(self.type_fault(expected, found));
        }
        let becomes_sub = how & set::SUB != 0 && !field.is(field_flags::SUB);
        if becomes_sub {
            self.to_dictionary(map)?;
            let place = self.own_place(self.temps[map].as_ticket(), field.name)?;
            let Some(Place::Entry(entry, flags)) = place else {
                return Ok(());
            };
            return self.change_entry(map, entry, flags, value, how);
        }
        if field.is(field_flags::SUB) {
            let legend = self.legend_unshare(self.map_legend(ticket))?;
            self.set_map_legend(self.temps[map].as_ticket(), legend);
        }
        let frozen = if how & set::IMMUTABLE != 0 {
            Some(
                self.legend_freeze_field(self.map_legend(self.temps[map].as_ticket()), field.name)?,
            )
        } else {
            None
        };
        let (ticket, new) = (self.temps[map].as_ticket(), self.temps[value]);
        self.set_slot_value(ticket, field.slot, new);
        if let Some(legend) = frozen {
            self.set_map_legend(ticket, legend);
        }
        self.note_change(
            ticket,
            if field.is(field_flags::SUB) {
                None
            } else {
                Some(field.name)
            },
        );
        Ok(())
    }

    fn change_entry(
        &mut self,
        map: usize,
        entry: u32,
        flags: u16,
        value: usize,
        how: u8,
    ) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let (key, _) = self.table_entry(ticket, entry);
        let frozen = self
            .legend(self.map_legend(ticket))
            .has(legend_flags::FROZEN);
        if frozen
            || flags & (entry_flags::IMMUTABLE | entry_flags::EXPOSED | entry_flags::HIDDEN) != 0
        {
            return Err(self.write_fault("an immutable field", key));
        }
        let mut flags = flags;
        if how & set::SUB != 0 || flags & entry_flags::SUB != 0 {
            let legend = self.legend_unshare(self.map_legend(ticket))?;
            self.set_map_legend(self.temps[map].as_ticket(), legend);
            flags |= entry_flags::SUB;
        }
        if how & set::IMMUTABLE != 0 {
            flags |= entry_flags::IMMUTABLE;
        }
        let ticket = self.temps[map].as_ticket();
        let new = self.temps[value];
        self.table_set_value(ticket, entry, new);
        self.table_set_flags(ticket, entry, flags);
        self.note_change(ticket, None);
        Ok(())
    }

    /// True if a value may stand in a field as it is declared.
    pub(crate) fn fits_field(&self, field: Field, value: Value, legend: LegendId) -> bool {
        match field.repr {
            fzb::view::Repr::Rec(record) => {
                let instance = self.legend(legend).ty.map(|ty| ty.instance);
                value.tag == tag::MAP
                    && instance.is_some_and(|instance| {
                        self.is_record_of(value.as_ticket(), instance, record.0)
                    })
            }
            repr => self.fits(repr, value),
        }
    }

    /// Adds a field that the map `temps[map]` does not have.
    pub(crate) fn add_field(
        &mut self,
        map: usize,
        name: FieldName,
        value: usize,
        flags: u8,
    ) -> Raise<()> {
        let mut from = self.map_legend(self.temps[map].as_ticket());
        let legend = self.legend(from);
        if legend.has(legend_flags::FROZEN) || legend.nature.typed() {
            let key = self.field_name_value(name);
            return Err(self.write_fault("no field can be added", key));
        }
        if flags & field_flags::SUB != 0 && !self.temps[value].is_map() {
            from = self.legend_unshare(from)?;
        }
        let Some(to) = self.legend_add(from, name, flags, Some(value))? else {
            self.to_dictionary(map)?;
            let key = self.field_name_value(name);
            let key = self.temp(key)?;
            let result = self.add_entry(map, key, value, flags);
            self.temps.truncate(key);
            return result;
        };
        let slot = (self.legend(to).fields.len() - 1) as u16;
        self.reserve_slot(map, slot)?;
        let (ticket, new) = (self.temps[map].as_ticket(), self.temps[value]);
        self.set_slot_value(ticket, slot, new);
        self.set_map_legend(ticket, to);
        if let Some(family) = self.legends.family_mut(to) {
            family.hint = family.hint.max(slot + 1);
        }
        self.note_change(ticket, None);
        Ok(())
    }

    /// Adds an entry to a map in dictionary mode.
    fn add_entry(&mut self, map: usize, key: usize, value: usize, flags: u8) -> Raise<()> {
        let legend = self.map_legend(self.temps[map].as_ticket());
        if self.legend(legend).has(legend_flags::FROZEN) {
            let key = self.temps[key];
            return Err(self.write_fault("no field can be added", key));
        }
        let unshared = if flags & field_flags::SUB != 0 {
            Some(self.legend_unshare(legend)?)
        } else {
            None
        };
        let entry = self.table_put(map, key, value)?;
        let ticket = self.temps[map].as_ticket();
        self.table_set_flags(ticket, entry, entry_flags::of_field(flags));
        if let Some(legend) = unshared {
            self.set_map_legend(ticket, legend);
        }
        self.note_change(ticket, None);
        Ok(())
    }

    /// Sets the member of `temps[map]` under any key, `temps[key]`: an interned text or a key is a field; anything else
    /// (a text that is no name yet, a number beyond the elements, a date, a version) sends the map to dictionary mode.
    pub(crate) fn set_member(
        &mut self,
        map: usize,
        key: usize,
        value: usize,
        how: u8,
    ) -> Raise<()> {
        if let Some(name) = self.name_of_key(key)? {
            return self.set_field(map, name, value, how);
        }
        if let Some(Place::Entry(entry, flags)) = self.own_place_of(map, key)? {
            return self.change_entry(map, entry, flags, value, how);
        }
        let legend = self.legend(self.map_legend(self.temps[map].as_ticket()));
        if how & set::EXISTING != 0 {
            return Err(self.fault(Fault::Key, "there is no such field"));
        }
        if legend.has(legend_flags::FROZEN) || legend.nature.typed() {
            let key = self.temps[key];
            return Err(self.write_fault("no field can be added", key));
        }
        // Hashing first: a key that cannot be one changes nothing.
        if self.temps[key].tag != tag::I64 {
            self.hash_value(self.temps[key])?;
        }
        self.to_dictionary(map)?;
        let flags = if how & set::IMMUTABLE != 0 {
            0
        } else {
            field_flags::MUTABLE
        };
        let sub = if how & set::SUB != 0 {
            field_flags::SUB
        } else {
            0
        };
        self.add_entry(map, key, value, flags | sub)
    }

    /// The own member of `temps[map]` under any key.
    pub(crate) fn get_member(&mut self, map: usize, key: usize) -> Raise<Option<Value>> {
        let place = self.own_place_of(map, key)?;
        Ok(place.map(|place| self.place_value(self.temps[map].as_ticket(), place)))
    }

    /// Removes the member of `temps[map]` under any key; was it there? Faults write.
    pub(crate) fn remove_member(&mut self, map: usize, key: usize) -> Raise<bool> {
        let Some(place) = self.own_place_of(map, key)? else {
            return Ok(false);
        };
        let ticket = self.temps[map].as_ticket();
        let legend = self.legend(self.map_legend(ticket));
        let shown = self.temps[key];
        if legend.has(legend_flags::FROZEN)
            || legend.nature.typed()
            || place.flags() & field_flags::MUTABLE == 0
        {
            return Err(self.write_fault("a field that cannot be removed", shown));
        }
        if let Place::Slot(_) = place {
            self.to_dictionary(map)?;
        }
        let removed = self.table_remove(map, key)?;
        self.note_change(self.temps[map].as_ticket(), None);
        Ok(removed)
    }

    /// Room for a slot in `temps[map]`: the overflow vector grows if the slot is not inline.
    pub(crate) fn reserve_slot(&mut self, map: usize, slot: u16) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let inline = self.object_aux(ticket);
        if slot < inline {
            return Ok(());
        }
        let wanted = u32::from(slot - inline) + 1;
        // SAFETY: a live map.
        let old = unsafe { Ticket((*self.at::<MapObj>(ticket)).overflow) };
        let mark = self.temps.len();
        let vec = if old.0 == 0 {
            self.vec_new(elem::DYN, wanted.max(OVERFLOW_BIRTH))?
        } else if self.vec_cap(old) < wanted {
            let (len, cap) = (self.vec_len(old), self.vec_cap(old));
            let old = self.temp(rooted(old))?;
            let vec = self.vec_copy(old, 0, len, elem::DYN, (cap * 2).max(wanted))?;
            self.temps.truncate(mark);
            vec
        } else {
            old
        };
        // Slots that come in are empty: vectors are zeroed.
        self.vec_set_len(vec, self.vec_len(vec).max(wanted));
        let ticket = self.temps[map].as_ticket();
        if vec != old {
            // SAFETY: a live map; the field is a ticket of its shape.
            unsafe {
                let slot = &raw mut (*self.at::<MapObj>(ticket)).overflow;
                self.store_ticket(ticket, slot, vec);
            }
        }
        Ok(())
    }

    /// Sends `temps[map]` to dictionary mode, for good: its fields become entries in their order.
    #[expect(
        clippy::wrong_self_convention,
        reason = "the map is an operand, not self"
    )]
    pub(crate) fn to_dictionary(&mut self, map: usize) -> Raise<()> {
        let from = self.map_legend(self.temps[map].as_ticket());
        if self.legend(from).has(legend_flags::DICT) {
            return Ok(());
        }
        let to = self.legend_dict(from)?;
        let count = self.legend(from).fields.len() as u32;
        self.table_reserve(map, count + OVERFLOW_BIRTH)?;
        let mark = self.temps.len();
        for index in 0..count as usize {
            let Some(field) = self.legend(from).fields.get(index).copied() else {
                break;
            };
            let key = self.field_name_value(field.name);
            let key = self.temp(key)?;
            let value = self.slot_value(self.temps[map].as_ticket(), field.slot);
            let value = self.temp(value)?;
            let entry = self.table_put(map, key, value)?;
            self.table_set_flags(
                self.temps[map].as_ticket(),
                entry,
                entry_flags::of_field(field.flags),
            );
            self.temps.truncate(mark);
        }
        let ticket = self.temps[map].as_ticket();
        self.set_map_legend(ticket, to);
        // SAFETY: a live map with `aux` inline slots.
        unsafe {
            let inline = self.object_aux(ticket) as usize;
            let object = self.at::<MapObj>(ticket);
            (*object).overflow = 0;
            let fields = (&raw mut (*object).fields).cast::<Value>();
            for slot in 0..inline {
                fields.add(slot).write(Value::EMPTY);
            }
        }
        Ok(())
    }

    /// Freezes a map: no additions, fields and elements immutable.
    pub(crate) fn freeze_map(&mut self, map: usize) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let legend = self.legend_freeze(self.map_legend(ticket))?;
        let ticket = self.temps[map].as_ticket();
        self.set_map_legend(ticket, legend);
        Ok(())
    }

    /// Shows the cell `temps[cell]` as a field of `temps[map]` (constructor activations): reads see what it holds.
    pub(crate) fn expose_cell(&mut self, map: usize, name: u32, cell: usize) -> Raise<()> {
        let name = FieldName::text(name);
        if self.own_place(self.temps[map].as_ticket(), name)?.is_some() {
            return Ok(());
        }
        self.add_field(map, name, cell, field_flags::EXPOSED)
    }
}

impl Value {
    /// True for values with the layout of maps.
    #[inline]
    pub(crate) const fn is_map(self) -> bool {
        matches!(self.kind(), Kind::Map | Kind::Realm | Kind::Vassal)
    }
}
