//! Which local functions become functions of the module, with the variables that they capture as further parameters (lambda
//! lifting), and what the others capture.
//!
//! A local function is lifted if every use of it is a call with all its arguments: then nobody needs it as a value, and its
//! calls go by the typed entry. What a closure captured of a lifted function are the variables that it needs.

use std::rc::Rc;

use super::unit::Part;
use crate::id_map::{IdMap, IdSet};
use crate::tree::{Expr, ExprId};
use crate::typed::{
    Callee, FileIndex, FunctionId, FunctionOrigin, LocalId, Meaning, Operator, Program, TypedFile,
};

/// Local functions that are lifted, by file and variable.
#[derive(Debug, Default)]
pub(super) struct Lifted {
    functions: IdSet<(FileIndex, LocalId)>,
    named: IdMap<FunctionId, LocalId>,
}

impl Lifted {
    /// Looks through a program.
    pub fn of(program: &Program) -> Self {
        let mut found = Self::default();
        for (index, file) in program.files.iter() {
            let mut uses: IdMap<LocalId, u32> = IdMap::default();
            for meaning in &file.meanings {
                if let Meaning::Local(local) | Meaning::OperatorCall(Callee::Local(local)) = meaning
                {
                    *uses.entry(*local).or_default() += 1;
                }
            }
            let calls = saturated_calls(program, file);
            // Active patterns call theirs without an expression.
            let active: IdSet<LocalId> = file
                .active
                .iter()
                .filter_map(|active| match active.function {
                    Callee::Local(local) => Some(local),
                    _ => None,
                })
                .collect();
            for (local, row) in file.locals.iter() {
                let Some(function) = row.function else {
                    continue;
                };
                let named = program
                    .functions
                    .get(function)
                    .is_some_and(|function| matches!(function.origin, FunctionOrigin::Binding(_)));
                let all = uses.get(&local).copied().unwrap_or_default();
                let called = active.contains(&local);
                if named && !called && calls.get(&local).copied().unwrap_or_default() == all {
                    found.functions.insert((index, local));
                    found.named.insert(function, local);
                }
            }
        }
        found
    }

    /// Whether a variable is a lifted function.
    pub fn contains(&self, file: FileIndex, local: LocalId) -> bool {
        self.functions.contains(&(file, local))
    }

    /// Whether a function is lifted.
    pub fn is_lifted(&self, function: FunctionId) -> bool {
        self.named.contains_key(&function)
    }
}

/// How often each local function is called with at least as many arguments as it takes.
fn saturated_calls(program: &Program, file: &TypedFile) -> IdMap<LocalId, u32> {
    let tree = &file.parsed.tree;
    let mut calls: IdMap<LocalId, u32> = IdMap::default();
    let mut piped: IdSet<ExprId> = IdSet::default();
    let mut note = |callee: ExprId, count: usize| {
        if let (Expr::Name(_), Meaning::Local(local)) = (tree.expr(callee), file.meaning(callee)) {
            let function = file.locals.get(local).and_then(|row| row.function);
            let arity = function
                .and_then(|function| program.functions.get(function))
                .map_or(usize::MAX, |function| function.arity as usize);
            if count >= arity {
                *calls.entry(local).or_default() += 1;
            }
        }
    };
    for (id, expr) in tree.expressions() {
        if let (Expr::Binary { left, right, .. }, Meaning::Operator(operator, _)) =
            (expr, file.meaning(id))
        {
            let callee = match operator {
                Operator::Pipe => right,
                Operator::PipeBack => left,
                _ => continue,
            };
            if matches!(tree.expr(callee), Expr::Apply { .. }) {
                piped.insert(callee);
            }
            note(callee, 1);
        }
    }
    for (id, expr) in tree.expressions() {
        if let Expr::Apply { callee, args, .. } = expr
            && file.meaning(id) == Meaning::Plain
        {
            note(callee, args.len() + usize::from(piped.contains(&id)));
        }
    }
    calls
}

impl Part<'_> {
    /// The variables that a function gets from around it, in the order of its captures.
    pub fn captures(&self, id: FunctionId) -> Rc<[LocalId]> {
        if let Some(known) = self.captures.borrow().get(&id) {
            return known.clone();
        }
        let mut found: Vec<LocalId> = Vec::new();
        let mut seen: IdSet<LocalId> = IdSet::default();
        let mut functions: IdSet<FunctionId> = IdSet::from_iter([id]);
        let mut work = vec![id];
        while let Some(at) = work.pop() {
            let Some(function) = self.program.functions.get(at) else {
                continue;
            };
            let file = self.program.files.get(function.file);
            for &local in &function.captures {
                if !self.lifted.contains(function.file, local) {
                    if at != id && self.belongs(function.file, local, id) {
                        continue;
                    }
                    if seen.insert(local) {
                        found.push(local);
                    }
                    continue;
                }
                let inner = file
                    .and_then(|file| file.locals.get(local))
                    .and_then(|row| row.function);
                if let Some(inner) = inner
                    && functions.insert(inner)
                {
                    work.push(inner);
                }
            }
        }
        let found: Rc<[LocalId]> = found.into();
        self.captures.borrow_mut().insert(id, found.clone());
        found
    }

    /// Whether a variable is one of the function itself.
    fn belongs(&self, file: FileIndex, local: LocalId, function: FunctionId) -> bool {
        self.program
            .files
            .get(file)
            .and_then(|file| file.locals.get(local))
            .is_some_and(|row| row.owner == Some(function))
    }
}
