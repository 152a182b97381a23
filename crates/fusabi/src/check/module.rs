//! Declarations of modules and files.

use std::collections::HashMap;

use super::codes;
use super::env::{Module, ModuleId, TypeName};
use super::state::Checker;
use crate::tree::{
    Attribute as WrittenAttribute, Decl, DeclId, Directive, Expr, ExprId, Header, Literal, Many,
    Name,
};
use crate::typed::{Attribute, AttributeValue, Meaning, NameId, Step};

/// A module of a file: only it is opened where it is loaded if it is implicit.
type FileModules = HashMap<String, (Option<ModuleId>, ModuleId)>;

impl Checker<'_> {
    /// The module that declarations go into.
    pub fn module(&mut self) -> Option<&mut Module> {
        let id = self.path.last()?.1;
        self.modules.get_mut(id)
    }

    /// Checks a file. What it declares stands in its module for those that load it.
    pub fn check_file(
        &mut self,
        known: &mut FileModules,
        loads: &HashMap<String, String>,
        loaded: bool,
    ) {
        let (path, implicit) = self.header_path(loaded);
        self.path.clear();
        let mut outermost = None;
        for &name in &path {
            let id = self.modules.add(Module::default());
            if let Some(module) = self.module() {
                module.modules.entry(name).or_default().push(id);
            }
            if outermost.is_none() {
                outermost = Some(id);
                self.module_names.insert(id, name);
            }
            self.path.push((name, id));
        }
        // A main file without header and the host's declarations are in no named module.
        if path.is_empty() {
            let id = self.modules.add(Module::default());
            let name = self.names.intern("");
            self.path.push((name, id));
            outermost = Some(id);
        }
        self.file.modules.clone_from(&path);
        let decls = self.tree().decls().to_vec();
        for decl in decls {
            if let Decl::Directive(directive) = self.tree().decl(decl) {
                self.directive(directive, decl, known, loads);
            } else {
                self.decl(decl);
            }
        }
        if let (Some(first), Some(last)) = (outermost, self.path.last().map(|module| module.1)) {
            let name = self.file.name.to_string();
            known.insert(name, (implicit.then_some(last), first));
        }
        self.path.clear();
        let decls = self.tree().decls().to_vec();
        let has_value = decls
            .iter()
            .rev()
            .find(|&&decl| !matches!(self.tree().decl(decl), Decl::Directive(_)))
            .is_some_and(|&decl| matches!(self.tree().decl(decl), Decl::Expr(_)));
        self.has_result = has_value;
    }

    /// The modules of the file, and whether they are the implicit one (§1.4).
    fn header_path(&mut self, loaded: bool) -> (Vec<NameId>, bool) {
        match self.tree().header() {
            Header::Module { path, .. } | Header::Namespace { path, .. } => {
                let path = self.tree().list(path).to_vec();
                (self.path_names(&path), false)
            }
            Header::None if loaded => {
                let name = self.file.name.to_string();
                let stem = name.rsplit(['/', '\\']).next().unwrap_or("");
                let stem = stem.split_once('.').map_or(stem, |(stem, _)| stem);
                let mut chars = stem.chars();
                let text: String = chars
                    .next()
                    .map(|first| first.to_uppercase().chain(chars).collect())
                    .unwrap_or_default();
                (vec![self.names.intern(&text)], true)
            }
            Header::None => (Vec::new(), false),
        }
    }

    fn directive(
        &mut self,
        directive: Directive,
        decl: DeclId,
        known: &FileModules,
        loads: &HashMap<String, String>,
    ) {
        match directive {
            Directive::Load(paths) => {
                for path in self.tree().list(paths).to_vec() {
                    let Literal::String(text) = &self.tree().constant(path).value else {
                        continue;
                    };
                    let Some(&(opened, outermost)) =
                        loads.get(&**text).and_then(|name| known.get(name))
                    else {
                        continue;
                    };
                    let names: Vec<NameId> = self
                        .module_names
                        .get(&outermost)
                        .copied()
                        .into_iter()
                        .collect();
                    for name in names {
                        self.env.bind_module(name, outermost);
                    }
                    if let Some(module) = opened {
                        self.modules.open(module, &mut self.env);
                    }
                }
            }
            Directive::Reference(path) => {
                let text = match &self.tree().constant(path).value {
                    Literal::String(text) => text.to_string(),
                    _ => String::new(),
                };
                let span = self.tree().decl_span(decl);
                let problem = self.error(codes::REFERENCE, span).arg("name", text);
                self.report(problem);
            }
            Directive::Ignored | Directive::Compat => {}
        }
    }

    fn decl(&mut self, id: DeclId) {
        self.at = self.tree().decl_span(id);
        self.type_variables.clear();
        match self.tree().decl(id) {
            Decl::Error | Decl::Attributes(_) | Decl::Directive(_) => {}
            Decl::Open { path, .. } => {
                let path = self.tree().list(path).to_vec();
                self.open(&path);
            }
            Decl::Module { name, decls, .. } => {
                let inner = self.name(name.symbol);
                let module = self.modules.add(Module::default());
                let mark = self.env.mark();
                self.path.push((inner, module));
                for decl in self.tree().list(decls).to_vec() {
                    self.decl(decl);
                }
                self.path.pop();
                self.env.back_to(mark);
                self.env.bind_module(inner, module);
                if let Some(around) = self.module() {
                    around.modules.entry(inner).or_default().push(module);
                }
            }
            Decl::ModuleAlias { name, path } => {
                let path = self.tree().list(path).to_vec();
                let alias = self.name(name.symbol);
                for module in self.find_modules(&path) {
                    self.env.bind_module(alias, module);
                    if let Some(around) = self.module() {
                        around.modules.entry(alias).or_default().push(module);
                    }
                }
            }
            Decl::Types(defs) => self.define_types(defs),
            Decl::Exception { name, fields, .. } => self.define_exception(name, fields),
            Decl::Let {
                bindings,
                recursive,
            } => {
                self.let_group(bindings, recursive, true);
                self.step(id);
            }
            Decl::Do(value) => {
                let unit = self.unit;
                self.expr(value, unit);
                self.step(id);
            }
            Decl::Expr(value) => {
                let ty = self.fresh();
                self.expr(value, ty);
                self.step(id);
            }
        }
    }

    fn step(&mut self, decl: DeclId) {
        self.steps.push(Step {
            file: self.file.index,
            decl,
        });
    }

    /// The modules that a path names; reports if there are none.
    fn find_modules(&mut self, path: &[Name]) -> Vec<ModuleId> {
        let names = self.path_names(path);
        let Some((&first, rest)) = names.split_first() else {
            return Vec::new();
        };
        let mut among = self.env.modules(first).to_vec();
        for &name in rest {
            among = self.modules.inner(&among, name);
        }
        if among.is_empty()
            && let (Some(start), Some(end)) = (path.first(), path.last())
        {
            let text: Vec<&str> = names.iter().map(|&name| self.names.text(name)).collect();
            let problem = self
                .error(codes::UNDEFINED, start.span.to(end.span))
                .reason("module")
                .arg("name", text.join("."));
            self.report(problem);
        }
        among
    }

    fn open(&mut self, path: &[Name]) {
        let names = self.path_names(path);
        // `open type T` and a type's cases: a type is a module of its cases.
        if let Some(TypeName::Defined(id)) = self.find_type(&names)
            && let Some(&module) = self.type_modules.get(&id)
        {
            self.modules.open(module, &mut self.env);
            return;
        }
        for module in self.find_modules(path) {
            self.modules.open(module, &mut self.env);
        }
    }

    /// Attributes with constant arguments (§1.13).
    pub fn attributes(&mut self, attributes: Many<WrittenAttribute>) -> Vec<Attribute> {
        let mut kept = Vec::new();
        for attribute in self.tree().list(attributes).to_vec() {
            let path = self.tree().list(attribute.path);
            let Some(last) = path.last() else { continue };
            let text = self.tree().text(last.symbol);
            let name = text
                .strip_suffix("Attribute")
                .filter(|name| !name.is_empty())
                .unwrap_or(text);
            let name: Box<str> = name.into();
            let mut arguments = Vec::new();
            if let Some(argument) = attribute.argument {
                self.attribute_arguments(argument, &mut arguments);
            }
            kept.push(Attribute {
                name,
                arguments: arguments.into(),
            });
        }
        kept
    }

    fn attribute_arguments(&mut self, id: ExprId, arguments: &mut Vec<AttributeValue>) {
        self.mean(id, Meaning::Silent);
        match self.tree().expr(id) {
            Expr::Paren(inner) => self.attribute_arguments(inner, arguments),
            Expr::Tuple { items, .. } => {
                for item in self.tree().list(items).to_vec() {
                    self.attribute_arguments(item, arguments);
                }
            }
            Expr::Literal(literal) => arguments.push(match &self.tree().constant(literal).value {
                Literal::String(text) => AttributeValue::Text(text.clone()),
                Literal::Int(value, _) => {
                    AttributeValue::Int(i64::try_from(*value).unwrap_or(i64::MAX))
                }
                Literal::Float(value) => AttributeValue::Float(*value),
                Literal::Bool(value) => AttributeValue::Bool(*value),
                Literal::Unit => return,
                _ => self.as_written(id),
            }),
            _ => arguments.push(self.as_written(id)),
        }
    }

    fn as_written(&self, id: ExprId) -> AttributeValue {
        let range = self.tree().span(id).range();
        let text = self.file.parsed.source.text().get(range).unwrap_or("");
        AttributeValue::Other(text.into())
    }
}
