//! The module: what runs when it is loaded, what it exports.

use emit::{Const, EmitError, ModuleBuilder, Signature};
use fzb::tables::{Arity, FuncId, Lang, Tables, TypeId};

use super::CompileOptions;
use super::code::{Code, Want};
use super::function::plain;
use super::unit::{Part, Unit};
use crate::id_map::IdMap;
use crate::library::bodies;
use crate::tree::{Access, Binding, Decl};
use crate::typed::{
    Attribute, AttributeValue, Binds, DefinedId, FileIndex, FunctionId, Global, GlobalId,
    GlobalKind, Index, Program, Step,
};

/// So many steps run in one function; a file of any length has as many of these as it takes.
const STEPS: usize = 64;

/// The module of a program.
///
/// # Errors
/// A limit of the format.
pub(super) fn module(program: &Program, options: &CompileOptions<'_>) -> Result<Tables, EmitError> {
    let Some(bodies) = bodies() else {
        return Err(EmitError::Invalid {
            what: "a library without errors",
        });
    };
    let module = ModuleBuilder::new(options.name, Lang::Fusabi);
    if !options.metadata.is_empty() {
        module.set_metadata(options.metadata.as_bytes());
    }
    let unit = Unit::new(module, program, bodies.program(), options.stripped);
    let parts = program
        .steps
        .chunks(STEPS)
        .enumerate()
        .map(|(at, steps)| {
            let last = (at + 1) * STEPS >= program.steps.len();
            steps_function(&unit, at, steps, last && program.has_result)
        })
        .collect::<Result<Vec<FuncId>, EmitError>>()?;
    entry(&unit, &parts)?;
    exports(&unit)?;
    unit.drain()?;
    unit.module.finish()
}

fn signature(unit: &Unit<'_>, name: &str, result: TypeId) -> Signature {
    Signature {
        name: Some(unit.module.name(name)),
        params: Vec::new(),
        result,
        policy: Lang::Fusabi,
        arity: Arity::Exact,
        flags: 0,
        captures: Vec::new(),
    }
}

/// The entry runs the parts; its value is that of the last one.
fn entry(unit: &Unit<'_>, parts: &[FuncId]) -> Result<(), EmitError> {
    let entry = unit.module.declare(signature(unit, "main", TypeId::DYN));
    unit.module.set_entry(entry);
    let mut f = unit.module.build(entry);
    let mut parts = parts.iter().peekable();
    if parts.peek().is_none() {
        f.unit();
    }
    while let Some(part) = parts.next() {
        f.call(*part);
        if parts.peek().is_some() {
            f.pop();
        }
    }
    f.coerce(TypeId::DYN);
    f.ret();
    f.finish()
}

fn steps_function<'p>(
    unit: &Unit<'p>,
    at: usize,
    steps: &[Step],
    has_result: bool,
) -> Result<FuncId, EmitError> {
    let made = unit
        .module
        .declare(signature(unit, &format!("main {}", at + 1), TypeId::DYN));
    let part = &unit.user;
    let first = FileIndex::from_index(0);
    let Some(file) = part.program.files.get(first) else {
        let mut f = unit.module.build(made);
        f.unit();
        f.ret();
        f.finish()?;
        return Ok(made);
    };
    let mut code = Code {
        unit,
        part,
        file,
        file_index: first,
        f: unit.module.build(made),
        function: None,
        places: IdMap::default(),
        this: None,
        loops: Vec::new(),
        collectors: Vec::new(),
        global_places: Vec::new(),
        errors: Vec::new(),
    };
    let count = steps.len();
    for (at, step) in steps.iter().enumerate() {
        let result = has_result && at + 1 == count;
        code.step(*step, result);
    }
    if code.f.reachable() {
        code.give_unit(Want::Return);
    }
    code.f.finish()?;
    Ok(made)
}

impl Code<'_, '_> {
    /// One step; the last one may be the value of the program.
    fn step(&mut self, step: Step, result: bool) {
        let Some(file) = self.part.program.files.get(step.file) else {
            return;
        };
        self.file = file;
        self.file_index = step.file;
        self.places.clear();
        self.f.open_block();
        match self.tree().decl(step.decl) {
            Decl::Let { bindings, .. } => {
                for binding in self.tree().list(bindings) {
                    self.global_binding(binding);
                }
            }
            Decl::Do(value) => self.expr(value, Want::Nothing),
            Decl::Expr(value) if result => self.expr(value, Want::Return),
            Decl::Expr(value) => self.expr(value, Want::Nothing),
            _ => {}
        }
        self.f.close_block();
    }

    /// `let p = e` of a module. Functions need no step.
    fn global_binding(&mut self, binding: &Binding) {
        if self.file.function(binding.pattern).is_some() && !binding.mutable {
            return;
        }
        let pattern = plain(self.file, binding.pattern);
        if let Binds::Global(global) = self.file.bind(pattern)
            && let Some(row) = self.part.program.globals.get(global)
            && row.function.is_some()
            && !row.mutable
        {
            // A lambda without captures: as a function.
            return;
        }
        if !self.f.reachable() {
            return;
        }
        self.bind(binding.pattern, binding.body);
    }
}

/// What is public in the main file: functions and values by their names, those of modules by their qualified names.
fn exports(unit: &Unit<'_>) -> Result<(), EmitError> {
    let part = &unit.user;
    let program = part.program;
    let Some((main, _)) = program.files.iter().next_back() else {
        return Ok(());
    };
    let header = program.files.get(main).map_or(0, |file| file.modules.len());
    let mut taken = std::collections::HashSet::new();
    for (id, global) in program.globals.iter() {
        let exported = global.definition.file == main
            && global.access == Access::Public
            && !global.shadowed
            && global.kind != GlobalKind::Active;
        if !exported {
            continue;
        }
        let name = exported_name(part, global, header);
        if taken.insert(name.clone()) {
            export(unit, id, global, &name)?;
        }
    }
    Ok(())
}

fn exported_name(part: &Part<'_>, global: &Global, header: usize) -> String {
    let mut name = String::new();
    for module in global.modules.iter().skip(header) {
        name.push_str(part.text(*module));
        name.push('.');
    }
    name.push_str(part.text(global.name));
    name
}

fn export(unit: &Unit<'_>, id: GlobalId, global: &Global, name: &str) -> Result<(), EmitError> {
    let part = &unit.user;
    let function = global
        .function
        .filter(|function| !global.mutable && part.captures(*function).is_empty());
    match function {
        Some(function) => {
            let function = run_by_host(unit, part, function)?;
            let attributes = global
                .attributes
                .iter()
                .map(|attribute| constant_attribute(unit, attribute))
                .collect();
            unit.module.export_function_with(name, function, attributes);
        }
        None => {
            let place = unit.static_of(part, id);
            unit.module.export_static(name, place);
        }
    }
    Ok(())
}

/// The function as a host calls it: what a function of `async` gives is run.
fn run_by_host<'p>(
    unit: &Unit<'p>,
    part: &Part<'p>,
    function: FunctionId,
) -> Result<FuncId, EmitError> {
    let made = unit.function(part, function);
    let is_async = part
        .program
        .functions
        .get(function)
        .is_some_and(|row| part.program.forms.named(row.result) == Some(DefinedId::ASYNC));
    let hook = unit
        .library_body("Async'", "hook")
        .filter(|_| is_async)
        .map(|hook| unit.function(&unit.library, hook));
    let Some(hook) = hook else { return Ok(made) };
    let mut signature = unit.signature(part, function);
    signature.result = TypeId::DYN;
    let params = signature.params.len() as u32;
    let wrapper = unit.module.declare(signature);
    let mut f = unit.module.build(wrapper);
    for at in 0..params {
        let param = f.param(at);
        f.load(param);
    }
    f.call(made);
    f.coerce(TypeId::DYN);
    f.call(hook);
    f.coerce(TypeId::DYN);
    f.ret();
    f.finish()?;
    Ok(wrapper)
}

/// An attribute with its arguments: none, one, or a tuple.
fn constant_attribute(unit: &Unit<'_>, attribute: &Attribute) -> emit::module::Attribute {
    let module = &unit.module;
    let name = module.name(&attribute.name);
    let mut arguments: Vec<_> = attribute
        .arguments
        .iter()
        .map(|argument| {
            module.constant(match argument {
                AttributeValue::Text(text) | AttributeValue::Other(text) => {
                    Const::Text(text.to_string())
                }
                AttributeValue::Int(value) => Const::Int(*value),
                AttributeValue::Float(value) => Const::float(*value),
                AttributeValue::Bool(value) => Const::Bool(*value),
            })
        })
        .collect();
    let value = match arguments.len() {
        0 => None,
        1 => arguments.pop(),
        _ => Some(module.constant(Const::Tuple(arguments))),
    };
    (name, value)
}
