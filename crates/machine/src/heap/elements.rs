//! Positional elements of maps: a vector that starts in the kind of its first element, widens once, and grows by doubling
//! (docs/specs/machine.md §2 "Element vectors"). Positions here are 0-based; bases are the policies' business
//! (`exec/lists/index.rs`). Whether elements may be changed is the legend's, tested by the instructions before they come
//! here.

use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, BlobObj, MapObj};
use crate::heap::vector::{
    MAX_ELEMENTS, elem, elem_bytes, elem_fits, elem_of, rooted, write_plain,
};
use crate::legend::{ElementMode, LegendId, Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// Elements of a vector made for a first one.
const BIRTH: u32 = 4;

impl World {
    /// Element vector of a map, ticket 0 if it has none.
    #[inline(always)]
    pub(crate) fn elements_vec(&self, map: Ticket) -> Ticket {
        // SAFETY: a live map.
        unsafe { Ticket((*self.at::<MapObj>(map)).elements) }
    }

    /// Number of positional elements of a map.
    #[inline]
    pub(crate) fn elements_len(&self, map: Ticket) -> u32 {
        let vec = self.elements_vec(map);
        if vec.0 == 0 { 0 } else { self.vec_len(vec) }
    }

    /// Element at a position, 0-based; empty beyond the end.
    #[inline]
    pub(crate) fn element(&self, map: Ticket, index: u32) -> Value {
        let vec = self.elements_vec(map);
        if vec.0 == 0 {
            Value::EMPTY
        } else {
            self.vec_get(vec, index)
        }
    }

    /// True if a map's positions are all there is to see of it: lists, arrays, tuples.
    pub(crate) fn is_positional(&self, map: Ticket) -> bool {
        matches!(
            self.legend(self.map_legend(map)).nature,
            Nature::List | Nature::Array | Nature::Tuple
        )
    }

    /// Number of positions of a map: its elements, or the fields of a tuple or case.
    pub(crate) fn positional_len(&self, map: Ticket) -> u32 {
        let legend = self.legend(self.map_legend(map));
        match legend.nature {
            Nature::Tuple if self.elements_vec(map).0 == 0 => u32::from(self.object_aux(map)),
            Nature::Case => legend.fields.len() as u32,
            _ => self.elements_len(map),
        }
    }

    /// What stands at a position of a map, 0-based: its element, or the field of a tuple or case.
    pub(crate) fn positional(&self, map: Ticket, index: u32) -> Option<Value> {
        if index >= self.positional_len(map) {
            return None;
        }
        let vec = self.elements_vec(map);
        if vec.0 != 0 {
            return Some(self.vec_get(vec, index));
        }
        if index >= u32::from(self.object_aux(map)) {
            return None;
        }
        // SAFETY: a live map with that many inline fields.
        unsafe {
            Some(
                (&raw const (*self.at::<MapObj>(map)).fields)
                    .cast::<Value>()
                    .add(index as usize)
                    .read(),
            )
        }
    }

    /// May the elements of maps of a legend be changed? The legends that arrays and lists are born with stand first.
    #[inline(always)]
    pub(crate) fn elements_mutable(&self, legend: u32) -> bool {
        legend <= Legends::ARRAY_U8.0
            || self.legend(LegendId(legend)).elements == ElementMode::Mutable
    }

    /// Gives a map its element vector.
    pub(crate) fn set_elements_vec(&mut self, map: Ticket, vec: Ticket) {
        // SAFETY: a live map; the field is a ticket of its shape.
        unsafe {
            let slot = &raw mut (*self.at::<MapObj>(map)).elements;
            self.store_ticket(map, slot, vec);
        }
    }

    /// Stores an element that exists if its vector can hold the value as it is; else false, and nothing has happened.
    #[inline]
    pub(crate) fn set_element_now(&mut self, map: Ticket, index: u32, value: Value) -> bool {
        let vec = self.elements_vec(map);
        if vec.0 == 0 || index >= self.vec_len(vec) || !elem_fits(self.vec_elem(vec), value) {
            return false;
        }
        self.vec_set(vec, index, value);
        true
    }

    /// Stores `temps[value]` at a position that exists in the map `temps[map]`, widening its vector if it must; nothing
    /// happens beyond the end.
    pub(crate) fn set_element(&mut self, map: usize, index: u32, value: usize) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        if index < self.elements_len(ticket)
            && !self.set_element_now(ticket, index, self.temps[value])
        {
            self.widen_elements(map, 0)?;
            self.set_element_now(self.temps[map].as_ticket(), index, self.temps[value]);
        }
        Ok(())
    }

    /// Makes the vector of `temps[map]` one that holds any value, with room for `cap` elements at least.
    pub(crate) fn widen_elements(&mut self, map: usize, cap: u32) -> Raise<()> {
        self.replace_vec(map, Some(elem::DYN), cap)
    }

    /// Gives `temps[map]` a copy of its vector, in another kind if asked.
    fn replace_vec(&mut self, map: usize, want: Option<u8>, cap: u32) -> Raise<()> {
        let vec = self.elements_vec(self.temps[map].as_ticket());
        let mark = self.temps.len();
        let new = if vec.0 == 0 {
            self.vec_new(want.unwrap_or(elem::DYN), cap)?
        } else {
            let len = self.vec_len(vec);
            let kind = want.unwrap_or(self.vec_elem(vec));
            let vec = self.temp(rooted(vec))?;
            self.vec_copy(vec, 0, len, kind, cap)?
        };
        self.temps.truncate(mark);
        let map = self.temps[map].as_ticket();
        self.set_elements_vec(map, new);
        let object = self.at::<MapObj>(map);
        // SAFETY: a live map. An array's legend says what its elements are.
        unsafe {
            if let Some(_known) = Legends::ARRAYS
                .iter()
                .find(|legend| legend.0 == (*object).legend)
            {
                (*object).legend = Legends::ARRAYS
                    .get(self.vec_elem(new) as usize)
                    .map_or((*object).legend, |legend| legend.0);
            }
        }
        Ok(())
    }

    /// Room for at least `cap` elements in `temps[map]`, so that as many can be added without allocating. The kind of an
    /// empty vector is chosen by the first value that comes.
    pub(crate) fn reserve_elements(&mut self, map: usize, cap: u32) -> Raise<()> {
        let vec = self.elements_vec(self.temps[map].as_ticket());
        if vec.0 != 0 && self.vec_cap(vec) >= cap {
            return Ok(());
        }
        self.replace_vec(map, None, cap)
    }

    /// Makes sure that `temps[value]` can be added to `temps[map]` without allocating: the vector exists, has room for one
    /// more, and holds such values.
    fn prepare_push(&mut self, map: usize, value: usize) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let vec = self.elements_vec(ticket);
        let wanted = elem_of(self.temps[value]);
        if vec.0 == 0 {
            return self.replace_vec(map, Some(wanted), BIRTH);
        }
        let (len, cap, kind) = (self.vec_len(vec), self.vec_cap(vec), self.vec_elem(vec));
        let fits = elem_fits(kind, self.temps[value]);
        if fits && len < cap && (len > 0 || kind == wanted || kind == elem::U8) {
            return Ok(());
        }
        if len >= MAX_ELEMENTS / 2 {
            return Err(self.fault(Fault::Mem, "a vector with too many elements"));
        }
        let kind = match (len, fits) {
            // An empty vector takes the kind of its first element, unless it was made for bytes.
            (0, _) if kind != elem::U8 || !fits => wanted,
            (_, true) => kind,
            _ => elem::DYN,
        };
        let cap = if len < cap { cap } else { (len * 2).max(BIRTH) };
        self.replace_vec(map, Some(kind), cap)
    }

    /// Adds `temps[value]` at the end of `temps[map]`.
    pub(crate) fn push_element(&mut self, map: usize, value: usize) -> Raise<()> {
        self.prepare_push(map, value)?;
        let (map, value) = (self.temps[map].as_ticket(), self.temps[value]);
        self.push_element_now(map, value);
        Ok(())
    }

    /// Adds a value at the end if that needs no allocation; else false, and nothing has happened.
    #[inline]
    pub(crate) fn push_element_now(&mut self, map: Ticket, value: Value) -> bool {
        let vec = self.elements_vec(map);
        if vec.0 == 0 {
            return false;
        }
        let len = self.vec_len(vec);
        if len >= self.vec_cap(vec) || !elem_fits(self.vec_elem(vec), value) {
            return false;
        }
        // The slot belongs to the object for the collector only once the length covers it; a store before that would be
        // remembered for nothing, which is harmless, and the length is set before anything is allocated.
        self.vec_set(vec, len, value);
        self.vec_set_len(vec, len + 1);
        true
    }

    /// Adds `temps[value]` before position `index` (at most the length) of `temps[map]`. Charged for what is moved.
    pub(crate) fn insert_element(&mut self, map: usize, index: u32, value: usize) -> Raise<()> {
        let len = self.elements_len(self.temps[map].as_ticket());
        let index = index.min(len);
        self.charge_fuel(u64::from(len - index) / 4)?;
        self.prepare_push(map, value)?;
        let vec = self.elements_vec(self.temps[map].as_ticket());
        let kind = self.vec_elem(vec);
        let size = elem_bytes(kind);
        let object = self.at::<BlobObj>(vec);
        // SAFETY: a live vector with room for one more.
        unsafe {
            let from = object.cast::<u8>().add(BLOB_HEADER + index as usize * size);
            std::ptr::copy(from, from.add(size), (len - index) as usize * size);
            (*object).len = len + 1;
        }
        self.vec_set(vec, index, self.temps[value]);
        if kind == elem::DYN {
            self.lemari.barrier_all(vec);
        }
        Ok(())
    }

    /// Takes away the element at a position; empty if there is none. Charged for what is moved. Does not allocate.
    pub(crate) fn remove_element(&mut self, map: Ticket, index: u32) -> Raise<Value> {
        let len = self.elements_len(map);
        if index >= len {
            return Ok(Value::EMPTY);
        }
        self.charge_fuel(u64::from(len - index) / 4)?;
        let value = self.element(map, index);
        let vec = self.elements_vec(map);
        let kind = self.vec_elem(vec);
        let size = elem_bytes(kind);
        let object = self.at::<BlobObj>(vec);
        // SAFETY: a live vector with that element.
        unsafe {
            let to = object.cast::<u8>().add(BLOB_HEADER + index as usize * size);
            std::ptr::copy(to.add(size), to, (len - index - 1) as usize * size);
            (*object).len = len - 1;
        }
        if kind == elem::DYN {
            self.lemari.barrier_all(vec);
        }
        Ok(value)
    }

    /// A new map of a legend whose elements are those of the vector `temps[vec]` (none if it is empty).
    pub(crate) fn map_with_vec(&mut self, legend: LegendId, vec: usize) -> Raise<Value> {
        let map = self.map_new(legend, 0)?;
        if self.temps[vec].is_heap() {
            self.set_elements_vec(map, self.temps[vec].as_ticket());
        }
        Ok(Value::ticket(Kind::Map, map))
    }

    /// A vector of the `count` pairs at byte offset `at` of the running window, in the narrowest kind that all of them
    /// fit, or `dyn`.
    ///
    /// # Safety
    /// Operands of the running instruction stand there.
    pub(crate) unsafe fn vec_of_pairs(
        &mut self,
        at: u16,
        count: u32,
        specialise: bool,
    ) -> Raise<Ticket> {
        let first = |world: &World| {
            world
                .running_r
                .wrapping_byte_add(at as usize)
                .cast::<Value>()
        };
        // SAFETY: the caller's promise; `running_r` is read anew after the allocation.
        unsafe {
            let mut kind = elem::DYN;
            if specialise && count > 0 {
                kind = elem_of(first(self).read());
                for index in 1..count as usize {
                    if kind != elem_of(first(self).add(index).read()) {
                        kind = elem::DYN;
                        break;
                    }
                }
            }
            self.charge_fuel(u64::from(count) * elem_bytes(kind) as u64 / 64)?;
            let vec = self.vec_new(kind, count)?;
            let from = first(self);
            let object = self.at::<BlobObj>(vec);
            for index in 0..count as usize {
                let value = from.add(index).read();
                if kind == elem::DYN {
                    object
                        .cast::<u8>()
                        .add(BLOB_HEADER)
                        .cast::<Value>()
                        .add(index)
                        .write(value);
                } else {
                    write_plain(object, kind, index, value.payload);
                }
            }
            (*object).len = count;
            if kind == elem::DYN {
                self.lemari.barrier_all(vec);
            }
            Ok(vec)
        }
    }

    /// A plain map whose elements are the `count` pairs from word `at` of the running fiber's registers on.
    pub(crate) fn map_of_registers(&mut self, at: usize, count: usize) -> Raise<Value> {
        let vec = self.vec_new(elem::DYN, count as u32)?;
        let from = self.fiber().regs.as_ptr().wrapping_add(at).cast::<Value>();
        let object = self.at::<BlobObj>(vec);
        // SAFETY: the caller's arguments stand there; the vector has room for them.
        unsafe {
            let to = object.cast::<u8>().add(BLOB_HEADER).cast::<Value>();
            for index in 0..count {
                to.add(index).write(from.add(index).read());
            }
            (*object).len = count as u32;
        }
        self.lemari.barrier_all(vec);
        let mark = self.temps.len();
        let vec = self.temp(rooted(vec))?;
        let value = self.map_with_vec(Legends::PLAIN, vec)?;
        self.temps.truncate(mark);
        Ok(value)
    }

    /// A map of a legend whose elements are the values `temps[first..first + count]`.
    pub(crate) fn map_of_temps(
        &mut self,
        legend: LegendId,
        first: usize,
        count: usize,
    ) -> Raise<Value> {
        let vec = self.vec_new(elem::DYN, count as u32)?;
        let object = self.at::<BlobObj>(vec);
        // SAFETY: the vector has room for them.
        unsafe {
            let to = object.cast::<u8>().add(BLOB_HEADER).cast::<Value>();
            for index in 0..count {
                to.add(index).write(
                    self.temps
                        .get(first + index)
                        .copied()
                        .unwrap_or(Value::EMPTY),
                );
            }
            (*object).len = count as u32;
        }
        self.lemari.barrier_all(vec);
        let mark = self.temps.len();
        let vec = self.temp(rooted(vec))?;
        let value = self.map_with_vec(legend, vec)?;
        self.temps.truncate(mark);
        Ok(value)
    }
}
