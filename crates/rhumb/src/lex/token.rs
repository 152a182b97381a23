//! Tokens and comments.

use crate::tree::{Duration, LabelId, Library, Number, Span, Version};

macro_rules! signs {
    ($($name:ident $text:literal)*) => {
        /// Operators and other signs. Longest first, so that the first that fits is the maximal munch (§1.4).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[allow(missing_docs, reason = "the table says how each is written")]
        pub enum Sign {
            $($name,)*
        }

        impl Sign {
            /// Every sign, longest first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How it is written.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

signs! {
    ChildRealm "<$>"
    DetachedRealm "<|>"
    Empty "___"
    PlusPlus "++"
    MinusMinus "--"
    StarStar "**"
    SlashSlash "//"
    PlusSlash "+/"
    MinusSlash "-/"
    StarCaret "*^"
    CaretCaret "^^"
    CaretSlash "^/"
    PlusMinus "+-"
    EqualEqual "=="
    TildeTilde "~~"
    GreaterGreater ">>"
    LessLess "<<"
    GreaterEqual ">="
    LessEqual "<="
    Wedge "/\\"
    Vee "\\/"
    EqualAt "=@"
    TildeAt "~@"
    EqualBackslash "=\\"
    TildeBackslash "~\\"
    AtAt "@@"
    AmpAmp "&&"
    BackslashBackslash "\\\\"
    DotEqual ".="
    ColonEqual ":="
    CaretEqual "^="
    EqualGreater "=>"
    TildeGreater "~>"
    BarGreater "|>"
    Diamond "<>"
    BarBar "||"
    QuestionQuestion "??"
    Arrow "->"
    BangArrow "!>"
    PlusArrow "+>"
    DollarArrow "$>"
    BangBang "!!"
    DotDot ".."
    ColonColon "::"
    Bang "!"
    At "@"
    Backslash "\\"
    Hash "#"
    Caret "^"
    Dollar "$"
    Bar "|"
    Question "?"
    Dot "."
    Colon ":"
    Plus "+"
    Minus "-"
    Equal "="
    Tilde "~"
    Amp "&"
    Star "*"
    Underscore "_"
    Slash "/"
    Less "<"
    Greater ">"
    Backtick "`"
}

impl Sign {
    /// Whether an expression goes on on the next line after this sign (§1.3).
    #[must_use]
    pub const fn continues_after(self) -> bool {
        matches!(self, Self::AtAt) || self.continues_before()
    }

    /// Whether a line that begins with this sign goes on with the expression before it (§1.3).
    #[must_use]
    pub const fn continues_before(self) -> bool {
        use Sign::*;
        matches!(
            self,
            PlusPlus
                | MinusMinus
                | StarStar
                | SlashSlash
                | PlusSlash
                | MinusSlash
                | StarCaret
                | CaretCaret
                | CaretSlash
                | PlusMinus
                | EqualEqual
                | TildeTilde
                | GreaterGreater
                | LessLess
                | GreaterEqual
                | LessEqual
                | Wedge
                | Vee
                | EqualAt
                | TildeAt
                | EqualBackslash
                | TildeBackslash
                | AmpAmp
                | DotEqual
                | ColonEqual
                | CaretEqual
                | EqualGreater
                | TildeGreater
                | BarGreater
                | Diamond
                | BarBar
                | QuestionQuestion
                | Arrow
                | BangArrow
                | PlusArrow
                | DollarArrow
                | BangBang
                | Bar
                | DotDot
                | ColonColon
        )
    }
}

/// The three kinds of brackets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bracket {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
}

impl Bracket {
    /// How it opens.
    #[must_use]
    pub const fn open(self) -> &'static str {
        match self {
            Self::Round => "(",
            Self::Square => "[",
            Self::Curly => "{",
        }
    }

    /// How it closes.
    #[must_use]
    pub const fn close(self) -> &'static str {
        match self {
            Self::Round => ")",
            Self::Square => "]",
            Self::Curly => "}",
        }
    }
}

/// What a token is. Where it carries more than its text, the literal stands in [`super::Lexed::literals`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A line end that ends an expression; other line ends are no tokens (§1.3).
    Newline,
    /// `;`
    Semicolon,
    /// The end of the text; always the last token.
    End,
    /// `(`, `[` or `{`
    Open(Bracket),
    /// `)`, `]` or `}`
    Close(Bracket),
    /// An operator or another sign.
    Sign(Sign),
    /// A label, the truth words and `***` included.
    Label(LabelId),
    /// A hook label such as `_++_`.
    Hook(LabelId),
    /// `` `name ``
    Key(LabelId),
    /// `*.ext` and its like behind `\` or `\\`; at least one `*` and something else.
    Wildcard(LabelId),
    /// `$N` or `?N`
    Argument(u32),
    /// Number, version, date, duration, text without interpolation, library: index of its [`Literal`].
    Literal(u32),
    /// `"` that begins an interpolated text.
    TextStart,
    /// Text inside it; index of its [`Literal::Text`].
    TextPiece(u32),
    /// `$label` inside it; `\` `@` and labels may follow as tokens of their own.
    TextName(LabelId),
    /// `$(` or `${` inside it.
    TextCode(Bracket),
    /// The bracket that closes [`TokenKind::TextCode`].
    TextCodeEnd(Bracket),
    /// `"` that ends it.
    TextEnd,
    /// Not a token; an error was reported.
    Bad,
}

/// A token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

/// A date component before labels are expressions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateComponent {
    /// Written out: value and number of digits.
    Digits(u32, u8),
    /// `$label`, and where the label stands.
    Label(LabelId, Span),
}

/// A date or time as the lexer reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DateLiteral {
    /// No component is interpolated.
    Fixed(crate::tree::Moment),
    /// At least one component is a label.
    Interpolated([DateComponent; 3], Option<crate::tree::ClockTime>),
}

/// What a token carries beyond its text.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// Integer, float, decimal.
    Number(Number),
    /// Version.
    Version(Version),
    /// Date, time, or both.
    Date(DateLiteral),
    /// Duration.
    Duration(Duration),
    /// Raw text, or a piece of an interpolated one; escapes resolved.
    Text(String),
    /// Library literal.
    Library(Library),
}

/// The kinds of comments (§1.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentKind {
    /// `% …`; also a meta-operator with nothing before it on its line
    Line,
    /// `%( … %)`
    Block,
    /// `%= …`
    Assertion,
    /// `%? …`
    Inspection,
}

/// A comment; trivia of the token before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// From `%` to its end, without the line end.
    pub span: Span,
    /// Which kind.
    pub kind: CommentKind,
    /// How many tokens stand before it; the last of them is the one it belongs to. A [`TokenKind::Newline`] that
    /// ends the comment's line stands after it.
    pub after: u32,
}
