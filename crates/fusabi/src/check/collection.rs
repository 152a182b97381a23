//! Lists, arrays and computations of the language's builders (§1.10, §1.12, E6, E8).

use super::codes;
use super::expr::collection_type;
use super::state::{Checker, Computation};
use crate::tree::{CollectionBody, CollectionKind, Expr, ExprId, Many, Span, Stmt, StmtKind};
use crate::typed::{Builder, DefinedId, FunctionOrigin, Meaning};
use crate::types::{Node, Ty};

impl Checker<'_> {
    /// `[ … ]` or `[| … |]`
    pub fn collection(
        &mut self,
        id: ExprId,
        kind: CollectionKind,
        body: CollectionBody,
        expected: Ty,
    ) {
        let span = self.tree().span(id);
        let made = collection_type(kind);
        let item = match self.types.as_named(expected) {
            Some((id, args)) if id == made || id == DefinedId::SEQ => args.first().copied(),
            _ => None,
        };
        let item = match item {
            Some(item) => item,
            None => self.fresh(),
        };
        match body {
            CollectionBody::Elements(items) => self.elements_of(id, span, items, item),
            CollectionBody::Computation(body) => {
                if let Expr::Range { from, step, to } = self.tree().expr(body) {
                    let found = self.range(from, step, to);
                    let ty = self.types.named(DefinedId::SEQ, &[found]);
                    self.typed(body, ty);
                    self.want_type(span, item, found);
                } else {
                    let builder = match kind {
                        CollectionKind::List => Builder::List,
                        CollectionKind::Array => Builder::Array,
                    };
                    self.mean(id, Meaning::Computation(builder, None));
                    self.run_computation(builder, body, item);
                }
            }
        }
        let item = if self.meaning_of(id) == Meaning::Mixed {
            self.obj
        } else {
            item
        };
        let ty = self.types.named(made, &[item]);
        self.want_type(span, expected, ty);
    }

    /// Elements of one type, else of `obj` with a warning (E6).
    fn elements_of(&mut self, id: ExprId, span: Span, items: Many<ExprId>, item: Ty) {
        let items = self.tree().list(items).to_vec();
        if self.types.defined(item) == Some(DefinedId::OBJ) {
            for value in items {
                self.infer(value);
            }
            return;
        }
        // The first element says what the others are; one whose own type is known and another makes the list mixed.
        let Some((&first, rest)) = items.split_first() else {
            return;
        };
        self.expr(first, item);
        let mut mixed = false;
        for &value in rest {
            if self.has_plain_type(value) {
                let found = self.infer(value);
                let mark = self.types.attempt();
                if self.coerce(item, found).is_ok() {
                    self.types.keep(mark);
                    self.types.find(item);
                } else {
                    self.types.undo(mark);
                    mixed = true;
                }
            } else {
                self.expr(value, item);
            }
        }
        if mixed {
            self.mean(id, Meaning::Mixed);
            let problem = self.warning(codes::MIXED, span);
            self.report(problem);
        }
    }

    /// Whether an expression's type does not depend on what is wanted: constants, names, calls, records and tuples of such.
    fn has_plain_type(&self, id: ExprId) -> bool {
        !matches!(
            self.tree().expr(self.bare(id)),
            Expr::Lambda { .. }
                | Expr::Function(_)
                | Expr::Match { .. }
                | Expr::If { .. }
                | Expr::Block(_)
        )
    }

    /// `builder { … }` of a builder of the language.
    pub fn computation(
        &mut self,
        node: ExprId,
        builder: Builder,
        body: ExprId,
        wanted: Option<Ty>,
    ) -> Ty {
        let made = match builder {
            Builder::Async => DefinedId::ASYNC,
            Builder::Seq => DefinedId::SEQ,
            Builder::Option => DefinedId::OPTION,
            Builder::Result => DefinedId::RESULT,
            Builder::List => DefinedId::LIST,
            Builder::Array => DefinedId::ARRAY,
        };
        let (item, error) = (self.fresh(), self.fresh());
        let ty = if builder == Builder::Result {
            self.types.named(made, &[item, error])
        } else {
            self.types.named(made, &[item])
        };
        if let Some(wanted) = wanted {
            let mark = self.types.attempt();
            match self.unify(wanted, ty) {
                Ok(()) => self.types.keep(mark),
                Err(_) => self.types.undo(mark),
            }
        }
        let delayed = matches!(builder, Builder::Async | Builder::Seq);
        let function = delayed.then(|| self.add_function(None, FunctionOrigin::Delayed(body), 0));
        self.mean(node, Meaning::Computation(builder, function));
        if let Some(function) = function {
            self.inside.push(function);
            self.set_result(function, item);
        }
        if let (Expr::Range { from, step, to }, Builder::Seq | Builder::List) =
            (self.tree().expr(body), builder)
        {
            let found = self.range(from, step, to);
            let span = self.tree().span(body);
            self.want_type(span, item, found);
        } else {
            let implicit = !self.yields(body);
            let context = Computation {
                builder,
                item,
                error,
                implicit,
            };
            self.computed(body, &context, true);
        }
        if function.is_some() {
            self.inside.pop();
        }
        ty
    }

    fn run_computation(&mut self, builder: Builder, body: ExprId, item: Ty) {
        let error = self.fresh();
        let implicit = !self.yields(body);
        let context = Computation {
            builder,
            item,
            error,
            implicit,
        };
        self.computed(body, &context, true);
    }

    /// Whether `yield` or `->` stands in the statements of a body; `yield!` may stand beside implicit yields.
    fn yields(&self, id: ExprId) -> bool {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            if matches!(
                self.tree().expr(id),
                Expr::Yield { from: false, .. } | Expr::ForIn { arrow: true, .. }
            ) {
                return true;
            }
            self.inner_statements(id, &mut work);
        }
        false
    }

    /// Whether a statement has something for the computation in it.
    pub fn is_computed(&self, id: ExprId) -> bool {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            match self.tree().expr(id) {
                Expr::Yield { .. }
                | Expr::Return { .. }
                | Expr::DoBang(_)
                | Expr::Match { bang: true, .. } => return true,
                Expr::Block(stmts) => {
                    let bang = |stmt: &Stmt| {
                        matches!(stmt.kind, StmtKind::LetBang(_) | StmtKind::UseBang { .. })
                    };
                    if self.tree().list(stmts).iter().any(bang) {
                        return true;
                    }
                }
                _ => {}
            }
            self.inner_statements(id, &mut work);
        }
        false
    }

    fn inner_statements(&self, id: ExprId, work: &mut Vec<ExprId>) {
        let tree = self.tree();
        match tree.expr(id) {
            Expr::Block(stmts) => {
                work.extend(tree.list(stmts).iter().filter_map(|stmt| match stmt.kind {
                    StmtKind::Expr(value) => Some(value),
                    _ => None,
                }))
            }
            Expr::If {
                branches,
                otherwise,
            } => {
                work.extend(tree.list(branches).iter().map(|branch| branch.body));
                work.extend(otherwise);
            }
            Expr::Match { rules, .. } => work.extend(tree.list(rules).iter().map(|rule| rule.body)),
            Expr::Try { body, rules } => {
                work.push(body);
                work.extend(tree.list(rules).iter().map(|rule| rule.body));
            }
            Expr::For { body, .. }
            | Expr::ForIn { body, .. }
            | Expr::While { body, .. }
            | Expr::TryFinally { body, .. } => {
                work.push(body);
            }
            _ => {}
        }
    }

    /// The type that `let!` and its like take.
    fn bound_type(&mut self, context: &Computation, item: Ty) -> Option<Ty> {
        Some(match context.builder {
            Builder::Async => self.types.named(DefinedId::ASYNC, &[item]),
            Builder::Option => self.types.named(DefinedId::OPTION, &[item]),
            Builder::Result => self.types.named(DefinedId::RESULT, &[item, context.error]),
            Builder::Seq | Builder::List | Builder::Array => return None,
        })
    }

    /// Checks what `let!` takes, gives what it binds.
    fn bang(&mut self, context: &Computation, value: ExprId) -> Ty {
        let item = self.fresh();
        match self.bound_type(context, item) {
            Some(ty) => self.expr(value, ty),
            None => {
                self.infer(value);
                let span = self.tree().span(value);
                let problem = self
                    .error(codes::BUILDER_OPERATION, span)
                    .reason("collection");
                self.report(problem);
            }
        }
        item
    }

    /// A statement of a computation; the last one ends it.
    fn computed(&mut self, id: ExprId, context: &Computation, last: bool) {
        let span = self.tree().span(id);
        let unit = self.unit;
        self.typed(id, unit);
        match self.tree().expr(id) {
            Expr::Block(stmts) => {
                let stmts = self.tree().list(stmts).to_vec();
                let mark = self.env.mark();
                let count = stmts.len();
                for (at, stmt) in stmts.into_iter().enumerate() {
                    self.computed_statement(stmt, context, last && at + 1 == count);
                }
                self.env.back_to(mark);
            }
            Expr::If {
                branches,
                otherwise,
            } => {
                let bool = self.bool;
                for branch in self.tree().list(branches).to_vec() {
                    self.expr(branch.condition, bool);
                    self.computed(branch.body, context, last && otherwise.is_some());
                }
                match otherwise {
                    Some(body) => self.computed(body, context, last),
                    None => self.ends_with_unit(span, context, last),
                }
            }
            Expr::Match {
                scrutinee,
                rules,
                bang,
            } => {
                let ty = if bang {
                    self.bang(context, scrutinee)
                } else {
                    self.infer(scrutinee)
                };
                self.computed_rules(rules, ty, context, span, last, false);
            }
            Expr::For {
                variable,
                from,
                to,
                body,
                ..
            } => {
                let int = self.int;
                self.expr(from, int);
                self.expr(to, int);
                self.scoped_pattern(variable, int, |this| this.computed(body, context, false));
                self.ends_with_unit(span, context, last);
            }
            Expr::ForIn {
                pattern,
                source,
                body,
                arrow,
            } => {
                let item = self.walk(id, source);
                self.scoped_pattern(pattern, item, |this| {
                    if arrow {
                        this.expr(body, context.item);
                    } else {
                        this.computed(body, context, false);
                    }
                });
                self.ends_with_unit(span, context, last);
            }
            Expr::While { condition, body } => {
                let bool = self.bool;
                self.expr(condition, bool);
                self.computed(body, context, false);
                self.ends_with_unit(span, context, last);
            }
            Expr::Try { body, rules } => {
                self.computed(body, context, last);
                let exn = self.exn;
                self.computed_rules(rules, exn, context, span, last, true);
            }
            Expr::TryFinally {
                body,
                last: finally,
            } => {
                self.computed(body, context, last);
                self.statement(finally);
            }
            Expr::Return { value, from } => {
                if self.bound_type(context, context.item).is_none() {
                    let problem = self.error(codes::BUILDER_OPERATION, span).reason("return");
                    self.report(problem);
                }
                match self.bound_type(context, context.item).filter(|_| from) {
                    Some(ty) => self.expr(value, ty),
                    None => self.expr(value, context.item),
                }
                if !last {
                    self.mean(id, Meaning::EarlyReturn);
                    let problem = self.warning(codes::EARLY_RETURN, span);
                    self.report(problem);
                }
            }
            Expr::Yield { value, from } => {
                if self.bound_type(context, context.item).is_some() {
                    let problem = self.error(codes::BUILDER_OPERATION, span).reason("yield");
                    self.report(problem);
                }
                if from {
                    let all = self.types.named(DefinedId::SEQ, &[context.item]);
                    self.expr(value, all);
                } else {
                    self.expr(value, context.item);
                }
            }
            Expr::DoBang(value) => {
                let item = self.bang(context, value);
                let span = self.tree().span(value);
                if last {
                    // `do! e` at the end gives what `e` gives.
                    self.want_type(span, context.item, item);
                } else {
                    self.want_type(span, unit, item);
                }
            }
            Expr::Do(value) => {
                self.expr(value, unit);
                self.ends_with_unit(span, context, last);
            }
            _ => self.computed_value(id, context, last),
        }
    }

    /// An expression as a statement: it yields itself where nothing else does.
    fn computed_value(&mut self, id: ExprId, context: &Computation, last: bool) {
        let span = self.tree().span(id);
        if self.bound_type(context, context.item).is_some() || !context.implicit {
            self.statement(id);
            self.ends_with_unit(span, context, last);
            return;
        }
        let hint = if self.is_statement(id) {
            self.fresh()
        } else {
            context.item
        };
        self.expr(id, hint);
        if matches!(self.types.node(hint), Node::Named(DefinedId::UNIT, _)) && hint != context.item
        {
            return;
        }
        self.want_type(span, context.item, hint);
        if self.meaning_of(id) == Meaning::Plain {
            self.mean(id, Meaning::ImplicitYield);
        } else {
            self.file.implicit.push(id);
        }
    }

    /// Whether an expression could be a statement for its effect: a call or an assignment.
    fn is_statement(&self, id: ExprId) -> bool {
        matches!(
            self.tree().expr(self.bare(id)),
            Expr::Apply { .. } | Expr::Assign { .. } | Expr::Binary { .. } | Expr::Assert(_)
        )
    }

    /// What ends without a value ends with `()`.
    fn ends_with_unit(&mut self, span: Span, context: &Computation, last: bool) {
        if last && self.bound_type(context, context.item).is_some() {
            let unit = self.unit;
            self.want_type(span, context.item, unit);
        }
    }

    fn computed_rules(
        &mut self,
        rules: Many<crate::tree::Rule>,
        scrutinee: Ty,
        context: &Computation,
        span: Span,
        last: bool,
        open: bool,
    ) {
        let mut rows = Vec::new();
        for rule in self.tree().list(rules).to_vec() {
            let mark = self.env.mark();
            self.rule_head(rule, scrutinee, &mut rows);
            self.computed(rule.body, context, last);
            self.env.back_to(mark);
        }
        self.file.matches.push(super::state::PendingMatch {
            rows,
            span,
            single: false,
            open,
        });
    }

    fn computed_statement(&mut self, stmt: Stmt, context: &Computation, last: bool) {
        match stmt.kind {
            StmtKind::Expr(value) => self.computed(value, context, last),
            StmtKind::LetBang(parts) => {
                let parts = self.tree().list(parts).to_vec();
                let types: Vec<Ty> = parts
                    .iter()
                    .map(|part| self.bang(context, part.value))
                    .collect();
                let mut bounds = Vec::new();
                for (part, ty) in parts.iter().zip(types) {
                    self.pattern(part.pattern, ty, &mut bounds);
                    self.note_match(vec![(part.pattern, false)], part.pattern, true);
                }
                self.no_twice(&bounds);
                self.declare_locals(&bounds, false);
            }
            StmtKind::UseBang { pattern, value } => {
                let ty = self.bang(context, value);
                let mut bounds = Vec::new();
                self.pattern(pattern, ty, &mut bounds);
                self.declare_locals(&bounds, false);
            }
            _ => self.plain_binding(stmt),
        }
    }
}
