//! Hooks: maps that answer for operators (docs/specs/rhumb.md §3.15; machine.md §4 rows 49, 4A). Policies Rhumb and
//! machine ask for them before the operator's own meaning.

use isa::Hook;

use crate::code::Word;
use crate::exec::dispatch::Next;
use crate::exec::dynamic::relation;
use crate::fault::{Fault, Raise};
use crate::frame::flags;
use crate::policy::{Arith, has_hooks};
use crate::value::{Kind, Value};
use crate::world::World;

/// True for values that may carry hooks.
pub(crate) const fn may_have_hooks(value: Value) -> bool {
    matches!(value.kind(), Kind::Map | Kind::Realm | Kind::Vassal)
}

/// What a relation is when no hook answers, or the frame of the hook that does.
pub(crate) type Related = Result<bool, Next>;

impl World {
    /// The hook of a value that the running function's operators ask for; `None` under policies without hooks.
    pub(crate) fn hook_of(&mut self, value: Value, hook: Hook) -> Raise<Option<Value>> {
        if !may_have_hooks(value) || !has_hooks(self.policy()) {
            return Ok(None);
        }
        self.hook(value, hook)
    }

    /// Calls the hook of one operand of a binary operator: the left one's with (left; right), else the right one's with
    /// (right; left, yes). `None`: neither has it. The operands are `temps[at]` and `temps[at + 1]`.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, whose pc stands behind the instruction.
    unsafe fn binary_hook(
        &mut self,
        r: *mut u64,
        hook: Hook,
        at: usize,
        dst: u16,
        call_flags: u16,
    ) -> Raise<Option<Next>> {
        for (own, other) in [(at, at + 1), (at + 1, at)] {
            let receiver = self.temps[own];
            let Some(callee) = self.hook(receiver, hook)? else {
                continue;
            };
            let (receiver, argument) = (self.temps[own], self.temps[other]);
            // SAFETY: passed on.
            let next = unsafe {
                if own == at {
                    self.call_value(r, callee, Some(receiver), &[argument], dst, call_flags)?
                } else {
                    self.call_value(
                        r,
                        callee,
                        Some(receiver),
                        &[argument, Value::TRUE],
                        dst,
                        call_flags,
                    )?
                }
            };
            return Ok(Some(next));
        }
        Ok(None)
    }

    /// `x op y` with hooks: writes the result to `dst` and goes on at `after`, or enters the hook.
    ///
    /// # Safety
    /// `r` is the first register of the frame on top, `dst` a pair in its window, `after` the next instruction.
    pub(crate) unsafe fn binary(
        &mut self,
        after: *const Word,
        r: *mut u64,
        op: Arith,
        hook: Hook,
        mut x: Value,
        mut y: Value,
        dst: u16,
    ) -> Raise<Next> {
        if (may_have_hooks(x) || may_have_hooks(y)) && has_hooks(self.policy()) {
            let mark = self.temps.len();
            self.push_temps(&[x, y])?;
            // SAFETY: passed on.
            if let Some(next) = unsafe { self.binary_hook(r, hook, mark, dst, 0)? } {
                self.temps.truncate(mark);
                return Ok(next);
            }
            (x, y) = (self.temps[mark], self.temps[mark + 1]);
            self.temps.truncate(mark);
        }
        let value = self.arithmetic(op, x, y)?;
        // SAFETY: passed on; arithmetic pushes no frame, so the registers stand where they stood.
        unsafe {
            self.write(r, dst, value);
            Ok(Next::at(after, r))
        }
    }

    /// `x rel y` with hooks: the truth, or the frame of a hook whose answer decides. `want` 0: the truth is stored at `dst`
    /// as one word; else the answer decides the fused branch at the instruction.
    ///
    /// # Safety
    /// As [`World::binary`].
    pub(crate) unsafe fn relation(
        &mut self,
        rel: u16,
        mut x: Value,
        mut y: Value,
        r: *mut u64,
        dst: u16,
        want: u8,
    ) -> Raise<Related> {
        if (may_have_hooks(x) || may_have_hooks(y)) && has_hooks(self.policy()) {
            let call_flags = if want == 0 {
                flags::TRUTH
            } else {
                flags::BRANCH
            };
            let mark = self.temps.len();
            self.push_temps(&[x, y])?;
            let hook = relation::HOOKS
                .get(rel as usize)
                .copied()
                .unwrap_or(Hook::Eq);
            // SAFETY: passed on.
            let mut next = unsafe { self.binary_hook(r, hook, mark, dst, call_flags)? };
            if next.is_none() && rel == relation::NE {
                // SAFETY: passed on.
                next = unsafe {
                    self.binary_hook(r, Hook::Eq, mark, dst, call_flags | flags::NEGATE)?
                };
            }
            (x, y) = (self.temps[mark], self.temps[mark + 1]);
            self.temps.truncate(mark);
            if let Some(next) = next {
                return Ok(Err(next));
            }
        }
        self.less(rel, x, y).map(Ok)
    }

    /// Calls a hook without arguments on `x` if it has it (policies with hooks only).
    ///
    /// # Safety
    /// As [`World::binary`].
    pub(crate) unsafe fn unary_hook(
        &mut self,
        r: *mut u64,
        hook: Hook,
        x: Value,
        dst: u16,
    ) -> Raise<Option<Next>> {
        let mark = self.temps.len();
        self.push_temps(&[x])?;
        let found = self.hook_of(x, hook)?;
        let receiver = self.temps[mark];
        self.temps.truncate(mark);
        match found {
            // SAFETY: passed on.
            Some(callee) => unsafe {
                self.call_value(r, callee, Some(receiver), &[], dst, 0)
                    .map(Some)
            },
            None => Ok(None),
        }
    }

    /// Calls the hook of `x` with `y`; fault attribute if it has none.
    ///
    /// # Safety
    /// As [`World::binary`].
    pub(crate) unsafe fn call_hook(
        &mut self,
        r: *mut u64,
        hook: Hook,
        x: Value,
        y: Value,
        dst: u16,
    ) -> Raise<Next> {
        let mark = self.temps.len();
        self.push_temps(&[x, y])?;
        for (own, other) in [(0, 1), (1, 0)] {
            let Some(callee) = self.hook(self.temps[mark + own], hook)? else {
                continue;
            };
            let (receiver, argument) = (self.temps[mark + own], self.temps[mark + other]);
            self.temps.truncate(mark);
            let args = [argument, Value::TRUE];
            // The right operand's hook is told that it stands on the right.
            // SAFETY: passed on.
            return unsafe { self.call_value(r, callee, Some(receiver), &args[..=own], dst, 0) };
        }
        self.temps.truncate(mark);
        Err(self.fault_args(
            Fault::Attribute,
            format_args!("there is no hook {}", hook.label()),
        ))
    }
}
