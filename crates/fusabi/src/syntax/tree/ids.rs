//! Indexes into a [`Tree`](super::Tree), lists of its nodes, and places in the source.

use std::marker::PhantomData;
use std::num::NonZeroU32;

/// A stretch of the source ([`crate::Source::text`]), in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

impl Span {
    /// The span of these bytes.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// No bytes, at that place.
    #[must_use]
    pub const fn at(place: u32) -> Self {
        Self::new(place, place)
    }

    /// From the start of this one to the end of the other.
    #[must_use]
    pub const fn to(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: if last.end > self.start {
                last.end
            } else {
                self.start
            },
        }
    }

    /// The bytes as a range that indexes a text.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        // One more than the index, so that an optional id takes no more room than an id.
        pub struct $name(NonZeroU32);

        impl $name {
            pub(in crate::syntax) const fn new(index: usize) -> Self {
                // Indexes fit: a source has less than 4 GiB, and a node comes from at least a byte of it.
                Self(NonZeroU32::MIN.saturating_add(index as u32))
            }

            /// Position in its arena, from 0: the place in a side table that has as many rows.
            #[must_use]
            pub const fn index(self) -> usize {
                (self.0.get() - 1) as usize
            }
        }
    )*};
}

ids! {
    /// An expression.
    ExprId;
    /// A pattern; every name that a program binds is one.
    PatternId;
    /// A type as it was written.
    TypeId;
    /// A declaration.
    DeclId;
    /// A constant.
    LiteralId;
    /// A unit of measure.
    MeasureId;
    /// A record expression.
    RecordId;
    /// A text that names something, stored once per tree: identifiers and operators.
    Symbol;
}

/// A list of things of one kind, kept in one of the tree's pools ([`Tree::list`](super::Tree::list)).
#[derive(Debug)]
pub struct Many<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Many<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Many<T> {}

impl<T> PartialEq for Many<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}

impl<T> Eq for Many<T> {}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl<T> Many<T> {
    pub(super) const fn new(start: u32, len: u32) -> Self {
        Self {
            start,
            len,
            of: PhantomData,
        }
    }

    pub(super) const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }
}
