//! The formatter: one layout for every text that means the same and has its lines broken at the same places.
//!
//! It works on tokens and comments, not on the tree, so nothing that was written is lost. Line breaks between statements and
//! inside of expressions stay where they are; `;` stays only in brackets on one line; everything else is
//! decided here: two spaces of indent for each bracket whose items stand on lines of their own, one space around
//! operators, none inside of chains, at most one blank line.
//!
//! Layout: `atom.rs` what is laid out, `spacing.rs` blanks between two of them, `layout.rs` lines.

mod atom;
mod layout;
mod spacing;

use crate::diagnostics::SyntaxError;
use crate::parse::{Options, parse};

/// Formats a text. Formatting the result again changes nothing, and its tree is that of the text. Line ends are those of the
/// first line; the result is in NFC and ends with a line end unless it is empty.
///
/// # Errors
/// The syntax errors of a text that has some.
pub fn format(text: &str, options: Options) -> Result<String, Vec<SyntaxError>> {
    let parsed = parse(text, options);
    if parsed.has_errors() {
        return Err(parsed.errors);
    }
    let atoms = atom::atoms(parsed.source.text(), &parsed.tokens, &parsed.comments);
    let formatted = layout::layout(&atoms);
    Ok(match parsed.source.newline() {
        crate::NewlineKind::Lf => formatted,
        other => formatted.replace('\n', other.text()),
    })
}
