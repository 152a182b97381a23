//! Operators.

use fzb::tables::TypeId;
use isa::{Intrinsic, Op};

use super::apply::Arg;
use super::code::{Code, Want};
use crate::tree::{Expr, ExprId};
use crate::typed::{Meaning, Operand, Operator};

/// How many operands an operator has.
pub(super) const fn operands(operator: Operator) -> usize {
    match operator {
        Operator::Negate | Operator::Plus | Operator::BitNot | Operator::Dereference => 1,
        _ => 2,
    }
}

/// How the operands of an operator are held where it is an instruction.
pub(super) const fn held_operand(operator: Operator, operand: Operand) -> TypeId {
    match operator {
        Operator::Append => return TypeId::LIST,
        Operator::And | Operator::Or => return TypeId::BOOL,
        Operator::Cons
        | Operator::Pipe
        | Operator::Pipe2
        | Operator::Pipe3
        | Operator::PipeBack
        | Operator::PipeBack2
        | Operator::PipeBack3
        | Operator::Compose
        | Operator::ComposeBack
        | Operator::Dereference
        | Operator::SetReference => return TypeId::DYN,
        _ => {}
    }
    match operand {
        Operand::Int => TypeId::INT,
        Operand::Float => TypeId::FLOAT,
        Operand::String => TypeId::TEXT,
        Operand::Char => TypeId::CHAR,
        Operand::Bool => TypeId::BOOL,
        _ => TypeId::DYN,
    }
}

impl Code<'_, '_> {
    /// The right side of an operator, and the operator; the left side is on the stack.
    pub fn infix(&mut self, id: ExprId, operator: Operator, operand: Operand, right: ExprId) {
        match operator {
            Operator::Cons => {
                self.f.coerce(TypeId::DYN);
                self.expr(right, Want::Value);
                self.f.coerce(TypeId::LIST);
            }
            _ => {
                let held = held_operand(operator, operand);
                self.f.coerce(held);
                self.expr(right, Want::Value);
                self.f.coerce(held);
            }
        }
        self.at(id);
        self.operate(operator, operand);
    }

    /// `-e`, `!e` and their like.
    pub fn prefix(&mut self, id: ExprId, operand: ExprId) {
        match self.meaning(id) {
            Meaning::Operator(operator, kind) => {
                self.expr(operand, Want::Value);
                self.f.coerce(held_operand(operator, kind));
                self.at(id);
                self.operate(operator, kind);
            }
            Meaning::OperatorCall(callee) => {
                self.at(id);
                self.call_operator(callee, &[operand], Want::Value);
            }
            _ => self.expr(operand, Want::Value),
        }
    }

    /// An operator on operands that are on the stack, held as [`held_operand`] says.
    pub fn operate(&mut self, operator: Operator, operand: Operand) {
        match operator {
            Operator::Plus => {}
            Operator::And => self.f.op(Op::And, &[]),
            Operator::Or => self.f.op(Op::Or, &[]),
            Operator::Cons => {
                self.f.coerce(TypeId::LIST);
                self.f.op(Op::Cons, &[]);
            }
            Operator::Append => self.intrinsic(Intrinsic::ListAppend),
            Operator::Pipe => {
                self.f.swap();
                self.f.call_closure(1);
            }
            Operator::PipeBack => self.f.call_closure(1),
            Operator::Pipe2 | Operator::Pipe3 | Operator::PipeBack2 | Operator::PipeBack3 => {
                if matches!(operator, Operator::Pipe2 | Operator::Pipe3) {
                    self.f.swap();
                }
                let count = match operator {
                    Operator::Pipe2 | Operator::PipeBack2 => 2,
                    _ => 3,
                };
                let whole = self.keep(TypeId::DYN);
                for at in 0..count {
                    self.f.load(whole);
                    self.f.op(Op::TupleGet, &[at]);
                }
                self.f.call_closure(count);
                self.f.free_temp(whole);
            }
            Operator::Compose => self.library_call("Function'", "compose", 2),
            Operator::ComposeBack => {
                self.f.swap();
                self.library_call("Function'", "compose", 2);
            }
            Operator::Dereference => self.f.op(Op::CellGet, &[]),
            Operator::SetReference => {
                self.f.op(Op::CellSet, &[]);
                self.f.unit();
            }
            _ => match operand {
                Operand::Int => self.on_ints(operator),
                Operand::Float => self.on_floats(operator),
                Operand::String if operator == Operator::Add => self.f.op(Op::Concat, &[2]),
                Operand::Char if operator == Operator::Add => {
                    self.f.op(Op::I64FromChar, &[]);
                    self.f.swap();
                    self.f.op(Op::I64FromChar, &[]);
                    self.f.op(Op::I64Add, &[]);
                    self.f.op(Op::CharFromI64, &[]);
                }
                _ => self.by_policy(operator),
            },
        }
    }

    fn on_ints(&mut self, operator: Operator) {
        let op = match operator {
            Operator::Add => Op::I64Add,
            Operator::Subtract => Op::I64Sub,
            Operator::Multiply => Op::I64Mul,
            Operator::Divide => Op::I64DivS,
            Operator::Remainder => Op::I64RemS,
            Operator::Equal => Op::I64Eq,
            Operator::NotEqual => {
                self.f.op(Op::I64Eq, &[]);
                Op::Not
            }
            Operator::Less => Op::I64Lt,
            Operator::LessOrEqual => Op::I64Le,
            Operator::Greater => {
                self.f.swap();
                Op::I64Lt
            }
            Operator::GreaterOrEqual => {
                self.f.swap();
                Op::I64Le
            }
            Operator::BitAnd => Op::I64And,
            Operator::BitOr => Op::I64Or,
            Operator::BitXor => Op::I64Xor,
            Operator::ShiftLeft => Op::I64Shl,
            Operator::ShiftRight => Op::I64ShrS,
            Operator::Negate => {
                self.f.push_int(0);
                self.f.swap();
                Op::I64Sub
            }
            Operator::BitNot => {
                self.f.push_int(-1);
                Op::I64Xor
            }
            Operator::Power => return self.intrinsic(Intrinsic::I64Pow),
            _ => return self.by_policy(operator),
        };
        self.f.op(op, &[]);
    }

    fn on_floats(&mut self, operator: Operator) {
        let op = match operator {
            Operator::Add => Op::F64Add,
            Operator::Subtract => Op::F64Sub,
            Operator::Multiply => Op::F64Mul,
            Operator::Divide => Op::F64Div,
            Operator::Remainder => return self.intrinsic(Intrinsic::F64Rem),
            Operator::Power => return self.intrinsic(Intrinsic::F64Pow),
            Operator::Negate => return self.f.op(Op::F64Un, &[0]),
            Operator::Equal => Op::F64Eq,
            Operator::NotEqual => {
                self.f.op(Op::F64Eq, &[]);
                Op::Not
            }
            Operator::Less => Op::F64Lt,
            Operator::LessOrEqual => Op::F64Le,
            Operator::Greater => {
                self.f.swap();
                Op::F64Lt
            }
            Operator::GreaterOrEqual => {
                self.f.swap();
                Op::F64Le
            }
            _ => return self.by_policy(operator),
        };
        self.f.op(op, &[]);
    }

    fn by_policy(&mut self, operator: Operator) {
        let op = match operator {
            Operator::Add => Op::Add,
            Operator::Subtract => Op::Sub,
            Operator::Multiply => Op::Mul,
            Operator::Divide => Op::Div,
            Operator::Remainder => Op::Mod,
            Operator::Power => Op::Pow,
            Operator::Negate => Op::Neg,
            Operator::Equal => Op::Eq,
            Operator::NotEqual => Op::Ne,
            Operator::Less => Op::Lt,
            Operator::LessOrEqual => Op::Le,
            Operator::Greater => Op::Gt,
            Operator::GreaterOrEqual => Op::Ge,
            Operator::BitAnd => Op::BitAnd,
            Operator::BitOr => Op::BitOr,
            Operator::BitXor => Op::BitXor,
            Operator::ShiftLeft => Op::Shl,
            Operator::ShiftRight => Op::Shr,
            Operator::BitNot => Op::BitNot,
            // The others have their own instructions above.
            _ => Op::Nop,
        };
        self.f.op(op, &[]);
    }

    /// Runs an intrinsic.
    pub fn intrinsic(&mut self, intrinsic: Intrinsic) {
        self.f.op(Op::Intrinsic, &[intrinsic as u32]);
    }

    /// `e :? t`; other casts do nothing but `:?>`, which tests.
    pub fn cast(&mut self, id: ExprId) {
        let Expr::Cast { kind, .. } = self.tree().expr(id) else {
            return;
        };
        match kind {
            crate::tree::CastKind::Up => {}
            crate::tree::CastKind::Down => {
                if let Some(ty) = self.tested(self.type_of(id)) {
                    self.at(id);
                    self.f.coerce(TypeId::DYN);
                    self.f.coerce(ty);
                }
            }
            crate::tree::CastKind::Test => {
                self.f.coerce(TypeId::DYN);
                match self
                    .file
                    .instance(id)
                    .first()
                    .and_then(|ty| self.tested(*ty))
                {
                    Some(ty) => self.f.op(Op::IsType, &[ty.0]),
                    None => {
                        self.f.pop();
                        self.f.push_bool(true);
                    }
                }
            }
        }
    }

    /// Fails with the text on the stack.
    pub fn fail_with(&mut self) {
        let failure = self.unit.failure();
        if let Some(case) = failure {
            let text = self.keep(TypeId::TEXT);
            let typedef = self.unit.exception(&self.unit.user, case);
            self.arg(Arg::Temp(text), TypeId::TEXT);
            self.f.op(Op::Case, &[typedef.0, 0]);
            self.f.op(Op::Throw, &[]);
            self.f.free_temp(text);
        }
    }
}
