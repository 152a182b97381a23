//! How fast the verifier is: `cargo test --release -p fzb --test verify_speed -- --ignored --nocapture`.

mod verify_support;

use fzb::tables::{FuncId, Tables};
use fzb::{Checks, Module, verify};
use isa::Op;
use std::time::Instant;
use verify_support::*;

/// A module with `count` copies of a function.
fn many(fun: &Fun, count: u32) -> (Module, usize) {
    let mut tables: Tables = fun.tables();
    let first = tables.functions[0];
    let one = tables.code[first.code.start as usize..(first.code.start + first.code.len) as usize]
        .to_vec();
    for _ in 0..count {
        let mut copy = first;
        copy.code.start = tables.code.len() as u32;
        copy.tables = fzb::tables::Range::default();
        tables.code.extend_from_slice(&one);
        tables.functions.push(copy);
    }
    let bytes = tables.code.len();
    (
        Module::check(fzb::write::write(&tables).unwrap(), Checks::Full).unwrap(),
        bytes,
    )
}

fn measure(name: &str, fun: &Fun) {
    fun.accepted();
    let size = fun.code.bytes.len();
    let (module, bytes) = many(fun, (10_000_000 / size).min(60_000) as u32);
    let best = |run: &dyn Fn()| {
        (0..5)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed().as_secs_f64()
            })
            .fold(f64::MAX, f64::min)
    };
    let all = best(&|| verify::module(&module).unwrap());
    let each = best(&|| {
        for id in 0..module.functions() {
            verify::function(&module, FuncId(id)).unwrap();
        }
    });
    let speed = |seconds: f64| bytes as f64 / seconds / 1e6;
    let instructions = fun.accepted().instructions;
    let nanos = all * 1e9 / (bytes as f64 / size as f64 * f64::from(instructions));
    #[expect(clippy::print_stdout, reason = "the figure is what this test is for")]
    {
        println!(
            "{name:14} {size:6} B a function: module {:6.0} MB/s ({nanos:.2} ns an instruction), function by function {:6.0} MB/s",
            speed(all),
            speed(each)
        );
    }
}

/// Typed arithmetic on locals.
fn arithmetic(code: Code) -> Code {
    code.i(Op::Load, &[0])
        .i(Op::Load, &[2])
        .op(Op::I64Add)
        .i(Op::PushInt, &[3])
        .op(Op::I64Mul)
        .i(Op::Store, &[2])
}

/// A mixture as compilers of dynamic languages make it.
fn dynamic(code: Code) -> Code {
    code.i(Op::Load, &[1])
        .i(Op::GetName, &[0])
        .i(Op::Push, &[k::INT])
        .op(Op::Add)
        .i(Op::Load, &[1])
        .i(Op::LoadStatic, &[0])
        .i(Op::CallClosure, &[1])
        .op(Op::Lt)
        .i(Op::Store, &[3])
}

/// A branch and a loop.
fn branches(code: Code, number: usize) -> Code {
    let label = |what: &str| named(format!("{what}{number}"));
    let [head, end, other] = ["head", "end", "other"].map(label);
    let code = code
        .at(head)
        .i(Op::Load, &[2])
        .i(Op::PushInt, &[100])
        .op(Op::I64Lt)
        .j(Op::JumpIfNot, &[], end);
    let code = code
        .i(Op::Load, &[1])
        .op(Op::Truthy)
        .j(Op::JumpIfNot, &[], other)
        .i(Op::Load, &[2])
        .int()
        .op(Op::I64Add)
        .i(Op::Store, &[2]);
    code.at(other)
        .i(Op::Load, &[2])
        .i(Op::Load, &[1])
        .i(Op::Call, &[f::INT_DYN])
        .i(Op::Store, &[2])
        .j(Op::Jump, &[], head)
        .at(end)
}

#[test]
#[ignore = "measures; run it alone in a release build"]
fn speed() {
    let done = |code: Code| {
        fun(code.i(Op::Load, &[2]).op(Op::Ret))
            .params(&[INT, DYN])
            .locals(&[INT, BOOL])
            .result(INT)
    };
    let start = || code().int().i(Op::Store, &[2]);
    measure("straight", &done(start().times(80, arithmetic)));
    measure("straight long", &done(start().times(2_000, arithmetic)));
    measure("dynamic", &done(start().times(60, dynamic)));
    measure(
        "dense",
        &done(start().times(1_000, |code| {
            code.op(Op::Unit).op(Op::Dup).op(Op::Add).op(Op::Pop)
        })),
    );
    measure("branches", &done((0..30).fold(start(), branches)));
    measure("branches long", &done((0..1_000).fold(start(), branches)));
    measure("small", &done(start().times(1, arithmetic)));
}
