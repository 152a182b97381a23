//! What operators do.

/// What an operator node does; with [`Operand`] it names an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "named for what they do")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Negate,
    /// `+e`
    Plus,
    /// `=`, `==`
    Equal,
    /// `<>`, `!=`
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `&&`: the right side is evaluated only if the left one is true.
    And,
    /// `||`
    Or,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    ShiftLeft,
    ShiftRight,
    /// `::`
    Cons,
    /// `@`
    Append,
    /// `l |> f`, also `||>` and `|||>` whose left side is a tuple
    Pipe,
    /// `||>`: the pair's parts are two arguments
    Pipe2,
    /// `|||>`
    Pipe3,
    /// `f <| r`
    PipeBack,
    /// `<||`
    PipeBack2,
    /// `<|||`
    PipeBack3,
    /// `f >> g`
    Compose,
    /// `g << f`
    ComposeBack,
    /// `!r`
    Dereference,
    /// `r := v`
    SetReference,
}

/// What the operands of an arithmetic, comparing or bit operator are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// `int`: 64 bits with sign; wraps.
    Int,
    /// `sbyte`, `byte`, `int16`, `uint16`, `int32`, `uint32`, `uint64`; wraps at its width.
    Sized(crate::tree::IntKind),
    /// `float`
    Float,
    /// `float32`
    Float32,
    /// `string`
    String,
    /// `char`
    Char,
    /// `bool`
    Bool,
    /// A number of a kind that is known only at run time: in a `let inline` that was generalised.
    AnyNumber,
    /// Anything that can be compared: structural, by the values. For operators that take no numbers it says nothing.
    Structural,
}
