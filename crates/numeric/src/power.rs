//! Powers and decimal shifts: `pow scale10` (opcodes 3B, 3D).

use dashu_int::{IBig, Sign};

use crate::exact::Exact;
use crate::float::to_f64;
use crate::number::{MAX_BITS, MAX_SCALE, NumError, Number};
use crate::promote::{Promote, exact_of, integer_of};

impl Exact {
    /// `self^exponent`, exact; anything to the power 0 is 1.
    ///
    /// # Errors
    /// [`NumError::TooLarge`], known from the lengths before multiplying.
    pub fn pow(&self, exponent: u64) -> Result<Exact, NumError> {
        if exponent == 0 {
            return Ok(Exact::from(1i64));
        }
        if self.is_zero() {
            return Ok(Exact::ZERO);
        }
        if self.is_integer() && self.bits() == 1 {
            let odd = exponent % 2 == 1;
            return Ok(Exact::from(if self.is_negative() && odd {
                -1i64
            } else {
                1
            }));
        }
        // At least (bits − 1) · exponent bits; with a scale, at least `exponent` digits of scale,
        // none of which can cancel: no power of a coefficient that does not end in 0 ends in 0.
        let bits = (self.bits() as u64 - 1).saturating_mul(exponent);
        let scale = u64::from(self.scale()).saturating_mul(exponent);
        if bits > MAX_BITS as u64 || scale > u64::from(MAX_SCALE) {
            return Err(NumError::TooLarge);
        }
        let (Ok(times), Ok(scale)) = (usize::try_from(exponent), u32::try_from(scale)) else {
            return Err(NumError::TooLarge);
        };
        Exact::new(self.coefficient().pow(times), scale)
    }
}

/// `base^exponent`.
///
/// Exact for an i64 or exact base and a non-negative integer exponent (i64 or exact): i64 operands give
/// an i64, beyond it what the policy says. Everything else is `f64::powf`.
///
/// # Errors
/// [`NumError::Zero`] for zero to a negative power under `Decimal` and `Big`;
/// [`NumError::Overflow`] (`Fault`); [`NumError::Range`] (`Decimal`); [`NumError::TooLarge`].
pub fn pow(promote: Promote, base: &Number, exponent: &Number) -> Result<Number, NumError> {
    if let (Number::I64(_) | Number::Exact(_), Ok(times)) = (base, integer_of(exponent))
        && times.sign() == Sign::Positive
    {
        // A power with more than 2^64 factors has a bearable result only for 0, 1 and −1, where just
        // parity counts.
        let times = u64::try_from(times.as_ref())
            .unwrap_or(u64::MAX - u64::from(times.trailing_zeros() != Some(0)));
        return match (base, exponent) {
            (Number::I64(base), Number::I64(_)) => int_pow(promote, *base, times),
            _ => Ok(promote.exact(exact_of(base)?.pow(times)?)),
        };
    }
    let (base, exponent) = (to_f64(base), to_f64(exponent));
    if base == 0.0 && exponent < 0.0 && promote.divides_truly() {
        return Err(NumError::Zero);
    }
    promote.float(base.powf(exponent))
}

fn int_pow(promote: Promote, base: i64, exponent: u64) -> Result<Number, NumError> {
    if promote == Promote::Wrap {
        return Ok(Number::I64(wrapping_pow(base, exponent)));
    }
    let exact = match u32::try_from(exponent) {
        Ok(times) => base.checked_pow(times),
        Err(_) => match base {
            0 | 1 => Some(base),
            -1 => Some(if exponent.is_multiple_of(2) { 1 } else { -1 }),
            _ => None,
        },
    };
    match exact {
        Some(value) => Ok(Number::I64(value)),
        None if promote == Promote::Fault => Err(NumError::Overflow),
        None => Ok(Number::Exact(Exact::from(base).pow(exponent)?)),
    }
}

/// The power modulo 2^64, by squaring: at most 64 turns.
fn wrapping_pow(mut base: i64, mut exponent: u64) -> i64 {
    let mut result = 1i64;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent /= 2;
    }
    result
}

/// Shifts past which every finite float but zero is infinite or rounds to zero.
const FLOAT_SHIFT: i64 = 800;
/// Greatest shift of an i64 that stays within i128.
const WIDE_SHIFT: i64 = 18;

/// `a · 10^shift` (`rhumb.md` §3.16, `*^`).
///
/// An i64 with a shift ≥ 0 gives an i64 (beyond it, what the policy says), with a negative one the
/// nearest float; a float the nearest float, rounded once; an exact number an exact one. A shift that is
/// not an integer goes through `f64::powf`.
///
/// # Errors
/// [`NumError::Overflow`] (`Fault`), [`NumError::Range`] (`Decimal`), [`NumError::TooLarge`].
pub fn scale10(promote: Promote, a: &Number, shift: &Number) -> Result<Number, NumError> {
    let Ok(integer) = integer_of(shift) else {
        return promote.float(to_f64(a) * 10f64.powf(to_f64(shift)));
    };
    let shift = i64::try_from(integer.as_ref()).unwrap_or(match integer.sign() {
        Sign::Positive => i64::MAX,
        Sign::Negative => i64::MIN,
    });
    match a {
        Number::I64(0) => Ok(Number::I64(0)),
        Number::I64(a) if shift < 0 => promote.float(float_shift(&Exact::from(*a), shift)?),
        Number::I64(a) if shift <= WIDE_SHIFT => {
            // The range of the shift was tested, so the power fits.
            promote.wide(i128::from(*a) * 10i128.pow(shift.unsigned_abs() as u32))
        }
        Number::I64(a) if promote == Promote::Wrap => Ok(Number::I64(
            a.wrapping_mul(wrapping_pow(10, shift.unsigned_abs())),
        )),
        Number::I64(_) if promote == Promote::Fault => Err(NumError::Overflow),
        Number::I64(a) => {
            Ok(promote.exact(Exact::with_scale(IBig::from(*a), shift.saturating_neg())?))
        }
        Number::F64(a) if *a == 0.0 || !a.is_finite() => promote.float(*a),
        Number::F64(a) => promote.float(float_shift(&Exact::from_f64(*a)?, shift)?),
        Number::Exact(a) => Ok(promote.exact(Exact::with_scale(
            a.coefficient().clone(),
            i64::from(a.scale()).saturating_sub(shift),
        )?)),
    }
}

fn float_shift(a: &Exact, shift: i64) -> Result<f64, NumError> {
    let shift = shift.clamp(-FLOAT_SHIFT, FLOAT_SHIFT);
    let shifted = Exact::with_scale(a.coefficient().clone(), i64::from(a.scale()) - shift)?;
    Ok(shifted.to_f64())
}
