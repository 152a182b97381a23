//! Ending a fiber before its time: it is unwound from where it waits, which runs its finally handlers and no others
//! (docs/specs/machine.md §10 "Cancelling").

use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, Role, State, cancelled};
use crate::value::{Kind, Value};
use crate::world::World;

impl World {
    /// Ends a fiber, unless it has ended or is ending already. One that has not begun just ends; one that waits is unwound when
    /// the scheduler comes to it. Who waits for its end then goes on with empty. If it is the running one, or that one's
    /// parent or its parent's parent, the answer is a token: parked with it, the running one is unwound next.
    ///
    /// # Errors
    /// Faults type, mem and fuel; fault state for the fiber of a call of the host.
    pub fn cancel_fiber(&mut self, value: Value) -> Raise<Option<u64>> {
        if value.kind() != Kind::Fiber {
            return Err(self.type_fault("a fiber", value));
        }
        let Some(id) = self.fiber_id(value) else {
            return Ok(None);
        };
        let (role, state, cancelled) = match self.fibers.get(id.0 as usize) {
            Some(Some(fiber)) => (fiber.role, fiber.state, fiber.cancelled),
            _ => return Ok(None),
        };
        if role == Role::Main {
            return Err(self.fault(Fault::State, "what the host called is the host's to end"));
        }
        if state == State::Finished || cancelled & cancelled::ENDS != 0 {
            return Ok(None);
        }
        if state == State::New {
            self.end_fiber_silently(id);
            return Ok(None);
        }
        self.charge_fuel(self.fibers.len() as u64 / 16)?;
        let token = if self.stands_on(self.current, id) {
            let token = self.sleep_token(std::time::Duration::ZERO)?;
            self.fiber().cancelled |= cancelled::UNWINDS;
            Some(token)
        } else {
            None
        };
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.cancelled |= cancelled::ENDS;
        }
        if token.is_some() {
            return Ok(token);
        }
        let innermost = (0..self.fibers.len() as u32).map(FiberId).find(|inner| {
            self.fibers
                .get(inner.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .is_some_and(|fiber| {
                    matches!(fiber.state, State::Ready | State::Parked | State::Waiting)
                })
                && self.stands_on(*inner, id)
        });
        if let Some(innermost) = innermost {
            self.unwind_when_next(innermost);
        }
        Ok(None)
    }

    /// The running fiber as a value.
    ///
    /// # Errors
    /// Fault mem.
    pub fn running_fiber(&mut self) -> Raise<Value> {
        self.fiber_value(self.current)
    }

    /// Is a fiber another, or does that wait for it as its parent, or its parent's parent?
    fn stands_on(&self, inner: FiberId, outer: FiberId) -> bool {
        let mut at = Some(inner);
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
        }
        false
    }

    /// Makes a fiber that waits ready to be unwound. What waits for a reply goes on waiting: it is unwound when that comes.
    fn unwind_when_next(&mut self, id: FiberId) {
        let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) else {
            return;
        };
        fiber.cancelled |= cancelled::UNWINDS;
        let (state, token) = (fiber.state, fiber.token);
        match state {
            State::Parked => {
                self.forget_token(token);
                self.make_ready(id, Value::EMPTY);
            }
            State::Waiting => {
                let awaits =
                    self.fibers.iter().flatten().any(|fiber| {
                        fiber.first_waiter == id.0 + 1 || fiber.next_waiter == id.0 + 1
                    });
                if awaits {
                    self.forget_waiter(id.0);
                    self.make_ready(id, Value::EMPTY);
                }
            }
            _ => {}
        }
    }

    /// What unwinds the running fiber: handlers are passed over, what must run at the end runs.
    fn unwinding(&mut self) -> Raised {
        let raised = self.fault(Fault::Cancel, "the computation was cancelled");
        if let Some(info) = &mut self.raised {
            info.discard = true;
        }
        raised
    }

    /// The running fiber, which the scheduler came to, is to be unwound; `new`: it has not begun.
    pub(crate) fn unwind_cancelled(&mut self, new: bool) -> Raise<Next> {
        let fiber = self.fiber();
        fiber.cancelled &= !cancelled::UNWINDS;
        fiber.failed = false;
        if new {
            return self.finish_cancelled();
        }
        Err(self.unwinding())
    }

    /// The running fiber is unwound to its bottom: who waits for it goes on.
    pub(crate) fn finish_cancelled(&mut self) -> Raise<Next> {
        let id = self.current;
        let fiber = self.fiber();
        fiber.state = State::Finished;
        fiber.result = Value::EMPTY;
        let parent = fiber.parent.take();
        self.wake_waiters(id, Value::EMPTY, false);
        let Some(parent) = parent else {
            self.release_stacks(id);
            return self.schedule();
        };
        self.switch_to(parent);
        self.release_stacks(id);
        Err(self.fault(Fault::State, "what is waited for was cancelled"))
    }
}
