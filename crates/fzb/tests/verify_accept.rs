//! What the verifier accepts, and the states that it hands to the translator.

mod verify_support;

use fzb::tables::TypedefId;
use fzb::verify::RegionKind;
use fzb::view::{RecType, Repr};
use isa::Op;
use verify_support::*;

fn rec(index: u32) -> Repr {
    Repr::Rec(RecType::of_typedef(TypedefId(index)))
}

#[test]
fn a_straight_line_is_one_block() {
    let code = code()
        .i(Op::Load, &[0])
        .int()
        .op(Op::I64Add)
        .i(Op::Store, &[1])
        .i(Op::Load, &[1])
        .op(Op::Ret);
    let verified = fun(code.clone())
        .params(&[INT])
        .locals(&[INT])
        .result(INT)
        .accepted();
    assert_eq!(verified.blocks.len(), 1);
    let block = &verified.blocks[0];
    assert_eq!((block.start, block.end), (0, code.bytes.len() as u32));
    // push_int, i64.add, two loads, a store, ret.
    assert_eq!(block.cost, 6);
    assert!(
        block.reachable
            && !block.loop_head
            && !block.falls_through
            && verified.leaf
            && !verified.is_try_user
    );
    assert!(verified.assigned(block, 0) && !verified.assigned(block, 1));
    assert_eq!((verified.max_height, verified.instructions), (2, 6));
}

#[test]
fn a_loop_has_its_states() {
    // i = 0; while i < n { i += 1 }; ret i
    let code = code()
        .i(Op::PushInt, &[0])
        .i(Op::Store, &[1])
        .at("head")
        .i(Op::Load, &[1])
        .i(Op::Load, &[0])
        .op(Op::I64Lt)
        .j(Op::JumpIfNot, &[], "end")
        .at("body")
        .i(Op::Load, &[1])
        .int()
        .op(Op::I64Add)
        .i(Op::Store, &[1])
        .j(Op::Jump, &[], "head")
        .at("end")
        .i(Op::Load, &[1])
        .op(Op::Ret);
    let verified = fun(code.clone())
        .params(&[INT])
        .locals(&[INT, DYN])
        .result(INT)
        .accepted();
    let starts: Vec<u32> = verified.blocks.iter().map(|block| block.start).collect();
    assert_eq!(
        starts,
        [0, code.label("head"), code.label("body"), code.label("end")]
    );
    let heads: Vec<bool> = verified
        .blocks
        .iter()
        .map(|block| block.loop_head)
        .collect();
    assert_eq!(heads, [false, true, false, false]);
    let costs: Vec<u32> = verified.blocks.iter().map(|block| block.cost).collect();
    assert_eq!(costs, [2, 4, 5, 2]);
    for block in &verified.blocks[1..] {
        assert!(
            verified.assigned(block, 1)
                && !verified.assigned(block, 2)
                && !verified.assigned(block, 3)
        );
        assert!(verified.stack(block).is_empty());
    }
    assert!(!verified.leaf);
    assert_eq!(
        verified.block_of(code.label("body") + 5),
        Some(&verified.blocks[2])
    );
    assert_eq!(verified.block_of(code.bytes.len() as u32), None);
}

#[test]
fn tagged_types_join_upward_and_the_join_is_walked_again() {
    // Head: fn from the entry, ref from the back edge; then dyn from a later one.
    let code = code()
        .i(Op::MakeClosure, &[f::DYN, 0])
        .at("head")
        .op(Op::True)
        .j(Op::JumpIf, &[], "later")
        .op(Op::Pop)
        .op(Op::Unit)
        .op(Op::CellNew)
        .j(Op::Jump, &[], "head")
        .at("later")
        .op(Op::True)
        .j(Op::JumpIf, &[], "end")
        .op(Op::Pop)
        .op(Op::Unit)
        .j(Op::Jump, &[], "head")
        .at("end")
        .op(Op::Ret);
    let verified = fun(code.clone()).accepted();
    let at = |label| verified.block_of(code.label(label)).unwrap();
    for label in ["head", "later", "end"] {
        assert_eq!(verified.stack(at(label)), [Repr::Dyn], "{label}");
    }
    // Without the last edge it stays a ref, and a function with result ref takes it.
    let code = verify_support::code()
        .i(Op::MakeClosure, &[f::DYN, 0])
        .at("head")
        .op(Op::True)
        .j(Op::JumpIf, &[], "end")
        .op(Op::Pop)
        .op(Op::Unit)
        .op(Op::CellNew)
        .j(Op::Jump, &[], "head")
        .at("end")
        .op(Op::Ret);
    let verified = fun(code.clone()).result(REF).accepted();
    assert_eq!(
        verified.stack(verified.block_of(code.label("end")).unwrap()),
        [Repr::Ref]
    );
    assert!(fun(code).result(FN).verify().is_err());
}

#[test]
fn regions_nest_and_handlers_get_what_was_pending() {
    let code = code()
        .int()
        .j(Op::PushTry, &[1], "finally")
        .at("outer")
        .j(Op::PushTry, &[0], "catch")
        .at("inner")
        .op(Op::Unit)
        .op(Op::Pop)
        .op(Op::PopTry)
        .at("between")
        .op(Op::PopTry)
        .at("out")
        .op(Op::Throw)
        .at("catch")
        .op(Op::Throw)
        .at("finally")
        .i(Op::Store, &[0])
        .op(Op::Pop)
        .i(Op::Load, &[0])
        .op(Op::EndFinally);
    let verified = fun(code.clone()).locals(&[TOK]).accepted();
    let at = |label| verified.block_of(code.label(label)).unwrap();
    let kinds = |label| {
        verified
            .tries(at(label))
            .iter()
            .map(|region| region.kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds("outer"), [RegionKind::Finally]);
    assert_eq!(kinds("inner"), [RegionKind::Finally, RegionKind::Catch]);
    assert_eq!(kinds("between"), [RegionKind::Finally]);
    assert_eq!(kinds("catch"), [RegionKind::Finally]);
    assert!(kinds("out").is_empty() && kinds("finally").is_empty());
    let inner = verified.tries(at("inner"))[1];
    assert_eq!(
        (inner.push_try, inner.handler, inner.height),
        (code.label("outer"), code.label("catch"), 1)
    );
    assert_eq!(verified.stack(at("catch")), [Repr::I64, Repr::Dyn]);
    assert_eq!(verified.stack(at("finally")), [Repr::I64, Repr::Tok]);
    assert!(verified.is_try_user);
}

#[test]
fn unreachable_code_is_not_typed() {
    let code = code()
        .op(Op::Unit)
        .op(Op::Throw)
        .at("dead")
        .op(Op::I64Add)
        .i(Op::Load, &[0])
        .op(Op::Ret);
    let verified = fun(code.clone()).locals(&[INT]).accepted();
    let dead = verified.block_of(code.label("dead")).unwrap();
    assert!(!dead.reachable && verified.stack(dead).is_empty());
}

#[test]
fn long_blocks_are_split() {
    let body = code()
        .times(3_000, |code| code.op(Op::Nop))
        .op(Op::Unit)
        .op(Op::Throw);
    let verified = fun(body).accepted();
    let starts: Vec<u32> = verified.blocks.iter().map(|block| block.start).collect();
    assert_eq!(starts, [0, 1_024, 2_048]);
    assert!(verified.blocks.iter().all(|block| block.reachable) && !verified.leaf);
    // A jump into the middle begins the count anew.
    let jumped = code()
        .op(Op::True)
        .j(Op::JumpIf, &[], "x")
        .times(100, |code| code.op(Op::Nop))
        .at("x");
    let jumped = jumped
        .times(2_000, |code| code.op(Op::Nop))
        .op(Op::Unit)
        .op(Op::Throw);
    let verified = fun(jumped.clone()).accepted();
    let x = jumped.label("x");
    let starts: Vec<u32> = verified.blocks.iter().map(|block| block.start).collect();
    assert_eq!(starts, [0, 6, x, x + 1_024]);
}

/// Code before an instruction, and the type that it leaves (`None`: nothing, or control does not go on).
#[track_caller]
fn leaves(before: Code, op: Op, args: &[u32], left: Option<Repr>) {
    leaves_in(fun(before), op, args, left);
}

#[track_caller]
fn leaves_in(mut fun: Fun, op: Op, args: &[u32], left: Option<Repr>) {
    // A jump to the next instruction makes a block that shows the state.
    fun.code = fun
        .code
        .i(op, args)
        .i(Op::Jump, &[0])
        .at("x")
        .op(Op::Unit)
        .op(Op::Throw)
        .at("arm")
        .op(Op::Unit)
        .op(Op::Throw);
    let verified = fun.accepted();
    let block = verified.block_of(fun.code.label("x")).unwrap();
    assert_eq!(verified.stack(block), left.as_slice(), "{op:?}");
}

#[test]
fn special_effects() {
    let unit = || code().op(Op::Unit);
    let text = || code().i(Op::Push, &[k::TEXT]);
    leaves(code(), Op::Push, &[k::INT], Some(Repr::I64));
    leaves(code(), Op::Push, &[k::FLOAT], Some(Repr::F64));
    leaves(code(), Op::Push, &[k::TEXT], Some(Repr::Text));
    leaves(code(), Op::Push, &[k::RECORD], Some(rec(2)));
    leaves(code(), Op::Push, &[k::EMPTY], Some(Repr::Dyn));
    leaves(code(), Op::LoadStatic, &[1], Some(Repr::I64));
    leaves(code().int(), Op::StoreStatic, &[0], None);
    leaves(code().int(), Op::StoreStatic, &[1], None);
    leaves_in(
        fun(code()).captures(&[(INT, 0), (DYN, 1)]),
        Op::LoadCap,
        &[0],
        Some(Repr::I64),
    );
    leaves_in(
        fun(code()).captures(&[(INT, 0), (INT, 1)]),
        Op::LoadCap,
        &[1],
        Some(Repr::Ref),
    );
    leaves(code().int(), Op::Box, &[3], Some(Repr::Dyn));
    leaves(text(), Op::Box, &[0], Some(Repr::Dyn));
    leaves(unit(), Op::Cast, &[RECORD], Some(rec(0)));
    leaves(unit(), Op::Cast, &[18], Some(Repr::Dyn));
    leaves(
        unit(),
        Op::Cast,
        &[16],
        Some(Repr::Rec(RecType::of_type(fzb::tables::TypeId(16)))),
    );
    leaves(code().int().int(), Op::Call, &[f::INT_DYN], Some(Repr::I64));
    leaves(code(), Op::Call, &[f::GENERATOR], Some(Repr::Ref));
    leaves(text(), Op::CallFfi, &[0], Some(Repr::Dyn));
    leaves(unit().int().int(), Op::CallClosure, &[2], Some(Repr::Dyn));
    leaves(
        code().int().op(Op::Unit).op(Op::CellNew),
        Op::MakeClosure,
        &[f::CAPTURES, 2],
        Some(Repr::Fn),
    );
    leaves(
        code().int().op(Op::Unit).op(Op::CellNew).int(),
        Op::MakeRoutine,
        &[f::CAPTURES, 2, 2],
        Some(Repr::Fn),
    );
    leaves(unit().int(), Op::PatchCapture, &[0], Some(Repr::Fn));
    leaves(
        text().i(Op::Push, &[k::TEXT]),
        Op::Intrinsic,
        &[2],
        Some(Repr::Bool),
    );
    leaves(unit().int(), Op::CallShape, &[k::SHAPE], Some(Repr::Dyn));
    leaves(unit().int(), Op::Partial, &[k::HOLES], Some(Repr::Fn));
    leaves(code().int().int(), Op::Tuple, &[2], Some(Repr::Ref));
    leaves(code().int().op(Op::Nil), Op::List, &[2], Some(Repr::List));
    leaves(code(), Op::List, &[0], Some(Repr::List));
    leaves(code().int().int(), Op::Array, &[2, 3], Some(Repr::Ref));
    leaves(
        code().i(Op::Array, &[0, 0]).int(),
        Op::ArrGet,
        &[2],
        Some(Repr::F64),
    );
    leaves(unit().int(), Op::ArrGet, &[3], Some(Repr::I64));
    leaves(unit().int(), Op::ArrGet, &[0], Some(Repr::Dyn));
    leaves(unit().int().int(), Op::ArrSet, &[0], None);
    leaves(unit().int().int(), Op::ArrWith, &[1], Some(Repr::Ref));
    leaves(
        code().int().i(Op::Push, &[k::FLOAT]),
        Op::ArrNew,
        &[2],
        Some(Repr::Ref),
    );
    let closure = |code: Code| code.i(Op::MakeClosure, &[f::DYN, 0]);
    leaves(
        closure(code().int().op(Op::Unit)),
        Op::Record,
        &[0],
        Some(rec(0)),
    );
    leaves(closure(code().int().int()), Op::Record, &[0], Some(rec(0)));
    leaves(unit(), Op::GetSlot, &[0, 0], Some(Repr::I64));
    leaves(unit(), Op::GetSlot, &[0, 2], Some(Repr::Fn));
    leaves(
        code().i(Op::Push, &[k::RECORD]),
        Op::GetSlot,
        &[0, 1],
        Some(Repr::Dyn),
    );
    leaves(unit().int(), Op::SetSlot, &[0, 1], None);
    leaves(unit().int(), Op::WithSlots, &[0, k::SLOTS], Some(rec(0)));
    leaves(unit().int(), Op::WithNames, &[k::NAMES], Some(Repr::Ref));
    leaves(code(), Op::Case, &[1, 0], Some(Repr::Dyn));
    leaves(code().int(), Op::Case, &[1, 1], Some(Repr::Dyn));
    leaves(unit(), Op::GetCase, &[1, 1, 0], Some(Repr::I64));
    leaves(
        text().i(Op::Push, &[k::TEXT]),
        Op::Concat,
        &[2],
        Some(Repr::Text),
    );
    leaves(
        code().int().int().int(),
        Op::Format,
        &[k::FORMAT],
        Some(Repr::Text),
    );
    leaves(
        code().times(3, Code::int),
        Op::MapLit,
        &[k::MAP],
        Some(Repr::Ref),
    );
    leaves(
        code().times(4, Code::int),
        Op::MapPairs,
        &[2],
        Some(Repr::Ref),
    );
    leaves(
        code().times(2, Code::int),
        Op::Class,
        &[k::CLASS],
        Some(Repr::Ref),
    );
    leaves(unit().int(), Op::CallName, &[0, 1], Some(Repr::Dyn));
    leaves(
        unit().int(),
        Op::CallNameShape,
        &[0, k::SHAPE],
        Some(Repr::Dyn),
    );
    leaves_in(
        fun(code().int()).flags(1),
        Op::CallSuper,
        &[0, 1],
        Some(Repr::Dyn),
    );
    leaves(unit(), Op::Unpack, &[1, 0], Some(Repr::Dyn));
    leaves(unit().int(), Op::Post, &[0, 1, 1], Some(Repr::Dyn));
    leaves(code().int(), Op::Post, &[0, 1, 2], Some(Repr::Dyn));
    leaves(
        code().int(),
        Op::PostTrap,
        &[0, 1, 0, k::TOPICS],
        Some(Repr::Dyn),
    );
    leaves(unit().int(), Op::Reply, &[0, 1, 1], Some(Repr::Dyn));
    leaves(code(), Op::Write, &[0, 0, 0], Some(Repr::Dyn));
    leaves_in(
        fun(code()).flags(8).locals(&[DYN]),
        Op::EnterCtor,
        &[k::NAMES],
        None,
    );
    leaves_in(fun(code().int()).jumps(&["arm"]), Op::Switch, &[0], None);
    leaves_in(fun(unit()).jumps(&["arm"]), Op::SwitchTag, &[0], None);
    leaves_in(fun(text()).texts(&["arm"]), Op::SwitchText, &[1], None);
    let dup = fun(code()
        .int()
        .op(Op::Dup)
        .i(Op::Jump, &[0])
        .at("x")
        .op(Op::Swap)
        .op(Op::Throw));
    let verified = dup.accepted();
    assert_eq!(
        verified.stack(verified.block_of(dup.code.label("x")).unwrap()),
        [Repr::I64; 2]
    );
}

#[test]
fn loops_over_iterators() {
    let code = code()
        .op(Op::Nil)
        .i(Op::IterNew, &[1])
        .at("head")
        .j(Op::IterNext, &[1], "end")
        .at("body")
        .op(Op::Pop)
        .op(Op::Pop)
        .j(Op::Jump, &[], "head")
        .at("end")
        .op(Op::Unit)
        .op(Op::Ret);
    let verified = fun(code.clone()).accepted();
    let at = |label| verified.stack(verified.block_of(code.label(label)).unwrap());
    assert_eq!(at("head"), [Repr::Dyn]);
    assert_eq!(at("body"), [Repr::Dyn; 3]);
    assert!(at("end").is_empty());
}

#[test]
fn ends_of_functions() {
    fun(code().int().op(Op::Halt)).entry().accepted();
    fun(code().int().op(Op::Ret)).entry().accepted();
    fun(code().i(Op::TailCall, &[f::DYN])).accepted();
    // fn passes for dyn: both have tags.
    fun(code().i(Op::TailCall, &[f::FN])).accepted();
    fun(code().i(Op::TailCall, &[f::GENERATOR])).accepted();
    fun(code().op(Op::Unit).i(Op::TailCallClosure, &[0])).accepted();
    fun(code().i(Op::Reply, &[0, 0, 8])).accepted();
    fun(code().op(Op::RetMiss))
        .flags(16)
        .params(&[INT, DYN])
        .accepted();
    fun(code().i(Op::Load, &[1]).op(Op::RetPeek))
        .flags(16)
        .params(&[DYN, DYN])
        .accepted();
    fun(code().op(Op::Unit).op(Op::RetOuter))
        .flags(128)
        .accepted();
    fun(code().op(Op::Unit).op(Op::Yield).op(Op::Ret))
        .flags(32)
        .accepted();
    fun(code().at("x").j(Op::Jump, &[], "x")).accepted();
}

#[test]
fn leaves_make_no_calls() {
    let ret = |code: Code| fun(code.op(Op::Unit).op(Op::Ret));
    assert!(
        ret(code().int().int().op(Op::I64Add).op(Op::Pop))
            .accepted()
            .leaf
    );
    // An operand may have a hook.
    assert!(
        !ret(code().int().int().op(Op::Add).op(Op::Pop))
            .accepted()
            .leaf
    );
    assert!(
        !ret(code().i(Op::Call, &[f::DYN]).op(Op::Pop))
            .accepted()
            .leaf
    );
    assert!(
        !ret(code().times(255, |code| code.op(Op::Nop)))
            .accepted()
            .leaf
    );
    assert!(
        ret(code().times(254, |code| code.op(Op::Nop)))
            .accepted()
            .leaf
    );
}

#[test]
fn whole_modules() {
    let good = fun(code().op(Op::Unit).op(Op::Ret));
    // The prelude itself keeps the rules on tables.
    fzb::verify::module(&fzb::Module::from_tables(&good.tables()).unwrap()).unwrap();
    let refusal = fzb::verify::module(&fun(code().op(Op::Ret)).module()).unwrap_err();
    assert_eq!((refusal.function.0, refusal.rule), (0, 4));
    assert_eq!(
        refusal.to_string(),
        "FV54: function 0, offset 0, rule 4: found `ret` at stack height 0, expected height 1"
    );
}
