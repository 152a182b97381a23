//! `fox build`: one file of all sources, the same bytes wherever it is built.

use crate::harness::{Ended, Place, ended};

const MAIN: &str = "\
// @name sums
// @version: 1.2
#load \"lib/part.fsx\"
#load \"../beside/other.fsx\"
printfn \"%d\" (Part.twice 4 + other 1)
let total (xs: int list) = List.sum xs
total [1; 2; 3]
";

/// A program of three files in folders of its own; the path of its main file.
fn program(place: &Place, folder: &str) -> String {
    place.file(&format!("{folder}/main/sums.fsx"), MAIN);
    place.file(
        &format!("{folder}/main/lib/part.fsx"),
        "#load \"../../beside/other.fsx\"\nlet twice x = other x * 2\n",
    );
    place.file(
        &format!("{folder}/beside/other.fsx"),
        "let other x = x + 1\n",
    );
    format!("{folder}/main/sums.fsx")
}

fn built(place: &Place, words: &[&str]) -> Vec<u8> {
    let mut all = vec!["build"];
    all.extend(words);
    all.extend(["-o", "out.fzb"]);
    let made = place.fox(&all);
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{}", made.out);
    std::fs::read(place.0.join("out.fzb")).unwrap()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn a_module_is_the_same_wherever_it_is_built() {
    let place = Place::new("build");
    let first = built(&place, &[&program(&place, "one")]);
    assert_eq!(built(&place, &["one/main/sums.fsx"]), first);
    // Another folder, and another working folder.
    let second = program(&place, "two/deep");
    assert_eq!(built(&place, &[&second]), first);
    let mut command = place.command_in(
        &place.0.join("one/main"),
        &["build", "sums.fsx", "-o", "../../third.fzb"],
    );
    assert_eq!(ended(command.output().unwrap()).code, 0);
    assert_eq!(std::fs::read(place.0.join("third.fzb")).unwrap(), first);
    // Nothing of the machine that it was built on stands in it; the sources have the names that they are loaded by.
    assert!(!contains(&first, place.0.to_str().unwrap()));
    assert!(contains(&first, "lib/part.fsx") && contains(&first, "../beside/other.fsx"));
}

#[test]
fn what_is_built_runs_as_its_source_does() {
    let place = Place::new("run-built");
    let source = program(&place, "p");
    built(&place, &[&source]);
    let ran = |words: &[&str]| {
        let Ended { out, err, code } = place.fox(words);
        (out, err, code)
    };
    let expected = ("12\n6\n".to_owned(), String::new(), 0);
    assert_eq!(ran(&["run", &source, "--show-result"]), expected);
    assert_eq!(ran(&["run", "out.fzb", "--show-result"]), expected);
    // The source is not needed any more.
    std::fs::remove_dir_all(place.0.join("p")).unwrap();
    assert_eq!(ran(&["run", "out.fzb", "--show-result"]), expected);
}

#[test]
fn what_is_stripped_names_no_place() {
    let place = Place::new("stripped");
    let source = place.file(
        "fails.fsx",
        "let f x : int =\n    let variable = x + 1\n    failwith \"no\"\n    variable\nprintfn \"%d\" (f 1)\n",
    );
    let source = source.to_str().unwrap();
    let whole = built(&place, &[source]);
    assert!(contains(&whole, "fails.fsx") && contains(&whole, "variable"));
    let failed = place.fox(&["run", "out.fzb"]);
    assert!(failed.err.contains("fails.fsx:3:5"), "{}", failed.err);
    let stripped = built(&place, &["--stripped", source]);
    assert!(!contains(&stripped, "fails.fsx") && !contains(&stripped, "variable"));
    assert!(stripped.len() < whole.len());
    let failed = place.fox(&["run", "out.fzb"]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.err.contains("FB0601") && !failed.err.contains("fails.fsx:"),
        "{}",
        failed.err
    );
}

#[test]
fn the_header_becomes_metadata() {
    let place = Place::new("metadata");
    let source = program(&place, "p");
    built(&place, &[&source]);
    let shown = place.fox(&["disasm", "out.fzb"]);
    assert!(
        shown
            .out
            .contains(r#"metadata "name = \"sums\"\nversion = \"1.2\"\n""#),
        "{}",
        shown.out.lines().take(5).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn errors_leave_no_file_and_keep_the_old_one() {
    let place = Place::new("errors");
    place.file("p.fsx", "let x : int = \"text\"\n");
    let old = place.file("p.fzb", "old");
    let failed = place.fox(&["build", "p.fsx"]);
    assert_eq!(failed.code, 65);
    assert!(
        failed.err.contains("FB0501") && failed.err.contains("p.fsx:1:"),
        "{}",
        failed.err
    );
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(place.fox(&["build", "p.fsx", "-o", "new.fzb"]).code, 65);
    assert!(!place.0.join("new.fzb").exists());
    // A loaded file's errors stand at its own place, as who called sees it.
    place.file("sub/main.fsx", "#load \"bad.fsx\"\nprintfn \"x\"\n");
    place.file("sub/bad.fsx", "\nlet y = 1 + \"a\"\n");
    let failed = place.fox(&["build", "sub/main.fsx"]);
    assert!(failed.err.contains("sub/bad.fsx:2:"), "{}", failed.err);
    // What is no source, what is not there, and a module in the place of its source.
    place.file("p.rh", "1\n");
    for (file, code) in [("p.rh", "FC05"), ("none.fsx", "FC01")] {
        let failed = place.fox(&["build", file]);
        assert_eq!(failed.code, 65);
        assert!(failed.err.contains(code), "{}", failed.err);
    }
    place.file("good.fsx", "printfn \"x\"\n");
    assert_eq!(
        place.fox(&["build", "good.fsx", "-o", "./good.fsx"]).code,
        2
    );
    assert_eq!(
        std::fs::read_to_string(place.0.join("good.fsx")).unwrap(),
        "printfn \"x\"\n"
    );
    let entries: Vec<_> = std::fs::read_dir(&place.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        entries
            .iter()
            .all(|name| !name.to_string_lossy().starts_with('.')),
        "{entries:?}"
    );
}

#[test]
fn the_object_says_what_was_made() {
    let place = Place::new("json");
    place.file("p.fsx", "printfn \"x\"\n");
    let made = place.fox(&["--json", "build", "p.fsx"]);
    let object: serde_json::Value = serde_json::from_str(&made.out).unwrap();
    let bytes = std::fs::metadata(place.0.join("p.fzb")).unwrap().len();
    assert_eq!(object["ok"], true);
    assert_eq!(object["result"]["file"], "p.fzb");
    assert_eq!(object["result"]["bytes"], bytes);
    place.file("bad.fsx", "let x = y\nlet z = w\n");
    let failed = place.fox(&["--json", "build", "bad.fsx"]);
    let object: serde_json::Value = serde_json::from_str(&failed.out).unwrap();
    assert_eq!(
        (object["ok"].as_bool(), object["exit"].as_i64()),
        (Some(false), Some(65))
    );
    assert_eq!(object["findings"].as_array().unwrap().len(), 2);
}
