//! Texts to lists of texts and back.

use foxvm::{Context, Error, Native, Octets, Value, Visit};

use crate::failure;
use crate::gather::Gather;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        split::native(),
        words::native(),
        lines::native(),
        scalars::native(),
        join::native(),
        codes::native(),
        of_codes::native(),
        bytes::native(),
        of_bytes::native(),
    ]
}

/// A list of texts, made in the World's memory as they come.
pub(crate) fn list<'t>(
    cx: &mut Context<'_>,
    parts: impl Iterator<Item = &'t str>,
) -> Result<Value, Error> {
    let mut made = cx.builder();
    for part in parts {
        made.context().work(part.len())?;
        made.push(part)?;
    }
    let count = made.height();
    made.list(count)?;
    made.finish()
}

/// List of the parts between separators; the separator is not empty.
#[foxvm::native(name = "text.split")]
fn split(cx: &mut Context<'_>, text: &str, separator: &str) -> Result<Value, Error> {
    if separator.is_empty() {
        return Err(failure::range("the separator is empty"));
    }
    list(cx, text.split(separator))
}

/// List of the parts between white space.
#[foxvm::native(name = "text.words")]
fn words(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    cx.work(text.len())?;
    list(cx, text.split_whitespace())
}

/// List of the lines, without their ends.
#[foxvm::native(name = "text.lines")]
fn lines(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    list(cx, text.lines())
}

/// List of the scalars, each a text.
#[foxvm::native(name = "text.scalars")]
fn scalars(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    list(cx, text.split("").filter(|part| !part.is_empty()))
}

/// One text of the texts of a list, a separator between them.
#[foxvm::native(name = "text.join")]
fn join(cx: &mut Context<'_>, parts: Value, separator: &str) -> Result<String, Error> {
    let mut made = Gather::new(cx);
    let mut walk = cx.walk(&parts, 1)?;
    let mut index = 0;
    if !matches!(walk.step()?, Some(Visit::List(_))) {
        return Err(failure::kind(format!(
            "expected a list of texts, found {}",
            parts.kind_name()
        )));
    }
    loop {
        let scalar;
        let mut bytes = [0; 4];
        let part = match walk.step()? {
            Some(Visit::Text(text)) => text,
            Some(Visit::Char(found)) => {
                scalar = found;
                &*scalar.encode_utf8(&mut bytes)
            }
            Some(Visit::Close) | None => break,
            Some(_) => {
                return Err(failure::kind(format!(
                    "element {} of the list is no text",
                    index + 1
                )));
            }
        };
        if index > 0 {
            made.push(separator)?;
        }
        made.push(part)?;
        index += 1;
    }
    drop(walk);
    cx.work(made.len())?;
    Ok(made.finish())
}

/// List of the scalars' numbers.
#[foxvm::native(name = "text.codes")]
fn codes(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    let mut made = cx.builder();
    for scalar in text.chars() {
        made.context().work(1)?;
        made.push(i64::from(u32::from(scalar)))?;
    }
    let count = made.height();
    made.list(count)?;
    made.finish()
}

/// Text of a list of scalars' numbers.
#[foxvm::native(name = "text.of_codes")]
fn of_codes(cx: &mut Context<'_>, codes: Value) -> Result<String, Error> {
    let mut made = Gather::new(cx);
    let mut walk = cx.walk(&codes, 1)?;
    if !matches!(walk.step()?, Some(Visit::List(_))) {
        return Err(failure::kind(format!(
            "expected a list of numbers, found {}",
            codes.kind_name()
        )));
    }
    loop {
        match walk.step()? {
            Some(Visit::Number(number)) => {
                let scalar = numeric::to_i64(&number)
                    .ok()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32);
                match scalar {
                    Some(scalar) => made.push_char(scalar)?,
                    None => {
                        return Err(failure::range(format!(
                            "no scalar has the number {}",
                            numeric::text(&number, numeric::TextStyle::Morph)
                        )));
                    }
                }
            }
            Some(Visit::Close) | None => break,
            Some(_) => return Err(failure::kind("an element of the list is no number")),
        }
    }
    Ok(made.finish())
}

/// The UTF-8 bytes.
#[foxvm::native(name = "text.bytes", inline = "text.bytes")]
fn bytes(cx: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Error> {
    cx.work(text.len())?;
    Ok(text.as_bytes().to_vec())
}

/// The text that bytes are in UTF-8.
#[foxvm::native(name = "text.of_bytes")]
fn of_bytes(cx: &mut Context<'_>, bytes: Octets) -> Result<String, Error> {
    cx.work(bytes.0.len())?;
    String::from_utf8(bytes.0).map_err(|error| {
        failure::conv(format!(
            "byte {} is no UTF-8",
            error.utf8_error().valid_up_to()
        ))
    })
}
