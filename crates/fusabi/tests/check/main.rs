//! The checker: types of accepted programs, codes of rejected ones, patterns, files, the host, bounds.

mod accepted;
mod bounds;
mod files;
mod patterns;
mod plugin;
mod rejected;
mod tables;

use fusabi::check::{CheckOptions, Checked, NoLoader, check};

/// Checks a main file with nothing around it.
pub fn run(text: &str) -> Checked {
    check("main.fsx", text, &mut NoLoader, &CheckOptions::default())
}

/// Codes of errors and warnings, syntax errors first, in order.
pub fn codes(checked: &Checked) -> Vec<String> {
    let syntax = checked
        .files
        .iter()
        .flat_map(|(_, parsed)| &parsed.errors)
        .map(|error| error.code().to_string());
    let problems = checked
        .problems
        .iter()
        .map(|problem| problem.code.to_string());
    syntax.chain(problems).collect()
}

/// The diagnostics as a person sees them.
pub fn rendered(checked: &Checked, lang: diag::Lang) -> String {
    let catalogue = diag::Catalogue::for_lang(lang);
    let mut sources = diag::Sources::new();
    let files: Vec<_> = checked
        .files
        .iter()
        .map(|(name, parsed)| sources.add(name.to_string(), parsed.source.text()))
        .collect();
    checked
        .problems
        .iter()
        .map(|problem| {
            let file = files[fusabi::typed::Index::index(problem.file)];
            let diagnostic = problem.diagnostic(file);
            diag::render_text(
                &diagnostic,
                catalogue,
                &sources,
                diag::TextOptions::default(),
            )
        })
        .collect()
}
