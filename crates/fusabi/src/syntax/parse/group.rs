//! What stands in brackets.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    CollectionBody, CollectionKind, Constant, Expr, ExprId, FieldInit, Literal, Many, Record,
    Slice, Span, StmtKind, Symbol,
};

impl Parser<'_> {
    /// Reads the bracket that closes what was opened there, and reports what stands before it.
    pub fn close(&mut self, closer: P, opened: Span) {
        if !self.eat_punct(closer) {
            let kind = if self.at_end_of_statement() {
                Kind::Unclosed(opening(closer), closer.text())
            } else {
                Kind::Expected(
                    Expected::Close(closer.text()),
                    crate::diagnostics::Found::Newline,
                )
            };
            match kind {
                Kind::Unclosed(..) => self.error_unclosed(kind, opened),
                _ => self.expected(Expected::Close(closer.text())),
            }
            self.skip_to_closer(closer);
        }
        self.open.pop();
    }

    /// An error about a bracket, at the bracket.
    fn error_unclosed(&mut self, kind: Kind, opened: Span) {
        let at_end = self.kind() == T::End || matches!(self.kind(), T::Close);
        let known = self
            .errors
            .last()
            .map(|error| (error.span, error.incomplete));
        // What is missing at the end is said once, for the innermost bracket.
        if at_end
            && known.is_some_and(|(span, incomplete)| incomplete && span.start >= opened.start)
        {
            return;
        }
        self.error_that_may_end(kind, opened, at_end);
    }

    /// Passes what stands before a closing bracket, if it comes in this statement.
    fn skip_to_closer(&mut self, closer: P) {
        for _ in 0..64 {
            self.skip_statement();
            if self.eat_punct(closer)
                || !matches!(self.kind(), T::Separator | T::Punct(P::Semicolon))
            {
                return;
            }
            if self.token_at(1).column == 0 {
                return;
            }
            self.advance();
        }
    }

    pub fn paren(&mut self) -> ExprId {
        let start = self.here();
        if let Some(symbol) = self.name_in_parens() {
            return self.expr_since(Expr::Name(symbol), start);
        }
        self.advance();
        if self.eat_punct(P::ParenClose) {
            let id = self.tree.add_constant(Constant {
                value: Literal::Unit,
                measure: None,
            });
            return self.expr_since(Expr::Literal(id), start);
        }
        self.open.push(start);
        let body = self.statements();
        let body = if self.eat_punct(P::Colon) {
            let ty = self.constrained_type();
            self.expr_since(Expr::Annotated { value: body, ty }, start)
        } else {
            body
        };
        self.close(P::ParenClose, start);
        self.expr_since(Expr::Paren(body), start)
    }

    pub fn begin_end(&mut self) -> ExprId {
        let start = self.advance().span;
        let body = self.statements();
        self.expect_word(K::End);
        self.expr_since(Expr::Paren(body), start)
    }

    /// `struct (a, b)` and `struct {| … |}`.
    pub fn struct_value(&mut self) -> ExprId {
        let start = self.advance().span;
        if self.is_punct(P::RecordOpen) {
            let id = self.braces();
            if let Expr::Record(record) = self.tree.expr(id)
                && let Some(record) = self.tree.record(record)
            {
                let record = Record {
                    is_struct: true,
                    ..*record
                };
                let record = self.tree.add_record(record);
                return self.expr_since(Expr::Record(record), start);
            }
            return id;
        }
        if !self.is_punct(P::ParenOpen) {
            self.expected(Expected::Sign("("));
            return self.error_expr();
        }
        let id = self.paren();
        if let Expr::Paren(inner) = self.tree.expr(id)
            && let Expr::Tuple { items, .. } = self.tree.expr(inner)
        {
            let tuple = Expr::Tuple {
                items,
                is_struct: true,
            };
            return self.expr_since(tuple, start);
        }
        let span = self.since(start);
        self.error(Kind::Misplaced, span);
        id
    }

    /// `[ … ]` and `[| … |]`
    pub fn collection(&mut self) -> ExprId {
        let start = self.here();
        let (kind, closer) = if self.advance().kind == T::Punct(P::ListOpen) {
            (CollectionKind::List, P::ListClose)
        } else {
            (CollectionKind::Array, P::ArrayClose)
        };
        self.open.push(start);
        while matches!(self.kind(), T::Separator) {
            self.advance();
        }
        let body = if self.is_punct(closer) {
            CollectionBody::Elements(Many::default())
        } else {
            let outside = std::mem::replace(&mut self.computation, true);
            let body = self.statements_or_range();
            self.computation = outside;
            self.collection_body(body)
        };
        self.close(closer, start);
        self.expr_since(Expr::Collection { kind, body }, start)
    }

    fn statements_or_range(&mut self) -> ExprId {
        let start = self.here();
        let first = self.statements();
        self.range_behind(first, start)
    }

    /// Reads `.. b` or `.. step .. b`, if it is there.
    pub fn range_behind(&mut self, from: ExprId, start: Span) -> ExprId {
        if !self.eat_punct(P::DotDot) {
            return from;
        }
        let second = self.expr();
        let (step, to) = if self.eat_punct(P::DotDot) {
            (Some(second), self.expr())
        } else {
            (None, second)
        };
        self.expr_since(Expr::Range { from, step, to }, start)
    }

    /// Elements, or what yields them: what has no statement in it is a list of elements.
    fn collection_body(&mut self, body: ExprId) -> CollectionBody {
        let mut elements = Vec::new();
        match self.tree.expr(body) {
            Expr::Block(statements) => {
                for statement in self.tree.list(statements) {
                    match statement.kind {
                        StmtKind::Expr(id) if !self.is_generating(id) => elements.push(id),
                        _ => return CollectionBody::Computation(body),
                    }
                }
            }
            Expr::Range { .. } => return CollectionBody::Computation(body),
            _ if self.is_generating(body) => return CollectionBody::Computation(body),
            _ => elements.push(body),
        }
        // Where all of several elements are tuples, they are meant: `[1, "a"; 2, "b"]`.
        let meant = elements.len() > 1
            && elements
                .iter()
                .all(|&id| matches!(self.tree.expr(id), Expr::Tuple { .. }));
        let mut flat = Vec::new();
        for id in elements {
            match self.tree.expr(id) {
                Expr::Tuple {
                    items,
                    is_struct: false,
                } if self.compat => flat.extend_from_slice(self.tree.list(items)),
                Expr::Tuple {
                    is_struct: false, ..
                } if !meant => {
                    let span = self.tree.span(id);
                    self.error(Kind::CommaInList, span);
                    flat.push(id);
                }
                _ => flat.push(id),
            }
        }
        CollectionBody::Elements(self.tree.add_list(&flat))
    }

    /// Whether an expression yields elements instead of being one.
    fn is_generating(&self, id: ExprId) -> bool {
        match self.tree.expr(id) {
            Expr::For { .. }
            | Expr::ForIn { .. }
            | Expr::While { .. }
            | Expr::Yield { .. }
            | Expr::Return { .. }
            | Expr::Do(_)
            | Expr::DoBang(_)
            | Expr::If {
                otherwise: None, ..
            } => true,
            // Branches are blocks; what stands in them decides.
            Expr::If {
                branches,
                otherwise: Some(otherwise),
            } => {
                let branches = self.tree.list(branches);
                branches
                    .iter()
                    .any(|branch| self.block_generates(branch.body))
                    || self.block_generates(otherwise)
            }
            Expr::Match { rules, .. } | Expr::Try { rules, .. } => {
                let rules = self.tree.list(rules);
                rules.iter().any(|rule| self.block_generates(rule.body))
            }
            Expr::TryFinally { body, .. } => self.block_generates(body),
            _ => false,
        }
    }

    /// As [`Self::is_generating`]; the depth of an expression is limited, so that of the recursion is.
    fn block_generates(&self, id: ExprId) -> bool {
        match self.tree.expr(id) {
            Expr::Block(statements) => {
                self.tree
                    .list(statements)
                    .iter()
                    .any(|statement| match statement.kind {
                        StmtKind::Expr(id) => self.is_generating(id),
                        _ => false,
                    })
            }
            _ => self.is_generating(id),
        }
    }

    /// `.[…]` or `[…]` behind an operand.
    pub fn index(&mut self, target: ExprId, dotted: bool, start: Span) -> ExprId {
        let opened = self.advance().span;
        self.open.push(opened);
        let mut slices = Vec::new();
        loop {
            slices.push(self.slice());
            if !self.eat_punct(P::Comma) {
                break;
            }
        }
        self.close(P::ListClose, opened);
        let slices = self.tree.add_list(&slices);
        self.expr_since(
            Expr::Index {
                target,
                slices,
                dotted,
            },
            start,
        )
    }

    fn slice(&mut self) -> Slice {
        let ends = |parser: &Self| matches!(parser.kind(), T::Punct(P::ListClose | P::Comma));
        if self.kind() == T::Operator(Symbol::STAR)
            && matches!(self.kind_at(1), T::Punct(P::ListClose | P::Comma))
        {
            self.advance();
            return Slice::All;
        }
        let from = (!self.is_punct(P::DotDot)).then(|| self.slice_bound());
        if self.eat_punct(P::DotDot) {
            let to = (!ends(self)).then(|| self.slice_bound());
            return Slice::Range(from, to);
        }
        match from {
            Some(id) => Slice::Item(id),
            None => Slice::Range(None, None),
        }
    }

    /// `{ … }` with fields or statements, and `{| … |}`.
    pub fn braces(&mut self) -> ExprId {
        let start = self.here();
        let opener = self.advance().kind;
        let anonymous = opener == T::Punct(P::RecordOpen);
        let closer = if anonymous {
            P::RecordClose
        } else {
            P::BraceClose
        };
        self.open.push(start);
        let is_fields = opener == T::CopyOpen
            || anonymous
            || self.is_punct(closer)
            || self.begins_record_field(0);
        if !is_fields {
            let outside = std::mem::replace(&mut self.computation, true);
            self.statements_or_range();
            self.computation = outside;
            self.close(closer, start);
            let span = self.since(start);
            self.error(Kind::NoBuilder, span);
            return self.expr_since(Expr::Error, start);
        }
        let copies = opener == T::CopyOpen
            || (anonymous && !self.is_punct(closer) && !self.begins_record_field(0));
        let copied = copies.then(|| {
            let id = self.expr();
            self.expect_word(K::With);
            id
        });
        let fields = self.fields();
        self.close(closer, start);
        let record = self.tree.add_record(Record {
            copied,
            fields,
            anonymous,
            is_struct: false,
        });
        self.expr_since(Expr::Record(record), start)
    }

    fn fields(&mut self) -> Many<FieldInit> {
        let mut fields = Vec::new();
        loop {
            while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                self.advance();
            }
            if self.at_end_of_statement() {
                break;
            }
            let start = self.here();
            if self.ident().is_none() {
                self.expected(Expected::Field);
                break;
            }
            let path = self.path();
            let path = self.tree.add_list(&path);
            if !self.expect_punct(P::Equals) {
                break;
            }
            let value = self.block();
            let span = self.since(start);
            fields.push(FieldInit { path, value, span });
            if !self.at_end_of_statement() {
                break;
            }
        }
        self.tree.add_list(&fields)
    }

    /// `{ statements }` behind a builder.
    pub fn computation(&mut self, builder: ExprId, start: Span) -> ExprId {
        let read = self.deeper(|parser| {
            let opened = parser.advance().span;
            parser.open.push(opened);
            let outside = std::mem::replace(&mut parser.computation, true);
            let body = parser.statements_or_range();
            parser.computation = outside;
            parser.close(P::BraceClose, opened);
            parser.expr_since(Expr::Computation { builder, body }, start)
        });
        read.unwrap_or(builder)
    }
}

const fn opening(closer: P) -> &'static str {
    match closer {
        P::ParenClose => "(",
        P::ListClose => "[",
        P::ArrayClose => "[|",
        P::BraceClose => "{",
        P::RecordClose => "{|",
        _ => "[<",
    }
}
