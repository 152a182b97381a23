//! Jumps and branches, and compares fused with the branch behind them.

use fzb::view::Repr;
use fzb::{said, term};
use isa::{Instr, Op};

use super::numbers::Operand;
use super::walk::{Step, Walk};
use crate::exec::ops::{self, Form, Rop};

/// A test that may be fused with the branch that follows it.
pub(super) enum Test {
    /// Integers.
    Int {
        /// Condition.
        cond: u16,
        /// Operand form.
        form: u8,
        /// Left register.
        a: u16,
        /// Right register or constant.
        b: u16,
    },
    /// Floats.
    Float {
        /// Condition.
        cond: u16,
        /// Operand form.
        form: u8,
        /// Left register.
        a: u16,
        /// Right register.
        b: u16,
        /// Right constant.
        wide: Option<u64>,
    },
    /// Dynamic values.
    Dyn {
        /// Relation.
        relation: u16,
        /// Operand form.
        form: u8,
        /// Left register.
        a: u16,
        /// Right register or constant.
        b: u16,
        /// Right constant.
        wide: Option<u64>,
        /// What is live in the operands.
        operands: Vec<(Repr, u16)>,
    },
    /// A truth value.
    Bool {
        /// Its register, unless it is in the accumulator.
        a: u16,
        /// In the accumulator?
        acc: bool,
    },
    /// Any value, by truthiness.
    Truthy {
        /// Its register.
        a: u16,
    },
}

impl Walk<'_> {
    /// Is the next instruction a conditional branch (perhaps behind `not`)?
    pub(super) fn branch_ahead(&self) -> bool {
        self.peek()
            .is_some_and(|next| matches!(next.op, Op::JumpIf | Op::JumpIfNot))
    }

    /// Emits the test together with the branch that follows it; false if none follows.
    pub(super) fn fuse(&mut self, test: Test) -> Step<bool> {
        let Some(next) = self.peek() else {
            return Ok(false);
        };
        if !matches!(next.op, Op::JumpIf | Op::JumpIfNot) {
            return Ok(false);
        }
        self.next = next.next;
        // The compare's own place is where its faults come from.
        self.emit_branch(test, next.op == Op::JumpIf, &next)?;
        Ok(true)
    }

    /// A branch on the truth value on top of the stack.
    pub(super) fn branch_on_top(&mut self, instr: &Instr) -> Step<()> {
        let entry = self.stack.pop()?;
        let operand = self.int_operand(&entry);
        let test = match operand {
            Operand::A => Test::Bool { a: 0, acc: true },
            operand => {
                let Operand::R(a) = self.in_register(operand, &entry) else {
                    return Err(said!("a truth value without a register"));
                };
                Test::Bool { a, acc: false }
            }
        };
        self.emit_branch(test, instr.op == Op::JumpIf, instr)
    }

    /// Emits a conditional branch to where `instr` leads, taken if the test's truth is `want`.
    fn emit_branch(&mut self, test: Test, want: bool, instr: &Instr) -> Step<()> {
        let target = instr.target(0).ok_or(term!("a jump out of the code"))?;
        // Everything else must stand at home; the moves leave the accumulators alone.
        self.stack.flush(&mut self.emit);
        let back = target <= instr.at;
        if self.long {
            // The opposite test steps over a far jump. Both ways lead to a block's first word.
            let (word, words) = self.branch_word(&test, !want, false)?;
            let _ = words;
            self.emit.words[word as usize].c = if cfg!(feature = "unmetered") {
                2
            } else {
                self.emit.op(Rop::Block as u16, 0, 0, 0);
                3
            };
            self.emit.op(Rop::JumpFar as u16, 0, 0, 0);
            self.emit.far_to(target);
            return Ok(());
        }
        let (word, words) = self.branch_word(&test, want, back)?;
        self.emit.jump_to(word, words, target);
        Ok(())
    }

    fn branch_word(&mut self, test: &Test, want: bool, back: bool) -> Step<(u32, u32)> {
        let flip = u16::from(!want);
        Ok(match test {
            Test::Int { cond, form, a, b } => (
                self.emit
                    .op(ops::int_branch(cond ^ flip, *form, back), *a, *b, 0),
                1,
            ),
            Test::Float {
                cond,
                form,
                a,
                b,
                wide,
            } => {
                let word = self
                    .emit
                    .op(ops::float_branch(cond ^ flip, *form, back), *a, *b, 0);
                if let Some(bits) = wide {
                    self.emit.wide(*bits);
                }
                (word, if wide.is_some() { 2 } else { 1 })
            }
            Test::Dyn {
                relation,
                form,
                a,
                b,
                wide,
                operands,
            } => {
                let word = self
                    .emit
                    .op(ops::dyn_branch(*relation, *form, want, back), *a, *b, 0);
                if let Some(bits) = wide {
                    self.emit.wide(*bits);
                }
                let keep = self.stack.entries.len();
                self.safepoint(word, keep, operands);
                (word, if *form == Form::RW { 2 } else { 1 })
            }
            Test::Bool { a, acc } => (
                self.emit.op(ops::bool_branch(want, *acc, back), *a, 0, 0),
                1,
            ),
            Test::Truthy { a } => {
                let word = self.emit.op(ops::truthy_branch(want, back), *a, 0, 0);
                let keep = self.stack.entries.len();
                self.safepoint(word, keep, &[(Repr::Dyn, *a)]);
                (word, 1)
            }
        })
    }

    /// An unconditional jump.
    pub(super) fn jump(&mut self, instr: &Instr) -> Step<()> {
        let target = instr.target(0).ok_or(term!("a jump out of the code"))?;
        self.stack.flush(&mut self.emit);
        if self.long {
            self.emit.op(Rop::JumpFar as u16, 0, 0, 0);
            self.emit.far_to(target);
            return Ok(());
        }
        let back = target <= instr.at;
        let word = self
            .emit
            .op(if back { Rop::JumpBack } else { Rop::Jump } as u16, 0, 0, 0);
        self.emit.jump_to(word, 1, target);
        Ok(())
    }
}
