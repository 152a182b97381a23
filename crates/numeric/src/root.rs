//! Roots: `root`, opcode 3C (degree, radicand).

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use crate::division::div_rem;
use crate::exact::Exact;
use crate::float::to_f64;
use crate::number::{NumError, Number};
use crate::promote::{Promote, exact_of, integer_of};

impl Exact {
    /// The real root of that degree, if it is exact.
    pub fn exact_root(&self, degree: u64) -> Option<Exact> {
        if degree == 0 || (self.is_negative() && degree.is_multiple_of(2)) {
            return None;
        }
        // The normalised power of a normalised root has exactly `degree` times its scale.
        if !u64::from(self.scale()).is_multiple_of(degree) {
            return None;
        }
        let scale = u32::try_from(u64::from(self.scale()) / degree).ok()?;
        let (sign, magnitude) = self.coefficient().clone().into_parts();
        let root = perfect_root(&magnitude, degree)?;
        Exact::new(IBig::from_parts(sign, root), scale).ok()
    }
}

/// The integer root if the power is perfect.
fn perfect_root(power: &UBig, degree: u64) -> Option<UBig> {
    if degree == 1 || power.is_zero() || power.is_one() {
        return Some(power.clone());
    }
    // Below 2^degree only 0 and 1 have a root.
    if power.bit_len() as u64 <= degree {
        return None;
    }
    let degree = usize::try_from(degree).ok()?;
    // The root's factors of two, `degree` times.
    if power.trailing_zeros()? % degree != 0 {
        return None;
    }
    let root = floor_root(power, degree);
    (root.pow(degree) == *power).then_some(root)
}

/// The integer part of the root, for degree ≥ 2 and a power of more than `degree` bits.
///
/// Newton's method from above falls until it is there. Its first guess comes from a logarithm and is
/// high by at most a 2^30th part plus 2, so every turn doubles the right bits and there are about
/// log2(bits) turns; from a guess wrong by a factor there would be about `degree` of them.
fn floor_root(power: &UBig, degree: usize) -> UBig {
    let mut root = guess_above(power, degree);
    loop {
        let quotient = div_rem(power, &root.pow(degree - 1)).0;
        let next = (&root * (degree - 1) + quotient) / degree;
        if next >= root {
            return root;
        }
        root = next;
    }
}

fn guess_above(power: &UBig, degree: usize) -> UBig {
    let bits = power.bit_len();
    let below = bits.saturating_sub(64);
    let top = u64::try_from(power >> below).unwrap_or(u64::MAX);
    let log = ((top as f64).log2() + below as f64) / degree as f64;
    // root = 2^whole · 2^fraction, with 53 bits of the second factor.
    let whole = log.floor();
    let scaled = UBig::from(((log - whole).exp2() * 2f64.powi(52)) as u64);
    let whole = whole as usize;
    let guess = if whole >= 52 {
        scaled << (whole - 52)
    } else {
        scaled >> (52 - whole)
    };
    // The logarithm is right to 2^-33 or better (20 bits before the point of 53).
    let slack = &guess >> 30usize;
    guess + slack + UBig::from(2u8)
}

/// The `degree`-th root of `radicand` (`rhumb.md` §3.16, `degree ^/ radicand`).
///
/// For an integer degree and an i64 or exact radicand an exact root has the radicand's kind; all other
/// roots are floats (NaN for the even root of a negative number). A negative degree gives the
/// reciprocal.
///
/// # Errors
/// [`NumError::Zero`] for degree 0, and for a negative degree of zero under `Decimal` and `Big`;
/// [`NumError::Range`] (`Decimal`, no real root or not finite).
pub fn root(promote: Promote, degree: &Number, radicand: &Number) -> Result<Number, NumError> {
    if to_f64(degree) == 0.0 {
        return Err(NumError::Zero);
    }
    if let (Number::I64(_) | Number::Exact(_), Number::I64(_) | Number::Exact(_)) =
        (degree, radicand)
        && let Ok(times) = integer_of(degree)
        && let Ok(times) = u64::try_from(times.as_ref())
        && let Some(root) = exact_of(radicand)?.exact_root(times)
    {
        return Ok(match (radicand, root.to_i64()) {
            (Number::I64(_), Ok(small)) => Number::I64(small),
            _ => promote.exact(root),
        });
    }
    // Only an odd degree has roots of negative numbers. Beyond 2^53 all floats are even.
    let odd = match integer_of(degree) {
        Ok(integer) => integer.trailing_zeros() == Some(0),
        Err(_) => to_f64(degree).abs() % 2.0 == 1.0,
    };
    let (degree, radicand) = (to_f64(degree), to_f64(radicand));
    if degree < 0.0 && radicand == 0.0 && promote.divides_truly() {
        return Err(NumError::Zero);
    }
    promote.float(float_root(degree, odd, radicand))
}

/// The real root of a float.
fn float_root(degree: f64, odd: bool, radicand: f64) -> f64 {
    let magnitude = match degree.abs() {
        1.0 => radicand.abs(),
        2.0 => radicand.abs().sqrt(),
        3.0 => radicand.abs().cbrt(),
        other => radicand.abs().powf(1.0 / other),
    };
    let magnitude = if degree < 0.0 {
        1.0 / magnitude
    } else {
        magnitude
    };
    if radicand >= 0.0 || radicand.is_nan() {
        magnitude
    } else if odd {
        -magnitude
    } else {
        f64::NAN
    }
}
