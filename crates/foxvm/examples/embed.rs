//! Measures the border between host and guest (bench/README.md): rows `NAME NANOSECONDS`, tab-separated, medians of five;
//! names that end in `_bytes` count bytes. Limits are on in every figure.
#![allow(clippy::print_stdout, reason = "its output is what the harness reads")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foxvm::{Engine, Error, Instance, Limits, World};

#[path = "measure/clock.rs"]
mod clock;

/// What is measured, in module text.
const TYPED: &str = include_str!("measure/typed.fza");
const DYNAMIC: &str = include_str!("measure/dynamic.fza");

/// The four lines of bench/peers/c/embed.c.
const LINES: [&str; 4] = [
    "2026-01-01 INFO service started ok in 12ms",
    "2026-01-01 ERROR disk sda1 is full",
    "2026-01-01 DEBUG cache miss for key 8812",
    "2026-01-01 INFO request GET /index.html 200",
];

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Does something `count` times, five times over, and prints nanoseconds for each.
fn operation(
    name: &str,
    count: u64,
    mut body: impl FnMut(u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = clock::thread_seconds();
        for index in 0..count {
            body(index)?;
        }
        figures.push((clock::thread_seconds() - start) * 1e9 / count as f64);
    }
    println!("{name}\t{:.2}", median(figures));
    Ok(())
}

/// Calls a guest function that does `count` operations by itself.
fn guest_loop(
    world: &mut World,
    instance: &Instance,
    name: &str,
    function: &str,
    count: i64,
) -> Result<(), Error> {
    let function = instance.function::<(i64,), foxvm::Value>(function)?;
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = clock::thread_seconds();
        function.call(world, (count,))?;
        figures.push((clock::thread_seconds() - start) * 1e9 / count as f64);
    }
    println!("{name}\t{:.2}", median(figures));
    Ok(())
}

/// Resident bytes of this process.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok())
        .unwrap_or(0.0)
        * 4096.0
}

fn limits() -> Limits {
    Limits {
        fuel: Some(1 << 50),
        deadline: Some(Duration::from_secs(3_600)),
        fibers: 200_000,
        ..Limits::strict()
    }
}

fn main() -> Result<(), Error> {
    let engine = Engine::new();
    let emitted = Arc::new(AtomicU64::new(0));
    let counter = emitted.clone();
    engine.function("emit", move |line: &str| {
        counter.store(
            counter.load(Ordering::Relaxed) + line.len() as u64,
            Ordering::Relaxed,
        );
    })?;
    engine.function("add", |a: i64, b: i64| a.wrapping_add(b))?;
    let typed = engine.load(engine.assemble(TYPED)?)?;
    let dynamic = engine.load(engine.assemble(DYNAMIC)?)?;
    let mut world = engine.world(limits(), &[])?;
    let plugin = world.bind(&typed)?;
    let loose = world.bind(&dynamic)?;

    let empty = plugin.function::<(), ()>("empty")?;
    operation("call_typed_empty", 2_000_000, |_| {
        empty.call(&mut world, ())
    })?;
    let add = plugin.function::<(i64, i64), i64>("add2")?;
    operation("call_typed_add", 2_000_000, |index| {
        add.call(&mut world, (index as i64, 1)).map(|_| ())
    })?;
    let empty = loose.function::<(), ()>("empty")?;
    operation("call_dynamic_empty", 2_000_000, |_| {
        empty.call(&mut world, ())
    })?;
    let add = loose.function::<(i64, i64), i64>("add2")?;
    operation("call_dynamic_add", 2_000_000, |index| {
        add.call(&mut world, (index as i64, 1)).map(|_| ())
    })?;
    guest_loop(&mut world, &plugin, "native_add", "ffi", 2_000_000)?;
    let handler = plugin.function::<(&str,), ()>("on_line")?;
    operation("handler_error", 1_000_000, |index| {
        handler.call(&mut world, (LINES[index as usize & 3],))
    })?;
    if emitted.load(Ordering::Relaxed) == 0 {
        return Err(Error::new("the handler emitted nothing"));
    }
    guest_loop(
        &mut world,
        &loose,
        "alloc_collect_dynamic",
        "allocate",
        1_000_000,
    )?;
    guest_loop(
        &mut world,
        &plugin,
        "alloc_collect_typed",
        "allocate",
        1_000_000,
    )?;
    guest_loop(&mut world, &loose, "yield_resume", "yield_resume", 500_000)?;
    garbage(&engine, &typed)?;
    worlds(&engine, &typed)?;
    Ok(())
}

/// A million calls that each leave 1 KiB of garbage: the heap after a thousand and after all of them.
fn garbage(engine: &Engine, typed: &foxvm::Module) -> Result<(), Error> {
    let mut world = engine.world(limits(), &[])?;
    let instance = world.bind(typed)?;
    let litter = instance.function::<(i64,), ()>("litter")?;
    for call in 1..=1_000_000 {
        litter.call(&mut world, (1_024,))?;
        if call == 1_000 {
            println!("garbage_heap_early_bytes\t{}", world.counters().memory);
        }
    }
    println!("garbage_heap_late_bytes\t{}", world.counters().memory);
    println!("garbage_washes\t{}", world.counters().washes);
    // The wash itself is part of a call: what a call costs more when it leaves garbage, for growing amounts of it, is
    // allocation; the wash's own share is what is left when the amount goes to nothing.
    for (name, bytes) in [
        ("tray_wash_call_64", 64),
        ("tray_wash_call_1024", 1_024),
        ("tray_wash_call_16384", 16_384),
    ] {
        let calls = 200_000;
        let quiet = timed(calls, || litter.call(&mut world, (bytes,)))?;
        let held = world.value("held")?;
        let unwashed = timed(calls, || litter.call(&mut world, (bytes,)))?;
        drop(held);
        println!("{name}\t{:.2}", (quiet - unwashed).max(0.0));
    }
    Ok(())
}

fn timed(count: u32, mut body: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = clock::thread_seconds();
        for _ in 0..count {
            body()?;
        }
        figures.push((clock::thread_seconds() - start) * 1e9 / f64::from(count));
    }
    Ok(median(figures))
}

/// New Worlds from a loaded module, and what idle ones hold.
fn worlds(engine: &Engine, typed: &foxvm::Module) -> Result<(), Error> {
    operation("world_new", 20_000, |_| {
        let mut world = engine.world(limits(), &[])?;
        world.bind(typed).map(|_| ())
    })?;
    let before = resident();
    let mut kept = Vec::new();
    for _ in 0..500 {
        let mut world = engine.world(limits(), &[])?;
        world.bind(typed)?;
        kept.push(world);
    }
    println!(
        "world_bytes\t{:.0}",
        (resident() - before) / kept.len() as f64
    );
    Ok(())
}
