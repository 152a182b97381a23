//! Throws and faults that meet a prompt with `***` in its topic set (docs/specs/machine.md §7 "Search").

use fzb::tables::Lang;
use isa::codec::decode;
use isa::fault::Catch;
use isa::signature::Effect;
use isa::{Intrinsic, Op};

use super::state::{DROPPED, FINISHES, Place};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, Role, prompt_flags};
use crate::host_memory::fixed;
use crate::legend::Nature;
use crate::translate::local_offset;
use crate::value::{Kind, Value};
use crate::world::{RaisedInfo, World};

/// What came of a search for a prompt.
pub(crate) enum Met {
    /// Its selector runs.
    Selector(Next),
    /// There is none: the frames are unwound.
    Nobody(RaisedInfo),
    /// Something else was raised, in the fiber that is now the running one.
    Raised(RaisedInfo),
}

impl World {
    /// Looks for a prompt that takes what was raised, before anything is unwound; runs its selector if no catch handler
    /// comes first. `skip` prompts have been asked before; `dst` is the register that a reply goes to, if it may come.
    pub(crate) fn meet_prompt(
        &mut self,
        mut info: RaisedInfo,
        skip: u32,
        dst: Option<u16>,
        trap: Option<(u32, u32)>,
    ) -> Met {
        if info.discard || info.fault.catch() == Catch::Host {
            return Met::Nobody(info);
        }
        let Some(outer) = self.error_prompt(skip) else {
            return Met::Nobody(info);
        };
        if self.caught_before(&info, outer) {
            return Met::Nobody(info);
        }
        let mark = self.temps.len();
        if self.temp(info.value).is_err() {
            self.raised = None;
            return Met::Nobody(info);
        }
        let made = self.emission_of_error(&info, mark, dst);
        info.value = self.temps.get(mark).copied().unwrap_or(info.value);
        self.temps.truncate(mark);
        let Ok(index) = made else {
            self.raised = None;
            return Met::Nobody(info);
        };
        let place = self.outward(Place::Fiber(outer));
        if let Some(emission) = self.emission(index) {
            emission.raised = Some(fixed(|| Box::new(info)));
            emission.resumable = dst.is_some();
            emission.trap = trap;
            emission.passed = skip + 1;
            emission.place = place;
        }
        match self.take_at(index, outer) {
            Ok(next) => Met::Selector(next),
            Err(Raised(())) => match self.raised.take() {
                Some(info) => Met::Raised(info),
                None => Met::Raised(crate::world::unrecorded()),
            },
        }
    }

    /// What was raised in a handler of a subscription, the running fiber, reached its bottom: it is posted as `***` from the
    /// space that the handler belongs to, and the handler ends. `Err`: nobody listens there, or there is no room.
    pub(crate) fn handler_failed(&mut self, info: RaisedInfo) -> Result<Next, RaisedInfo> {
        if info.discard || info.fault.catch() == Catch::Host {
            return Err(info);
        }
        match self.post_failure(&info) {
            Ok(Some(next)) => Ok(next),
            Ok(None) => Err(info),
            Err(Raised(())) => Err(self.raised.take().unwrap_or(info)),
        }
    }

    fn post_failure(&mut self, info: &RaisedInfo) -> Raise<Option<Next>> {
        let topic = self.error_topic()?;
        let start = self.outward(Place::Fiber(self.current));
        let Some(place) = self.listened(start, topic)? else {
            return Ok(None);
        };
        let mark = self.temps.len();
        self.temp(info.value)?;
        // The handler's bottom frame stays until the delivery has ended.
        let index = self.emission_of_error(info, mark, Some(FINISHES))?;
        self.temps.truncate(mark);
        if let Some(emission) = self.emission(index) {
            emission.place = place;
        }
        self.seek(index).map(Some)
    }

    /// The emission of an error whose value is `temps[mark]`.
    fn emission_of_error(
        &mut self,
        info: &RaisedInfo,
        mark: usize,
        dst: Option<u16>,
    ) -> Raise<u32> {
        let topic = self.error_topic()?;
        let value = self.temps[mark];
        let event = if self.is_event(value) {
            value
        } else {
            self.error_event(info, mark, topic)?
        };
        self.emit(event, 1, topic, dst.unwrap_or(0))
    }

    /// `***(code; message; data)` of a fault or of a value that another language threw.
    fn error_event(&mut self, info: &RaisedInfo, mark: usize, topic: u32) -> Raise<Value> {
        let value = self.temps[mark];
        let mut code = i64::from(info.fault.rhumb());
        let first = self.temps.len();
        self.temp(Value::EMPTY)?;
        self.temp(Value::EMPTY)?;
        self.temp(Value::EMPTY)?;
        if value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::Error {
            let error = value.as_ticket();
            let number = self.slot_value(error, 0).as_int();
            code = match number.map(|number| (u8::try_from(number), number)) {
                Some((Ok(fault), _)) => {
                    Fault::from_number(fault).map_or(code, |fault| i64::from(fault.rhumb()))
                }
                // A host function's own code.
                Some((Err(_), own @ 256..1000)) => own,
                _ => code,
            };
            self.temps[first + 1] = self.slot_value(error, 2);
            self.temps[first + 2] = self.slot_value(error, 3);
        } else {
            let text = self.text_new(&info.message)?;
            self.temps[first + 1] = Value::ticket(Kind::Text, text);
            if info.fault == Fault::Write {
                // What Rhumb programs know a violation of the freeze by (docs/specs/rhumb.md §3.3).
                let data = self.text_new("WriteViolation")?;
                self.temps[first + 2] = Value::ticket(Kind::Text, data);
            }
            if !value.same(Value::HOLE) {
                code = 500;
                self.temps[first + 2] = self.temps[mark];
            }
        }
        self.temps[first] = Value::int(code);
        let event = self.event_of_temps(1, Some(topic), first, 3)?;
        self.temps.truncate(first);
        Ok(event)
    }

    /// The child fiber of the nearest prompt in the dynamic chain that takes throws, `skip` of them passed over; none
    /// beyond a host callback.
    fn error_prompt(&self, mut skip: u32) -> Option<FiberId> {
        let mut at = Some(self.current);
        while let Some(id) = at {
            if self.emissions.barriers.contains(&id) {
                return None;
            }
            let fiber = self.fibers.get(id.0 as usize)?.as_ref()?;
            if fiber
                .prompt
                .is_some_and(|prompt| prompt.flags & prompt_flags::ERRORS != 0)
            {
                if skip == 0 {
                    return fiber.parent.map(|_| id);
                }
                skip -= 1;
            }
            // What a handler of a subscription raises is not the emitter's (ruling B21).
            if fiber.role == Role::Handler {
                return None;
            }
            at = fiber.parent;
        }
        None
    }

    /// Does a catch handler between the frame on top and the bottom of `outer` take it?
    fn caught_before(&mut self, info: &RaisedInfo, outer: FiberId) -> bool {
        let mut at = Some(self.current);
        let mut top = self.frame_index();
        while let Some(id) = at {
            for index in (1..=top).rev() {
                let Some(frame) = self
                    .fibers
                    .get(id.0 as usize)
                    .and_then(|fiber| fiber.as_ref()?.frames.get(index).copied())
                else {
                    break;
                };
                if frame.code.is_null() {
                    continue;
                }
                // SAFETY: code of a frame is kept alive by the World.
                let code = unsafe { &*frame.code };
                let word = code.index_of(frame.pc).wrapping_sub(1);
                for region in &code.tries {
                    if !region.finally
                        && word >= region.start
                        && word < region.end
                        && self.may_take(info, code.policy, false)
                    {
                        return true;
                    }
                }
            }
            if id == outer {
                return false;
            }
            let fiber = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref());
            at = fiber.and_then(|fiber| fiber.parent);
            top = at
                .and_then(|id| self.fibers.get(id.0 as usize)?.as_ref())
                .map_or(0, |fiber| fiber.top as usize);
        }
        false
    }

    /// The selector that an error met did not take it: it is raised again where it was, past that prompt.
    pub(crate) fn throw_goes_on(&mut self, index: u32) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (emitter, passed, resumable, dst, trap) = (
            emission.emitter,
            emission.passed,
            emission.resumable,
            emission.dst,
            emission.trap,
        );
        let raised = emission.raised.take();
        self.drop_emission(index);
        if self.current != emitter {
            self.save_running();
            self.switch_to(emitter);
        }
        self.emissions.skip = passed;
        self.emissions.post_dst = resumable.then_some(dst);
        self.emissions.post_trap = trap;
        self.raised = raised.map(|info| *info);
        Err(Raised(()))
    }

    /// The register that the instruction which just faulted would have written, if it is one of a Rhumb function and gives
    /// one dynamic value: a reply then stands for its result. Of one that stores, a reply stands for what it did: nothing is
    /// stored, and where the assignment's value is used it is the reply.
    pub(crate) fn result_register(&mut self) -> Option<u16> {
        // SAFETY: the frame on top runs code that the World keeps alive.
        let (frame, code) = unsafe {
            let frame = &*self.frame;
            if frame.code.is_null() {
                return None;
            }
            (frame, &*frame.code)
        };
        if code.policy != Lang::Rhumb {
            return None;
        }
        let point = code.safepoint_before(frame.pc)?;
        let word = code.words.get(point.word as usize)?;
        let module = &self.instances.get(frame.instance as usize)?.loaded.module;
        let byte = *module
            .function(code.func)?
            .code
            .get(code.file_pc(frame.pc) as usize)?;
        let op = Op::from_byte(byte)?;
        let result = word.a;
        let stores = matches!(
            op,
            Op::CellStoreR | Op::StoreStaticR | Op::SetName | Op::SetIndex
        );
        let function = module.function(code.func)?;
        let adds = op == Op::PushAt
            || op == Op::Intrinsic
                && decode(function.code, code.file_pc(frame.pc))
                    .is_ok_and(|instr| instr.args[0] == Intrinsic::ElementsAddFixed as u32);
        if stores || adds {
            let used = assigned_local(function.code, code.file_pc(frame.pc))
                .and_then(|local| local_offset(module, &function, local));
            return used.or(Some(if stores { DROPPED } else { result }));
        }
        let dynamic = match op.info().effect() {
            Effect::Fixed { pushes, .. } => matches!(pushes, [isa::Slot::Dyn]),
            _ => matches!(
                op,
                Op::CallClosure | Op::CallShape | Op::CallName | Op::CallNameShape
            ),
        };
        dynamic.then_some(result)
    }
}

/// The local that holds an assignment's value, if it is used: behind the store at a place of the code it is loaded for
/// [`Intrinsic::Assigned`], with nothing before that but drops and jumps on.
fn assigned_local(code: &[u8], store: u32) -> Option<u32> {
    let mut at = decode(code, store).ok()?.next;
    loop {
        let instr = decode(code, at).ok()?;
        at = match instr.op {
            Op::Pop | Op::Nop => instr.next,
            Op::Jump => instr.target(0).filter(|target| *target > at)?,
            Op::Load => {
                let next = decode(code, instr.next).ok()?;
                let is = next.op == Op::Intrinsic && next.args[0] == Intrinsic::Assigned as u32;
                return is.then_some(instr.args[0]);
            }
            _ => return None,
        };
    }
}
