//! Blocks, jumps, moves, calls and returns.

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::int::{get, set};
use crate::code::Word;
use crate::fault::{Fault, Raised};
use crate::frame::{Frame, flags};
use crate::value::{Value, tag};
use crate::world::{Outcome, World};

/// Enters the block whose first word is at `at`: charges its cost, tests the budget and, on a backward way, reads the
/// World's signal word; then goes on behind that word.
///
/// # Safety
/// As [`Dispatch::next`]; `at` is a block's first word.
#[inline(always)]
pub unsafe fn enter<D: Dispatch, const BACK: bool>(
    at: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: `cx` is the running World; its signal word lives as long as it.
    unsafe {
        if cfg!(feature = "unmetered") {
            // Its blocks have no first word (translate/walk.rs).
            return D::next(at, r, cx, ia, fa);
        }
        let left = (*cx).fuel - (*at).a as i64;
        (*cx).fuel = left;
        if left < 0 || (BACK && (*(*cx).signal).load(std::sync::atomic::Ordering::Relaxed) != 0) {
            return cold::<D, Stop>(at, r, cx, ia, fa);
        }
        if BACK && D::deep(cx) {
            return surface::<D>(at.add(1), r, cx, ia, fa);
        }
        D::next(at.add(1), r, cx, ia, fa)
    }
}

/// The way of [`Dispatch::surface`], kept out of the handlers that seldom take it.
#[cold]
#[inline(never)]
unsafe fn surface<D: Dispatch>(
    at: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { D::surface(at, r, cx, ia, fa) }
}

/// A block's first word: `a` is its cost. Accumulators are kept, so that a block may be entered with one in use.
#[inline(always)]
pub unsafe fn block<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe { enter::<D, false>(pc, r, cx, ia, fa) }
}

/// The first word of a loop head or of a function that is no leaf: also reads the signal word.
#[inline(always)]
pub unsafe fn head<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe { enter::<D, true>(pc, r, cx, ia, fa) }
}

/// The budget or a signal says stop at the block at `pc`. Its charge has been made.
struct Stop;
impl Slow for Stop {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: the frame on top is the running one and `pc` one of its blocks.
        unsafe { world.stop_at_block(pc, r) }
    }
}

/// Jumps `c` words on (signed) to a block.
#[inline(always)]
pub unsafe fn jump<D: Dispatch, const BACK: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe { enter::<D, BACK>(pc.add(1).offset((*pc).c as i16 as isize), r, cx, ia, fa) }
}

/// Jumps by the next word (signed, from the word after it) to a block; reads the signal word always.
pub unsafe fn jump_far<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        enter::<D, true>(
            pc.add(2).offset(*pc.add(1).cast::<i64>() as isize),
            r,
            cx,
            ia,
            fa,
        )
    }
}

/// Copies one register.
#[inline(always)]
pub unsafe fn mov<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        set(r, w.a, get(r, w.b) as u64);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Copies a tagged pair, as two eight-byte moves.
#[inline(always)]
pub unsafe fn mov2<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; volatile keeps the halves apart (store forwarding, notes/performance.md §2).
    unsafe {
        let w = *pc;
        let (from, to) = (r.byte_add(w.b as usize), r.byte_add(w.a as usize));
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Loads a small integer into one register. The accumulators are kept, as by all moves and loads.
#[inline(always)]
pub unsafe fn load_small<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        set(r, w.a, w.b as i16 as i64 as u64);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Loads the next word into one register.
#[inline(always)]
pub unsafe fn load_wide<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the immediate follows.
    unsafe {
        set(r, (*pc).a, *pc.add(1).cast::<u64>());
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// Writes a tagged pair: tag `c`, payload `b` (signed).
pub unsafe fn load_small2<D: Dispatch>(
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
        to.write(w.c as u64);
        to.add(1).write(w.b as i16 as i64 as u64);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Writes a tagged pair: tag `c`, payload from the next word.
pub unsafe fn load_wide2<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the immediate follows.
    unsafe {
        let w = *pc;
        let to = r.byte_add(w.a as usize);
        to.write(w.c as u64);
        to.add(1).write(*pc.add(1).cast::<u64>());
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// Writes the integer accumulator to a register.
#[inline(always)]
pub unsafe fn spill_int<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        set(r, (*pc).a, ia as u64);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Writes the float accumulator to a register.
#[inline(always)]
pub unsafe fn spill_float<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        set(r, (*pc).a, fa.to_bits());
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Gives one register its tag: `a` := tag `c`, payload of `b`. The halves may overlap (`b` = `a` or `a` + 8).
#[inline(always)]
pub unsafe fn tag<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let payload = get(r, w.b) as u64;
        let to = r.byte_add(w.a as usize);
        to.write(w.c as u64);
        to.add(1).write(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Takes the tag away after a test: `a` := payload of `b`, whose whole tag word must be `c`; else fault type.
#[inline(always)]
pub unsafe fn untag<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let from = r.byte_add(w.b as usize);
        if *from != w.c as u64 {
            return cold::<D, Untag>(pc, r, cx, ia, fa);
        }
        let payload = *from.add(1);
        set(r, w.a, payload);
        D::next(pc.add(1), r, cx, payload as i64, f64::from_bits(payload))
    }
}

struct Untag;
impl Slow for Untag {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let found = world.read(r, w.b);
            world.untag_slow(pc, r, w.a, w.c, found)
        }
    }
}

/// Calls function `c` of this instance with its window at `b`; the result goes to `a`. Accumulators are dead at a call.
#[inline(always)]
pub unsafe fn call<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the function index is in range, the arguments stand in the window.
    unsafe {
        let w = *pc;
        let slot = (*cx).slots.add(w.c as usize);
        let code = (*slot).code;
        if code.is_null() {
            return cold::<D, CallSlow>(pc, r, cx, 0, 0.0);
        }
        let frame = (*cx).frame;
        let top = frame.add(1);
        let window = r.byte_add(w.b as usize);
        if top >= (*cx).frame_end || window.byte_add((*code).frame_bytes as usize) > (*cx).regs_end
        {
            return cold::<D, CallSlow>(pc, r, cx, 0, 0.0);
        }
        (*frame).pc = pc.add(1);
        (*cx).frame = top;
        push_plain(frame, code, slot, w.b as u64 | (w.a as u64) << 32, 0);
        D::next((*code).entry, window, cx, 0, 0.0)
    }
}

/// Fills the frame above `frame` for a call within an instance: `way` is delta and return register as they stand in the
/// frame, all flags zero. Written as whole words: the fields lie in this order (see the assertions below).
#[inline(always)]
pub unsafe fn push_plain(
    frame: *mut Frame,
    code: *const crate::code::Code,
    slot: *mut crate::world::FnSlot,
    way: u64,
    closure: u32,
) {
    // SAFETY: the caller has tested that there is room for a frame above `frame`.
    unsafe {
        let words = frame.cast::<u64>();
        let instance = *words.add(4) & 0xFFFF_FFFF_0000_0000;
        *words.add(6) = code as u64;
        *words.add(8) = (*slot).caches as u64;
        *words.add(9) = way;
        *words.add(10) = instance | closure as u64;
        *words.add(11) = 0;
    }
}

const _: () = {
    assert!(std::mem::offset_of!(Frame, code) == 0);
    assert!(std::mem::offset_of!(Frame, caches) == 16);
    assert!(std::mem::offset_of!(Frame, delta) == 24);
    assert!(std::mem::offset_of!(Frame, ret) == 28);
    assert!(std::mem::offset_of!(Frame, flags) == 30);
    assert!(std::mem::offset_of!(Frame, closure) == 32);
    assert!(std::mem::offset_of!(Frame, instance) == 36);
    assert!(std::mem::offset_of!(Frame, proclaimer) == 40);
    assert!(std::mem::offset_of!(Frame, argc) == 44);
};

/// Fills a frame.
#[inline(always)]
pub unsafe fn push_frame(
    top: *mut Frame,
    code: *const crate::code::Code,
    slot: *mut crate::world::FnSlot,
    delta: u32,
    ret: u16,
    flags: u16,
    closure: u32,
    instance: u32,
) {
    // SAFETY: the caller has tested that `top` lies in the frame array.
    unsafe {
        (*top).code = code;
        (*top).caches = (*slot).caches;
        (*top).delta = delta;
        (*top).ret = ret;
        (*top).flags = flags;
        (*top).closure = closure;
        (*top).instance = instance;
        (*top).proclaimer = 0;
        (*top).argc = 0;
    }
}

struct CallSlow;
impl Slow for CallSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: as `call`.
        unsafe {
            let w = *pc;
            world.call_function(r, w.c as u32, w.b as u32, w.a)
        }
    }
}

/// Returns one register (`a`).
pub unsafe fn ret<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let value = get(r, (*pc).a) as u64;
        let frame = (*cx).frame;
        if (*frame).flags != 0 && !(*frame).leaves_fast() {
            return ret_checked::<D>(pc, r, cx, ia, fa);
        }
        let caller = frame.sub(1);
        let window = r.byte_sub((*frame).delta as usize);
        set(window, (*frame).ret, value);
        (*cx).frame = caller;
        D::next(
            (*caller).pc,
            window,
            cx,
            value as i64,
            f64::from_bits(value),
        )
    }
}

/// Returns the integer accumulator.
#[inline(always)]
pub unsafe fn ret_int<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; `a` is a free register that the slow way reads.
    unsafe {
        let frame = (*cx).frame;
        if (*frame).flags != 0 && !(*frame).leaves_fast() {
            set(r, (*pc).a, ia as u64);
            return ret_checked::<D>(pc, r, cx, ia, fa);
        }
        let caller = frame.sub(1);
        let window = r.byte_sub((*frame).delta as usize);
        set(window, (*frame).ret, ia as u64);
        (*cx).frame = caller;
        D::next((*caller).pc, window, cx, ia, fa)
    }
}

/// Returns the float accumulator.
#[inline(always)]
pub unsafe fn ret_float<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `ret_int`.
    unsafe {
        let frame = (*cx).frame;
        if (*frame).flags != 0 && !(*frame).leaves_fast() {
            set(r, (*pc).a, fa.to_bits());
            return ret_checked::<D>(pc, r, cx, ia, fa);
        }
        let caller = frame.sub(1);
        let window = r.byte_sub((*frame).delta as usize);
        set(window, (*frame).ret, fa.to_bits());
        (*cx).frame = caller;
        D::next((*caller).pc, window, cx, ia, fa)
    }
}

/// Returns the register `a` to a caller that takes a pair, or as the frame's other flags say.
#[inline(never)]
unsafe fn ret_checked<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: a return of the frame on top.
    unsafe {
        let frame = (*cx).frame;
        if (*frame).flags != flags::CHECKED {
            if returns_to_host(frame) {
                let result = (*(*frame).code).result;
                let result = (*cx).tagged_register(r, (*pc).a, result);
                return return_to_host::<D>(cx, r, result);
            }
            return cold::<D, RetSlow>(pc, r, cx, ia, fa);
        }
        let value = get(r, (*pc).a) as u64;
        let caller = frame.sub(1);
        let window = r.byte_sub((*frame).delta as usize);
        let to = window.byte_add((*frame).ret as usize);
        to.write((*(*frame).code).result_tag);
        to.add(1).write(value);
        (*cx).frame = caller;
        D::next((*caller).pc, window, cx, ia, fa)
    }
}

/// Is this the frame that the host entered by a typed call, with nothing to do but to leave the run loop?
#[inline(always)]
unsafe fn returns_to_host(frame: *const Frame) -> bool {
    // SAFETY: the frame on top; below the first one of a fiber stands its sentinel.
    unsafe {
        (*frame).flags & !flags::CLEAN == flags::BARRIER | flags::CROSS
            && (*frame.sub(1)).code.is_null()
    }
}

/// What [`World::return_slow`] does for a frame that [`returns_to_host`].
#[inline(always)]
unsafe fn return_to_host<D: Dispatch>(cx: *mut World, r: *mut u64, result: Value) -> D::Out {
    // SAFETY: the running World; the frame on top returns.
    unsafe {
        let frame = (*cx).frame;
        (*cx).running_r = r.byte_sub((*frame).delta as usize);
        (*cx).frame = frame.sub(1);
        (*cx).outcome = Outcome::Returned(result);
        D::exit()
    }
}

struct RetSlow;
impl Slow for RetSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: a return of the frame on top.
        unsafe {
            let frame = world.frame;
            let result = world.tagged_register(r, (*pc).a, (*(*frame).code).result);
            world.return_slow(r, result)
        }
    }
}

/// Returns the tagged pair at `a`.
pub unsafe fn ret2<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let from = r.byte_add((*pc).a as usize);
        let frame = (*cx).frame;
        if (*frame).flags != 0 && !(*frame).leaves_fast() {
            return ret2_checked::<D>(pc, r, cx, ia, fa);
        }
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let caller = frame.sub(1);
        let window = r.byte_sub((*frame).delta as usize);
        let to = window.byte_add((*frame).ret as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        (*cx).frame = caller;
        D::next((*caller).pc, window, cx, ia, fa)
    }
}

/// Returns the pair at `a` as the frame's flags say.
#[inline(never)]
unsafe fn ret2_checked<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: a return of the frame on top; volatile as above.
    unsafe {
        if returns_to_host((*cx).frame) {
            let from = r.byte_add((*pc).a as usize);
            let result = Value {
                tag: from.read_volatile(),
                payload: from.add(1).read_volatile(),
            };
            return return_to_host::<D>(cx, r, result);
        }
        cold::<D, RetSlow2>(pc, r, cx, ia, fa)
    }
}

struct RetSlow2;
impl Slow for RetSlow2 {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: a return of the frame on top.
        unsafe {
            let result = world.read(r, (*pc).a);
            world.return_slow(r, result)
        }
    }
}

/// Tests a tagged bool or empty by its fast kinds; else by policy. `a` the value, `c` the offset.
pub unsafe fn branch_truthy<D: Dispatch, const WANT: bool, const BACK: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let value = r.byte_add(w.a as usize);
        if *value != tag::BOOL {
            return cold::<D, TruthySlow<WANT>>(pc, r, cx, ia, fa);
        }
        if (*value.add(1) != 0) == WANT {
            enter::<D, BACK>(pc.add(1).offset(w.c as i16 as isize), r, cx, ia, fa)
        } else {
            enter::<D, false>(pc.add(1), r, cx, ia, fa)
        }
    }
}

struct TruthySlow<const WANT: bool>;
impl<const WANT: bool> Slow for TruthySlow<WANT> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let value = world.read(r, (*pc).a);
            let truth = world.truthy(value)?;
            let offset = if truth == WANT {
                (*pc).c as i16 as isize
            } else {
                0
            };
            Ok(Next::at(pc.add(1).offset(offset), r))
        }
    }
}

/// A jump table: `a` the index, `b` the table; targets are blocks; out of range falls through.
pub unsafe fn switch<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the table exists and its targets are words of this code.
    unsafe {
        let w = *pc;
        let code = &*(*(*cx).frame).code;
        let table = code.tables.get_unchecked(w.b as usize);
        let index = get(r, w.a) as u64;
        if index < table.len() as u64 {
            let target = code
                .words
                .as_ptr()
                .add(*table.get_unchecked(index as usize) as usize);
            return enter::<D, true>(target, r, cx, ia, fa);
        }
        enter::<D, false>(pc.add(1), r, cx, ia, fa)
    }
}

/// Ends a function that has no code: never translated, fills unused numbers of the table.
pub unsafe fn invalid<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { cold::<D, Invalid>(pc, r, cx, ia, fa) }
}

struct Invalid;
impl Slow for Invalid {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Result<Next, Raised> {
        Err(world.fault(Fault::Internal, "an operation that does not exist"))
    }
}
