//! What is said about files that are refused, in both languages: every file of `spec/fzb/reject` for words of the wrong
//! language, and a sample word for word.

use std::path::{Path, PathBuf};

use diag::{Catalogue, Diagnostic, Lang, Message};
use foxvm::{Engine, Error, Limits};
use fzb::tables::FuncId;
use fzb::{Checks, Module};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/fzb/reject")
}

fn files() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["file", "op", "verify"]
        .iter()
        .flat_map(|name| std::fs::read_dir(folder().join(name)).expect("a folder"))
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "fza" || end == "fzb")
        })
        .collect();
    found.sort();
    found
}

/// Why that file is refused.
fn refused(path: &Path) -> Diagnostic {
    let bytes = std::fs::read(path).expect("a file");
    let bytes = if path.extension().is_some_and(|end| end == "fza") {
        let source = String::from_utf8(bytes).expect("module text is UTF-8");
        let tables = fzb::text::assemble(&source).expect("it can be assembled");
        fzb::write::write(&tables).expect("it fits")
    } else {
        bytes
    };
    let module = match Module::check(bytes, Checks::Full) {
        Err(error) => return Error::from(error).diagnostic(),
        Ok(module) => module,
    };
    // Broken debug tables are left out, and then nothing is wrong.
    (0..module.functions())
        .find_map(|id| fzb::verify::function(&module, FuncId(id)).err())
        .map(|refusal| Error::refused(&module, refusal).diagnostic())
        .unwrap_or_else(|| panic!("{} is not refused", path.display()))
}

/// Its message and its notes.
fn lines(found: &Diagnostic, lang: Lang) -> Vec<String> {
    let catalogue = Catalogue::for_lang(lang);
    let detail = |note: &Message| catalogue.detail(found, note);
    std::iter::once(catalogue.message(found))
        .chain(found.notes.iter().map(detail))
        .collect()
}

/// Words of an English sentence that are no Indonesian ones.
const ENGLISH: [&str; 32] = [
    "the", "of", "an", "a", "is", "not", "with", "that", "below", "most", "least", "expected",
    "found", "than", "in", "on", "at", "to", "from", "and", "or", "as", "for", "only", "each",
    "without", "inside", "constant", "function", "number", "which", "it",
];

#[test]
fn no_english_is_left_in_the_other_language() {
    let files = files();
    assert!(files.len() > 350, "{} files", files.len());
    for path in files {
        let found = refused(&path);
        let english = lines(&found, Lang::English);
        let indonesian = lines(&found, Lang::Indonesian);
        assert_eq!(english.len(), indonesian.len());
        assert_ne!(english.first(), indonesian.first(), "{}", path.display());
        for line in indonesian {
            // What stands in quotes is the file's.
            let own = line.split(['`', '"']).step_by(2).collect::<String>();
            for word in own.split(|c: char| !c.is_alphanumeric() && !['_', '.'].contains(&c)) {
                assert!(
                    !ENGLISH.contains(&word),
                    "{}: `{word}` in: {line}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn what_the_translator_refuses_is_said_in_the_language() {
    let locals: String = (0..5_000)
        .map(|n| format!("    local v{n}: dyn\n"))
        .collect();
    let source = format!(
        "module \"wide\"\nfn main() -> dyn {{\n{locals}    unit\n    ret\n}}\nentry main\n"
    );
    let engine = Engine::new();
    let bytes = engine.assemble(&source).expect("it can be assembled");
    let module = engine.load(bytes).expect("the verifier accepts it");
    let mut world = engine.world(Limits::plugin(), &[]).expect("a World");
    let error = world.bind(&module).expect_err("it has too many registers");
    let found = error.diagnostic();
    assert_eq!(
        lines(&found, Lang::English),
        ["the code was refused: the function needs more than 8192 register words"]
    );
    assert_eq!(
        lines(&found, Lang::Indonesian),
        ["kodenya ditolak: fungsi itu memerlukan lebih dari 8192 kata register"]
    );
}

/// Of each kind of check one.
const SAMPLE: [&str; 26] = [
    "file/bytes-size.fzb",
    "file/capability-name.fzb",
    "file/constant-shape-kind.fzb",
    "file/constant-typedef.fzb",
    "file/entry-parameters.fzb",
    "file/export-hook.fzb",
    "file/function-shared-code.fzb",
    "file/import-module-name.fzb",
    "file/magic.fzb",
    "file/names-order.fzb",
    "file/overlap.fzb",
    "file/static-flags.fzb",
    "file/trailing.fzb",
    "file/type-depth.fzb",
    "file/type-kind.fzb",
    "op/pop.fza",
    "op/push.fza",
    "op/yield.fza",
    "verify/call-argument.fza",
    "verify/call-captures.fza",
    "verify/local-one-path.fza",
    "verify/place-tail-call.fza",
    "verify/size-registers.fza",
    "verify/stack-representations.fza",
    "verify/try-regions.fza",
    "verify/typed-condition.fza",
];

/// `FOX_BLESS=1` writes the page anew; read it before it is committed.
#[test]
fn a_sample_word_for_word() {
    let mut page = String::new();
    for name in SAMPLE {
        let found = refused(&folder().join(name));
        page.push_str(&format!("{name} {}\n", found.code));
        for lang in Lang::ALL {
            for line in lines(&found, lang) {
                page.push_str(&format!("  {}: {line}\n", lang.tag()));
            }
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/languages.txt");
    if std::env::var_os("FOX_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &page).expect("tests/ can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "tests/languages.txt is stale:\n{page}");
}
