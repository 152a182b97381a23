//! What was captured and is not resumed: its finally handlers run, and nothing else of it.

use crate::harness::*;

#[test]
fn finally_handlers_of_discarded_frames_run() {
    let source = with(&[
        r#"
fn f() flags thunk {
    call inner
    ret
}
fn inner() -> dyn {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "cleanup"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
"#,
        &selector(
            "    push \"sel\"\n    box none\n    call_ffi log\n    pop\n    load n\n    ret\n",
        ),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(
        both(&source),
        (ok("1"), vec!["sel".into(), "cleanup".into()])
    );
}

#[test]
fn a_throw_out_of_a_discarded_finally_goes_on_in_the_owner() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push_int 77
    box none
    throw
}
fn main() export {
    local r: dyn
    push_try catch caught
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop_try
    ret
caught:
    ret
}
"#,
        &selector("    load n\n    ret\n"),
    ]);
    assert_eq!(both(&source).0, ok("77"));
}

#[test]
fn ret_outer_leaves_through_thunk_and_selector() {
    let thunk = with(&[
        r#"
fn f() flags thunk {
    push_int 4
    box none
    ret_outer
}
fn owner() -> dyn {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop
    push_int 0
    box none
    ret
}
fn main() export {
    call owner
    push_int 100
    box none
    add
    ret
}
"#,
        &selector("    load n\n    ret\n"),
    ]);
    assert_eq!(both(&thunk).0, ok("104"));
    let from_selector = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 8
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "unwound"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn owner() -> dyn {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop
    push_int 0
    box none
    ret
}
fn main() export {
    call owner
    push_int 100
    box none
    add
    ret
}
"#,
        &selector("    load n\n    ret_outer\n"),
    ]);
    assert_eq!(both(&from_selector), (ok("108"), vec!["unwound".into()]));
}

#[test]
fn a_throw_out_of_a_selector_unwinds_what_it_held() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "unwound"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn main() export {
    push_try catch caught
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop_try
    ret
caught:
    ret
}
"#,
        &selector("    push_int 55\n    box none\n    throw\n"),
    ]);
    assert_eq!(both(&source), (ok("55"), vec!["unwound".into()]));
}

#[test]
fn a_discarded_frame_cannot_return_out_of_its_finally() {
    let source = with(&[
        r#"
fn f() flags thunk {
    call inner
    pop
    push "never"
    box none
    call_ffi log
    ret
}
fn inner() -> dyn {
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    pop
    push_int 2
    box none
    ret
}
"#,
        &selector("    load n\n    ret\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source), (ok("1"), Vec::new()));
}
