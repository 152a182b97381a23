//! Expressions.

use emit::Const;
use isa::Op;

use super::code::{Code, Want};
use super::represent::{F32, width};
use super::unit::Delayed;
use crate::tree::{Expr, ExprId, IntKind, Literal, LiteralId, Many, Stmt, StmtKind};
use crate::typed::{Builder, FunctionId, Meaning};

impl Code<'_, '_> {
    /// An expression; its value goes where it is wanted.
    pub fn expr(&mut self, id: ExprId, want: Want) {
        match self.meaning(id) {
            Meaning::Replaced(other) => return self.expr(other, want),
            Meaning::Silent => return self.give_unit(want),
            Meaning::Function(function) if !matches!(self.tree().expr(id), Expr::Lazy(_)) => {
                self.at(id);
                self.closure(function);
                return self.give(want);
            }
            _ => {}
        }
        if self.tree().left(id).is_some() {
            return self.spine(id, want);
        }
        match self.tree().expr(id) {
            Expr::Paren(inner) => self.expr(inner, want),
            Expr::Literal(literal) => {
                self.at(id);
                self.literal(id, literal);
                self.give(want);
            }
            Expr::Name(_) => {
                self.at(id);
                self.name(id);
                self.give(want);
            }
            Expr::Block(stmts) => self.block(stmts, want),
            Expr::Tuple { items, .. } => {
                let items = self.tree().list(items);
                for item in items {
                    self.boxed(*item);
                }
                self.at(id);
                self.f.op(Op::Tuple, &[items.len() as u32]);
                self.give(want);
            }
            Expr::Prefix { operand, .. } => {
                self.prefix(id, operand);
                self.give(want);
            }
            Expr::Assign { target, value } => self.assign(id, target, value, want),
            Expr::InferredCast { value, .. } => self.expr(value, want),
            Expr::Collection { kind, body } => {
                self.collection(id, kind, body);
                self.give(want);
            }
            Expr::Range { from, step, to } => {
                self.range_sequence(id, from, step, to);
                self.give(want);
            }
            Expr::Record(record) => {
                self.record(id, record);
                self.give(want);
            }
            Expr::Match {
                scrutinee, rules, ..
            } => {
                self.expr(scrutinee, Want::Value);
                let held = self.held(scrutinee);
                self.f.coerce(held);
                self.at(id);
                let span = self.tree().span(id);
                let result = self.held(id);
                self.rules_of(rules, span, want, result);
            }
            Expr::If {
                branches,
                otherwise,
            } => self.conditional(id, branches, otherwise, want),
            Expr::While { condition, body } => {
                self.while_loop(condition, |code| code.expr(body, Want::Nothing));
                self.give_unit(want);
            }
            Expr::For {
                variable,
                from,
                to,
                down,
                body,
            } => {
                self.count(variable, from, to, down, |code| {
                    code.expr(body, Want::Nothing);
                });
                self.give_unit(want);
            }
            Expr::ForIn {
                pattern,
                source,
                body,
                ..
            } => {
                self.walk(id, pattern, source, |code| code.expr(body, Want::Nothing));
                self.give_unit(want);
            }
            Expr::Try { body, rules } => self.try_with(id, body, rules, want),
            Expr::TryFinally { body, last } => self.try_finally(id, body, last, want),
            Expr::Lazy(_) => {
                if let Meaning::Function(function) = self.meaning(id) {
                    self.at(id);
                    self.closure(function);
                    self.library_call("Lazy'", "make", 1);
                }
                self.give(want);
            }
            Expr::Assert(condition) => {
                self.assert(id, condition);
                self.give_unit(want);
            }
            Expr::Do(value) => {
                self.expr(value, Want::Nothing);
                self.give_unit(want);
            }
            Expr::Break => {
                if let Some(around) = self.loops.last() {
                    self.f.break_(*around);
                }
            }
            Expr::Continue => {
                if let Some(around) = self.loops.last() {
                    self.f.continue_(*around);
                }
            }
            Expr::Interpolated(pieces) => {
                self.interpolated(id, pieces);
                self.give(want);
            }
            // Statements of computations stand in computations; errors in no program; the others are on spines or functions.
            _ => self.give_unit(want),
        }
    }

    /// An expression whose value is left on the stack, held as its type is.
    pub fn value(&mut self, id: ExprId) {
        self.expr(id, Want::Value);
        let held = self.held(id);
        self.f.coerce(held);
    }

    /// An expression whose value is left on the stack with its tag.
    pub fn boxed(&mut self, id: ExprId) {
        self.expr(id, Want::Value);
        self.f.coerce(fzb::tables::TypeId::DYN);
    }

    /// A closure of a function, with the variables that it captures.
    pub fn closure(&mut self, function: FunctionId) {
        let id = self.unit.function(self.part, function);
        let captured = self.part.captures(function);
        for local in captured.iter() {
            self.load_local(*local);
        }
        self.f.op(Op::MakeClosure, &[id.0, captured.len() as u32]);
    }

    /// Notes what a body that runs later is, and makes its closure.
    pub fn delayed(&mut self, function: FunctionId, builder: Builder) {
        let kind = match builder {
            Builder::Async => Delayed::Async,
            _ => Delayed::Generator,
        };
        self.part.delayed.borrow_mut().insert(function, kind);
        self.closure(function);
        if kind == Delayed::Async {
            self.library_call("Async'", "make", 1);
        }
    }

    /// Statements; the last one gives the value.
    fn block(&mut self, stmts: Many<Stmt>, want: Want) {
        self.f.open_block();
        let stmts = self.tree().list(stmts);
        let count = stmts.len();
        for (at, stmt) in stmts.iter().enumerate() {
            match stmt.kind {
                StmtKind::Expr(value) if at + 1 == count => self.expr(value, want),
                StmtKind::Expr(value) => self.expr(value, Want::Nothing),
                _ => {
                    self.binding_statement(stmt.kind);
                    if at + 1 == count {
                        self.give_unit(want);
                    }
                }
            }
        }
        self.f.close_block();
    }

    /// A constant.
    pub fn literal(&mut self, id: ExprId, literal: LiteralId) {
        if let Meaning::Format(format) = self.meaning(id) {
            return self.format_value(format);
        }
        match &self.tree().constant(literal).value {
            Literal::Unit | Literal::Null => self.f.unit(),
            Literal::Bool(value) => self.f.push_bool(*value),
            Literal::Int(value, IntKind::Int) => self.f.push_int(*value as i64),
            Literal::Float(value) => self.f.push_float(*value),
            Literal::String(text) => self.f.push_text(text),
            Literal::Bytes(bytes) => {
                for byte in bytes {
                    self.sized_constant(4, u64::from(*byte));
                }
                self.f.op(Op::Array, &[bytes.len() as u32, 0]);
            }
            other => match constant(other) {
                Some(Const::Sized(width, bits)) => self.sized_constant(width, bits),
                Some(constant) => {
                    let constant = self.unit.module.constant(constant);
                    self.f.push(constant);
                }
                None => {}
            },
        }
    }

    /// A number of a width, with its tag: without it the width would be lost.
    pub fn sized_constant(&mut self, width: u32, bits: u64) {
        let constant = self.unit.module.constant(Const::Sized(width, bits));
        self.f.push(constant);
        self.f.op(Op::Box, &[width]);
    }

    /// `t <- v`
    fn assign(&mut self, id: ExprId, target: ExprId, value: ExprId, want: Want) {
        let target = self.bare(target);
        if self.meaning(id) == Meaning::Update {
            self.functional_update(target, value);
            return self.give(want);
        }
        self.store_into(target, |code| code.value(value));
        self.give_unit(want);
    }

    /// An expression without the parentheses around it.
    pub fn bare(&self, id: ExprId) -> ExprId {
        let mut at = id;
        loop {
            match (self.meaning(at), self.tree().expr(at)) {
                (Meaning::Replaced(other), _) => at = other,
                (_, Expr::Paren(inner)) => at = inner,
                _ => return at,
            }
        }
    }
}

/// A constant as the module holds it; none for bytes, which are an array.
pub(super) fn constant(literal: &Literal) -> Option<Const> {
    Some(match literal {
        Literal::Unit | Literal::Null => Const::Empty,
        Literal::Bool(value) => Const::Bool(*value),
        Literal::Int(value, kind) => match width(*kind) {
            None => Const::Int(*value as i64),
            Some(width) => Const::Sized(width, *value as u64),
        },
        Literal::Float(value) => Const::float(*value),
        Literal::Float32(value) => Const::Sized(F32, f64::from(*value).to_bits()),
        Literal::Char(value) => Const::Char(*value),
        Literal::String(text) => Const::Text(text.to_string()),
        Literal::Bytes(_) => return None,
    })
}
