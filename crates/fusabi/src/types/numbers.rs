//! Sets of types that an arithmetic operator can work on.

use crate::typed::DefinedId;

/// A set of the types that have arithmetic; [`NumberSet::ANY`] is no constraint at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberSet(u16);

const MEMBERS: [DefinedId; 12] = [
    DefinedId::INT,
    DefinedId::SBYTE,
    DefinedId::BYTE,
    DefinedId::INT16,
    DefinedId::UINT16,
    DefinedId::INT32,
    DefinedId::UINT32,
    DefinedId::UINT64,
    DefinedId::FLOAT,
    DefinedId::FLOAT32,
    DefinedId::STRING,
    DefinedId::CHAR,
];

impl NumberSet {
    /// Every type, functions and records too.
    pub const ANY: Self = Self(u16::MAX);
    /// Whole numbers: bit operators.
    pub const WHOLE: Self = Self(0x00FF);
    /// Whole numbers and floats: `-`, `*`, `/`, `%`.
    pub const NUMBERS: Self = Self(0x03FF);
    /// `+`: numbers, texts and characters.
    pub const ADD: Self = Self(0x0FFF);
    /// What has a sign: `-x`, `abs`, `sign`.
    pub const SIGNED: Self = Self(0x032B);
    /// Floats: `**` and `sqrt`.
    pub const FLOATS: Self = Self(0x0300);
    /// Numbers and characters: ranges.
    pub const RANGES: Self = Self(0x0BFF);

    /// Whether a declared type belongs to it.
    #[must_use]
    pub fn has(self, ty: DefinedId) -> bool {
        self == Self::ANY
            || MEMBERS
                .iter()
                .position(|&member| member == ty)
                .is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it says something.
    #[must_use]
    pub fn is_constraint(self) -> bool {
        self != Self::ANY
    }

    /// What an unsolved variable becomes: `int`, else `float`, else the first member (§2.2 b).
    #[must_use]
    pub fn default_type(self) -> Option<DefinedId> {
        [DefinedId::INT, DefinedId::FLOAT]
            .into_iter()
            .chain(MEMBERS)
            .find(|&ty| self.has(ty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_the_named_sets() {
        assert!(NumberSet::ADD.has(DefinedId::STRING));
        assert!(!NumberSet::NUMBERS.has(DefinedId::STRING));
        assert!(!NumberSet::SIGNED.has(DefinedId::BYTE));
        assert!(!NumberSet::SIGNED.has(DefinedId::UINT64));
        assert!(NumberSet::SIGNED.has(DefinedId::FLOAT32));
        assert!(NumberSet::SIGNED.has(DefinedId::INT32));
        assert!(NumberSet::ANY.has(DefinedId::LIST));
        assert_eq!(NumberSet::ADD.default_type(), Some(DefinedId::INT));
        assert_eq!(NumberSet::FLOATS.default_type(), Some(DefinedId::FLOAT));
        assert!(NumberSet::FLOATS.and(NumberSet::WHOLE).is_empty());
    }
}
