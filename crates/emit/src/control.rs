//! Structured control: conditions, loops with break and continue, short circuit, `try … catch`, and every way out of
//! them.
//!
//! Each `open_…` is closed by its `close_…`; they nest. A way out (`ret`, [`FunctionBuilder::break_`],
//! [`FunctionBuilder::continue_`]) drops what the loops and tries that it leaves kept on the stack, closes their try
//! regions, and goes through the bodies of their `finally`.

use crate::error::EmitError;
use crate::function::FunctionBuilder;
use crate::item::Instr;
use crate::label::Label;
use fzb::tables::TypeId;
use fzb::view::Repr;
use isa::Op;

/// An open loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loop(u32);

/// Kinds of short circuit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Short {
    /// Bools: the right side only if the left is true.
    And,
    /// Bools: the right side only if the left is false.
    Or,
    /// Any values: the left one if it is not truthy, else the right one.
    AndValue,
    /// Any values: the left one if it is truthy, else the right one.
    OrValue,
    /// Any values: the left one unless it is empty, else the right one.
    Coalesce,
}

/// Something open.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Frame {
    If {
        otherwise: Option<Label>,
        end: Label,
    },
    Loop {
        id: u32,
        head: Label,
        next: Label,
        next_bound: bool,
        end: Label,
        next_height: usize,
        end_height: usize,
    },
    Short {
        end: Label,
        /// Pushed where the left side decides, for bools.
        decided: Option<(Label, bool)>,
    },
    Try {
        handler: Label,
        end: Label,
        base: usize,
    },
    Catch {
        end: Label,
    },
    Finally(usize),
    FinallyBody(usize),
}

/// A way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Leaves the function by that instruction; its value, if it takes one, waits in the return slot.
    Function(Op),
    /// Goes to a label inside the first `depth` frames, at that height.
    Label {
        target: Label,
        height: usize,
        depth: usize,
    },
}

impl FunctionBuilder<'_> {
    fn unmatched(&mut self, what: &'static str) {
        self.fail(EmitError::Nesting { what });
    }

    // Conditions

    /// Pops a bool; what follows runs if it is true.
    pub fn open_if(&mut self) {
        let (otherwise, end) = (self.label(), self.label());
        self.jump_if_not(otherwise);
        self.frames.push(Frame::If {
            otherwise: Some(otherwise),
            end,
        });
    }

    /// What follows runs if the condition was false.
    pub fn otherwise(&mut self) {
        match self.frames.pop() {
            Some(Frame::If {
                otherwise: Some(otherwise),
                end,
            }) => {
                self.jump(end);
                self.bind(otherwise);
                self.frames.push(Frame::If {
                    otherwise: None,
                    end,
                });
            }
            _ => self.unmatched("otherwise"),
        }
    }

    /// Both branches meet. Values that they left must be equal in number; differing representations are boxed.
    pub fn close_if(&mut self) {
        match self.frames.pop() {
            Some(Frame::If { otherwise, end }) => {
                if let Some(otherwise) = otherwise {
                    self.bind(otherwise);
                }
                self.bind(end);
            }
            _ => self.unmatched("close_if"),
        }
    }

    /// The left side of a short circuit is on the stack; what follows is the right side.
    pub fn open_short(&mut self, kind: Short) {
        let end = self.label();
        let mut decided = None;
        match kind {
            Short::And | Short::Or => {
                let label = self.label();
                if kind == Short::And {
                    self.jump_if_not(label);
                } else {
                    self.jump_if(label);
                }
                decided = Some((label, kind == Short::Or));
            }
            Short::AndValue | Short::OrValue => {
                self.dup();
                self.op(Op::Truthy, &[]);
                if kind == Short::AndValue {
                    self.jump_if_not(end);
                } else {
                    self.jump_if(end);
                }
                self.pop();
            }
            Short::Coalesce => {
                self.dup();
                self.unit();
                self.op(Op::Same, &[]);
                self.jump_if_not(end);
                self.pop();
            }
        }
        self.frames.push(Frame::Short { end, decided });
    }

    /// The right side is on the stack; leaves the result.
    pub fn close_short(&mut self) {
        match self.frames.pop() {
            Some(Frame::Short { end, decided }) => {
                if let Some((label, value)) = decided {
                    self.coerce(TypeId::BOOL);
                    self.jump(end);
                    self.bind(label);
                    self.push_bool(value);
                }
                self.bind(end);
            }
            _ => self.unmatched("close_short"),
        }
    }

    // Loops

    /// Opens an endless loop; [`FunctionBuilder::break_`] and [`FunctionBuilder::break_if_not`] leave it.
    pub fn open_loop(&mut self) -> Loop {
        let height = self.height();
        let (head, end) = (self.label(), self.label());
        self.bind(head);
        self.push_loop(head, end, height, height)
    }

    fn push_loop(
        &mut self,
        head: Label,
        end: Label,
        next_height: usize,
        end_height: usize,
    ) -> Loop {
        let next = self.label();
        // A label's number is that of no other loop.
        let id = head.0;
        self.frames.push(Frame::Loop {
            id,
            head,
            next,
            next_bound: false,
            end,
            next_height,
            end_height,
        });
        Loop(id)
    }

    /// Pops a collection and opens a loop over it: `mode` as in `iter_new` (0 values, 1 values and indexes, 2 values and
    /// keys, 3 keys). The body begins with the value, in modes 1 and 2 with its index or key on top of it.
    pub fn open_iter(&mut self, mode: u32) -> Loop {
        self.op(Op::IterNew, &[mode]);
        let height = self.height();
        let (head, end) = (self.label(), self.label());
        self.bind(head);
        self.iter_next(matches!(mode, 1 | 2), end);
        self.push_loop(head, end, height, height.saturating_sub(1))
    }

    /// What follows up to `close_loop` is the step: `continue` comes here.
    pub fn begin_step(&mut self) {
        let next = match self.frames.last_mut() {
            Some(Frame::Loop {
                next, next_bound, ..
            }) if !*next_bound => {
                *next_bound = true;
                *next
            }
            _ => return self.unmatched("begin_step"),
        };
        self.bind(next);
    }

    /// Goes back to the beginning of the loop; what follows comes after it.
    pub fn close_loop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Loop {
                head,
                next,
                next_bound,
                end,
                ..
            }) => {
                if !next_bound {
                    self.bind(next);
                }
                self.jump(head);
                self.bind(end);
            }
            _ => self.unmatched("close_loop"),
        }
    }

    fn loop_exit(&self, wanted: Loop, ends: bool) -> Option<Exit> {
        self.frames
            .iter()
            .enumerate()
            .find_map(|(index, frame)| match frame {
                Frame::Loop {
                    id,
                    next,
                    end,
                    next_height,
                    end_height,
                    ..
                } if *id == wanted.0 => Some(Exit::Label {
                    target: if ends { *end } else { *next },
                    height: if ends { *end_height } else { *next_height },
                    depth: index + 1,
                }),
                _ => None,
            })
    }

    /// Leaves a loop.
    pub fn break_(&mut self, wanted: Loop) {
        match self.loop_exit(wanted, true) {
            Some(exit) => self.leave(exit),
            None => self.unmatched("break"),
        }
    }

    /// Goes on with the next turn of a loop.
    pub fn continue_(&mut self, wanted: Loop) {
        match self.loop_exit(wanted, false) {
            Some(exit) => self.leave(exit),
            None => self.unmatched("continue"),
        }
    }

    /// Pops a bool and leaves the loop if it is false.
    pub fn break_if_not(&mut self, wanted: Loop) {
        let go_on = self.label();
        self.jump_if(go_on);
        self.break_(wanted);
        self.bind(go_on);
    }

    /// The innermost open loop.
    pub fn innermost_loop(&self) -> Option<Loop> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Loop { id, .. } => Some(Loop(*id)),
            _ => None,
        })
    }

    // Try and catch

    /// What follows is guarded: a throw or a fault that may be caught goes to the handler.
    pub fn open_try(&mut self) {
        let (handler, end) = (self.label(), self.label());
        let base = self.height();
        self.push_try(false, handler);
        self.frames.push(Frame::Try { handler, end, base });
    }

    /// The guarded code ends; what follows is the handler, which begins with the error on the stack.
    pub fn begin_catch(&mut self) {
        match self.frames.pop() {
            Some(Frame::Try { handler, end, .. }) => {
                self.pop_try();
                self.jump(end);
                self.bind(handler);
                self.frames.push(Frame::Catch { end });
            }
            _ => self.unmatched("begin_catch"),
        }
    }

    /// The handler ends. It and the guarded code must have left equally many values.
    pub fn close_try(&mut self) {
        match self.frames.pop() {
            Some(Frame::Catch { end }) => self.bind(end),
            _ => self.unmatched("close_try"),
        }
    }

    // Ways out

    pub(crate) fn drop_to(&mut self, height: usize) {
        if self.state.is_some() && self.height() < height {
            self.unmatched("a value that a loop or try keeps");
        }
        while self.height() > height {
            if self.top() == Some(Repr::Tok) {
                // Only `pop` itself takes a pending completion, and abandons it.
                self.take(Op::Pop, 1);
                self.put(Instr::counted(Op::Pop, &[], 1, 0));
                continue;
            }
            let before = self.height();
            self.pop();
            if self.height() >= before {
                return;
            }
        }
    }

    /// Leaves by a way out, as far as the innermost `finally` that it crosses.
    pub(crate) fn leave(&mut self, exit: Exit) {
        let depth = match exit {
            Exit::Function(_) => 0,
            Exit::Label { depth, .. } => depth,
        };
        for index in (depth..self.frames.len()).rev() {
            if self.state.is_none() {
                return;
            }
            match self.frames.get(index).copied() {
                Some(Frame::Try { base, .. }) => {
                    self.drop_to(base);
                    self.pop_try();
                }
                Some(Frame::Finally(number)) => return self.leave_by_finally(number, exit),
                _ => {}
            }
        }
        match exit {
            Exit::Label { target, height, .. } => {
                self.drop_to(height);
                self.jump(target);
            }
            Exit::Function(op) => {
                self.drop_to(0);
                if op != Op::RetMiss
                    && let Some(slot) = self.return_slot
                {
                    self.load(slot);
                }
                self.return_now(op);
            }
        }
    }

    /// Returns from height 1 (0 for `ret_miss`) with nothing open.
    fn return_now(&mut self, op: Op) {
        if self.state.is_none() {
            return;
        }
        let result = match self.effect(op, &[0; 4]) {
            Ok(effect) => self.adapt(op, &effect.wants).map(|()| effect),
            Err(error) => Err(error),
        };
        match result {
            Ok(effect) => self.put_effect(Instr::new(op, &[]), &effect),
            Err(error) => self.fail(error),
        }
        self.state = None;
    }

    /// `ret`, `halt`, `ret_peek`, `ret_miss` from anywhere.
    pub(crate) fn leave_function(&mut self, op: Op) {
        let in_region = self.state.as_ref().is_some_and(|s| !s.regions.is_empty());
        let takes = usize::from(op != Op::RetMiss);
        if !in_region && self.height() == takes {
            return self.return_now(op);
        }
        if takes == 1 {
            let slot = match self.return_slot {
                Some(slot) => slot,
                None => {
                    let slot = self.carrier(self.result);
                    self.return_slot = Some(slot);
                    slot
                }
            };
            self.coerce_repr(self.result, op.info().name);
            self.store(slot);
        }
        self.leave(Exit::Function(op));
    }
}
