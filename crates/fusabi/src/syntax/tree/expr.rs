//! Expressions (docs/specs/fusabi.md §1.15 `expr` to `atom`, §1.12).

use super::decl::{Attribute, Binding};
use super::format_spec::FormatSpec;
use super::ids::{ExprId, LiteralId, Many, PatternId, RecordId, Span, Symbol, TypeId};

/// An expression. Its place stands in [`Tree::span`](super::Tree::span).
///
/// Two things were decided for those who walk it: what a text repeats without nesting is one node with a list (statements,
/// arguments, branches, rules, items), and only the *left* spine of [`Binary`](Self::Binary), [`Apply`](Self::Apply),
/// [`Field`](Self::Field), [`Index`](Self::Index) and their like can be as long as the text; see
/// [`Tree::left`](super::Tree::left).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// What could not be read; an error was reported there.
    Error,
    /// A constant, `()` and `null` too.
    Literal(LiteralId),
    /// A name, an operator as a value `(+)` (named by its characters) or an active pattern as one (`|Even|Odd|`).
    Name(Symbol),
    /// `( e )` or `begin e end`.
    Paren(ExprId),
    /// Statements in order, two or more or one that binds. Its value is that of the last.
    Block(Many<Stmt>),
    /// `a, b`
    Tuple {
        /// Two or more.
        items: Many<ExprId>,
        /// `struct (a, b)`
        is_struct: bool,
    },
    /// `f a b`, or `f(a)` without a blank.
    Apply {
        /// What is applied.
        callee: ExprId,
        /// One or more; one if `tight`.
        args: Many<ExprId>,
        /// `f(a)`: the argument is a [`Paren`](Self::Paren) or `()` and binds like `.name` (§1.2 level 20).
        tight: bool,
    },
    /// `f<int>`
    TypeApply {
        /// What is applied.
        target: ExprId,
        /// One or more.
        args: Many<TypeId>,
    },
    /// `e.name`; a qualified name such as `A.B.x` is one too, its parts are told apart by scope
    /// ([`Tree::path_of`](super::Tree::path_of)).
    Field {
        /// What stands before the dot.
        target: ExprId,
        /// What stands behind it.
        name: Symbol,
        /// First byte of the name.
        name_at: u32,
    },
    /// `e.[i]` or `e[i]`
    Index {
        /// What is indexed.
        target: ExprId,
        /// One or more; several for several dimensions.
        slices: Many<Slice>,
        /// Written with a dot.
        dotted: bool,
    },
    /// `l op r`: every infix operator but `<-` and `,`; `&&`, `||`, `::` and `:=` too.
    Binary {
        /// The operator by its characters; a user's own is looked up like a name.
        operator: Symbol,
        /// First byte of the operator.
        operator_at: u32,
        /// Left operand; the chain of these can be as long as the text.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// `op e`: `-`, `+`, `&`, `&&`, and whatever begins with `!` or `~`. A minus before a number is part of the literal.
    Prefix {
        /// The operator by its characters; its span begins where that of the expression does.
        operator: Symbol,
        /// Its operand.
        operand: ExprId,
    },
    /// `t <- v`
    Assign {
        /// A name, a field, an index (E5 says what it means there) or `(e)`.
        target: ExprId,
        /// The new value.
        value: ExprId,
    },
    /// `e : t`
    Annotated {
        /// The value.
        value: ExprId,
        /// Its type.
        ty: TypeId,
    },
    /// `e :> t`, `e :?> t`, `e :? t`
    Cast {
        /// The value.
        value: ExprId,
        /// To which type.
        ty: TypeId,
        /// Which one.
        kind: CastKind,
    },
    /// `upcast e` and `downcast e`: the type is inferred.
    InferredCast {
        /// The value.
        value: ExprId,
        /// [`CastKind::Up`] or [`CastKind::Down`].
        kind: CastKind,
    },
    /// `[ … ]` or `[| … |]`
    Collection {
        /// Which brackets.
        kind: CollectionKind,
        /// What stands between them.
        body: CollectionBody,
    },
    /// `a .. b` or `a .. step .. b`: only as the body of a collection or computation and behind `in`.
    Range {
        /// First value.
        from: ExprId,
        /// Distance, 1 if none is given.
        step: Option<ExprId>,
        /// Last value.
        to: ExprId,
    },
    /// `{ … }` with fields, or `{| … |}`.
    Record(RecordId),
    /// `builder { … }`
    Computation {
        /// What stands before the brace.
        builder: ExprId,
        /// A [`Block`](Self::Block), [`Range`](Self::Range) or one expression.
        body: ExprId,
    },
    /// `fun p q -> e`
    Lambda {
        /// One or more.
        params: Many<PatternId>,
        /// What it gives.
        body: ExprId,
    },
    /// `function | p -> e …`
    Function(Many<Rule>),
    /// `match e with …`
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// One or more.
        rules: Many<Rule>,
        /// `match!`
        bang: bool,
    },
    /// `if c then a elif d then b else e`; `else if` on one line is `elif`.
    If {
        /// One or more.
        branches: Many<Branch>,
        /// The `else` branch.
        otherwise: Option<ExprId>,
    },
    /// `while c do e`
    While {
        /// The condition.
        condition: ExprId,
        /// What is done.
        body: ExprId,
    },
    /// `for i = a to b do e`
    For {
        /// The variable: a [`Pattern::Name`](super::Pattern::Name) or a wildcard.
        variable: PatternId,
        /// First value.
        from: ExprId,
        /// Last value.
        to: ExprId,
        /// `downto`
        down: bool,
        /// What is done.
        body: ExprId,
    },
    /// `for p in e do b` or `for p in e -> b`
    ForIn {
        /// What each element is bound to.
        pattern: PatternId,
        /// Where they come from.
        source: ExprId,
        /// What is done with each.
        body: ExprId,
        /// `->`: each body is an element of the collection.
        arrow: bool,
    },
    /// `try e with …`
    Try {
        /// What is tried.
        body: ExprId,
        /// One or more.
        rules: Many<Rule>,
    },
    /// `try e finally f`
    TryFinally {
        /// What is tried.
        body: ExprId,
        /// What is done in any case.
        last: ExprId,
    },
    /// `lazy e`
    Lazy(ExprId),
    /// `assert e`
    Assert(ExprId),
    /// `do e` among statements.
    Do(ExprId),
    /// `do! e`, in computations only.
    DoBang(ExprId),
    /// `return e` or `return! e`, in computations only.
    Return {
        /// What is returned.
        value: ExprId,
        /// `return!`
        from: bool,
    },
    /// `yield e` or `yield! e`, in computations and collections only.
    Yield {
        /// What is yielded.
        value: ExprId,
        /// `yield!`
        from: bool,
    },
    /// `break`, in loops only (§1.1).
    Break,
    /// `continue`, in loops only (§1.1).
    Continue,
    /// `$"…"`
    Interpolated(Many<Piece>),
}

/// Which cast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CastKind {
    /// `:>`
    Up,
    /// `:?>`
    Down,
    /// `:?`, a question
    Test,
}

/// Which brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectionKind {
    /// `[ ]`
    List,
    /// `[| |]`
    Array,
}

/// What stands between them (§1.10).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CollectionBody {
    /// Elements, none or more.
    Elements(Many<ExprId>),
    /// A comprehension or range: statements that yield. Where no `yield` stands in it, expressions that are statements yield
    /// themselves (§1.10 implicit yields).
    Computation(ExprId),
}

/// A statement of a block.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StmtKind {
    /// An expression; its value is dropped unless it is the last.
    Expr(ExprId),
    /// `let … and …`: in scope for the rest of the block.
    Let {
        /// One or more.
        bindings: Many<Binding>,
        /// `let rec`
        recursive: bool,
    },
    /// `use p = e`
    Use {
        /// What it is bound to.
        pattern: PatternId,
        /// What is disposed of at the end of the block.
        value: ExprId,
    },
    /// `let! p = e and! q = f`, in computations only.
    LetBang(Many<BangBinding>),
    /// `use! p = e`, in computations only.
    UseBang {
        /// What it is bound to.
        pattern: PatternId,
        /// What is awaited.
        value: ExprId,
    },
}

/// One part of `let! … and! …`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BangBinding {
    /// What it is bound to.
    pub pattern: PatternId,
    /// What is awaited.
    pub value: ExprId,
}

/// `p when g -> e`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rule {
    /// What it takes.
    pub pattern: PatternId,
    /// The condition behind `when`.
    pub guard: Option<ExprId>,
    /// What it gives.
    pub body: ExprId,
    /// Where it stands, without the bar.
    pub span: Span,
}

/// `if c then e`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Branch {
    /// The condition.
    pub condition: ExprId,
    /// What it gives.
    pub body: ExprId,
}

/// One dimension of an index.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Slice {
    /// `i`
    Item(ExprId),
    /// `a..b`, `a..`, `..b`
    Range(Option<ExprId>, Option<ExprId>),
    /// `*`
    All,
}

/// A name at a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Name {
    /// What it says, without backticks.
    pub symbol: Symbol,
    /// Where it stands.
    pub span: Span,
}

/// A record expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Record {
    /// `copied with`
    pub copied: Option<ExprId>,
    /// None or more.
    pub fields: Many<FieldInit>,
    /// `{| |}`
    pub anonymous: bool,
    /// `struct {| |}`
    pub is_struct: bool,
}

/// `A.B = e` in a record.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FieldInit {
    /// One name or more: a qualified field or, behind `with`, one inside of another.
    pub path: Many<Name>,
    /// Its value.
    pub value: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// A part of an interpolated string.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Piece {
    /// Text, `%%` and `{{` resolved: a [`Literal::String`](super::Literal::String).
    Text(LiteralId),
    /// `{e}`, `{e,5:0.00}`, `%d{e}`
    Hole {
        /// The value.
        value: ExprId,
        /// `%d` before it.
        spec: Option<FormatSpec>,
        /// `,5`: width, left-justified if negative.
        alignment: Option<i32>,
        /// `:0.00`, without the colon.
        format: Option<LiteralId>,
    },
}

/// Attributes of a parameter; see [`Pattern::Attributed`](super::Pattern::Attributed).
pub type Attributes = Many<Attribute>;
