//! Indexes into a [`Tree`](super::Tree), and places in the source.

/// A stretch of the normalised source ([`crate::Source::text`]), in bytes.
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

    /// From the start of this one to the end of the other.
    #[must_use]
    pub const fn to(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: last.end,
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
        pub struct $name(u32);

        impl $name {
            pub(super) const fn new(index: u32) -> Self {
                Self(index)
            }

            /// Position in its arena, from 0; smaller than the arena's length.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An expression of a [`Tree`](super::Tree).
    ExprId;
    /// A pattern of a selector rule.
    PatternId;
    /// The item list of a destructuring, of a nested parameter or of a nested target.
    DestructureId;
    /// A text that names something, stored once per tree: labels, hooks, keys, topics and text names.
    LabelId;
}
