//! Proclamations: by whom and with what they are pinned, found without looking at the others.

use machine::space::PROCLAMATION;
use machine::value::Value;

use crate::numbers::{forget, note};
use crate::table::{Pin, Tuplespaces};

impl Tuplespaces {
    /// Pins a proclamation; its number, `None` for want of memory.
    pub(crate) fn pin(&mut self, pin: Pin) -> Option<u64> {
        let number = self.next_number()?;
        self.pins.try_reserve(1).ok()?;
        self.own(pin.owner, number)?;
        let space = self.get_mut(pin.space)?;
        space.pins.push(number)?;
        note(&mut space.pins_of_topic, pin.topic, number)?;
        note(&mut space.pins_of_tuple, (pin.topic, pin.hash), number)?;
        space.pins_of_actor.try_reserve(1).ok()?;
        space
            .pins_of_actor
            .insert((pin.topic, pin.proclaimer), number);
        self.pins.insert(number, pin);
        Some(number)
    }

    /// Another event takes the place of a pin's, which is answered; `None` if there is no such pin, or no memory.
    pub(crate) fn replace(&mut self, number: u64, event: Value, hash: u64) -> Option<Value> {
        self.note_young(number)?;
        let pin = self.pins.get_mut(&number)?;
        let (old, old_hash) = (pin.event, pin.hash);
        let (space, topic) = (pin.space, pin.topic);
        if hash != old_hash {
            let listed = self.list.get_mut((space as usize).checked_sub(1)?)?;
            let tuples = &mut listed.as_deref_mut()?.pins_of_tuple;
            // Numbers ascend in a list, and this one may be lower than those of the others: the list is made anew.
            tuples.try_reserve(1).ok()?;
            let list = tuples.entry((topic, hash)).or_default();
            list.insert(number)?;
            pin.hash = hash;
            let pins = &self.pins;
            forget(tuples, &(topic, old_hash), |other| {
                pins.get(&other).is_some_and(|pin| pin.hash == old_hash)
            });
        }
        let pin = self.pins.get_mut(&number)?;
        pin.event = event;
        pin.hash = hash;
        Some(old)
    }

    /// Removes a pin; its topic and event.
    pub(crate) fn unpin(&mut self, number: u64) -> Option<(u32, Value)> {
        let gone = self.pins.remove(&number)?;
        self.disown(gone.owner);
        let pins = &self.pins;
        let lives = |number: u64| pins.contains_key(&number);
        if let Some(space) = self
            .list
            .get_mut((gone.space as usize).wrapping_sub(1))
            .and_then(|space| space.as_deref_mut())
        {
            space.pins.lost(lives);
            forget(&mut space.pins_of_topic, &gone.topic, lives);
            forget(
                &mut space.pins_of_tuple,
                &(gone.topic, gone.hash),
                |number| pins.get(&number).is_some_and(|pin| pin.hash == gone.hash),
            );
            space.pins_of_actor.remove(&(gone.topic, gone.proclaimer));
        }
        Some((gone.topic, gone.event))
    }

    /// Numbers of the pins of a space under a topic, or of all, in the order of pinning; `None` for want of memory.
    pub(crate) fn pinned(&self, space: u32, topic: Option<u32>) -> Option<Vec<u64>> {
        let mut found = Vec::new();
        let Some(space) = self.get(space) else {
            return Some(found);
        };
        let listed = match topic {
            Some(topic) => space.pins_of_topic.get(&topic),
            None => Some(&space.pins),
        };
        let listed = listed.map_or(&[][..], |list| list.all());
        found.try_reserve(listed.len()).ok()?;
        found.extend(
            listed
                .iter()
                .copied()
                .filter(|number| self.pins.contains_key(number)),
        );
        Some(found)
    }

    /// Numbers of the pins of a space that a set of events has, in the order of pinning; `None` for want of memory.
    pub(crate) fn pinned_of(&self, space: u32, topics: &[(u32, Option<u32>)]) -> Option<Vec<u64>> {
        let mut found = Vec::new();
        for &(kind, topic) in topics {
            if kind == PROCLAMATION {
                let mut more = self.pinned(space, topic)?;
                found.try_reserve(more.len()).ok()?;
                found.append(&mut more);
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// The pin of an actor under a topic.
    pub(crate) fn pin_of(&self, space: u32, topic: u32, proclaimer: u64) -> Option<u64> {
        let space = self.get(space)?;
        space.pins_of_actor.get(&(topic, proclaimer)).copied()
    }

    /// The next pin from place `at` of those under a topic with arguments of a hash: its place and event.
    pub(crate) fn alike(
        &self,
        space: u32,
        topic: u32,
        hash: u64,
        at: usize,
    ) -> Option<(usize, Value)> {
        let listed = self.get(space)?.pins_of_tuple.get(&(topic, hash))?.all();
        let (place, pin) = (at..).zip(listed.get(at..)?).find_map(|(place, number)| {
            let pin = self.pins.get(number).filter(|pin| pin.hash == hash)?;
            Some((place, pin))
        })?;
        Some((place, pin.event))
    }
}
