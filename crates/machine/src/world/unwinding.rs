//! Unwinding: from what was raised to the handler that takes it (docs/specs/machine.md §7).

use fzb::tables::{Lang, function_flags};
use isa::fault::Catch;
use lemari::Ticket;

use crate::exec::dispatch::Next;
use crate::exec::signals::{Met, Status};
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{Fiber, FiberId, Role, State};
use crate::frame::flags;
use crate::heap::object::{PendingObj, kind};
use crate::host_memory::copied;
use crate::value::{Kind, Value};
use crate::world::fibers::Ended;
use crate::world::{Outcome, RaisedInfo, World};

/// Room below the limits that a handler of faults mem and depth must have: frames and bytes.
const RESERVE_FRAMES: usize = 64;
const RESERVE_BYTES: usize = 64 << 10;
/// How many caught traces are remembered for `rethrow`.
const REMEMBERED: usize = 16;

impl World {
    /// Finds who takes what was raised, unwinds to it and goes on there; leaves the run loop if nobody does.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, or stale if stacks have grown since: it is computed anew.
    pub(crate) unsafe fn raise(&mut self, raised: Raised, _r: *mut u64) -> Next {
        let Raised(()) = raised;
        self.argument_windows.clear();
        self.temps.truncate(self.emissions.temps_floor);
        let skip = std::mem::take(&mut self.emissions.skip);
        let (dst, trap) = (
            self.emissions.post_dst.take(),
            self.emissions.post_trap.take(),
        );
        let Some(mut info) = self.raised.take() else {
            self.raised = Some(internal("something was raised without a record"));
            self.outcome = Outcome::Raised;
            // SAFETY: the frames of the running fiber.
            unsafe { self.pop_to_barrier() };
            return Next::EXIT;
        };
        if !info.discard {
            let fresh = info.trace.is_empty();
            if fresh {
                (info.trace, info.omitted) = self.trace();
            }
            let register = if fresh && dst.is_none() {
                self.result_register()
            } else {
                dst
            };
            match self.meet_prompt(info, skip, register, trap) {
                Met::Selector(next) => return next,
                Met::Nobody(same) => info = same,
                Met::Raised(other) => info = other,
            }
        }
        loop {
            // SAFETY: the frame on top belongs to the running fiber.
            let found = unsafe { self.find_in_fiber(&info) };
            match found {
                Found::Handler { region } => {
                    self.raised = Some(info);
                    // SAFETY: the frame on top has that region.
                    match unsafe { self.enter_handler(region) } {
                        Ok(next) => return next,
                        Err(Raised(())) => {
                            // The error value could not be made: what was raised last goes on outward, from the frame
                            // below, so that this ends.
                            let Some(again) = self.raised.take() else {
                                break;
                            };
                            info = again;
                            // SAFETY: as above.
                            if unsafe { !self.pop_frame() } {
                                self.raised = Some(info);
                                break;
                            }
                        }
                    }
                }
                Found::Barrier => {
                    self.raised = Some(info);
                    break;
                }
                Found::Bottom => match self.fiber_raised(info) {
                    Ended::Next(next) => return next,
                    Ended::Raised(next) => info = next,
                    Ended::Run(last) => {
                        self.raised = Some(last);
                        break;
                    }
                },
                Found::Selector => {
                    if info.fault.catch() == Catch::Host && !info.discard {
                        let record = self.pop_selecting();
                        self.pop_frame_now();
                        if let Some(record) = record {
                            let (index, _) = record.emission;
                            if self
                                .emission_of(record.emission)
                                .is_some_and(|emission| emission.status == Status::Held)
                            {
                                self.drop_chain(index);
                            }
                        }
                    } else {
                        info = self.selector_unwound(info);
                    }
                }
                Found::Target => match self.return_value(info.value) {
                    Ok(next) => return next,
                    Err(Raised(())) => match self.raised.take() {
                        Some(again) => {
                            info = again;
                            // SAFETY: the frame on top is the target's: what could not be returned goes on outward.
                            unsafe { self.pop_frame() };
                        }
                        None => break,
                    },
                },
            }
        }
        self.outcome = Outcome::Raised;
        Next::EXIT
    }

    /// Walks the running fiber's frames from the top, popping those that do not take it.
    unsafe fn find_in_fiber(&mut self, info: &RaisedInfo) -> Found {
        loop {
            // SAFETY: the frame on top belongs to the running fiber.
            unsafe {
                let frame = *self.frame;
                if frame.code.is_null() {
                    let fiber = self.fiber();
                    return if fiber.role == Role::Main {
                        Found::Barrier
                    } else {
                        Found::Bottom
                    };
                }
                let code = &*frame.code;
                if info.fault.catch() != Catch::Host || info.discard {
                    let word = code.index_of(frame.pc).wrapping_sub(1);
                    for (index, region) in code.tries.iter().enumerate() {
                        if word < region.start || word >= region.end {
                            continue;
                        }
                        if info.discard && !region.finally {
                            continue;
                        }
                        if self.may_take(info, code.policy, region.finally) {
                            return Found::Handler { region: index };
                        }
                    }
                }
                if info.outer
                    && code.flags & (function_flags::THUNK | function_flags::SELECTOR) == 0
                {
                    return Found::Target;
                }
                if frame.flags & flags::SELECTOR != 0 && frame.flags & flags::BOTTOM == 0 {
                    return Found::Selector;
                }
                if frame.flags & flags::ENTRY != 0
                    && let Some(instance) = self.instances.get_mut(frame.instance as usize)
                {
                    instance.state = super::InstanceState::Failed;
                }
                if frame.flags & flags::BARRIER != 0 {
                    self.pop_frame();
                    return Found::Barrier;
                }
                if frame.flags & flags::BOTTOM != 0 {
                    return Found::Bottom;
                }
                self.pop_frame();
            }
        }
    }

    /// May a handler of a function of that policy take this?
    pub(crate) fn may_take(&mut self, info: &RaisedInfo, policy: Lang, finally: bool) -> bool {
        if info.discard {
            return finally;
        }
        match info.fault.catch() {
            Catch::All => true,
            Catch::Host => false,
            Catch::RhumbMorph => {
                let lang = finally || matches!(policy, Lang::Rhumb | Lang::Morph);
                let room = if info.fault == Fault::Depth {
                    let top = self.frame_index();
                    top + RESERVE_FRAMES <= self.limits.depth as usize
                } else {
                    let stats = self.lemari.stats();
                    stats.used.saturating_add(RESERVE_BYTES) <= stats.limit
                };
                lang && (room || (info.fault == Fault::Mem && self.make_reserve()))
            }
        }
    }

    /// Collects so that a handler of fault mem has its reserve, as far as what was unwound allows.
    fn make_reserve(&mut self) -> bool {
        // SAFETY: the frame on top is the handler's; its registers begin at `running_r`.
        self.collect();
        let stats = self.lemari.stats();
        stats.used.saturating_add(RESERVE_BYTES) <= stats.limit
    }

    /// Drops the frame on top; false at a barrier or bottom.
    unsafe fn pop_frame(&mut self) -> bool {
        // SAFETY: the frame on top belongs to the running fiber, and the sentinel is never popped.
        unsafe {
            let frame = *self.frame;
            if frame.code.is_null() {
                return false;
            }
            self.frame = self.frame.sub(1);
            self.running_r = self.running_r.byte_sub(frame.delta as usize);
            if frame.flags & flags::CROSS != 0 && !(*self.frame).code.is_null() {
                let instance = (*self.frame).instance;
                self.switch_instance(instance);
            }
            frame.flags & (flags::BARRIER | flags::BOTTOM) == 0
        }
    }

    unsafe fn pop_to_barrier(&mut self) {
        // SAFETY: as `pop_frame`.
        unsafe { while self.pop_frame() {} }
    }

    /// Goes on at a handler of the frame on top with the error, or with the pending completion.
    unsafe fn enter_handler(&mut self, region: usize) -> Raise<Next> {
        // SAFETY: the frame on top runs code that has this region; its first register is `running_r`.
        unsafe {
            let code = &*(*self.frame).code;
            let Some(region) = code.tries.get(region).copied() else {
                return Err(self.fault(Fault::Internal, "a try region that does not exist"));
            };
            let handler = code.words.as_ptr().add(region.handler as usize);
            // The handler's own stack map covers what is live in this frame, without the error.
            (*self.frame).pc = handler.add(1);
            self.running_r
                .add(region.error as usize)
                .cast::<Value>()
                .write(Value::EMPTY);
            let value = if region.finally {
                self.pending_value()?
            } else {
                self.error_value(code.policy)?
            };
            if region.finally
                && self
                    .raised
                    .as_ref()
                    .is_some_and(|info| info.discard && !info.outer)
            {
                // A `ret` out of the handler does not end a discard.
                (*self.frame).flags |= flags::UNWIND;
            }
            if let Some(info) = self.raised.take() {
                self.keep_caught(info, value);
            }
            let r = self.running_r;
            r.add(region.error as usize).cast::<Value>().write(value);
            Ok(Next::at(handler, r))
        }
    }

    /// Keeps the record of what a handler got, so that `rethrow` and `end_finally` can go on with it.
    fn keep_caught(&mut self, mut info: RaisedInfo, value: Value) {
        info.value = value;
        if self.caught.len() == REMEMBERED {
            self.caught.pop_front();
        }
        if self.caught.try_reserve(1).is_ok() {
            self.caught.push_back(info);
        }
    }

    /// The record of a caught error, taken out again.
    pub(crate) fn recall(&mut self, value: Value) -> Option<RaisedInfo> {
        let index = self
            .caught
            .iter()
            .rposition(|info| info.value.same(value))?;
        self.caught.remove(index)
    }

    /// What was raised, as the value that a finally handler holds.
    fn pending_value(&mut self) -> Raise<Value> {
        let (discard, code) = self.raised.as_ref().map_or((0, Fault::Internal), |info| {
            (info.discard as u16 + info.outer as u16, info.fault)
        });
        let ticket = self.alloc(kind::PENDING, discard, size_of::<PendingObj>())?;
        let value = self.raised.as_ref().map_or(Value::HOLE, |info| info.value);
        // SAFETY: a fresh object.
        unsafe {
            let object = self.at::<PendingObj>(ticket);
            (*object).trace = 0;
            (*object).code = code as u32;
            (*object).value = value;
        }
        // The record stays with the value thrown; a fault without one is known by the pending object itself.
        Ok(Value::ticket(Kind::Pending, ticket))
    }

    /// What was raised, as a handler of a policy sees it.
    fn error_value(&mut self, _policy: Lang) -> Raise<Value> {
        let Some(info) = self.raised.as_ref() else {
            return Ok(Value::EMPTY);
        };
        if !info.value.same(Value::HOLE) {
            return Ok(info.value);
        }
        let (fault, message) = (info.fault, copied(&info.message));
        let kept = self.raised.take();
        let made = self.error_map(i64::from(fault as u8), fault.name(), &message, Value::EMPTY);
        match made {
            Ok(value) => {
                self.raised = kept;
                Ok(value)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Makes another fiber the running one, at the frame where it was left.
    pub(crate) fn switch_to(&mut self, id: FiberId) {
        self.current = id;
        let fiber: *mut Fiber = self.fiber();
        // SAFETY: the fiber of that number.
        unsafe { self.switch_to_fiber(id, fiber) }
    }

    /// As [`World::switch_to`], for whoever has looked the fiber up.
    ///
    /// # Safety
    /// `fiber` is the one of that number.
    pub(crate) unsafe fn switch_to_fiber(&mut self, id: FiberId, fiber: *mut Fiber) {
        // SAFETY: passed on.
        unsafe { self.switch_here(id, fiber) }
    }

    /// [`World::switch_to_fiber`] within its caller.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn switch_here(&mut self, id: FiberId, fiber: *mut Fiber) {
        self.current = id;
        // SAFETY: a live fiber; nothing else borrows it. `top` lies within its frames.
        unsafe {
            (*fiber).state = State::Running;
            (*fiber).newborn = false;
            if !(*fiber).young {
                (*fiber).young = true;
                // Room for every fiber was made when the fibers were.
                self.emissions.young.push(id.0);
            }
            let r = (*fiber).regs.as_mut_ptr();
            self.running_r = r.wrapping_add((*fiber).base as usize);
            self.regs_end = r.wrapping_add((*fiber).regs.len());
            let frames = (*fiber).frames.as_mut_ptr();
            self.frame = frames.add((*fiber).top as usize);
            self.frame_end = frames.add((*fiber).frames.len());
            if !(*self.frame).code.is_null() {
                let instance = (*self.frame).instance;
                self.switch_instance(instance);
            }
        }
    }

    /// Goes on with what a finally handler held back.
    pub(crate) fn resume_pending(&mut self, value: Value) -> Raised {
        if value.kind() != Kind::Pending {
            return self.fault(Fault::Internal, "end_finally without a pending completion");
        }
        if let Some(info) = self.recall(value) {
            let original = self.pending_parts(value.as_ticket()).0;
            self.raised = Some(RaisedInfo {
                value: original,
                ..info
            });
            return Raised(());
        }
        let (original, code, discard) = self.pending_parts(value.as_ticket());
        let raised = self.fault(
            Fault::from_number(code as u8).unwrap_or(Fault::Internal),
            "a pending completion went on",
        );
        if let Some(info) = &mut self.raised {
            info.value = original;
            info.discard = discard != 0;
            info.outer = discard == 2;
        }
        raised
    }

    fn pending_parts(&self, ticket: Ticket) -> (Value, u32, u16) {
        // SAFETY: a live pending object.
        unsafe {
            let object = self.at::<PendingObj>(ticket);
            ((*object).value, (*object).code, self.object_aux(ticket))
        }
    }
}

/// Something was raised without a record.
pub(crate) fn unrecorded() -> RaisedInfo {
    internal("something was raised without a record")
}

impl World {
    /// A panic of the machine was caught: fault internal, and nothing runs in this World any more.
    #[cold]
    pub(crate) fn panicked(&mut self) {
        self.closed = true;
        self.raised = Some(internal("the machine panicked; this is a bug of FoxVM"));
        self.outcome = Outcome::Raised;
    }
}

fn internal(message: &str) -> RaisedInfo {
    RaisedInfo {
        fault: Fault::Internal,
        message: copied(message),
        value: Value::HOLE,
        discard: false,
        outer: false,
        trace: Vec::new(),
        omitted: 0,
        lang: Lang::Machine,
    }
}

/// What a walk through one fiber's frames found.
enum Found {
    /// The frame on top has a region that takes it.
    Handler {
        /// Index of the region.
        region: usize,
    },
    /// The host's frame was popped.
    Barrier,
    /// The fiber's bottom frame was reached.
    Bottom,
    /// The frame on top is a selector's.
    Selector,
    /// The frame on top is the one that `ret_outer` returns from.
    Target,
}
