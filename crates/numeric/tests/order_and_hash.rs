//! Comparison without rounding, and hashes that agree with it.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hasher};

use numeric::{Exact, IBig, Number, compare, equal, hash, parse_decimal, to_f64, total_order};
use proptest::prelude::*;

fn hashed(number: &Number) -> u64 {
    let mut state = DefaultHasher::new();
    hash(number, &mut state);
    state.finish()
}

fn dec(text: &str) -> Number {
    Number::Exact(parse_decimal(text).expect("a decimal"))
}

/// Numbers that often collide in value: every kind around the same few magnitudes.
fn numbers() -> impl Strategy<Value = Number> {
    let float = prop_oneof![
        any::<f64>(),
        (-40i32..80, -3i8..4).prop_map(|(power, near)| 2f64.powi(power) * f64::from(near)),
        (-3i64..4).prop_map(|near| 2f64.powi(53) + near as f64),
        (-3i64..4).prop_map(|near| near as f64 / 4.0),
    ];
    let integer = prop_oneof![
        any::<i64>(),
        -3i64..4,
        (-3i64..4).prop_map(|near| (1 << 53) + near),
        (-3i64..4).prop_map(|near| (1 << 62) + near),
    ];
    prop_oneof![
        integer.clone().prop_map(Number::I64),
        float.clone().prop_map(Number::F64),
        integer.prop_map(|value| Number::Exact(Exact::from(value))),
        float.prop_map(|value| Exact::from_f64(value).map_or(Number::F64(value), Number::Exact)),
        (any::<i128>(), 0u32..30)
            .prop_map(|(value, scale)| Exact::new(IBig::from(value), scale).unwrap().into()),
    ]
}

proptest! {
    #[test]
    fn order_is_consistent(a in numbers(), b in numbers(), c in numbers()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).map(Ordering::reverse));
        prop_assert_eq!(equal(&a, &b), compare(&a, &b) == Some(Ordering::Equal));
        prop_assert_eq!(total_order(&a, &b), total_order(&b, &a).reverse());
        if total_order(&a, &b).is_le() && total_order(&b, &c).is_le() {
            prop_assert!(total_order(&a, &c).is_le());
        }
        if equal(&a, &b) {
            prop_assert_eq!(hashed(&a), hashed(&b));
        }
    }

    #[test]
    fn kinds_of_one_value_agree(value in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
        let float = Number::F64(value);
        let exact = Number::Exact(Exact::from_f64(value).unwrap());
        prop_assert!(equal(&float, &exact));
        prop_assert_eq!(hashed(&float), hashed(&exact));
        prop_assert_eq!(to_f64(&exact), value);
    }

    #[test]
    fn integers_of_all_kinds_agree(value in any::<i64>()) {
        let exact = Number::Exact(Exact::from(value));
        prop_assert!(equal(&Number::I64(value), &exact));
        prop_assert_eq!(hashed(&Number::I64(value)), hashed(&exact));
        let float = Number::F64(value as f64);
        prop_assert_eq!(equal(&Number::I64(value), &float), value as f64 as i128 == i128::from(value));
        prop_assert_eq!(equal(&exact, &float), equal(&Number::I64(value), &float));
    }

    #[test]
    fn decimals_order_as_cross_products(a in any::<i128>(), s in 0u32..30, b in any::<i128>(), t in 0u32..30) {
        let ten = IBig::from(10);
        let left = IBig::from(a) * ten.pow(t as usize);
        let right = IBig::from(b) * ten.pow(s as usize);
        let (a, b) = (Exact::new(IBig::from(a), s).unwrap(), Exact::new(IBig::from(b), t).unwrap());
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
    }

    #[test]
    fn nearest_float_is_the_parsed_one(value in any::<i128>(), scale in 0u32..340) {
        let exact = Exact::new(IBig::from(value), scale).unwrap();
        let parsed: f64 = format!("{value}e-{scale}").parse().unwrap();
        prop_assert_eq!(exact.to_f64().to_bits(), if value == 0 { 0 } else { parsed.to_bits() });
    }

    #[test]
    fn big_integers_to_floats(a in any::<i128>(), digits in 0usize..290) {
        let value = IBig::from(a) * IBig::from(10).pow(digits);
        let parsed: f64 = value.to_string().parse().unwrap();
        prop_assert_eq!(Exact::integer(value).unwrap().to_f64(), parsed);
    }
}

#[test]
fn no_rounding_between_kinds() {
    let odd = (1i64 << 53) + 1;
    let float = Number::F64(odd as f64);
    assert_eq!(compare(&Number::I64(odd), &float), Some(Ordering::Greater));
    assert_eq!(
        compare(&dec("0.1"), &Number::F64(0.1)),
        Some(Ordering::Less)
    );
    assert_eq!(
        compare(&dec("0.5"), &Number::F64(0.5)),
        Some(Ordering::Equal)
    );
    assert_eq!(
        compare(&Number::I64(i64::MAX), &Number::F64(i64::MAX as f64)),
        Some(Ordering::Less)
    );
    assert_eq!(
        compare(&Number::I64(i64::MIN), &Number::F64(i64::MIN as f64)),
        Some(Ordering::Equal)
    );
    assert_eq!(
        compare(&Number::I64(0), &Number::F64(-5e-324)),
        Some(Ordering::Greater)
    );
}

#[test]
fn nan_infinity_and_zeros() {
    let (nan, inf) = (Number::F64(f64::NAN), Number::F64(f64::INFINITY));
    for other in [&nan, &inf, &Number::I64(0), &dec("1.5")] {
        assert_eq!(compare(&nan, other), None);
        assert!(!equal(&nan, other));
    }
    assert_eq!(
        total_order(&nan, &Number::F64(f64::NEG_INFINITY)),
        Ordering::Less
    );
    assert_eq!(total_order(&nan, &nan), Ordering::Equal);
    assert_eq!(
        compare(&dec("99999999999999999999999"), &inf),
        Some(Ordering::Less)
    );
    assert!(equal(&Number::F64(-0.0), &Number::I64(0)));
    assert_eq!(hashed(&Number::F64(-0.0)), hashed(&Number::I64(0)));
    assert_eq!(hashed(&nan), hashed(&Number::F64(-f64::NAN)));
    assert_ne!(hashed(&Number::I64(0)), hashed(&dec("0.1")));
}

#[test]
fn halfway_cases_round_to_even() {
    // Exactly between 2^53 and 2^53 + 2, a hair above, and at the edge of the subnormals.
    assert_eq!(
        parse_decimal("9007199254740993").unwrap().to_f64(),
        9007199254740992.0
    );
    assert_eq!(
        parse_decimal("9007199254740993.0000000000000000000000001")
            .unwrap()
            .to_f64(),
        9007199254740994.0
    );
    let least = Exact::from_f64(5e-324).unwrap();
    let half = least.div(&Exact::from(2i64)).unwrap();
    assert_eq!(half.to_f64(), 0.0);
    let above = half.add(&Exact::new(IBig::ONE, 2000).unwrap()).unwrap();
    assert_eq!(above.to_f64(), 5e-324);
    assert_eq!(above.neg().to_f64(), -5e-324);
    let three_halves = half.mul(&Exact::from(3i64)).unwrap();
    assert_eq!(three_halves.to_f64(), 1e-323);
    let max = Exact::from_f64(f64::MAX).unwrap();
    assert_eq!(max.to_f64(), f64::MAX);
    let beyond = max.add(&Exact::new(IBig::ONE, 3).unwrap()).unwrap();
    assert_eq!(beyond.to_f64(), f64::MAX);
    let overflow = max.add(&Exact::from_f64(2f64.powi(970)).unwrap()).unwrap();
    assert_eq!(overflow.to_f64(), f64::INFINITY);
    let tiny_overflow = overflow.add(&Exact::new(IBig::ONE, 9).unwrap()).unwrap();
    assert_eq!(tiny_overflow.neg().to_f64(), f64::NEG_INFINITY);
}
