//! Prints a log of N lines (300 if nothing is said), the same every time: `generate_log 1000000 > million.log`. One line in
//! about ten tells of an ERROR.
#![allow(clippy::print_stdout, reason = "its output is the log")]

use std::io::{BufWriter, Write};

/// A generator of Knuth's MMIX family: the log must not change, and nothing depends on its quality.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(300), |word| word.parse())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut next = Sequence(20_251_121);
    for line in 0..lines {
        let (day, second) = (1 + line / 86_400 % 28, line % 86_400);
        write!(
            out,
            "2025-11-{day:02} {:02}:{:02}:{:02} ",
            second / 3_600,
            second / 60 % 60,
            second % 60
        )?;
        match next.below(10) {
            0 => writeln!(out, "ERROR disk sda{} is full", 1 + next.below(4))?,
            1 | 2 => writeln!(
                out,
                "WARN  retry {} of 5 for host h{:02}",
                1 + next.below(5),
                next.below(40)
            )?,
            3..=5 => writeln!(out, "DEBUG cache miss for key {}", next.below(100_000))?,
            _ => writeln!(
                out,
                "INFO  request GET /page/{} 200 in {}ms",
                next.below(5_000),
                next.below(900)
            )?,
        }
    }
    out.flush()?;
    Ok(())
}
