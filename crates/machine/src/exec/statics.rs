//! Module statics.

use super::calls::{load_module, wide};
use super::dispatch::{Dispatch, Next, Slow, cold};
use crate::code::Word;
use crate::fault::{Fault, Raise};
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` := static `c`, a pair.
#[inline(always)]
pub unsafe fn load<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the static exists in the running instance.
    unsafe {
        let w = *pc;
        let from = (*cx).statics.add(w.c as usize).cast::<u64>();
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// `a` := static `c`, one word; fault state if it is not set.
#[inline(always)]
pub unsafe fn load_typed<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let from = (*cx).statics.add(w.c as usize).cast::<u64>();
        if *from as u8 == Kind::Hole as u8 {
            return cold::<D, Unset>(pc, r, cx, 0, fa);
        }
        let payload = *from.add(1);
        *r.byte_add(w.a as usize) = payload;
        D::next(pc.add(1), r, cx, payload as i64, f64::from_bits(payload))
    }
}

struct Unset;
impl Slow for Unset {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Raise<Next> {
        Err(world.fault(Fault::State, "a static was read before it was set"))
    }
}

/// Static `c` := the pair at `b`.
pub unsafe fn store<D: Dispatch>(
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
        if *from as u8 >= Kind::FIRST_TICKET {
            return cold::<D, StoreSlow>(pc, r, cx, ia, fa);
        }
        let to = (*cx).statics.add(w.c as usize).cast::<u64>();
        *to = *from;
        *to.add(1) = *from.add(1);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct StoreSlow;
impl Slow for StoreSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let value = world.read(r, w.b);
            *world.statics.add(w.c as usize) = value;
            world.instance_mut().dirty = true;
            Ok(Next::at(pc.add(1), r))
        }
    }
}

/// Static `c` := the word at `b`. The next word holds the tag.
pub unsafe fn store_typed<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let tag = *pc.add(1).cast::<u64>();
        let to = (*cx).statics.add(w.c as usize).cast::<u64>();
        *to = tag;
        *to.add(1) = *r.byte_add(w.b as usize);
        if tag as u8 >= Kind::FIRST_TICKET {
            return cold::<D, MarkDirty>(pc, r, cx, ia, fa);
        }
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

struct MarkDirty;
impl Slow for MarkDirty {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        world.instance_mut().dirty = true;
        // SAFETY: the instruction has two words.
        Ok(unsafe { Next::at(pc.add(2), r) })
    }
}

/// Stores the pair at `b` into the static of the next word unless it is frozen; flag 1 freezes it.
pub unsafe fn store_r<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the static exists in the running instance; nothing else borrows the World.
    unsafe {
        let (index, flags) = wide(pc);
        let world = &mut *cx;
        let number = (*world.frame).instance as usize;
        if flags & 1 == 0
            && let Some(instance) = world.instances.get_mut(number)
        {
            let bits = instance.frozen.get(index as usize / 64).copied();
            if bits.unwrap_or(0) >> (index % 64) & 1 == 0 {
                let value = r.byte_add((*pc).b as usize).cast::<Value>().read();
                instance.dirty |= value.is_heap();
                world.statics.add(index as usize).write(value);
                return D::next(pc.add(2), r, cx, ia, fa);
            }
        }
        cold::<D, StoreStaticR>(pc, r, cx, ia, fa)
    }
}

struct StoreStaticR;
impl Slow for StoreStaticR {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let (index, flags) = wide(pc);
            let (word, bit) = (index as usize / 64, 1u64 << (index % 64));
            let instance = world.instance_mut();
            if instance
                .frozen
                .get(word)
                .is_some_and(|bits| bits & bit != 0)
            {
                return Err(world.fault(Fault::Write, "cannot assign value to immutable label"));
            }
            if flags & 1 != 0 {
                let need = instance.statics.len().div_ceil(64);
                if instance.frozen.len() < need {
                    if instance.frozen.try_reserve_exact(need).is_err() {
                        return Err(world.fault(Fault::Mem, "the host has no memory left"));
                    }
                    instance.frozen.resize(need, 0);
                }
                if let Some(bits) = instance.frozen.get_mut(word) {
                    *bits |= bit;
                }
            }
            let value: Value = world.read(r, (*pc).b);
            if value.is_heap() {
                world.instance_mut().dirty = true;
            }
            *world.statics.add(index as usize) = value;
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// The export map of a module import.
pub struct LoadModule;
impl Slow for LoadModule {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: passed on.
        unsafe { load_module(world, pc, r) }
    }
}
