//! `get_index` and `set_index`: elements of vectors inline, everything else by policy (`indexing.rs`).

use fzb::tables::Lang;
use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::fault::Raise;
use crate::heap::object::{BLOB_HEADER, BlobObj, MapObj, kind};
use crate::legend::Legends;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// The vector and position that an integer index of the running policy names in a map, if it is below its length; null
/// otherwise. Negative numbers are left to the slow path.
#[inline(always)]
unsafe fn place(cx: *mut World, container: *mut u64, key: *mut u64) -> (*mut BlobObj, usize) {
    const NONE: (*mut BlobObj, usize) = (std::ptr::null_mut(), 0);
    // SAFETY: tagged pairs of the running instruction; tickets of live values name live objects.
    unsafe {
        if *container != tag::MAP || *key != tag::I64 {
            return NONE;
        }
        let vec = (*(*cx).at::<MapObj>(Ticket(*container.add(1) as u32))).elements;
        if vec == 0 {
            return NONE;
        }
        let base = ((*(*(*cx).frame).code).policy as u32 == Lang::Rhumb as u32) as u64;
        let index = (*key.add(1)).wrapping_sub(base);
        let vec = (*cx).at::<BlobObj>(Ticket(vec));
        if index >= u64::from((*vec).len) {
            return NONE;
        }
        (vec, index as usize)
    }
}

/// `a` := element or entry `c` of the container `b` (pairs).
pub unsafe fn get_index<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; `place` tested the index.
    unsafe {
        let w = *pc;
        let (vec, index) = place(cx, r.byte_add(w.b as usize), r.byte_add(w.c as usize));
        if vec.is_null() {
            return get_entry::<D>(pc, r, cx, ia, fa);
        }
        let data = vec.cast::<u8>().add(BLOB_HEADER);
        let to = r.byte_add(w.a as usize);
        // Compares one after the other: a jump table costs more than two that are foreseen.
        let kind = *vec.cast::<u8>();
        let (tag, payload);
        if kind == kind::VEC_DYN {
            let from = data.cast::<u64>().add(2 * index);
            (tag, payload) = (*from, *from.add(1));
        } else if kind != kind::VEC_U8 {
            tag = if kind == kind::VEC_I64 {
                tag::I64
            } else {
                tag::F64
            };
            payload = *data.cast::<u64>().add(index);
        } else {
            (tag, payload) = (tag::I64, u64::from(*data.add(index)));
        }
        to.write(tag);
        to.add(1).write(payload);
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// What an absent entry reads as where it does.
static NOTHING: Value = Value::EMPTY;

/// `get_index` of an integer that is no position: the entry of a map's own table. A number below 0 may count from the end,
/// and is left to the slow path with everything else.
#[inline(never)]
unsafe fn get_entry<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; `get_index` found no such position.
    unsafe {
        let w = *pc;
        let (container, key) = (r.byte_add(w.b as usize), r.byte_add(w.c as usize));
        // Number 0 may mean all elements.
        if *container != tag::MAP || *key != tag::I64 || (*key.add(1) as i64) <= 0 {
            return cold::<D, GetIndexSlow>(pc, r, cx, ia, fa);
        }
        let map = Ticket(*container.add(1) as u32);
        let value = (*cx).dense_value(map, *key.add(1) as i64);
        if value.is_null() {
            return get_hashed_entry::<D>(pc, r, cx, ia, fa);
        }
        let (from, to) = (value.cast::<u64>(), r.byte_add(w.a as usize));
        to.write(*from);
        to.add(1).write(*from.add(1));
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// [`get_entry`] where a dense table does not have it at hand: this one calls.
#[inline(never)]
unsafe fn get_hashed_entry<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `get_entry`, which tested the tags.
    unsafe {
        let w = *pc;
        let map = Ticket(*r.byte_add(w.b as usize).add(1) as u32);
        let key = *r.byte_add(w.c as usize).add(1) as i64;
        let mut value = (*cx).whole_value(map, key, &raw const NOTHING);
        if value == &raw const NOTHING && !(*cx).absent_is_empty(map) {
            value = std::ptr::null();
        }
        if value.is_null() {
            return cold::<D, GetIndexSlow>(pc, r, cx, ia, fa);
        }
        let (from, to) = (value.cast::<u64>(), r.byte_add(w.a as usize));
        to.write(*from);
        to.add(1).write(*from.add(1));
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

struct GetIndexSlow;
impl Slow for GetIndexSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let mark = world.temp(world.read(r, w.b))?;
            let key = world.temp(world.read(r, w.c))?;
            let value = world.index_get(mark, key)?;
            world.temps.truncate(mark);
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `set_index` flag: the element or entry may not be changed afterwards.
pub(super) const IMMUTABLE: u16 = 4;

/// Element or entry `b` of the container `a` := `c` (pairs). Wide low: flags. Here for the legends that arrays and lists are
/// born with, so that few machine registers are taken and none is saved.
pub unsafe fn set_index<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; index, kind and mutability are tested.
    unsafe {
        let w = *pc;
        let container = r.byte_add(w.a as usize);
        let (vec, index) = place(cx, container, r.byte_add(w.b as usize));
        if vec.is_null() {
            return set_entry::<D>(pc, r, cx, ia, fa);
        }
        let map = (*cx).at::<MapObj>(Ticket(*container.add(1) as u32));
        let born = (*map).legend <= Legends::ARRAY_U8.0 && (*pc.add(1)).op & IMMUTABLE == 0;
        if !born || !write_now(cx, (*map).elements, vec, index, r.byte_add(w.c as usize)) {
            return set_any_index::<D>(pc, r, cx, ia, fa);
        }
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// As [`set_index`], of an element that exists, whatever the legend.
#[inline(never)]
unsafe fn set_any_index<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `set_index`.
    unsafe {
        let w = *pc;
        let container = r.byte_add(w.a as usize);
        let (vec, index) = place(cx, container, r.byte_add(w.b as usize));
        if vec.is_null() || (*pc.add(1)).op & IMMUTABLE != 0 {
            return cold::<D, SetIndexSlow>(pc, r, cx, ia, fa);
        }
        let map = (*cx).at::<MapObj>(Ticket(*container.add(1) as u32));
        if !(*cx).elements_mutable((*map).legend)
            || !write_now(cx, (*map).elements, vec, index, r.byte_add(w.c as usize))
        {
            return cold::<D, SetIndexSlow>(pc, r, cx, ia, fa);
        }
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// Writes a value at a position of the vector `ticket` at `vec` if it can hold it and nobody must be told; else false, and
/// nothing has happened. Compares one after the other: a jump table costs more than two that are foreseen.
///
/// # Safety
/// A live vector with room for `index`; `from` is a tagged pair.
#[inline(always)]
pub(super) unsafe fn write_now(
    cx: *mut World,
    ticket: u32,
    vec: *mut BlobObj,
    index: usize,
    from: *const u64,
) -> bool {
    // SAFETY: the caller's promise; a value that must be remembered is not stored.
    unsafe {
        let data = vec.cast::<u8>().add(BLOB_HEADER);
        let (tag, payload) = (*from, *from.add(1));
        let kind = *vec.cast::<u8>();
        if kind == kind::VEC_DYN {
            if tag as u8 >= Kind::FIRST_TICKET && must_remember(cx, ticket, payload as u32) {
                return false;
            }
            let to = data.cast::<u64>().add(2 * index);
            to.write(tag);
            to.add(1).write(payload);
            return true;
        }
        if kind == kind::VEC_U8 {
            let fits = tag == tag::I64 && payload <= 0xFF;
            if fits {
                data.add(index).write(payload as u8);
            }
            return fits;
        }
        let wanted = if kind == kind::VEC_I64 {
            tag::I64
        } else {
            tag::F64
        };
        if tag == wanted {
            data.cast::<u64>().add(index).write(payload);
        }
        tag == wanted
    }
}

/// Would storing a value into this vector have to be told to the collector? Then the slow path stores it: the fast one
/// calls nothing, so that it needs no stack.
#[inline(always)]
pub(super) unsafe fn must_remember(cx: *mut World, vec: u32, value: u32) -> bool {
    // SAFETY: `cx` is the running World.
    unsafe { vec >= (*cx).lemari.young_end() && (*cx).lemari.is_young(Ticket(value)) }
}

/// `set_index` of an integer that is no position: the entry of a dictionary, or of a map in dictionary mode.
#[inline(never)]
unsafe fn set_entry<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; `set_index` found no such position.
    unsafe {
        let w = *pc;
        let (container, key) = (r.byte_add(w.a as usize), r.byte_add(w.b as usize));
        if *container == tag::MAP
            && *key == tag::I64
            && (*pc.add(1)).op & IMMUTABLE == 0
            && (*cx).set_entry_now(
                Ticket(*container.add(1) as u32),
                *key.add(1) as i64,
                r.byte_add(w.c as usize).cast(),
            )
        {
            return D::next(pc.add(2), r, cx, ia, fa);
        }
        cold::<D, SetIndexSlow>(pc, r, cx, ia, fa)
    }
}

struct SetIndexSlow;
impl Slow for SetIndexSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let flags = (*pc.add(1)).op;
            let mark = world.temp(world.read(r, w.a))?;
            let key = world.temp(world.read(r, w.b))?;
            let value = world.temp(world.read(r, w.c))?;
            world.index_set(mark, key, value, flags)?;
            world.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
