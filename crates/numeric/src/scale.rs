//! Powers of ten: making them, multiplying by them, dividing them out.

use std::borrow::Cow;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use crate::division::div_rem;
use crate::exact::Exact;
use crate::number::{MAX_BITS, NumError};

/// log2(10).
pub(crate) const BITS_PER_DIGIT: f64 = std::f64::consts::LOG2_10;

/// 10^digits. The caller has bounded `digits` (at most a small multiple of `MAX_SCALE`).
pub(crate) fn ten_pow(digits: u32) -> UBig {
    match 10u128.checked_pow(digits) {
        Some(power) => UBig::from(power),
        None => UBig::from(5u8).pow(digits as usize) << digits as usize,
    }
}

/// A number of bits that 10^digits certainly has before its last: floor of digits · log2(10), or
/// less.
pub(crate) fn ten_bits(digits: u32) -> usize {
    // 3.32192 < log2(10); in integers, so the same on every platform.
    usize::try_from(u64::from(digits) * 332_192 / 100_000).unwrap_or(usize::MAX)
}

/// `coefficient · 10^digits`, refused before the work if it must exceed the bound.
///
/// The result may exceed [`MAX_BITS`] by a few bits; `Exact`'s constructors have the last word.
pub(crate) fn raise(coefficient: &IBig, digits: u32) -> Result<IBig, NumError> {
    if digits == 0 || coefficient.is_zero() {
        return Ok(coefficient.clone());
    }
    if coefficient.bit_len().saturating_add(ten_bits(digits)) > MAX_BITS + 1 {
        return Err(NumError::TooLarge);
    }
    Ok(coefficient * ten_pow(digits))
}

/// The coefficients at the greater of the two scales, and that scale.
pub(crate) fn aligned<'a>(
    a: &'a Exact,
    b: &'a Exact,
) -> Result<(Cow<'a, IBig>, Cow<'a, IBig>, u32), NumError> {
    let (left, right) = (a.coefficient(), b.coefficient());
    if a.scale() < b.scale() {
        let raised = raise(left, b.scale() - a.scale())?;
        Ok((Cow::Owned(raised), Cow::Borrowed(right), b.scale()))
    } else if b.scale() < a.scale() {
        let raised = raise(right, a.scale() - b.scale())?;
        Ok((Cow::Borrowed(left), Cow::Owned(raised), a.scale()))
    } else {
        Ok((Cow::Borrowed(left), Cow::Borrowed(right), a.scale()))
    }
}

/// Divides out up to `limit` factors of ten; gives the rest and how many were removed.
pub(crate) fn strip_zeros(magnitude: UBig, limit: u32) -> (UBig, u32) {
    // Every factor of ten is also a factor of two, and counting those is one scan.
    let twos = magnitude.trailing_zeros().unwrap_or(0);
    let limit = limit.min(u32::try_from(twos).unwrap_or(u32::MAX));
    if limit == 0 {
        return (magnitude, 0);
    }
    if let Ok(mut small) = u128::try_from(&magnitude) {
        let mut removed = 0;
        while removed < limit && small % 10 == 0 {
            small /= 10;
            removed += 1;
        }
        return (UBig::from(small), removed);
    }
    strip_power(magnitude, limit, ten_pow)
}

/// Divides out up to `limit` factors of `power(1)`, where `power(n)` is its n-th power: steps grow by
/// doubling, then shrink by halving, so a number of n factors costs about 2·log2(n) divisions.
pub(crate) fn strip_power(
    mut magnitude: UBig,
    limit: u32,
    power: impl Fn(u32) -> UBig,
) -> (UBig, u32) {
    let mut removed = 0u32;
    let mut step = 1u32;
    while removed + step <= limit {
        let (quotient, rest) = div_rem(&magnitude, &power(step));
        if !rest.is_zero() {
            break;
        }
        magnitude = quotient;
        removed += step;
        step = step.saturating_mul(2);
    }
    // Here fewer than `step` factors are left within the limit.
    while step > 1 {
        step /= 2;
        if removed + step > limit {
            continue;
        }
        let (quotient, rest) = div_rem(&magnitude, &power(step));
        if rest.is_zero() {
            magnitude = quotient;
            removed += step;
        }
    }
    (magnitude, removed)
}
