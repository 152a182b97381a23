//! Text instructions, and the instruction that runs intrinsics (docs/specs/machine.md §4, rows 1E and 70–74).

use fzb::tables::ConstId;
use fzb::view::Constant;

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::int::{get, set};
use super::intrinsics;
use crate::code::Word;
use crate::fault::{Fault, Raised};
use crate::heap::object::UNKNOWN;
use crate::heap::text::rope::FLAT_MAX;
use crate::heap::text::{fuel_of, index, search, switch};
use crate::value::{Kind, Value};
use crate::world::World;
use crate::world::registers::ticket_word;

/// `a` := does the text `c` occur in the text `b`? Ropes and an empty budget are for the slow path.
pub unsafe fn contains<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: both registers hold texts; nothing is allocated here.
    unsafe {
        let w = *pc;
        let (text, part) = (
            ticket_word(get(r, w.b) as u64),
            ticket_word(get(r, w.c) as u64),
        );
        let left = (*cx).fuel - ((*cx).text_bytes_len(text) / 64) as i64;
        if left < 0 || (*cx).text_is_rope(text) || (*cx).text_is_rope(part) {
            return cold::<D, ContainsSlow>(pc, r, cx, ia, fa);
        }
        (*cx).fuel = left;
        let found = i64::from(search::contains(
            (*cx).text_flat_bytes(text),
            (*cx).text_flat_bytes(part),
        ));
        set(r, w.a, found as u64);
        D::next(pc.add(1), r, cx, found, fa)
    }
}

struct ContainsSlow;
impl Slow for ContainsSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; registers are read again after what may allocate.
        unsafe {
            let w = *pc;
            let text = |at: u16| ticket_word(get(r, at) as u64);
            world.charge_fuel(fuel_of(u64::from(world.text_bytes_len(text(w.b)))))?;
            world.text_flat(text(w.b))?;
            world.text_flat(text(w.c))?;
            let found = search::contains(
                world.text_flat_bytes(text(w.b)),
                world.text_flat_bytes(text(w.c)),
            );
            set(r, w.a, u64::from(found));
            Ok(Next::at(pc.add(1), r))
        }
    }
}

/// An intrinsic: wide low = its number; operands from `b` on, result to `a`, as its signature says.
pub struct IntrinsicOp;
impl Slow for IntrinsicOp {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: the verifier typed the operands by the signature.
        unsafe {
            let w = *pc;
            intrinsics::run(world, (*pc.add(1)).as_wide() as u32, r, w.a, w.b)?;
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `concat`: wide low = number of texts, which stand from `b` on.
pub struct Concat;
impl Slow for Concat {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`: `count` texts; they are read again after every allocation.
        unsafe {
            let w = *pc;
            let count = (*pc.add(1)).as_wide() as u32 as usize;
            let operand = |i: usize| ticket_word(*r.byte_add(w.b as usize).add(i));
            let mut length = 0u64;
            let mut scalars = 0u64;
            for i in 0..count {
                let object = &*world.text_object(operand(i));
                length += u64::from(object.bytes);
                scalars += if object.scalars == UNKNOWN {
                    u64::from(UNKNOWN)
                } else {
                    u64::from(object.scalars)
                };
            }
            if length > FLAT_MAX as u64 {
                let first = world.temps.len();
                for i in 0..count {
                    world.temp(Value::ticket(Kind::Text, operand(i)))?;
                }
                let joined = world.text_concat(first..first + count)?;
                world.temps.truncate(first);
                set(r, w.a, u64::from(joined.0));
                return Ok(Next::at(pc.add(2), r));
            }
            // Short: no operand is a rope, and the copies are made at once.
            world.charge_fuel(fuel_of(length) + count as u64 / 16)?;
            let scalars = if scalars <= FLAT_MAX as u64 {
                scalars as u32
            } else {
                UNKNOWN
            };
            let joined = world.text_raw(length as usize, scalars)?;
            let mut to = world.text_content(joined);
            for i in 0..count {
                let part = world.text_flat_bytes(operand(i));
                std::ptr::copy_nonoverlapping(part.as_ptr(), to, part.len());
                to = to.add(part.len());
            }
            set(r, w.a, u64::from(joined.0));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `text_at`: t i → c.
pub struct TextAt;
impl Slow for TextAt {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (text, at) = (ticket_word(get(r, w.b) as u64), get(r, w.b + 8));
            let scalars = world.text_scalars(text);
            if at < 0 || at >= i64::from(scalars) {
                return Err(world.fault_args(
                    Fault::Bounds,
                    format_args!("index {at} is outside a text of {scalars} scalars"),
                ));
            }
            let scalar = if scalars == world.text_bytes_len(text) && !world.text_is_rope(text) {
                index::decode(world.text_flat_bytes(text), at as usize)
            } else {
                world.text_at(text, at)?
            };
            set(r, w.a, scalar.map_or(0, u64::from));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `switch_text`: `b` = text, wide low = table. Goes to the target of the equal text, else on to the next block.
pub struct SwitchText;
impl Slow for SwitchText {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; the frame's code lives as long as the frame, and its targets are words
        // of it where blocks begin.
        unsafe {
            let w = *pc;
            let table = (*pc.add(1)).as_wide() as u32;
            let length = u64::from(world.text_bytes_len(ticket_word(get(r, w.b) as u64)));
            world.charge_fuel(fuel_of(length))?;
            let text = world.text_flat(ticket_word(get(r, w.b) as u64))?;
            let code = &*(*world.frame).code;
            let found = switch::find(
                &world.instance().loaded.module,
                code.func,
                table,
                world.text_flat_bytes(text),
            );
            world.charge_fuel(found.compared / 8)?;
            let target = found
                .entry
                .and_then(|entry| code.tables.get(table as usize)?.get(entry as usize))
                .map(|word| code.words.as_ptr().add(*word as usize));
            Ok(Next::at(target.unwrap_or(pc.add(2)), r))
        }
    }
}

/// `format`: wide low = the specification's constant; its arguments are pairs from `b` on.
pub struct Format;
impl Slow for Format {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: the verifier counted the arguments of the specification; they stand in registers while this runs.
        unsafe {
            let w = *pc;
            let constant = ConstId((*pc.add(1)).as_wide() as u32);
            let module = world.module();
            let Some(Constant::Format(specification)) = module.constant(constant) else {
                return Err(world.fault(Fault::Internal, "a format that does not exist"));
            };
            let text = intrinsics::format::run(
                world,
                specification,
                r.byte_add(w.b as usize).cast::<Value>(),
            )?;
            set(r, w.a, u64::from(text.0));
            Ok(Next::at(pc.add(2), r))
        }
    }
}
