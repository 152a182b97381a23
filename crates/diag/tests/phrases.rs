//! Every phrase that the sources say has a translation, and no translation is of a phrase that nobody says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diag::{Catalogue, Lang, phrase_gaps};

/// The crates whose refusals are phrases.
const CRATES: [&str; 3] = ["fzb", "machine", "foxvm"];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The program part of a source: no comments, no tests.
fn program(text: &str) -> String {
    let text = text
        .split_once("#[cfg(test)]\nmod tests")
        .map_or(text, |(before, _)| before);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The literals that follow `said!(`, `term!(` and `sentence!(`. Templates have no escapes, which is tested as they are read.
fn templates(source: &str, path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for macro_name in ["said!(", "term!(", "sentence!("] {
        for (at, _) in source.match_indices(macro_name) {
            let after = source[at + macro_name.len()..].trim_start();
            // The macro's own rules, and calls that hand on its arguments.
            let Some(literal) = after.strip_prefix('"') else {
                assert!(
                    path.ends_with("phrase.rs"),
                    "{}: {macro_name} without a literal",
                    path.display()
                );
                continue;
            };
            let (template, _) = literal.split_once('"').expect("the literal ends");
            assert!(!template.contains('\\'), "{}: {template}", path.display());
            found.push(template.to_owned());
        }
    }
    found
}

fn said() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for name in CRATES {
        rust_files(&crates.join(name).join("src"), &mut files);
    }
    let mut said = BTreeSet::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("the source can be read");
        said.extend(templates(&program(&text), &path));
    }
    // What is only gaps and signs is the same in every language.
    said.retain(|template| template.contains(|c: char| c.is_alphabetic()));
    said
}

#[test]
fn every_phrase_is_translated_and_no_translation_is_stale() {
    let said = said();
    assert!(said.len() > 250, "{} phrases were found", said.len());
    for lang in Lang::ALL.into_iter().filter(|l| *l != Lang::English) {
        let known: BTreeSet<String> = Catalogue::for_lang(lang)
            .phrases()
            .map(|(template, _)| template.to_owned())
            .collect();
        let missing: Vec<_> = said.difference(&known).collect();
        let stale: Vec<_> = known.difference(&said).collect();
        assert!(missing.is_empty(), "{lang:?} lacks {missing:#?}");
        assert!(
            stale.is_empty(),
            "{lang:?} translates what nobody says: {stale:#?}"
        );
    }
}

#[test]
fn translations_have_the_gaps_of_their_templates() {
    for lang in Lang::ALL {
        for (template, translated) in Catalogue::for_lang(lang).phrases() {
            let mut gaps = phrase_gaps(translated);
            gaps.sort_unstable();
            assert_eq!(gaps, phrase_gaps(template), "{lang:?} {template}");
            assert!(
                translated.contains("{}") != translated.contains("{0}")
                    || !translated.contains('{'),
                "{lang:?} {template}: gaps all by number or all in order"
            );
        }
    }
}
