//! Immutable bytes, and the raw memories of kernel code (docs/specs/machine.md §1, kinds 21 and 2E; §4 EB–F6).
//!
//! A memory has an identity and grows, so its value names a small object that names the bytes: growing changes that name,
//! never the value. The bytes are an object of kind `BYTES` that nothing else refers to, with [`SLACK`] bytes more than
//! its capacity so that a load of eight bytes at its last one stays inside.

use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::heap::object::{BLOB_HEADER, BlobObj, MemoryObj, kind};
use crate::value::{Kind, Value};
use crate::world::World;

/// Bytes behind a memory's capacity.
const SLACK: usize = 8;
/// Most bytes of a memory or of bytes.
pub(crate) const BYTES_MAX: u64 = u32::MAX as u64 - 64;

impl World {
    /// Bytes of which the first `length` count and `cap` have room, for the caller to fill before the next allocation.
    fn blob_raw(&mut self, length: usize, cap: usize) -> Raise<Ticket> {
        if cap as u64 > BYTES_MAX {
            return Err(self.fault_args(
                Fault::Mem,
                format_args!("{cap} bytes are more than one object may have"),
            ));
        }
        let blob = self.alloc(kind::BYTES, 0, BLOB_HEADER + cap)?;
        // SAFETY: the object was just made.
        unsafe {
            let object = self.at::<BlobObj>(blob);
            (*object).len = length as u32;
            (*object).cap = cap as u32;
        }
        Ok(blob)
    }

    /// New bytes for the caller to fill before the next allocation.
    pub(crate) fn bytes_raw(&mut self, length: usize) -> Raise<Ticket> {
        self.blob_raw(length, length)
    }

    /// New bytes with that content.
    pub fn bytes_new(&mut self, content: &[u8]) -> Raise<Ticket> {
        let bytes = self.bytes_raw(content.len())?;
        // SAFETY: the object has room for the content, which does not lie in the heap (it cannot borrow from the World).
        unsafe {
            std::ptr::copy_nonoverlapping(
                content.as_ptr(),
                self.bytes_content(bytes),
                content.len(),
            )
        };
        Ok(bytes)
    }

    /// The bytes value with that content.
    pub fn bytes_value(&mut self, content: &[u8]) -> Raise<Value> {
        Ok(Value::ticket(Kind::Bytes, self.bytes_new(content)?))
    }

    /// First content byte.
    #[inline(always)]
    pub(crate) fn bytes_content(&self, bytes: Ticket) -> *mut u8 {
        self.at::<u8>(bytes).wrapping_add(BLOB_HEADER)
    }

    /// Number of bytes.
    #[inline(always)]
    pub(crate) fn bytes_len(&self, bytes: Ticket) -> u32 {
        // SAFETY: live bytes.
        unsafe { (*self.at::<BlobObj>(bytes)).len }
    }

    /// The bytes, valid until the next allocation.
    pub(crate) fn bytes_slice(&self, bytes: Ticket) -> &[u8] {
        // SAFETY: live bytes hold `len` bytes behind their head.
        unsafe {
            std::slice::from_raw_parts(self.bytes_content(bytes), self.bytes_len(bytes) as usize)
        }
    }

    /// A new memory of `length` zero bytes.
    pub(crate) fn memory_new(&mut self, length: u64) -> Raise<Ticket> {
        let at = self.temp(Value::EMPTY)?;
        let blob = self.memory_blob(length, length)?;
        self.temps[at] = Value::ticket(Kind::Bytes, blob);
        let memory = self.alloc(kind::MEMORY, 0, size_of::<MemoryObj>())?;
        // SAFETY: the object was just made; small, so young: no barrier.
        unsafe {
            let object = self.at::<MemoryObj>(memory);
            (*object).data = self.temps[at].as_ticket().0;
            (*object).pad = 0;
            (*object).len = length;
        }
        self.temps.truncate(at);
        Ok(memory)
    }

    /// Zeroed bytes for a memory, with room for `cap`.
    fn memory_blob(&mut self, length: u64, cap: u64) -> Raise<Ticket> {
        let room = usize::try_from(cap)
            .unwrap_or(usize::MAX)
            .saturating_add(SLACK);
        let blob = self.blob_raw(length as usize, room)?;
        // SAFETY: the object has `room` bytes.
        unsafe { std::ptr::write_bytes(self.bytes_content(blob), 0, room) };
        Ok(blob)
    }

    /// Number of bytes of a memory.
    #[inline(always)]
    pub(crate) fn memory_len(&self, memory: Ticket) -> u64 {
        // SAFETY: a live memory.
        unsafe { (*self.at::<MemoryObj>(memory)).len }
    }

    /// First byte of a memory.
    #[inline(always)]
    pub(crate) fn memory_content(&self, memory: Ticket) -> *mut u8 {
        // SAFETY: a live memory names its bytes.
        unsafe { self.bytes_content(Ticket((*self.at::<MemoryObj>(memory)).data)) }
    }

    /// Makes a memory `more` bytes longer, the new ones zero; its old length, or `None` if there is no room for them.
    /// `temps[at]` holds the memory. New room is half as much again where that can be had, so growing in small steps
    /// copies each byte a bounded number of times.
    pub(crate) fn memory_grow(&mut self, at: usize, more: u64) -> Raise<Option<u64>> {
        let memory = self.temps[at].as_ticket();
        let old = self.memory_len(memory);
        let Some(length) = old
            .checked_add(more)
            .filter(|length| *length <= BYTES_MAX - SLACK as u64)
        else {
            return Ok(None);
        };
        // SAFETY: a live memory.
        let cap = unsafe {
            u64::from((*self.at::<BlobObj>(Ticket((*self.at::<MemoryObj>(memory)).data))).cap)
        };
        if length + SLACK as u64 > cap {
            // What is copied and what is cleared.
            self.charge_fuel(super::text::fuel_of(length))?;
            let roomy = (old + old / 2).max(length).min(BYTES_MAX - SLACK as u64);
            let blob = match self.memory_blob(length, roomy) {
                Ok(blob) => blob,
                Err(_) => {
                    // Refused is an answer here, not a fault.
                    self.raised = None;
                    if roomy == length {
                        return Ok(None);
                    }
                    match self.memory_blob(length, length) {
                        Ok(blob) => blob,
                        Err(_) => {
                            self.raised = None;
                            return Ok(None);
                        }
                    }
                }
            };
            let memory = self.temps[at].as_ticket();
            // SAFETY: both are live, nothing is allocated from here on; the new bytes have room for the old ones.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    self.memory_content(memory),
                    self.bytes_content(blob),
                    old as usize,
                );
                let slot = &raw mut (*self.at::<MemoryObj>(memory)).data;
                self.store_ticket(memory, slot, blob);
            }
        }
        let memory = self.temps[at].as_ticket();
        // SAFETY: a live memory and its bytes, which are zero behind the old length.
        unsafe {
            let object = self.at::<MemoryObj>(memory);
            (*object).len = length;
            (*self.at::<BlobObj>(Ticket((*object).data))).len = length as u32;
        }
        Ok(Some(old))
    }

    /// The address range `offset..offset + length` of a memory, if it lies inside.
    pub(crate) fn memory_range(
        &mut self,
        memory: Ticket,
        offset: i64,
        length: i64,
    ) -> Raise<(usize, usize)> {
        let size = self.memory_len(memory);
        match (u64::try_from(offset), u64::try_from(length)) {
            (Ok(from), Ok(count)) if from <= size && count <= size - from => {
                Ok((from as usize, count as usize))
            }
            _ => Err(self.fault_args(
                Fault::Bounds,
                format_args!("{length} bytes at {offset} are outside a memory of {size} bytes"),
            )),
        }
    }
}
