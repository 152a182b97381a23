//! Layouts of the machine's objects, once: the overlays that the executor reads through and the shapes by which the
//! collector finds tickets in them (docs/specs/machine.md §1, §8).

use crate::value::Value;
use lemari::{NO_SHAPE, Shape, Shapes};

/// Object kinds, the first byte of an object's header. Those that are also value kinds have the same number.
pub mod kind {
    /// Flat text.
    pub const TEXT: u8 = 0x20;
    /// Immutable bytes.
    pub const BYTES: u8 = 0x21;
    /// Big integer or decimal.
    pub const BIG: u8 = 0x22;
    /// Map, realm or vassal.
    pub const MAP: u8 = 0x23;
    /// List cell.
    pub const LIST: u8 = 0x24;
    /// Closure.
    pub const CLOSURE: u8 = 0x25;
    /// Cell.
    pub const CELL: u8 = 0x26;
    /// Partial application or bound method.
    pub const PARTIAL: u8 = 0x27;
    /// Range.
    pub const RANGE: u8 = 0x28;
    /// Fiber handle.
    pub const FIBER: u8 = 0x2B;
    /// Iteration.
    pub const ITER: u8 = 0x2D;
    /// Raw bytes.
    pub const MEMORY: u8 = 0x2E;
    /// Pending completion.
    pub const PENDING: u8 = 0x2F;
    /// Elements of any kind.
    pub const VEC_DYN: u8 = 0x30;
    /// Elements i64.
    pub const VEC_I64: u8 = 0x31;
    /// Elements f64.
    pub const VEC_F64: u8 = 0x32;
    /// Elements u8.
    pub const VEC_U8: u8 = 0x33;
    /// Entries of a hash table, in insertion order.
    pub const TABLE: u8 = 0x34;
    /// Index of a hash table: u64 slots.
    pub const INDEX: u8 = 0x35;
    /// Text that is a part of a buffer.
    pub const VIEW: u8 = 0x36;
    /// Text that is two texts not yet joined.
    pub const ROPE: u8 = 0x37;
    /// Buffer of views, with room at its end.
    pub const BUFFER: u8 = 0x38;
    /// Breadcrumbs of a text: byte offset of every 64th scalar.
    pub const CRUMBS: u8 = 0x39;
}

const fn leaf(name: &'static str) -> Shape {
    Shape {
        name,
        halves: 0,
        pairs_from: 0,
        count_at: 0,
    }
}
const fn pairs(name: &'static str, from: u16) -> Shape {
    Shape {
        name,
        halves: 0,
        pairs_from: from,
        count_at: 0,
    }
}
const fn half(at: u16) -> u32 {
    1 << ((at - 8) / 4)
}

/// How the collector reads each kind of object.
pub static SHAPES: Shapes = {
    let mut shapes = [NO_SHAPE; 64];
    shapes[kind::TEXT as usize] = Shape {
        name: "text",
        halves: half(20),
        pairs_from: 0,
        count_at: 0,
    };
    shapes[kind::BYTES as usize] = leaf("bytes");
    shapes[kind::BIG as usize] = leaf("big");
    shapes[kind::MAP as usize] = Shape {
        name: "map",
        halves: half(16) | half(20) | half(24),
        pairs_from: 32,
        count_at: 0,
    };
    shapes[kind::LIST as usize] = Shape {
        name: "list",
        halves: half(8),
        pairs_from: 16,
        count_at: 0,
    };
    shapes[kind::CLOSURE as usize] = pairs("closure", 24);
    shapes[kind::CELL as usize] = pairs("cell", 16);
    shapes[kind::PARTIAL as usize] = pairs("partial", 16);
    shapes[kind::RANGE as usize] = pairs("range", 16);
    shapes[kind::FIBER as usize] = leaf("fiber");
    shapes[kind::ITER as usize] = pairs("iter", 16);
    shapes[kind::MEMORY as usize] = Shape {
        name: "memory",
        halves: half(8),
        pairs_from: 0,
        count_at: 0,
    };
    shapes[kind::PENDING as usize] = pairs("pending", 16);
    shapes[kind::VEC_DYN as usize] = Shape {
        name: "elements",
        halves: 0,
        pairs_from: 16,
        count_at: 8,
    };
    shapes[kind::VEC_I64 as usize] = leaf("i64 elements");
    shapes[kind::VEC_F64 as usize] = leaf("f64 elements");
    shapes[kind::VEC_U8 as usize] = leaf("u8 elements");
    shapes[kind::TABLE as usize] = Shape {
        name: "table",
        halves: half(20),
        pairs_from: 32,
        count_at: 12,
    };
    shapes[kind::INDEX as usize] = leaf("table index");
    shapes[kind::VIEW as usize] = Shape {
        name: "text view",
        halves: half(20),
        pairs_from: 0,
        count_at: 0,
    };
    shapes[kind::ROPE as usize] = Shape {
        name: "text rope",
        halves: half(20) | half(24),
        pairs_from: 0,
        count_at: 0,
    };
    shapes[kind::BUFFER as usize] = leaf("text buffer");
    shapes[kind::CRUMBS as usize] = leaf("breadcrumbs");
    shapes
};

/// Text in all three forms shares its first 24 bytes; what stands at 24 depends on the object kind.
#[repr(C)]
pub struct TextObj {
    /// Object header.
    pub header: u64,
    /// Length in bytes.
    pub bytes: u32,
    /// Length in scalars, or [`UNKNOWN`].
    pub scalars: u32,
    /// Content hash, 0 if not computed.
    pub hash: u32,
    /// Flat: breadcrumbs or none. View: buffer. Rope: left text.
    pub link: u32,
    /// Flat: the bytes begin here. View: offset in the buffer (u32). Rope: right text (u32).
    pub rest: [u8; 0],
}
/// A scalar count that has not been computed.
pub const UNKNOWN: u32 = u32::MAX;
/// Bytes before a flat text's content.
pub const TEXT_HEADER: usize = 24;

/// Buffer of text views; `used` bytes of `cap` are taken, views end at or before `used`.
#[repr(C)]
pub struct BufferObj {
    /// Object header.
    pub header: u64,
    /// Bytes in use.
    pub used: u32,
    /// Bytes there are.
    pub cap: u32,
}
/// Bytes before a buffer's content.
pub const BUFFER_HEADER: usize = 16;

/// Bytes and specialised vectors: a length, a capacity, then data from offset 16.
#[repr(C)]
pub struct BlobObj {
    /// Object header.
    pub header: u64,
    /// Elements in use (bytes of `BYTES`).
    pub len: u32,
    /// Elements there is room for.
    pub cap: u32,
}
/// Bytes before a blob's data.
pub const BLOB_HEADER: usize = 16;

/// A memory of kernel code: it keeps its identity while what `data` names is replaced by something larger.
#[repr(C)]
pub struct MemoryObj {
    /// Object header.
    pub header: u64,
    /// Its bytes (a `BYTES` object of its own).
    pub data: u32,
    /// Unused.
    pub pad: u32,
    /// Number of bytes.
    pub len: u64,
}

/// A big number: coefficient × 10^-scale.
#[repr(C)]
pub struct BigObj {
    /// Object header.
    pub header: u64,
    /// Decimal places.
    pub scale: u32,
    /// Number of 64-bit limbs from offset 16; the sign is the header's aux.
    pub limbs: u32,
}

/// The compound object.
#[repr(C)]
pub struct MapObj {
    /// Object header; aux = number of inline field slots.
    pub header: u64,
    /// Index of the legend.
    pub legend: u32,
    /// Identity hash, 0 until asked for.
    pub id: u32,
    /// Element vector or 0.
    pub elements: u32,
    /// Hash table or 0.
    pub table: u32,
    /// Overflow fields (a `VEC_DYN`) or 0.
    pub overflow: u32,
    /// Machine-private: space of a realm, frozen marks.
    pub extra: u32,
    /// Inline fields begin here.
    pub fields: [Value; 0],
}
/// Bytes before a map's inline fields.
pub const MAP_HEADER: usize = 32;

/// A list cell.
#[repr(C)]
pub struct ListObj {
    /// Object header.
    pub header: u64,
    /// Ticket of the next cell, 0 at the end.
    pub tail: u32,
    /// Unused.
    pub pad: u32,
    /// The element.
    pub head: Value,
}

/// A closure.
#[repr(C)]
pub struct ClosureObj {
    /// Object header; aux = number of captures | bind mode << 12 | has home << 15.
    pub header: u64,
    /// Function index in the instance's module.
    pub func: u32,
    /// Module instance.
    pub instance: u32,
    /// Identity hash, 0 until asked for.
    pub id: u32,
    /// 1 in a rebound copy, which has no name of its own; else 0.
    pub copied: u32,
    /// Captures, then the home if there is one.
    pub captures: [Value; 0],
}
/// Bytes before a closure's captures.
pub const CLOSURE_HEADER: usize = 24;

/// Bits of a cell ([`CellObj::flags`]).
pub mod cell_flags {
    /// Nothing can be assigned any more.
    pub const FROZEN: u32 = 1;
    /// The host wants to know what it held before the next write (`world/watched.rs`).
    pub const WATCHED: u32 = 2;
}

/// A cell.
#[repr(C)]
pub struct CellObj {
    /// Object header.
    pub header: u64,
    /// Bits of [`cell_flags`].
    pub flags: u32,
    /// Its identity, 0 before it was asked for.
    pub id: u32,
    /// The value.
    pub value: Value,
}

/// A partial application: what it stands for, then the arguments with holes.
#[repr(C)]
pub struct PartialObj {
    /// Object header; aux = number of arguments (holes included).
    pub header: u64,
    /// 1 if it is a bound method; 2 if its last argument is a map of those that no parameter's name takes.
    pub bound: u32,
    /// Unused.
    pub pad: u32,
    /// The routine.
    pub target: Value,
    /// The receiver, or a hole.
    pub receiver: Value,
    /// Arguments.
    pub args: [Value; 0],
}

/// A range.
#[repr(C)]
pub struct RangeObj {
    /// Object header.
    pub header: u64,
    /// Unused.
    pub pad: u64,
    /// First.
    pub from: Value,
    /// Last, inclusive; empty if open.
    pub to: Value,
    /// Step; empty means 1 towards `to`.
    pub step: Value,
}

/// An iteration.
#[repr(C)]
pub struct IterObj {
    /// Object header; aux = mode.
    pub header: u64,
    /// Next position.
    pub pos: u32,
    /// Position at which it ends.
    pub end: u32,
    /// What is iterated.
    pub source: Value,
    /// Where it is: a list's rest, a range's next number.
    pub at: Value,
}

/// Handle object of a fiber: index and generation in the World's table.
#[repr(C)]
pub struct FiberObj {
    /// Object header.
    pub header: u64,
    /// Index in the fiber table.
    pub index: u32,
    /// Generation of that slot.
    pub generation: u32,
}

/// Entries of a hash table.
#[repr(C)]
pub struct TableObj {
    /// Object header.
    pub header: u64,
    /// Slots of a dense table (`heap/table/dense.rs`); 0 if it is hashed.
    pub slots: u32,
    /// Pairs in use: the slots up to the last one taken, else twice the entries, deleted ones included.
    pub pairs: u32,
    /// Entries there is room for.
    pub cap: u32,
    /// Ticket of the index, whose `len` is the number of entries not deleted. A hashed table's has `cap` slots, a dense one's
    /// is the list of the slots of its `cap` entries.
    pub index: u32,
    /// Key of the first slot of a dense table; of a hashed one the greatest integer key (`heap/table/greatest.rs`).
    pub base: i64,
    /// Key, value, key, value …, or the slots.
    pub entries: [Value; 0],
}
/// Bytes before a table's entries.
pub const TABLE_HEADER: usize = 32;

/// A pending completion held by a finally handler: what is being thrown, or a discard.
#[repr(C)]
pub struct PendingObj {
    /// Object header; aux = 0 throw, 1 discard.
    pub header: u64,
    /// Index of the trace in the World's ring of caught traces.
    pub trace: u32,
    /// The fault's code.
    pub code: u32,
    /// The value thrown.
    pub value: Value,
}
