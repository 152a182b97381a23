//! The tables of one file.

use super::formats::Format;
use super::ids::{FormatId, FunctionId, Index, LocalId, NameId, Table, TypeIndex};
use super::meaning::{ActivePattern, Binds, Meaning};
use super::values::Local;
use crate::Parsed;
use crate::tree::{ExprId, PatternId};

/// A file and what its nodes mean.
#[derive(Clone, Debug)]
pub struct TypedFile {
    /// Its name as the loader gave it: no path of the machine it was built on.
    pub name: Box<str>,
    /// Text and tree. The tree has the nodes of the parser and behind them those of desugared computations.
    pub parsed: Parsed,
    /// The module of its header, or the implicit one of a loaded file (§1.4); none for a main file without header.
    pub modules: Box<[NameId]>,
    /// One row per expression. Nodes that have no value of their own (`Silent`) have type `unit`.
    pub expr_types: Vec<TypeIndex>,
    /// One row per expression.
    pub meanings: Vec<Meaning>,
    /// One row per pattern.
    pub pattern_types: Vec<TypeIndex>,
    /// One row per pattern.
    pub binds: Vec<Binds>,
    /// Variables of the file's functions and steps.
    pub locals: Table<LocalId, Local>,
    /// Format strings.
    pub formats: Table<FormatId, Format>,
    /// Uses of active patterns.
    pub active: Vec<ActivePattern>,
    /// What the type parameters of a generic name are at a place: name nodes in ascending order with the types in the order of
    /// the parameters.
    pub instances: Vec<(ExprId, Box<[TypeIndex]>)>,
    /// Statements of computations that yield their value without the word `yield` (§1.10), in ascending order. They have their
    /// own meaning besides, so it cannot stand there; a plain one has [`Meaning::ImplicitYield`] instead.
    pub implicit_yields: Vec<ExprId>,
    /// Functions by the pattern that names them (the head of a binding), in ascending order.
    pub functions: Vec<(PatternId, FunctionId)>,
}

impl TypedFile {
    /// What an expression means.
    #[must_use]
    pub fn meaning(&self, id: ExprId) -> Meaning {
        self.meanings.get(id.index()).copied().unwrap_or_default()
    }

    /// The type of an expression.
    #[must_use]
    pub fn expr_type(&self, id: ExprId) -> TypeIndex {
        self.expr_types
            .get(id.index())
            .copied()
            .unwrap_or(TypeIndex::from_index(0))
    }

    /// What a pattern does.
    #[must_use]
    pub fn bind(&self, id: PatternId) -> Binds {
        self.binds.get(id.index()).copied().unwrap_or_default()
    }

    /// The type of what a pattern matches.
    #[must_use]
    pub fn pattern_type(&self, id: PatternId) -> TypeIndex {
        self.pattern_types
            .get(id.index())
            .copied()
            .unwrap_or(TypeIndex::from_index(0))
    }

    /// What a generic name's type parameters are at its place; none if it is not generic.
    #[must_use]
    pub fn instance(&self, id: ExprId) -> &[TypeIndex] {
        match self.instances.binary_search_by_key(&id, |row| row.0) {
            Ok(at) => self.instances.get(at).map_or(&[], |row| &row.1),
            Err(_) => &[],
        }
    }

    /// Whether a statement of a computation yields its value without the word `yield`.
    #[must_use]
    pub fn yields(&self, id: ExprId) -> bool {
        self.meaning(id) == Meaning::ImplicitYield
            || self.implicit_yields.binary_search(&id).is_ok()
    }

    /// The function that a binding's head names.
    #[must_use]
    pub fn function(&self, head: PatternId) -> Option<FunctionId> {
        let at = self
            .functions
            .binary_search_by_key(&head, |row| row.0)
            .ok()?;
        self.functions.get(at).map(|row| row.1)
    }
}
