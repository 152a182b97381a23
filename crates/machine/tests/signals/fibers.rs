//! Many fibers, and what is freed of them.

use machine::value::Value;
use machine::world::Limits;

use crate::harness::*;

const GENERATORS: &str = r#"
static list: dyn mutable
fn gen() flags generator {
    unit
    yield
    ret
}
fn make(count: int) -> dyn export {
    local i: int
    local m: dyn
    map_new list 0
    box none
    store m
    push_int 0
    store i
again:
    load i
    load count
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    load m
    make_closure gen 0
    call_closure 0
    push_at end
    pop
    jump again
done:
    load m
    store_static list
    unit
    ret
}
fn drop() export {
    unit
    store_static list
    unit
    ret
}
fn churn(count: int) -> dyn export {
    local i: int
    push_int 0
    store i
again:
    load i
    load count
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    make_closure gen 0
    call_closure 0
    unit
    resume
    pop
    pop
    jump again
done:
    unit
    ret
}
"#;

#[test]
fn a_hundred_thousand_idle_fibers() {
    let mut run = load(
        &with(&[GENERATORS]),
        false,
        Limits {
            memory: 400 << 20,
            ..Limits::program()
        },
    );
    let made = run.call_with("make", &[Value::int(100_000)]);
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(run.world.fiber_count(), 100_001);
    assert!(run.world.counters().memory < 400 << 20);
    run.world.collect();
    assert_eq!(run.world.fiber_count(), 100_001);
    assert!(run.call("drop").is_ok());
    run.world.collect();
    assert_eq!(run.world.fiber_count(), 1);
}

#[test]
fn unreachable_fibers_make_room_for_new_ones() {
    let mut run = load(
        &with(&[GENERATORS]),
        false,
        Limits {
            fibers: 1_000,
            ..Limits::program()
        },
    );
    assert!(run.call_with("churn", &[Value::int(20_000)]).is_ok());
    assert!(
        run.call_with("make", &[Value::int(2_000)])
            .is_err_and(|text| text.starts_with("FX001F"))
    );
}

#[test]
fn everything_survives_collections_at_every_allocation() {
    for source in [
        with(&[
            ASKS,
            &selector("    load n\n    push_int 9\n    box none\n    add\n    reply none 1 tail\n"),
            &prompt("signal ask", "none"),
        ]),
        with(&[
            KEEPS,
            "fn main() export {\n    make_closure replier 0\n    fiber_new process\n    pop\n    make_closure f 0\n    make_closure sel 0\n    prompt [signal ask] multi|parks\n    ret\n}\n",
        ]),
    ] {
        let mut run = load(&source, false, Limits::strict());
        run.world.collect_always(true);
        let result = run.call("main");
        assert!(
            result
                .as_ref()
                .is_ok_and(|text| text == "11" || text == "42"),
            "{result:?}"
        );
    }
}

/// A call that waited for a fiber further down its stack returns: its registers are no roots any more, whatever stands there.
#[test]
fn registers_of_a_call_that_returned_are_not_looked_at() {
    let source = r#"
module "returned" lang machine
fn turns() -> dyn flags generator {
    push 1
    box none
    yield
    ret
}
fn next(turns: dyn, n: int) -> dyn {
    load turns
    unit
    resume
    pop
    ret
}
fn main() -> dyn export {
    local like_a_tag, like_a_ticket: int
    push 0x23
    store like_a_tag
    push 0x7fffff0
    store like_a_ticket
    call turns
    load like_a_ticket
    call next
    load like_a_tag
    pop
    ret
}
"#;
    assert_eq!(both(source).0, ok("1"));
}
