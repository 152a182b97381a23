//! No bytes make the verifier panic or run long, and what it accepts keeps its promises.

mod verify_support;

use fzb::verify::{self, Verified};
use isa::Op;
use std::time::{Duration, Instant};
use verify_support::*;

/// xorshift64*: enough to vary bytes, the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }
}

/// What every accepted function's blocks promise to the translator.
fn promises(fun: &Fun, verified: &Verified) {
    let length = fun.code.bytes.len() as u32;
    assert_eq!(
        (
            verified.blocks[0].start,
            verified.blocks.last().map(|block| block.end)
        ),
        (0, Some(length))
    );
    assert!(verified.blocks[0].reachable && verified.max_height <= fun.max_stack);
    for pair in verified.blocks.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        if pair[0].reachable && pair[0].falls_through {
            assert!(pair[1].reachable);
        }
    }
    for block in verified.blocks.iter().filter(|block| block.reachable) {
        assert!(verified.stack(block).len() as u32 <= fun.max_stack);
        assert!(
            verified
                .tries(block)
                .iter()
                .all(|region| region.height as usize <= verified.stack(block).len())
        );
        assert!(
            fun.params
                .iter()
                .enumerate()
                .all(|(local, _)| verified.assigned(block, local as u32))
        );
    }
}

fn try_it(fun: &Fun) -> bool {
    let first = fun.verify();
    if let Ok(verified) = &first {
        promises(fun, verified);
    }
    let again = fun.verify();
    assert_eq!(first.as_ref().err(), again.as_ref().err());
    first.is_ok()
}

#[test]
fn byte_soup() {
    let mut random = Random(0x5EED_0001);
    for round in 0..30_000 {
        let length = random.below(if round % 100 == 0 { 4_000 } else { 40 }) as usize;
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                if random.below(3) == 0 {
                    random.below(16) as u8
                } else {
                    random.next() as u8
                }
            })
            .collect();
        let fun = fun(code().raw(&bytes).at("x"))
            .params(&[INT, DYN])
            .locals(&[INT, TOK, DYN])
            .captures(&[(INT, 0)])
            .flags(random.below(256) as u32);
        try_it(&fun.jumps(&["x"]).texts(&["x"]));
    }
}

/// Random instructions with plausible operands: gets far into the second pass, and often passes.
#[test]
fn instruction_soup() {
    let mut random = Random(0x5EED_0002);
    let mut accepted = 0;
    for _ in 0..40_000 {
        let count = random.below(12) + 1;
        let labels = ["l0", "l1", "l2", "l3"];
        let mut soup = code();
        for index in 0..count {
            if index % 3 == 0 {
                soup = soup.at(labels[(index / 3) as usize]);
            }
            let op = match random.below(4) {
                0 => Op::ALL[random.below(Op::ALL.len() as u64) as usize],
                1 => [
                    Op::Load,
                    Op::Store,
                    Op::Dup,
                    Op::Pop,
                    Op::PushTry,
                    Op::PopTry,
                ][random.below(6) as usize],
                2 => [Op::PushInt, Op::Unit, Op::True, Op::Load, Op::Box][random.below(5) as usize],
                _ => [
                    Op::Jump,
                    Op::JumpIf,
                    Op::Add,
                    Op::Swap,
                    Op::Eq,
                    Op::IterNext,
                    Op::Ret,
                ][random.below(7) as usize],
            };
            let label = labels[random.below(count.div_ceil(3)) as usize];
            let args: Vec<u32> = op
                .info()
                .operands
                .iter()
                .map(|_| random.below(4) as u32)
                .collect();
            soup = match op.info().operands {
                [isa::Operand::Jump] => soup.j(op, &[], label),
                [_, isa::Operand::Jump] => soup.j(op, &args[..1], label),
                _ => soup.i(op, &args),
            };
        }
        for label in labels.iter().skip(count.div_ceil(3) as usize) {
            soup = soup.at(label);
        }
        let fun = fun(soup.op(Op::Unit).op(Op::Throw))
            .params(&[INT, DYN])
            .locals(&[DYN, TOK])
            .flags(7);
        accepted += u32::from(try_it(&fun));
    }
    assert!(
        accepted > 500,
        "only {accepted} accepted: the generator makes nonsense"
    );
}

/// Random programs that are right by construction: the verifier accepts all of them.
#[test]
fn structured_programs_are_accepted() {
    let mut random = Random(0x5EED_0003);
    for _ in 0..3_000 {
        let mut body = code().int().i(Op::Store, &[2]);
        let mut label = 0;
        for _ in 0..random.below(6) {
            body = statement(&mut random, body, &mut label, 3);
        }
        let fun = fun(body.i(Op::Load, &[2]).op(Op::Ret))
            .params(&[INT, DYN])
            .locals(&[INT, TOK])
            .result(INT)
            .max_stack(12);
        promises(&fun, &fun.accepted());
    }
}

/// A statement that leaves the stack as it was; nesting is at most `depth`.
fn statement(random: &mut Random, code: Code, label: &mut u32, depth: u32) -> Code {
    let mut fresh = || {
        *label += 1;
        named(format!("s{label}"))
    };
    match if depth == 0 { 0 } else { random.below(6) } {
        0 => code
            .i(Op::Load, &[0])
            .i(Op::Load, &[2])
            .op(Op::I64Add)
            .i(Op::Store, &[2]),
        1 => {
            let [other, end] = [fresh(), fresh()];
            let code = code
                .i(Op::Load, &[1])
                .op(Op::Truthy)
                .j(Op::JumpIfNot, &[], other);
            let code = statement(random, code, label, depth - 1)
                .j(Op::Jump, &[], end)
                .at(other);
            statement(random, code, label, depth - 1).at(end)
        }
        2 => {
            let [head, end] = [fresh(), fresh()];
            let code = code
                .at(head)
                .i(Op::Load, &[2])
                .i(Op::PushInt, &[99])
                .op(Op::I64Lt)
                .j(Op::JumpIfNot, &[], end);
            statement(random, code, label, depth - 1)
                .j(Op::Jump, &[], head)
                .at(end)
        }
        3 => {
            let [handler, end] = [fresh(), fresh()];
            let code = statement(random, code.j(Op::PushTry, &[0], handler), label, depth - 1)
                .op(Op::PopTry);
            statement(
                random,
                code.j(Op::Jump, &[], end).at(handler).op(Op::Pop),
                label,
                depth - 1,
            )
            .at(end)
        }
        4 => {
            let [handler, end] = [fresh(), fresh()];
            let code = statement(random, code.j(Op::PushTry, &[1], handler), label, depth - 1)
                .op(Op::PopTry);
            let code = code.j(Op::Jump, &[], end).at(handler).i(Op::Store, &[3]);
            statement(random, code, label, depth - 1)
                .i(Op::Load, &[3])
                .op(Op::EndFinally)
                .at(end)
        }
        _ => {
            let [head, end] = [fresh(), fresh()];
            let code = code
                .i(Op::Load, &[1])
                .i(Op::IterNew, &[0])
                .at(head)
                .j(Op::IterNext, &[0], end)
                .op(Op::Pop);
            statement(random, code, label, depth - 1)
                .j(Op::Jump, &[], head)
                .at(end)
        }
    }
}

#[track_caller]
fn quick(fun: &Fun) {
    let module = fun.module();
    let start = Instant::now();
    let _ = verify::function(&module, fzb::tables::FuncId(0));
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn work_is_bounded() {
    // One table with many targets, used by many switches.
    let labels: Vec<&'static str> = (0..50_000).map(|_| "x").collect();
    let switches = code()
        .times(60_000, |code| code.int().i(Op::Switch, &[0]))
        .at("x")
        .op(Op::Unit)
        .op(Op::Throw);
    let fun_ = fun(switches).jumps(&labels);
    assert_eq!(fun_.verify().err().map(|refusal| refusal.rule), Some(10));
    quick(&fun_);
    // Tall stacks at many joins.
    let tall = code()
        .op(Op::Unit)
        .i(Op::Unpack, &[4_000, 0])
        .times(16_000, |code| code.i(Op::Jump, &[0]))
        .op(Op::Unit)
        .op(Op::Throw);
    let fun_ = fun(tall).max_stack(4_090);
    assert_eq!(fun_.verify().err().map(|refusal| refusal.rule), Some(10));
    quick(&fun_);
    // Up and down: long instructions.
    let waves = code().times(100_000, |code| {
        code.op(Op::Unit)
            .i(Op::Unpack, &[4_000, 0])
            .i(Op::List, &[4_000])
            .op(Op::Pop)
    });
    quick(&fun(waves.op(Op::Unit).op(Op::Throw)).max_stack(4_096));
    // Regions of great depth, opened and closed again and again.
    let labels: Vec<&'static str> = (0..63).map(|i| named(format!("h{i}"))).collect();
    let deep = labels
        .iter()
        .fold(code(), |code, label| code.j(Op::PushTry, &[0], label));
    let deep = deep
        .times(50_000, |code| code.j(Op::PushTry, &[0], "h").op(Op::PopTry))
        .op(Op::Unit)
        .op(Op::Throw)
        .at("h")
        .op(Op::Throw);
    let fun_ = fun(labels
        .iter()
        .fold(deep, |code, label| code.at(label).op(Op::Throw)));
    assert_eq!(fun_.verify().err().map(|refusal| refusal.rule), Some(10));
    quick(&fun_);
    // Many edges into one loop's head, each taking one local from its set.
    let mut edges = code();
    let labels: Vec<&'static str> = (0..2_000).map(|i| named(format!("b{i}"))).collect();
    edges = edges
        .int()
        .i(Op::Switch, &[0])
        .at("head")
        .times(100_000, |code| code.op(Op::Nop))
        .op(Op::Unit)
        .op(Op::Throw);
    for (index, label) in labels.iter().enumerate() {
        edges = edges.at(label);
        for local in (0..40).filter(|local| *local != index as u32 % 40) {
            edges = edges.int().i(Op::Store, &[local]);
        }
        edges = edges.j(Op::Jump, &[], "head");
    }
    let fun_ = fun(edges).locals(&[INT; 40]).jumps(&labels);
    fun_.accepted();
    quick(&fun_);
}
