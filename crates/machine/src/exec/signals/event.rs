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
    /// Kind: 1 signal, 2 proclamation.
    pub const KIND: u16 = 0;
    /// Topic: a text; empty if anonymous.
    pub const TOPIC: u16 = 1;
    /// The emission, or empty.
    pub const ZOMBIE: u16 = 2;
}

/// Number of slots of an event.
const SLOTS: u16 = 3;

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
            fields
                .add(slot::KIND as usize)
                .write(Value::int(i64::from(kind)));
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
    pub(crate) fn event_parts(&self, event: Ticket) -> (u32, Value) {
        let kind = self.slot_value(event, slot::KIND).as_int().unwrap_or(0);
        (kind as u32, self.slot_value(event, slot::TOPIC))
    }

    /// Index and generation of the emission that an event stands for.
    pub(crate) fn event_emission(&self, event: Ticket) -> Option<(u32, u32)> {
        let zombie = self.slot_value(event, slot::ZOMBIE);
        if zombie.kind() != Kind::Zombie {
            return None;
        }
        // SAFETY: a live handle.
        unsafe {
            let object = self.at::<crate::heap::object::FiberObj>(zombie.as_ticket());
            Some(((*object).index, (*object).generation))
        }
    }

    /// Is a value an event that a topic set of the running function's module has?
    pub(crate) fn matches_event(&mut self, value: Value, constant: u32) -> Raise<bool> {
        if !self.is_event(value) {
            return Ok(false);
        }
        let (kind, topic) = self.event_parts(value.as_ticket());
        let topic = if topic.kind() == Kind::Text {
            self.name_of_text(topic.as_ticket())?
        } else {
            None
        };
        // SAFETY: the running frame.
        let instance = unsafe { (*self.frame).instance };
        self.topics_have(instance, constant, kind, topic)
    }
}

const _: () = assert!(EventKind::Signal as u32 == 1 && EventKind::Proclamation as u32 == 2);
