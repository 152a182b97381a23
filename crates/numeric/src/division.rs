//! Division of long integers, in steps that the library below is sure to survive.
//!
//! dashu-int 0.4.3 multiplies operands of more than 4,000 words by a number-theoretic transform that
//! panics, in release builds too, when both are zero, and its division feeds it such parts:
//! 2^1048575 / 2^520000 does it. A quotient found at most [`STEP`] bits at a time never gets there, and
//! nothing here calls its square root, which squares such parts. (Repaired in dashu-int 0.6.)

use dashu_int::ops::{BitTest, DivRem};
use dashu_int::{IBig, UBig};

/// Bits of quotient per step: fewer than 4,000 words of 64 bits.
const STEP: usize = 250_000;
/// Divisors of this length have halves of fewer than 4,000 words, so any quotient is safe.
const SAFE_DIVISOR: usize = 500_000;

/// Quotient and remainder; the divisor is not zero.
pub(crate) fn div_rem(numerator: &UBig, denominator: &UBig) -> (UBig, UBig) {
    let length = numerator.bit_len().saturating_sub(denominator.bit_len());
    if denominator.bit_len() <= SAFE_DIVISOR || length <= STEP {
        return numerator.div_rem(denominator);
    }
    // Long division with digits of STEP bits, from the top.
    let steps = length / STEP;
    let (mut quotient, mut rest) = (numerator >> (steps * STEP)).div_rem(denominator);
    for step in (0..steps).rev() {
        let mut digit = numerator >> (step * STEP);
        digit.clear_high_bits(STEP);
        let (next, left) = ((rest << STEP) | digit).div_rem(denominator);
        quotient = (quotient << STEP) | next;
        rest = left;
    }
    (quotient, rest)
}

/// Quotient rounded towards zero and remainder with the dividend's sign; the divisor is not zero.
pub(crate) fn div_rem_signed(numerator: &IBig, denominator: &IBig) -> (IBig, IBig) {
    if numerator.bit_len() <= SAFE_DIVISOR {
        return numerator.div_rem(denominator);
    }
    let (sign_n, numerator) = numerator.clone().into_parts();
    let (sign_d, denominator) = denominator.clone().into_parts();
    let (quotient, rest) = div_rem(&numerator, &denominator);
    (
        IBig::from_parts(sign_n * sign_d, quotient),
        IBig::from_parts(sign_n, rest),
    )
}

#[cfg(test)]
mod tests {
    use super::{STEP, div_rem};
    use dashu_int::UBig;

    #[test]
    fn sparse_operands_divide() {
        // Powers of two have the zero parts that the transform does not survive.
        let lengths = [1, STEP - 1, STEP, 520_000, 700_000, (1 << 20) - 1];
        for n in lengths {
            for d in lengths {
                let numerator = (UBig::ONE << n) + UBig::from(9u8);
                let denominator = UBig::ONE << d;
                let (quotient, rest) = div_rem(&numerator, &denominator);
                assert!(rest < denominator);
                assert_eq!(&quotient * &denominator + &rest, numerator);
                assert_eq!(quotient, &numerator >> d);
            }
        }
    }

    #[test]
    fn dense_operands_divide() {
        let base = UBig::from(0xFEDC_BA98_7654_3211u64);
        let denominator = base.pow(9000);
        for more in [0, 1, 4000, 9000, 24_000] {
            let rest = base.pow(8999);
            let quotient = base.pow(more);
            let numerator = &quotient * &denominator + &rest;
            assert_eq!(div_rem(&numerator, &denominator), (quotient, rest));
        }
    }
}
