//! Mutants that the checks accept are run: whatever they do, the host lives, the limits hold, and both dispatchers come to the
//! same. `FOX_RUN_MUTANTS` sets another number, `FOX_SEED` another seed; the counts are printed with `-- --nocapture`.

#![allow(clippy::print_stdout, reason = "the counts, shown by `-- --nocapture`")]

use fzb::mutate::{Random, mutate};
use fzb::verify::RULES;
use fzb::view::{Checks, ExportTarget, Module};
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

fn programs() -> Vec<Vec<u8>> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/fzb/run");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        let Ok(tables) = fzb::text::assemble(&source) else {
            continue;
        };
        if let Ok(file) = fzb::write::write(&tables)
            && file.len() < 16 << 10
        {
            files.push(file);
        }
    }
    files
}

/// What a run came to, as far as both dispatchers must agree: the entry's and the exports' results as text or fault code.
fn run(module: &Module, loop_dispatch: bool) -> Vec<String> {
    let engine = Shared::new(loop_dispatch);
    let loaded = engine.add_module(module.clone(), true).expect("memory");
    let limits = Limits {
        memory: 8 << 20,
        one_allocation: 2 << 20,
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
    let mut outcomes = Vec::new();
    let instance = match world.load(&loaded) {
        Ok(instance) => instance,
        Err(report) => return vec![report.fault.code()],
    };
    let result = world.entry_result(instance);
    outcomes.push(canonical(&mut world, result));
    for id in 0..module.exports().min(4) {
        let Some(export) = module.export(fzb::tables::ExportId(id)) else {
            continue;
        };
        let ExportTarget::Function(function) = export.target else {
            continue;
        };
        if !World::callable(&loaded, function) {
            continue;
        }
        let count = module
            .function(function)
            .map_or(0, |function| function.params);
        let args = vec![Value::int(3); count as usize];
        outcomes.push(match world.call(instance, function, &args) {
            Ok(value) => canonical(&mut world, value),
            Err(report) => report.fault.code(),
        });
    }
    outcomes
}

/// The canonical text of a value, or the code of the fault that it ends with.
fn canonical(world: &mut World, value: Value) -> String {
    world
        .display_text(fzb::tables::Lang::Machine, value, true)
        .unwrap_or_else(|raised| world.report(raised).fault.code())
}

#[test]
fn accepted_mutants_run() {
    let number = |name: &str, default: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let wanted = number("FOX_RUN_MUTANTS", 30_000);
    let mut random = Random::new(number("FOX_SEED", 1));
    let keep_from = number("FOX_KEEP_FROM", 0);
    let files = programs();
    assert!(files.len() > 300, "only {} programs", files.len());
    // Refusals by layer and by rule of the verifier; layer 3 is the verifier.
    let mut refused = [0u64; 4];
    let mut rules = [0u64; RULES as usize];
    let (mut ran, mut differ) = (0u64, 0u64);
    for turn in 0..wanted {
        let file = &files[random.below(files.len() as u32) as usize];
        let mutant = mutate(file, &mut random);
        // To find one that hangs: `FOX_KEEP_MUTANT=FOLDER FOX_KEEP_FROM=TURN` writes each to last.fzb before it runs.
        if turn >= keep_from
            && let Ok(folder) = std::env::var("FOX_KEEP_MUTANT")
        {
            let _ = std::fs::write(std::path::Path::new(&folder).join("last.fzb"), &mutant);
        }
        let module = match Module::check(mutant.as_slice(), Checks::Full) {
            Ok(module) => module,
            Err(error) => {
                refused[error.rule.layer() as usize] += 1;
                continue;
            }
        };
        if let Err(refusal) = fzb::verify::module(&module) {
            refused[3] += 1;
            rules[usize::from(refusal.rule) - 1] += 1;
            continue;
        }
        ran += 1;
        let first = run(&module, true);
        let second = run(&module, false);
        if first != second {
            differ += 1;
            assert!(
                differ == 0,
                "mutant {turn}: the dispatchers differ: {first:?} and {second:?}"
            );
        }
    }
    let [header, archive, tables, verifier] = refused;
    println!(
        "{wanted} mutants of {} programs: {header} refused by the header, {archive} by the archive, {tables} by the tables, \
         {verifier} by the verifier, {ran} ran under both dispatchers",
        files.len()
    );
    let list: Vec<String> = (1..)
        .zip(rules)
        .map(|(rule, count)| format!("{rule}: {count}"))
        .collect();
    println!("by the verifier's rules: {}", list.join(", "));
    assert_eq!(refused.iter().sum::<u64>() + ran, wanted);
    assert!(ran * 20 > wanted, "only {ran} mutants ran");
}
