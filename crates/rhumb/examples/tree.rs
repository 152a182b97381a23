//! Prints the tree of a text on standard input, or its errors: `cargo run -p rhumb --example tree < file.rh`.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let parsed = rhumb::parse(&text, rhumb::Options::default());
    print!("{}", rhumb::tree::print(&parsed.tree));
    let mut sources = diag::Sources::new();
    let file = sources.add("stdin", parsed.source.text());
    for error in &parsed.errors {
        let diagnostic = error.diagnostic(file);
        let catalogue = diag::Catalogue::for_lang(diag::Lang::English);
        print!(
            "{}",
            diag::render_text(
                &diagnostic,
                catalogue,
                &sources,
                diag::TextOptions::default()
            )
        );
    }
    println!("{:?}", parsed.completeness);
    Ok(())
}
