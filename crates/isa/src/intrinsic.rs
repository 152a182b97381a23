//! The second table: intrinsics, small native functions with a fixed signature that the translator may turn into one
//! register instruction. Each is also a named native, so a language without typed emission reaches it
//! (docs/specs/machine.md §4 end).

use crate::signature::Slot;

/// Name of a selector value's second parameter, and of the routines that it takes there: the rules of a selector that was joined
/// behind it. They are called with the value of the last rule that matched and peeked.
pub const REST_OF_RULES: &str = "rest of rules";
/// Name of a Rhumb module's function whose closures over two selectors are the selector of the rules of both.
pub const JOINED_RULES: &str = "joined rules";
/// Name of the function that binds the labels of two joined submaps, its captures; no program can write it.
pub const JOINED_PARAMETERS: &str = "joined parameters";
/// Name of the function of a submap that makes a map of what its labels get from the arguments; no program can write it.
pub const BOUND_PARAMETERS: &str = "bound parameters";

/// Name of the function behind that of a routine whose parameters are more than labels: it has the same captures, and makes a map
/// of what the labels of those parameters get from the arguments; no program can write it.
pub const OWN_PARAMETERS: &str = "own parameters";
/// Name of the union of Fusabi's library whose values are ordered maps; no program can write it. A union of that name and the
/// shape that [`SORTED_CASES`] says is compared, hashed and shown as the sequence of its entries, under every policy.
pub const SORTED_MAP: &str = "`map`";
/// The same of ordered sets.
pub const SORTED_SET: &str = "`set`";
/// Cases of an ordered tree by tag: no entries; an entry between two trees, whose fields are the number of entries (`int`), the
/// key, of a map the value, the tree of what comes before and the tree of what comes behind (all `dyn`). No field is mutable.
pub const SORTED_CASES: [&str; 2] = ["Empty", "Node"];

macro_rules! intrinsics {
    ($($num:literal $name:ident $text:literal [$($arg:ident)*] $result:ident [$($fault:ident)*] $effects:literal, $doc:literal;)*) => {
        /// An intrinsic's number; never changes its meaning (`intrinsic.lock`).
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Intrinsic { $(#[doc = $doc] $name = $num),* }
        impl Intrinsic {
            /// All intrinsics in the order of their numbers.
            pub const ALL: &'static [Intrinsic] = &[$(Intrinsic::$name),*];
            /// The intrinsic with that number.
            pub const fn from_number(number: u16) -> Option<Intrinsic> { match number { $($num => Some(Intrinsic::$name),)* _ => None } }
            /// Its name, also as a native, e.g. `text.contains`.
            pub const fn name(self) -> &'static str { match self { $(Intrinsic::$name => $text),* } }
            /// Types of its arguments, deepest on the stack first.
            pub const fn args(self) -> &'static [Slot] { match self { $(Intrinsic::$name => &[$(Slot::$arg),*]),* } }
            /// Type of its result.
            pub const fn result(self) -> Slot { match self { $(Intrinsic::$name => Slot::$result),* } }
            /// Faults beside the general ones.
            pub const fn faults(self) -> &'static [crate::Fault] { match self { $(Intrinsic::$name => &[$(crate::Fault::$fault),*]),* } }
            /// Effect letters as in the instruction table.
            pub const fn effects(self) -> &'static str { match self { $(Intrinsic::$name => $effects),* } }
            /// One line of meaning.
            pub const fn doc(self) -> &'static str { match self { $(Intrinsic::$name => $doc),* } }
            /// The intrinsic with that name.
            pub fn from_name(name: &str) -> Option<Intrinsic> { Intrinsic::ALL.iter().copied().find(|i| i.name() == name) }
        }
    };
}

intrinsics! {
    1 TextFind "text.find" [Text Text] Int [] "p", "Scalar index of the first occurrence of the second text, -1 if none.";
    2 TextContains "text.contains" [Text Text] Bool [] "p", "Does the second text occur in the first?";
    3 TextStarts "text.starts" [Text Text] Bool [] "p", "Does the first text start with the second?";
    4 TextEnds "text.ends" [Text Text] Bool [] "p", "Does the first text end with the second?";
    5 TextLower "text.lower" [Text] Text [] "a", "Lower case, Unicode.";
    6 TextUpper "text.upper" [Text] Text [] "a", "Upper case, Unicode.";
    7 TextTrim "text.trim" [Text] Text [] "a", "Without white space at both ends.";
    8 TextReplace "text.replace" [Text Text Text] Text [Range] "a", "All occurrences of the second replaced by the third; an empty second is out of range.";
    9 TextSplit "text.split" [Text Text] Ref [Range] "a", "Array of the parts between separators; an empty separator is out of range.";
    10 TextJoin "text.join" [Text Dyn] Text [Type] "a", "Joins an array or list of texts with a separator.";
    11 TextPad "text.pad" [Text Int] Text [Range] "a", "Padded with blanks: on the left to n scalars, on the right to -n.";
    12 TextLength "text.length" [Text] Int [] "p", "Number of scalars.";
    13 TextBytes "text.bytes" [Text] Bytes [] "a", "The UTF-8 bytes.";
    14 TextOfBytes "text.of_bytes" [Bytes] Text [Conv] "a", "Text of UTF-8 bytes.";
    15 TextSlice "text.slice" [Text Int Int] Text [Bounds] "a", "Scalars from the second to before the third.";
    16 TextRepeat "text.repeat" [Text Int] Text [Range] "a", "The text n times.";
    20 ListLength "list.length" [List] Int [] "p", "Number of elements.";
    21 ListReverse "list.reverse" [List] List [] "a", "The elements in reverse order.";
    22 ListAppend "list.append" [List List] List [] "a", "The first list followed by the second.";
    23 ListToArray "list.to_array" [List] Ref [] "a", "An array of the elements.";
    24 ListOfArray "list.of_array" [Ref] List [Type] "a", "A list of the elements.";
    30 ArrayCopy "array.copy" [Ref] Ref [Type] "a", "A copy of the elements.";
    31 ArraySort "array.sort" [Ref] Ref [Type] "a", "A copy, sorted stably by the policy's order.";
    32 ArrayLength "array.length" [Ref] Int [Type] "p", "Number of elements.";
    33 ArrayReverse "array.reverse" [Ref] Ref [Type] "a", "A copy in reverse order.";
    34 ArrayAppend "array.append" [Ref Ref] Ref [Type] "a", "An array of the elements of the first, then those of the second.";
    35 ArraySub "array.sub" [Ref Int Int] Ref [Type Bounds] "a", "An array of so many (third) elements from an index (second) on.";
    36 ArrayFill "array.fill" [Ref Int Int Dyn] Dyn [Type Bounds Write] "a", "Puts a value in the place of so many (third) elements from an index (second) on; gives empty.";
    37 ArrayBlit "array.blit" [Ref Int Ref Int Int] Dyn [Type Bounds Write] "a", "Copies elements: source, index, target, index, number; the two may be the same; gives empty.";
    38 ArraySortInPlace "array.sort_in_place" [Ref] Dyn [Type Write] "a", "Sorts stably by the policy's order; gives empty.";
    40 OptionIsSome "option.is_some" [Dyn] Bool [] "p", "Is it a case named Some?";
    41 OptionIsNone "option.is_none" [Dyn] Bool [] "p", "Is it a case named None?";
    42 ResultIsOk "result.is_ok" [Dyn] Bool [] "p", "Is it a case named Ok?";
    43 ResultIsError "result.is_error" [Dyn] Bool [] "p", "Is it a case named Error?";
    50 I64Abs "i64.abs" [Int] Int [Ovf] "p", "Absolute value.";
    51 I64Min "i64.min" [Int Int] Int [] "p", "The lesser.";
    52 I64Max "i64.max" [Int Int] Int [] "p", "The greater.";
    53 I64Clz "i64.clz" [Int] Int [] "p", "Leading zero bits.";
    54 I64Ctz "i64.ctz" [Int] Int [] "p", "Trailing zero bits.";
    55 I64Popcnt "i64.popcnt" [Int] Int [] "p", "One bits.";
    56 I64Pow "i64.pow" [Int Int] Int [Ovf Range] "p", "Power; a negative exponent is out of range.";
    60 F64Min "f64.min" [Float Float] Float [] "p", "The lesser; NaN if either is.";
    61 F64Max "f64.max" [Float Float] Float [] "p", "The greater; NaN if either is.";
    62 F64Rem "f64.rem" [Float Float] Float [] "p", "IEEE remainder with the sign of the dividend.";
    63 F64Pow "f64.pow" [Float Float] Float [] "p", "Power.";
    64 F64Sin "f64.sin" [Float] Float [] "p", "Sine of radians.";
    65 F64Cos "f64.cos" [Float] Float [] "p", "Cosine of radians.";
    66 F64Tan "f64.tan" [Float] Float [] "p", "Tangent of radians.";
    67 F64Asin "f64.asin" [Float] Float [] "p", "Arc sine.";
    68 F64Acos "f64.acos" [Float] Float [] "p", "Arc cosine.";
    69 F64Atan "f64.atan" [Float] Float [] "p", "Arc tangent.";
    70 F64Atan2 "f64.atan2" [Float Float] Float [] "p", "Angle of (y, x).";
    71 F64Exp "f64.exp" [Float] Float [] "p", "e to the power.";
    72 F64Ln "f64.ln" [Float] Float [] "p", "Natural logarithm.";
    73 F64Log10 "f64.log10" [Float] Float [] "p", "Decimal logarithm.";
    74 F64ToF32 "f64.to_f32" [Float] Float [] "p", "Rounded to single precision.";
    80 BytesOfList "bytes.of_list" [Dyn] Bytes [Type Range] "a", "Bytes of an array or list of integers 0 to 255.";
    81 BytesToList "bytes.to_list" [Bytes] Ref [] "a", "Array of the bytes.";
    82 BytesLength "bytes.length" [Bytes] Int [] "p", "Number of bytes.";
    90 TableKeys "table.keys" [Dyn] Ref [Type] "a", "Array of a dictionary's keys, in order.";
    91 TableValues "table.values" [Dyn] Ref [Type] "a", "Array of a dictionary's values, in order.";
    92 TableRemove "table.remove" [Dyn Dyn] Bool [Type Write] "p", "Removes an entry; was it there?";
    93 TableContains "table.contains" [Dyn Dyn] Bool [Type] "p", "Is there an entry with that key?";
    100 NumberRound "number.round" [Dyn Int] Dyn [Type] "a", "Rounded half to even to so many decimal places.";
    101 NumberTrunc "number.trunc" [Dyn] Dyn [Type] "a", "Integer part.";
    102 NumberFloor "number.floor" [Dyn] Dyn [Type] "a", "Rounded down.";
    103 NumberCeil "number.ceil" [Dyn] Dyn [Type] "a", "Rounded up.";
    104 InRange "range.contains" [Dyn Dyn] Bool [Type] "p", "Does a range contain a value?";
    105 VersionOfText "version.of_text" [Text] Dyn [Conv] "a", "The version that a text names: `1.2.3`, `1.2.-`, `1.-`, with a suffix.";
    110 SignalWanted "signal.wanted" [] Bool [] "a", "Was the running activation called under a selector with a rule for anonymous signals?";
    111 SignalAnswered "signal.answered" [] Bool [] "p", "Notes that the running activation answers empty on purpose; always true.";
    112 SignalGate "signal.gate" [Dyn] Bool [] "p", "Is a value not empty, or was it the purposeful answer of the activation called last?";
    113 Assigned "assign.value" [Dyn] Dyn [] "p", "The value that was just stored; a reply to the violation that the store raised comes in its place.";
    114 ElementsAddFixed "elements.add_fixed" [Dyn Dyn Int] Dyn [Type Write] "a", "Adds an element that may not be changed afterwards, at the end (0) or in front (1), without asking hooks; gives the collection.";
    115 SelectorRest "selector.rest" [Dyn] Bool [] "p", "Is it the routine by which a selector that was joined with another goes on to the rules of that?";
    116 ArgumentsBound "arguments.bound" [Dyn Dyn] Dyn [] "a", "The values that the labels of a submap get from a map of all arguments: named ones first, then by position; the routine that binds them, if the submap has one; no values for anything else.";
    117 SignalFilter "signal.filter" [Dyn Dyn] Bool [] "a", "Notes that the next `subscribe` is to events whose argument at a position (from 0) equals a value; was it noted?";
    118 ArgumentsRest "arguments.rest" [] Dyn [State] "a", "The arguments of the running function that are beyond its parameters, with all named ones as fields.";
    119 ArgumentsLeft "arguments.left" [Dyn Dyn] Dyn [] "a", "What the labels of a submap leave of a map of all arguments.";
    120 MapDraft "map.draft" [Dyn] Dyn [] "p", "The map, which from now on is a draft: code is still filling it and nothing else has seen it, so a copy of a fiber whose registers name it has a copy of it.";
    121 MapDone "map.done" [Dyn] Dyn [] "p", "The map, which is no draft any more: copies of fibers share it.";
    122 MapOfReversed "map.of_reversed" [List] Dyn [] "a", "A plain map whose elements are those of a list, the last first.";
    123 FusabiMessage "fusabi.message" [Dyn] Text [] "a", "What an exception says: its field if that is one text, the message of a fault, else the form of %A.";
    124 TextFormat "text.format" [Text Dyn] Text [Type Conv Range] "a", "Formats the values of a list by a specification; a float without a precision in its shortest form.";
}
