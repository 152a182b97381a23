//! Expressions: what each kind of node wants of its parts.

use super::codes;
use super::state::{Checker, PendingMatch};
use crate::diagnostics::codes::TOO_DEEP;
use crate::tree::{
    Branch, CastKind, CollectionKind, Expr, ExprId, IntKind, Literal, Many, PatternId, Piece, Rule,
    Span, Stmt, StmtKind, TypeId,
};
use crate::typed::{DefinedId, FunctionOrigin, Meaning, Sequenced};
use crate::types::{Node, NumberSet, Ty};

/// So deep the checker recurses; trees nest less, but computations of a user's builder become deeper ones.
const MOST_DEPTH: usize = crate::MAX_DEPTH * 2;

impl Checker<'_> {
    /// Checks an expression where a type is wanted. The type may be unknown: then it becomes known.
    pub fn expr(&mut self, id: ExprId, expected: Ty) {
        if self.depth >= MOST_DEPTH {
            let span = self.tree().span(id);
            let problem = self.error(TOO_DEEP, span).arg("limit", crate::MAX_DEPTH);
            self.report(problem);
            return;
        }
        self.depth += 1;
        self.at = self.tree().span(id);
        self.typed(id, expected);
        self.expr_node(id, expected);
        self.depth -= 1;
    }

    /// The type of an expression.
    pub fn infer(&mut self, id: ExprId) -> Ty {
        let ty = self.fresh();
        self.expr(id, ty);
        ty
    }

    /// What was said about a node so far.
    pub fn meaning_of(&self, id: ExprId) -> Meaning {
        self.file
            .meanings
            .get(id.index())
            .copied()
            .unwrap_or_default()
    }

    /// Gives the nodes around an expression its type.
    pub fn same_type(&mut self, outer: ExprId, inner: ExprId) {
        let ty = self.file.expr_types.get(inner.index()).copied().flatten();
        let mut at = outer;
        while let (Some(ty), true) = (ty, at != inner) {
            self.typed(at, ty);
            match self.tree().expr(at) {
                Expr::Paren(next) => at = next,
                _ => break,
            }
        }
    }

    fn expr_node(&mut self, id: ExprId, expected: Ty) {
        let span = self.tree().span(id);
        match self.tree().expr(id) {
            Expr::Error => {}
            Expr::Literal(literal) => {
                let value = &self.tree().constant(literal).value;
                if let Some(ty) = literal_type(value) {
                    let ty = self.types.named(ty, &[]);
                    let ty = if matches!(self.tree().constant(literal).value, Literal::Bytes(_)) {
                        self.types.named(DefinedId::ARRAY, &[ty])
                    } else {
                        ty
                    };
                    self.want_type(span, expected, ty);
                }
            }
            Expr::Name(_)
            | Expr::Field { .. }
            | Expr::Apply { .. }
            | Expr::TypeApply { .. }
            | Expr::Index { .. }
            | Expr::Binary { .. }
            | Expr::Annotated { .. }
            | Expr::Cast { .. }
            | Expr::Computation { .. } => self.spine(id, expected),
            Expr::Paren(inner) => self.expr(inner, expected),
            Expr::Block(stmts) => self.block(stmts, expected),
            Expr::Tuple { items, .. } => self.tuple(span, items, expected),
            Expr::Prefix { operator, operand } => self.prefix(id, operator, operand, expected),
            Expr::Assign { target, value } => self.assign(id, target, value, expected),
            Expr::InferredCast { value, .. } => {
                self.infer(value);
                self.mean(id, Meaning::Same);
            }
            Expr::Collection { kind, body } => self.collection(id, kind, body, expected),
            Expr::Range { from, step, to } => {
                let item = self.range(from, step, to);
                let ty = self.types.named(DefinedId::SEQ, &[item]);
                self.want_type(span, expected, ty);
            }
            Expr::Record(record) => self.record(id, record, expected),
            Expr::Lambda { params, body } => self.lambda(id, params, body, expected),
            Expr::Function(rules) => self.function(id, rules, expected),
            Expr::Match {
                scrutinee, rules, ..
            } => {
                let ty = self.infer(scrutinee);
                self.rules(rules, ty, expected, span, false);
            }
            Expr::If {
                branches,
                otherwise,
            } => self.conditional(span, branches, otherwise, expected),
            Expr::While { condition, body } => {
                let (bool, unit) = (self.bool, self.unit);
                self.expr(condition, bool);
                self.statement(body);
                self.want_type(span, expected, unit);
            }
            Expr::For {
                variable,
                from,
                to,
                body,
                ..
            } => {
                let (int, unit) = (self.int, self.unit);
                self.expr(from, int);
                self.expr(to, int);
                self.scoped_pattern(variable, int, |this| this.statement(body));
                self.want_type(span, expected, unit);
            }
            Expr::ForIn {
                pattern,
                source,
                body,
                ..
            } => {
                let item = self.walk(id, source);
                self.scoped_pattern(pattern, item, |this| this.statement(body));
                let unit = self.unit;
                self.want_type(span, expected, unit);
            }
            Expr::Try { body, rules } => {
                self.expr(body, expected);
                let exn = self.exn;
                self.rules(rules, exn, expected, span, true);
            }
            Expr::TryFinally { body, last } => {
                self.expr(body, expected);
                self.statement(last);
            }
            Expr::Lazy(value) => {
                let function = self.add_function(None, FunctionOrigin::Delayed(value), 0);
                self.inside.push(function);
                let item = self.infer(value);
                self.inside.pop();
                self.set_result(function, item);
                self.mean(id, Meaning::Function(function));
                let ty = self.types.named(DefinedId::LAZY, &[item]);
                self.want_type(span, expected, ty);
            }
            Expr::Assert(condition) => {
                let (bool, unit) = (self.bool, self.unit);
                self.expr(condition, bool);
                self.want_type(span, expected, unit);
            }
            Expr::Do(value) => {
                let unit = self.unit;
                self.expr(value, unit);
                self.want_type(span, expected, unit);
            }
            Expr::Break | Expr::Continue => {
                let unit = self.unit;
                self.want_type(span, expected, unit);
            }
            Expr::Interpolated(pieces) => self.interpolated(span, pieces, expected),
            Expr::DoBang(value) | Expr::Return { value, .. } | Expr::Yield { value, .. } => {
                // Where no computation takes it: inside of a lambda, for one.
                self.infer(value);
                let problem = self.error(codes::BUILDER_OPERATION, span).reason("nested");
                self.report(problem);
            }
        }
    }

    /// Says what a function gives.
    pub fn set_result(&mut self, function: crate::typed::FunctionId, ty: Ty) {
        if let Some(info) = self.functions.get_mut(function) {
            info.result = ty;
        }
    }

    /// Checks a pattern, and something with its variables in scope.
    pub fn scoped_pattern(&mut self, pattern: PatternId, ty: Ty, then: impl FnOnce(&mut Self)) {
        let mark = self.env.mark();
        let mut bounds = Vec::new();
        self.pattern(pattern, ty, &mut bounds);
        self.no_twice(&bounds);
        self.declare_locals(&bounds, false);
        self.note_match(vec![(pattern, false)], pattern, true);
        then(self);
        self.env.back_to(mark);
    }

    /// The type of what `for … in` walks over; says how.
    pub fn walk(&mut self, id: ExprId, source: ExprId) -> Ty {
        if let Expr::Range { from, step, to } = self.tree().expr(self.bare(source)) {
            let item = self.range(from, step, to);
            let bare = self.bare(source);
            let ty = self.types.named(DefinedId::SEQ, &[item]);
            self.typed(bare, ty);
            self.same_type(source, bare);
            self.mean(id, Meaning::Walk(Sequenced::Range));
            return item;
        }
        let ty = self.infer(source);
        let span = self.tree().span(source);
        if let Some((item, how)) = self.elements(ty) {
            self.mean(id, Meaning::Walk(how));
            return item;
        }
        // A collection of unknown kind is any: what comes to be known is looked at again at the end.
        let item = self.fresh();
        let seq = self.types.named(DefinedId::SEQ, &[item]);
        self.want_type(span, seq, ty);
        self.file.walks.push((id, ty, true));
        self.mean(id, Meaning::Walk(Sequenced::Seq));
        item
    }

    /// The type of a collection's elements and how they are walked.
    pub fn elements(&mut self, ty: Ty) -> Option<(Ty, Sequenced)> {
        let (id, args) = self.types.as_named(ty)?;
        let args = args.to_vec();
        let first = args.first().copied();
        Some(match id {
            DefinedId::LIST => (first?, Sequenced::List),
            DefinedId::ARRAY => (first?, Sequenced::Array),
            DefinedId::SEQ => (first?, Sequenced::Seq),
            DefinedId::SET => (first?, Sequenced::Set),
            DefinedId::STRING => (self.char, Sequenced::String),
            DefinedId::MAP => (
                self.types.named(DefinedId::KEY_VALUE, &args),
                Sequenced::Map,
            ),
            _ => return None,
        })
    }

    /// The type of the numbers of a range.
    pub fn range(&mut self, from: ExprId, step: Option<ExprId>, to: ExprId) -> Ty {
        let item = self.types.fresh_number(NumberSet::RANGES);
        self.expr(from, item);
        if let Some(step) = step {
            self.expr(step, item);
        }
        self.expr(to, item);
        item
    }

    /// An expression whose value is dropped.
    pub fn statement(&mut self, id: ExprId) {
        let span = self.tree().span(id);
        let ty = self.infer(id);
        self.dropped(span, ty);
    }

    /// Warns if what is dropped is no `unit`.
    pub fn dropped(&mut self, span: Span, ty: Ty) {
        match self.types.node(ty) {
            Node::Variable(_) => {
                let unit = self.unit;
                self.want_type(span, unit, ty);
            }
            Node::Named(DefinedId::UNIT, _) => {}
            _ => {
                let shown = self.show(ty);
                let problem = self
                    .warning(codes::DROPPED, span)
                    .arg("type", shown)
                    .hint("help.ignore");
                self.report(problem);
            }
        }
    }

    /// Statements; the last one gives the value.
    fn block(&mut self, stmts: Many<Stmt>, expected: Ty) {
        let stmts = self.tree().list(stmts).to_vec();
        let mark = self.env.mark();
        let count = stmts.len();
        for (at, stmt) in stmts.into_iter().enumerate() {
            match stmt.kind {
                StmtKind::Expr(value) if at + 1 == count => self.expr(value, expected),
                StmtKind::Expr(value) => self.statement(value),
                _ => self.plain_binding(stmt),
            }
        }
        self.env.back_to(mark);
    }

    /// `let` and `use` of a block; its names stay in scope.
    pub fn plain_binding(&mut self, stmt: Stmt) {
        match stmt.kind {
            StmtKind::Let {
                bindings,
                recursive,
            } => self.let_group(bindings, recursive, false),
            StmtKind::Use { pattern, value } => {
                let ty = self.infer(value);
                let mut bounds = Vec::new();
                self.pattern(pattern, ty, &mut bounds);
                self.declare_locals(&bounds, false);
            }
            StmtKind::LetBang(_) | StmtKind::UseBang { .. } => {
                let problem = self
                    .error(codes::BUILDER_OPERATION, stmt.span)
                    .reason("nested");
                self.report(problem);
            }
            StmtKind::Expr(value) => self.statement(value),
        }
    }

    fn tuple(&mut self, span: Span, items: Many<ExprId>, expected: Ty) {
        let items = self.tree().list(items).to_vec();
        let hints: Vec<Ty> = match self.types.node(expected) {
            Node::Tuple(parts) if parts.len() == items.len() => self.types.items(parts).to_vec(),
            _ => items.iter().map(|_| self.fresh()).collect(),
        };
        for (&item, &hint) in items.iter().zip(&hints) {
            self.expr(item, hint);
        }
        let ty = self.types.tuple(&hints);
        self.want_type(span, expected, ty);
    }

    fn conditional(
        &mut self,
        span: Span,
        branches: Many<Branch>,
        otherwise: Option<ExprId>,
        expected: Ty,
    ) {
        let bool = self.bool;
        let wanted = if otherwise.is_some() {
            expected
        } else {
            let unit = self.unit;
            self.want_type(span, expected, unit);
            unit
        };
        for branch in self.tree().list(branches).to_vec() {
            self.expr(branch.condition, bool);
            self.expr(branch.body, wanted);
        }
        if let Some(body) = otherwise {
            self.expr(body, wanted);
        }
    }

    /// The rules of a `match`, `function` or `try`.
    pub fn rules(
        &mut self,
        rules: Many<Rule>,
        scrutinee: Ty,
        expected: Ty,
        span: Span,
        open: bool,
    ) {
        let mut rows = Vec::new();
        for rule in self.tree().list(rules).to_vec() {
            let mark = self.env.mark();
            self.rule_head(rule, scrutinee, &mut rows);
            self.expr(rule.body, expected);
            self.env.back_to(mark);
        }
        self.file.matches.push(PendingMatch {
            rows,
            span,
            single: false,
            open,
        });
    }

    /// Pattern and guard of a rule; its variables stay in scope.
    pub fn rule_head(&mut self, rule: Rule, scrutinee: Ty, rows: &mut Vec<(PatternId, bool)>) {
        let mut bounds = Vec::new();
        let outer = std::mem::replace(&mut self.in_rule, true);
        self.pattern(rule.pattern, scrutinee, &mut bounds);
        self.in_rule = outer;
        self.no_twice(&bounds);
        self.declare_locals(&bounds, false);
        if let Some(guard) = rule.guard {
            let bool = self.bool;
            self.expr(guard, bool);
        }
        rows.push((rule.pattern, rule.guard.is_some()));
    }

    /// Patterns to be looked through at the end.
    pub fn note_match(&mut self, rows: Vec<(PatternId, bool)>, at: PatternId, single: bool) {
        let span = self.tree().pattern_span(at);
        self.file.matches.push(PendingMatch {
            rows,
            span,
            single,
            open: false,
        });
    }

    fn lambda(&mut self, id: ExprId, params: Many<PatternId>, body: ExprId, expected: Ty) {
        let params = self.tree().list(params).to_vec();
        let function = self.add_function(None, FunctionOrigin::Lambda(id), params.len() as u32);
        self.mean(id, Meaning::Function(function));
        let mut types = Vec::with_capacity(params.len());
        let mut rest = expected;
        for _ in &params {
            match self.types.node(rest) {
                Node::Function(from, to) => {
                    types.push(from);
                    rest = to;
                }
                _ => {
                    let (from, to) = (self.fresh(), self.fresh());
                    let whole = self.types.function(from, to);
                    if self.types.variable(rest).is_some() {
                        let span = self.tree().span(id);
                        self.want_type(span, rest, whole);
                    } else {
                        // No function is wanted: said once, the lambda is checked by itself.
                        let span = self.tree().span(id);
                        self.want_type(span, rest, whole);
                    }
                    types.push(from);
                    rest = to;
                }
            }
        }
        self.set_result(function, rest);
        let mark = self.env.mark();
        self.inside.push(function);
        self.bind_params(&params, &types);
        self.expr(body, rest);
        self.inside.pop();
        self.env.back_to(mark);
    }

    fn function(&mut self, id: ExprId, rules: Many<Rule>, expected: Ty) {
        let function = self.add_function(None, FunctionOrigin::Rules(id), 1);
        self.mean(id, Meaning::Function(function));
        let span = self.tree().span(id);
        let (from, to) = match self.types.node(expected) {
            Node::Function(from, to) => (from, to),
            _ => {
                let (from, to) = (self.fresh(), self.fresh());
                let whole = self.types.function(from, to);
                self.want_type(span, expected, whole);
                (from, to)
            }
        };
        self.set_result(function, to);
        self.inside.push(function);
        self.rules(rules, from, to, span, false);
        self.inside.pop();
    }

    fn assign(&mut self, id: ExprId, target: ExprId, value: ExprId, expected: Ty) {
        // With the switch of §1.14 it is always the new array.
        if self.file.parsed.compat && matches!(self.tree().expr(target), Expr::Index { .. }) {
            return self.update(id, target, value, expected);
        }
        let span = self.tree().span(id);
        let ty = self.infer(target);
        self.expr(value, ty);
        let unit = self.unit;
        self.want_type(span, expected, unit);
        let bare = self.bare(target);
        let mutable = match self.meaning_of(bare) {
            Meaning::Local(local) => self
                .file
                .locals
                .get(local)
                .is_some_and(|(row, _)| row.mutable),
            Meaning::Global(global) => self.globals.get(global).is_some_and(|(row, _)| row.mutable),
            Meaning::Field(owner, at) => self
                .defined
                .get(owner)
                .and_then(|info| info.fields.get(at as usize))
                .is_some_and(|field| field.2),
            Meaning::Index(crate::typed::Indexed::Array) => true,
            Meaning::Index(_) => false,
            // `r.Value <- v` of a reference.
            Meaning::Method(_) => {
                matches!(self.tree().expr(bare), Expr::Field { target, .. }
                    if self.file.expr_types.get(target.index()).copied().flatten()
                        .is_some_and(|ty| self.types.defined(ty) == Some(DefinedId::REF)))
            }
            Meaning::Plain => {
                self.tree().expr(bare) == Expr::Error
                    || matches!(
                        self.tree().expr(bare),
                        Expr::Field { .. } | Expr::Index { .. } | Expr::Name(_)
                    )
            }
            _ => false,
        };
        if !mutable {
            self.not_mutable(target);
        }
    }

    /// Reports that something cannot be assigned to.
    fn not_mutable(&mut self, target: ExprId) {
        let span = self.tree().span(target);
        let text = self
            .file
            .parsed
            .source
            .text()
            .get(span.range())
            .unwrap_or("")
            .to_owned();
        let problem = self
            .error(codes::NOT_MUTABLE, span)
            .arg("name", text)
            .hint("help.mutable");
        self.report(problem);
    }

    /// `a.[i] <- v` as functional update (E5).
    pub fn update(&mut self, id: ExprId, target: ExprId, value: ExprId, expected: Ty) {
        let item = self.infer(target);
        self.expr(value, item);
        // Only arrays have a new one of their kind; what is wrong already has no meaning.
        if !matches!(
            self.meaning_of(target),
            Meaning::Index(crate::typed::Indexed::Array) | Meaning::Plain
        ) {
            self.not_mutable(target);
        }
        if let Expr::Index { target, .. } = self.tree().expr(target)
            && let Some(Some(ty)) = self.file.expr_types.get(target.index()).copied()
        {
            let span = self.tree().span(id);
            self.want_type(span, expected, ty);
        }
        self.typed(id, expected);
        self.mean(id, Meaning::Update);
    }

    /// `e :> t` and its like, with the value's type.
    pub fn cast(&mut self, id: ExprId, left: Ty, ty: TypeId, kind: CastKind) -> Ty {
        let wanted = self.written_type(ty);
        match kind {
            CastKind::Test => {
                // What is tested for stands where the types of a generic name stand.
                self.file.instances.push((id, vec![wanted]));
                return self.bool;
            }
            CastKind::Up | CastKind::Down => self.mean(id, Meaning::Same),
        }
        // From and to `obj` and between collections and `seq`; elsewhere the types must be the same.
        let span = self.tree().span(id);
        if self.types.defined(left) != Some(DefinedId::OBJ) {
            self.want_type(span, wanted, left);
        }
        wanted
    }

    fn interpolated(&mut self, span: Span, pieces: Many<Piece>, expected: Ty) {
        for piece in self.tree().list(pieces).to_vec() {
            if let Piece::Hole { value, spec, .. } = piece {
                let ty = match spec {
                    Some(spec) => self.spec_type(spec.kind),
                    None => self.fresh(),
                };
                self.expr(value, ty);
            }
        }
        let string = self.string;
        self.want_type(span, expected, string);
    }
}

/// The type of a constant; `None` for `null`, which is of any.
pub fn literal_type(value: &Literal) -> Option<DefinedId> {
    Some(match value {
        Literal::Unit => DefinedId::UNIT,
        Literal::Null => return None,
        Literal::Bool(_) => DefinedId::BOOL,
        Literal::Int(_, kind) => int_type(*kind),
        Literal::Float(_) => DefinedId::FLOAT,
        Literal::Float32(_) => DefinedId::FLOAT32,
        Literal::Char(_) => DefinedId::CHAR,
        Literal::String(_) => DefinedId::STRING,
        Literal::Bytes(_) => DefinedId::BYTE,
    })
}

const fn int_type(kind: IntKind) -> DefinedId {
    match kind {
        IntKind::Int => DefinedId::INT,
        IntKind::I8 => DefinedId::SBYTE,
        IntKind::U8 => DefinedId::BYTE,
        IntKind::I16 => DefinedId::INT16,
        IntKind::U16 => DefinedId::UINT16,
        IntKind::I32 => DefinedId::INT32,
        IntKind::U32 => DefinedId::UINT32,
        IntKind::U64 => DefinedId::UINT64,
    }
}

/// The type of a collection with those brackets.
pub const fn collection_type(kind: CollectionKind) -> DefinedId {
    match kind {
        CollectionKind::List => DefinedId::LIST,
        CollectionKind::Array => DefinedId::ARRAY,
    }
}
