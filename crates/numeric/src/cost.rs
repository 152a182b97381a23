//! What an operation will take, in products of two 64-bit limbs, known before the work.
//!
//! The figures bound schoolbook work; the library's faster multiplication stays below them for long
//! operands. They depend on lengths and scales only, so counting fuel is the same everywhere.

use dashu_int::ops::BitTest;

use crate::exact::Exact;
use crate::float::parts;
use crate::number::{MAX_BITS, Number};
use crate::order::far_apart;

/// A family of operations with one cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `add`, `sub`, `neg`, `abs`, bit operations, right shifts.
    Sum,
    /// `mul`.
    Product,
    /// `div`, `rem`, `floor_div`.
    Quotient,
    /// `pow`: base, exponent.
    Power,
    /// `root`: degree, radicand.
    Root,
    /// `scale10` and `shl`: number, count.
    Shift,
    /// `compare`, `equal`, `total_order`.
    Compare,
}

/// Limbs of the largest coefficient.
const MAX_LIMBS: u64 = MAX_BITS as u64 / 64;
/// Decimal digits in a limb, rounded down.
const DIGITS_PER_LIMB: u64 = 19;

/// Limb products for `operation` on `a` and `b`, at least 1. Unary operations take the operand twice.
pub fn cost(operation: Operation, a: &Number, b: &Number) -> u64 {
    // A float that meets an exact number may be made exact first (Rhumb).
    let exact = matches!(a, Number::Exact(_)) || matches!(b, Number::Exact(_));
    let (la, lb) = (limbs(a, exact), limbs(b, exact));
    let gap = u64::from(scale(a, exact).abs_diff(scale(b, exact))).div_ceil(DIGITS_PER_LIMB);
    let cost = match operation {
        Operation::Sum => la + lb + gap * (la.max(lb) + gap),
        Operation::Compare => match (a, b) {
            (Number::Exact(a), Number::Exact(b)) if decided(a, b) => 1,
            _ => la.min(lb) + gap * (la.min(lb) + gap),
        },
        Operation::Product => la * lb,
        // The expansion's digits, once to look for an end and once to round.
        Operation::Quotient => 2 * (la + lb + gap) * (lb + gap),
        Operation::Power => {
            let length = la.saturating_mul(magnitude(b)).min(MAX_LIMBS);
            if matches!(a, Number::F64(_)) {
                1
            } else {
                length * length
            }
        }
        // A few turns of one power and one division each.
        Operation::Root => 4 * lb * lb,
        Operation::Shift => {
            let added = (magnitude(b) / DIGITS_PER_LIMB + 1).min(MAX_LIMBS);
            added * (la + added)
        }
    };
    cost.max(1)
}

/// Bytes of host memory that `operation` on `a` and `b` holds at a time, its result included: a bound, with room for what
/// the library's long multiplications and divisions keep beside their operands. At least 4 KiB, at most some MiB.
pub fn memory(operation: Operation, a: &Number, b: &Number) -> usize {
    let exact = matches!(a, Number::Exact(_)) || matches!(b, Number::Exact(_));
    let (la, lb) = (limbs(a, exact), limbs(b, exact));
    let gap = u64::from(scale(a, exact).abs_diff(scale(b, exact))).div_ceil(DIGITS_PER_LIMB);
    let both = la + lb + gap;
    held(match operation {
        Operation::Sum | Operation::Product | Operation::Compare | Operation::Root => both,
        Operation::Quotient => both + gap + QUOTIENT_LIMBS,
        Operation::Power => both + la.saturating_mul(magnitude(b)).min(MAX_LIMBS),
        Operation::Shift => both + (magnitude(b) / DIGITS_PER_LIMB + 1).min(MAX_LIMBS),
    })
}

/// Bytes of host memory that making the number's text holds at a time, the text included.
pub fn text_memory(number: &Number) -> usize {
    let zeros = match number {
        Number::Exact(value) => value.scale() as usize,
        // Plain digits of a float: at most 324 places.
        Number::I64(_) | Number::F64(_) => 0,
    };
    held(limbs(number, true)) + 4 * zeros
}

/// Bytes of host memory that parsing a number of that many bytes holds at a time.
pub fn parse_memory(bytes: usize) -> usize {
    held((bytes as u64 / DIGITS_PER_LIMB + 1).min(MAX_LIMBS)) + 2 * bytes.min(1 << 20)
}

/// Limbs of the digits that a decimal quotient is carried to.
const QUOTIENT_LIMBS: u64 = crate::QUOTIENT_DIGITS as u64 / DIGITS_PER_LIMB + 1;
/// Operands' lengths that an operation holds at a time: copies, powers of ten, the library's scratch space.
const COPIES: u64 = 24;

/// Bytes for so many limbs of operands.
fn held(limbs: u64) -> usize {
    4096 + (limbs.min(4 * MAX_LIMBS) * 8 * COPIES) as usize
}

/// Limb products for making the number's text.
pub fn text_cost(number: &Number) -> u64 {
    match number {
        Number::Exact(value) => {
            let limbs = limbs(number, true);
            limbs * limbs + u64::from(value.scale()) / DIGITS_PER_LIMB + 1
        }
        Number::I64(_) | Number::F64(_) => 1,
    }
}

/// Limb products for parsing a number of that many bytes (texts of more digits than the bounds allow are
/// refused after one scan).
pub fn parse_cost(bytes: usize) -> u64 {
    let scan = bytes as u64 / 64;
    let limbs = bytes as u64 / DIGITS_PER_LIMB + 1;
    scan + limbs.min(MAX_LIMBS).pow(2)
}

/// Limbs of the coefficient; with `exact`, of the float made exact.
fn limbs(number: &Number, exact: bool) -> u64 {
    match number {
        Number::Exact(value) => value.coefficient().bit_len().div_ceil(64).max(1) as u64,
        // 53 bits and 5^scale below the point, up to 1,024 bits above it.
        Number::F64(value) if exact && value.abs() >= 1e18 => 16,
        Number::F64(_) => 1 + u64::from(scale(number, exact)).div_ceil(DIGITS_PER_LIMB),
        Number::I64(_) => 1,
    }
}

/// The scale; with `exact`, of the float made exact (a bound: trailing zero bits only lower it).
fn scale(number: &Number, exact: bool) -> u32 {
    match number {
        Number::Exact(value) => value.scale(),
        Number::F64(value) if exact && value.is_finite() => {
            let (_, exponent) = parts(*value);
            exponent.min(0).unsigned_abs()
        }
        Number::F64(_) | Number::I64(_) => 0,
    }
}

fn decided(a: &Exact, b: &Exact) -> bool {
    a.is_zero()
        || b.is_zero()
        || a.is_negative() != b.is_negative()
        || (a.scale() != b.scale() && far_apart(a, b).is_some())
}

/// The exponent or count, as far as it matters.
fn magnitude(number: &Number) -> u64 {
    match number {
        Number::I64(value) => value.unsigned_abs(),
        Number::F64(_) => 1,
        Number::Exact(value) => match value.to_i64() {
            Ok(small) => small.unsigned_abs(),
            Err(_) => u64::MAX,
        },
    }
}
