//! What nodes of the tree mean.

use super::formats::FormatUse;
use super::ids::{
    CaseId, DefinedId, FormatId, FunctionId, GlobalId, HostId, LibraryId, LocalId, MemberId,
};
use super::operator::{Operand, Operator};
use crate::tree::ExprId;

/// What an expression means beyond what the tree says.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Meaning {
    /// What the tree says.
    #[default]
    Plain,
    /// Nothing is evaluated here: a module or type in `A.B.x`, an attribute's argument, a part of what was replaced.
    Silent,
    /// Compile that expression instead; it has the same type.
    Replaced(ExprId),

    // Names (`Name` and `Field` nodes; of `A.B.x` the outermost one has the meaning, those inside of it are silent).
    /// A variable.
    Local(LocalId),
    /// A value or function of a module.
    Global(GlobalId),
    /// A function or value of the standard library.
    Library(LibraryId),
    /// A function of the host.
    Host(HostId),
    /// A union's case or an exception: a value if it has no fields, else a function of one argument, a tuple for several
    /// fields. As the callee of an application see [`CallShape`].
    Case(CaseId),
    /// A case of an enum: the number.
    EnumCase(DefinedId, u32),
    /// A case of the active pattern around it, in the body of its function: makes case `case` of [`DefinedId::CHOICE`] with
    /// `cases` cases. With a value it is the callee of an application, else its value is `()`. With one case it is the value.
    ActiveResult {
        /// Its number, from 0.
        case: u32,
        /// How many there are.
        cases: u32,
    },
    /// The constructor of `type T(args)`.
    Construct(DefinedId),
    /// `async`, `seq` and so on before `{ … }`: nothing is evaluated.
    BuilderName(Builder),
    /// `(+)` and the like as a function value of two arguments, `(~-)` of one.
    OperatorValue(Operator, Operand),

    // `target.name` nodes whose target is evaluated.
    /// Field of a declared record, by its place.
    Field(DefinedId, u32),
    /// Field of a structural record, or of a record known only by some fields: by name; the target's type says which.
    NamedField,
    /// A member of a declared type. Without arguments of its own it is read (property) or is a function value; the callee of
    /// an application is a call with `target` as the first argument.
    Member(MemberId),
    /// `T.Name` of a static member; the target is silent.
    StaticMember(MemberId),
    /// `s.Length`, `m.TryFind`: that row of the library with `target` as its first argument (§1.13).
    Method(LibraryId),

    // Applications (`Apply` nodes; [`Call`](Self::Call) only where there is something to say).
    /// How the arguments of this application are to be taken.
    Call(CallShape),
    /// A call of the `printf` family; typed ones are [`Plain`](Self::Plain).
    Formatted(FormatUse),

    // Operators (`Binary`, `Prefix`).
    /// What it does.
    Operator(Operator, Operand),
    /// A function of the user's named like the operator: called with the operands.
    OperatorCall(Callee),

    // Others.
    /// A literal that is a typed format string. The type of the node is the function's that takes the values.
    Format(FormatId),
    /// `t.[i]`, `t.[a..b]`, and as the target of `<-`.
    Index(Indexed),
    /// `t.[i] <- v` as functional update (E5): gives a new array, `t` stays as it is. An `Assign` without this mutates.
    Update,
    /// A record expression that makes a value of that declared type.
    RecordOf(DefinedId),
    /// `{ r with … }` of a declared type.
    CopyOf(DefinedId),
    /// A structural record: fields are those of the node's type. Behind `with` fields may be added.
    Structural,
    /// A list or array with elements of several types (E6): each becomes an `obj`, which changes nothing at run time.
    Mixed,
    /// A computation of a builder of the language; the function is its body if it is delayed (`seq`, `async`), else `None`:
    /// then the body belongs to the function around it. For `[ … ]` and `[| … |]` with statements too.
    Computation(Builder, Option<FunctionId>),
    /// A statement of a computation that yields its value, without the word `yield` (§1.10); see also
    /// [`TypedFile::yields`](super::TypedFile::yields).
    ImplicitYield,
    /// `return e` with statements behind it (E8): ends the computation at once.
    EarlyReturn,
    /// A lambda, `function` or `lazy`: that function.
    Function(FunctionId),
    /// `for p in e`: what `e` is, `Sequenced` says how to walk it.
    Walk(Sequenced),
    /// `e :> t` and its like: nothing happens at run time.
    Same,
}

/// What is called by an operator of the user's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Callee {
    /// A variable.
    Local(LocalId),
    /// A function of a module.
    Global(GlobalId),
    /// A static member, called with both operands as one tuple if its only parameter is one, else curried.
    Member(MemberId),
    /// A function of the library.
    Library(LibraryId),
}

/// How the arguments of an application are to be taken where that differs from "one by one".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallShape {
    /// `Rect(1, 2)`: the callee is a case and the only argument, a tuple, is its fields.
    CaseFields,
    /// `Rect 1 2`: the callee is a case and each argument is a field (E3).
    CaseArguments,
    /// `Rect(w = 1, h = 2)`: the argument is a tuple of `name = value` comparisons that are fields of the case by name.
    CaseNamed,
    /// `ctx.Log(a, b)`: the callee takes its arguments one by one, and the tuple's parts are those (§6.3).
    Spread,
    /// `Map.empty ()`: the callee is a value, the unit is dropped (§1.14).
    DropUnit,
    /// `Array.get a i` where the library's function takes the other order (§1.14): the first two arguments are swapped.
    Swapped,
}

/// What is indexed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Indexed {
    /// `string`: a `char`, or a `string` for a range.
    String,
    /// `list`
    List,
    /// `array`
    Array,
    /// `Map`: by key.
    Map,
    /// A user's member `Item`.
    Member(MemberId),
}

/// What is walked by `for p in e`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sequenced {
    /// `a .. b` or `a .. s .. b`, written in place: counted without making it. Of ints, floats or chars by the pattern's type.
    Range,
    /// `list`
    List,
    /// `array`
    Array,
    /// `seq`
    Seq,
    /// `string`: its characters.
    String,
    /// `Map`: [`DefinedId::KEY_VALUE`] for each.
    Map,
    /// `Set`
    Set,
}

/// A builder of the language (§1.12).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Builder {
    /// `async { … }`: delayed.
    Async,
    /// `seq { … }`: delayed.
    Seq,
    /// `option { … }`: `let!` of `None` ends it with `None`.
    Option,
    /// `result { … }`: `let!` of `Error e` ends it with `Error e`.
    Result,
    /// `list { … }` and `[ … ]`
    List,
    /// `[| … |]`
    Array,
}

/// What a pattern does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Binds {
    /// What the tree says.
    #[default]
    Plain,
    /// Not matched: the head of a function, a part of an active pattern's arguments.
    Silent,
    /// Binds a variable.
    Local(LocalId),
    /// Binds a module-level value.
    Global(GlobalId),
    /// Matches a case or exception; the pattern's arguments match its fields: one pattern for one field, a tuple for several,
    /// a wildcard for any number.
    Case(CaseId),
    /// Matches a case of an enum.
    EnumCase(DefinedId, u32),
    /// Equals a `[<Literal>]`.
    Literal(GlobalId),
    /// `KeyValue (k, v)`: its argument matches the pair that the walk over a map gives.
    KeyValue,
    /// An active pattern: a row of [`TypedFile::active`](super::TypedFile::active).
    Active(u32),
    /// Records: fields of a declared type, found in it by name.
    RecordOf(DefinedId),
    /// Records: structural, or known only by some fields.
    Structural,
}

/// The use of an active pattern in a pattern.
#[derive(Clone, PartialEq, Debug)]
pub struct ActivePattern {
    /// Its function.
    pub function: Callee,
    /// Arguments before the value, as expressions.
    pub arguments: Box<[ExprId]>,
    /// Which of its cases is meant.
    pub case: u32,
    /// How many cases there are; 1 with `partial` or alone.
    pub cases: u32,
    /// `(|Name|_|)`: gives an option (or a bool, then there is no pattern inside).
    pub partial: bool,
    /// The pattern matched against what it gives; `None` for a case without a value.
    pub inner: Option<crate::tree::PatternId>,
}
