//! Rules on where an instruction may stand that need only the function's record (rules 3 and 7), and rules on the record
//! itself (rules 4, 5, 7, 8, 10).

use super::check::Checker;
use super::refusal::Step;
use super::state::Ty;
use super::{MAX_CAPTURES, MAX_CODE, MAX_LOCALS, MAX_PARAMS, MAX_REGISTERS, MAX_STACK};
use crate::phrase::Term;
use crate::tables::function_flags::{ASYNC, CLOSURE, CTOR, GENERATOR, REST, SELECTOR, SELF, THUNK};
use isa::Op;

/// What an instruction without operands needs of its function; `true` makes the first pass ask [`Checker::place`].
pub(super) const fn restricted(op: Op) -> bool {
    matches!(
        op,
        Op::Halt
            | Op::SelfOp
            | Op::ArgAll
            | Op::ThisFn
            | Op::RetMiss
            | Op::RetPeek
            | Op::RetOuter
            | Op::Yield
    )
}

impl Checker<'_> {
    /// May `op` stand at `at` in this function?
    pub(super) fn place(&self, op: Op, at: u32) -> Step {
        let flags = self.function.flags;
        let (needed, name) = match op {
            Op::SelfOp | Op::CallSuper | Op::GetSuper => {
                (SELF, term!("a function with the flag self"))
            }
            Op::ArgAll | Op::Arg => (REST, term!("a function with the flag rest")),
            Op::ThisFn => (CLOSURE, term!("a function with the flag closure")),
            Op::RetMiss | Op::RetPeek => (SELECTOR, term!("a selector function")),
            Op::RetOuter => (SELECTOR | THUNK, term!("a selector function or thunk")),
            Op::Yield => (GENERATOR | ASYNC, term!("a generator or async function")),
            Op::EnterCtor => {
                if at != 0 {
                    return self.refuse(at, 7, || {
                        (
                            said!("`enter_ctor` after other instructions"),
                            said!("it as the first instruction"),
                        )
                    });
                }
                (CTOR, term!("a function with the flag ctor"))
            }
            Op::Halt if !self.entry => {
                return self.refuse(at, 3, || {
                    (
                        said!("`halt`"),
                        said!("`halt` only in the module's entry function"),
                    )
                });
            }
            _ => return Ok(()),
        };
        if flags & needed == 0 {
            return self.refuse(at, 7, || {
                (
                    said!("`{}` in a function of another kind", op.info().name),
                    name.into(),
                )
            });
        }
        Ok(())
    }

    /// The rules on the function's record; reads the types of its locals.
    pub(super) fn record(&mut self) -> Step {
        let function = self.function;
        let within = |found: u64, limit: u64, what: Term| {
            if found <= limit {
                return Ok(());
            }
            self.refuse(0, 10, || {
                (said!("{} {}", found, what), said!("at most {}", limit))
            })
        };
        within(
            function.code.len() as u64,
            MAX_CODE.into(),
            term!("bytes of code"),
        )?;
        within(
            function.params.into(),
            MAX_PARAMS.into(),
            term!("parameters"),
        )?;
        within(
            u64::from(function.params) + u64::from(function.locals),
            MAX_LOCALS.into(),
            term!("locals"),
        )?;
        within(
            function.captures.into(),
            MAX_CAPTURES.into(),
            term!("captures"),
        )?;
        if function.max_stack > MAX_STACK {
            return self.refuse(0, 4, || {
                (
                    said!("max_stack {}", function.max_stack),
                    said!("at most {}", MAX_STACK),
                )
            });
        }
        let result = self.type_of(function.result);
        match result {
            Some(ty) if ty != Ty::TOK => self.result = ty,
            _ => {
                return self.refuse(0, 4, || {
                    (
                        said!("result type {}", function.result.0),
                        said!("a type of values"),
                    )
                });
            }
        }
        let total = function.params + function.locals;
        self.spend(u64::from(total) + u64::from(function.captures))?;
        self.slots.clear();
        if self.slots.try_reserve(total as usize).is_err() {
            return self.no_memory();
        }
        let mut words =
            2 * (function.flags & (SELF | REST | CLOSURE)).count_ones() + 2 * function.max_stack;
        for index in 0..total {
            let ty = function.local_type(index).and_then(|id| self.type_of(id));
            match ty {
                Some(ty) if ty != Ty::TOK || index >= function.params => {
                    words += ty.words();
                    self.slots.push(ty);
                }
                _ => {
                    return self.refuse(0, 5, || {
                        (
                            said!("type of local {}", index),
                            said!("a type; tok only after the parameters"),
                        )
                    });
                }
            }
        }
        if words > MAX_REGISTERS {
            return self.refuse(0, 10, || {
                (
                    said!("{} register words", words),
                    said!("at most {}", MAX_REGISTERS),
                )
            });
        }
        for index in 0..function.captures {
            if !matches!(function.capture(index).and_then(|(id, _)| self.type_of(id)), Some(ty) if ty != Ty::TOK)
            {
                return self.refuse(0, 5, || {
                    (
                        said!("type of capture {}", index),
                        said!("a type of values"),
                    )
                });
            }
        }
        if self.entry && (function.params != 0 || function.captures != 0) {
            return self.refuse(0, 8, || {
                (
                    said!(
                        "an entry function with {} parameters, {} captures",
                        function.params,
                        function.captures
                    ),
                    said!("none"),
                )
            });
        }
        self.natures()
    }

    /// Selector functions take (kind, subject), thunks nothing; a function has one nature.
    fn natures(&self) -> Step {
        let flags = self.function.flags;
        if (flags & (SELECTOR | THUNK | GENERATOR | ASYNC)).count_ones() > 1 {
            return self.refuse(0, 7, || {
                (
                    said!("flags {}", format!("{flags:#x}")),
                    said!("at most one of selector, thunk, generator, async"),
                )
            });
        }
        if flags & SELECTOR != 0 {
            let first = self.slots.first().copied();
            let kind =
                self.function.params == 2 && (first == Some(Ty::I64) || first == Some(Ty::DYN));
            if !kind || self.slots.get(1) != Some(&Ty::DYN) || self.result != Ty::DYN {
                return self.refuse(0, 7, || {
                    (
                        said!("a selector function"),
                        said!("parameters (int or dyn, dyn) and result dyn"),
                    )
                });
            }
        }
        if flags & THUNK != 0 && self.function.params != 0 {
            return self.refuse(0, 7, || {
                (
                    said!("a thunk with {} parameters", self.function.params),
                    said!("none"),
                )
            });
        }
        Ok(())
    }
}
