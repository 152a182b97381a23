//! Measures the phases of compiling a file: `cargo run --release -p fusabi --example fusabi_compile -- FILE [REPETITIONS [MODULE]]`.
//!
//! Prints one line of JSON: lines and bytes of the source, bytes of the module, and nanoseconds: `library_signatures` and
//! `library_bodies` (once in a process, at their first use), and of the fastest repetition `parse` (part of `check`), `check`,
//! `lower` (code generation) and `write`. With 0 repetitions the file is checked once, and only that is printed.
//! The module is written to the file `MODULE`, if one is named.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::hint::black_box;
use std::time::Instant;

use fusabi::check::{CheckOptions, NoLoader, check};
use fusabi::{CompileOptions, Options};

/// What something gave, and how many nanoseconds it took.
fn timed<T>(run: impl FnOnce() -> T) -> (T, u128) {
    let start = Instant::now();
    let value = run();
    (value, start.elapsed().as_nanos())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("a file is missing")?;
    let repetitions: u32 = args.next().map_or(Ok(3), |text| text.parse())?;
    let module = args.next();
    let text = std::fs::read_to_string(&path)?;
    let lines = text.lines().count();
    let checked_file = || check("bench.fsx", &text, &mut NoLoader, &CheckOptions::default());
    let (_, signatures) = timed(fusabi::library::library);
    if repetitions == 0 {
        let (checked, ns) = timed(checked_file);
        let right = checked.program.is_some();
        println!(
            "{{\"lines\":{lines},\"right\":{right},\"library_signatures\":{signatures},\"check\":{ns}}}"
        );
        return Ok(());
    }
    let (_, bodies) = timed(|| fusabi::library::bodies().is_some());
    let mut best = [u128::MAX; 4];
    let mut made = Vec::new();
    for _ in 0..repetitions {
        let (_, parse) = timed(|| {
            black_box(fusabi::parse(&text, &Options::default()))
                .errors
                .len()
        });
        let (checked, check) = timed(checked_file);
        let program = checked.program.ok_or("the file has errors")?;
        let options = CompileOptions {
            name: "bench",
            ..CompileOptions::default()
        };
        let (tables, lower) = timed(|| fusabi::compile(&program, &options));
        let tables = tables?;
        let (bytes, write) = timed(|| fzb::write::write(&tables));
        made = bytes?;
        for (least, this) in best.iter_mut().zip([parse, check, lower, write]) {
            *least = this.min(*least);
        }
    }
    if let Some(module) = module {
        std::fs::write(module, &made)?;
    }
    let size = made.len();
    let [parse, check, lower, write] = best;
    println!(
        "{{\"lines\":{lines},\"bytes\":{},\"module\":{size},\"library_signatures\":{signatures},\"library_bodies\":{bodies},\
         \"parse\":{parse},\"check\":{check},\"lower\":{lower},\"write\":{write}}}",
        text.len()
    );
    Ok(())
}
