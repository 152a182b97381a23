//! From a tree to a module (docs/specs/rhumb.md §3–§5, docs/specs/machine.md §4.1).
//!
//! Two passes. [`analysis`] walks the tree in the order of its text and finds the units of code and what each mention of a
//! label means; then [`code`] emits unit by unit: `expr` and `chain` expressions, `routine` functions and how they get
//! their `!`, `selector` and `pattern` rules, `signal` what concerns spaces.
//!
//! Nothing here runs anything or knows the machine: what a program means at run time is in the instructions.

mod analysis;
mod chain;
mod code;
mod expr;
mod flow;
mod library;
mod literal;
mod map;
mod pattern;
mod places;
mod prelude;
mod problem;
mod routine;
mod rules;
mod scope;
mod selector;
mod signal;
mod units;

use std::cell::RefCell;
use std::collections::HashMap;

use emit::{ModuleBuilder, Signature};
use fzb::tables::{Arity, Lang, Tables, TypeId, function_flags, static_flags};
use isa::Op;

use crate::tree::Tree;

use code::{Code, Place, Shared, Want};
use units::{UnitId, VarKind};

pub use library::{Found, Libraries, Native, NoLibraries, Wanted};
pub use problem::{Problem, ProblemKind};

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

fn internal(what: &str) -> Problem {
    Problem {
        span: crate::tree::Span::default(),
        kind: ProblemKind::Internal(what.to_owned()),
    }
}

fn compile_here(tree: &Tree, options: &Options<'_>) -> Result<Tables, Vec<Problem>> {
    let analysis = analysis::analyse(tree);
    let module = ModuleBuilder::new(options.name, Lang::Rhumb);
    let mut hash = [0; 8];
    for (to, from) in hash
        .iter_mut()
        .zip(blake3::hash(options.text.as_bytes()).as_bytes())
    {
        *to = *from;
    }
    let file = module.file(options.path, hash);
    let (any_replies, stray_replies) = rules::replies(tree);
    let mut statics = HashMap::new();
    for (index, var) in analysis.vars.iter().enumerate() {
        let (VarKind::Static, Some(label)) = (var.kind, var.label) else {
            continue;
        };
        let text = tree.label(label);
        let hidden = text.starts_with('_') || prelude::word(text).is_some();
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
            file,
            lines: places::Lines::new(options.text),
            statics,
            prelude: RefCell::new(Vec::new()),
            problems: RefCell::new(Vec::new()),
            any_replies,
            stray_replies,
        };
        document(&shared);
        shared.problems.into_inner()
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
    let entry = shared.module.declare(Signature {
        name: Some(shared.module.name("start")),
        params: Vec::new(),
        result: TypeId::DYN,
        policy: Lang::Rhumb,
        arity: Arity::Exact,
        flags: 0,
        captures: Vec::new(),
    });
    let mut f = shared.module.build(entry);
    prelude::load(shared, &mut f);
    if needs_base {
        f.op(Op::MapNew, &[0, 0]);
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
    shared.module.set_entry(entry);
    let _ = (function_flags::SELF, Place::Argument(0));
}
