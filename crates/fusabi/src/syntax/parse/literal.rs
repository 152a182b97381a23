//! Constants, their units, and interpolated strings.

use super::cursor::Parser;
use crate::diagnostics::SyntaxErrorKind as Kind;
use crate::syntax::lex::{Punct as P, TokenKind as T};
use crate::syntax::tree::{
    Constant, Expr, ExprId, Factor, FormatPart, FormatSpec, Literal, LiteralId, Measure, MeasureId,
    Name, Piece, Span, Symbol, parse_format,
};

impl Parser<'_> {
    /// The constant of a literal token that was passed, negated or not, with the unit behind it.
    pub fn constant(&mut self, id: LiteralId, span: Span, negative: bool) -> LiteralId {
        let constant = self.tree.constant(id).clone();
        let value = match constant.value {
            Literal::Int(value, kind) => {
                let value = if negative { -value } else { value };
                let (least, most) = kind.range();
                if value < least || value > most {
                    self.error(Kind::OutOfRange(kind), span);
                }
                Literal::Int(value.clamp(least, most), kind)
            }
            Literal::Float(value) if negative => Literal::Float(-value),
            Literal::Float32(value) if negative => Literal::Float32(-value),
            other => other,
        };
        let numeric = matches!(
            value,
            Literal::Int(..) | Literal::Float(_) | Literal::Float32(_)
        );
        let measure = if numeric { self.measure_behind() } else { None };
        if !negative && measure.is_none() {
            return id;
        }
        self.tree.add_constant(Constant { value, measure })
    }

    /// `-1` without a blank between: one constant.
    pub fn negative_literal(&mut self) -> Option<ExprId> {
        if self.kind() != T::Operator(Symbol::MINUS) || !self.touches_next() {
            return None;
        }
        let T::Literal(id) = self.kind_at(1) else {
            return None;
        };
        if !self.is_number(id) {
            return None;
        }
        let start = self.advance().span;
        self.advance();
        let span = self.since(start);
        let id = self.constant(id, span, true);
        Some(self.expr_since(Expr::Literal(id), start))
    }

    pub fn is_number(&self, id: LiteralId) -> bool {
        matches!(
            self.tree.constant(id).value,
            Literal::Int(..) | Literal::Float(_) | Literal::Float32(_)
        )
    }

    /// `<m/s>` right behind a number.
    fn measure_behind(&mut self) -> Option<MeasureId> {
        if self.kind() != T::Operator(Symbol::LESS) || !self.touches() {
            return None;
        }
        // Nothing but units up to the `>`: else it is a comparison.
        let mut ahead = 1;
        loop {
            match self.kind_at(ahead) {
                T::Ident(_)
                | T::Literal(_)
                | T::Punct(P::Dot | P::Underscore | P::ParenOpen | P::ParenClose) => {}
                T::Operator(symbol) => {
                    let text = self.tree.text(symbol);
                    if text.starts_with('>') && ahead > 1 {
                        break;
                    }
                    if !matches!(text, "*" | "/" | "^" | "^-") {
                        return None;
                    }
                }
                _ => return None,
            }
            ahead += 1;
            if ahead > 64 {
                return None;
            }
        }
        self.advance();
        let measure = self.measure();
        self.eat_greater();
        Some(measure)
    }

    /// Reads a unit up to `>` or `,`.
    pub fn measure(&mut self) -> MeasureId {
        let start = self.here();
        let mut factors: Vec<Factor> = Vec::new();
        // The sign of each bracket that is open; `/` turns that of what follows it.
        let mut signs = vec![1];
        let mut sign = 1;
        loop {
            match self.kind() {
                T::Ident(symbol) => {
                    let mut span = self.advance().span;
                    let mut symbol = symbol;
                    while self.is_punct(P::Dot) {
                        self.advance();
                        span = self.here();
                        symbol = self.name().map_or(symbol, |name| name.symbol);
                    }
                    let unit = Name { symbol, span };
                    let power = sign * self.power();
                    factors.push(Factor { unit, power });
                    sign = signs.last().copied().unwrap_or(1);
                }
                T::Punct(P::Underscore) => {
                    let span = self.advance().span;
                    let unit = Name {
                        symbol: Symbol::WILDCARD,
                        span,
                    };
                    factors.push(Factor { unit, power: sign });
                }
                T::Literal(_) => {
                    self.advance();
                }
                T::Operator(Symbol::SLASH) => {
                    self.advance();
                    sign = -signs.last().copied().unwrap_or(1);
                }
                T::Operator(Symbol::STAR) => {
                    self.advance();
                }
                T::Punct(P::ParenOpen) => {
                    self.advance();
                    signs.push(sign);
                }
                T::Punct(P::ParenClose) if signs.len() > 1 => {
                    self.advance();
                    signs.pop();
                    sign = signs.last().copied().unwrap_or(1);
                }
                _ => break,
            }
        }
        let factors = self.tree.add_list(&factors);
        let span = self.since(start);
        self.tree.add_measure(Measure { factors, span })
    }

    /// `^2` or `^-2`; 1 if there is none.
    fn power(&mut self) -> i32 {
        let T::Operator(symbol) = self.kind() else {
            return 1;
        };
        let sign = match self.tree.text(symbol) {
            "^" => 1,
            "^-" => -1,
            _ => return 1,
        };
        let T::Literal(id) = self.kind_at(1) else {
            return 1;
        };
        let Literal::Int(value, _) = self.tree.constant(id).value else {
            return 1;
        };
        self.advance();
        self.advance();
        sign * i32::try_from(value).unwrap_or(i32::MAX)
    }

    /// Reads `$"…"`.
    pub fn interpolated(&mut self) -> ExprId {
        let start = self.here();
        let mut pieces = Vec::new();
        let first = self.advance();
        let mut hole = match first.kind {
            T::InterpolatedStart(id) => {
                let spec = self.text_piece(id, first.span, true, &mut pieces);
                Some(spec)
            }
            T::InterpolatedPlain(id) => {
                self.text_piece(id, first.span, false, &mut pieces);
                None
            }
            _ => None,
        };
        while let Some(spec) = hole {
            let brackets = std::mem::take(&mut self.open);
            let read = self.deeper(Self::statements);
            self.open = brackets;
            let value = read.unwrap_or_else(|| self.error_expr());
            let (mut alignment, mut format) = (None, None);
            if let T::HoleAlignment(width) = self.kind() {
                self.advance();
                alignment = Some(width);
            }
            if let T::HoleFormat(id) = self.kind() {
                self.advance();
                format = Some(id);
            }
            pieces.push(Piece::Hole {
                value,
                spec,
                alignment,
                format,
            });
            let next = self.token();
            hole = match next.kind {
                T::InterpolatedMiddle(id) => {
                    self.advance();
                    Some(self.text_piece(id, next.span, true, &mut pieces))
                }
                T::InterpolatedEnd(id) => {
                    self.advance();
                    self.text_piece(id, next.span, false, &mut pieces);
                    None
                }
                T::End => None,
                _ => {
                    self.expected(crate::diagnostics::Expected::Sign("}"));
                    while !matches!(
                        self.kind(),
                        T::InterpolatedMiddle(_)
                            | T::InterpolatedEnd(_)
                            | T::End
                            | T::Close
                            | T::Separator
                    ) {
                        self.advance();
                    }
                    match self.kind() {
                        T::InterpolatedMiddle(_) | T::InterpolatedEnd(_) => {
                            let token = self.advance();
                            matches!(token.kind, T::InterpolatedMiddle(_)).then_some(None)
                        }
                        _ => None,
                    }
                }
            };
        }
        let pieces = self.tree.add_list(&pieces);
        self.expr_since(Expr::Interpolated(pieces), start)
    }

    /// Adds text with `%%` resolved; gives the specifier at its end, which belongs to the hole behind it.
    fn text_piece(
        &mut self,
        id: LiteralId,
        span: Span,
        hole: bool,
        pieces: &mut Vec<Piece>,
    ) -> Option<FormatSpec> {
        let Literal::String(text) = &self.tree.constant(id).value else {
            return None;
        };
        let mut parts = match parse_format(text) {
            Ok(parts) => parts,
            Err(_) => {
                let text = text.to_string();
                self.error(Kind::BadFormat, span);
                vec![FormatPart::Text(text)]
            }
        };
        let spec = match parts.last() {
            Some(FormatPart::Spec(spec)) if hole => {
                let spec = *spec;
                parts.pop();
                Some(spec)
            }
            _ => None,
        };
        for part in parts {
            match part {
                FormatPart::Text(text) => {
                    let id = self.tree.add_constant(Constant {
                        value: Literal::String(text.into()),
                        measure: None,
                    });
                    pieces.push(Piece::Text(id));
                }
                FormatPart::Spec(_) => self.error(Kind::BadFormat, span),
            }
        }
        spec
    }
}
