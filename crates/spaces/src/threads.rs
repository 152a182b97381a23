//! Threads: processes that subscriptions spawned and that stay until what they came for departs (docs/specs/rhumb.md §5.5).

use std::collections::VecDeque;

use machine::value::Value;

use crate::numbers::{Numbers, Table, forget, note};
use crate::table::{Owner, Tuplespaces};

/// Counted bytes of a thread, with its places in the tables.
pub(crate) const THREAD_BYTES: usize = size_of::<Thread>() + 160;

/// A process that waits for events with its bindings, and for its event's departure.
pub(crate) struct Thread {
    pub subscription: u64,
    /// Where its subscription listens.
    pub space: u32,
    pub fiber: Owner,
    /// The fiber's handle, which keeps it.
    pub handle: Value,
    /// What its event bound.
    pub bindings: Value,
    pub bindings_hash: u64,
    /// The event that spawned it.
    pub event: Value,
    pub topic: u32,
    pub event_hash: u64,
    /// Events that came while it was busy.
    pub waiting: VecDeque<Value>,
    /// Its event has departed: the last of those that wait says so.
    pub departed: bool,
}

/// All threads.
#[derive(Default)]
pub(crate) struct Threads {
    pub list: Table<u64, Thread>,
    pub of_fiber: Table<Owner, u64>,
    /// By subscription and hash of the bindings.
    pub of_bindings: Table<(u64, u64), Numbers>,
    /// By space, topic and hash of the event's arguments.
    pub of_event: Table<(u32, u32, u64), Numbers>,
}

impl Tuplespaces {
    /// Registers a thread; `None` for want of memory.
    pub(crate) fn add_thread(&mut self, thread: Thread) -> Option<u64> {
        let number = self.next_number()?;
        let threads = &mut self.threads;
        threads.list.try_reserve(1).ok()?;
        threads.of_fiber.try_reserve(1).ok()?;
        let subscription = self.subscriptions.get_mut(&thread.subscription)?;
        subscription.threads.push(number)?;
        let bindings = (thread.subscription, thread.bindings_hash);
        note(&mut threads.of_bindings, bindings, number)?;
        let event = (thread.space, thread.topic, thread.event_hash);
        note(&mut threads.of_event, event, number)?;
        threads.of_fiber.insert(thread.fiber, number);
        threads.list.insert(number, thread);
        Some(number)
    }

    /// The thread that a fiber is.
    pub(crate) fn thread_of(&mut self, fiber: Owner) -> Option<&mut Thread> {
        let number = self.threads.of_fiber.get(&fiber)?;
        self.threads.list.get_mut(number)
    }

    /// A thread takes no more events: what it came for has departed.
    pub(crate) fn depart(&mut self, number: u64) {
        let Some(thread) = self.threads.list.get_mut(&number) else {
            return;
        };
        if std::mem::replace(&mut thread.departed, true) {
            return;
        }
        let bindings = (thread.subscription, thread.bindings_hash);
        let event = (thread.space, thread.topic, thread.event_hash);
        let list = &self.threads.list;
        let lives = |number: u64| list.get(&number).is_some_and(|thread| !thread.departed);
        forget(&mut self.threads.of_bindings, &bindings, lives);
        forget(&mut self.threads.of_event, &event, lives);
    }

    /// The subscription of a thread is gone: so will be the process. The counted bytes.
    pub(crate) fn orphan(&mut self, number: u64) -> usize {
        let Some(fiber) = self.threads.list.get(&number).map(|thread| thread.fiber) else {
            return 0;
        };
        // If there is no room to say so, it waits for ever.
        if self.orphans.try_reserve(1).is_ok() {
            self.orphans.push(fiber);
        }
        self.end_thread(fiber)
    }

    /// A fiber is no thread any more; the counted bytes.
    pub(crate) fn end_thread(&mut self, fiber: Owner) -> usize {
        let Some(number) = self.threads.of_fiber.remove(&fiber) else {
            return 0;
        };
        self.depart(number);
        let Some(thread) = self.threads.list.remove(&number) else {
            return 0;
        };
        let list = &self.threads.list;
        if let Some(subscription) = self.subscriptions.get_mut(&thread.subscription) {
            subscription
                .threads
                .lost(|number| list.contains_key(&number));
        }
        THREAD_BYTES
    }
}
