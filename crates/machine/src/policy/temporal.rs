//! Dates and durations under policy Rhumb (docs/specs/rhumb.md §3.16, rulings.md B31): nanoseconds in i64; a scalar that
//! meets time is milliseconds if it is an Integer and seconds if it is a Float or Decimal.

use numeric::{Exact, IBig, NumError, Number, Promote};

use crate::fault::{Fault, Raise};
use crate::policy::Arith;
use crate::value::{Kind, Value};
use crate::world::World;

/// Nanoseconds of a second and of a millisecond.
const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;

/// An operand of time arithmetic.
#[derive(Clone, Copy)]
enum Time {
    Date(i64),
    Span(i64),
    Scalar,
}

fn time(value: Value) -> Option<Time> {
    Some(match value.kind() {
        Kind::Date => Time::Date(value.payload as i64),
        Kind::Duration => Time::Span(value.payload as i64),
        _ if World::is_number(value) => Time::Scalar,
        _ => return None,
    })
}

fn date(ns: i128) -> Result<Value, NumError> {
    i64::try_from(ns)
        .map(|ns| Value::new(Kind::Date, 0, 0, ns as u64))
        .map_err(|_| NumError::Range)
}

fn span(ns: i128) -> Result<Value, NumError> {
    i64::try_from(ns)
        .map(|ns| Value::new(Kind::Duration, 0, 0, ns as u64))
        .map_err(|_| NumError::Range)
}

/// Nanoseconds that a scalar stands for beside a date or duration.
pub(crate) fn scalar_ns(number: &Number) -> Result<i64, NumError> {
    match number {
        Number::I64(ms) => ms.checked_mul(MILLISECOND).ok_or(NumError::Range),
        other => {
            let seconds = match other {
                Number::F64(value) => Exact::from_f64(*value)?,
                Number::Exact(value) => value.clone(),
                Number::I64(value) => Exact::from(*value),
            };
            whole(&Number::Exact(seconds.mul(&Exact::from(SECOND))?))
        }
    }
}

/// The number without its fraction, within i64.
fn whole(number: &Number) -> Result<i64, NumError> {
    match numeric::truncate(Promote::Decimal, number)? {
        Number::I64(value) => Ok(value),
        _ => Err(NumError::Range),
    }
}

/// A duration times or over a number, truncated to nanoseconds. The product is exact: a float factor is taken exactly.
fn scaled(ns: i64, by: &Number, over: bool) -> Result<Value, NumError> {
    let by = match by {
        Number::F64(value) => Exact::from_f64(*value)?,
        Number::I64(value) => Exact::from(*value),
        Number::Exact(value) => value.clone(),
    };
    let ns = Exact::integer(IBig::from(ns))?;
    let result = if over {
        ns.div_truncated(&by)?
    } else {
        ns.mul(&by)?
    };
    span(i128::from(whole(&Number::Exact(result))?))
}

impl World {
    /// Arithmetic in which a date or duration takes part; `None` if none does or the pair has no meaning.
    pub(crate) fn time_arithmetic(
        &mut self,
        op: Arith,
        x: Value,
        y: Value,
    ) -> Raise<Option<Value>> {
        let (Some(left), Some(right)) = (time(x), time(y)) else {
            return Ok(None);
        };
        if let (Time::Scalar, Time::Scalar) = (left, right) {
            return Ok(None);
        }
        // Coefficients of decimals may be long; a product with one word is linear in them.
        let scalar = match (left, right) {
            (Time::Scalar, _) => self.number_of(x)?,
            (_, Time::Scalar) => self.number_of(y)?,
            _ => None,
        };
        if let Some(number) = &scalar {
            self.charge_number(numeric::Operation::Quotient, number, number)?;
        }
        let scalar = scalar.unwrap_or(Number::I64(0));
        if let (Arith::Div | Arith::FloorDiv, Time::Span(a), Time::Span(b)) = (op, left, right) {
            return self
                .number_arithmetic(op, &Number::I64(a), &Number::I64(b))
                .map(Some);
        }
        let room = numeric::memory(numeric::Operation::Quotient, &scalar, &scalar);
        let result = self.with_room(room, || timed(op, left, right, &scalar))?;
        match result {
            Some(Ok(value)) => Ok(Some(value)),
            None => Ok(None),
            Some(Err(NumError::Range | NumError::TooLarge)) => {
                Err(self.fault(Fault::Range, "the time is out of range"))
            }
            Some(Err(error)) => Err(self.number_fault(error)),
        }
    }
}

/// The result of arithmetic on times; `None` if the pair has no meaning.
fn timed(op: Arith, left: Time, right: Time, scalar: &Number) -> Option<Result<Value, NumError>> {
    Some(match (op, left, right) {
        (Arith::Add, Time::Date(a), Time::Span(b)) | (Arith::Add, Time::Span(b), Time::Date(a)) => {
            date(i128::from(a) + i128::from(b))
        }
        (Arith::Add, Time::Span(a), Time::Span(b)) => span(i128::from(a) + i128::from(b)),
        (Arith::Add, Time::Date(a), Time::Scalar) | (Arith::Add, Time::Scalar, Time::Date(a)) => {
            scalar_ns(scalar).and_then(|b| date(i128::from(a) + i128::from(b)))
        }
        (Arith::Add, Time::Span(a), Time::Scalar) | (Arith::Add, Time::Scalar, Time::Span(a)) => {
            scalar_ns(scalar).and_then(|b| span(i128::from(a) + i128::from(b)))
        }
        (Arith::Sub, Time::Date(a), Time::Date(b)) => span(i128::from(a) - i128::from(b)),
        (Arith::Sub, Time::Date(a), Time::Span(b)) => date(i128::from(a) - i128::from(b)),
        (Arith::Sub, Time::Span(a), Time::Span(b)) => span(i128::from(a) - i128::from(b)),
        (Arith::Sub, Time::Date(a), Time::Scalar) => {
            scalar_ns(scalar).and_then(|b| date(i128::from(a) - i128::from(b)))
        }
        (Arith::Sub, Time::Span(a), Time::Scalar) => {
            scalar_ns(scalar).and_then(|b| span(i128::from(a) - i128::from(b)))
        }
        (Arith::Sub, Time::Scalar, Time::Span(b)) => {
            scalar_ns(scalar).and_then(|a| span(i128::from(a) - i128::from(b)))
        }
        (Arith::Mul, Time::Span(a), Time::Scalar) | (Arith::Mul, Time::Scalar, Time::Span(a)) => {
            scaled(a, scalar, false)
        }
        (Arith::Div, Time::Span(a), Time::Scalar) => scaled(a, scalar, true),
        (Arith::FloorDiv, Time::Span(a), Time::Scalar) => {
            // The whole quotient, rounded down to nanoseconds.
            numeric::floor_div(Promote::Decimal, &Number::I64(a), scalar)
                .and_then(|quotient| whole(&quotient))
                .and_then(|ns| span(i128::from(ns)))
        }
        (Arith::Mod, Time::Span(_), Time::Span(0)) => Err(NumError::Zero),
        (Arith::Mod, Time::Span(a), Time::Span(b)) => {
            // Of the least i64 by -1 the remainder is 0, which wrapping gives.
            let rest = a.wrapping_rem(b);
            span(
                i128::from(rest)
                    + if rest != 0 && (rest < 0) != (b < 0) {
                        i128::from(b)
                    } else {
                        0
                    },
            )
        }
        _ => return None,
    })
}
