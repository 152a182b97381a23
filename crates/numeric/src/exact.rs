//! The exact kind: an integer coefficient and a decimal scale.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};

use crate::number::{MAX_BITS, MAX_SCALE, NumError};
use crate::scale::{raise, strip_zeros};

/// `coefficient · 10^-scale`, normalised.
///
/// Invariants, kept by every constructor: the coefficient has at most [`MAX_BITS`] bits, the scale is
/// at most [`MAX_SCALE`], and a scale above 0 means that the coefficient does not end in the digit 0.
/// So equal values have equal parts, and `==` is numeric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    coefficient: IBig,
    scale: u32,
}

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact {
        coefficient: IBig::ZERO,
        scale: 0,
    };

    /// `coefficient · 10^-scale`, trailing zeros of the scale removed.
    ///
    /// # Errors
    /// [`NumError::TooLarge`] when the normalised parts exceed [`MAX_BITS`] or [`MAX_SCALE`].
    pub fn new(coefficient: IBig, scale: u32) -> Result<Exact, NumError> {
        if scale == 0 || coefficient.is_zero() {
            return Exact::checked(coefficient, 0);
        }
        let (sign, magnitude) = coefficient.into_parts();
        let (magnitude, removed) = strip_zeros(magnitude, scale);
        Exact::checked(IBig::from_parts(sign, magnitude), scale - removed)
    }

    /// As [`Exact::new`], for a scale of either sign.
    pub(crate) fn with_scale(coefficient: IBig, scale: i64) -> Result<Exact, NumError> {
        if coefficient.is_zero() {
            return Ok(Exact::ZERO);
        }
        match u32::try_from(scale) {
            Ok(scale) => Exact::new(coefficient, scale),
            Err(_) if scale < 0 => {
                let digits = u32::try_from(scale.unsigned_abs()).map_err(|_| NumError::TooLarge)?;
                Exact::checked(raise(&coefficient, digits)?, 0)
            }
            Err(_) => Err(NumError::TooLarge),
        }
    }

    /// An integer.
    ///
    /// # Errors
    /// [`NumError::TooLarge`] beyond [`MAX_BITS`].
    pub fn integer(value: IBig) -> Result<Exact, NumError> {
        Exact::checked(value, 0)
    }

    fn checked(coefficient: IBig, scale: u32) -> Result<Exact, NumError> {
        if scale > MAX_SCALE || coefficient.bit_len() > MAX_BITS {
            return Err(NumError::TooLarge);
        }
        Ok(Exact { coefficient, scale })
    }

    /// The same magnitude with the opposite sign.
    pub(crate) fn negated(&self) -> Exact {
        Exact {
            coefficient: -&self.coefficient,
            scale: self.scale,
        }
    }

    /// The coefficient, with its sign.
    pub fn coefficient(&self) -> &IBig {
        &self.coefficient
    }

    /// Digits after the decimal point, 0..=[`MAX_SCALE`].
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// Whether there is no fraction.
    pub fn is_integer(&self) -> bool {
        self.scale == 0
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        self.coefficient.is_zero()
    }

    /// Whether this is below zero.
    pub fn is_negative(&self) -> bool {
        self.coefficient.sign() == Sign::Negative
    }

    /// Length of the coefficient's magnitude in bits; 0 for zero.
    ///
    /// `IBig::bit_len` counts the magnitude, not the two's complement.
    pub fn bits(&self) -> usize {
        self.coefficient.bit_len()
    }
}

impl From<i64> for Exact {
    fn from(value: i64) -> Exact {
        Exact {
            coefficient: IBig::from(value),
            scale: 0,
        }
    }
}

impl From<u64> for Exact {
    fn from(value: u64) -> Exact {
        Exact {
            coefficient: IBig::from(value),
            scale: 0,
        }
    }
}

impl From<i128> for Exact {
    fn from(value: i128) -> Exact {
        Exact {
            coefficient: IBig::from(value),
            scale: 0,
        }
    }
}
