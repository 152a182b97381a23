//! Delegation: own fields, then subfields in their order depth-first, then the implicit delegate, then the kind's base map
//! or the World map (docs/specs/machine.md §2, rhumb.md §3.12). A visited set cuts cycles; depth at most 1,000.
//!
//! The maps that a search has met stand in [`World::temps`] (looking into a table may move everything); the path from the
//! start to where it is holds only their places there, so its length is the depth.

use fzb::tables::Lang;
use isa::Hook;
use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::heap::object::MapObj;
use crate::host_memory::{NoMemory, boxed};
use crate::legend::{Field, FieldName, LegendId, Nature, entry_flags, field_flags, legend_flags};
use crate::value::{Kind, Value};
use crate::world::World;

/// Deepest delegation.
const MAX_DEPTH: usize = 1000;
/// Most maps that one search meets.
const MAX_MET: usize = 4096;
/// Most maps that a cached lookup passes through.
const MAX_WATCHED: usize = 64;
/// Maps of a chain that are searched without being remembered.
const SHORT_CHAIN: usize = 32;

/// Where a map has a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A slot, as its legend says.
    Slot(Field),
    /// An entry of its table, and its [`entry_flags`].
    Entry(u32, u16),
}

impl Place {
    /// Flags of the field.
    pub(crate) const fn flags(self) -> u8 {
        match self {
            Place::Slot(field) => field.flags,
            Place::Entry(_, flags) => entry_flags::to_field(flags),
        }
    }
}

/// What a lookup came to. Values are as they stood when it ended: root them before anything is allocated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    /// The value; `None` if there is no such field.
    pub value: Option<Value>,
    /// The map that has it; ticket 0 if none.
    pub holder: Ticket,
    /// Where.
    pub place: Option<Place>,
    /// True if the receiver itself has it.
    pub own: bool,
    /// True if every receiver of this legend comes to the same, until the epoch changes.
    pub cacheable: bool,
}

impl Lookup {
    const NOTHING: Lookup = Lookup {
        value: None,
        holder: Ticket(0),
        place: None,
        own: false,
        cacheable: false,
    };
}

/// What a search is for.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// A field of that name.
    Name(FieldName),
    /// A field under the key `temps[..]`, which need not be a name.
    Key(usize),
    /// An element: the field under the number `temps[key]`, which is `index` among the positions if a map is that long. Where it
    /// is one of those, the search comes to no place, only to the map.
    Element {
        /// Of the number.
        key: usize,
        /// Counted from 0.
        index: u32,
    },
    /// A subfield of that name.
    Sub(FieldName),
    /// The map `temps[..]` itself.
    Map(usize),
    /// A field that holds `temps[..]`.
    Value(usize),
}

impl World {
    /// A field by name, through delegation.
    pub(crate) fn lookup(&mut self, receiver: Value, name: u32) -> Raise<Lookup> {
        self.search(receiver, Want::Name(FieldName::text(name)), false)
    }

    /// As [`World::lookup`], the value only.
    pub(crate) fn lookup_value(&mut self, receiver: Value, name: u32) -> Raise<Option<Value>> {
        Ok(self.lookup(receiver, name)?.value)
    }

    /// The callable under which a map answers for an operator, by full delegation; `None` for what is no map.
    pub(crate) fn hook(&mut self, value: Value, hook: Hook) -> Raise<Option<Value>> {
        if !value.is_map() {
            return Ok(None);
        }
        let index = hook as usize;
        let known = self
            .legends
            .hooks
            .as_ref()
            .and_then(|table| table.get(index))
            .copied()
            .unwrap_or(0);
        if known != 0 {
            return self.lookup_value(value, known - 1);
        }
        let mark = self.temp(value)?;
        let name = self.intern(hook.label())?;
        if self.legends.hooks.is_none() {
            self.charge(size_of::<[u32; Hook::ALL.len()]>())?;
            match boxed([0; Hook::ALL.len()]) {
                Ok(table) => self.legends.hooks = Some(table),
                Err(NoMemory) => return Err(self.no_host_memory()),
            }
        }
        if let Some(slot) = self
            .legends
            .hooks
            .as_mut()
            .and_then(|table| table.get_mut(index))
        {
            *slot = name + 1;
        }
        let value = self.temps[mark];
        self.temps.truncate(mark);
        self.lookup_value(value, name)
    }

    /// True if a receiver is the map `home` or delegates to it.
    pub(crate) fn delegates_to(&mut self, receiver: Value, home: Value) -> Raise<bool> {
        if !home.is_map() || !receiver.is_map() {
            return Ok(false);
        }
        if receiver.as_ticket() == home.as_ticket() {
            return Ok(true);
        }
        let mark = self.temp(home)?;
        let found = self.search(receiver, Want::Map(mark), false)?;
        self.temps.truncate(mark);
        Ok(found.holder.0 != 0)
    }

    /// Sets the map to which values of a kind delegate.
    pub fn set_base_map(&mut self, kind: Kind, map: Value) -> Raise<()> {
        if let Some(entry) = self.legends.bases.iter_mut().find(|(of, _)| *of == kind) {
            entry.1 = map;
            return Ok(());
        }
        let mark = self.temp(map)?;
        self.charge(size_of::<(Kind, Value)>())?;
        let map = self.temps[mark];
        self.temps.truncate(mark);
        if self.legends.bases.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        self.legends.bases.push((kind, map));
        Ok(())
    }

    /// Sets the World map: every search under policy Rhumb that finds nothing from its receiver ends at it
    /// (docs/specs/rhumb.md §3.8). Set it before programs run: what they looked up before is not looked up again. Anything but
    /// a map takes it away.
    pub fn set_world_map(&mut self, map: Value) {
        self.world_map = map;
    }

    /// Where a search from a receiver begins: the map itself, or the base map of its kind.
    fn start_of(&self, receiver: Value) -> Option<Value> {
        if receiver.is_map() {
            return Some(receiver);
        }
        let kind = match receiver.kind() {
            Kind::Func | Kind::Partial => Kind::Closure,
            kind => kind,
        };
        self.legends
            .bases
            .iter()
            .find(|(of, _)| *of == kind)
            .map(|(_, base)| *base)
            .filter(|base| base.is_map())
    }

    /// The part of a map's world that needs no memory: a chain of implicit delegates without subfields.
    fn short_chain(&self, start: Ticket, name: FieldName) -> Option<Lookup> {
        let mut at = start;
        for _ in 0..SHORT_CHAIN {
            let legend = self.legend(self.map_legend(at));
            if legend.nature == Nature::View
                || legend.has(legend_flags::UNSHARED)
                || legend.has_subs()
            {
                return None;
            }
            let place = if legend.has(legend_flags::DICT) {
                let entry = self.entry_of_name(at, name.text_id()?);
                entry.map(|entry| Place::Entry(entry, self.table_flags(at, entry)))
            } else {
                legend.field(name).map(Place::Slot)
            };
            if let Some(place) = place {
                let value = Some(self.place_value(at, place));
                return Some(Lookup {
                    value,
                    holder: at,
                    place: Some(place),
                    own: at == start,
                    cacheable: false,
                });
            }
            let proto = self.legends.family(legend).map_or(0, |family| family.proto);
            if proto == 0 {
                let ends = self.policy() != Lang::Rhumb || !self.world_map.is_map();
                return if ends { Some(Lookup::NOTHING) } else { None };
            }
            at = Ticket(proto);
        }
        None
    }

    /// Searches a receiver and its delegates. `watch`: a lookup that will be cached; the maps it passed through are
    /// watched from now on.
    pub(crate) fn search(&mut self, receiver: Value, want: Want, watch: bool) -> Raise<Lookup> {
        if let (Want::Name(name), false, true) = (want, watch, receiver.is_map())
            && let Some(found) = self.short_chain(receiver.as_ticket(), name)
        {
            return Ok(found);
        }
        let mark = self.temps.len();
        let found = self.search_all(receiver, want, mark);
        let found = match found {
            Ok(found) => found,
            Err(raised) => {
                self.temps.truncate(mark);
                return Err(raised);
            }
        };
        let found = if watch {
            self.watch_met(found, want, mark)?
        } else {
            found
        };
        self.temps.truncate(mark);
        Ok(found)
    }

    fn search_all(&mut self, receiver: Value, want: Want, mark: usize) -> Raise<Lookup> {
        let mut plain = receiver.kind() == Kind::Map;
        let mut roots = [self.start_of(receiver), None];
        if self.policy() == Lang::Rhumb && self.world_map.is_map() {
            roots[1] = Some(self.world_map);
        }
        // The World map may move while the receiver's delegates are searched, so it is read again then.
        for (turn, root) in roots.iter().enumerate() {
            let root = if turn == 1 && root.is_some() {
                Some(self.world_map)
            } else {
                *root
            };
            let Some(root) = root else { continue };
            // What the World map's subfields have is reached through them only: `m\log` is not `m@console\log`.
            let found = if turn == 1 {
                self.search_alone(root, want, mark)?
            } else {
                self.search_from(root, want, mark, &mut plain)?
            };
            if let Some(found) = found {
                let own = turn == 0 && found.1 == mark && receiver.is_map();
                let holder = self.temps[found.1].as_ticket();
                let value = found.0.map(|place| self.place_value(holder, place));
                // A static may change without an epoch.
                let live = match found.0 {
                    Some(Place::Slot(field)) => field.is(field_flags::LIVE),
                    Some(Place::Entry(_, flags)) => flags & entry_flags::LIVE != 0,
                    None => false,
                };
                let cacheable = plain && !live && self.determines(receiver.kind(), mark);
                return Ok(Lookup {
                    value,
                    holder,
                    place: found.0,
                    own,
                    cacheable,
                });
            }
        }
        let cacheable = plain && self.determines(receiver.kind(), mark);
        Ok(Lookup {
            cacheable,
            ..Lookup::NOTHING
        })
    }

    /// True if the legend of the first map met says everything about its fields and delegates.
    fn determines(&self, kind: Kind, mark: usize) -> bool {
        kind == Kind::Map
            && self.temps.get(mark).is_some_and(|first| {
                let legend = self.legend(self.map_legend(first.as_ticket()));
                !legend.has(legend_flags::DICT) && !legend.has(legend_flags::UNSHARED)
            })
    }

    /// What a map itself has, not its delegates; as [`World::search_from`].
    fn search_alone(
        &mut self,
        map: Value,
        want: Want,
        mark: usize,
    ) -> Raise<Option<(Option<Place>, usize)>> {
        let Some(at) = self.meet(map, mark)? else {
            return Ok(None);
        };
        Ok(self.test(at, want, false)?.map(|place| (place, at)))
    }

    /// Depth first from one root; the place and the index in `temps` of the map that has it.
    fn search_from(
        &mut self,
        root: Value,
        want: Want,
        mark: usize,
        plain: &mut bool,
    ) -> Raise<Option<(Option<Place>, usize)>> {
        let mut path: Vec<(usize, u32)> = Vec::new();
        let Some(first) = self.meet(root, mark)? else {
            return Ok(None);
        };
        if let Some(place) = self.test(first, want, first == mark)? {
            return Ok(Some((place, first)));
        }
        if path.try_reserve(1).is_err() {
            return Err(self.no_host_memory());
        }
        path.push((first, 0));
        while let Some(&mut (at, ref mut position)) = path.last_mut() {
            let map = self.temps[at].as_ticket();
            if self.nature(map) == Nature::View {
                *plain = false;
                let (target, sub) = (self.slot_value(map, 0), self.slot_value(map, 1));
                if *position == 0 && sub.is_map() {
                    *position = 1;
                    self.descend(sub, want, mark, &mut path)?;
                    if let Some(found) = self.take_found(&mut path) {
                        return Ok(Some(found));
                    }
                } else {
                    // Its delegates are those of what it views, whose own fields were searched with the view's.
                    *position = 0;
                    self.temps[at] = if target.is_map() { target } else { Value::HOLE };
                    if !target.is_map() {
                        path.pop();
                    }
                }
                continue;
            }
            let Some((next, after)) = self.next_delegate(map, *position) else {
                path.pop();
                continue;
            };
            *position = after;
            if next.is_map() {
                self.descend(next, want, mark, &mut path)?;
                if let Some(found) = self.take_found(&mut path) {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// Goes into a delegate that was not met before. If it has what is wanted, it is put on the path with a mark
    /// ([`World::take_found`]).
    fn descend(
        &mut self,
        next: Value,
        want: Want,
        mark: usize,
        path: &mut Vec<(usize, u32)>,
    ) -> Raise<()> {
        let Some(at) = self.meet(next, mark)? else {
            return Ok(());
        };
        if path.len() >= MAX_DEPTH {
            return Err(self.fault(Fault::Depth, "delegation deeper than 1,000"));
        }
        if path.try_reserve(2).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        match self.test(at, want, false)? {
            None => path.push((at, 0)),
            Some(place) => {
                let (number, flags) = match place {
                    Some(Place::Entry(entry, flags)) => (entry, FOUND_ENTRY | flags as usize),
                    Some(Place::Slot(field)) => (u32::from(field.slot), FOUND_SLOT),
                    None => (0, FOUND_MAP),
                };
                path.push((at, number));
                path.push((flags, FOUND));
            }
        }
        Ok(())
    }

    /// What [`World::descend`] found, if it did.
    fn take_found(&self, path: &mut Vec<(usize, u32)>) -> Option<(Option<Place>, usize)> {
        let &(flags, found) = path.last()?;
        if found != FOUND {
            return None;
        }
        path.pop();
        let (at, number) = path.pop()?;
        let map = self.temps.get(at)?.as_ticket();
        let place = match flags & FOUND_KIND {
            FOUND_ENTRY => Some(Place::Entry(number, (flags & 0xFFFF) as u16)),
            FOUND_SLOT => self
                .legend(self.map_legend(map))
                .field_at(number as u16)
                .map(Place::Slot),
            _ => None,
        };
        Some((place, at))
    }

    /// Remembers a map as met: its place in `temps`; `None` if it was met before. Charged per map after the first few.
    fn meet(&mut self, map: Value, mark: usize) -> Raise<Option<usize>> {
        let met = self.temps.len() - mark;
        if met >= MAX_MET {
            return Err(self.fault(Fault::Depth, "delegation through too many maps"));
        }
        if self.temps[mark..]
            .iter()
            .any(|known| known.is_heap() && known.as_ticket() == map.as_ticket())
        {
            return Ok(None);
        }
        self.charge_fuel(met as u64 / 8)?;
        self.temp(map).map(Some)
    }

    /// Whether the map `temps[at]` itself answers; `Some(None)`: it does, by being what is wanted.
    fn test(&mut self, at: usize, want: Want, first: bool) -> Raise<Option<Option<Place>>> {
        // A view answers with what it views, unless its own fields are to be passed over.
        let mut map = self.temps[at].as_ticket();
        let mut hops = 0;
        while self.nature(map) == Nature::View {
            let (target, sub) = (self.slot_value(map, 0), self.slot_value(map, 1));
            hops += 1;
            if !sub.is_map() || !target.is_map() || hops > MAX_DEPTH {
                return Ok(None);
            }
            map = target.as_ticket();
        }
        let viewed = hops > 0;
        let place = match want {
            Want::Map(wanted) => {
                let is = !first && self.temps[wanted].as_ticket() == map;
                return Ok(if is { Some(None) } else { None });
            }
            Want::Value(wanted) => {
                let wanted = self.temps[wanted];
                let count = self.members(map);
                self.charge_fuel(u64::from(count) / 8)?;
                let holds = (0..count).any(|index| {
                    let member = self.member(map, index);
                    !member.key.same(Value::HOLE) && member.value.same(wanted)
                });
                let elements = self.elements_len(map);
                self.charge_fuel(u64::from(elements) / 8)?;
                let holds =
                    holds || (0..elements).any(|index| self.element(map, index).same(wanted));
                return Ok(if holds { Some(None) } else { None });
            }
            Want::Name(name) => self.own_place(map, name)?,
            Want::Sub(name) => self
                .own_place(map, name)?
                .filter(|place| place.flags() & field_flags::SUB != 0),
            Want::Element { index, .. } if index < self.positional_len(map) => {
                if viewed {
                    self.temps[at] = Value::ticket(Kind::Map, map);
                }
                return Ok(Some(None));
            }
            Want::Key(key) | Want::Element { key, .. } => {
                let held = self.temp(Value::ticket(Kind::Map, map))?;
                let place = self.own_place_of(held, key)?;
                map = self.temps[held].as_ticket();
                self.temps.truncate(held);
                place
            }
        };
        if place.is_some() && viewed {
            // The place is one of what is viewed.
            self.temps[at] = Value::ticket(Kind::Map, map);
        }
        Ok(place.map(Some))
    }

    /// The delegate at or after a position in a map's list of them, and the position after it.
    fn next_delegate(&self, map: Ticket, from: u32) -> Option<(Value, u32)> {
        let legend = self.legend(self.map_legend(map));
        let count = self.members(map);
        if legend.has(legend_flags::DICT) {
            // Dictionaries of Morph and Fusabi hold keys, never delegates; and a table that has a delegate is one of an
            // unshared legend (`legend_dict`, `add_entry`, `change_entry`, `set_proto_of`).
            let entries = if legend.nature == Nature::Dict || !legend.has(legend_flags::UNSHARED) {
                count..count
            } else {
                from..count
            };
            for entry in entries {
                if self.table_flags(map, entry) & (entry_flags::SUB | entry_flags::HIDDEN) != 0 {
                    return Some((self.table_entry(map, entry).1, entry + 1));
                }
            }
        } else {
            for field in legend.fields.iter().skip(from as usize) {
                if field.flags & (field_flags::SUB | field_flags::HIDDEN) == field_flags::SUB {
                    return Some((
                        self.shown(self.slot_value(map, field.slot), field.flags),
                        u32::from(field.slot) + 1,
                    ));
                }
            }
            // A delegate that the legend does not determine comes after all subfields.
            if from <= count
                && let Some(field) = legend.field(FieldName::PROTO)
            {
                return Some((self.slot_value(map, field.slot), count + 2));
            }
        }
        if from <= count.saturating_add(1) {
            let proto = self.legends.family(legend).map_or(0, |family| family.proto);
            if proto != 0 {
                return Some((Value::ticket(Kind::Map, Ticket(proto)), count + 2));
            }
        }
        None
    }

    /// A map's implicit delegate; empty if it has none.
    pub(crate) fn proto_of(&self, map: Ticket) -> Value {
        let legend = self.legend(self.map_legend(map));
        if let Some(hidden) = legend.field(FieldName::PROTO) {
            return self.slot_value(map, hidden.slot);
        }
        match self.legends.family(legend).map_or(0, |family| family.proto) {
            0 => Value::EMPTY,
            proto => Value::ticket(Kind::Map, Ticket(proto)),
        }
    }

    /// Watches the maps that a lookup met beyond the receiver, so that it may be cached.
    fn watch_met(&mut self, found: Lookup, want: Want, mark: usize) -> Raise<Lookup> {
        let met = self.temps.len() - mark;
        let Want::Name(name) = want else {
            return Ok(Lookup {
                cacheable: false,
                ..found
            });
        };
        if !found.cacheable || found.own {
            return Ok(found);
        }
        if met > MAX_WATCHED {
            return Ok(Lookup {
                cacheable: false,
                ..found
            });
        }
        let holder = self.temp(if found.holder.0 == 0 {
            Value::EMPTY
        } else {
            Value::ticket(Kind::Map, found.holder)
        })?;
        let value = self.temp(found.value.unwrap_or(Value::EMPTY))?;
        for at in mark + 1..mark + met {
            let map = self.temps[at].as_ticket();
            let legend = self.legend_watch(self.map_legend(map))?;
            let map = self.temps[at].as_ticket();
            self.set_map_legend(map, legend);
        }
        self.legends.note_cached(name);
        let holder = if self.temps[holder].is_heap() {
            self.temps[holder].as_ticket()
        } else {
            Ticket(0)
        };
        let value = found.value.map(|_| self.temps[value]);
        Ok(Lookup {
            value,
            holder,
            ..found
        })
    }

    /// What stands behind a value as `self` when a method is called on it: the map that a view without own fields shows.
    pub(crate) fn self_of(&self, receiver: Value) -> Value {
        let mut at = receiver;
        for _ in 0..MAX_DEPTH {
            if at.kind() != Kind::Map
                || self.nature(at.as_ticket()) != Nature::View
                || self.slot_value(at.as_ticket(), 1).is_map()
            {
                return at;
            }
            at = self.slot_value(at.as_ticket(), 0);
        }
        at
    }

    /// The map that takes what is written to a value: what a view shows.
    pub(crate) fn target_of(&self, receiver: Value) -> Value {
        let mut at = receiver;
        for _ in 0..MAX_DEPTH {
            if at.kind() != Kind::Map || self.nature(at.as_ticket()) != Nature::View {
                return at;
            }
            at = self.slot_value(at.as_ticket(), 0);
        }
        at
    }

    /// The map whose own elements and fields a value shows as its own: the target of a view with a first subfield, through any number
    /// of them; else the value itself, so for a view of delegates only.
    pub(crate) fn shown_by(&self, value: Value) -> Value {
        let mut at = value;
        for _ in 0..MAX_DEPTH {
            if at.kind() != Kind::Map
                || self.nature(at.as_ticket()) != Nature::View
                || !self.slot_value(at.as_ticket(), 1).is_map()
            {
                return at;
            }
            at = self.slot_value(at.as_ticket(), 0);
        }
        at
    }

    /// Constructor of a map: class or routine; empty if it has none.
    pub(crate) fn map_ctor(&self, map: Ticket) -> Value {
        self.legends.ctor(self.map_legend(map))
    }

    /// Makes `temps[proto]` (a map, or empty for none) the implicit delegate of `temps[map]`.
    pub(crate) fn set_proto_of(&mut self, map: usize, proto: usize) -> Raise<()> {
        let ticket = self.temps[map].as_ticket();
        let from = self.map_legend(ticket);
        let legend = self.legend(from);
        if legend.has(legend_flags::FROZEN) || legend.nature.typed() {
            return Err(self.fault(Fault::Write, "the delegate of a frozen map"));
        }
        let delegate = self.temps[proto].is_map().then_some(proto);
        if let Some(hidden) = legend.field(FieldName::PROTO) {
            let value = self.temps[proto];
            self.set_slot_value(ticket, hidden.slot, value);
            self.note_change(ticket, None);
            return Ok(());
        }
        let dict = legend.has(legend_flags::DICT);
        match self.legend_proto(from, delegate)? {
            Some(to) => {
                let ticket = self.temps[map].as_ticket();
                self.set_map_legend(ticket, to);
                self.note_change(ticket, None);
                Ok(())
            }
            None if dict => Err(self.fault(
                Fault::Write,
                "a dictionary whose kind has too many delegates",
            )),
            None => {
                let legend = self.legend_unshare(from)?;
                let ticket = self.temps[map].as_ticket();
                self.set_map_legend(ticket, legend);
                self.add_field(map, FieldName::PROTO, proto, field_flags::HIDDEN)
            }
        }
    }

    /// A view of `temps[target]`: with `temps[sub]` as first subfield, or without its own fields if that is a hole.
    pub(crate) fn view_of(&mut self, target: usize, sub: usize, name: u32) -> Raise<Value> {
        let view = self.map_new(crate::legend::Legends::VIEW, 3)?;
        // SAFETY: a fresh young map with three slots.
        unsafe {
            let fields = (&raw mut (*self.at::<MapObj>(view)).fields).cast::<Value>();
            fields.write(self.temps[target]);
            fields.add(1).write(self.temps[sub]);
            fields.add(2).write(Value::int(i64::from(name)));
        }
        Ok(Value::ticket(Kind::Map, view))
    }

    /// The name of a view's first subfield.
    pub(crate) fn view_name(&self, view: Ticket) -> Option<FieldName> {
        let name = self
            .slot_value(view, 2)
            .as_int()
            .and_then(|name| u32::try_from(name).ok())?;
        (self.nature(view) == Nature::View && self.slot_value(view, 1).is_map())
            .then_some(FieldName::text(name))
    }

    /// A map's legend by number, for caches.
    #[inline]
    pub(crate) fn legend_number(&self, map: Ticket) -> u32 {
        let LegendId(number) = self.map_legend(map);
        number
    }
}

/// Mark of an answer on the path.
const FOUND: u32 = u32::MAX;
const FOUND_KIND: usize = 0xF_0000;
const FOUND_SLOT: usize = 0x1_0000;
const FOUND_ENTRY: usize = 0x2_0000;
const FOUND_MAP: usize = 0x3_0000;
