//! Where an action of an event rule captures its event (docs/specs/rhumb.md §5.4 "Parking"): where `$0` goes somewhere that
//! may outlive the action. Reading it, its arguments or its text, asking about it, replying to it and ending with it (it then
//! is the value of the call) capture nothing; storing it, putting it into a map and handing it on do. A routine that the
//! compiler knows is looked into; one that it does not know is taken to store what it gets.

use std::collections::{HashMap, HashSet};

use crate::tree::{
    Arg, ArgKind, BinaryOp, Expr, ExprId, FieldOp, FlowOp, LambdaHead, ParamKind, Pattern,
    PrefixOp, Rule, RuleKind, Step, StepKind, Target, Tree,
};

use super::prelude::{self, Word};
use super::rules;
use super::units::{Analysis, Meaning, VarId, VarKind};

/// The mentions of `$0` in an action that capture the event.
pub fn captured(tree: &Tree, analysis: &Analysis, action: ExprId) -> HashSet<ExprId> {
    let mut search = Search {
        tree,
        analysis,
        sought: Sought::Event,
        entered: HashSet::new(),
        kept: HashSet::new(),
        handed: Vec::new(),
        given: Vec::new(),
        work: vec![(action, Way::Used, Sought::Event)],
    };
    while let Some((id, way, sought)) = search.work.pop() {
        search.sought = sought;
        search.visit(id, way);
    }
    search.conclude()
}

/// The value whose way is followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sought {
    /// `$0`.
    Event,
    /// A parameter that brought it.
    Parameter(VarId),
}

/// What becomes of an expression's value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It ends there.
    Used,
    /// It may be kept.
    Kept,
    /// It is what a parameter brings.
    Given(VarId),
}

struct Search<'a> {
    tree: &'a Tree,
    analysis: &'a Analysis,
    sought: Sought,
    /// Parameters looked into.
    entered: HashSet<VarId>,
    /// Parameters that are kept.
    kept: HashSet<VarId>,
    /// Parameters handed on as other parameters.
    handed: Vec<(VarId, VarId)>,
    /// Mentions of the event, and what becomes of it.
    given: Vec<(ExprId, Way)>,
    /// What is to be looked at.
    work: Vec<(ExprId, Way, Sought)>,
}

impl Way {
    /// The same if something holds, else the value ends there.
    fn when(self, holds: bool) -> Way {
        if holds { self } else { Way::Used }
    }
}

impl Search<'_> {
    /// The mentions of the event that are kept, or handed on to a parameter that is.
    fn conclude(mut self) -> HashSet<ExprId> {
        let mut work: Vec<VarId> = self.kept.iter().copied().collect();
        let mut givers: HashMap<VarId, Vec<VarId>> = HashMap::new();
        for (from, to) in &self.handed {
            givers.entry(*to).or_default().push(*from);
        }
        while let Some(var) = work.pop() {
            for from in givers.get(&var).map_or(&[][..], Vec::as_slice) {
                if self.kept.insert(*from) {
                    work.push(*from);
                }
            }
        }
        self.given
            .iter()
            .filter(|(_, way)| match way {
                Way::Used => false,
                Way::Kept => true,
                Way::Given(var) => self.kept.contains(var),
            })
            .map(|(id, _)| *id)
            .collect()
    }

    fn push(&mut self, id: ExprId, way: Way) {
        self.work.push((id, way, self.sought));
    }

    fn is_sought(&self, id: ExprId) -> bool {
        match (self.sought, self.tree.expr(id)) {
            (Sought::Event, Expr::Argument(0)) => true,
            (Sought::Parameter(var), Expr::Label(_)) => {
                self.analysis.meaning(self.tree.span(id).start) == Meaning::Slot(var)
            }
            _ => false,
        }
    }

    fn note(&mut self, id: ExprId, way: Way) {
        match (self.sought, way) {
            (Sought::Event, _) => self.given.push((id, way)),
            (Sought::Parameter(_), Way::Used) => {}
            (Sought::Parameter(var), Way::Kept) => {
                self.kept.insert(var);
            }
            (Sought::Parameter(var), Way::Given(to)) => self.handed.push((var, to)),
        }
    }

    fn visit(&mut self, id: ExprId, way: Way) {
        let tree = self.tree;
        if self.is_sought(id) {
            return self.note(id, way);
        }
        match tree.expr(id) {
            Expr::Routine(list) => {
                self.last_of(list, way);
            }
            Expr::Reference(inner) => self.push(*inner, way),
            Expr::Chain { head, steps } => self.chain(*head, steps, way),
            Expr::Prefix { op, operand } => {
                self.push(*operand, way.when(*op == PrefixOp::Freeze));
            }
            Expr::Binary { first, rest } => {
                // A truth operator gives one of its operands, a rebinding holds its right one; the others make something new.
                let through = |op: BinaryOp| {
                    way.when(matches!(
                        op,
                        BinaryOp::And | BinaryOp::Or | BinaryOp::Rebind
                    ))
                };
                let outer = rest.first().map_or(Way::Used, |term| through(term.op));
                self.push(*first, outer);
                for term in rest {
                    self.push(term.operand, through(term.op));
                }
            }
            Expr::Flow { first, rest } => {
                let mut value = way;
                for term in rest.iter().rev() {
                    match term.op {
                        FlowOp::Default => self.push(term.operand, value),
                        FlowOp::Pipe => {
                            value = self.callee(term.operand, 0);
                            self.operand(term.operand);
                        }
                        FlowOp::Each | FlowOp::While => {
                            value = Way::Used;
                            self.operand(term.operand);
                        }
                    }
                }
                self.push(*first, value);
            }
            Expr::Conditional { arms } => {
                for arm in arms {
                    self.last_of(arm, way);
                }
            }
            Expr::Interpolated(_) => self.parts(id, None, Way::Used),
            Expr::Destructure { value, .. } => {
                self.parts(id, Some(*value), Way::Kept);
                self.push(*value, Way::Used);
            }
            Expr::Assign { target, value, .. } => {
                self.push(*value, Way::Kept);
                match target {
                    Target::Field { receiver, .. }
                    | Target::Append { receiver }
                    | Target::Unshift { receiver } => self.push(*receiver, Way::Used),
                    Target::Index { receiver, index } => {
                        self.push(*receiver, Way::Used);
                        self.push(*index, Way::Used);
                    }
                    _ => {}
                }
            }
            _ => self.parts(id, None, Way::Kept),
        }
    }

    /// The last of several is their value.
    fn last_of(&mut self, list: &[ExprId], way: Way) {
        for (index, id) in list.iter().enumerate() {
            self.push(*id, way.when(index + 1 == list.len()));
        }
    }

    /// The expressions directly in one, without one of them.
    fn parts(&mut self, id: ExprId, without: Option<ExprId>, way: Way) {
        let mut parts = Vec::new();
        rules::children(self.tree, self.tree.expr(id), &mut parts);
        for part in parts {
            if Some(part) != without {
                self.push(part, way);
            }
        }
    }

    /// The right operand of `||` or `<>`; a routine written there has arguments of its own.
    fn operand(&mut self, id: ExprId) {
        if matches!(
            self.tree.expr(id),
            Expr::Label(_) | Expr::Reference(_) | Expr::Chain { .. }
        ) {
            self.push(id, Way::Used);
        }
    }

    fn chain(&mut self, head: ExprId, steps: &[Step], way: Way) {
        // From the last step to the first: is what stands before it kept by it?
        let mut value = way;
        for (index, step) in steps.iter().enumerate().rev() {
            value = match &step.kind {
                StepKind::Call(args) => {
                    self.arguments(head, steps.get(..index).unwrap_or_default(), args);
                    Way::Used
                }
                StepKind::Emit(emission) => {
                    let args = emission.args.as_deref().unwrap_or(&[]);
                    self.each_argument(args, |_, _| Way::Kept);
                    Way::Used
                }
                StepKind::Operator(op) => value.when(*op == FieldOp::Freeze),
                StepKind::Index(index) => {
                    self.push(*index, Way::Used);
                    Way::Used
                }
                StepKind::Attach(list) => self.attached(list, step.span.start),
                StepKind::Overlay(id) => {
                    self.push(*id, Way::Kept);
                    Way::Kept
                }
                StepKind::SearchPaths(id) => {
                    self.push(*id, Way::Used);
                    Way::Used
                }
                _ => Way::Used,
            };
        }
        self.push(head, value);
    }

    /// The rules behind an expression; is their subject kept?
    fn attached(&mut self, list: &[Rule], at: u32) -> Way {
        let mut keeps = rules::has_events(self.tree, list);
        if let Some(subject) = self.analysis.subjects.get(&at) {
            let slot = Meaning::Slot(*subject);
            keeps |= self.analysis.meanings.values().any(|found| *found == slot);
        }
        for rule in list {
            match &rule.kind {
                RuleKind::Match {
                    pattern, action, ..
                } => {
                    let whole = match self.tree.pattern(*pattern) {
                        Pattern::Label(label) => !rules::is_empty_word(self.tree, *label),
                        _ => false,
                    };
                    // A bare label is called with the subject.
                    keeps |= whole || matches!(self.tree.expr(*action), Expr::Label(_));
                    self.push(*action, Way::Kept);
                }
                RuleKind::Default(id) => {
                    keeps |= matches!(self.tree.expr(*id), Expr::Label(_));
                    self.push(*id, Way::Kept);
                }
                RuleKind::Pass { .. } => {}
            }
        }
        Way::Kept.when(keeps)
    }

    fn arguments(&mut self, head: ExprId, before: &[Step], args: &[Arg]) {
        if before.is_empty() {
            self.each_argument(args, |search, position| match position {
                Some(position) => search.callee(head, position),
                None => Way::Kept.when(!search.is_output(head)),
            });
            return;
        }
        let output = self.is_output(head)
            && matches!(
                before,
                [Step {
                    kind: StepKind::Field { .. },
                    ..
                }]
            );
        self.each_argument(args, |_, _| Way::Kept.when(!output));
    }

    fn each_argument(&mut self, args: &[Arg], way: impl Fn(&mut Self, Option<usize>) -> Way) {
        for (position, arg) in args.iter().enumerate() {
            match &arg.kind {
                ArgKind::Positional(id) => {
                    let way = way(self, Some(position));
                    self.push(*id, way);
                }
                // What is spread is its elements.
                ArgKind::Spread(id) => self.push(*id, Way::Used),
                ArgKind::Named { value, .. } => {
                    let way = way(self, None);
                    self.push(*value, way);
                }
            }
        }
    }

    /// Is it `console` or `log` of the prelude, which write what they get and keep nothing?
    fn is_output(&self, id: ExprId) -> bool {
        let Expr::Label(label) = self.tree.expr(id) else {
            return false;
        };
        self.analysis.meaning(self.tree.span(id).start) == Meaning::Free
            && matches!(
                prelude::word(self.tree.label(*label)),
                Some(Word::Console | Word::Log)
            )
    }

    /// What becomes of what a callee gets as the argument at a position.
    fn callee(&mut self, callee: ExprId, position: usize) -> Way {
        if self.is_output(callee) {
            return Way::Used;
        }
        let Some((var, body)) = self.parameter(callee, position) else {
            return Way::Kept;
        };
        let found = self.analysis.var(var);
        if found.captured || found.assigned || self.analysis.exposed(var) {
            return Way::Kept;
        }
        if self.entered.insert(var) {
            self.work.push((body, Way::Kept, Sought::Parameter(var)));
        }
        Way::Given(var)
    }

    /// The parameter at a position of a routine that a label always means, and the routine's body.
    fn parameter(&self, callee: ExprId, position: usize) -> Option<(VarId, ExprId)> {
        let Expr::Label(_) = self.tree.expr(callee) else {
            return None;
        };
        let Meaning::Slot(routine) = self.analysis.meaning(self.tree.span(callee).start) else {
            return None;
        };
        let routine = self.analysis.var(routine);
        if !matches!(routine.kind, VarKind::Local | VarKind::Static) || routine.assignments != 1 {
            return None;
        }
        let lambda = routine.value?;
        let Expr::Lambda {
            head: LambdaHead::Params(params),
            body,
            ..
        } = self.tree.expr(lambda)
        else {
            return None;
        };
        let unit = self.analysis.unit_of.get(&lambda)?;
        // `$N` and `$0` of the routine are other ways to the argument.
        if self.analysis.unit(*unit).takes_arguments {
            return None;
        }
        let param = params.get(position)?;
        let plain = |kind: &ParamKind| matches!(kind, ParamKind::Label { .. });
        if !params
            .iter()
            .take(position + 1)
            .all(|param| plain(&param.kind))
        {
            return None;
        }
        match self.analysis.meaning(param.span.start) {
            Meaning::Slot(var) => Some((var, *body)),
            Meaning::Free => None,
        }
    }
}
