//! First pass: decodes the code from 0 to its end, checks every immediate, finds where instructions and blocks begin
//! (rules 1–3 and the parts of rule 10 that count).

use super::check::{Checker, NIL, Node, get, refill, set};
use super::opcodes::{Class, Entry, LONG, Scan, hot};
use super::refusal::Step;
use super::{MAX_BLOCK, MAX_COMPLEXITY};
use isa::Op;

/// Flag of `reply`: the reply stands in tail position.
pub(super) const REPLY_TAIL: u32 = 8;

impl Checker<'_> {
    /// Fills `starts`, `leaders`, `ranks`, `nodes`.
    pub(super) fn scan(&mut self) -> Step {
        let code = self.code;
        let length = code.len() as u32;
        if length == 0 {
            return self.refuse(0, 3, || {
                (
                    said!("no code"),
                    said!("a last instruction that does not go on"),
                )
            });
        }
        // Code is at most 1 MiB here, so offsets and the sums below stay far from overflow.
        let words = code.len() / 64 + 1;
        if !refill(&mut self.starts, words, 0) || !refill(&mut self.leaders, words, 0) {
            return self.no_memory();
        }
        self.tables_seen.clear();
        self.instructions = 0;
        set(&mut self.leaders, 0);
        let entries = self.entries;
        let names = self.module.names();
        let mut at = 0;
        let mut last = 0;
        // The word of `starts` being filled.
        let (mut filled, mut filling) = (0, 0u64);
        while let Some(&byte) = code.get(at as usize) {
            let entry = &entries[usize::from(byte)];
            if entry.class == Class::Unknown {
                return self.refuse(at, 1, || {
                    (
                        said!("byte {}", format!("{byte:#04x}")),
                        said!("an instruction"),
                    )
                });
            }
            let word = at / 64;
            if word != filled {
                if let Some(starts) = self.starts.get_mut(filled as usize) {
                    *starts = filling;
                }
                (filled, filling) = (word, 0);
            }
            filling |= 1 << (at % 64);
            self.instructions += 1;
            last = at;
            if entry.hot & hot::FREE != 0 {
                at += 1;
                continue;
            }
            if entry.hot & hot::FREE_LONG != 0 {
                if at + LONG > length {
                    return self.cut_off(entry, at);
                }
                at += LONG;
                continue;
            }
            if entry.hot & hot::LOCAL != 0 {
                if at + LONG > length {
                    return self.cut_off(entry, at);
                }
                let local = self.word(at);
                if local as usize >= self.slots.len() {
                    return self.refuse(at, 2, || {
                        (
                            said!("local {}", local),
                            said!("a number below {}", self.slots.len()),
                        )
                    });
                }
                at += LONG;
                continue;
            }
            let next = at + u32::from(entry.size);
            if next > length {
                return self.cut_off(entry, at);
            }
            match entry.scan {
                Scan::Free | Scan::Local => {}
                Scan::Name => {
                    let name = self.word(at);
                    if name >= names {
                        return self.refuse(at, 2, || {
                            (said!("name {}", name), said!("a number below {}", names))
                        });
                    }
                    at += LONG;
                    continue;
                }
                Scan::Jump => {
                    self.mark(at, i64::from(next) + i64::from(self.word(at).cast_signed()))?
                }
                Scan::Each => {
                    self.place(entry.op, at)?;
                    self.immediates(entry, at, next)?;
                }
            }
            if entry.ends {
                set(&mut self.leaders, next as usize);
            }
            at = next;
        }
        if let Some(starts) = self.starts.get_mut(filled as usize) {
            *starts = filling;
        }
        self.last_stops(last)?;
        self.all_leaders_start(length)?;
        self.cut(length)
    }

    #[cold]
    #[inline(never)]
    fn cut_off<T>(&self, entry: &Entry, at: u32) -> Step<T> {
        self.refuse(at, 1, || {
            (
                said!("`{}` cut off by the end of the code", entry.op.info().name),
                said!("its operands"),
            )
        })
    }

    /// A jump from `at` to `target`, which begins a block.
    pub(super) fn mark(&mut self, at: u32, target: i64) -> Step {
        if target < 0 || target >= self.code.len() as i64 {
            return self.refuse(at, 3, || {
                (
                    said!("target {}", target),
                    said!("an offset below {}", self.code.len()),
                )
            });
        }
        set(&mut self.leaders, target as usize);
        Ok(())
    }

    /// The targets of a table, once per table.
    pub(super) fn mark_table(&mut self, at: u32, table: u32, texts: bool) -> Step {
        if get(&self.tables_seen, table as usize) {
            return Ok(());
        }
        let words = table as usize / 64 + 1;
        if self.tables_seen.len() < words {
            if self.tables_seen.try_reserve(words).is_err() {
                return self.no_memory();
            }
            self.tables_seen.resize(words, 0);
        }
        set(&mut self.tables_seen, table as usize);
        let function = self.function;
        if texts {
            for (_, target) in function.text_table(table).into_iter().flatten() {
                self.spend(1)?;
                self.mark(at, target.into())?;
            }
        } else {
            for target in function.jump_table(table).into_iter().flatten() {
                self.spend(1)?;
                self.mark(at, target.into())?;
            }
        }
        Ok(())
    }

    fn last_stops(&self, last: u32) -> Step {
        let Some(entry) = self
            .code
            .get(last as usize)
            .map(|byte| &self.entries[usize::from(*byte)])
        else {
            return Ok(());
        };
        let falls = if entry.op == Op::Reply {
            self.operands(entry, last)[2] & REPLY_TAIL == 0
        } else {
            entry.op.info().falls_through()
        };
        if falls {
            return self.refuse(last, 3, || {
                (
                    said!("`{}` as the last instruction", entry.op.info().name),
                    said!("one that does not go on"),
                )
            });
        }
        Ok(())
    }

    /// Every block begins where an instruction does; if not, finds the jump to blame.
    fn all_leaders_start(&mut self, length: u32) -> Step {
        // The bit at `length` may be set by the last instruction, which does not go on.
        if let Some(word) = self.leaders.get_mut(length as usize / 64) {
            *word &= !(1 << (length % 64));
        }
        if self
            .leaders
            .iter()
            .zip(&self.starts)
            .all(|(leaders, starts)| leaders & !starts == 0)
        {
            return Ok(());
        }
        let mut at = 0;
        while at < length {
            let Some(entry) = self
                .code
                .get(at as usize)
                .map(|byte| &self.entries[usize::from(*byte)])
            else {
                break;
            };
            let wrong = self
                .targets(at)
                .find(|target| !get(&self.starts, *target as usize));
            if let Some(target) = wrong {
                return self.refuse(at, 3, || {
                    (
                        said!("target {} inside an instruction", target),
                        said!("the start of an instruction"),
                    )
                });
            }
            at += u32::from(entry.size);
        }
        self.refuse(0, 3, || {
            (
                said!("a target inside an instruction"),
                said!("the start of an instruction"),
            )
        })
    }

    /// Where the instruction at `at` jumps to, if it has a jump operand.
    #[inline]
    pub(super) fn jump_target(&self, at: u32) -> Option<u32> {
        let entry = &self.entries[usize::from(*self.code.get(at as usize)?)];
        let operand = match entry.op {
            Op::Jump | Op::JumpIf | Op::JumpIfNot => 0,
            Op::IterNext | Op::PushTry => 1,
            _ => return None,
        };
        let next = i64::from(at) + i64::from(entry.size);
        u32::try_from(next + i64::from(self.operands(entry, at)[operand].cast_signed())).ok()
    }

    /// Where the instruction at `at` may jump to.
    pub(super) fn targets(&self, at: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        let Some(byte) = self.code.get(at as usize) else {
            return Box::new(std::iter::empty());
        };
        let entry = &self.entries[usize::from(*byte)];
        let args = self.operands(entry, at);
        match entry.op {
            Op::Switch | Op::SwitchTag => {
                Box::new(self.function.jump_table(args[0]).into_iter().flatten())
            }
            Op::SwitchText => Box::new(
                self.function
                    .text_table(args[0])
                    .into_iter()
                    .flatten()
                    .map(|(_, target)| target),
            ),
            _ => Box::new(self.jump_target(at).into_iter()),
        }
    }

    /// Splits long blocks and makes the list of blocks.
    fn cut(&mut self, length: u32) -> Step {
        // A block has at least one byte per instruction, so short code has no long block.
        if length > MAX_BLOCK {
            self.split();
        }
        let count: u64 = self
            .leaders
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum();
        let per_block = self.slots.len() as u64 + u64::from(self.function.max_stack);
        if count * per_block > MAX_COMPLEXITY {
            return self.too_complex(|| {
                said!(
                    "{} blocks of {} locals and stack positions",
                    count,
                    per_block
                )
            });
        }
        self.ranks.clear();
        self.nodes.clear();
        if self.ranks.try_reserve(self.leaders.len()).is_err()
            || self.nodes.try_reserve(count as usize).is_err()
        {
            return self.no_memory();
        }
        for (index, word) in self.leaders.iter().enumerate() {
            self.ranks.push(self.nodes.len() as u32);
            let mut bits = *word;
            while bits != 0 {
                let start = index as u32 * 64 + bits.trailing_zeros();
                if let Some(before) = self.nodes.last_mut() {
                    before.end = start;
                }
                self.nodes.push(Node {
                    start,
                    end: length,
                    last: start,
                    stack: 0,
                    height: 0,
                    region: NIL,
                    opens: NIL,
                    cost: 0,
                    reached: false,
                    head: false,
                    falls: false,
                });
                bits &= bits - 1;
            }
        }
        Ok(())
    }

    /// A block ends after [`MAX_BLOCK`] instructions.
    fn split(&mut self) {
        let mut in_block = 0;
        for index in 0..self.starts.len() {
            let (Some(&starts), Some(leaders)) =
                (self.starts.get(index), self.leaders.get_mut(index))
            else {
                return;
            };
            if *leaders == 0 && in_block + starts.count_ones() <= MAX_BLOCK {
                in_block += starts.count_ones();
                continue;
            }
            let mut bits = starts;
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                if *leaders & bit != 0 {
                    in_block = 0;
                } else if in_block == MAX_BLOCK {
                    *leaders |= bit;
                    in_block = 0;
                }
                in_block += 1;
                bits &= bits - 1;
            }
        }
    }

    /// The block that begins at `offset`.
    #[inline]
    pub(super) fn block_at(&self, offset: u32) -> usize {
        let word = offset as usize / 64;
        let below =
            self.leaders.get(word).copied().unwrap_or_default() & ((1 << (offset % 64)) - 1);
        self.ranks.get(word).copied().unwrap_or_default() as usize + below.count_ones() as usize
    }
}
