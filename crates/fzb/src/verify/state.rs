//! Abstract values: the types of stack positions and locals, their order, and which may stand where.

use crate::phrase::Phrase;
use crate::view::{RecType, Repr};

/// A type in 32 bits: the low four are its kind, the rest the index of a record type (bit 31 as in [`RecType`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ty(pub(super) u32);

const REC: u32 = 7;
const TABLE: u32 = 0x8000_0000;

impl Ty {
    pub(super) const I64: Ty = Ty(0);
    pub(super) const F64: Ty = Ty(1);
    pub(super) const BOOL: Ty = Ty(2);
    pub(super) const CHAR: Ty = Ty(3);
    pub(super) const TEXT: Ty = Ty(4);
    pub(super) const BYTES: Ty = Ty(5);
    pub(super) const LIST: Ty = Ty(6);
    // The order of the next three is their order as subtypes.
    pub(super) const FN: Ty = Ty(8);
    pub(super) const REF: Ty = Ty(9);
    pub(super) const DYN: Ty = Ty(10);
    pub(super) const TOK: Ty = Ty(11);

    /// The type of that representation; `None` if a record type's index is beyond what any module may have.
    pub(super) fn of(repr: Repr) -> Option<Ty> {
        Some(match repr {
            Repr::I64 => Ty::I64,
            Repr::F64 => Ty::F64,
            Repr::Bool => Ty::BOOL,
            Repr::Char => Ty::CHAR,
            Repr::Text => Ty::TEXT,
            Repr::Bytes => Ty::BYTES,
            Repr::List => Ty::LIST,
            Repr::Rec(RecType(number)) => {
                let index = number & !TABLE;
                if index >= 1 << 27 {
                    return None;
                }
                Ty(REC | number & TABLE | index << 4)
            }
            Repr::Fn => Ty::FN,
            Repr::Ref => Ty::REF,
            Repr::Dyn => Ty::DYN,
            Repr::Tok => Ty::TOK,
        })
    }

    pub(super) const fn repr(self) -> Repr {
        match self.kind() {
            0 => Repr::I64,
            1 => Repr::F64,
            2 => Repr::Bool,
            3 => Repr::Char,
            4 => Repr::Text,
            5 => Repr::Bytes,
            6 => Repr::List,
            REC => Repr::Rec(RecType(self.0 & TABLE | (self.0 & !TABLE) >> 4)),
            8 => Repr::Fn,
            9 => Repr::Ref,
            10 => Repr::Dyn,
            _ => Repr::Tok,
        }
    }

    /// The low four bits: bit number in a [`Mask`].
    pub(super) const fn kind(self) -> u32 {
        self.0 & 15
    }

    /// Sixteen bytes with a tag: `fn`, `ref`, `dyn`.
    pub(super) const fn tagged(self) -> bool {
        self.0 >= Ty::FN.0 && self.0 <= Ty::DYN.0
    }

    pub(super) fn words(self) -> u32 {
        self.repr().words()
    }

    /// The name that refusals print.
    pub(super) fn shown(self) -> String {
        match self.repr() {
            Repr::I64 => "int".into(),
            Repr::F64 => "float".into(),
            Repr::Bool => "bool".into(),
            Repr::Char => "char".into(),
            Repr::Text => "text".into(),
            Repr::Bytes => "bytes".into(),
            Repr::List => "list".into(),
            Repr::Rec(RecType(number)) if number & TABLE != 0 => {
                format!("rec(type {})", number & !TABLE)
            }
            Repr::Rec(RecType(number)) => format!("rec(typedef {number})"),
            Repr::Fn => "fn".into(),
            Repr::Ref => "ref".into(),
            Repr::Dyn => "dyn".into(),
            Repr::Tok => "tok".into(),
        }
    }

    /// The least type of both at a join; `None` if their representations differ (rule 4).
    pub(super) fn join(self, other: Ty) -> Option<Ty> {
        if self == other {
            Some(self)
        } else if self.tagged() && other.tagged() {
            Some(if self.0 > other.0 { self } else { other })
        } else {
            None
        }
    }

    /// May it be stored where `declared` stands? Widening to `dyn` happens here and nowhere else.
    pub(super) fn fits(self, declared: Ty) -> bool {
        if declared == Ty::DYN {
            self != Ty::TOK
        } else {
            self.passes(declared)
        }
    }

    /// Is it a subtype of the same representation, so that no code is needed to pass it on?
    pub(super) fn passes(self, declared: Ty) -> bool {
        self == declared || self.tagged() && declared.tagged() && self.0 <= declared.0
    }
}

/// A set of kinds, one bit each: what an operand accepts.
pub(super) type Mask = u16;

/// Any value: everything but `tok`.
pub(super) const ANY: Mask = 0x07FF;
/// Values with a tag: where the instruction tests the kind itself.
pub(super) const TAGGED: Mask = 1 << 8 | 1 << 9 | 1 << 10;

/// The kinds that an operand of a fixed stack effect accepts.
pub(super) const fn accepted(slot: isa::Slot) -> Mask {
    match slot {
        isa::Slot::Dyn => ANY,
        isa::Slot::Fn | isa::Slot::Ref => TAGGED,
        typed => 1 << produced(typed).kind(),
    }
}

/// The type that a fixed stack effect leaves.
pub(super) const fn produced(slot: isa::Slot) -> Ty {
    match slot {
        isa::Slot::Int => Ty::I64,
        isa::Slot::Float => Ty::F64,
        isa::Slot::Bool => Ty::BOOL,
        isa::Slot::Char => Ty::CHAR,
        isa::Slot::Text => Ty::TEXT,
        isa::Slot::Bytes => Ty::BYTES,
        isa::Slot::List => Ty::LIST,
        isa::Slot::Fn => Ty::FN,
        isa::Slot::Ref => Ty::REF,
        isa::Slot::Dyn => Ty::DYN,
    }
}

/// The names of the kinds in a mask, for refusals.
pub(super) fn shown(mask: Mask) -> Phrase {
    match mask {
        ANY => said!("any value"),
        TAGGED => said!("{}, {} or {}", "fn", "ref", "dyn"),
        _ => said!("{}", Ty(mask.trailing_zeros()).shown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Ty; 13] = [
        Ty::I64,
        Ty::F64,
        Ty::BOOL,
        Ty::CHAR,
        Ty::TEXT,
        Ty::BYTES,
        Ty::LIST,
        Ty(REC | 5 << 4),
        Ty(REC | TABLE | 5 << 4),
        Ty::FN,
        Ty::REF,
        Ty::DYN,
        Ty::TOK,
    ];

    #[test]
    fn types_and_representations_correspond() {
        for ty in ALL {
            assert_eq!(Ty::of(ty.repr()), Some(ty));
        }
        assert_eq!(
            Ty::of(Repr::Rec(RecType(0x8000_0003))).map(Ty::repr),
            Some(Repr::Rec(RecType(0x8000_0003)))
        );
        assert_eq!(Ty::of(Repr::Rec(RecType(1 << 27))), None);
    }

    #[test]
    fn only_tagged_types_join_with_others() {
        for a in ALL {
            for b in ALL {
                let joined = a.join(b);
                assert_eq!(joined, b.join(a));
                assert_eq!(joined.is_some(), a == b || a.tagged() && b.tagged());
                if let Some(joined) = joined {
                    assert!(a.passes(joined) && b.passes(joined));
                }
                assert_eq!(
                    a.fits(b),
                    a == b || b == Ty::DYN && a != Ty::TOK || (a, b) == (Ty::FN, Ty::REF)
                );
            }
        }
    }
}
