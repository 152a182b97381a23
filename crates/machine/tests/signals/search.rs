//! Where an event goes: from depth, past selectors that miss or peek, errors of Rhumb, host callbacks.

use machine::world::Limits;

use crate::harness::*;

/// Posts `count` times from `depth` calls deep.
fn deep(depth: u32, count: u32) -> String {
    with(&[
        &format!(
            r#"
fn f() flags thunk {{
    push_int {depth}
    call down
    ret
}}
fn down(n: int) -> dyn {{
    local i: int
    load n
    push_int 0
    i64.eq
    jump_if bottom
    load n
    push_int 1
    i64.sub
    call down
    ret
bottom:
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
    post tick 0 none
    pop
    jump again
done:
    load i
    box none
    ret
}}
"#
        ),
        "fn sel(kind: dyn, e: dyn) flags selector {\n    reply none 0 tail\n}\n",
        &prompt("signal tick", "none"),
    ])
}

#[test]
fn posting_costs_the_same_at_any_depth() {
    let mut fuel = Vec::new();
    for depth in [1, 1_000] {
        let mut used = Vec::new();
        for count in [10, 110] {
            let mut run = load(&deep(depth, count), false, Limits::strict());
            assert_eq!(run.call("main"), ok(&count.to_string()));
            used.push(run.world.counters().fuel_used);
        }
        fuel.push(used[1] - used[0]);
    }
    assert_eq!(
        fuel[0], fuel[1],
        "100 posts from 1 and from 1,000 frames deep"
    );
}

#[test]
fn misses_and_peeks_go_on_outward() {
    let source = with(&[
        ASKS,
        r#"
fn inner(kind: dyn, e: dyn) flags selector {
    push "inner"
    box none
    call_ffi log
    pop
    RET
}
fn g() flags thunk {
    make_closure f 0
    make_closure inner 0
    prompt [signal ask] none
    ret
}
fn main() export {
    make_closure g 0
    make_closure sel 0
    prompt [signal ask] none
    ret
}
"#,
        &selector(
            "    push \"outer\"\n    box none\n    call_ffi log\n    pop\n    push_int 5\n    box none\n    reply none 1 tail\n",
        ),
    ]);
    let log = vec!["a".to_owned(), "inner".into(), "outer".into(), "5".into()];
    assert_eq!(
        both(&source.replace("RET", "ret_miss")),
        (ok("6"), log.clone())
    );
    assert_eq!(
        both(&source.replace("RET", "unit\n    ret_peek")),
        (ok("6"), log)
    );
    // Nobody further out: the emitter goes on with empty.
    let alone = with(&[
        "fn f() flags thunk {\n    push_int 1\n    box none\n    post ask 1 none\n    ret\n}\n",
        &selector("    load n\n    ret_peek\n"),
        &prompt("signal ask", "none"),
    ]);
    let (result, _) = both(&alone);
    assert_eq!(
        result,
        both(&with(&["fn main() export {\n    unit\n    ret\n}\n"])).0
    );
}

#[test]
fn faults_of_rhumb_are_resumable_posts() {
    let thunk = "fn f() flags thunk {\n    push_int 1\n    box none\n    push_int 0\n    box none\n    div\n    push_int 5\n    box none\n    add\n    ret\n}\n";
    let restart = selector("    push_int 0\n    box none\n    reply none 1 tail\n");
    assert_eq!(
        both(&with(&[thunk, &restart, &prompt("signal \"***\"", "none")])).0,
        ok("5")
    );
    let code = selector("    load n\n    ret\n");
    assert_eq!(
        both(&with(&[thunk, &code, &prompt("signal \"***\"", "none")])).0,
        ok("400")
    );
    // Faults of another policy are thrown: a prompt may take them, not resume them.
    let thrown = thunk.replace("flags thunk", "policy morph flags thunk");
    assert_eq!(
        both(&with(&[&thrown, &code, &prompt("signal \"***\"", "none")])).0,
        ok("400")
    );
    let (result, _) = both(&with(&[
        &thrown,
        &restart,
        &prompt("signal \"***\"", "none"),
    ]));
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX001B")),
        "{result:?}"
    );
    // Nobody took it.
    let (result, _) = both(&with(&[
        thunk,
        "fn sel(kind: dyn, e: dyn) flags selector {\n    ret_miss\n}\n",
        &prompt("signal \"***\"", "none"),
    ]));
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX0003")),
        "{result:?}"
    );
}

#[test]
fn a_catch_inside_comes_before_the_prompt() {
    let source = with(&[
        r#"
fn f() flags thunk {
    push_try catch caught
    push_int 1
    box none
    push_int 0
    box none
    div
    pop_try
    ret
caught:
    pop
    push "inside"
    box none
    ret
}
"#,
        &selector("    load n\n    ret\n"),
        &prompt("signal \"***\"", "none"),
    ]);
    assert_eq!(both(&source).0, ok("inside"));
}

#[test]
fn a_post_across_a_host_callback_is_refused() {
    let source = with(&[
        r#"
fn posts() {
    push_int 1
    box none
    post ask 1 none
    ret
}
fn f() flags thunk {
    push_try catch caught
    make_closure posts 0
    box none
    call_ffi back
    pop_try
    ret
caught:
    pop
    push "refused"
    box none
    ret
}
"#,
        &selector("    load n\n    reply none 1 tail\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source).0, ok("refused"));
    // Inside the callback everything works.
    let inside = with(&[
        r#"
fn f() flags thunk {
    push_int 3
    box none
    post ask 1 none
    ret
}
fn inner() {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    ret
}
fn main() export {
    make_closure inner 0
    box none
    call_ffi back
    ret
}
"#,
        &selector("    load n\n    push_int 1\n    box none\n    add\n    reply none 1 tail\n"),
    ]);
    assert_eq!(both(&inside).0, ok("4"));
}

#[test]
fn signals_pass_through_generators() {
    let source = with(&[
        r#"
fn gen() flags generator {
    push_int 3
    box none
    post ask 1 none
    yield
    pop
    push_int 4
    box none
    post ask 1 none
    ret
}
fn f() flags thunk {
    local g: dyn
    make_closure gen 0
    call_closure 0
    store g
    load g
    unit
    resume
    pop
    load g
    unit
    resume
    pop
    add
    ret
}
"#,
        &selector("    load n\n    load n\n    mul\n    reply none 1 tail\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source).0, ok("25"));
}
