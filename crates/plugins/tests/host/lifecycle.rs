//! The life of a plugin, and what is told of it.

use plugins::{Command, Host, Report, State};

use crate::harness::{Folder, IDLE, host};

const LIVES: &str = "import notify host \"notify\" (text) -> unit\n\
    fn onLoad() -> unit export {\n push \"hello\"\n call_ffi notify\n ret\n}\n\
    fn on_unload() -> unit export {\n push \"bye\"\n call_ffi notify\n ret\n}\n";

fn states(host: &mut Host) -> Vec<State> {
    host.take_reports()
        .into_iter()
        .filter_map(|report| match report {
            Report::State { to, .. } => Some(to),
            _ => None,
        })
        .collect()
}

fn said(host: &mut Host) -> Vec<String> {
    host.take_commands()
        .into_iter()
        .filter_map(|(_, command)| match command {
            Command::Notify { body, .. } => Some(body),
            _ => None,
        })
        .collect()
}

#[test]
fn every_state_is_told_in_order() {
    use State::*;
    let folder = Folder::new();
    let mut host = Host::new().unwrap();
    host.load(folder.plugin("lives", LIVES)).unwrap();
    assert_eq!(states(&mut host), [Loaded, Linked, Initialised, Running]);
    assert_eq!(said(&mut host), ["hello"]);
    host.disable("lives").unwrap();
    host.enable("lives").unwrap();
    assert_eq!(states(&mut host), [Suspended, Running]);
    host.unload("lives").unwrap();
    assert_eq!(states(&mut host), [Stopped, Unloaded]);
    assert_eq!(said(&mut host), ["bye"]);
    host.enable("lives").unwrap();
    assert_eq!(
        states(&mut host),
        [Discovered, Loaded, Linked, Initialised, Running]
    );
    host.shut_down();
    assert_eq!(states(&mut host), [Stopped, Unloaded]);
    assert!(host.enable("nobody").is_err());
}

#[test]
fn on_load_may_refuse() {
    let folder = Folder::new();
    let body = "type Result = union { Ok, Error { why: text } }\n\
        fn onLoad() export {\n push \"no terminal\"\n case Result Error\n ret\n}\n";
    let mut host = Host::new().unwrap();
    let failure = host.load(folder.plugin("picky", body)).unwrap_err();
    assert_eq!(failure.diagnostic.code.to_string(), "FP11");
    assert!(failure.to_string().contains("no terminal"), "{failure}");
    assert_eq!(host.state("picky"), Some(State::Failed));
}

#[test]
fn an_entry_runs_once_and_its_state_stays() {
    let folder = Folder::new();
    let body = "static count: int mutable\n\
        fn main() {\n push 40\n store_static count\n unit\n ret\n}\n\
        fn onOutput(line: text) export {\n load_static count\n push 1\n i64.add\n store_static count\n load_static count\n push 42\n eq\n jump_if yes\n unit\n ret\nyes:\n push \"second\"\n ret\n}\n\
        entry main\n";
    let mut host = host([folder.plugin("counts", body)]);
    assert_eq!(host.output("x"), plugins::Flow::Pass);
    assert_eq!(
        host.output("x"),
        plugins::Flow::Changed("second".to_owned())
    );
    assert_eq!(host.output("x"), plugins::Flow::Pass);
}

#[test]
fn metrics_count_calls_fuel_and_memory_in_three_forms() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("idle", IDLE)]);
    (0..100).for_each(|_| drop(host.output("x")));
    let metrics = host.metrics();
    let hook = &metrics[0].hooks[0];
    assert_eq!((hook.calls, hook.faults), (100, 0));
    assert!(hook.fuel >= 100 && hook.fuel_most >= 1, "{hook:?}");
    assert!(hook.p50_ns > 0 && hook.p50_ns <= hook.p99_ns && hook.p99_ns <= hook.max_ns);
    assert!(metrics[0].memory <= metrics[0].memory_peak);
    let table = plugins::table(&metrics);
    assert!(
        table.contains("idle") && table.contains("onOutput") && table.contains("100"),
        "{table}"
    );
    let json: serde_json::Value = serde_json::from_str(&plugins::json(&metrics)).unwrap();
    assert_eq!(json["plugins"][0]["hooks"][0]["calls"], 100);
    assert_eq!(json["plugins"][0]["state"], "running");
    let text = plugins::prometheus(&metrics);
    assert!(
        text.contains("foxvm_plugin_calls_total{plugin=\"idle\",hook=\"onOutput\"} 100\n"),
        "{text}"
    );
}
