//! Programs: a file that the checks and the verifier accept is run under tight limits by both dispatchers, which must come to
//! the same. What libFuzzer changes in a file is repaired; one mutation in two is made where files have meaning.

#![no_main]

use fzb::mutate::{Random, mutate, repair};
use fzb::tables::{ExportId, Lang};
use fzb::view::{Checks, ExportTarget, Module};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(u64::from(seed) + 1);
    let size = size.min(data.len());
    if random.once_in(2) && Module::check(&data[..size], Checks::Known).is_ok() {
        let mutant = mutate(&data[..size], &mut random);
        let length = mutant.len().min(max_size).min(data.len());
        data[..length].copy_from_slice(&mutant[..length]);
        return length;
    }
    let length = fuzzer_mutate(data, size, max_size);
    repair(&mut data[..length]);
    length
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(module) = Module::check(bytes, Checks::Full) else {
        return;
    };
    if fzb::verify::module(&module).is_err() {
        return;
    }
    assert_eq!(
        run(&module, true),
        run(&module, false),
        "the dispatchers differ"
    );
});

/// Results of the entry and of some exports, as texts or fault codes.
fn run(module: &Module, loop_dispatch: bool) -> Vec<String> {
    let engine = Shared::new(loop_dispatch);
    let loaded = engine.add_module(module.clone(), true).expect("memory");
    let limits = Limits {
        memory: 4 << 20,
        one_allocation: 1 << 20,
        emergency: 1 << 20,
        fuel: Some(20_000),
        deadline: None,
        depth: 200,
        fibers: 50,
        output: Some(4096),
        ..Limits::plugin()
    };
    let Ok(mut world) = World::new(engine, limits, Grants::none()) else {
        return Vec::new();
    };
    world.set_spaces(Box::new(spaces::Tuplespaces::new()));
    world.set_test_mode(true);
    let instance = match world.load(&loaded) {
        Ok(instance) => instance,
        Err(report) => return vec![internal(report.fault.code())],
    };
    let result = world.entry_result(instance);
    let mut outcomes = vec![canonical(&mut world, result)];
    for id in 0..module.exports().min(4) {
        let Some(ExportTarget::Function(function)) =
            module.export(ExportId(id)).map(|export| export.target)
        else {
            continue;
        };
        if !World::callable(&loaded, function) {
            continue;
        }
        let params = module
            .function(function)
            .map_or(0, |function| function.params);
        let args = vec![Value::int(3); params as usize];
        outcomes.push(match world.call(instance, function, &args) {
            Ok(value) => canonical(&mut world, value),
            Err(report) => internal(report.fault.code()),
        });
    }
    outcomes
}

/// The canonical text of a value, or the code of the fault that it ends with.
fn canonical(world: &mut World, value: Value) -> String {
    world
        .display_text(Lang::Machine, value, true)
        .unwrap_or_else(|raised| internal(world.report(raised).fault.code()))
}

/// A fault of the machine itself is a finding.
fn internal(code: String) -> String {
    assert_ne!(code, "FX007F", "the machine caught a bug of its own");
    code
}
