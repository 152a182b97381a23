//! `patch` lines: what the canonical layout of a text does not give, said record by record.
//!
//! A record is written as the numbers it is made of, in the order of its fields (a range as start and length). Patches are
//! applied last and prove nothing, so a text can also describe a damaged module, which the checks must then refuse.

use super::cursor::{Cursor, Parsed};
use crate::tables::{
    AttrRec, CaseRec, ConstRec, DocRec, ExportRec, FieldRec, FileRec, FuncRec, ImportRec, LineRec,
    LocalRec, Range, StaticRec, TableRec, Tables, TypeRec, TypedefRec,
};
use isa::text::LineError;
use isa::text::token::{Token, quote_bytes};

/// Something that is a fixed number of `u32`.
trait Flat: Sized {
    fn put(&self, out: &mut Vec<u32>);
    fn take(from: &mut std::slice::Iter<'_, u32>) -> Option<Self>;
}

impl Flat for u32 {
    fn put(&self, out: &mut Vec<u32>) {
        out.push(*self);
    }

    fn take(from: &mut std::slice::Iter<'_, u32>) -> Option<u32> {
        from.next().copied()
    }
}

impl<const N: usize> Flat for [u32; N] {
    fn put(&self, out: &mut Vec<u32>) {
        out.extend_from_slice(self);
    }

    fn take(from: &mut std::slice::Iter<'_, u32>) -> Option<[u32; N]> {
        let mut found = [0; N];
        for slot in &mut found {
            *slot = *from.next()?;
        }
        Some(found)
    }
}

macro_rules! flat {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Flat for $name {
            fn put(&self, out: &mut Vec<u32>) { $(self.$field.put(out);)* }
            fn take(from: &mut std::slice::Iter<'_, u32>) -> Option<$name> { Some($name { $($field: Flat::take(from)?),* }) }
        }
    )*};
}

flat! {
    Range { start, len }
    TypeRec { kind, arg, args }
    TypedefRec { kind, name, cases, params }
    CaseRec { name, fields }
    FieldRec { name, ty, flags }
    ConstRec { kind, p }
    FuncRec { name, params, result, policy, arity, flags, locals, captures, max_stack, code, tables, attributes }
    TableRec { kind, entries }
    StaticRec { name, ty, flags }
    ImportRec { kind, name, module, params, result, caps, flags }
    ExportRec { name, kind, index, attributes }
    AttrRec { name, value }
    FileRec { path, hash }
    LineRec { func, pc, file, line, column }
    LocalRec { func, local, name }
    DocRec { func, text }
}

/// The single numbers of a module, in this order.
struct Head([u32; 13]);

impl Head {
    fn of(tables: &Tables) -> Head {
        let t = tables;
        Head([
            u32::from_le_bytes(t.magic),
            t.version,
            t.name.start,
            t.name.len,
            t.module_version.start,
            t.module_version.len,
            t.lang,
            t.policy,
            t.min_machine,
            t.entry,
            t.flags,
            t.metadata.start,
            t.metadata.len,
        ])
    }

    fn store(&self, tables: &mut Tables) {
        let [
            magic,
            version,
            name,
            name_len,
            text,
            text_len,
            lang,
            policy,
            min_machine,
            entry,
            flags,
            meta,
            meta_len,
        ] = self.0;
        tables.magic = magic.to_le_bytes();
        tables.version = version;
        tables.name = Range {
            start: name,
            len: name_len,
        };
        tables.module_version = Range {
            start: text,
            len: text_len,
        };
        tables.lang = lang;
        tables.policy = policy;
        tables.min_machine = min_machine;
        tables.entry = entry;
        tables.flags = flags;
        tables.metadata = Range {
            start: meta,
            len: meta_len,
        };
    }
}

/// Calls `$each!(name, field)` for each table of records.
macro_rules! each_table {
    ($each:ident) => {
        $each!("names", names);
        $each!("types", types);
        $each!("typedefs", typedefs);
        $each!("cases", cases);
        $each!("fields", fields);
        $each!("constants", constants);
        $each!("functions", functions);
        $each!("tables", tables);
        $each!("statics", statics);
        $each!("imports", imports);
        $each!("exports", exports);
        $each!("attributes", attributes);
        $each!("words", words);
        $each!("files", files);
        $each!("lines", lines);
        $each!("locals", locals);
        $each!("docs", docs);
    };
}

/// Appends the lines that turn `from` into `to`.
pub(super) fn difference(from: &Tables, to: &Tables, out: &mut String) {
    let (old, new) = (Head::of(from), Head::of(to));
    if old.0 != new.0 {
        out.push_str(&format!("patch module {}\n", numbers(&new.0)));
    }
    macro_rules! table {
        ($name:literal, $field:ident) => {
            records($name, &from.$field, &to.$field, out)
        };
    }
    each_table!(table);
    for (name, old, new) in [
        ("strings", &from.strings, &to.strings),
        ("bytes", &from.bytes, &to.bytes),
        ("code", &from.code, &to.code),
    ] {
        if old != new {
            out.push_str(&format!("patch {name} {}\n", quote_bytes(new)));
        }
    }
}

fn records<R: Flat + PartialEq>(name: &str, from: &[R], to: &[R], out: &mut String) {
    if to.len() < from.len() {
        out.push_str(&format!("patch {name} length {}\n", to.len()));
    }
    let same = |index: usize| match (from.get(index), to.get(index)) {
        (Some(old), Some(new)) => old == new,
        (None, None) => true,
        _ => false,
    };
    let mut index = 0;
    while index < to.len() {
        if same(index) {
            index += 1;
            continue;
        }
        // A run of records that differ is one line of limited length.
        let start = index;
        let mut words = Vec::new();
        while index < to.len() && !same(index) && words.len() < 64 {
            to[index].put(&mut words);
            index += 1;
        }
        out.push_str(&format!("patch {name} {start} {}\n", numbers(&words)));
    }
}

fn numbers(words: &[u32]) -> String {
    let words: Vec<String> = words.iter().map(u32::to_string).collect();
    format!("[{}]", words.join(" "))
}

/// Applies one line, given without its first word.
pub(super) fn apply(source: &str, line: &[Token], tables: &mut Tables) -> Result<(), LineError> {
    let mut cursor = Cursor::new(source, line);
    let word = cursor.peek_text();
    cursor.at += 1;
    macro_rules! table {
        ($name:literal, $field:ident) => {
            if word == $name {
                return change(&mut cursor, &mut tables.$field);
            }
        };
    }
    each_table!(table);
    match word {
        "module" => {
            let words = list(&mut cursor)?;
            match <[u32; 13]>::take(&mut words.iter()).filter(|_| words.len() == 13) {
                Some(words) => Head(words).store(tables),
                None => return cursor.error("expected 13 numbers"),
            }
        }
        "strings" => tables.strings = cursor.bytes("the pool")?,
        "bytes" => tables.bytes = cursor.bytes("the pool")?,
        "code" => tables.code = cursor.bytes("the pool")?,
        _ => {
            cursor.at = 0;
            return cursor.error("expected the name of a table or pool");
        }
    }
    cursor.end_of_line()
}

fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<u32>> {
    cursor.expect('[')?;
    let mut words = Vec::new();
    while !cursor.punct(']') {
        cursor.punct(',');
        words.push(cursor.number("a number")?);
    }
    Ok(words)
}

fn change<R: Flat>(cursor: &mut Cursor<'_>, records: &mut Vec<R>) -> Parsed<()> {
    if cursor.word("length") {
        let length = cursor.number("the number of records")?;
        if length as usize > records.len() {
            return cursor.error("`length` only takes records away; new ones are listed");
        }
        records.truncate(length as usize);
        return cursor.end_of_line();
    }
    let mut index = cursor.number("the first record's number")? as usize;
    let words = list(cursor)?;
    let mut left = words.iter();
    while left.len() > 0 {
        let Some(record) = R::take(&mut left) else {
            return cursor.error("the last record is not complete");
        };
        let count = records.len();
        match records.get_mut(index) {
            Some(slot) => *slot = record,
            None if index == count => records.push(record),
            None => return cursor.error(format!("there are only {count} records before this one")),
        }
        index += 1;
    }
    cursor.end_of_line()
}

/// The names that `tables` has and `made` has not.
pub(super) fn missing_names(tables: &Tables, made: &Tables) -> Vec<String> {
    let texts = |tables: &Tables| -> Vec<String> {
        tables
            .names
            .iter()
            .filter_map(|range| super::print_names::text(tables, *range))
            .collect()
    };
    let known: std::collections::HashSet<String> = texts(made).into_iter().collect();
    texts(tables)
        .into_iter()
        .filter(|name| !known.contains(name))
        .collect()
}
