//! Tests and removal: `has`, `try_name`, `get_sub`, `is_instance`, `del_index`.

use fzb::tables::Lang;

use super::wide;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::Raise;
use crate::heap::map::Want;
use crate::legend::{FieldName, Nature, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` (word) := does the value at `b` have what the value behind it names? The next word: 0 field, 1 own field,
/// 2 subfield.
pub struct Has;
impl Slow for Has {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let mark = world.temp(world.read(r, w.b))?;
            let key = world.temp(world.read(r, w.b + 16))?;
            let truth = world.has(mark, key, wide(pc).0)?;
            world.temps.truncate(mark);
            *r.byte_add(w.a as usize) = truth as u64;
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair, pair, word) := the value at `b`, its field (or empty), and whether it is there; the next word: name low.
pub struct TryName;
impl Slow for TryName {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let name = world.name(wide(pc).0)?;
            let mark = world.temp(world.read(r, w.b))?;
            let found = world.lookup_value(world.temps[mark], name)?;
            world.write(r, w.a, world.temps[mark]);
            world.write(r, w.a + 16, found.unwrap_or(Value::EMPTY));
            *r.byte_add(w.a as usize + 32) = found.is_some() as u64;
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := the subfield of `b` of that name (own, then delegated), or empty; the next word: name low.
pub struct GetSub;
impl Slow for GetSub {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let name = FieldName::text(world.name(wide(pc).0)?);
            let object = world.read(r, w.b);
            let named =
                object.kind() == Kind::Map && world.view_name(object.as_ticket()) == Some(name);
            let found = if named {
                Some(world.slot_value(object.as_ticket(), 1))
            } else {
                world.search(object, Want::Sub(name), false)?.value
            };
            world.write(r, w.a, found.unwrap_or(Value::EMPTY));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (word) := is the value at `b` an instance of the class, or of the kind, behind it?
pub struct IsInstance;
impl Slow for IsInstance {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let class = world.read(r, w.b + 16);
            let truth = match class.kind() {
                Kind::Map if world.is_class(class.as_ticket()) => {
                    world.is_instance_of(world.read(r, w.b), class.as_ticket())
                }
                Kind::Text => {
                    let mark = world.temp(class)?;
                    let value = world.read(r, w.b);
                    let truth = world.is_of_kind_named(value, mark)?;
                    world.temps.truncate(mark);
                    truth
                }
                _ => return Err(world.type_fault("a class or a kind's name", class)),
            };
            *r.byte_add(w.a as usize) = truth as u64;
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (word) := was the entry of the collection at `b` under the key behind it there? It is removed.
pub struct DelIndex;
impl Slow for DelIndex {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let object = world.target_of(world.read(r, w.b));
            if !object.is_map() {
                return Err(world.type_fault("a dictionary", object));
            }
            let mark = world.temp(object)?;
            let key = world.temp(world.read(r, w.b + 16))?;
            let there = world.remove_at(mark, key)?;
            world.temps.truncate(mark);
            *r.byte_add(w.a as usize) = there as u64;
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// `has` of `temps[object]` and `temps[key]`.
    fn has(&mut self, object: usize, key: usize, mode: u32) -> Raise<bool> {
        let receiver = self.temps[object];
        let wanted = self.temps[key];
        if mode == 2 {
            if wanted.is_map() {
                return self.delegates_by_identity(receiver, key);
            }
            let Some(name) = self.name_of_key(key)? else {
                return Ok(false);
            };
            let receiver = self.temps[object];
            if receiver.kind() == Kind::Map && self.view_name(receiver.as_ticket()) == Some(name) {
                return Ok(true);
            }
            return Ok(self.search(receiver, Want::Sub(name), false)?.holder.0 != 0);
        }
        // Boxed versions and dates are names.
        let named = self.policy() == Lang::Rhumb && self.is_name(wanted);
        if wanted.is_map() && mode == 0 && !named {
            return Ok(self.search(receiver, Want::Value(key), false)?.holder.0 != 0);
        }
        let mut number = wanted.as_int();
        if self.policy() == Lang::Rhumb {
            number = self.index_number(wanted);
            if let Some(number) = number {
                self.temps[key] = Value::int(number);
            }
        }
        if let Some(number) = number
            && receiver.is_map()
        {
            let base = if self.policy() == Lang::Rhumb { 1 } else { 0 };
            let ticket = self.target_of(receiver).as_ticket();
            let dict = self.nature(ticket) == Nature::Dict;
            let index = number
                .checked_sub(base)
                .and_then(|index| u32::try_from(index).ok());
            if !dict && index.is_some_and(|index| index < self.elements_len(ticket)) {
                return Ok(true);
            }
        }
        if mode == 1 {
            let target = self.target_of(self.temps[object]);
            if !target.is_map() {
                return Ok(false);
            }
            self.temps[object] = target;
            let place = self.own_place_of(object, key)?;
            return Ok(place.is_some_and(|place| place.flags() & field_flags::HIDDEN == 0));
        }
        if let (Lang::Rhumb, Some(number)) = (self.policy(), number) {
            let (receiver, wanted) = (self.temps[object], World::element_wanted(key, number));
            return Ok(self.search(receiver, wanted, false)?.holder.0 != 0);
        }
        if let Some(name) = self.name_of_key(key)? {
            let receiver = self.temps[object];
            return Ok(self.search(receiver, Want::Name(name), false)?.holder.0 != 0);
        }
        let receiver = self.temps[object];
        Ok(self.search(receiver, Want::Key(key), false)?.holder.0 != 0)
    }

    /// Is `value` of the kind that the text `temps[name]` names in the running language?
    fn is_of_kind_named(&mut self, value: Value, name: usize) -> Raise<bool> {
        let own = self.type_name(value)?;
        if own.kind() != Kind::Text {
            return Ok(false);
        }
        self.text_eq(own.as_ticket(), self.temps[name].as_ticket())
    }

    fn delegates_by_identity(&mut self, receiver: Value, wanted: usize) -> Raise<bool> {
        Ok(self.search(receiver, Want::Map(wanted), false)?.holder.0 != 0)
    }

    /// Removes the element or entry of `temps[map]` under `temps[key]`; was it there? Faults write.
    fn remove_at(&mut self, map: usize, key: usize) -> Raise<bool> {
        let ticket = self.temps[map].as_ticket();
        let positional = self.nature(ticket) != Nature::Dict && self.elements_len(ticket) > 0;
        if positional && let Some(number) = self.temps[key].as_int() {
            let lang = self.policy();
            let len = i64::from(self.elements_len(ticket));
            let index = match lang {
                Lang::Rhumb => number.checked_sub(1).unwrap_or(-1),
                Lang::Morph if number < 0 => number.saturating_add(len),
                _ => number,
            };
            if index < 0 || index >= len {
                return Ok(false);
            }
            if !self.legends.elements_mutable(self.map_legend(ticket)) {
                return Err(self.fault(
                    crate::fault::Fault::Write,
                    "elements that may not be changed",
                ));
            }
            self.remove_element(ticket, index as u32)?;
            return Ok(true);
        }
        self.remove_member(map, key)
    }
}
