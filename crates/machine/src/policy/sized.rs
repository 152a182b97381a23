//! Sized numbers under policy Fusabi: the operation, then what its width keeps (docs/specs/machine.md §1 "Sized
//! integers", docs/specs/fusabi.md §2.2). Other policies read them as plain numbers.

use numeric::NumError;

use crate::policy::Arith;
use crate::value::Value;

/// Width number of `u64` in `isa::table::WIDTHS`.
pub(crate) const U64: u8 = 7;
/// Width number of `f32`.
pub(crate) const F32: u8 = 8;

/// The bits that a width keeps of an integer's low bits, extended to 64 as the width says.
pub(crate) const fn narrow(width: u8, bits: u64) -> u64 {
    match width {
        1 => bits as i8 as i64 as u64,
        2 => bits as i16 as i64 as u64,
        3 => bits as i32 as i64 as u64,
        4 => bits as u8 as u64,
        5 => bits as u16 as u64,
        6 => bits as u32 as u64,
        _ => bits,
    }
}

/// A float rounded to what `f32` holds.
pub(crate) fn narrow_float(value: f64) -> f64 {
    f64::from(value as f32)
}

/// Arithmetic on two numbers of the same width.
pub(crate) fn arithmetic(op: Arith, width: u8, x: u64, y: u64) -> Result<Value, NumError> {
    if width == F32 {
        let value = float(op, f64::from_bits(x), f64::from_bits(y));
        return Ok(Value::sized(width, narrow_float(value).to_bits()));
    }
    let bits = match op {
        Arith::Add => x.wrapping_add(y),
        Arith::Sub => x.wrapping_sub(y),
        Arith::Mul => x.wrapping_mul(y),
        Arith::Div | Arith::FloorDiv | Arith::Mod if y == 0 => return Err(NumError::Zero),
        Arith::Div if width == U64 => x / y,
        Arith::FloorDiv if width == U64 => x / y,
        Arith::Mod if width == U64 => x % y,
        // Signed operands of at most 32 bits, or unsigned ones that fit i64: no overflow within i64.
        Arith::Div => (x as i64).wrapping_div(y as i64) as u64,
        Arith::FloorDiv => {
            let (a, b) = (x as i64, y as i64);
            let quotient = a.wrapping_div(b);
            (if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) {
                quotient - 1
            } else {
                quotient
            }) as u64
        }
        Arith::Mod => (x as i64).wrapping_rem(y as i64) as u64,
        Arith::Pow => power(x, y, width)?,
        Arith::Scale10 => x.wrapping_mul(power(10, y, width)?),
        Arith::Root => return Err(NumError::NotInteger),
    };
    let kept = narrow(width, bits);
    // A quotient that leaves its width is .NET's overflow; sums and products wrap.
    if matches!(op, Arith::Div | Arith::FloorDiv) && kept != bits {
        return Err(NumError::Overflow);
    }
    Ok(Value::sized(width, kept))
}

fn power(base: u64, exponent: u64, width: u8) -> Result<u64, NumError> {
    if width <= 3 && (exponent as i64) < 0 {
        return Err(NumError::Range);
    }
    let (mut base, mut exponent, mut result) = (base, exponent, 1u64);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent /= 2;
    }
    Ok(result)
}

fn float(op: Arith, x: f64, y: f64) -> f64 {
    match op {
        Arith::Add => x + y,
        Arith::Sub => x - y,
        Arith::Mul => x * y,
        Arith::Div => x / y,
        Arith::Mod => x % y,
        Arith::FloorDiv => (x / y).floor(),
        Arith::Pow => x.powf(y),
        Arith::Root => y.powf(1.0 / x),
        Arith::Scale10 => x * 10f64.powf(y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(op: Arith, width: u8, x: i64, y: i64) -> Result<i64, NumError> {
        arithmetic(op, width, x as u64, y as u64).map(|value| value.payload as i64)
    }

    #[test]
    fn widths_wrap() {
        assert_eq!(int(Arith::Add, 1, 127, 1), Ok(-128));
        assert_eq!(int(Arith::Sub, 4, 0, 1), Ok(255));
        assert_eq!(int(Arith::Mul, 6, 0x1_0000, 0x1_0000), Ok(0));
        assert_eq!(int(Arith::Add, U64, -1, 2), Ok(1));
    }

    #[test]
    fn quotients_fault() {
        assert_eq!(int(Arith::Div, 1, -128, -1), Err(NumError::Overflow));
        assert_eq!(int(Arith::Mod, 3, 1, 0), Err(NumError::Zero));
        assert_eq!(int(Arith::Div, U64, -1, 2), Ok(i64::MAX));
    }
}
