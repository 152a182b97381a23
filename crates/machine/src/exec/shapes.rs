//! Arguments as call shapes describe them: named, spread, left open (docs/specs/machine.md §3 "Call shapes", rhumb.md §3.7).
//!
//! Named arguments are taken out first, positional ones fill what is left in order. In Rhumb a name may also be the number of
//! an argument, which says its position, or any other name of a field, which only `$0` shows.

use fzb::tables::{ArgKind, Arity, ConstId, FuncId, Lang};
use fzb::view::{Constant, Module, ShapeView};

use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::heap::object::{PartialObj, kind};
use crate::legend::{FieldName, Legends, Nature, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// A position that no argument was given for.
const OPEN: usize = usize::MAX;
/// Positions that a call can have beyond its positional arguments.
const MOST_POSITIONS: usize = 4096;
/// Flag of a partial application: its last argument is a map of named ones.
pub(crate) const NAMES: u32 = 2;

/// What an argument is named by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// A label.
    Text(u32),
    /// A position among those that are open, from 1 on.
    Number(usize),
    /// Any other name of a field: a place in `temps`.
    Other(usize),
}

/// A named argument.
struct Given {
    name: Name,
    /// Its place in `temps`.
    value: usize,
    /// `..`: it is immutable in `$0` (rulings B10).
    fixed: bool,
}

impl World {
    /// A list of the host's with room for so many; counted by what bounds them, not by the guest's memory.
    fn host_list<T>(&mut self, room: usize) -> Raise<Vec<T>> {
        let mut list = Vec::new();
        match list.try_reserve_exact(room) {
            Ok(()) => Ok(list),
            Err(_) => Err(self.no_host_memory()),
        }
    }

    fn push_host<T>(&mut self, list: &mut Vec<T>, item: T) -> Raise<()> {
        if list.try_reserve(1).is_err() {
            return Err(self.no_host_memory());
        }
        list.push(item);
        Ok(())
    }

    /// The named arguments of a shape in their order.
    ///
    /// # Safety
    /// The values of the shape stand as pairs from byte offset `window` of the frame on top.
    unsafe fn named_of(&mut self, shape: ShapeView<'_>, window: u32) -> Raise<Vec<Given>> {
        let mut given = Vec::new();
        let mut at = 0;
        for (kind, name) in shape.iter() {
            // SAFETY: the caller's promise; growth of `temps` moves no register.
            let read = |world: &World, at: u32| unsafe {
                let first = world.running_r.byte_add(window as usize).cast::<Value>();
                first.add(at as usize).read()
            };
            match kind {
                ArgKind::Spread => {
                    let value = read(self, at);
                    if self.policy() == Lang::Rhumb && value.kind() == Kind::Map {
                        self.spread_names(value, &mut given)?;
                    }
                }
                ArgKind::Named | ArgKind::Fixed => {
                    let value = self.temp(read(self, at))?;
                    let Some(name) = name else {
                        return Err(self.fault(Fault::Internal, "a named argument without a name"));
                    };
                    let name = Name::Text(self.name(name.0)?);
                    let fixed = kind == ArgKind::Fixed;
                    self.push_host(&mut given, Given { name, value, fixed })?;
                }
                ArgKind::Computed | ArgKind::ComputedFixed => {
                    let key = self.temp(read(self, at))?;
                    let value = self.temp(read(self, at + 1))?;
                    let name = self.computed_name(key)?;
                    let fixed = kind == ArgKind::ComputedFixed;
                    self.push_host(&mut given, Given { name, value, fixed })?;
                }
                ArgKind::Positional | ArgKind::Hole => {}
            }
            at += kind.values();
        }
        Ok(given)
    }

    /// What `temps[key]` names an argument by. Faults type, bounds.
    fn computed_name(&mut self, key: usize) -> Raise<Name> {
        let value = self.temps[key];
        if let Some(number) = self.index_number(value) {
            return match usize::try_from(number) {
                Ok(number) if number > 0 => Ok(Name::Number(number)),
                _ => Err(self.fault_args(Fault::Bounds, format_args!("argument {number}"))),
            };
        }
        if value.kind() == Kind::Text {
            return Ok(Name::Text(self.intern_text(value.as_ticket())?));
        }
        if !self.is_name(value) {
            return Err(self.type_fault("a field's name", value));
        }
        Ok(Name::Other(key))
    }

    /// The public named fields of a map that is spread, as named arguments.
    fn spread_names(&mut self, map: Value, given: &mut Vec<Given>) -> Raise<()> {
        let map = self.temp(map)?;
        for index in 0..self.members(self.temps[map].as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[map].as_ticket(), index);
            let left_out = field_flags::SUB | field_flags::EXPOSED | field_flags::HIDDEN;
            if member.key.kind() != Kind::Text || member.flags & left_out != 0 {
                continue;
            }
            let value = self.temp(member.value)?;
            let name = Name::Text(self.intern_text(member.key.as_ticket())?);
            let fixed = member.flags & field_flags::MUTABLE == 0;
            self.push_host(given, Given { name, value, fixed })?;
        }
        Ok(())
    }

    /// The positional arguments of a shape in their order, places in `temps`; [`OPEN`] for those left open.
    ///
    /// # Safety
    /// As [`World::named_of`].
    unsafe fn positional_of(&mut self, shape: ShapeView<'_>, window: u32) -> Raise<Vec<usize>> {
        let mut entries = Vec::new();
        let mut at = 0usize;
        for (kind, _) in shape.iter() {
            // SAFETY: the caller's promise; growth of `temps` moves no register.
            let value = unsafe {
                let first = self.running_r.byte_add(window as usize).cast::<Value>();
                if kind == ArgKind::Hole {
                    Value::HOLE
                } else {
                    first.add(at).read()
                }
            };
            at += kind.values() as usize;
            match kind {
                ArgKind::Hole => self.push_host(&mut entries, OPEN)?,
                ArgKind::Positional => {
                    let place = self.temp(value)?;
                    self.push_host(&mut entries, place)?;
                }
                ArgKind::Spread => {
                    let from = self.temps.len();
                    self.spread_into_temps(value)?;
                    for place in from..self.temps.len() {
                        self.push_host(&mut entries, place)?;
                    }
                }
                _ => {}
            }
        }
        Ok(entries)
    }

    /// Unfolds the partial application `temps[callee]` to the routine that it stands for, `temps[callee + 1]` to its receiver
    /// if there is none yet. What it holds by position, places in `temps` or [`OPEN`]; and the place of a map of named ones.
    pub(crate) fn unfolded(&mut self, callee: usize) -> Raise<(Vec<usize>, Option<usize>)> {
        let (mut held, mut names) = (Vec::new(), None);
        while self.temps[callee].kind() == Kind::Partial {
            self.charge_fuel(2)?;
            let partial = self.temps[callee].as_ticket();
            // SAFETY: a live partial.
            let (bound, receiver) = unsafe {
                let object = self.at::<PartialObj>(partial);
                ((*object).bound, (*object).receiver)
            };
            let named = bound & NAMES != 0;
            let count = usize::from(self.object_aux(partial)) - usize::from(named);
            let mut merged = self.host_list(count + held.len())?;
            let mut given = held.into_iter();
            for index in 0..count {
                let arg = self.partial_argument(callee, index);
                merged.push(if arg.same(Value::HOLE) {
                    given.next().unwrap_or(OPEN)
                } else {
                    self.temp(arg)?
                });
            }
            merged.extend(given);
            held = merged;
            if named {
                let map = self.temp(self.partial_argument(callee, count))?;
                names.get_or_insert(map);
            }
            if self.temps[callee + 1].same(Value::HOLE) {
                self.temps[callee + 1] = receiver;
            }
            // SAFETY: a live partial.
            let target = unsafe {
                let partial = self.temps[callee].as_ticket();
                (*self.at::<PartialObj>(partial)).target
            };
            self.temps[callee] = target;
        }
        Ok((held, names))
    }

    /// An argument of the partial application `temps[partial]`, which has it.
    fn partial_argument(&self, partial: usize, index: usize) -> Value {
        // SAFETY: a live partial with that argument.
        unsafe {
            let object = self.at::<PartialObj>(self.temps[partial].as_ticket());
            (&raw const (*object).args)
                .cast::<Value>()
                .add(index)
                .read()
        }
    }

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
                names = Some(self.map_of_named(names, &given)?);
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
    fn arranged(
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
            let named = given.iter().position(|given| match given.name {
                Name::Text(given) => name == Some(given),
                Name::Number(number) => number == open,
                Name::Other(_) => false,
            });
            let place = match named {
                Some(at) => given.remove(at).value,
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
        if !given.is_empty() && record.arity != Arity::Loose {
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

    fn module_of(&mut self, instance: u32) -> Raise<Module> {
        match self.instances.get(instance as usize) {
            Some(entry) => Ok(entry.loaded.module.clone()),
            None => Err(self.fault(Fault::Internal, "an instance that does not exist")),
        }
    }

    /// A map of named arguments that no parameter takes, as the fields of the rest, after those of `temps[before]`. Its place.
    fn map_of_named(&mut self, before: Option<usize>, given: &[Given]) -> Raise<usize> {
        let map = self.map_new(Legends::PLAIN, 0)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        if let Some(before) = before {
            self.copy_names(map, before)?;
        }
        for Given { name, value, fixed } in given {
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

    /// The values that the labels of the submap `temps[submap]` get from the arguments `temps[all]`: named ones first, then by
    /// position. An empty map for what is no submap.
    pub(crate) fn bound_arguments(&mut self, submap: usize, all: usize) -> Raise<Value> {
        let map = self.map_new(Legends::PLAIN, 0)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        let from = self.temps[submap];
        if !from.is_map() || self.nature(from.as_ticket()) != Nature::Submap {
            return Ok(self.temps[map]);
        }
        let mut next = 0;
        for index in 0..self.members(from.as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[submap].as_ticket(), index);
            if member.key.kind() != Kind::Text {
                continue;
            }
            let key = self.temp(member.key)?;
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

    /// A routine with some of its arguments, which stand at `window` as a shape describes them. Without any, in Rhumb, a copy of
    /// the routine.
    ///
    /// # Safety
    /// As [`World::call_with_shape`].
    pub(crate) unsafe fn partial_with_shape(
        &mut self,
        callee: Value,
        window: u32,
        shape: u32,
    ) -> Raise<Value> {
        let mark = self.temps.len();
        self.push_temps(&[callee, Value::HOLE])?;
        let module = self.module();
        let Some(Constant::Shape(view)) = module.constant(ConstId(shape)) else {
            return Err(self.fault(Fault::Internal, "a shape that is none"));
        };
        // SAFETY: passed on.
        let (given, entries) = unsafe {
            (
                self.named_of(view, window)?,
                self.positional_of(view, window)?,
            )
        };
        let rhumb = self.policy() == Lang::Rhumb;
        let nothing = given.is_empty() && entries.is_empty();
        let value = if rhumb && nothing && callee.kind() != Kind::Partial {
            self.copied_routine(mark, None)?
        } else {
            self.applied_in_part(mark, given, &entries, rhumb)?
        };
        self.temps.truncate(mark);
        Ok(value)
    }

    fn applied_in_part(
        &mut self,
        callee: usize,
        mut given: Vec<Given>,
        entries: &[usize],
        rhumb: bool,
    ) -> Raise<Value> {
        let (mut places, mut names) = (Vec::new(), None);
        if rhumb {
            (places, names) = self.unfolded(callee)?;
        }
        if matches!(self.temps[callee].kind(), Kind::Func | Kind::Closure) {
            self.claimed(callee, &mut given, &mut places)?;
        }
        if !given.is_empty() {
            if !rhumb {
                return Err(self.fault(
                    Fault::Arity,
                    "no parameter has the name of a named argument",
                ));
            }
            names = Some(self.map_of_named(names, &given)?);
        }
        let mut at = 0;
        for entry in entries {
            while places.get(at).is_some_and(|place| *place != OPEN) {
                at += 1;
            }
            match places.get_mut(at) {
                Some(place) => *place = *entry,
                None => self.push_host(&mut places, *entry)?,
            }
            at += 1;
        }
        let end = places.iter().rposition(|place| *place != OPEN);
        places.truncate(end.map_or(0, |end| end + 1));
        let count = places.len() + usize::from(names.is_some());
        let Ok(aux) = u16::try_from(count) else {
            return Err(self.fault(Fault::Range, "too many arguments"));
        };
        let ticket = self.alloc(kind::PARTIAL, aux, size_of::<PartialObj>() + count * 16)?;
        // SAFETY: a fresh object with room for so many arguments; nothing is allocated until they are there.
        unsafe {
            let object = self.at::<PartialObj>(ticket);
            (*object).bound = if names.is_some() { NAMES } else { 0 };
            (*object).pad = 0;
            (*object).target = self.temps[callee];
            (*object).receiver = self.temps[callee + 1];
            let to = (&raw mut (*object).args).cast::<Value>();
            for (index, place) in places.iter().chain(&names).enumerate() {
                let value = self.temps.get(*place).copied();
                to.add(index).write(value.unwrap_or(Value::HOLE));
            }
        }
        self.lemari.barrier_all(ticket);
        Ok(Value::ticket(Kind::Partial, ticket))
    }

    /// Puts named arguments to the open positions of the routine `temps[callee]` that they name.
    fn claimed(
        &mut self,
        callee: usize,
        given: &mut Vec<Given>,
        places: &mut Vec<usize>,
    ) -> Raise<()> {
        let (instance, function) = self.routine_of(self.temps[callee]);
        let target = self.module_of(instance)?;
        let Some(record) = target.function(FuncId(function)) else {
            return Err(self.fault(Fault::Internal, "a function that does not exist"));
        };
        let params = record.params as usize;
        let before = places.len();
        let is_open =
            |places: &[usize], at: usize| places.get(at).is_none_or(|place| *place == OPEN);
        let (mut index, mut open) = (0, 0);
        while index < params.max(before)
            || given
                .iter()
                .any(|given| matches!(given.name, Name::Number(_)))
        {
            if index >= params + before + MOST_POSITIONS {
                return Err(self.fault(Fault::Range, "too many arguments"));
            }
            if is_open(places, index) {
                open += 1;
                let name = match record.param_name(index as u32) {
                    Some(name) if index < params => Some(self.name_in(instance, name.0)?),
                    _ => None,
                };
                let named = given.iter().position(|given| match given.name {
                    Name::Text(given) => name == Some(given),
                    Name::Number(number) => number == open,
                    Name::Other(_) => false,
                });
                if let Some(named) = named {
                    while places.len() <= index {
                        self.push_host(places, OPEN)?;
                    }
                    if let Some(place) = places.get_mut(index) {
                        *place = given.remove(named).value;
                    }
                }
            }
            index += 1;
        }
        Ok(())
    }

    /// Puts the elements of a spread argument behind each other into `temps`.
    pub(crate) fn spread_into_temps(&mut self, value: Value) -> Raise<()> {
        let mark = self.temp(value)?;
        match value.kind() {
            Kind::Map => {
                let dense = self.elements_len(value.as_ticket());
                for index in 0..dense {
                    let element = self.element(self.temps[mark].as_ticket(), index);
                    self.temp(element)?;
                }
                let greatest = if self.counts_gaps(self.temps[mark].as_ticket()) {
                    self.greatest_number(self.temps[mark].as_ticket())?
                } else {
                    0
                };
                for number in i64::from(dense) + 1..=greatest {
                    self.charge_fuel(1)?;
                    let key = self.temp(Value::int(number))?;
                    let element = self.get_member(mark, key)?;
                    self.temps[key] = element.unwrap_or(Value::EMPTY);
                }
            }
            Kind::List => {
                let mut cell = value.as_ticket();
                while cell.0 != 0 {
                    self.charge_fuel(1)?;
                    // SAFETY: a live list cell, kept alive by its list in `temps`; the cell is found anew after growth.
                    let (head, next) = unsafe {
                        let object = self.at::<crate::heap::object::ListObj>(cell);
                        ((*object).head, lemari::Ticket((*object).tail))
                    };
                    self.temps[mark] = Value::ticket(Kind::List, next);
                    if next.0 == 0 {
                        self.temps[mark] = Value::NIL;
                    }
                    self.temp(head)?;
                    cell = self.temps[mark].as_ticket();
                }
            }
            Kind::Empty => {}
            _ => return Err(self.type_fault("a sequence to spread", value)),
        }
        self.temps.remove(mark);
        Ok(())
    }
}
