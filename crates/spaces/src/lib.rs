//! Tuplespaces: realms with their listeners, pins (proclamations) and parents, vassals over realms
//! (docs/specs/machine.md §7 "Spaces", docs/specs/rhumb.md §5).
//!
//! What it never does: run code, decide what a language's patterns match, or keep anything that a collection cannot see.
//! It knows topic sets and handlers; events, processes and the order in which handlers run are the machine's.
//!
//! Start with [`Tuplespaces`] and `table.rs` (what a space holds), then `listeners.rs`, `pins.rs` and `threads.rs` (how it
//! is found), then `ops.rs` (the instructions) with `subscribe.rs`, `proclaim.rs`,
//! `snapshot.rs` and `wait.rs`.

mod collect;
mod listeners;
mod numbers;
mod ops;
mod pins;
mod proclaim;
mod snapshot;
mod subscribe;
mod table;
mod threads;
mod wait;

use lemari::{Scope, Ticket, Visitor};
use machine::space::{Listener, Outward, Runner, Spaces};

pub use table::Tuplespaces;

impl Spaces for Tuplespaces {
    fn runner(&self) -> Runner {
        ops::run
    }
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
    fn visit_roots(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        self.show_roots(scope, v);
    }
    fn visit_reached(&mut self, v: &mut Visitor<'_>) -> bool {
        self.show_reached(v)
    }
    fn moved_young(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        self.follow_realms(forward);
    }
    fn swept(
        &mut self,
        alive: &mut dyn FnMut(Ticket) -> Option<Ticket>,
        lives: &dyn Fn(u32, u32) -> bool,
    ) -> usize {
        self.sweep(alive, lives)
    }
    fn owner_ended(&mut self, index: u32, generation: u32) -> usize {
        self.forget_owner((index, generation))
    }
    fn owner_finished(&mut self, owner: (u32, u32), heir: (u32, u32)) -> usize {
        self.pass_on(owner, heir)
    }
    fn subscriber(&self, subscription: u64) -> Option<(u32, u32)> {
        self.subscriptions
            .get(&subscription)
            .map(|subscription| subscription.owner)
    }
    fn has_retracted(&self) -> bool {
        !self.retracted.is_empty()
    }
    fn next_orphan(&mut self) -> Option<(u32, u32)> {
        self.orphans.pop()
    }
    fn hold_values(&self) -> bool {
        self.list.len() > self.free.len()
    }
    fn listens(&self, space: u32, kind: u32, topic: u32) -> bool {
        self.heard(space, kind, topic)
    }
    fn wanted(&self, space: u32, kind: u32, topic: u32) -> u64 {
        self.wanted_at(space, kind, topic)
    }
    fn matching(
        &self,
        space: u32,
        kind: u32,
        topic: u32,
        keys: &[(u32, u64)],
        out: &mut Vec<Listener>,
    ) -> bool {
        self.handlers(space, kind, topic, keys, out)
    }
    fn outward(&self, space: u32) -> Outward {
        self.get(space).map_or(Outward::Top, |space| space.parent)
    }
}
