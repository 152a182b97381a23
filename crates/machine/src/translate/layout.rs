//! Where things stand in a frame: parameters, hidden registers, locals, stack temporaries (docs/specs/machine.md §3).

use fzb::tables::function_flags;
use fzb::view::{Function, Module, Repr};
use fzb::{Phrase, said, term};
use isa::FRAME_WORDS;

/// The layout of a function's frame; offsets in bytes from its first register.
pub struct Layout {
    /// Representations of parameters, then locals.
    pub locals: Vec<(Repr, u16)>,
    /// Number of parameters.
    pub params: u32,
    /// Hidden `self`, `rest` and `closure`; `u16::MAX` if absent.
    pub hidden: [u16; 3],
    /// First byte after the locals.
    pub temps: u32,
}

impl Layout {
    /// The layout of a verified function.
    pub fn of(module: &Module, function: &Function<'_>) -> Result<Layout, Phrase> {
        let total = function.params + function.locals;
        let mut locals = Vec::with_capacity(total as usize);
        let mut at = 0u32;
        let mut hidden = [u16::MAX; 3];
        for index in 0..=total {
            if index == function.params {
                // The closure register is the frame's own closure field; it takes no room.
                for (slot, flag) in [(0, function_flags::SELF), (1, function_flags::REST)] {
                    if function.flags & flag != 0 {
                        hidden[slot] = narrow(at)?;
                        at += 16;
                    }
                }
            }
            if index == total {
                break;
            }
            let ty = function
                .local_type(index)
                .ok_or(term!("a local without a type"))?;
            let repr = module
                .repr(ty)
                .ok_or(term!("a local of a type that does not exist"))?;
            locals.push((repr, narrow(at)?));
            at += repr.words() * 8;
        }
        Ok(Layout {
            locals,
            params: function.params,
            hidden,
            temps: at,
        })
    }
}

/// An offset that operands can name.
pub fn narrow(at: u32) -> Result<u16, Phrase> {
    if at >= FRAME_WORDS * 8 {
        return Err(said!(
            "the function needs more than {} register words",
            FRAME_WORDS
        ));
    }
    Ok(at as u16)
}

/// Byte offset of a local, for instructions that list locals by number: where [`Layout::of`] puts it. Allocates nothing.
pub fn local_offset(module: &Module, function: &Function<'_>, local: u32) -> Option<u16> {
    let mut at = 0u32;
    for index in 0..=local {
        if index == function.params {
            for flag in [function_flags::SELF, function_flags::REST] {
                at += if function.flags & flag != 0 { 16 } else { 0 };
            }
        }
        if index < local {
            at += module.repr(function.local_type(index)?)?.words() * 8;
        }
    }
    narrow(at).ok()
}
