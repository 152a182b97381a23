//! The ten lines of the README: a World, a verified module, a typed function handle.
#![allow(clippy::print_stdout, reason = "an example that prints")]

use foxvm::{Engine, Limits};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new();
    engine.function("console.write", |text: &str| print!("{text}"))?;
    let module = engine.load(engine.assemble(include_str!("../../../examples/hello.fza"))?)?;
    let mut world = engine.world(Limits::plugin(), &[])?;
    let instance = world.bind(&module)?;
    let greet = instance.function::<(&str,), String>("greet")?;
    println!("{}", greet.call(&mut world, ("stranger",))?);
    Ok(())
}
