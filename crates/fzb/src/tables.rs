//! The flat tables of a module, as they stand in the archive (docs/specs/machine.md §9).
//!
//! Every record has a fixed width and holds only numbers: indexes of other tables and ranges of the pools `words` (u32),
//! `strings` (UTF-8) and `bytes`. There are no pointers between records, no maps and no nesting, so a range check per
//! use is all the safety that reading needs. A [`Range`] of `words` is counted in words, one of `strings`, `bytes` or
//! `code` in bytes.

use rkyv::{Archive, Deserialize, Serialize};

/// "No index": where a field may be absent.
pub const NONE: u32 = u32::MAX;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The index as a `usize`.
            pub const fn index(self) -> usize { self.0 as usize }
        }
    )*};
}

ids! {
    /// Index of a name.
    NameId;
    /// A type as records and `cast` write it: below [`TypeId::FIRST_TABLE`] a basic type, above it the type table.
    TypeId;
    /// Index of a typedef.
    TypedefId;
    /// Index of a constant.
    ConstId;
    /// Index of a function.
    FuncId;
    /// Index of a static.
    StaticId;
    /// Index of an import.
    ImportId;
    /// Index of an export.
    ExportId;
}

impl TypeId {
    /// Any value, tagged.
    pub const DYN: TypeId = TypeId(0);
    /// Fusabi's unit; represented as `dyn`, always empty.
    pub const UNIT: TypeId = TypeId(1);
    /// `i64`.
    pub const INT: TypeId = TypeId(2);
    /// `f64`.
    pub const FLOAT: TypeId = TypeId(3);
    /// `bool`.
    pub const BOOL: TypeId = TypeId(4);
    /// `char`.
    pub const CHAR: TypeId = TypeId(5);
    /// Text.
    pub const TEXT: TypeId = TypeId(6);
    /// Immutable bytes.
    pub const BYTES: TypeId = TypeId(7);
    /// A list of any elements.
    pub const LIST: TypeId = TypeId(8);
    /// Any function value.
    pub const FN: TypeId = TypeId(9);
    /// Any heap value.
    pub const REF: TypeId = TypeId(10);
    /// The pending completion of a finally handler; only locals may have it.
    pub const TOK: TypeId = TypeId(11);
    /// First number that means the type table.
    pub const FIRST_TABLE: u32 = 16;
    /// Names of the basic types by number.
    pub const BASIC: [&'static str; 12] = [
        "dyn", "unit", "int", "float", "bool", "char", "text", "bytes", "list", "fn", "ref", "tok",
    ];
}

/// `start..start + len` of a pool.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct Range {
    /// First element.
    pub start: u32,
    /// Number of elements.
    pub len: u32,
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($num:literal $variant:ident $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u32)]
        pub enum $name { $(#[doc = $text] $variant = $num),* }
        impl $name {
            /// All of them in the order of their numbers.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The one with that number.
            pub const fn from_number(number: u32) -> Option<$name> { match number { $($num => Some($name::$variant),)* _ => None } }
            /// Its name in text assembly.
            pub const fn text(self) -> &'static str { match self { $($name::$variant => $text),* } }
            /// The one with that name.
            pub fn from_text(text: &str) -> Option<$name> { match text { $($text => Some($name::$variant),)* _ => None } }
        }
    };
}

codes! {
    /// Source language of a module and policy of a function.
    Lang { 0 Machine "machine", 1 Fusabi "fusabi", 2 Morph "morph", 3 Rhumb "rhumb" }
}
codes! {
    /// What a function does with too few or too many arguments (machine.md §3).
    Arity { 0 Exact "exact", 1 Curry "curry", 2 Fill "fill", 3 Loose "loose" }
}
codes! {
    /// Kind of an entry of the type table.
    TypeKind {
        0 Sized "sized", 1 Tuple "tuple", 2 List "list", 3 Array "array", 4 Fn "fn", 5 Named "named", 6 Row "row", 7 Var "var",
        8 Opaque "opaque"
    }
}
codes! {
    /// Nature of a typedef.
    TypedefKind { 0 Record "record", 1 Union "union", 2 Enum "enum", 3 Exception "exception", 4 Variant "variant" }
}
codes! {
    /// Kind of a constant.
    ConstKind {
        0 Empty "empty", 1 Bool "bool", 2 Int "int", 3 Float "float", 4 Char "char", 5 Sized "sized", 6 Text "text", 7 Bytes "bytes",
        8 Key "key", 9 Date "date", 10 Duration "duration", 11 Version "version", 12 Decimal "decimal", 13 Tuple "tuple",
        14 List "list", 15 Record "record", 16 Case "case",
        32 Shape "shape", 33 Topics "topics", 34 Names "names", 35 Slots "slots", 36 Format "format", 37 MapLit "map", 38 Class "class"
    }
}
codes! {
    /// Kind of an import.
    ImportKind { 0 Host "host", 1 Function "function", 2 Module "module" }
}
codes! {
    /// What an export names.
    ExportKind { 0 Function "function", 1 Static "static" }
}
codes! {
    /// How an argument stands in a call shape: by position, by a name, spread, left open, by a name that is immutable where
    /// arguments become fields, and by names that are values themselves, which stand before the argument's.
    ArgKind {
        0 Positional "pos", 1 Named "named", 2 Spread "spread", 3 Hole "hole", 4 Fixed "fixed", 5 Computed "computed",
        6 ComputedFixed "computed_fixed"
    }
}

impl ArgKind {
    /// How many values it takes from the stack.
    pub const fn values(self) -> u32 {
        match self {
            ArgKind::Hole => 0,
            ArgKind::Positional | ArgKind::Named | ArgKind::Spread | ArgKind::Fixed => 1,
            ArgKind::Computed | ArgKind::ComputedFixed => 2,
        }
    }
}

codes! {
    /// How an item stands in a map literal: a positional value, a named field, a computed name and value, a spread map.
    ItemKind { 0 Positional "pos", 1 Named "named", 2 Computed "computed", 3 Spread "spread" }
}
codes! {
    /// Kinds of event in a topic set.
    EventKind { 0 Completion "completion", 1 Signal "signal", 2 Proclamation "proclamation" }
}

/// Flags of a function.
pub mod function_flags {
    /// Has a hidden `self` register.
    pub const SELF: u32 = 1;
    /// Has a hidden `rest` register (and `arg`, `arg_all`).
    pub const REST: u32 = 2;
    /// Has a hidden register with the running closure.
    pub const CLOSURE: u32 = 4;
    /// May be a constructor activation (`enter_ctor` first).
    pub const CTOR: u32 = 8;
    /// A selector function: parameters (kind, subject).
    pub const SELECTOR: u32 = 16;
    /// Calling it makes a suspended generator.
    pub const GENERATOR: u32 = 32;
    /// Calling it makes a suspended coroutine.
    pub const ASYNC: u32 = 64;
    /// The thunk of a prompt.
    pub const THUNK: u32 = 128;
    /// All flags that exist.
    pub const ALL: u32 = 255;
    /// Names in the order of the bits.
    pub const NAMES: [&str; 8] = [
        "self",
        "rest",
        "closure",
        "ctor",
        "selector",
        "generator",
        "async",
        "thunk",
    ];
}

/// Flags of a static.
pub mod static_flags {
    /// May be stored after its first store.
    pub const MUTABLE: u32 = 1;
    /// May be exported.
    pub const EXPORTED: u32 = 2;
}

/// Flags of a field in a typedef, and of an item in a map literal (there: 1 mutable, 2 immutable, 4 subfield).
pub mod field_flags {
    /// May be changed.
    pub const MUTABLE: u32 = 1;
    /// May not be changed.
    pub const IMMUTABLE: u32 = 2;
    /// A delegate.
    pub const SUBFIELD: u32 = 4;
}

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Archive, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

records! {
    /// A type: kind, an argument whose meaning depends on it, and a range of `words`.
    TypeRec {
        /// [`TypeKind`].
        kind: u32,
        /// Sized: width (`isa::table::WIDTHS`). List, array: element type. Fn: result type. Named: typedef. Var: number. Opaque: name.
        arg: u32,
        /// `words`. Tuple, fn: argument types. Named: type arguments. Row: pairs (name, type), sorted by name's text.
        args: Range,
    }
    /// A type definition; a record or exception has exactly one case, which carries its fields.
    TypedefRec {
        /// [`TypedefKind`].
        kind: u32,
        /// Name.
        name: u32,
        /// Range of the table `cases`.
        cases: Range,
        /// Number of type parameters.
        params: u32,
    }
    /// A case.
    CaseRec {
        /// Name.
        name: u32,
        /// Range of the table `fields`.
        fields: Range,
    }
    /// A field.
    FieldRec {
        /// Name.
        name: u32,
        /// Type.
        ty: u32,
        /// [`field_flags`].
        flags: u32,
    }
    /// A constant; what the payload means depends on the kind ([`crate::view::Constant`] decodes it):
    /// bool, char: `p[0]`; int, float bits, date, duration (ns), version (major.minor in `p[1]` high.low halves, patch in `p[0]`):
    /// low, high word; sized: width, low, high; text: range of `strings`; bytes: range of `bytes`; key: name; decimal: scale, then range
    /// of `bytes` with the coefficient, two's complement, little-endian, shortest form; tuple, list: range of `words` with lower
    /// constant indexes; record: typedef, range; case: typedef, tag, range; shape: range of pairs (ArgKind, name or NONE);
    /// topics: range of pairs (EventKind, name or NONE for any); names, slots: range of `words`; format: range of `strings`;
    /// map literal: range of triples (ItemKind, name or NONE, field flags); class: name, range of method names.
    ConstRec {
        /// [`ConstKind`].
        kind: u32,
        /// Payload.
        p: [u32; 4],
    }
    /// A function.
    FuncRec {
        /// Name, or NONE.
        name: u32,
        /// `words`: pairs (type, name or NONE) of the parameters.
        params: Range,
        /// Result type.
        result: u32,
        /// [`Lang`]: the policy of its dynamic instructions.
        policy: u32,
        /// [`Arity`].
        arity: u32,
        /// [`function_flags`].
        flags: u32,
        /// `words`: types of the locals after the parameters.
        locals: Range,
        /// `words`: pairs (type, 0 value or 1 cell) of the captures.
        captures: Range,
        /// Greatest operand stack height.
        max_stack: u32,
        /// Range of `code`.
        code: Range,
        /// Range of the table `tables`.
        tables: Range,
        /// Range of the table `attributes`.
        attributes: Range,
    }
    /// A jump table (`words`: targets, offsets from the function's start) or text table (`words`: pairs constant, target).
    TableRec {
        /// 0 jumps by number, 1 by text.
        kind: u32,
        /// Range of `words`.
        entries: Range,
    }
    /// A module static.
    StaticRec {
        /// Name.
        name: u32,
        /// Type.
        ty: u32,
        /// [`static_flags`].
        flags: u32,
    }
    /// An import.
    ImportRec {
        /// [`ImportKind`].
        kind: u32,
        /// Host function's or module function's name; NONE for a whole module.
        name: u32,
        /// Module's name; NONE for a host function.
        module: u32,
        /// `words`: parameter types.
        params: Range,
        /// Result type.
        result: u32,
        /// `words`: names of the capabilities that it needs.
        caps: Range,
        /// 1: optional.
        flags: u32,
    }
    /// An export.
    ExportRec {
        /// Name.
        name: u32,
        /// [`ExportKind`].
        kind: u32,
        /// Function or static.
        index: u32,
        /// Range of the table `attributes`.
        attributes: Range,
    }
    /// An attribute: a name and a constant or NONE.
    AttrRec {
        /// Name.
        name: u32,
        /// Constant, or NONE.
        value: u32,
    }
    /// A source file of the debug section.
    FileRec {
        /// Path, relative; range of `strings`.
        path: Range,
        /// First 8 bytes of the BLAKE3 hash of its text, or zeroes.
        hash: [u32; 2],
    }
    /// From this offset on, code comes from this place; sorted by (func, pc).
    LineRec {
        /// Function.
        func: u32,
        /// Offset in the function's code.
        pc: u32,
        /// Index of `files`.
        file: u32,
        /// Line, 1-based.
        line: u32,
        /// Column, 1-based, in scalars.
        column: u32,
    }
    /// Name of a local, for debuggers.
    LocalRec {
        /// Function.
        func: u32,
        /// Local (parameters first).
        local: u32,
        /// Name.
        name: u32,
    }
    /// Documentation of a function.
    DocRec {
        /// Function.
        func: u32,
        /// Range of `strings`.
        text: Range,
    }
}

/// A whole module. The archive of a `.fzb` file is the rkyv archive of this structure; its root stands at the end.
#[derive(Archive, Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub struct Tables {
    /// `FZB\0`.
    pub magic: [u8; 4],
    /// Version of the format, as in the header.
    pub version: u32,
    /// Name of the module; range of `strings`.
    pub name: Range,
    /// Version of the module, free text; range of `strings`.
    pub module_version: Range,
    /// [`Lang`]; equal to the header's.
    pub lang: u32,
    /// Policy of functions that do not say; the text form's default.
    pub policy: u32,
    /// Least machine version; equal to the header's.
    pub min_machine: u32,
    /// Entry function or NONE.
    pub entry: u32,
    /// Reserved, 0.
    pub flags: u32,
    /// Free metadata (plugins: TOML text); range of `bytes`.
    pub metadata: Range,
    /// Names, unique and sorted by bytes: ranges of `strings`.
    pub names: Vec<Range>,
    /// Types.
    pub types: Vec<TypeRec>,
    /// Type definitions.
    pub typedefs: Vec<TypedefRec>,
    /// Cases.
    pub cases: Vec<CaseRec>,
    /// Fields.
    pub fields: Vec<FieldRec>,
    /// Constants.
    pub constants: Vec<ConstRec>,
    /// Functions.
    pub functions: Vec<FuncRec>,
    /// Jump and text tables.
    pub tables: Vec<TableRec>,
    /// Statics.
    pub statics: Vec<StaticRec>,
    /// Imports.
    pub imports: Vec<ImportRec>,
    /// Exports, sorted by name.
    pub exports: Vec<ExportRec>,
    /// Attributes.
    pub attributes: Vec<AttrRec>,
    /// Pool of numbers.
    pub words: Vec<u32>,
    /// Pool of text.
    pub strings: Vec<u8>,
    /// Pool of bytes.
    pub bytes: Vec<u8>,
    /// Code of all functions.
    pub code: Vec<u8>,
    /// Debug: files.
    pub files: Vec<FileRec>,
    /// Debug: lines.
    pub lines: Vec<LineRec>,
    /// Debug: names of locals.
    pub locals: Vec<LocalRec>,
    /// Debug: documentation.
    pub docs: Vec<DocRec>,
}
