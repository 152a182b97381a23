//! Fibers that run: starting, resuming, yielding, ending.

use crate::exec::dispatch::Next;
use crate::exec::signals::How;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{Fiber, FiberId, Role, State};
use crate::frame::flags;
use crate::host_memory::copied;
use crate::value::Value;
use crate::world::{RaisedInfo, World};

impl World {
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
        let kept = if awaited {
            info.value
        } else {
            self.emissions.failed += 1;
            self.tell_failure(info)
        };
        let value = if kept.same(Value::HOLE) {
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
            kept
        };
        let fiber = self.fiber();
        fiber.state = State::Finished;
        fiber.result = value;
        fiber.failed = true;
        self.wake_waiters(id, value, true);
        self.release_stacks(id);
        self.schedule()
    }

    /// Warns that a process failed and nobody waits for it. Answers the value that it threw, which may have been moved.
    fn tell_failure(&mut self, info: &RaisedInfo) -> Value {
        let message = copied(&info.message);
        let Ok(rooted) = self.temp(info.value) else {
            // Without memory for more, what is at hand is said.
            self.raised = None;
            self.warn_of_failure(info, &message);
            return info.value;
        };
        let message = if info.value.same(Value::HOLE) {
            message
        } else {
            self.thrown_text(info.value, message)
        };
        // Saying it may have failed; that is not what the process ended by.
        self.raised = None;
        self.warn_of_failure(info, &message);
        let value = self.temps.get(rooted).copied().unwrap_or(info.value);
        self.temps.truncate(rooted);
        value
    }

    fn warn_of_failure(&mut self, info: &RaisedInfo, message: &str) {
        self.warn(&crate::world::Warning::ProcessFailed {
            fault: info.fault.name(),
            message,
        });
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
        let Some(Some(waiting)) = self.fibers.get_mut(parent.0 as usize) else {
            return Err(self.fault(Fault::Internal, "the fiber that resumed is gone"));
        };
        let waiting: *mut Fiber = &raw mut **waiting;
        // SAFETY: the parent waits at a `resume` or a loop's `iter_next` whose results go there.
        unsafe {
            self.switch_to_fiber(parent, waiting);
            let r = self.running_r;
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
}
