//! Bit operations on integers of any size, two's complement without end: opcodes 43–48.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};

use crate::exact::Exact;
use crate::number::{MAX_BITS, NumError, Number};
use crate::promote::{Promote, integer_of};

/// Both operands as integers of any size, through `operation`.
fn combine(
    promote: Promote,
    a: &Number,
    b: &Number,
    small: impl FnOnce(i64, i64) -> i64,
    large: impl FnOnce(&IBig, &IBig) -> IBig,
) -> Result<Number, NumError> {
    if let (Number::I64(a), Number::I64(b)) = (a, b) {
        return Ok(Number::I64(small(*a, *b)));
    }
    let (a, b) = (integer_of(a)?, integer_of(b)?);
    Ok(promote.exact(Exact::integer(large(&a, &b))?))
}

/// `a & b`.
///
/// # Errors
/// [`NumError::NotInteger`] for floats and decimals with a fraction.
pub fn bit_and(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    combine(promote, a, b, |a, b| a & b, |a, b| a & b)
}

/// `a | b`.
///
/// # Errors
/// As [`bit_and`].
pub fn bit_or(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    combine(promote, a, b, |a, b| a | b, |a, b| a | b)
}

/// `a ^ b`.
///
/// # Errors
/// As [`bit_and`].
pub fn bit_xor(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    combine(promote, a, b, |a, b| a ^ b, |a, b| a ^ b)
}

/// `!a`, that is `-a - 1`.
///
/// # Errors
/// As [`bit_and`]; [`NumError::TooLarge`] at the very bound.
pub fn bit_not(promote: Promote, a: &Number) -> Result<Number, NumError> {
    if let Number::I64(value) = a {
        return Ok(Number::I64(!value));
    }
    let value = integer_of(a)?;
    Ok(promote.exact(Exact::integer(!value.as_ref())?))
}

/// `a · 2^count`.
///
/// Two i64 under `Wrap` shift as .NET does: the count modulo 64, bits lost at the top.
///
/// # Errors
/// [`NumError::Range`] for a negative count; [`NumError::Overflow`] (`Fault`);
/// [`NumError::TooLarge`], before shifting; [`NumError::NotInteger`].
pub fn shl(promote: Promote, a: &Number, count: &Number) -> Result<Number, NumError> {
    if let (Number::I64(a), Number::I64(count)) = (a, count) {
        if promote == Promote::Wrap {
            return Ok(Number::I64(a.wrapping_shl(*count as u32)));
        }
        if (0..64).contains(count) {
            // 64 bits shifted by up to 63 fit i128.
            return promote.wide(i128::from(*a) << count);
        }
    }
    let value = integer_of(a)?;
    let steps = shift_count(count)?;
    if value.is_zero() {
        return Ok(a.clone());
    }
    if promote == Promote::Fault && matches!(a, Number::I64(_)) {
        return Err(NumError::Overflow);
    }
    match steps {
        Some(steps) if value.bit_len().saturating_add(steps) <= MAX_BITS => {
            Ok(promote.exact(Exact::integer(value.as_ref() << steps)?))
        }
        _ => Err(NumError::TooLarge),
    }
}

/// `a / 2^count` rounded towards minus infinity (an arithmetic shift).
///
/// Two i64 under `Wrap` shift as .NET does, the count modulo 64; elsewhere any count is good.
///
/// # Errors
/// [`NumError::Range`] for a negative count, [`NumError::NotInteger`].
pub fn shr(promote: Promote, a: &Number, count: &Number) -> Result<Number, NumError> {
    if let (Number::I64(a), Number::I64(count)) = (a, count) {
        if promote == Promote::Wrap {
            return Ok(Number::I64(a.wrapping_shr(*count as u32)));
        }
        if *count >= 0 {
            return Ok(Number::I64(a >> (*count).min(63)));
        }
    }
    let value = integer_of(a)?;
    let steps = shift_count(count)?.unwrap_or(MAX_BITS).min(MAX_BITS);
    let shifted = Exact::integer(value.as_ref() >> steps)?;
    Ok(match (a, shifted.to_i64()) {
        (Number::I64(_), Ok(small)) => Number::I64(small),
        _ => promote.exact(shifted),
    })
}

/// The count; `None` when it exceeds every size.
fn shift_count(count: &Number) -> Result<Option<usize>, NumError> {
    let count = integer_of(count)?;
    if count.sign() == Sign::Negative {
        return Err(NumError::Range);
    }
    Ok(usize::try_from(count.as_ref()).ok())
}
