//! Measures the border between host and guest (bench/README.md): rows `NAME NANOSECONDS`, tab-separated, medians of five;
//! names that end in `_bytes` count bytes. Limits are on in every figure.
#![allow(clippy::print_stdout, reason = "its output is what the harness reads")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foxvm::{Engine, Error, Limits};

#[path = "measure/clock.rs"]
mod clock;
#[path = "measure/fibers.rs"]
mod fibers;
#[path = "measure/heap.rs"]
mod heap;
#[path = "measure/rows.rs"]
mod rows;

use rows::{guest_loop, operation};

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

fn limits() -> Limits {
    Limits {
        fuel: Some(1 << 50),
        deadline: Some(Duration::from_secs(3_600)),
        fibers: 200_000,
        ..Limits::strict()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
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
    // First of all: what other rows gave back would hide what these Worlds take.
    heap::worlds(&engine, &typed)?;
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
        return Err(Error::new("the handler emitted nothing").into());
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
    fibers::bytes(&engine, &dynamic)?;
    fibers::signals(&engine)?;
    heap::garbage(&engine, &typed)?;
    heap::washes()?;
    heap::pauses(&engine, &dynamic)?;
    Ok(())
}
