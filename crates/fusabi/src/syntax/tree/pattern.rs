//! Patterns (docs/specs/fusabi.md §1.7).

use super::expr::{Attributes, Name};
use super::ids::{LiteralId, Many, PatternId, Span, Symbol, TypeId};

/// A pattern. Its place stands in [`Tree::pattern_span`](super::Tree::pattern_span).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pattern {
    /// What could not be read; an error was reported there.
    Error,
    /// `_`
    Wildcard,
    /// A name alone: a constructor if one of that name is in scope, else a variable (§1.1). In the head of a function it is
    /// the function; an operator is named by its characters, an active pattern by `|Even|Odd|` or `|Int|_|`.
    Name(Symbol),
    /// `Case`, `A.Case`, `Case p`, `DivisibleBy 3 rest`: surely no variable.
    Case {
        /// One name or more; with one name there is an argument.
        path: Many<Name>,
        /// One for a constructor (a tuple for several fields); more for an active pattern with parameters.
        args: Many<PatternId>,
    },
    /// `Case(width = w)`
    CaseFields {
        /// One name or more.
        path: Many<Name>,
        /// One or more.
        fields: Many<FieldPattern>,
    },
    /// A constant.
    Literal(LiteralId),
    /// `a, b`
    Tuple {
        /// Two or more.
        items: Many<PatternId>,
        /// `struct (a, b)`
        is_struct: bool,
    },
    /// `[a; b]`
    List(Many<PatternId>),
    /// `[|a; b|]`
    Array(Many<PatternId>),
    /// `h :: t`
    Cons {
        /// The first element.
        head: PatternId,
        /// The others.
        tail: PatternId,
    },
    /// `{ A = p; B = q }`
    Record(Many<FieldPattern>),
    /// `a | b`, two or more.
    Or(Many<PatternId>),
    /// `a & b`, two or more.
    And(Many<PatternId>),
    /// `p as q`
    As {
        /// What is matched.
        pattern: PatternId,
        /// What it is bound to as a whole.
        name: PatternId,
    },
    /// `:? t`
    TypeTest(TypeId),
    /// `p : t`
    Annotated {
        /// What is matched.
        pattern: PatternId,
        /// Its type.
        ty: TypeId,
    },
    /// `( p )`
    Paren(PatternId),
    /// `[<A>] p`, a parameter with attributes.
    Attributed {
        /// One or more.
        attributes: Attributes,
        /// The parameter.
        pattern: PatternId,
    },
}

/// `A.B = p`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FieldPattern {
    /// One name or more.
    pub path: Many<Name>,
    /// What its value matches.
    pub pattern: PatternId,
    /// Where it stands.
    pub span: Span,
}
