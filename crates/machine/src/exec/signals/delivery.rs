//! Deliveries: the handlers of an event, each in a process of its own, run one after the other before the emitter goes on.

use super::prompt::How;
use super::state::{Purpose, Selecting};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise};
use crate::fiber::{Role, State};
use crate::space_trace::SpaceAct;
use crate::value::{Kind, Value};
use crate::world::World;

impl World {
    /// Runs the next handler of an emission; behind the last one, the search goes on if no handler took the event, else
    /// the emitter gets the first reply.
    pub(crate) fn run_handlers(&mut self, index: u32) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let emitter = emission.emitter;
        if self.current != emitter {
            self.save_running();
            self.switch_to(emitter);
        }
        let (listener, kind, generation) = loop {
            let Some(emission) = self.emission(index) else {
                return Err(self.fault(Fault::Internal, "an emission vanished"));
            };
            let (kind, generation) = (emission.kind, emission.generation);
            let Some(listener) = emission.listeners.get(emission.next).copied() else {
                return self.delivered(index);
            };
            emission.next += 1;
            if listener.handler.kind() != Kind::Fiber {
                break (listener, kind, generation);
            }
            // A process that waits for this, unless it has ended meanwhile. What it owns goes before it hears.
            let Some(id) = self.listening(listener.handler) else {
                continue;
            };
            self.emission_note(SpaceAct::Delivered, index, Some(id));
            let mark = self.temp(listener.event)?;
            self.give_up_owned(id);
            let event = self.temps[mark];
            self.temps.truncate(mark);
            self.save_running();
            let id_of = (index, generation);
            return self.wake_listener(id, id_of, listener.peek, Some(emitter), event);
        };
        let kind = kind + 4 * listener.crossing as u32;
        let home = listener.home;
        let mark = self.temp(listener.handler)?;
        self.temp(listener.event)?;
        let record = Selecting {
            peek: listener.peek,
            crossing: listener.crossing,
            subscription: listener.subscription,
            ..Selecting::new(Purpose::Handler, (index, generation))
        };
        // A handler that runs always has its record: without it the delivery could not go on where it ends.
        let made = self
            .room_for_selecting(record)
            .and_then(|()| self.new_fiber(Role::Handler));
        let (handler, own) = (self.temps[mark], self.temps[mark + 1]);
        self.temps.truncate(mark);
        let id = match made {
            Ok(id) => id,
            Err(raised) => {
                self.drop_emission(index);
                return Err(raised);
            }
        };
        let selector = self.is_selector(handler);
        let event = if own.same(Value::HOLE) {
            self.emission(index)
                .map_or(Value::EMPTY, |emission| emission.event)
        } else {
            own
        };
        self.emission_note(SpaceAct::Delivered, index, Some(id));
        self.save_running();
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.home = home;
            fiber.parent = Some(emitter);
            // SAFETY: a fiber at birth has room for four pairs.
            unsafe {
                let to = fiber.regs.as_mut_ptr().cast::<Value>();
                to.write(handler);
                to.add(1).write(Value::HOLE);
                if selector {
                    to.add(2).write(Value::int(i64::from(kind)));
                    to.add(3).write(event);
                } else {
                    to.add(2).write(event);
                }
            }
            fiber.base = if selector { 8 } else { 6 };
        }
        self.switch_to(id);
        let slot = self.push_selecting(record)?;
        if let Some(record) = self.emissions.selecting.get_mut(slot as usize) {
            record.frame = 1;
        }
        self.start_fiber()
    }

    /// All handlers have run; the emitter is the running fiber.
    fn delivered(&mut self, index: u32) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        emission.listeners.clear();
        emission.next = 0;
        let (consumed, dst, kind, trap) = (
            emission.consumed,
            emission.dst,
            emission.kind,
            emission.trap.is_some(),
        );
        let answer = emission.answer;
        let silent = answer.same(Value::HOLE);
        if kind == 1 && silent && !consumed {
            return self.seek(index);
        }
        self.drop_emission(index);
        let value = match (silent, trap) {
            (false, _) => answer,
            (true, true) => self.event_of_temps(1, None, 0, 0)?,
            (true, false) => Value::EMPTY,
        };
        let next = self.resume_with(dst, value)?;
        self.tell_retracted(next)
    }

    /// The running fiber is a handler that ended: the emitter goes on, unless it has gone on already.
    pub(crate) fn finish_handler(&mut self, how: How) -> Raise<Next> {
        let id = self.current;
        let fiber = self.fiber();
        let (parent, slot) = (fiber.parent, fiber.selector.wrapping_sub(1));
        let record = self.emissions.selecting.get(slot as usize).copied();
        if let Some(record) = record {
            let heir = self.heir_of_handler(&record, parent);
            self.bequeath(id, heir);
        }
        match parent {
            Some(parent) => {
                self.switch_to(parent);
                self.free_fiber(id);
                let Some(record) = record else {
                    return Err(self.fault(Fault::Internal, "a handler without a record"));
                };
                match self.emission_of(record.emission) {
                    Some(emission) => emission.consumed |= how == How::Took && !record.peek,
                    None => return Err(self.fault(Fault::Internal, "an emission vanished")),
                }
                self.run_handlers(record.emission.0)
            }
            None => {
                self.fiber().state = State::Finished;
                self.end_fiber_silently(id);
                self.schedule()
            }
        }
    }

    /// The running fiber, or one that waits for it, is a handler of a delivery, and cannot go on now: the emitter does.
    pub(crate) fn leave_delivery(&mut self, handler: crate::fiber::FiberId) -> Raise<Next> {
        let Some(Some(fiber)) = self.fibers.get_mut(handler.0 as usize) else {
            return Err(self.fault(Fault::Internal, "a handler vanished"));
        };
        let Some(parent) = fiber.parent.take() else {
            return Err(self.fault(Fault::Internal, "a handler of no delivery"));
        };
        let mut slot = fiber.selector.wrapping_sub(1);
        self.switch_to(parent);
        while let Some(record) = self.emissions.selecting.get(slot as usize).copied() {
            if record.purpose == Purpose::Handler {
                if let Some(emission) = self.emission_of(record.emission) {
                    emission.consumed |= !record.peek;
                    return self.run_handlers(record.emission.0);
                }
                break;
            }
            slot = record.below.wrapping_sub(1);
        }
        Err(self.fault(Fault::Internal, "a handler without a record"))
    }
}
