//! `push_at`: adding an element at an end of a collection.

use fzb::tables::Lang;

use isa::{Fault, Hook};
use lemari::Ticket;

use super::immediates;
use super::index::write_now;
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::fault::Raise;
use crate::frame::flags;
use crate::heap::map::set;
use crate::heap::object::{BlobObj, MapObj};
use crate::legend::{LegendId, Legends, Nature, entry_flags, legend_flags};
use crate::policy::has_hooks;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// At the end.
pub(crate) const END: u32 = 0;
/// In front.
pub(crate) const FRONT: u32 = 1;

/// Adds the pair after `b` to the collection `b` (pair), at the end (wide low [`END`]) or in front ([`FRONT`]); `a` := the
/// collection. Hook first; what it gives is dropped. Here a list or array at its end, with room: no hook can stand on it unless its
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
        if tag == tag::MAP && immediates(pc).0 == END {
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
            let (end, _) = immediates(pc);
            let (at, value_at) = (w.b, w.b.wrapping_add(16));
            // As above, where the collector must be told.
            let collection = world.read(r, at);
            if end == END
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
                let hook = if end == END {
                    Hook::Append
                } else {
                    Hook::Unshift
                };
                if let Some(callee) = world.hook(world.read(r, at), hook)? {
                    let (receiver, value) = (world.read(r, at), world.read(r, value_at));
                    world.write(r, w.a, receiver);
                    return world.call_value(r, callee, Some(receiver), &[value], w.a, flags::DROP);
                }
            }
            let (collection, value) = (world.read(r, at), world.read(r, value_at));
            world.add_element(collection, value, end, false)?;
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

    /// Adds an element to a collection at an end ([`END`] or [`FRONT`]); `fixed`: it may not be changed afterwards. Hooks are not
    /// asked. Faults type, write, mem.
    pub(crate) fn add_element(
        &mut self,
        collection: Value,
        value: Value,
        end: u32,
        fixed: bool,
    ) -> Raise<()> {
        // What is added through a view is its target's.
        let collection = self.target_of(collection);
        let accepted = match collection.kind() {
            Kind::Map => {
                let nature = self.nature(collection.as_ticket());
                !nature.typed() && !matches!(nature, Nature::Dict | Nature::View)
            }
            Kind::Realm | Kind::Vassal => true,
            _ => false,
        };
        if !accepted {
            return Err(self.type_fault("list", collection));
        }
        let mark = self.temp(collection)?;
        let value = self.temp(value)?;
        if end == END {
            self.append(mark, value, fixed)?;
        } else {
            self.unshift(mark, value, fixed)?;
        }
        self.temps.truncate(mark);
        Ok(())
    }

    /// The elements of a map's vector may not be changed. In Rhumb others may come, in its table those that may be changed,
    /// unless all of the map is frozen; faults write if none may.
    pub(super) fn fixed_run(&mut self, map: Ticket, number: i64) -> Raise<bool> {
        let legend = self.map_legend(map);
        if self.elements_mutable(legend.0) {
            return Ok(false);
        }
        if self.policy() == Lang::Rhumb && !self.legend(legend).has(legend_flags::FROZEN) {
            return Ok(true);
        }
        Err(self.write_fault("the elements cannot be changed", Value::int(number)))
    }

    /// Adds `temps[value]` behind the greatest number that names an element of `temps[map]`; `fixed`: it may not be changed.
    pub(crate) fn append(&mut self, map: usize, value: usize, fixed: bool) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let len = i64::from(self.elements_len(ticket));
        let greatest = self.greatest_number(ticket)?.max(len);
        let Some(next) = greatest.checked_add(1) else {
            return Err(self.fault(Fault::Range, "no number is left for another element"));
        };
        let run = self.fixed_run(ticket, next)?;
        if next == len + 1 && (run == fixed || len == 0 && fixed) {
            return self.push_fixed(map, value, fixed);
        }
        let key = self.temp(Value::int(next))?;
        self.set_member(map, key, value, how(fixed))?;
        self.temps.truncate(key);
        Ok(())
    }

    /// Adds `temps[value]` behind the vector of `temps[map]`, whose elements are all like it.
    pub(super) fn push_fixed(&mut self, map: usize, value: usize, fixed: bool) -> Raise<()> {
        if !fixed {
            return self.push_element(map, value);
        }
        let before = self.map_legend(self.temps[map].as_ticket());
        let legend = self.legend_freeze_elements(before)?;
        self.set_map_legend(self.temps[map].as_ticket(), legend);
        let pushed = self.push_element(map, value);
        if pushed.is_err() {
            self.set_map_legend(self.temps[map].as_ticket(), before);
        }
        pushed
    }

    /// Adds `temps[value]` as the first element of `temps[map]`; the numbers of the others grow by one.
    fn unshift(&mut self, map: usize, value: usize, fixed: bool) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let len = self.elements_len(ticket);
        let run = self.fixed_run(ticket, 1)?;
        if run && len > 0 {
            return Err(self.write_fault("the elements cannot be changed", Value::int(1)));
        }
        if self.greatest_number(ticket)? > 0 {
            self.renumber(map)?;
        }
        if len == 0 && run != fixed {
            if fixed {
                return self.push_fixed(map, value, true);
            }
            let key = self.temp(Value::int(1))?;
            self.set_member(map, key, value, how(false))?;
            self.temps.truncate(key);
            return Ok(());
        }
        self.insert_element(map, 0, value)?;
        if fixed && !run {
            self.freeze_element(map, 0)?;
        }
        Ok(())
    }

    /// Numbers above 0 that stand in the table of `temps[map]` grow by one. Faults write if one of them may not be changed.
    fn renumber(&mut self, map: usize) -> Raise<()> {
        let mark = self.temps.len();
        let ticket = self.temps[map].as_ticket();
        let entries = self.table_entries(ticket);
        self.charge_fuel(u64::from(entries) / 4)?;
        for entry in 0..entries {
            let ticket = self.temps[map].as_ticket();
            let (key, value) = self.table_entry(ticket, entry);
            let Some(number) = key.as_int().filter(|number| *number > 0) else {
                continue;
            };
            if self.table_flags(ticket, entry) & entry_flags::IMMUTABLE != 0 {
                self.temps.truncate(mark);
                return Err(self.write_fault("an element that cannot be moved", key));
            }
            self.temp(Value::int(number.saturating_add(1)))?;
            self.temp(value)?;
        }
        for entry in 0..entries {
            let ticket = self.temps[map].as_ticket();
            let (key, _) = self.table_entry(ticket, entry);
            if key.as_int().is_some_and(|number| number > 0) {
                self.table_remove_entry(ticket, entry);
            }
        }
        for key in (mark..self.temps.len()).step_by(2) {
            self.table_put(map, key, key + 1)?;
        }
        self.temps.truncate(mark);
        Ok(())
    }
}

/// How a field is set that may or may not be changed afterwards.
const fn how(fixed: bool) -> u8 {
    if fixed { set::IMMUTABLE } else { set::MUTABLE }
}
