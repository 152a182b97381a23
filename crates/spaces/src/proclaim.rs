//! `write` and `read_pins`: proclamations, what they tell and to whom (docs/specs/rhumb.md §5.6, §5.8).

use machine::fault::Raise;
use machine::space::{Crossing, Delivery, Listener, Outcome, PROCLAMATION};
use machine::space_trace::SpaceAct;
use machine::value::Value;
use machine::world::World;

use crate::ops::{here, no_memory, operand_space, operand_space_made, with};
use crate::table::{Owner, PIN_BYTES, Pin, Tuplespaces};

/// Flags of `write`.
const RECEIVER: u32 = 1;
const SPREAD: u32 = 2;
const RETRACT_OWN: u32 = 4;
const RETRACT_ALL: u32 = 8;
/// Both: one's own, or those of all if one has made the realm.
const RETRACT: u32 = RETRACT_OWN | RETRACT_ALL;
/// Topic under which listeners hear that a proclamation is gone; its argument is the event.
const DEPARTURE: &str = "empty";

/// A `write` as its instruction says.
#[derive(Clone, Copy)]
struct Written {
    topic: u32,
    flags: u32,
    /// Operands, and how many of them are no arguments.
    first: u16,
    count: usize,
    given: usize,
    dst: u16,
}

impl Written {
    fn event(&self, world: &mut World) -> Raise<Value> {
        world.space_event(
            PROCLAMATION,
            self.topic,
            self.first,
            self.given,
            self.count,
            self.flags & SPREAD != 0,
        )
    }

    /// Is empty all that is proclaimed?
    fn is_nothing(&self, world: &World) -> bool {
        if self.count != self.given + 1 {
            return false;
        }
        let only = world.space_operand(self.first, self.given);
        if self.flags & SPREAD == 0 {
            return only.is_empty();
        }
        world.space_only(only).is_some_and(|value| value.is_empty())
    }
}

pub(crate) fn write(
    world: &mut World,
    args: [u32; 4],
    first: u16,
    count: usize,
    dst: u16,
) -> Raise<Outcome> {
    let receiver = args[2] & RECEIVER != 0;
    let mut written = Written {
        topic: world.space_topic(args[0])?,
        flags: args[2],
        first,
        count,
        given: usize::from(receiver),
        dst,
    };
    let crossing = if receiver {
        Crossing::No
    } else {
        world.space_crossing()
    };
    // Proclaiming nothing takes back what one has proclaimed (docs/specs/rhumb.md §5.6).
    let retracts = written.flags & RETRACT != 0;
    match crossing {
        Crossing::Outward | Crossing::Departure => {
            if retracts {
                return Ok(Outcome::Value(Value::EMPTY));
            }
            return pass_outward(world, written, crossing == Crossing::Departure);
        }
        // What a vassal takes back for itself, it takes back whoever proclaimed it.
        Crossing::Inward if retracts => {
            written.flags = written.flags & !RETRACT | RETRACT_ALL;
        }
        Crossing::Inward if written.is_nothing(world) => written.flags |= RETRACT_OWN,
        _ if !retracts && written.is_nothing(world) => written.flags |= RETRACT,
        _ => {}
    }
    let (space, proclaimer) = match crossing {
        Crossing::Inward => (world.space_home(), world.space_sender()),
        _ if receiver => (
            operand_space_made(world, first, 0)?,
            world.space_proclaimer(),
        ),
        _ => {
            // Nobody can listen to the space of an activation but the selector attached to its call.
            if world.space_monitor(written.topic)?.is_none() {
                return Ok(Outcome::Value(Value::EMPTY));
            }
            (here(world)?, world.space_proclaimer())
        }
    };
    if crossing == Crossing::No && !receiver && world.space_is_activation(proclaimer) {
        forget_returned(world, space, proclaimer)?;
    }
    let vassal = with(world, |spaces| {
        let space = spaces.get(space)?;
        space.rules.as_ref().map(|rules| rules.target)
    })?;
    if let Some(target) = vassal {
        return cross_inward(world, written, space, target, proclaimer);
    }
    if written.flags & RETRACT != 0 {
        return retract(world, written, space, proclaimer);
    }
    let by = Actor {
        proclaimer,
        owner: world.space_owner(),
        monitored: !receiver && crossing == Crossing::No,
    };
    pin(world, written, space, by)
}

/// The calls that proclaimed before in this fiber have returned, and their pins have gone with them.
fn forget_returned(world: &mut World, space: u32, proclaimer: u64) -> Raise<()> {
    let gone = with(world, |spaces| {
        let pinned = spaces.pinned(space, None)?;
        let mut gone = 0;
        for number in pinned {
            if spaces
                .pins
                .get(&number)
                .is_some_and(|pin| pin.proclaimer >> 63 != 0 && pin.proclaimer != proclaimer)
            {
                gone += spaces.unpin(number).map_or(0, |_| PIN_BYTES);
            }
        }
        Some(gone)
    })?;
    match gone {
        Some(bytes) => {
            world.space_refund(bytes);
            Ok(())
        }
        None => Err(no_memory(world)),
    }
}

/// A vassal lets a proclamation through by its rules, or not at all.
fn cross_inward(
    world: &mut World,
    written: Written,
    vassal: u32,
    target: u32,
    proclaimer: u64,
) -> Raise<Outcome> {
    let topic = written.topic;
    let retracts = written.flags & RETRACT != 0;
    if retracts && world.space_topic_text(topic).is_empty() {
        // Everything of one's own, whatever it has become on its way.
        let mut space = target;
        while let Some(target) = with(world, |spaces| {
            let rules = spaces.get(space)?.rules.as_ref()?;
            Some(rules.target)
        })? {
            world.space_fuel(1)?;
            space = target;
        }
        let written = Written {
            flags: written.flags & !RETRACT | RETRACT_OWN,
            ..written
        };
        return retract(world, written, space, proclaimer);
    }
    if !with(world, |spaces| spaces.heard(vassal, PROCLAMATION, topic))? {
        return Ok(Outcome::Value(Value::EMPTY));
    }
    let event = if retracts {
        world.space_retraction(topic)?
    } else {
        written.event(world)?
    };
    let mark = world.host_push(event)?;
    let delivery = world.space_open(mark, PROCLAMATION, topic, written.dst)?;
    world.host_truncate(mark);
    let mut listeners = Vec::new();
    if !with(world, |spaces| {
        spaces.handlers(vassal, PROCLAMATION, topic, &[], &mut listeners)
    })? {
        return Err(no_memory(world));
    }
    world.space_deliver(delivery, listeners)
}

/// A vassal's rules pass a proclamation on to who subscribed through it: nothing is pinned there, but for who only reads what
/// there is.
fn pass_outward(world: &mut World, written: Written, departs: bool) -> Raise<Outcome> {
    let outlet = world.space_home();
    let reads = with(world, |spaces| {
        let snapshot = spaces.get(outlet)?.snapshot?;
        Some((snapshot.owner, spaces.last))
    })?;
    if let Some((owner, last)) = reads {
        // Each is listed, whoever proclaimed it behind the vassal.
        let by = Actor {
            proclaimer: last,
            owner,
            monitored: false,
        };
        return pin(world, written, outlet, by);
    }
    let event = written.event(world)?;
    let mark = world.host_push(event)?;
    let told = Told {
        space: outlet,
        topic: written.topic,
        gone: usize::from(departs),
        arrived: !departs,
        monitored: false,
        dst: written.dst,
    };
    told.tell(world, mark)
}

fn retract(world: &mut World, written: Written, space: u32, proclaimer: u64) -> Raise<Outcome> {
    let topic = written.topic;
    let every = world.space_topic_text(topic).is_empty();
    let gone = with(world, |spaces| {
        // Who made the realm takes back what anybody proclaimed under a topic.
        let all = match written.flags & RETRACT {
            RETRACT_OWN => false,
            RETRACT_ALL => true,
            _ => {
                let space = spaces.get(space);
                !every && space.is_some_and(|space| space.creator == proclaimer)
            }
        };
        let numbers = match (all, every) {
            (false, false) => {
                let mut found = Vec::new();
                found.try_reserve(1).ok()?;
                found.extend(spaces.pin_of(space, topic, proclaimer));
                found
            }
            _ => spaces.pinned(space, (!every).then_some(topic))?,
        };
        let mut gone: Vec<Value> = Vec::new();
        gone.try_reserve_exact(numbers.len()).ok()?;
        for number in numbers {
            if (all
                || spaces
                    .pins
                    .get(&number)
                    .is_some_and(|pin| pin.proclaimer == proclaimer))
                && let Some((_, event)) = spaces.unpin(number)
            {
                gone.push(event);
            }
        }
        Some(gone)
    })?;
    let Some(gone) = gone else {
        return Err(no_memory(world));
    };
    world.space_refund(gone.len() * PIN_BYTES);
    let mark = world.host_mark();
    world.host_push_all(&gone)?;
    let count = departed(world, space, mark)?;
    Told {
        space,
        topic,
        gone: count,
        arrived: false,
        monitored: false,
        dst: written.dst,
    }
    .tell(world, mark)
}

/// Tells what who was cancelled had pinned in a space, if there is such a thing.
pub(crate) fn tell_retracted(world: &mut World, dst: u16) -> Raise<Outcome> {
    let mark = world.host_mark();
    let found = with(world, |spaces| {
        let (space, _) = *spaces.retracted.first()?;
        // One space at a time: what is in another is told when this delivery has ended.
        let mut events: Vec<Value> = Vec::new();
        if events.try_reserve_exact(spaces.retracted.len()).is_err() {
            spaces.retracted.clear();
            return None;
        }
        spaces.retracted.retain(|(other, event)| {
            if *other == space {
                events.push(*event);
            }
            *other != space
        });
        Some((space, events))
    })?;
    let Some((space, events)) = found else {
        return Ok(Outcome::Value(Value::EMPTY));
    };
    world.host_push_all(&events)?;
    let gone = departed(world, space, mark)?;
    Told {
        space,
        topic: 0,
        gone,
        arrived: false,
        monitored: false,
        dst,
    }
    .tell(world, mark)
}

/// Of the proclamations that were taken back, rooted from `mark` on, leaves those whose like is not pinned any more, each
/// once, and their number: what several proclaimed alike is gone when the last of them has taken it back
/// (docs/specs/rhumb.md §5.6).
fn departed(world: &mut World, space: u32, mark: usize) -> Raise<usize> {
    let end = world.host_mark();
    let mut seen = crate::numbers::Table::<(u32, u64), Vec<usize>>::default();
    let mut left = mark;
    'events: for at in mark..end {
        let (_, topic) = world.space_event_topic(world.host_temp(at))?;
        world.space_note(SpaceAct::Retracted, PROCLAMATION, Some(topic), space, None);
        let hash = world.space_hash_all(world.host_temp(at))?;
        if already_there(world, space, topic, hash, at)? {
            continue;
        }
        if seen.try_reserve(1).is_err() {
            return Err(no_memory(world));
        }
        let alike = seen.entry((topic, hash)).or_default();
        for &other in alike.iter() {
            world.space_fuel(1)?;
            if world.space_same(world.host_temp(other), world.host_temp(at))? {
                continue 'events;
            }
        }
        if alike.try_reserve(1).is_err() {
            return Err(no_memory(world));
        }
        alike.push(left);
        world.host_set(left, world.host_temp(at));
        left += 1;
    }
    world.host_truncate(left);
    Ok(left - mark)
}

/// Is a tuple with the arguments of the event in root `at`, whose hash is given, pinned under a topic?
fn already_there(world: &mut World, space: u32, topic: u32, hash: u64, at: usize) -> Raise<bool> {
    let mut place = 0;
    while let Some((found, event)) = with(world, |spaces| spaces.alike(space, topic, hash, place))?
    {
        world.space_fuel(1)?;
        let own = world.host_temp(at);
        if world.space_same(event, own)? {
            return Ok(true);
        }
        place = found + 1;
    }
    Ok(false)
}

/// Who pins.
struct Actor {
    proclaimer: u64,
    owner: Owner,
    /// A selector attached to the running call may hear it.
    monitored: bool,
}

fn pin(world: &mut World, written: Written, space: u32, by: Actor) -> Raise<Outcome> {
    let topic = written.topic;
    let Actor {
        proclaimer,
        owner,
        monitored,
    } = by;
    let event = written.event(world)?;
    let mark = world.host_push(event)?;
    let hash = world.space_hash_all(world.host_temp(mark))?;
    let place = with(world, |spaces| spaces.pin_of(space, topic, proclaimer))?;
    let known = already_there(world, space, topic, hash, mark)?;
    if place.is_none() {
        world.space_charge(PIN_BYTES)?;
    }
    let event = world.host_temp(mark);
    let replaced = with(world, |spaces| match place {
        Some(place) => spaces.replace(place, event, hash).map(Some),
        None => spaces
            .pin(Pin {
                space,
                topic,
                proclaimer,
                owner,
                event,
                hash,
            })
            .map(|_| None),
    })?;
    let Some(replaced) = replaced else {
        return Err(no_memory(world));
    };
    world.space_note(SpaceAct::Pinned, PROCLAMATION, Some(topic), space, None);
    let mut gone = 0;
    if let Some(old) = replaced {
        let at = world.host_push(old)?;
        let hash = world.space_hash_all(world.host_temp(at))?;
        let still = already_there(world, space, topic, hash, at)?;
        let same = world.space_same(world.host_temp(at), world.host_temp(mark))?;
        if still || same {
            world.host_truncate(at);
        } else {
            gone = 1;
        }
    }
    let monitored = monitored && world.space_monitor(topic)?.is_some();
    if known && gone == 0 && !monitored {
        world.host_truncate(mark);
        return Ok(Outcome::Value(Value::EMPTY));
    }
    // First what is gone, then the event that has come.
    if gone == 1 {
        let (event, old) = (world.host_temp(mark), world.host_temp(mark + 1));
        world.host_set(mark, old);
        world.host_set(mark + 1, event);
    }
    Told {
        space,
        topic,
        gone,
        arrived: !known,
        monitored,
        dst: written.dst,
    }
    .tell(world, mark)
}

/// What the listeners of a space are told: what is gone, then what has come.
struct Told {
    space: u32,
    /// Topic of what has come.
    topic: u32,
    /// How many are gone. They stand in the temporary roots, and behind them, if there is one, the event that has come.
    gone: usize,
    /// Subscriptions hear what has come.
    arrived: bool,
    /// The selector attached to the running call hears it, before them.
    monitored: bool,
    dst: u16,
}

impl Told {
    /// Tells it; the roots from `mark` on are taken off.
    fn tell(&self, world: &mut World, mark: usize) -> Raise<Outcome> {
        let comes = self.arrived || self.monitored;
        let departure = world.space_intern(DEPARTURE)?;
        // What is gone is the argument of an event of its own, so that a listener of both can tell them apart.
        let told = world.host_mark();
        let mut gone: Vec<Gone> = Vec::new();
        if gone.try_reserve_exact(self.gone).is_err() {
            return Err(no_memory(world));
        }
        for at in mark..mark + self.gone {
            let found = self.find_gone(world, at, departure)?;
            gone.push(found);
        }
        let heard = with(world, |spaces| {
            gone.iter().any(|gone| gone.heard)
                || (self.arrived && spaces.heard(self.space, PROCLAMATION, self.topic))
        })?;
        if !heard && !self.monitored {
            world.host_truncate(mark);
            return Ok(Outcome::Value(Value::EMPTY));
        }
        let come = mark + self.gone;
        let keys = if self.arrived {
            let wanted = with(world, |spaces| {
                spaces.wanted_at(self.space, PROCLAMATION, self.topic)
            })?;
            world.space_keys(come, wanted)?
        } else {
            Default::default()
        };
        // Begun with whatever event there is: each listener gets its own.
        let at = if comes { come } else { mark };
        let delivery = world.space_open(at, PROCLAMATION, self.topic, self.dst)?;
        let listed = self.list(world, mark, told, departure, &gone, keys.list());
        let Some(listeners) = listed? else {
            return Err(no_memory(world));
        };
        world.host_truncate(mark);
        self.deliver(world, delivery, listeners)
    }

    fn deliver(
        &self,
        world: &mut World,
        delivery: Delivery,
        listeners: Vec<Listener>,
    ) -> Raise<Outcome> {
        world.space_fuel(listeners.len() as u64)?;
        world.space_deliver(delivery, listeners)
    }

    /// Who hears of a departure; roots the event that tells it.
    fn find_gone(&self, world: &mut World, at: usize, departure: u32) -> Raise<Gone> {
        let (_, topic) = world.space_event_topic(world.host_temp(at))?;
        let act = SpaceAct::Departed;
        world.space_note(act, PROCLAMATION, Some(topic), self.space, None);
        let hash = world.space_hash_all(world.host_temp(at))?;
        let old = world.host_temp(at);
        let event = world.host_push(old)?;
        world.space_departure(departure, event)?;
        let mut threads: Vec<u64> = Vec::new();
        let mut place = 0;
        while let Some((found, number, other)) = with(world, |spaces| {
            spaces.spawned(self.space, topic, hash, place)
        })? {
            place = found + 1;
            world.space_fuel(1)?;
            if world.space_same(other, world.host_temp(at))? {
                if threads.try_reserve(1).is_err() {
                    return Err(no_memory(world));
                }
                threads.push(number);
            }
        }
        let heard = !threads.is_empty()
            || with(world, |spaces| {
                spaces.heard(self.space, PROCLAMATION, departure)
                    || spaces.heard(self.space, PROCLAMATION, topic)
            })?;
        Ok(Gone {
            topic,
            threads,
            heard,
        })
    }

    /// All listeners in order; `None` for want of memory. Allocates nothing in the World.
    fn list(
        &self,
        world: &mut World,
        mark: usize,
        told: usize,
        departure: u32,
        gone: &[Gone],
        keys: &[(u32, u64)],
    ) -> Raise<Option<Vec<Listener>>> {
        let mut all: Vec<Listener> = Vec::new();
        for (index, gone) in gone.iter().enumerate() {
            let (old, event) = (world.host_temp(mark + index), world.host_temp(told + index));
            let mut busy: Vec<u64> = Vec::new();
            for number in &gone.threads {
                let fiber = with(world, |spaces| {
                    spaces.threads.list.get(number).map(|thread| thread.fiber)
                })?;
                if fiber.is_none_or(|fiber| !world.space_listens(fiber)) {
                    if busy.try_reserve(1).is_err() {
                        return Ok(None);
                    }
                    busy.push(*number);
                }
            }
            let listed = with(world, |spaces| {
                spaces.list_gone(self.space, departure, gone, &busy, old, event, &mut all)
            })?;
            if listed.is_none() {
                return Ok(None);
            }
        }
        let event = world.host_temp(mark + self.gone);
        if self.monitored
            && let Some(monitor) = world.space_monitor(self.topic)?
        {
            if all.try_reserve(1).is_err() {
                return Ok(None);
            }
            all.push(Listener { event, ..monitor });
        }
        if self.arrived {
            let first = all.len();
            if !with(world, |spaces| {
                spaces.handlers(self.space, PROCLAMATION, self.topic, keys, &mut all)
            })? {
                return Ok(None);
            }
            for listener in all.iter_mut().skip(first) {
                listener.event = event;
            }
        }
        Ok(Some(all))
    }
}

/// A proclamation that is gone, and who hears of it.
struct Gone {
    topic: u32,
    /// Processes that it spawned.
    threads: Vec<u64>,
    /// Anybody.
    heard: bool,
}

impl Tuplespaces {
    /// The next thread from place `at` of those that a proclamation with arguments of a hash spawned: its place, number and
    /// event.
    fn spawned(&self, space: u32, topic: u32, hash: u64, at: usize) -> Option<(usize, u64, Value)> {
        let listed = self.threads.of_event.get(&(space, topic, hash))?.all();
        (at..).zip(listed.get(at..)?).find_map(|(place, number)| {
            let thread = self.threads.list.get(number)?;
            (!thread.departed).then_some((place, *number, thread.event))
        })
    }

    /// Lists who hears that an event is gone, in the order of registration; `busy` threads will when they ask. `None` for
    /// want of memory.
    #[allow(clippy::too_many_arguments)]
    fn list_gone(
        &mut self,
        space: u32,
        departure: u32,
        gone: &Gone,
        busy: &[u64],
        old: Value,
        event: Value,
        out: &mut Vec<Listener>,
    ) -> Option<()> {
        let mut found: Vec<Listener> = Vec::new();
        let enough = self.handlers(space, PROCLAMATION, departure, &[], &mut found);
        found.retain(|listener| listener.crossing == Crossing::No);
        for listener in &mut found {
            listener.event = event;
        }
        // Vassals translate what is gone like what comes.
        let mut relays: Vec<Listener> = Vec::new();
        let enough = enough && self.handlers(space, PROCLAMATION, gone.topic, &[], &mut relays);
        if !enough {
            return None;
        }
        relays.retain(|listener| listener.crossing == Crossing::Outward);
        found.try_reserve(relays.len() + gone.threads.len()).ok()?;
        found.extend(relays.iter().map(|listener| Listener {
            event: old,
            crossing: Crossing::Departure,
            ..*listener
        }));
        for number in &gone.threads {
            self.depart(*number);
            let thread = self.threads.list.get_mut(number)?;
            if busy.contains(number) {
                thread.waiting.try_reserve(1).ok()?;
                thread.waiting.push_back(event);
                self.note_young(*number)?;
                continue;
            }
            found.push(Listener {
                event,
                subscription: thread.subscription,
                ..Listener::of(thread.handle)
            });
        }
        found.sort_by_key(|listener| listener.subscription);
        out.try_reserve(found.len()).ok()?;
        out.extend(found.iter().map(|listener| Listener {
            peek: true,
            ..*listener
        }));
        Some(())
    }
}

/// The payloads pinned under a topic, in the order of pinning; through a vassal nothing shows but by its rules (`snapshot.rs`).
pub(crate) fn read_pins(world: &mut World, name: u32, first: u16) -> Raise<Value> {
    let topic = world.space_topic(name)?;
    let of = world.space_operand(first, 0);
    let space = match world.space_number(of) {
        None if world.space_attachable(of) => 0,
        _ => operand_space(world, first, 0)?,
    };
    let Some(pinned) = with(world, |spaces| spaces.pinned(space, Some(topic)))? else {
        return Err(no_memory(world));
    };
    let mark = world.host_mark();
    for number in pinned {
        let Some(event) = with(world, |spaces| {
            spaces.pins.get(&number).map(|pin| pin.event)
        })?
        else {
            continue;
        };
        world.space_fuel(1)?;
        let payload = world.space_payload(event)?;
        world.host_push(payload)?;
    }
    world.space_list(mark)
}
