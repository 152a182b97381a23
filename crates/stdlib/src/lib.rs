//! Host functions that the base libraries of Rhumb, Fusabi and Morph stand on (docs/design.md §2, docs/specs/rhumb.md §3.20,
//! fusabi.md §3, morph.md §5.4).
//!
//! [`table`] is the one list of them, in groups: registration ([`Library::register`]), the page `docs/natives.md`
//! ([`page()`]), `fox natives` and the test of completeness are derived from it. Each function checks its arguments itself, so
//! that a language without types reaches it with dynamic values; what goes wrong is an error that programs catch:
//!
//! | what | fault | code in Rhumb |
//! |---|---|---|
//! | wrong number or kind of arguments | arity, type | 400 |
//! | an argument out of range, a text that cannot be read | range, conv | 400 |
//! | a capability that was not granted, whole or for this part | cap | 401 |
//! | nothing of that name | host | 404 |
//! | the system refused | host | 500 |
//!
//! The message begins with the function's name. What the crate never does: panic, recurse over a program's data, gather more
//! than one value of the World may have ([`foxvm::Context::largest`]), or reach a power that no capability granted. Work is
//! charged in proportion to the bytes handled; interrupt and deadline are looked at while it goes on.
//!
//! Start at `group.rs`, then the groups in the order of [`table`].
#![forbid(unsafe_code)]

mod base64;
mod char;
mod console;
mod csv;
mod env;
mod exception;
mod failure;
mod fiber;
mod files;
mod folder;
mod gather;
mod generator;
mod group;
mod hash;
mod hex;
mod json;
mod json_value;
mod json_write;
mod math;
mod page;
mod parse;
mod pattern;
mod process;
mod random;
mod regex;
mod settings;
mod slip;
mod text;
mod text_list;
mod text_parts;
mod time;
mod url;
mod zone;

pub use group::{Group, Library, table};
pub use page::{page, signature};
pub use process::ExitCode;
pub use settings::Settings;
pub use slip::Slips;
