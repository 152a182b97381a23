//! The operators: one table of tokens, hook labels and precedence (docs/specs/rhumb.md §2.1, rulings A4).

/// How operands group among operators of one level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Associativity {
    /// `a ++ b ++ c` is `(a ++ b) ++ c`.
    Left,
    /// `a ^^ b ^^ c` is `a ^^ (b ^^ c)`.
    Right,
}

/// The levels of §2.1 between prefix operators and conditional chains, tightest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// `|`, just looser than prefix operators (rulings A4).
    Range,
    /// `**` and its like.
    Product,
    /// `++` and its like.
    Sum,
    /// `>>` and its like.
    Order,
    /// `==` and its like.
    Equality,
    /// `/\`.
    And,
    /// `\/`.
    Or,
}

macro_rules! binary_operators {
    ($($(#[$doc:meta])* $name:ident, $text:literal, $hook:expr, $level:expr;)*) => {
        /// An infix operator that computes a value from two.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum BinaryOp {
            $($(#[$doc])* $name,)*
        }

        impl BinaryOp {
            /// Every operator, tightest first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its token.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The label of its hook field, or none if it cannot be hooked.
            #[must_use]
            pub const fn hook(self) -> Option<&'static str> {
                match self { $(Self::$name => $hook),* }
            }

            /// Its level; none for level 3, which is tighter than prefix operators and groups to the right.
            #[must_use]
            pub const fn level(self) -> Option<Level> {
                match self { $(Self::$name => $level),* }
            }
        }
    };
}

binary_operators! {
    /// `a ^^ b`: power.
    Power, "^^", Some("_^^_"), None;
    /// `a ^/ b`: a-th root of b.
    Root, "^/", Some("_^/_"), None;
    /// `a *^ b`: a times ten to the b.
    Scientific, "*^", Some("_*^_"), None;
    /// `a | b`.
    Range, "|", None, Some(Level::Range);
    /// `a ** b`.
    Multiply, "**", Some("_**_"), Some(Level::Product);
    /// `a // b`: division with a fraction.
    Divide, "//", Some("_//_"), Some(Level::Product);
    /// `a +/ b`: floor division.
    Quotient, "+/", Some("_+/_"), Some(Level::Product);
    /// `a -/ b`: remainder.
    Remainder, "-/", Some("_-/_"), Some(Level::Product);
    /// `f !! b`: rebinding to a base.
    Rebind, "!!", None, Some(Level::Product);
    /// `a ++ b`.
    Add, "++", Some("_++_"), Some(Level::Sum);
    /// `a -- b`.
    Subtract, "--", Some("_--_"), Some(Level::Sum);
    /// `a && b`: concatenation.
    Concatenate, "&&", None, Some(Level::Sum);
    /// `a +- b`: range around a.
    Around, "+-", None, Some(Level::Sum);
    /// `a >> b`.
    Greater, ">>", Some("_>>_"), Some(Level::Order);
    /// `a << b`.
    Less, "<<", Some("_<<_"), Some(Level::Order);
    /// `a >= b`.
    GreaterEqual, ">=", Some("_>=_"), Some(Level::Order);
    /// `a <= b`.
    LessEqual, "<=", Some("_<=_"), Some(Level::Order);
    /// `a == b`.
    Equal, "==", Some("_==_"), Some(Level::Equality);
    /// `a ~~ b`.
    NotEqual, "~~", Some("_~~_"), Some(Level::Equality);
    /// `m =@ x`: has the subfield.
    HasSubfield, "=@", None, Some(Level::Equality);
    /// `m ~@ x`: lacks the subfield.
    LacksSubfield, "~@", None, Some(Level::Equality);
    /// `m =\ x`: has the field.
    HasField, "=\\", None, Some(Level::Equality);
    /// `m ~\ x`: lacks the field.
    LacksField, "~\\", None, Some(Level::Equality);
    /// `a /\ b`.
    And, "/\\", Some("_/\\_"), Some(Level::And);
    /// `a \/ b`.
    Or, "\\/", Some("_\\/_"), Some(Level::Or);
}

impl BinaryOp {
    /// How it groups.
    #[must_use]
    pub const fn associativity(self) -> Associativity {
        match self.level() {
            None | Some(Level::Range) => Associativity::Right,
            Some(_) => Associativity::Left,
        }
    }

    /// Whether an expression that holds it is a predicate when it stands as a pattern (§4.2: levels 7 to 10).
    #[must_use]
    pub fn is_test(self) -> bool {
        self.level().is_some_and(|level| level >= Level::Order)
    }
}

macro_rules! small_operators {
    ($(#[$doc_enum:meta])* $enum:ident; $($(#[$doc:meta])* $name:ident, $text:literal;)*) => {
        $(#[$doc_enum])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $enum {
            $($(#[$doc])* $name,)*
        }

        impl $enum {
            /// Every operator of this kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How it is written.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

small_operators! {
    /// Level 11: operators that run their right operand as they see fit (§3.18). They group to the left.
    FlowOp;
    /// `x || f`: apply.
    Pipe, "||";
    /// `x ?? d`: unless empty.
    Default, "??";
    /// `xs <> f`: for each; subscription.
    Each, "<>";
    /// `c |> body`: while.
    While, "|>";
}

small_operators! {
    /// Operators before their operand; each means the same as the field operator of the same sign (§3.14).
    PrefixOp;
    /// `?x`: is empty.
    IsEmpty, "?";
    /// `.x`: freeze.
    Freeze, ".";
    /// `:x`: copy; before a call, a fresh instance.
    Copy, ":";
    /// `+x`: to number.
    ToNumber, "+";
    /// `-x`: negate.
    Negate, "-";
    /// `=x`: to truth.
    ToTruth, "=";
    /// `~x`: not.
    Not, "~";
    /// `&x`: spread marker.
    Spread, "&";
}

impl PrefixOp {
    /// The field operator that means the same.
    #[must_use]
    pub const fn field_op(self) -> FieldOp {
        match self {
            Self::IsEmpty => FieldOp::IsEmpty,
            Self::Freeze => FieldOp::Freeze,
            Self::Copy => FieldOp::Copy,
            Self::ToNumber => FieldOp::ToNumber,
            Self::Negate => FieldOp::Negate,
            Self::ToTruth => FieldOp::ToTruth,
            Self::Not => FieldOp::Not,
            Self::Spread => FieldOp::Spread,
        }
    }
}

small_operators! {
    /// What may stand alone between the brackets after an expression (§3.14).
    FieldOp;
    /// `[>]`: last element; as a target, append.
    Last, ">";
    /// `[<]`: first element; as a target, unshift.
    First, "<";
    /// `[#]`
    Length, "#";
    /// `[?]`
    IsEmpty, "?";
    /// `[@]`
    Subfields, "@";
    /// `[*]`
    FieldNames, "*";
    /// `[0]`, written with the literal.
    Elements, "0";
    /// `[.]`
    Freeze, ".";
    /// `[:]`
    Copy, ":";
    /// `[/]`
    ToDate, "/";
    /// `[$]`
    Parameters, "$";
    /// `[^]`
    Constructor, "^";
    /// `[!]`
    Base, "!";
    /// `[+]`
    ToNumber, "+";
    /// `[-]`
    Negate, "-";
    /// `[=]`
    ToTruth, "=";
    /// `[~]`
    Not, "~";
    /// `[&]`
    Spread, "&";
    /// ``[`]``
    ToKey, "`";
}

impl FieldOp {
    /// The label of its hook field.
    #[must_use]
    pub const fn hook(self) -> &'static str {
        match self {
            Self::Last => "_>_",
            Self::First => "_<_",
            Self::Length => "_#_",
            Self::IsEmpty => "_?_",
            Self::Subfields => "_@_",
            Self::FieldNames => "_*_",
            Self::Elements => "_0_",
            Self::Freeze => "_._",
            Self::Copy => "_:_",
            Self::ToDate => "_/_",
            Self::Parameters => "_$_",
            Self::Constructor => "_^_",
            Self::Base => "_!_",
            Self::ToNumber => "_+_",
            Self::Negate => "_-_",
            Self::ToTruth => "_=_",
            Self::Not => "_~_",
            Self::Spread => "_&_",
            Self::ToKey => "_`_",
        }
    }
}
