//! The README's program is the example `hello`, to the letter.

#[test]
fn the_readme_shows_the_example() {
    let readme = include_str!("../../../README.md");
    let example = include_str!("../examples/hello.rs");
    let code: String = example
        .lines()
        .filter(|line| !line.starts_with("//!") && !line.starts_with("#!["))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(
        readme.contains(code.trim()),
        "README.md does not show crates/foxvm/examples/hello.rs"
    );
}
