//! Sends: a method is looked up and called with the receiver. The arguments stand behind the receiver already, so that a
//! hit is a compare of the legend and the epoch, and a frame.

use fzb::tables::{Lang, function_flags};
use fzb::view::Repr;
use lemari::Ticket;

use super::sites::{key, key_of, way};
use super::wide;
use crate::cache::{Cache, action};
use crate::code::Word;
use crate::exec::dispatch::{Dispatch, Next, Slow, cold};
use crate::exec::flow::push_frame;
use crate::fault::{Fault, Raise};
use crate::frame::proclaimer;
use crate::heap::map::Want;
use crate::heap::object::MapObj;
use crate::host_memory::copied;
use crate::legend::FieldName;
use crate::value::{Kind, Value, tag};
use crate::world::call::{bind, closure_aux};
use crate::world::{FnSlot, World};

/// Sends to the value at `b`, whose `c` arguments stand behind it; the result goes to `a`. The next word: name low, site
/// high.
pub unsafe fn call_name<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code. A hit's target is a filled slot of this instance whose function takes `c`
    // dynamic arguments and keeps its receiver in a hidden register.
    unsafe {
        let w = *pc;
        let receiver = r.byte_add(w.b as usize);
        if *receiver != tag::MAP {
            return cold::<D, CallName>(pc, r, cx, ia, fa);
        }
        let map = (*cx)
            .lemari
            .at(Ticket(*receiver.add(1) as u32))
            .cast::<MapObj>();
        let frame = (*cx).frame;
        let mut cache = (*frame)
            .caches
            .add((*pc.add(1).cast::<u64>() >> 32) as usize);
        let wanted = key((*map).legend, action::CALL);
        if key_of(cache) != wanted {
            cache = way(cache, wanted);
            if cache.is_null() {
                return cold::<D, CallName>(pc, r, cx, ia, fa);
            }
        }
        if (*cache).epoch != (*cx).lookup_epoch {
            return cold::<D, CallName>(pc, r, cx, ia, fa);
        }
        let slot = (*cache).target as usize as *mut FnSlot;
        let code = (*slot).code;
        let top = frame.add(1);
        let window = receiver.add(2);
        if top >= (*cx).frame_end || window.byte_add((*code).frame_bytes as usize) > (*cx).regs_end
        {
            return cold::<D, CallName>(pc, r, cx, ia, fa);
        }
        (*frame).pc = pc.add(2);
        let payload = *receiver.add(1);
        push_frame(
            top,
            code,
            slot,
            w.b as u32 + 16,
            w.a,
            0,
            (*cache).holder,
            (*frame).instance,
        );
        (*top).argc = w.c as u32;
        (*top).proclaimer = proclaimer::RECEIVER;
        let hidden = (*code).hidden[0];
        if hidden != u16::MAX {
            let at = window.byte_add(hidden as usize);
            at.write(tag::MAP);
            at.add(1).write(payload);
        }
        (*cx).frame = top;
        D::next((*code).body, window, cx, ia, fa)
    }
}

struct CallName;
impl Slow for CallName {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, site) = wide(pc);
            let name = world.name(name)?;
            let cache = world.site(site);
            let object = world.read(r, w.b);
            let method = world.method(object, name, cache)?;
            let next = world.call_window(
                r,
                method.callee,
                method.receiver,
                u32::from(w.b) + 16,
                u32::from(w.c),
                w.a,
                0,
            )?;
            world.remember_method(cache, &method, u32::from(w.c), next);
            Ok(next)
        }
    }
}

/// What a send calls.
struct Method {
    callee: Value,
    /// What it is called with as receiver.
    receiver: Option<Value>,
    /// Legend of the receiver if the answer may be cached, else `None`.
    legend: Option<u32>,
    /// Epoch of the answer.
    epoch: u32,
}

impl World {
    /// The method of an object under a name, by policy. Faults attribute, key.
    fn method(&mut self, object: Value, name: u32, cache: *mut Cache) -> Raise<Method> {
        let lang = self.policy();
        let watch = !self.site_given_up(cache) && object.kind() == Kind::Map;
        let mark = self.temp(object)?;
        let found = self.search(object, Want::Name(FieldName::text(name)), watch)?;
        let object = self.temps[mark];
        let Some(callee) = found.value else {
            let callee = self.absent_field(lang, object, name)?;
            self.temps.truncate(mark);
            return Ok(Method {
                callee,
                receiver: None,
                legend: None,
                epoch: 0,
            });
        };
        self.temps.truncate(mark);
        let receiver = match lang {
            Lang::Morph if object.kind() == Kind::Map => self
                .binds(lang, object, found.holder, found.own, callee)
                .then_some(object),
            _ => Some(self.self_of(object)),
        };
        // An own field's value is not determined by the legend, a delegate's is until the epoch changes.
        let legend = (found.cacheable && !found.own && receiver.is_some())
            .then(|| self.legend_number(object.as_ticket()));
        Ok(Method {
            callee,
            receiver,
            legend,
            epoch: self.lookup_epoch,
        })
    }

    /// Enters a method at its site if the call just set up may be made by the fast path next time.
    unsafe fn remember_method(
        &mut self,
        cache: *mut Cache,
        method: &Method,
        argc: u32,
        next: Next,
    ) {
        let Some(legend) = method.legend else { return };
        // SAFETY: if a frame was pushed it is on top, the caller's below it.
        unsafe {
            let top = self.frame;
            if next.pc.is_null() || (*top).code.is_null() || (*top).flags != 0 {
                return;
            }
            let code = &*(*top).code;
            const OTHERWISE: u32 = function_flags::REST
                | function_flags::GENERATOR
                | function_flags::ASYNC
                | function_flags::SELECTOR;
            let dynamic = code.param_reprs.iter().all(|repr| *repr == Repr::Dyn)
                && matches!(code.result, Repr::Dyn | Repr::Fn | Repr::Ref);
            let plain = next.pc == code.body && code.params == argc && dynamic;
            if !plain
                || code.flags & OTHERWISE != 0
                || code.hidden[1] != u16::MAX
                || code.hidden[2] != u16::MAX
            {
                return;
            }
            let closure = match method.callee.kind() {
                Kind::Func => 0,
                Kind::Closure if (*top).closure != 0 => {
                    let mode =
                        self.object_aux(Ticket((*top).closure)) >> closure_aux::MODE_SHIFT & 7;
                    if !matches!(mode, bind::FREE | bind::RECEIVER | bind::CTOR) {
                        return;
                    }
                    (*top).closure
                }
                _ => return,
            };
            let instance = (*top).instance;
            if (*top.sub(1)).instance != instance {
                return;
            }
            let Ok(slot) = self.function_slot(instance, code.func.0) else {
                return;
            };
            let entry = Cache {
                legend,
                action: action::CALL,
                slot: argc,
                holder: closure,
                epoch: method.epoch,
                seen: 0,
                target: slot as usize as u64,
            };
            self.remember(cache, entry);
        }
    }

    /// The receiver of the running activation.
    unsafe fn running_self(&self, r: *mut u64) -> Value {
        // SAFETY: the frame on top is the running one; the verifier tests that the register is there.
        unsafe {
            let hidden = (*(*self.frame).code).hidden[0];
            if hidden == u16::MAX {
                Value::EMPTY
            } else {
                self.read(r, hidden)
            }
        }
    }

    /// The method that the parent of the running routine's class has. Fault attribute.
    fn super_method(&mut self, name: u32) -> Raise<Value> {
        // SAFETY: the frame on top is the running one.
        let closure = Ticket(unsafe { (*self.frame).closure });
        let home = if closure.0 == 0 {
            Value::EMPTY
        } else {
            self.closure_home(closure)
        };
        let parent = if home.is_map() {
            self.proto_of(home.as_ticket())
        } else {
            Value::EMPTY
        };
        let found = if parent.is_map() {
            self.lookup_value(parent, name)?
        } else {
            None
        };
        match found {
            Some(callee) => Ok(callee),
            None => {
                let name = copied(self.name_text(name));
                Err(self.fault_args(
                    Fault::Attribute,
                    format_args!("no parent class has a method {name}"),
                ))
            }
        }
    }
}

/// A send with a call shape: receiver and values from `b`; the next word: name low, shape high.
pub struct CallNameShape;
impl Slow for CallNameShape {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, shape) = wide(pc);
            let name = world.name(name)?;
            let object = world.read(r, w.b);
            let method = world.method(object, name, std::ptr::null_mut())?;
            world.call_with_shape(
                r,
                method.callee,
                method.receiver,
                u32::from(w.b) + 16,
                shape,
                w.a,
            )
        }
    }
}

/// Calls the method of the parent class with the present receiver: `b` the arguments; the next word: name low, number of
/// arguments high.
pub struct CallSuper;
impl Slow for CallSuper {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (name, argc) = wide(pc);
            let name = world.name(name)?;
            let callee = world.super_method(name)?;
            let receiver = world.running_self(r);
            world.call_window(r, callee, Some(receiver), u32::from(w.b), argc, w.a, 0)
        }
    }
}

/// That method, bound to the present receiver, goes to `a`; the next word: name low.
pub struct GetSuper;
impl Slow for GetSuper {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let name = world.name(wide(pc).0)?;
            let callee = world.super_method(name)?;
            let mark = world.temp(callee)?;
            let receiver = world.running_self(r);
            let receiver = world.temp(receiver)?;
            let bound = world.bind_method(mark, receiver)?;
            world.temps.truncate(mark);
            world.write(r, w.a, bound);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
