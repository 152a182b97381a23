//! What chains begin with: literals, labels, brackets and references.

use super::chain::event_kind;
use super::cursor::Parser;
use crate::diagnostics::{Expected, SyntaxErrorKind as Kind};
use crate::lex::{Bracket, DateComponent, DateLiteral, Literal, Sign, TokenKind};
use crate::tree::{
    CalendarDate, DatePart, EventKind, Expr, ExprId, FieldName, LabelId, LibraryVersion, Moment,
    Number, Span, Step, StepKind, TextPiece,
};

impl Parser<'_> {
    /// A primary; if there is none, nothing is taken.
    pub fn primary(&mut self) -> ExprId {
        let start = self.here();
        let expr = match self.kind() {
            TokenKind::Literal(index) => {
                self.advance();
                self.literal_expr(index, start)
            }
            TokenKind::Label(label) => {
                self.advance();
                self.word(label)
            }
            TokenKind::Hook(label) => {
                self.advance();
                Expr::Label(label)
            }
            TokenKind::Key(label) => {
                self.advance();
                Expr::Key(label)
            }
            TokenKind::Argument(number) => {
                self.advance();
                Expr::Argument(number)
            }
            TokenKind::Bad => {
                self.advance();
                Expr::Error
            }
            TokenKind::TextStart => return self.text_primary(),
            TokenKind::Open(Bracket::Round) => Expr::Routine(self.routine()),
            TokenKind::Open(Bracket::Square) => Expr::Map(self.map_fields()),
            TokenKind::Open(Bracket::Curly) => Expr::Selector(self.rules()),
            TokenKind::Sign(sign) => return self.sign_primary(sign),
            _ => {
                self.expected_expression();
                Expr::Error
            }
        };
        let lowest = matches!(expr, Expr::Number(Number::Integer(i64::MIN)));
        let span = self.since(start);
        let id = self.tree.add(expr, span);
        if lowest {
            self.unless_consumed.insert(id, Kind::NumberTooLarge);
        }
        id
    }

    fn sign_primary(&mut self, sign: Sign) -> ExprId {
        let start = self.here();
        let expr = match sign {
            Sign::Empty => Expr::Empty,
            Sign::Underscore | Sign::Star => Expr::Void,
            Sign::Bang => Expr::Base,
            Sign::ChildRealm => Expr::Realm { detached: false },
            Sign::DetachedRealm => Expr::Realm { detached: true },
            Sign::Less => return self.reference(),
            _ => {
                if let Some(kind) = event_kind(TokenKind::Sign(sign)) {
                    return self.emission_primary(kind);
                }
                self.expected_expression();
                return self.bad(Span::new(start.start, start.start));
            }
        };
        self.advance();
        self.tree.add(expr, start)
    }

    /// A label or truth word.
    fn word(&self, label: LabelId) -> Expr {
        match self.locale.truth(self.tree.label(label)) {
            Some(truth) => Expr::Truth(truth),
            None => Expr::Label(label),
        }
    }

    fn literal_expr(&mut self, index: u32, span: Span) -> Expr {
        match self.literal(index) {
            Some(Literal::Number(number)) => Expr::Number(number),
            Some(Literal::Version(version)) => Expr::Version(version),
            Some(Literal::Date(date)) => Expr::Date(self.moment(date)),
            Some(Literal::Duration(duration)) => Expr::Duration(duration),
            Some(Literal::Text(text)) => Expr::Text(text),
            Some(Literal::Library(library)) => {
                if matches!(library.version, LibraryVersion::Short { .. }) {
                    self.error(Kind::ShortVersion, span);
                }
                Expr::Library(library)
            }
            None => Expr::Error,
        }
    }

    /// A date with its labels as expressions.
    pub fn moment(&mut self, date: DateLiteral) -> Moment {
        match date {
            DateLiteral::Fixed(moment) => moment,
            DateLiteral::Interpolated(components, time) => {
                let parts = components.map(|component| match component {
                    DateComponent::Digits(value, digits) => DatePart::Digits { value, digits },
                    DateComponent::Label(label, span) => {
                        let word = self.word(label);
                        DatePart::Value(self.tree.add(word, span))
                    }
                });
                Moment {
                    date: Some(CalendarDate::Interpolated(parts)),
                    time,
                }
            }
        }
    }

    /// A text with pieces.
    fn text_primary(&mut self) -> ExprId {
        let start = self.advance().span;
        let mut pieces = Vec::new();
        loop {
            let here = self.here();
            match self.kind() {
                TokenKind::TextPiece(index) => {
                    self.advance();
                    if let Some(Literal::Text(text)) = self.literal(index)
                        && !text.is_empty()
                    {
                        pieces.push(TextPiece::Literal(text));
                    }
                }
                TokenKind::TextName(label) => {
                    self.advance();
                    let name = Span::new(here.start + 1, here.end);
                    let value = self.text_name(label, name);
                    pieces.push(TextPiece::Value(value));
                }
                TokenKind::Argument(number) => {
                    self.advance();
                    let value = self.tree.add(Expr::Argument(number), here);
                    pieces.push(TextPiece::Value(value));
                }
                TokenKind::TextCode(bracket) => {
                    self.advance();
                    let body = self.statements(TokenKind::TextCodeEnd(bracket), here);
                    let span = self.since(here);
                    let value = self.tree.add(Expr::Routine(body), span);
                    pieces.push(TextPiece::Value(value));
                }
                TokenKind::TextEnd => {
                    self.advance();
                    break;
                }
                _ => {
                    self.expected(Expected::TextEnd);
                    break;
                }
            }
        }
        let expr = match pieces.as_mut_slice() {
            [] => Expr::Text(String::new()),
            [TextPiece::Literal(text)] => Expr::Text(std::mem::take(text)),
            _ => Expr::Interpolated(pieces),
        };
        let span = self.since(start);
        self.tree.add(expr, span)
    }

    /// `$label` and its steps.
    fn text_name(&mut self, label: LabelId, span: Span) -> ExprId {
        let word = self.word(label);
        let head = self.tree.add(word, span);
        let mut steps = Vec::new();
        loop {
            let start = self.here();
            let (sign @ (Sign::Backslash | Sign::At), TokenKind::Label(name)) =
                (self.sign().unwrap_or(Sign::Empty), self.token_at(1).kind)
            else {
                break;
            };
            self.advance();
            self.advance();
            let name = FieldName::Label(name);
            let by_reference = false;
            let kind = if sign == Sign::At {
                StepKind::Subfield { name, by_reference }
            } else {
                StepKind::Field { name, by_reference }
            };
            let span = self.since(start);
            steps.push(Step { span, kind });
        }
        if steps.is_empty() {
            return head;
        }
        let span = self.since(span);
        self.tree.add(Expr::Chain { head, steps }, span)
    }

    /// `<…>`
    fn reference(&mut self) -> ExprId {
        let start = self.advance().span;
        let expr = match self.kind() {
            TokenKind::Open(Bracket::Round) => Expr::Subroutine(self.routine()),
            TokenKind::Open(Bracket::Square) => {
                let fields = self.map_fields();
                Expr::Submap(self.params(fields))
            }
            TokenKind::Open(Bracket::Curly) => Expr::Vassal(self.rules()),
            _ => return self.named_reference(start),
        };
        self.close_reference();
        let span = self.since(start);
        self.tree.add(expr, span)
    }

    /// `<label>`, `<chain>`, `<"file">`, or the name of a field that is computed.
    fn named_reference(&mut self, start: Span) -> ExprId {
        let outer = std::mem::replace(&mut self.fields, true);
        let inner = self.deeper_expr(Self::expression);
        self.fields = outer;
        let closed = self.close_reference();
        let named = match self.tree.expr(inner) {
            Expr::Text(_) | Expr::Interpolated(_) => {
                let span = self.since(start);
                return self.tree.add(Expr::Resource(inner), span);
            }
            Expr::Label(_)
            | Expr::Argument(_)
            | Expr::Base
            | Expr::Void
            | Expr::Chain { .. }
            | Expr::Error => true,
            // `<$t>`: what is pinned here.
            Expr::Emit(emission) => emission.kind == EventKind::Proclamation,
            _ => false,
        };
        let span = self.since(start);
        let reference = self.tree.add(Expr::Reference(inner), span);
        if !named && closed {
            self.unless_consumed.insert(reference, Kind::BadReference);
        }
        reference
    }
}
