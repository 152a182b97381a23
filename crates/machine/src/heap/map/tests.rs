//! Legends, dictionary mode and delegation from inside, with and without a collection at every allocation.

use fzb::tables::Lang;

use super::set;
use crate::engine::Shared;
use crate::fault::Raised;
use crate::host::Grants;
use crate::legend::{FieldName, LegendId, Legends, MAX_DELEGATES, MAX_FIELDS, legend_flags};
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

/// A plain map in `temps`.
fn map(world: &mut World) -> usize {
    let map = ok(world.map_new(Legends::PLAIN, 2));
    ok(world.temp(Value::ticket(Kind::Map, map)))
}

fn put(world: &mut World, map: usize, name: &str, value: Value, how: u8) -> Result<(), Raised> {
    let name = FieldName::text(ok(world.intern(name)));
    let value = ok(world.temp(value));
    world.set_field(map, name, value, how)
}

fn get(world: &mut World, map: usize, name: &str) -> Option<Value> {
    let name = ok(world.intern(name));
    ok(world.lookup_value(world.temps[map], name))
}

fn legend(world: &World, map: usize) -> LegendId {
    world.map_legend(world.temps[map].as_ticket())
}

#[test]
fn a_world_owns_no_legend_before_it_makes_one() {
    for mut world in worlds() {
        map(&mut world);
        assert_eq!(world.legends.owned(), 0);
        assert!(world.names.is_empty());
    }
}

#[test]
fn maps_built_the_same_way_share_their_legend() {
    for mut world in worlds() {
        let (a, b, c) = (map(&mut world), map(&mut world), map(&mut world));
        for at in [a, b] {
            ok(put(&mut world, at, "x", Value::int(1), set::MUTABLE));
            ok(put(&mut world, at, "y", Value::int(2), set::IMMUTABLE));
        }
        ok(put(&mut world, c, "y", Value::int(2), set::IMMUTABLE));
        ok(put(&mut world, c, "x", Value::int(1), set::MUTABLE));
        assert_eq!(legend(&world, a), legend(&world, b));
        assert_ne!(legend(&world, a), legend(&world, c));
        assert!(put(&mut world, a, "y", Value::int(3), 0).is_err());
        ok(put(&mut world, a, "x", Value::int(9), set::IMMUTABLE));
        assert_ne!(
            legend(&world, a),
            legend(&world, b),
            "freezing a field is a transition"
        );
        assert!(put(&mut world, a, "x", Value::int(3), 0).is_err());
        ok(put(&mut world, b, "x", Value::int(3), 0));
        assert_eq!(get(&mut world, a, "x"), Some(Value::int(9)));
        assert_eq!(get(&mut world, b, "x"), Some(Value::int(3)));
    }
}

#[test]
fn many_fields_go_to_the_table_in_their_order() {
    for mut world in worlds() {
        let at = map(&mut world);
        let count = MAX_FIELDS as i64 + 8;
        for index in 0..count {
            let how = if index % 3 == 0 {
                set::IMMUTABLE
            } else {
                set::MUTABLE
            };
            ok(put(
                &mut world,
                at,
                &format!("f{index}"),
                Value::int(index),
                how,
            ));
            let dict = world.legend(legend(&world, at)).has(legend_flags::DICT);
            assert_eq!(dict, index >= MAX_FIELDS as i64, "field {index}");
        }
        for index in 0..count {
            assert_eq!(
                get(&mut world, at, &format!("f{index}")),
                Some(Value::int(index))
            );
            let member = world.member(world.temps[at].as_ticket(), index as u32);
            assert_eq!(
                world.text_str_unrooted(member.key.as_ticket()),
                Some(&*format!("f{index}"))
            );
            assert_eq!(
                put(&mut world, at, &format!("f{index}"), Value::int(-1), 0).is_err(),
                index % 3 == 0,
                "field {index}"
            );
        }
    }
}

#[test]
fn too_many_delegates_are_no_longer_told_apart() {
    for mut world in worlds() {
        let mut seen = std::collections::HashSet::new();
        for index in 0..2 * MAX_DELEGATES as i64 {
            let (owner, delegate) = (map(&mut world), map(&mut world));
            ok(put(
                &mut world,
                delegate,
                "x",
                Value::int(index),
                set::MUTABLE,
            ));
            let value = world.temps[delegate];
            ok(put(&mut world, owner, "s", value, set::SUB));
            let id = legend(&world, owner);
            assert_eq!(
                world.legend(id).has(legend_flags::UNSHARED),
                index >= MAX_DELEGATES as i64
            );
            seen.insert(id.0);
            assert_eq!(get(&mut world, owner, "x"), Some(Value::int(index)));
        }
        assert_eq!(seen.len(), MAX_DELEGATES + 1);
    }
}

#[test]
fn delegates_that_form_a_cycle_are_searched_once() {
    for mut world in worlds() {
        let (a, b) = (map(&mut world), map(&mut world));
        ok(put(&mut world, b, "x", Value::int(5), set::MUTABLE));
        ok(world.set_proto_of(a, b));
        ok(world.set_proto_of(b, a));
        assert_eq!(get(&mut world, a, "x"), Some(Value::int(5)));
        assert_eq!(get(&mut world, a, "none"), None);
        let (first, second) = (world.temps[a], world.temps[b]);
        assert!(ok(world.delegates_to(first, second)));
        let stranger = map(&mut world);
        let (first, stranger) = (world.temps[a], world.temps[stranger]);
        assert!(!ok(world.delegates_to(first, stranger)));
    }
}

#[test]
fn a_long_chain_is_refused_and_not_run_over() {
    let mut world = worlds().next().expect("a World");
    let first = map(&mut world);
    let mut below = first;
    for _ in 0..1100 {
        let next = map(&mut world);
        ok(world.set_proto_of(below, next));
        below = next;
    }
    ok(put(&mut world, below, "x", Value::int(5), set::MUTABLE));
    let name = ok(world.intern("x"));
    let found = world.lookup_value(world.temps[first], name);
    assert!(found.is_err(), "deeper than 1,000");
}

#[test]
fn watched_maps_move_the_epoch_when_a_cached_name_changes() {
    for mut world in worlds() {
        let (a, b) = (map(&mut world), map(&mut world));
        ok(put(&mut world, b, "x", Value::int(5), set::MUTABLE));
        ok(world.set_proto_of(a, b));
        let name = FieldName::text(ok(world.intern("x")));
        let found = ok(world.search(world.temps[a], super::Want::Name(name), true));
        assert!(found.cacheable && !found.own);
        assert_eq!(found.value, Some(Value::int(5)));
        let before = world.lookup_epoch;
        ok(put(&mut world, a, "y", Value::int(1), set::MUTABLE));
        assert_eq!(world.lookup_epoch, before, "the receiver is not watched");
        ok(put(&mut world, b, "x", Value::int(6), 0));
        let after = world.lookup_epoch;
        assert_ne!(after, before);
        ok(put(&mut world, b, "z", Value::int(6), set::MUTABLE));
        assert_ne!(
            world.lookup_epoch, after,
            "a new field may hide one further on"
        );
    }
}

#[test]
fn instances_share_a_legend_and_keep_room() {
    for mut world in worlds() {
        let nothing = ok(world.temp(Value::EMPTY));
        let id = ok(world.class_legend(crate::legend::NONE, Vec::new(), None, nothing));
        let class = ok(world.map_new(id, 0));
        let class = ok(world.temp(Value::ticket(Kind::Map, class)));
        let root = ok(world.instance_root(class, Some(class), Lang::Morph, crate::legend::NONE));
        // SAFETY: a live map.
        unsafe {
            (*world.at::<crate::heap::object::MapObj>(world.temps[class].as_ticket())).extra =
                root.0
        };
        let mut legends = Vec::new();
        for turn in 0..2 {
            let instance = ok(world.instantiate(world.temps[class].as_ticket()));
            assert_eq!(world.object_aux(instance), if turn == 0 { 0 } else { 5 });
            let at = ok(world.temp(Value::ticket(Kind::Map, instance)));
            for index in 0..5 {
                ok(put(
                    &mut world,
                    at,
                    &format!("f{index}"),
                    Value::int(index),
                    set::MUTABLE,
                ));
            }
            for index in 0..5 {
                assert_eq!(
                    get(&mut world, at, &format!("f{index}")),
                    Some(Value::int(index))
                );
            }
            legends.push(legend(&world, at));
            assert!(world.is_instance_of(world.temps[at], world.temps[class].as_ticket()));
        }
        assert_eq!(legends[0], legends[1]);
    }
}

#[test]
fn names_are_found_again() {
    for mut world in worlds() {
        let ids: Vec<u32> = (0..500)
            .map(|index| ok(world.intern(&format!("name {index}"))))
            .collect();
        for (index, id) in ids.iter().enumerate() {
            let text = format!("name {index}");
            assert_eq!(ok(world.intern(&text)), *id);
            assert_eq!(world.name_text(*id), text);
            let ticket = ok(world.text_new(&text));
            assert_eq!(ok(world.name_of_text(ticket)), Some(*id));
        }
        let unknown = ok(world.text_new("never interned"));
        assert_eq!(ok(world.name_of_text(unknown)), None);
        assert_eq!(world.known_name(unknown), None);
    }
}
