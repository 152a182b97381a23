//! Which fiber runs next: waiting, parking, the ready queue, and what follows when one ends by an error.

use crate::exec::dispatch::Next;
use crate::exec::signals::RETURNS;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, Role, State, cancelled};
use crate::heap::object::FiberObj;
use crate::value::{Kind, Value};
use crate::world::{RaisedInfo, World};

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
        if token == super::starting::TURN {
            return self.give_turn(dst);
        }
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

    /// A fiber that is parked no longer: its token wakes nothing.
    pub(crate) fn forget_token(&mut self, token: u64) {
        if self.emissions.parked.remove(&token).is_some() {
            self.lemari.refund(64);
        }
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
                self.outcome = crate::world::Outcome::Parked;
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
                self.outcome = crate::world::Outcome::Parked;
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
        if self.fiber().cancelled & cancelled::UNWINDS != 0 {
            return self.unwind_cancelled(new);
        }
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
        if info.discard && !info.outer && self.fiber().cancelled & cancelled::ENDS != 0 {
            return match self.finish_cancelled() {
                Ok(next) => Ended::Next(next),
                Err(Raised(())) => match self.raised.take() {
                    Some(info) => Ended::Raised(info),
                    None => Ended::Run(info),
                },
            };
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
