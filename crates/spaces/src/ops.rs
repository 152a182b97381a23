//! The instructions of the space bank that the machine leaves to the spaces.

use machine::fault::{Fault, Raise};
use machine::fiber::Home;
use machine::host_memory::NoMemory;
use machine::space::{Listener, Outcome, Outward, PROCLAMATION, SpaceOp};
use machine::space_trace::SpaceAct;
use machine::value::Value;
use machine::world::World;

use crate::table::{
    PIN_BYTES, Pin, Rules, SPACE_BYTES, SUBSCRIPTION_BYTES, Subscription, TOPIC_BYTES, Topics,
    Tuplespaces, copied, has,
};

/// Flags of `write`.
const RECEIVER: u32 = 1;
const SPREAD: u32 = 2;
const RETRACT_OWN: u32 = 4;
const RETRACT_ALL: u32 = 8;
/// Topic under which listeners hear that a proclamation is gone; its argument is the event.
const DEPARTURE: &str = "empty";

/// Runs an instruction.
pub(crate) fn run(
    world: &mut World,
    op: SpaceOp,
    args: [u32; 4],
    first: u16,
    count: usize,
    dst: u16,
) -> Raise<Outcome> {
    match op {
        SpaceOp::NewRealm => {
            let parent = if args[0] & 1 != 0 {
                Outward::Top
            } else {
                Outward::Space(here(world)?)
            };
            let space = new_space(world, parent, None)?;
            stand_for(world, space, false).map(Outcome::Value)
        }
        SpaceOp::Write => write(world, args, first, count, dst),
        SpaceOp::Subscribe => subscribe(world, args, first, dst),
        SpaceOp::ReadPins => read_pins(world, args[0], first).map(Outcome::Value),
        SpaceOp::RunIn => {
            let space = operand_space(world, first, 0)?;
            let thunk = world.space_operand(first, 1);
            if !world.space_handler(thunk) {
                return Err(world.space_type_fault("a thunk", thunk));
            }
            world.space_run_in(space, first, 1, dst)
        }
        SpaceOp::MakeVassal => {
            let handler = world.space_operand(first, 0);
            if !world.space_handler(handler) {
                return Err(world.space_type_fault("a routine with the rules", handler));
            }
            let topics = world.space_topics(args[0])?;
            world.space_charge(topics.len() * TOPIC_BYTES)?;
            let space = new_space(world, Outward::Top, None)?;
            let handler = world.space_operand(first, 0);
            with(world, |spaces| {
                if let Some(space) = spaces.get_mut(space) {
                    space.rules = Some(Rules {
                        topics,
                        handler,
                        target: 0,
                    });
                }
            })?;
            stand_for(world, space, true).map(Outcome::Value)
        }
        SpaceOp::ApplyVassal => {
            let vassal = operand_space(world, first, 0)?;
            let target = operand_space(world, first, 1)?;
            let count = with(world, |spaces| {
                let rules = spaces.get(vassal).and_then(|space| space.rules.as_ref());
                rules.map_or(0, |rules| rules.topics.len())
            })?;
            world.space_charge(count * TOPIC_BYTES)?;
            let space = new_space(world, Outward::Top, None)?;
            let applied: Result<bool, NoMemory> = with(world, |spaces| {
                let rules = spaces.get(vassal).and_then(|space| space.rules.as_ref());
                let Some(rules) = rules else { return Ok(false) };
                let rules = Rules {
                    topics: copied(&rules.topics).ok_or(NoMemory)?,
                    handler: rules.handler,
                    target,
                };
                if let Some(space) = spaces.get_mut(space) {
                    space.rules = Some(rules);
                }
                Ok(true)
            })?;
            let Ok(applied) = applied else {
                return Err(no_memory(world));
            };
            if !applied {
                let found = world.space_operand(first, 0);
                return Err(world.space_type_fault("a vassal", found));
            }
            stand_for(world, space, true).map(Outcome::Value)
        }
    }
}

/// The spaces, for as long as nothing is allocated.
fn with<T>(world: &mut World, f: impl FnOnce(&mut Tuplespaces) -> T) -> Raise<T> {
    match world.spaces_mut::<Tuplespaces>() {
        Some(spaces) => Ok(f(spaces)),
        None => Err(world.space_fault(Fault::Internal, "the spaces are others")),
    }
}

fn no_memory(world: &mut World) -> machine::fault::Raised {
    world.space_fault(Fault::Mem, "the host has no memory left")
}

fn new_space(world: &mut World, parent: Outward, fiber: Option<(u32, u32)>) -> Raise<u32> {
    world.space_charge(SPACE_BYTES)?;
    match with(world, |spaces| spaces.add(parent, fiber))? {
        Some(space) => Ok(space),
        None => Err(no_memory(world)),
    }
}

/// A realm or vassal for a space just made.
fn stand_for(world: &mut World, space: u32, vassal: bool) -> Raise<Value> {
    let value = world.space_value(space, vassal)?;
    with(world, |spaces| {
        if let Some(space) = spaces.get_mut(space) {
            space.realm = value.as_ticket().0;
            space.newborn = false;
        }
    })?;
    world.space_note(SpaceAct::Made, 0, None, space, None);
    Ok(value)
}

/// The space of a realm or vassal operand.
fn operand_space(world: &mut World, first: u16, index: usize) -> Raise<u32> {
    let value = world.space_operand(first, index);
    match world.space_number(value) {
        Some(space) => Ok(space),
        None => Err(world.space_type_fault("a realm", value)),
    }
}

/// The space of the running fiber, made if need be together with those of the fibers around it.
fn here(world: &mut World) -> Raise<u32> {
    let (current, _) = world.space_fiber();
    let mut missing = Vec::new();
    let mut at = Some(current);
    let mut outer = 0;
    while let Some(index) = at {
        let Some((space, home, parent)) = world.space_of_fiber(index) else {
            break;
        };
        if space != 0 {
            outer = space;
            break;
        }
        world.space_fuel(1)?;
        if missing.try_reserve(1).is_err() {
            return Err(no_memory(world));
        }
        missing.push(index);
        match home {
            Home::Space(space) => {
                outer = space;
                break;
            }
            Home::Fiber(index, generation) => {
                at = world.space_fiber_lives(index, generation).then_some(index)
            }
            Home::Parent => at = parent,
        }
    }
    while let Some(index) = missing.pop() {
        let generation = world.space_fiber_generation(index);
        let space = new_space(
            world,
            Outward::Fiber {
                index,
                generation,
                otherwise: outer,
            },
            Some((index, generation)),
        )?;
        world.set_space_of_fiber(index, space);
        outer = space;
    }
    Ok(outer)
}

/// The events of a set that rules let through; `None` if the host has no memory for them. The set is sorted.
fn narrow(topics: &mut Topics, allowed: &[(u32, Option<u32>)]) -> Option<Topics> {
    // Of the same entry twice, one is enough: without this a list of "all of a kind" would grow by a list each.
    topics.sort_unstable();
    topics.dedup();
    let mut narrowed = Topics::new();
    for &(kind, topic) in topics.iter() {
        match topic {
            Some(topic) if has(allowed, kind, topic) => {
                narrowed.try_reserve(1).ok()?;
                narrowed.push((kind, Some(topic)));
            }
            Some(_) => {}
            None => {
                for entry in allowed.iter().filter(|(of, _)| *of == kind) {
                    narrowed.try_reserve(1).ok()?;
                    narrowed.push(*entry);
                }
            }
        }
    }
    Some(narrowed)
}

fn subscribe(world: &mut World, args: [u32; 4], first: u16, dst: u16) -> Raise<Outcome> {
    let mut space = operand_space(world, first, 0)?;
    let handler = world.space_operand(first, 1);
    let owner = world.space_process();
    let mut topics = world.space_topics(args[0])?;
    // A subscription to a vassal is one to what is behind it, as far as its rules let events through.
    while let Some((target, count)) = with(world, |spaces| {
        spaces
            .get(space)
            .and_then(|space| space.rules.as_ref())
            .map(|rules| (rules.target, rules.topics.len()))
    })? {
        world.space_fuel((topics.len() * count) as u64 / 8 + 1)?;
        let narrowed = with(world, |spaces| {
            let rules = spaces.get(space).and_then(|space| space.rules.as_ref());
            narrow(&mut topics, rules.map_or(&[], |rules| &rules.topics))
        })?;
        topics = match narrowed {
            Some(narrowed) => narrowed,
            None => return Err(no_memory(world)),
        };
        space = target;
        if space == 0 {
            break;
        }
    }
    if handler.is_empty() {
        let removed = with(world, |spaces| {
            spaces.unsubscribe(space, |subscription| subscription.owner == owner)
        })?;
        world.space_refund(removed * SUBSCRIPTION_BYTES);
        world.space_note(SpaceAct::Unsubscribed, 0, None, space, None);
        return Ok(Outcome::Value(Value::EMPTY));
    }
    if !world.space_handler(handler) {
        return Err(world.space_type_fault("a handler", handler));
    }
    for &(kind, topic) in &topics {
        world.space_note(SpaceAct::Subscribed, kind, topic, space, None);
    }
    let home = Home::Space(here(world)?);
    world.space_charge(SUBSCRIPTION_BYTES + topics.len() * TOPIC_BYTES)?;
    let peek = args[1] & 1 != 0;
    let pinned = with(world, |spaces| {
        spaces
            .get(space)
            .and_then(|space| {
                space
                    .pins
                    .iter()
                    .find(|pin| has(&topics, PROCLAMATION, pin.topic))
            })
            .map(|pin| (pin.event, pin.topic))
    })?;
    // The delivery is begun before the listeners are listed: from then on nothing is allocated until it has them.
    let delivery = match pinned {
        Some((event, topic)) => {
            let mark = world.host_push(event)?;
            let delivery = world.space_open(mark, PROCLAMATION, topic, dst)?;
            world.host_truncate(mark);
            Some(delivery)
        }
        None => None,
    };
    let handler = world.space_operand(first, 1);
    let mut late: Vec<Listener> = Vec::new();
    let added = with(world, |spaces| {
        if let Some(space) = spaces.get(space) {
            if late.try_reserve(space.pins.len()).is_err() {
                return false;
            }
            for pin in &space.pins {
                if has(&topics, PROCLAMATION, pin.topic) {
                    late.push(Listener {
                        handler,
                        home,
                        peek: true,
                        event: pin.event,
                    });
                }
            }
        }
        spaces.subscribe(
            space,
            Subscription {
                topics,
                handler,
                home,
                peek,
                owner,
            },
        )
    })?;
    if !added {
        return Err(no_memory(world));
    }
    match delivery {
        Some(delivery) => world.space_deliver(delivery, late),
        None => Ok(Outcome::Value(Value::EMPTY)),
    }
}

fn write(world: &mut World, args: [u32; 4], first: u16, count: usize, dst: u16) -> Raise<Outcome> {
    let mut flags = args[2];
    let topic = world.space_topic(args[0])?;
    let receiver = flags & RECEIVER != 0;
    // Proclaiming nothing takes back what one has proclaimed (docs/specs/rhumb.md §5.6).
    let given = usize::from(receiver);
    if flags & (SPREAD | RETRACT_ALL) == 0
        && count == given + 1
        && world.space_operand(first, given).is_empty()
    {
        flags |= RETRACT_OWN;
    }
    let proclaimer = world.space_proclaimer();
    let space = if receiver {
        operand_space(world, first, 0)?
    } else {
        // Nobody can listen to the space of an activation but the selector attached to its call.
        if world.space_monitor(topic)?.is_none() {
            return Ok(Outcome::Value(Value::EMPTY));
        }
        here(world)?
    };
    let owner = world.space_process();
    if !receiver && world.space_is_activation(proclaimer) {
        // The calls that proclaimed before in this fiber have returned, and their pins have gone with them.
        let gone = with(world, |spaces| {
            let Some(space) = spaces.get_mut(space) else {
                return 0;
            };
            let before = space.pins.len();
            space
                .pins
                .retain(|pin| pin.proclaimer >> 63 == 0 || pin.proclaimer == proclaimer);
            before - space.pins.len()
        })?;
        world.space_refund(gone * PIN_BYTES);
    }
    if flags & (RETRACT_OWN | RETRACT_ALL) != 0 {
        let all = flags & RETRACT_ALL != 0;
        let every = world.space_topic_text(topic).is_empty();
        let mut gone: Vec<(u32, Value)> = Vec::new();
        let room = with(world, |spaces| {
            let Some(space) = spaces.get_mut(space) else {
                return true;
            };
            let goes =
                |pin: &Pin| (every || pin.topic == topic) && (all || pin.proclaimer == proclaimer);
            let count = space.pins.iter().filter(|pin| goes(pin)).count();
            if gone.try_reserve_exact(count).is_err() {
                return false;
            }
            space.pins.retain(|pin| {
                let goes = goes(pin);
                if goes {
                    gone.push((pin.topic, pin.event));
                }
                !goes
            });
            true
        })?;
        if !room {
            return Err(no_memory(world));
        }
        world.space_refund(gone.len() * PIN_BYTES);
        for &(topic, _) in &gone {
            world.space_note(SpaceAct::Retracted, PROCLAMATION, Some(topic), space, None);
        }
        let gone = departed(world, space, &gone)?;
        return notify(world, space, topic, &gone, None, dst);
    }
    let event = world.space_event(
        PROCLAMATION,
        topic,
        first,
        usize::from(receiver),
        count,
        flags & SPREAD != 0,
    )?;
    // A vassal lets it through by its rules, or not at all.
    if with(world, |spaces| {
        spaces.get(space).is_some_and(|space| space.rules.is_some())
    })? {
        if !with(world, |spaces| spaces.heard(space, PROCLAMATION, topic))? {
            return Ok(Outcome::Value(Value::EMPTY));
        }
        let mark = world.host_push(event)?;
        let delivery = world.space_open(mark, PROCLAMATION, topic, dst)?;
        world.host_truncate(mark);
        let mut listeners = Vec::new();
        if !with(world, |spaces| {
            spaces.handlers(space, PROCLAMATION, topic, &mut listeners)
        })? {
            return Err(no_memory(world));
        }
        return world.space_deliver(delivery, listeners);
    }
    let mark = world.host_push(event)?;
    let place = with(world, |spaces| {
        let space = spaces.get(space)?;
        space
            .pins
            .iter()
            .position(|pin| pin.topic == topic && pin.proclaimer == proclaimer)
    })?;
    let known = already_there(world, space, topic, mark)?;
    if place.is_none() {
        world.space_charge(PIN_BYTES)?;
    }
    let event = world.host_temp(mark);
    let replaced = with(world, |spaces| {
        let Some(space) = spaces.get_mut(space) else {
            return Ok(None);
        };
        if let Some(pin) = place.and_then(|place| space.pins.get_mut(place)) {
            let old = std::mem::replace(&mut pin.event, event);
            return Ok(Some(old));
        }
        if space.pins.try_reserve(1).is_err() {
            return Err(());
        }
        space.pins.push(Pin {
            topic,
            proclaimer,
            owner,
            event,
        });
        Ok(None)
    })?;
    let Ok(replaced) = replaced else {
        return Err(no_memory(world));
    };
    world.space_note(SpaceAct::Pinned, PROCLAMATION, Some(topic), space, None);
    let mut gone = Vec::new();
    if let Some(old) = replaced {
        let at = world.host_push(old)?;
        let still = already_there(world, space, topic, at)?;
        let same = world.space_same(world.host_temp(at), world.host_temp(mark))?;
        if !still && !same && gone.try_reserve(1).is_ok() {
            gone.push(world.host_temp(at));
        }
    }
    let event = world.host_temp(mark);
    let monitor = if receiver {
        None
    } else {
        world.space_monitor(topic)?
    };
    world.host_truncate(mark);
    if known && gone.is_empty() && monitor.is_none() {
        return Ok(Outcome::Value(Value::EMPTY));
    }
    notify_arrival(
        world,
        space,
        topic,
        &gone,
        (!known).then_some(event),
        event,
        monitor,
        dst,
    )
}

/// Of the proclamations taken back those whose like is not pinned any more, each once: what several proclaimed alike is
/// gone when the last of them has taken it back (docs/specs/rhumb.md §5.6).
fn departed(world: &mut World, space: u32, gone: &[(u32, Value)]) -> Raise<Vec<Value>> {
    let mark = world.host_mark();
    for &(_, event) in gone {
        world.host_push(event)?;
    }
    let mut left: Vec<(u32, usize)> = Vec::new();
    'events: for (at, &(topic, _)) in (mark..).zip(gone) {
        if already_there(world, space, topic, at)? {
            continue;
        }
        for &(its, other) in &left {
            world.space_fuel(1)?;
            if its == topic && world.space_same(world.host_temp(other), world.host_temp(at))? {
                continue 'events;
            }
        }
        if left.try_reserve(1).is_err() {
            return Err(no_memory(world));
        }
        left.push((topic, at));
    }
    let mut events = Vec::new();
    if events.try_reserve(left.len()).is_err() {
        return Err(no_memory(world));
    }
    events.extend(left.iter().map(|&(_, at)| world.host_temp(at)));
    world.host_truncate(mark);
    Ok(events)
}

/// Is a tuple with the arguments of the event in root `at` pinned under a topic?
fn already_there(world: &mut World, space: u32, topic: u32, at: usize) -> Raise<bool> {
    let mut index = 0;
    loop {
        let pin = with(world, |spaces| {
            let pins = &spaces.get(space)?.pins;
            let found = pins.iter().skip(index).position(|pin| pin.topic == topic)? + index;
            Some((found, pins.get(found)?.event))
        })?;
        let Some((found, event)) = pin else {
            return Ok(false);
        };
        world.space_fuel(1)?;
        let own = world.host_temp(at);
        if world.space_same(event, own)? {
            return Ok(true);
        }
        index = found + 1;
    }
}

fn notify(
    world: &mut World,
    space: u32,
    topic: u32,
    gone: &[Value],
    arrived: Option<Value>,
    dst: u16,
) -> Raise<Outcome> {
    notify_arrival(world, space, topic, gone, arrived, Value::HOLE, None, dst)
}

/// Tells the listeners of a space what is gone, then what has come; a prompt that sees the proclamation first.
#[allow(clippy::too_many_arguments)]
fn notify_arrival(
    world: &mut World,
    space: u32,
    topic: u32,
    gone: &[Value],
    arrived: Option<Value>,
    event: Value,
    monitor: Option<Listener>,
    dst: u16,
) -> Raise<Outcome> {
    let mark = world.host_mark();
    world.host_push(event)?;
    world.host_push(arrived.unwrap_or(Value::HOLE))?;
    for old in gone {
        world.host_push(*old)?;
    }
    for _ in gone {
        world.space_note(SpaceAct::Departed, PROCLAMATION, Some(topic), space, None);
    }
    let monitored = monitor.is_some();
    world.host_push(monitor.map_or(Value::HOLE, |listener| listener.handler))?;
    let departure = world.space_intern(DEPARTURE)?;
    // What is gone is the argument of an event of its own, so that a listener of both can tell them apart.
    for at in 0..gone.len() {
        world.space_departure(departure, mark + 2 + at)?;
    }
    let heard = with(world, |spaces| {
        (!gone.is_empty() && spaces.heard(space, PROCLAMATION, departure))
            || (arrived.is_some() && spaces.heard(space, PROCLAMATION, topic))
    })?;
    if !heard && !monitored {
        world.host_truncate(mark);
        return Ok(Outcome::Value(Value::EMPTY));
    }
    // Begun with whatever event there is: each listener gets its own.
    let at = if gone.is_empty() { mark } else { mark + 2 };
    let delivery = world.space_open(at, PROCLAMATION, topic, dst)?;
    // From here on nothing is allocated until the delivery has the listeners.
    let mut left: Vec<Listener> = Vec::new();
    let mut come: Vec<Listener> = Vec::new();
    let listed = with(world, |spaces| {
        spaces.handlers(space, PROCLAMATION, departure, &mut left)
            && spaces.handlers(space, PROCLAMATION, topic, &mut come)
    })?;
    let mut all: Vec<Listener> = Vec::new();
    let more = left.len().saturating_mul(gone.len()) + come.len() + 1;
    if !listed || all.try_reserve(more).is_err() {
        return Err(no_memory(world));
    }
    let (event, arrived) = (world.host_temp(mark), world.host_temp(mark + 1));
    for at in 0..gone.len() {
        let old = world.host_temp(mark + 2 + at);
        all.extend(left.iter().map(|listener| Listener {
            event: old,
            peek: true,
            ..*listener
        }));
    }
    let handler = world.host_temp(mark + 2 + gone.len());
    all.extend(monitor.map(|listener| Listener {
        event,
        handler,
        ..listener
    }));
    if !arrived.same(Value::HOLE) {
        all.extend(come.iter().map(|listener| Listener {
            event: arrived,
            ..*listener
        }));
    }
    world.host_truncate(mark);
    world.space_fuel(more as u64)?;
    world.space_deliver(delivery, all)
}

/// The payloads pinned under a topic, in the order of pinning.
fn read_pins(world: &mut World, name: u32, first: u16) -> Raise<Value> {
    let topic = world.space_topic(name)?;
    let mut space = operand_space(world, first, 0)?;
    while let Some((target, allowed)) = with(world, |spaces| {
        spaces
            .get(space)
            .and_then(|space| space.rules.as_ref())
            .map(|rules| (rules.target, has(&rules.topics, PROCLAMATION, topic)))
    })? {
        space = if allowed { target } else { 0 };
        if space == 0 {
            break;
        }
    }
    let mark = world.host_mark();
    let mut index = 0;
    loop {
        let pin = with(world, |spaces| {
            let pins = &spaces.get(space)?.pins;
            let found = pins.iter().skip(index).position(|pin| pin.topic == topic)? + index;
            Some((found, pins.get(found)?.event))
        })?;
        let Some((found, event)) = pin else { break };
        world.space_fuel(1)?;
        let payload = world.space_payload(event)?;
        world.host_push(payload)?;
        index = found + 1;
    }
    world.space_list(mark)
}
