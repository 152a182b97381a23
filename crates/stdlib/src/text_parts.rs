//! Parts of texts: put in, taken out, split at scalars; and texts by a format.

use foxvm::{Context, Error, Fault, Native, Value, Visit};
use memchr::memmem;

use crate::failure;
use crate::gather::Gather;
use crate::text_list::list;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        find_from::native(),
        insert::native(),
        remove::native(),
        split_any::native(),
        to_chars::native(),
        of_chars::native(),
        format::native(),
    ]
}

/// The byte at which a scalar begins; fault bounds if the text is shorter.
fn offset(text: &str, place: i64) -> Result<usize, Error> {
    let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let found = usize::try_from(place).ok();
    let mut places = places;
    found
        .and_then(|place| places.nth(place))
        .ok_or_else(|| Error::host(Fault::Bounds, format!("the text has no place {place}")))
}

/// Place of the first occurrence of `wanted` at or behind a place; -1 if there is none.
#[foxvm::native(name = "text.find_from")]
fn find_from(cx: &mut Context<'_>, text: &str, wanted: &str, from: i64) -> Result<i64, Error> {
    cx.work(text.len())?;
    let first = offset(text, from)?;
    let rest = text.get(first..).unwrap_or_default();
    let at = memmem::find(rest.as_bytes(), wanted.as_bytes());
    Ok(at
        .and_then(|at| rest.get(..at))
        .map_or(-1, |before| from + before.chars().count() as i64))
}

/// The text with another put in at a place.
#[foxvm::native(name = "text.insert")]
fn insert(cx: &mut Context<'_>, text: &str, place: i64, other: &str) -> Result<String, Error> {
    cx.work(text.len())?;
    let at = offset(text, place)?;
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut made = Gather::new(cx);
    made.push(before)?;
    made.push(other)?;
    made.push(behind)?;
    cx.work(other.len())?;
    Ok(made.finish())
}

/// The text without `count` scalars from a place on.
#[foxvm::native(name = "text.remove")]
fn remove(cx: &mut Context<'_>, text: &str, place: i64, count: i64) -> Result<String, Error> {
    cx.work(text.len())?;
    let first = offset(text, place)?;
    let rest = text.get(first..).unwrap_or_default();
    let end = offset(rest, count)?;
    let mut made = Gather::new(cx);
    made.push(text.get(..first).unwrap_or_default())?;
    made.push(rest.get(end..).unwrap_or_default())?;
    Ok(made.finish())
}

/// List of the parts between the scalars of another text, wherever one of these stands; between white space if it is empty.
#[foxvm::native(name = "text.split_any")]
fn split_any(cx: &mut Context<'_>, text: &str, scalars: &str) -> Result<Value, Error> {
    // Each scalar is sought among all that separate.
    cx.work(text.len().saturating_mul(scalars.len().max(1)))?;
    if scalars.is_empty() {
        return list(cx, text.split(char::is_whitespace));
    }
    list(cx, text.split(|scalar| scalars.contains(scalar)))
}

/// Array of the scalars.
#[foxvm::native(name = "text.to_chars")]
fn to_chars(cx: &mut Context<'_>, text: &str) -> Result<Value, Error> {
    let mut made = cx.builder();
    for scalar in text.chars() {
        made.context().work(1)?;
        made.push(scalar)?;
    }
    let count = made.height();
    made.array(count)?;
    made.finish()
}

/// Text of a list, array or set of scalars or texts.
#[foxvm::native(name = "text.of_chars")]
fn of_chars(cx: &mut Context<'_>, scalars: Value) -> Result<String, Error> {
    let mut made = Gather::new(cx);
    let mut walk = cx.walk(&scalars, 1)?;
    if !matches!(walk.step()?, Some(Visit::List(_))) {
        return Err(failure::kind(format!(
            "expected a list of scalars, found {}",
            scalars.kind_name()
        )));
    }
    loop {
        match walk.step()? {
            Some(Visit::Char(scalar)) => made.push_char(scalar)?,
            Some(Visit::Text(text)) => made.push(text)?,
            Some(Visit::Close) | None => break,
            Some(_) => return Err(failure::kind("an element of the list is no scalar")),
        }
    }
    drop(walk);
    cx.work(made.len())?;
    Ok(made.finish())
}

/// The values of a list by a specification of `printf`; a float without a precision in its shortest form. Fault conv if they
/// are not as many as the specification takes.
#[foxvm::native(name = "text.format", inline = "text.format")]
fn format(cx: &mut Context<'_>, specification: &str, values: Value) -> Result<String, Error> {
    cx.format(specification, &values)
}
