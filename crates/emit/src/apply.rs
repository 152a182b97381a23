//! Calls of known functions with any number of arguments, and assignment of many values at once.
//!
//! Arguments are on the stack already, evaluated from left to right; those that are needed later, and those above a
//! function value that must stand below them, wait in temporaries of their types.

use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use fzb::tables::FuncId;
use isa::Op;

impl FunctionBuilder<'_> {
    /// Pops one value per target, all of them before any is read again: the last target gets the top.
    pub fn store_all(&mut self, targets: &[Local]) {
        for target in targets.iter().rev() {
            self.store(*target);
        }
    }

    /// Takes the `count` topmost values away into temporaries, deepest first in the result.
    fn set_aside(&mut self, count: usize) -> Vec<Local> {
        let mut temps = Vec::new();
        for _ in 0..count {
            let Some(repr) = self.top() else {
                break;
            };
            let temp = self.temp_of(repr);
            self.store(temp);
            temps.push(temp);
        }
        temps.reverse();
        temps
    }

    fn bring_back(&mut self, temps: Vec<Local>) {
        for temp in &temps {
            self.load(*temp);
        }
        for temp in temps {
            self.free_temp(temp);
        }
    }

    /// Calls a function of this module, without captures, with `count` arguments: exactly its parameters by the typed
    /// entry, fewer as a partial application, more by calling the result with the rest.
    pub fn apply(&mut self, function: FuncId, count: usize) {
        if self.state.is_none() {
            return;
        }
        let Some(signature) = self.module.function_signature(function) else {
            return self.fail(EmitError::Operand {
                op: Op::Call,
                what: "a declared function",
            });
        };
        let wanted = signature.params.len();
        if self.height() < count {
            return self.fail(EmitError::Underflow { op: Op::Call });
        }
        if count == wanted {
            return self.call(function);
        }
        if count < wanted {
            let given = self.set_aside(count);
            self.op(Op::MakeClosure, &[function.0, 0]);
            self.bring_back(given);
            if count > 0 {
                let shape = self.module.positional_shape(count);
                self.op(Op::Partial, &[shape.0]);
            }
            return;
        }
        let rest = self.set_aside(count - wanted);
        self.call(function);
        let mut rest = rest.into_iter().peekable();
        // `call_closure` takes at most 255 arguments.
        while rest.peek().is_some() {
            let some: Vec<Local> = rest.by_ref().take(255).collect();
            let count = some.len() as u32;
            self.bring_back(some);
            self.call_closure(count);
        }
    }

    /// Returns the result of calling a function of this module: as a tail call where nothing is open that must stay, and
    /// the result is held like this function's.
    pub fn tail_call(&mut self, function: FuncId) {
        let Some(state) = &self.state else {
            return;
        };
        if state.regions.is_empty() && self.passes_result(function.0) {
            self.op(Op::TailCall, &[function.0]);
        } else {
            self.call(function);
            self.ret();
        }
    }

    /// Returns the result of calling the value below `count` arguments, as a tail call where that may be.
    pub fn tail_call_closure(&mut self, count: u32) {
        let Some(state) = &self.state else {
            return;
        };
        if state.regions.is_empty() && self.result == fzb::view::Repr::Dyn {
            self.op(Op::TailCallClosure, &[count]);
        } else {
            self.call_closure(count);
            self.ret();
        }
    }
}
