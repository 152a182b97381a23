//! Prompts: running a thunk under a selector, calling the selector, and what its end means.

use fzb::tables::function_flags;

use super::direct::Stacks;
use super::event::What;
use super::state::{Purpose, RETURNS, Selecting, Status, Then};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{Prompt, Role, State, prompt_flags};
use crate::frame::flags;
use crate::host_memory::fixed;
use crate::space::Crossing;
use crate::value::{Kind, Value};
use crate::world::World;

/// How a selector ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// A rule took the event.
    Took,
    /// A rule ran; the search goes on.
    Peeked,
    /// No rule matched.
    Missed,
}

impl World {
    /// Runs the thunk at `window` of the frame on top under the selector behind it.
    ///
    /// # Safety
    /// Two pairs stand at `window`; `dst` is a register of the frame on top.
    pub(crate) unsafe fn enter_prompt(
        &mut self,
        window: u16,
        dst: u16,
        topics: u32,
        given: u32,
    ) -> Raise<Next> {
        let r = self.running_r;
        // SAFETY: the caller's promise.
        let (thunk, selector) = unsafe { (self.read(r, window), self.read(r, window + 16)) };
        if !matches!(thunk.kind(), Kind::Func | Kind::Closure | Kind::Partial) {
            return Err(self.type_fault("a thunk", thunk));
        }
        if !self.is_selector(selector) {
            return Err(self.type_fault("a selector function", selector));
        }
        // SAFETY: the running frame.
        let instance = unsafe { (*self.frame).instance };
        let mut prompt_bits = given as u8 & 7;
        let topics = self.topic_set(instance, topics)?;
        if self.topic_set_has_errors(topics) {
            prompt_bits |= prompt_flags::ERRORS;
        }
        let anonymous = What::new(1, Some(self.no_topic()?));
        if self.topic_set_has(topics, anonymous) {
            prompt_bits |= prompt_flags::ANONYMOUS;
        }
        let id = self.new_fiber(Role::Prompt)?;
        let parent = self.current;
        self.save_running();
        let r = self.running_r;
        // SAFETY: as above; `new_fiber` may have moved objects.
        let (thunk, selector) = unsafe { (self.read(r, window), self.read(r, window + 16)) };
        if let Some(Some(child)) = self.fibers.get_mut(id.0 as usize) {
            child.parent = Some(parent);
            child.parent_dst = dst;
            child.prompt = Some(Prompt {
                selector,
                topics,
                flags: prompt_bits,
            });
            child.base = 4;
            // SAFETY: a fiber at birth has room for two pairs.
            unsafe {
                let to = child.regs.as_mut_ptr().cast::<Value>();
                to.write(thunk);
                to.add(1).write(Value::HOLE);
            }
        }
        self.switch_to(id);
        self.start_fiber()
    }

    /// True if a value is a routine whose function takes (kind, subject) as selectors do.
    pub(crate) fn is_selector(&self, value: Value) -> bool {
        self.routine_flags(value)
            .is_some_and(|bits| bits & function_flags::SELECTOR != 0)
    }

    /// Flags of a routine's function.
    pub(crate) fn routine_flags(&self, value: Value) -> Option<u32> {
        if !matches!(value.kind(), Kind::Func | Kind::Closure) {
            return None;
        }
        let (instance, function) = self.routine_of(value);
        let module = &self.instances.get(instance as usize)?.loaded.module;
        Some(module.function(fzb::tables::FuncId(function))?.flags)
    }

    /// The child of a prompt completed with a value: it goes back to the pool, and the owner goes on or runs the selector.
    pub(crate) fn prompt_completed(&mut self, result: Value) -> Raise<Next> {
        let id = self.current;
        let fiber = self.fiber();
        let (parent, dst, branch, prompt) =
            (fiber.parent, fiber.parent_dst, fiber.branch, fiber.prompt);
        let (Some(parent), Some(prompt)) = (parent, prompt) else {
            return Err(self.fault(Fault::Internal, "a prompt's fiber without a prompt"));
        };
        self.bequeath(id, parent);
        // What the thunk called last may have answered empty on purpose: then so has the prompt.
        let answered = self.answered == (id.0, 2);
        self.switch_to(parent);
        self.free_fiber(id);
        if answered {
            self.answered = (parent.0, self.frame_index() + 1);
        }
        if prompt.flags & prompt_flags::COMPLETES == 0 {
            return self.prompt_result(dst, branch, result);
        }
        let r = self.running_r;
        // SAFETY: the owner waits at its prompt, whose result register is `dst`.
        let next = unsafe {
            self.call_value(
                r,
                prompt.selector,
                None,
                &[Value::int(0), result],
                dst,
                flags::SELECTOR,
            )?
        };
        self.push_selecting(Selecting {
            below: 0,
            frame: 0,
            purpose: Purpose::Completion,
            emission: (u32::MAX, 0),
            dst,
            branch,
            replied: false,
            kept: false,
            peek: false,
            crossing: Crossing::No,
            subscription: 0,
            last: Value::EMPTY,
        })?;
        Ok(next)
    }

    /// The result of a prompt or of a branch, for the frame on top, which waits for it.
    pub(crate) fn prompt_result(&mut self, dst: u16, branch: u32, value: Value) -> Raise<Next> {
        let shown = match branch.checked_sub(1) {
            Some(slot) => {
                if let Some(record) = self.emissions.selecting.get_mut(slot as usize) {
                    record.last = value;
                }
                Value::EMPTY
            }
            None => value,
        };
        if dst == RETURNS {
            return self.return_value(shown);
        }
        let r = self.running_r;
        // SAFETY: the frame on top waits at an instruction whose result goes to `dst`.
        unsafe {
            self.write(r, dst, shown);
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// Returns a value from the frame on top.
    pub(crate) fn return_value(&mut self, value: Value) -> Raise<Next> {
        let r = self.running_r;
        // SAFETY: the frame on top belongs to the running fiber and runs code that the World keeps alive.
        unsafe {
            let frame = *self.frame;
            if frame.code.is_null() {
                return Err(self.fault(Fault::Internal, "a return without a frame"));
            }
            let repr = (*frame.code).result;
            if !self.fits(repr, value) {
                return Err(self.type_fault(crate::world::repr_name(repr), value));
            }
            if frame.flags & !flags::CLEAN != 0 {
                return self.return_slow(r, value);
            }
            let window = r.byte_sub(frame.delta as usize);
            self.write_repr(window, frame.ret, repr, value);
            self.frame = self.frame.sub(1);
            self.running_r = window;
            Ok(Next::at((*self.frame).pc, window))
        }
    }

    /// Calls a prompt's selector in its owner, which is the running fiber, with the event of a captured emission.
    pub(crate) fn call_selector(&mut self, index: u32, selector: Value) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (kind, event, dst, branch, generation) = (
            emission.kind,
            emission.event,
            emission.owner_dst,
            emission.owner_branch,
            emission.generation,
        );
        let r = self.running_r;
        // The register named for the result is not written: the selector's end decides. A branch that is to end in a
        // return has none.
        let to = if dst == RETURNS { 0 } else { dst };
        let record = Selecting {
            below: 0,
            frame: 0,
            purpose: Purpose::Event,
            emission: (index, generation),
            dst,
            branch,
            replied: false,
            kept: false,
            peek: false,
            crossing: Crossing::No,
            subscription: 0,
            last: Value::EMPTY,
        };
        let args = [Value::int(i64::from(kind)), event];
        // SAFETY: the owner waits at its prompt.
        let called = unsafe {
            let stacks = Stacks {
                frame: self.frame,
                frame_end: self.frame_end,
                r,
                regs_end: self.regs_end,
            };
            match self.selector_entry(stacks, selector) {
                Some(entry) => Ok(self.enter_selector(&entry, args, to)),
                None => self.call_value(r, selector, None, &args, to, flags::SELECTOR),
            }
        };
        let called = called.and_then(|next| match self.push_selecting(record) {
            Ok(_) => Ok(next),
            Err(raised) => {
                self.pop_frame_now();
                Err(raised)
            }
        });
        match called {
            Ok(next) => Ok(next),
            Err(Raised(())) => {
                // No room for the selector: what was captured unwinds, then the fault goes on in the owner.
                let then = match self.raised.take() {
                    Some(info) => Then::Raise(fixed(|| Box::new(info))),
                    None => Then::Nothing,
                };
                self.discard(index, then, Value::EMPTY)
            }
        }
    }

    /// Pops the frame on top of the running fiber.
    #[inline]
    pub(crate) fn pop_frame_now(&mut self) {
        // SAFETY: the frame on top is no sentinel; its caller's registers begin `delta` bytes below its own.
        unsafe {
            let frame = *self.frame;
            if frame.code.is_null() {
                return;
            }
            self.frame = self.frame.sub(1);
            self.running_r = self.running_r.byte_sub(frame.delta as usize);
            if frame.flags & flags::CROSS != 0 && !(*self.frame).code.is_null() {
                let instance = (*self.frame).instance;
                self.switch_instance(instance);
            }
        }
    }

    /// `ret_miss` and `ret_peek`: the selector in the frame on top is done. A selector function that was called like
    /// any other just returns.
    pub(crate) fn selector_ended(&mut self, how: How, result: Value) -> Raise<Next> {
        // SAFETY: the frame on top of the running fiber.
        let frame_flags = unsafe { (*self.frame).flags };
        if frame_flags & flags::UNWIND != 0 {
            return Err(self.discard_goes_on());
        }
        if frame_flags & flags::BOTTOM != 0 {
            return self.finish_handler(how);
        }
        if frame_flags & flags::SELECTOR == 0 {
            return self.return_value(result);
        }
        let Some(record) = self.pop_selecting() else {
            return Err(self.fault(Fault::Internal, "a selector without a record"));
        };
        self.pop_frame_now();
        if record.purpose == Purpose::Completion {
            let value = if how == How::Missed {
                Value::EMPTY
            } else {
                result
            };
            return self.prompt_result(record.dst, record.branch, value);
        }
        let Some(emission) = self.emission_of(record.emission) else {
            // Replied, and the one-shot emission is gone.
            return self.prompt_result(record.dst, record.branch, record.last);
        };
        let index = record.emission.0;
        if record.kept && !record.replied {
            emission.status = Status::Kept;
            emission.owner_dst = record.dst;
            emission.owner_branch = record.branch;
            self.emissions.kept += 1;
            return match self.suspend_running(State::Waiting, RETURNS) {
                Ok(next) => Ok(next),
                Err(Raised(())) => {
                    if let Some(emission) = self.emission(index) {
                        emission.status = Status::Held;
                    }
                    self.emissions.kept -= 1;
                    let then = self
                        .raised
                        .take()
                        .map_or(Then::Nothing, |info| Then::Raise(fixed(|| Box::new(info))));
                    self.discard(index, then, Value::EMPTY)
                }
            };
        }
        if record.replied {
            // Copies were resumed; what they were copied from runs no code, and what it owns is theirs.
            self.bequeath_chain(index);
            self.drop_chain(index);
            return self.prompt_result(record.dst, record.branch, record.last);
        }
        match how {
            How::Took => self.discard(index, Then::Deliver, result),
            How::Peeked | How::Missed => {
                self.relink(index, record.dst, record.branch);
                self.seek(index)
            }
        }
    }

    /// A frame with the selector flag returned.
    pub(crate) fn selector_returned(&mut self, result: Value) -> Raise<Next> {
        self.selector_ended(How::Took, result)
    }
}
