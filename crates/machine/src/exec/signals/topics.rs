//! Topic sets as a World compares them: decoded from their module once, names interned.

use fzb::tables::{ConstId, EventKind};
use fzb::view::Constant;

use super::event::What;
use super::state::Emissions;
use crate::fault::{Fault, Raise};
use crate::world::World;

/// An entry of a topic set.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Kind of event as `match_event` numbers it.
    kind: u32,
    /// Interned name; `None` for any.
    topic: Option<u32>,
    /// The name is empty: anonymous events are meant.
    anonymous: bool,
}

/// A topic set of an instance's module.
#[derive(Debug)]
pub(crate) struct TopicSet {
    entries: Vec<Entry>,
    /// The entry, if there is one only: most sets are such, and have a name in it.
    only: What,
    /// `***` of signals is among them.
    errors: bool,
}

/// A topic set that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownSet {
    instance: u32,
    constant: u32,
    /// Its number.
    pub number: u32,
    /// [`TopicSet::only`].
    pub only: What,
}

/// Topic sets that were asked for last, one per place ([`Emissions::known_set`]).
pub(crate) type Known = [Option<KnownSet>; 16];

impl Emissions {
    /// The number of a topic set, if it is among those asked for last.
    #[inline(always)]
    pub(crate) fn known_set(&self, instance: u32, constant: u32) -> Option<&KnownSet> {
        let place = constant as usize % self.known_sets.len();
        match &self.known_sets[place] {
            Some(known) if known.instance == instance && known.constant == constant => Some(known),
            _ => None,
        }
    }

    fn know_set(&mut self, instance: u32, constant: u32, number: u32) {
        let place = constant as usize % self.known_sets.len();
        self.known_sets[place] = self.topics.get(number as usize).map(|set| KnownSet {
            instance,
            constant,
            number,
            only: set.only,
        });
    }
}

impl World {
    /// The number of a topic set in this World; decoded and its names interned at the first question. May allocate.
    pub(crate) fn topic_set(&mut self, instance: u32, constant: u32) -> Raise<u32> {
        if let Some(known) = self.emissions.known_set(instance, constant) {
            return Ok(known.number);
        }
        if let Some(&known) = self.emissions.topic_numbers.get(&(instance, constant)) {
            self.emissions.know_set(instance, constant, known);
            return Ok(known);
        }
        let Some(module) = self
            .instances
            .get(instance as usize)
            .map(|found| found.loaded.module.clone())
        else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        let Some(Constant::Topics(topics)) = module.constant(ConstId(constant)) else {
            return Err(self.fault(Fault::Internal, "a topic set that is none"));
        };
        let error = self.error_topic()?;
        let count = topics.iter().count();
        self.charge(
            count * size_of::<Entry>() + size_of::<TopicSet>() + 2 * size_of::<((u32, u32), u32)>(),
        )?;
        let mut set = TopicSet {
            entries: Vec::new(),
            only: What::new(0, None),
            errors: false,
        };
        let room = set.entries.try_reserve_exact(count).is_ok()
            && self.emissions.topics.try_reserve(1).is_ok()
            && self.emissions.topic_numbers.try_reserve(1).is_ok();
        if !room {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        for (kind, name) in topics.iter() {
            let topic = match name {
                Some(name) => Some(self.name_in(instance, name.0)?),
                None => None,
            };
            set.errors |= kind == EventKind::Signal && topic == Some(error);
            set.entries.push(Entry {
                kind: kind as u32,
                topic,
                anonymous: topic.is_some_and(|name| self.name_text(name).is_empty()),
            });
        }
        if let [only] = &*set.entries {
            set.only = What::new(only.kind, only.topic);
        }
        let number = self.emissions.topics.len() as u32;
        self.emissions.topics.push(set);
        self.emissions
            .topic_numbers
            .insert((instance, constant), number);
        Ok(number)
    }

    /// Has a topic set an entry for a kind and topic? `***` is never meant by an entry for any topic. Neither allocates nor
    /// faults.
    #[inline]
    pub(crate) fn topic_set_has(&self, set: u32, what: What) -> bool {
        match self.emissions.topics.get(set as usize) {
            Some(set) if set.only.is_named() && what.is_named() => set.only == what,
            Some(set) => self.entries_have(set, what),
            None => false,
        }
    }

    fn entries_have(&self, set: &TopicSet, what: What) -> bool {
        // Stands from the time when the first set was decoded.
        let error = self.emissions.error_topic.checked_sub(1);
        let (kind, topic) = (what.kind(), what.topic());
        set.entries.iter().any(|entry| {
            entry.kind == kind
                && match (entry.topic, topic) {
                    (None, None) => true,
                    (None, Some(_)) => topic != error,
                    (Some(_), None) => entry.anonymous,
                    (Some(known), Some(topic)) => known == topic,
                }
        })
    }

    /// As [`World::topic_set_has`], of a topic set of an instance.
    pub(crate) fn topics_have(&mut self, instance: u32, constant: u32, what: What) -> Raise<bool> {
        let set = self.topic_set(instance, constant)?;
        Ok(self.topic_set_has(set, what))
    }

    /// True if `***` is among the signals of a topic set.
    pub(crate) fn topic_set_has_errors(&self, set: u32) -> bool {
        self.emissions
            .topics
            .get(set as usize)
            .is_some_and(|set| set.errors)
    }
}
