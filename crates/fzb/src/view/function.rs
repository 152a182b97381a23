//! Functions.

use super::{Attributes, Indexes, Module, Table, optional_name};
use crate::tables::{Arity, ConstId, FuncId, Lang, NameId, Range, TypeId};

/// A function.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    /// Its index.
    pub id: FuncId,
    /// Name.
    pub name: Option<NameId>,
    /// Result type.
    pub result: TypeId,
    /// Policy of its dynamic instructions.
    pub policy: Lang,
    /// What it does with too few or too many arguments.
    pub arity: Arity,
    /// [`crate::tables::function_flags`].
    pub flags: u32,
    /// Greatest operand stack height.
    pub max_stack: u32,
    /// Number of parameters.
    pub params: u32,
    /// Number of locals after the parameters.
    pub locals: u32,
    /// Number of captures.
    pub captures: u32,
    /// Its code.
    pub code: &'a [u8],
    /// Number of jump and text tables.
    pub tables: u32,
    module: &'a Module,
    /// Pairs (type, name).
    param_words: Indexes<'a>,
    local_words: Indexes<'a>,
    /// Pairs (type, mode).
    capture_words: Indexes<'a>,
    first_table: u32,
    attributes: Range,
}

impl<'a> Function<'a> {
    /// Type of a local, parameters first.
    pub fn local_type(&self, index: u32) -> Option<TypeId> {
        if index < self.params {
            self.param_words.get(index * 2)
        } else {
            self.local_words.get(index - self.params)
        }
        .map(TypeId)
    }

    /// Types of the parameters, in order.
    pub fn param_types(&self) -> impl ExactSizeIterator<Item = TypeId> + use<'a> {
        let words = self.param_words;
        (0..self.params).map(move |i| TypeId(words.get(i * 2).unwrap_or_default()))
    }

    /// Name of a parameter.
    pub fn param_name(&self, index: u32) -> Option<NameId> {
        optional_name(
            self.param_words
                .get(index.checked_mul(2)?.checked_add(1)?)?,
        )
    }

    /// Type of a capture, and whether it is held as a cell.
    pub fn capture(&self, index: u32) -> Option<(TypeId, bool)> {
        let at = index.checked_mul(2)?;
        Some((
            TypeId(self.capture_words.get(at)?),
            self.capture_words.get(at.checked_add(1)?)? != 0,
        ))
    }

    /// Targets of jump table `index`: offsets from the start of the code.
    pub fn jump_table(&self, index: u32) -> Option<impl ExactSizeIterator<Item = u32> + use<'a>> {
        Some(self.table(index, 0)?.iter())
    }

    /// Texts and targets of text table `index`.
    pub fn text_table(
        &self,
        index: u32,
    ) -> Option<impl ExactSizeIterator<Item = (ConstId, u32)> + use<'a>> {
        let words = self.table(index, 1)?;
        Some((0..words.len() / 2).map(move |i| {
            let word = |at| words.get(at).unwrap_or_default();
            (ConstId(word(2 * i)), word(2 * i + 1))
        }))
    }

    /// 0 for a table of jumps by number, 1 for one of texts.
    pub fn table_kind(&self, index: u32) -> Option<u32> {
        self.table_record(index).map(|[kind, ..]| kind)
    }

    /// Does it have this flag?
    pub const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Its attributes.
    pub fn attributes(&self) -> Option<Attributes<'a>> {
        self.module.attributes(self.attributes)
    }

    fn table_record(&self, index: u32) -> Option<[u32; 3]> {
        if index >= self.tables {
            return None;
        }
        self.module
            .record(Table::Tables, self.first_table.checked_add(index)?)
    }

    fn table(&self, index: u32, wanted: u32) -> Option<Indexes<'a>> {
        let [kind, start, len] = self.table_record(index)?;
        if kind == wanted {
            self.module.words(Range { start, len })
        } else {
            None
        }
    }
}

impl Module {
    /// A function.
    pub fn function(&self, id: FuncId) -> Option<Function<'_>> {
        let [
            name,
            params_start,
            params_len,
            result,
            policy,
            arity,
            flags,
            locals_start,
            locals_len,
            captures_start,
            captures_len,
            max_stack,
            code_start,
            code_len,
            tables_start,
            tables_len,
            attributes_start,
            attributes_len,
        ] = self.record(Table::Functions, id.0)?;
        let param_words = self.words(Range {
            start: params_start,
            len: params_len,
        })?;
        let local_words = self.words(Range {
            start: locals_start,
            len: locals_len,
        })?;
        let capture_words = self.words(Range {
            start: captures_start,
            len: captures_len,
        })?;
        Some(Function {
            id,
            name: optional_name(name),
            result: TypeId(result),
            policy: Lang::from_number(policy)?,
            arity: Arity::from_number(arity)?,
            flags,
            max_stack,
            params: param_words.len() / 2,
            locals: local_words.len(),
            captures: capture_words.len() / 2,
            code: self.span(
                Table::Code,
                Range {
                    start: code_start,
                    len: code_len,
                },
            )?,
            tables: tables_len,
            module: self,
            param_words,
            local_words,
            capture_words,
            first_table: tables_start,
            attributes: Range {
                start: attributes_start,
                len: attributes_len,
            },
        })
    }
}
