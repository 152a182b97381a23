//! From items to tables. Pools are filled in the order of building; [`super::layout`] puts them in order afterwards.

use super::ast::{Attribute, ConstItem, ImportItem, Module, Symbol, TypeBody};
use super::build_types::TypeKey;
use super::literal::Literal;
use super::literal_text;
use crate::tables::{
    AttrRec, CaseRec, ExportKind, ExportRec, FileRec, ImportRec, Lang, NONE, Range, StaticRec,
    Tables, TypeId,
};
use isa::text::{LineError, Term};
use std::collections::{BTreeSet, HashMap};

/// The names of a module: first collected, then numbered by their order.
pub(super) enum Names {
    Collect(BTreeSet<String>),
    Sorted(HashMap<String, u32>),
}

impl Names {
    /// The same names, numbered.
    pub fn sorted(self) -> Names {
        match self {
            Names::Collect(names) => Names::Sorted(names.into_iter().zip(0..).collect()),
            sorted => sorted,
        }
    }
}

/// True for the errors that a use of a missing item gives.
pub(super) fn is_unknown_item(message: &str) -> bool {
    let items = ["type", "constant", "static", "import", "function"];
    message
        .strip_prefix("unknown ")
        .is_some_and(|rest| items.iter().any(|item| rest.starts_with(item)))
        || message.starts_with("expected the name of a record")
}

/// What a type's name stands for.
#[derive(Clone, Copy)]
pub(super) enum TypeSymbol {
    /// Entry of the type table.
    Entry(u32),
    /// A typedef.
    Typedef(u32),
}

/// Tables that grow, and what the text calls their entries.
pub(super) struct Builder<'a> {
    pub source: &'a str,
    pub tables: Tables,
    pub names: Names,
    pub errors: Vec<LineError>,
    pub types: HashMap<String, TypeSymbol>,
    pub consts: HashMap<String, u32>,
    pub statics: HashMap<String, u32>,
    pub imports: HashMap<String, u32>,
    pub functions: HashMap<String, u32>,
    /// For each function, the stack height that the text gives; computed where it gives none.
    pub heights: Vec<Option<u32>>,
    pub(super) type_entries: HashMap<TypeKey, u32>,
    literals: HashMap<Literal, u32>,
}

impl<'a> Builder<'a> {
    pub fn new(source: &'a str, names: Names) -> Builder<'a> {
        Builder {
            source,
            tables: Tables::default(),
            names,
            errors: Vec::new(),
            types: HashMap::new(),
            consts: HashMap::new(),
            statics: HashMap::new(),
            imports: HashMap::new(),
            functions: HashMap::new(),
            heights: Vec::new(),
            type_entries: HashMap::new(),
            literals: HashMap::new(),
        }
    }

    pub fn fail(&mut self, span: std::ops::Range<usize>, message: impl Into<String>) {
        self.errors.push(LineError {
            span,
            message: message.into(),
        });
    }

    /// Number of a name; while names are collected, any number.
    pub fn name(&mut self, name: &str) -> u32 {
        match &mut self.names {
            Names::Collect(names) => {
                if !names.contains(name) {
                    names.insert(name.to_owned());
                }
                0
            }
            Names::Sorted(names) => names.get(name).copied().unwrap_or(NONE),
        }
    }

    /// Number of a name, without making it one of the module's; `None` while names are collected.
    fn known_name(&self, name: &str) -> Option<u32> {
        match &self.names {
            Names::Collect(_) => None,
            Names::Sorted(names) => Some(names.get(name).copied().unwrap_or(NONE)),
        }
    }

    pub fn optional_name(&mut self, name: Option<&str>) -> u32 {
        name.map_or(NONE, |name| self.name(name))
    }

    pub fn words(&mut self, words: &[u32]) -> Range {
        let start = self.tables.words.len() as u32;
        self.tables.words.extend_from_slice(words);
        Range {
            start,
            len: words.len() as u32,
        }
    }

    pub fn string(&mut self, text: &str) -> Range {
        let start = self.tables.strings.len() as u32;
        self.tables.strings.extend_from_slice(text.as_bytes());
        Range {
            start,
            len: text.len() as u32,
        }
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Range {
        let start = self.tables.bytes.len() as u32;
        self.tables.bytes.extend_from_slice(bytes);
        Range {
            start,
            len: bytes.len() as u32,
        }
    }

    /// Number of a constant written in place: an equal one's, or a new one's.
    pub fn constant(&mut self, literal: Literal) -> u32 {
        if let Some(index) = self.literals.get(&literal) {
            return *index;
        }
        self.new_constant(literal)
    }

    fn new_constant(&mut self, literal: Literal) -> u32 {
        let record = literal.record(self);
        let index = self.tables.constants.len() as u32;
        self.tables.constants.push(record);
        self.literals.entry(literal).or_insert(index);
        index
    }

    /// Number of the case of that name.
    pub fn case_named(&self, typedef: u32, name: &str) -> Option<u32> {
        // Names have no numbers yet while they are collected; any case does then.
        let Some(name) = self.known_name(name) else {
            return Some(0);
        };
        let cases = self.cases(typedef)?;
        cases
            .iter()
            .position(|case| case.name == name)
            .map(|tag| tag as u32)
    }

    pub fn cases(&self, typedef: u32) -> Option<&[CaseRec]> {
        let range = self.tables.typedefs.get(typedef as usize)?.cases;
        self.tables
            .cases
            .get(range.start as usize..(range.start + range.len) as usize)
    }

    /// Number of the field of that name in a case.
    pub fn field_named(&self, typedef: u32, tag: u32, name: &str) -> Option<u32> {
        let Some(name) = self.known_name(name) else {
            return Some(0);
        };
        let range = self.cases(typedef)?.get(tag as usize)?.fields;
        let fields = self
            .tables
            .fields
            .get(range.start as usize..(range.start + range.len) as usize)?;
        fields
            .iter()
            .position(|field| field.name == name)
            .map(|index| index as u32)
    }

    /// Builds everything.
    pub fn module(&mut self, module: &Module<'a>) {
        self.header(module);
        self.declare(module);
        self.types(module);
        for item in &module.statics {
            let record = StaticRec {
                name: self.optional_name(item.symbol.name.as_deref()),
                ty: self.ty(&item.ty),
                flags: item.flags,
            };
            self.tables.statics.push(record);
        }
        for item in &module.imports {
            self.import(item);
        }
        for item in &module.consts {
            self.const_item(item);
        }
        for item in &module.functions {
            let policy = module.policy.or(module.lang).unwrap_or(Lang::Machine);
            super::code::function(self, item, policy);
        }
        // Only now are the signatures of all functions known, which calls need.
        for function in 0..self.tables.functions.len() {
            let given = self.heights.get(function).copied().flatten();
            let height = given.unwrap_or_else(|| super::height::greatest(&self.tables, function));
            if let Some(record) = self.tables.functions.get_mut(function) {
                record.max_stack = height;
            }
        }
        self.exports(module);
        if let Some((name, span)) = &module.entry {
            self.tables.entry = self.function_named(name, span);
        }
        for (path, hash) in &module.files {
            let path = self.string(path);
            self.tables.files.push(FileRec { path, hash: *hash });
        }
        if let Names::Sorted(names) = &self.names {
            let mut sorted: Vec<(&String, u32)> =
                names.iter().map(|(name, index)| (name, *index)).collect();
            sorted.sort_by_key(|(_, index)| *index);
            let sorted: Vec<String> = sorted.into_iter().map(|(name, _)| name.clone()).collect();
            for name in sorted {
                let range = self.string(&name);
                self.tables.names.push(range);
            }
        }
    }

    fn header(&mut self, module: &Module<'_>) {
        let lang = module.lang.unwrap_or(Lang::Machine);
        self.tables.magic = *b"FZB\0";
        self.tables.version = 1;
        self.tables.name = self.string(&module.name);
        self.tables.module_version = self.string(&module.version);
        self.tables.lang = lang as u32;
        self.tables.policy = module.policy.unwrap_or(lang) as u32;
        self.tables.min_machine = module.min_machine;
        self.tables.flags = module.flags;
        self.tables.entry = NONE;
        self.tables.metadata = self.bytes(&module.metadata);
        for name in &module.names {
            self.name(name);
        }
    }

    /// Gives numbers to everything that has a name, so that it may be used before it stands in the text.
    fn declare(&mut self, module: &Module<'_>) {
        let (mut entries, mut typedefs) = (0, 0);
        for item in &module.types {
            let symbol = match item.body {
                TypeBody::Alias(_) => {
                    entries += 1;
                    TypeSymbol::Entry(entries - 1)
                }
                TypeBody::Def { .. } => {
                    typedefs += 1;
                    TypeSymbol::Typedef(typedefs - 1)
                }
            };
            if self
                .types
                .insert(item.symbol.text.clone(), symbol)
                .is_some()
            {
                self.twice(&item.symbol);
            }
        }
        let lists: [Vec<&Symbol>; 3] = [
            module.statics.iter().map(|item| &item.symbol).collect(),
            module.imports.iter().map(|item| &item.symbol).collect(),
            module.functions.iter().map(|item| &item.symbol).collect(),
        ];
        for (kind, symbols) in lists.into_iter().enumerate() {
            for (symbol, index) in symbols.into_iter().zip(0..) {
                let map = match kind {
                    0 => &mut self.statics,
                    1 => &mut self.imports,
                    _ => &mut self.functions,
                };
                if map.insert(symbol.text.clone(), index).is_some() {
                    self.twice(symbol);
                }
            }
        }
    }

    fn twice(&mut self, symbol: &Symbol) {
        self.fail(
            symbol.span.clone(),
            format!("`{}` is declared twice", symbol.text),
        );
    }

    fn import(&mut self, item: &ImportItem) {
        let params: Vec<u32> = item.params.iter().map(|ty| self.ty(ty)).collect();
        let caps: Vec<u32> = item.caps.iter().map(|name| self.name(name)).collect();
        let record = ImportRec {
            kind: item.kind as u32,
            name: self.optional_name(item.name.as_deref()),
            module: self.optional_name(item.module.as_deref()),
            params: self.words(&params),
            result: item.result.as_ref().map_or(TypeId::DYN.0, |ty| self.ty(ty)),
            caps: self.words(&caps),
            flags: item.flags,
        };
        self.tables.imports.push(record);
    }

    fn const_item(&mut self, item: &ConstItem<'_>) {
        if self.consts.contains_key(&item.symbol.text) {
            self.twice(&item.symbol);
        }
        match literal_text::parse(self, item.value) {
            Ok(literal) => {
                let index = self.new_constant(literal);
                self.consts.insert(item.symbol.text.clone(), index);
            }
            Err(mut error) => {
                if item.value.is_empty() {
                    error.span = item.symbol.span.clone();
                }
                self.errors.push(error);
            }
        }
    }

    /// Number of the constant that an operand means: a name, `#N`, a literal of one token, or one in parentheses.
    pub fn const_term(&mut self, term: &Term<'_>) -> Result<u32, String> {
        if let Some(index) = term.word().and_then(|word| self.consts.get(word)) {
            return Ok(*index);
        }
        if let Some(index) = super::cursor::Cursor::new(term.source, term.tokens).raw_index() {
            return Ok(index);
        }
        let tokens = term.group('(').unwrap_or(term.tokens);
        let literal = literal_text::parse(self, tokens).map_err(|error| match term.word() {
            Some(word) => format!("unknown constant `{word}`"),
            None => error.message,
        })?;
        Ok(self.constant(literal))
    }

    /// Appends attributes and gives their range.
    pub fn attributes(&mut self, attributes: &[Attribute<'_>]) -> Range {
        let start = self.tables.attributes.len() as u32;
        for attribute in attributes {
            let value = match &attribute.value {
                None => NONE,
                Some(term) => self.const_term(term).unwrap_or_else(|message| {
                    self.fail(term.span(), message);
                    NONE
                }),
            };
            let name = self.name(&attribute.name);
            self.tables.attributes.push(AttrRec { name, value });
        }
        Range {
            start,
            len: attributes.len() as u32,
        }
    }

    fn function_named(&mut self, name: &str, span: &std::ops::Range<usize>) -> u32 {
        if let Some(index) = name.strip_prefix('#').and_then(|index| index.parse().ok()) {
            return index;
        }
        match self.functions.get(name) {
            Some(index) => *index,
            None => {
                self.fail(span.clone(), format!("unknown function `{name}`"));
                NONE
            }
        }
    }

    fn exports(&mut self, module: &Module<'_>) {
        let mut exports: Vec<ExportRec> = Vec::new();
        for (item, index) in module.functions.iter().zip(0..) {
            if let Some(export) = &item.export {
                let name = self.name(export);
                exports.push(ExportRec {
                    name,
                    kind: ExportKind::Function as u32,
                    index,
                    attributes: Range::default(),
                });
            }
        }
        for item in &module.exports {
            let (target, span) = &item.target;
            let index = if item.is_static {
                match (
                    target
                        .strip_prefix('#')
                        .and_then(|index| index.parse().ok()),
                    self.statics.get(target),
                ) {
                    (Some(index), _) => index,
                    (None, Some(index)) => *index,
                    (None, None) => {
                        self.fail(span.clone(), format!("unknown static `{target}`"));
                        NONE
                    }
                }
            } else {
                self.function_named(target, span)
            };
            let kind = if item.is_static {
                ExportKind::Static
            } else {
                ExportKind::Function
            } as u32;
            let attributes = self.attributes(&item.attributes);
            let name = self.name(&item.name);
            exports.push(ExportRec {
                name,
                kind,
                index,
                attributes,
            });
        }
        // Names are numbered in the order of their text.
        exports.sort_by_key(|export| export.name);
        self.tables.exports = exports;
    }
}
