//! Test mode, and the conformance programs.

use std::path::Path;
use std::process::Command;

use crate::harness::*;

/// §10.3, rule by rule.
#[test]
fn test_mode_follows_its_rules() {
    let place = Place::new("rules");
    place.file(
        "sub/a.rh",
        "% 1: the text is split at the first further %, both parts trimmed, and never parsed
1 ++ 1 %=   2   %  a sum % more
'a' %= 'a'
'x' %= x % quotes are part of it
% 2: it attaches to the expression that ends before it, also in nested lists, there on each execution
f .= [x] -> (
  x ++ 1 %= 3
  x
)
f(2) %= 2
f(2)
m := [
  a .. 1 %= 1
  f(2) %= 2
]
err := f(2) %= 2
x := 5; %= 5
%? 'alone'
% 3: a failure does not stop the file, and the value flows on
y := (1 %= 2
) ++ 1 %= 2
y %? anything at all %= 9
[1; y] %= [1; 2]
",
    );
    let expected = "Checking assertions in file 'a.rh'...
PASS: 2 (a sum % more)
PASS: 'a'
FAIL: Expected 'x', got ''x'' (quotes are part of it)
PASS: 3
PASS: 2
PASS: 3
PASS: 1
PASS: 3
PASS: 2
PASS: 3
PASS: 2
PASS: 5
FAIL: Expected '2', got '1'
PASS: 2
INSPECT: 2
PASS: [1; 2]
13 passed, 2 failed
";
    for lang in ["en", "id"] {
        let ended = place.rhi(&["-lang", lang, "-test", "sub/a.rh"]);
        assert_eq!(ended.out, expected, "{}", ended.err);
        assert_eq!(ended.code, 1);
    }
    // Outside of test mode both are comments.
    assert_eq!(place.rhi(&["sub/a.rh"]).out, "");
    // 4: a panic fails the file even if its assertions passed, and the line with the counts is last; 5: a warning.
    place.file("p.rh", "1 %= 1\n***('no')\n");
    let ended = place.rhi(&["-test", "p.rh", "sub/a.rh"]);
    assert!(
        ended.out.ends_with("14 passed, 3 failed\n"),
        "{}",
        ended.out
    );
    assert!(ended.err.contains("panic: no"), "{}", ended.err);
    place.file("z.rh", "1\n");
    let ended = place.rhi(&["-test", "z.rh"]);
    assert_eq!(
        (ended.code, ended.out.lines().last()),
        (0, Some("0 passed, 0 failed"))
    );
    assert!(ended.err.contains("FC33"), "{}", ended.err);
    // A file whose warning is turned off.
    assert_eq!(place.rhi(&["-test", "-silent", "z.rh"]).err, "");
}

#[test]
fn assertions_attach_to_members_of_all_lists() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/rhumb/1003-assertions.rh");
    let output = Command::new(env!("CARGO_BIN_EXE_rhi"))
        .arg("-test")
        .arg(file)
        .output()
        .unwrap();
    let ended = ended(output);
    assert!(
        ended.out.ends_with("\n28 passed, 0 failed\n"),
        "{}",
        ended.out
    );
}

#[test]
fn test_mode_counts_and_fails() {
    let place = Place::new("test");
    place.file(
        "t/a.rh",
        "1 ++ 1 %= 2 % sum\n1 ++ 1 %= 3\n'x' %? anything\n",
    );
    place.file(
        "t/b.rh",
        "% expect-error 409 cannot assign value to immutable label\nx .= 1\nx %= 1\nx := 2\n",
    );
    place.file(
        "t/c.rh",
        "% expect-output\n%| one\n%|  two\nlog('one')\nlog(' two')\n2 %= 2\n",
    );
    place.file("t/d.rh", "% expect-error RH0002\nx := (\n");
    place.file("t/e.rh", "1\n");
    let ended = place.rhi(&["test", "t"]);
    assert_eq!(
        ended.out,
        "Checking assertions in file 'a.rh'...\nPASS: 2 (sum)\nFAIL: Expected '3', got '2'\nINSPECT: 'x'\n\
         Checking assertions in file 'b.rh'...\nPASS: 1\nPASS: cannot assign value to immutable label (error)\n\
         Checking assertions in file 'c.rh'...\none\n two\nPASS: 2\nPASS: one\\n two (output)\n\
         Checking assertions in file 'd.rh'...\nPASS: RH0002 (error)\n\
         Checking assertions in file 'e.rh'...\n6 passed, 1 failed\n"
    );
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("e.rh: no assertion was executed"),
        "{}",
        ended.err
    );
    let fox = ended_of_fox(&place, &["test", "t/c.rh", "t/d.rh", "--json"]);
    assert_eq!(fox.code, 0);
    let object: serde_json::Value = serde_json::from_str(fox.out.lines().last().unwrap()).unwrap();
    assert_eq!(object["result"]["passed"], 3);
    assert_eq!(object["result"]["failed"], 0);
    place.file("bad.rh", "% expect-error 400\n1\n");
    let ended = place.rhi(&["-test", "bad.rh"]);
    assert!(
        ended
            .out
            .ends_with("FAIL: Expected '400', got 'no error' (error)\n0 passed, 1 failed\n")
    );
    assert_eq!(ended.code, 1);
}

/// The programs of `spec/rhumb`, as `rhi test` runs them.
#[test]
fn conformance_programs_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/rhumb");
    let output = Command::new(env!("CARGO_BIN_EXE_rhi"))
        .args(["test", "-silent"])
        .arg(&folder)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let ended = ended(output);
    let failures: Vec<&str> = ended
        .out
        .lines()
        .filter(|line| line.starts_with("FAIL") || line.starts_with("Checking"))
        .collect();
    assert_eq!(ended.code, 0, "{}\n{}", failures.join("\n"), ended.err);
    assert!(
        ended.out.matches("PASS: ").count() > 500,
        "few assertions were executed"
    );
}
