//! Events as values: maps of nature event. Slot 0 holds the kind, slot 1 the topic, slot 2 what can be replied to; the
//! legend names none of them, so that programs see the arguments only.

use fzb::tables::EventKind;
use lemari::Ticket;

use crate::fault::Raise;
use crate::heap::object::MapObj;
use crate::heap::vector::rooted;
use crate::legend::{Legends, Nature};
use crate::value::{Kind, Value};
use crate::world::World;

/// Slots of an event.
pub(crate) mod slot {
    /// Kind and topic as numbers ([`super::What`]).
    pub const WHAT: u16 = 0;
    /// Topic: a text; empty if anonymous.
    pub const TOPIC: u16 = 1;
    /// The emission, as `World::name_emission` writes it; the event that this one is a copy of; or empty.
    pub const EMISSION: u16 = 2;
}

/// Kind and topic of an event in one word, as its hidden slot holds them: the kind (1 signal, 2 proclamation) in the lowest
/// byte, above it the interned name of the topic + 1, or 0 if there is none (a reply that is no event's). Names are numbered
/// by the World, so this is no part of what can leave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct What(u64);

impl What {
    /// Both in one.
    #[inline(always)]
    pub(crate) fn new(kind: u32, topic: Option<u32>) -> What {
        What(topic.map_or(0, |name| u64::from(name) + 1) << 8 | u64::from(kind & 0xFF))
    }

    /// 1 signal, 2 proclamation.
    pub(crate) fn kind(self) -> u32 {
        self.0 as u32 & 0xFF
    }

    /// Interned name of the topic.
    pub(crate) fn topic(self) -> Option<u32> {
        ((self.0 >> 8) as u32).checked_sub(1)
    }

    /// True if it has a topic, the empty one included.
    #[inline(always)]
    pub(super) fn is_named(self) -> bool {
        self.0 >> 8 != 0
    }

    /// As the slot holds it.
    #[inline(always)]
    pub(super) fn word(self) -> Value {
        Value::int(self.0.cast_signed())
    }

    /// What a slot's value says.
    #[inline(always)]
    pub(super) fn of(word: Value) -> What {
        What(word.payload)
    }
}

/// Number of slots of an event.
pub(super) const SLOTS: u16 = 3;

/// An emission as the hidden slot of its event holds it.
pub(super) fn emission_word(index: u32, generation: u32) -> Value {
    Value::int((u64::from(generation) << 32 | u64::from(index)).cast_signed())
}

/// The emission that [`emission_word`] wrote.
fn named_emission(slot: Value) -> Option<(u32, u32)> {
    let word = slot.as_int()?.cast_unsigned();
    Some((word as u32, (word >> 32) as u32))
}

impl World {
    /// An event with the arguments `temps[first..first + count]`.
    pub(crate) fn event_of_temps(
        &mut self,
        kind: u32,
        topic: Option<u32>,
        first: usize,
        count: usize,
    ) -> Raise<Value> {
        let mark = self.temps.len();
        let vec = if count > 0 {
            rooted(self.vec_of_temps(first, count)?)
        } else {
            Value::EMPTY
        };
        let vec = self.temp(vec)?;
        let map = self.map_new(Legends::EVENT, SLOTS)?;
        let what = What::new(kind, topic);
        let topic = match topic {
            Some(name) if !self.name_text(name).is_empty() => self.name_value(name),
            _ => Value::EMPTY,
        };
        // SAFETY: a fresh young map with three slots, nothing allocated since: its fields need no barrier.
        unsafe {
            let object = self.at::<MapObj>(map);
            if self.temps[vec].is_heap() {
                (*object).elements = self.temps[vec].as_ticket().0;
            }
            let fields = (&raw mut (*object).fields).cast::<Value>();
            fields.add(slot::WHAT as usize).write(what.word());
            fields.add(slot::TOPIC as usize).write(topic);
        }
        self.temps.truncate(mark);
        Ok(Value::ticket(Kind::Map, map))
    }

    /// True if a value is an event.
    pub(crate) fn is_event(&self, value: Value) -> bool {
        value.kind() == Kind::Map && self.nature(value.as_ticket()) == Nature::Event
    }

    /// Kind and topic of an event.
    pub(crate) fn event_what(&self, event: Ticket) -> What {
        What::of(self.slot_value(event, slot::WHAT))
    }

    /// Writes index and generation of an emission into its event, which is how programs name it. An event that was thrown
    /// again stands for its last emission only.
    pub(super) fn name_emission(&mut self, index: u32) {
        let Some(emission) = self.emission(index) else {
            return;
        };
        let (event, generation) = (emission.event.as_ticket(), emission.generation);
        if let Some(before) = named_emission(self.slot_value(event, slot::EMISSION))
            && let Some(emission) = self.emission_of(before)
        {
            emission.named = false;
        }
        self.set_slot_value(event, slot::EMISSION, emission_word(index, generation));
        if let Some(emission) = self.emission(index) {
            emission.named = true;
        }
    }

    /// Index and generation of the emission that an event, or what it is a copy of, stands for.
    pub(crate) fn event_emission(&self, event: Ticket) -> Option<(u32, u32)> {
        let named = self.slot_value(event, slot::EMISSION);
        let named = if named.kind() == Kind::Map {
            self.slot_value(named.as_ticket(), slot::EMISSION)
        } else {
            named
        };
        named_emission(named)
    }

    /// Makes a copy of an event refer to what it was copied from: the emission lives as long as its own event is held.
    pub(crate) fn event_copied(&mut self, original: Value, copy: Ticket) {
        if named_emission(self.slot_value(copy, slot::EMISSION)).is_some() {
            self.set_slot_value(copy, slot::EMISSION, original);
        }
    }

    /// Is a value an event that a topic set of the running function's module has?
    pub(crate) fn matches_event(&mut self, value: Value, constant: u32) -> Raise<bool> {
        if !self.is_event(value) {
            return Ok(false);
        }
        let what = self.event_what(value.as_ticket());
        // SAFETY: the running frame.
        let instance = unsafe { (*self.frame).instance };
        self.topics_have(instance, constant, what)
    }
}

const _: () = assert!(EventKind::Signal as u32 == 1 && EventKind::Proclamation as u32 == 2);
