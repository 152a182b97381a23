//! `next_event`: processes of subscriptions that stay until what they came for departs (docs/specs/rhumb.md §5.5).

use machine::fault::{Fault, Raise};
use machine::space::Outcome;
use machine::value::{Kind, Value};
use machine::world::World;

use crate::ops::{no_memory, with};
use crate::table::Tuplespaces;
use crate::threads::{THREAD_BYTES, Thread};

/// The next event of the running handler. The first time that is its own event, unless a process of the same subscription
/// with equal bindings waits: then that one gets it, and the handler ends. Later the handler waits for events that others
/// hand over, and for the departure of its first; without an event it says that it has not taken the last one (§5.3 2). Empty:
/// the subscription is gone.
pub(crate) fn next_event(world: &mut World, first: u16, dst: u16) -> Raise<Outcome> {
    let fiber = world.space_fiber();
    if world.space_operand(first, 1).is_empty() {
        world.space_missed();
    }
    let known = with(world, |spaces| {
        let thread = spaces.thread_of(fiber)?;
        let event = thread.waiting.pop_front();
        Some((event, thread.departed && thread.waiting.is_empty()))
    })?;
    match known {
        Some((Some(event), last)) => {
            if last {
                let mark = world.host_push(event)?;
                // What it has made goes before it hears that its event has departed.
                world.space_give_up();
                let event = world.host_temp(mark);
                world.host_truncate(mark);
                return Ok(Outcome::Value(event));
            }
            Ok(Outcome::Value(event))
        }
        // It has heard of the departure already.
        Some((None, true)) => Ok(Outcome::Value(Value::EMPTY)),
        Some((None, false)) => world.space_listen(dst),
        None => enter(world, first, fiber),
    }
}

fn enter(world: &mut World, first: u16, fiber: (u32, u32)) -> Raise<Outcome> {
    let Some(subscription) = world.space_subscription() else {
        return Err(world.space_fault(Fault::State, "no handler of a subscription runs here"));
    };
    let bindings = world.space_operand(first, 0);
    let event = world.space_operand(first, 1);
    if bindings.kind() != Kind::Map || !world.space_is_event(event) {
        return Err(world.space_type_fault("bindings and an event", event));
    }
    let bindings_hash = world.space_hash_all(bindings)?;
    let event = world.space_operand(first, 1);
    let event_hash = world.space_hash_all(event)?;
    let event = world.space_operand(first, 1);
    let (_, topic) = world.space_event_topic(event)?;
    let mut at = 0;
    while let Some((place, number, other)) = with(world, |spaces| {
        spaces.bound(subscription, bindings_hash, at)
    })? {
        at = place + 1;
        world.space_fuel(1)?;
        let own = world.space_operand(first, 0);
        if world.space_same(other, own)? {
            return hand_over(world, number, first);
        }
    }
    let Some(space) = with(world, |spaces| {
        let subscription = spaces.subscriptions.get(&subscription)?;
        Some(subscription.space)
    })?
    else {
        return Ok(Outcome::Value(Value::EMPTY));
    };
    world.space_charge(THREAD_BYTES)?;
    let handle = world.space_fiber_value()?;
    // Its end is told to the spaces.
    world.space_owner();
    let (bindings, event) = (world.space_operand(first, 0), world.space_operand(first, 1));
    let thread = Thread {
        subscription,
        space,
        fiber,
        handle,
        bindings,
        bindings_hash,
        event,
        topic,
        event_hash,
        waiting: Default::default(),
        departed: false,
    };
    match with(world, |spaces| spaces.add_thread(thread))? {
        Some(_) => Ok(Outcome::Value(event)),
        None => Err(no_memory(world)),
    }
}

/// Gives the running handler's event to a thread, now or when it asks for it; the handler ends.
fn hand_over(world: &mut World, number: u64, first: u16) -> Raise<Outcome> {
    let Some((handle, fiber)) = with(world, |spaces| {
        let thread = spaces.threads.list.get(&number)?;
        Some((thread.handle, thread.fiber))
    })?
    else {
        return Ok(Outcome::Value(Value::EMPTY));
    };
    let event = world.space_operand(first, 1);
    if world.space_listens(fiber) {
        return world.space_hand_over(handle, event);
    }
    let queued = with(world, |spaces| {
        spaces.note_young(number)?;
        let thread = spaces.threads.list.get_mut(&number)?;
        thread.waiting.try_reserve(1).ok()?;
        thread.waiting.push_back(event);
        Some(())
    })?;
    match queued {
        Some(()) => Ok(Outcome::Value(Value::EMPTY)),
        None => Err(no_memory(world)),
    }
}

impl Tuplespaces {
    /// The next thread of a subscription from place `at` of those with bindings of a hash: its place, number and bindings.
    fn bound(&self, subscription: u64, hash: u64, at: usize) -> Option<(usize, u64, Value)> {
        let listed = self.threads.of_bindings.get(&(subscription, hash))?.all();
        (at..).zip(listed.get(at..)?).find_map(|(place, number)| {
            let thread = self.threads.list.get(number)?;
            (!thread.departed).then_some((place, *number, thread.bindings))
        })
    }
}
