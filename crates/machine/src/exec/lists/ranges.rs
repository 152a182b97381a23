//! `range` and `slice`.

use fzb::tables::Lang;
use isa::Hook;
use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::{Fault, Raise};
use crate::heap::object::{ListObj, RangeObj, kind};
use crate::heap::vector::{elem, rooted};
use crate::legend::{Legends, Nature};
use crate::policy::has_hooks;
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` (pair) := range from the pair `b` to the pair after it; hook first.
pub struct Range;
impl Slow for Range {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            if has_hooks(world.policy()) {
                let ends = [w.b, w.b.wrapping_add(16)];
                for (own, other) in [(0, 1), (1, 0)] {
                    let receiver = world.read(r, ends[own]);
                    if let Some(callee) = world.hook(receiver, Hook::Range)? {
                        let (receiver, argument) =
                            (world.read(r, ends[own]), world.read(r, ends[other]));
                        let args = [argument, Value::TRUE];
                        // The right operand's hook is told that it stands on the right.
                        return world.call_value(r, callee, Some(receiver), &args[..=own], w.a, 0);
                    }
                }
            }
            let ticket = world.alloc(kind::RANGE, 0, size_of::<RangeObj>())?;
            let object = world.at::<RangeObj>(ticket);
            (*object).pad = 0;
            (*object).from = world.read(r, w.b);
            (*object).to = world.read(r, w.b.wrapping_add(16));
            (*object).step = Value::EMPTY;
            world.write(r, w.a, Value::ticket(Kind::Range, ticket));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pair) := part of the pair `b` between the two pairs after it. Morph: up to but without the end, negative numbers
/// count from the end, clamped. Fusabi: with the end, clamped. Rhumb: 1-based, with the end, clamped. Machine: up to but
/// without the end, fault bounds outside.
pub struct Slice;
impl Slow for Slice {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (from, to) = (
                world.read(r, w.b.wrapping_add(16)),
                world.read(r, w.b.wrapping_add(32)),
            );
            let source = world.read(r, w.b);
            let value = world.slice(source, from, to)?;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// Part of a sequence, text or bytes, by policy.
    pub(crate) fn slice(&mut self, source: Value, from: Value, to: Value) -> Raise<Value> {
        let mark = self.temp(source)?;
        let value = match source.kind() {
            Kind::Text => {
                let len = self.text_scalars(source.as_ticket());
                let (from, to) = self.slice_ends(from, to, len)?;
                Value::ticket(
                    Kind::Text,
                    self.text_slice(self.temps[mark].as_ticket(), from, to)?,
                )
            }
            Kind::Bytes => {
                let len = self.bytes_len(source.as_ticket());
                let (from, to) = self.slice_ends(from, to, len)?;
                let count = (to - from) as usize;
                self.charge_fuel(count as u64 / 64)?;
                let copy = self.bytes_raw(count)?;
                let source = self.temps[mark].as_ticket();
                // SAFETY: two live objects; the part lies in the source, the copy has room for it.
                unsafe {
                    self.bytes_content(source)
                        .add(from as usize)
                        .copy_to_nonoverlapping(self.bytes_content(copy), count)
                };
                Value::ticket(Kind::Bytes, copy)
            }
            Kind::List => {
                let len = self.list_len(source.as_ticket())?;
                let (from, to) = self.slice_ends(from, to, len)?;
                self.slice_list(mark, from, to, len)?
            }
            Kind::Map if self.is_sequence(source) => {
                let len = self.positional_len(source.as_ticket());
                let (from, to) = self.slice_ends(from, to, len)?;
                self.elements_part(mark, from, to)?
            }
            _ => return Err(self.type_fault("sequence, text or bytes", source)),
        };
        self.temps.truncate(mark);
        Ok(value)
    }

    /// The part `from..to` of the list `temps[list]`; shares its cells if it goes to the end.
    fn slice_list(&mut self, list: usize, from: u32, to: u32, len: u32) -> Raise<Value> {
        let rest = self
            .list_skip(self.temps[list].as_ticket(), from)?
            .unwrap_or(Ticket(0));
        if to >= len {
            return Ok(Value::ticket(Kind::List, rest));
        }
        self.charge_fuel(u64::from(to - from))?;
        let at = self.temp(Value::ticket(Kind::List, rest))?;
        let first = self.temp(Value::NIL)?;
        let last = self.temp(Value::NIL)?;
        for _ in from..to {
            let cell = self.alloc(kind::LIST, 0, size_of::<ListObj>())?;
            let source = self.temps[at].as_ticket();
            // SAFETY: a fresh young cell, filled at once; the cell before it is live and gets it with the barrier.
            unsafe {
                let object = self.at::<ListObj>(cell);
                (*object).tail = 0;
                (*object).pad = 0;
                (*object).head = self.list_head(source);
                let before = self.temps[last].as_ticket();
                if before.0 == 0 {
                    self.temps[first] = Value::ticket(Kind::List, cell);
                } else {
                    let slot = &raw mut (*self.at::<ListObj>(before)).tail;
                    self.store_ticket(before, slot, cell);
                }
            }
            self.temps[last] = Value::ticket(Kind::List, cell);
            self.temps[at] = Value::ticket(Kind::List, self.list_tail(source));
        }
        let list = self.temps[first];
        self.temps.truncate(at);
        Ok(list)
    }

    /// A map of the positions `from..to` of `temps[map]`: a list of a list, an array of an array, and what the policy
    /// calls a sequence otherwise.
    pub(crate) fn elements_part(&mut self, map: usize, from: u32, to: u32) -> Raise<Value> {
        let source = self.temps[map].as_ticket();
        let vec = self.elements_vec(source);
        let mark = self.temps.len();
        let copy = if vec.0 != 0 {
            let kind = self.vec_elem(vec);
            let vec = self.temp(rooted(vec))?;
            self.vec_copy(vec, from, to, kind, to - from)?
        } else {
            self.charge_fuel(u64::from(to - from) / 4)?;
            let copy = self.vec_new(elem::DYN, to - from)?;
            for index in from..to {
                let value = self
                    .positional(self.temps[map].as_ticket(), index)
                    .unwrap_or(Value::EMPTY);
                self.vec_set(copy, index - from, value);
            }
            self.vec_set_len(copy, to - from);
            copy
        };
        let kind = self.vec_elem(copy);
        let legend = match (
            self.legend(self.map_legend(self.temps[map].as_ticket()))
                .nature,
            self.policy(),
        ) {
            (Nature::List, _) => Legends::LIST,
            (Nature::Array, _) => Legends::ARRAYS[kind as usize & 3],
            (_, Lang::Morph) => Legends::LIST,
            (_, Lang::Fusabi) => Legends::ARRAYS[kind as usize & 3],
            _ => Legends::PLAIN,
        };
        let vec = self.temp(rooted(copy))?;
        let value = self.map_with_vec(legend, vec)?;
        self.temps.truncate(mark);
        Ok(value)
    }

    /// The ends of a slice as positions `from ≤ to ≤ len`, 0-based, without the end.
    fn slice_ends(&mut self, from: Value, to: Value, len: u32) -> Raise<(u32, u32)> {
        let length = i64::from(len);
        let (from, to) = (self.slice_end(from)?, self.slice_end(to)?);
        let (from, to) = match self.policy() {
            Lang::Machine => {
                let (from, to) = (from.unwrap_or(0), to.unwrap_or(length));
                if from < 0 || from > to || to > length {
                    return Err(self.fault_args(
                        Fault::Bounds,
                        format_args!("part {from} to {to} of a sequence of {len}"),
                    ));
                }
                (from, to)
            }
            Lang::Morph => {
                let place = |at: i64| {
                    if at < 0 {
                        at.saturating_add(length)
                    } else {
                        at
                    }
                };
                (place(from.unwrap_or(0)), to.map_or(length, place))
            }
            Lang::Fusabi => (
                from.unwrap_or(0),
                to.map_or(length, |to| to.saturating_add(1)),
            ),
            Lang::Rhumb => (
                from.map_or(0, |from| from.saturating_sub(1)),
                to.unwrap_or(length),
            ),
        };
        let from = from.clamp(0, length);
        Ok((from as u32, to.clamp(from, length) as u32))
    }

    fn slice_end(&mut self, end: Value) -> Raise<Option<i64>> {
        if end.is_empty() {
            return Ok(None);
        }
        match self.index_number(end) {
            Some(number) => Ok(Some(number)),
            None => Err(self.type_fault("int", end)),
        }
    }
}
