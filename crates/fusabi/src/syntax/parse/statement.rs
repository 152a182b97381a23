//! Blocks and statements.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{Expr, ExprId, Many, Span, Stmt, StmtKind, Symbol};

impl Parser<'_> {
    /// Reads what stands behind `=`, `->` and so on: a block of the layout stage, or an expression where it made none.
    pub fn block(&mut self) -> ExprId {
        if self.kind() != T::Open {
            return self.expr();
        }
        self.advance();
        if self.kind() == T::Close {
            self.expected(Expected::Body);
            let id = self.error_expr();
            self.advance();
            return id;
        }
        let brackets = std::mem::take(&mut self.open);
        let body = self
            .deeper(Self::statements)
            .unwrap_or_else(|| self.error_expr());
        self.open = brackets;
        self.close_block();
        body
    }

    /// Reads statements up to what ends the block or bracket around them.
    pub fn statements(&mut self) -> ExprId {
        let start = self.here();
        let mut statements: Vec<Stmt> = Vec::new();
        loop {
            while matches!(self.kind(), T::Separator | T::Punct(P::Semicolon)) {
                self.advance();
            }
            if self.at_end_of_statement() && !statements.is_empty() {
                break;
            }
            let statement = self.statement();
            statements.push(statement);
            // The rest of the block is the body of `let … in`.
            if !matches!(statement.kind, StmtKind::Expr(_)) && self.eat_word(K::In) {
                continue;
            }
            match self.kind() {
                T::Separator | T::Punct(P::Semicolon) => {}
                // What ends a collection, a range, a copied record or an annotated expression: the caller knows.
                T::Punct(P::DotDot | P::Colon) | T::Keyword(K::With) => break,
                _ if self.at_end_of_statement() => break,
                _ => {
                    self.expected(Expected::StatementEnd);
                    let before = self.here();
                    self.skip_statement();
                    // A `;;` inside of a block cannot be.
                    if self.here() == before {
                        break;
                    }
                }
            }
        }
        if let [
            Stmt {
                kind: StmtKind::Expr(id),
                ..
            },
        ] = statements.as_slice()
        {
            return *id;
        }
        if let Some(last) = statements.last()
            && !matches!(last.kind, StmtKind::Expr(_))
            && !self.computation
        {
            let kind = Kind::EndsWithBinding;
            let incomplete =
                self.kind() == T::End || (self.kind() == T::Close && self.at_last_line());
            self.error_that_may_end(kind, last.span, incomplete);
        }
        let list = self.tree.add_list(&statements);
        self.expr_since(Expr::Block(list), start)
    }

    /// Whether nothing but ends of blocks follows.
    fn at_last_line(&self) -> bool {
        let mut ahead = 0;
        // A block holds another one: no more ends than levels.
        while ahead <= crate::MAX_DEPTH {
            match self.kind_at(ahead) {
                T::Close => ahead += 1,
                kind => return kind == T::End,
            }
        }
        false
    }

    /// Reads one statement.
    pub fn statement(&mut self) -> Stmt {
        let start = self.here();
        match self.kind() {
            T::Keyword(K::Let) => self.let_statement(Many::default()),
            T::Keyword(K::Use | K::LetBang | K::UseBang) => self.other_binding(),
            T::Punct(P::AttributeOpen) => {
                let attributes = self.attributes();
                let attributes = self.tree.add_list(&attributes);
                while self.eat(T::Separator) {}
                if self.is_word(K::Let) {
                    return self.let_statement(attributes);
                }
                self.expected(Expected::Sign("let"));
                let id = self.error_expr();
                self.expr_statement(id, start)
            }
            T::Keyword(K::Open | K::Type | K::Module | K::Namespace | K::Exception | K::Member) => {
                self.error_here(Kind::Misplaced, None);
                self.skip_statement();
                let id = self.error_expr();
                self.expr_statement(id, start)
            }
            _ => {
                let id = match self.jump() {
                    Some(id) => id,
                    None => self.expr(),
                };
                self.expr_statement(id, start)
            }
        }
    }

    fn expr_statement(&self, id: ExprId, start: Span) -> Stmt {
        Stmt {
            kind: StmtKind::Expr(id),
            span: self.since(start),
        }
    }

    /// `break` or `continue` as a statement of its own.
    fn jump(&mut self) -> Option<ExprId> {
        let symbol = self.ident()?;
        let (expr, word) = match symbol {
            Symbol::BREAK => (Expr::Break, "break"),
            Symbol::CONTINUE => (Expr::Continue, "continue"),
            _ => return None,
        };
        let alone = matches!(
            self.kind_at(1),
            T::Separator
                | T::Close
                | T::End
                | T::Punct(P::Semicolon | P::SemicolonTwice | P::ParenClose)
        );
        if !alone || self.bound_jump {
            return None;
        }
        let span = self.advance().span;
        if !self.in_loop {
            self.error(Kind::OutsideLoop(word), span);
        }
        Some(self.tree.add_expr(expr, span))
    }

    /// A `let … in` whose body is one expression, behind `in`.
    pub fn let_in(&mut self, statement: Stmt, start: Span) -> ExprId {
        let span = self.here();
        let body = self.block();
        let span = self.since(span);
        let body = Stmt {
            kind: StmtKind::Expr(body),
            span,
        };
        let list = self.tree.add_list(&[statement, body]);
        self.expr_since(Expr::Block(list), start)
    }
}
