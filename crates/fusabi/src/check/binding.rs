//! Bindings, functions, variables.

use super::codes;
use super::env::{PatternName, Value};
use super::pattern::Bound;
use super::state::{ActiveInfo, Checker, FunctionInfo};
use crate::tree::{
    Access, Binding, CollectionBody, Expr, ExprId, Many, Pattern, PatternId, Span, TypeId,
};
use crate::typed::{
    Binds, Function, FunctionId, FunctionOrigin, Global, GlobalKind, Index, Local, LocalId, NameId,
    TypeIndex,
};
use crate::types::{Scheme, Ty};

/// A binding with what was decided about it before its body.
#[derive(Clone, Copy)]
struct Begun {
    binding: Binding,
    /// The name, if it is not a pattern.
    name: Option<NameId>,
    /// Its type.
    ty: Ty,
    /// Its function, if it has parameters or is a lambda.
    function: Option<FunctionId>,
    /// What it is bound to already, if it is recursive.
    value: Option<Value>,
}

impl Checker<'_> {
    /// `let … and …`, of a module or of a block. Names are in scope afterwards.
    pub fn let_group(&mut self, bindings: Many<Binding>, recursive: bool, top: bool) {
        let bindings = self.tree().list(bindings).to_vec();
        self.types.level += 1;
        let group = recursive.then(|| self.next_group());
        let mut begun: Vec<Begun> = Vec::with_capacity(bindings.len());
        for &binding in &bindings {
            begun.push(self.begin_binding(binding, group));
        }
        if recursive {
            for one in &mut begun {
                if let Some(name) = one.name {
                    let value = self.declare(name, one.binding.pattern, one.ty, top, Some(one));
                    one.value = Some(value);
                    self.env.bind(name, value);
                }
            }
        }
        let mut bounds_of = Vec::new();
        for one in &mut begun {
            let bounds = self.check_binding(one, recursive, top);
            bounds_of.push(bounds);
        }
        self.types.level -= 1;
        for (one, bounds) in begun.iter().zip(bounds_of) {
            self.end_binding(one, &bounds, top);
        }
    }

    const fn next_group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    fn begin_binding(&mut self, binding: Binding, group: Option<u32>) -> Begun {
        let name = match self.tree().pattern(binding.pattern) {
            Pattern::Name(symbol) => {
                let name = self.name(symbol);
                // `let None = …` matches.
                let matches = binding.params.is_empty() && self.env.pattern(name).is_some();
                (!matches).then_some(name)
            }
            _ => None,
        };
        let function = match name {
            Some(name) if !binding.params.is_empty() => {
                let arity = binding.params.len() as u32;
                let id = self.add_function(Some(name), FunctionOrigin::Binding(binding), arity);
                if let Some(info) = self.functions.get_mut(id) {
                    info.row.group = group;
                }
                self.file.heads.push((binding.pattern, id));
                Some(id)
            }
            // A lambda's row is made when it is met; the binding refers to it afterwards.
            _ => None,
        };
        let ty = self.fresh();
        Begun {
            binding,
            name,
            ty,
            function,
            value: None,
        }
    }

    /// An expression without the parentheses around it.
    pub fn bare(&self, id: ExprId) -> ExprId {
        let mut at = id;
        while let Expr::Paren(inner) = self.tree().expr(at) {
            at = inner;
        }
        at
    }

    fn check_binding(&mut self, one: &mut Begun, recursive: bool, top: bool) -> Vec<Bound> {
        let binding = one.binding;
        for param in self.tree().list(binding.type_params).to_vec() {
            let name = self.name(param.name.symbol);
            self.type_variables.remove(&name);
        }
        for constraint in self.tree().list(binding.constraints).to_vec() {
            let name = self.name(constraint.variable.symbol);
            let bound = self.tree().text(constraint.bound.symbol).to_owned();
            let ty = self.fresh();
            let ty = *self.type_variables.entry(name).or_insert(ty);
            self.constrain(ty, &bound);
        }
        let mark = self.env.mark();
        let mut provisional = None;
        if let (Some(name), Some(_), false) = (one.name, one.function, recursive)
            && self.env.value(name).is_none()
        {
            let value = self.declare(name, binding.pattern, one.ty, top, Some(one));
            self.env.bind(name, value);
            self.uses.insert(key(value), 0);
            one.value = Some(value);
            provisional = Some((name, value));
        }
        let mut bounds = Vec::new();
        match one.function {
            Some(function) => {
                let params = self.tree().list(binding.params).to_vec();
                self.inside.push(function);
                let active = self.begin_active(one.name);
                let ty = self.function_body(&params, binding.ty, binding.body, function, active);
                if active.is_some() {
                    self.active_results.pop();
                }
                self.inside.pop();
                let span = self.tree().pattern_span(binding.pattern);
                self.want_type(span, one.ty, ty);
            }
            None => {
                let ty = one.ty;
                if let Some(written) = binding.ty {
                    let written = self.written_type(written);
                    self.want_type(binding.span, ty, written);
                }
                if one.name.is_none() {
                    // Annotations in the pattern are hints for the value.
                    self.pattern(binding.pattern, ty, &mut bounds);
                }
                // E5: as the right side of a named `let`, an indexed assignment is a functional update.
                let body = self.bare(binding.body);
                if one.name.is_some()
                    && let Expr::Assign { target, value } = self.tree().expr(body)
                    && let Expr::Index { .. } = self.tree().expr(target)
                {
                    self.update(body, target, value, ty);
                    self.same_type(binding.body, body);
                } else {
                    // `let (|A|B|) = function …`: the result of the function is made of the cases.
                    let active = self.begin_active(one.name);
                    if let Some(result) = active {
                        let subject = self.fresh();
                        let function = self.types.functions(&[subject], result);
                        self.want_type(binding.span, ty, function);
                    }
                    self.expr(binding.body, ty);
                    if active.is_some() {
                        self.active_results.pop();
                    }
                }
                // `lazy e` has a function too, but is none.
                if let crate::typed::Meaning::Function(id) = self.meaning_of(body)
                    && !matches!(self.tree().expr(body), Expr::Lazy(_))
                {
                    one.function = Some(id);
                    if let Some(info) = self.functions.get_mut(id) {
                        info.row.name = one.name;
                    }
                    self.file.heads.push((binding.pattern, id));
                }
                if one.name.is_none() {
                    self.note_match(vec![(binding.pattern, false)], binding.pattern, true);
                }
            }
        }
        self.env.back_to(mark);
        if let Some((name, value)) = provisional
            && self.uses.remove(&key(value)).is_some_and(|uses| uses > 0)
        {
            let group = self.next_group();
            if let Some(info) = one.function.and_then(|id| self.functions.get_mut(id)) {
                info.row.group = Some(group);
            }
            let span = self.tree().pattern_span(binding.pattern);
            let text = self.names.text(name).to_owned();
            let problem = self.warning(codes::AUTO_REC, span).arg("name", text);
            self.report(problem);
        }
        bounds
    }

    /// In the body of an active pattern its cases make its results.
    fn begin_active(&mut self, name: Option<NameId>) -> Option<Ty> {
        let text = self.names.text(name?);
        let cases = active_cases(text)?;
        if cases.1 {
            return None;
        }
        let names: Vec<NameId> = cases.0.iter().map(|case| self.names.intern(case)).collect();
        let parts: Vec<Ty> = names.iter().map(|_| self.fresh()).collect();
        let result = match parts.as_slice() {
            [one] => *one,
            _ => self.types.named(crate::typed::DefinedId::CHOICE, &parts),
        };
        let count = names.len() as u32;
        if count > 1 {
            for (at, &name) in names.iter().enumerate() {
                self.env.bind(name, Value::ActiveResult(at as u32, count));
            }
        }
        self.active_results.push((parts, result));
        Some(result)
    }

    fn end_binding(&mut self, one: &Begun, bounds: &[Bound], top: bool) {
        let binding = one.binding;
        let restricted =
            binding.mutable || !(one.function.is_some() || self.is_value(binding.body));
        let Some(name) = one.name else {
            for bound in bounds {
                let value = self.declare(bound.name, bound.pattern, bound.ty, top, Some(one));
                for &other in &bound.others {
                    self.bind_to(other, value);
                }
                self.finish_name(value, bound.ty, restricted, binding.inline);
                self.expose(bound.name, value, top);
            }
            return;
        };
        let value = match one.value {
            Some(value) => value,
            None => self.declare(name, binding.pattern, one.ty, top, Some(one)),
        };
        self.typed_pattern(binding.pattern, one.ty);
        self.finish_name(value, one.ty, restricted, binding.inline);
        match value {
            Value::Global(id) => {
                if let Some((row, _)) = self.globals.get_mut(id) {
                    row.function = one.function;
                }
            }
            Value::Local(id) => {
                if let Some((row, _)) = self.file.locals.get_mut(id) {
                    row.function = one.function;
                }
            }
            _ => {}
        }
        self.expose(name, value, top);
        let text = self.names.text(name).to_owned();
        if let Some((cases, partial)) = active_cases(&text) {
            self.active.push(ActiveInfo {
                function: value,
                cases: cases.len() as u32,
                partial,
                arguments: self.takes(binding.params, binding.body).saturating_sub(1),
            });
            let row = (self.active.len() - 1) as u32;
            for (at, case) in cases.iter().enumerate() {
                let name = self.names.intern(case);
                let pattern = PatternName::Active(row, at as u32);
                self.env.bind_pattern(name, Some(pattern));
                if let (true, Some(module)) = (top, self.module()) {
                    module.patterns.insert(name, pattern);
                }
            }
        }
        if let Value::Global(id) = value
            && self
                .globals
                .get(id)
                .is_some_and(|(row, _)| row.kind == GlobalKind::Literal)
        {
            let pattern = PatternName::Literal(id);
            self.env.bind_pattern(name, Some(pattern));
            if let Some(module) = self.module() {
                module.patterns.insert(name, pattern);
            }
        }
    }

    /// How many arguments a function takes: parameters, and those of a function that is its body.
    fn takes(&self, params: Many<PatternId>, body: ExprId) -> usize {
        let inner = match self.tree().expr(self.bare(body)) {
            Expr::Function(_) => 1,
            Expr::Lambda { params, .. } => self.tree().list(params).len(),
            _ => 0,
        };
        self.tree().list(params).len() + inner
    }

    fn finish_name(&mut self, value: Value, ty: Ty, restricted: bool, inline: bool) {
        let scheme = self.types.generalize(
            ty,
            inline,
            restricted,
            &mut self.parameters,
            &mut self.rows,
            &mut self.names,
        );
        let parameters = scheme.parameters.clone();
        match value {
            Value::Global(id) => {
                if let Some((row, place)) = self.globals.get_mut(id) {
                    row.parameters = parameters;
                    *place = scheme;
                }
            }
            Value::Local(id) => {
                if let Some((row, place)) = self.file.locals.get_mut(id) {
                    row.parameters = parameters;
                    *place = scheme;
                }
            }
            _ => {}
        }
    }

    /// Brings a name into scope, and into the module.
    fn expose(&mut self, name: NameId, value: Value, top: bool) {
        self.env.bind(name, value);
        if !top {
            return;
        }
        let old = self
            .module()
            .and_then(|module| module.values.insert(name, value));
        if let Some(Value::Global(old)) = old
            && Value::Global(old) != value
            && let Some((row, _)) = self.globals.get_mut(old)
        {
            row.shadowed = true;
        }
    }

    /// Makes the row of a name: of the module at its top, else of the function or step.
    fn declare(
        &mut self,
        name: NameId,
        pattern: PatternId,
        ty: Ty,
        top: bool,
        from: Option<&Begun>,
    ) -> Value {
        self.typed_pattern(pattern, ty);
        let (mutable, access, attributes, params) = match from {
            Some(one) => (
                one.binding.mutable,
                one.binding.access,
                self.attributes(one.binding.attributes),
                !one.binding.params.is_empty(),
            ),
            None => (false, Access::Public, Vec::new(), false),
        };
        let function = from.and_then(|one| one.function);
        if top {
            let is_literal = attributes
                .iter()
                .any(|attribute| &*attribute.name == "Literal");
            let kind = if active_cases(self.names.text(name)).is_some() {
                GlobalKind::Active
            } else if params && from.is_some_and(|one| one.name.is_some()) {
                GlobalKind::Function
            } else if is_literal {
                GlobalKind::Literal
            } else {
                GlobalKind::Value
            };
            let span = self.tree().pattern_span(pattern);
            let modules = self
                .path
                .iter()
                .map(|module| module.0)
                .filter(|&name| !self.names.text(name).is_empty())
                .collect();
            let id = self.globals.push((
                Global {
                    name,
                    modules,
                    kind,
                    ty: TypeIndex::from_index(0),
                    parameters: Box::default(),
                    mutable,
                    access,
                    attributes: attributes.into(),
                    function,
                    pattern,
                    definition: self.definition(span),
                    shadowed: false,
                },
                Scheme::of(ty),
            ));
            self.bind(pattern, Binds::Global(id));
            return Value::Global(id);
        }
        let id = self.add_local(name, pattern, ty, mutable);
        if let Some((row, _)) = self.file.locals.get_mut(id) {
            row.function = function;
        }
        Value::Local(id)
    }

    fn add_local(&mut self, name: NameId, pattern: PatternId, ty: Ty, mutable: bool) -> LocalId {
        let id = self.file.locals.push((
            Local {
                name,
                pattern,
                ty: TypeIndex::from_index(0),
                parameters: Box::default(),
                mutable,
                owner: self.inside.last().copied(),
                captured: false,
                function: None,
            },
            Scheme::of(ty),
        ));
        self.bind(pattern, Binds::Local(id));
        id
    }

    fn bind_to(&mut self, pattern: PatternId, value: Value) {
        match value {
            Value::Global(id) => self.bind(pattern, Binds::Global(id)),
            Value::Local(id) => self.bind(pattern, Binds::Local(id)),
            _ => {}
        }
    }

    /// Makes variables of what a pattern bound, and brings them into scope.
    pub fn declare_locals(&mut self, bounds: &[Bound], mutable: bool) {
        for bound in bounds {
            let id = self.add_local(bound.name, bound.pattern, bound.ty, mutable);
            for &other in &bound.others {
                self.bind(other, Binds::Local(id));
            }
            self.env.bind(bound.name, Value::Local(id));
        }
    }

    /// Adds a function.
    pub fn add_function(
        &mut self,
        name: Option<NameId>,
        origin: FunctionOrigin,
        arity: u32,
    ) -> FunctionId {
        let result = self.fresh();
        self.functions.push(FunctionInfo {
            row: Function {
                name,
                origin,
                file: self.file.index,
                parent: self.inside.last().copied(),
                captures: Vec::new(),
                arity,
                group: None,
                result: TypeIndex::from_index(0),
            },
            result,
        })
    }

    /// Parameters and body, in a scope of their own; the function's type. `result` is what an active pattern gives.
    pub fn function_body(
        &mut self,
        params: &[PatternId],
        annotation: Option<TypeId>,
        body: ExprId,
        function: FunctionId,
        result: Option<Ty>,
    ) -> Ty {
        let mark = self.env.mark();
        let types: Vec<Ty> = params.iter().map(|_| self.fresh()).collect();
        self.bind_params(params, &types);
        let result = match result {
            Some(result) => result,
            None => self.fresh(),
        };
        if let Some(annotation) = annotation {
            let span = self.tree().type_span(annotation);
            let written = self.written_type(annotation);
            self.want_type(span, result, written);
        }
        if let Some(info) = self.functions.get_mut(function) {
            info.result = result;
        }
        self.expr(body, result);
        self.env.back_to(mark);
        self.types.functions(&types, result)
    }

    /// Checks parameters against types and brings their variables into scope.
    pub fn bind_params(&mut self, params: &[PatternId], types: &[Ty]) {
        let mut bounds = Vec::new();
        for (&param, &ty) in params.iter().zip(types) {
            self.pattern(param, ty, &mut bounds);
            self.note_match(vec![(param, false)], param, true);
        }
        self.no_twice(&bounds);
        self.declare_locals(&bounds, false);
    }

    /// Whether an expression is a value in the sense of the value restriction.
    fn is_value(&self, id: ExprId) -> bool {
        let tree = self.tree();
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            match tree.expr(id) {
                Expr::Literal(_)
                | Expr::Name(_)
                | Expr::Lambda { .. }
                | Expr::Function(_)
                | Expr::Lazy(_) => {}
                Expr::Field { .. } if tree.path_of(id).is_some() => {}
                Expr::Paren(inner) => work.push(inner),
                Expr::Annotated { value, .. } => work.push(value),
                Expr::Tuple { items, .. } => work.extend_from_slice(tree.list(items)),
                Expr::Collection {
                    kind: crate::tree::CollectionKind::List,
                    body: CollectionBody::Elements(items),
                } => work.extend_from_slice(tree.list(items)),
                // An empty array cannot change: no write to it can break the type.
                Expr::Collection {
                    body: CollectionBody::Elements(items),
                    ..
                } if items.is_empty() => {}
                Expr::Apply { callee, args, .. } => {
                    if !matches!(self.meaning_of(callee), crate::typed::Meaning::Case(_)) {
                        return false;
                    }
                    work.extend_from_slice(tree.list(args));
                }
                Expr::Record(record) => {
                    if let Some(record) = tree.record(record) {
                        if record.copied.is_some() {
                            return false;
                        }
                        work.extend(tree.list(record.fields).iter().map(|field| field.value));
                    }
                }
                _ => return false,
            }
        }
        true
    }

    /// A variable is used: those functions between it and the place capture it.
    pub fn capture(&mut self, id: LocalId, span: Span) {
        let Some((row, _)) = self.file.locals.get(id) else {
            return;
        };
        let (owner, mutable, name) = (row.owner, row.mutable, row.name);
        if self.inside.last().copied() == owner {
            return;
        }
        let from = match owner {
            Some(owner) => self
                .inside
                .iter()
                .position(|&function| function == owner)
                .map_or(0, |at| at + 1),
            None => 0,
        };
        for function in self.inside.get(from..).unwrap_or(&[]).to_vec() {
            if let Some(info) = self.functions.get_mut(function)
                && !info.row.captures.contains(&id)
            {
                info.row.captures.push(id);
            }
        }
        if let Some((row, _)) = self.file.locals.get_mut(id) {
            row.captured = true;
        }
        if mutable {
            let text = self.names.text(name).to_owned();
            let problem = self
                .error(codes::MUTABLE_CAPTURE, span)
                .arg("name", text)
                .hint("help.ref");
            self.report(problem);
        }
    }

    /// Counts a use of a name whose function is being checked.
    pub fn count_use(&mut self, value: Value) {
        if let Some(count) = self.uses.get_mut(&key(value)) {
            *count += 1;
        }
    }
}

fn key(value: Value) -> (bool, usize) {
    match value {
        Value::Global(id) => (true, id.index()),
        Value::Local(id) => (false, id.index()),
        _ => (false, usize::MAX),
    }
}

/// The cases of `|Even|Odd|` or `|Int|_|`, and whether it is partial.
fn active_cases(text: &str) -> Option<(Vec<String>, bool)> {
    let inner = text.strip_prefix('|')?.strip_suffix('|')?;
    if inner.is_empty() || !inner.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    let mut cases: Vec<String> = inner.split('|').map(str::to_owned).collect();
    let partial = cases.last().is_some_and(|last| last == "_");
    if partial {
        cases.pop();
    }
    Some((cases, partial))
}
