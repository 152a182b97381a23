//! The register code being made, with its side tables.

use super::maps::Maps;
use crate::code::{Origin, Safepoint, Word};
use crate::exec::ops::{self, Rop};
use fzb::{Phrase, Term, term};

/// The refusal that says nothing about the function: the host has no memory to translate it.
pub const NO_MEMORY: Term = Term::NONE;

/// What a patch puts into a word once all blocks have their places.
#[derive(Clone, Copy)]
enum Patch {
    /// `c` := words from the address `words` behind it.
    Short { words: u32 },
    /// The whole word: signed offset from the word behind it.
    Far,
    /// High half of the word: signed offset from the word behind it.
    High,
}

/// Register code in the making.
pub struct Emitter {
    /// The code so far.
    pub words: Vec<Word>,
    /// First words of the instructions so far.
    pub starts: Vec<u32>,
    /// Origins so far.
    pub origins: Vec<Origin>,
    /// Safepoints so far.
    pub safepoints: Vec<Safepoint>,
    /// Stack maps so far.
    pub maps: Maps,
    /// Why the stack maps are not all there, which makes the code useless.
    pub failed: Option<Term>,
    /// Offset of each block in the file's code, ascending, and its first word.
    blocks: Vec<(u32, u32)>,
    patches: Vec<(u32, Patch, u32)>,
    /// Offset of the file instruction being translated.
    pub pc: u32,
}

impl Emitter {
    /// No code yet, with room for that of so many instructions and blocks; all stack maps together may take `map_bound`
    /// bytes.
    pub fn new(instructions: usize, blocks: usize, map_bound: usize) -> Emitter {
        Emitter {
            // Of every three instructions two become one word or none.
            words: Vec::with_capacity(instructions + blocks),
            starts: Vec::with_capacity(instructions + blocks),
            origins: Vec::with_capacity(instructions + blocks),
            safepoints: Vec::with_capacity(instructions / 2 + blocks),
            maps: Maps::new(map_bound),
            failed: None,
            blocks: Vec::with_capacity(blocks),
            patches: Vec::with_capacity(2 * blocks),
            pc: 0,
        }
    }

    /// The code that follows is that of the block at that offset in the file's code. Blocks come in ascending order.
    pub fn begin_block(&mut self, offset: u32) {
        self.blocks.push((offset, self.at()));
    }

    /// First word of a block.
    pub fn block(&self, offset: u32) -> Option<u32> {
        let at = self.blocks.binary_search_by_key(&offset, |block| block.0);
        at.ok()
            .and_then(|at| self.blocks.get(at))
            .map(|block| block.1)
    }

    /// Index of the next word.
    pub fn at(&self) -> u32 {
        self.words.len() as u32
    }

    /// Emits an instruction's first word; its index.
    pub fn op(&mut self, op: u16, a: u16, b: u16, c: u16) -> u32 {
        if self
            .origins
            .last()
            .is_none_or(|origin| origin.pc != self.pc)
        {
            self.origins.push(Origin {
                word: self.at(),
                pc: self.pc,
            });
        }
        self.starts.push(self.at());
        self.words.push(Word::new(op, a, b, c));
        self.at() - 1
    }

    /// Writes the integer accumulator to a register. The operation just emitted stores its result itself if it can.
    pub fn spill_int(&mut self, at: u16) {
        if !self.store_last(at, ops::int_binary_storing) {
            self.op(Rop::SpillInt as u16, at, 0, 0);
        }
    }

    /// The same for the float accumulator.
    pub fn spill_float(&mut self, at: u16) {
        if !self.store_last(at, ops::float_binary_storing) {
            self.op(Rop::SpillFloat as u16, at, 0, 0);
        }
    }

    fn store_last(&mut self, at: u16, storing: fn(u16) -> Option<u16>) -> bool {
        let last = self
            .starts
            .last()
            .and_then(|start| self.words.get_mut(*start as usize));
        match last {
            Some(word) if let Some(op) = storing(word.op) => {
                word.op = op;
                word.a = at;
                true
            }
            _ => false,
        }
    }

    /// Emits a wide immediate.
    pub fn wide(&mut self, value: u64) {
        self.words.push(Word::wide(value));
    }

    /// Emits a wide immediate of two halves.
    pub fn pair(&mut self, low: u32, high: u32) {
        self.wide(u64::from(low) | u64::from(high) << 32);
    }

    /// What was noted last in `maps` is live at the instruction that begins at `word`; `top` is the first register word
    /// that is free. `noted`: false if the host had no memory to note it.
    pub fn safepoint(&mut self, word: u32, noted: bool, top: u32) {
        let map = if noted {
            self.maps.index()
        } else {
            Err(NO_MEMORY)
        };
        match map {
            Ok(map) => self.safepoints.push(Safepoint { word, map, top }),
            Err(why) => self.failed = Some(why),
        }
    }

    /// `c` of the word at `word` leads to the block at `target`; offsets count from `words` words behind it.
    pub fn jump_to(&mut self, word: u32, words: u32, target: u32) {
        self.patches.push((word, Patch::Short { words }, target));
    }

    /// The word about to be emitted leads to the block at `target`.
    pub fn far_to(&mut self, target: u32) {
        self.patches.push((self.at(), Patch::Far, target));
        self.wide(0);
    }

    /// The high half of the word about to be emitted leads to the block at `target`; `low` is its low half.
    pub fn high_to(&mut self, low: u32, target: u32) {
        self.patches.push((self.at(), Patch::High, target));
        self.pair(low, 0);
    }

    /// Fills in all jumps.
    pub fn patch(&mut self) -> Result<(), Phrase> {
        for (word, patch, target) in std::mem::take(&mut self.patches) {
            let to = i64::from(
                self.block(target)
                    .ok_or(term!("a jump to a place that is no block"))?,
            );
            let slot = &mut self.words[word as usize];
            match patch {
                Patch::Short { words } => {
                    let offset = i16::try_from(to - i64::from(word + words))
                        .map_err(|_| term!("a jump is too far"))?;
                    slot.c = offset as u16;
                }
                Patch::Far => *slot = Word::wide((to - i64::from(word + 1)) as u64),
                Patch::High => {
                    let offset = i32::try_from(to - i64::from(word + 1))
                        .map_err(|_| term!("a jump is too far"))?;
                    let low = slot.as_wide() as u32;
                    *slot = Word::wide(u64::from(low) | u64::from(offset as u32) << 32);
                }
            }
        }
        Ok(())
    }
}
