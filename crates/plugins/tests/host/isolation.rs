//! A plugin that fails touches neither the event nor its neighbours.

use std::time::Duration;

use plugins::{Entry, Flow, Host, Report, State};

use crate::harness::{Folder, GROWS, LOOPS, THROWS, appends, faults, host};

/// Plugins that fail, each with the code of its fault.
fn failing(folder: &Folder) -> Vec<(Entry, &'static str)> {
    let mut grows = folder.plugin("grows", GROWS);
    grows.bounds.memory = 4 << 20;
    let mut late = folder.plugin("late", LOOPS);
    late.bounds.fuel = u64::MAX >> 2;
    late.bounds.deadline = Some(Duration::from_millis(20));
    vec![
        (folder.plugin("loops", LOOPS), "FX0008"),
        (grows, "FX0006"),
        (folder.plugin("throws", THROWS), "FX0021"),
        (late, "FX0009"),
    ]
}

#[test]
fn loops_growth_and_throws_end_alone() {
    let folder = Folder::new();
    for (bad, code) in failing(&folder) {
        let name = bad.name.clone();
        let mut host = host([
            folder.plugin("first", &appends("1")),
            bad,
            folder.plugin("last", &appends("2")),
        ]);
        for _ in 0..2 {
            assert_eq!(host.output("x"), Flow::Changed("x12".to_owned()), "{name}");
            assert_eq!(faults(&mut host), [code], "{name}");
        }
        assert_eq!(host.state(&name), Some(State::Running));
        let metrics = host.metrics();
        let faults: Vec<u64> = metrics
            .iter()
            .map(|plugin| plugin.hooks[0].faults)
            .collect();
        assert_eq!(faults, [0, 2, 0], "{name}");
    }
}

#[test]
fn a_panic_in_a_host_function_is_the_plugins_fault() {
    let folder = Folder::new();
    let engine = foxvm::Engine::new();
    engine
        .function("broken", |_: &str| -> i64 { panic!("a bug of the host") })
        .unwrap();
    let mut host = Host::builder().engine(engine).build().unwrap();
    let body = "import broken host \"broken\" (text) -> int\n\
        fn onOutput(line: text) -> unit export {\n load line\n call_ffi broken\n pop\n unit\n ret\n}\n";
    host.load(folder.plugin("calls", body)).unwrap();
    host.load(folder.plugin("next", &appends("!"))).unwrap();
    assert_eq!(host.output("x"), Flow::Changed("x!".to_owned()));
    assert_eq!(faults(&mut host).len(), 1);
    assert_eq!(host.state("calls"), Some(State::Running));
}

#[test]
fn three_failures_in_a_row_switch_off_and_enable_switches_on() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("throws", THROWS)]);
    for turn in 1..=3 {
        assert_eq!(host.state("throws"), Some(State::Running), "before {turn}");
        host.output("x");
    }
    assert_eq!(host.state("throws"), Some(State::Suspended));
    let told = host.take_reports();
    let why = told.iter().find_map(|report| match report {
        Report::State {
            to: State::Suspended,
            why,
            ..
        } => why.as_ref(),
        _ => None,
    });
    assert_eq!(why.expect("why").code.to_string(), "FP12");
    host.output("x");
    assert_eq!(host.metrics()[0].hooks[0].calls, 3, "no more events");
    host.enable("throws").unwrap();
    assert_eq!(host.state("throws"), Some(State::Running));
    (0..2).for_each(|_| drop(host.output("x")));
    assert_eq!(host.state("throws"), Some(State::Running), "counted anew");
    host.output("x");
    assert_eq!(host.state("throws"), Some(State::Suspended));
}

#[test]
fn a_success_resets_the_count() {
    let folder = Folder::new();
    let body = "fn onOutput(line: text) -> unit export {\n load line\n push \"bad\"\n intrinsic text.contains\n jump_if bad\n unit\n ret\nbad:\n push \"boom\"\n throw\n}\n";
    let mut entry = folder.plugin("mixed", body);
    entry.bounds.failures = 2;
    let mut host = host([entry]);
    for _ in 0..5 {
        host.output("bad");
        host.output("good");
    }
    assert_eq!(host.state("mixed"), Some(State::Running));
    host.output("bad");
    host.output("bad");
    assert_eq!(host.state("mixed"), Some(State::Suspended));
}
