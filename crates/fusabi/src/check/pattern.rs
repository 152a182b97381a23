//! Patterns (§1.7).

use super::codes;
use super::env::{PatternName, TypeName, Value};
use super::expr::literal_type;
use super::state::Checker;
use crate::tree::{
    CollectionKind, Expr, ExprId, FieldPattern, Literal, Many, Name, Pattern, PatternId, Span,
};
use crate::typed::{ActivePattern, Binds, Callee, CaseId, DefinedId, NameId};
use crate::types::{Node, Ty};

/// A name that a pattern binds.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Its name.
    pub name: NameId,
    /// The pattern that is its declaration.
    pub pattern: PatternId,
    /// Its type.
    pub ty: Ty,
    /// The same name in other alternatives.
    pub others: Vec<PatternId>,
}

impl Checker<'_> {
    /// Checks a pattern against what it matches; adds what it binds.
    pub fn pattern(&mut self, id: PatternId, expected: Ty, bounds: &mut Vec<Bound>) {
        self.typed_pattern(id, expected);
        let span = self.tree().pattern_span(id);
        match self.tree().pattern(id) {
            Pattern::Error | Pattern::Wildcard => {}
            Pattern::Name(symbol) => {
                let name = self.name(symbol);
                match self.env.pattern(name) {
                    Some(found) => self.named(id, found, &[], expected, bounds),
                    None => {
                        let text = self.names.text(name);
                        let upper =
                            text.chars().next().is_some_and(char::is_uppercase) && text.len() > 1;
                        if upper && self.in_rule {
                            let text = text.to_owned();
                            let problem = self.warning(codes::UPPERCASE, span).arg("name", text);
                            self.report(problem);
                        }
                        bounds.push(Bound {
                            name,
                            pattern: id,
                            ty: expected,
                            others: Vec::new(),
                        });
                    }
                }
            }
            Pattern::Case { path, args } => {
                let path = self.tree().list(path).to_vec();
                let args = self.tree().list(args).to_vec();
                match self.find_pattern(&path) {
                    Some(found) => self.named(id, found, &args, expected, bounds),
                    None if self.is_key_value(&path) && args.len() == 1 => {
                        self.bind(id, Binds::KeyValue);
                        let parts = [self.fresh(), self.fresh()];
                        let pair = self.types.named(DefinedId::KEY_VALUE, &parts);
                        self.want_type(span, expected, pair);
                        let whole = self.types.tuple(&parts);
                        for arg in args {
                            self.pattern(arg, whole, bounds);
                        }
                    }
                    None => {
                        self.no_pattern(&path);
                        for arg in args {
                            let ty = self.fresh();
                            self.pattern(arg, ty, bounds);
                        }
                    }
                }
            }
            Pattern::CaseFields { path, fields } => {
                let path = self.tree().list(path).to_vec();
                match self.find_pattern(&path) {
                    Some(PatternName::Case(case)) => {
                        self.case_fields_pattern(id, case, fields, expected, bounds)
                    }
                    _ => self.no_pattern(&path),
                }
            }
            Pattern::Literal(literal) => {
                let value = &self.tree().constant(literal).value;
                let is_bytes = matches!(value, Literal::Bytes(_));
                if let Some(ty) = literal_type(value) {
                    let mut ty = self.types.named(ty, &[]);
                    if is_bytes {
                        ty = self.types.named(DefinedId::ARRAY, &[ty]);
                    }
                    self.want_type(span, expected, ty);
                }
            }
            Pattern::Tuple { items, .. } => {
                let items = self.tree().list(items).to_vec();
                let parts: Vec<Ty> = match self.types.node(expected) {
                    Node::Tuple(parts) if parts.len() == items.len() => {
                        self.types.items(parts).to_vec()
                    }
                    _ => {
                        let parts: Vec<Ty> = items.iter().map(|_| self.fresh()).collect();
                        let ty = self.types.tuple(&parts);
                        self.want_type(span, expected, ty);
                        parts
                    }
                };
                for (item, part) in items.into_iter().zip(parts) {
                    self.pattern(item, part, bounds);
                }
            }
            Pattern::List(items) => {
                self.collection_pattern(span, CollectionKind::List, items, expected, bounds)
            }
            Pattern::Array(items) => {
                self.collection_pattern(span, CollectionKind::Array, items, expected, bounds)
            }
            Pattern::Cons { head, tail } => {
                let item = self.fresh();
                let list = self.types.named(DefinedId::LIST, &[item]);
                self.want_type(span, expected, list);
                self.pattern(head, item, bounds);
                self.pattern(tail, list, bounds);
            }
            Pattern::Record(fields) => self.record_pattern(id, fields, expected, bounds),
            Pattern::Or(alternatives) => {
                let alternatives = self.tree().list(alternatives).to_vec();
                self.alternatives(span, &alternatives, expected, bounds);
            }
            Pattern::And(parts) => {
                for part in self.tree().list(parts).to_vec() {
                    self.pattern(part, expected, bounds);
                }
            }
            Pattern::As { pattern, name } => {
                self.pattern(pattern, expected, bounds);
                // `:? t as x`: `x` is what was tested.
                let is_test = matches!(self.tree().pattern(pattern), Pattern::TypeTest(_));
                let tested = self
                    .file
                    .pattern_types
                    .get(pattern.index())
                    .copied()
                    .flatten()
                    .filter(|_| is_test);
                self.pattern(name, tested.unwrap_or(expected), bounds);
            }
            Pattern::TypeTest(ty) => {
                let wanted = self.written_type(ty);
                // Exceptions and `obj` only (§1.7); what is named is bound as what was tested.
                if !matches!(
                    self.types.defined(expected),
                    Some(DefinedId::OBJ | DefinedId::EXN)
                ) {
                    self.want_type(span, expected, wanted);
                }
                self.typed_pattern(id, wanted);
            }
            Pattern::Annotated { pattern, ty } => {
                let written = self.written_type(ty);
                self.want_type(span, written, expected);
                self.pattern(pattern, written, bounds);
            }
            Pattern::Paren(inner) | Pattern::Attributed { pattern: inner, .. } => {
                self.pattern(inner, expected, bounds)
            }
        }
    }

    /// `KeyValue (k, v)`, unless the program has a pattern of that name.
    fn is_key_value(&self, path: &[Name]) -> bool {
        matches!(*path, [only] if self.tree().text(only.symbol) == "KeyValue")
    }

    /// What a path in a pattern names.
    fn find_pattern(&mut self, path: &[Name]) -> Option<PatternName> {
        let names = self.path_names(path);
        let (&last, modules) = names.split_last()?;
        let Some((&first, rest)) = modules.split_first() else {
            return self.env.pattern(last);
        };
        let mut among = self.env.modules(first).to_vec();
        for &name in rest {
            among = self.modules.inner(&among, name);
        }
        if let Some(found) = self
            .modules
            .find(&among, |module| module.patterns.get(&last).copied())
        {
            return Some(found);
        }
        // `Option.None`, `Result.Ok`: cases of the language's unions behind the type.
        let Some(TypeName::Defined(id)) = self.find_type(modules) else {
            return None;
        };
        match self.env.pattern(last) {
            Some(PatternName::Case(case))
                if self
                    .cases
                    .get(case)
                    .is_some_and(|info| info.row.owner == id) =>
            {
                Some(PatternName::Case(case))
            }
            _ => None,
        }
    }

    fn no_pattern(&mut self, path: &[Name]) {
        let (Some(first), Some(last)) = (path.first(), path.last()) else {
            return;
        };
        let names = self.path_names(path);
        let text: Vec<&str> = names.iter().map(|&name| self.names.text(name)).collect();
        let text = text.join(".");
        let problem = self
            .error(codes::UNDEFINED, first.span.to(last.span))
            .reason("pattern")
            .arg("name", text.as_str());
        let problem = self.did_you_mean(problem, &text, false);
        self.report(problem);
    }

    fn named(
        &mut self,
        id: PatternId,
        found: PatternName,
        args: &[PatternId],
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        let span = self.tree().pattern_span(id);
        match found {
            PatternName::Case(case) => {
                self.bind(id, Binds::Case(case));
                let (fields, result) = self.case_types(case);
                self.want_type(span, expected, result);
                self.case_arguments(span, case, &fields, args, bounds);
            }
            PatternName::EnumCase(owner, at) => {
                self.bind(id, Binds::EnumCase(owner, at));
                let ty = self.types.named(owner, &[]);
                self.want_type(span, expected, ty);
            }
            PatternName::Literal(global) => {
                self.bind(id, Binds::Literal(global));
                if let Some(ty) = self.globals.get(global).map(|(_, scheme)| scheme.ty) {
                    self.want_type(span, expected, ty);
                }
            }
            PatternName::Active(row, case) => {
                self.active_pattern(id, row, case, args, expected, bounds)
            }
        }
    }

    fn case_arguments(
        &mut self,
        span: Span,
        case: CaseId,
        fields: &[Ty],
        args: &[PatternId],
        bounds: &mut Vec<Bound>,
    ) {
        match (fields, args) {
            ([], []) => {}
            // A case alone, or with a wildcard, is of any number of fields.
            (_, [only]) if matches!(self.tree().pattern(*only), Pattern::Wildcard) => {
                let ty = self.types.tuple(fields);
                self.typed_pattern(*only, ty);
            }
            ([field], [arg]) => self.pattern(*arg, *field, bounds),
            (_, [arg]) if fields.len() > 1 => {
                let mut bare = *arg;
                while let Pattern::Paren(inner) = self.tree().pattern(bare) {
                    bare = inner;
                }
                let parts = match self.tree().pattern(bare) {
                    Pattern::Tuple { items, .. } => self.tree().list(items).to_vec(),
                    _ => Vec::new(),
                };
                let whole = self.types.tuple(fields);
                self.typed_pattern(*arg, whole);
                self.typed_pattern(bare, whole);
                if parts.len() == fields.len() {
                    for (part, &field) in parts.iter().zip(fields) {
                        self.pattern(*part, field, bounds);
                    }
                } else if parts.is_empty() {
                    self.pattern(*arg, whole, bounds);
                } else {
                    self.wrong_fields(span, case, fields.len(), parts.len());
                    for part in parts {
                        let ty = self.fresh();
                        self.pattern(part, ty, bounds);
                    }
                }
            }
            _ => {
                self.wrong_fields(span, case, fields.len(), args.len());
                for &arg in args {
                    let ty = self.fresh();
                    self.pattern(arg, ty, bounds);
                }
            }
        }
    }

    fn wrong_fields(&mut self, span: Span, case: CaseId, expected: usize, found: usize) {
        let name = self
            .cases
            .get(case)
            .map_or("", |info| self.names.text(info.row.name))
            .to_owned();
        let problem = self
            .error(codes::CASE_FIELDS, span)
            .arg("name", name)
            .arg("expected", expected)
            .arg("found", found);
        self.report(problem);
    }

    fn case_fields_pattern(
        &mut self,
        id: PatternId,
        case: CaseId,
        fields: Many<FieldPattern>,
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        self.bind(id, Binds::Case(case));
        let span = self.tree().pattern_span(id);
        let (types, result) = self.case_types(case);
        self.want_type(span, expected, result);
        for field in self.tree().list(fields).to_vec() {
            let path = self.tree().list(field.path).to_vec();
            let Some(&name) = self.path_names(&path).last() else {
                continue;
            };
            let at = self
                .cases
                .get(case)
                .and_then(|info| info.row.fields.iter().position(|known| known.name == name));
            match at.and_then(|at| types.get(at).copied()) {
                Some(ty) => self.pattern(field.pattern, ty, bounds),
                None => {
                    let text = self.names.text(name).to_owned();
                    let shown = self.show(result);
                    let problem = self
                        .error(codes::NO_FIELD, field.span)
                        .arg("type", shown)
                        .arg("name", text);
                    self.report(problem);
                    let ty = self.fresh();
                    self.pattern(field.pattern, ty, bounds);
                }
            }
        }
    }

    fn active_pattern(
        &mut self,
        id: PatternId,
        row: u32,
        case: u32,
        args: &[PatternId],
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        let Some(info) = self.active.get(row as usize).cloned() else {
            return;
        };
        let span = self.tree().pattern_span(id);
        let (function, scheme) = match info.function {
            Value::Local(local) => {
                self.capture(local, span);
                (
                    Callee::Local(local),
                    self.file
                        .locals
                        .get(local)
                        .map(|(_, scheme)| scheme.clone()),
                )
            }
            Value::Global(global) => (
                Callee::Global(global),
                self.globals.get(global).map(|(_, scheme)| scheme.clone()),
            ),
            _ => return,
        };
        let Some(scheme) = scheme else { return };
        let (ty, _) = self
            .types
            .instantiate(&scheme, &self.parameters, &self.rows);
        let (before, inner) = args.split_at(info.arguments.min(args.len()));
        let mut rest = ty;
        let mut arguments = Vec::new();
        for &arg in before {
            let value = self.pattern_as_expr(arg);
            self.bind(arg, Binds::Silent);
            if let Node::Function(from, to) = self.types.node(rest) {
                self.expr(value, from);
                self.typed_pattern(arg, from);
                rest = to;
            }
            arguments.push(value);
        }
        let (from, gives) = match self.types.node(rest) {
            Node::Function(from, to) => (from, to),
            _ => {
                let (from, to) = (self.fresh(), self.fresh());
                let function = self.types.function(from, to);
                self.want_type(span, rest, function);
                (from, to)
            }
        };
        self.want_type(span, from, expected);
        let item = if info.partial {
            match self.types.defined(gives) {
                Some(DefinedId::BOOL) => self.unit,
                _ => {
                    let item = self.fresh();
                    let option = self.types.named(DefinedId::OPTION, &[item]);
                    self.want_type(span, option, gives);
                    item
                }
            }
        } else if info.cases > 1 {
            let parts: Vec<Ty> = (0..info.cases).map(|_| self.fresh()).collect();
            let choice = self.types.named(DefinedId::CHOICE, &parts);
            self.want_type(span, choice, gives);
            parts.get(case as usize).copied().unwrap_or(gives)
        } else {
            gives
        };
        if let [inner] = *inner {
            self.pattern(inner, item, bounds);
        }
        self.file.active.push(ActivePattern {
            function,
            arguments: arguments.into(),
            case,
            cases: info.cases,
            partial: info.partial,
            inner: inner.first().copied(),
        });
        self.bind(id, Binds::Active((self.file.active.len() - 1) as u32));
    }

    /// An argument of an active pattern is an expression in the clothes of a pattern.
    fn pattern_as_expr(&mut self, id: PatternId) -> ExprId {
        let span = self.tree().pattern_span(id);
        let node = match self.tree().pattern(id) {
            Pattern::Name(symbol) => Expr::Name(symbol),
            Pattern::Literal(literal) => Expr::Literal(literal),
            Pattern::Paren(inner) => Expr::Paren(self.pattern_as_expr(inner)),
            Pattern::Tuple { items, is_struct } => {
                let items: Vec<ExprId> = self
                    .tree()
                    .list(items)
                    .to_vec()
                    .into_iter()
                    .map(|item| self.pattern_as_expr(item))
                    .collect();
                let items = self.file.parsed.tree.add_list(&items);
                Expr::Tuple { items, is_struct }
            }
            Pattern::List(items) => {
                let items: Vec<ExprId> = self
                    .tree()
                    .list(items)
                    .to_vec()
                    .into_iter()
                    .map(|item| self.pattern_as_expr(item))
                    .collect();
                let items = self.file.parsed.tree.add_list(&items);
                Expr::Collection {
                    kind: CollectionKind::List,
                    body: crate::tree::CollectionBody::Elements(items),
                }
            }
            _ => {
                let problem = self
                    .error(codes::UNDEFINED, span)
                    .reason("argument")
                    .arg("name", "");
                self.report(problem);
                Expr::Error
            }
        };
        self.file.parsed.tree.add_expr(node, span)
    }

    fn collection_pattern(
        &mut self,
        span: Span,
        kind: CollectionKind,
        items: Many<PatternId>,
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        let item = self.fresh();
        let ty = self
            .types
            .named(super::expr::collection_type(kind), &[item]);
        self.want_type(span, expected, ty);
        for pattern in self.tree().list(items).to_vec() {
            self.pattern(pattern, item, bounds);
        }
    }

    fn record_pattern(
        &mut self,
        id: PatternId,
        fields: Many<FieldPattern>,
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        let fields = self.tree().list(fields).to_vec();
        let mut names = Vec::new();
        for field in &fields {
            let path = self.tree().list(field.path).to_vec();
            let path = self.path_names(&path);
            if let Some((&name, owner)) = path.split_last() {
                names.push(name);
                if let Some(owner) = self.record_of_path(owner, name) {
                    let args: Vec<Ty> =
                        (0..self.defined.get(owner).map_or(0, |info| info.params.len()))
                            .map(|_| self.fresh())
                            .collect();
                    let ty = self.types.named(owner, &args);
                    self.want_type(field.span, expected, ty);
                }
            }
        }
        let declared = self.types.defined(expected);
        self.bind(id, declared.map_or(Binds::Structural, Binds::RecordOf));
        for (field, name) in fields.into_iter().zip(names) {
            // On an unknown value a record pattern asks for these fields and no more (rulings, Fusabi 49).
            let found = match self.row_field(expected, name) {
                Some(ty) => Some(ty),
                None => match self.find_field(expected, name) {
                    Some(super::field::Found::Field(_, _, ty) | super::field::Found::Named(ty)) => {
                        Some(ty)
                    }
                    _ => None,
                },
            };
            let ty = match found {
                Some(ty) => ty,
                None => {
                    let shown = self.show(expected);
                    let text = self.names.text(name).to_owned();
                    let problem = self
                        .error(codes::NO_FIELD, field.span)
                        .arg("type", shown)
                        .arg("name", text);
                    self.report(problem);
                    self.fresh()
                }
            };
            self.pattern(field.pattern, ty, bounds);
        }
    }

    /// `p | q`: all bind the same names.
    fn alternatives(
        &mut self,
        span: Span,
        alternatives: &[PatternId],
        expected: Ty,
        bounds: &mut Vec<Bound>,
    ) {
        let mut first: Option<Vec<Bound>> = None;
        for &alternative in alternatives {
            let mut these = Vec::new();
            self.pattern(alternative, expected, &mut these);
            let Some(known) = &mut first else {
                first = Some(these);
                continue;
            };
            let mut missing = known.len() != these.len();
            for bound in these {
                match known.iter_mut().find(|other| other.name == bound.name) {
                    Some(other) => {
                        other.others.push(bound.pattern);
                        let (wanted, found) = (other.ty, bound.ty);
                        let at = self.tree().pattern_span(bound.pattern);
                        self.want_type(at, wanted, found);
                    }
                    None => missing = true,
                }
            }
            if missing {
                let problem = self.error(codes::OR_VARIABLES, span);
                self.report(problem);
            }
        }
        bounds.extend(first.unwrap_or_default());
    }

    /// Each name is bound once.
    pub fn no_twice(&mut self, bounds: &[Bound]) {
        let mut seen = std::collections::HashSet::new();
        for bound in bounds {
            if !seen.insert(bound.name) {
                let span = self.tree().pattern_span(bound.pattern);
                let text = self.names.text(bound.name).to_owned();
                let problem = self.error(codes::TWICE, span).arg("name", text);
                self.report(problem);
            }
        }
    }
}
