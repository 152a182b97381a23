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
pub(crate) use state::{DROPPED, Emission, Emissions, Purpose, RETURNS, Selecting, Status};
pub(crate) use throws::Met;

use super::calls::wide;
use super::dispatch::{Dispatch, Next, Slow, cold, cold_word};
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
pub unsafe fn post<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: verified, translated code; what is noted first is what `Slow` promises.
    unsafe {
        (*(*cx).frame).pc = pc.add(Post::WORDS);
        (*cx).running_r = r;
        match (*cx).post_directly(pc) {
            Some(next) => D::next(next.pc, next.r(), cx, 0, 0.0),
            None => cold::<D, Post>(pc, r, cx, 0, 0.0),
        }
    }
}

struct Post;
impl Slow for Post {
    const WORDS: usize = 3;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: the instruction at `pc`.
        unsafe { world.post(&Posting::at(pc)) }
    }
}

impl Posting {
    /// Operands and immediates of the instruction at `pc`.
    #[inline(always)]
    unsafe fn at(pc: *const Word) -> Posting {
        // SAFETY: the instruction is a post of three words.
        unsafe {
            let w = *pc;
            let (topic, _) = wide(pc);
            let (flags, traps) = wide(pc.add(1));
            Posting {
                window: w.b,
                pairs: w.c & 0x7FFF,
                topic,
                flags,
                trap: (w.c & 0x8000 != 0).then_some(traps),
                dst: w.a,
            }
        }
    }
}

/// Replies with the arguments at `b`, a target before them if the flags say so.
pub unsafe fn reply<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: as `post`; the result of a reply may end the run.
    unsafe {
        (*(*cx).frame).pc = pc.add(Reply::WORDS);
        (*cx).running_r = r;
        match (*cx).reply_directly(pc) {
            Some(next) if next.pc.is_null() => D::exit(),
            Some(next) => D::next(next.pc, next.r(), cx, 0, 0.0),
            None => cold::<D, Reply>(pc, r, cx, 0, 0.0),
        }
    }
}

struct Reply;
impl Slow for Reply {
    const WORDS: usize = 3;
    unsafe fn run(world: &mut World, pc: *const Word, _: *mut u64) -> Raise<Next> {
        // SAFETY: the instruction at `pc`.
        unsafe { world.reply(&Replying::at(pc)) }
    }
}

impl Replying {
    /// Operands and immediates of the instruction at `pc`.
    #[inline(always)]
    unsafe fn at(pc: *const Word) -> Replying {
        // SAFETY: the instruction is a reply of three words.
        unsafe {
            let w = *pc;
            let (name, _) = wide(pc);
            let (flags, _) = wide(pc.add(1));
            Replying {
                window: w.b,
                pairs: w.c,
                name,
                flags,
                dst: w.a,
            }
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

/// `a` := whether the value at `b` is an event of a topic set.
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
                let matches = if set.only.is_named() && what.is_named() {
                    set.only == what
                } else {
                    (*cx).topic_set_has(set.number, what)
                };
                *r.byte_add(w.a as usize) = u64::from(matches);
                return D::next(pc.add(2), r, cx, i64::from(matches), fa);
            }
        }
        cold_word::<D, MatchEvent>(pc, r, cx, ia, fa)
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
            *r.byte_add(w.a as usize) = u64::from(matches);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// `a` := whether the running activation was called under a selector with a rule for anonymous signals.
pub unsafe fn signal_wanted<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the running fiber exists.
    unsafe {
        let wanted = (*cx).anonymous_heard();
        *r.byte_add((*pc).a as usize) = u64::from(wanted);
        D::next(pc.add(1), r, cx, i64::from(wanted), fa)
    }
}

/// `a` := the argument of that index of the event at `b`; empty if it has none.
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
                    r.byte_add(w.a as usize).cast::<Value>().write(value);
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
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
