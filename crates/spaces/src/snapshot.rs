//! `subscribe` of a realm, to no events: what is pinned behind a vassal is pinned, as its rules show it, in that realm of the reader's own
//! (`<P$t>`, docs/specs/rhumb.md §5.6, §5.8). Nothing stays subscribed.

use machine::fault::Raise;
use machine::fiber::Home;
use machine::host_memory::NoMemory;
use machine::space::{Crossing, Listener, Outcome, PROCLAMATION};
use machine::value::Value;
use machine::world::World;

use crate::numbers::Numbers;
use crate::ops::{no_memory, operand_space, with};
use crate::subscribe::{behind, outlet, settle};
use crate::table::{Owner, Snapshot, Subscription, Tuplespaces, copied};

/// Operands: the vassal, the realm.
pub(crate) fn take(world: &mut World, first: u16, dst: u16) -> Raise<Outcome> {
    let asked = operand_space(world, first, 0)?;
    let own = operand_space(world, first, 1)?;
    let (space, vassals) = behind(world, asked)?;
    let Some((inmost, others)) = vassals.split_first().filter(|_| space != 0) else {
        // A vassal of nothing.
        return Ok(Outcome::Value(Value::EMPTY));
    };
    let mut outlets: Vec<u32> = Vec::new();
    if outlets.try_reserve_exact(vassals.len()).is_err() {
        return Err(no_memory(world));
    }
    for vassal in others {
        match outlet(world, *vassal) {
            Ok(outlet) => outlets.push(outlet),
            Err(raised) => {
                settle(world, &outlets)?;
                return Err(raised);
            }
        }
    }
    outlets.push(own);
    let owner = world.space_owner();
    let linked = with(world, |spaces| spaces.link(others, &outlets, own, owner))?;
    settle(world, &outlets)?;
    if linked.is_none() {
        return Err(no_memory(world));
    }
    let home = Home::Space(outlets.first().copied().unwrap_or(own));
    show(world, space, *inmost, home, dst)
}

/// The rules of the inmost vassal see what is pinned behind it.
fn show(world: &mut World, space: u32, vassal: u32, home: Home, dst: u16) -> Raise<Outcome> {
    let pinned = with(world, |spaces| {
        let topics = spaces
            .get(vassal)
            .and_then(|space| space.rules.as_ref())
            .map_or(&[][..], |rules| &rules.topics);
        let numbers = spaces.pinned_of(space, topics).ok_or(NoMemory)?;
        let first = numbers.first().and_then(|number| spaces.pins.get(number));
        Ok::<_, NoMemory>(first.map(|pin| (pin.event, pin.topic, numbers)))
    })?;
    let Ok(pinned) = pinned else {
        return Err(no_memory(world));
    };
    let Some((event, topic, numbers)) = pinned else {
        return Ok(Outcome::Value(Value::EMPTY));
    };
    world.space_fuel(numbers.len() as u64)?;
    // From here on nothing is allocated until the delivery has its listeners.
    let mark = world.host_push(event)?;
    let delivery = world.space_open(mark, PROCLAMATION, topic, dst)?;
    world.host_truncate(mark);
    let listeners = with(world, |spaces| {
        let mut listeners: Vec<Listener> = Vec::new();
        listeners.try_reserve_exact(numbers.len()).ok()?;
        let rules = spaces.get(vassal)?.rules.as_ref()?;
        for number in &numbers {
            if let Some(pin) = spaces.pins.get(number) {
                listeners.push(Listener {
                    home,
                    peek: true,
                    event: pin.event,
                    crossing: Crossing::Outward,
                    ..Listener::of(rules.handler)
                });
            }
        }
        Some(listeners)
    })?;
    match listeners {
        Some(listeners) => world.space_deliver(delivery, listeners),
        None => Err(no_memory(world)),
    }
}

impl Tuplespaces {
    /// The rules of the vassals around the inmost listen in the outlets, each in that of the vassal before it; the last
    /// outlet, a realm's, keeps what comes. `None` for want of memory.
    fn link(&mut self, others: &[u32], outlets: &[u32], own: u32, owner: Owner) -> Option<()> {
        for (vassal, ends) in others.iter().zip(outlets.windows(2)) {
            let &[from, to] = ends else { continue };
            let rules = self.get(*vassal)?.rules.as_ref()?;
            let relay = Subscription {
                space: from,
                asked: own,
                topics: copied(&rules.topics)?,
                filter: None,
                handler: rules.handler,
                home: Home::Space(to),
                peek: false,
                relay: true,
                owner,
                threads: Numbers::default(),
            };
            self.subscribe(relay)?;
        }
        let first = outlets.first().copied().filter(|first| *first != own);
        self.get_mut(own)?.snapshot = Some(Snapshot {
            first: first.unwrap_or(0),
            owner,
        });
        Some(())
    }
}
