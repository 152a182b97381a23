//! Allocation: one way for every object, which collects when it must.

use lemari::{MemError, Ticket};

use crate::fault::{Fault, Raise, Raised};
use crate::host_memory::{NoMemory, duplicate};
use crate::value::Value;
use crate::world::World;
use crate::world::roots::RootSet;

impl World {
    /// A new object of `bytes` bytes, header included; small or large. Its body is NOT zeroed for small objects: the
    /// caller writes every word that the kind's shape covers before the next allocation. May collect: every ticket in
    /// hand that is not in a register, in [`World::temps`] or reachable from a root is stale afterwards.
    #[inline]
    pub(crate) fn alloc(&mut self, kind: u8, aux: u16, bytes: usize) -> Raise<Ticket> {
        if !self.collect_always
            && let Some(ticket) = self.lemari.try_alloc(kind, aux, bytes)
        {
            return Ok(ticket);
        }
        self.alloc_slow(kind, aux, bytes)
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, kind: u8, aux: u16, bytes: usize) -> Raise<Ticket> {
        if self.collect_always {
            self.collect();
        }
        let mut roots = RootSet::of(self);
        let allocated = self.lemari.alloc(kind, aux, bytes, &mut roots);
        self.settle_swept();
        match allocated {
            Ok(ticket) => Ok(ticket),
            Err(error) => Err(self.out_of_memory(error)),
        }
    }

    /// A new object in the old drawers (interned texts).
    pub(crate) fn alloc_old(&mut self, kind: u8, aux: u16, bytes: usize) -> Raise<Ticket> {
        let mut roots = RootSet::of(self);
        let allocated = self.lemari.alloc_old(kind, aux, bytes, &mut roots);
        self.settle_swept();
        match allocated {
            Ok(ticket) => Ok(ticket),
            Err(error) => Err(self.out_of_memory(error)),
        }
    }

    /// Counts host memory that the guest makes grow; fault mem at the limit.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) -> Raise<()> {
        if self.lemari.charge_now(bytes) {
            return Ok(());
        }
        self.charge_slow(bytes)
    }

    #[cold]
    #[inline(never)]
    fn charge_slow(&mut self, bytes: usize) -> Raise<()> {
        let mut roots = RootSet::of(self);
        let charged = self.lemari.charge_or_collect(bytes, &mut roots);
        let swept = self.settle_swept();
        match charged {
            Ok(()) => Ok(()),
            Err(_) if swept && self.lemari.charge(bytes).is_ok() => Ok(()),
            Err(error) => Err(self.out_of_memory(error)),
        }
    }

    #[cold]
    pub(crate) fn out_of_memory(&mut self, error: MemError) -> Raised {
        self.fault_args(Fault::Mem, format_args!("{error}"))
    }

    /// The host's allocator refused.
    #[cold]
    pub(crate) fn no_host_memory(&mut self) -> Raised {
        self.fault(Fault::Mem, "the host has no memory left")
    }

    /// A text's content in the host's memory. May join a rope.
    pub(crate) fn host_text(&mut self, text: Ticket) -> Raise<String> {
        match duplicate(self.text_str(text)?) {
            Ok(copy) => Ok(copy),
            Err(NoMemory) => Err(self.no_host_memory()),
        }
    }

    /// Collects everything now.
    pub fn collect(&mut self) {
        let mut roots = RootSet::of(self);
        self.lemari.major(&mut roots);
        self.settle_swept();
    }

    /// Address of an object as one of the overlays of [`crate::heap::object`].
    #[inline(always)]
    pub(crate) fn at<T>(&self, ticket: Ticket) -> *mut T {
        self.lemari.at(ticket).cast()
    }

    /// Object kind in the header.
    #[inline(always)]
    pub(crate) fn object_kind(&self, ticket: Ticket) -> u8 {
        // SAFETY: a live ticket names a header.
        unsafe { *self.at::<u8>(ticket) }
    }

    /// The header's aux field.
    #[inline(always)]
    pub(crate) fn object_aux(&self, ticket: Ticket) -> u16 {
        // SAFETY: a live ticket names a header; aux stands at byte 2.
        unsafe { *self.at::<u16>(ticket).add(1) }
    }

    /// Sets the header's aux field.
    #[inline(always)]
    pub(crate) fn set_object_aux(&mut self, ticket: Ticket, aux: u16) {
        // SAFETY: as above.
        unsafe { *self.at::<u16>(ticket).add(1) = aux }
    }

    /// Stores a value into an object's slot with the write barrier.
    ///
    /// # Safety
    /// `slot` is a pair inside the live object `object`.
    #[inline(always)]
    pub(crate) unsafe fn store(&mut self, object: Ticket, slot: *mut Value, value: Value) {
        // SAFETY: the caller's promise.
        unsafe { slot.write(value) };
        if value.is_heap() {
            self.lemari.barrier(object, slot.cast(), value.as_ticket());
        }
    }

    /// Stores a bare ticket into an object's field with the write barrier.
    ///
    /// # Safety
    /// `slot` is a ticket field inside the live object `object`.
    #[inline(always)]
    pub(crate) unsafe fn store_ticket(&mut self, object: Ticket, slot: *mut u32, value: Ticket) {
        // SAFETY: the caller's promise.
        unsafe { slot.write(value.0) };
        if value.0 != 0 {
            self.lemari.barrier(object, slot.cast(), value);
        }
    }

    /// Roots a value for the rest of a slow path; its place in [`World::temps`]. Growth is counted.
    #[inline]
    pub(crate) fn temp(&mut self, value: Value) -> Raise<usize> {
        let place = self.temps.len();
        if place == self.temps.capacity() {
            return self.temp_grown(value);
        }
        self.temps.push(value);
        Ok(place)
    }

    #[cold]
    #[inline(never)]
    fn temp_grown(&mut self, value: Value) -> Raise<usize> {
        let more = self.temps.capacity().max(16);
        if self.temps.try_reserve_exact(more).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        // Rooted before the growth is counted: counting may collect.
        self.temps.push(value);
        if let Err(raised) = self.charge(more * size_of::<Value>()) {
            self.temps.pop();
            return Err(raised);
        }
        self.temps_charged += more * size_of::<Value>();
        Ok(self.temps.len() - 1)
    }

    /// Charges fuel for data-dependent work, before it is done; fault fuel if it is used up.
    #[inline]
    pub(crate) fn charge_fuel(&mut self, units: u64) -> Raise<()> {
        if cfg!(feature = "unmetered") {
            return Ok(());
        }
        let units = i64::try_from(units).unwrap_or(i64::MAX);
        self.fuel = self.fuel.saturating_sub(units);
        if self.fuel < 0 && self.fuel_is_gone() {
            Err(self.fault(Fault::Fuel, "the fuel is used up"))
        } else {
            Ok(())
        }
    }
}
