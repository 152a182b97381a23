//! Finds what library literals of Rhumb name, compiles it and loads it into an Engine (docs/specs/rhumb.md §7.5).
//!
//! [`Loader`] answers the compiler's questions ([`rhumb::compile::Libraries`]):
//!
//! | literal | where it is looked for |
//! |---|---|
//! | `{!\|name\|version}` | `$RHUMB_LIB/<name>/<version>/`, then the bundle of this crate ([`BUNDLE`]) |
//! | `{-\|path\|version}` | an alias of the project's catalog, else a path below the project's root or its source folder |
//! | `{=\|path\|-}` | a file below the project's root: `.json` becomes a map, UTF-8 a text, all else a slip |
//! | `{_\|name\|-}` | a group of the table of host functions (crate `stdlib`), `nat_core`, `nat_math` |
//!
//! A library is compiled and loaded before what names it, under a name that says what it is, once per Engine. Circles of
//! declarations are allowed; that a library needs itself while it starts is found by the machine when it happens.
//!
//! What it never does: it reads no file outside of the project's root, `RHUMB_LIB` and the paths it was given, whatever a
//! literal says and wherever links lead, for programs are not trusted.
//!
//! Start at `loader.rs`; `shelf.rs` reads folders, `catalog.rs` the project's catalog, `version.rs` chooses versions.
#![forbid(unsafe_code)]

mod bundle;
mod catalog;
mod failure;
mod loader;
mod natives;
mod project;
mod refusal;
mod shelf;
mod version;

pub use bundle::{BUNDLE, Bundled, PRELUDE, bundled};
pub use catalog::{Catalog, Dependency};
pub use failure::{Failure, SourceFailure};
pub use loader::{Document, Earlier, Loader, Settings, prelude};
pub use project::Project;
pub use refusal::Refusal;
pub use shelf::{Book, Shelf};
pub use version::{Available, Wanted};
