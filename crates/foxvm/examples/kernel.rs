//! Measures one kernel: `kernel FILE.fza INPUT REPETITIONS` prints `NAME MEDIAN MIN RESULT`, tab-separated, in seconds of the
//! thread's CPU time for one call (bench/README.md). Limits are on; a build with the feature `unmetered` of crate `machine`
//! has no code for fuel and deadline.
#![allow(clippy::print_stdout, reason = "its output is what the harness reads")]

use std::path::Path;
use std::time::Duration;

use foxvm::{Engine, Limits, Value};

#[path = "measure/clock.rs"]
mod clock;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, input, repetitions] = &words[..] else {
        return Err("usage: kernel FILE.fza INPUT REPETITIONS".into());
    };
    let (input, repetitions): (i64, usize) = (input.parse()?, repetitions.parse()?);
    let name = Path::new(file)
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or("kernel");
    let engine = Engine::new();
    let module = engine.load(engine.assemble(&std::fs::read_to_string(file)?)?)?;
    // Far beyond what a kernel takes, but counted and compared like any limit.
    let limits = Limits {
        fuel: Some(1 << 50),
        deadline: Some(Duration::from_secs(3_600)),
        ..Limits::program()
    };
    let mut world = engine.world(limits, &[])?;
    let instance = world.bind(&module)?;
    let mut seconds = Vec::new();
    let mut result = String::new();
    for _ in 0..repetitions.max(1) {
        let start = clock::thread_seconds();
        let value = instance.call(&mut world, name, &[Value::int(input)])?;
        seconds.push(clock::thread_seconds() - start);
        result = world.display(&value)?;
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "{name}\t{:.9}\t{:.9}\t{result}",
        seconds[seconds.len() / 2],
        seconds[0]
    );
    Ok(())
}
