//! Syntax errors as data, and the diagnostics they become (catalogue entries `FB0001` and on, `fusabi.cat`).

use diag::{Argument, Code, Diagnostic, FileId, Message};

use crate::syntax::tree::{IntKind, Span};

/// What was expected at a place. Its name is that of the catalogue's field `expected.…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// An expression.
    Expression,
    /// The right operand of an operator.
    Operand,
    /// What belongs behind `=`, `->`, `then` and so on: something further right than what it belongs to.
    Body,
    /// A pattern.
    Pattern,
    /// A type.
    Type,
    /// A name.
    Name,
    /// A declaration, behind attributes.
    Declaration,
    /// The end of the statement or declaration: an operator, an argument, or a new line.
    StatementEnd,
    /// That sign or word.
    Sign(&'static str),
    /// The name of a field and `=`.
    Field,
    /// A member.
    Member,
    /// A text in quotes behind a directive.
    DirectiveText,
    /// What a bracket closes.
    Close(&'static str),
}

impl Expected {
    const fn key(self) -> &'static str {
        match self {
            Self::Expression => "expression",
            Self::Operand => "operand",
            Self::Body => "body",
            Self::Pattern => "pattern",
            Self::Type => "type",
            Self::Name => "name",
            Self::Declaration => "declaration",
            Self::StatementEnd => "end",
            Self::Sign(_) => "sign",
            Self::Field => "field",
            Self::Member => "member",
            Self::DirectiveText => "directive-text",
            Self::Close(_) => "close",
        }
    }
}

/// What stood there instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The end of the text.
    End,
    /// The end of the line, or a line that stands further left.
    Newline,
    /// That text.
    Text(String),
}

/// Something of F# that Fusabi does not have (§1.13). Its name is that of the catalogue's field `feature.…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "named for what it is")]
pub enum Feature {
    Inheritance,
    Interface,
    AbstractMember,
    ExplicitField,
    NewObject,
    ClassLet,
    TypeProvider,
    FlexibleType,
    PropertyAccessor,
    OptionalParameter,
    StaticResolution,
}

impl Feature {
    const fn key(self) -> &'static str {
        match self {
            Self::Inheritance => "inheritance",
            Self::Interface => "interface",
            Self::AbstractMember => "abstract",
            Self::ExplicitField => "val",
            Self::NewObject => "new",
            Self::ClassLet => "class-let",
            Self::TypeProvider => "provider",
            Self::FlexibleType => "flexible",
            Self::PropertyAccessor => "accessor",
            Self::OptionalParameter => "optional",
            Self::StaticResolution => "static",
        }
    }
}

/// What is wrong, or noteworthy.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// Something else was expected.
    Expected(Expected, Found),
    /// A bracket is never closed: how it opens and how it would close.
    Unclosed(&'static str, &'static str),
    /// A bracket closes nothing.
    Stray(String),
    /// A string without its end.
    UnclosedText,
    /// `(*` without its end.
    UnclosedComment,
    /// `#if` without `#endif`.
    UnclosedCondition,
    /// Deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The text has 4 GiB or more.
    TooLong,
    /// Digits and letters that are no number.
    BadNumber,
    /// A suffix of F# for a type that Fusabi does not have.
    NumberSuffix(String),
    /// A whole number that its type does not hold.
    OutOfRange(IntKind),
    /// `'` with no character behind it.
    BadCharacter,
    /// An escape for a character that does not exist.
    BadEscape,
    /// A byte string with a character above U+00FF, or a byte above U+007F.
    NotBytes,
    /// A character that begins no token.
    UnknownCharacter(char),
    /// ` `` ` without its end on the line.
    BadQuotedName,
    /// A `}` in an interpolated string that closes no hole.
    StrayHoleEnd,
    /// A tab at the beginning of a line.
    Tab,
    /// `#word` of no known word.
    UnknownDirective(String),
    /// `#if` without a condition.
    BadCondition,
    /// `#else` or `#endif` without `#if`.
    StrayCondition,
    /// A `%` that begins no format specifier, or one without a hole behind it.
    BadFormat,
    /// Something of F# that is not part of the language.
    Unsupported(Feature),
    /// `let!` and the like outside of a computation.
    OnlyInComputation(&'static str),
    /// `{ … }` with statements and nothing before it.
    NoBuilder,
    /// A statement, attribute or the like where it has no place.
    Misplaced,
    /// A token further left than the block it stands in.
    Offside,
    /// A block ends with a binding.
    EndsWithBinding,
    /// `break` or `continue` outside of a loop.
    OutsideLoop(&'static str),
    /// Warning: `[1, 2]` has one element.
    CommaInList,
}

/// Something wrong or noteworthy at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What.
    pub kind: SyntaxErrorKind,
    /// Where.
    pub span: Span,
    /// The bracket or word that it belongs to.
    pub opened: Option<Span>,
    /// The text ends where more was expected: at a prompt, more lines are wanted.
    pub incomplete: bool,
}

impl SyntaxError {
    /// An error at that place.
    #[must_use]
    pub fn new(kind: SyntaxErrorKind, span: Span) -> Self {
        use SyntaxErrorKind as K;
        let incomplete = matches!(
            kind,
            K::Expected(_, Found::End)
                | K::Unclosed(..)
                | K::UnclosedText
                | K::UnclosedComment
                | K::UnclosedCondition
        );
        Self {
            kind,
            span,
            opened: None,
            incomplete,
        }
    }

    /// Whether it is a warning: the text has a meaning.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        matches!(self.kind, SyntaxErrorKind::CommaInList)
    }

    /// Its code in the catalogue.
    #[must_use]
    pub const fn code(&self) -> Code {
        use SyntaxErrorKind as K;
        match &self.kind {
            K::Expected(..) => codes::EXPECTED,
            K::Unclosed(..) => codes::UNCLOSED,
            K::Stray(_) => codes::STRAY,
            K::UnclosedText => codes::UNCLOSED_TEXT,
            K::TooDeep => codes::TOO_DEEP,
            K::UnclosedComment => codes::UNCLOSED_COMMENT,
            K::BadNumber => codes::BAD_NUMBER,
            K::OutOfRange(_) => codes::OUT_OF_RANGE,
            K::NumberSuffix(_) => codes::NUMBER_SUFFIX,
            K::BadEscape => codes::BAD_ESCAPE,
            K::UnknownCharacter(_) => codes::UNKNOWN_CHARACTER,
            K::BadCharacter => codes::BAD_CHARACTER,
            K::NotBytes => codes::NOT_BYTES,
            K::BadQuotedName => codes::BAD_QUOTED_NAME,
            K::StrayHoleEnd => codes::STRAY_HOLE_END,
            K::Tab => codes::TAB,
            K::UnknownDirective(_) => codes::UNKNOWN_DIRECTIVE,
            K::BadCondition | K::StrayCondition | K::UnclosedCondition => codes::BAD_CONDITION,
            K::TooLong => codes::TOO_LONG,
            K::BadFormat => codes::BAD_FORMAT,
            K::Unsupported(_) => codes::UNSUPPORTED,
            K::OnlyInComputation(_) => codes::ONLY_IN_COMPUTATION,
            K::NoBuilder => codes::NO_BUILDER,
            K::Misplaced => codes::MISPLACED,
            K::Offside => codes::OFFSIDE,
            K::EndsWithBinding => codes::ENDS_WITH_BINDING,
            K::OutsideLoop(_) => codes::OUTSIDE_LOOP,
            K::CommaInList => codes::COMMA_IN_LIST,
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
            K::Unclosed(open, close) => base.arg("open", *open).arg("close", *close),
            K::Stray(text) | K::NumberSuffix(text) | K::UnknownDirective(text) => {
                base.arg("text", text.as_str())
            }
            K::TooDeep => base.arg("limit", crate::MAX_DEPTH),
            K::OutOfRange(kind) => {
                let (least, most) = kind.range();
                base.arg("type", kind.type_name())
                    .arg("least", least.to_string())
                    .arg("most", most.to_string())
            }
            K::UnknownCharacter(c) => base
                .arg("character", c.to_string())
                .arg("code", format!("U+{:04X}", u32::from(*c))),
            K::BadCondition => base.reason("condition"),
            K::StrayCondition => base.reason("stray"),
            K::UnclosedCondition => base.reason("unclosed"),
            K::Unsupported(feature) => base.reason(feature.key()),
            K::OnlyInComputation(word) | K::OutsideLoop(word) => base.arg("word", *word),
            _ => base,
        };
        let diagnostic = diagnostic
            .primary(place(self.span), None)
            .help(Message::new("help.hint"));
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
        Expected::Sign(sign) | Expected::Close(sign) => base.arg("sign", sign),
        _ => base,
    }
}

/// The codes of the front end's diagnostics. Where F# has the same one, the number is that of F#.
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
        EXPECTED "FB0001"
        UNCLOSED "FB0002"
        STRAY "FB0003"
        UNCLOSED_TEXT "FB0004"
        TOO_DEEP "FB0005"
        UNCLOSED_COMMENT "FB0006"
        BAD_NUMBER "FB0007"
        OUT_OF_RANGE "FB0008"
        NUMBER_SUFFIX "FB0009"
        BAD_ESCAPE "FB0010"
        UNKNOWN_CHARACTER "FB0011"
        BAD_CHARACTER "FB0012"
        NOT_BYTES "FB0013"
        BAD_QUOTED_NAME "FB0014"
        STRAY_HOLE_END "FB0015"
        TAB "FB0016"
        UNKNOWN_DIRECTIVE "FB0017"
        BAD_CONDITION "FB0018"
        TOO_LONG "FB0019"
        BAD_FORMAT "FB0020"
        UNSUPPORTED "FB0021"
        ONLY_IN_COMPUTATION "FB0022"
        NO_BUILDER "FB0023"
        MISPLACED "FB0024"
        OFFSIDE "FB0058"
        ENDS_WITH_BINDING "FB0118"
        OUTSIDE_LOOP "FB0210"
        COMMA_IN_LIST "FB0301"
    }
}
