//! The formatter: it moves lines and blanks, and nothing else.
//!
//! It works on tokens and comments, so nothing that was written is lost, and line breaks stay where they are. Bodies are
//! indented by four columns, what was aligned stays aligned, one blank stands where there were several or where a sign
//! wants one, at most one blank line between lines, none at the end.
//!
//! Columns have a meaning in this language. So the result is read again: it counts only if its tree is that of the text and
//! it does not change when it is laid out again; else the text stays as it is.
//!
//! Layout: `lines.rs` lines and their columns, `spacing.rs` blanks between two tokens.

mod lines;
mod spacing;

use crate::diagnostics::SyntaxError;
use crate::options::Options;
use crate::syntax::parse::{Parsed, parse};
use crate::syntax::tree::print;

/// How often a layout may settle before it is given up.
const MOST_ROUNDS: usize = 4;

/// Formats a text. Formatting the result again changes nothing, and its tree is that of the text. Line ends are those of the
/// first line.
///
/// # Errors
/// The syntax errors of a text that has some.
pub fn format(text: &str, options: &Options) -> Result<String, Vec<SyntaxError>> {
    let parsed = parse(text, options);
    if parsed.has_errors() {
        return Err(parsed.errors);
    }
    let newline = parsed.source.newline();
    let formatted = settle(&parsed, options).unwrap_or_else(|| parsed.source.text().to_owned());
    Ok(match newline {
        crate::NewlineKind::Lf => formatted,
        crate::NewlineKind::CrLf => formatted.replace('\n', newline.text()),
    })
}

/// Lays a text out until that changes nothing; `None` if it never comes to an end or would mean something else.
pub(crate) fn settle(parsed: &Parsed, options: &Options) -> Option<String> {
    let meaning = print(&parsed.tree);
    let mut formatted = lines::lay_out(parsed);
    for _ in 0..MOST_ROUNDS {
        let again = parse(&formatted, options);
        if again.has_errors() || print(&again.tree) != meaning {
            return None;
        }
        let next = lines::lay_out(&again);
        if next == formatted {
            return Some(formatted);
        }
        formatted = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_of_real_programs_settles() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/fusabi");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "fsx") {
                let text = std::fs::read_to_string(&path).unwrap();
                let parsed = parse(&text, &Options::default());
                assert!(
                    settle(&parsed, &Options::default()).is_some(),
                    "{}",
                    path.display()
                );
                count += 1;
            }
        }
        assert!(count >= 15);
    }
}
