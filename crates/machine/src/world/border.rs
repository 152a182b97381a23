//! Values at the border to the host: handles, sequences, tuples, options, output and data (docs/specs/machine.md §8 "Host
//! handles", §9). What is public here is for crate `foxvm`, which hands out handles only, never a bare value: a bare
//! [`Value`] is current only until the next allocation.

use std::ops::Range;
use std::time::Duration;

use fzb::tables::{FuncId, Lang};
use lemari::handles::{HandleError, HandleId, OwnedHandle};

use crate::fault::{Fault, FaultReport, Raise, Raised};
use crate::heap::object::MapObj;
use crate::host::{Grants, Output, Resources, Stream};
use crate::legend::{Legends, Nature, Sorted};
use crate::value::{Kind, Value};
use crate::world::{Limits, World};

/// How the host wants a sequence held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SequenceForm {
    /// Fusabi's immutable list.
    List,
    /// Fusabi's array.
    Array,
    /// A map of elements: Morph's `daftar`, Rhumb's positional map.
    Elements,
}

impl World {
    /// This World's number within its Engine.
    pub fn number(&self) -> u32 {
        self.id
    }

    /// What the entry of an instance returned; empty if it has none or has not run.
    pub fn entry_result(&self, instance: u32) -> Value {
        self.instances
            .get(instance as usize)
            .map_or(Value::EMPTY, |record| record.result)
    }

    /// Its limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Fuel left of the present call; what the limit gives if none runs.
    pub fn fuel_left(&self) -> Option<u64> {
        self.limits.fuel?;
        Some(self.fuel.max(0) as u64)
    }

    /// Bytes of output that may still be written.
    pub fn output_left(&self) -> Option<u64> {
        self.output.left
    }

    /// How deep host callbacks are nested; 0 while nothing runs.
    pub fn nesting(&self) -> u32 {
        self.reentry
    }

    /// Its grants.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Its grants, to change.
    pub fn grants_mut(&mut self) -> &mut Grants {
        &mut self.grants
    }

    /// Its resources.
    pub fn resources_mut(&mut self) -> &mut Resources {
        &mut self.resources
    }

    /// Sends the program's output to a sink; its bound starts anew.
    pub fn set_output(
        &mut self,
        sink: impl FnMut(Stream, &[u8]) -> std::io::Result<()> + Send + 'static,
    ) {
        self.output = Output {
            sink: Box::new(sink),
            left: self.limits.output,
        };
    }

    /// The host's own data.
    pub fn host_data(&mut self) -> Option<&mut (dyn std::any::Any + Send)> {
        self.host_data.as_deref_mut()
    }

    /// Sets the host's own data.
    pub fn set_host_data(&mut self, data: Box<dyn std::any::Any + Send>) {
        self.host_data = Some(data);
    }

    /// Collects at every allocation that may: a sabotage switch for tests.
    pub fn collect_always(&mut self, on: bool) {
        self.collect_always = on;
    }

    /// Bytes of native stack that handlers may leave behind before the run loop takes them back, 64 KiB unless set: a
    /// sabotage switch for tests, which set 0.
    pub fn set_native_room(&mut self, bytes: usize) {
        self.native_room = bytes;
    }

    /// Roots a value for the host.
    ///
    /// # Errors
    /// Fault mem at the limit.
    pub fn hold(&mut self, value: Value) -> Raise<OwnedHandle> {
        match self
            .handles
            .insert_owned([value.tag, value.payload], &mut self.lemari)
        {
            Ok(handle) => Ok(handle),
            Err(error) => Err(self.out_of_memory(error)),
        }
    }

    /// The value of a handle, current until the next allocation.
    ///
    /// # Errors
    /// If the handle is stale or of another World.
    pub fn held(&self, id: HandleId) -> Result<Value, HandleError> {
        let [tag, payload] = self.handles.get(id)?;
        Ok(Value { tag, payload })
    }

    /// What was raised, as a report for the host, which takes it out.
    pub fn report(&mut self, raised: Raised) -> Box<FaultReport> {
        let Raised(()) = raised;
        self.take_report()
    }

    /// Raises a fault for the host.
    pub fn raise_for_host(&mut self, fault: Fault, message: &str) -> Raised {
        self.fault(fault, message)
    }

    /// Charges fuel for work that the host does.
    ///
    /// # Errors
    /// Fault fuel if it is used up.
    pub fn charge_for_host(&mut self, units: u64) -> Raise<()> {
        self.charge_fuel(units)
    }

    /// Name of a value's kind, for messages.
    pub fn kind_text(&self, value: Value) -> &'static str {
        self.kind_name(value)
    }

    /// Values rooted while the host converts; its place is what [`World::host_temp`] takes.
    ///
    /// # Errors
    /// Fault mem at the limit.
    pub fn host_push(&mut self, value: Value) -> Raise<usize> {
        self.push_temps(&[value])?;
        Ok(self.temps.len() - 1)
    }

    /// A value rooted by [`World::host_push`]; empty if there is none.
    pub fn host_temp(&self, at: usize) -> Value {
        self.temps.get(at).copied().unwrap_or(Value::EMPTY)
    }

    /// How many values are rooted.
    pub fn host_mark(&self) -> usize {
        self.temps.len()
    }

    /// Forgets values rooted since.
    pub fn host_truncate(&mut self, mark: usize) {
        self.temps.truncate(mark);
    }

    /// Joins texts that are ropes, so that [`World::flat_text`] reads them; the values afterwards.
    ///
    /// # Errors
    /// Fault mem or fuel.
    #[inline]
    pub fn flatten_all<const N: usize>(&mut self, values: &mut [Value; N]) -> Raise<()> {
        if values
            .iter()
            .all(|value| value.kind() != Kind::Text || !self.text_is_rope(value.as_ticket()))
        {
            return Ok(());
        }
        let mark = self.temps.len();
        self.push_temps(values)?;
        for at in mark..mark + N {
            if self.temps[at].kind() == Kind::Text {
                self.text_flatten(at)?;
            }
        }
        values.copy_from_slice(&self.temps[mark..mark + N]);
        self.temps.truncate(mark);
        Ok(())
    }

    /// Content of a text that is no rope.
    #[inline]
    pub fn flat_text(&self, value: Value) -> Option<&str> {
        if value.kind() != Kind::Text {
            return None;
        }
        self.text_str_unrooted(value.as_ticket())
    }

    /// Content of bytes.
    #[inline]
    pub fn flat_bytes(&self, value: Value) -> Option<&[u8]> {
        (value.kind() == Kind::Bytes).then(|| self.bytes_slice(value.as_ticket()))
    }

    /// The display of a value (mode 0) or its canonical form (mode 1), as a language shows it.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn display_text(&mut self, lang: Lang, value: Value, canonical: bool) -> Raise<String> {
        let ticket = self.display_in(lang, value, u8::from(canonical))?;
        self.host_text(ticket)
    }

    /// The text of a specification of `printf` and the values of a sequence.
    ///
    /// # Errors
    /// Fault conv if they are not as many as it takes, type, range, mem or fuel.
    pub fn format_text(&mut self, specification: &str, values: Value) -> Raise<String> {
        let ticket = self.format_listed(specification, values)?;
        self.host_text(ticket)
    }

    /// Roots the elements of a list, array, tuple, ordered set or map of elements, or the fields of a union case, in order; their
    /// places. `None` if it is none.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn spread_for_host(&mut self, value: Value) -> Raise<Option<Range<usize>>> {
        match self.sorted(value) {
            Some(Sorted::Set) => return self.entries_for_host(value).map(Some),
            Some(Sorted::Map) => return Ok(None),
            None => {}
        }
        match value.kind() {
            Kind::Case0 => Ok(Some(self.temps.len()..self.temps.len())),
            Kind::List => {
                let count = self.list_len(value.as_ticket())? as usize;
                let first = self.room_for_temps(value, count)?;
                let mut cell = self.temps[first].as_ticket();
                self.temps.truncate(first);
                while cell.0 != 0 {
                    // No growth from here on: nothing is allocated.
                    self.temps.push(self.list_head(cell));
                    cell = self.list_tail(cell);
                }
                Ok(Some(first..self.temps.len()))
            }
            Kind::Map => {
                let map = value.as_ticket();
                let nature = self.legend(self.map_legend(map)).nature;
                if !matches!(
                    nature,
                    Nature::List | Nature::Array | Nature::Tuple | Nature::Plain | Nature::Case
                ) {
                    return Ok(None);
                }
                let count = self.positional_len(map);
                self.charge_fuel(u64::from(count) / 4)?;
                let first = self.room_for_temps(value, count as usize)?;
                let map = self.temps[first].as_ticket();
                self.temps.truncate(first);
                for index in 0..count {
                    let element = self.positional(map, index).unwrap_or(Value::EMPTY);
                    self.temps.push(element);
                }
                Ok(Some(first..self.temps.len()))
            }
            _ => Ok(None),
        }
    }

    /// Makes room for `count` rooted values and roots `value`, at the place that is answered.
    pub(super) fn room_for_temps(&mut self, value: Value, count: usize) -> Raise<usize> {
        self.push_temps(&[value])?;
        let at = self.temps.len() - 1;
        let missing = (count + 1).saturating_sub(self.temps.capacity() - at);
        if missing > 0 {
            self.charge(missing * size_of::<Value>())?;
            self.temps_charged += missing * size_of::<Value>();
            if self.temps.try_reserve(count + 1).is_err() {
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
        }
        Ok(at)
    }

    /// A sequence of the values rooted from `first` on.
    ///
    /// # Errors
    /// Fault mem.
    pub fn sequence_for_host(&mut self, first: usize, form: SequenceForm) -> Raise<Value> {
        let count = self.temps.len().saturating_sub(first);
        match form {
            SequenceForm::Elements => self.map_of_temps(Legends::LIST, first, count),
            SequenceForm::Array => self.map_of_temps(Legends::ARRAY_DYN, first, count),
            SequenceForm::List => {
                let tail = self.host_push(Value::NIL)?;
                for index in (first..first + count).rev() {
                    let cell = self.cons(index, tail)?;
                    self.temps[tail] = cell;
                }
                let list = self.temps[tail];
                self.temps.truncate(tail);
                Ok(list)
            }
        }
    }

    /// A tuple of the values rooted from `first` on.
    ///
    /// # Errors
    /// Fault mem.
    pub fn tuple_for_host(&mut self, first: usize) -> Raise<Value> {
        let count = self.temps.len().saturating_sub(first);
        let legend = self.tuple_legend(count as u32)?;
        let map = self.map_new(legend, count as u16)?;
        // SAFETY: the map was just made with that many fields.
        unsafe {
            let to = (&raw mut (*self.at::<MapObj>(map)).fields).cast::<Value>();
            for index in 0..count {
                to.add(index).write(self.temps[first + index]);
            }
        }
        self.lemari.barrier_all(map);
        Ok(Value::ticket(Kind::Map, map))
    }

    /// What a static of an instance holds; nothing if it is unset, or there is none.
    pub fn static_for_host(&self, instance: u32, index: u32) -> Option<Value> {
        let record = self.instances.get(instance as usize)?;
        let value = record.statics.get(index as usize).copied()?;
        (value.kind() != Kind::Hole).then_some(value)
    }

    /// The case of that name and without fields, of the union that a parameter declares; nothing if it declares none, or the
    /// union has no such case.
    ///
    /// # Errors
    /// Fault mem.
    pub fn param_case_for_host(
        &mut self,
        instance: u32,
        function: FuncId,
        param: u32,
        name: &str,
    ) -> Raise<Option<Value>> {
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Ok(None);
        };
        let Some(found) = module.union_of_param(function, param).and_then(|union| {
            (0..union.cases).find_map(|tag| {
                let case = union.case(tag)?;
                (case.fields == 0 && module.name(case.name) == Some(name))
                    .then_some((union.id, tag))
            })
        }) else {
            return Ok(None);
        };
        let (typedef, tag) = found;
        let legend = self.record_legend(instance, typedef.0, tag)?;
        Ok(Some(Value::new(Kind::Case0, 0, legend.0, u64::from(tag))))
    }

    /// The name of a union case and the number of its fields; nothing for any other value.
    pub fn case_for_host(&self, value: Value) -> Option<(&str, u32)> {
        let fields = match value.kind() {
            Kind::Case0 => 0,
            Kind::Map => {
                let map = value.as_ticket();
                if self.legend(self.map_legend(map)).nature != Nature::Case {
                    return None;
                }
                self.positional_len(map)
            }
            _ => return None,
        };
        Some((self.case_name(self.case_legend(value)), fields))
    }

    /// A field of a union case.
    pub fn case_field_for_host(&self, value: Value, index: u32) -> Option<Value> {
        self.case_for_host(value)
            .filter(|(_, fields)| index < *fields)?;
        self.positional(value.as_ticket(), index)
    }

    /// Fuel and time of the calls of the host from now on; those of a call under way stay.
    pub fn set_call_limits(&mut self, fuel: Option<u64>, deadline: Option<Duration>) {
        self.limits.fuel = fuel;
        self.limits.deadline = deadline;
    }

    /// What an option holds: `Some(None)` for empty and a case named `None`, `Some(Some(v))` for a case `Some` of one
    /// field, `None` for any other value.
    pub fn option_for_host(&self, value: Value) -> Option<Option<Value>> {
        match value.kind() {
            Kind::Empty => Some(None),
            Kind::Case0 if self.case_name(self.case_legend(value)) == "None" => Some(None),
            Kind::Map => {
                let map = value.as_ticket();
                let is_case = self.legend(self.map_legend(map)).nature == Nature::Case;
                (is_case
                    && self.positional_len(map) == 1
                    && self.case_name(self.case_legend(value)) == "Some")
                    .then(|| self.positional(map, 0))
            }
            _ => None,
        }
    }
}
