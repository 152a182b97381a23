//! Computations of a user's builder (§1.12): rewritten into calls of its members, then checked as any expression.

use super::codes;
use super::state::Checker;
use crate::tree::{
    Binding, Branch, Expr, ExprId, Many, Pattern, PatternId, Rule, Span, Stmt, StmtKind, Symbol,
};
use crate::typed::{DefinedId, Meaning};
use crate::types::Ty;

/// What the rewriting knows.
struct Rewriting {
    /// The name that the builder has in it.
    builder: Symbol,
    /// Its type.
    owner: Option<DefinedId>,
    /// The whole computation.
    span: Span,
}

impl Checker<'_> {
    /// `b { … }`
    pub fn user_computation(&mut self, node: ExprId, builder: ExprId, ty: Ty, body: ExprId) -> Ty {
        let span = self.tree().span(node);
        let owner = self.types.defined(ty).filter(|id| !id.is_builtin());
        if owner.is_none() {
            let shown = self.show(ty);
            let at = self.tree().span(builder);
            let problem = self
                .error(codes::BUILDER_OPERATION, at)
                .reason("no-builder")
                .arg("type", shown);
            self.report(problem);
            return self.fresh();
        }
        // No program can name it: `builder@` is no identifier.
        let name = self.file.parsed.tree.intern("builder@");
        let rewriting = Rewriting {
            builder: name,
            owner,
            span,
        };
        let inner = self.rewrite(&rewriting, body);
        let mut whole = inner;
        let delays = self.has(&rewriting, "Delay");
        if delays {
            whole = self.delayed(&rewriting, inner);
        }
        if self.has(&rewriting, "Run") {
            whole = self.invoke(&rewriting, "Run", &[whole]);
        }
        let pattern = self.file.parsed.tree.add_pattern(Pattern::Name(name), span);
        let binding = Binding {
            attributes: Many::default(),
            access: crate::tree::Access::Public,
            inline: false,
            mutable: false,
            pattern,
            type_params: Many::default(),
            constraints: Many::default(),
            params: Many::default(),
            ty: None,
            body: builder,
            span,
        };
        let bindings = self.file.parsed.tree.add_list(&[binding]);
        let stmts = [
            Stmt {
                kind: StmtKind::Let {
                    bindings,
                    recursive: false,
                },
                span,
            },
            Stmt {
                kind: StmtKind::Expr(whole),
                span,
            },
        ];
        let replaced = self.block_of(&stmts, span);
        self.mean(node, Meaning::Replaced(replaced));
        self.infer(replaced)
    }

    fn has(&mut self, rewriting: &Rewriting, operation: &str) -> bool {
        let name = self.names.intern(operation);
        rewriting
            .owner
            .is_some_and(|owner| self.member_of(owner, name).is_some())
    }

    fn node(&mut self, node: Expr, span: Span) -> ExprId {
        self.file.parsed.tree.add_expr(node, span)
    }

    fn block_of(&mut self, stmts: &[Stmt], span: Span) -> ExprId {
        let stmts = self.file.parsed.tree.add_list(stmts);
        self.node(Expr::Block(stmts), span)
    }

    /// `builder@.Operation(a, b)`
    fn invoke(&mut self, rewriting: &Rewriting, operation: &str, args: &[ExprId]) -> ExprId {
        if !self.has(rewriting, operation) {
            let problem = self
                .error(codes::BUILDER_OPERATION, rewriting.span)
                .reason("missing")
                .arg("name", operation);
            self.report(problem);
            return self.node(Expr::Error, rewriting.span);
        }
        let span = args
            .first()
            .map_or(rewriting.span, |&arg| self.tree().span(arg));
        let target = self.node(Expr::Name(rewriting.builder), span);
        let name = self.file.parsed.tree.intern(operation);
        let callee = self.node(
            Expr::Field {
                target,
                name,
                name_at: span.start,
            },
            span,
        );
        let argument = match *args {
            [one] => one,
            _ => {
                let items = self.file.parsed.tree.add_list(args);
                self.node(
                    Expr::Tuple {
                        items,
                        is_struct: false,
                    },
                    span,
                )
            }
        };
        let argument = self.node(Expr::Paren(argument), span);
        let args = self.file.parsed.tree.add_list(&[argument]);
        self.node(
            Expr::Apply {
                callee,
                args,
                tight: true,
            },
            span,
        )
    }

    fn unit_value(&mut self, span: Span) -> ExprId {
        let literal = self.file.parsed.tree.add_constant(crate::tree::Constant {
            value: crate::tree::Literal::Unit,
            measure: None,
        });
        self.node(Expr::Literal(literal), span)
    }

    fn lambda_of(&mut self, pattern: PatternId, body: ExprId) -> ExprId {
        let span = self.tree().span(body);
        let params = self.file.parsed.tree.add_list(&[pattern]);
        self.node(Expr::Lambda { params, body }, span)
    }

    /// `fun () -> e`
    fn thunk(&mut self, body: ExprId) -> ExprId {
        let span = self.tree().span(body);
        let literal = self.file.parsed.tree.add_constant(crate::tree::Constant {
            value: crate::tree::Literal::Unit,
            measure: None,
        });
        let pattern = self
            .file
            .parsed
            .tree
            .add_pattern(Pattern::Literal(literal), span);
        self.lambda_of(pattern, body)
    }

    fn delayed(&mut self, rewriting: &Rewriting, body: ExprId) -> ExprId {
        let thunk = self.thunk(body);
        if self.has(rewriting, "Delay") {
            self.invoke(rewriting, "Delay", &[thunk])
        } else {
            body
        }
    }

    /// A statement of the computation as an expression.
    fn rewrite(&mut self, rewriting: &Rewriting, id: ExprId) -> ExprId {
        let span = self.tree().span(id);
        match self.tree().expr(id) {
            Expr::Block(stmts) => {
                let stmts = self.tree().list(stmts).to_vec();
                self.rewrite_stmts(rewriting, &stmts, span)
            }
            Expr::Paren(inner) if self.is_computed(inner) => self.rewrite(rewriting, inner),
            Expr::Return { value, from } => self.invoke(
                rewriting,
                if from { "ReturnFrom" } else { "Return" },
                &[value],
            ),
            Expr::Yield { value, from } => self.invoke(
                rewriting,
                if from { "YieldFrom" } else { "Yield" },
                &[value],
            ),
            Expr::DoBang(value) => {
                let unit = self.unit_value(span);
                let rest = if self.has(rewriting, "Return") {
                    self.invoke(rewriting, "Return", &[unit])
                } else {
                    self.invoke(rewriting, "Zero", &[unit])
                };
                let continuation = self.thunk(rest);
                self.invoke(rewriting, "Bind", &[value, continuation])
            }
            Expr::If {
                branches,
                otherwise,
            } => {
                let branches: Vec<Branch> = self
                    .tree()
                    .list(branches)
                    .to_vec()
                    .into_iter()
                    .map(|branch| Branch {
                        condition: branch.condition,
                        body: self.rewrite(rewriting, branch.body),
                    })
                    .collect();
                let otherwise = match otherwise {
                    Some(body) => self.rewrite(rewriting, body),
                    None => self.zero(rewriting, span),
                };
                let branches = self.file.parsed.tree.add_list(&branches);
                self.node(
                    Expr::If {
                        branches,
                        otherwise: Some(otherwise),
                    },
                    span,
                )
            }
            Expr::Match {
                scrutinee,
                rules,
                bang,
            } => {
                let rules = self.rewrite_rules(rewriting, rules);
                if !bang {
                    return self.node(
                        Expr::Match {
                            scrutinee,
                            rules,
                            bang: false,
                        },
                        span,
                    );
                }
                let function = self.node(Expr::Function(rules), span);
                self.invoke(rewriting, "Bind", &[scrutinee, function])
            }
            Expr::ForIn {
                pattern,
                source,
                body,
                ..
            } => {
                let body = self.rewrite(rewriting, body);
                let function = self.lambda_of(pattern, body);
                self.invoke(rewriting, "For", &[source, function])
            }
            Expr::For {
                variable,
                from,
                to,
                body,
                ..
            } => {
                let body = self.rewrite(rewriting, body);
                let function = self.lambda_of(variable, body);
                let range = self.node(
                    Expr::Range {
                        from,
                        step: None,
                        to,
                    },
                    span,
                );
                self.invoke(rewriting, "For", &[range, function])
            }
            Expr::While { condition, body } => {
                let body = self.rewrite(rewriting, body);
                let body = self.delayed(rewriting, body);
                let condition = self.thunk(condition);
                self.invoke(rewriting, "While", &[condition, body])
            }
            Expr::Try { body, rules } => {
                let body = self.rewrite(rewriting, body);
                let body = self.delayed(rewriting, body);
                let rules = self.rewrite_rules(rewriting, rules);
                let handler = self.node(Expr::Function(rules), span);
                self.invoke(rewriting, "TryWith", &[body, handler])
            }
            Expr::TryFinally {
                body,
                last: finally,
            } => {
                let body = self.rewrite(rewriting, body);
                let body = self.delayed(rewriting, body);
                let finally = self.thunk(finally);
                self.invoke(rewriting, "TryFinally", &[body, finally])
            }
            _ => {
                // A plain statement at the end: what it does, and nothing.
                let zero = self.zero(rewriting, span);
                let stmts = [id, zero].map(|value| Stmt {
                    kind: StmtKind::Expr(value),
                    span,
                });
                self.block_of(&stmts, span)
            }
        }
    }

    fn zero(&mut self, rewriting: &Rewriting, span: Span) -> ExprId {
        let unit = self.unit_value(span);
        self.invoke(rewriting, "Zero", &[unit])
    }

    fn rewrite_rules(&mut self, rewriting: &Rewriting, rules: Many<Rule>) -> Many<Rule> {
        let rules: Vec<Rule> = self
            .tree()
            .list(rules)
            .to_vec()
            .into_iter()
            .map(|rule| Rule {
                body: self.rewrite(rewriting, rule.body),
                ..rule
            })
            .collect();
        self.file.parsed.tree.add_list(&rules)
    }

    /// Statements from the last to the first: each takes what follows as its continuation.
    fn rewrite_stmts(&mut self, rewriting: &Rewriting, stmts: &[Stmt], span: Span) -> ExprId {
        let mut rest: Option<ExprId> = None;
        // Plain statements before `rest`, in reverse order.
        let mut plain: Vec<Stmt> = Vec::new();
        for &stmt in stmts.iter().rev() {
            let following = |this: &mut Self, rest: Option<ExprId>, plain: &mut Vec<Stmt>| {
                let last = match rest {
                    Some(rest) => rest,
                    None => this.zero(rewriting, span),
                };
                if plain.is_empty() {
                    return last;
                }
                let mut stmts: Vec<Stmt> = plain.drain(..).rev().collect();
                stmts.push(Stmt {
                    kind: StmtKind::Expr(last),
                    span,
                });
                this.block_of(&stmts, span)
            };
            match stmt.kind {
                StmtKind::Let { .. } => plain.push(stmt),
                StmtKind::Use { pattern, value } => {
                    if self.has(rewriting, "Using") {
                        let body = following(self, rest, &mut plain);
                        let function = self.lambda_of(pattern, body);
                        rest = Some(self.invoke(rewriting, "Using", &[value, function]));
                    } else {
                        plain.push(stmt);
                    }
                }
                StmtKind::LetBang(parts) => {
                    let body = following(self, rest, &mut plain);
                    let parts = self.tree().list(parts).to_vec();
                    let Some(first) = parts.first() else { continue };
                    let (mut pattern, mut value) = (first.pattern, first.value);
                    for part in parts.iter().skip(1) {
                        value = self.invoke(rewriting, "MergeSources", &[value, part.value]);
                        let items = self.file.parsed.tree.add_list(&[pattern, part.pattern]);
                        pattern = self.file.parsed.tree.add_pattern(
                            Pattern::Tuple {
                                items,
                                is_struct: false,
                            },
                            stmt.span,
                        );
                    }
                    let function = self.lambda_of(pattern, body);
                    rest = Some(self.invoke(rewriting, "Bind", &[value, function]));
                }
                StmtKind::UseBang { pattern, value } => {
                    let body = following(self, rest, &mut plain);
                    let resource = self.file.parsed.tree.intern("resource@");
                    let place = self
                        .file
                        .parsed
                        .tree
                        .add_pattern(Pattern::Name(resource), stmt.span);
                    let used = self.node(Expr::Name(resource), stmt.span);
                    let function = self.lambda_of(pattern, body);
                    let inner = self.invoke(rewriting, "Using", &[used, function]);
                    let function = self.lambda_of(place, inner);
                    rest = Some(self.invoke(rewriting, "Bind", &[value, function]));
                }
                StmtKind::Expr(value) if rest.is_none() && plain.is_empty() => {
                    rest = Some(self.rewrite(rewriting, value));
                }
                StmtKind::Expr(value) => {
                    if let Expr::DoBang(value) = self.tree().expr(value) {
                        let body = following(self, rest, &mut plain);
                        let continuation = self.thunk(body);
                        rest = Some(self.invoke(rewriting, "Bind", &[value, continuation]));
                    } else if self.is_computed(value) {
                        let body = following(self, rest, &mut plain);
                        let first = self.rewrite(rewriting, value);
                        let second = self.delayed(rewriting, body);
                        rest = Some(self.invoke(rewriting, "Combine", &[first, second]));
                    } else {
                        plain.push(stmt);
                    }
                }
            }
        }
        let last = match rest {
            Some(rest) => rest,
            None => self.zero(rewriting, span),
        };
        if plain.is_empty() {
            return last;
        }
        plain.reverse();
        plain.push(Stmt {
            kind: StmtKind::Expr(last),
            span,
        });
        self.block_of(&plain, span)
    }
}
