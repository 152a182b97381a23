//! Operands at the size bounds: every operation ends soon, with a result or `TooLarge`.

use std::time::{Duration, Instant};

use numeric::{
    Exact, IBig, MAX_BITS, MAX_SCALE, NumError, Number, Operation, ParseError, Promote, Rounding,
    TextStyle, add, compare, cost, div, floor_div, hash, mul, parse_cost, parse_decimal,
    parse_integer, pow, rem, root, scale10, shl, sub, text, text_cost, to_f64, truncate,
};

fn extremes() -> Vec<Number> {
    let all_ones = (IBig::ONE << MAX_BITS) - IBig::ONE;
    let half: IBig = (IBig::ONE << (MAX_BITS / 2)) - IBig::ONE;
    vec![
        Number::I64(i64::MIN),
        Number::I64(-1),
        Number::I64(0),
        Number::I64(3),
        Number::I64(i64::MAX),
        Number::F64(f64::MAX),
        Number::F64(-5e-324),
        Number::F64(f64::NAN),
        Exact::integer(all_ones.clone()).unwrap().into(),
        Exact::integer(-all_ones.clone()).unwrap().into(),
        Exact::new(all_ones, MAX_SCALE).unwrap().into(),
        Exact::new(half, 1000).unwrap().into(),
        Exact::new(IBig::from(-7), MAX_SCALE).unwrap().into(),
        Exact::integer(IBig::ONE << (MAX_BITS - 2)).unwrap().into(),
        Exact::integer(IBig::ONE << 600_000).unwrap().into(),
        Exact::integer(IBig::from(10).pow(MAX_SCALE as usize))
            .unwrap()
            .into(),
    ]
}

#[test]
fn every_pair_of_extremes_ends() {
    let numbers = extremes();
    let ops = [add, sub, mul, div, rem, floor_div, pow, root, scale10, shl];
    let mut slowest = Duration::ZERO;
    for a in &numbers {
        for b in &numbers {
            for promote in [
                Promote::Wrap,
                Promote::Decimal,
                Promote::Big,
                Promote::Fault,
            ] {
                // The long work lies in exact operands, and there the policies share it.
                let long = matches!(a, Number::Exact(_)) || matches!(b, Number::Exact(_));
                if long && promote != Promote::Decimal {
                    continue;
                }
                for op in ops {
                    let start = Instant::now();
                    if let Ok(Number::Exact(value)) = op(promote, a, b) {
                        assert!(value.bits() <= MAX_BITS && value.scale() <= MAX_SCALE);
                    }
                    slowest = slowest.max(start.elapsed());
                }
            }
            let start = Instant::now();
            let _ = compare(a, b);
            let _ = div(Promote::Big, a, b);
            slowest = slowest.max(start.elapsed());
        }
    }
    // Milliseconds in a release build; the bound leaves room for debug builds and busy machines.
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn single_operands_end() {
    let start = Instant::now();
    for number in extremes() {
        let written = text(&number, TextStyle::Rhumb);
        assert!(written.len() < 2 * MAX_SCALE as usize + 4);
        if let Number::Exact(value) = &number {
            assert_eq!(parse_decimal(&written).as_ref(), Ok(value));
            let rounded = value.round(2, Rounding::HalfEven);
            assert!(rounded.is_ok_and(|rounded| rounded.scale() <= 2));
        }
        let _ = truncate(Promote::Big, &number);
        let _ = to_f64(&number);
        hash(&number, &mut std::hash::DefaultHasher::new());
    }
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn the_bounds_are_where_they_are_said_to_be() {
    let ten = IBig::from(10);
    assert!(Exact::integer(ten.pow(MAX_SCALE as usize)).is_ok());
    assert_eq!(
        Exact::integer(ten.pow(MAX_SCALE as usize + 1)),
        Err(NumError::TooLarge)
    );
    assert_eq!(
        Exact::new(IBig::ONE, MAX_SCALE + 1),
        Err(NumError::TooLarge)
    );
    // Zeros that normalising removes do not count.
    assert_eq!(
        Exact::new(ten.clone(), MAX_SCALE + 1),
        Exact::new(IBig::ONE, MAX_SCALE)
    );
    assert_eq!(
        Exact::new(ten.pow(5000), 5001).unwrap(),
        parse_decimal("0.1").unwrap()
    );
    let text = "9".repeat(MAX_SCALE as usize + 2);
    assert_eq!(parse_integer(&text, 10).err(), Some(ParseError::TooLarge));
    assert_eq!(parse_decimal(&text), Err(ParseError::TooLarge));
    assert_eq!(
        parse_integer(&"1".repeat(MAX_BITS + 1), 2).err(),
        Some(ParseError::TooLarge)
    );
    assert!(parse_integer(&"1".repeat(MAX_BITS), 2).is_ok());
}

#[test]
fn high_roots_of_long_numbers() {
    // Degrees from few bits of root to many, perfect powers and their neighbours.
    for (base, degree) in [
        (3i64, 600_000u64),
        (5, 100_001),
        (10, 300_000),
        (i64::MAX, 9999),
        (1_000_003, 50_001),
    ] {
        let power = Exact::from(base).pow(degree).unwrap();
        assert_eq!(power.exact_root(degree), Some(Exact::from(base)));
        assert_eq!(
            power.add(&Exact::from(1i64)).unwrap().exact_root(degree),
            None
        );
        assert_eq!(
            power.sub(&Exact::from(1i64)).unwrap().exact_root(degree),
            None
        );
    }
    let long = Exact::from(i64::MAX).pow(5000).unwrap();
    assert_eq!(long.pow(3).unwrap().exact_root(3), Some(long));
}

#[test]
fn costs_follow_lengths() {
    let big: Number = Exact::from(1i64 << 62).pow(100).unwrap().into();
    let limbs = 97;
    let one = Number::I64(1);
    assert_eq!(cost(Operation::Product, &big, &big), limbs * limbs);
    assert_eq!(cost(Operation::Product, &one, &one), 1);
    assert_eq!(cost(Operation::Sum, &big, &one), limbs + 1);
    assert!(cost(Operation::Power, &one, &Number::I64(i64::MAX)) <= 1 << 28);
    assert!(cost(Operation::Power, &big, &Number::I64(4)) >= 4 * limbs * limbs);
    let far = Number::from(Exact::new(IBig::ONE, MAX_SCALE).unwrap());
    assert_eq!(cost(Operation::Compare, &far, &big), 1);
    assert!(cost(Operation::Sum, &far, &big) > 1 << 24);
    assert!(text_cost(&big) >= limbs * limbs);
    assert!(parse_cost(usize::MAX) < 1 << 62);
    // Nothing overflows, whatever meets.
    for a in extremes() {
        for b in extremes() {
            for operation in [
                Operation::Sum,
                Operation::Product,
                Operation::Quotient,
                Operation::Power,
                Operation::Root,
                Operation::Shift,
                Operation::Compare,
            ] {
                assert!((1..1 << 40).contains(&cost(operation, &a, &b)));
            }
        }
    }
}
