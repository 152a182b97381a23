//! Hooks: the labels under which a map answers for an operator (docs/specs/rhumb.md §3.14, §3.15; founding tables).

macro_rules! hooks {
    ($($num:literal $name:ident $label:literal $binary:literal;)*) => {
        /// A hook's number as `has_hook` and `call_hook` carry it. Numbers never change their meaning.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Hook { $(#[doc = concat!("`", $label, "`")] $name = $num),* }
        impl Hook {
            /// All hooks in the order of their numbers.
            pub const ALL: &'static [Hook] = &[$(Hook::$name),*];
            /// The hook with that number.
            pub const fn from_number(number: u8) -> Option<Hook> { match number { $($num => Some(Hook::$name),)* _ => None } }
            /// The field name under which a map holds it.
            pub const fn label(self) -> &'static str { match self { $(Hook::$name => $label),* } }
            /// True for binary operators, whose hook may also stand on the right operand.
            pub const fn binary(self) -> bool { match self { $(Hook::$name => $binary),* } }
        }
    };
}

hooks! {
    0 Add "_++_" true; 1 Sub "_--_" true; 2 Mul "_**_" true; 3 Div "_//_" true; 4 FloorDiv "_+/_" true; 5 Mod "_-/_" true;
    6 Pow "_^^_" true; 7 Root "_^/_" true; 8 Scale10 "_*^_" true;
    9 Eq "_==_" true; 10 Ne "_~~_" true; 11 Lt "_<<_" true; 12 Le "_<=_" true; 13 Gt "_>>_" true; 14 Ge "_>=_" true;
    15 And "_/\\_" true; 16 Or "_\\/_" true; 17 Range "_|_" true; 18 Join "_&&_" true;
    19 Append "_>_" false; 20 Unshift "_<_" false; 21 Length "_#_" false; 22 IsEmpty "_?_" false; 23 Subs "_@_" false;
    24 Names "_*_" false; 25 Positional "_0_" false; 26 Freeze "_._" false; 27 Copy "_:_" false; 28 Date "_/_" false;
    29 Params "_$_" false; 30 Ctor "_^_" false; 31 Base "_!_" false; 32 Number "_+_" false; 33 Neg "_-_" false;
    34 Bool "_=_" false; 35 Not "_~_" false; 36 Spread "_&_" false; 37 Key "_`_" false; 38 Around "_+-_" true;
}
