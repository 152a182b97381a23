//! What stood before `..` in a selector, and events: patterns (docs/specs/rhumb.md §4.2).

use super::cursor::Parser;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::tree::{
    Arg, ArgKind, BinaryOp, Emission, Event, Expr, ExprId, Field, FieldKind, Mutability, Pattern,
    PatternId, PatternItem, PatternItemKind, PrefixOp, Span, Step, StepKind, Topic,
};

impl Parser<'_> {
    /// The pattern of a rule.
    pub fn pattern(&mut self, expr: ExprId) -> PatternId {
        if let Some(event) = self.event(expr) {
            let span = self.tree.span(expr);
            return self.tree.add_pattern(Pattern::Event(event), span);
        }
        self.value_pattern(expr)
    }

    /// A pattern that matches a value.
    fn value_pattern(&mut self, expr: ExprId) -> PatternId {
        let span = self.tree.span(expr);
        let pattern = match self.tree.expr(expr) {
            Expr::Void => Pattern::Any,
            Expr::Empty => Pattern::Empty,
            Expr::Error => Pattern::Error,
            Expr::Label(label) => Pattern::Label(*label),
            Expr::Map(_) => {
                let Expr::Map(fields) = self.tree.take(expr) else {
                    return self.tree.add_pattern(Pattern::Error, span);
                };
                Pattern::Structure(self.pattern_items(fields))
            }
            Expr::Emit(_) => {
                self.unless_consumed.remove(&expr);
                self.error(Kind::NestedEvent, span);
                Pattern::Error
            }
            Expr::Binary { first, rest } if rest[0].op == BinaryOp::Range => Pattern::Range {
                start: *first,
                end: rest[0].operand,
            },
            _ if self.is_literal(expr) => Pattern::Literal(expr),
            _ if self.is_predicate(expr) => Pattern::Predicate(expr),
            _ => Pattern::Value(expr),
        };
        self.tree.add_pattern(pattern, span)
    }

    fn is_literal(&self, expr: ExprId) -> bool {
        match self.tree.expr(expr) {
            Expr::Prefix {
                op: PrefixOp::Negate,
                operand,
            } => matches!(self.tree.expr(*operand), Expr::Number(_)),
            Expr::Number(_)
            | Expr::Version(_)
            | Expr::Date(_)
            | Expr::Duration(_)
            | Expr::Text(_)
            | Expr::Key(_)
            | Expr::Truth(_) => true,
            _ => false,
        }
    }

    /// Whether the expression holds, outside of brackets, an operator of level 7 to 10 or a call.
    fn is_predicate(&self, expr: ExprId) -> bool {
        // Operands are as many as the text is long, but every one is looked at once.
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match self.tree.expr(expr) {
                Expr::Binary { first, rest } => {
                    if rest.iter().any(|term| term.op.is_test()) {
                        return true;
                    }
                    open.push(*first);
                    open.extend(rest.iter().map(|term| term.operand));
                }
                Expr::Flow { first, rest } => {
                    open.push(*first);
                    open.extend(rest.iter().map(|term| term.operand));
                }
                Expr::Conditional { arms } => open.extend(arms.iter().flatten()),
                Expr::Prefix { operand, .. } => open.push(*operand),
                Expr::Chain { head, steps } => {
                    let call = |step: &Step| matches!(step.kind, StepKind::Call(_));
                    if steps.iter().any(call) {
                        return true;
                    }
                    open.push(*head);
                }
                _ => {}
            }
        }
        false
    }

    fn pattern_items(&mut self, fields: Vec<Field>) -> Vec<PatternItem> {
        let mut items = Vec::with_capacity(fields.len());
        for Field { span, kind } in fields {
            let kind = match kind {
                FieldKind::Element(expr) => self.element_item(expr),
                FieldKind::Named {
                    subfield,
                    name,
                    value,
                    ..
                } => PatternItemKind::Named {
                    subfield,
                    name,
                    pattern: self.value_pattern(value),
                },
                FieldKind::Pun {
                    subfield,
                    label,
                    mutability,
                    ..
                } => PatternItemKind::Pun {
                    subfield,
                    label,
                    mutability,
                },
                FieldKind::Spread(expr) => self.slurp_item(expr, span),
            };
            items.push(PatternItem { span, kind });
        }
        items
    }

    /// An item by position; `@s[…]` is one by name.
    fn element_item(&mut self, expr: ExprId) -> PatternItemKind {
        let Some((label, map)) = self.subfield_patterns.remove(&expr) else {
            return PatternItemKind::Element(self.value_pattern(expr));
        };
        self.unless_consumed.remove(&expr);
        PatternItemKind::Named {
            subfield: true,
            name: crate::tree::FieldName::Label(label),
            pattern: self.value_pattern(map),
        }
    }

    fn slurp_item(&mut self, expr: ExprId, span: Span) -> PatternItemKind {
        match self.slurped(expr) {
            Some(label) => PatternItemKind::Slurp(label),
            None => {
                self.error(Kind::NotDestructurable, span);
                PatternItemKind::Element(self.tree.add_pattern(Pattern::Error, span))
            }
        }
    }

    /// The event pattern that an emission without receiver is.
    pub fn event(&mut self, expr: ExprId) -> Option<Event> {
        let span = self.tree.span(expr);
        match self.tree.take(expr) {
            Expr::Emit(Emission { kind, topic, args }) => {
                self.unless_consumed.remove(&expr);
                let topic = match topic {
                    None => Topic::Anonymous,
                    Some(label) if self.tree.label(label) == "*" => Topic::Any,
                    Some(label) => Topic::Named(label),
                };
                let payload = args.map(|args| self.payload(args));
                Some(Event {
                    kind,
                    topic,
                    payload,
                })
            }
            other => {
                self.tree.put(expr, other, span);
                None
            }
        }
    }

    fn payload(&mut self, args: Vec<Arg>) -> Vec<PatternItem> {
        let mut items = Vec::with_capacity(args.len());
        for Arg { span, kind } in args {
            let kind = match kind {
                ArgKind::Positional(expr) => match self.payload_pun(expr) {
                    Some(pun) => pun,
                    None => self.element_item(expr),
                },
                ArgKind::Named { name, value, .. } => PatternItemKind::Named {
                    subfield: false,
                    name,
                    pattern: self.value_pattern(value),
                },
                ArgKind::Spread(expr) => self.slurp_item(expr, span),
            };
            items.push(PatternItem { span, kind });
        }
        items
    }

    /// `.n` or `:n`, which in arguments reads as a prefix operator.
    fn payload_pun(&self, expr: ExprId) -> Option<PatternItemKind> {
        let Expr::Prefix { op, operand } = *self.tree.expr(expr) else {
            return None;
        };
        let mutability = match op {
            PrefixOp::Freeze => Mutability::Immutable,
            PrefixOp::Copy => Mutability::Mutable,
            _ => return None,
        };
        match *self.tree.expr(operand) {
            Expr::Label(label) => Some(PatternItemKind::Pun {
                subfield: false,
                label,
                mutability,
            }),
            _ => None,
        }
    }
}
