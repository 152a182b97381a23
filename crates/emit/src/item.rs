//! What a function under construction is made of: instructions whose targets are labels, and marks.

use crate::debug::Position;
use crate::function::Local;
use crate::label::Label;
use isa::Op;

/// An instruction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Instr {
    pub op: Op,
    pub args: [u32; 4],
    /// Where its jump operand leads.
    pub target: Option<Label>,
    /// Values taken and left, whatever their types.
    pub pops: u32,
    pub pushes: u32,
    pub position: Option<Position>,
}

/// One step of a function.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Item {
    /// Here a label leads.
    Bind(Label),
    /// From here on a local has no value; becomes a store where one is read before it is assigned.
    Declare(Local),
    /// An assignment to a label with Rhumb's ratchet: `x → x`.
    Ratchet {
        local: Local,
        freeze: bool,
        /// Without a value: only freezes.
        store: bool,
        position: Option<Position>,
    },
    /// An instruction.
    Op(Instr),
}

/// Targets of a switch: `texts` are constants, empty for a table of numbers.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SwitchTable {
    pub texts: Option<Vec<u32>>,
    pub targets: Vec<Label>,
}

impl Instr {
    pub fn new(op: Op, args: &[u32]) -> Instr {
        let mut all = [0; 4];
        for (to, from) in all.iter_mut().zip(args) {
            *to = *from;
        }
        Instr {
            op,
            args: all,
            target: None,
            pops: 0,
            pushes: 0,
            position: None,
        }
    }

    pub fn counted(op: Op, args: &[u32], pops: u32, pushes: u32) -> Instr {
        Instr {
            pops,
            pushes,
            ..Instr::new(op, args)
        }
    }

    pub fn to(op: Op, target: Label, pops: u32) -> Instr {
        Instr {
            target: Some(target),
            pops,
            ..Instr::new(op, &[])
        }
    }

    /// True if control goes on to the next instruction.
    pub fn falls_through(&self) -> bool {
        // The table's effect of `reply` has both ways: its flag 8 says which.
        match self.op {
            Op::Reply => self.args[2] & 8 == 0,
            op => op.info().falls_through(),
        }
    }

    /// The number of its switch table.
    pub fn table(&self) -> Option<usize> {
        matches!(self.op, Op::Switch | Op::SwitchTag | Op::SwitchText)
            .then_some(self.args[0] as usize)
    }
}
