//! What a space holds, and how an event finds its listeners.

use std::collections::HashMap;

use machine::fiber::Home;
use machine::space::{Listener, Outward};
use machine::value::Value;

/// A set of events: kind, and topic or any.
pub(crate) type Topics = Vec<(u32, Option<u32>)>;

/// A copy of a set; `None` if the host has no memory for it.
pub(crate) fn copied(topics: &[(u32, Option<u32>)]) -> Option<Topics> {
    let mut copy = Topics::new();
    copy.try_reserve_exact(topics.len()).ok()?;
    copy.extend_from_slice(topics);
    Some(copy)
}

/// True if a set has an event.
pub(crate) fn has(topics: &[(u32, Option<u32>)], kind: u32, topic: u32) -> bool {
    topics
        .iter()
        .any(|&(of, name)| of == kind && name.is_none_or(|name| name == topic))
}

/// A handler registered in a space.
pub(crate) struct Subscription {
    pub topics: Topics,
    pub handler: Value,
    pub home: Home,
    pub peek: bool,
    /// The process that registered it: index and generation.
    pub owner: (u32, u32),
}

/// A proclamation.
pub(crate) struct Pin {
    pub topic: u32,
    /// Who proclaims: the same one replaces.
    pub proclaimer: u64,
    pub owner: (u32, u32),
    pub event: Value,
}

/// What crosses a vassal, and who decides how.
pub(crate) struct Rules {
    pub topics: Topics,
    pub handler: Value,
    /// The space behind it; 0 until it is applied.
    pub target: u32,
}

/// A space: of a realm, of a vassal, or of a fiber.
pub(crate) struct Space {
    /// Ticket of its realm or vassal, weak; 0 for the space of a fiber.
    pub realm: u32,
    /// The fiber whose space it is, with its generation.
    pub fiber: Option<(u32, u32)>,
    pub parent: Outward,
    pub subscriptions: Vec<Subscription>,
    /// Subscriptions by kind and topic + 1 (0: any), in the order of registration.
    pub index: HashMap<(u32, u32), Vec<u32>>,
    pub pins: Vec<Pin>,
    pub rules: Option<Rules>,
    /// It was just made and nothing stands for it yet: collections leave it alone.
    pub newborn: bool,
    /// Last collection that reached it.
    pub mark: u32,
}

/// Counted bytes of a space, a subscription, a pin.
pub(crate) const SPACE_BYTES: usize = size_of::<Space>();
pub(crate) const SUBSCRIPTION_BYTES: usize = size_of::<Subscription>() + 64;
/// Counted bytes of an event of a set.
pub(crate) const TOPIC_BYTES: usize = 16;
pub(crate) const PIN_BYTES: usize = size_of::<Pin>();

/// The spaces of one World. Number 0 is none.
#[derive(Default)]
pub struct Tuplespaces {
    pub(crate) list: Vec<Option<Box<Space>>>,
    pub(crate) free: Vec<u32>,
    pub(crate) epoch: u32,
    /// Work list of the collector.
    pub(crate) work: Vec<u32>,
}

impl Tuplespaces {
    /// No spaces yet.
    pub fn new() -> Tuplespaces {
        Tuplespaces::default()
    }

    /// Number of spaces that exist, for tests and tools.
    pub fn count(&self) -> usize {
        self.list.iter().flatten().count()
    }

    pub(crate) fn get(&self, space: u32) -> Option<&Space> {
        self.list.get((space as usize).checked_sub(1)?)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, space: u32) -> Option<&mut Space> {
        self.list
            .get_mut((space as usize).checked_sub(1)?)?
            .as_deref_mut()
    }

    /// Adds a space; `None` if the host has no memory.
    pub(crate) fn add(&mut self, parent: Outward, fiber: Option<(u32, u32)>) -> Option<u32> {
        let space = machine::host_memory::boxed(Space {
            realm: 0,
            fiber,
            parent,
            subscriptions: Vec::new(),
            index: HashMap::new(),
            pins: Vec::new(),
            rules: None,
            newborn: fiber.is_none(),
            mark: self.epoch,
        })
        .ok()?;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                let count = self.list.len();
                self.list.try_reserve(1).ok()?;
                self.free.try_reserve(count + 1).ok()?;
                self.work.try_reserve(count + 1).ok()?;
                self.list.push(None);
                count as u32
            }
        };
        *self.list.get_mut(slot as usize)? = Some(space);
        Some(slot + 1)
    }

    /// Does anybody in a space listen to an event? The rules of a vassal are its only listeners.
    pub(crate) fn heard(&self, space: u32, kind: u32, topic: u32) -> bool {
        let Some(space) = self.get(space) else {
            return false;
        };
        match &space.rules {
            Some(rules) => rules.target != 0 && has(&rules.topics, kind, topic),
            None => {
                space.index.contains_key(&(kind, topic + 1)) || space.index.contains_key(&(kind, 0))
            }
        }
    }

    /// The handlers of an event, in the order of registration; false for want of memory.
    pub(crate) fn handlers(
        &self,
        number: u32,
        kind: u32,
        topic: u32,
        out: &mut Vec<Listener>,
    ) -> bool {
        let Some(space) = self.get(number) else {
            return true;
        };
        if let Some(rules) = &space.rules {
            if rules.target != 0 && has(&rules.topics, kind, topic) {
                if out.try_reserve(1).is_err() {
                    return false;
                }
                out.push(Listener {
                    handler: rules.handler,
                    home: Home::Space(rules.target),
                    peek: false,
                    event: Value::HOLE,
                });
            }
            return true;
        }
        let none = Vec::new();
        let exact = space.index.get(&(kind, topic + 1)).unwrap_or(&none);
        let any = space.index.get(&(kind, 0)).unwrap_or(&none);
        if out.try_reserve(exact.len() + any.len()).is_err() {
            return false;
        }
        // Both lists ascend: merge them, each subscription once.
        let (mut i, mut j) = (0, 0);
        while let Some(at) = match (exact.get(i), any.get(j)) {
            (Some(x), Some(y)) if x == y => {
                (i, j) = (i + 1, j + 1);
                Some(*x)
            }
            (Some(x), Some(y)) if x > y => {
                j += 1;
                Some(*y)
            }
            (Some(x), _) => {
                i += 1;
                Some(*x)
            }
            (None, Some(y)) => {
                j += 1;
                Some(*y)
            }
            (None, None) => None,
        } {
            if let Some(found) = space.subscriptions.get(at as usize) {
                out.push(Listener {
                    handler: found.handler,
                    home: found.home,
                    peek: found.peek,
                    event: Value::HOLE,
                });
            }
        }
        true
    }

    /// Registers a handler; false for want of memory.
    pub(crate) fn subscribe(&mut self, space: u32, subscription: Subscription) -> bool {
        let Some(space) = self.get_mut(space) else {
            return true;
        };
        if space.subscriptions.try_reserve(1).is_err()
            || space.index.try_reserve(subscription.topics.len()).is_err()
        {
            return false;
        }
        let at = space.subscriptions.len() as u32;
        for &(kind, topic) in &subscription.topics {
            let entry = space
                .index
                .entry((kind, topic.map_or(0, |topic| topic + 1)))
                .or_default();
            if entry.try_reserve(1).is_err() {
                return false;
            }
            if entry.last() != Some(&at) {
                entry.push(at);
            }
        }
        space.subscriptions.push(subscription);
        true
    }

    /// Removes subscriptions; how many.
    pub(crate) fn unsubscribe(
        &mut self,
        space: u32,
        gone: impl Fn(&Subscription) -> bool,
    ) -> usize {
        let Some(space) = self.get_mut(space) else {
            return 0;
        };
        let before = space.subscriptions.len();
        space
            .subscriptions
            .retain(|subscription| !gone(subscription));
        let removed = before - space.subscriptions.len();
        if removed > 0 {
            for list in space.index.values_mut() {
                list.clear();
            }
            for (at, subscription) in space.subscriptions.iter().enumerate() {
                for &(kind, topic) in &subscription.topics {
                    let entry = space
                        .index
                        .entry((kind, topic.map_or(0, |topic| topic + 1)))
                        .or_default();
                    if entry.last() != Some(&(at as u32)) {
                        entry.push(at as u32);
                    }
                }
            }
            space.index.retain(|_, list| !list.is_empty());
        }
        removed
    }

    /// Everything that a process owns goes; the counted bytes.
    pub(crate) fn forget_process(&mut self, owner: (u32, u32)) -> usize {
        let mut bytes = 0;
        for number in 1..=self.list.len() as u32 {
            bytes += self.unsubscribe(number, |subscription| subscription.owner == owner)
                * SUBSCRIPTION_BYTES;
            if let Some(space) = self.get_mut(number) {
                let before = space.pins.len();
                space.pins.retain(|pin| pin.owner != owner);
                bytes += (before - space.pins.len()) * PIN_BYTES;
            }
        }
        bytes
    }
}
