//! Syntax errors as data, and the diagnostics they become (catalogue entries `RH0001` and on, `rhumb.cat`).

use diag::{Argument, Code, Diagnostic, FileId, Message};

use crate::lex::{Bracket, DateError, Sign};
use crate::tree::Span;

/// What was expected at a place. Its name is that of the catalogue's field `expected.…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// An expression.
    Expression,
    /// The right operand of that operator.
    Operand(&'static str),
    /// An operator, or the end of the statement: `;`, a line end, and the bracket that closes, if one is open.
    StatementEnd(Option<Bracket>),
    /// That bracket: only one expression stands between them.
    Close(Bracket),
    /// The `>` that closes a reference.
    CloseReference,
    /// The name of a field behind `\` or `@`.
    FieldName,
    /// A name or pattern behind `\\`.
    SearchPattern,
    /// A topic behind `#`, `^` or `$`.
    Topic,
    /// What may follow `$label` in a text.
    TextEnd,
}

impl Expected {
    const fn key(self) -> &'static str {
        match self {
            Self::Expression => "expression",
            Self::Operand(_) => "operand",
            Self::StatementEnd(None) => "end",
            Self::StatementEnd(Some(_)) => "end-or-close",
            Self::Close(_) => "close",
            Self::CloseReference => "close-reference",
            Self::FieldName => "field-name",
            Self::SearchPattern => "search",
            Self::Topic => "topic",
            Self::TextEnd => "text-end",
        }
    }
}

/// What stood there instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The end of the text.
    End,
    /// The end of the line.
    Newline,
    /// That text.
    Text(String),
}

/// What is wrong, or noteworthy.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// Something else was expected.
    Expected(Expected, Found),
    /// A bracket is never closed.
    Unclosed(Bracket),
    /// A bracket closes nothing.
    Stray(Bracket),
    /// `"` without its end.
    UnclosedText,
    /// `'` without its end on the line.
    UnclosedRawText,
    /// `%(` without its end.
    UnclosedComment,
    /// Deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The text has 4 GiB or more.
    TooLong,
    /// Digits and marks that are no number.
    BadNumber,
    /// An integer, part of a version or number of an argument that is too large.
    NumberTooLarge,
    /// A date or time that does not exist.
    BadDate(DateError),
    /// A backtick with no escape behind it.
    BadEscape,
    /// A character that begins no token.
    UnknownCharacter(char),
    /// The left side of an assignment is no target.
    NotAssignable,
    /// An item before an arrow is no parameter.
    NotParameter,
    /// An item before `^=` is no target.
    NotDestructurable,
    /// What stands before `^=` is no `[ … ]`.
    DestructureHead,
    /// An event pattern where a value is matched.
    NestedEvent,
    /// `@s[…]` outside of a pattern.
    SubfieldPattern,
    /// `#*` outside of a pattern.
    AnyTopic,
    /// A reference to something that has no name.
    BadReference,
    /// An expression that cannot name a field.
    BadFieldName,
    /// Warning: `1,000` is 1.
    LooksGroupedFloat,
    /// Warning: `1,000,000` is a version.
    LooksGroupedVersion,
    /// Warning: `"costs $5"` interpolates argument 5.
    LooksLikeMoney,
    /// Warning: the `~>` belongs to the assigned value (rulings B17).
    ElseInAssignment,
    /// Warning: `{!|math|1.2}` is read as `1.2.-`.
    ShortVersion,
    /// Warning: a `->` in a method that has a `!` of its own (rulings B6); its label.
    HelperOfItsOwn(String),
    /// Warning: `1|xs[#] <> …` (rulings B29).
    RangeOverLength,
    /// Warning: `.=` in the body of a loop (rulings B39); its label.
    FrozenInLoop(String),
    /// Warning: a routine of arity zero is called before it is passed (rulings B52); its label.
    CalledBefore(String),
}

/// A syntax error or warning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What.
    pub kind: SyntaxErrorKind,
    /// Where, in the normalised source.
    pub span: Span,
    /// The bracket that is open, or where something began.
    pub opened: Option<Span>,
}

impl SyntaxError {
    pub(crate) const fn new(kind: SyntaxErrorKind, span: Span) -> Self {
        Self {
            kind,
            span,
            opened: None,
        }
    }

    /// Whether it only advises.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        use SyntaxErrorKind::{
            CalledBefore, ElseInAssignment, FrozenInLoop, HelperOfItsOwn, LooksGroupedFloat,
            LooksGroupedVersion, LooksLikeMoney, RangeOverLength, ShortVersion,
        };
        matches!(
            self.kind,
            LooksGroupedFloat
                | LooksGroupedVersion
                | LooksLikeMoney
                | ElseInAssignment
                | ShortVersion
                | HelperOfItsOwn(_)
                | RangeOverLength
                | FrozenInLoop(_)
                | CalledBefore(_)
        )
    }

    /// Whether more lines might mend it: a bracket, text or comment is open, or the last token was an operator after which
    /// an expression may go on on the next line (§1.3).
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        match &self.kind {
            SyntaxErrorKind::Expected(Expected::Operand(operator), Found::End) => Sign::ALL
                .iter()
                .any(|sign| sign.text() == *operator && sign.continues_after()),
            SyntaxErrorKind::Unclosed(_)
            | SyntaxErrorKind::UnclosedText
            | SyntaxErrorKind::UnclosedComment => true,
            _ => false,
        }
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> Code {
        use SyntaxErrorKind as K;
        match self.kind {
            K::Expected(..) => codes::EXPECTED,
            K::Unclosed(_) => codes::UNCLOSED,
            K::Stray(_) => codes::STRAY,
            K::UnclosedText | K::UnclosedRawText => codes::UNCLOSED_TEXT,
            K::TooDeep => codes::TOO_DEEP,
            K::UnclosedComment => codes::UNCLOSED_COMMENT,
            K::BadNumber => codes::BAD_NUMBER,
            K::NumberTooLarge => codes::NUMBER_TOO_LARGE,
            K::BadDate(_) => codes::BAD_DATE,
            K::BadEscape => codes::BAD_ESCAPE,
            K::UnknownCharacter(_) => codes::UNKNOWN_CHARACTER,
            K::NotAssignable => codes::NOT_ASSIGNABLE,
            K::NotParameter => codes::NOT_PARAMETER,
            K::NotDestructurable | K::DestructureHead => codes::NOT_DESTRUCTURABLE,
            K::NestedEvent | K::AnyTopic | K::SubfieldPattern => codes::PATTERN_ONLY,
            K::BadReference => codes::BAD_REFERENCE,
            K::BadFieldName => codes::BAD_FIELD_NAME,
            K::TooLong => codes::TOO_LONG,
            K::LooksGroupedFloat | K::LooksGroupedVersion => codes::LOOKS_GROUPED,
            K::LooksLikeMoney => codes::LOOKS_LIKE_MONEY,
            K::ElseInAssignment => codes::ELSE_IN_ASSIGNMENT,
            K::ShortVersion => codes::SHORT_VERSION,
            K::HelperOfItsOwn(_) => codes::HELPER_OF_ITS_OWN,
            K::RangeOverLength => codes::RANGE_OVER_LENGTH,
            K::FrozenInLoop(_) => codes::FROZEN_IN_LOOP,
            K::CalledBefore(_) => codes::CALLED_BEFORE,
        }
    }

    /// The diagnostic, for a file that was added to [`diag::Sources`] with the normalised text.
    #[must_use]
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        use SyntaxErrorKind as K;
        let place = |span: Span| diag::Span::new(file, span.start, span.end);
        let base = if self.is_warning() {
            Diagnostic::warning(self.code())
        } else {
            Diagnostic::error(self.code())
        };
        let diagnostic = match &self.kind {
            K::Expected(expected, found) => expectation(base, *expected, found),
            K::Unclosed(bracket) => base
                .arg("open", bracket.open())
                .arg("close", bracket.close()),
            K::Stray(bracket) => base.arg("close", bracket.close()),
            K::UnclosedText => base.reason("interpolated"),
            K::UnclosedRawText => base.reason("raw"),
            K::TooDeep => base.arg("limit", crate::MAX_DEPTH),
            K::BadDate(error) => base.reason(match error {
                DateError::Year => "year",
                DateError::Day => "day",
                DateError::Time => "time",
                DateError::Length => "length",
            }),
            K::UnknownCharacter(c) => base
                .arg("character", c.to_string())
                .arg("code", format!("U+{:04X}", u32::from(*c))),
            K::NotDestructurable => base.reason("item"),
            K::DestructureHead => base.reason("head"),
            K::NestedEvent => base.reason("event"),
            K::AnyTopic => base.reason("topic"),
            K::SubfieldPattern => base.reason("subfield"),
            K::LooksGroupedFloat => base.reason("float"),
            K::LooksGroupedVersion => base.reason("version"),
            K::HelperOfItsOwn(label) | K::FrozenInLoop(label) | K::CalledBefore(label) => {
                base.arg("label", label.as_str())
            }
            _ => base,
        };
        let diagnostic = diagnostic.primary(place(self.span), None);
        match self.opened {
            Some(span) => diagnostic.label(place(span), Message::new("label.opened")),
            None => diagnostic,
        }
    }
}

fn expectation(base: Diagnostic, expected: Expected, found: &Found) -> Diagnostic {
    let found = match found {
        Found::End => Argument::Key("end"),
        Found::Newline => Argument::Key("newline"),
        Found::Text(text) => Argument::Text(format!("`{text}`")),
    };
    let base = base
        .arg("expected", Argument::Key(expected.key()))
        .arg("found", found);
    match expected {
        Expected::Operand(operator) => base.arg("operator", operator),
        Expected::StatementEnd(Some(bracket)) | Expected::Close(bracket) => {
            base.arg("close", bracket.close())
        }
        _ => base,
    }
}

/// The codes of the front end's diagnostics.
pub mod codes {
    use diag::Code;

    macro_rules! codes {
        ($($name:ident $text:literal)*) => {
            $(
                #[doc = concat!("`", $text, "`")]
                pub const $name: Code = Code::new($text);
            )*

            /// All of them, in order.
            pub const ALL: &[Code] = &[$($name),*];
        };
    }

    codes! {
        EXPECTED "RH0001"
        UNCLOSED "RH0002"
        STRAY "RH0003"
        UNCLOSED_TEXT "RH0004"
        TOO_DEEP "RH0005"
        UNCLOSED_COMMENT "RH0006"
        BAD_NUMBER "RH0007"
        NUMBER_TOO_LARGE "RH0008"
        BAD_DATE "RH0009"
        BAD_ESCAPE "RH0010"
        UNKNOWN_CHARACTER "RH0011"
        NOT_ASSIGNABLE "RH0012"
        NOT_PARAMETER "RH0013"
        NOT_DESTRUCTURABLE "RH0014"
        PATTERN_ONLY "RH0015"
        BAD_REFERENCE "RH0016"
        BAD_FIELD_NAME "RH0017"
        TOO_LONG "RH0018"
        LOOKS_GROUPED "RH0101"
        LOOKS_LIKE_MONEY "RH0102"
        ELSE_IN_ASSIGNMENT "RH0103"
        SHORT_VERSION "RH0104"
        UNDEFINED "RH0105"
        HELPER_OF_ITS_OWN "RH0106"
        RANGE_OVER_LENGTH "RH0107"
        FROZEN_IN_LOOP "RH0108"
        CALLED_BEFORE "RH0109"
        LIBRARY_NOT_FOUND "RH0201"
        TOO_LARGE "RH0202"
        NO_VERSION "RH0203"
        ANCHOR_DIFFERS "RH0204"
        ANCHOR_MISSING "RH0205"
        NO_RESOLVER "RH0206"
        LIBRARY_UNUSABLE "RH0207"
        PATH_UNUSABLE "RH0208"
        CATALOG "RH0209"
        COMPILER "RH0299"
        UNCAUGHT "RH0301"
        LATE_REPLY "RH0302"
        STARVED "RH0303"
        PROCESS_FAILED "RH0304"
    }
}
