//! `plugins.toml` and folders.

use std::path::Path;
use std::time::Duration;

use diag::Lang;
use plugins::{Config, default_folders, discover};

use crate::harness::{Folder, IDLE};

fn parse(text: &str) -> Result<Config, plugins::Failure> {
    Config::parse(text, "plugins.toml", Path::new("/plugins"))
}

#[test]
fn a_file_says_everything_of_its_plugins() {
    let config = parse(
        "[[plugin]]\nname = \"errors\"\npath = \"errors.fzb\"\ngrants = [\"output-filtering\", \"ui-overlay\"]\n\
         [plugin.limits]\nmemory-mib = 16\nfuel = 1000\ndeadline-ms = 7\ndata-kib = 1\nfailures = 0\n\
         [plugin.config]\npattern = \"ERROR\"\nwidth = 80\n\
         [[plugin]]\nname = \"off\"\npath = \"/other/off.fzb\"\nenabled = false\nask-again = true\n",
    )
    .unwrap();
    let [errors, off] = config.plugins.as_slice() else {
        panic!("{config:?}");
    };
    assert_eq!(errors.path, Path::new("/plugins/errors.fzb"));
    assert_eq!(errors.grants.len(), 2);
    assert_eq!(errors.bounds.memory, 16 << 20);
    assert_eq!(errors.bounds.fuel, 1_000);
    assert_eq!(errors.bounds.deadline, Some(Duration::from_millis(7)));
    assert_eq!((errors.bounds.data, errors.bounds.failures), (1_024, 1));
    let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        errors.settings,
        [setting("pattern", "ERROR"), setting("width", "80")]
    );
    assert!(!off.enabled && off.grants.is_empty());
    assert!(off.ask_again && !errors.ask_again);
    assert_eq!(off.path, Path::new("/other/off.fzb"));
}

#[test]
fn mistakes_are_told_with_file_and_line_in_both_languages() {
    let cases = [
        ("[[plugin]]\nname = \"x\"\n", "FP01", 1),
        (
            "[[plugin]]\nname = \"x\"\npath = \"x\"\nowner = 1\n",
            "FP01",
            4,
        ),
        ("[[plugin]]\nname = 3\npath = \"x\"\n", "FP01", 2),
        ("[[plugin\n", "FP01", 1),
        (
            "[[plugin]]\nname = \"x\"\npath = \"x\"\n[[plugin]]\nname = \"x\"\npath = \"y\"\n",
            "FP02",
            4,
        ),
        (
            "[[plugin]]\nname = \"x\"\npath = \"x\"\ngrants = [\"ui-overlay\", \"fly\"]\n",
            "FC18",
            4,
        ),
    ];
    for (text, code, line) in cases {
        let failure = parse(text).expect_err(text);
        assert_eq!(failure.diagnostic.code.to_string(), code, "{text}");
        let label = failure.diagnostic.main_label().expect("a place");
        let place = failure
            .sources
            .position(label.span.file, label.span.start as usize)
            .expect("a place");
        assert_eq!(place.line, line, "{text}");
        assert_eq!(failure.sources.name(label.span.file), Some("plugins.toml"));
        let (english, other) = (
            failure.message(Lang::English),
            failure.message(Lang::Indonesian),
        );
        assert!(!english.is_empty() && !other.is_empty());
        if code == "FP01" {
            assert!(
                english.contains(&format!("plugins.toml:{line}")),
                "{english}"
            );
        } else {
            assert_ne!(english, other);
        }
    }
    let missing = Config::read(Path::new("/nowhere/plugins.toml")).unwrap_err();
    assert_eq!(missing.diagnostic.code.to_string(), "FC01");
}

#[test]
fn folders_are_searched_in_order_and_give_no_grant() {
    let (first, second) = (Folder::new(), Folder::new());
    first.write("b", IDLE);
    first.write("a", IDLE);
    second.write("a", IDLE);
    second.write("c", IDLE);
    std::fs::write(second.path().join("readme.md"), "no plugin").unwrap();
    let folders = [first.path().to_owned(), second.path().to_owned()];
    let found = discover(&folders, &["fza", "fzb"]);
    let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(found[0].path.starts_with(first.path()));
    assert!(found.iter().all(|entry| entry.grants.is_empty()));
    let folders = default_folders(|name| match name {
        "SCARAB_PLUGIN_PATH" => Some("/one:/two".into()),
        "HOME" => Some("/home/me".into()),
        _ => None,
    });
    let shown: Vec<String> = folders
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    assert_eq!(
        shown,
        [
            "/one",
            "/two",
            "/home/me/.config/scarab/plugins",
            "/usr/local/share/scarab/plugins",
            "/usr/share/scarab/plugins"
        ]
    );
}
