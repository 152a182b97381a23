//! Comparison, exact across all kinds.

use std::cmp::Ordering;

use dashu_int::Sign;

use crate::exact::Exact;
use crate::integer::TWO_63;
use crate::number::Number;
use crate::scale::{BITS_PER_DIGIT, ten_pow};

/// The order of the values, without any rounding; `None` when one is NaN. The zeros are equal.
pub fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (a, b) {
        (Number::I64(a), Number::I64(b)) => Some(a.cmp(b)),
        (Number::F64(a), Number::F64(b)) => a.partial_cmp(b),
        (Number::I64(a), Number::F64(b)) => int_float(*a, *b),
        (Number::F64(a), Number::I64(b)) => int_float(*b, *a).map(Ordering::reverse),
        (Number::Exact(a), Number::Exact(b)) => Some(a.cmp(b)),
        (Number::I64(a), Number::Exact(b)) => Some(Exact::from(*a).cmp(b)),
        (Number::Exact(a), Number::I64(b)) => Some(a.cmp(&Exact::from(*b))),
        (Number::Exact(a), Number::F64(b)) => exact_float(a, *b),
        (Number::F64(a), Number::Exact(b)) => exact_float(b, *a).map(Ordering::reverse),
    }
}

/// Whether the values are equal; NaN equals nothing.
pub fn equal(a: &Number, b: &Number) -> bool {
    match (a, b) {
        // Normalised, so equal values have equal parts and nothing needs scaling.
        (Number::Exact(a), Number::Exact(b)) => a == b,
        _ => compare(a, b) == Some(Ordering::Equal),
    }
}

/// A total order for sorting: NaN first and equal to NaN, then by value (opcode `compare`).
pub fn total_order(a: &Number, b: &Number) -> Ordering {
    compare(a, b).unwrap_or_else(|| is_nan(b).cmp(&is_nan(a)))
}

fn is_nan(number: &Number) -> bool {
    matches!(number, Number::F64(value) if value.is_nan())
}

fn int_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= TWO_63 {
        return Some(Ordering::Less);
    }
    if b < -TWO_63 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    // The integer parts decide, else the sign of the fraction.
    Some(a.cmp(&(whole as i64)).then(if b > whole {
        Ordering::Less
    } else if b < whole {
        Ordering::Greater
    } else {
        Ordering::Equal
    }))
}

fn exact_float(a: &Exact, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    match Exact::from_f64(b) {
        Ok(b) => Some(a.cmp(&b)),
        Err(_) if b > 0.0 => Some(Ordering::Less),
        Err(_) => Some(Ordering::Greater),
    }
}

/// −1, 0 or 1.
fn signum(a: &Exact) -> i8 {
    match (a.is_zero(), a.coefficient().sign()) {
        (true, _) => 0,
        (false, Sign::Positive) => 1,
        (false, Sign::Negative) => -1,
    }
}

/// Bounds of log2 of a magnitude that is not zero.
fn log2_bounds(a: &Exact) -> (f64, f64) {
    let scaled = f64::from(a.scale()) * BITS_PER_DIGIT;
    let high = a.bits() as f64 - scaled;
    (high - 1.0, high)
}

/// Whether lengths alone decide the order of two magnitudes, both not zero.
pub(crate) fn far_apart(a: &Exact, b: &Exact) -> Option<Ordering> {
    // The products above are right to 2^-32; the margin is far wider.
    const MARGIN: f64 = 1e-3;
    let ((low_a, high_a), (low_b, high_b)) = (log2_bounds(a), log2_bounds(b));
    if low_a > high_b + MARGIN {
        Some(Ordering::Greater)
    } else if low_b > high_a + MARGIN {
        Some(Ordering::Less)
    } else {
        None
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        let sign = signum(self);
        let by_sign = sign.cmp(&signum(other));
        if by_sign != Ordering::Equal || sign == 0 {
            return by_sign;
        }
        if self.scale() == other.scale() {
            return self.coefficient().cmp(other.coefficient());
        }
        if let Some(magnitudes) = far_apart(self, other) {
            return if sign < 0 {
                magnitudes.reverse()
            } else {
                magnitudes
            };
        }
        // The values are within a factor of four, so the raised coefficient is hardly longer than the
        // other one: no size to check.
        if self.scale() < other.scale() {
            let raised = self.coefficient() * ten_pow(other.scale() - self.scale());
            raised.cmp(other.coefficient())
        } else {
            let raised = other.coefficient() * ten_pow(self.scale() - other.scale());
            self.coefficient().cmp(&raised)
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
