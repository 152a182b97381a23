//! The instructions of the space bank that the machine leaves to the spaces.

use machine::fault::{Fault, Raise, Raised};
use machine::fiber::Home;
use machine::host_memory::NoMemory;
use machine::space::{Outcome, Outward, SpaceOp};
use machine::space_trace::SpaceAct;
use machine::value::Value;
use machine::world::World;

use crate::proclaim;
use crate::subscribe;
use crate::table::{Owner, Rules, SPACE_BYTES, TOPIC_BYTES, Tuplespaces, copied};
use crate::wait;

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
            let creator = world.space_proclaimer();
            let space = new_space(world, parent, None, creator)?;
            stand_for(world, space, false).map(Outcome::Value)
        }
        SpaceOp::Write => proclaim::write(world, args, first, count, dst),
        SpaceOp::Subscribe => subscribe::subscribe(world, args, first, dst),
        SpaceOp::NextEvent => wait::next_event(world, first, dst),
        SpaceOp::ReadPins => proclaim::read_pins(world, args[0], first).map(Outcome::Value),
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
            let space = new_space(world, Outward::Top, None, 0)?;
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
            let target = operand_space_made(world, first, 1)?;
            let count = with(world, |spaces| {
                let rules = spaces.get(vassal).and_then(|space| space.rules.as_ref());
                rules.map_or(0, |rules| rules.topics.len())
            })?;
            world.space_charge(count * TOPIC_BYTES)?;
            let space = new_space(world, Outward::Top, None, 0)?;
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
pub(crate) fn with<T>(world: &mut World, f: impl FnOnce(&mut Tuplespaces) -> T) -> Raise<T> {
    match world.spaces_mut::<Tuplespaces>() {
        Some(spaces) => Ok(f(spaces)),
        None => Err(world.space_fault(Fault::Internal, "the spaces are others")),
    }
}

pub(crate) fn no_memory(world: &mut World) -> Raised {
    world.space_fault(Fault::Mem, "the host has no memory left")
}

pub(crate) fn new_space(
    world: &mut World,
    parent: Outward,
    fiber: Option<Owner>,
    creator: u64,
) -> Raise<u32> {
    world.space_charge(SPACE_BYTES)?;
    match with(world, |spaces| spaces.add(parent, fiber, creator))? {
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
pub(crate) fn operand_space(world: &mut World, first: u16, index: usize) -> Raise<u32> {
    let value = world.space_operand(first, index);
    match world.space_number(value) {
        Some(space) => Ok(space),
        None => Err(world.space_type_fault("a realm", value)),
    }
}

/// As [`operand_space`], also of a map that is no realm: it is given one now if it has none yet.
pub(crate) fn operand_space_made(world: &mut World, first: u16, index: usize) -> Raise<u32> {
    let value = world.space_operand(first, index);
    if world.space_number(value).is_none() && world.space_attachable(value) {
        let space = new_space(world, Outward::Emitter, None, 0)?;
        let value = world.space_operand(first, index);
        world.space_attach(value, space);
        with(world, |spaces| {
            if let Some(space) = spaces.get_mut(space) {
                space.realm = value.as_ticket().0;
                space.newborn = false;
            }
        })?;
    }
    operand_space(world, first, index)
}

/// The space of the running fiber, made if need be together with those of the fibers around it.
pub(crate) fn here(world: &mut World) -> Raise<u32> {
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
            0,
        )?;
        world.set_space_of_fiber(index, space);
        outer = space;
    }
    Ok(outer)
}
