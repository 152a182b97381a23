//! What is measured of fibers: what one holds, and signals from different depths.

use foxvm::{Engine, Error, Instance, Limits, Module, Value};

use crate::limits;
use crate::rows::{nanos_each, row};

/// What one generator adds to the memory that counts, suspended at its first yield with one frame: from ten thousand of them
/// to twenty thousand, in the places of a list that is there before. Its handle object and its share of a drawer are in it.
pub fn bytes(engine: &Engine, dynamic: &Module) -> Result<(), Error> {
    const COUNT: i64 = 10_000;
    let mut world = engine.world(limits(), &[])?;
    let instance = world.bind(dynamic)?;
    let room = instance.function::<(i64,), Value>("room")?;
    let fill = instance.function::<(Value, i64, i64), ()>("suspend")?;
    let list = room.call(&mut world, (2 * COUNT,))?;
    let mut memory = [0.0; 2];
    for (half, memory) in (0..).zip(&mut memory) {
        fill.call(&mut world, (list.clone(), half * COUNT, (half + 1) * COUNT))?;
        world.collect();
        *memory = world.counters().memory as f64;
    }
    row("fiber_bytes", (memory[1] - memory[0]) / COUNT as f64);
    Ok(())
}

/// A signal from a depth of calls within a prompt, and its reply: the guest asks `n` times; what the way down and up costs is
/// taken off.
pub fn signals(engine: &Engine) -> Result<(), Error> {
    let module = engine.load(engine.assemble(include_str!("signals.fza"))?)?;
    let limits = Limits {
        depth: 1 << 20,
        ..limits()
    };
    let mut world = engine.world(limits, &[])?;
    let instance: Instance = world.bind(&module)?;
    let ask = instance.function::<(i64, i64), i64>("ask_from")?;
    for depth in [1, 1_000, 100_000] {
        const COUNT: i64 = 200_000;
        let mut nanos = [0.0; 2];
        for (times, nanos) in [0, COUNT].into_iter().zip(&mut nanos) {
            *nanos = nanos_each(COUNT as u64, || {
                let sum = ask.call(&mut world, (depth, times))?;
                if sum == times * (times + 1) {
                    Ok(())
                } else {
                    Err(Error::new(format!(
                        "{times} signals were answered with {sum} in all"
                    )))
                }
            })?;
        }
        row(&format!("signal_depth_{depth}"), nanos[1] - nanos[0]);
    }
    Ok(())
}
