//! The walk that finds units and slots, in the order of the text.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use crate::tree::{
    Arg, ArgKind, DestructureId, DestructureKind, Emission, EventKind, Expr, ExprId, Field,
    FieldKind, FieldName, FieldOp, FlowOp, LabelId, LambdaHead, LambdaKind, Mutability, Param,
    ParamKind, Pattern, PatternId, PatternItem, PatternItemKind, Rule, RuleKind, Step, StepKind,
    SubfieldInto, Target, TextPiece, Tree,
};

use super::prelude;
use super::rules::{self, Attachment};
use super::scope::{Chain, Link, Scope, scopes};
use super::units::{Analysis, Meaning, UnitId, UnitKind, VarId, VarKind, Written};

/// What is left to do in a unit.
enum Body {
    /// Statements of the document or of a subroutine.
    Statements(Vec<ExprId>),
    /// A function.
    Function(ExprId),
    /// The rules of a selector value, at that place.
    Selector(ExprId),
    /// An operand that is an implicit subroutine.
    Operand(ExprId),
    /// A subscription's handler.
    Handler(ExprId),
    /// The parameters of a submap.
    Submap(ExprId),
}

struct Job {
    unit: UnitId,
    body: Body,
    chain: Chain,
}

/// Finds the units and slots of a document.
///
/// `session`: labels of earlier blocks of a prompt, if the document is one.
pub fn analyse(tree: &Tree, session: Option<&[String]>) -> Analysis {
    let mut analysis = Analysis::default();
    let module = analysis.add_unit(UnitKind::Module, None);
    for label in session.unwrap_or_default() {
        let Some(label) = tree.labels().get(label) else {
            continue;
        };
        let var = analysis.add_var(module, Some(label), VarKind::Session, 0);
        // What a block assigned may be of any kind: nothing is known of its value.
        analysis.var_mut(var).assigned = true;
        analysis.var_mut(var).assignments = 1;
        analysis.unit_mut(module).labels.insert(label, var);
    }
    let chain = Some(Rc::new(Link {
        scope: Scope::Activation(module),
        outer: None,
    }));
    let mut walker = Walker {
        tree,
        analysis,
        unit: module,
        chain: chain.clone(),
        queue: VecDeque::new(),
        predicate: None,
        earlier: HashMap::new(),
        shared: false,
        late: Vec::new(),
        session: session.is_some(),
    };
    walker.queue.push_back(Job {
        unit: module,
        body: Body::Statements(tree.statements().to_vec()),
        chain,
    });
    while let Some(job) = walker.queue.pop_front() {
        walker.run(job);
    }
    let mut analysis = walker.analysis;
    bases(tree, &mut analysis);
    analysis
}

/// Which activations may be constructors, and which need the receiver because something lexical in them does.
fn bases(tree: &Tree, analysis: &mut Analysis) {
    // Units stand before those inside them.
    for index in (0..analysis.units.len()).rev() {
        let id = UnitId(index as u32);
        let is_method = |expr: ExprId| {
            matches!(
                tree.expr(expr),
                Expr::Lambda {
                    kind: LambdaKind::Method,
                    ..
                }
            )
        };
        // What a method proclaims, its receiver proclaims (D-26).
        let unit = analysis.unit(id);
        if unit.proclaims && unit.expr.is_some_and(is_method) {
            analysis.need_base(id);
        }
        let unit = analysis.unit(id);
        let (Some(expr), true, Some(parent)) = (unit.expr, unit.needs_base, unit.parent) else {
            continue;
        };
        let mentions = unit.mentions_base;
        let (written, _) = analysis
            .written
            .get(&expr)
            .copied()
            .unwrap_or((Written::Anonymous, None));
        let method = is_method(expr);
        match written {
            Written::Label if !method && mentions => analysis.unit_mut(id).constructor = true,
            Written::Label if !method => {}
            Written::Field => {}
            Written::Label | Written::Anonymous => analysis.need_base(parent),
        }
    }
}

/// What a predicate binds to the value that it tests.
#[derive(Default)]
struct Predicate {
    /// Slots of labels that nothing declares, and `tested`.
    bound: Vec<VarId>,
    /// The slot that `$1`, `_` and `*` mean.
    tested: Option<VarId>,
}

struct Walker<'t> {
    tree: &'t Tree,
    analysis: Analysis,
    unit: UnitId,
    chain: Chain,
    queue: VecDeque<Job>,
    /// In a predicate: what it binds (§4.2).
    predicate: Option<Predicate>,
    /// In a further alternative of a subscription's pattern: what the earlier ones bind, which this one may bind as well.
    earlier: HashMap<LabelId, VarId>,
    /// In a parameter list that stands elsewhere and other functions may have too.
    shared: bool,
    /// Mentions of labels that nothing assigned so far.
    late: Vec<(UnitId, Chain, LabelId, u32)>,
    /// The document is a block of a prompt: its labels are those of the session.
    session: bool,
}

impl Walker<'_> {
    fn run(&mut self, job: Job) {
        self.unit = job.unit;
        self.chain = job.chain;
        match job.body {
            Body::Statements(list) => self.each(&list),
            Body::Function(id) => self.function(id),
            Body::Selector(id) => {
                self.argument(1);
                let joined = rules::joined_selectors(self.tree, id);
                for id in joined.unwrap_or_else(|| vec![id]) {
                    if let Expr::Selector(rules) | Expr::Vassal(rules) = self.tree.expr(id) {
                        self.rules(rules, self.tree.span(id).start);
                    }
                }
            }
            Body::Operand(id) => self.expr(id),
            Body::Handler(id) => self.handler(id),
            Body::Submap(id) => {
                if let Expr::Submap(params) = self.tree.expr(id) {
                    let list: Vec<&Param> = params.iter().collect();
                    self.shared_params(&list);
                }
            }
        }
        self.settle();
    }

    // Scopes

    fn push(&mut self, scope: Scope) -> Chain {
        let outer = self.chain.take();
        self.chain = Some(Rc::new(Link {
            scope,
            outer: outer.clone(),
        }));
        outer
    }

    /// A new activation whose body is looked at when this one is done.
    fn later(&mut self, key: ExprId, body: Body) -> UnitId {
        let unit = self
            .analysis
            .add_unit(UnitKind::Activation, Some(self.unit));
        self.analysis.unit_mut(unit).expr = Some(key);
        self.analysis.unit_of.insert(key, unit);
        let chain = Some(Rc::new(Link {
            scope: Scope::Activation(unit),
            outer: self.chain.clone(),
        }));
        self.queue.push_back(Job { unit, body, chain });
        unit
    }

    /// Does something in a unit that belongs to the activation around it.
    fn within(&mut self, kind: UnitKind, work: impl FnOnce(&mut Self)) -> UnitId {
        let outer = self.unit;
        let unit = self.analysis.add_unit(kind, Some(outer));
        self.unit = unit;
        let predicate = self.predicate.take();
        work(self);
        self.predicate = predicate;
        self.unit = outer;
        unit
    }

    fn lookup(&self, label: LabelId) -> Option<VarId> {
        scopes(&self.chain).find_map(|scope| match scope {
            Scope::Rule(names) => names.borrow().get(&label).copied(),
            Scope::Activation(unit) => self.analysis.unit(*unit).labels.get(&label).copied(),
            Scope::Subject(_) | Scope::Event => None,
        })
    }

    /// Is a label declared at a place: a parameter or binding, or assigned earlier in the text (§4.2)?
    fn declared(&self, label: LabelId, at: u32) -> Option<VarId> {
        let var = self.lookup(label)?;
        let found = self.analysis.var(var);
        let earlier = match found.kind {
            VarKind::Local | VarKind::Static => found.first < at,
            VarKind::Session => found.first <= at,
            _ => true,
        };
        earlier.then_some(var)
    }

    fn activation(&self) -> UnitId {
        self.analysis.unit(self.unit).activation
    }

    /// A label of the current activation.
    fn declare(&mut self, label: LabelId, kind: VarKind, at: u32) -> VarId {
        let owner = self.activation();
        let var = self.analysis.add_var(owner, Some(label), kind, at);
        self.analysis.var_mut(var).hidden = self.tree.label(label).starts_with('_');
        self.analysis.unit_mut(owner).labels.insert(label, var);
        self.mean(at, var);
        var
    }

    fn mean(&mut self, at: u32, var: VarId) {
        self.analysis.meanings.insert(at, Meaning::Slot(var));
        if self.shared {
            self.analysis.shared.insert((self.unit, at), var);
        }
        self.analysis.reach(self.unit, var);
    }

    fn mention(&mut self, label: LabelId, at: u32) {
        if let Some(var) = self.lookup(label) {
            self.mean(at, var);
        } else if self.predicate.is_some() && prelude::word(self.tree.label(label)).is_none() {
            let var = self.bind(label, at);
            if let Some(predicate) = &mut self.predicate {
                predicate.bound.push(var);
            }
        } else {
            // The activation may assign it later in the text.
            self.late.push((self.unit, self.chain.clone(), label, at));
        }
    }

    /// Mentions that no earlier text explained: if the activation assigns the label later, it is that label.
    fn settle(&mut self) {
        for (unit, chain, label, at) in std::mem::take(&mut self.late) {
            self.unit = unit;
            self.chain = chain;
            if let Some(var) = self.lookup(label) {
                self.mean(at, var);
            } else if prelude::word(self.tree.label(label)).is_none() {
                self.analysis.undefined.push((at, label));
            }
        }
    }

    /// A label that the pattern of a rule binds.
    fn bind(&mut self, label: LabelId, at: u32) -> VarId {
        if let Some(var) = self.earlier.remove(&label) {
            self.analysis.binds.insert(at);
            self.mean(at, var);
            return var;
        }
        let var = self
            .analysis
            .add_var(self.unit, Some(label), VarKind::Bound, at);
        for scope in scopes(&self.chain) {
            if let Scope::Rule(names) = scope {
                names.borrow_mut().insert(label, var);
                break;
            }
        }
        self.analysis.binds.insert(at);
        self.mean(at, var);
        var
    }

    /// An assignment to a label: what there is, or a new label of the activation.
    fn assign(&mut self, label: LabelId, at: u32, value: Option<ExprId>) {
        let var = match self.lookup(label) {
            Some(var) => {
                self.mean(at, var);
                var
            }
            None => {
                let kind = match self.analysis.unit(self.activation()).kind {
                    UnitKind::Module if self.session => VarKind::Session,
                    UnitKind::Module => VarKind::Static,
                    _ => VarKind::Local,
                };
                let var = self.declare(label, kind, at);
                if kind == VarKind::Session {
                    self.analysis.var_mut(var).first = at.saturating_add(1);
                }
                var
            }
        };
        let found = self.analysis.var_mut(var);
        found.assigned = true;
        found.assignments += 1;
        if found.assignments == 1 {
            found.value = value;
        }
    }

    /// A raw argument of the activation.
    fn argument(&mut self, number: u32) -> Option<VarId> {
        let owner = self.activation();
        if self.analysis.unit(owner).kind == UnitKind::Module {
            return None;
        }
        let known = self.analysis.unit(owner).arguments.get(&number).copied();
        let var = known.unwrap_or_else(|| {
            let kind = if number == 0 {
                VarKind::AllArguments
            } else {
                VarKind::Argument(number)
            };
            let var = self.analysis.add_var(owner, None, kind, 0);
            let unit = self.analysis.unit_mut(owner);
            unit.arguments.insert(number, var);
            unit.takes_arguments = true;
            var
        });
        self.analysis.reach(self.unit, var);
        Some(var)
    }

    // Expressions

    fn each(&mut self, list: &[ExprId]) {
        for id in list {
            self.expr(*id);
        }
    }

    fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        let at = tree.span(id).start;
        match tree.expr(id) {
            Expr::Error
            | Expr::Empty
            | Expr::Truth(_)
            | Expr::Number(_)
            | Expr::Version(_)
            | Expr::Duration(_)
            | Expr::Text(_)
            | Expr::Key(_)
            | Expr::Realm { .. } => {}
            Expr::Library(library) => {
                if let crate::tree::LibraryVersion::Label(label) = library.version {
                    self.mention(label, at);
                }
            }
            Expr::Date(moment) => {
                if let Some(crate::tree::CalendarDate::Interpolated(parts)) = &moment.date {
                    for part in parts {
                        if let crate::tree::DatePart::Value(id) = part {
                            self.expr(*id);
                        }
                    }
                }
            }
            Expr::Void => self.subject(at),
            Expr::Base => self.analysis.reach_base(self.unit),
            Expr::Interpolated(pieces) => {
                for piece in pieces {
                    if let TextPiece::Value(id) = piece {
                        self.expr(*id);
                    }
                }
            }
            Expr::Label(label) => self.mention(*label, at),
            Expr::Argument(number) => self.raw_argument(*number, at),
            Expr::Routine(list) => self.each(list),
            Expr::Subroutine(list) => {
                self.later(id, Body::Statements(list.clone()));
                self.written(id, Written::Anonymous, None);
            }
            Expr::Map(fields) => self.map(fields),
            Expr::Submap(_) => {
                self.later(id, Body::Submap(id));
            }
            Expr::Selector(_) | Expr::Vassal(_) => {
                self.later(id, Body::Selector(id));
            }
            Expr::Reference(inner) | Expr::Resource(inner) => self.expr(*inner),
            Expr::Emit(emission) => self.emission(emission),
            Expr::Chain { head, steps } => self.chain(*head, steps),
            Expr::Prefix { operand, .. } => self.expr(*operand),
            Expr::Binary { .. } if rules::joined_selectors(tree, id).is_some() => {
                self.later(id, Body::Selector(id));
            }
            Expr::Binary { first, rest } => {
                self.expr(*first);
                for term in rest {
                    self.expr(term.operand);
                }
            }
            Expr::Flow { first, rest } => {
                self.expr(*first);
                for term in rest {
                    match term.op {
                        FlowOp::Pipe => self.callee(term.operand),
                        FlowOp::Each => self.element_routine(term.operand),
                        FlowOp::Default | FlowOp::While => self.expr(term.operand),
                    }
                }
            }
            Expr::Conditional { arms } => {
                for arm in arms {
                    self.each(arm);
                }
            }
            Expr::Assign {
                target,
                target_span,
                mutability,
                value,
            } => {
                let written = match target {
                    Target::Label(label) => Some((Written::Label, Some(*label))),
                    Target::Field { name, .. } => Some((Written::Field, label_of(name))),
                    _ => None,
                };
                self.value(*value, written);
                let known = (*mutability == Mutability::Immutable).then_some(*value);
                self.target(target, target_span.start, known);
            }
            Expr::Destructure { items, value } => {
                self.expr(*value);
                self.destructure(*items, false);
            }
            Expr::Lambda { kind, head, body } => self.lambda(id, *kind, head, *body),
        }
    }

    /// A value whose place says how a routine in it gets its `!`.
    fn value(&mut self, id: ExprId, written: Option<(Written, Option<LabelId>)>) {
        self.expr(id);
        if let Some((written, label)) = written
            && matches!(
                self.tree.expr(id),
                Expr::Lambda { .. } | Expr::Subroutine(_)
            )
        {
            self.written(id, written, label);
        }
    }

    fn written(&mut self, id: ExprId, written: Written, label: Option<LabelId>) {
        self.analysis.written.insert(id, (written, label));
    }

    /// The value that the predicate around tests.
    fn tested(&mut self, at: u32) {
        let Some(predicate) = &mut self.predicate else {
            return;
        };
        let var = *predicate.tested.get_or_insert_with(|| {
            let var = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
            predicate.bound.push(var);
            var
        });
        self.mean(at, var);
    }

    fn subject(&mut self, at: u32) {
        if self.predicate.is_some() {
            return self.tested(at);
        }
        let found = scopes(&self.chain).find_map(|scope| match scope {
            Scope::Subject(var) => Some(Some(*var)),
            Scope::Activation(_) => Some(None),
            _ => None,
        });
        if let Some(Some(var)) = found {
            self.mean(at, var);
        }
    }

    fn raw_argument(&mut self, number: u32, at: u32) {
        if number == 0 && self.in_event() {
            return;
        }
        // In a predicate the argument is what is tested (§4.2).
        if number == 1 && self.predicate.is_some() {
            return self.tested(at);
        }
        if let Some(var) = self.argument(number) {
            self.analysis.meanings.insert(at, Meaning::Slot(var));
        }
    }

    fn in_event(&self) -> bool {
        scopes(&self.chain)
            .find_map(|scope| match scope {
                Scope::Event => Some(true),
                Scope::Activation(_) => Some(false),
                _ => None,
            })
            .unwrap_or(false)
    }

    fn name(&mut self, name: &FieldName) {
        if let FieldName::Computed(id) = name {
            self.expr(*id);
        }
    }

    fn map(&mut self, fields: &[Field]) {
        for field in fields {
            match &field.kind {
                FieldKind::Element(id) | FieldKind::Spread(id) => self.expr(*id),
                FieldKind::Named { name, value, .. } => {
                    self.name(name);
                    self.value(*value, Some((Written::Field, label_of(name))));
                    // A method's home is the map, which the literal makes; the receiver's register of this unit is not its.
                }
                FieldKind::Pun { label, .. } => self.mention(*label, field.span.start),
            }
        }
    }

    fn emission(&mut self, emission: &Emission) {
        if emission.kind == EventKind::Proclamation {
            let activation = self.activation();
            self.analysis.unit_mut(activation).proclaims = true;
        }
        if let Some(args) = &emission.args {
            self.args(args, false);
        }
    }

    fn args(&mut self, args: &[Arg], holes: bool) {
        for arg in args {
            match &arg.kind {
                ArgKind::Positional(id) if holes && matches!(self.tree.expr(*id), Expr::Void) => {}
                ArgKind::Positional(id) | ArgKind::Spread(id) => self.expr(*id),
                ArgKind::Named { name, value, .. } => {
                    self.name(name);
                    self.expr(*value);
                }
            }
        }
    }

    fn chain(&mut self, head: ExprId, steps: &[Step]) {
        let tree = self.tree;
        if let Expr::Reference(inner) = tree.expr(head)
            && let (Expr::Label(label), Some(StepKind::Operator(FieldOp::Base))) =
                (tree.expr(*inner), steps.first().map(|step| &step.kind))
        {
            self.analysis.templates.insert(*label);
        }
        let monitored = steps.iter().enumerate().rev().find_map(|(index, step)| {
            let StepKind::Attach(list) = &step.kind else {
                return None;
            };
            let before = steps.get(..index).unwrap_or(&[]);
            match rules::attachment(tree, head, before, list) {
                Attachment::Monitor => Some((index, list)),
                _ => None,
            }
        });
        let rest = match monitored {
            Some((index, list)) => {
                let at = steps.get(index).map_or(0, |step| step.span.start);
                let before = steps.get(..index).unwrap_or(&[]);
                let thunk = self.within(UnitKind::Thunk, |walker| walker.chain(head, before));
                let selector = self.within(UnitKind::Selector, |walker| walker.rules(list, at));
                self.analysis.attached.insert(at, (thunk, selector));
                // Replies that a signal's selector traps run where the signal was emitted.
                steps.get(index + 1..).unwrap_or(&[])
            }
            None => {
                self.expr(head);
                steps
            }
        };
        let curry = matches!(tree.expr(head), Expr::Reference(_));
        for (index, step) in rest.iter().enumerate() {
            match &step.kind {
                StepKind::Field { name, .. } | StepKind::Subfield { name, .. } => self.name(name),
                StepKind::SearchName(name) => self.name(name),
                StepKind::Matching(_) | StepKind::SearchMatching(_) | StepKind::Operator(_) => {}
                StepKind::SearchPaths(id) | StepKind::Overlay(id) | StepKind::Index(id) => {
                    self.expr(*id);
                }
                StepKind::Emit(emission) => self.emission(emission),
                StepKind::Call(args) => self.args(args, curry && index == 0),
                StepKind::Attach(list) => {
                    let argument_supply = rest.len() == steps.len()
                        && index == 0
                        && rules::attachment(tree, head, &[], list) == Attachment::Supply;
                    if argument_supply {
                        self.supply(list, step.span.start);
                    } else {
                        self.rules(list, step.span.start);
                    }
                }
            }
        }
    }

    // Routines

    fn lambda(&mut self, id: ExprId, kind: LambdaKind, head: &LambdaHead, body: ExprId) {
        self.written(id, Written::Anonymous, None);
        let at = self.tree.span(id).start;
        match head {
            LambdaHead::Params(_) => {
                self.later(id, Body::Function(id));
            }
            LambdaHead::Label(label) => match self.declared(*label, at) {
                None => {
                    self.analysis.label_params.insert(id);
                    self.later(id, Body::Function(id));
                }
                Some(var) => {
                    self.mean(at, var);
                    self.by_value(id, kind, body);
                }
            },
            LambdaHead::Value(value) => {
                self.expr(*value);
                self.by_value(id, kind, body);
            }
        }
    }

    /// `P -> body` where P is a value: parameters that are known, or a realm to run in.
    fn by_value(&mut self, id: ExprId, _kind: LambdaKind, body: ExprId) {
        if rules::known_params(self.tree, &self.analysis, id).is_some() {
            self.later(id, Body::Function(id));
            return;
        }
        let unit = self.within(UnitKind::Thunk, |walker| walker.expr(body));
        self.analysis.unit_of.insert(id, unit);
    }

    fn function(&mut self, id: ExprId) {
        let tree = self.tree;
        let Expr::Lambda { head, body, .. } = tree.expr(id) else {
            return;
        };
        match head {
            LambdaHead::Params(params) => self.params(params),
            LambdaHead::Label(label) if self.analysis.label_params.contains(&id) => {
                let at = tree.span(id).start;
                self.declare(*label, VarKind::Param(0), at);
                self.analysis.unit_mut(self.unit).params = 1;
            }
            _ => {
                let known = rules::known_params(tree, &self.analysis, id);
                let known: Vec<&Param> = known.unwrap_or_default();
                self.shared_params(&known);
            }
        }
        match rules::selector_body(tree, *body) {
            Some((list, at)) => {
                // Without parameters, what is given is what the selector is applied to (rulings A3).
                if self.analysis.unit(self.unit).params == 0 {
                    self.argument(0);
                }
                self.rules(list, at);
            }
            None => self.expr(*body),
        }
    }

    fn params(&mut self, params: &[Param]) {
        let list: Vec<&Param> = params.iter().collect();
        self.param_list(&list);
    }

    /// Parameters whose list stands elsewhere, where others may take it too.
    fn shared_params(&mut self, params: &[&Param]) {
        self.shared = true;
        self.param_list(params);
        self.shared = false;
    }

    fn param_list(&mut self, params: &[&Param]) {
        let tree = self.tree;
        let mut index = 0;
        for param in params {
            let at = param.span.start;
            match &param.kind {
                ParamKind::Label { label, .. } => {
                    self.declare(*label, VarKind::Param(index), at);
                    index += 1;
                }
                ParamKind::Void | ParamKind::Error | ParamKind::Event(_) => index += 1,
                ParamKind::Nested(items) => {
                    self.destructure(*items, true);
                    index += 1;
                }
                ParamKind::Field { target, name, .. } => {
                    self.name(name);
                    self.fresh_target(target, at);
                    index += 1;
                }
                ParamKind::Slurp(label) => {
                    if let Some(label) = label {
                        self.declare(*label, VarKind::Local, at);
                    }
                    self.argument(0);
                }
                // The labels are bound from as many arguments, whether they stand in a list of their own or not (rulings B12).
                ParamKind::Submap(id) | ParamKind::SubmapLabels(id) => {
                    self.expr(*id);
                    for label in rules::submap_labels(tree, &self.analysis, *id) {
                        self.declare(label, VarKind::Param(index), at);
                        index += 1;
                    }
                }
            }
            if let Some(default) = param.default {
                self.expr(default);
                if let Meaning::Slot(var) = self.analysis.meaning(at) {
                    self.analysis.var_mut(var).assigned = true;
                }
            }
        }
        self.analysis.unit_mut(self.unit).params = index;
    }

    /// The right side of `||`.
    fn callee(&mut self, id: ExprId) {
        if rules::is_implicit(self.tree, id) {
            self.later(id, Body::Operand(id));
        } else {
            self.expr(id);
        }
    }

    /// The right side of `<>`.
    fn element_routine(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expr(id) {
            Expr::Selector(list) if rules::has_events(tree, list) => {
                self.later(id, Body::Handler(id));
            }
            Expr::Selector(list) => self.rules(list, tree.span(id).start),
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } if rules::is_subscription(tree, params, *body) => {
                self.later(id, Body::Handler(id));
            }
            _ => self.callee(id),
        }
    }

    /// A subscription's handler: its parameters are patterns of events.
    fn handler(&mut self, id: ExprId) {
        let tree = self.tree;
        self.analysis.unit_mut(self.unit).handler = true;
        let outer = self.push(Scope::Rule(Default::default()));
        match tree.expr(id) {
            Expr::Selector(list) => self.rules(list, tree.span(id).start),
            Expr::Lambda {
                head: LambdaHead::Params(params),
                body,
                ..
            } => {
                for param in params {
                    // Only one of the alternatives matches: each binds what the body sees under its labels.
                    if let Some(Scope::Rule(names)) = scopes(&self.chain).next() {
                        self.earlier = names.borrow().clone();
                    }
                    if let ParamKind::Event(event) = &param.kind {
                        if let Some(items) = &event.payload {
                            self.items(items);
                        }
                    } else if let ParamKind::Label { label, .. } = &param.kind {
                        self.bind(*label, param.span.start);
                    }
                }
                self.earlier.clear();
                match rules::selector_body(tree, *body) {
                    Some((list, at)) => self.rules(list, at),
                    None => self.expr(*body),
                }
            }
            _ => {}
        }
        self.chain = outer;
    }

    // Assignment

    fn target(&mut self, target: &Target, at: u32, value: Option<ExprId>) {
        match target {
            Target::Label(label) => self.assign(*label, at, value),
            Target::Void | Target::Error => {}
            Target::Field { receiver, name, .. } => {
                if let (Expr::Base, FieldName::Label(label)) = (self.tree.expr(*receiver), name) {
                    let activation = self.activation();
                    let unit = self.analysis.unit_mut(activation);
                    unit.own_fields.insert(*label);
                }
                self.receiver(*receiver);
                self.name(name);
            }
            Target::Index { receiver, index } => {
                self.receiver(*receiver);
                self.expr(*index);
            }
            Target::Append { receiver } | Target::Unshift { receiver } => self.receiver(*receiver),
            Target::Nested(items) => self.destructure(*items, false),
        }
    }

    /// A target in a parameter: its labels are new.
    fn fresh_target(&mut self, target: &Target, at: u32) {
        match target {
            Target::Label(label) => {
                self.declare(*label, VarKind::Local, at);
            }
            Target::Nested(items) => self.destructure(*items, true),
            other => self.target(other, at, None),
        }
    }

    fn receiver(&mut self, id: ExprId) {
        let head = match self.tree.expr(id) {
            Expr::Chain { head, .. } => *head,
            _ => id,
        };
        if matches!(self.tree.expr(head), Expr::Base) {
            let activation = self.activation();
            self.analysis.unit_mut(activation).assigns_through_base = true;
        }
        self.expr(id);
    }

    fn destructure(&mut self, items: DestructureId, fresh: bool) {
        let tree = self.tree;
        for item in tree.destructure(items) {
            let at = item.span.start;
            match &item.kind {
                DestructureKind::Label { label, .. } => self.item_label(*label, at, fresh),
                DestructureKind::Slurp(Some(label)) => self.item_label(*label, at, fresh),
                DestructureKind::Slurp(None) | DestructureKind::Void | DestructureKind::Error => {}
                DestructureKind::Nested(inner) => self.destructure(*inner, fresh),
                DestructureKind::Field { name, target, .. } => {
                    self.name(name);
                    if fresh {
                        self.fresh_target(target, at);
                    } else {
                        self.target(target, at, None);
                    }
                }
                DestructureKind::Subfield { label, into } => match into {
                    SubfieldInto::Items(inner) => self.destructure(*inner, fresh),
                    SubfieldInto::Label(_) => self.item_label(*label, at, fresh),
                },
            }
            if let Some(default) = item.default {
                self.expr(default);
            }
        }
    }

    fn item_label(&mut self, label: LabelId, at: u32, fresh: bool) {
        if fresh {
            self.declare(label, VarKind::Local, at);
        } else {
            self.assign(label, at, None);
        }
    }

    // Selectors

    /// The rules of a selector at that place; the value that they see is a slot of its own.
    fn rules(&mut self, list: &[Rule], at: u32) {
        let subject = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
        self.analysis.subjects.insert(at, subject);
        let outer = self.push(Scope::Subject(subject));
        let predicate = self.predicate.take();
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern, action, ..
                } => {
                    let before = self.push(Scope::Rule(Default::default()));
                    self.pattern(*pattern);
                    if matches!(self.tree.pattern(*pattern), Pattern::Event(event) if event.kind != EventKind::Reply)
                    {
                        self.push(Scope::Event);
                    }
                    self.expr(*action);
                    self.chain = before;
                }
                RuleKind::Default(id) => self.expr(*id),
                RuleKind::Pass { event, .. } => {
                    let before = self.push(Scope::Rule(Default::default()));
                    if let Some(items) = &event.payload {
                        self.items(items);
                    }
                    self.chain = before;
                }
            }
        }
        self.predicate = predicate;
        self.chain = outer;
    }

    /// Rules that supply a subroutine with arguments (§4.3).
    fn supply(&mut self, list: &[Rule], at: u32) {
        let subject = self.analysis.add_var(self.unit, None, VarKind::Bound, at);
        self.analysis.subjects.insert(at, subject);
        let outer = self.push(Scope::Subject(subject));
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern, action, ..
                } => {
                    match self.tree.pattern(*pattern) {
                        Pattern::Label(label) => {
                            let at = self.tree.pattern_span(*pattern).start;
                            match self.declared(*label, at) {
                                Some(var) => self.mean(at, var),
                                None => {
                                    self.analysis.binds.insert(at);
                                    self.assign(*label, at, None);
                                }
                            }
                        }
                        Pattern::Literal(id) | Pattern::Value(id) | Pattern::Predicate(id) => {
                            self.expr(*id);
                        }
                        Pattern::Structure(items) => {
                            for item in items {
                                if let PatternItemKind::Element(id) = &item.kind {
                                    self.supplied(*id);
                                }
                            }
                        }
                        _ => {}
                    }
                    self.expr(*action);
                }
                RuleKind::Default(id) => self.expr(*id),
                RuleKind::Pass { .. } => {}
            }
        }
        self.chain = outer;
    }

    fn supplied(&mut self, id: PatternId) {
        match self.tree.pattern(id) {
            Pattern::Label(label) => self.mention(*label, self.tree.pattern_span(id).start),
            Pattern::Literal(id) | Pattern::Value(id) | Pattern::Predicate(id) => self.expr(*id),
            _ => {}
        }
    }

    fn pattern(&mut self, id: PatternId) {
        let tree = self.tree;
        let at = tree.pattern_span(id).start;
        match tree.pattern(id) {
            Pattern::Any | Pattern::Empty | Pattern::Error => {}
            Pattern::Label(label) => self.pin_or_bind(*label, at),
            Pattern::Literal(id) | Pattern::Value(id) => self.expr(*id),
            Pattern::Range { start, end } => {
                self.expr(*start);
                self.expr(*end);
            }
            Pattern::Predicate(test) => {
                let outer = self.predicate.replace(Predicate::default());
                self.expr(*test);
                let found = std::mem::replace(&mut self.predicate, outer).unwrap_or_default();
                self.analysis.predicates.insert(at, found.bound);
            }
            Pattern::Structure(items) => self.items(items),
            Pattern::Event(event) => {
                if let Some(items) = &event.payload {
                    self.items(items);
                }
            }
        }
    }

    fn pin_or_bind(&mut self, label: LabelId, at: u32) {
        if self.earlier.contains_key(&label) {
            self.bind(label, at);
            return;
        }
        match self.declared(label, at) {
            Some(var) => self.mean(at, var),
            None if rules::is_empty_word(self.tree, label) => {}
            None => {
                self.bind(label, at);
            }
        }
    }

    fn items(&mut self, items: &[PatternItem]) {
        for item in items {
            let at = item.span.start;
            match &item.kind {
                PatternItemKind::Element(id) => self.pattern(*id),
                PatternItemKind::Named { name, pattern, .. } => {
                    self.name(name);
                    self.pattern(*pattern);
                }
                PatternItemKind::Pun { label, .. } => self.pin_or_bind(*label, at),
                PatternItemKind::Slurp(Some(label)) => {
                    self.bind(*label, at);
                }
                PatternItemKind::Slurp(None) => {}
            }
        }
    }
}

fn label_of(name: &FieldName) -> Option<LabelId> {
    match name {
        FieldName::Label(label) => Some(*label),
        _ => None,
    }
}
