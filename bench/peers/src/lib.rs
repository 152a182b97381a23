//! What the peer programs share: the CPU clock, medians, and the rows they print.
//!
//! It knows nothing of any engine; `src/bin/` holds one program per engine. Start with [`time_kernel`], then read
//! `src/bin/wasmi.rs`.
//!
//! Every program answers three commands: `kernels` (one row per kernel), `embed` (nanoseconds per operation at the
//! border between host and guest) and `load` (nanoseconds to load an artifact, by size). `bench/run` reads the rows.

#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use cpu_time::ThreadTime;

/// Any failure of a peer program: it ends the program with status 1 and this text.
pub type Failure = Box<dyn Error>;

/// The four log lines that the ERROR handler is fed with, in turn; the same in `embed.c`.
pub const LINES: [&str; 4] = [
    "2026-01-01 INFO service started ok in 12ms",
    "2026-01-01 ERROR disk sda1 is full",
    "2026-01-01 DEBUG cache miss for key 8812",
    "2026-01-01 INFO request GET /index.html 200",
];

/// How often each measurement inside one process is repeated; the median is printed.
const REPETITIONS: usize = 5;

/// One kernel to run: its name and the size of its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The kernel's name, as in `kernels.lua`.
    pub name: String,
    /// Its input; what it counts depends on the kernel.
    pub input: i64,
}

impl Job {
    /// Reads `NAME=INPUT`.
    ///
    /// # Errors
    /// The text has no `=`, or what follows it is no integer.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let (name, input) = text
            .split_once('=')
            .ok_or_else(|| format!("{text}: expected NAME=INPUT"))?;
        Ok(Self {
            name: name.to_owned(),
            input: input.parse().map_err(|cause| format!("{text}: {cause}"))?,
        })
    }
}

/// Runs `body` `repetitions` times and prints `LABEL NAME MEDIAN MIN RESULT`, times in seconds of this thread's CPU.
///
/// # Errors
/// Whatever `body` answers with.
pub fn time_kernel<R: Display>(
    label: &str,
    name: &str,
    repetitions: usize,
    mut body: impl FnMut() -> Result<R, Failure>,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    let mut result = None;
    for _ in 0..repetitions.max(1) {
        let start = ThreadTime::now();
        let answer = body()?;
        times.push(start.elapsed());
        result = Some(answer);
    }
    let (median, least) = median_and_least(&mut times);
    if let Some(result) = result {
        println!(
            "{label}\t{name}\t{:.6}\t{:.6}\t{result}",
            median.as_secs_f64(),
            least.as_secs_f64()
        );
    }
    Ok(())
}

/// Runs `body` with 0, 1, …, `count - 1`, five times over, and prints `LABEL NAME MEDIAN MIN` in nanoseconds of this
/// thread's CPU per operation.
///
/// # Errors
/// Whatever `body` answers with.
pub fn time_operation(
    label: &str,
    name: &str,
    count: u32,
    mut body: impl FnMut(u32) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..REPETITIONS {
        let start = ThreadTime::now();
        for index in 0..count {
            body(index)?;
        }
        times.push(start.elapsed());
    }
    print_operation(label, name, count, &mut times);
    Ok(())
}

/// Runs `batch` five times, which does `count` operations by itself, and prints a row as [`time_operation`] does.
///
/// # Errors
/// Whatever `batch` answers with.
pub fn time_batch(
    label: &str,
    name: &str,
    count: u32,
    mut batch: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..REPETITIONS {
        let start = ThreadTime::now();
        batch()?;
        times.push(start.elapsed());
    }
    print_operation(label, name, count, &mut times);
    Ok(())
}

/// How many loads of an artifact of `bytes` bytes one measurement makes: enough of the small ones for the clock.
#[must_use]
pub fn operations_for(bytes: usize) -> u32 {
    u32::try_from(500_000 / bytes.max(1)).unwrap_or(1).max(1)
}

fn print_operation(label: &str, name: &str, count: u32, times: &mut [Duration]) {
    let (median, least) = median_and_least(times);
    let each = |time: Duration| time.as_secs_f64() * 1e9 / f64::from(count.max(1));
    println!("{label}\t{name}\t{:.1}\t{:.1}", each(median), each(least));
}

fn median_and_least(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    (median, times.first().copied().unwrap_or_default())
}
