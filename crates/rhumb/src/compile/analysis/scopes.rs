//! Scopes, labels and slots: what is declared where, and what a mention means (docs/specs/rhumb.md §3.3).

use std::rc::Rc;

use crate::tree::{ExprId, LabelId};

use super::{Body, Job, Walker};
use crate::compile::prelude;
use crate::compile::scope::{Chain, Link, Scope, scopes};
use crate::compile::units::{Meaning, UnitId, UnitKind, VarId, VarKind};

impl Walker<'_> {
    pub(super) fn push(&mut self, scope: Scope) -> Chain {
        let outer = self.chain.take();
        self.chain = Some(Rc::new(Link {
            scope,
            outer: outer.clone(),
        }));
        outer
    }

    /// A new activation whose body is looked at when this one is done.
    pub(super) fn later(&mut self, key: ExprId, body: Body) -> UnitId {
        let unit = self
            .analysis
            .add_unit(UnitKind::Activation, Some(self.unit));
        self.analysis.unit_mut(unit).expr = Some(key);
        self.analysis.unit_of.insert(key, unit);
        let chain = Some(Rc::new(Link {
            scope: Scope::Activation(unit),
            outer: self.chain.clone(),
        }));
        self.queue.push_back(Job { unit, body, chain });
        unit
    }

    /// Does something in a unit that belongs to the activation around it.
    pub(super) fn within(&mut self, kind: UnitKind, work: impl FnOnce(&mut Self)) -> UnitId {
        let outer = self.unit;
        let unit = self.analysis.add_unit(kind, Some(outer));
        self.unit = unit;
        let predicate = self.predicate.take();
        work(self);
        self.predicate = predicate;
        self.unit = outer;
        unit
    }

    pub(super) fn lookup(&self, label: LabelId) -> Option<VarId> {
        scopes(&self.chain).find_map(|scope| match scope {
            Scope::Rule(names) => names.borrow().get(&label).copied(),
            Scope::Activation(unit) => self.analysis.unit(*unit).labels.get(&label).copied(),
            Scope::Subject(_) | Scope::Event | Scope::Named(_) => None,
        })
    }

    /// Is a label declared at a place: a parameter or binding, or assigned earlier in the text (§4.2)?
    pub(super) fn declared(&self, label: LabelId, at: u32) -> Option<VarId> {
        let var = self.lookup(label)?;
        let found = self.analysis.var(var);
        let earlier = match found.kind {
            VarKind::Local | VarKind::Static => found.first < at,
            VarKind::Session => found.first <= at,
            _ => true,
        };
        earlier.then_some(var)
    }

    pub(super) fn activation(&self) -> UnitId {
        self.analysis.unit(self.unit).activation
    }

    /// A label of the current activation.
    pub(super) fn declare(&mut self, label: LabelId, kind: VarKind, at: u32) -> VarId {
        let owner = self.activation();
        let var = self.analysis.add_var(owner, Some(label), kind, at);
        self.analysis.var_mut(var).hidden = self.tree.label(label).starts_with('_');
        self.analysis.unit_mut(owner).labels.insert(label, var);
        self.mean(at, var);
        var
    }

    pub(super) fn mean(&mut self, at: u32, var: VarId) {
        self.analysis.meanings.insert(at, Meaning::Slot(var));
        if self.shared {
            self.analysis.shared.insert((self.unit, at), var);
        }
        self.analysis.reach(self.unit, var);
    }

    pub(super) fn mention(&mut self, label: LabelId, at: u32) {
        if let Some(var) = self.lookup(label) {
            self.mean(at, var);
        } else if self.predicate.is_some() && prelude::word(self.tree.label(label)).is_none() {
            let var = self.bind(label, at);
            if let Some(predicate) = &mut self.predicate {
                predicate.bound.push(var);
            }
        } else {
            // The activation may assign it later in the text.
            self.late.push((self.unit, self.chain.clone(), label, at));
        }
    }

    /// Mentions that no earlier text explained: if the activation assigns the label later, it is that label.
    pub(super) fn settle(&mut self) {
        for (unit, chain, label, at) in std::mem::take(&mut self.late) {
            self.unit = unit;
            self.chain = chain;
            if let Some(var) = self.lookup(label) {
                self.mean(at, var);
            } else if prelude::word(self.tree.label(label)).is_none() {
                let named = scopes(&self.chain).find_map(|scope| match scope {
                    Scope::Named(values) => Some(*values),
                    _ => None,
                });
                match named {
                    Some(values) => {
                        self.analysis.by_name.insert(at, values);
                        self.analysis.reach(unit, values);
                    }
                    None => self.analysis.undefined.push((at, label)),
                }
            }
        }
    }

    /// A label that the pattern of a rule binds.
    pub(super) fn bind(&mut self, label: LabelId, at: u32) -> VarId {
        if let Some(var) = self.earlier.remove(&label) {
            self.analysis.binds.insert(at);
            self.mean(at, var);
            return var;
        }
        let var = self
            .analysis
            .add_var(self.unit, Some(label), VarKind::Bound, at);
        for scope in scopes(&self.chain) {
            if let Scope::Rule(names) = scope {
                names.borrow_mut().insert(label, var);
                break;
            }
        }
        self.analysis.binds.insert(at);
        self.mean(at, var);
        var
    }

    /// An assignment to a label: what there is, or a new label of the activation.
    pub(super) fn assign(&mut self, label: LabelId, at: u32, value: Option<ExprId>) {
        let var = match self.lookup(label) {
            Some(var) => {
                self.mean(at, var);
                var
            }
            None => {
                let kind = match self.analysis.unit(self.activation()).kind {
                    UnitKind::Module if self.session => VarKind::Session,
                    UnitKind::Module => VarKind::Static,
                    _ => VarKind::Local,
                };
                let var = self.declare(label, kind, at);
                if kind == VarKind::Session {
                    self.analysis.var_mut(var).first = at.saturating_add(1);
                }
                var
            }
        };
        let found = self.analysis.var_mut(var);
        found.assigned = true;
        found.assignments += 1;
        if found.assignments == 1 {
            found.value = value;
        }
    }

    /// A raw argument of the activation.
    pub(super) fn argument(&mut self, number: u32) -> Option<VarId> {
        let owner = self.activation();
        if self.analysis.unit(owner).kind == UnitKind::Module {
            return None;
        }
        let known = self.analysis.unit(owner).arguments.get(&number).copied();
        let var = known.unwrap_or_else(|| {
            let kind = if number == 0 {
                VarKind::AllArguments
            } else {
                VarKind::Argument(number)
            };
            let var = self.analysis.add_var(owner, None, kind, 0);
            let unit = self.analysis.unit_mut(owner);
            unit.arguments.insert(number, var);
            unit.takes_arguments = true;
            var
        });
        self.analysis.reach(self.unit, var);
        Some(var)
    }
}
