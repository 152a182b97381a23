//! Names of fields: behind `\` and `@`, and before `..` and `::`.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::lex::{DateLiteral, Literal, Sign, TokenKind};
use crate::tree::{CalendarDate, Expr, ExprId, FieldName, Number};

impl Parser<'_> {
    /// A name behind `\` or `@`, and whether it was written as a reference.
    pub fn step_name(&mut self) -> (FieldName, bool) {
        if let Some(name) = self.plain_name() {
            return (name, false);
        }
        match self.kind() {
            TokenKind::Sign(Sign::Less) => {
                let reference = self.primary();
                (self.reference_name(reference), true)
            }
            TokenKind::TextStart => {
                let text = self.primary();
                (self.name_of(text), false)
            }
            _ => {
                self.expected(Expected::FieldName);
                let nothing = self.bad(self.here());
                (FieldName::Computed(nothing), false)
            }
        }
    }

    /// A name that is one token.
    pub fn plain_name(&mut self) -> Option<FieldName> {
        let start = self.here();
        let name = match self.kind() {
            TokenKind::Label(label) | TokenKind::Hook(label) => FieldName::Label(label),
            TokenKind::Key(label) => FieldName::Key(label),
            TokenKind::Literal(index) => match self.literal(index)? {
                Literal::Number(Number::Integer(number)) if number >= 0 => {
                    FieldName::Integer(number)
                }
                Literal::Text(text) => FieldName::Label(self.tree.intern(&text)),
                Literal::Version(version) => FieldName::Version(version),
                Literal::Date(DateLiteral::Fixed(moment)) => FieldName::Date(moment),
                Literal::Date(date) => {
                    let moment = self.moment(date);
                    FieldName::Computed(self.tree.add(Expr::Date(moment), start))
                }
                _ => return None,
            },
            _ => return None,
        };
        self.advance();
        Some(name)
    }

    /// The name that `<…>` behind `\` or `@` means: what is in it, if that is a name, else its value.
    fn reference_name(&mut self, reference: ExprId) -> FieldName {
        self.unless_consumed.remove(&reference);
        match *self.tree.expr(reference) {
            Expr::Reference(inner) | Expr::Resource(inner) => match self.tree.expr(inner) {
                Expr::Label(_)
                | Expr::Truth(_)
                | Expr::Text(_)
                | Expr::Key(_)
                | Expr::Number(Number::Integer(_)) => self.name_of(inner),
                _ => FieldName::Computed(inner),
            },
            _ => FieldName::Computed(reference),
        }
    }

    /// The name of a field that stood before `..` or `::`.
    pub fn name_of(&mut self, expr: ExprId) -> FieldName {
        let span = self.tree.span(expr);
        match self.tree.expr(expr) {
            Expr::Label(label) => FieldName::Label(*label),
            Expr::Truth(_) => {
                let word = self.source(span);
                FieldName::Label(self.tree.intern(word))
            }
            Expr::Text(text) => {
                let text = text.clone();
                FieldName::Label(self.tree.intern(&text))
            }
            Expr::Number(Number::Integer(number)) => FieldName::Integer(*number),
            Expr::Key(label) => FieldName::Key(*label),
            Expr::Version(version) => FieldName::Version(version.clone()),
            Expr::Date(moment) => match moment.date {
                Some(CalendarDate::Interpolated(_)) => FieldName::Computed(expr),
                _ => FieldName::Date(moment.clone()),
            },
            Expr::Interpolated(_) | Expr::Error => FieldName::Computed(expr),
            Expr::Reference(inner) | Expr::Resource(inner) => {
                let inner = *inner;
                self.unless_consumed.remove(&expr);
                FieldName::Computed(inner)
            }
            Expr::Subroutine(body) => {
                let body = body.clone();
                FieldName::Computed(self.tree.add(Expr::Routine(body), span))
            }
            _ => {
                self.error(Kind::BadFieldName, span);
                FieldName::Computed(expr)
            }
        }
    }
}
