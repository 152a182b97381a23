//! Discarding: unwinding a captured chain, whose finally handlers run, before the prompt's result is delivered; and
//! `ret_outer`.

use super::state::{Status, Then};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::State;
use crate::host_memory::fixed;
use crate::value::Value;
use crate::world::{RaisedInfo, World};

impl World {
    /// Unwinds the chain that an emission captured, in place of the owner, which is the running fiber; then `then`.
    pub(crate) fn discard(&mut self, index: u32, then: Then, value: Value) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (dst, branch, shared) = (emission.owner_dst, emission.owner_branch, emission.shared);
        if shared {
            // Another history may still resume it: nothing is unwound here.
            return match then {
                Then::Deliver => self.prompt_result(dst, branch, value),
                Then::Raise(info) => {
                    self.raised = Some(*info);
                    Err(Raised(()))
                }
                Then::Nothing => Err(self.fault(Fault::Internal, "a discard without an end")),
            };
        }
        emission.value = value;
        emission.then = then;
        emission.status = Status::Open;
        let (outer, emitter) = (emission.outer, emission.emitter);
        let owner = self.current;
        self.save_running();
        if let Some(Some(fiber)) = self.fibers.get_mut(outer.0 as usize) {
            fiber.parent = Some(owner);
            fiber.parent_dst = dst;
            fiber.branch = 0;
            fiber.prompt = None;
            fiber.discards = index + 1;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(emitter.0 as usize) {
            fiber.state = State::Running;
        }
        self.switch_to(emitter);
        Err(self.discard_goes_on())
    }

    /// The outermost fiber of a discarded chain is unwound to its bottom: its owner goes on.
    pub(crate) fn discarded(&mut self) -> Result<Next, Box<RaisedInfo>> {
        let id = self.current;
        let fiber = self.fiber();
        let (parent, index) = (fiber.parent, fiber.discards.wrapping_sub(1));
        let Some(parent) = parent else {
            return Err(lost(self));
        };
        self.switch_to(parent);
        self.free_fiber(id);
        let Some(emission) = self.emission(index) else {
            return Err(lost(self));
        };
        let (then, value) = (std::mem::take(&mut emission.then), emission.value);
        let (dst, branch) = (emission.owner_dst, emission.owner_branch);
        self.drop_emission(index);
        match then {
            Then::Deliver => match self
                .prompt_result(dst, branch, value)
                .and_then(|next| self.tell_retracted(next))
            {
                Ok(next) => Ok(next),
                Err(Raised(())) => Err(self
                    .raised
                    .take()
                    .map_or_else(|| lost(self), |info| fixed(|| Box::new(info)))),
            },
            Then::Raise(info) => Err(info),
            Then::Nothing => Err(lost(self)),
        }
    }

    /// `ret_outer`: what is raised by it unwinds up to the frame that owns the prompt, which then returns the value.
    pub(crate) fn return_outer(&mut self, value: Value) -> Raised {
        let raised = self.throw(value, String::new());
        if let Some(info) = &mut self.raised {
            info.discard = true;
            info.outer = true;
        }
        raised
    }

    /// A frame with a selector is being unwound by something that goes on outward: what the selector had captured is
    /// unwound first. Answers what to raise next, in the fiber that is then the running one.
    pub(crate) fn selector_unwound(&mut self, info: RaisedInfo) -> RaisedInfo {
        let record = self.pop_selecting();
        self.pop_frame_now();
        let Some(record) = record else { return info };
        let Some(emission) = self.emission_of(record.emission) else {
            return info;
        };
        if emission.status != Status::Held || emission.shared {
            return info;
        }
        emission.owner_dst = record.dst;
        emission.owner_branch = record.branch;
        let index = record.emission.0;
        if record.replied {
            self.drop_chain(index);
            return info;
        }
        match self.discard(index, Then::Raise(fixed(|| Box::new(info))), Value::EMPTY) {
            Err(Raised(())) => match self.raised.take() {
                Some(info) => info,
                None => *lost(self),
            },
            Ok(_) => *lost(self),
        }
    }
}

/// A record was lost: a bug, reported as such.
fn lost(world: &mut World) -> Box<RaisedInfo> {
    let Raised(()) = world.fault(Fault::Internal, "the record of a discard is lost");
    match world.raised.take() {
        Some(info) => fixed(|| Box::new(info)),
        None => fixed(|| {
            Box::new(RaisedInfo {
                fault: Fault::Internal,
                message: String::new(),
                words: None,
                value: Value::HOLE,
                discard: false,
                outer: false,
                trace: Vec::new(),
                omitted: 0,
                lang: fzb::tables::Lang::Machine,
            })
        }),
    }
}
