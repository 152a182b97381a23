//! One hash for equal numbers of all kinds.

use std::hash::Hasher;

use dashu_int::ops::BitTest;

use crate::exact::Exact;
use crate::integer::f64_to_i64;
use crate::number::Number;

/// Feeds the number's value to `state`: numbers that are [`crate::equal`] feed the same, whatever their
/// kinds; all NaN feed the same too.
///
/// A value goes in as the smallest kind that holds it exactly: i64, else float, else coefficient
/// and scale. Every bit of it reaches the hasher, so a keyed one stays proof against chosen keys (a
/// residue, as Python hashes numbers, would not be).
pub fn hash(number: &Number, state: &mut impl Hasher) {
    match number {
        Number::I64(value) => integer(*value, state),
        Number::F64(value) => float(*value, state),
        Number::Exact(value) => exact(value, state),
    }
}

fn integer(value: i64, state: &mut impl Hasher) {
    state.write_u8(0);
    state.write_i64(value);
}

fn float(value: f64, state: &mut impl Hasher) {
    match f64_to_i64(value) {
        Ok(whole) if value.fract() == 0.0 => integer(whole, state),
        _ => {
            let canonical = if value.is_nan() { f64::NAN } else { value };
            state.write_u8(1);
            state.write_u64(canonical.to_bits());
        }
    }
}

fn exact(value: &Exact, state: &mut impl Hasher) {
    if let Ok(small) = value.to_i64() {
        return integer(small, state);
    }
    if may_be_float(value) {
        let nearest = value.to_f64();
        if Exact::from_f64(nearest).is_ok_and(|back| back == *value) {
            return float(nearest, state);
        }
    }
    state.write_u8(2);
    state.write_u32(value.scale());
    state.write_u8(u8::from(value.is_negative()));
    for limb in value.limbs() {
        state.write_u64(limb);
    }
}

/// A cheap test that every float passes and few others: integers below 2^1024 with at most 53
/// significant bits; fractions odd·5^s·10^-s with s ≤ 1074 and odd < 2^53.
fn may_be_float(value: &Exact) -> bool {
    let zeros = value.coefficient().trailing_zeros().unwrap_or(0);
    let bits = value.coefficient().bit_len();
    if value.is_integer() {
        bits <= 1024 && bits - zeros <= 53
    } else {
        value.scale() <= 1074 && zeros == 0 && bits <= 53 + value.scale() as usize * 7 / 3 + 1
    }
}
