//! Calls that the fast paths do not make: any callable value, any arity mode, typed parameters from tagged arguments,
//! returns with something left to do (docs/specs/machine.md §3).

use fzb::tables::{Arity, Lang, function_flags};
use fzb::view::Repr;
use lemari::Ticket;

use crate::code::Code;
use crate::exec::dispatch::Next;
use crate::exec::flow::push_frame;
use crate::exec::ops;
use crate::exec::shapes::NAMES;
use crate::fault::{Fault, Raise};
use crate::fiber::Role;
use crate::frame::{flags, proclaimer};
use crate::heap::map::set;
use crate::heap::object::{ClosureObj, PartialObj, kind};
use crate::legend::field_flags;
use crate::value::{Kind, Value};
use crate::world::registers::{repr_name, static_tag};
use crate::world::{Outcome, World};

/// How a routine binds `self` (docs/specs/machine.md §3), as `make_routine` numbers it.
pub mod bind {
    /// Functions.
    pub const FREE: u16 = 0;
    /// Methods.
    pub const RECEIVER: u16 = 1;
    /// The receiver if it is or delegates to the home, else the home.
    pub const HOME: u16 = 2;
    /// The enclosing `self`, kept as the home.
    pub const LEXICAL: u16 = 3;
    /// With a receiver like a method, without one a constructor activation.
    pub const CTOR: u16 = 4;
}

/// Parts of a closure's aux field.
pub mod closure_aux {
    /// Bits of the number of captures.
    pub const CAPTURES: u16 = 0x0FFF;
    /// Where the bind mode stands.
    pub const MODE_SHIFT: u16 = 12;
    /// Set if a home follows the captures.
    pub const HOME: u16 = 0x8000;
}

impl World {
    /// A typed call (`call f`) that the fast path could not make: first use, or no room.
    ///
    /// # Safety
    /// Verified code: the arguments stand in the window at byte offset `window` in the callee's representations.
    pub(crate) unsafe fn call_function(
        &mut self,
        r: *mut u64,
        function: u32,
        window: u32,
        dst: u16,
    ) -> Raise<Next> {
        // SAFETY: frames and slots are the World's own; see the caller's promise.
        unsafe {
            let instance = (*self.frame).instance;
            let slot = self.function_slot(instance, function)?;
            let code = &*(*slot).code;
            let bytes = code.frame_bytes as usize;
            let address = self.ensure_room(r.byte_add(window as usize), bytes)?;
            push_frame(self.frame.add(1), code, slot, window, dst, 0, 0, instance);
            self.frame = self.frame.add(1);
            Ok(Next::at(code.entry, address))
        }
    }

    /// First free byte offset in the window of the frame on top, at the instruction that is running.
    pub(crate) fn free_window(&self) -> u32 {
        // SAFETY: the frame on top runs code that the World keeps alive.
        unsafe {
            let frame = &*self.frame;
            if frame.code.is_null() {
                return 0;
            }
            (*frame.code).free_window(frame.pc)
        }
    }

    /// Calls a value with arguments that are not yet in registers; the result goes to byte offset `dst` of the frame on
    /// top as `call_flags` say.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top.
    pub(crate) unsafe fn call_value(
        &mut self,
        r: *mut u64,
        callee: Value,
        receiver: Option<Value>,
        args: &[Value],
        dst: u16,
        call_flags: u16,
    ) -> Raise<Next> {
        let window = self.free_window();
        let delta = (r as usize).wrapping_sub(self.fiber().regs.as_ptr() as usize);
        // Growing the stack may collect, so everything in hand is rooted meanwhile.
        let mark = self.temps.len();
        self.push_temps(&[callee, receiver.unwrap_or(Value::HOLE)])?;
        self.push_temps(args)?;
        let first = self.ensure_room(r.wrapping_byte_add(window as usize), args.len() * 16 + 64)?;
        let (callee, receiver) = (self.temps[mark], self.temps[mark + 1]);
        for (index, arg) in self.temps[mark + 2..].iter().enumerate() {
            // SAFETY: there is room for all of them.
            unsafe { first.add(2 * index).cast::<Value>().write(*arg) };
        }
        self.temps.truncate(mark);
        let receiver = Some(receiver).filter(|value| !value.same(Value::HOLE));
        let r = self.fiber().regs.as_mut_ptr().wrapping_byte_add(delta);
        // SAFETY: the arguments stand in the window.
        unsafe {
            self.call_window(
                r,
                callee,
                receiver,
                window,
                args.len() as u32,
                dst,
                call_flags,
            )
        }
    }

    /// Calls a value whose arguments stand as tagged pairs from byte offset `window` of the frame on top.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top and the window lies above everything live in it.
    pub(crate) unsafe fn call_window(
        &mut self,
        r: *mut u64,
        callee: Value,
        receiver: Option<Value>,
        window: u32,
        argc: u32,
        dst: u16,
        call_flags: u16,
    ) -> Raise<Next> {
        // The arguments are covered by no stack map until the callee's frame stands: they are shown as a window. The
        // callee and the receiver travel in `temps` for the same reason.
        let first = self.register_index(r) + window / 8;
        if self.argument_windows.try_reserve(1).is_err() {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        self.argument_windows.push((first, argc));
        let mark = self.temps.len();
        let result = self
            .push_temps(&[callee, receiver.unwrap_or(Value::HOLE)])
            .and_then(|_| {
                // SAFETY: passed on.
                unsafe { self.call_set_up(mark, window, argc, dst, call_flags) }
            });
        self.temps.truncate(mark);
        self.argument_windows.pop();
        result
    }

    /// Sets up the call of `temps[mark]` with the receiver `temps[mark + 1]`.
    unsafe fn call_set_up(
        &mut self,
        mark: usize,
        window: u32,
        mut argc: u32,
        dst: u16,
        mut call_flags: u16,
    ) -> Raise<Next> {
        // Partials and bound methods unfold into what they stand for; each round is one level of them.
        loop {
            let callee = self.temps[mark];
            match callee.kind() {
                Kind::Func => {
                    // SAFETY: passed on.
                    return unsafe {
                        self.enter_routine(
                            mark,
                            callee.aux(),
                            callee.payload as u32,
                            Ticket(0),
                            window,
                            argc,
                            dst,
                            call_flags,
                        )
                    };
                }
                Kind::Closure => {
                    let ticket = callee.as_ticket();
                    // SAFETY: a live closure.
                    let (instance, function) = unsafe {
                        let object = self.at::<ClosureObj>(ticket);
                        ((*object).instance, (*object).func)
                    };
                    // SAFETY: passed on.
                    return unsafe {
                        self.enter_routine(
                            mark, instance, function, ticket, window, argc, dst, call_flags,
                        )
                    };
                }
                Kind::Partial => {
                    self.charge_fuel(2)?;
                    argc = self.unfold_partial(mark, window, argc)?;
                }
                Kind::Case0 if argc == 0 => return self.deliver(callee, dst, call_flags),
                Kind::Map if self.is_class(callee.as_ticket()) => {
                    let class = callee.as_ticket();
                    let constructor = self.class_constructor(class);
                    let instance = self.instantiate(class)?;
                    let instance = Value::ticket(Kind::Map, instance);
                    match constructor {
                        None if argc == 0 => return self.deliver(instance, dst, call_flags),
                        None => {
                            return Err(self.fault_args(
                                Fault::Arity,
                                format_args!(
                                    "the class has no constructor and {argc} arguments were given"
                                ),
                            ));
                        }
                        Some(constructor) => {
                            self.temps[mark] = constructor;
                            self.temps[mark + 1] = instance;
                            call_flags |= flags::CTOR;
                        }
                    }
                }
                _ => {
                    if self.policy() == Lang::Rhumb {
                        // SAFETY: passed on.
                        let done = unsafe { self.call_other(mark, window, argc, dst, call_flags)? };
                        if let Some(next) = done {
                            return Ok(next);
                        }
                    }
                    if self.policy() == Lang::Rhumb {
                        // What its programs know it by (docs/specs/rhumb.md §3.4).
                        return Err(self.not_callable(self.temps[mark]));
                    }
                    let callee = self.temps[mark];
                    let found = self.kind_name(callee);
                    return Err(self.fault_args(
                        Fault::Call,
                        format_args!("a value of kind {found} cannot be called"),
                    ));
                }
            }
        }
    }

    /// Fault call, with what was called as its data.
    #[cold]
    fn not_callable(&mut self, callee: Value) -> crate::fault::Raised {
        let message = "not callable";
        let code = i64::from(Fault::Call as u8);
        match self.error_map(code, Fault::Call.name(), message, callee) {
            Ok(error) => self.throw(error, message.to_owned()),
            Err(raised) => raised,
        }
    }

    /// Writes a result that needed no frame as the flags of the frame that was not made say, and goes on after the
    /// instruction.
    pub(crate) fn deliver(&mut self, result: Value, dst: u16, call_flags: u16) -> Raise<Next> {
        let r = self.running_r;
        if call_flags & flags::BARRIER != 0 {
            // Whoever enters from the host reads the one; a run loop that is left by a tail call in its first frame the other.
            self.delivered = result;
            self.outcome = Outcome::Returned(result);
            return Ok(Next::EXIT);
        }
        if call_flags & flags::BOTTOM != 0 {
            return self.finish_fiber(result);
        }
        // SAFETY: `dst` is a register of the frame on top, whose first register is `running_r`; its pc was set when the
        // instruction was entered.
        unsafe {
            if call_flags & (flags::TRUTH | flags::BRANCH) != 0 {
                let truth = self.truthy(result)? != (call_flags & flags::NEGATE != 0);
                if call_flags & flags::BRANCH != 0 {
                    let caller = self.frame;
                    return Ok(self.finish_branch(caller, r, truth, dst));
                }
                *r.byte_add(dst as usize) = truth as u64;
            } else if call_flags & flags::DROP == 0 {
                self.write(r, dst, result);
            }
            Ok(Next::at((*self.frame).pc, r))
        }
    }

    /// Puts a partial's arguments before and between those of the call; the new count. `temps[mark]` becomes its target.
    fn unfold_partial(&mut self, mark: usize, window: u32, argc: u32) -> Raise<u32> {
        let partial = self.temps[mark].as_ticket();
        let mut held = self.object_aux(partial) as u32;
        // SAFETY: a live partial, whose last argument is a map of named ones if it says so.
        let names = unsafe {
            let object = self.at::<PartialObj>(partial);
            ((*object).bound & NAMES != 0).then(|| {
                held -= 1;
                *(*object).args.as_ptr().add(held as usize)
            })
        };
        if let Some(names) = names {
            self.named_rest = Some(self.temp(names)?);
        }
        let total = held as usize + argc as usize;
        let rhumb = self.policy() == Lang::Rhumb;
        let r = self.running_r;
        let first = self.ensure_room(r.wrapping_byte_add(window as usize), total * 16 + 64)?;
        let partial = self.temps[mark].as_ticket();
        // SAFETY: a live partial; the window has room for `total` pairs.
        unsafe {
            let object = self.at::<PartialObj>(partial);
            let given = first.cast::<Value>();
            // Move the given arguments out of the way, then merge from the front.
            std::ptr::copy(given, given.add(held as usize), argc as usize);
            let mut next = held as usize;
            let mut out = 0;
            for index in 0..held as usize {
                let arg = *(*object).args.as_ptr().add(index);
                if arg.same(Value::HOLE) {
                    if next < total {
                        given.add(out).write(given.add(next).read());
                        next += 1;
                        out += 1;
                    } else if rhumb {
                        // A position that stays open is empty; those behind it keep theirs.
                        given.add(out).write(Value::EMPTY);
                        out += 1;
                    }
                } else {
                    given.add(out).write(arg);
                    out += 1;
                }
            }
            while next < total {
                given.add(out).write(given.add(next).read());
                next += 1;
                out += 1;
            }
            self.temps[mark] = (*object).target;
            if !(*object).receiver.same(Value::HOLE) {
                self.temps[mark + 1] = (*object).receiver;
            }
            if let Some(last) = self.argument_windows.last_mut() {
                last.1 = out as u32;
            }
            Ok(out as u32)
        }
    }

    /// Enters a routine by its checked entry.
    unsafe fn enter_routine(
        &mut self,
        mark: usize,
        instance: u32,
        function: u32,
        closure: Ticket,
        window: u32,
        argc: u32,
        dst: u16,
        mut call_flags: u16,
    ) -> Raise<Next> {
        let slot = self.function_slot(instance, function)?;
        // SAFETY: a filled slot's code is kept alive by the World.
        let code: &Code = unsafe { &*(*slot).code };
        let params = code.params;
        let mut leftover = None;
        match code.arity {
            Arity::Exact if argc != params => return Err(self.arity_fault(code, params, argc)),
            Arity::Curry if argc < params => {
                let value = self.make_partial(mark, window, argc, params)?;
                return self.deliver(value, dst, call_flags);
            }
            Arity::Curry if argc > params => {
                if params == 0 && argc > 0 {
                    return Err(self.arity_fault(code, params, argc));
                }
                leftover = Some(self.keep_leftovers(window, params, argc)?);
                call_flags |= flags::APPLY;
            }
            Arity::Fill if argc > params => return Err(self.arity_fault(code, params, argc)),
            _ => {}
        }
        let wants_rest = code.hidden[1] != u16::MAX;
        let names = self.named_rest.take().filter(|_| wants_rest);
        let mut rest = if wants_rest && argc > params {
            self.rest_of(window, params, argc)?
        } else {
            Value::EMPTY
        };
        if let Some(names) = names {
            rest = self.rest_with_names(rest, names)?;
        }
        let rest_slot = if rest.is_heap() {
            Some(self.temp(rest)?)
        } else {
            None
        };
        let r = self.running_r;
        let bytes = (code.frame_bytes as usize).max(argc.max(params) as usize * 16);
        let address = self.ensure_room(r.wrapping_byte_add(window as usize), bytes)?;
        // Nothing below allocates before it reads its values from where they are rooted.
        let mode = match self.temps[mark].kind() {
            Kind::Closure => {
                self.object_aux(self.temps[mark].as_ticket()) >> closure_aux::MODE_SHIFT & 7
            }
            _ => bind::FREE,
        };
        let this = self.bound_self(mode, mark)?;
        let receiver = self.temps[mark + 1];
        // SAFETY: the window has room for the frame and for all pairs.
        unsafe {
            for index in argc..params {
                address
                    .add(2 * index as usize)
                    .cast::<Value>()
                    .write(Value::EMPTY);
            }
            if code.flags & (function_flags::GENERATOR | function_flags::ASYNC) != 0
                && !std::mem::take(&mut self.starting)
            {
                let role = if code.flags & function_flags::ASYNC != 0 {
                    Role::Async
                } else {
                    Role::Generator
                };
                let value = self.fiber_of(role, self.temps[mark], receiver, window, params)?;
                return self.deliver(value, dst, call_flags);
            }
            if !code.plain {
                self.compact(code, instance, address)?;
            }
            if static_tag(code.result).is_some() {
                call_flags |= flags::CHECKED;
            }
            let closure_value = self.temps[mark];
            let rest = rest_slot
                .and_then(|slot| self.temps.get(slot).copied())
                .unwrap_or(rest);
            for (register, value) in code.hidden.iter().zip([this, rest, closure_value]) {
                if *register != u16::MAX {
                    address
                        .byte_add(*register as usize)
                        .cast::<Value>()
                        .write(value);
                }
            }
            if !receiver.same(Value::HOLE) {
                call_flags |= flags::METHOD;
            }
            if instance != (*self.frame).instance || (*self.frame).code.is_null() {
                call_flags |= flags::CROSS;
                self.switch_instance(instance);
            }
            let closure = if closure.0 != 0 {
                self.temps[mark].as_ticket()
            } else {
                closure
            };
            let slot = self.function_slot(instance, function)?;
            let top = self.frame.add(1);
            push_frame(
                top,
                code,
                slot,
                window,
                dst,
                call_flags & !flags::METHOD,
                closure.0,
                instance,
            );
            if call_flags & flags::METHOD != 0 {
                (*top).proclaimer = proclaimer::RECEIVER;
            }
            (*top).argc = leftover
                .and_then(|slot| self.temps.get(slot))
                .map_or(argc, |value| value.as_ticket().0);
            self.frame = top;
            self.running_r = address;
            Ok(Next::at(code.body, address))
        }
    }

    /// What `self` is for a bind mode.
    fn bound_self(&mut self, mode: u16, mark: usize) -> Raise<Value> {
        let (callee, receiver) = (self.temps[mark], self.temps[mark + 1]);
        let home = if callee.kind() == Kind::Closure {
            self.closure_home(callee.as_ticket())
        } else {
            Value::EMPTY
        };
        Ok(match mode {
            bind::HOME => {
                if !receiver.same(Value::HOLE) && self.delegates_to(receiver, home)? {
                    receiver
                } else {
                    home
                }
            }
            bind::LEXICAL => home,
            _ if receiver.same(Value::HOLE) => home,
            _ => receiver,
        })
    }

    /// A closure's home; empty if it has none.
    pub(crate) fn closure_home(&self, closure: Ticket) -> Value {
        let aux = self.object_aux(closure);
        if aux & closure_aux::HOME == 0 {
            return Value::EMPTY;
        }
        // SAFETY: a live closure with a home after its captures.
        unsafe {
            *(*self.at::<ClosureObj>(closure))
                .captures
                .as_ptr()
                .add((aux & closure_aux::CAPTURES) as usize)
        }
    }

    fn arity_fault(&mut self, code: &Code, params: u32, argc: u32) -> crate::fault::Raised {
        let name = self.function_name(code);
        self.fault_args(
            Fault::Arity,
            format_args!("{name} takes {params} arguments, {argc} were given"),
        )
    }

    /// Checks tagged arguments against the parameters' representations and packs them in place. A packed argument never
    /// stands behind its pair, so going upward is safe.
    unsafe fn compact(&mut self, code: &Code, instance: u32, first: *mut u64) -> Raise<()> {
        // SAFETY: the window holds one pair per parameter.
        unsafe {
            for (index, repr) in code.param_reprs.iter().enumerate() {
                let value = first.add(2 * index).cast::<Value>().read();
                let fits = match repr {
                    Repr::Rec(record) => {
                        self.fits(*repr, value)
                            && self.is_record_of(value.as_ticket(), instance, record.0)
                    }
                    _ => self.fits(*repr, value),
                };
                if !fits {
                    let name = self.function_name(code);
                    let found = self.kind_name(value);
                    return Err(self.fault_args(
                        Fault::Type,
                        format_args!(
                            "argument {} of {name}: expected {}, found {found}",
                            index + 1,
                            repr_name(*repr)
                        ),
                    ));
                }
            }
            let mut at = 0;
            for (index, repr) in code.param_reprs.iter().enumerate() {
                let value = first.add(2 * index).cast::<Value>().read();
                if repr.words() == 1 {
                    *first.add(at) = value.payload;
                    at += 1;
                } else {
                    first.add(at).cast::<Value>().write(value);
                    at += 2;
                }
            }
            Ok(())
        }
    }

    /// A partial application of `temps[mark]` with the arguments in the window.
    fn make_partial(&mut self, mark: usize, window: u32, argc: u32, _params: u32) -> Raise<Value> {
        let bytes = size_of::<PartialObj>() + argc as usize * 16;
        let ticket = self.alloc(kind::PARTIAL, argc as u16, bytes)?;
        let r = self.running_r;
        // SAFETY: a fresh object with room for the arguments, which stand in the window.
        unsafe {
            let object = self.at::<PartialObj>(ticket);
            (*object).bound = 0;
            (*object).pad = 0;
            (*object).target = self.temps[mark];
            (*object).receiver = self.temps[mark + 1];
            let from = r.byte_add(window as usize).cast::<Value>();
            let to = (&raw mut (*object).args).cast::<Value>();
            for index in 0..argc as usize {
                to.add(index).write(from.add(index).read());
            }
        }
        Ok(Value::ticket(Kind::Partial, ticket))
    }

    /// Keeps arguments beyond `params` in an object; its place in `temps`.
    fn keep_leftovers(&mut self, window: u32, params: u32, argc: u32) -> Raise<usize> {
        let count = argc - params;
        let ticket = self.alloc(
            kind::PARTIAL,
            count as u16,
            size_of::<PartialObj>() + count as usize * 16,
        )?;
        let r = self.running_r;
        // SAFETY: a fresh object with room for the arguments.
        unsafe {
            let object = self.at::<PartialObj>(ticket);
            (*object).bound = 0;
            (*object).pad = 0;
            (*object).target = Value::EMPTY;
            (*object).receiver = Value::HOLE;
            let from = r
                .byte_add(window as usize)
                .cast::<Value>()
                .add(params as usize);
            let to = (&raw mut (*object).args).cast::<Value>();
            for index in 0..count as usize {
                to.add(index).write(from.add(index).read());
            }
        }
        self.temp(Value::ticket(Kind::Partial, ticket))
    }

    /// An element map of the arguments beyond `params`.
    fn rest_of(&mut self, window: u32, params: u32, argc: u32) -> Raise<Value> {
        // The window is counted from the registers of the frame on top, not from the fiber's first.
        let base = self.fiber().regs.as_ptr() as usize;
        let first = (self.running_r as usize).wrapping_sub(base) / 8;
        let at = first + window as usize / 8 + params as usize * 2;
        self.map_of_registers(at, (argc - params) as usize)
    }

    /// The rest of the arguments with the named ones, which `temps[names]` holds as fields.
    fn rest_with_names(&mut self, rest: Value, names: usize) -> Raise<Value> {
        if !rest.is_heap() {
            return Ok(self.temps[names]);
        }
        let mark = self.temp(rest)?;
        self.copy_names(mark, names)?;
        let rest = self.temps[mark];
        self.temps.truncate(mark);
        Ok(rest)
    }

    /// Sets the fields of `temps[from]` that no number names on `temps[to]`, mutable as they are there.
    pub(crate) fn copy_names(&mut self, to: usize, from: usize) -> Raise<()> {
        for index in 0..self.members(self.temps[from].as_ticket()) {
            self.charge_node()?;
            let member = self.member(self.temps[from].as_ticket(), index);
            let left_out = field_flags::SUB | field_flags::HIDDEN;
            if member.key.same(Value::HOLE)
                || member.key.as_int().is_some()
                || member.flags & left_out != 0
            {
                continue;
            }
            let how = if member.flags & field_flags::MUTABLE == 0 {
                set::IMMUTABLE
            } else {
                set::MUTABLE
            };
            let key = self.temp(member.key)?;
            let value = self.temp(member.value)?;
            self.set_member(to, key, value, how)?;
            self.temps.truncate(key);
        }
        Ok(())
    }

    /// Replaces the frame on top by a call whose arguments stand at `window`: they are moved down to the frame's own
    /// window and its caller gets the result.
    ///
    /// # Safety
    /// Verified code outside try regions; `words` register words from `window` hold the arguments.
    pub(crate) unsafe fn drop_frame_for_tail(
        &mut self,
        r: *mut u64,
        window: u32,
        words: u32,
    ) -> (*mut u64, u16, u16, u32) {
        // SAFETY: the caller's promise.
        unsafe {
            let frame = *self.frame;
            std::ptr::copy(r.byte_add(window as usize), r, words as usize);
            self.frame = self.frame.sub(1);
            let caller = r.byte_sub(frame.delta as usize);
            self.running_r = caller;
            if frame.flags & flags::CROSS != 0 && !(*self.frame).code.is_null() {
                let instance = (*self.frame).instance;
                self.switch_instance(instance);
            }
            (caller, frame.ret, frame.flags & !flags::CLEAN, frame.delta)
        }
    }

    /// Returns from a frame whose flags say that more is to do than to store a result.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, which returns `result`.
    pub(crate) unsafe fn return_slow(&mut self, r: *mut u64, result: Value) -> Raise<Next> {
        // SAFETY: frames and registers are the World's own.
        unsafe {
            let frame = *self.frame;
            let window = r.byte_sub(frame.delta as usize);
            let mut result = result;
            if frame.flags & flags::CTOR != 0 {
                let code = &*frame.code;
                if code.hidden[0] != u16::MAX {
                    result = self.read(r, code.hidden[0]);
                }
            }
            if frame.flags & flags::UNWIND != 0 {
                return Err(self.discard_goes_on());
            }
            if frame.flags & flags::BOTTOM != 0 {
                return self.finish_fiber(result);
            }
            if frame.flags & flags::SELECTOR != 0 {
                return self.selector_returned(result);
            }
            let caller = self.frame.sub(1);
            self.frame = caller;
            self.running_r = window;
            if frame.flags & flags::CROSS != 0 && !(*caller).code.is_null() {
                let instance = (*caller).instance;
                self.switch_instance(instance);
            }
            if frame.flags & flags::ENTRY != 0 {
                result = self.entry_finished(frame.instance, result)?;
            }
            if frame.flags & flags::APPLY != 0 {
                let leftovers = Ticket(frame.argc);
                let count = self.object_aux(leftovers) as usize;
                let keep = frame.flags
                    & !(flags::APPLY
                        | flags::CROSS
                        | flags::CTOR
                        | flags::CHECKED
                        | flags::ENTRY
                        | flags::CLEAN);
                let offset = self.free_window();
                let mark = self.temps.len();
                self.temp(result)?;
                self.temp(Value::ticket(Kind::Partial, leftovers))?;
                let first = self.ensure_room(window.byte_add(offset as usize), count * 16 + 64)?;
                let callee = self.temps[mark];
                let object = self.at::<PartialObj>(self.temps[mark + 1].as_ticket());
                self.temps.truncate(mark);
                for index in 0..count {
                    first
                        .cast::<Value>()
                        .add(index)
                        .write(*(*object).args.as_ptr().add(index));
                }
                let window = self.running_r;
                return self.call_window(
                    window,
                    callee,
                    None,
                    offset,
                    count as u32,
                    frame.ret,
                    keep,
                );
            }
            if frame.flags & flags::BARRIER != 0 {
                self.outcome = Outcome::Returned(result);
                return Ok(Next::EXIT);
            }
            if frame.flags & (flags::TRUTH | flags::BRANCH) != 0 {
                let truth = self.truthy(result)? != (frame.flags & flags::NEGATE != 0);
                if frame.flags & flags::TRUTH != 0 {
                    *window.byte_add(frame.ret as usize) = truth as u64;
                    return Ok(Next::at((*caller).pc, window));
                }
                return Ok(self.finish_branch(caller, window, truth, frame.ret));
            }
            if frame.flags & flags::DROP == 0 {
                self.write(window, frame.ret, result);
            }
            Ok(Next::at((*caller).pc, window))
        }
    }

    /// A hook's answer decides the fused branch of `words` words before the caller's pc.
    unsafe fn finish_branch(
        &mut self,
        caller: *mut crate::frame::Frame,
        window: *mut u64,
        truth: bool,
        words: u16,
    ) -> Next {
        // SAFETY: the caller was left by a fused dynamic branch of that length.
        unsafe {
            let after = (*caller).pc;
            let at = after.sub(words as usize);
            let want = ops::dyn_branch_wants((*at).op);
            let offset = if truth == want {
                (*at).c as i16 as isize
            } else {
                0
            };
            Next::at(after.offset(offset), window)
        }
    }
}
