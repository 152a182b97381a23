//! Two dispatchers over one set of handlers (docs/specs/machine.md §6): tail calls where the optimiser guarantees them in
//! practice, and a loop over the same table elsewhere.
//!
//! A handler takes the instruction, the first register, the World, the integer and the float accumulator, and ends by
//! going on ([`Dispatch::next`]) or leaving ([`Dispatch::exit`]). Rules for bodies, each measured
//! (`notes/performance.md` §2): test tags through the pointer before loading payloads; every slow path is a separate cold
//! handler of the same signature; a value is copied as two eight-byte moves; no local variable's address may leave the
//! handler, or the optimiser may not make the sibling call.

use std::ptr::NonNull;

use crate::code::Word;
use crate::exec::ops;
use crate::world::World;

/// A handler of one register operation.
pub type Handler<O> = unsafe fn(*const Word, *mut u64, *mut World, i64, f64) -> O;

/// How a handler goes on.
pub trait Dispatch: Sized + 'static {
    /// What a handler returns.
    type Out;
    /// The dispatcher that looks at the next word: itself, but for the inside of a superinstruction
    /// ([`super::fused`]). Whatever goes on anywhere but behind the instruction goes on by this one.
    type Base: Dispatch<Out = Self::Out>;
    /// Goes on at `pc`, behind the instruction.
    ///
    /// # Safety
    /// `pc` points to an instruction of verified register code whose registers start at `r` in the World's current fiber.
    unsafe fn next(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) -> Self::Out;
    /// Leaves the run loop; the World says why.
    fn exit() -> Self::Out;
    /// True if so much native stack is in use that handlers had better go on from [`run`] ([`Dispatch::surface`]).
    ///
    /// # Safety
    /// The running World.
    #[inline(always)]
    unsafe fn deep(_: *const World) -> bool {
        false
    }
    /// Returns to [`run`], which goes on at `pc` with the same registers.
    ///
    /// # Safety
    /// As [`Dispatch::next`].
    #[inline(always)]
    unsafe fn surface(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) -> Self::Out {
        // SAFETY: passed on.
        unsafe { Self::next(pc, r, cx, ia, fa) }
    }
}

/// Handlers call each other in tail position, for which the optimiser makes sibling calls. No build is promised to have them
/// all: a handler that it gives a stack frame, under whatever profile, leaves that frame behind each time. So the places that
/// every long run passes again and again ([`super::flow::enter`] on a backward way) look at the stack pointer, and where
/// more than [`NATIVE_ROOM`] bytes have gathered the run goes on from [`run`], with all of them given back.
#[cfg(fox_tail)]
pub struct Tail;

/// Bytes of native stack that handlers may leave behind before the run goes on from [`run`].
pub const NATIVE_ROOM: usize = 64 << 10;

/// The stack pointer.
#[cfg(fox_tail)]
#[inline(always)]
fn stack_pointer() -> usize {
    let at: usize;
    // SAFETY: reads a register and touches neither memory nor flags.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!("mov {}, rsp", out(reg) at, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!("mov {}, sp", out(reg) at, options(nomem, nostack, preserves_flags));
    }
    at
}

#[cfg(fox_tail)]
static TAIL_TABLE: [Handler<()>; ops::COUNT] = ops::table::<Tail>();

#[cfg(fox_tail)]
impl Dispatch for Tail {
    type Out = ();
    type Base = Tail;
    #[inline(always)]
    unsafe fn next(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) {
        // SAFETY: the translator emits only operations below `COUNT`; `pc` is valid by the caller's promise.
        unsafe { TAIL_TABLE.get_unchecked((*pc).op as usize)(pc, r, cx, ia, fa) }
    }
    #[inline(always)]
    fn exit() {}
    #[inline(always)]
    unsafe fn deep(cx: *const World) -> bool {
        // SAFETY: `cx` is the running World.
        stack_pointer() < unsafe { (*cx).native_floor }
    }
    #[inline(always)]
    unsafe fn surface(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) {
        // SAFETY: `cx` is the running World.
        unsafe {
            (*cx).spill_r = r;
            (*cx).spill_int = ia;
            (*cx).spill_float = fa;
            (*cx).surfaced = pc;
        }
    }
}

/// Handlers return to a loop; registers of the machine travel through the World.
pub struct Loop;

static LOOP_TABLE: [Handler<*const Word>; ops::COUNT] = ops::table::<Loop>();

impl Dispatch for Loop {
    type Out = *const Word;
    type Base = Loop;
    #[inline(always)]
    unsafe fn next(pc: *const Word, r: *mut u64, cx: *mut World, ia: i64, fa: f64) -> *const Word {
        // SAFETY: `cx` is the running World.
        unsafe {
            (*cx).spill_r = r;
            (*cx).spill_int = ia;
            (*cx).spill_float = fa;
        }
        pc
    }
    #[inline(always)]
    fn exit() -> *const Word {
        std::ptr::null()
    }
}

/// Runs from `pc` until a handler leaves.
///
/// # Safety
/// As [`Dispatch::next`].
pub unsafe fn run(pc: *const Word, r: *mut u64, cx: *mut World) {
    // The last net: a panic of the machine itself is a bug, and the host lives on. The World is closed, because nobody knows
    // what state it was left in.
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // SAFETY: passed on.
        unsafe { run_on(pc, r, cx) }
    }));
    if ran.is_err() {
        // SAFETY: no handler runs any more, so nobody else refers to the World.
        unsafe { (*cx).panicked() };
    }
}

/// [`run`] without the net.
///
/// # Safety
/// As [`Dispatch::next`].
unsafe fn run_on(pc: *const Word, r: *mut u64, cx: *mut World) {
    // SAFETY: passed on.
    unsafe {
        #[cfg(fox_tail)]
        if !(*cx).loop_dispatch {
            return run_tail(pc, r, cx);
        }
        let mut pc = Loop::next(pc, r, cx, 0, 0.0);
        if (*cx).tracer.is_some() {
            return run_traced(pc, cx);
        }
        while !pc.is_null() {
            let handler = *LOOP_TABLE.get_unchecked((*pc).op as usize);
            pc = handler(pc, (*cx).spill_r, cx, (*cx).spill_int, (*cx).spill_float);
        }
    }
}

/// Runs by tail calls, again from here whenever handlers have come too deep.
#[cfg(fox_tail)]
unsafe fn run_tail(pc: *const Word, r: *mut u64, cx: *mut World) {
    // SAFETY: as `run`; what surfaced is where the run goes on.
    unsafe {
        let outer = (*cx).native_floor;
        (*cx).native_floor = stack_pointer().saturating_sub((*cx).native_room);
        Tail::next(pc, r, cx, 0, 0.0);
        loop {
            let pc = std::mem::replace(&mut (*cx).surfaced, std::ptr::null());
            if pc.is_null() {
                break;
            }
            Tail::next(pc, (*cx).spill_r, cx, (*cx).spill_int, (*cx).spill_float);
        }
        (*cx).native_floor = outer;
    }
}

/// The loop with a look at what is entered.
#[cold]
unsafe fn run_traced(mut pc: *const Word, cx: *mut World) {
    // SAFETY: as `run`.
    unsafe {
        let mut fallen = std::ptr::null_mut();
        while !pc.is_null() {
            (*cx).trace_entry(pc, &mut fallen);
            let handler = *LOOP_TABLE.get_unchecked((*pc).op as usize);
            pc = handler(pc, (*cx).spill_r, cx, (*cx).spill_int, (*cx).spill_float);
        }
    }
}

/// Where execution goes on after a slow path; a null `pc` leaves the run loop. Registers are never at null, so a result of
/// this type is two machine words and returned in registers; one in stack memory is written by halves and read whole, for
/// which the processor waits.
#[derive(Clone, Copy)]
pub struct Next {
    /// Instruction.
    pub pc: *const Word,
    r: NonNull<u64>,
}

const _: () = assert!(size_of::<crate::fault::Raise<Next>>() == size_of::<Next>());

impl Next {
    /// Leaves the run loop.
    pub const EXIT: Next = Next {
        pc: std::ptr::null(),
        r: NonNull::dangling(),
    };
    /// Goes on.
    #[inline(always)]
    pub const fn at(pc: *const Word, r: *mut u64) -> Next {
        let r = match NonNull::new(r) {
            Some(r) => r,
            None => NonNull::dangling(),
        };
        Next { pc, r }
    }

    /// First register of the frame on top.
    #[inline(always)]
    pub const fn r(self) -> *mut u64 {
        self.r.as_ptr()
    }
}

/// The part of an instruction that is not worth a place in the fast path: may allocate, fault, push frames, switch
/// fibers. It runs at a safepoint: the current frame's pc is set to the instruction after it before it is entered.
pub trait Slow {
    /// Words of the instruction.
    const WORDS: usize = 1;
    /// Does it. `Err` means that a fault or throw was recorded in the World.
    ///
    /// # Safety
    /// `pc` and `r` as for [`Dispatch::next`].
    unsafe fn run(
        world: &mut World,
        pc: *const Word,
        r: *mut u64,
    ) -> Result<Next, crate::fault::Raised>;
}

/// Runs a slow path. A function of its own, whose result fits machine registers: a result in stack memory would keep its
/// caller from making the sibling call.
#[inline(never)]
unsafe fn slow_next<S: Slow>(pc: *const Word, r: *mut u64, cx: *mut World) -> Next {
    // SAFETY: `cx` is the running World and no other reference to it lives while a handler runs.
    unsafe {
        let world = &mut *cx;
        (*world.frame).pc = pc.add(S::WORDS);
        world.running_r = r;
        match S::run(world, pc, r) {
            Ok(next) => next,
            Err(raised) => world.raise(raised, r),
        }
    }
}

#[inline(always)]
unsafe fn slow_body<D: Dispatch, S: Slow>(pc: *const Word, r: *mut u64, cx: *mut World) -> D::Out {
    // SAFETY: passed on.
    unsafe {
        let next = slow_next::<S>(pc, r, cx);
        if next.pc.is_null() {
            D::exit()
        } else {
            D::next(next.pc, next.r(), cx, 0, 0.0)
        }
    }
}

/// A slow path as a cold handler of the same signature.
///
/// # Safety
/// As [`Dispatch::next`].
#[inline(always)]
pub unsafe fn cold<D: Dispatch, S: Slow>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { cold_way::<D::Base, S>(pc, r, cx, ia, fa) }
}

#[cold]
#[inline(never)]
unsafe fn cold_way<D: Dispatch, S: Slow>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { slow_body::<D, S>(pc, r, cx) }
}

/// [`cold`] of an instruction whose one-word result, at `a`, is promised in the accumulators too.
///
/// # Safety
/// As [`Dispatch::next`].
#[inline(always)]
pub unsafe fn cold_word<D: Dispatch, S: Slow>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { cold_word_way::<D::Base, S>(pc, r, cx, ia, fa) }
}

#[cold]
#[inline(never)]
unsafe fn cold_word_way<D: Dispatch, S: Slow>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: passed on; going on behind the instruction means in its own frame, whose window has the register.
    unsafe {
        let next = slow_next::<S>(pc, r, cx);
        if next.pc.is_null() {
            return D::exit();
        }
        let word = if next.pc == pc.add(S::WORDS) {
            *next.r().byte_add((*pc).a as usize)
        } else {
            0
        };
        D::next(next.pc, next.r(), cx, word as i64, f64::from_bits(word))
    }
}

/// An instruction that has no fast path.
///
/// # Safety
/// As [`Dispatch::next`].
#[inline(never)]
pub unsafe fn whole<D: Dispatch, S: Slow>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { slow_body::<D, S>(pc, r, cx) }
}
