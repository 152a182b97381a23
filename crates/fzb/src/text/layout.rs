//! The one order in which pools are laid out.
//!
//! Every module of ours is laid out like this, so the same contents always give the same bytes: `strings` holds the
//! module's name and version, the names, the constants, the files and the documentation, each text once; `words`, `bytes`,
//! `code`, `cases`, `fields`, `tables` and `attributes` hold what the records own, in the order of the records. An empty
//! range starts at 0.

use crate::tables::{ConstKind, ConstRec, Range, Tables};
use std::collections::HashMap;

/// The same module with its pools in order; `None` if a range lies outside of its pool, or if ranges overlap so much that
/// the pools would grow out of proportion.
pub fn canonical(tables: &Tables) -> Option<Tables> {
    if !modest(tables) {
        return None;
    }
    let mut out = Tables {
        words: Vec::with_capacity(tables.words.len()),
        strings: Vec::with_capacity(tables.strings.len()),
        bytes: Vec::with_capacity(tables.bytes.len()),
        code: Vec::with_capacity(tables.code.len()),
        cases: Vec::new(),
        fields: Vec::new(),
        tables: Vec::new(),
        attributes: Vec::new(),
        magic: tables.magic,
        version: tables.version,
        lang: tables.lang,
        policy: tables.policy,
        min_machine: tables.min_machine,
        entry: tables.entry,
        flags: tables.flags,
        statics: tables.statics.clone(),
        locals: tables.locals.clone(),
        lines: tables.lines.clone(),
        ..Tables::default()
    };
    let mut strings = Strings {
        from: &tables.strings,
        pool: Vec::with_capacity(tables.strings.len()),
        known: HashMap::new(),
    };
    out.name = strings.moved(tables.name)?;
    out.module_version = strings.moved(tables.module_version)?;
    out.names = tables
        .names
        .iter()
        .map(|range| strings.moved(*range))
        .collect::<Option<_>>()?;
    out.metadata = moved(&tables.bytes, tables.metadata, &mut out.bytes)?;
    for record in &tables.types {
        let mut record = *record;
        record.args = moved(&tables.words, record.args, &mut out.words)?;
        out.types.push(record);
    }
    for record in &tables.typedefs {
        let mut record = *record;
        let cases = moved(&tables.cases, record.cases, &mut out.cases)?;
        for case in out
            .cases
            .iter_mut()
            .skip(cases.start as usize)
            .take(cases.len as usize)
        {
            case.fields = moved(&tables.fields, case.fields, &mut out.fields)?;
        }
        record.cases = cases;
        out.typedefs.push(record);
    }
    for record in &tables.constants {
        let record = constant(tables, record, &mut out, &mut strings)?;
        out.constants.push(record);
    }
    for record in &tables.functions {
        let mut record = *record;
        record.params = moved(&tables.words, record.params, &mut out.words)?;
        record.locals = moved(&tables.words, record.locals, &mut out.words)?;
        record.captures = moved(&tables.words, record.captures, &mut out.words)?;
        record.code = moved(&tables.code, record.code, &mut out.code)?;
        record.tables = moved(&tables.tables, record.tables, &mut out.tables)?;
        for table in out
            .tables
            .iter_mut()
            .skip(record.tables.start as usize)
            .take(record.tables.len as usize)
        {
            table.entries = moved(&tables.words, table.entries, &mut out.words)?;
        }
        record.attributes = moved(&tables.attributes, record.attributes, &mut out.attributes)?;
        out.functions.push(record);
    }
    for record in &tables.imports {
        let mut record = *record;
        record.params = moved(&tables.words, record.params, &mut out.words)?;
        record.caps = moved(&tables.words, record.caps, &mut out.words)?;
        out.imports.push(record);
    }
    for record in &tables.exports {
        let mut record = *record;
        record.attributes = moved(&tables.attributes, record.attributes, &mut out.attributes)?;
        out.exports.push(record);
    }
    for record in &tables.files {
        let mut record = *record;
        record.path = strings.moved(record.path)?;
        out.files.push(record);
    }
    for record in &tables.docs {
        let mut record = *record;
        record.text = strings.moved(record.text)?;
        out.docs.push(record);
    }
    out.strings = strings.pool;
    Some(out)
}

fn constant(
    tables: &Tables,
    record: &ConstRec,
    out: &mut Tables,
    strings: &mut Strings<'_>,
) -> Option<ConstRec> {
    let mut record = *record;
    let Some(kind) = ConstKind::from_number(record.kind) else {
        return Some(record);
    };
    let at = match kind {
        ConstKind::Text | ConstKind::Format | ConstKind::Bytes => 0,
        ConstKind::Tuple
        | ConstKind::List
        | ConstKind::Shape
        | ConstKind::Topics
        | ConstKind::Names
        | ConstKind::Slots
        | ConstKind::MapLit => 0,
        ConstKind::Decimal | ConstKind::Record | ConstKind::Class => 1,
        ConstKind::Case => 2,
        _ => return Some(record),
    };
    let range = Range {
        start: record.p[at],
        len: record.p[at + 1],
    };
    let range = match kind {
        ConstKind::Text | ConstKind::Format => strings.moved(range)?,
        ConstKind::Bytes | ConstKind::Decimal => moved(&tables.bytes, range, &mut out.bytes)?,
        _ => moved(&tables.words, range, &mut out.words)?,
    };
    record.p[at] = range.start;
    record.p[at + 1] = range.len;
    Some(record)
}

fn moved<T: Copy>(from: &[T], range: Range, to: &mut Vec<T>) -> Option<Range> {
    let slice =
        from.get(range.start as usize..(range.start as usize).checked_add(range.len as usize)?)?;
    if slice.is_empty() {
        return Some(Range::default());
    }
    let start = u32::try_from(to.len()).ok()?;
    start.checked_add(range.len)?;
    to.extend_from_slice(slice);
    Some(Range {
        start,
        len: range.len,
    })
}

struct Strings<'a> {
    from: &'a [u8],
    pool: Vec<u8>,
    known: HashMap<&'a [u8], Range>,
}

impl Strings<'_> {
    fn moved(&mut self, range: Range) -> Option<Range> {
        let text = self
            .from
            .get(range.start as usize..(range.start as usize).checked_add(range.len as usize)?)?;
        if let Some(known) = self.known.get(text) {
            return Some(*known);
        }
        let range = moved(self.from, range, &mut self.pool)?;
        self.known.insert(text, range);
        Some(range)
    }
}

/// True if the ranges of all records together are not much longer than the pools, so that copying what each record owns
/// stays in proportion to the module.
pub(super) fn modest(tables: &Tables) -> bool {
    let sum = |ranges: &mut dyn Iterator<Item = Range>| {
        ranges.map(|range| u64::from(range.len)).sum::<u64>()
    };
    let constants = |bytes: bool| {
        tables.constants.iter().map(move |record| {
            let p = record.p;
            let len = match ConstKind::from_number(record.kind) {
                Some(ConstKind::Bytes) if bytes => p[1],
                Some(ConstKind::Decimal) if bytes => p[2],
                Some(
                    ConstKind::Bytes | ConstKind::Decimal | ConstKind::Text | ConstKind::Format,
                ) => 0,
                Some(kind) if !bytes => match kind {
                    ConstKind::Tuple
                    | ConstKind::List
                    | ConstKind::Shape
                    | ConstKind::Topics
                    | ConstKind::Names
                    | ConstKind::Slots
                    | ConstKind::MapLit => p[1],
                    ConstKind::Record | ConstKind::Class => p[2],
                    ConstKind::Case => p[3],
                    _ => 0,
                },
                _ => 0,
            };
            Range { start: 0, len }
        })
    };
    let words = sum(&mut tables.types.iter().map(|record| record.args))
        + sum(&mut tables
            .functions
            .iter()
            .flat_map(|record| [record.params, record.locals, record.captures]))
        + sum(&mut tables.tables.iter().map(|record| record.entries))
        + sum(&mut tables
            .imports
            .iter()
            .flat_map(|record| [record.params, record.caps]))
        + sum(&mut constants(false));
    let subtables = sum(&mut tables.functions.iter().map(|record| record.tables));
    let checks = [
        (words, tables.words.len()),
        (
            sum(&mut tables.functions.iter().map(|record| record.code)),
            tables.code.len(),
        ),
        (sum(&mut constants(true)), tables.bytes.len()),
        (subtables, tables.tables.len()),
        (
            sum(&mut tables.functions.iter().map(|record| record.attributes))
                + sum(&mut tables.exports.iter().map(|record| record.attributes)),
            tables.attributes.len(),
        ),
        (
            sum(&mut tables.typedefs.iter().map(|record| record.cases)),
            tables.cases.len(),
        ),
        (
            sum(&mut tables.cases.iter().map(|record| record.fields)),
            tables.fields.len(),
        ),
    ];
    // Twice over would still be in proportion, but what two tables both own twice is there four times.
    checks.iter().all(|(used, pool)| *used <= 2 * *pool as u64)
}
