//! Implicit invocation before an operation, in one step: Rhumb calls a label's value wherever it is read if that is a routine
//! of arity zero (docs/specs/rhumb.md §3.5), and nearly always it is a number that is added or compared at once.
//!
//! These are superinstructions over [`calls::auto_call`] and the dynamic operation behind it ([`super::fused`]). Where the
//! values are integers the whole run is done on the labels' own registers, and the registers between, which nobody reads
//! any more, stay as they were. In every other case the first operation is done alone, and the others follow as they stand.

use super::calls;
use super::dispatch::Dispatch;
use super::dynamic::{op, relate};
use super::flow::enter;
use super::ops::Form;
use crate::code::Word;
use crate::value::tag;
use crate::world::World;

/// Number of values that are read before the operation.
const fn values(form: u8) -> usize {
    if form == Form::RK { 1 } else { 2 }
}

/// `auto_call`, then sum, difference or product with a small integer (RK); or two of them and the operation on both (RR).
pub unsafe fn arith<D: Dispatch, const OP: u16, const FORM: u8>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the run was fused because these words follow one another.
    unsafe {
        let (first, second) = (*pc, *pc.add(1));
        let last = *pc.add(values(FORM));
        let (x, y) = (r.byte_add(first.b as usize), r.byte_add(second.b as usize));
        let plain = *x == tag::I64
            && last.b == first.a
            && (FORM == Form::RK || (*y == tag::I64 && last.c == second.a && first.a != second.a));
        if plain {
            let left = *x.add(1) as i64;
            let right = if FORM == Form::RK {
                last.c as i16 as i64
            } else {
                *y.add(1) as i64
            };
            let (value, over) = match OP {
                op::ADD => left.overflowing_add(right),
                op::SUB => left.overflowing_sub(right),
                _ => left.overflowing_mul(right),
            };
            if !over {
                let to = r.byte_add(last.a as usize);
                to.write(tag::I64);
                to.add(1).write(value as u64);
                return D::next(pc.add(values(FORM) + 1), r, cx, ia, fa);
            }
        }
        calls::auto_call::<D>(pc, r, cx, ia, fa)
    }
}

/// `auto_call`, then a branch on a comparison with a small integer (RK); or two of them and a branch on both (RR).
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
    // SAFETY: as `arith`.
    unsafe {
        let (first, second) = (*pc, *pc.add(1));
        let last = *pc.add(values(FORM));
        let (x, y) = (r.byte_add(first.b as usize), r.byte_add(second.b as usize));
        let plain = *x == tag::I64
            && last.a == first.a
            && (FORM == Form::RK || (*y == tag::I64 && last.b == second.a && first.a != second.a));
        if plain {
            let right = if FORM == Form::RK {
                last.b as i16 as i64
            } else {
                *y.add(1) as i64
            };
            let after = pc.add(values(FORM) + 1);
            return if relate::<REL, i64>(*x.add(1) as i64, right) == WANT {
                enter::<D, BACK>(after.offset(last.c as i16 as isize), r, cx, ia, fa)
            } else {
                enter::<D, false>(after, r, cx, ia, fa)
            };
        }
        calls::auto_call::<D>(pc, r, cx, ia, fa)
    }
}
