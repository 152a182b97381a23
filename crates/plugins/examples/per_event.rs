//! What one line costs through the whole host: `per_event LINES [PLUGIN.fza]`, for callgrind (instructions by two numbers of
//! lines) or by the clock. Every hundredth line tells of an error.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::path::PathBuf;
use std::time::Instant;

use plugins::{Entry, Host};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let lines: u64 = words.next().unwrap_or_default().parse()?;
    let path = words.next().map_or_else(
        || PathBuf::from("examples/plugins/errors.fza"),
        PathBuf::from,
    );
    let mut entry = Entry::new("measured", path);
    for capability in foxvm::Capability::OF_PLUGINS {
        entry = entry.grant(capability);
    }
    let mut host = Host::new()?;
    host.load(entry)?;
    let quiet = "2026-11-22T00:00:00Z worker 7: request served in 3 ms, 200 OK, 1532 bytes";
    let loud = "2026-11-22T00:00:00Z worker 7: ERROR: request failed after 3 ms";
    let start = Instant::now();
    let mut commands = 0;
    for line in 0..lines {
        host.output(if line % 100 == 99 { loud } else { quiet });
        if line % 100 == 99 {
            commands += host.take_commands().len();
        }
    }
    let spent = start.elapsed();
    println!("{lines} lines, {commands} commands, {spent:?}");
    print!("{}", plugins::table(&host.metrics()));
    Ok(())
}
