//! Programs that people read first: `examples/*.rh` print what the file beside each says and keep their assertions, and so
//! do the blocks of `docs/rhumb-tour.md`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A file or folder of the repository.
fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

fn rhi(words: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rhi"))
        .args(words)
        .arg(file)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env_remove("RHUMB_LIB")
        .env("LANG", "C")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Runs a file in test mode: assertions there are, and all hold.
fn holds(name: &str, file: &Path, least: usize) {
    let ran = rhi(&["-test"], file);
    let out = String::from_utf8_lossy(&ran.stdout);
    let err = String::from_utf8_lossy(&ran.stderr);
    let last = out.lines().last().unwrap_or_default();
    let passed = last
        .strip_suffix(" passed, 0 failed")
        .and_then(|count| count.parse::<usize>().ok());
    assert!(
        ran.status.success() && passed.is_some_and(|count| count >= least),
        "{name}: {}\n{out}\n{err}",
        ran.status
    );
}

fn examples() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(place("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rh"))
        .collect();
    found.sort();
    found
}

#[test]
fn examples_keep_their_assertions() {
    let found = examples();
    assert!(found.len() >= 6, "{found:?}");
    for path in found {
        holds(&path.display().to_string(), &path, 3);
    }
}

#[test]
fn examples_print_what_the_file_beside_them_says() {
    for path in examples() {
        let expected = std::fs::read_to_string(path.with_extension("out")).unwrap();
        let ran = rhi(&[], &path);
        assert!(ran.status.success(), "{}", path.display());
        assert_eq!(
            String::from_utf8(ran.stdout).unwrap(),
            expected,
            "{}",
            path.display()
        );
    }
}

#[test]
fn blocks_of_the_tour_hold() {
    let page = std::fs::read_to_string(place("docs/rhumb-tour.md")).unwrap();
    let folder = std::env::temp_dir().join(format!("rhumb-tour-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut blocks = 0;
    for part in page.split("```rhumb\n").skip(1) {
        let (block, _) = part.split_once("```").unwrap();
        blocks += 1;
        let file = folder.join(format!("block-{blocks}.rh"));
        std::fs::write(&file, block).unwrap();
        holds(&format!("block {blocks}:\n{block}"), &file, 1);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(blocks >= 15, "{blocks} blocks");
}
