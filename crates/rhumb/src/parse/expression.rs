//! Operators, from loosest to tightest (docs/specs/rhumb.md §2.1).

use super::cursor::Parser;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::lex::{Sign, TokenKind};
use crate::tree::{
    BinaryOp, Expr, ExprId, FlowOp, LambdaHead, LambdaKind, Level, Mutability, Number, PrefixOp,
    Span, Term,
};

/// Builds, at compile time, the table from signs to operators out of the tables of both: they agree by text.
macro_rules! by_sign {
    ($name:ident, $op:ty) => {
        const $name: [Option<$op>; Sign::ALL.len()] = {
            let mut table = [None; Sign::ALL.len()];
            let mut at = 0;
            while at < <$op>::ALL.len() {
                let op = <$op>::ALL[at];
                let mut sign = 0;
                while sign < table.len() {
                    if same(Sign::ALL[sign].text(), op.text()) {
                        table[Sign::ALL[sign] as usize] = Some(op);
                    }
                    sign += 1;
                }
                at += 1;
            }
            table
        };
    };
}

by_sign!(BINARY, BinaryOp);
by_sign!(FLOW, FlowOp);
by_sign!(PREFIX, PrefixOp);

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

fn of_sign<Op: Copy>(table: &[Option<Op>], sign: Sign) -> Option<Op> {
    table.get(sign as usize).copied().flatten()
}

/// Operators of one level with their operands, as far as they were read.
struct Run {
    level: Level,
    first: ExprId,
    rest: Vec<Term<BinaryOp>>,
    /// The operator whose operand comes next, and where it stands.
    next: (BinaryOp, Span),
}

const fn term((op, op_span): (BinaryOp, Span), operand: ExprId) -> Term<BinaryOp> {
    Term {
        op,
        op_span,
        operand,
    }
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
        let first = self.binary();
        let mut rest = Vec::new();
        while let Some(op) = self.sign().and_then(|sign| of_sign(&FLOW, sign)) {
            let op_span = self.advance().span;
            let operand = self.binary();
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

    /// Operators that group to the left, from [`Level::Product`] to [`Level::Or`]. A stack holds the runs that are open,
    /// loosest first: six at most, without a native frame for each.
    fn binary(&mut self) -> ExprId {
        let mut open: Vec<Run> = Vec::new();
        let mut operand = self.range();
        while let Some((op, level)) = self.infix() {
            while let Some(run) = open.pop_if(|run| run.level < level) {
                operand = self.close_run(run, operand);
            }
            let op_span = self.advance().span;
            match open.last_mut().filter(|run| run.level == level) {
                Some(run) => {
                    let before = std::mem::replace(&mut run.next, (op, op_span));
                    run.rest.push(term(before, operand));
                }
                None => open.push(Run {
                    level,
                    first: operand,
                    rest: Vec::new(),
                    next: (op, op_span),
                }),
            }
            operand = self.range();
        }
        while let Some(run) = open.pop() {
            operand = self.close_run(run, operand);
        }
        operand
    }

    /// Adds a run with its last operand.
    fn close_run(&mut self, mut run: Run, operand: ExprId) -> ExprId {
        run.rest.push(term(run.next, operand));
        let span = self.tree.span(run.first).to(self.tree.span(operand));
        self.tree.add(
            Expr::Binary {
                first: run.first,
                rest: run.rest,
            },
            span,
        )
    }

    /// The next operator, if it groups to the left.
    fn infix(&self) -> Option<(BinaryOp, Level)> {
        let op = of_sign(&BINARY, self.sign()?)?;
        let level = op.level()?;
        (level > Level::Range).then_some((op, level))
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
        let Some(op) = sign.and_then(|sign| of_sign(&PREFIX, sign)) else {
            return self.power();
        };
        self.advance();
        let operand = self.deeper_expr(Self::prefixed);
        if let Expr::Assign { target_span, .. } = *self.tree.expr(operand) {
            self.error(Kind::NotAssignable, start.to(target_span));
        }
        let span = self.since(start);
        let lowest = Expr::Number(Number::Integer(i64::MIN));
        if op == PrefixOp::Negate && *self.tree.expr(operand) == lowest {
            // Its digits alone are too many for an integer.
            self.unless_consumed.remove(&operand);
            return self.tree.add(lowest, span);
        }
        self.tree.add(Expr::Prefix { op, operand }, span)
    }

    fn power(&mut self) -> ExprId {
        let start = self.here();
        let first = self.operand();
        let op = self.sign().and_then(|sign| of_sign(&BINARY, sign));
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
                self.unless_consumed.remove(&pattern);
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
