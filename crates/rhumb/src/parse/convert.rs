//! What stood in brackets before `->` and `^=`, or before `.=`: parameters, destructurings and targets.

use super::cursor::Parser;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::tree::{
    DestructureId, DestructureItem, DestructureKind, Expr, ExprId, Field, FieldKind, FieldName,
    FieldOp, FlowOp, LabelId, Mutability, Param, ParamKind, PrefixOp, Span, StepKind, SubfieldInto,
    Target,
};

impl Parser<'_> {
    /// What an assignment to this expression writes to (§2.5).
    pub fn target(&mut self, expr: ExprId) -> Target {
        let span = self.tree.span(expr);
        match self.tree.take(expr) {
            Expr::Label(label) => Target::Label(label),
            Expr::Void => Target::Void,
            Expr::Error => Target::Error,
            Expr::Chain { head, mut steps } => {
                let last = steps.pop();
                let receiver = match steps.last() {
                    None => head,
                    Some(step) => {
                        let span = span.to(step.span);
                        self.tree.put(expr, Expr::Chain { head, steps }, span);
                        expr
                    }
                };
                match last.map(|step| step.kind) {
                    Some(StepKind::Field { name, .. }) => Target::Field {
                        receiver,
                        subfield: false,
                        name,
                    },
                    Some(StepKind::Subfield { name, .. }) => Target::Field {
                        receiver,
                        subfield: true,
                        name,
                    },
                    Some(StepKind::Index(index)) => Target::Index { receiver, index },
                    Some(StepKind::Operator(FieldOp::Last)) => Target::Append { receiver },
                    Some(StepKind::Operator(FieldOp::First)) => Target::Unshift { receiver },
                    _ => self.no_target(span),
                }
            }
            _ => {
                self.unless_consumed.remove(&expr);
                self.no_target(span)
            }
        }
    }

    fn no_target(&mut self, span: Span) -> Target {
        self.error(Kind::NotAssignable, span);
        Target::Error
    }

    /// A target inside a destructuring, where brackets nest.
    fn inner_target(&mut self, expr: ExprId) -> Target {
        match self.tree.take(expr) {
            Expr::Map(fields) => Target::Nested(self.destructure(fields)),
            other => {
                let span = self.tree.span(expr);
                self.tree.put(expr, other, span);
                self.target(expr)
            }
        }
    }

    /// `item ?? default` apart.
    fn split_default(&mut self, expr: ExprId) -> (ExprId, Option<ExprId>) {
        let span = self.tree.span(expr);
        match self.tree.take(expr) {
            Expr::Flow { first, mut rest } if rest[0].op == FlowOp::Default => {
                let term = rest.remove(0);
                let first_span = self.tree.span(term.operand);
                let default = if rest.is_empty() {
                    term.operand
                } else {
                    let first = term.operand;
                    let span = Span::new(first_span.start, span.end);
                    self.tree.add(Expr::Flow { first, rest }, span)
                };
                (first, Some(default))
            }
            other => {
                self.tree.put(expr, other, span);
                (expr, None)
            }
        }
    }

    /// `x`, `.x` or `:x`.
    fn marked_label(&self, expr: ExprId) -> Option<(LabelId, Option<Mutability>)> {
        match *self.tree.expr(expr) {
            Expr::Label(label) => Some((label, None)),
            Expr::Prefix { op, operand } => {
                let mutability = match op {
                    PrefixOp::Freeze => Mutability::Immutable,
                    PrefixOp::Copy => Mutability::Mutable,
                    _ => return None,
                };
                match *self.tree.expr(operand) {
                    Expr::Label(label) => Some((label, Some(mutability))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The label behind `&`; the inner none is `_`.
    pub fn slurped(&self, expr: ExprId) -> Option<Option<LabelId>> {
        match *self.tree.expr(expr) {
            Expr::Label(label) => Some(Some(label)),
            Expr::Void => Some(None),
            _ => None,
        }
    }

    /// The items before an arrow.
    pub fn params(&mut self, fields: Vec<Field>) -> Vec<Param> {
        let mut params = Vec::with_capacity(fields.len());
        for field in fields {
            let (kind, default) = self.param(field.kind, field.span);
            params.push(Param {
                span: field.span,
                kind,
                default,
            });
        }
        params
    }

    fn param(&mut self, kind: FieldKind, span: Span) -> (ParamKind, Option<ExprId>) {
        match kind {
            FieldKind::Element(expr) => {
                let (expr, default) = self.split_default(expr);
                (self.element_param(expr, span), default)
            }
            FieldKind::Named {
                subfield: false,
                name: FieldName::Label(label),
                mutability,
                value,
            } => {
                let mutability = Some(mutability);
                (ParamKind::Label { label, mutability }, Some(value))
            }
            FieldKind::Named {
                subfield: false,
                name,
                mutability,
                value,
            } => {
                let (value, default) = self.split_default(value);
                let target = self.inner_target(value);
                let kind = ParamKind::Field {
                    name,
                    target,
                    mutability,
                };
                (kind, default)
            }
            FieldKind::Pun {
                subfield: false,
                label,
                mutability,
                ..
            } => {
                let mutability = Some(mutability);
                (ParamKind::Label { label, mutability }, None)
            }
            FieldKind::Spread(expr) => match self.slurped(expr) {
                Some(label) => (ParamKind::Slurp(label), None),
                None => (self.no_param(span), None),
            },
            FieldKind::Named { .. } | FieldKind::Pun { .. } => (self.no_param(span), None),
        }
    }

    fn element_param(&mut self, expr: ExprId, span: Span) -> ParamKind {
        if let Some((label, mutability)) = self.marked_label(expr) {
            return ParamKind::Label { label, mutability };
        }
        match self.tree.expr(expr) {
            Expr::Void => ParamKind::Void,
            Expr::Error if !self.subfield_patterns.contains_key(&expr) => ParamKind::Error,
            Expr::Map(_) => match self.inner_target(expr) {
                Target::Nested(items) => ParamKind::Nested(items),
                _ => ParamKind::Error,
            },
            Expr::Reference(_) | Expr::Submap(_) => ParamKind::Submap(expr),
            Expr::Chain { head, steps } => {
                let head = *head;
                match (self.tree.expr(head), steps.as_slice()) {
                    (Expr::Reference(_) | Expr::Submap(_), [step]) if self.is_all(&step.kind) => {
                        ParamKind::SubmapLabels(head)
                    }
                    _ => self.no_param(span),
                }
            }
            Expr::Emit(_) => match self.event(expr) {
                Some(event) => ParamKind::Event(event),
                None => ParamKind::Error,
            },
            _ => {
                self.unless_consumed.remove(&expr);
                self.no_param(span)
            }
        }
    }

    fn is_all(&self, step: &StepKind) -> bool {
        matches!(step, StepKind::Matching(pattern) if self.tree.label(*pattern) == "*")
    }

    fn no_param(&mut self, span: Span) -> ParamKind {
        self.error(Kind::NotParameter, span);
        ParamKind::Error
    }

    /// The items before `^=`.
    pub fn destructure(&mut self, fields: Vec<Field>) -> DestructureId {
        let mut items = Vec::with_capacity(fields.len());
        for field in fields {
            let (kind, default) = self.destructure_item(field.kind, field.span);
            items.push(DestructureItem {
                span: field.span,
                kind,
                default,
            });
        }
        self.tree.add_destructure(items)
    }

    fn destructure_item(
        &mut self,
        kind: FieldKind,
        span: Span,
    ) -> (DestructureKind, Option<ExprId>) {
        match kind {
            FieldKind::Element(expr) => {
                let (expr, default) = self.split_default(expr);
                (self.destructure_element(expr, span), default)
            }
            FieldKind::Named {
                subfield,
                name,
                mutability,
                value,
            } => {
                let (value, default) = self.split_default(value);
                let target = self.inner_target(value);
                let kind = DestructureKind::Field {
                    subfield,
                    name,
                    target,
                    mutability,
                };
                (kind, default)
            }
            FieldKind::Pun {
                subfield: false,
                label,
                mutability,
                ..
            } => {
                let mutability = Some(mutability);
                (DestructureKind::Label { label, mutability }, None)
            }
            FieldKind::Pun {
                label, mutability, ..
            } => {
                let into = SubfieldInto::Label(mutability);
                (DestructureKind::Subfield { label, into }, None)
            }
            FieldKind::Spread(expr) => match self.slurped(expr) {
                Some(label) => (DestructureKind::Slurp(label), None),
                None => (self.no_item(span), None),
            },
        }
    }

    fn destructure_element(&mut self, expr: ExprId, span: Span) -> DestructureKind {
        if let Some((label, mutability)) = self.marked_label(expr) {
            return DestructureKind::Label { label, mutability };
        }
        if let Some((label, map)) = self.subfield_patterns.remove(&expr) {
            self.unless_consumed.remove(&expr);
            return match self.inner_target(map) {
                Target::Nested(items) => DestructureKind::Subfield {
                    label,
                    into: SubfieldInto::Items(items),
                },
                _ => DestructureKind::Error,
            };
        }
        match self.tree.expr(expr) {
            Expr::Void => DestructureKind::Void,
            Expr::Error => DestructureKind::Error,
            Expr::Map(_) => match self.inner_target(expr) {
                Target::Nested(items) => DestructureKind::Nested(items),
                _ => DestructureKind::Error,
            },
            _ => {
                self.unless_consumed.remove(&expr);
                self.no_item(span)
            }
        }
    }

    fn no_item(&mut self, span: Span) -> DestructureKind {
        self.error(Kind::NotDestructurable, span);
        DestructureKind::Error
    }
}
