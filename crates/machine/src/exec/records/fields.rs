//! Reading and writing fields of records.

use fzb::view::Repr;
use lemari::Ticket;

use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::exec::int::get;
use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, MapObj};
use crate::legend::{LegendId, field_flags, legend_flags};
use crate::value::{Kind, Value, tag};
use crate::world::World;

use super::{has_type, immediates, is_plain_record};

/// Address of a field's value in a live map with such a slot, or null.
#[inline(always)]
pub(super) unsafe fn slot_of(cx: *const World, map: Ticket, slot: usize) -> *mut Value {
    // SAFETY: a live map; the slot is tested against inline room, then against the overflow vector.
    unsafe {
        let object = (*cx).at::<MapObj>(map);
        let inline = *object.cast::<u16>().add(1) as usize;
        if slot < inline {
            return (&raw mut (*object).fields).cast::<Value>().add(slot);
        }
        let overflow = Ticket((*object).overflow);
        if overflow.0 == 0 || slot - inline >= (*cx).vec_len(overflow) as usize {
            return std::ptr::null_mut();
        }
        (*cx)
            .at::<u8>(overflow)
            .add(BLOB_HEADER)
            .cast::<Value>()
            .add(slot - inline)
    }
}

/// Copies a field to registers as its representation wants it.
#[inline(always)]
pub(super) unsafe fn deliver(r: *mut u64, at: u16, repr: Repr, from: *mut Value) -> u64 {
    // SAFETY: `from` is a field of that representation; `at` the result's register.
    unsafe {
        let from = from.cast::<u64>();
        let to = r.byte_add(at as usize);
        let payload = *from.add(1);
        if repr.words() == 1 {
            to.write(payload);
        } else {
            to.write(*from);
            to.add(1).write(payload);
        }
        payload
    }
}

/// `a` := field (wide high) of the record `b` of type (wide low): a pair, or a bare ticket if `c & 1`.
pub unsafe fn get_slot<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: a bare ticket is a record of that type; a pair is tested.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        let operand = r.byte_add(w.b as usize);
        let map = if w.c & 1 != 0 {
            Ticket(*operand as u32)
        } else {
            if *operand != tag::MAP {
                return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
            }
            Ticket(*operand.add(1) as u32)
        };
        let object = (*cx).at::<MapObj>(map);
        let legend = (*cx).legends.get(LegendId((*object).legend));
        if w.c & 1 == 0 && !has_type(cx, legend, typedef) {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        }
        let from = slot_of(cx, map, field as usize);
        let Some(declared) = legend.fields.get(field as usize) else {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        };
        if from.is_null() {
            return cold::<D, GetSlotSlow>(pc, r, cx, ia, fa);
        }
        let payload = deliver(r, w.a, declared.repr, from);
        D::next(pc.add(2), r, cx, payload as i64, f64::from_bits(payload))
    }
}

/// [`get_slot`] of a one-word field of a record of a proven type (`c & 1`), which has its declared fields in this order.
#[inline(always)]
pub unsafe fn get_slot_word<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the bare ticket is a record of that type; a field beyond the inline ones is left
    // to the general way.
    unsafe {
        let w = *pc;
        let field = (*pc.add(1).cast::<u64>() >> 32) as usize;
        let object = (*cx).at::<MapObj>(Ticket(*r.byte_add(w.b as usize) as u32));
        if field >= *object.cast::<u16>().add(1) as usize {
            return get_slot::<D::Base>(pc, r, cx, ia, fa);
        }
        let payload = *(&raw const (*object).fields)
            .cast::<u64>()
            .add(2 * field + 1);
        *r.byte_add(w.a as usize) = payload;
        D::next(pc.add(2), r, cx, payload as i64, f64::from_bits(payload))
    }
}

/// [`get_slot_word`] of a field that is a pair.
#[inline(always)]
pub unsafe fn get_slot_pair<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `get_slot_word`.
    unsafe {
        let w = *pc;
        let field = (*pc.add(1).cast::<u64>() >> 32) as usize;
        let object = (*cx).at::<MapObj>(Ticket(*r.byte_add(w.b as usize) as u32));
        if field >= *object.cast::<u16>().add(1) as usize {
            return get_slot::<D::Base>(pc, r, cx, ia, fa);
        }
        let from = (&raw const (*object).fields).cast::<u64>().add(2 * field);
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

/// `a` (bare ticket) := the pair `b` if it is a record of the typedef in wide high; else the slow cast to type (wide low).
#[inline(always)]
pub unsafe fn cast<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let (_, typedef) = immediates(pc);
        let from = r.byte_add(w.b as usize);
        if *from == tag::MAP {
            let map = Ticket(*from.add(1) as u32);
            if is_plain_record(cx, map, typedef) {
                *r.byte_add(w.a as usize) = u64::from(map.0);
                return D::next(pc.add(2), r, cx, ia, fa);
            }
        }
        cold::<D, crate::exec::values::CastType>(pc, r, cx, ia, fa)
    }
}

struct GetSlotSlow;
impl Slow for GetSlotSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let found = if w.c & 1 != 0 {
                Value::ticket(Kind::Map, Ticket(get(r, w.b) as u32))
            } else {
                world.read(r, w.b)
            };
            let (typedef, _) = immediates(pc);
            Err(world.wrong_type(typedef, found))
        }
    }
}

/// Field (wide high) of the record `a` of type (wide low) := `b`. `c`: bit 0 the record is a bare ticket of a proven type,
/// bit 1 the field is mutable and one word, bits 8.. its tag.
pub unsafe fn set_slot<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: a bare ticket is a record of that type.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        if w.c & 3 == 3 {
            let map = Ticket(*r.byte_add(w.a as usize) as u32);
            // The plain legend is not frozen.
            if is_plain_record(cx, map, typedef) {
                let object = (*cx).at::<MapObj>(map);
                if (field as usize) < *object.cast::<u16>().add(1) as usize {
                    let to = (&raw mut (*object).fields)
                        .cast::<Value>()
                        .add(field as usize)
                        .cast::<u64>();
                    let tag = u64::from(w.c >> 8);
                    let payload = *r.byte_add(w.b as usize);
                    to.write(tag);
                    to.add(1).write(payload);
                    if tag as u8 >= Kind::FIRST_TICKET && payload as u32 != 0 {
                        (*cx).lemari.barrier(map, to, Ticket(payload as u32));
                    }
                    return D::next(pc.add(2), r, cx, ia, fa);
                }
            }
        }
        cold::<D, SetSlotSlow>(pc, r, cx, ia, fa)
    }
}

/// [`set_slot`] of a record of a proven type, in a mutable field of one word that holds no ticket; `c` is its tag.
#[inline(always)]
pub unsafe fn set_slot_number<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the bare ticket is a record of that type, whose slots are in the order of its
    // declaration; a field beyond the inline ones is the slow path's.
    unsafe {
        let w = *pc;
        let (typedef, field) = immediates(pc);
        let map = Ticket(*r.byte_add(w.a as usize) as u32);
        let object = (*cx).at::<MapObj>(map);
        if !is_plain_record(cx, map, typedef)
            || (field as usize) >= *object.cast::<u16>().add(1) as usize
        {
            return cold::<D, SetSlotNumberSlow>(pc, r, cx, ia, fa);
        }
        let to = (&raw mut (*object).fields)
            .cast::<u64>()
            .add(2 * field as usize);
        to.write(u64::from(w.c));
        to.add(1).write(*r.byte_add(w.b as usize));
        D::next(pc.add(2), r, cx, ia, fa)
    }
}

struct SetSlotSlow;
impl Slow for SetSlotSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let record = if w.c & 1 != 0 {
                Value::ticket(Kind::Map, Ticket(get(r, w.a) as u32))
            } else {
                world.read(r, w.a)
            };
            world.set_slot_slow(pc, r, record)
        }
    }
}

struct SetSlotNumberSlow;
impl Slow for SetSlotNumberSlow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let record = Value::ticket(Kind::Map, Ticket(get(r, (*pc).a) as u32));
            world.set_slot_slow(pc, r, record)
        }
    }
}

impl World {
    /// Field (wide high) of `record` of type (wide low) := the register `b`.
    ///
    /// # Safety
    /// `pc` is the running `set_slot`, in either form.
    unsafe fn set_slot_slow(&mut self, pc: *const Word, r: *mut u64, record: Value) -> Raise<Next> {
        let world = self;
        // SAFETY: operands of the instruction at `pc`; the slot is tested.
        unsafe {
            let w = *pc;
            let (typedef, field) = immediates(pc);
            if record.tag != tag::MAP
                || !has_type(
                    world,
                    world.legends.get(world.map_legend(record.as_ticket())),
                    typedef,
                )
            {
                return Err(world.wrong_type(typedef, record));
            }
            let map = record.as_ticket();
            let legend = world.legends.get(world.map_legend(map));
            let slot = slot_of(world, map, field as usize);
            let Some(declared) = legend
                .fields
                .get(field as usize)
                .copied()
                .filter(|_| !slot.is_null())
            else {
                return Err(world.wrong_type(typedef, record));
            };
            if !declared.is(field_flags::MUTABLE) || legend.has(legend_flags::FROZEN) {
                return Err(world.fault(Fault::Write, "the field cannot be changed"));
            }
            let value = world.tagged_register(r, w.b, declared.repr);
            let inline = world.object_aux(map) as u32;
            let holder = if field < inline {
                map
            } else {
                Ticket((*world.at::<MapObj>(map)).overflow)
            };
            world.store(holder, slot, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
