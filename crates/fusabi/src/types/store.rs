//! Nodes, variables, and the trail that undoes an attempt.

use super::numbers::NumberSet;
use crate::typed::{DefinedId, NameId, ParameterId, Requirement};

/// A type under inference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ty(u32);

impl Ty {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A list in one of the pools.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Items {
    start: u32,
    len: u32,
}

impl Items {
    const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }

    /// How many.
    #[must_use]
    pub const fn len(self) -> usize {
        self.len as usize
    }
}

/// What a type is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Node {
    /// The same as another.
    Link(Ty),
    /// Not known yet.
    Variable(Variable),
    /// A type parameter of a generalised value.
    Parameter(ParameterId),
    /// A declared type and its arguments.
    Named(DefinedId, Items),
    /// `a -> b`
    Function(Ty, Ty),
    /// Two or more.
    Tuple(Items),
    /// A structural record: fields in the pool of fields, sorted by text.
    Record(Items),
}

/// What is known of an unknown type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Variable {
    /// How deep in `let`s it was made: it can be generalised only outside of that.
    pub level: u32,
    /// Which types it may be.
    pub numbers: NumberSet,
    /// What its values must be able to do.
    pub requires: Requirement,
    /// Fields and members that it must have: a row of the rows, if any.
    pub row: Option<u32>,
    /// It can only be a record: it comes from a generalised value whose code finds fields by name.
    pub only_record: bool,
    /// `'a` as it was written.
    pub name: Option<NameId>,
}

/// A type that became known must have a field or member of that type; the checker sees to it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Obligation {
    /// The type that became known.
    pub owner: Ty,
    /// The field.
    pub name: NameId,
    /// What it must be.
    pub ty: Ty,
    /// Code finds it by name at run time: only a field of a record will do, no method.
    pub only_field: bool,
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    trail: usize,
    pending: usize,
}

/// All types of a run.
#[derive(Debug, Default)]
pub struct Types {
    nodes: Vec<Node>,
    seen: Vec<u32>,
    epoch: u32,
    items: Vec<Ty>,
    fields: Vec<(NameId, Ty)>,
    rows: Vec<Box<[(NameId, Ty)]>>,
    trail: Vec<(Ty, Node)>,
    attempts: u32,
    /// What unification left for the checker to do.
    pub pending: Vec<Obligation>,
    /// How deep in `let`s the checker is.
    pub level: u32,
    /// Types that are no comparison's business: they hold functions.
    pub incomparable: Vec<DefinedId>,
}

/// So many nodes a program's types may have: 4 million, about 130 MB. A few lines of adversarial code make more.
const MOST_NODES: usize = 4 << 20;

impl Types {
    /// Whether there are so many that the program is refused.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.nodes.len() >= MOST_NODES
    }

    /// How many nodes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds a node.
    pub fn add(&mut self, node: Node) -> Ty {
        let ty = Ty(self.nodes.len() as u32);
        self.nodes.push(node);
        self.seen.push(0);
        ty
    }

    /// A new variable.
    pub fn fresh(&mut self) -> Ty {
        self.fresh_number(NumberSet::ANY)
    }

    /// A new variable for one of those types.
    pub fn fresh_number(&mut self, numbers: NumberSet) -> Ty {
        let level = self.level;
        self.add(Node::Variable(Variable {
            level,
            numbers,
            requires: Requirement::Nothing,
            row: None,
            only_record: false,
            name: None,
        }))
    }

    /// A declared type.
    pub fn named(&mut self, id: DefinedId, args: &[Ty]) -> Ty {
        let items = self.add_items(args);
        self.add(Node::Named(id, items))
    }

    /// A function of one argument.
    pub fn function(&mut self, from: Ty, to: Ty) -> Ty {
        self.add(Node::Function(from, to))
    }

    /// A function of several arguments one after the other.
    pub fn functions(&mut self, params: &[Ty], result: Ty) -> Ty {
        params
            .iter()
            .rev()
            .fold(result, |to, &from| self.function(from, to))
    }

    /// A tuple; one part is that part, none is `unit`.
    pub fn tuple(&mut self, parts: &[Ty]) -> Ty {
        match parts {
            [] => self.named(DefinedId::UNIT, &[]),
            [one] => *one,
            _ => {
                let items = self.add_items(parts);
                self.add(Node::Tuple(items))
            }
        }
    }

    /// A structural record; the fields must be sorted by text.
    pub fn record(&mut self, fields: &[(NameId, Ty)]) -> Ty {
        let start = self.fields.len() as u32;
        self.fields.extend_from_slice(fields);
        let len = fields.len() as u32;
        self.add(Node::Record(Items { start, len }))
    }

    pub(super) fn add_items(&mut self, parts: &[Ty]) -> Items {
        let start = self.items.len() as u32;
        self.items.extend_from_slice(parts);
        Items {
            start,
            len: parts.len() as u32,
        }
    }

    /// The parts of a list.
    #[must_use]
    pub fn items(&self, items: Items) -> &[Ty] {
        self.items.get(items.range()).unwrap_or(&[])
    }

    /// The fields of a list.
    #[must_use]
    pub fn fields(&self, items: Items) -> &[(NameId, Ty)] {
        self.fields.get(items.range()).unwrap_or(&[])
    }

    /// The fields that a variable must have.
    #[must_use]
    pub fn row(&self, row: Option<u32>) -> &[(NameId, Ty)] {
        row.and_then(|row| self.rows.get(row as usize))
            .map_or(&[], |row| row)
    }

    /// Stores the fields that a variable must have.
    pub fn add_row(&mut self, fields: Vec<(NameId, Ty)>) -> u32 {
        self.rows.push(fields.into());
        (self.rows.len() - 1) as u32
    }

    /// What stands for a type at last.
    #[must_use]
    pub fn root(&self, ty: Ty) -> Ty {
        let mut at = ty;
        while let Some(&Node::Link(next)) = self.nodes.get(at.index()) {
            at = next;
        }
        at
    }

    /// The root, with the way to it shortened.
    pub fn find(&mut self, ty: Ty) -> Ty {
        let root = self.root(ty);
        // Shortened ways are no change of meaning, but an undone attempt would leave them dangling.
        if self.attempts == 0 {
            let mut at = ty;
            while let Some(Node::Link(next)) = self.nodes.get_mut(at.index()) {
                at = std::mem::replace(next, root);
            }
        }
        root
    }

    /// What a type is.
    #[must_use]
    pub fn node(&self, ty: Ty) -> Node {
        let root = self.root(ty);
        self.nodes
            .get(root.index())
            .copied()
            .unwrap_or(Node::Link(root))
    }

    /// The variable that a type is.
    #[must_use]
    pub fn variable(&self, ty: Ty) -> Option<Variable> {
        match self.node(ty) {
            Node::Variable(variable) => Some(variable),
            _ => None,
        }
    }

    /// The declared type that it is, and its arguments.
    #[must_use]
    pub fn as_named(&self, ty: Ty) -> Option<(DefinedId, &[Ty])> {
        match self.node(ty) {
            Node::Named(id, items) => Some((id, self.items(items))),
            _ => None,
        }
    }

    /// The unknown types in a type, each once, in the order in which they are written.
    #[must_use]
    pub fn unknowns(&self, ty: Ty) -> Vec<Ty> {
        let mut found = Vec::new();
        let mut work = vec![ty];
        let mut parts = Vec::new();
        while let Some(ty) = work.pop() {
            let root = self.root(ty);
            let node = self.node(root);
            if matches!(node, Node::Variable(_)) {
                if !found.contains(&root) {
                    found.push(root);
                }
                continue;
            }
            parts.clear();
            self.push_parts(node, &mut parts);
            work.extend(parts.iter().rev());
        }
        found
    }

    /// The declared type that it is.
    #[must_use]
    pub fn defined(&self, ty: Ty) -> Option<DefinedId> {
        self.as_named(ty).map(|(id, _)| id)
    }

    /// Changes a root.
    pub(super) fn set(&mut self, root: Ty, node: Node) {
        if let Some(place) = self.nodes.get_mut(root.index()) {
            let old = std::mem::replace(place, node);
            if self.attempts > 0 {
                self.trail.push((root, old));
            }
        }
    }

    /// Turns the root of a variable into something else, for good.
    pub fn solve(&mut self, ty: Ty, node: Node) {
        let root = self.root(ty);
        self.set(root, node);
    }

    /// Begins an attempt that can be undone.
    pub fn attempt(&mut self) -> Mark {
        self.attempts += 1;
        Mark {
            trail: self.trail.len(),
            pending: self.pending.len(),
        }
    }

    /// Keeps what an attempt did.
    pub fn keep(&mut self, _mark: Mark) {
        self.attempts = self.attempts.saturating_sub(1);
        if self.attempts == 0 {
            self.trail.clear();
        }
    }

    /// Undoes an attempt.
    pub fn undo(&mut self, mark: Mark) {
        while self.trail.len() > mark.trail {
            if let Some((ty, node)) = self.trail.pop()
                && let Some(place) = self.nodes.get_mut(ty.index())
            {
                *place = node;
            }
        }
        self.pending.truncate(mark.pending);
        self.keep(mark);
    }

    /// Makes unknown numbers what they are by default (§2.2 b). Only when nothing more can say what they are.
    pub fn default_numbers(&mut self) {
        for at in 0..self.nodes.len() {
            let Some(&Node::Variable(variable)) = self.nodes.get(at) else {
                continue;
            };
            if let Some(id) = variable.numbers.default_type()
                && variable.numbers.is_constraint()
            {
                let items = self.add_items(&[]);
                self.set(Ty(at as u32), Node::Named(id, items));
            }
        }
    }

    /// Begins a walk.
    pub(super) fn begin_walk(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.seen.fill(0);
            self.epoch = 1;
        }
    }

    /// Whether a root is seen for the first time in this walk.
    pub(super) fn first_visit(&mut self, root: Ty) -> bool {
        match self.seen.get_mut(root.index()) {
            Some(seen) if *seen != self.epoch => {
                *seen = self.epoch;
                true
            }
            _ => false,
        }
    }

    /// The parts of a node, pushed on a work list.
    pub(super) fn push_parts(&self, node: Node, work: &mut Vec<Ty>) {
        match node {
            Node::Function(from, to) => work.extend([from, to]),
            Node::Named(_, items) | Node::Tuple(items) => work.extend_from_slice(self.items(items)),
            Node::Record(items) => work.extend(self.fields(items).iter().map(|field| field.1)),
            Node::Variable(variable) => work.extend(self.row(variable.row).iter().map(|f| f.1)),
            Node::Link(to) => work.push(to),
            Node::Parameter(_) => {}
        }
    }
}
