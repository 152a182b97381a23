//! What a random program means, by walking its tree: the naive evaluator that its code is compared with.

use super::{Cond, Expr, KEPT, Stmt, VARS};
use std::cell::Cell;
use std::rc::Rc;

/// How a piece of program ends, if not by itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Flow {
    Break(usize),
    Continue(usize),
    Return(i64),
    Throw,
}

struct Eval {
    vars: [i64; VARS],
    kept: [Option<Rc<Cell<i64>>>; KEPT],
    loops: usize,
}

/// Its result; `None` if it throws.
pub fn run(program: &[Stmt]) -> Option<i64> {
    let mut eval = Eval {
        vars: std::array::from_fn(|index| index as i64 + 1),
        kept: [const { None }; KEPT],
        loops: 0,
    };
    match eval.block(program) {
        Ok(()) => Some(eval.vars.iter().fold(0i64, |sum, v| sum.wrapping_add(*v))),
        Err(Flow::Return(value)) => Some(value),
        Err(_) => None,
    }
}

impl Eval {
    fn expr(&mut self, expr: &Expr) -> Result<i64, Flow> {
        Ok(match expr {
            Expr::Int(value) => *value,
            Expr::Var(var) => self.vars[*var],
            Expr::Add(a, b) => self.expr(a)?.wrapping_add(self.expr(b)?),
            Expr::Mul(a, b) => self.expr(a)?.wrapping_mul(self.expr(b)?),
            Expr::AddChecked(a, b) => {
                let a = self.expr(a)?;
                a.checked_add(self.expr(b)?).ok_or(Flow::Throw)?
            }
            Expr::Div(a, b) => {
                let a = self.expr(a)?;
                a.checked_div(self.expr(b)?).ok_or(Flow::Throw)?
            }
            Expr::If(c, a, b) | Expr::Mixed(c, a, b) => {
                if self.cond(c)? {
                    self.expr(a)?
                } else {
                    self.expr(b)?
                }
            }
            Expr::Match(subject, arms, other) => {
                let subject = self.expr(subject)?;
                for (value, guard, body) in arms {
                    let fits = value.is_none_or(|v| subject == v || subject == v + 100);
                    if fits && guard.as_ref().map_or(Ok(true), |guard| self.cond(guard))? {
                        return self.expr(body);
                    }
                }
                self.expr(other)?
            }
            Expr::Try(a, b) => match self.expr(a) {
                Err(Flow::Throw) => self.expr(b)?,
                other => other?,
            },
            Expr::Finally(a, body) => {
                let value = self.expr(a);
                self.block(body)?;
                value?
            }
            Expr::Bump(var, by) => {
                let by = self.expr(by)?;
                self.vars[*var] = self.vars[*var].wrapping_add(by);
                self.vars[*var]
            }
            Expr::Kept(slot) => self.kept[*slot].as_ref().map_or(7, |cell| cell.get()),
        })
    }

    fn cond(&mut self, cond: &Cond) -> Result<bool, Flow> {
        Ok(match cond {
            Cond::Less(a, b) => self.expr(a)? < self.expr(b)?,
            Cond::Equal(a, b) => self.expr(a)? == self.expr(b)?,
            Cond::Not(a) => !self.cond(a)?,
            Cond::And(a, b) => self.cond(a)? && self.cond(b)?,
            Cond::Or(a, b) => self.cond(a)? || self.cond(b)?,
            Cond::Const(value) => *value,
        })
    }

    fn block(&mut self, block: &[Stmt]) -> Result<(), Flow> {
        block.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Flow> {
        match stmt {
            Stmt::Set(var, value) => self.vars[*var] = self.expr(value)?,
            Stmt::If(cond, a, b) => {
                if self.cond(cond)? {
                    self.block(a)?;
                } else {
                    self.block(b)?;
                }
            }
            Stmt::Loop(turns, body) => {
                let level = self.loops;
                for _ in 0..*turns {
                    self.loops = level + 1;
                    let done = self.block(body);
                    self.loops = level;
                    match done {
                        Err(Flow::Break(at)) if at == level => break,
                        Err(Flow::Continue(at)) if at == level => {}
                        other => other?,
                    }
                }
            }
            Stmt::Break(level) => return Err(Flow::Break(*level)),
            Stmt::Continue(level) => return Err(Flow::Continue(*level)),
            Stmt::Return(value) => return Err(Flow::Return(self.expr(value)?)),
            Stmt::Throw => return Err(Flow::Throw),
            Stmt::Try(body, handler) => {
                let level = self.loops;
                match self.block(body) {
                    Err(Flow::Throw) => {
                        self.loops = level;
                        self.block(handler)?;
                    }
                    other => other?,
                }
            }
            Stmt::Finally(body, last) => {
                let level = self.loops;
                let done = self.block(body);
                self.loops = level;
                self.block(last)?;
                done?;
            }
            Stmt::Let {
                value,
                keep,
                body,
                bump,
            } => {
                let cell = Rc::new(Cell::new(self.expr(value)?));
                self.kept[*keep] = Some(cell.clone());
                self.block(body)?;
                cell.set(cell.get().wrapping_add(self.expr(bump)?));
            }
        }
        Ok(())
    }
}
