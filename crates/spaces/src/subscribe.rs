//! `subscribe`: to a realm, or through vassals to what is behind them.
//!
//! A subscription through a vassal is one to a space of its own, the outlet, which hears what the vassal's rules let
//! through: the rules are subscribed to what is behind the vassal, and pass on to the outlet what they answer.

use machine::fault::Raise;
use machine::fiber::Home;
use machine::host_memory::NoMemory;
use machine::space::{Listener, Outcome, Outward, PROCLAMATION};
use machine::space_trace::SpaceAct;
use machine::value::Value;
use machine::world::World;

use crate::numbers::Numbers;
use crate::ops::{here, new_space, no_memory, operand_space, operand_space_made, with};
use crate::table::{SUBSCRIPTION_BYTES, Subscription, TOPIC_BYTES, Topics, Tuplespaces, copied};

pub(crate) fn subscribe(world: &mut World, args: [u32; 4], first: u16, dst: u16) -> Raise<Outcome> {
    let filter = world.space_take_filter();
    if world.space_operand(first, 1).is_empty() {
        return unsubscribe(world, first, dst);
    }
    let topics = world.space_topics(args[0])?;
    if topics.is_empty() && world.space_number(world.space_operand(first, 1)).is_some() {
        return crate::snapshot::take(world, first, dst);
    }
    let asked = operand_space_made(world, first, 0)?;
    let handler = world.space_operand(first, 1);
    if !world.space_handler(handler) {
        return Err(world.space_type_fault("a handler", handler));
    }
    let (space, vassals) = behind(world, asked)?;
    if space == 0 {
        // A vassal of nothing.
        return Ok(Outcome::Value(Value::EMPTY));
    }
    for &(kind, topic) in &topics {
        world.space_note(SpaceAct::Subscribed, kind, topic, asked, None);
    }
    let home = Home::Space(here(world)?);
    world.space_charge(SUBSCRIPTION_BYTES + topics.len() * TOPIC_BYTES)?;
    let mut outlets: Vec<u32> = Vec::new();
    if outlets.try_reserve_exact(vassals.len()).is_err() {
        return Err(no_memory(world));
    }
    for vassal in &vassals {
        let made = outlet(world, *vassal);
        match made {
            Ok(outlet) => outlets.push(outlet),
            Err(raised) => {
                settle(world, &outlets)?;
                return Err(raised);
            }
        }
    }
    let subscription = Subscription {
        space: outlets.last().copied().unwrap_or(space),
        asked,
        topics,
        filter,
        handler: Value::EMPTY,
        home,
        peek: args[1] & 1 != 0,
        relay: false,
        owner: (0, 0),
        threads: Numbers::default(),
    };
    let registered = register(world, space, &vassals, &outlets, subscription, first, dst);
    settle(world, &outlets)?;
    registered
}

/// What is behind the vassals that a space is one of, 0 for nothing; and the vassals, the inmost first.
pub(crate) fn behind(world: &mut World, asked: u32) -> Raise<(u32, Vec<u32>)> {
    let mut vassals: Vec<u32> = Vec::new();
    let mut space = asked;
    while let Some(target) = with(world, |spaces| {
        let rules = spaces.get(space)?.rules.as_ref()?;
        Some(rules.target)
    })? {
        world.space_fuel(1)?;
        if vassals.try_reserve(1).is_err() {
            return Err(no_memory(world));
        }
        vassals.push(space);
        space = target;
    }
    vassals.reverse();
    Ok((space, vassals))
}

/// A space for what a vassal lets through, with the bytes of the subscription that it will get counted.
pub(crate) fn outlet(world: &mut World, vassal: u32) -> Raise<u32> {
    let count = with(world, |spaces| {
        let rules = spaces.get(vassal).and_then(|space| space.rules.as_ref());
        rules.map_or(0, |rules| rules.topics.len())
    })?;
    world.space_charge(SUBSCRIPTION_BYTES + count * TOPIC_BYTES)?;
    new_space(world, Outward::Top, None, 0)
}

/// Outlets live from now on as long as what goes on to them.
pub(crate) fn settle(world: &mut World, outlets: &[u32]) -> Raise<()> {
    with(world, |spaces| {
        for outlet in outlets {
            if let Some(space) = spaces.get_mut(*outlet) {
                space.newborn = false;
            }
        }
    })
}

fn register(
    world: &mut World,
    space: u32,
    vassals: &[u32],
    outlets: &[u32],
    mut own: Subscription,
    first: u16,
    dst: u16,
) -> Raise<Outcome> {
    own.owner = world.space_owner();
    let Some(heard) = with(world, |spaces| -> Option<Topics> {
        match vassals.first() {
            Some(vassal) => copied(&spaces.get(*vassal)?.rules.as_ref()?.topics),
            None => copied(&own.topics),
        }
    })?
    else {
        return Err(no_memory(world));
    };
    let Some(mut numbers) = with(world, |spaces| spaces.pinned_of(space, &heard))? else {
        return Err(no_memory(world));
    };
    world.space_fuel(numbers.len() as u64)?;
    told_once(world, &mut numbers)?;
    let pinned = with(world, |spaces| {
        let pin = spaces.pins.get(numbers.first()?)?;
        Some((pin.event, pin.topic))
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
    own.handler = world.space_operand(first, 1);
    let added = with(world, |spaces| {
        let listener = spaces
            .add_all(space, vassals, outlets, own)
            .ok_or(NoMemory)?;
        let mut late: Vec<Listener> = Vec::new();
        late.try_reserve_exact(numbers.len())
            .map_err(|_| NoMemory)?;
        for number in &numbers {
            if let Some(pin) = spaces.pins.get(number) {
                late.push(Listener {
                    peek: true,
                    event: pin.event,
                    ..listener
                });
            }
        }
        Ok::<_, NoMemory>(late)
    })?;
    let Ok(late) = added else {
        return Err(no_memory(world));
    };
    match delivery {
        Some(delivery) => world.space_deliver(delivery, late),
        None => Ok(Outcome::Value(Value::EMPTY)),
    }
}

/// Leaves of pins those that are not equal to an earlier one: what several proclaim alike is there once
/// (docs/specs/rhumb.md §5.6).
fn told_once(world: &mut World, numbers: &mut Vec<u64>) -> Raise<()> {
    let mut left = 0;
    for at in 0..numbers.len() {
        let Some(number) = numbers.get(at).copied() else {
            break;
        };
        if is_first(world, number)?
            && let Some(place) = numbers.get_mut(left)
        {
            *place = number;
            left += 1;
        }
    }
    numbers.truncate(left);
    Ok(())
}

/// Is no earlier pin of its space equal to a pin?
fn is_first(world: &mut World, number: u64) -> Raise<bool> {
    let mut place = 0;
    while let Some((own, found, other)) = with(world, |spaces| {
        let pin = spaces.pins.get(&number)?;
        let (found, other) = spaces.alike(pin.space, pin.topic, pin.hash, place)?;
        Some((pin.event, found, other))
    })? {
        if own.same(other) {
            return Ok(true);
        }
        world.space_fuel(1)?;
        if world.space_same(own, other)? {
            return Ok(false);
        }
        place = found + 1;
    }
    Ok(true)
}

impl Tuplespaces {
    /// Registers the rules of vassals, the inmost first, each in the outlet before it, and a subscription in the last
    /// outlet. Answers what listens in `space`.
    fn add_all(
        &mut self,
        mut space: u32,
        vassals: &[u32],
        outlets: &[u32],
        own: Subscription,
    ) -> Option<Listener> {
        let mut listener: Option<Listener> = None;
        for (vassal, outlet) in vassals.iter().zip(outlets) {
            let rules = self.get(*vassal)?.rules.as_ref()?;
            let relay = Subscription {
                space,
                asked: own.asked,
                topics: copied(&rules.topics)?,
                filter: None,
                handler: rules.handler,
                home: Home::Space(*outlet),
                peek: false,
                relay: true,
                owner: own.owner,
                threads: Numbers::default(),
            };
            let shape = relay.listener(0);
            let subscription = self.subscribe(relay)?;
            listener.get_or_insert(Listener {
                subscription,
                ..shape
            });
            space = *outlet;
        }
        let shape = own.listener(0);
        let subscription = self.subscribe(own)?;
        Some(listener.unwrap_or(Listener {
            subscription,
            ..shape
        }))
    }
}

/// `R <> ___`: removes what the running process registered by naming the space.
fn unsubscribe(world: &mut World, first: u16, dst: u16) -> Raise<Outcome> {
    let of = world.space_operand(first, 0);
    if world.space_attachable(of) && world.space_number(of).is_none() {
        // Nobody has ever subscribed to it.
        return Ok(Outcome::Value(Value::EMPTY));
    }
    let asked = operand_space(world, first, 0)?;
    let owners = world.space_owners()?;
    let found = with(world, |spaces| spaces.own_of(asked, &owners))?;
    let Some(found) = found else {
        return Err(no_memory(world));
    };
    world.space_fuel(found.len() as u64)?;
    let bytes = with(world, |spaces| {
        found
            .iter()
            .map(|number| spaces.unsubscribe(*number))
            .sum::<usize>()
    })?;
    world.space_refund(bytes);
    world.space_note(SpaceAct::Unsubscribed, 0, None, asked, None);
    world.space_end_orphans();
    // What its processes had pinned is gone with them.
    crate::proclaim::tell_retracted(world, dst)
}
