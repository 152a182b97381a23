//! Module text `.fza`: [`assemble`] and [`disassemble`] (docs/fza.md is the reference).
//!
//! The text says what a module means; where the records' contents stand in the pools follows from one fixed order
//! ([`layout::canonical`]). A file whose pools are laid out in another way still goes through the text unchanged: its
//! text then ends with `patch` lines that say what differs, so every file survives byte for byte.
//!
//! Assembling never panics, never recurses natively over the source, and reports many errors at once. It proves nothing:
//! what it makes goes through the checks and the verifier like any other file.

mod ast;
mod build;
mod build_types;
mod code;
mod code_names;
mod coefficient;
mod cursor;
mod height;
mod inline;
pub mod layout;
mod literal;
mod literal_text;
mod parse;
mod parse_fn;
mod patch;
mod print;
mod print_code;
mod print_names;
mod type_expr;

use crate::tables::Tables;
use isa::text::LineError;
use std::ops::Range;

/// One error in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextError {
    /// Line, 1-based.
    pub line: u32,
    /// Column, 1-based, in scalars.
    pub column: u32,
    /// What was found or expected.
    pub message: String,
    /// Bytes of the source that it concerns.
    pub span: Range<usize>,
}

impl std::fmt::Display for TextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// After so many errors the rest are not reported: they would mostly be echoes.
const MAX_ERRORS: usize = 50;

/// Whether a file that begins with these bytes is meant as module text: its first word behind comments is `module`.
pub fn begins_text(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty() && !line.starts_with(b";"))
        .and_then(|line| line.split(u8::is_ascii_whitespace).next())
        == Some(b"module")
}

/// The tables of a module text, or everything that is wrong with it, in the order of the source.
pub fn assemble(source: &str) -> Result<Tables, Vec<TextError>> {
    let tokens = isa::text::token::tokens(source, parse::ITEMS);
    let mut errors = Vec::new();
    let module = parse::module(source, &tokens, &mut errors);
    // Names are numbered by their sorted order, so everything is built twice: once to collect them, once to use them.
    let mut tables = Tables::default();
    let mut names = build::Names::Collect(Default::default());
    let whole = errors.is_empty();
    for _ in 0..2 {
        let mut builder = build::Builder::new(source, names);
        builder.module(&module);
        // An item that could not be read is not missed where it is used.
        errors.extend(
            builder
                .errors
                .drain(..)
                .filter(|error| whole || !build::is_unknown_item(&error.message)),
        );
        names = builder.names.sorted();
        tables = builder.tables;
    }
    if errors.is_empty() {
        match layout::canonical(&tables) {
            Some(laid_out) => tables = laid_out,
            None => errors.push(LineError {
                span: 0..0,
                message: "the module is too large".to_owned(),
            }),
        }
        for line in &module.patches {
            if let Err(error) = patch::apply(source, line, &mut tables) {
                errors.push(error);
            }
        }
    }
    if errors.is_empty() {
        Ok(tables)
    } else {
        Err(located(source, errors))
    }
}

fn located(source: &str, mut errors: Vec<LineError>) -> Vec<TextError> {
    errors.sort_by(|a, b| {
        (a.span.start, a.span.end, &a.message).cmp(&(b.span.start, b.span.end, &b.message))
    });
    errors.dedup();
    errors.truncate(MAX_ERRORS);
    let mut line = 1;
    let mut seen = 0;
    errors
        .into_iter()
        .map(|error| {
            let start = error.span.start.min(source.len());
            line += source.as_bytes()[seen..start]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            seen = start;
            let line_start = source.as_bytes()[..start]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let column = source
                .get(line_start..start)
                .map_or(0, |text| text.chars().count())
                + 1;
            TextError {
                line: line as u32,
                column: column as u32,
                message: error.message,
                span: error.span,
            }
        })
        .collect()
}

/// The text of a module. [`assemble`] makes the same tables of it, whatever they hold.
pub fn disassemble(tables: &Tables) -> String {
    let mut text = print::module(tables, &[]);
    let mut again = assemble(&text).ok();
    if let Some(made) = &again {
        let unused = patch::missing_names(tables, made);
        if !unused.is_empty() {
            text = print::module(tables, &unused);
            again = assemble(&text).ok();
        }
    }
    // Tables that no text stands for (a damaged file looked at with a tool) are shown as patches to nothing.
    let made = again.unwrap_or_else(|| {
        text = "module \"\"\n".to_owned();
        assemble(&text).unwrap_or_default()
    });
    patch::difference(&made, tables, &mut text);
    text
}
