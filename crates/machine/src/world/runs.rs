//! Runs that the host drives step by step, waking what is parked, and slices of fuel (docs/specs/machine.md §10).

use fzb::tables::FuncId;

use crate::code::Word;
use crate::exec::dispatch::{Next, run};
use crate::exec::signals::Status;
use crate::fault::{Fault, FaultReport, Raise, Raised};
use crate::fiber::{FiberId, Role, State};
use crate::value::Value;
use crate::world::{Outcome, Step, World};

/// Fuel of a slice of a process while others are ready.
pub const SLICE: i64 = 10_000;

/// A run that was started and not yet finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct RunId(u32);

/// What the processes that [`World::settle`] runs come after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settle {
    /// One call of several: what waits for a reply goes on waiting, for the next call may give it.
    Call,
    /// The last call of a program.
    Program,
}

/// What a World keeps of a run.
pub(crate) struct RunRecord {
    /// Its main fiber and generation.
    pub fiber: (u32, u32),
    /// Fuel left of its limit.
    pub left: u64,
    /// Its result, if it ended while another run was stepped.
    pub result: Option<Value>,
}

/// What the scheduler of a World has to do, and what it had to give up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Processes ready to run.
    pub ready: usize,
    /// Processes that only the host can wake.
    pub parked: usize,
    /// Prompts that wait for a reply to an event that was kept.
    pub kept: usize,
    /// Posts that nobody took. Each deserves a warning in Rhumb.
    pub unmatched: u64,
    /// Replies that came too late or for nothing.
    pub late: u64,
    /// Kept emissions that were resumed with empty because nothing else could go on.
    pub starved: u64,
    /// Processes that ended by an error that nobody waited for.
    pub failed: u64,
}

impl World {
    /// Prepares a call that is driven by [`World::step`]. Nothing runs yet; the run has the World's limit of fuel to
    /// itself.
    pub fn start(
        &mut self,
        instance: u32,
        function: FuncId,
        args: &[Value],
    ) -> Result<RunId, Box<FaultReport>> {
        match self.start_run(Value::func(instance, function.0), args) {
            Ok(id) => Ok(id),
            Err(Raised(())) => Err(self.take_report()),
        }
    }

    fn start_run(&mut self, callee: Value, args: &[Value]) -> Raise<RunId> {
        if self.closed {
            return Err(self.fault(Fault::Internal, "the World is closed"));
        }
        let mark = self.temps.len();
        self.temp(callee)?;
        for arg in args {
            self.temp(*arg)?;
        }
        self.ensure_main()?;
        let made = self.process_of_temps(Role::Main, mark, args.len());
        self.temps.truncate(mark);
        let id = made?;
        let generation = self.fiber_generation(id);
        let left = self
            .limits
            .fuel
            .unwrap_or(i64::MAX as u64)
            .min(i64::MAX as u64);
        let record = RunRecord {
            fiber: (id.0, generation),
            left,
            result: None,
        };
        let runs = &mut self.emissions.runs;
        let slot = match runs.iter().position(Option::is_none) {
            Some(slot) => slot,
            None => {
                if runs.try_reserve(1).is_err() {
                    self.free_fiber(id);
                    return Err(self.fault(Fault::Mem, "the host has no memory left"));
                }
                runs.push(None);
                runs.len() - 1
            }
        };
        runs[slot] = Some(record);
        self.make_ready(id, Value::EMPTY);
        Ok(RunId(slot as u32))
    }

    /// Lets a run, and the processes that are ready, go on for at most `fuel` units: until it is done, until nothing can
    /// go on before the host wakes something, or until the fuel is used up. A run that ended is gone; stepping it again
    /// is fault state. Faults of the run are its end.
    pub fn step(&mut self, id: RunId, fuel: u64) -> Result<Step, Box<FaultReport>> {
        let result = self.step_run(id, fuel);
        if let Err(report) = &result
            && report.fault == Fault::Internal
        {
            self.closed = true;
        }
        result
    }

    fn step_run(&mut self, id: RunId, fuel: u64) -> Result<Step, Box<FaultReport>> {
        let slot = id.0 as usize;
        let Some(Some(record)) = self.emissions.runs.get_mut(slot) else {
            let Raised(()) = self.fault(Fault::State, "the run has ended");
            return Err(self.take_report());
        };
        if let Some(value) = record.result.take() {
            self.emissions.runs[slot] = None;
            return Ok(Step::Done(value));
        }
        if self.reentry != 0 || self.closed {
            let Raised(()) = self.fault(Fault::State, "the World is running");
            return Err(self.take_report());
        }
        let left = record.left;
        let mark = self.temps.len();
        let granted = fuel.min(left);
        self.fuel = granted as i64;
        self.fuel_granted = granted;
        self.emissions.fuel_step = 0;
        self.emissions.fuel_beyond = (left - granted) as i64;
        self.fuel_slices = true;
        self.deadline = self
            .limits
            .deadline
            .map(|deadline| std::time::Instant::now() + deadline);
        self.handles.release_dropped();
        self.emissions.temps_floor = mark;
        self.emissions.stepping = id.0 + 1;
        self.reentry = 1;
        self.outcome = Outcome::None;
        match self.schedule() {
            Ok(next) => self.run_from(next),
            Err(raised) => {
                let r = self.running_r;
                // SAFETY: the frame on top of the running fiber.
                let next = unsafe { self.raise(raised, r) };
                self.run_from(next);
            }
        }
        self.reentry = 0;
        self.emissions.stepping = 0;
        self.unslice();
        let used = (granted as i64).saturating_sub(self.fuel).max(0) as u64;
        self.counters.fuel_used += used;
        self.fuel_granted = 0;
        let outcome = std::mem::take(&mut self.outcome);
        let fiber = match self.emissions.runs.get_mut(slot) {
            Some(Some(record)) => {
                record.left = record.left.saturating_sub(used);
                record.fiber
            }
            _ => (0, 0),
        };
        self.temps.truncate(mark);
        let step = match outcome {
            Outcome::Returned(value) => {
                self.emissions.runs[slot] = None;
                Ok(Step::Done(value))
            }
            Outcome::Parked => Ok(Step::Parked),
            Outcome::OutOfFuel => Ok(Step::OutOfFuel),
            Outcome::Raised | Outcome::None => {
                self.emissions.runs[slot] = None;
                Err(self.take_report())
            }
        };
        if !matches!(step, Ok(Step::Parked | Step::OutOfFuel)) {
            let running = self.current;
            if step.is_err() && running.0 != 0 {
                self.end_running_chain();
            }
            if self.fiber_generation(FiberId(fiber.0)) == fiber.1 && fiber.1 != 0 {
                self.end_fiber_silently(FiberId(fiber.0));
            }
            self.end_orphans();
        }
        self.rest_at_main();
        step
    }

    /// Lets the processes that are ready go on after a call has returned, until none is: at the end of a program those that
    /// it has left behind, and then, one after the other, what waits for a reply that can no longer come, which goes on
    /// with empty (docs/specs/rhumb.md §5.4 "Parking"). They have the fuel that the last call left, and its time anew.
    ///
    /// # Errors
    /// What a process raised and nobody took; the World is as after a call that failed, and what else is ready may go on.
    pub fn settle(&mut self, after: Settle) -> Result<(), Box<FaultReport>> {
        let starving = after == Settle::Program && self.emissions.kept > 0;
        let sleeping = after == Settle::Program && self.sleeps_until().is_some();
        if self.emissions.ready.is_empty() && !starving && !sleeping {
            return Ok(());
        }
        if self.reentry != 0 || self.closed {
            let Raised(()) = self.fault(Fault::State, "the World is running");
            return Err(self.take_report());
        }
        let mark = self.temps.len();
        let granted = self.fuel.max(0) as u64;
        self.fuel = granted as i64;
        self.fuel_granted = granted;
        self.deadline = self
            .limits
            .deadline
            .map(|deadline| std::time::Instant::now() + deadline);
        self.emissions.temps_floor = mark;
        self.emissions.patient = after == Settle::Call;
        self.reentry = 1;
        self.outcome = Outcome::None;
        // The main fiber's record still says where it stood when it last waited; nothing of that is on its stacks any more.
        self.rest_at_main();
        match self.schedule() {
            Ok(next) => self.run_from(next),
            Err(raised) => {
                let r = self.running_r;
                // SAFETY: the frame on top of the running fiber.
                let next = unsafe { self.raise(raised, r) };
                self.run_from(next);
            }
        }
        if after == Settle::Program {
            self.run_sleepers();
        }
        self.reentry = 0;
        self.emissions.patient = false;
        self.unslice();
        let left = self.fuel.max(0) as u64;
        self.counters.fuel_used += granted.saturating_sub(left);
        self.fuel_granted = left;
        self.temps.truncate(mark);
        let settled = match std::mem::take(&mut self.outcome) {
            Outcome::Returned(_) | Outcome::Parked => Ok(()),
            Outcome::Raised | Outcome::OutOfFuel | Outcome::None => Err(self.take_report()),
        };
        if settled.is_err() {
            self.end_running_chain();
            self.end_orphans();
        }
        self.rest_at_main();
        settled
    }

    pub(crate) fn run_from(&mut self, next: Next) {
        if !next.pc.is_null() {
            // SAFETY: the frame on top of the running fiber stands at `next`.
            unsafe { run(next.pc, next.r(), self) };
        }
    }

    /// Gives a value to the fiber that is parked with a token; false if there is none.
    pub fn wake(&mut self, token: u64, value: Value) -> bool {
        self.wake_parked(token, value)
    }

    /// What the scheduler has to do.
    pub fn schedule_state(&self) -> Schedule {
        Schedule {
            ready: self.emissions.ready.len(),
            parked: self.emissions.parked.len(),
            kept: self.emissions.kept as usize,
            unmatched: self.emissions.unmatched,
            late: self.emissions.late,
            starved: self.emissions.starved,
            failed: self.emissions.failed,
        }
    }

    /// Ends a run that is not being stepped, without running any of its code.
    pub fn cancel(&mut self, id: RunId) {
        if let Some(slot) = self.emissions.runs.get_mut(id.0 as usize)
            && let Some(record) = slot.take()
            && self.fiber_generation(FiberId(record.fiber.0)) == record.fiber.1
        {
            self.end_fiber_silently(FiberId(record.fiber.0));
            self.end_orphans();
        }
    }

    /// The main fiber of a run returned.
    pub(crate) fn run_returned(&mut self, id: FiberId, result: Value) -> Raise<Next> {
        let generation = self.fiber_generation(id);
        let slot = self.emissions.runs.iter().position(|record| {
            record
                .as_ref()
                .is_some_and(|record| record.fiber == (id.0, generation))
        });
        if slot.is_none_or(|slot| slot as u32 + 1 == self.emissions.stepping) {
            self.outcome = Outcome::Returned(result);
            return Ok(Next::EXIT);
        }
        if let Some(Some(record)) = slot.and_then(|slot| self.emissions.runs.get_mut(slot)) {
            record.result = Some(result);
        }
        self.release_stacks(id);
        self.schedule()
    }

    /// Is there a main fiber? Its slot may be there without it, if the host had no memory for its stacks.
    fn has_main(&self) -> bool {
        matches!(self.fibers.first(), Some(Some(_)))
    }

    /// Makes the main fiber, which is the first one, if there is none yet.
    pub(crate) fn ensure_main(&mut self) -> Raise<()> {
        if !self.has_main() {
            let id = self.new_fiber(Role::Main)?;
            self.switch_to(id);
        }
        Ok(())
    }

    /// True if no fiber but the main one, no emission and no result of a run is left.
    pub(crate) fn only_main_is_left(&self) -> bool {
        self.fibers.len() <= self.free_fibers.len() + 1
            && self.emissions.is_quiet()
            && self.emissions.runs.iter().all(Option::is_none)
    }

    /// Makes the main fiber the running one, with nothing on its stacks.
    pub(crate) fn rest_at_main(&mut self) {
        if !self.has_main() {
            return;
        }
        let main = FiberId(0);
        if let Some(Some(fiber)) = self.fibers.get_mut(0) {
            fiber.top = 0;
            fiber.base = 0;
        }
        self.switch_to(main);
    }

    /// Ends the running fiber and those that wait for it, without running any of their code.
    fn end_running_chain(&mut self) {
        let mut at = Some(self.current);
        while let Some(id) = at {
            if id.0 == 0 {
                break;
            }
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
            self.end_fiber_silently(id);
        }
    }

    /// Ends fibers whose parent has ended. For runs that ended early.
    pub(crate) fn end_orphans(&mut self) {
        loop {
            let mut any = false;
            for index in 0..self.fibers.len() {
                let Some(Some(fiber)) = self.fibers.get(index) else {
                    continue;
                };
                let Some(parent) = fiber.parent else { continue };
                let lives = self
                    .fibers
                    .get(parent.0 as usize)
                    .and_then(|fiber| fiber.as_ref())
                    .is_some_and(|fiber| {
                        fiber.state != State::Finished && !fiber.frames.is_empty()
                    });
                if !lives {
                    self.end_fiber_silently(FiberId(index as u32));
                    any = true;
                }
            }
            if !any {
                return;
            }
        }
    }

    /// A call of the host ended elsewhere than where it began: what hung on it ends without running any code, and the
    /// fiber that the host called from stands again with frame `top` on top, its registers from word `base` on.
    pub(crate) fn abandon_to(&mut self, entry: FiberId, top: usize, base: u32) {
        if self.current != entry && self.fiber().state == State::Running {
            let mut at = Some(self.current);
            while let Some(id) = at {
                if id == entry {
                    break;
                }
                at = self
                    .fibers
                    .get(id.0 as usize)
                    .and_then(|fiber| fiber.as_ref())
                    .and_then(|fiber| fiber.parent);
                if id.0 != 0 {
                    self.end_fiber_silently(id);
                }
            }
        }
        for index in 0..self.fibers.len() {
            if self
                .fibers
                .get(index)
                .and_then(|fiber| fiber.as_ref())
                .is_some_and(|fiber| fiber.parent == Some(entry))
            {
                self.end_fiber_silently(FiberId(index as u32));
            }
        }
        self.end_orphans();
        self.forget_waiter(entry.0);
        for index in 0..self.emissions.indexes() {
            if self
                .emission(index)
                .is_some_and(|emission| emission.owner == entry && emission.status != Status::Open)
            {
                self.drop_chain(index);
            }
        }
        let mut at = self
            .fibers
            .get(entry.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map_or(0, |fiber| fiber.selector);
        while let Some(slot) = at.checked_sub(1) {
            let Some(record) = self.emissions.selecting.get(slot as usize).copied() else {
                break;
            };
            if record.frame as usize <= top {
                break;
            }
            at = record.below;
            self.emissions.free_record(slot);
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(entry.0 as usize) {
            fiber.selector = at;
            fiber.top = top as u32;
            fiber.base = base;
        }
        self.emissions.ready.retain(|(index, _)| *index != entry.0);
        self.emissions
            .parked
            .retain(|_, (index, _)| *index != entry.0);
        self.switch_to(entry);
    }

    /// Cuts the running process's fuel to a slice while others are ready.
    pub(crate) fn arm_slice(&mut self) {
        if !self.emissions.ready.is_empty() && self.fuel > SLICE {
            self.emissions.fuel_step += self.fuel - SLICE;
            self.fuel = SLICE;
        }
    }

    /// Puts what is left beyond the slice back.
    pub(crate) fn unslice(&mut self) {
        if self.emissions.fuel_step != 0 {
            let step = std::mem::take(&mut self.emissions.fuel_step);
            self.fuel = self.fuel.saturating_add(step);
        }
        self.emissions.fuel_beyond = 0;
        self.fuel_slices = false;
    }

    /// Is all fuel used up, not only that of the slice?
    pub(crate) fn fuel_is_gone(&self) -> bool {
        self.fuel
            .saturating_add(self.emissions.fuel_step)
            .saturating_add(self.emissions.fuel_beyond)
            < 0
    }

    /// The slice is used up at a block, whose charge was made: the process goes on with more, lets another run, or the
    /// step or the run ends.
    ///
    /// # Safety
    /// `pc` is a block of the frame on top, whose first register is `r`.
    pub(crate) unsafe fn slice_ended(&mut self, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: the caller's promise.
        let after = unsafe { pc.add(1) };
        while self.fuel < 0 && self.emissions.fuel_step > 0 {
            let more = self.emissions.fuel_step.min(SLICE);
            self.fuel += more;
            self.emissions.fuel_step -= more;
            if self.takes_turns() && self.may_rotate() {
                return self.rotate();
            }
        }
        if self.fuel >= 0 {
            return Ok(Next::at(after, r));
        }
        if self.emissions.fuel_beyond > 0 {
            if self.emissions.barriers.is_empty() && self.fuel_slices {
                self.save_running();
                let id = self.current;
                let generation = self.fiber_generation(id);
                let fiber = self.fiber();
                fiber.drop_result = true;
                fiber.state = State::Ready;
                if self.emissions.ready.try_reserve(1).is_err() {
                    return Err(self.fault(Fault::Mem, "the host has no memory left"));
                }
                self.emissions.ready.push_front((id.0, generation));
                self.outcome = Outcome::OutOfFuel;
                return Ok(Next::EXIT);
            }
            // A host callback is never left half done: it may overshoot the step.
            let more = self.emissions.fuel_beyond.min(SLICE);
            self.fuel += more;
            self.emissions.fuel_beyond -= more;
            if self.fuel >= 0 {
                return Ok(Next::at(after, r));
            }
        }
        Err(self.fault(Fault::Fuel, "the fuel is used up"))
    }

    /// Is there another to take the next turn? Coroutines that were started are cooperative: they and what runs beside them go
    /// on until they wait.
    fn takes_turns(&self) -> bool {
        self.emissions
            .ready
            .front()
            .is_some_and(|next| !self.is_coroutine(FiberId(next.0)))
            && !self.is_coroutine(self.current)
    }

    /// Is the fiber, or the outermost of those that wait for it, a coroutine that was started?
    fn is_coroutine(&self, id: FiberId) -> bool {
        let mut at = id;
        while let Some(Some(fiber)) = self.fibers.get(at.0 as usize) {
            match fiber.parent {
                Some(parent) => at = parent,
                None => return fiber.role == Role::Async,
            }
        }
        false
    }

    /// May the running process be made to wait for its next turn? Never inside a delivery or a host callback.
    pub(crate) fn may_rotate(&self) -> bool {
        let mut at = Some(self.current);
        while let Some(id) = at {
            if self.emissions.barriers.contains(&id) {
                return false;
            }
            let Some(Some(fiber)) = self.fibers.get(id.0 as usize) else {
                return false;
            };
            if fiber.role == Role::Handler && fiber.parent.is_some() {
                return false;
            }
            at = fiber.parent;
        }
        true
    }

    fn rotate(&mut self) -> Raise<Next> {
        self.save_running();
        let id = self.current;
        self.make_ready(id, Value::EMPTY);
        self.fiber().drop_result = true;
        self.schedule()
    }
}
