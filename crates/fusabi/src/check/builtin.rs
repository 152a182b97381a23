//! What is in scope before a program begins: the language's own types and cases, the library, the host.

use std::collections::HashMap;

use super::env::{Module, PatternName, TypeName, Value};
use super::state::{CaseInfo, Checker, DefinedInfo};
use crate::library::library;
use crate::typed::{
    Builder, Case, CaseId, DefinedId, DefinedType, Index, LibraryId, NameId, Parameter,
    ParameterId, Requirement, TypeShape,
};
use crate::types::{Node, Ty};

/// Numbers of parameters of the language's types that have some.
const ARITIES: &[(DefinedId, usize)] = &[
    (DefinedId::LIST, 1),
    (DefinedId::ARRAY, 1),
    (DefinedId::OPTION, 1),
    (DefinedId::VALUE_OPTION, 1),
    (DefinedId::RESULT, 2),
    (DefinedId::CHOICE, 7),
    (DefinedId::REF, 1),
    (DefinedId::LAZY, 1),
    (DefinedId::SEQ, 1),
    (DefinedId::ASYNC, 1),
    (DefinedId::MAP, 2),
    (DefinedId::SET, 1),
    (DefinedId::KEY_VALUE, 2),
];

/// Further names of types.
const ALIASES: &[(&str, DefinedId)] = &[
    ("int64", DefinedId::INT),
    ("double", DefinedId::FLOAT),
    ("single", DefinedId::FLOAT32),
    ("uint8", DefinedId::BYTE),
    ("int8", DefinedId::SBYTE),
    ("uint", DefinedId::UINT32),
    ("List", DefinedId::LIST),
    ("Array", DefinedId::ARRAY),
    ("Option", DefinedId::OPTION),
    ("ValueOption", DefinedId::VALUE_OPTION),
    ("Seq", DefinedId::SEQ),
    ("Ref", DefinedId::REF),
    ("Exception", DefinedId::EXN),
    ("String", DefinedId::STRING),
    ("Object", DefinedId::OBJ),
];

impl Checker<'_> {
    /// Fills the tables with what every program has.
    pub fn add_builtins(&mut self) {
        for (at, text) in DefinedId::NAMES.iter().enumerate() {
            let id = DefinedId::from_index(at);
            let arity = ARITIES
                .iter()
                .find(|row| row.0 == id)
                .map_or(0, |row| row.1);
            let name = self.names.intern(text);
            let parameters: Vec<ParameterId> =
                (0..arity).map(|at| self.add_parameter(at)).collect();
            let params = self.parameter_types(&parameters);
            self.defined.push(DefinedInfo {
                row: DefinedType {
                    name,
                    modules: Box::default(),
                    parameters: parameters.into(),
                    shape: TypeShape::Opaque,
                    members: Vec::new(),
                    attributes: Box::default(),
                    definition: None,
                },
                params,
                fields: Vec::new(),
                argument: None,
                variables: Vec::new(),
            });
            if id != DefinedId::BUILDER {
                self.env.bind_type(name, TypeName::Defined(id));
            }
        }
        for &(alias, id) in ALIASES {
            let name = self.names.intern(alias);
            self.env.bind_type(name, TypeName::Defined(id));
        }
        self.unit = self.types.named(DefinedId::UNIT, &[]);
        self.bool = self.types.named(DefinedId::BOOL, &[]);
        self.int = self.types.named(DefinedId::INT, &[]);
        self.string = self.types.named(DefinedId::STRING, &[]);
        self.char = self.types.named(DefinedId::CHAR, &[]);
        self.obj = self.types.named(DefinedId::OBJ, &[]);
        self.exn = self.types.named(DefinedId::EXN, &[]);
        self.add_cases();
        self.add_library();
        for (name, builder) in [
            ("async", Builder::Async),
            ("seq", Builder::Seq),
            ("option", Builder::Option),
            ("result", Builder::Result),
            ("list", Builder::List),
        ] {
            let name = self.names.intern(name);
            self.env.bind(name, Value::Builder(builder));
        }
    }

    fn add_parameter(&mut self, at: usize) -> ParameterId {
        let name = self
            .names
            .intern(&char::from(b'a' + (at % 26) as u8).to_string());
        self.parameters.push(Parameter {
            name,
            requires: Requirement::Nothing,
        })
    }

    /// Parameters as types.
    pub fn parameter_types(&mut self, parameters: &[ParameterId]) -> Vec<Ty> {
        parameters
            .iter()
            .map(|&id| self.types.add(Node::Parameter(id)))
            .collect()
    }

    fn add_cases(&mut self) {
        let params = |this: &Self, id: DefinedId| {
            this.defined
                .get(id)
                .map(|info| info.params.clone())
                .unwrap_or_default()
        };
        let part =
            |params: &[Ty], at: usize| params.get(at).copied().into_iter().collect::<Vec<_>>();
        let option = params(self, DefinedId::OPTION);
        let value_option = params(self, DefinedId::VALUE_OPTION);
        let result = params(self, DefinedId::RESULT);
        let choice = params(self, DefinedId::CHOICE);
        let mut rows: Vec<(String, DefinedId, u32, Vec<Ty>, usize)> = vec![
            ("None".into(), DefinedId::OPTION, 0, vec![], 1),
            ("Some".into(), DefinedId::OPTION, 1, part(&option, 0), 1),
            ("ValueNone".into(), DefinedId::VALUE_OPTION, 0, vec![], 1),
            (
                "ValueSome".into(),
                DefinedId::VALUE_OPTION,
                1,
                part(&value_option, 0),
                1,
            ),
            ("Ok".into(), DefinedId::RESULT, 0, part(&result, 0), 2),
            ("Error".into(), DefinedId::RESULT, 1, part(&result, 1), 2),
            ("Failure".into(), DefinedId::EXN, 0, vec![self.string], 0),
        ];
        self.exceptions = 1;
        for count in 2..=7usize {
            for at in 0..count {
                let name = format!("Choice{}Of{count}", at + 1);
                rows.push((name, DefinedId::CHOICE, at as u32, part(&choice, at), count));
            }
        }
        let mut unions: HashMap<DefinedId, Vec<CaseId>> = HashMap::new();
        for (name, owner, tag, fields, arity) in rows {
            let (all, parameters) = self
                .defined
                .get(owner)
                .map(|info| (info.params.clone(), info.row.parameters.clone()))
                .unwrap_or_default();
            let args: Vec<Ty> = all.into_iter().take(arity).collect();
            let result = self.types.named(owner, &args);
            let parameters = parameters.iter().copied().take(arity).collect();
            let name = self.names.intern(&name);
            let id = self.add_case(name, owner, tag, fields, result, parameters);
            unions.entry(owner).or_default().push(id);
            self.env.bind(name, Value::Case(id));
            self.env.bind_pattern(name, Some(PatternName::Case(id)));
        }
        // A failure made by hand is one made by `failwith`.
        if let Some(Value::Case(id)) = self
            .names
            .find("Failure")
            .and_then(|name| self.env.value(name))
        {
            let name = self.names.intern("Exception");
            self.env.bind(name, Value::Case(id));
        }
        for id in [
            DefinedId::OPTION,
            DefinedId::VALUE_OPTION,
            DefinedId::RESULT,
            DefinedId::CHOICE,
        ] {
            let cases = unions.remove(&id).unwrap_or_default();
            if let Some(info) = self.defined.get_mut(id) {
                info.row.shape = TypeShape::Union(cases.into());
            }
        }
    }

    /// Adds a case whose fields have no names.
    pub fn add_case(
        &mut self,
        name: NameId,
        owner: DefinedId,
        tag: u32,
        fields: Vec<Ty>,
        result: Ty,
        parameters: Box<[ParameterId]>,
    ) -> CaseId {
        let count = fields.len();
        let names: Vec<NameId> = (0..count)
            .map(|at| {
                let text = if count == 1 {
                    "Item".to_owned()
                } else {
                    format!("Item{}", at + 1)
                };
                self.names.intern(&text)
            })
            .collect();
        self.cases.push(CaseInfo {
            row: Case {
                name,
                owner,
                tag,
                fields: names
                    .into_iter()
                    .map(super::finish::unfilled_field)
                    .collect(),
                definition: None,
            },
            fields,
            result,
            parameters,
        })
    }

    fn add_library(&mut self) {
        let mut modules: HashMap<&'static str, Module> = HashMap::new();
        let mut order = Vec::new();
        let mut last = ("", "");
        for (at, entry) in library().entries.iter().enumerate() {
            if entry.receiver().is_some() || last == (entry.module, entry.name) {
                continue;
            }
            last = (entry.module, entry.name);
            let count = library().find(entry.module, entry.name).len() as u32;
            let name = self.names.intern(entry.name);
            let value = Value::Library(LibraryId::from_index(at), count);
            if entry.module.is_empty() {
                self.env.bind(name, value);
                continue;
            }
            let module = modules.entry(entry.module).or_insert_with(|| {
                order.push(entry.module);
                Module::default()
            });
            module.values.insert(name, value);
        }
        let mut system = Module::default();
        for name in order {
            let Some(module) = modules.remove(name) else {
                continue;
            };
            let id = self.modules.add(module);
            let text = name;
            let name = self.names.intern(name);
            self.env.bind_module(name, id);
            if matches!(text, "String" | "Math" | "Char") {
                system.modules.insert(name, vec![id]);
            }
        }
        for (alias, id) in ALIASES {
            let name = self.names.intern(alias);
            system.types.insert(name, TypeName::Defined(*id));
        }
        if let Some(name) = self.names.find("Exception")
            && let Some(value) = self.env.value(name)
        {
            system.values.insert(name, value);
        }
        let id = self.modules.add(system);
        let name = self.names.intern("System");
        self.env.bind_module(name, id);
    }
}
