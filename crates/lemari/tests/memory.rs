//! The Lemari's promises, one by one.

mod model;

use lemari::{
    Config, DRAWER, EmergencyPolicy, Lemari, MemError, Reservation, ReservationPool, SMALL_MAX,
    Sabotage, Ticket,
};
use model::*;

fn lemari(config: Config) -> Lemari {
    Lemari::new(Reservation::for_config(&config).unwrap(), config, shapes()).unwrap()
}

fn tiny() -> Config {
    Config {
        limit: 4 << 20,
        emergency_bound: 1 << 20,
        tray: 4096,
        tray_max: 4096,
        one_allocation: 1 << 20,
        major_floor: 1 << 20,
        ..Config::default()
    }
}

/// A node of `n` pairs, all integers 0.
fn node(l: &mut Lemari, table: &mut Table, n: usize) -> Ticket {
    let t = l.alloc(NODE, 0, 8 + 16 * n, table).unwrap();
    for i in 0..n {
        set_pair(l, t, 1 + 2 * i, int(0));
    }
    t
}

fn raw(l: &mut Lemari, table: &mut Table, bytes: usize) -> Result<Ticket, MemError> {
    l.alloc(RAW, 0, bytes, table)
}

/// Which pages of [base, base + len) are in memory (a number).
fn resident(base: *mut u8, len: usize) -> usize {
    let page = 4096;
    let mut map = vec![0u8; len.div_ceil(page)];
    // SAFETY: the range is a live reservation and the vector has a byte per page.
    let done = unsafe { libc::mincore(base.cast(), len, map.as_mut_ptr()) };
    assert_eq!(done, 0);
    map.iter().filter(|b| **b & 1 != 0).count()
}

#[test]
fn cyclic_garbage_is_collected() {
    let mut l = lemari(tiny());
    let mut table = Table::default();
    for round in 0..50 {
        table.values = vec![int(0); 2];
        for _ in 0..200 {
            let a = node(&mut l, &mut table, 2);
            table.values[0] = object(a);
            let b = node(&mut l, &mut table, 2);
            let a = ticket_of(table.values[0]).unwrap();
            set_pair(&mut l, a, 1, object(b));
            set_pair(&mut l, b, 1, object(a));
            set_pair(&mut l, b, 3, object(b));
            let hook = table.values[1];
            set_pair(&mut l, a, 3, hook);
            table.values[1] = object(a);
        }
        if round % 10 == 9 {
            table.values.clear();
            l.major(&mut table);
            assert_eq!(
                (l.stats().live, l.stats().drawers, l.stats().tray_used),
                (0, 0, 0)
            );
            l.check().unwrap();
        }
    }
    assert!(l.stats().promoted > 0);
}

#[test]
fn five_million_cells_without_native_recursion() {
    // 64 KiB of native stack: any recursion over the list would overflow it.
    let run = || {
        let limit = 256 << 20;
        let mut l = lemari(Config {
            limit,
            ..Config::default()
        });
        let mut table = Table {
            values: vec![int(0)],
            weak: Vec::new(),
        };
        let count = 5_000_000u64;
        for i in 0..count {
            let t = l.alloc(CELL, 0, 32, &mut table).unwrap();
            set_word(&mut l, t, 1, table.values[0][1] & 0xFFFF_FFFF);
            set_pair(&mut l, t, 2, int(i));
            table.values[0] = object(t);
        }
        l.major(&mut table);
        let s = l.stats();
        assert!(s.used <= limit && s.peak <= limit && s.live + s.tray_used >= 32 * count as usize);
        assert_eq!(s.rescans, 0);
        let mut t = ticket_of(table.values[0]).unwrap();
        for i in (0..count).rev() {
            assert_eq!(pair(&l, t, 2), int(i));
            t = Ticket(word(&l, t, 1) as u32);
        }
        assert!(t.is_none());
        table.values[0] = int(0);
        l.major(&mut table);
        assert_eq!(l.stats().drawers, 0);
    };
    std::thread::Builder::new()
        .stack_size(64 << 10)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_chain_deeper_than_the_mark_stack_may_grow() {
    let mut l = lemari(Config {
        limit: 64 << 20,
        ..Config::default()
    });
    let mut table = Table {
        values: vec![int(0); 2],
        weak: Vec::new(),
    };
    let leaf = node(&mut l, &mut table, 1);
    table.values[1] = object(leaf);
    let count = 700_000;
    for _ in 0..count {
        // Next first, so that every node leaves a rest on the mark stack.
        let t = node(&mut l, &mut table, 2);
        let [next, leaf] = [table.values[0], table.values[1]];
        set_pair(&mut l, t, 1, next);
        set_pair(&mut l, t, 3, leaf);
        table.values[0] = object(t);
    }
    l.major(&mut table);
    assert!(l.stats().rescans > 0 && l.stats().peak <= 64 << 20);
    let mut value = table.values[0];
    for _ in 0..count {
        let t = ticket_of(value).unwrap();
        assert_eq!(pair(&l, t, 3), table.values[1]);
        value = pair(&l, t, 1);
    }
    assert_eq!(value, int(0));
    l.check().unwrap();
}

#[test]
fn the_second_copy_promotes() {
    let mut l = lemari(tiny());
    let mut table = Table::default();
    let t = node(&mut l, &mut table, 1);
    table.values.push(object(t));
    l.minor(&mut table);
    let once = ticket_of(table.values[0]).unwrap();
    assert!(once != t && l.is_young(once) && l.stats().promoted == 0);
    l.minor(&mut table);
    let twice = ticket_of(table.values[0]).unwrap();
    assert!(!l.is_young(twice) && twice.0 >= l.young_end());
    assert_eq!((l.stats().promoted, l.stats().drawers), (32, 1));
    l.minor(&mut table);
    assert_eq!(ticket_of(table.values[0]).unwrap(), twice);
    assert!(!l.is_young(Ticket::NONE));
}

#[test]
fn the_barrier_remembers_and_minor_forgets() {
    let mut l = lemari(tiny());
    let mut table = Table::default();
    let old = l.alloc_old(NODE, 0, 40, &mut table).unwrap();
    table.values.push(object(old));
    let young = node(&mut l, &mut table, 1);
    set_pair(&mut l, young, 1, int(77));
    set_pair(&mut l, old, 1, object(young));
    set_pair(&mut l, old, 3, object(young));
    assert_eq!(l.stats().remembered, 1);
    assert!(!l.wash(true), "an old object holds a young ticket");
    l.minor(&mut table);
    assert_eq!(l.stats().remembered, 1, "still young after its first copy");
    l.minor(&mut table);
    assert_eq!(l.stats().remembered, 0);
    let kept = ticket_of(pair(&l, old, 1)).unwrap();
    assert_eq!(pair(&l, kept, 1), int(77));
    assert_eq!(pair(&l, old, 3), object(kept));
    // An old-to-old store is not remembered, nor one of none.
    set_pair(&mut l, old, 1, object(kept));
    set_pair(&mut l, old, 1, object(Ticket::NONE));
    assert_eq!(l.stats().remembered, 0);
    l.check().unwrap();
}

#[test]
fn a_remembered_list_that_cannot_grow_means_scanning_everything() {
    let mut l = lemari(tiny());
    let mut table = Table::default();
    // The current old drawer is left without room for the young object.
    for _ in 0..800 {
        let t = l.alloc_old(NODE, 0, 72, &mut table).unwrap();
        table.values.push(object(t));
    }
    let big = l.alloc(NODE, 0, 8 + 16 * 9000, &mut table).unwrap();
    table.values.push(object(big));
    let young = node(&mut l, &mut table, 150);
    set_pair(&mut l, young, 1, int(5));
    table.values.push(object(young));
    l.set_sabotage(Sabotage {
        fail_at: 1,
        and_after: true,
        ..Sabotage::default()
    });
    for i in 0..801 {
        let t = ticket_of(table.values[i]).unwrap();
        let last = if i == 800 { 1 + 2 * 8999 } else { 3 };
        set_pair(&mut l, t, last, object(young));
    }
    assert_eq!(l.stats().remembered, 0);
    assert!(!l.wash(true));
    table.values.pop();
    for _ in 0..3 {
        l.minor(&mut table);
    }
    // Nothing can be promoted, nothing can be remembered, nothing is lost.
    assert_eq!(l.stats().full_scans, 3);
    l.set_sabotage(Sabotage::default());
    l.minor(&mut table);
    l.minor(&mut table);
    assert_eq!((l.stats().remembered, l.stats().full_scans), (0, 4));
    let young = ticket_of(pair(&l, ticket_of(table.values[0]).unwrap(), 3)).unwrap();
    assert!(!l.is_young(young));
    for i in 0..801 {
        let t = ticket_of(table.values[i]).unwrap();
        let last = if i == 800 { 1 + 2 * 8999 } else { 3 };
        assert_eq!(pair(&l, t, last), object(young));
    }
    assert_eq!(pair(&l, young, 1), int(5));
    l.check().unwrap();
}

#[test]
fn scanning_everything_while_much_is_promoted_remembers_once() {
    let mut l = lemari(Config {
        tray: 256 << 10,
        tray_max: 256 << 10,
        ..tiny()
    });
    let mut table = Table::default();
    for _ in 0..4000 {
        let t = node(&mut l, &mut table, 2);
        table.values.push(object(t));
    }
    l.minor(&mut table);
    let old = l.alloc_old(NODE, 0, 24, &mut table).unwrap();
    let young = node(&mut l, &mut table, 1);
    set_pair(&mut l, young, 1, int(9));
    for i in 0..4000 {
        let t = ticket_of(table.values[i]).unwrap();
        set_pair(&mut l, t, 1, object(young));
    }
    l.set_sabotage(Sabotage {
        fail_at: 1,
        and_after: true,
        ..Sabotage::default()
    });
    set_pair(&mut l, old, 1, object(young));
    l.set_sabotage(Sabotage::default());
    // Promotes three drawers full of parents of a young object, with the list unusable.
    l.minor(&mut table);
    assert_eq!((l.stats().full_scans, l.stats().remembered), (1, 4001));
    l.check().unwrap();
    l.minor(&mut table);
    assert_eq!(l.stats().remembered, 0);
    let young = ticket_of(pair(&l, old, 1)).unwrap();
    assert_eq!(pair(&l, young, 1), int(9));
    for v in &table.values {
        assert_eq!(pair(&l, ticket_of(*v).unwrap(), 1), object(young));
    }
}

#[test]
fn large_objects_stay_and_use_cards() {
    let mut l = lemari(tiny());
    let mut table = Table::default();
    let n = 20_000;
    let big = l.alloc(NODE, 3, 8 + 16 * n, &mut table).unwrap();
    assert!(big.0 >= l.young_end() && l.header(big).aux() == 3);
    assert!((1..l.header(big).bytes() / 8).all(|i| word(&l, big, i) == 0));
    table.values.push(object(big));
    assert_eq!(l.stats().large, 1);
    // Pairs start at 8, so pair 31 straddles the border of cards 0 and 1.
    for (value, i) in [0, 31, 32, 63, 9999, n - 1].into_iter().enumerate() {
        let t = node(&mut l, &mut table, 1);
        set_pair(&mut l, t, 1, int(value as u64));
        set_pair(&mut l, big, 1 + 2 * i, object(t));
    }
    // The second word of the straddling pair, which lies in card 1, told as the slot.
    let t = node(&mut l, &mut table, 1);
    set_pair(&mut l, t, 1, int(1));
    l.minor(&mut table);
    l.minor(&mut table);
    let t = node(&mut l, &mut table, 1);
    set_pair(&mut l, t, 1, int(1));
    set_word(&mut l, big, 1 + 2 * 31 + 1, t.0 as u64);
    let slot = l.at(big).wrapping_add(1 + 2 * 31 + 1);
    l.barrier(big, slot, t);
    assert_eq!(l.stats().remembered, 1);
    for turn in 0..4 {
        l.minor(&mut table);
        assert_eq!(l.stats().remembered, usize::from(turn == 0));
        assert_eq!(table.values[0], object(big), "large objects do not move");
        for (value, i) in [0, 31, 32, 63, 9999, n - 1].into_iter().enumerate() {
            let t = ticket_of(pair(&l, big, 1 + 2 * i)).unwrap();
            assert_eq!(pair(&l, t, 1), int(value as u64));
        }
    }
    l.major(&mut table);
    assert_eq!(table.values[0], object(big));
    l.check().unwrap();
    table.values.clear();
    l.major(&mut table);
    assert_eq!((l.stats().large, l.stats().drawers), (0, 0));
    // The run is used again, and clean.
    let again = l.alloc(NODE, 0, 8 + 16 * n, &mut table).unwrap();
    assert_eq!(again, big);
    assert!((1..l.header(again).bytes() / 8).all(|i| word(&l, again, i) == 0));
}

#[test]
fn sparse_drawers_are_evacuated_and_everything_is_fixed() {
    let mut l = lemari(Config {
        limit: 8 << 20,
        ..tiny()
    });
    let mut table = Table::default();
    for i in 0..20_000u64 {
        let t = node(&mut l, &mut table, 2);
        set_pair(&mut l, t, 1, int(i));
        table.values.push(object(t));
    }
    // Neighbours far apart refer to each other.
    for i in 0..20_000 {
        let (t, other) = (
            ticket_of(table.values[i]).unwrap(),
            table.values[(i * 7919) % 20_000],
        );
        set_pair(&mut l, t, 3, other);
    }
    l.major(&mut table);
    l.minor(&mut table);
    let before = l.stats();
    // One in ten is kept, and held by a large vector only.
    let big = l.alloc(VECTOR, 0, 16 + 16 * 5000, &mut table).unwrap();
    set_word(&mut l, big, 1, 2000);
    for i in 0..2000 {
        let t = ticket_of(table.values[i * 10]).unwrap();
        set_pair(&mut l, t, 3, table.values[(i * 10 + 5000) % 20_000]);
        set_pair(&mut l, big, 2 + 2 * i, object(t));
    }
    // Beyond the count lies what must not be looked at.
    set_word(&mut l, big, 2 + 2 * 2000, 0x23);
    set_word(&mut l, big, 3 + 2 * 2000, 0xFFFF_FFF0);
    table.weak = (0..20_000)
        .map(|i| (ticket_of(table.values[i]).unwrap(), i as u64))
        .collect();
    table.values = vec![object(big)];
    l.major(&mut table);
    l.check().unwrap();
    let after = l.stats();
    assert!(
        after.evacuated > 0 && after.drawers * 5 < before.drawers * 2,
        "{before:?} {after:?}"
    );
    assert!(after.used <= after.limit && after.evacuation_peak <= 8);
    assert_eq!(table.weak.len(), 2000);
    for i in 0..2000 {
        let t = ticket_of(pair(&l, big, 2 + 2 * i)).unwrap();
        assert_eq!(pair(&l, t, 1), int(i as u64 * 10));
        assert_eq!(pair(&l, t, 3), pair(&l, big, 2 + 2 * ((i + 500) % 2000)));
        assert_eq!(table.weak[i], (t, i as u64 * 10));
    }
}

#[test]
fn the_limit_holds_and_a_refusal_leaves_everything_usable() {
    let config = Config {
        limit: 1 << 20,
        ..tiny()
    };
    let mut l = lemari(config);
    let mut table = Table::default();
    let refusal = loop {
        match raw(&mut l, &mut table, 1000) {
            Ok(t) => table.values.push(object(t)),
            Err(e) => break e,
        }
        assert!(l.stats().used <= 1 << 20);
    };
    assert!(matches!(refusal, MemError::Limit { .. }));
    let full = table.values.len() * 1000;
    assert!(full > (1 << 20) * 9 / 10, "{full}");
    assert!(matches!(
        raw(&mut l, &mut table, 100_000),
        Err(MemError::Limit { .. })
    ));
    assert!(matches!(
        raw(&mut l, &mut table, 2 << 20),
        Err(MemError::OneAllocation { .. })
    ));
    assert!(matches!(l.charge(1 << 20), Err(MemError::Limit { .. })));
    table.values.truncate(table.values.len() / 2);
    for _ in 0..100 {
        raw(&mut l, &mut table, 1000).unwrap();
    }
    let t = raw(&mut l, &mut table, 100_000).unwrap();
    table.values.push(object(t));
    l.charge(100_000).unwrap();
    l.refund(100_000);
    l.check().unwrap();
}

#[test]
fn charges_share_the_one_meter() {
    let mut l = lemari(Config {
        limit: 1 << 20,
        ..tiny()
    });
    let mut table = Table::default();
    l.charge(1_000_000).unwrap();
    while let Ok(t) = raw(&mut l, &mut table, 1000) {
        table.values.push(object(t));
    }
    assert!(table.values.len() < 48);
    l.refund(1_000_000);
    for _ in 0..500 {
        let t = raw(&mut l, &mut table, 1000).unwrap();
        table.values.push(object(t));
    }
    assert!(l.charge(700_000).is_err());
    table.values.clear();
    assert!(l.charge(1_000_000).is_err());
    l.charge_or_collect(1_000_000, &mut table).unwrap();
    l.check().unwrap();
}

#[test]
fn emergency_off_automatic_and_always() {
    let bound = 256 << 10;
    let limit = 512 << 10;
    let fill = |policy, arm: bool| {
        let mut l = lemari(Config {
            limit,
            emergency_bound: bound,
            emergency: policy,
            ..tiny()
        });
        let mut table = Table::default();
        if arm {
            l.arm_emergency();
        }
        let large = raw(&mut l, &mut table, 100_000).unwrap();
        table.values.push(object(large));
        while let Ok(t) = raw(&mut l, &mut table, 4000 - 8) {
            table.values.push(object(t));
            let s = l.stats();
            assert!(s.used <= limit && s.emergency.bytes <= bound);
        }
        (l, table)
    };
    let (mut off, mut table) = fill(EmergencyPolicy::Off, false);
    assert_eq!(
        (off.stats().emergency.openings, off.take_emergency_events()),
        (0, 0)
    );
    let kept = table.values.len();
    // Armed by a host panic, until the end of the call.
    off.arm_emergency();
    raw(&mut off, &mut table, 3992).unwrap();
    assert_eq!(off.stats().emergency.policy, EmergencyPolicy::Automatic);
    off.wash(false);
    assert_eq!(off.stats().emergency.policy, EmergencyPolicy::Off);

    for (policy, arm) in [
        (EmergencyPolicy::Automatic, false),
        (EmergencyPolicy::Always, false),
        (EmergencyPolicy::Off, true),
    ] {
        let (mut l, mut table) = fill(policy, arm);
        let s = l.stats();
        assert!(table.values.len() > kept + 50, "{policy:?}");
        assert_eq!((s.emergency.bytes, s.emergency.peak), (bound, bound));
        assert_eq!((s.emergency.openings, l.take_emergency_events()), (4, 4));
        assert_eq!(l.take_emergency_events(), 0);
        l.check().unwrap();
        // With room below the limit, the next major collection empties the emergency part.
        table.values.truncate(table.values.len() / 4);
        l.major(&mut table);
        assert_eq!(l.stats().emergency.bytes, 0);
        l.check().unwrap();
    }
    let (always, _) = fill(EmergencyPolicy::Always, false);
    let (automatic, _) = fill(EmergencyPolicy::Automatic, false);
    assert!(
        always.stats().majors < automatic.stats().majors,
        "always opens without the collection first"
    );

    // A large object in the emergency part.
    let (mut l, mut table) = fill(EmergencyPolicy::Off, false);
    assert!(raw(&mut l, &mut table, 150_000).is_err());
    l.set_emergency(EmergencyPolicy::Automatic);
    let t = raw(&mut l, &mut table, 150_000).unwrap();
    assert_eq!(l.stats().emergency.bytes, 3 * DRAWER);
    table.values = vec![object(t)];
    l.major(&mut table);
    assert_eq!(table.values[0], object(t), "it does not move");
    table.values.clear();
    l.major(&mut table);
    assert_eq!(l.stats().emergency.bytes, 0);
}

#[test]
fn a_wash_is_constant_and_gives_the_tray_back() {
    let mut l = lemari(Config::default());
    let mut table = Table::default();
    raw(&mut l, &mut table, 64).unwrap();
    for bytes in [64, 60_000] {
        let before = l.stats();
        let generation = l.tray_generation();
        while l.stats().tray_used < bytes {
            l.try_alloc(RAW, 0, 64).unwrap();
        }
        let pages = resident(l.base(), 16 << 20);
        assert!(l.wash(true));
        // Work done: a wash takes no roots, so it cannot scan; nothing was copied, collected, or handed back page by page.
        let after = l.stats();
        assert_eq!(
            (after.copied, after.promoted, after.minors, after.majors),
            (before.copied, before.promoted, before.minors, before.majors)
        );
        assert_eq!(
            (after.tray_used, after.washes, l.tray_generation()),
            (0, before.washes + 1, generation + 1)
        );
        assert_eq!(resident(l.base(), 16 << 20), pages);
    }
    raw(&mut l, &mut table, 64).unwrap();
    assert!(!l.wash(false));
    assert_eq!(l.stats().tray_used, 64);
}

#[test]
fn a_million_allocations_in_washed_calls_never_collect() {
    let mut l = lemari(Config::default());
    let mut table = Table::default();
    for _ in 0..10_000 {
        for _ in 0..100 {
            let t = match l.try_alloc(NODE, 0, 40) {
                Some(t) => t,
                None => l.alloc(NODE, 0, 40, &mut table).unwrap(),
            };
            set_pair(&mut l, t, 1, int(1));
            set_pair(&mut l, t, 3, object(t));
        }
        assert!(l.wash(true));
    }
    let s = l.stats();
    assert_eq!((s.minors, s.majors, s.copied), (0, 0, 0));
    assert_eq!(s.allocated, 1_000_000 * 48);
    assert_eq!(s.used, 2 * s.tray);
}

#[test]
fn trays_grow_while_much_survives_and_shrink_when_idle() {
    let mut l = lemari(Config {
        limit: 256 << 20,
        ..Config::default()
    });
    let mut table = Table {
        values: vec![int(0); 40_000],
        weak: Vec::new(),
    };
    let mut r = Random(3);
    for _ in 0..400_000 {
        let t = node(&mut l, &mut table, 3);
        let i = r.below(40_000) as usize;
        table.values[i] = object(t);
    }
    let grown = l.stats().tray;
    assert!(grown > 256 << 10, "{grown}");
    table.values.clear();
    l.major(&mut table);
    l.major(&mut table);
    for _ in 0..10_000 {
        node(&mut l, &mut table, 3);
        l.wash(true);
    }
    assert_eq!(l.stats().tray, 64 << 10);
    l.check().unwrap();
}

#[test]
fn failing_every_step_in_turn() {
    // The scenario allocates small, large and old objects, promotes, remembers, marks and evacuates.
    let scenario = |l: &mut Lemari, table: &mut Table| -> Result<(), MemError> {
        table.values = vec![int(0); 64];
        for i in 0..300usize {
            let t = match i % 25 {
                24 => l.alloc(NODE, 0, 8 + 16 * 2100, table)?,
                23 => l.alloc_old(NODE, 0, 24, table)?,
                _ => l.alloc(NODE, 0, 8 + 16 * 20, table)?,
            };
            let words = l.header(t).bytes() / 8;
            for w in 1..words {
                set_word(l, t, w, 0);
            }
            let other = table.values[(i * 31) % 64];
            set_pair(l, t, 1, other);
            if let Some(o) = ticket_of(other) {
                set_pair(l, o, 1, object(t));
            }
            table.values[i % 64] = object(t);
            if i % 100 == 99 {
                for v in table.values.iter_mut().step_by(3) {
                    *v = int(1);
                }
                l.major(table);
            }
            if i % 60 == 1 {
                l.charge(4096)?;
            }
        }
        Ok(())
    };
    let mut steps = 0;
    for fail_at in 1.. {
        for and_after in [false, true] {
            let mut l = lemari(tiny());
            let mut table = Table::default();
            l.set_sabotage(Sabotage {
                fail_at,
                and_after,
                poison: true,
                ..Sabotage::default()
            });
            let refused = scenario(&mut l, &mut table).is_err();
            steps = l.sabotage_steps();
            assert!(!refused || steps >= fail_at);
            // A World that was refused memory goes on, and loses nothing.
            l.minor(&mut table);
            l.major(&mut table);
            l.check().unwrap();
            l.set_sabotage(Sabotage::default());
            scenario(&mut l, &mut table).unwrap();
            l.check().unwrap();
        }
        if steps < fail_at {
            break;
        }
    }
    assert!(steps > 300);
}

#[test]
fn idle_ones_touch_nothing() {
    assert!(size_of::<Lemari>() < 1024);
    let config = Config::default();
    let idle: Vec<Lemari> = (0..1000).map(|_| lemari(config)).collect();
    for l in &idle {
        assert_eq!(resident(l.base(), config.reservation_bytes()), 0);
        let s = l.stats();
        assert_eq!((s.used, s.tray, s.drawers), (0, 0, 0));
    }
}

#[test]
fn a_pool_leaks_no_data_and_keeps_its_bound() {
    let config = Config {
        limit: 16 << 20,
        ..Config::default()
    };
    let pool = ReservationPool::new(config.reservation_bytes(), 2);
    let mut bases = Vec::new();
    {
        let mut worlds: Vec<Lemari> = (0..3)
            .map(|_| Lemari::new(pool.take().unwrap(), config, shapes()).unwrap())
            .collect();
        for l in &mut worlds {
            let mut table = Table::default();
            for i in 0..2000 {
                let bytes = if i % 100 == 0 { 100_000 } else { 400 };
                let t = l.alloc(RAW, 0, bytes, &mut table).unwrap();
                for w in 1..l.header(t).bytes() / 8 {
                    set_word(l, t, w, 0x5EC2E7);
                }
                if i % 100 < 20 {
                    table.values.push(object(t));
                }
            }
            assert!(l.stats().drawers > 20 && l.stats().minors > 0);
            bases.push(l.base());
        }
    }
    assert_eq!(pool.idle(), 2);
    let mut used = Vec::new();
    for _ in 0..2 {
        let l = Lemari::new(pool.take().unwrap(), config, shapes()).unwrap();
        assert!(bases.contains(&l.base()), "it is used again");
        assert_eq!(resident(l.base(), pool.bytes()), 0);
        used.push(l);
    }
    assert_eq!(pool.idle(), 0);
    drop(used);
    // From several threads.
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| {
                for _ in 0..50 {
                    let mut l = Lemari::new(pool.take().unwrap(), config, shapes()).unwrap();
                    let t = raw(&mut l, &mut Table::default(), 64).unwrap();
                    assert_eq!(word(&l, t, 1), 0, "data of another world");
                    set_word(&mut l, t, 1, 42);
                }
            });
        }
    });
    assert!(pool.idle() <= 2);
}

#[test]
fn settings_are_checked() {
    let small = Config {
        limit: 64 << 10,
        ..Config::default()
    };
    let refused = |config: Config, bytes| {
        Lemari::new(Reservation::new(bytes).unwrap(), config, shapes()).err()
    };
    assert!(matches!(
        refused(small, 16 << 20),
        Some(MemError::Settings(_))
    ));
    assert!(matches!(
        refused(Config::default(), 16 << 20),
        Some(MemError::Reservation { .. })
    ));
    let huge = Config {
        limit: 1 << 40,
        ..Config::default()
    };
    assert!(matches!(
        refused(huge, 16 << 20),
        Some(MemError::Settings(_))
    ));
}

#[test]
fn sizes_at_the_border_of_small_and_large() {
    let mut l = lemari(Config::default());
    let mut table = Table::default();
    for bytes in [
        8,
        16,
        17,
        SMALL_MAX - 1,
        SMALL_MAX,
        SMALL_MAX + 1,
        DRAWER - 256,
        DRAWER,
        DRAWER + 1,
    ] {
        l.make_room(bytes, &mut table).unwrap();
        let small = l.try_alloc(RAW, 0, bytes);
        assert_eq!(small.is_some(), bytes <= SMALL_MAX);
        let t = small.or_else(|| l.alloc_large(RAW, 0, bytes)).unwrap();
        assert_eq!(l.header(t).bytes(), bytes.max(1).div_ceil(16) * 16);
        table.values.push(object(t));
    }
    assert!(l.try_alloc(RAW, 0, usize::MAX).is_none());
    assert!(l.alloc_large(RAW, 0, usize::MAX).is_none());
    assert!(l.make_room(usize::MAX, &mut table).is_err());
    l.major(&mut table);
    l.check().unwrap();
}
