//! One function under construction.
//!
//! The builder follows the representation of every value on the operand stack. An instruction whose operand is held in
//! another way than it wants gets a `cast` (from a tagged value to a typed one) or a `box` before it; two different
//! untagged representations are the front end's error. After an instruction that does not go on, calls emit nothing
//! until a label that something leads to is bound, so unreachable code costs nothing and needs no care.

use crate::capture::Plan;
use crate::control::Frame;
use crate::debug::Position;
use crate::effect::{Effect, Want};
use crate::error::EmitError;
use crate::finally::FinallyInfo;
use crate::item::{Instr, Item, SwitchTable};
use crate::label::{Fix, Label, LabelInfo, State};
use crate::module::{ModuleBuilder, Signature};
use crate::scope::{FnScope, Var};
use crate::types::passes;
use crate::variable::Place;
use fzb::tables::{ConstId, FuncId, NameId, TypeId};
use fzb::view::Repr;
use isa::Op;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A parameter or local of a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Local(pub u32);

/// What a local is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub ty: TypeId,
    pub repr: Repr,
    pub name: Option<NameId>,
}

/// Builds one function; see the module's description.
pub struct FunctionBuilder<'m> {
    pub(crate) module: &'m ModuleBuilder,
    pub(crate) id: FuncId,
    pub(crate) signature: Rc<Signature>,
    pub(crate) result: Repr,
    pub(crate) slots: Vec<Slot>,
    pub(crate) items: Vec<Item>,
    pub(crate) labels: Vec<LabelInfo>,
    pub(crate) tables: Vec<SwitchTable>,
    pub(crate) fixes: Vec<Fix>,
    /// `None` where nothing leads.
    pub(crate) state: Option<State>,
    pub(crate) next_region: u32,
    pub(crate) position: Option<Position>,
    pub(crate) error: Option<EmitError>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) finallys: Vec<FinallyInfo>,
    /// Locals of each open block, and locals to be used again.
    pub(crate) blocks: Vec<Vec<Local>>,
    free: Vec<Local>,
    pub(crate) return_slot: Option<Local>,
    pub(crate) plan: Option<(Rc<Plan>, FnScope)>,
    pub(crate) places: HashMap<Var, Place>,
    /// Locals with a ratchet: frozen from the start?
    pub(crate) ratchets: BTreeMap<Local, bool>,
}

impl<'m> FunctionBuilder<'m> {
    pub(crate) fn new(module: &'m ModuleBuilder, id: FuncId) -> FunctionBuilder<'m> {
        let found = module.function_signature(id);
        let missing = found.is_none();
        let signature = found.unwrap_or_else(|| Rc::new(module.signature("", &[])));
        let repr = |ty: TypeId| module.repr(ty).unwrap_or(Repr::Dyn);
        let slots = signature
            .params
            .iter()
            .map(|param| Slot {
                ty: param.ty,
                repr: repr(param.ty),
                name: param.name,
            })
            .collect();
        FunctionBuilder {
            module,
            id,
            result: repr(signature.result),
            signature,
            slots,
            items: Vec::new(),
            labels: Vec::new(),
            tables: Vec::new(),
            fixes: Vec::new(),
            state: Some(State::default()),
            next_region: 0,
            position: None,
            error: missing.then_some(EmitError::Invalid {
                what: "a function that was declared",
            }),
            frames: Vec::new(),
            finallys: Vec::new(),
            blocks: Vec::new(),
            free: Vec::new(),
            return_slot: None,
            plan: None,
            places: HashMap::new(),
            ratchets: BTreeMap::new(),
        }
    }

    /// The module that it belongs to.
    pub fn module(&self) -> &'m ModuleBuilder {
        self.module
    }

    /// Its number.
    pub fn id(&self) -> FuncId {
        self.id
    }

    /// Its signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Keeps the first error.
    pub(crate) fn fail(&mut self, error: EmitError) {
        self.error.get_or_insert(error);
    }

    /// The first error so far.
    pub fn error(&self) -> Option<&EmitError> {
        self.error.as_ref()
    }

    /// Does control reach this place?
    pub fn reachable(&self) -> bool {
        self.state.is_some()
    }

    /// How the value on top of the stack is held; `None` where nothing leads or the stack is empty.
    pub fn top(&self) -> Option<Repr> {
        self.state.as_ref()?.stack.last().copied()
    }

    /// Height of the stack; 0 where nothing leads.
    pub fn height(&self) -> usize {
        self.state.as_ref().map_or(0, |state| state.stack.len())
    }

    // Locals

    /// Parameter number `index` (0-based).
    pub fn param(&self, index: u32) -> Local {
        Local(index)
    }

    /// A new local of the innermost open block. Reading it before it is assigned gives empty, or the neutral value of
    /// an untagged type (0, false, no text); a local of type `fn`, `ref` or a record must be assigned first. Its name is
    /// for debuggers.
    pub fn local(&mut self, ty: TypeId, name: Option<NameId>) -> Local {
        let local = self.slot(ty, name);
        if let Some(block) = self.blocks.last_mut() {
            block.push(local);
        }
        if self.state.is_some() {
            self.items.push(Item::Declare(local));
        }
        local
    }

    fn slot(&mut self, ty: TypeId, name: Option<NameId>) -> Local {
        let same = |slot: &Slot| slot.ty == ty && slot.name == name;
        let known = self
            .free
            .iter()
            .position(|local| self.slots.get(local.0 as usize).is_some_and(same));
        if let Some(index) = known {
            return self.free.swap_remove(index);
        }
        let Some(repr) = self.module.repr(ty) else {
            self.fail(EmitError::Invalid {
                what: "a type of this module for a local",
            });
            return Local(0);
        };
        if self.slots.len() >= fzb::verify::MAX_LOCALS as usize {
            self.fail(EmitError::Limit { what: "locals" });
            return Local(0);
        }
        self.slots.push(Slot { ty, repr, name });
        Local(self.slots.len() as u32 - 1)
    }

    /// A local for values held like that, for code that the builder makes.
    pub(crate) fn temp_of(&mut self, repr: Repr) -> Local {
        let ty = self.module.type_of_repr(repr);
        self.slot(ty, None)
    }

    /// A local without a name that [`FunctionBuilder::free_temp`] gives back, whatever block is open.
    pub fn temp(&mut self, ty: TypeId) -> Local {
        self.slot(ty, None)
    }

    /// Gives back a temporary; it may be used again for anything of its type.
    pub fn free_temp(&mut self, local: Local) {
        if local.0 as usize >= self.signature.params.len() && !self.free.contains(&local) {
            self.free.push(local);
        }
    }

    /// How a local's value is held.
    pub fn local_repr(&self, local: Local) -> Option<Repr> {
        Some(self.slots.get(local.0 as usize)?.repr)
    }

    /// Opens a block; locals declared in it end with it, and are unassigned whenever they are declared again.
    pub fn open_block(&mut self) {
        self.blocks.push(Vec::new());
    }

    /// Closes the innermost block.
    pub fn close_block(&mut self) {
        match self.blocks.pop() {
            Some(block) => self.free.extend(block),
            None => self.fail(EmitError::Nesting {
                what: "close_block",
            }),
        }
    }

    // The stack

    pub(crate) fn note_height(&mut self, height: usize) {
        if height > fzb::verify::MAX_STACK as usize {
            self.fail(EmitError::Limit {
                what: "values on the stack",
            });
        }
    }

    pub(crate) fn pushed(&mut self, repr: Repr) {
        if let Some(state) = &mut self.state {
            state.stack.push(repr);
            let height = state.stack.len();
            self.note_height(height);
        }
    }

    /// Height below which nothing may be popped.
    fn floor(&self) -> usize {
        self.state
            .as_ref()
            .and_then(|state| state.regions.last())
            .map_or(0, |region| region.height)
    }

    /// Forgets `count` values; false if there are not so many.
    pub(crate) fn take(&mut self, op: Op, count: usize) -> bool {
        let floor = self.floor();
        if let Some(state) = &mut self.state {
            let Some(rest) = state
                .stack
                .len()
                .checked_sub(count)
                .filter(|rest| *rest >= floor)
            else {
                self.state = None;
                self.fail(EmitError::Underflow { op });
                return false;
            };
            state.stack.truncate(rest);
        }
        true
    }

    /// Appends an instruction as it stands; gives its index.
    pub(crate) fn put(&mut self, mut instr: Instr) -> usize {
        instr.position = self.position;
        self.items.push(Item::Op(instr));
        self.items.len() - 1
    }

    /// Code before an operand so that it is held as wanted.
    fn conversion(
        &self,
        what: &'static str,
        found: Repr,
        wanted: Want,
    ) -> Result<Option<Instr>, EmitError> {
        let boxed = Instr::counted(Op::Box, &[0], 1, 1);
        let target = match wanted {
            _ if found == Repr::Tok
                && wanted != Want::Is(Repr::Tok)
                && wanted != Want::Fits(Repr::Tok) =>
            {
                return Err(EmitError::Mismatch {
                    what,
                    found,
                    wanted: Repr::Dyn,
                });
            }
            Want::Any | Want::Fits(Repr::Dyn) => return Ok(None),
            Want::Tagged if found.is_dyn() => return Ok(None),
            Want::Tagged => return Ok(Some(boxed)),
            Want::Is(repr) if repr == found => return Ok(None),
            Want::Fits(repr) if passes(found, repr) => return Ok(None),
            Want::Is(repr) | Want::Fits(repr) => repr,
        };
        // A heap value or function that is held untagged still is one; `cast` takes any operand.
        let heap = matches!(target, Repr::Fn | Repr::Ref);
        if target == Repr::Tok || !found.is_dyn() && !heap {
            return Err(EmitError::Mismatch {
                what,
                found,
                wanted: target,
            });
        }
        let ty = self.module.type_of_repr(target);
        if ty.0 > 0xFFFF {
            return Err(EmitError::Limit { what: "types" });
        }
        Ok(Some(Instr::counted(Op::Cast, &[ty.0], 1, 1)))
    }

    /// Makes the topmost values fit `wants` (deepest first).
    pub(crate) fn adapt(&mut self, op: Op, wants: &[Want]) -> Result<(), EmitError> {
        let floor = self.floor();
        let Some(state) = &self.state else {
            return Ok(());
        };
        let base = state.stack.len().checked_sub(wants.len());
        let Some(base) = base.filter(|base| *base >= floor) else {
            return Err(EmitError::Underflow { op });
        };
        let found = state.stack.get(base..).unwrap_or_default();
        let fits = |(found, want): (&Repr, &Want)| match want {
            Want::Any => *found != Repr::Tok,
            Want::Fits(Repr::Dyn) => *found != Repr::Tok,
            Want::Is(repr) | Want::Fits(repr) => found == repr,
            Want::Tagged => false,
        };
        if found.iter().zip(wants).all(fits) {
            return Ok(());
        }
        let found: Vec<Repr> = found.to_vec();
        let mut conversions = Vec::with_capacity(wants.len());
        for (found, want) in found.iter().zip(wants) {
            conversions.push(self.conversion(op.info().name, *found, *want)?);
        }
        let Some(deepest) = conversions.iter().position(Option::is_some) else {
            return Ok(());
        };
        // What stands above the deepest one waits in temporaries, unless one exchange does.
        let above = found.len() - deepest - 1;
        if above == 1 && conversions.last().is_some_and(Option::is_none) {
            self.put(Instr::counted(Op::Swap, &[], 2, 2));
            if let Some(instr) = conversions.get(deepest).copied().flatten() {
                self.put(instr);
            }
            self.put(Instr::counted(Op::Swap, &[], 2, 2));
            return Ok(());
        }
        let mut temps = Vec::new();
        for repr in found.iter().skip(deepest + 1).rev() {
            let temp = self.temp_of(*repr);
            self.put(Instr::counted(Op::Store, &[temp.0], 1, 0));
            temps.push(temp);
        }
        if let Some(instr) = conversions.get(deepest).copied().flatten() {
            self.put(instr);
        }
        for (conversion, temp) in conversions.iter().skip(deepest + 1).zip(temps.iter().rev()) {
            self.put(Instr::counted(Op::Load, &[temp.0], 0, 1));
            if let Some(instr) = conversion {
                self.put(*instr);
            }
        }
        for temp in temps {
            self.free_temp(temp);
        }
        Ok(())
    }

    /// Makes the value on top held as values of that type are: `cast` from a tagged one (which tests it), `box` to `dyn`.
    pub fn coerce(&mut self, ty: TypeId) {
        match self.module.repr(ty) {
            Some(repr) => self.coerce_repr(repr, "coerce"),
            None => self.fail(EmitError::Invalid {
                what: "a type of this module",
            }),
        }
    }

    pub(crate) fn coerce_repr(&mut self, wanted: Repr, what: &'static str) {
        let Some(found) = self.top() else {
            if self.state.is_some() {
                self.state = None;
                self.fail(EmitError::Underflow { op: Op::Cast });
            }
            return;
        };
        let conversion = if wanted == Repr::Dyn && !found.is_dyn() && found != Repr::Tok {
            Ok(Some(Instr::counted(Op::Box, &[0], 1, 1)))
        } else {
            self.conversion(what, found, Want::Fits(wanted))
        };
        match conversion {
            Ok(None) => {}
            Ok(Some(instr)) => {
                if self.take(instr.op, 1) {
                    self.put(instr);
                    self.pushed(wanted);
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Emits an instruction by its number and immediates, as the table of `isa` has them. Names, constants and the like
    /// are ids of this module; jumps, switches, try regions, `dup` and `swap` have methods of their own.
    pub fn op(&mut self, op: Op, args: &[u32]) {
        if self.state.is_none() || self.error.is_some() {
            return;
        }
        if let Err(error) = self.try_op(op, args) {
            self.state = None;
            self.fail(error);
        }
    }

    fn try_op(&mut self, op: Op, args: &[u32]) -> Result<(), EmitError> {
        match op {
            Op::Dup => return self.dup_op(),
            Op::Swap => return self.swap_op(),
            // Leaving a function, or replacing its frame, goes through what is open.
            Op::Ret | Op::Halt | Op::RetMiss | Op::RetPeek => {
                self.check_operands(op, args)?;
                self.leave_function(op);
                return Ok(());
            }
            Op::PushTry | Op::PopTry => {
                return Err(EmitError::Place {
                    op,
                    what: "open_try or open_finally",
                });
            }
            _ => {}
        }
        self.check_operands(op, args)?;
        let instr = Instr::new(op, args);
        if self.put_plain(instr) {
            return Ok(());
        }
        let in_region = self.state.as_ref().is_some_and(|s| !s.regions.is_empty());
        let tail = match op {
            Op::TailCall | Op::TailCallClosure => true,
            Op::Reply => instr.args[2] & 8 != 0,
            _ => false,
        };
        if tail && in_region {
            return Err(EmitError::Place {
                op,
                what: "to stand outside of try regions",
            });
        }
        if tail && op != Op::TailCall && self.result != Repr::Dyn {
            return Err(EmitError::Place {
                op,
                what: "a function with result dyn",
            });
        }
        if op == Op::TailCall && !self.passes_result(instr.args[0]) {
            return Err(EmitError::Place {
                op,
                what: "a callee whose result is held in the same way",
            });
        }
        let effect = self.effect(op, &instr.args)?;
        self.adapt(op, &effect.wants)?;
        self.put_effect(instr, &effect);
        Ok(())
    }

    /// Appends one of the most frequent instructions if its operands are held as it wants them: the general way makes lists
    /// of operands. False if it is none of these.
    fn put_plain(&mut self, mut instr: Instr) -> bool {
        let (pops, push) = match instr.op {
            Op::Load => match self.slots.get(instr.args[0] as usize) {
                Some(slot) => (&[][..], Some(slot.repr)),
                None => return false,
            },
            Op::Store => {
                let repr = self.slots.get(instr.args[0] as usize).map(|slot| slot.repr);
                if repr.is_none() || repr != self.top() || repr == Some(Repr::Tok) {
                    return false;
                }
                return self.put_taking(instr);
            }
            Op::PushInt => (&[][..], Some(Repr::I64)),
            Op::True | Op::False => (&[][..], Some(Repr::Bool)),
            Op::I64Add | Op::I64Sub | Op::I64Mul => (&[Repr::I64, Repr::I64][..], Some(Repr::I64)),
            Op::I64Eq | Op::I64Lt | Op::I64Le => (&[Repr::I64, Repr::I64][..], Some(Repr::Bool)),
            Op::F64Add | Op::F64Sub | Op::F64Mul | Op::F64Div => {
                (&[Repr::F64, Repr::F64][..], Some(Repr::F64))
            }
            _ => return false,
        };
        let fits = self
            .state
            .as_ref()
            .is_some_and(|state| state.stack.ends_with(pops));
        if !fits || !self.take(instr.op, pops.len()) {
            return false;
        }
        instr.pops = pops.len() as u32;
        instr.pushes = u32::from(push.is_some());
        self.put(instr);
        if let Some(repr) = push {
            self.pushed(repr);
        }
        true
    }

    /// Appends an instruction that takes the value on top and leaves nothing.
    fn put_taking(&mut self, mut instr: Instr) -> bool {
        if self.take(instr.op, 1) {
            instr.pops = 1;
            self.put(instr);
        }
        true
    }

    /// May the result of function `id` be this function's, as it stands?
    pub(crate) fn passes_result(&self, id: u32) -> bool {
        use fzb::tables::function_flags::{ASYNC, GENERATOR};
        let Some(callee) = self.module.function_signature(FuncId(id)) else {
            return false;
        };
        let result = if callee.flags & (GENERATOR | ASYNC) != 0 {
            Some(Repr::Ref)
        } else {
            self.module.repr(callee.result)
        };
        result.is_some_and(|repr| passes(repr, self.result))
    }

    /// Appends an instruction whose operands fit, and applies its effect.
    pub(crate) fn put_effect(&mut self, mut instr: Instr, effect: &Effect) {
        if !self.take(instr.op, effect.wants.len()) {
            return;
        }
        instr.pops = effect.wants.len() as u32;
        instr.pushes = effect.pushes.len() as u32;
        let goes_on = instr.falls_through();
        self.put(instr);
        for repr in &effect.pushes {
            self.pushed(*repr);
        }
        if !goes_on {
            self.state = None;
        }
    }

    fn dup_op(&mut self) -> Result<(), EmitError> {
        let floor = self.floor();
        match self.top() {
            Some(repr) if repr != Repr::Tok && self.height() > floor => {
                self.put(Instr::counted(Op::Dup, &[], 1, 2));
                self.pushed(repr);
                Ok(())
            }
            _ => Err(EmitError::Underflow { op: Op::Dup }),
        }
    }

    fn swap_op(&mut self) -> Result<(), EmitError> {
        let floor = self.floor();
        let Some(state) = &mut self.state else {
            return Ok(());
        };
        let height = state.stack.len();
        if height < floor + 2
            || state
                .stack
                .iter()
                .rev()
                .take(2)
                .any(|repr| *repr == Repr::Tok)
        {
            return Err(EmitError::Underflow { op: Op::Swap });
        }
        state.stack.swap(height - 1, height - 2);
        self.put(Instr::counted(Op::Swap, &[], 2, 2));
        Ok(())
    }

    // Short forms of what front ends say most

    /// Pushes a constant.
    pub fn push(&mut self, constant: ConstId) {
        self.op(Op::Push, &[constant.0]);
    }

    /// Pushes an integer, as `push_int` where it fits.
    pub fn push_int(&mut self, value: i64) {
        match i32::try_from(value) {
            Ok(small) => self.op(Op::PushInt, &[small as u32]),
            Err(_) => {
                let id = self.module.int(value);
                self.push(id);
            }
        }
    }

    /// Pushes a float.
    pub fn push_float(&mut self, value: f64) {
        let id = self.module.float(value);
        self.push(id);
    }

    /// Pushes a text.
    pub fn push_text(&mut self, value: &str) {
        let id = self.module.text(value);
        self.push(id);
    }

    /// Pushes a truth value.
    pub fn push_bool(&mut self, value: bool) {
        self.op(if value { Op::True } else { Op::False }, &[]);
    }

    /// Pushes empty.
    pub fn unit(&mut self) {
        self.op(Op::Unit, &[]);
    }

    /// Pops.
    pub fn pop(&mut self) {
        self.op(Op::Pop, &[]);
    }

    /// Repeats the top.
    pub fn dup(&mut self) {
        self.op(Op::Dup, &[]);
    }

    /// Exchanges the two topmost values.
    pub fn swap(&mut self) {
        self.op(Op::Swap, &[]);
    }

    /// Pushes a local.
    pub fn load(&mut self, local: Local) {
        self.op(Op::Load, &[local.0]);
    }

    /// Pops into a local.
    pub fn store(&mut self, local: Local) {
        self.op(Op::Store, &[local.0]);
    }

    /// Calls a function of this module by its typed entry.
    pub fn call(&mut self, function: FuncId) {
        self.op(Op::Call, &[function.0]);
    }

    /// Calls the value below `count` arguments.
    pub fn call_closure(&mut self, count: u32) {
        self.op(Op::CallClosure, &[count]);
    }

    /// Reads a field by name.
    pub fn get_name(&mut self, name: NameId) {
        self.op(Op::GetName, &[name.0]);
    }

    /// Returns the top of the stack, whatever loops, regions and values are open: finally bodies run first.
    pub fn ret(&mut self) {
        self.op(Op::Ret, &[]);
    }

    /// Ends the function: its code goes to the module.
    ///
    /// # Errors
    /// The first error of any call; what the end shows (labels never bound, blocks never closed, code that goes on); a
    /// limit of the format. The module's `finish` gives it again.
    pub fn finish(mut self) -> Result<(), EmitError> {
        let (module, id) = (self.module, self.id);
        let done = self.end().and_then(|code| module.set_code(id, code));
        done.map_err(|error| {
            let error = EmitError::In(id, Box::new(error));
            module.keep_error(&error);
            error
        })
    }

    fn end(&mut self) -> Result<crate::assemble::Code, EmitError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if !self.frames.is_empty() || !self.blocks.is_empty() {
            return Err(EmitError::Nesting {
                what: "an open block, loop, condition or try",
            });
        }
        if self.state.is_some() {
            return Err(EmitError::FallsOffTheEnd);
        }
        let unbound = |info: &LabelInfo| !info.bound && !info.edges.is_empty();
        if let Some(index) = self.labels.iter().position(unbound) {
            return Err(EmitError::Label {
                label: Label(index as u32),
            });
        }
        self.assemble()
    }
}
