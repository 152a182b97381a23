//! What the spaces may ask about the handler that runs, and what they may do with processes of subscriptions
//! (docs/specs/machine.md §7 "Spaces", docs/specs/rhumb.md §5.5, §5.8).

use super::{Crossing, KEYS, Keys, Outcome, PROCLAMATION, SpaceOp};
use crate::exec::dispatch::Next;
use crate::exec::signals::{DROPPED, Purpose, Selecting};
use crate::fault::{Fault, Raise};
use crate::fiber::{FiberId, Home, Role, State};
use crate::value::{Kind, Value};
use crate::world::World;

/// Hash of what cannot be hashed: all of it is compared.
const NO_HASH: u64 = 0;

impl World {
    /// The record of the handler whose fiber that is, if it is one, and its place.
    pub(crate) fn handler_record(&self, id: FiberId) -> Option<(u32, &Selecting)> {
        let fiber = self.fibers.get(id.0 as usize)?.as_ref()?;
        if fiber.role != Role::Handler {
            return None;
        }
        let mut at = fiber.selector;
        loop {
            let slot = at.checked_sub(1)?;
            let record = self.emissions.selecting.get(slot as usize)?;
            if record.purpose == Purpose::Handler {
                return Some((slot, record));
            }
            at = record.below;
        }
    }

    /// The way in which the rules of a vassal that run let an event cross; [`Crossing::No`] if what runs is anything else.
    pub fn space_crossing(&mut self) -> Crossing {
        // What the rules call is not the rules.
        if self.frame_index() != 1 {
            return Crossing::No;
        }
        self.handler_record(self.current)
            .map_or(Crossing::No, |(_, record)| record.crossing)
    }

    /// The space that emissions of the running handler go to; 0 if that is none.
    pub fn space_home(&mut self) -> u32 {
        match self.fiber().home {
            Home::Space(space) => space,
            _ => 0,
        }
    }

    /// As [`World::space_proclaimer`] of whoever proclaimed what the running rules of a vassal let through.
    pub fn space_sender(&mut self) -> u64 {
        let mut at = self.current;
        loop {
            let inward = self
                .handler_record(at)
                .is_some_and(|(_, record)| record.crossing == Crossing::Inward);
            let Some(Some(fiber)) = self.fibers.get(at.0 as usize) else {
                return 1 << 63;
            };
            let Some(parent) = fiber.parent.filter(|_| inward) else {
                return 1 << 63;
            };
            let Some(Some(sender)) = self.fibers.get(parent.0 as usize) else {
                return 1 << 63;
            };
            let (top, base) = (sender.top as usize, sender.base as usize);
            let crosses = top == 1
                && self
                    .handler_record(parent)
                    .is_some_and(|(_, record)| record.crossing == Crossing::Inward);
            if !crosses {
                let base = sender.regs.as_ptr().wrapping_add(base);
                // SAFETY: a fiber that waits for a handler notes where its uppermost frame stands.
                return unsafe { self.proclaimer_at(parent, top, base) };
            }
            at = parent;
        }
    }

    /// Number of the subscription whose handler the running fiber is.
    pub fn space_subscription(&self) -> Option<u64> {
        let (_, record) = self.handler_record(self.current)?;
        (record.subscription != 0).then_some(record.subscription)
    }

    /// A handle on the running fiber, which keeps it.
    ///
    /// # Errors
    /// Fault mem.
    pub fn space_fiber_value(&mut self) -> Raise<Value> {
        self.fiber_value(self.current)
    }

    /// Suspends the running handler until it is handed an event, which is the instruction's result.
    ///
    /// # Errors
    /// Fault susp inside a host callback.
    pub fn space_listen(&mut self, dst: u16) -> Raise<Outcome> {
        Ok(Outcome::Continue(
            self.suspend_running(State::Listening, dst)?,
        ))
    }

    /// The running handler has not taken its event: it goes on to others when the handler stays.
    pub fn space_missed(&mut self) {
        let slot = self.handler_record(self.current).map(|(slot, _)| slot);
        if let Some(record) = slot.and_then(|slot| self.emissions.selecting.get_mut(slot as usize))
        {
            record.peek = true;
        }
    }

    /// Does a fiber wait for an event to be handed to it?
    pub fn space_listens(&self, (index, generation): (u32, u32)) -> bool {
        self.fibers
            .get(index as usize)
            .and_then(|fiber| fiber.as_ref())
            .is_some_and(|fiber| fiber.generation == generation && fiber.state == State::Listening)
    }

    /// The fiber of a handle, if it waits for an event to be handed to it.
    pub(crate) fn listening(&self, handle: Value) -> Option<FiberId> {
        let id = self.fiber_id(handle)?;
        self.space_listens((id.0, self.fiber_generation(id)))
            .then_some(id)
    }

    /// The running handler ends, and a process that listens takes its event, as the handler of whoever posted it.
    ///
    /// # Errors
    /// Fault internal if that process does not listen.
    pub fn space_hand_over(&mut self, handle: Value, event: Value) -> Raise<Outcome> {
        let id = self.current;
        let Some((_, own)) = self.handler_record(id) else {
            return Err(self.fault(Fault::Internal, "no handler hands over"));
        };
        let own = *own;
        let parent = self.fiber().parent;
        let Some(thread) = self.listening(handle) else {
            return Err(self.fault(Fault::Internal, "a process vanished"));
        };
        let next = self.wake_listener(thread, own.emission, own.peek, parent, event)?;
        self.free_fiber(id);
        Ok(Outcome::Continue(next))
    }

    /// A process that listens goes on with an event, as a handler of an emission.
    pub(crate) fn wake_listener(
        &mut self,
        id: FiberId,
        emission: (u32, u32),
        peek: bool,
        parent: Option<FiberId>,
        event: Value,
    ) -> Raise<Next> {
        let slot = self.handler_record(id).map(|(slot, _)| slot);
        if let Some(record) = slot.and_then(|slot| self.emissions.selecting.get_mut(slot as usize))
        {
            record.emission = emission;
            record.peek = peek;
            record.replied = false;
        }
        let dst = match self.fibers.get_mut(id.0 as usize) {
            Some(Some(fiber)) => {
                fiber.parent = parent;
                fiber.state = State::Running;
                fiber.dst
            }
            _ => return Err(self.fault(Fault::Internal, "a process vanished")),
        };
        self.note_young(id);
        self.switch_to(id);
        self.resume_with(dst, event)
    }

    /// What the running fiber owns goes.
    pub fn space_give_up(&mut self) {
        self.give_up_owned(self.current);
    }

    /// Ends the processes whose subscriptions are gone, and those that go with them.
    pub fn space_end_orphans(&mut self) {
        if std::mem::replace(&mut self.emissions.ending_orphans, true) {
            return;
        }
        while let Some(fiber) = self.spaces.as_mut().and_then(|spaces| spaces.next_orphan()) {
            if self.space_listens(fiber) {
                self.end_fiber_silently(FiberId(fiber.0));
            }
        }
        self.emissions.ending_orphans = false;
    }

    /// The frame on top is to go on at `next`: before that, who listens hears that what was pinned by who has been cancelled
    /// is gone.
    pub(crate) fn tell_retracted(&mut self, next: Next) -> Raise<Next> {
        let Some(spaces) = self.spaces.as_ref().filter(|spaces| spaces.has_retracted()) else {
            return Ok(next);
        };
        let runner = spaces.runner();
        // SAFETY: the frame on top of the running fiber. What goes on elsewhere tells it later.
        if next.pc.is_null() || next.pc != unsafe { (*self.frame).pc } {
            return Ok(next);
        }
        match runner(self, SpaceOp::Retracted, [0; 4], 0, 0, DROPPED)? {
            Outcome::Value(_) => Ok(next),
            Outcome::Continue(first) => Ok(first),
        }
    }

    /// What a fiber that comes to its end owns passes to another.
    pub(crate) fn bequeath(&mut self, id: FiberId, heir: FiberId) {
        let generation = match self.fibers.get_mut(id.0 as usize) {
            Some(Some(fiber)) if fiber.owns => {
                fiber.owns = false;
                fiber.generation
            }
            _ => return,
        };
        let heir_generation = match self.fibers.get_mut(heir.0 as usize) {
            Some(Some(fiber)) => {
                fiber.owns = true;
                fiber.generation
            }
            _ => 0,
        };
        if let Some(spaces) = &mut self.spaces {
            let bytes = spaces.owner_finished((id.0, generation), (heir.0, heir_generation));
            self.lemari.refund(bytes);
        }
    }

    /// Who gets what a handler owned, whose record is given: whoever subscribed it, or for the rules of a vassal whoever
    /// sent something through; at last the World's first fiber.
    pub(crate) fn heir_of_handler(&self, record: &Selecting, parent: Option<FiberId>) -> FiberId {
        if record.crossing == Crossing::Inward
            && let Some(parent) = parent
        {
            return parent;
        }
        self.spaces
            .as_ref()
            .and_then(|spaces| spaces.subscriber(record.subscription))
            .filter(|&(index, generation)| self.fiber_lives(index, generation))
            .map_or(FiberId(0), |(index, _)| FiberId(index))
    }

    /// The rules of a vassal that run have let an event out that nobody there took: so they have not taken it either. True
    /// if such rules run.
    pub(crate) fn passed_on_in_vain(&mut self) -> bool {
        let Some((slot, record)) = self.handler_record(self.current) else {
            return false;
        };
        if record.crossing != Crossing::Outward {
            return false;
        }
        if let Some(record) = self.emissions.selecting.get_mut(slot as usize) {
            record.peek = true;
        }
        true
    }

    // Values

    /// True if a value is an event.
    pub fn space_is_event(&self, value: Value) -> bool {
        self.is_event(value)
    }

    /// Kind and topic of an event.
    ///
    /// # Errors
    /// Fault mem.
    pub fn space_event_topic(&mut self, event: Value) -> Raise<(u32, u32)> {
        let what = self.event_what(event.as_ticket());
        match what.topic() {
            Some(topic) => Ok((what.kind(), topic)),
            None => Ok((what.kind(), self.intern("")?)),
        }
    }

    /// The only element of a map of elements.
    pub fn space_only(&self, list: Value) -> Option<Value> {
        (list.kind() == Kind::Map && self.elements_len(list.as_ticket()) == 1)
            .then(|| self.element(list.as_ticket(), 0))
    }

    /// A proclamation of nothing under a topic.
    ///
    /// # Errors
    /// Fault mem.
    pub fn space_retraction(&mut self, topic: u32) -> Raise<Value> {
        let mark = self.temp(Value::EMPTY)?;
        let event = self.event_of_temps(PROCLAMATION, Some(topic), mark, 1)?;
        self.temps.truncate(mark);
        Ok(event)
    }

    /// Roots several values at once, so that none of them is missed if that collects.
    ///
    /// # Errors
    /// Fault mem.
    pub fn host_push_all(&mut self, values: &[Value]) -> Raise<()> {
        self.push_temps(values)
    }

    /// Puts a value in a place of the temporary roots.
    pub fn host_set(&mut self, at: usize, value: Value) {
        if let Some(place) = self.temps.get_mut(at) {
            *place = value;
        }
    }

    /// A hash of the elements of a map or the arguments of an event: what is equal has the same.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn space_hash_all(&mut self, map: Value) -> Raise<u64> {
        let mark = self.temp(map)?;
        let count = self.elements_len(map.as_ticket());
        let mut hash = u64::from(count);
        for index in 0..count {
            let value = self.element(self.temps[mark].as_ticket(), index);
            let part = self.space_hash(value)?;
            hash = hash.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ part;
        }
        self.temps.truncate(mark);
        Ok(hash)
    }

    /// Hash of a value; the same for all that have none.
    fn space_hash(&mut self, value: Value) -> Raise<u64> {
        let mark = self.temp(value)?;
        let hash = match self.hash_value(value) {
            Ok(hash) => hash,
            Err(raised) => {
                let unhashable = self
                    .raised
                    .as_ref()
                    .is_some_and(|info| info.fault == Fault::Hash);
                if !unhashable {
                    return Err(raised);
                }
                self.raised = None;
                NO_HASH
            }
        };
        self.temps.truncate(mark);
        Ok(hash)
    }

    /// Hashes of the arguments of the event in a place of the temporary roots, at the positions whose bits are set.
    ///
    /// # Errors
    /// Fault mem or fuel.
    pub fn space_keys(&mut self, event: usize, mut wanted: u64) -> Raise<Keys> {
        let mut keys = Keys::default();
        while wanted != 0 && keys.count < KEYS {
            let position = wanted.trailing_zeros();
            wanted &= wanted - 1;
            self.charge_fuel(1)?;
            let map = self.host_temp(event).as_ticket();
            if position < self.elements_len(map) {
                let value = self.element(map, position);
                let hash = self.space_hash(value)?;
                if let Some(place) = keys.list.get_mut(keys.count) {
                    *place = (position, hash);
                    keys.count += 1;
                }
            }
        }
        Ok(keys)
    }

    /// Notes that the next `subscribe` is to events that have a value as the argument at a position. Values that may be
    /// equal to others of another hash, and places beyond [`KEYS`], are not noted.
    pub(crate) fn note_filter(&mut self, position: i64, value: Value) -> Raise<bool> {
        self.emissions.filter = None;
        let plain = matches!(
            value.kind(),
            Kind::Text | Kind::I64 | Kind::Bool | Kind::Key
        );
        let Some(position) = u32::try_from(position)
            .ok()
            .filter(|position| plain && (*position as usize) < KEYS)
        else {
            return Ok(false);
        };
        let hash = self.hash_value(value)?;
        self.emissions.filter = Some((position, hash));
        Ok(true)
    }

    /// What was noted for the `subscribe` that runs: a position, and the hash of the argument there.
    pub fn space_take_filter(&mut self) -> Option<(u32, u64)> {
        self.emissions.filter.take()
    }
}
