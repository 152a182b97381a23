//! Captures: a variable that a closure uses is copied into it, unless someone may assign it after the closure exists;
//! then it lives in a cell that is made where the variable is declared, hence a fresh one in each turn of a loop
//! (docs/specs/machine.md §3 "Closures").

use crate::module::Capture;
use crate::scope::{FnInfo, FnScope, Var, VarInfo};
use fzb::tables::TypeId;

/// Which variables are cells, and what each function captures.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) vars: Vec<VarInfo>,
    pub(crate) functions: Vec<FnInfo>,
}

impl Plan {
    /// Does the variable live in a cell?
    pub fn is_cell(&self, var: Var) -> bool {
        self.info(var)
            .is_some_and(|info| info.captured && (info.assigned || !info.initialised))
    }

    /// Is it ever assigned beyond its initial value?
    pub fn is_assigned(&self, var: Var) -> bool {
        self.info(var).is_some_and(|info| info.assigned)
    }

    /// The variables that a function captures, in the order of its captures.
    pub fn captures(&self, scope: FnScope) -> &[Var] {
        self.functions
            .get(scope.0 as usize)
            .map_or(&[], |info| &info.captures)
    }

    /// The captures as the function's signature has them.
    pub fn signature_captures(&self, scope: FnScope) -> Vec<Capture> {
        self.captures(scope)
            .iter()
            .map(|var| Capture {
                ty: self.info(*var).map_or(TypeId::DYN, |info| info.ty),
                cell: self.is_cell(*var),
            })
            .collect()
    }

    pub(crate) fn info(&self, var: Var) -> Option<&VarInfo> {
        self.vars.get(var.0 as usize)
    }
}
