//! The host's short way in: a function whose signature was checked once, called with arguments written straight into its
//! window (docs/specs/machine.md §3 "Host calls").
//!
//! [`TypedEntry::of`] does everything that does not depend on the arguments; [`World::enter_typed`] writes them,
//! pushes one barrier frame above the sentinel of the main fiber, runs, and reads the result. It allocates nothing,
//! hashes nothing and reads no clock. What does not fit (a nested call, a first call, a stack that must grow) takes the
//! general way, `World::call`.

use std::time::Instant;

use fzb::tables::{FuncId, function_flags};
use fzb::view::Module;

use crate::exec::dispatch::run;
use crate::exec::flow::push_frame;
use crate::fault::{Fault, FaultReport, Raised};
use crate::frame::flags;
use crate::value::Value;
use crate::world::{Outcome, World};

/// Most parameters of a function that is entered this way.
pub const TYPED_PARAMS: usize = 16;

/// A function of an instance that may be entered by [`World::enter_typed`]. Valid as long as its World.
#[derive(Clone, Copy, Debug)]
pub struct TypedEntry {
    world: u32,
    instance: u32,
    function: u32,
    params: u32,
    /// Bit per parameter: set if it takes a tagged pair.
    pairs: u32,
    /// True if it takes the general way always: it has hidden registers, or makes a fiber.
    general: bool,
}

impl TypedEntry {
    /// The entry of a function of an instance; `None` if there is no such function, it has captures, or more than
    /// [`TYPED_PARAMS`] parameters. Nothing is verified or translated before the first call.
    pub fn of(world: u32, instance: u32, module: &Module, function: FuncId) -> Option<TypedEntry> {
        let record = module.function(function)?;
        if record.params as usize > TYPED_PARAMS || record.captures > 0 {
            return None;
        }
        let mut pairs = 0;
        for (index, ty) in record.param_types().enumerate() {
            if module.repr(ty)?.words() == 2 {
                pairs |= 1 << index;
            }
        }
        const ODD: u32 = function_flags::GENERATOR
            | function_flags::ASYNC
            | function_flags::SELECTOR
            | function_flags::THUNK
            | function_flags::SELF
            | function_flags::REST
            | function_flags::CLOSURE;
        let general = record.flags & ODD != 0;
        Some(TypedEntry {
            world,
            instance,
            function: function.0,
            params: record.params,
            pairs,
            general,
        })
    }

    /// The function.
    pub fn function(&self) -> FuncId {
        FuncId(self.function)
    }
    /// Number of its parameters.
    pub fn params(&self) -> usize {
        self.params as usize
    }
    /// The World that it belongs to.
    pub fn world(&self) -> u32 {
        self.world
    }
    /// The instance that it belongs to.
    pub fn instance(&self) -> u32 {
        self.instance
    }
}

impl World {
    /// Calls a function with arguments of which the host has made sure, once, that their kinds fit the parameters. The
    /// values must be current: nothing may have been allocated in this World since they were made or read.
    ///
    /// `deadline` is that of this call; `None` for none. The caller's ticker sets the signal when it passes.
    ///
    /// # Errors
    /// What the run ends with if it does not return.
    #[inline]
    pub fn enter_typed<const N: usize>(
        &mut self,
        entry: &TypedEntry,
        args: &[Value; N],
        deadline: Option<Instant>,
    ) -> Result<Value, Box<FaultReport>> {
        if entry.world != self.id || entry.params as usize != N {
            return self.enter_wrongly();
        }
        if self.reentry != 0
            || entry.general
            || self.closed
            || self.current.0 != 0
            || self.running_r.is_null()
        {
            return self.enter_generally(entry, args);
        }
        let slot = match self.instances.get_mut(entry.instance as usize) {
            Some(instance) => match instance.slots.get_mut(entry.function as usize) {
                Some(slot) => slot,
                None => return self.enter_generally(entry, args),
            },
            None => return self.enter_generally(entry, args),
        };
        let slot: *mut crate::world::FnSlot = slot;
        // SAFETY: `running_r` is not null, so the main fiber exists and runs: its frame on top is that of `self.frame`,
        // its registers begin at `running_r`; with the sentinel on top (no code) they are all free. The bounds of both
        // stacks are tested before anything is written. The arguments' kinds fit by the caller's check, so payloads are
        // what the parameters' representations hold. `entry` is the first word of verified code.
        unsafe {
            let code = (*slot).code;
            let frame = self.frame;
            if code.is_null() || !(*frame).code.is_null() {
                return self.enter_generally(entry, args);
            }
            let window = self.running_r;
            let top = frame.add(1);
            if top >= self.frame_end
                || window.byte_add((*code).frame_bytes as usize) > self.regs_end
            {
                return self.enter_generally(entry, args);
            }
            let mut to = window;
            for (index, arg) in args.iter().enumerate() {
                if entry.pairs >> index & 1 == 0 {
                    *to = arg.payload;
                    to = to.add(1);
                } else {
                    to.cast::<Value>().write(*arg);
                    to = to.add(2);
                }
            }
            push_frame(
                top,
                code,
                slot,
                0,
                0,
                flags::BARRIER | flags::CROSS,
                0,
                entry.instance,
            );
            self.frame = top;
            self.switch_instance(entry.instance);
            let granted = self
                .limits
                .fuel
                .unwrap_or(i64::MAX as u64)
                .min(i64::MAX as u64);
            self.fuel_granted = granted;
            self.fuel = granted as i64;
            self.fuel_slices = false;
            self.deadline = deadline;
            self.handles.release_dropped();
            self.emissions.temps_floor = self.temps.len();
            self.reentry = 1;
            self.outcome = Outcome::None;
            run((*code).entry, window, self);
            if matches!(self.outcome, Outcome::Parked) {
                self.run_sleepers();
            }
            self.reentry = 0;
            self.unslice();
            // A return left the main fiber's registers in `running_r`; whatever else ended the run left frames. Only the
            // sentinel at the bottom has no code.
            if self.current.0 != 0 || !(*self.frame).code.is_null() {
                self.abandon_to(crate::fiber::FiberId(0), 0, 0);
                self.running_r = self.fiber().regs.as_mut_ptr();
            }
        }
        let left = self.fuel.max(0) as u64;
        self.counters.fuel_used += self.fuel_granted.saturating_sub(left);
        self.fuel_granted = left;
        let Outcome::Returned(value) = &self.outcome else {
            let outcome = std::mem::take(&mut self.outcome);
            return self.ended_badly(outcome);
        };
        let halves = std::ptr::from_ref(value).cast::<u64>();
        // SAFETY: a value is two words. They were stored as such just now: one load of both would wait for the stores to
        // leave the store buffer, so volatile keeps them apart (notes/performance.md §2).
        let value = unsafe {
            Value {
                tag: halves.read_volatile(),
                payload: halves.add(1).read_volatile(),
            }
        };
        self.outcome = Outcome::None;
        Ok(value)
    }

    #[cold]
    fn ended_badly(&mut self, outcome: Outcome) -> Result<Value, Box<FaultReport>> {
        self.temps.clear();
        self.argument_windows.clear();
        if !matches!(outcome, Outcome::Raised) {
            let what = match outcome {
                Outcome::Parked => (
                    Fault::State,
                    "the run is parked, and a plain call cannot wait",
                ),
                Outcome::OutOfFuel => (Fault::Fuel, "the fuel is used up"),
                _ => (Fault::Internal, "the run loop ended without an outcome"),
            };
            let Raised(()) = self.fault(what.0, what.1);
        }
        Err(self.take_report())
    }

    #[cold]
    fn enter_wrongly(&mut self) -> Result<Value, Box<FaultReport>> {
        let Raised(()) = self.fault(
            Fault::State,
            "the handle belongs to another World or another signature",
        );
        Err(self.take_report())
    }

    #[cold]
    fn enter_generally(
        &mut self,
        entry: &TypedEntry,
        args: &[Value],
    ) -> Result<Value, Box<FaultReport>> {
        self.call(entry.instance, FuncId(entry.function), args)
    }
}
