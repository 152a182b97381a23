//! Questions about the shape of selectors, operands and parameter lists, answered from the tree alone.

use std::collections::HashSet;

use crate::tree::{
    Arg, ArgKind, DestructureKind, Emission, EventKind, Expr, ExprId, FieldKind, FieldName,
    LabelId, LambdaHead, Param, ParamKind, Pattern, PatternId, PatternItem, PatternItemKind, Rule,
    RuleKind, Step, StepKind, Target, TextPiece, Tree,
};

use super::prelude::{self, Word};
use super::units::{Analysis, Meaning, VarKind};

/// What a selector behind an expression does (docs/specs/rhumb.md §4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attachment {
    /// It dispatches on the value.
    Dispatch,
    /// It listens while its subject runs.
    Monitor,
    /// It supplies a subroutine with arguments (§4.3).
    Supply,
    /// It stands behind a signal and traps replies by name; value rules see an anonymous one.
    Trap,
}

/// The event of a rule.
pub fn event_of<'t>(tree: &'t Tree, rule: &'t Rule) -> Option<&'t crate::tree::Event> {
    match &rule.kind {
        RuleKind::Match { pattern, .. } => match tree.pattern(*pattern) {
            Pattern::Event(event) => Some(event),
            _ => None,
        },
        RuleKind::Pass { event, .. } => Some(event),
        RuleKind::Default(_) => None,
    }
}

/// Is a selector only a default? Then it is not entered when its subject came to nothing without saying so (D-21).
pub fn is_gate(list: &[Rule]) -> bool {
    matches!(
        list,
        [Rule {
            kind: RuleKind::Default(_),
            ..
        }]
    )
}

/// Has a selector rules of signals or proclamations?
pub fn has_events(tree: &Tree, list: &[Rule]) -> bool {
    list.iter()
        .any(|rule| event_of(tree, rule).is_some_and(|event| event.kind != EventKind::Reply))
}

/// Has a selector rules of replies?
pub fn has_replies(tree: &Tree, list: &[Rule]) -> bool {
    list.iter()
        .any(|rule| event_of(tree, rule).is_some_and(|event| event.kind == EventKind::Reply))
}

/// What a selector does whose subject is a head with steps.
pub fn attachment(tree: &Tree, head: ExprId, before: &[Step], list: &[Rule]) -> Attachment {
    if has_events(tree, list) {
        let values = list.iter().any(|rule| event_of(tree, rule).is_none());
        let supply = before.is_empty() && matches!(tree.expr(head), Expr::Subroutine(_)) && values;
        return if supply {
            Attachment::Supply
        } else {
            Attachment::Monitor
        };
    }
    if before.is_empty() && matches!(tree.expr(head), Expr::Subroutine(_)) {
        return Attachment::Supply;
    }
    let emission = match before.last() {
        Some(step) => matches!(&step.kind, StepKind::Emit(emission) if is_signal(emission)),
        None => matches!(tree.expr(head), Expr::Emit(emission) if is_signal(emission)),
    };
    if emission && has_replies(tree, list) {
        Attachment::Trap
    } else {
        Attachment::Dispatch
    }
}

fn is_signal(emission: &Emission) -> bool {
    emission.kind == EventKind::Signal && emission.topic.is_some()
}

/// Selectors written one behind the other with `&&`: their rules are joined (§3.13).
pub fn joined_selectors(tree: &Tree, id: ExprId) -> Option<Vec<ExprId>> {
    let Expr::Binary { first, rest } = tree.expr(id) else {
        return None;
    };
    let joins = rest
        .iter()
        .all(|term| term.op == crate::tree::BinaryOp::Concatenate);
    let all: Vec<ExprId> = std::iter::once(*first)
        .chain(rest.iter().map(|term| term.operand))
        .collect();
    let selectors = all
        .iter()
        .all(|id| matches!(tree.expr(*id), Expr::Selector(_)));
    (joins && selectors).then_some(all)
}

/// Is an expression a selector as a value: one, or several joined?
pub fn is_selector_value(tree: &Tree, id: ExprId) -> bool {
    matches!(tree.expr(id), Expr::Selector(_)) || joined_selectors(tree, id).is_some()
}

/// The rules of a body that is only a selector, maybe in parentheses, and their place.
pub fn selector_body(tree: &Tree, body: ExprId) -> Option<(&[Rule], u32)> {
    let mut at = body;
    loop {
        match tree.expr(at) {
            Expr::Selector(rules) => return Some((rules, tree.span(at).start)),
            Expr::Routine(list) if list.len() == 1 => at = *list.first()?,
            _ => return None,
        }
    }
}

/// Is `P -> body` behind `<>` a subscription, whatever stands before it (§5.5)?
pub fn is_subscription(tree: &Tree, params: &[Param], body: ExprId) -> bool {
    if params
        .iter()
        .any(|param| matches!(param.kind, ParamKind::Event(_)))
    {
        return true;
    }
    params.is_empty() && selector_body(tree, body).is_some_and(|(list, _)| has_events(tree, list))
}

/// Is a label the word `empty` of the prelude?
pub fn is_empty_word(tree: &Tree, label: LabelId) -> bool {
    prelude::word(tree.label(label)) == Some(Word::Empty)
}

/// Is an operand of `||` or `<>` an implicit subroutine (rulings A11)?
pub fn is_implicit(tree: &Tree, id: ExprId) -> bool {
    match tree.expr(id) {
        Expr::Routine(_) => true,
        Expr::Lambda { .. }
        | Expr::Subroutine(_)
        | Expr::Selector(_)
        | Expr::Vassal(_)
        | Expr::Label(_)
        | Expr::Reference(_) => false,
        _ => any(tree, id, &mut |expr| matches!(expr, Expr::Argument(_))),
    }
}

/// Does an expression or something in it, other than in routines of its own, satisfy a test?
pub fn any(tree: &Tree, id: ExprId, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
    let mut work = vec![id];
    while let Some(id) = work.pop() {
        let expr = tree.expr(id);
        if test(expr) {
            return true;
        }
        children(tree, expr, &mut work);
    }
    false
}

fn arg_exprs(args: &[Arg], work: &mut Vec<ExprId>) {
    for arg in args {
        match &arg.kind {
            ArgKind::Positional(id) | ArgKind::Spread(id) => work.push(*id),
            ArgKind::Named { name, value, .. } => {
                name_expr(name, work);
                work.push(*value);
            }
        }
    }
}

fn name_expr(name: &FieldName, work: &mut Vec<ExprId>) {
    if let FieldName::Computed(id) = name {
        work.push(*id);
    }
}

fn target_exprs(tree: &Tree, target: &Target, work: &mut Vec<ExprId>) {
    match target {
        Target::Field { receiver, name, .. } => {
            work.push(*receiver);
            name_expr(name, work);
        }
        Target::Index { receiver, index } => work.extend([*receiver, *index]),
        Target::Append { receiver } | Target::Unshift { receiver } => work.push(*receiver),
        Target::Nested(items) => destructure_exprs(tree, *items, work),
        Target::Label(_) | Target::Void | Target::Error => {}
    }
}

fn destructure_exprs(tree: &Tree, items: crate::tree::DestructureId, work: &mut Vec<ExprId>) {
    let mut lists = vec![items];
    while let Some(items) = lists.pop() {
        for item in tree.destructure(items) {
            work.extend(item.default);
            match &item.kind {
                DestructureKind::Nested(inner) => lists.push(*inner),
                DestructureKind::Field { name, target, .. } => {
                    name_expr(name, work);
                    match target {
                        Target::Nested(inner) => lists.push(*inner),
                        other => target_exprs(tree, other, work),
                    }
                }
                DestructureKind::Subfield {
                    into: crate::tree::SubfieldInto::Items(inner),
                    ..
                } => lists.push(*inner),
                _ => {}
            }
        }
    }
}

fn rule_exprs(tree: &Tree, rules: &[Rule], work: &mut Vec<ExprId>) {
    for rule in rules {
        match &rule.kind {
            RuleKind::Match {
                pattern, action, ..
            } => {
                pattern_exprs(tree, *pattern, work);
                work.push(*action);
            }
            RuleKind::Default(id) => work.push(*id),
            RuleKind::Pass { .. } => {}
        }
    }
}

fn pattern_exprs(tree: &Tree, pattern: PatternId, work: &mut Vec<ExprId>) {
    let mut patterns = vec![pattern];
    let items = |items: &[PatternItem], patterns: &mut Vec<PatternId>| {
        for item in items {
            match &item.kind {
                PatternItemKind::Element(id) => patterns.push(*id),
                PatternItemKind::Named { pattern, .. } => patterns.push(*pattern),
                _ => {}
            }
        }
    };
    while let Some(pattern) = patterns.pop() {
        match tree.pattern(pattern) {
            Pattern::Literal(id) | Pattern::Predicate(id) | Pattern::Value(id) => work.push(*id),
            Pattern::Range { start, end } => work.extend([*start, *end]),
            Pattern::Structure(list) => items(list, &mut patterns),
            Pattern::Event(event) => {
                if let Some(list) = &event.payload {
                    items(list, &mut patterns);
                }
            }
            _ => {}
        }
    }
}

/// The expressions directly in one, without those that belong to routines of their own.
pub fn children(tree: &Tree, expr: &Expr, work: &mut Vec<ExprId>) {
    match expr {
        Expr::Interpolated(pieces) => {
            for piece in pieces {
                if let TextPiece::Value(id) = piece {
                    work.push(*id);
                }
            }
        }
        Expr::Date(moment) => {
            if let Some(crate::tree::CalendarDate::Interpolated(parts)) = &moment.date {
                for part in parts {
                    if let crate::tree::DatePart::Value(id) = part {
                        work.push(*id);
                    }
                }
            }
        }
        Expr::Routine(list) => work.extend(list),
        Expr::Map(fields) => {
            for field in fields {
                match &field.kind {
                    FieldKind::Element(id) | FieldKind::Spread(id) => work.push(*id),
                    FieldKind::Named { name, value, .. } => {
                        name_expr(name, work);
                        work.push(*value);
                    }
                    FieldKind::Pun { .. } => {}
                }
            }
        }
        Expr::Reference(id) | Expr::Resource(id) => work.push(*id),
        Expr::Emit(emission) => arg_exprs(emission.args.as_deref().unwrap_or(&[]), work),
        Expr::Chain { head, steps } => {
            work.push(*head);
            for step in steps {
                match &step.kind {
                    StepKind::Field { name, .. }
                    | StepKind::Subfield { name, .. }
                    | StepKind::SearchName(name) => name_expr(name, work),
                    StepKind::SearchPaths(id) | StepKind::Overlay(id) | StepKind::Index(id) => {
                        work.push(*id);
                    }
                    StepKind::Emit(emission) => {
                        arg_exprs(emission.args.as_deref().unwrap_or(&[]), work);
                    }
                    StepKind::Call(args) => arg_exprs(args, work),
                    StepKind::Attach(rules) => rule_exprs(tree, rules, work),
                    StepKind::Matching(_) | StepKind::SearchMatching(_) | StepKind::Operator(_) => {
                    }
                }
            }
        }
        Expr::Prefix { operand, .. } => work.push(*operand),
        Expr::Binary { first, rest } => {
            work.push(*first);
            work.extend(rest.iter().map(|term| term.operand));
        }
        Expr::Flow { first, rest } => {
            work.push(*first);
            for term in rest {
                let own = matches!(
                    term.op,
                    crate::tree::FlowOp::Pipe | crate::tree::FlowOp::Each
                ) && is_routine_operand(tree, term.operand);
                if !own {
                    work.push(term.operand);
                }
            }
        }
        Expr::Conditional { arms } => arms.iter().for_each(|arm| work.extend(arm)),
        Expr::Assign { target, value, .. } => {
            target_exprs(tree, target, work);
            work.push(*value);
        }
        Expr::Destructure { items, value } => {
            destructure_exprs(tree, *items, work);
            work.push(*value);
        }
        _ => {}
    }
}

/// Is an operand of `||` or `<>` a routine of its own, whose arguments are not those of the activation around it?
fn is_routine_operand(tree: &Tree, id: ExprId) -> bool {
    !matches!(
        tree.expr(id),
        Expr::Label(_) | Expr::Reference(_) | Expr::Chain { .. }
    )
}

/// The parameters of `P -> body` where P is a value that the compiler knows (rulings B11): a submap literal, an immutable
/// label that was assigned one, or several of them joined.
pub fn known_params<'t>(
    tree: &'t Tree,
    analysis: &Analysis,
    lambda: ExprId,
) -> Option<Vec<&'t Param>> {
    let Expr::Lambda { head, .. } = tree.expr(lambda) else {
        return None;
    };
    let mut lists = Vec::new();
    match head {
        LambdaHead::Params(list) => return Some(list.iter().collect()),
        LambdaHead::Label(_) => {
            lists.push(label_submap(tree, analysis, tree.span(lambda).start)?);
        }
        LambdaHead::Value(value) => lists = submap_lists(tree, analysis, *value)?,
    }
    Some(params_of(tree, &lists))
}

/// Most submaps that one list of parameters inlines. Each takes its parameters from the one list, so more are refused there.
pub const MOST_INLINED: usize = 256;

/// The submap literal that an immutable label was assigned.
fn label_submap(tree: &Tree, analysis: &Analysis, at: u32) -> Option<ExprId> {
    let Meaning::Slot(var) = analysis.meaning(at) else {
        return None;
    };
    let var = analysis.var(var);
    if !matches!(
        var.kind,
        VarKind::Local | VarKind::Static | VarKind::Session
    ) {
        return None;
    }
    let value = var.value?;
    matches!(tree.expr(value), Expr::Submap(_)).then_some(value)
}

/// The literals whose parameters a submap has, in their order, if the compiler knows it.
pub fn submap_lists(tree: &Tree, analysis: &Analysis, id: ExprId) -> Option<Vec<ExprId>> {
    let mut lists = Vec::new();
    // Operands from right to left, so that the stack gives them from left to right.
    let mut work = vec![id];
    while let Some(id) = work.pop() {
        match tree.expr(id) {
            Expr::Submap(_) => lists.push(id),
            Expr::Label(_) => lists.push(label_submap(tree, analysis, tree.span(id).start)?),
            Expr::Reference(inner) => work.push(*inner),
            Expr::Routine(list) if list.len() == 1 => work.extend(list),
            Expr::Binary { first, rest }
                if rest
                    .iter()
                    .all(|term| term.op == crate::tree::BinaryOp::Concatenate) =>
            {
                work.extend(rest.iter().rev().map(|term| term.operand));
                work.push(*first);
            }
            _ => return None,
        }
    }
    Some(lists)
}

/// The parameters of submap literals, one behind the other.
pub fn params_of<'t>(tree: &'t Tree, lists: &[ExprId]) -> Vec<&'t Param> {
    lists
        .iter()
        .filter_map(|id| match tree.expr(*id) {
            Expr::Submap(list) => Some(list),
            _ => None,
        })
        .flatten()
        .collect()
}

/// Is an expression `___` or `empty`?
pub fn is_nothing(tree: &Tree, id: ExprId) -> bool {
    match tree.expr(id) {
        Expr::Empty => true,
        Expr::Label(label) => is_empty_word(tree, *label),
        _ => false,
    }
}

/// Do the units of a document reply to events: anywhere, and outside of rules that see the event?
pub fn replies(tree: &Tree) -> (bool, bool) {
    let mut anywhere = false;
    let mut inside = HashSet::new();
    let is_reply = |expr: &Expr| {
        match expr {
        Expr::Emit(emission) => emission.kind == EventKind::Reply,
        Expr::Chain { steps, .. } => steps.iter().any(
            |step| matches!(&step.kind, StepKind::Emit(emission) if emission.kind == EventKind::Reply),
        ),
        _ => false,
    }
    };
    // Every action of an event rule, and what is directly in it.
    let mut all = Vec::new();
    for id in tree.ids() {
        all.push(id);
        let rules: Vec<&Rule> = match tree.expr(id) {
            Expr::Selector(rules) | Expr::Vassal(rules) => rules.iter().collect(),
            Expr::Chain { steps, .. } => steps
                .iter()
                .filter_map(|step| match &step.kind {
                    StepKind::Attach(rules) => Some(rules),
                    _ => None,
                })
                .flatten()
                .collect(),
            _ => continue,
        };
        for rule in rules {
            if event_of(tree, rule).is_none() {
                continue;
            }
            if let RuleKind::Match { action, .. } = &rule.kind {
                let mut work = vec![*action];
                while let Some(id) = work.pop() {
                    if inside.insert(id) {
                        children(tree, tree.expr(id), &mut work);
                    }
                }
            }
        }
    }
    let mut stray = false;
    for id in all {
        if is_reply(tree.expr(id)) {
            anywhere = true;
            stray |= !inside.contains(&id);
        }
    }
    (anywhere, stray)
}
