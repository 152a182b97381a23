//! The World's roots, shown to the collector (docs/specs/machine.md §8).

use lemari::{Roots, Scope, Ticket, Visitor};

use crate::code::Code;
use crate::exec::signals::Status;
use crate::fiber::Fiber;
use crate::frame::flags;
use crate::value::Value;
use crate::world::World;

/// The roots of a World, by address: the collector borrows the memory mutably while it asks for the others, which are
/// disjoint fields.
pub(crate) struct RootSet {
    world: *mut World,
}

impl RootSet {
    pub(crate) fn of(world: &mut World) -> RootSet {
        RootSet { world }
    }
}

fn value(v: &mut Visitor<'_>, slot: &mut Value) -> bool {
    let slot: *mut Value = slot;
    // SAFETY: a `Value` is two words, aligned to 8.
    unsafe { v.pair(slot.cast()) }
}

/// Shows the live registers of one frame.
///
/// # Safety
/// `base` is the frame's first register; the frame stands at the safepoint before `pc`.
unsafe fn visit_frame(
    v: &mut Visitor<'_>,
    code: &Code,
    pc: *const crate::code::Word,
    base: *mut u64,
) -> bool {
    let Some(point) = code.safepoint_before(pc) else {
        return false;
    };
    let Some(map) = code.maps.get(point.map as usize) else {
        return false;
    };
    let mut young = false;
    for &word in &map.pairs {
        // SAFETY: the stack map says that a live pair stands there.
        young |= unsafe { v.pair(base.add(word as usize)) };
    }
    for &word in &map.tickets {
        // SAFETY: the stack map says that a live bare ticket stands there (low half of the word).
        young |= unsafe { v.ticket(&mut *base.add(word as usize).cast::<u32>()) };
    }
    young
}

/// Among this many frames without young values one says that those below it are clean ([`flags::CLEAN`]).
const CLEAN_STRIDE: usize = 32;

/// Shows what a fiber holds; true if any of it is young afterwards. `minor`: the frames that are clean since an earlier
/// collection of young values are passed over, and those that are clean now say so.
fn visit_fiber(
    v: &mut Visitor<'_>,
    fiber: &mut Fiber,
    top: usize,
    r: *mut u64,
    minor: bool,
) -> bool {
    let mut young = false;
    if top == 0 {
        // Callee, receiver and arguments of a fiber that has not started: tagged pairs from the bottom.
        let words = (fiber.base as usize).min(fiber.regs.len());
        for at in (0..words).step_by(2) {
            // SAFETY: `base` words of pairs were written when the fiber was made.
            young |= unsafe { v.pair(fiber.regs.as_mut_ptr().add(at)) };
        }
    } else {
        let mut base = r;
        // The frames visited, and the lowest of them that holds something young.
        let (mut first, mut lowest) = (top, top);
        for index in (1..=top).rev() {
            let Some(frame) = fiber.frames.get_mut(index) else {
                break;
            };
            let mut holds = false;
            if !frame.code.is_null() {
                // SAFETY: code of a frame is kept alive by the World; `base` is its first register.
                holds = unsafe { visit_frame(v, &*frame.code, frame.pc, base) };
            }
            holds |= v.ticket(&mut frame.closure);
            if frame.flags & flags::APPLY != 0 {
                holds |= v.ticket(&mut frame.argc);
            }
            base = base.wrapping_byte_sub(frame.delta as usize);
            first = index;
            if holds {
                (young, lowest) = (true, index);
            }
            if minor && frame.flags & flags::CLEAN != 0 {
                break;
            }
        }
        if minor {
            for index in first..=lowest {
                if (index == lowest || index % CLEAN_STRIDE == 0)
                    && let Some(frame) = fiber.frames.get_mut(index)
                {
                    frame.flags |= flags::CLEAN;
                }
            }
        }
    }
    young |= value(v, &mut fiber.result);
    if let Some(prompt) = &mut fiber.prompt {
        young |= value(v, &mut prompt.selector);
    }
    young
}

impl World {
    /// Shows the values of a fiber, by index; true if any is young afterwards.
    fn visit_fiber_at(&mut self, v: &mut Visitor<'_>, index: usize, minor: bool) -> bool {
        let current = self.current.0 as usize;
        let (frame, running) = (self.frame, self.running_r);
        let Some(Some(fiber)) = self.fibers.get_mut(index) else {
            return false;
        };
        if fiber.frames.is_empty() {
            return value(v, &mut fiber.result);
        }
        let (top, r) = if index == current && !frame.is_null() {
            // SAFETY: `frame` points into the running fiber's frames.
            (
                unsafe { frame.offset_from(fiber.frames.as_ptr()) } as usize,
                running,
            )
        } else {
            (
                fiber.top as usize,
                fiber.regs.as_mut_ptr().wrapping_add(fiber.base as usize),
            )
        };
        visit_fiber(v, fiber, top, r, minor)
    }

    /// Shows what emissions, records of selectors and runs hold.
    fn visit_emissions(&mut self, v: &mut Visitor<'_>) {
        for index in 0..self.emissions.indexes() {
            if let Some(emission) = self.emissions.record_mut(index) {
                emission.visit(v);
            }
        }
        self.visit_records(v);
    }

    fn visit_records(&mut self, v: &mut Visitor<'_>) {
        for record in &mut self.emissions.selecting {
            value(v, &mut record.last);
        }
        for run in self.emissions.runs.iter_mut().flatten() {
            if let Some(result) = &mut run.result {
                value(v, result);
            }
        }
    }

    /// Marks a fiber as reached by this collection; if it was not, it is put on the work list.
    fn reach(&mut self, index: u32) {
        let epoch = self.emissions.epoch;
        if let Some(Some(fiber)) = self.fibers.get_mut(index as usize)
            && fiber.mark != epoch
        {
            fiber.mark = epoch;
            // Room for every fiber was made when the fibers were.
            self.emissions.work.push(index);
        }
    }

    fn reach_emission(&mut self, v: &mut Visitor<'_>, (index, generation): (u32, u32)) {
        let epoch = self.emissions.epoch;
        let Some(emission) = self.emission_of((index, generation)) else {
            return;
        };
        if emission.mark == epoch {
            return;
        }
        emission.mark = epoch;
        emission.visit(v);
        let (emitter, emitter_generation, outer) = (
            emission.emitter,
            emission.emitter_generation,
            emission.outer,
        );
        let (owner, owner_generation, kept) = (
            emission.owner,
            emission.owner_generation,
            emission.status == Status::Kept,
        );
        if self.fiber_lives(emitter.0, emitter_generation) {
            self.reach(emitter.0);
        }
        self.reach(outer.0);
        if kept && self.fiber_lives(owner.0, owner_generation) {
            self.reach(owner.0);
        }
    }

    /// Follows the work list: what reached fibers hold, who waits for them, what their selectors hold.
    fn follow_fibers(&mut self, v: &mut Visitor<'_>) {
        while let Some(index) = self.emissions.work.pop() {
            self.visit_fiber_at(v, index as usize, false);
            let Some(Some(fiber)) = self.fibers.get(index as usize) else {
                continue;
            };
            let (parent, first, next, mut at, discards) = (
                fiber.parent,
                fiber.first_waiter,
                fiber.next_waiter,
                fiber.selector,
                fiber.discards,
            );
            for found in [
                parent.map(|id| id.0),
                first.checked_sub(1),
                next.checked_sub(1),
            ]
            .into_iter()
            .flatten()
            {
                self.reach(found);
            }
            while let Some(slot) = at.checked_sub(1) {
                let Some(record) = self.emissions.selecting.get(slot as usize).copied() else {
                    break;
                };
                at = record.below;
                self.reach_emission(v, record.emission);
            }
            if let Some(emission) = discards.checked_sub(1)
                && let Some(generation) =
                    self.emission(emission).map(|emission| emission.generation)
            {
                self.reach_emission(v, (emission, generation));
            }
        }
    }

    /// The fibers that nothing needs to name: the running chain, what is ready or parked, what the host started; and
    /// emissions whose emitter waits for handlers, or that were kept.
    fn visit_anchored(&mut self, v: &mut Visitor<'_>) {
        self.emissions.epoch = self.emissions.epoch.wrapping_add(1);
        self.emissions.made = 0;
        let current = self.current.0;
        self.reach(current);
        self.reach(0);
        for at in 0..self.emissions.ready.len() {
            if let Some(&(index, generation)) = self.emissions.ready.get(at)
                && self.fiber_lives(index, generation)
            {
                self.reach(index);
            }
        }
        for index in 0..self.fibers.len() {
            if self
                .fibers
                .get(index)
                .and_then(|fiber| fiber.as_ref())
                .is_some_and(|fiber| fiber.newborn)
            {
                self.reach(index as u32);
            }
        }
        let parked = std::mem::take(&mut self.emissions.parked);
        for &(index, generation) in parked.values() {
            if self.fiber_lives(index, generation) {
                self.reach(index);
            }
        }
        self.emissions.parked = parked;
        for at in 0..self.emissions.barriers.len() {
            if let Some(&id) = self.emissions.barriers.get(at) {
                self.reach(id.0);
            }
        }
        for at in 0..self.emissions.runs.len() {
            if let Some(Some(run)) = self.emissions.runs.get(at) {
                let (index, generation) = run.fiber;
                if self.fiber_lives(index, generation) {
                    self.reach(index);
                }
            }
        }
        for index in 0..self.emissions.indexes() {
            let anchored = self.emissions.record(index).filter(|emission| {
                emission.status == Status::Kept
                    || (emission.status == Status::Open
                        && self.fiber_lives(emission.emitter.0, emission.emitter_generation))
            });
            if let Some(generation) = anchored.map(|emission| emission.generation) {
                self.reach_emission(v, (index, generation));
            }
        }
        self.visit_records(v);
        self.follow_fibers(v);
    }

    /// Fibers whose handles, and emissions whose events were reached since; false if there were none.
    fn visit_named(&mut self, v: &mut Visitor<'_>) -> bool {
        let epoch = self.emissions.epoch;
        let mut any = false;
        // Both ways, so that a chain of fibers that name one another is followed in one round either way.
        let count = self.fibers.len();
        for step in 0..2 * count {
            let index = if step < count {
                step
            } else {
                2 * count - 1 - step
            };
            if let Some(Some(fiber)) = self.fibers.get(index)
                && fiber.mark != epoch
                && fiber.handle != 0
                && v.reached(Ticket(fiber.handle))
            {
                any = true;
                self.reach(index as u32);
                self.follow_fibers(v);
            }
        }
        for index in 0..self.emissions.indexes() {
            if let Some(emission) = self.emissions.record(index)
                && emission.mark != epoch
                && emission.named
                && v.reached(emission.event.as_ticket())
            {
                any = true;
                let generation = emission.generation;
                self.reach_emission(v, (index, generation));
            }
        }
        self.follow_fibers(v);
        any
    }

    /// Fibers that may hold young values.
    fn visit_young_fibers(&mut self, v: &mut Visitor<'_>) {
        for at in 0..self.emissions.young.len() {
            let Some(&index) = self.emissions.young.get(at) else {
                break;
            };
            let young = self.visit_fiber_at(v, index as usize, true);
            if let Some(Some(fiber)) = self.fibers.get_mut(index as usize) {
                fiber.holds_young = young;
            }
        }
        self.visit_emissions(v);
    }

    /// After a minor collection: handles have moved or died; fibers that do not run and hold nothing young leave the list.
    pub(crate) fn fibers_moved(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        let mut kept = 0;
        for at in 0..self.emissions.young.len() {
            let Some(&index) = self.emissions.young.get(at) else {
                break;
            };
            let mut stays = self.current.0 == index;
            let Some(Some(fiber)) = self.fibers.get_mut(index as usize) else {
                continue;
            };
            if !fiber.young {
                continue;
            }
            if fiber.handle != 0 {
                let moved = forward(Ticket(fiber.handle)).map_or(0, |ticket| ticket.0);
                stays |= moved != fiber.handle && moved != 0;
                fiber.handle = moved;
                if moved == 0 && fiber.frames.is_empty() {
                    // It has ended, and nobody can ask for its result any more.
                    self.emissions.swept_bytes += fiber.footprint();
                    if let Some(slot) = self.fibers.get_mut(index as usize) {
                        *slot = None;
                    }
                    self.free_fibers.push(index);
                    continue;
                }
            }
            if stays || fiber.holds_young {
                if let Some(slot) = self.emissions.young.get_mut(kept) {
                    *slot = index;
                    kept += 1;
                }
            } else {
                fiber.young = false;
            }
        }
        self.emissions.young.truncate(kept);
    }

    /// After a collection of everything: fibers and emissions that it did not reach are freed, handles are followed.
    pub(crate) fn sweep_fibers(&mut self, alive: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        let epoch = self.emissions.epoch;
        let mut bytes = 0;
        for index in 0..self.fibers.len() {
            let Some(slot) = self.fibers.get_mut(index) else {
                break;
            };
            let Some(fiber) = slot else { continue };
            if fiber.mark == epoch {
                if fiber.handle != 0 {
                    fiber.handle = alive(Ticket(fiber.handle)).map_or(0, |ticket| ticket.0);
                }
                if fiber.handle != 0 || !fiber.frames.is_empty() {
                    continue;
                }
            }
            bytes += fiber.footprint();
            if !fiber.frames.is_empty() {
                self.live_fibers = self.live_fibers.saturating_sub(1);
            }
            let mut at = fiber.selector;
            *slot = None;
            self.free_fibers.push(index as u32);
            while let Some(record) = at.checked_sub(1) {
                at = self.emissions.free_record(record);
            }
        }
        bytes += self.emissions.sweep(epoch) * size_of::<crate::exec::signals::Emission>();
        self.emissions.young.retain(|index| {
            self.fibers
                .get(*index as usize)
                .is_some_and(|fiber| fiber.is_some())
        });
        self.emissions.swept_bytes += bytes;
    }

    /// Takes what the last collection freed off the meter; true if there was something.
    pub(crate) fn settle_swept(&mut self) -> bool {
        let bytes = std::mem::take(&mut self.emissions.swept_bytes);
        if bytes > 0 {
            self.lemari.refund(bytes);
        }
        bytes > 0
    }
}

/// The running fiber, found without a reference to the whole World.
///
/// # Safety
/// `world` is live and nobody else refers to its fibers.
unsafe fn running_fiber<'a>(
    world: *mut World,
    current: usize,
) -> Option<&'a mut Option<Box<Fiber>>> {
    // SAFETY: the caller's promise.
    let fibers: &'a mut Vec<Option<Box<Fiber>>> = unsafe { &mut (*world).fibers };
    fibers.get_mut(current)
}

impl Roots for RootSet {
    fn visit(&mut self, scope: Scope, v: &mut Visitor<'_>) {
        // SAFETY: the World outlives the collection; only fields other than `lemari` are touched here.
        let world = self.world;
        // SAFETY: as above.
        unsafe {
            let current = (*world).current.0 as usize;
            match scope {
                Scope::Minor => (*world).visit_young_fibers(v),
                Scope::Major => (*world).visit_anchored(v),
                Scope::Fix => {
                    for index in 0..(*world).fibers.len() {
                        (*world).visit_fiber_at(v, index, false);
                    }
                    (*world).visit_emissions(v);
                }
            }
            for instance in &mut (*world).instances {
                if scope == Scope::Minor && !instance.dirty {
                    continue;
                }
                let mut young = false;
                for slot in &mut instance.statics {
                    young |= value(v, slot);
                }
                for slot in &mut instance.constants {
                    young |= value(v, slot);
                }
                young |= value(v, &mut instance.result);
                young |= value(v, &mut instance.exports);
                instance.dirty = young;
            }
            for slot in &mut (*world).temps {
                value(v, slot);
            }
            for written in &mut (*world).watched_cells.written {
                value(v, &mut written.cell);
                value(v, &mut written.held);
            }
            if let Some(raised) = &mut (*world).raised {
                value(v, &mut raised.value);
            }
            for raised in &mut (*world).caught {
                value(v, &mut raised.value);
            }
            value(v, &mut (*world).world_map);
            if let crate::world::Outcome::Returned(result) = &mut (*world).outcome {
                value(v, result);
            }
            if let Some(Some(fiber)) = running_fiber(world, current) {
                for &(first, count) in &(*world).argument_windows {
                    for index in 0..count as usize {
                        v.pair(fiber.regs.as_mut_ptr().add(first as usize + 2 * index));
                    }
                }
            }
            (*world).handles.visit(scope, v);
            (*world).legends.visit_roots(v);
            if scope != Scope::Minor {
                // Names' texts live in old drawers from the start.
                (*world).names.visit_roots(v);
            }
            if let Some(ascii) = &mut (*world).ascii {
                for ticket in ascii.iter_mut() {
                    v.ticket(ticket);
                }
            }
            if let Some(spaces) = &mut (*world).spaces {
                spaces.visit_roots(scope, v);
            }
            if scope == Scope::Fix {
                // Old objects have moved: caches that name holders start anew.
                for instance in &mut (*world).instances {
                    for array in &mut instance.caches {
                        for cache in array.iter_mut() {
                            if cache.holder != 0 {
                                *cache = crate::cache::Cache::default();
                            }
                        }
                    }
                }
            }
        }
    }

    fn visit_reached(&mut self, v: &mut Visitor<'_>) -> bool {
        // SAFETY: as in `visit`.
        unsafe {
            let mut any = (*self.world).visit_named(v);
            if let Some(spaces) = &mut (*self.world).spaces {
                any |= spaces.visit_reached(v);
            }
            any
        }
    }

    fn moved_young(&mut self, forward: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        // SAFETY: the World outlives the collection, as in `visit`.
        unsafe {
            (*self.world).fibers_moved(forward);
            if let Some(spaces) = &mut (*self.world).spaces {
                spaces.moved_young(forward);
            }
        }
    }

    fn swept(&mut self, alive: &mut dyn FnMut(Ticket) -> Option<Ticket>) {
        // SAFETY: as in `visit`.
        unsafe {
            let world = &mut *self.world;
            world.sweep_fibers(alive);
            if let Some(mut spaces) = world.spaces.take() {
                let bytes = spaces.swept(alive, &|index, generation| {
                    world.fiber_lives(index, generation)
                });
                world.spaces = Some(spaces);
                world.emissions.swept_bytes += bytes;
            }
        }
    }
}
