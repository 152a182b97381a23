//! Patterns. From loosest to tightest, as in F#: `as`, `|`, `,`, `&`, `:`, `::`, application.

use super::cursor::Parser;
use crate::diagnostics::{Expected, Feature, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Constant, FieldPattern, Literal, Name, Pattern, PatternId, Span, Symbol,
};

impl Parser<'_> {
    /// Reads a pattern; `annotated` says whether a `:` belongs to it.
    pub fn pattern(&mut self, annotated: bool) -> PatternId {
        let start = self.here();
        let read = self.deeper(|parser| {
            let first = parser.cons(annotated);
            parser.pattern_after(first, start, annotated)
        });
        read.unwrap_or_else(|| self.error_pattern())
    }

    /// Goes on behind the first part of a pattern.
    pub fn pattern_after(&mut self, first: PatternId, start: Span, annotated: bool) -> PatternId {
        let mut left = first;
        if matches!(self.kind(), T::Punct(P::Dot) | T::Operator(Symbol::CONS)) {
            left = self.cons_after(first, start, annotated);
        }
        let mut alternatives = vec![self.tuple_after(left, start, annotated)];
        while self.is_punct(P::Bar) {
            self.advance();
            let start = self.here();
            let next = self.cons(annotated);
            alternatives.push(self.tuple_after(next, start, annotated));
        }
        let mut pattern = self.one_or(&alternatives, start, Pattern::Or);
        let mut length = 0;
        while self.is_word(K::As) && self.may_grow(&mut length) {
            self.advance();
            let name = self.atomic_pattern();
            pattern = self.pattern_since(Pattern::As { pattern, name }, start);
        }
        pattern
    }

    fn one_or(
        &mut self,
        items: &[PatternId],
        start: Span,
        make: impl FnOnce(crate::syntax::tree::Many<PatternId>) -> Pattern,
    ) -> PatternId {
        match items {
            [one] => *one,
            _ => {
                let items = self.tree.add_list(items);
                self.pattern_since(make(items), start)
            }
        }
    }

    fn tuple_after(&mut self, first: PatternId, start: Span, annotated: bool) -> PatternId {
        let mut items = vec![self.and_after(first, start, annotated)];
        while self.eat_punct(P::Comma) {
            let start = self.here();
            let next = self.cons(annotated);
            items.push(self.and_after(next, start, annotated));
        }
        self.one_or(&items, start, |items| Pattern::Tuple {
            items,
            is_struct: false,
        })
    }

    fn and_after(&mut self, first: PatternId, start: Span, annotated: bool) -> PatternId {
        let mut items = vec![first];
        while self.eat(T::Operator(Symbol::AMP)) {
            items.push(self.cons(annotated));
        }
        self.one_or(&items, start, Pattern::And)
    }

    /// Reads `a :: b :: c` and its annotation.
    fn cons(&mut self, annotated: bool) -> PatternId {
        let start = self.here();
        let first = self.applied_pattern();
        self.cons_after(first, start, annotated)
    }

    fn cons_after(&mut self, first: PatternId, start: Span, annotated: bool) -> PatternId {
        let mut pattern = first;
        if self.eat(T::Operator(Symbol::CONS)) {
            let tail = self.deeper(|parser| parser.cons(false));
            let tail = tail.unwrap_or_else(|| self.error_pattern());
            pattern = self.pattern_since(Pattern::Cons { head: first, tail }, start);
        }
        if annotated && self.eat_punct(P::Colon) {
            let ty = self.constrained_type();
            pattern = self.pattern_since(Pattern::Annotated { pattern, ty }, start);
        }
        pattern
    }

    /// Reads a constructor with its arguments, a type test, or an atomic pattern.
    fn applied_pattern(&mut self) -> PatternId {
        let start = self.here();
        match self.kind() {
            T::Punct(P::TypeTest) => {
                self.advance();
                let ty = self.ty();
                self.pattern_since(Pattern::TypeTest(ty), start)
            }
            T::Ident(_) => {
                let path = self.path();
                if self.is_punct(P::ParenOpen) && self.begins_record_field(1) {
                    return self.case_fields_pattern(&path, start);
                }
                let mut args = Vec::new();
                while self.begins_atomic_pattern() {
                    args.push(self.atomic_pattern());
                }
                self.case(&path, &args, start)
            }
            _ => self.atomic_pattern(),
        }
    }

    fn case(&mut self, path: &[Name], args: &[PatternId], start: Span) -> PatternId {
        if let ([name], []) = (path, args) {
            self.note_bound(name.symbol);
            return self.pattern_since(Pattern::Name(name.symbol), start);
        }
        let path = self.tree.add_list(path);
        let args = self.tree.add_list(args);
        self.pattern_since(Pattern::Case { path, args }, start)
    }

    /// `Case(width = w; height = h)`
    fn case_fields_pattern(&mut self, path: &[Name], start: Span) -> PatternId {
        let opened = self.advance().span;
        self.open.push(opened);
        let fields = self.field_patterns();
        self.close(P::ParenClose, opened);
        let path = self.tree.add_list(path);
        let fields = self.tree.add_list(&fields);
        self.pattern_since(Pattern::CaseFields { path, fields }, start)
    }

    fn field_patterns(&mut self) -> Vec<FieldPattern> {
        let mut fields = Vec::new();
        loop {
            while matches!(
                self.kind(),
                T::Separator | T::Punct(P::Semicolon | P::Comma)
            ) {
                self.advance();
            }
            let start = self.here();
            if self.ident().is_none() {
                if !self.at_end_of_statement() {
                    self.expected(Expected::Field);
                }
                return fields;
            }
            let path = self.path();
            let path = self.tree.add_list(&path);
            if !self.expect_punct(P::Equals) {
                return fields;
            }
            // The layout stage takes it for the value of a field.
            let is_block = self.eat(T::Open);
            let first_at = self.here();
            let first = self.cons(true);
            let pattern = if is_block {
                self.pattern_after(first, first_at, true)
            } else {
                first
            };
            if is_block {
                self.close_block();
            }
            let span = self.since(start);
            fields.push(FieldPattern {
                path,
                pattern,
                span,
            });
        }
    }

    /// Whether an atomic pattern begins here.
    pub fn begins_atomic_pattern(&self) -> bool {
        match self.kind() {
            T::Ident(_) | T::Literal(_) | T::Keyword(K::True | K::False | K::Null | K::Struct) => {
                true
            }
            T::Punct(punct) => matches!(
                punct,
                P::Underscore
                    | P::ParenOpen
                    | P::ListOpen
                    | P::ArrayOpen
                    | P::BraceOpen
                    | P::AttributeOpen
            ),
            T::Operator(Symbol::MINUS) => matches!(self.kind_at(1), T::Literal(_)),
            T::Operator(Symbol::QUESTION) => true,
            _ => false,
        }
    }

    /// Reads a pattern that needs no brackets as a parameter.
    pub fn atomic_pattern(&mut self) -> PatternId {
        let start = self.here();
        let literal = match self.kind() {
            T::Punct(P::Underscore) => {
                self.advance();
                return self.pattern_since(Pattern::Wildcard, start);
            }
            T::Ident(_) => {
                let path = self.path();
                return self.case(&path, &[], start);
            }
            T::Literal(id) => {
                self.advance();
                self.constant(id, start, false)
            }
            T::Operator(Symbol::MINUS) => {
                self.advance();
                let T::Literal(id) = self.kind() else {
                    self.expected(Expected::Pattern);
                    return self.error_pattern();
                };
                self.advance();
                if !self.is_number(id) {
                    self.error(Kind::Misplaced, start);
                }
                let span = self.since(start);
                self.constant(id, span, true)
            }
            T::Keyword(word @ (K::True | K::False | K::Null)) => {
                self.advance();
                self.tree.add_constant(Constant {
                    value: match word {
                        K::Null => Literal::Null,
                        _ => Literal::Bool(word == K::True),
                    },
                    measure: None,
                })
            }
            T::Punct(
                P::ParenOpen | P::ListOpen | P::ArrayOpen | P::BraceOpen | P::AttributeOpen,
            )
            | T::CopyOpen
            | T::Keyword(K::Struct) => {
                let read = self.deeper(Self::bracketed_pattern);
                return read.unwrap_or_else(|| self.error_pattern());
            }
            T::Operator(Symbol::QUESTION) => {
                self.error_here(Kind::Unsupported(Feature::OptionalParameter), None);
                self.advance();
                if self.ident().is_some() {
                    self.advance();
                }
                return self.error_pattern();
            }
            _ => {
                self.expected(Expected::Pattern);
                return self.error_pattern();
            }
        };
        self.pattern_since(Pattern::Literal(literal), start)
    }

    fn bracketed_pattern(&mut self) -> PatternId {
        let start = self.here();
        match self.kind() {
            T::Punct(P::ParenOpen) => self.paren_pattern(),
            T::Keyword(K::Struct) => {
                self.advance();
                let id = self.atomic_pattern();
                if let Pattern::Paren(inner) = self.tree.pattern(id)
                    && let Pattern::Tuple { items, .. } = self.tree.pattern(inner)
                {
                    let tuple = Pattern::Tuple {
                        items,
                        is_struct: true,
                    };
                    return self.pattern_since(tuple, start);
                }
                let span = self.since(start);
                self.error(Kind::Misplaced, span);
                id
            }
            T::Punct(P::AttributeOpen) => {
                let attributes = self.attributes();
                let attributes = self.tree.add_list(&attributes);
                let pattern = self.atomic_pattern();
                self.pattern_since(
                    Pattern::Attributed {
                        attributes,
                        pattern,
                    },
                    start,
                )
            }
            T::Punct(opener @ (P::ListOpen | P::ArrayOpen)) => {
                self.advance();
                self.open.push(start);
                let mut items = Vec::new();
                loop {
                    while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                        self.advance();
                    }
                    if self.at_end_of_statement() {
                        break;
                    }
                    let before = self.here();
                    items.push(self.pattern(true));
                    if !self.at_end_of_statement() && self.here() == before {
                        break;
                    }
                    if !self.at_end_of_statement() {
                        break;
                    }
                }
                let is_list = opener == P::ListOpen;
                self.close(if is_list { P::ListClose } else { P::ArrayClose }, start);
                let items = self.tree.add_list(&items);
                let pattern = if is_list {
                    Pattern::List(items)
                } else {
                    Pattern::Array(items)
                };
                self.pattern_since(pattern, start)
            }
            _ => {
                self.advance();
                self.open.push(start);
                let fields = self.field_patterns();
                self.close(P::BraceClose, start);
                let fields = self.tree.add_list(&fields);
                self.pattern_since(Pattern::Record(fields), start)
            }
        }
    }

    fn paren_pattern(&mut self) -> PatternId {
        let start = self.here();
        if let Some(symbol) = self.name_in_parens() {
            return self.pattern_since(Pattern::Name(symbol), start);
        }
        self.advance();
        if self.eat_punct(P::ParenClose) {
            let unit = self.tree.add_constant(Constant {
                value: Literal::Unit,
                measure: None,
            });
            return self.pattern_since(Pattern::Literal(unit), start);
        }
        self.open.push(start);
        let inner = self.pattern(true);
        self.close(P::ParenClose, start);
        self.pattern_since(Pattern::Paren(inner), start)
    }
}
