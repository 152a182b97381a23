//! Unification: makes two types equal or says why they cannot be.

use super::numbers::NumberSet;
use super::store::{Node, Obligation, Ty, Types, Variable};
use crate::typed::{DefinedId, NameId, Requirement};

/// Why two types cannot be equal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mismatch {
    /// They differ in this part.
    Differ(Ty, Ty),
    /// One would contain itself.
    Infinite(Ty, Ty),
    /// An operator does not work on this type.
    Number(Ty),
    /// The type has no `=` or no order.
    Requires(Ty, Requirement),
    /// The record has no such field.
    NoField(Ty, NameId),
    /// It has it, but as a method, and the code that wants it was made for any record: the code must say the type.
    Unsaid(Ty, NameId),
    /// Types grew beyond all measure.
    TooLarge,
}

impl Types {
    /// Makes two types equal. What is left to see to stands in [`Types::pending`].
    ///
    /// # Errors
    /// [`Mismatch`]; what was made equal before stays so, unless in an attempt.
    pub fn unify(&mut self, left: Ty, right: Ty) -> Result<(), Mismatch> {
        let mut work = vec![(left, right)];
        while let Some((left, right)) = work.pop() {
            let (left, right) = (self.find(left), self.find(right));
            if left == right {
                continue;
            }
            match (self.node(left), self.node(right)) {
                (Node::Variable(a), Node::Variable(b)) => {
                    self.join(left, a, right, b, &mut work)?;
                }
                (Node::Variable(variable), _) => self.bind(left, variable, right)?,
                (_, Node::Variable(variable)) => self.bind(right, variable, left)?,
                (Node::Parameter(a), Node::Parameter(b)) if a == b => {}
                (Node::Function(a, b), Node::Function(c, d)) => {
                    self.set(left, Node::Link(right));
                    work.extend([(b, d), (a, c)]);
                }
                (Node::Named(a, these), Node::Named(b, those))
                    if a == b && these.len() == those.len() =>
                {
                    // What has no parts is equal without a link: links would make long ways.
                    if these.len() > 0 {
                        self.set(left, Node::Link(right));
                        work.extend(zip(self.items(these), self.items(those)));
                    }
                }
                (Node::Tuple(these), Node::Tuple(those)) if these.len() == those.len() => {
                    self.set(left, Node::Link(right));
                    work.extend(zip(self.items(these), self.items(those)));
                }
                (Node::Record(these), Node::Record(those)) => {
                    let (these, those) = (self.fields(these), self.fields(those));
                    if these.len() != those.len()
                        || these.iter().zip(those).any(|(a, b)| a.0 != b.0)
                    {
                        return Err(Mismatch::Differ(left, right));
                    }
                    work.extend(these.iter().zip(those).map(|(a, b)| (a.1, b.1)));
                    self.set(left, Node::Link(right));
                }
                _ => return Err(Mismatch::Differ(left, right)),
            }
        }
        Ok(())
    }

    /// Makes two variables one.
    fn join(
        &mut self,
        left: Ty,
        a: Variable,
        right: Ty,
        b: Variable,
        work: &mut Vec<(Ty, Ty)>,
    ) -> Result<(), Mismatch> {
        let numbers = a.numbers.and(b.numbers);
        if numbers.is_empty() {
            return Err(Mismatch::Differ(left, right));
        }
        let row = match (a.row, b.row) {
            (Some(_), Some(_)) => {
                let mut fields = self.row(b.row).to_vec();
                for &(name, ty) in self.row(a.row) {
                    match fields.iter().find(|field| field.0 == name) {
                        Some(&(_, other)) => work.push((ty, other)),
                        None => fields.push((name, ty)),
                    }
                }
                Some(self.add_row(fields))
            }
            (row, None) | (None, row) => row,
        };
        let level = a.level.min(b.level);
        // Fields may mention either variable: a record cannot be a field of its own.
        self.lower(row.map(|row| (row, level)), left, right)?;
        self.set(
            right,
            Node::Variable(Variable {
                level,
                numbers,
                requires: a.requires.max(b.requires),
                row,
                only_record: a.only_record || b.only_record,
                name: b.name.or(a.name),
            }),
        );
        self.set(left, Node::Link(right));
        Ok(())
    }

    fn lower(&mut self, row: Option<(u32, u32)>, left: Ty, right: Ty) -> Result<(), Mismatch> {
        let Some((row, level)) = row else {
            return Ok(());
        };
        let fields: Vec<Ty> = self.row(Some(row)).iter().map(|field| field.1).collect();
        self.adjust(fields, level, &[left, right])
    }

    /// A variable becomes something that is none.
    fn bind(&mut self, place: Ty, variable: Variable, value: Ty) -> Result<(), Mismatch> {
        let node = self.node(value);
        if variable.numbers.is_constraint() {
            match node {
                Node::Named(id, _) if variable.numbers.has(id) => {}
                _ => return Err(Mismatch::Number(value)),
            }
        }
        self.adjust(vec![value], variable.level, &[place])?;
        self.require(value, variable.requires)?;
        for (name, ty) in self.row(variable.row).to_vec() {
            if let Node::Record(items) = node {
                let found = self
                    .fields(items)
                    .iter()
                    .find(|field| field.0 == name)
                    .copied();
                // One more round at the caller's: fields of structural records are seen to like all others.
                if found.is_none() {
                    return Err(Mismatch::NoField(value, name));
                }
            } else if variable.only_record && !matches!(node, Node::Named(..)) {
                return Err(Mismatch::NoField(value, name));
            }
            self.pending.push(Obligation {
                owner: value,
                name,
                ty,
                only_field: variable.only_record,
            });
        }
        self.set(place, Node::Link(value));
        Ok(())
    }

    /// Lowers the levels of a type's variables; an error if one of them is in it.
    fn adjust(&mut self, mut work: Vec<Ty>, level: u32, places: &[Ty]) -> Result<(), Mismatch> {
        if self.is_full() {
            return Err(Mismatch::TooLarge);
        }
        self.begin_walk();
        let whole = work.first().copied();
        while let Some(ty) = work.pop() {
            let root = self.find(ty);
            if !self.first_visit(root) {
                continue;
            }
            if let Some(&place) = places.iter().find(|&&place| place == root) {
                return Err(Mismatch::Infinite(place, whole.unwrap_or(ty)));
            }
            let node = self.node(root);
            if let Node::Variable(variable) = node
                && variable.level > level
            {
                self.set(root, Node::Variable(Variable { level, ..variable }));
            }
            self.push_parts(node, &mut work);
        }
        Ok(())
    }

    /// The type must be able to do that.
    ///
    /// # Errors
    /// [`Mismatch::Requires`] for functions and what holds them.
    pub fn require(&mut self, ty: Ty, requires: Requirement) -> Result<(), Mismatch> {
        if requires == Requirement::Nothing {
            return Ok(());
        }
        let mut work = vec![ty];
        let mut seen = std::collections::HashSet::new();
        while let Some(ty) = work.pop() {
            let root = self.find(ty);
            if !seen.insert(root) {
                continue;
            }
            match self.node(root) {
                Node::Variable(variable) => {
                    let requires = variable.requires.max(requires);
                    self.set(
                        root,
                        Node::Variable(Variable {
                            requires,
                            ..variable
                        }),
                    );
                    continue;
                }
                Node::Function(..) => return Err(Mismatch::Requires(root, requires)),
                Node::Named(id, _)
                    if matches!(id, DefinedId::ASYNC | DefinedId::BUILDER | DefinedId::REGEX)
                        || (requires >= Requirement::Comparison
                            && matches!(
                                id,
                                DefinedId::SEQ | DefinedId::LAZY | DefinedId::EXN | DefinedId::JSON
                            ))
                        || self.incomparable.contains(&id) =>
                {
                    return Err(Mismatch::Requires(root, requires));
                }
                Node::Named(DefinedId::SEQ | DefinedId::LAZY, _) => continue,
                _ => {}
            }
            let node = self.node(root);
            self.push_parts(node, &mut work);
        }
        Ok(())
    }

    /// The type must be one of those.
    ///
    /// # Errors
    /// [`Mismatch::Number`] if it is none.
    pub fn restrict(&mut self, ty: Ty, numbers: NumberSet) -> Result<(), Mismatch> {
        let variable = self.fresh_number(numbers);
        self.unify(variable, ty)
    }
}

fn zip<'a>(these: &'a [Ty], those: &'a [Ty]) -> impl Iterator<Item = (Ty, Ty)> + use<'a> {
    // The first parts are unified first: they are on top of the work list.
    these.iter().copied().zip(those.iter().copied()).rev()
}
