//! The virtual stack: what each position holds, and how it gets into a register.

use fzb::view::Repr;
use fzb::{Phrase, said, term};

use super::emitter::Emitter;
use super::layout::{Layout, narrow};
use super::maps::Live;
use crate::exec::ops::Rop;
use crate::value::tag;
use crate::world::static_tag;

/// Where a stack position's value is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Loc {
    /// In its home register.
    Home,
    /// In another register, which keeps it until it is overwritten (a local, a hidden register).
    Alias(u16),
    /// A constant integer.
    Int(i64),
    /// A constant float, by bits.
    Float(u64),
    /// A constant truth value.
    Bool(bool),
    /// Empty.
    Empty,
    /// The empty list.
    Nil,
    /// The integer accumulator.
    IntAcc,
    /// The float accumulator.
    FloatAcc,
}

/// A stack position.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// How its value is held.
    pub repr: Repr,
    /// Byte offset of its home.
    pub home: u16,
    /// Where the value is now.
    pub loc: Loc,
}

impl Entry {
    /// Register that holds it, if one does.
    pub fn register(&self) -> Option<u16> {
        match self.loc {
            Loc::Home => Some(self.home),
            Loc::Alias(at) => Some(at),
            _ => None,
        }
    }
    /// Is it held as a tagged pair in a register?
    pub fn is_pair(&self) -> bool {
        self.repr.words() == 2
    }
}

/// The virtual stack of one function.
pub struct Stack {
    /// The entries, deepest first.
    pub entries: Vec<Entry>,
    /// Which locals (parameters included) are assigned here.
    pub assigned: Vec<bool>,
    /// A local that the instruction under translation assigns first: at its own safepoint nothing is in it yet.
    pub fresh: Option<usize>,
    /// Offset of the register that the integer accumulator mirrors.
    pub int_mirror: Option<u16>,
    /// The same for the float accumulator.
    pub float_mirror: Option<u16>,
    /// Highest byte used so far.
    pub top: u32,
    /// First byte of the temporaries.
    pub temps: u32,
}

impl Stack {
    /// An empty stack above the locals.
    pub fn new(layout: &Layout) -> Stack {
        Stack {
            entries: Vec::new(),
            assigned: vec![false; layout.locals.len()],
            fresh: None,
            int_mirror: None,
            float_mirror: None,
            top: layout.temps,
            temps: layout.temps,
        }
    }

    /// Byte offset of the home of the next position.
    pub fn next_home(&self) -> u32 {
        self.entries.last().map_or(self.temps, |entry| {
            u32::from(entry.home) + entry.repr.words() * 8
        })
    }

    /// Pushes an entry; its home.
    pub fn push(&mut self, repr: Repr, loc: Loc) -> Result<u16, Phrase> {
        let at = self.next_home();
        let home = narrow(at)?;
        self.entries.push(Entry { repr, home, loc });
        self.reach(at + repr.words() * 8)?;
        Ok(home)
    }

    /// Notes that registers up to a byte offset are used.
    pub fn reach(&mut self, end: u32) -> Result<(), Phrase> {
        if end > 0 {
            narrow(end - 1)?;
        }
        self.top = self.top.max(end);
        Ok(())
    }

    /// Pops an entry.
    pub fn pop(&mut self) -> Result<Entry, Phrase> {
        self.entries
            .pop()
            .ok_or_else(|| said!("the virtual stack is empty"))
    }

    /// Notes what is live at this place: assigned locals, hidden registers, the entries below `keep`, and operands where
    /// they were put. False if the host has no memory for it.
    pub fn note(
        &self,
        layout: &Layout,
        keep: usize,
        operands: &[(Repr, u16)],
        live: &mut Live,
    ) -> bool {
        let most = layout.locals.len() + layout.hidden.len() + keep + operands.len();
        if !live.begin(most) {
            return false;
        }
        let mut note = |repr: Repr, at: u16| {
            if repr.words() == 2 {
                live.pairs.push(at / 8);
            } else if repr.is_ticket() {
                live.tickets.push(at / 8);
            }
        };
        for (index, (repr, at)) in layout.locals.iter().enumerate() {
            let holds = self.assigned[index] && self.fresh != Some(index);
            if (index as u32) < layout.params || holds {
                note(*repr, *at);
            }
        }
        for at in layout.hidden {
            if at != u16::MAX {
                note(Repr::Dyn, at);
            }
        }
        for entry in self.entries.iter().take(keep) {
            if entry.loc == Loc::Home {
                note(entry.repr, entry.home);
            }
        }
        for (repr, at) in operands {
            note(*repr, *at);
        }
        live.sort();
        true
    }

    /// Forgets what the accumulators mirror.
    pub fn forget(&mut self) {
        self.int_mirror = None;
        self.float_mirror = None;
    }

    /// A register was overwritten.
    pub fn overwritten(&mut self, at: u16) {
        if self.int_mirror == Some(at) {
            self.int_mirror = None;
        }
        if self.float_mirror == Some(at) {
            self.float_mirror = None;
        }
    }

    /// Writes an entry that is in the integer accumulator to its home: the accumulator is about to change.
    pub fn spill_int(&mut self, emitter: &mut Emitter) {
        for entry in &mut self.entries {
            if entry.loc == Loc::IntAcc {
                emitter.spill_int(entry.home);
                entry.loc = Loc::Home;
            }
        }
        self.int_mirror = None;
    }

    /// The same for the float accumulator.
    pub fn spill_float(&mut self, emitter: &mut Emitter) {
        for entry in &mut self.entries {
            if entry.loc == Loc::FloatAcc {
                emitter.spill_float(entry.home);
                entry.loc = Loc::Home;
            }
        }
        self.float_mirror = None;
    }

    /// Both accumulators are about to be lost.
    pub fn spill(&mut self, emitter: &mut Emitter) {
        self.spill_int(emitter);
        self.spill_float(emitter);
    }

    /// Puts entry `index` into its home.
    pub fn home(&mut self, emitter: &mut Emitter, index: usize) {
        let entry = self.entries[index];
        if entry.loc != Loc::Home {
            self.materialise(emitter, entry, entry.repr, entry.home);
            self.entries[index].loc = Loc::Home;
        }
    }

    /// Puts all entries into their homes.
    pub fn flush(&mut self, emitter: &mut Emitter) {
        for index in 0..self.entries.len() {
            self.home(emitter, index);
        }
    }

    /// Entries that are aliases of a register get their own copy: it is about to be overwritten.
    pub fn unalias(&mut self, emitter: &mut Emitter, at: u16) {
        for index in 0..self.entries.len() {
            if self.entries[index].loc == Loc::Alias(at) {
                self.home(emitter, index);
            }
        }
    }

    /// Writes an entry's value at byte offset `at`, held as `want`: its own representation, or tagged.
    pub fn materialise(&mut self, emitter: &mut Emitter, entry: Entry, want: Repr, at: u16) {
        self.overwritten(at);
        if want.words() == 1 {
            match entry.loc {
                Loc::Home | Loc::Alias(_) => {
                    let from = entry.register().unwrap_or(entry.home);
                    if from != at {
                        emitter.op(Rop::Mov as u16, at, from, 0);
                    }
                }
                Loc::Int(value) => self.load(emitter, at, value as u64),
                Loc::Float(bits) => self.load(emitter, at, bits),
                Loc::Bool(value) => self.load(emitter, at, value as u64),
                Loc::Empty | Loc::Nil => self.load(emitter, at, 0),
                Loc::IntAcc => emitter.spill_int(at),
                Loc::FloatAcc => emitter.spill_float(at),
            }
            return;
        }
        self.overwritten(at + 8);
        match entry.loc {
            Loc::Home | Loc::Alias(_) => {
                let from = entry.register().unwrap_or(entry.home);
                match static_tag(entry.repr) {
                    None if from != at => {
                        emitter.op(Rop::Mov2 as u16, at, from, 0);
                    }
                    None => {}
                    Some(tag) => {
                        emitter.op(Rop::Tag as u16, at, from, tag as u16);
                    }
                }
            }
            Loc::Int(value) => self.load2(
                emitter,
                at,
                static_tag(entry.repr).unwrap_or(tag::I64),
                value as u64,
            ),
            Loc::Float(bits) => self.load2(emitter, at, tag::F64, bits),
            Loc::Bool(value) => self.load2(emitter, at, tag::BOOL, value as u64),
            Loc::Empty => self.load2(emitter, at, tag::EMPTY, 0),
            Loc::Nil => self.load2(emitter, at, tag::LIST, 0),
            Loc::IntAcc => {
                emitter.spill_int(at + 8);
                let tag = static_tag(entry.repr).unwrap_or(tag::I64);
                emitter.op(Rop::Tag as u16, at, at + 8, tag as u16);
            }
            Loc::FloatAcc => {
                emitter.spill_float(at + 8);
                emitter.op(Rop::Tag as u16, at, at + 8, tag::F64 as u16);
            }
        }
    }

    fn load(&mut self, emitter: &mut Emitter, at: u16, value: u64) {
        if let Ok(small) = i16::try_from(value as i64) {
            emitter.op(Rop::LoadSmall as u16, at, small as u16, 0);
        } else {
            emitter.op(Rop::LoadWide as u16, at, 0, 0);
            emitter.wide(value);
        }
    }

    fn load2(&mut self, emitter: &mut Emitter, at: u16, tag: u64, value: u64) {
        if let Ok(small) = i16::try_from(value as i64) {
            emitter.op(Rop::LoadSmall2 as u16, at, small as u16, tag as u16);
        } else {
            emitter.op(Rop::LoadWide2 as u16, at, 0, tag as u16);
            emitter.wide(value);
        }
    }

    /// Puts the topmost `wants.len()` entries one behind the other, each held as wanted; the first one's offset. They stay
    /// on the stack; what follows pops them.
    pub fn window(&mut self, emitter: &mut Emitter, wants: &[Repr]) -> Result<u16, Phrase> {
        self.spill(emitter);
        let first = self
            .entries
            .len()
            .checked_sub(wants.len())
            .ok_or(term!("too few operands"))?;
        let base = match self.entries.get(first) {
            Some(entry) => u32::from(entry.home),
            None => self.next_home(),
        };
        let mut targets = Vec::with_capacity(wants.len());
        let mut at = base;
        for want in wants {
            targets.push(narrow(at)?);
            at += want.words() * 8;
        }
        self.reach(at)?;
        // A tagged operand takes no less room than its entry, so targets never lie below homes: going from the last to
        // the first overwrites nothing that is still needed.
        for index in (0..wants.len()).rev() {
            let entry = self.entries[first + index];
            self.materialise(emitter, entry, wants[index], targets[index]);
            self.entries[first + index].loc = Loc::Alias(targets[index]);
        }
        narrow(base)
    }

    /// Registers of the topmost operands, each held as wanted, left where they are if possible; else as a window.
    pub fn operands(&mut self, emitter: &mut Emitter, wants: &[Repr]) -> Result<Vec<u16>, Phrase> {
        self.spill(emitter);
        let first = self
            .entries
            .len()
            .checked_sub(wants.len())
            .ok_or(term!("too few operands"))?;
        let mut in_place = true;
        for (index, want) in wants.iter().enumerate() {
            let entry = self.entries[first + index];
            let grows = want.words() > entry.repr.words();
            let blocked = self
                .entries
                .get(first + index + 1)
                .is_some_and(|next| next.loc == Loc::Home);
            if grows && blocked {
                in_place = false;
            }
        }
        if !in_place {
            let base = self.window(emitter, wants)?;
            let mut at = u32::from(base);
            let mut offsets = Vec::with_capacity(wants.len());
            for want in wants {
                offsets.push(narrow(at)?);
                at += want.words() * 8;
            }
            return Ok(offsets);
        }
        // Constants and words that need a tag are made at homes, the last first: a pair at a home may reach into the home
        // of the next one, which is then no longer needed there or was made at a place of its own.
        let mut offsets = vec![0; wants.len()];
        let mut fresh = self.next_home();
        for index in (0..wants.len()).rev() {
            let entry = self.entries[first + index];
            let want = wants[index];
            if let Some(at) = entry.register()
                && entry.repr.words() == want.words()
            {
                offsets[index] = at;
                continue;
            }
            let at = narrow(fresh)?;
            fresh += want.words() * 8;
            self.reach(fresh)?;
            self.materialise(emitter, entry, want, at);
            offsets[index] = at;
        }
        Ok(offsets)
    }

    /// One word register of the topmost entry.
    pub fn word(&mut self, emitter: &mut Emitter, repr: Repr) -> Result<u16, Phrase> {
        Ok(self.operands(emitter, &[repr])?[0])
    }
}
