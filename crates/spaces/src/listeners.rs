//! Subscriptions: how an event finds those that may match it, whatever the number of the others.

use machine::fiber::Home;
use machine::space::{Crossing, Listener};
use machine::value::Value;

use crate::numbers::{forget, note};
use crate::table::{Key, Owner, Subscription, Tuplespaces, has};

/// Where a subscription to an event of its set is listed.
fn key(kind: u32, topic: Option<u32>, filter: Option<(u32, u64)>) -> Key {
    match (topic, filter) {
        (Some(topic), Some((position, hash))) => (kind, topic + 1, position + 1, hash),
        (Some(topic), None) => (kind, topic + 1, 0, 0),
        (None, _) => (kind, 0, 0, 0),
    }
}

impl Tuplespaces {
    /// Does anybody in a space listen to an event? The rules of a vassal are its only listeners.
    pub(crate) fn heard(&self, space: u32, kind: u32, topic: u32) -> bool {
        let Some(space) = self.get(space) else {
            return false;
        };
        match &space.rules {
            Some(rules) => rules.target != 0 && has(&rules.topics, kind, topic),
            None => {
                space.index.contains_key(&(kind, topic + 1, 0, 0))
                    || space.index.contains_key(&(kind, 0, 0, 0))
                    || space.positions.contains_key(&(kind, topic + 1))
            }
        }
    }

    /// Bits of the positions at which listeners to an event want an argument.
    pub(crate) fn wanted_at(&self, space: u32, kind: u32, topic: u32) -> u64 {
        self.get(space)
            .and_then(|space| space.positions.get(&(kind, topic + 1)))
            .copied()
            .unwrap_or(0)
    }

    /// The handlers of an event whose arguments at some positions have hashes, in the order of registration; false for
    /// want of memory.
    pub(crate) fn handlers(
        &self,
        number: u32,
        kind: u32,
        topic: u32,
        keys: &[(u32, u64)],
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
                    home: Home::Space(rules.target),
                    crossing: Crossing::Inward,
                    ..Listener::of(rules.handler)
                });
            }
            return true;
        }
        let plain = [(kind, topic + 1, 0, 0), (kind, 0, 0, 0)];
        let keyed = keys
            .iter()
            .map(|&(position, hash)| key(kind, Some(topic), Some((position, hash))));
        let mut found: Vec<u64> = Vec::new();
        for key in plain.into_iter().chain(keyed) {
            let listed = space.index.get(&key).map_or(&[][..], |list| list.all());
            if found.try_reserve(listed.len()).is_err() {
                return false;
            }
            found.extend_from_slice(listed);
        }
        // Each is in one list, or in that of any topic too.
        found.sort_unstable();
        found.dedup();
        if out.try_reserve(found.len()).is_err() {
            return false;
        }
        out.extend(found.into_iter().filter_map(|number| {
            let found = self.subscriptions.get(&number)?;
            Some(found.listener(number))
        }));
        true
    }

    /// Registers a handler; its number, `None` for want of memory.
    pub(crate) fn subscribe(&mut self, subscription: Subscription) -> Option<u64> {
        let number = self.next_number()?;
        self.subscriptions.try_reserve(1).ok()?;
        self.own(subscription.owner, number)?;
        let space = self.get_mut(subscription.space)?;
        space.subscriptions.push(number)?;
        for &(kind, topic) in &subscription.topics {
            let filter = subscription.filter;
            note(&mut space.index, key(kind, topic, filter), number)?;
            if let (Some(topic), Some((position, _))) = (topic, filter) {
                space.positions.try_reserve(1).ok()?;
                *space.positions.entry((kind, topic + 1)).or_default() |= 1 << position;
            }
        }
        self.subscriptions.insert(number, subscription);
        Some(number)
    }

    /// Removes a subscription, and what it spawned; the counted bytes.
    pub(crate) fn unsubscribe(&mut self, number: u64) -> usize {
        let Some(gone) = self.subscriptions.remove(&number) else {
            return 0;
        };
        let mut bytes = gone.bytes();
        for &thread in gone.threads.all() {
            bytes += self.orphan(thread);
        }
        self.disown(gone.owner);
        let listed = &self.subscriptions;
        let lives = |number: u64| listed.contains_key(&number);
        if let Some(space) = self
            .list
            .get_mut((gone.space as usize).wrapping_sub(1))
            .and_then(|space| space.as_deref_mut())
        {
            space.subscriptions.lost(lives);
            let mut seen: Option<Key> = None;
            for &(kind, topic) in &gone.topics {
                let key = key(kind, topic, gone.filter);
                if seen != Some(key) {
                    forget(&mut space.index, &key, lives);
                }
                seen = Some(key);
            }
            if space.index.is_empty() {
                space.positions.clear();
            }
        }
        bytes
    }

    /// Subscriptions of some owners that were made by naming a space; `None` for want of memory.
    pub(crate) fn own_of(&self, asked: u32, owners: &[Owner]) -> Option<Vec<u64>> {
        let mut found = Vec::new();
        for owner in owners {
            let Some(owned) = self.owned.get(owner) else {
                continue;
            };
            for &number in owned.all() {
                if self
                    .subscriptions
                    .get(&number)
                    .is_some_and(|found| found.asked == asked && found.owner == *owner)
                {
                    found.try_reserve(1).ok()?;
                    found.push(number);
                }
            }
        }
        Some(found)
    }
}

impl Subscription {
    /// What is to be run for an event.
    pub fn listener(&self, number: u64) -> Listener {
        Listener {
            handler: self.handler,
            home: self.home,
            peek: self.peek,
            event: Value::HOLE,
            crossing: if self.relay {
                Crossing::Outward
            } else {
                Crossing::No
            },
            subscription: number,
        }
    }
}
