//! Fibers: making, naming, copying and freeing them (docs/specs/machine.md §10, §7 "Prompts"). `running.rs` is how one goes
//! on in place of another, `scheduling.rs` which runs next, `sleeping.rs` waiting for a time, `starting.rs` one that runs
//! at once, `cancelling.rs` ending one before its time, `branches.rs` what a copy does not share.

mod branches;
mod cancelling;
mod running;
mod scheduling;
mod sleeping;
mod starting;

use lemari::Ticket;

use crate::fault::{Fault, Raise};
use crate::fiber::{BIRTH_FRAMES, BIRTH_WORDS, Fiber, FiberId, Home, Role, State};
use crate::frame::Frame;
use crate::heap::object::{FiberObj, kind};
use crate::host_memory::boxed;
use crate::value::{Kind, Value};
use crate::world::World;

pub(crate) use scheduling::Ended;
pub(crate) use sleeping::Sleepers;
pub use starting::Started;

/// Fibers made and not freed between two collections of everything, at least.
const COLLECT_AFTER: u32 = 10_000;

impl World {
    /// A fiber with its stacks at birth size, not running. Counted; fault fibers at the limit.
    pub(crate) fn new_fiber(&mut self, role: Role) -> Raise<FiberId> {
        self.emissions.made += 1;
        if self.live_fibers >= self.limits.fibers
            || self.emissions.made > self.emissions.made_bound.max(COLLECT_AFTER)
        {
            self.collect();
            self.emissions.made = 0;
            self.emissions.made_bound = self.live_fibers.saturating_mul(2);
        }
        if self.live_fibers >= self.limits.fibers {
            return Err(self.fault(Fault::Fibers, "the limit of fibers is reached"));
        }
        let bytes = size_of::<Fiber>() + BIRTH_WORDS * 8 + BIRTH_FRAMES * size_of::<Frame>();
        self.charge(bytes)?;
        let made = self.fiber_charged(role);
        if made.is_err() {
            self.lemari.refund(bytes);
        }
        made
    }

    /// The rest of making a fiber, once its bytes are counted.
    fn fiber_charged(&mut self, role: Role) -> Raise<FiberId> {
        let slot = match self.free_fibers.pop() {
            Some(slot) => slot,
            None => {
                if self.fibers.try_reserve(1).is_err()
                    || self.free_fibers.try_reserve(self.fibers.len() + 1).is_err()
                {
                    return Err(self.fault(Fault::Mem, "the host has no memory left"));
                }
                if self
                    .emissions
                    .work
                    .try_reserve(self.fibers.len() + 1)
                    .is_err()
                {
                    return Err(self.fault(Fault::Mem, "the host has no memory left"));
                }
                self.fibers.push(None);
                (self.fibers.len() - 1) as u32
            }
        };
        let (mut regs, mut frames) = (Vec::new(), Vec::new());
        if regs.try_reserve_exact(BIRTH_WORDS).is_err()
            || frames.try_reserve_exact(BIRTH_FRAMES).is_err()
        {
            self.free_fibers.push(slot);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        regs.resize(BIRTH_WORDS, 0u64);
        // SAFETY: all-zero bytes are a valid frame (null pointers, zero numbers).
        frames.resize(BIRTH_FRAMES, unsafe { std::mem::zeroed::<Frame>() });
        self.next_generation = self.next_generation.wrapping_add(1).max(1);
        if self.emissions.young.len() > 2 * self.fibers.len() + 64 {
            self.thin_young();
        }
        // This one, and each of the others that is not in the list now and may run again.
        if self.emissions.young.try_reserve(self.fibers.len()).is_err() {
            self.free_fibers.push(slot);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let mark = self.emissions.epoch;
        let made = boxed(Fiber {
            regs,
            frames,
            top: 0,
            base: 0,
            dst: 0,
            drop_result: false,
            state: State::New,
            role,
            parent: None,
            parent_dst: 0,
            generation: self.next_generation,
            prompt: None,
            result: Value::EMPTY,
            young: true,
            awaited: false,
            looped: false,
            owns: false,
            newborn: true,
            holds_young: true,
            failed: false,
            cancelled: 0,
            token: 0,
            home: Home::Parent,
            handle: 0,
            space: 0,
            selector: 0,
            branch: 0,
            discards: 0,
            mark,
            first_waiter: 0,
            next_waiter: 0,
        });
        let Ok(made) = made else {
            self.free_fibers.push(slot);
            return Err(self.no_host_memory());
        };
        self.fibers[slot as usize] = Some(made);
        self.emissions.young.push(slot);
        self.live_fibers += 1;
        self.counters.fibers += 1;
        Ok(FiberId(slot))
    }

    /// Leaves each fiber in the list of those that may hold young values once: a slot that is freed and taken again is entered
    /// again, and without collections nothing else would shorten it.
    fn thin_young(&mut self) {
        let fibers = &mut self.fibers;
        for fiber in fibers.iter_mut().flatten() {
            fiber.young = false;
        }
        self.emissions
            .young
            .retain(|index| match fibers.get_mut(*index as usize) {
                Some(Some(fiber)) => !std::mem::replace(&mut fiber.young, true),
                _ => false,
            });
    }

    /// The fiber that a value names, if it still exists.
    pub(crate) fn fiber_id(&self, value: Value) -> Option<FiberId> {
        if value.kind() != Kind::Fiber {
            return None;
        }
        // SAFETY: a live fiber handle.
        let (index, generation) = unsafe {
            let object = self.at::<FiberObj>(value.as_ticket());
            ((*object).index, (*object).generation)
        };
        let fiber = self.fibers.get(index as usize)?.as_ref()?;
        (fiber.generation == generation).then_some(FiberId(index))
    }

    /// The handle value of a fiber, made on first use.
    pub(crate) fn fiber_value(&mut self, id: FiberId) -> Raise<Value> {
        if let Some(Some(fiber)) = self.fibers.get(id.0 as usize)
            && fiber.handle != 0
        {
            return Ok(Value::ticket(Kind::Fiber, Ticket(fiber.handle)));
        }
        let ticket = self.alloc(kind::FIBER, 0, size_of::<FiberObj>())?;
        let generation = self
            .fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map_or(0, |fiber| fiber.generation);
        // SAFETY: a fresh object.
        unsafe {
            let object = self.at::<FiberObj>(ticket);
            (*object).index = id.0;
            (*object).generation = generation;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.handle = ticket.0;
            fiber.newborn = false;
        }
        self.note_young(id);
        Ok(Value::ticket(Kind::Fiber, ticket))
    }

    /// Remembers that young values may stand in a fiber, or that its handle may be young.
    pub(crate) fn note_young(&mut self, id: FiberId) {
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize)
            && !fiber.young
        {
            fiber.young = true;
            self.emissions.young.push(id.0);
        }
    }

    /// A suspended fiber that will run a routine with the arguments at `window` when it is first resumed.
    ///
    /// # Safety
    /// `count` pairs stand at byte offset `window` of the frame on top.
    pub(crate) unsafe fn fiber_of(
        &mut self,
        role: Role,
        callee: Value,
        receiver: Value,
        window: u32,
        count: u32,
    ) -> Raise<Value> {
        let mark = self.temp(callee)?;
        self.temp(receiver)?;
        let id = self.new_fiber(role)?;
        let value = match self.fiber_value(id) {
            Ok(value) => value,
            Err(raised) => {
                self.free_fiber(id);
                return Err(raised);
            }
        };
        let words = 4 + count as usize * 2;
        let r = self.running_r;
        let (callee, receiver) = (self.temps[mark], self.temps[mark + 1]);
        self.temps.truncate(mark);
        let more = words.saturating_sub(BIRTH_WORDS) * 8;
        if more > 0 && self.lemari.charge(more).is_err() {
            self.free_fiber(id);
            return Err(self.fault(Fault::Mem, "the memory limit is reached"));
        }
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return Err(self.fault(Fault::Internal, "a fiber vanished"));
        };
        if words > fiber.regs.len() {
            let missing = words - fiber.regs.len();
            if fiber.regs.try_reserve_exact(missing).is_err() {
                self.free_fiber(id);
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
            fiber.regs.resize(words, 0);
        }
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return Err(self.fault(Fault::Internal, "a fiber vanished"));
        };
        // SAFETY: the registers have room for callee, receiver and arguments; these stand in the caller's window.
        unsafe {
            let to = fiber.regs.as_mut_ptr().cast::<Value>();
            to.write(callee);
            to.add(1).write(receiver);
            for index in 0..count as usize {
                to.add(2 + index).write(
                    r.byte_add(window as usize)
                        .cast::<Value>()
                        .add(index)
                        .read(),
                );
            }
        }
        fiber.base = words as u32;
        if role == Role::Process {
            self.make_ready(id, Value::EMPTY);
        }
        Ok(value)
    }

    /// A fiber that will run a routine with arguments from `temps[first..]`, the routine before them.
    pub(crate) fn process_of_temps(
        &mut self,
        role: Role,
        first: usize,
        count: usize,
    ) -> Raise<FiberId> {
        let id = self.new_fiber(role)?;
        let words = 4 + count * 2;
        let more = words.saturating_sub(BIRTH_WORDS) * 8;
        if more > 0 && self.lemari.charge(more).is_err() {
            self.free_fiber(id);
            return Err(self.fault(Fault::Mem, "the memory limit is reached"));
        }
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return Err(self.fault(Fault::Internal, "a fiber vanished"));
        };
        let missing = words.saturating_sub(fiber.regs.len());
        if missing > 0 {
            if fiber.regs.try_reserve_exact(missing).is_err() {
                self.free_fiber(id);
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
            fiber.regs.resize(words, 0);
        }
        // SAFETY: there is room for callee, receiver and arguments.
        unsafe {
            let to = fiber.regs.as_mut_ptr().cast::<Value>();
            to.write(self.temps.get(first).copied().unwrap_or(Value::EMPTY));
            to.add(1).write(Value::HOLE);
            for index in 0..count {
                to.add(2 + index).write(
                    self.temps
                        .get(first + 1 + index)
                        .copied()
                        .unwrap_or(Value::EMPTY),
                );
            }
        }
        fiber.base = words as u32;
        Ok(id)
    }

    /// Gives back the stacks of a finished fiber; its slot stays until nothing names it.
    pub(crate) fn release_stacks(&mut self, id: FiberId) {
        self.drop_selectors(id);
        self.give_up_owned(id);
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return;
        };
        if fiber.frames.is_empty() {
            return;
        }
        let depth = fiber.depth_reached();
        self.counters.max_depth = self.counters.max_depth.max(depth);
        let bytes = fiber.regs.capacity() * 8 + fiber.frames.capacity() * size_of::<Frame>();
        fiber.regs = Vec::new();
        fiber.frames = Vec::new();
        fiber.top = 0;
        fiber.base = 0;
        let named = fiber.handle != 0;
        self.lemari.refund(bytes);
        self.live_fibers = self.live_fibers.saturating_sub(1);
        if !named {
            self.free_fiber(id);
        }
    }

    /// Ends a fiber without running any of its code.
    pub(crate) fn end_fiber_silently(&mut self, id: FiberId) {
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.state = State::Finished;
            fiber.parent = None;
            fiber.result = Value::EMPTY;
        }
        self.wake_waiters(id, Value::EMPTY, false);
        self.release_stacks(id);
    }

    /// Gives back the records of selectors that run in a fiber.
    fn drop_selectors(&mut self, id: FiberId) {
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return;
        };
        let mut at = std::mem::take(&mut fiber.selector);
        while let Some(slot) = at.checked_sub(1) {
            at = self.emissions.free_record(slot);
        }
    }

    /// Subscriptions and pins of a fiber that is cancelled, or that nobody inherits from, go with it.
    pub(crate) fn give_up_owned(&mut self, id: FiberId) {
        let generation = match self.fibers.get_mut(id.0 as usize) {
            Some(Some(fiber)) if fiber.owns => {
                fiber.owns = false;
                fiber.generation
            }
            _ => return,
        };
        if let Some(spaces) = &mut self.spaces {
            let bytes = spaces.owner_ended(id.0, generation);
            self.lemari.refund(bytes);
        }
        self.space_end_orphans();
    }

    /// Frees a fiber's slot.
    pub(crate) fn free_fiber(&mut self, id: FiberId) {
        self.drop_selectors(id);
        self.give_up_owned(id);
        if let Some(slot) = self.fibers.get_mut(id.0 as usize)
            && let Some(fiber) = slot.take()
        {
            self.lemari.refund(fiber.footprint());
            if !fiber.frames.is_empty() {
                self.live_fibers = self.live_fibers.saturating_sub(1);
            }
            self.free_fibers.push(id.0);
            // Only those that nobody has freed are a reason to collect.
            self.emissions.made = self.emissions.made.saturating_sub(1);
        }
    }

    /// A snapshot of a suspended fiber: registers, frames, iterations and drafts copied, cells and other maps shared.
    pub(crate) fn copy_fiber(&mut self, id: FiberId) -> Raise<FiberId> {
        match self
            .fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map(|fiber| fiber.state)
        {
            Some(State::New | State::Suspended) => {
                let copy = self.duplicate_fiber(id)?;
                if let Err(raised) = self.separate(std::iter::once(copy)) {
                    self.free_fiber(copy);
                    return Err(raised);
                }
                Ok(copy)
            }
            Some(State::Finished) | None => Err(self.fault(Fault::State, "the fiber is finished")),
            Some(_) => Err(self.fault(Fault::State, "only a suspended fiber can be copied")),
        }
    }

    /// A copy of the registers and frames of a fiber that does not run, whatever it waits for. With those copied beside it, it
    /// is to be given what it does not share ([`World::separate`]).
    pub(crate) fn duplicate_fiber(&mut self, id: FiberId) -> Raise<FiberId> {
        let Some(Some(source)) = self.fibers.get(id.0 as usize) else {
            return Err(self.fault(Fault::State, "the fiber is finished"));
        };
        let (words, frames) = (source.regs.len(), source.frames.len());
        let bytes = words * 8 + frames * size_of::<Frame>();
        let role = source.role;
        self.charge_fuel((bytes / 64) as u64)?;
        let copy = self.new_fiber(role)?;
        if let Err(raised) = self.charge(bytes) {
            self.free_fiber(copy);
            return Err(raised);
        }
        let (mut regs, mut frame_copy) = (Vec::new(), Vec::new());
        if regs.try_reserve_exact(words).is_err() || frame_copy.try_reserve_exact(frames).is_err() {
            self.free_fiber(copy);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let Some(Some(source)) = self.fibers.get(id.0 as usize) else {
            return Err(self.fault(Fault::Internal, "a fiber vanished"));
        };
        regs.extend_from_slice(&source.regs);
        frame_copy.extend_from_slice(&source.frames);
        let (top, base, dst, state, prompt, result, dropped, home) = (
            source.top,
            source.base,
            source.dst,
            source.state,
            source.prompt,
            source.result,
            source.drop_result,
            source.home,
        );
        let birth = BIRTH_WORDS * 8 + BIRTH_FRAMES * size_of::<Frame>();
        self.lemari.refund(birth);
        if let Some(Some(target)) = self.fibers.get_mut(copy.0 as usize) {
            target.regs = regs;
            target.frames = frame_copy;
            target.top = top;
            target.base = base;
            target.dst = dst;
            target.drop_result = dropped;
            target.state = state;
            target.prompt = prompt;
            target.result = result;
            target.home = home;
        }
        // A collection between its making and this may have found it empty.
        self.note_young(copy);
        Ok(copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Shared;
    use crate::host::Grants;
    use crate::world::Limits;

    #[test]
    fn fibers_that_come_and_go_leave_no_list_of_themselves() {
        let mut world =
            World::new(Shared::new(true), Limits::default(), Grants::none()).expect("a World");
        for _ in 0..10_000 {
            let Ok(id) = world.new_fiber(Role::Prompt) else {
                panic!("no fiber");
            };
            world.free_fiber(id);
        }
        assert!(world.emissions.young.len() < 100);
    }
}
