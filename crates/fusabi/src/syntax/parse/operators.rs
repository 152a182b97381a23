//! Operators by precedence climbing, application, and what stands behind an operand.

use super::cursor::Parser;
use crate::diagnostics::Expected;
use crate::syntax::lex::{Keyword as K, Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Associativity, CastKind, Expr, ExprId, Level, Span, Symbol, infix, is_prefix,
};

/// An infix operator at the cursor.
struct Infix {
    what: What,
    level: Level,
    grouping: Associativity,
}

enum What {
    Operator(Symbol),
    Tuple,
    Assign,
    Cast(CastKind),
}

impl Parser<'_> {
    /// Reads an expression, with its annotation.
    pub fn expr(&mut self) -> ExprId {
        let read = self.deeper(|parser| {
            let start = parser.here();
            let mut value = parser.operators(Level::ASSIGN);
            while parser.eat_punct(P::Colon) {
                let ty = parser.constrained_type();
                value = parser.expr_since(Expr::Annotated { value, ty }, start);
            }
            value
        });
        read.unwrap_or_else(|| self.error_expr())
    }

    /// Reads operators that bind at least that tightly.
    fn operators(&mut self, least: Level) -> ExprId {
        let start = self.here();
        let mut left = self.prefixed();
        while let Some(found) = self.infix().filter(|found| found.level >= least) {
            let at = self.here().start;
            left = match found.what {
                What::Tuple => {
                    let mut items = vec![left];
                    while self.eat_punct(P::Comma) {
                        items.push(self.operators(Level(Level::TUPLE.0 + 1)));
                    }
                    let items = self.tree.add_list(&items);
                    self.expr_since(
                        Expr::Tuple {
                            items,
                            is_struct: false,
                        },
                        start,
                    )
                }
                What::Cast(kind) => {
                    self.advance();
                    let ty = self.ty();
                    self.expr_since(
                        Expr::Cast {
                            value: left,
                            ty,
                            kind,
                        },
                        start,
                    )
                }
                What::Assign => {
                    self.advance();
                    let value = self.right(&found);
                    self.expr_since(
                        Expr::Assign {
                            target: left,
                            value,
                        },
                        start,
                    )
                }
                What::Operator(operator) => {
                    self.advance();
                    let right = self.right(&found);
                    self.expr_since(
                        Expr::Binary {
                            operator,
                            operator_at: at,
                            left,
                            right,
                        },
                        start,
                    )
                }
            };
        }
        left
    }

    fn right(&mut self, found: &Infix) -> ExprId {
        match found.grouping {
            Associativity::Left => self.operators(Level(found.level.0 + 1)),
            // The tree grows to the right.
            Associativity::Right => {
                let level = found.level;
                let read = self.deeper(|parser| parser.operators(level));
                read.unwrap_or_else(|| self.error_expr())
            }
        }
    }

    fn infix(&self) -> Option<Infix> {
        let (what, level, grouping) = match self.kind() {
            T::Operator(symbol) => {
                let (level, grouping) = infix(self.tree.text(symbol))?;
                (What::Operator(symbol), level, grouping)
            }
            T::Punct(P::Equals) => (
                What::Operator(Symbol::EQUAL),
                Level(11),
                Associativity::Left,
            ),
            T::Punct(P::Comma) => (What::Tuple, Level::TUPLE, Associativity::Left),
            T::Punct(P::Assign) => (What::Assign, Level::ASSIGN, Associativity::Right),
            T::Punct(P::Upcast) => (What::Cast(CastKind::Up), Level::CAST, Associativity::Right),
            T::Punct(P::Downcast) => (
                What::Cast(CastKind::Down),
                Level::CAST,
                Associativity::Right,
            ),
            T::Punct(P::TypeTest) => (What::Cast(CastKind::Test), Level::TEST, Associativity::Left),
            _ => return None,
        };
        Some(Infix {
            what,
            level,
            grouping,
        })
    }

    /// An operator that stands before its operand, here.
    fn prefix_operator(&self) -> Option<Symbol> {
        match self.kind() {
            T::Operator(symbol) if is_prefix(self.tree.text(symbol)) => Some(symbol),
            _ => None,
        }
    }

    /// Reads prefix operators and an application. A sign binds less tightly than application (`-f x` is `-(f x)`), `!` and `~`
    /// more (`!r x` is `(!r) x`).
    fn prefixed(&mut self) -> ExprId {
        let Some(operator) = self.prefix_operator() else {
            return self.application();
        };
        if self.tree.text(operator).starts_with(['!', '~']) {
            return self.application();
        }
        if let Some(id) = self.negative_literal() {
            return self.arguments(id, self.tree.span(id));
        }
        let start = self.advance().span;
        let read = self.deeper(Self::prefixed);
        let operand = read.unwrap_or_else(|| self.error_expr());
        self.expr_since(Expr::Prefix { operator, operand }, start)
    }

    /// Reads an application without prefix sign, for words that bind like one (`lazy f x`).
    pub fn operand_application(&mut self) -> ExprId {
        self.deep(Self::application)
    }

    /// A bound of a slice: no comma belongs to it.
    pub fn slice_bound(&mut self) -> ExprId {
        self.deep(|parser| parser.operators(Level(Level::TUPLE.0 + 1)))
    }

    fn application(&mut self) -> ExprId {
        let start = self.here();
        let head = self.argument();
        self.arguments(head, start)
    }

    fn arguments(&mut self, head: ExprId, start: Span) -> ExprId {
        let mut callee = head;
        let mut args = Vec::new();
        while self.begins_argument(callee, &args) {
            // A computation whose builder is the whole application so far.
            if self.begins_computation() {
                callee = self.apply(callee, &mut args, start);
                callee = self.computation(callee, start);
                callee = self.suffixes(callee, start);
                continue;
            }
            args.push(self.argument());
        }
        self.apply(callee, &mut args, start)
    }

    fn apply(&mut self, callee: ExprId, args: &mut Vec<ExprId>, start: Span) -> ExprId {
        if args.is_empty() {
            return callee;
        }
        let args = self.tree.add_list(&std::mem::take(args));
        self.expr_since(
            Expr::Apply {
                callee,
                args,
                tight: false,
            },
            start,
        )
    }

    fn begins_argument(&self, head: ExprId, args: &[ExprId]) -> bool {
        // Constants and words such as `if` take no arguments.
        let takes = match self.tree.expr(head) {
            Expr::Name(_)
            | Expr::Field { .. }
            | Expr::Apply { .. }
            | Expr::TypeApply { .. }
            | Expr::Index { .. }
            | Expr::Paren(_)
            | Expr::Prefix { .. }
            | Expr::Computation { .. } => true,
            _ => !args.is_empty(),
        };
        if !takes {
            return false;
        }
        match self.kind() {
            T::Ident(_)
            | T::Literal(_)
            | T::InterpolatedPlain(_)
            | T::InterpolatedStart(_)
            | T::CopyOpen
            | T::Keyword(K::True | K::False | K::Null | K::Begin | K::Struct | K::New) => true,
            T::Punct(punct) => matches!(
                punct,
                P::ParenOpen
                    | P::ListOpen
                    | P::ArrayOpen
                    | P::BraceOpen
                    | P::RecordOpen
                    | P::Underscore
            ),
            T::Operator(symbol) if is_prefix(self.tree.text(symbol)) => {
                let always = self.tree.text(symbol).starts_with(['!', '~']);
                always || (!self.touches() && self.touches_next())
            }
            _ => false,
        }
    }

    /// Reads one argument: an operand with its own prefix operator and what stands behind it.
    fn argument(&mut self) -> ExprId {
        if let Some(id) = self.negative_literal() {
            return id;
        }
        let Some(operator) = self.prefix_operator() else {
            return self.operand_with_suffixes();
        };
        let start = self.advance().span;
        let read = self.deeper(Self::argument);
        let operand = read.unwrap_or_else(|| self.error_expr());
        self.expr_since(Expr::Prefix { operator, operand }, start)
    }

    /// Reads an operand and what binds to it from behind.
    pub fn operand_with_suffixes(&mut self) -> ExprId {
        let start = self.here();
        let operand = self.operand();
        self.suffixes(operand, start)
    }

    fn suffixes(&mut self, operand: ExprId, start: Span) -> ExprId {
        let mut target = operand;
        loop {
            let takes = !matches!(
                self.tree.expr(target),
                Expr::Literal(_) | Expr::Error | Expr::Collection { .. } | Expr::Interpolated(_)
            );
            target = match self.kind() {
                T::Punct(P::Dot) if self.kind_at(1) == T::Punct(P::ListOpen) => {
                    self.advance();
                    self.index(target, true, start)
                }
                T::Punct(P::Dot) => {
                    self.advance();
                    let name_at = self.here().start;
                    let Some(name) = self.name() else {
                        return target;
                    };
                    self.expr_since(
                        Expr::Field {
                            target,
                            name: name.symbol,
                            name_at,
                        },
                        start,
                    )
                }
                T::Punct(P::ListOpen) if takes && self.touches() => {
                    self.index(target, false, start)
                }
                T::Punct(P::ParenOpen) if takes && self.touches() => {
                    let argument = self.operand();
                    let args = self.tree.add_list(&[argument]);
                    self.expr_since(
                        Expr::Apply {
                            callee: target,
                            args,
                            tight: true,
                        },
                        start,
                    )
                }
                T::Operator(Symbol::LESS)
                    if takes && self.touches() && self.begins_type_arguments() =>
                {
                    let args = self.type_arguments();
                    let args = self.tree.add_list(&args);
                    self.expr_since(Expr::TypeApply { target, args }, start)
                }
                T::Punct(P::BraceOpen) if self.is_builder(target) && self.begins_computation() => {
                    self.computation(target, start)
                }
                _ => return target,
            };
        }
    }

    fn is_builder(&self, target: ExprId) -> bool {
        match self.tree.expr(target) {
            Expr::Name(_) | Expr::Field { .. } => true,
            Expr::Apply { tight, .. } => tight,
            _ => false,
        }
    }

    /// Whether a brace begins statements and no record (§1.15).
    fn begins_computation(&self) -> bool {
        if !matches!(self.kind(), T::Punct(P::BraceOpen))
            || self.kind_at(1) == T::Punct(P::BraceClose)
        {
            return false;
        }
        !self.begins_record_field(1)
    }

    /// Whether `name =` or `A.name =` stands that many tokens ahead.
    pub fn begins_record_field(&self, mut ahead: usize) -> bool {
        loop {
            if !matches!(self.kind_at(ahead), T::Ident(_)) {
                return false;
            }
            match self.kind_at(ahead + 1) {
                T::Punct(P::Dot) => ahead += 2,
                kind => return kind == T::Punct(P::Equals),
            }
        }
    }

    /// Whether `<` at the cursor begins type arguments: what could be types stands before a `>` that
    /// touches `(` or `.` (§1.15), that no operand follows, or that a blank parts from an operand.
    fn begins_type_arguments(&self) -> bool {
        // Longer lists are no type arguments that anyone writes.
        const FURTHEST: usize = 64;
        let mut depth = 0_usize;
        for ahead in 0..FURTHEST {
            let token = self.token_at(ahead);
            match token.kind {
                T::Operator(Symbol::LESS) => depth += 1,
                T::Operator(Symbol::STAR) | T::Ident(_) | T::TypeVar(_) => {}
                T::Operator(symbol) => {
                    let text = self.tree.text(symbol);
                    let closing = text.len() - text.trim_start_matches('>').len();
                    if closing == 0 || closing > depth {
                        return false;
                    }
                    depth -= closing;
                    if depth == 0 {
                        let next = self.token_at(ahead + 1);
                        let touches = next.span.start == token.span.end;
                        let opens = touches && matches!(next.kind, T::Punct(P::ParenOpen | P::Dot));
                        // No operand follows, so it is no comparison either: `typeof<int>` at the end of something.
                        let ends = match next.kind {
                            T::Separator
                            | T::Close
                            | T::End
                            | T::Punct(P::Comma | P::Semicolon) => true,
                            T::Punct(punct) => punct.is_closer(),
                            _ => false,
                        };
                        // `f<int> x`: as in F#, no comparison is written with `<` at its left operand and a blank behind `>`.
                        let applied = !touches
                            && matches!(
                                next.kind,
                                T::Ident(_) | T::Literal(_) | T::Punct(P::ParenOpen | P::ListOpen)
                            );
                        return text.get(closing..) == Some(".")
                            || (text.len() == closing && (opens || ends || applied));
                    }
                }
                T::Punct(
                    P::Comma
                    | P::Dot
                    | P::Arrow
                    | P::Underscore
                    | P::ParenOpen
                    | P::ParenClose
                    | P::ListOpen
                    | P::ListClose,
                ) => {}
                _ => return false,
            }
        }
        false
    }

    /// Reports that an operand is missing.
    pub fn expected_operand(&mut self) -> ExprId {
        self.expected(Expected::Expression);
        self.error_expr()
    }
}
