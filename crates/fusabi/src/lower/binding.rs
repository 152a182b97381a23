//! `let` and `use` in functions; parameters.

use isa::Op;

use super::code::{Code, Place, Want};
use super::function::plain;
use crate::tree::{Binding, ExprId, Pattern, PatternId, StmtKind};
use crate::typed::{Binds, FunctionId, LocalId, Meaning};

impl Code<'_, '_> {
    /// `let …` or `use …` among statements.
    pub fn binding_statement(&mut self, kind: StmtKind) {
        match kind {
            StmtKind::Let { bindings, .. } => {
                let bindings = self.tree().list(bindings);
                self.functions_of(bindings);
                for binding in bindings {
                    if self.local_function(binding).is_none() {
                        self.bind(binding.pattern, binding.body);
                    }
                }
            }
            StmtKind::Use { pattern, value } => self.bind(pattern, value),
            _ => {}
        }
    }

    /// The variable and function of `let f p = e`, or of a recursive `let f = fun …`.
    fn local_function(&self, binding: &Binding) -> Option<(LocalId, FunctionId)> {
        let Binds::Local(local) = self.file.bind(plain(self.file, binding.pattern)) else {
            return None;
        };
        let function = self.file.function(binding.pattern)?;
        Some((local, function))
    }

    /// Makes the functions of a group: those that are lifted need nothing, of the others first all closures, then what they
    /// capture of each other.
    fn functions_of(&mut self, bindings: &[Binding]) {
        let mut closures = Vec::new();
        for binding in bindings {
            let Some((local, function)) = self.local_function(binding) else {
                continue;
            };
            if !self.part.lifted.contains(self.file_index, local) {
                closures.push((local, function));
            }
        }
        for (local, function) in &closures {
            self.closure(*function);
            let place = self.declare(*local);
            self.f.store(place);
        }
        for (at, (local, function)) in closures.iter().enumerate() {
            let captured = self.part.captures(*function);
            for (index, wanted) in captured.iter().enumerate() {
                // What was made before has been captured already.
                let late = closures.iter().skip(at).any(|(other, _)| other == wanted);
                if !late {
                    continue;
                }
                self.load_local(*local);
                self.load_local(*wanted);
                self.f.op(Op::PatchCapture, &[index as u32]);
                if let Some(Place::Local(place)) = self.places.get(local).copied() {
                    self.f.store(place);
                } else {
                    self.f.pop();
                }
            }
        }
    }

    /// `let p = e`
    pub fn bind(&mut self, pattern: PatternId, value: ExprId) {
        let inner = plain(self.file, pattern);
        if let (Meaning::Function(function), Binds::Local(local)) =
            (self.meaning(self.bare(value)), self.file.bind(inner))
            && self.part.captures(function).contains(&local)
        {
            // A recursive lambda captures itself.
            return self.recursive_lambda(local, function);
        }
        match (self.file.bind(inner), self.tree().pattern(inner)) {
            (Binds::Plain, Pattern::Wildcard) => self.expr(value, Want::Nothing),
            _ => {
                self.value(value);
                self.store_pattern(inner);
            }
        }
    }

    fn recursive_lambda(&mut self, local: LocalId, function: FunctionId) {
        self.closure(function);
        let place = self.declare(local);
        self.f.store(place);
        let captured = self.part.captures(function);
        for (index, wanted) in captured.iter().enumerate() {
            if *wanted == local {
                self.f.load(place);
                self.f.load(place);
                self.f.op(Op::PatchCapture, &[index as u32]);
                self.f.store(place);
            }
        }
    }

    /// Pops a value into what a pattern binds; a value that does not match is a failure.
    pub fn store_pattern(&mut self, pattern: PatternId) {
        let pattern = plain(self.file, pattern);
        match (self.file.bind(pattern), self.tree().pattern(pattern)) {
            (Binds::Local(local), Pattern::Name(_)) => {
                let place = self.declare(local);
                self.f.store(place);
            }
            (Binds::Global(global), Pattern::Name(_)) => self.store_global(global),
            (Binds::Plain, Pattern::Wildcard) => self.f.pop(),
            _ => self.destructure(pattern),
        }
    }

    /// A parameter becomes what its pattern binds.
    pub fn parameter(&mut self, param: emit::Local, pattern: PatternId) {
        let pattern = plain(self.file, pattern);
        match (self.file.bind(pattern), self.tree().pattern(pattern)) {
            (Binds::Local(local), Pattern::Name(_)) => {
                self.places.insert(local, Place::Local(param));
            }
            (Binds::Plain | Binds::Silent, Pattern::Wildcard | Pattern::Literal(_)) => {}
            _ => {
                self.f.load(param);
                self.destructure(pattern);
            }
        }
    }

    /// Takes the value on the stack apart.
    fn destructure(&mut self, pattern: PatternId) {
        let held = self.part.held(self.file.pattern_type(pattern));
        self.f.coerce(held);
        let span = self.tree().pattern_span(pattern);
        self.match_one(pattern, span);
    }
}
