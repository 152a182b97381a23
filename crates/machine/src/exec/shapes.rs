//! Arguments as call shapes describe them: named, spread, left open (docs/specs/machine.md §3 "Call shapes", rhumb.md §3.7).
//!
//! Named arguments are taken out first, positional ones fill what is left in order. In Rhumb a name may also be the number of
//! an argument, which says its position, or any other name of a field, which only `$0` shows.

mod calls;
mod partial;

use fzb::tables::{ArgKind, Lang};
use fzb::view::{Module, ShapeView};

use crate::fault::{Fault, Raise};
use crate::legend::field_flags;
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
    /// A parameter has taken it; it stays one of the fields of `$0`.
    taken: bool,
}

impl Given {
    const fn new(name: Name, value: usize, fixed: bool) -> Given {
        Given {
            name,
            value,
            fixed,
            taken: false,
        }
    }

    /// Does it go to the parameter of that name, the so manieth that is open?
    fn names(&self, parameter: Option<u32>, open: usize) -> bool {
        match self.name {
            Name::Text(name) => !self.taken && parameter == Some(name),
            Name::Number(number) => number == open,
            Name::Other(_) => false,
        }
    }
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
                    if self.policy() == Lang::Rhumb && value.is_map() {
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
                    self.push_host(&mut given, Given::new(name, value, fixed))?;
                }
                ArgKind::Computed | ArgKind::ComputedFixed => {
                    let key = self.temp(read(self, at))?;
                    let value = self.temp(read(self, at + 1))?;
                    let name = self.computed_name(key)?;
                    let fixed = kind == ArgKind::ComputedFixed;
                    self.push_host(&mut given, Given::new(name, value, fixed))?;
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
            self.push_host(given, Given::new(name, value, fixed))?;
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

    fn module_of(&mut self, instance: u32) -> Raise<Module> {
        match self.instances.get(instance as usize) {
            Some(entry) => Ok(entry.loaded.module.clone()),
            None => Err(self.fault(Fault::Internal, "an instance that does not exist")),
        }
    }

    /// Puts the elements of a spread argument behind each other into `temps`.
    pub(crate) fn spread_into_temps(&mut self, value: Value) -> Raise<()> {
        let mark = self.temp(value)?;
        match value.kind() {
            Kind::Map | Kind::Realm | Kind::Vassal => {
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
