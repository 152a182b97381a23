//! Types as they are written.

use super::codes;
use super::env::{ModuleId, TypeName};
use super::state::Checker;
use crate::id_map::IdMap;
use crate::library::library;
use crate::tree::{Name, Span, Tree, Type, TypeId};
use crate::typed::{DefinedId, LibraryId, NameId, Requirement};
use crate::types::{Node, NumberSet, Ty, Variable};

/// Which tree a written type stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    File,
    Library,
}

impl Checker<'_> {
    /// The type that is written there.
    pub fn written_type(&mut self, id: TypeId) -> Ty {
        self.convert(Written::File, id)
    }

    /// The type of a row of the library, for one use. Of a method: without the value before the dot, whose type's arguments are
    /// `args`.
    pub fn library_type(&mut self, id: LibraryId, args: &[Ty]) -> Ty {
        let Some(entry) = library().get(id) else {
            return self.fresh();
        };
        let outer = std::mem::take(&mut self.type_variables);
        let letters: &[&str] = match entry.receiver() {
            Some("Map" | "KeyValuePair") => &["k", "v"],
            Some("Result") => &["a", "e"],
            Some(_) => &["a"],
            None => &[],
        };
        for (letter, &arg) in letters.iter().zip(args) {
            let name = self.names.intern(letter);
            self.type_variables.insert(name, arg);
        }
        let ty = self.convert(Written::Library, entry.ty);
        self.type_variables = outer;
        ty
    }

    /// The type that a text says, for functions of the host; `None` if it says none.
    pub fn type_of_text(&mut self, text: &str) -> Option<Ty> {
        let parsed = crate::parse(&format!("let x : {text} = 0"), &crate::Options::default());
        if parsed.has_errors() {
            return None;
        }
        let Some(crate::tree::Decl::Let { bindings, .. }) = parsed
            .tree
            .decls()
            .first()
            .map(|&decl| parsed.tree.decl(decl))
        else {
            return None;
        };
        let ty = parsed.tree.list(bindings).first()?.ty?;
        let tree = std::mem::replace(&mut self.file.parsed, parsed);
        let symbols = std::mem::take(&mut self.file.symbols);
        let before = self.problems.len();
        let ty = self.convert(Written::File, ty);
        self.file.parsed = tree;
        self.file.symbols = symbols;
        let good = self.problems.len() == before;
        self.problems.truncate(before);
        good.then_some(ty)
    }

    fn written_tree(&self, source: Written) -> &Tree {
        match source {
            Written::File => self.tree(),
            Written::Library => &library().parsed.tree,
        }
    }

    fn written_name(&mut self, source: Written, name: Name) -> NameId {
        match source {
            Written::File => self.name(name.symbol),
            Written::Library => self.names.intern(library().parsed.tree.text(name.symbol)),
        }
    }

    fn convert_all(&mut self, source: Written, ids: &[TypeId]) -> Vec<Ty> {
        ids.iter().map(|&id| self.convert(source, id)).collect()
    }

    fn convert(&mut self, source: Written, id: TypeId) -> Ty {
        let tree = self.written_tree(source);
        let span = match source {
            Written::File => tree.type_span(id),
            Written::Library => Span::default(),
        };
        match tree.ty(id) {
            Type::Error | Type::Wildcard | Type::Measure(_) => self.fresh(),
            Type::Variable(symbol) => {
                let name = self.written_name(source, Name { symbol, span });
                self.type_variable(name, source == Written::File)
            }
            Type::Paren(inner) => self.convert(source, inner),
            Type::Function(parts) => {
                let parts = tree.list(parts).to_vec();
                let mut parts = self.convert_all(source, &parts);
                let result = parts.pop().unwrap_or(self.unit);
                self.types.functions(&parts, result)
            }
            Type::Tuple { items, .. } => {
                let items = tree.list(items).to_vec();
                let items = self.convert_all(source, &items);
                self.types.tuple(&items)
            }
            Type::Array { item, .. } => {
                let item = self.convert(source, item);
                self.types.named(DefinedId::ARRAY, &[item])
            }
            Type::Record { fields, .. } => {
                let fields = tree.list(fields).to_vec();
                let mut converted = Vec::new();
                for field in fields {
                    let name = self.written_name(source, field.name);
                    converted.push((name, self.convert(source, field.ty)));
                }
                self.record_type(converted)
            }
            Type::Constrained { ty, constraints } => {
                let constraints = tree.list(constraints).to_vec();
                for constraint in constraints {
                    let variable = self.written_name(source, constraint.variable);
                    let place = self.type_variable(variable, source == Written::File);
                    let bound = self
                        .written_tree(source)
                        .text(constraint.bound.symbol)
                        .to_owned();
                    self.constrain(place, &bound);
                }
                self.convert(source, ty)
            }
            Type::Named { path, args, .. } => {
                let path = tree.list(path).to_vec();
                let args = tree.list(args).to_vec();
                let mut names = Vec::with_capacity(path.len());
                for &name in &path {
                    names.push(self.written_name(source, name));
                }
                let args = self.convert_all(source, &args);
                self.named_type(&names, &args, span)
            }
        }
    }

    fn type_variable(&mut self, name: NameId, keeps_name: bool) -> Ty {
        if let Some(&ty) = self.type_variables.get(&name) {
            return ty;
        }
        let level = self.types.level;
        let ty = self.types.add(Node::Variable(Variable {
            level,
            numbers: NumberSet::ANY,
            requires: Requirement::Nothing,
            row: None,
            only_record: false,
            name: keeps_name.then_some(name),
        }));
        self.type_variables.insert(name, ty);
        ty
    }

    /// `'a : comparison` and so on; unknown words say nothing.
    pub fn constrain(&mut self, ty: Ty, bound: &str) {
        let numbers = match bound {
            "number" => NumberSet::NUMBERS,
            "signed" => NumberSet::SIGNED,
            "float" => NumberSet::FLOATS,
            "add" => NumberSet::ADD,
            _ => NumberSet::ANY,
        };
        let requires = match bound {
            "comparison" => Requirement::Comparison,
            "equality" => Requirement::Equality,
            _ => Requirement::Nothing,
        };
        if let Some(variable) = self.types.variable(ty) {
            let numbers = variable.numbers.and(numbers);
            let requires = variable.requires.max(requires);
            self.types.solve(
                ty,
                Node::Variable(Variable {
                    numbers,
                    requires,
                    ..variable
                }),
            );
        } else if let Node::Parameter(id) = self.types.node(ty)
            && let Some(parameter) = self.parameters.get_mut(id)
        {
            parameter.requires = parameter.requires.max(requires);
        }
    }

    /// A structural record, fields in the order of their texts.
    pub fn record_type(&mut self, mut fields: Vec<(NameId, Ty)>) -> Ty {
        fields.sort_by(|a, b| self.names.text(a.0).cmp(self.names.text(b.0)));
        fields.dedup_by_key(|field| field.0);
        self.types.record(&fields)
    }

    /// What a type's name stands for.
    pub fn find_type(&self, names: &[NameId]) -> Option<TypeName> {
        let (&last, modules) = names.split_last()?;
        let Some((&first, rest)) = modules.split_first() else {
            return self.env.ty(last);
        };
        let mut among: Vec<ModuleId> = self.env.modules(first).to_vec();
        for &name in rest {
            among = self.modules.inner(&among, name);
        }
        self.modules
            .find(&among, |module| module.types.get(&last).copied())
    }

    fn named_type(&mut self, names: &[NameId], args: &[Ty], span: Span) -> Ty {
        let Some(found) = self.find_type(names) else {
            let text: Vec<&str> = names.iter().map(|&name| self.names.text(name)).collect();
            let text = text.join(".");
            let problem = self
                .error(codes::UNDEFINED, span)
                .reason("type")
                .arg("name", text.as_str());
            let problem = self.did_you_mean(problem, &text, true);
            self.report(problem);
            return self.fresh();
        };
        match found {
            TypeName::Defined(id) => {
                let arity = self.defined.get(id).map_or(0, |info| info.params.len());
                if id == DefinedId::CHOICE && (2..=7).contains(&args.len()) {
                    return self.types.named(id, args);
                }
                // Units of measure are erased: `float<m>` is `float`.
                let args = if arity == 0 && is_measured(id) {
                    &[]
                } else {
                    args
                };
                if args.len() != arity {
                    self.wrong_arity(span, arity, args.len());
                    let args: Vec<Ty> = (0..arity).map(|_| self.fresh()).collect();
                    return self.types.named(id, &args);
                }
                self.types.named(id, args)
            }
            TypeName::Abbreviation(at) => {
                let Some(row) = self.abbreviations.get(at as usize).cloned() else {
                    return self.fresh();
                };
                if row.parameters.len() != args.len() {
                    self.wrong_arity(span, row.parameters.len(), args.len());
                    return self.fresh();
                }
                let chosen: IdMap<_, _> = row
                    .parameters
                    .iter()
                    .copied()
                    .zip(args.iter().copied())
                    .collect();
                self.types.copy(row.ty, &chosen, &mut IdMap::default())
            }
        }
    }

    fn wrong_arity(&mut self, span: Span, wanted: usize, found: usize) {
        let problem = self
            .error(codes::TYPE_ARGUMENTS, span)
            .arg("expected", wanted)
            .arg("found", found);
        self.report(problem);
    }
}

fn is_measured(id: DefinedId) -> bool {
    NumberSet::NUMBERS.has(id)
}
