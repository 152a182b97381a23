//! Spaces and the collector. A realm's space lives as long as its realm, or a space or fiber that goes on to it; what it
//! holds hangs on it.

use lemari::{Scope, Ticket, Visitor};
use machine::fiber::Home;
use machine::space::Outward;
use machine::value::Value;

use crate::table::{PIN_BYTES, SPACE_BYTES, Space, Tuplespaces};
use crate::threads::Thread;

/// Shows a value; true if it is young afterwards.
fn show(v: &mut Visitor<'_>, value: &mut Value) -> bool {
    // A value is two words: its tag and its payload.
    let mut words = [value.tag, value.payload];
    let young = v.value(&mut words);
    (value.tag, value.payload) = (words[0], words[1]);
    young
}

impl Thread {
    fn show(&mut self, v: &mut Visitor<'_>) -> bool {
        let mut young = show(v, &mut self.handle);
        young |= show(v, &mut self.bindings);
        young |= show(v, &mut self.event);
        for event in &mut self.waiting {
            young |= show(v, event);
        }
        young
    }
}

impl Space {
    /// The spaces that it needs without its listeners, one after the other.
    fn needs(&self, index: usize) -> Option<u32> {
        let parent = match self.parent {
            Outward::Space(space) => space,
            Outward::Fiber { otherwise, .. } => otherwise,
            Outward::Top | Outward::Emitter => 0,
        };
        match index {
            0 => Some(parent),
            1 => Some(self.rules.as_ref().map_or(0, |rules| rules.target)),
            2 => Some(self.snapshot.map_or(0, |snapshot| snapshot.first)),
            _ => None,
        }
    }
}

impl Tuplespaces {
    pub(crate) fn show_roots(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        for (_, event) in &mut self.retracted {
            show(v, event);
        }
        match scope {
            Scope::Minor => self.show_young(v),
            Scope::Major => {
                self.epoch = self.epoch.wrapping_add(1);
                for number in 1..=self.list.len() as u32 {
                    // The space of a fiber is small and rare: it is a root until its fiber ends.
                    if self
                        .get(number)
                        .is_some_and(|space| space.fiber.is_some() || space.newborn)
                    {
                        self.reach(number, Some(&mut *v));
                    }
                }
            }
            _ => {
                for space in self.list.iter_mut().flatten() {
                    if let Some(rules) = &mut space.rules {
                        show(v, &mut rules.handler);
                    }
                }
                for subscription in self.subscriptions.values_mut() {
                    show(v, &mut subscription.handler);
                }
                for pin in self.pins.values_mut() {
                    show(v, &mut pin.event);
                }
                for thread in self.threads.list.values_mut() {
                    thread.show(v);
                }
            }
        }
    }

    /// Shows what was made since young values stood in nothing else, and remembers where they still do.
    fn show_young(&mut self, v: &mut Visitor<'_>) {
        let mut young = std::mem::take(&mut self.young);
        young.retain(|number| {
            if let Some(subscription) = self.subscriptions.get_mut(number) {
                return show(v, &mut subscription.handler);
            }
            if let Some(pin) = self.pins.get_mut(number) {
                return show(v, &mut pin.event);
            }
            self.threads
                .list
                .get_mut(number)
                .is_some_and(|thread| thread.show(v))
        });
        self.young = young;
        for at in 0..self.young_spaces.len() {
            let number = self.young_spaces.get(at).copied().unwrap_or(0);
            if let Some(space) = self.get_mut(number)
                && let Some(rules) = &mut space.rules
            {
                // Whether it stays young is asked in [`Tuplespaces::follow_realms`], by its realm or by this mark.
                space.young = show(v, &mut rules.handler);
            }
        }
    }

    pub(crate) fn show_reached(&mut self, v: &mut Visitor<'_>) -> bool {
        let mut any = false;
        for number in 1..=self.list.len() as u32 {
            let epoch = self.epoch;
            if self.get(number).is_some_and(|space| {
                space.mark != epoch && space.realm != 0 && v.reached(Ticket(space.realm))
            }) {
                any = true;
                self.reach(number, Some(&mut *v));
            }
        }
        any
    }

    /// Marks a space and those that it needs, and shows what they hold.
    fn reach(&mut self, first: u32, mut v: Option<&mut Visitor<'_>>) {
        let mut work = std::mem::take(&mut self.work);
        self.mark(first, &mut work);
        while let Some(number) = work.pop() {
            if let Some(v) = v.as_deref_mut() {
                self.show_space(number, v);
            }
            let mut index = 0;
            while let Some(needed) = self.get(number).and_then(|space| space.needs(index)) {
                index += 1;
                self.mark(needed, &mut work);
            }
            let mut at = 0;
            while let Some(subscription) = self
                .get(number)
                .and_then(|space| space.subscriptions.all().get(at))
                .copied()
            {
                at += 1;
                if let Some(Home::Space(home)) = self
                    .subscriptions
                    .get(&subscription)
                    .map(|subscription| subscription.home)
                {
                    self.mark(home, &mut work);
                }
            }
        }
        self.work = work;
    }

    /// Puts a space on the work list unless it was there. Each is pushed once at most; there was room for all when the last
    /// one was made.
    fn mark(&mut self, number: u32, work: &mut Vec<u32>) {
        let epoch = self.epoch;
        if let Some(space) = self.get_mut(number)
            && space.mark != epoch
        {
            space.mark = epoch;
            work.push(number);
        }
    }

    /// Shows what a space holds.
    fn show_space(&mut self, number: u32, v: &mut Visitor<'_>) {
        let Tuplespaces {
            list,
            subscriptions,
            pins,
            threads,
            ..
        } = self;
        let Some(Some(space)) = list.get_mut((number as usize).wrapping_sub(1)) else {
            return;
        };
        if let Some(rules) = &mut space.rules {
            show(v, &mut rules.handler);
        }
        for number in space.subscriptions.all() {
            let Some(subscription) = subscriptions.get_mut(number) else {
                continue;
            };
            show(v, &mut subscription.handler);
            for thread in subscription.threads.all() {
                if let Some(thread) = threads.list.get_mut(thread) {
                    thread.show(v);
                }
            }
        }
        for number in space.pins.all() {
            if let Some(pin) = pins.get_mut(number) {
                show(v, &mut pin.event);
            }
        }
    }

    /// Young objects have moved: what stands for the spaces that were made since.
    pub(crate) fn follow_realms(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        let mut young = std::mem::take(&mut self.young_spaces);
        young.retain(|number| {
            let Some(space) = self.get_mut(*number) else {
                return false;
            };
            let before = space.realm;
            if before != 0 {
                space.realm = forward(Ticket(before)).map_or(0, |ticket| ticket.0);
            }
            // What has not moved is old.
            space.newborn
                || std::mem::take(&mut space.young)
                || (space.realm != before && space.realm != 0)
        });
        self.young_spaces = young;
    }

    pub(crate) fn sweep(
        &mut self,
        alive: &mut dyn FnMut(Ticket) -> Option<Ticket>,
        lives: &dyn Fn(u32, u32) -> bool,
    ) -> usize {
        let mut bytes = 0;
        for number in 1..=self.list.len() as u32 {
            let Some(space) = self.get_mut(number) else {
                continue;
            };
            if space.realm != 0 {
                space.realm = alive(Ticket(space.realm)).map_or(0, |ticket| ticket.0);
            }
            if space
                .fiber
                .is_some_and(|(index, generation)| !lives(index, generation))
            {
                // What was pinned in it went with the fiber.
                bytes += self.unpin_all(number);
            }
        }
        // Once more, from realms and living fibers only: spaces of ended fibers stay only for what goes on to them.
        self.epoch = self.epoch.wrapping_add(1);
        for number in 1..=self.list.len() as u32 {
            let held = self.get(number).is_some_and(|space| {
                space.realm != 0
                    || space.newborn
                    || space
                        .fiber
                        .is_some_and(|(index, generation)| lives(index, generation))
            });
            if held {
                self.reach(number, None);
            }
        }
        let epoch = self.epoch;
        for number in 1..=self.list.len() as u32 {
            if self.get(number).is_none_or(|space| space.mark == epoch) {
                continue;
            }
            bytes += self.unpin_all(number) + SPACE_BYTES;
            while let Some(subscription) = self.get(number).and_then(|space| {
                let all = space.subscriptions.all();
                all.iter()
                    .copied()
                    .rfind(|number| self.subscriptions.contains_key(number))
            }) {
                bytes += self.unsubscribe(subscription);
            }
            if let Some(slot) = self.list.get_mut(number as usize - 1) {
                *slot = None;
                self.free.push(number - 1);
            }
        }
        self.made = 0;
        self.made_bound = 2 * (self.list.len() - self.free.len());
        bytes
    }

    /// Removes all pins of a space; the counted bytes.
    fn unpin_all(&mut self, space: u32) -> usize {
        let mut bytes = 0;
        while let Some(pin) = self.get(space).and_then(|space| {
            let all = space.pins.all();
            all.iter()
                .copied()
                .rfind(|number| self.pins.contains_key(number))
        }) {
            bytes += self.unpin(pin).map_or(0, |_| PIN_BYTES);
        }
        bytes
    }
}
