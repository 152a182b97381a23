//! Sums and products: `add sub mul neg abs` (opcodes 20–22, 25).

use dashu_int::ops::BitTest;

use crate::exact::Exact;
use crate::number::{MAX_BITS, NumError, Number};
use crate::promote::{Pair, Promote};
use crate::scale::aligned;

impl Exact {
    /// The exact sum.
    ///
    /// # Errors
    /// [`NumError::TooLarge`], also when only bringing both to one scale would exceed the bound.
    pub fn add(&self, other: &Exact) -> Result<Exact, NumError> {
        let (a, b, scale) = aligned(self, other)?;
        Exact::new(a.as_ref() + b.as_ref(), scale)
    }

    /// The exact difference.
    ///
    /// # Errors
    /// As [`Exact::add`].
    pub fn sub(&self, other: &Exact) -> Result<Exact, NumError> {
        let (a, b, scale) = aligned(self, other)?;
        Exact::new(a.as_ref() - b.as_ref(), scale)
    }

    /// The exact product.
    ///
    /// # Errors
    /// [`NumError::TooLarge`], known from the lengths before multiplying.
    pub fn mul(&self, other: &Exact) -> Result<Exact, NumError> {
        let (a, b) = (self.coefficient(), other.coefficient());
        // A product has the sum of the lengths in bits, or one less.
        if a.bit_len() + b.bit_len() > MAX_BITS + 1 {
            return Err(NumError::TooLarge);
        }
        // Two scales of at most MAX_SCALE do not leave u32.
        Exact::new(a * b, self.scale() + other.scale())
    }

    /// The number with the opposite sign.
    pub fn neg(&self) -> Exact {
        self.negated()
    }

    /// The magnitude.
    pub fn abs(&self) -> Exact {
        if self.is_negative() {
            self.negated()
        } else {
            self.clone()
        }
    }
}

/// `a + b`.
///
/// # Errors
/// [`NumError::Overflow`] (`Fault`), [`NumError::Range`] (`Decimal`, non-finite), [`NumError::TooLarge`].
pub fn add(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(a, b) => promote.wide(i128::from(a) + i128::from(b)),
        Pair::Floats(a, b) => promote.float(a + b),
        Pair::Exacts(a, b) => Ok(promote.exact(a.add(&b)?)),
    }
}

/// `a - b`.
///
/// # Errors
/// As [`add`].
pub fn sub(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(a, b) => promote.wide(i128::from(a) - i128::from(b)),
        Pair::Floats(a, b) => promote.float(a - b),
        Pair::Exacts(a, b) => Ok(promote.exact(a.sub(&b)?)),
    }
}

/// `a · b`.
///
/// # Errors
/// As [`add`].
pub fn mul(promote: Promote, a: &Number, b: &Number) -> Result<Number, NumError> {
    match promote.pair(a, b)? {
        Pair::Ints(a, b) => promote.wide(i128::from(a) * i128::from(b)),
        Pair::Floats(a, b) => promote.float(a * b),
        Pair::Exacts(a, b) => Ok(promote.exact(a.mul(&b)?)),
    }
}

/// `-a`.
///
/// # Errors
/// [`NumError::Overflow`] for the least i64 (`Fault`), [`NumError::Range`] (`Decimal`, non-finite).
pub fn neg(promote: Promote, a: &Number) -> Result<Number, NumError> {
    match a {
        Number::I64(value) => promote.wide(-i128::from(*value)),
        Number::F64(value) => promote.float(-value),
        Number::Exact(value) => Ok(promote.exact(value.neg())),
    }
}

/// The magnitude of `a`.
///
/// # Errors
/// [`NumError::Overflow`] for the least i64 under `Fault` and `Wrap`: .NET's `abs` raises there though
/// its arithmetic wraps. [`NumError::Range`] (`Decimal`, non-finite).
pub fn abs(promote: Promote, a: &Number) -> Result<Number, NumError> {
    match a {
        Number::I64(i64::MIN) if promote == Promote::Wrap => Err(NumError::Overflow),
        Number::I64(value) => promote.wide(i128::from(*value).abs()),
        Number::F64(value) => promote.float(value.abs()),
        Number::Exact(value) => Ok(promote.exact(value.abs())),
    }
}
