//! Fibers as instructions: generators, coroutines, snapshots.

use super::calls::wide;
use super::dispatch::{Next, Slow};
use crate::code::Word;
use crate::fault::{Fault, Raise};
use crate::fiber::{Role, State};
use crate::space::SpaceOp;
use crate::value::{Kind, Value};
use crate::world::World;

pub use super::signals::{
    KeepEvent, Prompt, RetOuter, SelectorRet, event_arg, match_event, post, reply, signal_wanted,
};

/// A suspended fiber over the routine at `b`.
pub struct FiberNew;
impl Slow for FiberNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let routine = world.read(r, w.b);
            if !matches!(routine.kind(), Kind::Func | Kind::Closure | Kind::Partial) {
                return Err(world.type_fault("a function", routine));
            }
            let role = match wide(pc).0 {
                0 => Role::Generator,
                1 => Role::Async,
                _ => Role::Process,
            };
            let value = world.fiber_of(role, routine, Value::HOLE, 0, 0)?;
            let r = world.running_r;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// Resumes the fiber at `b` with the value behind it.
pub struct Resume;
impl Slow for Resume {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let fiber = world.read(r, w.b);
            let sent = world.read(r, w.b + 16);
            match world.fiber_id(fiber) {
                Some(id) => world.resume_fiber(id, sent, w.a),
                None if fiber.kind() == Kind::Fiber => {
                    Err(world.fault(Fault::State, "the fiber is finished"))
                }
                None => Err(world.type_fault("a fiber", fiber)),
            }
        }
    }
}

/// Suspends the generator with the value at `b`.
pub struct Yield;
impl Slow for Yield {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let value = world.read(r, w.b);
            world.yield_value(value, w.a)
        }
    }
}

/// Waits for the fiber at `b`; of empty, lets others run.
pub struct Await;
impl Slow for Await {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let waited = world.read(r, w.b);
            world.await_value(waited, w.a, pc.add(2), r)
        }
    }
}

/// A snapshot of the suspended fiber at `b`.
pub struct FiberCopy;
impl Slow for FiberCopy {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let fiber = world.read(r, w.b);
            let Some(id) = world.fiber_id(fiber) else {
                return Err(match fiber.kind() {
                    Kind::Fiber => world.fault(Fault::State, "the fiber is finished"),
                    _ => world.type_fault("a fiber", fiber),
                });
            };
            let copy = world.copy_fiber(id)?;
            let value = match world.fiber_value(copy) {
                Ok(value) => value,
                Err(raised) => {
                    world.free_fiber(copy);
                    return Err(raised);
                }
            };
            let r = world.running_r;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// Puts the fiber at `b` back to the snapshot behind it; the snapshot stays as it is.
pub struct FiberRestore;
impl Slow for FiberRestore {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (fiber, snapshot) = (world.read(r, w.b), world.read(r, w.b + 16));
            let Some(from) = world.fiber_id(snapshot) else {
                return Err(match snapshot.kind() {
                    Kind::Fiber => world.fault(Fault::State, "the snapshot is gone"),
                    _ => world.type_fault("a fiber's snapshot", snapshot),
                });
            };
            if fiber.kind() != Kind::Fiber {
                return Err(world.type_fault("a fiber", fiber));
            }
            if world.fiber_id(fiber).and_then(|id| world.fiber_state(id.0)) == Some(State::Running)
            {
                return Err(world.fault(Fault::State, "a running fiber cannot be put back"));
            }
            let copy = world.copy_fiber(from)?;
            world.adopt_fiber(fiber, copy);
            let fiber = world.read(r, w.b);
            world.write(r, w.a, fiber);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// An instruction of the space bank that the spaces do: operands from `b`, immediates in the next two words.
pub struct Space;
impl Slow for Space {
    const WORDS: usize = 3;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`: as many pairs as its third operand says.
        unsafe {
            let w = *pc;
            let Some(op) = SpaceOp::from_number(w.c as u8) else {
                return Err(world.fault(Fault::Internal, "a space operation that does not exist"));
            };
            let count = (w.c >> 8) as usize;
            let (first, second) = wide(pc);
            let (third, fourth) = wide(pc.add(1));
            let Some(runner) = world.spaces.as_ref().map(|spaces| spaces.runner()) else {
                return Err(world.fault(Fault::State, "this World has no spaces"));
            };
            let result = runner(world, op, [first, second, third, fourth], w.b, count, w.a);
            let r = world.running_r;
            match result? {
                crate::space::Outcome::Value(value) => {
                    world.write(r, w.a, value);
                    Ok(Next::at(pc.add(3), r))
                }
                crate::space::Outcome::Continue(next) => Ok(next),
            }
        }
    }
}
