//! Checks the text on standard input, prints the types of its values and what is wrong:
//! `cargo run -p fusabi --example fusabi_check < file.fsx`.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let options = fusabi::check::CheckOptions::default();
    let checked = fusabi::check::check("stdin.fsx", &text, &mut fusabi::check::NoLoader, &options);
    for signature in &checked.signatures {
        println!("{signature}");
    }
    let mut sources = diag::Sources::new();
    let catalogue = diag::Catalogue::for_lang(diag::Lang::English);
    let files: Vec<_> = checked
        .files
        .iter()
        .map(|(name, parsed)| sources.add(name.to_string(), parsed.source.text()))
        .collect();
    let show = |diagnostic: &diag::Diagnostic| {
        let options = diag::TextOptions::default();
        print!(
            "{}",
            diag::render_text(diagnostic, catalogue, &sources, options)
        );
    };
    for ((_, parsed), &file) in checked.files.iter().zip(&files) {
        for error in &parsed.errors {
            show(&error.diagnostic(file));
        }
    }
    for problem in &checked.problems {
        if let Some(&file) = files.get(fusabi::typed::Index::index(problem.file)) {
            show(&problem.diagnostic(file));
        }
    }
    Ok(())
}
