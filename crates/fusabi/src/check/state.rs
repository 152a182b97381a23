//! The checker's state, and the small steps that everything is made of.

use diag::Code;

use super::CheckOptions;
use super::env::{Env, ModuleId, Modules, Value};
use super::problem::Problem;
use crate::Parsed;
use crate::id_map::IdMap;
use crate::tree::{ExprId, Name, PatternId, Span, Symbol, Tree};
use crate::typed::{
    ActivePattern, Binds, Builder, Case, CaseId, DefinedId, DefinedType, FileIndex, Function,
    FunctionId, Global, GlobalId, HostFunction, HostId, LocalId, Meaning, Member, MemberId, NameId,
    Names, Operator, Parameter, ParameterId, Step, Table,
};
use crate::types::{Mismatch, Namer, Rows, Scheme, Ty, Types, show, show_pair};

/// So many problems are reported.
const MOST_PROBLEMS: usize = 200;

/// A declared type with types that are still under inference.
#[derive(Clone, Debug)]
pub struct DefinedInfo {
    /// The row of the output; its types are filled in at the end.
    pub row: DefinedType,
    /// Its parameters as types.
    pub params: Vec<Ty>,
    /// Fields of a record: name, type, mutable.
    pub fields: Vec<(NameId, Ty, bool)>,
    /// Type of the constructor's argument.
    pub argument: Option<Ty>,
    /// Variables of the constructor.
    pub variables: Vec<(NameId, LocalId)>,
}

/// A case with types that are still under inference.
#[derive(Clone, Debug)]
pub struct CaseInfo {
    /// The row of the output.
    pub row: Case,
    /// Type of its fields.
    pub fields: Vec<Ty>,
    /// The type that it makes.
    pub result: Ty,
    /// The parameters of that type.
    pub parameters: Box<[ParameterId]>,
}

/// A member with its type.
#[derive(Clone, Debug)]
pub struct MemberInfo {
    /// The row of the output.
    pub row: Member,
    /// Type without `this`; parameters are those of the type and its own.
    pub scheme: Scheme,
}

/// A function and the type of its result.
#[derive(Clone, Debug)]
pub struct FunctionInfo {
    /// The row of the output.
    pub row: Function,
    /// What it gives.
    pub result: Ty,
}

/// An active pattern that was declared.
#[derive(Clone, Debug)]
pub struct ActiveInfo {
    /// Its function.
    pub function: Value,
    /// How many cases.
    pub cases: u32,
    /// `(|A|_|)`
    pub partial: bool,
    /// How many arguments stand before the value.
    pub arguments: usize,
}

/// An abbreviation.
#[derive(Clone, Debug)]
pub struct Abbreviation {
    /// Its parameters.
    pub parameters: Box<[ParameterId]>,
    /// What it stands for.
    pub ty: Ty,
}

/// An operator whose operand's type is read at the end.
#[derive(Clone, Copy, Debug)]
pub struct PendingOperator {
    /// The node.
    pub node: ExprId,
    /// What it does.
    pub operator: Operator,
    /// The operand's type.
    pub operand: Ty,
    /// Whether the node is the operator as a value.
    pub as_value: bool,
}

/// A `match` whose patterns are looked through at the end.
#[derive(Clone, Debug)]
pub struct PendingMatch {
    /// Patterns with whether they have a guard.
    pub rows: Vec<(PatternId, bool)>,
    /// The word that it is blamed on.
    pub span: Span,
    /// A `let`, parameter or loop: no rule can be redundant.
    pub single: bool,
    /// Exceptions that no rule takes go on; nothing is incomplete.
    pub open: bool,
}

/// A file under check.
#[derive(Debug)]
pub struct FileState {
    /// Its index.
    pub index: FileIndex,
    /// Its name.
    pub name: Box<str>,
    /// Its text and tree.
    pub parsed: Parsed,
    /// Its modules.
    pub modules: Vec<NameId>,
    /// Names of symbols.
    pub symbols: Vec<Option<NameId>>,
    /// Types of expressions.
    pub expr_types: Vec<Option<Ty>>,
    /// Meanings of expressions.
    pub meanings: Vec<Meaning>,
    /// Types of patterns.
    pub pattern_types: Vec<Option<Ty>>,
    /// What patterns bind.
    pub binds: Vec<Binds>,
    /// Variables and their types.
    pub locals: Table<LocalId, (crate::typed::Local, Scheme)>,
    /// Format strings and the types of their values.
    pub formats: Vec<(Box<[crate::tree::FormatPart]>, Vec<Ty>)>,
    /// Uses of active patterns.
    pub active: Vec<ActivePattern>,
    /// Instances of generic names.
    pub instances: Vec<(ExprId, Vec<Ty>)>,
    /// Functions of heads.
    pub heads: Vec<(PatternId, FunctionId)>,
    /// Operators to look at again.
    pub operators: Vec<PendingOperator>,
    /// Fields whose owner was not known.
    pub fields: Vec<(ExprId, Ty, NameId)>,
    /// Statements that yield themselves and mean something else besides.
    pub implicit: Vec<ExprId>,
    /// Matches to look at again.
    pub matches: Vec<PendingMatch>,
    /// Indexing whose target was not known.
    pub walks: Vec<(ExprId, Ty, bool)>,
}

/// A computation of a builder of the language that is being checked.
#[derive(Clone, Copy, Debug)]
pub struct Computation {
    /// Which one.
    pub builder: Builder,
    /// Type of the elements or of the value.
    pub item: Ty,
    /// Type of the error of `result`.
    pub error: Ty,
    /// Statements yield by themselves.
    pub implicit: bool,
}

/// The checker.
pub struct Checker<'a> {
    /// What the host says.
    pub options: &'a CheckOptions<'a>,
    /// Names.
    pub names: Names,
    /// Types.
    pub types: Types,
    /// Parameters.
    pub parameters: Table<ParameterId, Parameter>,
    /// What they must be.
    pub rows: Rows,
    /// Declared types.
    pub defined: Table<DefinedId, DefinedInfo>,
    /// Cases.
    pub cases: Table<CaseId, CaseInfo>,
    /// Members.
    pub members: Table<MemberId, MemberInfo>,
    /// Values of modules.
    pub globals: Table<GlobalId, (Global, Scheme)>,
    /// Functions.
    pub functions: Table<FunctionId, FunctionInfo>,
    /// Functions of the host and their types.
    pub host: Table<HostId, (HostFunction, Scheme)>,
    /// Those of them that stand behind the dot of a value of a type that the host declares.
    pub host_methods: std::collections::HashMap<(DefinedId, NameId), HostId>,
    /// Of the type of a field: the unknown record that it was asked of.
    pub row_owners: std::collections::HashMap<Ty, Ty>,
    /// Steps.
    pub steps: Vec<Step>,
    /// Active patterns.
    pub active: Vec<ActiveInfo>,
    /// What the cases of the active patterns around the place take; the result.
    pub active_results: Vec<(Vec<Ty>, Ty)>,
    /// Abbreviations.
    pub abbreviations: Vec<Abbreviation>,
    /// Modules.
    pub modules: Modules,
    /// Modules of the cases of types.
    pub type_modules: IdMap<DefinedId, ModuleId>,
    /// Names of the outermost modules of files.
    pub module_names: IdMap<ModuleId, NameId>,
    /// Whether the last file ends with an expression.
    pub has_result: bool,
    /// The modules around the place, innermost last.
    pub path: Vec<(NameId, ModuleId)>,
    /// Names in scope.
    pub env: Env,
    /// Type variables that were written, with their scope.
    pub type_variables: IdMap<NameId, Ty>,
    /// Functions around the place.
    pub inside: Vec<FunctionId>,
    /// Recursive groups so far.
    pub groups: u32,
    /// How often a provisional name of a function was used.
    pub uses: IdMap<(bool, usize), u32>,
    /// The file.
    pub file: FileState,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The place of the last node, for what has none of its own.
    pub at: Span,
    /// Whether the pattern at hand is that of a rule: there a variable in capitals is suspicious.
    pub in_rule: bool,
    /// How deep the recursion is.
    pub depth: usize,
    /// How many exceptions were declared.
    pub exceptions: u32,
    /// Frequent types.
    pub unit: Ty,
    /// `bool`
    pub bool: Ty,
    /// `int`
    pub int: Ty,
    /// `string`
    pub string: Ty,
    /// `char`
    pub char: Ty,
    /// `obj`
    pub obj: Ty,
    /// `exn`
    pub exn: Ty,
}

impl Checker<'_> {
    /// The tree of the file.
    pub const fn tree(&self) -> &Tree {
        &self.file.parsed.tree
    }

    /// The name that a symbol of the file stands for.
    pub fn name(&mut self, symbol: Symbol) -> NameId {
        let at = symbol.index();
        if let Some(Some(name)) = self.file.symbols.get(at) {
            return *name;
        }
        let name = self.names.intern(self.file.parsed.tree.text(symbol));
        if self.file.symbols.len() <= at {
            self.file.symbols.resize(at + 1, None);
        }
        if let Some(place) = self.file.symbols.get_mut(at) {
            *place = Some(name);
        }
        name
    }

    /// The names of a path.
    pub fn path_names(&mut self, path: &[Name]) -> Vec<NameId> {
        path.iter().map(|name| self.name(name.symbol)).collect()
    }

    /// Says what a node means.
    pub fn mean(&mut self, id: ExprId, meaning: Meaning) {
        put(&mut self.file.meanings, id.index(), meaning, Meaning::Plain);
    }

    /// Says what a pattern does.
    pub fn bind(&mut self, id: PatternId, binds: Binds) {
        put(&mut self.file.binds, id.index(), binds, Binds::Plain);
    }

    /// Says what type a node has.
    pub fn typed(&mut self, id: ExprId, ty: Ty) {
        put(&mut self.file.expr_types, id.index(), Some(ty), None);
    }

    /// Says what type a pattern has.
    pub fn typed_pattern(&mut self, id: PatternId, ty: Ty) {
        put(&mut self.file.pattern_types, id.index(), Some(ty), None);
    }

    /// An error at a place of the file.
    pub fn error(&self, code: Code, span: Span) -> Problem {
        Problem::error(code, self.file.index, span)
    }

    /// A warning at a place of the file.
    pub fn warning(&self, code: Code, span: Span) -> Problem {
        Problem::warning(code, self.file.index, span)
    }

    /// Reports it.
    pub fn report(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS
            && !self.problems.iter().any(|other| {
                (other.file, other.span, other.code) == (problem.file, problem.span, problem.code)
            })
        {
            self.problems.push(problem);
        }
    }

    /// The text of a type.
    pub fn show(&self, ty: Ty) -> String {
        let defined = |id| self.defined.get(id).map(|info| info.row.name);
        let namer = Namer {
            names: &self.names,
            defined: &defined,
            parameters: &self.parameters,
            rows: &self.rows,
        };
        show(&self.types, &namer, ty)
    }

    fn show_pair(&self, left: Ty, right: Ty) -> (String, String) {
        let defined = |id| self.defined.get(id).map(|info| info.row.name);
        let namer = Namer {
            names: &self.names,
            defined: &defined,
            parameters: &self.parameters,
            rows: &self.rows,
        };
        show_pair(&self.types, &namer, left, right)
    }

    /// A type with nothing known about it.
    pub fn fresh(&mut self) -> Ty {
        self.types.fresh()
    }

    /// Makes two types equal and sees to what follows from it.
    ///
    /// # Errors
    /// What is in the way.
    pub fn unify(&mut self, expected: Ty, actual: Ty) -> Result<(), Mismatch> {
        self.types.unify(expected, actual)?;
        self.settle()
    }

    /// The node has type `actual` where `expected` is wanted.
    pub fn want_type(&mut self, span: Span, expected: Ty, actual: Ty) {
        if let Err(mismatch) = self.coerce(expected, actual) {
            self.mismatch(span, expected, actual, mismatch);
        }
    }

    /// Reports that types differ.
    pub fn mismatch(&mut self, span: Span, expected: Ty, actual: Ty, mismatch: Mismatch) {
        let (wanted, found) = self.show_pair(expected, actual);
        let problem = match mismatch {
            Mismatch::Differ(..) => {
                let problem = self
                    .error(super::codes::MISMATCH, span)
                    .arg("expected", wanted)
                    .arg("found", found);
                match self.hint_for(expected, actual) {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                }
            }
            Mismatch::Infinite(part, whole) => {
                let (part, whole) = self.show_pair(part, whole);
                self.error(super::codes::INFINITE, span)
                    .arg("part", part)
                    .arg("whole", whole)
            }
            Mismatch::Number(ty) => self
                .error(super::codes::NOT_A_NUMBER, span)
                .arg("type", self.show(ty)),
            Mismatch::Requires(ty, requires) => self
                .error(super::codes::NOT_COMPARABLE, span)
                .arg("type", self.show(ty))
                .reason(if requires == crate::typed::Requirement::Equality {
                    "equality"
                } else {
                    "comparison"
                }),
            Mismatch::NoField(ty, name) => self
                .error(super::codes::NO_FIELD, span)
                .arg("type", self.show(ty))
                .arg("name", self.names.text(name)),
            Mismatch::Unsaid(ty, name) => self
                .error(super::codes::NO_FIELD, span)
                .arg("type", self.show(ty))
                .arg("name", self.names.text(name))
                .hint("help.unsaid"),
            Mismatch::TooLarge => self.error(super::codes::TOO_LARGE, span),
        };
        self.report(problem);
    }

    fn hint_for(&self, expected: Ty, actual: Ty) -> Option<&'static str> {
        use DefinedId as D;
        let is_function = |ty| matches!(self.types.node(ty), crate::types::Node::Function(..));
        match (self.types.defined(expected), self.types.defined(actual)) {
            (Some(D::FLOAT), Some(D::INT)) => Some("help.to-float"),
            (Some(D::INT), Some(D::FLOAT)) => Some("help.to-int"),
            (Some(D::STRING), Some(_)) => Some("help.to-string"),
            (Some(D::UNIT), Some(_)) => Some("help.ignore"),
            (Some(_), Some(D::OPTION)) => Some("help.option"),
            _ if is_function(actual) && !is_function(expected) => Some("help.argument-missing"),
            _ if is_function(expected) && !is_function(actual) => Some("help.not-a-function"),
            _ => None,
        }
    }
}

/// Puts a value into a table that grows with the tree.
fn put<T: Clone>(table: &mut Vec<T>, at: usize, value: T, filler: T) {
    if table.len() <= at {
        table.resize(at + 1, filler);
    }
    if let Some(place) = table.get_mut(at) {
        *place = value;
    }
}
