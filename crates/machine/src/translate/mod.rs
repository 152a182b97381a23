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
mod maps;
mod numbers;
mod stack;
mod walk;

pub use layout::local_offset;

use fzb::tables::{FuncId, TypeId};
use fzb::verify::Verified;
use fzb::view::{Module, Repr};
use fzb::{Phrase, said, term};

use crate::code::Code;

/// Which intrinsic a host function offers as its inline form.
pub type InlineForms<'a> = &'a dyn Fn(&str) -> Option<isa::Intrinsic>;

/// Translates a function that was verified.
///
/// # Errors
/// What the machine cannot hold: too many registers, captures or statics for the operand width, too large stack maps. No words
/// at all if the host has no memory to translate it.
pub fn function(
    module: &Module,
    id: FuncId,
    verified: &Verified,
    inline: InlineForms<'_>,
) -> Result<Code, Phrase> {
    let function = module
        .function(id)
        .ok_or(term!("the function does not exist"))?;
    walk::Walk::new(module, function, verified, inline)?.run()
}

/// Bytes of host memory that [`function()`] holds at a time, beside the stack maps, which it asks for one by one: growing
/// lists of words, origins, safepoints and jumps, a few of each for an instruction; operands of one instruction; tables.
pub fn memory(module: &Module, id: FuncId, verified: &Verified) -> usize {
    let Some(function) = module.function(id) else {
        return 0;
    };
    let slots = (verified.max_height + function.params + function.locals) as usize;
    let targets: usize = (0..function.tables)
        .map(|table| {
            let jumps = function.jump_table(table).map_or(0, Iterator::count);
            let texts = function.text_table(table).map_or(0, Iterator::count);
            16 + jumps + texts
        })
        .sum();
    PER_FUNCTION + PER_BYTE * function.code.len() + PER_SLOT * slots + PER_TARGET * targets
}

/// Bytes for what every function has.
const PER_FUNCTION: usize = 4096;
/// Bytes per byte of code. An instruction makes at most five words in its place, one origin, two safepoints and two jumps;
/// lists hold up to three times their content while they grow.
const PER_BYTE: usize = 384;
/// Bytes per local and stack position.
const PER_SLOT: usize = 192;
/// Bytes per entry of a jump table.
const PER_TARGET: usize = 12;

/// The representation of a type.
fn repr_of(module: &Module, ty: u32) -> Result<Repr, Phrase> {
    module
        .repr(TypeId(ty))
        .ok_or_else(|| said!("type {} does not exist", ty))
}
