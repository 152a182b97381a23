//! Chains: steps behind a head, and emissions (docs/specs/rhumb.md §2.4, rulings A5).

use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::lex::{Bracket, Literal, Sign, TokenKind};
use crate::tree::{
    Emission, EventKind, Expr, ExprId, FieldName, FieldOp, LabelId, Number, Span, Step, StepKind,
};

/// The kind of event that a sign begins.
pub(super) const fn event_kind(kind: TokenKind) -> Option<EventKind> {
    match kind {
        TokenKind::Sign(Sign::Hash) => Some(EventKind::Signal),
        TokenKind::Sign(Sign::Caret) => Some(EventKind::Reply),
        TokenKind::Sign(Sign::Dollar) => Some(EventKind::Proclamation),
        _ => None,
    }
}

impl Parser<'_> {
    /// A primary and its steps.
    pub fn chain(&mut self) -> ExprId {
        let start = self.here();
        let head = self.primary();
        let mut steps = Vec::new();
        loop {
            let step = self.here();
            let Some(kind) = self.step() else { break };
            let span = self.since(step);
            steps.push(Step { span, kind });
        }
        if steps.is_empty() {
            return head;
        }
        let span = self.since(start);
        self.tree.add(Expr::Chain { head, steps }, span)
    }

    fn step(&mut self) -> Option<StepKind> {
        let start = self.here();
        Some(match self.kind() {
            TokenKind::Sign(Sign::Backslash) => {
                self.advance();
                self.field_step()
            }
            TokenKind::Sign(Sign::At) => {
                self.advance();
                let (name, by_reference) = self.step_name();
                StepKind::Subfield { name, by_reference }
            }
            TokenKind::Sign(Sign::BackslashBackslash) => {
                self.advance();
                self.search_step()
            }
            TokenKind::Sign(Sign::AtAt) => {
                self.advance();
                StepKind::Overlay(self.primary())
            }
            TokenKind::Open(Bracket::Round) => StepKind::Call(self.args()),
            TokenKind::Open(Bracket::Square) => self.index_step(start),
            TokenKind::Open(Bracket::Curly) => StepKind::Attach(self.rules()),
            kind => {
                let emission = self.emission(event_kind(kind)?);
                // Events in patterns have no receiver, so this is none.
                if self.is_any(&emission) {
                    let span = self.since(start);
                    self.error(Kind::AnyTopic, span);
                }
                StepKind::Emit(emission)
            }
        })
    }

    fn field_step(&mut self) -> StepKind {
        if let Some(pattern) = self.wildcard() {
            return StepKind::Matching(pattern);
        }
        let (name, by_reference) = self.step_name();
        StepKind::Field { name, by_reference }
    }

    /// `*` or a longer pattern of names.
    fn wildcard(&mut self) -> Option<LabelId> {
        let pattern = match self.kind() {
            TokenKind::Sign(Sign::Star) => self.tree.intern("*"),
            TokenKind::Wildcard(pattern) => pattern,
            _ => return None,
        };
        self.advance();
        Some(pattern)
    }

    fn search_step(&mut self) -> StepKind {
        if let Some(pattern) = self.wildcard() {
            return StepKind::SearchMatching(pattern);
        }
        match self.kind() {
            TokenKind::Open(_) | TokenKind::Sign(Sign::Less) => {
                StepKind::SearchPaths(self.primary())
            }
            _ => match self.plain_name() {
                Some(name) => StepKind::SearchName(name),
                None => {
                    self.expected(Expected::SearchPattern);
                    let nothing = self.bad(self.here());
                    StepKind::SearchName(FieldName::Computed(nothing))
                }
            },
        }
    }

    fn index_step(&mut self, start: Span) -> StepKind {
        let inside = self.token_at(1);
        if self.token_at(2).kind == TokenKind::Close(Bracket::Square)
            && let Some(op) = self.field_op(inside.kind)
        {
            self.advance();
            self.advance();
            self.advance();
            return StepKind::Operator(op);
        }
        self.advance();
        let outer = std::mem::replace(&mut self.fields, true);
        let index = self.deeper_expr(|parser| {
            parser.skip_newlines();
            let index = parser.expression();
            parser.close_one(Bracket::Square, start);
            index
        });
        self.fields = outer;
        StepKind::Index(index)
    }

    fn field_op(&self, kind: TokenKind) -> Option<FieldOp> {
        match kind {
            TokenKind::Sign(sign) => FieldOp::ALL
                .iter()
                .copied()
                .find(|op| op.text() == sign.text()),
            TokenKind::Literal(index) => match self.literal(index)? {
                Literal::Number(Number::Integer(0)) => Some(FieldOp::Elements),
                _ => None,
            },
            _ => None,
        }
    }

    /// `#t(…)`, `#(…)` and their like; the sign is the next token.
    pub fn emission(&mut self, kind: EventKind) -> Emission {
        self.advance();
        let topic = match self.kind() {
            TokenKind::Label(label) => Some(label),
            TokenKind::Sign(Sign::Star) => Some(self.tree.intern("*")),
            // A proclamation always has a topic: `$(` interpolates.
            TokenKind::Open(Bracket::Round) if kind != EventKind::Proclamation => None,
            _ => {
                self.expected(Expected::Topic);
                return Emission {
                    kind,
                    topic: None,
                    args: None,
                };
            }
        };
        if topic.is_some() {
            self.advance();
        }
        let called = self.kind() == TokenKind::Open(Bracket::Round);
        let args = called.then(|| self.args());
        Emission { kind, topic, args }
    }

    fn is_any(&self, emission: &Emission) -> bool {
        emission
            .topic
            .is_some_and(|topic| self.tree.label(topic) == "*")
    }

    /// An emission without receiver.
    pub fn emission_primary(&mut self, kind: EventKind) -> ExprId {
        let start = self.here();
        let emission = self.emission(kind);
        let any = self.is_any(&emission);
        let span = self.since(start);
        let expr = self.tree.add(Expr::Emit(emission), span);
        if any {
            self.unless_consumed.insert(expr, Kind::AnyTopic);
        }
        expr
    }
}
