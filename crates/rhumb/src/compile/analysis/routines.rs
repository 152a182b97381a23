//! Routines and their parameters: bodies are walked when the activation around them is done.

use crate::tree::{Expr, ExprId, LambdaHead, Param, ParamKind};

use super::{Body, Walker};
use crate::compile::rules;
use crate::compile::scope::{Scope, scopes};
use crate::compile::units::{Meaning, VarKind, Written};

impl Walker<'_> {
    pub(super) fn lambda(&mut self, id: ExprId, head: &LambdaHead) {
        self.written(id, Written::Anonymous, None);
        let at = self.tree.span(id).start;
        match head {
            LambdaHead::Params(_) => {
                self.later(id, Body::Function(id));
            }
            LambdaHead::Label(label) => match self.declared(*label, at) {
                None => {
                    self.analysis.label_params.insert(id);
                    self.later(id, Body::Function(id));
                }
                Some(var) => {
                    self.mean(at, var);
                    self.by_value(id);
                }
            },
            LambdaHead::Value(value) => {
                self.expr(*value);
                self.by_value(id);
            }
        }
    }

    /// `P -> body` where P is a value: parameters that are known, or a realm to run in.
    pub(super) fn by_value(&mut self, id: ExprId) {
        if rules::known_params(self.tree, &self.analysis, id).is_some() {
            self.later(id, Body::Function(id));
            return;
        }
        // A submap makes it a routine, a realm runs it as a process: either is an activation of its own.
        let at = self.tree.span(id).start;
        let params = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
        let unit = self.later(id, Body::Function(id));
        let values = self.analysis.add_var(unit, None, VarKind::Bound, at);
        self.analysis.run_time_params.insert(id, (params, values));
    }

    pub(super) fn function(&mut self, id: ExprId) {
        let tree = self.tree;
        let Expr::Lambda { head, body, .. } = tree.expr(id) else {
            return;
        };
        match head {
            LambdaHead::Params(params) => self.params(params),
            LambdaHead::Label(label) if self.analysis.label_params.contains(&id) => {
                let at = tree.span(id).start;
                self.declare(*label, VarKind::Param(0), at);
                self.analysis.unit_mut(self.unit).params = 1;
            }
            _ if self.analysis.run_time_params.contains_key(&id) => {
                if let Some((params, values)) = self.analysis.run_time_params.get(&id).copied() {
                    self.analysis.reach(self.unit, params);
                    self.push(Scope::Named(values));
                }
                self.argument(0);
            }
            _ => {
                let known = rules::known_params(tree, &self.analysis, id);
                let known: Vec<&Param> = known.unwrap_or_default();
                self.shared_params(&known);
            }
        }
        match rules::selector_body(tree, *body) {
            Some((list, at)) => {
                // Without parameters, what is given is what the selector is applied to (rulings A3).
                if self.analysis.unit(self.unit).params == 0 {
                    self.argument(0);
                }
                self.rules(list, at);
            }
            None => self.expr(*body),
        }
    }

    pub(super) fn params(&mut self, params: &[Param]) {
        let list: Vec<&Param> = params.iter().collect();
        self.param_list(&list);
    }

    /// Parameters whose list stands elsewhere, where others may take it too.
    pub(super) fn shared_params(&mut self, params: &[&Param]) {
        self.shared = true;
        self.param_list(params);
        self.shared = false;
    }

    pub(super) fn param_list(&mut self, params: &[&Param]) {
        let tree = self.tree;
        let mut index = 0;
        let shared = self.shared;
        let mut inlined = 0;
        // With the parameters of submaps behind those that name these; their lists stand elsewhere.
        let mut work: Vec<(&Param, bool)> =
            params.iter().rev().map(|param| (*param, shared)).collect();
        while let Some((param, elsewhere)) = work.pop() {
            self.shared = elsewhere;
            let at = param.span.start;
            match &param.kind {
                ParamKind::Label { label, .. } => {
                    self.declare(*label, VarKind::Param(index), at);
                    index += 1;
                }
                ParamKind::Void | ParamKind::Error | ParamKind::Event(_) => index += 1,
                ParamKind::Nested(items) => {
                    self.destructure(*items, true);
                    index += 1;
                }
                ParamKind::Field { target, name, .. } => {
                    self.name(name);
                    self.fresh_target(target, at);
                    index += 1;
                }
                ParamKind::Slurp(label) => {
                    if let Some(label) = label {
                        self.declare(*label, VarKind::Local, at);
                    }
                    self.analysis.unit_mut(self.unit).slurps = true;
                }
                // The labels are bound from as many arguments, whether they stand in a list of their own or not (rulings B12).
                ParamKind::Submap(id) | ParamKind::SubmapLabels(id) => {
                    self.expr(*id);
                    if inlined < rules::MOST_INLINED {
                        inlined += 1;
                        let lists = rules::submap_lists(tree, &self.analysis, *id);
                        let lists = lists.unwrap_or_default();
                        let params = rules::params_of(tree, &lists).into_iter().rev();
                        work.extend(params.map(|param| (param, true)));
                        self.analysis.inlined.insert((self.unit, *id), lists);
                    }
                }
            }
            if let Some(default) = param.default {
                self.expr(default);
                if let Meaning::Slot(var) = self.analysis.meaning(at) {
                    self.analysis.var_mut(var).assigned = true;
                }
            }
        }
        self.shared = shared;
        self.analysis.unit_mut(self.unit).params = index;
    }

    /// The right side of `||`.
    pub(super) fn callee(&mut self, id: ExprId) {
        if rules::is_implicit(self.tree, id) {
            self.later(id, Body::Operand(id));
        } else {
            self.expr(id);
        }
    }

    /// The right side of `<>`.
    pub(super) fn element_routine(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expr(id) {
            Expr::Selector(list) if rules::has_events(tree, list) => {
                self.later(id, Body::Handler(id));
            }
            Expr::Selector(list) => self.rules(list, tree.span(id).start),
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } if rules::is_subscription(tree, params, *body) => {
                self.later(id, Body::Handler(id));
            }
            _ => self.callee(id),
        }
    }

    /// A subscription's handler: its parameters are patterns of events.
    pub(super) fn handler(&mut self, id: ExprId) {
        let tree = self.tree;
        self.analysis.unit_mut(self.unit).handler = true;
        // `$0` is the event.
        let outer = self.push(Scope::Event);
        self.push(Scope::Rule(Default::default()));
        match tree.expr(id) {
            Expr::Selector(list) => self.rules(list, tree.span(id).start),
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } => {
                for param in params {
                    // Only one of the alternatives matches: each binds what the body sees under its labels.
                    if let Some(Scope::Rule(names)) = scopes(&self.chain).next() {
                        self.earlier = names.borrow().clone();
                    }
                    if let ParamKind::Event(event) = &param.kind {
                        if let Some(items) = &event.payload {
                            self.items(items);
                        }
                    } else if let ParamKind::Label { label, .. } = &param.kind {
                        self.bind(*label, param.span.start);
                    }
                }
                self.earlier.clear();
                match rules::selector_body(tree, *body) {
                    Some((list, at)) => self.rules(list, at),
                    None => self.expr(*body),
                }
            }
            _ => {}
        }
        self.chain = outer;
    }
}
