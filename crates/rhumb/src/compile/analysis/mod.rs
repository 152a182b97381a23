//! The walk that finds units and slots, in the order of the text.
//!
//! Here: how it begins, what a unit leaves to do, and what is known when all of it is done. `scopes` what labels mean, `expressions`
//! the walk itself, `routines` parameters and bodies, `targets` assignments, `patterns` selectors.

mod expressions;
mod patterns;
mod routines;
mod scopes;
mod targets;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use crate::tree::{Expr, ExprId, LabelId, LambdaKind, Param, Tree};

use super::rules;
use super::scope::{Chain, Link, Scope};
use super::units::{Analysis, UnitId, UnitKind, VarId, VarKind, Written};

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
pub fn analyse(tree: &Tree, session: Option<&BTreeSet<String>>) -> Analysis {
    let mut analysis = Analysis::default();
    let module = analysis.add_unit(UnitKind::Module, None);
    // Those that the text mentions: however many others there are, they cost nothing.
    let known = session.into_iter().flat_map(|session| {
        let mentioned = tree.labels().iter();
        mentioned.filter(|(_, text)| session.contains(*text))
    });
    for (label, _) in known {
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
        // What a realm runs has the `!` around it.
        if analysis.run_time_params.contains_key(&expr) {
            analysis.need_base(parent);
        }
        let unit = analysis.unit(id);
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
                // The rules of a selector that is joined behind it.
                self.argument(2);
                let joined = rules::joined_selectors(self.tree, id);
                for id in joined.unwrap_or_else(|| vec![id]) {
                    if let Expr::Vassal(_) = self.tree.expr(id) {
                        // Its rules are called like the handler of a subscription.
                        self.analysis.unit_mut(self.unit).handler = true;
                    }
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
}
