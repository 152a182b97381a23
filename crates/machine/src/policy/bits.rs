//! Bit operations: integers of any size (docs/specs/machine.md §4, 43–48; morph.md §3.4; fusabi.md §2.2).

use fzb::tables::Lang;
use numeric::Operation;

use crate::fault::{Fault, Raise};
use crate::policy::sized::F32;
use crate::policy::{promote, sized};
use crate::value::{Kind, Value};
use crate::world::World;

/// Numbers of the bit operations in register code.
pub mod op {
    /// Both.
    pub const AND: u32 = 0;
    /// Either.
    pub const OR: u32 = 1;
    /// Exactly one.
    pub const XOR: u32 = 2;
    /// Left shift.
    pub const SHL: u32 = 3;
    /// Arithmetic right shift.
    pub const SHR: u32 = 4;
    /// Complement.
    pub const NOT: u32 = 5;
}

impl World {
    /// A bit operation; `not` looks at `x` only. Fault type for anything but integers.
    pub(crate) fn bits(&mut self, operation: u32, x: Value, y: Value) -> Raise<Value> {
        let lang = self.policy();
        let Some(a) = self.number_of(x)? else {
            return Err(self.type_fault("an integer", x));
        };
        let Some(b) = self.number_of(y)? else {
            return Err(self.type_fault("an integer", y));
        };
        if lang == Lang::Fusabi && x.kind() == Kind::Sized && x.sub() != F32 {
            return self.sized_bits(operation, x, y);
        }
        let cost = if operation == op::SHL {
            Operation::Shift
        } else {
            Operation::Sum
        };
        let promote = promote(lang);
        let result = self.number_work(cost, &a, &b, || match operation {
            op::AND => numeric::bit_and(promote, &a, &b),
            op::OR => numeric::bit_or(promote, &a, &b),
            op::XOR => numeric::bit_xor(promote, &a, &b),
            op::SHL => numeric::shl(promote, &a, &b),
            op::SHR => numeric::shr(promote, &a, &b),
            _ => numeric::bit_not(promote, &a),
        })?;
        self.number_result(result)
    }

    /// Fusabi's sized integers: operands of one width, shift counts modulo the width's bits as in .NET.
    fn sized_bits(&mut self, operation: u32, x: Value, y: Value) -> Raise<Value> {
        let width = x.sub();
        let size = match width {
            1 | 4 => 8,
            2 | 5 => 16,
            3 | 6 => 32,
            _ => 64u64,
        };
        let shift = operation == op::SHL || operation == op::SHR;
        if !shift && x.tag != y.tag {
            return Err(self.fault(Fault::Type, "expected two integers of the same width"));
        }
        if shift && y.as_int().is_none() {
            return Err(self.type_fault("an integer as shift count", y));
        }
        let (a, b) = (x.payload, y.payload);
        let signed = width <= 3;
        let bits = match operation {
            op::AND => a & b,
            op::OR => a | b,
            op::XOR => a ^ b,
            op::SHL => a << (b % size),
            op::SHR if signed => ((a as i64) >> (b % size)) as u64,
            op::SHR => a >> (b % size),
            _ => !a,
        };
        Ok(Value::sized(width, sized::narrow(width, bits)))
    }
}
