//! The chain of scopes at a place, and what a label means there (docs/specs/rhumb.md §3.3, §4.2).
//!
//! Bodies of nested activations are analysed after the activation around them, because a label that is assigned later there
//! is theirs too; until then their job keeps the chain of the place where they stand.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::tree::LabelId;

use super::units::{Analysis, Unit, UnitId, UnitKind, Var, VarId, VarKind};

/// One scope of the chain.
#[derive(Debug)]
pub(super) enum Scope {
    /// The labels of an activation.
    Activation(UnitId),
    /// What the patterns of a rule bound.
    Rule(RefCell<HashMap<LabelId, VarId>>),
    /// The value that a selector is applied to, `_` and `*` within it.
    Subject(VarId),
    /// Parameters that are known at run time only: their values by label (rulings B11).
    Named(VarId),
    /// The rule is one of events: `$0` within it is the event.
    Event,
}

/// A scope and those around it.
#[derive(Debug)]
pub(super) struct Link {
    pub scope: Scope,
    pub outer: Chain,
}

/// The scopes around a place, innermost first.
pub(super) type Chain = Option<Rc<Link>>;

/// The scopes of a chain, innermost first.
pub(super) fn scopes(chain: &Chain) -> impl Iterator<Item = &Scope> {
    let mut at = chain.as_deref();
    std::iter::from_fn(move || {
        let link = at?;
        at = link.outer.as_deref();
        Some(&link.scope)
    })
}

impl Analysis {
    /// A new unit.
    pub(super) fn add_unit(&mut self, kind: UnitKind, parent: Option<UnitId>) -> UnitId {
        let id = UnitId(self.units.len() as u32);
        let activation = match (kind, parent) {
            (UnitKind::Thunk | UnitKind::Selector, Some(parent)) => self.unit(parent).activation,
            _ => id,
        };
        self.units.push(Unit {
            kind,
            parent,
            activation,
            expr: None,
            captures: Vec::new(),
            vars: Vec::new(),
            labels: HashMap::new(),
            arguments: std::collections::BTreeMap::new(),
            params: 0,
            takes_arguments: false,
            mentions_base: false,
            needs_base: false,
            assigns_through_base: false,
            own_fields: std::collections::HashSet::new(),
            proclaims: false,
            constructor: false,
            handler: false,
            captured: std::collections::HashSet::new(),
        });
        id
    }

    /// A new slot of a unit.
    pub(super) fn add_var(
        &mut self,
        owner: UnitId,
        label: Option<LabelId>,
        kind: VarKind,
        first: u32,
    ) -> VarId {
        let id = VarId(self.vars.len() as u32);
        self.vars.push(Var {
            label,
            owner,
            kind,
            hidden: false,
            captured: false,
            assigned: false,
            assignments: 0,
            first,
            value: None,
        });
        self.unit_mut(owner).vars.push(id);
        id
    }

    /// A unit mentions a slot: it and the units up to the slot's owner capture it.
    pub(super) fn reach(&mut self, unit: UnitId, var: VarId) {
        let owner = self.var(var).owner;
        if matches!(self.var(var).kind, VarKind::Static | VarKind::Session) {
            return;
        }
        let mut at = Some(unit);
        while let Some(inner) = at
            && inner != owner
        {
            self.var_mut(var).captured = true;
            let unit = self.unit_mut(inner);
            if unit.captured.insert(var) {
                unit.captures.push(var);
            }
            at = unit.parent;
        }
    }

    /// A unit mentions `!`.
    pub(super) fn reach_base(&mut self, unit: UnitId) {
        let activation = self.unit(unit).activation;
        self.unit_mut(activation).mentions_base = true;
        self.need_base(unit);
    }

    /// A unit needs the receiver's register; thunks and selectors get theirs from the unit around them.
    pub(super) fn need_base(&mut self, unit: UnitId) {
        let mut at = Some(unit);
        while let Some(inner) = at {
            let found = self.unit_mut(inner);
            if found.needs_base {
                return;
            }
            found.needs_base = true;
            at = match found.kind {
                UnitKind::Thunk | UnitKind::Selector => found.parent,
                UnitKind::Module | UnitKind::Activation => None,
            };
        }
    }
}
