//! What asks for too much meets the World's limits, and costs in proportion.

mod support;

use std::time::{Duration, Instant};

use foxvm::{Capability, Fault, Limits, Value};

use support::{Arg, Runner, int, settings, text};

fn small(memory: usize, fuel: Option<u64>) -> Runner {
    Runner::with(
        "rhumb",
        settings(),
        &Capability::all(),
        Limits {
            memory,
            fuel,
            deadline: None,
            ..Limits::plugin()
        },
    )
}

#[test]
fn memory_ends_what_grows() {
    let mut runner = small(8 << 20, None);
    let long = text("x,".repeat(1 << 20));
    for (name, args) in [
        ("text.split", vec![long.clone(), text(",")]),
        ("text.scalars", vec![long.clone()]),
        ("text.codes", vec![long.clone()]),
        ("csv.parse", vec![long.clone(), text(",")]),
        ("regex.find_all", vec![long.clone(), text("x")]),
        ("regex.split", vec![long.clone(), text("x")]),
        (
            "json.parse",
            vec![text(format!("[{}1]", "1,".repeat(1 << 20)))],
        ),
        (
            "text.replace",
            vec![long.clone(), text("x"), text("y".repeat(100))],
        ),
        (
            "regex.replace",
            vec![long.clone(), text("x"), text("y".repeat(100))],
        ),
        (
            "regex.replace",
            vec![long.clone(), text("(?s).*"), text("$0".repeat(100))],
        ),
        ("text.repeat", vec![text("ab"), int(1 << 23)]),
        ("text.pad_end", vec![text(""), int(1 << 24), text("x")]),
    ] {
        let (fault, message) = runner.fails(name, &args);
        assert_eq!(fault, Fault::Mem, "{name}: {message}");
        // Nothing of it stays, however often.
        let mut left = Vec::new();
        for _ in 0..4 {
            runner.fails(name, &args);
            runner.world.collect();
            left.push(runner.world.counters().memory);
        }
        assert!(left[3] <= left[0], "{name} left {left:?} bytes");
    }
    // It goes on all the same.
    assert_eq!(runner.of("text.repeat", &[text("ab"), int(2)]), "\"abab\"");
}

/// One text that stands in a list many times is not gathered beyond what one value may have.
#[test]
fn shared_parts_do_not_multiply() {
    let mut runner = small(8 << 20, None);
    let part = runner.value(&text("x".repeat(1 << 20)));
    let parts: Vec<Value> = vec![part; 1_000];
    let list = runner.world.value(parts).unwrap();
    let separator = runner.value(&text(""));
    for (name, args) in [
        ("text.join", vec![list.clone(), separator]),
        ("json.write", vec![list]),
    ] {
        let error = runner.call_values(name, &args).unwrap_err();
        assert_eq!(error.fault().unwrap().fault, Fault::Mem, "{error}");
    }
}

#[test]
fn work_costs_fuel_in_proportion() {
    let mut runner = small(64 << 20, None);
    let mut used = |name: &str, args: &[Arg]| {
        let values: Vec<Value> = args.iter().map(|arg| runner.value(arg)).collect();
        let before = runner.world.counters().fuel_used;
        runner.call_values(name, &values).unwrap();
        runner.world.counters().fuel_used - before
    };
    let line = |bytes: usize| text("ab ".repeat(bytes / 3));
    for (name, more) in [
        ("text.lower", vec![]),
        ("text.reverse", vec![]),
        ("text.words", vec![]),
        ("regex.matches", vec![text("z")]),
        ("hash.sha256", vec![]),
        ("base64.encode", vec![]),
        ("json.write", vec![]),
        ("text.find", vec![text("z")]),
    ] {
        let mut cost = |bytes: usize| used(name, &[vec![line(bytes)], more.clone()].concat());
        // The first call compiles a pattern.
        cost(3);
        let (short, long) = (cost(3_000), cost(300_000));
        assert!(long > 300_000 / 64, "{name}: {long}");
        assert!(long > 20 * short, "{name}: {short} and {long}");
    }
    let mut poor = small(64 << 20, Some(10_000));
    let (fault, message) = poor.fails("text.lower", &[line(3_000_000)]);
    assert_eq!(fault, Fault::Fuel, "{message}");
}

/// Patterns that blow up other engines take linear time, and those that are searched again and again meet the deadline.
#[test]
fn no_pattern_hangs() {
    let mut runner = Runner::with(
        "machine",
        settings(),
        &[],
        Limits {
            fuel: None,
            deadline: Some(Duration::from_millis(300)),
            ..Limits::plugin()
        },
    );
    let started = Instant::now();
    let line = text("a".repeat(100_000));
    assert_eq!(
        runner.of("regex.matches", &[line.clone(), text("^(a+)+$")]),
        "true"
    );
    // Each match scans all that follows: quadratic, so the deadline ends it.
    let (fault, message) = runner.fails(
        "regex.find_all",
        &[text("a".repeat(1_000_000)), text("a[^b]*b|a")],
    );
    assert_eq!(fault, Fault::Deadline, "{message}");
    assert!(started.elapsed() < Duration::from_secs(20));
    // A World keeps few patterns, however many it uses.
    let before = runner.world.counters().memory;
    for index in 0..200 {
        runner.of("regex.matches", &[text("x"), text(format!("x{index}"))]);
    }
    assert!(runner.world.counters().memory - before <= 16 * (512 << 10));
}

/// A value that contains itself ends at the bound of nesting.
#[test]
fn deep_values_are_refused() {
    let mut runner = Runner::new("machine");
    let mut deep = runner.world.value(vec![1_i64]).unwrap();
    for _ in 0..126 {
        deep = runner.world.value(vec![deep]).unwrap();
    }
    let shown = runner
        .call_values("json.write", std::slice::from_ref(&deep))
        .unwrap();
    let back = runner.call_values("json.parse", &[shown]).unwrap();
    assert_eq!(back.kind_name(), "map");
    let deeper = runner.world.value(vec![deep]).unwrap();
    let error = runner.call_values("json.write", &[deeper]).unwrap_err();
    assert_eq!(error.fault().unwrap().fault, Fault::Range);
}

/// The same seed gives the same numbers; a range is kept.
#[test]
fn seeds_repeat() {
    let mut first = Runner::new("machine");
    let mut second = Runner::new("rhumb");
    let drawn = |runner: &mut Runner| -> Vec<String> {
        (0..20)
            .map(|_| runner.of("random.int", &[int(-3), int(3)]))
            .collect()
    };
    let numbers = drawn(&mut first);
    assert_eq!(numbers, drawn(&mut second));
    assert!(
        numbers
            .iter()
            .all(|shown| (-3..=3).contains(&shown.parse::<i64>().unwrap()))
    );
    assert_ne!(numbers, drawn(&mut first));
    first.call("random.seed", &[int(42)]).unwrap();
    second.call("random.seed", &[int(42)]).unwrap();
    assert_eq!(drawn(&mut first), drawn(&mut second));
    for ends in [
        [int(i64::MIN), int(i64::MAX)],
        [int(i64::MAX), int(i64::MAX)],
    ] {
        first.call("random.int", &ends).unwrap();
    }
}

/// Rhumb has no number that is not finite.
#[test]
fn rhumb_has_finite_numbers_only() {
    let mut rhumb = Runner::new("rhumb");
    let mut morph = Runner::new("morph");
    for (name, args) in [
        ("math.sqrt", vec![int(-1)]),
        ("math.ln", vec![int(0)]),
        ("math.exp", vec![int(1000)]),
        ("math.asin", vec![int(2)]),
        ("math.log", vec![int(1), int(1)]),
    ] {
        let (fault, message) = rhumb.fails(name, &args);
        assert_eq!(fault, Fault::Range, "{message}");
        morph.call(name, &args).unwrap();
    }
}
