//! The plain case of a signal, in short and constant work: the running fiber is the child of the prompt that takes it, and
//! the selector replies in tail position. Whatever is not plain goes the general way (`search.rs`, `prompt.rs`, `reply.rs`),
//! which comes to the same for the same fuel; nothing has happened when a function here answers `None`.

use super::event::{SLOTS, What, emission_word, slot};
use super::reply::{Replying, TAIL};
use super::search::Posting;
use super::state::{Emission, FINISHES, Place, Purpose, RETURNS, Selecting, Status};
use crate::code::{Code, Word};
use crate::exec::dispatch::Next;
use crate::exec::flow::push_frame;
use crate::fiber::{Fiber, Home, State, prompt_flags};
use crate::frame::{Frame, flags};
use crate::heap::object::{BLOB_HEADER, BlobObj, MAP_HEADER, MapObj, kind};
use crate::legend::Legends;
use crate::space::Crossing;
use crate::space_trace::SpaceAct;
use crate::value::{Kind, Value};
use crate::world::{FnSlot, World};

/// What it costs.
const FUEL: i64 = 2;
/// Arguments of an event that is made here, at most.
const ARGUMENTS: u16 = 8;

/// Selectors that were entered last, at most: one per place, by the function's number.
pub(super) const ENTERED: usize = 4;

/// A selector that was entered: the next event finds it without a search.
#[derive(Clone, Copy)]
pub(crate) struct Entered {
    /// Instance and function.
    routine: (u32, u32),
    /// Where the frame that waited goes on.
    pc: *const Word,
    slot: *mut FnSlot,
    /// Bytes of that frame's window that were in use.
    window: u32,
}

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
    pub(super) unsafe fn selector_entry(
        &mut self,
        stacks: Stacks,
        selector: Value,
    ) -> Option<Entry> {
        if !matches!(selector.kind(), Kind::Func | Kind::Closure) {
            return None;
        }
        let routine = self.routine_of(selector);
        let instance = routine.0;
        // SAFETY: the frame is the caller's promise; slots stay where they are as long as the World, and so does code that
        // one has had.
        unsafe {
            if (*stacks.frame).instance != instance {
                return None;
            }
            let pc = (*stacks.frame).pc;
            let place = routine.1 as usize % ENTERED;
            let known = match self.emissions.entered[place] {
                Some(known) if known.routine == routine && std::ptr::eq(known.pc, pc) => known,
                _ => {
                    let known = self.find_entry(routine, &*stacks.frame)?;
                    self.emissions.entered[place] = Some(known);
                    known
                }
            };
            let (slot, window) = (known.slot, known.window);
            let code = (*slot).code;
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

    /// What [`World::selector_entry`] needs to know of a selector and of the frame that waits for it.
    ///
    /// # Safety
    /// As there.
    #[cold]
    unsafe fn find_entry(&mut self, routine: (u32, u32), frame: &Frame) -> Option<Entered> {
        let slots = &mut self.instances.get_mut(routine.0 as usize)?.slots;
        let slot: *mut FnSlot = slots.get_mut(routine.1 as usize)?;
        // SAFETY: a slot of the World, which keeps its code, if any, alive; the frame is the caller's promise.
        unsafe {
            let code = (*slot).code;
            if code.is_null() || frame.code.is_null() || !(*code).selects {
                return None;
            }
            Some(Entered {
                routine,
                pc: frame.pc,
                slot,
                window: (*frame.code).free_window(frame.pc),
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
    /// child is captured and the selector entered in the owner. `None` if it is another case, and nothing has happened.
    ///
    /// # Safety
    /// A post stands at `pc`, in the frame on top, whose first register is `running_r`.
    #[inline(never)]
    pub(super) unsafe fn post_directly(&mut self, pc: *const Word) -> Option<Next> {
        // SAFETY: the caller's promise.
        let posting = unsafe { Posting::at(pc) };
        if posting.flags != 0 || posting.trap.is_some() || !self.emissions.barriers.is_empty() {
            return None;
        }
        // One for the prompt that is asked, one for the way that the search would go once more.
        let metered = !cfg!(feature = "unmetered");
        if metered && self.fuel < FUEL {
            return None;
        }
        let topic = self.known_name_of(posting.topic)?;
        // Errors are raised; before their name and that of what has none are known, nothing was caught.
        if topic + 1 == self.emissions.error_topic || self.emissions.no_topic == 0 {
            return None;
        }
        let emitter = self.current;
        let child: *mut Fiber = self.fiber();
        // SAFETY: fibers are boxed, and neither of the two is freed here.
        unsafe {
            let (Some(prompt), Some(owner_id), Home::Parent) =
                ((*child).prompt, (*child).parent, (*child).home)
            else {
                return None;
            };
            let heard = if topic + 1 == self.emissions.no_topic {
                prompt.flags & prompt_flags::ANONYMOUS != 0
            } else {
                self.topic_set_has(prompt.topics, What::new(1, Some(topic)))
            };
            if !heard {
                return None;
            }
            let Some(Some(owner)) = self.fibers.get_mut(owner_id.0 as usize) else {
                return None;
            };
            let owner: *mut Fiber = &raw mut **owner;
            let entry = self.selector_entry(Stacks::of(&mut *owner), prompt.selector)?;
            let &free = self.emissions.free_selecting.last()?;
            let (index, generation, emission) = self.spare_emission()?;
            let emission: *mut Emission = emission;
            let Some(event) = self.event_now(&posting, topic, emission_word(index, generation))
            else {
                self.drop_fresh(index);
                return None;
            };
            if metered {
                self.fuel -= FUEL;
            }
            let (dst, branch) = ((*child).parent_dst, (*child).branch);
            let emitter_generation = (*child).generation;
            let owner_generation = (*owner).generation;
            {
                // Records are boxed, and nothing has touched this one since.
                let emission = &mut *emission;
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
            self.space_note(SpaceAct::Raised, 1, Some(topic), 0, None);
            self.emission_note(SpaceAct::Taken, index, Some(owner_id));
            self.save_in(&mut *child);
            (*child).parent = None;
            (*child).state = State::Captured;
            self.switch_here(owner_id, owner);
            self.emissions.free_selecting.pop();
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
            Some(next)
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
        // An anonymous event has no topic.
        let text = if topic + 1 == self.emissions.no_topic {
            Value::EMPTY
        } else {
            self.name_value(topic)
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
    /// As [`World::post_directly`], of a reply.
    #[inline(never)]
    pub(super) unsafe fn reply_directly(&mut self, pc: *const Word) -> Option<Next> {
        // SAFETY: the caller's promise.
        let asked = unsafe { Replying::at(pc) };
        if asked.flags != TAIL || asked.pairs > 1 {
            return None;
        }
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
            let emission = self.emissions.record(id.0)?;
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
            self.reply_note(SpaceAct::Replied, &asked, Some(emitter));
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
            self.switch_here(emitter, child);
            if dst >= FINISHES {
                return Some(match self.resume_with(dst, value) {
                    Ok(next) => next,
                    Err(raised) => {
                        let r = self.running_r;
                        self.raise(raised, r)
                    }
                });
            }
            let r = self.running_r;
            self.write(r, dst, value);
            Some(Next::at((*self.frame).pc, r))
        }
    }
}
