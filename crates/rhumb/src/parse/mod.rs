//! From tokens to the tree (docs/specs/rhumb.md §2).
//!
//! Recursive descent with a limit of depth ([`crate::MAX_DEPTH`]); what grows without brackets is read by loops. `[ … ]`,
//! arguments and expressions are read as what they are at expression level; what follows (`->`, `^=`, `..`) tells
//! whether they were parameters, targets, names or patterns, and `convert.rs` and `pattern.rs` make those of them. The
//! parser never goes back in the text, so its time is linear.
//!
//! Layout: `cursor.rs` tokens, errors and recovery, `expression.rs` operators, `chain.rs` steps and emissions,
//! `primary.rs` what chains begin with, `group.rs` the insides of brackets, `name.rs` names of fields, `convert.rs`
//! targets, parameters and destructurings, `pattern.rs` patterns.

mod chain;
mod convert;
mod cursor;
mod expression;
mod group;
mod name;
mod pattern;
mod primary;

pub use cursor::MOST_ERRORS;

use crate::diagnostics::{SyntaxError, SyntaxErrorKind};
use crate::lex::{Comment, Token, lex};
use crate::lint;
use crate::locale::Locale;
use crate::source::Source;
use crate::tree::{Span, Tree};

/// How to read a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The locale of the truth words. None: that of a `%! … -lang xx` on line 1, else English.
    pub locale: Option<Locale>,
}

/// Whether a text is whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// It is right, or no further text can mend it.
    Complete,
    /// It is wrong only because it ends too early: a prompt should ask for more.
    Incomplete,
}

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The text that all spans refer to.
    pub source: Source,
    /// What was understood; holds error nodes if [`Parsed::has_errors`].
    pub tree: Tree,
    /// Errors and warnings, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// Whether more text is needed.
    pub completeness: Completeness,
    /// The locale that was used.
    pub locale: Locale,
    /// All tokens.
    pub tokens: Vec<Token>,
    /// All comments.
    pub comments: Vec<Comment>,
}

impl Parsed {
    /// Whether there are errors, warnings aside. If not, the tree holds no error nodes.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.iter().any(|error| !error.is_warning())
    }
}

/// Reads a text. Never fails: what is wrong is in [`Parsed::errors`], the rest in the tree.
#[must_use]
pub fn parse(text: &str, options: Options) -> Parsed {
    let locale = options
        .locale
        .or_else(|| shebang_locale(text))
        .unwrap_or_default();
    let Ok(source) = Source::new(text) else {
        return too_long(locale);
    };
    let lexed = lex(source.text());
    let (tree, mut errors, tokens, comments) = cursor::Parser::run(source.text(), lexed, locale);
    let mut wrong = errors.iter().filter(|error| !error.is_warning()).peekable();
    let right = wrong.peek().is_none();
    let incomplete = !right && wrong.all(SyntaxError::is_incomplete);
    if right {
        let advice = lint::advice(&tree);
        if !advice.is_empty() {
            errors.extend(advice);
            errors.sort_by_key(|error| error.span.start);
        }
    }
    Parsed {
        tree,
        errors,
        completeness: if incomplete {
            Completeness::Incomplete
        } else {
            Completeness::Complete
        },
        locale,
        tokens,
        comments,
        source,
    }
}

fn too_long(locale: Locale) -> Parsed {
    let error = SyntaxError::new(SyntaxErrorKind::TooLong, Span::default());
    let mut parsed = parse(
        "",
        Options {
            locale: Some(locale),
        },
    );
    parsed.errors.push(error);
    parsed
}

/// The locale that the first line asks for: `%!/usr/bin/rhi -lang fr_FR`.
fn shebang_locale(text: &str) -> Option<Locale> {
    let line = text.trim_start_matches('\u{FEFF}').strip_prefix("%!")?;
    let line = line.split(['\n', '\r']).next()?;
    let mut words = line.split_whitespace();
    words.find(|word| matches!(*word, "-lang" | "--lang"))?;
    Locale::find(words.next()?)
}
