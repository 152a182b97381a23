//! Kept events, processes and runs of the host.

use machine::value::Value;
use machine::world::{Limits, Step};

use crate::harness::*;

#[test]
fn a_kept_event_parks_its_prompt() {
    let source = with(&[
        KEEPS,
        r#"
fn main() export {
    make_closure replier 0
    fiber_new process
    pop
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] multi|parks
    call_ffi log
    pop
    push "done"
    box none
    ret
}
"#,
    ]);
    assert_eq!(
        both(&source),
        (ok("done"), vec!["replying".into(), "42".into()])
    );
    // Without anybody to reply, it is resumed with empty: the addition then faults.
    let alone = with(&[KEEPS, &prompt("signal ask", "multi|parks")]);
    let mut run = load(&alone, false, Limits::strict());
    assert!(run.call("main").is_err());
    assert_eq!(run.world.schedule_state().starved, 1);
}

const PROCESSES: &str = r#"
fn work() {
    local i: int
    push "start"
    box none
    call_ffi log
    pop
    unit
    await
    pop
    push "end"
    box none
    call_ffi log
    pop
    push_int 7
    box none
    ret
}
fn fails() {
    push_int 13
    box none
    throw
}
fn spins() {
    local i: int
    push_int 0
    store i
again:
    load i
    push_int 20000
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    jump again
done:
    push "spun"
    box none
    call_ffi log
    ret
}
fn slow() {
    push_int 5
    box none
    call_ffi wait
    ret
}
"#;

#[test]
fn processes_run_in_the_order_of_the_ready_queue() {
    let source = with(&[
        PROCESSES,
        r#"
fn main() export {
    local p: dyn
    make_closure work 0
    fiber_new process
    box none
    store p
    unit
    await
    pop
    push "main"
    box none
    call_ffi log
    pop
    load p
    await
    ret
}
"#,
    ]);
    assert_eq!(
        both(&source),
        (ok("7"), vec!["start".into(), "main".into(), "end".into()])
    );
    let failing = with(&[
        PROCESSES,
        r#"
fn main() export {
    push_try catch caught
    make_closure fails 0
    fiber_new process
    box none
    await
    pop_try
    ret
caught:
    ret
}
"#,
    ]);
    assert_eq!(both(&failing).0, ok("13"));
}

#[test]
fn slices_let_others_run() {
    let source = with(&[
        PROCESSES,
        r#"
fn main() export {
    local p: dyn
    make_closure spins 0
    fiber_new process
    box none
    store p
    make_closure work 0
    fiber_new process
    pop
    load p
    await
    ret
}
"#,
    ]);
    let (result, log) = both(&source);
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(log, ["start", "end", "spun"]);
}

#[test]
fn runs_are_stepped_parked_and_woken() {
    let source = with(&[
        PROCESSES,
        "fn main() export {\n    call spins\n    ret\n}\nexport slow = fn slow\n",
    ]);
    for loop_dispatch in [true, false] {
        let mut run = load(&source, loop_dispatch, Limits::strict());
        let main = run.function("main");
        let id = run.world.start(run.instance, main, &[]).expect("started");
        let mut steps = 0;
        loop {
            match run.world.step(id, 5_000).expect("no fault") {
                Step::OutOfFuel => steps += 1,
                Step::Done(_) => break,
                Step::Parked => panic!("nothing parks"),
            }
        }
        assert!(steps >= 20, "{steps}");
        assert_eq!(run.logged(), ["spun"]);
        let slow = run.function("slow");
        let id = run.world.start(run.instance, slow, &[]).expect("started");
        assert!(matches!(run.world.step(id, 1_000), Ok(Step::Parked)));
        assert!(matches!(run.world.step(id, 1_000), Ok(Step::Parked)));
        assert!(!run.world.wake(6, Value::int(1)));
        assert!(run.world.wake(5, Value::int(99)));
        assert!(
            matches!(run.world.step(id, 1_000), Ok(Step::Done(value)) if value.same(Value::int(99)))
        );
        assert!(run.world.step(id, 1).is_err());
        // A plain call cannot wait; the World goes on after it.
        assert!(
            run.call("slow")
                .is_err_and(|text| text.starts_with("FX001B"))
        );
        assert!(run.call("main").is_ok());
        assert_eq!(run.world.fiber_count(), 1);
    }
}

#[test]
fn the_fuel_of_a_run_is_one_whole() {
    let limits = Limits {
        fuel: Some(50_000),
        ..Limits::strict()
    };
    let source = with(&[
        PROCESSES,
        "fn main() export {\n    call spins\n    ret\n}\n",
    ]);
    let mut run = load(&source, false, limits);
    assert!(
        run.call("main")
            .is_err_and(|text| text.starts_with("FX0008"))
    );
    let main = run.function("main");
    let id = run.world.start(run.instance, main, &[]).expect("started");
    let report = loop {
        match run.world.step(id, 7_000) {
            Ok(Step::OutOfFuel) => {}
            Ok(_) => panic!("it cannot end"),
            Err(report) => break report,
        }
    };
    assert_eq!(report.fault, machine::fault::Fault::Fuel);
    assert_eq!(run.world.fiber_count(), 1);
}
