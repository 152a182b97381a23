//! Starting a coroutine: it runs at once until it first waits, then whoever started it goes on (docs/specs/machine.md §10
//! "Starting").

use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise};
use crate::fiber::{FiberId, Role, State};
use crate::value::{Kind, Value};
use crate::world::World;

/// With this token the caller gives its turn to the coroutine that it has started.
pub(crate) const TURN: u64 = u64::MAX;

/// What became of a coroutine that was started.
#[derive(Clone, Copy, Debug)]
pub enum Started {
    /// It runs as soon as the caller is parked with this token, which then gets the fiber.
    Next(u64),
    /// The caller cannot wait (in a host callback, in a delivery): the fiber is ready and runs later.
    Ready(Value),
}

impl World {
    /// A coroutine over a routine, which is called with empty.
    ///
    /// # Errors
    /// Faults type, mem, fibers.
    pub fn start_coroutine(&mut self, routine: Value) -> Raise<Started> {
        if !matches!(routine.kind(), Kind::Func | Kind::Closure | Kind::Partial) {
            return Err(self.type_fault("a function", routine));
        }
        let mark = self.temp(routine)?;
        let made = self
            .temp(Value::EMPTY)
            .and_then(|_| self.process_of_temps(Role::Async, mark, 1));
        self.temps.truncate(mark);
        let id = made?;
        let started = match self.fiber_value(id) {
            Ok(started) => started,
            Err(raised) => {
                self.free_fiber(id);
                return Err(raised);
            }
        };
        if !self.may_rotate() {
            self.make_ready(id, Value::EMPTY);
            return Ok(Started::Ready(started));
        }
        if self.emissions.ready.try_reserve(2).is_err() {
            self.free_fiber(id);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        // Whatever happens before the caller gives its turn: it is the next to run.
        self.make_first(id, Value::EMPTY);
        Ok(Started::Next(TURN))
    }

    /// Puts a suspended fiber before all that are ready; there is room.
    fn make_first(&mut self, id: FiberId, value: Value) {
        let generation = self.fiber_generation(id);
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.result = value;
            fiber.state = State::Ready;
            fiber.newborn = false;
        }
        self.note_young(id);
        self.emissions.ready.push_front((id.0, generation));
    }

    /// The running fiber, which has just started the first of those that are ready, goes on behind that one; it then gets that
    /// fiber in `dst`.
    pub(crate) fn give_turn(&mut self, dst: u16) -> Raise<Next> {
        let Some((index, generation)) = self.emissions.ready.pop_front() else {
            return Err(self.fault(Fault::State, "nothing was started"));
        };
        let started = FiberId(index);
        let value = if self.fiber_lives(index, generation) {
            self.fiber_value(started)?
        } else {
            Value::EMPTY
        };
        self.save_running();
        let starter = self.current;
        let fiber = self.fiber();
        fiber.dst = dst;
        fiber.drop_result = false;
        self.make_first(starter, value);
        self.emissions.ready.push_front((index, generation));
        self.schedule()
    }
}
