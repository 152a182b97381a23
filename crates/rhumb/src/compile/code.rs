//! One unit's code under construction: where its slots are, how it begins and ends.

use std::collections::HashMap;

use emit::Const;
use emit::{Capture, FunctionBuilder, Local, ModuleBuilder, Param as Parameter, Signature};
use fzb::tables::{Arity, FuncId, Lang, NameId, StaticId, TypeId, function_flags};
use isa::Op;

use crate::tree::{ExprId, LabelId, Mutability, Span, Tree};

use super::Options;
use super::library::Native;
use super::places::Lines;
use super::problem::{Much, Problem, ProblemKind};
use super::rules;
use super::units::{Analysis, Meaning, UnitId, UnitKind, VarId, VarKind};

/// Most hidden parameters for raw arguments; those beyond are read one by one.
const MOST_ARGUMENTS: u32 = 200;

/// Most declared parameters of a function (docs/specs/machine.md §5 rule 10).
const MOST_PARAMETERS: usize = 255;

/// What all units of a module share.
pub(super) struct Shared<'a> {
    pub tree: &'a Tree,
    pub analysis: &'a Analysis,
    pub module: &'a ModuleBuilder,
    pub options: &'a Options<'a>,
    pub lines: Lines,
    pub statics: HashMap<VarId, StaticId>,
    /// Statics of prelude words that the document mentions.
    pub prelude: std::cell::RefCell<Vec<(super::prelude::Word, StaticId)>>,
    pub problems: std::cell::RefCell<Vec<Problem>>,
    /// Host functions of the native libraries that literals name, by the places of the literals.
    pub natives: std::cell::RefCell<HashMap<u32, Vec<Native>>>,
    /// The function that joins selectors was made.
    pub joins: std::cell::Cell<bool>,
    /// The document replies to events.
    pub any_replies: bool,
    /// It replies to events outside of the rules that see them.
    pub stray_replies: bool,
}

/// Where a slot is, seen from one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Local(Local),
    Cell(Local),
    Capture(u32),
    CaptureCell(u32),
    Static(StaticId),
    /// The static holds the cell of a label of the session.
    SessionCell(StaticId),
    /// `arg`: a raw argument for which there is no parameter.
    Argument(u32),
}

/// What is wanted of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Want {
    /// Its value; names that hold routines of arity zero invoke them.
    Value,
    /// Its value; names are not invoked (§3.4).
    Reference,
    /// Nothing.
    Nothing,
    /// Its value, which the unit then returns.
    Tail,
}

/// A unit's code.
pub(super) struct Code<'a> {
    pub shared: &'a Shared<'a>,
    pub f: FunctionBuilder<'a>,
    pub unit: UnitId,
    pub places: HashMap<VarId, Place>,
    /// The event that the rules of this unit look at.
    pub event: Option<Local>,
    /// The action under construction is one of an event rule of this unit.
    pub in_action: bool,
    /// Mentions of `$0` in it that capture the event.
    pub captures_event: std::collections::HashSet<ExprId>,
    /// In the action of a peeking rule: where it notes that it has replied.
    pub replied: Option<Local>,
    /// The subjects of the selectors around the place under construction, innermost last.
    pub subjects: Vec<VarId>,
    /// The value under construction is the subject of a selector that is only a default (D-21): what was answered on purpose
    /// before its last call does not count.
    pub gated: bool,
    /// Slots in locals whose ratchet was begun.
    pub ratcheted: std::collections::HashSet<VarId>,
}

impl<'a> Code<'a> {
    pub fn tree(&self) -> &'a Tree {
        self.shared.tree
    }

    pub fn analysis(&self) -> &'a Analysis {
        self.shared.analysis
    }

    pub fn module(&self) -> &'a ModuleBuilder {
        self.shared.module
    }

    pub fn text(&self, label: LabelId) -> &'a str {
        self.shared.tree.label(label)
    }

    pub fn name(&self, label: LabelId) -> NameId {
        self.module().name(self.text(label))
    }

    pub fn problem(&self, problem: Problem) {
        self.shared.problems.borrow_mut().push(problem);
    }

    /// What is emitted from here on comes from there.
    pub fn at(&mut self, span: Span) {
        let position = self.shared.lines.of(span.start);
        self.f.at(position);
    }

    // Slots

    /// The place of a slot.
    pub fn place(&mut self, var: VarId) -> Place {
        if let Some(place) = self.places.get(&var) {
            return *place;
        }
        let shared = self.shared;
        let place = match shared.statics.get(&var) {
            Some(id) if self.analysis().var(var).kind == VarKind::Session => {
                Place::SessionCell(*id)
            }
            Some(id) => Place::Static(*id),
            None => self.new_place(var),
        };
        self.places.insert(var, place);
        place
    }

    fn new_place(&mut self, var: VarId) -> Place {
        let name = self.analysis().var(var).label.map(|label| self.name(label));
        if self.analysis().is_cell(var) {
            let local = self.f.local(TypeId::REF, name);
            Place::Cell(local)
        } else {
            Place::Local(self.f.local(TypeId::DYN, name))
        }
    }

    /// Pushes a slot's value.
    pub fn load(&mut self, var: VarId) {
        match self.place(var) {
            Place::Local(local) => self.f.load(local),
            Place::Cell(local) => {
                self.f.load(local);
                self.f.op(Op::CellGet, &[]);
            }
            Place::Capture(index) => self.f.op(Op::LoadCap, &[index]),
            Place::CaptureCell(index) => {
                self.f.op(Op::LoadCap, &[index]);
                self.f.op(Op::CellGet, &[]);
            }
            Place::Static(id) => self.f.op(Op::LoadStatic, &[id.0]),
            Place::SessionCell(id) => {
                self.f.op(Op::LoadStatic, &[id.0]);
                self.f.op(Op::CellGet, &[]);
            }
            Place::Argument(number) => self.f.op(Op::Arg, &[number]),
        }
    }

    /// Pops the first value of a slot of this unit: what a pattern binds or a parameter brings.
    pub fn init(&mut self, var: VarId, frozen: bool) {
        self.f.coerce(TypeId::DYN);
        match self.place(var) {
            Place::Local(local) => {
                self.f.store(local);
                if frozen && self.ratcheted.insert(var) {
                    self.f.ratchet_local(local, true);
                }
            }
            Place::Cell(local) => {
                self.f.op(Op::CellNew, &[]);
                self.f.store(local);
                if frozen {
                    self.f.load(local);
                    self.f.load(local);
                    self.f.op(Op::CellGet, &[]);
                    self.f.op(Op::CellStoreR, &[1]);
                }
            }
            Place::Static(id) => self.f.op(Op::StoreStatic, &[id.0]),
            Place::SessionCell(id) => {
                self.f.op(Op::LoadStatic, &[id.0]);
                self.f.swap();
                self.f.op(Op::CellStoreR, &[u32::from(frozen)]);
            }
            Place::Capture(_) | Place::CaptureCell(_) | Place::Argument(_) => self.f.pop(),
        }
    }

    /// Assigns the top to a slot and freezes it if asked; leaves the assignment's value if it is wanted (§3.3).
    pub fn assign(&mut self, var: VarId, mutability: Mutability, want: Want) {
        let freeze = mutability == Mutability::Immutable;
        let flags = u32::from(freeze);
        self.f.coerce(TypeId::DYN);
        let place = self.place(var);
        match place {
            Place::Local(local) => {
                if self.ratcheted.insert(var) {
                    self.f.ratchet_local(local, false);
                }
                self.f.ratchet_store(local, freeze);
                return self.done(want);
            }
            Place::Capture(_) | Place::Argument(_) => return self.done(want),
            _ => {}
        }
        let kept = self.kept(want);
        match place {
            Place::Cell(local) => self.f.load(local),
            Place::CaptureCell(index) => self.f.op(Op::LoadCap, &[index]),
            Place::SessionCell(id) => self.f.op(Op::LoadStatic, &[id.0]),
            _ => {}
        }
        match place {
            Place::Static(id) => self.f.op(Op::StoreStaticR, &[id.0, flags]),
            _ => {
                self.f.swap();
                self.f.op(Op::CellStoreR, &[flags]);
            }
        }
        self.assigned(kept);
    }

    /// Keeps the top, which is about to be stored, if the assignment's value is wanted.
    pub fn kept(&mut self, want: Want) -> Option<Local> {
        (want != Want::Nothing).then(|| {
            let kept = self.f.temp(TypeId::DYN);
            self.f.store(kept);
            self.f.load(kept);
            kept
        })
    }

    /// Pushes what was kept: a reply to the violation that the store raised comes in its place.
    pub fn assigned(&mut self, kept: Option<Local>) {
        if let Some(kept) = kept {
            self.f.load(kept);
            self.f.op(Op::Intrinsic, &[isa::Intrinsic::Assigned as u32]);
            self.f.free_temp(kept);
        }
    }

    /// Pushes what a closure captures of a slot.
    fn load_raw(&mut self, var: VarId) {
        match self.place(var) {
            Place::Cell(local) => self.f.load(local),
            Place::CaptureCell(index) => self.f.op(Op::LoadCap, &[index]),
            _ => self.load(var),
        }
    }

    /// Pushes the captures of a unit; gives their number.
    pub fn captures(&mut self, unit: UnitId) -> u32 {
        let analysis = self.analysis();
        let captures = &analysis.unit(unit).captures;
        for var in captures {
            self.load_raw(*var);
        }
        captures.len() as u32
    }

    /// The slot that a label at a place of the source means.
    pub fn slot_at(&self, at: u32) -> Option<VarId> {
        if let Some(var) = self.analysis().shared.get(&(self.unit, at)) {
            return Some(*var);
        }
        match self.analysis().meaning(at) {
            Meaning::Slot(var) => Some(var),
            Meaning::Free => None,
        }
    }

    // The unit itself

    /// Declares the function of a unit.
    pub fn declare(shared: &Shared<'_>, unit: UnitId, name: Option<&str>) -> FuncId {
        let analysis = shared.analysis;
        let found = analysis.unit(unit);
        let mut params: Vec<Parameter> = Vec::new();
        let mut flags = 0;
        let unnamed = Parameter {
            ty: TypeId::DYN,
            name: None,
        };
        match found.kind {
            UnitKind::Module => {}
            UnitKind::Thunk => flags |= function_flags::THUNK,
            UnitKind::Selector => {
                flags |= function_flags::SELECTOR;
                params = vec![unnamed; 2];
            }
            UnitKind::Activation => {
                params = vec![unnamed; found.params as usize];
                for var in &found.vars {
                    let var = analysis.var(*var);
                    if let (VarKind::Param(index), Some(label)) = (var.kind, var.label)
                        && let Some(param) = params.get_mut(index as usize)
                    {
                        param.name = Some(shared.module.name(shared.tree.label(label)));
                    }
                }
                if params.len() > MOST_PARAMETERS {
                    params.truncate(MOST_PARAMETERS);
                    let span = found.expr.map(|id| shared.tree.span(id));
                    shared.problems.borrow_mut().push(Problem {
                        span: span.unwrap_or_default(),
                        kind: ProblemKind::Limit(Much::Parameters),
                    });
                }
                if params.is_empty() {
                    let most = found.arguments.keys().copied().max().unwrap_or(0);
                    params = vec![unnamed; most.min(MOST_ARGUMENTS) as usize];
                }
                let selector = found
                    .expr
                    .is_some_and(|id| rules::is_selector_value(shared.tree, id));
                if let (true, false, Some(rest)) = (selector, found.handler, params.get_mut(1)) {
                    rest.name = Some(shared.module.name(isa::REST_OF_RULES));
                }
                let beyond = |number: &u32| *number == 0 || *number as usize > params.len();
                if found.slurps || found.arguments.keys().any(beyond) {
                    flags |= function_flags::REST;
                }
                if found.handler {
                    flags |= function_flags::SELECTOR;
                    flags &= !function_flags::REST;
                    params = vec![unnamed; 2];
                }
            }
        }
        if found.needs_base {
            flags |= function_flags::SELF;
        }
        if found.constructor {
            flags |= function_flags::CTOR;
        }
        let captures = found
            .captures
            .iter()
            .map(|var| Capture {
                ty: TypeId::DYN,
                cell: analysis.is_cell(*var),
            })
            .collect();
        shared.module.declare(Signature {
            name: name.map(|name| shared.module.name(name)),
            params,
            result: TypeId::DYN,
            policy: Lang::Rhumb,
            arity: match found.kind {
                // The machine calls it itself, as it takes it to be.
                _ if found.handler => Arity::Exact,
                UnitKind::Activation => Arity::Loose,
                // `P -> body` may turn out to be a routine (§3.7).
                UnitKind::Thunk if found.expr.is_some() => Arity::Loose,
                UnitKind::Module | UnitKind::Thunk | UnitKind::Selector => Arity::Exact,
            },
            flags,
            captures,
        })
    }

    /// Opens the code of a unit: its slots exist.
    pub fn open(shared: &'a Shared<'a>, unit: UnitId, function: FuncId) -> Code<'a> {
        let mut code = Code {
            shared,
            f: shared.module.build(function),
            unit,
            places: HashMap::new(),
            event: None,
            in_action: false,
            captures_event: Default::default(),
            replied: None,
            subjects: Vec::new(),
            gated: false,
            ratcheted: std::collections::HashSet::new(),
        };
        code.begin();
        code
    }

    fn begin(&mut self) {
        let analysis = self.analysis();
        let unit = analysis.unit(self.unit);
        for (index, var) in unit.captures.iter().enumerate() {
            let index = index as u32;
            let place = if analysis.is_cell(*var) {
                Place::CaptureCell(index)
            } else {
                Place::Capture(index)
            };
            self.places.insert(*var, place);
        }
        if unit.constructor {
            let exposed: Vec<VarId> = unit
                .vars
                .iter()
                .copied()
                .filter(|var| analysis.exposed(*var))
                .collect();
            let mut names = Vec::new();
            for var in &exposed {
                let name = analysis.var(*var).label.map(|label| self.name(label));
                let local = self.f.local(TypeId::REF, name);
                self.places.insert(*var, Place::Cell(local));
                names.extend(name);
            }
            let names = self.module().constant(Const::Names(names));
            self.f.op(Op::EnterCtor, &[names.0]);
        }
        for var in &unit.vars {
            let found = analysis.var(*var);
            match found.kind {
                VarKind::Local if analysis.is_cell(*var) && !self.places.contains_key(var) => {
                    let Place::Cell(local) = self.place(*var) else {
                        continue;
                    };
                    self.f.unit();
                    self.f.op(Op::CellNew, &[]);
                    self.f.store(local);
                }
                VarKind::Argument(number) => {
                    let count = self.f.signature().params.len() as u32;
                    let place = if number <= count && !unit.handler {
                        Place::Local(self.f.param(number - 1))
                    } else {
                        Place::Argument(number)
                    };
                    // A captured one is copied: `arg` reads the frame of this unit only.
                    if found.captured && matches!(place, Place::Argument(_)) {
                        let local = self.f.local(TypeId::DYN, None);
                        self.f.op(Op::Arg, &[number]);
                        self.f.store(local);
                        self.places.insert(*var, Place::Local(local));
                    } else {
                        self.places.insert(*var, place);
                    }
                }
                VarKind::AllArguments if !unit.handler => {
                    let local = self.f.local(TypeId::DYN, None);
                    self.f.op(Op::ArgAll, &[]);
                    self.f.coerce(TypeId::DYN);
                    self.f.store(local);
                    self.places.insert(*var, Place::Local(local));
                }
                _ => {}
            }
        }
    }

    /// Gives a declared parameter its slot; `frozen` for `.p`.
    pub fn parameter(&mut self, var: VarId, frozen: bool) {
        let analysis = self.analysis();
        let VarKind::Param(index) = analysis.var(var).kind else {
            return;
        };
        let param = self.f.param(index);
        if let Some(Place::Cell(local)) = self.places.get(&var).copied() {
            // A cell that the instance shows: `enter_ctor` made it.
            self.f.load(local);
            self.f.load(param);
            if frozen {
                self.f.op(Op::CellStoreR, &[1]);
            } else {
                self.f.op(Op::CellSet, &[]);
            }
        } else if analysis.is_cell(var) {
            self.f.load(param);
            self.init(var, frozen);
        } else if analysis
            .unit(self.unit)
            .arguments
            .contains_key(&(index + 1))
            && analysis.var(var).assigned
        {
            // `$N` goes on to read what was given.
            self.f.load(param);
            self.init(var, frozen);
        } else {
            self.places.insert(var, Place::Local(param));
            if analysis.var(var).assigned {
                self.ratcheted.insert(var);
                self.f.ratchet_local(param, frozen);
            }
        }
    }

    /// Pushes `!`.
    pub fn base(&mut self) {
        self.f.op(Op::SelfOp, &[]);
    }

    /// Ends the unit: its value is on the stack, or nothing leads here.
    pub fn finish(mut self) {
        self.f.ret();
        let span = self.written();
        if let Err(error) = self.f.finish() {
            self.shared
                .problems
                .borrow_mut()
                .push(Problem::of_emit(&error, span));
        }
    }

    /// Where the unit's routine, or what it is a part of, is written; the document's is the beginning.
    fn written(&self) -> Span {
        let analysis = self.analysis();
        let unit = analysis.unit(self.unit);
        let activation = analysis.unit(unit.activation);
        let expr = unit.expr.or(activation.expr);
        expr.map_or_else(Span::default, |expr| self.tree().span(expr))
    }
}
