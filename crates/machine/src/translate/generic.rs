//! All other instructions: operands in a window, immediates in the next word, results one behind the other; and those
//! whose operands may stay where they are.

use fzb::tables::TypedefId;
use fzb::tables::{ConstId, ItemKind};
use fzb::view::{Constant, RecType, Repr};
use isa::signature::Effect;
use isa::{Instr, Intrinsic, Op, Slot};

use super::stack::Loc;
use super::walk::{Step, Walk};
use crate::exec::memory::access;
use crate::exec::ops::Rop;
use crate::exec::records::{FAST_FIELDS, PAIR_FIELD};
use crate::space::SpaceOp;

/// How a stack effect's letter is held.
pub(super) const fn slot_repr(slot: Slot) -> Repr {
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

/// As an operand: functions and heap values are taken like any tagged value.
const fn operand_repr(slot: Slot) -> Repr {
    match slot {
        Slot::Fn | Slot::Ref => Repr::Dyn,
        other => slot_repr(other),
    }
}

/// Element kind of arrays as a representation.
pub(super) const fn element_repr(elem: u32) -> Repr {
    match elem {
        1 | 3 => Repr::I64,
        2 => Repr::F64,
        _ => Repr::Dyn,
    }
}

/// How an instruction's operands and immediates are laid out.
struct Form {
    /// Its operation.
    rop: Rop,
    /// Operands, deepest first.
    pops: Vec<Repr>,
    /// Results, deepest first.
    pushes: Vec<Repr>,
    /// Word 0's third operand.
    c: u32,
    /// The next word's halves.
    wide: (u32, u32),
    /// A third word, for four immediates.
    third: Option<(u32, u32)>,
    /// Operands may stay in their registers: `a` result (or first operand), then `b`, `c`.
    hot: bool,
    /// The instruction has a second word.
    two: bool,
    /// A one-word result is left in an accumulator too.
    mirrored: bool,
}

impl Walk<'_> {
    /// Translates an instruction by its form.
    pub(super) fn generic(&mut self, instr: &Instr) -> Step<()> {
        if instr.op == Op::Intrinsic {
            let intrinsic = Intrinsic::from_number(instr.args[0] as u16)
                .ok_or("an intrinsic that does not exist")?;
            return self.intrinsic(intrinsic);
        }
        let form = self.form(instr)?;
        if matches!(instr.op, Op::MatchEvent | Op::EventArg) {
            return self.emit_beside(form);
        }
        if form.hot {
            return self.emit_hot(form);
        }
        let base = self.stack.window(&mut self.emit, &form.pops)?;
        for _ in 0..form.pops.len() {
            self.stack.pop()?;
        }
        self.stack.forget();
        let keep = self.stack.entries.len();
        let operands = self.placed(base, &form.pops)?;
        let at = match form.pushes.as_slice() {
            [] => base,
            [one] => self.destination(*one)?,
            many => {
                let first = self.stack.next_home();
                for repr in many {
                    self.stack.push(*repr, Loc::Home)?;
                }
                super::layout::narrow(first)?
            }
        };
        let word = self.emit.op(form.rop as u16, at, base, form.c as u16);
        self.emit.pair(form.wide.0, form.wide.1);
        if let Some((low, high)) = form.third {
            self.emit.pair(low, high);
        }
        self.safepoint(word, keep, &operands);
        if instr.op == Op::EnterCtor {
            self.cells_entered(instr.args[0]);
        }
        Ok(())
    }

    /// From here on the locals that `enter_ctor` gave cells hold them: collections have to see them.
    fn cells_entered(&mut self, names: u32) {
        let Some(Constant::Names(names)) = self.module.constant(ConstId(names)) else {
            return;
        };
        let cells = self.stack.assigned.iter_mut();
        for assigned in cells
            .skip(self.layout.params as usize)
            .take(names.len() as usize)
        {
            *assigned = true;
        }
    }

    fn emit_hot(&mut self, form: Form) -> Step<()> {
        let at = self.stack.operands(&mut self.emit, &form.pops)?;
        let operands: Vec<(Repr, u16)> =
            form.pops.iter().copied().zip(at.iter().copied()).collect();
        for _ in 0..form.pops.len() {
            self.stack.pop()?;
        }
        self.stack.forget();
        let keep = self.stack.entries.len();
        let result = match form.pushes.first() {
            Some(repr) => Some(self.destination(*repr)?),
            None => None,
        };
        let place = |index: usize| at.get(index).copied().unwrap_or(0);
        let (a, b, c) = match (result, form.pops.len()) {
            (Some(to), 0) => (to, 0, form.c as u16),
            (Some(to), 1) => (to, place(0), form.c as u16),
            (Some(to), _) => (to, place(0), place(1)),
            (None, 2) => (place(0), place(1), form.c as u16),
            (None, _) => (place(0), place(1), place(2)),
        };
        let word = self.emit.op(form.rop as u16, a, b, c);
        if form.two {
            self.emit.pair(form.wide.0, form.wide.1);
        }
        self.safepoint(word, keep, &operands);
        if let (true, Some(repr)) = (form.mirrored, form.pushes.first()) {
            self.mirror_result(*repr, a);
        }
        Ok(())
    }

    /// An instruction whose one operand stays on the stack, below its result: the operand is left where it is.
    fn emit_beside(&mut self, form: Form) -> Step<()> {
        let &[_, answer] = form.pushes.as_slice() else {
            return Err("an operand that does not stay".to_owned());
        };
        let at = self.stack.word(&mut self.emit, Repr::Dyn)?;
        let operand = self.stack.pop()?;
        let stays = match operand.loc {
            Loc::Alias(_) if operand.is_pair() => operand.loc,
            _ => Loc::Home,
        };
        self.stack.push(Repr::Dyn, stays)?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let to = self.destination(answer)?;
        let word = self.emit.op(form.rop as u16, to, at, 0);
        self.emit.pair(form.wide.0, form.wide.1);
        self.safepoint(word, keep, &[]);
        self.mirror_result(answer, to);
        Ok(())
    }

    fn form(&mut self, instr: &Instr) -> Step<Form> {
        let args = instr.args;
        let mut form = Form {
            rop: Rop::Invalid,
            pops: Vec::new(),
            pushes: Vec::new(),
            c: 0,
            wide: (args[0], args[1]),
            third: None,
            hot: false,
            two: true,
            mirrored: false,
        };
        if let Effect::Fixed { pops, pushes, .. } = instr.op.info().effect() {
            form.pops = pops.iter().map(|slot| operand_repr(*slot)).collect();
            form.pushes = pushes.iter().map(|slot| slot_repr(*slot)).collect();
        }
        let dynamic = |count: u32| vec![Repr::Dyn; count as usize];
        let hot = |form: &mut Form, rop: Rop, two: bool| {
            form.rop = rop;
            form.hot = true;
            form.two = two;
        };
        match instr.op {
            // Hot forms.
            Op::Cons => hot(&mut form, Rop::Cons, false),
            Op::Head => hot(&mut form, Rop::Head_, false),
            Op::Tail => hot(&mut form, Rop::Tail_, false),
            Op::Same => hot(&mut form, Rop::Same, false),
            Op::Neg => hot(&mut form, Rop::Neg, false),
            Op::CellNew => hot(&mut form, Rop::CellNew, false),
            Op::CellGet => hot(&mut form, Rop::CellGet, false),
            Op::CellSet => hot(&mut form, Rop::CellSet, false),
            Op::GetIndex => {
                hot(&mut form, Rop::GetIndex, true);
                form.wide = (self.site(), 0);
            }
            Op::SetIndex => {
                hot(&mut form, Rop::SetIndex, true);
                form.wide = (args[0], self.site());
            }
            Op::GetName | Op::ReadName => {
                let rop = if instr.op == Op::GetName {
                    Rop::GetName
                } else {
                    Rop::ReadName
                };
                hot(&mut form, rop, true);
                form.wide = (args[0], self.site());
            }
            Op::SetName => {
                hot(&mut form, Rop::SetName, true);
                form.c = args[1];
                form.wide = (args[0], self.site());
            }
            Op::ArrGet => {
                let rop = match args[0] {
                    1 => Rop::ArrGetI64,
                    2 => Rop::ArrGetF64,
                    3 => Rop::ArrGetU8,
                    _ => Rop::ArrGetDyn,
                };
                hot(&mut form, rop, false);
                form.mirrored = true;
                form.pops = vec![Repr::Dyn, Repr::I64];
                form.pushes = vec![element_repr(args[0])];
            }
            Op::ArrSet => {
                let rop = match args[0] {
                    1 => Rop::ArrSetI64,
                    2 => Rop::ArrSetF64,
                    3 => Rop::ArrSetU8,
                    _ => Rop::ArrSetDyn,
                };
                hot(&mut form, rop, false);
                form.pops = vec![Repr::Dyn, Repr::I64, element_repr(args[0])];
            }
            Op::GetSlot => {
                hot(&mut form, Rop::GetSlot, true);
                let reprs = self.field_reprs(args[0], 0)?;
                let top = *self.stack.entries.last().ok_or("no operand")?;
                let proved = matches!(top.repr, Repr::Rec(record) if record == RecType::of_typedef(TypedefId(args[0])));
                form.pops = vec![if proved { top.repr } else { Repr::Dyn }];
                form.pushes = vec![
                    *reprs
                        .get(args[1] as usize)
                        .ok_or("a field that does not exist")?,
                ];
                let word = form.pushes[0].words() == 1;
                form.c = u32::from(proved);
                if proved {
                    form.rop = if word {
                        Rop::GetSlotWord
                    } else {
                        Rop::GetSlotPair
                    };
                }
                form.mirrored = true;
            }
            Op::TagIs => hot(&mut form, Rop::TagIs, true),
            Op::MemLoad => {
                let rop = match args[0] {
                    access::U8 => Rop::MemLoadU8,
                    access::S8 => Rop::MemLoadS8,
                    access::U16 => Rop::MemLoadU16,
                    access::S16 => Rop::MemLoadS16,
                    access::U32 => Rop::MemLoadU32,
                    access::S32 => Rop::MemLoadS32,
                    _ => Rop::MemLoadI64,
                };
                hot(&mut form, rop, false);
                form.mirrored = true;
            }
            Op::MemStore => {
                let [in_register, constant] = match args[0] {
                    access::U8 | access::S8 => [Rop::MemStore8, Rop::MemStoreK8],
                    access::U16 | access::S16 => [Rop::MemStore16, Rop::MemStoreK16],
                    access::U32 | access::S32 => [Rop::MemStore32, Rop::MemStoreK32],
                    _ => [Rop::MemStore64, Rop::MemStoreK64],
                };
                let top = *self.stack.entries.last().ok_or("no operand")?;
                if let Loc::Int(value) = top.loc
                    && let Ok(small) = i16::try_from(value)
                {
                    self.stack.pop()?;
                    form.pops.pop();
                    form.c = u32::from(small as u16);
                    hot(&mut form, constant, false);
                } else {
                    hot(&mut form, in_register, false);
                }
            }
            // Windows of fixed effect.
            Op::IsNil => {
                // A list is empty if its ticket is 0: the word compared with a constant.
                form.rop = Rop::Invalid;
                return self.is_nil(form);
            }
            Op::CharFromI64 => form.rop = Rop::CharFromI64,
            Op::Compare => form.rop = Rop::Compare,
            Op::Hash => form.rop = Rop::Hash,
            Op::FloorDiv | Op::Pow | Op::Root | Op::Scale10 => {
                form.rop = Rop::Arith;
                let which = match instr.op {
                    Op::FloorDiv => crate::policy::Arith::FloorDiv,
                    Op::Pow => crate::policy::Arith::Pow,
                    Op::Root => crate::policy::Arith::Root,
                    _ => crate::policy::Arith::Scale10,
                };
                form.wide = (which as u32, 0);
            }
            Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Shr | Op::BitNot => {
                form.rop = Rop::Bits;
                let which = match instr.op {
                    Op::BitAnd => 0,
                    Op::BitOr => 1,
                    Op::BitXor => 2,
                    Op::Shl => 3,
                    Op::Shr => 4,
                    _ => 5,
                };
                form.wide = (which, 0);
            }
            Op::Coerce => form.rop = Rop::Coerce,
            Op::Display => form.rop = Rop::Display,
            Op::HasHook => form.rop = Rop::HasHook,
            Op::CallHook => form.rop = Rop::CallHook,
            Op::LoadModule => form.rop = Rop::LoadModule,
            Op::ThisFn => form.rop = Rop::ThisFn,
            Op::StoreStaticR => {
                form.rop = Rop::StoreStaticR;
                form.pops = dynamic(1);
            }
            Op::CellStoreR => form.rop = Rop::CellStoreR,
            Op::Tuple => {
                form.rop = Rop::Tuple;
                form.pops = dynamic(args[0]);
                form.pushes = vec![Repr::Ref];
            }
            Op::TupleGet => form.rop = Rop::TupleGet,
            Op::List => {
                form.rop = Rop::List;
                form.pops = dynamic(args[0]);
                form.pushes = vec![Repr::List];
            }
            Op::Array => {
                form.rop = Rop::Array;
                form.pops = vec![element_repr(args[1]); args[0] as usize];
                form.pushes = vec![Repr::Ref];
            }
            Op::ArrWith => {
                form.rop = Rop::ArrWith;
                form.pops = vec![Repr::Dyn, Repr::I64, element_repr(args[0])];
                form.pushes = vec![Repr::Ref];
            }
            Op::ArrNew => {
                form.rop = Rop::ArrNew;
                form.pops = vec![Repr::I64, element_repr(args[0])];
                form.pushes = vec![Repr::Ref];
            }
            Op::Slice => form.rop = Rop::Slice,
            Op::Record => {
                form.pops = self.field_reprs(args[0], 0)?;
                form.rop = Rop::RecordMany;
                if form.pops.len() <= FAST_FIELDS {
                    form.rop = Rop::Record;
                    form.c = form.pops.len() as u32;
                    let mut kinds = [PAIR_FIELD; FAST_FIELDS];
                    for (kind, repr) in kinds.iter_mut().zip(&form.pops) {
                        if let Some(tag) = crate::world::static_tag(*repr) {
                            *kind = tag as u8;
                        }
                    }
                    let kinds = u64::from_le_bytes(kinds);
                    form.third = Some((kinds as u32, (kinds >> 32) as u32));
                }
                form.pushes = vec![Repr::Rec(RecType::of_typedef(TypedefId(args[0])))];
            }
            Op::SetSlot => {
                hot(&mut form, Rop::SetSlot, true);
                let reprs = self.field_reprs(args[0], 0)?;
                let repr = *reprs
                    .get(args[1] as usize)
                    .ok_or("a field that does not exist")?;
                let record = match self.stack.entries.as_slice() {
                    [.., record, _] => *record,
                    _ => return Err("too few operands".to_owned()),
                };
                let proved = matches!(record.repr, Repr::Rec(found) if found == RecType::of_typedef(TypedefId(args[0])));
                let mutable = self
                    .module
                    .field(TypedefId(args[0]), 0, args[1])
                    .is_some_and(|field| field.flags & 1 != 0);
                form.pops = vec![if proved { record.repr } else { Repr::Dyn }, repr];
                if let (true, true, Some(tag)) = (proved, mutable, crate::world::static_tag(repr)) {
                    if repr.is_ticket() {
                        form.c = 3 | (tag as u32) << 8;
                    } else {
                        form.rop = Rop::SetSlotNumber;
                        form.c = tag as u32;
                    }
                } else {
                    form.c = u32::from(proved);
                }
            }
            Op::WithSlots => {
                form.rop = Rop::WithSlots;
                let reprs = self.field_reprs(args[0], 0)?;
                form.pops = vec![Repr::Dyn];
                if let Some(Constant::Slots(slots)) = self.module.constant(ConstId(args[1])) {
                    for slot in slots.iter() {
                        form.pops.push(
                            *reprs
                                .get(slot as usize)
                                .ok_or("a field that does not exist")?,
                        );
                    }
                }
                form.pushes = vec![Repr::Rec(RecType::of_typedef(TypedefId(args[0])))];
            }
            Op::WithNames => {
                form.rop = Rop::WithNames;
                let count = match self.module.constant(ConstId(args[0])) {
                    Some(Constant::Names(names)) => names.len(),
                    _ => return Err("a name list that is none".to_owned()),
                };
                form.pops = dynamic(count + 1);
                form.pushes = vec![Repr::Ref];
            }
            Op::Case => {
                form.rop = Rop::Case;
                form.pops = self.field_reprs(args[0], args[1])?;
                form.pushes = dynamic(1);
            }
            Op::GetCase => {
                form.rop = Rop::GetCase;
                let reprs = self.field_reprs(args[0], args[1])?;
                form.pops = dynamic(1);
                form.pushes = vec![
                    *reprs
                        .get(args[2] as usize)
                        .ok_or("a field that does not exist")?,
                ];
                form.c = args[2];
            }
            Op::CaseIs => form.rop = Rop::CaseIs,
            Op::Concat => {
                form.rop = Rop::Concat;
                form.pops = vec![Repr::Text; args[0] as usize];
                form.pushes = vec![Repr::Text];
            }
            Op::Format => {
                form.rop = Rop::Format;
                let count = match self.module.constant(ConstId(args[0])) {
                    Some(Constant::Format(spec)) => fzb::verify::format_spec::arguments(spec)
                        .ok_or("a format that cannot be read")?,
                    _ => return Err("a format that is none".to_owned()),
                };
                form.pops = dynamic(count);
                form.pushes = vec![Repr::Text];
                form.wide = (args[0], count);
            }
            Op::TextAt => form.rop = Rop::TextAt,
            Op::Range => form.rop = Rop::Range,
            Op::IterNew => form.rop = Rop::IterNew,
            Op::MakeClosure => {
                form.rop = Rop::MakeClosure;
                form.pops = dynamic(args[1]);
                form.pushes = vec![Repr::Fn];
            }
            Op::PatchCapture => {
                form.rop = Rop::PatchCapture;
                form.pops = dynamic(2);
                form.pushes = vec![Repr::Fn];
            }
            Op::MakeRoutine => {
                form.rop = Rop::MakeRoutine;
                let home = matches!(args[2], 2 | 4) as u32;
                form.pops = dynamic(args[1] + home);
                form.pushes = vec![Repr::Fn];
                form.c = args[2];
            }
            Op::Partial => {
                form.rop = Rop::Partial;
                let count = self.shape_count(args[0])?;
                form.pops = dynamic(count + 1);
                form.pushes = vec![Repr::Fn];
            }
            Op::Rebind => form.rop = Rop::Rebind,
            Op::EnterCtor => form.rop = Rop::EnterCtor,
            Op::Arg => form.rop = Rop::Arg,
            Op::ArgAll => form.rop = Rop::ArgAll,
            Op::GetSub => form.rop = Rop::GetSub,
            Op::CallSuper => {
                form.rop = Rop::CallSuper;
                form.pops = dynamic(args[1]);
                form.pushes = dynamic(1);
            }
            Op::GetSuper => form.rop = Rop::GetSuper,
            Op::DelIndex => form.rop = Rop::DelIndex,
            Op::Has => form.rop = Rop::Has,
            Op::MapNew => form.rop = Rop::MapNew,
            Op::MapLit => {
                form.rop = Rop::MapLit;
                let count = match self.module.constant(ConstId(args[0])) {
                    Some(Constant::MapLit(items)) => items
                        .iter()
                        .map(|(kind, ..)| if kind == ItemKind::Computed { 2 } else { 1 })
                        .sum(),
                    _ => return Err("a map literal that is none".to_owned()),
                };
                form.pops = dynamic(count);
                form.pushes = vec![Repr::Ref];
                form.wide = (args[0], count);
            }
            Op::MapPairs => {
                form.rop = Rop::MapPairs;
                form.pops = dynamic(args[0] * 2);
                form.pushes = vec![Repr::Ref];
            }
            Op::Class => {
                form.rop = Rop::Class;
                let count = match self.module.constant(ConstId(args[0])) {
                    Some(Constant::Class { methods, .. }) => methods.len(),
                    _ => return Err("a class that is none".to_owned()),
                };
                form.pops = dynamic(count + 1);
                form.pushes = vec![Repr::Ref];
                form.wide = (args[0], count);
            }
            Op::IsInstance => form.rop = Rop::IsInstance,
            Op::IsType => form.rop = Rop::IsType,
            Op::TypeOf => form.rop = Rop::TypeOf,
            Op::FieldOpOp => form.rop = Rop::FieldOp,
            Op::Len => form.rop = Rop::Len,
            Op::PushAt => form.rop = Rop::PushAt,
            Op::Join => form.rop = Rop::Join,
            Op::WithSub => form.rop = Rop::WithSub,
            Op::SkipOwn => form.rop = Rop::SkipOwn,
            Op::Nested => form.rop = Rop::Nested,
            Op::SetProto => form.rop = Rop::SetProto,
            Op::Unpack => {
                form.rop = Rop::Unpack;
                form.pops = dynamic(1);
                form.pushes = dynamic(args[0]);
            }
            Op::CheckLen => form.rop = Rop::CheckLen,
            Op::TryName => form.rop = Rop::TryName,
            Op::TryIndex => form.rop = Rop::TryIndex,
            Op::Rest => form.rop = Rop::Rest,
            Op::MatchEvent => form.rop = Rop::MatchEvent,
            Op::EventArg => form.rop = Rop::EventArg,
            Op::RetMiss | Op::RetPeek => {
                form.rop = Rop::SelectorRet;
                form.c = u32::from(instr.op == Op::RetPeek);
            }
            Op::RetOuter => form.rop = Rop::RetOuter,
            Op::Prompt => form.rop = Rop::Prompt,
            Op::Post | Op::PostTrap => {
                form.rop = Rop::Post;
                let count = if args[2] & 2 != 0 { 1 } else { args[1] } + (args[2] & 1);
                form.pops = dynamic(count);
                form.pushes = dynamic(1);
                form.c = count | u32::from(instr.op == Op::PostTrap) << 15;
                form.third = Some((args[2], args[3]));
            }
            Op::Reply => {
                form.rop = Rop::Reply;
                let count = if args[2] & 2 != 0 { 1 } else { args[1] } + (args[2] & 1);
                form.pops = dynamic(count);
                form.pushes = if args[2] & 8 != 0 {
                    Vec::new()
                } else {
                    dynamic(1)
                };
                form.c = count;
                form.third = Some((args[2], 0));
            }
            Op::Write => {
                let count = if args[2] & 2 != 0 { 1 } else { args[1] } + (args[2] & 1);
                form.pops = dynamic(count);
                form.pushes = dynamic(1);
                self.space(&mut form, SpaceOp::Write, args);
            }
            Op::Subscribe => self.space(&mut form, SpaceOp::Subscribe, args),
            Op::NewRealm => self.space(&mut form, SpaceOp::NewRealm, args),
            Op::MakeVassal => self.space(&mut form, SpaceOp::MakeVassal, args),
            Op::ApplyVassal => self.space(&mut form, SpaceOp::ApplyVassal, args),
            Op::RunIn => self.space(&mut form, SpaceOp::RunIn, args),
            Op::ReadPins => self.space(&mut form, SpaceOp::ReadPins, args),
            Op::NextEvent => self.space(&mut form, SpaceOp::NextEvent, args),
            Op::KeepEvent => form.rop = Rop::KeepEvent,
            Op::FiberNew => form.rop = Rop::FiberNew,
            Op::Resume => form.rop = Rop::Resume,
            Op::Yield => form.rop = Rop::Yield,
            Op::Await => form.rop = Rop::Await,
            Op::FiberCopy => form.rop = Rop::FiberCopy,
            Op::FiberRestore => form.rop = Rop::FiberRestore,
            Op::Throw => form.rop = Rop::Throw,
            Op::Rethrow => form.rop = Rop::Rethrow,
            Op::MakeError => form.rop = Rop::MakeError,
            Op::FaultOp => form.rop = Rop::Fault,
            Op::EndFinally => {
                form.rop = Rop::EndFinally;
                form.pops = vec![Repr::Tok];
            }
            Op::MemNew => form.rop = Rop::MemNew,
            Op::MemSize => form.rop = Rop::MemSize,
            Op::MemGrow => form.rop = Rop::MemGrow,
            Op::MemCopy => form.rop = Rop::MemCopy,
            Op::MemFill => form.rop = Rop::MemFill,
            Op::MemBytes => form.rop = Rop::MemBytes,
            Op::MemPut => form.rop = Rop::MemPut,
            Op::TicketNew => form.rop = Rop::TicketNew,
            Op::TicketPart => form.rop = Rop::TicketPart,
            Op::AssertEq => form.rop = Rop::AssertEq,
            Op::Inspect => form.rop = Rop::Inspect,
            // Translated elsewhere.
            _ => return Err(format!("{} has no register form", instr.op.info().name)),
        }
        Ok(form)
    }

    fn space(&self, form: &mut Form, op: SpaceOp, args: [u32; 4]) {
        form.rop = Rop::Space;
        form.c = op as u32 | (form.pops.len() as u32) << 8;
        form.third = Some((args[2], args[3]));
    }

    /// `is_nil`: the list's word against 0.
    fn is_nil(&mut self, mut form: Form) -> Step<Form> {
        form.rop = Rop::IsNil;
        form.hot = true;
        form.two = false;
        Ok(form)
    }
}
