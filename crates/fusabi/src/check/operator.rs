//! Operators (§1.2, §2.2 b).

use super::codes;
use super::env::Value;
use super::state::{Checker, PendingOperator};
use crate::tree::{ExprId, Symbol};
use crate::typed::{Callee, DefinedId, Meaning, MemberId, Operand, Operator, Requirement};
use crate::types::{Node, NumberSet, Ty};

/// What the operands of an operator must be.
enum Kind {
    /// Both of one type of that set, which is the result's too.
    Arithmetic(NumberSet),
    /// Both texts.
    Text,
    /// Both of one type that can do that; gives `bool`.
    Compares(Requirement),
    /// Both `bool`.
    Logic,
    /// A whole number and an `int`.
    Shift,
}

impl Checker<'_> {
    /// `l op r`, with the type of the left operand.
    pub fn binary(
        &mut self,
        node: ExprId,
        operator: Symbol,
        left: ExprId,
        left_type: Ty,
        right: ExprId,
        wanted: Option<Ty>,
    ) -> Ty {
        let name = self.name(operator);
        if let Some(value) = self.env.value(name) {
            return self.user_operator(node, value, &[(left, left_type)], right, wanted);
        }
        match operator {
            Symbol::CONS => {
                let list = self.types.named(DefinedId::LIST, &[left_type]);
                self.expr(right, list);
                self.does(node, Operator::Cons, Operand::Structural);
                list
            }
            Symbol::APPEND => {
                let item = self.fresh();
                let list = self.types.named(DefinedId::LIST, &[item]);
                let span = self.tree().span(left);
                self.want_type(span, list, left_type);
                self.expr(right, list);
                self.does(node, Operator::Append, Operand::Structural);
                list
            }
            Symbol::PIPE => {
                let result = wanted.unwrap_or_else(|| self.types.fresh());
                let function = self.types.function(left_type, result);
                self.expr(right, function);
                self.does(node, Operator::Pipe, Operand::Structural);
                result
            }
            Symbol::PIPE2 | Symbol::PIPE3 => {
                let count = if operator == Symbol::PIPE2 { 2 } else { 3 };
                let parts: Vec<Ty> = (0..count).map(|_| self.fresh()).collect();
                let tuple = self.types.tuple(&parts);
                let span = self.tree().span(left);
                self.want_type(span, tuple, left_type);
                let result = self.fresh();
                let function = self.types.functions(&parts, result);
                self.expr(right, function);
                let operator = if count == 2 {
                    Operator::Pipe2
                } else {
                    Operator::Pipe3
                };
                self.does(node, operator, Operand::Structural);
                result
            }
            Symbol::BACK => {
                let result = self.apply_typed(node, left_type, &[right], wanted);
                self.does(node, Operator::PipeBack, Operand::Structural);
                result
            }
            Symbol::BACK2 | Symbol::BACK3 => {
                let count = if operator == Symbol::BACK2 { 2 } else { 3 };
                let parts: Vec<Ty> = (0..count).map(|_| self.fresh()).collect();
                let result = self.fresh();
                let function = self.types.functions(&parts, result);
                let span = self.tree().span(left);
                self.want_type(span, function, left_type);
                let tuple = self.types.tuple(&parts);
                self.expr(right, tuple);
                let operator = if count == 2 {
                    Operator::PipeBack2
                } else {
                    Operator::PipeBack3
                };
                self.does(node, operator, Operand::Structural);
                result
            }
            Symbol::COMPOSE | Symbol::COMPOSE_BACK => {
                self.compose(node, operator, left, left_type, right)
            }
            Symbol::ASSIGN => {
                let item = self.fresh();
                let reference = self.types.named(DefinedId::REF, &[item]);
                let span = self.tree().span(left);
                self.want_type(span, reference, left_type);
                self.expr(right, item);
                self.does(node, Operator::SetReference, Operand::Structural);
                self.unit
            }
            _ => match builtin(operator) {
                Some((does, kind)) => {
                    self.arithmetic(node, operator, does, &kind, left, left_type, right)
                }
                None => {
                    self.infer(right);
                    let text = self.names.text(name).to_owned();
                    let span = self.tree().span(node);
                    let problem = self
                        .error(codes::UNDEFINED, span)
                        .reason("operator")
                        .arg("name", text);
                    self.report(problem);
                    self.fresh()
                }
            },
        }
    }

    fn does(&mut self, node: ExprId, operator: Operator, operand: Operand) {
        self.mean(node, Meaning::Operator(operator, operand));
    }

    fn compose(
        &mut self,
        node: ExprId,
        operator: Symbol,
        left: ExprId,
        left_type: Ty,
        right: ExprId,
    ) -> Ty {
        let forward = operator == Symbol::COMPOSE;
        let (a, b, c) = (self.fresh(), self.fresh(), self.fresh());
        let span = self.tree().span(left);
        let (first, second) = (self.types.function(a, b), self.types.function(b, c));
        let (this, other) = if forward {
            (first, second)
        } else {
            (second, first)
        };
        self.want_type(span, this, left_type);
        self.expr(right, other);
        let operator = if forward {
            Operator::Compose
        } else {
            Operator::ComposeBack
        };
        self.does(node, operator, Operand::Structural);
        self.types.function(a, c)
    }

    fn arithmetic(
        &mut self,
        node: ExprId,
        symbol: Symbol,
        operator: Operator,
        kind: &Kind,
        left: ExprId,
        left_type: Ty,
        right: ExprId,
    ) -> Ty {
        let span = self.tree().span(left);
        match kind {
            Kind::Logic => {
                let bool = self.bool;
                self.want_type(span, bool, left_type);
                self.expr(right, bool);
                self.does(node, operator, Operand::Bool);
                bool
            }
            Kind::Text => {
                let string = self.string;
                self.want_type(span, string, left_type);
                self.expr(right, string);
                self.does(node, operator, Operand::String);
                string
            }
            Kind::Shift => {
                let int = self.int;
                self.restrict(left, left_type, NumberSet::WHOLE);
                self.expr(right, int);
                self.later(node, operator, left_type, false);
                left_type
            }
            Kind::Compares(requires) => {
                self.expr(right, left_type);
                if let Err(mismatch) = self.types.require(left_type, *requires) {
                    self.mismatch(span, left_type, left_type, mismatch);
                }
                self.later(node, operator, left_type, false);
                self.bool
            }
            Kind::Arithmetic(set) => {
                // Sets have a union and a difference.
                let of_sets = match symbol {
                    Symbol::PLUS => Some("union"),
                    Symbol::MINUS => Some("difference"),
                    _ => None,
                };
                if self.types.defined(left_type) == Some(DefinedId::SET)
                    && let Some(row) = of_sets.and_then(|name| {
                        let rows = crate::library::library().find("Set", name);
                        rows.first().copied()
                    })
                {
                    self.expr(right, left_type);
                    self.mean(node, Meaning::OperatorCall(Callee::Library(row)));
                    return left_type;
                }
                // A type's own operator counts where the type of an operand is known (rulings, Fusabi 6).
                if let Some(member) = self.own_operator(left_type, symbol) {
                    return self.member_operator(node, member, &[(left, left_type)], right);
                }
                let right_type = self.fresh();
                if self.types.defined(left_type).is_some_and(|id| set.has(id))
                    && matches!(
                        self.tree().expr(self.bare(right)),
                        crate::tree::Expr::Literal(_)
                    )
                {
                    self.expr(right, left_type);
                } else {
                    self.expr(right, right_type);
                    if let Some(member) = self.own_operator(right_type, symbol) {
                        return self.member_operator_typed(node, member, &[left_type, right_type]);
                    }
                    let span = self.tree().span(right);
                    self.want_type(span, left_type, right_type);
                }
                self.restrict(left, left_type, *set);
                self.later(node, operator, left_type, false);
                left_type
            }
        }
    }

    fn restrict(&mut self, at: ExprId, ty: Ty, set: NumberSet) {
        if let Err(mismatch) = self.types.restrict(ty, set) {
            let span = self.tree().span(at);
            self.mismatch(span, ty, ty, mismatch);
        }
        if self.settle().is_err() {
            // What a number cannot have was asked of it: said when the field is looked at.
        }
    }

    /// What the operand is stands in the tables when its type is final.
    fn later(&mut self, node: ExprId, operator: Operator, operand: Ty, as_value: bool) {
        self.file.operators.push(PendingOperator {
            node,
            operator,
            operand,
            as_value,
        });
    }

    /// The static member that a type has for an operator.
    fn own_operator(&mut self, ty: Ty, symbol: Symbol) -> Option<MemberId> {
        let id = self.types.defined(ty).filter(|id| !id.is_builtin())?;
        let name = self.name(symbol);
        self.static_member(id, name)
    }

    fn member_operator(
        &mut self,
        node: ExprId,
        member: MemberId,
        operands: &[(ExprId, Ty)],
        right: ExprId,
    ) -> Ty {
        let right_type = self.infer(right);
        let mut types: Vec<Ty> = operands.iter().map(|operand| operand.1).collect();
        types.push(right_type);
        self.member_operator_typed(node, member, &types)
    }

    fn member_operator_typed(&mut self, node: ExprId, member: MemberId, operands: &[Ty]) -> Ty {
        let owner = self.members.get(member).map(|info| info.row.owner);
        let args = operands
            .iter()
            .filter_map(|&ty| self.types.as_named(ty))
            .find(|(id, _)| Some(*id) == owner)
            .map(|(_, args)| args.to_vec())
            .unwrap_or_default();
        let ty = self.member_type(member, &args);
        self.mean(node, Meaning::OperatorCall(Callee::Member(member)));
        let result = self.fresh();
        let curried = self.types.functions(operands, result);
        let tuple = self.types.tuple(operands);
        let tupled = self.types.function(tuple, result);
        let takes_tuple = matches!(self.types.node(ty), Node::Function(from, _)
            if matches!(self.types.node(from), Node::Tuple(_)));
        let wanted = if takes_tuple && operands.len() > 1 {
            tupled
        } else {
            curried
        };
        let span = self.tree().span(node);
        self.want_type(span, ty, wanted);
        result
    }

    fn user_operator(
        &mut self,
        node: ExprId,
        value: Value,
        operands: &[(ExprId, Ty)],
        right: ExprId,
        wanted: Option<Ty>,
    ) -> Ty {
        self.count_use(value);
        let (callee, scheme) = match value {
            Value::Local(id) => {
                let span = self.tree().span(node);
                self.capture(id, span);
                (
                    Callee::Local(id),
                    self.file.locals.get(id).map(|(_, scheme)| scheme.clone()),
                )
            }
            Value::Global(id) => (
                Callee::Global(id),
                self.globals.get(id).map(|(_, scheme)| scheme.clone()),
            ),
            _ => return self.fresh(),
        };
        self.mean(node, Meaning::OperatorCall(callee));
        let Some(scheme) = scheme else {
            return self.fresh();
        };
        let (ty, _) = self
            .types
            .instantiate(&scheme, &self.parameters, &self.rows);
        let (right_type, result) = (self.fresh(), wanted.unwrap_or_else(|| self.types.fresh()));
        let mut types: Vec<Ty> = operands.iter().map(|operand| operand.1).collect();
        types.push(right_type);
        let shape = self.types.functions(&types, result);
        let span = self.tree().span(node);
        self.want_type(span, ty, shape);
        self.expr(right, right_type);
        result
    }

    /// `-e`, `!e` and so on.
    pub fn prefix(&mut self, node: ExprId, operator: Symbol, operand: ExprId, expected: Ty) {
        let span = self.tree().span(node);
        let text = self.tree().text(operator).to_owned();
        let tilde = self.names.intern(&format!("~{text}"));
        let plain = self.name(operator);
        for name in [tilde, plain] {
            if (name == tilde || text.starts_with(['!', '~']))
                && let Some(value) = self.env.value(name)
            {
                let ty = self.user_operator(node, value, &[], operand, Some(expected));
                self.want_type(span, expected, ty);
                return;
            }
        }
        let ty = match text.as_str() {
            "-" | "+" | "~-" | "~+" => {
                let ty = self.infer(operand);
                let member = self
                    .types
                    .defined(ty)
                    .filter(|id| !id.is_builtin())
                    .and_then(|id| self.static_member(id, tilde));
                if let Some(member) = member {
                    self.member_operator_typed(node, member, &[ty])
                } else {
                    self.restrict(operand, ty, NumberSet::SIGNED);
                    let operator = if text.ends_with('-') {
                        Operator::Negate
                    } else {
                        Operator::Plus
                    };
                    self.later(node, operator, ty, false);
                    ty
                }
            }
            "!" => {
                let item = self.fresh();
                let reference = self.types.named(DefinedId::REF, &[item]);
                self.expr(operand, reference);
                self.does(node, Operator::Dereference, Operand::Structural);
                item
            }
            "~~~" => {
                let ty = self.infer(operand);
                self.restrict(operand, ty, NumberSet::WHOLE);
                self.later(node, Operator::BitNot, ty, false);
                ty
            }
            _ => {
                self.infer(operand);
                let problem = self
                    .error(codes::UNDEFINED, span)
                    .reason("operator")
                    .arg("name", text);
                self.report(problem);
                self.fresh()
            }
        };
        self.want_type(span, expected, ty);
    }

    /// `(+)` as a function; `None` if the name is no operator of the language.
    pub fn operator_value(&mut self, node: ExprId, symbol: Symbol) -> Option<Ty> {
        let text = self.tree().text(symbol).to_owned();
        if text.starts_with(|first: char| first.is_alphanumeric() || first == '_') && text != "or" {
            return None;
        }
        let item = self.fresh();
        let list = self.types.named(DefinedId::LIST, &[item]);
        let (a, b, c) = (self.fresh(), self.fresh(), self.fresh());
        let (operator, params, result): (Operator, Vec<Ty>, Ty) = match symbol {
            Symbol::CONS => (Operator::Cons, vec![item, list], list),
            Symbol::APPEND => (Operator::Append, vec![list, list], list),
            Symbol::PIPE => {
                let function = self.types.function(a, b);
                (Operator::Pipe, vec![a, function], b)
            }
            Symbol::BACK => {
                let function = self.types.function(a, b);
                (Operator::PipeBack, vec![function, a], b)
            }
            Symbol::COMPOSE | Symbol::COMPOSE_BACK => {
                let (first, second) = (self.types.function(a, b), self.types.function(b, c));
                let both = self.types.function(a, c);
                if symbol == Symbol::COMPOSE {
                    (Operator::Compose, vec![first, second], both)
                } else {
                    (Operator::ComposeBack, vec![second, first], both)
                }
            }
            Symbol::BANG => {
                let reference = self.types.named(DefinedId::REF, &[item]);
                (Operator::Dereference, vec![reference], item)
            }
            Symbol::ASSIGN => {
                let reference = self.types.named(DefinedId::REF, &[item]);
                (Operator::SetReference, vec![reference, item], self.unit)
            }
            _ if text == "~-" => {
                let number = self.types.fresh_number(NumberSet::SIGNED);
                self.later(node, Operator::Negate, number, true);
                return Some(self.types.function(number, number));
            }
            _ => {
                let (operator, kind) = builtin(symbol)?;
                let (operand, result) = match kind {
                    Kind::Arithmetic(set) => {
                        let number = self.types.fresh_number(set);
                        (number, number)
                    }
                    Kind::Text => (self.string, self.string),
                    Kind::Logic => (self.bool, self.bool),
                    Kind::Compares(requires) => {
                        if self.types.require(item, requires).is_err() {
                            return None;
                        }
                        (item, self.bool)
                    }
                    Kind::Shift => {
                        let number = self.types.fresh_number(NumberSet::WHOLE);
                        self.later(node, operator, number, true);
                        let int = self.int;
                        return Some(self.types.functions(&[number, int], number));
                    }
                };
                self.later(node, operator, operand, true);
                return Some(self.types.functions(&[operand, operand], result));
            }
        };
        self.mean(node, Meaning::OperatorValue(operator, Operand::Structural));
        Some(self.types.functions(&params, result))
    }
}

fn builtin(symbol: Symbol) -> Option<(Operator, Kind)> {
    use Kind::{Arithmetic, Compares, Logic, Shift, Text};
    use Requirement::{Comparison, Equality};
    Some(match symbol {
        Symbol::PLUS => (Operator::Add, Arithmetic(NumberSet::ADD)),
        Symbol::MINUS => (Operator::Subtract, Arithmetic(NumberSet::NUMBERS)),
        Symbol::STAR => (Operator::Multiply, Arithmetic(NumberSet::NUMBERS)),
        Symbol::SLASH => (Operator::Divide, Arithmetic(NumberSet::NUMBERS)),
        Symbol::PERCENT => (Operator::Remainder, Arithmetic(NumberSet::NUMBERS)),
        // `**` of whole numbers is what the peer has; the result is of their type.
        Symbol::POWER => (Operator::Power, Arithmetic(NumberSet::NUMBERS)),
        Symbol::CONCAT | Symbol::CARET => (Operator::Add, Text),
        Symbol::EQUAL | Symbol::DOUBLE_EQUAL => (Operator::Equal, Compares(Equality)),
        Symbol::NOT_EQUAL | Symbol::BANG_EQUAL => (Operator::NotEqual, Compares(Equality)),
        Symbol::LESS => (Operator::Less, Compares(Comparison)),
        Symbol::LESS_EQUAL => (Operator::LessOrEqual, Compares(Comparison)),
        Symbol::GREATER => (Operator::Greater, Compares(Comparison)),
        Symbol::GREATER_EQUAL => (Operator::GreaterOrEqual, Compares(Comparison)),
        Symbol::AND | Symbol::AMP => (Operator::And, Logic),
        Symbol::OR | Symbol::OR_WORD => (Operator::Or, Logic),
        Symbol::BIT_AND => (Operator::BitAnd, Arithmetic(NumberSet::WHOLE)),
        Symbol::BIT_OR => (Operator::BitOr, Arithmetic(NumberSet::WHOLE)),
        Symbol::BIT_XOR => (Operator::BitXor, Arithmetic(NumberSet::WHOLE)),
        Symbol::SHIFT_LEFT => (Operator::ShiftLeft, Shift),
        Symbol::SHIFT_RIGHT => (Operator::ShiftRight, Shift),
        _ => return None,
    })
}
