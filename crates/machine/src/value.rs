//! Dynamic values: sixteen bytes, a tag word and a payload word (docs/specs/machine.md §1).

use lemari::Ticket;

/// Kind numbers of dynamic values. Internal: they never stand in files. Below [`Kind::FIRST_TICKET`] a value is inline,
/// from it on the low half of the payload is a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Rhumb's `___`, Morph's `nil`, Fusabi's `()` and `null`.
    Empty = 0x00,
    /// A truth value.
    Bool = 0x01,
    /// A 64-bit integer.
    I64 = 0x02,
    /// A 64-bit float.
    F64 = 0x03,
    /// A Unicode scalar value.
    Char = 0x04,
    /// A sized number; sub = width.
    Sized = 0x05,
    /// A small decimal: aux = scale, payload = coefficient.
    Dec = 0x06,
    /// An interned key; bit 63 of the payload: fresh, without text.
    Key = 0x07,
    /// Unix nanoseconds.
    Date = 0x08,
    /// Nanoseconds.
    Duration = 0x09,
    /// major.minor.patch as 16.16.32 bits.
    Version = 0x0A,
    /// A union case without fields: aux = legend, payload = tag.
    Case0 = 0x0B,
    /// A routine without captures and home: aux = module instance, payload = function.
    Func = 0x0C,
    /// A host resource: aux = resource type, payload = slot and generation.
    Resource = 0x0D,
    /// A guest ticket of kernel code.
    GuestTicket = 0x0E,
    /// Machine-only marks: holes of partials, deleted table entries.
    Hole = 0x0F,
    /// Immutable UTF-8 text.
    Text = 0x20,
    /// Immutable bytes.
    Bytes = 0x21,
    /// A big integer or decimal.
    Big = 0x22,
    /// The compound object.
    Map = 0x23,
    /// Fusabi's list: ticket 0 is the empty list.
    List = 0x24,
    /// A routine with captures or home.
    Closure = 0x25,
    /// A mutable cell.
    Cell = 0x26,
    /// A partial application or bound method.
    Partial = 0x27,
    /// A range.
    Range = 0x28,
    /// A realm; map layout.
    Realm = 0x29,
    /// A vassal; map layout.
    Vassal = 0x2A,
    /// A fiber.
    Fiber = 0x2B,
    /// An iteration.
    Iter = 0x2D,
    /// Raw bytes of kernel code.
    Memory = 0x2E,
    /// A pending completion in a finally handler; machine-only.
    Pending = 0x2F,
}

impl Kind {
    /// First kind whose payload is a ticket.
    pub const FIRST_TICKET: u8 = lemari::FIRST_TICKET_KIND;

    const TABLE: [Option<Kind>; 0x30] = {
        let mut table = [None; 0x30];
        let all = [
            Kind::Empty,
            Kind::Bool,
            Kind::I64,
            Kind::F64,
            Kind::Char,
            Kind::Sized,
            Kind::Dec,
            Kind::Key,
            Kind::Date,
            Kind::Duration,
            Kind::Version,
            Kind::Case0,
            Kind::Func,
            Kind::Resource,
            Kind::GuestTicket,
            Kind::Hole,
            Kind::Text,
            Kind::Bytes,
            Kind::Big,
            Kind::Map,
            Kind::List,
            Kind::Closure,
            Kind::Cell,
            Kind::Partial,
            Kind::Range,
            Kind::Realm,
            Kind::Vassal,
            Kind::Fiber,
            Kind::Iter,
            Kind::Memory,
            Kind::Pending,
        ];
        let mut i = 0;
        while i < all.len() {
            table[all[i] as usize] = Some(all[i]);
            i += 1;
        }
        table
    };

    /// English name of the kind, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Empty => "empty",
            Kind::Bool => "bool",
            Kind::I64 => "int",
            Kind::F64 => "float",
            Kind::Char => "char",
            Kind::Sized => "sized number",
            Kind::Dec => "decimal",
            Kind::Key => "key",
            Kind::Date => "date",
            Kind::Duration => "duration",
            Kind::Version => "version",
            Kind::Case0 => "case",
            Kind::Func | Kind::Closure | Kind::Partial => "function",
            Kind::Resource => "resource",
            Kind::GuestTicket => "ticket",
            Kind::Hole => "hole",
            Kind::Text => "text",
            Kind::Bytes => "bytes",
            Kind::Big => "big number",
            Kind::Map => "map",
            Kind::List => "list",
            Kind::Cell => "cell",
            Kind::Range => "range",
            Kind::Realm => "realm",
            Kind::Vassal => "vassal",
            Kind::Fiber => "fiber",
            Kind::Iter => "iteration",
            Kind::Memory => "memory",
            Kind::Pending => "pending completion",
        }
    }
}

/// A dynamic value as it stands in registers and objects.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Value {
    /// kind u8, sub u8, zero u16, aux u32.
    pub tag: u64,
    /// What the kind says.
    pub payload: u64,
}

/// Tag word of kinds whose sub and aux are zero, so that a type test is one compare.
pub mod tag {
    use super::Kind;
    /// Empty.
    pub const EMPTY: u64 = Kind::Empty as u64;
    /// Bool.
    pub const BOOL: u64 = Kind::Bool as u64;
    /// Integer.
    pub const I64: u64 = Kind::I64 as u64;
    /// Float.
    pub const F64: u64 = Kind::F64 as u64;
    /// Char.
    pub const CHAR: u64 = Kind::Char as u64;
    /// Text.
    pub const TEXT: u64 = Kind::Text as u64;
    /// Bytes.
    pub const BYTES: u64 = Kind::Bytes as u64;
    /// Map.
    pub const MAP: u64 = Kind::Map as u64;
    /// List.
    pub const LIST: u64 = Kind::List as u64;
    /// Closure.
    pub const CLOSURE: u64 = Kind::Closure as u64;
    /// Cell.
    pub const CELL: u64 = Kind::Cell as u64;
    /// Memory.
    pub const MEMORY: u64 = Kind::Memory as u64;
    /// Inline function; the aux half holds the instance.
    pub const FUNC: u64 = Kind::Func as u64;
}

impl Value {
    /// Empty.
    pub const EMPTY: Value = Value {
        tag: tag::EMPTY,
        payload: 0,
    };
    /// True.
    pub const TRUE: Value = Value {
        tag: tag::BOOL,
        payload: 1,
    };
    /// False.
    pub const FALSE: Value = Value {
        tag: tag::BOOL,
        payload: 0,
    };
    /// The machine's hole.
    pub const HOLE: Value = Value {
        tag: Kind::Hole as u64,
        payload: 0,
    };
    /// The empty list.
    pub const NIL: Value = Value {
        tag: tag::LIST,
        payload: 0,
    };

    /// A value of an inline kind with its parts.
    pub const fn new(kind: Kind, sub: u8, aux: u32, payload: u64) -> Value {
        Value {
            tag: kind as u64 | (sub as u64) << 8 | (aux as u64) << 32,
            payload,
        }
    }
    /// A truth value.
    pub const fn bool(b: bool) -> Value {
        Value {
            tag: tag::BOOL,
            payload: b as u64,
        }
    }
    /// An integer.
    pub const fn int(i: i64) -> Value {
        Value {
            tag: tag::I64,
            payload: i as u64,
        }
    }
    /// A float.
    pub const fn float(f: f64) -> Value {
        Value {
            tag: tag::F64,
            payload: f.to_bits(),
        }
    }
    /// A char.
    pub const fn char(c: char) -> Value {
        Value {
            tag: tag::CHAR,
            payload: c as u64,
        }
    }
    /// A sized number of width `width` (`isa::table::WIDTHS`), its bits extended to 64 as the width says.
    pub const fn sized(width: u8, bits: u64) -> Value {
        Value::new(Kind::Sized, width, 0, bits)
    }
    /// A small decimal.
    pub const fn dec(scale: u32, coefficient: i64) -> Value {
        Value::new(Kind::Dec, 0, scale, coefficient as u64)
    }
    /// A routine without captures.
    pub const fn func(instance: u32, function: u32) -> Value {
        Value::new(Kind::Func, 0, instance, function as u64)
    }
    /// A heap value.
    pub const fn ticket(kind: Kind, ticket: Ticket) -> Value {
        Value {
            tag: kind as u64,
            payload: ticket.0 as u64,
        }
    }

    /// The kind. A tag is only ever written by the machine, so an unknown number is a machine-only mark.
    pub const fn kind(self) -> Kind {
        let number = (self.tag & 0xFF) as usize;
        if number < Kind::TABLE.len()
            && let Some(kind) = Kind::TABLE[number]
        {
            return kind;
        }
        Kind::Hole
    }
    /// The sub field.
    pub const fn sub(self) -> u8 {
        (self.tag >> 8) as u8
    }
    /// The aux field.
    pub const fn aux(self) -> u32 {
        (self.tag >> 32) as u32
    }
    /// True if the payload holds a ticket.
    pub const fn is_heap(self) -> bool {
        self.tag as u8 >= Kind::FIRST_TICKET
    }
    /// The ticket of a heap value.
    pub const fn as_ticket(self) -> Ticket {
        Ticket(self.payload as u32)
    }
    /// True for empty.
    pub const fn is_empty(self) -> bool {
        self.tag == tag::EMPTY
    }
    /// The integer, if it is one.
    pub const fn as_int(self) -> Option<i64> {
        if self.tag == tag::I64 {
            Some(self.payload as i64)
        } else {
            None
        }
    }
    /// The float, if it is one.
    pub const fn as_float(self) -> Option<f64> {
        if self.tag == tag::F64 {
            Some(f64::from_bits(self.payload))
        } else {
            None
        }
    }
    /// The truth value, if it is one.
    pub const fn as_bool(self) -> Option<bool> {
        if self.tag == tag::BOOL {
            Some(self.payload != 0)
        } else {
            None
        }
    }
    /// The char, if it is one.
    pub const fn as_char(self) -> Option<char> {
        if self.tag == tag::CHAR {
            char::from_u32(self.payload as u32)
        } else {
            None
        }
    }
    /// True if both words are equal: identity.
    pub const fn same(self, other: Value) -> bool {
        self.tag == other.tag && self.payload == other.payload
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::I64 => write!(f, "{}", self.payload as i64),
            Kind::F64 => write!(f, "{:?}", f64::from_bits(self.payload)),
            Kind::Bool => write!(f, "{}", self.payload != 0),
            Kind::Empty => write!(f, "empty"),
            kind => write!(f, "{}:{:x}/{:x}", kind.name(), self.aux(), self.payload),
        }
    }
}

const _: () = assert!(size_of::<Value>() == 16);
