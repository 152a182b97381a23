//! Second pass: types of the stack and open regions, block by block (rules 4, 6, 8, 9 and the stores of rule 5).
//!
//! Blocks are walked in the order of their offsets; one whose entry state changed after it was walked is walked again in
//! the next sweep. Code without backward edges is thus walked once. A block's entry changes at most twice per stack
//! position (`fn` to `ref` to `dyn`), and all walks together are bounded by [`super::WORK_PER_BYTE`].

use super::MAX_ENTRY_TYPES;
use super::check::{Checker, GROUND, NIL, Open, get, refill, set};
use super::opcodes::{Class, Entry, LONG, hot};
use super::refusal::Step;
use super::state::{self, ANY, Mask, Ty};
use crate::phrase::Phrase;

impl Checker<'_> {
    /// Walks until nothing changes.
    pub(super) fn walk(&mut self) -> Step {
        self.types.clear();
        self.regions.clear();
        self.open_total = 0;
        self.max_stack = self.function.max_stack as usize;
        self.leaf = self.instructions <= super::MAX_LEAF;
        self.height_reached = 0;
        self.row = (self.function.locals as usize).div_ceil(64);
        let blocks = self.nodes.len();
        let positions = self.max_stack + GROUND + 1;
        if self.stack.len() < positions && !refill(&mut self.stack, positions, Ty::DYN) {
            return self.no_memory();
        }
        let rows = blocks * self.row;
        self.spend(rows as u64 / 8)?;
        if !refill(&mut self.dirty, blocks / 64 + 1, 0)
            || !refill(&mut self.stored, rows, 0)
            || !refill(&mut self.wanted, rows, 0)
        {
            return self.no_memory();
        }
        if let Some(first) = self.nodes.first_mut() {
            first.reached = true;
        }
        set(&mut self.dirty, 0);
        loop {
            let mut word = 0;
            let mut walked = false;
            while word < self.dirty.len() {
                let bits = self.dirty.get(word).copied().unwrap_or_default();
                if bits == 0 {
                    word += 1;
                    continue;
                }
                // A walk may mark blocks before this one in the same word; they wait for the next sweep only if they
                // lie in an earlier word. Either order ends, since states only rise.
                let index = word * 64 + bits.trailing_zeros() as usize;
                if let Some(word) = self.dirty.get_mut(word) {
                    *word &= bits - 1;
                }
                self.block(index)?;
                walked = true;
            }
            if !walked {
                return Ok(());
            }
        }
    }

    fn block(&mut self, index: usize) -> Step {
        let Some(&node) = self.nodes.get(index) else {
            return Ok(());
        };
        self.sp = node.height as usize;
        let entry_stack = self
            .types
            .get(node.stack as usize..node.stack as usize + self.sp)
            .unwrap_or_default();
        for (to, from) in self.stack.iter_mut().skip(GROUND).zip(entry_stack) {
            *to = *from;
        }
        self.enter_region(node.region);
        let code = self.code;
        let entries = self.entries;
        let (mut at, mut last, mut cost, mut count) = (node.start, node.start, 0u32, 0u64);
        let mut falls = true;
        let mut leaves = false;
        // Only a block's last instruction changes the floor.
        let (mut sp, floor, max) = (self.sp, self.floor, self.max_stack);
        let mut reached = sp;
        while at < node.end {
            let Some(&byte) = code.get(at as usize) else {
                break;
            };
            let entry = &entries[usize::from(byte)];
            last = at;
            // The height is kept in a variable as long as only the arms here need it.
            if entry.hot & hot::LOAD != 0 {
                let local = self.word(at) as usize;
                let ty = self.load(index, local);
                if sp >= max {
                    return self.at_height(sp).push(at, ty);
                }
                self.stack[sp + GROUND] = ty;
                sp += 1;
                at += LONG;
            } else if entry.hot & hot::PLAIN21 != 0 {
                let top = self.stack[sp + GROUND - 1];
                let below = &mut self.stack[sp + GROUND - 2];
                let wrong = entry.masks[0] >> below.kind() & 1 == 0
                    || entry.masks[1] >> top.kind() & 1 == 0;
                if sp < floor + 2 || wrong {
                    return self.at_height(sp).plain(entry, at);
                }
                *below = entry.left[0];
                sp -= 1;
                at += 1;
            } else if entry.hot & hot::PLAIN01 != 0 {
                if sp >= max {
                    return self.at_height(sp).plain(entry, at);
                }
                self.stack[sp + GROUND] = entry.left[0];
                sp += 1;
                at += 1;
            } else if entry.hot & hot::PLAIN01_LONG != 0 {
                if sp >= max {
                    return self.at_height(sp).plain(entry, at);
                }
                self.stack[sp + GROUND] = entry.left[0];
                sp += 1;
                at += LONG;
            } else if entry.hot & hot::STORE != 0 {
                let local = self.word(at) as usize;
                let found = self.stack[sp + GROUND - 1];
                let declared = self.slots.get(local).copied().unwrap_or(Ty::DYN);
                if sp <= floor || !found.fits(declared) {
                    return self.at_height(sp).store(at, local, declared);
                }
                sp -= 1;
                self.assign(index, local);
                at += LONG;
            } else if entry.hot & hot::PLAIN11 != 0 {
                let top = &mut self.stack[sp + GROUND - 1];
                if sp <= floor || entry.masks[0] >> top.kind() & 1 == 0 {
                    return self.at_height(sp).plain(entry, at);
                }
                *top = entry.left[0];
                at += 1;
            } else if entry.hot & hot::PLAIN11_LONG != 0 {
                let top = &mut self.stack[sp + GROUND - 1];
                if sp <= floor || entry.masks[0] >> top.kind() & 1 == 0 {
                    return self.at_height(sp).plain(entry, at);
                }
                *top = entry.left[0];
                at += LONG;
            } else if entry.hot & hot::POP != 0 {
                if sp <= floor {
                    return self.at_height(sp).underflow(at, 1);
                }
                sp -= 1;
                at += 1;
            } else if entry.hot & hot::PUSH != 0 {
                // In range and a value since the first pass.
                let ty = self.constant_type(self.word(at)).unwrap_or(Ty::DYN);
                if sp >= max {
                    return self.at_height(sp).push(at, ty);
                }
                self.stack[sp + GROUND] = ty;
                sp += 1;
                at += LONG;
            } else if entry.hot & hot::DUP != 0 {
                let top = self.stack[sp + GROUND - 1];
                if sp <= floor || sp >= max || top == Ty::TOK {
                    let ty = self.at_height(sp).take(at, ANY)?;
                    self.push(at, ty)?;
                    return self.push(at, ty);
                }
                self.stack[sp + GROUND] = top;
                sp += 1;
                at += 1;
            } else {
                match entry.class {
                    Class::Plain | Class::Plain01 | Class::Plain11 | Class::Plain21 => {
                        self.at_height(sp).plain(entry, at)?;
                        sp = self.sp;
                    }
                    Class::Special => {
                        falls = self.at_height(sp).special(index, entry, at)?;
                        sp = self.sp;
                    }
                    Class::Unknown
                    | Class::Load
                    | Class::Store
                    | Class::Pop
                    | Class::Dup
                    | Class::Push => {}
                }
                at += u32::from(entry.size);
            }
            reached = reached.max(sp);
            cost += u32::from(entry.cost);
            leaves |= entry.leaves;
            count += 1;
        }
        self.sp = sp;
        self.height_reached = self.height_reached.max(reached).max(sp);
        self.spend(count + 1)?;
        self.leaf &= !leaves;
        if let Some(node) = self.nodes.get_mut(index) {
            node.last = last;
            node.cost = cost;
            node.falls = falls;
        }
        if falls {
            self.flow(last, index + 1)?;
        }
        Ok(())
    }

    /// An instruction whose stack effect is fixed.
    #[inline(never)]
    pub(super) fn plain(&mut self, entry: &Entry, at: u32) -> Step {
        let pops = usize::from(entry.pops);
        if self.sp < self.floor + pops {
            return self.underflow(at, pops);
        }
        let base = self.sp - pops;
        for (ty, mask) in self.stack[base + GROUND..self.sp + GROUND]
            .iter()
            .zip(&entry.masks)
        {
            if mask >> ty.kind() & 1 == 0 {
                return self.misfit(at, *ty, *mask);
            }
        }
        let top = base + usize::from(entry.pushes);
        if top > self.max_stack {
            return self.overflow(at, top);
        }
        for (to, ty) in self.stack[base + GROUND..top + GROUND]
            .iter_mut()
            .zip(&entry.left)
        {
            *to = *ty;
        }
        self.sp = top;
        Ok(())
    }

    /// Notes that block `index` loads a local; gives its type.
    #[inline(always)]
    fn load(&mut self, index: usize, local: usize) -> Ty {
        // In range since the first pass.
        let ty = self.slots.get(local).copied().unwrap_or(Ty::DYN);
        if let Some(local) = local.checked_sub(self.function.params as usize) {
            let bit = index * self.row * 64 + local;
            if !get(&self.stored, bit) {
                set(&mut self.wanted, bit);
            }
        }
        ty
    }

    /// A store that the walk found wrong.
    #[cold]
    #[inline(never)]
    fn store(&mut self, at: u32, local: usize, declared: Ty) -> Step {
        self.take_declared(at, declared, 5, || said!("local {}", local))
    }

    /// With the height that the walk kept in a variable.
    #[inline(always)]
    fn at_height(&mut self, sp: usize) -> &mut Self {
        self.sp = sp;
        self
    }

    /// Notes that block `index` stores a local.
    pub(super) fn assign(&mut self, index: usize, local: usize) {
        if let Some(local) = local.checked_sub(self.function.params as usize) {
            set(&mut self.stored, index * self.row * 64 + local);
        }
    }

    #[inline(always)]
    pub(super) fn pop(&mut self, at: u32) -> Step<Ty> {
        if self.sp <= self.floor {
            return self.underflow(at, 1);
        }
        self.sp -= 1;
        Ok(self.stack[self.sp + GROUND])
    }

    /// Pops a type of which the mask has the kind.
    pub(super) fn take(&mut self, at: u32, mask: Mask) -> Step<Ty> {
        let ty = self.pop(at)?;
        if mask >> ty.kind() & 1 == 0 {
            return self.misfit(at, ty, mask);
        }
        Ok(ty)
    }

    /// Pops something that may stand where `declared` does, else breaks `rule`.
    pub(super) fn take_declared(
        &mut self,
        at: u32,
        declared: Ty,
        rule: u8,
        what: impl FnOnce() -> Phrase,
    ) -> Step {
        let ty = self.pop(at)?;
        if ty.fits(declared) {
            return Ok(());
        }
        let rule = if ty == Ty::TOK { 6 } else { rule };
        self.refuse(at, rule, || {
            (
                said!("{}", ty.shown()),
                said!("{} for {}", declared.shown(), what()),
            )
        })
    }

    /// Pops `count` values, each of which the mask must have.
    pub(super) fn take_many(&mut self, at: u32, count: u32, mask: Mask) -> Step {
        let count = count as usize;
        if self.sp - self.floor < count {
            return self.underflow(at, count);
        }
        self.spend(count as u64 / 16)?;
        let base = self.sp - count;
        if let Some(ty) = self.stack[base + GROUND..self.sp + GROUND]
            .iter()
            .find(|ty| mask >> ty.kind() & 1 == 0)
        {
            return self.misfit(at, *ty, mask);
        }
        self.sp = base;
        Ok(())
    }

    #[inline(always)]
    pub(super) fn push(&mut self, at: u32, ty: Ty) -> Step {
        if self.sp >= self.max_stack {
            return self.overflow(at, self.sp + 1);
        }
        self.stack[self.sp + GROUND] = ty;
        self.sp += 1;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn underflow<T>(&self, at: u32, wanted: usize) -> Step<T> {
        if self.sp < wanted {
            return self.refuse(at, 4, || {
                (
                    said!("stack underflow: height {}", self.sp),
                    said!("at least {}", wanted),
                )
            });
        }
        self.refuse(at, 6, || {
            (
                said!("{} operands at height {}", wanted, self.sp),
                said!(
                    "nothing taken from below height {}, where the try region began",
                    self.floor
                ),
            )
        })
    }

    #[cold]
    #[inline(never)]
    fn overflow<T>(&self, at: u32, height: usize) -> Step<T> {
        self.refuse(at, 4, || {
            (
                said!("stack height {}", height),
                said!("at most max_stack {}", self.max_stack),
            )
        })
    }

    #[cold]
    #[inline(never)]
    fn misfit<T>(&self, at: u32, found: Ty, mask: Mask) -> Step<T> {
        let rule = match mask {
            _ if found == Ty::TOK || mask == 1 << Ty::TOK.kind() => 6,
            ANY | state::TAGGED => 4,
            _ => 9,
        };
        self.refuse(at, rule, || {
            (said!("{}", found.shown()), state::shown(mask))
        })
    }

    /// Makes `region` the innermost open one.
    pub(super) fn enter_region(&mut self, region: u32) {
        self.region = region;
        self.floor = if region == NIL {
            0
        } else {
            self.regions
                .get(region as usize)
                .map_or(0, |open| open.height as usize)
        };
    }

    /// Control goes from the instruction at `from` to the block at offset `target` with the present state.
    pub(super) fn jump(&mut self, from: u32, target: u32) -> Step {
        let block = self.block_at(target);
        if target <= from {
            self.leaf = false;
            if let Some(node) = self.nodes.get_mut(block) {
                node.head = true;
            }
        }
        self.flow(from, block)
    }

    /// The present state flows into a block.
    pub(super) fn flow(&mut self, from: u32, block: usize) -> Step {
        let Some(&node) = self.nodes.get(block) else {
            return self.refuse(from, 3, || {
                (
                    said!("the end of the code"),
                    said!("an instruction to go on with"),
                )
            });
        };
        let here = &self.stack[GROUND..self.sp + GROUND];
        if !node.reached {
            let at = self.types.len();
            if at + here.len() > MAX_ENTRY_TYPES {
                return self.too_complex(|| {
                    said!("its blocks begin with too many stack positions together")
                });
            }
            if self.types.try_reserve(here.len()).is_err() {
                return self.no_memory();
            }
            self.types.extend_from_slice(here);
            if let Some(node) = self.nodes.get_mut(block) {
                node.reached = true;
                node.stack = at as u32;
                node.height = here.len() as u32;
                node.region = self.region;
            }
            set(&mut self.dirty, block);
            return Ok(());
        }
        if node.height as usize != here.len() {
            return self.refuse(from, 4, || {
                (
                    said!("stack height {} going to {}", here.len(), node.start),
                    said!("height {}, as on another path", node.height),
                )
            });
        }
        if node.region != self.region {
            return self.refuse(from, 6, || {
                (
                    said!("{} going to {}", self.region_shown(self.region), node.start),
                    said!("{}, as on another path", self.region_shown(node.region)),
                )
            });
        }
        let mut changed = false;
        let there = self
            .types
            .get_mut(node.stack as usize..)
            .unwrap_or_default();
        let mut clash = None;
        for (position, (there, here)) in there.iter_mut().zip(here).enumerate() {
            if there == here {
                continue;
            }
            match there.join(*here) {
                Some(joined) if joined != *there => {
                    *there = joined;
                    changed = true;
                }
                Some(_) => {}
                None => {
                    clash = Some((position, *here, *there));
                    break;
                }
            }
        }
        if let Some((position, here, there)) = clash {
            return self.refuse(from, 4, || {
                (
                    said!(
                        "{} at stack position {} going to {}",
                        here.shown(),
                        position,
                        node.start
                    ),
                    said!(
                        "{}, as on another path (box where representations meet)",
                        there.shown()
                    ),
                )
            });
        }
        if changed {
            set(&mut self.dirty, block);
        }
        self.spend(1 + here_cost(self.sp))
    }

    fn region_shown(&self, region: u32) -> Phrase {
        match self.regions.get(region as usize) {
            Some(Open { push_try, .. }) => said!("the try region of {}", *push_try),
            None => said!("no open try region"),
        }
    }
}

/// Work of comparing a stack at a join.
fn here_cost(height: usize) -> u64 {
    height as u64 / 16
}
