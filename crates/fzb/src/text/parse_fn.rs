//! From tokens to functions: the head, and the body as lines.

use super::ast::FnItem;
use super::cursor::{Cursor, Parsed};
use super::parse::{begins_item, choice, lang, symbol};
use super::type_expr;
use crate::tables::{Arity, function_flags};
use isa::text::LineError;
use isa::text::token::Kind;

/// Reads a function behind its word `fn`.
pub(super) fn function<'a>(
    cursor: &mut Cursor<'a>,
    errors: &mut Vec<LineError>,
) -> Parsed<FnItem<'a>> {
    let symbol = symbol(cursor, "the function's name")?;
    let mut item = FnItem {
        symbol,
        params: Vec::new(),
        result: None,
        policy: None,
        arity: Arity::Exact,
        flags: 0,
        export: None,
        body: Vec::new(),
    };
    cursor.expect('(')?;
    while !cursor.punct(')') {
        let name = cursor.name("a parameter's name, or `_`")?;
        cursor.expect(':')?;
        let ty = type_expr::parse(cursor)?;
        item.params.push(((name != "_").then_some(name), ty));
        if !cursor.punct(',') && !cursor.is_punct(')') {
            return cursor.error("expected `,` or `)`");
        }
    }
    if cursor.peek().is_some_and(|token| token.kind == Kind::Arrow) {
        cursor.at += 1;
        item.result = Some(type_expr::parse(cursor)?);
    }
    while !cursor.is_punct('{') {
        if cursor.word("policy") {
            item.policy = Some(lang(cursor)?);
        } else if cursor.word("arity") {
            item.arity = choice(cursor, "an arity mode", Arity::ALL, Arity::text)?;
        } else if cursor.word("export") {
            item.export = Some(if cursor.is_name() && !is_header_word(cursor.peek_text()) {
                cursor.name("the export's name")?
            } else {
                item.symbol
                    .name
                    .clone()
                    .unwrap_or_else(|| item.symbol.text.clone())
            });
        } else if cursor.word("flags") {
            item.flags = function_flags(cursor)?;
        } else {
            return cursor.error("expected policy, arity, flags, export or `{`");
        }
    }
    cursor.at += 1;
    body(cursor, &mut item, errors)?;
    Ok(item)
}

fn is_header_word(word: &str) -> bool {
    matches!(word, "policy" | "arity" | "flags" | "export")
}

fn function_flags(cursor: &mut Cursor<'_>) -> Parsed<u32> {
    if cursor.peek().is_some_and(|token| token.kind == Kind::Int) {
        return cursor.number("flags");
    }
    let mut flags = 0;
    loop {
        let word = cursor.peek_text();
        match function_flags::NAMES.iter().position(|name| *name == word) {
            Some(bit) => flags |= 1 << bit,
            None => {
                return cursor.error(format!(
                    "expected flags: {}",
                    function_flags::NAMES.join(", ")
                ));
            }
        }
        cursor.at += 1;
        if !cursor.punct('|') {
            return Ok(flags);
        }
    }
}

fn body<'a>(
    cursor: &mut Cursor<'a>,
    item: &mut FnItem<'a>,
    errors: &mut Vec<LineError>,
) -> Parsed<()> {
    loop {
        cursor.skip_lines();
        if cursor.punct('}') {
            return Ok(());
        }
        if begins_item(cursor) {
            let message = format!("function `{}` is not closed by `}}`", item.symbol.text);
            errors.push(LineError {
                span: item.symbol.span.clone(),
                message,
            });
            // The line end before the item is still needed to begin it.
            cursor.at -= usize::from(cursor.at > 0);
            return Ok(());
        }
        let start = cursor.at;
        let mut depth = 0usize;
        while let Some(token) = cursor.peek() {
            match token.kind {
                Kind::Newline => break,
                Kind::Punct('{') => depth += 1,
                Kind::Punct('}') if depth == 0 => break,
                Kind::Punct('}') => depth -= 1,
                _ => {}
            }
            cursor.at += 1;
        }
        item.body.push(&cursor.tokens[start..cursor.at]);
    }
}
