//! Tables as text (RFC 4180): rows of fields between separators, quoted where they must be.

use foxvm::{Context, Error, Native, Value, Visit};

use crate::failure;
use crate::gather::Gather;

pub(crate) fn natives() -> Vec<Native> {
    vec![parse::native(), write::native()]
}

/// The separator as the byte that it must be.
fn separator_byte(separator: &str) -> Result<u8, Error> {
    match separator.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err(failure::range(
            "the separator is one ASCII scalar, neither a quote nor an end of line",
        )),
    }
}

/// List of the rows of a table, each a list of texts; empty lines are passed over, rows may differ in length.
#[foxvm::native(name = "csv.parse", cost = 8)]
fn parse(cx: &mut Context<'_>, text: &str, separator: &str) -> Result<Value, Error> {
    let separator = separator_byte(separator)?;
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut row = ::csv::StringRecord::new();
    let mut made = cx.builder();
    let mut rows = 0;
    loop {
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(failure::conv(error.to_string())),
        }
        made.context().work(row.as_slice().len())?;
        for field in &row {
            made.context().charge(1)?;
            made.push(field)?;
        }
        made.list(row.len())?;
        rows += 1;
    }
    made.list(rows)?;
    made.finish()
}

/// A table of a list of rows, each a list of texts, numbers, truth values or empty; lines end in a line feed.
#[foxvm::native(name = "csv.write", cost = 8)]
fn write(cx: &mut Context<'_>, rows: Value, separator: &str) -> Result<String, Error> {
    separator_byte(separator)?;
    let mut made = Gather::new(cx);
    let mut walk = cx.walk(&rows, 2)?;
    if !matches!(walk.step()?, Some(Visit::List(_))) {
        return Err(failure::kind(format!(
            "expected a list of rows, found {}",
            rows.kind_name()
        )));
    }
    let mut row = 0;
    loop {
        let fields = match walk.step()? {
            Some(Visit::List(fields)) => fields,
            Some(Visit::Close) | None => break,
            Some(_) => return Err(failure::kind(format!("row {} is no list", row + 1))),
        };
        row += 1;
        let mut met = 0;
        loop {
            let visit = match walk.step()? {
                Some(Visit::Close) | None => break,
                Some(visit) => visit,
            };
            if met > 0 {
                made.push(separator)?;
            }
            met += 1;
            match visit {
                // A row of one empty field would be an empty line, which is no row.
                Visit::Empty if fields == 1 => made.push("\"\"")?,
                Visit::Empty => {}
                Visit::Text("") if fields == 1 => made.push("\"\"")?,
                Visit::Text(text) => field(&mut made, text, separator)?,
                Visit::Char(scalar) => {
                    field(&mut made, scalar.encode_utf8(&mut [0; 4]), separator)?;
                }
                Visit::Bool(truth) => made.push(if truth { "true" } else { "false" })?,
                Visit::Number(number) => {
                    let shown = numeric::text(&number, numeric::TextStyle::Morph);
                    field(&mut made, &shown, separator)?;
                }
                _ => {
                    return Err(failure::kind(format!(
                        "field {met} of row {row} is neither text nor number nor truth value"
                    )));
                }
            }
        }
        made.push("\n")?;
    }
    drop(walk);
    cx.work(made.len())?;
    Ok(made.finish())
}

/// A field, in quotes if it holds what would end it.
fn field(made: &mut Gather, text: &str, separator: &str) -> Result<(), Error> {
    let quoted = text.contains(['"', '\n', '\r']) || text.contains(separator);
    if !quoted {
        return made.push(text);
    }
    made.push("\"")?;
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            made.push("\"\"")?;
        }
        made.push(part)?;
    }
    made.push("\"")
}
