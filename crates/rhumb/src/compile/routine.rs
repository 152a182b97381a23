//! Routines: functions, methods, subroutines, selector values, and how each gets its `!` (docs/specs/rhumb.md §3.6–§3.9).

use std::collections::HashSet;

use emit::{Const, Local};
use fzb::tables::{ArgKind, FuncId, ItemKind, NameId, TypeId, field_flags};
use isa::Op;

use crate::tree::{
    DestructureId, DestructureKind, Expr, ExprId, LabelId, LambdaHead, LambdaKind, Mutability,
    Param, ParamKind, SubfieldInto, Target,
};

use super::code::{Code, Want};
use super::rules;
use super::units::{UnitId, VarId, VarKind, Written};

/// Bind modes of `make_routine`.
const HOME: u32 = 2;
const LEXICAL: u32 = 3;
/// The receiver, else the home; a constructor if the function is one.
const CTOR: u32 = 4;
/// Number of the nature `plain` in `map_new`.
const PLAIN: u32 = 0;

/// The kind of a parameter list.
const SUBMAPS: &[&str] = &["Submap"];

/// A routine whose code is there, to be pushed.
struct Made {
    unit: UnitId,
    function: FuncId,
    written: Written,
    label: Option<LabelId>,
    method: bool,
    /// The map whose field it becomes.
    home: Option<Local>,
}

impl<'a> Code<'a> {
    /// A lambda or subroutine, or a run in a realm; `home`: the map whose field it becomes.
    pub fn routine(&mut self, id: ExprId, home: Option<Local>) {
        let tree = self.tree();
        let analysis = self.analysis();
        let Some(unit) = analysis.unit_of.get(&id).copied() else {
            return self.f.unit();
        };
        let (written, label) = analysis
            .written
            .get(&id)
            .copied()
            .unwrap_or((Written::Anonymous, None));
        let method = match tree.expr(id) {
            Expr::Lambda { kind, .. } => *kind == LambdaKind::Method,
            _ => false,
        };
        let name = label.map(|label| self.text(label));
        let function = Code::declare(self.shared, unit, name);
        // Where `f[$]` finds it: behind the routine's own function.
        let binder = self.binds_more_than_labels(id).map(|list| {
            (
                list,
                Code::declare(self.shared, unit, Some(isa::OWN_PARAMETERS)),
            )
        });
        self.build(unit, function, id);
        if let Some((list, binder)) = binder {
            let mut inner = Code::open(self.shared, unit, binder);
            inner.params(&list);
            inner.labels_as_map(&list);
            inner.finish();
        }
        let made = Made {
            unit,
            function,
            written,
            label,
            method,
            home,
        };
        match (tree.expr(id), analysis.run_time_params.get(&id).copied()) {
            (Expr::Lambda { head, .. }, Some((params, _))) => {
                self.head_value(id, head);
                self.init(params, false);
                self.load(params);
                let (realm, end) = (self.f.label(), self.f.label());
                self.unless_of(SUBMAPS, realm);
                self.f.pop();
                self.made(&made);
                self.f.coerce(TypeId::DYN);
                self.f.jump(end);
                // A realm runs it as a process of its own, whose `!` is the one around it (§5.9).
                self.f.bind(realm);
                self.lexical(unit, function);
                self.at(tree.span(id));
                self.f.op(Op::RunIn, &[]);
                self.f.bind(end);
            }
            _ => self.made(&made),
        }
        if let Expr::Lambda {
            kind: LambdaKind::Immediate,
            ..
        } = tree.expr(id)
        {
            self.at(tree.span(id));
            self.forget_answers();
            self.f.op(Op::CallClosure, &[0]);
        }
    }

    /// Pushes a routine whose code is there.
    fn made(&mut self, made: &Made) {
        let analysis = self.analysis();
        let Made {
            unit,
            function,
            written,
            label,
            method,
            home,
        } = *made;
        let count = self.captures(unit);
        let needs = analysis.unit(unit).needs_base;
        let template = written == Written::Label
            && label.is_some_and(|label| analysis.templates.contains(&label));
        match (written, method) {
            _ if !needs && !template => self.f.op(Op::MakeClosure, &[function.0, count]),
            (Written::Label, false) => {
                self.f.op(Op::MapNew, &[PLAIN, 0]);
                let mode = if analysis.unit(unit).constructor || template {
                    CTOR
                } else {
                    HOME
                };
                self.f.coerce(TypeId::DYN);
                self.f.op(Op::MakeRoutine, &[function.0, count, mode]);
            }
            // With a receiver `->` acts on that, without one on the map that it was written in (D-09, rulings B33).
            (Written::Field, method) => {
                match home {
                    Some(home) => self.f.load(home),
                    None => self.base_or_empty(),
                }
                let mode = if method { HOME } else { CTOR };
                self.f.op(Op::MakeRoutine, &[function.0, count, mode]);
            }
            (Written::Label, true) => {
                self.base_or_empty();
                self.f.op(Op::MakeRoutine, &[function.0, count, HOME]);
            }
            (Written::Anonymous, _) => self.f.op(Op::MakeRoutine, &[function.0, count, LEXICAL]),
        }
    }

    /// Pushes the value that stands before an arrow.
    fn head_value(&mut self, id: ExprId, head: &LambdaHead) {
        match head {
            LambdaHead::Label(label) => self.label(*label, self.tree().span(id).start, false),
            LambdaHead::Value(value) => self.dynamic(*value, Want::Value),
            LambdaHead::Params(_) => self.f.unit(),
        }
        self.f.coerce(TypeId::DYN);
    }

    fn base_or_empty(&mut self) {
        if self.analysis().unit(self.unit).needs_base {
            self.base();
        } else {
            self.f.unit();
        }
    }

    /// A closure of a unit that gets `!` from this one, if it needs it.
    pub fn lexical(&mut self, unit: UnitId, function: FuncId) {
        let count = self.captures(unit);
        if self.analysis().unit(unit).needs_base {
            self.f.op(Op::MakeRoutine, &[function.0, count, LEXICAL]);
        } else {
            self.f.op(Op::MakeClosure, &[function.0, count]);
        }
    }

    /// An operand that is an implicit subroutine.
    pub fn operand_routine(&mut self, id: ExprId) {
        let Some(unit) = self.analysis().unit_of.get(&id).copied() else {
            return self.f.unit();
        };
        let function = Code::declare(self.shared, unit, None);
        let mut inner = Code::open(self.shared, unit, function);
        inner.dynamic(id, Want::Tail);
        inner.finish();
        self.lexical(unit, function);
    }

    /// `{ … }` as a value: a routine of one argument (§4.1).
    pub fn selector_value(&mut self, id: ExprId) {
        let tree = self.tree();
        let Some(unit) = self.analysis().unit_of.get(&id).copied() else {
            return self.f.unit();
        };
        let function = Code::declare(self.shared, unit, None);
        let mut inner = Code::open(self.shared, unit, function);
        let lists: Vec<(&[crate::tree::Rule], u32)> = rules::joined_selectors(tree, id)
            .unwrap_or_else(|| vec![id])
            .into_iter()
            .filter_map(|id| match tree.expr(id) {
                Expr::Selector(list) => Some((list.as_slice(), tree.span(id).start)),
                _ => None,
            })
            .collect();
        let first = inner.f.param(0);
        inner.f.load(first);
        inner.selector_rules(&lists);
        inner.finish();
        self.lexical(unit, function);
    }

    /// `<[ … ]>`: the parameters of a function. If they are more than labels, it binds them to arguments that are given at run
    /// time, and comes to a map of them.
    pub fn submap(&mut self, id: ExprId) {
        let tree = self.tree();
        let (Some(unit), Expr::Submap(params)) =
            (self.analysis().unit_of.get(&id).copied(), tree.expr(id))
        else {
            return self.f.unit();
        };
        let binds = params.iter().any(more_than_label);
        let name = binds.then_some(isa::BOUND_PARAMETERS);
        let function = Code::declare(self.shared, unit, name);
        let mut inner = Code::open(self.shared, unit, function);
        let list: Vec<&Param> = params.iter().collect();
        inner.params(&list);
        if binds {
            inner.labels_as_map(&list);
        } else {
            inner.f.unit();
        }
        inner.finish();
        let count = self.captures(unit);
        self.f.op(Op::MakeClosure, &[function.0, count]);
        self.f.coerce(TypeId::DYN);
        self.field_operator(crate::tree::FieldOp::Parameters);
    }

    /// The parameters of a routine if they are known and more than labels.
    fn binds_more_than_labels(&self, id: ExprId) -> Option<Vec<&'a Param>> {
        let (tree, analysis) = (self.tree(), self.analysis());
        let Expr::Lambda { head, .. } = tree.expr(id) else {
            return None;
        };
        let list = match head {
            LambdaHead::Params(params) => params.iter().collect(),
            _ if analysis.run_time_params.contains_key(&id) => return None,
            _ => rules::known_params(tree, analysis, id)?,
        };
        let event = |param: &&Param| matches!(param.kind, ParamKind::Event(_));
        let more = list.iter().any(|param| more_than_label(param));
        (more && !list.iter().any(event)).then_some(list)
    }

    /// The slots that parameters bind.
    fn bound_by_parameters(&self, params: &[&Param]) -> HashSet<VarId> {
        let tree = self.tree();
        let (mut places, mut work) = (Vec::new(), Vec::new());
        let target = |target: &Target, at, places: &mut Vec<u32>, work: &mut Vec<_>| match target {
            Target::Label(_) => places.push(at),
            Target::Nested(items) => work.push(*items),
            _ => {}
        };
        for param in self.inlined(params) {
            let at = param.span.start;
            match &param.kind {
                ParamKind::Label { .. } | ParamKind::Slurp(Some(_)) => places.push(at),
                ParamKind::Nested(items) => work.push(*items),
                ParamKind::Field { target: into, .. } => target(into, at, &mut places, &mut work),
                _ => {}
            }
        }
        while let Some(items) = work.pop() {
            for item in tree.destructure(items) {
                let at = item.span.start;
                match &item.kind {
                    DestructureKind::Label { .. } | DestructureKind::Slurp(Some(_)) => {
                        places.push(at);
                    }
                    DestructureKind::Nested(inner) => work.push(*inner),
                    DestructureKind::Field { target: into, .. } => {
                        target(into, at, &mut places, &mut work);
                    }
                    DestructureKind::Subfield { into, .. } => match into {
                        SubfieldInto::Items(inner) => work.push(*inner),
                        SubfieldInto::Label(_) => places.push(at),
                    },
                    DestructureKind::Slurp(None)
                    | DestructureKind::Void
                    | DestructureKind::Error => {}
                }
            }
        }
        places
            .into_iter()
            .filter_map(|at| self.slot_at(at))
            .collect()
    }

    /// Pushes a map of the labels that parameters bind in this activation.
    fn labels_as_map(&mut self, params: &[&Param]) {
        let analysis = self.analysis();
        let bound = self.bound_by_parameters(params);
        let mut items = Vec::new();
        for id in analysis.unit(self.unit).vars.clone() {
            let var = analysis.var(id);
            if let (Some(label), VarKind::Param(_) | VarKind::Local) = (var.label, var.kind)
                && bound.contains(&id)
            {
                self.load(id);
                let name = self.name(label);
                items.push((ItemKind::Named, Some(name), field_flags::MUTABLE));
            }
        }
        let literal = self.module().constant(Const::Map(items));
        self.f.op(Op::MapLit, &[literal.0]);
        self.f.coerce(TypeId::DYN);
    }

    /// Fills the function of a unit from the expression that made it.
    fn build(&mut self, unit: UnitId, function: FuncId, id: ExprId) {
        let tree = self.tree();
        let mut inner = Code::open(self.shared, unit, function);
        match tree.expr(id) {
            Expr::Subroutine(list) => {
                inner.statements(list, Want::Tail);
            }
            Expr::Lambda { head, body, .. } => {
                match head {
                    LambdaHead::Params(params) => {
                        let list: Vec<&Param> = params.iter().collect();
                        inner.params(&list);
                    }
                    LambdaHead::Label(_) if inner.analysis().label_params.contains(&id) => {
                        if let Some(var) = inner.slot_at(tree.span(id).start) {
                            inner.parameter(var, false);
                        }
                    }
                    _ if inner.analysis().run_time_params.contains_key(&id) => {
                        inner.values_by_label(id);
                    }
                    _ => {
                        let list = rules::known_params(tree, inner.analysis(), id);
                        inner.params(&list.unwrap_or_default());
                    }
                }
                match rules::selector_body(tree, *body) {
                    Some((list, at)) => {
                        inner.argument_subject();
                        inner.dispatch(list, at, Want::Tail);
                    }
                    None => inner.expr(*body, Want::Tail),
                }
            }
            _ => inner.f.unit(),
        }
        if inner.analysis().unit(unit).assigns_through_base {
            inner.f.pop();
            inner.base();
        }
        inner.f.coerce(TypeId::DYN);
        inner.finish();
    }

    /// The values of parameters that a submap names at run time.
    fn values_by_label(&mut self, id: ExprId) {
        let analysis = self.analysis();
        let all = analysis.unit(self.unit).arguments.get(&0).copied();
        let (Some((params, values)), Some(all)) = (analysis.run_time_params.get(&id).copied(), all)
        else {
            return;
        };
        self.load(params);
        self.load(all);
        let bound = isa::Intrinsic::ArgumentsBound;
        self.f.op(Op::Intrinsic, &[bound as u32]);
        self.f.coerce(TypeId::DYN);
        // Parameters that are more than labels are bound by a routine.
        let end = self.f.label();
        self.unless_of(&["Routine"], end);
        self.load(all);
        let shape = self
            .module()
            .constant(Const::Shape(vec![(ArgKind::Spread, None)]));
        self.f.op(Op::CallShape, &[shape.0]);
        self.f.coerce(TypeId::DYN);
        self.f.bind(end);
        self.init(values, false);
    }

    /// What the selector of a function's body is applied to (rulings A3).
    fn argument_subject(&mut self) {
        let unit = self.analysis().unit(self.unit);
        match unit.params {
            0 => {
                // All that was given: nothing, one value, or a map of them.
                let Some(all) = unit.arguments.get(&0).copied() else {
                    return self.f.unit();
                };
                self.payload(all);
            }
            1 => {
                let param = self.f.param(0);
                self.f.load(param);
            }
            count => {
                self.f.op(Op::MapNew, &[PLAIN, 0]);
                self.f.coerce(TypeId::DYN);
                for index in 0..count {
                    let param = self.f.param(index);
                    self.f.load(param);
                    self.f.op(Op::PushAt, &[0]);
                }
            }
        }
    }

    /// The map of all arguments as a value: empty for none, the one, or the map.
    fn payload(&mut self, all: VarId) {
        let (end, one, many) = (self.f.label(), self.f.label(), self.f.label());
        self.load(all);
        self.f.op(Op::Len, &[]);
        self.f.push_int(1);
        self.f.op(Op::I64Eq, &[]);
        self.f.jump_if(one);
        self.load(all);
        self.f.op(Op::Len, &[]);
        self.f.push_int(0);
        self.f.op(Op::I64Eq, &[]);
        self.f.jump_if_not(many);
        self.f.unit();
        self.f.jump(end);
        self.f.bind(one);
        self.load(all);
        self.f.push_int(1);
        self.f.coerce(TypeId::DYN);
        self.f.op(Op::GetIndex, &[]);
        self.f.jump(end);
        self.f.bind(many);
        self.load(all);
        self.f.bind(end);
    }

    // Parameters

    fn params(&mut self, params: &[&Param]) {
        let params = self.inlined(params);
        let mut index = 0;
        for (place, param) in params.iter().enumerate() {
            let at = param.span.start;
            match &param.kind {
                ParamKind::Label { mutability, .. } => {
                    if let Some(var) = self.slot_at(at) {
                        if let Some(default) = param.default {
                            self.default_of(index, default);
                        }
                        self.parameter(var, *mutability == Some(Mutability::Immutable));
                    }
                    index += 1;
                }
                ParamKind::Void | ParamKind::Error | ParamKind::Event(_) => index += 1,
                ParamKind::Nested(items) => {
                    if let Some(default) = param.default {
                        self.default_of(index, default);
                    }
                    self.nested(index, *items);
                    index += 1;
                }
                ParamKind::Field {
                    target, mutability, ..
                } => {
                    if let Some(default) = param.default {
                        self.default_of(index, default);
                    }
                    let local = self.f.param(index);
                    self.f.load(local);
                    self.bring(target, at, *mutability);
                    index += 1;
                }
                ParamKind::Slurp(label) => {
                    let later = params.get(place + 1..).unwrap_or(&[]);
                    let var = label.and_then(|_| self.slot_at(at));
                    self.slurped(var, index, later);
                }
                // Its parameters stand behind it.
                ParamKind::Submap(_) | ParamKind::SubmapLabels(_) => {}
            }
        }
    }

    /// Parameters, with those of submaps behind the parameters that name these.
    fn inlined<'t>(&self, params: &[&'t Param]) -> Vec<&'t Param>
    where
        'a: 't,
    {
        let (tree, analysis) = (self.tree(), self.analysis());
        let mut all = Vec::new();
        let mut work: Vec<&'t Param> = params.iter().rev().copied().collect();
        let mut inlined = 0;
        while let Some(param) = work.pop() {
            all.push(param);
            let (ParamKind::Submap(id) | ParamKind::SubmapLabels(id)) = param.kind else {
                continue;
            };
            if inlined < rules::MOST_INLINED {
                inlined += 1;
                let lists = analysis.inlined.get(&(self.unit, id));
                let lists = lists.map_or(&[][..], Vec::as_slice);
                work.extend(rules::params_of(tree, lists).into_iter().rev());
            }
        }
        all
    }

    /// `&label`: the arguments beyond the parameters. As in destructuring (§3.19), those behind it get the last ones: what was
    /// given to them by position goes in front of the rest, which gives them its end.
    fn slurped(&mut self, var: Option<VarId>, index: u32, later: &[&Param]) {
        let later: Vec<Option<LabelId>> = later
            .iter()
            .filter_map(|param| match &param.kind {
                ParamKind::Label { label, .. } => Some(Some(*label)),
                ParamKind::Slurp(_) | ParamKind::Submap(_) | ParamKind::SubmapLabels(_) => None,
                _ => Some(None),
            })
            .collect();
        // What a parameter got by its name is that one's.
        let taken = self.parameter_names();
        let taken = self.module().constant(Const::Names(taken));
        let rest = isa::Intrinsic::ArgumentsRest;
        if later.is_empty() {
            if let Some(var) = var {
                self.f.op(Op::Intrinsic, &[rest as u32]);
                self.f.op(Op::Rest, &[0, taken.0]);
                self.f.coerce(TypeId::DYN);
                self.init(var, false);
            }
            return;
        }
        let temps = [(); 4].map(|()| self.f.temp(TypeId::DYN));
        let [given, element, number, next] = temps;
        self.f.op(Op::Intrinsic, &[rest as u32]);
        self.f.coerce(TypeId::DYN);
        self.f.store(given);
        let all = self.draft();
        for (place, label) in (index..).zip(&later) {
            let named = self.unless_named(given, *label);
            let local = self.f.param(place);
            self.add_to(all, local);
            self.f.bind(named);
        }
        self.f.load(given);
        self.elements_into(element, number);
        self.add_to(all, element);
        self.f.close_loop();
        self.f.load(given);
        self.f.op(Op::Len, &[]);
        self.f.coerce(TypeId::DYN);
        self.f.store(next);
        self.f.load(given);
        self.f.op(Op::Rest, &[u32::from(u16::MAX), taken.0]);
        let slurped = self.draft_of_top();
        self.f.load(all);
        self.elements_into(element, number);
        let late = self.f.label();
        self.f.load(number);
        self.f.load(next);
        self.f.op(Op::Le, &[]);
        self.f.jump_if_not(late);
        self.add_to(slurped, element);
        self.f.bind(late);
        self.f.close_loop();
        for (place, label) in (index..).zip(&later) {
            let named = self.unless_named(given, *label);
            self.f.load(next);
            self.f.push_int(1);
            self.f.coerce(TypeId::DYN);
            self.f.op(Op::Add, &[]);
            self.f.coerce(TypeId::DYN);
            self.f.store(next);
            self.f.load(all);
            self.f.load(next);
            self.f.op(Op::GetIndex, &[]);
            self.f.coerce(TypeId::DYN);
            let local = self.f.param(place);
            self.f.store(local);
            self.f.bind(named);
        }
        self.drafted(slurped);
        match var {
            Some(var) => self.init(var, false),
            None => self.f.pop(),
        }
        self.f.free_temp(all);
        for temp in temps {
            self.f.free_temp(temp);
        }
    }

    /// Goes on unless the map of named arguments has one of that label; a label at which it goes on then, to be bound.
    fn unless_named(&mut self, given: Local, label: Option<LabelId>) -> emit::Label {
        const OWN: u32 = 1;
        let named = self.f.label();
        if let Some(label) = label {
            self.f.load(given);
            let name = self.text(label);
            self.f.push_text(name);
            self.f.coerce(TypeId::DYN);
            self.f.op(Op::Has, &[OWN]);
            self.f.jump_if(named);
        }
        named
    }

    /// Adds a value to the elements of a map.
    fn add_to(&mut self, map: Local, value: Local) {
        self.f.load(map);
        self.f.load(value);
        self.f.op(Op::PushAt, &[0]);
        self.f.pop();
    }

    /// Opens a loop through the elements of the map on top.
    fn elements_into(&mut self, element: Local, number: Local) {
        self.f.open_iter(1);
        self.f.coerce(TypeId::DYN);
        self.f.store(number);
        self.f.coerce(TypeId::DYN);
        self.f.store(element);
    }

    fn parameter_names(&self) -> Vec<NameId> {
        let analysis = self.analysis();
        let vars = analysis.unit(self.unit).vars.iter();
        vars.filter_map(|var| {
            let var = analysis.var(*var);
            let is = matches!(var.kind, VarKind::Param(_));
            var.label.filter(|_| is).map(|label| self.name(label))
        })
        .collect()
    }

    /// A parameter's default stands for an empty argument.
    fn default_of(&mut self, index: u32, default: ExprId) {
        let local = self.f.param(index);
        let given = self.f.label();
        self.f.load(local);
        self.f.unit();
        self.f.op(Op::Same, &[]);
        self.f.jump_if_not(given);
        self.dynamic(default, Want::Value);
        self.f.store(local);
        self.f.bind(given);
    }

    fn nested(&mut self, index: u32, items: DestructureId) {
        let local = self.f.param(index);
        self.f.load(local);
        self.destructure(items);
    }

    /// Pops a value into the target of a parameter.
    fn bring(&mut self, target: &Target, at: u32, mutability: Mutability) {
        match target {
            Target::Label(_) => {
                if let Some(var) = self.slot_at(at) {
                    self.init(var, mutability == Mutability::Immutable);
                } else {
                    self.f.pop();
                }
            }
            Target::Nested(items) => self.destructure(*items),
            _ => self.f.pop(),
        }
    }
}

/// Does a parameter more than give a label to an argument?
fn more_than_label(param: &Param) -> bool {
    !matches!(param.kind, ParamKind::Label { .. }) || param.default.is_some()
}
