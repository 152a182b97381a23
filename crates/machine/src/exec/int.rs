//! Typed integer handlers: no tags read or written. Every result also stays in the integer accumulator.

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::ops::Form;
use crate::code::Word;
use crate::fault::{Fault, Raised};
use crate::world::World;

/// Operations of the family, in the order of their numbers.
pub mod op {
    /// Wrapping sum.
    pub const ADD: u16 = 0;
    /// Wrapping difference.
    pub const SUB: u16 = 1;
    /// Wrapping product.
    pub const MUL: u16 = 2;
    /// And.
    pub const AND: u16 = 3;
    /// Or.
    pub const OR: u16 = 4;
    /// Exclusive or.
    pub const XOR: u16 = 5;
    /// Left shift modulo 64.
    pub const SHL: u16 = 6;
    /// Arithmetic right shift modulo 64.
    pub const SHR_S: u16 = 7;
    /// Logical right shift modulo 64.
    pub const SHR_U: u16 = 8;
    /// Signed quotient.
    pub const DIV_S: u16 = 9;
    /// Signed remainder.
    pub const REM_S: u16 = 10;
    /// Unsigned quotient.
    pub const DIV_U: u16 = 11;
    /// Unsigned remainder.
    pub const REM_U: u16 = 12;
    /// Checked sum.
    pub const ADD_CK: u16 = 13;
    /// Checked difference.
    pub const SUB_CK: u16 = 14;
    /// Checked product.
    pub const MUL_CK: u16 = 15;
}

/// Conditions of compares and branches, in the order of their numbers; a condition's negation is `cond ^ 1`.
pub mod cond {
    /// Less.
    pub const LT: u16 = 0;
    /// Not less.
    pub const GE: u16 = 1;
    /// Less or equal.
    pub const LE: u16 = 2;
    /// Greater.
    pub const GT: u16 = 3;
    /// Equal.
    pub const EQ: u16 = 4;
    /// Not equal.
    pub const NE: u16 = 5;
    /// Less, unsigned.
    pub const LT_U: u16 = 6;
    /// Not less, unsigned.
    pub const GE_U: u16 = 7;
}

/// A register as an integer.
#[inline(always)]
pub unsafe fn get(r: *mut u64, at: u16) -> i64 {
    // SAFETY: the translator keeps operands inside the frame's window.
    unsafe { *r.byte_add(at as usize) as i64 }
}

/// Sets a register.
#[inline(always)]
pub unsafe fn set(r: *mut u64, at: u16, value: u64) {
    // SAFETY: as `get`.
    unsafe { *r.byte_add(at as usize) = value }
}

#[inline(always)]
unsafe fn operands<const FORM: u8>(pc: *const Word, r: *mut u64, ia: i64) -> (i64, i64) {
    // SAFETY: as `get`; forms with W are followed by their immediate.
    unsafe {
        let w = *pc;
        match FORM {
            Form::RR => (get(r, w.b), get(r, w.c)),
            Form::AR => (ia, get(r, w.c)),
            Form::RA => (get(r, w.b), ia),
            Form::RK => (get(r, w.b), w.c as i16 as i64),
            Form::AK => (ia, w.c as i16 as i64),
            Form::RW => (get(r, w.b), *pc.add(1).cast::<i64>()),
            _ => (ia, *pc.add(1).cast::<i64>()),
        }
    }
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
    // SAFETY: verified, translated code; see `Dispatch::next`.
    unsafe {
        let w = *pc;
        let (x, y) = operands::<FORM>(pc, r, ia);
        let value = match OP {
            op::ADD => x.wrapping_add(y),
            op::SUB => x.wrapping_sub(y),
            op::MUL => x.wrapping_mul(y),
            op::AND => x & y,
            op::OR => x | y,
            op::XOR => x ^ y,
            op::SHL => x.wrapping_shl(y as u32),
            op::SHR_S => x.wrapping_shr(y as u32),
            op::SHR_U => (x as u64).wrapping_shr(y as u32) as i64,
            op::DIV_S => {
                // -1 is the only divisor that can overflow; it shares the exit with zero.
                if (y as u64).wrapping_add(1) <= 1 {
                    return cold::<D, Divide<OP>>(pc, r, cx, x, if y == 0 { 0.0 } else { -1.0 });
                }
                // Most quotients fit 32 bits, where the processor divides several times faster.
                if (x | y) as u64 >> 32 == 0 {
                    (x as u32 / y as u32) as i64
                } else {
                    x.wrapping_div(y)
                }
            }
            op::REM_S => {
                if (y as u64).wrapping_add(1) <= 1 {
                    return cold::<D, Divide<OP>>(pc, r, cx, x, if y == 0 { 0.0 } else { -1.0 });
                }
                if (x | y) as u64 >> 32 == 0 {
                    (x as u32 % y as u32) as i64
                } else {
                    x.wrapping_rem(y)
                }
            }
            op::DIV_U | op::REM_U => {
                if y == 0 {
                    return cold::<D, Divide<OP>>(pc, r, cx, x, 0.0);
                }
                if OP == op::DIV_U {
                    (x as u64 / y as u64) as i64
                } else {
                    (x as u64 % y as u64) as i64
                }
            }
            op::ADD_CK | op::SUB_CK | op::MUL_CK => {
                let (value, over) = match OP {
                    op::ADD_CK => x.overflowing_add(y),
                    op::SUB_CK => x.overflowing_sub(y),
                    _ => x.overflowing_mul(y),
                };
                if over {
                    return cold::<D, Overflow>(pc, r, cx, ia, fa);
                }
                value
            }
            _ => 0,
        };
        if STORE {
            set(r, w.a, value as u64);
        }
        D::next(
            pc.add(if matches!(FORM, Form::RW | Form::AW) {
                2
            } else {
                1
            }),
            r,
            cx,
            value,
            fa,
        )
    }
}

struct Overflow;
impl Slow for Overflow {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Result<Next, Raised> {
        Err(world.fault(Fault::Ovf, "integer overflow"))
    }
}

/// Divisors 0 and -1. The accumulators are gone here: the translator uses an accumulator operand or no store only with a
/// constant divisor that is neither.
struct Divide<const OP: u16>;
impl<const OP: u16> Slow for Divide<OP> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: as `get`.
        unsafe {
            let w = *pc;
            let y = get(r, w.c);
            if y == 0 {
                return Err(world.fault(Fault::Zero, "division by zero"));
            }
            let x = get(r, w.b);
            let value = match OP {
                op::DIV_S => match x.checked_neg() {
                    Some(value) => value,
                    None => return Err(world.fault(Fault::Ovf, "integer overflow in a division")),
                },
                _ => 0,
            };
            set(r, w.a, value as u64);
            Ok(Next::at(pc.add(1), r))
        }
    }
}

#[inline(always)]
fn holds<const COND: u16>(x: i64, y: i64) -> bool {
    match COND {
        cond::LT => x < y,
        cond::GE => x >= y,
        cond::LE => x <= y,
        cond::GT => x > y,
        cond::EQ => x == y,
        cond::NE => x != y,
        cond::LT_U => (x as u64) < y as u64,
        _ => x as u64 >= y as u64,
    }
}

/// A compare whose truth goes to the accumulator and to `a`.
#[inline(always)]
pub unsafe fn compare<D: Dispatch, const COND: u16, const FORM: u8>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (x, y) = operands::<FORM>(pc, r, ia);
        let truth = holds::<COND>(x, y) as i64;
        set(r, w.a, truth as u64);
        D::next(pc.add(1), r, cx, truth, fa)
    }
}

/// A compare and branch: `a` left, `b` right, `c` words from the next instruction. Both ways lead to a block's first
/// word, whose charge is made here.
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
            ia
        } else {
            get(r, w.a)
        };
        let y = if matches!(FORM, Form::RK | Form::AK) {
            w.b as i16 as i64
        } else {
            get(r, w.b)
        };
        if holds::<COND>(x, y) {
            super::flow::enter::<D, BACK>(pc.add(1).offset(w.c as i16 as isize), r, cx, ia, fa)
        } else {
            super::flow::enter::<D, false>(pc.add(1), r, cx, ia, fa)
        }
    }
}

/// Branch on a truth value: `a` register (or accumulator), `c` offset.
pub unsafe fn branch_bool<D: Dispatch, const WANT: bool, const ACC: bool, const BACK: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let x = if ACC { ia } else { get(r, w.a) };
        if (x != 0) == WANT {
            super::flow::enter::<D, BACK>(pc.add(1).offset(w.c as i16 as isize), r, cx, ia, fa)
        } else {
            super::flow::enter::<D, false>(pc.add(1), r, cx, ia, fa)
        }
    }
}

/// `a := b` as a truth value negated.
pub unsafe fn not<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = get(r, w.b) ^ 1;
        set(r, w.a, value as u64);
        D::next(pc.add(1), r, cx, value, fa)
    }
}

/// `a := b == 0` as a truth value: the empty list's ticket is 0.
pub unsafe fn is_zero<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = (get(r, w.b) == 0) as i64;
        set(r, w.a, value as u64);
        D::next(pc.add(1), r, cx, value, fa)
    }
}

/// `a :=` the scalar with the number at `b`; fault conv if there is none.
pub struct CharFrom;
impl Slow for CharFrom {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let number = get(r, w.b);
            match u32::try_from(number).ok().and_then(char::from_u32) {
                Some(scalar) => {
                    set(r, w.a, u64::from(u32::from(scalar)));
                    Ok(Next::at(pc.add(2), r))
                }
                None => {
                    Err(world.fault_args(Fault::Conv, format_args!("{number} is no scalar value")))
                }
            }
        }
    }
}

/// `a := narrow(b)` to width `c`.
pub unsafe fn narrow<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = narrow_to(w.c as u8, get(r, w.b));
        set(r, w.a, value as u64);
        D::next(pc.add(1), r, cx, value, fa)
    }
}

/// Keeps the low bits of a width (`isa::table::WIDTHS`), extended by its sign rule.
pub fn narrow_to(width: u8, value: i64) -> i64 {
    match width {
        1 => value as i8 as i64,
        2 => value as i16 as i64,
        3 => value as i32 as i64,
        4 => value as u8 as i64,
        5 => value as u16 as i64,
        6 => value as u32 as i64,
        _ => value,
    }
}
