//! Dense tables from inside: they show what hashed ones show, and become these where they must.

use std::collections::BTreeMap;

use crate::engine::Shared;
use crate::fault::Raised;
use crate::host::Grants;
use crate::legend::Legends;
use crate::value::{Kind, Value};
use crate::world::{Limits, World};

fn worlds() -> impl Iterator<Item = World> {
    [false, true].into_iter().map(|collect| {
        let mut world = fresh();
        world.collect_always = collect;
        world
    })
}

fn fresh() -> World {
    let mut world =
        World::new(Shared::new(true), Limits::default(), Grants::none()).expect("a World");
    world.fuel = 1 << 40;
    world
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

fn dense(world: &World, map: usize) -> bool {
    let table = world.map_table(world.temps[map].as_ticket());
    // SAFETY: a live table.
    table.0 != 0 && unsafe { world.is_dense(table) }
}

fn slots(world: &World, map: usize) -> u32 {
    let table = world.map_table(world.temps[map].as_ticket());
    // SAFETY: a live table.
    unsafe { (*world.at::<crate::heap::object::TableObj>(table)).slots }
}

fn put(world: &mut World, map: usize, key: Value, value: Value) {
    let mark = ok(world.temp(key));
    let value = ok(world.temp(value));
    ok(world.table_put(map, mark, value));
    world.temps.truncate(mark);
}

fn get(world: &mut World, map: usize, key: Value) -> Option<Value> {
    let key = ok(world.temp(key));
    let found = ok(world.table_find(map, key));
    world.temps.truncate(key);
    let ticket = world.temps[map].as_ticket();
    found.map(|entry| world.table_entry(ticket, entry).1)
}

fn remove(world: &mut World, map: usize, key: Value) -> bool {
    let key = ok(world.temp(key));
    let had = ok(world.table_remove(map, key));
    world.temps.truncate(key);
    had
}

/// Keys as an iteration lists them.
fn listed(world: &World, map: usize) -> Vec<i64> {
    let ticket = world.temps[map].as_ticket();
    (0..world.table_entries(ticket))
        .filter_map(|entry| world.table_entry(ticket, entry).0.as_int())
        .collect()
}

#[test]
fn near_integers_are_dense_until_another_key_comes() {
    for mut world in worlds() {
        for (first, step) in [
            (0, 1),
            (1, 2),
            (-40, 1),
            (1_000_000, -2),
            (i64::MAX, -1),
            (i64::MIN, 1),
        ] {
            let map = dict(&mut world);
            let mark = world.temps.len();
            let key = |i: i64| Value::int(first + i * step);
            for i in 0..200i64 {
                put(&mut world, map, key(i), Value::int(i));
                assert_eq!(dense(&world, map), i >= 6, "{first} {i}");
            }
            for i in 0..200i64 {
                assert_eq!(get(&mut world, map, key(i)), Some(Value::int(i)));
            }
            let beyond = [
                first.wrapping_add(-step * 400),
                first.wrapping_add(step * 400),
            ];
            for n in beyond
                .into_iter()
                .chain([i64::MAX - 7_777, i64::MIN + 7_777, 1 << 60])
            {
                assert_eq!(get(&mut world, map, Value::int(n)), None, "{n}");
            }
            let mut order: Vec<i64> = (0..200).map(|i| first + i * step).collect();
            assert_eq!(listed(&world, map), order);
            // Deleted, asked for, and put again at the end, where a hashed table takes it.
            assert!(remove(&mut world, map, key(1)));
            assert!(!remove(&mut world, map, key(1)));
            assert!(dense(&world, map));
            assert_eq!(get(&mut world, map, key(1)), None);
            put(&mut world, map, key(1), Value::TRUE);
            assert!(!dense(&world, map));
            order.remove(1);
            order.push(first + step);
            assert_eq!(listed(&world, map), order);
            if first.unsigned_abs() < 1 << 50 {
                let float = Value::float((first + step) as f64);
                assert_eq!(get(&mut world, map, float), Some(Value::TRUE));
            }
            for i in 2..200i64 {
                assert_eq!(get(&mut world, map, key(i)), Some(Value::int(i)));
            }
            world.temps.truncate(mark);
        }
    }
}

#[test]
fn a_key_of_another_kind_or_from_afar_makes_it_hashed() {
    for mut world in worlds() {
        for stranger in [
            Value::float(0.5),
            Value::TRUE,
            Value::int(1 << 40),
            Value::int(i64::MIN),
            Value::int(-300),
        ] {
            let map = dict(&mut world);
            for i in 0..20 {
                put(&mut world, map, Value::int(i), Value::int(-i));
            }
            assert!(dense(&world, map));
            // The same number as a float is the same key.
            assert_eq!(
                get(&mut world, map, Value::float(7.0)),
                Some(Value::int(-7))
            );
            put(&mut world, map, Value::float(7.0), Value::int(70));
            assert!(dense(&world, map));
            assert_eq!(get(&mut world, map, stranger), None);
            assert!(!remove(&mut world, map, stranger));
            put(&mut world, map, stranger, Value::TRUE);
            assert!(!dense(&world, map), "{stranger:?}");
            assert_eq!(get(&mut world, map, stranger), Some(Value::TRUE));
            for i in 0..20 {
                let value = if i == 7 { 70 } else { -i };
                assert_eq!(get(&mut world, map, Value::int(i)), Some(Value::int(value)));
            }
        }
    }
}

#[test]
fn keys_that_spread_both_ways_cause_few_rebuilds() {
    let mut world = fresh();
    let map = dict(&mut world);
    let (mut rebuilds, mut kept) = (0, 0);
    let mut known = 0;
    for i in 0..3_000 {
        let key = if i % 2 == 0 { 10_000 + i } else { 10_000 - i };
        put(&mut world, map, Value::int(key), Value::int(i));
        assert_eq!(dense(&world, map), i >= 6, "{i}");
        let now = slots(&world, map);
        rebuilds += u32::from(now != known);
        kept += u32::from(now > known);
        known = now;
    }
    assert!(rebuilds < 40, "{rebuilds}");
    assert!(kept > 9, "{kept}");
    for i in 0..3_000 {
        let key = if i % 2 == 0 { 10_000 + i } else { 10_000 - i };
        assert_eq!(get(&mut world, map, Value::int(key)), Some(Value::int(i)));
    }
    // Not full, so that keys ever further away add slots until they would be too many; each time by an eighth at least.
    let map = dict(&mut world);
    for i in 0..100 {
        put(&mut world, map, Value::int(i), Value::int(i));
    }
    let before = world.fuel;
    let mut turns = 0;
    while dense(&world, map) {
        let had = slots(&world, map);
        put(&mut world, map, Value::int(i64::from(had)), Value::TRUE);
        assert!(!dense(&world, map) || slots(&world, map) >= had + had / 8);
        turns += 1;
    }
    assert!(turns < 20 && before - world.fuel < 20 * 200, "{turns}");
    assert_eq!(listed(&world, map).len(), 100 + turns);
}

#[test]
fn taking_a_key_away_and_putting_it_back_costs_no_rebuild_each_time() {
    let mut world = fresh();
    let map = dict(&mut world);
    for i in 0..1_000 {
        put(&mut world, map, Value::int(i), Value::int(i));
    }
    assert!(dense(&world, map));
    let before = world.fuel;
    for i in 0..10_000 {
        assert!(remove(&mut world, map, Value::int(500)));
        put(&mut world, map, Value::int(500), Value::int(i));
    }
    let spent = before - world.fuel;
    // A rebuild of 2,000 entries costs 1,000; every thousandth turn causes one, and one more that leaves the dense form.
    assert!(spent < 40_000, "{spent}");
    let order = listed(&world, map);
    assert_eq!(order.len(), 1_000);
    assert_eq!(order.last(), Some(&500));
}

#[test]
fn flags_and_empty_values_are_kept() {
    for mut world in worlds() {
        let map = dict(&mut world);
        for i in 0..30 {
            let value = if i % 3 == 0 {
                Value::EMPTY
            } else {
                Value::int(i)
            };
            put(&mut world, map, Value::int(i), value);
        }
        let ticket = world.temps[map].as_ticket();
        for entry in 0..30 {
            world.table_set_flags(ticket, entry, (entry % 4) as u16);
        }
        assert!(dense(&world, map));
        let expect = |world: &mut World| {
            let ticket = world.temps[map].as_ticket();
            assert_eq!(world.table_live(ticket), 30);
            for i in 0..30i64 {
                let value = if i % 3 == 0 {
                    Value::EMPTY
                } else {
                    Value::int(i)
                };
                assert_eq!(world.table_entry(ticket, i as u32), (Value::int(i), value));
                assert_eq!(world.table_flags(ticket, i as u32), (i % 4) as u16);
                let seen = world.whole_value(ticket, i, std::ptr::dangling());
                // SAFETY: the address of a live value, and nothing was allocated since.
                unsafe {
                    match i % 4 {
                        0 => assert_eq!(*seen, value),
                        // A hashed table has the flags beside the key.
                        _ => assert!(seen.is_null() || *seen == value),
                    }
                }
            }
            let at = world.whole_value(ticket, 99, std::ptr::dangling());
            assert_eq!(at, std::ptr::dangling());
            // Neither immutable entries nor delegates are set by the short way.
            let table = world.map_table(ticket);
            for i in 0..30 {
                let same = world.table_entry(ticket, i as u32).1;
                assert_eq!(world.table_set_whole(table, i, same, true), i % 4 == 0);
            }
        };
        expect(&mut world);
        // Values are replaced without touching the flags.
        for i in 0..30 {
            world.table_set_value(world.temps[map].as_ticket(), i, Value::TRUE);
            let value = if i % 3 == 0 {
                Value::EMPTY
            } else {
                Value::int(i64::from(i))
            };
            world.table_set_value(world.temps[map].as_ticket(), i, value);
        }
        expect(&mut world);
        // Rebuilt as a dense table, then as a hashed one, then as a dense one again.
        for i in 30..50 {
            put(&mut world, map, Value::int(i), Value::TRUE);
            assert!(dense(&world, map));
        }
        for i in 30..50 {
            assert!(remove(&mut world, map, Value::int(i)));
        }
        expect(&mut world);
        put(&mut world, map, Value::float(0.5), Value::TRUE);
        assert!(!dense(&world, map));
        assert!(remove(&mut world, map, Value::float(0.5)));
        expect(&mut world);
        for i in 30..120 {
            put(&mut world, map, Value::int(i), Value::TRUE);
        }
        assert!(dense(&world, map));
        for i in 30..120 {
            assert!(remove(&mut world, map, Value::int(i)));
        }
        expect(&mut world);
    }
}

#[test]
fn values_on_the_heap_survive_collections_and_rebuilds() {
    let mut world = fresh();
    world.collect_always = true;
    let map = dict(&mut world);
    for i in 0..300i64 {
        let text = ok(world.text_new(&i.to_string()));
        put(
            &mut world,
            map,
            Value::int(i * 2),
            Value::ticket(Kind::Text, text),
        );
    }
    assert!(dense(&world, map));
    world.collect();
    for i in 0..300i64 {
        let Some(value) = get(&mut world, map, Value::int(i * 2)) else {
            panic!("{i} is gone");
        };
        assert_eq!(ok(world.text_str(value.as_ticket())), i.to_string());
    }
}

#[test]
fn no_table_is_dense_at_the_price_of_a_fault() {
    let limits = Limits {
        one_allocation: 1 << 16,
        ..Limits::default()
    };
    let mut world = World::new(Shared::new(true), limits, Grants::none()).expect("a World");
    world.fuel = 1 << 40;
    let map = dict(&mut world);
    // Room for 1,536 entries is 48 KiB hashed, and would be 72 KiB with three slots for each.
    let mut was_dense = 0;
    for i in 0..1_536 {
        put(&mut world, map, Value::int(i * 3), Value::int(i));
        was_dense += u32::from(dense(&world, map));
    }
    assert!(!dense(&world, map) && was_dense > 1_000, "{was_dense}");
    assert_eq!(
        get(&mut world, map, Value::int(3 * 1_535)),
        Some(Value::int(1_535))
    );
}

#[test]
fn dense_and_hashed_tables_keep_what_a_model_keeps() {
    // Keys from a window that wanders, so that tables are rebuilt, outgrown and left.
    for (width, wander) in [(40, 0), (60, 1), (200, 3), (5_000, 50)] {
        for mut world in worlds() {
            let map = dict(&mut world);
            let mut model: BTreeMap<i64, i64> = BTreeMap::new();
            let mut order: Vec<i64> = Vec::new();
            let mut state = 0x2545_F491_4F6C_DD1Du64;
            let (mut was_dense, mut was_hashed) = (false, false);
            let steps = if world.collect_always { 400 } else { 6_000 };
            for step in 0..steps {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let key = ((state >> 20) % width) as i64 + step * wander / 4 - 30;
                if state.is_multiple_of(4) {
                    let had = remove(&mut world, map, Value::int(key));
                    assert_eq!(had, model.remove(&key).is_some());
                    order.retain(|known| *known != key);
                } else {
                    if !model.contains_key(&key) {
                        order.push(key);
                    }
                    model.insert(key, step);
                    let table = world.map_table(world.temps[map].as_ticket());
                    if !world.table_set_whole(table, key, Value::int(step), true) {
                        put(&mut world, map, Value::int(key), Value::int(step));
                    }
                }
                let ticket = world.temps[map].as_ticket();
                assert_eq!(world.table_live(ticket) as usize, model.len());
                assert_eq!(
                    get(&mut world, map, Value::int(key)),
                    model.get(&key).copied().map(Value::int)
                );
                was_dense |= dense(&world, map);
                was_hashed |= !dense(&world, map);
            }
            assert_eq!(
                listed(&world, map),
                order,
                "in the order in which they came"
            );
            assert!(
                was_hashed && was_dense || width == 5_000,
                "{width} {wander}"
            );
        }
    }
}
