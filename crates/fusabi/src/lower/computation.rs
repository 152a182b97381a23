//! Computations of the language's builders (§1.12): statements that yield, bind and return.

use fzb::tables::TypeId;
use isa::Op;

use super::code::{Code, Collector, Want};
use crate::tree::{BangBinding, Expr, ExprId, PatternId, Rule, StmtKind};
use crate::typed::{Builder, DefinedId};

impl Code<'_, '_> {
    /// A computation whose body belongs to the function around it; its value is left on the stack.
    pub fn computation(&mut self, id: ExprId, builder: Builder, body: ExprId) {
        match builder {
            Builder::List => self.gathered(body),
            Builder::Array => {
                self.gathered(body);
                self.intrinsic(isa::Intrinsic::ListToArray);
            }
            Builder::Option | Builder::Result => self.early(id, builder, body),
            // These are delayed: the function is their body.
            Builder::Async | Builder::Seq => self.f.unit(),
        }
    }

    /// `option` and `result`: what ends them early leaves a loop of one turn.
    fn early(&mut self, id: ExprId, builder: Builder, body: ExprId) {
        self.f.open_block();
        self.f.unit();
        let result = self.keep(TypeId::DYN);
        let exit = self.f.open_loop();
        self.collectors.push(Collector::Early {
            result,
            exit,
            is_result: builder == Builder::Result,
        });
        self.scoped(|code| code.computed(body));
        self.at(id);
        if self.f.reachable() {
            // What ends without a value ends with `()`.
            self.f.unit();
            self.finish(false);
        }
        self.collectors.pop();
        self.f.close_loop();
        self.take_back(result);
        self.f.close_block();
    }

    /// A statement of a computation.
    pub fn computed(&mut self, id: ExprId) {
        let tree = self.tree();
        if self.file.yields(id) {
            self.boxed(id);
            return self.yielded();
        }
        match tree.expr(id) {
            Expr::Block(stmts) => {
                self.f.open_block();
                for stmt in tree.list(stmts) {
                    match stmt.kind {
                        StmtKind::Expr(value) => self.computed(value),
                        StmtKind::LetBang(parts) => self.bang_bindings(tree.list(parts)),
                        StmtKind::UseBang { pattern, value } => {
                            self.awaited(value);
                            self.store_pattern(pattern);
                        }
                        kind => self.binding_statement(kind),
                    }
                }
                self.f.close_block();
            }
            Expr::If {
                branches,
                otherwise,
            } => {
                let branches = tree.list(branches);
                for branch in branches {
                    self.value(branch.condition);
                    self.f.open_if();
                    self.scoped(|code| code.computed(branch.body));
                    self.f.otherwise();
                }
                if let Some(body) = otherwise {
                    self.scoped(|code| code.computed(body));
                }
                for _ in branches {
                    self.f.close_if();
                }
            }
            Expr::Match {
                scrutinee,
                rules,
                bang,
            } => {
                if bang {
                    self.awaited(scrutinee);
                } else {
                    self.value(scrutinee);
                }
                let span = tree.span(id);
                self.arms_of(
                    rules,
                    |code, body| code.computed(body),
                    |code| code.match_failure(span),
                );
            }
            Expr::For {
                variable,
                from,
                to,
                down,
                body,
            } => self.count(variable, from, to, down, |code| code.computed(body)),
            Expr::ForIn {
                pattern,
                source,
                body,
                arrow,
            } => self.walk(id, pattern, source, |code| {
                if arrow {
                    code.boxed(body);
                    code.yielded();
                } else {
                    code.computed(body);
                }
            }),
            Expr::While { condition, body } => {
                self.while_loop(condition, |code| code.computed(body));
            }
            Expr::Try { body, rules } => self.computed_try(body, rules),
            Expr::TryFinally { body, last } => {
                self.f.open_finally();
                self.scoped(|code| code.computed(body));
                self.f.begin_finally();
                self.scoped(|code| code.expr(last, Want::Nothing));
                self.f.close_finally();
            }
            Expr::Return { value, from } => {
                if from && matches!(self.collectors.last(), Some(Collector::Async)) {
                    self.awaited(value);
                } else {
                    self.boxed(value);
                }
                self.finish(from);
            }
            Expr::Yield { value, from } => {
                self.boxed(value);
                if from {
                    self.yielded_from();
                } else {
                    self.yielded();
                }
            }
            Expr::DoBang(value) => {
                self.awaited(value);
                // At the end of `async` its value is what the computation gives; else it is `()`.
                match self.collectors.last() {
                    Some(Collector::Async) if self.is_last_of_async(id) => self.finish(false),
                    _ => self.f.pop(),
                }
            }
            Expr::Do(value) => self.expr(value, Want::Nothing),
            Expr::Paren(inner) => self.computed(inner),
            Expr::Range { .. } => {
                self.f.open_block();
                self.walk_range(None, id, |code| {
                    code.f.coerce(TypeId::DYN);
                    code.yielded();
                });
                self.f.close_block();
            }
            _ => self.expr(id, Want::Nothing),
        }
    }

    /// Whether a `do!` is where its computation ends: then its value is the result.
    fn is_last_of_async(&self, id: ExprId) -> bool {
        let Some(function) = self
            .function
            .and_then(|id| self.part.program.functions.get(id))
        else {
            return false;
        };
        let crate::typed::FunctionOrigin::Delayed(mut at) = function.origin else {
            return false;
        };
        loop {
            if at == id {
                return true;
            }
            match self.tree().expr(at) {
                Expr::Block(stmts) => match self.tree().list(stmts).last().map(|stmt| stmt.kind) {
                    Some(StmtKind::Expr(last)) => at = last,
                    _ => return false,
                },
                Expr::Paren(inner) => at = inner,
                _ => return false,
            }
        }
    }

    fn computed_try(&mut self, body: ExprId, rules: crate::tree::Many<Rule>) {
        self.try_statements(
            |code| code.computed(body),
            rules,
            |code, body| code.computed(body),
        );
    }

    /// `let! p = e and! q = f`
    fn bang_bindings(&mut self, parts: &[BangBinding]) {
        if let [one] = parts {
            self.awaited(one.value);
            return self.store_pattern(one.pattern);
        }
        let mut waiting: Vec<(emit::Local, PatternId)> = Vec::new();
        for part in parts {
            self.awaited(part.value);
            waiting.push((self.keep(TypeId::DYN), part.pattern));
        }
        for (value, pattern) in waiting {
            self.f.load(value);
            self.store_pattern(pattern);
            self.f.free_temp(value);
        }
    }

    /// The value in what `let!` takes; `None` and `Error e` end the computation.
    fn awaited(&mut self, value: ExprId) {
        self.boxed(value);
        self.at(value);
        match self.collectors.last().copied() {
            Some(Collector::Async) => self.library_call("Async'", "run", 1),
            Some(Collector::Early {
                result,
                exit,
                is_result,
            }) => {
                let (owner, good) = if is_result {
                    (DefinedId::RESULT, 0)
                } else {
                    (DefinedId::OPTION, 1)
                };
                let typedef = self.unit.typedef(&self.unit.user, owner);
                let found = self.keep(TypeId::DYN);
                self.f.load(found);
                self.f.op(Op::TagIs, &[typedef.0, good]);
                self.f.op(Op::Not, &[]);
                self.f.open_if();
                self.f.load(found);
                self.f.store(result);
                self.f.break_(exit);
                self.f.otherwise();
                self.f.close_if();
                self.f.load(found);
                self.f.op(Op::GetCase, &[typedef.0, good, 0]);
                self.f.free_temp(found);
            }
            _ => {}
        }
    }

    /// The value on the stack is what the computation gives; `from` says that it is one already.
    fn finish(&mut self, from: bool) {
        match self.collectors.last().copied() {
            Some(Collector::Async) => self.give(Want::Return),
            Some(Collector::Early {
                result,
                exit,
                is_result,
            }) => {
                if !from {
                    let (owner, good) = if is_result {
                        (DefinedId::RESULT, 0)
                    } else {
                        (DefinedId::OPTION, 1)
                    };
                    let typedef = self.unit.typedef(&self.unit.user, owner);
                    self.f.op(Op::Case, &[typedef.0, good]);
                }
                self.f.store(result);
                self.f.break_(exit);
            }
            _ => self.f.pop(),
        }
    }

    /// The value on the stack is an element.
    fn yielded(&mut self) {
        match self.collectors.last().copied() {
            Some(Collector::List(into)) => {
                self.f.coerce(TypeId::DYN);
                self.f.load(into);
                self.f.op(Op::Cons, &[]);
                self.f.store(into);
            }
            Some(Collector::Generator) => {
                self.f.op(Op::Yield, &[]);
                self.f.pop();
            }
            _ => self.f.pop(),
        }
    }

    /// The elements of the collection on the stack.
    fn yielded_from(&mut self) {
        self.sequence_source();
        self.f.open_iter(0);
        self.yielded();
        self.f.close_loop();
    }
}
