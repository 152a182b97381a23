//! Prints the tree of a text on standard input, or its errors: `cargo run -p fusabi --example fusabi_tree < file.fsx`.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let parsed = fusabi::parse(&text, &fusabi::Options::default());
    print!("{}", fusabi::tree::print(&parsed.tree));
    let mut sources = diag::Sources::new();
    let file = sources.add("stdin", parsed.source.text());
    let catalogue = diag::Catalogue::for_lang(diag::Lang::English);
    for error in &parsed.errors {
        let diagnostic = error.diagnostic(file);
        let options = diag::TextOptions::default();
        print!(
            "{}",
            diag::render_text(&diagnostic, catalogue, &sources, options)
        );
    }
    println!("{:?}", parsed.completeness());
    Ok(())
}
