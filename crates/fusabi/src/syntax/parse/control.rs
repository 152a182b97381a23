//! Words that begin an expression.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{Branch, CastKind, Expr, ExprId, Many, Rule, Span};

impl Parser<'_> {
    /// Reads the expression that a word begins.
    pub fn control(&mut self, word: K) -> ExprId {
        let start = self.here();
        let expr = match word {
            K::Fun => {
                self.advance();
                self.lambda()
            }
            K::Function => {
                self.advance();
                let rules = self.inside_function(Self::rules);
                Expr::Function(rules)
            }
            K::Match | K::MatchBang => {
                self.advance();
                let bang = word == K::MatchBang;
                if bang {
                    self.only_in_computation("match!", start);
                }
                let scrutinee = self.expr();
                let rules = if self.expect_word(K::With) {
                    self.rules()
                } else {
                    Many::default()
                };
                Expr::Match {
                    scrutinee,
                    rules,
                    bang,
                }
            }
            K::If => {
                self.advance();
                self.conditional()
            }
            K::While => {
                self.advance();
                let condition = self.expr();
                let body = self.loop_body();
                Expr::While { condition, body }
            }
            K::For => {
                self.advance();
                self.for_loop()
            }
            K::Try => {
                self.advance();
                self.try_expr()
            }
            K::Lazy => self.one_operand(Expr::Lazy),
            K::Assert => self.one_operand(Expr::Assert),
            K::Upcast => self.one_operand(|value| Expr::InferredCast {
                value,
                kind: CastKind::Up,
            }),
            K::Downcast => self.one_operand(|value| Expr::InferredCast {
                value,
                kind: CastKind::Down,
            }),
            K::Do => {
                self.advance();
                let body = self.block();
                Expr::Do(body)
            }
            K::DoBang | K::Return | K::ReturnBang | K::Yield | K::YieldBang => {
                self.only_in_computation(word.text(), start);
                self.advance();
                let value = self.block();
                match word {
                    K::DoBang => Expr::DoBang(value),
                    K::Return | K::ReturnBang => Expr::Return {
                        value,
                        from: word == K::ReturnBang,
                    },
                    _ => Expr::Yield {
                        value,
                        from: word == K::YieldBang,
                    },
                }
            }
            K::Use | K::UseBang | K::LetBang => {
                self.error_here(Kind::Misplaced, None);
                self.other_binding();
                Expr::Error
            }
            _ => return self.expected_operand(),
        };
        self.expr_since(expr, start)
    }

    fn one_operand(&mut self, make: impl FnOnce(ExprId) -> Expr) -> Expr {
        self.advance();
        if self.kind() == T::Open {
            return make(self.block());
        }
        make(self.operand_application())
    }

    /// Reads the body of a function: what stands around it means nothing there.
    fn inside_function<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> R {
        let outside = (self.computation, self.in_loop);
        (self.computation, self.in_loop) = (false, false);
        let result = read(self);
        (self.computation, self.in_loop) = outside;
        result
    }

    fn lambda(&mut self) -> Expr {
        let mut params = Vec::new();
        while self.begins_atomic_pattern() {
            params.push(self.atomic_pattern());
        }
        if params.is_empty() {
            self.expected(Expected::Pattern);
        }
        let params = self.tree.add_list(&params);
        let body = if self.expect_punct(P::Arrow) {
            self.inside_function(Self::block)
        } else {
            self.error_expr()
        };
        Expr::Lambda { params, body }
    }

    fn conditional(&mut self) -> Expr {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.expr();
            let body = if self.expect_word(K::Then) {
                self.block()
            } else {
                self.error_expr()
            };
            branches.push(Branch { condition, body });
            if self.eat_word(K::Elif) {
                continue;
            }
            if self.eat_word(K::Else) {
                otherwise = Some(self.block());
            }
            break;
        }
        let branches = self.tree.add_list(&branches);
        Expr::If {
            branches,
            otherwise,
        }
    }

    fn loop_body(&mut self) -> ExprId {
        if !self.expect_word(K::Do) {
            return self.error_expr();
        }
        let outside = std::mem::replace(&mut self.in_loop, true);
        let body = self.block();
        self.in_loop = outside;
        self.eat_word(K::Done);
        body
    }

    fn for_loop(&mut self) -> Expr {
        let pattern = self.pattern(true);
        if self.eat_punct(P::Equals) {
            let from = self.expr();
            let down = self.is_word(K::Downto);
            if !self.eat_word(K::Downto) {
                self.expect_word(K::To);
            }
            let to = self.expr();
            let body = self.loop_body();
            return Expr::For {
                variable: pattern,
                from,
                to,
                down,
                body,
            };
        }
        self.expect_word(K::In);
        let start = self.here();
        let source = self.expr();
        let source = self.range_behind(source, start);
        let arrow = self.is_punct(P::Arrow);
        let body = if arrow {
            self.only_in_computation("->", start);
            self.advance();
            self.block()
        } else {
            self.loop_body()
        };
        Expr::ForIn {
            pattern,
            source,
            body,
            arrow,
        }
    }

    fn try_expr(&mut self) -> Expr {
        let body = self.block();
        if self.eat_word(K::Finally) {
            let last = self.block();
            return Expr::TryFinally { body, last };
        }
        let rules = if self.expect_word(K::With) {
            self.rules()
        } else {
            Many::default()
        };
        Expr::Try { body, rules }
    }

    /// Reads rules, with or without a bar before the first.
    fn rules(&mut self) -> Many<Rule> {
        let mut rules = Vec::new();
        self.eat_punct(P::Bar);
        loop {
            rules.push(self.rule());
            if !self.eat_punct(P::Bar) {
                break;
            }
        }
        self.tree.add_list(&rules)
    }

    fn rule(&mut self) -> Rule {
        let start: Span = self.here();
        let pattern = self.pattern(true);
        let guard = self.eat_word(K::When).then(|| self.expr());
        let body = if self.is_punct(P::Arrow) {
            self.advance();
            self.block()
        } else {
            self.expected(Expected::Sign("->"));
            let id = self.error_expr();
            while !self.at_end_of_statement() && !self.is_punct(P::Bar) {
                if self.kind() == T::Open {
                    self.block();
                } else {
                    self.advance();
                }
            }
            id
        };
        Rule {
            pattern,
            guard,
            body,
            span: self.since(start),
        }
    }
}
