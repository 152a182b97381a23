//! The terminal's own test of founding/fusabi-vm.md: the errors plugin notifies and turns colour, while plugins that loop, allocate
//! and throw are stopped.

use crate::harness::{Folder, colors, metrics, notices, screen};

const RED: &str = "#cd0000";

#[test]
fn errors_are_told_and_turn_colour() {
    let folder = Folder::new();
    folder.stored("errors", "");
    let outcome = folder.runs(
        &["--rows", "6", "--columns", "40"],
        "echo fine; echo 'ERROR: disk on fire'; exit 3",
    );
    assert_eq!(outcome["exit"], 3);
    assert_eq!(screen(&outcome), ["fine", "ERROR: disk on fire"]);
    assert_eq!(notices(&outcome, "errors"), ["Error detected in terminal"]);
    assert_ne!(colors(&outcome, 0), [("fine", RED)]);
    assert_eq!(colors(&outcome, 1), [("ERROR: disk on fire", RED)]);
}

#[test]
fn plugins_that_misbehave_are_stopped_and_the_first_works_on() {
    let folder = Folder::new();
    folder.stored("loops", "deadline-ms = 50\n");
    folder.stored("allocates", "memory-mib = 4\n");
    folder.stored("throws", "");
    folder.stored("errors", "");
    let script = "for n in 1 2 3 4 5 6 7 8; do echo \"line $n\"; echo \"ERROR $n\"; done";
    let outcome = folder.runs(&["--rows", "20", "--columns", "40"], script);
    assert_eq!(outcome["exit"], 0);
    let lines: Vec<String> = (1..=8)
        .flat_map(|n| [format!("line {n}"), format!("ERROR {n}")])
        .collect();
    assert_eq!(screen(&outcome), lines, "every line is shown");
    assert_eq!(notices(&outcome, "errors").len(), 8);
    assert_eq!(colors(&outcome, 1), [("ERROR 1", RED)]);
    let errors = metrics(&outcome, "errors");
    assert_eq!(
        (&errors["state"], &errors["hooks"][0]["calls"]),
        (&"running".into(), &16.into())
    );
    assert_eq!(errors["hooks"][0]["faults"], 0);
    for bad in ["loops", "allocates", "throws"] {
        let metrics = metrics(&outcome, bad);
        assert_eq!(metrics["state"], "suspended", "{bad}");
        assert_eq!(metrics["hooks"][0]["calls"], 3, "{bad}");
        assert_eq!(metrics["hooks"][0]["faults"], 3, "{bad}");
    }
    let told: Vec<&str> = outcome["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    let switched_off = told.iter().filter(|code| **code == "FP12").count();
    assert_eq!(switched_off, 3, "{told:?}");
}

#[test]
fn a_plugin_that_is_never_switched_off_holds_nothing_up_for_long() {
    let folder = Folder::new();
    folder.stored("loops", "deadline-ms = 5\nfailures = 1000000\n");
    folder.stored("errors", "");
    // A flood that would take hours, line by line.
    let outcome = folder.runs(&["--timeout", "2s"], "yes ERROR");
    assert_eq!(outcome["exit"], 124);
    assert_eq!(outcome["result"]["timed_out"], true);
    let calls = metrics(&outcome, "errors")["hooks"][0]["calls"]
        .as_u64()
        .unwrap();
    assert!(calls > 10, "{calls}");
    assert_eq!(metrics(&outcome, "errors")["hooks"][0]["faults"], 0);
}
