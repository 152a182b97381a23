//! Replies: in tail position, elsewhere, several times, named.

use machine::world::Limits;

use crate::harness::*;

#[test]
fn a_reply_in_tail_position() {
    let source = with(&[
        ASKS,
        r#"
fn sel(kind: dyn, e: dyn) flags selector {
    local n: dyn
    load e
    event_arg 0
    store n
    pop
    load n
    call_ffi log
    pop
    load n
    push_int 9
    box none
    add
    reply none 1 tail
}
"#,
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(
        both(&source),
        (ok("11"), vec!["a".into(), "1".into(), "10".into()])
    );
}

#[test]
fn no_reply_discards_what_was_captured() {
    let source = with(&[
        ASKS,
        &selector("    push \"gone\"\n    box none\n    ret\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source), (ok("gone"), vec!["a".into()]));
}

#[test]
fn a_reply_elsewhere_runs_a_branch_first() {
    let body = r#"
    push_int 5
    box none
    reply none 1 none
    pop
    push "after"
    box none
    call_ffi log
    ret
"#;
    let source = with(&[ASKS, &selector(body), &prompt("signal ask", "none")]);
    assert_eq!(
        both(&source),
        (ok("6"), vec!["a".into(), "5".into(), "after".into()])
    );
}

#[test]
fn replies_fork_under_multi() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local x: dyn
    push_int 0
    box none
    post pick 1 none
    store x
    load x
    push_int 10
    box none
    mul
    ret
}
fn sel(kind: dyn, e: dyn) flags selector {
    local z: dyn
    load kind
    push_int 0
    box none
    eq
    jump_if completion
    push_int 1
    box none
    reply none 1 none
    pop
    push_int 2
    box none
    reply none 1 tail
completion:
    load e
    call_ffi log
    pop
    load e
    ret
}
"#,
        &prompt("completion signal pick", "multi|completes"),
    ]);
    assert_eq!(both(&source), (ok("20"), vec!["10".into(), "20".into()]));
}

#[test]
fn a_second_reply_to_a_one_shot_emission() {
    let twice = "    push_int 1\n    box none\n    reply none 1 none\n    pop\n    push_int 2\n    box none\n    reply none 1 none\n    ret\n";
    let source = with(&[ASKS, &selector(twice), &prompt("signal ask", "none")]);
    // Rhumb: empty, and the result is that of the branch that completed.
    assert_eq!(both(&source).0, ok("2"));
    let source = source.replace(
        "fn sel(kind: dyn, e: dyn) flags selector",
        "fn sel(kind: dyn, e: dyn) policy machine flags selector",
    );
    let (result, _) = both(&source);
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX001C")),
        "{result:?}"
    );
}

#[test]
fn named_replies_are_trapped_at_the_emission() {
    let thunk = r#"
fn f() flags thunk {
    local e: dyn
    push_int 3
    box none
    post_trap lost 1 none [signal again signal stop]
    match_event [signal again]
    jump_if again
    match_event [signal stop]
    jump_if stop
    event_arg 0
    swap
    pop
    ret
again:
    event_arg 0
    swap
    pop
    push_int 2
    box none
    mul
    ret
stop:
    pop
    push "no"
    box none
    ret
}
"#;
    let again = selector("    load n\n    reply again 1 named|tail\n");
    let stop = selector("    reply stop 0 named|tail\n");
    let other = selector("    push_int 7\n    box none\n    reply other 1 named|tail\n");
    for (rule, result) in [(again, "6"), (stop, "no"), (other, "7")] {
        assert_eq!(
            both(&with(&[thunk, &rule, &prompt("signal lost", "none")])).0,
            ok(result)
        );
    }
}

/// `gen .= [] -> (#(1); #(2); … #(count))`, summed by a selector that replies in tail position.
fn yielding(count: u32) -> String {
    with(&[&format!(
        r#"
static sum: dyn mutable
fn f() flags thunk {{
    local i: int
    push_int 0
    store i
again:
    load i
    push_int {count}
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    load i
    box none
    post "" 1 none
    pop
    jump again
done:
    load_static sum
    ret
}}
fn sel(kind: dyn, e: dyn) flags selector {{
    load e
    event_arg 0
    load_static sum
    add
    store_static sum
    pop
    reply none 0 tail
}}
fn main() export {{
    push_int 0
    box none
    store_static sum
    make_closure f 0
    make_closure sel 0
    prompt [signal ""] none
    ret
}}
"#
    )])
}

#[test]
fn a_million_yields_need_no_more_room_than_ten() {
    assert_eq!(both(&yielding(10)).0, ok("55"));
    let mut small = load(&yielding(1_000), false, Limits::program());
    assert_eq!(small.call("main"), ok("500500"));
    let before = small.world.counters();
    let mut large = load(&yielding(100_000), false, Limits::program());
    assert_eq!(large.call("main"), ok("5000050000"));
    assert!(large.world.counters().memory_peak < before.memory_peak + (1 << 20));
    assert_eq!(large.world.fiber_count(), 1);
}

#[test]
fn branches_that_are_copied_keep_their_own_selectors() {
    // The inner selector posts `pick` while it handles `ask`; the outer one answers twice: each history goes on with the
    // captured `ask` by itself.
    let source = with(&[
        r#"
fn g() flags thunk {
    push_int 1
    box none
    post ask 1 none
    push_int 100
    box none
    add
    ret
}
fn inner(kind: dyn, e: dyn) flags selector {
    push_int 0
    box none
    post pick 1 none
    ret
}
fn f() flags thunk {
    local v: dyn
    make_closure g 0
    make_closure inner 0
    prompt [signal ask] multi
    store v
    load v
    call_ffi log
    pop
    load v
    ret
}
"#,
        "fn sel(kind: dyn, e: dyn) flags selector {\n    push_int 1\n    box none\n    reply none 1 none\n    pop\n    push_int 2\n    box none\n    reply none 1 none\n    ret\n}\n",
        &prompt("signal pick", "multi"),
    ]);
    assert_eq!(both(&source), (ok("2"), vec!["1".into(), "2".into()]));
}
