//! Dates and durations under policy Rhumb (docs/specs/rhumb.md §3.16, rulings.md B31): nanoseconds in i64; a scalar that
//! meets time is milliseconds if it is an Integer and seconds if it is a Float or Decimal.

use lemari::Ticket;
use numeric::{Exact, IBig, NumError, Number, Promote};

use crate::fault::{Fault, Raise};
use crate::legend::{Legends, Nature};
use crate::policy::Arith;
use crate::value::{Kind, Value};
use crate::world::World;

/// Nanoseconds of a second, a millisecond and a day.
const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// An operand of time arithmetic.
#[derive(Clone, Copy)]
enum Time {
    Date(i128),
    Span(i64),
    Scalar,
}

/// What time arithmetic gives.
enum Made {
    Date(i128),
    Span(i64),
}

/// Days from the epoch to the first and behind the last day that has a literal: years -9999 to 9999.
const FIRST_DAY: i128 = -4_371_587;
const END_DAY: i128 = 2_932_897;

fn date(ns: i128) -> Result<Made, NumError> {
    let day = ns.div_euclid(i128::from(DAY));
    if (FIRST_DAY..END_DAY).contains(&day) {
        Ok(Made::Date(ns))
    } else {
        Err(NumError::Range)
    }
}

fn span(ns: i128) -> Result<Made, NumError> {
    i64::try_from(ns)
        .map(Made::Span)
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
fn scaled(ns: i64, by: &Number, over: bool) -> Result<Made, NumError> {
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
    /// A value as an operand of time arithmetic.
    fn time(&self, value: Value) -> Option<Time> {
        Some(match value.kind() {
            Kind::Duration => Time::Span(value.payload as i64),
            _ if World::is_number(value) => Time::Scalar,
            _ => Time::Date(self.date_ns(value)?),
        })
    }

    /// Nanoseconds since the epoch of a date, inline or wide.
    pub(crate) fn date_ns(&self, value: Value) -> Option<i128> {
        match value.kind() {
            Kind::Date => Some(i128::from(value.payload as i64)),
            Kind::Map if self.nature(value.as_ticket()) == Nature::WideDate => {
                Some(self.wide_date(value.as_ticket()))
            }
            _ => None,
        }
    }

    /// Nanoseconds of a date beyond 64 bits: its elements are the days since the epoch and the nanoseconds after midnight.
    pub(crate) fn wide_date(&self, date: Ticket) -> i128 {
        let part = |index| {
            let known = index < self.elements_len(date);
            let value = if known {
                self.element(date, index).as_int()
            } else {
                None
            };
            i128::from(value.unwrap_or(0))
        };
        part(0) * i128::from(DAY) + part(1)
    }

    /// A date of so many nanoseconds since the epoch: inline if they fit 64 bits.
    pub(crate) fn date_value(&mut self, ns: i128) -> Raise<Value> {
        if let Ok(ns) = i64::try_from(ns) {
            return Ok(Value::new(Kind::Date, 0, 0, ns as u64));
        }
        let day = ns.div_euclid(i128::from(DAY));
        if !(FIRST_DAY..END_DAY).contains(&day) {
            return Err(self.fault(Fault::Range, "the time is out of range"));
        }
        let mark = self.temps.len();
        self.temp(Value::int(day as i64))?;
        self.temp(Value::int(ns.rem_euclid(i128::from(DAY)) as i64))?;
        let value = self.map_of_temps(Legends::WIDE_DATE, mark, 2);
        self.temps.truncate(mark);
        value
    }

    /// Arithmetic in which a date or duration takes part; `None` if none does or the pair has no meaning.
    pub(crate) fn time_arithmetic(
        &mut self,
        op: Arith,
        x: Value,
        y: Value,
    ) -> Raise<Option<Value>> {
        let (Some(left), Some(right)) = (self.time(x), self.time(y)) else {
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
            Some(Ok(Made::Date(ns))) => self.date_value(ns).map(Some),
            Some(Ok(Made::Span(ns))) => Ok(Some(Value::new(Kind::Duration, 0, 0, ns as u64))),
            None => Ok(None),
            Some(Err(NumError::Range | NumError::TooLarge)) => {
                Err(self.fault(Fault::Range, "the time is out of range"))
            }
            Some(Err(error)) => Err(self.number_fault(error)),
        }
    }
}

/// The result of arithmetic on times; `None` if the pair has no meaning.
fn timed(op: Arith, left: Time, right: Time, scalar: &Number) -> Option<Result<Made, NumError>> {
    Some(match (op, left, right) {
        (Arith::Add, Time::Date(a), Time::Span(b)) | (Arith::Add, Time::Span(b), Time::Date(a)) => {
            date(a + i128::from(b))
        }
        (Arith::Add, Time::Span(a), Time::Span(b)) => span(i128::from(a) + i128::from(b)),
        (Arith::Add, Time::Date(a), Time::Scalar) | (Arith::Add, Time::Scalar, Time::Date(a)) => {
            scalar_ns(scalar).and_then(|b| date(a + i128::from(b)))
        }
        (Arith::Add, Time::Span(a), Time::Scalar) | (Arith::Add, Time::Scalar, Time::Span(a)) => {
            scalar_ns(scalar).and_then(|b| span(i128::from(a) + i128::from(b)))
        }
        (Arith::Sub, Time::Date(a), Time::Date(b)) => span(a - b),
        (Arith::Sub, Time::Date(a), Time::Span(b)) => date(a - i128::from(b)),
        (Arith::Sub, Time::Span(a), Time::Span(b)) => span(i128::from(a) - i128::from(b)),
        (Arith::Sub, Time::Date(a), Time::Scalar) => {
            scalar_ns(scalar).and_then(|b| date(a - i128::from(b)))
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
