//! Constants as text: `12`, `"text"`, `decimal 123 scale 2`, `shape pos named "x"`; in both directions.

use super::build::{Builder, TypeSymbol};
use super::coefficient::{MAX_DIGITS, coefficient_of, digits_of};
use super::cursor::{Cursor, Parsed, escape_error};
use super::literal::Literal;
use super::parse::item_flags;
use crate::tables::{ArgKind, ConstKind, EventKind, ItemKind, field_flags};
use isa::text::token::{self, Kind, Token, quote, quote_bytes, quote_char};

impl Literal {
    /// Its text after `=` in a `const` line; `constant`, `typedef` and `case` give the names of what it refers to.
    pub fn show(
        &self,
        constant: &dyn Fn(u32) -> String,
        typedef: &dyn Fn(u32) -> String,
        case: &dyn Fn(u32, u32) -> String,
    ) -> String {
        let elements = |word: &str, items: &[u32]| {
            items.iter().fold(word.to_owned(), |text, item| {
                format!("{text} {}", constant(*item))
            })
        };
        match self {
            Literal::Empty => "empty".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => value.to_string(),
            Literal::Float(bits) if self.is_atom() => format!("{:?}", f64::from_bits(*bits)),
            Literal::Float(bits) => format!("float {bits:#018x}"),
            Literal::Char(value) => quote_char(*value),
            Literal::Sized(width, bits) => {
                let width = *width as usize;
                if isa::table::WIDTHS.get(width) == Some(&"f32") {
                    let value = f64::from_bits(*bits);
                    return if value.is_finite() {
                        format!("sized f32 {value:?}")
                    } else {
                        format!("sized f32 {bits:#018x}")
                    };
                }
                let signed = (1..=3).contains(&width) && (*bits as i64) < 0;
                let name = isa::table::WIDTHS.get(width).copied().unwrap_or("none");
                if signed {
                    format!("sized {name} {}", *bits as i64)
                } else {
                    format!("sized {name} {bits}")
                }
            }
            Literal::Text(text) => quote(text),
            Literal::Bytes(bytes) => quote_bytes(bytes),
            Literal::Key(name) => format!("key {}", quote(name)),
            Literal::Date(ns) => format!("date {ns}"),
            Literal::Duration(ns) => format!("duration {ns}"),
            Literal::Version(major, minor, patch) => format!("version {major}.{minor}.{patch}"),
            Literal::Decimal(scale, coefficient) => match digits_of(coefficient) {
                Some(digits) => format!("decimal {digits} scale {scale}"),
                None => format!("decimal {} scale {scale}", quote_bytes(coefficient)),
            },
            Literal::Tuple(items) => elements("tuple", items),
            Literal::List(items) => elements("list", items),
            Literal::Record(typedef_index, items) => {
                elements(&format!("record {}", typedef(*typedef_index)), items)
            }
            Literal::Case(typedef_index, tag, items) => elements(
                &format!(
                    "case {} {}",
                    typedef(*typedef_index),
                    case(*typedef_index, *tag)
                ),
                items,
            ),
            Literal::Format(text) => format!("format {}", quote(text)),
            other => match other.items() {
                items if items.is_empty() => other.kind().text().to_owned(),
                items => format!("{} {items}", other.kind().text()),
            },
        }
    }

    /// The items of a description, as they stand between brackets in an instruction.
    pub fn items(&self) -> String {
        let named = |kind: &str, name: &Option<String>| match name {
            Some(name) => format!("{kind} {}", quote(name)),
            None => kind.to_owned(),
        };
        let items: Vec<String> = match self {
            Literal::Shape(items) => items
                .iter()
                .map(|(kind, name)| named(kind.text(), name))
                .collect(),
            Literal::Topics(items) => items
                .iter()
                .map(|(kind, name)| named(kind.text(), name))
                .collect(),
            Literal::Map(items) => items
                .iter()
                .map(|(kind, name, flags)| {
                    let words = [
                        (field_flags::MUTABLE, " mutable"),
                        (field_flags::IMMUTABLE, " immutable"),
                        (field_flags::SUBFIELD, " sub"),
                    ];
                    let flags: String = words
                        .iter()
                        .filter(|(bit, _)| flags & bit != 0)
                        .map(|(_, word)| *word)
                        .collect();
                    named(kind.text(), name) + &flags
                })
                .collect(),
            Literal::Names(names) => names.iter().map(|name| quote(name)).collect(),
            Literal::Slots(slots) => slots.iter().map(u32::to_string).collect(),
            Literal::Class(name, methods) => std::iter::once(name)
                .chain(methods)
                .map(|name| quote(name))
                .collect(),
            _ => Vec::new(),
        };
        items.join(" ")
    }
}

/// Reads a whole constant.
pub(super) fn parse(builder: &mut Builder<'_>, tokens: &[Token]) -> Parsed<Literal> {
    let source = builder.source;
    let mut cursor = Cursor::new(source, tokens);
    let literal = match atom(&mut cursor)? {
        Some(atom) => atom,
        None => {
            let word = cursor.peek_text();
            let kind = match word {
                "kind" => None,
                _ => ConstKind::from_text(word),
            };
            match kind {
                Some(kind) => {
                    cursor.at += 1;
                    of_kind(builder, kind, &mut cursor)?
                }
                None => return cursor.error("expected a constant: a number, a text, or one of decimal, sized, tuple, shape and the like"),
            }
        }
    };
    if cursor.peek().is_some() {
        return cursor.error("expected the end of the constant");
    }
    Ok(literal)
}

/// Reads what stands after a kind's word.
pub(super) fn of_kind(
    builder: &mut Builder<'_>,
    kind: ConstKind,
    cursor: &mut Cursor<'_>,
) -> Parsed<Literal> {
    let i64_of = |cursor: &mut Cursor<'_>, what: &str| {
        cursor
            .int(what, i64::MIN.into(), i64::MAX.into())
            .map(|value| value as i64)
    };
    Ok(match kind {
        ConstKind::Empty => Literal::Empty,
        ConstKind::Bool => match cursor.next().map(|token| token.text(cursor.source)) {
            Some("true") => Literal::Bool(true),
            Some("false") => Literal::Bool(false),
            _ => return cursor.error("expected true or false"),
        },
        ConstKind::Int => Literal::Int(i64_of(cursor, "an integer")?),
        ConstKind::Float => Literal::Float(float_bits(cursor)?),
        ConstKind::Char | ConstKind::Text | ConstKind::Bytes => match atom(cursor)? {
            Some(literal) if literal.kind() == kind => literal,
            _ => return cursor.error(format!("expected a {}", kind.text())),
        },
        ConstKind::Sized => {
            let width = isa::table::WIDTHS
                .iter()
                .position(|name| *name == cursor.peek_text())
                .filter(|width| *width > 0);
            let Some(width) = width else {
                return cursor.error("expected a width: i8, i16, i32, u8, u16, u32, u64 or f32");
            };
            cursor.at += 1;
            // An f32 is kept as the f64 of the same number.
            if isa::table::WIDTHS.get(width) == Some(&"f32") {
                Literal::Sized(width as u32, float_bits(cursor)?)
            } else {
                Literal::Sized(
                    width as u32,
                    cursor.int("the number", i64::MIN.into(), u64::MAX.into())? as u64,
                )
            }
        }
        ConstKind::Key => Literal::Key(cursor.name("the key's name")?),
        ConstKind::Date => Literal::Date(i64_of(cursor, "nanoseconds")?),
        ConstKind::Duration => Literal::Duration(i64_of(cursor, "nanoseconds")?),
        ConstKind::Version => {
            let mut parts = cursor.peek_text().split('.');
            let version = (|| {
                let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
                if parts.next().is_some() {
                    return None;
                }
                Some(Literal::Version(
                    major.parse().ok()?,
                    minor.parse().ok()?,
                    patch.parse().ok()?,
                ))
            })();
            match version {
                Some(version) => {
                    cursor.at += 1;
                    version
                }
                None => return cursor.error("expected a version such as 1.2.3"),
            }
        }
        ConstKind::Decimal => {
            let coefficient = match cursor.peek() {
                Some(token) if token.kind == Kind::Int => {
                    match coefficient_of(token.text(cursor.source)) {
                        Some(bytes) => {
                            cursor.at += 1;
                            bytes
                        }
                        None => {
                            return cursor.error(format!("expected at most {MAX_DIGITS} digits"));
                        }
                    }
                }
                Some(token) if token.kind == Kind::Bytes => cursor.bytes("the coefficient")?,
                _ => return cursor.error("expected the coefficient"),
            };
            if !cursor.word("scale") {
                return cursor.error("expected `scale` and the number of decimal places");
            }
            Literal::Decimal(cursor.number("the scale")?, coefficient)
        }
        ConstKind::Tuple => Literal::Tuple(elements(builder, cursor)?),
        ConstKind::List => Literal::List(elements(builder, cursor)?),
        ConstKind::Record => {
            let typedef = typedef(builder, cursor)?;
            Literal::Record(typedef, elements(builder, cursor)?)
        }
        ConstKind::Case => {
            let typedef = typedef(builder, cursor)?;
            let tag = match cursor.raw_index() {
                Some(tag) => tag,
                None if cursor.peek().is_some_and(|token| token.kind == Kind::Int) => {
                    cursor.number("the case")?
                }
                None => {
                    let at = cursor.at;
                    let name = cursor.name("the case")?;
                    match builder.case_named(typedef, &name) {
                        Some(tag) => tag,
                        None => {
                            cursor.at = at;
                            return cursor.error(format!("that type has no case `{name}`"));
                        }
                    }
                }
            };
            Literal::Case(typedef, tag, elements(builder, cursor)?)
        }
        ConstKind::Shape => Literal::Shape(kinds(
            cursor,
            ArgKind::from_text,
            "expected pos, named NAME, fixed NAME, computed, computed_fixed, spread or hole",
        )?),
        ConstKind::Topics => Literal::Topics(kinds(
            cursor,
            EventKind::from_text,
            "expected completion, signal or proclamation, and a name or none for any",
        )?),
        ConstKind::Names => Literal::Names(names(cursor)?),
        ConstKind::Slots => {
            let mut slots = Vec::new();
            while cursor.peek().is_some() {
                cursor.punct(',');
                slots.push(cursor.number("a slot")?);
            }
            Literal::Slots(slots)
        }
        ConstKind::Format => Literal::Format(cursor.text("the format")?),
        ConstKind::MapLit => {
            let mut items = Vec::new();
            while cursor.peek().is_some() {
                cursor.punct(',');
                let Some(kind) = ItemKind::from_text(cursor.peek_text()) else {
                    return cursor.error("expected pos, named NAME, computed or spread");
                };
                cursor.at += 1;
                let name = match kind {
                    ItemKind::Named => Some(cursor.name("the field's name")?),
                    _ => optional_name(cursor)?,
                };
                items.push((kind, name, item_flags(cursor)));
            }
            Literal::Map(items)
        }
        ConstKind::Class => Literal::Class(cursor.name("the class's name")?, names(cursor)?),
    })
}

/// One token that is a constant by itself.
fn atom(cursor: &mut Cursor<'_>) -> Parsed<Option<Literal>> {
    let Some(token) = cursor.peek() else {
        return Ok(None);
    };
    let text = token.text(cursor.source);
    let literal = match token.kind {
        Kind::Str => return Ok(Some(Literal::Text(cursor.text("a text")?))),
        Kind::Bytes => return Ok(Some(Literal::Bytes(cursor.bytes("bytes")?))),
        Kind::Char => match token::char_value(text) {
            Ok(c) => Literal::Char(c),
            Err((offset, message)) => {
                return Err(escape_error(token, offset, message));
            }
        },
        Kind::Int => match token::int_value(text).and_then(|value| i64::try_from(value).ok()) {
            Some(value) => Literal::Int(value),
            None => {
                return cursor
                    .error("this integer has more than 64 bits; write `decimal … scale 0`");
            }
        },
        Kind::Float => Literal::Float(float_bits(cursor)?),
        Kind::Word if text == "true" => Literal::Bool(true),
        Kind::Word if text == "false" => Literal::Bool(false),
        Kind::Word if text == "empty" => Literal::Empty,
        Kind::Unclosed => return cursor.error("this quote is not closed on its line"),
        _ => return Ok(None),
    };
    if token.kind != Kind::Float {
        cursor.at += 1;
    }
    Ok(Some(literal))
}

fn float_bits(cursor: &mut Cursor<'_>) -> Parsed<u64> {
    let Some(token) = cursor.peek() else {
        return cursor.error("expected a float");
    };
    let text = token.text(cursor.source);
    let bits = match token.kind {
        Kind::Word if text == "nan" => Some(0x7ff8_0000_0000_0000),
        Kind::Word if text == "inf" => Some(f64::INFINITY.to_bits()),
        Kind::Word if text == "neg_inf" => Some(f64::NEG_INFINITY.to_bits()),
        Kind::Int if text.starts_with("0x") => {
            token::int_value(text).and_then(|value| u64::try_from(value).ok())
        }
        Kind::Int | Kind::Float => token::float_value(text).map(f64::to_bits),
        _ => None,
    };
    match bits {
        Some(bits) => {
            cursor.at += 1;
            Ok(bits)
        }
        None => cursor.error("expected a float: 1.5, nan, inf, neg_inf, or its bits as 0x…"),
    }
}

fn typedef(builder: &Builder<'_>, cursor: &mut Cursor<'_>) -> Parsed<u32> {
    if let Some(index) = cursor.raw_index() {
        return Ok(index);
    }
    match builder.types.get(cursor.peek_text()) {
        Some(TypeSymbol::Typedef(index)) => {
            cursor.at += 1;
            Ok(*index)
        }
        _ => cursor.error("expected the name of a record, union, enum, exception or variant type"),
    }
}

/// Elements of a composite constant: names of constants above, or constants of one token.
fn elements(builder: &mut Builder<'_>, cursor: &mut Cursor<'_>) -> Parsed<Vec<u32>> {
    let mut found = Vec::new();
    while cursor.peek().is_some() {
        cursor.punct(',');
        if let Some(index) = cursor.raw_index() {
            found.push(index);
        } else if let Some(index) = cursor
            .peek()
            .filter(|token| token.kind == Kind::Word)
            .and_then(|_| builder.consts.get(cursor.peek_text()))
        {
            found.push(*index);
            cursor.at += 1;
        } else {
            match atom(cursor)? {
                Some(literal) => found.push(builder.constant(literal)),
                None => {
                    return cursor.error(
                        "expected an element: a number, a text, or a constant declared above",
                    );
                }
            }
        }
    }
    Ok(found)
}

fn names(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    let mut found = Vec::new();
    while cursor.peek().is_some() {
        cursor.punct(',');
        found.push(cursor.name("a name")?);
    }
    Ok(found)
}

fn kinds<K>(
    cursor: &mut Cursor<'_>,
    of: fn(&str) -> Option<K>,
    expected: &str,
) -> Parsed<Vec<(K, Option<String>)>> {
    let mut found = Vec::new();
    while cursor.peek().is_some() {
        cursor.punct(',');
        let Some(kind) = of(cursor.peek_text()) else {
            return cursor.error(expected);
        };
        cursor.at += 1;
        // A word is the next item's kind if there is such a kind, so names that are kinds are written in quotes.
        let name = match cursor.peek() {
            Some(token) if token.kind == Kind::Word && of(cursor.peek_text()).is_none() => {
                Some(cursor.name("a name")?)
            }
            _ => optional_name(cursor)?,
        };
        found.push((kind, name));
    }
    Ok(found)
}

fn optional_name(cursor: &mut Cursor<'_>) -> Parsed<Option<String>> {
    if cursor.peek().is_some_and(|token| token.kind == Kind::Str) {
        cursor.text("a name").map(Some)
    } else {
        Ok(None)
    }
}
