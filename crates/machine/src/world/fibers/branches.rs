//! What the copy of a fiber has of its own beside registers and frames (docs/specs/rhumb.md §5.4): *iterations*, which say what
//! the loops in its frames have come to, and *drafts*, maps that its code is still filling and nothing else has seen. A
//! program cannot tell them from registers. All else that registers name is shared.

use std::collections::TryReserveError;

use crate::fault::Raise;
use crate::fiber::{Fiber, FiberId};
use crate::frame::flags;
use crate::heap::object::{IterObj, MapObj, kind};
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// The private word of a map that is a draft; no space or legend has that number.
const DRAFT: u32 = u32::MAX;

impl World {
    /// Begins a draft: until [`World::finish_draft`] the map belongs to the activation that fills it. Maps that stand for something
    /// else already are left as they are.
    pub(crate) fn begin_draft(&mut self, value: Value) {
        if self.space_attachable(value) {
            // SAFETY: a live map that is no class.
            let extra = unsafe { &mut (*self.at::<MapObj>(value.as_ticket())).extra };
            if *extra == 0 {
                *extra = DRAFT;
            }
        }
    }

    /// A draft becomes a map like any other.
    pub(crate) fn finish_draft(&mut self, value: Value) {
        if self.is_draft(value) {
            // SAFETY: a live map that is no class.
            unsafe { (*self.at::<MapObj>(value.as_ticket())).extra = 0 };
        }
    }

    /// Is a value a map that code is still filling?
    #[inline]
    pub(crate) fn is_draft(&self, value: Value) -> bool {
        // SAFETY: a live map.
        value.tag == tag::MAP
            && unsafe { (*self.at::<MapObj>(value.as_ticket())).extra } == DRAFT
            && self.space_attachable(value)
    }

    /// Gives fibers that were copied together, none of which runs, iterations and drafts of their own. What several of their
    /// registers name stays one thing. Counted as the making of these is; faults mem, fuel.
    pub(crate) fn separate(&mut self, copies: impl Iterator<Item = FiberId> + Clone) -> Raise<()> {
        let mut places = Vec::new();
        for id in copies.clone() {
            let Some(Some(fiber)) = self.fibers.get(id.0 as usize) else {
                continue;
            };
            // SAFETY: a fiber of this World that does not run.
            if unsafe { self.separable(fiber, &mut places) }.is_err() {
                return Err(self.no_host_memory());
            }
        }
        if places.is_empty() {
            return Ok(());
        }
        let bytes = places.capacity() * size_of::<*mut Value>();
        self.charge(bytes)?;
        // SAFETY: registers of fibers that do not run stay where they are, and collections keep what they name up to date.
        let separated = unsafe { self.separate_places(&mut places) };
        self.lemari.refund(bytes);
        separated?;
        for id in copies {
            // What is new is young.
            self.note_young(id);
            if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
                for frame in &mut fiber.frames {
                    frame.flags &= !flags::CLEAN;
                }
            }
        }
        Ok(())
    }

    /// Adds the live registers of a fiber that name iterations or drafts.
    ///
    /// # Errors
    /// If the host has no memory for them.
    ///
    /// # Safety
    /// `fiber` is one of this World's and does not run.
    unsafe fn separable(
        &self,
        fiber: &Fiber,
        places: &mut Vec<*mut Value>,
    ) -> Result<(), TryReserveError> {
        let regs = fiber.regs.as_ptr().cast_mut();
        if fiber.top == 0 {
            // Callee, receiver and arguments of a fiber that has not started: tagged pairs from the bottom.
            let words = (fiber.base as usize).min(fiber.regs.len());
            for at in (0..words).step_by(2) {
                // SAFETY: `base` words of pairs were written when the fiber was made.
                unsafe { self.separable_place(regs.add(at), places)? };
            }
            return Ok(());
        }
        let mut base = regs.wrapping_add(fiber.base as usize);
        for frame in fiber.frames.iter().take(fiber.top as usize + 1).rev() {
            // SAFETY: code of a frame is kept alive by the World.
            let code = unsafe { frame.code.as_ref() };
            let map = code.and_then(|code| {
                let point = code.safepoint_before(frame.pc)?;
                code.maps.get(point.map as usize)
            });
            for &word in map.map_or(&[][..], |map| &map.pairs) {
                // SAFETY: the stack map says that a live pair stands there.
                unsafe { self.separable_place(base.add(word as usize), places)? };
            }
            base = base.wrapping_byte_sub(frame.delta as usize);
        }
        Ok(())
    }

    /// Adds a register if it names an iteration or a draft.
    ///
    /// # Safety
    /// A live pair stands there.
    unsafe fn separable_place(
        &self,
        place: *mut u64,
        places: &mut Vec<*mut Value>,
    ) -> Result<(), TryReserveError> {
        let place: *mut Value = place.cast();
        // SAFETY: the caller's promise.
        let value = unsafe { place.read() };
        if value.kind() == Kind::Iter || self.is_draft(value) {
            places.try_reserve(1)?;
            places.push(place);
        }
        Ok(())
    }

    /// Copies what registers name, each thing once. All copies are made before the first is stored: until then collections
    /// may pass over frames that held nothing young.
    ///
    /// # Safety
    /// The places are registers that collections see and that stay where they are; each names an iteration or a draft.
    unsafe fn separate_places(&mut self, places: &mut [*mut Value]) -> Raise<()> {
        let ticket = |place: &*mut Value| {
            // SAFETY: the caller's promise.
            unsafe { (**place).as_ticket() }
        };
        self.charge_fuel(places.len() as u64)?;
        // Registers that name one thing stand together, and do so however collections move things.
        places.sort_unstable_by_key(ticket);
        let first = self.temps.len();
        let mut at = 0;
        while let Some(place) = places.get(at) {
            // SAFETY: the caller's promise.
            let value = unsafe { **place };
            let same = |other: &&*mut Value| ticket(other) == value.as_ticket();
            at += places.iter().skip(at).take_while(same).count();
            let copy = self.separate_copy(value)?;
            self.temp(copy)?;
        }
        let mut copies = first;
        let mut last = None;
        for place in places {
            // SAFETY: the caller's promise.
            let value = unsafe { **place };
            if last.is_some_and(|last| last != value.as_ticket()) {
                copies += 1;
            }
            last = Some(value.as_ticket());
            // SAFETY: the caller's promise.
            unsafe { place.write(self.temps[copies]) };
        }
        self.temps.truncate(first);
        Ok(())
    }

    /// Another iteration that stands where this one does, or another draft with the same contents.
    fn separate_copy(&mut self, value: Value) -> Raise<Value> {
        let mark = self.temp(value)?;
        let copy = if value.kind() == Kind::Iter {
            let aux = self.object_aux(value.as_ticket());
            let copy = self.alloc(kind::ITER, aux, size_of::<IterObj>())?;
            // SAFETY: two live iterations; nothing was allocated since. The header is not copied.
            unsafe {
                let from = self.at::<IterObj>(self.temps[mark].as_ticket());
                let to = self.at::<IterObj>(copy);
                (*to).pos = (*from).pos;
                (*to).end = (*from).end;
                (*to).source = (*from).source;
                (*to).at = (*from).at;
            }
            self.lemari.barrier_all(copy);
            Value::ticket(Kind::Iter, copy)
        } else {
            let copy = self.copy_as_it_is(mark)?;
            self.begin_draft(copy);
            copy
        };
        self.temps.truncate(mark);
        Ok(copy)
    }
}
