//! What a World knows of emissions under way and of selectors that run (docs/specs/machine.md §7 "Prompts").

use std::collections::{HashMap, VecDeque};

use lemari::Visitor;

use super::direct::{ENTERED, Entered};
use super::topics::{Known, TopicSet};
use crate::fault::{Fault, Raise};
use crate::fiber::FiberId;
use crate::host_memory::boxed;
use crate::space::{Crossing, Listener};
use crate::value::Value;
use crate::world::{RaisedInfo, RunRecord, World};

/// Name of the topic of throws and faults.
pub(crate) const ERROR_TOPIC: &str = "***";
/// No fiber.
pub(crate) const NO_FIBER: FiberId = FiberId(u32::MAX);
/// A result register that stands for "return from the frame on top".
pub(crate) const RETURNS: u16 = u16::MAX;
/// A result register of an instruction that has none: what it is given is dropped.
pub(crate) const DROPPED: u16 = u16::MAX - 1;
/// A result register that stands for "the handler of a subscription, whose bottom frame is on top, has ended".
pub(crate) const FINISHES: u16 = u16::MAX - 2;

/// Where a search for handlers stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// At a fiber's prompt.
    Fiber(FiberId),
    /// At a space's listeners.
    Space(u32),
    /// Beyond everything.
    End,
}

/// What an emission has come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// It looks for handlers, or handlers run while the emitter waits.
    Open,
    /// A selector runs and the chain of fibers from the emitter to its prompt is captured.
    Held,
    /// The selector has ended, the event was kept, the prompt waits for a reply.
    Kept,
}

/// What follows when a discarded chain is unwound.
#[derive(Default)]
pub(crate) enum Then {
    /// Nothing.
    #[default]
    Nothing,
    /// The prompt's result is the value in `Emission::value`.
    Deliver,
    /// What was raised goes on in the prompt's owner.
    Raise(Box<RaisedInfo>),
}

/// One emission for which a handler was found.
pub(crate) struct Emission {
    pub generation: u32,
    /// It stands for an emission; if not, it is [`Emissions::spare`].
    pub live: bool,
    /// Its event names it: whoever holds the event can reply. Weak: it does not keep the event.
    pub named: bool,
    /// Only the direct way has written to it since [`Emission::begin`].
    pub fresh: bool,
    /// Last collection that reached it.
    pub mark: u32,
    /// Order of emissions.
    pub serial: u64,
    pub event: Value,
    pub emitter: FiberId,
    pub emitter_generation: u32,
    /// Register of the emitter's frame on top that the reply goes to.
    pub dst: u16,
    /// The kind of event as `match_event` numbers it: 1 signal, 2 proclamation.
    pub kind: u32,
    /// Interned name of the topic.
    pub topic: u32,
    /// Reply names trapped at the emission (instance, constant): it gets the reply as an event.
    pub trap: Option<(u32, u32)>,
    /// A reply may resume it.
    pub resumable: bool,
    /// What was raised, if it is a throw or a fault.
    pub raised: Option<Box<RaisedInfo>>,
    /// Prompts with `***` that were asked for it.
    pub passed: u32,
    /// Space that it was posted through first, 0 for none.
    pub through: u32,
    /// Where the search goes on.
    pub place: Place,
    pub status: Status,
    /// Each reply resumes a copy.
    pub multi: bool,
    /// Another selector record refers to it too: it is freed by collections only.
    pub shared: bool,
    /// Outermost fiber of the captured chain: the child of the prompt.
    pub outer: FiberId,
    /// Fiber that waits at the prompt.
    pub owner: FiberId,
    pub owner_generation: u32,
    /// Where the prompt's result goes.
    pub owner_dst: u16,
    /// As [`crate::fiber::Fiber::branch`], of the outermost fiber.
    pub owner_branch: u32,
    pub then: Then,
    pub value: Value,
    /// Handlers to be run, in order.
    pub listeners: Vec<Listener>,
    /// The next of them.
    pub next: usize,
    /// Reply of a handler, or a hole.
    pub answer: Value,
    /// A handler that is no peek took it.
    pub consumed: bool,
}

impl Emission {
    /// A record that stands for no emission yet.
    fn blank() -> Emission {
        Emission {
            generation: 0,
            live: false,
            named: false,
            fresh: false,
            mark: 0,
            serial: 0,
            event: Value::EMPTY,
            emitter: NO_FIBER,
            emitter_generation: 0,
            dst: 0,
            kind: 0,
            topic: 0,
            trap: None,
            resumable: true,
            raised: None,
            passed: 0,
            through: 0,
            place: Place::End,
            status: Status::Open,
            multi: false,
            shared: false,
            outer: NO_FIBER,
            owner: NO_FIBER,
            owner_generation: 0,
            owner_dst: 0,
            owner_branch: 0,
            then: Then::Nothing,
            value: Value::EMPTY,
            listeners: Vec::new(),
            next: 0,
            answer: Value::HOLE,
            consumed: false,
        }
    }

    /// Makes a blank or spare record one that nobody has taken yet. It owns nothing already ([`World::drop_emission`]);
    /// what is not set here, whoever takes it from the spare sets.
    fn begin(&mut self) {
        self.named = false;
        self.trap = None;
        self.resumable = true;
        self.passed = 0;
        self.through = 0;
        self.status = Status::Open;
        self.multi = false;
        self.shared = false;
        self.outer = NO_FIBER;
        self.owner = NO_FIBER;
        self.owner_generation = 0;
        self.owner_dst = 0;
        self.owner_branch = 0;
        self.value = Value::EMPTY;
        self.next = 0;
        self.answer = Value::HOLE;
        self.consumed = false;
    }

    pub(crate) fn visit(&mut self, v: &mut Visitor<'_>) {
        visit_value(v, &mut self.event);
        visit_value(v, &mut self.value);
        visit_value(v, &mut self.answer);
        for listener in &mut self.listeners {
            visit_value(v, &mut listener.handler);
            visit_value(v, &mut listener.event);
        }
        if let Some(raised) = &mut self.raised {
            visit_value(v, &mut raised.value);
        }
        if let Then::Raise(raised) = &mut self.then {
            visit_value(v, &mut raised.value);
        }
    }
}

/// Shows a value to the collector.
pub(crate) fn visit_value(v: &mut Visitor<'_>, value: &mut Value) -> bool {
    let slot: *mut Value = value;
    // SAFETY: a `Value` is two words, aligned to 8.
    unsafe { v.pair(slot.cast()) }
}

/// What a running selector is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// The completion value of a prompt.
    Completion,
    /// An event that it may reply to.
    Event,
    /// An event of a space or of a prompt elsewhere: one reply, and the emitter goes on in any case.
    Handler,
}

/// A selector that runs, or the handler of a subscription.
#[derive(Clone, Copy)]
pub(crate) struct Selecting {
    /// The next record of the same fiber: index + 1.
    pub below: u32,
    /// Frame of that fiber.
    pub frame: u32,
    pub purpose: Purpose,
    /// Index and generation of the emission.
    pub emission: (u32, u32),
    /// Where the prompt's result goes.
    pub dst: u16,
    pub branch: u32,
    /// A reply was made.
    pub replied: bool,
    /// `keep_event` ran.
    pub kept: bool,
    /// The handler is a peek.
    pub peek: bool,
    /// It is the rules of a vassal.
    pub crossing: Crossing,
    /// Number of its subscription; 0 for none.
    pub subscription: u64,
    /// Result of the last completed branch.
    pub last: Value,
}

impl Selecting {
    /// One that has done nothing yet.
    #[inline(always)]
    pub const fn new(purpose: Purpose, emission: (u32, u32)) -> Selecting {
        Selecting {
            below: 0,
            frame: 0,
            purpose,
            emission,
            dst: 0,
            branch: 0,
            replied: false,
            kept: false,
            peek: false,
            crossing: Crossing::No,
            subscription: 0,
            last: Value::EMPTY,
        }
    }
}

/// Everything of a World that concerns emissions, selectors and schedules.
#[derive(Default)]
pub(crate) struct Emissions {
    /// Records by index. Looked at through [`Emissions::record`], which passes over the spare one.
    list: Vec<Option<Box<Emission>>>,
    /// Indexes without a record.
    free: Vec<u32>,
    /// Index of the record of an emission that ended, for the next one. It counts.
    spare: Option<u32>,
    pub selecting: Vec<Selecting>,
    pub free_selecting: Vec<u32>,
    pub generation: u32,
    pub serial: u64,
    /// Fibers in which a nested host callback stands.
    pub barriers: Vec<FiberId>,
    /// Temporary roots below this belong to whoever called from outside the run loop; a raise drops those above.
    pub temps_floor: usize,
    /// Prompts that the next raise passes over.
    pub skip: u32,
    /// Register that a reply to what is raised next goes to.
    pub post_dst: Option<u16>,
    /// Reply names trapped at what is raised next.
    pub post_trap: Option<(u32, u32)>,
    /// Interned name of `***`, + 1.
    pub error_topic: u32,
    /// Interned empty name, + 1.
    pub no_topic: u32,
    /// Topic sets met so far, and their numbers by instance and constant.
    pub topics: Vec<TopicSet>,
    pub topic_numbers: HashMap<(u32, u32), u32>,
    /// Those that were asked for last.
    pub known_sets: Known,
    /// Selectors that were entered last.
    pub entered: [Option<Entered>; ENTERED],
    /// Fibers ready to run (index, generation), in order.
    pub ready: VecDeque<(u32, u32)>,
    /// Fibers that the host wakes, by token.
    pub parked: HashMap<u64, (u32, u32)>,
    /// Fibers that wait for a time.
    pub sleepers: crate::world::Sleepers,
    /// Number of kept emissions.
    pub kept: u32,
    /// Processes of subscriptions that are gone are being ended.
    pub ending_orphans: bool,
    /// What the next `subscribe` wants of events: a position, and the hash of the argument there.
    pub filter: Option<(u32, u64)>,
    /// What waits for a reply goes on waiting when nothing else can go on.
    pub patient: bool,
    /// Fibers in which young values may stand.
    pub young: Vec<u32>,
    /// Number of the collection.
    pub epoch: u32,
    /// Bytes of fibers and emissions that the last collection freed, to be taken off the meter.
    pub swept_bytes: usize,
    /// Fibers made and not freed since the last collection of everything.
    pub made: u32,
    /// How many are made before the next one.
    pub made_bound: u32,
    /// Work list of the collector.
    pub work: Vec<u32>,
    /// Fuel of the step that is not in the slice.
    pub fuel_step: i64,
    /// Fuel of the run that is not in the step.
    pub fuel_beyond: i64,
    /// Runs of the host.
    pub runs: Vec<Option<RunRecord>>,
    /// Run being stepped: index + 1.
    pub stepping: u32,
    /// Activations that were numbered because they proclaimed.
    pub activations: u32,
    /// Posts that nobody took.
    pub unmatched: u64,
    /// Replies that came too late, or for nothing.
    pub late: u64,
    /// Parked emissions that were resumed because nothing else could go on.
    pub starved: u64,
    /// Processes that ended by an error that nobody waited for.
    pub failed: u64,
}

impl Emissions {
    /// One past the highest index that an emission may have.
    pub(crate) fn indexes(&self) -> u32 {
        self.list.len() as u32
    }

    /// Is no emission under way?
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.list.len() == self.free.len() + usize::from(self.spare.is_some())
    }

    /// The emission of an index, if there is one.
    #[inline]
    pub(crate) fn record(&self, index: u32) -> Option<&Emission> {
        self.list
            .get(index as usize)?
            .as_deref()
            .filter(|emission| emission.live)
    }

    /// The same, to change.
    #[inline]
    pub(crate) fn record_mut(&mut self, index: u32) -> Option<&mut Emission> {
        self.list
            .get_mut(index as usize)?
            .as_deref_mut()
            .filter(|emission| emission.live)
    }

    /// Takes out those that a collection has not reached; how many.
    pub(crate) fn sweep(&mut self, epoch: u32) -> usize {
        let mut swept = 0;
        for (index, slot) in self.list.iter_mut().enumerate() {
            if let Some(emission) = slot
                && emission.live
                && emission.mark != epoch
            {
                if emission.status == Status::Kept {
                    self.kept = self.kept.saturating_sub(1);
                }
                *slot = None;
                self.free.push(index as u32);
                swept += 1;
            }
        }
        swept
    }

    /// Gives back the record of a selector; the one below it in its fiber (index + 1).
    #[inline(always)]
    pub(crate) fn free_record(&mut self, slot: u32) -> u32 {
        let Some(record) = self.selecting.get_mut(slot as usize) else {
            return 0;
        };
        record.last = Value::EMPTY;
        self.free_selecting.push(slot);
        record.below
    }
}

impl World {
    pub(crate) fn emission(&mut self, index: u32) -> Option<&mut Emission> {
        let emission = self.emissions.record_mut(index)?;
        emission.fresh = false;
        Some(emission)
    }

    /// The emission of that index and generation, if it still exists.
    pub(crate) fn emission_of(&mut self, (index, generation): (u32, u32)) -> Option<&mut Emission> {
        self.emission(index)
            .filter(|emission| emission.generation == generation)
    }

    /// Adds an emission of the running fiber; its index. Counted.
    pub(crate) fn new_emission(
        &mut self,
        mut event: Value,
        kind: u32,
        topic: u32,
        dst: u16,
    ) -> Raise<u32> {
        // The spare one counts already.
        let counted =
            self.emissions.spare.is_some() || self.lemari.charge_now(size_of::<Emission>());
        if !counted {
            let mark = self.temp(event)?;
            self.charge(size_of::<Emission>())?;
            event = self.temps[mark];
            self.temps.truncate(mark);
        }
        let slot = match self.emissions.spare.take() {
            Some(slot) => slot,
            None => self.blank_emission()?,
        };
        let emitter = self.current;
        let emitter_generation = self.fiber_generation(emitter);
        self.emissions.generation = self.emissions.generation.wrapping_add(1).max(1);
        self.emissions.serial += 1;
        let emissions = &mut self.emissions;
        let Some(Some(record)) = emissions.list.get_mut(slot as usize) else {
            return Err(self.fault(Fault::Internal, "a record vanished"));
        };
        record.begin();
        record.live = true;
        record.fresh = false;
        record.generation = emissions.generation;
        record.mark = emissions.epoch;
        record.serial = emissions.serial;
        record.event = event;
        record.emitter = emitter;
        record.emitter_generation = emitter_generation;
        record.dst = dst;
        record.kind = kind;
        record.topic = topic;
        record.place = Place::Fiber(emitter);
        Ok(slot)
    }

    /// A record that was charged for and stands for nothing yet; its index.
    fn blank_emission(&mut self) -> Raise<u32> {
        let Ok(record) = boxed(Emission::blank()) else {
            self.lemari.refund(size_of::<Emission>());
            return Err(self.no_host_memory());
        };
        if let Some(slot) = self.emissions.free.pop() {
            self.emissions.list[slot as usize] = Some(record);
            return Ok(slot);
        }
        let count = self.emissions.list.len();
        if self.emissions.list.try_reserve(1).is_err()
            || self.emissions.free.try_reserve(count + 1).is_err()
        {
            self.lemari.refund(size_of::<Emission>());
            return Err(self.no_host_memory());
        }
        self.emissions.list.push(Some(record));
        Ok(count as u32)
    }

    /// A record that nothing has been written to, if one can be had without asking the host; its index, generation and
    /// itself. Counted. Whoever takes it sets everything that concerns the emitter.
    #[inline(always)]
    pub(super) fn spare_emission(&mut self) -> Option<(u32, u32, &mut Emission)> {
        let emissions = &mut self.emissions;
        let slot = emissions.spare?;
        let record = emissions.list.get_mut(slot as usize)?.as_deref_mut()?;
        emissions.spare = None;
        emissions.generation = emissions.generation.wrapping_add(1).max(1);
        emissions.serial += 1;
        if !record.fresh {
            record.begin();
            record.fresh = true;
        }
        record.live = true;
        record.generation = emissions.generation;
        record.mark = emissions.epoch;
        record.serial = emissions.serial;
        Some((slot, record.generation, record))
    }

    /// Gives back a record from [`World::spare_emission`] that only the direct way has written to.
    #[inline(always)]
    pub(super) fn drop_fresh(&mut self, index: u32) {
        let emissions = &mut self.emissions;
        match emissions.list.get_mut(index as usize) {
            Some(Some(emission)) if emissions.spare.is_none() && emission.fresh => {
                emission.live = false;
                emissions.spare = Some(index);
            }
            _ => self.drop_emission(index),
        }
    }

    /// Frees an emission's record, unless another selector needs it.
    pub(crate) fn free_emission(&mut self, index: u32) {
        if self.emission(index).is_some_and(|emission| emission.shared) {
            return;
        }
        self.drop_emission(index);
    }

    pub(crate) fn drop_emission(&mut self, index: u32) {
        let Some(emission) = self.emissions.record_mut(index) else {
            return;
        };
        // What it owns is dropped now: nobody visits a spare.
        emission.live = false;
        emission.raised = None;
        emission.then = Then::Nothing;
        emission.listeners = Vec::new();
        if emission.status == Status::Kept {
            self.emissions.kept = self.emissions.kept.saturating_sub(1);
        }
        if self.emissions.spare.is_none() {
            self.emissions.spare = Some(index);
            return;
        }
        if let Some(slot) = self.emissions.list.get_mut(index as usize) {
            *slot = None;
        }
        self.emissions.free.push(index);
        self.lemari.refund(size_of::<Emission>());
    }

    /// Makes room for a record, so that the next [`World::push_selecting`] cannot fail. `record` fills the place, and holds
    /// no objects.
    pub(crate) fn room_for_selecting(&mut self, record: Selecting) -> Raise<()> {
        if !self.emissions.free_selecting.is_empty() {
            return Ok(());
        }
        self.charge(size_of::<Selecting>())?;
        let count = self.emissions.selecting.len();
        let free = &mut self.emissions.free_selecting;
        if self.emissions.selecting.try_reserve(1).is_err() || free.try_reserve(count + 1).is_err()
        {
            return Err(self.no_host_memory());
        }
        self.emissions.selecting.push(record);
        self.emissions.free_selecting.push(count as u32);
        Ok(())
    }

    /// Notes that a selector runs in the frame on top of the running fiber.
    pub(crate) fn push_selecting(&mut self, mut record: Selecting) -> Raise<u32> {
        self.room_for_selecting(record)?;
        let Some(slot) = self.emissions.free_selecting.pop() else {
            return Err(self.fault(Fault::Internal, "room for a record vanished"));
        };
        record.frame = self.frame_index() as u32;
        let fiber = self.fiber();
        record.below = fiber.selector;
        fiber.selector = slot + 1;
        self.emissions.selecting[slot as usize] = record;
        Ok(slot)
    }

    /// The record of the selector that runs in the frame on top, taken out.
    pub(crate) fn pop_selecting(&mut self) -> Option<Selecting> {
        let slot = self.selector_on_top()?;
        let record = *self.emissions.selecting.get(slot as usize)?;
        self.fiber().selector = record.below;
        self.emissions.free_record(slot);
        Some(record)
    }

    /// The record of the selector that runs in the frame on top.
    pub(crate) fn selector_on_top(&mut self) -> Option<u32> {
        let frame = self.frame_index() as u32;
        let slot = self.fiber().selector.checked_sub(1)?;
        let record = self.emissions.selecting.get(slot as usize)?;
        (record.frame == frame).then_some(slot)
    }

    /// The innermost selector that runs in the dynamic chain and is for an event: its record's index.
    pub(crate) fn running_selector(&mut self) -> Option<u32> {
        let mut fiber = Some(self.current);
        while let Some(id) = fiber {
            let record = self.fibers.get(id.0 as usize)?.as_ref()?;
            let mut at = record.selector;
            while let Some(slot) = at.checked_sub(1) {
                let selecting = self.emissions.selecting.get(slot as usize)?;
                if selecting.purpose != Purpose::Completion {
                    return Some(slot);
                }
                at = selecting.below;
            }
            fiber = record.parent;
        }
        None
    }

    /// Interned name of what has no topic.
    pub(crate) fn no_topic(&mut self) -> Raise<u32> {
        if self.emissions.no_topic == 0 {
            self.emissions.no_topic = self.intern("")? + 1;
        }
        Ok(self.emissions.no_topic - 1)
    }

    /// Interned name of the topic of throws.
    pub(crate) fn error_topic(&mut self) -> Raise<u32> {
        if self.emissions.error_topic == 0 {
            self.emissions.error_topic = self.intern(ERROR_TOPIC)? + 1;
        }
        Ok(self.emissions.error_topic - 1)
    }

    /// True if a live fiber has that generation and is not finished.
    pub(crate) fn fiber_lives(&self, index: u32, generation: u32) -> bool {
        self.fibers
            .get(index as usize)
            .and_then(|fiber| fiber.as_ref())
            .is_some_and(|fiber| {
                fiber.generation == generation && fiber.state != crate::fiber::State::Finished
            })
    }

    /// The generation of a fiber, 0 if it is gone.
    pub(crate) fn fiber_generation(&self, id: FiberId) -> u32 {
        self.fibers
            .get(id.0 as usize)
            .and_then(|fiber| fiber.as_ref())
            .map_or(0, |fiber| fiber.generation)
    }
}
