//! Taking sequences apart: `unpack`, `check_len`, `try_index`, `rest`. A failed test never faults.

use fzb::tables::{ConstId, Lang};
use fzb::view::Constant;

use super::immediates;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::exec::int::set as set_word;
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::legend::{FieldName, Legends, Nature, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// Number in `rest` that leaves no elements, however many there are.
const NO_ELEMENTS: u32 = u16::MAX as u32;

/// Modes of `check_len`.
mod check {
    pub const EXACTLY: u32 = 0;
    pub const AT_LEAST: u32 = 1;
}

/// `a` (pairs) := the first (wide low) elements of the pair `b`; wide high 0: fault bounds when there are fewer, 1: empty
/// for those that are not there, and of what has no elements.
pub struct Unpack;
impl Slow for Unpack {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands and results of the instruction at `pc`. Nothing is allocated, so that the source in hand stays
        // valid while the results overwrite its register.
        unsafe {
            let w = *pc;
            let (count, fill) = immediates(pc);
            let source = world.read(r, w.b);
            world.charge_fuel(u64::from(count))?;
            let len = world.sequence_len_up_to(source, count)?;
            match len {
                None if fill == 0 => return Err(world.type_fault("sequence", source)),
                Some(len) if fill == 0 && len < count => {
                    return Err(world.fault_args(
                        Fault::Bounds,
                        format_args!("{count} elements wanted, {len} there"),
                    ));
                }
                _ => {}
            }
            let len = len.unwrap_or(0).min(count);
            let mut cell = source.as_ticket();
            for index in 0..count {
                let value = if index >= len {
                    Value::EMPTY
                } else if source.kind() == Kind::List {
                    let head = world.list_head(cell);
                    cell = world.list_tail(cell);
                    head
                } else {
                    world.sequence_item(source, index)
                };
                world.write(r, w.a.wrapping_add(16u16.wrapping_mul(index as u16)), value);
            }
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair, word) := the pair `b`, and whether it has exactly (wide high 0) or at least (1) so many elements (wide low),
/// or is a sequence at all (2).
pub struct CheckLen;
impl Slow for CheckLen {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands and results of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (count, mode) = immediates(pc);
            let value = world.read(r, w.b);
            let len = if world.is_sequence(value) {
                world.sequence_len_up_to(value, count.saturating_add(1))?
            } else {
                None
            };
            let truth = match (len, mode) {
                (None, _) => false,
                (Some(len), check::EXACTLY) => len == count,
                (Some(len), check::AT_LEAST) => len >= count,
                _ => true,
            };
            world.write(r, w.a, value);
            set_word(r, w.a.wrapping_add(16), truth as u64);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair, pair, word) := the pair `b`, its own element with the index (wide low), in the policy's counting, and whether
/// it is there.
pub struct TryIndex;
impl Slow for TryIndex {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands and results of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (index, _) = immediates(pc);
            let source = world.read(r, w.b);
            let mark = world.temp(source)?;
            let found = world.try_index(mark, index)?;
            let source = world.temps[mark];
            world.temps.truncate(mark);
            world.write(r, w.a, source);
            world.write(r, w.a.wrapping_add(16), found.unwrap_or(Value::EMPTY));
            set_word(r, w.a.wrapping_add(32), found.is_some() as u64);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := what is left of the pair `b` without its first (wide low) elements and the fields that constant (wide
/// high) names.
pub struct Rest;
impl Slow for Rest {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (skip, constant) = immediates(pc);
            let mark = world.temp(world.read(r, w.b))?;
            let value = world.rest(mark, skip, constant)?;
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// Does a pattern of positions fit this kind of value? In Morph only what it calls a list; in the others any map.
    pub(crate) fn is_sequence(&self, value: Value) -> bool {
        match value.kind() {
            Kind::List => true,
            Kind::Map => {
                let map = value.as_ticket();
                let legend = self.legend(self.map_legend(map));
                match legend.nature {
                    Nature::List | Nature::Array | Nature::Tuple => true,
                    Nature::Dict => self.policy() == Lang::Rhumb,
                    Nature::Plain if self.policy() == Lang::Morph => {
                        self.elements_vec(map).0 != 0
                            && legend.fields.is_empty()
                            && self.table_live(map) == 0
                    }
                    _ => matches!(self.policy(), Lang::Rhumb | Lang::Machine),
                }
            }
            Kind::Realm | Kind::Vassal => self.policy() == Lang::Rhumb,
            Kind::Range => self.int_range(value).is_some(),
            _ => false,
        }
    }

    /// Number of elements of what has some (at most `most` of a list's are counted); does not allocate.
    fn sequence_len_up_to(&mut self, value: Value, most: u32) -> Raise<Option<u32>> {
        match value.kind() {
            Kind::List => self.list_len_up_to(value.as_ticket(), most).map(Some),
            Kind::Map | Kind::Realm | Kind::Vassal => {
                Ok(Some(self.positional_len(value.as_ticket())))
            }
            Kind::Bytes => Ok(Some(self.bytes_len(value.as_ticket()))),
            Kind::Range => Ok(self
                .int_range(value)
                .map(|(_, _, count)| u32::try_from(count).unwrap_or(u32::MAX))),
            _ => Ok(None),
        }
    }

    /// Element of a sequence that is no list, 0-based; does not allocate.
    fn sequence_item(&self, value: Value, index: u32) -> Value {
        match value.kind() {
            Kind::Map | Kind::Realm | Kind::Vassal => self
                .positional(value.as_ticket(), index)
                .unwrap_or(Value::EMPTY),
            Kind::Bytes => {
                let byte = self
                    .bytes_slice(value.as_ticket())
                    .get(index as usize)
                    .copied();
                byte.map_or(Value::EMPTY, |byte| Value::int(i64::from(byte)))
            }
            Kind::Range => match self.int_range(value) {
                Some((from, step, _)) => {
                    Value::int(from.wrapping_add(step.wrapping_mul(i64::from(index))))
                }
                None => Value::EMPTY,
            },
            _ => Value::EMPTY,
        }
    }

    fn try_index(&mut self, source: usize, index: u32) -> Raise<Option<Value>> {
        let source = self.temp(self.shown_by(self.temps[source]))?;
        let value = self.temps[source];
        let base = u32::from(self.policy() == Lang::Rhumb);
        let Some(position) = index.checked_sub(base) else {
            return Ok(None);
        };
        if value.kind() == Kind::List {
            return self.list_at(value.as_ticket(), position);
        }
        let len = self.sequence_len_up_to(value, u32::MAX)?;
        if len.is_some_and(|len| position < len) {
            return Ok(Some(self.sequence_item(value, position)));
        }
        if value.kind() == Kind::Map && self.table_live(value.as_ticket()) > 0 {
            let found = self.table_get(value.as_ticket(), Value::int(i64::from(index)))?;
            return Ok(found.map(|entry| self.table_entry(self.temps[source].as_ticket(), entry).1));
        }
        Ok(None)
    }

    fn rest(&mut self, source: usize, skip: u32, constant: u32) -> Raise<Value> {
        self.temps[source] = self.shown_by(self.temps[source]);
        let value = self.temps[source];
        match value.kind() {
            Kind::List => {
                let rest = self.list_skip(value.as_ticket(), skip)?;
                return Ok(rest.map_or(Value::NIL, |rest| Value::ticket(Kind::List, rest)));
            }
            Kind::Map | Kind::Realm | Kind::Vassal => {}
            Kind::Range if self.int_range(value).is_some() => {
                let count = self.sequence_len_up_to(value, u32::MAX)?.unwrap_or(0);
                self.charge_fuel(u64::from(count))?;
                let map = self.map_new(Legends::PLAIN, 0)?;
                let map = self.temp(Value::ticket(Kind::Map, map))?;
                for index in skip..count {
                    let item = self.temp(self.sequence_item(self.temps[source], index))?;
                    self.push_element(map, item)?;
                    self.temps.truncate(item);
                }
                return Ok(self.temps[map]);
            }
            // Nothing is left of what has neither elements nor fields.
            _ => return Ok(Value::ticket(Kind::Map, self.map_new(Legends::PLAIN, 0)?)),
        }
        let len = self.positional_len(value.as_ticket());
        let skip = if skip == NO_ELEMENTS { u32::MAX } else { skip };
        let nature = self.legend(self.map_legend(value.as_ticket())).nature;
        let rest = if nature == Nature::Dict {
            Value::ticket(Kind::Map, self.map_new(Legends::DICT, 0)?)
        } else {
            self.elements_part(source, skip.min(len), len)?
        };
        if matches!(
            nature,
            Nature::List | Nature::Array | Nature::Tuple | Nature::Case
        ) {
            return Ok(rest);
        }
        let rest = self.temp(rest)?;
        let module = self.module();
        let Some(Constant::Names(names)) = module.constant(ConstId(constant)) else {
            return Ok(self.temps[rest]);
        };
        let mut left_out = Vec::new();
        if left_out.try_reserve_exact(names.len() as usize).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        for name in names.iter() {
            left_out.push(FieldName::text(self.name(name)?));
        }
        self.copy_fields_except(source, rest, &left_out, skip)?;
        Ok(self.temps[rest])
    }

    /// Adds the listed members of `temps[source]` that are not left out to `temps[target]`, as mutable ones. Of those with
    /// numbers, `skip` are left out and the others move down by as much.
    fn copy_fields_except(
        &mut self,
        source: usize,
        target: usize,
        left_out: &[FieldName],
        skip: u32,
    ) -> Raise<()> {
        let count = self.members(self.temps[source].as_ticket());
        self.charge_fuel(u64::from(count).saturating_mul(1 + left_out.len() as u64 / 8))?;
        let unlisted = field_flags::SUB | field_flags::EXPOSED | field_flags::HIDDEN;
        for index in 0..count {
            let member = self.member(self.temps[source].as_ticket(), index);
            if member.key.same(Value::HOLE)
                || member.flags & unlisted != 0
                || member.key.kind() == Kind::Key
            {
                continue;
            }
            let number = member.key.as_int();
            if number.is_some_and(|number| number <= i64::from(skip)) {
                continue;
            }
            let key = number.map_or(member.key, |number| Value::int(number - i64::from(skip)));
            let key = self.temp(key)?;
            let value = self.temp(member.value)?;
            let known = self
                .name_of_key(key)?
                .is_some_and(|name| left_out.contains(&name));
            if !known {
                self.set_member(target, key, value, set::MUTABLE)?;
            }
            self.temps.truncate(key);
        }
        Ok(())
    }
}
