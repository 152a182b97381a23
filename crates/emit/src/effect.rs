//! What each instruction takes from the stack and leaves there, and where it may stand: the builder's side of
//! docs/specs/machine.md §4 and of the verifier's rules 2, 7 and 9.

use crate::constant::Const;
use crate::error::EmitError;
use crate::function::FunctionBuilder;
use crate::module::Signature;
use fzb::tables::function_flags::{
    ALL, ASYNC, CLOSURE, CTOR, GENERATOR, REST, SELECTOR, SELF, THUNK,
};
use fzb::tables::{
    ArgKind, ConstId, FuncId, ImportId, ImportKind, ItemKind, StaticId, TypeId, TypedefId,
    TypedefKind,
};
use fzb::view::{RecType, Repr};
use isa::{ConstUse, Op, Operand, Slot};
use std::rc::Rc;

/// What an operand accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Want {
    /// Any value.
    Any,
    /// A value with a tag, whose kind the instruction tests itself.
    Tagged,
    /// Exactly that representation.
    Is(Repr),
    /// What may be stored where that stands declared.
    Fits(Repr),
}

/// Stack effect: deepest first.
pub(crate) struct Effect {
    pub wants: Vec<Want>,
    pub pushes: Vec<Repr>,
}

pub(crate) fn of_slot(slot: Slot) -> Repr {
    match slot {
        Slot::Int => Repr::I64,
        Slot::Float => Repr::F64,
        Slot::Bool => Repr::Bool,
        Slot::Char => Repr::Char,
        Slot::Text => Repr::Text,
        Slot::Bytes => Repr::Bytes,
        Slot::List => Repr::List,
        Slot::Fn => Repr::Fn,
        Slot::Ref => Repr::Ref,
        Slot::Dyn => Repr::Dyn,
    }
}

fn want(slot: Slot) -> Want {
    match slot {
        Slot::Dyn => Want::Any,
        Slot::Fn | Slot::Ref => Want::Tagged,
        typed => Want::Is(of_slot(typed)),
    }
}

/// Type of an array's element: 0 dyn, 1 i64, 2 f64, 3 u8 (as i64).
fn element(kind: u32) -> Repr {
    match kind {
        1 | 3 => Repr::I64,
        2 => Repr::F64,
        _ => Repr::Dyn,
    }
}

fn element_want(kind: u32) -> Want {
    match kind {
        0 => Want::Any,
        _ => Want::Is(element(kind)),
    }
}

/// `make_routine` modes that take a home on top of the captures.
pub(crate) const MODES_WITH_HOME: [u32; 2] = [2, 4];

/// What is wrong with a signature's flags, if anything (rule 7).
pub(crate) fn nature_fault(
    signature: &Signature,
    repr: impl Fn(TypeId) -> Option<Repr>,
) -> Option<&'static str> {
    let flags = signature.flags;
    if flags & !ALL != 0 || (flags & (SELECTOR | THUNK | GENERATOR | ASYNC)).count_ones() > 1 {
        return Some("a function is at most one of selector, thunk, generator, async");
    }
    if flags & SELECTOR != 0 {
        let types: Vec<Option<Repr>> = signature.params.iter().map(|p| repr(p.ty)).collect();
        let kind = matches!(
            types.as_slice(),
            [Some(Repr::I64 | Repr::Dyn), Some(Repr::Dyn)]
        );
        if !kind || repr(signature.result) != Some(Repr::Dyn) {
            return Some("a selector function has parameters (int or dyn, dyn) and result dyn");
        }
    }
    if flags & THUNK != 0 && !signature.params.is_empty() {
        return Some("a thunk has no parameters");
    }
    None
}

impl FunctionBuilder<'_> {
    fn operand_error<T>(op: Op, what: &'static str) -> Result<T, EmitError> {
        Err(EmitError::Operand { op, what })
    }

    /// Immediates within their widths, and naming what there is (rule 2).
    pub(crate) fn check_operands(&self, op: Op, args: &[u32]) -> Result<(), EmitError> {
        let operands = op.info().operands;
        if args.len() != operands.len() {
            return Self::operand_error(op, "as many immediates as the table says");
        }
        for (index, (operand, value)) in operands.iter().zip(args).enumerate() {
            let value = *value;
            let good = match *operand {
                Operand::Const(wanted) => self.constant_fits(wanted, ConstId(value)),
                Operand::Name => self.module.name_text(fzb::tables::NameId(value)).is_some(),
                Operand::Local => (value as usize) < self.slots.len(),
                Operand::Capture => (value as usize) < self.signature.captures.len(),
                Operand::Static => self.module.static_repr(StaticId(value)).is_some(),
                Operand::Func => self.module.has_function(FuncId(value)),
                Operand::Import => matches!(
                    self.module.import_shape(ImportId(value)),
                    Some((ImportKind::Host | ImportKind::Function, ..))
                ),
                Operand::Module => {
                    value <= 0xFFFF
                        && matches!(
                            self.module.import_shape(ImportId(value)),
                            Some((ImportKind::Module, ..))
                        )
                }
                Operand::Jump => true,
                Operand::Type => {
                    value <= 0xFFFF
                        && value != TypeId::TOK.0
                        && self.module.repr(TypeId(value)).is_some()
                }
                Operand::TypeDef => {
                    let record = !matches!(op, Op::Case | Op::TagIs | Op::GetCase);
                    value <= 0xFFFF
                        && self
                            .module
                            .typedef_shape(TypedefId(value))
                            .is_some_and(|(kind, _)| (kind == TypedefKind::Record) == record)
                }
                Operand::Tag => {
                    let def = TypedefId(args.first().copied().unwrap_or_default());
                    self.module
                        .typedef_shape(def)
                        .is_some_and(|(_, cases)| value < cases)
                }
                Operand::Field => {
                    let def = TypedefId(args.first().copied().unwrap_or_default());
                    let tag = if index == 2 {
                        args.get(1).copied().unwrap_or_default()
                    } else {
                        0
                    };
                    self.module.field(def, tag, value).is_some()
                }
                Operand::Table | Operand::TextTable => (value as usize) < self.tables.len(),
                Operand::Intrinsic => {
                    value <= 0xFFFF && isa::Intrinsic::from_number(value as u16).is_some()
                }
                Operand::FaultCode => u8::try_from(value)
                    .ok()
                    .and_then(isa::Fault::from_number)
                    .is_some_and(isa::Fault::raisable),
                Operand::Hook => value <= 0xFF && isa::Hook::from_number(value as u8).is_some(),
                Operand::FieldOp => {
                    value <= 0xFF && isa::FieldOp::from_number(value as u8).is_some()
                }
                Operand::Elem => (value as usize) < isa::table::ELEMENT_KINDS.len(),
                Operand::Width if op == Op::Box => value <= 8,
                Operand::Width => (1..=7).contains(&value),
                Operand::Access => (value as usize) < isa::table::ACCESSES.len(),
                Operand::Mode(last) => value <= u32::from(last),
                Operand::Flags(mask) => value & !u32::from(mask) == 0,
                Operand::Nature => (value as usize) < isa::table::MAP_NATURES.len(),
                Operand::Index16 if op == Op::Arg => (1..=0xFFFF).contains(&value),
                Operand::Count8 | Operand::CaptureOf => value <= 0xFF,
                Operand::Count16 | Operand::Index16 | Operand::Hint => value <= 0xFFFF,
                Operand::Index32 | Operand::Int | Operand::Count32 | Operand::Line => true,
            };
            if !good {
                return Self::operand_error(op, operand.shown());
            }
        }
        let mode = args.first().copied().unwrap_or_default();
        if !fzb::verify::policy_has(self.signature.policy, op, mode) {
            return Err(EmitError::Place {
                op,
                what: "a policy that has it",
            });
        }
        self.check_place(op)
    }

    fn constant_fits(&self, wanted: ConstUse, id: ConstId) -> bool {
        self.module.constant_is(id, |value| match wanted {
            ConstUse::Value => value.is_value(),
            ConstUse::Shape => matches!(value, Const::Shape(_)),
            ConstUse::Names => matches!(value, Const::Names(_)),
            ConstUse::Slots => matches!(value, Const::Slots(_)),
            ConstUse::Topics => matches!(value, Const::Topics(_)),
            ConstUse::Format => matches!(value, Const::Format(_)),
            ConstUse::MapLit => matches!(value, Const::Map(_)),
            ConstUse::Class => matches!(value, Const::Class(..)),
        })
    }

    /// Where the instruction may stand (rules 3 and 7), as far as the function's record says.
    fn check_place(&self, op: Op) -> Result<(), EmitError> {
        let (needed, what) = match op {
            Op::SelfOp | Op::CallSuper | Op::GetSuper => (SELF, "flag self"),
            Op::ArgAll | Op::Arg => (REST, "flag rest"),
            Op::ThisFn => (CLOSURE, "flag closure"),
            Op::RetMiss | Op::RetPeek => (SELECTOR, "a selector function"),
            Op::RetOuter => (SELECTOR | THUNK, "a selector function or thunk"),
            Op::Yield => (GENERATOR | ASYNC, "a generator or async function"),
            Op::EnterCtor
                if self
                    .items
                    .iter()
                    .any(|item| !matches!(item, crate::item::Item::Declare(_))) =>
            {
                return Err(EmitError::Place {
                    op,
                    what: "to be the first instruction",
                });
            }
            Op::EnterCtor => (CTOR, "flag ctor"),
            Op::Halt if self.module.entry() != Some(self.id) => {
                return Err(EmitError::Place {
                    op,
                    what: "the module's entry function",
                });
            }
            _ => return Ok(()),
        };
        if self.signature.flags & needed == 0 {
            return Err(EmitError::Place { op, what });
        }
        Ok(())
    }

    fn repr_of(&self, op: Op, ty: TypeId) -> Result<Repr, EmitError> {
        match self.module.repr(ty) {
            Some(repr) if repr != Repr::Tok => Ok(repr),
            _ => Self::operand_error(op, "a type of values"),
        }
    }

    fn field_reprs(&self, op: Op, def: u32, tag: u32) -> Result<Vec<Repr>, EmitError> {
        let Some(fields) = self.module.fields(TypedefId(def), tag) else {
            return Self::operand_error(op, "a case that is defined");
        };
        fields.into_iter().map(|ty| self.repr_of(op, ty)).collect()
    }

    fn field_repr(&self, op: Op, def: u32, tag: u32, index: u32) -> Result<Repr, EmitError> {
        match self.module.field(TypedefId(def), tag, index) {
            Some(ty) => self.repr_of(op, ty),
            None => Self::operand_error(op, "a field that the type has"),
        }
    }

    /// Number of stack values that a descriptive constant stands for.
    fn described(&self, op: Op, id: u32, holes: bool) -> Result<usize, EmitError> {
        Ok(match self.module.constant_value(ConstId(id)) {
            Some(Const::Shape(items)) => {
                let hole = items
                    .iter()
                    .filter(|(kind, _)| *kind == ArgKind::Hole)
                    .count();
                if hole > 0 && !holes {
                    return Self::operand_error(op, "a shape without holes");
                }
                let values = items.iter().map(|(kind, _)| kind.values() as usize);
                values.sum()
            }
            Some(Const::Map(items)) => items
                .iter()
                .map(|(kind, ..)| if *kind == ItemKind::Computed { 2 } else { 1 })
                .sum(),
            Some(Const::Names(items)) => items.len(),
            Some(Const::Class(_, methods)) => methods.len(),
            Some(Const::Slots(slots)) => slots.len(),
            Some(Const::Format(spec)) => {
                fzb::verify::format_spec::arguments(&spec).unwrap_or_default() as usize
            }
            _ => return Self::operand_error(op, "a constant that describes operands"),
        })
    }

    fn callee(&self, op: Op, id: u32) -> Result<Rc<Signature>, EmitError> {
        match self.module.function_signature(FuncId(id)) {
            Some(signature) => Ok(signature),
            None => Self::operand_error(op, "a declared function"),
        }
    }

    fn capture_wants(&self, op: Op, id: u32, count: u32) -> Result<Vec<Want>, EmitError> {
        let callee = self.callee(op, id)?;
        if callee.captures.len() != count as usize {
            return Self::operand_error(op, "as many captures as the function has");
        }
        let wanted = callee.captures.iter().map(|capture| {
            Ok(if capture.cell {
                Want::Tagged
            } else {
                Want::Fits(self.repr_of(op, capture.ty)?)
            })
        });
        wanted.collect()
    }

    /// The effect of an instruction whose immediates are good. `dup`, `swap` and the jumps are the builder's own.
    pub(crate) fn effect(&self, op: Op, a: &[u32; 4]) -> Result<Effect, EmitError> {
        let any = |count: usize| vec![Want::Any; count];
        let made = |wants: Vec<Want>, pushes: Repr| {
            Ok(Effect {
                wants,
                pushes: vec![pushes],
            })
        };
        let none = |wants: Vec<Want>| {
            Ok(Effect {
                wants,
                pushes: Vec::new(),
            })
        };
        let record = Repr::Rec(RecType::of_typedef(TypedefId(a[0])));
        match op {
            Op::Push => match self.module.constant_repr(ConstId(a[0])) {
                Some(repr) => made(vec![], repr),
                None => Self::operand_error(op, "a value"),
            },
            Op::Pop => none(any(1)),
            Op::Load => match self.slots.get(a[0] as usize) {
                Some(slot) => made(vec![], slot.repr),
                None => Self::operand_error(op, "a local"),
            },
            Op::Store => match self.slots.get(a[0] as usize) {
                Some(slot) => none(vec![Want::Fits(slot.repr)]),
                None => Self::operand_error(op, "a local"),
            },
            Op::LoadCap => match self.signature.captures.get(a[0] as usize) {
                Some(capture) if capture.cell => made(vec![], Repr::Ref),
                Some(capture) => made(vec![], self.repr_of(op, capture.ty)?),
                None => Self::operand_error(op, "a capture"),
            },
            Op::LoadStatic => match self.module.static_repr(StaticId(a[0])) {
                Some(repr) => made(vec![], repr),
                None => Self::operand_error(op, "a static"),
            },
            Op::StoreStatic | Op::StoreStaticR => match self.module.static_repr(StaticId(a[0])) {
                Some(repr) => none(vec![Want::Fits(repr)]),
                None => Self::operand_error(op, "a static"),
            },
            Op::Box => {
                let wanted = match a[0] {
                    0 => Want::Any,
                    8 => Want::Is(Repr::F64),
                    _ => Want::Is(Repr::I64),
                };
                made(vec![wanted], Repr::Dyn)
            }
            Op::Cast => made(any(1), self.repr_of(op, TypeId(a[0]))?),
            Op::Call | Op::TailCall => {
                let callee = self.callee(op, a[0])?;
                if !callee.captures.is_empty() {
                    return Self::operand_error(op, "a function without captures");
                }
                let wants = callee
                    .params
                    .iter()
                    .map(|param| Ok(Want::Fits(self.repr_of(op, param.ty)?)))
                    .collect::<Result<_, _>>()?;
                if op == Op::TailCall {
                    return none(wants);
                }
                if callee.flags & (GENERATOR | ASYNC) != 0 {
                    return made(wants, Repr::Ref);
                }
                made(wants, self.repr_of(op, callee.result)?)
            }
            Op::CallFfi => {
                let Some((_, params, result)) = self.module.import_shape(ImportId(a[0])) else {
                    return Self::operand_error(op, "an import");
                };
                let wants = params
                    .into_iter()
                    .map(|ty| Ok(Want::Fits(self.repr_of(op, ty)?)))
                    .collect::<Result<_, _>>()?;
                made(wants, self.repr_of(op, result)?)
            }
            Op::Ret | Op::Halt => none(vec![Want::Fits(self.result)]),
            Op::CallClosure => made(any(a[0] as usize + 1), Repr::Dyn),
            Op::TailCallClosure => none(any(a[0] as usize + 1)),
            Op::MakeClosure => made(self.capture_wants(op, a[0], a[1])?, Repr::Fn),
            Op::MakeRoutine => {
                let mut wants = self.capture_wants(op, a[0], a[1])?;
                if MODES_WITH_HOME.contains(&a[2]) {
                    wants.push(Want::Any);
                }
                made(wants, Repr::Fn)
            }
            Op::PatchCapture => made(vec![Want::Tagged, Want::Any], Repr::Fn),
            Op::Intrinsic => match isa::Intrinsic::from_number(a[0] as u16) {
                Some(intrinsic) => made(
                    intrinsic.args().iter().map(|slot| want(*slot)).collect(),
                    of_slot(intrinsic.result()),
                ),
                None => Self::operand_error(op, "an intrinsic"),
            },
            Op::CallShape => made(any(1 + self.described(op, a[0], false)?), Repr::Dyn),
            Op::Partial => made(any(1 + self.described(op, a[0], true)?), Repr::Fn),
            Op::CallNameShape => made(any(1 + self.described(op, a[1], false)?), Repr::Dyn),
            Op::CallName => made(any(1 + a[1] as usize), Repr::Dyn),
            Op::CallSuper => made(any(a[1] as usize), Repr::Dyn),
            Op::Tuple => made(any(a[0] as usize), Repr::Ref),
            Op::List => made(any(a[0] as usize), Repr::List),
            Op::Array => made(vec![element_want(a[1]); a[0] as usize], Repr::Ref),
            Op::ArrGet => made(vec![Want::Tagged, Want::Is(Repr::I64)], element(a[0])),
            Op::ArrSet | Op::ArrWith => {
                let wants = vec![Want::Tagged, Want::Is(Repr::I64), element_want(a[0])];
                if op == Op::ArrSet {
                    return none(wants);
                }
                made(wants, Repr::Ref)
            }
            Op::ArrNew => made(vec![Want::Is(Repr::I64), element_want(a[0])], Repr::Ref),
            Op::Record => {
                let fields = self.field_reprs(op, a[0], 0)?;
                made(fields.into_iter().map(Want::Fits).collect(), record)
            }
            Op::GetSlot => made(any(1), self.field_repr(op, a[0], 0, a[1])?),
            Op::SetSlot => {
                let field = self.field_repr(op, a[0], 0, a[1])?;
                none(vec![Want::Any, Want::Fits(field)])
            }
            Op::WithSlots => {
                let mut wants = any(1);
                if let Some(Const::Slots(slots)) = self.module.constant_value(ConstId(a[1])) {
                    for slot in slots {
                        wants.push(Want::Fits(self.field_repr(op, a[0], 0, slot)?));
                    }
                }
                made(wants, record)
            }
            Op::WithNames => made(any(1 + self.described(op, a[0], false)?), Repr::Ref),
            Op::Case => {
                let fields = self.field_reprs(op, a[0], a[1])?;
                made(fields.into_iter().map(Want::Fits).collect(), Repr::Dyn)
            }
            Op::GetCase => made(any(1), self.field_repr(op, a[0], a[1], a[2])?),
            Op::Concat => made(vec![Want::Is(Repr::Text); a[0] as usize], Repr::Text),
            Op::Format => made(any(self.described(op, a[0], false)?), Repr::Text),
            Op::MapLit => made(any(self.described(op, a[0], false)?), Repr::Ref),
            Op::MapPairs => made(any(2 * a[0] as usize), Repr::Ref),
            Op::Class => made(any(1 + self.described(op, a[0], false)?), Repr::Ref),
            Op::Unpack => Ok(Effect {
                wants: any(1),
                pushes: vec![Repr::Dyn; a[0] as usize],
            }),
            Op::Post | Op::PostTrap | Op::Write | Op::Reply => {
                if a[2] & 2 != 0 && a[1] != 1 {
                    return Self::operand_error(op, "one argument, the list, with flag spread");
                }
                let wants = any((a[1] + (a[2] & 1)) as usize);
                if op == Op::Reply && a[2] & 8 != 0 {
                    return none(wants);
                }
                made(wants, Repr::Dyn)
            }
            Op::EndFinally => none(vec![Want::Is(Repr::Tok)]),
            Op::EnterCtor => {
                let count = self.described(op, a[0], false)?;
                let first = self.signature.params.len();
                for index in first..first + count {
                    match self.slots.get(index).map(|slot| slot.repr) {
                        Some(Repr::Ref | Repr::Dyn) => {}
                        _ => return Self::operand_error(op, "a cell's local for each name"),
                    }
                }
                none(vec![])
            }
            _ => match op.info().effect() {
                isa::Effect::Fixed { pops, pushes, .. } => Ok(Effect {
                    wants: pops.iter().map(|slot| want(*slot)).collect(),
                    pushes: pushes.iter().map(|slot| of_slot(*slot)).collect(),
                }),
                // Those that the builder has methods for: dup, swap, jumps, switches, iter_next, push_try.
                isa::Effect::Special => Self::operand_error(op, "the builder's own method for it"),
            },
        }
    }
}
