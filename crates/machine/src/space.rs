//! What the machine and the spaces ask of each other: listeners, pins, subscriptions and vassals live in crate `spaces`
//! behind [`Spaces`]; events, processes and the order in which handlers run are the machine's
//! (docs/specs/machine.md §7 "Spaces").

mod handling;

use fzb::tables::{ConstId, function_flags};
use fzb::view::Constant;
use lemari::{Scope, Ticket, Visitor};

use crate::exec::dispatch::Next;
use crate::exec::signals::What;
use crate::fault::{Fault, Raise, Raised};
use crate::fiber::{FiberId, Home, Role, prompt_flags};
use crate::frame::{flags, proclaimer};
use crate::heap::object::{MAP_HEADER, MapObj};
use crate::legend::{Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// An instruction of the space bank that the machine does not do itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum SpaceOp {
    /// `write`.
    Write,
    /// `subscribe`.
    Subscribe,
    /// `new_realm`.
    NewRealm,
    /// `make_vassal`.
    MakeVassal,
    /// `apply_vassal`.
    ApplyVassal,
    /// `run_in`.
    RunIn,
    /// `read_pins`.
    ReadPins,
    /// `next_event`.
    NextEvent,
    /// No instruction: tells what was pinned by who was cancelled, as far as nobody has been told.
    Retracted,
}

impl SpaceOp {
    /// The operation with that number.
    pub fn from_number(number: u8) -> Option<SpaceOp> {
        use SpaceOp::*;
        [
            Write,
            Subscribe,
            NewRealm,
            MakeVassal,
            ApplyVassal,
            RunIn,
            ReadPins,
            NextEvent,
        ]
        .get(number as usize)
        .copied()
    }
}

/// Kind of an event that a signal is.
pub const SIGNAL: u32 = 1;
/// Kind of an event that a proclamation is.
pub const PROCLAMATION: u32 = 2;

/// What a space instruction came to.
pub enum Outcome {
    /// Its result.
    Value(Value),
    /// Handlers run first: execution goes on there, and the result is delivered when they are done.
    Continue(Next),
}

/// A handler of a subscription.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// A routine called with the event; a selector function is called with (kind, event).
    pub handler: Value,
    /// Where what the handler emits goes.
    pub home: Home,
    /// It does not consume the event.
    pub peek: bool,
    /// The event that it gets, if another than that of the delivery; a hole for that.
    pub event: Value,
    /// It is the rules of a vassal, which the event crosses that way.
    pub crossing: Crossing,
    /// Number of its subscription; 0 for none.
    pub subscription: u64,
}

impl Listener {
    /// A handler that takes what it gets, and nothing else.
    pub fn of(handler: Value) -> Listener {
        Listener {
            handler,
            home: Home::Parent,
            peek: false,
            event: Value::HOLE,
            crossing: Crossing::No,
            subscription: 0,
        }
    }
}

/// How an event crosses a vassal, whose rules are its handler. Four times the number is added to the kind that the rules are
/// called with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crossing {
    /// Not at all.
    No,
    /// From who holds the vassal to what is behind it.
    Inward,
    /// From what is behind it to who subscribed through it.
    Outward,
    /// Likewise: what it crossed with before is gone.
    Departure,
}

/// Hashes of arguments of an event, by their positions.
#[derive(Clone, Copy, Default, Debug)]
pub struct Keys {
    list: [(u32, u64); KEYS],
    count: usize,
}

/// Positions at which events are looked at before their listeners are.
pub const KEYS: usize = 8;

impl Keys {
    /// Them.
    pub fn list(&self) -> &[(u32, u64)] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

/// Where an event goes on from a space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outward {
    /// Nowhere.
    Top,
    /// To the frames of whoever posts: from the space of a map that is no realm.
    Emitter,
    /// To another space.
    Space(u32),
    /// To the fiber that made the space, or, if it has ended, to what it stood in.
    Fiber {
        /// Index.
        index: u32,
        /// Generation.
        generation: u32,
        /// Space of the fiber's parent, 0 for none.
        otherwise: u32,
    },
}

/// A delivery that was begun.
#[derive(Debug)]
pub struct Delivery(u32);

/// Runs an instruction of the space bank: its immediates, where its operands stand and how many they are, where its result
/// goes. Operands stand as pairs in the registers of the frame on top, from byte offset `first`; they are covered by its
/// stack map, so that the spaces may allocate between reading them.
pub type Runner = fn(
    world: &mut World,
    op: SpaceOp,
    args: [u32; 4],
    first: u16,
    count: usize,
    dst: u16,
) -> Raise<Outcome>;

/// The spaces of one World. They are reached through [`World::spaces_mut`] for as long as nothing is allocated, so that a
/// collection sees what they hold at any time.
pub trait Spaces: Send + 'static {
    /// What runs the instructions.
    fn runner(&self) -> Runner;
    /// Itself, for the runner.
    fn as_any(&mut self) -> &mut dyn std::any::Any;
    /// Shows its roots to the collector: what its spaces hold. While marking, those of spaces that nothing names yet may be
    /// left to [`Spaces::visit_reached`].
    fn visit_roots(&mut self, scope: Scope, v: &mut Visitor<'_>);
    /// While marking, when all that was shown is marked: shows what hangs on realms that [`Visitor::reached`] says are
    /// live. Asked until it answers that there was nothing new.
    fn visit_reached(&mut self, v: &mut Visitor<'_>) -> bool;
    /// Young objects have moved: realms held weakly.
    fn moved_young(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>);
    /// A collection of everything has ended: realms held weakly, and which fibers (index, generation) live. Answers how many
    /// counted bytes were freed.
    fn swept(
        &mut self,
        alive: &mut dyn FnMut(Ticket) -> Option<Ticket>,
        lives: &dyn Fn(u32, u32) -> bool,
    ) -> usize;
    /// A fiber that owns subscriptions or pins was cancelled: they go. Answers how many counted bytes were freed.
    fn owner_ended(&mut self, index: u32, generation: u32) -> usize;
    /// A fiber that owns subscriptions or pins came to its end: they pass to another. Answers how many counted bytes were
    /// freed.
    fn owner_finished(&mut self, owner: (u32, u32), heir: (u32, u32)) -> usize;
    /// Who owns a subscription, if it exists.
    fn subscriber(&self, subscription: u64) -> Option<(u32, u32)>;
    /// Has somebody who was cancelled pinned something, and its listeners were not told yet?
    fn has_retracted(&self) -> bool;
    /// A fiber whose subscription is gone, so that it waits for nothing; each is answered once.
    fn next_orphan(&mut self) -> Option<(u32, u32)>;
    /// Do they hold any value?
    fn hold_values(&self) -> bool;
    /// Does anybody in a space listen to events of a kind and topic?
    fn listens(&self, space: u32, kind: u32, topic: u32) -> bool;
    /// Bits of the positions of arguments, below [`KEYS`], whose hashes [`Spaces::matching`] wants.
    fn wanted(&self, space: u32, kind: u32, topic: u32) -> u64;
    /// The handlers in a space of an event with arguments of some hashes, in the order of registration; false if they cannot
    /// be listed for want of memory.
    fn matching(
        &self,
        space: u32,
        kind: u32,
        topic: u32,
        keys: &[(u32, u64)],
        out: &mut Vec<Listener>,
    ) -> bool;
    /// Where an event goes on from a space.
    fn outward(&self, space: u32) -> Outward;
}

/// What the spaces may ask of a World.
impl World {
    /// Gives the World its spaces.
    pub fn set_spaces(&mut self, spaces: Box<dyn Spaces>) {
        self.spaces = Some(spaces);
    }

    /// The spaces as the type that they are, if they are of that type.
    pub fn spaces_mut<S: Spaces>(&mut self) -> Option<&mut S> {
        self.spaces.as_mut()?.as_any().downcast_mut::<S>()
    }

    /// Whoever owns what the running code subscribes to and pins: the running fiber. When it has come to its end, what it
    /// owns passes to whoever waited for it, or for a handler to whoever subscribed it; when it is cancelled, it goes.
    pub fn space_owner(&mut self) -> (u32, u32) {
        let id = self.current;
        self.fiber().owns = true;
        (id.0, self.fiber_generation(id))
    }

    /// The owners that the running process is: its fibers from the running one to the outermost.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn space_owners(&mut self) -> Raise<Vec<(u32, u32)>> {
        let mut owners = Vec::new();
        let mut at = Some(self.current);
        while let Some(id) = at {
            self.charge_fuel(1)?;
            if owners.try_reserve(1).is_err() {
                return Err(self.no_host_memory());
            }
            owners.push((id.0, self.fiber_generation(id)));
            at = self
                .fibers
                .get(id.0 as usize)
                .and_then(|fiber| fiber.as_ref())
                .filter(|fiber| fiber.home == Home::Parent)
                .and_then(|fiber| fiber.parent);
        }
        Ok(owners)
    }

    /// Operand `index` of the space instruction that runs, whose operands begin at byte offset `first`.
    pub fn space_operand(&self, first: u16, index: usize) -> Value {
        // SAFETY: the instruction's operands stand there; the trait's caller says how many.
        unsafe { self.read(self.running_r, first.saturating_add((index * 16) as u16)) }
    }

    /// The interned name of a name of the running function's module.
    pub fn space_topic(&mut self, name: u32) -> Raise<u32> {
        self.name(name)
    }

    /// Text of an interned name.
    pub fn space_topic_text(&self, topic: u32) -> &str {
        self.name_text(topic)
    }

    /// A topic set of the running function's module as pairs of kind and topic; no topic means any.
    pub fn space_topics(&mut self, constant: u32) -> Raise<Vec<(u32, Option<u32>)>> {
        let module = self.module();
        let Some(Constant::Topics(topics)) = module.constant(ConstId(constant)) else {
            return Err(self.fault(Fault::Internal, "a topic set that is none"));
        };
        let mut found = Vec::new();
        if found.try_reserve_exact(topics.len() as usize).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        for (kind, name) in topics.iter() {
            let topic = match name {
                Some(name) => Some(self.name(name.0)?),
                None => None,
            };
            found.push((kind as u32, topic));
        }
        Ok(found)
    }

    /// Records a fault for an instruction of the spaces.
    pub fn space_fault(&mut self, fault: Fault, message: &str) -> Raised {
        self.fault(fault, message)
    }

    /// Fault type with what was expected.
    pub fn space_type_fault(&mut self, expected: &str, found: Value) -> Raised {
        self.type_fault(expected, found)
    }

    /// Counts memory that the spaces hold.
    pub fn space_charge(&mut self, bytes: usize) -> Raise<()> {
        self.charge(bytes)
    }

    /// Takes memory off the meter that the spaces gave back.
    pub fn space_refund(&mut self, bytes: usize) {
        self.lemari.refund(bytes);
    }

    /// Charges work before it is done.
    pub fn space_fuel(&mut self, units: u64) -> Raise<()> {
        self.charge_fuel(units)
    }

    /// The space that a realm or vassal stands for.
    pub fn space_number(&self, value: Value) -> Option<u32> {
        self.space_of(value)
    }

    /// May a value that is no realm be given a space? Maps of Rhumb may, and what its constructors make.
    #[inline]
    pub fn space_attachable(&self, value: Value) -> bool {
        value.kind() == Kind::Map
            && matches!(
                self.nature(value.as_ticket()),
                Nature::Plain | Nature::Instance
            )
    }

    /// Gives such a value a space of its own: who subscribes to it or pins on it does so there.
    pub fn space_attach(&mut self, value: Value, space: u32) {
        if self.space_attachable(value) {
            // SAFETY: a live map that is no class, so that its private word is free.
            unsafe { (*self.at::<MapObj>(value.as_ticket())).extra = space };
        }
    }

    /// An empty map that stands for a space: a realm, or a vassal.
    pub fn space_value(&mut self, space: u32, vassal: bool) -> Raise<Value> {
        let map = self.map_new(Legends::PLAIN, 0)?;
        const { assert!(MAP_HEADER == 32) };
        // SAFETY: a fresh map.
        unsafe { (*self.at::<MapObj>(map)).extra = space };
        Ok(Value::ticket(
            if vassal { Kind::Vassal } else { Kind::Realm },
            map,
        ))
    }

    /// The running fiber and what runs around it, as somewhere that events go on to: its index, its generation and the
    /// fiber that waits for it.
    pub fn space_fiber(&self) -> (u32, u32) {
        (self.current.0, self.fiber_generation(self.current))
    }

    /// The space made for a fiber, 0 if none was; and where emissions of the fiber go on.
    pub fn space_of_fiber(&self, index: u32) -> Option<(u32, Home, Option<u32>)> {
        let fiber = self.fibers.get(index as usize)?.as_ref()?;
        Some((fiber.space, fiber.home, fiber.parent.map(|id| id.0)))
    }

    /// Notes the space made for a fiber.
    pub fn set_space_of_fiber(&mut self, index: u32, space: u32) {
        if let Some(Some(fiber)) = self.fibers.get_mut(index as usize) {
            fiber.space = space;
        }
    }

    /// True if a fiber of that generation has not ended.
    pub fn space_fiber_lives(&self, index: u32, generation: u32) -> bool {
        self.fiber_lives(index, generation)
    }

    /// The identity under which the running activation proclaims: its `self` if it was called with a receiver, is a
    /// constructor activation or works on an instance, else the activation itself (docs/specs/rhumb.md §5.6). Thunks and
    /// selectors proclaim for the activation that they stand in.
    pub fn space_proclaimer(&mut self) -> u64 {
        let (fiber, index, base) = (self.current, self.frame_index(), self.running_r);
        // SAFETY: the running frame.
        unsafe { self.proclaimer_at(fiber, index, base) }
    }

    /// The identity under which the activation in a frame of a fiber proclaims.
    ///
    /// # Safety
    /// The fiber runs or waits, that frame is on top of it, and `base` is its first register.
    pub(crate) unsafe fn proclaimer_at(
        &mut self,
        mut fiber: FiberId,
        mut index: usize,
        base: *const u64,
    ) -> u64 {
        const INNER: u32 = function_flags::THUNK | function_flags::SELECTOR;
        let mut base = base;
        // SAFETY: frames of live fibers that run, or wait, in this chain; `base` is the first register of the one looked at:
        // a frame's lies `delta` bytes behind that of the frame below it, a waiting fiber notes that of its uppermost one.
        unsafe {
            while let Some(Some(record)) = self.fibers.get(fiber.0 as usize) {
                let Some(frame) = record.frames.get(index).copied() else {
                    break;
                };
                if frame.code.is_null() || (*frame.code).flags & INNER == 0 {
                    break;
                }
                if frame.flags & flags::BOTTOM == 0 {
                    base = base.byte_sub(frame.delta as usize);
                    index -= 1;
                    continue;
                }
                let Some(parent) = record.parent else { break };
                let Some(Some(outer)) = self.fibers.get(parent.0 as usize) else {
                    break;
                };
                base = outer.regs.as_ptr().add(outer.base as usize);
                (fiber, index) = (parent, outer.top as usize);
            }
            let frame = match self.fibers.get(fiber.0 as usize) {
                Some(Some(record)) => record.frames.get(index).copied(),
                _ => None,
            };
            let Some(frame) = frame.filter(|frame| !frame.code.is_null()) else {
                return 1 << 63;
            };
            let hidden = (*frame.code).hidden[0];
            let this = if hidden == u16::MAX {
                Value::EMPTY
            } else {
                base.byte_add(hidden as usize).cast::<Value>().read()
            };
            if this.is_map() {
                let instance =
                    this.kind() == Kind::Map && self.nature(this.as_ticket()) == Nature::Instance;
                let own =
                    frame.proclaimer == proclaimer::RECEIVER || frame.flags & flags::ENTRY != 0;
                if instance || own {
                    return u64::from(self.map_identity(this.as_ticket()));
                }
            }
            let mut number = frame.proclaimer;
            if number <= proclaimer::RECEIVER {
                self.emissions.activations = self.emissions.activations.wrapping_add(1);
                number = self
                    .emissions
                    .activations
                    .max(1)
                    .saturating_add(proclaimer::RECEIVER);
                if let Some(Some(record)) = self.fibers.get_mut(fiber.0 as usize)
                    && let Some(frame) = record.frames.get_mut(index)
                {
                    frame.proclaimer = number;
                }
            }
            1 << 63 | u64::from(number)
        }
    }

    /// True if a proclaimer is an activation, which has an end.
    pub fn space_is_activation(&self, proclaimer: u64) -> bool {
        proclaimer >> 63 != 0
    }

    /// An event of a proclamation or signal with the operands from `index` on as arguments, or with the elements of that
    /// one operand.
    pub fn space_event(
        &mut self,
        kind: u32,
        topic: u32,
        first: u16,
        index: usize,
        count: usize,
        spread: bool,
    ) -> Raise<Value> {
        let mark = self.temps.len();
        let window = first.saturating_add((index * 16) as u16);
        // SAFETY: the instruction's operands stand there.
        let count =
            unsafe { self.arguments_to_temps(window, count.saturating_sub(index) as u16, spread)? };
        let event = self.event_of_temps(kind, Some(topic), mark, count)?;
        self.temps.truncate(mark);
        Ok(event)
    }

    /// Puts a proclamation of that topic, whose argument is the value at a place of the temporary roots, in its place.
    pub fn space_departure(&mut self, topic: u32, at: usize) -> Raise<()> {
        let event = self.event_of_temps(PROCLAMATION, Some(topic), at, 1)?;
        if let Some(place) = self.temps.get_mut(at) {
            *place = event;
        }
        Ok(())
    }

    /// The arguments of an event as one value: nothing, the only one, or a map of all.
    pub fn space_payload(&mut self, event: Value) -> Raise<Value> {
        let map = event.as_ticket();
        let count = self.elements_len(map);
        match count {
            0 => Ok(Value::EMPTY),
            1 => Ok(self.element(map, 0)),
            _ => {
                let mark = self.temps.len();
                let at = self.temp(event)?;
                for index in 0..count {
                    let value = self.element(self.temps[at].as_ticket(), index);
                    self.temp(value)?;
                }
                let value = self.map_of_temps(Legends::PLAIN, at + 1, count as usize)?;
                self.temps.truncate(mark);
                Ok(value)
            }
        }
    }

    /// A positional map of values that stand in the World's temporary roots from `mark` on; takes them off.
    pub fn space_list(&mut self, mark: usize) -> Raise<Value> {
        let count = self.temps.len().saturating_sub(mark);
        let value = self.map_of_temps(Legends::PLAIN, mark, count)?;
        self.temps.truncate(mark);
        Ok(value)
    }

    /// Are the arguments of two events equal by the running function's policy?
    pub fn space_same(&mut self, one: Value, other: Value) -> Raise<bool> {
        let count = self.elements_len(one.as_ticket());
        if count != self.elements_len(other.as_ticket()) {
            return Ok(false);
        }
        let mark = self.temps.len();
        self.push_temps(&[one, other])?;
        for index in 0..count {
            let (x, y) = (
                self.element(self.temps[mark].as_ticket(), index),
                self.element(self.temps[mark + 1].as_ticket(), index),
            );
            if !self.equal(x, y)? {
                self.temps.truncate(mark);
                return Ok(false);
            }
        }
        self.temps.truncate(mark);
        Ok(true)
    }

    /// Argument `index` of an event; `None` if it has fewer.
    pub fn space_argument(&self, event: Value, index: u32) -> Option<Value> {
        (index < self.elements_len(event.as_ticket()))
            .then(|| self.element(event.as_ticket(), index))
    }

    /// True if a value is a routine that may be a handler.
    pub fn space_handler(&self, value: Value) -> bool {
        matches!(value.kind(), Kind::Func | Kind::Closure | Kind::Partial)
    }

    /// Begins a delivery at the instruction that runs, whose result (empty) will go to `dst`; the event is the temporary root
    /// `at`.
    pub fn space_open(&mut self, at: usize, kind: u32, topic: u32, dst: u16) -> Raise<Delivery> {
        let event = self.temps.get(at).copied().unwrap_or(Value::EMPTY);
        Ok(Delivery(self.emit(event, kind, topic, dst)?))
    }

    /// Runs handlers, one after the other, each in a process of its own; then the instruction is done. Allocates nothing
    /// before it holds the listeners.
    pub fn space_deliver(
        &mut self,
        delivery: Delivery,
        listeners: Vec<Listener>,
    ) -> Raise<Outcome> {
        if let Some(emission) = self.emission(delivery.0) {
            emission.listeners = listeners;
            // The handlers are chosen: nothing is searched for behind them.
            emission.consumed = true;
        }
        Ok(Outcome::Continue(self.run_handlers(delivery.0)?))
    }

    /// The number of a name that the host's side knows.
    pub fn space_intern(&mut self, name: &str) -> Raise<u32> {
        self.intern(name)
    }

    /// A fiber's generation, 0 if there is no such fiber.
    pub fn space_fiber_generation(&self, index: u32) -> u32 {
        self.fiber_generation(FiberId(index))
    }

    /// The prompt that sees a proclamation of the running activation, as a handler: that of the call which the running
    /// frame is, if its topic set has the topic.
    pub fn space_monitor(&mut self, topic: u32) -> Raise<Option<Listener>> {
        let (top, current) = (self.frame_index(), self.current);
        let fiber = self.fiber();
        let (Some(prompt), Some(parent)) = (fiber.prompt, fiber.parent) else {
            return Ok(None);
        };
        if top > 2 || !self.topic_set_has(prompt.topics, What::new(PROCLAMATION, Some(topic))) {
            return Ok(None);
        }
        let Some(Some(fiber)) = self.fibers.get(current.0 as usize) else {
            return Ok(None);
        };
        let Some(prompt) = fiber.prompt else {
            return Ok(None);
        };
        Ok(Some(Listener {
            home: Home::Fiber(parent.0, self.fiber_generation(parent)),
            peek: true,
            ..Listener::of(prompt.selector)
        }))
    }

    /// Was the running activation called under a selector with a rule for anonymous signals (rhumb.md §5.3 6)?
    #[inline]
    pub(crate) fn anonymous_heard(&self) -> bool {
        let Some(Some(fiber)) = self.fibers.get(self.current.0 as usize) else {
            return false;
        };
        // The bottom frame is the thunk, the one above it what was called.
        let called = fiber.frames.as_ptr().wrapping_add(2);
        match fiber.prompt {
            Some(prompt) if self.frame.cast_const() <= called && fiber.parent.is_some() => {
                prompt.flags & prompt_flags::ANONYMOUS != 0
            }
            _ => false,
        }
    }

    /// Runs the routine that is operand `index` as a process whose emissions go to a space, and waits for its value.
    pub fn space_run_in(
        &mut self,
        space: u32,
        first: u16,
        index: usize,
        dst: u16,
    ) -> Raise<Outcome> {
        let thunk = self.space_operand(first, index);
        let mark = self.temp(thunk)?;
        let made = self.process_of_temps(Role::Process, mark, 0);
        self.temps.truncate(mark);
        let id: FiberId = made?;
        if let Some(Some(fiber)) = self.fibers.get_mut(id.0 as usize) {
            fiber.home = Home::Space(space);
            fiber.awaited = true;
        }
        // SAFETY: the frame on top runs the instruction, whose result register is `dst`.
        Ok(Outcome::Continue(unsafe {
            self.resume_fiber(id, Value::EMPTY, dst)?
        }))
    }
}
