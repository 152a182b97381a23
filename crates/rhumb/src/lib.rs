//! # rhumb: the language Rhumb
#![forbid(unsafe_code)]
pub mod compile;
mod locale;
pub mod tree;
pub use locale::{LOCALES, Locale};
/// x
pub const MAX_DEPTH: usize = 256;
