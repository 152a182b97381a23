//! What the analysis finds: units of code, the labels that live in them, and what each mention of a label means.
//!
//! A *unit* becomes one function of the module. An *activation* is a unit that a call makes (the module, functions,
//! subroutines, selector values, operands that are implicit subroutines). *Thunks* and *selectors* are units that the
//! machine demands where a program has none: what they mention belongs to the activation around them (rulings A9).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::tree::{ExprId, LabelId};

/// A unit of code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct UnitId(pub u32);

/// A label's slot: a parameter, a local, a binding of a rule, or a static of the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// What a unit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitKind {
    /// The document.
    Module,
    /// A function, method, subroutine, selector value or implicit subroutine.
    Activation,
    /// The subject of an attached selector.
    Thunk,
    /// The rules of an attached selector or of a subscription.
    Selector,
}

/// What a slot is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    /// Declared parameter at this index (0-based).
    Param(u32),
    /// Raw argument (1-based) that is no declared parameter; `$3`.
    Argument(u32),
    /// All arguments, `$0`.
    AllArguments,
    /// Assigned in its unit.
    Local,
    /// Bound by a pattern.
    Bound,
    /// A label of the module.
    Static,
    /// A label of the session: a static of the module holds its cell, which the blocks of a prompt share. [`Var::first`] is
    /// then 0 for a label of an earlier block, else one more than where it is first assigned.
    Session,
}

/// A slot.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its label; none for raw arguments.
    pub label: Option<LabelId>,
    /// The unit whose frame has it.
    pub owner: UnitId,
    /// What it is.
    pub kind: VarKind,
    /// Its label begins with `_`, so that a constructor's instance does not show it (D-10).
    pub hidden: bool,
    /// Another unit mentions it.
    pub captured: bool,
    /// It is assigned after it was made.
    pub assigned: bool,
    /// How many assignments mention it.
    pub assignments: u32,
    /// Where it is first assigned.
    pub first: u32,
    /// The value of its only assignment, while there is only one.
    pub value: Option<ExprId>,
}

/// A unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What it is.
    pub kind: UnitKind,
    /// The unit around it.
    pub parent: Option<UnitId>,
    /// The activation that it belongs to: itself, if it is one.
    pub activation: UnitId,
    /// The expression that makes it, of an activation.
    pub expr: Option<ExprId>,
    /// Slots of other units that it reaches, in the order of first mention.
    pub captures: Vec<VarId>,
    /// Its own slots, in the order they were found.
    pub vars: Vec<VarId>,
    /// Labels of an activation.
    pub labels: HashMap<LabelId, VarId>,
    /// Raw arguments that are mentioned.
    pub arguments: BTreeMap<u32, VarId>,
    /// How many parameters are declared.
    pub params: u32,
    /// Arguments can be mentioned here that no parameter declares.
    pub takes_arguments: bool,
    /// A parameter takes the arguments beyond the others.
    pub slurps: bool,
    /// `!` is mentioned in its own body (rulings B5).
    pub mentions_base: bool,
    /// It needs the receiver's register: it or something lexical in it mentions `!`.
    pub needs_base: bool,
    /// It pins proclamations.
    pub proclaims: bool,
    /// Its own body assigns through `!` (D-11).
    pub assigns_through_base: bool,
    /// Labels of fields that its own body assigns through `!`: they hide labels that would be shown (rulings B41).
    pub own_fields: HashSet<LabelId>,
    /// It may become a constructor activation, so its labels are cells that the instance shows.
    pub constructor: bool,
    /// It is the handler of a subscription, called with a kind and an event.
    pub handler: bool,
    /// Labels of captures that were listed.
    pub captured: HashSet<VarId>,
}

/// What a mention of a label means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// That slot.
    Slot(VarId),
    /// No slot: a name of the prelude, or undefined.
    Free,
}

/// How a routine gets its `!` (D-09).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Assigned to a label.
    Label,
    /// The value of a field.
    Field,
    /// Anywhere else.
    Anonymous,
}

/// What the analysis found.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Units; the document is the first.
    pub units: Vec<Unit>,
    /// Slots.
    pub vars: Vec<Var>,
    /// What the label at a place of the source means.
    pub meanings: HashMap<u32, Meaning>,
    /// The same for labels in parameter lists that several functions share (`<sub> -> …`), each by its unit.
    pub shared: HashMap<(UnitId, u32), VarId>,
    /// The submap literals whose parameters stand behind one that names a submap, by the unit and what names it.
    pub inlined: HashMap<(UnitId, ExprId), Vec<ExprId>>,
    /// Places of labels that a pattern binds (the others pin).
    pub binds: HashSet<u32>,
    /// Mentions of labels that nothing assigns and the prelude does not have: they are empty.
    pub undefined: Vec<(u32, LabelId)>,
    /// The unit that an expression makes.
    pub unit_of: HashMap<ExprId, UnitId>,
    /// Units that an attached selector makes, by the place of its step: thunk, selector.
    pub attached: HashMap<u32, (UnitId, UnitId)>,
    /// Lambdas whose only label is a parameter.
    pub label_params: HashSet<ExprId>,
    /// Lambdas whose parameters are known at run time only: the slot of the submap, and that of the values by label.
    pub run_time_params: HashMap<ExprId, (VarId, VarId)>,
    /// Labels at places of the source that are looked up among such parameters, by the slot of the values.
    pub by_name: HashMap<u32, VarId>,
    /// How a routine was written.
    pub written: HashMap<ExprId, (Written, Option<LabelId>)>,
    /// Labels whose `<f>[!]` is mentioned, so that they need a template.
    pub templates: HashSet<LabelId>,
    /// The slot of the value that the selector at a place is applied to.
    pub subjects: HashMap<u32, VarId>,
    /// Slots that the predicate at a place binds.
    pub predicates: HashMap<u32, Vec<VarId>>,
}

impl Analysis {
    /// A unit.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.0 as usize]
    }

    /// A unit, to change it.
    pub fn unit_mut(&mut self, id: UnitId) -> &mut Unit {
        &mut self.units[id.0 as usize]
    }

    /// A slot.
    pub fn var(&self, id: VarId) -> &Var {
        &self.vars[id.0 as usize]
    }

    /// A slot, to change it.
    pub fn var_mut(&mut self, id: VarId) -> &mut Var {
        &mut self.vars[id.0 as usize]
    }

    /// What a label at a place means.
    pub fn meaning(&self, at: u32) -> Meaning {
        self.meanings.get(&at).copied().unwrap_or(Meaning::Free)
    }

    /// Does a slot live in a cell? What only its own unit mentions never does; what others mention does, unless nothing can
    /// change it after it was made.
    pub fn is_cell(&self, id: VarId) -> bool {
        let var = self.var(id);
        if matches!(var.kind, VarKind::Static | VarKind::Session) {
            return false;
        }
        if self.exposed(id) {
            return true;
        }
        match var.kind {
            VarKind::Argument(_) | VarKind::AllArguments => false,
            VarKind::Param(_) | VarKind::Bound => var.captured && var.assigned,
            VarKind::Local => var.captured,
            VarKind::Static | VarKind::Session => false,
        }
    }

    /// Is it a label that a constructor's instance shows (D-10)?
    pub fn exposed(&self, id: VarId) -> bool {
        let var = self.var(id);
        let owner = self.unit(var.owner);
        matches!(var.kind, VarKind::Param(_) | VarKind::Local)
            && owner.constructor
            && !var.hidden
            && var
                .label
                .is_some_and(|label| !owner.own_fields.contains(&label))
    }
}
