//! Variables of a [`Plan`] in a function's code: locals, cells, captures.

use crate::capture::Plan;
use crate::error::EmitError;
use crate::function::{FunctionBuilder, Local};
use crate::scope::{FnScope, Var};
use fzb::tables::{FuncId, TypeId};
use isa::Op;
use std::rc::Rc;

/// Where a variable is, seen from one function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Its value is in a local.
    Local(Local),
    /// Its cell is in a local.
    Cell(Local),
    /// Its value is a capture.
    Capture(u32),
    /// Its cell is a capture.
    CaptureCell(u32),
}

impl FunctionBuilder<'_> {
    pub(crate) fn enter_plan(&mut self, plan: Rc<Plan>, scope: FnScope) {
        for (index, var) in plan.captures(scope).iter().enumerate() {
            let index = index as u32;
            let place = if plan.is_cell(*var) {
                Place::CaptureCell(index)
            } else {
                Place::Capture(index)
            };
            self.places.insert(*var, place);
        }
        let wanted = plan.signature_captures(scope);
        if wanted != self.signature.captures {
            self.fail(EmitError::Invalid {
                what: "a signature with the captures of the plan",
            });
        }
        self.plan = Some((plan, scope));
    }

    fn var_type(&self, var: Var) -> TypeId {
        let info = self.plan.as_ref().and_then(|(plan, _)| plan.info(var));
        info.map_or(TypeId::DYN, |info| info.ty)
    }

    fn var_is_cell(&self, var: Var) -> bool {
        self.plan
            .as_ref()
            .is_some_and(|(plan, _)| plan.is_cell(var))
    }

    fn var_place(&mut self, var: Var) -> Option<Place> {
        let place = self.places.get(&var).copied();
        if place.is_none() {
            self.fail(EmitError::Invalid {
                what: "a variable that was declared in this function or captured",
            });
        }
        place
    }

    /// A local for the variable in the innermost open block: for its value or its cell.
    pub(crate) fn place_var(&mut self, var: Var) -> Place {
        let info = self.plan.as_ref().and_then(|(plan, _)| plan.info(var));
        let name = info.and_then(|info| info.name);
        let place = if self.var_is_cell(var) {
            Place::Cell(self.local(TypeId::REF, name))
        } else {
            let ty = self.var_type(var);
            Place::Local(self.local(ty, name))
        };
        self.places.insert(var, place);
        place
    }

    /// Declares a variable without a value, in the innermost open block. In a loop it is a new one in each turn.
    pub fn declare_var(&mut self, var: Var) {
        if let Place::Cell(local) = self.place_var(var) {
            self.unit();
            self.op(Op::CellNew, &[]);
            self.store(local);
        }
    }

    /// Declares a variable and pops its value into it.
    pub fn init_var(&mut self, var: Var) {
        match self.place_var(var) {
            Place::Cell(local) => {
                let ty = self.var_type(var);
                self.coerce(ty);
                self.op(Op::CellNew, &[]);
                self.store(local);
            }
            Place::Local(local) => self.store(local),
            Place::Capture(_) | Place::CaptureCell(_) => {}
        }
    }

    /// Declares a variable whose value is a parameter (0-based): the parameter itself, or a new cell with its value.
    pub fn init_param(&mut self, var: Var, index: u32) {
        if index as usize >= self.signature.params.len() {
            return self.fail(EmitError::Invalid {
                what: "a parameter that the function has",
            });
        }
        if self.var_is_cell(var) {
            self.load(Local(index));
            self.init_var(var);
        } else {
            self.places.insert(var, Place::Local(Local(index)));
        }
    }

    /// The local that holds a variable's value, if one does.
    pub fn var_local(&self, var: Var) -> Option<Local> {
        match self.places.get(&var) {
            Some(Place::Local(local)) => Some(*local),
            _ => None,
        }
    }

    /// Pushes a variable's value.
    pub fn load_var(&mut self, var: Var) {
        match self.var_place(var) {
            Some(Place::Local(local)) => self.load(local),
            Some(Place::Capture(index)) => self.op(Op::LoadCap, &[index]),
            Some(Place::Cell(_) | Place::CaptureCell(_)) => {
                self.load_raw(var);
                self.op(Op::CellGet, &[]);
                let ty = self.var_type(var);
                self.coerce(ty);
            }
            None => {}
        }
    }

    /// Pops into a variable. One that was captured by value cannot be stored to.
    pub fn store_var(&mut self, var: Var) {
        match self.var_place(var) {
            Some(Place::Local(local)) => self.store(local),
            Some(Place::Cell(_) | Place::CaptureCell(_)) => {
                let ty = self.var_type(var);
                self.coerce(ty);
                self.load_raw(var);
                self.swap();
                self.op(Op::CellSet, &[]);
            }
            Some(Place::Capture(_)) => self.fail(EmitError::Invalid {
                what: "an assignment that the scopes were told of",
            }),
            None => {}
        }
    }

    /// Pushes what a closure captures: the cell of a variable that has one, else its value.
    pub(crate) fn load_raw(&mut self, var: Var) {
        match self.var_place(var) {
            Some(Place::Local(local) | Place::Cell(local)) => self.load(local),
            Some(Place::Capture(index) | Place::CaptureCell(index)) => {
                self.op(Op::LoadCap, &[index]);
            }
            None => {}
        }
    }

    /// Pushes the captures of a function, in its order; gives their number. `make_routine` wants its home after them.
    pub fn push_captures(&mut self, scope: FnScope) -> u32 {
        let Some((plan, _)) = self.plan.clone() else {
            return 0;
        };
        let captures = plan.captures(scope);
        for var in captures {
            self.load_raw(*var);
        }
        captures.len() as u32
    }

    /// Pushes a closure of a function with the captures that its scope has.
    pub fn make_closure(&mut self, function: FuncId, scope: FnScope) {
        let count = self.push_captures(scope);
        self.op(Op::MakeClosure, &[function.0, count]);
    }
}
