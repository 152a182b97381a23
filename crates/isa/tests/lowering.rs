//! Every founding instruction has a place in the lowering tables, and only those have.

use isa::lowering::{MORPH, RHUMB, of_morph, of_rhumb};
use isa::{Intrinsic, Op};
use std::collections::BTreeSet;

/// The `OP_` names of the founding document, rhumb-architecture.md §6, and the bank examples and §7 instructions.
const FOUNDING: &str = "OP_MAKE_FN OP_BIND_FN OP_LET_FN OP_REBIND OP_REF_FN OP_CURRY OP_ADD OP_SUB OP_MULT OP_POW OP_DIV_FLOAT \
    OP_DIV_INT OP_MOD OP_SCI_NOT OP_ROOT OP_EQ OP_NEQ OP_GT OP_LT OP_GTE OP_LTE OP_AND OP_OR OP_RANGE OP_HAS_SUBFIELD \
    OP_NOT_HAS_SUB OP_HAS_FIELD OP_NOT_HAS_FLD OP_TEMP_SUBFIELD OP_CONCAT OP_ACCESS_NESTED OP_ASSIGN_IMM OP_ASSIGN_MUT \
    OP_DESTRUCT OP_IF_TRUE OP_IF_FALSE OP_WHILE OP_FOREACH OP_PIPE OP_COALESCE OP_MATCH_CONS OP_MATCH_PEEK OP_POST OP_INJECT \
    OP_WRITE OP_SUBSCRIBE OP_APPEND OP_UNSHIFT OP_LENGTH OP_IS_EMPTY OP_ALL_SUB OP_ALL_FIELDS OP_ALL_POS OP_FREEZE OP_COPY \
    OP_COERCE_DATE OP_GET_PARAMS OP_GET_CTOR OP_GET_BASE OP_COERCE_NUM OP_NUM_NEG OP_COERCE_BOOL OP_BOOL_NEG OP_SPREAD \
    OP_COERCE_KEY OP_CALL OP_RETURN SELECT MATCH_STRUCT JUMP LOAD_STATIC LOAD_LOC MATCH_BIND SEND SELF LOAD_PARENT POST INJECT \
    WRITE SUBSCRIBE NEW_REALM TRAP_REPLY";

/// The names that docs/specs/rhumb.md §6 adds.
const SPECIFIED: &str = "HALT JUMP_IF_FALSE JUMP_IF_TRUE DUP POP SWAP MATCH_TUPLE OP_MONITOR LOAD_CONST STORE_LOC STORE_LOC_IMM \
    LOAD_UP STORE_UP STORE_UP_IMM STORE_STATIC STORE_STATIC_IMM LOAD_ARG OP_RESOLVE INVOKE_IF_ROUTINE MAKE_MAP GET_FIELD \
    SET_FIELD GET_INDEX SET_INDEX DELEGATE MAKE_VASSAL APPLY_VASSAL RUN_IN OP_ASSERT_EQ OP_INSPECT OP_DEV";

#[test]
fn every_rhumb_name_is_lowered_once() {
    let wanted: Vec<&str> = FOUNDING
        .split_whitespace()
        .chain(SPECIFIED.split_whitespace())
        .collect();
    let listed: BTreeSet<&str> = RHUMB.iter().map(|lowering| lowering.name).collect();
    assert_eq!(listed.len(), RHUMB.len(), "a name stands twice");
    assert_eq!(wanted.iter().copied().collect::<BTreeSet<_>>(), listed);
    for name in wanted {
        assert!(
            !of_rhumb(name).expect("listed").ops.is_empty(),
            "{name} becomes nothing"
        );
    }
}

#[test]
fn the_specification_has_no_other_op_name() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/specs/rhumb.md");
    let text = std::fs::read_to_string(path).expect("docs/specs/rhumb.md");
    let bytecode = text
        .split("\n## 6. ")
        .nth(1)
        .and_then(|rest| rest.split("\n## 7. ").next())
        .expect("its section 6");
    let mut found = 0;
    for word in bytecode
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("OP_") && word.len() > 3)
    {
        assert!(of_rhumb(word).is_some(), "{word} is not lowered");
        found += 1;
    }
    assert!(found > 60);
}

#[test]
fn every_morph_number_is_lowered_once() {
    let numbers: Vec<u8> = MORPH
        .iter()
        .filter_map(|lowering| lowering.number)
        .collect();
    assert_eq!(numbers, (1..=114).collect::<Vec<u8>>());
    for number in 1..=114 {
        let lowering = of_morph(number).expect("listed");
        // Only the snapshots of pattern code vanish.
        assert_eq!(
            lowering.ops.is_empty(),
            (34..=36).contains(&number),
            "{}",
            lowering.name
        );
        assert!(!lowering.ops.is_empty() || !lowering.how.is_empty());
    }
    assert!(of_morph(0).is_none() && of_morph(115).is_none());
}

#[test]
fn intrinsics_are_named_where_the_instruction_is_intrinsic() {
    for lowering in RHUMB.iter().chain(MORPH) {
        if lowering.ops == [Op::Intrinsic] {
            assert_eq!(lowering.intrinsics.len(), 1, "{}", lowering.name);
        }
        assert!(
            lowering
                .intrinsics
                .iter()
                .all(|i| Intrinsic::from_name(i.name()) == Some(*i))
        );
    }
}
