//! What the operands of a function's instructions mean.

use super::build::{Builder, TypeSymbol};
use super::cursor::{Cursor, Parsed};
use super::literal::Literal;
use super::literal_text;
use super::type_expr;
use crate::tables::{ConstKind, TableRec};
use isa::text::token::{self, Kind};
use isa::text::{LineError, Site, Symbols, Term};
use isa::{ConstUse, Operand};
use std::collections::HashMap;

/// The names of one function, while its code is made.
pub(super) struct Names<'b, 'a> {
    pub builder: &'b mut Builder<'a>,
    pub locals: HashMap<String, u32>,
    pub captures: HashMap<String, u32>,
    pub labels: HashMap<String, u32>,
    pub tables: HashMap<String, u32>,
    pub table_records: Vec<TableRec>,
}

impl Names<'_, '_> {
    /// Appends a table: `[a, b]`, or `["x" -> a, "y" -> b]` by text (`[->]` is an empty one of that kind).
    pub fn table(&mut self, term: &Term<'_>) -> Parsed<u32> {
        let whole = |message: &str| LineError {
            span: term.span(),
            message: message.to_owned(),
        };
        let Some(inner) = term.group('[') else {
            return Err(whole(
                "expected the targets in brackets, as in `[a, b]` or `[\"x\" -> a]`",
            ));
        };
        let by_text = inner.iter().any(|token| token.kind == Kind::Arrow);
        let mut words = Vec::new();
        let mut cursor = Cursor::new(self.builder.source, inner);
        if by_text && inner.len() == 1 {
            cursor.at = 1;
        }
        while cursor.peek().is_some() {
            if by_text {
                let arrow = inner
                    .get(cursor.at..)
                    .unwrap_or(&[])
                    .iter()
                    .position(|token| token.kind == Kind::Arrow);
                let Some(arrow) = arrow.filter(|at| *at > 0) else {
                    return cursor.error("expected `\"text\" -> label`");
                };
                let key = Term {
                    source: cursor.source,
                    tokens: &inner[cursor.at..cursor.at + arrow],
                };
                words.push(self.builder.const_term(&key).map_err(|message| LineError {
                    span: key.span(),
                    message,
                })?);
                cursor.at += arrow + 1;
            }
            let Some(target) = cursor.next() else {
                return cursor.error("expected a label");
            };
            let offset = match target.kind {
                Kind::Word => self.labels.get(target.text(cursor.source)).copied(),
                Kind::Int => {
                    token::int_value(target.text(cursor.source)).and_then(|n| u32::try_from(n).ok())
                }
                _ => None,
            };
            match offset {
                Some(offset) => words.push(offset),
                None => {
                    return Err(LineError {
                        span: target.span(),
                        message: format!("unknown label `{}`", target.text(cursor.source)),
                    });
                }
            }
            if cursor.peek().is_some() {
                cursor.expect(',')?;
            }
        }
        let entries = self.builder.words(&words);
        self.table_records.push(TableRec {
            kind: u32::from(by_text),
            entries,
        });
        Ok(self.table_records.len() as u32 - 1)
    }

    fn const_of(
        &mut self,
        site: &Site<'_>,
        term: &Term<'_>,
        use_: ConstUse,
    ) -> Result<u32, String> {
        let kind = match use_ {
            ConstUse::Value => None,
            ConstUse::Shape => Some(ConstKind::Shape),
            ConstUse::Names => Some(ConstKind::Names),
            ConstUse::Slots => Some(ConstKind::Slots),
            ConstUse::Topics => Some(ConstKind::Topics),
            ConstUse::Format => Some(ConstKind::Format),
            ConstUse::MapLit => Some(ConstKind::MapLit),
            ConstUse::Class => Some(ConstKind::Class),
        };
        let Some(kind) = kind else {
            return self.builder.const_term(term);
        };
        if kind == ConstKind::Format
            && let Some(token) = term.single().filter(|token| token.kind == Kind::Str)
        {
            let text = token::text_value(token.text(term.source))
                .map_err(|(_, message)| message.to_owned())?;
            return Ok(self.builder.constant(Literal::Format(text)));
        }
        if let Some(inner) = term.group('[') {
            let mut cursor = Cursor::new(self.builder.source, inner);
            let literal = literal_text::of_kind(self.builder, kind, &mut cursor)
                .map_err(|error| error.message)?;
            if cursor.peek().is_some() {
                return Err("expected the end of the list".to_owned());
            }
            return Ok(self.builder.constant(literal));
        }
        self.builder.const_term(term).map_err(|_| {
            format!(
                "`{}` wants a {} constant: its name, or its items in brackets",
                site.op.info().name,
                kind.text()
            )
        })
    }
}

pub(super) fn named(
    map: &HashMap<String, u32>,
    term: &Term<'_>,
    what: &str,
) -> Result<u32, String> {
    let Some(name) = term.name() else {
        return Err(format!("expected a {what}'s name or number"));
    };
    map.get(&name)
        .copied()
        .ok_or_else(|| format!("unknown {what} `{name}`"))
}

impl Symbols for Names<'_, '_> {
    fn show(&self, _: &Site<'_>, _: u32) -> Option<String> {
        None
    }

    fn find(&mut self, site: &Site<'_>, term: &Term<'_>) -> Result<u32, String> {
        let earlier = |index: usize| site.earlier.get(index).copied().unwrap_or(0);
        match site.operand {
            Operand::Const(use_) => self.const_of(site, term, use_),
            Operand::Name => match term.name() {
                Some(name) => Ok(self.builder.name(&name)),
                None => Err("expected a name".to_owned()),
            },
            Operand::Local => self.local_of(term),
            Operand::Capture => named(&self.captures, term, "capture"),
            Operand::Static => named(&self.builder.statics, term, "static"),
            Operand::Func => named(&self.builder.functions, term, "function"),
            Operand::Import | Operand::Module => named(&self.builder.imports, term, "import"),
            Operand::Jump => {
                let target = named(&self.labels, term, "label")?;
                Ok(target.wrapping_sub(site.next))
            }
            Operand::Type => {
                let mut cursor = Cursor::new(self.builder.source, term.tokens);
                let ty = type_expr::parse(&mut cursor).map_err(|error| error.message)?;
                if cursor.peek().is_some() {
                    return Err("expected a type".to_owned());
                }
                let number = self.builder.type_of(&ty)?;
                if number > u32::from(u16::MAX) {
                    Err("the module has too many types for this operand".to_owned())
                } else {
                    Ok(number)
                }
            }
            Operand::TypeDef => match term
                .name()
                .and_then(|name| self.builder.types.get(&name).copied())
            {
                Some(TypeSymbol::Typedef(index)) if index <= u32::from(u16::MAX) => Ok(index),
                _ => Err(
                    "expected the name of a record, union, enum, exception or variant type"
                        .to_owned(),
                ),
            },
            Operand::Tag => {
                let name = term
                    .name()
                    .ok_or_else(|| "expected a case's name or number".to_owned())?;
                self.builder
                    .case_named(earlier(0), &name)
                    .ok_or_else(|| format!("that type has no case `{name}`"))
            }
            Operand::Field => {
                let name = term
                    .name()
                    .ok_or_else(|| "expected a field's name or number".to_owned())?;
                let tag = if site.index == 2 { earlier(1) } else { 0 };
                self.builder
                    .field_named(earlier(0), tag, &name)
                    .ok_or_else(|| format!("that type has no field `{name}`"))
            }
            Operand::Table | Operand::TextTable => match term.group('[') {
                Some(_) => {
                    let number = self.table(term).map_err(|error| error.message)?;
                    let by_text = self
                        .table_records
                        .last()
                        .is_some_and(|table| table.kind == 1);
                    let empty = self
                        .table_records
                        .last()
                        .is_some_and(|table| table.entries.len == 0);
                    if by_text != (site.operand == Operand::TextTable) && !empty {
                        return Err(if by_text {
                            "expected labels only"
                        } else {
                            "expected `\"text\" -> label` entries"
                        }
                        .to_owned());
                    }
                    if let Some(table) = self.table_records.last_mut() {
                        table.kind = u32::from(site.operand == Operand::TextTable);
                    }
                    Ok(number)
                }
                None => named(&self.tables, term, "table"),
            },
            _ => Err("expected a number".to_owned()),
        }
    }
}
