//! Operators, from loosest to tightest (docs/specs/rhumb.md §2.1).

use super::cursor::Parser;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::lex::{Sign, TokenKind};
use crate::tree::{
    BinaryOp, Expr, ExprId, FlowOp, LambdaHead, LambdaKind, Level, Mutability, PrefixOp, Term,
};

/// The operator of a sign, looked up in the table of operators by its text.
fn of_sign<Op: Copy>(all: &[Op], text: impl Fn(Op) -> &'static str, sign: Sign) -> Option<Op> {
    all.iter().copied().find(|&op| text(op) == sign.text())
}

fn binary_of(sign: Sign) -> Option<BinaryOp> {
    of_sign(BinaryOp::ALL, BinaryOp::text, sign)
}

impl Parser<'_> {
    /// An expression as long as it goes.
    pub fn expression(&mut self) -> ExprId {
        let start = self.here();
        let first = self.flow();
        let mut arms = vec![vec![first]];
        loop {
            match self.sign() {
                Some(Sign::EqualGreater) => {
                    self.advance();
                    let operand = self.flow();
                    self.warn_of_lost_else(operand);
                    if let Some(arm) = arms.last_mut() {
                        arm.push(operand);
                    }
                }
                Some(Sign::TildeGreater) => {
                    self.advance();
                    let operand = self.flow();
                    arms.push(vec![operand]);
                }
                _ => break,
            }
        }
        if arms.len() == 1 && arms[0].len() == 1 {
            return first;
        }
        let span = self.since(start);
        self.tree.add(Expr::Conditional { arms }, span)
    }

    /// `c => x := 1 ~> y`: the `~>` is part of what is assigned (rulings B17).
    fn warn_of_lost_else(&mut self, operand: ExprId) {
        if let Expr::Assign { value, .. } = *self.tree.expr(operand)
            && let Expr::Conditional { arms } = self.tree.expr(value)
            && arms.len() > 1
        {
            let span = self.tree.span(operand);
            self.error(Kind::ElseInAssignment, span);
        }
    }

    fn flow(&mut self) -> ExprId {
        let start = self.here();
        let first = self.binary(Level::Or);
        let mut rest = Vec::new();
        while let Some(op) = self
            .sign()
            .and_then(|sign| of_sign(FlowOp::ALL, FlowOp::text, sign))
        {
            let op_span = self.advance().span;
            let operand = self.binary(Level::Or);
            rest.push(Term {
                op,
                op_span,
                operand,
            });
        }
        if rest.is_empty() {
            return first;
        }
        let span = self.since(start);
        self.tree.add(Expr::Flow { first, rest }, span)
    }

    /// Operators of the level and of tighter ones, down to [`Level::Product`].
    fn binary(&mut self, loosest: Level) -> ExprId {
        let start = self.here();
        let mut first = self.range();
        // Every turn reads a run of one level; the next run is looser, for tighter ones belong to its operands.
        while let Some((_, level)) = self.infix(loosest) {
            let mut rest = Vec::new();
            while let Some((op, _)) = self.infix(level).filter(|&(_, next)| next == level) {
                let op_span = self.advance().span;
                let operand = match tighter(level) {
                    Some(level) => self.binary(level),
                    None => self.range(),
                };
                rest.push(Term {
                    op,
                    op_span,
                    operand,
                });
            }
            let span = self.since(start);
            first = self.tree.add(Expr::Binary { first, rest }, span);
        }
        first
    }

    /// The next operator, if it groups to the left and is not looser than the level.
    fn infix(&self, loosest: Level) -> Option<(BinaryOp, Level)> {
        let op = binary_of(self.sign()?)?;
        let level = op.level()?;
        (level > Level::Range && level <= loosest).then_some((op, level))
    }

    fn range(&mut self) -> ExprId {
        let start = self.here();
        let first = self.prefixed();
        if self.sign() != Some(Sign::Bar) {
            return first;
        }
        let op_span = self.advance().span;
        let operand = self.deeper_expr(Self::range);
        let rest = vec![Term {
            op: BinaryOp::Range,
            op_span,
            operand,
        }];
        let span = self.since(start);
        self.tree.add(Expr::Binary { first, rest }, span)
    }

    fn prefixed(&mut self) -> ExprId {
        let start = self.here();
        let sign = self.sign();
        let Some(op) = sign.and_then(|sign| of_sign(PrefixOp::ALL, PrefixOp::text, sign)) else {
            return self.power();
        };
        self.advance();
        let operand = self.deeper_expr(Self::prefixed);
        if let Expr::Assign { target_span, .. } = *self.tree.expr(operand) {
            self.error(Kind::NotAssignable, start.to(target_span));
        }
        let span = self.since(start);
        self.tree.add(Expr::Prefix { op, operand }, span)
    }

    fn power(&mut self) -> ExprId {
        let start = self.here();
        let first = self.operand();
        let op = self.sign().and_then(binary_of);
        let Some(op) = op.filter(|op| op.level().is_none()) else {
            return first;
        };
        let op_span = self.advance().span;
        // A prefix operator may begin it (rulings A4), and it groups to the right.
        let operand = self.deeper_expr(Self::prefixed);
        let rest = vec![Term {
            op,
            op_span,
            operand,
        }];
        let span = self.since(start);
        self.tree.add(Expr::Binary { first, rest }, span)
    }

    /// A chain; with what it is the head or target of, if an arrow or assignment follows.
    fn operand(&mut self) -> ExprId {
        let chain = self.chain();
        let Some(sign) = self.sign() else {
            return chain;
        };
        match sign {
            Sign::Arrow => self.lambda(chain, LambdaKind::Function),
            Sign::BangArrow => self.lambda(chain, LambdaKind::Method),
            Sign::PlusArrow | Sign::DollarArrow => self.lambda(chain, LambdaKind::Immediate),
            Sign::DotEqual => self.assignment(chain, Mutability::Immutable),
            Sign::ColonEqual => self.assignment(chain, Mutability::Mutable),
            Sign::DotDot if !self.fields => self.assignment(chain, Mutability::Immutable),
            Sign::ColonColon if !self.fields => self.assignment(chain, Mutability::Mutable),
            Sign::CaretEqual => self.destructuring(chain),
            _ => chain,
        }
    }

    fn lambda(&mut self, head: ExprId, kind: LambdaKind) -> ExprId {
        let start = self.tree.span(head);
        self.advance();
        let head = match self.tree.take(head) {
            Expr::Map(fields) => LambdaHead::Params(self.params(fields)),
            Expr::Submap(params) => LambdaHead::Params(params),
            Expr::Label(label) => LambdaHead::Label(label),
            other => {
                self.tree.put(head, other, start);
                LambdaHead::Value(head)
            }
        };
        let body = self.deeper_expr(Self::expression);
        let span = self.since(start);
        self.tree.add(Expr::Lambda { kind, head, body }, span)
    }

    fn assignment(&mut self, target: ExprId, mutability: Mutability) -> ExprId {
        let target_span = self.tree.span(target);
        self.advance();
        let target = self.target(target);
        let value = self.deeper_expr(Self::expression);
        let span = self.since(target_span);
        self.tree.add(
            Expr::Assign {
                target,
                target_span,
                mutability,
                value,
            },
            span,
        )
    }

    fn destructuring(&mut self, pattern: ExprId) -> ExprId {
        let start = self.tree.span(pattern);
        self.advance();
        let fields = match self.tree.take(pattern) {
            Expr::Map(fields) => fields,
            Expr::Error => Vec::new(),
            _ => {
                self.unless_pattern.remove(&pattern);
                self.error(Kind::DestructureHead, start);
                Vec::new()
            }
        };
        let items = self.destructure(fields);
        let value = self.deeper_expr(Self::expression);
        let span = self.since(start);
        self.tree.add(Expr::Destructure { items, value }, span)
    }

    /// `..` or `::` where it parts a name or pattern from its value; taken if it is there.
    pub fn eat_field_sign(&mut self) -> Option<Mutability> {
        let mutability = match self.kind() {
            TokenKind::Sign(Sign::DotDot) => Mutability::Immutable,
            TokenKind::Sign(Sign::ColonColon) => Mutability::Mutable,
            _ => return None,
        };
        self.advance();
        Some(mutability)
    }
}

/// The next tighter level of those that group to the left.
const fn tighter(level: Level) -> Option<Level> {
    match level {
        Level::Range | Level::Product => None,
        Level::Sum => Some(Level::Product),
        Level::Order => Some(Level::Sum),
        Level::Equality => Some(Level::Order),
        Level::And => Some(Level::Equality),
        Level::Or => Some(Level::And),
    }
}
