//! Random graphs, mutated randomly under a small limit with tiny trays, compared with a mirror in plain Rust.

mod model;

use lemari::{Config, EmergencyPolicy, ForcedCollection, Lemari, Reservation, Sabotage};
use model::{CELL, HALVES, NODE, RAW, Random, VECTOR, World, shapes};
use proptest::prelude::*;

fn world(config: Config) -> World {
    let lemari = Lemari::new(Reservation::for_config(&config).unwrap(), config, shapes()).unwrap();
    World::new(lemari, 24)
}

/// One random step. True if it asked for memory and was refused.
fn step(w: &mut World, r: &mut Random, large: bool) -> bool {
    let (a, b) = (r.below(24) as usize, r.below(24) as usize);
    let i = r.next() as usize >> 1;
    match r.below(100) {
        0..35 => {
            let kind = [RAW, NODE, NODE, CELL, CELL, VECTOR, HALVES][r.below(7) as usize];
            let n = match r.below(200) {
                0 if large => 2000 + r.below(9000) as usize,
                0..10 => r.below(900) as usize,
                _ => r.below(6) as usize,
            };
            let refused = w.make(a, kind, n, r.below(30) == 0).is_err();
            if !refused {
                // So that graphs grow deep.
                w.store(a, i, b);
            }
            return refused;
        }
        35..85 => w.store(a, i, b),
        85..95 => w.load(a, b, i),
        95..97 => w.clear(a, i as u64),
        97 => {
            w.lemari.minor(&mut w.table);
            w.compare();
        }
        98 if r.below(8) == 0 => {
            w.lemari.major(&mut w.table);
            w.compare();
            assert_eq!(
                w.table.weak.len(),
                w.compare(),
                "a dead object survived a major collection"
            );
        }
        _ => {
            let quiet = w
                .table
                .values
                .iter()
                .filter_map(|v| model::ticket_of(*v))
                .all(|t| !w.lemari.is_young(t));
            if w.lemari.wash(quiet) {
                let young_end = w.lemari.young_end();
                w.table.weak.retain(|(t, _)| t.0 >= young_end);
                w.compare();
            }
        }
    }
    false
}

fn run(config: Config, seed: u64, steps: usize, large: bool, sabotage: Sabotage) -> (World, usize) {
    let mut w = world(config);
    w.lemari.set_sabotage(sabotage);
    let mut r = Random(seed | 1);
    let mut refused = 0;
    for _ in 0..steps {
        refused += usize::from(step(&mut w, &mut r, large));
    }
    w.compare();
    (w, refused)
}

fn small() -> Config {
    Config {
        limit: 2 << 20,
        emergency_bound: 1 << 20,
        tray: 2048,
        tray_max: 64 << 10,
        one_allocation: 512 << 10,
        major_floor: 128 << 10,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_graphs_survive_collections(seed: u64, tray in 1024usize..32_768, steps in 1usize..6000) {
        run(Config { tray, ..small() }, seed, steps, true, Sabotage::default());
    }

    #[test]
    fn and_with_a_collection_at_every_allocation(seed: u64, major: bool, steps in 1usize..400) {
        let collect = if major { ForcedCollection::Major } else { ForcedCollection::Minor };
        run(small(), seed, steps, true, Sabotage { collect, poison: true, ..Sabotage::default() });
    }

    #[test]
    fn and_when_the_host_refuses_at_any_step(seed: u64, fail_at in 1u64..600, and_after: bool) {
        let sabotage = Sabotage { fail_at, and_after, ..Sabotage::default() };
        let (mut w, _) = run(small(), seed, 800, true, sabotage);
        // Usable afterwards.
        w.lemari.set_sabotage(Sabotage::default());
        let mut r = Random(seed | 1);
        for _ in 0..300 {
            step(&mut w, &mut r, true);
        }
        w.compare();
    }

    #[test]
    fn and_when_the_host_refuses_for_a_while_now_and_then(seed: u64, steps in 1usize..3000) {
        let mut w = world(Config { limit: 1 << 20, tray: 8192, ..small() });
        let mut r = Random(seed | 1);
        for _ in 0..steps {
            match r.below(60) {
                0 => w.lemari.set_sabotage(Sabotage { fail_at: 1 + r.below(3), and_after: true, ..Sabotage::default() }),
                1..6 => w.lemari.set_sabotage(Sabotage::default()),
                6 => w.lemari.minor(&mut w.table),
                _ => {
                    step(&mut w, &mut r, true);
                }
            }
        }
        w.compare();
    }

    #[test]
    fn and_at_the_limit_under_every_policy(seed: u64, policy in 0usize..3) {
        let emergency = [EmergencyPolicy::Off, EmergencyPolicy::Automatic, EmergencyPolicy::Always][policy];
        let config = Config { limit: 256 << 10, emergency_bound: 256 << 10, one_allocation: 128 << 10, emergency, ..small() };
        let mut w = world(config);
        let mut r = Random(seed | 1);
        for _ in 0..6000 {
            // No large vectors full of nothing: many mid-sized objects, kept.
            step(&mut w, &mut r, false);
            let s = w.lemari.stats();
            prop_assert!(s.used <= s.limit && s.peak <= s.limit);
            prop_assert!(s.emergency.bytes <= s.emergency.bound);
        }
        w.compare();
        // Everything dropped: what was opened is handed back.
        for root in 0..24 {
            w.clear(root, 0);
        }
        w.lemari.major(&mut w.table);
        let s = w.lemari.stats();
        prop_assert_eq!(s.emergency.bytes, 0);
        prop_assert_eq!((s.drawers, s.live, s.used), (0, 0, 2 * s.tray + s.charged));
    }
}

/// The steps above are worth something only if they reach the rare paths.
#[test]
fn the_rare_paths_are_reached() {
    let mut sum = lemari::Stats::default();
    let mut refusals = 0;
    for seed in 1..40u64 {
        let sabotage = Sabotage {
            fail_at: 40 + seed * 7,
            and_after: seed % 4 == 0,
            ..Sabotage::default()
        };
        let sabotage = if seed % 2 == 0 {
            sabotage
        } else {
            Sabotage::default()
        };
        let config = Config {
            limit: (1 + seed as usize % 4) * (192 << 10),
            major_floor: 64 << 10,
            ..small()
        };
        let (w, refused) = run(
            config,
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            6000,
            true,
            sabotage,
        );
        let s = w.lemari.stats();
        refusals += refused;
        sum.minors += s.minors;
        sum.majors += s.majors;
        sum.washes += s.washes;
        sum.promoted += s.promoted;
        sum.evacuated += s.evacuated;
        sum.full_scans += s.full_scans;
        sum.rescans += s.rescans;
        sum.live = sum.live.max(s.live);
    }
    let reached = [
        sum.minors,
        sum.majors,
        sum.washes,
        sum.promoted,
        sum.evacuated,
        sum.full_scans,
        sum.rescans,
    ];
    assert!(
        reached.iter().all(|n| *n > 0) && refusals > 0,
        "{sum:?} {refusals}"
    );
}
