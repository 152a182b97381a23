//! Keys that are numbers, from inside: equal ones meet, deleted ones stay away, chosen ones do not flood.

use std::collections::BTreeMap;

use numeric::{Exact, IBig, Number};

use super::Found;
use crate::engine::Shared;
use crate::fault::Raised;
use crate::host::Grants;
use crate::legend::Legends;
use crate::value::{Kind, Value};
use crate::world::{Limits, World};

fn worlds() -> impl Iterator<Item = World> {
    [false, true].into_iter().map(|collect| {
        let mut world =
            World::new(Shared::new(true), Limits::default(), Grants::none()).expect("a World");
        world.collect_always = collect;
        world.fuel = 1 << 40;
        world
    })
}

fn ok<T>(result: Result<T, Raised>) -> T {
    match result {
        Ok(value) => value,
        Err(Raised(())) => panic!("raised"),
    }
}

/// A dictionary in `temps`.
fn dict(world: &mut World) -> usize {
    let map = ok(world.map_new(Legends::DICT, 0));
    ok(world.temp(Value::ticket(Kind::Map, map)))
}

fn exact(coefficient: IBig, scale: u32) -> Number {
    Number::Exact(Exact::new(coefficient, scale).expect("a small scale"))
}

/// Every kind that can hold the whole number `n`, each as a fresh temp.
fn kinds_of(world: &mut World, n: i64) -> Vec<usize> {
    let big = IBig::from(n) * IBig::from(10).pow(25);
    let mut all = vec![
        Value::int(n),
        Value::float(n as f64),
        Value::sized(6, n as u64),
        Value::sized(8, (n as f64).to_bits()),
        Value::dec(0, n),
        Value::dec(2, n * 100),
    ];
    if n >= 0 {
        all.push(Value::sized(7, n as u64));
    }
    let mut places: Vec<usize> = all.into_iter().map(|value| ok(world.temp(value))).collect();
    // A coefficient beyond i64 with zeros that the scale takes back.
    let big = ok(world.number_value(exact(big, 25)));
    places.push(ok(world.temp(big)));
    places
}

#[test]
fn equal_numbers_of_every_kind_are_one_entry() {
    for mut world in worlds() {
        let map = dict(&mut world);
        let value = ok(world.temp(Value::TRUE));
        for n in [0, 1, -1, 3, 255, -70_000, 1 << 40] {
            let keys = kinds_of(&mut world, n);
            let first = ok(world.table_put(map, keys[0], value));
            for &key in &keys {
                assert_eq!(ok(world.table_put(map, key, value)), first, "{n}");
                assert_eq!(ok(world.table_find(map, key)), Some(first), "{n}");
            }
        }
        // And the other way round: an entry of another kind is found by the integer.
        let map = dict(&mut world);
        for n in [7, -8] {
            for at in 0..kinds_of(&mut world, n).len() {
                let keys = kinds_of(&mut world, n);
                let entry = ok(world.table_put(map, keys[at], value));
                assert_eq!(ok(world.table_find(map, keys[0])), Some(entry));
                let table = world.map_table(world.temps[map].as_ticket());
                let whole = world.table_whole(table, n);
                assert!(
                    whole == Found::Entry(entry) || whole == Found::Unsure,
                    "{whole:?}"
                );
                assert!(ok(world.table_remove(map, keys[at])));
                assert_eq!(ok(world.table_find(map, keys[0])), None);
            }
        }
    }
}

#[test]
fn equal_numbers_beyond_i64_and_fractions_are_one_entry() {
    for mut world in worlds() {
        let map = dict(&mut world);
        let value = ok(world.temp(Value::TRUE));
        let two_70 = ok(world.number_value(exact(IBig::from(2).pow(70), 0)));
        let two_70 = ok(world.temp(two_70));
        let as_float = ok(world.temp(Value::float(2f64.powi(70))));
        let half = ok(world.temp(Value::float(0.5)));
        let decimal = ok(world.temp(Value::dec(1, 5)));
        let other = ok(world.temp(Value::int(0)));
        let big = ok(world.table_put(map, two_70, value));
        let fraction = ok(world.table_put(map, half, value));
        assert_eq!(ok(world.table_find(map, as_float)), Some(big));
        assert_eq!(ok(world.table_find(map, decimal)), Some(fraction));
        assert_eq!(ok(world.table_find(map, other)), None);
        assert_eq!(world.table_live(world.temps[map].as_ticket()), 2);
    }
}

#[test]
fn stores_removals_and_rebuilds_keep_what_a_model_keeps() {
    for mut world in worlds() {
        let map = dict(&mut world);
        let mut model: BTreeMap<i64, i64> = BTreeMap::new();
        let mut order: Vec<i64> = Vec::new();
        let mut state = 0x2545_F491_4F6C_DD1Du64;
        let steps = if world.collect_always { 600 } else { 20_000 };
        let mark = world.temps.len();
        for step in 0..steps {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let key = ((state >> 20) % 97) as i64 - 48;
            let ticket = world.temps[map].as_ticket();
            let table = world.map_table(ticket);
            if state % 5 < 2 {
                let at = ok(world.temp(Value::int(key)));
                let was = ok(world.table_remove(map, at));
                assert_eq!(was, model.remove(&key).is_some());
                order.retain(|known| *known != key);
            } else {
                if !model.contains_key(&key) {
                    order.push(key);
                }
                model.insert(key, step);
                if !world.table_set_whole(table, key, Value::int(step), true) {
                    let at = ok(world.temp(Value::int(key)));
                    let value = ok(world.temp(Value::int(step)));
                    ok(world.table_put(map, at, value));
                }
            }
            world.temps.truncate(mark);
            let ticket = world.temps[map].as_ticket();
            assert_eq!(world.table_live(ticket) as usize, model.len());
        }
        let ticket = world.temps[map].as_ticket();
        for key in -60..60 {
            let value = world.whole_value(ticket, key, std::ptr::null());
            // SAFETY: the address of a live value, and nothing was allocated since.
            let found = (!value.is_null()).then(|| unsafe { value.read() });
            assert_eq!(found, model.get(&key).copied().map(Value::int), "{key}");
        }
        let listed: Vec<i64> = (0..world.table_entries(ticket))
            .filter_map(|entry| world.table_entry(ticket, entry).0.as_int())
            .collect();
        assert_eq!(listed, order, "in the order in which they were added");
    }
}

/// Number of slots passed to find the keys of a map's index, in all and at most.
fn probes(world: &World, map: usize) -> (u64, u32) {
    let table = world.map_table(world.temps[map].as_ticket());
    let (mut all, mut most) = (0, 0);
    // SAFETY: a live table and its index.
    unsafe {
        assert!(!world.is_dense(table));
        let (mask, slots) = world.index_of(table).slots();
        assert!((mask + 1).is_power_of_two());
        for at in 0..=mask {
            let slot = slots.add(at as usize).read();
            if slot != 0 {
                let steps = at.wrapping_sub((slot >> 32) as u32) & mask;
                all += u64::from(steps);
                most = most.max(steps);
            }
        }
    }
    (all, most)
}

#[test]
fn numbers_chosen_to_collide_do_not() {
    let count = 20_000;
    // Families in which some bits never change: the low ones, the high ones, those that an unkeyed hash would fold.
    let families: [fn(i64) -> i64; 5] = [
        |i| i,
        |i| i << 20,
        |i| i << 44,
        |i| i | i << 32,
        |i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15u64 as i64),
    ];
    let mut world =
        World::new(Shared::new(true), Limits::default(), Grants::none()).expect("a World");
    world.fuel = 1 << 40;
    for family in families {
        let map = dict(&mut world);
        ok(world.table_reserve(map, count));
        for i in 0..i64::from(count) {
            let table = world.map_table(world.temps[map].as_ticket());
            assert!(world.table_set_whole(table, family(i), Value::int(i), true));
        }
        // With a random function at 5/8 full, 0.8 slots are passed on average; 4 would be 30 standard deviations away.
        let (all, most) = probes(&world, map);
        assert!(all < 4 * u64::from(count), "{all} slots passed");
        assert!(most < 1_000, "{most} slots passed for one key");
    }
}

#[test]
fn each_world_hashes_by_a_key_of_its_own() {
    let engine = Shared::new(true);
    let worlds: Vec<World> = (0..2)
        .map(|_| World::new(engine.clone(), Limits::default(), Grants::none()).expect("a World"))
        .collect();
    let same = (0..1_000)
        .filter(|&n| worlds[0].whole_hash(n) == worlds[1].whole_hash(n))
        .count();
    assert!(same < 3, "{same} of 1,000 hashes agree");
}
