//! Kinds of immediate operand: how many bytes, what the number means, what it must be below.

/// Which kind of constant an instruction's constant operand must name (docs/specs/machine.md §5 rule 2, §9 "constants").
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ConstUse {
    /// Any value constant (`push`).
    Value,
    /// A call shape.
    Shape,
    /// A list of names (`with_names`, `rest`, `enter_ctor`: locals by number, `nested`: a path).
    Names,
    /// A list of slot numbers (`with_slots`, `enter_ctor`).
    Slots,
    /// A set of event kinds and topics.
    Topics,
    /// A format specification.
    Format,
    /// A map literal's description.
    MapLit,
    /// A class's name and method names.
    Class,
}

/// One immediate operand of an instruction. All are little-endian and unaligned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Operand {
    /// `u32`: index of a constant of that kind.
    Const(ConstUse),
    /// `u32`: index of a name in the module's name table.
    Name,
    /// `u32`: index of a local of the function (parameters first).
    Local,
    /// `u32`: index of a capture of the function.
    Capture,
    /// `u8`: index of a capture of the closure on the stack (`patch_capture`).
    CaptureOf,
    /// `u32`: index of a module static.
    Static,
    /// `u32`: index of a function of this module.
    Func,
    /// `u32`: index of an import.
    Import,
    /// `i32`: offset from the end of this instruction, in bytes.
    Jump,
    /// `i32`: an integer as it stands.
    Int,
    /// `u8`: a number of stack values.
    Count8,
    /// `u16`: a number of stack values.
    Count16,
    /// `u32`: a number of stack values.
    Count32,
    /// `u16`: an index of an element, argument or slot.
    Index16,
    /// `u32`: an index of an element, 1-based where the language says so.
    Index32,
    /// `u16`: a type: below 16 a basic type, else 16 + index in the type table.
    Type,
    /// `u16`: index of a typedef.
    TypeDef,
    /// `u16`: index of a case of the typedef before it.
    Tag,
    /// `u16`: index of a field of the typedef (and case) before it.
    Field,
    /// `u16`: index of a jump table of this function.
    Table,
    /// `u16`: index of a table of texts and targets of this function.
    TextTable,
    /// `u16`: index of a module import (`load_module`).
    Module,
    /// `u16`: an intrinsic's number ([`crate::Intrinsic`]).
    Intrinsic,
    /// `u16`: a fault's code ([`crate::Fault`]) that a program may raise.
    FaultCode,
    /// `u8`: a hook's number ([`crate::Hook`]).
    Hook,
    /// `u8`: a field operator's number ([`crate::FieldOp`]).
    FieldOp,
    /// `u8`: element kind of an array: 0 dyn, 1 i64, 2 f64, 3 u8.
    Elem,
    /// `u8`: width of a sized number: 0 none (only `box`), 1 i8, 2 i16, 3 i32, 4 u8, 5 u16, 6 u32, 7 u64, 8 f32 (only `box`).
    Width,
    /// `u8`: width of a memory access: 0 u8, 1 s8, 2 u16, 3 s16, 4 u32, 5 s32, 6 i64.
    Access,
    /// `u8`: one of the values `0..=n`.
    Mode(u8),
    /// `u8`: bits, of which only those in the mask may be set.
    Flags(u8),
    /// `u8`: nature of a new map ([`crate::table::MAP_NATURES`]).
    Nature,
    /// `u16`: expected number of fields; a hint without meaning for the result.
    Hint,
    /// `u32`: a line of source.
    Line,
}

impl Operand {
    /// Size in bytes: 1, 2 or 4.
    pub const fn size(self) -> usize {
        use Operand::*;
        match self {
            Const(_) | Name | Local | Capture | Static | Func | Import | Jump | Int | Count32
            | Index32 | Line => 4,
            Count16 | Index16 | Type | TypeDef | Tag | Field | Table | TextTable | Module
            | Intrinsic | FaultCode | Hint => 2,
            CaptureOf | Count8 | Hook | FieldOp | Elem | Width | Access | Mode(_) | Flags(_)
            | Nature => 1,
        }
    }

    /// True for `i32` operands, whose 32 bits are to be read with a sign.
    pub const fn signed(self) -> bool {
        matches!(self, Operand::Jump | Operand::Int)
    }

    /// The letter and width that the reference page shows, e.g. `k:u32`.
    pub const fn shown(self) -> &'static str {
        use Operand::*;
        match self {
            Const(ConstUse::Shape) => "s:u32",
            Const(_) => "k:u32",
            Name => "n:u32",
            Local => "n:u32",
            Capture | Static => "n:u32",
            Func => "f:u32",
            Import => "i:u32",
            Jump => "o:i32",
            Int => "v:i32",
            Count8 => "c:u8",
            CaptureOf => "c:u8",
            Count16 => "c:u16",
            Count32 => "c:u32",
            Index16 => "i:u16",
            Index32 => "i:u32",
            Type | TypeDef => "ty:u16",
            Tag => "tag:u16",
            Field => "i:u16",
            Table | TextTable => "t:u16",
            Module => "m:u16",
            Intrinsic => "id:u16",
            FaultCode => "code:u16",
            Hook => "h:u8",
            FieldOp => "op:u8",
            Elem => "e:u8",
            Width | Access => "w:u8",
            Mode(_) => "m:u8",
            Flags(_) => "f:u8",
            Nature => "nature:u8",
            Hint => "hint:u16",
            Line => "n:u32",
        }
    }
}
