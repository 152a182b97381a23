//! The four number policies in one place.

use std::borrow::Cow;

use dashu_int::IBig;

use crate::exact::Exact;
use crate::float::to_f64;
use crate::number::{NumError, Number};

/// What a language does where exact, fixed-size and binary arithmetic part ways (the policy table of
/// docs/specs/machine.md §1).
///
/// | | `Wrap` | `Decimal` | `Big` | `Fault` |
/// |---|---|---|---|---|
/// | language | Fusabi | Rhumb | Morph | machine |
/// | i64 overflow | two's complement | exact | exact | [`NumError::Overflow`] |
/// | exact integer that fits i64 | stays exact | stays exact | i64 | stays exact |
/// | float with exact | float | exact | float | float |
/// | `div` | truncated; floats IEEE | float, exact if any; zero faults | float; zero faults | as `Wrap` |
/// | `rem` | sign of the dividend | floored; zero faults | floored; zero faults | as `Wrap` |
/// | non-finite float | kept | [`NumError::Range`] | kept | kept |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Promote {
    /// Fusabi: i64 wraps.
    Wrap,
    /// Rhumb: Integer < Float < Decimal; the higher kind wins, a Decimal stays one.
    Decimal,
    /// Morph: integers have no bound.
    Big,
    /// Machine code: overflow faults. This is the checked path for callers with a policy of their own.
    Fault,
}

/// Two operands brought to the kind in which they meet.
pub(crate) enum Pair<'a> {
    Ints(i64, i64),
    Floats(f64, f64),
    Exacts(Cow<'a, Exact>, Cow<'a, Exact>),
}

impl Promote {
    /// Whether this language faults on every zero divisor and divides integers as real numbers.
    pub(crate) fn divides_truly(self) -> bool {
        matches!(self, Promote::Decimal | Promote::Big)
    }

    /// An integer result that may not fit i64. No single operation on two i64 leaves i128.
    pub(crate) fn wide(self, value: i128) -> Result<Number, NumError> {
        match (i64::try_from(value), self) {
            (Ok(small), _) => Ok(Number::I64(small)),
            // The low 64 bits are what two's complement keeps.
            (Err(_), Promote::Wrap) => Ok(Number::I64(value as i64)),
            (Err(_), Promote::Fault) => Err(NumError::Overflow),
            (Err(_), Promote::Decimal | Promote::Big) => Ok(Number::Exact(Exact::from(value))),
        }
    }

    /// An exact result: Morph's normalise, the others keep the kind.
    pub(crate) fn exact(self, value: Exact) -> Number {
        if self == Promote::Big {
            narrowed(value)
        } else {
            Number::Exact(value)
        }
    }

    /// A float result.
    pub(crate) fn float(self, value: f64) -> Result<Number, NumError> {
        if self == Promote::Decimal && !value.is_finite() {
            return Err(NumError::Range);
        }
        Ok(Number::F64(value))
    }

    pub(crate) fn pair<'a>(self, a: &'a Number, b: &'a Number) -> Result<Pair<'a>, NumError> {
        let exact = match (a, b) {
            (Number::I64(a), Number::I64(b)) => return Ok(Pair::Ints(*a, *b)),
            (Number::F64(_), Number::Exact(_)) | (Number::Exact(_), Number::F64(_)) => {
                self == Promote::Decimal
            }
            (Number::Exact(_), _) | (_, Number::Exact(_)) => true,
            (Number::F64(_), _) | (_, Number::F64(_)) => false,
        };
        if exact {
            Ok(Pair::Exacts(exact_of(a)?, exact_of(b)?))
        } else {
            Ok(Pair::Floats(to_f64(a), to_f64(b)))
        }
    }
}

/// The exact integer as i64 if it fits.
pub(crate) fn narrowed(value: Exact) -> Number {
    match value.to_i64() {
        Ok(small) => Number::I64(small),
        Err(_) => Number::Exact(value),
    }
}

/// The number as an exact one, borrowed where it is one already.
pub(crate) fn exact_of(number: &Number) -> Result<Cow<'_, Exact>, NumError> {
    Ok(match number {
        Number::I64(value) => Cow::Owned(Exact::from(*value)),
        Number::F64(value) => Cow::Owned(Exact::from_f64(*value)?),
        Number::Exact(value) => Cow::Borrowed(value),
    })
}

/// The number as an integer of any size.
pub(crate) fn integer_of(number: &Number) -> Result<Cow<'_, IBig>, NumError> {
    match number {
        Number::I64(value) => Ok(Cow::Owned(IBig::from(*value))),
        Number::Exact(value) if value.is_integer() => Ok(Cow::Borrowed(value.coefficient())),
        Number::Exact(_) | Number::F64(_) => Err(NumError::NotInteger),
    }
}
