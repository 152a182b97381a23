//! Partial applications with a shape, and what they unfold to (rhumb.md §3.7).

use fzb::tables::{ConstId, FuncId, Lang, function_flags};
use fzb::view::Constant;

use super::calls::Positional;
use super::{Given, MOST_POSITIONS, NAMES, Name, OPEN};
use crate::fault::{Fault, Raise};
use crate::heap::object::{PartialObj, kind};
use crate::value::{Kind, Value};
use crate::world::World;

impl World {
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
    pub(super) fn partial_argument(&self, partial: usize, index: usize) -> Value {
        // SAFETY: a live partial with that argument.
        unsafe {
            let object = self.at::<PartialObj>(self.temps[partial].as_ticket());
            (&raw const (*object).args)
                .cast::<Value>()
                .add(index)
                .read()
        }
    }

    /// The named arguments `temps[names]` of the partial application `temps[partial]` of the routine `temps[callee]`, with a note
    /// of how many parameters a call with `argc` arguments gives by position. Their place.
    pub(crate) fn note_held_names(
        &mut self,
        callee: usize,
        partial: usize,
        names: usize,
        argc: u32,
    ) -> Raise<usize> {
        let Some(params) = self.parameters_kept(callee)? else {
            return Ok(names);
        };
        let held = usize::from(self.object_aux(self.temps[partial].as_ticket())) - 1;
        let (mut left, mut count) = (argc, Positional::default());
        for index in 0..params {
            let own = index as usize;
            if own < held && !self.partial_argument(partial, own).same(Value::HOLE) {
                let named = self.is_given_name(callee, names, index)?;
                count.parameter(named, true);
            } else {
                count.parameter(false, left > 0);
                left = left.saturating_sub(1);
            }
        }
        let map = self.map_of_named(Some(names), &[])?;
        self.note_count(map, count)?;
        Ok(map)
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

    pub(super) fn applied_in_part(
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
            self.claimed(callee, &mut given, &mut places, rhumb)?;
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

    /// Puts named arguments to the open positions of the routine `temps[callee]` that they name. In Rhumb a routine that keeps the
    /// names of its arguments keeps those as well.
    pub(super) fn claimed(
        &mut self,
        callee: usize,
        given: &mut Vec<Given>,
        places: &mut Vec<usize>,
        rhumb: bool,
    ) -> Raise<()> {
        let (instance, function) = self.routine_of(self.temps[callee]);
        let target = self.module_of(instance)?;
        let Some(record) = target.function(FuncId(function)) else {
            return Err(self.fault(Fault::Internal, "a function that does not exist"));
        };
        let keeps = rhumb && record.flags & function_flags::REST != 0;
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
                let named = given.iter().position(|given| given.names(name, open));
                if let Some(named) = named {
                    while places.len() <= index {
                        self.push_host(places, OPEN)?;
                    }
                    let kept = given
                        .get_mut(named)
                        .filter(|found| keeps && matches!(found.name, Name::Text(_)));
                    let value = match kept {
                        Some(found) => {
                            found.taken = true;
                            found.value
                        }
                        None => given.remove(named).value,
                    };
                    if let Some(place) = places.get_mut(index) {
                        *place = value;
                    }
                }
            }
            index += 1;
        }
        Ok(())
    }
}
