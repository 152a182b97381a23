//! Field operators: Rhumb's postfix operators as operands of `field_op` (docs/specs/machine.md §4, rhumb.md §3.14).

use crate::Hook;

macro_rules! field_ops {
    ($($num:literal $name:ident $text:literal $written:literal $hook:ident, $doc:literal;)*) => {
        /// Operand of `field_op`. Numbers never change their meaning.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum FieldOp { $(#[doc = $doc] $name = $num),* }
        impl FieldOp {
            /// All operators in the order of their numbers.
            pub const ALL: &'static [FieldOp] = &[$(FieldOp::$name),*];
            /// The operator with that number.
            pub const fn from_number(number: u8) -> Option<FieldOp> { match number { $($num => Some(FieldOp::$name),)* _ => None } }
            /// Name in text assembly.
            pub const fn name(self) -> &'static str { match self { $(FieldOp::$name => $text),* } }
            /// How Rhumb writes it.
            pub const fn written(self) -> &'static str { match self { $(FieldOp::$name => $written),* } }
            /// The hook that is asked first.
            pub const fn hook(self) -> Hook { match self { $(FieldOp::$name => Hook::$hook),* } }
            /// One line of meaning.
            pub const fn doc(self) -> &'static str { match self { $(FieldOp::$name => $doc),* } }
        }
    };
}

field_ops! {
    0 Length "length" "[#]" Length, "Number of positional elements, scalars, range members or arguments.";
    1 IsEmpty "is_empty" "[?]" IsEmpty, "True for empty, the empty text and a map without fields.";
    2 Subs "subs" "[@]" Subs, "View of all subfields.";
    3 Names "names" "[*]" Names, "List of the public named fields' names, in insertion order.";
    4 Positional "positional" "[0]" Positional, "New map with the positional elements only; a range becomes a list.";
    5 First "first" "[<]" Unshift, "First positional element, empty if there is none.";
    6 Last "last" "[>]" Append, "Last positional element, empty if there is none.";
    7 Freeze "freeze" "[.]" Freeze, "Makes all fields immutable and forbids additions; gives the map.";
    8 Copy "copy" "[:]" Copy, "Shallow copy, all fields mutable, same delegates and constructor.";
    9 Params "params" "[$]" Params, "Submap of a routine's remaining parameters.";
    10 Ctor "ctor" "[^]" Ctor, "The routine that built a map; the kind's reference for other values.";
    11 Base "base" "[!]" Base, "A routine's home, a map's base.";
    12 Neg "negate" "[-]" Neg, "The number with its sign changed.";
    13 Not "not" "[~]" Not, "The opposite of the explicit truth coercion.";
    14 Spread "spread" "[&]" Spread, "The value that spreading takes its elements from.";
}
