//! Number intrinsics: powers, rounding, ranges.

use isa::Intrinsic;
use numeric::{Exact, Number, Promote, Rounding};

use super::Site;
use crate::exec::dynamic::relation;
use crate::fault::{Fault, Raise};
use crate::heap::object::RangeObj;
use crate::policy::promote;
use crate::value::{Kind, Value};
use crate::world::World;

/// `i64.pow`, by squaring; the factors that would overflow without being used are not made.
pub(super) fn int_pow(world: &mut World, site: Site) -> Raise<()> {
    let (base, exponent) = (site.int(0), site.int(1));
    let Ok(mut left) = u64::try_from(exponent) else {
        return Err(world.fault_args(
            Fault::Range,
            format_args!(
                "{} needs an exponent of at least 0, found {exponent}",
                Intrinsic::I64Pow.name()
            ),
        ));
    };
    let (mut result, mut factor) = (Some(1i64), Some(base));
    while left > 0 {
        if left & 1 == 1 {
            result = result
                .zip(factor)
                .and_then(|(result, factor)| result.checked_mul(factor));
        }
        left >>= 1;
        if left > 0 {
            factor = factor.and_then(|factor| factor.checked_mul(factor));
        }
    }
    match result {
        Some(value) => {
            site.set_int(value);
            Ok(())
        }
        None => Err(world.fault(Fault::Ovf, "integer overflow in a power")),
    }
}

/// The number in operand 0; fault type if it is something else.
fn operand(world: &mut World, site: Site) -> Raise<Number> {
    let value = site.value(0);
    match world.number_of(value)? {
        Some(number) => Ok(number),
        None => Err(world.type_fault("a number", value)),
    }
}

/// `number.trunc`, `number.floor`, `number.ceil`: a whole number of the operand's own kind.
pub(super) fn whole(world: &mut World, site: Site, mode: Rounding) -> Raise<()> {
    let number = operand(world, site)?;
    let promote = promote(world.policy());
    charge(world, &number)?;
    let room = numeric::memory(numeric::Operation::Quotient, &number, &number);
    let result = world.with_room(room, || numeric::round(promote, &number, mode))?;
    let result = world.number_result(result)?;
    site.set_value(result);
    Ok(())
}

fn charge(world: &mut World, number: &Number) -> Raise<()> {
    match number {
        Number::Exact(exact) => world.charge_fuel(exact.limb_count() as u64),
        _ => Ok(()),
    }
}

/// `number.round`: half to even at so many decimal places; left of the point if negative. A float is rounded by its exact
/// value and stays a float.
pub(super) fn round(world: &mut World, site: Site) -> Raise<()> {
    let number = operand(world, site)?;
    let promote = promote(world.policy());
    charge(world, &number)?;
    let places = site.int(1);
    // Moving the point there and back.
    let shift = Number::I64(places.clamp(-FAR, FAR));
    let room = numeric::memory(numeric::Operation::Shift, &number, &shift);
    let result = world.with_room(room, || match &number {
        Number::I64(value) if places >= 0 => Ok(Number::I64(*value)),
        Number::F64(value) if !value.is_finite() => Ok(Number::F64(*value)),
        Number::F64(value) => Exact::from_f64(*value)
            .and_then(|exact| rounded(&exact, places))
            .map(|exact| Number::F64(signed(exact.to_f64(), *value))),
        Number::I64(value) => {
            rounded(&Exact::from(*value), places).map(|exact| match exact.to_i64() {
                Ok(small) => Number::I64(small),
                Err(_) => Number::Exact(exact),
            })
        }
        Number::Exact(exact) => {
            rounded(exact, places).map(|exact| match (promote, exact.to_i64()) {
                // Morph's integers are i64 again where they fit.
                (Promote::Big, Ok(small)) if exact.is_integer() => Number::I64(small),
                _ => Number::Exact(exact),
            })
        }
    })?;
    let result = match result {
        // An integer that rounding carried out of i64 widens only where the policy does that.
        Ok(Number::Exact(_))
            if site.value(0).kind() == Kind::I64
                && matches!(promote, Promote::Wrap | Promote::Fault) =>
        {
            Err(numeric::NumError::Overflow)
        }
        other => other,
    };
    let result = world.number_result(result)?;
    site.set_value(result);
    Ok(())
}

/// A zero keeps the sign of what was rounded to it.
fn signed(result: f64, from: f64) -> f64 {
    if result == 0.0 {
        result.copysign(from)
    } else {
        result
    }
}

/// Places beyond which there are no digits.
const FAR: i64 = 1 << 20;

fn rounded(exact: &Exact, places: i64) -> Result<Exact, numeric::NumError> {
    if let Ok(scale) = u32::try_from(places) {
        return exact.round(scale, Rounding::HalfEven);
    }
    // Left of the point: the point is moved there, and back. Beyond the digits there is only zero.
    let shift = places.max(-FAR);
    let moved = numeric::scale10(
        Promote::Decimal,
        &Number::Exact(exact.clone()),
        &Number::I64(shift),
    )?;
    let Number::Exact(moved) = moved else {
        return Ok(exact.clone());
    };
    let rounded = moved.round(0, Rounding::HalfEven)?;
    if rounded.is_zero() {
        return Ok(rounded);
    }
    match numeric::scale10(
        Promote::Decimal,
        &Number::Exact(rounded),
        &Number::I64(-shift),
    )? {
        Number::Exact(result) => Ok(result),
        _ => Ok(exact.clone()),
    }
}

/// `range.contains`: between the ends, both included, and, where there is a step, a whole number of steps from the first.
pub(super) fn in_range(world: &mut World, site: Site) -> Raise<()> {
    let range = site.value(0);
    if range.kind() != Kind::Range {
        return Err(world.type_fault("a range", range));
    }
    let part = |world: &World, which: usize| {
        // SAFETY: a live range; the operand is read again each time.
        unsafe {
            let object = world.at::<RangeObj>(site.ticket(0));
            [(*object).from, (*object).to, (*object).step][which % 3]
        }
    };
    let (from, to, step) = (part(world, 0), part(world, 1), part(world, 2));
    let on_part = |world: &mut World| {
        let (from, step) = (part(world, 0), part(world, 2));
        on_step(world, site.value(1), from, step)
    };
    if step.as_int().is_some_and(|step| step < 0) {
        // A step that goes down turns the ends around; an open end is then the lower one.
        let inside = world.less(relation::LE, site.value(1), from)?
            && (part(world, 1).is_empty()
                || world.less(relation::LE, part(world, 1), site.value(1))?)
            && on_part(world)?;
        site.set_bool(inside);
        return Ok(());
    }
    let down = !to.is_empty() && step.is_empty() && world.less(relation::LT, to, from)?;
    let (low, high) = if down { (1, 0) } else { (0, 1) };
    let value = part(world, low);
    let inside = world.less(relation::LE, value, site.value(1))?
        && (part(world, high).is_empty()
            || world.less(relation::LE, site.value(1), part(world, high))?)
        && on_part(world)?;
    site.set_bool(inside);
    Ok(())
}

/// True if `value` is a whole number of steps from `from`, or there is no step, or they are no numbers.
fn on_step(world: &mut World, value: Value, from: Value, step: Value) -> Raise<bool> {
    if let (Some(value), Some(from), Some(step)) = (value.as_int(), from.as_int(), step.as_int()) {
        return Ok(step == 0 || (i128::from(value) - i128::from(from)) % i128::from(step) == 0);
    }
    let (Some(value), Some(from), Some(step)) = (
        world.number_of(value)?,
        world.number_of(from)?,
        world.number_of(step)?,
    ) else {
        return Ok(true);
    };
    let room = numeric::memory(numeric::Operation::Quotient, &value, &step)
        + numeric::memory(numeric::Operation::Sum, &value, &from);
    let rest = world.with_room(room, || {
        numeric::sub(Promote::Decimal, &value, &from)
            .and_then(|gap| numeric::rem(Promote::Decimal, &gap, &step))
    })?;
    Ok(rest.is_ok_and(|rest| rest == Number::I64(0)))
}
