//! One instruction of the file form after the other.

use fzb::{Phrase, said, term};
use std::sync::atomic::AtomicU32;

use fzb::tables::{
    ConstId, ConstKind, FuncId, ImportId, ImportKind, Lang, StaticId, TypeId, TypedefId,
    function_flags,
};
use fzb::verify::{Block, RegionKind, Verified};
use fzb::view::{Constant, Function, Module, RecType, Repr, Type};
use isa::{Instr, Op, decode};

use super::InlineForms;
use super::emitter::{Emitter, NO_MEMORY};
use super::layout::{Layout, narrow};
use super::stack::{Loc, Stack};
use crate::code::{ArgCheck, Code, NOT_DIRECT, TryRegion};
use crate::exec::ops::Rop;

/// The result type of all translation steps: why the machine cannot hold the function.
pub type Step<T> = Result<T, Phrase>;

/// Bytes that a function's stack maps may take: this and [`MAP_BYTES_PER_BYTE`] for each byte of its code. Every safepoint may
/// have a map of its own with every local, so a file could otherwise ask for thousands of times its size.
const MAP_BYTES: usize = 1 << 20;
/// Hundreds of live locals at each instruction stay below it.
const MAP_BYTES_PER_BYTE: usize = 256;

/// The translation of one function.
pub struct Walk<'a> {
    pub(super) module: &'a Module,
    pub(super) function: Function<'a>,
    pub(super) verified: &'a Verified,
    pub(super) inline: InlineForms<'a>,
    pub(super) layout: Layout,
    pub(super) stack: Stack,
    pub(super) emit: Emitter,
    /// Block being translated.
    pub(super) block_end: u32,
    /// Conditional branches are written with a far jump behind them.
    pub(super) long: bool,
    pub(super) sites: u32,
    /// Offset of the next instruction to translate: fused ones are skipped.
    pub(super) next: u32,
    regions: Vec<TryRegion>,
}

/// Words between two heads within a block of a long function.
const HEAD_EVERY: u32 = 512;

impl<'a> Walk<'a> {
    pub(super) fn new(
        module: &'a Module,
        function: Function<'a>,
        verified: &'a Verified,
        inline: InlineForms<'a>,
    ) -> Step<Walk<'a>> {
        let layout = Layout::of(module, &function)?;
        let stack = Stack::new(&layout);
        narrow(layout.temps)?;
        Ok(Walk {
            module,
            function,
            verified,
            inline,
            layout,
            stack,
            emit: Emitter::new(
                verified.instructions as usize,
                verified.blocks.len(),
                MAP_BYTES + MAP_BYTES_PER_BYTE * function.code.len(),
            ),
            block_end: 0,
            long: function.code.len() > 4096,
            sites: 0,
            next: 0,
            regions: Vec::new(),
        })
    }

    pub(super) fn run(mut self) -> Step<Code> {
        // The typed entry gives the hidden registers a value; entries with a receiver set them and go to the body.
        for at in self.layout.hidden {
            if at != u16::MAX {
                self.emit.op(Rop::LoadSmall2 as u16, at, 0, 0);
            }
        }
        let body = self.emit.at();
        let verified = self.verified;
        for (index, block) in verified.blocks.iter().enumerate() {
            if block.reachable {
                self.block(block, verified.blocks.get(index + 1))?;
            }
        }
        self.emit.patch()?;
        self.finish(body)
    }

    fn block(&mut self, block: &Block, following: Option<&Block>) -> Step<()> {
        let start = self.emit.at();
        self.emit.begin_block(block.start);
        self.emit.pc = block.start;
        self.block_end = block.end;
        self.stack.entries.clear();
        self.stack.forget();
        let verified = self.verified;
        for repr in verified.stack(block) {
            self.stack.push(*repr, Loc::Home)?;
        }
        for index in 0..self.stack.assigned.len() {
            self.stack.assigned[index] = verified.assigned(block, index as u32);
        }
        if cfg!(not(feature = "unmetered")) {
            let head = self.long || block.loop_head || (block.start == 0 && !verified.leaf);
            let word = self.emit.op(
                if head { Rop::Head } else { Rop::Block } as u16,
                block.cost.min(u32::from(u16::MAX)) as u16,
                0,
                0,
            );
            self.safepoint(word, self.stack.entries.len(), &[]);
        }
        self.next = block.start;
        let mut headed = self.emit.at();
        let mut ended = false;
        while self.next < block.end {
            let instr = decode(self.function.code, self.next)
                .map_err(|_| term!("the code cannot be decoded"))?;
            self.emit.pc = instr.at;
            self.next = instr.next;
            if self.long && self.emit.at() - headed > HEAD_EVERY {
                self.head_within();
                headed = self.emit.at();
            }
            ended = self.instr(&instr)?;
            if let Some(why) = self.emit.failed {
                return Err(why.into());
            }
            if ended {
                break;
            }
        }
        if !ended {
            // Control goes on into the next block, where every entry is expected at home.
            self.stack.flush(&mut self.emit);
            if following.is_none() {
                return Err(said!("control runs off the end"));
            }
        }
        let end = self.emit.at();
        for region in verified.tries(block).iter().rev() {
            let error = self.error_register(region.handler)?;
            self.regions.push(TryRegion {
                start,
                end,
                handler: region.handler,
                error,
                finally: region.kind == RegionKind::Finally,
            });
        }
        Ok(())
    }

    /// A head of its own within a long block: whatever the code, the native stack is looked at again and again
    /// ([`crate::exec::dispatch::Tail`]).
    fn head_within(&mut self) {
        if cfg!(feature = "unmetered") {
            return;
        }
        self.stack.flush(&mut self.emit);
        self.stack.forget();
        let word = self.emit.op(Rop::Head as u16, 0, 0, 0);
        self.safepoint(word, self.stack.entries.len(), &[]);
    }

    /// Register word in which a handler expects the error: the topmost entry of its block's stack.
    fn error_register(&self, handler: u32) -> Step<u32> {
        let block = self
            .verified
            .block_of(handler)
            .ok_or(term!("a handler that is no block"))?;
        let below: u32 = match self.verified.stack(block).split_last() {
            Some((_, below)) => below.iter().map(|repr| repr.words()).sum(),
            None => return Err(said!("a handler without an error on its stack")),
        };
        Ok(self.layout.temps / 8 + below)
    }

    fn finish(mut self, body: u32) -> Step<Code> {
        for region in &mut self.regions {
            region.handler = self
                .emit
                .block(region.handler)
                .ok_or(term!("a handler that is no block"))?;
            let end = (region.error + 2) * 8;
            self.stack.reach(end)?;
        }
        let mut tables = Vec::new();
        for index in 0..self.function.tables {
            let targets: Vec<u32> = if let Some(jumps) = self.function.jump_table(index) {
                jumps.collect()
            } else if let Some(texts) = self.function.text_table(index) {
                texts.map(|(_, target)| target).collect()
            } else {
                Vec::new()
            };
            // Targets of tables that only unreachable code uses have no block.
            tables.push(
                targets
                    .iter()
                    .map(|target| self.emit.block(*target).unwrap_or(0))
                    .collect::<Box<[u32]>>(),
            );
        }
        crate::exec::fused::fuse(&mut self.emit.words, &self.emit.starts);
        let maps = self.emit.maps.take().ok_or(NO_MEMORY)?;
        let words = std::mem::take(&mut self.emit.words).into_boxed_slice();
        let function = &self.function;
        let param_reprs: Box<[Repr]> = self
            .layout
            .locals
            .iter()
            .take(function.params as usize)
            .map(|(repr, _)| *repr)
            .collect();
        let result = super::repr_of(self.module, function.result.0)?;
        let plain = param_reprs.iter().all(|repr| *repr == Repr::Dyn);
        let direct = self.layout.hidden == [u16::MAX; 3]
            && function.flags & !(function_flags::CLOSURE | function_flags::THUNK) == 0;
        let checks: Option<Box<[ArgCheck]>> = param_reprs
            .iter()
            .map(|repr| ArgCheck::of(*repr))
            .collect::<Option<_>>()
            .filter(|_| direct);
        let result_tag = crate::world::static_tag(result);
        const SELECTS: u32 = function_flags::CLOSURE | function_flags::SELECTOR;
        let selects = function.flags & !SELECTS == 0
            && function.params == 2
            && self.layout.hidden == [u16::MAX; 3];
        Ok(Code {
            entry: words.as_ptr(),
            // The body begins behind the words that set hidden registers.
            body: words.as_ptr().wrapping_add(body as usize),
            frame_bytes: self.stack.top.max(16) + 16,
            params: function.params,
            direct: if checks.is_some() {
                function.params
            } else {
                NOT_DIRECT
            },
            plain,
            selects: selects && plain && result == Repr::Dyn,
            direct_flags: if result_tag.is_some() {
                crate::frame::flags::CHECKED
            } else {
                0
            },
            result_tag: result_tag.unwrap_or(crate::value::tag::EMPTY),
            checks: checks.unwrap_or_default(),
            leaf: self.verified.leaf,
            policy: function.policy,
            arity: function.arity,
            sites: self.sites,
            flags: function.flags,
            func: function.id,
            hidden: self.layout.hidden,
            param_reprs,
            result,
            words,
            safepoints: self.emit.safepoints.into(),
            maps,
            tries: self.regions.into(),
            origins: self.emit.origins.into(),
            tables: tables.into(),
            asked: AtomicU32::new(0),
        })
    }

    /// Notes a safepoint at `word`: the entries below `keep` and the operands are live.
    pub(super) fn safepoint(&mut self, word: u32, keep: usize, operands: &[(Repr, u16)]) {
        let live = &mut self.emit.maps.live;
        let noted = self.stack.note(&self.layout, keep, operands, live);
        let homes = self
            .stack
            .entries
            .iter()
            .take(keep)
            .next_back()
            .map_or(self.stack.temps, |entry| {
                u32::from(entry.home) + entry.repr.words() * 8
            });
        let top = operands.iter().fold(homes, |top, (repr, at)| {
            top.max(u32::from(*at) + repr.words() * 8)
        });
        self.emit.safepoint(word, noted, top.div_ceil(8));
    }

    /// A cache site of its own.
    pub(super) fn site(&mut self) -> u32 {
        self.sites += 1;
        self.sites - 1
    }

    /// The instruction that follows in this block, `line` and `nop` skipped.
    pub(super) fn peek(&self) -> Option<Instr> {
        let mut at = self.next;
        while at < self.block_end {
            let instr = decode(self.function.code, at).ok()?;
            if !matches!(instr.op, Op::Line | Op::Nop) {
                return Some(instr);
            }
            at = instr.next;
        }
        None
    }

    /// Where a result of a representation goes: into the local that the next instruction stores it in, which is then
    /// skipped, or to the home of a new entry, which is pushed.
    pub(super) fn destination(&mut self, repr: Repr) -> Step<u16> {
        if let Some(at) = self.store_ahead(repr) {
            return Ok(at);
        }
        self.stack.push(repr, Loc::Home)
    }

    /// The local that the next instruction stores into, if it is held like `repr`; that instruction is then done.
    pub(super) fn store_ahead(&mut self, repr: Repr) -> Option<u16> {
        let next = self.peek()?;
        if next.op != Op::Store {
            return None;
        }
        let (local, at) = *self.layout.locals.get(next.args[0] as usize)?;
        let same = local == repr || (local == Repr::Dyn && repr.is_dyn());
        if !same {
            return None;
        }
        self.stack.unalias(&mut self.emit, at);
        self.stack.overwritten(at);
        let assigned = self.stack.assigned.get_mut(next.args[0] as usize)?;
        if !std::mem::replace(assigned, true) {
            self.stack.fresh = Some(next.args[0] as usize);
        }
        self.next = next.next;
        Some(at)
    }

    /// Stores the topmost entry into a local.
    fn store(&mut self, index: u32) -> Step<()> {
        let (repr, at) = *self
            .layout
            .locals
            .get(index as usize)
            .ok_or(term!("a local that does not exist"))?;
        let entry = self.stack.pop()?;
        self.stack.unalias(&mut self.emit, at);
        if entry.register() != Some(at) || entry.repr.words() != repr.words() {
            self.stack.materialise(&mut self.emit, entry, repr, at);
        }
        match entry.loc {
            Loc::IntAcc if repr.words() == 1 => self.stack.int_mirror = Some(at),
            Loc::FloatAcc if repr.words() == 1 => self.stack.float_mirror = Some(at),
            _ => {}
        }
        self.stack.assigned[index as usize] = true;
        Ok(())
    }

    /// A value of one word or a pair is loaded by one operation with `b` = 0 and `c`; its entry is pushed.
    fn load(&mut self, op: Rop, repr: Repr, c: u32) -> Step<()> {
        let c = u16::try_from(c).map_err(|_| term!("a number beyond 65,535"))?;
        self.stack.spill(&mut self.emit);
        let at = self.destination(repr)?;
        let word = self.emit.op(op as u16, at, 0, c);
        self.safepoint_at(word);
        Ok(())
    }

    /// A safepoint at which nothing but the stack as it stands before the result is live.
    fn safepoint_at(&mut self, word: u32) {
        let keep = self.stack.entries.len().saturating_sub(1);
        self.safepoint(word, keep, &[]);
    }

    /// Translates one instruction; true if control does not go on to the next one from here.
    fn instr(&mut self, instr: &Instr) -> Step<bool> {
        let a = instr.args;
        self.stack.fresh = None;
        match instr.op {
            Op::Nop | Op::Line => {}
            Op::Push => self.constant(a[0])?,
            Op::Pop => {
                self.stack.pop()?;
            }
            Op::Dup => {
                let top = self
                    .stack
                    .entries
                    .len()
                    .checked_sub(1)
                    .ok_or(term!("nothing to repeat"))?;
                match self.stack.entries[top].loc {
                    Loc::Home | Loc::IntAcc | Loc::FloatAcc => {
                        self.stack.home(&mut self.emit, top);
                        let entry = self.stack.entries[top];
                        let at = self.stack.push(entry.repr, Loc::Home)?;
                        self.stack
                            .materialise(&mut self.emit, entry, entry.repr, at);
                    }
                    loc => {
                        let repr = self.stack.entries[top].repr;
                        self.stack.push(repr, loc)?;
                    }
                }
            }
            Op::Load => {
                let (repr, at) = *self
                    .layout
                    .locals
                    .get(a[0] as usize)
                    .ok_or(term!("a local that does not exist"))?;
                self.stack.push(repr, Loc::Alias(at))?;
            }
            Op::Store => self.store(a[0])?,
            Op::Swap => self.swap()?,
            Op::LoadCap => self.load_capture(a[0])?,
            Op::LoadStatic => {
                let repr = self.static_repr(a[0])?;
                self.load(
                    if repr.words() == 2 {
                        Rop::LoadStatic
                    } else {
                        Rop::LoadStaticTyped
                    },
                    repr,
                    a[0],
                )?;
            }
            Op::StoreStatic => self.store_static(a[0])?,
            Op::PushInt => {
                self.stack
                    .push(Repr::I64, Loc::Int(i64::from(instr.signed(0))))?;
            }
            Op::Unit => {
                self.stack.push(Repr::Dyn, Loc::Empty)?;
            }
            Op::True | Op::False => {
                self.stack
                    .push(Repr::Bool, Loc::Bool(instr.op == Op::True))?;
            }
            Op::Nil => {
                self.stack.push(Repr::List, Loc::Nil)?;
            }
            Op::Box => self.tag_top(a[0])?,
            Op::Cast => self.cast(a[0])?,
            Op::Call => self.call(a[0])?,
            Op::CallFfi => self.call_import(a[0])?,
            Op::Ret | Op::Halt => {
                self.ret()?;
                return Ok(true);
            }
            Op::Jump => {
                self.jump(instr)?;
                return Ok(true);
            }
            Op::JumpIf | Op::JumpIfNot => {
                self.branch_on_top(instr)?;
                return Ok(true);
            }
            Op::CallClosure => self.call_closure(a[0])?,
            Op::TailCall => {
                self.tail_call(a[0])?;
                return Ok(true);
            }
            Op::TailCallClosure => {
                self.tail_call_closure(a[0])?;
                return Ok(true);
            }
            Op::CallShape | Op::CallNameShape => self.call_shaped(instr)?,
            Op::CallName => self.call_name(a[0], a[1])?,
            Op::Switch => {
                let index = self.stack.word(&mut self.emit, Repr::I64)?;
                self.stack.pop()?;
                self.stack.flush(&mut self.emit);
                self.emit.op(Rop::Switch as u16, index, a[0] as u16, 0);
                return Ok(false);
            }
            Op::SwitchTag | Op::SwitchText => {
                let want = if instr.op == Op::SwitchTag {
                    Repr::Dyn
                } else {
                    Repr::Text
                };
                let at = self.stack.word(&mut self.emit, want)?;
                self.stack.pop()?;
                self.stack.flush(&mut self.emit);
                let rop = if instr.op == Op::SwitchTag {
                    Rop::SwitchTag
                } else {
                    Rop::SwitchText
                };
                let word = self.emit.op(rop as u16, 0, at, 0);
                self.emit.pair(a[0], 0);
                let keep = self.stack.entries.len();
                self.safepoint(word, keep, &[(want, at)]);
            }
            Op::AutoCall => {
                let from = self.stack.operands(&mut self.emit, &[Repr::Dyn])?[0];
                self.stack.pop()?;
                let keep = self.stack.entries.len();
                let at = self.destination(Repr::Dyn)?;
                let word = self.emit.op(Rop::AutoCall as u16, at, from, 0);
                self.safepoint(word, keep, &[(Repr::Dyn, from)]);
            }
            Op::AutoApply => {
                let from = self
                    .stack
                    .operands(&mut self.emit, &[Repr::Dyn, Repr::Dyn])?;
                let (callee, argument) = (from[0], from[1]);
                self.drop_operands(2)?;
                let keep = self.stack.entries.len();
                let at = self.destination(Repr::Dyn)?;
                let word = self.emit.op(Rop::AutoApply as u16, at, callee, argument);
                self.safepoint(word, keep, &[(Repr::Dyn, callee), (Repr::Dyn, argument)]);
            }
            Op::IterNext => self.iter_next(instr)?,
            Op::PushTry | Op::PopTry => self.stack.flush(&mut self.emit),
            Op::SelfOp => {
                let at = self.layout.hidden[0];
                self.stack.push(Repr::Dyn, Loc::Alias(at))?;
            }
            Op::Throw
            | Op::Rethrow
            | Op::FaultOp
            | Op::EndFinally
            | Op::RetMiss
            | Op::RetPeek
            | Op::RetOuter => {
                self.generic(instr)?;
                return Ok(true);
            }
            Op::Reply => {
                self.generic(instr)?;
                return Ok(a[2] & 8 != 0);
            }
            _ => {
                if !self.number(instr)? {
                    self.generic(instr)?;
                }
            }
        }
        Ok(false)
    }

    fn constant(&mut self, id: u32) -> Step<()> {
        let id = ConstId(id);
        match self
            .module
            .constant(id)
            .ok_or(term!("a constant that does not exist"))?
        {
            Constant::Empty => self.stack.push(Repr::Dyn, Loc::Empty)?,
            Constant::Bool(value) => self.stack.push(Repr::Bool, Loc::Bool(value))?,
            Constant::Int(value) => self.stack.push(Repr::I64, Loc::Int(value))?,
            Constant::Float(bits) => self.stack.push(Repr::F64, Loc::Float(bits))?,
            Constant::Char(value) => self
                .stack
                .push(Repr::Char, Loc::Int(i64::from(u32::from(value))))?,
            Constant::Sized { width: 8, bits } => self.stack.push(Repr::F64, Loc::Float(bits))?,
            Constant::Sized { bits, .. } => self.stack.push(Repr::I64, Loc::Int(bits as i64))?,
            _ => {
                let repr = match self.module.constant_kind(id) {
                    Some(ConstKind::Text) => Repr::Text,
                    Some(ConstKind::Bytes) => Repr::Bytes,
                    Some(ConstKind::List) => Repr::List,
                    Some(ConstKind::Tuple) => Repr::Ref,
                    Some(ConstKind::Record) => match self.module.constant(id) {
                        Some(Constant::Record { typedef, .. }) => {
                            Repr::Rec(RecType::of_typedef(typedef))
                        }
                        _ => Repr::Dyn,
                    },
                    _ => Repr::Dyn,
                };
                self.stack.spill(&mut self.emit);
                let keep = self.stack.entries.len();
                let at = self.destination(repr)?;
                let op = if repr.words() == 1 {
                    Rop::ConstTicket
                } else {
                    Rop::ConstPair
                };
                let word = self.emit.op(op as u16, at, 0, 0);
                self.emit.pair(id.0, 0);
                self.safepoint(word, keep, &[]);
                at
            }
        };
        Ok(())
    }

    fn swap(&mut self) -> Step<()> {
        self.stack.spill(&mut self.emit);
        let upper = self.stack.pop()?;
        let lower = self.stack.pop()?;
        // Both get registers of their own above the stack, then their new homes: the sizes may differ.
        let mut at = u32::from(upper.home) + upper.repr.words() * 8;
        let mut parked = [0u16; 2];
        for (slot, entry) in parked.iter_mut().zip([upper, lower]) {
            if entry.loc == Loc::Home {
                *slot = narrow(at)?;
                at += entry.repr.words() * 8;
                self.stack.reach(at)?;
                self.stack
                    .materialise(&mut self.emit, entry, entry.repr, *slot);
            }
        }
        for (slot, mut entry) in parked.into_iter().zip([upper, lower]) {
            if entry.loc == Loc::Home {
                let home = self.stack.push(entry.repr, Loc::Home)?;
                entry.loc = Loc::Alias(slot);
                self.stack
                    .materialise(&mut self.emit, entry, entry.repr, home);
            } else {
                self.stack.push(entry.repr, entry.loc)?;
            }
        }
        Ok(())
    }

    fn load_capture(&mut self, index: u32) -> Step<()> {
        let (ty, cell) = self
            .function
            .capture(index)
            .ok_or(term!("a capture that does not exist"))?;
        let repr = if cell { Repr::Ref } else { self.repr(ty)? };
        if cell && self.peek().is_some_and(|next| next.op == Op::CellGet) {
            if let Some(next) = self.peek() {
                self.next = next.next;
            }
            return self.load(Rop::LoadCapCell, Repr::Dyn, index);
        }
        self.load(
            if repr.words() == 2 {
                Rop::LoadCap
            } else {
                Rop::LoadCapTyped
            },
            repr,
            index,
        )
    }

    fn static_repr(&self, id: u32) -> Step<Repr> {
        let record = self
            .module
            .static_(StaticId(id))
            .ok_or(term!("a static that does not exist"))?;
        self.repr(record.ty)
    }

    fn store_static(&mut self, id: u32) -> Step<()> {
        let repr = self.static_repr(id)?;
        let index = u16::try_from(id).map_err(|_| term!("a static beyond 65,535"))?;
        let at = self.stack.operands(&mut self.emit, &[repr])?[0];
        self.stack.pop()?;
        let keep = self.stack.entries.len();
        match crate::world::static_tag(repr) {
            None => {
                let word = self.emit.op(Rop::StoreStatic as u16, 0, at, index);
                self.safepoint(word, keep, &[(repr, at)]);
            }
            Some(tag) => {
                let word = self.emit.op(Rop::StoreStaticTyped as u16, 0, at, index);
                self.emit.wide(tag);
                self.safepoint(word, keep, &[(repr, at)]);
            }
        }
        Ok(())
    }

    fn tag_top(&mut self, width: u32) -> Step<()> {
        if width != 0 {
            let want = if width == 8 { Repr::F64 } else { Repr::I64 };
            let from = self.stack.word(&mut self.emit, want)?;
            self.stack.pop()?;
            let at = self.destination(Repr::Dyn)?;
            self.emit.op(Rop::BoxSized as u16, at, from, width as u16);
            return Ok(());
        }
        let entry = self.stack.pop()?;
        let at = self.stack.push(Repr::Dyn, Loc::Home)?;
        self.stack.materialise(&mut self.emit, entry, Repr::Dyn, at);
        Ok(())
    }

    fn cast(&mut self, ty: u32) -> Step<()> {
        let repr = super::repr_of(self.module, ty)?;
        let from = self.stack.operands(&mut self.emit, &[Repr::Dyn])?[0];
        self.stack.pop()?;
        let keep = self.stack.entries.len();
        self.stack.forget();
        let at = self.destination(repr)?;
        // Basic types are tested by their whole tag; the rest, and numbers of a width, by the slow way.
        let simple = ty < TypeId::FIRST_TABLE;
        match crate::world::static_tag(repr) {
            Some(tag) if simple => {
                let word = self.emit.op(Rop::Untag as u16, at, from, tag as u16);
                self.safepoint(word, keep, &[(Repr::Dyn, from)]);
            }
            _ => {
                // A record type without arguments is known by its typedef alone.
                let record = match (repr, self.module.type_of(TypeId(ty))) {
                    (Repr::Rec(record), Some(Type::Named { args, .. })) if args.is_empty() => {
                        record.typedef()
                    }
                    _ => None,
                };
                let (op, typedef) = match record {
                    Some(typedef) => (Rop::CastRecord, typedef.0),
                    None => (Rop::CastType, 0),
                };
                let word = self.emit.op(op as u16, at, from, 0);
                self.emit.pair(ty, typedef);
                self.safepoint(word, keep, &[(Repr::Dyn, from)]);
            }
        }
        Ok(())
    }

    fn iter_next(&mut self, instr: &Instr) -> Step<()> {
        self.stack.flush(&mut self.emit);
        let iter = *self.stack.entries.last().ok_or(term!("no iteration"))?;
        let target = instr.target(1).ok_or(term!("a jump out of the code"))?;
        let keep = self.stack.entries.len();
        let first = self.stack.push(Repr::Dyn, Loc::Home)?;
        if instr.args[0] == 1 {
            self.stack.push(Repr::Dyn, Loc::Home)?;
        }
        let word = self.emit.op(Rop::IterNext as u16, first, iter.home, 0);
        self.emit.high_to(instr.args[0], target);
        self.safepoint(word, keep, &[]);
        Ok(())
    }

    pub(super) fn repr(&self, ty: TypeId) -> Step<Repr> {
        super::repr_of(self.module, ty.0)
    }

    /// The function record of a callee.
    pub(super) fn callee(&self, id: u32) -> Step<Function<'a>> {
        self.module
            .function(FuncId(id))
            .ok_or_else(|| said!("a function that does not exist"))
    }

    /// Representations of a typedef's fields.
    pub(super) fn field_reprs(&self, typedef: u32, tag: u32) -> Step<Vec<Repr>> {
        let case = self
            .module
            .case(TypedefId(typedef), tag)
            .ok_or(term!("a case that does not exist"))?;
        let mut reprs = Vec::new();
        let mut index = 0;
        while let Some(field) = case.field(index) {
            reprs.push(self.repr(field.ty)?);
            index += 1;
        }
        Ok(reprs)
    }

    /// Policies whose numbers are always finite and whose quotients are floats.
    pub(super) fn scripting(&self) -> bool {
        matches!(self.function.policy, Lang::Morph | Lang::Rhumb)
    }

    /// Tail calls act as call and return here: what the frame gives is not what the callee gives.
    pub(super) fn keeps_frame(&self) -> bool {
        self.function.flags
            & (function_flags::CTOR | function_flags::GENERATOR | function_flags::ASYNC)
            != 0
    }

    pub(super) fn import_kind(&self, id: u32) -> Step<ImportKind> {
        Ok(self
            .module
            .import(ImportId(id))
            .ok_or(term!("an import that does not exist"))?
            .kind)
    }
}
