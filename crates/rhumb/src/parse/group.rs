//! The insides of brackets: documents, routines, maps, arguments, rules.

use super::chain::event_kind;
use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::lex::{Bracket, Sign, TokenKind};
use crate::tree::{
    Arg, ArgKind, Expr, ExprId, Field, FieldKind, FieldOp, Mutability, Rule, RuleKind, RuleMode,
    Span, StepKind,
};

impl Parser<'_> {
    /// The statements of the whole text.
    pub fn document(&mut self) -> Vec<ExprId> {
        let mut statements = Vec::new();
        let start = self.here();
        self.list(None, start, false, |parser| {
            let statement = parser.expression();
            statements.push(statement);
            statement
        });
        statements
    }

    /// Statements up to a closing token; the opening one was taken.
    pub fn statements(&mut self, close: TokenKind, opened: Span) -> Vec<ExprId> {
        let mut statements = Vec::new();
        self.list(Some(close), opened, false, |parser| {
            let statement = parser.expression();
            statements.push(statement);
            statement
        });
        statements
    }

    /// `( … )`
    pub fn routine(&mut self) -> Vec<ExprId> {
        let opened = self.advance().span;
        self.statements(TokenKind::Close(Bracket::Round), opened)
    }

    /// `( … )` behind what is called.
    pub fn args(&mut self) -> Vec<Arg> {
        let opened = self.advance().span;
        let mut args = Vec::new();
        self.list(
            Some(TokenKind::Close(Bracket::Round)),
            opened,
            true,
            |parser| {
                let start = parser.here();
                let (kind, expr) = parser.arg();
                let span = parser.since(start);
                args.push(Arg { span, kind });
                expr
            },
        );
        args
    }

    fn arg(&mut self) -> (ArgKind, ExprId) {
        if self.eat(TokenKind::Sign(Sign::Amp)) {
            let spread = self.expression();
            return (ArgKind::Spread(spread), spread);
        }
        let expr = self.expression();
        let Some(mutability) = self.eat_field_sign() else {
            let kind = if self.is_spread(expr) {
                ArgKind::Spread(expr)
            } else {
                ArgKind::Positional(expr)
            };
            return (kind, expr);
        };
        let name = self.name_of(expr);
        let value = self.expression();
        let kind = ArgKind::Named {
            name,
            mutability,
            value,
        };
        (kind, value)
    }

    /// `[ … ]`
    pub fn map_fields(&mut self) -> Vec<Field> {
        let opened = self.advance().span;
        let mut fields = Vec::new();
        self.list(
            Some(TokenKind::Close(Bracket::Square)),
            opened,
            true,
            |parser| {
                let start = parser.here();
                let (kind, expr) = parser.field();
                let span = parser.since(start);
                fields.push(Field { span, kind });
                expr
            },
        );
        fields
    }

    /// An item of a map, and the expression that a meta-operator behind it attaches to.
    fn field(&mut self) -> (FieldKind, ExprId) {
        match self.sign() {
            Some(Sign::Amp) => {
                self.advance();
                let spread = self.expression();
                (FieldKind::Spread(spread), spread)
            }
            Some(Sign::At) => self.subfield(),
            Some(sign @ (Sign::Dot | Sign::Colon)) => match self.pun(sign) {
                Some(pun) => pun,
                None => self.plain_field(),
            },
            _ => self.plain_field(),
        }
    }

    /// Does an expression end in the spread marker `[&]`?
    fn is_spread(&self, expr: ExprId) -> bool {
        let Expr::Chain { steps, .. } = self.tree.expr(expr) else {
            return false;
        };
        matches!(
            steps.last().map(|step| &step.kind),
            Some(StepKind::Operator(FieldOp::Spread))
        )
    }

    fn plain_field(&mut self) -> (FieldKind, ExprId) {
        let expr = self.expression();
        let Some(mutability) = self.eat_field_sign() else {
            let kind = if self.is_spread(expr) {
                FieldKind::Spread(expr)
            } else {
                FieldKind::Element(expr)
            };
            return (kind, expr);
        };
        let name = self.name_of(expr);
        let value = self.expression();
        let kind = FieldKind::Named {
            subfield: false,
            name,
            mutability,
            value,
        };
        (kind, value)
    }

    /// `.n`, `:n`, `.@n` and `:@n`, if nothing else follows.
    fn pun(&mut self, sign: Sign) -> Option<(FieldKind, ExprId)> {
        let subfield = self.token_at(1).kind == TokenKind::Sign(Sign::At);
        let name = self.token_at(1 + usize::from(subfield));
        let (TokenKind::Label(label) | TokenKind::Hook(label)) = name.kind else {
            return None;
        };
        let ends = matches!(
            self.token_at(2 + usize::from(subfield)).kind,
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::Close(_) | TokenKind::End
        );
        if !ends && !subfield {
            return None;
        }
        let start = self.here();
        for _ in 0..2 + usize::from(subfield) {
            self.advance();
        }
        let mutability = match sign {
            Sign::Dot => Mutability::Immutable,
            _ => Mutability::Mutable,
        };
        let span = self.since(start);
        // Only a meta-operator behind the pun sees this: the value of the label.
        let value = self.tree.add(Expr::Label(label), span);
        let kind = FieldKind::Pun {
            subfield,
            label,
            mutability,
            value,
        };
        Some((kind, value))
    }

    /// `@n .. v`, or `@s[…]` in a pattern.
    fn subfield(&mut self) -> (FieldKind, ExprId) {
        let start = self.advance().span;
        let (name, _) = self.step_name();
        if let Some(mutability) = self.eat_field_sign() {
            let value = self.expression();
            let kind = FieldKind::Named {
                subfield: true,
                name,
                mutability,
                value,
            };
            return (kind, value);
        }
        let place = self.tree.add(Expr::Error, start);
        if self.kind() != TokenKind::Open(Bracket::Square) {
            self.expected(Expected::Operand("@"));
            return (FieldKind::Element(place), place);
        }
        let map = self.primary();
        if let crate::tree::FieldName::Label(label) = name {
            self.subfield_patterns.insert(place, (label, map));
            self.unless_consumed.insert(place, Kind::SubfieldPattern);
        } else {
            self.error(Kind::BadFieldName, start);
        }
        let span = self.since(start);
        self.tree.put(place, Expr::Error, span);
        (FieldKind::Element(place), place)
    }

    /// `{ … }`
    pub fn rules(&mut self) -> Vec<Rule> {
        let opened = self.advance().span;
        let mut rules = Vec::new();
        self.list(
            Some(TokenKind::Close(Bracket::Curly)),
            opened,
            true,
            |parser| {
                let start = parser.here();
                let (kind, expr) = parser.rule();
                let span = parser.since(start);
                rules.push(Rule { span, kind });
                expr
            },
        );
        rules
    }

    fn rule(&mut self) -> (RuleKind, ExprId) {
        if let Some(pass) = self.pass() {
            return pass;
        }
        let expr = self.expression();
        let Some(mutability) = self.eat_field_sign() else {
            return (RuleKind::Default(expr), expr);
        };
        let pattern = self.pattern(expr);
        let action = self.expression();
        let kind = RuleKind::Match {
            pattern,
            mode: mode(mutability),
            action,
        };
        (kind, action)
    }

    /// `.#a` or `:#a`
    fn pass(&mut self) -> Option<(RuleKind, ExprId)> {
        let mode = match self.sign() {
            Some(Sign::Dot) => RuleMode::Consume,
            Some(Sign::Colon) => RuleMode::Peek,
            _ => return None,
        };
        let kind = event_kind(self.token_at(1).kind)?;
        self.advance();
        let emission = self.emission_primary(kind);
        let event = self.event(emission)?;
        Some((RuleKind::Pass { mode, event }, emission))
    }
}

const fn mode(mutability: Mutability) -> RuleMode {
    match mutability {
        Mutability::Immutable => RuleMode::Consume,
        Mutability::Mutable => RuleMode::Peek,
    }
}
