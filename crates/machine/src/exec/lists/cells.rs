//! Fusabi's lists: `cons`, `head`, `tail`, `list`.

use lemari::Ticket;

use super::immediates;
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::exec::int::{get, set};
use crate::fault::{Fault, Raise};
use crate::heap::object::{ListObj, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// `a` (word) := head pair `b` before the list word `c`.
pub unsafe fn cons<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the new cell is filled before anything else is allocated.
    unsafe {
        if (*cx).collect_always {
            return cold::<D, ConsSlow>(pc, r, cx, ia, fa);
        }
        let Some(ticket) = (*cx).lemari.try_alloc(kind::LIST, 0, size_of::<ListObj>()) else {
            return cold::<D, ConsSlow>(pc, r, cx, ia, fa);
        };
        let w = *pc;
        fill(cx, ticket, r, w);
        set(r, w.a, u64::from(ticket.0));
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Fills a fresh cell from the operands of `cons`.
#[inline(always)]
unsafe fn fill(cx: *mut World, ticket: Ticket, r: *mut u64, w: Word) {
    // SAFETY: a fresh young object; operands of the running instruction.
    unsafe {
        let object = (*cx).at::<ListObj>(ticket);
        (*object).tail = get(r, w.c) as u32;
        (*object).pad = 0;
        let from = r.byte_add(w.b as usize);
        let to = (&raw mut (*object).head).cast::<u64>();
        to.write(*from);
        to.add(1).write(*from.add(1));
    }
}

struct ConsSlow;
impl Slow for ConsSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: as `cons`.
        unsafe {
            let ticket = world.alloc(kind::LIST, 0, size_of::<ListObj>())?;
            fill(world, ticket, r, *pc);
            set(r, (*pc).a, u64::from(ticket.0));
            Ok(Next::at(pc.add(1), r))
        }
    }
}

/// `a` (pair) := first element of the list word `b`.
pub unsafe fn head<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the word is a list's ticket.
    unsafe {
        let w = *pc;
        let list = Ticket(get(r, w.b) as u32);
        if list.0 == 0 {
            return cold::<D, EmptyList>(pc, r, cx, ia, fa);
        }
        let from = (&raw const (*(*cx).at::<ListObj>(list)).head).cast::<u64>();
        let (tag, payload) = (*from, *from.add(1));
        let to = r.byte_add(w.a as usize);
        to.write(tag);
        to.add(1).write(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// `a` (word) := the list word `b` without its first element.
pub unsafe fn tail<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the word is a list's ticket.
    unsafe {
        let w = *pc;
        let list = Ticket(get(r, w.b) as u32);
        if list.0 == 0 {
            return cold::<D, EmptyList>(pc, r, cx, ia, fa);
        }
        let rest = (*(*cx).at::<ListObj>(list)).tail;
        set(r, w.a, u64::from(rest));
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct EmptyList;
impl Slow for EmptyList {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Raise<Next> {
        Err(world.fault(Fault::Empty, "the list is empty"))
    }
}

/// `a` (word) := list of `c` pairs from `b` on.
pub struct List;
impl Slow for List {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`, covered by the stack map while it runs.
        unsafe {
            let w = *pc;
            let (count, _) = immediates(pc);
            world.charge_fuel(u64::from(count) / 2)?;
            let mark = world.temp(Value::NIL)?;
            for index in (0..count as usize).rev() {
                let ticket = world.alloc(kind::LIST, 0, size_of::<ListObj>())?;
                let object = world.at::<ListObj>(ticket);
                (*object).tail = world.temps[mark].as_ticket().0;
                (*object).pad = 0;
                (*object).head = r.byte_add(w.b as usize).cast::<Value>().add(index).read();
                world.temps[mark] = Value::ticket(Kind::List, ticket);
            }
            let list = world.temps[mark].as_ticket();
            world.temps.truncate(mark);
            set(r, w.a, u64::from(list.0));
            Ok(Next::at(pc.add(2), r))
        }
    }
}
