//! The `.fzb` container: module tables, their archive and checks, the text form `.fza`, and the verifier.
//!
//! Everything that reads a file goes through here: [`tables`] says what a module holds, `gate` checks every range of an
//! untrusted archive before anything is read through it, `view` reads records by checked offsets, `verify` proves a
//! function before it may run. This crate never maps files, never executes, and has no `unsafe`.
#![forbid(unsafe_code)]

// First, as its macros are in scope for the modules below it.
#[macro_use]
pub mod phrase;

mod archive;
pub mod error;
pub mod gate;
pub mod header;
pub mod host_memory;
pub mod layout;
#[cfg(feature = "mutate")]
pub mod mutate;
mod rules;
pub mod tables;
pub mod text;
pub mod verify;
pub mod view;
pub mod write;

pub use error::{FileError, Layer, Rule};
pub use phrase::{Part, Phrase, Term};
pub use view::{Checks, Module, ModuleBytes, ModuleHash};
