//! The catalogues against each other, against the lists of codes and against `docs/errors.md`.

use std::collections::BTreeSet;

use diag::{ArgumentKind, Catalogue, Code, Declaration, Entry, Family, Lang, Template};

/// Fields that are not templates.
const PROSE: [&str; 3] = ["title", "args", "explain"];

fn english() -> &'static Catalogue {
    Catalogue::for_lang(Lang::English)
}

/// Every entry of a catalogue with the name of its section.
fn entries(catalogue: &'static Catalogue) -> Vec<(String, &'static Entry)> {
    let own = |code: Code| Some((code.to_string(), catalogue.own_entry(code)?));
    let mut entries: Vec<_> = catalogue.codes().filter_map(own).collect();
    let common = catalogue.common().expect("every catalogue has [common]");
    entries.push(("common".to_owned(), common));
    entries
}

fn reference(section: &str) -> &'static Entry {
    let code = Code::parse(section).ok();
    match code {
        Some(code) => english().own_entry(code),
        None => english().common(),
    }
    .unwrap_or_else(|| panic!("{section} is not in the English catalogue"))
}

fn declarations(section: &str) -> Vec<Declaration<'static>> {
    reference(section)
        .declarations()
        .unwrap_or_else(|item| panic!("{section}: `{item}` is no declaration"))
}

#[test]
fn the_files_are_well_formed() {
    for lang in Lang::ALL {
        assert_eq!(Catalogue::for_lang(lang).mistakes(), [], "{lang:?}");
    }
}

#[test]
fn every_section_is_a_code_written_in_full() {
    for lang in Lang::ALL {
        let catalogue = Catalogue::for_lang(lang);
        for code in catalogue.codes() {
            // `fx3` would parse as FX0003 and then not be found under its own name.
            assert!(catalogue.own_entry(code).is_some(), "{lang:?} {code}");
        }
    }
}

#[test]
fn every_fault_has_its_texts() {
    let faults: BTreeSet<Code> = (0x01..=0x22).chain([0x7F]).map(Code::fault).collect();
    for lang in Lang::ALL {
        let known: BTreeSet<Code> = Catalogue::for_lang(lang)
            .codes()
            .filter(|code| code.family() == Family::Fault)
            .collect();
        assert_eq!(known, faults, "{lang:?}");
    }
}

#[test]
fn every_named_code_has_its_texts_and_every_text_its_name() {
    for (list, family) in [
        (diag::fv::ALL, Family::File),
        (diag::fc::ALL, Family::Command),
        (diag::fp::ALL, Family::Plugin),
    ] {
        let named: BTreeSet<Code> = list.iter().map(|(_, code)| *code).collect();
        assert!(named.iter().all(|code| code.family() == family));
        for lang in Lang::ALL {
            let known: BTreeSet<Code> = Catalogue::for_lang(lang)
                .codes()
                .filter(|code| code.family() == family)
                .collect();
            assert_eq!(known, named, "{lang:?}");
        }
    }
}

#[test]
fn catalogues_have_the_same_fields_and_placeholders() {
    for lang in Lang::ALL {
        let catalogue = Catalogue::for_lang(lang);
        let sections: BTreeSet<String> = entries(catalogue).into_iter().map(|(n, _)| n).collect();
        let wanted: BTreeSet<String> = entries(english()).into_iter().map(|(n, _)| n).collect();
        assert_eq!(sections, wanted, "{lang:?}");
        for (section, entry) in entries(catalogue) {
            let fields = |entry: &Entry| -> BTreeSet<&str> {
                let names = entry.fields().iter().map(|(name, _)| *name);
                names.filter(|name| *name != "args").collect()
            };
            assert_eq!(
                fields(entry),
                fields(reference(&section)),
                "{lang:?} {section}"
            );
            if lang != Lang::English {
                assert_eq!(entry.field("args"), None, "{section}: English declares");
            }
            for (field, text) in entry.fields().iter().filter(|(f, _)| !PROSE.contains(f)) {
                let other = reference(&section).field(field).expect("same fields");
                let names = |text: &'static str| {
                    Template::parse(text)
                        .unwrap_or_else(|error| panic!("{lang:?} {section}.{field}: {error}"))
                        .names()
                };
                assert_eq!(names(text), names(other), "{lang:?} {section}.{field}");
            }
        }
    }
}

#[test]
fn placeholders_are_declared_and_optional_ones_guarded() {
    use diag::Piece;
    for lang in Lang::ALL {
        for (section, entry) in entries(Catalogue::for_lang(lang)) {
            let declared = declarations(&section);
            let find = |name: &str| declared.iter().find(|d| d.name == name);
            for (field, text) in entry.fields().iter().filter(|(f, _)| !PROSE.contains(f)) {
                let template = Template::parse(text).expect("tested above");
                let mut guarded = false;
                for piece in template.pieces() {
                    match piece {
                        Piece::OptionalStart => guarded = true,
                        Piece::OptionalEnd => guarded = false,
                        Piece::Literal(_) => {}
                        Piece::Placeholder(name, _) => {
                            let at = format!("{lang:?} {section}.{field}: {name}");
                            let declaration =
                                find(name).unwrap_or_else(|| panic!("{at} is not declared"));
                            // Other fields are chosen by who has their arguments at hand.
                            if *field == "message" {
                                assert_eq!(declaration.optional, guarded, "{at}");
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn declared_arguments_are_used_and_keys_have_messages() {
    for (section, entry) in entries(english()) {
        let mut used = BTreeSet::new();
        for (_, text) in entry.fields().iter().filter(|(f, _)| !PROSE.contains(f)) {
            used.extend(Template::parse(text).expect("tested above").names());
        }
        for declaration in declarations(&section) {
            // Two that producers give for JSON readers only.
            let silent = section == "FV10" && ["found", "expected"].contains(&declaration.name);
            assert!(
                used.contains(declaration.name) || silent,
                "{section}: {} is declared and not used",
                declaration.name
            );
            let prefix = format!("{}.", declaration.name);
            let messages = entry.fields().iter().any(|(f, _)| f.starts_with(&prefix));
            assert_eq!(
                declaration.kind == ArgumentKind::Key,
                messages,
                "{section}: {}",
                declaration.name
            );
        }
    }
}

#[test]
fn titles_are_short_and_explanations_whole() {
    for lang in Lang::ALL {
        for code in Catalogue::for_lang(lang).codes() {
            let entry = Catalogue::for_lang(lang).own_entry(code).expect("own code");
            let title = entry.title();
            assert!((4..=45).contains(&title.chars().count()), "{code}: {title}");
            assert!(!title.contains(['{', '}']), "{code}: {title}");
            assert!(!title.ends_with('.'), "{code}: {title}");
            let explain = entry.field("explain").expect("same fields");
            let lines = explain.lines().filter(|line| !line.is_empty()).count();
            assert!((2..=12).contains(&lines), "{lang:?} {code}: {lines} lines");
            for line in explain.lines() {
                assert!(line.chars().count() <= 128, "{lang:?} {code}: {line}");
                assert_eq!(line, line.trim_end(), "{lang:?} {code}");
            }
        }
    }
}

#[test]
fn explain_shows_title_and_text_in_the_language() {
    let zero = Code::fault(3);
    let text = english().explain(zero).expect("known");
    assert!(text.starts_with("FX0003: Division by zero\n\nAn integer was divided"));
    let text = Catalogue::for_lang(Lang::Indonesian).explain(zero);
    assert!(
        text.expect("known")
            .starts_with("FX0003: Pembagian dengan nol\n\n")
    );
    assert_eq!(english().explain(Code::fault(0x60)), None);
}

#[test]
fn the_reference_page_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
    let page = diag::reference_page();
    if std::env::var_os("FOX_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &page).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/errors.md is stale; renew it with FOX_BLESS=1 cargo test -p diag"
    );
}
