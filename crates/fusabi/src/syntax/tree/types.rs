//! Types as they are written (docs/specs/fusabi.md §1.15 `type`, §2.2).

use super::expr::Name;
use super::ids::{Many, MeasureId, Span, Symbol, TypeId};

/// A type. Its place stands in [`Tree::type_span`](super::Tree::type_span).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Type {
    /// What could not be read; an error was reported there.
    Error,
    /// `_`
    Wildcard,
    /// `'a`, without the quote.
    Variable(Symbol),
    /// `A.B<t, u>` or `t list`
    Named {
        /// One name or more.
        path: Many<Name>,
        /// None or more.
        args: Many<TypeId>,
        /// Written behind its argument.
        postfix: bool,
    },
    /// `a -> b -> c`, two or more; the last one is the result.
    Function(Many<TypeId>),
    /// `a * b`
    Tuple {
        /// Two or more.
        items: Many<TypeId>,
        /// `struct (a * b)`
        is_struct: bool,
    },
    /// `t[]`, `t[,]`
    Array {
        /// Type of the elements.
        item: TypeId,
        /// Number of dimensions.
        rank: u32,
    },
    /// `{| a: int |}`
    Record {
        /// None or more.
        fields: Many<TypeField>,
        /// `struct {| |}`
        is_struct: bool,
    },
    /// `( t )`
    Paren(TypeId),
    /// A unit of measure as an argument: `float<m/s>`. One of a single name reads as [`Named`](Self::Named).
    Measure(MeasureId),
    /// `t when 'a : comparison`
    Constrained {
        /// The type.
        ty: TypeId,
        /// One or more.
        constraints: Many<Constraint>,
    },
}

/// `a: int` in `{| |}`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeField {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeId,
}

/// `'a : comparison`; other constraints are not part of the language.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Constraint {
    /// The variable, without the quote.
    pub variable: Name,
    /// `equality` or `comparison` as a rule.
    pub bound: Name,
}

/// A unit of measure. It is read and erased (§1.13).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measure {
    /// What is multiplied; none for `1`.
    pub factors: Many<Factor>,
    /// Where it stands, without the angle brackets.
    pub span: Span,
}

/// `m^2`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Factor {
    /// Which unit; `_` for an unknown one.
    pub unit: Name,
    /// Its power, negative behind `/`.
    pub power: i32,
}
