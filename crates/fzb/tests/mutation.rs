//! Structure-aware mutation (docs/checking.md): 200,000 broken files, none of which may panic, hang or take memory.
//! `FOX_MUTANTS` sets another number, `FOX_SEED` another seed. The refusals are printed by rule (`-- --nocapture`).

#![allow(clippy::print_stdout)] // the counts, shown by `-- --nocapture`

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fzb::mutate::{Random, mutate};
use fzb::{Checks, Layer, Module, verify, write};

/// Programs in text assembly, so that mutants of real code are among them: at most 60 that are good and small.
fn assembled() -> Vec<(String, Vec<u8>)> {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("spec/fzb"), root.join("examples")];
    let mut sources = vec![];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "fza") {
                sources.push(path);
            }
        }
    }
    sources.sort();
    let mut files = vec![];
    for path in sources {
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        let Ok(tables) = fzb::text::assemble(&source) else {
            continue;
        };
        let Ok(file) = write::write(&tables) else {
            continue;
        };
        let good = Module::check(file.as_slice(), Checks::Full)
            .is_ok_and(|module| verify::module(&module).is_ok());
        if good && file.len() < 16 << 10 {
            files.push((
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                file,
            ));
        }
    }
    // Evenly from all of them.
    let step = files.len().div_ceil(60).max(1);
    files.into_iter().step_by(step).collect()
}

/// Peak resident bytes since the last reset; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

fn reset_peak() {
    // Refused in some containers; then the peak is that of the whole process, which only makes the test stricter.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn mutants_are_refused_or_run_safely() {
    let mut bases: Vec<(String, Vec<u8>)> = support::good()
        .into_iter()
        .map(|(name, tables)| {
            (
                name.to_string(),
                write::write(&tables).expect("a good file"),
            )
        })
        .collect();
    bases.extend(assembled());
    for (name, file) in &bases {
        let module = Module::check(file.as_slice(), Checks::Full)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        verify::module(&module).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    }

    let mutants = number("FOX_MUTANTS", 200_000);
    let mut random = Random::new(number("FOX_SEED", 2026));
    let mut refused: BTreeMap<(u8, &'static str), u64> = BTreeMap::new();
    let (mut unchanged, mut passed, mut slowest) = (0u64, 0u64, Duration::ZERO);
    reset_peak();
    let before = peak();
    let start = Instant::now();
    for number in 0..mutants {
        let (_, base) = &bases[number as usize % bases.len()];
        let mutant = mutate(base, &mut random);
        if mutant == *base {
            unchanged += 1;
        }
        let begin = Instant::now();
        let key = match Module::check(mutant, Checks::Full) {
            Err(error) => {
                assert!(
                    error.found.to_string().len() + error.expected.to_string().len() < 4 << 10,
                    "a message of {} bytes",
                    error.found.to_string().len()
                );
                match error.rule.layer() {
                    Layer::Header => (0, error.code()),
                    Layer::Archive => (1, error.code()),
                    Layer::Tables => (2, error.code()),
                }
            }
            Ok(module) => match verify::module(&module) {
                Err(refusal) => (3, refusal.code()),
                Ok(()) => {
                    passed += 1;
                    slowest = slowest.max(begin.elapsed());
                    continue;
                }
            },
        };
        slowest = slowest.max(begin.elapsed());
        *refused.entry(key).or_default() += 1;
    }
    let took = start.elapsed();

    println!(
        "{mutants} mutants of {} files in {took:.1?}, slowest {slowest:.1?}",
        bases.len()
    );
    for (layer, name) in [
        (0, "header"),
        (1, "archive"),
        (2, "tables"),
        (3, "verifier"),
    ] {
        let rules: Vec<_> = refused.iter().filter(|((l, _), _)| *l == layer).collect();
        let sum: u64 = rules.iter().map(|(_, count)| **count).sum();
        let mut list: Vec<String> = rules
            .iter()
            .map(|((_, code), count)| format!("{code} {count}"))
            .collect();
        if layer == 3 {
            // All ten rules, also those that no mutant met.
            list = (1..=verify::RULES)
                .map(|rule| format!("FV{}", 50 + rule))
                .map(|code| {
                    let count = refused.get(&(3, code.as_str())).copied().unwrap_or(0);
                    format!("{code} {count}")
                })
                .collect();
        }
        println!("refused by {name}: {sum} ({})", list.join(", "));
    }
    println!(
        "passed: {passed}, of these {unchanged} without a change; crate machine's test `mutants` runs such mutants"
    );

    let all: u64 = refused.values().sum();
    assert_eq!(all + passed, mutants);
    for layer in 0..4 {
        assert!(
            refused.iter().any(|((l, _), _)| *l == layer),
            "no mutant reached layer {layer}"
        );
    }
    // One in ten keeps the old hash; of the others most must get past the header, or the mutator tests only that.
    let header: u64 = refused
        .iter()
        .filter(|((layer, _), _)| *layer == 0)
        .map(|(_, count)| count)
        .sum();
    assert!(
        header * 3 < mutants,
        "{header} of {mutants} stopped at the header"
    );
    assert!(
        slowest < Duration::from_secs(2),
        "{slowest:?} for one small file"
    );
    if let (Some(before), Some(after)) = (before, peak()) {
        let grown = after.saturating_sub(before);
        println!("peak memory grew by {} KiB", grown >> 10);
        assert!(
            grown < 32 << 20,
            "{grown} bytes more at the peak, for files of a few KiB"
        );
    }
}
