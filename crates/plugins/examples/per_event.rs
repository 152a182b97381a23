//! What one line costs through the whole host, beside the same logic in Rust: `per_event LINES [PLUGIN.fza]`. Every hundredth line
//! tells of an error, and what is wished for then is taken at once; that is part of the line.
//!
//! Two figures: the cost of a line by batches of a thousand, which Rust and the plugin do in turn — the difference of a pair of
//! batches is what the plugin adds, and of these the median is told; and each line by itself with two readings of the clock
//! (whose own cost is told too), for the slowest ones. `per_event LINES PLUGIN.fza alone` does no more than the plugin's
//! lines, for callgrind: the difference of two numbers of lines.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use plugins::{Command, Entry, Flow, Host};

const QUIET: &str = "2026-11-22T00:00:00Z worker 7: request served in 3 ms, 200 OK, 1532 bytes";
const LOUD: &str = "2026-11-22T00:00:00Z worker 7: ERROR: request failed after 3 ms";
/// Lines of a batch.
const BATCH: u64 = 1_000;

/// The logic of the plugin `errors` in Rust, behind a call that the compiler cannot see through.
struct Native {
    output: fn(&str, &mut Vec<Command>) -> Flow<String>,
    wishes: Vec<Command>,
}

fn errors(line: &str, wishes: &mut Vec<Command>) -> Flow<String> {
    if line.contains("ERROR") {
        wishes.push(Command::Notify {
            title: String::new(),
            body: "Error detected in terminal".to_owned(),
            level: "info".to_owned(),
        });
        wishes.push(Command::SetColor("Red".to_owned()));
    }
    Flow::Pass
}

impl Native {
    fn line(&mut self, line: &str, loud: bool) -> usize {
        black_box((self.output)(black_box(line), &mut self.wishes));
        if loud {
            black_box(std::mem::take(&mut self.wishes)).len()
        } else {
            0
        }
    }
}

fn of_plugin(host: &mut Host, line: &str, loud: bool) -> usize {
    black_box(host.output(black_box(line)));
    if loud {
        black_box(host.take_commands()).len()
    } else {
        0
    }
}

fn line(number: u64) -> (&'static str, bool) {
    let loud = number % 100 == 99;
    (if loud { LOUD } else { QUIET }, loud)
}

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
    if words.next().is_some() {
        let commands: usize = (0..lines)
            .map(|number| {
                let (line, loud) = line(number);
                of_plugin(&mut host, line, loud)
            })
            .sum();
        println!("{lines} lines, {commands} commands");
        return Ok(());
    }
    let mut native = Native {
        output: black_box(errors),
        wishes: Vec::new(),
    };
    by_batches(&mut host, &mut native, lines);
    by_lines(&mut host, &mut native, lines);
    print!("{}", plugins::table(&host.metrics()));
    Ok(())
}

/// Nanoseconds of a line, by batches in turn.
fn by_batches(host: &mut Host, native: &mut Native, lines: u64) {
    let (mut rust, mut plugin, mut added) = (Vec::new(), Vec::new(), Vec::new());
    let mut commands = [0, 0];
    for _ in 0..lines.div_ceil(BATCH) {
        let start = Instant::now();
        for number in 0..BATCH {
            let (line, loud) = line(number);
            commands[0] += native.line(line, loud);
        }
        let between = Instant::now();
        for number in 0..BATCH {
            let (line, loud) = line(number);
            commands[1] += of_plugin(host, line, loud);
        }
        let each = |spent: Duration| spent.as_nanos() as f64 / BATCH as f64;
        let (of_rust, of_plugin) = (each(between - start), each(between.elapsed()));
        rust.push(of_rust);
        plugin.push(of_plugin);
        added.push(of_plugin - of_rust);
    }
    println!(
        "commands: {} in Rust, {} of the plugin",
        commands[0], commands[1]
    );
    println!(
        "a line, median of batches: {:.0} ns in Rust, {:.0} ns of the plugin; added {:.0} ns",
        quantile(&mut rust, 500),
        quantile(&mut plugin, 500),
        quantile(&mut added, 500)
    );
}

/// Nanoseconds of each line by itself, Rust and the plugin in turn.
fn by_lines(host: &mut Host, native: &mut Native, lines: u64) {
    let (mut clock, mut rust, mut plugin) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..lines {
        let (line, loud) = line(number);
        let times = [
            Instant::now(),
            Instant::now(),
            {
                native.line(line, loud);
                Instant::now()
            },
            {
                of_plugin(host, line, loud);
                Instant::now()
            },
        ];
        let [start, read, of_rust, of_plugin] = times;
        let nanoseconds = |from: Instant, to: Instant| (to - from).as_nanos() as f64;
        clock.push(nanoseconds(start, read));
        rust.push(nanoseconds(read, of_rust));
        plugin.push(nanoseconds(of_rust, of_plugin));
    }
    for (name, times) in [
        ("reading the clock", &mut clock),
        ("Rust", &mut rust),
        ("plugin", &mut plugin),
    ] {
        println!(
            "{name}: p50 {:.0} ns, p99 {:.0} ns, p99.9 {:.0} ns, longest {:.0} ns",
            quantile(times, 500),
            quantile(times, 990),
            quantile(times, 999),
            quantile(times, 1_000)
        );
    }
}

fn quantile(times: &mut [f64], thousandths: usize) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let at = (times.len() * thousandths / 1_000).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}
