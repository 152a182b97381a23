//! The host's way in: making a World, calling, starting, stepping, reporting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fzb::tables::{FuncId, Lang, function_flags};
use isa::fault::Catch;
use lemari::{Config, EmergencyPolicy, Lemari};

use crate::engine::{Loaded, Shared};
use crate::exec::dispatch::{Next, run};
use crate::fault::{Counters, Fault, FaultReport, Panic, Raise};
use crate::fiber::{FiberId, State};
use crate::frame::flags;
use crate::host::{Grants, Output, Resources};
use crate::host_memory::{copied, fixed, written};
use crate::legend::Legends;
use crate::value::Value;
use crate::world::{
    EmergencyMode, InstanceState, Limits, Names, Outcome, RaisedInfo, World, signals,
};

/// What a step of a run came to.
#[derive(Debug)]
pub enum Step {
    /// It returned.
    Done(Value),
    /// No fiber can go on until the host wakes one.
    Parked,
    /// The slice of fuel is used up.
    OutOfFuel,
}

impl World {
    /// A World of an Engine. Commits no memory of its reservation and makes no fiber until something runs.
    pub fn new(
        engine: Arc<Shared>,
        limits: Limits,
        grants: Grants,
    ) -> Result<World, lemari::MemError> {
        let config = Config {
            limit: limits.memory,
            emergency_bound: limits.emergency,
            emergency: match limits.emergency_mode {
                EmergencyMode::Off => EmergencyPolicy::Off,
                EmergencyMode::Automatic => EmergencyPolicy::Automatic,
                EmergencyMode::Always => EmergencyPolicy::Always,
            },
            one_allocation: limits.one_allocation,
            ..Config::default()
        };
        let reservation = engine.pool(config.reservation_bytes()).take()?;
        let lemari = Lemari::new(reservation, config, &crate::heap::object::SHAPES)?;
        let id = engine.world_number();
        let signal_owner = Arc::new(AtomicU32::new(0));
        let signal: *const AtomicU32 = Arc::as_ptr(&signal_owner);
        engine.worlds.fetch_add(1, Ordering::Relaxed);
        let loop_dispatch = engine.loop_dispatch;
        Ok(World {
            fuel: 0,
            signal,
            frame: std::ptr::null_mut(),
            frame_end: std::ptr::null_mut(),
            regs_end: std::ptr::null_mut(),
            switched: u32::MAX,
            slots: std::ptr::null_mut(),
            statics: std::ptr::null_mut(),
            constants: std::ptr::null(),
            records: std::ptr::null(),
            lemari,
            spill_r: std::ptr::null_mut(),
            spill_int: 0,
            spill_float: 0.0,
            native_floor: 0,
            native_room: crate::exec::dispatch::NATIVE_ROOM,
            surfaced: std::ptr::null(),
            loop_dispatch,
            hash_key: engine.hash_key(id),
            engine,
            signal_owner,
            id,
            running_r: std::ptr::null_mut(),
            argument_windows: Vec::new(),
            fibers: Vec::new(),
            free_fibers: Vec::new(),
            current: FiberId(0),
            live_fibers: 0,
            instances: Vec::new(),
            instance_numbers: Default::default(),
            legends: Legends::new(),
            names: Names::new(),
            lookup_epoch: 1,
            next_id: 1,
            answered: crate::exec::intrinsics::NOT_ANSWERED,
            next_key: 1,
            raised: None,
            caught: Default::default(),
            temps: Vec::new(),
            watched_cells: Default::default(),
            temps_charged: 0,
            handles: lemari::handles::Handles::new(id),
            ascii: None,
            world_map: Value::EMPTY,
            reporting: super::reporting::Reporting::new(),
            outcome: Outcome::None,
            delivered: Value::EMPTY,
            next_generation: 0,
            starting: false,
            reentry: 0,
            output: Output {
                sink: Box::new(|_, _| Ok(())),
                left: limits.output,
            },
            depth_left: limits.depth,
            limits,
            deadline: None,
            fuel_granted: 0,
            fuel_slices: false,
            counters: Counters::default(),
            grants,
            resources: Resources::default(),
            host_data: None,
            host_states: Vec::new(),
            spaces: None,
            tracer: None,
            space_tracer: None,
            collect_always: false,
            emissions: Default::default(),
            named_rest: None,
            closed: false,
        })
    }

    /// The instance of a module, linked, its entry run.
    pub fn load(&mut self, loaded: &Arc<Loaded>) -> Result<u32, Box<FaultReport>> {
        let index = match self.instantiate_module(loaded) {
            Ok(index) => index,
            Err(raised) => {
                let crate::fault::Raised(()) = raised;
                return Err(self.take_report());
            }
        };
        self.run_entry(index)?;
        Ok(index)
    }

    /// Runs an instance's entry if it has not run.
    pub fn run_entry(&mut self, instance: u32) -> Result<(), Box<FaultReport>> {
        let entry = match self.instances.get(instance as usize) {
            Some(record) if record.state == InstanceState::Linked => record.loaded.module.entry(),
            _ => return Ok(()),
        };
        let Some(entry) = entry else {
            self.instances[instance as usize].state = InstanceState::Ready;
            return Ok(());
        };
        self.instances[instance as usize].state = InstanceState::Entering;
        let result = self.call(instance, entry, &[]);
        let record = &mut self.instances[instance as usize];
        match result {
            Ok(value) => {
                record.state = InstanceState::Ready;
                record.result = value;
                record.dirty = true;
                Ok(())
            }
            Err(report) => {
                record.state = InstanceState::Failed;
                Err(report)
            }
        }
    }

    /// Calls a function of an instance to its end. The outermost call gets the World's fuel and deadline anew.
    pub fn call(
        &mut self,
        instance: u32,
        function: FuncId,
        args: &[Value],
    ) -> Result<Value, Box<FaultReport>> {
        self.call_routine(Value::func(instance, function.0), args)
    }

    /// Calls any callable value.
    pub fn call_routine(
        &mut self,
        callee: Value,
        args: &[Value],
    ) -> Result<Value, Box<FaultReport>> {
        if self.closed {
            return Err(self.report_of(Fault::Internal, "the World is closed"));
        }
        let outermost = self.reentry == 0;
        if outermost {
            self.grant_fuel();
        } else if self.reentry >= self.limits.reentry {
            return Err(self.report_of(Fault::Depth, "too many nested host callbacks"));
        }
        let mark = self.temps.len();
        let windows = std::mem::take(&mut self.argument_windows);
        self.reentry += 1;
        let outcome = self.run_barrier(callee, args);
        self.reentry -= 1;
        self.argument_windows = windows;
        self.temps.truncate(mark);
        let result = match outcome {
            Outcome::Returned(value) => Ok(value),
            Outcome::Raised => Err(self.take_report()),
            Outcome::OutOfFuel => Err(self.report_of(Fault::Fuel, "the fuel is used up")),
            Outcome::Parked => Err(self.report_of(
                Fault::State,
                "the run is parked, and a plain call cannot wait",
            )),
            Outcome::None => {
                Err(self.report_of(Fault::Internal, "the run loop ended without an outcome"))
            }
        };
        if outermost {
            self.settle_fuel();
        }
        result
    }

    /// A callback from a host function: as `call_routine`, but what is raised goes on through the host function.
    pub fn call_back(&mut self, callee: Value, args: &[Value]) -> Raise<Value> {
        if self.reentry >= self.limits.reentry {
            return Err(self.fault(Fault::Depth, "too many nested host callbacks"));
        }
        let mark = self.temps.len();
        let windows = std::mem::take(&mut self.argument_windows);
        self.reentry += 1;
        let outcome = self.run_barrier(callee, args);
        self.reentry -= 1;
        self.argument_windows = windows;
        self.temps.truncate(mark);
        match outcome {
            Outcome::Returned(value) => Ok(value),
            Outcome::Raised => Err(crate::fault::Raised(())),
            _ => Err(self.fault(Fault::Internal, "a callback ended without an outcome")),
        }
    }

    /// Pushes a frame below which the host stands, and runs until it returns or something is raised through it.
    fn run_barrier(&mut self, callee: Value, args: &[Value]) -> Outcome {
        if self.ensure_main().is_err() {
            return Outcome::Raised;
        }
        let floor = std::mem::replace(&mut self.emissions.temps_floor, self.temps.len());
        let nested = self.reentry > 1;
        if !nested {
            self.rest_at_main();
        }
        let entry = self.current;
        let top = self.frame_index();
        let base = self.fiber().regs.as_ptr() as usize;
        let offset = (self.running_r as usize).wrapping_sub(base);
        if nested {
            if self.emissions.barriers.try_reserve(1).is_err() {
                let crate::fault::Raised(()) =
                    self.fault(Fault::Mem, "the host has no memory left");
                self.emissions.temps_floor = floor;
                return Outcome::Raised;
            }
            self.emissions.barriers.push(entry);
        }
        let r = self.running_r;
        // SAFETY: `running_r` is the first register of the frame on top of the running fiber.
        let pushed = unsafe { self.call_value(r, callee, None, args, 0, flags::BARRIER) };
        self.outcome = Outcome::None;
        match pushed {
            Ok(next) => {
                // A callee that needed no frame has delivered its value already: there is no barrier to return through.
                if !next.pc.is_null() {
                    // SAFETY: the callee's frame stands and `next` is its body.
                    unsafe { run(next.pc, next.r(), self) };
                } else {
                    self.outcome = Outcome::Returned(self.delivered);
                }
            }
            Err(raised) => {
                let crate::fault::Raised(()) = raised;
                if let Some(info) = &self.raised
                    && info.trace.is_empty()
                {
                    let (trace, omitted) = self.trace();
                    if let Some(info) = &mut self.raised {
                        info.trace = trace;
                        info.omitted = omitted;
                    }
                }
                self.outcome = Outcome::Raised;
            }
        }
        if !nested {
            self.run_sleepers();
        }
        self.emissions.temps_floor = floor;
        if nested {
            self.emissions.barriers.pop();
        } else {
            self.unslice();
        }
        if self.current != entry || self.frame_index() != top {
            self.abandon_to(entry, top, (offset / 8) as u32);
        }
        if nested {
            let fiber = self.fiber();
            self.running_r = fiber.regs.as_mut_ptr().wrapping_byte_add(offset);
        } else {
            // What the main fiber's record says of its stacks is from when it last waited for another fiber: collections
            // before the next call are not to look for values there.
            self.rest_at_main();
        }
        std::mem::take(&mut self.outcome)
    }

    /// The host makes or reads values between calls, with the fuel and time of a call; [`World::host_work_ends`] counts it.
    pub fn host_work_begins(&mut self) {
        if self.reentry == 0 {
            self.grant_fuel();
        }
    }

    /// The end of what [`World::host_work_begins`] began.
    pub fn host_work_ends(&mut self) {
        if self.reentry == 0 {
            self.settle_fuel();
        }
    }

    fn grant_fuel(&mut self) {
        self.fuel_granted = self
            .limits
            .fuel
            .unwrap_or(i64::MAX as u64)
            .min(i64::MAX as u64);
        self.fuel = self.fuel_granted as i64;
        self.fuel_slices = false;
        self.deadline = self
            .limits
            .deadline
            .map(|deadline| std::time::Instant::now() + deadline);
        self.handles.release_dropped();
    }

    /// Counts what the call used and washes the trays if nothing holds on to them.
    fn settle_fuel(&mut self) {
        let left = self.fuel.max(0) as u64;
        self.counters.fuel_used += self.fuel_granted.saturating_sub(left);
        self.fuel_granted = left;
    }

    /// Washes the trays in constant time if no root is young (docs/specs/machine.md §8 "Wash"). The host calls it when
    /// it has converted a call's result.
    pub fn wash(&mut self) -> bool {
        let quiet = self.reentry == 0
            && self.temps.is_empty()
            && self.only_main_is_left()
            && self
                .spaces
                .as_ref()
                .is_none_or(|spaces| !spaces.hold_values())
            && !self.handles.holds_young()
            && self.raised.is_none()
            && self.caught.iter().all(|info| !info.value.is_heap())
            && self.instances.iter().all(|instance| !instance.dirty);
        self.lemari.wash(quiet)
    }

    /// The report of what was raised, taken out.
    pub(crate) fn take_report(&mut self) -> Box<FaultReport> {
        self.counters.faults += 1;
        match self.raised.take() {
            Some(info) => {
                let panic = self.panic_of(&info);
                let own = panic.is_none() && info.value.same(Value::HOLE);
                let message = if let Some(panic) = &panic {
                    written(format_args!("panic: {}", panic.message))
                } else if info.value.same(Value::HOLE) {
                    info.message
                } else {
                    self.thrown_text(info.value, info.message)
                };
                let counters = self.counters();
                if info.fault == Fault::Internal {
                    self.closed = true;
                }
                fixed(|| {
                    Box::new(FaultReport {
                        fault: info.fault,
                        message,
                        words: info.words.filter(|_| own),
                        trace: info.trace,
                        omitted: info.omitted,
                        counters,
                        panic,
                    })
                })
            }
            None => self.report_of(Fault::Internal, "a fault without a record"),
        }
    }

    fn report_of(&mut self, fault: Fault, message: &str) -> Box<FaultReport> {
        self.counters.faults += 1;
        let counters = self.counters();
        fixed(|| {
            Box::new(FaultReport {
                fault,
                message: message.to_owned(),
                words: None,
                trace: Vec::new(),
                omitted: 0,
                counters,
                panic: None,
            })
        })
    }

    /// The error of Rhumb that ended the run, if it is one: a fault of a Rhumb function, or an event `***`.
    fn panic_of(&mut self, info: &RaisedInfo) -> Option<Box<Panic>> {
        if info.lang != Lang::Rhumb || info.fault.catch() == Catch::Host {
            return None;
        }
        if info.value.same(Value::HOLE) {
            let data = if info.fault == Fault::Write {
                "'WriteViolation'"
            } else {
                "___"
            };
            let message = copied(&info.message);
            return Some(fixed(|| {
                Box::new(Panic {
                    code: i64::from(info.fault.rhumb()),
                    message,
                    data: data.to_owned(),
                })
            }));
        }
        let error = self.code_of_error(info.value);
        if error.is_none() && !self.is_event(info.value) {
            return None;
        }
        if let (Some(code), Ok(mark)) = (error, self.temp(info.value)) {
            let shown = |world: &mut World, slot: u16, mode: u8| {
                let error = world.temps.get(mark)?.as_ticket();
                let value = world.slot_value(error, slot);
                let text = world.display_in(Lang::Rhumb, value, mode).ok()?;
                world.text_str(text).map(copied).ok()
            };
            let message = shown(self, 2, 0).unwrap_or_default();
            let data = shown(self, 3, 1).unwrap_or_else(|| copied("___"));
            self.raised = None;
            self.temps.truncate(mark);
            let code = code.unwrap_or(i64::from(info.fault.rhumb()));
            return Some(fixed(|| {
                Box::new(Panic {
                    code,
                    message,
                    data,
                })
            }));
        }
        // `***(msg)` alone is code 999; what cannot be shown for want of memory is left out.
        let Ok(mark) = self.temp(info.value) else {
            self.raised = None;
            return None;
        };
        let event = self.temps[mark].as_ticket();
        let count = self.elements_len(event);
        let code = match count {
            0 | 1 => None,
            _ => self.element(event, 0).as_int(),
        };
        let shown = |world: &mut World, index: u32, mode: u8| {
            let event = world.temps.get(mark)?.as_ticket();
            if index >= world.elements_len(event) {
                return None;
            }
            let value = world.element(event, index);
            let text = world.display_in(Lang::Rhumb, value, mode).ok()?;
            world.text_str(text).map(copied).ok()
        };
        let message = shown(self, u32::from(count > 1), 0).unwrap_or_default();
        let data = shown(self, 2, 1).unwrap_or_else(|| copied("___"));
        self.raised = None;
        self.temps.truncate(mark);
        Some(fixed(|| {
            Box::new(Panic {
                code: code.unwrap_or(999),
                message,
                data,
            })
        }))
    }

    /// Text of a thrown value for the host: the message of an error, the display of anything else.
    pub(crate) fn thrown_text(&mut self, value: Value, message: String) -> String {
        if !message.is_empty() {
            return message;
        }
        if let Some(text) = self.uncaught_text(value) {
            return text;
        }
        match self.display(value, 1) {
            Ok(ticket) => self.text_str(ticket).map(copied).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Deepest call depth of the fibers that have stacks: frames are zeroed when they are made and not when they are popped,
    /// so the last one with code is the high-water mark.
    fn deepest(&self) -> u32 {
        let depths = self
            .fibers
            .iter()
            .flatten()
            .map(|fiber| fiber.depth_reached());
        depths.max().unwrap_or(0).max(self.counters.max_depth)
    }

    /// The counters now.
    pub fn counters(&self) -> Counters {
        let stats = self.lemari.stats();
        Counters {
            memory: stats.used,
            memory_peak: stats.peak,
            allocated: stats.allocated,
            minor_collections: stats.minors,
            major_collections: stats.majors,
            washes: stats.washes,
            max_depth: self.deepest(),
            fuel_used: self.fuel_used(),
            ..self.counters
        }
    }

    /// Fuel used so far: one of the counters, without looking at fibers and memory.
    pub fn fuel_used(&self) -> u64 {
        let running = if self.reentry > 0 {
            self.fuel_granted.saturating_sub(self.fuel.max(0) as u64)
        } else {
            0
        };
        self.counters.fuel_used + running
    }

    /// How long the collections of the trays took, each.
    pub fn minor_pauses(&self) -> &lemari::Pauses {
        self.lemari.minor_pauses()
    }

    /// A handle by which another thread interrupts this World.
    pub fn signal_word(&self) -> Arc<AtomicU32> {
        self.signal_owner.clone()
    }

    /// The budget ran out or a signal came, at the block at `pc`, whose charge was made.
    ///
    /// # Safety
    /// `pc` is a block of the frame on top.
    pub(crate) unsafe fn stop_at_block(
        &mut self,
        pc: *const crate::code::Word,
        r: *mut u64,
    ) -> Raise<Next> {
        // SAFETY: the caller's promise.
        unsafe {
            let signals_now = self.signal_owner.load(Ordering::Relaxed);
            if signals_now & signals::INTERRUPT != 0 {
                self.signal_owner
                    .fetch_and(!signals::INTERRUPT, Ordering::Relaxed);
                return Err(self.fault(Fault::Cancel, "interrupted by the host"));
            }
            if signals_now & signals::DEADLINE != 0 {
                self.signal_owner
                    .fetch_and(!signals::DEADLINE, Ordering::Relaxed);
                if self
                    .deadline
                    .is_some_and(|deadline| std::time::Instant::now() >= deadline)
                {
                    return Err(self.fault(Fault::Deadline, "the deadline has passed"));
                }
            }
            if self.fuel < 0 && !(*(*self.frame).code).leaf {
                return self.slice_ended(pc, r);
            }
            Ok(Next::at(pc.add(1), r))
        }
    }

    /// The value of an instance's entry, or its export map for `load_module`.
    pub(crate) fn entry_finished(&mut self, instance: u32, result: Value) -> Raise<Value> {
        if let Some(record) = self.instances.get_mut(instance as usize) {
            record.state = InstanceState::Ready;
            record.result = result;
            record.dirty = true;
        }
        self.export_map(instance)
    }

    /// Sabotage for tests: fails steps of the memory, forces collections, poisons washed trays.
    pub fn sabotage(&mut self, sabotage: lemari::Sabotage) {
        self.lemari.set_sabotage(sabotage);
    }

    /// Fallible steps of the memory so far, for [`World::sabotage`].
    pub fn sabotage_steps(&self) -> u64 {
        self.lemari.sabotage_steps()
    }

    /// True if a function may be called by the host: no selector, no thunk.
    pub fn callable(loaded: &Loaded, function: FuncId) -> bool {
        loaded.module.function(function).is_some_and(|record| {
            record.flags & (function_flags::SELECTOR | function_flags::THUNK) == 0
                && record.captures == 0
        })
    }

    /// Fibers that are alive.
    pub fn fiber_count(&self) -> u32 {
        self.live_fibers
    }

    /// What a fiber is doing, for tests and tools.
    pub fn fiber_state(&self, id: u32) -> Option<State> {
        self.fibers
            .get(id as usize)?
            .as_ref()
            .map(|fiber| fiber.state)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.engine.worlds.fetch_sub(1, Ordering::Relaxed);
    }
}
