//! Rhumb programs come to the same when every allocation collects: `spec/rhumb` and `examples` as they are. What a stack map
//! forgets, or shows before it is there, fails here.

use std::path::{Path, PathBuf};

use foxvm::{Capability, Engine, Limits};
use loader::{Book, Loader, Project, Settings};
use stdlib::Library;

/// Programs whose size is their purpose: collecting at each of their allocations takes too long.
const FUEL: u64 = 3_000_000;

fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["spec/rhumb", "examples"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "rh") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Runs a program in test mode: assertions that passed and failed, and how it ended.
fn run(path: &Path, collect: bool) -> Option<(u64, u64, Result<(), String>)> {
    let text = std::fs::read_to_string(path).unwrap();
    let engine = Engine::new();
    let natives = Library::new(stdlib::Settings::new());
    natives.register(&engine).unwrap();
    let project = Project::of(path).unwrap();
    let loader = Loader::new(&engine, natives.clone(), project, Settings::default());
    let book = Book {
        path: path.to_owned(),
        text,
    };
    // Programs that are not to compile have no run.
    let document = loader.program("program", &[book]).ok()?;
    let module = engine.load(document.bytes).unwrap();
    let mut limits = Limits::program();
    limits.fuel = Some(FUEL);
    let mut world = engine.world(limits, &Capability::all()).unwrap();
    world.set_output(|_, _| Ok(()));
    world.collect_always(collect);
    let prelude = loader::prelude(&engine, natives).unwrap();
    let base = world.bind(&prelude).unwrap();
    world.set_world_map(&base.result().clone()).unwrap();
    world.set_truth_words(document.locale.yes, document.locale.no);
    world.set_test_mode(true);
    let ended = world.bind(&module).and_then(|_| world.conclude());
    let count = world.test_count();
    Some((
        count.passed,
        count.failed,
        ended.map_err(|error| error.to_string()),
    ))
}

#[test]
fn programs_come_to_the_same_when_every_allocation_collects() {
    let mut compared = 0;
    for path in programs() {
        let Some(plain) = run(&path, false) else {
            continue;
        };
        if plain.2.as_ref().is_err_and(|error| error.contains("fuel")) {
            continue;
        }
        compared += 1;
        assert_eq!(run(&path, true), Some(plain), "{}", path.display());
    }
    assert!(compared >= 40, "{compared} programs");
}
