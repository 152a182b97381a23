//! FoxVM's instruction set: one table, and everything that is derived from it.
//!
//! [`table`] holds the only description of an instruction (number, name, operands, stack effect, faults, effects, the
//! languages that use it, a line of meaning); the enum [`Op`], the codec, the text form, `docs/opcodes.md`, `isa.lock`
//! and the completeness tests are made from it. [`intrinsic`], [`fault`], [`hook`] and [`field_op`] are further tables of
//! the same kind (docs/specs/machine.md §4, §7).
//!
//! This crate never executes, verifies or allocates for a guest, and depends on no other crate of ours.
//! Start reading at [`table`], then [`codec`].
#![forbid(unsafe_code)]

pub mod codec;
pub mod fault;
pub mod field_op;
pub mod hook;
pub mod intrinsic;
pub mod lowering;
pub mod operand;
pub mod signature;
pub mod table;
pub mod text;

/// Register words of one frame that operands of register code can name: a byte offset has 16 bits (docs/specs/machine.md §6
/// "Format"). The file format allows more, so front ends refuse what needs more.
pub const FRAME_WORDS: u32 = 8192;
/// Most captures of a closure: its header counts them in 12 bits.
pub const CLOSURE_CAPTURES: u32 = 4095;

pub use codec::{DecodeError, Instr, decode, encode};
pub use fault::Fault;
pub use field_op::FieldOp;
pub use hook::Hook;
pub use intrinsic::{
    BOUND_PARAMETERS, Intrinsic, JOINED_PARAMETERS, JOINED_RULES, OWN_PARAMETERS, REST_OF_RULES,
    SORTED_CASES, SORTED_MAP, SORTED_SET,
};
pub use operand::{ConstUse, Operand};
pub use signature::{Effect, Slot};
pub use table::{Info, Langs, Op};
