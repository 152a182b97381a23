//! What the flags `-trace-…` show, exactly (docs/specs/rhumb.md §10.1): programs in `traces/`, beside each what is expected.
//! `FOX_BLESS=1` writes that anew.

use std::path::Path;
use std::process::Command;

/// The standard error of a program that is run with a flag.
fn shown(flag: &str, program: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let output = Command::new(env!("CARGO_BIN_EXE_rhi"))
        .args([flag, "-silent", program])
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env_remove("RHUMB_LIB")
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

fn compare(flag: &str, program: &str) {
    let shown = shown(flag, program);
    let name = format!(
        "{}.{}.txt",
        program.trim_end_matches(".rh"),
        flag.trim_start_matches('-')
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/traces")
        .join(name);
    if std::env::var_os("FOX_BLESS").is_some() {
        std::fs::write(&path, &shown).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(shown, expected, "{flag} {program}");
}

#[test]
fn spaces() {
    compare("-trace-space", "space.rh");
}

#[test]
fn functions() {
    compare("-trace-stack", "calls.rh");
    compare("-trace-frame", "calls.rh");
}

#[test]
fn programs() {
    compare("-trace-parser", "calls.rh");
}

/// The instructions are module text: it assembles to a module that is shown as the same text.
#[test]
fn instructions() {
    let text = shown("-trace-bytecode", "calls.rh");
    assert!(text.contains("fn double(n: dyn) -> dyn"), "{text}");
    let folder = std::env::temp_dir().join(format!("rhi-trace-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("calls.fza"), &text).unwrap();
    let fox = |words: &[&str]| {
        let fox = Command::new(env!("CARGO_BIN_EXE_fox"))
            .args(words)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(fox.status.success(), "{words:?} {fox:?}");
        String::from_utf8(fox.stdout).unwrap()
    };
    fox(&["asm", "calls.fza"]);
    assert_eq!(fox(&["disasm", "calls.fzb"]).trim_end(), text.trim_end());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn libraries() {
    compare("-trace-loader", "loader.rh");
    compare("-trace-loader", "missing.rh");
}
