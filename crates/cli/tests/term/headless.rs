//! Headless: what is printed, exit codes, input, what is refused.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Folder, finished, metrics, notices, outcome, screen, until};

#[test]
fn the_last_screen_and_the_notices_are_printed() {
    let folder = Folder::new();
    folder.stored("errors", "");
    let program = ["sh", "-c", "echo 'ERROR here'; printf 'no end'"];
    let ran = finished(folder.term(&["--headless"], &program).spawn().unwrap());
    let text = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(
        text,
        "ERROR here\nno end\n[errors info] Error detected in terminal\n"
    );
    assert!(ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn the_exit_code_is_the_programs() {
    let folder = Folder::new();
    for (program, code) in [
        (&["sh", "-c", "exit 7"][..], 7),
        (&["true"], 0),
        (&["sh", "-c", "kill -9 $$"], 137),
        (&["no-such-program-anywhere"], 127),
        (&["./no-such-program"], 127),
        (&["/"], 126),
    ] {
        let ran = finished(folder.term(&["--headless"], program).spawn().unwrap());
        assert_eq!(ran.status.code(), Some(code), "{program:?}: {ran:?}");
    }
    let ran = finished(
        folder
            .term(&["--headless"], &["no-such-program"])
            .spawn()
            .unwrap(),
    );
    assert!(String::from_utf8_lossy(&ran.stderr).contains("FC40"));
    let ran = finished(folder.term(&[], &["true"]).spawn().unwrap());
    assert_eq!(ran.status.code(), Some(2), "without a terminal");
    assert!(String::from_utf8_lossy(&ran.stderr).contains("--headless"));
    for words in [
        ["--theme", "none such"],
        ["--leader", "no key"],
        ["--rows", "0"],
    ] {
        let words = [&["--headless"], &words[..]].concat();
        let ran = finished(folder.term(&words, &["true"]).spawn().unwrap());
        assert_eq!(ran.status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn a_signal_ends_the_program_and_the_terminal() {
    let folder = Folder::new();
    let child = folder
        .term(
            &["--headless", "--json"],
            &["sh", "-c", "echo begun > begun; sleep 1000"],
        )
        .spawn()
        .unwrap();
    until("the program", || {
        folder.path().join("begun").is_file().then_some(())
    });
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let start = Instant::now();
    let ran = finished(child);
    assert_eq!(ran.status.code(), Some(143), "{ran:?}");
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(outcome(&ran)["exit"], 143);
}

#[test]
fn a_program_that_ignores_its_hangup_is_ended_all_the_same() {
    let folder = Folder::new();
    let outcome = folder.runs(
        &["--timeout", "500ms"],
        "trap '' HUP; while :; do sleep 0.05; done",
    );
    assert_eq!(outcome["exit"], 124);
    assert_eq!(outcome["result"]["signal"], 9);
}

#[test]
fn input_is_typed_and_its_end_is_told() {
    let folder = Folder::new();
    folder.plugin(
        "keys",
        "fn onKeyPress(code: text) -> dyn export {\n load code\n push \"KeyX\"\n intrinsic text.contains\n jump_if stop\n \
         unit\n box 0\n ret\nstop:\n push false\n box 0\n ret\n}\n",
    );
    let program = ["sh", "-c", "stty -echo; echo ready > ready; cat"];
    let mut command = folder.term(&["--headless", "--json"], &program);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    until("the program", || {
        folder.path().join("ready").is_file().then_some(())
    });
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"axbx\n").unwrap();
    drop(keys);
    let ran = finished(child);
    let outcome = outcome(&ran);
    assert_eq!(screen(&outcome), ["ab"]);
    assert_eq!(outcome["exit"], 0, "the end of input ended it");
}

#[test]
fn plugins_of_a_folder_have_the_grants_of_the_command_line() {
    let folder = Folder::new();
    let text = "module \"tells\" lang machine\nimport notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n\
        fn onOutput(line: text) -> unit export {\n load line\n call_ffi notify\n ret\n}\n";
    std::fs::write(folder.path().join("tells.fza"), text).unwrap();
    let run = |grants: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fox"));
        command.args([
            "term",
            "--headless",
            "--json",
            "--shared",
            "none",
            "--plugins",
        ]);
        command
            .arg(folder.path())
            .args(grants)
            .args(["--", "echo", "hello"]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        outcome(&finished(command.spawn().unwrap()))
    };
    let denied = run(&["--allow", "output-filtering"]);
    assert_eq!(metrics(&denied, "tells")["state"], "failed");
    assert_eq!(
        (screen(&denied), &denied["exit"]),
        (vec!["hello"], &0.into())
    );
    assert_eq!(denied["findings"][0]["code"], "FP05");
    let granted = run(&["--allow", "output-filtering", "--allow", "ui-overlay"]);
    assert_eq!(notices(&granted, "tells"), ["hello"]);
}

#[test]
fn all_hooks_of_a_session_are_called() {
    let folder = Folder::new();
    let mut body = "import notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n".to_owned();
    for (hook, parameters) in [
        ("onLoad", ""),
        ("onUnload", ""),
        ("onInput", "bytes: bytes"),
        ("onKeyPress", "code: text"),
        ("onOutput", "line: text"),
        ("onPreCommand", "command: text"),
        ("onPostCommand", "command: text, exit: int"),
        ("onStatusBar", ""),
    ] {
        body.push_str(&format!(
            "fn {hook}({parameters}) -> unit export {{\n push \"{hook}\"\n call_ffi notify\n ret\n}}\n"
        ));
    }
    folder.plugin("all", &body);
    let mut command = folder.term(
        &["--headless", "--json"],
        &["sh", "-c", "stty -echo; read line; printf '\\033]133;C;cmdline=make\\007\\033]133;D;2\\007'; echo done"],
    );
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"k\n").unwrap();
    let outcome = outcome(&finished(child));
    let told = notices(&outcome, "all");
    for hook in [
        "onLoad",
        "onInput",
        "onKeyPress",
        "onPreCommand",
        "onPostCommand",
        "onOutput",
        "onStatusBar",
        "onUnload",
    ] {
        assert!(told.iter().any(|name| name == hook), "{hook}: {told:?}");
    }
    assert_eq!(told.last().map(String::as_str), Some("onUnload"));
    assert_eq!(metrics(&outcome, "all")["failures_in_a_row"], 0);
}
