//! Division of exact numbers: exact where the decimal expansion ends, else 34 digits.

use std::cmp::Ordering;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use crate::division::div_rem;
use crate::exact::Exact;
use crate::number::{MAX_BITS, MAX_SCALE, NumError};
use crate::scale::{BITS_PER_DIGIT, strip_power, ten_bits, ten_pow};

/// Significant digits of a quotient that does not end (docs/specs/machine.md §1, `rulings.md` B15).
pub const QUOTIENT_DIGITS: u32 = 34;

impl Exact {
    /// `self / other`: exact when the expansion ends within the size bounds, else rounded half-even
    /// to [`QUOTIENT_DIGITS`] significant digits.
    ///
    /// # Errors
    /// [`NumError::Zero`]; [`NumError::TooLarge`] when even the rounded quotient leaves the bounds.
    pub fn div(&self, other: &Exact) -> Result<Exact, NumError> {
        if other.is_zero() {
            return Err(NumError::Zero);
        }
        if self.is_zero() {
            return Ok(Exact::ZERO);
        }
        let (sign_n, numerator) = self.coefficient().clone().into_parts();
        let (sign_d, denominator) = other.coefficient().clone().into_parts();
        let shift = i64::from(self.scale()) - i64::from(other.scale());
        let (magnitude, scale) = match terminating(&numerator, &denominator) {
            Some((magnitude, scale)) if fits(&magnitude, scale + shift) => (magnitude, scale),
            _ => rounded(&numerator, &denominator)?,
        };
        Exact::with_scale(IBig::from_parts(sign_n * sign_d, magnitude), scale + shift)
    }
}

/// Whether `Exact` can hold it. The parts need not be normalised; what normalising could still save
/// lies at the edge of the bounds, and such a quotient is rounded instead.
fn fits(magnitude: &UBig, scale: i64) -> bool {
    match u32::try_from(scale.unsigned_abs()) {
        Ok(digits) if scale < 0 => magnitude.bit_len().saturating_add(ten_bits(digits)) < MAX_BITS,
        Ok(digits) => digits <= MAX_SCALE && magnitude.bit_len() <= MAX_BITS,
        Err(_) => false,
    }
}

/// The quotient as (m, s) with value m·10^-s if its expansion ends and is of bearable size.
///
/// With d = 2^i·5^j·e and e prime to ten, n/d ends exactly when e divides n; then it is
/// (n/e)·2^(k−i)·5^(k−j) / 10^k for k = max(i, j).
fn terminating(numerator: &UBig, denominator: &UBig) -> Option<(UBig, i64)> {
    let twos = denominator.trailing_zeros()?;
    let odd = denominator >> twos;
    let fives_at_most = u32::try_from(odd.bit_len() / 2).ok()?;
    let (rest, fives) = strip_power(odd, fives_at_most, |n| UBig::from(5u8).pow(n as usize));
    let (quotient, remainder) = div_rem(numerator, &rest);
    if !remainder.is_zero() {
        return None;
    }
    let fives = fives as usize;
    let digits = twos.max(fives);
    // 5^x has fewer than 2.33·x bits.
    if quotient.bit_len() + (digits - twos) + (digits - fives) * 7 / 3 > MAX_BITS {
        return None;
    }
    let magnitude = (quotient * UBig::from(5u8).pow(digits - fives)) << (digits - twos);
    Some((magnitude, i64::try_from(digits).ok()?))
}

/// The quotient rounded half-even to 34 digits, as (m, s) with value m·10^-s.
fn rounded(numerator: &UBig, denominator: &UBig) -> Result<(UBig, i64), NumError> {
    let bits = numerator.bit_len() as f64 - denominator.bit_len() as f64;
    // The quotient lies in (2^(bits−1), 2^(bits+1)), so it has `whole` digits, one less or one more,
    // and scaling by 10^shift leaves 35 to 37 of them: enough to round, and within u128.
    let whole = (bits / BITS_PER_DIGIT).floor() as i64 + 1;
    let shift = i64::from(QUOTIENT_DIGITS) + 2 - whole;
    let power = ten_pow(u32::try_from(shift.unsigned_abs()).map_err(|_| NumError::TooLarge)?);
    let (quotient, remainder) = if shift >= 0 {
        div_rem(&(numerator * power), denominator)
    } else {
        div_rem(numerator, &(denominator * power))
    };
    let digits = u128::try_from(&quotient).map_err(|_| NumError::TooLarge)?;
    let surplus =
        (digits.checked_ilog10().map_or(0, |log| log + 1)).saturating_sub(QUOTIENT_DIGITS);
    let unit = 10u128.pow(surplus);
    let (mut kept, dropped) = (digits / unit, digits % unit);
    let up = match (dropped * 2).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => !remainder.is_zero() || kept % 2 == 1,
        Ordering::Greater => true,
    };
    if up {
        kept += 1;
    }
    Ok((UBig::from(kept), shift - i64::from(surplus)))
}
