//! Typed float handlers. Every result also stays in the float accumulator.

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::int::{get, set};
use super::ops::Form;
use crate::code::Word;
use crate::fault::{Fault, Raised};
use crate::world::World;

/// Operations of the family.
pub mod op {
    /// Sum.
    pub const ADD: u16 = 0;
    /// Difference.
    pub const SUB: u16 = 1;
    /// Product.
    pub const MUL: u16 = 2;
    /// Quotient.
    pub const DIV: u16 = 3;
}

/// Conditions; a condition's negation is `cond ^ 1` (with NaN every plain one fails and every negation holds).
pub mod cond {
    /// Less.
    pub const LT: u16 = 0;
    /// Not less.
    pub const NLT: u16 = 1;
    /// Less or equal.
    pub const LE: u16 = 2;
    /// Not less or equal.
    pub const NLE: u16 = 3;
    /// Equal.
    pub const EQ: u16 = 4;
    /// Not equal.
    pub const NE: u16 = 5;
    /// Greater.
    pub const GT: u16 = 6;
    /// Not greater.
    pub const NGT: u16 = 7;
    /// Greater or equal.
    pub const GE: u16 = 8;
    /// Not greater or equal.
    pub const NGE: u16 = 9;
}

#[inline(always)]
unsafe fn reg(r: *mut u64, at: u16) -> f64 {
    // SAFETY: the translator keeps operands inside the frame's window.
    unsafe { f64::from_bits(*r.byte_add(at as usize)) }
}

#[inline(always)]
unsafe fn constant(pc: *const Word) -> f64 {
    // SAFETY: forms with K are followed by their immediate.
    unsafe { f64::from_bits(*pc.add(1).cast::<u64>()) }
}

/// A binary operation; stores to `a` if `STORE`.
#[inline(always)]
pub unsafe fn binary<D: Dispatch, const OP: u16, const FORM: u8, const STORE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (x, y) = match FORM {
            Form::RR => (reg(r, w.b), reg(r, w.c)),
            Form::AR => (fa, reg(r, w.c)),
            Form::RA => (reg(r, w.b), fa),
            Form::RK => (reg(r, w.b), constant(pc)),
            Form::AK => (fa, constant(pc)),
            Form::KR => (constant(pc), reg(r, w.c)),
            _ => (constant(pc), fa),
        };
        let value = match OP {
            op::ADD => x + y,
            op::SUB => x - y,
            op::MUL => x * y,
            _ => x / y,
        };
        if STORE {
            set(r, w.a, value.to_bits());
        }
        let words = if matches!(FORM, Form::RK | Form::AK | Form::KR | Form::KA) {
            2
        } else {
            1
        };
        D::next(pc.add(words), r, cx, ia, value)
    }
}

#[inline(always)]
fn holds<const COND: u16>(x: f64, y: f64) -> bool {
    #[allow(
        clippy::nonminimal_bool,
        clippy::neg_cmp_op_on_partial_ord,
        reason = "with NaN, not less is not greater or equal"
    )]
    match COND {
        cond::LT => x < y,
        cond::NLT => !(x < y),
        cond::LE => x <= y,
        cond::NLE => !(x <= y),
        cond::EQ => x == y,
        cond::NE => x != y,
        cond::GT => x > y,
        cond::NGT => !(x > y),
        cond::GE => x >= y,
        _ => !(x >= y),
    }
}

/// A compare whose truth goes to the integer accumulator and to `a`.
pub unsafe fn compare<D: Dispatch, const COND: u16>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let truth = holds::<COND>(reg(r, w.b), reg(r, w.c)) as i64;
        set(r, w.a, truth as u64);
        D::next(pc.add(1), r, cx, truth, fa)
    }
}

/// A compare and branch; `a` left, `b` right or the next word, `c` words from the next instruction.
#[inline(always)]
pub unsafe fn branch<D: Dispatch, const COND: u16, const FORM: u8, const BACK: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let x = if matches!(FORM, Form::AR | Form::AK) {
            fa
        } else {
            reg(r, w.a)
        };
        let y = if matches!(FORM, Form::RK | Form::AK) {
            constant(pc)
        } else {
            reg(r, w.b)
        };
        let after = pc.add(if matches!(FORM, Form::RK | Form::AK) {
            2
        } else {
            1
        });
        if holds::<COND>(x, y) {
            super::flow::enter::<D, BACK>(after.offset(w.c as i16 as isize), r, cx, ia, fa)
        } else {
            super::flow::enter::<D, false>(after, r, cx, ia, fa)
        }
    }
}

/// The operations of `f64.un` by their number.
#[inline(always)]
pub fn unary_of(which: u16, x: f64) -> f64 {
    match which {
        0 => -x,
        1 => x.abs(),
        2 => x.sqrt(),
        3 => x.floor(),
        4 => x.ceil(),
        5 => x.trunc(),
        6 => x.round_ties_even(),
        _ => x.round(),
    }
}

/// `a := op(b)`; `ACC` takes the accumulator instead of `b`.
pub unsafe fn unary<D: Dispatch, const OP: u16, const ACC: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = unary_of(OP, if ACC { fa } else { reg(r, w.b) });
        set(r, w.a, value.to_bits());
        D::next(pc.add(1), r, cx, ia, value)
    }
}

/// `a := b` as a float; `ACC` takes the integer accumulator.
#[inline(always)]
pub unsafe fn from_int<D: Dispatch, const ACC: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    _: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = (if ACC { ia } else { get(r, w.b) }) as f64;
        set(r, w.a, value.to_bits());
        D::next(pc.add(1), r, cx, ia, value)
    }
}

/// `a := b` as an integer; `c` = 1 saturates (NaN gives 0), 0 faults outside the range.
pub unsafe fn to_int<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let x = reg(r, w.b);
        // 2^63 is exact as a float; -2^63 is the least integer.
        if w.c == 0 && !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) {
            return cold::<D, Conversion>(pc, r, cx, ia, fa);
        }
        let value = x as i64;
        set(r, w.a, value as u64);
        D::next(pc.add(1), r, cx, value, fa)
    }
}

struct Conversion;
impl Slow for Conversion {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Result<Next, Raised> {
        Err(world.fault(Fault::Conv, "a float outside the range of integers"))
    }
}
