//! What a front end did wrong, or which limit of the format its program exceeds.

use crate::function::Local;
use crate::label::Label;
use fzb::tables::FuncId;
use fzb::view::Repr;
use isa::Op;

/// Why a function or module cannot be built. A builder keeps its first error and gives it at the end; after it, calls do
/// nothing that matters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EmitError {
    /// An instruction takes more values than the stack has (above the innermost open try region).
    Underflow {
        /// The instruction.
        op: Op,
    },
    /// A value of one untagged representation stands where another is wanted; no code turns one into the other.
    Mismatch {
        /// What wanted it.
        what: &'static str,
        /// How the value is held.
        found: Repr,
        /// How it should be held.
        wanted: Repr,
    },
    /// Two ways to a label differ in stack height, in open try regions, or a backward jump brings a wider value.
    Join {
        /// The label.
        label: Label,
        /// What differs.
        what: &'static str,
    },
    /// A label is bound twice, or jumped to and never bound.
    Label {
        /// The label.
        label: Label,
    },
    /// Control goes on after the last instruction.
    FallsOffTheEnd,
    /// Opening and closing calls of the builder do not match.
    Nesting {
        /// The call that found nothing to close, or what was left open.
        what: &'static str,
    },
    /// An immediate does not fit, names nothing, or names something of the wrong kind.
    Operand {
        /// The instruction.
        op: Op,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The instruction may not stand there (rules 3, 6, 7), or the policy lacks it.
    Place {
        /// The instruction.
        op: Op,
        /// What it needs.
        what: &'static str,
    },
    /// A local whose type has no neutral value may be read before it is assigned.
    Unassigned {
        /// The local.
        local: Local,
    },
    /// A limit of the format (machine.md §5 rule 10 and the widths of operands).
    Limit {
        /// What there is too much of.
        what: &'static str,
    },
    /// A function was declared but never finished.
    Unfinished(FuncId),
    /// An id that this module did not give, or a description that no record can hold.
    Invalid {
        /// What is wrong.
        what: &'static str,
    },
    /// Within the named function.
    In(FuncId, Box<EmitError>),
}

impl std::fmt::Display for EmitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EmitError::Underflow { op } => {
                write!(f, "{} takes more than is on the stack", op.info().name)
            }
            EmitError::Mismatch {
                what,
                found,
                wanted,
            } => write!(f, "{what}: {found:?} where {wanted:?} is wanted"),
            EmitError::Join { label, what } => write!(f, "ways to {label:?} differ in {what}"),
            EmitError::Label { label } => {
                write!(f, "{label:?} is bound twice, or used and never bound")
            }
            EmitError::FallsOffTheEnd => f.write_str("the code goes on after its end"),
            EmitError::Nesting { what } => write!(f, "{what} without its counterpart"),
            EmitError::Operand { op, what } => write!(f, "{}: {what}", op.info().name),
            EmitError::Place { op, what } => write!(f, "{} needs {what}", op.info().name),
            EmitError::Unassigned { local } => {
                write!(f, "{local:?} may be read before it is assigned")
            }
            EmitError::Limit { what } => write!(f, "too many or too large: {what}"),
            EmitError::Unfinished(func) => write!(f, "function {} was never finished", func.0),
            EmitError::Invalid { what } => f.write_str(what),
            EmitError::In(func, error) => write!(f, "function {}: {error}", func.0),
        }
    }
}

impl std::error::Error for EmitError {}
