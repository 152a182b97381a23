//! Sequences of operations on a heap, compared with a mirror in plain Rust (that of the crate's own tests).

#![no_main]

#[path = "../../crates/lemari/tests/model/mod.rs"]
mod model;

use lemari::{Config, EmergencyPolicy, Lemari, Reservation, Sabotage};
use libfuzzer_sys::fuzz_target;
use model::{CELL, HALVES, NODE, RAW, VECTOR, World, shapes};

const ROOTS: u8 = 24;

/// Bytes of the input, one after the other; zeros once they are used up.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }
    fn root(&mut self) -> usize {
        usize::from(self.byte() % ROOTS)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let settings = input.byte();
    let config = Config {
        limit: (1 + usize::from(settings & 3)) * (256 << 10),
        emergency_bound: 256 << 10,
        emergency: [
            EmergencyPolicy::Off,
            EmergencyPolicy::Automatic,
            EmergencyPolicy::Always,
        ][usize::from(settings >> 2 & 3) % 3],
        tray: 1024 << (settings >> 4 & 3),
        tray_max: 16 << 10,
        one_allocation: 128 << 10,
        major_floor: 64 << 10,
    };
    let reservation = Reservation::for_config(&config).expect("address space");
    let lemari = Lemari::new(reservation, config, shapes()).expect("settings that fit");
    let mut world = World::new(lemari, usize::from(ROOTS));
    while !input.0.is_empty() {
        step(&mut world, &mut input);
        let stats = world.lemari.stats();
        assert!(stats.used <= stats.limit && stats.emergency.bytes <= stats.emergency.bound);
    }
    world.compare();
    // Whatever happened, the heap is usable.
    world.lemari.set_sabotage(Sabotage::default());
    for root in 0..usize::from(ROOTS) {
        world.clear(root, 0);
    }
    world.lemari.major(&mut world.table);
    world
        .make(0, NODE, 3, false)
        .expect("an empty heap has room");
    world.compare();
});

fn step(world: &mut World, input: &mut Input<'_>) {
    match input.byte() {
        0..=99 => {
            let root = input.root();
            let kind = [RAW, NODE, CELL, VECTOR, HALVES][usize::from(input.byte()) % 5];
            let size = input.byte();
            let fields = match size {
                0..=199 => usize::from(size % 8),
                200..=249 => usize::from(size) * 3,
                _ => usize::from(size) * 40,
            };
            let old = input.byte() >= 248;
            let _ = world.make(root, kind, fields, old);
        }
        100..=179 => {
            let (into, field, from) = (input.root(), input.byte(), input.root());
            world.store(into, usize::from(field), from);
        }
        180..=209 => {
            let (into, of, field) = (input.root(), input.root(), input.byte());
            world.load(into, of, usize::from(field));
        }
        210..=219 => {
            let root = input.root();
            world.clear(root, 1);
        }
        220..=229 => {
            world.lemari.minor(&mut world.table);
            world.compare();
        }
        230..=233 => {
            world.lemari.major(&mut world.table);
            let live = world.compare();
            assert_eq!(
                world.table.weak.len(),
                live,
                "a dead object survived a major collection"
            );
        }
        234..=243 => {
            let sabotage = Sabotage {
                fail_at: u64::from(input.byte() % 8),
                and_after: input.byte() % 2 == 1,
                poison: true,
                ..Sabotage::default()
            };
            world.lemari.set_sabotage(sabotage);
        }
        _ => {
            let quiet = world
                .table
                .values
                .iter()
                .filter_map(|value| model::ticket_of(*value))
                .all(|ticket| !world.lemari.is_young(ticket));
            if world.lemari.wash(quiet) {
                let young_end = world.lemari.young_end();
                world.table.weak.retain(|(ticket, _)| ticket.0 >= young_end);
                world.compare();
            }
        }
    }
}
