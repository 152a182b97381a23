//! Advice on programs that are right but seldom mean what they say (docs/specs/rulings.md B6, B29, B39, B52). It looks at the
//! tree alone, so a label counts as known only if the document assigns it once.

use std::collections::{HashMap, HashSet};

use crate::compile::rules::any;
use crate::diagnostics::{SyntaxError, SyntaxErrorKind};
use crate::tree::{
    ArgKind, BinaryOp, DestructureKind, Expr, ExprId, FieldKind, FieldOp, FlowOp, LabelId,
    LambdaHead, LambdaKind, Mutability, Number, Param, ParamKind, Span, StepKind, Target, Tree,
};

/// What is to be said of a document without errors, in the order of the text.
pub fn advice(tree: &Tree) -> Vec<SyntaxError> {
    let mut lint = Lint {
        tree,
        known: known(tree),
        found: Vec::new(),
        said: HashSet::new(),
        nullary: HashMap::new(),
        called: HashMap::new(),
    };
    for id in tree.ids() {
        match tree.expr(id) {
            Expr::Flow { first, rest } => {
                for term in rest {
                    match term.op {
                        FlowOp::While => lint.loop_body(term.operand),
                        FlowOp::Each => lint.each(*first),
                        _ => {}
                    }
                }
            }
            Expr::Map(fields) => {
                for field in fields {
                    if let FieldKind::Named { value, .. } = &field.kind {
                        lint.method(*value);
                    }
                }
            }
            Expr::Assign { target, value, .. } => {
                let method = matches!(
                    tree.expr(*value),
                    Expr::Lambda {
                        kind: LambdaKind::Method,
                        ..
                    }
                );
                if method || matches!(target, Target::Field { .. }) {
                    lint.method(*value);
                }
            }
            Expr::Chain { head, steps } => {
                if let (Expr::Label(callee), Some(StepKind::Call(args))) =
                    (tree.expr(*head), steps.first().map(|step| &step.kind))
                {
                    for (index, arg) in args.iter().enumerate() {
                        if let ArgKind::Positional(id) = arg.kind {
                            lint.passed(*callee, index, id);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    lint.found.sort_by_key(|error| error.span.start);
    lint.found
}

/// The values of labels that are assigned once in the document, and by no pattern.
fn known(tree: &Tree) -> HashMap<LabelId, ExprId> {
    let (mut values, mut twice) = (HashMap::new(), HashSet::new());
    for id in tree.ids() {
        match tree.expr(id) {
            Expr::Assign {
                target: Target::Label(label),
                value,
                ..
            } => {
                let before = values.insert(*label, *value);
                twice.extend(before.map(|_| *label));
            }
            Expr::Destructure { items, .. } => {
                for item in tree.destructure(*items) {
                    if let DestructureKind::Label { label, .. } = &item.kind {
                        twice.insert(*label);
                    }
                }
            }
            Expr::Lambda {
                head: LambdaHead::Params(params),
                ..
            } => twice.extend(params.iter().filter_map(label_of)),
            _ => {}
        }
    }
    values.retain(|label, _| !twice.contains(label));
    values
}

fn label_of(param: &Param) -> Option<LabelId> {
    match &param.kind {
        ParamKind::Label { label, .. } => Some(*label),
        _ => None,
    }
}

struct Lint<'t> {
    tree: &'t Tree,
    known: HashMap<LabelId, ExprId>,
    found: Vec<SyntaxError>,
    /// Where something was said already: bodies stand in bodies.
    said: HashSet<u32>,
    /// Labels that were asked whether they hold a routine of arity zero.
    nullary: HashMap<LabelId, bool>,
    /// Which of its parameters the routine of a label calls.
    called: HashMap<LabelId, HashSet<usize>>,
}

impl Lint<'_> {
    fn say(&mut self, kind: SyntaxErrorKind, span: Span) {
        if self.said.insert(span.start) {
            self.found.push(SyntaxError::new(kind, span));
        }
    }

    /// B39: the body of `|>` assigns labels of the activation around it, so `.=` fails at its second turn.
    fn loop_body(&mut self, body: ExprId) {
        let mut frozen = Vec::new();
        any(self.tree, body, &mut |expr| {
            if let Expr::Assign {
                target: Target::Label(label),
                target_span,
                mutability: Mutability::Immutable,
                ..
            } = expr
            {
                frozen.push((*label, *target_span));
            }
            false
        });
        for (label, span) in frozen {
            let label = self.tree.label(label).to_owned();
            self.say(SyntaxErrorKind::FrozenInLoop(label), span);
        }
    }

    /// B29: `1|xs[#] <> …` goes down from 1 to 0 if there is nothing to go through.
    fn each(&mut self, source: ExprId) {
        let tree = self.tree;
        let Expr::Binary { first, rest } = tree.expr(source) else {
            return;
        };
        let [term] = rest.as_slice() else { return };
        let from_one = matches!(tree.expr(*first), Expr::Number(Number::Integer(1)));
        let length = matches!(
            tree.expr(term.operand),
            Expr::Chain { steps, .. } if matches!(
                steps.last().map(|step| &step.kind),
                Some(StepKind::Operator(FieldOp::Length))
            )
        );
        if term.op == BinaryOp::Range && from_one && length {
            self.say(SyntaxErrorKind::RangeOverLength, tree.span(source));
        }
    }

    /// B6: in a method, a `->` that is assigned to a label and mentions `!` makes instances of its own.
    fn method(&mut self, routine: ExprId) {
        let tree = self.tree;
        let Some(body) = body_of(tree, routine) else {
            return;
        };
        let mut helpers = Vec::new();
        for id in body {
            any(tree, id, &mut |expr| {
                if let Expr::Assign {
                    target: Target::Label(label),
                    target_span,
                    value,
                    ..
                } = expr
                {
                    helpers.push((*label, *target_span, *value));
                }
                false
            });
        }
        for (label, span, value) in helpers {
            let plain = match tree.expr(value) {
                Expr::Lambda {
                    kind: LambdaKind::Function,
                    head,
                    body,
                } => match head {
                    LambdaHead::Params(_) => true,
                    // A label that the body does not mention is no parameter of it: a realm runs the body.
                    LambdaHead::Label(label) => any(
                        tree,
                        *body,
                        &mut |expr| matches!(expr, Expr::Label(found) if found == label),
                    ),
                    LambdaHead::Value(_) => false,
                },
                Expr::Subroutine(_) => true,
                _ => false,
            };
            let base = || {
                let body = body_of(tree, value).unwrap_or_default();
                body.into_iter()
                    .any(|id| any(tree, id, &mut |expr| matches!(expr, Expr::Base)))
            };
            if plain && base() {
                let label = tree.label(label).to_owned();
                self.say(SyntaxErrorKind::HelperOfItsOwn(label), span);
            }
        }
    }

    /// B52: a routine of arity zero that is passed by its bare label is called before, where a parameter takes it that is called
    /// in its turn.
    fn passed(&mut self, callee: LabelId, index: usize, arg: ExprId) {
        let Expr::Label(label) = self.tree.expr(arg) else {
            return;
        };
        if self.is_nullary(*label) && self.calls_parameter(callee, index) {
            let label = self.tree.label(*label).to_owned();
            self.say(SyntaxErrorKind::CalledBefore(label), self.tree.span(arg));
        }
    }

    /// Does a label hold a routine without parameters that mentions no arguments either?
    fn is_nullary(&mut self, label: LabelId) -> bool {
        if let Some(known) = self.nullary.get(&label) {
            return *known;
        }
        let tree = self.tree;
        let is = self.known.get(&label).is_some_and(|value| {
            let params = match tree.expr(*value) {
                Expr::Subroutine(_) => true,
                Expr::Lambda {
                    kind: LambdaKind::Function | LambdaKind::Method,
                    head: LambdaHead::Params(params),
                    ..
                } => params.is_empty(),
                _ => false,
            };
            let body = body_of(tree, *value).unwrap_or_default();
            let takes = |id| any(tree, id, &mut |expr| matches!(expr, Expr::Argument(_)));
            params && !body.into_iter().any(takes)
        });
        self.nullary.insert(label, is);
        is
    }

    /// Does the routine that a label holds call its parameter at a position?
    fn calls_parameter(&mut self, routine: LabelId, index: usize) -> bool {
        if let Some(called) = self.called.get(&routine) {
            return called.contains(&index);
        }
        let tree = self.tree;
        let mut positions = HashSet::new();
        if let Some(Expr::Lambda {
            head: LambdaHead::Params(params),
            body,
            ..
        }) = self.known.get(&routine).map(|value| tree.expr(*value))
        {
            any(tree, *body, &mut |expr| {
                if let Expr::Chain { head, steps } = expr
                    && let Expr::Label(label) = tree.expr(*head)
                    && let Some(StepKind::Call(_)) = steps.first().map(|step| &step.kind)
                {
                    let at = params
                        .iter()
                        .position(|param| label_of(param) == Some(*label));
                    positions.extend(at);
                }
                false
            });
        }
        let calls = positions.contains(&index);
        self.called.insert(routine, positions);
        calls
    }
}

/// The expressions of a routine's body.
fn body_of(tree: &Tree, routine: ExprId) -> Option<Vec<ExprId>> {
    match tree.expr(routine) {
        Expr::Lambda { body, .. } => Some(vec![*body]),
        Expr::Subroutine(list) => Some(list.clone()),
        _ => None,
    }
}
