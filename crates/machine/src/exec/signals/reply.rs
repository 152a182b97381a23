//! Replies: resuming what an emission captured, as the rest of its selector, as a branch above it, or as a copy.

use super::event::What;
use super::state::{Purpose, RETURNS, Status};
use crate::exec::dispatch::Next;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, State};
use crate::legend::Legends;
use crate::space_trace::SpaceAct;
use crate::value::{Kind, Value};
use crate::world::{Late, Warning, World};
use fzb::tables::Lang;

/// What a `reply` asks for.
pub(crate) struct Replying {
    /// Byte offset of the first operand in the window of the frame on top.
    pub window: u16,
    /// Number of operand pairs.
    pub pairs: u16,
    /// Name index of the reply's name.
    pub name: u32,
    /// Flags of the instruction: 1 target, 2 spread, 4 named, 8 tail.
    pub flags: u32,
    /// Register of the result.
    pub dst: u16,
}

const TARGET: u32 = 1;
const SPREAD: u32 = 2;
const NAMED: u32 = 4;
pub(super) const TAIL: u32 = 8;

/// A selector in a captured chain whose emission traps the name of a reply.
#[derive(Clone, Copy)]
struct Inner {
    /// The fiber that it runs in.
    fiber: FiberId,
    /// Its record.
    slot: u32,
    /// The name, interned.
    name: u32,
    /// The topic set of the trap: instance and constant.
    trap: (u32, u32),
}

/// A selector that waits for a branch, or none; and the emission replied to.
type Addressee = (Option<u32>, (u32, u32));

impl World {
    /// `reply`.
    ///
    /// # Safety
    /// The operands stand where `asked` says.
    pub(crate) unsafe fn reply(&mut self, asked: &Replying) -> Raise<Next> {
        // SAFETY: the caller's promise.
        let passed_on = unsafe { self.passed_on(asked) };
        if passed_on.is_some_and(|reply| {
            let reply = reply.as_ticket();
            self.event_what(reply).topic().is_none() && self.elements_len(reply) == 0
        }) {
            // There was no reply.
            return self.replied(asked);
        }
        let targeted = asked.flags & TARGET != 0;
        // SAFETY: the caller's promise.
        let target = if targeted {
            // SAFETY: the instruction's operands stand as pairs from `window` in the frame on top.
            Some(unsafe { self.read(self.running_r, asked.window) })
        } else {
            None
        };
        let Some((slot, id)) = self.addressee(target)? else {
            return self.late(asked, Late::Nothing);
        };
        let Some(emission) = self.emission_of(id) else {
            return self.late(asked, Late::Second);
        };
        let (status, resumable, trap, multi) = (
            emission.status,
            emission.resumable,
            emission.trap,
            emission.multi,
        );
        let record = slot.and_then(|slot| self.emissions.selecting.get(slot as usize).copied());
        let handler = record.is_some_and(|record| record.purpose == Purpose::Handler);
        if handler && record.is_some_and(|record| record.replied) {
            return self.late(asked, Late::Second);
        }
        if !handler && status == Status::Open {
            return self.late(asked, Late::Ended);
        }
        if !resumable {
            return Err(self.fault(Fault::State, "what was thrown cannot be resumed"));
        }
        if !handler && status == Status::Held && slot.is_none() {
            return Err(self.fault(Fault::State, "the emission is being handled elsewhere"));
        }
        let inner = if asked.flags & NAMED != 0 && !handler && status == Status::Held {
            self.trap_further_out(asked, id.0, trap)?
        } else {
            None
        };
        let mark = self.temps.len();
        // SAFETY: the caller's promise.
        unsafe { self.payload(asked, inner.map_or(trap, |inner| Some(inner.trap)))? };
        let payload = mark;
        if let Some(emission) = self.emission_of(id) {
            let emitter = inner.map_or(emission.emitter, |inner| inner.fiber);
            self.reply_note(SpaceAct::Replied, asked, Some(emitter));
        }
        if handler {
            let value = self.temps[payload];
            self.temps.truncate(mark);
            if let Some(emission) = self.emission_of(id)
                && emission.answer.same(Value::HOLE)
            {
                emission.answer = value;
                emission.consumed = true;
            }
            if let Some(record) =
                slot.and_then(|slot| self.emissions.selecting.get_mut(slot as usize))
            {
                record.replied = true;
            }
            return self.replied(asked);
        }
        if status == Status::Kept {
            let value = self.temps[payload];
            self.temps.truncate(mark);
            return if self.resume_kept(id.0, value) {
                self.replied(asked)
            } else {
                self.late(asked, Late::Gone)
            };
        }
        let (Some(slot), Some(record)) = (slot, record) else {
            return Err(self.fault(Fault::Internal, "a captured emission without a selector"));
        };
        let on_top = self.fiber().selector == slot + 1 && record.frame == self.frame_index() as u32;
        if asked.flags & TAIL != 0 && on_top {
            // The chain takes the selector's place: any number of replies in constant space.
            let value = self.temps[payload];
            self.temps.truncate(mark);
            let Some(record) = self.pop_selecting() else {
                return Err(self.fault(Fault::Internal, "a selector without a record"));
            };
            self.pop_frame_now();
            self.relink(id.0, record.dst, record.branch);
            let Some(emission) = self.emission(id.0) else {
                return Err(self.fault(Fault::Internal, "an emission vanished"));
            };
            let (emitter, outer, dst) = (emission.emitter, emission.outer, emission.dst);
            self.free_emission(id.0);
            self.save_running();
            return self.go_on(emitter, outer, dst, inner, value);
        }
        let copies = multi || record.kept;
        let Some(emission) = self.emission_of(id) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (mut emitter, mut outer, dst) = (emission.emitter, emission.outer, emission.dst);
        if copies {
            (emitter, outer) = self.copy_chain(emitter, outer)?;
        }
        let value = self.temps[payload];
        self.temps.truncate(mark);
        if !copies {
            self.free_emission(id.0);
        }
        if let Some(record) = self.emissions.selecting.get_mut(slot as usize) {
            record.replied = true;
        }
        let back = if asked.flags & TAIL != 0 {
            RETURNS
        } else {
            asked.dst
        };
        let owner = self.current;
        self.link(outer, owner, back, slot + 1);
        self.save_running();
        self.go_on(emitter, outer, dst, inner, value)
    }

    /// The emission that a named reply goes to if the one replied to does not trap the name: of those that selectors in its
    /// chain are handling, the nearest that does (docs/specs/machine.md §7 "Prompts", 9).
    fn trap_further_out(
        &mut self,
        asked: &Replying,
        index: u32,
        trap: Option<(u32, u32)>,
    ) -> Raise<Option<Inner>> {
        let name = self.name(asked.name)?;
        if let Some((instance, topics)) = trap
            && self.topics_have(instance, topics, What::new(1, Some(name)))?
        {
            return Ok(None);
        }
        let Some(emission) = self.emission(index) else {
            return Ok(None);
        };
        let (emitter, outer) = (emission.emitter, emission.outer);
        self.trap_in_chain(emitter, outer, name)
    }

    /// The innermost selector in a captured chain that handles an emission which traps a reply of that name.
    fn trap_in_chain(
        &mut self,
        emitter: FiberId,
        outer: FiberId,
        name: u32,
    ) -> Raise<Option<Inner>> {
        let mut at = Some(emitter);
        while let Some(fiber) = at {
            self.charge_fuel(1)?;
            let Some(Some(record)) = self.fibers.get(fiber.0 as usize) else {
                break;
            };
            at = record.parent.filter(|_| fiber != outer);
            let mut next = record.selector;
            while let Some(slot) = next.checked_sub(1) {
                let Some(record) = self.emissions.selecting.get(slot as usize).copied() else {
                    break;
                };
                next = record.below;
                if record.purpose != Purpose::Event || record.replied {
                    continue;
                }
                let trap = self
                    .emission_of(record.emission)
                    .filter(|emission| emission.status == Status::Held && emission.resumable)
                    .and_then(|emission| emission.trap);
                if let Some((instance, topics)) = trap
                    && self.topics_have(instance, topics, What::new(1, Some(name)))?
                {
                    return Ok(Some(Inner {
                        fiber,
                        slot,
                        name,
                        trap: (instance, topics),
                    }));
                }
            }
        }
        Ok(None)
    }

    /// A chain that is linked again goes on with a value: at its emitter, or where a selector in it handles the emission
    /// that traps the reply. That selector, and what it has begun, then gives way to what it had captured, as if it had
    /// replied itself in tail position.
    fn go_on(
        &mut self,
        emitter: FiberId,
        outer: FiberId,
        dst: u16,
        inner: Option<Inner>,
        value: Value,
    ) -> Raise<Next> {
        // The chain may be a copy: the selector is looked for where it is now.
        let inner = match inner {
            Some(inner) => self.trap_in_chain(emitter, outer, inner.name)?,
            None => None,
        };
        let Some(inner) = inner else {
            self.switch_to(emitter);
            return self.resume_with(dst, value);
        };
        let mut at = Some(emitter);
        while let Some(id) = at.filter(|id| *id != inner.fiber) {
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
            self.end_fiber_silently(id);
        }
        self.switch_to(inner.fiber);
        let frame = self
            .emissions
            .selecting
            .get(inner.slot as usize)
            .map_or(0, |record| record.frame as usize);
        while self.frame_index() > frame {
            if let Some(record) = self.pop_selecting() {
                self.drop_chain(record.emission.0);
            }
            self.pop_frame_now();
        }
        let Some(record) = self.pop_selecting() else {
            return Err(self.fault(Fault::Internal, "a selector without a record"));
        };
        self.pop_frame_now();
        let index = record.emission.0;
        let Some(emission) = self.emission_of(record.emission) else {
            return Err(self.fault(Fault::Internal, "an emission vanished"));
        };
        let (mut emitter, mut outer, dst, shared) = (
            emission.emitter,
            emission.outer,
            emission.dst,
            emission.shared,
        );
        let mark = self.temp(value)?;
        if shared {
            (emitter, outer) = self.copy_chain(emitter, outer)?;
        }
        let value = self.temps[mark];
        self.temps.truncate(mark);
        let owner = self.current;
        self.link(outer, owner, record.dst, record.branch);
        if !shared {
            self.drop_emission(index);
        }
        self.save_running();
        self.switch_to(emitter);
        self.resume_with(dst, value)
    }

    /// The reply that a vassal passes on, with its name: an event as the one list of arguments.
    ///
    /// # Safety
    /// As [`World::reply`].
    unsafe fn passed_on(&self, asked: &Replying) -> Option<Value> {
        if asked.flags != SPREAD {
            return None;
        }
        // SAFETY: the caller's promise.
        let reply = unsafe { self.read(self.running_r, asked.window) };
        self.is_event(reply).then_some(reply)
    }

    /// The value that the emission gets, on top of `temps`: nothing, one value, a map of several; an event where reply
    /// names are trapped.
    unsafe fn payload(&mut self, asked: &Replying, trap: Option<(u32, u32)>) -> Raise<()> {
        let skip = u16::from(asked.flags & TARGET != 0);
        let mark = self.temps.len();
        // SAFETY: the caller's promise.
        let count = unsafe {
            self.arguments_to_temps(
                asked.window + skip * 16,
                asked.pairs.saturating_sub(skip),
                asked.flags & SPREAD != 0,
            )?
        };
        let value = match trap {
            Some((instance, topics)) => {
                // SAFETY: the caller's promise.
                let passed_on = unsafe { self.passed_on(asked) };
                let name = match passed_on {
                    Some(reply) => self.event_what(reply.as_ticket()).topic(),
                    None if asked.flags & NAMED != 0 => Some(self.name(asked.name)?),
                    None => None,
                };
                let trapped = match name {
                    Some(name) => self.topics_have(instance, topics, What::new(1, Some(name)))?,
                    None => false,
                };
                self.event_of_temps(1, name.filter(|_| trapped), mark, count)?
            }
            None => match count {
                0 => Value::EMPTY,
                1 => self.temps[mark],
                _ => self.map_of_temps(Legends::PLAIN, mark, count)?,
            },
        };
        self.temps.truncate(mark);
        self.temp(value)?;
        Ok(())
    }

    /// Whose emission a reply goes to.
    fn addressee(&mut self, target: Option<Value>) -> Raise<Option<Addressee>> {
        let Some(target) = target else {
            if let Some(slot) = self.running_selector() {
                let id = self
                    .emissions
                    .selecting
                    .get(slot as usize)
                    .map_or((u32::MAX, 0), |record| record.emission);
                return Ok(Some((Some(slot), id)));
            }
            return Ok(self
                .newest_waiting(|emission| emission.status == Status::Kept)
                .map(|id| (None, id)));
        };
        match target.kind() {
            _ if self.is_event(target) => {
                let Some(id) = self.event_emission(target.as_ticket()) else {
                    return Ok(None);
                };
                Ok(Some((self.selector_of(id), id)))
            }
            Kind::Realm | Kind::Vassal => {
                let space = self.space_of(target).unwrap_or(0);
                // The newest whose emitter waits: kept for later, or being handled.
                Ok(self
                    .newest_waiting(|emission| emission.through == space)
                    .map(|id| (self.selector_of(id), id)))
            }
            Kind::Fiber => {
                let Some(process) = self.fiber_id(target) else {
                    return Ok(None);
                };
                let found = self
                    .newest_waiting(|emission| emission.status == Status::Kept)
                    .filter(|id| {
                        let owner = self.emissions.record(id.0).map(|emission| emission.owner);
                        owner.is_some_and(|owner| self.runs_in(owner, process))
                    });
                Ok(found.map(|id| (None, id)))
            }
            _ => Err(self.type_fault("an event, a realm or a process to reply to", target)),
        }
    }

    /// The selector in the dynamic chain that runs for an emission.
    fn selector_of(&mut self, id: (u32, u32)) -> Option<u32> {
        let mut fiber = Some(self.current);
        while let Some(at) = fiber {
            let record = self.fibers.get(at.0 as usize)?.as_ref()?;
            let mut next = record.selector;
            while let Some(slot) = next.checked_sub(1) {
                let selecting = self.emissions.selecting.get(slot as usize)?;
                if selecting.emission == id && selecting.purpose != Purpose::Completion {
                    return Some(slot);
                }
                next = selecting.below;
            }
            fiber = record.parent;
        }
        None
    }

    /// The newest emission that has a property.
    fn newest_waiting(
        &self,
        wanted: impl Fn(&super::state::Emission) -> bool,
    ) -> Option<(u32, u32)> {
        let mut best: Option<(u64, (u32, u32))> = None;
        for index in 0..self.emissions.indexes() {
            if let Some(emission) = self.emissions.record(index)
                && wanted(emission)
                && best.is_none_or(|(serial, _)| serial < emission.serial)
            {
                best = Some((emission.serial, (index, emission.generation)));
            }
        }
        best.map(|(_, id)| id)
    }

    /// Is a fiber a process, or waited for by it?
    fn runs_in(&self, fiber: FiberId, process: FiberId) -> bool {
        let mut at = Some(fiber);
        while let Some(id) = at {
            if id == process {
                return true;
            }
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
        }
        false
    }

    /// Resumes the oldest kept emission with empty; false if there is none.
    pub(crate) fn resume_oldest_kept(&mut self) -> bool {
        let mut best: Option<(u64, u32)> = None;
        for index in 0..self.emissions.indexes() {
            if let Some(emission) = self.emissions.record(index)
                && emission.status == Status::Kept
                && best.is_none_or(|(serial, _)| serial > emission.serial)
            {
                best = Some((emission.serial, index));
            }
        }
        let Some((_, index)) = best else { return false };
        self.emissions.starved += 1;
        self.warn(&Warning::Starved);
        self.resume_kept(index, Value::EMPTY);
        true
    }

    /// Links a kept emission's chain to its prompt's owner again and makes the emitter ready; false if the owner is gone.
    fn resume_kept(&mut self, index: u32, value: Value) -> bool {
        let Some(emission) = self.emission(index) else {
            return false;
        };
        let (emitter, outer, owner, generation) = (
            emission.emitter,
            emission.outer,
            emission.owner,
            emission.owner_generation,
        );
        let (dst, owner_dst, branch) = (emission.dst, emission.owner_dst, emission.owner_branch);
        let waits = self.fiber_lives(owner.0, generation);
        if !waits {
            self.drop_chain(index);
            return false;
        }
        self.link(outer, owner, owner_dst, branch);
        if let Some(Some(fiber)) = self.fibers.get_mut(owner.0 as usize) {
            fiber.state = State::Running;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(emitter.0 as usize) {
            fiber.dst = dst;
            fiber.drop_result = false;
        }
        self.drop_emission(index);
        self.make_ready(emitter, value);
        true
    }

    /// The replier goes on, with empty.
    fn replied(&mut self, asked: &Replying) -> Raise<Next> {
        let dst = if asked.flags & TAIL != 0 {
            RETURNS
        } else {
            asked.dst
        };
        self.resume_with(dst, Value::EMPTY)
    }

    /// A reply that cannot have an effect: empty in Rhumb, which warns; a fault elsewhere.
    fn late(&mut self, asked: &Replying, why: Late) -> Raise<Next> {
        if self.policy() != Lang::Rhumb {
            return Err(self.fault(Fault::Late, why.text()));
        }
        self.emissions.late += 1;
        self.reply_note(SpaceAct::Late, asked, None);
        self.warn(&Warning::Late(why));
        self.replied(asked)
    }

    /// Tells of a reply, by its name if it has one.
    pub(super) fn reply_note(&mut self, act: SpaceAct, asked: &Replying, to: Option<FiberId>) {
        // Without room for its name a reply is told of as one without.
        let name = (self.space_tracer.is_some() && asked.flags & NAMED != 0)
            .then(|| self.name(asked.name).ok())
            .flatten();
        self.space_note(act, 3, name, 0, to.map(|fiber| fiber.0));
    }

    /// Copies the chain of fibers from an emitter to the child of its prompt: registers, frames, prompts, the records of
    /// selectors that run in them, iterations and drafts; cells, other maps and realms are shared.
    fn copy_chain(&mut self, emitter: FiberId, outer: FiberId) -> Raise<(FiberId, FiberId)> {
        let mut pairs: Vec<(FiberId, FiberId)> = Vec::new();
        let mut slots: Vec<(u32, u32)> = Vec::new();
        let mut at = Some(emitter);
        while let Some(source) = at {
            let made = self
                .charge_fuel(1)
                .and_then(|()| self.duplicate_fiber(source))
                .and_then(|copy| {
                    if pairs.try_reserve(1).is_err() {
                        self.free_fiber(copy);
                        return Err(self.fault(Fault::Mem, "the host has no memory left"));
                    }
                    pairs.push((source, copy));
                    self.copy_selectors(source, copy, &mut slots)
                });
            if let Err(raised) = made {
                return Err(self.uncopied(pairs, raised));
            }
            if source == outer {
                break;
            }
            at = self
                .fibers
                .get(source.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
        }
        if let Err(raised) = self.separate(pairs.iter().map(|(_, copy)| *copy)) {
            return Err(self.uncopied(pairs, raised));
        }
        for index in 0..pairs.len() {
            let Some(&(source, copy)) = pairs.get(index) else {
                break;
            };
            let parent = pairs.get(index + 1).map(|(_, copy)| *copy);
            let (dst, branch) = self
                .fibers
                .get(source.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .map_or((0, 0), |fiber| (fiber.parent_dst, fiber.branch));
            let branch = slots
                .iter()
                .find(|(from, _)| from + 1 == branch)
                .map_or(branch, |(_, to)| to + 1);
            if let Some(Some(fiber)) = self.fibers.get_mut(copy.0 as usize) {
                fiber.parent = parent;
                fiber.parent_dst = dst;
                fiber.branch = branch;
                fiber.newborn = false;
            }
        }
        let last = pairs.last().map_or(outer, |(_, copy)| *copy);
        let first = pairs.first().map_or(emitter, |(_, copy)| *copy);
        Ok((first, last))
    }

    /// Frees the fibers of a chain that could not be copied.
    fn uncopied(&mut self, pairs: Vec<(FiberId, FiberId)>, raised: Raised) -> Raised {
        for (_, copy) in pairs {
            self.free_fiber(copy);
        }
        raised
    }

    /// The records of selectors that run in a fiber, for its copy. Emissions that they refer to are shared from now on.
    fn copy_selectors(
        &mut self,
        source: FiberId,
        copy: FiberId,
        slots: &mut Vec<(u32, u32)>,
    ) -> Raise<()> {
        let mut at = self
            .fibers
            .get(source.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map_or(0, |fiber| fiber.selector);
        let first = slots.len();
        while let Some(slot) = at.checked_sub(1) {
            let Some(record) = self.emissions.selecting.get(slot as usize).copied() else {
                break;
            };
            at = record.below;
            self.charge(size_of::<super::state::Selecting>())?;
            let new = match self.emissions.free_selecting.pop() {
                Some(new) => new,
                None => {
                    let count = self.emissions.selecting.len();
                    let room = self.emissions.selecting.try_reserve(1).is_ok()
                        && self.emissions.free_selecting.try_reserve(count + 1).is_ok();
                    if !room {
                        return Err(self.fault(Fault::Mem, "the host has no memory left"));
                    }
                    self.emissions.selecting.push(record);
                    count as u32
                }
            };
            if slots.try_reserve(1).is_err() {
                return Err(self.fault(Fault::Mem, "the host has no memory left"));
            }
            slots.push((slot, new));
            self.emissions.selecting[new as usize] = record;
            if let Some(emission) = self.emission_of(record.emission) {
                emission.shared = true;
            }
        }
        // Chain the new records in the same order.
        let mut head = 0;
        for &(_, new) in slots[first..].iter().rev() {
            self.emissions.selecting[new as usize].below = head;
            head = new + 1;
        }
        if let Some(Some(fiber)) = self.fibers.get_mut(copy.0 as usize) {
            fiber.selector = head;
        }
        Ok(())
    }

    /// What the fibers of a captured chain own passes to whoever waits at its prompt.
    pub(crate) fn bequeath_chain(&mut self, index: u32) {
        let Some(emission) = self.emission(index) else {
            return;
        };
        let (owner, mut at) = (emission.owner, Some(emission.emitter));
        while let Some(id) = at {
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .and_then(|fiber| fiber.parent);
            self.bequeath(id, owner);
        }
    }

    /// `keep_event`: the emission stays after its selector ends; the event.
    pub(crate) fn keep_event(&mut self) -> Raise<Value> {
        let slot = self.running_selector();
        let record = slot.and_then(|slot| self.emissions.selecting.get_mut(slot as usize));
        let id = match record {
            Some(record) if record.purpose == Purpose::Event => {
                record.kept = true;
                record.emission
            }
            Some(record) => record.emission,
            None => return Err(self.fault(Fault::State, "no selector handles an event here")),
        };
        let emitter = self.emission_of(id).map(|emission| emission.emitter);
        self.emission_note(SpaceAct::Parked, id.0, emitter);
        match self.emission_of(id) {
            Some(emission) => Ok(emission.event),
            None => Err(self.fault(Fault::State, "the event has been replied to")),
        }
    }
}
