//! The conformance programs of spec/fusabi/: their trees, and that what each says it prints is well formed.

use std::path::{Path, PathBuf};

use fusabi::check::{CheckOptions, NoLoader, check};
use fusabi::tree::print;
use fusabi::{Options, format, parse};

fn programs() -> Vec<PathBuf> {
    let files = files_in("../../spec/fusabi");
    assert!(files.len() >= 15, "{files:?}");
    files
}

/// The programs of the standard library.
fn library_programs() -> Vec<PathBuf> {
    let files = files_in("../../spec/fusabi/library");
    assert!(files.len() >= 13, "{files:?}");
    files
}

fn files_in(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "fsx"))
        .collect();
    files.sort();
    files
}

#[test]
fn trees() {
    for path in programs() {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = parse(&text, &Options::default());
        assert!(
            parsed.errors.is_empty(),
            "{}: {:?}",
            path.display(),
            parsed.errors
        );
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, print(&parsed.tree));
    }
}

#[test]
fn names_and_types() {
    for path in programs().into_iter().chain(library_programs()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        let checked = check(&name, &text, &mut NoLoader, &CheckOptions::default());
        assert!(!checked.has_errors(), "{name}: {:?}", checked.problems);
    }
}

#[test]
fn expectations_stand_behind_what_they_are_about() {
    for path in programs().into_iter().chain(library_programs()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = text
            .lines()
            .filter(|line| line.starts_with("// expect"))
            .collect::<Vec<_>>();
        assert!(!expected.is_empty(), "{}", path.display());
        let faults = expected
            .iter()
            .position(|line| line.starts_with("// expect-fault: "));
        assert!(
            faults.is_none_or(|at| at + 1 == expected.len()),
            "{}",
            path.display()
        );
        for line in expected {
            let known = line == "// expect:"
                || line.starts_with("// expect: ")
                || line.starts_with("// expect-fault: ");
            assert!(known, "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_formatter_mends_what_is_only_blanks() {
    for path in programs() {
        let text = std::fs::read_to_string(&path).unwrap();
        let options = Options::default();
        let formatted = format(&text, &options).unwrap();
        // Blank lines more than one, and blanks at the end, go; the rest is laid out as before.
        let blown_up = formatted.replace("\n\n", "\n\n\n\n") + "\n\n  \n";
        assert_eq!(
            format(&blown_up, &options).unwrap(),
            formatted,
            "{}",
            path.display()
        );
        // Bodies at twice the depth come back.
        let deeper: String = formatted
            .lines()
            .map(|line| " ".repeat(line.len() - line.trim_start().len()) + line + "\n")
            .collect();
        let original = print(&parse(&formatted, &options).tree);
        if print(&parse(&deeper, &options).tree) == original {
            let mended = format(&deeper, &options).unwrap();
            assert_eq!(
                print(&parse(&mended, &options).tree),
                original,
                "{}",
                path.display()
            );
        }
    }
}

/// Whether a word stands in a text, not as part of another one.
fn mentions(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !(before.is_some_and(part) || behind.is_some_and(part))
    })
}

#[test]
fn every_function_of_the_library_is_asserted() {
    let mut text = String::new();
    for path in library_programs() {
        text.push_str(&std::fs::read_to_string(&path).unwrap());
    }
    let code: String = text
        .lines()
        .filter(|line| !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut missing = Vec::new();
    for entry in &fusabi::library::library().entries {
        let word = match entry.module {
            "" => entry.name.to_owned(),
            module if module.starts_with('.') => format!(".{}", entry.name),
            module => format!("{module}.{}", entry.name),
        };
        let word = word.replace(".null", ".``null``");
        let found = if word.starts_with('.') {
            code.contains(&word)
        } else {
            mentions(&code, &word)
        };
        if !found {
            missing.push(word);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
