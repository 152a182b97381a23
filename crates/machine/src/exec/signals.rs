//! Signals as instructions: prompts, posts, replies, and what selector functions do (docs/specs/machine.md §7).
//!
//! `state.rs` is what the World remembers, `direct.rs` the plain case whole, `search.rs` how an event finds its handler, `prompt.rs` and `delivery.rs` how
//! handlers run and end, `reply.rs`, `discard.rs` and `throws.rs` what else may happen to what was captured.

mod delivery;
mod direct;
mod discard;
mod event;
mod prompt;
mod reply;
mod search;
mod state;
mod throws;
mod topics;

pub(crate) use event::{What, slot};
pub(crate) use prompt::How;
pub(crate) use reply::Replying;
pub(crate) use search::Posting;
pub(crate) use state::{Emission, Emissions, Purpose, RETURNS, Selecting, Status};
pub(crate) use throws::Met;

use super::calls::wide;
use super::dispatch::{Dispatch, Next, Slow, cold};
use crate::code::Word;
use crate::fault::Raise;
use crate::heap::object::{BlobObj, MapObj, kind};
use crate::heap::vector::{elem, read_element};
use crate::legend::Legends;
use crate::value::{Value, tag};
use crate::world::World;
use lemari::Ticket;

/// Runs the thunk at `b` under the selector behind it.
pub struct Prompt;
impl Slow for Prompt {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (topics, flags) = wide(pc);
            world.enter_prompt(w.b, w.a, topics, flags)
        }
    }
}

/// Posts the signal whose arguments stand at `b`, a receiver before them if the flags say so.
pub struct Post;
impl Slow for Post {
    const WORDS: usize = 3;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (topic, _) = wide(pc);
            let (flags, traps) = wide(pc.add(1));
            let trap = (w.c & 0x8000 != 0).then_some(traps);
            world.post(&Posting {
                window: w.b,
                pairs: w.c & 0x7FFF,
                topic,
                flags,
                trap,
                dst: w.a,
            })
        }
    }
}

/// Replies with the arguments at `b`, a target before them if the flags say so.
pub struct Reply;
impl Slow for Reply {
    const WORDS: usize = 3;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, _) = wide(pc);
            let (flags, _) = wide(pc.add(1));
            world.reply(&Replying {
                window: w.b,
                pairs: w.c,
                name,
                flags,
                dst: w.a,
            })
        }
    }
}

/// `ret_miss` (`c` 0) and `ret_peek` (`c` 1, the value at `b`).
pub struct SelectorRet;
impl Slow for SelectorRet {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            if w.c == 0 {
                world.selector_ended(How::Missed, Value::EMPTY)
            } else {
                let value = world.read(r, w.b);
                world.selector_ended(How::Peeked, value)
            }
        }
    }
}

/// Returns the value at `b` from the activation that owns the prompt.
pub struct RetOuter;
impl Slow for RetOuter {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        let value = unsafe { world.read(r, (*pc).b) };
        Err(world.return_outer(value))
    }
}

/// Keeps the running event's emission; `a` := the event.
pub struct KeepEvent;
impl Slow for KeepEvent {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let event = world.keep_event()?;
            world.write(r, (*pc).a, event);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// The value at `b`, and whether it is an event of a topic set.
pub unsafe fn match_event<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; an event's legend says that its first slots stand in the map.
    unsafe {
        let w = *pc;
        let event = r.byte_add(w.b as usize).cast::<Value>().read();
        if event.tag == tag::MAP {
            let map = (*cx).at::<MapObj>(event.as_ticket());
            let fields = (&raw const (*map).fields).cast::<Value>();
            let instance = (*(*cx).frame).instance;
            if (*map).legend == Legends::EVENT.0
                && let Some(set) = (*cx).emissions.known_set(instance, wide(pc).0)
            {
                let what = What::of(fields.add(slot::WHAT as usize).read());
                let matches = (*cx).topic_set_has(set, what);
                r.byte_add(w.a as usize).cast::<Value>().write(event);
                *r.byte_add(w.a as usize + 16) = u64::from(matches);
                return D::next(pc.add(2), r, cx, i64::from(matches), fa);
            }
        }
        cold::<D, MatchEvent>(pc, r, cx, ia, fa)
    }
}

struct MatchEvent;
impl Slow for MatchEvent {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let value = world.read(r, w.b);
            let matches = world.matches_event(value, wide(pc).0)?;
            let r = world.running_r;
            let value = world.read(r, w.b);
            world.write(r, w.a, value);
            *r.byte_add(w.a as usize + 16) = u64::from(matches);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := whether the running activation was called under a selector with a rule for anonymous signals.
pub unsafe fn signal_wanted<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the running fiber exists.
    unsafe {
        if (*cx).emissions.no_topic != 0 {
            let wanted = (*cx).anonymous_heard((*cx).emissions.no_topic - 1);
            *r.byte_add((*pc).a as usize) = u64::from(wanted);
            return D::next(pc.add(1), r, cx, i64::from(wanted), fa);
        }
        cold::<D, SignalWanted>(pc, r, cx, ia, fa)
    }
}

struct SignalWanted;
impl Slow for SignalWanted {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        world.no_topic()?;
        // Done again, with the name known.
        Ok(Next::at(pc, r))
    }
}

/// The event at `b`, and its argument of that index; empty if it has none.
pub unsafe fn event_arg<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; an event's arguments stand in a vector of any values.
    unsafe {
        let w = *pc;
        let (event, index) = (r.byte_add(w.b as usize).cast::<Value>().read(), wide(pc).0);
        if event.tag == tag::MAP {
            let map = (*cx).at::<MapObj>(event.as_ticket());
            let elements = Ticket((*map).elements);
            if (*map).legend == Legends::EVENT.0 && elements.0 != 0 {
                let vec = (*cx).at::<BlobObj>(elements);
                if *vec.cast::<u8>() == kind::VEC_DYN && index < (*vec).len {
                    let value = read_element(vec, elem::DYN, index as usize);
                    let to = r.byte_add(w.a as usize).cast::<Value>();
                    to.write(event);
                    to.add(1).write(value);
                    return D::next(pc.add(2), r, cx, ia, fa);
                }
            }
        }
        cold::<D, EventArg>(pc, r, cx, ia, fa)
    }
}

struct EventArg;
impl Slow for EventArg {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let event = world.read(r, w.b);
            if !world.is_event(event) {
                return Err(world.type_fault("an event", event));
            }
            let (map, index) = (event.as_ticket(), wide(pc).0);
            let value = if index < world.elements_len(map) {
                world.element(map, index)
            } else {
                Value::EMPTY
            };
            world.write(r, w.a, event);
            world.write(r, w.a + 16, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
