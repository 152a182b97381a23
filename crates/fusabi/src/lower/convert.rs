//! Conversions between numbers, characters and texts (§2.2), and numbers of a kind.

use fzb::tables::TypeId;
use isa::Op;

use super::apply::Arg;
use super::code::Code;
use super::control::TO_FLOAT;
use super::represent::{F32, Scalar};
use crate::library::Numeric;
use crate::typed::{Operand, Operator};

/// Least and greatest value of a width in `isa::table::WIDTHS`.
const fn bounds(width: u32) -> (i64, i64) {
    match width {
        1 => (i8::MIN as i64, i8::MAX as i64),
        2 => (i16::MIN as i64, i16::MAX as i64),
        3 => (i32::MIN as i64, i32::MAX as i64),
        4 => (0, u8::MAX as i64),
        5 => (0, u16::MAX as i64),
        _ => (0, u32::MAX as i64),
    }
}

/// Width of `uint64`.
const U64: u32 = 7;

#[allow(
    clippy::wrong_self_convention,
    reason = "what is converted is the value on the stack"
)]
impl Code<'_, '_> {
    /// The value on the stack, which is of kind `from`, as `int`.
    pub fn as_int(&mut self, from: Scalar) {
        match from {
            Scalar::Int => self.f.coerce(TypeId::INT),
            Scalar::Float => self.f.op(Op::F64ToI64, &[0]),
            Scalar::Char => self.f.op(Op::I64FromChar, &[]),
            Scalar::Bool => {
                self.f.open_if();
                self.f.push_int(1);
                self.f.otherwise();
                self.f.push_int(0);
                self.f.close_if();
            }
            Scalar::Text => {
                self.library_call("Core'", "intOfString", 1);
                self.f.coerce(TypeId::INT);
            }
            Scalar::Float32 => {
                self.f.op(Op::Coerce, &[TO_FLOAT]);
                self.f.coerce(TypeId::FLOAT);
                self.f.op(Op::F64ToI64, &[0]);
            }
            Scalar::Sized(width) => {
                // A number of more than 63 bits wraps.
                let ty = self.unit.module.sized_type(width);
                self.f.coerce(ty);
            }
            Scalar::Other => {
                self.f.op(Op::Coerce, &[1]);
                self.f.coerce(TypeId::INT);
            }
        }
    }

    /// The value on the stack as `float`.
    pub fn as_float(&mut self, from: Scalar) {
        match from {
            Scalar::Float => self.f.coerce(TypeId::FLOAT),
            Scalar::Int => self.f.op(Op::I64ToF64, &[]),
            Scalar::Text => {
                self.library_call("Core'", "floatOfString", 1);
                self.f.coerce(TypeId::FLOAT);
            }
            Scalar::Char | Scalar::Bool => {
                self.as_int(from);
                self.f.op(Op::I64ToF64, &[]);
            }
            Scalar::Float32 | Scalar::Sized(_) | Scalar::Other => {
                self.f.op(Op::Coerce, &[TO_FLOAT]);
                self.f.coerce(TypeId::FLOAT);
            }
        }
    }

    /// The value on the stack as `float32`.
    pub fn as_float32(&mut self, from: Scalar) {
        if from == Scalar::Float32 {
            return;
        }
        self.as_float(from);
        self.intrinsic(isa::Intrinsic::F64ToF32);
        self.f.op(Op::Box, &[F32]);
    }

    /// The value on the stack as a number of a width: it wraps, but a text must be in range.
    pub fn as_sized(&mut self, from: Scalar, width: u32) {
        match from {
            Scalar::Sized(same) if same == width => return,
            Scalar::Text if width == U64 => {
                return self.library_call("Core'", "uint64OfString", 1);
            }
            Scalar::Text => {
                let text = self.keep(TypeId::TEXT);
                let (least, most) = bounds(width);
                self.f.push_int(least);
                self.f.push_int(most);
                self.f.load(text);
                self.library_call("Core'", "intOfStringIn", 3);
                self.f.coerce(TypeId::INT);
                self.f.free_temp(text);
            }
            _ => self.as_int(from),
        }
        self.f.op(Op::I64Narrow, &[width]);
        self.f.op(Op::Box, &[width]);
    }

    /// The value on the stack as `char`.
    pub fn as_char(&mut self, from: Scalar) {
        match from {
            Scalar::Char => self.f.coerce(TypeId::CHAR),
            Scalar::Text => {
                self.library_call("Core'", "charOfString", 1);
                self.f.coerce(TypeId::CHAR);
            }
            _ => {
                self.as_int(from);
                self.f.op(Op::CharFromI64, &[]);
            }
        }
    }

    /// 0 of a kind.
    pub fn zero(&mut self, scalar: Scalar) {
        self.number(scalar, 0);
    }

    /// 1 of a kind.
    pub fn one(&mut self, scalar: Scalar) {
        self.number(scalar, 1);
    }

    fn number(&mut self, scalar: Scalar, number: u8) {
        match scalar {
            Scalar::Float => self.f.push_float(f64::from(number)),
            Scalar::Float32 => {
                self.sized_constant(F32, f64::from(number).to_bits());
            }
            Scalar::Sized(width) => {
                self.sized_constant(width, u64::from(number));
            }
            _ => self.f.push_int(i64::from(number)),
        }
    }

    /// What the body of a numeric function of the library takes first, in temporaries.
    pub fn numeric(&mut self, wanted: &[Numeric], scalar: Scalar) -> Vec<Arg> {
        let operand = scalar.operand().unwrap_or(Operand::AnyNumber);
        wanted
            .iter()
            .map(|one| {
                let operator = match one {
                    Numeric::Zero => {
                        self.zero(scalar);
                        None
                    }
                    Numeric::One => {
                        self.one(scalar);
                        None
                    }
                    Numeric::Add => Some(Operator::Add),
                    Numeric::Multiply => Some(Operator::Multiply),
                    Numeric::Divide => Some(Operator::Divide),
                };
                if let Some(operator) = operator {
                    let function = self.unit.wrap_operator(self.part, operator, operand);
                    self.f.op(Op::MakeClosure, &[function.0, 0]);
                }
                Arg::Temp(self.keep(TypeId::DYN))
            })
            .collect()
    }
}
