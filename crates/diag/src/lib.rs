//! # diag: what went wrong, as data, and the sentences that say it
//!
//! A [`Diagnostic`] is data: a [`Code`], a severity, named arguments, labels on spans of source, notes,
//! helps and a trace. The sentences live in message catalogues (`catalog/en/*.cat`, `catalog/id/*.cat`),
//! and the renderers join the two: [`render_text()`] for people, [`render_line()`] for logs and editors,
//! [`JsonDiagnostic`] for programs. `fox explain CODE` is [`Catalogue::explain`].
//!
//! **What this crate never does.** It prints nothing, reads no file, clock, environment or terminal, and knows no language, no machine
//! and no file format: who catches which fault is a table of crate `isa`; here are only texts. It never
//! panics on odd spans, unknown codes, missing arguments or missing messages: it shows what it has. No
//! control character or text-direction mark of a file or program reaches the output unescaped, so
//! that a hostile file name or message cannot drive the terminal that shows it.
//!
//! **Where to start reading.** [`diagnostic`](Diagnostic) for the data, `catalog/en/faults.cat` for the
//! format of a catalogue by example, `catalogue.rs` for how it is read, `render_text.rs` for what is made of it.
//! To add a diagnostic: write its entry in the English and the Indonesian catalogue, name its code in
//! `codes.rs` if program code speaks of it, run the tests with `FOX_BLESS=1` to renew `docs/errors.md`. What a crate below
//! says with `said!` or `term!` of crate `fzb` is a [`Phrase`]: its English template stands there, its translation in
//! `catalog/id/phrases.txt`; `tests/phrases.rs` reads the sources and names those that are missing or stale.
//!
//! Specification: `docs/specs/machine.md` §7 (printed codes), §5 (verifier rules),
//! `docs/specs/fusabi.md` §4.4 (file rules).
#![forbid(unsafe_code)]

mod argument;
mod cat_format;
mod catalogue;
mod code;
mod codes;
mod diagnostic;
mod escape;
mod lang;
mod phrase;
mod reference_page;
mod render_json;
mod render_line;
mod render_text;
mod sources;
mod template;

pub use argument::{Argument, Arguments};
pub use cat_format::{CatError, CatErrorKind, Section, parse_cat};
pub use catalogue::{ArgumentKind, Catalogue, Declaration, Entry};
pub use code::{Code, CodeError, Family};
pub use codes::{fc, fp, fv};
pub use diagnostic::{Diagnostic, Frame, Label, Message, Severity, Trace};
pub use escape::{escape, is_hazardous};
pub use lang::Lang;
pub use phrase::{Phrase, phrase_gaps};
pub use reference_page::reference_page;
pub use render_json::{JsonDiagnostic, json_line, render_json};
pub use render_line::render_line;
pub use render_text::{TextOptions, render_text, render_trace};
pub use sources::{FileId, Position, Sources, Span};
pub use template::{Format, Piece, Template, TemplateError};
