//! Captures, closures, cells, raw arguments.

use fzb::tables::{ConstId, FuncId};
use fzb::view::Constant;
use lemari::Ticket;

use super::calls::wide;
use super::dispatch::{Dispatch, Next, Slow, cold};
use crate::code::Word;
use crate::fault::{Fault, Raise};
use crate::frame::proclaimer;
use crate::heap::object::{CLOSURE_HEADER, CellObj, ClosureObj, cell_flags, kind};
use crate::legend::{FieldName, Legends};
use crate::value::{Kind, Value, tag};
use crate::world::World;
use crate::world::call::{bind, closure_aux};

#[inline(always)]
unsafe fn capture(cx: *mut World, index: u16) -> *mut u64 {
    // SAFETY: the frame on top runs a closure with that capture (verified); captures start at byte 24.
    unsafe {
        (*cx)
            .lemari
            .at(Ticket((*(*cx).frame).closure))
            .add(CLOSURE_HEADER / 8 + 2 * index as usize)
    }
}

/// `a` := capture `c`, a pair.
pub unsafe fn load_cap<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let from = capture(cx, w.c);
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// `a` := capture `c`, one word without its tag.
pub unsafe fn load_cap_typed<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; a capture of a typed kind was stored with that tag.
    unsafe {
        let w = *pc;
        *r.byte_add(w.a as usize) = *capture(cx, w.c).add(1);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// `a` := what the cell in capture `c` holds.
pub unsafe fn load_cap_cell<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code: the capture is a cell.
    unsafe {
        let w = *pc;
        let held = capture(cx, w.c);
        if *held != tag::CELL {
            return cold::<D, NotACell>(pc, r, cx, ia, fa);
        }
        let cell = (*cx).lemari.at(Ticket(*held.add(1) as u32)).add(2);
        let (tag, payload) = (cell.read_volatile(), cell.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct NotACell;
impl Slow for NotACell {
    unsafe fn run(world: &mut World, _: *const Word, _: *mut u64) -> Raise<Next> {
        Err(world.fault(Fault::Type, "expected a cell"))
    }
}

/// `a` := a new cell with the value at `b`.
pub unsafe fn cell_new<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code; the object is filled before anything else is allocated.
    unsafe {
        let w = *pc;
        if (*cx).collect_always {
            return cold::<D, CellNewSlow>(pc, r, cx, ia, fa);
        }
        let Some(ticket) = (*cx).lemari.try_alloc(kind::CELL, 0, size_of::<CellObj>()) else {
            return cold::<D, CellNewSlow>(pc, r, cx, ia, fa);
        };
        let object = (*cx).lemari.at(ticket);
        let from = r.byte_add(w.b as usize);
        *object.add(1) = 0;
        *object.add(2) = *from;
        *object.add(3) = *from.add(1);
        let to = r.byte_add(w.a as usize);
        *to = tag::CELL;
        *to.add(1) = u64::from(ticket.0);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

struct CellNewSlow;
impl Slow for CellNewSlow {
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let ticket = world.alloc(kind::CELL, 0, size_of::<CellObj>())?;
            let object = world.at::<CellObj>(ticket);
            (*object).flags = 0;
            (*object).id = 0;
            (*object).value = world.read(r, w.b);
            world.write(r, w.a, Value::ticket(Kind::Cell, ticket));
            Ok(Next::at(pc.add(1), r))
        }
    }
}

/// `a` := what the cell at `b` holds.
pub unsafe fn cell_get<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let cell = r.byte_add(w.b as usize);
        if *cell != tag::CELL {
            return cold::<D, NotACell>(pc, r, cx, ia, fa);
        }
        let from = (*cx).lemari.at(Ticket(*cell.add(1) as u32)).add(2);
        let (tag, payload) = (from.read_volatile(), from.add(1).read_volatile());
        let to = r.byte_add(w.a as usize);
        to.write_volatile(tag);
        to.add(1).write_volatile(payload);
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// The cell at `a` := the value at `b`.
pub unsafe fn cell_set<D: Dispatch>(
    pc: *const Word,
    r: *mut u64,
    cx: *mut World,
    ia: i64,
    fa: f64,
) -> D::Out {
    // SAFETY: verified, translated code.
    unsafe {
        let w = *pc;
        let cell = r.byte_add(w.a as usize);
        if *cell != tag::CELL {
            return cold::<D, NotACell>(pc, r, cx, ia, fa);
        }
        let ticket = Ticket(*cell.add(1) as u32);
        let from = r.byte_add(w.b as usize);
        let slot = (*cx).lemari.at(ticket).add(2);
        *slot = *from;
        *slot.add(1) = *from.add(1);
        if *from as u8 >= Kind::FIRST_TICKET {
            (*cx)
                .lemari
                .barrier(ticket, slot, Ticket(*from.add(1) as u32));
        }
        D::next(pc.add(1), r, cx, ia, fa)
    }
}

/// Stores into the cell at `b` the value behind it unless it is frozen; flag 1 freezes it.
pub struct CellStoreR;
impl Slow for CellStoreR {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let cell = world.read(r, w.b);
            if cell.kind() != Kind::Cell {
                return Err(world.type_fault("a cell", cell));
            }
            let object = world.at::<CellObj>(cell.as_ticket());
            if (*object).flags != 0 {
                if (*object).flags & cell_flags::FROZEN != 0 {
                    return Err(world.fault(Fault::Write, "cannot assign value to immutable label"));
                }
                world.keep_watched(cell);
            }
            let value = world.read(r, w.b + 16);
            world.store(cell.as_ticket(), &raw mut (*object).value, value);
            if wide(pc).0 & 1 != 0 {
                (*object).flags |= cell_flags::FROZEN;
            }
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// A closure of the function in the next word's low half over the pairs from `b` (their number in its high half).
pub struct MakeClosure;
impl Slow for MakeClosure {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (function, count) = wide(pc);
            let value = world.new_closure(r, function, count, w.b, bind::FREE, None)?;
            let r = world.running_r;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// A closure of a function of the running module over `count` pairs at byte offset `first`, with a home.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, the pairs stand there, and a home stands in `temps`.
    pub(crate) unsafe fn new_closure(
        &mut self,
        r: *mut u64,
        function: u32,
        count: u32,
        first: u16,
        mode: u16,
        home: Option<usize>,
    ) -> Raise<Value> {
        // SAFETY: the caller's promise.
        unsafe {
            let instance = (*self.frame).instance;
            if count == 0 && mode == bind::FREE {
                return Ok(Value::func(instance, function));
            }
            let slots = count as usize + home.is_some() as usize;
            let aux = count as u16
                | mode << closure_aux::MODE_SHIFT
                | if home.is_some() { closure_aux::HOME } else { 0 };
            let ticket = self.alloc(kind::CLOSURE, aux, CLOSURE_HEADER + slots * 16)?;
            let object = self.at::<ClosureObj>(ticket);
            (*object).func = function;
            (*object).instance = instance;
            (*object).id = 0;
            (*object).copied = 0;
            let to = (&raw mut (*object).captures).cast::<Value>();
            for index in 0..count as usize {
                to.add(index)
                    .write(r.byte_add(first as usize).cast::<Value>().add(index).read());
            }
            if let Some(slot) = home {
                to.add(count as usize)
                    .write(self.temps.get(slot).copied().unwrap_or(Value::EMPTY));
            }
            Ok(Value::ticket(Kind::Closure, ticket))
        }
    }
}

/// Sets capture `c` (next word) of the closure at `b` to the value behind it.
pub struct PatchCapture;
impl Slow for PatchCapture {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            let index = wide(pc).0 as u16;
            if callee.kind() != Kind::Closure {
                return Err(world.type_fault("a closure", callee));
            }
            let ticket = callee.as_ticket();
            if index >= world.object_aux(ticket) & closure_aux::CAPTURES {
                return Err(world.fault(Fault::Bounds, "the closure has no such capture"));
            }
            let value = world.read(r, w.b + 16);
            let (instance, function) = world.routine_of(callee);
            let repr = world.instances.get(instance as usize).and_then(|entry| {
                let module = &entry.loaded.module;
                module.repr(
                    module
                        .function(FuncId(function))?
                        .capture(u32::from(index))?
                        .0,
                )
            });
            if let Some(repr) = repr
                && !world.fits(repr, value)
            {
                return Err(world.type_fault(crate::world::repr_name(repr), value));
            }
            let slot = (&raw mut (*world.at::<ClosureObj>(ticket)).captures)
                .cast::<Value>()
                .add(index as usize);
            world.store(ticket, slot, value);
            world.write(r, w.a, callee);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// A routine with bind mode `c`: captures from `b`, then the home for modes home and ctor.
pub struct MakeRoutine;
impl Slow for MakeRoutine {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let (function, count) = wide(pc);
            let mark = world.temps.len();
            let home = match w.c {
                bind::HOME | bind::CTOR => Some(world.read(r, w.b + count as u16 * 16)),
                bind::LEXICAL => {
                    let hidden = (*(*world.frame).code).hidden[0];
                    Some(if hidden == u16::MAX {
                        Value::EMPTY
                    } else {
                        world.read(r, hidden)
                    })
                }
                _ => None,
            };
            let slot = match home {
                Some(home) => Some(world.temp(home)?),
                None => None,
            };
            let value = world.new_closure(r, function, count, w.b, w.c, slot)?;
            world.temps.truncate(mark);
            let r = world.running_r;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// A partial application: callee and arguments from `b`, holes as the shape in the next word says.
pub struct Partial;
impl Slow for Partial {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            if !matches!(callee.kind(), Kind::Func | Kind::Closure | Kind::Partial) {
                return Err(world.fault_args(
                    Fault::Call,
                    format_args!(
                        "a value of kind {} cannot be applied in part",
                        callee.kind().name()
                    ),
                ));
            }
            let value = world.partial_with_shape(callee, w.b as u32 + 16, wide(pc).0)?;
            let r = world.running_r;
            world.write(r, w.a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// A copy of the routine at `b` with the value behind it as its home.
pub struct Rebind;
impl Slow for Rebind {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let w = *pc;
            let callee = world.read(r, w.b);
            if !matches!(callee.kind(), Kind::Func | Kind::Closure) {
                return Err(world.fault_args(
                    Fault::Call,
                    format_args!("a value of kind {} cannot be rebound", callee.kind().name()),
                ));
            }
            let mark = world.temp(callee)?;
            let home = world.temp(world.read(r, w.b + 16))?;
            let copy = world.copied_routine(mark, Some(home))?;
            world.temps.truncate(mark);
            let r = world.running_r;
            world.write(r, w.a, copy);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// A closure of a function of the running module over values at places in `temps`; it shows no name.
    pub(crate) fn closure_of_temps(&mut self, function: u32, values: &[usize]) -> Raise<Value> {
        // SAFETY: the frame on top is a function's of that instance.
        let instance = unsafe { (*self.frame).instance };
        let count = values.len();
        let ticket = self.alloc(kind::CLOSURE, count as u16, CLOSURE_HEADER + count * 16)?;
        // SAFETY: a fresh object with room for so many captures.
        unsafe {
            let object = self.at::<ClosureObj>(ticket);
            (*object).func = function;
            (*object).instance = instance;
            (*object).id = 0;
            (*object).copied = 1;
            let to = (&raw mut (*object).captures).cast::<Value>();
            for (index, place) in values.iter().enumerate() {
                to.add(index)
                    .write(self.temps.get(*place).copied().unwrap_or(Value::EMPTY));
            }
        }
        Ok(Value::ticket(Kind::Closure, ticket))
    }

    /// Has the function of a routine that name?
    pub(crate) fn is_named(&self, routine: Value, name: &str) -> bool {
        let (instance, function) = self.routine_of(routine);
        self.instances.get(instance as usize).is_some_and(|entry| {
            let module = &entry.loaded.module;
            let record = module.function(FuncId(function));
            record.and_then(|record| module.name(record.name?)) == Some(name)
        })
    }

    /// A copy of the routine `temps[routine]`, which shares its code and has no name of its own; with `temps[home]` as its home
    /// if one is given.
    pub(crate) fn copied_routine(&mut self, routine: usize, home: Option<usize>) -> Raise<Value> {
        let callee = self.temps[routine];
        let (instance, function) = self.routine_of(callee);
        let old = match callee.kind() {
            Kind::Closure => self.object_aux(callee.as_ticket()),
            _ => 0,
        };
        let count = old & closure_aux::CAPTURES;
        let aux = match home {
            Some(_) => count | bind::HOME << closure_aux::MODE_SHIFT | closure_aux::HOME,
            None => old,
        };
        let slots = count as usize + usize::from(aux & closure_aux::HOME != 0);
        let ticket = self.alloc(kind::CLOSURE, aux, CLOSURE_HEADER + slots * 16)?;
        let callee = self.temps[routine];
        let new_home = home.map(|home| self.temps[home]);
        // SAFETY: a fresh object with room for captures and home, and a live closure with as many captures.
        unsafe {
            let object = self.at::<ClosureObj>(ticket);
            (*object).func = function;
            (*object).instance = instance;
            (*object).id = 0;
            (*object).copied = 1;
            let to = (&raw mut (*object).captures).cast::<Value>();
            for index in 0..slots {
                let value = match new_home {
                    Some(home) if index == count as usize => home,
                    _ => (&raw const (*self.at::<ClosureObj>(callee.as_ticket())).captures)
                        .cast::<Value>()
                        .add(index)
                        .read(),
                };
                to.add(index).write(value);
            }
        }
        Ok(Value::ticket(Kind::Closure, ticket))
    }
}

/// The running closure.
pub struct ThisFn;
impl Slow for ThisFn {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: the frame on top.
        unsafe {
            let frame = &*world.frame;
            let value = if frame.closure != 0 {
                Value::ticket(Kind::Closure, Ticket(frame.closure))
            } else {
                Value::func(frame.instance, (*frame.code).func.0)
            };
            world.write(r, (*pc).a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// Raw argument `number` (1-based) of the frame on top: a parameter, or one of the rest.
    unsafe fn raw_argument(&mut self, r: *mut u64, number: u32) -> Raise<Value> {
        // SAFETY: parameters are the frame's first registers.
        unsafe {
            let code = &*(*self.frame).code;
            let argc = (*self.frame).argc;
            if number == 0 || (argc != 0 && number > argc) {
                return Ok(Value::EMPTY);
            }
            if number <= code.params {
                let offset: u32 = code
                    .param_reprs
                    .iter()
                    .take(number as usize - 1)
                    .map(|repr| repr.words() * 8)
                    .sum();
                let Some(repr) = code.param_reprs.get(number as usize - 1) else {
                    return Ok(Value::EMPTY);
                };
                return Ok(self.tagged_register(r, offset as u16, *repr));
            }
            let hidden = code.hidden[1];
            if hidden == u16::MAX {
                return Ok(Value::EMPTY);
            }
            let rest = self.read(r, hidden);
            if rest.kind() != Kind::Map {
                return Ok(Value::EMPTY);
            }
            let index = number - code.params - 1;
            if index >= self.elements_len(rest.as_ticket()) {
                return Ok(Value::EMPTY);
            }
            Ok(self.element(rest.as_ticket(), index))
        }
    }
}

impl World {
    /// Is there a field in the rest, at byte offset `hidden` of the frame on top, of the name of a parameter (from 1 on)?
    unsafe fn is_given_by_name(&mut self, hidden: u16, number: u32) -> Raise<bool> {
        // SAFETY: the frame on top runs code with that register.
        let (instance, func) = unsafe { ((*self.frame).instance, (*(*self.frame).code).func) };
        let module = self.module();
        let name = module
            .function(func)
            .and_then(|record| record.param_name(number - 1));
        let Some(name) = name else {
            return Ok(false);
        };
        let name = FieldName::text(self.name_in(instance, name.0)?);
        // SAFETY: as above; read when the name is there, which may have been allocated.
        let rest = unsafe { self.read(self.running_r, hidden) };
        Ok(rest.is_map() && self.own_place(rest.as_ticket(), name)?.is_some())
    }
}

/// One raw argument; the next word its number.
pub struct Arg;
impl Slow for Arg {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let value = world.raw_argument(r, wide(pc).0)?;
            world.write(r, (*pc).a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

impl World {
    /// The arguments of the frame on top beyond its parameters, a map: that of its function's hidden register, or an empty one.
    pub(crate) fn rest_of_frame(&mut self) -> Raise<Value> {
        // SAFETY: the frame on top runs code that the World keeps alive; its hidden registers are its own.
        let rest = unsafe {
            let hidden = (*(*self.frame).code).hidden[1];
            if hidden == u16::MAX {
                return Err(self.fault(
                    Fault::State,
                    "the function takes no arguments beyond its own",
                ));
            }
            self.read(self.running_r, hidden)
        };
        if rest.kind() == Kind::Map {
            return Ok(rest);
        }
        Ok(Value::ticket(Kind::Map, self.map_new(Legends::PLAIN, 0)?))
    }
}

/// All arguments as a map.
pub struct ArgAll;
impl Slow for ArgAll {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`.
        unsafe {
            let code = &*(*world.frame).code;
            let hidden = code.hidden[1];
            let rest = if hidden == u16::MAX {
                Value::EMPTY
            } else {
                world.read(r, hidden)
            };
            // Only functions without a rest are entered without their number of arguments being kept.
            let mut count = if hidden == u16::MAX {
                code.params
            } else {
                code.params.min((*world.frame).argc)
            };
            if rest.kind() == Kind::Map {
                count += world.elements_len(rest.as_ticket());
            }
            let mark = world.temps.len();
            let (params, mut most) = (code.params, u32::MAX);
            if rest.kind() == Kind::Map {
                most = world.positional_given(rest)?.unwrap_or(u32::MAX);
            }
            for number in 1..=count {
                // What a parameter got by its name is a field of the rest.
                if number <= params
                    && rest.kind() == Kind::Map
                    && (most == 0 || world.is_given_by_name(hidden, number)?)
                {
                    continue;
                }
                most -= u32::from(number <= params);
                let value = world.raw_argument(r, number)?;
                world.temp(value)?;
            }
            let count = world.temps.len() - mark;
            let value = world.map_of_temps(Legends::PLAIN, mark, count)?;
            world.temps.truncate(mark);
            let map = world.temp(value)?;
            // Named arguments are fields of the rest.
            let rest = if hidden == u16::MAX {
                Value::EMPTY
            } else {
                world.read(world.running_r, hidden)
            };
            if rest.kind() == Kind::Map {
                let from = world.temp(rest)?;
                world.copy_names(map, from)?;
            }
            let value = world.temps[map];
            world.temps.truncate(map);
            let r = world.running_r;
            world.write(r, (*pc).a, value);
            Ok(Next::at(pc.add(2), r))
        }
    }
}

/// Puts a fresh cell into each listed local. The next word holds the list's constant.
pub struct EnterCtor;
impl Slow for EnterCtor {
    const WORDS: usize = 2;
    unsafe fn run(world: &mut World, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: operands of the instruction at `pc`; the translator put the locals' byte offsets behind it.
        unsafe { world.enter_constructor(pc, r) }
    }
}

impl World {
    /// Fresh cells for the locals that `enter_ctor` lists, and in a constructor activation the instance that shows them.
    unsafe fn enter_constructor(&mut self, pc: *const Word, r: *mut u64) -> Raise<Next> {
        // SAFETY: the frame on top is at its first instruction.
        unsafe {
            let module = self.module();
            let code = &*(*self.frame).code;
            let Some(Constant::Names(names)) = module.constant(ConstId(wide(pc).0)) else {
                return Err(self.fault(Fault::Internal, "enter_ctor without its list"));
            };
            let Some(function) = module.function(code.func) else {
                return Err(self.fault(Fault::Internal, "a function that does not exist"));
            };
            // A constructor activation: called without a receiver, as a closure bound that way.
            let frame = *self.frame;
            let callee = Value::ticket(Kind::Closure, Ticket(frame.closure));
            let activation = frame.closure != 0
                && self.object_aux(Ticket(frame.closure)) >> closure_aux::MODE_SHIFT & 7
                    == bind::CTOR
                && code.hidden[0] != u16::MAX
                && self
                    .read(r, code.hidden[0])
                    .same(self.closure_home(Ticket(frame.closure)));
            let mark = self.temps.len();
            if activation {
                let home = self.closure_home(Ticket(frame.closure));
                self.push_temps(&[callee, home])?;
                let room = u16::try_from(names.len()).unwrap_or(u16::MAX);
                let instance = self.routine_instance(mark, mark + 1, room)?;
                self.push_temps(&[Value::ticket(Kind::Map, instance)])?;
                (*self.frame).proclaimer = proclaimer::RECEIVER;
            }
            // The i-th name is that of the i-th local after the parameters.
            for index in 0..names.len() {
                let cells = self.temps.len();
                let ticket = self.alloc(kind::CELL, 0, size_of::<CellObj>())?;
                let object = self.at::<CellObj>(ticket);
                (*object).flags = 0;
                (*object).id = 0;
                (*object).value = Value::EMPTY;
                self.push_temps(&[Value::ticket(Kind::Cell, ticket)])?;
                if activation && let Some(name) = names.get(index) {
                    let name = self.name(name)?;
                    self.expose_cell(mark + 2, name, cells)?;
                }
            }
            let first_cell = if activation { mark + 3 } else { mark };
            // The registers are not live before this instruction, so no stack map covers them: the cells stay rooted in `temps`
            // until all are made.
            for index in 0..names.len() {
                if let Some(at) =
                    crate::translate::local_offset(&module, &function, function.params + index)
                {
                    let cell = self
                        .temps
                        .get(first_cell + index as usize)
                        .copied()
                        .unwrap_or(Value::EMPTY);
                    self.write(r, at, cell);
                }
            }
            if activation {
                let instance = self.temps[mark + 2];
                self.write(r, code.hidden[0], instance);
            }
            self.temps.truncate(mark);
            Ok(Next::at(pc.add(2), r))
        }
    }
}
