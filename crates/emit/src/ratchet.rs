//! Rhumb's label ratchet (rhumb.md §3.3): `.=` freezes a label for good, an assignment to a frozen label is a violation.
//!
//! Where every way to an assignment agrees on whether the label is frozen, the assignment is a plain store or a plain
//! violation. Where it does not, a hidden bool local remembers it. A violation is posted as `***(409; msg;
//! 'WriteViolation')`; if it is answered, the answer is the assignment's value and nothing is stored.
//!
//! Labels in cells and statics have their frozen bit at run time: `cell_store_r`, `store_static_r`.

use crate::assemble::Graph;
use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::item::{Instr, Item};
use crate::scope::Var;
use crate::variable::Place;
use fzb::tables::{StaticId, TypeId};
use fzb::view::Repr;
use isa::Op;
use std::collections::BTreeMap;

/// The message of a violation, as rhumb.md §3.3 words it.
const MESSAGE: &str = "cannot assign value to immutable label";
/// Rhumb's code of a violation.
const CODE: u32 = 409;

/// What is known of a label at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Frozen {
    No,
    Yes,
    Maybe,
}

impl Frozen {
    fn join(self, other: Frozen) -> Frozen {
        if self == other { self } else { Frozen::Maybe }
    }
}

impl FunctionBuilder<'_> {
    /// Gives a `dyn` local a ratchet; `frozen` says that its value may not be changed from the start (`.p` parameters).
    pub fn ratchet_local(&mut self, local: Local, frozen: bool) {
        if self.local_repr(local) != Some(Repr::Dyn) {
            return self.fail(EmitError::Invalid {
                what: "a ratchet for a local of type dyn",
            });
        }
        self.ratchets.insert(local, frozen);
    }

    fn ratchet(&mut self, local: Local, freeze: bool, store: bool) {
        if !self.ratchets.contains_key(&local) {
            return self.fail(EmitError::Invalid {
                what: "a local with a ratchet",
            });
        }
        if store {
            self.coerce(TypeId::DYN);
        }
        if self.state.is_some() {
            // A violation pushes its three arguments, with the answer in the value's place.
            self.items.push(Item::Ratchet {
                local,
                freeze,
                store,
                position: self.position,
            });
        }
    }

    /// Assigns the top to a local with a ratchet, and freezes it if asked; leaves the assignment's value.
    pub fn ratchet_store(&mut self, local: Local, freeze: bool) {
        self.ratchet(local, freeze, true);
    }

    /// Freezes a local with a ratchet as it is.
    pub fn ratchet_freeze(&mut self, local: Local) {
        self.ratchet(local, true, false);
    }

    /// Assigns the top to a variable: a local's ratchet, or the frozen bit of a cell. Leaves the assignment's value.
    pub fn ratchet_store_var(&mut self, var: Var, freeze: bool) {
        match self.places.get(&var).copied() {
            Some(Place::Local(local)) => {
                self.ratchets.entry(local).or_insert(false);
                self.ratchet_store(local, freeze);
            }
            Some(Place::Cell(_) | Place::CaptureCell(_)) => {
                self.dup();
                self.load_raw(var);
                self.swap();
                self.op(Op::CellStoreR, &[u32::from(freeze)]);
            }
            _ => self.fail(EmitError::Invalid {
                what: "a variable of this function that the scopes were told is assigned",
            }),
        }
    }

    /// Assigns the top to a static with its frozen bit; leaves the assignment's value.
    pub fn ratchet_store_static(&mut self, id: StaticId, freeze: bool) {
        self.dup();
        self.op(Op::StoreStaticR, &[id.0, u32::from(freeze)]);
    }

    /// Turns ratchets into code.
    pub(crate) fn expand_ratchets(&mut self) -> Result<(), EmitError> {
        if self.ratchets.is_empty() {
            return Ok(());
        }
        let graph = Graph::of(&self.items, &self.tables, self.labels.len());
        let index: BTreeMap<Local, usize> = self.ratchets.keys().copied().zip(0..).collect();
        let start: Vec<Frozen> = self
            .ratchets
            .values()
            .map(|frozen| if *frozen { Frozen::Yes } else { Frozen::No })
            .collect();
        let step = |state: &mut Vec<Frozen>, item: &Item| {
            let (local, frozen) = match item {
                Item::Ratchet {
                    local,
                    freeze: true,
                    ..
                } => (local, Frozen::Yes),
                Item::Declare(local) => (local, Frozen::No),
                _ => return,
            };
            if let Some(slot) = index.get(local).and_then(|at| state.get_mut(*at)) {
                *slot = frozen;
            }
        };
        let mut entry: Vec<Option<Vec<Frozen>>> = vec![None; graph.blocks.len()];
        if let Some(first) = entry.first_mut() {
            *first = Some(start);
        }
        let mut work = vec![0];
        while let Some(block) = work.pop() {
            let Some(Some(mut state)) = entry.get(block).cloned() else {
                continue;
            };
            for item in graph.items(&self.items, block) {
                step(&mut state, item);
            }
            let opens = graph.opens_try(&self.items, block);
            for (number, successor) in graph.successors(block).enumerate() {
                let mut state = state.clone();
                // A handler is entered from anywhere in its region, so what is not frozen yet may be by then. It is the
                // first successor of a block that opens a region.
                if opens && number == 0 {
                    for frozen in &mut state {
                        *frozen = frozen.join(Frozen::Yes);
                    }
                }
                let Some(there) = entry.get_mut(successor) else {
                    continue;
                };
                let joined = match there {
                    None => state,
                    Some(there) => there.iter().zip(&state).map(|(a, b)| a.join(*b)).collect(),
                };
                if there.as_ref() != Some(&joined) {
                    *there = Some(joined);
                    work.push(successor);
                }
            }
        }
        // Which labels need a flag: those that are assigned where it is not known.
        let mut found = Vec::new();
        let mut flags: BTreeMap<Local, Option<Local>> = BTreeMap::new();
        for (block, state) in entry.iter().enumerate() {
            let Some(mut state) = state.clone() else {
                continue;
            };
            let range = graph.blocks.get(block).cloned().unwrap_or_default();
            for at in range {
                let Some(item) = self.items.get(at) else {
                    continue;
                };
                if let Item::Ratchet { local, store, .. } = item {
                    let known = index.get(local).and_then(|at| state.get(*at));
                    let known = known.copied().unwrap_or(Frozen::Maybe);
                    found.push((at, known));
                    if known == Frozen::Maybe && *store {
                        flags.insert(*local, None);
                    }
                }
                step(&mut state, item);
            }
        }
        let found: BTreeMap<usize, Frozen> = found.into_iter().collect();
        for flag in flags.values_mut() {
            *flag = Some(self.carrier(Repr::Bool));
        }
        let flag_of = |local: &Local| flags.get(local).copied().flatten();
        let mut out = Vec::with_capacity(self.items.len());
        for (local, frozen) in self.ratchets.clone() {
            if let (Some(flag), true) = (flag_of(&local), frozen) {
                out.push(plain(Op::True, &[], 0, 1));
                out.push(plain(Op::Store, &[flag.0], 1, 0));
            }
        }
        for (at, item) in std::mem::take(&mut self.items).into_iter().enumerate() {
            match item {
                Item::Declare(local) => {
                    out.push(item);
                    if let Some(flag) = flag_of(&local) {
                        out.push(plain(Op::False, &[], 0, 1));
                        out.push(plain(Op::Store, &[flag.0], 1, 0));
                    }
                }
                Item::Ratchet {
                    local,
                    freeze,
                    store,
                    position,
                } => {
                    let known = found.get(&at).copied().unwrap_or(Frozen::Maybe);
                    let from = out.len();
                    self.assignment(&mut out, local, freeze, store, known, flag_of(&local));
                    for item in out.iter_mut().skip(from) {
                        if let Item::Op(instr) = item {
                            instr.position = position;
                        }
                    }
                }
                other => out.push(other),
            }
        }
        // A constructor's cells come first whatever else does.
        let ctor = |item: &Item| matches!(item, Item::Op(instr) if instr.op == Op::EnterCtor);
        if let Some(at) = out.iter().position(ctor) {
            // The marks of its locals' declarations stay in front of it: behind it they would undo it.
            let marks = out.iter().take(at);
            let marks = marks.filter(|item| matches!(item, Item::Declare(_)));
            let mut first: Vec<Item> = marks.cloned().collect();
            first.push(out.remove(at));
            let rest = out.into_iter().enumerate();
            let rest =
                rest.filter(|(index, item)| *index >= at || !matches!(item, Item::Declare(_)));
            out = first
                .into_iter()
                .chain(rest.map(|(_, item)| item))
                .collect();
        }
        self.items = out;
        Ok(())
    }

    fn assignment(
        &mut self,
        out: &mut Vec<Item>,
        local: Local,
        freeze: bool,
        store: bool,
        known: Frozen,
        flag: Option<Local>,
    ) {
        let set_flag = |out: &mut Vec<Item>| {
            if let (Some(flag), true) = (flag, freeze) {
                out.push(plain(Op::True, &[], 0, 1));
                out.push(plain(Op::Store, &[flag.0], 1, 0));
            }
        };
        if !store {
            return set_flag(out);
        }
        let name = self.module.name("***").0;
        let message = self.module.text(MESSAGE).0;
        let kind = self.module.text("WriteViolation").0;
        let violation = |out: &mut Vec<Item>| {
            out.push(plain(Op::Pop, &[], 1, 0));
            out.push(plain(Op::PushInt, &[CODE], 0, 1));
            out.push(plain(Op::Push, &[message], 0, 1));
            out.push(plain(Op::Push, &[kind], 0, 1));
            out.push(plain(Op::Post, &[name, 3, 0], 3, 1));
        };
        let assign = |out: &mut Vec<Item>| {
            out.push(plain(Op::Dup, &[], 1, 2));
            out.push(plain(Op::Store, &[local.0], 1, 0));
            set_flag(out);
        };
        match (known, flag) {
            (Frozen::No, _) => assign(out),
            (Frozen::Yes, _) => violation(out),
            (Frozen::Maybe, flag) => {
                let (good, end) = (self.label(), self.label());
                if let Some(flag) = flag {
                    out.push(plain(Op::Load, &[flag.0], 0, 1));
                    out.push(Item::Op(Instr::to(Op::JumpIfNot, good, 1)));
                }
                violation(out);
                out.push(Item::Op(Instr::to(Op::Jump, end, 0)));
                out.push(Item::Bind(good));
                assign(out);
                out.push(Item::Bind(end));
            }
        }
    }
}

fn plain(op: Op, args: &[u32], pops: u32, pushes: u32) -> Item {
    Item::Op(Instr::counted(op, args, pops, pushes))
}
