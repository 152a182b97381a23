//! Plugins in Fusabi sources: the founding document's compiles unchanged, and its hooks run.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{Ended, Place, ended};

/// The plugin of the founding document, as it stands there.
const FOUNDING: &str = "\
// plugin.fsx (will be compiled to .fzb)
let onOutput (line: string) =
    if line.Contains(\"ERROR\") then
        notify \"Error detected in terminal\"
        setColor Red

let onKeyPress (key: Key) =
    if key = Space && isLeaderKey() then
        showCommandPalette()
";

fn fed(place: &Place, words: &[&str], input: &str) -> Ended {
    let mut child = place
        .command(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // The command may end without reading all of it.
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    ended(child.wait_with_output().unwrap())
}

#[test]
fn the_founding_plugin_runs_as_it_stands() {
    let place = Place::new("founding");
    place.file("plugin.fsx", FOUNDING);
    let checked = place.fox(&["plug", "check", "."]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert_eq!(
        checked.out,
        "plugin: ok, hooks: onOutput, onKeyPress, grants: -\n"
    );
    let input = "fine\nERROR: disk on fire\nfine\nan ERROR";
    let ran = fed(&place, &["plug", "run", "--show", "plugin.fsx"], input);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(
        ran.out,
        "Error detected in terminal\nError detected in terminal\nlines 4, notify 2, set_color 2, commands 4\n"
    );
    // Built, it is the same plugin.
    let built = place.fox(&["build", "--plugin", "plugin.fsx"]);
    assert_eq!(built.code, 0, "{}", built.err);
    assert_eq!(place.fox(&["check", "--plugin", "plugin.fsx"]).code, 0);
    assert_eq!(place.fox(&["check", "plugin.fsx"]).code, 65);
    place.file(
        "plugins.toml",
        "[[plugin]]\nname = \"p\"\npath = \"plugin.fzb\"\ngrants = [\"output-filtering\", \"input-filtering\", \"ui-overlay\", \"terminal-control\"]\n",
    );
    let listed = place.fox(&["plug", "list", "."]);
    assert_eq!(listed.code, 0, "{}", listed.err);
}

#[test]
fn all_errors_of_a_plugin_are_told() {
    let place = Place::new("plugin-errors");
    place.file(
        "plugin.fsx",
        "#load \"part.fsx\"\nlet onOutput (line: string) = notfy line\n",
    );
    place.file("part.fsx", "let x : int = \"a\"\n");
    for words in [
        &["plug", "check", "plugin.fsx"][..],
        &["plug", "run", "plugin.fsx"],
    ] {
        let failed = place.fox(words);
        assert_eq!(failed.code, 65);
        for told in ["notfy", "plugin.fsx:2:", "FB0501", "part.fsx:1:"] {
            assert!(failed.err.contains(told), "{told}: {}", failed.err);
        }
    }
}

#[test]
fn a_plugin_that_fails_again_and_again_is_switched_off() {
    let place = Place::new("plugin-fails");
    place.file(
        "plugin.fsx",
        "let mutable seen = 0\nlet onOutput (line: string) =\n    seen <- seen + 1\n    if line = \"bad\" then failwith (sprintf \"line %d\" seen)\n",
    );
    let ran = fed(&place, &["plug", "run", "plugin.fsx"], "ok\nbad\nok\n");
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("line 2") && ran.out.contains("lines 3"),
        "{}{}",
        ran.err,
        ran.out
    );
    let ran = fed(&place, &["plug", "run", "plugin.fsx"], &"bad\n".repeat(9));
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("lines 3,"), "{}", ran.out);
    // One that loops is cut off, too.
    place.file(
        "loop.fsx",
        "let onOutput (line: string) =\n    while true do ()\n",
    );
    let ran = fed(&place, &["plug", "run", "loop.fsx"], "a\nb\nc\nd\n");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("lines 3,"), "{}", ran.out);
}
