//! Loops: `iter_new`, `iter_next`.

use super::immediates;
use crate::code::Word;
use crate::exec::dispatch::{Next, Slow};
use crate::fault::Raise;
use crate::heap::iter::mode;
use crate::value::Kind;
use crate::world::World;

/// `a` (pair) := iteration over the pair `b`. Wide low: mode.
pub struct IterNew;
impl Slow for IterNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (mode, _) = immediates(pc);
            let source = world.read(r, w.b);
            if source.kind() == Kind::Fiber && mode != 0 {
                return Err(world.type_fault("something with indexes or keys", source));
            }
            let iter = world.iter_new(source, mode as u16 & mode::MASK)?;
            world.write(r, w.a, iter);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` (pairs) := next value of the iteration `b` and, in mode 1, its index or key; the iteration stays where it is. At the
/// end goes on at the block that wide high names, in words from the instruction after. Wide low: mode.
pub struct IterNext;
impl Slow for IterNext {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; both ways lead to blocks of this code.
        unsafe {
            let w = *pc;
            let (keyed, offset) = immediates(pc);
            let iter = world.read(r, w.b);
            if iter.kind() == Kind::Fiber {
                let after = pc.add(2);
                return match world.fiber_id(iter) {
                    Some(id) if !world.fiber_finished(id) => world.resume_for_loop(id, w.a),
                    _ => Ok(Next::at(after.offset(offset as i32 as isize), r)),
                };
            }
            if iter.kind() != Kind::Iter {
                return Err(world.type_fault("iteration", iter));
            }
            let mark = world.temp(iter)?;
            let step = world.iter_step(mark)?;
            world.temps.truncate(mark);
            let after = pc.add(2);
            let Some((value, key)) = step else {
                return Ok(Next::at(after.offset(offset as i32 as isize), r));
            };
            world.write(r, w.a, value);
            if keyed != 0 {
                world.write(r, w.a.wrapping_add(16), key);
            }
            Ok(Next::at(after, r))
        }
    }
}
