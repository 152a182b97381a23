//! From a tree to a module (docs/specs/rhumb.md §3–§5, docs/specs/machine.md §4.1).
//!
//! Two passes. [`analysis`] walks the tree in the order of its text and finds the units of code and what each mention of a
//! label means; then [`code`] emits unit by unit: `expr` and `chain` expressions, `routine` functions and how they get
//! their `!`, `selector` and `pattern` rules, `signal` what concerns spaces.
//!
//! Nothing here runs anything or knows the machine: what a program means at run time is in the instructions.

mod analysis;
mod capture;
mod chain;
mod code;
mod expr;
mod flow;
mod join;
mod library;
mod literal;
mod map;
mod natives;
mod pattern;
mod places;
mod prelude;
mod problem;
mod routine;
pub(crate) mod rules;
mod scope;
mod selector;
mod signal;
mod subscription;
mod units;
mod vassal;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use emit::{FunctionBuilder, ModuleBuilder, Param, Signature};
use fzb::tables::{Arity, Lang, Tables, TypeId, static_flags};
use isa::Op;

use crate::tree::{Expr, FlowOp, StepKind, Tree};

use code::{Code, Shared, Want};
use units::{UnitId, VarKind};

pub use emit::EmitError;
pub use library::{Found, Libraries, Native, NoLibraries, Wanted, known_versions};
pub use natives::{core_module, json_module, native_module};
pub use problem::{Much, Problem, ProblemKind};

/// Stack of the thread that compiles: the tree's depth is bounded, so this is never used up.
const STACK: usize = 512 << 20;

/// What a compilation is told.
pub struct Options<'a> {
    /// Name of the module.
    pub name: &'a str,
    /// Path of the source as traces show it.
    pub path: &'a str,
    /// The normalised source.
    pub text: &'a str,
    /// Where library literals are looked up.
    pub libraries: &'a (dyn Libraries + Sync),
    /// Texts that were joined to this one, in their order; empty if `path` is all of it.
    pub parts: &'a [Part],
    /// Mentions of labels that nothing defines are mistakes, in place of being empty (§3.2).
    pub strict: bool,
    /// The document is a block of a prompt ([`BLOCK`]); the labels of the blocks before it.
    pub session: Option<&'a BTreeSet<String>>,
    /// Labels of the blocks before it that hold a version ([`known_versions`]), with its text.
    pub versions: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Options<'a> {
    /// For a document of one text that is no block.
    pub fn new(
        name: &'a str,
        path: &'a str,
        text: &'a str,
        libraries: &'a (dyn Libraries + Sync),
    ) -> Options<'a> {
        Options {
            name,
            path,
            text,
            libraries,
            parts: &[],
            strict: false,
            session: None,
            versions: None,
        }
    }
}

/// A text that was joined with others to one document (the books of a shelf, §7.5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where it begins in the joined text, in bytes.
    pub start: u32,
    /// Its path as traces show it.
    pub path: String,
}

/// Name of the function that a block of a prompt exports in place of an entry. It takes the session, a map from labels to
/// their cells: the cells of earlier labels are read from it and those of new labels put into it, so that all blocks and
/// the routines in them share the labels, each with its ratchet.
pub const BLOCK: &str = "block";

/// Under this name, which no label has, a session holds the map that is `!` in all its blocks (§3.8).
pub const SESSION_BASE: &str = "!";

/// The labels of the document itself that a block adds to a session of earlier labels; sorted.
pub fn session_labels(tree: &Tree, earlier: &BTreeSet<String>) -> Vec<String> {
    let analysis = analysis::analyse(tree, Some(earlier));
    let mut labels: Vec<String> = analysis
        .vars
        .iter()
        .filter(|var| var.kind == VarKind::Session && var.first > 0)
        .filter_map(|var| Some(tree.label(var.label?).to_owned()))
        .collect();
    labels.sort();
    labels
}

/// Compiles a document without errors to the tables of a module.
///
/// # Errors
/// What is wrong with it, in the order of the text.
pub fn compile(tree: &Tree, options: &Options<'_>) -> Result<Tables, Vec<Problem>> {
    let work = || compile_here(tree, options);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        let result = thread.map(|thread| thread.join());
        match result {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(vec![internal("the compiler stopped")]),
            Err(_) => Err(vec![internal("no thread for the compiler")]),
        }
    })
}

/// Selectors behind one expression, and loops in one chain, whose subject is everything before them: each takes a native
/// frame to compile, and a text can have any number of them without brackets.
const MOST_SUBJECTS: usize = 64;

/// Chains with more of them than that.
fn too_long(tree: &Tree) -> Vec<Problem> {
    let limit = |id, what| Problem {
        span: tree.span(id),
        kind: ProblemKind::Limit(what),
    };
    tree.ids()
        .filter_map(|id| match tree.expr(id) {
            Expr::Chain { steps, .. } => {
                let count = steps
                    .iter()
                    .filter(|step| matches!(step.kind, StepKind::Attach(_)))
                    .count();
                (count > MOST_SUBJECTS).then(|| limit(id, Much::Selectors))
            }
            Expr::Flow { rest, .. } => {
                let loops = rest.iter().filter(|term| term.op == FlowOp::While).count();
                (loops > MOST_SUBJECTS).then(|| limit(id, Much::Loops))
            }
            _ => None,
        })
        .collect()
}

fn internal(what: &str) -> Problem {
    Problem {
        span: crate::tree::Span::default(),
        kind: ProblemKind::Internal(what.to_owned()),
    }
}

fn compile_here(tree: &Tree, options: &Options<'_>) -> Result<Tables, Vec<Problem>> {
    let long = too_long(tree);
    if !long.is_empty() {
        return Err(long);
    }
    let analysis = analysis::analyse(tree, options.session);
    let module = ModuleBuilder::new(options.name, Lang::Rhumb);
    let mut hash = [0; 8];
    for (to, from) in hash
        .iter_mut()
        .zip(blake3::hash(options.text.as_bytes()).as_bytes())
    {
        *to = *from;
    }
    let (path, others) = match options.parts {
        [] => (options.path, &[][..]),
        [first, others @ ..] => (first.path.as_str(), others),
    };
    let file = module.file(path, hash);
    let others: Vec<_> = others
        .iter()
        .map(|part| (part.start, module.file(&part.path, hash)))
        .collect();
    let (any_replies, stray_replies) = rules::replies(tree);
    let mut statics = HashMap::new();
    for (index, var) in analysis.vars.iter().enumerate() {
        let (VarKind::Static | VarKind::Session, Some(label)) = (var.kind, var.label) else {
            continue;
        };
        let text = tree.label(label);
        if var.kind == VarKind::Session {
            let id = module.static_(module.name(text), TypeId::DYN, static_flags::MUTABLE);
            statics.insert(units::VarId(index as u32), id);
            continue;
        }
        let hidden = text.starts_with('_');
        let flags = static_flags::MUTABLE | if hidden { 0 } else { static_flags::EXPORTED };
        let id = module.static_(module.name(text), TypeId::DYN, flags);
        if !hidden {
            module.export_static(text, id);
        }
        statics.insert(units::VarId(index as u32), id);
    }
    let problems = {
        let shared = Shared {
            tree,
            analysis: &analysis,
            module: &module,
            options,
            lines: places::Lines::new(options.text, file, &others),
            statics,
            prelude: RefCell::new(Vec::new()),
            problems: RefCell::new(Vec::new()),
            natives: RefCell::new(HashMap::new()),
            joins: std::cell::Cell::new(false),
            any_replies,
            stray_replies,
        };
        document(&shared);
        let mut problems = shared.problems.into_inner();
        if options.strict {
            problems.extend(analysis.undefined.iter().map(|(at, label)| {
                let text = tree.label(*label);
                Problem {
                    span: crate::tree::Span {
                        start: *at,
                        end: at.saturating_add(text.len() as u32),
                    },
                    kind: ProblemKind::Undefined(text.to_owned()),
                }
            }));
            problems.sort_by_key(|problem| problem.span.start);
        }
        // Code without what the user is told of already need not hold together.
        let own = |problem: &Problem| matches!(problem.kind, ProblemKind::Internal(_));
        if !problems.iter().all(own) {
            problems.retain(|problem| !own(problem));
        }
        problems
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    module
        .finish()
        .map_err(|error| vec![Problem::of_emit(&error, crate::tree::Span::default())])
}

/// The module's entry: the document's statements, with the module's base map as `!` if that is mentioned (§3.8).
fn document(shared: &Shared<'_>) {
    let unit = UnitId(0);
    let needs_base = shared.analysis.unit(unit).needs_base;
    let body = Code::declare(shared, unit, Some("module"));
    let mut code = Code::open(shared, unit, body);
    code.statements(shared.tree.statements(), Want::Tail);
    code.f.coerce(TypeId::DYN);
    code.finish();
    let session = shared.options.session.is_some();
    let name = if session { BLOCK } else { "start" };
    let params = vec![
        Param {
            ty: TypeId::DYN,
            name: None,
        };
        usize::from(session)
    ];
    let entry = shared.module.declare(Signature {
        name: Some(shared.module.name(name)),
        params,
        result: TypeId::DYN,
        policy: Lang::Rhumb,
        arity: Arity::Exact,
        flags: 0,
        captures: Vec::new(),
    });
    let mut f = shared.module.build(entry);
    if session {
        cells(shared, &mut f);
    }
    prelude::load(shared, &mut f);
    if needs_base {
        if session {
            let cells = f.param(0);
            f.load(cells);
            f.op(Op::GetName, &[shared.module.name(SESSION_BASE).0]);
        } else {
            f.op(Op::MapNew, &[0, 0]);
        }
        f.coerce(TypeId::DYN);
        f.op(Op::MakeRoutine, &[body.0, 0, 2]);
        f.coerce(TypeId::DYN);
        f.call_closure(0);
    } else {
        f.call(body);
    }
    f.ret();
    if let Err(error) = f.finish() {
        shared
            .problems
            .borrow_mut()
            .push(Problem::of_emit(&error, crate::tree::Span::default()));
    }
    if session {
        shared.module.export_function(BLOCK, entry);
    } else {
        shared.module.set_entry(entry);
    }
}

/// Fills the statics of a block's labels with their cells: those of earlier blocks from the session, which gets the new ones.
fn cells(shared: &Shared<'_>, f: &mut FunctionBuilder<'_>) {
    const MUTABLE: u32 = 2;
    let session = f.param(0);
    for (index, var) in shared.analysis.vars.iter().enumerate() {
        let id = shared.statics.get(&units::VarId(index as u32));
        let (VarKind::Session, Some(label), Some(id)) = (var.kind, var.label, id) else {
            continue;
        };
        let name = shared.module.name(shared.tree.label(label));
        if var.first > 0 {
            f.unit();
            f.op(Op::CellNew, &[]);
            f.coerce(TypeId::DYN);
            f.op(Op::StoreStatic, &[id.0]);
            f.load(session);
            f.op(Op::LoadStatic, &[id.0]);
            f.op(Op::SetName, &[name.0, MUTABLE]);
        } else {
            f.load(session);
            f.op(Op::GetName, &[name.0]);
            f.coerce(TypeId::DYN);
            f.op(Op::StoreStatic, &[id.0]);
        }
    }
}
