//! Rounding to a number of digits or to an integer.

use std::cmp::Ordering;

use dashu_int::{IBig, UBig};

use crate::division::div_rem;
use crate::exact::Exact;
use crate::number::{NumError, Number};
use crate::promote::Promote;
use crate::scale::ten_pow;

/// Where a value between two candidates goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// The nearer; of two equally near, the even one.
    HalfEven,
    /// The nearer; of two equally near, the one farther from zero.
    HalfAway,
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceil,
    /// Towards zero.
    Trunc,
}

impl Exact {
    /// The nearest number with at most `scale` digits after the point, by `mode`.
    ///
    /// # Errors
    /// [`NumError::TooLarge`] when a carry leaves the bound (a coefficient at its limit).
    pub fn round(&self, scale: u32, mode: Rounding) -> Result<Exact, NumError> {
        if self.scale() <= scale {
            return Ok(self.clone());
        }
        let negative = self.is_negative();
        let (sign, magnitude) = self.coefficient().clone().into_parts();
        let unit = ten_pow(self.scale() - scale);
        let (mut kept, dropped) = div_rem(&magnitude, &unit);
        let up = match mode {
            Rounding::Trunc => false,
            Rounding::Floor => negative && !dropped.is_zero(),
            Rounding::Ceil => !negative && !dropped.is_zero(),
            Rounding::HalfEven | Rounding::HalfAway => match (dropped << 1).cmp(&unit) {
                Ordering::Less => false,
                Ordering::Equal => mode == Rounding::HalfAway || kept.trailing_zeros() == Some(0),
                Ordering::Greater => true,
            },
        };
        if up {
            kept += UBig::ONE;
        }
        Exact::new(IBig::from_parts(sign, kept), scale)
    }
}

/// The number rounded to a whole one of its own kind (a float stays a float, −0.0 included).
///
/// # Errors
/// [`NumError::TooLarge`] as [`Exact::round`]; [`NumError::Range`] for a non-finite float under
/// `Decimal`.
pub fn round(promote: Promote, number: &Number, mode: Rounding) -> Result<Number, NumError> {
    match number {
        Number::I64(value) => Ok(Number::I64(*value)),
        Number::F64(value) => promote.float(match mode {
            Rounding::HalfEven => value.round_ties_even(),
            Rounding::HalfAway => value.round(),
            Rounding::Floor => value.floor(),
            Rounding::Ceil => value.ceil(),
            Rounding::Trunc => value.trunc(),
        }),
        Number::Exact(value) => Ok(promote.exact(value.round(0, mode)?)),
    }
}
