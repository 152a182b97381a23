//! Operands.

use super::cursor::Parser;
use crate::diagnostics::{Feature, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{Expr, ExprId, Literal, Many, Symbol};

impl Parser<'_> {
    /// Reads an operand: everything but operators and what stands behind an operand.
    pub fn operand(&mut self) -> ExprId {
        let start = self.here();
        match self.kind() {
            T::Ident(symbol) => {
                self.advance();
                self.expr_since(Expr::Name(symbol), start)
            }
            T::Literal(id) => {
                self.advance();
                let id = self.constant(id, start, false);
                self.expr_since(Expr::Literal(id), start)
            }
            T::InterpolatedPlain(_) | T::InterpolatedStart(_) => self.interpolated(),
            T::Punct(P::ParenOpen) => self.deep(Self::paren),
            T::Punct(P::ListOpen | P::ArrayOpen) => self.deep(Self::collection),
            T::Punct(P::BraceOpen | P::RecordOpen) | T::CopyOpen => self.deep(Self::braces),
            T::Punct(P::Underscore) => {
                self.expected_operand();
                self.advance();
                self.error_expr()
            }
            T::Open => self.block(),
            T::Keyword(word) => self.word(word),
            _ => self.expected_operand(),
        }
    }

    /// Reads something one level deeper.
    pub fn deep(&mut self, read: impl FnOnce(&mut Self) -> ExprId) -> ExprId {
        let read = self.deeper(read);
        read.unwrap_or_else(|| self.error_expr())
    }

    fn word(&mut self, word: K) -> ExprId {
        let start = self.here();
        let literal = match word {
            K::True => Literal::Bool(true),
            K::False => Literal::Bool(false),
            K::Null => Literal::Null,
            K::Begin => return self.deep(Self::begin_end),
            K::Struct => return self.deep(Self::struct_value),
            K::Let => {
                let statement = self.let_statement(Many::default());
                self.expect_word(K::In);
                return self.let_in(statement, start);
            }
            K::New | K::Inherit | K::Interface => {
                self.error_here(Kind::Unsupported(Feature::NewObject), None);
                self.advance();
                return self.operand();
            }
            K::Elif | K::Else | K::Then | K::With | K::In | K::Of | K::And | K::End | K::Done => {
                return self.expected_operand();
            }
            _ => return self.deep(|parser| parser.control(word)),
        };
        self.advance();
        let id = self.tree.add_constant(crate::syntax::tree::Constant {
            value: literal,
            measure: None,
        });
        self.expr_since(Expr::Literal(id), start)
    }

    /// `(+)` and `(|Even|Odd|)` as a name, passed; `None` if the parenthesis holds something else.
    pub fn name_in_parens(&mut self) -> Option<Symbol> {
        if self.kind_at(1) == T::Punct(P::Bar) {
            return self.active_pattern_name();
        }
        if self.kind_at(2) != T::Punct(P::ParenClose) {
            return None;
        }
        let symbol = match self.kind_at(1) {
            T::Operator(symbol) => symbol,
            T::Punct(P::Equals) => Symbol::EQUAL,
            _ => return None,
        };
        for _ in 0..3 {
            self.advance();
        }
        Some(symbol)
    }

    fn active_pattern_name(&mut self) -> Option<Symbol> {
        let mut ahead = 1;
        let mut name = String::new();
        loop {
            match self.kind_at(ahead) {
                T::Punct(P::Bar) => name.push('|'),
                T::Ident(symbol) => name.push_str(self.tree.text(symbol)),
                T::Punct(P::Underscore) => name.push('_'),
                T::Punct(P::ParenClose) => break,
                _ => return None,
            }
            ahead += 1;
        }
        if name.len() < 3 || !name.ends_with('|') {
            return None;
        }
        for _ in 0..=ahead {
            self.advance();
        }
        Some(self.tree.intern(&name))
    }
}
