//! Dynamic arithmetic, compares and branches: integers and floats inline, all else by policy in the slow path.

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::flow::enter;
use super::ops::{self, Form};
use crate::code::Word;
use crate::fault::Raised;
use crate::policy::Arith;
use crate::value::{Value, tag};
use crate::world::World;
use isa::Hook;

/// Relations of dynamic compares, in the order of their numbers.
pub mod relation {
    /// Less.
    pub const LT: u16 = 0;
    /// Less or equal.
    pub const LE: u16 = 1;
    /// Greater.
    pub const GT: u16 = 2;
    /// Greater or equal.
    pub const GE: u16 = 3;
    /// Equal.
    pub const EQ: u16 = 4;
    /// Not equal.
    pub const NE: u16 = 5;
    /// Their hooks.
    pub const HOOKS: [isa::Hook; 6] = [
        isa::Hook::Lt,
        isa::Hook::Le,
        isa::Hook::Gt,
        isa::Hook::Ge,
        isa::Hook::Eq,
        isa::Hook::Ne,
    ];
}

/// Operations that have a fast path, in the order of their numbers.
pub mod op {
    /// Sum.
    pub const ADD: u16 = 0;
    /// Difference.
    pub const SUB: u16 = 1;
    /// Product.
    pub const MUL: u16 = 2;
}

#[inline(always)]
unsafe fn immediate(pc: *const Word) -> u64 {
    // SAFETY: forms with K are followed by their immediate.
    unsafe { *pc.add(1).cast::<u64>() }
}

/// Sum, difference, product. `a` := `b` op `c`; RK: `c` is a small integer; RW: the next word is a float; WR: it is the
/// left operand. `FINITE`: a result that is not finite is for the slow path (policies Morph and Rhumb).
pub unsafe fn arith<D: Dispatch, const OP: u16, const FORM: u8, const FINITE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let to = r.byte_add(w.a as usize);
        match FORM {
            Form::RR | Form::RK => {
                let x = r.byte_add(w.b as usize);
                let y = r.byte_add(w.c as usize);
                if *x == tag::I64 && (FORM == Form::RK || *y == tag::I64) {
                    let left = *x.add(1) as i64;
                    let right = if FORM == Form::RK {
                        w.c as i16 as i64
                    } else {
                        *y.add(1) as i64
                    };
                    let (value, over) = match OP {
                        op::ADD => left.overflowing_add(right),
                        op::SUB => left.overflowing_sub(right),
                        _ => left.overflowing_mul(right),
                    };
                    if over {
                        return cold::<D, ArithSlow>(pc, r, cx, ia, fa);
                    }
                    to.write(tag::I64);
                    to.add(1).write(value as u64);
                    return D::next(pc.add(1), r, cx, ia, fa);
                }
                if FORM == Form::RR && *x == tag::F64 && *y == tag::F64 {
                    let value = float::<OP>(f64::from_bits(*x.add(1)), f64::from_bits(*y.add(1)));
                    if FINITE && !value.is_finite() {
                        return cold::<D, ArithSlow>(pc, r, cx, ia, fa);
                    }
                    to.write(tag::F64);
                    to.add(1).write(value.to_bits());
                    return D::next(pc.add(1), r, cx, ia, fa);
                }
                mixed::<D, OP, FORM, FINITE>(pc, r, cx, ia, fa)
            }
            _ => {
                let at = r.byte_add(if FORM == Form::RW { w.b } else { w.c } as usize);
                let constant = f64::from_bits(immediate(pc));
                if *at != tag::F64 {
                    return mixed::<D, OP, FORM, FINITE>(pc, r, cx, ia, fa);
                }
                let other = f64::from_bits(*at.add(1));
                let value = if FORM == Form::RW {
                    float::<OP>(other, constant)
                } else {
                    float::<OP>(constant, other)
                };
                if FINITE && !value.is_finite() {
                    return cold::<D, ArithSlow>(pc, r, cx, ia, fa);
                }
                to.write(tag::F64);
                to.add(1).write(value.to_bits());
                D::next(pc.add(2), r, cx, ia, fa)
            }
        }
    }
}

#[inline(always)]
fn float<const OP: u16>(x: f64, y: f64) -> f64 {
    match OP {
        op::ADD => x + y,
        op::SUB => x - y,
        _ => x * y,
    }
}

/// An integer and a float: the float kind in every policy.
#[inline(never)]
unsafe fn mixed<D: Dispatch, const OP: u16, const FORM: u8, const FINITE: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let number = |at: u16| {
            let p = r.byte_add(at as usize);
            match *p {
                tag::F64 => Some(f64::from_bits(*p.add(1))),
                tag::I64 => Some(*p.add(1) as i64 as f64),
                _ => None,
            }
        };
        let (x, y) = match FORM {
            Form::RR => (number(w.b), number(w.c)),
            Form::RK => (number(w.b), Some(w.c as i16 as f64)),
            Form::RW => (number(w.b), Some(f64::from_bits(immediate(pc)))),
            _ => (Some(f64::from_bits(immediate(pc))), number(w.c)),
        };
        let (Some(x), Some(y)) = (x, y) else {
            return cold::<D, ArithSlow>(pc, r, cx, ia, fa);
        };
        let value = float::<OP>(x, y);
        if FINITE && !value.is_finite() {
            return cold::<D, ArithSlow>(pc, r, cx, ia, fa);
        }
        let to = r.byte_add(w.a as usize);
        to.write(tag::F64);
        to.add(1).write(value.to_bits());
        D::next(
            pc.add(if matches!(FORM, Form::RW | Form::WR) {
                2
            } else {
                1
            }),
            r,
            cx,
            ia,
            fa,
        )
    }
}

/// The slow path of `arith`: operands again, then by policy.
struct ArithSlow;
impl Slow for ArithSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (op, form) = ops::dyn_arith_parts(w.op);
            let wide = matches!(form, Form::RW | Form::WR);
            let after = pc.add(if wide { 2 } else { 1 });
            (*world.frame).pc = after;
            let (x, y) = match form {
                Form::RR => (world.read(r, w.b), world.read(r, w.c)),
                Form::RK => (world.read(r, w.b), Value::int(w.c as i16 as i64)),
                Form::RW => (
                    world.read(r, w.b),
                    Value {
                        tag: tag::F64,
                        payload: immediate(pc),
                    },
                ),
                _ => (
                    Value {
                        tag: tag::F64,
                        payload: immediate(pc),
                    },
                    world.read(r, w.c),
                ),
            };
            let (op, hook) = [
                (Arith::Add, Hook::Add),
                (Arith::Sub, Hook::Sub),
                (Arith::Mul, Hook::Mul),
            ][op as usize];
            world.binary(after, r, op, hook, x, y, w.a)
        }
    }
}

/// All other arithmetic: `a` := `b` op `c`, the operation's number in the next word. Quotients and remainders of
/// integers and floats are done here by policy; the rest is slow.
pub unsafe fn other<D: Dispatch, const OP: u16, const FLOATS: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (x, y) = (r.byte_add(w.b as usize), r.byte_add(w.c as usize));
        let to = r.byte_add(w.a as usize);
        let ints = *x == tag::I64 && *y == tag::I64;
        match OP {
            // Quotient: truncated for integers, or always a float.
            quotient::DIV => {
                if ints && !FLOATS {
                    let (left, right) = (*x.add(1) as i64, *y.add(1) as i64);
                    if (right as u64).wrapping_add(1) > 1 {
                        to.write(tag::I64);
                        to.add(1).write(left.wrapping_div(right) as u64);
                        return D::next(pc.add(1), r, cx, ia, fa);
                    }
                } else {
                    let (left, right) = (approximate(x), approximate(y));
                    // Integers beyond 2^53 are not exact as floats: their quotient is rounded once, in the slow path.
                    if let (Some(left), Some(right)) = (left, right)
                        && (!ints || (left.abs() < EXACT && right.abs() < EXACT && right != 0.0))
                    {
                        let value = left / right;
                        if (!FLOATS && !ints) || value.is_finite() {
                            to.write(tag::F64);
                            to.add(1).write(value.to_bits());
                            return D::next(pc.add(1), r, cx, ia, fa);
                        }
                    }
                }
            }
            // Remainder: sign of the dividend, or floored.
            _ => {
                if ints {
                    let (left, right) = (*x.add(1) as i64, *y.add(1) as i64);
                    if (right as u64).wrapping_add(1) > 1 {
                        let mut value = left.wrapping_rem(right);
                        if FLOATS && value != 0 && (value ^ right) < 0 {
                            value += right;
                        }
                        to.write(tag::I64);
                        to.add(1).write(value as u64);
                        return D::next(pc.add(1), r, cx, ia, fa);
                    }
                }
            }
        }
        cold::<D, OtherSlow<OP>>(pc, r, cx, ia, fa)
    }
}

/// Integers up to this magnitude are exact as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Numbers of [`other`]'s operations.
pub mod quotient {
    /// Quotient.
    pub const DIV: u16 = 0;
    /// Remainder.
    pub const MOD: u16 = 1;
}

#[inline(always)]
unsafe fn approximate(at: *mut u64) -> Option<f64> {
    // SAFETY: a tagged pair.
    unsafe {
        match *at {
            tag::F64 => Some(f64::from_bits(*at.add(1))),
            tag::I64 => Some(*at.add(1) as i64 as f64),
            _ => None,
        }
    }
}

struct OtherSlow<const OP: u16>;
impl<const OP: u16> Slow for OtherSlow<OP> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (x, y) = (world.read(r, w.b), world.read(r, w.c));
            let (op, hook) = if OP == quotient::DIV {
                (Arith::Div, Hook::Div)
            } else {
                (Arith::Mod, Hook::Mod)
            };
            world.binary(pc.add(1), r, op, hook, x, y, w.a)
        }
    }
}

/// Outcome of the inline part of a compare.
#[inline(always)]
unsafe fn fast<const REL: u16>(x: *mut u64, y: *mut u64) -> Option<bool> {
    // SAFETY: tagged pairs.
    unsafe {
        if *x == tag::I64 && *y == tag::I64 {
            return Some(relate::<REL, i64>(*x.add(1) as i64, *y.add(1) as i64));
        }
        if *x == tag::F64 && *y == tag::F64 {
            return Some(relate::<REL, f64>(
                f64::from_bits(*x.add(1)),
                f64::from_bits(*y.add(1)),
            ));
        }
        None
    }
}

#[inline(always)]
pub(super) fn relate<const REL: u16, T: PartialOrd>(x: T, y: T) -> bool {
    match REL {
        relation::LT => x < y,
        relation::LE => x <= y,
        relation::GT => x > y,
        relation::GE => x >= y,
        relation::EQ => x == y,
        _ => x != y,
    }
}

/// `a` (one word) := `b` rel `c` as a truth value; RK: `c` is a small integer.
pub unsafe fn compare<D: Dispatch, const REL: u16, const FORM: u8>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let x = r.byte_add(w.b as usize);
        if FORM == Form::RK {
            if *x == tag::I64 {
                let truth = relate::<REL, i64>(*x.add(1) as i64, w.c as i16 as i64);
                r.byte_add(w.a as usize).write(truth as u64);
                return D::next(pc.add(1), r, cx, truth as i64, fa);
            }
        } else if let Some(truth) = fast::<REL>(x, r.byte_add(w.c as usize)) {
            r.byte_add(w.a as usize).write(truth as u64);
            return D::next(pc.add(1), r, cx, truth as i64, fa);
        }
        cold::<D, CompareSlow<REL, FORM>>(pc, r, cx, ia, fa)
    }
}

struct CompareSlow<const REL: u16, const FORM: u8>;
impl<const REL: u16, const FORM: u8> Slow for CompareSlow<REL, FORM> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let x = world.read(r, w.b);
            let y = if FORM == Form::RK {
                Value::int(w.c as i16 as i64)
            } else {
                world.read(r, w.c)
            };
            match world.relation(REL, x, y, r, w.a, 0)? {
                Ok(truth) => {
                    r.byte_add(w.a as usize).write(truth as u64);
                    Ok(Next::at(pc.add(1), r))
                }
                Err(next) => Ok(next),
            }
        }
    }
}

/// Compare and branch: `a` rel `b` (RK: small integer; RW: the next word is a float), `c` words on if the truth is
/// `WANT`.
pub unsafe fn branch<
    D: Dispatch,
    const REL: u16,
    const FORM: u8,
    const WANT: bool,
    const BACK: bool,
>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let x = r.byte_add(w.a as usize);
        let after = pc.add(if FORM == Form::RW { 2 } else { 1 });
        let truth = match FORM {
            Form::RK => {
                if *x != tag::I64 {
                    return cold::<D, BranchSlow<REL, FORM, WANT>>(pc, r, cx, ia, fa);
                }
                relate::<REL, i64>(*x.add(1) as i64, w.b as i16 as i64)
            }
            Form::RW => {
                if *x != tag::F64 {
                    return cold::<D, BranchSlow<REL, FORM, WANT>>(pc, r, cx, ia, fa);
                }
                relate::<REL, f64>(f64::from_bits(*x.add(1)), f64::from_bits(immediate(pc)))
            }
            _ => match fast::<REL>(x, r.byte_add(w.b as usize)) {
                Some(truth) => truth,
                None => return cold::<D, BranchSlow<REL, FORM, WANT>>(pc, r, cx, ia, fa),
            },
        };
        if truth == WANT {
            enter::<D, BACK>(after.offset(w.c as i16 as isize), r, cx, ia, fa)
        } else {
            enter::<D, false>(after, r, cx, ia, fa)
        }
    }
}

struct BranchSlow<const REL: u16, const FORM: u8, const WANT: bool>;
impl<const REL: u16, const FORM: u8, const WANT: bool> Slow for BranchSlow<REL, FORM, WANT> {
    const WORDS: usize = if FORM == Form::RW { 2 } else { 1 };
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let x = world.read(r, w.a);
            let y = match FORM {
                Form::RK => Value::int(w.b as i16 as i64),
                Form::RW => Value {
                    tag: tag::F64,
                    payload: immediate(pc),
                },
                _ => world.read(r, w.b),
            };
            // A hook's answer decides when its frame returns: the instruction is read again (`World::finish_branch`).
            match world.relation(REL, x, y, r, Self::WORDS as u16, if WANT { 1 } else { 2 })? {
                Ok(truth) => {
                    let after = pc.add(Self::WORDS);
                    Ok(Next::at(
                        if truth == WANT {
                            after.offset(w.c as i16 as isize)
                        } else {
                            after
                        },
                        r,
                    ))
                }
                Err(next) => Ok(next),
            }
        }
    }
}
