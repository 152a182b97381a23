//! `fox run` of Fusabi sources: results, uncaught exceptions, the switch `--compat=fusabi`.

use crate::harness::Place;

#[test]
fn results_are_shown_in_the_display_form() {
    let place = Place::new("results");
    for (text, shown) in [
        ("3.0", "3"),
        ("(1, \"a\")", "(1, a)"),
        ("[1; 2]", "[1; 2]"),
        ("[|\"a\"|]", "[|a|]"),
        ("{ b = 1; a = \"x\" }", "{ a = x; b = 1 }"),
        ("Some 3", "Some(3)"),
        ("()", "()"),
        ("let x = 1", "()"),
        ("printf \"\"", "()"),
    ] {
        place.file("p.fsx", &format!("{text}\n"));
        let ran = place.fox(&["run", "p.fsx", "--show-result"]);
        assert_eq!(
            (ran.out, ran.code),
            (format!("{shown}\n"), 0),
            "{text}: {}",
            ran.err
        );
        assert_eq!(place.fox(&["run", "p.fsx"]).out, "");
    }
}

#[test]
fn uncaught_exceptions_are_told_with_their_trace() {
    let place = Place::new("uncaught");
    place.file(
        "p.fsx",
        "exception Parse of string * int\nlet inner n =\n    if n > 0 then failwith \"the end\"\n    n\nlet outer n = 1 + inner n\nprintfn \"%d\" (outer 1)\n",
    );
    let ran = place.fox(&["run", "p.fsx"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("FB0601") && ran.err.contains("the end"),
        "{}",
        ran.err
    );
    for frame in ["p.fsx:3:19", "p.fsx:5:19", "p.fsx:6:15"] {
        assert!(ran.err.contains(frame), "{frame}: {}", ran.err);
    }
    assert!(!ran.err.contains("FX0021"), "{}", ran.err);
    // In the other language, and in the object.
    let ran = place.fox(&["--lang", "id", "--json", "run", "p.fsx"]);
    let object: serde_json::Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(object["fault"]["code"], "FB0601");
    assert_eq!(object["exit"], 1);
    let explained = place.fox(&["--lang", "id", "explain", "FB0601"]);
    assert!(
        explained.out.contains("Kata-katanya milik"),
        "{}",
        explained.out
    );
    // What the machine raises keeps its own code; limits are no exceptions.
    place.file("q.fsx", "let f x = 1 / x\nprintfn \"%d\" (f 0)\n");
    let ran = place.fox(&["run", "q.fsx"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("FX0003") && ran.err.contains("q.fsx:1:"),
        "{}",
        ran.err
    );
    place.file(
        "l.fsx",
        "try\n    while true do ()\nwith _ -> printfn \"caught\"\n",
    );
    let ran = place.fox(&["run", "l.fsx", "--fuel", "1000"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("FX0008"), "{}", ran.err);
}

#[test]
fn the_switch_reads_as_the_other_implementation_does() {
    let place = Place::new("compat");
    let text = "let a = [|1; 2|]\nlet changed = List.length [1, 2, 3]\nlet b = (a.[0] <- 9)\nlet set (xs: int array) = xs.[0] <- 7\nlet c = set a\nprintfn \"%d %d\" changed a.[0]\nc\n";
    place.file("p.fsx", text);
    let ran = place.fox(&["run", "p.fsx", "--show-result"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("1 7\n()\n", 0),
        "{}",
        ran.err
    );
    let ran = place.fox(&["run", "--compat=fusabi", "p.fsx"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("3 1\n[|7; 2|]\n", 0),
        "{}",
        ran.err
    );
    // In the text itself; a module that was built so behaves so.
    place.file("q.fsx", &format!("#fusabi \"compat\"\n{text}"));
    let ran = place.fox(&["run", "q.fsx", "--show-result"]);
    assert_eq!(ran.out, "3 1\n[|7; 2|]\n", "{}", ran.err);
    assert_eq!(
        place
            .fox(&["build", "--compat", "fusabi", "p.fsx", "-o", "p.fzb"])
            .code,
        0
    );
    assert_eq!(place.fox(&["run", "p.fzb"]).out, "3 1\n");
    // Only where it is asked for there is no warning of the commas.
    assert!(place.fox(&["check", "p.fsx"]).err.contains("FB0301"));
    assert!(
        !place
            .fox(&["check", "--compat=fusabi", "p.fsx"])
            .err
            .contains("FB0301")
    );
    place.file("f.fsx", "let  x = [1,2]\n");
    assert_eq!(place.fox(&["fmt", "--compat=fusabi", "f.fsx"]).code, 0);
    let laid_out = std::fs::read_to_string(place.0.join("f.fsx")).unwrap();
    assert!(laid_out.contains("let x = ["), "{laid_out}");
    assert_eq!(place.fox(&["run", "--compat=other", "p.fsx"]).code, 2);
}

#[test]
fn only_arrays_are_updated_to_new_ones() {
    let place = Place::new("update");
    place.file("p.fsx", "let s = \"abc\"\nlet t = s.[0] <- 'x'\n");
    let failed = place.fox(&["check", "p.fsx"]);
    assert_eq!(failed.code, 65);
    assert!(failed.err.contains("FB0508"), "{}", failed.err);
}
