//! `docs/opcodes.md` is written from the tables: `FOX_BLESS=1 cargo test -p isa` rewrites it, otherwise it must be up to date.

use isa::fault::Catch;
use isa::lowering::{Lowering, MORPH, RHUMB};
use isa::table::Bank;
use isa::text::words::{flags, modes};
use isa::{Fault, FieldOp, Hook, Intrinsic, Langs, Op, Slot};
use std::fmt::Write;

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*")
}

fn code(text: &str) -> String {
    // Code in a table cell keeps everything but the bar; a back-tick needs longer quotes.
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

fn langs(langs: Langs) -> String {
    if langs.0 == 15 {
        return "\\*".to_owned();
    }
    [(1, "R"), (2, "F"), (4, "M"), (8, "K")]
        .iter()
        .filter(|(bit, _)| langs.0 & bit != 0)
        .map(|(_, name)| *name)
        .collect::<Vec<_>>()
        .join(" ")
}

fn fault_names(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(|fault| fault.name())
        .collect::<Vec<_>>()
        .join(" ")
}

fn instruction(op: Op, out: &mut String) {
    let info = op.info();
    let operands: String = info
        .operands
        .iter()
        .map(|operand| format!(" {}", operand.shown()))
        .collect();
    let stack = info.stack.trim_start_matches("* ").replace("->", "→");
    let mut doc = cell(info.doc);
    if !modes(op).is_empty() {
        let _ = write!(
            doc,
            " Modes: {}.",
            modes(op)
                .iter()
                .enumerate()
                .map(|(n, name)| format!("{n} {name}"))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    if !flags(op).is_empty() {
        let named = flags(op)
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty());
        let _ = write!(
            doc,
            " Flags: {}.",
            named
                .map(|(bit, name)| format!("{} {name}", 1 << bit))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let _ = writeln!(
        out,
        "| {:02X} | {} | {} | {} | {} | {} | {doc} |",
        op as u8,
        code(&format!("{}{operands}", info.name)),
        cell(&stack),
        fault_names(info.faults),
        info.effects,
        langs(info.langs)
    );
}

fn slot(slot: Slot) -> &'static str {
    match slot {
        Slot::Int => "i",
        Slot::Float => "f",
        Slot::Bool => "b",
        Slot::Char => "c",
        Slot::Text => "t",
        Slot::Bytes => "y",
        Slot::List => "l",
        Slot::Fn => "g",
        Slot::Ref => "r",
        Slot::Dyn => "x",
    }
}

fn lowering(lowering: &Lowering, out: &mut String) {
    let ops = lowering
        .ops
        .iter()
        .filter(|op| **op != Op::Intrinsic || lowering.intrinsics.is_empty())
        .map(|op| code(op.info().name));
    let intrinsics = lowering
        .intrinsics
        .iter()
        .map(|i| format!("intrinsic {}", code(i.name())));
    let becomes: Vec<String> = ops.chain(intrinsics).collect();
    let becomes = if becomes.is_empty() {
        "–".to_owned()
    } else {
        becomes.join(" ")
    };
    let how = cell(lowering.how);
    match lowering.number {
        Some(number) => {
            let _ = writeln!(
                out,
                "| {number} | {} | {becomes} | {how} |",
                code(lowering.name)
            );
        }
        None => {
            let _ = writeln!(out, "| {} | {becomes} | {how} |", code(lowering.name));
        }
    }
}

const HEAD: &str = "# Instructions

*Written by `FOX_BLESS=1 cargo test -p isa` from `crates/isa/src/table.rs` and its sister tables. Do not edit.*

An instruction is one opcode byte and its immediates, packed and little-endian. `k` constant, `n` name, local, static or capture,
`f` function, `i` import or index, `o` jump from the end of the instruction, `s` call shape, `w` width, `c` count, `m` mode, `ty` type.

Stack effects: `i f b c` are i64, f64, bool, char; `t y l g r` text, bytes, list, function, heap value; `x` any value; `T` a declared type;
`!` control does not go on. Effects: **p** pure, **a** allocates, **c** may run guest or host code, **s** may suspend. Beside the faults
named here every dynamic operand may give `type`, every **a** `mem`, and everything `fuel`. For: R Rhumb, F Fusabi, M Morph, K kernel code, \\* all.
How an instruction is written in text stands in [fza.md](fza.md); what it means exactly in [specs/machine.md](specs/machine.md) §4.
";

fn page() -> String {
    let mut out = HEAD.to_owned();
    for bank in Bank::ALL {
        let _ = writeln!(
            out,
            "\n## {}\n\n| hex | instruction | effect | faults | eff | for | meaning |\n|---|---|---|---|---|---|---|",
            bank.title()
        );
        Op::ALL
            .iter()
            .filter(|op| op.bank() == *bank)
            .for_each(|op| instruction(*op, &mut out));
    }
    out.push_str("\n## Intrinsics\n\nOperands of `intrinsic`; each is also a named native.\n\n| id | name | effect | faults | eff | meaning |\n|---|---|---|---|---|---|\n");
    for i in Intrinsic::ALL {
        let args: Vec<&str> = i.args().iter().map(|arg| slot(*arg)).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} → {} | {} | {} | {} |",
            *i as u16,
            code(i.name()),
            args.join(" "),
            slot(i.result()),
            fault_names(i.faults()),
            i.effects(),
            cell(i.doc())
        );
    }
    out.push_str("\n## Hooks\n\nOperands of `has_hook` and `call_hook`: the field by which a map answers for an operator.\n\n| number | field | operands |\n|---|---|---|\n");
    for hook in Hook::ALL {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            *hook as u8,
            code(hook.label()),
            if hook.binary() { "two" } else { "one" }
        );
    }
    out.push_str("\n## Field operators\n\nOperands of `field_op`: Rhumb's postfix operators.\n\n| number | name | written | hook | meaning |\n|---|---|---|---|---|\n");
    for op in FieldOp::ALL {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            *op as u8,
            code(op.name()),
            code(op.written()),
            code(op.hook().label()),
            cell(op.doc())
        );
    }
    out.push_str("\n## Faults\n\nHandlers that may catch a fault: all, those of Rhumb and Morph functions once unwinding made room (R M), or none (host).\n\n");
    out.push_str("| code | name | Rhumb | Fusabi | Morph | caught by | when |\n|---|---|---|---|---|---|---|\n");
    for fault in Fault::ALL {
        let catch = match fault.catch() {
            Catch::All => "all",
            Catch::RhumbMorph => "R M",
            Catch::Host => "host",
        };
        let rhumb = if fault.rhumb() == 0 {
            String::new()
        } else {
            fault.rhumb().to_string()
        };
        let _ = writeln!(
            out,
            "| {} | {} | {rhumb} | {} | {} | {catch} | {} |",
            fault.code(),
            fault.name(),
            fault.fusabi(),
            fault.morph(),
            cell(fault.when())
        );
    }
    out.push_str("\n## Where the founding instructions went\n\n### Rhumb\n\n| name | becomes | when and how |\n|---|---|---|\n");
    RHUMB.iter().for_each(|entry| lowering(entry, &mut out));
    out.push_str("\n### Morph\n\n| number | name | becomes | when and how |\n|---|---|---|---|\n");
    MORPH.iter().for_each(|entry| lowering(entry, &mut out));
    out
}

#[test]
fn the_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/opcodes.md");
    let page = page();
    if std::env::var_os("FOX_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &page).expect("docs/opcodes.md can be written");
        return;
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page,
        "docs/opcodes.md is stale: FOX_BLESS=1 cargo test -p isa rewrites it"
    );
}

#[test]
fn every_entry_stands_on_the_page() {
    let page = page();
    for op in Op::ALL {
        assert!(
            page.contains(&format!("\n| {:02X} | `{}", *op as u8, op.info().name)),
            "{}",
            op.info().name
        );
    }
    assert_eq!(page.matches("\n## ").count(), Bank::ALL.len() + 5);
}

#[test]
fn banks_follow_the_numbers() {
    let banks: Vec<Bank> = Op::ALL.iter().map(|op| op.bank()).collect();
    assert_eq!(banks.first(), Some(&Bank::ConstantsStack));
    for bank in Bank::ALL {
        assert!(banks.contains(bank), "{} is empty", bank.title());
    }
}
