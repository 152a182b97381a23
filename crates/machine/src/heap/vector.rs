//! Element vectors: a length, a capacity, and elements of one kind (docs/specs/machine.md §2 "Element vectors").
//!
//! The element kinds are those of `isa::table::ELEMENT_KINDS`; kind `e` has the object kind `VEC_DYN + e`. A vector never
//! changes its kind: widening makes another one. Elements at and beyond the length are not values.

use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, BlobObj, kind};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Element kinds by number.
pub mod elem {
    /// Any value, 16 bytes.
    pub const DYN: u8 = 0;
    /// 64-bit integers.
    pub const I64: u8 = 1;
    /// 64-bit floats.
    pub const F64: u8 = 2;
    /// Bytes.
    pub const U8: u8 = 3;
}

/// Most elements of a vector.
pub const MAX_ELEMENTS: u32 = 1 << 31;

/// Bytes of an element of a kind.
#[inline(always)]
pub const fn elem_bytes(elem: u8) -> usize {
    match elem {
        elem::DYN => 16,
        elem::U8 => 1,
        _ => 8,
    }
}

/// The kind in which a value stands most compactly when it is the first of its vector.
pub const fn elem_of(value: Value) -> u8 {
    match value.tag {
        tag::I64 => elem::I64,
        tag::F64 => elem::F64,
        _ => elem::DYN,
    }
}

/// True if a value may stand in a vector of that kind.
#[inline(always)]
pub const fn elem_fits(elem: u8, value: Value) -> bool {
    match elem {
        elem::DYN => true,
        elem::I64 => value.tag == tag::I64,
        elem::F64 => value.tag == tag::F64,
        _ => value.tag == tag::I64 && value.payload <= 0xFF,
    }
}

/// The value of the element at `index`.
///
/// # Safety
/// `at` points to a live vector of kind `elem` with more than `index` elements.
#[inline(always)]
pub unsafe fn read_element(at: *mut BlobObj, elem: u8, index: usize) -> Value {
    // SAFETY: the caller's promise.
    unsafe {
        let data = at.cast::<u8>().add(BLOB_HEADER);
        match elem {
            elem::DYN => data.cast::<Value>().add(index).read(),
            elem::I64 => Value {
                tag: tag::I64,
                payload: data.cast::<u64>().add(index).read(),
            },
            elem::F64 => Value {
                tag: tag::F64,
                payload: data.cast::<u64>().add(index).read(),
            },
            _ => Value {
                tag: tag::I64,
                payload: u64::from(data.add(index).read()),
            },
        }
    }
}

/// Writes an element of a specialised vector (not `dyn`, which needs the barrier).
///
/// # Safety
/// `at` points to a live vector of kind `elem`, not `dyn`, with room for `index`.
#[inline(always)]
pub unsafe fn write_plain(at: *mut BlobObj, elem: u8, index: usize, payload: u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let data = at.cast::<u8>().add(BLOB_HEADER);
        if elem == elem::U8 {
            data.add(index).write(payload as u8)
        } else {
            data.cast::<u64>().add(index).write(payload)
        }
    }
}

impl World {
    /// A vector of an element kind with room for `cap` elements, length 0, its room zeroed. Fault mem.
    pub(crate) fn vec_new(&mut self, elem: u8, cap: u32) -> Raise<Ticket> {
        if cap > MAX_ELEMENTS {
            return Err(self.fault(Fault::Mem, "a vector with too many elements"));
        }
        let bytes = BLOB_HEADER + cap as usize * elem_bytes(elem);
        let ticket = self.alloc(kind::VEC_DYN + elem, 0, bytes)?;
        // SAFETY: a fresh object of `bytes` bytes; large ones come zeroed.
        unsafe {
            let object = self.at::<BlobObj>(ticket);
            (*object).len = 0;
            (*object).cap = cap;
            if bytes <= lemari::SMALL_MAX {
                object
                    .cast::<u8>()
                    .add(BLOB_HEADER)
                    .write_bytes(0, bytes - BLOB_HEADER);
            }
        }
        Ok(ticket)
    }

    /// A vector of the values `temps[first..first + count]`, which exist, as any values.
    pub(crate) fn vec_of_temps(&mut self, first: usize, count: usize) -> Raise<Ticket> {
        let cap = u32::try_from(count).unwrap_or(u32::MAX);
        if cap > MAX_ELEMENTS {
            return Err(self.fault(Fault::Mem, "a vector with too many elements"));
        }
        let bytes = BLOB_HEADER + count * elem_bytes(elem::DYN);
        let ticket = self.alloc(kind::VEC_DYN, 0, bytes)?;
        // SAFETY: a fresh object of `bytes` bytes; every element is written before anything is allocated.
        unsafe {
            let object = self.at::<BlobObj>(ticket);
            ((*object).len, (*object).cap) = (cap, cap);
            let to = object.cast::<u8>().add(BLOB_HEADER).cast::<Value>();
            for index in 0..count {
                let value = self.temps.get(first + index).copied();
                to.add(index).write(value.unwrap_or(Value::EMPTY));
            }
        }
        // A large object is old from birth.
        self.lemari.barrier_all(ticket);
        Ok(ticket)
    }

    /// Element kind of a vector.
    #[inline(always)]
    pub(crate) fn vec_elem(&self, vec: Ticket) -> u8 {
        self.object_kind(vec).wrapping_sub(kind::VEC_DYN) & 3
    }

    /// Number of elements.
    #[inline(always)]
    pub(crate) fn vec_len(&self, vec: Ticket) -> u32 {
        // SAFETY: a live vector.
        unsafe { (*self.at::<BlobObj>(vec)).len }
    }

    /// Number of elements there is room for.
    #[inline(always)]
    pub(crate) fn vec_cap(&self, vec: Ticket) -> u32 {
        // SAFETY: a live vector.
        unsafe { (*self.at::<BlobObj>(vec)).cap }
    }

    /// Element `index`; empty beyond the end.
    #[inline]
    pub(crate) fn vec_get(&self, vec: Ticket, index: u32) -> Value {
        let object = self.at::<BlobObj>(vec);
        // SAFETY: a live vector; the index is tested.
        unsafe {
            if index < (*object).len {
                read_element(object, self.vec_elem(vec), index as usize)
            } else {
                Value::EMPTY
            }
        }
    }

    /// Stores element `index`, which must be below the capacity, as a value that fits the kind ([`elem_fits`]); anything
    /// else is ignored.
    pub(crate) fn vec_set(&mut self, vec: Ticket, index: u32, value: Value) {
        let elem = self.vec_elem(vec);
        let object = self.at::<BlobObj>(vec);
        // SAFETY: a live vector; index and kind are tested.
        unsafe {
            if index >= (*object).cap || !elem_fits(elem, value) {
                return;
            }
            if elem == elem::DYN {
                let slot = object
                    .cast::<u8>()
                    .add(BLOB_HEADER)
                    .cast::<Value>()
                    .add(index as usize);
                self.store(vec, slot, value);
            } else {
                write_plain(object, elem, index as usize, value.payload);
            }
        }
    }

    /// Sets the length, at most the capacity; elements that come in must have been stored (or be zero: empty, 0, 0.0).
    pub(crate) fn vec_set_len(&mut self, vec: Ticket, len: u32) {
        let object = self.at::<BlobObj>(vec);
        // SAFETY: a live vector.
        unsafe { (*object).len = len.min((*object).cap) }
    }

    /// A copy of the elements `from..to` of the vector in `temps[vec]`, in kind `elem` (the same, or `dyn`), with room for
    /// `cap` elements. Charged per 64 bytes before it is made.
    pub(crate) fn vec_copy(
        &mut self,
        vec: usize,
        from: u32,
        to: u32,
        elem: u8,
        cap: u32,
    ) -> Raise<Ticket> {
        let count = to.saturating_sub(from);
        let cap = cap.max(count);
        self.charge_fuel((cap as u64 * elem_bytes(elem) as u64) / 64)?;
        let copy = self.vec_new(elem, cap)?;
        let source = self.temps[vec].as_ticket();
        let source_elem = self.vec_elem(source);
        let count = count.min(self.vec_len(source).saturating_sub(from)) as usize;
        // SAFETY: both vectors are live and different; `count` elements exist in the source and fit the copy.
        unsafe {
            let (old, new) = (self.at::<BlobObj>(source), self.at::<BlobObj>(copy));
            if source_elem == elem {
                let size = elem_bytes(elem);
                let first = old.cast::<u8>().add(BLOB_HEADER + from as usize * size);
                std::ptr::copy_nonoverlapping(
                    first,
                    new.cast::<u8>().add(BLOB_HEADER),
                    count * size,
                );
            } else if elem == elem::DYN {
                let data = new.cast::<u8>().add(BLOB_HEADER).cast::<Value>();
                for index in 0..count {
                    data.add(index)
                        .write(read_element(old, source_elem, from as usize + index));
                }
            } else {
                for index in 0..count {
                    let value = read_element(old, source_elem, from as usize + index);
                    if elem_fits(elem, value) {
                        write_plain(new, elem, index, value.payload);
                    }
                }
            }
            (*new).len = count as u32;
        }
        if elem == elem::DYN {
            self.lemari.barrier_all(copy);
        }
        Ok(copy)
    }
}

/// A vector as a value that roots it in [`World::temps`]: never seen by a program.
pub(crate) fn rooted(ticket: Ticket) -> Value {
    Value::ticket(Kind::Memory, ticket)
}
