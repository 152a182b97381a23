//! Labels, and what happens where ways meet: heights and open regions must agree, and a value whose representation
//! differs from way to way is boxed on the ways that need it.
//!
//! All jumps forward to a label are known when it is bound, so their types are joined there. A way that brings an
//! untagged value where the join is `dyn` gets a `box`: at the end of its block if it is a plain jump or falls through,
//! else in a block of its own at the end of the function. A jump backward must bring what the label was bound with.

use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::item::{Instr, Item, SwitchTable};
use crate::types::{join, passes};
use fzb::tables::ConstId;
use fzb::view::Repr;
use isa::Op;

/// A place in a function's code, bound once, reached any number of times.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Label(pub(crate) u32);

/// The operand stack and the open try regions at a place.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct State {
    pub stack: Vec<Repr>,
    pub regions: Vec<Region>,
}

/// An open try region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Region {
    /// Distinguishes it from all others of the function.
    pub id: u32,
    /// Stack height at its `push_try`; nothing below is popped while it is open.
    pub height: usize,
}

/// A way to a label: the item, and the entry of its switch table.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub item: usize,
    pub entry: Option<usize>,
    pub state: State,
}

/// What is known of a label.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelInfo {
    pub edges: Vec<Edge>,
    pub bound: bool,
    /// Once bound; `None` where nothing leads.
    pub state: Option<State>,
}

/// Boxes to be put on a way.
#[derive(Clone, Debug)]
pub(crate) struct Fix {
    pub item: usize,
    pub entry: Option<usize>,
    pub code: Vec<Item>,
}

impl FunctionBuilder<'_> {
    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels.push(LabelInfo::default());
        Label(self.labels.len() as u32 - 1)
    }

    /// The way from item `item` (entry `entry` of its table) to a label, with a state.
    pub(crate) fn edge(&mut self, item: usize, entry: Option<usize>, target: Label, state: &State) {
        let Some(info) = self.labels.get_mut(target.0 as usize) else {
            return self.fail(EmitError::Label { label: target });
        };
        if !info.bound {
            info.edges.push(Edge {
                item,
                entry,
                state: state.clone(),
            });
            return;
        }
        let Some(there) = info.state.clone() else {
            return self.fail(EmitError::Join {
                label: target,
                what: "being reachable when it was bound",
            });
        };
        if let Err(what) = agree(state, &there) {
            return self.fail(EmitError::Join {
                label: target,
                what,
            });
        }
        let back = state.stack.iter().zip(&there.stack);
        if back
            .into_iter()
            .any(|(from, to)| !passes(*from, *to) && *to != Repr::Dyn)
        {
            return self.fail(EmitError::Join {
                label: target,
                what: "a type at a backward jump",
            });
        }
        self.fix(item, entry, state, &there);
    }

    fn fix(&mut self, item: usize, entry: Option<usize>, from: &State, to: &State) {
        let code = self.boxes(from, to);
        if !code.is_empty() {
            self.fixes.push(Fix { item, entry, code });
        }
    }

    /// Code that boxes what is untagged in `from` and `dyn` in `to`.
    fn boxes(&mut self, from: &State, to: &State) -> Vec<Item> {
        let differs = |(from, to): (&Repr, &Repr)| !passes(*from, *to);
        let Some(deepest) = from.stack.iter().zip(&to.stack).position(differs) else {
            return Vec::new();
        };
        let tail: Vec<Repr> = from.stack.get(deepest..).unwrap_or_default().to_vec();
        let wanted: Vec<Repr> = to.stack.get(deepest..).unwrap_or_default().to_vec();
        let boxed = |code: &mut Vec<Item>, from: Repr, to: Repr| {
            if !passes(from, to) {
                code.push(Item::Op(Instr::counted(Op::Box, &[0], 1, 1)));
            }
        };
        let mut code = Vec::new();
        let mut temps: Vec<Local> = Vec::new();
        for repr in tail.iter().skip(1).rev() {
            let temp = self.temp_of(*repr);
            code.push(Item::Op(Instr::counted(Op::Store, &[temp.0], 1, 0)));
            temps.push(temp);
        }
        let mut pairs = tail.iter().zip(&wanted);
        if let Some((from, to)) = pairs.next() {
            boxed(&mut code, *from, *to);
        }
        for ((from, to), temp) in pairs.zip(temps.iter().rev()) {
            code.push(Item::Op(Instr::counted(Op::Load, &[temp.0], 0, 1)));
            boxed(&mut code, *from, *to);
        }
        for temp in temps {
            self.free_temp(temp);
        }
        code
    }

    /// Binds a label here: all jumps that lead to it so far, and the way that falls through, meet.
    pub fn bind(&mut self, label: Label) {
        let Some(info) = self.labels.get_mut(label.0 as usize) else {
            return self.fail(EmitError::Label { label });
        };
        if info.bound {
            return self.fail(EmitError::Label { label });
        }
        info.bound = true;
        let edges = std::mem::take(&mut info.edges);
        let here = self.state.take();
        let mut joined: Option<State> = here.clone();
        for edge in &edges {
            match &mut joined {
                None => joined = Some(edge.state.clone()),
                Some(joined) => {
                    if let Err(what) = agree(&edge.state, joined) {
                        return self.fail(EmitError::Join { label, what });
                    }
                    for (to, from) in joined.stack.iter_mut().zip(&edge.state.stack) {
                        match join(*to, *from) {
                            Some(ty) => *to = ty,
                            None => {
                                return self.fail(EmitError::Join {
                                    label,
                                    what: "a pending completion",
                                });
                            }
                        }
                    }
                }
            }
        }
        if let Some(joined) = &joined {
            if let Some(here) = &here {
                let code = self.boxes(here, joined);
                self.items.extend(code);
            }
            for edge in &edges {
                self.fix(edge.item, edge.entry, &edge.state, joined);
            }
            self.items.push(Item::Bind(label));
        }
        if let Some(info) = self.labels.get_mut(label.0 as usize) {
            info.state = joined.clone();
        }
        self.state = joined;
    }

    /// Goes to a label.
    pub fn jump(&mut self, target: Label) {
        let Some(state) = self.state.take() else {
            return;
        };
        let at = self.put(Instr::to(Op::Jump, target, 0));
        self.edge(at, None, target, &state);
    }

    /// Pops a bool and goes to a label if it is true.
    pub fn jump_if(&mut self, target: Label) {
        self.branch(Op::JumpIf, target);
    }

    /// Pops a bool and goes to a label if it is false.
    pub fn jump_if_not(&mut self, target: Label) {
        self.branch(Op::JumpIfNot, target);
    }

    fn branch(&mut self, op: Op, target: Label) {
        self.coerce_repr(Repr::Bool, op.info().name);
        if self.state.is_none() || !self.take(op, 1) {
            return;
        }
        let at = self.put(Instr::to(op, target, 1));
        if let Some(state) = self.state.clone() {
            self.edge(at, None, target, &state);
        }
    }

    /// Next of the iteration on top; at its end pops it and goes to a label. Leaves the iteration and a value, with
    /// `keyed` also the value's index or key on top.
    pub fn iter_next(&mut self, keyed: bool, at_end: Label) {
        if self.state.is_none() || !self.take(Op::IterNext, 1) {
            return;
        }
        let count = if keyed { 3 } else { 2 };
        let mut instr = Instr::to(Op::IterNext, at_end, 1);
        instr.args[0] = u32::from(keyed);
        instr.pushes = count;
        let at = self.put(instr);
        if let Some(state) = self.state.clone() {
            self.edge(at, None, at_end, &state);
        }
        for _ in 0..count {
            self.pushed(Repr::Dyn);
        }
    }

    /// Pops an i64 and goes to the target of that number; else goes on.
    pub fn switch(&mut self, targets: &[Label]) {
        self.coerce_repr(Repr::I64, "switch");
        self.switch_op(Op::Switch, None, targets);
    }

    /// Pops a union value and goes to the target of its tag's number; else goes on. Faults `type` for other values.
    pub fn switch_tag(&mut self, targets: &[Label]) {
        self.switch_op(Op::SwitchTag, None, targets);
    }

    /// Pops a text and goes to the target of an equal one; else goes on.
    pub fn switch_text(&mut self, targets: &[(ConstId, Label)]) {
        self.coerce_repr(Repr::Text, "switch_text");
        let texts = targets.iter().map(|(id, _)| id.0).collect();
        let all_texts = targets
            .iter()
            .all(|(id, _)| self.module.constant_repr(*id) == Some(Repr::Text));
        if !all_texts {
            return self.fail(EmitError::Operand {
                op: Op::SwitchText,
                what: "text constants",
            });
        }
        let labels: Vec<Label> = targets.iter().map(|(_, label)| *label).collect();
        self.switch_op(Op::SwitchText, Some(texts), &labels);
    }

    pub(crate) fn switch_op(&mut self, op: Op, texts: Option<Vec<u32>>, targets: &[Label]) {
        if self.state.is_none() || !self.take(op, 1) {
            return;
        }
        let table = self.tables.len();
        if table > 0xFFFE {
            return self.fail(EmitError::Limit {
                what: "jump tables of a function",
            });
        }
        self.tables.push(SwitchTable {
            texts,
            targets: targets.to_vec(),
        });
        let at = self.put(Instr::counted(op, &[table as u32], 1, 0));
        if let Some(state) = self.state.clone() {
            for (entry, target) in targets.iter().enumerate() {
                self.edge(at, Some(entry), *target, &state);
            }
        }
    }

    /// Opens a try region: mode 0 catch, 1 finally. The handler is entered with the error or the pending completion.
    pub(crate) fn push_try(&mut self, finally: bool, handler: Label) {
        let Some(state) = &self.state else {
            return;
        };
        if state.regions.len() >= fzb::verify::MAX_REGIONS as usize {
            return self.fail(EmitError::Limit {
                what: "try regions around each other",
            });
        }
        let mut at_handler = state.clone();
        at_handler
            .stack
            .push(if finally { Repr::Tok } else { Repr::Dyn });
        self.note_height(at_handler.stack.len());
        let mut instr = Instr::to(Op::PushTry, handler, 0);
        instr.args[0] = u32::from(finally);
        let at = self.put(instr);
        self.edge(at, None, handler, &at_handler);
        self.next_region += 1;
        let id = self.next_region;
        if let Some(state) = &mut self.state {
            let height = state.stack.len();
            state.regions.push(Region { id, height });
        }
    }

    /// Closes the innermost try region.
    pub(crate) fn pop_try(&mut self) {
        let Some(state) = &mut self.state else {
            return;
        };
        if state.regions.pop().is_none() {
            return self.fail(EmitError::Nesting { what: "pop_try" });
        }
        self.put(Instr::new(Op::PopTry, &[]));
    }
}

/// Same height, same open regions?
fn agree(a: &State, b: &State) -> Result<(), &'static str> {
    if a.stack.len() != b.stack.len() {
        Err("stack height")
    } else if a.regions != b.regions {
        Err("open try regions")
    } else {
        Ok(())
    }
}
