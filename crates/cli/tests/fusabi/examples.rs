//! Programs and plugins that people read first: `examples/fusabi/*.fsx` print what the file beside each says, without a warning
//! that a reader would wonder about; `examples/plugins/*.fsx` do what their heads say.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::harness::{Ended, Place, ended};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name)
        .canonicalize()
        .unwrap()
}

fn sources(name: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "fsx"))
        .collect();
    found.sort();
    found
}

#[test]
fn programs_print_what_the_file_beside_them_says() {
    let place = Place::new("examples");
    let found = sources("fusabi");
    assert!(found.len() >= 15, "{found:?}");
    for path in found {
        let expected = std::fs::read_to_string(path.with_extension("out")).unwrap();
        let ran = place.fox(&["run", &path.display().to_string()]);
        assert_eq!(ran.out, expected, "{}\n{}", path.display(), ran.err);
        assert_eq!(ran.code, 0, "{}\n{}", path.display(), ran.err);
    }
}

#[test]
fn plugins_are_compiled_and_linked() {
    let place = Place::new("sample-plugins");
    let found = sources("plugins");
    assert!(found.len() >= 8, "{found:?}");
    let file = folder("plugins").join("plugins.toml");
    let checked = place.fox(&["plug", "check", &file.display().to_string()]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    for path in found {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            checked.out.contains(&format!("{name}: ok, hooks: on")),
            "{name}\n{}",
            checked.out
        );
    }
}

/// A sample plugin under `fox plug run`, fed with lines.
fn fed(place: &Place, name: &str, words: &[&str], lines: &str) -> Ended {
    let path = folder("plugins").join(format!("{name}.fsx"));
    let path = path.display().to_string();
    let words = [&["plug", "run", &path, "-A"], words].concat();
    let mut child = place
        .command(&words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    drop(input);
    ended(child.wait_with_output().unwrap())
}

#[test]
fn plugins_take_lines_without_a_failure() {
    let place = Place::new("fed-plugins");
    let lines = "On branch main\n~/src $ \n{\"a\": [1, {\"b\": null}]}\nnot {json}\n\nsrc/main.rs:12:5: error\n\
        Authorization: Bearer abc.def password=hunter2\nAKIAABCDEFGHIJKLMNOP\nERROR one\nlast \u{7}\n";
    for path in sources("plugins") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.contains("onOutput") {
            continue;
        }
        let ran = fed(&place, &name, &[], lines);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        assert_eq!(ran.err, "", "{name}");
        assert!(ran.out.contains("lines 10"), "{name}: {}", ran.out);
    }
    let errors = fed(&place, "errors", &["--show"], lines);
    assert!(
        errors.out.contains("Error detected in terminal"),
        "{}",
        errors.out
    );
    assert!(
        errors.out.contains("notify 1, set_color 1"),
        "{}",
        errors.out
    );
}

#[test]
fn the_plugin_of_the_founding_document_stands_unchanged() {
    let text = std::fs::read_to_string(folder("plugins").join("errors.fsx")).unwrap();
    assert_eq!(
        text,
        "// plugin.fsx (will be compiled to .fzb)\n\
        let onOutput (line: string) =\n    if line.Contains(\"ERROR\") then\n        notify \"Error detected in terminal\"\n        setColor Red\n\n\
        let onKeyPress (key: Key) =\n    if key = Space && isLeaderKey() then\n        showCommandPalette()\n"
    );
}
