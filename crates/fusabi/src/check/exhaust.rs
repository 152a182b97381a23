//! Whether patterns leave something out or are never reached: Maranget's algorithm, with bounded work.

use super::codes;
use super::state::{Checker, PendingMatch};
use crate::tree::{Literal, Many, Pattern, PatternId};
use crate::typed::{Binds, CaseId, DefinedId, NameId, TypeShape};
use crate::types::{Node, Ty};

/// A pattern as the algorithm sees it: an index into [`Space::patterns`].
type Id = usize;

/// What stands at the head of a pattern.
#[derive(Clone, PartialEq, Debug)]
enum Head {
    Case(CaseId),
    Bool(bool),
    Nil,
    Cons,
    /// Tuples, records, unit: there is only one.
    Only,
    Array(usize),
    Enum(DefinedId, u32),
    Active(u32, u32, u32),
    Int(i128),
    Text(Box<str>),
    /// Something that equals nothing else: partial active patterns, type tests, floats.
    Opaque(usize),
}

#[derive(Clone, Debug)]
enum Simple {
    Any,
    Of(Head, Vec<Id>),
    Or(Vec<Id>),
}

/// So many steps one `match` takes; beyond it nothing is said.
const MOST_WORK: usize = 200_000;
/// So deep.
const MOST_DEPTH: usize = 300;

struct Space {
    patterns: Vec<Simple>,
    work: usize,
}

impl Checker<'_> {
    /// Looks through the matches of a file.
    pub fn look_through(&mut self, matches: Vec<PendingMatch>) {
        for one in matches {
            self.look_through_one(&one);
        }
    }

    fn look_through_one(&mut self, one: &PendingMatch) {
        let mut space = Space {
            patterns: vec![Simple::Any],
            work: 0,
        };
        let mut rows: Vec<Vec<Id>> = Vec::new();
        for &(pattern, guarded) in &one.rows {
            let simple = self.simplify(pattern, &mut space);
            if !one.single && !space.useful(&rows, &[simple], 0, self) && space.work < MOST_WORK {
                let span = self.tree().pattern_span(pattern);
                let problem = self.warning(codes::REDUNDANT, span);
                self.report(problem);
            }
            if !guarded {
                rows.push(vec![simple]);
            }
        }
        if one.open {
            return;
        }
        let missing = space.missing(&rows, 1, 0, self);
        if space.work >= MOST_WORK {
            return;
        }
        if let Some(missing) = missing {
            let example = missing.first().cloned().unwrap_or_else(|| "_".to_owned());
            let guarded = one.rows.iter().any(|row| row.1) && example == "_";
            let problem = self
                .warning(codes::INCOMPLETE, one.span)
                .arg("example", example);
            let problem = if guarded {
                problem.hint("help.guards")
            } else {
                problem
            };
            self.report(problem);
        }
    }

    fn simplify_all(&self, ids: Many<PatternId>, space: &mut Space) -> Vec<Id> {
        self.tree()
            .list(ids)
            .iter()
            .map(|&id| self.simplify(id, space))
            .collect()
    }

    fn simplify(&self, id: PatternId, space: &mut Space) -> Id {
        let binds = self.file.binds.get(id.index()).copied().unwrap_or_default();
        match self.tree().pattern(id) {
            Pattern::Paren(inner)
            | Pattern::Attributed { pattern: inner, .. }
            | Pattern::Annotated { pattern: inner, .. }
            | Pattern::As { pattern: inner, .. } => self.simplify(inner, space),
            Pattern::Error | Pattern::Wildcard => 0,
            Pattern::Name(_) | Pattern::Case { .. } | Pattern::CaseFields { .. } => {
                self.simplify_named(id, binds, space)
            }
            Pattern::Literal(literal) => match &self.tree().constant(literal).value {
                Literal::Unit => space.of(Head::Only, vec![]),
                Literal::Bool(value) => space.of(Head::Bool(*value), vec![]),
                Literal::Int(value, _) => space.of(Head::Int(*value), vec![]),
                Literal::Char(value) => space.of(Head::Int(i128::from(u32::from(*value))), vec![]),
                Literal::String(text) => space.of(Head::Text(text.clone()), vec![]),
                _ => space.opaque(),
            },
            Pattern::Tuple { items, .. } => {
                let parts = self.simplify_all(items, space);
                space.of(Head::Only, parts)
            }
            Pattern::List(items) => {
                let parts = self.simplify_all(items, space);
                let mut list = space.of(Head::Nil, vec![]);
                for part in parts.into_iter().rev() {
                    list = space.of(Head::Cons, vec![part, list]);
                }
                list
            }
            Pattern::Array(items) => {
                let parts = self.simplify_all(items, space);
                space.of(Head::Array(parts.len()), parts)
            }
            Pattern::Cons { head, tail } => {
                let parts = vec![self.simplify(head, space), self.simplify(tail, space)];
                space.of(Head::Cons, parts)
            }
            Pattern::Record(fields) => {
                let ty = self.file.pattern_types.get(id.index()).copied().flatten();
                let names = self.record_fields(ty);
                let mut parts = vec![0; names.len()];
                for field in self.tree().list(fields) {
                    let Some(last) = self.tree().list(field.path).last() else {
                        continue;
                    };
                    let name = self.names.find(self.tree().text(last.symbol));
                    let at = names.iter().position(|&known| Some(known) == name);
                    let part = self.simplify(field.pattern, space);
                    if let Some(place) = at.and_then(|at| parts.get_mut(at)) {
                        *place = part;
                    }
                }
                space.of(Head::Only, parts)
            }
            Pattern::Or(alternatives) => {
                let parts = self.simplify_all(alternatives, space);
                space.add(Simple::Or(parts))
            }
            Pattern::And(parts) => {
                // Both must match: as much as the first one that says something, if the others say nothing.
                let parts = self.simplify_all(parts, space);
                let mut said = parts.into_iter().filter(|&part| part != 0);
                match (said.next(), said.next()) {
                    (None, _) => 0,
                    (Some(only), None) => only,
                    _ => space.opaque(),
                }
            }
            Pattern::TypeTest(_) => space.opaque(),
        }
    }

    fn simplify_named(&self, id: PatternId, binds: Binds, space: &mut Space) -> Id {
        match binds {
            Binds::Case(case) => {
                let count = self.cases.get(case).map_or(0, |info| info.fields.len());
                let mut parts = vec![0; count];
                match self.tree().pattern(id) {
                    Pattern::Case { args, .. } => {
                        if let [arg] = *self.tree().list(args) {
                            let mut bare = arg;
                            while let Pattern::Paren(inner) = self.tree().pattern(bare) {
                                bare = inner;
                            }
                            match self.tree().pattern(bare) {
                                Pattern::Tuple { items, .. } if count > 1 => {
                                    let found = self.simplify_all(items, space);
                                    for (place, part) in parts.iter_mut().zip(found) {
                                        *place = part;
                                    }
                                }
                                _ if count == 1 => {
                                    let part = self.simplify(bare, space);
                                    if let Some(place) = parts.first_mut() {
                                        *place = part;
                                    }
                                }
                                _ => {}
                            }
                        }
                    }
                    Pattern::CaseFields { fields, .. } => {
                        for field in self.tree().list(fields) {
                            let Some(last) = self.tree().list(field.path).last() else {
                                continue;
                            };
                            let name = self.names.find(self.tree().text(last.symbol));
                            let at = self.cases.get(case).and_then(|info| {
                                info.row
                                    .fields
                                    .iter()
                                    .position(|known| Some(known.name) == name)
                            });
                            let part = self.simplify(field.pattern, space);
                            if let Some(place) = at.and_then(|at| parts.get_mut(at)) {
                                *place = part;
                            }
                        }
                    }
                    _ => {}
                }
                space.of(Head::Case(case), parts)
            }
            Binds::EnumCase(owner, at) => space.of(Head::Enum(owner, at), vec![]),
            Binds::Active(row) => match self.file.active.get(row as usize) {
                Some(used) if !used.partial => {
                    let function = match used.function {
                        crate::typed::Callee::Global(id) => crate::typed::Index::index(id) * 2,
                        crate::typed::Callee::Local(id) => crate::typed::Index::index(id) * 2 + 1,
                        _ => usize::MAX,
                    };
                    let parts = used.inner.map_or(0, |inner| self.simplify(inner, space));
                    let head = if used.arguments.is_empty() {
                        Head::Active(function as u32, used.case, used.cases)
                    } else {
                        Head::Opaque(space.patterns.len())
                    };
                    space.of(head, vec![parts])
                }
                _ => space.opaque(),
            },
            Binds::Literal(_) => space.opaque(),
            Binds::KeyValue => match self.tree().pattern(id) {
                Pattern::Case { args, .. } => match self.tree().list(args) {
                    [pair] => self.simplify(*pair, space),
                    _ => 0,
                },
                _ => 0,
            },
            // A case that was not found: what it would match is not known.
            _ if !matches!(self.tree().pattern(id), Pattern::Name(_)) => space.opaque(),
            _ => 0,
        }
    }

    fn record_fields(&self, ty: Option<Ty>) -> Vec<NameId> {
        let Some(ty) = ty else { return Vec::new() };
        match self.types.node(ty) {
            Node::Record(items) => self
                .types
                .fields(items)
                .iter()
                .map(|field| field.0)
                .collect(),
            Node::Named(id, _) => self
                .defined
                .get(id)
                .map(|info| info.fields.iter().map(|field| field.0).collect())
                .unwrap_or_default(),
            Node::Variable(variable) => self
                .types
                .row(variable.row)
                .iter()
                .map(|field| field.0)
                .collect(),
            Node::Parameter(id) => self
                .rows
                .fields
                .get(&id)
                .map(|fields| fields.iter().map(|field| field.0).collect())
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The heads that there are besides one, with the number of their parts; `None` if they are without number.
    fn all_heads(&self, one: &Head, parts: usize) -> Option<Vec<(Head, usize)>> {
        Some(match one {
            Head::Case(case) => {
                let owner = self.cases.get(*case)?.row.owner;
                let TypeShape::Union(cases) = &self.defined.get(owner)?.row.shape else {
                    return None;
                };
                let family =
                    |id: CaseId| self.cases.get(id).map_or(0, |info| info.parameters.len());
                cases
                    .iter()
                    .filter(|&&other| owner != DefinedId::CHOICE || family(other) == family(*case))
                    .map(|&id| {
                        (
                            Head::Case(id),
                            self.cases.get(id).map_or(0, |info| info.fields.len()),
                        )
                    })
                    .collect()
            }
            Head::Bool(_) => vec![(Head::Bool(true), 0), (Head::Bool(false), 0)],
            Head::Nil | Head::Cons => vec![(Head::Nil, 0), (Head::Cons, 2)],
            Head::Only => vec![(Head::Only, parts)],
            Head::Active(function, _, cases) => (0..*cases)
                .map(|case| (Head::Active(*function, case, *cases), 1))
                .collect(),
            Head::Enum(..) | Head::Array(_) | Head::Int(_) | Head::Text(_) | Head::Opaque(_) => {
                return None;
            }
        })
    }

    /// How a missing value looks.
    fn picture(&self, head: &Head, parts: &[String]) -> String {
        match head {
            Head::Case(case) => {
                let name = self
                    .cases
                    .get(*case)
                    .map_or("_", |info| self.names.text(info.row.name));
                match parts {
                    [] => name.to_owned(),
                    [one] if !one.contains(' ') => format!("{name} {one}"),
                    _ => format!("{name} ({})", parts.join(", ")),
                }
            }
            Head::Bool(value) => value.to_string(),
            Head::Nil => "[]".to_owned(),
            Head::Cons => parts.join(" :: "),
            Head::Only if parts.is_empty() => "()".to_owned(),
            Head::Only => format!("({})", parts.join(", ")),
            _ => "_".to_owned(),
        }
    }
}

impl Space {
    fn add(&mut self, simple: Simple) -> Id {
        self.patterns.push(simple);
        self.patterns.len() - 1
    }

    fn of(&mut self, head: Head, parts: Vec<Id>) -> Id {
        self.add(Simple::Of(head, parts))
    }

    fn opaque(&mut self) -> Id {
        let mark = self.patterns.len();
        self.of(Head::Opaque(mark), vec![])
    }

    fn get(&self, id: Id) -> &Simple {
        self.patterns.get(id).unwrap_or(&Simple::Any)
    }

    /// Rows whose first column has that head or any, with the parts in its place.
    fn specialize(&mut self, rows: &[Vec<Id>], head: &Head, count: usize) -> Vec<Vec<Id>> {
        let mut result = Vec::new();
        let mut work: Vec<Vec<Id>> = rows.iter().rev().cloned().collect();
        while let Some(row) = work.pop() {
            self.work += 1;
            let Some((&first, rest)) = row.split_first() else {
                continue;
            };
            match self.get(first) {
                Simple::Any => {
                    let mut new = vec![0; count];
                    new.extend_from_slice(rest);
                    result.push(new);
                }
                Simple::Of(other, parts) if other == head => {
                    let mut new: Vec<Id> = parts
                        .iter()
                        .copied()
                        .chain(std::iter::repeat(0))
                        .take(count)
                        .collect();
                    new.extend_from_slice(rest);
                    result.push(new);
                }
                Simple::Of(..) => {}
                Simple::Or(alternatives) => {
                    for &alternative in alternatives.iter().rev() {
                        let mut new = vec![alternative];
                        new.extend_from_slice(rest);
                        work.push(new);
                    }
                }
            }
        }
        result
    }

    /// Rows whose first column is any, without it.
    fn default_rows(&mut self, rows: &[Vec<Id>]) -> Vec<Vec<Id>> {
        let mut result = Vec::new();
        let mut work: Vec<Vec<Id>> = rows.iter().rev().cloned().collect();
        while let Some(row) = work.pop() {
            self.work += 1;
            let Some((&first, rest)) = row.split_first() else {
                continue;
            };
            match self.get(first) {
                Simple::Any => result.push(rest.to_vec()),
                Simple::Of(..) => {}
                Simple::Or(alternatives) => {
                    for &alternative in alternatives.iter().rev() {
                        let mut new = vec![alternative];
                        new.extend_from_slice(rest);
                        work.push(new);
                    }
                }
            }
        }
        result
    }

    /// The different heads of the first column with the number of their parts.
    fn heads(&self, rows: &[Vec<Id>]) -> Vec<(Head, usize)> {
        let mut heads: Vec<(Head, usize)> = Vec::new();
        let mut work: Vec<Id> = rows.iter().filter_map(|row| row.first().copied()).collect();
        while let Some(id) = work.pop() {
            match self.get(id) {
                Simple::Any => {}
                Simple::Of(head, parts) => match heads.iter_mut().find(|known| known.0 == *head) {
                    Some(known) => known.1 = known.1.max(parts.len()),
                    None => heads.push((head.clone(), parts.len())),
                },
                Simple::Or(alternatives) => work.extend_from_slice(alternatives),
            }
        }
        heads
    }

    /// All heads of the first column's type if the rows have each of them.
    fn complete(
        &self,
        heads: &[(Head, usize)],
        checker: &Checker<'_>,
    ) -> Option<Vec<(Head, usize)>> {
        let (head, parts) = heads.first()?;
        let all = checker.all_heads(head, *parts)?;
        all.iter()
            .all(|one| heads.iter().any(|known| known.0 == one.0))
            .then_some(all)
    }

    /// Whether some value is matched by `row` and by none of `rows`.
    fn useful(
        &mut self,
        rows: &[Vec<Id>],
        row: &[Id],
        depth: usize,
        checker: &Checker<'_>,
    ) -> bool {
        self.work += 1;
        if self.work >= MOST_WORK || depth > MOST_DEPTH {
            self.work = MOST_WORK;
            return true;
        }
        let Some((&first, rest)) = row.split_first() else {
            return rows.is_empty();
        };
        match self.get(first).clone() {
            Simple::Of(head, parts) => {
                let rows = self.specialize(rows, &head, parts.len());
                let mut new = parts;
                new.extend_from_slice(rest);
                self.useful(&rows, &new, depth + 1, checker)
            }
            Simple::Or(alternatives) => alternatives.into_iter().any(|alternative| {
                let mut new = vec![alternative];
                new.extend_from_slice(rest);
                self.useful(rows, &new, depth + 1, checker)
            }),
            Simple::Any => {
                let heads = self.heads(rows);
                match self.complete(&heads, checker) {
                    Some(all) => all.into_iter().any(|(head, count)| {
                        let rows = self.specialize(rows, &head, count);
                        let mut new = vec![0; count];
                        new.extend_from_slice(rest);
                        self.useful(&rows, &new, depth + 1, checker)
                    }),
                    None => {
                        let rows = self.default_rows(rows);
                        self.useful(&rows, rest, depth + 1, checker)
                    }
                }
            }
        }
    }

    /// Values that no row matches, one picture for each column; `None` if there are none.
    fn missing(
        &mut self,
        rows: &[Vec<Id>],
        width: usize,
        depth: usize,
        checker: &Checker<'_>,
    ) -> Option<Vec<String>> {
        self.work += 1;
        if self.work >= MOST_WORK || depth > MOST_DEPTH {
            self.work = MOST_WORK;
            return None;
        }
        if width == 0 {
            return rows.is_empty().then(Vec::new);
        }
        let heads = self.heads(rows);
        if let Some(all) = self.complete(&heads, checker) {
            for (head, count) in all {
                let inner = self.specialize(rows, &head, count);
                if let Some(mut found) = self.missing(&inner, count + width - 1, depth + 1, checker)
                {
                    let rest = found.split_off(count.min(found.len()));
                    let mut pictures = vec![checker.picture(&head, &found)];
                    pictures.extend(rest);
                    return Some(pictures);
                }
            }
            return None;
        }
        let inner = self.default_rows(rows);
        let rest = self.missing(&inner, width - 1, depth + 1, checker)?;
        // One of the heads that no row has, if they can be counted.
        let picture = heads
            .first()
            .and_then(|(head, parts)| checker.all_heads(head, *parts))
            .and_then(|all| {
                all.into_iter()
                    .find(|one| heads.iter().all(|known| known.0 != one.0))
            })
            .map_or_else(
                || "_".to_owned(),
                |(head, count)| checker.picture(&head, &vec!["_".to_owned(); count]),
            );
        let mut pictures = vec![picture];
        pictures.extend(rest);
        Some(pictures)
    }
}
