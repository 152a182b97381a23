//! From numbers to integers (`coerce int`, opcode 96).

use crate::exact::Exact;
use crate::number::{NumError, Number};
use crate::promote::{Promote, narrowed};
use crate::rounding::Rounding;

/// 2^63 as a float: the least float above every i64.
pub(crate) const TWO_63: f64 = 9_223_372_036_854_775_808.0;

impl Exact {
    /// The value as i64.
    ///
    /// # Errors
    /// [`NumError::NotInteger`] with a fraction, [`NumError::Range`] outside i64.
    pub fn to_i64(&self) -> Result<i64, NumError> {
        if !self.is_integer() {
            return Err(NumError::NotInteger);
        }
        i64::try_from(self.coefficient()).map_err(|_| NumError::Range)
    }
}

/// The float without its fraction, checked (`f64_to_i64` mode 0; mode 1, saturating, is Rust's `as`).
///
/// # Errors
/// [`NumError::Range`] for NaN and what does not fit.
pub fn f64_to_i64(value: f64) -> Result<i64, NumError> {
    let whole = value.trunc();
    if (-TWO_63..TWO_63).contains(&whole) {
        Ok(whole as i64)
    } else {
        Err(NumError::Range)
    }
}

/// The number as i64 if it is one.
///
/// # Errors
/// [`NumError::NotInteger`] with a fraction or NaN, [`NumError::Range`] outside i64.
pub fn to_i64(number: &Number) -> Result<i64, NumError> {
    match number {
        Number::I64(value) => Ok(*value),
        Number::F64(value) if value.is_nan() || value.fract() != 0.0 => {
            // An infinity has the fraction NaN; it is a whole number too many.
            if value.is_infinite() {
                Err(NumError::Range)
            } else {
                Err(NumError::NotInteger)
            }
        }
        Number::F64(value) => f64_to_i64(*value),
        Number::Exact(value) => value.to_i64(),
    }
}

/// The number without its fraction, as an integer: i64 where it fits, else by policy exact (`Big`,
/// `Decimal`; an exact integer already, everywhere).
///
/// # Errors
/// [`NumError::Range`] for NaN and infinities, and for floats beyond i64 under `Wrap` and `Fault`.
pub fn truncate(promote: Promote, number: &Number) -> Result<Number, NumError> {
    match number {
        Number::I64(value) => Ok(Number::I64(*value)),
        Number::F64(value) => match f64_to_i64(*value) {
            Ok(small) => Ok(Number::I64(small)),
            Err(error) if !promote.divides_truly() => Err(error),
            // Beyond 2^63 no float has a fraction.
            Err(_) => Ok(Number::Exact(Exact::from_f64(*value)?)),
        },
        Number::Exact(value) => Ok(narrowed(value.round(0, Rounding::Trunc)?)),
    }
}
