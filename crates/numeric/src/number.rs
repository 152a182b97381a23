//! The number a machine value stands for, and what can go wrong with one.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;

use crate::exact::Exact;
use crate::order;

/// Greatest length of a coefficient, in bits (docs/specs/machine.md §1: "Coefficient ≤ 2²⁰ bits").
pub const MAX_BITS: usize = 1 << 20;

/// Greatest scale: the largest `s` with 10^s of at most [`MAX_BITS`] bits.
///
/// The specification bounds the coefficient only. An unbounded scale would let a number of one limb
/// print as four thousand million digits, so it gets the bound that makes 10^-s as large as the
/// largest coefficient.
pub const MAX_SCALE: u32 = 315_652;

/// A number of any kind: value kinds `i64`, `f64` and `dec`/`big` of docs/specs/machine.md §1.
///
/// `==` and `<` are numeric and exact across kinds: `I64(1) == F64(1.0) == Exact(1)`, NaN is
/// unequal to itself. To ask for the kind, match.
#[derive(Clone, Debug)]
pub enum Number {
    /// A 64-bit integer.
    I64(i64),
    /// An IEEE binary64.
    F64(f64),
    /// A big integer (scale 0) or a decimal.
    Exact(Exact),
}

/// Why an operation has no result. The caller gives it the form of its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumError {
    /// Division by zero (machine fault `zero`).
    Zero,
    /// An integer result outside i64 under a policy that neither wraps nor widens (`ovf`).
    Overflow,
    /// An operand or result outside the operation's domain: a negative shift count, NaN or infinity
    /// made exact, a non-finite result in Rhumb (`range`).
    Range,
    /// A result beyond [`MAX_BITS`] or [`MAX_SCALE`] (`mem`).
    TooLarge,
    /// An integer was needed.
    NotInteger,
}

impl fmt::Display for NumError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            NumError::Zero => "division by zero",
            NumError::Overflow => "integer overflow",
            NumError::Range => "number out of range",
            NumError::TooLarge => "number too large",
            NumError::NotInteger => "not an integer",
        })
    }
}

impl Error for NumError {}

impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number::I64(value)
    }
}

/// Above i63 the integer is exact, as `u64` values are for languages without them.
impl From<u64> for Number {
    fn from(value: u64) -> Number {
        match i64::try_from(value) {
            Ok(small) => Number::I64(small),
            Err(_) => Number::Exact(Exact::from(value)),
        }
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Number {
        Number::F64(value)
    }
}

impl From<Exact> for Number {
    fn from(value: Exact) -> Number {
        Number::Exact(value)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        order::equal(self, other)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        order::compare(self, other)
    }
}
