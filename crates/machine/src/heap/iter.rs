//! Iterations: where a loop stands in what it goes through (docs/specs/machine.md §4, `iter_new` and `iter_next`).
//!
//! A sequence is gone through up to the length that it had at the start. A map's fields and entries are those that it had
//! at the start, in order, less those that are gone when their turn comes: names stand in the legend of the start, keys in
//! the table of the start, and neither is ever changed in a way that moves them.

use fzb::tables::Lang;
use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::object::{IterObj, RangeObj, kind};
use crate::heap::vector::rooted;
use crate::legend::{LegendId, Nature, entry_flags};
use crate::policy::Arith;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// What an iteration gives, by the number in `iter_new`.
pub mod mode {
    /// Values.
    pub const VALUES: u16 = 0;
    /// Values with their index.
    pub const INDEXED: u16 = 1;
    /// Values with their index, name or key.
    pub const KEYED: u16 = 2;
    /// Indexes, names or keys.
    pub const KEYS: u16 = 3;
    /// Bits of the header's aux field that hold the mode.
    pub const MASK: u16 = 3;
}

/// Part of a map that an iteration is in: aux bits from here on.
const PHASE_SHIFT: u16 = 4;
/// Elements.
const ELEMENTS: u16 = 0;
/// Named fields; `at` is the legend of the start.
const FIELDS: u16 = 1;
/// Table entries; `at` is the table of the start.
const ENTRIES: u16 = 2;

impl World {
    /// An iteration over a value. Fault type for what has no elements. A fiber is its own iteration.
    pub(crate) fn iter_new(&mut self, source: Value, mode: u16) -> Raise<Value> {
        let source = self.shown_by(source);
        match source.kind() {
            Kind::Fiber | Kind::Iter => return Ok(source),
            Kind::Range if !self.range_has_items(source.as_ticket()) => {
                return Err(self.type_fault("range of numbers or chars", source));
            }
            Kind::Map
            | Kind::Realm
            | Kind::Vassal
            | Kind::List
            | Kind::Range
            | Kind::Text
            | Kind::Bytes => {}
            _ => return Err(self.type_fault("something to iterate over", source)),
        }
        let mark = self.temp(source)?;
        if source.kind() == Kind::Text {
            // A rope becomes flat here, so that positions in it are offsets of bytes.
            self.text_str(source.as_ticket())?;
        }
        // In Rhumb the numbers behind a gap count too.
        let mut numbers = 0;
        if source.is_map() && self.counts_gaps(source.as_ticket()) {
            numbers = self
                .greatest_number(source.as_ticket())?
                .min(i64::from(u32::MAX)) as u32;
        }
        let ticket = self.alloc(kind::ITER, mode, size_of::<IterObj>())?;
        let source = self.temps[mark];
        self.temps.truncate(mark);
        let end = match source.kind() {
            Kind::Text => self.text_bytes_len(source.as_ticket()),
            Kind::Bytes => self.bytes_slice(source.as_ticket()).len() as u32,
            Kind::Map | Kind::Realm | Kind::Vassal => {
                self.positional_len(source.as_ticket()).max(numbers)
            }
            _ => 0,
        };
        let at = match source.kind() {
            Kind::List => source,
            Kind::Range => self.range_first(source.as_ticket()),
            _ => Value::int(0),
        };
        // SAFETY: a fresh young object, nothing allocated since.
        unsafe {
            let object = self.at::<IterObj>(ticket);
            (*object).pos = 0;
            (*object).end = end;
            (*object).source = source;
            (*object).at = at;
        }
        Ok(Value::ticket(Kind::Iter, ticket))
    }

    /// The next of the iteration `temps[iter]`: value, then index, name or key (empty if the mode gives none). `None` at
    /// the end.
    pub(crate) fn iter_step(&mut self, iter: usize) -> Raise<Option<(Value, Value)>> {
        let ticket = self.temps[iter].as_ticket();
        let (source, aux) = (self.iter_source(ticket), self.object_aux(ticket));
        let mode = aux & mode::MASK;
        match source.kind() {
            Kind::List => self.step_list(ticket, mode),
            Kind::Text => self.step_text(iter, mode),
            Kind::Bytes => {
                let (pos, end) = self.iter_place(ticket);
                if pos >= end {
                    return Ok(None);
                }
                let byte = self
                    .bytes_slice(source.as_ticket())
                    .get(pos as usize)
                    .copied()
                    .unwrap_or(0);
                self.iter_set_pos(ticket, pos + 1);
                Ok(Some(self.with_index(
                    mode,
                    Value::int(i64::from(byte)),
                    pos,
                )))
            }
            Kind::Range => self.step_range(iter, mode),
            _ => self.step_map(iter, mode),
        }
    }

    /// True for Rhumb's own maps with entries: numbers among these are elements behind a gap.
    pub(crate) fn counts_gaps(&self, map: Ticket) -> bool {
        self.policy() == Lang::Rhumb
            && self.table_live(map) > 0
            && self.legend(self.map_legend(map)).nature != Nature::Dict
    }

    fn iter_source(&self, ticket: Ticket) -> Value {
        // SAFETY: a live iteration.
        unsafe { (*self.at::<IterObj>(ticket)).source }
    }

    fn iter_at(&self, ticket: Ticket) -> Value {
        // SAFETY: a live iteration.
        unsafe { (*self.at::<IterObj>(ticket)).at }
    }

    fn iter_place(&self, ticket: Ticket) -> (u32, u32) {
        // SAFETY: a live iteration.
        unsafe {
            (
                (*self.at::<IterObj>(ticket)).pos,
                (*self.at::<IterObj>(ticket)).end,
            )
        }
    }

    fn iter_set_pos(&mut self, ticket: Ticket, pos: u32) {
        // SAFETY: a live iteration.
        unsafe { (*self.at::<IterObj>(ticket)).pos = pos }
    }

    fn iter_set_at(&mut self, ticket: Ticket, at: Value) {
        // SAFETY: a live iteration; the slot is a pair of its shape.
        unsafe {
            let slot = &raw mut (*self.at::<IterObj>(ticket)).at;
            self.store(ticket, slot, at);
        }
    }

    /// A value with the index of a 0-based position, in the order that a mode asks for.
    fn with_index(&self, mode: u16, value: Value, position: u32) -> (Value, Value) {
        let index = Value::int(i64::from(position) + i64::from(self.policy() == Lang::Rhumb));
        match mode {
            mode::VALUES => (value, Value::EMPTY),
            mode::INDEXED | mode::KEYED => (value, index),
            _ => (index, index),
        }
    }

    fn with_key(mode: u16, value: Value, key: Value) -> (Value, Value) {
        if mode == mode::KEYS {
            (key, key)
        } else {
            (value, key)
        }
    }

    fn step_list(&mut self, ticket: Ticket, mode: u16) -> Raise<Option<(Value, Value)>> {
        let rest = self.iter_at(ticket).as_ticket();
        if rest.0 == 0 {
            return Ok(None);
        }
        let (pos, _) = self.iter_place(ticket);
        let value = self.list_head(rest);
        self.iter_set_at(ticket, Value::ticket(Kind::List, self.list_tail(rest)));
        self.iter_set_pos(ticket, pos.saturating_add(1));
        Ok(Some(self.with_index(mode, value, pos)))
    }

    /// Scalars of a flat text: `pos` counts bytes, `at` scalars.
    fn step_text(&mut self, iter: usize, mode: u16) -> Raise<Option<(Value, Value)>> {
        let ticket = self.temps[iter].as_ticket();
        let (pos, end) = self.iter_place(ticket);
        if pos >= end {
            return Ok(None);
        }
        let source = self.iter_source(ticket).as_ticket();
        let scalar = self
            .text_str(source)?
            .get(pos as usize..)
            .and_then(|rest| rest.chars().next());
        let Some(scalar) = scalar else {
            return Ok(None);
        };
        let index = self.iter_at(self.temps[iter].as_ticket()).payload;
        let value = if self.policy() == Lang::Fusabi {
            Value::char(scalar)
        } else {
            Value::ticket(Kind::Text, self.char_text(scalar)?)
        };
        let ticket = self.temps[iter].as_ticket();
        self.iter_set_pos(ticket, pos + scalar.len_utf8() as u32);
        self.iter_set_at(ticket, Value::int(index as i64 + 1));
        Ok(Some(self.with_index(mode, value, index as u32)))
    }

    fn step_map(&mut self, iter: usize, mode: u16) -> Raise<Option<(Value, Value)>> {
        loop {
            let ticket = self.temps[iter].as_ticket();
            let map = self.iter_source(ticket).as_ticket();
            let (pos, end) = self.iter_place(ticket);
            let phase = self.object_aux(ticket) >> PHASE_SHIFT;
            if pos >= end {
                if !self.next_phase(ticket, map, mode, phase) {
                    return Ok(None);
                }
                continue;
            }
            self.iter_set_pos(ticket, pos + 1);
            match phase {
                ELEMENTS => {
                    // What was taken away meanwhile, and a gap, reads as empty.
                    let value = match self.positional(map, pos) {
                        Some(value) => value,
                        None if self.counts_gaps(map) => {
                            let found = self.table_get(map, Value::int(i64::from(pos) + 1))?;
                            let map = self.iter_source(self.temps[iter].as_ticket()).as_ticket();
                            found.map_or(Value::EMPTY, |entry| self.table_entry(map, entry).1)
                        }
                        None => Value::EMPTY,
                    };
                    return Ok(Some(self.with_index(mode, value, pos)));
                }
                FIELDS => {
                    let legend = LegendId(self.iter_at(ticket).payload as u32);
                    let Some(field) = self
                        .legend(legend)
                        .fields
                        .get(pos as usize)
                        .filter(|field| field.listed())
                    else {
                        continue;
                    };
                    let Some(name) = field.name.text_id() else {
                        continue;
                    };
                    let Some(value) = self.field_get(map, name) else {
                        continue;
                    };
                    let key = self.name_value(name);
                    return Ok(Some(World::with_key(mode, value, key)));
                }
                _ => {
                    let table = self.iter_at(ticket).as_ticket();
                    let (key, value) = self.entry_of(table, pos);
                    let unlisted = entry_flags::SUB | entry_flags::EXPOSED | entry_flags::HIDDEN;
                    let seen =
                        key.as_int().is_some_and(|number| number > 0) && self.counts_gaps(map);
                    if seen || key.same(Value::HOLE) || self.flags_of(table, pos) & unlisted != 0 {
                        continue;
                    }
                    if table == self.map_table(map) {
                        return Ok(Some(World::with_key(mode, value, key)));
                    }
                    // The table was rebuilt meanwhile: the old one tells the keys, the new one the values.
                    let mark = self.temp(key)?;
                    let found = self.table_get(map, key)?;
                    let key = self.temps[mark];
                    self.temps.truncate(mark);
                    let Some(entry) = found else { continue };
                    let map = self.iter_source(self.temps[iter].as_ticket()).as_ticket();
                    let (_, value) = self.table_entry(map, entry);
                    return Ok(Some(World::with_key(mode, value, key)));
                }
            }
        }
    }

    /// Enters the part of a map that comes after `phase`; false at the end. Fields and entries are gone through where
    /// keys are asked for, and in a dictionary, whose values are its entries'.
    fn next_phase(&mut self, ticket: Ticket, map: Ticket, mode: u16, phase: u16) -> bool {
        let keyed = mode == mode::KEYED || mode == mode::KEYS;
        let dict = self.legend(self.map_legend(map)).nature == Nature::Dict;
        let (phase, end, at) = match phase {
            ELEMENTS if keyed && !self.is_positional(map) => {
                let legend = self.map_legend(map);
                (
                    FIELDS,
                    self.legend(legend).fields.len() as u32,
                    Value::int(i64::from(legend.0)),
                )
            }
            ELEMENTS | FIELDS if keyed || dict => {
                let table = self.map_table(map);
                let at = if table.0 == 0 {
                    Value::EMPTY
                } else {
                    rooted(table)
                };
                (ENTRIES, self.entries_of(table), at)
            }
            _ => return false,
        };
        self.set_object_aux(ticket, mode | phase << PHASE_SHIFT);
        self.iter_set_at(ticket, at);
        // SAFETY: a live iteration.
        unsafe {
            (*self.at::<IterObj>(ticket)).pos = 0;
            (*self.at::<IterObj>(ticket)).end = end;
        }
        true
    }

    /// Parts of a range.
    fn range_parts(&self, range: Ticket) -> (Value, Value, Value) {
        // SAFETY: a live range.
        unsafe {
            let object = self.at::<RangeObj>(range);
            ((*object).from, (*object).to, (*object).step)
        }
    }

    /// Can a range be gone through: does it run over numbers or chars?
    fn range_has_items(&self, range: Ticket) -> bool {
        let (from, to, _) = self.range_parts(range);
        match from.kind() {
            Kind::Char => to.kind() == Kind::Char,
            _ => World::is_number(from) && (to.is_empty() || World::is_number(to)),
        }
    }

    /// The first number of a range, or a hole if it has none: integers that step away from their end.
    fn range_first(&self, range: Ticket) -> Value {
        let (from, to, step) = self.range_parts(range);
        match (from.as_int(), to.as_int(), step.as_int()) {
            (_, _, Some(0)) => Value::HOLE,
            (Some(from), Some(to), Some(step))
                if (step > 0 && from > to) || (step < 0 && from < to) =>
            {
                Value::HOLE
            }
            _ => from,
        }
    }

    fn step_range(&mut self, iter: usize, mode: u16) -> Raise<Option<(Value, Value)>> {
        let ticket = self.temps[iter].as_ticket();
        let value = self.iter_at(ticket);
        if value.same(Value::HOLE) {
            return Ok(None);
        }
        let (pos, _) = self.iter_place(ticket);
        let (from, to, step) = self.range_parts(self.iter_source(ticket).as_ticket());
        let mark = self.temp(value)?;
        let next = match (value.tag, to.tag) {
            (tag::I64, tag::I64 | tag::EMPTY) if step.is_empty() || step.tag == tag::I64 => {
                next_int(
                    value.payload as i64,
                    to.as_int(),
                    step.as_int(),
                    from.payload as i64,
                )
            }
            (tag::CHAR, tag::CHAR) => next_char(value, to),
            _ => self.next_number(mark, from, to, step)?,
        };
        let ticket = self.temps[iter].as_ticket();
        self.iter_set_at(ticket, next);
        self.iter_set_pos(ticket, pos.saturating_add(1));
        let value = self.temps[mark];
        self.temps.truncate(mark);
        Ok(Some(self.with_index(mode, value, pos)))
    }

    /// The number after `temps[value]` in a range that is not one of integers; a hole at the end.
    fn next_number(&mut self, value: usize, from: Value, to: Value, step: Value) -> Raise<Value> {
        use std::cmp::Ordering;
        let mark = self.temp(to)?;
        self.temp(step)?;
        self.temp(from)?;
        let down = if self.temps[mark + 1].is_empty() {
            !self.temps[mark].is_empty()
                && self.compare(self.temps[mark + 2], self.temps[mark])? == Ordering::Greater
        } else {
            self.compare(self.temps[mark + 1], Value::int(0))? == Ordering::Less
        };
        let by = match self.temps[mark + 1] {
            step if step.is_empty() => Value::int(if down { -1 } else { 1 }),
            step => step,
        };
        let next = self.arithmetic(Arith::Add, self.temps[value], by)?;
        let next = self.temp(next)?;
        let beyond = if down {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        let done = !self.temps[mark].is_empty()
            && self.compare(self.temps[next], self.temps[mark])? == beyond;
        let stuck = self.compare(self.temps[next], self.temps[value])? == Ordering::Equal;
        let result = if done || stuck {
            Value::HOLE
        } else {
            self.temps[next]
        };
        self.temps.truncate(mark);
        Ok(result)
    }
}

/// The integer after `value`; a hole at the end, which is also where 64 bits end.
fn next_int(value: i64, to: Option<i64>, step: Option<i64>, from: i64) -> Value {
    let step = step.unwrap_or(match to {
        Some(to) if to < from => -1,
        _ => 1,
    });
    match (value.checked_add(step), to) {
        (None, _) => Value::HOLE,
        (Some(next), Some(to)) if (step > 0 && next > to) || (step < 0 && next < to) => Value::HOLE,
        (Some(next), _) => Value::int(next),
    }
}

/// The scalar after `value` towards `to`; a hole at the end.
fn next_char(value: Value, to: Value) -> Value {
    let (Some(value), Some(to)) = (value.as_char(), to.as_char()) else {
        return Value::HOLE;
    };
    let mut rest = if value < to {
        (value..=to).nth(1)
    } else {
        None
    };
    if value > to {
        rest = (to..=value).rev().nth(1);
    }
    rest.map_or(Value::HOLE, Value::char)
}
