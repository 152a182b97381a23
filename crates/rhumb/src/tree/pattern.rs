//! Rules of selectors and vassals, and their patterns (docs/specs/rhumb.md §4.2, §5.8).

use super::expr::{FieldName, Mutability};
use super::ids::{ExprId, LabelId, PatternId, Span};

/// `..` or `::` of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuleMode {
    /// `..`: match and stop.
    Consume,
    /// `::`: match and go on.
    Peek,
}

/// A rule of a selector or vassal.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: RuleKind,
}

/// The kinds of rules.
#[derive(Clone, PartialEq, Debug)]
pub enum RuleKind {
    /// `pattern .. action`, `pattern :: action`
    Match {
        /// What it matches.
        pattern: PatternId,
        /// `..` or `::`.
        mode: RuleMode,
        /// What it does.
        action: ExprId,
    },
    /// An expression alone: the default; in a subscription, setup (§5.5).
    Default(ExprId),
    /// `.#a` (consume) or `:#a` (peek): the event passes a vassal unchanged.
    Pass {
        /// `.` or `:`.
        mode: RuleMode,
        /// Which event.
        event: Event,
    },
}

/// The pattern of a rule. Which labels pin and which bind is the compiler's question.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// `_` or `*`: everything, `___` included.
    Any,
    /// `___`. (`empty` is a [`Pattern::Label`].)
    Empty,
    /// Pins or binds.
    Label(LabelId),
    /// `literal == v`: number, negated number, version, date, duration, text without interpolation, key, truth.
    Literal(ExprId),
    /// `a|b`
    Range {
        /// Start.
        start: ExprId,
        /// End.
        end: ExprId,
    },
    /// An unbracketed operator of level 7 to 10, or an unbracketed call: truthy for the value.
    Predicate(ExprId),
    /// Any other expression: `value == v`.
    Value(ExprId),
    /// `[ … ]`
    Structure(Vec<PatternItem>),
    /// `#t(…)` and its like; only as a whole pattern.
    Event(Event),
    /// The text is wrong; an error was reported.
    Error,
}

/// An item of a structural pattern or of an event's payload.
#[derive(Clone, PartialEq, Debug)]
pub struct PatternItem {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: PatternItemKind,
}

/// The kinds of items of a structural pattern.
#[derive(Clone, PartialEq, Debug)]
pub enum PatternItemKind {
    /// Matches the next positional element.
    Element(PatternId),
    /// `n .. p`, `n :: p`, with `@` a subfield.
    Named {
        /// Written with `@`.
        subfield: bool,
        /// Which field.
        name: FieldName,
        /// What it must match.
        pattern: PatternId,
    },
    /// `.n`, `:n`, with `@` a subfield: pins or binds the field of that name.
    Pun {
        /// Written with `@`.
        subfield: bool,
        /// Label and name.
        label: LabelId,
        /// `.` or `:`.
        mutability: Mutability,
    },
    /// `&rest`; none for `&_`.
    Slurp(Option<LabelId>),
}

/// An event pattern.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Which sign.
    pub kind: super::expr::EventKind,
    /// Which topic.
    pub topic: Topic,
    /// None: no parentheses.
    pub payload: Option<Vec<PatternItem>>,
}

/// The topic of an event pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Topic {
    /// That one; `***` is the panic.
    Named(LabelId),
    /// `#*`
    Any,
    /// `#( … )`
    Anonymous,
}
