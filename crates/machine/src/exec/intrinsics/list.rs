//! List and bytes intrinsics, and the walk over what may be an array or a list.

use lemari::Ticket;

use super::{Site, array};
use crate::fault::{Fault, Raise};
use crate::heap::object::{ListObj, kind};
use crate::heap::vector::{elem, elem_fits, elem_of, rooted};
use crate::legend::Legends;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Elements per unit of fuel in plain walks and copies.
const STRIDE: u64 = 4;

/// Something with elements in order: an array or list map, or a list of cells.
#[derive(Clone, Copy)]
pub(super) struct Elements(Value);

impl Elements {
    /// The elements of a value; fault type, saying what was expected, if it has none.
    pub(super) fn of(world: &mut World, value: Value, expected: &str) -> Raise<Elements> {
        if value.tag == tag::LIST || array::is_sequence(world, value) {
            return Ok(Elements(value));
        }
        Err(world.type_fault(expected, value))
    }

    /// How many; fuel for lists, which must be counted.
    pub(super) fn count(self, world: &mut World) -> Raise<u32> {
        if self.0.tag == tag::LIST {
            world.list_len(self.0.as_ticket())
        } else {
            Ok(world.elements_len(self.0.as_ticket()))
        }
    }

    /// A walk that survives allocations: what is walked is held in `temps` until [`Walk::end`].
    pub(super) fn start(self, world: &mut World) -> Raise<Walk> {
        Ok(Walk {
            place: world.temp(self.0)?,
            index: 0,
        })
    }
}

/// A walk over [`Elements`].
pub(super) struct Walk {
    /// Place in `temps` of the array, or of what is left of the list.
    place: usize,
    index: u32,
}

impl Walk {
    /// The next element.
    pub(super) fn next(&mut self, world: &mut World) -> Option<Value> {
        let source = world.temps[self.place];
        if source.tag == tag::LIST {
            let cell = source.as_ticket();
            if cell.is_none() {
                return None;
            }
            let value = world.list_head(cell);
            world.temps[self.place] = Value::ticket(Kind::List, world.list_tail(cell));
            return Some(value);
        }
        let map = source.as_ticket();
        if self.index >= world.elements_len(map) {
            return None;
        }
        self.index += 1;
        Some(world.element(map, self.index - 1))
    }

    /// Lets go of what was walked and everything put into `temps` after it.
    pub(super) fn end(self, world: &mut World) {
        world.temps.truncate(self.place);
    }
}

pub(super) fn length(world: &mut World, site: Site) -> Raise<()> {
    let count = world.list_len(site.ticket(0))?;
    site.set_int(i64::from(count));
    Ok(())
}

pub(super) fn reverse(world: &mut World, site: Site) -> Raise<()> {
    let rest = world.temp(site.value(0))?;
    let head = world.temp(Value::EMPTY)?;
    let result = world.temp(Value::NIL)?;
    let mut count = 0u64;
    while !world.temps[rest].as_ticket().is_none() {
        if count.is_multiple_of(STRIDE) {
            world.charge_fuel(1)?;
        }
        count += 1;
        let cell = world.temps[rest].as_ticket();
        world.temps[head] = world.list_head(cell);
        world.temps[rest] = Value::ticket(Kind::List, world.list_tail(cell));
        world.temps[result] = world.cons(head, result)?;
    }
    site.set_ticket(world.temps[result].as_ticket());
    world.temps.truncate(rest);
    Ok(())
}

/// `list.append`: the first list's cells are copied, the second list is shared.
pub(super) fn append(world: &mut World, site: Site) -> Raise<()> {
    if site.ticket(1).is_none() {
        site.set_ticket(site.ticket(0));
        return Ok(());
    }
    let rest = world.temp(site.value(0))?;
    let head = world.temp(Value::EMPTY)?;
    let behind = world.temp(site.value(1))?;
    let first = world.temp(Value::NIL)?;
    let last = world.temp(Value::NIL)?;
    let mut count = 0u64;
    while !world.temps[rest].as_ticket().is_none() {
        if count.is_multiple_of(STRIDE) {
            world.charge_fuel(1)?;
        }
        count += 1;
        let cell = world.temps[rest].as_ticket();
        world.temps[head] = world.list_head(cell);
        world.temps[rest] = Value::ticket(Kind::List, world.list_tail(cell));
        // The cell ends in the second list until its successor exists, so there is a whole list at every moment.
        let cell = world.cons(head, behind)?;
        let previous = world.temps[last].as_ticket();
        if previous.is_none() {
            world.temps[first] = cell;
        } else {
            // SAFETY: a live cell made here, which nobody else knows yet.
            unsafe {
                let slot = &raw mut (*world.at::<ListObj>(previous)).tail;
                world.store_ticket(previous, slot, cell.as_ticket());
            }
        }
        world.temps[last] = cell;
    }
    let result = if count == 0 {
        world.temps[behind]
    } else {
        world.temps[first]
    };
    site.set_ticket(result.as_ticket());
    world.temps.truncate(rest);
    Ok(())
}

/// A vector of the elements of `temps[list]`, a list; left in `temps` at the place that is returned.
fn vector_of(world: &mut World, list: usize) -> Raise<usize> {
    let count = world.list_len(world.temps[list].as_ticket())?;
    world.charge_fuel(u64::from(count) / STRIDE)?;
    let vector = world.vec_new(elem::DYN, count)?;
    let vector = world.temp(rooted(vector))?;
    let mut cell = world.temps[list].as_ticket();
    let mut index = 0;
    while !cell.is_none() && index < count {
        let (to, value) = (world.temps[vector].as_ticket(), world.list_head(cell));
        world.vec_set(to, index, value);
        index += 1;
        world.vec_set_len(to, index);
        cell = world.list_tail(cell);
    }
    Ok(vector)
}

/// `map.of_reversed`: integers or floats alone stand as such, as if they had been added one by one.
pub(super) fn reversed_map(world: &mut World, site: Site) -> Raise<()> {
    let list = world.temp(site.value(0))?;
    let first = site.ticket(0);
    let count = world.list_len(first)?;
    let map = world.map_new(Legends::PLAIN, 0)?;
    let map = world.temp(Value::ticket(Kind::Map, map))?;
    if count > 0 {
        world.charge_fuel(u64::from(count) / STRIDE)?;
        let mut cell = world.temps[list].as_ticket();
        let kind = elem_of(world.list_head(cell));
        let mut same = true;
        while same && !cell.is_none() {
            same = elem_fits(kind, world.list_head(cell));
            cell = world.list_tail(cell);
        }
        let vector = world.vec_new(if same { kind } else { elem::DYN }, count)?;
        world.vec_set_len(vector, count);
        let mut cell = world.temps[list].as_ticket();
        let mut index = count;
        while !cell.is_none() {
            index -= 1;
            world.vec_set(vector, index, world.list_head(cell));
            cell = world.list_tail(cell);
        }
        world.set_elements_vec(world.temps[map].as_ticket(), vector);
    }
    site.set_value(world.temps[map]);
    world.temps.truncate(list);
    Ok(())
}

pub(super) fn to_array(world: &mut World, site: Site) -> Raise<()> {
    let list = world.temp(site.value(0))?;
    let vector = vector_of(world, list)?;
    let result = array::of_vector(world, vector)?;
    site.set_value(result);
    world.temps.truncate(list);
    Ok(())
}

pub(super) fn of_array(world: &mut World, site: Site) -> Raise<()> {
    let map = array::operand(world, site, 0)?;
    let mut index = world.elements_len(map);
    world.charge_fuel(u64::from(index) / STRIDE)?;
    let map = world.temp(site.value(0))?;
    let head = world.temp(Value::EMPTY)?;
    let result = world.temp(Value::NIL)?;
    while index > 0 {
        index -= 1;
        world.temps[head] = world.element(world.temps[map].as_ticket(), index);
        world.temps[result] = world.cons(head, result)?;
    }
    site.set_ticket(world.temps[result].as_ticket());
    world.temps.truncate(map);
    Ok(())
}

/// `bytes.of_list`: every element is tested before anything is made.
pub(super) fn bytes_of(world: &mut World, site: Site) -> Raise<()> {
    const EXPECTED: &str = "an array or list of integers";
    let source = Elements::of(world, site.value(0), EXPECTED)?;
    let count = source.count(world)?;
    world.charge_fuel(u64::from(count) / STRIDE)?;
    let mut walk = source.start(world)?;
    while let Some(value) = walk.next(world) {
        let Some(number) = value.as_int() else {
            return Err(world.type_fault("an integer", value));
        };
        if !(0..=255).contains(&number) {
            return Err(world.fault_args(
                Fault::Range,
                format_args!("a byte goes from 0 to 255, found {number}"),
            ));
        }
    }
    walk.end(world);
    let bytes = world.bytes_raw(count as usize)?;
    let bytes = world.temp(Value::ticket(Kind::Bytes, bytes))?;
    let mut walk = Elements::of(world, site.value(0), EXPECTED)?.start(world)?;
    let mut at = 0;
    while let Some(value) = walk.next(world) {
        if at < count as usize {
            // SAFETY: the new bytes have room for `count` of them.
            unsafe {
                world
                    .bytes_content(world.temps[bytes].as_ticket())
                    .add(at)
                    .write(value.payload as u8)
            };
        }
        at += 1;
    }
    walk.end(world);
    site.set_ticket(world.temps[bytes].as_ticket());
    world.temps.truncate(bytes);
    Ok(())
}

pub(super) fn bytes_to(world: &mut World, site: Site) -> Raise<()> {
    let count = world.bytes_len(site.ticket(0));
    world.charge_fuel(crate::heap::text::fuel_of(u64::from(count)))?;
    let vector: Ticket = world.vec_new(elem::U8, count)?;
    let from = world.bytes_slice(site.ticket(0));
    // SAFETY: the vector has room for `count` bytes behind its head; nothing was allocated since.
    unsafe {
        debug_assert_eq!(world.object_kind(vector), kind::VEC_U8);
        std::ptr::copy_nonoverlapping(from.as_ptr(), world.bytes_content(vector), from.len());
    }
    world.vec_set_len(vector, count);
    let vector = world.temp(rooted(vector))?;
    let result = array::of_vector(world, vector)?;
    site.set_value(result);
    world.temps.truncate(vector);
    Ok(())
}
