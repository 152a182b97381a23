//! Declarations of types: records, unions, enums, abbreviations, object types, exceptions, members.

use super::codes;
use super::env::{PatternName, TypeName, Value};
use super::state::{Abbreviation, Checker, DefinedInfo, MemberInfo};
use crate::id_map::{IdMap, IdSet};
use crate::tree::{
    CaseDef, CaseField, Expr, Literal, Many, Member as WrittenMember, Name, Pattern, Span, Type,
    TypeDef, TypeKind,
};
use crate::typed::{
    Attribute, DefinedId, DefinedType, Definition, EnumItem, Index, Member, MemberId, NameId,
    Parameter, ParameterId, Requirement, TypeShape,
};
use crate::types::{Node, Scheme, Ty};

/// A type definition that has its row.
struct Begun {
    def: TypeDef,
    id: DefinedId,
    parameters: Vec<ParameterId>,
    attributes: Vec<Attribute>,
}

impl Checker<'_> {
    /// `type … and …`
    pub fn define_types(&mut self, defs: Many<TypeDef>) {
        let defs = self.tree().list(defs).to_vec();
        let mut begun = Vec::new();
        for def in defs {
            if let Some(one) = self.begin_type(def) {
                begun.push(one);
            }
        }
        let outer = std::mem::take(&mut self.type_variables);
        // Abbreviations first: what they stand for is declared, and the other types of the group may use them.
        let (short, whole): (Vec<&Begun>, Vec<&Begun>) = begun
            .iter()
            .partition(|one| matches!(one.def.kind, TypeKind::Abbreviation(_)));
        for one in short.into_iter().chain(whole) {
            self.enter_parameters(&one.parameters);
            self.define(one);
        }
        let mut members = Vec::new();
        for one in &begun {
            self.enter_parameters(&one.parameters);
            for member in self.tree().list(one.def.members).to_vec() {
                members.push((self.begin_member(one.id, member), one));
            }
        }
        for ((id, member, ty), one) in members {
            self.enter_parameters(&one.parameters);
            self.check_member(one.id, id, member, ty);
        }
        self.type_variables = outer;
    }

    fn enter_parameters(&mut self, parameters: &[ParameterId]) {
        self.type_variables.clear();
        for &id in parameters {
            let name = self.parameters.get(id).map(|parameter| parameter.name);
            let ty = self.types.add(Node::Parameter(id));
            if let Some(name) = name {
                self.type_variables.insert(name, ty);
            }
        }
    }

    /// Makes the row and binds the name, so that types of one group see each other.
    fn begin_type(&mut self, def: TypeDef) -> Option<Begun> {
        let path = self.tree().list(def.path).to_vec();
        let last = *path.last()?;
        let name = self.name(last.symbol);
        let attributes = self.attributes(def.attributes);
        if attributes
            .iter()
            .any(|attribute| &*attribute.name == "Measure")
        {
            // Units are erased (rulings, Fusabi 26): the name must be known and stands for no values.
            let erased = self.types.named(DefinedId::UNIT, &[]);
            self.add_abbreviation(name, Box::default(), erased);
            return None;
        }
        let mut parameters = Vec::new();
        for param in self.tree().list(def.params).to_vec() {
            let name = self.name(param.name.symbol);
            parameters.push(self.parameters.push(Parameter {
                name,
                requires: Requirement::Nothing,
            }));
        }
        if def.kind == TypeKind::Augmentation {
            let names = self.path_names(&path);
            let Some(TypeName::Defined(id)) = self.find_type(&names) else {
                let text = self.names.text(name).to_owned();
                let problem = self
                    .error(codes::UNDEFINED, last.span)
                    .reason("type")
                    .arg("name", text);
                self.report(problem);
                return None;
            };
            let parameters = self
                .defined
                .get(id)
                .map(|info| info.row.parameters.to_vec())?;
            return Some(Begun {
                def,
                id,
                parameters,
                attributes,
            });
        }
        if let Some(id) = self.same_as_builtin(def, name) {
            self.declare_type(name, TypeName::Defined(id));
            return None;
        }
        let params = self.parameter_types(&parameters);
        let id = self.defined.push(DefinedInfo {
            row: DefinedType {
                name,
                modules: self.path.iter().map(|module| module.0).collect(),
                parameters: parameters.clone().into(),
                shape: TypeShape::Opaque,
                members: Vec::new(),
                attributes: attributes.clone().into(),
                definition: Some(self.definition(last.span)),
            },
            params,
            fields: Vec::new(),
            argument: None,
            variables: Vec::new(),
        });
        if !matches!(def.kind, TypeKind::Abbreviation(_)) {
            self.declare_type(name, TypeName::Defined(id));
        }
        Some(Begun {
            def,
            id,
            parameters,
            attributes,
        })
    }

    /// The place of a declaration.
    pub const fn definition(&self, span: Span) -> Definition {
        Definition {
            file: self.file.index,
            span,
        }
    }

    fn declare_type(&mut self, name: NameId, ty: TypeName) {
        self.env.bind_type(name, ty);
        if let Some(module) = self.module() {
            module.types.insert(name, ty);
        }
    }

    fn add_abbreviation(&mut self, name: NameId, parameters: Box<[ParameterId]>, ty: Ty) {
        self.abbreviations.push(Abbreviation { parameters, ty });
        let at = (self.abbreviations.len() - 1) as u32;
        self.declare_type(name, TypeName::Abbreviation(at));
    }

    /// `type Option<'a> = Some of 'a | None` is the language's own (E4).
    fn same_as_builtin(&mut self, def: TypeDef, name: NameId) -> Option<DefinedId> {
        let TypeKind::Union(cases) = def.kind else {
            return None;
        };
        let (id, wanted): (_, &[(&str, Option<usize>)]) = match self.names.text(name) {
            "Option" => (DefinedId::OPTION, &[("Some", Some(0)), ("None", None)]),
            "Result" => (DefinedId::RESULT, &[("Ok", Some(0)), ("Error", Some(1))]),
            _ => return None,
        };
        let tree = self.tree();
        let cases = tree.list(cases);
        let params = tree.list(def.params);
        if cases.len() != wanted.len() || !def.members.is_empty() {
            return None;
        }
        let same = wanted.iter().all(|(text, param)| {
            cases.iter().any(|case| {
                let fields = tree.list(case.fields);
                let field_fits = match (param, fields) {
                    (None, []) => true,
                    (Some(at), [field]) => params.get(*at).is_some_and(|param| {
                        tree.ty(field.ty) == Type::Variable(param.name.symbol)
                    }),
                    _ => false,
                };
                tree.text(case.name.symbol) == *text && field_fits
            })
        });
        if !same {
            return None;
        }
        for (text, _) in wanted {
            let name = self.names.intern(text);
            if let Some(TypeShape::Union(cases)) =
                self.defined.get(id).map(|info| info.row.shape.clone())
            {
                let case = cases.iter().copied().find(|&case| {
                    self.cases
                        .get(case)
                        .is_some_and(|info| info.row.name == name)
                });
                if let Some(case) = case {
                    self.declare_case(name, Value::Case(case), PatternName::Case(case), false);
                }
            }
        }
        Some(id)
    }

    /// Brings a case into scope; a qualified one only into the module of its type.
    fn declare_case(&mut self, name: NameId, value: Value, pattern: PatternName, qualified: bool) {
        if qualified {
            return;
        }
        self.env.bind(name, value);
        self.env.bind_pattern(name, Some(pattern));
        if let Some(module) = self.module() {
            module.values.insert(name, value);
            module.patterns.insert(name, pattern);
        }
    }

    fn define(&mut self, one: &Begun) {
        for constraint in self.tree().list(one.def.constraints).to_vec() {
            let name = self.name(constraint.variable.symbol);
            let bound = self.tree().text(constraint.bound.symbol).to_owned();
            if let Some(&ty) = self.type_variables.get(&name) {
                self.constrain(ty, &bound);
            }
        }
        let shape = match one.def.kind {
            TypeKind::Record(fields) => {
                let mut typed: Vec<(NameId, Ty, bool)> = Vec::new();
                for field in self.tree().list(fields).to_vec() {
                    let name = self.name(field.name.symbol);
                    if typed.iter().any(|&(other, ..)| other == name) {
                        let text = self.names.text(name).to_owned();
                        let problem = self.error(codes::TWICE, field.name.span).arg("name", text);
                        self.report(problem);
                    }
                    let ty = self.written_type(field.ty);
                    typed.push((name, ty, field.mutable));
                }
                let types: Vec<Ty> = typed.iter().map(|field| field.1).collect();
                self.note_functions(one.id, &types);
                if let Some(info) = self.defined.get_mut(one.id) {
                    info.fields = typed;
                }
                self.env.records.push(one.id);
                let id = one.id;
                if let Some(module) = self.module() {
                    module.records.push(id);
                }
                TypeShape::Record(Box::default())
            }
            TypeKind::Union(cases) => {
                let cases = self.tree().list(cases).to_vec();
                self.define_union(one, &cases)
            }
            TypeKind::Enum(cases) => {
                let mut items = Vec::new();
                for (at, case) in self.tree().list(cases).to_vec().into_iter().enumerate() {
                    let name = self.name(case.name.symbol);
                    let value = self.constant_int(case.value).unwrap_or(0);
                    items.push(EnumItem { name, value });
                    self.add_case_to_type(
                        one.id,
                        name,
                        Value::EnumCase(one.id, at as u32),
                        PatternName::EnumCase(one.id, at as u32),
                    );
                }
                TypeShape::Enum(items.into())
            }
            TypeKind::Abbreviation(ty) => return self.define_abbreviation(one, ty),
            TypeKind::Object { params } => {
                let argument = self.fresh();
                let mark = self.env.mark();
                let mut bounds = Vec::new();
                self.pattern(params, argument, &mut bounds);
                self.declare_locals(&bounds, false);
                let variables = bounds
                    .iter()
                    .filter_map(|bound| match self.env.value(bound.name) {
                        Some(Value::Local(local)) => Some((bound.name, local)),
                        _ => None,
                    })
                    .collect();
                self.env.back_to(mark);
                if let Some(info) = self.defined.get_mut(one.id) {
                    info.variables = variables;
                    info.argument = Some(argument);
                }
                if let Some(name) = self.defined.get(one.id).map(|info| info.row.name) {
                    self.env.bind(name, Value::Construct(one.id));
                    let id = one.id;
                    if let Some(module) = self.module() {
                        module.values.insert(name, Value::Construct(id));
                    }
                }
                TypeShape::Object {
                    params,
                    argument: crate::typed::TypeIndex::from_index(0),
                }
            }
            TypeKind::Error | TypeKind::Augmentation | TypeKind::Opaque => return,
        };
        if let Some(info) = self.defined.get_mut(one.id) {
            info.row.shape = shape;
        }
    }

    /// Types that hold functions have no equality.
    fn note_functions(&mut self, id: DefinedId, types: &[Ty]) {
        let holds = types.iter().any(|&ty| match self.types.node(ty) {
            Node::Function(..) => true,
            Node::Named(inner, _) => self.types.incomparable.contains(&inner),
            _ => false,
        });
        if holds {
            self.types.incomparable.push(id);
        }
    }

    fn define_union(&mut self, one: &Begun, cases: &[CaseDef]) -> TypeShape {
        let qualified = one
            .attributes
            .iter()
            .any(|attribute| &*attribute.name == "RequireQualifiedAccess");
        let (params, parameters) = self
            .defined
            .get(one.id)
            .map(|info| (info.params.clone(), info.row.parameters.clone()))
            .unwrap_or_default();
        let result = self.types.named(one.id, &params);
        let mut ids = Vec::new();
        let mut taken = IdSet::default();
        for (tag, case) in cases.iter().enumerate() {
            let name = self.name(case.name.symbol);
            if !taken.insert(name) {
                let text = self.names.text(name).to_owned();
                let problem = self.error(codes::TWICE, case.name.span).arg("name", text);
                self.report(problem);
            }
            let (types, names) = self.case_fields(case.fields);
            self.note_functions(one.id, &types);
            let id = self.add_case(name, one.id, tag as u32, types, result, parameters.clone());
            self.name_case_fields(id, &names, case.name);
            ids.push(id);
            self.add_case_to_type(one.id, name, Value::Case(id), PatternName::Case(id));
            self.declare_case(name, Value::Case(id), PatternName::Case(id), qualified);
        }
        TypeShape::Union(ids.into())
    }

    fn case_fields(&mut self, fields: Many<CaseField>) -> (Vec<Ty>, Vec<Option<NameId>>) {
        let mut types = Vec::new();
        let mut names = Vec::new();
        for field in self.tree().list(fields).to_vec() {
            types.push(self.written_type(field.ty));
            names.push(field.name.map(|name| self.name(name.symbol)));
        }
        (types, names)
    }

    fn name_case_fields(&mut self, id: crate::typed::CaseId, names: &[Option<NameId>], at: Name) {
        let definition = self.definition(at.span);
        if let Some(info) = self.cases.get_mut(id) {
            info.row.definition = Some(definition);
            for (field, name) in info.row.fields.iter_mut().zip(names) {
                if let Some(name) = name {
                    field.name = *name;
                }
            }
        }
    }

    /// `Type.Case` works always: a type is a module of its cases.
    fn add_case_to_type(
        &mut self,
        owner: DefinedId,
        name: NameId,
        value: Value,
        pattern: PatternName,
    ) {
        let Some(type_name) = self.defined.get(owner).map(|info| info.row.name) else {
            return;
        };
        let module = match self.type_modules.get(&owner) {
            Some(&module) => module,
            None => {
                let module = self.modules.add(super::env::Module::default());
                self.type_modules.insert(owner, module);
                self.env.bind_module(type_name, module);
                if let Some(around) = self.module() {
                    around.modules.entry(type_name).or_default().push(module);
                }
                module
            }
        };
        if let Some(module) = self.modules.get_mut(module) {
            module.values.insert(name, value);
            module.patterns.insert(name, pattern);
        }
    }

    fn define_abbreviation(&mut self, one: &Begun, ty: crate::tree::TypeId) {
        let name = match self.defined.get(one.id) {
            Some(info) => info.row.name,
            None => return,
        };
        // `type T = A` of an unknown `A` is a union of one case.
        if let Type::Named { path, args, .. } = self.tree().ty(ty)
            && let [only] = *self.tree().list(path)
            && args.is_empty()
        {
            let case = self.name(only.symbol);
            if self.env.ty(case).is_none() {
                self.declare_type(name, TypeName::Defined(one.id));
                let def = CaseDef {
                    attributes: Many::default(),
                    name: only,
                    fields: Many::default(),
                };
                let shape = self.define_union(one, &[def]);
                if let Some(info) = self.defined.get_mut(one.id) {
                    info.row.shape = shape;
                }
                return;
            }
        }
        let ty = self.written_type(ty);
        self.add_abbreviation(name, one.parameters.clone().into(), ty);
    }

    fn constant_int(&self, id: crate::tree::ExprId) -> Option<i64> {
        match self.tree().expr(id) {
            Expr::Literal(literal) => match self.tree().constant(literal).value {
                Literal::Int(value, _) => i64::try_from(value).ok(),
                _ => None,
            },
            Expr::Paren(inner) => self.constant_int(inner),
            _ => None,
        }
    }

    /// `exception E of …`
    pub fn define_exception(&mut self, name: Name, fields: Many<CaseField>) {
        let (types, names) = self.case_fields(fields);
        let text = self.name(name.symbol);
        let result = self.exn;
        let tag = self.exceptions;
        self.exceptions += 1;
        let id = self.add_case(text, DefinedId::EXN, tag, types, result, Box::default());
        self.name_case_fields(id, &names, name);
        self.declare_case(text, Value::Case(id), PatternName::Case(id), false);
    }

    /// Gives a member its row and a type to be found.
    fn begin_member(
        &mut self,
        owner: DefinedId,
        member: WrittenMember,
    ) -> (MemberId, WrittenMember, Ty) {
        let binding = member.binding;
        let name = match self.tree().pattern(binding.pattern) {
            Pattern::Name(symbol) => self.name(symbol),
            _ => self.names.intern("_"),
        };
        self.types.level += 1;
        let ty = self.fresh();
        self.types.level -= 1;
        let function = self.add_function(
            Some(name),
            crate::typed::FunctionOrigin::Lambda(binding.body),
            0,
        );
        let id = self.members.push(MemberInfo {
            row: Member {
                name,
                owner,
                is_static: member.is_static,
                is_property: binding.params.is_empty(),
                function,
                parameters: Box::default(),
                ty: crate::typed::TypeIndex::from_index(0),
            },
            scheme: Scheme::of(ty),
        });
        if let Some(info) = self.functions.get_mut(function) {
            info.row.origin = crate::typed::FunctionOrigin::Member(id, member);
        }
        if let Some(info) = self.defined.get_mut(owner) {
            info.row.members.push(id);
        }
        (id, member, ty)
    }

    fn check_member(&mut self, owner: DefinedId, id: MemberId, member: WrittenMember, ty: Ty) {
        let Some((function, params)) = self
            .members
            .get(id)
            .map(|info| info.row.function)
            .zip(self.defined.get(owner).map(|info| info.params.clone()))
        else {
            return;
        };
        self.types.level += 1;
        let mark = self.env.mark();
        self.inside.push(function);
        // The constructor's variables are in scope of every member, which captures those that it uses.
        let variables = self
            .defined
            .get(owner)
            .map(|info| info.variables.clone())
            .unwrap_or_default();
        for (name, local) in variables {
            self.env.bind(name, Value::Local(local));
        }
        let this = self.types.named(owner, &params);
        if let Some(pattern) = member.this {
            let mut bounds = Vec::new();
            self.pattern(pattern, this, &mut bounds);
            self.declare_locals(&bounds, false);
        }
        self.bind(member.binding.pattern, crate::typed::Binds::Silent);
        let written = self.tree().list(member.binding.params).to_vec();
        let found = self.function_body(
            &written,
            member.binding.ty,
            member.binding.body,
            function,
            None,
        );
        let arity = written.len() + usize::from(!member.is_static);
        if let Some(info) = self.functions.get_mut(function) {
            info.row.arity = if arity == 0 { 1 } else { arity as u32 };
        }
        self.inside.pop();
        self.env.back_to(mark);
        let span = member.span;
        self.want_type(span, ty, found);
        self.types.level -= 1;
        let scheme = self.types.generalize(
            ty,
            member.binding.inline,
            false,
            &mut self.parameters,
            &mut self.rows,
            &mut self.names,
        );
        let own = scheme.parameters.clone();
        if let Some(info) = self.members.get_mut(id) {
            info.row.parameters = own;
            info.scheme = scheme;
        }
    }

    /// The type of a member for one use, with the type's arguments.
    pub fn member_type(&mut self, id: MemberId, args: &[Ty]) -> Ty {
        let Some(info) = self.members.get(id) else {
            return self.fresh();
        };
        let (scheme, owner) = (info.scheme.clone(), info.row.owner);
        let (ty, _) = self
            .types
            .instantiate(&scheme, &self.parameters, &self.rows);
        let parameters = self
            .defined
            .get(owner)
            .map(|info| info.row.parameters.clone())
            .unwrap_or_default();
        let chosen: IdMap<_, _> = parameters
            .iter()
            .copied()
            .zip(args.iter().copied())
            .collect();
        self.types.copy(ty, &chosen, &mut IdMap::default())
    }
}
