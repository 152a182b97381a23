//! One case at least per rule and sub-rule: the verifier refuses it, naming rule and offset.

mod verify_support;

use fzb::tables::Lang;
use isa::Op;
use verify_support::*;

/// Refused by `rule` at the label `!`, or at 0 if there is none.
#[track_caller]
fn refused(rule: u8, fun: Fun) {
    let at = if fun.code.bytes.is_empty() {
        0
    } else {
        fun.code.label("!")
    };
    match fun.verify() {
        Ok(_) => panic!("accepted"),
        Err(refusal) => {
            assert_eq!((refusal.rule, refusal.offset), (rule, at), "{refusal}");
            assert_eq!(refusal.code(), format!("FV{}", 50 + u32::from(rule)));
            assert!(!refusal.found.is_empty() && !refusal.expected.is_empty());
        }
    }
}

/// Straight-line code that ends well after the bad instruction.
fn line(before: Code, op: Op, args: &[u32]) -> Fun {
    fun(before.bad().i(op, args).op(Op::Unit).op(Op::Throw))
}

#[test]
fn rule_1_decoding() {
    refused(1, fun(code().op(Op::Unit).bad().raw(&[0xFD]).op(Op::Throw)));
    refused(
        1,
        fun(code().op(Op::Unit).bad().raw(&[Op::PushInt as u8, 1, 2])),
    );
    refused(
        1,
        line(code().op(Op::Unit).op(Op::Unit), Op::SetName, &[0, 16]),
    );
    refused(
        1,
        line(
            code().op(Op::Unit).op(Op::Unit).op(Op::Unit),
            Op::SetIndex,
            &[1],
        ),
    );
    // Unreachable code is decoded too.
    refused(1, fun(code().op(Op::Unit).op(Op::Throw).bad().raw(&[0xFE])));
}

#[test]
fn rule_2_operands() {
    let unit = || code().op(Op::Unit);
    let cases: &[(Code, Op, &[u32])] = &[
        (code(), Op::Load, &[0]),
        (code().op(Op::Unit), Op::Store, &[9]),
        (code(), Op::LoadCap, &[0]),
        (code(), Op::LoadStatic, &[2]),
        (unit(), Op::StoreStatic, &[2]),
        (code(), Op::Call, &[99]),
        (code(), Op::MakeClosure, &[99, 0]),
        (code(), Op::CallFfi, &[2]),
        (code(), Op::CallFfi, &[1]),
        (code(), Op::LoadModule, &[0]),
        (code(), Op::LoadModule, &[7]),
        (unit(), Op::Cast, &[12]),
        (unit(), Op::Cast, &[TOK]),
        (unit(), Op::Cast, &[99]),
        (unit(), Op::IsType, &[99]),
        (code(), Op::Record, &[3]),
        (code(), Op::Record, &[1]),
        (unit(), Op::GetSlot, &[0, 3]),
        (unit(), Op::TagIs, &[0, 0]),
        (unit(), Op::TagIs, &[1, 2]),
        (unit(), Op::GetCase, &[1, 0, 0]),
        (unit(), Op::GetCase, &[1, 1, 1]),
        (unit().int(), Op::WithSlots, &[0, k::BAD_SLOTS]),
        (code(), Op::Push, &[99]),
        (code(), Op::Push, &[k::SHAPE]),
        (unit().op(Op::Unit), Op::CallShape, &[k::INT]),
        (unit().op(Op::Unit), Op::CallShape, &[k::HOLES]),
        (unit().op(Op::Unit), Op::CallNameShape, &[0, k::HOLES]),
        (unit(), Op::CallNameShape, &[4, k::SHAPE]),
        (unit(), Op::WithNames, &[k::SLOTS]),
        (unit(), Op::WithSlots, &[0, k::NAMES]),
        (unit(), Op::MatchEvent, &[k::NAMES]),
        (unit(), Op::Format, &[k::TEXT]),
        (unit(), Op::Format, &[k::BAD_FORMAT]),
        (unit(), Op::MapLit, &[k::CLASS]),
        (unit(), Op::Class, &[k::MAP]),
        (unit(), Op::GetName, &[4]),
        (code().int(), Op::Switch, &[1]),
        (code().int(), Op::Switch, &[2]),
        (code().i(Op::Push, &[k::TEXT]), Op::SwitchText, &[0]),
        (code(), Op::Intrinsic, &[0]),
        (code().i(Op::Push, &[k::TEXT]), Op::FaultOp, &[0]),
        (code().i(Op::Push, &[k::TEXT]), Op::FaultOp, &[8]),
        (unit(), Op::HasHook, &[isa::Hook::ALL.len() as u32]),
        (unit(), Op::FieldOpOp, &[15]),
        (code(), Op::Array, &[0, 4]),
        (code().int(), Op::Box, &[9]),
        (code().int(), Op::I64Narrow, &[0]),
        (code().int(), Op::I64Narrow, &[8]),
        (unit().int(), Op::MemLoad, &[7]),
        (unit(), Op::Coerce, &[8]),
        (unit(), Op::Display, &[3]),
        (code(), Op::MapNew, &[5, 0]),
        (code(), Op::PushTry, &[2, 0]),
        (unit().op(Op::Unit), Op::Post, &[0, 2, 2]),
    ];
    for (before, op, args) in cases {
        refused(2, line(before.clone(), *op, args));
    }
    refused(2, line(code(), Op::Arg, &[0]).flags(2));
    refused(
        2,
        fun(code()
            .bad()
            .i(Op::EnterCtor, &[k::NAMES3])
            .op(Op::Unit)
            .op(Op::Ret))
        .flags(8)
        .locals(&[REF]),
    );
    // Unreachable code too.
    refused(
        2,
        fun(code()
            .op(Op::Unit)
            .op(Op::Throw)
            .bad()
            .i(Op::Load, &[0])
            .op(Op::Throw)),
    );
}

#[test]
fn rule_2_policies() {
    let lacking: &[(Op, &[u32])] = &[
        (Op::Display, &[0]),
        (Op::Coerce, &[0]),
        (Op::Coerce, &[3]),
        (Op::Coerce, &[6]),
        (Op::Inspect, &[0]),
        (Op::AssertEq, &[k::TEXT, 0]),
    ];
    // Fusabi has display, formats and all conversions but those to types that it lacks.
    let no_fusabi: &[(Op, &[u32])] = &[
        (Op::Coerce, &[6]),
        (Op::Coerce, &[7]),
        (Op::Inspect, &[0]),
        (Op::AssertEq, &[k::TEXT, 0]),
    ];
    for (policy, lacking) in [(Lang::Fusabi, no_fusabi), (Lang::Morph, lacking)] {
        for (op, args) in lacking {
            let fun = line(code().op(Op::Unit), *op, args).policy(policy);
            assert!(
                fun.verify()
                    .is_err_and(|refusal| refusal.expected.to_string().contains(policy.text()))
            );
            refused(2, fun);
        }
    }
    let format = || line(code().times(3, Code::int), Op::Format, &[k::FORMAT]);
    refused(2, format().policy(Lang::Morph));
    format().policy(Lang::Fusabi).accepted();
    for (op, mode) in [(Op::Display, 0), (Op::Coerce, 0), (Op::Coerce, 5)] {
        line(code().op(Op::Unit), op, &[mode])
            .policy(Lang::Fusabi)
            .accepted();
    }
    for (op, args) in lacking {
        line(code().op(Op::Unit), *op, args).accepted();
    }
    for policy in [Lang::Morph, Lang::Rhumb] {
        line(code().op(Op::Unit), Op::Coerce, &[4])
            .policy(policy)
            .accepted();
    }
}

#[test]
fn rule_3_targets() {
    refused(3, fun(code()));
    refused(3, fun(code().bad().i(Op::Jump, &[(-6i32) as u32])));
    refused(3, fun(code().bad().i(Op::Jump, &[0])));
    refused(3, fun(code().bad().i(Op::Jump, &[1]).int().op(Op::Throw)));
    refused(
        3,
        fun(code()
            .int()
            .op(Op::True)
            .bad()
            .i(Op::JumpIf, &[(-9i32) as u32])
            .op(Op::Throw)),
    );
    refused(
        3,
        fun(code().bad().i(Op::PushTry, &[0, 1]).int().op(Op::Throw)),
    );
    refused(
        3,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::IterNext, &[0, 1])
            .int()
            .op(Op::Throw)),
    );
    refused(
        3,
        fun(code()
            .int()
            .bad()
            .i(Op::Switch, &[0])
            .at("x")
            .int()
            .op(Op::Throw)
            .at("end"))
        .jumps(&["x", "end"]),
    );
    let mut inside = fun(code()
        .i(Op::Push, &[k::TEXT])
        .bad()
        .i(Op::SwitchText, &[1])
        .int()
        .op(Op::Throw))
    .texts(&["!"]);
    inside.code = inside.code.at("x");
    inside.texts = vec!["x"];
    refused(3, inside);
    // The last instruction goes on, even if it is not reached.
    refused(3, fun(code().bad().op(Op::Unit)));
    refused(3, fun(code().op(Op::Unit).op(Op::Throw).bad().op(Op::Nop)));
    refused(3, fun(code().bad().i(Op::Reply, &[0, 0, 0])));
    refused(3, fun(code().op(Op::Unit).bad().op(Op::Halt)));
    refused(3, fun(code().op(Op::Unit).op(Op::Ret).bad().op(Op::Halt)));
}

#[test]
fn rule_4_stack() {
    refused(4, fun(code().bad().op(Op::Pop).op(Op::Unit).op(Op::Ret)));
    refused(4, fun(code().op(Op::Unit).bad().op(Op::Add).op(Op::Ret)));
    refused(4, fun(code().int().bad().op(Op::I64Add).op(Op::Ret)));
    refused(4, fun(code().op(Op::Unit).bad().op(Op::Swap).op(Op::Ret)));
    refused(4, fun(code().bad().op(Op::Dup).op(Op::Ret)));
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .op(Op::Unit)
            .bad()
            .op(Op::Unit)
            .op(Op::Throw))
        .max_stack(2),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::Unpack, &[3, 0])
            .op(Op::Throw))
        .max_stack(2),
    );
    refused(
        4,
        fun(code().op(Op::Unit).bad().i(Op::List, &[2]).op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::CallClosure, &[1])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::MapPairs, &[1])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .op(Op::Unit)
            .bad()
            .i(Op::MapLit, &[k::MAP])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::Class, &[k::CLASS])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::Post, &[0, 1, 1])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .op(Op::Unit)
            .bad()
            .i(Op::Format, &[k::FORMAT])
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::Partial, &[k::HOLES])
            .op(Op::Throw)),
    );
    refused(4, fun(code().int().bad().op(Op::CellGet).op(Op::Throw)));
    // Heights differ where paths meet.
    refused(
        4,
        fun(code()
            .op(Op::Unit)
            .op(Op::True)
            .j(Op::JumpIf, &[], "x")
            .bad()
            .op(Op::Unit)
            .at("x")
            .op(Op::Throw)),
    );
    // Representations differ: dyn and int; a loop that leaves one more.
    refused(
        4,
        fun(code()
            .op(Op::True)
            .j(Op::JumpIf, &[], "a")
            .int()
            .j(Op::Jump, &[], "x")
            .at("a")
            .bad()
            .op(Op::Unit)
            .at("x")
            .op(Op::Throw)),
    );
    refused(
        4,
        fun(code().at("x").op(Op::Unit).bad().j(Op::Jump, &[], "x")),
    );
    refused(4, fun(code().bad().op(Op::Ret)));
    refused(4, fun(code().op(Op::Unit).op(Op::Unit).bad().op(Op::Ret)));
    refused(4, fun(code().op(Op::Unit).bad().op(Op::Ret)).result(INT));
    refused(
        4,
        fun(code().op(Op::Unit).op(Op::Unit).bad().op(Op::Halt)).entry(),
    );
    refused(
        4,
        fun(code()
            .int()
            .i(Op::StoreStatic, &[0])
            .op(Op::Unit)
            .bad()
            .i(Op::StoreStatic, &[1])
            .op(Op::Unit)
            .op(Op::Ret)),
    );
    refused(
        4,
        fun(code().bad().op(Op::Unit).op(Op::Ret)).max_stack(4_097),
    );
}

#[test]
fn rule_5_locals() {
    refused(
        5,
        fun(code().bad().i(Op::Load, &[0]).op(Op::Throw)).locals(&[DYN]),
    );
    refused(
        5,
        fun(code()
            .op(Op::Unit)
            .bad()
            .i(Op::Store, &[0])
            .op(Op::Unit)
            .op(Op::Throw))
        .locals(&[INT]),
    );
    refused(
        5,
        fun(code()
            .i(Op::MakeClosure, &[f::DYN, 0])
            .op(Op::CellNew)
            .bad()
            .i(Op::Store, &[0])
            .op(Op::Unit)
            .op(Op::Throw))
        .locals(&[FN]),
    );
    // Assigned on one path only.
    let one_path = code()
        .op(Op::True)
        .j(Op::JumpIf, &[], "x")
        .int()
        .i(Op::Store, &[1])
        .at("x")
        .bad()
        .i(Op::Load, &[1])
        .op(Op::Throw);
    refused(5, fun(one_path).params(&[DYN]).locals(&[INT]));
    // Assigned in the region, read in its handler.
    let handler = code()
        .j(Op::PushTry, &[0], "h")
        .int()
        .i(Op::Store, &[0])
        .op(Op::PopTry)
        .op(Op::Unit)
        .op(Op::Throw);
    refused(
        5,
        fun(handler.at("h").bad().i(Op::Load, &[0]).op(Op::Throw)).locals(&[INT]),
    );
    // Read at a loop's head before the body stores it; the second local is fine.
    let head = code()
        .op(Op::Unit)
        .i(Op::Store, &[1])
        .at("x")
        .i(Op::Load, &[1])
        .op(Op::Pop)
        .bad()
        .i(Op::Load, &[0])
        .i(Op::Store, &[0]);
    refused(5, fun(head.j(Op::Jump, &[], "x")).locals(&[DYN, DYN]));
    // Through a switch with one forgetful arm, beyond 64 locals.
    let arms = code()
        .int()
        .i(Op::Switch, &[0])
        .int()
        .i(Op::Store, &[70])
        .at("arm")
        .bad()
        .i(Op::Load, &[70])
        .op(Op::Throw);
    refused(5, fun(arms).locals(&[INT; 71]).jumps(&["arm"]));
    refused(5, fun(code().bad().op(Op::Unit).op(Op::Ret)).params(&[TOK]));
    refused(5, fun(code().bad().op(Op::Unit).op(Op::Ret)).locals(&[12]));
    refused(
        5,
        fun(code().bad().op(Op::Unit).op(Op::Ret)).captures(&[(TOK, 0)]),
    );
    refused(
        5,
        fun(code()
            .bad()
            .i(Op::EnterCtor, &[k::NAMES])
            .op(Op::Unit)
            .op(Op::Ret))
        .flags(8)
        .locals(&[INT]),
    );
}

#[test]
fn rule_6_try_regions() {
    let end = |code: Code| code.at("h").op(Op::Throw);
    refused(
        6,
        fun(code().bad().op(Op::PopTry).op(Op::Unit).op(Op::Throw)),
    );
    refused(
        6,
        fun(end(code()
            .j(Op::PushTry, &[0], "h")
            .op(Op::Unit)
            .bad()
            .op(Op::Ret))),
    );
    refused(
        6,
        fun(end(code()
            .j(Op::PushTry, &[0], "h")
            .op(Op::Unit)
            .bad()
            .op(Op::Halt)))
        .entry(),
    );
    refused(
        6,
        fun(end(code().j(Op::PushTry, &[0], "h").bad().op(Op::RetMiss)))
            .params(&[DYN, DYN])
            .flags(16),
    );
    // Regions differ where paths meet, and a loop that opens one more each time.
    let one = code()
        .op(Op::True)
        .j(Op::JumpIf, &[], "x")
        .j(Op::PushTry, &[0], "h")
        .bad()
        .op(Op::Nop)
        .at("x")
        .op(Op::Unit)
        .op(Op::Throw);
    refused(6, fun(end(one)));
    refused(
        6,
        fun(end(code().at("x").j(Op::PushTry, &[0], "h").bad().j(
            Op::Jump,
            &[],
            "x",
        ))),
    );
    // 64 deep is fine, 65 is not.
    for depth in [64, 65] {
        let labels: Vec<&'static str> = (0..depth).map(|i| named(format!("h{i}"))).collect();
        let open = labels.iter().fold(code(), |code, label| {
            code.at("!").j(Op::PushTry, &[0], label)
        });
        let nest = fun(labels
            .iter()
            .fold(open.op(Op::Unit).op(Op::Throw), |code, label| {
                code.at(label).op(Op::Throw)
            }));
        if depth == 64 {
            assert!(nest.accepted().is_try_user);
        } else {
            refused(6, nest);
        }
    }
    // A handler has one place: two regions of different surroundings cannot share it.
    let shared = code()
        .j(Op::PushTry, &[0], "h")
        .bad()
        .j(Op::PushTry, &[0], "h")
        .op(Op::Unit)
        .op(Op::Throw);
    refused(6, fun(end(shared)));
    // What stands below the region may not be taken: the handler finds it there.
    let below = code()
        .op(Op::Unit)
        .j(Op::PushTry, &[0], "h")
        .bad()
        .op(Op::Pop)
        .op(Op::PopTry)
        .op(Op::Unit)
        .op(Op::Throw);
    refused(6, fun(below.at("h").op(Op::Add).op(Op::Ret)));
    let below = code()
        .int()
        .j(Op::PushTry, &[0], "h")
        .int()
        .bad()
        .op(Op::Swap)
        .op(Op::Unit)
        .op(Op::Throw);
    refused(6, fun(below.at("h").op(Op::Add).op(Op::Ret)));
    // The token goes nowhere but into its locals, `pop`, `end_finally`.
    let token =
        |code: Code| fun(code.op(Op::PopTry).op(Op::Unit).op(Op::Ret).at("h")).locals(&[DYN, TOK]);
    let open = || code().j(Op::PushTry, &[1], "h");
    for (op, args) in [
        (Op::Dup, &[][..]),
        (Op::Throw, &[]),
        (Op::Ret, &[]),
        (Op::Box, &[0]),
        (Op::Store, &[0]),
        (Op::List, &[1]),
    ] {
        let mut fun = token(open());
        fun.code = fun.code.bad().i(op, args).op(Op::Unit).op(Op::Throw);
        refused(6, fun);
    }
    let mut swap = token(open());
    swap.code = swap.code.op(Op::Unit).bad().op(Op::Swap).op(Op::Throw);
    refused(6, swap);
    refused(6, fun(code().op(Op::Unit).bad().op(Op::EndFinally)));
    // A token is joined with nothing else.
    let join = code()
        .j(Op::PushTry, &[1], "h")
        .op(Op::PopTry)
        .op(Op::Unit)
        .bad()
        .j(Op::Jump, &[], "h")
        .at("h")
        .op(Op::Pop)
        .op(Op::Unit)
        .op(Op::Throw);
    refused(4, fun(join));
}

#[test]
fn rule_7_places() {
    let end = |code: Code| {
        code.op(Op::PopTry)
            .op(Op::Unit)
            .op(Op::Ret)
            .at("h")
            .op(Op::Throw)
    };
    refused(
        7,
        fun(end(code()
            .j(Op::PushTry, &[0], "h")
            .bad()
            .i(Op::TailCall, &[f::DYN]))),
    );
    refused(
        7,
        fun(end(code()
            .j(Op::PushTry, &[0], "h")
            .op(Op::Unit)
            .bad()
            .i(Op::TailCallClosure, &[0]))),
    );
    refused(
        7,
        fun(end(code()
            .j(Op::PushTry, &[0], "h")
            .bad()
            .i(Op::Reply, &[0, 0, 8]))),
    );
    refused(7, fun(code().bad().i(Op::Reply, &[0, 0, 8])).result(INT));
    refused(7, fun(code().bad().op(Op::RetMiss)));
    refused(7, fun(code().op(Op::Unit).bad().op(Op::RetPeek)));
    refused(7, fun(code().op(Op::Unit).bad().op(Op::RetPeek)).flags(128));
    refused(7, fun(code().op(Op::Unit).bad().op(Op::RetOuter)));
    refused(7, line(code(), Op::SelfOp, &[]));
    refused(7, line(code(), Op::ThisFn, &[]).flags(1));
    refused(7, line(code(), Op::ArgAll, &[]));
    refused(7, line(code(), Op::Arg, &[1]));
    refused(7, line(code(), Op::CallSuper, &[0, 0]));
    refused(7, line(code(), Op::GetSuper, &[0]));
    refused(7, line(code().op(Op::Unit), Op::Yield, &[]));
    refused(7, line(code(), Op::EnterCtor, &[k::NAMES]).locals(&[DYN]));
    refused(
        7,
        line(code().op(Op::Nop), Op::EnterCtor, &[k::NAMES])
            .locals(&[DYN])
            .flags(8),
    );
    let bad = || code().bad().op(Op::Unit).op(Op::Ret);
    refused(7, fun(bad()).flags(16));
    refused(7, fun(bad()).flags(16).params(&[TEXT, DYN]));
    refused(7, fun(bad()).flags(16).params(&[INT, INT]));
    refused(
        7,
        fun(code().bad().int().op(Op::Ret))
            .flags(16)
            .params(&[INT, DYN])
            .result(INT),
    );
    refused(7, fun(bad()).flags(128).params(&[DYN]));
    refused(7, fun(bad()).flags(32 | 64));
    refused(7, fun(bad()).flags(32 | 128));
}

#[test]
fn rule_8_calls() {
    refused(
        8,
        line(code().op(Op::Unit).op(Op::Unit), Op::Call, &[f::INT_DYN]),
    );
    refused(
        8,
        line(
            code().i(Op::Push, &[k::FLOAT]).op(Op::Unit),
            Op::Call,
            &[f::INT_DYN],
        ),
    );
    refused(8, line(code(), Op::Call, &[f::CAPTURES]));
    refused(8, line(code().op(Op::Unit), Op::CallFfi, &[0]));
    refused(8, line(code(), Op::MakeClosure, &[f::CAPTURES, 0]));
    refused(8, line(code().op(Op::Unit), Op::MakeClosure, &[f::DYN, 1]));
    refused(
        8,
        line(
            code().op(Op::Unit).op(Op::Unit),
            Op::MakeClosure,
            &[f::CAPTURES, 2],
        ),
    );
    refused(
        8,
        line(code().op(Op::Unit), Op::MakeRoutine, &[f::DYN, 1, 0]),
    );
    refused(
        8,
        fun(code()
            .int()
            .op(Op::Unit)
            .bad()
            .i(Op::TailCall, &[f::INT_DYN])),
    );
    refused(8, fun(code().bad().i(Op::TailCall, &[f::DYN])).result(INT));
    refused(8, fun(code().bad().i(Op::TailCall, &[f::DYN])).result(FN));
    refused(
        8,
        fun(code().bad().i(Op::TailCall, &[f::GENERATOR])).result(INT),
    );
    refused(8, fun(code().bad().i(Op::TailCall, &[f::CAPTURES])));
    refused(
        8,
        fun(code().op(Op::Unit).bad().i(Op::TailCallClosure, &[0])).result(INT),
    );
    refused(
        8,
        fun(code().bad().op(Op::Unit).op(Op::Ret))
            .params(&[INT])
            .entry(),
    );
    refused(
        8,
        fun(code().bad().op(Op::Unit).op(Op::Ret))
            .captures(&[(INT, 0)])
            .entry(),
    );
    // A cell capture comes with its tag; an int has none.
    refused(
        4,
        line(code().int().int(), Op::MakeClosure, &[f::CAPTURES, 2]),
    );
}

#[test]
fn rule_9_typed() {
    let unit = || code().op(Op::Unit);
    let cases: &[(Code, Op, &[u32])] = &[
        (unit().int(), Op::I64Add, &[]),
        (code().int().op(Op::Unit), Op::I64Add, &[]),
        (code().int().int(), Op::F64Add, &[]),
        (unit(), Op::Not, &[]),
        (unit(), Op::JumpIf, &[0]),
        (unit(), Op::Switch, &[0]),
        (unit(), Op::SwitchText, &[1]),
        (unit(), Op::Head, &[]),
        (code().int().op(Op::Unit), Op::Cons, &[]),
        (unit(), Op::Concat, &[1]),
        (unit().int(), Op::TextAt, &[]),
        (unit().op(Op::Unit), Op::ArrGet, &[0]),
        (unit().int().op(Op::Unit), Op::ArrSet, &[1]),
        (unit().int().int(), Op::ArrSet, &[2]),
        (unit().int().op(Op::Unit), Op::ArrWith, &[3]),
        (unit(), Op::Array, &[1, 1]),
        (unit().int(), Op::ArrNew, &[0]),
        (unit(), Op::Box, &[1]),
        (code().int(), Op::Box, &[8]),
        (unit(), Op::Intrinsic, &[12]),
        (unit().op(Op::Unit), Op::SetSlot, &[0, 0]),
        (unit().op(Op::Unit), Op::WithSlots, &[0, k::SLOTS]),
        (unit().op(Op::Unit).op(Op::Unit), Op::Record, &[0]),
        (unit(), Op::Case, &[1, 1]),
        (unit(), Op::FaultOp, &[0x16]),
        (unit(), Op::I64ToF64, &[]),
        (unit().op(Op::Unit), Op::MemLoad, &[0]),
    ];
    for (before, op, args) in cases {
        refused(9, line(before.clone(), *op, args));
    }
    // The fn field of the record wants a function.
    refused(
        9,
        line(code().int().op(Op::Unit).op(Op::Unit), Op::Record, &[0]),
    );
}

#[test]
fn rule_10_sizes() {
    let small = || code().bad().op(Op::Unit).op(Op::Ret);
    refused(
        10,
        fun(small()
            .times((1 << 20) - 1, |code| code.op(Op::Nop))
            .op(Op::Throw)),
    );
    refused(10, fun(small()).params(&[INT; 256]));
    refused(10, fun(small()).locals(&vec![INT; 65_536]));
    refused(10, fun(small()).locals(&vec![DYN; 32_768]));
    refused(10, fun(small()).captures(&vec![(INT, 0); 65_536]));
    // 2,049 blocks of 32,768 locals and positions.
    let blocks = small()
        .times(2_047, |code| code.i(Op::Jump, &[0]))
        .op(Op::Unit)
        .op(Op::Throw);
    refused(10, fun(blocks.clone()).locals(&[INT; 32_760]));
    fun(blocks).locals(&[INT; 30_000]).accepted();
}

/// Texts under `spec/fzb/reject/verify`: each keeps the rules on tables, and the verifier refuses it as its first line says.
#[test]
fn refused_texts() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/fzb/reject/verify");
    let mut seen = std::collections::BTreeSet::new();
    let mut wrong: Vec<String> = vec![];
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let tables =
            fzb::text::assemble(&text).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        let module =
            fzb::Module::from_tables(&tables).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let refusal = fzb::verify::module(&module)
            .err()
            .unwrap_or_else(|| panic!("{name} is accepted"));
        let expected = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("; expect "))
            .unwrap();
        if format!("{} at {}", refusal.code(), refusal.offset) != expected {
            wrong.push(format!("{name}: {refusal}"));
        }
        seen.insert(refusal.rule);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        seen.into_iter().collect::<Vec<u8>>(),
        (1..=10).collect::<Vec<u8>>()
    );
}
