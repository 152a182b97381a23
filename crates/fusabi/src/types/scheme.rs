//! Generalisation by levels, and instantiation.

use std::collections::HashMap;

use super::numbers::NumberSet;
use super::store::{Node, Ty, Types, Variable};
use crate::id_map::IdMap;
use crate::typed::{NameId, Names, Parameter, ParameterId, Requirement, Table};

/// A type for all choices of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheme {
    /// The type.
    pub ty: Ty,
    /// What is chosen at each use.
    pub parameters: Box<[ParameterId]>,
}

impl Scheme {
    /// The same type at each use.
    #[must_use]
    pub fn of(ty: Ty) -> Self {
        Self {
            ty,
            parameters: Box::default(),
        }
    }
}

/// What is required of parameters, beside what stands in themselves.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Fields that their values must have.
    pub fields: HashMap<ParameterId, Vec<(NameId, Ty)>>,
    /// Which numbers they are.
    pub numbers: HashMap<ParameterId, NumberSet>,
}

impl Types {
    /// Makes parameters of the variables of a type that belong to no `let` around it. Numbers become parameters only if `numbers`
    /// says so (`inline`, rulings 20), else they stay open for the first use. With `restricted` (value restriction) none does.
    pub fn generalize(
        &mut self,
        ty: Ty,
        numbers: bool,
        restricted: bool,
        parameters: &mut Table<ParameterId, Parameter>,
        rows: &mut Rows,
        names: &mut Names,
    ) -> Scheme {
        let level = self.level;
        let mut made = Vec::new();
        let mut letters = 0;
        let mut work = vec![ty];
        self.begin_walk();
        while let Some(ty) = work.pop() {
            let root = self.find(ty);
            if !self.first_visit(root) {
                continue;
            }
            let node = self.node(root);
            // From left to right, so that the letters come in the order of the text.
            let from = work.len();
            self.push_parts(node, &mut work);
            if let Some(parts) = work.get_mut(from..) {
                parts.reverse();
            }
            let Node::Variable(variable) = node else {
                continue;
            };
            if variable.level <= level {
                continue;
            }
            let is_number = variable.numbers.is_constraint();
            if restricted || (is_number && !numbers) {
                self.set(root, Node::Variable(Variable { level, ..variable }));
                continue;
            }
            let name = variable
                .name
                .unwrap_or_else(|| names.intern(&letter(letters)));
            // Records known by their fields are shown as such, without a letter.
            letters += usize::from(variable.row.is_none());
            let id = parameters.push(Parameter {
                name,
                requires: if is_number {
                    Requirement::Number
                } else {
                    variable.requires
                },
            });
            if variable.row.is_some() {
                rows.fields.insert(id, self.row(variable.row).to_vec());
            }
            if is_number {
                rows.numbers.insert(id, variable.numbers);
            }
            self.set(root, Node::Parameter(id));
            made.push(id);
        }
        Scheme {
            ty,
            parameters: made.into(),
        }
    }

    /// A type for one use, and what its parameters are there.
    pub fn instantiate(
        &mut self,
        scheme: &Scheme,
        parameters: &Table<ParameterId, Parameter>,
        rows: &Rows,
    ) -> (Ty, Vec<Ty>) {
        if scheme.parameters.is_empty() {
            return (scheme.ty, Vec::new());
        }
        let mut chosen = IdMap::default();
        let mut list = Vec::with_capacity(scheme.parameters.len());
        for &id in &scheme.parameters {
            let variable = self.fresh();
            chosen.insert(id, variable);
            list.push(variable);
        }
        let mut memo = IdMap::default();
        for (&id, &place) in scheme.parameters.iter().zip(&list) {
            let requires = parameters
                .get(id)
                .map_or(Requirement::Nothing, |parameter| parameter.requires);
            let fields = rows.fields.get(&id).map(|fields| {
                let fields = fields.clone();
                fields
                    .iter()
                    .map(|&(name, ty)| (name, self.copy(ty, &chosen, &mut memo)))
                    .collect::<Vec<_>>()
            });
            if let Some(variable) = self.variable(place) {
                let row = fields.map(|fields| self.add_row(fields));
                let numbers = if requires == Requirement::Number {
                    rows.numbers.get(&id).copied().unwrap_or(NumberSet::NUMBERS)
                } else {
                    variable.numbers
                };
                let requires = requires.min(Requirement::Comparison);
                self.set(
                    place,
                    Node::Variable(Variable {
                        numbers,
                        requires,
                        only_record: row.is_some(),
                        row,
                        ..variable
                    }),
                );
            }
        }
        (self.copy(scheme.ty, &chosen, &mut memo), list)
    }

    /// A copy with other types for parameters; parts without them are shared.
    pub(crate) fn copy(
        &mut self,
        ty: Ty,
        chosen: &IdMap<ParameterId, Ty>,
        memo: &mut IdMap<Ty, Ty>,
    ) -> Ty {
        // Post-order: a node comes up a second time when its parts are done.
        let mut work = vec![(ty, false)];
        let mut parts = Vec::new();
        while let Some((ty, parts_done)) = work.pop() {
            let root = self.find(ty);
            if memo.contains_key(&root) {
                continue;
            }
            if self.is_full() {
                memo.insert(root, root);
                continue;
            }
            let node = self.node(root);
            match node {
                Node::Parameter(id) => {
                    memo.insert(root, chosen.get(&id).copied().unwrap_or(root));
                    continue;
                }
                Node::Variable(_) | Node::Link(_) => {
                    memo.insert(root, root);
                    continue;
                }
                _ => {}
            }
            parts.clear();
            self.push_parts(node, &mut parts);
            if !parts_done {
                work.push((root, true));
                work.extend(parts.iter().map(|&part| (part, false)));
                continue;
            }
            let copies: Vec<Ty> = parts
                .iter()
                .map(|&part| {
                    let part = self.find(part);
                    memo.get(&part).copied().unwrap_or(part)
                })
                .collect();
            let same = parts
                .iter()
                .zip(&copies)
                .all(|(&part, &copy)| self.root(part) == copy);
            let copy = if same {
                root
            } else {
                match (node, copies.as_slice()) {
                    (Node::Function(..), &[from, to]) => self.function(from, to),
                    (Node::Named(id, _), _) => self.named(id, &copies),
                    (Node::Tuple(_), _) => self.tuple(&copies),
                    (Node::Record(items), _) => {
                        let names: Vec<_> =
                            self.fields(items).iter().map(|field| field.0).collect();
                        let fields: Vec<_> = names.into_iter().zip(copies).collect();
                        self.record(&fields)
                    }
                    _ => root,
                }
            };
            memo.insert(root, copy);
        }
        let root = self.find(ty);
        memo.get(&root).copied().unwrap_or(root)
    }
}

/// `a`, `b` … `z`, `a1` and so on.
pub(super) fn letter(at: usize) -> String {
    let letter = char::from(b'a' + (at % 26) as u8);
    if at < 26 {
        letter.to_string()
    } else {
        format!("{letter}{}", at / 26)
    }
}
