//! The prompt from a pipe: sessions, undo, an endless loop.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::*;

/// At the prompt a label holds its version for the blocks that follow.
#[test]
fn versions_are_held_by_labels_of_earlier_blocks() {
    let place = Place::new("versions");
    place.file("geo/1.0.0/a.rh", "x .= 'old'\n");
    place.file("geo/2.0.0/a.rh", "x .= 'new'\n");
    let ended = place.prompt(
        &[],
        "v .= 1.0.0\n{-|geo|v}\\x\nw := 1.0.0\nw := 2.0.0\n{-|geo|w}\\x\nw .= 2.0.0\n{-|geo|w}\\x\n",
    );
    assert_eq!(
        ended.out,
        "=> 1.0.0\n=> 'old'\n=> 1.0.0\n=> 2.0.0\n=> 2.0.0\n=> 'new'\n"
    );
    assert_eq!(ended.err.matches("RH0203").count(), 1, "{}", ended.err);
}

#[test]
fn a_session_keeps_its_labels() {
    let place = Place::new("session");
    let ended = place.prompt(
        &[],
        "x := 5\nf .= [n] -> (\n  n ++ x\n)\nf(3)\nx := 10\nf(1)\nx .= 11\nx := 12\nx\n\
         y := ***('oops')\nx ++ 1\nf(2)\nlog('said')\n%:labels\n%:quit\n",
    );
    assert_eq!(
        ended.out,
        "=> 5\n=> <f>\n=> 8\n=> 10\n=> 11\n=> 11\n=> 11\n=> 12\n=> 13\nsaid\n=> 'said'\nf\nx\ny\n"
    );
    assert!(
        ended.err.contains("cannot assign value to immutable label"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("panic: oops"), "{}", ended.err);
    assert_eq!(ended.code, 0);
}

#[test]
fn entries_are_undone() {
    let place = Place::new("undo");
    let ended = place.prompt(
        &[],
        "x := 1\nf .= [] -> x\nx := 2; y := 3\n%:undo\nx\n%:undo\ny\n%:undo\nf()\n%:undo\n%:undo\nf\n%:undo\n%:undo\nx\n%:undo\n%:undo\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <f>\n=> 3\n=> 1\n=> ___\n=> 1\n=> ___\n=> ___\n",
        "{}",
        ended.err
    );
    assert_eq!(
        ended.err.matches("nothing to undo").count(),
        1,
        "{}",
        ended.err
    );
}

/// What a block froze is thawed, what an earlier one froze stays frozen, and routines see it; a block that failed on its way
/// is undone too, and one that did not compile is none.
#[test]
fn undoing_thaws_labels() {
    let place = Place::new("thaw");
    let ended = place.prompt(
        &[],
        "x := 1\nf .= [] -> x\nx .= 2\n%:undo\nx := 5\nf()\n%:undo\nf := 6\n%:undo\n(x := 7; x .= 8; ***('oops'))\n%:undo\nx := )\nf()\nv .= 1.0.0\n%:undo\nv .= 1.2.0\n{!|math|v}\\abs(-4)\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <f>\n=> 2\n=> 5\n=> 5\n=> 5\n=> 1.0.0\n=> 1.2.0\n=> 4\n",
        "{}",
        ended.err
    );
    assert_eq!(
        ended
            .err
            .matches("cannot assign value to immutable label")
            .count(),
        1,
        "{}",
        ended.err
    );
}

/// All blocks have one map as `!`.
#[test]
fn the_base_of_a_session_is_kept() {
    let place = Place::new("session-base");
    let ended = place.prompt(
        &[],
        "!\\count := 1\nbump .= [] -> (!\\count := !\\count ++ 1)\n!\\count ++ 10\n!\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <bump>\n=> 11\n=> [:count]\n",
        "{}",
        ended.err
    );
}

#[test]
fn mistakes_at_the_prompt_change_nothing() {
    let place = Place::new("mistakes");
    let ended = place.prompt(&[], "x := 1\nx := )\n%:nonsense\nx\nx ++\n");
    assert_eq!(ended.out, "=> 1\n=> 1\n");
    assert!(ended.err.contains("RH00"), "{}", ended.err);
}

/// Lines of a pipe that are no UTF-8 are told, and do not end the session.
#[test]
fn wrong_bytes_are_told() {
    let place = Place::new("bytes");
    let mut child = place
        .command(env!("CARGO_BIN_EXE_rhi"), &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"x := 5\n'\xff'\nx\n(\n\xff\nx ++ 1\n")
        .unwrap();
    drop(pipe);
    let ended = ended(child.wait_with_output().unwrap());
    assert_eq!(ended.out, "=> 5\n=> 5\n=> 6\n");
    assert_eq!(ended.err.matches("FC06").count(), 2, "{}", ended.err);
    assert_eq!(ended.code, 0);
}

#[cfg(unix)]
#[test]
fn an_endless_loop_is_stopped() {
    let place = Place::new("interrupt");
    let mut child = place
        .command(env!("CARGO_BIN_EXE_rhi"), &["--fuel", "unlimited"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"x := 7\nlog('running'); yes |> (x ++ 1)\n")
        .unwrap();
    pipe.flush().unwrap();
    // The loop runs once what stands before it was said, or soon after.
    std::thread::sleep(Duration::from_millis(1500));
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    std::thread::sleep(Duration::from_millis(500));
    pipe.write_all(b"x\n").unwrap();
    drop(pipe);
    let ended = ended(child.wait_with_output().unwrap());
    assert!(ended.out.ends_with("=> 7\n"), "{}{}", ended.out, ended.err);
    assert_eq!(ended.code, 0);
}
