//! Measures opening files (bench/README.md): rows `open_BYTES NANOSECONDS` for known files from 1 KB to 10 MB,
//! `first_call_extra NANOSECONDS`, `verify_mb_per_s MEGABYTES_PER_SECOND`, tab-separated.
#![allow(clippy::print_stdout, reason = "its output is what the harness reads")]

use std::fmt::Write;
use std::time::Instant;

use foxvm::{Engine, Limits};

/// Sizes of the files, in bytes, about.
const SIZES: [usize; 5] = [1 << 10, 10 << 10, 100 << 10, 1 << 20, 10 << 20];
/// Rounds of which the median counts.
const ROUNDS: usize = 21;

/// A module of so many functions, each of some twenty instructions that loops and calls.
fn source(functions: usize) -> String {
    let mut text = format!("module \"load{functions}\" lang machine\n");
    for index in 0..functions {
        let callee = index.saturating_sub(1);
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "fn f{index}(n: int) -> int export {{\n local i: int\n push_int 0\n store i\nagain{index}:\n load i\n load n\n i64.lt\n \
             jump_if_not out{index}\n load i\n push_int {}\n i64.add\n store i\n jump again{index}\nout{index}:\n load n\n push_int 0\n \
             i64.lt\n jump_if_not done{index}\n load i\n call f{callee}\n ret\ndone{index}:\n load i\n ret\n}}\n",
            1 + index % 7
        );
    }
    text
}

fn median(mut nanos: Vec<f64>) -> f64 {
    nanos.sort_by(f64::total_cmp);
    nanos[nanos.len() / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = std::env::temp_dir().join(format!("foxvm-load-{}", std::process::id()));
    let result = measure(&store);
    std::fs::remove_dir_all(&store)?;
    result
}

fn measure(store: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let one = Engine::new().assemble(&source(1))?.len();
    let each = (Engine::new().assemble(&source(101))?.len() - one) / 100;
    for size in SIZES {
        let functions = (size.saturating_sub(one) / each).max(1);
        let maker = Engine::builder().store(store).build()?;
        let module = maker.load(maker.assemble(&source(functions))?)?;
        let hash = module.hash();
        maker.keep(&module)?;
        let mut nanos = Vec::new();
        for _ in 0..ROUNDS {
            // A fresh Engine: nothing is held, the file is mapped and looked at.
            let engine = Engine::builder().store(store).build()?;
            let start = Instant::now();
            let opened = engine.load_known(hash)?;
            nanos.push(start.elapsed().as_nanos() as f64);
            if opened.is_none() {
                return Err("a kept module is not known".into());
            }
        }
        println!("open_{size}\t{:.0}", median(nanos));
        if size == 1 << 20 {
            first_call(store, hash)?;
        }
        if size == 10 << 20 {
            let bytes = module.bytes().to_vec();
            let file = fzb::Module::check(bytes.as_slice(), fzb::view::Checks::Full)?;
            let mut speeds = Vec::new();
            for _ in 0..5 {
                let start = Instant::now();
                fzb::verify::module(&file)?;
                speeds.push(bytes.len() as f64 / start.elapsed().as_secs_f64() / 1e6);
            }
            println!("verify_mb_per_s\t{:.1}", median(speeds));
        }
    }
    Ok(())
}

/// What the first call of a function costs more than the second: lazy verification and translation.
fn first_call(
    store: &std::path::Path,
    hash: foxvm::ModuleHash,
) -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::builder().store(store).build()?;
    let module = engine
        .load_known(hash)?
        .ok_or("a kept module is not known")?;
    let mut world = engine.world(Limits::plugin(), &[])?;
    let instance = world.bind(&module)?;
    let mut extra = Vec::new();
    for index in 0..200 {
        let function = instance.function::<(i64,), i64>(&format!("f{index}"))?;
        let mut took = [0.0; 2];
        for each in &mut took {
            let start = Instant::now();
            function.call(&mut world, (1,))?;
            *each = start.elapsed().as_nanos() as f64;
        }
        extra.push(took[0] - took[1]);
    }
    println!("first_call_extra\t{:.0}", median(extra));
    Ok(())
}
