//! Functions: declarations, labels, directives, and the names that instructions use.

use super::ast::FnItem;
use super::build::Builder;
use super::code_names::{Names, named};
use super::cursor::{Cursor, Parsed};
use super::parse::attribute;
use super::type_expr;
use crate::tables::{DocRec, FuncRec, Lang, LineRec, LocalRec, Range, TypeId};
use isa::Op;
use isa::text::token::{self, Kind, Token};
use isa::text::{LineError, Term};
use std::collections::HashMap;

/// Builds one function; `policy` is the module's.
pub(super) fn function<'a>(builder: &mut Builder<'a>, item: &FnItem<'a>, policy: Lang) {
    let index = builder.tables.functions.len() as u32;
    let mut names = Names {
        builder,
        locals: HashMap::new(),
        captures: HashMap::new(),
        labels: HashMap::new(),
        tables: HashMap::new(),
        table_records: Vec::new(),
    };
    let mut params = Vec::new();
    for (number, (name, ty)) in item.params.iter().enumerate() {
        params.push(names.builder.ty(ty));
        params.push(names.builder.optional_name(name.as_deref()));
        if let Some(name) = name {
            names.locals.entry(name.clone()).or_insert(number as u32);
        }
    }
    let result = item
        .result
        .as_ref()
        .map_or(TypeId::DYN.0, |ty| names.builder.ty(ty));
    let mut body = Body::default();
    names.declarations(item, &mut body);
    names.labels(item);
    let code = names.code(item, index, &mut body);
    let table_records = std::mem::take(&mut names.table_records);
    // Names for debuggers stand in the order of the locals.
    let first = builder
        .tables
        .locals
        .partition_point(|local| local.func < index);
    if let Some(own) = builder.tables.locals.get_mut(first..) {
        own.sort_by_key(|local| local.local);
    }
    let tables = Range {
        start: builder.tables.tables.len() as u32,
        len: table_records.len() as u32,
    };
    builder.tables.tables.extend(table_records);
    let attributes = builder.attributes(&body.attributes);
    let range = Range {
        start: builder.tables.code.len() as u32,
        len: code.len() as u32,
    };
    builder.tables.code.extend_from_slice(&code);
    let record = FuncRec {
        name: builder.optional_name(item.symbol.name.as_deref()),
        params: builder.words(&params),
        result,
        policy: item.policy.unwrap_or(policy) as u32,
        arity: item.arity as u32,
        flags: item.flags,
        locals: builder.words(&body.locals),
        captures: builder.words(&body.captures),
        max_stack: 0,
        code: range,
        tables,
        attributes,
    };
    builder.tables.functions.push(record);
    builder.heights.push(body.max_stack);
}

/// What the lines of a body declare.
#[derive(Default)]
struct Body<'a> {
    locals: Vec<u32>,
    captures: Vec<u32>,
    max_stack: Option<u32>,
    attributes: Vec<super::ast::Attribute<'a>>,
    file: u32,
}

/// The rest of a line behind its label, and the label.
fn split_label<'a>(source: &'a str, line: &'a [Token]) -> (Option<(&'a str, Token)>, &'a [Token]) {
    match line {
        [word, colon, rest @ ..] if word.kind == Kind::Word && colon.kind == Kind::Punct(':') => {
            (Some((word.text(source), *word)), rest)
        }
        _ => (None, line),
    }
}

const DECLARATIONS: [&str; 5] = ["local", "capture", "max_stack", "attr", "table"];

impl<'a> Names<'_, 'a> {
    fn fail(&mut self, error: LineError) {
        self.builder.errors.push(error);
    }

    /// Locals, captures and the like, wherever they stand in the body.
    fn declarations(&mut self, item: &FnItem<'a>, body: &mut Body<'a>) {
        let source = self.builder.source;
        for &line in &item.body {
            let mut cursor = Cursor::new(source, line);
            let word = cursor.peek_text();
            if !DECLARATIONS.contains(&word) || split_label(source, line).0.is_some() {
                continue;
            }
            cursor.at = 1;
            let done = match word {
                "local" => self.local(&mut cursor, item.params.len(), body),
                "capture" => self.capture(&mut cursor, body),
                "max_stack" => cursor
                    .number("the greatest stack height")
                    .map(|height| body.max_stack = Some(height)),
                // Tables need the labels; only their names are taken here.
                "table" => {
                    let span = cursor.peek().map_or(0..0, |token| token.span());
                    match cursor.name("the table's name") {
                        Ok(name) => {
                            let number = self.tables.len() as u32;
                            if self.tables.insert(name, number).is_some() {
                                self.fail(LineError {
                                    span,
                                    message: "this table is declared twice".to_owned(),
                                });
                            }
                            continue;
                        }
                        Err(error) => Err(error),
                    }
                }
                _ => continue,
            };
            if let Err(error) = done.and_then(|()| cursor.end_of_line()) {
                self.fail(error);
            }
        }
    }

    fn local(&mut self, cursor: &mut Cursor<'_>, params: usize, body: &mut Body<'_>) -> Parsed<()> {
        let mut group = Vec::new();
        loop {
            let token = cursor.peek();
            group.push((
                cursor.name("a local's name")?,
                token.map_or(0..0, |token| token.span()),
            ));
            if !cursor.punct(',') {
                break;
            }
        }
        cursor.expect(':')?;
        let ty = type_expr::parse(cursor)?;
        let ty = self.builder.ty(&ty);
        for (name, span) in group {
            let number = (params + body.locals.len()) as u32;
            body.locals.push(ty);
            if name != "_" && self.locals.insert(name, number).is_some() {
                self.fail(LineError {
                    span,
                    message: "this local is declared twice".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn capture(&mut self, cursor: &mut Cursor<'_>, body: &mut Body<'_>) -> Parsed<()> {
        let span = cursor.peek().map_or(0..0, |token| token.span());
        let name = cursor.name("a capture's name")?;
        cursor.expect(':')?;
        let cell = cursor.word("cell");
        let ty = if cell && cursor.at_end() {
            TypeId::DYN.0
        } else {
            self.builder.ty(&type_expr::parse(cursor)?)
        };
        let number = (body.captures.len() / 2) as u32;
        body.captures.extend([ty, u32::from(cell)]);
        if name != "_" && self.captures.insert(name, number).is_some() {
            self.fail(LineError {
                span,
                message: "this capture is declared twice".to_owned(),
            });
        }
        Ok(())
    }

    /// Finds where each label leads: the size of an instruction follows from its mnemonic alone.
    fn labels(&mut self, item: &FnItem<'_>) {
        let source = self.builder.source;
        let mut at = 0u32;
        for &line in &item.body {
            let (label, rest) = split_label(source, line);
            if let Some((name, token)) = label
                && self.labels.insert(name.to_owned(), at).is_some()
            {
                self.fail(LineError {
                    span: token.span(),
                    message: format!("label `{name}` is defined twice"),
                });
            }
            let Some(first) = rest.first() else { continue };
            let word = first.text(source);
            let size = if word == ".bytes" {
                rest.len() - 1
            } else {
                Op::from_name(word).map_or(0, |op| op.info().size())
            };
            at = at.saturating_add(size as u32);
        }
    }

    fn code(&mut self, item: &FnItem<'a>, function: u32, body: &mut Body<'a>) -> Vec<u8> {
        let mut code = Vec::new();
        for table in item.body.iter().filter(|line| {
            line.first()
                .is_some_and(|token| token.text(self.builder.source) == "table")
        }) {
            if let Err(error) = self.table_line(table) {
                self.fail(error);
            }
        }
        for &line in &item.body {
            let source = self.builder.source;
            let rest = split_label(source, line).1;
            let Some(first) = rest.first() else { continue };
            let word = first.text(source);
            let is_label = rest.len() < line.len();
            let done = match word {
                _ if is_label && DECLARATIONS.contains(&word) => Err(LineError {
                    span: first.span(),
                    message: "a declaration has no label".to_owned(),
                }),
                "attr" => {
                    let mut cursor = Cursor::new(source, line);
                    cursor.at = 1;
                    attribute(&mut cursor).and_then(|found| {
                        body.attributes.push(found);
                        cursor.end_of_line()
                    })
                }
                word if DECLARATIONS.contains(&word) => Ok(()),
                word if word.starts_with('.') => self.directive(rest, function, body, &mut code),
                _ => isa::text::parse(source, rest, code.len() as u32, self)
                    .map(|instr| isa::encode(instr.op, &instr.args, &mut code)),
            };
            if let Err(error) = done {
                self.fail(error);
                // Offsets stay those of the labels.
                code.resize(
                    code.len() + Op::from_name(word).map_or(0, |op| op.info().size()),
                    0,
                );
            }
        }
        code
    }

    fn directive(
        &mut self,
        line: &[Token],
        function: u32,
        body: &mut Body<'_>,
        code: &mut Vec<u8>,
    ) -> Parsed<()> {
        let mut cursor = Cursor::new(self.builder.source, line);
        let word = cursor.peek_text();
        cursor.at = 1;
        match word {
            ".bytes" => {
                while !cursor.at_end() {
                    code.push(cursor.int("a byte", 0, 255)? as u8);
                }
            }
            ".line" => {
                let line = cursor.number("a line's number")?;
                cursor.expect(':')?;
                let column = cursor.number("a column's number")?;
                if cursor.word("file") {
                    body.file = cursor.number("a file's number")?;
                }
                let record = LineRec {
                    func: function,
                    pc: code.len() as u32,
                    file: body.file,
                    line,
                    column,
                };
                // Of two places for the same instruction the later one holds.
                match self.builder.tables.lines.last_mut() {
                    Some(last) if (last.func, last.pc) == (record.func, record.pc) => {
                        *last = record
                    }
                    _ => self.builder.tables.lines.push(record),
                }
            }
            ".local" => {
                let term = cursor.term("a local")?;
                let local = self.local_of(&term).map_err(|message| LineError {
                    span: term.span(),
                    message,
                })?;
                let name = cursor.name("its name for debuggers")?;
                let name = self.builder.name(&name);
                self.builder.tables.locals.push(LocalRec {
                    func: function,
                    local,
                    name,
                });
            }
            ".doc" => {
                let mut text = cursor.text("the documentation")?;
                // Further lines continue the first.
                if let Some(last) = self
                    .builder
                    .tables
                    .docs
                    .pop_if(|last| last.func == function)
                {
                    let before = super::print_names::text(&self.builder.tables, last.text)
                        .unwrap_or_default();
                    text = format!("{before}\n{text}");
                }
                let text = self.builder.string(&text);
                self.builder.tables.docs.push(DocRec {
                    func: function,
                    text,
                });
            }
            _ => {
                cursor.at = 0;
                return cursor.error("expected .line, .local, .doc or .bytes");
            }
        }
        cursor.end_of_line()
    }

    pub(super) fn local_of(&self, term: &Term<'_>) -> Result<u32, String> {
        if let Some(token) = term.single().filter(|token| token.kind == Kind::Int) {
            return token::int_value(token.text(term.source))
                .and_then(|n| u32::try_from(n).ok())
                .ok_or_else(|| "this number is too large".to_owned());
        }
        named(&self.locals, term, "local")
    }

    /// `table NAME = [ … ]`.
    fn table_line(&mut self, line: &[Token]) -> Parsed<()> {
        let mut cursor = Cursor::new(self.builder.source, line);
        cursor.at = 2;
        cursor.expect('=')?;
        let term = cursor.term("the table's entries in brackets")?;
        self.table(&term)?;
        cursor.end_of_line()
    }
}
