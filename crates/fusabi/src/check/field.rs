//! Fields, members and methods of a value; collections where a `seq` is wanted.

use super::apply::Head;
use super::codes;
use super::env::Value;
use super::problem::Problem;
use super::state::Checker;
use crate::id_map::IdMap;
use crate::library::library;
use crate::tree::{Expr, ExprId};
use crate::typed::{DefinedId, HostId, LibraryId, Meaning, MemberId, NameId};
use crate::types::{Mismatch, Node, Obligation, Ty};

/// What a field of a known type is.
#[derive(Clone, Debug)]
pub enum Found {
    /// Field of a declared record.
    Field(DefinedId, u32, Ty),
    /// Field of a structural record.
    Named(Ty),
    /// A member.
    Member(MemberId, Ty),
    /// Methods of the language; arguments of the target's type.
    Methods(Vec<LibraryId>, Vec<Ty>),
    /// A function of the host that is called on values of a type of its own.
    Host(HostId),
}

impl Checker<'_> {
    /// `target.name`
    pub fn field(&mut self, node: ExprId, target: Ty, name: NameId) -> Head {
        let span = self.tree().span(node);
        if self.types.variable(target).is_some() {
            self.guess_owner(target);
        }
        if let Some(ty) = self.row_field(target, name) {
            self.mean(node, Meaning::NamedField);
            self.file.fields.push((node, target, name));
            return Head::Typed(ty);
        }
        match self.find_field(target, name) {
            Some(Found::Field(id, at, ty)) => {
                self.mean(node, Meaning::Field(id, at));
                Head::Typed(ty)
            }
            Some(Found::Named(ty)) => {
                self.mean(node, Meaning::NamedField);
                Head::Typed(ty)
            }
            Some(Found::Member(member, ty)) => {
                self.mean(node, Meaning::Member(member));
                Head::Member(ty)
            }
            Some(Found::Methods(ids, args)) => Head::Method(ids, args),
            Some(Found::Host(id)) => {
                if !self.is_path(node) {
                    let shown = self.show(target);
                    let text = self.names.text(name).to_owned();
                    let problem = self
                        .error(codes::NO_FIELD, span)
                        .arg("type", shown)
                        .arg("name", text)
                        .hint("help.bind");
                    self.report(problem);
                }
                self.use_value(node, Value::Host(id), span)
            }
            None => {
                let shown = self.show(target);
                let text = self.names.text(name).to_owned();
                let problem = self
                    .error(codes::NO_FIELD, span)
                    .arg("type", shown)
                    .arg("name", text.as_str());
                let near = self.near_field(target, &text);
                let problem = match near {
                    Some(near) => problem.arg("near", near).hint("help.near"),
                    None => problem,
                };
                self.report(problem);
                Head::Typed(self.fresh())
            }
        }
    }

    /// The field, member or methods of that name; `None` if there are none or the type is not known.
    pub fn find_field(&mut self, owner: Ty, name: NameId) -> Option<Found> {
        match self.types.node(owner) {
            Node::Named(id, items) => {
                let args = self.types.items(items).to_vec();
                let info = self.defined.get(id)?;
                if let Some(at) = info.fields.iter().position(|field| field.0 == name) {
                    let ty = info.fields.get(at)?.1;
                    let chosen = info.row.parameters.iter().copied().zip(args).collect();
                    let ty = self.types.copy(ty, &chosen, &mut IdMap::default());
                    return Some(Found::Field(id, at as u32, ty));
                }
                if let Some(member) = self.member_of(id, name) {
                    let ty = self.member_type(member, &args);
                    return Some(Found::Member(member, ty));
                }
                let text = self.names.text(name);
                if let Some(&host) = self.host_methods.get(&(id, name)) {
                    return Some(Found::Host(host));
                }
                if id.is_builtin() {
                    let receiver = DefinedId::NAMES
                        .get(crate::typed::Index::index(id))
                        .copied()?;
                    let found = library().find(&format!(".{receiver}"), text);
                    if !found.is_empty() {
                        return Some(Found::Methods(found, args));
                    }
                }
                self.any_method(name)
            }
            Node::Record(items) => {
                let found = self
                    .types
                    .fields(items)
                    .iter()
                    .find(|field| field.0 == name)
                    .copied();
                match found {
                    Some((_, ty)) => Some(Found::Named(ty)),
                    None => self.any_method(name),
                }
            }
            Node::Parameter(id) => {
                let found = self
                    .rows
                    .fields
                    .get(&id)
                    .and_then(|fields| fields.iter().find(|field| field.0 == name).copied());
                match found {
                    Some((_, ty)) => Some(Found::Named(ty)),
                    None => self.any_method(name),
                }
            }
            Node::Variable(_) => None,
            _ => self.any_method(name),
        }
    }

    /// Whether what stands before the dot of a node is a name with fields behind it, so that reading it has no effect: a
    /// function of the host that is called on it does not look at it.
    fn is_path(&self, node: ExprId) -> bool {
        self.tree().left_spine(node).iter().skip(1).all(|&left| {
            matches!(self.tree().expr(left), Expr::Name(_) | Expr::Field { .. })
                && !matches!(
                    self.meaning_of(left),
                    Meaning::Member(_) | Meaning::Method(_) | Meaning::StaticMember(_)
                )
        })
    }

    /// What every value has: `.ToString()` and so on.
    fn any_method(&self, name: NameId) -> Option<Found> {
        let found = library().find(".obj", self.names.text(name));
        (!found.is_empty()).then_some(Found::Methods(found, Vec::new()))
    }

    /// The instance member of that name, the latest.
    pub fn member_of(&self, id: DefinedId, name: NameId) -> Option<MemberId> {
        self.find_member(id, name, false)
    }

    /// The static member of that name.
    pub fn static_member(&self, id: DefinedId, name: NameId) -> Option<MemberId> {
        self.find_member(id, name, true)
    }

    fn find_member(&self, id: DefinedId, name: NameId, is_static: bool) -> Option<MemberId> {
        self.defined
            .get(id)?
            .row
            .members
            .iter()
            .rev()
            .copied()
            .find(|&member| {
                self.members
                    .get(member)
                    .is_some_and(|info| info.row.name == name && info.row.is_static == is_static)
            })
    }

    /// Sees to the fields of types that became known.
    ///
    /// # Errors
    /// The first that cannot be.
    pub fn settle(&mut self) -> Result<(), Mismatch> {
        while let Some(Obligation {
            owner,
            name,
            ty,
            only_field,
        }) = self.types.pending.pop()
        {
            let found = self.find_field(owner, name);
            let candidates = match found {
                None => return Err(Mismatch::NoField(owner, name)),
                Some(Found::Member(..) | Found::Methods(..) | Found::Host(_)) if only_field => {
                    return Err(Mismatch::Unsaid(owner, name));
                }
                Some(Found::Field(_, _, ty) | Found::Named(ty) | Found::Member(_, ty)) => vec![ty],
                Some(Found::Methods(ids, args)) => ids
                    .into_iter()
                    .map(|id| self.library_type(id, &args))
                    .collect(),
                Some(Found::Host(id)) => {
                    let scheme = self.host.get(id).map(|(_, scheme)| scheme.clone());
                    let ty = scheme.map(|scheme| {
                        self.types
                            .instantiate(&scheme, &self.parameters, &self.rows)
                            .0
                    });
                    ty.into_iter().collect()
                }
            };
            let mut result = Ok(());
            for candidate in candidates {
                let mark = self.types.attempt();
                result = self.types.unify(ty, candidate);
                match result {
                    Ok(()) => {
                        self.types.keep(mark);
                        break;
                    }
                    Err(_) => self.types.undo(mark),
                }
            }
            result?;
        }
        Ok(())
    }

    /// Makes a type fit where another is wanted: equal, or a collection for a `seq`, or anything for `obj`.
    ///
    /// # Errors
    /// What is in the way.
    pub fn coerce(&mut self, expected: Ty, actual: Ty) -> Result<(), Mismatch> {
        let (mut expected, mut actual) = (expected, actual);
        loop {
            match (self.types.node(expected), self.types.node(actual)) {
                (Node::Named(DefinedId::SEQ, items), Node::Named(id, _))
                    if id != DefinedId::SEQ =>
                {
                    let item = self.types.items(items).first().copied();
                    return match (item, self.elements(actual)) {
                        (Some(item), Some((found, _))) => self.unify(item, found),
                        _ => self.unify(expected, actual),
                    };
                }
                (
                    Node::Named(DefinedId::OBJ, _),
                    Node::Named(..) | Node::Tuple(_) | Node::Record(_),
                ) => return Ok(()),
                (Node::Function(given, to), Node::Function(takes, gives)) => {
                    let item = match self.types.as_named(takes) {
                        Some((DefinedId::SEQ, items)) => items.first().copied(),
                        _ => None,
                    };
                    match (item, self.types.defined(given)) {
                        (Some(item), Some(id)) if id != DefinedId::SEQ => {
                            match self.elements(given) {
                                Some((found, _)) => self.unify(item, found)?,
                                None => self.unify(given, takes)?,
                            }
                        }
                        _ => self.unify(given, takes)?,
                    }
                    (expected, actual) = (to, gives);
                }
                _ => return self.unify(expected, actual),
            }
        }
    }

    /// Adds the name that was perhaps meant.
    pub fn did_you_mean(&self, problem: Problem, text: &str, types: bool) -> Problem {
        let short = text.rsplit('.').next().unwrap_or(text);
        let names: Vec<NameId> = if types {
            self.env.type_names().collect()
        } else {
            self.env.value_names().collect()
        };
        let near = nearest(short, names.into_iter().map(|name| self.names.text(name)));
        match near {
            Some(near) if !text.contains('.') => problem.arg("near", near).hint("help.near"),
            _ => problem,
        }
    }

    fn near_field(&self, target: Ty, text: &str) -> Option<String> {
        let names: Vec<NameId> = match self.types.node(target) {
            Node::Named(id, _) => self
                .defined
                .get(id)
                .map(|info| info.fields.iter().map(|field| field.0).collect())
                .unwrap_or_default(),
            Node::Record(items) => self
                .types
                .fields(items)
                .iter()
                .map(|field| field.0)
                .collect(),
            _ => Vec::new(),
        };
        nearest(text, names.into_iter().map(|name| self.names.text(name)))
    }
}

/// The most similar name, if one is similar: at most a third of its letters differ, and at most two. Of equals the first in alphabet.
fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (text.chars().count() / 3).min(2);
    names
        .filter(|name| {
            !name.is_empty() && *name != text && name.len().abs_diff(text.len()) <= limit
        })
        .map(|name| (distance(text, name), !same_case(text, name), name))
        .filter(|&(distance, ..)| distance <= limit)
        .min()
        .map(|(.., name)| name.to_owned())
}

/// Whether both begin with a capital letter, or neither.
fn same_case(left: &str, right: &str) -> bool {
    let upper = |text: &str| text.starts_with(char::is_uppercase);
    upper(left) == upper(right)
}

/// Levenshtein distance, capital letters the same as small ones.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right
        .chars()
        .flat_map(char::to_lowercase)
        .take(64)
        .collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, a) in left
        .chars()
        .flat_map(char::to_lowercase)
        .take(64)
        .enumerate()
    {
        let mut before = at;
        let mut last = at + 1;
        if let Some(first) = row.first_mut() {
            *first = last;
        }
        for (place, b) in row.iter_mut().skip(1).zip(&right) {
            let change = before + usize::from(a != *b);
            before = *place;
            last = change.min(before + 1).min(last + 1);
            *place = last;
        }
    }
    row.last().copied().unwrap_or(0)
}
