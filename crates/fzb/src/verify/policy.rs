//! Which instructions a policy has. Display and canonical text, `format`, and conversions come with their language;
//! until a language is there, its policy lacks them and rule 2 refuses them by the policy's name.

use crate::tables::Lang;
use isa::Op;

/// `coerce`'s mode for truth, which every dynamic language's policy decides itself.
const COERCE_BOOL: u32 = 4;
/// `coerce`'s last mode for a type that Fusabi has.
const COERCE_CHAR: u32 = 5;

/// Does the policy have that instruction (with that mode, for those that have one)?
pub fn policy_has(policy: Lang, op: Op, mode: u32) -> bool {
    match op {
        Op::Display => policy != Lang::Morph,
        Op::AssertEq | Op::Inspect => matches!(policy, Lang::Machine | Lang::Rhumb),
        Op::Format => matches!(policy, Lang::Machine | Lang::Fusabi),
        Op::Coerce => match policy {
            Lang::Machine | Lang::Rhumb => true,
            Lang::Morph => mode == COERCE_BOOL,
            Lang::Fusabi => mode <= COERCE_CHAR,
        },
        _ => true,
    }
}
