//! Where the archive keeps its tables: the bytes of rkyv 0.8's form of [`crate::tables::Tables`], little-endian, 32-bit
//! relative pointers (tests/container_layout.rs proves this description against rkyv itself).
//!
//! The root stands at the end of the payload. It begins with the scalar fields, then one pair (i32 offset relative to the
//! pair's own position, u32 length) per table, in the order of [`Table::ALL`].

/// Size of the root in bytes.
pub const ROOT_SIZE: usize = VECTORS_AT + 8 * Table::COUNT;
/// Alignment of the root and of every table of records.
pub const ALIGN: usize = 4;
/// Offsets of the scalar fields in the root.
pub(crate) const MAGIC_AT: usize = 0;
pub(crate) const VERSION_AT: usize = 4;
pub(crate) const NAME_AT: usize = 8;
pub(crate) const MODULE_VERSION_AT: usize = 16;
pub(crate) const LANG_AT: usize = 24;
pub(crate) const POLICY_AT: usize = 28;
pub(crate) const MIN_MACHINE_AT: usize = 32;
pub(crate) const ENTRY_AT: usize = 36;
pub(crate) const FLAGS_AT: usize = 40;
pub(crate) const METADATA_AT: usize = 44;
/// Offset of the first pair (offset, length).
pub const VECTORS_AT: usize = 52;

macro_rules! tables {
    ($($name:ident $text:literal $size:literal $bound:expr, $doc:literal;)*) => {
        /// A table of a module.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum Table { $(#[doc = $doc] $name),* }
        impl Table {
            /// All tables in the order in which the root lists them.
            pub const ALL: &'static [Table] = &[$(Table::$name),*];
            /// How many there are.
            pub const COUNT: usize = Table::ALL.len();
            /// Its name, as messages say it.
            pub const fn text(self) -> &'static str { match self { $(Table::$name => $text),* } }
            /// Bytes of one record.
            pub const fn record_size(self) -> usize { match self { $(Table::$name => $size),* } }
            /// The most records that it may have (fusabi.md §4.4 rule 1; the operand widths of `isa` where that says nothing).
            pub const fn bound(self) -> u32 { match self { $(Table::$name => $bound),* } }
        }
    };
}

/// 2²⁰.
const MEGA: u32 = 1 << 20;
/// The most bytes of a payload.
pub const PAYLOAD_LIMIT: u32 = 64 * MEGA;

tables! {
    Names "names" 8 MEGA, "Names.";
    Types "types" 16 65_519, "Types; 16 + index fits a u16.";
    Typedefs "typedefs" 20 65_535, "Type definitions.";
    Cases "cases" 12 MEGA, "Cases of type definitions.";
    Fields "fields" 12 MEGA, "Fields of cases.";
    Constants "constants" 20 MEGA, "Constants.";
    Functions "functions" 72 65_535, "Functions.";
    Tables "tables" 12 MEGA, "Jump and text tables.";
    Statics "statics" 12 65_535, "Module statics.";
    Imports "imports" 36 4_096, "Imports.";
    Exports "exports" 20 65_535, "Exports.";
    Attributes "attributes" 8 MEGA, "Attributes.";
    Words "words" 4 PAYLOAD_LIMIT / 4, "Pool of numbers.";
    Strings "strings" 1 PAYLOAD_LIMIT, "Pool of text.";
    Bytes "bytes" 1 PAYLOAD_LIMIT, "Pool of bytes.";
    Code "code" 1 PAYLOAD_LIMIT, "Code of all functions.";
    Files "files" 16 65_535, "Debug: files.";
    Lines "lines" 20 4 * MEGA, "Debug: lines.";
    Locals "locals" 12 4 * MEGA, "Debug: names of locals.";
    Docs "docs" 12 65_535, "Debug: documentation.";
}

impl Table {
    /// Its position in the root's list.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Alignment of its records.
    pub const fn align(self) -> usize {
        if self.record_size() == 1 { 1 } else { ALIGN }
    }

    /// True for the four tables that may be left out.
    pub const fn is_debug(self) -> bool {
        matches!(
            self,
            Table::Files | Table::Lines | Table::Locals | Table::Docs
        )
    }
}

/// Reads a little-endian `u32`; `None` beyond the end.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Reads a little-endian `u64`; `None` beyond the end.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(eight.try_into().ok()?))
}
