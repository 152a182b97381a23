//! Calls with a shape: which parameter each argument goes to, and what `$0` shows of the named ones.

use fzb::tables::{Arity, ConstId, FuncId, Lang, function_flags};
use fzb::view::Constant;

use super::{Given, MOST_POSITIONS, Name, OPEN};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::legend::{FieldName, Legends, Nature, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// How many parameters are given by position, as they are looked at one after the other.
#[derive(Clone, Copy, Default)]
pub(super) struct Positional {
    /// As far as the last one that is given: what is left open before it is empty.
    given: i64,
    seen: i64,
    /// A parameter was named.
    any_named: bool,
}

impl Positional {
    /// The next parameter.
    pub(super) fn parameter(&mut self, named: bool, given: bool) {
        if named {
            self.any_named = true;
            return;
        }
        self.seen += 1;
        if given {
            self.given = self.seen;
        }
    }
}

impl World {
    /// Calls with the values at `window` as a shape describes them.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top; the values stand as pairs from `window`.
    pub(crate) unsafe fn call_with_shape(
        &mut self,
        r: *mut u64,
        callee: Value,
        receiver: Option<Value>,
        window: u32,
        shape: u32,
        dst: u16,
    ) -> Raise<Next> {
        let mark = self.temps.len();
        self.temp(callee)?;
        self.temp(receiver.unwrap_or(Value::HOLE))?;
        let module = self.module();
        let Some(Constant::Shape(view)) = module.constant(ConstId(shape)) else {
            return Err(self.fault(Fault::Internal, "a shape that is none"));
        };
        // SAFETY: passed on.
        let (mut given, entries) = unsafe {
            (
                self.named_of(view, window)?,
                self.positional_of(view, window)?,
            )
        };
        let rhumb = self.policy() == Lang::Rhumb;
        let (mut held, mut names) = (Vec::new(), None);
        if rhumb && !given.is_empty() {
            (held, names) = self.unfolded(mark)?;
        }
        let callee = self.temps[mark];
        let is_routine = matches!(callee.kind(), Kind::Func | Kind::Closure);
        if !given.is_empty() && !is_routine && !rhumb {
            return Err(self.fault(
                Fault::Arity,
                "named arguments need a routine with named parameters",
            ));
        }
        // Rhumb has no errors of arity: what has no parameters with names gets the others.
        let places = if given.is_empty() || !is_routine {
            entries
        } else {
            let places = self.arranged(mark, &held, &mut given, &entries)?;
            if !given.is_empty() || names.is_some() {
                let map = self.map_of_named(names, &given)?;
                self.note_positional(mark, map, &places)?;
                names = Some(map);
            }
            places
        };
        let mut args: Vec<Value> = self.host_list(places.len())?;
        args.extend(
            places
                .iter()
                .map(|place| self.temps.get(*place).copied().unwrap_or(Value::EMPTY)),
        );
        let callee = self.temps[mark];
        let receiver = Some(self.temps[mark + 1]).filter(|value| !value.same(Value::HOLE));
        let names = names.map(|names| self.temps[names]);
        self.temps.truncate(mark);
        if let Some(names) = names {
            // The map stays rooted while the call is set up.
            self.named_rest = Some(self.temp(names)?);
        }
        let r = if names.is_some() { self.running_r } else { r };
        // SAFETY: `running_r` is the first register of the frame on top.
        let result = unsafe { self.call_value(r, callee, receiver, &args, dst, 0) };
        self.named_rest = None;
        self.temps.truncate(mark);
        result
    }

    /// Where each argument of a call of the routine `temps[callee]` is, places in `temps` or [`OPEN`]; what no parameter takes
    /// stays in `given`. Faults arity where the routine is strict about it.
    pub(super) fn arranged(
        &mut self,
        callee: usize,
        held: &[usize],
        given: &mut Vec<Given>,
        entries: &[usize],
    ) -> Raise<Vec<usize>> {
        let (instance, function) = self.routine_of(self.temps[callee]);
        let target = self.module_of(instance)?;
        let Some(record) = target.function(FuncId(function)) else {
            return Err(self.fault(Fault::Internal, "a function that does not exist"));
        };
        let strict = matches!(record.arity, Arity::Exact | Arity::Curry);
        let keeps = record.flags & function_flags::REST != 0;
        let params = record.params as usize;
        let mut places = self.host_list(params.max(held.len()) + entries.len())?;
        let (mut next, mut open) = (entries.iter().copied(), 0);
        loop {
            let index = places.len();
            let numbered = given
                .iter()
                .any(|given| matches!(given.name, Name::Number(_)));
            if index >= params && index >= held.len() && !numbered {
                break;
            }
            if index >= params + held.len() + entries.len() + MOST_POSITIONS {
                return Err(self.fault(Fault::Range, "too many arguments"));
            }
            if let Some(place) = held.get(index).filter(|place| **place != OPEN) {
                self.push_host(&mut places, *place)?;
                continue;
            }
            open += 1;
            let name = match record.param_name(index as u32) {
                Some(name) if index < params => Some(self.name_in(instance, name.0)?),
                _ => None,
            };
            let named = given.iter().position(|given| given.names(name, open));
            let taken = named.and_then(|at| given.get_mut(at));
            let place = match taken {
                Some(found) if keeps && matches!(found.name, Name::Text(_)) => {
                    found.taken = true;
                    found.value
                }
                Some(found) => {
                    let value = found.value;
                    given.retain(|given| given.value != value);
                    value
                }
                None => match next.next() {
                    Some(place) => place,
                    None if strict => {
                        return Err(self.fault_args(
                            Fault::Arity,
                            format_args!("argument {} is missing", index + 1),
                        ));
                    }
                    None => OPEN,
                },
            };
            self.push_host(&mut places, place)?;
        }
        if given.iter().any(|given| !given.taken) && record.arity != Arity::Loose {
            return Err(self.fault(
                Fault::Arity,
                "no parameter has the name of a named argument",
            ));
        }
        for place in next {
            self.push_host(&mut places, place)?;
        }
        if record.arity == Arity::Loose {
            let end = places.iter().rposition(|place| *place != OPEN);
            places.truncate(end.map_or(0, |end| end + 1));
        }
        Ok(places)
    }

    /// A map of named arguments that no parameter takes, as the fields of the rest, after those of `temps[before]`. Its place.
    pub(super) fn map_of_named(&mut self, before: Option<usize>, given: &[Given]) -> Raise<usize> {
        let map = self.map_new(Legends::PLAIN, 0)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        if let Some(before) = before {
            self.copy_names(map, before)?;
        }
        for Given {
            name, value, fixed, ..
        } in given
        {
            let how = if *fixed { set::IMMUTABLE } else { set::MUTABLE };
            match name {
                Name::Text(name) => {
                    self.override_field(map, FieldName::text(*name), *value, how)?;
                }
                Name::Other(key) => self.set_member(map, *key, *value, how)?,
                Name::Number(_) => {}
            }
        }
        Ok(map)
    }

    /// The routine that binds the labels of a submap, if it has one.
    pub(crate) fn binder_of(&mut self, submap: Value) -> Raise<Option<Value>> {
        if !submap.is_map() || self.nature(submap.as_ticket()) != Nature::Submap {
            return Ok(None);
        }
        let place = self.own_place(submap.as_ticket(), FieldName::BINDER)?;
        Ok(place.map(|place| self.place_value(submap.as_ticket(), place)))
    }

    /// The list of a submap's parameters in their order, if some have no name.
    pub(crate) fn parameter_order(&mut self, submap: Value) -> Raise<Option<Value>> {
        if !submap.is_map() || self.nature(submap.as_ticket()) != Nature::Submap {
            return Ok(None);
        }
        let place = self.own_place(submap.as_ticket(), FieldName::ORDER)?;
        Ok(place.map(|place| self.place_value(submap.as_ticket(), place)))
    }

    /// Adds the parameters of the submap `temps[submap]`, in their order, to the list `temps[list]`; true if some have no name.
    pub(crate) fn list_parameters(&mut self, submap: usize, list: usize) -> Raise<bool> {
        let order = self.parameter_order(self.temps[submap])?;
        let from = self.temp(order.unwrap_or(Value::EMPTY))?;
        let count = match order {
            Some(order) => self.elements_len(order.as_ticket()),
            None => self.members(self.temps[submap].as_ticket()),
        };
        for index in 0..count {
            self.charge_node()?;
            let name = match self.temps[from] {
                order if order.is_map() => self.element(order.as_ticket(), index),
                _ => self.member(self.temps[submap].as_ticket(), index).key,
            };
            if name.is_empty() || name.kind() == Kind::Text {
                let name = self.temp(name)?;
                self.push_element(list, name)?;
                self.temps.truncate(name);
            }
        }
        self.temps.truncate(from);
        Ok(order.is_some())
    }

    /// The values that the labels of the submap `temps[submap]` get from the arguments `temps[all]`: named ones first, then by
    /// position. The routine to be called for them, if the submap has one. An empty map for what is no submap.
    pub(crate) fn bound_arguments(&mut self, submap: usize, all: usize) -> Raise<Value> {
        if let Some(binder) = self.binder_of(self.temps[submap])? {
            return Ok(binder);
        }
        let map = self.map_new(Legends::PLAIN, 0)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        let from = self.temps[submap];
        if !from.is_map() || self.nature(from.as_ticket()) != Nature::Submap {
            return Ok(self.temps[map]);
        }
        let names = self.map_new(Legends::PLAIN, 0)?;
        let names = self.temp(Value::ticket(Kind::Map, names))?;
        self.list_parameters(submap, names)?;
        let mut next = 0;
        for index in 0..self.elements_len(self.temps[names].as_ticket()) {
            self.charge_node()?;
            let name = self.element(self.temps[names].as_ticket(), index);
            if name.is_empty() {
                next += 1;
                continue;
            }
            let key = self.temp(name)?;
            let value = match self.get_member(all, key)? {
                Some(value) => value,
                None => {
                    next += 1;
                    self.element(self.temps[all].as_ticket(), next - 1)
                }
            };
            let value = self.temp(value)?;
            self.set_member(map, key, value, set::MUTABLE)?;
            self.temps.truncate(key);
        }
        Ok(self.temps[map])
    }

    /// What the labels of the submap `temps[submap]` leave of the arguments `temps[all]`: what is named otherwise, and the elements
    /// behind those that go to labels by position.
    pub(crate) fn arguments_left(&mut self, submap: usize, all: usize) -> Raise<Value> {
        let from = self.temps[submap];
        if !from.is_map() || self.nature(from.as_ticket()) != Nature::Submap {
            return Ok(self.temps[all]);
        }
        let mut taken = self.elements_len(from.as_ticket());
        for index in 0..self.members(from.as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[submap].as_ticket(), index);
            if member.key.kind() != Kind::Text {
                continue;
            }
            let key = self.temp(member.key)?;
            taken += u32::from(self.get_member(all, key)?.is_none());
            self.temps.truncate(key);
        }
        let left = self.map_new(Legends::PLAIN, 0)?;
        let left = self.temp(Value::ticket(Kind::Map, left))?;
        for index in taken..self.elements_len(self.temps[all].as_ticket()) {
            self.charge_node()?;
            let element = self.element(self.temps[all].as_ticket(), index);
            let element = self.temp(element)?;
            self.push_element(left, element)?;
            self.temps.truncate(element);
        }
        for index in 0..self.members(self.temps[all].as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[all].as_ticket(), index);
            if member.key.same(Value::HOLE) || member.key.as_int().is_some() {
                continue;
            }
            let key = self.temp(member.key)?;
            let value = self.temp(member.value)?;
            if self.own_place_of(submap, key)?.is_none() {
                self.set_member(left, key, value, set::MUTABLE)?;
            }
            self.temps.truncate(key);
        }
        Ok(self.temps[left])
    }

    /// Notes in the map of named arguments `temps[map]` how many of the parameters of the routine `temps[callee]` were given by
    /// position: those that were named stand among them.
    pub(super) fn note_positional(
        &mut self,
        callee: usize,
        map: usize,
        places: &[usize],
    ) -> Raise<()> {
        let mut count = Positional::default();
        let Some(params) = self.parameters_kept(callee)? else {
            return Ok(());
        };
        for (index, place) in places.iter().take(params as usize).enumerate() {
            let named = self.is_given_name(callee, map, index as u32)?;
            count.parameter(named, *place != OPEN);
        }
        self.note_count(map, count)
    }

    /// How many parameters the routine `temps[callee]` has, if it keeps the names of its arguments.
    pub(super) fn parameters_kept(&mut self, callee: usize) -> Raise<Option<u32>> {
        if !matches!(self.temps[callee].kind(), Kind::Func | Kind::Closure) {
            return Ok(None);
        }
        let (instance, function) = self.routine_of(self.temps[callee]);
        let module = self.module_of(instance)?;
        let record = module.function(FuncId(function));
        let record = record.filter(|record| record.flags & function_flags::REST != 0);
        Ok(record.map(|record| record.params))
    }

    /// Is there an argument in the map `temps[map]` by the name of a parameter of the routine `temps[callee]`?
    pub(super) fn is_given_name(&mut self, callee: usize, map: usize, index: u32) -> Raise<bool> {
        let (instance, function) = self.routine_of(self.temps[callee]);
        let module = self.module_of(instance)?;
        let name = module
            .function(FuncId(function))
            .and_then(|record| record.param_name(index));
        let Some(name) = name else {
            return Ok(false);
        };
        let name = FieldName::text(self.name_in(instance, name.0)?);
        let map = self.temps[map];
        Ok(map.is_map() && self.own_place(map.as_ticket(), name)?.is_some())
    }

    /// Leaves a count in a map of named arguments, if any of the parameters was named.
    pub(super) fn note_count(&mut self, map: usize, count: Positional) -> Raise<()> {
        if !count.any_named {
            return Ok(());
        }
        let count = self.temp(Value::int(count.given))?;
        self.add_field(map, FieldName::POSITIONAL, count, field_flags::HIDDEN)
    }

    /// How many parameters were given by position, if some were named: what [`World::note_positional`] noted in the rest.
    pub(crate) fn positional_given(&mut self, rest: Value) -> Raise<Option<u32>> {
        let place = self.own_place(rest.as_ticket(), FieldName::POSITIONAL)?;
        Ok(place.and_then(|place| {
            let count = self.place_value(rest.as_ticket(), place).as_int()?;
            u32::try_from(count).ok()
        }))
    }
}
