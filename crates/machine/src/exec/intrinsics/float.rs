//! Float intrinsics. The trigonometric ones are the platform's, as every language of the machine has them.

use isa::Intrinsic;

use super::Site;

/// The result of a float intrinsic; NaN for any other.
pub(super) fn compute(intrinsic: Intrinsic, site: Site) -> f64 {
    let x = site.float(0);
    match intrinsic {
        Intrinsic::F64Min => least(x, site.float(1)),
        Intrinsic::F64Max => -least(-x, -site.float(1)),
        Intrinsic::F64Rem => x % site.float(1),
        Intrinsic::F64Pow => x.powf(site.float(1)),
        Intrinsic::F64Sin => x.sin(),
        Intrinsic::F64Cos => x.cos(),
        Intrinsic::F64Tan => x.tan(),
        Intrinsic::F64Asin => x.asin(),
        Intrinsic::F64Acos => x.acos(),
        Intrinsic::F64Atan => x.atan(),
        Intrinsic::F64Atan2 => x.atan2(site.float(1)),
        Intrinsic::F64Exp => x.exp(),
        Intrinsic::F64Ln => x.ln(),
        Intrinsic::F64Log10 => x.log10(),
        Intrinsic::F64ToF32 => f64::from(x as f32),
        _ => f64::NAN,
    }
}

/// The lesser, with −0.0 below 0.0 and NaN if either is (IEEE 754 `minimum`).
fn least(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == y {
        // Equal but for the sign of zero.
        if x.is_sign_negative() { x } else { y }
    } else if x < y {
        x
    } else {
        y
    }
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn least_orders_zeroes_and_keeps_nan() {
        assert_eq!(least(1.0, 2.0), 1.0);
        assert!(least(0.0, -0.0).is_sign_negative());
        assert!(least(-0.0, 0.0).is_sign_negative());
        assert!(least(f64::NAN, 1.0).is_nan() && least(1.0, f64::NAN).is_nan());
    }
}
