//! Dictionary intrinsics.

use lemari::Ticket;

use super::{Site, array};
use crate::fault::{Fault, Raise};
use crate::heap::vector::{elem, rooted};
use crate::legend::{Nature, legend_flags};
use crate::value::Kind;
use crate::world::World;

/// The dictionary in operand 0; fault type if it is something else.
fn dictionary(world: &mut World, site: Site) -> Raise<Ticket> {
    let value = site.value(0);
    if value.kind() == Kind::Map
        && world
            .legends
            .get(world.map_legend(value.as_ticket()))
            .nature
            == Nature::Dict
    {
        return Ok(value.as_ticket());
    }
    Err(world.type_fault("a dictionary", value))
}

/// `table.keys` (0) and `table.values` (1), in order of insertion.
pub(super) fn parts(world: &mut World, site: Site, part: usize) -> Raise<()> {
    let map = dictionary(world, site)?;
    let (live, entries) = (world.table_live(map), world.table_entries(map));
    world.charge_fuel(u64::from(entries) / 4)?;
    let vector = world.vec_new(elem::DYN, live)?;
    let map = site.ticket(0);
    let mut count = 0;
    for entry in 0..entries {
        let (key, value) = world.table_entry(map, entry);
        if key.kind() == Kind::Hole || count >= live {
            continue;
        }
        let value = if part == 0 { key } else { value };
        world.vec_set(vector, count, value);
        count += 1;
        world.vec_set_len(vector, count);
    }
    let vector = world.temp(rooted(vector))?;
    let result = array::of_vector(world, vector)?;
    world.temps.truncate(vector);
    site.set_value(result);
    Ok(())
}

pub(super) fn remove(world: &mut World, site: Site) -> Raise<()> {
    let dictionary = dictionary(world, site)?;
    if world
        .legends
        .get(world.map_legend(dictionary))
        .has(legend_flags::FROZEN)
    {
        return Err(world.fault(Fault::Write, "the dictionary is frozen"));
    }
    let map = world.temp(site.value(0))?;
    let key = world.temp(site.value(1))?;
    let removed = world.table_remove(map, key)?;
    world.temps.truncate(map);
    site.set_bool(removed);
    Ok(())
}

pub(super) fn contains(world: &mut World, site: Site) -> Raise<()> {
    let dictionary = dictionary(world, site)?;
    let found = world.table_get(dictionary, site.value(1))?;
    site.set_bool(found.is_some());
    Ok(())
}
