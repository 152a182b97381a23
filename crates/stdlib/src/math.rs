//! Functions of numbers.

use std::cmp::Ordering;

use foxvm::{Context, Error, Native, Number, Policy};
use numeric::{Exact, IBig, Operation, Promote, Rounding};

use crate::failure;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        pi::native(),
        e::native(),
        tau::native(),
        sin::native(),
        cos::native(),
        tan::native(),
        asin::native(),
        acos::native(),
        atan::native(),
        sinh::native(),
        cosh::native(),
        tanh::native(),
        atan2::native(),
        exp::native(),
        ln::native(),
        log::native(),
        log10::native(),
        log2::native(),
        sqrt::native(),
        cbrt::native(),
        hypot::native(),
        floor::native(),
        ceil::native(),
        round::native(),
        round_even::native(),
        trunc::native(),
        min::native(),
        max::native(),
        clamp::native(),
        gcd::native(),
    ]
}

/// How the calling language's numbers widen.
fn promote(cx: &Context<'_>) -> Promote {
    match cx.policy() {
        Policy::Machine => Promote::Fault,
        Policy::Fusabi => Promote::Wrap,
        Policy::Morph => Promote::Big,
        Policy::Rhumb => Promote::Decimal,
    }
}

/// A float result: Rhumb has no number that is not finite (docs/specs/machine.md §1 "Policies").
fn real(cx: &Context<'_>, value: f64) -> Result<f64, Error> {
    if value.is_finite() || cx.policy() != Policy::Rhumb {
        Ok(value)
    } else {
        Err(failure::range("the result is no finite number"))
    }
}

/// The circle's circumference by its diameter.
#[foxvm::native(name = "math.pi")]
fn pi() -> f64 {
    std::f64::consts::PI
}

/// The base of the natural logarithm.
#[foxvm::native(name = "math.e")]
fn e() -> f64 {
    std::f64::consts::E
}

/// A full turn: 2π.
#[foxvm::native(name = "math.tau")]
fn tau() -> f64 {
    std::f64::consts::TAU
}

macro_rules! reals {
    ($($(#[$about:meta])* $name:ident $text:literal |$x:ident| $value:expr;)*) => {$(
        $(#[$about])*
        #[foxvm::native(name = $text, cost = 6)]
        fn $name(cx: &mut Context<'_>, number: Number) -> Result<f64, Error> {
            let $x = numeric::to_f64(&number);
            real(cx, $value)
        }
    )*};
}

reals! {
    /// Sine.
    sin "math.sin" |x| x.sin();
    /// Cosine.
    cos "math.cos" |x| x.cos();
    /// Tangent.
    tan "math.tan" |x| x.tan();
    /// Angle whose sine is the number, between -π/2 and π/2; not a number outside -1 to 1.
    asin "math.asin" |x| x.asin();
    /// Angle whose cosine is the number, between 0 and π; not a number outside -1 to 1.
    acos "math.acos" |x| x.acos();
    /// Angle whose tangent is the number, between -π/2 and π/2.
    atan "math.atan" |x| x.atan();
    /// Hyperbolic sine.
    sinh "math.sinh" |x| x.sinh();
    /// Hyperbolic cosine.
    cosh "math.cosh" |x| x.cosh();
    /// Hyperbolic tangent.
    tanh "math.tanh" |x| x.tanh();
    /// e to the power of the number.
    exp "math.exp" |x| x.exp();
    /// Natural logarithm; not a number below 0.
    ln "math.ln" |x| x.ln();
    /// Logarithm to base 10.
    log10 "math.log10" |x| x.log10();
    /// Logarithm to base 2.
    log2 "math.log2" |x| x.log2();
    /// Square root; not a number below 0.
    sqrt "math.sqrt" |x| x.sqrt();
    /// Cube root.
    cbrt "math.cbrt" |x| x.cbrt();
}

/// Logarithm to a base.
#[foxvm::native(name = "math.log", cost = 6)]
fn log(cx: &mut Context<'_>, number: Number, base: Number) -> Result<f64, Error> {
    real(cx, numeric::to_f64(&number).log(numeric::to_f64(&base)))
}

/// Angle of the point (x, y), between -π and π.
#[foxvm::native(name = "math.atan2", cost = 6)]
fn atan2(cx: &mut Context<'_>, y: Number, x: Number) -> Result<f64, Error> {
    real(cx, numeric::to_f64(&y).atan2(numeric::to_f64(&x)))
}

/// Length of the hypotenuse over two sides.
#[foxvm::native(name = "math.hypot", cost = 6)]
fn hypot(cx: &mut Context<'_>, a: Number, b: Number) -> Result<f64, Error> {
    real(cx, numeric::to_f64(&a).hypot(numeric::to_f64(&b)))
}

fn whole(cx: &mut Context<'_>, number: &Number, mode: Rounding) -> Result<Number, Error> {
    cx.charge(numeric::cost(Operation::Quotient, number, number))?;
    numeric::round(promote(cx), number, mode).map_err(failure::number)
}

/// The greatest whole number that is not greater, of the number's own kind.
#[foxvm::native(name = "math.floor")]
fn floor(cx: &mut Context<'_>, number: Number) -> Result<Number, Error> {
    whole(cx, &number, Rounding::Floor)
}

/// The least whole number that is not less, of the number's own kind.
#[foxvm::native(name = "math.ceil")]
fn ceil(cx: &mut Context<'_>, number: Number) -> Result<Number, Error> {
    whole(cx, &number, Rounding::Ceil)
}

/// The nearest whole number; of two equally near the one farther from zero.
#[foxvm::native(name = "math.round")]
fn round(cx: &mut Context<'_>, number: Number) -> Result<Number, Error> {
    whole(cx, &number, Rounding::HalfAway)
}

/// The nearest whole number; of two equally near the even one.
#[foxvm::native(name = "math.round_even")]
fn round_even(cx: &mut Context<'_>, number: Number) -> Result<Number, Error> {
    whole(cx, &number, Rounding::HalfEven)
}

/// The whole number towards zero, of the number's own kind.
#[foxvm::native(name = "math.trunc")]
fn trunc(cx: &mut Context<'_>, number: Number) -> Result<Number, Error> {
    whole(cx, &number, Rounding::Trunc)
}

/// Is `a` to be preferred where the one that compares as `wanted` is sought? What is not a number is, as in IEEE's minimum.
fn preferred(a: &Number, b: &Number, wanted: Ordering) -> bool {
    let nan = |number: &Number| matches!(number, Number::F64(value) if value.is_nan());
    nan(a) || (!nan(b) && numeric::compare(a, b).is_some_and(|order| order != wanted.reverse()))
}

fn compared(cx: &mut Context<'_>, a: &Number, b: &Number) -> Result<(), Error> {
    cx.charge(numeric::cost(Operation::Compare, a, b))
}

/// The lesser of two numbers; not a number if one is not.
#[foxvm::native(name = "math.min")]
fn min(cx: &mut Context<'_>, a: Number, b: Number) -> Result<Number, Error> {
    compared(cx, &a, &b)?;
    Ok(if preferred(&a, &b, Ordering::Less) {
        a
    } else {
        b
    })
}

/// The greater of two numbers; not a number if one is not.
#[foxvm::native(name = "math.max")]
fn max(cx: &mut Context<'_>, a: Number, b: Number) -> Result<Number, Error> {
    compared(cx, &a, &b)?;
    Ok(if preferred(&a, &b, Ordering::Greater) {
        a
    } else {
        b
    })
}

/// The number, or the nearer of two limits if it lies outside them; the lower may not be greater than the upper.
#[foxvm::native(name = "math.clamp")]
fn clamp(
    cx: &mut Context<'_>,
    number: Number,
    lower: Number,
    upper: Number,
) -> Result<Number, Error> {
    compared(cx, &number, &lower)?;
    compared(cx, &number, &upper)?;
    if numeric::compare(&lower, &upper).is_none_or(|order| order == Ordering::Greater) {
        return Err(failure::range("the lower limit is above the upper one"));
    }
    Ok(match numeric::compare(&number, &lower) {
        Some(Ordering::Less) => lower,
        _ if numeric::compare(&number, &upper) == Some(Ordering::Greater) => upper,
        _ => number,
    })
}

/// The exact whole number that a number is.
fn integer(number: &Number) -> Result<Exact, Error> {
    let exact = match number {
        Number::I64(value) => Exact::integer(IBig::from(*value)),
        Number::F64(value) => Exact::from_f64(*value),
        Number::Exact(value) => Ok(value.clone()),
    };
    let exact = exact.map_err(failure::number)?;
    if exact.is_integer() {
        Ok(exact)
    } else {
        Err(failure::range("a whole number is needed"))
    }
}

/// The greatest common divisor of two whole numbers, not negative; of 0 and 0 it is 0.
#[foxvm::native(name = "math.gcd")]
fn gcd(cx: &mut Context<'_>, a: Number, b: Number) -> Result<Number, Error> {
    let (mut a, mut b) = (integer(&a)?, integer(&b)?);
    while !b.is_zero() {
        cx.work(0)?;
        let cost = numeric::cost(
            Operation::Quotient,
            &Number::Exact(a.clone()),
            &Number::Exact(b.clone()),
        );
        cx.charge(cost)?;
        let rest = a.rem_truncated(&b).map_err(failure::number)?;
        a = b;
        b = rest;
    }
    let positive = a.abs();
    Ok(match positive.to_i64() {
        Ok(small) => Number::I64(small),
        Err(_) => Number::Exact(positive),
    })
}
