//! One function: its signature, its captures and parameters, its body.

use emit::{Capture, EmitError, Param, Signature};
use fzb::tables::{Arity, FuncId, Lang, TypeId, function_flags};

use super::code::{Code, Collector, Place, Want};
use super::declare::object_variables;
use super::unit::{Delayed, Origin, Part, Unit};
use crate::id_map::IdMap;
use crate::tree::{Expr, ExprId, Pattern, PatternId};
use crate::typed::{Binds, DefinedId, Function, FunctionId, FunctionOrigin, TypedFile};

/// Where a function's parameters and body stand.
struct Parts {
    /// `None`: a parameter that no pattern names.
    params: Vec<(TypeId, Option<PatternId>)>,
    body: Body,
}

/// What runs.
#[derive(Clone, Copy)]
enum Body {
    Expr(ExprId),
    /// Rules that the last parameter is matched against.
    Rules(ExprId),
    /// `seq { … }`
    Generator(ExprId),
    /// `async { … }`
    Async(ExprId),
}

impl<'p> Unit<'p> {
    /// The function in the module; the first time it is declared and waits for its code.
    pub fn function(&self, part: &Part<'p>, id: FunctionId) -> FuncId {
        if let Some(known) = part.functions.borrow().get(&id) {
            return *known;
        }
        let made = self.module.declare(self.signature(part, id));
        part.functions.borrow_mut().insert(id, made);
        self.work.borrow_mut().push((part.origin, id));
        made
    }

    pub fn signature(&self, part: &Part<'p>, id: FunctionId) -> Signature {
        let mut signature = Signature {
            name: None,
            params: Vec::new(),
            result: TypeId::DYN,
            policy: Lang::Fusabi,
            arity: Arity::Curry,
            flags: 0,
            captures: Vec::new(),
        };
        let Some(function) = part.program.functions.get(id) else {
            return signature;
        };
        let Some(file) = part.program.files.get(function.file) else {
            return signature;
        };
        let name = self.function_name(part, function);
        signature.name = Some(self.module.name(&name));
        let parts = parts(part, id, function, file);
        let captured = part.captures(id);
        if !is_member(function) {
            let held = captured.iter().map(|local| {
                let row = file.locals.get(*local);
                (
                    row.map_or(TypeId::DYN, |row| part.held(row.ty)),
                    row.map(|row| self.module.name(part.text(row.name))),
                )
            });
            if part.lifted.is_lifted(id) {
                signature.params = held.map(|(ty, name)| Param { ty, name }).collect();
            } else {
                signature.captures = held.map(|(ty, _)| Capture { ty, cell: false }).collect();
            }
        }
        signature
            .params
            .extend(parts.params.iter().map(|(ty, pattern)| {
                Param {
                    ty: *ty,
                    name: pattern
                        .and_then(|pattern| self.parameter_name(part, file, pattern))
                        .map(|name| self.module.name(name)),
                }
            }));
        signature.result = part.held(function.result);
        match parts.body {
            Body::Generator(_) => {
                signature.flags = function_flags::GENERATOR;
                signature.result = TypeId::DYN;
                signature.arity = Arity::Exact;
            }
            Body::Async(_) => signature.result = TypeId::DYN,
            _ => {}
        }
        signature
    }

    /// `Module.name`, `name`, or where a function without one stands.
    fn function_name(&self, part: &Part<'p>, function: &Function) -> String {
        let mut at = Some(function);
        let mut inner = "";
        while let Some(one) = at {
            if let Some(name) = one.name {
                return format!("{}{inner}", part.text(name));
            }
            inner = match one.origin {
                FunctionOrigin::Delayed(_) => " computation",
                _ => " lambda",
            };
            at = one
                .parent
                .and_then(|parent| part.program.functions.get(parent));
        }
        inner.trim_start().to_owned()
    }

    fn parameter_name(
        &self,
        part: &Part<'p>,
        file: &TypedFile,
        pattern: PatternId,
    ) -> Option<&'p str> {
        match file.bind(plain(file, pattern)) {
            Binds::Local(local) => Some(part.text(file.locals.get(local)?.name)),
            _ => None,
        }
    }

    /// Gives code to all functions that were declared, and to those that they need.
    ///
    /// # Errors
    /// A limit of the format.
    pub fn drain(&self) -> Result<(), EmitError> {
        loop {
            let next = self.work.borrow_mut().pop();
            let Some((origin, id)) = next else {
                return Ok(());
            };
            self.build_function(origin, id)?;
        }
    }

    fn build_function(&self, origin: Origin, id: FunctionId) -> Result<(), EmitError> {
        let part = self.part(origin);
        let (Some(function), Some(made)) = (
            part.program.functions.get(id),
            part.functions.borrow().get(&id).copied(),
        ) else {
            return Ok(());
        };
        let Some(file) = part.program.files.get(function.file) else {
            return Ok(());
        };
        let parts = parts(part, id, function, file);
        let mut code = Code {
            unit: self,
            part,
            file,
            file_index: function.file,
            f: self.module.build(made),
            function: Some(id),
            places: IdMap::default(),
            this: None,
            loops: Vec::new(),
            collectors: Vec::new(),
            global_places: Vec::new(),
            errors: Vec::new(),
        };
        let captured = part.captures(id);
        let mut first = 0;
        if !is_member(function) {
            let lifted = part.lifted.is_lifted(id);
            for (at, local) in captured.iter().enumerate() {
                let place = if lifted {
                    Place::Local(code.f.param(at as u32))
                } else {
                    Place::Capture(at as u32)
                };
                code.places.insert(*local, place);
            }
            if lifted {
                first = captured.len() as u32;
            }
        }
        if let FunctionOrigin::Member(member, _) = function.origin
            && let Some(member) = part.program.members.get(member)
            && !member.is_static
        {
            code.this = Some(code.f.param(first));
            code.object_places(member.owner);
        }
        code.f.open_block();
        for (at, (_, pattern)) in parts.params.iter().enumerate() {
            if let Some(pattern) = pattern {
                let param = code.f.param(first + at as u32);
                code.parameter(param, *pattern);
            }
        }
        code.run(parts.body, first + parts.params.len() as u32);
        code.f.close_block();
        code.f.finish()
    }
}

impl Code<'_, '_> {
    /// The variables of an object's constructor are fields of `this`.
    fn object_places(&mut self, owner: DefinedId) {
        if let Some((_, _, locals)) = object_variables(self.part, owner) {
            for (slot, local) in locals.into_iter().enumerate() {
                self.places.insert(local, Place::Field(owner, slot as u32));
            }
        }
    }

    fn run(&mut self, body: Body, params: u32) {
        match body {
            Body::Expr(body) => self.expr(body, Want::Return),
            Body::Rules(at) => {
                let Expr::Function(rules) = self.tree().expr(at) else {
                    return;
                };
                self.at(at);
                let subject = self.f.param(params.saturating_sub(1));
                self.f.load(subject);
                let span = self.tree().span(at);
                self.rules(rules, span, Want::Return);
            }
            Body::Generator(body) => {
                self.collectors.push(Collector::Generator);
                self.computed(body);
                self.collectors.pop();
                self.give_unit(Want::Return);
            }
            Body::Async(body) => {
                self.collectors.push(Collector::Async);
                self.computed(body);
                self.collectors.pop();
                self.give_unit(Want::Return);
            }
        }
    }
}

/// A pattern without parentheses, types and attributes.
pub(super) fn plain(file: &TypedFile, pattern: PatternId) -> PatternId {
    let mut at = pattern;
    while let Pattern::Paren(inner)
    | Pattern::Annotated { pattern: inner, .. }
    | Pattern::Attributed { pattern: inner, .. } = file.parsed.tree.pattern(at)
    {
        at = inner;
    }
    at
}

/// What a member captures it reads from `this`.
pub(super) const fn is_member(function: &Function) -> bool {
    matches!(function.origin, FunctionOrigin::Member(..))
}

fn parts(part: &Part<'_>, id: FunctionId, function: &Function, file: &TypedFile) -> Parts {
    let tree = &file.parsed.tree;
    let of = |params: &[PatternId]| -> Vec<_> {
        params
            .iter()
            .map(|pattern| (part.held(file.pattern_type(*pattern)), Some(*pattern)))
            .collect()
    };
    match function.origin {
        FunctionOrigin::Binding(binding) => Parts {
            params: of(tree.list(binding.params)),
            body: Body::Expr(binding.body),
        },
        FunctionOrigin::Lambda(id) => match tree.expr(id) {
            Expr::Lambda { params, body } => Parts {
                params: of(tree.list(params)),
                body: Body::Expr(body),
            },
            _ => Parts {
                params: Vec::new(),
                body: Body::Expr(id),
            },
        },
        FunctionOrigin::Rules(id) => {
            let pattern = match tree.expr(id) {
                Expr::Function(rules) => tree.list(rules).first().map(|rule| rule.pattern),
                _ => None,
            };
            Parts {
                params: pattern
                    .into_iter()
                    .map(|pattern| (part.held(file.pattern_type(pattern)), None))
                    .collect(),
                body: Body::Rules(id),
            }
        }
        FunctionOrigin::Member(id, member) => {
            let mut params = Vec::new();
            let row = part.program.members.get(id);
            let is_static = row.is_none_or(|row| row.is_static);
            match member.this {
                Some(this) if !is_static => {
                    params.push((part.held(file.pattern_type(this)), Some(this)));
                }
                _ => {
                    // `this` of an instance member that does not name it, the `()` of a static property.
                    if !is_static || row.is_some_and(|row| row.is_property) {
                        params.push((TypeId::DYN, None));
                    }
                }
            }
            params.extend(of(tree.list(member.binding.params)));
            Parts {
                params,
                body: Body::Expr(member.binding.body),
            }
        }
        FunctionOrigin::Delayed(body) => {
            let (params, body) = match part.delayed.borrow().get(&id) {
                Some(Delayed::Generator) => (Vec::new(), Body::Generator(body)),
                Some(Delayed::Async) => (vec![(TypeId::DYN, None)], Body::Async(body)),
                // Forced with `()`.
                None => (vec![(TypeId::DYN, None)], Body::Expr(body)),
            };
            Parts { params, body }
        }
    }
}
