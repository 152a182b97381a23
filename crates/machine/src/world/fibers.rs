//! Fibers: making, suspending, resuming, ending and copying them, and which runs next (docs/specs/machine.md §10, §7
//! "Prompts").

use lemari::Ticket;

use crate::exec::dispatch::Next;
use crate::exec::signals::{How, RETURNS};
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{BIRTH_FRAMES, BIRTH_WORDS, Fiber, FiberId, Home, Role, State};
use crate::frame::{Frame, flags};
use crate::heap::object::{FiberObj, kind};
use crate::host_memory::boxed;
use crate::value::{Kind, Value};
use crate::world::{RaisedInfo, World};

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

    /// Suspends the running fiber's bookkeeping: where it stands.
    pub(crate) fn save_running(&mut self) {
        let fiber: *mut Fiber = self.fiber();
        // SAFETY: the running fiber, which nothing else borrows.
        self.save_in(unsafe { &mut *fiber });
    }

    /// Writes where the running fiber stands into its record, which is `fiber`.
    #[inline]
    pub(crate) fn save_in(&self, fiber: &mut Fiber) {
        let (frame, r) = (self.frame, self.running_r);
        let words = (r as usize).wrapping_sub(fiber.regs.as_ptr() as usize) / size_of::<u64>();
        fiber.base = words as u32;
        // SAFETY: both point into the running fiber's frames.
        fiber.top = unsafe { frame.offset_from(fiber.frames.as_ptr()) } as u32;
    }

    /// Resumes a suspended or new fiber with a value; the running fiber waits for it. Its results go to `dst` of the
    /// frame on top: a pair, then a truth value (finished).
    ///
    /// # Safety
    /// `r` is the first register of the frame on top.
    pub(crate) unsafe fn resume_fiber(
        &mut self,
        id: FiberId,
        sent: Value,
        dst: u16,
    ) -> Raise<Next> {
        let Some(Some(target)) = self.fibers.get_mut(id.0 as usize) else {
            return Err(self.fault(Fault::State, "the fiber is finished"));
        };
        let target: *mut Fiber = &raw mut **target;
        // SAFETY: fibers are boxed, and this one is not freed here.
        let state = unsafe { (*target).state };
        match state {
            State::New | State::Suspended => {}
            State::Ready => {
                return Err(self.fault(
                    Fault::State,
                    "the fiber is a process, which the scheduler runs",
                ));
            }
            State::Finished => return Err(self.fault(Fault::State, "the fiber is finished")),
            _ => return Err(self.fault(Fault::State, "the fiber is running or waits elsewhere")),
        }
        let parent = self.current;
        self.save_running();
        // SAFETY: as above; it was suspended at an instruction whose result goes to `dst` of its frame on top.
        unsafe {
            (*target).parent = Some(parent);
            (*target).parent_dst = dst;
            self.switch_to_fiber(id, target);
            if state == State::New {
                return self.start_fiber();
            }
            let r = self.running_r;
            if !(*target).drop_result {
                self.write(r, (*target).dst, sent);
            }
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// Starts the running fiber, which is new: calls its routine with its arguments.
    pub(crate) fn start_fiber(&mut self) -> Raise<Next> {
        let fiber = self.fiber();
        let count = (fiber.base as usize - 4) / 2;
        let first = fiber.regs.as_mut_ptr().cast::<Value>();
        // SAFETY: `fiber_of` wrote callee, receiver and arguments there.
        let (callee, receiver) = unsafe { (first.read(), first.add(1).read()) };
        fiber.base = 0;
        fiber.state = State::Running;
        fiber.top = 0;
        // SAFETY: moving the arguments to the bottom of the registers, which are the callee's window.
        unsafe { std::ptr::copy(first.add(2), first, count) };
        self.running_r = first.cast();
        self.refresh(0);
        // SAFETY: the sentinel frame is on top; the arguments stand from offset 0.
        unsafe { self.enter_started(callee, receiver, count as u32) }
    }

    unsafe fn enter_started(&mut self, callee: Value, receiver: Value, count: u32) -> Raise<Next> {
        self.starting = matches!(
            self.fiber().role,
            Role::Generator | Role::Async | Role::Process
        );
        let receiver = if receiver.same(Value::HOLE) {
            None
        } else {
            Some(receiver)
        };
        let r = self.running_r;
        // SAFETY: passed on.
        let next = unsafe { self.call_window(r, callee, receiver, 0, count, 0, flags::BOTTOM) };
        self.starting = false;
        next
    }

    /// The running fiber's bottom frame returned: whoever waits for it goes on.
    pub(crate) fn finish_fiber(&mut self, result: Value) -> Raise<Next> {
        let id = self.current;
        match self.fiber().role {
            Role::Prompt => return self.prompt_completed(result),
            Role::Handler => return self.finish_handler(How::Took),
            _ => {}
        }
        let fiber = self.fiber();
        fiber.state = State::Finished;
        fiber.result = result;
        let parent = fiber.parent.take();
        let (dst, single, looped) = (fiber.parent_dst, fiber.awaited, fiber.looped);
        self.wake_waiters(id, result, false);
        let Some(parent) = parent else {
            if self.fiber().role == Role::Main {
                return self.run_returned(id, result);
            }
            self.release_stacks(id);
            return self.schedule();
        };
        self.bequeath(id, parent);
        self.switch_to(parent);
        self.release_stacks(id);
        let r = self.running_r;
        // SAFETY: the parent waits at an instruction whose results go to `dst`; a loop's has two words and is run again: it
        // then finds the fiber finished and leaves the loop.
        unsafe {
            if looped {
                return Ok(Next::at((*self.frame).pc.sub(2), r));
            }
            self.write(r, dst, result);
            if !single {
                *r.byte_add(dst as usize + 16) = 1;
            }
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// A fiber that nobody waits at the top of ended by what was raised: kept for whoever awaits it.
    pub(crate) fn process_failed(&mut self, info: &RaisedInfo) -> Raise<Next> {
        let id = self.current;
        let awaited = self.fiber().first_waiter != 0;
        if !awaited {
            self.emissions.failed += 1;
            self.warn(&super::Warning::ProcessFailed {
                fault: info.fault.name(),
                message: &info.message,
            });
        }
        let value = if info.value.same(Value::HOLE) {
            let made = self.error_map(
                i64::from(info.fault as u8),
                info.fault.name(),
                &info.message,
                Value::EMPTY,
            );
            match made {
                Ok(error) => error,
                // It has failed all the same, or it would fail for ever.
                Err(Raised(())) => {
                    self.raised = None;
                    Value::HOLE
                }
            }
        } else {
            info.value
        };
        let fiber = self.fiber();
        fiber.state = State::Finished;
        fiber.result = value;
        fiber.failed = true;
        self.wake_waiters(id, value, true);
        self.release_stacks(id);
        self.schedule()
    }

    /// Makes those that wait for the end of a fiber ready.
    pub(crate) fn wake_waiters(&mut self, id: FiberId, result: Value, failed: bool) {
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return;
        };
        let mut at = std::mem::take(&mut fiber.first_waiter);
        while let Some(index) = at.checked_sub(1) {
            let Some(Some(waiter)) = self.fibers.get_mut(index as usize) else {
                return;
            };
            at = std::mem::take(&mut waiter.next_waiter);
            waiter.failed = failed;
            self.make_ready(FiberId(index), result);
        }
    }

    /// Puts a suspended fiber at the end of the ready queue; `value` is the result of what it waits at.
    pub(crate) fn make_ready(&mut self, id: FiberId, value: Value) {
        let generation = self.fiber_generation(id);
        if self.emissions.ready.try_reserve(1).is_err() {
            return;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.result = value;
            fiber.state = State::Ready;
            fiber.newborn = false;
        }
        self.note_young(id);
        self.emissions.ready.push_back((id.0, generation));
        self.arm_slice();
    }

    /// Suspends the running generator with a value for whoever resumed it; when it is resumed, the value sent goes to
    /// `dst`.
    ///
    /// # Safety
    /// The frame on top belongs to a generator or coroutine.
    pub(crate) unsafe fn yield_value(&mut self, value: Value, dst: u16) -> Raise<Next> {
        if self.emissions.barriers.contains(&self.current) {
            return Err(self.fault(Fault::Susp, "a yield cannot cross a host callback"));
        }
        let fiber: *mut Fiber = self.fiber();
        // SAFETY: fibers are boxed, and this one is not freed here.
        let fiber = unsafe { &mut *fiber };
        let Some(parent) = fiber.parent else {
            return Err(self.fault(Fault::Susp, "nobody resumed this fiber"));
        };
        self.save_in(fiber);
        fiber.parent = None;
        fiber.state = State::Suspended;
        fiber.dst = dst;
        fiber.drop_result = false;
        let (parent_dst, looped) = (fiber.parent_dst, std::mem::take(&mut fiber.looped));
        self.switch_to(parent);
        let r = self.running_r;
        // SAFETY: the parent waits at a `resume` or a loop's `iter_next` whose results go there.
        unsafe {
            self.write(r, parent_dst, value);
            if looped {
                return Ok(Next::at((*self.frame).pc, r));
            }
            *r.byte_add(parent_dst as usize + 16) = 0;
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// True if a fiber has ended.
    pub(crate) fn fiber_finished(&self, id: FiberId) -> bool {
        self.fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .is_none_or(|fiber| fiber.state == State::Finished)
    }

    /// Resumes a generator for a loop: the value that it yields goes to `dst` alone.
    ///
    /// # Safety
    /// The frame on top stands behind an `iter_next`.
    pub(crate) unsafe fn resume_for_loop(&mut self, id: FiberId, dst: u16) -> Raise<Next> {
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize)
            && matches!(fiber.state, State::New | State::Suspended)
        {
            fiber.looped = true;
        }
        // SAFETY: passed on.
        unsafe { self.resume_fiber(id, Value::EMPTY, dst) }
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

    /// A snapshot of a suspended fiber: registers and frames copied, cells and maps shared.
    pub(crate) fn copy_fiber(&mut self, id: FiberId) -> Raise<FiberId> {
        match self
            .fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map(|fiber| fiber.state)
        {
            Some(State::New | State::Suspended) => self.duplicate_fiber(id),
            Some(State::Finished) | None => Err(self.fault(Fault::State, "the fiber is finished")),
            Some(_) => Err(self.fault(Fault::State, "only a suspended fiber can be copied")),
        }
    }

    /// A copy of a fiber that does not run, whatever it waits for.
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
        Ok(copy)
    }
}

impl World {
    /// `await`: the value of a fiber once it is finished. A suspended generator or coroutine runs now, below the waiter;
    /// for a process the waiter is suspended. Of empty, other processes run first.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, `after` the instruction behind the `await`.
    pub(crate) unsafe fn await_value(
        &mut self,
        waited: Value,
        dst: u16,
        after: *const crate::code::Word,
        r: *mut u64,
    ) -> Raise<Next> {
        if waited.is_empty() {
            if self.emissions.ready.is_empty() {
                // SAFETY: `dst` is a register of the frame on top.
                unsafe { self.write(r, dst, Value::EMPTY) };
                return Ok(Next::at(after, r));
            }
            self.may_suspend()?;
            let id = self.current;
            self.fiber().dst = dst;
            self.fiber().drop_result = false;
            self.save_running();
            self.make_ready(id, Value::EMPTY);
            return self.suspend_running(State::Ready, dst);
        }
        if waited.kind() != Kind::Fiber {
            return Err(self.type_fault("a fiber to wait for", waited));
        }
        let Some(id) = self.fiber_id(waited) else {
            return Err(self.fault(Fault::State, "the fiber is gone"));
        };
        let Some(Some(fiber)) = self.fibers.get(id.0 as usize) else {
            return Err(self.fault(Fault::State, "the fiber is gone"));
        };
        match fiber.state {
            State::Finished if fiber.failed => {
                let error = fiber.result;
                Err(self.throw_failure(error))
            }
            State::Finished => {
                let result = fiber.result;
                // SAFETY: as above.
                unsafe { self.write(r, dst, result) };
                Ok(Next::at(after, r))
            }
            State::New | State::Suspended => {
                if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
                    fiber.awaited = true;
                }
                // SAFETY: passed on.
                unsafe { self.resume_fiber(id, Value::EMPTY, dst) }
            }
            _ => {
                let mut at = Some(self.current);
                while let Some(fiber) = at {
                    if fiber == id {
                        return Err(self.fault(
                            Fault::State,
                            "a fiber cannot wait for one that waits for it",
                        ));
                    }
                    at = self
                        .fibers
                        .get(fiber.0 as usize)
                        .and_then(|fiber| fiber.as_ref())
                        .and_then(|fiber| fiber.parent);
                }
                self.may_suspend()?;
                let waiter = self.current;
                let first = match self.fibers.get_mut(id.0 as usize) {
                    Some(Some(fiber)) => std::mem::replace(&mut fiber.first_waiter, waiter.0 + 1),
                    _ => 0,
                };
                self.fiber().next_waiter = first;
                self.suspend_running(State::Waiting, dst)
            }
        }
    }

    /// Makes a handle name another fiber: its old one is freed.
    pub(crate) fn adopt_fiber(&mut self, handle: Value, id: FiberId) {
        if let Some(old) = self.fiber_id(handle) {
            self.free_fiber(old);
        }
        let generation = self.fiber_generation(id);
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.handle = handle.as_ticket().0;
            fiber.newborn = false;
        }
        self.note_young(id);
        // SAFETY: a live fiber handle.
        unsafe {
            let object = self.at::<FiberObj>(handle.as_ticket());
            (*object).index = id.0;
            (*object).generation = generation;
        }
    }

    /// Parks the running fiber until the host wakes it with a token.
    pub(crate) fn park(&mut self, token: u64, dst: u16) -> Raise<Next> {
        self.may_suspend()?;
        if self.emissions.parked.contains_key(&token) {
            return Err(self.fault(Fault::State, "the token is in use"));
        }
        self.charge(64)?;
        if self.emissions.parked.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let id = self.current;
        let generation = self.fiber_generation(id);
        self.emissions.parked.insert(token, (id.0, generation));
        self.fiber().token = token;
        self.suspend_running(State::Parked, dst)
    }

    /// Wakes the fiber that is parked with a token; false if there is none.
    pub(crate) fn wake_parked(&mut self, token: u64, value: Value) -> bool {
        let Some((index, generation)) = self.emissions.parked.remove(&token) else {
            return false;
        };
        self.lemari.refund(64);
        if !self.fiber_lives(index, generation) {
            return false;
        }
        self.make_ready(FiberId(index), value);
        true
    }

    /// Fault susp if a host callback stands in what would be suspended with the running fiber.
    pub(crate) fn may_suspend(&mut self) -> Raise<()> {
        let mut at = Some(self.current);
        while let Some(id) = at {
            if self.emissions.barriers.contains(&id) {
                return Err(self.fault(Fault::Susp, "a host callback cannot be suspended"));
            }
            let Some(Some(fiber)) = self.fibers.get(id.0 as usize) else {
                break;
            };
            if fiber.role == Role::Handler && fiber.parent.is_some() {
                break;
            }
            at = fiber.parent;
        }
        Ok(())
    }

    /// Suspends the running fiber, and with it those that wait for it, and goes on with what can: the emitter, if a
    /// handler is suspended during a delivery, else the next process. What it waits for goes to `dst`.
    pub(crate) fn suspend_running(&mut self, state: State, dst: u16) -> Raise<Next> {
        self.may_suspend()?;
        self.save_running();
        let fiber = self.fiber();
        fiber.state = state;
        fiber.dst = dst;
        fiber.drop_result = dst == RETURNS;
        let mut at = Some(self.current);
        while let Some(id) = at {
            let Some(Some(fiber)) = self.fibers.get(id.0 as usize) else {
                break;
            };
            if fiber.role == Role::Handler && fiber.parent.is_some() {
                return self.leave_delivery(id);
            }
            at = fiber.parent;
        }
        self.schedule()
    }

    /// Goes on with the next process that can; if none can, with what starves; else leaves the run loop.
    pub(crate) fn schedule(&mut self) -> Raise<Next> {
        loop {
            while let Some((index, generation)) = self.emissions.ready.pop_front() {
                if !self.fiber_lives(index, generation) {
                    continue;
                }
                self.arm_slice();
                return self.continue_fiber(FiberId(index));
            }
            if !self.emissions.parked.is_empty() || self.emissions.patient {
                self.outcome = super::Outcome::Parked;
                return Ok(Next::EXIT);
            }
            if self.emissions.kept > 0 && self.resume_oldest_kept() {
                continue;
            }
            // Nothing can ever wake: whoever waits for another is told.
            let waiting = self.fibers.iter().position(|fiber| {
                fiber
                    .as_ref()
                    .is_some_and(|fiber| fiber.state == State::Waiting && fiber.dst != RETURNS)
            });
            let Some(index) = waiting else {
                self.outcome = super::Outcome::Parked;
                return Ok(Next::EXIT);
            };
            self.forget_waiter(index as u32);
            self.switch_to(FiberId(index as u32));
            return Err(self.fault(Fault::State, "what is waited for can never end"));
        }
    }

    /// Takes a fiber out of the list of those that wait for the same one.
    pub(crate) fn forget_waiter(&mut self, index: u32) {
        let next = match self.fibers.get_mut(index as usize) {
            Some(Some(fiber)) => std::mem::take(&mut fiber.next_waiter),
            _ => return,
        };
        for fiber in self.fibers.iter_mut().flatten() {
            if fiber.first_waiter == index + 1 {
                fiber.first_waiter = next;
            } else if fiber.next_waiter == index + 1 {
                fiber.next_waiter = next;
            }
        }
    }

    /// Throws what a process ended by; a hole if there was no memory to keep it.
    fn throw_failure(&mut self, value: Value) -> Raised {
        if value.same(Value::HOLE) {
            return self.fault(
                Fault::State,
                "the process failed, and there was no memory to say how",
            );
        }
        let message = self.error_message(value);
        self.throw(value, message)
    }

    /// A fiber taken from the ready queue goes on, or starts.
    fn continue_fiber(&mut self, id: FiberId) -> Raise<Next> {
        let new = self
            .fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .is_some_and(|fiber| fiber.top == 0);
        self.switch_to(id);
        if new {
            return self.start_fiber();
        }
        let fiber = self.fiber();
        let (dst, dropped, value) = (fiber.dst, fiber.drop_result, fiber.result);
        if std::mem::take(&mut fiber.failed) {
            return Err(self.throw_failure(value));
        }
        if dropped {
            let r = self.running_r;
            // SAFETY: the frame on top of the fiber.
            return Ok(Next::at(unsafe { (*self.frame).pc }, r));
        }
        self.resume_with(dst, value)
    }

    /// What was raised in the running fiber reached its bottom. Answers where execution goes on, or what is raised in
    /// whoever waited for it, which then is the running fiber; or that the run ends.
    pub(crate) fn fiber_raised(&mut self, info: RaisedInfo) -> Ended {
        let id = self.current;
        let fiber = self.fiber();
        let (role, discards, parent) = (fiber.role, fiber.discards, fiber.parent);
        if discards != 0 {
            if info.discard && !info.outer {
                return match self.discarded() {
                    Ok(next) => Ended::Next(next),
                    Err(info) => Ended::Raised(*info),
                };
            }
            self.drop_emission(discards - 1);
        }
        let host = info.fault.catch() == isa::fault::Catch::Host && !info.discard;
        match (role, parent) {
            (Role::Handler, _) => match self.handler_failed(info) {
                Ok(next) => Ended::Next(next),
                Err(info) => Ended::Run(info),
            },
            (Role::Main, _) => Ended::Run(info),
            (_, Some(parent)) => {
                let fiber = self.fiber();
                fiber.state = State::Finished;
                fiber.parent = None;
                self.switch_to(parent);
                if role == Role::Prompt {
                    if info.outer {
                        // It returns through its prompt, which is no failure.
                        self.bequeath(id, parent);
                    }
                    self.free_fiber(id);
                } else {
                    if self
                        .fibers
                        .get(id.0 as usize)
                        .and_then(|fiber| fiber.as_ref())
                        .is_some_and(|fiber| fiber.first_waiter != 0)
                    {
                        self.wake_waiters(id, info.value, !info.value.same(Value::HOLE));
                    }
                    self.release_stacks(id);
                }
                Ended::Raised(info)
            }
            (_, None) if host => Ended::Run(info),
            (_, None) => match self.process_failed(&info) {
                Ok(next) => Ended::Next(next),
                Err(Raised(())) => match self.raised.take() {
                    Some(info) => Ended::Raised(info),
                    None => Ended::Run(info),
                },
            },
        }
    }
}

/// What follows when something raised reached a fiber's bottom.
pub(crate) enum Ended {
    /// Execution goes on there.
    Next(Next),
    /// This goes on in the running fiber.
    Raised(RaisedInfo),
    /// The run ends with it.
    Run(RaisedInfo),
}
