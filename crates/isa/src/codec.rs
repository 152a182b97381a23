//! Encoding and decoding of one instruction: an opcode byte, then the immediates in order, little-endian and packed.

use crate::table::Op;

/// The most immediates that an instruction has.
pub const MAX_OPERANDS: usize = 4;

/// A decoded instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instr {
    /// What it is.
    pub op: Op,
    /// Its immediates; signed ones are kept as their bit pattern ([`Instr::signed`]). Those beyond its count are 0.
    pub args: [u32; MAX_OPERANDS],
    /// Byte offset of the instruction.
    pub at: u32,
    /// Byte offset of the instruction after it.
    pub next: u32,
}

impl Instr {
    /// Operand `index` as a signed number.
    pub const fn signed(&self, index: usize) -> i32 {
        self.args[index] as i32
    }

    /// Where operand `index`, a jump, leads; `None` if it lies before the code or beyond 32 bits.
    pub const fn target(&self, index: usize) -> Option<u32> {
        let target = self.next as i64 + self.signed(index) as i64;
        if target < 0 || target > u32::MAX as i64 {
            None
        } else {
            Some(target as u32)
        }
    }

    /// Its jump operand's target, if it has a jump operand.
    pub fn jump_target(&self) -> Option<Option<u32>> {
        let index = self
            .op
            .info()
            .operands
            .iter()
            .position(|operand| matches!(operand, crate::Operand::Jump))?;
        Some(self.target(index))
    }
}

/// Why bytes are not an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// No instruction has this opcode byte.
    UnknownOpcode {
        /// Where.
        at: u32,
        /// The byte.
        byte: u8,
    },
    /// The code ends within the instruction.
    Truncated {
        /// Where the instruction begins.
        at: u32,
        /// Which it is.
        op: Op,
    },
    /// `at` is not inside the code.
    OutOfCode {
        /// The offset asked for.
        at: u32,
    },
}

/// Decodes the instruction at byte offset `at`.
pub fn decode(code: &[u8], at: u32) -> Result<Instr, DecodeError> {
    let rest = code
        .get(at as usize..)
        .filter(|rest| !rest.is_empty())
        .ok_or(DecodeError::OutOfCode { at })?;
    let op = Op::from_byte(rest[0]).ok_or(DecodeError::UnknownOpcode { at, byte: rest[0] })?;
    let mut args = [0; MAX_OPERANDS];
    let mut offset = 1;
    for (arg, operand) in args.iter_mut().zip(op.info().operands) {
        let size = operand.size();
        let bytes = rest
            .get(offset..offset + size)
            .ok_or(DecodeError::Truncated { at, op })?;
        *arg = bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        offset += size;
    }
    Ok(Instr {
        op,
        args,
        at,
        next: at + offset as u32,
    })
}

/// Appends the encoding of `op` with these immediates; missing ones are 0, bits beyond an operand's width are dropped.
pub fn encode(op: Op, args: &[u32], out: &mut Vec<u8>) {
    out.push(op as u8);
    for (index, operand) in op.info().operands.iter().enumerate() {
        let value = args.get(index).copied().unwrap_or(0).to_le_bytes();
        out.extend_from_slice(&value[..operand.size()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_survives_encoding() {
        for &op in Op::ALL {
            let args: Vec<u32> = op
                .info()
                .operands
                .iter()
                .enumerate()
                .map(|(i, o)| (0x8182_8384u32 >> (32 - 8 * o.size())) ^ i as u32)
                .collect();
            let mut code = vec![];
            encode(op, &args, &mut code);
            assert_eq!(code.len(), op.info().size());
            let instr = decode(&code, 0).unwrap();
            assert_eq!((instr.op, &instr.args[..args.len()]), (op, &args[..]));
            assert_eq!(instr.next as usize, code.len());
            for cut in 0..code.len() {
                assert!(decode(&code[..cut], 0).is_err());
            }
        }
    }

    #[test]
    fn unlisted_bytes_are_refused() {
        let unlisted = (0..=255u8)
            .filter(|byte| Op::from_byte(*byte).is_none())
            .count();
        assert_eq!(unlisted, 256 - Op::ALL.len());
        assert_eq!(
            decode(&[0xFD], 0),
            Err(DecodeError::UnknownOpcode { at: 0, byte: 0xFD })
        );
    }
}
