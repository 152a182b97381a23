//! The page shows the example as it is.

#[test]
fn the_page_shows_the_example() {
    let example = include_str!("../examples/embed.rs");
    let page = include_str!("../../../docs/terminal.md");
    let code = example
        .find("use std")
        .and_then(|at| example.get(at..))
        .unwrap();
    assert!(
        page.contains(&format!("```rust\n{code}```")),
        "docs/terminal.md has another program"
    );
    // The limits that the page names are those of the code.
    for theme in terminal::themes() {
        assert!(page.contains(&format!("`{theme}`")), "{theme}");
    }
}
