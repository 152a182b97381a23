//! Calls of values and imports, tail calls, throwing.

use fzb::tables::{ImportId, Lang, function_flags};

use super::dispatch::{Dispatch, Next, Slow, cold};
use super::flow::{push_frame, push_plain};
use crate::code::{ArgCheck, Word};
use crate::fault::{Fault, Raise, Raised};
use crate::frame::flags;
use crate::heap::object::ClosureObj;
use crate::host::{Answer, HostError};
use crate::host_memory::copied;
use crate::value::{Kind, Value, tag};
use crate::world::{Answered, ImportSlot, InstanceState, World};

/// The second word of an instruction: immediates low and high.
#[inline(always)]
pub(crate) unsafe fn wide(pc: *const Word) -> (u32, u32) {
    // SAFETY: the instruction has two words.
    let value = unsafe { *pc.add(1).cast::<u64>() };
    (value as u32, (value >> 32) as u32)
}

/// Calls the value at `b` with the `c` pairs behind it; the result goes to `a`.
///
/// The fast way takes a routine of this instance that was entered before, called with as many arguments as it has
/// parameters, if tags and legends say that they fit: nothing is remembered per site, so a site may call any number of
/// routines.
pub unsafe fn call_dyn<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    _: i64,
    _: f64,
) -> D::Out {
    // SAFETY: verified, translated code; a closure's ticket is live; a routine value of an instance names one of its
    // functions, so its slot exists.
    unsafe {
        let w = *pc;
        let callee = r.byte_add(w.b as usize);
        let frame = (*cx).frame;
        let (routine, closure) = if *callee == tag::CLOSURE {
            let ticket = *callee.add(1) as u32;
            (*(*cx).lemari.at(lemari::Ticket(ticket)).add(1), ticket)
        } else if *callee as u32 == Kind::Func as u32 {
            (*callee & !0xFFFF_FFFF | *callee.add(1), 0)
        } else {
            return cold::<D, CallDynSlow>(pc, r, cx, 0, 0.0);
        };
        if (routine >> 32) as u32 != (*frame).instance {
            return cold::<D, CallDynSlow>(pc, r, cx, 0, 0.0);
        }
        let slot = (*cx).slots.add(routine as u32 as usize);
        let code = (*slot).code;
        if code.is_null() || (*code).direct != w.c as u32 {
            return cold::<D, CallDynSlow>(pc, r, cx, 0, 0.0);
        }
        let top = frame.add(1);
        let window = callee.add(2);
        if top >= (*cx).frame_end || window.byte_add((*code).frame_bytes as usize) > (*cx).regs_end
        {
            return cold::<D, CallDynSlow>(pc, r, cx, 0, 0.0);
        }
        if !(*code).plain {
            return call_dyn_typed::<D::Base>(pc, r, cx, closure as i64, 0.0);
        }
        (*frame).pc = pc.add(1);
        (*cx).frame = top;
        push_plain(
            frame,
            code,
            slot,
            (w.b as u64 + 16) | (w.a as u64) << 32 | ((*code).direct_flags as u64) << 48,
            closure,
        );
        D::next((*code).entry, window, cx, 0, 0.0)
    }
}

/// [`call_dyn`] of a routine with typed parameters, once all but its arguments is tested; `closure` is the closure's
/// ticket or 0. A handler of its own, so that the other calls need no more registers than they have.
#[inline(never)]
unsafe fn call_dyn_typed<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    closure: i64,
    _: f64,
) -> D::Out {
    // SAFETY: as `call_dyn`, which has found the routine's slot and room.
    unsafe {
        let w = *pc;
        let callee = r.byte_add(w.b as usize);
        let window = callee.add(2);
        let routine = if closure != 0 {
            *(*cx).lemari.at(lemari::Ticket(closure as u32)).add(1)
        } else {
            *callee.add(1)
        };
        let slot = (*cx).slots.add(routine as u32 as usize);
        let code = (*slot).code;
        if !take_arguments(cx, code, window) {
            return cold::<D, CallDynSlow>(pc, r, cx, 0, 0.0);
        }
        let frame = (*cx).frame;
        (*frame).pc = pc.add(1);
        (*cx).frame = frame.add(1);
        push_plain(
            frame,
            code,
            slot,
            (w.b as u64 + 16) | (w.a as u64) << 32 | ((*code).direct_flags as u64) << 48,
            closure as u32,
        );
        D::next((*code).entry, window, cx, 0, 0.0)
    }
}

/// Tests the tagged arguments at `window` and packs them as the callee takes them; false, and they stand as they stood, if
/// one does not fit by its tag and legend.
///
/// # Safety
/// One pair per parameter stands at `window`; `code` may be called directly; its instance is the running one.
#[inline(always)]
unsafe fn take_arguments(cx: *mut World, code: *const crate::code::Code, window: *mut u64) -> bool {
    // SAFETY: the caller's promise. A packed argument never stands behind its pair, so going upward is safe.
    unsafe {
        let (mut from, mut to) = (window, window);
        for check in &(*code).checks {
            let (tag, payload) = (*from, *from.add(1));
            if check.tag == ArgCheck::ANY {
                *to = tag;
                *to.add(1) = payload;
                to = to.add(2);
            } else {
                let fits = tag == check.tag
                    && (check.typedef == ArgCheck::NO_RECORD
                        || super::records::is_plain_record(
                            cx,
                            lemari::Ticket(payload as u32),
                            check.typedef,
                        ));
                if !fits {
                    unpack(code, window, from, to);
                    return false;
                }
                *to = payload;
                to = to.add(1);
            }
            from = from.add(2);
        }
        true
    }
}

/// Gives the packed arguments that end at `to` their pairs back, the last of which ends at `from`.
#[cold]
#[inline(never)]
unsafe fn unpack(
    code: *const crate::code::Code,
    window: *mut u64,
    mut from: *mut u64,
    mut to: *mut u64,
) {
    // SAFETY: as many arguments were packed as pairs lie between `window` and `from`; a pair never stands before what it
    // was packed into, so going downward is safe.
    unsafe {
        let packed = from.offset_from(window) as usize / 2;
        for check in (&(*code).checks)[..packed].iter().rev() {
            from = from.sub(2);
            if check.tag == ArgCheck::ANY {
                to = to.sub(2);
                let (tag, payload) = (*to, *to.add(1));
                *from = tag;
                *from.add(1) = payload;
            } else {
                to = to.sub(1);
                let payload = *to;
                *from = check.tag;
                *from.add(1) = payload;
            }
        }
    }
}

struct CallDynSlow;
impl Slow for CallDynSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            world.call_window(r, callee, None, w.b as u32 + 16, w.c as u32, w.a, 0)
        }
    }
}

/// Calls function `c` in place of this frame; `a` is the arguments' window, the next word their number of words.
pub struct TailCall;
impl Slow for TailCall {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: verified code outside try regions.
        unsafe {
            let w = *pc;
            let instance = (*world.frame).instance;
            world.function_slot(instance, w.c as u32)?;
            let own_flags = (*world.frame).flags & !flags::CLEAN;
            let was = world.frame;
            let argc = (*was).argc;
            let (caller, ret, _, delta) = world.drop_frame_for_tail(r, w.a as u32, wide(pc).0);
            world.switch_instance(instance);
            let slot = world.function_slot(instance, w.c as u32)?;
            let code = &*(*slot).code;
            let window =
                world.ensure_room(caller.byte_add(delta as usize), code.frame_bytes as usize)?;
            push_frame(
                world.frame.add(1),
                code,
                slot,
                delta,
                ret,
                own_flags,
                0,
                instance,
            );
            world.frame = world.frame.add(1);
            (*world.frame).argc = argc;
            world.running_r = window;
            Ok(Next::at(code.entry, window))
        }
    }
}

/// Calls the value at `b` with `c` arguments behind it in place of this frame.
pub struct TailCallDyn;
impl Slow for TailCallDyn {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: verified code outside try regions.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            let leftovers = (*world.frame).flags & flags::APPLY != 0;
            if leftovers {
                // What is left over from an earlier call is applied when this frame returns: keep the frame.
                return world.call_window(r, callee, None, w.b as u32 + 16, w.c as u32, w.a, 0);
            }
            let (caller, ret, own_flags, delta) =
                world.drop_frame_for_tail(r, w.b as u32 + 16, w.c as u32 * 2);
            world.call_window(
                caller,
                callee,
                None,
                delta,
                w.c as u32,
                ret,
                own_flags & !(flags::CROSS | flags::CHECKED),
            )
        }
    }
}

/// Calls an import: `b` window of tagged arguments, the next word the import and their number; a pair goes to `a`.
pub struct CallImport;
impl Slow for CallImport {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`: `argc` pairs from `b`.
        unsafe {
            let w = *pc;
            let (import, argc) = wide(pc);
            let instance = (*world.frame).instance as usize;
            let slot: *const ImportSlot = match world
                .instances
                .get(instance)
                .and_then(|entry| entry.imports.get(import as usize))
            {
                Some(slot) => slot,
                None => return Err(world.fault(Fault::Internal, "an import that does not exist")),
            };
            match &*slot {
                ImportSlot::Host(host, answered) => {
                    let host: *const crate::host::HostFunction = std::sync::Arc::as_ptr(host);
                    // Instances and their imports live as long as the World.
                    let host = &*host;
                    let args = std::slice::from_raw_parts(
                        r.byte_add(w.b as usize).cast::<Value>(),
                        argc as usize,
                    );
                    world.fuel -= i64::from(host.cost.max(4)) - 4;
                    world.counters.host_calls += 1;
                    for cap in &host.caps {
                        if !world.grants.has(cap) {
                            let name = world.called_host(&host.name);
                            return Err(world.fault_args(
                                Fault::Cap,
                                format_args!(
                                    "{name}: the capability {cap} was revoked; --allow {cap} grants it"
                                ),
                            ));
                        }
                    }
                    let delta = (r as usize).wrapping_sub(world.fiber().regs.as_ptr() as usize);
                    let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        (host.call)(world, args)
                    }));
                    let r = world.fiber().regs.as_mut_ptr().wrapping_byte_add(delta);
                    world.running_r = r;
                    match answer {
                        Ok(Ok(Answer::Value(value))) => {
                            let value = match (answered, &host.gives) {
                                (Answered::Declared(ty), _) => {
                                    world.as_declared(instance as u32, *ty, value)?
                                }
                                (Answered::Described, Some(gives)) => {
                                    world.as_described(instance as u32, gives, value)?
                                }
                                _ => value,
                            };
                            world.write(r, w.a, value);
                            Ok(Next::at(pc.add(2), r))
                        }
                        Ok(Ok(Answer::Pending(token))) => world.park(token, w.a),
                        Ok(Err(error)) => Err(world.host_failed(&host.name, error)),
                        Err(panic) => {
                            world.lemari.arm_emergency();
                            let cause = panic_text(&*panic);
                            let name = world.called_host(&host.name);
                            Err(world
                                .fault_args(Fault::Host, format_args!("{name} panicked: {cause}")))
                        }
                    }
                }
                ImportSlot::Function { instance, function } => {
                    let callee = Value::func(*instance, function.0);
                    world.call_window(r, callee, None, w.b as u32, argc, w.a, 0)
                }
                ImportSlot::Module { .. } => {
                    Err(world.fault(Fault::Import, "a module cannot be called"))
                }
                ImportSlot::Denied { host, capability } => {
                    let (host, capability) = (host.clone(), *capability);
                    let capability = host.caps.get(capability).map_or("?", String::as_str);
                    let name = world.called_host(&host.name);
                    Err(world.fault_args(
                        Fault::Cap,
                        format_args!(
                            "{name}: the capability {capability} was not granted; --allow {capability} grants it"
                        ),
                    ))
                }
                ImportSlot::Missing => {
                    let module = world.module();
                    let name = module
                        .import(ImportId(import))
                        .and_then(|record| record.name)
                        .and_then(|name| module.name(name))
                        .unwrap_or("?");
                    Err(world.fault_args(
                        Fault::Import,
                        format_args!("nothing provides the optional import {name}"),
                    ))
                }
            }
        }
    }
}

/// [`CallImport`] as a handler.
///
/// # Safety
/// As [`Dispatch::next`].
pub unsafe fn call_import<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: passed on.
    unsafe { super::dispatch::whole::<D, CallImport>(pc, r, cx, ia, fa) }
}

/// What a panic said.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "no message"
    }
}

impl World {
    /// The name of a host function for messages: its own, or in Rhumb that of the routine that stands for it
    /// (docs/specs/rhumb.md §3.20).
    fn called_host(&self, own: &str) -> String {
        if self.policy() != Lang::Rhumb {
            return copied(own);
        }
        // SAFETY: the frame on top runs code that the World keeps alive.
        self.function_name(unsafe { &*(*self.frame).code })
    }

    fn host_failed(&mut self, name: &str, error: HostError) -> Raised {
        let name = self.called_host(name);
        match error {
            HostError::Raised(raised) => raised,
            HostError::Failed { fault, message } => {
                self.fault_args(fault, format_args!("{name}: {message}"))
            }
            HostError::Coded {
                fault,
                code,
                message,
                data,
            } => {
                let raised = self.fault_args(fault, format_args!("{name}: {message}"));
                let Some(info) = self.raised.take() else {
                    return raised;
                };
                // The error value is made here, where its code and data are known.
                let made = self.error_map(i64::from(code), fault.name(), &info.message, data);
                match made {
                    Ok(value) => {
                        self.raised = Some(crate::world::RaisedInfo { value, ..info });
                        raised
                    }
                    Err(full) => full,
                }
            }
        }
    }
}

/// Implicit invocation: `a` := `b`, called if it is a routine of arity zero.
pub unsafe fn auto_call<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let from = r.byte_add(w.b as usize);
        let (value_tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let kind = value_tag as u8;
        if kind == Kind::Func as u8 || kind == Kind::Closure as u8 {
            return cold::<D, AutoCallSlow>(pc, r, cx, ia, fa);
        }
        let to = r.byte_add(w.a as usize);
        to.write_volatile(value_tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Implicit application: `a` := `b`, called with `c` if it is a routine.
pub unsafe fn auto_apply<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let from = r.byte_add(w.b as usize);
        let (value_tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let kind = value_tag as u8;
        if kind == Kind::Func as u8 || kind == Kind::Closure as u8 || kind == Kind::Partial as u8 {
            return cold::<D, AutoApplySlow>(pc, r, cx, ia, fa);
        }
        let to = r.byte_add(w.a as usize);
        to.write_volatile(value_tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct AutoApplySlow;
impl Slow for AutoApplySlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (callee, argument) = (world.read(r, w.b), world.read(r, w.c));
            world.call_value(r, callee, None, &[argument], w.a, 0)
        }
    }
}

struct AutoCallSlow;
impl Slow for AutoCallSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            if world.is_nullary(callee)? {
                return world.call_value(r, callee, None, &[], w.a, 0);
            }
            world.write(r, w.a, callee);
            Ok(Next::at(pc.add(1), r))
        }
    }
}

impl World {
    /// Is a func or closure of arity zero: no declared parameters and no use of raw arguments (rhumb.md §3.4)?
    pub(crate) fn is_nullary(&mut self, callee: Value) -> Raise<bool> {
        let (instance, function) = self.routine_of(callee);
        let slot = self.function_slot(instance, function)?;
        // SAFETY: a function's slot holds its code once it was asked for.
        let code = unsafe { &*(*slot).code };
        Ok(code.params == 0 && code.flags & function_flags::REST == 0)
    }

    /// Instance and function of a func or closure.
    pub(crate) fn routine_of(&self, callee: Value) -> (u32, u32) {
        if callee.kind() == Kind::Closure {
            // SAFETY: a live closure.
            unsafe {
                let object = self.at::<ClosureObj>(callee.as_ticket());
                ((*object).instance, (*object).func)
            }
        } else {
            (callee.aux(), callee.payload as u32)
        }
    }
}

/// Calls with a shape: callee and values from `b`; the next word the shape.
pub struct CallShape;
impl Slow for CallShape {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            world.call_with_shape(r, callee, None, w.b as u32 + 16, wide(pc).0, w.a)
        }
    }
}

/// Throws the value at `b`.
pub struct Throw;
impl Slow for Throw {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        let value = unsafe { world.read(r, (*pc).b) };
        let message = world.error_message(value);
        Err(world.throw(value, message))
    }
}

/// Throws the value at `b` again: with its trace, if it was caught lately.
pub struct Rethrow;
impl Slow for Rethrow {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        let value = unsafe { world.read(r, (*pc).b) };
        if let Some(info) = world.recall(value) {
            world.raised = Some(info);
            return Err(Raised(()));
        }
        let message = world.error_message(value);
        Err(world.throw(value, message))
    }
}

/// An error value from code, message and data at `b`.
pub struct MakeError;
impl Slow for MakeError {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let Some(code) = world.read(r, w.b).as_int() else {
                let found = world.read(r, w.b);
                return Err(world.type_fault("an integer code", found));
            };
            let message = world.read(r, w.b + 16);
            if message.kind() != Kind::Text {
                return Err(world.type_fault("a text as the message", message));
            }
            let value = world.error_from_registers(code, r, w.b + 16)?;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// Raises the fault in the next word with the text at `b`.
pub struct FaultOp;
impl Slow for FaultOp {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let text = lemari::Ticket(*r.byte_add((*pc).b as usize) as u32);
            let message = copied(world.text_str(text)?);
            let fault = Fault::from_number(wide(pc).0 as u8).unwrap_or(Fault::User);
            Err(world.fault_args(fault, format_args!("{message}")))
        }
    }
}

/// Goes on with the pending completion at `b`.
pub struct EndFinally;
impl Slow for EndFinally {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        let value = unsafe { world.read(r, (*pc).b) };
        Err(world.resume_pending(value))
    }
}

/// The export map of the module import in the next word; runs the module's entry first if it has not run.
pub(crate) unsafe fn load_module(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
    // SAFETY: operands of the instruction at `pc`.
    unsafe {
        let w = *pc;
        let (import, _) = wide(pc);
        let own = (*world.frame).instance as usize;
        let known = match world
            .instances
            .get(own)
            .and_then(|entry| entry.imports.get(import as usize))
        {
            Some(ImportSlot::Module { instance }) => *instance,
            _ => return Err(world.fault(Fault::Internal, "no module import has that number")),
        };
        let instance = match known {
            Some(instance) => instance,
            None => {
                let module = world.module();
                let name = module
                    .import(ImportId(import))
                    .and_then(|record| record.module.or(record.name))
                    .and_then(|name| module.name(name))
                    .unwrap_or_default();
                let Some(loaded) = world.engine.module_named(name) else {
                    return Err(
                        world.fault_args(Fault::Module, format_args!("no module is called {name}"))
                    );
                };
                let instance = world.instantiate_module(&loaded)?;
                if let Some(ImportSlot::Module { instance: slot }) = world
                    .instances
                    .get_mut(own)
                    .and_then(|entry| entry.imports.get_mut(import as usize))
                {
                    *slot = Some(instance);
                }
                // Instances may have moved in their vector, and with them nothing that handlers hold: boxes stay.
                instance
            }
        };
        let (state, entry, name) = match world.instances.get(instance as usize) {
            Some(entry) => (
                entry.state,
                entry.loaded.module.entry(),
                copied(entry.loaded.module.module_name()),
            ),
            None => return Err(world.fault(Fault::Internal, "an instance that does not exist")),
        };
        match (state, entry) {
            (InstanceState::Linked, Some(entry)) => {
                if let Some(record) = world.instances.get_mut(instance as usize) {
                    record.state = InstanceState::Entering;
                }
                world.call_value(
                    r,
                    Value::func(instance, entry.0),
                    None,
                    &[],
                    w.a,
                    flags::ENTRY,
                )
            }
            (InstanceState::Entering, _) => {
                // Instances are made when they are first needed, so they stand in the order of the circle.
                let circle: Vec<&str> = world
                    .instances
                    .iter()
                    .skip(instance as usize)
                    .filter(|entry| entry.state == InstanceState::Entering)
                    .map(|entry| entry.loaded.module.module_name())
                    .collect();
                let text = format!(
                    "circular dependency detected: {} -> {name}",
                    circle.join(" -> ")
                );
                Err(world.fault(Fault::Module, &text))
            }
            (InstanceState::Failed, _) => Err(world.fault_args(
                Fault::Module,
                format_args!("the module {name} failed when it was loaded"),
            )),
            _ => {
                if let Some(record) = world.instances.get_mut(instance as usize) {
                    record.state = InstanceState::Ready;
                }
                let map = world.export_map(instance)?;
                let r = world.running_r;
                world.write(r, w.a, map);
                Ok(Next::at(pc.add(2), r))
            }
        }
    }
}
