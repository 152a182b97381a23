//! Constants, tags, and everything that the policies decide: arithmetic without a fast path, compares, truth, hashes,
//! conversions, texts, lengths, hooks (docs/specs/machine.md §4, rows 01, 0E, 0F, 20–4A, B5–B8, F9, FA).

mod constants;

use fzb::tables::{ConstId, TypeId};
use fzb::view::Constant;
use isa::Hook;

use super::dispatch::{Dispatch, Next, Slow, cold};
use crate::code::Word;
use crate::fault::{Fault, Raise, Raised};
use crate::host::Stream;
use crate::host_memory::joined;
use crate::policy::sized::F32;
use crate::policy::{Arith, Target, bits, mode, sized};
use crate::value::{Value, tag};
use crate::world::World;

/// Bytes of a tagged pair: the distance of operands that stand one after the other.
const PAIR: u16 = 16;

/// The two immediates of an instruction with a wide word.
#[inline(always)]
unsafe fn wide(pc: *const Word) -> (u32, u32) {
    // SAFETY: instructions with WORDS = 2 are followed by their wide word.
    let word = unsafe { *pc.add(1).cast::<u64>() };
    (word as u32, (word >> 32) as u32)
}

/// Two pairs that stand one after the other.
#[inline(always)]
unsafe fn two(world: &World, r: *mut u64, at: u16) -> (Value, Value) {
    // SAFETY: operands of the running instruction.
    unsafe { (world.read(r, at), world.read(r, at.wrapping_add(PAIR))) }
}

macro_rules! slow {
    ($(#[$doc:meta])* $name:ident, |$world:ident, $pc:ident, $r:ident, $w:ident| $body:block) => {
        $(#[$doc])*
        pub struct $name;
        impl Slow for $name {
            const WORDS: usize = 2;
            unsafe fn run($world: &mut World, $pc: *const Word, $r: *mut u64) -> Result<Next, Raised> {
                // SAFETY: operands and immediates of the verified instruction at `pc`, whose registers begin at `r`.
                unsafe {
                    let $w = *$pc;
                    $body
                    Ok(Next::at($pc.add(Self::WORDS), $r))
                }
            }
        }
    };
}

/// A constant as a bare ticket.
pub unsafe fn const_ticket<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the constant exists, and `constants` are those of the running instance.
    unsafe {
        let constant = (*cx).constants.add(wide(pc).0 as usize);
        if *constant == Value::HOLE {
            return cold::<D, ConstTicket>(pc, r, cx, ia, fa);
        }
        *r.byte_add((*pc).a as usize) = (*constant).payload;
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// A constant as a pair.
pub unsafe fn const_pair<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `const_ticket`.
    unsafe {
        let constant = (*cx).constants.add(wide(pc).0 as usize);
        if *constant == Value::HOLE {
            return cold::<D, ConstPair>(pc, r, cx, ia, fa);
        }
        let to = r.byte_add((*pc).a as usize);
        to.write((*constant).tag);
        to.add(1).write((*constant).payload);
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

slow! {
    /// A constant that was not made yet, as a bare ticket.
    ConstTicket, |world, pc, r, w| {
        let value = world.constant(wide(pc).0)?;
        *r.byte_add(w.a as usize) = value.payload;
    }
}

slow! {
    /// A constant that was not made yet, as a pair.
    ConstPair, |world, pc, r, w| {
        let value = world.constant(wide(pc).0)?;
        world.write(r, w.a, value);
    }
}

/// `a` (pair) := the word `b` as a sized number of width `c`.
pub unsafe fn box_sized<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let word = *r.byte_add(w.b as usize);
        let width = w.c as u8;
        let bits = if width == F32 {
            sized::narrow_float(f64::from_bits(word)).to_bits()
        } else {
            sized::narrow(width, word)
        };
        r.byte_add(w.a as usize)
            .cast::<Value>()
            .write(Value::sized(width, bits));
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

slow! {
    /// Tests a declared type and takes the tag away where the type's values have none.
    CastType, |world, pc, r, w| {
        let ty = wide(pc).0;
        let instance = (*world.frame).instance;
        if !world.has_type(instance, ty, world.read(r, w.b))? {
            let expected = world.type_text(instance, ty);
            let found = world.read(r, w.b);
            return Err(world.type_fault(&expected, found));
        }
        let Some(repr) = world.module().repr(TypeId(ty)) else {
            return Err(world.fault(Fault::Internal, "a type that does not exist"));
        };
        let value = world.read(r, w.b);
        world.write_repr(r, w.a, repr, value);
    }
}

slow! {
    /// Tests a declared type.
    IsType, |world, pc, r, w| {
        let instance = (*world.frame).instance;
        let truth = world.has_type(instance, wide(pc).0, world.read(r, w.b))?;
        *r.byte_add(w.a as usize) = truth as u64;
    }
}

/// Arithmetic without a fast path: hooks, then the policy.
pub struct ArithOp;
impl Slow for ArithOp {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: two pairs from `b` on, the operation's number in the wide word.
        unsafe {
            let w = *pc;
            let Some(op) = Arith::ALL.get(wide(pc).0 as usize).copied() else {
                return Err(world.fault(Fault::Internal, "an operation that does not exist"));
            };
            let (x, y) = two(world, r, w.b);
            world.binary(pc.add(Self::WORDS), r, op, op.hook(), x, y, w.a)
        }
    }
}

/// `a` := -`b`.
pub unsafe fn neg<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (x, to) = (r.byte_add(w.b as usize), r.byte_add(w.a as usize));
        if *x == tag::I64 {
            let value = *x.add(1) as i64;
            if value != i64::MIN {
                to.write(tag::I64);
                to.add(1).write(-value as u64);
                return D::next(pc.add(1), r, cx, ia, fa);
            }
        } else if *x == tag::F64 {
            let value = -f64::from_bits(*x.add(1));
            to.write(tag::F64);
            to.add(1).write(value.to_bits());
            return D::next(pc.add(1), r, cx, ia, fa);
        }
        cold::<D, NegSlow>(pc, r, cx, ia, fa)
    }
}

struct NegSlow;
impl Slow for NegSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operand of the instruction at `pc`.
        unsafe {
            let w = *pc;
            if let Some(next) = world.unary_hook(r, Hook::Neg, world.read(r, w.b), w.a)? {
                return Ok(next);
            }
            let value = world.negate(world.read(r, w.b))?;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(1), r))
        }
    }
}

slow! {
    /// Bit operations.
    BitsOp, |world, pc, r, w| {
        let operation = wide(pc).0;
        let x = world.read(r, w.b);
        let y = if operation == bits::op::NOT { x } else { world.read(r, w.b.wrapping_add(PAIR)) };
        let value = world.bits(operation, x, y)?;
        world.write(r, w.a, value);
    }
}

slow! {
    /// The structural total order: -1, 0 or 1.
    CompareOp, |world, pc, r, w| {
        let (x, y) = two(world, r, w.b);
        let order = world.compare(x, y)? as i8;
        *r.byte_add(w.a as usize) = i64::from(order) as u64;
    }
}

/// `a` (word) := are the pairs `b` and `c` identical?
pub unsafe fn same<D: Dispatch>(
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
        let truth = *x == *y && *x.add(1) == *y.add(1);
        r.byte_add(w.a as usize).write(truth as u64);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

slow! {
    /// Hash by the World's key.
    HashOp, |world, pc, r, w| {
        let hash = world.hash_value(world.read(r, w.b))?;
        *r.byte_add(w.a as usize) = hash;
    }
}

/// `a` (word) := the truth of the pair `b` by policy.
pub unsafe fn truthy<D: Dispatch>(
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
        if *x == tag::BOOL {
            let truth = *x.add(1);
            r.byte_add(w.a as usize).write(truth);
            return D::next(pc.add(1), r, cx, ia, fa);
        }
        cold::<D, TruthySlow>(pc, r, cx, ia, fa)
    }
}

struct TruthySlow;
impl Slow for TruthySlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operand of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let truth = world.truthy(world.read(r, w.b))?;
            *r.byte_add(w.a as usize) = truth as u64;
            Ok(Next::at(pc.add(1), r))
        }
    }
}

slow! {
    /// Conversion; a map's hook first.
    Coerce, |world, pc, r, w| {
        let Some(target) = Target::from_number(wide(pc).0) else {
            return Err(world.fault(Fault::Internal, "a conversion that does not exist"));
        };
        if let Some(hook) = target.hook()
            && let Some(next) = world.unary_hook(r, hook, world.read(r, w.b), w.a)?
        {
            return Ok(next);
        }
        let value = world.coerce(target, world.read(r, w.b))?;
        world.write(r, w.a, value);
    }
}

slow! {
    /// Text of a value.
    Display, |world, pc, r, w| {
        let text = world.display(world.read(r, w.b), wide(pc).0 as u8)?;
        *r.byte_add(w.a as usize) = u64::from(text.0);
    }
}

slow! {
    /// Length by policy.
    Len, |world, pc, r, w| {
        let length = world.length(world.read(r, w.b))?;
        *r.byte_add(w.a as usize) = length as u64;
    }
}

slow! {
    /// Name of the type, or the constructor.
    TypeOf, |world, pc, r, w| {
        let value = world.read(r, w.b);
        let answer = if wide(pc).0 == 0 { world.type_name(value)? } else { world.constructor_of(value)? };
        world.write(r, w.a, answer);
    }
}

/// The hook that an instruction names.
unsafe fn hook_operand(world: &mut World, pc: *const Word) -> Raise<Hook> {
    // SAFETY: an instruction with a wide word.
    let number = unsafe { wide(pc).0 };
    match u8::try_from(number).ok().and_then(Hook::from_number) {
        Some(hook) => Ok(hook),
        None => Err(world.fault(Fault::Internal, "a hook that does not exist")),
    }
}

slow! {
    /// Keeps a value and tells whether it is a map with a hook.
    HasHook, |world, pc, r, w| {
        let hook = hook_operand(world, pc)?;
        let found = world.hook(world.read(r, w.b), hook)?.is_some();
        let value = world.read(r, w.b);
        world.write(r, w.a, value);
        *r.byte_add(w.a as usize + PAIR as usize) = found as u64;
    }
}

/// Calls the hook of the first operand with the other.
pub struct CallHook;
impl Slow for CallHook {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: two pairs from `b` on, the hook's number in the wide word.
        unsafe {
            let w = *pc;
            let hook = hook_operand(world, pc)?;
            let (x, y) = two(world, r, w.b);
            world.call_hook(r, hook, x, y, w.a)
        }
    }
}

slow! {
    /// In test mode: compares a value's canonical text with an expected one and tells the host.
    AssertEq, |world, pc, r, w| {
        if world.test_mode() {
            let (expected, name) = wide(pc);
            let text = world.display(world.read(r, w.b), mode::CANONICAL)?;
            let module = world.module();
            let wanted = match module.constant(ConstId(expected)) {
                Some(Constant::Text(wanted)) => wanted,
                _ => return Err(world.fault(Fault::Type, "the expected text is no text")),
            };
            let found = world.host_text(text)?;
            world.note_assertion(wanted, &found, name_of(&module, name))?;
        }
        let value = world.read(r, w.b);
        world.write(r, w.a, value);
    }
}

slow! {
    /// In test mode: shows a value's canonical text to the host.
    Inspect, |world, pc, r, w| {
        if world.test_mode() {
            let text = world.display(world.read(r, w.b), mode::CANONICAL)?;
            let line = joined(&["INSPECT: ", world.text_str(text)?, "\n"]);
            let Ok(line) = line else { return Err(world.no_host_memory()) };
            world.write_output(Stream::Out, line.as_bytes())?;
        }
        let value = world.read(r, w.b);
        world.write(r, w.a, value);
    }
}

fn name_of(module: &fzb::view::Module, name: u32) -> &str {
    module.name(fzb::tables::NameId(name)).unwrap_or("?")
}
