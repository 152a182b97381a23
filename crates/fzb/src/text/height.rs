//! Greatest operand stack height of a function, for texts that do not give it.
//!
//! A plain walk over the code that follows each path once. It proves nothing: where code is wrong (heights differ at a
//! join, the stack runs empty) the verifier says so; where an instruction's effect depends on something unknown here, the
//! height is taken too high rather than too low.

use crate::tables::{ArgKind, ItemKind, Range, Tables};
use isa::{Effect, Instr, Intrinsic, Op, decode};

/// The greatest height of the stack in function number `index`.
pub(super) fn greatest(tables: &Tables, index: usize) -> u32 {
    let Some(function) = tables.functions.get(index) else {
        return 0;
    };
    let Some(code) = pool(&tables.code, function.code) else {
        return 0;
    };
    let mut seen = vec![false; code.len()];
    let mut work = vec![(0u32, 0i64)];
    let mut greatest = 0;
    while let Some((at, height)) = work.pop() {
        match seen.get_mut(at as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let Ok(instr) = decode(code, at) else {
            continue;
        };
        let (pops, pushes) = effect(tables, &instr);
        let after = (height - pops).max(0) + pushes;
        greatest = greatest.max(after);
        if instr.op.info().falls_through() && !is_tail_reply(&instr) {
            work.push((instr.next, after));
        }
        if let Some(Some(target)) = instr.jump_target() {
            let there = match instr.op {
                Op::IterNext => (height - 1).max(0),
                // A handler is entered with the error or the pending completion on top.
                Op::PushTry => after + 1,
                _ => after,
            };
            greatest = greatest.max(there);
            work.push((target, there));
        }
        if matches!(instr.op, Op::Switch | Op::SwitchTag | Op::SwitchText) {
            let table = pool(&tables.tables, function.tables)
                .and_then(|all| all.get(instr.args[0] as usize));
            let step = if instr.op == Op::SwitchText { 2 } else { 1 };
            let entries = table
                .and_then(|table| pool(&tables.words, table.entries))
                .unwrap_or(&[]);
            work.extend(
                entries
                    .iter()
                    .skip(step - 1)
                    .step_by(step)
                    .map(|target| (*target, after)),
            );
        }
    }
    u32::try_from(greatest).unwrap_or(u32::MAX)
}

fn is_tail_reply(instr: &Instr) -> bool {
    instr.op == Op::Reply && instr.args[2] & 8 != 0
}

/// How many values an instruction takes and leaves; typed effects come from the table.
fn effect(tables: &Tables, instr: &Instr) -> (i64, i64) {
    if let Effect::Fixed { pops, pushes, .. } = instr.op.info().effect() {
        return (pops.len() as i64, pushes.len() as i64);
    }
    let [a, b, c, _] = instr.args.map(i64::from);
    let index = instr.args[0] as usize;
    let constant = |operand: usize| {
        tables
            .constants
            .get(instr.args[operand] as usize)
            .map(|record| record.p)
            .unwrap_or_default()
    };
    let listed = |operand: usize| {
        let p = constant(operand);
        pool(
            &tables.words,
            Range {
                start: p[0],
                len: p[1],
            },
        )
        .unwrap_or(&[])
    };
    let shape = |operand: usize| {
        listed(operand)
            .chunks_exact(2)
            .filter_map(|item| ArgKind::from_number(item[0]))
            .map(|kind| i64::from(kind.values()))
            .sum::<i64>()
    };
    let fields = |tag: u32| {
        let cases = tables
            .typedefs
            .get(index)
            .and_then(|typedef| pool(&tables.cases, typedef.cases));
        cases
            .and_then(|cases| cases.get(tag as usize))
            .map_or(0, |case| i64::from(case.fields.len))
    };
    match instr.op {
        Op::Push | Op::Load | Op::LoadCap | Op::LoadStatic => (0, 1),
        Op::Pop
        | Op::Store
        | Op::StoreStatic
        | Op::StoreStaticR
        | Op::Ret
        | Op::Halt
        | Op::EndFinally => (1, 0),
        Op::Dup => (1, 2),
        Op::Swap => (2, 2),
        Op::Box | Op::Cast | Op::GetSlot | Op::GetCase => (1, 1),
        Op::Call => (
            tables
                .functions
                .get(index)
                .map_or(0, |callee| i64::from(callee.params.len / 2)),
            1,
        ),
        Op::TailCall => (
            tables
                .functions
                .get(index)
                .map_or(0, |callee| i64::from(callee.params.len / 2)),
            0,
        ),
        Op::CallFfi => (
            tables
                .imports
                .get(index)
                .map_or(0, |import| i64::from(import.params.len)),
            1,
        ),
        Op::CallClosure => (a + 1, 1),
        Op::TailCallClosure => (a + 1, 0),
        Op::MakeClosure => (b, 1),
        Op::MakeRoutine => (b + i64::from(matches!(c, 2 | 4)), 1),
        Op::PatchCapture => (2, 1),
        Op::Intrinsic => (
            u16::try_from(a)
                .ok()
                .and_then(Intrinsic::from_number)
                .map_or(0, |i| i.args().len() as i64),
            1,
        ),
        Op::CallShape | Op::Partial => (1 + shape(0), 1),
        Op::CallNameShape => (1 + shape(1), 1),
        Op::CallName => (b + 1, 1),
        Op::CallSuper => (b, 1),
        Op::Tuple | Op::List | Op::Array | Op::Concat | Op::MapPairs => (a, 1),
        Op::ArrGet => (2, 1),
        Op::ArrSet => (3, 0),
        Op::ArrWith => (3, 1),
        Op::ArrNew => (2, 1),
        Op::Record => (fields(0), 1),
        Op::Case => (fields(instr.args[1]), 1),
        Op::SetSlot => (2, 0),
        Op::WithSlots => (1 + listed(1).len() as i64, 1),
        Op::WithNames => (1 + listed(0).len() as i64, 1),
        Op::MapLit => (
            listed(0)
                .chunks_exact(3)
                .map(|item| {
                    if item[0] == ItemKind::Computed as u32 {
                        2
                    } else {
                        1
                    }
                })
                .sum(),
            1,
        ),
        Op::Class => (1 + i64::from(constant(0)[2]), 1),
        Op::IterNext => (1, if a == 1 { 3 } else { 2 }),
        Op::Unpack => (1, a),
        Op::Post | Op::PostTrap | Op::Reply | Op::Write => (b + (c & 1), 1),
        // `format` takes what its specification asks for; a specification is the language's own.
        _ => (
            0,
            i64::from(instr.op.info().stack.contains("->") && instr.op.info().falls_through()),
        ),
    }
}

fn pool<T>(all: &[T], range: Range) -> Option<&[T]> {
    all.get(range.start as usize..range.start as usize + range.len as usize)
}
