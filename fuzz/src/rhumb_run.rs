//! Rhumb programs: what compiles runs under tight limits on both dispatchers, which come to the same value, output, warnings
//! and fuel; it ends within its limits, and never in a fault of the machine itself.

#![no_main]

use std::sync::{Arc, Mutex, OnceLock};

use foxvm::{Dispatch, Engine, Lang, Limits};
use libfuzzer_sys::fuzz_target;
use loader::{Book, Loader, Project, Settings};
use stdlib::Library;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if rhumb::parse(text, rhumb::Options::default()).has_errors() {
        return;
    }
    let direct = run(text, Dispatch::Fastest);
    let looped = run(text, Dispatch::Loop);
    assert_eq!(direct, looped, "the dispatchers differ");
});

fn natives() -> Library {
    Library::new(stdlib::Settings::new().seed(1))
}

/// The prelude's module, compiled once.
fn prelude() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let engine = Engine::new();
        natives().register(&engine).expect("the table registers");
        let loader = Loader::new(&engine, natives(), Project::none(), Settings::default());
        let book = Book {
            path: "prelude.rh".into(),
            text: loader::PRELUDE.to_owned(),
        };
        loader.program("prelude", &[book]).expect("it compiles").bytes
    })
}

/// What a program comes to; nothing if it does not compile.
fn run(text: &str, dispatch: Dispatch) -> Option<(String, Vec<u8>, u64, u64)> {
    let engine = Engine::builder().dispatch(dispatch).build().expect("an Engine");
    natives().register(&engine).expect("the table registers");
    let loader = Loader::new(&engine, natives(), Project::none(), Settings::default());
    let book = Book {
        path: "input.rh".into(),
        text: text.to_owned(),
    };
    let document = loader.program("input", &[book]).ok()?;
    let module = engine.load(document.bytes).ok()?;
    let base = engine.load(prelude()).expect("the prelude loads");
    let limits = Limits {
        memory: 4 << 20,
        one_allocation: 1 << 20,
        emergency: 1 << 20,
        fuel: Some(50_000),
        deadline: None,
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
    let map = world.bind(&base).ok()?;
    world.set_world_map(&map.result().clone()).ok()?;
    world.set_test_mode(true);
    let ended = match world.bind(&module) {
        Ok(instance) => match world.display_as(Lang::Rhumb, instance.result(), true) {
            Ok(shown) => shown,
            Err(error) => told(&error),
        },
        Err(error) => told(&error),
    };
    let output = output.lock().expect("one thread").clone();
    Some((ended, output, world.warnings(), world.counters().fuel_used))
}

/// How a run failed. A fault of the machine itself is a finding.
fn told(error: &foxvm::Error) -> String {
    if let Some(fault) = error.fault() {
        assert_ne!(fault.fault, foxvm::Fault::Internal, "the machine caught a bug of its own");
    }
    error.to_string()
}
