//! The instruction table: the one place where an instruction is described (docs/specs/machine.md §4).
//!
//! A row reads: number, name in code, name in text, operands, stack effect, named faults, effects, languages, meaning.
//! In the stack effect a letter is a type ([`crate::Slot`]), `!` means that control does not go on, and a leading `*`
//! marks an effect that depends on operands and is typed by the verifier's rule for that instruction. Effects: `p` pure,
//! `a` allocates, `c` may run guest or host code, `s` may suspend the fiber; a, c and s make it a safepoint. Beside the
//! named faults every dynamic operand may give `type`, every `a` may give `mem`, and everything may give `fuel`.

use crate::fault::Fault;
use crate::operand::{ConstUse, Operand};
use crate::signature::{Effect, Slot};

/// The languages whose front ends emit an instruction (bits 1 Rhumb, 2 Fusabi, 4 Morph, 8 kernel code).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Langs(pub u8);

impl Langs {
    const fn parse(text: &str) -> Langs {
        let bytes = text.as_bytes();
        let (mut bits, mut i) = (0, 0);
        while i < bytes.len() {
            bits |= match bytes[i] {
                b'R' => 1,
                b'F' => 2,
                b'M' => 4,
                b'K' => 8,
                b'*' => 15,
                _ => 0,
            };
            i += 1;
        }
        Langs(bits)
    }
}

/// Natures that `map_new` can make, by the number in its operand.
pub const MAP_NATURES: [&str; 5] = ["plain", "list", "array", "dict", "submap"];
/// Element kinds, by the number in `Elem` operands.
pub const ELEMENT_KINDS: [&str; 4] = ["dyn", "i64", "f64", "u8"];
/// Widths of sized numbers, by the number in `Width` operands (0: none).
pub const WIDTHS: [&str; 9] = ["none", "i8", "i16", "i32", "u8", "u16", "u32", "u64", "f32"];
/// Widths of memory accesses, by the number in `Access` operands.
pub const ACCESSES: [&str; 7] = ["u8", "s8", "u16", "s16", "u32", "s32", "i64"];
/// Targets of `coerce`, by the number in its operand.
pub const COERCIONS: [&str; 8] = [
    "number", "int", "float", "text", "bool", "char", "date", "key",
];
/// Operations of `f64.un`, by the number in its operand (`even` and `away` round halves to even and away from zero).
pub const FLOAT_UNARY: [&str; 8] = [
    "neg", "abs", "sqrt", "floor", "ceil", "trunc", "even", "away",
];

const MAX_POPS: usize = 6;
const MAX_PUSHES: usize = 3;

/// A stack effect parsed from the table's text at compile time.
#[derive(Clone, Copy)]
struct Parsed {
    pops: [Slot; MAX_POPS],
    pop_count: usize,
    pushes: [Slot; MAX_PUSHES],
    push_count: usize,
    falls_through: bool,
    special: bool,
}

impl Parsed {
    const fn parse(text: &str) -> Parsed {
        let bytes = text.as_bytes();
        let mut parsed = Parsed {
            pops: [Slot::Dyn; MAX_POPS],
            pop_count: 0,
            pushes: [Slot::Dyn; MAX_PUSHES],
            push_count: 0,
            falls_through: true,
            special: false,
        };
        let mut i = 0;
        let mut after_arrow = false;
        if !bytes.is_empty() && bytes[0] == b'*' {
            parsed.special = true;
            while i < bytes.len() {
                if bytes[i] == b'!' {
                    parsed.falls_through = false;
                }
                i += 1;
            }
            return parsed;
        }
        while i < bytes.len() {
            match bytes[i] {
                b' ' => {}
                b'-' => {
                    assert!(bytes[i + 1] == b'>');
                    after_arrow = true;
                    i += 1;
                }
                b'!' => parsed.falls_through = false,
                letter => {
                    let Some(slot) = Slot::of(letter) else {
                        panic!("unknown letter in a stack effect")
                    };
                    if after_arrow {
                        parsed.pushes[parsed.push_count] = slot;
                        parsed.push_count += 1;
                    } else {
                        parsed.pops[parsed.pop_count] = slot;
                        parsed.pop_count += 1;
                    }
                }
            }
            i += 1;
        }
        assert!(after_arrow);
        parsed
    }
}

/// Everything the table says of one instruction.
pub struct Info {
    /// The instruction.
    pub op: Op,
    /// Its name in text assembly, e.g. `i64.add`.
    pub name: &'static str,
    /// Its immediates in order.
    pub operands: &'static [Operand],
    /// The stack effect as text.
    pub stack: &'static str,
    /// Faults that it may raise beside the general ones.
    pub faults: &'static [Fault],
    /// Effect letters: `p`, or any of `a`, `c`, `s`.
    pub effects: &'static str,
    /// Who emits it.
    pub langs: Langs,
    /// One line of meaning.
    pub doc: &'static str,
    parsed: Parsed,
}

impl Info {
    /// The stack effect, typed where it does not depend on operands.
    pub fn effect(&'static self) -> Effect {
        if self.parsed.special {
            return Effect::Special;
        }
        Effect::Fixed {
            pops: &self.parsed.pops[..self.parsed.pop_count],
            pushes: &self.parsed.pushes[..self.parsed.push_count],
            falls_through: self.parsed.falls_through,
        }
    }

    /// False for instructions after which the next one is not reached from here.
    pub const fn falls_through(&self) -> bool {
        self.parsed.falls_through
    }

    /// Size of the encoded instruction in bytes.
    pub fn size(&self) -> usize {
        1 + self
            .operands
            .iter()
            .map(|operand| operand.size())
            .sum::<usize>()
    }

    /// True if it may allocate, call or suspend: all live state is in the frame there (§6 "Safepoints").
    pub fn safepoint(&self) -> bool {
        self.effects != "p"
    }
}

macro_rules! banks {
    ($($name:ident $first:literal $title:literal;)*) => {
        /// A group of instructions on the reference page; nothing else depends on it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum Bank { $(#[doc = $title] $name),* }
        impl Bank {
            /// All banks in the order of their numbers.
            pub const ALL: &'static [Bank] = &[$(Bank::$name),*];
            /// Its heading.
            pub const fn title(self) -> &'static str { match self { $(Bank::$name => $title),* } }
            const FIRST: &'static [u8] = &[$($first),*];
        }
    };
}

banks! {
    ConstantsStack 0x00 "Constants and stack";
    ControlCalls 0x10 "Control and calls";
    Arithmetic 0x20 "Arithmetic by policy, hot typed forms";
    Data 0x50 "Tuples, lists, arrays, text, cells, loops";
    TypedNumbers 0x80 "Typed numbers";
    Lexical 0x9B "Lexical";
    Maps 0xA4 "Maps: fields, elements, delegation";
    Selector 0xC0 "Selector";
    SpaceFibers 0xD0 "Space and fibers";
    Faults 0xE5 "Faults";
    Memory 0xEB "Memory";
    DebugEnd 0xF9 "Debug and end";
}

impl Op {
    /// The group that the reference page shows it in.
    pub fn bank(self) -> Bank {
        if matches!(self, Op::Line) {
            return Bank::DebugEnd;
        }
        let before = Bank::FIRST
            .iter()
            .take_while(|first| **first <= self as u8)
            .count();
        Bank::ALL
            .get(before.saturating_sub(1))
            .copied()
            .unwrap_or(Bank::ConstantsStack)
    }
}

macro_rules! isa {
    ($($num:literal $name:ident $text:literal [$($operand:expr),*] $stack:literal [$($fault:ident),*] $effects:literal $langs:literal, $doc:literal;)*) => {
        /// An instruction of the file form. The discriminant is the opcode byte and never changes its meaning (`isa.lock`).
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $(#[doc = $doc] $name = $num),* }

        impl Op {
            /// All instructions in the order of their numbers.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
            /// The instruction with that opcode byte.
            pub const fn from_byte(byte: u8) -> Option<Op> { match byte { $($num => Some(Op::$name),)* _ => None } }
            /// What the table says of it.
            pub fn info(self) -> &'static Info { match self { $(Op::$name => {
                // Rows without operands do not need it.
                #[allow(unused_imports)]
                use Operand::*;
                const INFO: &Info = &Info {
                    op: Op::$name, name: $text, operands: &[$($operand),*], stack: $stack, faults: &[$(Fault::$fault),*],
                    effects: $effects, langs: Langs::parse($langs), doc: $doc, parsed: Parsed::parse($stack),
                };
                INFO
            }),* } }
            /// The instruction with that name in text assembly.
            pub fn from_name(name: &str) -> Option<Op> { match name { $($text => Some(Op::$name),)* _ => None } }
        }
    };
}

isa! {
    // Constants and stack
    0x00 Nop "nop" [] "->" [] "p" "*", "Does nothing.";
    0x01 Push "push" [Const(ConstUse::Value)] "* -> T of the constant" [] "a" "*", "Pushes a constant.";
    0x02 Pop "pop" [] "* x ->" [] "p" "*", "Drops the top of the stack.";
    0x03 Dup "dup" [] "* T -> T T" [] "p" "*", "Repeats the top of the stack.";
    0x04 Load "load" [Local] "* -> T of local n" [] "p" "*", "Pushes a local.";
    0x05 Store "store" [Local] "* T -> (dyn local: x ->)" [] "p" "*", "Pops into a local.";
    0x06 Swap "swap" [] "* T U -> U T" [] "p" "*", "Exchanges the two topmost values.";
    0x07 LoadCap "load_cap" [Capture] "* -> T of capture n" [] "p" "*", "Pushes a capture; of a captured cell, the cell.";
    0x08 LoadStatic "load_static" [Static] "* -> T of static n" [State] "p" "*", "Pushes a static; an unset static is empty, or fault state if typed.";
    0x09 StoreStatic "store_static" [Static] "* T ->" [] "p" "*", "Pops into a static.";
    0x0A PushInt "push_int" [Int] "-> i" [] "p" "*", "Pushes a small integer.";
    0x0B Unit "unit" [] "-> x" [] "p" "*", "Pushes empty.";
    0x0C True "true" [] "-> b" [] "p" "*", "Pushes true.";
    0x0D False "false" [] "-> b" [] "p" "*", "Pushes false.";
    0x0E Box "box" [Width] "* T -> x; w not 0: i (f for f32) as that sized kind" [] "p" "*", "Gives a value its tag.";
    0x0F Cast "cast" [Type] "* x -> T" [Type] "p" "*", "Tests that a value has a type and takes its tag away.";
    // Control and calls
    0x10 Call "call" [Func] "* a1..an -> T" [Depth] "cs" "*", "Calls a function of this module by its typed entry.";
    0x11 CallFfi "call_ffi" [Import] "* a1..an -> T" [Host, Cap, Import] "cs" "*", "Calls an import: a host function or another module's export.";
    0x12 Ret "ret" [] "* T -> !" [] "p" "*", "Returns the value.";
    0x13 Jump "jump" [Jump] "-> !" [] "p" "*", "Goes to the target.";
    0x14 JumpIf "jump_if" [Jump] "b ->" [] "p" "*", "Goes to the target if true.";
    0x15 JumpIfNot "jump_if_not" [Jump] "b ->" [] "p" "*", "Goes to the target if false.";
    0x16 CallClosure "call_closure" [Count8] "* x a1..an -> x" [Call, Arity, Depth] "cs" "*", "Calls any callable value with n arguments.";
    0x17 TailCall "tail_call" [Func] "* a1..an -> !" [] "cs" "*", "Replaces this frame by a call of a function of this module.";
    0x18 TailCallClosure "tail_call_closure" [Count8] "* x a1..an -> !" [Call, Arity] "cs" "*", "Replaces this frame by a call of any callable value.";
    0x19 MakeClosure "make_closure" [Func, Count8] "* x1..xc -> g" [] "a" "*", "Makes a closure with bind mode free; without captures the inline function value.";
    0x1A PatchCapture "patch_capture" [CaptureOf] "* g x -> g" [] "p" "F", "Sets one capture of a fresh closure, for recursive groups.";
    0x1B Switch "switch" [Table] "i ->" [] "p" "*", "Goes to the target with that number in a jump table; else falls through.";
    0x1C SwitchTag "switch_tag" [Table] "x ->" [Type] "p" "FM", "Goes to the target with the number of a union value's tag; else falls through.";
    0x1D Throw "throw" [] "x -> !" [User] "s" "*", "Throws the value.";
    0x1E Intrinsic "intrinsic" [Intrinsic] "* by the intrinsic's signature" [] "ac" "*", "Runs an intrinsic (second table).";
    0x1F CallShape "call_shape" [Const(ConstUse::Shape)] "* x a1..an -> x" [Call, Arity, Depth] "acs" "RM", "Calls with named and spread arguments as the shape says.";
    // Arithmetic by policy, hot typed forms
    0x20 Add "add" [] "x x -> x" [Ovf, Range] "acs" "*", "Sum by policy; hooks.";
    0x21 Sub "sub" [] "x x -> x" [Ovf, Range] "acs" "*", "Difference by policy; hooks.";
    0x22 Mul "mul" [] "x x -> x" [Ovf, Range] "acs" "*", "Product by policy; hooks.";
    0x23 Div "div" [] "x x -> x" [Zero, Ovf] "acs" "*", "Quotient by policy; hooks.";
    0x24 Mod "mod" [] "x x -> x" [Zero] "acs" "*", "Remainder by policy; hooks.";
    0x25 Neg "neg" [] "x -> x" [Ovf] "acs" "*", "Negation by policy; hook.";
    0x26 I64Add "i64.add" [] "i i -> i" [] "p" "FK", "Wrapping sum.";
    0x27 I64Sub "i64.sub" [] "i i -> i" [] "p" "FK", "Wrapping difference.";
    0x28 I64Mul "i64.mul" [] "i i -> i" [] "p" "FK", "Wrapping product.";
    0x29 I64Lt "i64.lt" [] "i i -> b" [] "p" "FK", "Signed less than.";
    0x2A I64Le "i64.le" [] "i i -> b" [] "p" "FK", "Signed less than or equal.";
    0x2B I64Eq "i64.eq" [] "i i -> b" [] "p" "FK", "Equal integers.";
    0x2C F64Add "f64.add" [] "f f -> f" [] "p" "F", "IEEE sum.";
    0x2D F64Sub "f64.sub" [] "f f -> f" [] "p" "F", "IEEE difference.";
    0x2E F64Mul "f64.mul" [] "f f -> f" [] "p" "F", "IEEE product.";
    0x2F F64Div "f64.div" [] "f f -> f" [] "p" "F", "IEEE quotient.";
    0x30 Eq "eq" [] "x x -> b" [Type] "cs" "*", "Equality by policy; hooks.";
    0x31 Ne "ne" [] "x x -> b" [Type] "cs" "*", "Inequality by policy; hooks.";
    0x32 Lt "lt" [] "x x -> b" [Type] "cs" "*", "Less than by policy; a hook's answer is taken by truthiness.";
    0x33 Le "le" [] "x x -> b" [Type] "cs" "*", "Less than or equal by policy; hooks.";
    0x34 Gt "gt" [] "x x -> b" [Type] "cs" "*", "Greater than by policy; hooks.";
    0x35 Ge "ge" [] "x x -> b" [Type] "cs" "*", "Greater than or equal by policy; hooks.";
    0x36 Compare "compare" [] "x x -> i" [Type] "p" "F", "Structural total order: -1, 0 or 1.";
    0x37 Same "same" [] "x x -> b" [] "p" "*", "Identity.";
    0x38 Hash "hash" [] "x -> i" [Hash] "p" "FM", "Hash that agrees with equality, by the World's key.";
    0x39 Truthy "truthy" [] "x -> b" [Type] "p" "RM", "Truth by policy.";
    0x3A FloorDiv "floor_div" [] "x x -> x" [Zero] "acs" "RM", "Quotient rounded down; hooks.";
    0x3B Pow "pow" [] "x x -> x" [Ovf] "acs" "RF", "Power; hooks.";
    0x3C Root "root" [] "x x -> x" [Range] "acs" "RF", "Root: degree, radicand; hooks.";
    0x3D Scale10 "scale10" [] "x x -> x" [Ovf] "acs" "RF", "First times ten to the second; hooks.";
    0x3E Coerce "coerce" [Mode(7)] "x -> x" [Conv] "acs" "*", "Conversion by policy: number int float text bool char date key; hook first.";
    0x3F Display "display" [Mode(2)] "x -> t" [] "acs" "*", "Text of a value: 0 display, 1 canonical, 2 key form.";
    0x40 And "and" [] "b b -> b" [] "p" "*", "Both, strictly.";
    0x41 Or "or" [] "b b -> b" [] "p" "*", "Either, strictly.";
    0x42 Not "not" [] "b -> b" [] "p" "*", "The opposite.";
    0x43 BitAnd "bit_and" [] "x x -> x" [] "a" "FM", "Bitwise and of integers of any size.";
    0x44 BitOr "bit_or" [] "x x -> x" [] "a" "FM", "Bitwise or of integers of any size.";
    0x45 BitXor "bit_xor" [] "x x -> x" [] "a" "FM", "Bitwise exclusive or of integers of any size.";
    0x46 Shl "shl" [] "x x -> x" [Ovf, Range] "a" "FM", "Left shift; a negative count is out of range.";
    0x47 Shr "shr" [] "x x -> x" [Range] "a" "FM", "Arithmetic right shift; a negative count is out of range.";
    0x48 BitNot "bit_not" [] "x -> x" [] "a" "FM", "Bitwise complement.";
    0x49 HasHook "has_hook" [Hook] "x -> x b" [] "p" "R", "Is the operand a map with that hook?";
    0x4A CallHook "call_hook" [Hook] "x x -> x" [Attribute, Depth] "cs" "R", "Calls the hook of the first operand with the other; if that has none, the hook of the other with the first and `yes`.";
    0x4B AutoCall "auto_call" [] "x -> x" [Depth] "cs" "R", "Implicit invocation: calls a routine of arity zero, passes everything else.";
    0x4C LoadModule "load_module" [Module] "-> x" [Module] "cs" "RM", "A module's export map; runs its entry on first use.";
    0x4D ThisFn "this_fn" [] "-> x" [] "p" "RM", "The running closure.";
    0x4E StoreStaticR "store_static_r" [Static, Flags(1)] "* x ->" [Write] "p" "R", "Stores a static unless frozen; flag 1 freezes it.";
    0x4F CellStoreR "cell_store_r" [Flags(1)] "r x ->" [Write] "p" "R", "Stores into a cell unless frozen; flag 1 freezes it.";
    // Tuples, lists, arrays, text, cells, loops
    0x50 Tuple "tuple" [Count16] "* x1..xc -> r" [] "a" "F", "Makes a tuple.";
    0x51 TupleGet "tuple_get" [Index16] "x -> x" [Bounds] "p" "F", "Element of a tuple, 0-based.";
    0x52 Cons "cons" [] "x l -> l" [] "a" "F", "Puts a head before a list.";
    0x53 Nil "nil" [] "-> l" [] "p" "F", "The empty list.";
    0x54 Head "head" [] "l -> x" [Empty] "p" "F", "First element of a list.";
    0x55 Tail "tail" [] "l -> l" [Empty] "p" "F", "A list without its first element.";
    0x56 IsNil "is_nil" [] "l -> b" [] "p" "F", "Is the list empty?";
    0x57 List "list" [Count16] "* x1..xc -> l" [] "a" "F", "Makes a list.";
    0x58 Array "array" [Count32, Elem] "* T1..Tc -> r" [] "a" "FM", "Makes an array (Fusabi) or list (Morph) of that element kind.";
    0x59 ArrGet "arr_get" [Elem] "* r i -> T" [Bounds] "p" "F", "Element of an array, 0-based.";
    0x5A ArrSet "arr_set" [Elem] "* r i T ->" [Bounds, Write] "a" "F", "Changes an element of an array.";
    0x5B AutoApply "auto_apply" [] "x x -> x" [Depth] "acs" "R", "The first called with the second if it is a routine; else itself.";
    0x5C ArrWith "arr_with" [Elem] "* r i T -> r" [Bounds] "a" "F", "A copy with one element changed.";
    0x5D ArrNew "arr_new" [Elem] "* i T -> r" [Range] "a" "FK", "An array of that length, filled.";
    0x5E Slice "slice" [] "x x x -> x" [Bounds] "a" "FM", "Part from the second to the third operand, by policy; an open end is empty.";
    0x60 Record "record" [TypeDef] "* fields -> rec(T)" [] "a" "FM", "Makes a record.";
    0x61 GetSlot "get_slot" [TypeDef, Field] "* x -> T" [Type] "p" "F", "Field of a record; the type is tested unless proved.";
    0x62 SetSlot "set_slot" [TypeDef, Field] "* x T ->" [Type, Write] "p" "F", "Changes a mutable field of a record.";
    0x63 WithSlots "with_slots" [TypeDef, Const(ConstUse::Slots)] "* x T1..Tn -> rec(T)" [Type] "a" "F", "A copy of a record with the listed fields changed.";
    0x64 WithNames "with_names" [Const(ConstUse::Names)] "* x x1..xn -> r" [Type] "a" "F", "A structural copy with the named fields set or added.";
    0x68 Case "case" [TypeDef, Tag] "* fields -> x" [] "a" "FM", "Makes a union case; without fields it is inline.";
    0x69 TagIs "tag_is" [TypeDef, Tag] "x -> b" [] "p" "FM", "Is it that case of that union?";
    0x6A GetCase "get_case" [TypeDef, Tag, Field] "* x -> T" [Type] "p" "FM", "Field of a union case.";
    0x6C CaseIs "case_is" [Name] "x -> b" [] "p" "M", "Is it a case of that name?";
    0x70 Concat "concat" [Count16] "* t1..tc -> t" [] "a" "*", "Joins texts.";
    0x71 Format "format" [Const(ConstUse::Format)] "* args of the specification -> t" [] "acs" "F", "Formats by a specification.";
    0x73 TextAt "text_at" [] "t i -> c" [Bounds] "p" "F", "Scalar at an index, 0-based.";
    0x74 SwitchText "switch_text" [TextTable] "t ->" [] "p" "*", "Goes to the target of an equal text; else falls through.";
    0x78 CellNew "cell_new" [] "x -> r" [] "a" "*", "Makes a cell.";
    0x79 CellGet "cell_get" [] "r -> x" [] "p" "*", "A cell's value.";
    0x7A CellSet "cell_set" [] "r x ->" [] "p" "*", "Sets a cell's value.";
    0x7B Range "range" [] "x x -> x" [] "acs" "RF", "Makes a range; hook.";
    0x7C IterNew "iter_new" [Mode(3)] "x -> x" [] "a" "*", "Starts an iteration: 0 values, 1 values with index, 2 values with keys, 3 keys.";
    0x7D IterNext "iter_next" [Mode(1), Jump] "* x -> x x (m 1: x x x), or pops and jumps at the end" [] "acs" "*", "Next of an iteration; mode 1 gives value, then index or key.";
    // Typed numbers
    0x80 I64DivS "i64.div_s" [] "i i -> i" [Zero, Ovf] "p" "FK", "Signed quotient, truncated.";
    0x81 I64RemS "i64.rem_s" [] "i i -> i" [Zero] "p" "FK", "Signed remainder, sign of the dividend.";
    0x82 I64DivU "i64.div_u" [] "i i -> i" [Zero] "p" "FK", "Unsigned quotient.";
    0x83 I64RemU "i64.rem_u" [] "i i -> i" [Zero] "p" "FK", "Unsigned remainder.";
    0x84 I64And "i64.and" [] "i i -> i" [] "p" "FK", "Bitwise and.";
    0x85 I64Or "i64.or" [] "i i -> i" [] "p" "FK", "Bitwise or.";
    0x86 I64Xor "i64.xor" [] "i i -> i" [] "p" "FK", "Bitwise exclusive or.";
    0x87 I64Shl "i64.shl" [] "i i -> i" [] "p" "FK", "Left shift, count modulo 64.";
    0x88 I64ShrS "i64.shr_s" [] "i i -> i" [] "p" "FK", "Arithmetic right shift, count modulo 64.";
    0x89 I64ShrU "i64.shr_u" [] "i i -> i" [] "p" "FK", "Logical right shift, count modulo 64.";
    0x8A I64LtU "i64.lt_u" [] "i i -> b" [] "p" "FK", "Unsigned less than.";
    0x8B I64Narrow "i64.narrow" [Width] "i -> i" [] "p" "FK", "Keeps the low bits of that width, extended by its sign rule.";
    0x8C I64AddCk "i64.add_ck" [] "i i -> i" [Ovf] "p" "*", "Checked sum.";
    0x8D I64SubCk "i64.sub_ck" [] "i i -> i" [Ovf] "p" "*", "Checked difference.";
    0x8E I64MulCk "i64.mul_ck" [] "i i -> i" [Ovf] "p" "*", "Checked product.";
    0x90 F64Lt "f64.lt" [] "f f -> b" [] "p" "F", "IEEE less than.";
    0x91 F64Le "f64.le" [] "f f -> b" [] "p" "F", "IEEE less than or equal.";
    0x92 F64Eq "f64.eq" [] "f f -> b" [] "p" "F", "IEEE equality.";
    0x93 F64Un "f64.un" [Mode(7)] "f -> f" [] "p" "F", "neg abs sqrt floor ceil trunc even away.";
    0x95 I64ToF64 "i64_to_f64" [] "i -> f" [] "p" "F", "Nearest float.";
    0x96 F64ToI64 "f64_to_i64" [Mode(1)] "f -> i" [Conv] "p" "F", "Truncated integer: 0 checked, 1 saturating.";
    0x97 F64Bits "f64_bits" [] "f -> i" [] "p" "K", "The bits of a float.";
    0x98 F64FromBits "f64_from_bits" [] "i -> f" [] "p" "K", "The float of those bits.";
    0x99 CharFromI64 "char_from_i64" [] "i -> c" [Conv] "p" "F", "Scalar value with that number.";
    0x9A I64FromChar "i64_from_char" [] "c -> i" [] "p" "F", "Number of a scalar value.";
    // Lexical
    0x9B SelfOp "self" [] "-> x" [] "p" "RM", "The receiver.";
    0x9C ArgAll "arg_all" [] "-> x" [] "a" "R", "All arguments as a map.";
    0x9D ReadName "read_name" [Name] "x -> x" [Attribute, Key, Depth] "acs" "R", "Field by name; a routine of arity zero is invoked with the receiver.";
    0x9E Arg "arg" [Index16] "-> x" [] "p" "R", "Raw argument, 1-based; empty if absent.";
    0x9F MakeRoutine "make_routine" [Func, Count8, Mode(4)] "* x1..xc [home] -> g" [] "a" "RM", "A closure with a bind mode: 0 free, 1 receiver, 2 home, 3 lexical, 4 ctor; home on top for modes 2 and 4.";
    0xA0 Partial "partial" [Const(ConstUse::Shape)] "* x a1..an -> g" [Call] "a" "RF", "A partial application, holes by the shape.";
    0xA1 Rebind "rebind" [] "g x -> g" [Call] "a" "R", "A copy of a routine with another home.";
    0xA3 EnterCtor "enter_ctor" [Const(ConstUse::Names)] "->" [] "a" "R", "Fresh cells for the listed locals; in a constructor activation the instance that shows them.";
    // Maps: fields, elements, delegation
    0xA4 GetName "get_name" [Name] "x -> x" [Attribute, Key] "ac" "*", "Field by name, through delegation; Morph binds methods.";
    0xA5 SetName "set_name" [Name, Flags(15)] "x x ->" [Write, Key] "a" "*", "Sets a field: flag 1 existing only, 2 mutable, 4 immutable, 8 subfield.";
    0xA6 GetSub "get_sub" [Name] "x -> x" [] "p" "R", "Subfield by name.";
    0xA7 CallName "call_name" [Name, Count8] "* x a1..an -> x" [Attribute, Call, Arity, Depth] "acs" "RM", "Looks up a method and calls it with the receiver.";
    0xA8 CallNameShape "call_name_shape" [Name, Const(ConstUse::Shape)] "* x a1..an -> x" [Attribute, Call, Arity, Depth] "acs" "RM", "The same with a call shape.";
    0xA9 CallSuper "call_super" [Name, Count8] "* a1..an -> x" [Attribute, Arity, Depth] "acs" "M", "Calls the method that the defining class's parent has, with the present receiver.";
    0xAA GetSuper "get_super" [Name] "-> g" [Attribute] "a" "M", "That method, bound.";
    0xAB GetIndex "get_index" [] "x x -> x" [Bounds, Key] "acs" "*", "Element or entry by policy.";
    0xAC SetIndex "set_index" [Flags(6)] "x x x ->" [Bounds, Write, Hash] "acs" "*", "Sets an element or entry: flag 2 mutable, 4 immutable.";
    0xAD DelIndex "del_index" [] "x x -> b" [Write] "p" "M", "Removes an entry; was it there?";
    0xAE Has "has" [Mode(2)] "x x -> b" [] "p" "RM", "0 field, 1 own field, 2 subfield (by name or identity).";
    0xB0 MapNew "map_new" [Nature, Hint] "-> r" [] "a" "*", "A new map of that nature with room for so many fields.";
    0xB1 MapLit "map_lit" [Const(ConstUse::MapLit)] "* x1..xn -> r" [Key] "a" "RF", "A map from a literal's description.";
    0xB2 MapPairs "map_pairs" [Count16] "* k1 v1 .. -> r" [Hash] "a" "MF", "A dictionary from pairs, in order.";
    0xB3 Class "class" [Const(ConstUse::Class)] "* x m1..mn -> r" [Type] "a" "M", "A class: parent or empty, then its methods.";
    0xB4 IsInstance "is_instance" [] "x x -> b" [] "p" "M", "Is the first an instance of the second, a class or a kind's name?";
    0xB5 IsType "is_type" [Type] "x -> b" [] "p" "F", "Does a value have a type?";
    0xB6 TypeOf "type_of" [Mode(1)] "x -> x" [] "a" "MR", "0 the type's name by policy, 1 the constructor.";
    0xB7 FieldOpOp "field_op" [FieldOp] "x -> x" [] "acs" "R", "A postfix operator of Rhumb; hook first.";
    0xB8 Len "len" [] "x -> i" [] "p" "*", "Length by policy.";
    0xB9 PushAt "push_at" [Mode(1)] "x x -> x" [Write] "acs" "RM", "Adds an element: 0 at the end, 1 in front; gives the collection.";
    0xBB Join "join" [] "x x -> x" [] "acs" "R", "Joins maps, texts, submaps, selectors, ranges.";
    0xBC WithSub "with_sub" [Name] "x x -> r" [] "a" "R", "A view with a first subfield.";
    0xBD SkipOwn "skip_own" [] "x -> r" [] "a" "R", "A view of the delegates, self kept.";
    0xBE Nested "nested" [Const(ConstUse::Names)] "x -> r" [] "a" "R", "Deep search over nested maps.";
    0xBF SetProto "set_proto" [] "x x -> x" [Write] "a" "R", "Sets the implicit delegate.";
    // Selector
    0xC0 Unpack "unpack" [Count16, Mode(1)] "* x -> x1..xc" [Bounds] "p" "*", "Elements of a sequence: 0 fault when short, 1 fill with empty.";
    0xC1 CheckLen "check_len" [Count16, Mode(2)] "x -> x b" [] "p" "*", "0 exactly, 1 at least so many elements, 2 any sequence.";
    0xC2 TryName "try_name" [Name] "x -> x x b" [] "a" "RM", "Field by name, and whether it is there.";
    0xC3 TryIndex "try_index" [Index32] "x -> x x b" [] "a" "RM", "Element by index, and whether it is there.";
    0xC4 Rest "rest" [Count16, Const(ConstUse::Names)] "x -> r" [] "a" "RM", "Elements after so many (65,535: none), and fields not named.";
    0xC5 MatchEvent "match_event" [Const(ConstUse::Topics)] "x -> x b" [] "p" "R", "Is it an event of that kind and topic?";
    0xC6 EventArg "event_arg" [Index16] "x -> x x" [] "p" "R", "Argument of an event, empty if absent.";
    0xC7 RetMiss "ret_miss" [] "-> !" [] "p" "R", "Selector function: no rule matched.";
    0xC8 RetPeek "ret_peek" [] "x -> !" [] "p" "R", "Selector function: a rule ran, go on searching.";
    0xC9 RetOuter "ret_outer" [] "x -> !" [] "cs" "R", "Returns from the activation that owns the prompt.";
    // Space and fibers
    0xD0 Prompt "prompt" [Const(ConstUse::Topics), Flags(7)] "x x -> x" [Fibers] "acs" "R", "Runs a thunk under a selector; flags 1 multi, 2 parks, 4 completes.";
    0xD1 Post "post" [Name, Count8, Flags(3)] "* [x] a1..an -> x" [Susp] "acs" "R", "Posts a signal; flags 1 receiver, 2 spread.";
    0xD2 PostTrap "post_trap" [Name, Count8, Flags(3), Const(ConstUse::Topics)] "* [x] a1..an -> x" [Susp] "acs" "R", "Posts a signal and gives the reply as an event; names trapped here.";
    0xD3 Reply "reply" [Name, Count8, Flags(15)] "* [x] a1..an -> x (tail: !)" [Late] "acs" "R", "Replies; flags 1 target, 2 spread, 4 named, 8 tail.";
    0xD4 Write "write" [Name, Count8, Flags(15)] "* [x] a1..an -> x" [] "acs" "R", "Pins a proclamation; flags 1 receiver, 2 spread, 4 retract own, 8 retract all, both: all if the running activation made the realm.";
    0xD6 Subscribe "subscribe" [Const(ConstUse::Topics), Flags(1)] "x x -> x" [Fibers] "acs" "R", "Subscribes the handler on top to a space; empty removes one's own; with no topics a realm on top is pinned what the vassal shows now; flag 1 peeks.";
    0xD7 NextEvent "next_event" [] "x x -> x" [State] "acs" "R", "The running handler of a subscription stays: of its bindings and event gives first that event, later those with equal bindings and the departure; without an event it has not taken the last one; empty if another has them or the subscription is gone.";
    0xD8 NewRealm "new_realm" [Flags(1)] "-> r" [] "a" "R", "A child realm; flag 1 detached.";
    0xD9 MakeVassal "make_vassal" [Const(ConstUse::Topics)] "g -> r" [] "a" "R", "A vassal from its rules.";
    0xDA ApplyVassal "apply_vassal" [] "x x -> r" [Type] "a" "R", "A vassal applied to a realm.";
    0xDB RunIn "run_in" [] "x g -> x" [Fibers] "acs" "R", "Runs a thunk as a process in a realm and waits.";
    0xDC ReadPins "read_pins" [Name] "x -> r" [] "a" "R", "List of the payloads pinned under a topic.";
    0xDD KeepEvent "keep_event" [] "-> x" [State] "p" "R", "Keeps the running event's emission parked; gives the event.";
    0xDE FiberNew "fiber_new" [Mode(2)] "g -> r" [Fibers] "a" "*", "A suspended fiber: 0 generator, 1 async, 2 process.";
    0xDF Resume "resume" [] "x x -> x b" [State] "cs" "MF", "Resumes a fiber with a value; b says finished.";
    0xE0 Yield "yield" [] "x -> x" [Susp] "s" "MF", "Suspends the generator and gives a value.";
    0xE1 Await "await" [] "x -> x" [Susp] "s" "*", "Waits for a fiber; of empty, lets others run.";
    0xE2 FiberCopy "fiber_copy" [] "x -> r" [State] "a" "MR", "A snapshot of a suspended fiber.";
    0xE3 FiberRestore "fiber_restore" [] "x x -> x" [State] "a" "MR", "Puts a fiber back to a snapshot.";
    // Faults
    0xE5 PushTry "push_try" [Mode(1), Jump] "->" [] "p" "*", "Opens a try region: 0 catch, 1 finally; the handler is entered with the error.";
    0xE6 PopTry "pop_try" [] "->" [] "p" "*", "Closes the innermost try region.";
    0xE7 EndFinally "end_finally" [] "* x -> !" [] "p" "*", "Goes on with what was pending.";
    0xE8 Rethrow "rethrow" [] "x -> !" [User] "s" "FM", "Throws again, trace kept.";
    0xE9 MakeError "make_error" [] "x x x -> x" [] "a" "*", "An error value from code, message, data, in the policy's form.";
    0xEA FaultOp "fault" [FaultCode] "t -> !" [Match] "s" "*", "Raises a fault with a message.";
    // Memory
    0xEB MemNew "mem_new" [] "i -> r" [Range] "a" "K", "A memory of so many bytes, zeroed.";
    0xEC MemSize "mem_size" [] "r -> i" [] "p" "K", "Size of a memory in bytes.";
    0xED MemGrow "mem_grow" [] "r i -> i" [] "a" "K", "Grows a memory; the old size, or -1 if refused.";
    0xEE MemLoad "mem_load" [Access] "r i -> i" [Bounds] "p" "K", "Loads a number.";
    0xEF MemStore "mem_store" [Access] "r i i ->" [Bounds] "p" "K", "Stores a number.";
    0xF0 Line "line" [Line] "->" [] "p" "*", "Line of source; stripped by the translator.";
    0xF3 MemCopy "mem_copy" [] "r i r i i ->" [Bounds] "p" "K", "Copies bytes: target, offset, source, offset, length.";
    0xF4 MemFill "mem_fill" [] "r i i i ->" [Bounds] "p" "K", "Fills bytes: offset, length, value.";
    0xF5 MemBytes "mem_bytes" [] "r i i -> y" [Bounds] "a" "K", "Copies bytes out: offset, length.";
    0xF6 MemPut "mem_put" [] "r i y ->" [Bounds] "p" "K", "Copies bytes in at an offset.";
    0xF7 TicketNew "ticket_new" [] "i i i i i -> x" [Range] "p" "K", "A guest ticket from lemari, drawer, tray, generation, offset.";
    0xF8 TicketPart "ticket_part" [Mode(4)] "x -> i" [] "p" "K", "A part of a guest ticket, in that order.";
    // Debug and end
    0xF9 AssertEq "assert_eq" [Const(ConstUse::Value), Name] "x -> x" [] "acs" "R", "In test mode compares a value's canonical text with an expected text and writes the outcome.";
    0xFA Inspect "inspect" [Name] "x -> x" [] "acs" "R", "In test mode writes a value's canonical text.";
    0xFF Halt "halt" [] "* T -> !" [] "p" "*", "Ends the module's entry with this value.";
}
