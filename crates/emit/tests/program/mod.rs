//! Random structured programs, how they are built, and what they mean.
//!
//! Integers are i64 with wrapping arithmetic (policy Fusabi) or checked arithmetic (`i64.add_ck`). A program is a list of
//! statements of one entry function without parameters; closures see its variables. Its result is what it returns, or
//! the sum of its variables.
#![allow(dead_code)]

pub mod eval;
pub mod run;

use emit::{Arm, FunctionBuilder, ModuleBuilder, Pattern, Plan, Scopes, Short, Step, Var};
use fzb::tables::{Arity, FuncId, Lang, Tables, TypeId};
use isa::Op;
use std::rc::Rc;

/// An expression of type int.
#[derive(Clone, Debug)]
pub enum Expr {
    Int(i64),
    Var(usize),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    /// Checked: throws fault ovf.
    AddChecked(Box<Expr>, Box<Expr>),
    /// Throws fault zero.
    Div(Box<Expr>, Box<Expr>),
    If(Box<Cond>, Box<Expr>, Box<Expr>),
    /// A value whose branches are held differently, brought back to int.
    Mixed(Box<Cond>, Box<Expr>, Box<Expr>),
    /// `match` on an integer: arms with a constant or any, some with a guard on the sign.
    Match(Box<Expr>, Vec<(Option<i64>, Option<Cond>, Expr)>, Box<Expr>),
    /// Calls closure number n of the list that the program keeps, if it exists, else 7.
    Try(Box<Expr>, Box<Expr>),
    /// The value of a `try … finally` as an expression.
    Finally(Box<Expr>, Vec<Stmt>),
    /// Calls a fresh closure that adds to a variable (captured) and gives its new value.
    Bump(usize, Box<Expr>),
    /// Calls a closure kept in a variable.
    Kept(usize),
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Cond {
    Less(Expr, Expr),
    Equal(Expr, Expr),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    Const(bool),
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    Set(usize, Expr),
    If(Cond, Vec<Stmt>, Vec<Stmt>),
    /// Turns, a counter variable of its own, body. The counter is fresh in each turn.
    Loop(u32, Vec<Stmt>),
    Break(usize),
    Continue(usize),
    Return(Expr),
    Throw,
    Try(Vec<Stmt>, Vec<Stmt>),
    Finally(Vec<Stmt>, Vec<Stmt>),
    /// Declares a variable of the block, uses it, keeps a closure over it in slot `keep`.
    Let {
        value: Expr,
        keep: usize,
        body: Vec<Stmt>,
        bump: Expr,
    },
}

/// Number of variables that all statements see, and of slots that keep closures.
pub const VARS: usize = 4;
pub const KEPT: usize = 2;

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

struct Gen {
    rng: Rng,
    budget: i32,
    loops: usize,
}

impl Gen {
    fn expr(&mut self, depth: u32) -> Expr {
        self.budget -= 1;
        if depth == 0 || self.budget <= 0 {
            return match self.rng.below(4) {
                0 => Expr::Int(self.rng.below(20) as i64 - 5),
                1 => Expr::Int([i64::MAX, i64::MIN, 1 << 40, -1][self.rng.below(4) as usize]),
                _ => Expr::Var(self.rng.below(VARS as u64) as usize),
            };
        }
        let d = depth - 1;
        let b = |e| Box::new(e);
        match self.rng.below(15) {
            0 | 1 => Expr::Add(b(self.expr(d)), b(self.expr(d))),
            2 => Expr::Mul(b(self.expr(d)), b(self.expr(d))),
            3 => Expr::AddChecked(b(self.expr(d)), b(self.expr(d))),
            4 => Expr::Div(b(self.expr(d)), b(self.expr(d))),
            5 => Expr::If(Box::new(self.cond(d)), b(self.expr(d)), b(self.expr(d))),
            6 => Expr::Mixed(Box::new(self.cond(d)), b(self.expr(d)), b(self.expr(d))),
            7 => {
                let arms = (0..self.rng.below(7))
                    .map(|_| {
                        let value = (self.rng.below(4) > 0).then(|| self.rng.below(6) as i64 - 1);
                        let guard = (self.rng.below(3) == 0).then(|| self.cond(0));
                        (value, guard, self.expr(d))
                    })
                    .collect();
                Expr::Match(b(self.expr(d)), arms, b(self.expr(d)))
            }
            8 => Expr::Try(b(self.expr(d)), b(self.expr(d))),
            9 => {
                let saved = std::mem::take(&mut self.loops);
                let body = self.block(d.min(1));
                self.loops = saved;
                Expr::Finally(b(self.expr(d)), body)
            }
            10 => Expr::Bump(self.rng.below(VARS as u64) as usize, b(self.expr(d))),
            11 => Expr::Kept(self.rng.below(KEPT as u64) as usize),
            _ => self.expr(0),
        }
    }

    fn cond(&mut self, depth: u32) -> Cond {
        let d = depth.saturating_sub(1);
        match self.rng.below(if depth == 0 { 3 } else { 7 }) {
            0 | 1 => Cond::Less(self.expr(d), self.expr(d)),
            2 if depth == 0 => Cond::Const(self.rng.below(2) == 0),
            2 => Cond::Equal(self.expr(d), self.expr(d)),
            3 => Cond::Not(Box::new(self.cond(d))),
            4 => Cond::And(Box::new(self.cond(d)), Box::new(self.cond(d))),
            5 => Cond::Or(Box::new(self.cond(d)), Box::new(self.cond(d))),
            _ => Cond::Const(self.rng.below(2) == 0),
        }
    }

    fn block(&mut self, depth: u32) -> Vec<Stmt> {
        (0..1 + self.rng.below(3))
            .map(|_| self.stmt(depth))
            .collect()
    }

    fn stmt(&mut self, depth: u32) -> Stmt {
        self.budget -= 1;
        let var = self.rng.below(VARS as u64) as usize;
        if depth == 0 || self.budget <= 0 {
            return Stmt::Set(var, self.expr(1));
        }
        let d = depth - 1;
        match self.rng.below(16) {
            0 | 1 => {
                let cond = self.cond(2);
                Stmt::If(cond, self.block(d), self.block(d))
            }
            2 | 3 => {
                self.loops += 1;
                let body = self.block(d);
                self.loops -= 1;
                Stmt::Loop(1 + self.rng.below(3) as u32, body)
            }
            4 if self.loops > 0 => Stmt::Break(self.rng.below(self.loops as u64) as usize),
            5 if self.loops > 0 => Stmt::Continue(self.rng.below(self.loops as u64) as usize),
            6 if self.rng.below(2) == 0 => Stmt::Return(self.expr(2)),
            7 if self.rng.below(2) == 0 => Stmt::Throw,
            8 | 9 => Stmt::Try(self.block(d), self.block(d)),
            10..=12 => Stmt::Finally(self.block(d), self.block(d)),
            13 => Stmt::Let {
                value: self.expr(1),
                keep: self.rng.below(KEPT as u64) as usize,
                body: self.block(d),
                bump: Expr::Int(self.rng.below(9) as i64),
            },
            _ => Stmt::Set(var, self.expr(3)),
        }
    }
}

/// A program; every seed gives the same one.
pub fn generate(seed: u64) -> Vec<Stmt> {
    let mut generator = Gen {
        rng: Rng(seed),
        budget: 160,
        loops: 0,
    };
    (0..4).map(|_| generator.stmt(4)).collect()
}

// Building

/// A closure of the program: `bump` adds its argument to a captured variable and gives the sum; `read` gives it.
struct Closure {
    function: FuncId,
    scope: emit::FnScope,
    var: Var,
    bump: bool,
}

/// What the walk over the program before emission found, in the order of the walk.
struct Names {
    vars: Vec<Var>,
    kept: Vec<Var>,
    /// Closures and block variables in the order of their statements.
    closures: std::collections::VecDeque<(emit::FnScope, Option<Var>)>,
}

fn resolve_expr(scopes: &mut Scopes, names: &mut Names, expr: &Expr) {
    match expr {
        Expr::Int(_) => {}
        Expr::Var(var) => scopes.read(names.vars[*var]),
        Expr::Add(a, b) | Expr::Mul(a, b) | Expr::AddChecked(a, b) | Expr::Div(a, b) => {
            resolve_expr(scopes, names, a);
            resolve_expr(scopes, names, b);
        }
        Expr::If(c, a, b) | Expr::Mixed(c, a, b) => {
            resolve_cond(scopes, names, c);
            resolve_expr(scopes, names, a);
            resolve_expr(scopes, names, b);
        }
        Expr::Match(subject, arms, other) => {
            resolve_expr(scopes, names, subject);
            for (_, guard, _) in arms {
                if let Some(guard) = guard {
                    resolve_cond(scopes, names, guard);
                }
            }
            for (.., body) in arms {
                resolve_expr(scopes, names, body);
            }
            resolve_expr(scopes, names, other);
        }
        Expr::Try(a, b) => {
            resolve_expr(scopes, names, a);
            resolve_expr(scopes, names, b);
        }
        Expr::Finally(a, body) => {
            resolve_expr(scopes, names, a);
            resolve_block(scopes, names, body);
        }
        Expr::Bump(var, by) => {
            let scope = scopes.open_function();
            scopes.assign(names.vars[*var]);
            scopes.close_function();
            names.closures.push_back((scope, None));
            resolve_expr(scopes, names, by);
        }
        Expr::Kept(slot) => scopes.read(names.kept[*slot]),
    }
}

fn resolve_cond(scopes: &mut Scopes, names: &mut Names, cond: &Cond) {
    match cond {
        Cond::Less(a, b) | Cond::Equal(a, b) => {
            resolve_expr(scopes, names, a);
            resolve_expr(scopes, names, b);
        }
        Cond::Not(a) => resolve_cond(scopes, names, a),
        Cond::And(a, b) | Cond::Or(a, b) => {
            resolve_cond(scopes, names, a);
            resolve_cond(scopes, names, b);
        }
        Cond::Const(_) => {}
    }
}

fn resolve_block(scopes: &mut Scopes, names: &mut Names, block: &[Stmt]) {
    for stmt in block {
        match stmt {
            Stmt::Set(var, value) => {
                resolve_expr(scopes, names, value);
                scopes.assign(names.vars[*var]);
            }
            Stmt::If(cond, a, b) => {
                resolve_cond(scopes, names, cond);
                resolve_block(scopes, names, a);
                resolve_block(scopes, names, b);
            }
            Stmt::Loop(_, body) => {
                scopes.open_block();
                resolve_block(scopes, names, body);
                scopes.close_block();
            }
            Stmt::Break(_) | Stmt::Continue(_) | Stmt::Throw => {}
            Stmt::Return(value) => resolve_expr(scopes, names, value),
            Stmt::Try(a, b) | Stmt::Finally(a, b) => {
                resolve_block(scopes, names, a);
                resolve_block(scopes, names, b);
            }
            Stmt::Let {
                value,
                keep,
                body,
                bump: _,
            } => {
                resolve_expr(scopes, names, value);
                scopes.open_block();
                let var = scopes
                    .declare(None, TypeId::INT, true)
                    .expect("a function is open");
                scopes.assign(var);
                let scope = scopes.open_function();
                scopes.read(var);
                scopes.close_function();
                names.closures.push_back((scope, Some(var)));
                scopes.assign(names.kept[*keep]);
                resolve_block(scopes, names, body);
                scopes.close_block();
            }
        }
    }
}

struct Build<'m> {
    module: &'m ModuleBuilder,
    plan: Rc<Plan>,
    f: FunctionBuilder<'m>,
    vars: Vec<Var>,
    kept: Vec<Var>,
    closures: std::collections::VecDeque<(emit::FnScope, Option<Var>)>,
    loops: Vec<emit::Loop>,
}

/// The tables of a program; its function is number 0, exported as `main`.
pub fn build(program: &[Stmt], lang: Lang) -> Result<Tables, emit::EmitError> {
    let module = ModuleBuilder::new("program", lang);
    let mut scopes = Scopes::new();
    let main = scopes.open_function();
    let vars: Vec<Var> = (0..VARS)
        .map(|_| {
            scopes
                .declare(None, TypeId::INT, true)
                .expect("a function is open")
        })
        .collect();
    let kept: Vec<Var> = (0..KEPT)
        .map(|_| {
            scopes
                .declare(None, TypeId::DYN, true)
                .expect("a function is open")
        })
        .collect();
    let mut names = Names {
        vars: vars.clone(),
        kept: kept.clone(),
        closures: Default::default(),
    };
    resolve_block(&mut scopes, &mut names, program);
    scopes.close_function();
    let plan = Rc::new(scopes.finish().expect("all scopes are closed"));
    let mut signature = module.signature("main", &[]);
    signature.result = TypeId::INT;
    let id = module.declare(signature);
    module.export_function("main", id);
    let mut build = Build {
        module: &module,
        f: module.build_scoped(id, plan.clone(), main),
        plan,
        vars,
        kept,
        closures: names.closures,
        loops: Vec::new(),
    };
    let file = module.file("program.test", [0; 8]);
    build.f.at(emit::debug::Position {
        file,
        line: 1,
        column: 1,
    });
    for (number, var) in build.vars.clone().into_iter().enumerate() {
        build.f.push_int(number as i64 + 1);
        build.f.init_var(var);
    }
    for var in build.kept.clone() {
        build.f.unit();
        build.f.init_var(var);
    }
    build.block(program);
    build.f.push_int(0);
    for var in build.vars.clone() {
        build.f.load_var(var);
        build.f.op(Op::I64Add, &[]);
    }
    build.f.ret();
    build.f.finish()?;
    module.finish()
}

impl Build<'_> {
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Int(value) => self.f.push_int(*value),
            Expr::Var(var) => self.f.load_var(self.vars[*var]),
            Expr::Add(a, b) => self.binary(Op::I64Add, a, b),
            Expr::Mul(a, b) => self.binary(Op::I64Mul, a, b),
            Expr::AddChecked(a, b) => self.binary(Op::I64AddCk, a, b),
            Expr::Div(a, b) => self.binary(Op::I64DivS, a, b),
            Expr::If(cond, a, b) => {
                self.cond(cond);
                self.f.open_if();
                self.expr(a);
                self.f.otherwise();
                self.expr(b);
                self.f.close_if();
            }
            Expr::Mixed(cond, a, b) => {
                // Below the value that differs stands another that differs.
                self.cond(cond);
                self.f.open_if();
                self.f.push_text("under");
                self.expr(a);
                self.f.coerce(TypeId::DYN);
                self.f.otherwise();
                self.f.push_float(0.5);
                self.expr(b);
                self.f.close_if();
                self.f.swap();
                self.f.pop();
                self.f.coerce(TypeId::INT);
            }
            Expr::Match(subject, arms, other) => {
                self.expr(subject);
                let patterns = arms
                    .iter()
                    .map(|(value, guard, _)| Arm {
                        pattern: match value {
                            Some(value) => Pattern::Or(vec![
                                Pattern::Equal(self.module.int(*value)),
                                Pattern::Equal(self.module.int(*value + 100)),
                            ]),
                            None => Pattern::Any,
                        },
                        guard: guard.is_some(),
                    })
                    .collect();
                // Guards and bodies come interleaved; closures in them are found in the order of the first walk.
                let queue = std::mem::take(&mut self.closures);
                let mut queues = Queues::split(queue, arms, other);
                let mut matching = self.f.open_match(patterns);
                loop {
                    match matching.next(&mut self.f) {
                        Step::Guard(arm) => {
                            if let (Some(guard), closures) = (&arms[arm].1, queues.guard(arm)) {
                                self.closures = closures;
                                self.cond(guard);
                            }
                        }
                        Step::Body(arm) => {
                            self.closures = queues.body(arm);
                            self.expr(&arms[arm].2);
                        }
                        Step::NoMatch => {
                            self.closures = queues.other();
                            self.expr(other);
                        }
                        Step::Test(_) => {}
                        Step::Done => break,
                    }
                }
                self.closures = queues.rest;
            }
            Expr::Try(a, b) => {
                self.f.open_try();
                self.expr(a);
                self.f.begin_catch();
                self.f.pop();
                self.expr(b);
                self.f.close_try();
            }
            Expr::Finally(a, body) => {
                self.f.open_finally();
                self.expr(a);
                self.f.begin_finally();
                self.block(body);
                self.f.close_finally();
            }
            Expr::Bump(var, by) => {
                let Some((scope, _)) = self.closures.pop_front() else {
                    return;
                };
                let function = self.closure(scope, self.vars[*var], true);
                self.f.make_closure(function, scope);
                self.expr(by);
                self.f.call_closure(1);
                self.f.coerce(TypeId::INT);
            }
            Expr::Kept(slot) => {
                let var = self.kept[*slot];
                self.f.load_var(var);
                self.f.unit();
                self.f.op(Op::Same, &[]);
                self.f.open_if();
                self.f.push_int(7);
                self.f.otherwise();
                self.f.load_var(var);
                self.f.call_closure(0);
                self.f.close_if();
                self.f.coerce(TypeId::INT);
            }
        }
    }

    fn binary(&mut self, op: Op, a: &Expr, b: &Expr) {
        self.expr(a);
        self.expr(b);
        self.f.op(op, &[]);
    }

    /// The function of a closure over one variable.
    fn closure(&mut self, scope: emit::FnScope, var: Var, bump: bool) -> FuncId {
        let mut signature = self
            .module
            .signature("closure", if bump { &["by"] } else { &[] });
        signature.arity = Arity::Exact;
        signature.captures = self.plan.signature_captures(scope);
        let id = self.module.declare(signature);
        let mut f = self.module.build_scoped(id, self.plan.clone(), scope);
        f.load_var(var);
        if bump {
            f.load(f.param(0));
            f.op(Op::I64Add, &[]);
            f.dup();
            f.store_var(var);
        }
        f.ret();
        // The module keeps the error.
        let _ = f.finish();
        id
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::Less(a, b) => self.binary(Op::I64Lt, a, b),
            Cond::Equal(a, b) => self.binary(Op::I64Eq, a, b),
            Cond::Not(a) => {
                self.cond(a);
                self.f.op(Op::Not, &[]);
            }
            Cond::And(a, b) | Cond::Or(a, b) => {
                self.cond(a);
                let and = matches!(cond, Cond::And(..));
                self.f.open_short(if and { Short::And } else { Short::Or });
                self.cond(b);
                self.f.close_short();
            }
            Cond::Const(value) => self.f.push_bool(*value),
        }
    }

    fn block(&mut self, block: &[Stmt]) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Set(var, value) => {
                self.expr(value);
                self.f.store_var(self.vars[*var]);
            }
            Stmt::If(cond, a, b) => {
                self.cond(cond);
                self.f.open_if();
                self.block(a);
                self.f.otherwise();
                self.block(b);
                self.f.close_if();
            }
            Stmt::Loop(turns, body) => {
                // The count of turns waits on the stack, so every way out of the loop has to drop it.
                self.f.push_int(i64::from(*turns));
                let counting = self.f.open_loop();
                self.f.dup();
                self.f.push_int(1);
                self.f.op(Op::I64Lt, &[]);
                self.f.op(Op::Not, &[]);
                self.f.break_if_not(counting);
                self.loops.push(counting);
                self.f.open_block();
                self.block(body);
                self.f.close_block();
                self.loops.pop();
                self.f.begin_step();
                self.f.push_int(1);
                self.f.op(Op::I64Sub, &[]);
                self.f.close_loop();
                self.f.pop();
            }
            Stmt::Break(level) => self.f.break_(self.loops[*level]),
            Stmt::Continue(level) => self.f.continue_(self.loops[*level]),
            Stmt::Return(value) => {
                self.expr(value);
                self.f.ret();
            }
            Stmt::Throw => {
                self.f.push_text("thrown");
                self.f.op(Op::Throw, &[]);
            }
            Stmt::Try(body, handler) => {
                self.f.open_try();
                self.block(body);
                self.f.begin_catch();
                self.f.pop();
                self.block(handler);
                self.f.close_try();
            }
            Stmt::Finally(body, last) => {
                self.f.open_finally();
                self.block(body);
                self.f.begin_finally();
                self.block(last);
                self.f.close_finally();
            }
            Stmt::Let {
                value,
                keep,
                body,
                bump,
            } => {
                self.expr(value);
                self.f.open_block();
                let Some((scope, Some(var))) = self.closures.pop_front() else {
                    return;
                };
                let function = self.closure(scope, var, false);
                self.f.init_var(var);
                self.f.make_closure(function, scope);
                self.f.store_var(self.kept[*keep]);
                self.block(body);
                self.f.load_var(var);
                self.expr(bump);
                self.f.op(Op::I64Add, &[]);
                self.f.store_var(var);
                self.f.close_block();
            }
        }
    }
}

type Queue = std::collections::VecDeque<(emit::FnScope, Option<Var>)>;

/// The closures of a match's parts, which were found guards first.
struct Queues {
    guards: Vec<Queue>,
    bodies: Vec<Queue>,
    last: Queue,
    rest: Queue,
}

impl Queues {
    fn split(mut queue: Queue, arms: &[(Option<i64>, Option<Cond>, Expr)], other: &Expr) -> Queues {
        let mut take = |count: usize| queue.drain(..count.min(queue.len())).collect::<Queue>();
        let guards = arms
            .iter()
            .map(|(_, guard, _)| take(guard.as_ref().map_or(0, count_cond)))
            .collect();
        let bodies = arms
            .iter()
            .map(|(.., body)| take(count_expr(body)))
            .collect();
        let last = take(count_expr(other));
        Queues {
            guards,
            bodies,
            last,
            rest: queue,
        }
    }
    fn guard(&mut self, arm: usize) -> Queue {
        std::mem::take(&mut self.guards[arm])
    }
    fn body(&mut self, arm: usize) -> Queue {
        std::mem::take(&mut self.bodies[arm])
    }
    fn other(&mut self) -> Queue {
        std::mem::take(&mut self.last)
    }
}

fn count_expr(expr: &Expr) -> usize {
    match expr {
        Expr::Int(_) | Expr::Var(_) | Expr::Kept(_) => 0,
        Expr::Add(a, b)
        | Expr::Mul(a, b)
        | Expr::AddChecked(a, b)
        | Expr::Div(a, b)
        | Expr::Try(a, b) => count_expr(a) + count_expr(b),
        Expr::If(c, a, b) | Expr::Mixed(c, a, b) => count_cond(c) + count_expr(a) + count_expr(b),
        Expr::Match(s, arms, other) => {
            let arms = arms
                .iter()
                .map(|(_, guard, body)| guard.as_ref().map_or(0, count_cond) + count_expr(body));
            count_expr(s) + arms.sum::<usize>() + count_expr(other)
        }
        Expr::Finally(a, body) => count_expr(a) + count_block(body),
        Expr::Bump(_, by) => 1 + count_expr(by),
    }
}

fn count_cond(cond: &Cond) -> usize {
    match cond {
        Cond::Less(a, b) | Cond::Equal(a, b) => count_expr(a) + count_expr(b),
        Cond::Not(a) => count_cond(a),
        Cond::And(a, b) | Cond::Or(a, b) => count_cond(a) + count_cond(b),
        Cond::Const(_) => 0,
    }
}

fn count_block(block: &[Stmt]) -> usize {
    block
        .iter()
        .map(|stmt| match stmt {
            Stmt::Set(_, value) | Stmt::Return(value) => count_expr(value),
            Stmt::If(c, a, b) => count_cond(c) + count_block(a) + count_block(b),
            Stmt::Loop(_, body) => count_block(body),
            Stmt::Break(_) | Stmt::Continue(_) | Stmt::Throw => 0,
            Stmt::Try(a, b) | Stmt::Finally(a, b) => count_block(a) + count_block(b),
            Stmt::Let { value, body, .. } => count_expr(value) + 1 + count_block(body),
        })
        .sum()
}
