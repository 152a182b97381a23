//! Numbers never change their meaning: `isa.lock` and `intrinsic.lock` are files that only grow.
//!
//! `FOX_BLESS=1 cargo test -p isa` adds lines for new numbers. A locked line that the tables no longer say is always an
//! error; such a change is a new instruction with a new number.

use isa::{Fault, FieldOp, Hook, Intrinsic, Op};
use std::path::PathBuf;

fn op_line(op: Op) -> String {
    let info = op.info();
    let operands: Vec<String> = info
        .operands
        .iter()
        .map(|operand| format!("{operand:?}:{}", operand.size()))
        .collect();
    format!(
        "op {:02X} {} [{}] {}",
        op as u8,
        info.name,
        operands.join(" "),
        info.stack
    )
}

fn slots(intrinsic: Intrinsic) -> String {
    let args: Vec<String> = intrinsic
        .args()
        .iter()
        .map(|slot| format!("{slot:?}"))
        .collect();
    format!(
        "intrinsic {} {} ({}) -> {:?}",
        intrinsic as u16,
        intrinsic.name(),
        args.join(" "),
        intrinsic.result()
    )
}

fn isa_lines() -> Vec<String> {
    let ops = Op::ALL.iter().map(|op| op_line(*op));
    let hooks = Hook::ALL
        .iter()
        .map(|hook| format!("hook {} {}", *hook as u8, hook.label()));
    let fields = FieldOp::ALL
        .iter()
        .map(|op| format!("field_op {} {} {}", *op as u8, op.name(), op.written()));
    let faults = Fault::ALL
        .iter()
        .map(|fault| format!("fault {:02X} {}", *fault as u8, fault.name()));
    ops.chain(hooks)
        .chain(fields)
        .chain(faults)
        .chain(number_lines())
        .collect()
}

/// The small numbers inside operands: modes, flags and kinds.
fn number_lines() -> Vec<String> {
    use isa::table::{ACCESSES, ELEMENT_KINDS, MAP_NATURES, WIDTHS};
    use isa::text::words::{flags, modes};
    let list = |what: &str, names: &[&str]| -> Vec<String> {
        names
            .iter()
            .enumerate()
            .map(|(n, name)| format!("{what} {n} {name}"))
            .collect()
    };
    let mut lines = [
        list("element", &ELEMENT_KINDS),
        list("width", &WIDTHS),
        list("access", &ACCESSES),
        list("nature", &MAP_NATURES),
    ]
    .concat();
    for op in Op::ALL {
        lines.extend(list(&format!("mode {}", op.info().name), modes(*op)));
        let named: Vec<String> = list(&format!("flag {}", op.info().name), flags(*op))
            .into_iter()
            .filter(|line| !line.ends_with(' '))
            .collect();
        lines.extend(named);
    }
    lines
}

/// What is wrong with a lock file, and the lines to add.
fn compare(locked: &str, lines: &[String]) -> (Vec<String>, Vec<String>) {
    let locked: Vec<&str> = locked
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let gone = locked
        .iter()
        .filter(|line| !lines.iter().any(|new| new == *line))
        .map(|line| (*line).to_owned())
        .collect();
    let new = lines
        .iter()
        .filter(|line| !locked.contains(&line.as_str()))
        .cloned()
        .collect();
    (gone, new)
}

fn check(file: &str, lines: &[String]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    let locked = std::fs::read_to_string(&path).unwrap_or_default();
    let (gone, new) = compare(&locked, lines);
    assert!(
        gone.is_empty(),
        "{file}: these no longer hold, but a number keeps its meaning for ever:\n{}",
        gone.join("\n")
    );
    if !new.is_empty() && std::env::var_os("FOX_BLESS").is_some_and(|value| value == "1") {
        let head =
            "# Locked meanings: lines are only ever added (FOX_BLESS=1 cargo test -p isa).\n";
        let old = if locked.is_empty() {
            head.to_owned()
        } else {
            locked
        };
        std::fs::write(&path, format!("{old}{}\n", new.join("\n")))
            .expect("the lock file can be written");
        return;
    }
    assert!(
        new.is_empty(),
        "{file}: not locked yet (FOX_BLESS=1 adds them):\n{}",
        new.join("\n")
    );
}

#[test]
fn instructions_keep_their_meaning() {
    check("isa.lock", &isa_lines());
}

#[test]
fn intrinsics_keep_their_meaning() {
    let lines: Vec<String> = Intrinsic::ALL
        .iter()
        .map(|intrinsic| slots(*intrinsic))
        .collect();
    check("intrinsic.lock", &lines);
}

#[test]
fn a_changed_or_missing_meaning_is_noticed() {
    let lines = isa_lines();
    let locked = lines.join("\n");
    assert_eq!(compare(&locked, &lines), (vec![], vec![]));
    let swapped: Vec<String> = lines
        .iter()
        .map(|line| {
            if line.starts_with("op 20 ") {
                line.replace("add", "sum")
            } else {
                line.clone()
            }
        })
        .collect();
    assert_eq!(compare(&locked, &swapped).0, [op_line(Op::Add)]);
    assert_eq!(compare(&locked, &lines[1..]).0, [op_line(Op::Nop)]);
    let without_first = lines[1..].join("\n");
    assert_eq!(
        compare(&without_first, &lines),
        (vec![], vec![op_line(Op::Nop)])
    );
}

#[test]
fn no_number_or_name_stands_twice() {
    let distinct = |mut all: Vec<String>| {
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    };
    distinct(Op::ALL.iter().map(|op| op.info().name.to_owned()).collect());
    distinct(Intrinsic::ALL.iter().map(|i| i.name().to_owned()).collect());
    distinct(
        Hook::ALL
            .iter()
            .map(|hook| hook.label().to_owned())
            .collect(),
    );
    distinct(
        Fault::ALL
            .iter()
            .map(|fault| fault.name().to_owned())
            .collect(),
    );
}
