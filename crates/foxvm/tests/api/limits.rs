//! Limits, deadlines, runs in slices, parking.

use std::time::{Duration, Instant};

use foxvm::{Engine, Fault, Limits, Step, Suspend, Value};

use crate::harness::*;

#[test]
fn limits_end_calls_and_the_world_lives_on() {
    let engine = Engine::new();
    let limits = Limits {
        fuel: Some(100_000),
        depth: 100,
        memory: 4 << 20,
        ..Limits::plugin()
    };
    let (mut world, spin) = bound_with(&engine, LOOP, limits, &[]);
    let error = spin.call(&mut world, "spin", &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Fuel);
    let error = spin.call(&mut world, "deep", &[Value::int(0)]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Depth);
    assert!(error.fault().unwrap().trace.len() >= 64);
    assert_eq!(
        error.diagnostic().trace.frames.first().unwrap().function,
        "deep"
    );
    assert_eq!(
        fault_of(&spin.call(&mut world, "grow", &[]).unwrap_err()),
        Fault::Mem
    );
    let count = spin.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call(&mut world, (1_000,)).unwrap(), 1_000);
}

#[test]
fn deadlines_and_interrupts_stop_typed_and_general_calls() {
    let engine = Engine::new();
    let limits = Limits {
        fuel: None,
        deadline: Some(Duration::from_millis(30)),
        ..Limits::plugin()
    };
    let (mut world, spin) = bound_with(&engine, LOOP, limits, &[]);
    let typed = spin.function::<(), Value>("spin").unwrap();
    for _ in 0..3 {
        let start = Instant::now();
        assert_eq!(
            fault_of(&typed.call(&mut world, ()).unwrap_err()),
            Fault::Deadline
        );
        assert!(
            start.elapsed() >= Duration::from_millis(25),
            "{:?}",
            start.elapsed()
        );
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(
            fault_of(&spin.call(&mut world, "spin", &[]).unwrap_err()),
            Fault::Deadline
        );
    }
    // Short calls never meet the deadline of an earlier one.
    let count = spin.function::<(i64,), i64>("count").unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(120) {
        assert_eq!(count.call(&mut world, (100,)).unwrap(), 100);
    }
    let (mut world, spin) = bound_with(
        &engine,
        LOOP,
        Limits {
            fuel: None,
            deadline: None,
            ..Limits::plugin()
        },
        &[],
    );
    let handle = world.interrupt_handle();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        handle.interrupt();
    });
    assert_eq!(
        fault_of(&spin.call(&mut world, "spin", &[]).unwrap_err()),
        Fault::Cancel
    );
    thread.join().unwrap();
}

#[test]
fn runs_go_on_in_slices() {
    let engine = Engine::new();
    let (mut world, count) = bound_with(
        &engine,
        LOOP,
        Limits {
            deadline: None,
            ..Limits::plugin()
        },
        &[],
    );
    let mut run = count
        .start::<(i64,)>(&mut world, "count", (10_000,))
        .unwrap();
    let mut slices = 0;
    let result = loop {
        match run.step(&mut world, 1_000).unwrap() {
            Step::Done(value) => break value,
            Step::OutOfFuel => slices += 1,
            Step::Parked => panic!("nothing parks here"),
        }
    };
    assert_eq!(result.as_int(), Some(10_000));
    assert!(slices > 10, "{slices}");
    assert!(run.step(&mut world, 10).is_err());
    assert!(count.start::<()>(&mut world, "count", ()).is_err());
}

#[test]
fn a_parked_run_goes_on_with_the_answer() {
    let engine = Engine::new();
    engine
        .function("host", |number: i64, _: &str| -> Suspend<i64> {
            if number == 0 {
                Suspend::Later(77)
            } else {
                Suspend::Now(1)
            }
        })
        .unwrap();
    let (mut world, caller) = bound(&engine, CALLER);
    let mut run = caller
        .start::<(i64, &str)>(&mut world, "run", (0, "x"))
        .unwrap();
    assert!(matches!(run.step(&mut world, 1_000).unwrap(), Step::Parked));
    assert!(!run.wake(&mut world, 78, 0i64).unwrap());
    assert!(run.wake(&mut world, 77, 99i64).unwrap());
    match run.step(&mut world, 1_000).unwrap() {
        Step::Done(value) => assert_eq!(value.as_int(), Some(99)),
        other => panic!("{other:?}"),
    }
    // A plain call cannot wait.
    let plain = caller.function::<(i64, &str), i64>("run").unwrap();
    assert!(plain.call(&mut world, (0, "")).is_err());
    assert_eq!(plain.call(&mut world, (1, "")).unwrap(), 1);
}

#[test]
fn plugin_calls_that_leave_garbage_keep_the_heap_flat() {
    let engine = Engine::new();
    let (mut world, echo) = bound(&engine, ECHO);
    let both = echo.function::<(&str, &str), i64>("both");
    assert!(both.is_err());
    let unit = echo.function::<(&str,), String>("text").unwrap();
    let line = "x".repeat(1_000);
    for _ in 0..200 {
        unit.call(&mut world, (&line,)).unwrap();
    }
    let early = world.counters().memory;
    for _ in 0..20_000 {
        unit.call(&mut world, (&line,)).unwrap();
    }
    assert_eq!(world.counters().memory, early);
    assert!(
        world.counters().washes > 19_000,
        "{}",
        world.counters().washes
    );
}
