//! Scopes: which variable a name means, found in a walk over the program before its code is emitted.
//!
//! A front end opens functions and blocks as its language has them, declares names, and tells each read and assignment;
//! it keeps the [`Var`] that it got beside its own tree. [`Scopes::finish`] then knows which variables closures share
//! ([`crate::capture`]).

use crate::capture::Plan;
use fzb::tables::{NameId, TypeId};
use std::collections::{BTreeMap, HashMap};

/// A variable of the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Var(pub(crate) u32);

/// A function of the program, as scopes see it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct FnScope(pub(crate) u32);

/// What is known of a variable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VarInfo {
    pub ty: TypeId,
    pub name: Option<NameId>,
    pub owner: FnScope,
    /// It has its value from the moment it is declared.
    pub initialised: bool,
    pub assigned: bool,
    pub captured: bool,
}

/// The function around one, and what it captures in the order of first use.
#[derive(Clone, Debug, Default)]
pub(crate) struct FnInfo {
    pub parent: Option<FnScope>,
    pub captures: Vec<Var>,
}

enum Open {
    Function(FnScope),
    Block,
}

/// Resolves names and notes uses; see the module's description.
#[derive(Default)]
pub struct Scopes {
    vars: Vec<VarInfo>,
    functions: Vec<FnInfo>,
    open: Vec<(Open, HashMap<NameId, Var>)>,
    known: BTreeMap<(FnScope, Var), ()>,
    unmatched: bool,
}

impl Scopes {
    /// Nothing open.
    pub fn new() -> Scopes {
        Scopes::default()
    }

    /// The innermost open function.
    pub fn function(&self) -> Option<FnScope> {
        self.open.iter().rev().find_map(|(open, _)| match open {
            Open::Function(scope) => Some(*scope),
            Open::Block => None,
        })
    }

    /// Opens a function; its parameters are declared in it.
    pub fn open_function(&mut self) -> FnScope {
        let scope = FnScope(self.functions.len() as u32);
        self.functions.push(FnInfo {
            parent: self.function(),
            captures: Vec::new(),
        });
        self.open.push((Open::Function(scope), HashMap::new()));
        scope
    }

    /// Closes the innermost function.
    pub fn close_function(&mut self) {
        self.unmatched |= !matches!(self.open.pop(), Some((Open::Function(_), _)));
    }

    /// Opens a block.
    pub fn open_block(&mut self) {
        self.open.push((Open::Block, HashMap::new()));
    }

    /// Closes the innermost block.
    pub fn close_block(&mut self) {
        self.unmatched |= !matches!(self.open.pop(), Some((Open::Block, _)));
    }

    /// Declares a variable in the innermost block or function; `None` where no function is open. It hides others of the
    /// name. `initialised` says that it has its value before anything else can see it (a parameter, a loop's variable,
    /// `let`); a variable that a closure may see before its value, as in recursion, is not.
    pub fn declare(&mut self, name: Option<NameId>, ty: TypeId, initialised: bool) -> Option<Var> {
        let owner = self.function()?;
        let var = Var(self.vars.len() as u32);
        self.vars.push(VarInfo {
            ty,
            name,
            owner,
            initialised,
            assigned: false,
            captured: false,
        });
        if let (Some(name), Some((_, names))) = (name, self.open.last_mut()) {
            names.insert(name, var);
        }
        Some(var)
    }

    /// The variable that a name means here.
    pub fn lookup(&self, name: NameId) -> Option<Var> {
        self.open
            .iter()
            .rev()
            .find_map(|(_, names)| names.get(&name))
            .copied()
    }

    /// The variable of that name in the innermost function, whatever its blocks; not those around it.
    pub fn lookup_in_function(&self, name: NameId) -> Option<Var> {
        for (open, names) in self.open.iter().rev() {
            if let Some(var) = names.get(&name) {
                return Some(*var);
            }
            if matches!(open, Open::Function(_)) {
                return None;
            }
        }
        None
    }

    /// The innermost function reads a variable.
    pub fn read(&mut self, var: Var) {
        let Some(info) = self.vars.get_mut(var.0 as usize) else {
            return;
        };
        let owner = info.owner;
        let mut scope = self.open.iter().rev().find_map(|(open, _)| match open {
            Open::Function(scope) => Some(*scope),
            Open::Block => None,
        });
        while let Some(inner) = scope
            && inner != owner
        {
            info.captured = true;
            let Some(function) = self.functions.get_mut(inner.0 as usize) else {
                return;
            };
            if self.known.insert((inner, var), ()).is_none() {
                function.captures.push(var);
            }
            scope = function.parent;
        }
    }

    /// The innermost function assigns to a variable (beyond its initial value).
    pub fn assign(&mut self, var: Var) {
        self.read(var);
        if let Some(info) = self.vars.get_mut(var.0 as usize) {
            info.assigned = true;
        }
    }

    /// What was found; `None` if something is still open or was closed twice.
    pub fn finish(self) -> Option<Plan> {
        (self.open.is_empty() && !self.unmatched).then_some(Plan {
            vars: self.vars,
            functions: self.functions,
        })
    }
}
