//! Variables, module-level values, functions.

use super::declared::{Attribute, Definition};
use super::ids::{FileIndex, FunctionId, LocalId, MemberId, NameId, ParameterId, TypeIndex};
use crate::tree::{Access, DeclId, ExprId, PatternId};

/// A variable of a function, or of a step outside of all functions.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: NameId,
    /// The pattern that binds it. In alternatives (`A x | B x`) and active rules it is the first one; the patterns of the
    /// others have [`Binds::Local`](super::Binds::Local) with the same local.
    pub pattern: PatternId,
    /// Its type.
    pub ty: TypeIndex,
    /// Type parameters that were generalised for it (`let id x = x` in a function); none for most.
    pub parameters: Box<[ParameterId]>,
    /// `let mutable`: never captured by a function (§1.5, FB0407), so it can live in a register. In a generator
    /// ([`Meaning::Computation`](super::Meaning::Computation)) it belongs to the generator.
    pub mutable: bool,
    /// The function whose variable it is; `None` in a step outside of all functions.
    pub owner: Option<FunctionId>,
    /// Whether a function inside of its owner uses it.
    pub captured: bool,
    /// The function that it is bound to, if its binding has parameters or is a lambda: its calls can be direct.
    pub function: Option<FunctionId>,
}

/// A value or function of a module.
#[derive(Clone, Debug)]
pub struct Global {
    /// Its name.
    pub name: NameId,
    /// The modules around it, outermost first; that of the file too, if it has one (§1.4).
    pub modules: Box<[NameId]>,
    /// What it is.
    pub kind: GlobalKind,
    /// Its type.
    pub ty: TypeIndex,
    /// Type parameters that were generalised for it.
    pub parameters: Box<[ParameterId]>,
    /// `let mutable`
    pub mutable: bool,
    /// Who sees it. What is public in the main file is exported.
    pub access: Access,
    /// Attributes of its binding.
    pub attributes: Box<[Attribute]>,
    /// The function that it is bound to, if its binding has parameters or is a lambda.
    pub function: Option<FunctionId>,
    /// The pattern that binds it (in `let (a, b) = …` one inside of the binding's).
    pub pattern: PatternId,
    /// Where.
    pub definition: Definition,
    /// Whether a later declaration of the same module has the same name: only the last one is exported.
    pub shadowed: bool,
}

/// What a module-level name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GlobalKind {
    /// A value that a step computes.
    Value,
    /// A function with parameters: needs no step, is callable before its declaration runs by those that see it.
    Function,
    /// `[<Literal>]`: the constant that its binding's body is; patterns compare with it.
    Literal,
    /// An active pattern with its parameters: called through [`ActivePattern`](super::ActivePattern).
    Active,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, `None` for one without.
    pub name: Option<NameId>,
    /// Where its code stands.
    pub origin: FunctionOrigin,
    /// In which file.
    pub file: FileIndex,
    /// The function around it; `None` in a step or at module level.
    pub parent: Option<FunctionId>,
    /// Variables of functions (or steps) around it that it, or a function inside of it, uses: in order of first use. Its own
    /// name is among them if it is a local recursive function. Never a module-level value, never a mutable.
    pub captures: Vec<LocalId>,
    /// How many arguments it takes before its body runs: one per parameter pattern, `this` included.
    pub arity: u32,
    /// The recursive group: functions of the same `let rec … and …` have the same number; `None` if it is not recursive.
    pub group: Option<u32>,
    /// What the body gives, after all parameters.
    pub result: TypeIndex,
}

/// Where a function's code stands. Parameters and body are in the tree there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum FunctionOrigin {
    /// `let f p q = e`, local or of a module.
    Binding(crate::tree::Binding),
    /// `fun p q -> e`
    Lambda(ExprId),
    /// `function | p -> e …`: one argument.
    Rules(ExprId),
    /// A member.
    Member(MemberId, crate::tree::Member),
    /// The body of `lazy e`, of `seq { … }` or of `async { … }`: no argument. Of the latter two it is a generator.
    Delayed(ExprId),
}

/// A type parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As written, or `a`, `b` and so on; without the quote.
    pub name: NameId,
    /// What its values must be able to do.
    pub requires: Requirement,
}

/// What the values of a type parameter must be able to do; a stronger one includes the weaker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Requirement {
    /// Nothing.
    #[default]
    Nothing,
    /// `=` and `hash`
    Equality,
    /// `compare`, `<` and so on
    Comparison,
    /// Arithmetic: a `let inline` that works for several kinds of numbers (rulings, Fusabi 20). Kinds are told at run time.
    Number,
}

/// A function of the host (§6.3), as the host declares it to the checker.
#[derive(Clone, Debug)]
pub struct HostFunction {
    /// Its whole name, `Term.size` for one.
    pub name: Box<str>,
    /// Its type.
    pub ty: TypeIndex,
    /// Whether it occurs in the program.
    pub used: bool,
}

/// What runs at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// In which file.
    pub file: FileIndex,
    /// `let`, `do` or an expression. A `let` whose bindings are all [`GlobalKind::Function`] still is a step, without effect.
    pub decl: DeclId,
}
