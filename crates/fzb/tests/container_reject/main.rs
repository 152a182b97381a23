//! One refused file, at least, per rule of header, archive and tables: `spec/fzb/reject/file/NAME.fzb` with `NAME.expect`
//! (first line the code, then a part of the message). `FOX_BLESS=1` writes them; without it the files that are there are
//! checked.

mod archive;
mod header;
mod records;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use fzb::layout::{ROOT_SIZE, Table, VECTORS_AT};
use fzb::mutate::repair;
use fzb::tables::{ConstKind, Tables};
use fzb::{Checks, Module, Rule, write};

struct Reject {
    name: &'static str,
    rule: Rule,
    message: &'static str,
    file: Vec<u8>,
}

/// Changes the bytes of a good file; the hash is not repaired.
fn bytes(
    name: &'static str,
    rule: Rule,
    message: &'static str,
    change: impl FnOnce(&mut Vec<u8>),
) -> Reject {
    let mut file = write::write(&support::plugin()).expect("a good file");
    change(&mut file);
    Reject {
        name,
        rule,
        message,
        file,
    }
}

/// Changes the root's bytes of a good file, given with its offset, and repairs the hash.
fn root(
    name: &'static str,
    rule: Rule,
    message: &'static str,
    change: impl FnOnce(&mut [u8], usize),
) -> Reject {
    bytes(name, rule, message, |file| {
        let at = file.len() - ROOT_SIZE;
        change(file, at);
        repair(file);
    })
}

/// Changes the tables of the module with all types and constants.
fn rich(
    name: &'static str,
    rule: Rule,
    message: &'static str,
    change: impl FnOnce(&mut Tables),
) -> Reject {
    from(support::rich(), name, rule, message, change)
}

/// Changes the tables of the plugin.
fn plugin(
    name: &'static str,
    rule: Rule,
    message: &'static str,
    change: impl FnOnce(&mut Tables),
) -> Reject {
    from(support::plugin(), name, rule, message, change)
}

fn from(
    mut tables: Tables,
    name: &'static str,
    rule: Rule,
    message: &'static str,
    change: impl FnOnce(&mut Tables),
) -> Reject {
    change(&mut tables);
    Reject {
        name,
        rule,
        message,
        file: write::write(&tables).expect("tables that can be written"),
    }
}

fn put(file: &mut [u8], at: usize, value: u32) {
    file[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Offset of a table's pair (offset, length) in the root.
fn pair(table: Table) -> usize {
    VECTORS_AT + 8 * table.index()
}

/// Index of the first constant of a kind.
fn first(tables: &Tables, kind: ConstKind) -> usize {
    tables
        .constants
        .iter()
        .position(|constant| constant.kind == kind as u32)
        .expect("a constant of that kind")
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/fzb/reject/file")
}

#[test]
fn every_file_is_refused_by_its_rule() {
    let files: Vec<Reject> = [header::files(), archive::files(), records::files()]
        .into_iter()
        .flatten()
        .collect();
    let rules: BTreeSet<Rule> = files.iter().map(|reject| reject.rule).collect();
    // Malformed debug tables do not refuse a file; no file makes the host short of memory.
    let missing: Vec<&Rule> = Rule::ALL
        .iter()
        .filter(|rule| !rules.contains(rule) && ![Rule::Debug, Rule::Memory].contains(rule))
        .collect();
    assert!(
        missing.is_empty(),
        "rules without a refused file: {missing:?}"
    );
    let folder = folder();
    if std::env::var_os("FOX_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(&folder).expect("the folder");
        for old in std::fs::read_dir(&folder).expect("the folder").flatten() {
            std::fs::remove_file(old.path()).expect("an old file");
        }
        for Reject {
            name,
            rule,
            message,
            file,
        } in &files
        {
            std::fs::write(folder.join(format!("{name}.fzb")), file).expect("a file written");
            std::fs::write(
                folder.join(format!("{name}.expect")),
                format!("{}\n{message}\n", rule.code()),
            )
            .expect("a file written");
        }
    }
    let mut wrong = vec![];
    for Reject { name, .. } in &files {
        let file = std::fs::read(folder.join(format!("{name}.fzb")))
            .unwrap_or_else(|error| panic!("{name}.fzb: {error}; FOX_BLESS=1 writes it"));
        let expected =
            std::fs::read_to_string(folder.join(format!("{name}.expect"))).expect("its .expect");
        let (code, message) = expected.split_once('\n').expect("a code and a message");
        match Module::check(file, Checks::Full) {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(error)
                if error.code() == code && error.to_string().contains(message.trim_end()) => {}
            Err(error) => wrong.push(format!(
                "{name}: expected {code} {}, got {error}",
                message.trim_end()
            )),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let there = std::fs::read_dir(&folder)
        .expect("the folder")
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "fzb"))
        .count();
    assert_eq!(there, files.len(), "files that no case makes");
}

/// A file is refused for what is wrong with it and nothing else: the bases are good.
#[test]
fn the_bases_are_good() {
    for tables in [support::rich(), support::plugin()] {
        Module::from_tables(&tables).expect("a good module");
    }
}
