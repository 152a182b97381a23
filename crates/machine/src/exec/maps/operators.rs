//! Rhumb's postfix operators and `join` (docs/specs/rhumb.md §3.13, §3.14). A map's hook is asked first.

use fzb::tables::FuncId;
use fzb::view::Module;
use isa::{FieldOp, Hook};

use super::wide;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::heap::object::ClosureObj;
use crate::legend::{FieldName, LegendId, Legends, Nature, field_flags};
use crate::policy::{has_hooks, mode};
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` := the operator (`isa::FieldOp`, next word) of the value at `b`.
pub struct FieldOpOp;
impl Slow for FieldOpOp {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let Some(op) = u8::try_from(wide(pc).0).ok().and_then(FieldOp::from_number) else {
                return Err(world.fault(Fault::Internal, "a field operator that does not exist"));
            };
            let value = world.read(r, w.b);
            // Reading an end asks no hook: `_<_` and `_>_` are for adding there (ruling B46).
            let reads_end = matches!(op, FieldOp::First | FieldOp::Last);
            if value.is_map()
                && !reads_end
                && has_hooks(world.policy())
                && let Some(hook) = world.hook(value, op.hook())?
            {
                let receiver = world.self_of(world.read(r, w.b));
                return world.call_value(r, hook, Some(receiver), &[], w.a, 0);
            }
            let mark = world.temp(world.read(r, w.b))?;
            let result = world.field_operator(op, mark)?;
            world.temps.truncate(mark);
            world.write(r, w.a, result);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := the value at `b` joined with the one behind it.
pub struct Join;
impl Slow for Join {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            if has_hooks(world.policy()) {
                for (own, other) in [(w.b, w.b + 16), (w.b + 16, w.b)] {
                    let Some(hook) = world.hook(world.read(r, own), Hook::Join)? else {
                        continue;
                    };
                    let (receiver, argument) =
                        (world.self_of(world.read(r, own)), world.read(r, other));
                    // The second argument says that the operands come reversed.
                    let args = [argument, Value::TRUE];
                    let count = if own == w.b { 1 } else { 2 };
                    return world.call_value(r, hook, Some(receiver), &args[..count], w.a, 0);
                }
            }
            let mark = world.temp(world.read(r, w.b))?;
            let other = world.temp(world.read(r, w.b + 16))?;
            let result = world.join(mark, other)?;
            world.temps.truncate(mark);
            world.write(r, w.a, result);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// A postfix operator's own meaning for `temps[at]`.
    fn field_operator(&mut self, op: FieldOp, at: usize) -> Raise<Value> {
        let value = self.temps[at];
        let seen = self.target_of(value);
        match op {
            FieldOp::Length => self.length(value).map(Value::int),
            FieldOp::IsEmpty => Ok(Value::bool(match seen.kind() {
                Kind::Empty => true,
                Kind::Text => self.text_bytes_len(seen.as_ticket()) == 0,
                Kind::Bytes => self.bytes_slice(seen.as_ticket()).is_empty(),
                Kind::List => seen.payload == 0,
                Kind::Map | Kind::Realm | Kind::Vassal => self.map_is_empty(seen.as_ticket()),
                _ => false,
            })),
            FieldOp::Subs => self.skip_own(value),
            FieldOp::Names => self.names_of(at),
            FieldOp::Positional => self.positional_part(at),
            FieldOp::First => self.end_of(at, false),
            FieldOp::Last => self.end_of(at, true),
            FieldOp::Freeze => {
                if seen.is_map() {
                    let target = self.temp(seen)?;
                    self.freeze_map(target)?;
                    self.temps.truncate(target);
                }
                Ok(self.temps[at])
            }
            FieldOp::Copy => {
                if !seen.is_map() {
                    return Ok(value);
                }
                let target = self.temp(seen)?;
                self.copy_map(target)
            }
            FieldOp::Params => self.params_of(at),
            FieldOp::Ctor => self.constructor_of(seen),
            FieldOp::Base => Ok(match seen.kind() {
                Kind::Closure => self.closure_home(seen.as_ticket()),
                Kind::Map | Kind::Realm | Kind::Vassal => match self.proto_of(seen.as_ticket()) {
                    proto if proto.is_map() => proto,
                    _ => seen,
                },
                _ => Value::EMPTY,
            }),
            FieldOp::Neg => self.negate(value),
            FieldOp::Not => {
                let truth = self.coerce(crate::policy::Target::Bool, value)?;
                Ok(Value::bool(truth.as_bool() == Some(false)))
            }
            // A range stands for its members (docs/specs/rhumb.md §3.13).
            FieldOp::Spread if seen.kind() == Kind::Range => self.positional_part(at),
            FieldOp::Spread => Ok(seen),
        }
    }

    /// A list (a plain map of elements) of the public named fields' names in their order.
    fn names_of(&mut self, at: usize) -> Raise<Value> {
        let list = self.map_new(Legends::PLAIN, 0)?;
        let list = self.temp(Value::ticket(Kind::Map, list))?;
        let source = self.target_of(self.temps[at]);
        if source.is_map() {
            self.temps[at] = source;
            let count = self.members(source.as_ticket());
            self.charge_fuel(u64::from(count) / 4)?;
            for index in 0..count {
                let member = self.member(self.temps[at].as_ticket(), index);
                let left_out = field_flags::EXPOSED | field_flags::HIDDEN | field_flags::SUB;
                let kind = member.key.kind();
                let number =
                    kind == Kind::Hole || kind == Kind::Key || member.key.as_int().is_some();
                if number || member.flags & left_out != 0 {
                    continue;
                }
                let name = self.temp(member.key)?;
                if kind != Kind::Text {
                    // A date or version is shown as a text.
                    let text = self.display(member.key, mode::DISPLAY)?;
                    self.temps[name] = Value::ticket(Kind::Text, text);
                }
                self.push_element(list, name)?;
                self.temps.truncate(name);
            }
        }
        Ok(self.temps[list])
    }

    /// A new map with the number-named fields only; a range becomes a list of its members.
    pub(crate) fn positional_part(&mut self, at: usize) -> Raise<Value> {
        let result = self.map_new(Legends::PLAIN, 0)?;
        let result = self.temp(Value::ticket(Kind::Map, result))?;
        self.temps[at] = self.target_of(self.temps[at]);
        self.append_elements(result, at)?;
        if self.temps[at].is_map() {
            // Numbers beyond the dense run stand in the table.
            let count = if self.is_dictionary(self.temps[at].as_ticket()) {
                self.members(self.temps[at].as_ticket())
            } else {
                0
            };
            for index in 0..count {
                let member = self.member(self.temps[at].as_ticket(), index);
                if member.key.as_int().is_none() {
                    continue;
                }
                let key = self.temp(member.key)?;
                let value = self.temp(member.value)?;
                self.set_member(result, key, value, set::MUTABLE)?;
                self.temps.truncate(key);
            }
        }
        Ok(self.temps[result])
    }

    /// Adds what `temps[from]` has by position to the elements of `temps[map]`; fault type for what has none.
    fn append_elements(&mut self, map: usize, from: usize) -> Raise<()> {
        let mark = self.temps.len();
        let iter = self.iter_new(self.temps[from], 0)?;
        if iter.kind() != Kind::Iter {
            return Err(self.type_fault("a map, list or range", iter));
        }
        let iter = self.temp(iter)?;
        let dense = self.temps[from]
            .is_map()
            .then(|| self.positional_len(self.temps[from].as_ticket()));
        let mut count = 0u32;
        loop {
            // A map's own positions only: entries of dictionaries are not elements.
            if dense.is_some_and(|dense| count >= dense) {
                break;
            }
            self.charge_node()?;
            let Some((value, _)) = self.iter_step(iter)? else {
                break;
            };
            let value = self.temp(value)?;
            self.push_element(map, value)?;
            self.temps.truncate(value);
            count += 1;
        }
        self.temps.truncate(mark);
        Ok(())
    }

    /// The first or last positional element, empty if there is none.
    fn end_of(&mut self, at: usize, last: bool) -> Raise<Value> {
        let value = self.target_of(self.temps[at]);
        match value.kind() {
            Kind::Map | Kind::Realm | Kind::Vassal => {
                let map = value.as_ticket();
                let len = self.positional_len(map);
                if self.is_dictionary(map) && (last || len == 0) {
                    let greatest = self.greatest_number(map)?;
                    if greatest > i64::from(len) {
                        self.temps[at] = value;
                        let number = if last { greatest } else { 1 };
                        let key = self.temp(Value::int(number))?;
                        let found = self.get_member(at, key)?;
                        return Ok(found.unwrap_or(Value::EMPTY));
                    }
                }
                let index = if last { len.wrapping_sub(1) } else { 0 };
                Ok(self.positional(map, index).unwrap_or(Value::EMPTY))
            }
            Kind::List => {
                let list = value.as_ticket();
                let index = if last {
                    self.list_len(list)?.wrapping_sub(1)
                } else {
                    0
                };
                Ok(self.list_at(list, index)?.unwrap_or(Value::EMPTY))
            }
            Kind::Range => {
                let [from, to, _] = self.range_ends(value.as_ticket());
                Ok(if last { to } else { from })
            }
            Kind::Text => {
                let text = value.as_ticket();
                let count = i64::from(self.text_scalars(text));
                let index = if last { count - 1 } else { 0 };
                match self.text_at(text, index)? {
                    Some(scalar) => Ok(Value::ticket(Kind::Text, self.char_text(scalar)?)),
                    None => Ok(Value::EMPTY),
                }
            }
            _ => Err(self.type_fault("something with elements", value)),
        }
    }

    /// The submap of a routine's parameters that are still to be given, each empty; a map's elements as a submap.
    fn params_of(&mut self, at: usize) -> Raise<Value> {
        let value = self.target_of(self.temps[at]);
        let submap = self.map_new(Legends::SUBMAP, 0)?;
        let submap = self.temp(Value::ticket(Kind::Map, submap))?;
        let value = if value.is_heap() {
            self.target_of(self.temps[at])
        } else {
            value
        };
        if value.is_map() {
            self.temps[at] = value;
            if matches!(
                self.nature(value.as_ticket()),
                Nature::Event | Nature::Submap | Nature::Plain
            ) {
                self.append_elements(submap, at)?;
            }
            return Ok(self.temps[submap]);
        }
        // Partials unfold into what they stand for; what is open is still to be given.
        let unfolded = self.temp(value)?;
        self.temp(Value::HOLE)?;
        let (held, _) = self.unfolded(unfolded)?;
        let routine = self.temps[unfolded];
        if !matches!(routine.kind(), Kind::Func | Kind::Closure) {
            return Ok(Value::EMPTY);
        }
        let (instance, function) = self.routine_of(routine);
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|entry| entry.loaded.module.clone())
        else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        let Some(record) = module.function(FuncId(function)) else {
            return Err(self.fault(Fault::Internal, "a function that does not exist"));
        };
        let empty = self.temp(Value::EMPTY)?;
        let order = self.map_new(Legends::PLAIN, 0)?;
        let order = self.temp(Value::ticket(Kind::Map, order))?;
        let (mut in_order, mut holds) = (true, false);
        for index in 0..record.params {
            if held
                .get(index as usize)
                .is_some_and(|place| *place < self.temps.len())
            {
                holds = true;
                continue;
            }
            match record.param_name(index) {
                // What a selector takes behind its own rules is nobody's argument.
                Some(name) if module.name(name) == Some(isa::REST_OF_RULES) => {}
                Some(name) => {
                    let id = self.name_in(instance, name.0)?;
                    self.override_field(submap, FieldName::text(id), empty, set::IMMUTABLE)?;
                    let name = self.temp(self.name_value(id))?;
                    self.push_element(order, name)?;
                    self.temps.truncate(name);
                }
                None => {
                    in_order = false;
                    self.push_element(submap, empty)?;
                    self.push_element(order, empty)?;
                }
            }
        }
        if !in_order {
            self.add_field(submap, FieldName::ORDER, order, field_flags::HIDDEN)?;
        }
        if self.is_named(self.temps[unfolded], isa::BOUND_PARAMETERS) {
            self.add_field(submap, FieldName::BINDER, unfolded, field_flags::HIDDEN)?;
        } else if !holds && self.has_binder(&module, function) {
            let binder = self.copied_routine(unfolded, None)?;
            // SAFETY: a fresh closure with the captures of the function that it now runs.
            unsafe { (*self.at::<ClosureObj>(binder.as_ticket())).func = function + 1 };
            let binder = self.temp(binder)?;
            self.add_field(submap, FieldName::BINDER, binder, field_flags::HIDDEN)?;
        }
        Ok(self.temps[submap])
    }

    /// Does the function that binds the parameters of a routine stand behind that? Its name alone promises nothing: it must read the
    /// captures that the routine's closures have.
    fn has_binder(&self, module: &Module, function: u32) -> bool {
        let (Some(routine), Some(binder)) = (
            module.function(FuncId(function)),
            module.function(FuncId(function.saturating_add(1))),
        ) else {
            return false;
        };
        let same = |index| match (routine.capture(index), binder.capture(index)) {
            (Some((one, one_cell)), Some((other, other_cell))) => {
                one_cell == other_cell && module.repr(one) == module.repr(other)
            }
            _ => false,
        };
        binder.name.and_then(|name| module.name(name)) == Some(isa::OWN_PARAMETERS)
            && binder.captures == routine.captures
            && (0..binder.captures).all(same)
    }

    /// Two maps joined: the sum of maps without a hook.
    pub(crate) fn joined_maps(&mut self, a: Value, b: Value) -> Raise<Value> {
        let mark = self.temps.len();
        self.push_temps(&[a, b])?;
        let joined = self.join(mark, mark + 1);
        self.temps.truncate(mark);
        joined
    }

    /// The selector of the rules of both if `temps[a]` and `temps[b]` are selectors: a closure over them of the function that the
    /// running module has for that.
    fn join_selectors(&mut self, a: usize, b: usize) -> Raise<Option<Value>> {
        for at in [a, b] {
            if !self.is_joinable(self.temps[at]) {
                return Ok(None);
            }
        }
        self.closure_of_both(isa::JOINED_RULES, a, b)
    }

    /// A closure over `temps[a]` and `temps[b]` of the running module's function of a name, if it has one.
    fn closure_of_both(&mut self, name: &str, a: usize, b: usize) -> Raise<Option<Value>> {
        let module = self.module();
        self.charge_fuel(u64::from(module.functions()) / 16)?;
        // The name alone promises nothing: a closure must have the captures that its function reads.
        let joined = (0..module.functions()).find(|id| {
            module.function(FuncId(*id)).is_some_and(|record| {
                let found = record.name.and_then(|name| module.name(name));
                let dynamic = (0..record.captures).all(|index| {
                    record.capture(index).is_some_and(|(ty, cell)| {
                        !cell && module.repr(ty) == Some(fzb::view::Repr::Dyn)
                    })
                });
                found == Some(name) && record.captures == 2 && dynamic
            })
        });
        match joined {
            Some(function) => self.closure_of_temps(function, &[a, b]).map(Some),
            None => Ok(None),
        }
    }

    /// Is a value a selector: a routine whose second parameter takes the rules behind its own?
    fn is_joinable(&self, value: Value) -> bool {
        if !matches!(value.kind(), Kind::Func | Kind::Closure) {
            return false;
        }
        let (instance, function) = self.routine_of(value);
        self.instances.get(instance as usize).is_some_and(|entry| {
            let module = &entry.loaded.module;
            module
                .function(FuncId(function))
                .and_then(|record| module.name(record.param_name(1)?))
                == Some(isa::REST_OF_RULES)
        })
    }

    /// `temps[a]` joined with `temps[b]`: texts if either is one, else maps; ranges and lists become maps.
    fn join(&mut self, a: usize, b: usize) -> Raise<Value> {
        if self.temps[a].kind() == Kind::Text || self.temps[b].kind() == Kind::Text {
            for at in [a, b] {
                if self.temps[at].kind() != Kind::Text {
                    let text = self.display(self.temps[at], mode::DISPLAY)?;
                    self.temps[at] = Value::ticket(Kind::Text, text);
                }
            }
            let joined = self.text_concat2(self.temps[a].as_ticket(), self.temps[b].as_ticket())?;
            return Ok(Value::ticket(Kind::Text, joined));
        }
        if let Some(joined) = self.join_selectors(a, b)? {
            return Ok(joined);
        }
        for at in [a, b] {
            self.temps[at] = self.target_of(self.temps[at]);
            let value = self.temps[at];
            let good =
                value.is_map() || matches!(value.kind(), Kind::Range | Kind::List | Kind::Empty);
            if !good {
                return Err(self.type_fault("maps, texts or ranges to join", value));
            }
        }
        let submaps = [a, b].iter().all(|at| {
            let value = self.temps[*at];
            value.is_map() && self.nature(value.as_ticket()) == Nature::Submap
        });
        let legend: LegendId = if submaps {
            Legends::SUBMAP
        } else {
            Legends::PLAIN
        };
        let result = self.map_new(legend, 0)?;
        let result = self.temp(Value::ticket(Kind::Map, result))?;
        for at in [a, b] {
            match self.temps[at].kind() {
                Kind::Empty => {}
                Kind::Range | Kind::List => self.append_elements(result, at)?,
                _ => self.append_map(result, at, false)?,
            }
        }
        if submaps {
            let order = self.map_new(Legends::PLAIN, 0)?;
            let order = self.temp(Value::ticket(Kind::Map, order))?;
            let unnamed = [
                self.list_parameters(a, order)?,
                self.list_parameters(b, order)?,
            ];
            if unnamed.contains(&true) {
                self.add_field(result, FieldName::ORDER, order, field_flags::HIDDEN)?;
            }
            self.temps.truncate(order);
        }
        // Parameters that are more than labels are bound by a routine; so are those that they are joined with.
        let binds = submaps
            && (self.binder_of(self.temps[a])?.is_some()
                || self.binder_of(self.temps[b])?.is_some());
        if binds && let Some(binder) = self.closure_of_both(isa::JOINED_PARAMETERS, a, b)? {
            let binder = self.temp(binder)?;
            self.add_field(result, FieldName::BINDER, binder, field_flags::HIDDEN)?;
        }
        Ok(self.temps[result])
    }
}
