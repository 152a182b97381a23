//! What the verifier answers when it does not accept a function.

use crate::phrase::Phrase;
use crate::tables::FuncId;
use std::fmt;

/// Number of rules (docs/specs/machine.md §5).
pub const RULES: u8 = 10;

/// Codes of the ten rules, as crate `diag` explains them.
const CODES: [&str; RULES as usize] = [
    "FV51", "FV52", "FV53", "FV54", "FV55", "FV56", "FV57", "FV58", "FV59", "FV60",
];

/// A function breaks a rule of docs/specs/machine.md §5.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The function.
    pub function: FuncId,
    /// Byte offset in the function's code of the instruction that breaks the rule; 0 where the whole function does.
    pub offset: u32,
    /// The rule, 1 to 10.
    pub rule: u8,
    /// What stands there.
    pub found: Phrase,
    /// What the rule wants there.
    pub expected: Phrase,
}

impl Refusal {
    /// True if it says nothing about the function: the host had no memory to verify it. `found` and `expected` are empty,
    /// and only then.
    pub fn is_no_memory(&self) -> bool {
        self.found.is_empty()
    }

    /// What it found and what the rule wants; or that there was no memory to look.
    pub fn difference(&self) -> Phrase {
        if self.is_no_memory() {
            said!("the host has no memory to verify it")
        } else {
            Phrase::difference(self.found.clone(), self.expected.clone())
        }
    }

    /// The rule's code, `FV51` to `FV60`.
    pub fn code(&self) -> &'static str {
        CODES[usize::from(self.rule.clamp(1, RULES) - 1)]
    }
}

impl From<&Refusal> for Phrase {
    fn from(refusal: &Refusal) -> Phrase {
        if refusal.is_no_memory() {
            return said!(
                "{}: function {}: {}",
                refusal.code(),
                refusal.function.0,
                refusal.difference()
            );
        }
        said!(
            "{}: function {}, offset {}, rule {}: {}",
            refusal.code(),
            refusal.function.0,
            refusal.offset,
            refusal.rule,
            refusal.difference()
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Phrase::from(self).fmt(out)
    }
}

impl std::error::Error for Refusal {}

/// Result of a step of the verifier; boxed, so that the good case stays one word.
pub(super) type Step<T = ()> = Result<T, Box<Refusal>>;
