//! Tokens: what the lexer makes of a text, and what the layout stage adds.

use crate::syntax::tree::{LiteralId, Span, Symbol};

/// A token.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands; empty for virtual ones.
    pub span: Span,
    /// Its column in scalar values, from 0.
    pub column: u32,
    /// Whether nothing but blanks and comments stand before it on its line.
    pub first: bool,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TokenKind {
    /// An identifier, quoted ones without their backticks.
    Ident(Symbol),
    /// A constant with a value.
    Literal(LiteralId),
    /// `'a`, without the quote.
    TypeVar(Symbol),
    /// An operator.
    Operator(Symbol),
    /// A reserved word.
    Keyword(Keyword),
    /// A sign that is no operator.
    Punct(Punct),
    /// `$"…"` without holes.
    InterpolatedPlain(LiteralId),
    /// `$"…{`
    InterpolatedStart(LiteralId),
    /// `}…{`
    InterpolatedMiddle(LiteralId),
    /// `}…"`
    InterpolatedEnd(LiteralId),
    /// `,5` in a hole.
    HoleAlignment(i32),
    /// `:0.00` in a hole, without the colon.
    HoleFormat(LiteralId),
    /// `#load` and the like.
    Directive(DirectiveWord),
    /// `{` before `e with`; only the layout stage knows.
    CopyOpen,
    /// Virtual: a block begins (`layout/mod.rs`).
    Open,
    /// Virtual: the next statement, declaration or field begins.
    Separator,
    /// Virtual: the block ends.
    Close,
    /// The end of the text.
    End,
}

/// The word behind `#`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DirectiveWord {
    /// `#load`
    Load,
    /// `#r`
    Reference,
    /// `#nowarn`, `#light`
    Ignored,
    /// `#fusabi`
    Fusabi,
}

macro_rules! words {
    ($(#[$about:meta])* $kind:ident { $($name:ident $text:literal)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $kind {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl $kind {
            /// How it is written.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The one that is written so.
            #[must_use]
            pub fn of(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// A reserved word (§1.1). `or` is an operator; words that are reserved at some places only are identifiers.
    Keyword {
        Abstract "abstract" And "and" AndBang "and!" As "as" Assert "assert" Begin "begin" Do "do" DoBang "do!" Done "done"
        Downcast "downcast" Downto "downto" Elif "elif" Else "else" End "end" Exception "exception" False "false"
        Finally "finally" For "for" Fun "fun" Function "function" If "if" In "in" Inherit "inherit" Inline "inline"
        Interface "interface" Lazy "lazy" Let "let" LetBang "let!" Match "match" MatchBang "match!" Member "member"
        Module "module" Mutable "mutable" Namespace "namespace" New "new" Null "null" Of "of" Open "open"
        Override "override" Rec "rec" Return "return" ReturnBang "return!" Static "static" Struct "struct" Then "then"
        To "to" True "true" Try "try" Type "type" Upcast "upcast" Use "use" UseBang "use!" Val "val" Void "void"
        When "when" While "while" With "with" Yield "yield" YieldBang "yield!"
    }
}

words! {
    /// A sign that is no operator.
    Punct {
        ParenOpen "(" ParenClose ")" ListOpen "[" ListClose "]" ArrayOpen "[|" ArrayClose "|]" BraceOpen "{" BraceClose "}"
        RecordOpen "{|" RecordClose "|}" AttributeOpen "[<" AttributeClose ">]" Comma "," Semicolon ";"
        SemicolonTwice ";;" Colon ":" Upcast ":>" Downcast ":?>" TypeTest ":?" Equals "=" Assign "<-" Arrow "->"
        DotDot ".." Dot "." Bar "|" Underscore "_" Hash "#"
    }
}

impl Punct {
    /// The bracket that closes this one.
    #[must_use]
    pub const fn closer(self) -> Option<Self> {
        Some(match self {
            Self::ParenOpen => Self::ParenClose,
            Self::ListOpen => Self::ListClose,
            Self::ArrayOpen => Self::ArrayClose,
            Self::BraceOpen => Self::BraceClose,
            Self::RecordOpen => Self::RecordClose,
            Self::AttributeOpen => Self::AttributeClose,
            _ => return None,
        })
    }

    /// Whether it closes a bracket.
    #[must_use]
    pub const fn is_closer(self) -> bool {
        matches!(
            self,
            Self::ParenClose
                | Self::ListClose
                | Self::ArrayClose
                | Self::BraceClose
                | Self::RecordClose
                | Self::AttributeClose
        )
    }
}

/// What stands between tokens besides blanks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// Which kind.
    pub kind: CommentKind,
    /// Where it stands, without the line end behind it.
    pub span: Span,
    /// Whether nothing but blanks stand before it on its line.
    pub first: bool,
}

/// A kind of comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentKind {
    /// `// …`, and the first line `#!…`.
    Line,
    /// `(* … *)`
    Block,
    /// `#if`, `#else`, `#endif`, and what they leave out: never laid out.
    Conditional,
}
