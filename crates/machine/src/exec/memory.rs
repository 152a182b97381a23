//! Raw memories and guest tickets of kernel code (docs/specs/machine.md §4 EB–F8).

use lemari::guest::{GuestTicket, LAST_GENERATION};

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::int::{get, set};
use crate::code::Word;
use crate::fault::{Fault, Raise, Raised};
use crate::heap::object::{BLOB_HEADER, MemoryObj};
use crate::heap::text::fuel_of;
use crate::value::{Kind, Value, tag};
use crate::world::World;
use crate::world::registers::ticket_word;

/// Accesses by number (`isa::table::ACCESSES`).
pub mod access {
    /// Unsigned byte.
    pub const U8: u32 = 0;
    /// Signed byte.
    pub const S8: u32 = 1;
    /// Unsigned, 16 bits.
    pub const U16: u32 = 2;
    /// Signed, 16 bits.
    pub const S16: u32 = 3;
    /// Unsigned, 32 bits.
    pub const U32: u32 = 4;
    /// Signed, 32 bits.
    pub const S32: u32 = 5;
    /// 64 bits.
    pub const I64: u32 = 6;
}

/// Bytes of an access.
const fn width(access: u32) -> u64 {
    1 << (access >> 1 & 3)
}

/// The memory's object if `width(ACCESS)` bytes at `address` are inside of it, or null.
#[inline(always)]
unsafe fn inside<const ACCESS: u32>(
    cx: *mut World,
    memory: *const u64,
    address: u64,
) -> *const MemoryObj {
    // SAFETY: a tagged pair; the payload of a memory value is a live object.
    unsafe {
        if *memory != tag::MEMORY {
            return std::ptr::null();
        }
        let object = (*cx).at::<MemoryObj>(ticket_word(*memory.add(1)));
        // A memory shorter than the access has no address that is inside.
        if address >= (*object).len.saturating_sub(width(ACCESS) - 1) {
            return std::ptr::null();
        }
        object
    }
}

/// The address of a byte that is inside of a memory.
#[inline(always)]
unsafe fn place(cx: *mut World, object: *const MemoryObj, address: u64) -> *mut u8 {
    // SAFETY: the object names its bytes.
    unsafe {
        (*cx)
            .at::<u8>(ticket_word(u64::from((*object).data)))
            .add(BLOB_HEADER + address as usize)
    }
}

/// Writes the low bits of a number.
#[inline(always)]
unsafe fn put<const ACCESS: u32>(at: *mut u8, value: i64) {
    // SAFETY: the caller's promise: so many bytes are inside; accesses need no alignment.
    unsafe {
        match width(ACCESS) {
            1 => at.write(value as u8),
            2 => at.cast::<u16>().write_unaligned((value as u16).to_le()),
            4 => at.cast::<u32>().write_unaligned((value as u32).to_le()),
            _ => at.cast::<i64>().write_unaligned(value.to_le()),
        }
    }
}

/// `a` := number at address `c` of the memory `b` (a pair).
#[inline(always)]
pub unsafe fn load<D: Dispatch, const ACCESS: u32>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; `place` tested the bounds; accesses need no alignment.
    unsafe {
        let w = *pc;
        let address = get(r, w.c) as u64;
        let object = inside::<ACCESS>(cx, r.byte_add(w.b as usize), address);
        if object.is_null() {
            return cold::<D, Outside<1, ACCESS>>(pc, r, cx, ia, fa);
        }
        let at = place(cx, object, address);
        let value = match ACCESS {
            access::U8 => i64::from(at.read()),
            access::S8 => i64::from(at.cast::<i8>().read()),
            access::U16 => i64::from(u16::from_le(at.cast::<u16>().read_unaligned())),
            access::S16 => i64::from(i16::from_le(at.cast::<i16>().read_unaligned())),
            access::U32 => i64::from(u32::from_le(at.cast::<u32>().read_unaligned())),
            access::S32 => i64::from(i32::from_le(at.cast::<i32>().read_unaligned())),
            _ => i64::from_le(at.cast::<i64>().read_unaligned()),
        };
        set(r, w.a, value as u64);
        D::next(pc.add(1), r, cx, value, fa)
    }
}

/// Number at address `b` of the memory `a` (a pair) := low bits of `c`: a register, or a small constant if `CONSTANT`.
#[inline(always)]
pub unsafe fn store<D: Dispatch, const ACCESS: u32, const CONSTANT: bool>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: as `load`.
    unsafe {
        let w = *pc;
        let address = get(r, w.b) as u64;
        let object = inside::<ACCESS>(cx, r.byte_add(w.a as usize), address);
        if object.is_null() {
            return cold::<D, Outside<0, ACCESS>>(pc, r, cx, ia, fa);
        }
        let value = if CONSTANT {
            i64::from(w.c as i16)
        } else {
            get(r, w.c)
        };
        put::<ACCESS>(place(cx, object, address), value);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// A load (1) or store (0) that cannot be made: no memory, or outside of it.
struct Outside<const LOAD: u8, const ACCESS: u32>;
impl<const LOAD: u8, const ACCESS: u32> Slow for Outside<LOAD, ACCESS> {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (memory, address) = if LOAD == 1 { (w.b, w.c) } else { (w.a, w.b) };
            let memory = world.memory_operand(r, memory)?;
            let size = world.memory_len(memory);
            let (count, address) = (width(ACCESS), get(r, address));
            Err(world.fault_args(
                Fault::Bounds,
                format_args!("{count} bytes at {address} are outside a memory of {size} bytes"),
            ))
        }
    }
}

impl World {
    /// The memory in the pair at byte offset `at`; fault type if it is something else.
    ///
    /// # Safety
    /// As [`World::read`].
    unsafe fn memory_operand(&mut self, r: *mut u64, at: u16) -> Raise<lemari::Ticket> {
        // SAFETY: the caller's promise.
        let value = unsafe { self.read(r, at) };
        if value.tag == tag::MEMORY {
            Ok(value.as_ticket())
        } else {
            Err(self.type_fault("a memory", value))
        }
    }
}

/// `mem_new`: i → r.
pub struct MemNew;
impl Slow for MemNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let asked = get(r, w.b);
            let Ok(length) = u64::try_from(asked) else {
                return Err(world.fault_args(
                    Fault::Range,
                    format_args!("a memory cannot have {asked} bytes"),
                ));
            };
            // What no memory may have is refused before fuel is taken for it.
            if length > world.limits.one_allocation as u64 {
                let bound = world.limits.one_allocation;
                return Err(world.fault_args(
                    Fault::Mem,
                    format_args!("{length} bytes are more than one allocation may have ({bound})"),
                ));
            }
            world.charge_fuel(fuel_of(length))?;
            let memory = world.memory_new(length)?;
            world.write(r, w.a, Value::ticket(Kind::Memory, memory));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_size`: r → i.
pub struct MemSize;
impl Slow for MemSize {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let memory = world.memory_operand(r, w.b)?;
            set(r, w.a, world.memory_len(memory));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_grow`: r i → i. So many bytes more; the old size, or -1 if they cannot be had.
pub struct MemGrow;
impl Slow for MemGrow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let memory = world.memory_operand(r, w.b)?;
            let more = get(r, w.b + 16);
            let answer = match u64::try_from(more) {
                Ok(more) => {
                    let at = world.temp(Value::ticket(Kind::Memory, memory))?;
                    let old = world.memory_grow(at, more)?;
                    world.temps.truncate(at);
                    old.map_or(-1, |old| old as i64)
                }
                Err(_) => -1,
            };
            set(r, w.a, answer as u64);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_copy`: r i r i i →. Target, offset, source, offset, length; the ranges may overlap.
pub struct MemCopy;
impl Slow for MemCopy {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; both ranges lie inside their memories.
        unsafe {
            let w = *pc;
            let to = world.memory_operand(r, w.b)?;
            let from = world.memory_operand(r, w.b + 24)?;
            let length = get(r, w.b + 48);
            let (target, count) = world.memory_range(to, get(r, w.b + 16), length)?;
            let (source, _) = world.memory_range(from, get(r, w.b + 40), length)?;
            world.charge_fuel(fuel_of(count as u64))?;
            std::ptr::copy(
                world.memory_content(from).add(source),
                world.memory_content(to).add(target),
                count,
            );
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_fill`: r i i i →. Offset, length, value (its low 8 bits).
pub struct MemFill;
impl Slow for MemFill {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; the range lies inside the memory.
        unsafe {
            let w = *pc;
            let memory = world.memory_operand(r, w.b)?;
            let (offset, count) = world.memory_range(memory, get(r, w.b + 16), get(r, w.b + 24))?;
            world.charge_fuel(fuel_of(count as u64))?;
            std::ptr::write_bytes(
                world.memory_content(memory).add(offset),
                get(r, w.b + 32) as u8,
                count,
            );
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_bytes`: r i i → y. Offset, length.
pub struct MemBytes;
impl Slow for MemBytes {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; the memory is read again after the allocation.
        unsafe {
            let w = *pc;
            let memory = world.memory_operand(r, w.b)?;
            let (offset, count) = world.memory_range(memory, get(r, w.b + 16), get(r, w.b + 24))?;
            world.charge_fuel(fuel_of(count as u64))?;
            let bytes = world.bytes_raw(count)?;
            let memory = world.read(r, w.b).as_ticket();
            std::ptr::copy_nonoverlapping(
                world.memory_content(memory).add(offset),
                world.bytes_content(bytes),
                count,
            );
            set(r, w.a, u64::from(bytes.0));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `mem_put`: r i y →. Offset.
pub struct MemPut;
impl Slow for MemPut {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`; bytes and memory are different objects.
        unsafe {
            let w = *pc;
            let memory = world.memory_operand(r, w.b)?;
            let bytes = ticket_word(get(r, w.b + 24) as u64);
            let length = world.bytes_len(bytes);
            let (offset, count) =
                world.memory_range(memory, get(r, w.b + 16), i64::from(length))?;
            world.charge_fuel(fuel_of(count as u64))?;
            std::ptr::copy_nonoverlapping(
                world.bytes_content(bytes),
                world.memory_content(memory).add(offset),
                count,
            );
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `ticket_new`: i i i i i → x. Lemari, drawer, tray, generation, offset.
pub struct TicketNew;
impl Slow for TicketNew {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            const PARTS: [(&str, i64); 5] = [
                ("lemari", u16::MAX as i64),
                ("drawer", u16::MAX as i64),
                ("tray", 1),
                ("generation", LAST_GENERATION as i64),
                ("offset", u32::MAX as i64),
            ];
            let mut parts = [0i64; 5];
            for (i, (part, (name, last))) in parts.iter_mut().zip(PARTS).enumerate() {
                *part = get(r, w.b + 8 * i as u16);
                if !(0..=last).contains(part) {
                    let found = *part;
                    return Err(world.fault_args(
                        Fault::Range,
                        format_args!("a ticket's {name} goes from 0 to {last}, found {found}"),
                    ));
                }
            }
            let ticket = GuestTicket {
                lemari: parts[0] as u16,
                drawer: parts[1] as u16,
                tray: parts[2] as u8,
                generation: parts[3] as u32,
                offset: parts[4] as u32,
            };
            let (aux, payload) = ticket.to_words();
            world.write(r, w.a, Value::new(Kind::GuestTicket, 0, aux, payload));
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `ticket_part`: x → i, by the part's number in the order of `ticket_new`.
pub struct TicketPart;
impl Slow for TicketPart {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Result<Next, Raised> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let value = world.read(r, w.b);
            if value.kind() != Kind::GuestTicket {
                return Err(world.type_fault("a ticket", value));
            }
            let ticket = GuestTicket::from_words(value.aux(), value.payload);
            let part = match (*pc.add(1)).as_wide() as u32 {
                0 => u64::from(ticket.lemari),
                1 => u64::from(ticket.drawer),
                2 => u64::from(ticket.tray),
                3 => u64::from(ticket.generation),
                _ => u64::from(ticket.offset),
            };
            set(r, w.a, part);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
