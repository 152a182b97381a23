//! Typed and dynamic arithmetic and compares: operand forms, accumulators, fused branches.

use fzb::view::Repr;
use fzb::{said, term};
use isa::{Instr, Op};

use super::branches::Test;
use super::stack::{Entry, Loc};
use super::walk::{Step, Walk};
use crate::exec::dynamic::{quotient, relation};
use crate::exec::float::{cond as fcond, op as fop};
use crate::exec::int::{cond, op};
use crate::exec::ops::{self, Form, Rop};

/// Where an operand of a typed instruction comes from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operand {
    /// A register.
    R(u16),
    /// The accumulator.
    A,
    /// A constant, by bits.
    K(u64),
}

impl Walk<'_> {
    /// Translates arithmetic, compares and conversions; false if the instruction is none of them.
    pub(super) fn number(&mut self, instr: &Instr) -> Step<bool> {
        let binary = match instr.op {
            Op::I64Add => op::ADD,
            Op::I64Sub => op::SUB,
            Op::I64Mul => op::MUL,
            Op::I64And => op::AND,
            Op::I64Or => op::OR,
            Op::I64Xor => op::XOR,
            Op::I64Shl => op::SHL,
            Op::I64ShrS => op::SHR_S,
            Op::I64ShrU => op::SHR_U,
            Op::I64DivS => op::DIV_S,
            Op::I64RemS => op::REM_S,
            Op::I64DivU => op::DIV_U,
            Op::I64RemU => op::REM_U,
            Op::I64AddCk => op::ADD_CK,
            Op::I64SubCk => op::SUB_CK,
            Op::I64MulCk => op::MUL_CK,
            // Strict logic on truth values is arithmetic on 0 and 1.
            Op::And => op::AND,
            Op::Or => op::OR,
            _ => return self.other_number(instr),
        };
        let repr = if matches!(instr.op, Op::And | Op::Or) {
            Repr::Bool
        } else {
            Repr::I64
        };
        self.int_binary(binary, repr)?;
        Ok(true)
    }

    fn other_number(&mut self, instr: &Instr) -> Step<bool> {
        match instr.op {
            Op::I64Lt => self.int_compare(cond::LT)?,
            Op::I64Le => self.int_compare(cond::LE)?,
            Op::I64Eq => self.int_compare(cond::EQ)?,
            Op::I64LtU => self.int_compare(cond::LT_U)?,
            Op::F64Add => self.float_binary(fop::ADD)?,
            Op::F64Sub => self.float_binary(fop::SUB)?,
            Op::F64Mul => self.float_binary(fop::MUL)?,
            Op::F64Div => self.float_binary(fop::DIV)?,
            Op::F64Lt => self.float_compare(fcond::LT)?,
            Op::F64Le => self.float_compare(fcond::LE)?,
            Op::F64Eq => self.float_compare(fcond::EQ)?,
            Op::F64Un => self.float_unary(instr.args[0])?,
            Op::Not => self.not()?,
            Op::I64Narrow => {
                let from = self.stack.word(&mut self.emit, Repr::I64)?;
                self.stack.pop()?;
                self.stack.int_mirror = None;
                let at = self.destination(Repr::I64)?;
                self.emit
                    .op(Rop::Narrow as u16, at, from, instr.args[0] as u16);
                self.stack.int_mirror = Some(at);
            }
            Op::I64ToF64 => {
                let entry = self.stack.pop()?;
                let operand = self.int_operand(&entry);
                self.stack.spill_float(&mut self.emit);
                let (op, from) = match operand {
                    Operand::A => (Rop::FromIntAcc, 0),
                    Operand::R(at) => (Rop::FromInt, at),
                    Operand::K(value) => {
                        self.stack
                            .push(Repr::F64, Loc::Float((value as i64 as f64).to_bits()))?;
                        return Ok(true);
                    }
                };
                let at = self.destination(Repr::F64)?;
                self.emit.op(op as u16, at, from, 0);
                self.stack.float_mirror = Some(at);
            }
            Op::F64ToI64 => {
                let from = self.stack.word(&mut self.emit, Repr::F64)?;
                self.stack.pop()?;
                self.stack.int_mirror = None;
                let keep = self.stack.entries.len();
                let at = self.destination(Repr::I64)?;
                let word = self
                    .emit
                    .op(Rop::ToInt as u16, at, from, instr.args[0] as u16);
                self.safepoint(word, keep, &[]);
                self.stack.int_mirror = Some(at);
            }
            Op::F64Bits | Op::F64FromBits | Op::I64FromChar => {
                // The word is the same; only its reading changes.
                self.stack.spill(&mut self.emit);
                let top = self
                    .stack
                    .entries
                    .len()
                    .checked_sub(1)
                    .ok_or(term!("no operand"))?;
                let repr = if instr.op == Op::F64FromBits {
                    Repr::F64
                } else {
                    Repr::I64
                };
                let entry = &mut self.stack.entries[top];
                entry.repr = repr;
                entry.loc = match entry.loc {
                    Loc::Int(value) if repr == Repr::F64 => Loc::Float(value as u64),
                    Loc::Float(bits) if repr == Repr::I64 => Loc::Int(bits as i64),
                    loc => loc,
                };
            }
            Op::Add => self.dyn_arith(crate::exec::dynamic::op::ADD)?,
            Op::Sub => self.dyn_arith(crate::exec::dynamic::op::SUB)?,
            Op::Mul => self.dyn_arith(crate::exec::dynamic::op::MUL)?,
            Op::Div => self.dyn_quotient(quotient::DIV)?,
            Op::Mod => self.dyn_quotient(quotient::MOD)?,
            Op::Lt => self.dyn_compare(relation::LT)?,
            Op::Le => self.dyn_compare(relation::LE)?,
            Op::Gt => self.dyn_compare(relation::GT)?,
            Op::Ge => self.dyn_compare(relation::GE)?,
            Op::Eq => self.dyn_compare(relation::EQ)?,
            Op::Ne => self.dyn_compare(relation::NE)?,
            Op::Truthy => self.truthy()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The operand that an entry of integer kind is.
    pub(super) fn int_operand(&self, entry: &Entry) -> Operand {
        match entry.loc {
            Loc::IntAcc => Operand::A,
            Loc::Int(value) => Operand::K(value as u64),
            Loc::Bool(value) => Operand::K(value as u64),
            Loc::Float(bits) => Operand::K(bits),
            Loc::Home | Loc::Alias(_) => {
                let at = entry.register().unwrap_or(entry.home);
                if self.stack.int_mirror == Some(at) {
                    Operand::A
                } else {
                    Operand::R(at)
                }
            }
            _ => Operand::K(0),
        }
    }

    fn float_operand(&self, entry: &Entry) -> Operand {
        match entry.loc {
            Loc::FloatAcc => Operand::A,
            Loc::Float(bits) => Operand::K(bits),
            Loc::Home | Loc::Alias(_) => {
                let at = entry.register().unwrap_or(entry.home);
                if self.stack.float_mirror == Some(at) {
                    Operand::A
                } else {
                    Operand::R(at)
                }
            }
            _ => Operand::K(0),
        }
    }

    /// A constant operand gets a register: the home of its entry.
    pub(super) fn in_register(&mut self, operand: Operand, entry: &Entry) -> Operand {
        if let Operand::K(_) = operand {
            self.stack
                .materialise(&mut self.emit, *entry, entry.repr, entry.home);
            return Operand::R(entry.home);
        }
        operand
    }

    fn int_binary(&mut self, which: u16, repr: Repr) -> Step<()> {
        let right = self.stack.pop()?;
        let left = self.stack.pop()?;
        let (mut x, mut y) = (self.int_operand(&left), self.int_operand(&right));
        let divides = matches!(which, op::DIV_S | op::REM_S | op::DIV_U | op::REM_U);
        let commutes = matches!(
            which,
            op::ADD | op::MUL | op::AND | op::OR | op::XOR | op::ADD_CK | op::MUL_CK
        );
        if commutes && (matches!(x, Operand::K(_)) || (y == Operand::A && x != Operand::A)) {
            std::mem::swap(&mut x, &mut y);
            x = self.in_register(
                x,
                if matches!(x, Operand::K(_)) {
                    &right
                } else {
                    &left
                },
            );
        } else {
            x = self.in_register(x, &left);
        }
        let mut must_store = false;
        if divides {
            let safe = matches!(y, Operand::K(value) if value != 0 && value != u64::MAX);
            if !safe {
                // A divisor that may fault is read again by the slow path, from registers.
                y = self.in_register(y, &right);
                (x, y) = (
                    self.out_of_accumulator(x, &left),
                    self.out_of_accumulator(y, &right),
                );
                must_store = true;
                // That slow path may go on, and has lost both accumulators.
                self.stack.spill_float(&mut self.emit);
            }
        }
        if x == Operand::A && y == Operand::A {
            y = self.out_of_accumulator(y, &right);
        }
        let checked = matches!(which, op::ADD_CK | op::SUB_CK | op::MUL_CK);
        self.stack.spill_int(&mut self.emit);
        let (form, b, c, wide) = match (x, y) {
            (Operand::R(b), Operand::R(c)) => (Form::RR, b, c, None),
            (Operand::A, Operand::R(c)) => (Form::AR, 0, c, None),
            (Operand::R(b), Operand::A) => (Form::RA, b, 0, None),
            (x, Operand::K(value)) => {
                let b = if let Operand::R(b) = x { b } else { 0 };
                match i16::try_from(value as i64) {
                    Ok(small) => (
                        if x == Operand::A { Form::AK } else { Form::RK },
                        b,
                        small as u16,
                        None,
                    ),
                    Err(_) => (
                        if x == Operand::A { Form::AW } else { Form::RW },
                        b,
                        0,
                        Some(value),
                    ),
                }
            }
            _ => return Err(said!("an operand form that does not exist")),
        };
        let keep = self.stack.entries.len();
        let (store, at) = match self.store_ahead(repr) {
            Some(at) => (true, at),
            None if must_store => (true, self.stack.push(repr, Loc::Home)?),
            None => (false, self.stack.push(repr, Loc::IntAcc)?),
        };
        let word = self.emit.op(ops::int_binary(which, form, store), at, b, c);
        if let Some(value) = wide {
            self.emit.wide(value);
        }
        if checked || divides {
            self.safepoint(word, keep, &[]);
        }
        // A division that its slow path finished leaves its result in the register alone.
        self.stack.int_mirror = (store && !must_store).then_some(at);
        Ok(())
    }

    /// An operand in the accumulator gets the register that it mirrors, or its entry's home.
    fn out_of_accumulator(&mut self, operand: Operand, entry: &Entry) -> Operand {
        if operand != Operand::A {
            return operand;
        }
        if let Some(at) = entry.register() {
            return Operand::R(at);
        }
        self.emit.spill_int(entry.home);
        Operand::R(entry.home)
    }

    fn int_compare(&mut self, which: u16) -> Step<()> {
        let right = self.stack.pop()?;
        let left = self.stack.pop()?;
        let (mut x, mut y) = (self.int_operand(&left), self.int_operand(&right));
        let mut which = which;
        // A constant on the left, or the accumulator on the right: the mirrored condition.
        if matches!(x, Operand::K(_)) || (y == Operand::A && x != Operand::A) {
            if let Some(mirrored) = mirrored(which) {
                which = mirrored;
                std::mem::swap(&mut x, &mut y);
                x = self.in_register(x, &right);
                if x == Operand::A && y == Operand::A {
                    y = self.out_of_accumulator(y, &left);
                }
                return self.int_test(which, x, y, &left);
            }
            x = self.in_register(x, &left);
            y = self.out_of_accumulator(y, &right);
        }
        if x == Operand::A && y == Operand::A {
            y = self.out_of_accumulator(y, &right);
        }
        self.int_test(which, x, y, &right)
    }

    fn int_test(&mut self, which: u16, x: Operand, y: Operand, of_y: &Entry) -> Step<()> {
        let mut y = y;
        if let Operand::K(value) = y
            && i16::try_from(value as i64).is_err()
        {
            y = self.in_register(y, of_y);
        }
        let (form, b, c) = match (x, y) {
            (Operand::R(b), Operand::R(c)) => (Form::RR, b, c),
            (Operand::A, Operand::R(c)) => (Form::AR, 0, c),
            (Operand::R(b), Operand::K(value)) => (Form::RK, b, value as i16 as u16),
            (Operand::A, Operand::K(value)) => (Form::AK, 0, value as i16 as u16),
            _ => return Err(said!("an operand form that does not exist")),
        };
        if self.fuse(Test::Int {
            cond: which,
            form,
            a: b,
            b: c,
        })? {
            return Ok(());
        }
        self.stack.spill_int(&mut self.emit);
        let at = self.destination(Repr::Bool)?;
        self.emit.op(ops::int_compare(which, form), at, b, c);
        self.stack.int_mirror = Some(at);
        Ok(())
    }

    fn float_binary(&mut self, which: u16) -> Step<()> {
        let right = self.stack.pop()?;
        let left = self.stack.pop()?;
        let (mut x, mut y) = (self.float_operand(&left), self.float_operand(&right));
        let commutes = matches!(which, fop::ADD | fop::MUL);
        if commutes && (matches!(x, Operand::K(_)) || (y == Operand::A && x != Operand::A)) {
            std::mem::swap(&mut x, &mut y);
        }
        if let (Operand::K(a), Operand::K(b)) = (x, y) {
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            let value = match which {
                fop::ADD => a + b,
                fop::SUB => a - b,
                fop::MUL => a * b,
                _ => a / b,
            };
            self.stack.push(Repr::F64, Loc::Float(value.to_bits()))?;
            return Ok(());
        }
        if x == Operand::A && y == Operand::A {
            y = match right.register().or_else(|| left.register()) {
                Some(at) => Operand::R(at),
                None => {
                    self.emit.spill_float(right.home);
                    Operand::R(right.home)
                }
            };
        }
        self.stack.spill_float(&mut self.emit);
        let (form, b, c, wide) = match (x, y) {
            (Operand::R(b), Operand::R(c)) => (Form::RR, b, c, None),
            (Operand::A, Operand::R(c)) => (Form::AR, 0, c, None),
            (Operand::R(b), Operand::A) => (Form::RA, b, 0, None),
            (Operand::R(b), Operand::K(value)) => (Form::RK, b, 0, Some(value)),
            (Operand::A, Operand::K(value)) => (Form::AK, 0, 0, Some(value)),
            (Operand::K(value), Operand::R(c)) => (Form::KR, 0, c, Some(value)),
            (Operand::K(value), Operand::A) => (Form::KA, 0, 0, Some(value)),
            _ => return Err(said!("an operand form that does not exist")),
        };
        let (store, at) = match self.store_ahead(Repr::F64) {
            Some(at) => (true, at),
            None => (false, self.stack.push(Repr::F64, Loc::FloatAcc)?),
        };
        self.emit
            .op(ops::float_binary(which, form, store), at, b, c);
        if let Some(value) = wide {
            self.emit.wide(value);
        }
        self.stack.float_mirror = store.then_some(at);
        Ok(())
    }

    fn float_compare(&mut self, which: u16) -> Step<()> {
        let right = self.stack.pop()?;
        let left = self.stack.pop()?;
        let (mut x, mut y) = (self.float_operand(&left), self.float_operand(&right));
        let mut which = which;
        let (mut of_x, mut of_y) = (left, right);
        if matches!(x, Operand::K(_)) || (y == Operand::A && x != Operand::A) {
            which = match which {
                fcond::LT => fcond::GT,
                fcond::LE => fcond::GE,
                other => other,
            };
            std::mem::swap(&mut x, &mut y);
            std::mem::swap(&mut of_x, &mut of_y);
        }
        x = self.in_register(x, &of_x);
        if x == Operand::A && y == Operand::A {
            y = match of_y.register() {
                Some(at) => Operand::R(at),
                None => {
                    self.emit.spill_float(of_y.home);
                    Operand::R(of_y.home)
                }
            };
        }
        let (form, a, b, wide) = match (x, y) {
            (Operand::R(a), Operand::R(b)) => (Form::RR, a, b, None),
            (Operand::A, Operand::R(b)) => (Form::AR, 0, b, None),
            (Operand::R(a), Operand::K(value)) => (Form::RK, a, 0, Some(value)),
            (Operand::A, Operand::K(value)) => (Form::AK, 0, 0, Some(value)),
            _ => return Err(said!("an operand form that does not exist")),
        };
        if self.fuse(Test::Float {
            cond: which,
            form,
            a,
            b,
            wide,
        })? {
            return Ok(());
        }
        // Without a branch the compare takes two registers.
        let a = match x {
            Operand::R(at) => at,
            _ => match of_x.register() {
                Some(at) => at,
                None => {
                    self.emit.spill_float(of_x.home);
                    of_x.home
                }
            },
        };
        let b = match self.in_register(y, &of_y) {
            Operand::R(at) => at,
            _ => of_y.home,
        };
        self.stack.spill_int(&mut self.emit);
        let at = self.destination(Repr::Bool)?;
        self.emit.op(ops::float_compare(which), at, a, b);
        self.stack.int_mirror = Some(at);
        Ok(())
    }

    fn float_unary(&mut self, which: u32) -> Step<()> {
        let entry = self.stack.pop()?;
        let operand = self.float_operand(&entry);
        let operand = self.in_register(operand, &entry);
        self.stack.spill_float(&mut self.emit);
        let (acc, from) = match operand {
            Operand::R(at) => (false, at),
            _ => (true, 0),
        };
        let at = self.destination(Repr::F64)?;
        self.emit
            .op(ops::float_unary(which as u16, acc), at, from, 0);
        self.stack.float_mirror = Some(at);
        Ok(())
    }

    fn not(&mut self) -> Step<()> {
        let entry = self.stack.pop()?;
        if let Loc::Bool(value) = entry.loc {
            self.stack.push(Repr::Bool, Loc::Bool(!value))?;
            return Ok(());
        }
        let operand = self.int_operand(&entry);
        let from = match self.out_of_accumulator(operand, &entry) {
            Operand::R(at) => at,
            _ => entry.home,
        };
        self.stack.spill_int(&mut self.emit);
        let at = self.destination(Repr::Bool)?;
        self.emit.op(Rop::Not as u16, at, from, 0);
        self.stack.int_mirror = Some(at);
        Ok(())
    }

    fn dyn_arith(&mut self, which: u16) -> Step<()> {
        self.stack.spill(&mut self.emit);
        let finite = self.scripting();
        let count = self.stack.entries.len();
        let (left, right) = match self.stack.entries.as_slice() {
            [.., left, right] => (*left, *right),
            _ => return Err(said!("too few operands")),
        };
        let (form, b, c, wide, operands) = match (left.loc, right.loc) {
            (_, Loc::Int(value))
                if right.repr == Repr::I64
                    && left.is_pair()
                    && left.register().is_some()
                    && i16::try_from(value).is_ok() =>
            {
                let b = left.register().unwrap_or(left.home);
                (Form::RK, b, value as i16 as u16, None, vec![(Repr::Dyn, b)])
            }
            (_, Loc::Float(bits)) if left.is_pair() && left.register().is_some() => {
                let b = left.register().unwrap_or(left.home);
                (Form::RW, b, 0, Some(bits), vec![(Repr::Dyn, b)])
            }
            (Loc::Float(bits), _) if right.is_pair() && right.register().is_some() => {
                let c = right.register().unwrap_or(right.home);
                (Form::WR, 0, c, Some(bits), vec![(Repr::Dyn, c)])
            }
            _ => {
                let at = self
                    .stack
                    .operands(&mut self.emit, &[Repr::Dyn, Repr::Dyn])?;
                (
                    Form::RR,
                    at[0],
                    at[1],
                    None,
                    vec![(Repr::Dyn, at[0]), (Repr::Dyn, at[1])],
                )
            }
        };
        self.stack.entries.truncate(count - 2);
        self.stack.forget();
        let keep = self.stack.entries.len();
        let at = self.destination(Repr::Dyn)?;
        let word = self.emit.op(ops::dyn_arith(which, form, finite), at, b, c);
        if let Some(bits) = wide {
            self.emit.wide(bits);
        }
        self.safepoint(word, keep, &operands);
        Ok(())
    }

    fn dyn_quotient(&mut self, which: u16) -> Step<()> {
        let at = self
            .stack
            .operands(&mut self.emit, &[Repr::Dyn, Repr::Dyn])?;
        self.stack.pop()?;
        self.stack.pop()?;
        self.stack.forget();
        let keep = self.stack.entries.len();
        let to = self.destination(Repr::Dyn)?;
        let word = self
            .emit
            .op(ops::dyn_other(which, self.scripting()), to, at[0], at[1]);
        self.safepoint(word, keep, &[(Repr::Dyn, at[0]), (Repr::Dyn, at[1])]);
        Ok(())
    }

    fn dyn_compare(&mut self, which: u16) -> Step<()> {
        self.stack.spill(&mut self.emit);
        let count = self.stack.entries.len();
        let (left, right) = match self.stack.entries.as_slice() {
            [.., left, right] => (*left, *right),
            _ => return Err(said!("too few operands")),
        };
        let register = left.register().filter(|_| left.is_pair());
        let (form, a, b, wide, operands) = match (register, right.loc) {
            (Some(a), Loc::Int(value))
                if right.repr == Repr::I64 && i16::try_from(value).is_ok() =>
            {
                (Form::RK, a, value as i16 as u16, None, vec![(Repr::Dyn, a)])
            }
            (Some(a), Loc::Float(bits)) if self.branch_ahead() => {
                (Form::RW, a, 0, Some(bits), vec![(Repr::Dyn, a)])
            }
            _ => {
                let at = self
                    .stack
                    .operands(&mut self.emit, &[Repr::Dyn, Repr::Dyn])?;
                (
                    Form::RR,
                    at[0],
                    at[1],
                    None,
                    vec![(Repr::Dyn, at[0]), (Repr::Dyn, at[1])],
                )
            }
        };
        self.stack.entries.truncate(count - 2);
        self.stack.forget();
        if self.fuse(Test::Dyn {
            relation: which,
            form,
            a,
            b,
            wide,
            operands: operands.clone(),
        })? {
            return Ok(());
        }
        let keep = self.stack.entries.len();
        let at = self.destination(Repr::Bool)?;
        let word = self.emit.op(ops::dyn_compare(which, form), at, a, b);
        self.safepoint(word, keep, &operands);
        Ok(())
    }

    fn truthy(&mut self) -> Step<()> {
        let top = *self.stack.entries.last().ok_or(term!("no operand"))?;
        if top.repr == Repr::Bool {
            return Ok(());
        }
        let at = self.stack.operands(&mut self.emit, &[Repr::Dyn])?[0];
        self.stack.pop()?;
        self.stack.forget();
        if self.fuse(Test::Truthy { a: at })? {
            return Ok(());
        }
        let keep = self.stack.entries.len();
        let to = self.destination(Repr::Bool)?;
        let word = self.emit.op(Rop::Truthy as u16, to, at, 0);
        self.safepoint(word, keep, &[(Repr::Dyn, at)]);
        Ok(())
    }
}

/// The condition with its operands exchanged; `None` if there is none.
fn mirrored(which: u16) -> Option<u16> {
    Some(match which {
        cond::LT => cond::GT,
        cond::GE => cond::LE,
        cond::LE => cond::GE,
        cond::GT => cond::LT,
        cond::EQ => cond::EQ,
        cond::NE => cond::NE,
        _ => return None,
    })
}
