//! How rows are measured and printed: `NAME FIGURE`, tab-separated, medians of five.

use foxvm::{Error, Instance, World};

use crate::clock;

/// The figure in the middle.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints one row.
pub fn row(name: &str, figure: f64) {
    println!("{name}\t{figure:.2}");
}

/// Nanoseconds of CPU time for one of the `count` operations that `body` does; the median of five times.
pub fn nanos_each(count: u64, mut body: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = clock::thread_seconds();
        body()?;
        figures.push((clock::thread_seconds() - start) * 1e9 / count as f64);
    }
    Ok(median(figures))
}

/// Does something `count` times, five times over, and prints nanoseconds for each.
pub fn operation(
    name: &str,
    count: u64,
    mut body: impl FnMut(u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let nanos = nanos_each(count, || (0..count).try_for_each(&mut body))?;
    row(name, nanos);
    Ok(())
}

/// Calls a guest function that does `count` operations by itself.
pub fn guest_loop(
    world: &mut World,
    instance: &Instance,
    name: &str,
    function: &str,
    count: i64,
) -> Result<(), Error> {
    let function = instance.function::<(i64,), foxvm::Value>(function)?;
    let nanos = nanos_each(count as u64, || function.call(world, (count,)).map(|_| ()))?;
    row(name, nanos);
    Ok(())
}
