//! Functions as text.

use super::inline::{TableUse, code_of, entries, table_of};
use super::print::Printer;
use super::print_names::{
    MAX_SYMBOL, Symbols as Names, case_name, field_name, name, text, written,
};
use crate::tables::{Arity, FuncRec, Lang, TableRec, function_flags};
use isa::text::token::quote;
use isa::text::{Site, Symbols};
use isa::{ConstUse, Instr, Operand, decode};
use std::collections::{BTreeSet, HashMap};

/// What the operands of one function are called.
struct CodeNames<'p, 'a> {
    printer: &'p Printer<'a>,
    function: &'p FuncRec,
    locals: Names,
    captures: Names,
    labels: BTreeSet<u32>,
    tables_in_place: bool,
}

impl CodeNames<'_, '_> {
    fn target(&self, offset: u32) -> String {
        if self.labels.contains(&offset) {
            format!("L{offset}")
        } else {
            offset.to_string()
        }
    }

    fn table(&self, table: &TableRec) -> String {
        let words = entries(self.printer.tables, table);
        if table.kind == 1 {
            if words.is_empty() {
                return "[->]".to_owned();
            }
            let shown: Vec<String> = words
                .chunks_exact(2)
                .map(|pair| {
                    let key = self
                        .printer
                        .inline
                        .show(pair[0], ConstUse::Value)
                        .unwrap_or_else(|| self.printer.symbols.consts.show(pair[0]));
                    format!("{key} -> {}", self.target(pair[1]))
                })
                .collect();
            return format!("[{}]", shown.join(", "));
        }
        format!(
            "[{}]",
            words
                .iter()
                .map(|offset| self.target(*offset))
                .collect::<Vec<_>>()
                .join(", ")
        )
    }
}

impl Symbols for CodeNames<'_, '_> {
    fn show(&self, site: &Site<'_>, value: u32) -> Option<String> {
        let symbols = self.printer.symbols;
        let tables = self.printer.tables;
        match site.operand {
            Operand::Const(use_) => self
                .printer
                .inline
                .show(value, use_)
                .or_else(|| symbols.consts.get(value).map(str::to_owned)),
            Operand::Name => name(tables, value)
                .filter(|name| name.len() <= MAX_SYMBOL)
                .map(|name| written(&name)),
            Operand::Local => self.locals.get(value).map(str::to_owned),
            Operand::Capture => self.captures.get(value).map(str::to_owned),
            Operand::Static => symbols.statics.get(value).map(str::to_owned),
            Operand::Func => symbols.functions.get(value).map(str::to_owned),
            Operand::Import | Operand::Module => symbols.imports.get(value).map(str::to_owned),
            Operand::Jump => {
                let target = site.next.wrapping_add(value);
                self.labels.contains(&target).then(|| format!("L{target}"))
            }
            Operand::Type => Some(symbols.ty(tables, value)),
            Operand::Tag => case_name(tables, site.earlier.first().copied()?, value),
            Operand::Field => {
                let typedef = site.earlier.first().copied()?;
                field_name(
                    tables,
                    typedef,
                    site.earlier.get(1).copied().unwrap_or(0),
                    value,
                )
            }
            Operand::TypeDef => symbols.typedefs.get(value).map(str::to_owned),
            Operand::Table | Operand::TextTable => {
                let table = table_of(tables, self.function, value)?;
                Some(if self.tables_in_place {
                    self.table(table)
                } else {
                    format!("table{value}")
                })
            }
            _ => None,
        }
    }

    fn find(&mut self, _: &Site<'_>, _: &isa::text::Term<'_>) -> Result<u32, String> {
        Err("names are only shown here".to_owned())
    }
}

/// Appends a function.
pub(super) fn function(printer: &mut Printer<'_>, index: u32) {
    let tables = printer.tables;
    let Some(record) = tables.functions.get(index as usize) else {
        return;
    };
    let names = code_names(printer, record, index);
    let mut lines = vec![header(printer, record, index)];
    for (number, ty) in printer.words(record.locals).iter().enumerate() {
        let local = names.locals.show(record.params.len / 2 + number as u32);
        lines.push(format!(
            "    local {local}: {}",
            printer.symbols.ty(tables, *ty)
        ));
    }
    for (number, pair) in printer.words(record.captures).chunks_exact(2).enumerate() {
        let cell = if pair[1] != 0 { "cell " } else { "" };
        lines.push(format!(
            "    capture {}: {cell}{}",
            names.captures.show(number as u32),
            printer.symbols.ty(tables, pair[0])
        ));
    }
    lines.push(format!("    max_stack {}", record.max_stack));
    lines.extend(
        printer
            .attributes(record.attributes)
            .into_iter()
            .map(|attribute| format!("    {attribute}")),
    );
    let debug = printer.debug.get(&index);
    for doc in debug.map_or(&[][..], |debug| &debug.docs) {
        lines.push(format!(
            "    .doc {}",
            quote(&text(tables, doc.text).unwrap_or_default())
        ));
    }
    for local in debug.map_or(&[][..], |debug| &debug.locals) {
        let shown = written(&name(tables, local.name).unwrap_or_default());
        lines.push(format!(
            "    .local {} {shown}",
            names
                .locals
                .get(local.local)
                .map_or_else(|| local.local.to_string(), str::to_owned)
        ));
    }
    if !names.tables_in_place {
        for number in 0..record.tables.len {
            if let Some(table) = table_of(tables, record, number) {
                lines.push(format!("    table table{number} = {}", names.table(table)));
            }
        }
    }
    code(&names, index, &mut lines);
    lines.push("}".to_owned());
    printer.blank();
    lines.iter().for_each(|line| printer.line(line));
}

fn header(printer: &Printer<'_>, record: &FuncRec, index: u32) -> String {
    let tables = printer.tables;
    let symbol = printer.symbols.functions.show(index);
    let params: Vec<String> = printer
        .words(record.params)
        .chunks_exact(2)
        .map(|pair| {
            let name = name(tables, pair[1]).map_or_else(
                || "_".to_owned(),
                |name| {
                    if name == "_" {
                        quote(&name)
                    } else {
                        written(&name)
                    }
                },
            );
            format!("{name}: {}", printer.symbols.ty(tables, pair[0]))
        })
        .collect();
    let mut line = format!(
        "fn {symbol}{}({}) -> {}",
        printer.alias(&symbol, record.name),
        params.join(", "),
        printer.symbols.ty(tables, record.result)
    );
    match Lang::from_number(record.policy) {
        Some(policy) if record.policy != tables.policy => {
            line.push_str(&format!(" policy {}", policy.text()))
        }
        _ => {}
    }
    match Arity::from_number(record.arity) {
        Some(arity) if arity != Arity::Exact => line.push_str(&format!(" arity {}", arity.text())),
        _ => {}
    }
    if record.flags & !function_flags::ALL != 0 {
        line.push_str(&format!(" flags {}", record.flags));
    } else if record.flags != 0 {
        let flags: Vec<&str> = function_flags::NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| record.flags >> bit & 1 == 1)
            .map(|(_, name)| *name)
            .collect();
        line.push_str(&format!(" flags {}", flags.join("|")));
    }
    line.push_str(" {");
    line
}

fn code_names<'p, 'a>(
    printer: &'p Printer<'a>,
    record: &'p FuncRec,
    index: u32,
) -> CodeNames<'p, 'a> {
    let tables = printer.tables;
    let known = printer
        .debug
        .get(&index)
        .map_or(&[][..], |debug| &debug.locals);
    let debug: HashMap<u32, u32> = known
        .iter()
        .map(|local| (local.local, local.name))
        .collect();
    let mut locals = Names::without(&["_"]);
    for (number, pair) in printer.words(record.params).chunks_exact(2).enumerate() {
        let wish = name(tables, pair[1]);
        // A parameter that cannot be called by its own name is called by its number.
        let plain = wish.as_ref().is_some_and(|wish| locals.is_free(wish));
        locals.add_exact(if plain { wish } else { None }.unwrap_or_else(|| format!("#{number}")));
    }
    for number in 0..record.locals.len {
        let wish = debug
            .get(&(record.params.len / 2 + number))
            .and_then(|debug| name(tables, *debug));
        locals.add(wish, "l");
    }
    let mut captures = Names::without(&["_"]);
    for _ in 0..record.captures.len / 2 {
        captures.add(None, "k");
    }
    let tables_in_place = TableUse::of(tables, record).in_place;
    let (starts, end) = starts(code_of(tables, record));
    let mut labels = BTreeSet::new();
    let mut jump = |target: u32| {
        if target == end || starts.contains(&target) {
            labels.insert(target);
        }
    };
    for start in &starts {
        if let Ok(instr) = decode(code_of(tables, record), *start)
            && let Some(Some(target)) = instr.jump_target()
        {
            jump(target);
        }
    }
    for number in 0..record.tables.len {
        if let Some(table) = table_of(tables, record, number) {
            let step = if table.kind == 1 { 2 } else { 1 };
            entries(tables, table)
                .iter()
                .skip(step - 1)
                .step_by(step)
                .for_each(|target| jump(*target));
        }
    }
    CodeNames {
        printer,
        function: record,
        locals,
        captures,
        labels,
        tables_in_place,
    }
}

/// Where instructions start, and where the readable code ends.
fn starts(code: &[u8]) -> (BTreeSet<u32>, u32) {
    let mut starts = BTreeSet::new();
    let mut at = 0;
    while let Ok(Instr { next, .. }) = decode(code, at) {
        starts.insert(at);
        at = next;
    }
    (starts, at)
}

fn code(names: &CodeNames<'_, '_>, index: u32, lines: &mut Vec<String>) {
    let tables = names.printer.tables;
    let code = code_of(tables, names.function);
    let first = tables.lines.partition_point(|line| line.func < index);
    let mut debug = tables
        .lines
        .get(first..)
        .unwrap_or(&[])
        .iter()
        .take_while(|line| line.func == index)
        .peekable();
    let mut file = 0;
    let mut at = 0;
    loop {
        while let Some(line) = debug.next_if(|line| line.pc <= at) {
            let shown = if line.file == file {
                String::new()
            } else {
                format!(" file {}", line.file)
            };
            file = line.file;
            lines.push(format!("    .line {}:{}{shown}", line.line, line.column));
        }
        if names.labels.contains(&at) {
            lines.push(format!("L{at}:"));
        }
        match decode(code, at) {
            Ok(instr) => {
                lines.push(format!("    {}", isa::text::print(&instr, names)));
                at = instr.next;
            }
            Err(_) => {
                // What is no instruction is shown as the bytes that it is.
                for chunk in code.get(at as usize..).unwrap_or(&[]).chunks(32) {
                    let bytes: Vec<String> =
                        chunk.iter().map(|byte| format!("{byte:#04x}")).collect();
                    lines.push(format!("    .bytes {}", bytes.join(" ")));
                }
                break;
            }
        }
    }
}
