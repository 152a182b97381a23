//! Elements and entries by policy (docs/specs/machine.md §1 "Policies", last rows; rhumb.md §3.11, morph.md §3.10).
//!
//! | | machine, Fusabi | Morph | Rhumb |
//! |---|---|---|---|
//! | first index | 0 | 0, negative from the end | 1 |
//! | absent | fault bounds or key | fault bounds or key | empty; a store makes it |

use fzb::tables::Lang;
use lemari::Ticket;

use super::index::IMMUTABLE;
use crate::fault::{Fault, Raise, Raised};
use crate::heap::map::Want;
use crate::heap::object::RangeObj;
use crate::heap::table::Found;
use crate::host_memory::copied;
use crate::legend::{Nature, entry_flags, legend_flags};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Width number of f32 in `isa::table::WIDTHS`.
const F32: u8 = 8;
/// Width number of u64.
const U64: u8 = 7;

/// The position of a number of Rhumb, counted from 0.
fn element_index(number: i64) -> Option<u32> {
    u32::try_from(number.checked_sub(1)?).ok()
}

impl World {
    /// The integer that a key is, as an index: integers of any width; in Rhumb also floats and decimals without a fraction.
    pub(crate) fn index_number(&self, key: Value) -> Option<i64> {
        match key.kind() {
            Kind::I64 => Some(key.payload as i64),
            Kind::Sized if key.sub() == F32 => None,
            Kind::Sized if key.sub() == U64 => i64::try_from(key.payload).ok(),
            Kind::Sized => Some(key.payload as i64),
            Kind::F64 if self.policy() == Lang::Rhumb => {
                let number = f64::from_bits(key.payload);
                let exact = number.trunc() == number && number.abs() < 9.2e18;
                exact.then_some(number as i64)
            }
            Kind::Dec if self.policy() == Lang::Rhumb && key.aux() == 0 => Some(key.payload as i64),
            _ => None,
        }
    }

    /// The 0-based position of an index in a sequence of so many; `None` if it is outside. Rhumb: fault bounds below 0.
    fn position(&mut self, index: i64, len: u32) -> Raise<Option<u32>> {
        let position = match self.policy() {
            Lang::Rhumb if index < 0 => return Err(self.index_fault(index, len)),
            Lang::Rhumb => index - 1,
            Lang::Morph if index < 0 => index.saturating_add(i64::from(len)),
            _ => index,
        };
        Ok((0..i64::from(len))
            .contains(&position)
            .then_some(position as u32))
    }

    /// What reading outside gives: empty in Rhumb, fault bounds elsewhere.
    fn outside(&mut self, index: i64, len: u32) -> Raise<Value> {
        if self.policy() == Lang::Rhumb {
            Ok(Value::EMPTY)
        } else {
            Err(self.index_fault(index, len))
        }
    }

    #[cold]
    fn key_fault(&mut self, key: usize) -> Raised {
        let key = self.temps[key];
        match key.kind() {
            Kind::Text => {
                let text = self
                    .text_flat(key.as_ticket())
                    .map(|text| copied(self.text_str_unrooted(text).unwrap_or_default()));
                match text {
                    Ok(text) => self.fault_args(Fault::Key, format_args!("there is no {text:.80}")),
                    Err(raised) => raised,
                }
            }
            _ => match self.index_number(key) {
                Some(number) => self.fault_args(Fault::Key, format_args!("there is no {number}")),
                None => {
                    let name = self.kind_name(key);
                    self.fault_args(Fault::Key, format_args!("there is no such {name}"))
                }
            },
        }
    }

    /// `temps[key]` of `temps[source]`.
    pub(crate) fn index_get(&mut self, source: usize, key: usize) -> Raise<Value> {
        let value = self.temps[source];
        if self.policy() == Lang::Rhumb
            && self.temps[key].as_int() == Some(0)
            && matches!(
                value.kind(),
                Kind::Map | Kind::Realm | Kind::Vassal | Kind::Text | Kind::Range
            )
        {
            // A computed 0 is the operator for all elements (docs/specs/rhumb.md §2.4).
            let mark = self.temp(value)?;
            let all = self.positional_part(mark)?;
            self.temps.truncate(mark);
            return Ok(all);
        }
        if matches!(value.kind(), Kind::Map | Kind::Realm | Kind::Vassal) {
            return self.map_index_get(source, key);
        }
        let number = match value.kind() {
            Kind::Text | Kind::Bytes | Kind::List | Kind::Range => {
                self.index_number(self.temps[key])
            }
            _ => None,
        };
        let Some(index) = number else {
            if self.policy() == Lang::Rhumb {
                // Anything has the fields of its kind's base map.
                return Ok(self.named_get(source, key)?.unwrap_or(Value::EMPTY));
            }
            return match value.kind() {
                Kind::Text | Kind::Bytes | Kind::List | Kind::Range => {
                    Err(self.type_fault("int", self.temps[key]))
                }
                _ => Err(self.type_fault("something with elements", value)),
            };
        };
        match value.kind() {
            Kind::Text => {
                let len = self.text_scalars(value.as_ticket());
                let Some(position) = self.position(index, len)? else {
                    return self.outside(index, len);
                };
                match self.text_at(self.temps[source].as_ticket(), i64::from(position))? {
                    None => self.outside(index, len),
                    Some(scalar) if self.policy() == Lang::Fusabi => Ok(Value::char(scalar)),
                    Some(scalar) => Ok(Value::ticket(Kind::Text, self.char_text(scalar)?)),
                }
            }
            Kind::Bytes => {
                let len = self.bytes_len(value.as_ticket());
                let Some(position) = self.position(index, len)? else {
                    return self.outside(index, len);
                };
                let byte = self
                    .bytes_slice(value.as_ticket())
                    .get(position as usize)
                    .copied();
                byte.map_or_else(
                    || self.outside(index, len),
                    |byte| Ok(Value::int(i64::from(byte))),
                )
            }
            Kind::List => {
                let most = index
                    .unsigned_abs()
                    .saturating_add(1)
                    .min(u64::from(u32::MAX)) as u32;
                let len = self
                    .list_len_up_to(value.as_ticket(), if index < 0 { u32::MAX } else { most })?;
                let Some(position) = self.position(index, len)? else {
                    return self.outside(index, len);
                };
                match self.list_at(value.as_ticket(), position)? {
                    Some(element) => Ok(element),
                    None => self.outside(index, len),
                }
            }
            _ => {
                let Some((from, step, count)) = self.int_range(value) else {
                    return Err(self.type_fault("range of integers", value));
                };
                let len = u32::try_from(count).unwrap_or(u32::MAX);
                let Some(position) = self.position(index, len)? else {
                    return self.outside(index, len);
                };
                Ok(Value::int(
                    from.wrapping_add(step.wrapping_mul(i64::from(position))),
                ))
            }
        }
    }

    /// First number, step and count of a range of integers with both ends.
    pub(crate) fn int_range(&self, range: Value) -> Option<(i64, i64, u64)> {
        // SAFETY: a live range.
        let (from, to, step) = unsafe {
            let object = self.at::<RangeObj>(range.as_ticket());
            ((*object).from, (*object).to, (*object).step)
        };
        let (from, to) = (from.as_int()?, to.as_int()?);
        let step = match step.tag {
            tag::EMPTY if to < from => -1,
            tag::EMPTY => 1,
            _ => step.as_int()?,
        };
        if step == 0 || (step > 0 && from > to) || (step < 0 && from < to) {
            return Some((from, 1, 0));
        }
        Some((
            from,
            step,
            (to.abs_diff(from) / step.unsigned_abs()).saturating_add(1),
        ))
    }

    fn map_index_get(&mut self, source: usize, key: usize) -> Raise<Value> {
        // A view has the elements of what it views.
        let own = self.temp(self.shown_by(self.temps[source]))?;
        let map = self.temps[own].as_ticket();
        let legend = self.map_legend(map);
        let nature = self.legend(legend).nature;
        let rhumb = self.policy() == Lang::Rhumb;
        if nature != Nature::Dict
            && let Some(index) = self.index_number(self.temps[key])
        {
            let len = self.positional_len(map);
            if let Some(position) = self.position(index, len)? {
                return Ok(self.positional(map, position).unwrap_or(Value::EMPTY));
            }
            self.temps[key] = Value::int(index);
            if let Some(value) = self.table_value(own, key)? {
                return Ok(value);
            }
            let map = self.temps[source].as_ticket();
            if rhumb {
                if self.stands_alone(map) {
                    return Ok(Value::EMPTY);
                }
                let found = self.delegated_element(self.temps[source], key, index)?;
                return Ok(found.unwrap_or(Value::EMPTY));
            }
            return Err(match nature {
                Nature::List | Nature::Array | Nature::Tuple | Nature::Case => {
                    self.index_fault(index, len)
                }
                _ if len > 0 => self.index_fault(index, len),
                _ => self.key_fault(key),
            });
        }
        let found = match nature {
            Nature::List | Nature::Array | Nature::Tuple if !rhumb => {
                return Err(self.type_fault("int", self.temps[key]));
            }
            Nature::Dict => match self.table_value(source, key)? {
                // A search would begin with the table again.
                None if rhumb && !self.stands_alone(self.temps[source].as_ticket()) => {
                    self.named_get(source, key)?
                }
                found => found,
            },
            _ => self.named_get(source, key)?,
        };
        match found {
            Some(value) => Ok(value),
            None if rhumb => Ok(Value::EMPTY),
            None => Err(self.key_fault(key)),
        }
    }

    /// True if a search for what a map itself does not have ends at once: it is no view and has no delegates, and there is
    /// no World map.
    fn stands_alone(&self, map: Ticket) -> bool {
        let legend = self.legend(self.map_legend(map));
        legend.nature != Nature::View
            && !legend.has(legend_flags::UNSHARED)
            && !legend.has_subs()
            && self.legends.family(legend).map_or(0, |family| family.proto) == 0
            && !self.world_map.is_map()
    }

    /// True if a number that is neither a position nor a key of a map reads as empty: in Rhumb, where nobody else is asked.
    /// Tuples and cases, whose positions are fields, are left to the slow path.
    #[inline(never)]
    pub(super) fn absent_is_empty(&self, map: Ticket) -> bool {
        self.policy() == Lang::Rhumb
            && !self.legend(self.map_legend(map)).nature.typed()
            && self.stands_alone(map)
    }

    /// The element under the number `temps[key]`, which is `number`, of the first map that has one, by delegation
    /// (docs/specs/rhumb.md §3.12).
    fn delegated_element(
        &mut self,
        receiver: Value,
        key: usize,
        number: i64,
    ) -> Raise<Option<Value>> {
        let found = self.search(receiver, Self::element_wanted(key, number), false)?;
        Ok(match (found.value, element_index(number)) {
            (None, Some(index)) if found.holder.0 != 0 => self.positional(found.holder, index),
            (value, _) => value,
        })
    }

    /// What to search for an element of that number, which is `temps[key]`.
    pub(in crate::exec) fn element_wanted(key: usize, number: i64) -> Want {
        element_index(number).map_or(Want::Key(key), |index| Want::Element { key, index })
    }

    /// What a key names in a value, through delegation.
    fn named_get(&mut self, source: usize, key: usize) -> Raise<Option<Value>> {
        Ok(self
            .search(self.temps[source], Want::Key(key), false)?
            .value)
    }

    /// The value of an entry of a map's own table.
    fn table_value(&mut self, map: usize, key: usize) -> Raise<Option<Value>> {
        if self.table_live(self.temps[map].as_ticket()) == 0 {
            return Ok(None);
        }
        let found = self.table_find(map, key)?;
        Ok(found.map(|entry| self.table_entry(self.temps[map].as_ticket(), entry).1))
    }

    /// `temps[key]` of `temps[target]` := `temps[value]`.
    pub(crate) fn index_set(
        &mut self,
        target: usize,
        key: usize,
        value: usize,
        flags: u16,
    ) -> Raise<()> {
        // What is written through a view is its target's.
        self.temps[target] = self.target_of(self.temps[target]);
        let container = self.temps[target];
        match container.kind() {
            Kind::Map if self.nature(container.as_ticket()) == Nature::View => {
                return Err(self.type_fault("something with elements", container));
            }
            Kind::Map | Kind::Realm | Kind::Vassal => {}
            Kind::Text | Kind::Bytes | Kind::List | Kind::Range => {
                let name = self.kind_name(container);
                return Err(
                    self.fault_args(Fault::Write, format_args!("a {name} cannot be changed"))
                );
            }
            _ => return Err(self.type_fault("something with elements", container)),
        }
        let map = container.as_ticket();
        let legend = self.map_legend(map);
        let (nature, frozen) = (
            self.legend(legend).nature,
            self.legend(legend).has(legend_flags::FROZEN),
        );
        if nature == Nature::Dict {
            return self.entry_set(target, key, value, flags, frozen);
        }
        if let Some(index) = self.index_number(self.temps[key]) {
            let len = self.positional_len(map);
            if let Some(position) = self.position(index, len)? {
                self.want_mutable_element(map, index)?;
                self.set_element(target, position, value)?;
                if flags & IMMUTABLE != 0 {
                    self.freeze_element(target, position)?;
                }
                return Ok(());
            }
            if self.policy() != Lang::Rhumb {
                return Err(self.index_fault(index, len));
            }
            self.temps[key] = Value::int(index);
            return self.number_set(target, key, value, flags, len);
        }
        if matches!(nature, Nature::List | Nature::Array | Nature::Tuple)
            && self.policy() != Lang::Rhumb
        {
            return Err(self.type_fault("int", self.temps[key]));
        }
        if self.policy() == Lang::Rhumb && !self.is_name(self.temps[key]) {
            return Err(self.type_fault("a field's name", self.temps[key]));
        }
        self.set_member(target, key, value, flags as u8)
    }

    /// May a value name a field in Rhumb: a text, key, date, version (docs/specs/rhumb.md §3.11)?
    pub(crate) fn is_name(&self, key: Value) -> bool {
        match key.kind() {
            Kind::Text | Kind::Key | Kind::Date | Kind::Version => true,
            Kind::Map => matches!(
                self.legend(self.map_legend(key.as_ticket())).nature,
                Nature::Version | Nature::WideDate
            ),
            _ => false,
        }
    }

    /// Sets an entry of the table of `temps[target]`; faults write if it, or the whole, may not be changed.
    fn entry_set(
        &mut self,
        target: usize,
        key: usize,
        value: usize,
        flags: u16,
        frozen: bool,
    ) -> Raise<()> {
        if frozen {
            return Err(self.fault(Fault::Write, "the dictionary cannot be changed"));
        }
        if let Some(entry) = self.table_find(target, key)? {
            let map = self.temps[target].as_ticket();
            if self.table_flags(map, entry) & entry_flags::IMMUTABLE != 0 {
                return Err(self.fault(Fault::Write, "the entry cannot be changed"));
            }
            self.table_set_value(map, entry, self.temps[value]);
            self.mark_entry(map, entry, flags);
            return Ok(());
        }
        let entry = self.table_put(target, key, value)?;
        self.mark_entry(self.temps[target].as_ticket(), entry, flags);
        Ok(())
    }

    /// Sets the entry of an integer key, as [`World::index_set`] does without flags, if that takes neither an allocation nor
    /// a message to anybody; else false, and nothing has happened.
    ///
    /// # Safety
    /// `value` points to a value.
    #[inline(never)]
    pub(super) unsafe fn set_entry_now(
        &mut self,
        map: Ticket,
        key: i64,
        value: *const Value,
    ) -> bool {
        let legend = self.legend(self.map_legend(map));
        if legend.flags & (legend_flags::FROZEN | legend_flags::WATCHED) != 0 {
            return false;
        }
        let mut add = true;
        if legend.nature != Nature::Dict {
            // Rhumb's numbers from 1 on, in dictionary mode already. The next of the dense run joins it, which may bring
            // others along.
            let len = i64::from(self.elements_len(map));
            if !legend.has(legend_flags::DICT)
                || self.policy() != Lang::Rhumb
                || key < 0
                || (1..=len).contains(&key)
            {
                return false;
            }
            add = key != len + 1 || !self.elements_mutable(self.map_legend(map).0);
        }
        let table = self.map_table(map);
        // SAFETY: the caller's promise.
        self.table_set_whole(table, key, unsafe { value.read() }, add)
    }

    /// An entry was stored: says so to whom it concerns, and keeps it from being changed if asked.
    fn mark_entry(&mut self, map: Ticket, entry: u32, flags: u16) {
        if flags & IMMUTABLE != 0 {
            let before = self.table_flags(map, entry);
            self.table_set_flags(map, entry, before | entry_flags::IMMUTABLE);
        }
        self.note_change(map, None);
    }

    /// Rhumb: an element with a number that is not one of the dense run 1..`len`. The next one joins the run, and brings
    /// those with it that stood in the table behind the gap; others stand in the table.
    fn number_set(
        &mut self,
        target: usize,
        key: usize,
        value: usize,
        flags: u16,
        len: u32,
    ) -> Raise<()> {
        let map = self.temps[target].as_ticket();
        let number = self.temps[key].as_int().unwrap_or(0);
        let run = self.fixed_run(map, number)?;
        let fixed = flags & IMMUTABLE != 0;
        let next = self.temps[key].as_int() == Some(i64::from(len) + 1);
        let known = next && self.table_live(map) > 0 && self.table_find(target, key)?.is_some();
        if !next || known || run != fixed && (len > 0 || run) {
            return self.set_member(target, key, value, flags as u8);
        }
        self.push_fixed(target, value, fixed)?;
        let alike = if fixed { entry_flags::IMMUTABLE } else { 0 };
        let mark = self.temp(Value::EMPTY)?;
        let moved = self.temp(Value::EMPTY)?;
        while self.table_live(self.temps[target].as_ticket()) > 0 {
            let map = self.temps[target].as_ticket();
            let next = i64::from(self.elements_len(map)) + 1;
            let found = match self.table_whole(self.map_table(map), next) {
                Found::Entry(entry) => Some(entry),
                Found::Absent => None,
                Found::Unsure => {
                    self.temps[mark] = Value::int(next);
                    self.table_find(target, mark)?
                }
            };
            let Some(entry) = found else {
                break;
            };
            let map = self.temps[target].as_ticket();
            if self.table_flags(map, entry) != alike {
                break;
            }
            let value = self.table_entry(map, entry).1;
            if !self.push_element_now(map, value) {
                self.temps[moved] = value;
                self.push_element(target, moved)?;
            }
            self.table_remove_entry(self.temps[target].as_ticket(), entry);
        }
        self.temps.truncate(mark);
        Ok(())
    }

    /// Makes one element immutable without touching its siblings: it and those behind it leave the vector for the table,
    /// whose entries say for themselves what may be done with them.
    pub(super) fn freeze_element(&mut self, target: usize, position: u32) -> Raise<()> {
        let map = self.temps[target].as_ticket();
        let len = self.elements_len(map);
        if position >= len || self.legend(self.map_legend(map)).nature.typed() {
            return Ok(());
        }
        if len == 1 {
            let legend = self.legend_freeze_elements(self.map_legend(map))?;
            self.set_map_legend(self.temps[target].as_ticket(), legend);
            return Ok(());
        }
        self.charge_fuel(u64::from(len - position))?;
        self.to_dictionary(target)?;
        let map = self.temps[target].as_ticket();
        let live = self.table_live(map);
        self.table_reserve(target, live.saturating_add(len - position))?;
        let base = u32::from(self.policy() == Lang::Rhumb);
        for index in position..len {
            let mark = self.temp(Value::int(i64::from(index + base)))?;
            let value = self.temp(self.element(self.temps[target].as_ticket(), index))?;
            let entry = self.table_put(target, mark, value)?;
            if index == position {
                self.table_set_flags(
                    self.temps[target].as_ticket(),
                    entry,
                    entry_flags::IMMUTABLE,
                );
            }
            self.temps.truncate(mark);
        }
        let vec = self.elements_vec(self.temps[target].as_ticket());
        self.vec_set_len(vec, position);
        Ok(())
    }
}
