//! Questions about a map's type, and copies.

use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::map::set;
use crate::heap::object::{MAP_HEADER, MapObj, kind};
use crate::heap::vector::rooted;
use crate::legend::{LegendId, LegendType, Legends, Nature, legend_flags};
use crate::value::{Kind, Value};
use crate::world::World;

impl World {
    /// True if a map is of a module instance's record, tuple or row type (`rec` as [`fzb::view::RecType`] numbers it).
    pub(crate) fn is_record_of(&self, map: Ticket, instance: u32, rec: u32) -> bool {
        let id = self.map_legend(map);
        let legend = self.legend(id);
        if legend.ty == Some(LegendType { instance, rec }) {
            return legend.nature == Nature::Record;
        }
        // Tuples and rows are interned by shape; a type that has no legend yet has no values.
        matches!(legend.nature, Nature::Tuple | Nature::Row)
            && self.legends.type_legend(instance, rec) == Some(id)
    }

    /// A shallow copy of `temps[map]`: all fields mutable, same delegates and constructor.
    pub(crate) fn copy_map(&mut self, map: usize) -> Raise<Value> {
        let ticket = self.temps[map].as_ticket();
        if self.nature(ticket) == Nature::Module {
            return self.copy_exports(map);
        }
        let legend = self.legend_thaw(self.map_legend(ticket))?;
        self.copy_with(map, legend, !crate::legend::entry_flags::IMMUTABLE)
    }

    /// A shallow copy of `temps[map]`, which is no module, with everything in it as changeable as it is there.
    pub(crate) fn copy_as_it_is(&mut self, map: usize) -> Raise<Value> {
        let legend = self.map_legend(self.temps[map].as_ticket());
        self.copy_with(map, legend, !0)
    }

    /// A shallow copy of `temps[map]` with a legend of the same fields; of its entries' flags those in `kept` remain.
    fn copy_with(&mut self, map: usize, legend: LegendId, kept: u16) -> Raise<Value> {
        let mark = self.temps.len();
        let ticket = self.temps[map].as_ticket();
        let inline = self.object_aux(ticket);
        let class = self.is_class(ticket);
        self.charge_fuel(u64::from(inline) / 4)?;
        let copy = self.alloc(
            kind::MAP,
            inline,
            MAP_HEADER + inline as usize * size_of::<Value>(),
        )?;
        let ticket = self.temps[map].as_ticket();
        // SAFETY: two live maps with as many inline slots; the copy shares nothing that may change once its parts are
        // copied below.
        let (elements, overflow, dict) = unsafe {
            let (from, to) = (self.at::<MapObj>(ticket), self.at::<MapObj>(copy));
            (*to).legend = legend.0;
            (*to).id = 0;
            (*to).elements = 0;
            (*to).table = 0;
            (*to).overflow = 0;
            // A class's instances keep their legend; no other map shares its private word.
            (*to).extra = if class { (*from).extra } else { 0 };
            let (old, new) = (
                (&raw const (*from).fields).cast::<Value>(),
                (&raw mut (*to).fields).cast::<Value>(),
            );
            for slot in 0..inline as usize {
                new.add(slot).write(old.add(slot).read());
            }
            (
                Ticket((*from).elements),
                Ticket((*from).overflow),
                (*from).table != 0,
            )
        };
        self.lemari.barrier_all(copy);
        let copy = self.temp(Value::ticket(Kind::Map, copy))?;
        if elements.0 != 0 {
            let source = self.elements_vec(self.temps[map].as_ticket());
            let (len, elem) = (self.vec_len(source), self.vec_elem(source));
            let source = self.temp(rooted(source))?;
            let vec = self.vec_copy(source, 0, len, elem, len)?;
            let target = self.temps[copy].as_ticket();
            self.set_elements_vec(target, vec);
            self.temps.truncate(source);
        }
        if overflow.0 != 0 {
            // SAFETY: a live map.
            let source =
                unsafe { Ticket((*self.at::<MapObj>(self.temps[map].as_ticket())).overflow) };
            let len = self.vec_len(source);
            let source = self.temp(rooted(source))?;
            let vec = self.vec_copy(source, 0, len, crate::heap::vector::elem::DYN, len)?;
            let target = self.temps[copy].as_ticket();
            // SAFETY: a live map; the field is a ticket of its shape.
            unsafe {
                let slot = &raw mut (*self.at::<MapObj>(target)).overflow;
                self.store_ticket(target, slot, vec);
            }
            self.temps.truncate(source);
        }
        if dict {
            let count = self.table_entries(self.temps[map].as_ticket());
            let live = self.table_live(self.temps[map].as_ticket());
            self.table_reserve(copy, live)?;
            for entry in 0..count {
                let source = self.temps[map].as_ticket();
                let (key, value) = self.table_entry(source, entry);
                if key.same(Value::HOLE) {
                    continue;
                }
                let flags = self.table_flags(source, entry) & kept;
                let key = self.temp(key)?;
                let value = self.temp(value)?;
                let new = self.table_put(copy, key, value)?;
                let target = self.temps[copy].as_ticket();
                self.table_set_flags(target, new, flags);
                self.temps.truncate(key);
            }
        }
        let value = self.temps[copy];
        if self.is_event(value) {
            self.event_copied(self.temps[map], value.as_ticket());
        }
        self.temps.truncate(mark);
        Ok(value)
    }

    /// A plain map of what the exports `temps[map]` show now.
    fn copy_exports(&mut self, map: usize) -> Raise<Value> {
        let copy = self.map_new(Legends::PLAIN, 0)?;
        let copy = self.temp(Value::ticket(Kind::Map, copy))?;
        let count = self.members(self.temps[map].as_ticket());
        self.charge_fuel(u64::from(count))?;
        for index in 0..count {
            let member = self.member(self.temps[map].as_ticket(), index);
            let key = self.temp(member.key)?;
            let value = self.temp(member.value)?;
            self.set_member(copy, key, value, set::MUTABLE)?;
            self.temps.truncate(key);
        }
        let value = self.temps[copy];
        self.temps.truncate(copy);
        Ok(value)
    }

    /// True if a map has neither elements nor fields that lists of names show, nor keys.
    pub(crate) fn map_is_empty(&self, map: Ticket) -> bool {
        self.elements_len(map) == 0
            && (0..self.members(map)).all(|index| {
                let member = self.member(map, index);
                member.key.same(Value::HOLE)
                    || member.flags & crate::legend::field_flags::HIDDEN != 0
            })
    }

    /// True if a map is in dictionary mode.
    pub(crate) fn is_dictionary(&self, map: Ticket) -> bool {
        self.legend(self.map_legend(map)).has(legend_flags::DICT)
    }
}
