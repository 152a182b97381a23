//! What is measured of a World's memory: garbage, washes, pauses, idle Worlds.

use std::time::{Duration, Instant};

use foxvm::{Engine, Error, Module};
use fzb::tables::FuncId;
use fzb::view::ExportTarget;
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::World as Machine;

use crate::limits;
use crate::rows::{median, operation, row};

const HEAP: &str = include_str!("heap.fza");

/// Places of the table of the pause rows.
const PLACES: i64 = 100_000;

/// A million calls that each leave 1 KiB of garbage: the heap after a thousand and after all of them.
pub fn garbage(engine: &Engine, typed: &Module) -> Result<(), Error> {
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
    Ok(())
}

/// The wash alone, as `Function::call` asks the machine for it when a call is over: wall time around it, the median of many
/// calls, less the median of the clock's own time. `tray_wash_N` is after a call that left N bytes of records in all (of
/// which the trays hold the last ones; collections have dropped the others), `tray_wash_text_N` after one large text.
pub fn washes() -> Result<(), Box<dyn std::error::Error>> {
    let clock = median(
        (0..100_001)
            .map(|_| Instant::now().elapsed().as_nanos() as f64)
            .collect(),
    );
    let module = fzb::Module::from_tables(
        &fzb::text::assemble(HEAP).map_err(|errors| format!("{errors:?}"))?,
    )?;
    fzb::verify::module(&module).map_err(|refusal| refusal.to_string())?;
    let function = |name: &str| -> Option<FuncId> {
        match module.export(module.find_export(name)?)?.target {
            ExportTarget::Function(id) => Some(id),
            ExportTarget::Static(_) => None,
        }
    };
    let engine = Shared::new(false);
    let loaded = engine
        .add_module(module.clone(), true)
        .map_err(|_| "no memory for the module")?;
    let mut world = Machine::new(engine, limits(), Grants::none())?;
    world.set_spaces(Box::new(spaces::Tuplespaces::new()));
    let instance = world.load(&loaded)?;
    world.wash();
    let records = function("records").ok_or("no function records")?;
    let before = world.counters().allocated;
    world.call(instance, records, &[Value::int(1_000)])?;
    world.wash();
    let each = (world.counters().allocated - before) as i64 / 1_000;
    let text = function("text").ok_or("no function text")?;
    for (name, function, amount, calls) in [
        ("tray_wash_0", records, 0, 20_001),
        ("tray_wash_1024", records, (1 << 10) / each, 20_001),
        ("tray_wash_1048576", records, (1 << 20) / each, 1_001),
        ("tray_wash_16777216", records, (16 << 20) / each, 101),
        // Below the size from which objects have a place of their own.
        ("tray_wash_text_16384", text, 1 << 14, 1_001),
    ] {
        let mut took = Vec::new();
        for _ in 0..calls {
            world.call(instance, function, &[Value::int(amount)])?;
            let start = Instant::now();
            let washed = world.wash();
            let nanos = start.elapsed().as_nanos() as f64;
            // Trays that hold something of the World's own are not washed: not what is measured here.
            if washed {
                took.push(nanos);
            }
        }
        if took.len() * 2 < calls {
            return Err(format!("{name}: {} of {calls} washes", took.len()).into());
        }
        row(name, (median(took) - clock).max(0.0));
    }
    Ok(())
}

/// How long collections of the trays stop a program that makes small maps and keeps one of each `every` of them in one of
/// [`PLACES`] places until its turn comes again: garbage, survivors and promoted ones at once. Default trays.
pub fn pauses(engine: &Engine, dynamic: &Module) -> Result<(), Error> {
    for (every, name) in [(10, ""), (3, "_third_kept")] {
        let mut world = engine.world(limits(), &[])?;
        let instance = world.bind(dynamic)?;
        let room = instance.function::<(i64,), foxvm::Value>("room")?;
        let table = room.call(&mut world, (PLACES,))?;
        let churn = instance.function::<(foxvm::Value, i64, i64, i64), ()>("churn")?;
        // Fills the table, and brings the trays to the size that the program keeps them at.
        let filling = PLACES * every * 2;
        churn.call(&mut world, (table.clone(), PLACES, every, filling))?;
        let before = world.minor_pauses().clone();
        churn.call(&mut world, (table.clone(), PLACES, every, 4_000_000))?;
        let pauses = world.minor_pauses().since(&before);
        if pauses.count() == 0 {
            return Err(Error::new("no collection happened"));
        }
        let nanos = |pause: Duration| pause.as_nanos() as f64;
        row(
            &format!("minor_pause_p50{name}"),
            nanos(pauses.percentile(50)),
        );
        row(
            &format!("minor_pause_p99{name}"),
            nanos(pauses.percentile(99)),
        );
        row(
            &format!("minor_pause_longest{name}"),
            nanos(pauses.longest()),
        );
        row(&format!("minor_pause{name}_number"), pauses.count() as f64);
    }
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

/// New Worlds from a loaded module, and what idle ones hold: before the first call, and after one that took a text.
pub fn worlds(engine: &Engine, typed: &Module) -> Result<(), Error> {
    for (name, called) in [("world_bytes", false), ("world_called_bytes", true)] {
        let before = resident();
        let mut kept = Vec::new();
        for _ in 0..500 {
            let mut world = engine.world(limits(), &[])?;
            let instance = world.bind(typed)?;
            if called {
                let handler = instance.function::<(&str,), ()>("on_line")?;
                handler.call(&mut world, ("2026-01-01 ERROR disk sda1 is full",))?;
            }
            kept.push(world);
        }
        row(name, (resident() - before) / kept.len() as f64);
    }
    operation("world_new", 20_000, |_| {
        let mut world = engine.world(limits(), &[])?;
        world.bind(typed).map(|_| ())
    })?;
    Ok(())
}
