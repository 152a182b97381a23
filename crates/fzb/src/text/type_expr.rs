//! Types as text: `int`, `list[text]`, `fn(int, dyn) -> bool`, `(int, text)`, `{ x: int }`, `Option[int]`.

use super::cursor::{Cursor, Parsed};
use isa::text::LineError;
use isa::text::token::Kind;
use std::ops::Range;

/// A type in postfix order: operands before what they are operands of, so that nothing walks it recursively.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TypeExpr {
    pub nodes: Vec<TypeNode>,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TypeNode {
    /// A type's number as records write it.
    Index(u32),
    /// A name of the text with so many type arguments.
    Word(String, usize),
    /// Number of a width.
    Sized(u32),
    List,
    Array,
    Tuple(usize),
    /// So many parameters, then the result.
    Fn(usize),
    /// Names of as many types.
    Row(Vec<String>),
    Var(u32),
    Opaque(String),
}

/// What is still open while a type is read.
enum Open {
    Group {
        head: Head,
        close: char,
        count: usize,
        names: Vec<String>,
    },
    FnResult(usize),
}

enum Head {
    List,
    Array,
    Tuple,
    Fn,
    Row,
    Word(String),
}

/// Reads a type.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Parsed<TypeExpr> {
    let start = cursor.peek().map_or(0, |token| token.start);
    let mut nodes = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    loop {
        // A type is expected here.
        if let Some(group) = primary(cursor, &mut nodes)? {
            open.push(group);
            if !closes(cursor, &mut open)? {
                field_name(cursor, &mut open)?;
                continue;
            }
            if !reduce(cursor, &mut nodes, &mut open)? {
                continue;
            }
        }
        // A type has just ended: it may end others.
        loop {
            match open.last_mut() {
                None => {
                    let end = cursor
                        .at
                        .checked_sub(1)
                        .and_then(|at| cursor.tokens.get(at))
                        .map_or(start, |token| token.end);
                    return Ok(TypeExpr {
                        nodes,
                        span: start..end,
                    });
                }
                Some(Open::FnResult(count)) => {
                    nodes.push(TypeNode::Fn(*count));
                    open.pop();
                }
                Some(Open::Group { count, .. }) => {
                    *count += 1;
                    let comma = cursor.punct(',');
                    if !closes(cursor, &mut open)? {
                        if !comma {
                            return cursor.error("expected `,` or the closing bracket");
                        }
                        field_name(cursor, &mut open)?;
                        break;
                    }
                    if !reduce(cursor, &mut nodes, &mut open)? {
                        break;
                    }
                }
            }
        }
    }
}

/// Reads a type without operands into `nodes`, or the opening of one that has some.
fn primary(cursor: &mut Cursor<'_>, nodes: &mut Vec<TypeNode>) -> Parsed<Option<Open>> {
    let group = |head, close| {
        Ok(Some(Open::Group {
            head,
            close,
            count: 0,
            names: Vec::new(),
        }))
    };
    if cursor.is_punct('#') {
        return match cursor.raw_index() {
            Some(index) => {
                nodes.push(TypeNode::Index(index));
                Ok(None)
            }
            None => cursor.error("expected a type's number after `#`"),
        };
    }
    if cursor.punct('(') {
        return group(Head::Tuple, ')');
    }
    if cursor.punct('{') {
        return group(Head::Row, '}');
    }
    let Some(token) = cursor.peek().filter(|token| token.kind == Kind::Word) else {
        return cursor.error("expected a type");
    };
    cursor.at += 1;
    let word = token.text(cursor.source);
    match word {
        "fn" if cursor.punct('(') => return group(Head::Fn, ')'),
        "list" if cursor.punct('[') => return group(Head::List, ']'),
        "array" if cursor.punct('[') => return group(Head::Array, ']'),
        "var" => {
            let number = cursor.number("a type variable's number")?;
            nodes.push(TypeNode::Var(number));
        }
        "opaque" => {
            let name = cursor.name("the opaque type's name")?;
            nodes.push(TypeNode::Opaque(name));
        }
        _ => {
            if let Some(basic) = crate::tables::TypeId::BASIC
                .iter()
                .position(|name| *name == word)
            {
                nodes.push(TypeNode::Index(basic as u32));
            } else if let Some(width) = isa::table::WIDTHS
                .iter()
                .position(|name| *name == word)
                .filter(|width| *width > 0)
            {
                nodes.push(TypeNode::Sized(width as u32));
            } else if cursor.punct('[') {
                return group(Head::Word(word.to_owned()), ']');
            } else {
                nodes.push(TypeNode::Word(word.to_owned(), 0));
            }
        }
    }
    Ok(None)
}

fn closes(cursor: &mut Cursor<'_>, open: &mut [Open]) -> Parsed<bool> {
    match open.last() {
        Some(Open::Group { close, .. }) => Ok(cursor.punct(*close)),
        _ => cursor.error("expected a type"),
    }
}

/// In a row type, the name before a field's type.
fn field_name(cursor: &mut Cursor<'_>, open: &mut [Open]) -> Parsed<()> {
    if let Some(Open::Group {
        head: Head::Row,
        names,
        ..
    }) = open.last_mut()
    {
        names.push(cursor.name("a field's name")?);
        cursor.expect(':')?;
    }
    Ok(())
}

/// Ends the innermost group; false if a function type's result must follow.
fn reduce(
    cursor: &mut Cursor<'_>,
    nodes: &mut Vec<TypeNode>,
    open: &mut Vec<Open>,
) -> Parsed<bool> {
    let Some(Open::Group {
        head, count, names, ..
    }) = open.pop()
    else {
        return Ok(true);
    };
    let one = |what: &str| {
        if count == 1 {
            return Ok(());
        }
        let span = cursor
            .at
            .checked_sub(1)
            .and_then(|at| cursor.tokens.get(at))
            .map_or(0..0, |token| token.span());
        Err(LineError {
            span,
            message: format!("{what} has one element type"),
        })
    };
    nodes.push(match head {
        Head::Fn => {
            cursor.arrow()?;
            open.push(Open::FnResult(count));
            return Ok(false);
        }
        Head::List => {
            one("a list")?;
            TypeNode::List
        }
        Head::Array => {
            one("an array")?;
            TypeNode::Array
        }
        Head::Tuple => TypeNode::Tuple(count),
        Head::Row => TypeNode::Row(names),
        Head::Word(word) => TypeNode::Word(word, count),
    });
    Ok(true)
}
