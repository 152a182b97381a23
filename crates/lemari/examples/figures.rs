//! The figures of this crate: `cargo run --release -p lemari --example figures`.
//!
//! Prints ns per allocation (16 to 64 bytes, collections included), pauses of minor collections where a tenth survives,
//! the pause of a major collection, and ns per wash.
#![allow(clippy::print_stdout)] // An example reports to its user.

use lemari::{Config, Lemari, NO_SHAPE, Reservation, Roots, Scope, Shape, Shapes, Ticket, Visitor};
use std::hint::black_box;
use std::time::Instant;

const NODE: u8 = 1;
static SHAPES: Shapes = {
    let mut shapes = [NO_SHAPE; 64];
    shapes[NODE as usize] = Shape {
        name: "node",
        halves: 0,
        pairs_from: 8,
        count_at: 0,
    };
    shapes
};

struct Values(Vec<[u64; 2]>);
impl Roots for Values {
    fn visit(&mut self, _scope: Scope, v: &mut Visitor<'_>) {
        for value in &mut self.0 {
            v.value(value);
        }
    }
    fn swept(&mut self, _alive: &mut dyn FnMut(Ticket) -> Option<Ticket>) {}
}

fn lemari(tray: usize) -> Lemari {
    let config = Config {
        tray,
        ..Config::default()
    };
    let reservation = Reservation::for_config(&config).expect("address space");
    Lemari::new(reservation, config, &SHAPES).expect("settings")
}

/// A node of `pairs` integer pairs.
#[inline(always)]
fn node(l: &mut Lemari, roots: &mut Values, pairs: usize) -> Ticket {
    let bytes = 8 + 16 * pairs;
    let t = match l.try_alloc(NODE, 0, bytes) {
        Some(t) => t,
        None => l.alloc(NODE, 0, bytes, roots).expect("memory"),
    };
    let p = l.at(t);
    for i in 0..pairs {
        // SAFETY: the object was just made with room for `pairs` pairs from word 1 on.
        unsafe {
            *p.add(1 + 2 * i) = 2;
            *p.add(2 + 2 * i) = i as u64;
        }
    }
    t
}

fn percentile(sorted: &[u128], of: usize) -> u128 {
    sorted[(sorted.len() - 1) * of / 100]
}

fn allocation() {
    for survivors in [0usize, 10] {
        let mut l = lemari(64 << 10);
        let mut roots = Values(vec![[2, 0]; 256]);
        let n = 50_000_000usize;
        let start = Instant::now();
        for i in 0..n {
            let t = node(&mut l, &mut roots, i & 3);
            // A tenth is held until 256 others were, which is a few trays: some of it is promoted.
            if survivors != 0 && i % survivors == 0 {
                roots.0[i / survivors % 256] = [0x23, t.0 as u64];
            }
            black_box(t);
        }
        let ns = start.elapsed().as_nanos() as f64 / n as f64;
        let s = l.stats();
        println!(
            "allocation of 16 to 64 bytes, {}: {ns:.2} ns each ({} minor, {} major collections, {} MiB promoted)",
            if survivors == 0 {
                "nothing kept"
            } else {
                "a tenth kept for a while"
            },
            s.minors,
            s.majors,
            s.promoted >> 20
        );
    }
}

fn minor_pauses(tray: usize) {
    let mut l = lemari(tray);
    let mut roots = Values(Vec::with_capacity(1 << 16));
    let mut pauses = Vec::new();
    for _ in 0..2000 {
        // Everything of the round before dies, so that a round has one tray to copy a tenth of.
        roots.0.clear();
        l.minor(&mut roots);
        let mut i = 0;
        while l.stats().tray_used < tray * 15 / 16 {
            let t = node(&mut l, &mut roots, 2);
            if i % 10 == 0 {
                roots.0.push([0x23, t.0 as u64]);
            }
            i += 1;
        }
        let start = Instant::now();
        l.minor(&mut roots);
        pauses.push(start.elapsed().as_nanos());
    }
    pauses.sort_unstable();
    println!(
        "minor collection of a {} KiB tray, a tenth survives: p50 {:.1} us, p99 {:.1} us",
        tray >> 10,
        percentile(&pauses, 50) as f64 / 1e3,
        percentile(&pauses, 99) as f64 / 1e3
    );
}

fn major_pause() {
    let mut l = lemari(1 << 20);
    let mut roots = Values(vec![[2, 0]; 1000]);
    let n = 2_000_000usize;
    for i in 0..n {
        let t = node(&mut l, &mut roots, 2);
        // SAFETY: the node has two pairs; it is young, so no barrier is needed.
        unsafe {
            *l.at(t).add(1) = roots.0[i % 1000][0];
            *l.at(t).add(2) = roots.0[i % 1000][1];
        }
        roots.0[i % 1000] = [0x23, t.0 as u64];
    }
    l.major(&mut roots);
    for keep in [1000, 500] {
        roots.0.truncate(keep);
        let start = Instant::now();
        l.major(&mut roots);
        let s = l.stats();
        println!(
            "major collection, {} MiB live after it: {:.1} ms",
            s.live >> 20,
            start.elapsed().as_secs_f64() * 1e3
        );
    }
}

fn wash() {
    let mut l = lemari(64 << 10);
    let mut roots = Values(Vec::new());
    let n = 5_000_000usize;
    let mut spent = 0;
    let start = Instant::now();
    for _ in 0..n {
        black_box(node(&mut l, &mut roots, 3));
    }
    let without = start.elapsed().as_nanos();
    let start = Instant::now();
    for _ in 0..n {
        black_box(node(&mut l, &mut roots, 3));
        spent += usize::from(l.wash(black_box(true)));
    }
    let with = start.elapsed().as_nanos();
    assert_eq!(spent, n);
    println!(
        "wash: {:.2} ns",
        with.saturating_sub(without) as f64 / n as f64
    );
}

fn opening() {
    let config = Config::default();
    let pool = lemari::ReservationPool::new(config.reservation_bytes(), 4);
    let n = 20_000;
    for touched in [false, true] {
        let start = Instant::now();
        for _ in 0..n {
            let reservation = pool.take().expect("address space");
            let mut l = Lemari::new(reservation, config, &SHAPES).expect("settings");
            if touched {
                node(&mut l, &mut Values(Vec::new()), 1);
            }
            black_box(&l);
        }
        let ns = start.elapsed().as_nanos() as f64 / n as f64;
        println!(
            "a Lemari from the pool and back, {}: {ns:.0} ns",
            if touched { "one page touched" } else { "idle" }
        );
    }
}

fn main() {
    allocation();
    minor_pauses(64 << 10);
    minor_pauses(1 << 20);
    minor_pauses(4 << 20);
    major_pause();
    wash();
    opening();
}
