//! Patterns as front ends give them; [`crate::decision`] makes tests of them.

use crate::function::Local;
use crate::scope::Var;
use fzb::tables::{ConstId, NameId, TypeId, TypedefId};

/// Where a value that a pattern binds goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A local.
    Local(Local),
    /// A variable: declared by the match unless it was before; one in a cell gets a new cell.
    Var(Var),
}

/// What a value must be like.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// Anything.
    Any,
    /// Anything, and keeps it. When a [`Pattern::Test`] comes after it, or the whole pattern matches, it is stored.
    Bind(Target),
    /// All of these, in order.
    All(Vec<Pattern>),
    /// The first of these that matches decides.
    Or(Vec<Pattern>),
    /// Equal to a constant, by the policy.
    Equal(ConstId),
    /// A case of a union. `proven` says that the subject is a value of that union.
    Case {
        /// The union.
        typedef: TypedefId,
        /// The case.
        tag: u32,
        /// The subject is known to be a value of that union.
        proven: bool,
        /// One per field.
        fields: Vec<Pattern>,
    },
    /// A case of any union, by its name.
    CaseName(NameId),
    /// A tuple; the subject is known to be one of that length.
    Tuple(Vec<Pattern>),
    /// Fields of a record by slot; the subject is known to be one.
    Record(TypedefId, Vec<(u32, Pattern)>),
    /// The empty list; the subject is known to be a list.
    Nil,
    /// A list with head and tail; the subject is known to be a list.
    Cons(Box<Pattern>, Box<Pattern>),
    /// A sequence of exactly so many elements, or of at least so many with `more`; what comes after them may be matched.
    Seq {
        /// The first elements.
        items: Vec<Pattern>,
        /// There may be more.
        more: bool,
        /// Elements after them, as a sequence.
        rest: Option<Box<Pattern>>,
    },
    /// Has a field of that name, which matches.
    Field(NameId, Box<Pattern>),
    /// Has an element at that index, which matches.
    Index(u32, Box<Pattern>),
    /// Has that type, and held so matches.
    Type(TypeId, Box<Pattern>),
    /// An event of a topic set, and its arguments.
    Event(ConstId, Vec<Pattern>),
    /// A test that the front end emits: [`Step::Test`] with that number.
    Test(u32),
}

/// An arm of a match.
#[derive(Clone, PartialEq, Debug)]
pub struct Arm {
    /// Its pattern.
    pub pattern: Pattern,
    /// It has a condition: [`Step::Guard`].
    pub guard: bool,
}

/// What the front end is to emit next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The value to test is on the stack; a bool is wanted in its place.
    Test(u32),
    /// The condition of an arm, whose bindings are stored: a bool is wanted.
    Guard(usize),
    /// The body of an arm.
    Body(usize),
    /// What happens if no arm matches; nothing is emitted where one always does.
    NoMatch,
    /// All is emitted; the arms have met, with what they left on the stack.
    Done,
}
