//! Between exact numbers and binary floats: exact one way, correctly rounded the other.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};

use crate::division::div_rem;
use crate::exact::Exact;
use crate::number::{NumError, Number};
use crate::scale::ten_pow;

/// Stored bits of a float's significand, and the exponent of the last of them in the smallest floats.
const FRACTION_BITS: u32 = 52;
const LEAST_EXPONENT: i32 = -1074;

/// The float nearest to `number`, ties to even; infinite when the magnitude exceeds all floats.
pub fn to_f64(number: &Number) -> f64 {
    match number {
        Number::I64(value) => *value as f64,
        Number::F64(value) => *value,
        Number::Exact(value) => value.to_f64(),
    }
}

impl Exact {
    /// Exactly the value of the float.
    ///
    /// # Errors
    /// [`NumError::Range`] for NaN and infinities.
    pub fn from_f64(value: f64) -> Result<Exact, NumError> {
        if !value.is_finite() {
            return Err(NumError::Range);
        }
        let (significand, exponent) = parts(value);
        let zeros = significand.trailing_zeros();
        if significand == 0 {
            return Ok(Exact::ZERO);
        }
        // Odd, so a scale below needs no normalising: odd · 5^n does not end in 0.
        let (odd, exponent) = (significand >> zeros, exponent + zeros.cast_signed());
        let steps = exponent.unsigned_abs();
        let (magnitude, scale) = if exponent >= 0 {
            (UBig::from(odd) << steps as usize, 0)
        } else {
            (UBig::from(odd) * UBig::from(5u8).pow(steps as usize), steps)
        };
        let sign = if value < 0.0 {
            Sign::Negative
        } else {
            Sign::Positive
        };
        Exact::new(IBig::from_parts(sign, magnitude), scale)
    }

    /// The nearest float, ties to even; infinite when the magnitude exceeds all floats.
    pub fn to_f64(&self) -> f64 {
        let coefficient = self.coefficient();
        let digits = self.scale();
        if digits == 0 {
            return coefficient.to_f64().value();
        }
        let (sign, magnitude) = (coefficient.sign(), coefficient.clone().into_parts().1);
        // Both are floats exactly, so the division is the only rounding (10^22 is 5^22 · 2^22).
        if magnitude.bit_len() <= 53 && digits <= 22 {
            let power = 10u128.pow(digits) as f64;
            return coefficient.to_f64().value() / power;
        }
        nearest(sign, &magnitude, &ten_pow(digits))
    }
}

/// The float nearest to `a / b`.
pub(crate) fn ratio(a: &Exact, b: &Exact) -> Result<f64, NumError> {
    if b.is_zero() {
        return Err(NumError::Zero);
    }
    let (sign_a, mut numerator) = a.coefficient().clone().into_parts();
    let (sign_b, mut denominator) = b.coefficient().clone().into_parts();
    if a.scale() > b.scale() {
        denominator *= ten_pow(a.scale() - b.scale());
    } else {
        numerator *= ten_pow(b.scale() - a.scale());
    }
    Ok(nearest(sign_a * sign_b, &numerator, &denominator))
}

/// The float nearest to ±numerator/denominator; the denominator is not zero.
fn nearest(sign: Sign, numerator: &UBig, denominator: &UBig) -> f64 {
    let magnitude = nearest_magnitude(numerator, denominator);
    match sign {
        Sign::Positive => magnitude,
        Sign::Negative => -magnitude,
    }
}

fn nearest_magnitude(numerator: &UBig, denominator: &UBig) -> f64 {
    if numerator.is_zero() {
        return 0.0;
    }
    let (n_bits, d_bits) = (numerator.bit_len(), denominator.bit_len());
    // The value lies in (2^(difference−1), 2^(difference+1)).
    if n_bits > d_bits + 1025 {
        return f64::INFINITY;
    }
    if d_bits > n_bits + 1077 {
        return 0.0;
    }
    // Scaled by 2^shift the quotient has 66 or 67 bits: a significand, room to round, and the rest
    // counts only as zero or not.
    let difference = n_bits as i32 - d_bits as i32;
    let shift = 66 - difference;
    let steps = shift.unsigned_abs() as usize;
    let (quotient, remainder) = if shift >= 0 {
        div_rem(&(numerator << steps), denominator)
    } else {
        div_rem(numerator, &(denominator << steps))
    };
    let quotient = u128::try_from(&quotient).unwrap_or(u128::MAX);
    let bits = (u128::BITS - quotient.leading_zeros()).cast_signed();
    // Exponent of the last bit kept: 53 bits, fewer when that would lie below the subnormals.
    let last = (bits - 53 - shift).max(LEAST_EXPONENT);
    // At least 13 and at most 69, as the value exceeds 2^-1078.
    let drop = last + shift;
    let mut kept = quotient >> drop;
    let dropped = quotient - (kept << drop);
    let half = 1u128 << (drop - 1);
    if dropped > half || (dropped == half && (!remainder.is_zero() || kept % 2 == 1)) {
        kept += 1;
    }
    // `kept` ≤ 2^53, so both factors are exact and so is their product, unless it is infinite.
    kept as f64 * two_pow(last)
}

/// 2^exponent for LEAST_EXPONENT..=1023; infinite above.
fn two_pow(exponent: i32) -> f64 {
    if exponent > 1023 {
        f64::INFINITY
    } else if exponent >= -1022 {
        f64::from_bits(u64::from((exponent + 1023).unsigned_abs()) << FRACTION_BITS)
    } else {
        f64::from_bits(1u64 << (exponent - LEAST_EXPONENT).unsigned_abs().min(51))
    }
}

/// A finite float's magnitude as significand · 2^exponent.
pub(crate) fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let biased = ((bits >> FRACTION_BITS) & 0x7FF) as i32;
    if biased == 0 {
        (fraction, LEAST_EXPONENT)
    } else {
        (fraction | (1 << FRACTION_BITS), biased - 1 + LEAST_EXPONENT)
    }
}
