//! Scopes and modules: what a name stands for at a place.

use std::hash::Hash;

use crate::id_map::IdMap;
use crate::typed::{
    Builder, CaseId, DefinedId, GlobalId, HostId, Index, LibraryId, LocalId, NameId,
};

/// What a name in an expression stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// A variable.
    Local(LocalId),
    /// A module's value.
    Global(GlobalId),
    /// The standard library's: the first of as many overloads.
    Library(LibraryId, u32),
    /// The host's.
    Host(HostId),
    /// A case or exception.
    Case(CaseId),
    /// A case of an enum.
    EnumCase(DefinedId, u32),
    /// The constructor of an object type.
    Construct(DefinedId),
    /// A builder of the language.
    Builder(Builder),
    /// A case of the active pattern around it.
    ActiveResult(u32, u32),
}

/// What a name in a pattern stands for, if it is no variable.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PatternName {
    /// A case or exception.
    Case(CaseId),
    /// A case of an enum.
    EnumCase(DefinedId, u32),
    /// `[<Literal>]`
    Literal(GlobalId),
    /// A case of an active pattern: a row of the checker's.
    Active(u32, u32),
}

/// What a name in a type stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TypeName {
    /// A declared type.
    Defined(DefinedId),
    /// An abbreviation: a row of the checker's.
    Abbreviation(u32),
}

/// A module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ModuleId(pub u32);

/// What a module has.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Values.
    pub values: IdMap<NameId, Value>,
    /// What patterns can name.
    pub patterns: IdMap<NameId, PatternName>,
    /// Types.
    pub types: IdMap<NameId, TypeName>,
    /// Modules of one name are looked through from the last to the first.
    pub modules: IdMap<NameId, Vec<ModuleId>>,
    /// Records, in order.
    pub records: Vec<DefinedId>,
}

/// Bindings that end with their scope.
#[derive(Debug)]
struct Scoped<V> {
    map: IdMap<NameId, Vec<V>>,
    log: Vec<NameId>,
}

impl<V> Default for Scoped<V> {
    fn default() -> Self {
        Self {
            map: IdMap::default(),
            log: Vec::new(),
        }
    }
}

impl<V: Clone> Scoped<V> {
    fn bind(&mut self, name: NameId, value: V) {
        self.map.entry(name).or_default().push(value);
        self.log.push(name);
    }

    fn get(&self, name: NameId) -> Option<&V> {
        self.map.get(&name).and_then(|stack| stack.last())
    }

    fn back_to(&mut self, mark: usize) {
        while self.log.len() > mark {
            if let Some(name) = self.log.pop()
                && let Some(stack) = self.map.get_mut(&name)
            {
                stack.pop();
            }
        }
    }
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub struct ScopeMark(usize, usize, usize, usize, usize);

/// The names in scope.
#[derive(Debug, Default)]
pub struct Env {
    values: Scoped<Value>,
    patterns: Scoped<Option<PatternName>>,
    types: Scoped<TypeName>,
    modules: Scoped<ModuleId>,
    /// Declared records in scope, the latest last.
    pub records: Vec<DefinedId>,
}

impl Env {
    /// Begins a scope.
    #[must_use]
    pub fn mark(&self) -> ScopeMark {
        ScopeMark(
            self.values.log.len(),
            self.patterns.log.len(),
            self.types.log.len(),
            self.modules.log.len(),
            self.records.len(),
        )
    }

    /// Ends a scope.
    pub fn back_to(&mut self, mark: ScopeMark) {
        self.values.back_to(mark.0);
        self.patterns.back_to(mark.1);
        self.types.back_to(mark.2);
        self.modules.back_to(mark.3);
        self.records.truncate(mark.4);
    }

    /// Binds a value.
    pub fn bind(&mut self, name: NameId, value: Value) {
        self.values.bind(name, value);
    }

    /// Binds what patterns can name; `None` hides it.
    pub fn bind_pattern(&mut self, name: NameId, value: Option<PatternName>) {
        self.patterns.bind(name, value);
    }

    /// Binds a type.
    pub fn bind_type(&mut self, name: NameId, ty: TypeName) {
        self.types.bind(name, ty);
    }

    /// Binds a module; older ones of its name stay reachable behind it.
    pub fn bind_module(&mut self, name: NameId, module: ModuleId) {
        self.modules.bind(name, module);
    }

    /// The value of a name.
    #[must_use]
    pub fn value(&self, name: NameId) -> Option<Value> {
        self.values.get(name).copied()
    }

    /// What a name in a pattern stands for.
    #[must_use]
    pub fn pattern(&self, name: NameId) -> Option<PatternName> {
        self.patterns.get(name).copied().flatten()
    }

    /// The type of a name.
    #[must_use]
    pub fn ty(&self, name: NameId) -> Option<TypeName> {
        self.types.get(name).copied()
    }

    /// The modules of a name, the latest last.
    #[must_use]
    pub fn modules(&self, name: NameId) -> &[ModuleId] {
        self.modules.map.get(&name).map_or(&[], Vec::as_slice)
    }

    /// All names of values in scope, for "did you mean".
    pub fn value_names(&self) -> impl Iterator<Item = NameId> + '_ {
        live(&self.values.map)
    }

    /// All names of types in scope.
    pub fn type_names(&self) -> impl Iterator<Item = NameId> + '_ {
        live(&self.types.map)
    }
}

fn live<K: Copy + Eq + Hash, V>(map: &IdMap<K, Vec<V>>) -> impl Iterator<Item = K> + '_ {
    map.iter()
        .filter(|(_, stack)| !stack.is_empty())
        .map(|(&name, _)| name)
}

/// All modules of a program.
#[derive(Debug, Default)]
pub struct Modules {
    modules: Vec<Module>,
}

impl Modules {
    /// Adds a module.
    pub fn add(&mut self, module: Module) -> ModuleId {
        self.modules.push(module);
        ModuleId((self.modules.len() - 1) as u32)
    }

    /// A module.
    #[must_use]
    pub fn get(&self, id: ModuleId) -> Option<&Module> {
        self.modules.get(id.0 as usize)
    }

    /// A module, to change it.
    pub fn get_mut(&mut self, id: ModuleId) -> Option<&mut Module> {
        self.modules.get_mut(id.0 as usize)
    }

    /// What the last of some modules has under a name.
    pub fn find<T: Copy>(
        &self,
        among: &[ModuleId],
        what: impl Fn(&Module) -> Option<T>,
    ) -> Option<T> {
        among
            .iter()
            .rev()
            .filter_map(|&id| self.get(id))
            .find_map(what)
    }

    /// The modules of that name in some modules.
    #[must_use]
    pub fn inner(&self, among: &[ModuleId], name: NameId) -> Vec<ModuleId> {
        among
            .iter()
            .filter_map(|&id| self.get(id))
            .filter_map(|module| module.modules.get(&name))
            .flatten()
            .copied()
            .collect()
    }

    /// Brings what a module has into scope.
    pub fn open(&self, id: ModuleId, env: &mut Env) {
        let Some(module) = self.get(id) else { return };
        // In the order of names, so that nothing depends on the order of a hash table.
        for (name, value) in sorted(&module.values) {
            env.bind(name, value);
        }
        for (name, pattern) in sorted(&module.patterns) {
            env.bind_pattern(name, Some(pattern));
        }
        for (name, ty) in sorted(&module.types) {
            env.bind_type(name, ty);
        }
        for (name, inner) in sorted(&module.modules) {
            for module in inner {
                env.bind_module(name, module);
            }
        }
        env.records.extend_from_slice(&module.records);
    }
}

fn sorted<V: Clone>(map: &IdMap<NameId, V>) -> Vec<(NameId, V)> {
    let mut list: Vec<_> = map
        .iter()
        .map(|(&name, value)| (name, value.clone()))
        .collect();
    list.sort_by_key(|(name, _)| name.index());
    list
}
