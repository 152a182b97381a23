//! Typing of each instruction: fixed effects as the table of `isa` has them, the others one by one in the table's order.
//! The `match` names every instruction, so that adding one makes the compiler ask for its rule.

use super::check::{Checker, NIL, Open};
use super::opcodes::{Class, Entry};
use super::refusal::Step;
use super::scan::REPLY_TAIL;
use super::state::{self, ANY, Mask, TAGGED, Ty};
use super::{MAX_OPEN_TOTAL, MAX_REGIONS};
use crate::tables::function_flags::{ASYNC, GENERATOR};
use crate::tables::{ConstId, ImportId, TypeId, TypedefId};
use crate::view::{Constant, RecType, Repr};
use isa::Op;

/// `make_routine` modes that take a home on top of the captures: home, ctor.
const MODES_WITH_HOME: [u32; 2] = [2, 4];
/// `post`, `post_trap`, `reply`, `write`: one operand below the arguments (receiver or target).
const RECEIVER: u32 = 1;
/// The same: the arguments are one list.
const SPREAD: u32 = 2;
/// Width of f32 in `box`.
const F32: u32 = 8;

impl Checker<'_> {
    /// Types the instruction at `at`, in block `index`; false if control does not go on.
    pub(super) fn special(&mut self, index: usize, entry: &Entry, at: u32) -> Step<bool> {
        let a = self.operands(entry, at);
        let next = at + u32::from(entry.size);
        let target = |operand: usize| {
            u32::try_from(i64::from(next) + i64::from(a[operand].cast_signed())).unwrap_or(u32::MAX)
        };
        match entry.op {
            // Constants and stack
            Op::Nop | Op::PushInt | Op::Unit | Op::True | Op::False => self.fixed(entry, at)?,
            // The walk does these itself.
            Op::Push | Op::Pop | Op::Dup | Op::Load | Op::Store => self.fixed(entry, at)?,
            Op::Swap => {
                let top = self.take(at, ANY)?;
                let below = self.take(at, ANY)?;
                self.push(at, top)?;
                self.push(at, below)?;
            }
            Op::LoadCap => {
                let ty = self.capture_type(&self.function, a[0]);
                self.push(at, ty)?;
            }
            Op::LoadStatic => {
                let ty = self.static_type(a[0]).unwrap_or(Ty::DYN);
                self.push(at, ty)?;
            }
            Op::StoreStatic | Op::StoreStaticR => {
                let ty = self.static_type(a[0]).unwrap_or(Ty::DYN);
                self.take_declared(at, ty, 4, || said!("static {}", a[0]))?;
            }
            Op::Box => {
                let accepted = match a[0] {
                    0 => ANY,
                    F32 => only(Ty::F64),
                    _ => only(Ty::I64),
                };
                self.take(at, accepted)?;
                self.push(at, Ty::DYN)?;
            }
            Op::Cast => {
                self.take(at, ANY)?;
                let ty = self.type_of(TypeId(a[0])).unwrap_or(Ty::DYN);
                self.push(at, ty)?;
            }
            // Control and calls
            Op::Call => {
                let result = self.call(at, a[0])?;
                self.push(at, result)?;
            }
            Op::CallFfi => {
                let module = self.module;
                if let Some(import) = module.import(ImportId(a[0])) {
                    for param in (0..import.params.len()).rev() {
                        let ty = import.param(param).and_then(|id| self.type_of(id));
                        self.take_argument(at, ty, param)?;
                    }
                    let Some(result) = self.type_of(import.result).filter(|ty| *ty != Ty::TOK)
                    else {
                        return self.refuse(at, 8, || {
                            (
                                said!("import {} with result type {}", a[0], import.result.0),
                                said!("a type of values"),
                            )
                        });
                    };
                    self.push(at, result)?;
                }
            }
            Op::Ret | Op::Halt => {
                self.no_open_region(at, entry.op)?;
                if self.sp != 1 {
                    return self.refuse(at, 4, || {
                        (
                            said!("`{}` at stack height {}", entry.op.info().name, self.sp),
                            said!("height {}", 1),
                        )
                    });
                }
                let result = self.result;
                self.take_declared(at, result, 4, || said!("the function's result"))?;
                return Ok(false);
            }
            Op::Jump => {
                self.jump(at, target(0))?;
                return Ok(false);
            }
            Op::JumpIf | Op::JumpIfNot => {
                self.take(at, only(Ty::BOOL))?;
                self.jump(at, target(0))?;
            }
            Op::CallClosure => {
                self.take_many(at, a[0] + 1, ANY)?;
                self.push(at, Ty::DYN)?;
            }
            Op::TailCall => {
                self.no_region_for(at, entry.op)?;
                let result = self.call(at, a[0])?;
                if !result.passes(self.result) {
                    return self.refuse(at, 8, || {
                        (
                            said!("a callee with result {}", result.shown()),
                            said!("{}, held in the same way", self.result.shown()),
                        )
                    });
                }
                return Ok(false);
            }
            Op::TailCallClosure => {
                self.no_region_for(at, entry.op)?;
                self.take_many(at, a[0] + 1, ANY)?;
                self.dynamic_result(at, entry.op, 8)?;
                return Ok(false);
            }
            Op::MakeClosure => {
                self.captures(at, a[0], a[1])?;
                self.push(at, Ty::FN)?;
            }
            Op::PatchCapture => {
                self.take(at, ANY)?;
                self.take(at, TAGGED)?;
                self.push(at, Ty::FN)?;
            }
            Op::Switch => {
                self.take(at, only(Ty::I64))?;
                self.table_jumps(at, a[0], false)?;
            }
            Op::SwitchTag => {
                self.take(at, ANY)?;
                self.table_jumps(at, a[0], false)?;
            }
            Op::Throw | Op::Rethrow => {
                self.take(at, ANY)?;
                return Ok(false);
            }
            Op::Intrinsic => {
                if let Some(intrinsic) = isa::Intrinsic::from_number(a[0] as u16) {
                    for slot in intrinsic.args().iter().rev() {
                        self.take(at, state::accepted(*slot))?;
                    }
                    self.push(at, state::produced(intrinsic.result()))?;
                }
            }
            Op::CallShape => {
                let count = self.shape(at, a[0], false)?;
                self.take_many(at, count + 1, ANY)?;
                self.push(at, Ty::DYN)?;
            }
            // Arithmetic by policy, hot typed forms
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod | Op::Neg => self.fixed(entry, at)?,
            Op::I64Add | Op::I64Sub | Op::I64Mul | Op::I64Lt | Op::I64Le | Op::I64Eq => {
                self.fixed(entry, at)?
            }
            Op::F64Add | Op::F64Sub | Op::F64Mul | Op::F64Div => self.fixed(entry, at)?,
            Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::Compare
            | Op::Same
            | Op::Hash
            | Op::Truthy => self.fixed(entry, at)?,
            Op::FloorDiv | Op::Pow | Op::Root | Op::Scale10 | Op::Coerce | Op::Display => {
                self.fixed(entry, at)?
            }
            Op::And | Op::Or | Op::Not => self.fixed(entry, at)?,
            Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Shr | Op::BitNot => {
                self.fixed(entry, at)?
            }
            Op::HasHook
            | Op::CallHook
            | Op::AutoCall
            | Op::AutoApply
            | Op::LoadModule
            | Op::ThisFn
            | Op::CellStoreR => self.fixed(entry, at)?,
            // Tuples, lists, arrays, text, cells, loops
            Op::Tuple => {
                self.take_many(at, a[0], ANY)?;
                self.push(at, Ty::REF)?;
            }
            Op::TupleGet | Op::Cons | Op::Nil | Op::Head | Op::Tail | Op::IsNil => {
                self.fixed(entry, at)?
            }
            Op::List => {
                self.take_many(at, a[0], ANY)?;
                self.push(at, Ty::LIST)?;
            }
            Op::Array => {
                self.take_many(at, a[0], element_mask(a[1]))?;
                self.push(at, Ty::REF)?;
            }
            Op::ArrGet => {
                self.take(at, only(Ty::I64))?;
                self.take(at, TAGGED)?;
                self.push(at, element(a[0]))?;
            }
            Op::ArrSet | Op::ArrWith => {
                self.take(at, element_mask(a[0]))?;
                self.take(at, only(Ty::I64))?;
                self.take(at, TAGGED)?;
                if entry.op == Op::ArrWith {
                    self.push(at, Ty::REF)?;
                }
            }
            Op::ArrNew => {
                self.take(at, element_mask(a[0]))?;
                self.take(at, only(Ty::I64))?;
                self.push(at, Ty::REF)?;
            }
            Op::Slice => self.fixed(entry, at)?,
            Op::Record => {
                self.fields(at, a[0], 0)?;
                self.push(at, record(a[0]))?;
            }
            Op::GetSlot => {
                self.take(at, ANY)?;
                let ty = self.field_type(at, a[0], 0, a[1])?;
                self.push(at, ty)?;
            }
            Op::SetSlot => {
                let ty = self.field_type(at, a[0], 0, a[1])?;
                self.take_declared(at, ty, 9, || said!("field {} of typedef {}", a[1], a[0]))?;
                self.take(at, ANY)?;
            }
            Op::WithSlots => {
                let module = self.module;
                if let Some(Constant::Slots(slots)) = module.constant(ConstId(a[1])) {
                    for slot in slots.iter().rev() {
                        let ty = self.field_type(at, a[0], 0, slot)?;
                        self.take_declared(at, ty, 9, || {
                            said!("field {} of typedef {}", slot, a[0])
                        })?;
                    }
                }
                self.take(at, ANY)?;
                self.push(at, record(a[0]))?;
            }
            Op::WithNames => {
                let count = self.count_of(at, a[0])?;
                self.take_many(at, count, ANY)?;
                self.take(at, ANY)?;
                self.push(at, Ty::REF)?;
            }
            Op::Case => {
                self.fields(at, a[0], a[1])?;
                self.push(at, Ty::DYN)?;
            }
            Op::TagIs => self.fixed(entry, at)?,
            Op::GetCase => {
                self.take(at, ANY)?;
                let ty = self.field_type(at, a[0], a[1], a[2])?;
                self.push(at, ty)?;
            }
            Op::CaseIs => self.fixed(entry, at)?,
            Op::Concat => {
                self.take_many(at, a[0], only(Ty::TEXT))?;
                self.push(at, Ty::TEXT)?;
            }
            Op::Format => {
                let count = self.count_of(at, a[0])?;
                self.take_many(at, count, ANY)?;
                self.push(at, Ty::TEXT)?;
            }
            Op::TextAt => self.fixed(entry, at)?,
            Op::SwitchText => {
                self.take(at, only(Ty::TEXT))?;
                self.table_jumps(at, a[0], true)?;
            }
            Op::CellNew | Op::CellGet | Op::CellSet | Op::Range | Op::IterNew => {
                self.fixed(entry, at)?
            }
            Op::IterNext => {
                self.take(at, ANY)?;
                self.jump(at, target(1))?;
                for _ in 0..2 + a[0] {
                    self.push(at, Ty::DYN)?;
                }
            }
            // Typed numbers
            Op::I64DivS | Op::I64RemS | Op::I64DivU | Op::I64RemU => self.fixed(entry, at)?,
            Op::I64And | Op::I64Or | Op::I64Xor | Op::I64Shl | Op::I64ShrS | Op::I64ShrU => {
                self.fixed(entry, at)?
            }
            Op::I64LtU | Op::I64Narrow | Op::I64AddCk | Op::I64SubCk | Op::I64MulCk => {
                self.fixed(entry, at)?
            }
            Op::F64Lt | Op::F64Le | Op::F64Eq | Op::F64Un => self.fixed(entry, at)?,
            Op::I64ToF64
            | Op::F64ToI64
            | Op::F64Bits
            | Op::F64FromBits
            | Op::CharFromI64
            | Op::I64FromChar => self.fixed(entry, at)?,
            // Lexical
            Op::SelfOp | Op::ArgAll | Op::Arg => self.fixed(entry, at)?,
            Op::MakeRoutine => {
                if MODES_WITH_HOME.contains(&a[2]) {
                    self.take(at, ANY)?;
                }
                self.captures(at, a[0], a[1])?;
                self.push(at, Ty::FN)?;
            }
            Op::Partial => {
                let count = self.shape(at, a[0], true)?;
                self.take_many(at, count + 1, ANY)?;
                self.push(at, Ty::FN)?;
            }
            Op::Rebind => self.fixed(entry, at)?,
            Op::EnterCtor => self.enter_ctor(index, at, a[0])?,
            // Maps: fields, elements, delegation
            Op::GetName | Op::ReadName | Op::SetName | Op::GetSub => self.fixed(entry, at)?,
            Op::CallName => {
                self.take_many(at, a[1] + 1, ANY)?;
                self.push(at, Ty::DYN)?;
            }
            Op::CallNameShape => {
                let count = self.shape(at, a[1], false)?;
                self.take_many(at, count + 1, ANY)?;
                self.push(at, Ty::DYN)?;
            }
            Op::CallSuper => {
                self.take_many(at, a[1], ANY)?;
                self.push(at, Ty::DYN)?;
            }
            Op::GetSuper | Op::GetIndex | Op::SetIndex | Op::DelIndex | Op::Has | Op::MapNew => {
                self.fixed(entry, at)?
            }
            Op::MapLit => {
                let count = self.count_of(at, a[0])?;
                self.take_many(at, count, ANY)?;
                self.push(at, Ty::REF)?;
            }
            Op::MapPairs => {
                self.take_many(at, 2 * a[0], ANY)?;
                self.push(at, Ty::REF)?;
            }
            Op::Class => {
                let count = self.count_of(at, a[0])?;
                self.take_many(at, count, ANY)?;
                self.take(at, ANY)?;
                self.push(at, Ty::REF)?;
            }
            Op::IsInstance
            | Op::IsType
            | Op::TypeOf
            | Op::FieldOpOp
            | Op::Len
            | Op::PushAt
            | Op::Join => self.fixed(entry, at)?,
            Op::WithSub | Op::SkipOwn | Op::Nested | Op::SetProto => self.fixed(entry, at)?,
            // Selector
            Op::Unpack => {
                self.take(at, ANY)?;
                self.spend(u64::from(a[0]) / 16)?;
                for _ in 0..a[0] {
                    self.push(at, Ty::DYN)?;
                }
            }
            Op::CheckLen
            | Op::TryName
            | Op::TryIndex
            | Op::Rest
            | Op::MatchEvent
            | Op::EventArg => self.fixed(entry, at)?,
            Op::RetMiss => {
                self.no_open_region(at, entry.op)?;
                return Ok(false);
            }
            Op::RetPeek => {
                self.no_open_region(at, entry.op)?;
                self.take(at, ANY)?;
                return Ok(false);
            }
            Op::RetOuter => {
                self.take(at, ANY)?;
                return Ok(false);
            }
            // Space and fibers
            Op::Prompt => self.fixed(entry, at)?,
            Op::Post | Op::PostTrap | Op::Write => {
                self.emission(at, a[1], a[2])?;
                self.push(at, Ty::DYN)?;
            }
            Op::Reply => {
                self.emission(at, a[1], a[2])?;
                if a[2] & REPLY_TAIL != 0 {
                    self.no_region_for(at, entry.op)?;
                    self.dynamic_result(at, entry.op, 7)?;
                    return Ok(false);
                }
                self.push(at, Ty::DYN)?;
            }
            Op::Subscribe
            | Op::NewRealm
            | Op::MakeVassal
            | Op::ApplyVassal
            | Op::RunIn
            | Op::ReadPins
            | Op::NextEvent
            | Op::KeepEvent => {
                self.fixed(entry, at)?;
            }
            Op::FiberNew
            | Op::Resume
            | Op::Yield
            | Op::Await
            | Op::FiberCopy
            | Op::FiberRestore => self.fixed(entry, at)?,
            // Faults
            Op::PushTry => self.push_try(index, at, a[0] == 1, target(1))?,
            Op::PopTry => {
                let Some(open) = self.regions.get(self.region as usize).copied() else {
                    return self.refuse(at, 6, || {
                        (
                            said!("`pop_try` without an open try region"),
                            said!("an open try region"),
                        )
                    });
                };
                self.enter_region(open.parent);
            }
            Op::EndFinally => {
                self.take(at, only(Ty::TOK))?;
                return Ok(false);
            }
            Op::MakeError => self.fixed(entry, at)?,
            Op::FaultOp => {
                self.take(at, only(Ty::TEXT))?;
                return Ok(false);
            }
            // Memory
            Op::MemNew | Op::MemSize | Op::MemGrow | Op::MemLoad | Op::MemStore => {
                self.fixed(entry, at)?
            }
            Op::Line | Op::MemCopy | Op::MemFill | Op::MemBytes | Op::MemPut => {
                self.fixed(entry, at)?
            }
            Op::TicketNew | Op::TicketPart => self.fixed(entry, at)?,
            // Debug
            Op::AssertEq | Op::Inspect => self.fixed(entry, at)?,
        }
        Ok(true)
    }

    /// The fixed effect of the table. One that depends on operands must have an arm of its own above: refused if not.
    fn fixed(&mut self, entry: &Entry, at: u32) -> Step {
        if matches!(
            entry.class,
            Class::Plain | Class::Plain01 | Class::Plain11 | Class::Plain21
        ) {
            return self.plain(entry, at);
        }
        self.refuse(at, 1, || {
            (
                said!("`{}`", entry.op.info().name),
                said!("an instruction with a rule for its types"),
            )
        })
    }

    /// What `load_cap` leaves: a captured cell is the cell.
    fn capture_type(&self, function: &crate::view::Function<'_>, index: u32) -> Ty {
        match function.capture(index) {
            Some((_, true)) | None => Ty::REF,
            Some((id, false)) => self.type_of(id).unwrap_or(Ty::DYN),
        }
    }

    fn take_argument(&mut self, at: u32, declared: Option<Ty>, index: u32) -> Step {
        match declared {
            Some(ty) if ty != Ty::TOK => {
                self.take_declared(at, ty, 8, || said!("parameter {}", index))
            }
            _ => self.refuse(at, 8, || {
                (
                    said!("a parameter {} of no known type", index),
                    said!("a type of values"),
                )
            }),
        }
    }

    /// Takes the arguments of a call by the typed entry; gives the type of its result.
    fn call(&mut self, at: u32, id: u32) -> Step<Ty> {
        let module = self.module;
        let Some(callee) = module.function(crate::tables::FuncId(id)) else {
            return self.refuse(at, 2, || {
                (
                    said!("function {}", id),
                    said!("a number below {}", self.module.functions()),
                )
            });
        };
        if callee.captures != 0 {
            return self.refuse(at, 8, || {
                (
                    said!("function {} with {} captures", id, callee.captures),
                    said!("a function without captures"),
                )
            });
        }
        for param in (0..callee.params).rev() {
            let ty = callee.local_type(param).and_then(|id| self.type_of(id));
            self.take_argument(at, ty, param)?;
        }
        if callee.has(GENERATOR | ASYNC) {
            // The call makes a suspended fiber.
            return Ok(Ty::REF);
        }
        match self.type_of(callee.result) {
            Some(ty) if ty != Ty::TOK => Ok(ty),
            _ => self.refuse(at, 8, || {
                (
                    said!("function {} with result type {}", id, callee.result.0),
                    said!("a type of values"),
                )
            }),
        }
    }

    /// Takes the captures of a new closure: as many as the function has, each of its type; a cell comes with its tag.
    fn captures(&mut self, at: u32, id: u32, count: u32) -> Step {
        let module = self.module;
        let Some(callee) = module.function(crate::tables::FuncId(id)) else {
            return self.refuse(at, 2, || {
                (
                    said!("function {}", id),
                    said!("a number below {}", self.module.functions()),
                )
            });
        };
        if callee.captures != count {
            return self.refuse(at, 8, || {
                (
                    said!("{} captures", count),
                    said!("{}, as function {} has", callee.captures, id),
                )
            });
        }
        for index in (0..count).rev() {
            match callee.capture(index) {
                Some((_, true)) => {
                    self.take(at, TAGGED)?;
                }
                captured => {
                    let ty = captured
                        .and_then(|(id, _)| self.type_of(id))
                        .unwrap_or(Ty::DYN);
                    self.take_declared(at, ty, 8, || {
                        said!("capture {} of function {}", index, id)
                    })?;
                }
            }
        }
        Ok(())
    }

    fn dynamic_result(&self, at: u32, op: Op, rule: u8) -> Step {
        if self.result == Ty::DYN {
            return Ok(());
        }
        self.refuse(at, rule, || {
            (
                said!(
                    "`{}` in a function with result {}",
                    op.info().name,
                    self.result.shown()
                ),
                said!("result dyn"),
            )
        })
    }

    /// Rule 6: no region is open where a function returns.
    fn no_open_region(&self, at: u32, op: Op) -> Step {
        if self.region == NIL {
            return Ok(());
        }
        self.refuse(at, 6, || {
            (
                said!("`{}` inside a try region", op.info().name),
                said!("`pop_try` first"),
            )
        })
    }

    /// Rule 7: what replaces the frame does not stand in a region.
    fn no_region_for(&self, at: u32, op: Op) -> Step {
        if self.region == NIL {
            return Ok(());
        }
        self.refuse(at, 7, || {
            (
                said!("`{}` inside a try region", op.info().name),
                said!("it outside of try regions"),
            )
        })
    }

    /// Number of stack values of a shape.
    fn shape(&mut self, at: u32, id: u32, holes: bool) -> Step<u32> {
        match self.constant_values(id) {
            Some(values) if holes || !values.holes => Ok(values.count),
            Some(_) => self.refuse(at, 2, || {
                (
                    said!("shape {} with holes", id),
                    said!("a shape without holes"),
                )
            }),
            None => self.refuse(at, 2, || (said!("constant {}", id), said!("a shape"))),
        }
    }

    fn count_of(&mut self, at: u32, id: u32) -> Step<u32> {
        match self.constant_values(id) {
            Some(values) => Ok(values.count),
            None => self.refuse(at, 2, || {
                (said!("constant {}", id), said!("a well-formed description"))
            }),
        }
    }

    fn field_type(&self, at: u32, typedef: u32, tag: u32, index: u32) -> Step<Ty> {
        let Some(field) = self.module.field(TypedefId(typedef), tag, index) else {
            return self.refuse(at, 2, || {
                (
                    said!("field {} of typedef {}", index, typedef),
                    said!("a field that it has"),
                )
            });
        };
        match self.type_of(field.ty) {
            Some(ty) if ty != Ty::TOK => Ok(ty),
            _ => self.refuse(at, 2, || {
                (
                    said!(
                        "field {} of typedef {}, of type {}",
                        index,
                        typedef,
                        field.ty.0
                    ),
                    said!("a type of values"),
                )
            }),
        }
    }

    /// Takes all fields of a record or case.
    fn fields(&mut self, at: u32, typedef: u32, tag: u32) -> Step {
        let count = self
            .module
            .case(TypedefId(typedef), tag)
            .map_or(0, |case| case.fields);
        if self.sp - self.floor < count as usize {
            return self.underflow(at, count as usize);
        }
        self.spend(u64::from(count) / 4)?;
        for index in (0..count).rev() {
            let ty = self.field_type(at, typedef, tag, index)?;
            self.take_declared(at, ty, 9, || {
                said!("field {} of typedef {}", index, typedef)
            })?;
        }
        Ok(())
    }

    /// Operands of `post`, `post_trap`, `reply`, `write`.
    fn emission(&mut self, at: u32, count: u32, flags: u32) -> Step {
        if flags & SPREAD != 0 && count != 1 {
            return self.refuse(at, 2, || {
                (
                    said!("spread with {} arguments", count),
                    said!("one, the list"),
                )
            });
        }
        self.take_many(at, count + (flags & RECEIVER), ANY)
    }

    /// Control may go to each target of a table.
    fn table_jumps(&mut self, at: u32, table: u32, texts: bool) -> Step {
        let function = self.function;
        if texts {
            for (_, target) in function.text_table(table).into_iter().flatten() {
                self.spend(1)?;
                self.jump(at, target)?;
            }
        } else {
            for target in function.jump_table(table).into_iter().flatten() {
                self.spend(1)?;
                self.jump(at, target)?;
            }
        }
        Ok(())
    }

    /// Name i of the list belongs to local i after the parameters, which holds its cell.
    fn enter_ctor(&mut self, index: usize, at: u32, names: u32) -> Step {
        let count = self.count_of(at, names)?;
        if count > self.function.locals {
            return self.refuse(at, 2, || {
                (
                    said!("{} names", count),
                    said!("at most one per local, {}", self.function.locals),
                )
            });
        }
        let params = self.function.params as usize;
        for local in params..params + count as usize {
            if !self
                .slots
                .get(local)
                .is_some_and(|ty| *ty == Ty::REF || *ty == Ty::DYN)
            {
                return self.refuse(at, 5, || {
                    (
                        said!("local {} for a cell", local),
                        said!("type ref or dyn"),
                    )
                });
            }
            self.assign(index, local);
        }
        Ok(())
    }

    fn push_try(&mut self, index: usize, at: u32, finally: bool, handler: u32) -> Step {
        let parent = self.region;
        let depth = self
            .regions
            .get(parent as usize)
            .map_or(0, |open| open.depth + 1);
        if depth >= MAX_REGIONS {
            return self.refuse(at, 6, || {
                (
                    said!("try regions nested {} deep", depth + 1),
                    said!("at most {}", MAX_REGIONS),
                )
            });
        }
        // The handler runs outside the region, with what was pending on top.
        self.push(at, if finally { Ty::TOK } else { Ty::DYN })?;
        self.jump(at, handler)?;
        self.sp -= 1;
        let Some(node) = self.nodes.get(index) else {
            return Ok(());
        };
        let mut region = node.opens;
        if region == NIL {
            region = self.regions.len() as u32;
            let total: u64 = self.open_total + u64::from(depth) + 1;
            if total > MAX_OPEN_TOTAL {
                return self.too_complex(|| said!("its try regions are nested too often"));
            }
            self.open_total = total;
            if self.regions.try_reserve(1).is_err() {
                return self.no_memory();
            }
            self.regions.push(Open {
                push_try: at,
                handler,
                finally,
                height: self.sp as u32,
                parent,
                depth,
            });
            if let Some(node) = self.nodes.get_mut(index) {
                node.opens = region;
            }
        }
        self.enter_region(region);
        Ok(())
    }
}

const fn only(ty: Ty) -> Mask {
    1 << ty.kind()
}

/// Type of an array's element: 0 dyn, 1 i64, 2 f64, 3 u8 (as i64).
const fn element(kind: u32) -> Ty {
    match kind {
        1 | 3 => Ty::I64,
        2 => Ty::F64,
        _ => Ty::DYN,
    }
}

const fn element_mask(kind: u32) -> Mask {
    match kind {
        0 => ANY,
        _ => only(element(kind)),
    }
}

/// The record type of a typedef operand, which is 16 bits wide.
fn record(typedef: u32) -> Ty {
    Ty::of(Repr::Rec(RecType::of_typedef(TypedefId(typedef)))).unwrap_or(Ty::DYN)
}
