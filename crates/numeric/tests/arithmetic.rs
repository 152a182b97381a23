//! Arithmetic by policy, against i128 and against the laws of arithmetic.

use numeric::{
    Exact, IBig, NumError, Number, Promote, Rounding, abs, add, bit_and, bit_not, bit_or, bit_xor,
    div, floor_div, mul, neg, parse_decimal, pow, rem, rem_floored, rem_truncated, root, round,
    scale10, shl, shr, sub, truncate,
};
use proptest::prelude::*;

const POLICIES: [Promote; 4] = [
    Promote::Wrap,
    Promote::Decimal,
    Promote::Big,
    Promote::Fault,
];

fn int(value: i64) -> Number {
    Number::I64(value)
}

fn float(value: f64) -> Number {
    Number::F64(value)
}

fn dec(text: &str) -> Number {
    Number::Exact(parse_decimal(text).expect("a decimal"))
}

fn wide(value: i128) -> Number {
    Number::Exact(Exact::from(value))
}

/// Same kind and same value; NaN equals NaN, the zeros differ.
fn same(a: &Number, b: &Number) -> bool {
    match (a, b) {
        (Number::I64(a), Number::I64(b)) => a == b,
        (Number::F64(a), Number::F64(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Number::Exact(a), Number::Exact(b)) => a == b,
        _ => false,
    }
}

#[track_caller]
fn gives(result: Result<Number, NumError>, expected: Number) {
    match result {
        Ok(value) => assert!(same(&value, &expected), "{value:?}, expected {expected:?}"),
        Err(error) => panic!("{error:?}, expected {expected:?}"),
    }
}

#[track_caller]
fn fails(result: Result<Number, NumError>, expected: NumError) {
    assert_eq!(result.map(|value| format!("{value:?}")), Err(expected));
}

/// i64 values with the edges well represented.
fn edgy() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        -20i64..20,
        prop_oneof![Just(i64::MIN), Just(i64::MIN + 1), Just(i64::MAX)],
        (0u32..63).prop_map(|bit| 1i64 << bit),
        any::<i32>().prop_map(i64::from),
    ]
}

/// Decimals of up to 77 digits.
fn decimals() -> impl Strategy<Value = Exact> {
    (any::<i128>(), any::<i128>(), 0u32..40, any::<bool>()).prop_map(|(a, b, scale, long)| {
        let coefficient = if long {
            IBig::from(a) * IBig::from(b)
        } else {
            IBig::from(a >> 70)
        };
        Exact::new(coefficient, scale).expect("small")
    })
}

/// What a policy makes of an integer result.
fn expected(promote: Promote, value: i128) -> Result<Number, NumError> {
    match (i64::try_from(value), promote) {
        (Ok(small), _) => Ok(int(small)),
        (Err(_), Promote::Wrap) => Ok(int(value as i64)),
        (Err(_), Promote::Fault) => Err(NumError::Overflow),
        (Err(_), _) => Ok(wide(value)),
    }
}

fn agree(a: &Result<Number, NumError>, b: &Result<Number, NumError>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => same(a, b),
        (Err(a), Err(b)) => a == b,
        _ => false,
    }
}

proptest! {
    #[test]
    fn integers_follow_i128(a in edgy(), b in edgy()) {
        let (x, y) = (i128::from(a), i128::from(b));
        for promote in POLICIES {
            prop_assert!(agree(&add(promote, &int(a), &int(b)), &expected(promote, x + y)));
            prop_assert!(agree(&sub(promote, &int(a), &int(b)), &expected(promote, x - y)));
            prop_assert!(agree(&mul(promote, &int(a), &int(b)), &expected(promote, x * y)));
            prop_assert!(agree(&neg(promote, &int(a)), &expected(promote, -x)));
            if b != 0 && (a, b) != (i64::MIN, -1) {
                let floor = x.div_euclid(y) - i128::from(y < 0 && x.rem_euclid(y) != 0);
                prop_assert!(agree(&floor_div(promote, &int(a), &int(b)), &expected(promote, floor)));
                prop_assert!(same(&rem_floored(promote, &int(a), &int(b)).unwrap(), &int((x - floor * y) as i64)));
                prop_assert!(same(&rem_truncated(promote, &int(a), &int(b)).unwrap(), &int(a % b)));
            }
        }
    }

    #[test]
    fn exact_integers_agree_with_i64(a in edgy(), b in edgy()) {
        let (x, y) = (wide(a.into()), wide(b.into()));
        for op in [add, sub, mul, rem_floored, rem_truncated, floor_div, div] {
            let small = op(Promote::Decimal, &int(a), &int(b));
            let large = op(Promote::Decimal, &x, &y);
            match (small, large) {
                (Ok(Number::F64(nearest)), Ok(Number::Exact(quotient))) => {
                    // 34 digits, then 53 bits: at most a last bit off by the double rounding.
                    let ulp = (nearest.abs() * f64::EPSILON).max(f64::MIN_POSITIVE);
                    prop_assert!((quotient.to_f64() - nearest).abs() <= ulp);
                }
                (small, large) => prop_assert_eq!(small, large),
            }
        }
    }

    #[test]
    fn laws_of_decimals(a in decimals(), b in decimals(), c in decimals()) {
        prop_assert_eq!(a.add(&b).unwrap(), b.add(&a).unwrap());
        prop_assert_eq!(a.mul(&b).unwrap(), b.mul(&a).unwrap());
        prop_assert_eq!(a.add(&b).unwrap().add(&c).unwrap(), a.add(&b.add(&c).unwrap()).unwrap());
        prop_assert_eq!(a.mul(&b).unwrap().mul(&c).unwrap(), a.mul(&b.mul(&c).unwrap()).unwrap());
        prop_assert_eq!(
            a.mul(&b.add(&c).unwrap()).unwrap(),
            a.mul(&b).unwrap().add(&a.mul(&c).unwrap()).unwrap()
        );
        prop_assert_eq!(a.add(&b).unwrap().sub(&b).unwrap(), a.clone());
        prop_assert_eq!(a.sub(&b).unwrap(), b.sub(&a).unwrap().neg());
        if !b.is_zero() {
            let (quotient, rest) = a.div_rem_floored(&b).unwrap();
            prop_assert!(quotient.is_integer());
            prop_assert_eq!(quotient.mul(&b).unwrap().add(&rest).unwrap(), a.clone());
            prop_assert!(rest.is_zero() || rest.is_negative() == b.is_negative());
            prop_assert!(rest.abs() < b.abs());
            let truncated = a.div_truncated(&b).unwrap();
            prop_assert_eq!(truncated.mul(&b).unwrap().add(&a.rem_truncated(&b).unwrap()).unwrap(), a);
        }
    }

    #[test]
    fn quotients_are_exact_or_nearest(a in decimals(), b in decimals()) {
        prop_assume!(!b.is_zero());
        let quotient = a.div(&b).unwrap();
        let back = quotient.mul(&b).unwrap();
        if back != a {
            // Half a unit of the 34th digit: |a − q·b| ≤ |b|·10^(e−33)/2 with 10^e ≤ |q|.
            let text = quotient.coefficient().to_string();
            let digits = text.trim_start_matches('-');
            prop_assert!(digits.trim_end_matches('0').len() <= 34);
            let last = i64::from(quotient.scale()) + 34 - digits.len() as i64;
            let half_unit = scale10(Promote::Decimal, &wide(5), &int(-last - 1)).unwrap();
            let bound = mul(Promote::Decimal, &b.abs().into(), &half_unit).unwrap();
            prop_assert!(Number::from(a.sub(&back).unwrap().abs()) <= bound);
        }
        // A product always divides back exactly.
        prop_assert_eq!(a.mul(&b).unwrap().div(&b).unwrap(), a);
    }

    #[test]
    fn rounding_is_nearest_and_directed(a in decimals(), scale in 0u32..40) {
        let unit = Exact::new(IBig::ONE, scale).unwrap();
        let floor = a.round(scale, Rounding::Floor).unwrap();
        let ceil = a.round(scale, Rounding::Ceil).unwrap();
        prop_assert!(floor <= a && a <= ceil);
        prop_assert!(floor == ceil && floor == a || ceil == floor.add(&unit).unwrap());
        let truncated = a.round(scale, Rounding::Trunc).unwrap();
        prop_assert_eq!(&truncated, if a.is_negative() { &ceil } else { &floor });
        for mode in [Rounding::HalfEven, Rounding::HalfAway] {
            let rounded = a.round(scale, mode).unwrap();
            let error = rounded.sub(&a).unwrap().abs();
            prop_assert!(error.add(&error).unwrap() <= unit);
            prop_assert!(rounded == floor || rounded == ceil);
        }
    }

    #[test]
    fn powers_and_roots(base in decimals(), exponent in 1u64..12) {
        let power = base.pow(exponent).unwrap();
        let mut product = Exact::from(1i64);
        for _ in 0..exponent {
            product = product.mul(&base).unwrap();
        }
        prop_assert_eq!(&power, &product);
        let root = if exponent % 2 == 0 { base.abs() } else { base.clone() };
        prop_assert_eq!(power.exact_root(exponent), Some(root));
        if exponent > 1 && !base.is_zero() && base.abs() != Exact::from(1i64) {
            let last = Exact::new(IBig::ONE, power.scale()).unwrap();
            if base.is_integer() {
                prop_assert_eq!(power.add(&last).unwrap().exact_root(exponent), None);
            }
        }
    }

    #[test]
    fn small_powers_follow_i128(base in -9i64..10, exponent in 0i64..39) {
        let value = i128::from(base).pow(exponent as u32);
        for promote in POLICIES {
            prop_assert!(agree(&pow(promote, &int(base), &int(exponent)), &expected(promote, value)));
        }
    }

    #[test]
    fn bits_follow_i128(a in any::<i128>(), b in any::<i128>(), count in 0i64..127) {
        let (x, y) = (wide(a), wide(b));
        let promote = Promote::Big;
        prop_assert_eq!(bit_and(promote, &x, &y).unwrap(), wide(a & b));
        prop_assert_eq!(bit_or(promote, &x, &y).unwrap(), wide(a | b));
        prop_assert_eq!(bit_xor(promote, &x, &y).unwrap(), wide(a ^ b));
        prop_assert_eq!(bit_not(promote, &x).unwrap(), wide(!a));
        prop_assert_eq!(shr(promote, &x, &int(count)).unwrap(), wide(a >> count));
        let shifted = shl(promote, &x, &int(count)).unwrap();
        prop_assert_eq!(mul(promote, &x, &pow(promote, &int(2), &int(count)).unwrap()).unwrap(), shifted.clone());
        prop_assert_eq!(shr(promote, &shifted, &int(count)).unwrap(), x);
    }

    #[test]
    fn decimal_shifts(a in decimals(), shift in -60i64..60) {
        let there = scale10(Promote::Decimal, &a.clone().into(), &int(shift)).unwrap();
        prop_assert_eq!(scale10(Promote::Decimal, &there, &int(-shift)).unwrap(), Number::from(a.clone()));
        if shift >= 0 {
            let power = pow(Promote::Big, &int(10), &int(shift)).unwrap();
            prop_assert_eq!(mul(Promote::Decimal, &a.into(), &power).unwrap(), there);
        }
    }
}

#[test]
fn addition_by_policy() {
    let (max, one) = (int(i64::MAX), int(1));
    gives(add(Promote::Wrap, &max, &one), int(i64::MIN));
    gives(add(Promote::Decimal, &max, &one), wide(1 << 63));
    gives(add(Promote::Big, &max, &one), wide(1 << 63));
    fails(add(Promote::Fault, &max, &one), NumError::Overflow);
    // Morph normalises, Rhumb keeps a Decimal.
    gives(sub(Promote::Big, &wide(1 << 63), &one), max.clone());
    gives(
        sub(Promote::Decimal, &wide(1 << 63), &one),
        wide(i64::MAX.into()),
    );
    gives(add(Promote::Decimal, &dec("1.5"), &dec("1.5")), wide(3));
    // Rhumb's tower: the higher kind wins, exactly; elsewhere the float.
    gives(add(Promote::Decimal, &int(1), &float(0.5)), float(1.5));
    gives(
        add(Promote::Decimal, &dec("1.5"), &float(0.25)),
        dec("1.75"),
    );
    gives(add(Promote::Decimal, &dec("1.5"), &int(1)), dec("2.5"));
    gives(
        add(Promote::Big, &wide(1 << 70), &float(0.5)),
        float(2f64.powi(70)),
    );
    fails(
        mul(Promote::Decimal, &float(1e308), &float(10.0)),
        NumError::Range,
    );
    fails(
        add(Promote::Decimal, &dec("1"), &float(f64::NAN)),
        NumError::Range,
    );
    gives(
        mul(Promote::Big, &float(1e308), &float(10.0)),
        float(f64::INFINITY),
    );
}

#[test]
fn negation_and_magnitude_at_the_edge() {
    let least = int(i64::MIN);
    gives(neg(Promote::Wrap, &least), least.clone());
    gives(neg(Promote::Big, &least), wide(1 << 63));
    fails(neg(Promote::Fault, &least), NumError::Overflow);
    fails(abs(Promote::Wrap, &least), NumError::Overflow);
    gives(abs(Promote::Decimal, &least), wide(1 << 63));
    gives(neg(Promote::Big, &wide(1 << 63)), least);
    gives(neg(Promote::Wrap, &float(0.0)), float(-0.0));
}

#[test]
fn division_by_policy() {
    for promote in [Promote::Wrap, Promote::Fault] {
        gives(div(promote, &int(-7), &int(2)), int(-3));
        gives(rem(promote, &int(-7), &int(2)), int(-1));
        gives(div(promote, &float(1.0), &float(0.0)), float(f64::INFINITY));
        gives(rem(promote, &float(-5.5), &float(2.0)), float(-1.5));
        gives(
            div(promote, &wide(-(1 << 70)), &int(3)),
            wide(-(1i128 << 70) / 3),
        );
        fails(div(promote, &int(i64::MIN), &int(-1)), NumError::Overflow);
        fails(rem(promote, &int(i64::MIN), &int(-1)), NumError::Overflow);
    }
    for promote in POLICIES {
        fails(div(promote, &int(1), &int(0)), NumError::Zero);
        fails(rem(promote, &int(1), &int(0)), NumError::Zero);
        fails(floor_div(promote, &int(1), &int(0)), NumError::Zero);
        fails(div(promote, &dec("1.5"), &dec("0")), NumError::Zero);
        fails(rem(promote, &dec("1.5"), &int(0)), NumError::Zero);
    }
    for promote in [Promote::Decimal, Promote::Big] {
        gives(div(promote, &int(10), &int(2)), float(5.0));
        fails(div(promote, &float(1.0), &float(-0.0)), NumError::Zero);
        fails(rem(promote, &float(1.0), &float(0.0)), NumError::Zero);
        // morph.md §3.4, rhumb.md §3.16.
        gives(rem(promote, &int(-7), &int(3)), int(2));
        gives(rem(promote, &int(7), &int(-3)), int(-2));
        gives(rem(promote, &float(-7.0), &float(3.0)), float(2.0));
        gives(rem(promote, &int(i64::MIN), &int(-1)), int(0));
        gives(floor_div(promote, &int(-7), &int(2)), int(-4));
        gives(floor_div(promote, &int(i64::MIN), &int(-1)), wide(1 << 63));
    }
    gives(
        floor_div(Promote::Big, &float(-7.5), &float(2.0)),
        float(-4.0),
    );
    gives(
        floor_div(Promote::Decimal, &float(-7.5), &float(2.0)),
        int(-4),
    );
    gives(floor_div(Promote::Decimal, &dec("7.5"), &int(2)), int(3));
    gives(rem(Promote::Decimal, &dec("-7.5"), &int(2)), dec("0.5"));
    // Correctly rounded beyond 2^53, where converting first would round twice.
    gives(
        div(Promote::Big, &int(9_007_199_254_740_993), &int(3)),
        float(3_002_399_751_580_331.0),
    );
    gives(
        div(Promote::Big, &wide(10i128.pow(30)), &wide(10i128.pow(29))),
        float(10.0),
    );
}

#[test]
fn decimal_quotients() {
    let quotient = |a: &str, b: &str| div(Promote::Decimal, &dec(a), &dec(b));
    gives(
        quotient("1", "3"),
        dec("0.3333333333333333333333333333333333"),
    );
    gives(
        quotient("2", "3"),
        dec("0.6666666666666666666666666666666667"),
    );
    gives(
        quotient("-200", "3"),
        dec("-66.66666666666666666666666666666667"),
    );
    gives(quotient("1", "8"), dec("0.125"));
    gives(quotient("1", "0.03125"), dec("32"));
    gives(
        quotient("0.00001", "7"),
        dec("0.000001428571428571428571428571428571429"),
    );
    // Ends, so exact although longer than 34 digits.
    gives(
        quotient("10000000000000000000000000000000000000000000000001", "2"),
        dec("5000000000000000000000000000000000000000000000000.5"),
    );
    // Rounds up into one digit more.
    gives(
        quotient(
            "2999999999999999999999999999999999999999999",
            "3000000000000000000000000000000000000000007",
        ),
        dec("1"),
    );
}

#[test]
fn powers_by_policy() {
    gives(pow(Promote::Big, &int(2), &int(100)), wide(1 << 100));
    gives(
        pow(Promote::Wrap, &int(3), &int(41)),
        int(3i64.wrapping_pow(41)),
    );
    gives(pow(Promote::Wrap, &int(2), &int(i64::MAX)), int(0));
    fails(pow(Promote::Fault, &int(10), &int(19)), NumError::Overflow);
    gives(pow(Promote::Decimal, &int(2), &int(-1)), float(0.5));
    gives(pow(Promote::Decimal, &int(4), &float(0.5)), float(2.0));
    gives(pow(Promote::Decimal, &dec("1.5"), &int(2)), dec("2.25"));
    gives(pow(Promote::Decimal, &int(0), &int(0)), int(1));
    fails(pow(Promote::Decimal, &int(0), &int(-1)), NumError::Zero);
    gives(
        pow(Promote::Wrap, &float(0.0), &int(-1)),
        float(f64::INFINITY),
    );
    fails(
        pow(Promote::Decimal, &float(-1.0), &float(0.5)),
        NumError::Range,
    );
    gives(pow(Promote::Big, &int(-1), &int(i64::MAX)), int(-1));
    gives(pow(Promote::Big, &int(-1), &wide((1 << 100) + 1)), int(-1));
    gives(pow(Promote::Big, &int(-1), &wide(1 << 100)), int(1));
    fails(
        pow(Promote::Big, &int(2), &int(1 << 40)),
        NumError::TooLarge,
    );
    fails(
        pow(Promote::Big, &int(2), &wide(1 << 100)),
        NumError::TooLarge,
    );
    fails(
        pow(Promote::Decimal, &dec("0.1"), &int(400_000)),
        NumError::TooLarge,
    );
}

#[test]
fn roots() {
    // rhumb.md §3.16 and D-18: the degree comes first.
    gives(root(Promote::Decimal, &int(2), &int(25)), int(5));
    gives(root(Promote::Decimal, &int(3), &int(-27)), int(-3));
    gives(root(Promote::Decimal, &int(2), &int(2)), float(2f64.sqrt()));
    gives(root(Promote::Decimal, &int(2), &dec("0.25")), dec("0.5"));
    gives(root(Promote::Decimal, &int(2), &float(25.0)), float(5.0));
    gives(root(Promote::Decimal, &int(-2), &int(4)), float(0.5));
    fails(root(Promote::Decimal, &int(2), &int(-4)), NumError::Range);
    gives(root(Promote::Wrap, &int(2), &int(-4)), float(f64::NAN));
    fails(root(Promote::Wrap, &int(0), &int(4)), NumError::Zero);
    fails(root(Promote::Big, &int(-3), &int(0)), NumError::Zero);
    gives(root(Promote::Decimal, &dec("0.5"), &int(3)), float(9.0));
    gives(root(Promote::Big, &int(63), &int(i64::MIN)), int(-2));
    gives(
        root(
            Promote::Big,
            &int(7),
            &pow(Promote::Big, &int(123_456_789), &int(7)).unwrap(),
        ),
        int(123_456_789),
    );
}

#[test]
fn decimal_shift_kinds() {
    gives(scale10(Promote::Decimal, &int(5), &int(2)), int(500));
    gives(scale10(Promote::Decimal, &int(5), &int(-1)), float(0.5));
    gives(
        scale10(Promote::Decimal, &int(3), &int(25)),
        wide(3 * 10i128.pow(25)),
    );
    gives(
        scale10(Promote::Wrap, &int(7), &int(25)),
        int((7 * 10i128.pow(25)) as i64),
    );
    gives(scale10(Promote::Wrap, &int(7), &int(1 << 40)), int(0));
    fails(
        scale10(Promote::Fault, &int(7), &int(25)),
        NumError::Overflow,
    );
    gives(
        scale10(Promote::Decimal, &float(1.1), &int(3)),
        float(1100.0),
    );
    gives(
        scale10(Promote::Decimal, &float(5e-324), &int(324)),
        float(4.940_656_458_412_465),
    );
    gives(
        scale10(Promote::Wrap, &float(-1.0), &int(i64::MIN)),
        float(-0.0),
    );
    gives(
        scale10(Promote::Decimal, &dec("1.5"), &int(-2)),
        dec("0.015"),
    );
    fails(
        scale10(Promote::Decimal, &dec("1.5"), &int(i64::MAX)),
        NumError::TooLarge,
    );
    fails(
        scale10(Promote::Decimal, &dec("1.5"), &int(i64::MIN)),
        NumError::TooLarge,
    );
    fails(
        scale10(Promote::Big, &int(1), &int(i64::MAX)),
        NumError::TooLarge,
    );
}

#[test]
fn bit_operations_by_policy() {
    gives(shl(Promote::Big, &int(1), &int(64)), wide(1 << 64));
    gives(shl(Promote::Big, &int(-1), &int(63)), int(i64::MIN));
    gives(shl(Promote::Wrap, &int(1), &int(65)), int(2));
    fails(shl(Promote::Fault, &int(1), &int(63)), NumError::Overflow);
    fails(shl(Promote::Fault, &int(1), &int(1000)), NumError::Overflow);
    gives(shl(Promote::Fault, &int(0), &int(1000)), int(0));
    fails(shl(Promote::Big, &int(1), &int(-1)), NumError::Range);
    fails(shr(Promote::Big, &int(1), &int(-1)), NumError::Range);
    fails(
        shl(Promote::Big, &int(1), &int(1 << 21)),
        NumError::TooLarge,
    );
    fails(
        shl(Promote::Big, &int(1), &wide(1 << 100)),
        NumError::TooLarge,
    );
    gives(shr(Promote::Big, &int(-5), &int(1)), int(-3));
    gives(shr(Promote::Big, &int(-5), &int(500)), int(-1));
    gives(
        shr(Promote::Big, &wide(-(1 << 100)), &wide(1 << 100)),
        int(-1),
    );
    gives(
        bit_and(Promote::Big, &int(-1), &wide((1 << 64) + 5)),
        wide((1 << 64) + 5),
    );
    fails(
        bit_and(Promote::Big, &int(1), &float(1.0)),
        NumError::NotInteger,
    );
    fails(bit_not(Promote::Big, &dec("1.5")), NumError::NotInteger);
}

#[test]
fn whole_numbers() {
    gives(truncate(Promote::Big, &float(-3.9)), int(-3));
    gives(truncate(Promote::Big, &float(1e20)), wide(10i128.pow(20)));
    fails(truncate(Promote::Wrap, &float(1e20)), NumError::Range);
    fails(truncate(Promote::Big, &float(f64::NAN)), NumError::Range);
    gives(truncate(Promote::Decimal, &dec("-3.9")), int(-3));
    gives(
        round(Promote::Decimal, &dec("2.5"), Rounding::HalfEven),
        wide(2),
    );
    gives(round(Promote::Big, &dec("2.5"), Rounding::HalfAway), int(3));
    gives(
        round(Promote::Wrap, &float(2.5), Rounding::HalfEven),
        float(2.0),
    );
    gives(
        round(Promote::Wrap, &float(-2.5), Rounding::HalfAway),
        float(-3.0),
    );
}
