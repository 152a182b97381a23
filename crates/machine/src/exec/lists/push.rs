//! `push_at`: adding an element at an end of a collection.

use isa::Hook;

use lemari::Ticket;

use super::immediates;
use super::index::write_now;
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::fault::Raise;
use crate::frame::flags;
use crate::heap::map::set;
use crate::heap::object::{BlobObj, MapObj};
use crate::legend::{LegendId, Legends, Nature};
use crate::policy::has_hooks;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Adds the pair after `b` to the collection `b` (pair), at the end (wide low 0) or in front (1); `a` := the collection.
/// Hook first; what it gives is dropped. Here a list or array at its end, with room: no hook can stand on it unless its
/// legend has fields or delegates.
pub unsafe fn push_at<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the vector is live and has room for the element.
    unsafe {
        let w = *pc;
        let collection = r.byte_add(w.b as usize);
        let (tag, payload) = (*collection, *collection.add(1));
        if tag == tag::MAP && immediates(pc).0 == 0 {
            let map = (*cx).at::<MapObj>(Ticket(payload as u32));
            let elements = (*map).elements;
            if is_born(LegendId((*map).legend)) && (*map).table == 0 && elements != 0 {
                let vec = (*cx).at::<BlobObj>(Ticket(elements));
                let len = (*vec).len;
                if len < (*vec).cap && write_now(cx, elements, vec, len as usize, collection.add(2))
                {
                    (*vec).len = len + 1;
                    let to = r.byte_add(w.a as usize);
                    to.write(tag);
                    to.add(1).write(payload);
                    return D::next(pc.add(2), r, cx, ia, fa);
                }
            }
        }
        cold::<D, PushAt>(pc, r, cx, ia, fa)
    }
}

struct PushAt;
impl Slow for PushAt {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (front, _) = immediates(pc);
            let front = front != 0;
            let (at, value_at) = (w.b, w.b.wrapping_add(16));
            // As above, where the collector must be told.
            let collection = world.read(r, at);
            if !front
                && collection.tag == tag::MAP
                && is_born(world.map_legend(collection.as_ticket()))
            {
                let value = world.read(r, value_at);
                if world.push_now(collection, value) {
                    world.write(r, w.a, collection);
                    return Ok(Next::at(pc.add(2), r));
                }
            }
            if has_hooks(world.policy()) {
                let hook = if front { Hook::Unshift } else { Hook::Append };
                if let Some(callee) = world.hook(world.read(r, at), hook)? {
                    let (receiver, value) = (world.read(r, at), world.read(r, value_at));
                    world.write(r, w.a, receiver);
                    return world.call_value(r, callee, Some(receiver), &[value], w.a, flags::DROP);
                }
            }
            let collection = world.read(r, at);
            let accepted = match collection.kind() {
                Kind::Map => {
                    let nature = world
                        .legend(world.map_legend(collection.as_ticket()))
                        .nature;
                    !nature.typed() && nature != Nature::Dict
                }
                Kind::Realm | Kind::Vassal => true,
                _ => false,
            };
            if !accepted {
                return Err(world.type_fault("list", collection));
            }
            let number = if front {
                1
            } else {
                i64::from(world.elements_len(collection.as_ticket())).saturating_add(1)
            };
            world.want_mutable_element(collection.as_ticket(), number)?;
            let value = world.read(r, value_at);
            if front || !world.push_now(collection, value) {
                let mark = world.temp(collection)?;
                let value = world.temp(value)?;
                if front {
                    world.insert_element(mark, 0, value)?;
                } else {
                    world.append(mark, value)?;
                }
                world.temps.truncate(mark);
            }
            let collection = world.read(r, at);
            world.write(r, w.a, collection);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// True for the legends that lists and arrays are born with: mutable, without fields and delegates.
#[inline(always)]
fn is_born(legend: LegendId) -> bool {
    legend == Legends::LIST || Legends::ARRAYS.contains(&legend)
}

impl World {
    /// The common case of appending: room in a vector that holds such values, and no numbered entries beyond it.
    fn push_now(&mut self, collection: Value, value: Value) -> bool {
        let map = collection.as_ticket();
        self.map_table(map).0 == 0 && self.push_element_now(map, value)
    }

    /// Adds `temps[value]` behind the greatest number that names an element of `temps[map]`.
    pub(crate) fn append(&mut self, map: usize, value: usize) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let len = i64::from(self.elements_len(ticket));
        let greatest = self.greatest_number(ticket)?;
        if greatest <= len {
            return self.push_element(map, value);
        }
        let key = self.temp(Value::int(greatest.saturating_add(1)))?;
        self.set_member(map, key, value, set::MUTABLE)?;
        self.temps.truncate(key);
        Ok(())
    }

    /// The greatest integer key of a map's table, at least 0. Charged per entry.
    pub(crate) fn greatest_number(&mut self, map: Ticket) -> Raise<i64> {
        let entries = self.table_entries(map);
        self.charge_fuel(u64::from(entries) / 4)?;
        let mut greatest = 0;
        for entry in 0..entries {
            if let Some(number) = self.table_entry(map, entry).0.as_int() {
                greatest = greatest.max(number);
            }
        }
        Ok(greatest)
    }
}
