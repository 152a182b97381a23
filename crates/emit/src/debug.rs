//! Source positions, names of locals, documentation: the tables that a module can do without.

use crate::assemble::Code;
use crate::constant::Pools;
use crate::function::FunctionBuilder;
use crate::module::ModuleBuilder;
use fzb::tables::{DocRec, FileRec, FuncId, LineRec, LocalRec, Tables};
use std::collections::BTreeMap;

/// A source file of the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileId(pub(crate) u32);

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The file.
    pub file: FileId,
    /// Line, 1-based.
    pub line: u32,
    /// Column, 1-based, in scalars.
    pub column: u32,
}

/// What belongs to the module as a whole.
#[derive(Default)]
pub(crate) struct DebugTables {
    files: Vec<(String, [u32; 2])>,
    docs: BTreeMap<u32, String>,
}

impl DebugTables {
    pub fn records(&self, pools: &mut Pools<'_>, tables: &mut Tables) {
        for (path, hash) in &self.files {
            let path = pools.string(path);
            tables.files.push(FileRec { path, hash: *hash });
        }
        for (func, text) in &self.docs {
            let text = pools.string(text);
            tables.docs.push(DocRec { func: *func, text });
        }
    }
}

impl ModuleBuilder {
    /// A source file: its path as messages show it, and the first 8 bytes of the BLAKE3 hash of its text (or zeroes).
    pub fn file(&self, path: &str, hash: [u8; 8]) -> FileId {
        let [a, b, c, d, e, f, g, h] = hash;
        let hash = [
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        ];
        self.with(|inner| {
            let files = &mut inner.debug.files;
            let known = files
                .iter()
                .position(|(known, known_hash)| known == path && *known_hash == hash);
            FileId(known.unwrap_or_else(|| {
                files.push((path.to_owned(), hash));
                files.len() - 1
            }) as u32)
        })
    }

    /// Documentation of a function.
    pub fn doc(&self, function: FuncId, text: &str) {
        self.with(|inner| {
            inner.debug.docs.insert(function.0, text.to_owned());
        });
    }
}

impl FunctionBuilder<'_> {
    /// What is emitted from here on comes from that place; lines and columns count from 1.
    pub fn at(&mut self, position: Position) {
        self.position = Some(Position {
            line: position.line.max(1),
            ..position
        });
    }

    /// The place that what is emitted now comes from.
    pub fn place(&self) -> Option<Position> {
        self.position
    }

    /// What is emitted from here on comes from no place of the source.
    pub fn at_no_place(&mut self) {
        self.position = None;
    }
}

impl Code {
    /// Appends the function's line table and names of locals.
    pub(crate) fn debug_records(
        &self,
        id: FuncId,
        pools: &Pools<'_>,
        lines: &mut Vec<LineRec>,
        locals: &mut Vec<LocalRec>,
    ) {
        lines.extend(self.lines.iter().map(|(pc, position)| LineRec {
            func: id.0,
            pc: *pc,
            file: position.file.0,
            line: position.line,
            column: position.column,
        }));
        locals.extend(self.local_names.iter().map(|(local, name)| LocalRec {
            func: id.0,
            local: *local,
            name: pools.name(*name),
        }));
    }
}
