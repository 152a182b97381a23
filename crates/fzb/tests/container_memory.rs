//! What checking large files costs: memory stays within the stated multiple of the file, and time linear in it.
//! One test, so that nothing else in the process moves the peak.

#![allow(clippy::print_stdout)] // figures, shown by `-- --nocapture`

mod support;

use std::time::Instant;

use fzb::tables::{ConstKind, ConstRec, Range, Tables, TypeKind, TypeRec};
use fzb::{Checks, Module, write};

/// Peak resident bytes; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

/// Checks a file; nanoseconds per byte. `plain` is what an ordinary file took in this run: none may take many times that.
fn check(name: &str, tables: Tables, plain: Option<f64>) -> f64 {
    let file = write::write(&tables).expect("a file");
    drop(tables);
    let size = file.len() as u64;
    let reset = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = peak();
    let begin = Instant::now();
    let result = Module::check(file, Checks::Full);
    let took = begin.elapsed();
    let after = peak();
    println!(
        "{name}: {size} bytes, {took:.1?}, {}",
        result
            .as_ref()
            .map_or_else(ToString::to_string, |_| "good".into())
    );
    if let (true, Some(before), Some(after)) = (reset, before, after) {
        assert!(
            after.saturating_sub(before) <= 3 * size + (2 << 20),
            "{name}: {} bytes for a file of {size}",
            after.saturating_sub(before)
        );
    }
    let per_byte = took.as_nanos() as f64 / size as f64;
    // The worst takes some twenty times an ordinary file's time; work that grows faster than the file would take thousands.
    assert!(
        plain.is_none_or(|plain| per_byte <= 200.0 * plain),
        "{name}: {took:?} for {size} bytes"
    );
    per_byte
}

#[test]
fn large_and_hostile_files_cost_what_their_size_allows() {
    let mut tables = support::rich();
    while tables.constants.len() < 1 << 20 {
        let id = tables.constants.len() as u32;
        tables.constants.push(ConstRec {
            kind: ConstKind::Int as u32,
            p: [id, 0, 0, 0],
        });
    }
    let plain = Some(check("a million constants", tables, None));

    // Every constant a pair of the one before: deep, and exponential if walked as a tree.
    let mut tables = support::small();
    tables.constants.push(ConstRec {
        kind: ConstKind::Int as u32,
        p: [0; 4],
    });
    while tables.constants.len() < 1 << 18 {
        let (last, start) = (tables.constants.len() as u32 - 1, tables.words.len() as u32);
        tables.words.extend([last, last]);
        tables.constants.push(ConstRec {
            kind: ConstKind::Tuple as u32,
            p: [start, 2, 0, 0],
        });
    }
    check("nested constants", tables, plain);

    let mut tables = support::small();
    while tables.types.len() < 65_519 {
        let (last, start) = (
            16 + tables.types.len() as u32 - 1,
            tables.words.len() as u32,
        );
        let inner = if tables.types.len().is_multiple_of(15) {
            2
        } else {
            last
        };
        tables.words.extend([inner, inner]);
        tables.types.push(TypeRec {
            kind: TypeKind::Tuple as u32,
            arg: 0,
            args: Range { start, len: 2 },
        });
    }
    check("all types", tables, plain);

    // Names that are prefixes of each other in one text: comparing them all would take 10^10 steps.
    let mut tables = support::small();
    let start = tables.strings.len() as u32;
    tables.strings.extend(std::iter::repeat_n(b'z', 200_000));
    tables
        .names
        .extend((1..200_000).map(|len| Range { start, len }));
    check("names within names", tables, plain);

    let mut tables = support::small();
    let start = tables.words.len() as u32;
    tables.words.extend(std::iter::repeat_n(0, 60_000));
    let code = tables.functions[0].code;
    for _ in 0..60_000 {
        let mut function = tables.functions[0];
        function.locals = Range { start, len: 60_000 };
        function.code = Range {
            start: tables.code.len() as u32,
            len: code.len,
        };
        let own = tables.code[code.start as usize..(code.start + code.len) as usize].to_vec();
        tables.code.extend(own);
        tables.functions.push(function);
    }
    check("functions that share locals", tables, plain);
}
