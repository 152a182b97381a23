//! Texts out, texts in, and bytes both ways.

use numeric::{
    Exact, IBig, NumError, Number, ParseError, TextStyle, exact_text, float_text, parse_decimal,
    parse_float, parse_integer, text,
};
use proptest::prelude::*;

const STYLES: [TextStyle; 4] = [
    TextStyle::Rhumb,
    TextStyle::Fusabi,
    TextStyle::FusabiStructural,
    TextStyle::Morph,
];

#[test]
fn floats_in_every_style() {
    let inf = f64::INFINITY;
    #[rustfmt::skip]
    let table: &[(f64, &str, &str, &str, &str)] = &[
        // value, Rhumb, Fusabi, Fusabi %A, Morph
        (0.0, "0", "0", "0.0", "0.0"),
        (-0.0, "-0", "-0", "-0.0", "-0.0"),
        (1.0, "1", "1", "1.0", "1.0"),
        (-5.0, "-5", "-5", "-5.0", "-5.0"),
        (0.1, "0.1", "0.1", "0.1", "0.1"),
        (100.0, "100", "100", "100.0", "100.0"),
        (4.000000000000004, "4.000000000000004", "4.000000000000004", "4.000000000000004", "4.000000000000004"),
        (0.30000000000000004, "0.30000000000000004", "0.30000000000000004", "0.30000000000000004", "0.30000000000000004"),
        (1e14, "100000000000000", "100000000000000", "100000000000000.0", "100000000000000.0"),
        (1e15, "1000000000000000", "1e+15", "1e+15", "1000000000000000.0"),
        (1e16, "10000000000000000", "1e+16", "1e+16", "1e+16"),
        (1234567890123456.0, "1234567890123456", "1234567890123456", "1234567890123456.0", "1234567890123456.0"),
        (123456789012345680.0, "123456789012345680", "1.2345678901234568e+17", "1.2345678901234568e+17", "1.2345678901234568e+17"),
        (0.0001, "0.0001", "0.0001", "0.0001", "0.0001"),
        (0.00001, "0.00001", "1e-05", "1e-05", "1e-05"),
        (-3.37e-15, "-0.00000000000000337", "-3.37e-15", "-3.37e-15", "-3.37e-15"),
        (1e100, &("1".to_owned() + &"0".repeat(100)), "1e+100", "1e+100", "1e+100"),
        (inf, "infinity", "infinity", "infinity", "inf"),
        (-inf, "-infinity", "-infinity", "-infinity", "-inf"),
        (-f64::NAN, "nan", "nan", "nan", "nan"),
    ];
    for (value, rhumb, fusabi, structural, morph) in table {
        assert_eq!(float_text(*value, TextStyle::Rhumb), *rhumb);
        assert_eq!(float_text(*value, TextStyle::Fusabi), *fusabi);
        assert_eq!(float_text(*value, TextStyle::FusabiStructural), *structural);
        assert_eq!(float_text(*value, TextStyle::Morph), *morph);
    }
}

#[test]
fn decimals_in_rhumb_and_elsewhere() {
    for (value, rhumb, plain) in [
        ("1.5", "01.5", "1.5"),
        ("5", "05", "5"),
        ("0.123", "00.123", "0.123"),
        ("-1.5", "-01.5", "-1.5"),
        ("-0.005", "-00.005", "-0.005"),
        ("3.000", "03", "3"),
        ("0", "00", "0"),
        ("100", "0100", "100"),
        (".5", "00.5", "0.5"),
        ("-7.", "-07", "-7"),
    ] {
        let exact = parse_decimal(value).unwrap();
        assert_eq!(exact_text(&exact, TextStyle::Rhumb), rhumb);
        assert_eq!(exact_text(&exact, TextStyle::Morph), plain);
    }
}

#[test]
fn what_is_no_number() {
    for text in [
        "", "-", "+", ".", "-.", "1.2.3", "1e5", "1_0", " 1", "1,5", "٣", "+-1",
    ] {
        assert_eq!(parse_decimal(text), Err(ParseError::Syntax), "{text}");
    }
    for text in ["", "-", "1.0", "_1", "1_0", "0x1", "g", "--1"] {
        assert_eq!(
            parse_integer(text, 16).err(),
            Some(ParseError::Syntax),
            "{text}"
        );
    }
    assert_eq!(parse_integer("1", 7).err(), Some(ParseError::Syntax));
    for text in [
        "",
        ".",
        "e5",
        "1e",
        "1e+",
        "0x1",
        "1_0",
        "nan",
        "inf",
        "-Infinity",
        "1 ",
    ] {
        assert_eq!(parse_float(text, false), Err(ParseError::Syntax), "{text}");
    }
    assert_eq!(parse_float("-Infinity", true), Ok(f64::NEG_INFINITY));
    assert!(parse_float("nan", true).unwrap().is_nan());
    assert_eq!(parse_float("1.", false), Ok(1.0));
    assert_eq!(parse_float("+.5e-1", false), Ok(0.05));
    assert_eq!(parse_float("1e999", false), Ok(f64::INFINITY));
}

#[test]
fn integers_in_four_radices() {
    for (text, radix, value) in [
        ("ff", 16, 255),
        ("-FF", 16, -255),
        ("777", 8, 511),
        ("+101", 2, 5),
        ("007", 10, 7),
        ("-0", 10, 0),
        ("-9223372036854775808", 10, i64::MIN),
    ] {
        assert!(matches!(parse_integer(text, radix), Ok(Number::I64(found)) if found == value));
    }
    assert!(matches!(
        parse_integer("9223372036854775808", 10),
        Ok(Number::Exact(_))
    ));
    let zeros = "0".repeat(2_000_000) + "1";
    assert!(matches!(parse_integer(&zeros, 10), Ok(Number::I64(1))));
}

proptest! {
    #[test]
    fn floats_round_trip(value in any::<f64>().prop_filter("a number", |f| !f.is_nan())) {
        for style in STYLES {
            let text = float_text(value, style);
            prop_assert_eq!(parse_float(&text, true).unwrap().to_bits(), value.to_bits());
            if style == TextStyle::Rhumb && value.is_finite() {
                prop_assert!(text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'));
            }
        }
    }

    #[test]
    fn decimals_round_trip(a in any::<i128>(), b in any::<i128>(), scale in 0u32..100) {
        let exact = Exact::new(IBig::from(a) * IBig::from(b), scale).unwrap();
        for style in STYLES {
            prop_assert_eq!(parse_decimal(&exact_text(&exact, style)).unwrap(), exact.clone());
        }
    }

    #[test]
    fn integers_round_trip(value in any::<i128>()) {
        let number = parse_integer(&value.to_string(), 10).unwrap();
        prop_assert_eq!(text(&number, TextStyle::Morph), value.to_string());
        let hex = if value < 0 { format!("-{:x}", value.unsigned_abs()) } else { format!("{value:x}") };
        prop_assert_eq!(parse_integer(&hex, 16).unwrap(), number);
    }

    #[test]
    fn limbs_and_bytes_round_trip(a in any::<i128>(), b in any::<i128>(), scale in 0u32..50, pad in 0usize..4) {
        let exact = Exact::new(IBig::from(a) * IBig::from(b), scale).unwrap();
        let mut limbs = exact.to_limbs();
        prop_assert_eq!(limbs.len(), exact.limb_count());
        prop_assert_ne!(limbs.last(), Some(&0));
        limbs.extend(std::iter::repeat_n(0, pad));
        prop_assert_eq!(Exact::from_limbs(exact.is_negative(), &limbs, exact.scale()).unwrap(), exact.clone());
        let mut bytes = exact.to_le_bytes();
        if !exact.is_zero() {
            bytes.extend(std::iter::repeat_n(if exact.is_negative() { 255 } else { 0 }, pad));
        }
        prop_assert_eq!(Exact::from_le_bytes(&bytes, exact.scale()).unwrap(), exact);
    }
}

#[test]
fn limbs_are_little_endian_magnitudes() {
    let exact = Exact::from(-((7i128 << 64) + 5));
    assert_eq!(exact.to_limbs(), [5, 7]);
    assert!(exact.is_negative());
    assert!(Exact::ZERO.to_limbs().is_empty());
    assert_eq!(Exact::from(-1i64).to_le_bytes(), [255]);
    // Parts from outside are normalised.
    let hundredths = Exact::from_limbs(false, &[1500], 2).unwrap();
    assert_eq!((hundredths.to_limbs(), hundredths.scale()), (vec![15], 0));
    assert_eq!(Exact::from_limbs(true, &[0, 0], 9), Ok(Exact::ZERO));
    assert_eq!(
        Exact::from_limbs(false, &vec![1; 1 << 15], 0),
        Err(NumError::TooLarge)
    );
}
