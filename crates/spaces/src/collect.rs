//! Spaces and the collector. A realm's space lives as long as its realm, or a space or fiber that goes on to it; what it
//! holds hangs on it.

use lemari::{Scope, Ticket, Visitor};
use machine::fiber::Home;
use machine::space::Outward;
use machine::value::Value;

use crate::table::{PIN_BYTES, SPACE_BYTES, SUBSCRIPTION_BYTES, Space, Tuplespaces};

fn show(v: &mut Visitor<'_>, value: &mut Value) {
    // A value is two words: its tag and its payload.
    let mut words = [value.tag, value.payload];
    v.value(&mut words);
    (value.tag, value.payload) = (words[0], words[1]);
}

impl Space {
    fn show(&mut self, v: &mut Visitor<'_>) {
        for subscription in &mut self.subscriptions {
            show(v, &mut subscription.handler);
        }
        for pin in &mut self.pins {
            show(v, &mut pin.event);
        }
        if let Some(rules) = &mut self.rules {
            show(v, &mut rules.handler);
        }
    }

    /// The spaces that it needs, one after the other.
    fn needs(&self, index: usize) -> Option<u32> {
        let parent = match self.parent {
            Outward::Space(space) => space,
            Outward::Fiber { otherwise, .. } => otherwise,
            Outward::Top => 0,
        };
        match index {
            0 => Some(parent),
            1 => Some(self.rules.as_ref().map_or(0, |rules| rules.target)),
            _ => self
                .subscriptions
                .get(index - 2)
                .map(|subscription| match subscription.home {
                    Home::Space(space) => space,
                    _ => 0,
                }),
        }
    }

    fn bytes(&self) -> usize {
        SPACE_BYTES + self.subscriptions.len() * SUBSCRIPTION_BYTES + self.pins.len() * PIN_BYTES
    }
}

impl Tuplespaces {
    pub(crate) fn show_roots(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        if scope != Scope::Major {
            for space in self.list.iter_mut().flatten() {
                space.show(v);
            }
            return;
        }
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
        let epoch = self.epoch;
        let mut work = std::mem::take(&mut self.work);
        if let Some(space) = self.get_mut(first)
            && space.mark != epoch
        {
            space.mark = epoch;
            work.push(first);
        }
        while let Some(number) = work.pop() {
            let mut index = 0;
            if let (Some(v), Some(space)) = (v.as_deref_mut(), self.get_mut(number)) {
                space.show(v);
            }
            while let Some(needed) = self.get(number).and_then(|space| space.needs(index)) {
                index += 1;
                if let Some(space) = self.get_mut(needed)
                    && space.mark != epoch
                {
                    // Each space is pushed once at most; there was room for all when the last one was made.
                    space.mark = epoch;
                    work.push(needed);
                }
            }
        }
        self.work = work;
    }

    pub(crate) fn follow_realms(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        for space in self.list.iter_mut().flatten() {
            if space.realm != 0 {
                space.realm = forward(Ticket(space.realm)).map_or(0, |ticket| ticket.0);
            }
        }
    }

    pub(crate) fn sweep(
        &mut self,
        alive: &mut dyn FnMut(Ticket) -> Option<Ticket>,
        lives: &dyn Fn(u32, u32) -> bool,
    ) -> usize {
        let mut bytes = 0;
        for space in self.list.iter_mut().flatten() {
            if space.realm != 0 {
                space.realm = alive(Ticket(space.realm)).map_or(0, |ticket| ticket.0);
            }
            if space
                .fiber
                .is_some_and(|(index, generation)| !lives(index, generation))
            {
                // What was pinned in it went with the fiber.
                bytes += space.pins.len() * PIN_BYTES;
                space.pins.clear();
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
        for (slot, space) in self.list.iter_mut().enumerate() {
            if let Some(found) = space
                && found.mark != epoch
            {
                bytes += found.bytes();
                *space = None;
                self.free.push(slot as u32);
            }
        }
        bytes
    }
}
