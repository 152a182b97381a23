//! Array intrinsics: length, copies, parts, stable sort. An array is a map of nature array or list.

use std::cmp::Ordering;

use fzb::tables::Lang;
use lemari::Ticket;

use super::Site;
use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, BlobObj};
use crate::heap::vector::{elem, rooted};
use crate::legend::{LegendId, Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// Elements merged between two looks at the signal word.
const SIGNAL_STRIDE: usize = 4096;

/// True for maps of nature array or list.
pub(super) fn is_sequence(world: &World, value: Value) -> bool {
    value.kind() == Kind::Map
        && matches!(
            world
                .legends
                .get(world.map_legend(value.as_ticket()))
                .nature,
            Nature::List | Nature::Array
        )
}

/// The array in an operand; fault type if it is something else.
pub(super) fn operand(world: &mut World, site: Site, index: usize) -> Raise<Ticket> {
    let value = site.value(index);
    if is_sequence(world, value) {
        Ok(value.as_ticket())
    } else {
        Err(world.type_fault("an array", value))
    }
}

/// A new array of the running function's language whose elements are those of the vector in `temps[vector]`.
pub(super) fn of_vector(world: &mut World, vector: usize) -> Raise<Value> {
    let nature = if world.policy() == Lang::Morph {
        Nature::List
    } else {
        Nature::Array
    };
    with_nature(world, vector, nature)
}

/// As [`of_vector`], a list (Morph's) or an array.
fn with_nature(world: &mut World, vector: usize, nature: Nature) -> Raise<Value> {
    let elem = world.vec_elem(world.temps[vector].as_ticket());
    let legend: LegendId = match nature {
        Nature::List => Legends::LIST,
        _ => Legends::ARRAYS
            .get(elem as usize)
            .copied()
            .unwrap_or(Legends::ARRAY_DYN),
    };
    world.map_with_vec(legend, vector)
}

pub(super) fn length(world: &mut World, site: Site) -> Raise<()> {
    let map = operand(world, site, 0)?;
    site.set_int(i64::from(world.elements_len(map)));
    Ok(())
}

/// A copy of the elements of operand 0, in `temps` at the place that is returned.
fn copied(world: &mut World, site: Site) -> Raise<usize> {
    copied_of(world, site, 0)
}

/// The same of any operand.
fn copied_of(world: &mut World, site: Site, index: usize) -> Raise<usize> {
    let map = operand(world, site, index)?;
    let vector = world.elements_vec(map);
    if vector.is_none() {
        let empty = world.vec_new(elem::DYN, 0)?;
        return world.temp(rooted(empty));
    }
    let (length, elem) = (world.vec_len(vector), world.vec_elem(vector));
    let place = world.temp(rooted(vector))?;
    let copy = world.vec_copy(place, 0, length, elem, length)?;
    world.temps[place] = rooted(copy);
    Ok(place)
}

/// A new array of the operand's own nature around `temps[place]`, as the result.
fn finish(world: &mut World, site: Site, place: usize) -> Raise<()> {
    let nature = world.legends.get(world.map_legend(site.ticket(0))).nature;
    let result = with_nature(world, place, nature)?;
    world.temps.truncate(place);
    site.set_value(result);
    Ok(())
}

pub(super) fn copy(world: &mut World, site: Site) -> Raise<()> {
    let place = copied(world, site)?;
    finish(world, site, place)
}

/// `array.reverse`: a copy whose elements stand in reverse order.
pub(super) fn reverse(world: &mut World, site: Site) -> Raise<()> {
    let place = copied(world, site)?;
    let vector = world.temps[place].as_ticket();
    let length = world.vec_len(vector);
    for index in 0..length / 2 {
        let (near, far) = (
            world.vec_get(vector, index),
            world.vec_get(vector, length - 1 - index),
        );
        world.vec_set(vector, index, far);
        world.vec_set(vector, length - 1 - index, near);
    }
    finish(world, site, place)
}

/// `array.append`: in the element kind of both, or of any values if they differ.
pub(super) fn append(world: &mut World, site: Site) -> Raise<()> {
    let (first, second) = (operand(world, site, 0)?, operand(world, site, 1)?);
    let (front, back) = (world.elements_vec(first), world.elements_vec(second));
    if front.is_none() || world.vec_len(front) == 0 || back.is_none() {
        let from = if back.is_none() { 0 } else { 1 };
        let place = copied_of(world, site, from)?;
        return finish(world, site, place);
    }
    let (before, behind) = (world.vec_len(front), world.vec_len(back));
    let Some(length) = before.checked_add(behind) else {
        return Err(world.fault(Fault::Mem, "a vector with too many elements"));
    };
    let kind = match (world.vec_elem(front), world.vec_elem(back)) {
        (a, b) if a == b || behind == 0 => a,
        _ => elem::DYN,
    };
    let place = world.temp(rooted(front))?;
    let made = world.vec_copy(place, 0, before, kind, length)?;
    world.temps[place] = rooted(made);
    let back = world.elements_vec(site.ticket(1));
    for index in 0..behind {
        let value = world.vec_get(back, index);
        world.vec_set(made, before + index, value);
        world.vec_set_len(made, before + index + 1);
    }
    finish(world, site, place)
}

/// The elements from index operand `at` on, so many as the operand behind it says; fault bounds if they are not all there.
fn part(world: &mut World, site: Site, map: Ticket, at: usize, count: usize) -> Raise<(u32, u32)> {
    let length = i64::from(world.elements_len(map));
    let (from, many) = (site.int(at), site.int(count));
    let end = from.checked_add(many);
    if from < 0 || many < 0 || end.is_none_or(|end| end > length) {
        return Err(world.fault_args(
            Fault::Bounds,
            format_args!("{many} elements from index {from} on of a sequence of {length}"),
        ));
    }
    // Both lie between 0 and a length.
    Ok((from as u32, many as u32))
}

/// `array.sub`.
pub(super) fn sub(world: &mut World, site: Site) -> Raise<()> {
    let map = operand(world, site, 0)?;
    let (from, count) = part(world, site, map, 1, 2)?;
    let vector = world.elements_vec(map);
    if vector.is_none() {
        return copy(world, site);
    }
    let kind = world.vec_elem(vector);
    let place = world.temp(rooted(vector))?;
    let made = world.vec_copy(place, from, from + count, kind, count)?;
    world.temps[place] = rooted(made);
    finish(world, site, place)
}

/// `array.fill`.
pub(super) fn fill(world: &mut World, site: Site) -> Raise<()> {
    let map = operand(world, site, 0)?;
    let (from, count) = part(world, site, map, 1, 2)?;
    world.want_mutable_elements(map)?;
    world.charge_fuel(u64::from(count) / 8)?;
    let place = world.temp(site.value(0))?;
    let value = world.temp(site.value(3))?;
    for index in from..from + count {
        // Only the first store may have to widen the vector.
        world.set_element(place, index, value)?;
    }
    world.temps.truncate(place);
    site.set_value(Value::EMPTY);
    Ok(())
}

/// `array.blit`: as if all elements were read before the first is written.
pub(super) fn blit(world: &mut World, site: Site) -> Raise<()> {
    let (source, target) = (operand(world, site, 0)?, operand(world, site, 2)?);
    let (from, count) = part(world, site, source, 1, 4)?;
    let (to, _) = part(world, site, target, 3, 4)?;
    world.want_mutable_elements(target)?;
    world.charge_fuel(u64::from(count) / 8)?;
    let source = world.temp(site.value(0))?;
    let target = world.temp(site.value(2))?;
    let value = world.temp(Value::EMPTY)?;
    let up = to <= from;
    for step in 0..count {
        let index = if up { step } else { count - 1 - step };
        world.temps[value] = world.element(world.temps[source].as_ticket(), from + index);
        world.set_element(target, to + index, value)?;
    }
    world.temps.truncate(source);
    site.set_value(Value::EMPTY);
    Ok(())
}

/// `array.sort_in_place`: nothing is changed before all compares have succeeded.
pub(super) fn sort_in_place(world: &mut World, site: Site) -> Raise<()> {
    let map = operand(world, site, 0)?;
    world.want_mutable_elements(map)?;
    let place = sorted(world, site)?;
    // A compare runs no code of the program, so the array is as it was: of this length and kind.
    let vector = world.temps[place].as_ticket();
    world.set_elements_vec(site.ticket(0), vector);
    world.temps.truncate(place);
    site.set_value(Value::EMPTY);
    Ok(())
}

/// `array.sort`.
pub(super) fn sort(world: &mut World, site: Site) -> Raise<()> {
    let place = sorted(world, site)?;
    finish(world, site, place)
}

/// A sorted copy of the elements of operand 0, in `temps` at the place that is returned. Fuel for n·log₂n compares is taken before the first one; what the compares take themselves comes on
/// top. Nothing is visible before it is done.
fn sorted(world: &mut World, site: Site) -> Raise<usize> {
    let map = operand(world, site, 0)?;
    let count = u64::from(world.elements_len(map));
    world.charge_fuel(count.saturating_mul(u64::from(count.max(1).ilog2() + 1)))?;
    let place = copied(world, site)?;
    let vector = world.temps[place].as_ticket();
    let length = world.vec_len(vector) as usize;
    let data = world.at::<u8>(vector).wrapping_add(BLOB_HEADER);
    match world.vec_elem(vector) {
        // Equal integers and bytes cannot be told apart, so an unstable sort is stable for them.
        // SAFETY: the vector was made here and holds `length` elements of its kind; nothing is allocated meanwhile.
        elem::I64 => unsafe {
            std::slice::from_raw_parts_mut(data.cast::<i64>(), length).sort_unstable()
        },
        // SAFETY: as above.
        elem::U8 => unsafe { std::slice::from_raw_parts_mut(data, length).sort_unstable() },
        kind => {
            let scratch = world.vec_copy(place, 0, length as u32, kind, length as u32)?;
            let scratch = world.temp(rooted(scratch))?;
            if kind == elem::F64 {
                sort_floats(world, place, scratch, length);
            } else {
                sort_values(world, place, scratch, length)?;
            }
            world.temps.truncate(scratch);
        }
    }
    Ok(place)
}

/// Bottom-up merge sort of floats: NaN first, zeroes equal.
fn sort_floats(world: &mut World, place: usize, scratch: usize, length: usize) {
    let data = |at: usize| {
        world
            .at::<u8>(world.temps[at].as_ticket())
            .wrapping_add(BLOB_HEADER)
            .cast::<f64>()
    };
    // SAFETY: two different vectors of `length` floats; nothing is allocated meanwhile.
    let (mut from, mut to) = unsafe {
        (
            std::slice::from_raw_parts_mut(data(place), length),
            std::slice::from_raw_parts_mut(data(scratch), length),
        )
    };
    let mut rounds = 0;
    let mut width = 1;
    while width < length {
        let mut start = 0;
        while start < length {
            let (middle, end) = ((start + width).min(length), (start + 2 * width).min(length));
            let (mut left, mut right) = (start, middle);
            for slot in &mut to[start..end] {
                let take_right = left >= middle || (right < end && before(from[right], from[left]));
                let next = if take_right { &mut right } else { &mut left };
                *slot = from[*next];
                *next += 1;
            }
            start = end;
        }
        std::mem::swap(&mut from, &mut to);
        rounds += 1;
        width *= 2;
    }
    if rounds % 2 == 1 {
        to.copy_from_slice(from);
    }
}

/// True if `x` stands strictly before `y`.
fn before(x: f64, y: f64) -> bool {
    x < y || (x.is_nan() && !y.is_nan())
}

/// Bottom-up merge sort of values by [`World::compare`], which may collect: every element is read again after it.
/// `temps[scratch]` holds the same elements, so both vectors hold whole values at all times. A pair of runs that is in
/// order already is copied with one compare.
fn sort_values(world: &mut World, place: usize, scratch: usize, length: usize) -> Raise<()> {
    let (mut from, mut to) = (place, scratch);
    let mut width = 1usize;
    while width < length {
        let mut start = 0;
        while start < length {
            let (middle, end) = ((start + width).min(length), (start + 2 * width).min(length));
            let (mut left, mut right) = (start, middle);
            if middle < end && !after(world, from, middle - 1, middle)? {
                copy_run(world, from, to, start, end);
                start = end;
                continue;
            }
            for at in start..end {
                if at % SIGNAL_STRIDE == 0 {
                    world.charge_node()?;
                }
                let take_right =
                    left >= middle || (right < end && after(world, from, left, right)?);
                let next = if take_right { &mut right } else { &mut left };
                let value = element(world, from, *next);
                *next += 1;
                let target = world.temps[to].as_ticket();
                world.vec_set(target, at as u32, value);
            }
            start = end;
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    if from != place {
        copy_run(world, from, place, 0, length);
    }
    Ok(())
}

fn element(world: &World, vector: usize, index: usize) -> Value {
    world.vec_get(world.temps[vector].as_ticket(), index as u32)
}

/// True if the element at `left` stands strictly after the one at `right`.
fn after(world: &mut World, vector: usize, left: usize, right: usize) -> Raise<bool> {
    let (x, y) = (element(world, vector, left), element(world, vector, right));
    if let (Some(x), Some(y)) = (x.as_int(), y.as_int()) {
        return Ok(x > y);
    }
    Ok(world.compare(x, y)? == Ordering::Greater)
}

/// Copies the elements `start..end` of one `dyn` vector to the same places of another of the same length.
fn copy_run(world: &mut World, from: usize, to: usize, start: usize, end: usize) {
    let (source, target) = (world.temps[from].as_ticket(), world.temps[to].as_ticket());
    // SAFETY: two live `dyn` vectors with at least `end` elements.
    unsafe {
        let values = |vector: Ticket| {
            world
                .at::<BlobObj>(vector)
                .cast::<u8>()
                .add(BLOB_HEADER)
                .cast::<Value>()
        };
        std::ptr::copy_nonoverlapping(
            values(source).add(start),
            values(target).add(start),
            end - start,
        );
    }
    world.lemari.barrier_all(target);
}
