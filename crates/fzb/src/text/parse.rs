//! From tokens to items. An error costs its item (in a function's body its line), never the rest of the text.

use super::ast::{
    Attribute, CaseItem, ConstItem, ExportItem, FieldItem, ImportItem, Module, StaticItem, Symbol,
    TypeBody, TypeItem,
};
use super::cursor::{Cursor, Parsed};
use super::{parse_fn, type_expr};
use crate::tables::{ImportKind, Lang, TypedefKind, field_flags, static_flags};
use isa::text::LineError;
use isa::text::token::{Kind, Token};

/// The words that begin an item. No instruction has one of these names.
pub(super) const ITEMS: &[&str] = &[
    "module", "metadata", "name", "type", "const", "static", "import", "fn", "export", "entry",
    "file", "patch",
];

/// Least machine version of a text that does not say: the first.
const FIRST_MACHINE: u32 = 1;

/// Reads a whole text.
pub(super) fn module<'a>(
    source: &'a str,
    tokens: &'a [Token],
    errors: &mut Vec<LineError>,
) -> Module<'a> {
    let mut module = Module {
        min_machine: FIRST_MACHINE,
        ..Module::default()
    };
    let mut cursor = Cursor::new(source, tokens);
    let mut headed = false;
    loop {
        cursor.skip_lines();
        if cursor.peek().is_none() {
            break;
        }
        let is_header = cursor.is_word("module");
        if is_header == headed {
            let message = if headed {
                "a text has one `module` line"
            } else {
                "expected `module \"name\"` as the first line"
            };
            errors.extend(cursor.error::<()>(message).err());
        }
        headed = true;
        if let Err(error) = item(&mut cursor, &mut module, errors) {
            errors.push(error);
            recover(&mut cursor);
        }
    }
    if !headed {
        errors.push(LineError {
            span: 0..0,
            message: "expected `module \"name\"` as the first line".to_owned(),
        });
    }
    module
}

/// Goes to the next line that begins an item.
fn recover(cursor: &mut Cursor<'_>) {
    while let Some(token) = cursor.next() {
        if token.kind == Kind::Newline && begins_item(cursor) {
            break;
        }
    }
}

pub(super) fn begins_item(cursor: &Cursor<'_>) -> bool {
    cursor
        .peek()
        .is_none_or(|token| token.kind == Kind::Word && ITEMS.contains(&token.text(cursor.source)))
}

fn item<'a>(
    cursor: &mut Cursor<'a>,
    module: &mut Module<'a>,
    errors: &mut Vec<LineError>,
) -> Parsed<()> {
    let word = cursor.peek_text();
    if !begins_item(cursor) {
        return cursor.error(format!("expected an item: {}", ITEMS.join(", ")));
    }
    cursor.at += 1;
    match word {
        "module" => header(cursor, module)?,
        "metadata" => module.metadata = cursor.bytes("the metadata")?,
        "name" => {
            while !cursor.at_end() {
                cursor.punct(',');
                module.names.push(cursor.name("a name")?);
            }
        }
        "type" => {
            let item = type_item(cursor)?;
            module.types.push(item);
        }
        "const" => {
            let symbol = symbol(cursor, "the constant's name")?;
            cursor.expect('=')?;
            let start = cursor.at;
            while !cursor.at_end() {
                cursor.at += 1;
            }
            module.consts.push(ConstItem {
                symbol,
                value: &cursor.tokens[start..cursor.at],
            });
        }
        "static" => {
            let symbol = symbol(cursor, "the static's name")?;
            cursor.expect(':')?;
            let ty = type_expr::parse(cursor)?;
            let mut flags = 0;
            loop {
                flags |= match cursor.peek_text() {
                    "mutable" => static_flags::MUTABLE,
                    "exported" => static_flags::EXPORTED,
                    _ => break,
                };
                cursor.at += 1;
            }
            module.statics.push(StaticItem { symbol, ty, flags });
        }
        "import" => {
            let item = import(cursor)?;
            module.imports.push(item);
        }
        "fn" => {
            let item = parse_fn::function(cursor, errors)?;
            module.functions.push(item);
        }
        "export" => {
            let item = export(cursor)?;
            module.exports.push(item);
        }
        "entry" => module.entry = Some(reference(cursor, "the entry function")?),
        "file" => {
            let path = cursor.text("the path")?;
            let hash = if cursor.word("hash") {
                file_hash(cursor)?
            } else {
                [0; 2]
            };
            module.files.push((path, hash));
        }
        _ => {
            let start = cursor.at;
            while !cursor.at_end() {
                cursor.at += 1;
            }
            module.patches.push(&cursor.tokens[start..cursor.at]);
        }
    }
    cursor.end_of_line()
}

fn header(cursor: &mut Cursor<'_>, module: &mut Module<'_>) -> Parsed<()> {
    module.name = cursor.name("the module's name")?;
    while !cursor.at_end() {
        if cursor.word("lang") {
            module.lang = Some(lang(cursor)?);
        } else if cursor.word("policy") {
            module.policy = Some(lang(cursor)?);
        } else if cursor.word("version") {
            module.version = cursor.text("the module's version")?;
        } else if cursor.word("min_machine") {
            module.min_machine = cursor.number("the least machine version")?;
        } else if cursor.word("flags") {
            module.flags = cursor.number("flags")?;
        } else {
            return cursor.error("expected lang, policy, version, min_machine or flags");
        }
    }
    Ok(())
}

pub(super) fn lang(cursor: &mut Cursor<'_>) -> Parsed<Lang> {
    choice(cursor, "a language", Lang::ALL, Lang::text)
}

pub(super) fn choice<T: Copy>(
    cursor: &mut Cursor<'_>,
    what: &str,
    all: &[T],
    text: fn(T) -> &'static str,
) -> Parsed<T> {
    let word = cursor.peek_text();
    match all.iter().find(|one| text(**one) == word) {
        Some(one) => {
            cursor.at += 1;
            Ok(*one)
        }
        None => {
            let known: Vec<&str> = all.iter().map(|one| text(*one)).collect();
            cursor.error(format!("expected {what}: {}", known.join(", ")))
        }
    }
}

/// `NAME`, `NAME as "name in the file"` or `NAME as none`.
pub(super) fn symbol(cursor: &mut Cursor<'_>, what: &str) -> Parsed<Symbol> {
    let span = cursor.peek().map_or(0..0, |token| token.span());
    let text = cursor.name(what)?;
    let mut name = Some(text.clone());
    if cursor.word("as") {
        name = if cursor.word("none") {
            None
        } else {
            Some(cursor.text("the name in the file, or `none`")?)
        };
    }
    Ok(Symbol { text, name, span })
}

/// A name of the text, or `#N`, which is kept as such.
fn reference(cursor: &mut Cursor<'_>, what: &str) -> Parsed<(String, std::ops::Range<usize>)> {
    let span = cursor.peek().map_or(0..0, |token| token.span());
    if let Some(index) = cursor.raw_index() {
        return Ok((format!("#{index}"), span));
    }
    Ok((cursor.name(what)?, span))
}

fn type_item(cursor: &mut Cursor<'_>) -> Parsed<TypeItem> {
    let symbol = symbol(cursor, "the type's name")?;
    let params = if cursor.word("params") {
        cursor.number("the number of type parameters")?
    } else {
        0
    };
    cursor.expect('=')?;
    let kind = TypedefKind::ALL
        .iter()
        .copied()
        .find(|kind| cursor.is_word(kind.text()));
    let body = match kind {
        None => TypeBody::Alias(type_expr::parse(cursor)?),
        Some(kind) => {
            cursor.at += 1;
            let cases = match kind {
                TypedefKind::Record | TypedefKind::Exception => {
                    vec![CaseItem {
                        name: symbol.name.clone().unwrap_or_default(),
                        fields: fields(cursor)?,
                    }]
                }
                _ => cases(cursor)?,
            };
            TypeBody::Def {
                kind,
                params,
                cases,
            }
        }
    };
    Ok(TypeItem { symbol, body })
}

/// Between braces line ends mean nothing and commas may be left out before the closing one.
fn listed<T>(cursor: &mut Cursor<'_>, one: fn(&mut Cursor<'_>) -> Parsed<T>) -> Parsed<Vec<T>> {
    cursor.expect('{')?;
    let mut found = Vec::new();
    loop {
        cursor.skip_lines();
        if cursor.punct('}') {
            return Ok(found);
        }
        found.push(one(cursor)?);
        cursor.skip_lines();
        if !cursor.punct(',') && !cursor.is_punct('}') {
            return cursor.error("expected `,` or `}`");
        }
    }
}

fn fields(cursor: &mut Cursor<'_>) -> Parsed<Vec<FieldItem>> {
    listed(cursor, |cursor| {
        let name = cursor.name("a field's name")?;
        cursor.expect(':')?;
        let ty = type_expr::parse(cursor)?;
        Ok(FieldItem {
            name,
            ty,
            flags: item_flags(cursor),
        })
    })
}

/// `mutable`, `immutable`, `sub` as far as they stand there.
pub(super) fn item_flags(cursor: &mut Cursor<'_>) -> u32 {
    let mut flags = 0;
    loop {
        flags |= match cursor.peek_text() {
            "mutable" => field_flags::MUTABLE,
            "immutable" => field_flags::IMMUTABLE,
            "sub" => field_flags::SUBFIELD,
            _ => return flags,
        };
        cursor.at += 1;
    }
}

fn cases(cursor: &mut Cursor<'_>) -> Parsed<Vec<CaseItem>> {
    listed(cursor, |cursor| {
        let name = cursor.name("a case's name")?;
        let fields = if cursor.is_punct('{') {
            fields(cursor)?
        } else {
            Vec::new()
        };
        Ok(CaseItem { name, fields })
    })
}

fn import(cursor: &mut Cursor<'_>) -> Parsed<ImportItem> {
    let symbol = symbol(cursor, "the import's name")?;
    let kind = choice(
        cursor,
        "the kind of import",
        ImportKind::ALL,
        ImportKind::text,
    )?;
    let mut item = ImportItem {
        symbol,
        kind,
        name: None,
        module: None,
        params: Vec::new(),
        result: None,
        caps: Vec::new(),
        flags: 0,
    };
    match kind {
        ImportKind::Host => item.name = Some(cursor.name("the host function's name")?),
        ImportKind::Function => {
            item.name = Some(cursor.name("the function's name")?);
            if !cursor.word("from") {
                return cursor.error("expected `from` and the module's name");
            }
            item.module = Some(cursor.name("the module's name")?);
        }
        ImportKind::Module => item.module = Some(cursor.name("the module's name")?),
    }
    if cursor.punct('(') {
        while !cursor.punct(')') {
            item.params.push(type_expr::parse(cursor)?);
            if !cursor.punct(',') && !cursor.is_punct(')') {
                return cursor.error("expected `,` or `)`");
            }
        }
        cursor.arrow()?;
        item.result = Some(type_expr::parse(cursor)?);
    } else if kind != ImportKind::Module {
        return cursor.error("expected the signature, as in `(text) -> unit`");
    }
    if cursor.word("needs") {
        item.caps.push(cursor.name("a capability")?);
        while cursor.punct(',') {
            item.caps.push(cursor.name("a capability")?);
        }
    }
    item.flags = u32::from(cursor.word("optional"));
    Ok(item)
}

fn export<'a>(cursor: &mut Cursor<'a>) -> Parsed<ExportItem<'a>> {
    let name = cursor.name("the export's name")?;
    cursor.expect('=')?;
    let is_static = match cursor.peek_text() {
        "fn" => false,
        "static" => true,
        _ => return cursor.error("expected `fn` or `static` and its name"),
    };
    cursor.at += 1;
    let target = reference(cursor, "what is exported")?;
    let mut attributes = Vec::new();
    while cursor.word("attr") {
        attributes.push(attribute(cursor)?);
    }
    Ok(ExportItem {
        name,
        is_static,
        target,
        attributes,
    })
}

/// `NAME` or `NAME = constant`, after the word `attr`.
pub(super) fn attribute<'a>(cursor: &mut Cursor<'a>) -> Parsed<Attribute<'a>> {
    let name = cursor.name("the attribute's name")?;
    let value = if cursor.punct('=') {
        Some(cursor.term("the attribute's value")?)
    } else {
        None
    };
    Ok(Attribute { name, value })
}

fn file_hash(cursor: &mut Cursor<'_>) -> Parsed<[u32; 2]> {
    let text = cursor.peek_text();
    let hash = if text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        u64::from_str_radix(text, 16).ok()
    } else {
        None
    };
    match hash {
        Some(hash) => {
            cursor.at += 1;
            // Written as the bytes stand, so the first hexadecimal digits are the first byte.
            let bytes = hash.to_be_bytes();
            Ok([
                u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
                u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
            ])
        }
        None => cursor.error("expected 16 hexadecimal digits"),
    }
}
