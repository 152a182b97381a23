//! Quotients and remainders: `div mod floor_div` (opcodes 23, 24, 3A).

use dashu_int::IBig;

use crate::division::div_rem_signed;
use crate::exact::Exact;
use crate::float::ratio;
use crate::number::{NumError, Number};
use crate::promote::{Pair, Promote, narrowed};
use crate::scale::aligned;

/// Largest magnitude below which every i64 is a float exactly.
const FLOAT_EXACT: u64 = 1 << 53;

impl Exact {
    /// The quotient rounded towards zero, an integer.
    ///
    /// # Errors
    /// [`NumError::Zero`], [`NumError::TooLarge`].
    pub fn div_truncated(&self, other: &Exact) -> Result<Exact, NumError> {
        let (quotient, _, _) = truncated(self, other)?;
        Exact::integer(quotient)
    }

    /// The remainder with the sign of the dividend.
    ///
    /// # Errors
    /// [`NumError::Zero`], [`NumError::TooLarge`].
    pub fn rem_truncated(&self, other: &Exact) -> Result<Exact, NumError> {
        let (_, remainder, scale) = truncated(self, other)?;
        Exact::new(remainder, scale)
    }

    /// The quotient rounded towards minus infinity (an integer) and the remainder with the sign of
    /// the divisor: `q · other + r = self` exactly.
    ///
    /// # Errors
    /// [`NumError::Zero`], [`NumError::TooLarge`].
    pub fn div_rem_floored(&self, other: &Exact) -> Result<(Exact, Exact), NumError> {
        if other.is_zero() {
            return Err(NumError::Zero);
        }
        let (a, b, scale) = aligned(self, other)?;
        let (mut quotient, mut remainder) = div_rem_signed(&a, &b);
        if !remainder.is_zero() && remainder.sign() != b.sign() {
            quotient -= IBig::ONE;
            remainder += b.as_ref();
        }
        Ok((Exact::integer(quotient)?, Exact::new(remainder, scale)?))
    }
}

/// Quotient, remainder and the remainder's scale; dashu's division of signed integers truncates.
fn truncated(a: &Exact, b: &Exact) -> Result<(IBig, IBig, u32), NumError> {
    if b.is_zero() {
        return Err(NumError::Zero);
    }
    let (a, b, scale) = aligned(a, b)?;
    let (quotient, remainder) = div_rem_signed(&a, &b);
    Ok((quotient, remainder, scale))
}

/// Opcode `div` (23): see the table at [`Promote`].
///
/// Under `Wrap` and `Fault` two integers (i64 or exact without a fraction) divide truncated, and an
/// exact operand with a fraction makes it [`Exact::div`]. Under `Big` the result is always the float
/// nearest to the true quotient, under `Decimal` too unless an operand is exact.
///
/// # Errors
/// [`NumError::Zero`]; [`NumError::Overflow`] for the least i64 by −1 (`Wrap`, `Fault`; .NET raises);
/// [`NumError::Range`] (`Decimal`), [`NumError::TooLarge`].
pub fn div(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(_, 0) => Err(NumError::Zero),
        Pair::Ints(a, b) if promote.divides_truly() => Ok(Number::F64(int_ratio(a, b))),
        Pair::Ints(a, b) => a.checked_div(b).map(Number::I64).ok_or(NumError::Overflow),
        Pair::Floats(_, b) if b == 0.0 && promote.divides_truly() => Err(NumError::Zero),
        Pair::Floats(a, b) => promote.float(a / b),
        Pair::Exacts(a, b) => match promote {
            Promote::Decimal => Ok(Number::Exact(a.div(&b)?)),
            Promote::Big => Ok(Number::F64(ratio(&a, &b)?)),
            Promote::Wrap | Promote::Fault if a.is_integer() && b.is_integer() => {
                Ok(Number::Exact(a.div_truncated(&b)?))
            }
            Promote::Wrap | Promote::Fault => Ok(Number::Exact(a.div(&b)?)),
        },
    }
}

/// Correctly rounded quotient of two integers, the second not zero.
fn int_ratio(a: i64, b: i64) -> f64 {
    if a.unsigned_abs() <= FLOAT_EXACT && b.unsigned_abs() <= FLOAT_EXACT {
        return a as f64 / b as f64;
    }
    // The divisor is not zero, so there is no error to lose.
    ratio(&Exact::from(a), &Exact::from(b)).unwrap_or(f64::NAN)
}

/// Opcode `mod` (24): [`rem_floored`] under `Decimal` and `Big`, else [`rem_truncated`].
///
/// # Errors
/// As those.
pub fn rem(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    if promote.divides_truly() {
        rem_floored(promote, a, b)
    } else {
        rem_truncated(promote, a, b)
    }
}

/// The remainder with the sign of the dividend.
///
/// # Errors
/// [`NumError::Zero`] for integers, and for floats under `Decimal` and `Big`;
/// [`NumError::Overflow`] for the least i64 by −1 under `Wrap` and `Fault` (`i64.rem_s` faults there);
/// [`NumError::Range`] (`Decimal`), [`NumError::TooLarge`].
pub fn rem_truncated(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(_, 0) => Err(NumError::Zero),
        Pair::Ints(_, -1) if promote.divides_truly() => Ok(Number::I64(0)),
        Pair::Ints(a, b) => a.checked_rem(b).map(Number::I64).ok_or(NumError::Overflow),
        Pair::Floats(_, b) if b == 0.0 && promote.divides_truly() => Err(NumError::Zero),
        Pair::Floats(a, b) => promote.float(a % b),
        Pair::Exacts(a, b) => Ok(promote.exact(a.rem_truncated(&b)?)),
    }
}

/// The remainder with the sign of the divisor; a float zero takes the divisor's sign, as in Python.
///
/// # Errors
/// [`NumError::Zero`] for integers, and for floats under `Decimal` and `Big`;
/// [`NumError::Range`] (`Decimal`), [`NumError::TooLarge`].
pub fn rem_floored(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(_, 0) => Err(NumError::Zero),
        Pair::Ints(a, b) => {
            // Only the least i64 by −1 wraps, to the right answer 0.
            let rest = a.wrapping_rem(b);
            let floored = rest != 0 && (rest < 0) != (b < 0);
            Ok(Number::I64(if floored { rest + b } else { rest }))
        }
        Pair::Floats(_, b) if b == 0.0 && promote.divides_truly() => Err(NumError::Zero),
        Pair::Floats(a, b) => promote.float(float_floored(a, b).1),
        Pair::Exacts(a, b) => Ok(promote.exact(a.div_rem_floored(&b)?.1)),
    }
}

/// Opcode `floor_div` (3A): the quotient rounded towards minus infinity.
///
/// Under `Decimal` the result is an Integer whatever the operands (`rhumb.md` §3.16), exact when it
/// does not fit i64; floats divide exactly there. Elsewhere floats give a float.
///
/// # Errors
/// [`NumError::Zero`] for integers, and for floats under `Decimal` and `Big`;
/// [`NumError::Overflow`] for the least i64 by −1 (`Wrap`, `Fault`); [`NumError::Range`] (`Decimal`, a
/// non-finite operand), [`NumError::TooLarge`].
pub fn floor_div(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(_, 0) => Err(NumError::Zero),
        Pair::Ints(i64::MIN, -1) if promote == Promote::Wrap => Err(NumError::Overflow),
        Pair::Ints(a, b) => {
            let (a, b) = (i128::from(a), i128::from(b));
            let floored = a % b != 0 && (a < 0) != (b < 0);
            promote.wide(a / b - i128::from(floored))
        }
        Pair::Floats(_, b) if b == 0.0 && promote.divides_truly() => Err(NumError::Zero),
        Pair::Floats(a, b) if promote == Promote::Decimal => {
            let (a, b) = (Exact::from_f64(a)?, Exact::from_f64(b)?);
            Ok(narrowed(a.div_rem_floored(&b)?.0))
        }
        Pair::Floats(a, b) => promote.float(float_floored(a, b).0),
        Pair::Exacts(a, b) => {
            let quotient = a.div_rem_floored(&b)?.0;
            if promote == Promote::Decimal {
                return Ok(narrowed(quotient));
            }
            Ok(promote.exact(quotient))
        }
    }
}

/// Floored quotient and remainder of floats, by CPython's `float_divmod`: the remainder is exact
/// before its sign is mended, and the quotient is made to agree with it.
fn float_floored(a: f64, b: f64) -> (f64, f64) {
    if b == 0.0 {
        return (a / b, f64::NAN);
    }
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (remainder < 0.0) != (b < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0.0f64.copysign(b);
    }
    if quotient == 0.0 {
        return (0.0f64.copysign(a / b), remainder);
    }
    let floor = quotient.floor();
    let quotient = if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    };
    (quotient, remainder)
}
