//! Attributes and bindings.

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Attribute, BangBinding, Binding, Constraint, Many, Pattern, PatternId, Span, Stmt, StmtKind,
    Symbol, TypeParam,
};

impl Parser<'_> {
    /// Reads `[<…>]` lists; none is fine.
    pub fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        loop {
            let start = self.here();
            if !self.eat_punct(P::AttributeOpen) {
                return attributes;
            }
            self.open.push(start);
            loop {
                while self.eat(T::Separator) || self.eat_punct(P::Semicolon) {}
                if self.ident().is_none() {
                    break;
                }
                attributes.push(self.attribute());
            }
            self.close(P::AttributeClose, start);
            // Between lists on lines of their own.
            if self.kind() == T::Separator && self.kind_at(1) == T::Punct(P::AttributeOpen) {
                self.advance();
            }
        }
    }

    fn attribute(&mut self) -> Attribute {
        let start = self.here();
        let mut target = None;
        if self.kind_at(1) == T::Punct(P::Colon) {
            target = self.name();
            self.advance();
        }
        let path = self.path();
        let path = self.tree.add_list(&path);
        let at_argument = !self.at_end_of_statement();
        let argument = at_argument.then(|| self.operand_with_suffixes());
        Attribute {
            target,
            path,
            argument,
            span: self.since(start),
        }
    }

    /// Reads `let …` with all that `and` adds.
    pub fn let_statement(&mut self, attributes: Many<Attribute>) -> Stmt {
        let start = self.here();
        self.advance();
        let recursive = self.eat_word(K::Rec);
        let mut bindings = vec![self.binding(attributes)];
        while self.is_word(K::And) {
            self.advance();
            let attributes = self.attributes();
            let attributes = self.tree.add_list(&attributes);
            bindings.push(self.binding(attributes));
        }
        let bindings = self.tree.add_list(&bindings);
        Stmt {
            kind: StmtKind::Let {
                bindings,
                recursive,
            },
            span: self.since(start),
        }
    }

    /// Reads a binding behind `let` or `and`.
    fn binding(&mut self, attributes: Many<Attribute>) -> Binding {
        let start = self.here();
        let more = self.attributes();
        let attributes = if more.is_empty() {
            attributes
        } else {
            let mut all = self.tree.list(attributes).to_vec();
            all.extend(more);
            self.tree.add_list(&all)
        };
        let (mut inline, mut mutable) = (false, false);
        loop {
            if self.eat_word(K::Inline) {
                inline = true;
            } else if self.eat_word(K::Mutable) {
                mutable = true;
            } else {
                break;
            }
        }
        let access = self.access();
        inline |= self.eat_word(K::Inline);
        let mut binding = match self.function_name() {
            Some(pattern) => {
                let mut binding = self.binding_behind(pattern, start);
                let tuple = self.is_punct(P::Comma) || self.is_other_pattern();
                if binding.params.is_empty() && tuple {
                    binding.pattern = self.pattern_after(pattern, start, false);
                }
                binding
            }
            None => {
                let pattern = self.pattern(false);
                self.binding_behind(pattern, start)
            }
        };
        binding.attributes = attributes;
        binding.access = access;
        binding.inline = inline;
        binding.mutable = mutable;
        self.finish_binding(&mut binding, start);
        binding
    }

    /// Whether a pattern goes on here behind its first part.
    fn is_other_pattern(&self) -> bool {
        match self.kind() {
            T::Operator(symbol) => matches!(symbol, Symbol::CONS | Symbol::AMP),
            T::Punct(P::Bar | P::Dot) | T::Keyword(K::As) => true,
            _ => false,
        }
    }

    /// A name that a function can have: an identifier, `(+)`, `(|Even|Odd|)`.
    pub fn function_name(&mut self) -> Option<PatternId> {
        let start = self.here();
        let symbol = match self.kind() {
            T::Ident(_) if self.kind_at(1) == T::Punct(P::Dot) => return None,
            T::Ident(symbol) => {
                self.advance();
                symbol
            }
            T::Punct(P::ParenOpen) => self.name_in_parens()?,
            _ => return None,
        };
        self.note_bound(symbol);
        Some(self.pattern_since(Pattern::Name(symbol), start))
    }

    pub fn note_bound(&mut self, symbol: Symbol) {
        self.bound_jump |= symbol == Symbol::BREAK || symbol == Symbol::CONTINUE;
    }

    /// Type parameters and parameters behind a name.
    fn binding_behind(&mut self, pattern: PatternId, start: Span) -> Binding {
        let (type_params, constraints) = self.type_params();
        let mut params = Vec::new();
        if matches!(self.tree.pattern(pattern), Pattern::Name(_)) {
            while self.begins_atomic_pattern() {
                params.push(self.atomic_pattern());
            }
        }
        let params = self.tree.add_list(&params);
        Binding {
            attributes: Many::default(),
            access: crate::syntax::tree::Access::Public,
            inline: false,
            mutable: false,
            pattern,
            type_params,
            constraints,
            params,
            ty: None,
            body: self.error_expr(),
            span: start,
        }
    }

    /// The type and the body of a binding.
    fn finish_binding(&mut self, binding: &mut Binding, start: Span) {
        if self.eat_punct(P::Colon) {
            binding.ty = Some(self.constrained_type());
        }
        if !self.is_punct(P::Equals) {
            self.expected(Expected::Sign("="));
            // The body may still be there, behind whatever is wrong with the head.
            while !self.at_end_of_statement() && !self.is_punct(P::Equals) && self.kind() != T::Open
            {
                self.advance();
            }
        }
        let outside = (self.computation, self.in_loop);
        self.computation = false;
        self.in_loop &= binding.params.is_empty();
        if self.eat_punct(P::Equals) {
            binding.body = self.block();
        }
        (self.computation, self.in_loop) = outside;
        binding.span = self.since(start);
    }

    /// Reads `name params : type = body` of a member, behind the dot.
    pub fn member_binding(
        &mut self,
        attributes: Many<Attribute>,
        access: crate::syntax::tree::Access,
    ) -> Binding {
        let start = self.here();
        let inline = self.eat_word(K::Inline);
        let pattern = match self.function_name() {
            Some(pattern) => pattern,
            None => {
                self.expected(Expected::Name);
                self.error_pattern()
            }
        };
        let mut binding = self.binding_behind(pattern, start);
        binding.attributes = attributes;
        binding.access = access;
        binding.inline = inline;
        if self.is_word(K::With) {
            let accessor = crate::diagnostics::Feature::PropertyAccessor;
            self.error_here(Kind::Unsupported(accessor), None);
            self.skip_statement();
            return binding;
        }
        self.finish_binding(&mut binding, start);
        binding
    }

    /// Reads `<'a, 'b when 'a : equality>`; none is fine.
    pub fn type_params(&mut self) -> (Many<TypeParam>, Many<Constraint>) {
        let is_list = self.kind() == T::Operator(Symbol::LESS)
            && matches!(self.kind_at(1), T::TypeVar(_) | T::Punct(P::AttributeOpen));
        if !is_list {
            return (Many::default(), Many::default());
        }
        self.advance();
        let mut params = Vec::new();
        loop {
            let attributes = self.attributes();
            let attributes = self.tree.add_list(&attributes);
            let span = self.here();
            let T::TypeVar(symbol) = self.kind() else {
                self.expected(Expected::Sign("'a"));
                break;
            };
            self.advance();
            params.push(TypeParam {
                name: crate::syntax::tree::Name { symbol, span },
                attributes,
            });
            if !self.eat_punct(P::Comma) {
                break;
            }
        }
        let constraints = self.constraints();
        if !self.eat_greater() {
            self.expected(Expected::Sign(">"));
        }
        (self.tree.add_list(&params), constraints)
    }

    /// Reads `use p = e`, and `let! … and! …` and `use! p = e` in a computation.
    pub fn other_binding(&mut self) -> Stmt {
        let start = self.here();
        let word = self.advance().kind;
        let pattern = self.pattern(true);
        self.expect_punct(P::Equals);
        let value = self.block();
        let kind = match word {
            T::Keyword(K::Use) => StmtKind::Use { pattern, value },
            T::Keyword(K::UseBang) => {
                self.only_in_computation("use!", start);
                StmtKind::UseBang { pattern, value }
            }
            _ => {
                self.only_in_computation("let!", start);
                let mut bindings = vec![BangBinding { pattern, value }];
                while self.is_word(K::AndBang) {
                    self.advance();
                    let pattern = self.pattern(true);
                    self.expect_punct(P::Equals);
                    let value = self.block();
                    bindings.push(BangBinding { pattern, value });
                }
                StmtKind::LetBang(self.tree.add_list(&bindings))
            }
        };
        Stmt {
            kind,
            span: self.since(start),
        }
    }

    pub fn only_in_computation(&mut self, word: &'static str, span: Span) {
        if !self.computation {
            self.error(Kind::OnlyInComputation(word), span);
        }
    }
}
