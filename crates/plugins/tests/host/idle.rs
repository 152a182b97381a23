//! What idle plugins cost in memory.

use crate::harness::{Folder, IDLE, host};

/// Resident bytes of this process.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = text
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    pages * 4_096
}

/// Run by [`a_hundred_idle_plugins_take_little`] in a process of its own: other tests take memory too.
#[test]
#[allow(
    clippy::print_stdout,
    reason = "its standard output is read by the test below"
)]
#[ignore = "part of the test below"]
fn alone() {
    let folder = Folder::new();
    let entries: Vec<plugins::Entry> = (0..101)
        .map(|number| {
            let more = format!("fn own{number}() -> int export {{\n push {number}\n ret\n}}\n");
            folder.plugin(&format!("idle{number}"), &format!("{IDLE}{more}"))
        })
        .collect();
    let mut entries = entries.into_iter();
    // The first makes what all share; one event each makes what a first call makes.
    let mut host = host(entries.next());
    host.output("x");
    let before = resident();
    for entry in entries {
        host.load(entry).expect("a plugin");
    }
    host.output("x");
    let each = resident().saturating_sub(before) / 100;
    println!("IDLE {each}");
    assert!(each * 100 < 10 << 20, "{each} bytes each");
}

#[test]
fn a_hundred_idle_plugins_take_little() {
    let program = std::env::current_exe().expect("this program");
    let output = std::process::Command::new(program)
        .args(["--ignored", "--exact", "idle::alone", "--nocapture"])
        .output()
        .expect("a child");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("IDLE "),
        "{output:?}"
    );
}
