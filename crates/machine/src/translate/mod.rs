//! From verified stack code to register code, in one pass (docs/specs/machine.md §6).
//!
//! The translator walks the blocks that the verifier found, keeping a virtual stack whose entries are registers, aliases
//! of locals, constants, or one of the two accumulators. Pushes emit nothing; consumers take entries as operands. At block
//! ends every entry stands in its home register, so no edge needs code.
//!
//! Start at `walk.rs` (one instruction after the other), then `stack.rs` (the virtual stack) and `emitter.rs`.

mod branches;
mod calls;
mod emitter;
mod generic;
mod layout;
mod numbers;
mod stack;
mod walk;

pub use layout::local_offset;

use fzb::tables::{FuncId, TypeId};
use fzb::verify::Verified;
use fzb::view::{Module, Repr};

use crate::code::Code;

/// Which intrinsic a host function offers as its inline form.
pub type InlineForms<'a> = &'a dyn Fn(&str) -> Option<isa::Intrinsic>;

/// Translates a function that was verified.
///
/// # Errors
/// What the machine cannot hold: too many registers, captures or statics for the operand width.
pub fn function(
    module: &Module,
    id: FuncId,
    verified: &Verified,
    inline: InlineForms<'_>,
) -> Result<Code, String> {
    let function = module.function(id).ok_or("the function does not exist")?;
    walk::Walk::new(module, function, verified, inline)?.run()
}

/// The representation of a type.
fn repr_of(module: &Module, ty: u32) -> Result<Repr, String> {
    module
        .repr(TypeId(ty))
        .ok_or_else(|| format!("type {ty} does not exist"))
}
