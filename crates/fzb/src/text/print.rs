//! From tables to text.

use super::inline::Inline;
use super::literal::Literal;
use super::print_code::function;
use super::print_names::{ModuleNames, case_name, name, text, written};
use crate::tables::{
    AttrRec, DocRec, ExportKind, ImportKind, Lang, LocalRec, NONE, Range, Tables, TypedefKind,
    field_flags, static_flags,
};
use isa::text::token::{quote, quote_bytes};
use std::collections::HashMap;

/// A name longer than this is not printed at each use: the module is shown as patches instead.
const MAX_NAME: u32 = 1 << 16;

/// The text of a module and, beside those that its items use, of these names. Tables whose text would be out of proportion
/// to them give only a header, which leaves all of them to patches.
pub(super) fn module(tables: &Tables, names: &[String]) -> String {
    let budget = 4096 + 24 * size(tables);
    let fallback = || "module \"\"\n".to_owned();
    if !super::layout::modest(tables) || tables.names.iter().any(|range| range.len > MAX_NAME) {
        return fallback();
    }
    let symbols = ModuleNames::of(tables);
    let inline = Inline::of(tables);
    let mut debug = HashMap::<u32, Debug>::new();
    for local in &tables.locals {
        debug.entry(local.func).or_default().locals.push(*local);
    }
    for doc in &tables.docs {
        debug.entry(doc.func).or_default().docs.push(*doc);
    }
    let mut printer = Printer {
        tables,
        symbols: &symbols,
        inline: &inline,
        debug: &debug,
        out: String::new(),
    };
    printer.header(names);
    printer.types();
    printer.declarations();
    for index in 0..tables.constants.len().min(inline.declared) {
        printer.constant(index as u32);
        if printer.out.len() > budget {
            return fallback();
        }
    }
    for index in 0..tables.functions.len() {
        function(&mut printer, index as u32);
        if printer.out.len() > budget {
            return fallback();
        }
    }
    printer.exports();
    printer.out
}

fn size(tables: &Tables) -> usize {
    let pools =
        tables.words.len() * 4 + tables.strings.len() + tables.bytes.len() + tables.code.len();
    let records = tables.names.len()
        + tables.types.len()
        + tables.typedefs.len()
        + tables.cases.len()
        + tables.fields.len()
        + tables.constants.len();
    let more = tables.functions.len()
        + tables.tables.len()
        + tables.statics.len()
        + tables.imports.len()
        + tables.exports.len();
    let debug = tables.attributes.len()
        + tables.files.len()
        + tables.lines.len()
        + tables.locals.len()
        + tables.docs.len();
    pools + 16 * (records + more + debug)
}

/// What the debug tables say of one function.
#[derive(Default)]
pub(super) struct Debug {
    pub locals: Vec<LocalRec>,
    pub docs: Vec<DocRec>,
}

pub(super) struct Printer<'a> {
    pub tables: &'a Tables,
    pub symbols: &'a ModuleNames,
    pub inline: &'a Inline,
    pub debug: &'a HashMap<u32, Debug>,
    pub out: String,
}

impl Printer<'_> {
    pub fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    pub fn words(&self, range: Range) -> &[u32] {
        self.tables
            .words
            .get(range.start as usize..range.start as usize + range.len as usize)
            .unwrap_or(&[])
    }

    pub fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn header(&mut self, names: &[String]) {
        let tables = self.tables;
        let mut line = format!(
            "module {}",
            written(&text(tables, tables.name).unwrap_or_default())
        );
        let lang = Lang::from_number(tables.lang).unwrap_or(Lang::Machine);
        line.push_str(&format!(" lang {}", lang.text()));
        match Lang::from_number(tables.policy) {
            Some(policy) if policy != lang => line.push_str(&format!(" policy {}", policy.text())),
            _ => {}
        }
        match text(tables, tables.module_version) {
            Some(version) if !version.is_empty() => {
                line.push_str(&format!(" version {}", quote(&version)))
            }
            _ => {}
        }
        line.push_str(&format!(" min_machine {}", tables.min_machine));
        if tables.flags != 0 {
            line.push_str(&format!(" flags {}", tables.flags));
        }
        self.line(&line);
        if tables.metadata.len > 0 {
            let range = tables.metadata;
            let bytes = tables
                .bytes
                .get(range.start as usize..range.start as usize + range.len as usize)
                .unwrap_or(&[]);
            let shown = match std::str::from_utf8(bytes) {
                Ok(text) => quote(text),
                Err(_) => quote_bytes(bytes),
            };
            self.line(&format!("metadata {shown}"));
        }
        for name in names {
            self.line(&format!("name {}", quote(name)));
        }
        for file in &tables.files {
            let hash = [file.hash[0].to_le_bytes(), file.hash[1].to_le_bytes()].concat();
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            let path = quote(&text(tables, file.path).unwrap_or_default());
            self.line(&format!("file {path} hash {hash}"));
        }
    }

    fn types(&mut self) {
        self.blank();
        for index in 0..self.tables.types.len() {
            // What no text stands for becomes a patch.
            let entry = self
                .symbols
                .entry(self.tables, index)
                .unwrap_or_else(|| "var 0".to_owned());
            self.line(&format!(
                "type {} = {entry}",
                self.symbols.entries.show(index as u32)
            ));
        }
        for (index, record) in self.tables.typedefs.iter().enumerate() {
            let kind = TypedefKind::from_number(record.kind).unwrap_or(TypedefKind::Union);
            let params = if record.params > 0 {
                format!(" params {}", record.params)
            } else {
                String::new()
            };
            let symbol = self.symbols.typedefs.show(index as u32);
            let start = format!(
                "type {symbol}{}{params} = {}",
                self.alias(&symbol, record.name),
                kind.text()
            );
            let range = record.cases;
            let cases = self
                .tables
                .cases
                .get(range.start as usize..range.start as usize + range.len as usize)
                .unwrap_or(&[]);
            if matches!(kind, TypedefKind::Record | TypedefKind::Exception) {
                let fields = cases
                    .first()
                    .map_or_else(|| "{}".to_owned(), |case| self.fields(case.fields));
                self.line(&format!("{start} {fields}"));
            } else {
                let cases: Vec<String> = cases
                    .iter()
                    .map(|case| {
                        let name = written(&name(self.tables, case.name).unwrap_or_default());
                        if case.fields.len == 0 {
                            name
                        } else {
                            format!("{name} {}", self.fields(case.fields))
                        }
                    })
                    .collect();
                self.line(&format!("{start} {{ {} }}", cases.join(", ")));
            }
        }
    }

    fn fields(&self, range: Range) -> String {
        let fields = self
            .tables
            .fields
            .get(range.start as usize..range.start as usize + range.len as usize)
            .unwrap_or(&[]);
        let shown: Vec<String> = fields
            .iter()
            .map(|field| {
                let words = [
                    (field_flags::MUTABLE, " mutable"),
                    (field_flags::IMMUTABLE, " immutable"),
                    (field_flags::SUBFIELD, " sub"),
                ];
                let flags: String = words
                    .iter()
                    .filter(|(bit, _)| field.flags & bit != 0)
                    .map(|(_, word)| *word)
                    .collect();
                format!(
                    "{}: {}{flags}",
                    written(&name(self.tables, field.name).unwrap_or_default()),
                    self.symbols.ty(self.tables, field.ty)
                )
            })
            .collect();
        format!("{{ {} }}", shown.join(", "))
    }

    /// ` as …` if the entry's name is not its symbol.
    pub fn alias(&self, symbol: &str, index: u32) -> String {
        match name(self.tables, index) {
            Some(name) if name == symbol => String::new(),
            Some(name) => format!(" as {}", quote(&name)),
            None => " as none".to_owned(),
        }
    }

    fn declarations(&mut self) {
        self.blank();
        for (index, record) in self.tables.statics.iter().enumerate() {
            let symbol = self.symbols.statics.show(index as u32);
            let mut line = format!(
                "static {symbol}{}: {}",
                self.alias(&symbol, record.name),
                self.symbols.ty(self.tables, record.ty)
            );
            if record.flags & static_flags::MUTABLE != 0 {
                line.push_str(" mutable");
            }
            if record.flags & static_flags::EXPORTED != 0 {
                line.push_str(" exported");
            }
            self.line(&line);
        }
        for (index, record) in self.tables.imports.iter().enumerate() {
            let shown = |index: u32| written(&name(self.tables, index).unwrap_or_default());
            let kind = ImportKind::from_number(record.kind).unwrap_or(ImportKind::Host);
            let mut line = format!(
                "import {} {}",
                self.symbols.imports.show(index as u32),
                kind.text()
            );
            match kind {
                ImportKind::Host => line.push_str(&format!(" {}", shown(record.name))),
                ImportKind::Function => line.push_str(&format!(
                    " {} from {}",
                    shown(record.name),
                    shown(record.module)
                )),
                ImportKind::Module => line.push_str(&format!(" {}", shown(record.module))),
            }
            let params: Vec<String> = self
                .words(record.params)
                .iter()
                .map(|ty| self.symbols.ty(self.tables, *ty))
                .collect();
            if kind != ImportKind::Module || !params.is_empty() || record.result != 0 {
                line.push_str(&format!(
                    " ({}) -> {}",
                    params.join(", "),
                    self.symbols.ty(self.tables, record.result)
                ));
            }
            let caps: Vec<String> = self
                .words(record.caps)
                .iter()
                .map(|cap| shown(*cap))
                .collect();
            if !caps.is_empty() {
                line.push_str(&format!(" needs {}", caps.join(", ")));
            }
            if record.flags & 1 != 0 {
                line.push_str(" optional");
            }
            self.line(&line);
        }
        self.blank();
    }

    fn constant(&mut self, index: u32) {
        let record = self.tables.constants.get(index as usize);
        let shown = record
            .and_then(|record| Literal::of(self.tables, record))
            .filter(|literal| {
                // A composite of constants that come later is not text, it is a patch.
                match literal {
                    Literal::Tuple(items)
                    | Literal::List(items)
                    | Literal::Record(_, items)
                    | Literal::Case(_, _, items) => items.iter().all(|item| *item < index),
                    _ => true,
                }
            });
        let shown = shown.map_or_else(
            || "empty".to_owned(),
            |literal| {
                literal.show(
                    &|constant| self.symbols.consts.show(constant),
                    &|typedef| self.symbols.typedefs.show(typedef),
                    &|typedef, tag| {
                        case_name(self.tables, typedef, tag).unwrap_or_else(|| format!("#{tag}"))
                    },
                )
            },
        );
        self.line(&format!(
            "const {} = {shown}",
            self.symbols.consts.show(index)
        ));
    }

    /// `attr` and what follows.
    pub fn attribute(&self, record: &AttrRec) -> String {
        let name = written(&name(self.tables, record.name).unwrap_or_default());
        if record.value == NONE {
            format!("attr {name}")
        } else {
            format!("attr {name} = {}", self.symbols.consts.show(record.value))
        }
    }

    pub fn attributes(&self, range: Range) -> Vec<String> {
        let records = self
            .tables
            .attributes
            .get(range.start as usize..range.start as usize + range.len as usize)
            .unwrap_or(&[]);
        records
            .iter()
            .map(|record| self.attribute(record))
            .collect()
    }

    fn exports(&mut self) {
        self.blank();
        for record in &self.tables.exports {
            let (word, target) = match ExportKind::from_number(record.kind) {
                Some(ExportKind::Static) => ("static", self.symbols.statics.show(record.index)),
                _ => ("fn", self.symbols.functions.show(record.index)),
            };
            let name = written(&name(self.tables, record.name).unwrap_or_default());
            let attributes: String = self
                .attributes(record.attributes)
                .iter()
                .map(|attribute| format!(" {attribute}"))
                .collect();
            self.line(&format!("export {name} = {word} {target}{attributes}"));
        }
        if self.tables.entry != NONE {
            self.line(&format!(
                "entry {}",
                self.symbols.functions.show(self.tables.entry)
            ));
        }
    }
}
