//! Emissions on their way outward: which prompt or space takes one, capturing the chain of fibers up to a prompt, and
//! what happens if nobody takes it. The cost is that of the prompts and spaces passed, whatever the depth of calls.

use super::event::What;
use super::prompt::How;
use super::state::{DROPPED, FINISHES, NO_FIBER, Place, RETURNS, Status};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, Home, Role, State, prompt_flags};
use crate::host_memory::copied;
use crate::space::{Keys, Listener, Outward};
use crate::space_trace::SpaceAct;
use crate::value::{Kind, Value};
use crate::world::{Warning, World};

/// What a post asks for.
pub(crate) struct Posting {
    /// Byte offset of the first operand in the window of the frame on top.
    pub window: u16,
    /// Number of operand pairs.
    pub pairs: u16,
    /// Name index of the topic in the running function's module.
    pub topic: u32,
    /// Flags of the instruction: 1 receiver, 2 spread.
    pub flags: u32,
    /// Topic set of the reply names trapped here.
    pub trap: Option<u32>,
    /// Register of the result.
    pub dst: u16,
}

/// Who takes an event.
enum Hit {
    Prompt(FiberId),
    Listeners(u32),
    Nobody,
}

impl World {
    /// Pushes the arguments of an emission to `temps`; their number.
    ///
    /// # Safety
    /// `pairs` pairs stand at byte offset `window` of the frame on top.
    pub(crate) unsafe fn arguments_to_temps(
        &mut self,
        window: u16,
        pairs: u16,
        spread: bool,
    ) -> Raise<usize> {
        let mark = self.temps.len();
        if spread {
            // SAFETY: the one operand.
            let list = unsafe { self.read(self.running_r, window) };
            self.spread_into_temps(list)?;
        } else {
            for index in 0..pairs {
                // SAFETY: the caller's promise.
                let value = unsafe { self.read(self.running_r, window + index * 16) };
                self.temp(value)?;
            }
        }
        Ok(self.temps.len() - mark)
    }

    /// `post` and `post_trap`.
    ///
    /// # Safety
    /// The operands stand where `posting` says.
    pub(crate) unsafe fn post(&mut self, posting: &Posting) -> Raise<Next> {
        let name = self.name(posting.topic)?;
        let receiver = posting.flags & 1 != 0;
        let (window, pairs) = if receiver {
            (posting.window + 16, posting.pairs.saturating_sub(1))
        } else {
            (posting.window, posting.pairs)
        };
        // SAFETY: the running frame, and the caller's promise.
        let (instance, target) = unsafe {
            (
                (*self.frame).instance,
                if receiver {
                    self.read(self.running_r, posting.window)
                } else {
                    Value::EMPTY
                },
            )
        };
        let trap = posting.trap.map(|constant| (instance, constant));
        if let Some((instance, constant)) = trap {
            self.topic_set(instance, constant)?;
        }
        let error = self.error_topic()?;
        self.no_topic()?;
        let through = self.space_of(target);
        self.space_note(SpaceAct::Raised, 1, Some(name), through.unwrap_or(0), None);
        let place = match through {
            Some(space) => Place::Space(space),
            None => Place::Fiber(self.current),
        };
        if name == error && through.is_none() {
            let mark = self.temps.len();
            // SAFETY: the caller's promise.
            let count = unsafe { self.arguments_to_temps(window, pairs, posting.flags & 2 != 0)? };
            let event = self.event_of_temps(1, Some(name), mark, count)?;
            let message = match self.temps.get(mark..mark + count) {
                Some([only]) => *only,
                Some([_, second, ..]) => *second,
                _ => Value::EMPTY,
            };
            self.temps.truncate(mark);
            let mark = self.temp(event)?;
            let message = if message.kind() == Kind::Text {
                copied(self.text_str(message.as_ticket())?)
            } else {
                String::new()
            };
            let event = self.temps[mark];
            self.temps.truncate(mark);
            self.emissions.post_dst = Some(posting.dst);
            self.emissions.post_trap = trap;
            return Err(self.throw(event, message));
        }
        let (place, hit) = self.find(place, 1, name)?;
        if matches!(hit, Hit::Nobody) {
            if target.kind() == Kind::Vassal {
                // Kept back by the vassal's rules, as they are meant to.
                return self.untaken(posting.dst, trap.is_some());
            }
            return self.unmatched(name, posting.dst, trap.is_some());
        }
        let mark = self.temps.len();
        // SAFETY: the caller's promise.
        let count = unsafe { self.arguments_to_temps(window, pairs, posting.flags & 2 != 0)? };
        let event = self.event_of_temps(1, Some(name), mark, count)?;
        self.temps.truncate(mark);
        let index = self.emit(event, 1, name, posting.dst)?;
        if let Some(emission) = self.emission(index) {
            emission.trap = trap;
            emission.through = through.unwrap_or(0);
            emission.place = place;
        }
        if let Hit::Prompt(outer) = hit {
            // The search from there would come to the same, for the same fuel.
            self.charge_fuel(1)?;
            let behind = self.outward(place);
            if let Some(emission) = self.emission(index) {
                emission.place = behind;
            }
            return self.take_at(index, outer);
        }
        self.seek(index)
    }

    /// An emission of the running fiber, at the instruction that runs.
    pub(crate) fn emit(&mut self, event: Value, kind: u32, topic: u32, dst: u16) -> Raise<u32> {
        let index = self.new_emission(event, kind, topic, dst)?;
        self.name_emission(index);
        Ok(index)
    }

    /// The space that a value stands for: a realm or vassal, or a map that was given one ([`World::space_attach`]).
    pub(crate) fn space_of(&self, value: Value) -> Option<u32> {
        if !matches!(value.kind(), Kind::Realm | Kind::Vassal) && !self.space_attachable(value) {
            return None;
        }
        // SAFETY: a live map.
        let space = unsafe { (*self.at::<crate::heap::object::MapObj>(value.as_ticket())).extra };
        (space != 0 && !self.is_draft(value)).then_some(space)
    }

    /// From `place` outward, whoever takes an event; and the place behind it.
    fn find(&mut self, mut place: Place, kind: u32, topic: u32) -> Raise<(Place, Hit)> {
        loop {
            match place {
                Place::End => return Ok((place, Hit::Nobody)),
                Place::Fiber(id) => {
                    let prompt = self
                        .fibers
                        .get(id.0 as usize)
                        .and_then(|fiber| fiber.as_ref())
                        .and_then(|fiber| fiber.prompt);
                    if let Some(prompt) = prompt {
                        self.charge_fuel(1)?;
                        if self.topic_set_has(prompt.topics, What::new(kind, Some(topic))) {
                            return Ok((place, Hit::Prompt(id)));
                        }
                    }
                }
                Place::Space(space) => {
                    self.charge_fuel(1)?;
                    if self
                        .spaces
                        .as_ref()
                        .is_some_and(|spaces| spaces.listens(space, kind, topic))
                    {
                        return Ok((place, Hit::Listeners(space)));
                    }
                }
            }
            place = self.outward(place);
        }
    }

    /// The nearest place from `place` outward where somebody takes signals of a topic.
    pub(super) fn listened(&mut self, place: Place, topic: u32) -> Raise<Option<Place>> {
        let (found, hit) = self.find(place, 1, topic)?;
        Ok((!matches!(hit, Hit::Nobody)).then_some(found))
    }

    /// The next place outward.
    pub(crate) fn outward(&self, place: Place) -> Place {
        match place {
            Place::End => Place::End,
            Place::Fiber(id) => match self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
            {
                None => Place::End,
                Some(fiber) => match fiber.home {
                    Home::Parent => fiber.parent.map_or(Place::End, Place::Fiber),
                    Home::Space(space) => Place::Space(space),
                    Home::Fiber(index, generation) if self.fiber_lives(index, generation) => {
                        Place::Fiber(FiberId(index))
                    }
                    Home::Fiber(..) => Place::End,
                },
            },
            Place::Space(space) => match self
                .spaces
                .as_ref()
                .map_or(Outward::Top, |spaces| spaces.outward(space))
            {
                Outward::Top => Place::End,
                Outward::Space(space) => Place::Space(space),
                // Only the first place is such a space, and while it is searched the emitter runs.
                Outward::Emitter => Place::Fiber(self.current),
                Outward::Fiber {
                    index, generation, ..
                } if self.fiber_lives(index, generation) => Place::Fiber(FiberId(index)),
                Outward::Fiber { otherwise, .. } if otherwise != 0 => Place::Space(otherwise),
                Outward::Fiber { .. } => Place::End,
            },
        }
    }

    /// Goes on looking for somebody who takes an emission whose chain is linked, from the place that it has come to. The
    /// running fiber is its emitter or the owner of the prompt passed last.
    pub(crate) fn seek(&mut self, index: u32) -> Raise<Next> {
        loop {
            let Some(emission) = self.emission(index) else {
                return Err(self.fault(Fault::Internal, "an emission vanished"));
            };
            if emission.raised.is_some() {
                return self.throw_goes_on(index);
            }
            let (place, kind, topic) = (emission.place, emission.kind, emission.topic);
            let (found, hit) = self.find(place, kind, topic)?;
            let behind = self.outward(found);
            match hit {
                Hit::Nobody => return self.nobody_took(index),
                Hit::Prompt(outer) => {
                    if let Some(emission) = self.emission(index) {
                        emission.place = behind;
                    }
                    return self.take_at(index, outer);
                }
                Hit::Listeners(space) => {
                    let mut listeners: Vec<Listener> = Vec::new();
                    let keys = self.event_keys(index, space, kind, topic)?;
                    let keys = keys.list();
                    if self.spaces.as_ref().is_some_and(|spaces| {
                        !spaces.matching(space, kind, topic, keys, &mut listeners)
                    }) {
                        return Err(self.fault(Fault::Mem, "the host has no memory left"));
                    }
                    if let Some(emission) = self.emission(index) {
                        emission.place = behind;
                        if listeners.is_empty() {
                            continue;
                        }
                        emission.listeners = listeners;
                        emission.next = 0;
                    }
                    return self.run_handlers(index);
                }
            }
        }
    }

    /// Hashes of the arguments of an emission's event by which listeners of a space are found.
    fn event_keys(&mut self, index: u32, space: u32, kind: u32, topic: u32) -> Raise<Keys> {
        let wanted = self
            .spaces
            .as_ref()
            .map_or(0, |spaces| spaces.wanted(space, kind, topic));
        if wanted == 0 {
            return Ok(Keys::default());
        }
        let event = self
            .emission(index)
            .map_or(Value::EMPTY, |emission| emission.event);
        let mark = self.temp(event)?;
        let keys = self.space_keys(mark, wanted)?;
        self.temps.truncate(mark);
        Ok(keys)
    }

    /// A prompt has the topic: if it stands on the emitter's own chain, that is captured; if not, the selector runs like a
    /// subscription.
    pub(super) fn take_at(&mut self, index: u32, outer: FiberId) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let emitter = emission.emitter;
        let mut at = Some(emitter);
        let mut barrier = false;
        while let Some(id) = at {
            barrier |= self.emissions.barriers.contains(&id);
            if id == outer {
                break;
            }
            // Whoever waits for the handler of a subscription is not part of what the handler does.
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .filter(|fiber| fiber.role != Role::Handler)
                .and_then(|fiber| fiber.parent);
        }
        let prompt = self
            .fibers
            .get(outer.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map(|fiber| (fiber.prompt, fiber.parent));
        let Some((Some(prompt), parent)) = prompt else {
            return Err(self.fault(Fault::Internal, "a prompt vanished"));
        };
        self.emission_note(SpaceAct::Taken, index, parent);
        if at.is_none() {
            let home = parent.map_or(Home::Parent, |id| {
                Home::Fiber(id.0, self.fiber_generation(id))
            });
            let mut listeners = Vec::new();
            if listeners.try_reserve(1).is_err() {
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
            listeners.push(Listener {
                home,
                ..Listener::of(prompt.selector)
            });
            if let Some(emission) = self.emission(index) {
                emission.listeners = listeners;
                emission.next = 0;
            }
            return self.run_handlers(index);
        }
        let Some(owner) = parent else {
            return Err(self.fault(Fault::Internal, "a prompt without an owner"));
        };
        if barrier {
            if self.current != emitter {
                self.save_running();
                self.switch_to(emitter);
            }
            self.drop_emission(index);
            return Err(self.fault(
                Fault::Susp,
                "the emission would be suspended across a host callback",
            ));
        }
        self.capture(index, outer, owner, prompt.flags & prompt_flags::MULTI != 0);
        self.switch_to(owner);
        self.call_selector(index, prompt.selector)
    }

    /// Unlinks the chain from the emitter up to the child of a prompt.
    fn capture(&mut self, index: u32, outer: FiberId, owner: FiberId, multi: bool) {
        self.save_running();
        let (mut dst, mut branch) = (0, 0);
        if let Some(Some(fiber)) = self.fibers.get_mut(outer.0 as usize) {
            (dst, branch) = (fiber.parent_dst, fiber.branch);
            fiber.parent = None;
        }
        let generation = self.fiber_generation(owner);
        let mut emitter = NO_FIBER;
        if let Some(emission) = self.emission(index) {
            emission.outer = outer;
            emission.owner = owner;
            emission.owner_generation = generation;
            emission.owner_dst = dst;
            emission.owner_branch = branch;
            emission.multi = multi;
            emission.status = Status::Held;
            emitter = emission.emitter;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(emitter.0 as usize) {
            fiber.state = State::Captured;
        }
    }

    /// Links a captured chain to the running fiber, where its prompt's result goes to `dst`.
    pub(crate) fn relink(&mut self, index: u32, dst: u16, branch: u32) {
        let owner = self.current;
        let Some(emission) = self.emission(index) else {
            return;
        };
        emission.status = Status::Open;
        let (outer, emitter) = (emission.outer, emission.emitter);
        self.link(outer, owner, dst, branch);
        if let Some(Some(fiber)) = self.fibers.get_mut(emitter.0 as usize) {
            fiber.state = State::Running;
        }
    }

    pub(crate) fn link(&mut self, outer: FiberId, owner: FiberId, dst: u16, branch: u32) {
        if let Some(Some(fiber)) = self.fibers.get_mut(outer.0 as usize) {
            fiber.parent = Some(owner);
            fiber.parent_dst = dst;
            fiber.branch = branch;
        }
    }

    /// Nobody took a post of the running fiber, which is worth a warning.
    fn unmatched(&mut self, topic: u32, dst: u16, trap: bool) -> Raise<Next> {
        if self.passed_on_in_vain() {
            return self.untaken(dst, trap);
        }
        self.emissions.unmatched += 1;
        self.space_note(SpaceAct::Uncaught, 1, Some(topic), 0, None);
        let topic = copied(self.name_text(topic));
        self.warn(&Warning::Uncaught(&topic));
        self.untaken(dst, trap)
    }

    /// The value of a post that nobody took is empty (an event without arguments where replies are trapped).
    fn untaken(&mut self, dst: u16, trap: bool) -> Raise<Next> {
        let value = if trap {
            self.event_of_temps(1, None, 0, 0)?
        } else {
            Value::EMPTY
        };
        self.resume_with(dst, value)
    }

    /// The search of an emission ended without a taker: its emitter goes on.
    fn nobody_took(&mut self, index: u32) -> Raise<Next> {
        let Some(emission) = self.emission(index) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (emitter, dst, trap, kind, topic) = (
            emission.emitter,
            emission.dst,
            emission.trap.is_some(),
            emission.kind,
            emission.topic,
        );
        self.free_emission(index);
        if self.current != emitter {
            self.save_running();
            self.switch_to(emitter);
        }
        if kind == 1 {
            return self.unmatched(topic, dst, trap);
        }
        self.resume_with(dst, Value::EMPTY)
    }

    /// The running fiber goes on with a value as the result of the instruction that it waits at.
    pub(crate) fn resume_with(&mut self, dst: u16, value: Value) -> Raise<Next> {
        if dst == RETURNS {
            return self.return_value(value);
        }
        let r = self.running_r;
        if dst == FINISHES {
            // It has failed: what it owns does not outlive it.
            self.space_give_up();
            return self.finish_handler(How::Took);
        }
        if dst == DROPPED {
            // SAFETY: the frame on top waits behind an instruction without a result.
            return Ok(Next::at(unsafe { (*self.frame).pc }, r));
        }
        // SAFETY: the frame on top waits at an instruction whose result goes to `dst`.
        unsafe {
            self.write(r, dst, value);
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// Frees the fibers of a captured chain without running any code of theirs, and the emission.
    pub(crate) fn drop_chain(&mut self, index: u32) {
        let Some(emission) = self.emission(index) else {
            return;
        };
        if emission.shared {
            return;
        }
        let mut at = Some(emission.emitter);
        if emission.status != Status::Open {
            while let Some(id) = at {
                at = self
                    .fibers
                    .get(id.0 as usize)
                    .and_then(|fiber| fiber.as_ref())
                    .and_then(|fiber| fiber.parent);
                self.end_fiber_silently(id);
            }
        }
        self.drop_emission(index);
    }

    /// What is raised while the chain of an emission is being unwound: its completion is a discard.
    pub(crate) fn discard_goes_on(&mut self) -> Raised {
        let raised = self.fault(Fault::User, "discarded");
        if let Some(info) = &mut self.raised {
            info.discard = true;
        }
        raised
    }
}
