//! Exact numbers: 64-bit integers, binary floats, big integers and decimals, and their text.
//!
//! One arithmetic for the machine and its three languages (docs/specs/machine.md §1, "Big integers
//! and decimals are one numeric kind"). What the languages do differently — overflow, division by
//! zero, mixed kinds — is chosen by [`Promote`] and by nothing else.
//!
//! The crate never panics on any operand, never recurses on data, never builds a coefficient
//! beyond [`MAX_BITS`] (sizes are checked *before* the work), never rounds a comparison, and knows
//! nothing of guest values, memory or fuel: [`cost()`] says what an operation will take, the caller
//! charges it.
//!
//! Start at [`Number`] and [`Exact`] (`number.rs`, `exact.rs`), then [`Promote`] (`promote.rs`), then
//! the family at hand: `sum.rs`, `quotient.rs`, `power.rs`, `root.rs`, `rounding.rs`, `bits.rs`,
//! `order.rs`, `hash.rs`, `float.rs`, `integer.rs`, `parse.rs`, `text.rs`, `limbs.rs`.
#![forbid(unsafe_code)]

mod bits;
mod cost;
mod decimal_quotient;
mod division;
mod exact;
mod float;
mod hash;
mod integer;
mod limbs;
mod number;
mod order;
mod parse;
mod power;
mod promote;
mod quotient;
mod root;
mod rounding;
mod scale;
mod sum;
mod text;

pub use bits::{bit_and, bit_not, bit_or, bit_xor, shl, shr};
pub use cost::{Operation, cost, memory, parse_cost, parse_memory, text_cost, text_memory};
pub use dashu_int::{IBig, Sign, UBig};
pub use decimal_quotient::QUOTIENT_DIGITS;
pub use exact::Exact;
pub use float::to_f64;
pub use hash::hash;
pub use integer::{f64_to_i64, to_i64, truncate};
pub use number::{MAX_BITS, MAX_SCALE, NumError, Number};
pub use order::{compare, equal, total_order};
pub use parse::{ParseError, parse_decimal, parse_float, parse_integer};
pub use power::{pow, scale10};
pub use promote::Promote;
pub use quotient::{div, floor_div, rem, rem_floored, rem_truncated};
pub use root::root;
pub use rounding::{Rounding, round};
pub use sum::{abs, add, mul, neg, sub};
pub use text::{TextStyle, exact_text, float_text, integer_text, text};
