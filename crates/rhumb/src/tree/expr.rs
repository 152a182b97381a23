//! Expressions and what they are made of (docs/specs/rhumb.md §2.4).

use super::ids::{DestructureId, ExprId, LabelId, Span};
use super::literal::{Duration, Library, Moment, Number, Version};
use super::operator::{BinaryOp, FieldOp, FlowOp, PrefixOp};
use super::pattern::Rule;

/// An expression. Lists are flat wherever a text can grow without brackets (operators of one level, steps,
/// conditional arms), so the depth of a tree is bounded by [`crate::MAX_DEPTH`] times the levels of §2.1.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// Stands where the text is wrong; the parse reported an error, so no compiler meets it.
    Error,
    /// `___`
    Empty,
    /// `_` or `*`: placeholder, void label, or subject of a selector.
    Void,
    /// `!`
    Base,
    /// `yes` or `no`, as the locale spells them.
    Truth(bool),
    /// Integer, float or decimal literal.
    Number(Number),
    /// Version literal.
    Version(Version),
    /// Date, time or both.
    Date(Moment),
    /// `+00:05:00`
    Duration(Duration),
    /// `'raw'`, or `"interpolated"` without anything to interpolate. Escapes are resolved.
    Text(String),
    /// `"…$x…"`: at least one piece is a value.
    Interpolated(Vec<TextPiece>),
    /// `` `name ``, without the backtick.
    Key(LabelId),
    /// A label or hook label; whether it is declared is the compiler's question. `***` and `empty` are labels too.
    Label(LabelId),
    /// `$N` or `?N`; 0 is all of them.
    Argument(u32),
    /// `( … )`: its statements, maybe none.
    Routine(Vec<ExprId>),
    /// `<( … )>`: its statements, maybe none.
    Subroutine(Vec<ExprId>),
    /// `[ … ]` that is no pattern and no parameter list.
    Map(Vec<Field>),
    /// `<[ … ]>` on its own; before an arrow it becomes the parameters of the [`Expr::Lambda`].
    Submap(Vec<Param>),
    /// `{ … }` where an expression stands: a selector value. After an expression it is [`StepKind::Attach`].
    Selector(Vec<Rule>),
    /// `<{ … }>`
    Vassal(Vec<Rule>),
    /// `{R|path|version}`
    Library(Library),
    /// `<$>` (child) or `<|>` (detached).
    Realm {
        /// `<|>`
        detached: bool,
    },
    /// `<label>` or `<chain>`: the value without invoking it; `<R$t>` reads pins. Holds [`Expr::Label`],
    /// [`Expr::Argument`], [`Expr::Base`], [`Expr::Void`], or an [`Expr::Chain`].
    Reference(ExprId),
    /// `<"file.png">`: holds [`Expr::Text`] or [`Expr::Interpolated`].
    Resource(ExprId),
    /// `#t(…)`, `^t(…)`, `$t(…)`, `#(…)`, `^(…)` without a receiver; with one it is [`StepKind::Emit`].
    Emit(Emission),
    /// A head and at least one step.
    Chain {
        /// What the first step applies to; never a chain itself.
        head: ExprId,
        /// Steps from left to right.
        steps: Vec<Step>,
    },
    /// `-x`
    Prefix {
        /// The operator.
        op: PrefixOp,
        /// What it applies to.
        operand: ExprId,
    },
    /// `first op₁ a op₂ b …`: operators of one level, grouping to the left. Operators that group to the right
    /// (level 3 and `|`) always have exactly one term.
    Binary {
        /// Leftmost operand.
        first: ExprId,
        /// At least one.
        rest: Vec<Term<BinaryOp>>,
    },
    /// `first || a ?? b …`, grouping to the left.
    Flow {
        /// Leftmost operand.
        first: ExprId,
        /// At least one.
        rest: Vec<Term<FlowOp>>,
    },
    /// A conditional chain (§2.3) as the list of what stands between its `~>`. Each arm lists what stands between its `=>`:
    /// the last is its value and the others are its conditions. An arm with conditions is taken if all are truthy. An
    /// arm of one expression is condition and value at once, but as the last arm it is simply the value. No arm
    /// taken: `___`. There are two arms, or one arm of two expressions at least.
    Conditional {
        /// Arms in order; none is empty.
        arms: Vec<Vec<ExprId>>,
    },
    /// `target .= value`, `:=`; `..` and `::` at expression level mean the same (D-04).
    Assign {
        /// Where it goes.
        target: Target,
        /// Place of the target's text.
        target_span: Span,
        /// `.=`/`..` or `:=`/`::`.
        mutability: Mutability,
        /// What goes there.
        value: ExprId,
    },
    /// `[…] ^= value`
    Destructure {
        /// The pattern.
        items: DestructureId,
        /// The source.
        value: ExprId,
    },
    /// `P -> body`, `P !> body`, `P +> body`; also `R -> expr` (§5.9), which only the compiler can tell apart.
    Lambda {
        /// Which arrow.
        kind: LambdaKind,
        /// What stands before it.
        head: LambdaHead,
        /// What stands after it.
        body: ExprId,
    },
}

/// An operator with its right operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term<Op> {
    /// The operator.
    pub op: Op,
    /// Its token.
    pub op_span: Span,
    /// Its right operand.
    pub operand: ExprId,
}

/// A piece of interpolated text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextPiece {
    /// Text, escapes resolved; never empty.
    Literal(String),
    /// `$label`, `$label\field@sub`, `$1`: label, chain or argument; `$( … )` and `${ … }`: [`Expr::Routine`].
    Value(ExprId),
}

/// The one-way ratchet's two positions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mutability {
    /// `.`
    Immutable,
    /// `:`
    Mutable,
}

/// The name of a field as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldName {
    /// Label, hook or text without interpolation: one namespace (§3.11).
    Label(LabelId),
    /// `m\1`
    Integer(i64),
    /// ``m\`k``, without the backtick.
    Key(LabelId),
    /// A date; none of its components is interpolated.
    Date(Moment),
    /// A version.
    Version(Version),
    /// `<expr> .. v`, `m\"a$x"`, an interpolated date: the value is the name.
    Computed(ExprId),
}

/// An item of a map literal.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: FieldKind,
}

/// The kinds of items of a map literal.
#[derive(Clone, PartialEq, Debug)]
pub enum FieldKind {
    /// Positional element.
    Element(ExprId),
    /// `n .. v`, `n :: v`, with `@` a subfield.
    Named {
        /// Written with `@`.
        subfield: bool,
        /// Its name.
        name: FieldName,
        /// `..` or `::`.
        mutability: Mutability,
        /// Its value.
        value: ExprId,
    },
    /// `.n`, `:n`, `.@n`, `:@n`: the field is named as the label whose value it takes.
    Pun {
        /// Written with `@`.
        subfield: bool,
        /// Label and name.
        label: LabelId,
        /// `.` or `:`.
        mutability: Mutability,
        /// The label as an expression, to which assertions attach.
        value: ExprId,
    },
    /// `&m`
    Spread(ExprId),
}

/// A step of a chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// From its sign to its end.
    pub span: Span,
    /// What it does.
    pub kind: StepKind,
}

/// The kinds of steps (level 2 of §2.1).
#[derive(Clone, PartialEq, Debug)]
pub enum StepKind {
    /// `\name`, `\<name>`
    Field {
        /// Name.
        name: FieldName,
        /// Written `\<name>`: never invoked.
        by_reference: bool,
    },
    /// `@name`, `@<name>`
    Subfield {
        /// Name.
        name: FieldName,
        /// Written `@<name>`: never invoked.
        by_reference: bool,
    },
    /// `\*` (the pattern is `*`) or `\*.ext`: values of the fields whose names match; `*` stands for any text.
    Matching(LabelId),
    /// `\\name`
    SearchName(FieldName),
    /// `\\*.code`, `\\*`
    SearchMatching(LabelId),
    /// `\\ [list of path texts]`, `\\ <ref>` or `\\ ( … )`
    SearchPaths(ExprId),
    /// `@@ m`
    Overlay(ExprId),
    /// `#t(…)`, `^t(…)`, `$t(…)` with what stands before it as the receiver. `r^(v)` has no topic.
    Emit(Emission),
    /// `( args )`
    Call(Vec<Arg>),
    /// `[#]`
    Operator(FieldOp),
    /// `[expr]`
    Index(ExprId),
    /// `{ rules }`
    Attach(Vec<Rule>),
}

/// What an event sign says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EventKind {
    /// `#`
    Signal,
    /// `^`
    Reply,
    /// `$`
    Proclamation,
}

impl EventKind {
    /// `#`, `^` or `$`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Signal => "#",
            Self::Reply => "^",
            Self::Proclamation => "$",
        }
    }
}

/// A signal, reply or proclamation that is made.
#[derive(Clone, PartialEq, Debug)]
pub struct Emission {
    /// Which sign.
    pub kind: EventKind,
    /// None: anonymous, `#( … )` or `^( … )`.
    pub topic: Option<LabelId>,
    /// None: no parentheses (in a vassal, the payload is forwarded).
    pub args: Option<Vec<Arg>>,
}

/// An argument of a call or an emission.
#[derive(Clone, PartialEq, Debug)]
pub struct Arg {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: ArgKind,
}

/// The kinds of arguments.
#[derive(Clone, PartialEq, Debug)]
pub enum ArgKind {
    /// By position; [`Expr::Void`] leaves the position of a curry open.
    Positional(ExprId),
    /// `&m`
    Spread(ExprId),
    /// `name .. v`, `name :: v`
    Named {
        /// Parameter's name.
        name: FieldName,
        /// `..` or `::` (it shows in `$0`).
        mutability: Mutability,
        /// Value.
        value: ExprId,
    },
}

/// What an assignment writes to (§2.5).
#[derive(Clone, PartialEq, Debug)]
pub enum Target {
    /// A label.
    Label(LabelId),
    /// `_` or `*`: raises signal 400 at run time.
    Void,
    /// `receiver\name`, with `@` a subfield. Names are never invoked here.
    Field {
        /// Everything before the last step.
        receiver: ExprId,
        /// Written with `@`.
        subfield: bool,
        /// Name.
        name: FieldName,
    },
    /// `receiver[expr]`
    Index {
        /// Everything before the last step.
        receiver: ExprId,
        /// Between the brackets.
        index: ExprId,
    },
    /// `receiver[>]`
    Append {
        /// Everything before the last step.
        receiver: ExprId,
    },
    /// `receiver[<]`
    Unshift {
        /// Everything before the last step.
        receiver: ExprId,
    },
    /// `name .. [a; b]`: only as a target inside a destructuring.
    Nested(DestructureId),
    /// The text is wrong; an error was reported.
    Error,
}

/// The three arrows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LambdaKind {
    /// `->`
    Function,
    /// `!>`
    Method,
    /// `+>` or `$>`: called at once.
    Immediate,
}

/// What stands before an arrow.
#[derive(Clone, PartialEq, Debug)]
pub enum LambdaHead {
    /// `[…]` or `<[…]>`.
    Params(Vec<Param>),
    /// One label: the only parameter if it is undeclared; else its value decides.
    Label(LabelId),
    /// Anything else, such as `(a && b)`: the value decides.
    Value(ExprId),
}

/// A parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: ParamKind,
    /// `?? d`, and of a label also `p .. d` and `p :: d`: for an empty argument; evaluated in the callee.
    pub default: Option<ExprId>,
}

/// The kinds of parameters (§3.3, §3.7; §5.5 for events).
#[derive(Clone, PartialEq, Debug)]
pub enum ParamKind {
    /// `p`, `.p`, `:p`
    Label {
        /// Its label.
        label: LabelId,
        /// None: bare (a mutable slot, D-06).
        mutability: Option<Mutability>,
    },
    /// `_` or `*`: the argument is dropped.
    Void,
    /// `[ … ]`: the argument is destructured.
    Nested(DestructureId),
    /// `1 .. target`, `<e> .. target`: a name that is neither label nor text, for those have a default there.
    Field {
        /// Named argument, or number of the positional one.
        name: FieldName,
        /// Where it goes.
        target: Target,
        /// `..` or `::`.
        mutability: Mutability,
    },
    /// `&rest`; none for `&_`.
    Slurp(Option<LabelId>),
    /// `<sub>`: nested, as many arguments as the submap has labels (rulings B12).
    Submap(ExprId),
    /// `<sub>\*`: the labels of the submap stand here.
    SubmapLabels(ExprId),
    /// `#t(…)`, `$t(…)`: event filter of a subscription.
    Event(super::pattern::Event),
    /// The text is wrong; an error was reported.
    Error,
}

/// An item of a destructuring (§3.19).
#[derive(Clone, PartialEq, Debug)]
pub struct DestructureItem {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: DestructureKind,
    /// `?? d`: when empty; evaluated lazily.
    pub default: Option<ExprId>,
}

/// The kinds of destructuring items.
#[derive(Clone, PartialEq, Debug)]
pub enum DestructureKind {
    /// `L`, `.L`, `:L`: by name, else by position.
    Label {
        /// Its label.
        label: LabelId,
        /// None: bare.
        mutability: Option<Mutability>,
    },
    /// `_` or `*`: a position is skipped.
    Void,
    /// `[ … ]` at a position.
    Nested(DestructureId),
    /// `n .. target`, `n :: target`; with `@` a subfield.
    Field {
        /// Written with `@`.
        subfield: bool,
        /// Field or element.
        name: FieldName,
        /// Where it goes.
        target: Target,
        /// `..` or `::`.
        mutability: Mutability,
    },
    /// `@s[…]`, `.@s`, `:@s`: the subfield is destructured, or taken into a label of its name.
    Subfield {
        /// Its name.
        label: LabelId,
        /// What it becomes.
        into: SubfieldInto,
    },
    /// `&t`; none for `&_`.
    Slurp(Option<LabelId>),
    /// The text is wrong; an error was reported.
    Error,
}

/// What a destructured subfield becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubfieldInto {
    /// `@s[…]`
    Items(DestructureId),
    /// `.@s`, `:@s`
    Label(Mutability),
}
