//! The verifier: proves a function before it may run (docs/specs/machine.md §5).
//!
//! It never executes, never changes a module, and gives the same answer for the same bytes. [`function()`] checks one
//! function and gives what the translator needs; [`module()`] checks all functions of a file that nobody vouches for.
//!
//! Passes over one function: `place` (the rules on its record) → `scan` (decode, immediates, targets, blocks; unreachable
//! code too) → `walk` (types and try regions; the instructions in `effect`) → `assign` (definite assignment).
//!
//! **Bounds**, on any bytes: no panic, no recursion. Time: linear in [`WORK_BASE`] + [`WORK_PER_BYTE`] ×
//! bytes of code. Memory per function: bit sets of 3 ×
//! 2²⁶ bits (rule 10: blocks × (locals + max_stack)) = 24 MiB and one word per block more, blocks ≤ 2²⁰ × 44 bytes, entry
//! stacks [`MAX_ENTRY_TYPES`] × 4 bytes, regions [`MAX_OPEN_TOTAL`], and 40 bytes per descriptive constant used; in all
//! below 192 MiB, and a few times the code for functions that compilers write. Where the host has no memory for that the
//! function is refused.
//!
//! Start reading at `check.rs`, then `walk.rs`.

mod assign;
mod check;
mod constants;
pub mod cost;
mod effect;
pub mod format_spec;
mod opcodes;
mod operand;
mod place;
mod policy;
mod refusal;
mod scan;
mod state;
mod verified;
mod walk;

pub use policy::policy_has;
pub use refusal::{RULES, Refusal};
pub use verified::{Block, Region, RegionKind, Verified};

use crate::tables::FuncId;
use crate::view::Module;
use check::Checker;

/// The most bytes of code of a function (rule 10).
pub const MAX_CODE: u32 = 1 << 20;
/// The most parameters of a function (rule 10).
pub const MAX_PARAMS: u32 = 255;
/// The most locals of a function, parameters among them (rule 10).
pub const MAX_LOCALS: u32 = 65_535;
/// The most captures of a function (rule 10).
pub const MAX_CAPTURES: u32 = 65_535;
/// The most register words of a frame: parameters, hidden registers, locals, and two words per stack position (rule 10).
pub const MAX_REGISTERS: u32 = 65_535;
/// The greatest `max_stack` (rule 4).
pub const MAX_STACK: u32 = 4_096;
/// The most try regions open at once (rule 6).
pub const MAX_REGIONS: u32 = 64;
/// The most instructions of a block; longer ones are split (rule 10).
pub const MAX_BLOCK: u32 = 1_024;
/// The greatest product of blocks and (locals + `max_stack`) (rule 10).
pub const MAX_COMPLEXITY: u64 = 1 << 26;
/// The most steps of one verification are this and [`WORK_PER_BYTE`] for each byte of code (rule 10). A step is an
/// instruction walked, an edge or table entry, a declared type read, or sixteen stack positions touched at a join or by a
/// long instruction, or eight words of a set. Code that compilers write takes one to four steps per instruction.
pub const WORK_BASE: u64 = 1 << 18;
/// Steps per byte of code: sixty-four walks of code without operands.
pub const WORK_PER_BYTE: u64 = 64;
/// What [`module()`] allows beside [`WORK_PER_BYTE`] for all functions together, so that a small file whose functions
/// share long tables cannot keep the verifier busy.
pub const MODULE_WORK_BASE: u64 = 1 << 28;
/// The most stack positions at the entries of all blocks together (rule 10).
pub const MAX_ENTRY_TYPES: usize = 1 << 23;
/// The most open regions, counted at each `push_try` with those around it (rule 10).
pub const MAX_OPEN_TOTAL: u64 = 1 << 20;
/// The most instructions of a leaf function (machine.md §6 "Fuel").
pub const MAX_LEAF: u32 = 256;

/// Verifies one function: rules 1 to 10.
///
/// # Errors
/// The first rule that it breaks; rule 2 if the module has no such function.
pub fn function(module: &Module, id: FuncId) -> Result<Verified, Refusal> {
    let Some(mut checker) = Checker::new(module, id) else {
        return Err(absent(module, id));
    };
    let function = checker.function;
    checker
        .run(function, u64::MAX, true)
        .and_then(|_| checker.verified())
        .map_err(|refusal| *refusal)
}

/// Verifies all functions.
///
/// # Errors
/// The first refusal, in the order of the functions.
pub fn module(module: &Module) -> Result<(), Refusal> {
    let mut checker = None;
    let mut work =
        MODULE_WORK_BASE + WORK_PER_BYTE * u64::from(module.count(crate::view::Table::Code));
    for index in 0..module.functions() {
        let id = FuncId(index);
        let Some(function) = module.function(id) else {
            return Err(absent(module, id));
        };
        if checker.is_none() {
            checker = Checker::new(module, id);
        }
        if let Some(checker) = &mut checker {
            work = work.saturating_sub(
                checker
                    .run(function, work, false)
                    .map_err(|refusal| *refusal)?,
            );
        }
    }
    Ok(())
}

fn absent(module: &Module, id: FuncId) -> Refusal {
    Refusal {
        function: id,
        offset: 0,
        rule: 2,
        found: said!("function {}", id.0),
        expected: said!("a readable function below {}", module.functions()),
    }
}
