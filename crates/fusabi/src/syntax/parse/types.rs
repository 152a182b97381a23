//! Types.

use super::cursor::Parser;
use crate::diagnostics::{Expected, Feature, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{Constraint, Literal, Many, Name, Symbol, Type, TypeField, TypeId};

impl Parser<'_> {
    /// Reads a type and the constraints behind it.
    pub fn constrained_type(&mut self) -> TypeId {
        let start = self.here();
        let ty = self.ty();
        let constraints = self.constraints();
        if constraints.is_empty() {
            return ty;
        }
        self.type_since(Type::Constrained { ty, constraints }, start)
    }

    /// Reads `when 'a : comparison and 'b : equality`; none is fine.
    pub fn constraints(&mut self) -> Many<Constraint> {
        let mut constraints = Vec::new();
        if !self.is_word(K::When) || !matches!(self.kind_at(1), T::TypeVar(_)) {
            return Many::default();
        }
        self.advance();
        loop {
            let span = self.here();
            let T::TypeVar(symbol) = self.kind() else {
                self.expected(Expected::Sign("'a"));
                break;
            };
            self.advance();
            let variable = Name { symbol, span };
            if !self.expect_punct(P::Colon) {
                break;
            }
            if self.is_punct(P::ParenOpen) {
                self.error_here(Kind::Unsupported(Feature::StaticResolution), None);
                self.skip_statement();
                break;
            }
            let Some(bound) = self.name() else {
                break;
            };
            constraints.push(Constraint { variable, bound });
            if !self.eat_word(K::And) {
                break;
            }
        }
        self.tree.add_list(&constraints)
    }

    /// Reads a type.
    pub fn ty(&mut self) -> TypeId {
        let read = self.deeper(|parser| {
            let start = parser.here();
            let first = parser.product();
            let mut parts = vec![first];
            while parser.eat_punct(P::Arrow) {
                parts.push(parser.product());
            }
            if parts.len() == 1 {
                return first;
            }
            let parts = parser.tree.add_list(&parts);
            parser.type_since(Type::Function(parts), start)
        });
        read.unwrap_or_else(|| self.type_since(Type::Error, self.here()))
    }

    fn product(&mut self) -> TypeId {
        let start = self.here();
        let first = self.postfix_type();
        let mut items = vec![first];
        while self.eat(T::Operator(Symbol::STAR)) {
            items.push(self.postfix_type());
        }
        if items.len() == 1 {
            return first;
        }
        let items = self.tree.add_list(&items);
        self.type_since(
            Type::Tuple {
                items,
                is_struct: false,
            },
            start,
        )
    }

    /// Reads a type without `*` and `->`: what a field of a case has. What stands behind it grows it to the left, so its depth
    /// is counted.
    pub fn postfix_type(&mut self) -> TypeId {
        let start = self.here();
        let mut ty = self.atomic_type();
        let mut length = 0;
        loop {
            ty = match self.kind() {
                T::Ident(_) => {
                    let path = self.path();
                    let path = self.tree.add_list(&path);
                    let args = self.tree.add_list(&[ty]);
                    self.type_since(
                        Type::Named {
                            path,
                            args,
                            postfix: true,
                        },
                        start,
                    )
                }
                T::Punct(P::ListOpen)
                    if matches!(self.kind_at(1), T::Punct(P::ListClose | P::Comma)) =>
                {
                    self.advance();
                    let mut rank = 1;
                    while self.eat_punct(P::Comma) {
                        rank += 1;
                    }
                    self.expect_punct(P::ListClose);
                    self.type_since(Type::Array { item: ty, rank }, start)
                }
                _ => return ty,
            };
            if !self.may_grow(&mut length) {
                return ty;
            }
        }
    }

    fn atomic_type(&mut self) -> TypeId {
        let start = self.here();
        let ty = match self.kind() {
            T::TypeVar(symbol) => {
                self.advance();
                Type::Variable(symbol)
            }
            T::Punct(P::Underscore) => {
                self.advance();
                Type::Wildcard
            }
            T::Ident(_) => {
                let path = self.path();
                let args = if self.kind() == T::Operator(Symbol::LESS) && self.touches() {
                    self.type_arguments()
                } else {
                    Vec::new()
                };
                let path = self.tree.add_list(&path);
                let args = self.tree.add_list(&args);
                Type::Named {
                    path,
                    args,
                    postfix: false,
                }
            }
            T::Punct(P::ParenOpen) => {
                self.advance();
                self.open.push(start);
                let inner = self.constrained_type();
                self.close(P::ParenClose, start);
                Type::Paren(inner)
            }
            T::Punct(P::RecordOpen) => self.record_type(false),
            T::Keyword(K::Struct) => {
                self.advance();
                if self.is_punct(P::RecordOpen) {
                    self.record_type(true)
                } else {
                    let inner = self.atomic_type_deeper();
                    match self.tree.ty(inner) {
                        Type::Paren(inner) if matches!(self.tree.ty(inner), Type::Tuple { .. }) => {
                            let Type::Tuple { items, .. } = self.tree.ty(inner) else {
                                return inner;
                            };
                            Type::Tuple {
                                items,
                                is_struct: true,
                            }
                        }
                        _ => {
                            let span = self.since(start);
                            self.error(Kind::Misplaced, span);
                            Type::Error
                        }
                    }
                }
            }
            T::Punct(P::Hash) => {
                self.error_here(Kind::Unsupported(Feature::FlexibleType), None);
                self.advance();
                return self.atomic_type_deeper();
            }
            _ => {
                self.expected(Expected::Type);
                Type::Error
            }
        };
        self.type_since(ty, start)
    }

    fn atomic_type_deeper(&mut self) -> TypeId {
        let read = self.deeper(Self::atomic_type);
        read.unwrap_or_else(|| self.type_since(Type::Error, self.here()))
    }

    fn record_type(&mut self, is_struct: bool) -> Type {
        let start = self.advance().span;
        self.open.push(start);
        let mut fields = Vec::new();
        loop {
            while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                self.advance();
            }
            if self.at_end_of_statement() {
                break;
            }
            let Some(name) = self.name() else {
                break;
            };
            if !self.expect_punct(P::Colon) {
                break;
            }
            let ty = self.ty();
            fields.push(TypeField { name, ty });
            if !self.at_end_of_statement() {
                break;
            }
        }
        self.close(P::RecordClose, start);
        let fields = self.tree.add_list(&fields);
        Type::Record { fields, is_struct }
    }

    /// Reads `<t, u>`.
    pub fn type_arguments(&mut self) -> Vec<TypeId> {
        self.advance();
        let mut args = Vec::new();
        loop {
            args.push(self.type_argument());
            if !self.eat_punct(P::Comma) {
                break;
            }
        }
        if !self.eat_greater() {
            self.expected(Expected::Sign(">"));
        }
        args
    }

    fn type_argument(&mut self) -> TypeId {
        let start = self.here();
        if let T::Literal(id) = self.kind() {
            if matches!(self.tree.constant(id).value, Literal::String(_)) {
                self.error_here(Kind::Unsupported(Feature::TypeProvider), None);
                self.advance();
                return self.type_since(Type::Error, start);
            }
            let measure = self.measure();
            return self.type_since(Type::Measure(measure), start);
        }
        if self.is_measure() {
            let measure = self.measure();
            return self.type_since(Type::Measure(measure), start);
        }
        self.ty()
    }

    /// Whether `/` or `^` stands behind names here: a unit, and no type.
    fn is_measure(&self) -> bool {
        let mut ahead = 0;
        while ahead < 32 {
            match self.kind_at(ahead) {
                T::Ident(_) | T::Punct(P::Dot) | T::Operator(Symbol::STAR) => ahead += 1,
                T::Operator(symbol) => return matches!(self.tree.text(symbol), "/" | "^" | "^-"),
                _ => return false,
            }
        }
        false
    }
}
