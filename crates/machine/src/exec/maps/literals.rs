//! Making maps: empty ones, literals, dictionaries, classes.

use fzb::tables::{ConstId, ItemKind, Lang, field_flags as declared};
use fzb::view::{Constant, MapLitView, Repr};

use super::wide;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::{Fault, Raise};
use crate::heap::map::set;
use crate::heap::object::{CLOSURE_HEADER, ClosureObj, MapObj, kind};
use crate::legend::{Field, FieldName, LegendId, Legends, MAX_FIELDS, field_flags};
use crate::value::{Kind, Value};
use crate::world::World;
use crate::world::call::{bind, closure_aux};

/// `a` := a new map; the next word: nature low (`isa::table::MAP_NATURES`), room high.
pub struct MapNew;
impl Slow for MapNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (nature, room) = wide(pc);
            let legend = match nature {
                1 => Legends::LIST,
                2 => Legends::ARRAY_DYN,
                3 => Legends::DICT,
                4 => Legends::SUBMAP,
                _ => Legends::PLAIN,
            };
            let inline = if legend == Legends::PLAIN {
                room.min(MAX_FIELDS as u32) as u16
            } else {
                0
            };
            let map = world.map_new(legend, inline)?;
            let mark = world.temp(Value::ticket(Kind::Map, map))?;
            if room > 0 {
                match nature {
                    1 | 2 => world.reserve_elements(mark, room)?,
                    3 => world.table_reserve(mark, room)?,
                    _ => {}
                }
            }
            world.write(r, w.a, world.temps[mark]);
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := a map as the literal in the next word says, from the values at `b` on.
pub struct MapLit;
impl Slow for MapLit {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let constant = wide(pc).0;
            let instance = (*world.frame).instance;
            if let Some(&legend) = world.legends.literals.get(&(instance, constant)) {
                let value = world.literal_fields(LegendId(legend), r, w.b)?;
                world.write(r, w.a, value);
                return Ok(Next::at(pc.add(2), r));
            }
            let module = world.module();
            let Some(Constant::MapLit(items)) = module.constant(ConstId(constant)) else {
                return Err(world.fault(Fault::Internal, "a map literal that is none"));
            };
            let mark = world.temps.len();
            let value = match world.literal_legend(instance, constant, items)? {
                Some(legend) => world.literal_fields(legend, r, w.b)?,
                None => world.literal_items(items, r, w.b)?,
            };
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := a dictionary of the pairs key, value at `b`; the next word: their number.
pub struct MapPairs;
impl Slow for MapPairs {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`: two pairs per entry.
        unsafe {
            let w = *pc;
            let count = wide(pc).0;
            world.charge_fuel(u64::from(count) / 2)?;
            let map = world.map_new(Legends::DICT, 0)?;
            let mark = world.temp(Value::ticket(Kind::Map, map))?;
            if count > 0 {
                world.table_reserve(mark, count)?;
            }
            for index in 0..count as usize {
                let pair = r.byte_add(w.b as usize).cast::<Value>().add(2 * index);
                let key = world.temp(pair.read())?;
                let value = world.temp(pair.add(1).read())?;
                world.table_put(mark, key, value)?;
                world.temps.truncate(key);
            }
            world.write(r, w.a, world.temps[mark]);
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := the class that the constant in the next word describes: parent (or empty) at `b`, then its methods.
pub struct Class;
impl Slow for Class {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`: the parent and one pair per method.
        unsafe {
            let w = *pc;
            let module = world.module();
            let Some(Constant::Class { name, methods }) = module.constant(ConstId(wide(pc).0))
            else {
                return Err(world.fault(Fault::Internal, "a class that is none"));
            };
            let parent = world.read(r, w.b);
            let good = parent.is_empty()
                || (parent.kind() == Kind::Map && world.is_class(parent.as_ticket()));
            if !good {
                return Err(world.type_fault("a class as parent", parent));
            }
            let name = world.name(name.0)?;
            world.charge_fuel(u64::from(methods.len()))?;
            // A method named twice: the later one counts.
            let mut fields = world.field_list(methods.len())?;
            let mut places: Vec<u32> = Vec::new();
            if places.try_reserve_exact(methods.len() as usize).is_err() {
                return Err(world.fault(Fault::Mem, "the host has no memory left"));
            }
            for (index, method) in methods.iter().enumerate() {
                let name = FieldName::text(world.name(method)?);
                match fields.iter().position(|field| field.name == name) {
                    Some(known) => places[known] = index as u32,
                    None => {
                        let slot = fields.len() as u16;
                        fields.push(Field {
                            name,
                            repr: Repr::Dyn,
                            slot,
                            flags: field_flags::MUTABLE,
                        });
                        places.push(index as u32);
                    }
                }
            }
            let count = fields.len() as u16;
            let parent = world.read(r, w.b);
            let mark = world.temp(parent)?;
            let nothing = world.temp(Value::EMPTY)?;
            let legend =
                world.class_legend(name, fields, (!parent.is_empty()).then_some(mark), nothing)?;
            let class = world.map_new(legend, count)?;
            let class = world.temp(Value::ticket(Kind::Map, class))?;
            let root = world.instance_root(class, Some(class), Lang::Morph, name)?;
            let ticket = world.temps[class].as_ticket();
            (*world.at::<MapObj>(ticket)).extra = root.0;
            for (slot, index) in places.iter().enumerate() {
                let method = r
                    .byte_add(w.b as usize)
                    .cast::<Value>()
                    .add(1 + *index as usize)
                    .read();
                let method = world.temp(method)?;
                let homed = world.routine_with_home(method, class)?;
                let ticket = world.temps[class].as_ticket();
                world.set_slot_value(ticket, slot as u16, homed);
                world.temps.truncate(method);
            }
            world.write(r, w.a, world.temps[class]);
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// The routine `temps[routine]` as a method of `temps[home]`: its `self` is the receiver, and super sends start from
    /// the home. It lives in the old drawers, so that caches may name it. What is no routine stays as it is.
    fn routine_with_home(&mut self, routine: usize, home: usize) -> Raise<Value> {
        let value = self.temps[routine];
        let captures = match value.kind() {
            Kind::Func => 0,
            Kind::Closure => (self.object_aux(value.as_ticket()) & closure_aux::CAPTURES) as usize,
            _ => return Ok(value),
        };
        let mode = match value.kind() {
            Kind::Closure => self.object_aux(value.as_ticket()) >> closure_aux::MODE_SHIFT & 7,
            _ => bind::RECEIVER,
        };
        let mode = if mode == bind::FREE {
            bind::RECEIVER
        } else {
            mode
        };
        let aux = captures as u16 | mode << closure_aux::MODE_SHIFT | closure_aux::HOME;
        let bytes = CLOSURE_HEADER + (captures + 1) * size_of::<Value>();
        let ticket = self.alloc_old(kind::CLOSURE, aux, bytes)?;
        let value = self.temps[routine];
        let (instance, func) = self.routine_of(value);
        // SAFETY: a fresh object with room for the captures and the home; the barrier covers all of it.
        unsafe {
            let object = self.at::<ClosureObj>(ticket);
            (*object).func = func;
            (*object).instance = instance;
            (*object).id = 0;
            (*object).copied = if value.kind() == Kind::Closure {
                (*self.at::<ClosureObj>(value.as_ticket())).copied
            } else {
                0
            };
            let to = (&raw mut (*object).captures).cast::<Value>();
            if captures > 0 {
                let from = (&raw const (*self.at::<ClosureObj>(value.as_ticket())).captures)
                    .cast::<Value>();
                for index in 0..captures {
                    to.add(index).write(from.add(index).read());
                }
            }
            to.add(captures).write(self.temps[home]);
        }
        self.lemari.barrier_all(ticket);
        Ok(Value::ticket(Kind::Closure, ticket))
    }

    /// The legend of a literal that has named fields only, each once and none a delegate, remembered for the next time;
    /// `None` if the literal is not that simple.
    fn literal_legend(
        &mut self,
        instance: u32,
        constant: u32,
        items: MapLitView<'_>,
    ) -> Raise<Option<LegendId>> {
        if items.is_empty() || items.len() as usize > MAX_FIELDS {
            return Ok(None);
        }
        let mut legend = Legends::PLAIN;
        for (kind, name, flags) in items.iter() {
            let Some(name) = name else { return Ok(None) };
            if kind != ItemKind::Named || flags & declared::SUBFIELD != 0 {
                return Ok(None);
            }
            let name = FieldName::text(self.name_in(instance, name.0)?);
            if self.legend(legend).field(name).is_some() {
                return Ok(None);
            }
            let flags = if flags & declared::IMMUTABLE != 0 {
                0
            } else {
                field_flags::MUTABLE
            };
            match self.legend_add(legend, name, flags, None)? {
                Some(next) => legend = next,
                None => return Ok(None),
            }
        }
        self.charge(4 * size_of::<u32>())?;
        if self.legends.literals.try_reserve(1).is_ok() {
            self.legends.literals.insert((instance, constant), legend.0);
        }
        Ok(Some(legend))
    }

    /// A map of a legend whose fields are the pairs from `at` on.
    unsafe fn literal_fields(&mut self, legend: LegendId, r: *mut u64, at: u16) -> Raise<Value> {
        let count = self.legend(legend).fields.len();
        let map = self.alloc(
            kind::MAP,
            count as u16,
            crate::heap::object::MAP_HEADER + count * size_of::<Value>(),
        )?;
        // SAFETY: a fresh young object with room for the fields; one pair per field stands in the registers.
        unsafe {
            let object = self.at::<MapObj>(map);
            (*object).legend = legend.0;
            (*object).id = 0;
            (*object).elements = 0;
            (*object).table = 0;
            (*object).overflow = 0;
            (*object).extra = 0;
            let from = r.byte_add(at as usize).cast::<u64>();
            let to = (&raw mut (*object).fields).cast::<u64>();
            for word in 0..2 * count {
                to.add(word).write(from.add(word).read());
            }
        }
        Ok(Value::ticket(Kind::Map, map))
    }

    /// A map literal item by item.
    unsafe fn literal_items(
        &mut self,
        items: MapLitView<'_>,
        r: *mut u64,
        at: u16,
    ) -> Raise<Value> {
        self.charge_fuel(u64::from(items.len()) / 2)?;
        let named = items
            .iter()
            .filter(|(kind, ..)| *kind == ItemKind::Named)
            .count();
        let map = self.map_new(Legends::PLAIN, named.min(MAX_FIELDS) as u16)?;
        let map = self.temp(Value::ticket(Kind::Map, map))?;
        let mut next = 0;
        let mut fixed = false;
        let pair = |index: usize| {
            // SAFETY: the verifier counts the values of the literal.
            unsafe { r.byte_add(at as usize).cast::<Value>().add(index).read() }
        };
        for (kind, name, flags) in items.iter() {
            let mark = self.temps.len();
            let how = if flags & declared::IMMUTABLE != 0 {
                set::IMMUTABLE
            } else {
                set::MUTABLE
            } | if flags & declared::SUBFIELD != 0 {
                set::SUB
            } else {
                0
            };
            match kind {
                ItemKind::Positional => {
                    let value = self.temp(pair(next))?;
                    self.push_element(map, value)?;
                    fixed |= flags & declared::IMMUTABLE != 0;
                    next += 1;
                }
                ItemKind::Named => {
                    let Some(name) = name else { continue };
                    let name = FieldName::text(self.name(name.0)?);
                    let value = self.temp(pair(next))?;
                    self.override_field(map, name, value, how)?;
                    next += 1;
                }
                ItemKind::Computed => {
                    let key = self.temp(pair(next))?;
                    let value = self.temp(pair(next + 1))?;
                    self.computed_item(map, key, value, how)?;
                    next += 2;
                }
                ItemKind::Spread => {
                    let from = self.temp(pair(next))?;
                    self.spread_item(map, from)?;
                    next += 1;
                }
            }
            self.temps.truncate(mark);
        }
        if fixed {
            let legend =
                self.legend_freeze_elements(self.map_legend(self.temps[map].as_ticket()))?;
            let ticket = self.temps[map].as_ticket();
            self.set_map_legend(ticket, legend);
        }
        Ok(self.temps[map])
    }

    /// Sets a field of a map that is being made: a later item wins over an immutable earlier one.
    pub(crate) fn override_field(
        &mut self,
        map: usize,
        name: FieldName,
        value: usize,
        how: u8,
    ) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        match self.own_place(ticket, name)? {
            Some(crate::heap::map::Place::Slot(field))
                if !field.is(field_flags::MUTABLE) && !field.is(field_flags::SUB) =>
            {
                let (ticket, value) = (self.temps[map].as_ticket(), self.temps[value]);
                self.set_slot_value(ticket, field.slot, value);
                Ok(())
            }
            Some(crate::heap::map::Place::Entry(entry, flags))
                if flags & crate::legend::entry_flags::IMMUTABLE != 0 =>
            {
                let (ticket, value) = (self.temps[map].as_ticket(), self.temps[value]);
                self.table_set_value(ticket, entry, value);
                Ok(())
            }
            _ => self.set_field(map, name, value, how),
        }
    }

    /// A computed name: a text or key is a field, a number the element there or the next one, anything else an entry.
    fn computed_item(&mut self, map: usize, key: usize, value: usize, how: u8) -> Raise<()> {
        if let Some(name) = self.name_of_key(key)? {
            return self.override_field(map, name, value, how);
        }
        let key_value = self.temps[key];
        if let Some(number) = key_value.as_int() {
            let base = if self.policy() == Lang::Rhumb { 1 } else { 0 };
            let len = i64::from(self.elements_len(self.temps[map].as_ticket()));
            match number.checked_sub(base) {
                Some(index) if index >= 0 && index < len => {
                    return self.set_element(map, index as u32, value);
                }
                Some(index) if index == len => return self.push_element(map, value),
                Some(index) if index >= 0 => {}
                _ => {
                    return Err(
                        self.fault_args(Fault::Key, format_args!("{number} is no position"))
                    );
                }
            }
        } else if !self.is_name(key_value)
            && matches!(
                key_value.kind(),
                Kind::Map | Kind::F64 | Kind::Bool | Kind::Empty | Kind::Closure | Kind::Func
            )
        {
            return Err(self.type_fault("a name", key_value));
        }
        self.set_member(map, key, value, how)
    }

    /// Spreads a value into a map that is being made: own fields without subfields, then elements.
    fn spread_item(&mut self, map: usize, from: usize) -> Raise<()> {
        let source = self.target_of(self.temps[from]);
        self.temps[from] = source;
        match source.kind() {
            Kind::Empty => return Ok(()),
            Kind::List => {
                while self.temps[from].payload != 0 {
                    self.charge_fuel(1)?;
                    let mark = self.temp(self.list_head(self.temps[from].as_ticket()))?;
                    self.push_element(map, mark)?;
                    self.temps.truncate(mark);
                    self.temps[from] =
                        Value::ticket(Kind::List, self.list_tail(self.temps[from].as_ticket()));
                }
                return Ok(());
            }
            Kind::Map | Kind::Realm | Kind::Vassal => {}
            _ => return Err(self.type_fault("a map to spread", source)),
        }
        self.append_map(map, from, true)
    }

    /// Adds elements and fields of the map `temps[from]` to `temps[map]`, a map that is being made; later wins. Exposed and
    /// hidden fields are left out, subfields too if `plain`.
    pub(super) fn append_map(&mut self, map: usize, from: usize, plain: bool) -> Raise<()> {
        let elements = self.elements_len(self.temps[from].as_ticket());
        let members = self.members(self.temps[from].as_ticket());
        self.charge_fuel((u64::from(elements) + u64::from(members)) / 2)?;
        for index in 0..elements {
            let mark = self.temp(self.element(self.temps[from].as_ticket(), index))?;
            self.push_element(map, mark)?;
            self.temps.truncate(mark);
        }
        // Elements behind a gap are renumbered like the others.
        let behind = self.numbered_elements(from)?;
        let behind_gaps = behind.is_map();
        if behind_gaps {
            let list = self.temp(behind)?;
            for index in 0..self.elements_len(self.temps[list].as_ticket()) {
                let mark = self.temp(self.element(self.temps[list].as_ticket(), index))?;
                self.push_element(map, mark)?;
                self.temps.truncate(mark);
            }
            self.temps.truncate(list);
        }
        for index in 0..members {
            let member = self.member(self.temps[from].as_ticket(), index);
            let hidden = member.flags & (field_flags::EXPOSED | field_flags::HIDDEN) != 0;
            let sub = member.flags & field_flags::SUB != 0;
            let numbered = behind_gaps && member.key.as_int().is_some();
            if member.key.same(Value::HOLE) || hidden || numbered || (sub && plain) {
                continue;
            }
            let how = if member.flags & field_flags::MUTABLE != 0 {
                set::MUTABLE
            } else {
                set::IMMUTABLE
            } | if sub { set::SUB } else { 0 };
            let key = self.temp(member.key)?;
            let value = self.temp(member.value)?;
            match self.name_of_key(key)? {
                Some(name) => self.override_field(map, name, value, how)?,
                None => self.set_member(map, key, value, how)?,
            }
            self.temps.truncate(key);
        }
        Ok(())
    }
}
