//! Module → tables, for what changes or prints a whole module; the machine reads in place instead.

use super::{Indexes, Module, Table};
use crate::header::{FORMAT_VERSION, MAGIC};
use crate::tables::{
    AttrRec, CaseRec, ConstRec, DocRec, ExportRec, FieldRec, FileRec, FuncRec, ImportRec, LineRec,
    LocalRec, Range, StaticRec, TableRec, Tables, TypeRec, TypedefRec,
};

impl Module {
    /// All tables, copied; about as large as the file. Debug tables that were dropped are empty.
    pub fn to_tables(&self) -> Tables {
        let root = self.root();
        Tables {
            magic: MAGIC,
            version: FORMAT_VERSION,
            name: root.name,
            module_version: root.module_version,
            lang: root.lang,
            policy: root.policy,
            min_machine: root.min_machine,
            entry: root.entry,
            flags: root.flags,
            metadata: root.metadata,
            names: self.all(Table::Names, |[start, len]| Range { start, len }),
            types: self.all(Table::Types, |[kind, arg, start, len]| TypeRec {
                kind,
                arg,
                args: Range { start, len },
            }),
            typedefs: self.all(Table::Typedefs, |[kind, name, start, len, params]| {
                TypedefRec {
                    kind,
                    name,
                    cases: Range { start, len },
                    params,
                }
            }),
            cases: self.all(Table::Cases, |[name, start, len]| CaseRec {
                name,
                fields: Range { start, len },
            }),
            fields: self.all(Table::Fields, |[name, ty, flags]| FieldRec {
                name,
                ty,
                flags,
            }),
            constants: self.all(Table::Constants, |[kind, p @ ..]: [u32; 5]| ConstRec {
                kind,
                p,
            }),
            functions: self.all(Table::Functions, function),
            tables: self.all(Table::Tables, |[kind, start, len]| TableRec {
                kind,
                entries: Range { start, len },
            }),
            statics: self.all(Table::Statics, |[name, ty, flags]| StaticRec {
                name,
                ty,
                flags,
            }),
            imports: self.all(
                Table::Imports,
                |[
                    kind,
                    name,
                    module,
                    start,
                    len,
                    result,
                    caps_start,
                    caps_len,
                    flags,
                ]| ImportRec {
                    kind,
                    name,
                    module,
                    params: Range { start, len },
                    result,
                    caps: Range {
                        start: caps_start,
                        len: caps_len,
                    },
                    flags,
                },
            ),
            exports: self.all(Table::Exports, |[name, kind, index, start, len]| {
                ExportRec {
                    name,
                    kind,
                    index,
                    attributes: Range { start, len },
                }
            }),
            attributes: self.all(Table::Attributes, |[name, value]| AttrRec { name, value }),
            words: Indexes::over(self.whole(Table::Words)).iter().collect(),
            strings: self.whole(Table::Strings).to_vec(),
            bytes: self.whole(Table::Bytes).to_vec(),
            code: self.whole(Table::Code).to_vec(),
            files: self.all(Table::Files, |[start, len, low, high]| FileRec {
                path: Range { start, len },
                hash: [low, high],
            }),
            lines: self.all(Table::Lines, |[func, pc, file, line, column]| LineRec {
                func,
                pc,
                file,
                line,
                column,
            }),
            locals: self.all(Table::Locals, |[func, local, name]| LocalRec {
                func,
                local,
                name,
            }),
            docs: self.all(Table::Docs, |[func, start, len]| DocRec {
                func,
                text: Range { start, len },
            }),
        }
    }

    /// All bytes of a table.
    pub(crate) fn whole(&self, table: Table) -> &[u8] {
        self.span(
            table,
            Range {
                start: 0,
                len: self.count(table),
            },
        )
        .unwrap_or_default()
    }

    fn all<const N: usize, R>(&self, table: Table, make: impl Fn([u32; N]) -> R) -> Vec<R> {
        (0..self.count(table))
            .filter_map(|index| self.record(table, index))
            .map(make)
            .collect()
    }
}

fn function(words: [u32; 18]) -> FuncRec {
    let range = |at: usize| Range {
        start: words[at],
        len: words[at + 1],
    };
    FuncRec {
        name: words[0],
        params: range(1),
        result: words[3],
        policy: words[4],
        arity: words[5],
        flags: words[6],
        locals: range(7),
        captures: range(9),
        max_stack: words[11],
        code: range(12),
        tables: range(14),
        attributes: range(16),
    }
}
