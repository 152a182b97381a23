//! What branches of a copied chain, and copies of a fiber, have of their own: what the loops in their frames have come to, and
//! the maps that their code is still filling.

use super::harness::{both, ok, prompt, with};

/// A loop whose body calls a function with a loop of its own. Both add to one draft, which stands in registers of both
/// frames, twice in the outer one.
const LOOPS: &str = r#"
fn ask(n: dyn, list: dyn) {
    local turn: dyn
    load n
    load n
    push_int 1
    box none
    add
    array 2 dyn
    iter_new 0
again:
    iter_next 0 out
    store turn
    load list
    load turn
    post pick 1 none
    push_at end
    pop
    jump again
out:
    load list
    ret
}
fn f() flags thunk {
    local list, turn: dyn
    map_new plain 0
    box none
    intrinsic map.draft
    store list
    push_int 1
    box none
    push_int 5
    box none
    array 2 dyn
    iter_new 0
again:
    iter_next 0 out
    store turn
    load list
    load turn
    load list
    call ask
    pop
    load turn
    push_at end
    pop
    jump again
out:
    load list
    intrinsic map.done
    ret
}
"#;

/// Replies the argument and ten times it; logs how each branch ends.
const TWICE: &str = r#"
fn sel(kind: dyn, e: dyn) flags selector {
    local n: dyn
    load kind
    push_int 0
    box none
    eq
    jump_if completion
    load e
    event_arg 0
    store n
    pop
    load n
    reply none 1 none
    pop
    load n
    push_int 10
    box none
    mul
    reply none 1 none
    ret
completion:
    load e
    call_ffi log
    pop
    load e
    ret
}
"#;

#[test]
fn branches_have_their_own_loops_and_drafts() {
    let source = with(&[
        LOOPS,
        TWICE,
        &prompt("completion signal pick", "multi|completes"),
    ]);
    let (result, log) = both(&source);
    assert_eq!(result, ok("{10, 20, 1, 50, 60, 5}"));
    let one_or_ten = |n: usize, bit: usize| if bit == 0 { n } else { 10 * n };
    let expected: Vec<String> = (0..16)
        .map(|branch| {
            let bit = |at: usize| branch >> at & 1;
            format!(
                "{{{}, {}, 1, {}, {}, 5}}",
                one_or_ten(1, bit(3)),
                one_or_ten(2, bit(2)),
                one_or_ten(5, bit(1)),
                one_or_ten(6, bit(0))
            )
        })
        .collect();
    assert_eq!(log, expected);
}

#[test]
fn a_map_that_is_done_is_shared() {
    let loops = LOOPS.replacen(
        "    intrinsic map.draft\n",
        "    intrinsic map.draft\n    intrinsic map.done\n",
        1,
    );
    let source = with(&[
        &loops,
        TWICE,
        &prompt("completion signal pick", "multi|completes"),
    ]);
    let (_, log) = both(&source);
    // Iterations are separate all the same, so there are as many branches; all add to one map.
    assert_eq!(log.len(), 16);
    assert!(log[15].starts_with(log[0].trim_end_matches('}')), "{log:?}");
}

#[test]
fn a_snapshot_keeps_what_its_loops_have_come_to() {
    let source = r#"
module "snapshots" lang machine
fn turns() -> dyn flags generator {
    local list, turn: dyn
    map_new plain 0
    box none
    intrinsic map.draft
    store list
    push 1
    push 2
    push 3
    array 3 i64
    box none
    iter_new 0
again:
    iter_next 0 out
    store turn
    load list
    load turn
    push_at end
    pop
    load turn
    yield
    pop
    jump again
out:
    load list
    intrinsic map.done
    ret
}
fn rest(turns: dyn) -> dyn {
again:
    load turns
    unit
    resume
    jump_if out
    pop
    jump again
out:
    ret
}
fn main() -> dyn export {
    local turns, copy: dyn
    call turns
    store turns
    load turns
    unit
    resume
    pop
    pop
    load turns
    fiber_copy
    box none
    store copy
    load turns
    call rest
    load turns
    load copy
    fiber_restore
    pop
    load turns
    call rest
    load copy
    call rest
    tuple 3
    ret
}
"#;
    assert_eq!(both(source).0, ok("({1, 2, 3}, {1, 2, 3}, {1, 2, 3})"));
}
