//! What a space holds.

use machine::fiber::Home;
use machine::space::Outward;
use machine::value::Value;

use crate::numbers::{Numbers, Table};
use crate::threads::Threads;

/// A set of events: kind, and topic or any.
pub(crate) type Topics = Vec<(u32, Option<u32>)>;

/// A fiber: index and generation.
pub(crate) type Owner = (u32, u32);

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
    /// Where it listens.
    pub space: u32,
    /// The space that was named when it was made: another one if that is a vassal's.
    pub asked: u32,
    pub topics: Topics,
    /// An argument that an event must have, by its position and hash; others need not be shown to the handler.
    pub filter: Option<(u32, u64)>,
    pub handler: Value,
    pub home: Home,
    pub peek: bool,
    /// The handler is the rules of a vassal, which pass events on to `home`.
    pub relay: bool,
    /// Who registered it.
    pub owner: Owner,
    /// Processes that it spawned and that wait for departures.
    pub threads: Numbers,
}

impl Subscription {
    /// Counted bytes.
    pub fn bytes(&self) -> usize {
        SUBSCRIPTION_BYTES + self.topics.len() * TOPIC_BYTES
    }
}

/// A proclamation.
pub(crate) struct Pin {
    pub space: u32,
    pub topic: u32,
    /// Who proclaims: the same one replaces.
    pub proclaimer: u64,
    pub owner: Owner,
    pub event: Value,
    /// Hash of its arguments.
    pub hash: u64,
}

/// What crosses a vassal, and who decides how.
pub(crate) struct Rules {
    pub topics: Topics,
    pub handler: Value,
    /// The space behind it; 0 until it is applied.
    pub target: u32,
}

/// What a space is that keeps what a vassal shows.
#[derive(Clone, Copy)]
pub(crate) struct Snapshot {
    /// The outlet of the inmost vassal, which lives as long as this space; 0 if it is this space itself.
    pub first: u32,
    /// Who reads.
    pub owner: Owner,
}

/// Under what a subscription is listed: kind, topic + 1 (0: any), position of its filter + 1 (0: none), hash of that
/// argument.
pub(crate) type Key = (u32, u32, u32, u64);

/// A space: of a realm, of a vassal, of a fiber, or of what hears a vassal.
pub(crate) struct Space {
    /// Ticket of its realm or vassal, weak; 0 for other spaces.
    pub realm: u32,
    /// The fiber whose space it is, with its generation.
    pub fiber: Option<Owner>,
    pub parent: Outward,
    /// Who made its realm, as proclamations know actors.
    pub creator: u64,
    /// Subscriptions in the order of registration.
    pub subscriptions: Numbers,
    pub index: Table<Key, Numbers>,
    /// Bits of the positions at which subscriptions to a kind and topic + 1 have filters.
    pub positions: Table<(u32, u32), u64>,
    /// Proclamations in the order of pinning.
    pub pins: Numbers,
    pub pins_of_topic: Table<u32, Numbers>,
    /// The one of a topic and proclaimer.
    pub pins_of_actor: Table<(u32, u64), u64>,
    /// Those of a topic with arguments of a hash.
    pub pins_of_tuple: Table<(u32, u64), Numbers>,
    pub rules: Option<Rules>,
    /// What crosses a vassal to it is pinned in it.
    pub snapshot: Option<Snapshot>,
    /// The rules that it holds are young.
    pub young: bool,
    /// It was just made and nothing stands for it yet: collections leave it alone.
    pub newborn: bool,
    /// Last collection that reached it.
    pub mark: u32,
}

/// Counted bytes of a space, a subscription, a pin: with their places in the tables.
pub(crate) const SPACE_BYTES: usize = size_of::<Space>();
pub(crate) const SUBSCRIPTION_BYTES: usize = size_of::<Subscription>() + 128;
/// Counted bytes of an event of a set.
pub(crate) const TOPIC_BYTES: usize = 48;
pub(crate) const PIN_BYTES: usize = size_of::<Pin>() + 192;

/// Spaces made between two collections of everything, at least: only a collection finds out that one is needed no more.
const COLLECT_AFTER: usize = 10_000;

/// The spaces of one World. Number 0 is none.
#[derive(Default)]
pub struct Tuplespaces {
    pub(crate) list: Vec<Option<Box<Space>>>,
    pub(crate) free: Vec<u32>,
    pub(crate) epoch: u32,
    /// Work list of the collector.
    pub(crate) work: Vec<u32>,
    /// Spaces made since the last collection of everything, and how many are made before the next one.
    pub(crate) made: usize,
    pub(crate) made_bound: usize,
    /// Number of the last subscription, proclamation or thread.
    pub(crate) last: u64,
    pub(crate) subscriptions: Table<u64, Subscription>,
    pub(crate) pins: Table<u64, Pin>,
    pub(crate) threads: Threads,
    /// Subscriptions and pins by who made them.
    pub(crate) owned: Table<Owner, Numbers>,
    /// Processes of subscriptions that are gone.
    pub(crate) orphans: Vec<Owner>,
    /// What was pinned in a space by who was cancelled, until its listeners are told that it is gone.
    pub(crate) retracted: Vec<(u32, Value)>,
    /// Subscriptions, pins and threads, and spaces, in which young values may stand.
    pub(crate) young: Vec<u64>,
    pub(crate) young_spaces: Vec<u32>,
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

    /// Have so many spaces been made that it is worth while to look which of them are still needed?
    pub(crate) fn is_due(&self) -> bool {
        self.made > self.made_bound.max(COLLECT_AFTER)
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
    pub(crate) fn add(
        &mut self,
        parent: Outward,
        fiber: Option<Owner>,
        creator: u64,
    ) -> Option<u32> {
        let space = machine::host_memory::boxed(Space {
            realm: 0,
            fiber,
            parent,
            creator,
            subscriptions: Numbers::default(),
            index: Table::default(),
            positions: Table::default(),
            pins: Numbers::default(),
            pins_of_topic: Table::default(),
            pins_of_actor: Table::default(),
            pins_of_tuple: Table::default(),
            rules: None,
            snapshot: None,
            young: false,
            newborn: fiber.is_none(),
            mark: self.epoch,
        })
        .ok()?;
        self.young_spaces.try_reserve(1).ok()?;
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
        self.young_spaces.push(slot + 1);
        self.made += 1;
        Some(slot + 1)
    }

    /// The number of the next subscription, pin or thread, in which young values may stand.
    pub(crate) fn next_number(&mut self) -> Option<u64> {
        self.young.try_reserve(1).ok()?;
        self.last += 1;
        self.young.push(self.last);
        Some(self.last)
    }

    /// Notes that young values may stand in a thing again.
    pub(crate) fn note_young(&mut self, number: u64) -> Option<()> {
        self.young.try_reserve(1).ok()?;
        self.young.push(number);
        Some(())
    }

    /// Everything that an owner has goes; the counted bytes.
    pub(crate) fn forget_owner(&mut self, owner: Owner) -> usize {
        let mut bytes = self.end_thread(owner);
        let Some(owned) = self.owned.remove(&owner) else {
            return bytes;
        };
        for &number in owned.all() {
            // What has passed to somebody else is not theirs any more.
            if self
                .subscriptions
                .get(&number)
                .is_some_and(|found| found.owner == owner)
            {
                bytes += self.unsubscribe(number);
            }
            if let Some(pin) = self.pins.get(&number).filter(|pin| pin.owner == owner) {
                let (space, event) = (pin.space, pin.event);
                bytes += self.unpin(number).map_or(0, |_| PIN_BYTES);
                let of_fiber = self.get(space).is_none_or(|space| space.fiber.is_some());
                // If there is no room to remember it, nobody is told.
                if !of_fiber && self.retracted.try_reserve(1).is_ok() {
                    self.retracted.push((space, event));
                }
            }
        }
        bytes
    }

    /// Everything that an owner has passes to another, and it is no thread any more; the counted bytes. What there is no
    /// memory to list stays until its space goes.
    pub(crate) fn pass_on(&mut self, owner: Owner, heir: Owner) -> usize {
        let bytes = self.end_thread(owner);
        let Some(owned) = self.owned.remove(&owner) else {
            return bytes;
        };
        for &number in owned.all() {
            let place = match (
                self.subscriptions.get_mut(&number),
                self.pins.get_mut(&number),
            ) {
                (Some(found), _) if found.owner == owner => &mut found.owner,
                (_, Some(found)) if found.owner == owner => &mut found.owner,
                _ => continue,
            };
            *place = heir;
            if self.own(heir, number).is_none() {
                break;
            }
        }
        bytes
    }

    /// Lists a subscription or pin as somebody's.
    pub(crate) fn own(&mut self, owner: Owner, number: u64) -> Option<()> {
        crate::numbers::note(&mut self.owned, owner, number)
    }

    /// Something that an owner had is gone.
    pub(crate) fn disown(&mut self, owner: Owner) {
        let (listed, pinned) = (&self.subscriptions, &self.pins);
        crate::numbers::forget(&mut self.owned, &owner, |number| {
            listed
                .get(&number)
                .is_some_and(|found| found.owner == owner)
                || pinned
                    .get(&number)
                    .is_some_and(|found| found.owner == owner)
        });
    }
}
