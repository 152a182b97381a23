//! The plain case of a signal, in short and constant work: the running fiber is the child of the prompt that takes it, and
//! the selector replies in tail position. Whatever is not plain goes the general way (`search.rs`, `prompt.rs`, `reply.rs`),
//! which comes to the same for the same fuel; nothing has happened when a function here answers `None`.

use super::event::{SLOTS, What, emission_word, slot};
use super::reply::Replying;
use super::search::Posting;
use super::state::{FINISHES, Place, Purpose, RETURNS, Selecting, Status};
use crate::code::Code;
use crate::exec::dispatch::Next;
use crate::exec::flow::push_frame;
use crate::fault::{Fault, Raise};
use crate::fiber::{Fiber, Home, State, prompt_flags};
use crate::frame::{Frame, flags};
use crate::heap::object::{BLOB_HEADER, BlobObj, MAP_HEADER, MapObj, TextObj, kind};
use crate::legend::Legends;
use crate::space::Crossing;
use crate::space_trace::SpaceAct;
use crate::value::{Kind, Value};
use crate::world::{FnSlot, World};

/// Arguments of an event that is made here, at most.
const ARGUMENTS: u16 = 8;

/// A frame for a selector, before it is pushed.
pub(super) struct Entry {
    code: *const Code,
    slot: *mut FnSlot,
    /// Its first register.
    first: *mut u64,
    /// Bytes from the caller's first register.
    window: u32,
    closure: u32,
    instance: u32,
}

/// The frame on top of a fiber, and what is left of its stacks.
#[derive(Clone, Copy)]
pub(super) struct Stacks {
    /// The frame on top.
    pub frame: *mut Frame,
    /// One past the last frame.
    pub frame_end: *mut Frame,
    /// First register of the frame on top.
    pub r: *mut u64,
    /// End of the registers.
    pub regs_end: *mut u64,
}

impl Stacks {
    /// Those of a fiber that does not run.
    fn of(fiber: &mut Fiber) -> Stacks {
        let (regs, frames) = (fiber.regs.as_mut_ptr(), fiber.frames.as_mut_ptr());
        Stacks {
            frame: frames.wrapping_add(fiber.top as usize),
            frame_end: frames.wrapping_add(fiber.frames.len()),
            r: regs.wrapping_add(fiber.base as usize),
            regs_end: regs.wrapping_add(fiber.regs.len()),
        }
    }
}

impl World {
    /// Where a selector that has run before enters above a fiber's frame on top: it belongs to that frame's instance, and
    /// there is room. Writes nothing.
    ///
    /// # Safety
    /// `stacks` are those of a fiber of this World whose frame on top waits behind an instruction.
    #[inline(always)]
    pub(super) unsafe fn selector_entry(&self, stacks: Stacks, selector: Value) -> Option<Entry> {
        if !matches!(selector.kind(), Kind::Func | Kind::Closure) {
            return None;
        }
        let (instance, function) = self.routine_of(selector);
        let slots = &self.instances.get(instance as usize)?.slots;
        let slot: *mut FnSlot = std::ptr::from_ref(slots.get(function as usize)?).cast_mut();
        // SAFETY: a slot of the World, in whose code, if any, the World keeps alive; the frame is the caller's promise.
        unsafe {
            let (code, caller) = ((*slot).code, (*stacks.frame).code);
            if code.is_null() || caller.is_null() || (*stacks.frame).instance != instance {
                return None;
            }
            if !(*code).selects {
                return None;
            }
            let window = (*caller).free_window((*stacks.frame).pc);
            let first = stacks.r.wrapping_byte_add(window as usize);
            let bytes = ((*code).frame_bytes as usize).max(2 * size_of::<Value>());
            if first.wrapping_byte_add(bytes) > stacks.regs_end
                || stacks.frame.wrapping_add(2) > stacks.frame_end
            {
                return None;
            }
            Some(Entry {
                code,
                slot,
                first,
                window,
                closure: if selector.kind() == Kind::Closure {
                    selector.payload as u32
                } else {
                    0
                },
                instance,
            })
        }
    }

    /// Pushes a selector's frame above the frame on top.
    ///
    /// # Safety
    /// `entry` was found for the running fiber as it stands.
    #[inline(always)]
    pub(super) unsafe fn enter_selector(
        &mut self,
        entry: &Entry,
        args: [Value; 2],
        dst: u16,
    ) -> Next {
        // SAFETY: `selector_entry` has tested that the registers and one more frame fit.
        unsafe {
            entry.first.cast::<[Value; 2]>().write(args);
            let top = self.frame.add(1);
            push_frame(
                top,
                entry.code,
                entry.slot,
                entry.window,
                dst,
                flags::SELECTOR,
                entry.closure,
                entry.instance,
            );
            (*top).argc = 2;
            self.frame = top;
            self.running_r = entry.first;
            Next::at((*entry.code).body, entry.first)
        }
    }

    /// A signal with a name, without receiver, spread or trapped replies, that the prompt of the running fiber takes: the
    /// child is captured and the selector entered in the owner.
    ///
    /// # Safety
    /// The operands stand where `posting` says; `topic` is the posted name, not `***`.
    pub(super) unsafe fn post_directly(
        &mut self,
        posting: &Posting,
        topic: u32,
    ) -> Raise<Option<Next>> {
        if !self.emissions.barriers.is_empty() {
            return Ok(None);
        }
        let emitter = self.current;
        let child: *mut Fiber = self.fiber();
        // SAFETY: fibers are boxed, and neither of the two is freed here.
        unsafe {
            let (Some(prompt), Some(owner_id), Home::Parent) =
                ((*child).prompt, (*child).parent, (*child).home)
            else {
                return Ok(None);
            };
            if !self.topic_set_has(prompt.topics, What::new(1, Some(topic))) {
                return Ok(None);
            }
            let Some(Some(owner)) = self.fibers.get_mut(owner_id.0 as usize) else {
                return Ok(None);
            };
            let owner: *mut Fiber = &raw mut **owner;
            let Some(entry) = self.selector_entry(Stacks::of(&mut *owner), prompt.selector) else {
                return Ok(None);
            };
            let ready = !self.emissions.free_selecting.is_empty();
            let Some((index, generation)) = ready.then(|| self.spare_emission()).flatten() else {
                return Ok(None);
            };
            let Some(event) = self.event_now(posting, topic, emission_word(index, generation))
            else {
                self.drop_fresh(index);
                return Ok(None);
            };
            // One for the prompt that was asked, one for the way that the search would go once more.
            if let Err(raised) = self.charge_fuel(2) {
                self.drop_fresh(index);
                return Err(raised);
            }
            let (dst, branch) = ((*child).parent_dst, (*child).branch);
            let emitter_generation = (*child).generation;
            let owner_generation = (*owner).generation;
            if let Some(Some(emission)) = self.emissions.list.get_mut(index as usize) {
                emission.event = event;
                emission.named = true;
                emission.emitter = emitter;
                emission.emitter_generation = emitter_generation;
                emission.dst = posting.dst;
                emission.kind = 1;
                emission.topic = topic;
                emission.place = Place::Fiber(owner_id);
                emission.outer = emitter;
                emission.owner = owner_id;
                emission.owner_generation = owner_generation;
                emission.owner_dst = dst;
                emission.owner_branch = branch;
                emission.multi = prompt.flags & prompt_flags::MULTI != 0;
                emission.status = Status::Held;
            }
            self.emission_note(SpaceAct::Taken, index, Some(owner_id));
            self.save_in(&mut *child);
            (*child).parent = None;
            (*child).state = State::Captured;
            self.switch_to_fiber(owner_id, owner);
            let Some(free) = self.emissions.free_selecting.pop() else {
                return Err(self.fault(Fault::Internal, "room for a record vanished"));
            };
            let record = Selecting {
                below: (*owner).selector,
                frame: (*owner).top + 1,
                purpose: Purpose::Event,
                emission: (index, generation),
                dst,
                branch,
                replied: false,
                kept: false,
                peek: false,
                crossing: Crossing::No,
                subscription: 0,
                last: Value::EMPTY,
            };
            let to = if dst == RETURNS { 0 } else { dst };
            let next = self.enter_selector(&entry, [Value::int(1), event], to);
            if let Some(place) = self.emissions.selecting.get_mut(free as usize) {
                *place = record;
            }
            (*owner).selector = free + 1;
            Ok(Some(next))
        }
    }

    /// An event with a name and few arguments, if there is room in the tray as it stands.
    ///
    /// # Safety
    /// As [`World::post_directly`].
    #[inline(always)]
    unsafe fn event_now(
        &mut self,
        posting: &Posting,
        topic: u32,
        emission: Value,
    ) -> Option<Value> {
        if self.collect_always || posting.pairs > ARGUMENTS {
            return None;
        }
        let text = self.name_value(topic);
        if text.kind() != Kind::Text {
            return None;
        }
        // SAFETY: texts of names are live; an anonymous event has no topic.
        let text = if unsafe { (*self.at::<TextObj>(text.as_ticket())).bytes } == 0 {
            Value::EMPTY
        } else {
            text
        };
        let count = posting.pairs as usize;
        // SAFETY: fresh young objects of those sizes, written whole before anything else is allocated, so without barriers;
        // the operands are the caller's promise.
        unsafe {
            let elements = if count > 0 {
                let bytes = BLOB_HEADER + count * size_of::<Value>();
                let vec = self.lemari.try_alloc(kind::VEC_DYN, 0, bytes)?;
                let object = self.at::<BlobObj>(vec);
                ((*object).len, (*object).cap) = (count as u32, count as u32);
                let from = self.running_r.byte_add(posting.window as usize);
                let to = object.cast::<u8>().add(BLOB_HEADER).cast::<Value>();
                for index in 0..count {
                    to.add(index).write(from.cast::<Value>().add(index).read());
                }
                vec.0
            } else {
                0
            };
            let bytes = MAP_HEADER + SLOTS as usize * size_of::<Value>();
            let map = self.lemari.try_alloc(kind::MAP, SLOTS, bytes)?;
            let object = self.at::<MapObj>(map);
            (*object).legend = Legends::EVENT.0;
            (*object).id = 0;
            (*object).elements = elements;
            (*object).table = 0;
            (*object).overflow = 0;
            (*object).extra = 0;
            let fields = (&raw mut (*object).fields).cast::<Value>();
            let what = What::new(1, Some(topic));
            fields.add(slot::WHAT as usize).write(what.word());
            fields.add(slot::TOPIC as usize).write(text);
            fields.add(slot::EMISSION as usize).write(emission);
            Some(Value::ticket(Kind::Map, map))
        }
    }

    /// A reply in tail position by the selector in the frame on top, whose emission is captured and traps no names, with
    /// nothing or one value: the chain takes the selector's place. `None` if it is another case, and nothing has happened.
    ///
    /// # Safety
    /// As [`World::reply`].
    pub(super) unsafe fn reply_directly(&mut self, asked: &Replying) -> Option<Raise<Next>> {
        let owner: *mut Fiber = self.fiber();
        // SAFETY: fibers are boxed, and none is freed here; the operands are the caller's promise.
        unsafe {
            let slot = (*owner).selector.checked_sub(1)?;
            let record = self.emissions.selecting.get_mut(slot as usize)?;
            let frame = (*owner).frames.as_ptr().wrapping_add(record.frame as usize);
            if !std::ptr::eq(frame, self.frame) || record.purpose != Purpose::Event {
                return None;
            }
            let (id, below, owner_dst, branch) =
                (record.emission, record.below, record.dst, record.branch);
            let emission = self.emissions.list.get(id.0 as usize)?.as_deref()?;
            if emission.generation != id.1 {
                return None;
            }
            if emission.status != Status::Held
                || !emission.resumable
                || emission.trap.is_some()
                || emission.shared
            {
                return None;
            }
            let (emitter, outer, dst) = (emission.emitter, emission.outer, emission.dst);
            let child: *mut Fiber = &raw mut **self.fibers.get_mut(emitter.0 as usize)?.as_mut()?;
            self.reply_note(SpaceAct::Replied, asked, Some(emitter));
            let value = if asked.pairs == 0 {
                Value::EMPTY
            } else {
                self.read(self.running_r, asked.window)
            };
            (*owner).selector = below;
            self.emissions.free_record(slot);
            self.pop_frame_now();
            let owner_id = self.current;
            self.link(outer, owner_id, owner_dst, branch);
            self.drop_fresh(id.0);
            self.save_in(&mut *owner);
            self.switch_to_fiber(emitter, child);
            if dst >= FINISHES {
                return Some(self.resume_with(dst, value));
            }
            let r = self.running_r;
            self.write(r, dst, value);
            Some(Ok(Next::at((*self.frame).pc, r)))
        }
    }
}
