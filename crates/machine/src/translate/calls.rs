//! Calls, returns, imports.

use fzb::tables::{ConstId, ImportId, ImportKind};
use fzb::view::{Constant, Repr};
use fzb::{said, term};
use isa::{Instr, Intrinsic, Op};

use super::generic::slot_repr;
use super::layout::narrow;
use super::stack::Loc;
use super::walk::{Step, Walk};
use crate::exec::ops::Rop;

impl Walk<'_> {
    pub(super) fn drop_operands(&mut self, count: usize) -> Step<()> {
        for _ in 0..count {
            self.stack.pop()?;
        }
        Ok(())
    }

    /// A typed call.
    pub(super) fn call(&mut self, id: u32) -> Step<()> {
        let callee = self.callee(id)?;
        let wants: Vec<Repr> = callee
            .param_types()
            .map(|ty| self.repr(ty))
            .collect::<Step<_>>()?;
        let result = self.repr(callee.result)?;
        let generator = callee.flags
            & (fzb::tables::function_flags::GENERATOR | fzb::tables::function_flags::ASYNC)
            != 0;
        if generator {
            // Calling it makes a fiber: that is the business of the checked entry.
            return self.call_as_value(id, wants.len());
        }
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let at = self.destination(result)?;
        let function = u16::try_from(id).map_err(|_| term!("a function beyond 65,535"))?;
        let word = self.emit.op(Rop::Call as u16, at, base, function);
        self.frame_point(word, keep, base);
        self.mirror_result(result, at);
        Ok(())
    }

    /// Notes that the instruction just emitted leaves its one-word result in an accumulator too.
    pub(super) fn mirror_result(&mut self, result: Repr, at: u16) {
        match result {
            Repr::F64 => self.stack.float_mirror = Some(at),
            Repr::I64 | Repr::Bool | Repr::Char => self.stack.int_mirror = Some(at),
            _ => {}
        }
    }

    /// A call whose callee goes through the checked entry: its value is put behind the arguments.
    fn call_as_value(&mut self, id: u32, count: usize) -> Step<()> {
        let wants = vec![Repr::Dyn; count];
        let base = u32::from(self.stack.window(&mut self.emit, &wants)?);
        self.drop_operands(count)?;
        self.stack.forget();
        // Callee and arguments once more, in the order that a dynamic call takes them.
        let callee = narrow(base + 16 * count as u32)?;
        self.stack.reach(base + 32 * count as u32 + 16)?;
        let word = self.emit.op(Rop::MakeClosure as u16, callee, callee, 0);
        self.emit.pair(id, 0);
        let keep = self.stack.entries.len();
        let operands: Vec<_> = (0..count as u32)
            .map(|index| Ok((Repr::Dyn, narrow(base + 16 * index)?)))
            .collect::<Step<_>>()?;
        self.safepoint(word, keep, &operands);
        for index in 0..count as u32 {
            self.emit.op(
                Rop::Mov2 as u16,
                narrow(base + 16 * (count as u32 + 1 + index))?,
                narrow(base + 16 * index)?,
                0,
            );
        }
        let at = self.destination(Repr::Dyn)?;
        let word = self.emit.op(Rop::CallDyn as u16, at, callee, count as u16);
        self.frame_point(word, keep, callee);
        Ok(())
    }

    /// A safepoint of an instruction that pushes a frame over its operands, which begin at `base`.
    fn frame_point(&mut self, word: u32, keep: usize, base: u16) {
        let live = &mut self.emit.maps.live;
        let noted = self.stack.note(&self.layout, keep, &[], live);
        self.emit
            .safepoint(word, noted, u32::from(base).div_ceil(8));
    }

    pub(super) fn call_closure(&mut self, count: u32) -> Step<()> {
        let wants = vec![Repr::Dyn; count as usize + 1];
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let at = self.destination(Repr::Dyn)?;
        let word = self.emit.op(Rop::CallDyn as u16, at, base, count as u16);
        self.frame_point(word, keep, base);
        Ok(())
    }

    /// `call_name`: receiver and arguments as pairs.
    pub(super) fn call_name(&mut self, name: u32, count: u32) -> Step<()> {
        let wants = vec![Repr::Dyn; count as usize + 1];
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let at = self.destination(Repr::Dyn)?;
        let site = self.site();
        let word = self.emit.op(Rop::CallName as u16, at, base, count as u16);
        self.emit.pair(name, site);
        self.frame_point(word, keep, base);
        Ok(())
    }

    /// Number of stack values that a shape takes.
    pub(super) fn shape_count(&self, id: u32) -> Step<u32> {
        match self.module.constant(ConstId(id)) {
            Some(Constant::Shape(shape)) => Ok(shape.iter().map(|(kind, _)| kind.values()).sum()),
            _ => Err(said!("a shape that is none")),
        }
    }

    /// `call_shape` and `call_name_shape`.
    pub(super) fn call_shaped(&mut self, instr: &Instr) -> Step<()> {
        let (shape, name) = if instr.op == Op::CallShape {
            (instr.args[0], 0)
        } else {
            (instr.args[1], instr.args[0])
        };
        let count = self.shape_count(shape)?;
        let wants = vec![Repr::Dyn; count as usize + 1];
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let at = self.destination(Repr::Dyn)?;
        // What is spread is gathered before a frame is pushed: the operands are live until then, and the frame's window
        // begins above them.
        let operands: Vec<_> = (0..=count)
            .map(|index| Ok((Repr::Dyn, narrow(u32::from(base) + 16 * index)?)))
            .collect::<Step<_>>()?;
        let rop = if instr.op == Op::CallShape {
            Rop::CallShape
        } else {
            Rop::CallNameShape
        };
        let word = self.emit.op(rop as u16, at, base, count as u16);
        if instr.op == Op::CallShape {
            self.emit.pair(shape, 0);
        } else {
            self.emit.pair(name, shape);
        }
        self.safepoint(word, keep, &operands);
        Ok(())
    }

    pub(super) fn call_import(&mut self, id: u32) -> Step<()> {
        let import = self
            .module
            .import(ImportId(id))
            .ok_or(term!("an import that does not exist"))?;
        let params: Vec<Repr> = (0..import.params.len())
            .filter_map(|index| import.param(index))
            .map(|ty| self.repr(ty))
            .collect::<Step<_>>()?;
        let result = self.repr(import.result)?;
        if import.kind == ImportKind::Host
            && let Some(name) = import.name.and_then(|name| self.module.name(name))
            && let Some(intrinsic) = (self.inline)(name)
            && intrinsic
                .args()
                .iter()
                .map(|slot| slot_repr(*slot))
                .eq(params.iter().copied())
            && slot_repr(intrinsic.result()) == result
        {
            return self.intrinsic(intrinsic);
        }
        let wants = vec![Repr::Dyn; params.len()];
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let untag = crate::world::static_tag(result);
        // A typed result arrives as a pair above the window's beginning and is then tested and untagged.
        let at = match untag {
            None => self.destination(Repr::Dyn)?,
            Some(_) => base,
        };
        self.stack.reach(u32::from(base) + 16)?;
        let word = self.emit.op(Rop::CallImport as u16, at, base, 0);
        self.emit.pair(id, wants.len() as u32);
        if self.import_kind(id)? == ImportKind::Host {
            let operands: Vec<_> = (0..wants.len() as u32)
                .map(|index| Ok((Repr::Dyn, narrow(u32::from(base) + 16 * index)?)))
                .collect::<Step<_>>()?;
            self.safepoint(word, keep, &operands);
        } else {
            self.frame_point(word, keep, base);
        }
        if let Some(tag) = untag {
            let to = self.destination(result)?;
            let word = if matches!(result, Repr::Rec(_)) {
                let word = self.emit.op(Rop::CastType as u16, to, base, 0);
                self.emit.pair(import.result.0, 0);
                word
            } else {
                self.emit.op(Rop::Untag as u16, to, base, tag as u16)
            };
            self.safepoint(word, keep, &[(Repr::Dyn, base)]);
        }
        Ok(())
    }

    /// An intrinsic, by its own operation if it has one.
    pub(super) fn intrinsic(&mut self, intrinsic: Intrinsic) -> Step<()> {
        if intrinsic == Intrinsic::Assigned {
            // The value stays where it is: that is where a reply to the store's violation goes.
            return Ok(());
        }
        let wants: Vec<Repr> = intrinsic
            .args()
            .iter()
            .map(|slot| slot_repr(*slot))
            .collect();
        let result = slot_repr(intrinsic.result());
        if intrinsic == Intrinsic::TextContains {
            let at = self.stack.operands(&mut self.emit, &wants)?;
            self.drop_operands(wants.len())?;
            self.stack.forget();
            let keep = self.stack.entries.len();
            let to = self.destination(result)?;
            let word = self.emit.op(Rop::TextContains as u16, to, at[0], at[1]);
            self.safepoint(word, keep, &[(Repr::Text, at[0]), (Repr::Text, at[1])]);
            return Ok(());
        }
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let operands = self.placed(base, &wants)?;
        let to = self.destination(result)?;
        let word = if intrinsic == Intrinsic::SignalWanted {
            self.emit.op(Rop::SignalWanted as u16, to, 0, 0)
        } else {
            let word = self.emit.op(Rop::Intrinsic as u16, to, base, 0);
            self.emit.pair(intrinsic as u32, 0);
            word
        };
        self.safepoint(word, keep, &operands);
        Ok(())
    }

    /// Operands of a window with their places.
    pub(super) fn placed(&self, base: u16, wants: &[Repr]) -> Step<Vec<(Repr, u16)>> {
        let mut at = u32::from(base);
        let mut placed = Vec::with_capacity(wants.len());
        for want in wants {
            placed.push((*want, narrow(at)?));
            at += want.words() * 8;
        }
        Ok(placed)
    }

    /// Returns the topmost entry.
    pub(super) fn ret(&mut self) -> Step<()> {
        let want = self.repr(self.function.result)?;
        let entry = self.stack.pop()?;
        if want.words() == 2 {
            let at = match entry.register().filter(|_| entry.is_pair()) {
                Some(at) => at,
                None => {
                    self.stack
                        .materialise(&mut self.emit, entry, want, entry.home);
                    self.stack.reach(u32::from(entry.home) + 16)?;
                    entry.home
                }
            };
            let word = self.emit.op(Rop::Ret2 as u16, at, 0, 0);
            self.safepoint(word, 0, &[(want, at)]);
            return Ok(());
        }
        if entry.loc == Loc::IntAcc {
            let word = self.emit.op(Rop::RetInt as u16, entry.home, 0, 0);
            self.safepoint(word, 0, &[]);
            return Ok(());
        }
        if entry.loc == Loc::FloatAcc {
            let word = self.emit.op(Rop::RetFloat as u16, entry.home, 0, 0);
            self.safepoint(word, 0, &[]);
            return Ok(());
        }
        let at = match entry.register() {
            Some(at) => at,
            None => {
                self.stack
                    .materialise(&mut self.emit, entry, want, entry.home);
                entry.home
            }
        };
        let word = self.emit.op(Rop::Ret as u16, at, 0, 0);
        self.safepoint(word, 0, &[(want, at)]);
        Ok(())
    }

    pub(super) fn tail_call(&mut self, id: u32) -> Step<()> {
        let callee = self.callee(id)?;
        let special = callee.flags
            & (fzb::tables::function_flags::GENERATOR | fzb::tables::function_flags::ASYNC)
            != 0;
        if self.keeps_frame() || special {
            self.call(id)?;
            return self.ret();
        }
        let wants: Vec<Repr> = callee
            .param_types()
            .map(|ty| self.repr(ty))
            .collect::<Step<_>>()?;
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        let function = u16::try_from(id).map_err(|_| term!("a function beyond 65,535"))?;
        let words: u32 = wants.iter().map(|want| want.words()).sum();
        let operands = self.placed(base, &wants)?;
        let word = self.emit.op(Rop::TailCall as u16, base, 0, function);
        self.emit.pair(words, 0);
        self.safepoint(word, 0, &operands);
        Ok(())
    }

    pub(super) fn tail_call_closure(&mut self, count: u32) -> Step<()> {
        let result = self.repr(self.function.result)?;
        if self.keeps_frame() || result.words() != 2 {
            self.call_closure(count)?;
            return self.ret();
        }
        let wants = vec![Repr::Dyn; count as usize + 1];
        let base = self.stack.window(&mut self.emit, &wants)?;
        self.drop_operands(wants.len())?;
        let at = base;
        let operands = self.placed(base, &wants)?;
        let word = self
            .emit
            .op(Rop::TailCallDyn as u16, at, base, count as u16);
        self.emit.pair(0, 0);
        self.safepoint(word, 0, &operands);
        // A frame that must stay (arguments left over from a call) gets the result here and returns it.
        let word = self.emit.op(Rop::Ret2 as u16, at, 0, 0);
        self.safepoint(word, 0, &[(Repr::Dyn, at)]);
        Ok(())
    }
}
