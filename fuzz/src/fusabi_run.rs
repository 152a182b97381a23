//! Fusabi programs: what is checked is compiled, always to a module that the verifier accepts; it runs under tight limits on both
//! dispatchers, which come to the same value, output and fuel, and never in a fault of the machine itself.

#![no_main]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use foxvm::{Dispatch, Engine, Fault, Lang, Limits};
use fusabi::CompileOptions;
use fusabi::check::{CheckOptions, NoLoader, check};
use libfuzzer_sys::fuzz_target;
use stdlib::{Library, Settings};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let checked = check("input.fsx", text, &mut NoLoader, &CheckOptions::default());
    let Some(program) = checked.program else {
        assert!(checked.has_errors(), "no program, and nothing is wrong");
        return;
    };
    let options = CompileOptions {
        name: "input",
        ..CompileOptions::default()
    };
    // Only what is larger than a module can be is not compiled.
    let Ok(tables) = fusabi::compile(&program, &options) else {
        return;
    };
    let module = fzb::write::write(&tables).expect("tables that can be written");
    // One that sleeps until its time is over is compared with nothing.
    let direct = run(module.clone(), Dispatch::Fastest);
    let looped = run(module, Dispatch::Loop);
    if let (Some(direct), Some(looped)) = (direct, looped) {
        assert_eq!(direct, looped, "the dispatchers differ");
    }
});

/// What a module comes to, if it is not cut off by the clock.
fn run(bytes: Vec<u8>, dispatch: Dispatch) -> Option<(String, Vec<u8>, u64)> {
    let engine = Engine::builder().dispatch(dispatch).build().expect("an Engine");
    let settings = Settings::new().seed(1).input(std::io::empty());
    Library::new(settings).register(&engine).expect("the table registers");
    let module = match engine.load(bytes) {
        Ok(module) => module,
        Err(error) => panic!("what was compiled is refused: {error}"),
    };
    let limits = Limits {
        memory: 4 << 20,
        one_allocation: 1 << 20,
        emergency: 1 << 20,
        fuel: Some(50_000),
        deadline: Some(Duration::from_secs(2)),
        depth: 300,
        fibers: 50,
        output: Some(4096),
        ..Limits::program()
    };
    let mut world = engine.world(limits, &[]).ok()?;
    let output = Arc::new(Mutex::new(Vec::new()));
    let sink = output.clone();
    world.set_output(move |_, bytes| {
        sink.lock().expect("one thread").extend_from_slice(bytes);
        Ok(())
    });
    let ended = match world.bind(&module) {
        Ok(instance) => match world.display_as(Lang::Fusabi, instance.result(), false) {
            Ok(shown) => shown,
            Err(error) => told(&error),
        },
        Err(error) => match error.fault() {
            Some(fault) if fault.fault == Fault::Deadline => return None,
            _ => told(&error),
        },
    };
    let output = output.lock().expect("one thread").clone();
    Some((ended, output, world.counters().fuel_used))
}

/// How a run failed. A fault of the machine itself is a finding.
fn told(error: &foxvm::Error) -> String {
    if let Some(fault) = error.fault() {
        assert_ne!(fault.fault, Fault::Internal, "the machine caught a bug of its own");
    }
    error.to_string()
}
