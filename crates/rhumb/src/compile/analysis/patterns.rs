//! The rules of selectors and their patterns (docs/specs/rhumb.md §4).

use crate::tree::{
    EventKind, LabelId, Pattern, PatternId, PatternItem, PatternItemKind, Rule, RuleKind,
};

use super::{Predicate, Walker};
use crate::compile::rules;
use crate::compile::scope::Scope;
use crate::compile::units::VarKind;

impl Walker<'_> {
    /// The rules of a selector at that place; the value that they see is a slot of its own.
    pub(super) fn rules(&mut self, list: &[Rule], at: u32) {
        let subject = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
        self.analysis.subjects.insert(at, subject);
        let outer = self.push(Scope::Subject(subject));
        let predicate = self.predicate.take();
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern, action, ..
                } => {
                    let before = self.push(Scope::Rule(Default::default()));
                    self.pattern(*pattern);
                    if matches!(self.tree.pattern(*pattern), Pattern::Event(event) if event.kind != EventKind::Reply)
                    {
                        self.push(Scope::Event);
                    }
                    self.expr(*action);
                    self.chain = before;
                }
                RuleKind::Default(id) => self.expr(*id),
                RuleKind::Pass { event, .. } => {
                    let before = self.push(Scope::Rule(Default::default()));
                    if let Some(items) = &event.payload {
                        self.items(items);
                    }
                    self.chain = before;
                }
            }
        }
        self.predicate = predicate;
        self.chain = outer;
    }

    /// Rules that supply a subroutine with arguments (§4.3).
    pub(super) fn supply(&mut self, list: &[Rule], at: u32) {
        let subject = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
        self.analysis.subjects.insert(at, subject);
        let outer = self.push(Scope::Subject(subject));
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern, action, ..
                } => {
                    match self.tree.pattern(*pattern) {
                        Pattern::Label(label) => {
                            let at = self.tree.pattern_span(*pattern).start;
                            match self.declared(*label, at) {
                                Some(var) => self.mean(at, var),
                                None => {
                                    self.analysis.binds.insert(at);
                                    self.assign(*label, at, None);
                                }
                            }
                        }
                        Pattern::Literal(id) | Pattern::Value(id) | Pattern::Predicate(id) => {
                            self.expr(*id);
                        }
                        Pattern::Structure(items) => {
                            for item in items {
                                if let PatternItemKind::Element(id) = &item.kind {
                                    self.supplied(*id);
                                }
                            }
                        }
                        _ => {}
                    }
                    self.expr(*action);
                }
                RuleKind::Default(id) => self.expr(*id),
                RuleKind::Pass { .. } => {}
            }
        }
        self.chain = outer;
    }

    pub(super) fn supplied(&mut self, id: PatternId) {
        match self.tree.pattern(id) {
            Pattern::Label(label) => self.mention(*label, self.tree.pattern_span(id).start),
            Pattern::Literal(id) | Pattern::Value(id) | Pattern::Predicate(id) => self.expr(*id),
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, id: PatternId) {
        let tree = self.tree;
        let at = tree.pattern_span(id).start;
        match tree.pattern(id) {
            Pattern::Any | Pattern::Empty | Pattern::Error => {}
            Pattern::Label(label) => self.pin_or_bind(*label, at),
            Pattern::Literal(id) | Pattern::Value(id) => self.expr(*id),
            Pattern::Range { start, end } => {
                self.expr(*start);
                self.expr(*end);
            }
            Pattern::Predicate(test) => {
                let outer = self.predicate.replace(Predicate::default());
                self.expr(*test);
                let found = std::mem::replace(&mut self.predicate, outer).unwrap_or_default();
                self.analysis.predicates.insert(at, found.bound);
            }
            Pattern::Structure(items) => self.items(items),
            Pattern::Event(event) => {
                if let Some(items) = &event.payload {
                    self.items(items);
                }
            }
        }
    }

    pub(super) fn pin_or_bind(&mut self, label: LabelId, at: u32) {
        if self.earlier.contains_key(&label) {
            self.bind(label, at);
            return;
        }
        match self.declared(label, at) {
            Some(var) => self.mean(at, var),
            None if rules::is_empty_word(self.tree, label) => {}
            None => {
                self.bind(label, at);
            }
        }
    }

    pub(super) fn items(&mut self, items: &[PatternItem]) {
        for item in items {
            let at = item.span.start;
            match &item.kind {
                PatternItemKind::Element(id) => self.pattern(*id),
                PatternItemKind::Named { name, pattern, .. } => {
                    self.name(name);
                    self.pattern(*pattern);
                }
                PatternItemKind::Pun { label, .. } => self.pin_or_bind(*label, at),
                PatternItemKind::Slurp(Some(label)) => {
                    self.bind(*label, at);
                }
                PatternItemKind::Slurp(None) => {}
            }
        }
    }
}
