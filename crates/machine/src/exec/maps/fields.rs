//! `get_name` and `set_name`: a compare of the legend, then a load or store; everything else is slow.

use fzb::tables::Lang;
use fzb::view::Repr;
use lemari::Ticket;

use super::sites::{key, key_of, more, way};
use super::wide;
use crate::cache::{Cache, action};
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::fault::{Fault, Raise};
use crate::heap::map::{Place, set};
use crate::heap::object::{CellObj, MapObj};
use crate::host_memory::copied;
use crate::legend::{FieldName, LegendId, Nature, field_flags, legend_flags};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// `a` := field of the map `b`; if `INVOKE`, a routine of arity zero in it is called with the receiver. The next word: name
/// low, site high.
pub unsafe fn get_name<D: Dispatch, const INVOKE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; a map's ticket is live.
    unsafe {
        let w = *pc;
        let object = r.byte_add(w.b as usize);
        if *object != tag::MAP {
            return missed::<D, INVOKE>(pc, r, cx, ia, fa);
        }
        let map = (*cx)
            .lemari
            .at(Ticket(*object.add(1) as u32))
            .cast::<MapObj>();
        let cache = (*(*cx).frame)
            .caches
            .add((*pc.add(1).cast::<u64>() >> 32) as usize);
        if key_of(cache) == key((*map).legend, action::OWN) {
            let slot = (*cache).slot;
            if slot < ((*map).header >> 16) as u16 as u32 {
                let from = (&raw const (*map).fields)
                    .cast::<u64>()
                    .add(2 * slot as usize);
                let (value_tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
                if INVOKE && is_routine(value_tag) {
                    return cold::<D, ReadName>(pc, r, cx, ia, fa);
                }
                let to = r.byte_add(w.a as usize);
                to.write_volatile(value_tag);
                to.add(1).write_volatile(payload);
                return D::next(pc.add(2), r, cx, ia, fa);
            }
        }
        get_name_more::<D, INVOKE>(pc, r, cx, ia, fa)
    }
}

/// What a site may also hold: a delegate's slot, an exposed label, several legends.
#[inline(never)]
unsafe fn get_name_more<D: Dispatch, const INVOKE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `get_name`, which has tested that `b` is a map.
    unsafe {
        let w = *pc;
        let map = (*cx)
            .lemari
            .at(Ticket(*r.byte_add(w.b as usize).add(1) as u32))
            .cast::<MapObj>();
        let cache = (*(*cx).frame)
            .caches
            .add((*pc.add(1).cast::<u64>() >> 32) as usize);
        let legend = (*map).legend;
        let own = way(cache, key(legend, action::OWN));
        let (owner, slot, exposed) = if !own.is_null() {
            (map, (*own).slot, false)
        } else if key_of(cache) == key(legend, action::HOLDER)
            && (*cache).epoch == (*cx).lookup_epoch
        {
            (
                (*cx).lemari.at(Ticket((*cache).holder)).cast::<MapObj>(),
                (*cache).slot,
                false,
            )
        } else if key_of(cache) == key(legend, more::EXPOSED) {
            (map, (*cache).slot, true)
        } else {
            let found = way(cache, key(legend, action::HOLDER));
            if found.is_null() || (*found).epoch != (*cx).lookup_epoch {
                return missed::<D, INVOKE>(pc, r, cx, ia, fa);
            }
            (
                (*cx).lemari.at(Ticket((*found).holder)).cast::<MapObj>(),
                (*found).slot,
                false,
            )
        };
        if slot >= ((*owner).header >> 16) as u16 as u32 {
            return missed::<D, INVOKE>(pc, r, cx, ia, fa);
        }
        let mut from = (&raw const (*owner).fields)
            .cast::<u64>()
            .add(2 * slot as usize);
        if exposed {
            if *from != tag::CELL {
                return missed::<D, INVOKE>(pc, r, cx, ia, fa);
            }
            let cell = (*cx)
                .lemari
                .at(Ticket(*from.add(1) as u32))
                .cast::<CellObj>();
            from = (&raw const (*cell).value).cast::<u64>();
        }
        let (value_tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        if INVOKE && is_routine(value_tag) {
            return cold::<D, ReadName>(pc, r, cx, ia, fa);
        }
        let to = r.byte_add(w.a as usize);
        to.write_volatile(value_tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// Could it be invoked without arguments?
fn is_routine(value_tag: u64) -> bool {
    let kind = value_tag as u8;
    kind == Kind::Func as u8 || kind == Kind::Closure as u8
}

/// The site does not hold the answer.
unsafe fn missed<D: Dispatch, const INVOKE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `get_name`.
    unsafe {
        if INVOKE {
            cold::<D, ReadName>(pc, r, cx, ia, fa)
        } else {
            cold::<D, GetName>(pc, r, cx, ia, fa)
        }
    }
}

struct ReadName;
impl Slow for ReadName {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, site) = wide(pc);
            let name = world.name(name)?;
            let object = world.read(r, w.b);
            let cache = world.site(site);
            let value = world.get_named(object, name, cache)?;
            if matches!(value.kind(), Kind::Func | Kind::Closure) && world.is_nullary(value)? {
                let receiver = world.self_of(world.read(r, w.b));
                return world.call_value(r, value, Some(receiver), &[], w.a, 0);
            }
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

struct GetName;
impl Slow for GetName {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, site) = wide(pc);
            let name = world.name(name)?;
            let object = world.read(r, w.b);
            let cache = world.site(site);
            let value = world.get_named(object, name, cache)?;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `b`'s value goes to the field of the map `a`; `c` the flags ([`set`]). The next word: name low, site high.
pub unsafe fn set_name<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; a map's ticket is live.
    unsafe {
        let w = *pc;
        let object = r.byte_add(w.a as usize);
        if *object != tag::MAP {
            return cold::<D, SetName>(pc, r, cx, ia, fa);
        }
        let ticket = Ticket(*object.add(1) as u32);
        let map = (*cx).lemari.at(ticket).cast::<MapObj>();
        let mut cache = (*(*cx).frame)
            .caches
            .add((*pc.add(1).cast::<u64>() >> 32) as usize);
        let legend = (*map).legend;
        if key_of(cache) != key(legend, action::STORE) && key_of(cache) != key(legend, action::ADD)
        {
            let found = way(cache, key(legend, action::STORE));
            cache = if found.is_null() {
                way(cache, key(legend, action::ADD))
            } else {
                found
            };
            if cache.is_null() {
                return cold::<D, SetName>(pc, r, cx, ia, fa);
            }
        }
        let slot = (*cache).slot;
        if slot >= ((*map).header >> 16) as u16 as u32 {
            return cold::<D, SetName>(pc, r, cx, ia, fa);
        }
        if (*cache).action == action::ADD {
            (*map).legend = (*cache).holder;
        }
        let from = r.byte_add(w.b as usize);
        let to = (&raw mut (*map).fields)
            .cast::<u64>()
            .add(2 * slot as usize);
        let (value_tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        to.write_volatile(value_tag);
        to.add(1).write_volatile(payload);
        if value_tag as u8 >= Kind::FIRST_TICKET {
            (*cx).lemari.barrier(ticket, to, Ticket(payload as u32));
        }
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

struct SetName;
impl Slow for SetName {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, site) = wide(pc);
            let name = world.name(name)?;
            let cache = world.site(site);
            let mark = world.temp(Value::EMPTY)?;
            world.temp(Value::EMPTY)?;
            let (object, value) = (world.read(r, w.a), world.read(r, w.b));
            world.temps[mark] = world.target_of(object);
            world.temps[mark + 1] = value;
            world.set_named(mark, FieldName::text(name), mark + 1, w.c as u8, cache)?;
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// A field by name as `get_name` reads it by policy; remembered at a site. Faults attribute, key.
    fn get_named(&mut self, object: Value, name: u32, cache: *mut Cache) -> Raise<Value> {
        let field = FieldName::text(name);
        if object.kind() == Kind::Map {
            let map = object.as_ticket();
            let id = self.map_legend(map);
            let legend = self.legend(id);
            if !legend.has(legend_flags::DICT)
                && let Some(found) = legend.field(field)
            {
                let value = self.place_value(map, Place::Slot(found));
                if found.is(field_flags::LIVE) {
                    return Ok(value);
                }
                let what = if found.is(field_flags::EXPOSED) {
                    more::EXPOSED
                } else {
                    action::OWN
                };
                self.remember(
                    cache,
                    Cache {
                        legend: id.0,
                        action: what,
                        slot: u32::from(found.slot),
                        ..Cache::default()
                    },
                );
                return Ok(value);
            }
        }
        let lang = self.policy();
        let watch = !self.site_given_up(cache) && object.kind() == Kind::Map;
        let mark = self.temp(object)?;
        let found = self.search(object, crate::heap::map::Want::Name(field), watch)?;
        let object = self.temps[mark];
        let Some(value) = found.value else {
            let value = self.absent_field(lang, object, name)?;
            self.temps.truncate(mark);
            return Ok(value);
        };
        if self.binds(lang, object, found.holder, found.own, value) {
            let callee = self.temp(value)?;
            let bound = self.bind_method(callee, mark)?;
            self.temps.truncate(mark);
            return Ok(bound);
        }
        if found.cacheable
            && !found.own
            && let Some(Place::Slot(field)) = found.place
            && !field.is(field_flags::EXPOSED | field_flags::LIVE)
        {
            let legend = self.legend_number(object.as_ticket());
            let (slot, epoch) = (u32::from(field.slot), self.lookup_epoch);
            self.remember(
                cache,
                Cache {
                    legend,
                    action: action::HOLDER,
                    slot,
                    holder: found.holder.0,
                    epoch,
                    ..Cache::default()
                },
            );
        }
        self.temps.truncate(mark);
        Ok(value)
    }

    /// True if a field found in a delegate is a method that is bound when it is read (policy Morph: in a class, or in the
    /// base map of a kind; the class itself gives it unbound).
    pub(super) fn binds(
        &self,
        lang: Lang,
        object: Value,
        holder: Ticket,
        own: bool,
        value: Value,
    ) -> bool {
        lang == Lang::Morph
            && !own
            && matches!(value.kind(), Kind::Func | Kind::Closure)
            && match object.kind() {
                Kind::Map => {
                    self.nature(object.as_ticket()) == Nature::Instance
                        && self.nature(holder) == Nature::Class
                }
                _ => true,
            }
    }

    /// What an absent field is by policy: empty in Rhumb, else fault key in a dictionary and attribute elsewhere. Morph's
    /// names that every object has are answered here.
    pub(super) fn absent_field(&mut self, lang: Lang, object: Value, name: u32) -> Raise<Value> {
        if lang == Lang::Rhumb {
            return Ok(Value::EMPTY);
        }
        if lang == Lang::Morph && object.kind() == Kind::Map {
            let map = object.as_ticket();
            match (self.name_text(name), self.nature(map)) {
                ("__class__", Nature::Instance) => return Ok(self.map_ctor(map)),
                ("name" | "__name__", Nature::Class) => {
                    let name = self.legend(self.map_legend(map)).name;
                    return Ok(self.name_value(name));
                }
                _ => {}
            }
        }
        let dict = object.kind() == Kind::Map && self.nature(object.as_ticket()) == Nature::Dict;
        let kind = self.kind_name(object);
        let name = copied(self.name_text(name));
        Err(if dict {
            self.fault_args(Fault::Key, format_args!("there is no key {name}"))
        } else {
            self.fault_args(
                Fault::Attribute,
                format_args!("a value of kind {kind} has no field {name}"),
            )
        })
    }

    /// Sets the field of `temps[map]` to `temps[value]`; remembered at a site. Faults type, write, key.
    fn set_named(
        &mut self,
        map: usize,
        name: FieldName,
        value: usize,
        how: u8,
        cache: *mut Cache,
    ) -> Raise<()> {
        let object = self.temps[map];
        if !object.is_map() {
            return Err(self.type_fault("a map", object));
        }
        let ticket = object.as_ticket();
        let before = self.map_legend(ticket);
        let legend = self.legend(before);
        let plain = object.kind() == Kind::Map
            && legend.flags & (legend_flags::DICT | legend_flags::WATCHED) == 0
            && how & set::SUB == 0;
        let existing = if plain { legend.field(name) } else { None };
        self.set_field(map, name, value, how)?;
        if !plain {
            return Ok(());
        }
        let after = self.map_legend(self.temps[map].as_ticket());
        match existing {
            Some(field)
                if field.flags == field_flags::MUTABLE
                    && field.repr == Repr::Dyn
                    && after == before =>
            {
                self.remember(
                    cache,
                    Cache {
                        legend: before.0,
                        action: action::STORE,
                        slot: u32::from(field.slot),
                        ..Cache::default()
                    },
                );
            }
            None if how & set::EXISTING == 0 && self.is_child(before, after) => {
                let slot = self.legend(before).fields.len() as u32;
                self.remember(
                    cache,
                    Cache {
                        legend: before.0,
                        action: action::ADD,
                        slot,
                        holder: after.0,
                        ..Cache::default()
                    },
                );
            }
            _ => {}
        }
        Ok(())
    }

    /// True if a legend is another with one more field.
    fn is_child(&self, before: LegendId, after: LegendId) -> bool {
        let (old, new) = (self.legend(before), self.legend(after));
        new.parent == before.0
            && !new.has(legend_flags::DICT)
            && new.fields.len() == old.fields.len() + 1
            && new.flags == old.flags
    }
}
