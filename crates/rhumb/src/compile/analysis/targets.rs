//! What assignments and destructuring write to.

use crate::tree::{
    DestructureId, DestructureKind, Expr, ExprId, FieldName, LabelId, SubfieldInto, Target,
};

use super::Walker;
use crate::compile::units::VarKind;

impl Walker<'_> {
    pub(super) fn target(&mut self, target: &Target, at: u32, value: Option<ExprId>) {
        match target {
            Target::Label(label) => self.assign(*label, at, value),
            Target::Void | Target::Error => {}
            Target::Field { receiver, name, .. } => {
                if let (Expr::Base, FieldName::Label(label)) = (self.tree.expr(*receiver), name) {
                    let activation = self.activation();
                    let unit = self.analysis.unit_mut(activation);
                    unit.own_fields.insert(*label);
                }
                self.receiver(*receiver);
                self.name(name);
            }
            Target::Index { receiver, index } => {
                self.receiver(*receiver);
                self.expr(*index);
            }
            Target::Append { receiver } | Target::Unshift { receiver } => self.receiver(*receiver),
            Target::Nested(items) => self.destructure(*items, false),
        }
    }

    /// A target in a parameter: its labels are new.
    pub(super) fn fresh_target(&mut self, target: &Target, at: u32) {
        match target {
            Target::Label(label) => {
                self.declare(*label, VarKind::Local, at);
            }
            Target::Nested(items) => self.destructure(*items, true),
            other => self.target(other, at, None),
        }
    }

    pub(super) fn receiver(&mut self, id: ExprId) {
        let head = match self.tree.expr(id) {
            Expr::Chain { head, .. } => *head,
            _ => id,
        };
        if matches!(self.tree.expr(head), Expr::Base) {
            let activation = self.activation();
            self.analysis.unit_mut(activation).assigns_through_base = true;
        }
        self.expr(id);
    }

    pub(super) fn destructure(&mut self, items: DestructureId, fresh: bool) {
        let tree = self.tree;
        for item in tree.destructure(items) {
            let at = item.span.start;
            match &item.kind {
                DestructureKind::Label { label, .. } => self.item_label(*label, at, fresh),
                DestructureKind::Slurp(Some(label)) => self.item_label(*label, at, fresh),
                DestructureKind::Slurp(None) | DestructureKind::Void | DestructureKind::Error => {}
                DestructureKind::Nested(inner) => self.destructure(*inner, fresh),
                DestructureKind::Field { name, target, .. } => {
                    self.name(name);
                    if fresh {
                        self.fresh_target(target, at);
                    } else {
                        self.target(target, at, None);
                    }
                }
                DestructureKind::Subfield { label, into } => match into {
                    SubfieldInto::Items(inner) => self.destructure(*inner, fresh),
                    SubfieldInto::Label(_) => self.item_label(*label, at, fresh),
                },
            }
            if let Some(default) = item.default {
                self.expr(default);
            }
        }
    }

    pub(super) fn item_label(&mut self, label: LabelId, at: u32, fresh: bool) {
        if fresh {
            self.declare(label, VarKind::Local, at);
        } else {
            self.assign(label, at, None);
        }
    }
}
