//! Stack effects, read from the table's text: `i i -> i` is a fixed effect, anything else is special and is typed by
//! the verifier's own rule for that instruction.

/// Type letter of a stack effect (docs/specs/machine.md §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Slot {
    /// `i`: i64.
    Int,
    /// `f`: f64.
    Float,
    /// `b`: bool.
    Bool,
    /// `c`: char.
    Char,
    /// `t`: text.
    Text,
    /// `y`: bytes.
    Bytes,
    /// `l`: list.
    List,
    /// `g`: a function value (`fn`); as an operand it also takes `dyn` and tests the kind.
    Fn,
    /// `r`: a heap value (`ref`); as an operand it also takes `dyn` and tests the kind.
    Ref,
    /// `x`: any value (`dyn`); as an operand it takes every type, boxing what has no tag.
    Dyn,
}

impl Slot {
    /// The slot that a letter means.
    pub const fn of(letter: u8) -> Option<Slot> {
        Some(match letter {
            b'i' => Slot::Int,
            b'f' => Slot::Float,
            b'b' => Slot::Bool,
            b'c' => Slot::Char,
            b't' => Slot::Text,
            b'y' => Slot::Bytes,
            b'l' => Slot::List,
            b'g' => Slot::Fn,
            b'r' => Slot::Ref,
            b'x' => Slot::Dyn,
            _ => return None,
        })
    }
}

/// What an instruction takes from the stack and leaves there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Takes exactly `pops` (first = deepest) and leaves exactly `pushes`.
    Fixed {
        /// What is taken, deepest first.
        pops: &'static [Slot],
        /// What is left, deepest first.
        pushes: &'static [Slot],
        /// False if control does not go on to the next instruction.
        falls_through: bool,
    },
    /// Depends on operands; the text tells.
    Special,
}
