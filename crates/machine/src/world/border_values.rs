//! Numbers, maps and shapes of values at the border to the host, and what host functions keep per World
//! (docs/specs/machine.md §9). Public for crate `foxvm` only, like `border.rs`: bare values are current until the next
//! allocation.

use std::any::{Any, TypeId};
use std::ops::Range;

use fzb::tables::Lang;
use numeric::Number;

use crate::fault::Raise;
use crate::heap::object::{CellObj, cell_flags};
use crate::host_memory::{NoMemory, boxed, duplicate};
use crate::legend::{FieldName, Legends, Nature, Sorted, field_flags, legend_flags};
use crate::policy::sorted::Entries;
use crate::value::{Kind, Value};
use crate::world::World;

/// What a value is made of, as a host sees it that walks through it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HostShape {
    /// Nothing to walk into.
    Leaf,
    /// Elements in order: [`World::spread_for_host`] roots them.
    Sequence,
    /// Named or keyed members: [`World::members_for_host`] roots them.
    Members,
    /// A Rhumb map with elements and names.
    Both,
    /// A union case: [`World::spread_for_host`] roots its fields, [`World::case_for_host`] has its name.
    Case,
}

/// Fields of a map that are made inline at most (docs/specs/machine.md §1).
const INLINE_FIELDS: usize = 32;

impl World {
    /// Policy of the function that called the host; machine when none runs.
    pub fn language(&self) -> Lang {
        self.policy()
    }

    /// The number that a value is; `None` for every other kind.
    ///
    /// # Errors
    /// Fault mem if the host has no memory for a coefficient.
    pub fn number_for_host(&mut self, value: Value) -> Raise<Option<Number>> {
        self.number_of(value)
    }

    /// The value of a number.
    ///
    /// # Errors
    /// Fault mem.
    pub fn number_from_host(&mut self, number: Number) -> Raise<Value> {
        self.number_value(number)
    }

    /// How a value is put together.
    pub fn shape_for_host(&self, value: Value) -> HostShape {
        match self.sorted(value) {
            Some(Sorted::Map) => return HostShape::Members,
            Some(Sorted::Set) => return HostShape::Sequence,
            None => {}
        }
        match value.kind() {
            Kind::List => HostShape::Sequence,
            Kind::Case0 => HostShape::Case,
            Kind::Map => {
                let map = value.as_ticket();
                let legend = self.legend(self.map_legend(map));
                match legend.nature {
                    Nature::List | Nature::Array | Nature::Tuple => HostShape::Sequence,
                    Nature::Case => HostShape::Case,
                    Nature::Dict
                    | Nature::Record
                    | Nature::Row
                    | Nature::Instance
                    | Nature::Module
                    | Nature::Error => HostShape::Members,
                    Nature::Plain => {
                        let named = (0..self.members(map))
                            .any(|index| self.listed_member(map, index).is_some());
                        match (named, self.elements_len(map) > 0) {
                            (true, true) => HostShape::Both,
                            (true, false) => HostShape::Members,
                            (false, true) => HostShape::Sequence,
                            (false, false) if legend.has(legend_flags::DICT) => HostShape::Members,
                            (false, false) => HostShape::Sequence,
                        }
                    }
                    _ => HostShape::Leaf,
                }
            }
            _ => HostShape::Leaf,
        }
    }

    /// A member that lists of names show: neither the machine's own nor a delegate nor under a key.
    fn listed_member(&self, map: lemari::Ticket, index: u32) -> Option<(Value, Value)> {
        let member = self.member(map, index);
        let hidden = field_flags::HIDDEN | field_flags::EXPOSED | field_flags::SUB;
        let shown = !member.key.same(Value::HOLE)
            && member.key.kind() != Kind::Key
            && member.flags & hidden == 0;
        shown.then_some((member.key, member.value))
    }

    /// Freezes the root `at`, if it is a map.
    ///
    /// # Errors
    /// Fault mem.
    pub fn freeze_for_host(&mut self, at: usize) -> Raise<()> {
        if self.host_temp(at).kind() == Kind::Map {
            self.freeze_map(at)?;
        }
        Ok(())
    }

    /// Roots the members of a map, key before value, in their order; their places. `None` if it is no map with members.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn members_for_host(&mut self, value: Value) -> Raise<Option<Range<usize>>> {
        if !matches!(
            self.shape_for_host(value),
            HostShape::Members | HostShape::Both
        ) {
            return Ok(None);
        }
        if self.sorted(value).is_some() {
            return self.entries_for_host(value).map(Some);
        }
        let count = self.members(value.as_ticket());
        self.charge_fuel(u64::from(count) / 4)?;
        let first = self.room_for_temps(value, count as usize * 2)?;
        let map = self.temps[first].as_ticket();
        self.temps.truncate(first);
        for index in 0..count {
            // No growth from here on: nothing is allocated.
            if let Some((key, value)) = self.listed_member(map, index) {
                self.temps.push(key);
                self.temps.push(value);
            }
        }
        Ok(Some(first..self.temps.len()))
    }

    /// Roots the entries of an ordered tree, of a map key before value, in order; their places.
    pub(super) fn entries_for_host(&mut self, tree: Value) -> Raise<Range<usize>> {
        let at = self.host_push(tree)?;
        self.sorted_entries(at, Entries::Flat)?;
        let count = match self.temps[at].kind() {
            Kind::Map => self.elements_len(self.temps[at].as_ticket()),
            _ => 0,
        };
        let array = self.temps[at];
        self.temps.truncate(at);
        let first = self.room_for_temps(array, count as usize)?;
        let array = self.temps[first].as_ticket();
        self.temps.truncate(first);
        for index in 0..count {
            // No growth from here on: nothing is allocated.
            self.temps.push(self.element(array, index));
        }
        Ok(first..self.temps.len())
    }

    /// The own member of a map under a text; `None` if there is none, or the value is no map.
    ///
    /// # Errors
    /// Fault mem.
    pub fn member_for_host(&mut self, value: Value, name: &str) -> Raise<Option<Value>> {
        if value.kind() != Kind::Map {
            return Ok(None);
        }
        let map = self.host_push(value)?;
        let text = self.text_value(name)?;
        let key = self.host_push(text)?;
        let found = self.get_member(map, key);
        self.temps.truncate(map);
        found
    }

    /// Names of a map's own fields and subfields that are texts, among the first `most`; nothing is run.
    pub fn field_names_for_host(&self, value: Value, most: u32) -> Vec<String> {
        if value.kind() != Kind::Map {
            return Vec::new();
        }
        let map = value.as_ticket();
        (0..self.members(map).min(most))
            .map(|index| self.member(map, index).key)
            .filter(|key| key.kind() == Kind::Text)
            .filter_map(|key| self.text_str_unrooted(key.as_ticket()))
            .map(str::to_owned)
            .collect()
    }

    /// What a cell holds, and whether it is frozen; `None` if the value is no cell.
    pub fn cell_for_host(&self, cell: Value) -> Option<(Value, bool)> {
        if cell.kind() != Kind::Cell {
            return None;
        }
        // SAFETY: a live cell.
        unsafe {
            let object = self.at::<CellObj>(cell.as_ticket());
            Some(((*object).value, (*object).flags & cell_flags::FROZEN != 0))
        }
    }

    /// Sets what a cell holds and whether it is frozen, whatever it was; false if the value is no cell.
    pub fn set_cell_for_host(&mut self, cell: Value, value: Value, frozen: bool) -> bool {
        if cell.kind() != Kind::Cell {
            return false;
        }
        // SAFETY: a live cell; nothing is allocated between the two stores.
        unsafe {
            let object = self.at::<CellObj>(cell.as_ticket());
            self.store(cell.as_ticket(), &raw mut (*object).value, value);
            (*object).flags &= !cell_flags::FROZEN;
            if frozen {
                (*object).flags |= cell_flags::FROZEN;
            }
        }
        true
    }

    /// A map of the pairs key, value that are rooted from `first` on: under policy Rhumb a map of fields, else a dictionary;
    /// an empty one is always a dictionary, so that it is no empty sequence. A later pair of the same key counts. With
    /// `names` the keys are names from the host's own code, which may be interned.
    ///
    /// # Errors
    /// Fault mem, hash or fuel.
    pub fn map_for_host(&mut self, first: usize, names: bool) -> Raise<Value> {
        let count = self.temps.len().saturating_sub(first) / 2;
        self.charge_fuel(count as u64 / 2)?;
        let fields = count > 0 && self.policy() == Lang::Rhumb;
        let map = if fields {
            self.map_new(Legends::PLAIN, count.min(INLINE_FIELDS) as u16)?
        } else {
            self.map_new(Legends::DICT, 0)?
        };
        let map = self.host_push(Value::ticket(Kind::Map, map))?;
        if !fields && count > 0 {
            self.table_reserve(map, u32::try_from(count).unwrap_or(u32::MAX))?;
        }
        for index in 0..count {
            let (key, value) = (first + 2 * index, first + 2 * index + 1);
            if !fields {
                self.table_put(map, key, value)?;
                continue;
            }
            let known = self.temps[key];
            let text = if names && known.kind() == Kind::Text {
                self.text_str_unrooted(known.as_ticket()).map(duplicate)
            } else {
                None
            };
            match text {
                Some(Ok(text)) => {
                    let name = FieldName::text(self.intern(&text)?);
                    self.set_field(map, name, value, 0)?;
                }
                Some(Err(NoMemory)) => return Err(self.no_host_memory()),
                None => self.set_member(map, key, value, 0)?,
            }
        }
        let made = self.temps[map];
        self.temps.truncate(map);
        Ok(made)
    }

    /// Gives back room for rooted values after a host function that rooted many.
    pub fn trim_for_host(&mut self) {
        /// Rooted values that there is always room for.
        const KEPT: usize = 4096;
        if self.temps.capacity() <= 2 * KEPT || self.temps.len() > KEPT {
            return;
        }
        self.temps.shrink_to(KEPT);
        let counted = self
            .temps_charged
            .min(self.temps.capacity() * size_of::<Value>());
        self.lemari.refund(self.temps_charged - counted);
        self.temps_charged = counted;
    }

    /// The most bytes that one value may have.
    pub fn largest_for_host(&self) -> usize {
        self.limits.one_allocation.min(self.limits.memory)
    }

    /// Counts memory that the host keeps for this World, until [`World::refund_for_host`].
    ///
    /// # Errors
    /// Fault mem.
    pub fn keep_for_host(&mut self, bytes: usize) -> Raise<()> {
        self.charge(bytes)
    }

    /// Takes memory off the meter that was counted with [`World::keep_for_host`].
    pub fn refund_for_host(&mut self, bytes: usize) {
        self.lemari.refund(bytes);
    }

    /// Charges fuel for the host, and ends the call where an interrupt or a deadline asks for it.
    ///
    /// # Errors
    /// Fault fuel, cancel or deadline.
    pub fn step_for_host(&mut self, units: u64) -> Raise<()> {
        self.charge_fuel(units)?;
        self.charge_node()
    }

    /// What host functions of one library keep in this World, made on first use.
    pub fn host_state<T: Any + Send + Default>(&mut self) -> Option<&mut T> {
        let wanted = TypeId::of::<T>();
        let at = match self
            .host_states
            .iter()
            .position(|(kind, _)| *kind == wanted)
        {
            Some(at) => at,
            None => {
                self.host_states.try_reserve(1).ok()?;
                self.host_states.push((wanted, boxed(T::default()).ok()?));
                self.host_states.len() - 1
            }
        };
        self.host_states.get_mut(at)?.1.downcast_mut()
    }
}
