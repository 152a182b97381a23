//! Texts against Rust's own strings, with and without a collection at every allocation.

use lemari::Ticket;

use crate::engine::Shared;
use crate::fault::{Fault, Raise};
use crate::host::Grants;
use crate::value::{Kind, Value};
use crate::world::{Limits, World};

fn world(collect_always: bool) -> World {
    let mut world =
        World::new(Shared::new(true), Limits::program(), Grants::none()).expect("a World");
    world.fuel = i64::MAX;
    world.collect_always = collect_always;
    world
}

/// What a raise says, so that a failing test tells it.
fn must<T>(world: &mut World, result: Raise<T>) -> T {
    match result {
        Ok(value) => value,
        Err(_) => panic!("{:?}", world.raised),
    }
}

fn set(world: &mut World, place: usize, content: &str) {
    let text = world.text_new(content);
    let text = must(world, text);
    put(world, place, text);
}

fn put(world: &mut World, place: usize, text: Ticket) {
    world.temps[place] = Value::ticket(Kind::Text, text);
}

fn text(world: &World, place: usize) -> Ticket {
    world.temps[place].as_ticket()
}

fn places(world: &mut World, count: usize) {
    for _ in 0..count {
        let place = world.temp(Value::EMPTY);
        must(world, place);
    }
}

fn content(world: &mut World, place: usize) -> String {
    let at = text(world, place);
    let content = world.text_str(at).map(str::to_owned);
    must(world, content)
}

fn join(world: &mut World, a: usize, b: usize, to: usize) {
    let joined = world.text_concat2(text(world, a), text(world, b));
    let joined = must(world, joined);
    put(world, to, joined);
}

#[test]
fn appending_and_reading_in_turn() {
    for (piece, always, count) in [
        ("ab", false, 50_000),
        ("ä€", false, 50_000),
        ("ab", true, 2_000),
        ("ä€", true, 2_000),
    ] {
        let mut world = world(always);
        places(&mut world, 2);
        set(&mut world, 0, "");
        let scalars: Vec<char> = piece.chars().collect();
        for i in 0..count {
            set(&mut world, 1, piece);
            join(&mut world, 0, 1, 0);
            if i % 3 == 0 {
                let length = world.text_scalars(text(&world, 0));
                assert_eq!(length as usize, 2 * (i + 1));
                for index in [length - 1, length / 2, 0] {
                    let found = world.text_at(text(&world, 0), i64::from(index));
                    assert_eq!(must(&mut world, found), Some(scalars[index as usize % 2]));
                }
            }
        }
        assert_eq!(content(&mut world, 0), piece.repeat(count));
        let all: Vec<char> = content(&mut world, 0).chars().collect();
        for (from, to) in [
            (0, 5),
            (63, 65),
            (64, 128),
            (1_000, 1_001),
            (0, 2 * count),
            (2 * count, 2 * count),
        ] {
            let slice = world.text_slice(text(&world, 0), from as u32, to as u32);
            let slice = must(&mut world, slice);
            put(&mut world, 1, slice);
            assert_eq!(
                content(&mut world, 1),
                all[from..to].iter().collect::<String>()
            );
        }
    }
}

#[test]
fn any_mix_of_operations_is_as_strings_do_it() {
    let mut seed = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below.max(1)
    };
    for (always, steps) in [(false, 15_000), (true, 1_500)] {
        let mut world = world(always);
        places(&mut world, 16);
        let mut model: Vec<String> = (0..16).map(|i| "xyzé".repeat(3 * i)).collect();
        for (i, content) in model.iter().enumerate() {
            set(&mut world, i, content);
        }
        for _ in 0..steps {
            let (a, b, c) = (random(16), random(16), random(16));
            if model[a].len() + model[b].len() > 20_000 {
                model[c] = "q€".repeat(random(100));
                set(&mut world, c, &model[c].clone());
                continue;
            }
            match random(6) {
                0..=2 => {
                    join(&mut world, a, b, c);
                    model[c] = format!("{}{}", model[a], model[b]);
                }
                3 => assert_eq!(content(&mut world, a), model[a]),
                4 => {
                    let count = model[a].chars().count();
                    assert_eq!(world.text_scalars(text(&world, a)) as usize, count);
                    let index = random(count);
                    let found = world.text_at(text(&world, a), index as i64);
                    assert_eq!(must(&mut world, found), model[a].chars().nth(index));
                }
                _ => {
                    let equal = world.text_eq(text(&world, a), text(&world, b));
                    assert_eq!(must(&mut world, equal), model[a] == model[b]);
                    let order = world.text_cmp(text(&world, a), text(&world, b));
                    assert_eq!(must(&mut world, order), model[a].cmp(&model[b]));
                }
            }
        }
        for (i, expected) in model.iter().enumerate() {
            let hash = world.text_hash(text(&world, i));
            assert_eq!(
                must(&mut world, hash),
                world.hash_bytes(expected.as_bytes())
            );
            assert_eq!(&content(&mut world, i), expected);
        }
        assert_eq!(
            world.temps.len(),
            16,
            "every operation lets go of what it held"
        );
    }
}

#[test]
fn deep_ropes_take_no_stack_and_too_long_ones_fault() {
    let mut world = world(false);
    places(&mut world, 2);
    set(&mut world, 1, "0123456789");
    for (a, b) in [(0, 1), (1, 0)] {
        set(&mut world, 0, "");
        for _ in 0..200_000 {
            join(&mut world, a, b, 0);
        }
        assert!(content(&mut world, 0) == "0123456789".repeat(200_000));
    }
    let raised = loop {
        match world.text_concat2(text(&world, 0), text(&world, 0)) {
            Ok(longer) => put(&mut world, 0, longer),
            Err(_) => break world.raised.take(),
        }
    };
    assert_eq!(raised.map(|raised| raised.fault), Some(Fault::Mem));
}

#[test]
fn a_memory_keeps_its_identity_while_it_grows() {
    for always in [false, true] {
        let mut world = world(always);
        places(&mut world, 1);
        let memory = world.memory_new(10);
        let memory = must(&mut world, memory);
        world.temps[0] = Value::ticket(Kind::Memory, memory);
        let mut size = 10;
        for step in 0..200u64 {
            let old = world.memory_grow(0, step * 7);
            assert_eq!(must(&mut world, old), Some(size));
            size += step * 7;
            let memory = world.temps[0].as_ticket();
            assert_eq!(world.memory_len(memory), size);
            let content = world.memory_content(memory);
            // SAFETY: inside the memory, whose object was read just now.
            unsafe {
                assert_eq!(*content.add(3), step as u8, "old bytes are kept");
                assert_eq!(*content.add(size as usize - 1), 0, "new bytes are zero");
                *content.add(3) = step as u8 + 1;
            }
        }
        for more in [1 << 33, 1 << 31, u64::MAX] {
            let refused = world.memory_grow(0, more);
            assert_eq!(must(&mut world, refused), None);
            assert!(world.raised.is_none());
        }
    }
}
